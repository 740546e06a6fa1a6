//! `list`: pointer to the items at 24, capacity at 32.

use crate::heap::{Heap, Raised};
use crate::refs::{Guarded, Payload, Ref};
use crate::trace::{Trace, Visitor};
use crate::tuple::Tuple;
use crate::types::{TypeCell, TypeFlags};
use crate::value::Value;
use std::alloc::{Layout, alloc, dealloc, realloc};

/// A growable array of values. The same words as a `Vec`, in CPython's order.
#[repr(C)]
pub struct List {
    length: usize,
    items: *mut Value,
    allocated: usize,
}

impl Trace for List {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        self.items().trace(visitor)
    }
}

impl Payload for List {
    type Access = Guarded;
    const SUBCLASS_FLAG: TypeFlags = TypeFlags::LIST_SUBCLASS;
    fn class() -> &'static TypeCell<List> {
        &crate::statics::LIST
    }
    fn extra_size(&self) -> usize {
        8 * self.allocated
    }
}

impl List {
    /// An empty list.
    pub const fn new() -> List {
        List { length: 0, items: std::ptr::dangling_mut(), allocated: 0 }
    }

    /// A list with the items of a vector, whose memory it takes over.
    pub fn from_vec(items: Vec<Value>) -> List {
        let mut items = std::mem::ManuallyDrop::new(items);
        List { length: items.len(), items: items.as_mut_ptr(), allocated: items.capacity() }
    }

    /// The items as a vector; the list is left empty.
    pub fn take(&mut self) -> Vec<Value> {
        let old = std::mem::replace(self, List::new());
        let old = std::mem::ManuallyDrop::new(old);
        // SAFETY: the words came from a Vec with these parts.
        unsafe { Vec::from_raw_parts(old.items, old.length, old.allocated) }
    }

    /// Changes the items as a vector.
    #[inline]
    pub fn with_vec<R>(&mut self, f: impl FnOnce(&mut Vec<Value>) -> R) -> R {
        let mut items = self.take();
        let result = f(&mut items);
        *self = List::from_vec(items);
        result
    }

    /// The items.
    #[inline(always)]
    pub fn items(&self) -> &[Value] {
        // SAFETY: `length` initialised items lie at `items`.
        unsafe { std::slice::from_raw_parts(self.items, self.length) }
    }

    /// The items, to change them in place.
    #[inline(always)]
    pub fn items_mut(&mut self) -> &mut [Value] {
        // SAFETY: as for items; the borrow is exclusive.
        unsafe { std::slice::from_raw_parts_mut(self.items, self.length) }
    }

    /// Number of items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.length
    }

    /// Items there is memory for.
    pub fn capacity(&self) -> usize {
        self.allocated
    }

    /// Whether the next item that is appended needs more memory.
    #[inline(always)]
    pub fn is_full(&self) -> bool {
        self.length == self.allocated
    }

    /// Appends an item.
    #[inline]
    pub fn push(&mut self, item: Value) -> Result<(), Raised> {
        if self.is_full() {
            self.grow()?;
        }
        // SAFETY: there is memory for one more item.
        unsafe { self.items.add(self.length).write(item) }
        self.length += 1;
        Ok(())
    }

    /// Appends an item by its owned word if there is memory for it already; else does nothing, and says so.
    ///
    /// # Safety
    /// The word is a value that the caller owns, and gives away if it is appended.
    #[inline(always)]
    pub unsafe fn push_in_room(&mut self, item: u64) -> bool {
        if self.length == self.allocated {
            return false;
        }
        // SAFETY: there is memory for one more item; a value is one word.
        unsafe { self.items.add(self.length).cast::<u64>().write(item) }
        self.length += 1;
        true
    }

    #[cold]
    fn grow(&mut self) -> Result<(), Raised> {
        // An eighth more, at least four: the growth that CPython's programs are tuned to.
        let more = (self.length >> 3) + 4;
        if crate::watch::fails() {
            return Err(Raised);
        }
        self.reallocate(self.length + more)
    }

    /// Memory for `capacity` items, more than there is memory for.
    fn reallocate(&mut self, capacity: usize) -> Result<(), Raised> {
        let layout = Layout::array::<Value>(capacity).map_err(|_| Raised)?;
        // SAFETY: no layout is empty; the old block was allocated as an array of so many values.
        let items = unsafe {
            match self.allocated {
                0 => alloc(layout),
                n => realloc(self.items.cast(), Layout::array::<Value>(n).map_err(|_| Raised)?, layout.size()),
            }
        };
        if items.is_null() {
            return Err(Raised);
        }
        (self.items, self.allocated) = (items.cast(), capacity);
        Ok(())
    }

    /// Makes room for `more` items behind those that are there, and for as many again where it has grown before.
    fn reserve(&mut self, more: usize) -> Result<(), Raised> {
        let needed = self.length.checked_add(more).ok_or(Raised)?;
        if needed <= self.allocated {
            return Ok(());
        }
        self.reallocate(needed.max(2 * self.allocated).max(4))
    }

    /// Appends references to `count` values.
    ///
    /// # Safety
    /// There is memory for as many more, and so many values lie at `from`, apart from that memory.
    unsafe fn append_from(&mut self, from: *const Value, count: usize) {
        // SAFETY: the caller's contract.
        unsafe {
            let to = self.items.add(self.length);
            for i in 0..count {
                to.add(i).write((*from.add(i)).clone());
            }
        }
        self.length += count;
    }

    /// Removes the last item.
    #[inline]
    pub fn pop(&mut self) -> Option<Value> {
        if self.length == 0 {
            return None;
        }
        self.length -= 1;
        // SAFETY: the item is initialised, and no longer counted.
        let item = unsafe { self.items.add(self.length).read() };
        if self.allocated > 16 && self.length < self.allocated / 2 {
            let keep = self.length + (self.length >> 3) + 4;
            self.with_vec(|v| v.shrink_to(keep));
        }
        Some(item)
    }
}

impl Drop for List {
    #[inline]
    fn drop(&mut self) {
        if self.allocated == 0 {
            return;
        }
        // SAFETY: the items are initialised, and nobody else's; the block was allocated as an array of so many values.
        unsafe {
            std::ptr::drop_in_place(self.items_mut());
            dealloc(self.items.cast(), Layout::from_size_align_unchecked(8 * self.allocated, 8));
        }
    }
}

impl Ref<List> {
    /// The items, as long as nothing runs.
    #[inline(always)]
    pub fn items<'a>(&'a self, heap: &'a Heap) -> &'a [Value] {
        self.get(heap).items()
    }

    /// Appends the items of an exact list, which may be the same one, or tuple; does nothing, and says so, with anything
    /// else.
    pub fn extend_from(&self, heap: &mut Heap, from: &Value) -> Result<bool, Raised> {
        if let Some(tuple) = from.downcast_exact::<Tuple>() {
            let (items, list) = (tuple.items(), self.get_mut(heap));
            list.reserve(items.len())?;
            // SAFETY: there is room; the tuple stays as it is.
            unsafe { list.append_from(items.as_ptr(), items.len()) }
            return Ok(true);
        }
        let Some(other) = from.downcast_exact::<List>() else { return Ok(false) };
        let count = other.get(heap).length;
        self.get_mut(heap).reserve(count)?;
        let items = other.get(heap).items;
        // SAFETY: there is room behind the items, which have not changed since.
        unsafe { self.get_mut(heap).append_from(items, count) }
        Ok(true)
    }
}

impl Heap {
    /// A list of these items.
    #[inline]
    pub fn new_list(&self, items: Vec<Value>) -> Result<Ref<List>, Raised> {
        let mut items = std::mem::ManuallyDrop::new(items);
        // SAFETY: the parts are those of the vector, which is not used any more.
        unsafe { self.new_list_of_parts(items.as_mut_ptr(), items.len(), items.capacity()) }
    }

    /// The same from the vector's parts, which come in registers: one that has just been filled is expensive to move.
    ///
    /// # Safety
    /// They are the parts of a vector that the list takes over, also where there is no memory.
    #[inline(never)]
    unsafe fn new_list_of_parts(
        &self,
        items: *mut Value,
        length: usize,
        allocated: usize,
    ) -> Result<Ref<List>, Raised> {
        Ref::new(self, List { length, items, allocated })
    }

    /// A list of references to these items.
    pub fn new_list_from(&self, items: &[Value]) -> Result<Ref<List>, Raised> {
        let new = Ref::new(self, List::new())?;
        if !items.is_empty() {
            // SAFETY: nobody else has the list yet; there is room.
            unsafe {
                let list = &mut *new.payload_ptr();
                list.reallocate(items.len())?;
                list.append_from(items.as_ptr(), items.len());
            }
        }
        Ok(new)
    }

    /// A list of values that are given by their words, which the caller owns and gives away if there is memory.
    ///
    /// # Safety
    /// So many values lie there.
    pub unsafe fn new_list_of_words(&self, words: *const u64, count: usize) -> Result<Ref<List>, Raised> {
        let new = Ref::new(self, List::new())?;
        if count != 0 {
            // SAFETY: the caller's contract; nobody else has the list yet.
            unsafe {
                let list = &mut *new.payload_ptr();
                list.reallocate(count)?;
                for i in 0..count {
                    // Volatile, lest the loop become a call: there are a few words at most.
                    list.items.cast::<u64>().add(i).write_volatile(words.add(i).read_volatile());
                }
                list.length = count;
            }
        }
        Ok(new)
    }
}

const _: () = {
    assert!(std::mem::offset_of!(List, length) + 16 == 16);
    assert!(std::mem::offset_of!(List, items) + 16 == 24);
    assert!(std::mem::offset_of!(List, allocated) + 16 == 32);
};
