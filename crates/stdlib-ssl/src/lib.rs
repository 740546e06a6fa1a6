//! `_ssl`: TLS 1.2 and 1.3 over `rustls`.
#![forbid(unsafe_code)]
// Functions keep Python's names: `RAND_bytes`, `_wrap_socket`.
#![allow(non_snake_case)]

#[macro_use(format)]
extern crate taipan_vm;

mod bio;
mod certificate;
mod ciphers;
mod config;
mod constants;
mod context;
mod der;
mod errors;
mod keylog;
mod keys;
mod module;
mod objects;
mod session;
mod socket;
mod store;
mod tls;
mod verify;
mod watch;
mod x509;

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![("_ssl", module::SslModule::module_def)]
}

/// The type of an argument, for messages.
fn shown_type(v: &taipan_vm::Value) -> String {
    if v.is_none() { "None".to_owned() } else { v.ty().name() }
}
