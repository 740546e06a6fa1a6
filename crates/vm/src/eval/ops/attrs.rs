//! Handlers of attributes.

use super::names::name_at;
use super::stack::{free_next, free_pair_next};
use crate::eval::args;
use crate::eval::dispatch::{Fp, Ip, Sp, Vp, again, next, op};
use crate::eval::frame::code_of;
use crate::eval::lookup::{self, Quick};
use crate::eval::specialize::{self, attr, tick};
use crate::eval::unwind::unwind;
use crate::eval::word::{self, at, release, retain};
use crate::types::descriptor::MethodDescriptor;
use crate::types::function::{FUNCTION, Function};
use crate::types::module::{MODULE, Module};
use crate::types::property::Property;
use crate::types::super_::SUPER;
use crate::{Dict, Ref, Result, Str, Type, Value, Vm, errors, name, slots};
use taipan_object::instance::{INLINE_LIVE, INLINE_VALUES, managed_dict_word, note_first_store};
use taipan_object::statics::TYPE;
use taipan_object::value::FLOAT_OFFSET;
use taipan_object::{Header, TypeFlags};

/// Code units of `LOAD_ATTR` with its caches.
pub const LOAD: usize = 10;
/// Code units of `STORE_ATTR` with its caches.
const STORE: usize = 5;

op!(LOAD_ATTR, |ip, sp, frame, vm, arg| {
    if specialize::is_due(ip) {
        return load_attr_due(ip, sp, frame, vm, arg);
    }
    match lookup::quick_load(*sp.sub(1), frame, vm, arg >> 1, arg & 1 != 0) {
        Quick::Value(value) => {
            *sp = value;
            put_loaded(ip, sp, frame, vm, arg)
        }
        Quick::Method(function) => put_method(ip, sp, frame, vm, function as usize),
        Quick::Other => load_attr_slow(ip, sp, frame, vm, arg),
    }
});

op!(
    #[cold]
    #[inline(never)]
    load_attr_due,
    |ip, sp, frame, vm, arg| {
        if specialize::may_change(ip) {
            specialize::load_attr(ip, sp, frame, vm, arg);
            return again(ip, sp, frame, vm, arg);
        }
        load_attr_slow(ip, sp, frame, vm, arg)
    }
);

op!(
    #[inline(never)]
    load_attr_slow,
    |ip, sp, frame, vm, arg| {
        (*frame).ip = ip;
        if !lookup::load(sp, frame, vm, arg >> 1, arg & 1 != 0) {
            return unwind(ip, sp, frame, vm, 0);
        }
        next(ip.add(LOAD), sp.add(arg & 1), frame, vm)
    }
);

/// Whether the object is on the heap and its class has the version that the cache holds.
#[inline(always)]
unsafe fn same_class(ip: Ip, object: u64) -> bool {
    // SAFETY: a word below FLOAT_OFFSET is a live object.
    object < FLOAT_OFFSET
        && unsafe { (*(object as *const Header)).ty().version() == specialize::cached_u32(ip, attr::VERSION) }
}

op!(
    /// Puts the borrowed word that is on top of the stack, above the object it was found with, in that object's place.
    #[inline(always)]
    put_loaded,
    |ip, sp, frame, vm, arg| {
        let value = *sp;
        retain(value);
        let object = std::mem::replace(&mut *sp.sub(1), value);
        *sp = 0;
        let end = sp.add(arg & 1);
        if word::dying(object) {
            return free_next(ip.add(LOAD), end, frame, vm, object as usize);
        }
        next(ip.add(LOAD), end, frame, vm)
    }
);

/// The inline value of an object that `LOAD_ATTR_INSTANCE_VALUE` at `ip` is about, borrowed; 0 if it is not that.
#[inline(always)]
pub unsafe fn inline_value(ip: Ip, w: u64) -> u64 {
    // SAFETY: the cache has offsets for instances of the class of that version.
    unsafe {
        if same_class(ip, w) {
            let live = *((w + *ip.add(attr::LIVE) as u64) as *const u8);
            if (live as u16) > *ip.add(attr::INDEX) {
                return *((w + *ip.add(attr::A) as u64) as *const u64);
            }
        }
        0
    }
}

op!(LOAD_ATTR_INSTANCE_VALUE, |ip, sp, frame, vm, arg| {
    let value = inline_value(ip, *sp.sub(1));
    if value != 0 {
        *sp = value;
        return put_loaded(ip, sp, frame, vm, arg);
    }
    LOAD_ATTR(ip, sp, frame, vm, arg)
});

op!(LOAD_ATTR_SLOT, |ip, sp, frame, vm, arg| {
    let w = *sp.sub(1);
    if same_class(ip, w) {
        let value = *((w + *ip.add(attr::A) as u64) as *const u64);
        if value != 0 {
            *sp = value;
            return put_loaded(ip, sp, frame, vm, arg);
        }
    }
    LOAD_ATTR(ip, sp, frame, vm, arg)
});

op!(LOAD_ATTR_WITH_HINT, |ip, sp, frame, vm, arg| {
    let w = *sp.sub(1);
    if same_class(ip, w) {
        let dict = managed_dict_word(w as *const Header);
        if dict != 0 {
            let dict = &*word::payload::<Dict>(dict);
            let place = *ip.add(attr::A) as usize;
            if dict.key_at(place).is_some_and(|k| k.is(name_at((*frame).code, arg >> 1).as_value()))
                && let Some(value) = dict.value_at(place)
            {
                *sp = value.bits();
                return put_loaded(ip, sp, frame, vm, arg);
            }
        }
    }
    LOAD_ATTR(ip, sp, frame, vm, arg)
});

op!(LOAD_ATTR_MODULE, |ip, sp, frame, vm, arg| {
    let w = *sp.sub(1);
    if word::type_address(w) == MODULE.as_type().address()
        && let Some(dict) = &(*word::payload::<Module>(w)).dict
    {
        let dict = &*word::payload::<Dict>(dict.as_value().bits());
        let value = dict.cached_value(specialize::cached_u32(ip, attr::VERSION), *ip.add(attr::A) as usize);
        if value != 0 {
            *sp = value;
            return put_loaded(ip, sp, frame, vm, arg);
        }
    }
    LOAD_ATTR(ip, sp, frame, vm, arg)
});

op!(LOAD_ATTR_CLASS, |ip, sp, frame, vm, arg| {
    let w = *sp.sub(1);
    if word::type_address(w) == TYPE.as_type().address()
        && (*(w as *const Type)).version() == specialize::cached_u32(ip, attr::VERSION)
    {
        *sp = specialize::cached_word(ip, attr::DESCRIPTOR);
        return put_loaded(ip, sp, frame, vm, arg);
    }
    LOAD_ATTR(ip, sp, frame, vm, arg)
});

op!(LOAD_ATTR_CLASS_WITH_METACLASS_CHECK, |ip, sp, frame, vm, arg| {
    let w = *sp.sub(1);
    // Only classes have a class of that version.
    if w < FLOAT_OFFSET
        && (*(w as *const Header)).ty().version() == specialize::cached_u32(ip, attr::A)
        && (*(w as *const Type)).version() == specialize::cached_u32(ip, attr::VERSION)
    {
        *sp = specialize::cached_word(ip, attr::DESCRIPTOR);
        return put_loaded(ip, sp, frame, vm, arg);
    }
    LOAD_ATTR(ip, sp, frame, vm, arg)
});

op!(LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES, |ip, sp, frame, vm, arg| {
    let w = *sp.sub(1);
    if same_class(ip, w) && *((w + *ip.add(attr::LIVE) as u64) as *const u8) != 0 {
        *sp = specialize::cached_word(ip, attr::DESCRIPTOR);
        return put_loaded(ip, sp, frame, vm, arg);
    }
    LOAD_ATTR(ip, sp, frame, vm, arg)
});

op!(LOAD_ATTR_NONDESCRIPTOR_NO_DICT, |ip, sp, frame, vm, arg| {
    if at(sp.sub(1)).ty().version() == specialize::cached_u32(ip, attr::VERSION) {
        *sp = specialize::cached_word(ip, attr::DESCRIPTOR);
        return put_loaded(ip, sp, frame, vm, arg);
    }
    LOAD_ATTR(ip, sp, frame, vm, arg)
});

op!(
    /// Puts the function of a method call, whose borrowed word is `arg`, before the object on the stack.
    #[inline(always)]
    put_method,
    |ip, sp, frame, vm, arg| {
        let function = arg as u64;
        retain(function);
        *sp = *sp.sub(1);
        *sp.sub(1) = function;
        next(ip.add(LOAD), sp.add(1), frame, vm)
    }
);

op!(LOAD_ATTR_METHOD_WITH_VALUES, |ip, sp, frame, vm, arg| {
    let w = *sp.sub(1);
    if same_class(ip, w) && *((w + *ip.add(attr::LIVE) as u64) as *const u8) != 0 {
        return put_method(ip, sp, frame, vm, specialize::cached_word(ip, attr::DESCRIPTOR) as usize);
    }
    LOAD_ATTR(ip, sp, frame, vm, arg)
});

op!(LOAD_ATTR_METHOD_NO_DICT, |ip, sp, frame, vm, arg| {
    if at(sp.sub(1)).ty().version() == specialize::cached_u32(ip, attr::VERSION) {
        return put_method(ip, sp, frame, vm, specialize::cached_word(ip, attr::DESCRIPTOR) as usize);
    }
    LOAD_ATTR(ip, sp, frame, vm, arg)
});

op!(LOAD_ATTR_METHOD_LAZY_DICT, |ip, sp, frame, vm, arg| {
    let w = *sp.sub(1);
    if same_class(ip, w) && managed_dict_word(w as *const Header) == 0 {
        return put_method(ip, sp, frame, vm, specialize::cached_word(ip, attr::DESCRIPTOR) as usize);
    }
    LOAD_ATTR(ip, sp, frame, vm, arg)
});

op!(LOAD_ATTR_PROPERTY, |ip, sp, frame, vm, arg| {
    let w = *sp.sub(1);
    if same_class(ip, w) {
        let p = &*word::payload::<Property>(specialize::cached_word(ip, attr::DESCRIPTOR));
        if let Some(getter) = &p.getter {
            let f = getter.bits();
            if word::type_address(f) == FUNCTION.as_type().address() {
                let code = code_of(f);
                if (*code).simple && (*code).argcount == 1 {
                    (*frame).ip = ip;
                    (*frame).sp = sp.sub(1);
                    (*frame).return_offset = LOAD as u16;
                    retain(f);
                    let callee = args::enter(vm, frame, f, sp.sub(1), 1);
                    if callee.is_null() {
                        return unwind(ip, sp.sub(1), frame, vm, 0);
                    }
                    return next((*callee).ip, (*callee).sp, callee, vm);
                }
            }
        }
    }
    LOAD_ATTR(ip, sp, frame, vm, arg)
});

op!(STORE_ATTR, |ip, sp, frame, vm, arg| {
    if tick(ip) {
        specialize::store_attr(ip, sp, frame, vm, arg);
        return again(ip, sp, frame, vm, arg);
    }
    (*frame).ip = ip;
    if !lookup::store_on(sp, frame, vm, arg) {
        return unwind(ip, sp, frame, vm, 0);
    }
    release(*sp.sub(1), vm);
    word::release_any(*sp.sub(2), vm);
    (*vm).drain();
    next(ip.add(STORE), sp.sub(2), frame, vm)
});

op!(
    /// Ends the storing of an attribute in whose place word `arg` was, or nothing; only the object is left on the stack.
    #[inline(always)]
    stored,
    |ip, sp, frame, vm, arg| {
        let (a, b) = (word::dying_any(arg as u64), word::dying(*sp.sub(1)));
        if a | b {
            *sp.sub(2) = arg as u64;
            return free_pair_next(ip.add(STORE), sp.sub(2), frame, vm, a as usize | (b as usize) << 1);
        }
        next(ip.add(STORE), sp.sub(2), frame, vm)
    }
);

op!(STORE_ATTR_INSTANCE_VALUE, |ip, sp, frame, vm, arg| {
    let w = *sp.sub(1);
    if same_class(ip, w) {
        let packed = *ip.add(attr::A) as usize;
        let (inline, index) = ((w as usize + 8 * (packed >> 8)) as *mut u8, packed & 0xFF);
        if (*inline.add(INLINE_LIVE) as usize) > index {
            let place = inline.add(INLINE_VALUES).cast::<u64>().add(index);
            let old = *place;
            *place = *sp.sub(2);
            if old == 0 {
                note_first_store(inline, index);
            }
            return stored(ip, sp, frame, vm, old as usize);
        }
    }
    STORE_ATTR(ip, sp, frame, vm, arg)
});

op!(STORE_ATTR_SLOT, |ip, sp, frame, vm, arg| {
    let w = *sp.sub(1);
    if same_class(ip, w) {
        let place = (w + *ip.add(attr::A) as u64) as *mut u64;
        let old = std::mem::replace(&mut *place, *sp.sub(2));
        return stored(ip, sp, frame, vm, old as usize);
    }
    STORE_ATTR(ip, sp, frame, vm, arg)
});

op!(STORE_ATTR_WITH_HINT, |ip, sp, frame, vm, arg| {
    let w = *sp.sub(1);
    if same_class(ip, w) {
        let dict = managed_dict_word(w as *const Header);
        if dict != 0 {
            let dict = &mut *word::payload::<Dict>(dict);
            let place = *ip.add(attr::A) as usize;
            if dict.key_at(place).is_some_and(|k| k.is(name_at((*frame).code, arg).as_value())) {
                let old = dict.set_value_at(place, Value::from_bits(*sp.sub(2)));
                return stored(ip, sp, frame, vm, old.map_or(0, Value::into_bits) as usize);
            }
        }
    }
    STORE_ATTR(ip, sp, frame, vm, arg)
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
        let found = start.mro_types().skip_while(|t| !t.is(cls)).skip(1).find_map(|t| t.own(vm, name));
        if let Some(found) = &found
            && !this.as_type().is_some_and(|t| t.is(&start))
        {
            lookup::remember_super(vm, &start, cls, name, found);
        }
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
        let (class, this) = (*sp.sub(2), *sp.sub(1));
        if arg & 1 != 0
            && *sp.sub(3) == SUPER.as_type().address()
            && word::type_address(class) == TYPE.as_type().address()
            && this < FLOAT_OFFSET
            && let start = (*(this as *const Header)).ty()
            && !start.flags().has(TypeFlags::TYPE_SUBCLASS)
            && let Some(found) = lookup::read_super(&mut *vm, start, &*(class as *const Type), name)
            && found.kind == lookup::Kind::Method
        {
            // The class `super` is immortal.
            retain(found.descriptor);
            *sp.sub(3) = found.descriptor;
            *sp.sub(2) = this;
            release(class, vm);
            return true;
        }
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
    let class = vm.full_name(object.ty());
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
