//! Regular expressions, codecs, JSON, struct, Unicode data.
#![forbid(unsafe_code)]
// Functions keep Python's names: `_unregister_error`, `__class_getitem__`.
#![allow(non_snake_case)]

mod binascii;
mod codecs;
mod common;
mod csv;
mod json;
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
        ("_pickle", pickle::PickleModule::module_def),
        ("_sre", sre::SreModule::module_def),
        ("_string", string::StringModule::module_def),
        ("_struct", structs::StructModule::module_def),
        ("binascii", binascii::BinasciiModule::module_def),
        ("unicodedata", unicodedata::UnicodedataModule::module_def),
    ]
}
