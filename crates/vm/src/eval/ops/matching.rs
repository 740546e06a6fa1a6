//! Handlers of `match` statements.

use crate::eval::dispatch::{Sp, Vp, next, op};
use crate::eval::unwind::unwind;
use crate::eval::word::{at, release};
use crate::eval::{NONE_WORD, bool_word};
use crate::{Ref, Result, Str, Tuple, Type, Value, Vm, name};
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
    let Some(get) = vm.get_attr_opt(subject, name!("get"))? else {
        let text = format!("'{}' object has no attribute 'get'", subject.ty().name());
        return Err(vm.raise_attribute_error(subject, name!("get"), &text));
    };
    // A default that nothing else can be.
    let absent = vm.new_list(Vec::new())?.into_value();
    for (i, key) in keys.items().iter().enumerate() {
        for earlier in &keys.items()[..i] {
            if vm.equal(earlier, key)? {
                let key = vm.repr(key)?.to_string_lossy();
                return Err(vm.raise_value_error(&format!("mapping pattern checks duplicate key ({key})")));
            }
        }
        let value = vm.call(&get, &[key.clone(), absent.clone()])?;
        if value.is(&absent) {
            return Ok(None);
        }
        values.push(value);
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

/// One attribute of a class pattern, which must not have been matched before.
fn attribute(
    vm: &mut Vm,
    subject: &Value,
    class: &Type,
    name: &Ref<Str>,
    seen: &mut Vec<Ref<Str>>,
) -> Result<Option<Value>> {
    if seen.iter().any(|s| **s == **name) {
        let name = vm.repr(name.as_value())?.to_string_lossy();
        let text = format!("{}() got multiple sub-patterns for attribute {name}", class.name());
        return Err(vm.raise_type_error(&text));
    }
    seen.push(name.clone());
    vm.get_attr_opt(subject, name)
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
    let mut seen = Vec::new();
    if positional > 0 {
        let match_args = vm.get_attr_opt(class, name!("__match_args__"))?;
        let match_self = match_args.is_none() && ty.flags().has(TypeFlags::MATCH_SELF);
        let wanted = match &match_args {
            Some(args) => match args.downcast_exact::<Tuple>() {
                Some(t) => t.items().to_vec(),
                None => {
                    let text = format!("{}.__match_args__ must be a tuple (got {})", ty.name(), args.ty().name());
                    return Err(vm.raise_type_error(&text));
                }
            },
            None => Vec::new(),
        };
        let allowed = if match_self { 1 } else { wanted.len() };
        if allowed < positional {
            let s = if allowed == 1 { "" } else { "s" };
            let text = format!("{}() accepts {allowed} positional sub-pattern{s} ({positional} given)", ty.name());
            return Err(vm.raise_type_error(&text));
        }
        if match_self {
            found.push(subject.clone());
        } else {
            for name in &wanted[..positional] {
                let Some(name) = name.downcast::<Str>() else {
                    let text = format!("__match_args__ elements must be strings (got {})", name.ty().name());
                    return Err(vm.raise_type_error(&text));
                };
                match attribute(vm, subject, ty, name, &mut seen)? {
                    Some(v) => found.push(v),
                    None => return Ok(None),
                }
            }
        }
    }
    for name in names.items() {
        let Some(name) = name.downcast::<Str>() else { continue };
        match attribute(vm, subject, ty, name, &mut seen)? {
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
