//! Compression.
#![forbid(unsafe_code)]
// Methods keep Python's names.
#![allow(non_snake_case)]

#[macro_use(format)]
extern crate taipan_vm;

pub mod bz2;
mod common;
pub mod lzma;
pub mod zlib;
pub mod zstd;

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![
        ("zlib", zlib::ZlibModule::module_def),
        ("_bz2", bz2::Bz2Module::module_def),
        ("_lzma", lzma::LzmaModule::module_def),
        ("_zstd", zstd::ZstdModule::module_def),
    ]
}
