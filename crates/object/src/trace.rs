//! Listing what an object refers to, for the cyclic collector and for `gc.get_referents`.

use crate::value::Value;
use std::cell::{Cell, RefCell};

/// Receives the references that an object holds.
pub struct Visitor<'a> {
    pub(crate) visit: &'a mut dyn FnMut(&Value),
    /// Flags of the header that objects must have, and must not have, to be shown.
    pub(crate) wanted: u16,
    pub(crate) unwanted: u16,
    /// Whether values that are no objects of their own are shown too.
    pub(crate) all: bool,
}

impl Visitor<'_> {
    /// One reference.
    #[inline]
    pub fn value(&mut self, value: &Value) {
        let shown = match value.header() {
            Some(header) => header.flags() & (self.wanted | self.unwanted) == self.wanted,
            None => self.all,
        };
        if shown {
            (self.visit)(value)
        }
    }
}

/// What holds references. Derive it: a field whose type cannot be traced does not compile.
pub trait Trace {
    /// Shows `visitor` every reference that `self` owns, each as often as it is owned.
    fn trace(&self, visitor: &mut Visitor<'_>);
}

impl Trace for Value {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        visitor.value(self)
    }
}

macro_rules! no_references {
    ($($t:ty),* $(,)?) => { $(impl Trace for $t { #[inline(always)] fn trace(&self, _: &mut Visitor<'_>) {} })* };
}
no_references!(
    (),
    bool,
    char,
    u8,
    u16,
    u32,
    u64,
    u128,
    usize,
    i8,
    i16,
    i32,
    i64,
    i128,
    isize,
    f32,
    f64,
    String,
    std::time::Duration,
    std::time::Instant,
    std::path::PathBuf,
    std::ffi::OsString,
    std::ffi::CString,
    &'static str,
    &'static [u8],
    std::num::NonZeroU64,
    std::num::NonZeroU32,
    std::sync::atomic::AtomicBool,
    std::sync::atomic::AtomicUsize,
);

macro_rules! tuples {
    ($(($($t:ident $i:tt),+))*) => { $(impl<$($t: Trace),+> Trace for ($($t,)+) {
        fn trace(&self, visitor: &mut Visitor<'_>) { $(self.$i.trace(visitor);)+ }
    })* };
}
tuples!((A 0) (A 0, B 1) (A 0, B 1, C 2) (A 0, B 1, C 2, D 3));

impl<T: Trace> Trace for Option<T> {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        if let Some(inner) = self {
            inner.trace(visitor)
        }
    }
}

impl<T: Trace + ?Sized> Trace for Box<T> {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        (**self).trace(visitor)
    }
}

impl<T: Trace> Trace for [T] {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        for item in self {
            item.trace(visitor)
        }
    }
}

impl<T: Trace, const N: usize> Trace for [T; N] {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        self.as_slice().trace(visitor)
    }
}

impl<T: Trace> Trace for Vec<T> {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        self.as_slice().trace(visitor)
    }
}

impl<T: Trace> Trace for std::collections::VecDeque<T> {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        for item in self {
            item.trace(visitor)
        }
    }
}

impl<K: Trace, V: Trace, S> Trace for std::collections::HashMap<K, V, S> {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        for (key, value) in self {
            key.trace(visitor);
            value.trace(visitor);
        }
    }
}

impl<K: Trace, V: Trace> Trace for std::collections::BTreeMap<K, V> {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        for (key, value) in self {
            key.trace(visitor);
            value.trace(visitor);
        }
    }
}

impl<T: Copy + Trace> Trace for Cell<T> {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        self.get().trace(visitor)
    }
}

impl<T: Trace> Trace for RefCell<T> {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        // A cell that is borrowed mutably is being changed by code that cannot run a collection meanwhile.
        if let Ok(inner) = self.try_borrow() {
            inner.trace(visitor)
        }
    }
}

/// Something that holds no references by its nature (a file, a hasher, a lock): stated where the field is declared.
#[derive(Clone, Copy, Debug, Default)]
pub struct Opaque<T>(pub T);

impl<T> Trace for Opaque<T> {
    #[inline(always)]
    fn trace(&self, _: &mut Visitor<'_>) {}
}

impl<T> std::ops::Deref for Opaque<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> std::ops::DerefMut for Opaque<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}
