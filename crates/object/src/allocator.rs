//! The allocator of the `taipan` executable: small blocks from the lists that objects come from (`alloc`), so that the
//! items of a list are where those of the last one were and in the cache; the lists' blocks from pages of our own
//! (`pages`), the rest from mimalloc, or if large from the system.
//!
//! mimalloc asks the kernel for huge pages. A short program would pay for zeroing and keeping several of them and hardly
//! touch one, so the heap's first part is reserved before anything is allocated, and asked for in small pages. What a
//! bigger program takes after it comes in huge pages.

use crate::alloc::{give_small, is_small, take_small};
use crate::large::LargeFromSystem;
use crate::pages;
use crate::reserve;
use libmimalloc_sys::{
    mi_free, mi_malloc, mi_malloc_aligned, mi_realloc, mi_realloc_aligned, mi_zalloc, mi_zalloc_aligned,
};
use std::alloc::{GlobalAlloc, Layout};
use std::sync::OnceLock;

/// mimalloc, asked for no alignment where it gives it anyway.
///
/// Asked for an alignment, mimalloc takes a block that is larger by it unless the size is a power of two. But every block
/// of 16 bytes and more is aligned to 16, and smaller ones to their size: asked for nothing, it does as well, with a
/// quarter less memory for blocks of 48 bytes.
pub struct MiMalloc;

#[inline(always)]
fn is_natural(size: usize, align: usize) -> bool {
    align <= 16 && align <= size
}

// SAFETY: mimalloc's blocks are as large as asked for and disjoint; for the alignment, see above.
unsafe impl GlobalAlloc for MiMalloc {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        // SAFETY: may be called with any numbers.
        unsafe { if is_natural(size, align) { mi_malloc(size) } else { mi_malloc_aligned(size, align) } }.cast()
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        // SAFETY: as above.
        unsafe { if is_natural(size, align) { mi_zalloc(size) } else { mi_zalloc_aligned(size, align) } }.cast()
    }

    #[inline]
    unsafe fn dealloc(&self, at: *mut u8, _layout: Layout) {
        // SAFETY: the block is mimalloc's.
        unsafe { mi_free(at.cast()) }
    }

    #[inline]
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let align = layout.align();
        // SAFETY: the block is mimalloc's.
        unsafe {
            if is_natural(size, align) {
                mi_realloc(at.cast(), size).cast()
            } else {
                mi_realloc_aligned(at.cast(), size, align).cast()
            }
        }
    }
}

/// Bytes of the part in small pages. The kernel gives huge ones whole: with 32 MB here, programs of 15 to 70 MB took 4 to 8 MB
/// more, and no less time.
const SMALL_PART: usize = 256 << 20;

extern "C" fn begin() {
    // SAFETY: these may be called at any time, and at the process's start nothing else runs. A refusal (a limit on the
    // address space) changes nothing.
    unsafe {
        // One arena for all threads: of the others `malloc_trim` does not give the upper end back, which is as large as the
        // largest blocks were. Only large blocks come from there, so threads hardly ever meet at its lock.
        #[cfg(target_env = "gnu")]
        libc::mallopt(libc::M_ARENA_MAX, 1);
        libmimalloc_sys::mi_process_init();
        libmimalloc_sys::mi_reserve_os_memory_ex(SMALL_PART, true, false, false, std::ptr::null_mut());
        reserve::hold();
    }
}

/// `mi_option_purge_delay` of the C header; below zero: nothing is given back. It stays at mimalloc's second: at 50
/// milliseconds, programs that make and drop large things take a tenth less memory and a tenth more time.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

/// To be called when the process is about to end, which gives all memory back anyway: mimalloc would do that piece by piece.
pub fn leave() {
    // SAFETY: options may be set at any time.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, -1) }
}

/// Gives what is free back to the system, all three allocators.
pub(crate) fn trim() {
    pages::trim();
    // SAFETY: both may be called at any time.
    unsafe {
        libmimalloc_sys::mi_collect(true);
        #[cfg(target_env = "gnu")]
        libc::malloc_trim(0);
    }
}

// The loader calls what lies in this section before `main`; the runtime allocates before `main`, too.
#[used]
#[unsafe(link_section = ".init_array")]
static BEGIN: extern "C" fn() = begin;

/// What is below the threads' lists: pages of our own for small blocks, mimalloc.
pub struct Blocks;

impl crate::large::Inner for Blocks {
    const HERE: Blocks = Blocks;

    fn owns(at: *mut u8) -> bool {
        // SAFETY: may be called with any address.
        unsafe { libmimalloc_sys::mi_is_in_heap_region(at.cast()) }
    }
}

// SAFETY: pages and mimalloc give disjoint blocks, aligned to 16 and as asked for, and the layout says which one it was.
unsafe impl GlobalAlloc for Blocks {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_small(&layout) {
            return pages::take_some(layout.size().next_multiple_of(16), 1).0;
        }
        // SAFETY: the contract of this function.
        unsafe { MiMalloc.alloc(layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the contract of this function; a small block has that size.
        unsafe {
            if !is_small(&layout) {
                return MiMalloc.alloc_zeroed(layout);
            }
            let at = self.alloc(layout);
            if !at.is_null() {
                at.write_bytes(0, layout.size());
            }
            at
        }
    }

    #[inline]
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the contract of this function: the layout says where it came from.
        unsafe { if is_small(&layout) { pages::give_one(at) } else { MiMalloc.dealloc(at, layout) } }
    }

    #[inline]
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the contract of this function; what is small on one side is copied as far as both reach.
        unsafe {
            let new = Layout::from_size_align_unchecked(size, layout.align());
            if !is_small(&layout) && !is_small(&new) {
                return MiMalloc.realloc(at, layout, size);
            }
            let place = self.alloc(new);
            if !place.is_null() {
                std::ptr::copy_nonoverlapping(at, place, layout.size().min(size));
                self.dealloc(at, layout);
            }
            place
        }
    }
}

/// Where the lists' blocks and all others come from.
pub(crate) mod below {
    use super::{Blocks, GlobalAlloc, LargeFromSystem, Layout};

    static BELOW: LargeFromSystem<Blocks> = LargeFromSystem(Blocks);

    /// # Safety
    /// As for [`GlobalAlloc::alloc`].
    #[inline]
    pub unsafe fn alloc(layout: Layout) -> *mut u8 {
        // SAFETY: the caller's contract.
        unsafe { BELOW.alloc(layout) }
    }

    /// # Safety
    /// As for [`GlobalAlloc::alloc_zeroed`].
    #[inline]
    pub unsafe fn alloc_zeroed(layout: Layout) -> *mut u8 {
        // SAFETY: the caller's contract.
        unsafe { BELOW.alloc_zeroed(layout) }
    }

    /// # Safety
    /// As for [`GlobalAlloc::dealloc`].
    #[inline]
    pub unsafe fn dealloc(at: *mut u8, layout: Layout) {
        // SAFETY: the caller's contract.
        unsafe { BELOW.dealloc(at, layout) }
    }

    /// # Safety
    /// As for [`GlobalAlloc::realloc`].
    #[inline]
    pub unsafe fn realloc(at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's contract.
        unsafe { BELOW.realloc(at, layout, size) }
    }
}

/// The process's allocator.
pub struct Allocator;

/// Whether the process has this allocator, which is for the program to choose.
pub(crate) fn is_in_use() -> bool {
    static IN_USE: OnceLock<bool> = OnceLock::new();
    *IN_USE.get_or_init(|| {
        const LAYOUT: Layout = Layout::new::<[u128; 4]>();
        let freed = take_small(LAYOUT.size());
        if freed.is_null() {
            return false;
        }
        // SAFETY: the block was taken for that size; the layout is not empty, and what it gave goes back with it.
        unsafe {
            give_small(freed, LAYOUT.size());
            // What was freed last is handed out first.
            let next = std::hint::black_box(std::alloc::alloc(LAYOUT));
            if !next.is_null() {
                std::alloc::dealloc(next, LAYOUT);
            }
            next == freed
        }
    })
}

/// Asks again for a block that there was no memory for, which may be wanted by native code that takes no refusal.
#[cold]
#[inline(never)]
fn ask_again(size: usize, ask: impl Fn() -> *mut u8) -> *mut u8 {
    if size <= reserve::SMALL && reserve::give_up() { ask() } else { std::ptr::null_mut() }
}

// SAFETY: a block goes back to where it came from, as its layout says.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_small(&layout) {
            return take_small(layout.size());
        }
        // SAFETY: the contract of this function.
        unsafe {
            let at = below::alloc(layout);
            if at.is_null() { ask_again(layout.size(), || below::alloc(layout)) } else { at }
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if is_small(&layout) {
            let at = take_small(layout.size());
            if !at.is_null() {
                // SAFETY: the block has that size.
                unsafe { at.write_bytes(0, layout.size()) }
            }
            return at;
        }
        // SAFETY: the contract of this function.
        unsafe {
            let at = below::alloc_zeroed(layout);
            if at.is_null() { ask_again(layout.size(), || below::alloc_zeroed(layout)) } else { at }
        }
    }

    #[inline]
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the contract of this function: it was allocated with this layout.
        unsafe { if is_small(&layout) { give_small(at, layout.size()) } else { below::dealloc(at, layout) } }
    }

    #[inline]
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the contract of this function; a block that changes sides is copied as far as both reach.
        unsafe {
            let new = Layout::from_size_align_unchecked(size, layout.align());
            let (from, to) = (is_small(&layout), is_small(&new));
            if !from && !to {
                let place = below::realloc(at, layout, size);
                return if place.is_null() { ask_again(size, || below::realloc(at, layout, size)) } else { place };
            }
            if from && to && layout.size().div_ceil(16) == size.div_ceil(16) {
                return at;
            }
            let place = self.alloc(new);
            if !place.is_null() {
                std::ptr::copy_nonoverlapping(at, place, layout.size().min(size));
                self.dealloc(at, layout);
            }
            place
        }
    }
}
