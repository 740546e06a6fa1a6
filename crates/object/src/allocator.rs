//! The allocator below the objects in the `taipan` executable: mimalloc.
//!
//! mimalloc asks the kernel for huge pages. A short program would pay for zeroing and keeping several of them and hardly
//! touch one, so the heap's first part is reserved before anything is allocated, and asked for in small pages. What a
//! bigger program takes after it comes in huge pages.

pub use mimalloc::MiMalloc;

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
