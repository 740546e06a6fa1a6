//! What has been pickled already, and what can be referred to while unpickling.

use rustc_hash::FxHashMap;
use taipan_object::{Trace, Visitor};
use taipan_vm::{Result, Value};

/// Objects that were written, by identity, with their numbers. It keeps them alive.
#[derive(Default)]
pub struct Memo {
    pub seen: FxHashMap<u64, (usize, Value)>,
}

impl Trace for Memo {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        for (_, v) in self.seen.values() {
            visitor.value(v);
        }
    }
}

/// Objects by number. Numbers that are far off, which only a forged pickle has, do not take the room in between.
#[derive(Default)]
pub struct Numbered {
    near: Vec<Option<Value>>,
    far: FxHashMap<usize, Value>,
    count: usize,
}

/// How far a number may leave those before it behind.
const GAP: usize = 1 << 16;

impl Numbered {
    pub fn get(&self, i: usize) -> Option<&Value> {
        match self.near.get(i) {
            Some(v) => v.as_ref(),
            None => self.far.get(&i),
        }
    }

    /// How many numbers are taken.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Sets an object; what stood there is handed back, to be dropped outside of the borrow.
    pub fn set(&mut self, i: usize, v: Value) -> Result<Option<Value>> {
        let old = if i < self.near.len() + GAP {
            if i >= self.near.len() {
                let more = i + 1 - self.near.len();
                self.near.try_reserve(more).map_err(|_| taipan_vm::Raised)?;
                self.near.resize(i + 1, None);
                let moved = self.far.remove(&i);
                self.near[i] = moved;
            }
            self.near[i].replace(v)
        } else {
            self.far.insert(i, v)
        };
        self.count += usize::from(old.is_none());
        Ok(old)
    }

    /// All with their numbers, in order.
    pub fn all(&self) -> Vec<(usize, Value)> {
        let near = self.near.iter().enumerate().filter_map(|(i, v)| v.clone().map(|v| (i, v)));
        let mut all: Vec<_> = near.chain(self.far.iter().map(|(i, v)| (*i, v.clone()))).collect();
        all.sort_by_key(|(i, _)| *i);
        all
    }
}

impl Trace for Numbered {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        for v in self.near.iter().flatten().chain(self.far.values()) {
            visitor.value(v);
        }
    }
}
