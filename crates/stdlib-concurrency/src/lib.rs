//! Threads, queues, contexts, asyncio, signals of threads.
#![forbid(unsafe_code)]

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![]
}
