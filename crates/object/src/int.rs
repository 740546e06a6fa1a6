//! Numbers on the heap: ints of more than 51 bits (and any that C makes), NaN floats, complex numbers.
//!
//! An int's tag at offset 16 holds its sign (0 positive, 1 zero, 2 negative) in the low bits and its digit count
//! above bit 3; digits of 30 bits, least significant first, lie from 24.

use crate::alloc::Here;
use crate::header::Header;
use crate::heap::{Heap, Raised};
use crate::refs::{ErasedLayout, Frozen, Payload, Ref};
use crate::trace::{Trace, Visitor};
use crate::types::{LayoutFns, Type, TypeCell, TypeFlags};
use crate::value::Value;
use std::ptr::NonNull;

/// The fixed part of an int object; the digits follow.
#[repr(C)]
pub struct Int {
    tag: usize,
    digits: [u32; 0],
}

impl Trace for Int {
    fn trace(&self, _: &mut Visitor<'_>) {}
}

unsafe fn nothing(_: NonNull<Header>) {}
unsafe fn trace_nothing(_: NonNull<Header>, _: &mut Visitor<'_>) {}
unsafe fn no_extra(_: NonNull<Header>) -> usize {
    0
}
unsafe fn int_size(object: NonNull<Header>) -> usize {
    // SAFETY: called for a live int.
    unsafe { size_for(object.as_ref().ty(), object.add(1).cast::<Int>().as_ref().tag >> 3) }
}

fn size_for(ty: &Type, digits: usize) -> usize {
    (ty.basicsize() + 4 * digits.max(1) + 7) & !7
}

unsafe fn destroy(object: NonNull<Header>, here: Here) {
    // SAFETY: called once for a dead object that owns nothing else.
    unsafe { crate::alloc::free_object(here, object, int_size(object), 0) }
}

impl Payload for Int {
    type Access = Frozen;
    const BASIC_SIZE: usize = 24;
    const ITEM_SIZE: usize = 4;
    const SUBCLASS_FLAG: TypeFlags = TypeFlags::INT_SUBCLASS;
    fn class() -> &'static TypeCell<Int> {
        &crate::statics::INT
    }
    fn layout_fns() -> ErasedLayout {
        ErasedLayout(LayoutFns {
            drop: nothing,
            destroy,
            trace: trace_nothing,
            size: int_size,
            extra: no_extra,
            fixed: false,
            quiet: crate::refs::never_quietly,
        })
    }
}

/// An int, wherever it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntRef<'a> {
    /// A number that fits; always used for those of at most two digits.
    Small(i64),
    /// Sign and digits of 30 bits, least significant first, the last not zero.
    Big {
        /// Whether the number is below zero.
        negative: bool,
        /// The digits.
        digits: &'a [u32],
    },
}

impl IntRef<'_> {
    /// The number, if 64 bits hold it.
    #[inline]
    pub fn to_i64(self) -> Option<i64> {
        match self {
            IntRef::Small(n) => Some(n),
            IntRef::Big { negative, digits: &[a, b, c] } => {
                let magnitude = i128::from(a) | i128::from(b) << 30 | i128::from(c) << 60;
                i64::try_from(if negative { -magnitude } else { magnitude }).ok()
            }
            IntRef::Big { .. } => None,
        }
    }
}

impl Int {
    /// The digits of 30 bits, least significant first.
    pub fn digits(&self) -> &[u32] {
        // SAFETY: as many digits as the tag says follow the fixed part.
        unsafe { std::slice::from_raw_parts(self.digits.as_ptr(), self.tag >> 3) }
    }

    /// The number.
    pub fn number(&self) -> IntRef<'_> {
        let digits = self.digits();
        let negative = self.tag & 3 == 2;
        if self.tag & 3 == 1 {
            return IntRef::Small(0);
        }
        match *digits {
            [] => IntRef::Small(0),
            [a] => IntRef::Small(if negative { -(a as i64) } else { a as i64 }),
            [a, b] => {
                let n = a as i64 | (b as i64) << 30;
                IntRef::Small(if negative { -n } else { n })
            }
            _ => IntRef::Big { negative, digits },
        }
    }
}

impl Value {
    /// This value as an int: `int`, `bool` and subclasses.
    #[inline]
    pub fn as_int(&self) -> Option<IntRef<'_>> {
        if let Some(n) = self.small_int() {
            return Some(IntRef::Small(n));
        }
        let header = self.header()?;
        // SAFETY: the flag is set for types with the layout of int only.
        header
            .ty()
            .flags()
            .has(TypeFlags::INT_SUBCLASS)
            .then(|| unsafe { &*(header as *const Header).add(1).cast::<Int>() }.number())
    }

    /// Whether the type is exactly `int`.
    #[inline(always)]
    pub fn is_exact_int(&self) -> bool {
        self.is_small_int() || self.header().is_some_and(|h| std::ptr::eq(h.ty(), crate::statics::INT.as_type()))
    }

    /// This value as a float: `float` and subclasses.
    #[inline]
    pub fn as_float(&self) -> Option<f64> {
        if let Some(x) = self.small_float() {
            return Some(x);
        }
        self.downcast::<HeapFloat>().map(|f| f.number)
    }

    /// Whether the type is exactly `float`.
    #[inline(always)]
    pub fn is_exact_float(&self) -> bool {
        self.is_small_float() || self.header().is_some_and(|h| std::ptr::eq(h.ty(), crate::statics::FLOAT.as_type()))
    }
}

/// A float object: a NaN, an instance of a subclass, or one that C made.
#[repr(C)]
pub struct HeapFloat {
    /// The number.
    pub number: f64,
}

impl Trace for HeapFloat {
    fn trace(&self, _: &mut Visitor<'_>) {}
}

impl Payload for HeapFloat {
    type Access = Frozen;
    fn class() -> &'static TypeCell<HeapFloat> {
        &crate::statics::FLOAT
    }
}

/// A complex number.
#[repr(C)]
pub struct Complex {
    /// Real part.
    pub real: f64,
    /// Imaginary part.
    pub imag: f64,
}

impl Trace for Complex {
    fn trace(&self, _: &mut Visitor<'_>) {}
}

impl Payload for Complex {
    type Access = Frozen;
    fn class() -> &'static TypeCell<Complex> {
        &crate::statics::COMPLEX
    }
}

impl Heap {
    /// An int from sign and digits of 30 bits, least significant first; leading zeros allowed.
    pub fn new_int_digits(&self, negative: bool, digits: &[u32]) -> Result<Value, Raised> {
        let used = digits.iter().rposition(|&d| d != 0).map_or(0, |i| i + 1);
        let digits = &digits[..used];
        if let [] | [_] | [_, _] = *digits {
            let n = digits.iter().rev().fold(0i64, |n, &d| n << 30 | d as i64);
            return self.new_int(if negative { -n } else { n });
        }
        self.new_int_object(crate::statics::INT.as_type(), negative, digits)
    }

    /// An int object of `ty` (`int` or a subclass), even where an immediate would do.
    pub fn new_int_object(&self, ty: &Type, negative: bool, digits: &[u32]) -> Result<Value, Raised> {
        assert!(Int::has_layout(ty));
        let used = digits.iter().rposition(|&d| d != 0).map_or(0, |i| i + 1);
        let sign = if used == 0 { 1 } else { 2 * negative as usize };
        let stored = used.max(1);
        let size = size_for(ty, stored);
        // SAFETY: the memory is fresh and has room for the digits.
        unsafe {
            let object = crate::alloc::new_object(self, ty, size)?;
            let int = object.as_ptr().add(1).cast::<Int>();
            (&raw mut (*int).tag).write(used << 3 | sign);
            let at = (&raw mut (*int).digits).cast::<u32>();
            at.write(0);
            std::ptr::copy_nonoverlapping(digits.as_ptr(), at, used);
            crate::alloc::publish(self, object);
            Ok(Value::from_header(object))
        }
    }

    /// An int.
    #[inline]
    pub fn new_int(&self, n: i64) -> Result<Value, Raised> {
        match Value::from_small_int(n) {
            Some(v) => Ok(v),
            None => self.new_wide_int(n),
        }
    }

    #[cold]
    fn new_wide_int(&self, n: i64) -> Result<Value, Raised> {
        self.new_int_object(crate::statics::INT.as_type(), n < 0, &split_digits(n.unsigned_abs()))
    }

    /// An int object of a subclass of int.
    pub fn new_int_in(&self, ty: &Type, n: IntRef<'_>) -> Result<Value, Raised> {
        match n {
            IntRef::Small(n) => self.new_int_object(ty, n < 0, &split_digits(n.unsigned_abs())),
            IntRef::Big { negative, digits } => self.new_int_object(ty, negative, digits),
        }
    }

    /// An int from an unsigned 64-bit number.
    pub fn new_uint(&self, n: u64) -> Result<Value, Raised> {
        match i64::try_from(n) {
            Ok(n) => self.new_int(n),
            Err(_) => self.new_int_object(crate::statics::INT.as_type(), false, &split_digits(n)),
        }
    }

    /// A float.
    #[inline]
    pub fn new_float(&self, x: f64) -> Result<Value, Raised> {
        match Value::from_small_float(x) {
            Some(v) => Ok(v),
            None => Ok(Ref::new(self, HeapFloat { number: x })?.into_value()),
        }
    }

    /// A complex number.
    pub fn new_complex(&self, real: f64, imag: f64) -> Result<Value, Raised> {
        Ok(Ref::new(self, Complex { real, imag })?.into_value())
    }
}

fn split_digits(n: u64) -> [u32; 3] {
    const MASK: u64 = (1 << 30) - 1;
    [(n & MASK) as u32, (n >> 30 & MASK) as u32, (n >> 60) as u32]
}

const _: () = {
    assert!(std::mem::offset_of!(Int, tag) + 16 == 16);
    assert!(std::mem::offset_of!(Int, digits) + 16 == 24);
    assert!(std::mem::offset_of!(HeapFloat, number) + 16 == 16);
    assert!(std::mem::offset_of!(Complex, real) + 16 == 16);
};
