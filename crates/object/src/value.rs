//! The value word: one non-zero 64-bit word that is a heap pointer, a float or an int.
//!
//! | word | meaning |
//! |---|---|
//! | 0 | absent, the niche of `Option<Value>` |
//! | below 2^49 | raw pointer to a [`Header`] |
//! | double's bits + 2^49 | float, any but NaN |
//! | from 0xFFF8 << 48 | int of 51 bits, sign-extended |

use crate::header::Header;
use crate::release;
use crate::types::Type;
use std::marker::PhantomData;
use std::num::NonZeroU64;
use std::ptr::NonNull;

/// The lowest word that is not a pointer.
pub const FLOAT_OFFSET: u64 = 1 << 49;
/// The lowest word that is an immediate int.
pub const INT_TAG: u64 = 0xFFF8 << 48;
/// Immediate ints lie in `INT_MIN..=INT_MAX`.
pub const INT_MIN: i64 = -(1 << 50);
/// The largest immediate int.
pub const INT_MAX: i64 = (1 << 50) - 1;

/// An owned reference to a Python object, or an immediate number.
///
/// `Clone` raises the count, `Drop` lowers it; neither runs Python code. Not `Send`: counts are not atomic.
#[repr(transparent)]
pub struct Value(NonZeroU64, PhantomData<*const ()>);

const _: () = assert!(size_of::<Option<Value>>() == 8);

impl Value {
    /// The word itself. Stable while the value lives; equal words are the same object.
    #[inline(always)]
    pub const fn bits(&self) -> u64 {
        self.0.get()
    }

    /// Takes over the reference that `bits` stands for.
    ///
    /// # Safety
    /// `bits` is a word made by this module whose reference the caller owns.
    #[inline(always)]
    pub const unsafe fn from_bits(bits: u64) -> Value {
        // SAFETY: the caller's contract: value words are never zero.
        Value(unsafe { NonZeroU64::new_unchecked(bits) }, PhantomData)
    }

    /// Gives the reference away as a word.
    #[inline(always)]
    pub fn into_bits(self) -> u64 {
        let bits = self.0.get();
        std::mem::forget(self);
        bits
    }

    /// Takes over a reference to the object at `header`.
    ///
    /// # Safety
    /// `header` points to a live object and the caller owns one reference to it.
    #[inline(always)]
    pub unsafe fn from_header(header: NonNull<Header>) -> Value {
        // SAFETY: the caller's contract; addresses are below 2^49 on the supported platforms.
        unsafe { Value::from_bits(header.as_ptr() as u64) }
    }

    /// A new reference to the object at `header`.
    ///
    /// # Safety
    /// `header` points to a live object.
    #[inline(always)]
    pub unsafe fn from_borrowed(header: NonNull<Header>) -> Value {
        // SAFETY: the caller's contract; the count is raised for the reference that is made.
        unsafe {
            header.as_ref().incref();
            Value::from_header(header)
        }
    }

    /// Whether this is a heap object rather than an immediate number.
    #[inline(always)]
    pub const fn is_heap(&self) -> bool {
        self.0.get() < FLOAT_OFFSET
    }

    /// Whether this is an immediate int.
    #[inline(always)]
    pub const fn is_small_int(&self) -> bool {
        self.0.get() >= INT_TAG
    }

    /// Whether this is an immediate float.
    #[inline(always)]
    pub const fn is_small_float(&self) -> bool {
        self.0.get() >= FLOAT_OFFSET && self.0.get() < INT_TAG
    }

    /// The header of a heap object.
    #[inline(always)]
    pub fn header(&self) -> Option<&Header> {
        if self.is_heap() {
            // SAFETY: a word below FLOAT_OFFSET is a pointer to an object this value keeps alive.
            Some(unsafe { &*(self.0.get() as *const Header) })
        } else {
            None
        }
    }

    /// The address of a heap object.
    #[inline(always)]
    pub fn heap_ptr(&self) -> Option<NonNull<Header>> {
        if self.is_heap() { NonNull::new(self.0.get() as *mut Header) } else { None }
    }

    /// The immediate int `n`, where it fits 51 bits.
    #[inline(always)]
    pub const fn from_small_int(n: i64) -> Option<Value> {
        if n >= INT_MIN && n <= INT_MAX {
            // SAFETY: the tag makes the word non-zero, and no reference is involved.
            Some(unsafe { Value::from_bits(INT_TAG | (n as u64 & ((1 << 51) - 1))) })
        } else {
            None
        }
    }

    /// The immediate int for a 32-bit number, which always fits.
    #[inline(always)]
    pub const fn from_i32(n: i32) -> Value {
        // SAFETY: the tag makes the word non-zero, and no reference is involved.
        unsafe { Value::from_bits(INT_TAG | (n as i64 as u64 & ((1 << 51) - 1))) }
    }

    /// The immediate int's number.
    #[inline(always)]
    pub const fn small_int(&self) -> Option<i64> {
        if self.is_small_int() { Some(((self.0.get() << 13) as i64) >> 13) } else { None }
    }

    /// The immediate float `x`; a NaN has none, since its identity must survive.
    #[inline(always)]
    pub fn from_small_float(x: f64) -> Option<Value> {
        if x.is_nan() {
            None
        } else {
            // SAFETY: the offset makes the word non-zero, and no reference is involved.
            Some(unsafe { Value::from_bits(x.to_bits() + FLOAT_OFFSET) })
        }
    }

    /// The immediate float's number.
    #[inline(always)]
    pub const fn small_float(&self) -> Option<f64> {
        if self.is_small_float() { Some(f64::from_bits(self.0.get() - FLOAT_OFFSET)) } else { None }
    }

    /// The type of this value.
    #[inline(always)]
    pub fn ty(&self) -> &Type {
        match self.header() {
            Some(header) => header.ty(),
            None if self.is_small_int() => crate::statics::INT.as_type(),
            None => crate::statics::FLOAT.as_type(),
        }
    }

    /// `is`: the same object. Numbers that are small compare by value.
    #[inline(always)]
    pub fn is(&self, other: &Value) -> bool {
        self.0 == other.0
    }

    /// Whether this is `None`.
    #[inline(always)]
    pub fn is_none(&self) -> bool {
        self.0.get() == crate::statics::NONE.address()
    }

    /// Whether this is `True`.
    #[inline(always)]
    pub fn is_true(&self) -> bool {
        self.0.get() == crate::statics::TRUE.address()
    }

    /// Whether this is `False`.
    #[inline(always)]
    pub fn is_false(&self) -> bool {
        self.0.get() == crate::statics::FALSE.address()
    }

    /// Whether this is `NotImplemented`.
    #[inline(always)]
    pub fn is_not_implemented(&self) -> bool {
        self.0.get() == crate::statics::NOT_IMPLEMENTED.address()
    }

    /// `None`.
    #[inline(always)]
    pub fn none() -> Value {
        crate::statics::NONE.value()
    }

    /// `NotImplemented`.
    #[inline(always)]
    pub fn not_implemented() -> Value {
        crate::statics::NOT_IMPLEMENTED.value()
    }

    /// `True` or `False`.
    #[inline(always)]
    pub fn bool(b: bool) -> Value {
        if b { crate::statics::TRUE.value() } else { crate::statics::FALSE.value() }
    }
}

impl Clone for Value {
    #[inline(always)]
    fn clone(&self) -> Value {
        if let Some(header) = self.header() {
            header.incref();
        }
        Value(self.0, PhantomData)
    }
}

impl Drop for Value {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(header) = self.header()
            && header.decref()
        {
            // SAFETY: the count has just reached zero, so this was the last reference.
            unsafe { release::dead(NonNull::from(header)) }
        }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(n) = self.small_int() {
            write!(f, "{n}")
        } else if let Some(x) = self.small_float() {
            write!(f, "{x:?}")
        } else {
            write!(f, "<{} at {:#x}>", self.ty().name(), self.bits())
        }
    }
}

/// A slice of values that are all present, without their options. Panics if one is absent.
pub fn present(values: &[Option<Value>]) -> &[Value] {
    assert!(values.iter().all(Option::is_some), "an absent value");
    // SAFETY: Option<Value> and Value are the same word, and every word was tested.
    unsafe { std::slice::from_raw_parts(values.as_ptr().cast(), values.len()) }
}
