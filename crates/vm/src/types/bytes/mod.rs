//! `bytes`, `bytearray` and `memoryview`.
//!
//! What the methods do is in `common`, for both classes: a result is of the class of the receiver.

mod array;
mod bytes_class;
pub mod common;
mod iterator;
mod memory;
mod memory_class;
mod memory_item;
mod wrapper;

pub use array::{BYTEARRAY, ByteArray, ByteArrayClass};
pub use bytes_class::BytesClass;
pub use iterator::{ByteArrayIterator, BytesIterator};
pub use memory::{MEMORYVIEW, MemoryView, view_of};
pub use memory_class::MemoryViewClass;
pub use wrapper::{buffer_slot, call_buffer, close_wrapped, release_slot, release_view};

use crate::native::ClassDef;

/// The tables of `bytes`, `bytearray`, `memoryview` and their iterators.
pub fn class_defs() -> Vec<ClassDef> {
    vec![
        BytesClass::class_def(),
        ByteArrayClass::class_def(),
        iterator::BytesIteratorClass::class_def(),
        iterator::ByteArrayIteratorClass::class_def(),
        MemoryViewClass::class_def(),
        memory_class::MemoryIteratorClass::class_def(),
        wrapper::BufferWrapperClass::class_def(),
    ]
}
