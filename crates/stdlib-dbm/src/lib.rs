//! `_dbm`: databases of keys and values in files, with the interface of `ndbm`.
//!
//! The files are those of GNU dbm, as its own emulation of `ndbm` has them: `NAME.pag` holds the data, `NAME.dir` only
//! says so. Rejected: Berkeley DB's hash files, which CPython has on some systems and which no crate writes.
#![forbid(unsafe_code)]

#[macro_use(format)]
extern crate taipan_vm;

mod dbm;

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![("_dbm", dbm::DbmModule::module_def)]
}
