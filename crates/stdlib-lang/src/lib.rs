//! What the language itself stands on: import, marshal, syntax trees, weak references, abstract classes.
#![forbid(unsafe_code)]
// Methods keep Python's names: `__class__`.
#![allow(non_snake_case)]

#[macro_use(format)]
extern crate taipan_vm;

mod abc;
mod ast;
pub mod atexit;
mod functools;
mod gc;
mod lsprof;
mod opcode;
mod stages;
mod suggestions;
mod symtable;
mod tokenize;
mod tracemalloc;
mod types;
mod typing;
mod weakref;

pub use ast::HOOKS as AST_HOOKS;

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![
        ("_ast", ast::AstModule::module_def),
        ("_lsprof", lsprof::LsprofModule::module_def),
        ("_compiler", stages::StagesModule::module_def),
        ("_opcode", opcode::OpcodeModule::module_def),
        ("_suggestions", suggestions::SuggestionsModule::module_def),
        ("_symtable", symtable::SymtableModule::module_def),
        ("_tokenize", tokenize::TokenizeModule::module_def),
        ("_abc", abc::AbcModule::module_def),
        ("_functools", functools::FunctoolsModule::module_def),
        ("_typing", typing::TypingModule::module_def),
        ("_types", types::TypesModule::module_def),
        ("_weakref", weakref::WeakrefModule::module_def),
        ("atexit", atexit::AtexitModule::module_def),
        ("gc", gc::GcModule::module_def),
        ("_tracemalloc", tracemalloc::TracemallocModule::module_def),
    ]
}
