//! A field that gets its value after its object was made.

use crate::refs::Ref;
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

/// A reference that may be exchanged for another one; its layout is that of the reference.
#[repr(transparent)]
pub struct Slot<T>(UnsafeCell<Ref<T>>);

impl<T> Slot<T> {
    pub const fn new(value: Ref<T>) -> Slot<T> {
        Slot(UnsafeCell::new(value))
    }

    /// Another reference to what it refers to.
    pub fn get(&self) -> Ref<T> {
        // SAFETY: nobody borrows what is in the cell for longer than one of these calls, and none of them calls anything that
        // could come back here: a reference's clone only counts.
        unsafe { (*self.0.get()).clone() }
    }

    /// Puts another reference there; gives the one before.
    pub fn replace(&self, value: Ref<T>) -> Ref<T> {
        // SAFETY: as above.
        unsafe { std::mem::replace(&mut *self.0.get(), value) }
    }
}

impl<T> Trace for Slot<T>
where
    Ref<T>: Trace,
{
    fn trace(&self, visitor: &mut Visitor<'_>) {
        // SAFETY: the collector looks at references and runs nothing that changes them.
        unsafe { (*self.0.get()).trace(visitor) }
    }
}
