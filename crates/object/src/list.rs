//! `list`: pointer to the items at 24, capacity at 32.

use crate::heap::{Heap, Raised};
use crate::refs::{Guarded, Payload, Ref};
use crate::trace::{Trace, Visitor};
use crate::types::{TypeCell, TypeFlags};
use crate::value::Value;

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
        self.with_vec(|v| v.try_reserve_exact(more)).map_err(|_| Raised)
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
    fn drop(&mut self) {
        // SAFETY: the words came from a Vec with these parts.
        drop(unsafe { Vec::from_raw_parts(self.items, self.length, self.allocated) })
    }
}

impl Ref<List> {
    /// The items, as long as nothing runs.
    #[inline(always)]
    pub fn items<'a>(&'a self, heap: &'a Heap) -> &'a [Value] {
        self.get(heap).items()
    }
}

impl Heap {
    /// A list of these items.
    pub fn new_list(&self, items: Vec<Value>) -> Result<Ref<List>, Raised> {
        Ref::new(self, List::from_vec(items))
    }
}

const _: () = {
    assert!(std::mem::offset_of!(List, length) + 16 == 16);
    assert!(std::mem::offset_of!(List, items) + 16 == 24);
    assert!(std::mem::offset_of!(List, allocated) + 16 == 32);
};
