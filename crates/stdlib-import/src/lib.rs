//! The native half of import: `marshal`, `_imp`, the frozen modules and the library in the executable.
//!
//! `importlib` itself is the library's own, run from embedded code as CPython runs its frozen copy. [`start`] sets it up.
//! Modules that CPython freezes come through `FrozenImporter`; the others lie in a folder of `sys.path` that exists only
//! as a name, which [`library`] serves without parsing or touching a file.
#![forbid(unsafe_code)]
// Methods keep Python's names.
#![allow(non_snake_case)]

#[macro_use(format)]
extern crate taipan_vm;

mod files;
mod frozen;
mod imp;
mod library;
mod marshal;
mod start;

pub use start::{library_source, start};

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![("_imp", imp::Imp::module_def), ("marshal", marshal::Marshal::module_def)]
}
