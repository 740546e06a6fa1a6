//! A field that gets its value after its object was made.

use crate::trace::{Trace, Visitor};
use std::cell::UnsafeCell;
use std::ops::Deref;

/// What is read like a plain field, without asking whether it has been filled: it begins with a value that serves
/// meanwhile. A cell that is asked at every look (`OnceCell`) was rejected: instructions read such fields.
pub struct Late<T> {
    value: UnsafeCell<T>,
}

impl<T> Late<T> {
    pub const fn new(value: T) -> Late<T> {
        Late { value: UnsafeCell::new(value) }
    }

    /// Puts another value there; gives the one before.
    ///
    /// # Safety
    /// Nothing that was borrowed from the value before is used any more.
    pub unsafe fn replace(&self, value: T) -> T {
        // SAFETY: the caller's contract; the cell is not shared between threads.
        unsafe { std::mem::replace(&mut *self.value.get(), value) }
    }
}

impl<T> Deref for Late<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: who replaces the value promises that nobody looks at it.
        unsafe { &*self.value.get() }
    }
}

impl<T: Trace> Trace for Late<T> {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        (**self).trace(visitor)
    }
}
