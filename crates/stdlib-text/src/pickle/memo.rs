//! What has been pickled already, and what can be referred to while unpickling.

use rustc_hash::FxHashMap;
use taipan_object::{Trace, Visitor};
use taipan_vm::{Result, Value};

/// Objects that were written, by identity, with their numbers. It keeps them alive.
///
/// A table with open addressing, in which objects lie as they do in memory: those made one after the other are written
/// one after the other as well, and are found in the cache.
#[derive(Default, Clone)]
pub struct Memo {
    slots: Vec<Option<(Value, usize)>>,
    used: usize,
    /// Numbers that were given to what nobody can refer to.
    skipped: usize,
}

/// Slots of the first table.
const LEAST_SLOTS: usize = 64;
/// A table with more grows to twice its size, others to four times.
const MANY_SLOTS: usize = 1 << 16;

impl Memo {
    /// The next number.
    pub fn next(&self) -> usize {
        self.used + self.skipped
    }

    /// Leaves a number out.
    pub fn skip(&mut self) {
        self.skipped += 1;
    }

    /// Bytes of the table.
    pub fn size(&self) -> usize {
        self.slots.len() * size_of::<Option<(Value, usize)>>()
    }

    /// The slot of an object, or the one that it can take.
    #[inline]
    fn slot(&self, bits: u64) -> usize {
        let mask = self.slots.len() - 1;
        // Objects are aligned to 16 bytes.
        let mut rest = bits >> 4;
        let mut at = rest as usize & mask;
        while let Some((v, _)) = &self.slots[at]
            && v.bits() != bits
        {
            rest >>= 5;
            at = at.wrapping_mul(5).wrapping_add(rest as usize).wrapping_add(1) & mask;
        }
        at
    }

    /// The number of an object.
    #[inline]
    pub fn get(&self, object: &Value) -> Option<usize> {
        if self.slots.is_empty() {
            return None;
        }
        self.slots[self.slot(object.bits())].as_ref().map(|(_, i)| *i)
    }

    /// Gives an object a number.
    #[inline]
    pub fn insert(&mut self, object: &Value, i: usize) -> Result<()> {
        if 3 * (self.used + 1) > 2 * self.slots.len() {
            self.grow()?;
        }
        let at = self.slot(object.bits());
        match &mut self.slots[at] {
            Some((_, old)) => *old = i,
            free => {
                *free = Some((object.clone(), i));
                self.used += 1;
            }
        }
        Ok(())
    }

    #[cold]
    fn grow(&mut self) -> Result<()> {
        let len = self.slots.len();
        let wanted = if len < MANY_SLOTS { (4 * len).max(LEAST_SLOTS) } else { 2 * len };
        let mut slots = Vec::new();
        slots.try_reserve_exact(wanted).map_err(|_| taipan_vm::Raised)?;
        slots.resize(wanted, None);
        let old = std::mem::replace(&mut self.slots, slots);
        for (v, i) in old.into_iter().flatten() {
            let at = self.slot(v.bits());
            self.slots[at] = Some((v, i));
        }
        Ok(())
    }

    /// All objects with their numbers, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &(Value, usize)> {
        self.slots.iter().flatten()
    }
}

impl Trace for Memo {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        for (v, _) in self.iter() {
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
    #[inline]
    pub fn set(&mut self, i: usize, v: Value) -> Result<Option<Value>> {
        // The usual one is the next.
        if i == self.near.len() && self.far.is_empty() {
            self.near.try_reserve(1).map_err(|_| taipan_vm::Raised)?;
            self.near.push(Some(v));
            self.count += 1;
            return Ok(None);
        }
        self.set_anywhere(i, v)
    }

    #[cold]
    fn set_anywhere(&mut self, i: usize, v: Value) -> Result<Option<Value>> {
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
