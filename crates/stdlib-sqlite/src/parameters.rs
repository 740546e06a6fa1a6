//! The parameters of a statement.

use crate::adapt::{self, PREPARE_PROTOCOL};
use crate::engine::Idle;
use crate::{convert, errors};
use taipan_object::{List, Tuple, TypeFlags};
use taipan_vm::errors::LOOKUP_ERROR;
use taipan_vm::{Dict, Result, Value, Vm, slots};

/// Binds one of them, counted from 1.
fn bind_one(vm: &mut Vm, statement: &mut Idle, index: usize, v: &Value) -> Result<()> {
    let adapted;
    let v = if adapt::is_needed(vm, v) {
        adapted = adapt::adapt(vm, v, &PREPARE_PROTOCOL.as_type().to_value(), Some(v))?;
        &adapted
    } else {
        v
    };
    let Some(bound) = convert::to_sql(vm, v)? else {
        let given = v.ty().name();
        let text = format!("Error binding parameter {index}: type '{given}' is not supported");
        return Err(errors::raise(vm, errors::PROGRAMMING, &text));
    };
    match statement.with(|s| s.raw_bind_parameter(index, bound.as_sql())) {
        Some(Err(error)) => Err(errors::from_sqlite(vm, &error)),
        _ => Ok(()),
    }
}

fn check_count(vm: &mut Vm, wanted: usize, given: usize) -> Result<()> {
    if wanted == given {
        return Ok(());
    }
    let text = format!(
        "Incorrect number of bindings supplied. The current statement uses {wanted}, and there are {given} supplied."
    );
    Err(errors::raise(vm, errors::PROGRAMMING, &text))
}

fn refuse_named(vm: &mut Vm, statement: &Idle) -> Result<()> {
    let Some((index, name)) = &statement.about.named else { return Ok(()) };
    let text = format!(
        "Binding {index} ('{name}') is a named parameter, but you supplied a sequence which requires nameless (qmark) \
         placeholders."
    );
    Err(errors::raise(vm, errors::PROGRAMMING, &text))
}

/// Binds all of them from a sequence or a mapping.
pub fn bind(vm: &mut Vm, statement: &mut Idle, parameters: &Value) -> Result<()> {
    let wanted = statement.about.parameters;
    if let Some(tuple) = parameters.downcast_exact::<Tuple>() {
        check_count(vm, wanted, tuple.len())?;
        refuse_named(vm, statement)?;
        for (i, v) in tuple.items().iter().enumerate() {
            bind_one(vm, statement, i + 1, v)?;
        }
        return Ok(());
    }
    let is_dict = parameters.downcast::<Dict>().is_some();
    let table = slots::of(parameters.ty());
    let is_sequence = parameters.downcast_exact::<List>().is_some()
        || parameters.downcast::<Tuple>().is_some()
        || (!is_dict && is_sequence(parameters));
    if is_sequence {
        let given = vm.len(parameters)?;
        check_count(vm, wanted, given)?;
        refuse_named(vm, statement)?;
        for i in 0..wanted {
            let v = match parameters.downcast_exact::<List>() {
                Some(list) => list.items(vm).get(i).cloned(),
                None => None,
            };
            let v = match v {
                Some(v) => v,
                None => {
                    let index = vm.new_uint(i as u64)?;
                    vm.get_item(parameters, &index)?
                }
            };
            bind_one(vm, statement, i + 1, &v)?;
        }
        return Ok(());
    }
    if !is_dict && table.getitem.is_none() {
        return Err(errors::raise(vm, errors::PROGRAMMING, "parameters are of unsupported type"));
    }
    for index in 1..=wanted {
        let name = statement.with(|s| s.parameter_name(index).map(|n| n.get(1..).unwrap_or_default().to_owned()));
        let Some(Some(name)) = name else {
            let text = format!("Binding {index} has no name, but you supplied a dictionary (which has only names).");
            return Err(errors::raise(vm, errors::PROGRAMMING, &text));
        };
        let v = find(vm, parameters, &name)?;
        let Some(v) = v else {
            let text = format!("You did not supply a value for binding parameter :{name}.");
            return Err(errors::raise(vm, errors::PROGRAMMING, &text));
        };
        bind_one(vm, statement, index, &v)?;
    }
    Ok(())
}

fn find(vm: &mut Vm, parameters: &Value, name: &str) -> Result<Option<Value>> {
    let key = vm.new_str(name)?;
    if let Some(dict) = parameters.downcast_exact::<Dict>() {
        return vm.dict_get(dict, key.as_value());
    }
    match vm.get_item(parameters, key.as_value()) {
        Ok(v) => Ok(Some(v)),
        Err(raised) if vm.raised_is(LOOKUP_ERROR.as_type()) => {
            drop(vm.take_raised(raised));
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

/// Whether the object can be asked for items by number.
fn is_sequence(v: &Value) -> bool {
    let table = slots::of(v.ty());
    (table.item.is_some() || table.getitem.is_some()) && !v.ty().flags().has(TypeFlags::MAPPING)
}
