//! The 16 bytes at the start of every heap object, the same as CPython 3.14's on x86-64, and the prefix before them.
//!
//! | offset from the header | field | present |
//! |---|---|---|
//! | -32 | first weak reference | [`flags::MANAGED`] |
//! | -24 | instance dict, or 0 while the inline values are in use | [`flags::MANAGED`] |
//! | -16 | collector: next | [`flags::GC`] |
//! | -8 | collector: previous, and scratch count during a collection | [`flags::GC`] |

use crate::types::Type;
use std::cell::Cell;
use std::ptr::NonNull;

/// Bits of [`Header::flags`].
pub mod flags {
    /// The object has the collector's links before its header.
    pub const GC: u16 = 1;
    /// The object has the dict and weak reference words before the collector's links. Implies [`GC`].
    pub const MANAGED: u16 = 2;
    /// Linked into a generation of the collector.
    pub const TRACKED: u16 = 4;
    /// `__del__` has been called (PEP 442: once).
    pub const FINALIZED: u16 = 8;
    /// Part of the garbage that a running collection has found.
    pub const COLLECTING: u16 = 16;
    /// On the zero list: the count is zero, and its place holds the link to the next object there.
    pub const DYING: u16 = 32;
    /// In the young generation now being examined (scratch of a collection).
    pub const CANDIDATE: u16 = 64;
    /// Found reachable from outside (scratch of a collection).
    pub const REACHABLE: u16 = 128;
    /// Used by all interpreters of the process, and immortal; see [`crate::shared`]. Nothing may be written to its prefix.
    pub const SHARED: u16 = 256;
}

/// Counts from here on are never changed: the object is immortal.
pub const IMMORTAL: u32 = 0xC000_0000;

/// What the addresses of headers are divisible by. The 48 bits of the zero list's links reach as far as 52 of an address.
const OBJECT_ALIGN: u64 = 16;

/// The header of a heap object.
#[repr(C)]
pub struct Header {
    refcnt: Cell<u32>,
    overflow: Cell<u16>,
    flags: Cell<u16>,
    ty: Cell<NonNull<Type>>,
}

impl Header {
    /// A header with a count of one.
    pub const fn new(ty: NonNull<Type>, flags: u16) -> Header {
        Header { refcnt: Cell::new(1), overflow: Cell::new(0), flags: Cell::new(flags), ty: Cell::new(ty) }
    }

    /// A header of an object that is never freed.
    pub const fn immortal(ty: NonNull<Type>) -> Header {
        Header::immortal_with(ty, 0)
    }

    /// The same with flags.
    pub const fn immortal_with(ty: NonNull<Type>, flags: u16) -> Header {
        Header { refcnt: Cell::new(IMMORTAL), overflow: Cell::new(0), flags: Cell::new(flags), ty: Cell::new(ty) }
    }

    /// Raises the count.
    #[inline(always)]
    pub fn incref(&self) {
        let n = self.refcnt.get();
        if (n as i32) >= 0 {
            self.refcnt.set(n + 1);
        }
    }

    /// Lowers the count; true if it reached zero.
    #[inline(always)]
    pub fn decref(&self) -> bool {
        let n = self.refcnt.get();
        if (n as i32) < 0 {
            return false;
        }
        self.refcnt.set(n - 1);
        n == 1
    }

    /// The number of references; [`IMMORTAL`] and above for immortal objects.
    pub fn refcount(&self) -> u32 {
        self.refcnt.get()
    }

    /// Whether the object is never freed.
    pub fn is_immortal(&self) -> bool {
        (self.refcnt.get() as i32) < 0
    }

    /// Makes the object immortal, for ever.
    pub fn make_immortal(&self) {
        self.refcnt.set(IMMORTAL);
    }

    /// Whether the object has references.
    #[inline(always)]
    pub fn is_alive(&self) -> bool {
        self.refcnt.get() != 0 && !self.has(flags::DYING)
    }

    /// Puts a dead object on the zero list, before `next`. The link takes the place of the count, which says nothing any
    /// more: so waiting costs no memory, whatever kind of object it is.
    pub(crate) fn set_dying(&self, next: Option<NonNull<Header>>) {
        debug_assert!(self.refcnt.get() == 0);
        let link = next.map_or(0, |n| n.as_ptr().expose_provenance() as u64) / OBJECT_ALIGN;
        self.refcnt.set(link as u32);
        self.overflow.set((link >> 32) as u16);
        self.set_flags(flags::DYING);
    }

    /// Takes the object off the zero list, with a count of one; answers what waits behind it.
    ///
    /// # Safety
    /// [`Header::set_dying`] was called, and what it was given is still there.
    pub(crate) unsafe fn undo_dying(&self) -> Option<NonNull<Header>> {
        let link = u64::from(self.refcnt.get()) | u64::from(self.overflow.get()) << 32;
        self.clear_flags(flags::DYING);
        self.refcnt.set(1);
        self.overflow.set(0);
        NonNull::new(std::ptr::with_exposed_provenance_mut((link * OBJECT_ALIGN) as usize))
    }

    /// The flag bits, see [`flags`].
    #[inline(always)]
    pub fn flags(&self) -> u16 {
        self.flags.get()
    }

    /// Whether all of `bits` are set.
    #[inline(always)]
    pub fn has(&self, bits: u16) -> bool {
        self.flags.get() & bits == bits
    }

    pub(crate) fn set_flags(&self, bits: u16) {
        self.flags.set(self.flags.get() | bits);
    }

    pub(crate) fn clear_flags(&self, bits: u16) {
        self.flags.set(self.flags.get() & !bits);
    }

    /// Records that the finaliser has run.
    pub fn mark_finalized(&self) {
        self.set_flags(flags::FINALIZED);
    }

    /// The object's type.
    #[inline(always)]
    pub fn ty(&self) -> &Type {
        // SAFETY: an object keeps its type alive, and a type's address never changes.
        unsafe { self.ty.get().as_ref() }
    }

    /// Stores another type. The caller moves the counts and has checked the layouts.
    pub(crate) fn set_ty(&self, ty: NonNull<Type>) {
        self.ty.set(ty);
    }

    /// The bytes before the header that this object's allocation starts with.
    pub fn prefix_size(&self) -> usize {
        prefix_size(self.flags.get())
    }

    /// The word at `-offset`, for the fields of the prefix.
    ///
    /// # Safety
    /// The prefix of this object reaches that far (see the table above).
    #[inline(always)]
    pub(crate) unsafe fn prefix_word(&self, offset: usize) -> &Cell<u64> {
        // SAFETY: the caller's contract; prefix words are aligned u64 cells.
        unsafe { &*(self as *const Header).cast::<u8>().sub(offset).cast::<Cell<u64>>() }
    }
}

/// Size of the prefix that `flags` ask for.
pub const fn prefix_size(flags: u16) -> usize {
    if flags & flags::MANAGED != 0 {
        32
    } else if flags & flags::GC != 0 {
        16
    } else {
        0
    }
}

const _: () = {
    assert!(size_of::<Header>() == 16);
    assert!(std::mem::offset_of!(Header, refcnt) == 0);
    assert!(std::mem::offset_of!(Header, overflow) == 4);
    assert!(std::mem::offset_of!(Header, flags) == 6);
    assert!(std::mem::offset_of!(Header, ty) == 8);
};
