//! Code objects and names that are laid out when the program is built, as the virtual machine has them in memory.
//!
//! `crates/pylib/build/prebuilt.rs` writes them for the assembler; here they become part of the executable, whose data need
//! not be read, allocated or, since it is linked at a fixed address, relocated when it starts. Names serve all interpreters of a
//! process. Code objects specialise themselves, so they can serve one (and those beside it, which share its heap): the first
//! that begins. All others read the same code from the library's marshal data, as happens wherever an assembler for another
//! system would be needed.
//!
//! Rejected: Rust statics (a value word cannot hold an address in a constant, and compiling ten thousand of them takes
//! minutes), a blob with a table of relocations (which would touch all of its pages).
//!
//! The unsafe code relies on the layout that is written being that of the declarations: offsets are compared at compile
//! time, in `taipan-vm` and below.
#![deny(clippy::undocumented_unsafe_blocks)]

use taipan_vm::{Ref, Result, Str, Value, Vm};

/// Has interpreters that are yet to begin use the names that are laid out, and the first of them the rest.
pub fn begin() {
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    laid_out::begin()
}

/// The code object of a module of the library, with that `co_filename`; nothing if it is not laid out, or given away already.
pub fn code(vm: &mut Vm, module: &str, filename: &Ref<Str>) -> Result<Option<Value>> {
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    return laid_out::code(vm, module, filename);
    #[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
    {
        let _ = (vm, module, filename);
        Ok(None)
    }
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod laid_out {
    use std::cell::Cell;
    use std::ptr::NonNull;
    use std::sync::Once;
    use taipan_object::Header;
    use taipan_object::fixed::Run;
    use taipan_object::header::IMMORTAL;
    use taipan_object::names::Names;
    use taipan_object::statics::{BYTES, ELLIPSIS, FALSE, NONE, STR, TRUE, TUPLE};
    use taipan_object::str::{self, intern};
    use taipan_object::tuple::EMPTY;
    use taipan_object::value::{FLOAT_OFFSET, INT_TAG};
    use taipan_vm::eval::frame::HEADER_WORDS;
    use taipan_vm::eval::specialize::WARM_UP;
    use taipan_vm::stress::Specialize;
    use taipan_vm::types::code::{CODE, Code};
    use taipan_vm::{Ref, Result, Str, Value, Vm};

    std::arch::global_asm!(
        include_str!(env!("PREBUILT")),
        str = sym STR,
        bytes = sym BYTES,
        tuple = sym TUPLE,
        code = sym CODE,
        none = sym NONE,
        true = sym TRUE,
        false = sym FALSE,
        ellipsis = sym ELLIPSIS,
        empty = sym EMPTY,
        immortal = const IMMORTAL,
        warm_up = const WARM_UP,
        frame_words = const HEADER_WORDS,
        int_tag = const INT_TAG,
        float_offset = const FLOAT_OFFSET,
    );

    /// A constant that is made when its module is used, as marshal data.
    #[repr(C)]
    struct Late {
        place: *mut u64,
        data: Run<u8>,
    }

    #[repr(C)]
    struct Module {
        name: Run<u8>,
        code: NonNull<Header>,
        /// The `co_filename` of all its code objects, still empty, and how long it may become.
        file: NonNull<Header>,
        room: usize,
        late: *const Late,
        late_count: usize,
        /// 1 once it was given away.
        taken: Cell<usize>,
    }

    #[repr(C)]
    struct Laid {
        names: Names,
        modules: *const Module,
        count: usize,
        /// What a start writes to, and its length.
        used: *const u8,
        used_length: usize,
    }

    // SAFETY: the modules are used by the threads of one interpreter, under its lock.
    unsafe impl Sync for Laid {}

    // What is laid out here is no type of C.
    #[allow(improper_ctypes)]
    unsafe extern "C" {
        // SAFETY: defined above, and never written to.
        safe static taipan_prebuilt: Laid;
        // The linker's name for where data that is in the file ends.
        static edata: u8;
    }

    pub fn begin() {
        // Whoever comes at the same moment waits: an interpreter that began without these names would make some of them again.
        static BEGUN: Once = Once::new();
        BEGUN.call_once(|| {
            make_resident();
            // SAFETY: the strings are laid out so.
            unsafe { intern::begin_with(&taipan_prebuilt.names) };
        });
    }

    /// Has the system copy the pages that will be written to at once, which takes half as long as one by one: what a start
    /// uses of what is laid out here, and the classes of the virtual machine, which the linker puts between this and the end.
    fn make_resident() {
        populate(taipan_prebuilt.used, taipan_prebuilt.used_length);
        let (here, end) = ((&raw const taipan_prebuilt).cast::<u8>(), &raw const edata);
        populate(here, end.addr().saturating_sub(here.addr()));
    }

    fn populate(start: *const u8, length: usize) {
        const PAGE: usize = 4096;
        const MADV_POPULATE_WRITE: i32 = 23;
        let before = start.addr() % PAGE;
        // SAFETY: these pages are the program's data, whose contents stay. Where the system refuses, they are copied when they
        // are written to.
        unsafe { libc::madvise(start.byte_sub(before).cast_mut().cast(), before + length, MADV_POPULATE_WRITE) };
    }

    pub fn code(vm: &mut Vm, module: &str, filename: &Ref<Str>) -> Result<Option<Value>> {
        // Instructions and tables are laid out for ordinary runs.
        let ordinary = vm.state().stress.specialize != Specialize::Eager && !vm.state().config.no_debug_ranges;
        if !ordinary || !intern::owns_laid_out() {
            return Ok(None);
        }
        // SAFETY: so many modules are laid out there.
        let modules = unsafe { std::slice::from_raw_parts(taipan_prebuilt.modules, taipan_prebuilt.count) };
        let Some(found) = modules.iter().find(|m| *m.name == *module.as_bytes() && m.taken.get() == 0) else {
            return Ok(None);
        };
        found.taken.set(1);
        // SAFETY: so many are laid out there.
        let late = unsafe { std::slice::from_raw_parts(found.late, found.late_count) };
        for Late { place, data } in late {
            let Some(read) = vm.state().read_code else { return Ok(None) };
            // SAFETY: the data are of the program.
            let data = unsafe { std::slice::from_raw_parts(data.as_ptr(), data.len()) };
            let value = read(vm, data, filename.clone())?;
            // SAFETY: the place is an item of a tuple that nobody has seen yet; what was there is immortal.
            unsafe { place.write(value.into_bits()) };
        }
        // SAFETY: both are immortal objects of those types.
        let (code, file) = unsafe {
            let code: Ref<Code> = Ref::from_value_unchecked(Value::from_header(found.code));
            let file: Ref<Str> = Ref::from_value_unchecked(Value::from_header(found.file));
            (code, file)
        };
        match filename.as_ascii() {
            // SAFETY: nobody has seen the string, and there is room.
            Some(text) if text.len() <= found.room => unsafe { str::fill_laid_out(&file, text) },
            _ => code.rename_file(filename),
        }
        Ok(Some(code.into_value()))
    }

    const _: () = assert!(size_of::<Late>() == 32 && size_of::<Module>() == 72 && size_of::<Laid>() == 80);
}

#[cfg(test)]
mod tests {
    use taipan_object::str::intern;

    #[test]
    fn names_are_found() {
        super::begin();
        if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            assert!(intern::owns_laid_out());
        }
    }
}
