//! Threads, queues, contexts, asyncio, signals of threads.
#![forbid(unsafe_code)]
// Methods keep Python's names: `__class__`.
#![allow(non_snake_case)]

<<<<<<< HEAD
mod contextvars;
=======
mod queue;
>>>>>>> iter
mod thread;

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
<<<<<<< HEAD
    vec![("_contextvars", contextvars::ContextvarsModule::module_def), ("_thread", thread::ThreadModule::module_def)]
=======
    vec![("_queue", queue::QueueModule::module_def), ("_thread", thread::ThreadModule::module_def)]
>>>>>>> iter
}
