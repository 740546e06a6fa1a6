//! Handlers of `match` statements.

use crate::eval::dispatch::{Sp, Vp, next, op};
use crate::eval::unwind::unwind;
use crate::eval::word::{at, release};
use crate::eval::{NONE_WORD, bool_word, lookup};
use crate::{Dict, Ref, Result, Str, Tuple, Type, Value, Vm, name};
use taipan_object::TypeFlags;

op!(MATCH_MAPPING, |ip, sp, frame, vm, arg| {
    *sp = bool_word(at(sp.sub(1)).ty().flags().has(TypeFlags::MAPPING));
    next(ip.add(1), sp.add(1), frame, vm)
});

op!(MATCH_SEQUENCE, |ip, sp, frame, vm, arg| {
    *sp = bool_word(at(sp.sub(1)).ty().flags().has(TypeFlags::SEQUENCE));
    next(ip.add(1), sp.add(1), frame, vm)
});

/// The values of the keys, or nothing if one is missing.
fn values_of(vm: &mut Vm, subject: &Value, keys: &Ref<Tuple>) -> Result<Option<Value>> {
    let mut values = Vec::with_capacity(keys.len());
    // A dict need not be asked by its method.
    let plain = subject.downcast_exact::<Dict>();
    let mut asked = None;
    if plain.is_none() {
        let Some(get) = vm.get_attr_opt(subject, name!("get"))? else {
            let text = format!("'{}' object has no attribute 'get'", subject.ty().name());
            return Err(vm.raise_attribute_error(subject, name!("get"), &text));
        };
        // A default that nothing else can be.
        asked = Some((get, vm.new_list(Vec::new())?.into_value()));
    }
    for (i, key) in keys.items().iter().enumerate() {
        for earlier in &keys.items()[..i] {
            if vm.equal(earlier, key)? {
                let key = vm.repr(key)?.to_string_lossy();
                return Err(vm.raise_value_error(&format!("mapping pattern checks duplicate key ({key})")));
            }
        }
        let value = match (plain, &asked) {
            (Some(dict), _) => vm.dict_get(dict, key)?,
            (None, Some((get, absent))) => {
                Some(vm.call(get, &[key.clone(), absent.clone()])?).filter(|v| !v.is(absent))
            }
            (None, None) => None,
        };
        match value {
            Some(value) => values.push(value),
            None => return Ok(None),
        }
    }
    vm.new_tuple(values).map(|t| Some(t.into_value()))
}

#[inline(never)]
unsafe fn match_keys(sp: Sp, vm: Vp) -> u64 {
    // SAFETY: subject and a tuple of keys are on the stack.
    unsafe {
        match values_of(&mut *vm, at(sp.sub(2)), Ref::from_borrowed_unchecked(at(sp.sub(1)))) {
            Ok(Some(v)) => v.into_bits(),
            Ok(None) => NONE_WORD(),
            Err(_) => 0,
        }
    }
}

op!(MATCH_KEYS, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = match_keys(sp, vm);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    *sp = r;
    next(ip.add(1), sp.add(1), frame, vm)
});

/// One attribute of a class pattern; `earlier` are the names that were matched before, which must be others.
fn attribute<'a>(
    vm: &mut Vm,
    subject: &Value,
    class: &Type,
    name: &Ref<Str>,
    mut earlier: impl Iterator<Item = &'a Value>,
) -> Result<Option<Value>> {
    if earlier.any(|e| e.is(name.as_value()) || e.downcast::<Str>().is_some_and(|e| **e == **name)) {
        let name = vm.repr(name.as_value())?.to_string_lossy();
        let text = format!("{}() got multiple sub-patterns for attribute {name}", class.name());
        return Err(vm.raise_type_error(&text));
    }
    match lookup::quick_attr(vm, subject, name) {
        Some(value) => Ok(Some(value)),
        None => vm.get_attr_opt(subject, name),
    }
}

/// `__match_args__` of a class.
fn match_args_of(vm: &mut Vm, class: &Ref<Type>) -> Result<Option<Value>> {
    match lookup::quick_class_attr(vm, class, name!("__match_args__")) {
        Some(value) => Ok(Some(value)),
        None => vm.get_attr_opt(class.as_value(), name!("__match_args__")),
    }
}

/// What a class pattern binds, or nothing if the subject does not match.
fn match_class(
    vm: &mut Vm,
    subject: &Value,
    class: &Value,
    positional: usize,
    names: &Ref<Tuple>,
) -> Result<Option<Value>> {
    let Some(ty) = class.as_type_ref() else {
        return Err(vm.raise_type_error("called match pattern must be a class"));
    };
    if !vm.is_instance(subject, class)? {
        return Ok(None);
    }
    let mut found = Vec::with_capacity(positional + names.len());
    let args_holder;
    let mut wanted: &[Value] = &[];
    if positional > 0 {
        let match_args = match_args_of(vm, ty)?;
        let match_self = match_args.is_none() && ty.flags().has(TypeFlags::MATCH_SELF);
        args_holder = match_args;
        if let Some(args) = &args_holder {
            match args.downcast_exact::<Tuple>() {
                Some(t) => wanted = t.items(),
                None => {
                    let text = format!("{}.__match_args__ must be a tuple (got {})", ty.name(), args.ty().name());
                    return Err(vm.raise_type_error(&text));
                }
            }
        }
        let allowed = if match_self { 1 } else { wanted.len() };
        if allowed < positional {
            let s = if allowed == 1 { "" } else { "s" };
            let text = format!("{}() accepts {allowed} positional sub-pattern{s} ({positional} given)", ty.name());
            return Err(vm.raise_type_error(&text));
        }
        if match_self {
            found.push(subject.clone());
        } else {
            wanted = &wanted[..positional];
            for (i, name) in wanted.iter().enumerate() {
                let Some(name) = name.downcast::<Str>() else {
                    let text = format!("__match_args__ elements must be strings (got {})", name.ty().name());
                    return Err(vm.raise_type_error(&text));
                };
                match attribute(vm, subject, ty, name, wanted[..i].iter())? {
                    Some(v) => found.push(v),
                    None => return Ok(None),
                }
            }
        }
    }
    for (i, name) in names.items().iter().enumerate() {
        let Some(name) = name.downcast::<Str>() else { continue };
        match attribute(vm, subject, ty, name, wanted.iter().chain(&names.items()[..i]))? {
            Some(v) => found.push(v),
            None => return Ok(None),
        }
    }
    vm.new_tuple(found).map(|t| Some(t.into_value()))
}

#[inline(never)]
unsafe fn class_word(sp: Sp, vm: Vp, arg: usize) -> u64 {
    // SAFETY: subject, class and a tuple of names are on the stack.
    unsafe {
        let names = Ref::from_borrowed_unchecked(at(sp.sub(1)));
        match match_class(&mut *vm, at(sp.sub(3)), at(sp.sub(2)), arg, names) {
            Ok(Some(v)) => v.into_bits(),
            Ok(None) => NONE_WORD(),
            Err(_) => 0,
        }
    }
}

op!(MATCH_CLASS, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = class_word(sp, vm, arg);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    release(*sp.sub(1), vm);
    release(*sp.sub(2), vm);
    let subject = std::mem::replace(&mut *sp.sub(3), r);
    release(subject, vm);
    next(ip.add(1), sp.sub(2), frame, vm)
});
