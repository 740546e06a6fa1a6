//! `set` and `frozenset`: open addressing with short linear runs; `fill` at 16, `used` at 24.
//!
//! Probing and growth are CPython's, because the order in which a set gives its items is part of what programs print.

use crate::alloc;
use crate::heap::{Heap, Raised};
use crate::refs::{Guarded, Payload, Ref};
use crate::trace::{Trace, Visitor};
use crate::types::TypeCell;
use crate::value::Value;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

const LINEAR_PROBES: usize = 9;
const MIN_SIZE: usize = 8;

/// The last place of the linear run that a search looks through from `base` on.
#[inline(always)]
fn last_of_run(base: usize, mask: usize) -> usize {
    if base + LINEAR_PROBES <= mask { base + LINEAR_PROBES } else { base }
}

/// A slot: a key with its hash, or nothing; a deleted key leaves `hash == -1`.
struct Slot {
    key: Option<Value>,
    hash: i64,
}

/// The slots of a table, a power of two of them or none, in a block of the lists that objects come from.
struct Slots {
    start: NonNull<Slot>,
    len: usize,
}

impl Slots {
    const EMPTY: Slots = Slots { start: NonNull::dangling(), len: 0 };
    const WORDS: usize = size_of::<Slot>() / 8;
}

impl Slots {
    /// A copy, slot by slot.
    fn copy(&self) -> Result<Slots, Raised> {
        let start = NonNull::new(alloc::take_words(self.len * Slots::WORDS).cast::<Slot>()).ok_or(Raised)?;
        // SAFETY: the block has room for as many slots, and each key in the copy is counted.
        unsafe {
            if self.len == MIN_SIZE {
                let small = self.start.cast::<[u64; MIN_SIZE * Slots::WORDS]>().read();
                start.cast().write(small);
            } else {
                std::ptr::copy_nonoverlapping(self.start.as_ptr(), start.as_ptr(), self.len);
            }
            for slot in self.iter() {
                if let Some(key) = &slot.key {
                    std::mem::forget(key.clone());
                }
            }
        }
        Ok(Slots { start, len: self.len })
    }

    /// So many slots that were never used.
    #[inline]
    fn fresh(len: usize) -> Result<Slots, Raised> {
        let words = len.checked_mul(Slots::WORDS).ok_or(Raised)?;
        // A key that is not there is a zero.
        if len != MIN_SIZE {
            let start = NonNull::new(alloc::take_zeroed_words(words)).ok_or(Raised)?;
            return Ok(Slots { start: start.cast(), len });
        }
        let start = NonNull::new(alloc::take_words(words)).ok_or(Raised)?;
        // SAFETY: the block has room for so many words. The size is known here, so that they are cleared without a call.
        unsafe { start.cast::<[u64; MIN_SIZE * Slots::WORDS]>().write([0; MIN_SIZE * Slots::WORDS]) };
        Ok(Slots { start: start.cast(), len })
    }

    /// Where a key goes that is absent, in a table without deleted slots.
    #[inline(always)]
    fn free_place(&self, hash: i64) -> usize {
        let mask = self.len - 1;
        let mut perturb = hash as u64;
        let mut base = hash as usize & mask;
        loop {
            let last = last_of_run(base, mask);
            let mut place = base;
            loop {
                // SAFETY: no place of a run is beyond the mask.
                if unsafe { self.at(place) }.key.is_none() {
                    return place;
                }
                if place == last {
                    break;
                }
                place += 1;
            }
            perturb >>= 5;
            base = base.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
    }

    /// The slot at a place.
    ///
    /// # Safety
    /// There are more slots than that.
    #[inline(always)]
    unsafe fn at(&self, place: usize) -> &Slot {
        debug_assert!(place < self.len);
        // SAFETY: so many slots are initialised, and owned.
        unsafe { &*self.start.as_ptr().add(place) }
    }

    /// Moves all keys to a table that has none of them and no deleted slots, but room for all.
    fn move_to(mut self, to: &mut Slots) {
        for slot in self.iter() {
            if slot.key.is_some() {
                let place = to.free_place(slot.hash);
                // SAFETY: the place is empty, and nobody looks at the old slot any more.
                unsafe { (&raw mut to[place]).write(std::ptr::read(slot)) }
            }
        }
        // The keys are owned by the other table now.
        self.give_back();
    }
}

const _: () = assert!(size_of::<Option<Value>>() == 8 && size_of::<Slot>() == 16);

impl Deref for Slots {
    type Target = [Slot];
    #[inline(always)]
    fn deref(&self) -> &[Slot] {
        // SAFETY: so many slots are initialised, and owned.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl DerefMut for Slots {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [Slot] {
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

impl Slots {
    /// Gives the memory of slots back whose keys have been dropped or moved. Whoever has slots has to do that.
    #[inline]
    fn give_back(&mut self) {
        if self.len != 0 {
            let words = std::mem::take(&mut self.len) * Slots::WORDS;
            // SAFETY: the block was taken for as many words.
            unsafe { alloc::give_words(self.start.as_ptr().cast(), words) }
        }
    }
}

/// A hash table of keys.
#[repr(C)]
pub struct Set {
    /// Slots in use, deleted ones included.
    fill: usize,
    used: usize,
    slots: Slots,
    /// Of a set, where `pop` looks next; of a frozenset, which has no `pop`, one more than its hash, which is never -1:
    /// 0 before it is known.
    memory: usize,
}

/// The payload of `frozenset`: the same table.
#[repr(C)]
pub struct FrozenSet {
    /// The items.
    pub set: Set,
}

impl Trace for Set {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        for slot in self.slots.iter() {
            slot.key.trace(visitor)
        }
    }
}

impl Trace for FrozenSet {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        self.set.trace(visitor)
    }
}

impl Payload for Set {
    type Access = Guarded;
    fn class() -> &'static TypeCell<Set> {
        &crate::statics::SET
    }
    fn extra_size(&self) -> usize {
        16 * self.slots.len()
    }
}

impl Payload for FrozenSet {
    type Access = Guarded;
    fn class() -> &'static TypeCell<FrozenSet> {
        &crate::statics::FROZENSET
    }
    fn extra_size(&self) -> usize {
        self.set.extra_size()
    }
}

/// What a search has come to.
pub enum Search {
    /// The key is at this place.
    Found(usize),
    /// It is not there; this is where it goes.
    Vacant(usize),
    /// A key has to be asked.
    Unknown,
}

/// What has become of a key that was to be added.
pub enum Addition {
    /// It was added.
    New,
    /// An equal one was there already. This one is for the caller to drop, who may have to let go of the set first.
    Old(Value),
    /// A key has to be asked.
    Unknown(Value),
}

/// Where a search for a hash has got to.
#[derive(Clone, Copy)]
pub struct SetProbe {
    hash: i64,
    perturb: u64,
    base: usize,
    step: usize,
}

impl SetProbe {
    /// A search from the start.
    #[inline(always)]
    pub fn new(hash: i64) -> SetProbe {
        SetProbe { hash, perturb: hash as u64, base: usize::MAX, step: 0 }
    }
}

impl Set {
    /// An empty set.
    pub fn new() -> Set {
        Set { fill: 0, used: 0, slots: Slots::EMPTY, memory: 0 }
    }

    /// Makes the table of an empty set without one, which its first key would make.
    #[inline]
    pub fn make_table(&mut self) -> Result<(), Raised> {
        debug_assert!(self.slots.is_empty());
        self.slots = Slots::fresh(MIN_SIZE)?;
        Ok(())
    }

    /// Whether this set has the keys of another one of as many; `equal` says of keys with the same hash whether they are
    /// equal, if that can be told. Nothing where one has to be asked.
    #[inline]
    pub fn equals(&self, other: &Set, mut equal: impl FnMut(&Value, &Value) -> Option<bool>) -> Option<bool> {
        let mut left = self.used;
        for (place, slot) in self.slots.iter().enumerate() {
            if left == 0 {
                break;
            }
            let Some(key) = &slot.key else { continue };
            left -= 1;
            // Equal sets were often made alike.
            if let Some(Slot { key: Some(candidate), hash }) = other.slots.get(place)
                && *hash == slot.hash
                && equal(candidate, key) == Some(true)
            {
                continue;
            }
            match other.search(slot.hash, |candidate| equal(candidate, key)) {
                Search::Found(_) => {}
                Search::Vacant(_) => return Some(false),
                Search::Unknown => return None,
            }
        }
        Some(true)
    }

    /// Number of keys.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.used
    }

    /// Number of slots, for detecting changes together with [`Set::len`].
    pub fn capacity(&self) -> usize {
        self.slots.len()
    }

    /// The remembered hash of a frozenset.
    pub fn cached_hash(&self) -> Option<i64> {
        (self.memory != 0).then(|| self.memory as i64 - 1)
    }

    /// Remembers the hash of a frozenset.
    pub fn set_cached_hash(&mut self, hash: i64) {
        self.memory = (hash + 1) as usize
    }

    /// The next slot with the hash that is searched for: its place and its key.
    #[inline]
    pub fn probe(&self, p: &mut SetProbe) -> Option<(usize, &Value)> {
        let mask = self.slots.len().checked_sub(1)?;
        if p.base == usize::MAX {
            p.base = p.hash as usize & mask;
        }
        loop {
            let run = if p.base + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            while p.step <= run {
                let place = p.base + p.step;
                p.step += 1;
                let slot = &self.slots[place];
                match &slot.key {
                    Some(key) if slot.hash == p.hash => return Some((place, key)),
                    None if slot.hash == 0 => return None,
                    _ => {}
                }
            }
            p.perturb >>= 5;
            p.base = p.base.wrapping_mul(5).wrapping_add(1).wrapping_add(p.perturb as usize) & mask;
            p.step = 0;
        }
    }

    /// Looks for a key; `equal` says of keys with its hash whether they are equal to it, if that can be told.
    #[inline]
    pub fn search(&self, hash: i64, mut equal: impl FnMut(&Value) -> Option<bool>) -> Search {
        let Some(mask) = self.slots.len().checked_sub(1) else { return Search::Vacant(0) };
        let mut deleted = None;
        let mut perturb = hash as u64;
        let mut base = hash as usize & mask;
        loop {
            let last = last_of_run(base, mask);
            let mut place = base;
            loop {
                // SAFETY: no place of a run is beyond the mask.
                let slot = unsafe { self.slots.at(place) };
                match &slot.key {
                    None if slot.hash == 0 => return Search::Vacant(deleted.unwrap_or(place)),
                    None => deleted = Some(place),
                    Some(key) if slot.hash == hash => match equal(key) {
                        Some(true) => return Search::Found(place),
                        Some(false) => {}
                        None => return Search::Unknown,
                    },
                    Some(_) => {}
                }
                if place == last {
                    break;
                }
                place += 1;
            }
            perturb >>= 5;
            base = base.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
    }

    /// Adds a key unless it is there. `equal` says whether a key with its hash is equal, if that can be told.
    #[inline]
    pub fn add(
        &mut self,
        key: Value,
        hash: i64,
        equal: impl Fn(&Value, &Value) -> Option<bool>,
    ) -> Result<Addition, Raised> {
        match self.search(hash, |known| equal(known, &key)) {
            Search::Vacant(place) => {
                self.put(place, key, hash)?;
                Ok(Addition::New)
            }
            Search::Found(_) => Ok(Addition::Old(key)),
            Search::Unknown => Ok(Addition::Unknown(key)),
        }
    }

    /// Adds the keys of another set that are not there, from its slot `*at` on. False where a key has to be asked: the slot
    /// of the other set that `*at` is then at.
    pub fn merge(
        &mut self,
        other: &Set,
        at: &mut usize,
        equal: impl Fn(&Value, &Value) -> Option<bool>,
    ) -> Result<bool, Raised> {
        while let Some(slot) = other.slots.get(*at) {
            if let Some(key) = &slot.key {
                match self.search(slot.hash, |known| equal(known, key)) {
                    Search::Vacant(place) => self.put(place, key.clone(), slot.hash)?,
                    Search::Found(_) => {}
                    Search::Unknown => return Ok(false),
                }
            }
            *at += 1;
        }
        Ok(true)
    }

    /// Adds a key that is known to be absent.
    pub fn insert_new(&mut self, key: Value, hash: i64) -> Result<(), Raised> {
        self.insert_at(self.place_for(hash), key, hash)
    }

    /// Whether a key at this place, which [`Set::search`] has named, would be one of the first four of a table without
    /// deleted ones.
    #[inline(always)]
    pub fn takes_first(&self, place: usize) -> bool {
        self.fill < 4 && self.fill == self.used && place < self.slots.len()
    }

    /// Adds such a key: the table need not grow.
    #[inline(always)]
    pub fn insert_first(&mut self, place: usize, key: Value, hash: i64) {
        debug_assert!(self.takes_first(place) && self.slots[place].key.is_none());
        // Nothing has to be dropped, which the compiler does not see.
        // SAFETY: the place is one of the table's.
        unsafe { (&raw mut self.slots[place]).write(Slot { key: Some(key), hash }) }
        self.used += 1;
        self.fill += 1;
    }

    /// Adds a key that [`Set::search`] has not found, at the place that it has named.
    #[inline]
    pub fn insert_at(&mut self, place: usize, key: Value, hash: i64) -> Result<(), Raised> {
        self.put(place, key, hash)
    }

    #[inline(always)]
    fn put(&mut self, mut place: usize, key: Value, hash: i64) -> Result<(), Raised> {
        if self.slots.is_empty() {
            self.resize(MIN_SIZE)?;
            place = hash as usize & (MIN_SIZE - 1);
        }
        let mask = self.slots.len() - 1;
        let slot = &mut self.slots[place];
        debug_assert!(slot.key.is_none());
        let fresh = slot.hash == 0;
        // SAFETY: the slot holds no key that would have to be dropped, which the compiler does not see.
        unsafe { (&raw mut *slot).write(Slot { key: Some(key), hash }) };
        self.used += 1;
        if !fresh {
            return Ok(());
        }
        self.fill += 1;
        if self.fill * 5 >= mask * 3 {
            return self.make_roomy(place);
        }
        Ok(())
    }

    /// A larger table. Where there is no memory for it, the key that was added last is not: searches need free slots to end.
    #[cold]
    #[inline(never)]
    fn make_roomy(&mut self, last: usize) -> Result<(), Raised> {
        let grown = self.resize(size_above(roomy(self.used)));
        if grown.is_err() {
            self.slots[last] = Slot { key: None, hash: 0 };
            self.used -= 1;
            self.fill -= 1;
        }
        grown
    }

    /// Where a key that is absent goes: the last deleted slot on its way, so that the order is CPython's, or the first
    /// that was never used.
    fn place_for(&self, hash: i64) -> usize {
        match self.search(hash, |_| Some(false)) {
            Search::Vacant(place) | Search::Found(place) => place,
            Search::Unknown => 0,
        }
    }

    #[inline(never)]
    fn resize(&mut self, size: usize) -> Result<(), Raised> {
        let slots = Slots::fresh(size)?;
        let old = std::mem::replace(&mut self.slots, slots);
        self.fill = self.used;
        old.move_to(&mut self.slots);
        Ok(())
    }

    /// The key at or after `*at`, and moves `*at` behind it.
    pub fn next(&self, at: &mut usize) -> Option<(&Value, i64)> {
        while let Some(slot) = self.slots.get(*at) {
            *at += 1;
            if let Some(key) = &slot.key {
                return Some((key, slot.hash));
            }
        }
        None
    }

    /// The keys in the order of their slots.
    pub fn iter(&self) -> impl Iterator<Item = (&Value, i64)> {
        let mut at = 0;
        std::iter::from_fn(move || self.next(&mut at))
    }

    /// Removes the key at a place.
    pub fn remove_at(&mut self, place: usize) -> Option<Value> {
        let slot = self.slots.get_mut(place)?;
        let key = slot.key.take()?;
        slot.hash = -1;
        self.used -= 1;
        Some(key)
    }

    /// Removes some key.
    pub fn pop(&mut self) -> Option<Value> {
        if self.used == 0 {
            return None;
        }
        let size = self.slots.len();
        let start = self.memory & (size - 1);
        let place = (start..size).chain(0..start).find(|&i| self.slots[i].key.is_some())?;
        self.memory = place + 1;
        self.remove_at(place)
    }

    /// Removes all keys and gives them to the caller, who drops them.
    pub fn take(&mut self) -> Set {
        std::mem::replace(self, Set::new())
    }

    /// Makes the table that `more` keys which come together are added to: the size decides the order.
    pub fn make_room(&mut self, more: usize) -> Result<(), Raised> {
        let mask = self.slots.len().max(MIN_SIZE) - 1;
        if (self.fill + more) * 5 < mask * 3 {
            return Ok(());
        }
        self.resize(size_above((self.used + more) * 2))
    }

    /// A smaller table where more than a quarter of it was left by keys that are gone.
    pub fn compact(&mut self) -> Result<(), Raised> {
        if self.slots.is_empty() || self.fill - self.used <= (self.slots.len() - 1) / 4 {
            return Ok(());
        }
        self.resize(size_above(roomy(self.used)))
    }

    /// Slots that are or were in use.
    pub fn fill(&self) -> usize {
        self.fill
    }

    /// A copy; a table of the size that a copy gets, without deleted slots, keeps its order.
    pub fn copy(&self) -> Result<Set, Raised> {
        let mut new = Set::new();
        self.copy_to(&mut new)?;
        Ok(new)
    }

    /// Makes an empty set a copy.
    #[inline]
    pub fn copy_to(&self, new: &mut Set) -> Result<(), Raised> {
        if self.used == 0 {
            return Ok(());
        }
        let size = if self.used * 5 < (MIN_SIZE - 1) * 3 { MIN_SIZE } else { size_above(self.used * 2) };
        if self.fill == self.used && size == self.slots.len() {
            new.slots = self.slots.copy()?;
            new.used = self.used;
            new.fill = self.fill;
            return Ok(());
        }
        new.resize(size)?;
        for (key, hash) in self.iter() {
            let place = new.slots.free_place(hash);
            new.slots[place] = Slot { key: Some(key.clone()), hash };
        }
        new.used = self.used;
        new.fill = self.used;
        Ok(())
    }
}

impl Drop for Set {
    #[inline]
    fn drop(&mut self) {
        // Behind the last key there is nothing to drop. The slots themselves are given back as they are.
        let mut left = self.used;
        for slot in self.slots.iter_mut() {
            if left == 0 {
                break;
            }
            if slot.key.is_some() {
                left -= 1;
                // SAFETY: nobody looks at the slot any more.
                unsafe { std::ptr::drop_in_place(&mut slot.key) }
            }
        }
        self.slots.give_back();
    }
}

impl Heap {
    /// An empty set. Its fields are constants, so that none has to be moved.
    #[inline(never)]
    pub fn new_set(&self) -> Result<Ref<Set>, Raised> {
        Ref::new(self, Set::new())
    }

    /// A set with the same keys as another one.
    pub fn copy_set(&self, from: &Ref<Set>) -> Result<Ref<Set>, Raised> {
        let new = self.new_set()?;
        // SAFETY: nobody else has the new set yet.
        from.get(self).copy_to(unsafe { &mut *new.payload_ptr() })?;
        Ok(new)
    }
}

/// The size of a table of more than `least` slots.
fn size_above(least: usize) -> usize {
    let mut size = MIN_SIZE;
    while size <= least {
        size <<= 1;
    }
    size
}

/// How many slots a table that grows has to be larger than.
fn roomy(used: usize) -> usize {
    if used > 50_000 { used * 2 } else { used * 4 }
}

const _: () = {
    assert!(std::mem::offset_of!(Set, fill) + 16 == 16);
    assert!(std::mem::offset_of!(Set, used) + 16 == 24);
};

/// A set or a frozenset, whichever it is: both have the same table.
pub enum FrozenSetRef<'a> {
    /// A set.
    Set(&'a crate::Ref<Set>),
    /// A frozenset.
    Frozen(&'a crate::Ref<FrozenSet>),
}

impl<'r> FrozenSetRef<'r> {
    /// A set or frozenset, subclasses included.
    #[inline]
    pub fn of(value: &'r Value) -> Option<FrozenSetRef<'r>> {
        if let Some(s) = value.downcast_exact::<Set>() {
            return Some(FrozenSetRef::Set(s));
        }
        match value.downcast::<Set>() {
            Some(s) => Some(FrozenSetRef::Set(s)),
            None => value.downcast::<FrozenSet>().map(FrozenSetRef::Frozen),
        }
    }

    /// The table.
    pub fn get<'a>(&'a self, heap: &'a crate::Heap) -> &'a Set {
        match self {
            FrozenSetRef::Set(s) => s.get(heap),
            FrozenSetRef::Frozen(f) => &f.get(heap).set,
        }
    }

    /// The table of a set, to change it, beside this one; nothing where both are the same.
    pub fn get_beside<'a>(
        &'a self,
        set: &'a crate::Ref<Set>,
        heap: &'a mut crate::Heap,
    ) -> Option<(&'a mut Set, &'a Set)> {
        match self {
            FrozenSetRef::Set(s) => set.get_mut_beside(s, heap),
            FrozenSetRef::Frozen(f) => set.get_mut_beside(f, heap).map(|(set, f)| (set, &f.set)),
        }
    }
}
