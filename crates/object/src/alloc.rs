//! Memory for objects: prefix, header, native payload, slot words, inline values.

use crate::header::{Header, flags, prefix_size};
use crate::heap::{Heap, Raised};
use crate::instance;
use crate::types::{Type, TypeFlags};
use std::alloc::Layout;
use std::cell::Cell;
use std::ptr::NonNull;

thread_local! {
    static BLOCKS: Cell<isize> = const { Cell::new(0) };
}

/// Objects allocated less objects freed by this thread, for `sys.getallocatedblocks`.
pub fn allocated_blocks() -> isize {
    BLOCKS.with(Cell::get)
}

fn layout(bytes: usize) -> Result<Layout, Raised> {
    Layout::from_size_align(bytes, 16).map_err(|_| Raised)
}

/// Allocates an object of `ty` with `size` bytes from its header on (at least the type's basicsize). Header, prefix,
/// slot words and inline values are initialised; the payload is not, and the collector does not know the object yet.
///
/// # Safety
/// The caller writes the payload and then calls [`publish`].
#[inline]
pub unsafe fn new_object(_heap: &Heap, ty: &Type, size: usize) -> Result<NonNull<Header>, Raised> {
    let bits = ty.instance_flags();
    let prefix = prefix_size(bits);
    let inline = match ty.shape() {
        Some(shape) => shape.instance_capacity(),
        None => 0,
    };
    let inline_bytes = if ty.shape().is_some() { instance::inline_size(inline) } else { 0 };
    let total = prefix + size + inline_bytes;
    // SAFETY: the layout is not empty; every write below stays inside of it.
    unsafe {
        let start = std::alloc::alloc(layout(total)?);
        if start.is_null() {
            return Err(Raised);
        }
        BLOCKS.with(|b| b.set(b.get() + 1));
        if bits & flags::MANAGED != 0 {
            start.cast::<[u64; 2]>().write([0; 2]);
        }
        let object = start.add(prefix).cast::<Header>();
        object.write(Header::new(NonNull::from(ty), bits & (flags::GC | flags::MANAGED)));
        ty.header().incref();
        let slots = ty.slot_count() as usize;
        if slots != 0 {
            object.cast::<u8>().add(ty.basicsize() - 8 * slots).write_bytes(0, 8 * slots);
        }
        if inline_bytes != 0 {
            instance::init_inline(object.cast::<u8>().add(ty.basicsize()), inline);
        }
        Ok(NonNull::new_unchecked(object))
    }
}

/// Makes an initialised object known to the collector.
///
/// # Safety
/// The payload is initialised, and the object was made by [`new_object`].
#[inline]
pub unsafe fn publish(heap: &Heap, object: NonNull<Header>) {
    // SAFETY: the object is live and has the collector's links if the flag says so.
    unsafe {
        if object.as_ref().has(flags::GC) && heap.collector.track(object) {
            heap.breaker.fetch_or(crate::heap::breaker::COLLECT, std::sync::atomic::Ordering::Relaxed);
        }
    }
}

/// Gives the memory of a dead object back.
///
/// # Safety
/// Nothing of the object is used any more; `size` is what it was allocated with, `inline` its inline bytes.
pub(crate) unsafe fn free_object(object: NonNull<Header>, size: usize, inline: usize) {
    // SAFETY: the caller's contract.
    unsafe {
        let prefix = object.as_ref().prefix_size();
        let start = object.as_ptr().cast::<u8>().sub(prefix);
        BLOCKS.with(|b| b.set(b.get() - 1));
        std::alloc::dealloc(start, Layout::from_size_align_unchecked(prefix + size + inline, 16));
    }
}

/// Bytes of inline values that the object was allocated with.
pub(crate) fn inline_bytes_of(object: &Header) -> usize {
    if object.ty().flags().has(TypeFlags::INLINE_VALUES) { instance::allocated_inline_size(object) } else { 0 }
}
