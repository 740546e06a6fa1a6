//! `bytes`: hash at 24, data from 32, followed by a zero byte.

use crate::alloc::Here;
use crate::header::Header;
use crate::heap::{Heap, Raised};
use crate::refs::{ErasedLayout, Frozen, Payload, Ref};
use crate::trace::{Trace, Visitor};
use crate::types::{LayoutFns, Type, TypeCell, TypeFlags};
use crate::value::Value;
use std::cell::{Cell, OnceCell};
use std::ptr::NonNull;

/// The fixed part of a bytes object; the data follows.
#[repr(C)]
pub struct Bytes {
    length: usize,
    hash: Cell<i64>,
    data: [u8; 0],
}

impl Trace for Bytes {
    fn trace(&self, _: &mut Visitor<'_>) {}
}

unsafe fn nothing(_: NonNull<Header>) {}
unsafe fn trace_nothing(_: NonNull<Header>, _: &mut Visitor<'_>) {}
unsafe fn no_extra(_: NonNull<Header>) -> usize {
    0
}
unsafe fn bytes_size(object: NonNull<Header>) -> usize {
    // SAFETY: called for a live bytes object.
    unsafe { object.as_ref().ty().basicsize() + object.add(1).cast::<Bytes>().as_ref().length }
}

unsafe fn destroy(object: NonNull<Header>, here: Here) {
    // SAFETY: called once for a dead object that owns nothing else.
    unsafe { crate::alloc::free_object(here, object, bytes_size(object), 0) }
}

impl Payload for Bytes {
    type Access = Frozen;
    const BASIC_SIZE: usize = 33;
    const ITEM_SIZE: usize = 1;
    const SUBCLASS_FLAG: TypeFlags = TypeFlags::BYTES_SUBCLASS;
    fn class() -> &'static TypeCell<Bytes> {
        &crate::statics::BYTES
    }
    fn layout_fns() -> ErasedLayout {
        ErasedLayout(LayoutFns {
            drop: nothing,
            destroy,
            trace: trace_nothing,
            size: bytes_size,
            extra: no_extra,
            fixed: false,
            quiet: crate::refs::never_quietly,
        })
    }
}

impl Bytes {
    /// The data.
    #[inline(always)]
    pub fn as_bytes(&self) -> &[u8] {
        // SAFETY: `length` initialised bytes follow the fixed part.
        unsafe { std::slice::from_raw_parts(self.data.as_ptr(), self.length) }
    }

    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.length
    }

    /// The hash, computed once.
    pub fn hash(&self) -> i64 {
        if self.hash.get() == -1 {
            self.hash.set(crate::str::hash_bytes(self.as_bytes()));
        }
        self.hash.get()
    }
}

impl Heap {
    /// A bytes object of `ty` (`bytes` or a subclass) with this data.
    pub fn new_bytes_in(&self, ty: &Type, data: &[u8]) -> Result<Ref<Bytes>, Raised> {
        assert!(Bytes::has_layout(ty));
        if data.len() <= 1 && std::ptr::eq(ty, crate::statics::BYTES.as_type()) {
            return self.new_bytes(data);
        }
        self.make_bytes(ty, data)
    }

    fn make_bytes(&self, ty: &Type, data: &[u8]) -> Result<Ref<Bytes>, Raised> {
        // SAFETY: the caller has looked at the layout; all of the data is written.
        unsafe { self.fill_bytes(ty, data.len(), |at| std::ptr::copy_nonoverlapping(data.as_ptr(), at, data.len())) }
    }

    /// `data` times `n`: always a new object.
    pub fn repeat_bytes(&self, data: &[u8], n: usize) -> Result<Ref<Bytes>, Raised> {
        let total = data.len().checked_mul(n).ok_or(Raised)?;
        // SAFETY: the first copy is written, then as much as is there already is written behind it until all is there.
        unsafe {
            self.fill_bytes(crate::statics::BYTES.as_type(), total, |at| {
                write_repeated(data.as_ptr(), data.len(), at, total)
            })
        }
    }

    /// A bytes object of what a vector holds: if that is much, it stays where it is.
    pub fn bytes_from_vec(&self, mut data: Vec<u8>) -> Result<Ref<Bytes>, Raised> {
        let length = data.len();
        let size = Bytes::BASIC_SIZE + length;
        // SAFETY: the block has the vector's bytes at its beginning and room for the object; it is the vector's no more.
        unsafe {
            let block = crate::alloc::adopt_block(self.here(), data.as_mut_ptr(), data.capacity(), size);
            if block.is_null() {
                return self.new_bytes(&data);
            }
            std::mem::forget(data);
            let object = NonNull::new_unchecked(block.cast::<Header>());
            let bytes = object.as_ptr().add(1).cast::<Bytes>();
            let at = (&raw mut (*bytes).data).cast::<u8>();
            std::ptr::copy(block, at, length);
            at.add(length).write(0);
            object.write(Header::new(NonNull::from(crate::statics::BYTES.as_type()), 0));
            (&raw mut (*bytes).length).write(length);
            (&raw mut (*bytes).hash).write(Cell::new(-1));
            Ok(Ref::from_value_unchecked(Value::from_header(object)))
        }
    }

    /// So many zero bytes. Where they are many, their memory is not touched before somebody looks.
    pub fn zero_bytes(&self, length: usize) -> Result<Ref<Bytes>, Raised> {
        if length <= 1 {
            return self.new_bytes(&[0][..length]);
        }
        if length < crate::large::LARGE {
            return self.repeat_bytes(&[0], length);
        }
        let size = Bytes::BASIC_SIZE.checked_add(length).filter(|&n| n < isize::MAX as usize - 64).ok_or(Raised)?;
        // SAFETY: the memory is fresh, and has room for the data and its terminator, which are zeros already.
        unsafe {
            let object = crate::alloc::new_bare_zeroed(self, crate::statics::BYTES.as_type(), size)?;
            let bytes = object.as_ptr().add(1).cast::<Bytes>();
            (&raw mut (*bytes).length).write(length);
            (&raw mut (*bytes).hash).write(Cell::new(-1));
            Ok(Ref::from_value_unchecked(Value::from_header(object)))
        }
    }

    /// # Safety
    /// `ty` is `bytes` or a subclass, and `fill` writes `length` bytes.
    #[inline(always)]
    unsafe fn fill_bytes(&self, ty: &Type, length: usize, fill: impl FnOnce(*mut u8)) -> Result<Ref<Bytes>, Raised> {
        // SAFETY: the memory is fresh and has room for the data and its terminator.
        unsafe {
            let size = ty.basicsize().checked_add(length).filter(|&n| n < isize::MAX as usize - 64).ok_or(Raised)?;
            let object = crate::alloc::new_object(self, ty, size)?;
            let bytes = object.as_ptr().add(1).cast::<Bytes>();
            (&raw mut (*bytes).length).write(length);
            (&raw mut (*bytes).hash).write(Cell::new(-1));
            let at = (&raw mut (*bytes).data).cast::<u8>();
            fill(at);
            at.add(length).write(0);
            crate::alloc::publish(self, object);
            Ok(Ref::from_value_unchecked(Value::from_header(object)))
        }
    }

    /// A bytes object with this data.
    pub fn new_bytes(&self, data: &[u8]) -> Result<Ref<Bytes>, Raised> {
        if data.len() > 1 {
            return self.make_bytes(crate::statics::BYTES.as_type(), data);
        }
        let place = self.small_bytes.place(data.first().copied());
        if let Some(known) = place.get() {
            return Ok(known.clone());
        }
        let new = self.make_bytes(crate::statics::BYTES.as_type(), data)?;
        new.header().make_immortal();
        Ok(place.get_or_init(|| new).clone())
    }
}

/// Writes `length` bytes over and over, until there are `total`.
///
/// # Safety
/// `total` is a multiple of `length`, so many bytes can be read at `from` and written at `at`, and the two do not overlap.
pub(crate) unsafe fn write_repeated(from: *const u8, length: usize, at: *mut u8, total: usize) {
    // SAFETY: the caller's contract: what is there already is written behind itself until all is there.
    unsafe {
        if length == 1 {
            return at.write_bytes(*from, total);
        }
        let mut done = length.min(total);
        std::ptr::copy_nonoverlapping(from, at, done);
        while done < total {
            let more = done.min(total - done);
            std::ptr::copy_nonoverlapping(at, at.add(done), more);
            done += more;
        }
    }
}

/// The bytes objects of no or one byte, of which each is made once.
#[derive(Default)]
pub(crate) struct SmallBytes {
    empty: OnceCell<Ref<Bytes>>,
    single: OnceCell<Box<[OnceCell<Ref<Bytes>>]>>,
}

impl SmallBytes {
    fn place(&self, byte: Option<u8>) -> &OnceCell<Ref<Bytes>> {
        match byte {
            None => &self.empty,
            Some(byte) => {
                &self.single.get_or_init(|| std::iter::repeat_with(OnceCell::new).take(256).collect())[byte as usize]
            }
        }
    }
}

const _: () = {
    assert!(std::mem::offset_of!(Bytes, hash) + 16 == 24);
    assert!(std::mem::offset_of!(Bytes, data) + 16 == 32);
};
