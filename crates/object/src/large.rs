//! Large blocks, apart from an allocator that keeps what is freed and promises what the machine does not have.

use crate::watch;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, Ordering};

/// Blocks of this size and above come from the system.
pub(crate) const LARGE: usize = 64 << 10;

/// Blocks of this size and above may lie in huge pages: what is scattered over them (tables, lists of much) then costs far
/// fewer look-ups of addresses, and filling them fewer faults. They are that large so that what the last page wastes is
/// little: with huge pages for all, programs of 15 to 70 MB took 4 to 8 MB more.
const HUGE: usize = 32 << 20;

/// Lets a block lie in huge pages, where the system leaves that to programs.
#[cold]
fn allow_huge_pages(at: *mut u8, size: usize) {
    #[cfg(all(target_os = "linux", feature = "allocator"))]
    if !at.is_null() {
        const PAGE: usize = 4096;
        // From the page that the block begins in, where the allocator's own words lie: a mapping of two kinds could not be made
        // larger without a copy.
        let before = at.addr() % PAGE;
        let length = (before + size).next_multiple_of(PAGE);
        // SAFETY: the pages that the block lies in, whose contents stay. It does not matter whether the system refuses.
        unsafe { libc::madvise(at.byte_sub(before).cast(), length, libc::MADV_HUGEPAGE) };
    }
    #[cfg(not(all(target_os = "linux", feature = "allocator")))]
    let _ = (at, size);
}

/// An allocator that leaves large blocks to the system's own. That gives their memory back at once and makes them larger
/// without a copy, so that a list that grows is not in memory twice. It also refuses what can never be met: the fast ones
/// reserve address space without asking, and filling it would end the process instead of raising `MemoryError`.
/// While memory is watched, everything goes the way of the large blocks; see [`crate::watch`].
pub struct LargeFromSystem<A>(pub A);

/// An allocator that is the same wherever it is made.
pub trait Inner: GlobalAlloc {
    /// The allocator.
    const HERE: Self;

    /// Whether a live block is one of this allocator's.
    fn owns(at: *mut u8) -> bool;
}

/// Large blocks up to this size come from the inner allocator where the system has none: that may have much that is free,
/// and never gives its address space back.
pub(crate) const MIDDLE: usize = 1 << 20;

/// Whether the inner allocator was ever asked for such a block. Before, nobody has to look where one is from.
static HAS_HELPED: AtomicBool = AtomicBool::new(false);

/// Whether a block comes from the inner allocator.
fn is_inner<A: Inner>(at: *mut u8, size: usize) -> bool {
    size < LARGE || size <= MIDDLE && HAS_HELPED.load(Ordering::Acquire) && A::owns(at)
}

impl<A: Inner> LargeFromSystem<A> {
    #[cold]
    #[inline(never)]
    unsafe fn alloc_slow(&self, layout: Layout, zeroed: bool) -> *mut u8 {
        // SAFETY: the caller's contract is that of the two.
        let mut at = unsafe {
            match (layout.size() < LARGE, zeroed) {
                (true, false) => self.0.alloc(layout),
                (true, true) => self.0.alloc_zeroed(layout),
                (false, false) => System.alloc(layout),
                (false, true) => System.alloc_zeroed(layout),
            }
        };
        if at.is_null() && (LARGE..=MIDDLE).contains(&layout.size()) {
            HAS_HELPED.store(true, Ordering::Release);
            // SAFETY: as above.
            at = unsafe { if zeroed { self.0.alloc_zeroed(layout) } else { self.0.alloc(layout) } };
        }
        if layout.size() >= HUGE {
            allow_huge_pages(at, layout.size());
        }
        watch::allocated(at, layout.size());
        at
    }

    #[cold]
    #[inline(never)]
    unsafe fn dealloc_slow(&self, at: *mut u8, layout: Layout) {
        if watch::freeing(at, layout.size(), layout.align(), free::<A>) {
            // SAFETY: the caller's contract.
            unsafe { free::<A>(at, layout.size(), layout.align()) }
        }
    }

    #[cold]
    #[inline(never)]
    unsafe fn realloc_slow(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's contract; a block that changes sides is copied as far as both reach.
        unsafe {
            let from_inner = is_inner::<A>(at, layout.size());
            if !watch::moves() && from_inner == (size < LARGE) {
                watch::forget(at);
                let new = if from_inner { self.0.realloc(at, layout, size) } else { System.realloc(at, layout, size) };
                if !new.is_null() || from_inner || size > MIDDLE {
                    if layout.size() < HUGE && size >= HUGE {
                        allow_huge_pages(new, size);
                    }
                    watch::allocated(new, size);
                    return new;
                }
            }
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                std::ptr::copy_nonoverlapping(at, new, layout.size().min(size));
                self.dealloc(at, layout);
            }
            new
        }
    }
}

/// Frees a block, which may have been kept.
unsafe fn free<A: Inner>(at: *mut u8, size: usize, align: usize) {
    // SAFETY: the caller gives block and layout; `is_inner` says where it came from.
    unsafe {
        let layout = Layout::from_size_align_unchecked(size, align);
        if is_inner::<A>(at, size) { A::HERE.dealloc(at, layout) } else { System.dealloc(at, layout) }
    }
}

// SAFETY: a block goes back to the allocator that it came from: the size in its layout says which one it was, or that is asked.
unsafe impl<A: Inner> GlobalAlloc for LargeFromSystem<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the contract of this function is that of the two.
        unsafe { if layout.size() < watch::limit() { self.0.alloc(layout) } else { self.alloc_slow(layout, false) } }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe {
            if layout.size() < watch::limit() { self.0.alloc_zeroed(layout) } else { self.alloc_slow(layout, true) }
        }
    }

    #[inline]
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe {
            if layout.size() < watch::limit() { self.0.dealloc(at, layout) } else { self.dealloc_slow(at, layout) }
        }
    }

    #[inline]
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        unsafe {
            if layout.size().max(size) < watch::limit() {
                self.0.realloc(at, layout, size)
            } else {
                self.realloc_slow(at, layout, size)
            }
        }
    }
}
