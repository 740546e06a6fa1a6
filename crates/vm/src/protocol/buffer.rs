//! The buffer protocol: how bytes-like objects show their memory.
//!
//! A buffer is a window on the exporter, not a copy: who reads it borrows the heap, so the exporter cannot change
//! meanwhile. Exporters that could move their memory count their buffers and refuse to resize.

use super::pinned::Pinned;
use crate::{Raised, Result, Value, Vm, slots};
use std::borrow::Cow;
use std::ops::{Deref, DerefMut};
use taipan_object::{Bytes, Trace, Visitor};

/// A number for each dimension of a buffer. Nearly all buffers have one dimension, and are opened and closed as often as
/// objects are made: those need no memory of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dims<T> {
    /// One dimension.
    One([T; 1]),
    /// None, or several.
    Other(Vec<T>),
}

impl<T> Deref for Dims<T> {
    type Target = [T];
    #[inline]
    fn deref(&self) -> &[T] {
        match self {
            Dims::One(one) => one,
            Dims::Other(all) => all,
        }
    }
}

impl<T> DerefMut for Dims<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        match self {
            Dims::One(one) => one,
            Dims::Other(all) => all,
        }
    }
}

impl<T> From<Vec<T>> for Dims<T> {
    fn from(all: Vec<T>) -> Dims<T> {
        match <[T; 1]>::try_from(all) {
            Ok(one) => Dims::One(one),
            Err(all) => Dims::Other(all),
        }
    }
}

/// What the consumer asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Request {
    /// The memory will be written.
    pub writable: bool,
}

/// Opens a window on an object.
pub type OpenFn = fn(&mut Vm, &Value, Request) -> Result<Buffer>;

/// A window on an exporter's memory.
pub struct Buffer {
    /// The exporter.
    pub owner: Value,
    /// Bytes.
    pub len: usize,
    /// Whether the memory must not be written.
    pub readonly: bool,
    /// Struct-style format of an item.
    pub format: Cow<'static, str>,
    /// Bytes of an item.
    pub itemsize: usize,
    /// Items in each dimension.
    pub shape: Dims<usize>,
    /// Bytes from one item to the next in each dimension.
    pub strides: Dims<isize>,
    /// Offset of the first item in the exporter's memory.
    pub offset: usize,
    /// Borrows the exporter's memory.
    pub read: for<'a> fn(&'a Vm, &'a Value) -> &'a [u8],
    /// Borrows the exporter's memory to write it.
    pub write: Option<for<'a> fn(&'a mut Vm, &'a Value) -> &'a mut [u8]>,
    /// Tells the exporter that the window is closed.
    pub release: Option<fn(&mut Vm, &Value)>,
    /// Whom to ask for another window, and to tell that this one is closed, in place of the exporter.
    pub wrapper: Option<Value>,
    /// What opened it, where that is not the slot of the exporter's class.
    pub opener: Option<OpenFn>,
    /// Whether the memory stays where it is as long as the window is open; see [`Pinned`].
    pub pinned: Option<Pinned>,
}

impl Buffer {
    /// A plain window of bytes.
    pub fn bytes(owner: &Value, len: usize, read: for<'a> fn(&'a Vm, &'a Value) -> &'a [u8]) -> Buffer {
        Buffer {
            owner: owner.clone(),
            len,
            readonly: true,
            format: Cow::Borrowed("B"),
            itemsize: 1,
            shape: Dims::One([len]),
            strides: Dims::One([1]),
            offset: 0,
            read,
            write: None,
            release: None,
            wrapper: None,
            opener: None,
            pinned: None,
        }
    }
}

impl Vm {
    /// Opens a window on a bytes-like object.
    pub fn buffer(&mut self, v: &Value, request: Request) -> Result<Buffer> {
        match slots::of(v.ty()).buffer {
            Some(f) => f(self, v, request),
            None => Err(self.raise_not_bytes_like(v)),
        }
    }

    /// Whether the object shows its memory.
    pub fn is_bytes_like(&self, v: &Value) -> bool {
        slots::of(v.ty()).buffer.is_some()
    }

    /// `a bytes-like object is required, not 'int'`.
    pub fn raise_not_bytes_like(&mut self, v: &Value) -> Raised {
        let given = v.ty().name();
        self.raise_type_error(&format!("a bytes-like object is required, not '{given}'"))
    }

    /// Closes a window.
    pub fn release_buffer(&mut self, buffer: Buffer) {
        if let Some(release) = buffer.release {
            release(self, &buffer.owner);
        }
        if let Some(wrapper) = buffer.wrapper {
            crate::types::bytes::close_wrapped(self, &wrapper);
        }
    }

    /// Runs `f` on the bytes of a bytes-like object, without a copy where they lie in one piece. `f` cannot run Python
    /// code: it has no token.
    pub fn with_bytes<R>(&mut self, v: &Value, f: impl FnOnce(&[u8]) -> R) -> Result<R> {
        if let Some(b) = v.downcast::<Bytes>() {
            return Ok(f(b.as_bytes()));
        }
        let buffer = self.buffer(v, Request { writable: false })?;
        let result = match buffer.piece() {
            Some(range) => Ok(f(&(buffer.read)(self, &buffer.owner)[range])),
            None => buffer.gather(self).map(|all| f(&all)),
        };
        self.release_buffer(buffer);
        result
    }

    /// Refuses what is not bytes-like, or not in one piece.
    pub fn check_in_one_piece(&mut self, v: &Value) -> Result<()> {
        if v.downcast::<Bytes>().is_some() {
            return Ok(());
        }
        let buffer = self.buffer(v, Request { writable: false })?;
        let whole = buffer.is_c_contiguous();
        self.release_buffer(buffer);
        if whole { Ok(()) } else { Err(self.raise_buffer_error("memoryview: underlying buffer is not C-contiguous")) }
    }

    /// A copy of the bytes of a bytes-like object.
    pub fn bytes_of(&mut self, v: &Value) -> Result<Vec<u8>> {
        self.with_bytes(v, |b| {
            let mut out = Vec::new();
            out.try_reserve_exact(b.len()).map_err(|_| Raised)?;
            out.extend_from_slice(b);
            Ok(out)
        })?
    }
}

impl Buffer {
    /// Whether the items lie one behind the other, the last index changing fastest.
    pub fn is_c_contiguous(&self) -> bool {
        self.len == 0 || self.in_order((0..self.shape.len()).rev())
    }

    /// Whether the items lie one behind the other, the first index changing fastest.
    pub fn is_f_contiguous(&self) -> bool {
        self.len == 0 || self.in_order(0..self.shape.len())
    }

    fn in_order(&self, dimensions: impl Iterator<Item = usize>) -> bool {
        let mut step = self.itemsize as isize;
        for d in dimensions {
            if self.shape[d] > 1 && self.strides[d] != step {
                return false;
            }
            step *= self.shape[d] as isize;
        }
        true
    }

    /// Where the bytes are in the exporter's memory, if they are in one piece and in order.
    pub fn piece(&self) -> Option<std::ops::Range<usize>> {
        self.is_c_contiguous().then_some(self.offset..self.offset + self.len)
    }

    /// A copy of the bytes, item after item.
    pub fn gather(&self, vm: &Vm) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        out.try_reserve_exact(self.len).map_err(|_| Raised)?;
        let all = (self.read)(vm, &self.owner);
        match self.piece() {
            Some(range) => out.extend_from_slice(&all[range]),
            None => self.gather_dimension(all, 0, self.offset as isize, &mut out),
        }
        Ok(out)
    }

    fn gather_dimension(&self, all: &[u8], dimension: usize, at: isize, out: &mut Vec<u8>) {
        if dimension == self.shape.len() {
            out.extend_from_slice(&all[at as usize..at as usize + self.itemsize]);
            return;
        }
        for i in 0..self.shape[dimension] {
            self.gather_dimension(all, dimension + 1, at + i as isize * self.strides[dimension], out);
        }
    }
}

impl Trace for Buffer {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        visitor.value(&self.owner);
        self.wrapper.trace(visitor);
    }
}
