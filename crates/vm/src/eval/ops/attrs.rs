//! Handlers of attributes.

use super::names::name_at;
use crate::eval::dispatch::{Fp, Sp, Vp, again, next, op};
use crate::eval::specialize::{self, tick};
use crate::eval::unwind::unwind;
use crate::eval::word::{self, at, release};
use crate::types::descriptor::MethodDescriptor;
use crate::types::function::Function;
use crate::{Ref, Result, Str, Value, Vm, errors, name, slots};
use taipan_object::TypeFlags;
use taipan_object::statics::OBJECT;

/// Code units of `LOAD_ATTR` with its caches.
const LOAD: usize = 10;

#[inline(never)]
unsafe fn get_attr(sp: Sp, frame: Fp, vm: Vp, index: usize) -> u64 {
    // SAFETY: the contract of handlers: the object is on the stack.
    unsafe { word::of((*vm).get_attr(at(sp.sub(1)), name_at((*frame).code, index))) }
}

/// The method of an object that is found on its type as a plain function, unbound; otherwise the attribute.
/// Whether it is a method to be called with the object in front.
fn get_method(vm: &mut Vm, object: &Value, name: &Ref<Str>) -> Result<(Value, bool)> {
    let ty = object.ty();
    let generic = slots::of(OBJECT.as_type()).getattr.map(|f| f as usize);
    if slots::of(ty).getattr.map(|f| f as usize) != generic {
        return Ok((vm.get_attr(object, name)?, false));
    }
    if let Some(found) = vm.lookup_type_attr(ty, name)
        && found.ty().flags().has(TypeFlags::METHOD_DESCRIPTOR)
        && vm.instance_attr(object, name).is_none()
    {
        return Ok((found, true));
    }
    Ok((vm.get_attr(object, name)?, false))
}

/// Puts the method and what goes in front of its arguments (or nothing) on the stack in place of the object.
#[inline(never)]
unsafe fn load_method(sp: Sp, frame: Fp, vm: Vp, index: usize) -> bool {
    // SAFETY: the contract of handlers: the object is on the stack, which has room for one more.
    unsafe {
        match get_method(&mut *vm, at(sp.sub(1)), name_at((*frame).code, index)) {
            Ok((f, true)) => {
                *sp = *sp.sub(1);
                *sp.sub(1) = f.into_bits();
                true
            }
            Ok((f, false)) => {
                let object = std::mem::replace(&mut *sp.sub(1), f.into_bits());
                *sp = 0;
                release(object, vm);
                true
            }
            Err(_) => false,
        }
    }
}

op!(LOAD_ATTR, |ip, sp, frame, vm, arg| {
    if tick(ip) {
        specialize::load_attr(ip, sp, frame, vm, arg);
        return again(ip, sp, frame, vm, arg);
    }
    (*frame).ip = ip;
    if arg & 1 != 0 {
        if !load_method(sp, frame, vm, arg >> 1) {
            return unwind(ip, sp, frame, vm, 0);
        }
        return next(ip.add(LOAD), sp.add(1), frame, vm);
    }
    let r = get_attr(sp, frame, vm, arg >> 1);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    let object = std::mem::replace(&mut *sp.sub(1), r);
    release(object, vm);
    (*vm).drain();
    next(ip.add(LOAD), sp, frame, vm)
});

#[inline(never)]
unsafe fn set_attr(sp: Sp, frame: Fp, vm: Vp, index: usize) -> bool {
    // SAFETY: the contract of handlers: value and object are on the stack.
    unsafe {
        let value = at(sp.sub(2)).clone();
        (*vm).set_attr(at(sp.sub(1)), name_at((*frame).code, index), Some(value)).is_ok()
    }
}

op!(STORE_ATTR, |ip, sp, frame, vm, arg| {
    if tick(ip) {
        specialize::store_attr(ip, sp, frame, vm, arg);
        return again(ip, sp, frame, vm, arg);
    }
    (*frame).ip = ip;
    if !set_attr(sp, frame, vm, arg) {
        return unwind(ip, sp, frame, vm, 0);
    }
    release(*sp.sub(1), vm);
    release(*sp.sub(2), vm);
    (*vm).drain();
    next(ip.add(5), sp.sub(2), frame, vm)
});

#[inline(never)]
unsafe fn delete_attr(sp: Sp, frame: Fp, vm: Vp, index: usize) -> bool {
    // SAFETY: the contract of handlers: the object is on the stack.
    unsafe { (*vm).set_attr(at(sp.sub(1)), name_at((*frame).code, index), None).is_ok() }
}

op!(DELETE_ATTR, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    if !delete_attr(sp, frame, vm, arg) {
        return unwind(ip, sp, frame, vm, 0);
    }
    release(*sp.sub(1), vm);
    (*vm).drain();
    next(ip.add(1), sp.sub(1), frame, vm)
});

/// `super().name`: the attribute, and whether it is a method to be called with `self` in front.
fn super_attr(
    vm: &mut Vm,
    global: &Value,
    class: &Value,
    this: &Value,
    name: &Ref<Str>,
    arg: usize,
) -> Result<(Value, bool)> {
    use crate::types::super_;
    let Some(cls) = class.as_type_ref().filter(|_| global.is(&super_::SUPER.as_type().to_value())) else {
        let made = if arg & 2 != 0 { vm.call(global, &[class.clone(), this.clone()])? } else { vm.call(global, &[])? };
        return Ok((vm.get_attr(&made, name)?, false));
    };
    if name.as_ascii() == Some("__class__") {
        let made = vm.call(global, &[class.clone(), this.clone()])?;
        return Ok((vm.get_attr(&made, name)?, false));
    }
    let start = super_::check(vm, cls, this)?;
    if arg & 1 != 0 {
        let found = start
            .mro_types()
            .skip_while(|t| !t.is(cls))
            .skip(1)
            .find_map(|t| t.dict().and_then(|d| d.get(vm).get_str(name)).cloned());
        if let Some(found) = found
            && (found.downcast_exact::<Function>().is_some() || found.downcast_exact::<MethodDescriptor>().is_some())
            && !this.as_type().is_some_and(|t| t.is(&start))
        {
            return Ok((found, true));
        }
    }
    if let Some(v) = super_::lookup(vm, &start, this, cls, name)? {
        return Ok((v, false));
    }
    let made = vm.call(global, &[class.clone(), this.clone()])?;
    Ok((vm.get_attr(&made, name)?, false))
}

#[inline(never)]
unsafe fn load_super(sp: Sp, frame: Fp, vm: Vp, arg: usize) -> bool {
    // SAFETY: the contract of handlers: super, class and self are on the stack.
    unsafe {
        let name = name_at((*frame).code, arg >> 2);
        match super_attr(&mut *vm, at(sp.sub(3)), at(sp.sub(2)), at(sp.sub(1)), name, arg) {
            Ok((f, with_self)) => {
                let this = *sp.sub(1);
                let (global, class) = (*sp.sub(3), *sp.sub(2));
                *sp.sub(3) = f.into_bits();
                if with_self {
                    *sp.sub(2) = this;
                } else {
                    *sp.sub(2) = 0;
                    release(this, vm);
                }
                release(class, vm);
                release(global, vm);
                true
            }
            Err(_) => false,
        }
    }
}

op!(LOAD_SUPER_ATTR, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    if !load_super(sp, frame, vm, arg) {
        return unwind(ip, sp, frame, vm, 0);
    }
    next(ip.add(2), sp.sub(2 - (arg & 1)), frame, vm)
});

/// The method of a `with` statement; see [`get_method`].
fn special(vm: &mut Vm, object: &Value, arg: usize) -> Result<(Value, bool)> {
    let name = match arg {
        0 => name!("__enter__"),
        1 => name!("__exit__"),
        2 => name!("__aenter__"),
        _ => name!("__aexit__"),
    };
    let Some(found) = vm.lookup_type_attr(object.ty(), name) else { return Err(no_special(vm, object, arg)) };
    if found.ty().flags().has(TypeFlags::METHOD_DESCRIPTOR) {
        return Ok((found, true));
    }
    match slots::of(found.ty()).get {
        Some(get) => {
            let class = object.ty().to_value();
            Ok((get(vm, &found, Some(object), Some(&class))?, false))
        }
        None => Ok((found, false)),
    }
}

#[cold]
fn no_special(vm: &mut Vm, object: &Value, arg: usize) -> taipan_object::Raised {
    let class = vm.dotted_name(object.ty());
    let has = |vm: &mut Vm, name: &Ref<Str>| vm.lookup_type_attr(object.ty(), name).is_some();
    let other = if arg < 2 {
        has(vm, name!("__aenter__")) && has(vm, name!("__aexit__"))
    } else {
        has(vm, name!("__enter__")) && has(vm, name!("__exit__"))
    };
    let (kind, missed) = match arg {
        0 => ("the context manager protocol", "__enter__"),
        1 => ("the context manager protocol", "__exit__"),
        2 => ("the asynchronous context manager protocol", "__aenter__"),
        _ => ("the asynchronous context manager protocol", "__aexit__"),
    };
    let mut text = format!("'{class}' object does not support {kind} (missed {missed} method)");
    if other {
        text.push_str(if arg < 2 {
            " but it supports the asynchronous context manager protocol. Did you mean to use 'async with'?"
        } else {
            " but it supports the context manager protocol. Did you mean to use 'with'?"
        });
    }
    vm.raise_class(errors::TYPE_ERROR.as_type(), &text)
}

#[inline(never)]
unsafe fn load_special(sp: Sp, vm: Vp, arg: usize) -> bool {
    // SAFETY: the contract of handlers: the object is on the stack, which has room for one more.
    unsafe {
        match special(&mut *vm, at(sp.sub(1)), arg) {
            Ok((f, true)) => {
                *sp = *sp.sub(1);
                *sp.sub(1) = f.into_bits();
                true
            }
            Ok((f, false)) => {
                let object = std::mem::replace(&mut *sp.sub(1), f.into_bits());
                *sp = 0;
                release(object, vm);
                true
            }
            Err(_) => false,
        }
    }
}

op!(LOAD_SPECIAL, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    if !load_special(sp, vm, arg) {
        return unwind(ip, sp, frame, vm, 0);
    }
    next(ip.add(1), sp.add(1), frame, vm)
});
