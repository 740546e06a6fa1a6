//! `_ast`: the classes of syntax trees, and conversion between Python's trees and the compiler's, both ways.
//!
//! Classes, fields and their types follow from the compiler's one table of nodes.

mod classes;
mod from_python;
mod node;
mod to_python;

use node::AstClass;
use taipan_compiler::ast::{FAMILIES, Mod};
use taipan_compiler::parser::Mode;
use taipan_macros::module;
use taipan_vm::modules::compile::{AstHooks, flags};
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm};

/// `_ast`.
pub struct AstModule;

/// How `compile` gets at trees of Python objects.
pub const HOOKS: AstHooks = AstHooks { is_node, export, import };

/// The tree that the objects describe.
pub fn tree_of(vm: &mut Vm, tree: &Value, mode: Mode) -> Result<Mod> {
    from_python::convert(vm, tree, mode)
}

pub use from_python::const_of;

fn is_node(value: &Value) -> bool {
    value.ty().is_subtype(node::AST.as_type())
}

fn export(vm: &mut Vm, tree: &Mod) -> Result {
    to_python::convert(vm, tree)
}

fn import(vm: &mut Vm, tree: &Value, mode: Mode) -> Result<Mod> {
    from_python::convert(vm, tree, mode)
}

#[module(name = "_ast")]
impl AstModule {
    #[exec]
    fn exec_module(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &AstClass::class_def())?;
        let classes = classes::all(vm)?;
        for (family, classes) in FAMILIES.iter().zip(&classes.families) {
            if let Some(base) = &classes.base {
                module.set(vm, family.name, base.to_value())?;
            }
            for (class, made) in family.classes.iter().zip(&classes.classes) {
                module.set(vm, class.name, made.to_value())?;
            }
        }
        let constants = [
            ("PyCF_ONLY_AST", flags::ONLY_AST),
            ("PyCF_TYPE_COMMENTS", flags::TYPE_COMMENTS),
            ("PyCF_ALLOW_TOP_LEVEL_AWAIT", flags::ALLOW_TOP_LEVEL_AWAIT),
            ("PyCF_OPTIMIZED_AST", flags::OPTIMIZED_AST),
        ];
        for (name, value) in constants {
            let value = vm.new_int(i64::from(value))?;
            module.set(vm, name, value)?;
        }
        Ok(())
    }
}
