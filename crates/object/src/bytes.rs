//! `bytes`: hash at 24, data from 32, followed by a zero byte.

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

impl Payload for Bytes {
    type Access = Frozen;
    const BASIC_SIZE: usize = 33;
    const ITEM_SIZE: usize = 1;
    const SUBCLASS_FLAG: TypeFlags = TypeFlags::BYTES_SUBCLASS;
    fn class() -> &'static TypeCell<Bytes> {
        &crate::statics::BYTES
    }
    fn layout_fns() -> ErasedLayout {
        ErasedLayout(LayoutFns { drop: nothing, trace: trace_nothing, size: bytes_size, extra: no_extra, fixed: false })
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
        if data.len() > 1 || !std::ptr::eq(ty, crate::statics::BYTES.as_type()) {
            return self.make_bytes(ty, data);
        }
        let place = self.small_bytes.place(data.first().copied());
        if let Some(known) = place.get() {
            return Ok(known.clone());
        }
        let new = self.make_bytes(ty, data)?;
        new.header().make_immortal();
        Ok(place.get_or_init(|| new).clone())
    }

    fn make_bytes(&self, ty: &Type, data: &[u8]) -> Result<Ref<Bytes>, Raised> {
        // SAFETY: the caller has looked at the layout; the memory is fresh and has room for the data and its terminator.
        unsafe {
            let object = crate::alloc::new_object(self, ty, ty.basicsize() + data.len())?;
            let bytes = object.as_ptr().add(1).cast::<Bytes>();
            (&raw mut (*bytes).length).write(data.len());
            (&raw mut (*bytes).hash).write(Cell::new(-1));
            let at = (&raw mut (*bytes).data).cast::<u8>();
            std::ptr::copy_nonoverlapping(data.as_ptr(), at, data.len());
            at.add(data.len()).write(0);
            crate::alloc::publish(self, object);
            Ok(Ref::from_value_unchecked(Value::from_header(object)))
        }
    }

    /// A bytes object with this data.
    pub fn new_bytes(&self, data: &[u8]) -> Result<Ref<Bytes>, Raised> {
        self.new_bytes_in(crate::statics::BYTES.as_type(), data)
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
                let single = self.single.get_or_init(|| std::iter::repeat_with(OnceCell::new).take(256).collect());
                &single[byte as usize]
            }
        }
    }
}

const _: () = {
    assert!(std::mem::offset_of!(Bytes, hash) + 16 == 24);
    assert!(std::mem::offset_of!(Bytes, data) + 16 == 32);
};
