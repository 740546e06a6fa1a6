//! Regular expressions, codecs, JSON, struct, Unicode data.
#![forbid(unsafe_code)]
// Functions keep Python's names: `_unregister_error`, `__class_getitem__`.
#![allow(non_snake_case)]

#[macro_use(format)]
extern crate taipan_vm;

mod binascii;
mod codecs;
mod common;
mod csv;
pub mod expat;
mod json;
mod multibyte;
mod pickle;
mod sre;
mod string;
mod structs;
mod unicodedata;

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![
        ("_codecs", codecs::CodecsModule::module_def),
        ("_csv", csv::CsvModule::module_def),
        ("_json", json::JsonModule::module_def),
        ("_codecs_cn", multibyte::CodecsCn::module_def),
        ("_codecs_hk", multibyte::CodecsHk::module_def),
        ("_codecs_iso2022", multibyte::CodecsIso2022::module_def),
        ("_codecs_jp", multibyte::CodecsJp::module_def),
        ("_codecs_kr", multibyte::CodecsKr::module_def),
        ("_codecs_tw", multibyte::CodecsTw::module_def),
        ("_multibytecodec", multibyte::MultibyteModule::module_def),
        ("_pickle", pickle::PickleModule::module_def),
        ("_sre", sre::SreModule::module_def),
        ("_string", string::StringModule::module_def),
        ("_struct", structs::StructModule::module_def),
        ("pyexpat", expat::PyexpatModule::module_def),
        ("binascii", binascii::BinasciiModule::module_def),
        ("unicodedata", unicodedata::UnicodedataModule::module_def),
    ]
}
