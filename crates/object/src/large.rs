//! Large blocks, apart from an allocator that promises memory which the machine does not have.

use std::alloc::{GlobalAlloc, Layout, System};

/// Blocks of this size and above come from the system.
const LARGE: usize = 1 << 30;

/// An allocator that leaves large blocks to the system's own, which refuses what can never be met: the fast ones
/// reserve address space without asking, and filling it would end the process instead of raising `MemoryError`.
pub struct LargeFromSystem<A>(pub A);

// SAFETY: a block goes back to the allocator that it came from, as the size in its layout says which one it was.
unsafe impl<A: GlobalAlloc> GlobalAlloc for LargeFromSystem<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the contract of this function is that of the two.
        unsafe { if layout.size() < LARGE { self.0.alloc(layout) } else { System.alloc(layout) } }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { if layout.size() < LARGE { self.0.alloc_zeroed(layout) } else { System.alloc_zeroed(layout) } }
    }

    #[inline]
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { if layout.size() < LARGE { self.0.dealloc(at, layout) } else { System.dealloc(at, layout) } }
    }

    #[inline]
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above; a block that changes sides is copied as far as both reach.
        unsafe {
            match (layout.size() < LARGE, size < LARGE) {
                (true, true) => self.0.realloc(at, layout, size),
                (false, false) => System.realloc(at, layout, size),
                _ => {
                    let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
                    if !new.is_null() {
                        std::ptr::copy_nonoverlapping(at, new, layout.size().min(size));
                        self.dealloc(at, layout);
                    }
                    new
                }
            }
        }
    }
}
