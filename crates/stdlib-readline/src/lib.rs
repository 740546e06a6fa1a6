//! `readline`: lines of the terminal with editing, history and completion, by the crate `rustyline`.
//!
//! Importing the module makes `input` and the interactive prompt read through [`session`]. The editor runs on a thread of
//! its own, so that the thread that asked for the line can run Python code meanwhile: completers and handlers of signals.
//! Rejected: the editor on that thread itself, which would have to get at the interpreter from inside of a call that has
//! let go of its lock; GNU readline, which is under the GPL.
//!
//! What GNU readline keeps once for a process ([`shared`]) is kept so here; hooks and completers belong to an interpreter.
#![forbid(unsafe_code)]

mod complete;
mod editor;
mod history;
mod inputrc;
mod keys;
mod module;
mod session;
mod shared;

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![("readline", module::Readline::module_def)]
}
