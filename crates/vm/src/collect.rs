//! Cyclic collections: when, and what runs between finding garbage and freeing it.

use crate::{Result, Value, Vm};
use std::sync::atomic::Ordering;
use taipan_object::heap::breaker;

impl Vm {
    /// Collects where the counters ask for it. Called by the running thread between instructions.
    pub fn collect_if_due(&mut self) {
        self.breaker.fetch_and(!breaker::COLLECT, Ordering::Relaxed);
        if let Some(generation) = self.collection_due() {
            let result = self.collect_generation(generation);
            self.ignore(result);
        }
    }

    /// Collects a generation and those younger; how many objects were freed.
    pub fn collect_generation(&mut self, generation: usize) -> Result<usize> {
        let Some(garbage) = self.find_garbage(generation) else { return Ok(0) };
        let found: Vec<Value> = garbage.values().collect();
        // Weak references into the garbage die first, so that no callback sees an object that is finalised. A callback
        // of a weak reference that is garbage itself is not called.
        let mut callbacks = Vec::new();
        for object in &found {
            callbacks.extend(self.clear_weakrefs(object));
        }
        for (weakref, callback) in callbacks {
            if found.iter().any(|g| g.is(&weakref)) {
                continue;
            }
            if let Err(raised) = self.call(&callback, &[weakref]) {
                self.report_unraisable_about(raised, "while calling weakref callback ", Some(&callback));
            }
        }
        for object in &found {
            self.finalize(object);
        }
        drop(found);
        let freed = self.free_garbage(garbage);
        let stats = &mut self.state_mut().gc_stats[generation];
        stats[0] += 1;
        stats[1] += freed as u64;
        self.drain();
        Ok(freed)
    }
}
