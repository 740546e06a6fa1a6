//! Values as raw words, as they lie on the data stack: 0 is absent, anything else an owned (or, where it says so,
//! borrowed) reference.
//!
//! Every function here asks that a non-zero word was made by [`Value::into_bits`] and that the reference it stands for
//! is still owned by whoever holds the word.

use crate::{Raised, Result, Value, Vm};
use std::ptr::NonNull;
use taipan_object::header::Header;
use taipan_object::release;
use taipan_object::value::{FLOAT_OFFSET, INT_TAG};

/// Raises the count of a word that is not absent.
#[inline(always)]
pub unsafe fn retain(w: u64) {
    if w < FLOAT_OFFSET {
        // SAFETY: a word below FLOAT_OFFSET is a pointer to a live object.
        unsafe { (*(w as *const Header)).incref() }
    }
}

/// Raises the count of a word that may be absent.
#[inline(always)]
pub unsafe fn retain_any(w: u64) {
    if w.wrapping_sub(1) < FLOAT_OFFSET - 1 {
        // SAFETY: as above.
        unsafe { (*(w as *const Header)).incref() }
    }
}

/// Lowers the count of a word that is not absent; true if that was the last reference: then [`bury`] it.
#[inline(always)]
#[must_use]
pub unsafe fn dying(w: u64) -> bool {
    // SAFETY: a word below FLOAT_OFFSET is a pointer to a live object.
    w < FLOAT_OFFSET && unsafe { (*(w as *const Header)).decref() }
}

/// Lowers the count of a word that may be absent.
#[inline(always)]
#[must_use]
pub unsafe fn dying_any(w: u64) -> bool {
    // SAFETY: as above.
    w.wrapping_sub(1) < FLOAT_OFFSET - 1 && unsafe { (*(w as *const Header)).decref() }
}

/// Takes apart what [`dying`] has found dead, and runs the finalisers that are due.
#[cold]
#[inline(never)]
pub unsafe fn bury(w: u64, vm: *mut Vm) {
    // SAFETY: the count has just reached zero; the caller has the thread.
    unsafe {
        release::dead(NonNull::new_unchecked(w as *mut Header));
        (*vm).drain();
    }
}

/// Gives a reference back.
#[inline(always)]
pub unsafe fn release(w: u64, vm: *mut Vm) {
    // SAFETY: the caller's contract.
    unsafe {
        if dying(w) {
            bury(w, vm)
        }
    }
}

/// Gives a reference back, if there is one.
#[inline(always)]
pub unsafe fn release_any(w: u64, vm: *mut Vm) {
    // SAFETY: the caller's contract.
    unsafe {
        if dying_any(w) {
            bury(w, vm)
        }
    }
}

/// The word at `at` as a value; it must not be absent while the result is used.
#[inline(always)]
pub unsafe fn at<'a>(at: *const u64) -> &'a Value {
    // SAFETY: the caller's contract: a value is one non-zero word.
    unsafe { &*at.cast::<Value>() }
}

/// A new reference to what a word stands for.
#[inline(always)]
pub unsafe fn cloned(w: u64) -> Value {
    // SAFETY: the caller's contract.
    unsafe {
        retain(w);
        Value::from_bits(w)
    }
}

/// The word of a result; 0 means that an exception has been raised.
#[inline(always)]
pub fn of(result: Result) -> u64 {
    match result {
        Ok(v) => v.into_bits(),
        Err(Raised) => 0,
    }
}

/// A word as the result it stands for; see [`of`].
#[inline(always)]
pub unsafe fn result(w: u64) -> Result {
    // SAFETY: the caller's contract.
    if w == 0 { Err(Raised) } else { Ok(unsafe { Value::from_bits(w) }) }
}

/// The payload of the heap object that a word stands for; it has the layout of `T`.
#[inline(always)]
pub const fn payload<T>(w: u64) -> *mut T {
    (w + size_of::<Header>() as u64) as *mut T
}

/// The address of the type of what a word stands for, if that is a heap object, else 0.
#[inline(always)]
pub unsafe fn type_address(w: u64) -> u64 {
    // SAFETY: a word below FLOAT_OFFSET is a pointer to a live object.
    if w < FLOAT_OFFSET { unsafe { (*(w as *const Header)).ty().address() } } else { 0 }
}

/// Whether both are immediate ints.
#[inline(always)]
pub const fn both_ints(a: u64, b: u64) -> bool {
    // An int has all thirteen upper bits set, so the conjunction has them only if both do.
    a & b >= INT_TAG
}

/// Whether a word is an immediate float.
#[inline(always)]
pub const fn is_float(w: u64) -> bool {
    w >= FLOAT_OFFSET && w < INT_TAG
}

/// The number of an immediate float.
#[inline(always)]
pub const fn float(w: u64) -> f64 {
    f64::from_bits(w - FLOAT_OFFSET)
}

/// An int as its number shifted left by 13, so that 51-bit overflow is overflow of the register.
#[inline(always)]
pub const fn int_shifted(w: u64) -> i64 {
    (w << 13) as i64
}

/// The number of an immediate int.
#[inline(always)]
pub const fn int(w: u64) -> i64 {
    ((w << 13) as i64) >> 13
}

/// The word of an int given as its number shifted left by 13.
#[inline(always)]
pub const fn from_int_shifted(n: i64) -> u64 {
    INT_TAG | (n as u64 >> 13)
}
