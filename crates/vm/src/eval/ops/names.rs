//! Handlers of names and attributes: globals, namespaces of classes and modules, imports.

use crate::eval::dispatch::{Fp, Sp, Vp, again, next, op};
use crate::eval::frame::{builtins, globals};
use crate::eval::specialize::{self, tick};
use crate::eval::unwind::unwind;
use crate::eval::word::{self, at, release, retain};
use crate::types::code::Code;
use crate::{Dict, Ref, Result, Str, Value, Vm, name};
use taipan_object::statics::DICT;

/// A name of the code object.
#[inline(always)]
pub unsafe fn name_at<'a>(code: *const Code, index: usize) -> &'a Ref<Str> {
    // SAFETY: the compiler's indices lie within the names, which are strings.
    unsafe { Ref::from_borrowed_unchecked((*code).names.items().get_unchecked(index)) }
}

/// How many places of names are remembered.
pub const PLACES: usize = 512;

/// The place of a name in a namespace. Where it was last, in whatever namespace, is looked at first: the name at that
/// place says whether it is there.
#[inline(always)]
fn place_of(dict: &Dict, name: &Ref<Str>, places: &mut [u32; PLACES]) -> Option<usize> {
    let address = name.as_value().bits();
    let last = &mut places[(address >> 4) as usize % PLACES];
    if dict.key_at(*last as usize).is_some_and(|k| k.bits() == address) {
        return Some(*last as usize);
    }
    let place = dict.find_str(name, name.hash())?;
    *last = place as u32;
    Some(place)
}

/// The value of a name in a namespace.
pub fn named_value(vm: &mut Vm, dict: &Ref<Dict>, name: &Ref<Str>) -> Option<Value> {
    // SAFETY: the value is borrowed from the namespace, which does not change meanwhile.
    unsafe {
        let w = named(dict.as_value().bits(), name, vm);
        (w != 0).then(|| word::cloned(w))
    }
}

/// The value of a name in a namespace that is a dict, borrowed; 0 if it has none with an exact string as its key.
#[inline(always)]
unsafe fn named(dict: u64, name: &Ref<Str>, vm: Vp) -> u64 {
    // SAFETY: the word is a dict; the contract of handlers.
    unsafe {
        let dict = &*word::payload::<Dict>(dict);
        place_of(dict, name, &mut (*vm).eval.places).and_then(|p| dict.value_at(p)).map_or(0, Value::bits)
    }
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
    let text = format!("name '{}' is not defined", name.to_string_up_to(200));
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
        let locals = (*frame).locals;
        if locals != 0 && word::type_address(locals) == DICT.as_type().address() {
            let w = named(locals, name, vm);
            if w != 0 {
                retain(w);
                return w;
            }
        }
        load_name_outside(frame, vm, name)
    }
}

/// The same for a name that the namespace of the code, if that is a dict, does not have as an exact string.
#[inline(never)]
unsafe fn load_name_outside(frame: Fp, vm: Vp, name: &Ref<Str>) -> u64 {
    // SAFETY: the contract of handlers.
    unsafe {
        let (module, built_in) = (globals(frame), builtins(frame));
        let same = (*frame).locals == module.as_value().bits();
        if same
            && module.get(&*vm).has_only_str_keys()
            && word::type_address(built_in.as_value().bits()) == DICT.as_type().address()
        {
            let w = named(built_in.as_value().bits(), name, vm);
            if w != 0 {
                retain(w);
                return w;
            }
        }
        if (*frame).locals != 0 {
            match get_optional(&mut *vm, at(&raw const (*frame).locals), name) {
                Ok(Some(v)) => return v.into_bits(),
                Ok(None) => {}
                Err(_) => return 0,
            }
        }
        word::of(load_global(&mut *vm, module, built_in, name))
    }
}

/// Where a dict has the value of a name, if that is the place where the name was last found in any namespace; else
/// null.
#[inline(always)]
pub unsafe fn placed(namespace: u64, frame: Fp, vm: Vp, index: usize) -> *mut u64 {
    // SAFETY: the word is 0 or an object; the contract of handlers.
    unsafe {
        if namespace == 0 || word::type_address(namespace) != DICT.as_type().address() {
            return std::ptr::null_mut();
        }
        let address = name_at((*frame).code, index).as_value().bits();
        let place = (*vm).eval.places[(address >> 4) as usize % PLACES];
        (*word::payload::<Dict>(namespace)).value_of_key_at(place as usize, address)
    }
}

op!(LOAD_NAME, |ip, sp, frame, vm, arg| {
    let place = placed((*frame).locals, frame, vm, arg);
    if !place.is_null() {
        let w = *place;
        retain(w);
        *sp = w;
        return next(ip.add(1), sp.add(1), frame, vm);
    }
    load_name_slow(ip, sp, frame, vm, arg)
});

op!(
    #[inline(never)]
    load_name_slow,
    |ip, sp, frame, vm, arg| {
        (*frame).ip = ip;
        let r = load_name(frame, vm, arg);
        if r == 0 {
            return unwind(ip, sp, frame, vm, 0);
        }
        *sp = r;
        next(ip.add(1), sp.add(1), frame, vm)
    }
);

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

/// `namespace[name] = value` with the value on the stack, which is taken over: its word is absent afterwards.
#[inline(always)]
unsafe fn set_name(vm: Vp, namespace: u64, name: &Ref<Str>, sp: Sp) -> bool {
    // SAFETY: the namespace is a dict, the value on top of the stack owned.
    unsafe {
        let value = std::mem::replace(&mut *sp.sub(1), 0);
        let dict = &mut *word::payload::<Dict>(namespace);
        if let Some(place) = place_of(dict, name, &mut (*vm).eval.places) {
            let old = dict.set_value_at(place, Value::from_bits(value));
            word::release_any(old.map_or(0, Value::into_bits), vm);
            return true;
        }
        let namespace = Ref::<Dict>::from_value_unchecked(word::cloned(namespace));
        (*vm).dict_set_hashed(&namespace, name.as_value(), name.hash(), Value::from_bits(value)).is_ok()
    }
}

#[inline(never)]
unsafe fn store_name(sp: Sp, frame: Fp, vm: Vp, index: usize) -> bool {
    // SAFETY: the contract of handlers.
    unsafe {
        let name = name_at((*frame).code, index);
        let locals = (*frame).locals;
        if locals != 0 && word::type_address(locals) == DICT.as_type().address() {
            return set_name(vm, locals, name, sp);
        }
        let vm = &mut *vm;
        if locals == 0 {
            let text = format!("no locals found when storing '{}'", name.to_string_lossy());
            let _ = vm.raise_system_error(&text);
            return false;
        }
        let namespace = at(&raw const (*frame).locals).clone();
        let value = at(sp.sub(1)).clone();
        vm.set_item(&namespace, name.as_value(), Some(value)).is_ok()
    }
}

op!(STORE_NAME, |ip, sp, frame, vm, arg| {
    let place = placed((*frame).locals, frame, vm, arg);
    if !place.is_null() {
        let old = std::mem::replace(&mut *place, *sp.sub(1));
        if word::dying(old) {
            return super::stack::free_next(ip.add(1), sp.sub(1), frame, vm, old as usize);
        }
        return next(ip.add(1), sp.sub(1), frame, vm);
    }
    store_name_slow(ip, sp, frame, vm, arg)
});

op!(
    #[inline(never)]
    store_name_slow,
    |ip, sp, frame, vm, arg| {
        (*frame).ip = ip;
        if !store_name(sp, frame, vm, arg) {
            return unwind(ip, sp, frame, vm, 0);
        }
        word::release_any(*sp.sub(1), vm);
        (*vm).drain();
        next(ip.add(1), sp.sub(1), frame, vm)
    }
);

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
        set_name(vm, globals(frame).as_value().bits(), name, sp)
    }
}

op!(STORE_GLOBAL, |ip, sp, frame, vm, arg| {
    let place = placed(globals(frame).as_value().bits(), frame, vm, arg);
    if !place.is_null() {
        let old = std::mem::replace(&mut *place, *sp.sub(1));
        if word::dying(old) {
            return super::stack::free_next(ip.add(1), sp.sub(1), frame, vm, old as usize);
        }
        return next(ip.add(1), sp.sub(1), frame, vm);
    }
    store_global_slow(ip, sp, frame, vm, arg)
});

op!(
    #[inline(never)]
    store_global_slow,
    |ip, sp, frame, vm, arg| {
        (*frame).ip = ip;
        if !store_global(sp, frame, vm, arg) {
            return unwind(ip, sp, frame, vm, 0);
        }
        (*vm).drain();
        next(ip.add(1), sp.sub(1), frame, vm)
    }
);

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
