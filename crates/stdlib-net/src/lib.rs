//! Sockets, as `_socket` shows them.
#![forbid(unsafe_code)]
// Functions keep Python's names: `CMSG_LEN`.
#![allow(non_snake_case)]

#[macro_use(format)]
extern crate taipan_vm;

mod address;
pub mod calls;
mod constants;
mod message;
mod module;
mod resolve;
mod socket;

pub use socket::{SOCKET, Socket};

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![("_socket", module::SocketModule::module_def)]
}
