//! `_sqlite3`: databases in a file or in memory, by SQLite itself.
#![forbid(unsafe_code)]
// Functions keep Python's names: `__enter__`, `fetchone`.
#![allow(non_snake_case)]

#[macro_use(format)]
extern crate taipan_vm;

mod adapt;
mod backup;
mod blob;
mod cache;
mod callbacks;
mod complete;
mod connection;
mod constants;
mod convert;
mod cursor;
mod engine;
mod errors;
mod functions;
mod hooks;
mod module;
mod parameters;
mod row;
mod settings;
mod transaction;

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![("_sqlite3", module::SqliteModule::module_def)]
}

/// The type of an argument, for messages.
fn shown_type(v: &taipan_vm::Value) -> String {
    if v.is_none() { "None".to_owned() } else { v.ty().name() }
}
