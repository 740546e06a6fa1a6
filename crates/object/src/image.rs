//! The executable's own code and constants, as far as they are in memory.

#[cfg(all(target_os = "linux", not(debug_assertions)))]
mod bounds {
    // The linker's names for where the executable begins and where its code, which comes behind the constants, ends.
    unsafe extern "C" {
        pub static __executable_start: u8;
        pub static etext: u8;
    }
}

/// Takes the executable's code and constants out of the process's memory; what is used again comes back from the system's
/// cache of files, page by page. A start runs much code once and reads much of the library's, which a program would keep
/// to its end.
///
/// Unoptimised builds keep them: a debugger's breakpoints would be lost.
pub fn release_pages() {
    #[cfg(all(target_os = "linux", not(debug_assertions)))]
    release(&raw const bounds::__executable_start, usize::MAX);
}

/// The same for the constants in `part`.
pub fn release_constants(part: &'static [u8]) {
    #[cfg(all(target_os = "linux", not(debug_assertions)))]
    release(part.as_ptr(), part.len());
    #[cfg(not(all(target_os = "linux", not(debug_assertions))))]
    let _ = part;
}

/// The same for what lies between two addresses.
pub fn release_between(from: *const u8, to: *const u8) {
    #[cfg(all(target_os = "linux", not(debug_assertions)))]
    release(from, to.addr().saturating_sub(from.addr()));
    #[cfg(not(all(target_os = "linux", not(debug_assertions))))]
    let _ = (from, to);
}

/// Takes the whole pages of so many bytes out of memory, as far as they are the executable's code and constants.
#[cfg(all(target_os = "linux", not(debug_assertions)))]
fn release(from: *const u8, length: usize) {
    const PAGE: usize = 4096;
    let (first, end) = (&raw const bounds::__executable_start, &raw const bounds::etext);
    let start = from.addr().next_multiple_of(PAGE).max(first.addr());
    let end = from.addr().saturating_add(length).min(end.addr()) & !(PAGE - 1);
    if start < end {
        // SAFETY: these pages are the file's, and nobody writes to them: read again, they are the same. Where the system
        // refuses, they stay.
        unsafe { libc::madvise(first.with_addr(start).cast_mut().cast(), end - start, libc::MADV_DONTNEED) };
    }
}
