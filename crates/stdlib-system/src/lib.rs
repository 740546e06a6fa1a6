//! The operating system, as `posix` and its relatives show it.
#![forbid(unsafe_code)]
// Functions keep Python's names: `S_ISDIR`, `WIFEXITED`.
#![allow(non_snake_case)]

#[macro_use(format)]
extern crate taipan_vm;

pub mod common;
mod constants;
mod databases;
mod errno;
mod faulthandler;
mod fcntl;
mod locale;
mod mmap;
mod multiprocessing;
mod posix;
mod remote_debugging;
mod resource;
mod select;
mod shm;
pub mod signal;
mod stat;
mod subprocess;
mod sysconfig;
mod syslog;
mod termios;
mod time;
mod uuid;

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![
        ("errno", errno::ErrnoModule::module_def),
        ("posix", posix::Posix::module_def),
        ("_stat", stat::StatModule::module_def),
        ("time", time::TimeModule::module_def),
        ("pwd", databases::Pwd::module_def),
        ("grp", databases::Grp::module_def),
        ("fcntl", fcntl::Fcntl::module_def),
        ("resource", resource::Resource::module_def),
        ("termios", termios::Termios::module_def),
        ("select", select::Select::module_def),
        ("faulthandler", faulthandler::Faults::module_def),
        ("mmap", mmap::MmapModule::module_def),
        ("syslog", syslog::Syslog::module_def),
        ("_locale", locale::LocaleModule::module_def),
        ("_multiprocessing", multiprocessing::Multiprocessing::module_def),
        ("_posixshmem", shm::SharedMemory::module_def),
        ("_remote_debugging", remote_debugging::RemoteDebugging::module_def),
        ("_sysconfig", sysconfig::SysConfigModule::module_def),
        ("_uuid", uuid::UuidModule::module_def),
        ("_posixsubprocess", subprocess::PosixSubprocess::module_def),
        ("_signal", signal::SignalModule::module_def),
    ]
}
