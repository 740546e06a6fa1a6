//! The operating system, as `posix` and its relatives show it.
#![forbid(unsafe_code)]
// Functions keep Python's names: `S_ISDIR`, `WIFEXITED`.
#![allow(non_snake_case)]

mod common;
mod constants;
mod errno;
mod posix;
pub mod signal;
mod stat;
mod time;

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![
        ("errno", errno::ErrnoModule::module_def),
        ("posix", posix::Posix::module_def),
        ("_stat", stat::StatModule::module_def),
        ("time", time::TimeModule::module_def),
        ("_signal", signal::SignalModule::module_def),
    ]
}
