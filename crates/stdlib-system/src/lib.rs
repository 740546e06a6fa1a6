//! The operating system, as `posix` and its relatives show it.
#![forbid(unsafe_code)]

mod errno;

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![("errno", errno::ErrnoModule::module_def)]
}
