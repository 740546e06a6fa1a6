//! `NoneType`, `NotImplementedType`, `ellipsis`.

use crate::native::Args;
use crate::slots::{self, CompareOp};
use crate::{Ref, Result, Type, Value, Vm, name};
use taipan_macros::class;
use taipan_object::statics::{ELLIPSIS, ELLIPSIS_TYPE, NONE_TYPE, NOT_IMPLEMENTED_TYPE, OBJECT};

fn no_arguments(vm: &mut Vm, class: &str, args: Args<'_>) -> Result<()> {
    if args.all().is_empty() {
        return Ok(());
    }
    Err(vm.raise_type_error(&format!("{class} takes no arguments")))
}

/// Methods of `NoneType`.
pub struct NoneClass;

/// The type of the None singleton.
#[class(cell = NONE_TYPE, base = OBJECT, signature = "()")]
impl NoneClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        no_arguments(vm, &class.name(), args).map(|()| Value::none())
    }

    #[slot]
    fn repr(_vm: &mut Vm, _this: &Value) -> Result {
        Ok(name!("None").to_value())
    }

    #[slot]
    fn bool(_vm: &mut Vm, _this: &Value) -> Result<bool> {
        Ok(false)
    }

    #[slot]
    fn hash(_vm: &mut Vm, _this: &Value) -> Result<i64> {
        Ok(0xfca8_6420)
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        match slots::of(OBJECT.as_type()).compare {
            Some(f) => f(vm, a, b, op),
            None => Ok(Value::not_implemented()),
        }
    }
}

/// Methods of `NotImplementedType`.
pub struct NotImplementedClass;

/// The type of the NotImplemented singleton.
#[class(cell = NOT_IMPLEMENTED_TYPE, base = OBJECT, signature = "()")]
impl NotImplementedClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        no_arguments(vm, &class.name(), args).map(|()| Value::not_implemented())
    }

    #[slot]
    fn repr(_vm: &mut Vm, _this: &Value) -> Result {
        Ok(name!("NotImplemented").to_value())
    }

    #[slot]
    fn bool(vm: &mut Vm, _this: &Value) -> Result<bool> {
        Err(vm.raise_type_error("NotImplemented should not be used in a boolean context"))
    }

    #[method("($self, /)")]
    fn __reduce__(_vm: &mut Vm, _this: &Value) -> Result<&'static str> {
        Ok("NotImplemented")
    }
}

/// Methods of `ellipsis`.
pub struct EllipsisClass;

/// The type of the Ellipsis singleton.
#[class(cell = ELLIPSIS_TYPE, base = OBJECT, signature = "()")]
impl EllipsisClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        no_arguments(vm, "EllipsisType", args).map(|()| ELLIPSIS.value())
    }

    #[slot]
    fn repr(_vm: &mut Vm, _this: &Value) -> Result {
        Ok(name!("Ellipsis").to_value())
    }

    #[method("($self, /)")]
    fn __reduce__(_vm: &mut Vm, _this: &Value) -> Result<&'static str> {
        Ok("Ellipsis")
    }
}
