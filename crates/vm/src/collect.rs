//! Cyclic collections: when, and what runs between finding garbage and freeing it.

use crate::{List, Ref, Result, Value, Vm, name};
use std::sync::atomic::Ordering;
use taipan_host::{process, stdio};
use taipan_object::gc::Garbage;
use taipan_object::heap::breaker;
use taipan_object::weak::Callbacks;

/// Bits of `gc.set_debug`.
pub mod debug {
    /// Print statistics.
    pub const STATS: i32 = 1;
    /// Print what is collected.
    pub const COLLECTABLE: i32 = 2;
    /// Print what cannot be collected.
    pub const UNCOLLECTABLE: i32 = 4;
    /// Keep in `gc.garbage` what would be freed.
    pub const SAVEALL: i32 = 32;
}

/// Objects that a young collection under `-X stress=gc` is reckoned to look at.
const STRESSED_YOUNG: u32 = 64;

/// Objects that are validated after a young collection under `-X stress=check`, on average, at the most.
const CHECKED_OBJECTS: usize = 16_384;

/// Nanoseconds between times that collections that nobody asked for give memory back: a program that makes and drops the
/// same things all the time would have to ask for it again each time.
const TRIM_EVERY: i64 = 1_000_000_000;

/// What the module `gc` sets and shows.
#[derive(Default)]
pub struct GcState {
    /// `gc.set_debug`.
    pub debug: i32,
    /// `gc.callbacks`, once the module has been imported.
    pub callbacks: Option<Ref<List>>,
    /// `gc.garbage`, once the module has been imported.
    pub garbage: Option<Ref<List>>,
    /// `gc.get_stats`: collections, collected, uncollectable, for each generation.
    pub stats: [[u64; 3]; 3],
    /// When memory was given back to the system the last time, in nanoseconds.
    trimmed: i64,
    /// How many modules of the embedded library are being executed, each for an import of the one before.
    pub library_imports: u32,
    /// Collections under `-X stress=gc`, and how many of them until all generations are collected.
    stressed: (u32, u32),
    /// Collections under `-X stress=check` since the heap was validated.
    unchecked: usize,
}

impl Vm {
    /// Collects where the counters ask for it. Called by the running thread between instructions.
    pub fn collect_if_due(&mut self) {
        self.breaker.fetch_and(!breaker::COLLECT, Ordering::Relaxed);
        if let Some(generation) = self.collection_due() {
            let stressed = self.state().stress.collect_every.is_some();
            if generation < 2 && !stressed && self.imports_only() {
                return self.keep_young();
            }
            let generation = if stressed { self.stressed_generation() } else { generation };
            self.collect_generation(generation);
            let due = |vm: &Vm| taipan_host::clock::monotonic_ns() > vm.state().gc.trimmed.saturating_add(TRIM_EVERY);
            if generation == 2 && due(self) {
                self.trim();
            }
        }
    }

    /// Whether modules of the library are being executed, whose functions and classes stay, and nobody watches the collector.
    fn imports_only(&self) -> bool {
        let gc = &self.state().gc;
        let watched = gc.debug != 0 || gc.callbacks.as_ref().is_some_and(|list| list.get(self).len() > 0);
        gc.library_imports > 0 && !watched
    }

    /// Gives memory that is free back to the system.
    pub fn trim(&mut self) {
        taipan_object::alloc::trim();
        self.state_mut().gc.trimmed = taipan_host::clock::monotonic_ns();
    }

    /// Which generation to collect where collections are for testing: all of them so often that half of the objects looked
    /// at are looked at for that. All of them each time would take time with the square of the program's size.
    #[cold]
    fn stressed_generation(&mut self) -> usize {
        let (count, left) = self.state().gc.stressed;
        let (generation, left) = match left {
            0 => (2, self.generation_sizes()[2] as u32 / STRESSED_YOUNG),
            _ => (usize::from(count % 8 == 7), left - 1),
        };
        self.state_mut().gc.stressed = (count.wrapping_add(1), left);
        generation
    }

    /// Collects a generation and those younger, and tells the callbacks of the module `gc`; how many objects were
    /// found to be garbage.
    pub fn collect_generation(&mut self, generation: usize) -> usize {
        if self.is_collecting() {
            return 0;
        }
        // What has just died must not be found a second time.
        self.drain();
        if self.is_collecting() {
            return 0;
        }
        self.set_collecting(true);
        let has_callbacks = self.state().gc.callbacks.as_ref().is_some_and(|c| !c.items(self).is_empty());
        if has_callbacks {
            self.call_gc_callbacks("start", generation, 0);
        }
        let collected = self.collect_garbage(generation);
        let stats = &mut self.state_mut().gc.stats[generation];
        stats[0] += 1;
        stats[1] += collected as u64;
        if has_callbacks {
            self.call_gc_callbacks("stop", generation, collected);
        }
        self.set_collecting(false);
        self.drain();
        if self.state().stress.check && self.check_is_due(generation) {
            self.check_heap();
        }
        collected
    }

    /// Whether the heap is to be validated after a collection: always, but while there are many objects not after each of the
    /// younger ones, or that would take time in the square of the program's size.
    #[cold]
    fn check_is_due(&mut self, generation: usize) -> bool {
        let objects = self.tracked_count();
        let unchecked = &mut self.state_mut().gc.unchecked;
        *unchecked += 1;
        let due = generation == 2 || *unchecked > objects / CHECKED_OBJECTS;
        if due {
            *unchecked = 0;
        }
        due
    }

    /// Validates the heap and ends the process where something is wrong.
    #[cold]
    fn check_heap(&self) {
        if let Err(fault) = self.check() {
            let text = format!("Fatal Python error: the heap is damaged: {fault}\n");
            let _ = stdio::write_all(stdio::STDERR, text.as_bytes());
            process::abort();
        }
    }

    fn collect_garbage(&mut self, generation: usize) -> usize {
        let debug = self.state().gc.debug;
        let start = taipan_host::clock::monotonic_ns();
        if debug & debug::STATS != 0 {
            let [a, b, c, permanent] = self.generation_sizes();
            self.write_stderr(&format!(
                "gc: collecting generation {generation}...\ngc: objects in each generation: {a} {b} {c}\ngc: objects in \
                 permanent generation: {permanent}\n"
            ));
        }
        let garbage = self.find_garbage(generation);
        if debug & debug::COLLECTABLE != 0 {
            self.each_of(&garbage, |vm, object| {
                let text = format!("gc: collectable <{} {:#x}>\n", object.ty().name(), object.bits());
                vm.write_stderr(&text);
            });
        }
        if garbage.has_weakrefs() {
            self.kill_weakrefs_into(&garbage);
        }
        // Callbacks of weak references may have given a class a finaliser.
        if garbage.finalizes() || garbage.has_weakrefs() {
            self.each_of(&garbage, |vm, object| vm.finalize(object, true));
        }
        let keep = debug & debug::SAVEALL != 0;
        if keep && let Some(list) = self.state().gc.garbage.clone() {
            self.each_of(&garbage, |vm, object| {
                // Without memory for the list there is none for what it would keep either.
                let _ = list.get_mut(vm).push(object.clone());
            });
        }
        let count = garbage.len();
        let freed = self.free_garbage(garbage);
        let collected = if keep { count } else { freed };
        if debug & debug::STATS != 0 {
            let elapsed = (taipan_host::clock::monotonic_ns() - start) as f64 / 1e9;
            self.write_stderr(&format!("gc: done, {collected} unreachable, 0 uncollectable, {elapsed:.4}s elapsed\n"));
        }
        collected
    }

    fn each_of(&mut self, garbage: &Garbage, mut f: impl FnMut(&mut Vm, &Value)) {
        let mut next = garbage.first(self);
        while let Some(object) = next {
            f(self, &object);
            next = garbage.after(self, &object);
        }
    }

    /// Weak references into the garbage die first, so that no callback sees an object that is finalised. A callback of
    /// a weak reference that is garbage itself is not called.
    fn kill_weakrefs_into(&mut self, garbage: &Garbage) {
        let mut callbacks = Callbacks::default();
        self.each_of(garbage, |vm, object| {
            if vm.has_weakrefs(object) {
                callbacks.append(vm.clear_weakrefs(object, true));
            }
        });
        for (weakref, callback) in callbacks {
            if self.is_garbage(&weakref) {
                continue;
            }
            if let Err(raised) = self.call(&callback, &[weakref]) {
                self.report_unraisable_about(raised, "while calling weakref callback ", Some(&callback));
            }
        }
    }

    #[cold]
    fn call_gc_callbacks(&mut self, phase: &str, generation: usize, collected: usize) {
        let Some(callbacks) = self.state().gc.callbacks.clone() else { return };
        let args = self.gc_callback_args(phase, generation, collected);
        let args = match args {
            Ok(args) => args,
            Err(raised) => {
                drop(self.take_raised(raised));
                return;
            }
        };
        let mut at = 0;
        while let Some(callback) = callbacks.items(self).get(at).cloned() {
            if let Err(raised) = self.call(&callback, &args) {
                self.report_unraisable_about(raised, "while calling GC callback ", Some(&callback));
            }
            at += 1;
        }
    }

    fn gc_callback_args(&mut self, phase: &str, generation: usize, collected: usize) -> Result<[Value; 2]> {
        let info = self.new_dict()?;
        for (key, n) in
            [(name!("generation"), generation), (name!("collected"), collected), (name!("uncollectable"), 0)]
        {
            let n = self.new_int(n as i64)?;
            self.dict_set(&info, key.as_value(), n)?;
        }
        Ok([self.new_str(phase)?.into_value(), info.into_value()])
    }
}
