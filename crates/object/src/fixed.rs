//! What an object keeps of a run of plain data: its own memory, or some that lies in the program. The layout is declared,
//! so that objects that have such fields can be laid out when the program is built.

use std::borrow::Cow;
use std::ops::Deref;
use std::ptr::NonNull;

/// A run of items, owned or static.
#[repr(C)]
pub struct Run<T: 'static> {
    at: NonNull<T>,
    length: usize,
    /// 1 if the items are a box's.
    owned: usize,
}

impl<T> Run<T> {
    /// Items that lie in the program.
    pub const fn of_program(items: &'static [T]) -> Run<T> {
        Run { at: NonNull::from_ref(items).cast(), length: items.len(), owned: 0 }
    }

    /// No items.
    pub const fn empty() -> Run<T> {
        Run::of_program(&[])
    }

    /// Whether the items lie in the program.
    pub fn is_of_program(&self) -> bool {
        self.owned == 0
    }
}

impl<T> From<Box<[T]>> for Run<T> {
    fn from(items: Box<[T]>) -> Run<T> {
        let length = items.len();
        Run { at: NonNull::from(Box::leak(items)).cast(), length, owned: 1 }
    }
}

impl<T: Clone> From<Cow<'static, [T]>> for Run<T> {
    fn from(items: Cow<'static, [T]>) -> Run<T> {
        match items {
            Cow::Borrowed(items) => Run::of_program(items),
            Cow::Owned(items) => items.into_boxed_slice().into(),
        }
    }
}

impl<T: Clone> From<Vec<T>> for Run<T> {
    fn from(items: Vec<T>) -> Run<T> {
        items.into_boxed_slice().into()
    }
}

impl<T> Deref for Run<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        // SAFETY: as many initialised items lie there, and stay as long as this does.
        unsafe { std::slice::from_raw_parts(self.at.as_ptr(), self.length) }
    }
}

impl<T: Copy> Clone for Run<T> {
    fn clone(&self) -> Run<T> {
        match self.owned {
            0 => Run { at: self.at, length: self.length, owned: 0 },
            _ => Box::<[T]>::from(&**self).into(),
        }
    }
}

impl<T> Drop for Run<T> {
    fn drop(&mut self) {
        if self.owned != 0 {
            // SAFETY: the items were a box's, which was given away when this was made.
            drop(unsafe { Box::from_raw(NonNull::slice_from_raw_parts(self.at, self.length).as_ptr()) })
        }
    }
}

impl<T: PartialEq> PartialEq for Run<T> {
    fn eq(&self, other: &Run<T>) -> bool {
        **self == **other
    }
}

const _: () = assert!(size_of::<Run<u8>>() == 24 && std::mem::offset_of!(Run<u8>, length) == 8);
