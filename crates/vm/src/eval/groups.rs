//! Exception groups in `except*`: what a clause takes out of a group, and what is raised when all clauses have run.

use super::dispatch::Fp;
use super::frame::unit_index;
use crate::types::exceptions::base::as_exception;
use crate::{Ref, Result, Tuple, Value, Vm, errors, name};
use taipan_object::TypeFlags;

fn is_group(v: &Value) -> bool {
    v.ty().is_subtype(errors::BASE_EXCEPTION_GROUP.as_type())
}

fn check_classes(vm: &mut Vm, wanted: &Value) -> Result<()> {
    let classes = match wanted.downcast::<Tuple>() {
        Some(t) => t.items(),
        None => std::slice::from_ref(wanted),
    };
    for c in classes {
        match c.as_type() {
            Some(t) if t.flags().has(TypeFlags::EXCEPTION_SUBCLASS) => {
                if t.is_subtype(errors::BASE_EXCEPTION_GROUP.as_type()) {
                    let text = "catching ExceptionGroup with except* is not allowed. Use except instead.";
                    return Err(vm.raise_type_error(text));
                }
            }
            _ => {
                let text = "catching classes that do not inherit from BaseException is not allowed";
                return Err(vm.raise_type_error(text));
            }
        }
    }
    Ok(())
}

fn is_match(exception: &Value, wanted: &Value) -> bool {
    match wanted.downcast::<Tuple>() {
        Some(t) => t.items().iter().filter_map(|w| w.as_type()).any(|w| exception.ty().is_subtype(w)),
        None => wanted.as_type().is_some_and(|w| exception.ty().is_subtype(w)),
    }
}

/// What is left of an exception, and what a clause for `wanted` handles of it; `None` where there is nothing.
///
/// # Safety
/// `frame` is the current frame.
pub unsafe fn check_match(vm: &mut Vm, frame: Fp, exception: &Value, wanted: &Value) -> Result<(Value, Value)> {
    check_classes(vm, wanted)?;
    if exception.is_none() {
        return Ok((Value::none(), Value::none()));
    }
    if is_match(exception, wanted) {
        if is_group(exception) {
            return Ok((Value::none(), exception.clone()));
        }
        let alone = vm.new_tuple(vec![exception.clone()])?.into_value();
        let group = new_group(vm, alone)?;
        // SAFETY: the frame runs Python code.
        let (unit, line) = unsafe {
            let unit = unit_index(frame);
            (unit, (*(*frame).code).line_at(unit))
        };
        // SAFETY: as above.
        let object = unsafe { vm.frame_object(frame)? };
        vm.add_traceback(&group, object.into_value(), 2 * unit as i32, line)?;
        return Ok((Value::none(), group));
    }
    if !is_group(exception) {
        return Ok((exception.clone(), Value::none()));
    }
    let pair = vm.call_method(exception, name!("split"), std::slice::from_ref(wanted))?;
    let Some(t) = pair.downcast::<Tuple>() else {
        let class = exception.ty().name();
        let text = format!("{class}.split must return a tuple, not {}", pair.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    match t.items() {
        [matched, rest, ..] => Ok((rest.clone(), matched.clone())),
        short => {
            let class = exception.ty().name();
            let text = format!("{class}.split must return a 2-tuple, got tuple of size {}", short.len());
            Err(vm.raise_type_error(&text))
        }
    }
}

fn new_group(vm: &mut Vm, exceptions: Value) -> Result {
    let class = errors::EXCEPTION_GROUP.as_type().to_value();
    vm.call(&class, &[name!("").to_value(), exceptions])
}

fn same_metadata(vm: &mut Vm, a: &Value, b: &Value) -> Result<bool> {
    if !is_group(a) || !is_group(b) {
        return Ok(false);
    }
    let notes = |vm: &mut Vm, e: &Value| vm.get_attr_opt(e, name!("__notes__"));
    let (m, n) = (notes(vm, a)?, notes(vm, b)?);
    let same_notes = match (m, n) {
        (Some(m), Some(n)) => m.is(&n),
        (None, None) => true,
        _ => false,
    };
    let (Some(a), Some(b)) = (as_exception(a), as_exception(b)) else { return Ok(false) };
    let (a, b) = (a.get(vm), b.get(vm));
    let same = |x: Option<&Value>, y: Option<&Value>| match (x, y) {
        (Some(x), Some(y)) => x.is(y),
        (None, None) => true,
        _ => false,
    };
    Ok(same_notes
        && same(a.traceback.as_ref().map(Ref::as_value), b.traceback.as_ref().map(Ref::as_value))
        && same(a.cause.as_ref(), b.cause.as_ref())
        && same(a.context.as_ref(), b.context.as_ref()))
}

/// The exceptions in a group that are no groups themselves.
fn leaves(vm: &mut Vm, group: &Value, into: &mut Vec<Value>) -> Result<()> {
    vm.check_stack(" in exceptiongroup_split_recursive")?;
    if !is_group(group) {
        into.push(group.clone());
        return Ok(());
    }
    let members = vm.get_attr(group, name!("exceptions"))?;
    for member in vm.collect(&members)? {
        leaves(vm, &member, into)?;
    }
    Ok(())
}

/// The part of a group whose leaves are among `keep`, with the group's structure.
fn project(vm: &mut Vm, group: &Value, keep: &[Value]) -> Result<Option<Value>> {
    vm.check_stack(" in exceptiongroup_split_recursive")?;
    if !is_group(group) {
        return Ok(keep.iter().any(|k| k.is(group)).then(|| group.clone()));
    }
    let members = vm.get_attr(group, name!("exceptions"))?;
    let mut kept = Vec::new();
    for member in vm.collect(&members)? {
        if let Some(part) = project(vm, &member, keep)? {
            kept.push(part);
        }
    }
    if kept.is_empty() {
        return Ok(None);
    }
    let list = vm.new_list(kept)?.into_value();
    let derived = vm.call_method(group, name!("derive"), &[list])?;
    if !is_group(&derived) {
        return Err(vm.raise_type_error("derive must return an instance of BaseExceptionGroup"));
    }
    for attribute in [name!("__traceback__"), name!("__context__"), name!("__cause__")] {
        let value = vm.get_attr(group, attribute)?;
        vm.set_attr(&derived, attribute, Some(value))?;
    }
    if let Some(notes) = vm.get_attr_opt(group, name!("__notes__"))? {
        let copy = vm.collect(&notes)?;
        let copy = vm.new_list(copy)?.into_value();
        vm.set_attr(&derived, name!("__notes__"), Some(copy))?;
    }
    Ok(Some(derived))
}

/// What is raised after all `except*` clauses: from the exception that was handled and what the clauses have raised
/// or left, with `None` for clauses that raised nothing.
pub fn prepare_reraise(vm: &mut Vm, original: &Value, outcomes: &Value) -> Result {
    let outcomes: Vec<Value> = vm.collect(outcomes)?;
    if outcomes.is_empty() {
        return Ok(Value::none());
    }
    if !is_group(original) {
        // An exception that is no group was wrapped for the one clause that can have taken it.
        return Ok(outcomes.into_iter().find(|o| !o.is_none()).unwrap_or_else(Value::none));
    }
    let (mut raised, mut reraised) = (Vec::new(), Vec::new());
    for o in outcomes.into_iter().filter(|o| !o.is_none()) {
        if same_metadata(vm, &o, original)? { reraised.push(o) } else { raised.push(o) }
    }
    let mut keep = Vec::new();
    for r in &reraised {
        leaves(vm, r, &mut keep)?;
    }
    let rest = if keep.is_empty() { None } else { project(vm, original, &keep)? };
    if raised.is_empty() {
        return Ok(rest.unwrap_or_else(Value::none));
    }
    raised.extend(rest);
    if raised.len() == 1 {
        return Ok(raised.remove(0));
    }
    let raised = vm.new_list(raised)?.into_value();
    new_group(vm, raised)
}
