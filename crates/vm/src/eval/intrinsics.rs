//! `CALL_INTRINSIC_1`, `CALL_INTRINSIC_2`, and template strings.

use super::dispatch::Fp;
use super::{groups, import, word};
use crate::types::function::Function;
use crate::{List, Ref, Result, Tuple, Value, Vm, errors, name};
use taipan_bytecode::CodeFlags;

/// Where the module of type parameters leaves the function that makes them: it is called with the intrinsic's number
/// and operands.
pub const TYPE_PARAMETERS: &str = "type parameters";

/// An intrinsic with one operand.
///
/// # Safety
/// `frame` is the current frame.
pub unsafe fn unary(vm: &mut Vm, frame: Fp, number: usize, v: &Value) -> Result {
    match number {
        1 => print(vm, v),
        2 => {
            // SAFETY: the caller's contract.
            let namespace = unsafe { (*frame).locals };
            if namespace == 0 {
                return Err(vm.raise_system_error("no locals found during 'import *'"));
            }
            // SAFETY: the frame owns its namespace.
            let namespace = unsafe { word::cloned(namespace) };
            import::import_star(vm, v, &namespace)?;
            Ok(Value::none())
        }
        // SAFETY: the caller's contract.
        3 => unsafe { stop_iteration_error(vm, frame, v) },
        4 => crate::types::generator::wrap_async_value(vm, v),
        5 => vm.pos(v),
        6 => match v.downcast::<List>() {
            Some(l) => vm.new_tuple_from(l.items(vm)).map(Ref::into_value),
            None => {
                let items = vm.collect(v)?;
                vm.new_tuple(items).map(Ref::into_value)
            }
        },
        _ => type_parameter(vm, number, std::slice::from_ref(v)),
    }
}

/// An intrinsic with two operands.
pub fn binary(vm: &mut Vm, number: usize, a: &Value, b: &Value) -> Result {
    match number {
        1 => groups::prepare_reraise(vm, a, b),
        4 => {
            let Some(f) = a.downcast::<Function>() else {
                return Err(vm.raise_system_error("type parameters of something that is no function"));
            };
            let old = std::mem::replace(&mut f.get_mut(vm).type_params, b.downcast::<Tuple>().cloned());
            drop(old);
            Ok(a.clone())
        }
        _ => type_parameter(vm, 100 + number, &[a.clone(), b.clone()]),
    }
}

fn print(vm: &mut Vm, v: &Value) -> Result {
    let hook = match vm.state().sys.clone() {
        Some(sys) => vm.dict_get(&sys, name!("displayhook").as_value())?,
        None => None,
    };
    match hook {
        Some(hook) => vm.call(&hook, std::slice::from_ref(v)),
        None => Err(vm.raise_runtime_error("lost sys.displayhook")),
    }
}

/// `StopIteration` must not leave a generator: it would look like its end.
unsafe fn stop_iteration_error(vm: &mut Vm, frame: Fp, exception: &Value) -> Result {
    // SAFETY: the caller's contract: the frame runs Python code.
    let flags = unsafe { *(*(*frame).code).flags };
    let kind = if flags.contains(CodeFlags::ASYNC_GENERATOR) {
        "async generator"
    } else if flags.contains(CodeFlags::COROUTINE) {
        "coroutine"
    } else {
        "generator"
    };
    let what = if exception.ty().is_subtype(errors::STOP_ITERATION.as_type()) {
        "StopIteration"
    } else if flags.contains(CodeFlags::ASYNC_GENERATOR)
        && exception.ty().is_subtype(errors::STOP_ASYNC_ITERATION.as_type())
    {
        "StopAsyncIteration"
    } else {
        return Ok(exception.clone());
    };
    let text = vm.new_str(&format!("{kind} raised {what}"))?.into_value();
    let error = vm.new_exception(errors::RUNTIME_ERROR.as_type(), vec![text])?;
    if let Some(e) = crate::types::exceptions::base::as_exception(&error) {
        vm.set_cause(e, Some(exception.clone()));
    }
    vm.set_context(&error, exception.clone());
    Ok(error)
}

fn type_parameter(vm: &mut Vm, number: usize, operands: &[Value]) -> Result {
    if !vm.state().registry.contains_key(TYPE_PARAMETERS) {
        vm.import("_typing")?;
    }
    match vm.state().registry.get(TYPE_PARAMETERS).cloned() {
        Some(f) => {
            let mut args = vec![Value::from_i32(number as i32)];
            args.extend_from_slice(operands);
            vm.call(&f, &args)
        }
        None => Err(vm.raise_not_implemented_error("type parameters are not available")),
    }
}

/// One replacement field of a template string.
pub fn interpolation(vm: &mut Vm, value: &Value, text: &Value, conversion: usize, format: Value) -> Result {
    let conversion = match conversion {
        0 => Value::none(),
        1 => name!("s").to_value(),
        2 => name!("r").to_value(),
        _ => name!("a").to_value(),
    };
    vm.new_interpolation(value.clone(), text.clone(), conversion, format)
}

/// A template string from its texts and its replacement fields, which alternate.
pub fn template(vm: &mut Vm, strings: &Value, interpolations: &Value) -> Result {
    let (strings, fields) = (vm.collect(strings)?, vm.collect(interpolations)?);
    vm.new_template(strings, fields)
}
