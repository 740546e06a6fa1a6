//! `_io`: raw files, buffers, text layers.
//!
//! Each class has a file or a folder of its own. The layers call each other by methods, so that any of them can be
//! written in Python; where the layer below is exactly a native class, they call its functions.
#![forbid(unsafe_code)]
// Methods keep Python's names.
#![allow(non_snake_case)]

#[macro_use(format)]
extern crate taipan_vm;

mod buffered;
mod bytesio;
mod common;
mod fileio;
mod iobase;
mod module;
mod newline;
mod printer;
mod stringio;
mod text;

pub use printer::early_stderr;
use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![("_io", module::IoModule::module_def)]
}
