//! The numbers that the modules show, by name. A name that the C interface has for every processor is taken from it;
//! numbers that stand as they are are the kernel's on all of them.

pub mod fcntl;
pub mod locale;
pub mod mmap;
pub mod posix;
pub mod resource;
pub mod select;
pub mod signal;
pub mod stat;
pub mod syslog;
pub mod termios;
pub mod time;

use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Vm};

/// Sets all of a table in a module.
pub fn set_all(vm: &mut Vm, module: &Ref<Module>, table: &[(&str, i64)]) -> Result<()> {
    for (name, number) in table {
        let number = vm.new_int(*number)?;
        module.set(vm, name, number)?;
    }
    Ok(())
}
