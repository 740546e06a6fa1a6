//! Hashes and message authentication.
#![forbid(unsafe_code)]
// Methods and classes keep Python's names.
#![allow(non_snake_case, non_camel_case_types)]

#[macro_use(format)]
extern crate taipan_vm;

pub mod blake2;
pub mod builtin;
mod common;
mod engine;
pub mod hmac;
pub mod openssl;

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![
        ("_md5", builtin::Md5Module::module_def),
        ("_sha1", builtin::Sha1Module::module_def),
        ("_sha2", builtin::Sha2Module::module_def),
        ("_sha3", builtin::Sha3Module::module_def),
        ("_blake2", blake2::Blake2Module::module_def),
        ("_hmac", hmac::HmacModule::module_def),
        ("_hashlib", openssl::HashlibModule::module_def),
    ]
}
