//! Native modules that belong to the interpreter itself.

pub mod build_class;
pub mod builtins;
pub mod codec_errors;
pub mod codecs;
pub mod compile;
pub mod import;
pub mod monitoring;
pub mod print;
mod remote;
pub mod stdlib_names;
pub mod sum;
pub mod sys;
mod sys_info;
pub mod warnings;

pub use sys_info::{VERSION_TEXT as VERSION, full_version};

use crate::native::ModuleDef;

/// The native modules of the interpreter itself, by name.
pub fn table() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![
        ("sys", sys::Sys::module_def),
        ("builtins", builtins::Builtins::module_def),
        ("_warnings", warnings::Warnings::module_def),
    ]
}
