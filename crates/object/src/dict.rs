//! `dict`: `used` at offset 16, then a table in one block: index slots, and entries in insertion order.
//!
//! The index has a power of two slots of 1, 2 or 4 bytes, probed as CPython does, so that hashes collide alike. While
//! all keys are exact strings, entries are two words and the hash is read from the string; the first other key turns
//! the table into one of three-word entries. Finding a key that is not a string may run Python code, so the search
//! itself belongs to the virtual machine: here are the probes, [`Dict::probe`], and everything that needs no `__eq__`.

use crate::heap::{Heap, Raised};
use crate::refs::{Guarded, Payload, Ref};
use crate::str::Str;
use crate::trace::{Trace, Visitor};
use crate::types::{TypeCell, TypeFlags};
use crate::value::Value;
use std::alloc::Layout;
use std::cell::Cell;
use std::ptr::NonNull;

const EMPTY: i32 = -1;
const DELETED: i32 = -2;
const MIN_LOG2: u8 = 3;

/// The start of a table's block; index and entries follow.
#[repr(C)]
struct Table {
    log2: u8,
    /// log2 of the bytes of an index slot.
    width_log2: u8,
    /// Whether every key is an exact string, so that entries have no hash.
    strings: bool,
    /// Entries that may be in use before the table is rebuilt: what there is room for, less those given back by
    /// [`Dict::pop_last`]. Their slots still count as used: a third of the index stays empty, or no search would end.
    capacity: u32,
    /// Entries in use, deleted ones included.
    entries: u32,
    /// Version of the set of keys and their places; 0 until somebody asks. See [`Dict::keys_version`].
    version: Cell<u32>,
}

/// An insertion-ordered hash table.
#[repr(C)]
pub struct Dict {
    used: usize,
    table: Option<NonNull<Table>>,
}

/// Where a search for a hash has got to.
#[derive(Clone, Copy)]
pub struct Probe {
    hash: i64,
    perturb: u64,
    slot: usize,
    started: bool,
}

impl Probe {
    /// A search from the start.
    #[inline(always)]
    pub fn new(hash: i64) -> Probe {
        Probe { hash, perturb: hash as u64, slot: 0, started: false }
    }
}

/// Identifies a state of a dict's keys during a search that runs Python code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Stamp(usize, u32, usize);

/// Where a key is, or would go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Located {
    /// The place of its entry.
    At(usize),
    /// It is not there; the slot of the index that it would take. It stands for that as long as the dict is not changed.
    Free(usize),
    /// Python code has to compare the keys, or there is no table.
    Unknown,
}

impl Table {
    fn block(log2: u8, width_log2: u8, strings: bool, capacity: u32) -> Option<Layout> {
        let index = 1usize.checked_shl(log2 as u32 + width_log2 as u32)?;
        let entry = if strings { 16 } else { 24 };
        let size = (capacity as usize).checked_mul(entry)?.checked_add(index)?.checked_add(size_of::<Table>())?;
        Layout::from_size_align(size, 8).ok()
    }

    /// Entries there is room for.
    fn room(log2: u8) -> u32 {
        (((1u64 << log2) * 2) / 3) as u32
    }

    fn layout(&self) -> Layout {
        // The same numbers made a layout when the table was allocated.
        let room = Table::room(self.log2);
        Table::block(self.log2, self.width_log2, self.strings, room).expect("the layout of a live table")
    }

    /// A table with room for `entries` keys.
    fn allocate(entries: usize, strings: bool) -> Result<NonNull<Table>, Raised> {
        Table::allocate_log2(Table::smallest_log2(entries), strings)
    }

    /// The size of the smallest table with room for `entries` keys.
    fn smallest_log2(entries: usize) -> u8 {
        let mut log2 = MIN_LOG2;
        while log2 <= 31 && ((1usize << log2) * 2) / 3 < entries {
            log2 += 1;
        }
        log2
    }

    /// A copy of a table without deleted entries, as far as it is in use.
    fn copy(&self) -> Result<NonNull<Table>, Raised> {
        let layout = self.layout();
        if crate::watch::fails() {
            return Err(Raised);
        }
        // SAFETY: both blocks have the layout; each key and value in the copy is counted.
        unsafe {
            let copy = NonNull::new(std::alloc::alloc(layout).cast::<Table>()).ok_or(Raised)?;
            let head = size_of::<Table>() + (1 << (self.log2 + self.width_log2));
            let words = self.entries as usize * self.stride();
            std::ptr::copy_nonoverlapping((self as *const Table).cast::<u8>(), copy.as_ptr().cast(), head + words * 8);
            let to = copy.as_ref();
            let (mut at, end) = (to.entry(0), to.entry(self.entries as usize));
            while at != end {
                std::mem::forget((*at.cast::<Option<Value>>()).clone());
                std::mem::forget((*at.add(1).cast::<Option<Value>>()).clone());
                at = at.add(self.stride());
            }
            to.version.set(0);
            Ok(copy)
        }
    }

    /// A table that one with `used` keys grows into: it has at least three index slots for each.
    fn allocate_larger(used: usize, strings: bool) -> Result<NonNull<Table>, Raised> {
        let slots = used.checked_mul(3).ok_or(Raised)?;
        let mut log2 = MIN_LOG2;
        while log2 <= 31 && 1usize << log2 < slots {
            log2 += 1;
        }
        Table::allocate_log2(log2, strings)
    }

    fn allocate_log2(log2: u8, strings: bool) -> Result<NonNull<Table>, Raised> {
        if log2 > 31 {
            return Err(Raised);
        }
        let capacity = Table::room(log2);
        let width_log2 = if log2 < 8 {
            0
        } else if log2 < 16 {
            1
        } else {
            2
        };
        let layout = Table::block(log2, width_log2, strings, capacity).ok_or(Raised)?;
        if crate::watch::fails() {
            return Err(Raised);
        }
        // SAFETY: the layout is not empty; every byte of header and index is written.
        unsafe {
            let table = std::alloc::alloc(layout).cast::<Table>();
            if table.is_null() {
                return Err(Raised);
            }
            table.write(Table { log2, width_log2, strings, capacity, entries: 0, version: Cell::new(0) });
            // The smallest index is a word.
            match log2 {
                MIN_LOG2 => table.add(1).cast::<u64>().write(!0),
                _ => table.add(1).cast::<u8>().write_bytes(0xFF, 1 << (log2 + width_log2)),
            }
            Ok(NonNull::new_unchecked(table))
        }
    }

    #[inline(always)]
    fn mask(&self) -> usize {
        (1 << self.log2) - 1
    }

    #[inline(always)]
    fn index_base(&self) -> *mut u8 {
        // SAFETY: the index follows the header.
        unsafe { (self as *const Table).add(1).cast_mut().cast() }
    }

    #[inline(always)]
    fn index(&self, slot: usize) -> i32 {
        // SAFETY: the slot is masked, and widths agree with the allocation.
        unsafe {
            match self.width_log2 {
                0 => *self.index_base().cast::<i8>().add(slot) as i32,
                1 => *self.index_base().cast::<i16>().add(slot) as i32,
                _ => *self.index_base().cast::<i32>().add(slot),
            }
        }
    }

    #[inline(always)]
    fn set_index(&mut self, slot: usize, to: i32) {
        // SAFETY: as for index.
        unsafe {
            match self.width_log2 {
                0 => *self.index_base().cast::<i8>().add(slot) = to as i8,
                1 => *self.index_base().cast::<i16>().add(slot) = to as i16,
                _ => *self.index_base().cast::<i32>().add(slot) = to,
            }
        }
    }

    #[inline(always)]
    fn entry(&self, i: usize) -> *mut u64 {
        // SAFETY: the entries follow the index; i is below the capacity.
        unsafe {
            let entries = self.index_base().add(1usize << (self.log2 + self.width_log2)).cast::<u64>();
            entries.add(i * self.stride())
        }
    }

    /// The words of an entry.
    #[inline(always)]
    fn stride(&self) -> usize {
        if self.strings { 2 } else { 3 }
    }

    /// The key and value words of an entry: key first, value second, then the hash where there is one.
    #[inline(always)]
    fn key(&self, i: usize) -> Option<&Value> {
        // SAFETY: entries below `entries` hold an owned key or 0.
        unsafe { (*self.entry(i).cast::<Option<Value>>()).as_ref() }
    }

    #[inline(always)]
    fn value(&self, i: usize) -> Option<&Value> {
        // SAFETY: entries below `entries` hold an owned value or 0.
        unsafe { (*self.entry(i).add(1).cast::<Option<Value>>()).as_ref() }
    }

    #[inline(always)]
    fn hash(&self, i: usize) -> i64 {
        if self.strings {
            // SAFETY: the keys of a table of strings are strings.
            self.key(i).map_or(0, |k| unsafe { str_of(k) }.hash())
        } else {
            // SAFETY: entries of such a table have a third word.
            unsafe { *self.entry(i).add(2) as i64 }
        }
    }

    /// The first free slot for a key of this hash that is not in the table.
    fn free_slot(&self, hash: i64) -> usize {
        let mask = self.mask();
        let mut perturb = hash as u64;
        let mut slot = hash as usize & mask;
        while self.index(slot) >= 0 {
            perturb >>= 5;
            slot = slot.wrapping_mul(5).wrapping_add(perturb as usize).wrapping_add(1) & mask;
        }
        slot
    }

    fn push(&mut self, key: Value, hash: i64, value: Value) {
        let slot = self.free_slot(hash);
        self.push_at(slot, key, hash, value);
    }

    /// The same where the slot is known.
    #[inline(always)]
    fn push_at(&mut self, slot: usize, key: Value, hash: i64, value: Value) {
        let i = self.entries;
        self.set_index(slot, i as i32);
        // SAFETY: the caller has made room for one more entry.
        unsafe {
            let at = self.entry(i as usize);
            at.cast::<Value>().write(key);
            at.add(1).cast::<Value>().write(value);
            if !self.strings {
                at.add(2).write(hash as u64);
            }
        }
        self.entries += 1;
        self.version.set(0);
    }

    /// Where a key of this hash is or goes; `same` compares it to another one, whose hash may differ.
    #[inline(always)]
    fn locate(&self, hash: i64, same: impl Fn(&Value) -> Option<bool>) -> Located {
        self.locate_entry(hash, |i| self.key(i).map_or(Some(false), &same))
    }

    /// The same where the number of an entry says more than its key.
    #[inline(always)]
    fn locate_entry(&self, hash: i64, same: impl Fn(usize) -> Option<bool>) -> Located {
        let mask = self.mask();
        let mut perturb = hash as u64;
        let mut slot = hash as usize & mask;
        let mut free = usize::MAX;
        loop {
            let i = self.index(slot);
            if i >= 0 {
                match same(i as usize) {
                    Some(true) => return Located::At(i as usize),
                    Some(false) => {}
                    None => return Located::Unknown,
                }
            } else {
                if free == usize::MAX {
                    free = slot;
                }
                if i == EMPTY {
                    return Located::Free(free);
                }
            }
            perturb >>= 5;
            slot = slot.wrapping_mul(5).wrapping_add(perturb as usize).wrapping_add(1) & mask;
        }
    }

    /// Enters all entries into the index, which is empty. None of them is deleted.
    fn fill_index(&mut self) {
        match self.width_log2 {
            0 => self.fill_index_of(-1i8, |i| i as i8),
            1 => self.fill_index_of(-1i16, |i| i as i16),
            _ => self.fill_index_of(EMPTY, |i| i as i32),
        }
    }

    #[inline(always)]
    fn fill_index_of<I: Copy + PartialEq>(&mut self, empty: I, of: impl Fn(usize) -> I) {
        let mask = self.mask();
        let index = self.index_base().cast::<I>();
        for i in 0..self.entries as usize {
            let hash = self.hash(i);
            let mut perturb = hash as u64;
            let mut slot = hash as usize & mask;
            // SAFETY: slots are masked, and `I` is as wide as this table's.
            unsafe {
                while *index.add(slot) != empty {
                    perturb >>= 5;
                    slot = slot.wrapping_mul(5).wrapping_add(perturb as usize).wrapping_add(1) & mask;
                }
                *index.add(slot) = of(i);
            }
        }
    }

    fn slot_of(&self, entry: usize) -> Option<usize> {
        let hash = self.hash(entry);
        let mask = self.mask();
        let mut perturb = hash as u64;
        let mut slot = hash as usize & mask;
        loop {
            let i = self.index(slot);
            if i == entry as i32 {
                return Some(slot);
            }
            if i == EMPTY {
                return None;
            }
            perturb >>= 5;
            slot = slot.wrapping_mul(5).wrapping_add(perturb as usize).wrapping_add(1) & mask;
        }
    }
}

/// # Safety
/// The value is an exact string.
#[inline(always)]
unsafe fn str_of(value: &Value) -> &Str {
    // SAFETY: a string's payload lies behind its header.
    unsafe { &*((value.bits() + 16) as *const Str) }
}

/// The hash of an immediate int, which is below the modulus: the number itself, but for -1.
#[inline(always)]
pub const fn hash_small(n: i64) -> i64 {
    if n == -1 { -2 } else { n }
}

#[inline(always)]
fn is_exact_str(value: &Value) -> bool {
    value.header().is_some_and(|h| std::ptr::eq(h.ty(), crate::statics::STR.as_type()))
}

impl Trace for Dict {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        // Strings lead nowhere, and looking at each of them takes most of the time.
        let strings = self.has_only_str_keys();
        let mut at = 0;
        while let Some((key, value)) = self.next_pair(&mut at) {
            visitor.value(value);
            if !strings {
                visitor.value(key);
            }
        }
    }
}

impl Payload for Dict {
    type Access = Guarded;
    const SUBCLASS_FLAG: TypeFlags = TypeFlags::DICT_SUBCLASS;
    fn class() -> &'static TypeCell<Dict> {
        &crate::statics::DICT
    }
    fn extra_size(&self) -> usize {
        self.table().map_or(0, |t| t.layout().size())
    }
}

impl Dict {
    /// An empty dict; its table is made with the first key.
    pub const fn new() -> Dict {
        Dict { used: 0, table: None }
    }

    /// An empty dict with room for `n` keys.
    pub fn with_capacity(n: usize) -> Result<Dict, Raised> {
        Ok(Dict { used: 0, table: if n == 0 { None } else { Some(Table::allocate(n, true)?) } })
    }

    #[inline(always)]
    fn table(&self) -> Option<&Table> {
        // SAFETY: the table is live as long as the dict has it.
        self.table.map(|t| unsafe { &*t.as_ptr() })
    }

    #[inline(always)]
    fn table_mut(&mut self) -> Option<&mut Table> {
        // SAFETY: as above; the borrow is exclusive.
        self.table.map(|t| unsafe { &mut *t.as_ptr() })
    }

    /// Number of keys.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.used
    }

    /// Whether every key is an exact string: then no search runs Python code.
    #[inline(always)]
    pub fn has_only_str_keys(&self) -> bool {
        self.table().is_none_or(|t| t.strings)
    }

    /// The version of the keys: as long as it is the same, each key is at the same place. 0: there is none yet.
    #[inline(always)]
    pub fn keys_version(&self) -> u32 {
        self.table().map_or(0, |t| t.version.get())
    }

    /// The version of the keys, given now if there is none; 0 when it cannot have one.
    pub fn assign_keys_version(&self, heap: &Heap) -> u32 {
        let Some(t) = self.table() else { return 0 };
        if t.version.get() == 0 && t.strings {
            t.version.set(heap.fresh_keys_version());
        }
        t.version.get()
    }

    /// For inline caches: where the value at a place lies, in words from the start of the table. It means the same as
    /// long as the version of the keys stands.
    pub fn value_offset(&self, place: usize) -> Option<u16> {
        let t = self.table()?;
        if place >= t.entries as usize {
            return None;
        }
        let words = (t.entry(place) as usize - t as *const Table as usize) / 8 + 1;
        u16::try_from(words).ok()
    }

    /// The word at an offset that [`Dict::value_offset`] has given for this version of the keys; 0 if that no longer
    /// stands, or there is no value.
    ///
    /// # Safety
    /// Version and offset are from one time.
    #[inline(always)]
    pub unsafe fn cached_value(&self, version: u32, offset: usize) -> u64 {
        match self.table() {
            // SAFETY: a version belongs to one table, in which the offset is that of a value.
            Some(t) if t.version.get() == version => unsafe { *(t as *const Table).cast::<u64>().add(offset) },
            _ => 0,
        }
    }

    /// Identifies the present set of keys.
    pub fn stamp(&self) -> Stamp {
        Stamp(self.table.map_or(0, |t| t.as_ptr() as usize), self.table().map_or(0, |t| t.entries), self.used)
    }

    /// The next entry with the hash that is searched for: its place and its key.
    #[inline]
    pub fn probe(&self, probe: &mut Probe) -> Option<(usize, &Value)> {
        let t = self.table()?;
        let mask = t.mask();
        loop {
            if probe.started {
                probe.perturb >>= 5;
                probe.slot = probe.slot.wrapping_mul(5).wrapping_add(probe.perturb as usize).wrapping_add(1) & mask;
            } else {
                probe.started = true;
                probe.slot = probe.hash as usize & mask;
            }
            let i = t.index(probe.slot);
            if i == EMPTY {
                return None;
            }
            if i >= 0 && t.hash(i as usize) == probe.hash {
                return t.key(i as usize).map(|k| (i as usize, k));
            }
        }
    }

    /// The place of a key that is an exact string. Keys that are not exact strings are not compared: where
    /// [`Dict::has_only_str_keys`] is false, the answer `None` is not final.
    #[inline]
    pub fn find_str(&self, key: &Str, hash: i64) -> Option<usize> {
        let t = self.table()?;
        let mask = t.mask();
        let mut perturb = hash as u64;
        let mut slot = hash as usize & mask;
        loop {
            let i = t.index(slot);
            if i == EMPTY {
                return None;
            }
            if i >= 0
                && let Some(k) = t.key(i as usize)
            {
                if k.bits() + 16 == key as *const Str as u64 {
                    return Some(i as usize);
                }
                if t.strings || is_exact_str(k) {
                    // SAFETY: in a table of strings each key is an exact string; elsewhere it is tested.
                    let text = unsafe { str_of(k) };
                    if text.hash() == hash && *text == *key {
                        return Some(i as usize);
                    }
                }
            }
            perturb >>= 5;
            slot = slot.wrapping_mul(5).wrapping_add(perturb as usize).wrapping_add(1) & mask;
        }
    }

    /// Where a key that is an exact string is or goes.
    #[inline]
    pub fn locate_str(&self, key: &Str, hash: i64) -> Located {
        let Some(t) = self.table() else { return Located::Unknown };
        if !t.strings {
            return Located::Unknown;
        }
        t.locate(hash, |k| {
            // SAFETY: in a table of strings each key is an exact string.
            let text = unsafe { str_of(k) };
            Some(std::ptr::eq(text, key) || text.hash() == hash && *text == *key)
        })
    }

    /// Where a key that is an immediate int is or goes.
    #[inline]
    pub fn locate_small_int(&self, n: i64) -> Located {
        let (Some(t), Some(key)) = (self.table(), Value::from_small_int(n)) else { return Located::Unknown };
        if t.strings {
            return Located::Unknown;
        }
        t.locate(hash_small(n), |k| match k.bits() {
            bits if bits == key.bits() => Some(true),
            _ if k.small_int().is_some() || is_exact_str(k) => Some(false),
            _ => None,
        })
    }

    /// Where a key of any type is or goes; `same` says of keys with its hash whether they are equal to it, if that can be told.
    #[inline]
    pub fn locate(&self, hash: i64, same: impl Fn(&Value) -> Option<bool>) -> Located {
        let Some(t) = self.table() else { return Located::Unknown };
        t.locate_entry(hash, |i| match t.key(i) {
            Some(key) if t.hash(i) == hash => same(key),
            _ => Some(false),
        })
    }

    /// Adds a key, and takes its value, unless it is there already: then says where. [`Dict::locate`] says what `same` is.
    #[inline]
    pub fn add(
        &mut self,
        key: &Value,
        hash: i64,
        value: &mut Option<Value>,
        same: impl Fn(&Value) -> Option<bool>,
    ) -> Result<Located, Raised> {
        let located = self.locate(hash, same);
        if let Located::Free(slot) = located
            && let Some(value) = value.take()
        {
            if self.has_room(is_exact_str(key)) {
                // SAFETY: there is room, and the slot was found in this dict.
                unsafe { self.insert_at(slot, key.clone(), hash, value) };
            } else {
                self.insert_new(key.clone(), hash, value)?;
            }
        }
        Ok(located)
    }

    /// Adds a key at the slot that [`Dict::locate_str`] or [`Dict::locate_small_int`] has found for it.
    ///
    /// # Safety
    /// There is room ([`Dict::has_room`]), and the dict has not changed since.
    #[inline(always)]
    pub unsafe fn insert_at(&mut self, slot: usize, key: Value, hash: i64, value: Value) {
        if let Some(t) = self.table_mut() {
            t.push_at(slot, key, hash, value);
            self.used += 1;
        }
    }

    /// The value of a key that is an exact string; see [`Dict::find_str`].
    #[inline]
    pub fn get_str(&self, key: &Str) -> Option<&Value> {
        self.value_at(self.find_str(key, key.hash())?)
    }

    /// The place of an immediate int. `None` is not final: a key of another type may be equal to it.
    #[inline]
    pub fn find_small_int(&self, n: i64) -> Option<usize> {
        let t = self.table()?;
        let key = Value::from_small_int(n)?.bits();
        let hash = hash_small(n);
        let mask = t.mask();
        let mut perturb = hash as u64;
        let mut slot = hash as usize & mask;
        loop {
            let i = t.index(slot);
            if i == EMPTY {
                return None;
            }
            if i >= 0 && t.key(i as usize).is_some_and(|k| k.bits() == key) {
                return Some(i as usize);
            }
            perturb >>= 5;
            slot = slot.wrapping_mul(5).wrapping_add(perturb as usize).wrapping_add(1) & mask;
        }
    }

    /// The value of an immediate int; see [`Dict::find_small_int`].
    #[inline]
    pub fn get_small_int(&self, n: i64) -> Option<&Value> {
        self.value_at(self.find_small_int(n)?)
    }

    /// The value of the key with this ASCII text, for Rust code without a string object at hand.
    pub fn get_text(&self, key: &str) -> Option<&Value> {
        let mut at = 0;
        while let Some((k, v)) = self.next_pair(&mut at) {
            // SAFETY: is_exact_str is tested first.
            if is_exact_str(k) && unsafe { str_of(k) }.as_ascii() == Some(key) {
                return Some(v);
            }
        }
        None
    }

    /// The value of a key that is this ASCII text, found by its hash; nothing, too, where another key has to be asked.
    pub fn get_ascii(&self, text: &[u8]) -> Option<&Value> {
        let mut probe = Probe::new(crate::str::hash_bytes(text));
        while let Some((place, key)) = self.probe(&mut probe) {
            if !is_exact_str(key) {
                return None;
            }
            // SAFETY: it was tested to be a string.
            if unsafe { str_of(key) }.is_text(text) {
                return self.value_at(place);
            }
        }
        None
    }

    /// The value at a place.
    #[inline(always)]
    pub fn value_at(&self, place: usize) -> Option<&Value> {
        let t = self.table()?;
        if place < t.entries as usize { t.value(place) } else { None }
    }

    /// The key at a place.
    #[inline(always)]
    pub fn key_at(&self, place: usize) -> Option<&Value> {
        let t = self.table()?;
        if place < t.entries as usize { t.key(place) } else { None }
    }

    /// Where the word of the value at a place lies if the key there is the object at this address; else null. It is
    /// valid until the dict is given another key or loses one.
    #[inline(always)]
    pub fn value_of_key_at(&self, place: usize, key: u64) -> *mut u64 {
        match self.table() {
            Some(t) if place < t.entries as usize => {
                let entry = t.entry(place);
                // SAFETY: entries below `entries` are two or three words, the key first.
                unsafe { if *entry == key { entry.add(1) } else { std::ptr::null_mut() } }
            }
            _ => std::ptr::null_mut(),
        }
    }

    /// Replaces the value at a place that holds a key.
    #[inline]
    pub fn set_value_at(&mut self, place: usize, value: Value) -> Option<Value> {
        let t = self.table_mut()?;
        if place >= t.entries as usize || t.key(place).is_none() {
            return Some(value);
        }
        // SAFETY: the entry holds an owned value.
        unsafe { Some(std::mem::replace(&mut *t.entry(place).add(1).cast::<Value>(), value)) }
    }

    /// The key and the value at a place.
    #[inline(always)]
    pub fn pair_at(&self, place: usize) -> Option<(&Value, &Value)> {
        let t = self.table()?;
        if place < t.entries as usize { t.key(place).zip(t.value(place)) } else { None }
    }

    /// The place of the entry at or after `at`.
    #[inline]
    pub fn next_place(&self, at: usize) -> Option<usize> {
        let t = self.table()?;
        (at..t.entries as usize).find(|&i| t.key(i).is_some())
    }

    /// The place of the entry before `at`: for reversed iteration, from [`Dict::end`].
    #[inline]
    pub fn previous_place(&self, at: usize) -> Option<usize> {
        let t = self.table()?;
        (0..at.min(t.entries as usize)).rfind(|&i| t.key(i).is_some())
    }

    /// The key and the value at or after `*at`, and moves `*at` behind them. The hash of a string lies in the string: who does
    /// not need it is spared a look there.
    #[inline]
    pub fn next_pair(&self, at: &mut usize) -> Option<(&Value, &Value)> {
        let place = self.next_place(*at)?;
        *at = place + 1;
        self.pair_at(place)
    }

    /// The same with the hash: key, value, hash.
    #[inline]
    pub fn next(&self, at: &mut usize) -> Option<(&Value, &Value, i64)> {
        let t = self.table()?;
        while *at < t.entries as usize {
            let i = *at;
            *at += 1;
            if let (Some(k), Some(v)) = (t.key(i), t.value(i)) {
                return Some((k, v, t.hash(i)));
            }
        }
        None
    }

    /// The place behind the last entry.
    pub fn end(&self) -> usize {
        self.table().map_or(0, |t| t.entries as usize)
    }

    /// The entries in order. Their hashes are not looked at, which lie in the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&Value, &Value)> {
        (0..self.end()).filter_map(|place| self.pair_at(place))
    }

    /// Makes room for the first key; whether there is room for one more, an exact string or not, without anything growing.
    #[inline]
    pub fn has_room(&mut self, is_str: bool) -> bool {
        if self.table.is_none() {
            self.table = Table::allocate(1, is_str).ok();
        }
        self.table().is_some_and(|t| t.entries < t.capacity && t.strings == is_str)
    }

    /// Adds a key that is known to be absent.
    pub fn insert_new(&mut self, key: Value, hash: i64, value: Value) -> Result<(), Raised> {
        let strings = is_exact_str(&key);
        match self.table() {
            None => self.table = Some(Table::allocate(1, strings)?),
            Some(t) if t.strings && !strings && t.entries < t.capacity => {
                let room = t.capacity as usize;
                self.rebuild(Table::allocate(room, false)?);
            }
            Some(t) if t.strings && !strings => self.grow(false)?,
            Some(t) if t.entries == t.capacity => {
                let strings = t.strings;
                self.grow(strings)?;
            }
            Some(_) => {}
        }
        if let Some(t) = self.table_mut() {
            t.push(key, hash, value);
            self.used += 1;
        }
        Ok(())
    }

    /// Sets the value of a key that is an exact string; returns the old value. For dicts with only such keys.
    pub fn set_str(&mut self, key: &Ref<Str>, hash: i64, value: Value) -> Result<Option<Value>, Raised> {
        match self.locate_str(key, hash) {
            Located::At(place) => Ok(self.set_value_at(place, value)),
            Located::Free(slot) if self.has_room(true) => {
                // SAFETY: there is room, and the slot was found in this dict.
                unsafe { self.insert_at(slot, key.to_value(), hash, value) };
                Ok(None)
            }
            Located::Unknown if let Some(place) = self.find_str(key, hash) => Ok(self.set_value_at(place, value)),
            _ => self.insert_new(key.to_value(), hash, value).map(|()| None),
        }
    }

    /// Removes the entry at a place.
    pub fn remove_at(&mut self, place: usize) -> Option<(Value, Value)> {
        let t = self.table_mut()?;
        if place >= t.entries as usize || t.key(place).is_none() {
            return None;
        }
        let slot = t.slot_of(place)?;
        t.set_index(slot, DELETED);
        t.version.set(0);
        // SAFETY: the entry holds an owned key and value; both words are cleared.
        let pair = unsafe {
            let key = std::ptr::replace(t.entry(place).cast::<Option<Value>>(), None);
            let value = std::ptr::replace(t.entry(place).add(1).cast::<Option<Value>>(), None);
            key.zip(value)
        };
        self.used -= 1;
        pair
    }

    /// Removes a key that is an exact string.
    pub fn remove_str(&mut self, key: &Str) -> Option<Value> {
        let place = self.find_str(key, key.hash())?;
        self.remove_at(place).map(|(_, v)| v)
    }

    /// Removes the last entry (`popitem`).
    pub fn pop_last(&mut self) -> Option<(Value, Value)> {
        let at = self.previous_place(self.end())?;
        let pair = self.remove_at(at);
        if let Some(t) = self.table_mut() {
            // Trailing deleted entries are forgotten, so that popping all is linear.
            t.capacity -= t.entries - at as u32;
            t.entries = at as u32;
        }
        pair
    }

    /// Moves the entry at `place` to the end or the start of the order (`OrderedDict.move_to_end`).
    pub fn move_to_end(&mut self, place: usize, last: bool) -> Result<(), Raised> {
        let Some(hash) = self.table().map(|t| t.hash(place)) else { return Ok(()) };
        if last {
            // Room first, so that the entry is not lost when there is no memory.
            if self.table().is_some_and(|t| t.entries == t.capacity) {
                let (strings, key) = (self.has_only_str_keys(), self.key_at(place).map(Value::bits));
                self.grow(strings)?;
                let again = (0..self.end()).find(|&i| self.key_at(i).map(Value::bits) == key);
                return again.map_or(Ok(()), |p| self.move_to_end(p, true));
            }
            if let Some((k, v)) = self.remove_at(place) {
                self.insert_new(k, hash, v)?;
            }
            return Ok(());
        }
        let mut fresh = Dict::with_capacity(self.used + 1)?;
        if let Some((k, v)) = self.remove_at(place) {
            fresh.insert_new(k, hash, v)?;
        }
        let mut at = 0;
        while let Some((k, v, h)) = self.next(&mut at) {
            fresh.insert_new(k.clone(), h, v.clone())?;
        }
        *self = fresh;
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, strings: bool) -> Result<(), Raised> {
        self.rebuild(Table::allocate_larger(self.used, strings)?);
        Ok(())
    }

    /// Moves the live entries into a new table, which has room for them.
    fn rebuild(&mut self, new: NonNull<Table>) {
        // SAFETY: the new table is ours; each key and value word moves over once, and the old block is freed without
        // dropping anything.
        unsafe {
            if let Some(old) = self.table.replace(new) {
                let (old_ref, new_ref) = (old.as_ref(), &mut *new.as_ptr());
                let entries = old_ref.entries as usize;
                if entries == self.used && old_ref.strings == new_ref.strings {
                    std::ptr::copy_nonoverlapping(old_ref.entry(0), new_ref.entry(0), entries * old_ref.stride());
                    new_ref.entries = old_ref.entries;
                    new_ref.fill_index();
                } else {
                    for i in 0..entries {
                        if old_ref.key(i).is_some() {
                            let hash = old_ref.hash(i);
                            let at = old_ref.entry(i);
                            new_ref.push(at.cast::<Value>().read(), hash, at.add(1).cast::<Value>().read());
                        }
                    }
                }
                std::alloc::dealloc(old.as_ptr().cast(), old_ref.layout());
            }
        }
    }

    /// Removes all entries and gives them to the caller, who drops them.
    pub fn take(&mut self) -> Dict {
        std::mem::replace(self, Dict::new())
    }

    /// A copy with the same order.
    pub fn copy(&self) -> Result<Dict, Raised> {
        let mut new = Dict { used: 0, table: None };
        self.copy_to(&mut new)?;
        Ok(new)
    }

    /// Makes an empty dict a copy.
    fn copy_to(&self, new: &mut Dict) -> Result<(), Raised> {
        if let Some(table) = self.table()
            && self.used > 0
        {
            // Where nothing was deleted the copy of the table is a table; but not of one that is far too large.
            if table.entries as usize == self.used && Table::smallest_log2(self.used) == table.log2 {
                new.table = Some(table.copy()?);
                new.used = self.used;
                return Ok(());
            }
            new.table = Some(Table::allocate(self.used, self.has_only_str_keys())?);
            let mut at = 0;
            while let Some((k, v, h)) = self.next(&mut at) {
                new.insert_new(k.clone(), h, v.clone())?;
            }
        }
        Ok(())
    }

    /// Makes room for `more` further keys.
    pub fn reserve(&mut self, more: usize) -> Result<(), Raised> {
        let strings = self.has_only_str_keys();
        if self.table().is_none_or(|t| ((t.capacity - t.entries) as usize) < more) {
            self.rebuild(Table::allocate(self.used.checked_add(more).ok_or(Raised)?, strings)?);
        }
        Ok(())
    }
}

impl Drop for Dict {
    fn drop(&mut self) {
        let Some(t) = self.table.take() else { return };
        // SAFETY: the table is this dict's; every word is an owned value or 0, dropped once.
        unsafe {
            let table = t.as_ref();
            let (start, mut at) = (table.entry(0), table.entry(table.entries as usize));
            while at != start {
                at = at.sub(table.stride());
                // Finalisers of what dies together run in the opposite order.
                drop(at.add(1).cast::<Option<Value>>().read());
                drop(at.cast::<Option<Value>>().read());
            }
            std::alloc::dealloc(t.as_ptr().cast(), table.layout());
        }
    }
}

impl Heap {
    /// An empty dict.
    #[inline(never)]
    pub fn new_dict(&self) -> Result<Ref<Dict>, Raised> {
        Ref::new(self, Dict::new())
    }

    /// A dict with the same keys and values as another one.
    pub fn copy_dict(&self, from: &Ref<Dict>) -> Result<Ref<Dict>, Raised> {
        let new = self.new_dict()?;
        // SAFETY: nobody else has the new dict yet.
        from.get(self).copy_to(unsafe { &mut *new.payload_ptr() })?;
        Ok(new)
    }

    /// An empty dict with room for so many string keys.
    pub fn new_dict_with_room(&self, keys: usize) -> Result<Ref<Dict>, Raised> {
        let new = self.new_dict()?;
        if keys != 0 {
            let table = Table::allocate(keys, true)?;
            // SAFETY: nobody else has the new dict yet.
            unsafe { (*new.payload_ptr()).table = Some(table) };
        }
        Ok(new)
    }
}

const _: () = assert!(std::mem::offset_of!(Dict, used) + 16 == 16);
