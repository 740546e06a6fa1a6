//! The bytes of `bytearray`: a vector taken apart, so that its words stand at CPython's offsets.

use std::alloc::{Layout, alloc_zeroed};
use std::mem::{ManuallyDrop, offset_of, take};
use std::ops::{Deref, DerefMut};
use std::ptr::null_mut;

use crate::heap::Raised;
use crate::trace::{Trace, Visitor};

/// Bytes that can grow. As the first field of an object they are: length at 16, bytes allocated at 24, the allocation at
/// 32, the first byte at 40.
#[repr(C)]
pub struct ByteBuffer {
    length: usize,
    allocated: usize,
    allocation: *mut u8,
    /// CPython may begin after the allocation's start; here it never does.
    start: *mut u8,
}

const _: () = {
    assert!(offset_of!(ByteBuffer, length) + 16 == 16);
    assert!(offset_of!(ByteBuffer, allocated) + 16 == 24);
    assert!(offset_of!(ByteBuffer, allocation) + 16 == 32);
    assert!(offset_of!(ByteBuffer, start) + 16 == 40);
};

/// So many zeros. Where they are many, their memory is not touched before it is used: it comes zeroed.
pub fn zeroed(n: usize) -> Result<Vec<u8>, Raised> {
    if n == 0 {
        return Ok(Vec::new());
    }
    let layout = Layout::array::<u8>(n).map_err(|_| Raised)?;
    // SAFETY: the layout is not empty; the bytes are initialised, and were allocated as those of a vector are.
    unsafe {
        let start = alloc_zeroed(layout);
        if start.is_null() { Err(Raised) } else { Ok(Vec::from_raw_parts(start, n, n)) }
    }
}

impl ByteBuffer {
    /// Bytes that are allocated.
    pub fn allocated(&self) -> usize {
        self.allocated
    }

    /// The bytes as a vector, to change their number. They are put back when the guard goes.
    pub fn edit(&mut self) -> Editing<'_> {
        Editing { bytes: take(self).into_vec(), buffer: self }
    }

    fn into_vec(self) -> Vec<u8> {
        let this = ManuallyDrop::new(self);
        if this.allocated == 0 {
            return Vec::new();
        }
        // SAFETY: the words are those of a vector that was taken apart in `from`, and this was their only owner.
        unsafe { Vec::from_raw_parts(this.allocation, this.length, this.allocated) }
    }
}

impl From<Vec<u8>> for ByteBuffer {
    fn from(bytes: Vec<u8>) -> ByteBuffer {
        let mut bytes = ManuallyDrop::new(bytes);
        let allocated = bytes.capacity();
        let at = if allocated == 0 { null_mut() } else { bytes.as_mut_ptr() };
        ByteBuffer { length: bytes.len(), allocated, allocation: at, start: at }
    }
}

impl Default for ByteBuffer {
    fn default() -> ByteBuffer {
        ByteBuffer { length: 0, allocated: 0, allocation: null_mut(), start: null_mut() }
    }
}

impl Drop for ByteBuffer {
    fn drop(&mut self) {
        drop(take(self).into_vec());
    }
}

impl Deref for ByteBuffer {
    type Target = [u8];
    #[inline]
    fn deref(&self) -> &[u8] {
        if self.allocated == 0 {
            return &[];
        }
        // SAFETY: so many bytes at the start are initialised.
        unsafe { std::slice::from_raw_parts(self.start, self.length) }
    }
}

impl DerefMut for ByteBuffer {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u8] {
        if self.allocated == 0 {
            return &mut [];
        }
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(self.start, self.length) }
    }
}

impl Trace for ByteBuffer {
    fn trace(&self, _: &mut Visitor<'_>) {}
}

/// The bytes of a [`ByteBuffer`] while their number may change.
pub struct Editing<'a> {
    bytes: Vec<u8>,
    buffer: &'a mut ByteBuffer,
}

impl Deref for Editing<'_> {
    type Target = Vec<u8>;
    #[inline]
    fn deref(&self) -> &Vec<u8> {
        &self.bytes
    }
}

impl DerefMut for Editing<'_> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
}

impl Drop for Editing<'_> {
    #[inline]
    fn drop(&mut self) {
        *self.buffer = take(&mut self.bytes).into();
    }
}
