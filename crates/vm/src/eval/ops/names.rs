//! Handlers of names and attributes: globals, namespaces of classes and modules, imports.

use crate::eval::dispatch::{Fp, Sp, Vp, again, next, op};
use crate::eval::frame::{builtins, globals};
use crate::eval::specialize::{self, tick};
use crate::eval::unwind::unwind;
use crate::eval::word::{self, at, release, retain};
use crate::types::code::Code;
use crate::{Dict, Ref, Result, Str, Value, Vm, name};

/// A name of the code object.
#[inline(always)]
pub unsafe fn name_at<'a>(code: *const Code, index: usize) -> &'a Ref<Str> {
    // SAFETY: the compiler's indices lie within the names, which are strings.
    unsafe { Ref::from_borrowed_unchecked((*code).names.items().get_unchecked(index)) }
}

/// A mapping's value for a name; nothing where it has none.
pub fn get_optional(vm: &mut Vm, namespace: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
    if let Some(dict) = namespace.downcast_exact::<Dict>() {
        if let Some(v) = dict.get(vm).get_str(name) {
            return Ok(Some(v.clone()));
        }
        if dict.get(vm).has_only_str_keys() {
            return Ok(None);
        }
        return vm.dict_get(dict, name.as_value());
    }
    match vm.get_item(namespace, name.as_value()) {
        Ok(v) => Ok(Some(v)),
        Err(raised) if vm.raised_is(crate::errors::KEY_ERROR.as_type()) => {
            drop(vm.take_raised(raised));
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

fn undefined(vm: &mut Vm, name: &Ref<Str>) -> taipan_object::Raised {
    let text = format!("name '{}' is not defined", name.to_string_lossy());
    vm.raise_name_error(name, &text)
}

fn load_global(vm: &mut Vm, globals: &Ref<Dict>, builtins: &Ref<Dict>, name: &Ref<Str>) -> Result {
    if let Some(v) = get_optional(vm, globals.as_value(), name)? {
        return Ok(v);
    }
    match get_optional(vm, builtins.as_value(), name)? {
        Some(v) => Ok(v),
        None => Err(undefined(vm, name)),
    }
}

#[inline(never)]
unsafe fn global(frame: Fp, vm: Vp, index: usize) -> u64 {
    // SAFETY: the contract of handlers.
    unsafe {
        let name = name_at((*frame).code, index);
        word::of(load_global(&mut *vm, globals(frame), builtins(frame), name))
    }
}

op!(LOAD_GLOBAL, |ip, sp, frame, vm, arg| {
    if tick(ip) {
        specialize::load_global(ip, frame, vm, arg);
        return again(ip, sp, frame, vm, arg);
    }
    (*frame).ip = ip;
    let r = global(frame, vm, arg >> 1);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    *sp = r;
    *sp.add(1) = 0;
    next(ip.add(5), sp.add(1 + (arg & 1)), frame, vm)
});

op!(LOAD_GLOBAL_MODULE, |ip, sp, frame, vm, arg| {
    let dict = &*word::payload::<Dict>(globals(frame).as_value().bits());
    let w = dict.cached_value(specialize::cached_u32(ip, 3), *ip.add(2) as usize);
    if w != 0 {
        retain(w);
        *sp = w;
        *sp.add(1) = 0;
        return next(ip.add(5), sp.add(1 + (arg & 1)), frame, vm);
    }
    LOAD_GLOBAL(ip, sp, frame, vm, arg)
});

op!(LOAD_GLOBAL_BUILTIN, |ip, sp, frame, vm, arg| {
    let dict = &*word::payload::<Dict>(globals(frame).as_value().bits());
    let built_in = &*word::payload::<Dict>(builtins(frame).as_value().bits());
    if dict.keys_version() == specialize::cached_u32(ip, 3) {
        let w = built_in.cached_value((*(*frame).code).builtins_version.get(), *ip.add(2) as usize);
        if w != 0 {
            retain(w);
            *sp = w;
            *sp.add(1) = 0;
            return next(ip.add(5), sp.add(1 + (arg & 1)), frame, vm);
        }
    }
    LOAD_GLOBAL(ip, sp, frame, vm, arg)
});

#[inline(never)]
unsafe fn load_name(frame: Fp, vm: Vp, index: usize) -> u64 {
    // SAFETY: the contract of handlers.
    unsafe {
        let name = name_at((*frame).code, index);
        if (*frame).locals != 0 {
            match get_optional(&mut *vm, at(&raw const (*frame).locals), name) {
                Ok(Some(v)) => return v.into_bits(),
                Ok(None) => {}
                Err(_) => return 0,
            }
        }
        word::of(load_global(&mut *vm, globals(frame), builtins(frame), name))
    }
}

op!(LOAD_NAME, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = load_name(frame, vm, arg);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    *sp = r;
    next(ip.add(1), sp.add(1), frame, vm)
});

#[inline(never)]
unsafe fn from_dict_or_globals(sp: Sp, frame: Fp, vm: Vp, index: usize) -> u64 {
    // SAFETY: the contract of handlers.
    unsafe {
        let name = name_at((*frame).code, index);
        match get_optional(&mut *vm, at(sp.sub(1)), name) {
            Ok(Some(v)) => return v.into_bits(),
            Ok(None) => {}
            Err(_) => return 0,
        }
        word::of(load_global(&mut *vm, globals(frame), builtins(frame), name))
    }
}

op!(LOAD_FROM_DICT_OR_GLOBALS, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = from_dict_or_globals(sp, frame, vm, arg);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    let namespace = std::mem::replace(&mut *sp.sub(1), r);
    release(namespace, vm);
    next(ip.add(1), sp, frame, vm)
});

/// `namespace[name] = value`.
#[inline(always)]
fn set_name(vm: &mut Vm, namespace: &Ref<Dict>, name: &Ref<Str>, value: Value) -> bool {
    let hash = name.hash();
    let dict = namespace.get_mut(vm);
    if let Some(place) = dict.find_str(name, hash) {
        drop(dict.set_value_at(place, value));
        return true;
    }
    vm.dict_set_hashed(namespace, name.as_value(), hash, value).is_ok()
}

#[inline(never)]
unsafe fn store_name(sp: Sp, frame: Fp, vm: Vp, index: usize) -> bool {
    // SAFETY: the contract of handlers.
    unsafe {
        let name = name_at((*frame).code, index);
        let vm = &mut *vm;
        if (*frame).locals == 0 {
            let text = format!("no locals found when storing '{}'", name.to_string_lossy());
            let _ = vm.raise_system_error(&text);
            return false;
        }
        let namespace = at(&raw const (*frame).locals).clone();
        let value = at(sp.sub(1)).clone();
        match namespace.downcast_exact::<Dict>() {
            Some(dict) => set_name(vm, dict, name, value),
            None => vm.set_item(&namespace, name.as_value(), Some(value)).is_ok(),
        }
    }
}

op!(STORE_NAME, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    if !store_name(sp, frame, vm, arg) {
        return unwind(ip, sp, frame, vm, 0);
    }
    (*vm).drain();
    release(*sp.sub(1), vm);
    (*vm).drain();
    next(ip.add(1), sp.sub(1), frame, vm)
});

#[inline(never)]
unsafe fn delete_name(frame: Fp, vm: Vp, index: usize) -> bool {
    // SAFETY: the contract of handlers.
    unsafe {
        let name = name_at((*frame).code, index);
        let vm = &mut *vm;
        if (*frame).locals == 0 {
            let text = format!("no locals when deleting '{}'", name.to_string_lossy());
            let _ = vm.raise_system_error(&text);
            return false;
        }
        let namespace = at(&raw const (*frame).locals).clone();
        match vm.set_item(&namespace, name.as_value(), None) {
            Ok(()) => true,
            Err(raised) => {
                if vm.raised_is(crate::errors::KEY_ERROR.as_type()) {
                    drop(vm.take_raised(raised));
                    let _ = undefined(vm, name);
                }
                false
            }
        }
    }
}

op!(DELETE_NAME, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    if !delete_name(frame, vm, arg) {
        return unwind(ip, sp, frame, vm, 0);
    }
    (*vm).drain();
    next(ip.add(1), sp, frame, vm)
});

#[inline(never)]
unsafe fn store_global(sp: Sp, frame: Fp, vm: Vp, index: usize) -> bool {
    // SAFETY: the contract of handlers.
    unsafe {
        let name = name_at((*frame).code, index);
        set_name(&mut *vm, globals(frame), name, at(sp.sub(1)).clone())
    }
}

op!(STORE_GLOBAL, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    if !store_global(sp, frame, vm, arg) {
        return unwind(ip, sp, frame, vm, 0);
    }
    (*vm).drain();
    release(*sp.sub(1), vm);
    (*vm).drain();
    next(ip.add(1), sp.sub(1), frame, vm)
});

#[inline(never)]
unsafe fn delete_global(frame: Fp, vm: Vp, index: usize) -> bool {
    // SAFETY: the contract of handlers.
    unsafe {
        let name = name_at((*frame).code, index);
        let vm = &mut *vm;
        match vm.dict_del(globals(frame), name.as_value()) {
            Ok(Some(_)) => true,
            Ok(None) => {
                let _ = undefined(vm, name);
                false
            }
            Err(_) => false,
        }
    }
}

op!(DELETE_GLOBAL, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    if !delete_global(frame, vm, arg) {
        return unwind(ip, sp, frame, vm, 0);
    }
    (*vm).drain();
    next(ip.add(1), sp, frame, vm)
});

#[inline(never)]
unsafe fn set_up_annotations(frame: Fp, vm: Vp) -> bool {
    fn set(vm: &mut Vm, namespace: &Value) -> Result<()> {
        let name = name!("__annotations__");
        if get_optional(vm, namespace, name)?.is_some() {
            return Ok(());
        }
        let dict = vm.new_dict()?.into_value();
        vm.set_item(namespace, name.as_value(), Some(dict))
    }
    // SAFETY: the contract of handlers.
    unsafe {
        let vm = &mut *vm;
        if (*frame).locals == 0 {
            let _ = vm.raise_system_error("no locals found when setting up annotations");
            return false;
        }
        let namespace = at(&raw const (*frame).locals).clone();
        set(vm, &namespace).is_ok()
    }
}

op!(SETUP_ANNOTATIONS, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    if !set_up_annotations(frame, vm) {
        return unwind(ip, sp, frame, vm, 0);
    }
    next(ip.add(1), sp, frame, vm)
});

#[inline(never)]
unsafe fn import_name(sp: Sp, frame: Fp, vm: Vp, index: usize) -> u64 {
    fn import(
        vm: &mut Vm,
        builtins: &Ref<Dict>,
        globals: &Ref<Dict>,
        locals: Value,
        name: &Ref<Str>,
        from: &Value,
        level: &Value,
    ) -> Result {
        let Some(f) = vm.dict_get(builtins, name!("__import__").as_value())? else {
            let class = crate::errors::IMPORT_ERROR.as_type();
            return Err(vm.raise_class(class, "__import__ not found"));
        };
        vm.call(&f, &[name.to_value(), globals.to_value(), locals, from.clone(), level.clone()])
    }
    // SAFETY: the contract of handlers: level and names are on the stack.
    unsafe {
        let name = name_at((*frame).code, index);
        let locals = if (*frame).locals != 0 { at(&raw const (*frame).locals).clone() } else { Value::none() };
        word::of(import(&mut *vm, builtins(frame), globals(frame), locals, name, at(sp.sub(1)), at(sp.sub(2))))
    }
}

op!(IMPORT_NAME, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = import_name(sp, frame, vm, arg);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    release(*sp.sub(1), vm);
    let level = std::mem::replace(&mut *sp.sub(2), r);
    release(level, vm);
    next(ip.add(1), sp.sub(1), frame, vm)
});

#[inline(never)]
unsafe fn import_from(sp: Sp, frame: Fp, vm: Vp, index: usize) -> u64 {
    // SAFETY: the contract of handlers: the module is on the stack.
    unsafe {
        let name = name_at((*frame).code, index);
        word::of(crate::eval::import::import_from(&mut *vm, at(sp.sub(1)), name))
    }
}

op!(IMPORT_FROM, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = import_from(sp, frame, vm, arg);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    *sp = r;
    next(ip.add(1), sp.add(1), frame, vm)
});
