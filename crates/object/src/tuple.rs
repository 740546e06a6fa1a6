//! `tuple`: hash at 24, items from 32.

use crate::alloc::Here;
use crate::header::{Header, flags};
use crate::heap::{Heap, Raised};
use crate::refs::{ErasedLayout, Frozen, Payload, Ref};
use crate::trace::{Trace, Visitor};
use crate::types::{LayoutFns, Type, TypeCell, TypeFlags};
use crate::value::Value;
use std::cell::Cell;
use std::ptr::NonNull;

/// The fixed part of a tuple; the items follow.
#[repr(C)]
pub struct Tuple {
    length: usize,
    hash: Cell<i64>,
    items: [Value; 0],
}

impl Trace for Tuple {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        self.items().trace(visitor)
    }
}

unsafe fn drop_tuple(object: NonNull<Header>) {
    // SAFETY: called once for a dying tuple whose items are all initialised.
    unsafe { std::ptr::drop_in_place(std::ptr::from_ref(object.add(1).cast::<Tuple>().as_ref().items()).cast_mut()) }
}

unsafe fn destroy_tuple(object: NonNull<Header>, here: Here) {
    // SAFETY: called once for a dead tuple that is no instance of a subclass.
    unsafe {
        let size = Tuple::BASIC_SIZE + 8 * object.add(1).cast::<Tuple>().as_ref().length;
        drop_tuple(object);
        crate::alloc::free_object(here, object, size, 0);
    }
}

unsafe fn trace_tuple(object: NonNull<Header>, visitor: &mut Visitor<'_>) {
    // SAFETY: called for a live tuple.
    unsafe { object.add(1).cast::<Tuple>().as_ref() }.trace(visitor)
}

unsafe fn tuple_size(object: NonNull<Header>) -> usize {
    // SAFETY: called for a live tuple.
    unsafe { object.as_ref().ty().basicsize() + 8 * object.add(1).cast::<Tuple>().as_ref().length }
}

unsafe fn no_extra(_: NonNull<Header>) -> usize {
    0
}

impl Payload for Tuple {
    type Access = Frozen;
    const BASIC_SIZE: usize = 32;
    const ITEM_SIZE: usize = 8;
    const SUBCLASS_FLAG: TypeFlags = TypeFlags::TUPLE_SUBCLASS;
    fn class() -> &'static TypeCell<Tuple> {
        &crate::statics::TUPLE
    }
    fn layout_fns() -> ErasedLayout {
        ErasedLayout(LayoutFns {
            drop: drop_tuple,
            destroy: destroy_tuple,
            trace: trace_tuple,
            size: tuple_size,
            extra: no_extra,
            fixed: false,
            quiet: crate::refs::never_quietly,
        })
    }
}

impl Tuple {
    /// The items.
    #[inline(always)]
    pub fn items(&self) -> &[Value] {
        // SAFETY: `length` initialised items follow the fixed part.
        unsafe { std::slice::from_raw_parts(self.items.as_ptr(), self.length) }
    }

    /// Number of items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.length
    }

    /// The remembered hash.
    pub fn cached_hash(&self) -> Option<i64> {
        (self.hash.get() != -1).then(|| self.hash.get())
    }

    /// Remembers the hash.
    pub fn set_cached_hash(&self, hash: i64) {
        self.hash.set(hash)
    }
}

impl Tuple {
    /// The items of a tuple that nobody else refers to, to be filled anew (iterators that give tuples); its hash is
    /// forgotten.
    #[inline]
    pub fn unique_items(tuple: &mut Ref<Tuple>) -> Option<&mut [Value]> {
        if tuple.header().refcount() != 1 {
            return None;
        }
        if !tuple.header().has(flags::TRACKED) {
            // It may be given items that can be part of a cycle.
            // SAFETY: the tuple is initialised, and in no list of the collector.
            Heap::with_current(|heap| unsafe { crate::alloc::publish(heap, NonNull::from(tuple.header())) });
        }
        // SAFETY: this is the only reference, and it is borrowed exclusively, so nobody reads the tuple meanwhile; the
        // items are initialised.
        unsafe {
            let payload = tuple.payload_ptr();
            (*payload).hash.set(-1);
            Some(std::slice::from_raw_parts_mut((&raw mut (*payload).items).cast::<Value>(), (*payload).length))
        }
    }
}

/// `()`, with the links before its header that the collector never uses.
#[repr(C, align(16))]
pub struct EmptyTuple {
    links: [u64; 2],
    header: Header,
    payload: Tuple,
}

// SAFETY: nothing is written to it but its hash, which is the same whoever computes it.
unsafe impl Sync for EmptyTuple {}

/// `()`.
pub static EMPTY: EmptyTuple = EmptyTuple {
    links: [0; 2],
    header: Header::immortal_with(NonNull::from_ref(&crate::statics::TUPLE).cast(), flags::GC),
    payload: Tuple { length: 0, hash: Cell::new(-1), items: [] },
};

impl EmptyTuple {
    fn to_ref(&'static self) -> Ref<Tuple> {
        // SAFETY: the object is immortal, so the reference needs no count.
        unsafe { Ref::from_value_unchecked(Value::from_header(NonNull::from(&self.header))) }
    }
}

/// Whether a cycle of references can lead through a value.
#[inline(always)]
fn can_be_in_cycle(value: &Value) -> bool {
    value.header().is_some_and(|h| {
        let bits = h.flags();
        bits & flags::GC != 0 && (bits & flags::TRACKED != 0 || !std::ptr::eq(h.ty(), crate::statics::TUPLE.as_type()))
    })
}

impl Heap {
    /// A tuple of `ty` (`tuple` or a subclass) whose items the iterator gives; it must give exactly `length`.
    #[inline]
    pub fn new_tuple_in(
        &self,
        ty: &Type,
        length: usize,
        items: impl Iterator<Item = Value>,
    ) -> Result<Ref<Tuple>, Raised> {
        if length == 0 && std::ptr::eq(ty, crate::statics::TUPLE.as_type()) {
            return Ok(EMPTY.to_ref());
        }
        self.make_tuple(ty, length, items)
    }

    #[inline(always)]
    fn make_tuple(&self, ty: &Type, length: usize, items: impl Iterator<Item = Value>) -> Result<Ref<Tuple>, Raised> {
        assert!(Tuple::has_layout(ty));
        let size = length.checked_mul(8).and_then(|n| n.checked_add(ty.basicsize())).ok_or(Raised)?;
        if size > isize::MAX as usize - 64 {
            return Err(Raised);
        }
        // SAFETY: the memory is fresh and has room for the items, of which `length` are written.
        unsafe {
            let object = crate::alloc::new_object(self, ty, size)?;
            let tuple = object.as_ptr().add(1).cast::<Tuple>();
            (&raw mut (*tuple).length).write(length);
            (&raw mut (*tuple).hash).write(Cell::new(-1));
            let at = (&raw mut (*tuple).items).cast::<Value>();
            let mut n = 0;
            // What holds nothing that can be part of a cycle cannot be part of one, as long as it does not change.
            let mut tracked = !std::ptr::eq(ty, crate::statics::TUPLE.as_type());
            for item in items.take(length) {
                tracked |= can_be_in_cycle(&item);
                at.add(n).write(item);
                n += 1;
            }
            assert_eq!(n, length, "the iterator gives as many items as it said");
            if tracked {
                crate::alloc::publish(self, object);
            }
            Ok(Ref::from_value_unchecked(Value::from_header(object)))
        }
    }

    /// A tuple of the items of a vector.
    #[inline]
    pub fn new_tuple(&self, items: Vec<Value>) -> Result<Ref<Tuple>, Raised> {
        let mut items = std::mem::ManuallyDrop::new(items);
        // SAFETY: the parts are those of the vector, which is not used any more.
        unsafe { self.new_tuple_of_parts(items.as_mut_ptr(), items.len(), items.capacity()) }
    }

    /// The same from the vector's parts, which come in registers: one that has just been filled is expensive to move.
    ///
    /// # Safety
    /// They are the parts of a vector that is given away.
    #[inline(never)]
    unsafe fn new_tuple_of_parts(
        &self,
        items: *mut Value,
        length: usize,
        allocated: usize,
    ) -> Result<Ref<Tuple>, Raised> {
        // SAFETY: the caller's contract.
        let items = unsafe { Vec::from_raw_parts(items, length, allocated) };
        self.new_tuple_in(crate::statics::TUPLE.as_type(), length, items.into_iter())
    }

    /// A tuple of as many items as are known where it is made: no vector is needed for them.
    #[inline]
    pub fn new_tuple_of<const N: usize>(&self, items: [Value; N]) -> Result<Ref<Tuple>, Raised> {
        self.new_tuple_in(crate::statics::TUPLE.as_type(), N, items.into_iter())
    }

    /// A tuple of clones of the items of a slice.
    pub fn new_tuple_from(&self, items: &[Value]) -> Result<Ref<Tuple>, Raised> {
        self.new_tuple_in(crate::statics::TUPLE.as_type(), items.len(), items.iter().cloned())
    }
}

const _: () = {
    assert!(std::mem::offset_of!(Tuple, length) + 16 == 16);
    assert!(std::mem::offset_of!(Tuple, hash) + 16 == 24);
    assert!(std::mem::offset_of!(Tuple, items) + 16 == 32);
};
