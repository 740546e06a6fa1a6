//! Memory for the moments in which there is none.
//!
//! What a program asks for and cannot have is refused with `MemoryError`. But native code also asks for small things in
//! passing, for the text of an exception say, in ways that cannot be refused: the process would end. For those some address
//! space is held back. It is given up when such a thing is not to be had otherwise; from then on objects that need fresh
//! memory are refused until there is as much again, so that the program learns of it, and lets go of something, before
//! what was held back is used up.

use crate::allocator::MiMalloc;
use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, AtomicU8, Ordering};

/// Bytes that are held back. They are hardly touched, and so cost no memory.
const SIZE: usize = 16 << 20;
/// Requests up to this size are met with it: the system's memory and mimalloc's both serve them.
pub(crate) const SMALL: usize = crate::large::MIDDLE;
const PIECE: Layout = match Layout::from_size_align(SMALL, 16) {
    Ok(layout) => layout,
    Err(_) => panic!("the size is a multiple of the alignment"),
};

/// There was too little address space at the start: nothing is held back.
const NEVER: u8 = 0;
const HELD: u8 = 1;
const GIVEN_UP: u8 = 2;

static STATE: AtomicU8 = AtomicU8::new(NEVER);
/// Address space of the system's.
static PLACE: AtomicPtr<u8> = AtomicPtr::new(null_mut());
/// Pieces of mimalloc's, linked through their first word: where one big thing fills the system's address space, mimalloc, which
/// gives none of its own back, may have much that is free.
static PIECES: AtomicPtr<u8> = AtomicPtr::new(null_mut());

/// Holds memory back; answers whether that worked.
pub(crate) fn hold() -> bool {
    // SAFETY: a new mapping overlaps nothing.
    let at = unsafe { libc::mmap(null_mut(), SIZE, libc::PROT_NONE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0) };
    if at != libc::MAP_FAILED {
        unmap(PLACE.swap(at.cast(), Ordering::AcqRel));
    } else if let Some(pieces) = take_pieces() {
        give_back(PIECES.swap(pieces, Ordering::AcqRel));
    } else {
        return false;
    }
    STATE.store(HELD, Ordering::Release);
    true
}

fn unmap(at: *mut u8) {
    if !at.is_null() {
        // SAFETY: the mapping is ours, and whoever took its address out of `PLACE` is the only one to know it.
        unsafe { libc::munmap(at.cast(), SIZE) };
    }
}

fn take_pieces() -> Option<*mut u8> {
    let mut first = null_mut::<u8>();
    for _ in 0..SIZE / SMALL {
        // SAFETY: the layout is not empty; a piece has room for a link, and is ours.
        unsafe {
            let piece = MiMalloc.alloc(PIECE);
            if piece.is_null() {
                give_back(first);
                return None;
            }
            piece.cast::<*mut u8>().write(first);
            first = piece;
        }
    }
    Some(first)
}

fn give_back(mut pieces: *mut u8) {
    while !pieces.is_null() {
        // SAFETY: the pieces are ours, and whoever took the first out of `PIECES` is the only one to know them.
        unsafe {
            let next = pieces.cast::<*mut u8>().read();
            MiMalloc.dealloc(pieces, PIECE);
            pieces = next;
        }
    }
}

/// Gives up what is held back; answers whether there was something.
#[cold]
pub(crate) fn give_up() -> bool {
    let place = PLACE.swap(null_mut(), Ordering::AcqRel);
    let pieces = PIECES.swap(null_mut(), Ordering::AcqRel);
    if place.is_null() && pieces.is_null() {
        // Another request may have given it up just now, and left enough.
        return STATE.load(Ordering::Acquire) == GIVEN_UP;
    }
    STATE.store(GIVEN_UP, Ordering::Release);
    unmap(place);
    give_back(pieces);
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
