//! Threads, queues, contexts, asyncio, signals of threads.
#![forbid(unsafe_code)]
// Methods keep Python's names: `__class__`.
#![allow(non_snake_case)]

mod contextvars;
mod queue;
mod thread;

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![
        ("_contextvars", contextvars::ContextvarsModule::module_def),
        ("_queue", queue::QueueModule::module_def),
        ("_thread", thread::ThreadModule::module_def),
    ]
}
