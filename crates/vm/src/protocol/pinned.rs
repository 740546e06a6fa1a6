//! Memory of objects that the system reads or fills while the interpreter's lock is given up.
//!
//! Nothing that is borrowed by way of the token can be used there, so the bytes of a buffer would have to be copied before a
//! call that sends and after one that receives. A `bytearray` neither moves nor frees its memory while a window on it is
//! open. It says so when it opens one, and then the system gets the address itself. Threads that have the lock meanwhile
//! may read and write these bytes, and see what the system has done so far, as in CPython.
//!
//! Rejected: taking the memory out of the object for the time of the call, since other threads would see it empty.

#![allow(unsafe_code)]

use super::buffer::Buffer;
use std::ptr::NonNull;

/// The memory of an exporter, which stays where it is while the window is open that this belongs to.
#[derive(Clone, Copy)]
pub struct Pinned {
    start: NonNull<u8>,
    len: usize,
}

impl Pinned {
    /// The memory of an exporter that has just counted the window that is being opened, and neither moves nor frees its
    /// memory before it has counted the window as closed.
    pub(crate) fn new(memory: &mut [u8]) -> Pinned {
        Pinned { start: NonNull::from(&mut *memory).cast(), len: memory.len() }
    }
}

impl Buffer {
    /// The bytes of the window, for calls of the system without the lock, if they are in one piece and stay in their place.
    pub fn pinned_bytes(&self) -> Option<&[u8]> {
        let (pinned, range) = (self.pinned?, self.piece()?);
        if range.end > pinned.len {
            return None;
        }
        // SAFETY: the window is open as long as it is borrowed, and the exporter has said that its memory, which has so
        // many bytes, stays till then. Whoever writes them meanwhile is a call of the system, or has the lock.
        unsafe { Some(std::slice::from_raw_parts(pinned.start.as_ptr().add(range.start), range.len())) }
    }

    /// The same, to write them.
    pub fn pinned_bytes_mut(&mut self) -> Option<&mut [u8]> {
        let (pinned, range) = (self.pinned?, self.piece()?);
        if range.end > pinned.len || self.readonly {
            return None;
        }
        // SAFETY: as above; the caller hands the slice to the system, and looks at it only there.
        unsafe { Some(std::slice::from_raw_parts_mut(pinned.start.as_ptr().add(range.start), range.len())) }
    }
}
