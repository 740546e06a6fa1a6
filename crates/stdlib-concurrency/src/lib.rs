//! Threads, queues, contexts, asyncio, signals of threads.
#![forbid(unsafe_code)]
// Methods keep Python's names: `__class__`.
#![allow(non_snake_case)]

#[macro_use(format)]
extern crate taipan_vm;

mod asyncio;
mod contextvars;
mod interpchannels;
mod interpqueues;
mod interpreters;
mod queue;
mod thread;

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![
        ("_asyncio", asyncio::AsyncioModule::module_def),
        ("_contextvars", contextvars::ContextvarsModule::module_def),
        ("_interpchannels", interpchannels::InterpchannelsModule::module_def),
        ("_interpqueues", interpqueues::InterpqueuesModule::module_def),
        ("_interpreters", interpreters::InterpretersModule::module_def),
        ("_queue", queue::QueueModule::module_def),
        ("_thread", thread::ThreadModule::module_def),
    ]
}
