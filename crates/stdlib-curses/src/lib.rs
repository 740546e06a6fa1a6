//! `_curses` and `_curses_panel`: windows on the terminal.
//!
//! Everything is here: descriptions of terminals ([`terminfo`], [`tparm`]), windows ([`window`]), the screen ([`screen`]),
//! keys ([`input`]). Rejected: binding to the system's `ncurses`, since Taipan is one self-contained program. Left out of
//! what that does: looking for input while output is written (`typeahead` is accepted and has no effect), having the
//! terminal insert and delete single characters. Text on the terminal is UTF-8.
#![forbid(unsafe_code)]

#[macro_use(format)]
extern crate taipan_vm;

mod cell;
mod constants;
mod dump;
mod input;
mod module;
mod panel;
mod screen;
mod terminfo;
mod tparm;
mod window;
mod window_class;

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![("_curses", module::Curses::module_def), ("_curses_panel", panel::Panels::module_def)]
}
