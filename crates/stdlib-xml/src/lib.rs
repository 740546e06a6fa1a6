//! `_elementtree`: elements that hold their parts natively, what builds trees of them, and a parser that feeds it.
#![forbid(unsafe_code)]
// Functions keep Python's names: `_setevents`, `__deepcopy__`.
#![allow(non_snake_case)]

#[macro_use(format)]
extern crate taipan_vm;

mod builder;
mod class;
mod element;
mod iter;
mod module;
mod parser;
mod path;

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![("_elementtree", module::ElementTreeModule::module_def)]
}

/// The type of an argument, for messages.
fn shown_type(v: &taipan_vm::Value) -> String {
    if v.is_none() { "None".to_owned() } else { v.ty().name() }
}
