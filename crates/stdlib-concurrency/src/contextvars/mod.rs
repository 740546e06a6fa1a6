//! `_contextvars`: variables whose values depend on the context, and contexts.

mod context;
mod map;
mod var;

pub use context::{copy_current, enter_context, leave_context};

use taipan_macros::module;
use taipan_vm::types::module::Module;
use taipan_vm::{Ref, Result, Value, Vm};

/// `_contextvars`.
pub struct ContextvarsModule;

/// Context Variables
#[module(name = "_contextvars")]
impl ContextvarsModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.set_up_class(&map::NodeClass::class_def())?;
        vm.set_up_class(&var::MissingClass::class_def())?;
        vm.add_class(module, &context::ContextClass::class_def())?;
        vm.add_class(module, &var::ContextVarClass::class_def())?;
        vm.add_class(module, &var::TokenClass::class_def())?;
        vm.set_class_constant(var::TOKEN.as_type(), "__hash__", Value::none())?;
        var::missing(vm).map(drop)
    }

    #[function("($module, /)")]
    fn copy_context(vm: &mut Vm) -> Result {
        context::copy_current(vm)
    }
}
