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
    {
        let (start, end) = (&raw const bounds::__executable_start, &raw const bounds::etext);
        let page = 4096;
        let length = (end.addr() & !(page - 1)).saturating_sub(start.addr());
        // SAFETY: these pages are the file's, and nobody writes to them: read again, they are the same. Where the system
        // refuses, they stay.
        unsafe { libc::madvise(start.cast_mut().cast(), length, libc::MADV_DONTNEED) };
    }
}
