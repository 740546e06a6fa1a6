//! Containers, iterators and functions on them.
#![forbid(unsafe_code)]
// Methods keep Python's names: `__class_getitem__`.
#![allow(non_snake_case)]

#[macro_use(format)]
extern crate taipan_vm;

mod array;
mod bisect;
mod collections;
mod heapq;
mod itertools;
mod operator;

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![
        ("_bisect", bisect::BisectModule::module_def),
        ("_collections", collections::CollectionsModule::module_def),
        ("_heapq", heapq::HeapqModule::module_def),
        ("_operator", operator::OperatorModule::module_def),
        ("array", array::ArrayModule::module_def),
        ("itertools", itertools::ItertoolsModule::module_def),
    ]
}
