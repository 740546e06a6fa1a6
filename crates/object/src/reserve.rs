//! Memory for the moments in which there is none.
//!
//! What a program asks for and cannot have is refused with `MemoryError`. But native code also asks for small things in
//! passing, for the text of an exception say, in ways that cannot be refused: the process would end. For those some address
//! space is held back. It is given up when such a thing is not to be had otherwise; from then on objects that need fresh
//! memory are refused until there is as much again, so that the program learns of it, and lets go of something, before
//! what was held back is used up.

use std::cell::Cell;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, AtomicU8, Ordering};

/// Bytes that are held back. They are never touched, and so cost no memory.
const SIZE: usize = 16 << 20;
/// Requests up to this size are met with it.
pub(crate) const SMALL: usize = 1 << 20;

/// There was too little address space at the start: nothing is held back.
const NEVER: u8 = 0;
const HELD: u8 = 1;
const GIVEN_UP: u8 = 2;

static STATE: AtomicU8 = AtomicU8::new(NEVER);
static PLACE: AtomicPtr<u8> = AtomicPtr::new(null_mut());

/// Holds memory back; answers whether that worked.
pub(crate) fn hold() -> bool {
    // SAFETY: a new mapping overlaps nothing.
    let at = unsafe { libc::mmap(null_mut(), SIZE, libc::PROT_NONE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0) };
    if at == libc::MAP_FAILED {
        return false;
    }
    let old = PLACE.swap(at.cast(), Ordering::AcqRel);
    unmap(old);
    STATE.store(HELD, Ordering::Release);
    true
}

fn unmap(at: *mut u8) {
    if !at.is_null() {
        // SAFETY: the mapping is ours, and whoever took its address out of `PLACE` is the only one to know it.
        unsafe { libc::munmap(at.cast(), SIZE) };
    }
}

/// Gives up what is held back; answers whether there was something.
#[cold]
pub(crate) fn give_up() -> bool {
    let at = PLACE.swap(null_mut(), Ordering::AcqRel);
    if at.is_null() {
        // Another request may have given it up just now, and left enough.
        return STATE.load(Ordering::Acquire) == GIVEN_UP;
    }
    STATE.store(GIVEN_UP, Ordering::Release);
    unmap(at);
    true
}

thread_local! {
    /// This thread makes an object that cannot be refused.
    static NEEDED: Cell<bool> = const { Cell::new(false) };
}

/// Makes a small object that cannot be refused: what was held back is there for it, too.
pub(crate) fn needed<R>(make: impl FnOnce() -> R) -> R {
    let before = NEEDED.replace(true);
    let made = make();
    NEEDED.set(before);
    made
}

/// Whether the object that is made now is such a one.
#[inline]
pub(crate) fn is_needed() -> bool {
    NEEDED.get()
}

/// Whether objects are refused: what was held back has been given up, and there is not as much again.
#[inline]
pub(crate) fn refuses() -> bool {
    STATE.load(Ordering::Relaxed) == GIVEN_UP && !hold()
}
