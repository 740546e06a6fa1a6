//! What the language itself stands on: import, marshal, syntax trees, weak references, abstract classes.
#![forbid(unsafe_code)]
// Methods keep Python's names: `__class__`.
#![allow(non_snake_case)]

mod weakref;

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![("_weakref", weakref::WeakrefModule::module_def)]
}
