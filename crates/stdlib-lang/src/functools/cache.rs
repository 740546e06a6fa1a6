//! A table from Python keys to values that knows which was used last.
//!
//! Looking a key up compares it with others, which can run Python code that uses the same table. So the look-up is
//! done in steps, between which nothing is borrowed, and begins anew when the table has been changed meanwhile.

use std::collections::HashMap;
use taipan_macros::Trace;
use taipan_object::trace::Opaque;
use taipan_vm::{Raised, Value};

const NONE: u32 = u32::MAX;

#[derive(Trace)]
struct Entry {
    key: Value,
    value: Value,
    hash: i64,
    /// Neighbours in the order of use.
    older: u32,
    newer: u32,
    /// The next entry with the same hash.
    next: u32,
}

/// The table.
#[derive(Trace, Default)]
pub struct Cache {
    entries: Vec<Option<Entry>>,
    free: Vec<u32>,
    /// The first entry with a hash.
    first: Opaque<HashMap<i64, u32, std::hash::BuildHasherDefault<WordHasher>>>,
    /// Ends of the order of use, counted from 1; 0 for none.
    oldest: u32,
    newest: u32,
    len: usize,
    /// Raised by each change.
    stamp: u64,
}

/// The hash of a key is a hash already.
#[derive(Default)]
pub struct WordHasher(u64);

impl std::hash::Hasher for WordHasher {
    fn finish(&self) -> u64 {
        self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.0 = self.0.wrapping_mul(31).wrapping_add(u64::from(*b));
        }
    }
    fn write_i64(&mut self, n: i64) {
        self.0 = n as u64
    }
}

/// Where a look-up has arrived.
pub struct Probe {
    hash: i64,
    at: u32,
    stamp: u64,
}

impl Cache {
    /// Number of entries.
    pub fn len(&self) -> usize {
        self.len
    }

    fn entry(&self, at: u32) -> Option<&Entry> {
        self.entries.get(at as usize)?.as_ref()
    }

    fn entry_mut(&mut self, at: u32) -> Option<&mut Entry> {
        self.entries.get_mut(at as usize)?.as_mut()
    }

    /// Begins a look-up.
    pub fn probe(&self, hash: i64) -> Probe {
        Probe { hash, at: self.first.get(&hash).copied().unwrap_or(NONE), stamp: self.stamp }
    }

    /// The next key with the hash, and its place. After a change of the table it begins anew.
    pub fn step(&self, probe: &mut Probe) -> Option<(u32, Value)> {
        if probe.stamp != self.stamp {
            *probe = self.probe(probe.hash);
        }
        let entry = self.entry(probe.at)?;
        let found = (probe.at, entry.key.clone());
        probe.at = entry.next;
        Some(found)
    }

    /// Whether nothing has changed since the last step of a look-up.
    pub fn is_current(&self, probe: &Probe) -> bool {
        probe.stamp == self.stamp
    }

    /// The value at a place, which counts as used now.
    pub fn take_hit(&mut self, at: u32) -> Option<Value> {
        self.unlink(at);
        self.link_newest(at);
        self.entry(at).map(|e| e.value.clone())
    }

    /// The value at a place.
    pub fn value(&self, at: u32) -> Option<Value> {
        self.entry(at).map(|e| e.value.clone())
    }

    fn unlink(&mut self, at: u32) {
        let Some(e) = self.entry(at) else { return };
        let (older, newer) = (e.older, e.newer);
        match older {
            NONE => self.oldest = if newer == NONE { 0 } else { newer + 1 },
            o => {
                if let Some(e) = self.entry_mut(o) {
                    e.newer = newer
                }
            }
        }
        match newer {
            NONE => self.newest = if older == NONE { 0 } else { older + 1 },
            n => {
                if let Some(e) = self.entry_mut(n) {
                    e.older = older
                }
            }
        }
    }

    fn link_newest(&mut self, at: u32) {
        let before = self.newest.checked_sub(1).unwrap_or(NONE);
        if let Some(e) = self.entry_mut(at) {
            e.older = before;
            e.newer = NONE;
        }
        match before {
            NONE => self.oldest = at + 1,
            b => {
                if let Some(e) = self.entry_mut(b) {
                    e.newer = at
                }
            }
        }
        self.newest = at + 1;
    }

    /// Adds a key that is not there.
    pub fn insert(&mut self, key: Value, hash: i64, value: Value) -> Result<(), Raised> {
        let room = self.first.try_reserve(1).and(self.free.try_reserve(1));
        if room.is_err() || self.free.is_empty() && self.entries.try_reserve(1).is_err() {
            return Err(Raised);
        }
        self.stamp += 1;
        let next = self.first.get(&hash).copied().unwrap_or(NONE);
        let entry = Some(Entry { key, value, hash, older: NONE, newer: NONE, next });
        let at = match self.free.pop() {
            Some(at) => {
                self.entries[at as usize] = entry;
                at
            }
            None => {
                self.entries.push(entry);
                (self.entries.len() - 1) as u32
            }
        };
        self.first.insert(hash, at);
        self.link_newest(at);
        self.len += 1;
        Ok(())
    }

    /// Takes the entry out that has not been used for the longest time; its key and value.
    pub fn pop_oldest(&mut self) -> Option<(Value, Value)> {
        let at = self.oldest.checked_sub(1)?;
        self.stamp += 1;
        self.unlink(at);
        let entry = self.entries.get_mut(at as usize)?.take()?;
        self.free.push(at);
        self.len -= 1;
        let first = self.first.get(&entry.hash).copied().unwrap_or(NONE);
        if first == at {
            match entry.next {
                NONE => self.first.remove(&entry.hash),
                next => self.first.insert(entry.hash, next),
            };
        } else {
            let mut before = first;
            while let Some(e) = self.entry_mut(before) {
                if e.next == at {
                    e.next = entry.next;
                    break;
                }
                before = e.next;
            }
        }
        Some((entry.key, entry.value))
    }

    /// An empty table in whose place this one was; the stamp goes on.
    pub fn replaced_by_empty(&mut self) -> Cache {
        let stamp = self.stamp + 1;
        std::mem::replace(self, Cache { stamp, ..Cache::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(i: i32) -> Value {
        Value::from_i32(i)
    }

    fn find(cache: &Cache, key: i32, hash: i64) -> Option<u32> {
        let mut probe = cache.probe(hash);
        while let Some((at, found)) = cache.step(&mut probe) {
            if found.small_int() == Some(i64::from(key)) {
                return Some(at);
            }
        }
        None
    }

    #[test]
    fn the_entry_unused_for_longest_goes_first() {
        let mut cache = Cache::default();
        for i in 0..4 {
            cache.insert(n(i), i64::from(i % 2), n(10 * i)).expect("there is room");
        }
        let at = find(&cache, 0, 0).expect("is there");
        assert_eq!(cache.take_hit(at).and_then(|v| v.small_int()), Some(0));
        let order: Vec<_> = std::iter::from_fn(|| cache.pop_oldest()).map(|(k, _)| k.small_int()).collect();
        assert_eq!(order, [Some(1), Some(2), Some(3), Some(0)]);
        assert_eq!(cache.len(), 0);
        assert_eq!(find(&cache, 0, 0), None);
    }
}
