//! The allocator below the objects in the `taipan` executable: mimalloc.
//!
//! mimalloc asks the kernel for huge pages. A short program would pay for zeroing and keeping several of them and hardly
//! touch one, so the heap's first part is reserved before anything is allocated, and asked for in small pages. What a
//! bigger program takes after it comes in huge pages.

use libmimalloc_sys::{mi_free, mi_malloc, mi_malloc_aligned, mi_realloc, mi_realloc_aligned, mi_zalloc, mi_zalloc_aligned};
use std::alloc::{GlobalAlloc, Layout};

/// mimalloc as the process's allocator.
///
/// Asked for an alignment, mimalloc takes a block that is larger by it unless the size is a power of two. But every block
/// of 16 bytes and more is aligned to 16, and smaller ones to their size: asked for nothing, it does as well, with a
/// quarter less memory for blocks of 48 bytes.
pub struct MiMalloc;

impl crate::large::Inner for MiMalloc {
    const HERE: MiMalloc = MiMalloc;
}

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

/// Bytes of the part in small pages: the least that mimalloc manages.
const SMALL_PART: usize = 32 << 20;

extern "C" fn begin() {
    // SAFETY: these may be called at any time, and at the process's start nothing else runs. A refusal (a limit on the
    // address space) changes nothing.
    unsafe {
        libmimalloc_sys::mi_process_init();
        libmimalloc_sys::mi_reserve_os_memory_ex(SMALL_PART, true, false, false, std::ptr::null_mut());
    }
}

/// `mi_option_purge_delay` of the C header; below zero: nothing is given back.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

/// To be called when the process is about to end, which gives all memory back anyway: mimalloc would do that piece by piece.
pub fn leave() {
    // SAFETY: options may be set at any time.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, -1) }
}

// The loader calls what lies in this section before `main`; the runtime allocates before `main`, too.
#[used]
#[unsafe(link_section = ".init_array")]
static BEGIN: extern "C" fn() = begin;
