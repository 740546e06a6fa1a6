//! Handlers of calls that are specialised for what is called.

use super::calls::{CALL, CALL_UNITS, arguments, finish, unpack_method};
use super::stack::{free_next, free_pair_next};
use crate::eval::args;
use crate::eval::dispatch::{Flow, Sp, Vp, next, op};
use crate::eval::frame::{self, code_of};
use crate::eval::specialize::cached_u32;
use crate::eval::unwind::unwind;
use crate::eval::word::{self, at, retain};
use crate::eval::{NONE_WORD, bool_word};
use crate::native::{Args, PositionalFn};
use crate::types::descriptor::{METHOD_DESCRIPTOR, MethodDescriptor};
use crate::types::function::{FUNCTION, METHOD, Method};
use crate::types::native_function::{NATIVE_FUNCTION, NativeFunction};
use crate::{Dict, List, Ref, Str, Tuple, Type, Value};
use taipan_bytecode::Opcode;
use taipan_object::Set;
use taipan_object::statics::{DICT, LIST, Plain, SET, STR, TUPLE, TYPE};
use taipan_object::value::INT_TAG;

/// Whether a word is a Python function. Which one does not matter: a site that calls many of one kind, the closures of a
/// template or the handlers of an event, is as fast as one that calls the same function always.
#[inline(always)]
unsafe fn is_function(w: u64) -> bool {
    // SAFETY: a word on the stack.
    unsafe { word::type_address(w) == FUNCTION.as_type().address() }
}

op!(
    /// Enters the function on the stack, which takes a fixed number of arguments, if that is how many there are.
    #[inline(always)]
    enter_exact,
    |ip, sp, frame, vm, arg| {
        let base = sp.sub(arg + 2);
        let (first, n) = arguments(base, arg);
        let code = code_of(*base);
        if (*code).exact_args as usize != n || !frame::has_room(vm, code) {
            return CALL(ip, sp, frame, vm, arg);
        }
        (*frame).ip = ip;
        (*frame).sp = base;
        (*frame).return_offset = CALL_UNITS as u16;
        let callee = frame::push_in_room(vm, code, *base, frame);
        args::fill_simple(callee, code, first, n);
        next((*code).start(), (*callee).sp, callee, vm)
    }
);

op!(CALL_PY_EXACT_ARGS, |ip, sp, frame, vm, arg| {
    if is_function(*sp.sub(arg + 2)) {
        return enter_exact(ip, sp, frame, vm, arg);
    }
    CALL(ip, sp, frame, vm, arg)
});

op!(CALL_PY_GENERAL, |ip, sp, frame, vm, arg| {
    if is_function(*sp.sub(arg + 2)) {
        return super::calls::enter_function(ip, sp, frame, vm, arg);
    }
    CALL(ip, sp, frame, vm, arg)
});

/// Whether a bound method of a function is called.
#[inline(always)]
unsafe fn is_method(base: Sp) -> bool {
    // SAFETY: callable and receiver are on the stack.
    unsafe {
        *base.add(1) == 0
            && word::type_address(*base) == METHOD.as_type().address()
            && is_function((*word::payload::<Method>(*base)).function.bits())
    }
}

op!(CALL_BOUND_METHOD_EXACT_ARGS, |ip, sp, frame, vm, arg| {
    let base = sp.sub(arg + 2);
    if is_method(base) {
        (*frame).ip = ip;
        unpack_method(base, vm);
        return enter_exact(ip, sp, frame, vm, arg);
    }
    CALL(ip, sp, frame, vm, arg)
});

op!(CALL_BOUND_METHOD_GENERAL, |ip, sp, frame, vm, arg| {
    let base = sp.sub(arg + 2);
    if is_method(base) {
        (*frame).ip = ip;
        unpack_method(base, vm);
        return super::calls::enter_function(ip, sp, frame, vm, arg);
    }
    CALL(ip, sp, frame, vm, arg)
});

/// A new instance of a Python class without native fields; 0 if there is no memory.
#[inline(never)]
unsafe fn new_instance(class: u64, vm: Vp) -> u64 {
    // SAFETY: the word is a class, whose instances are plain.
    unsafe {
        match Ref::new_in(&*vm, &*(class as *const Type), Plain) {
            Ok(object) => object.into_value().into_bits(),
            Err(_) => 0,
        }
    }
}

op!(CALL_ALLOC_AND_ENTER_INIT, |ip, sp, frame, vm, arg| {
    let base = sp.sub(arg + 2);
    let class = *base;
    if *base.add(1) == 0
        && word::type_address(class) == TYPE.as_type().address()
        && (*(class as *const Type)).version() == cached_u32(ip, 2)
    {
        let code = code_of((*(class as *const Type)).init_cache().get());
        if (*code).simple && (*code).argcount as usize == arg + 1 && frame::has_room(vm, code) {
            (*frame).ip = ip;
            (*frame).sp = base;
            return enter_init(new_instance(class, vm), vm);
        }
    }
    CALL(ip, sp, frame, vm, arg)
});

/// Enters the `__init__` of a new instance of the class at `(*frame).sp`, behind which its arguments are; everything is
/// found through the thread, as in [`called`].
#[inline(always)]
unsafe fn enter_init(object: u64, vm: Vp) -> Flow {
    // SAFETY: the handler has found class, `__init__` and room; nothing has run since.
    unsafe {
        let frame = (*vm).eval.frame;
        let base = (*frame).sp;
        let class = *base;
        let init = (*(class as *const Type)).init_cache().get();
        let code = code_of(init);
        let n = (*code).argcount as usize;
        if object == 0 {
            return unwind((*frame).ip, base.add(n + 1), frame, vm, 0);
        }
        // The instance keeps its class alive.
        let _ = word::dying(class);
        *base = object;
        retain(object);
        *base.add(1) = object;
        retain(init);
        (*frame).sp = base.add(1);
        (*frame).return_offset = CALL_UNITS as u16;
        let callee = frame::push_in_room(vm, code, init, frame);
        (*callee).init = true;
        args::fill_simple(callee, code, base.add(1), n);
        next((*code).start(), (*callee).sp, callee, vm)
    }
}

/// Calls a native function with the words on the stack as they are: the word of its result, or 0.
#[inline(always)]
unsafe fn call_positional(call: PositionalFn, first: Sp, n: usize, vm: Vp) -> u64 {
    // SAFETY: the arguments are on the stack.
    unsafe { word::of(call(&mut *vm, std::slice::from_raw_parts(first.cast_const().cast::<Value>(), n))) }
}

/// Whether finalisers are due.
#[inline(always)]
unsafe fn deaths_pending(vm: Vp) -> bool {
    // SAFETY: the contract of handlers.
    let vm: &crate::Vm = unsafe { &*vm };
    vm.deaths_pending()
}

/// Goes on after a native call of the N words from `(*frame).sp` on, with its result. Everything is found through the
/// thread, so that a handler which ends with this has nothing else to keep during the call.
#[inline(always)]
unsafe fn called<const N: usize>(r: u64, vm: Vp) -> Flow {
    // SAFETY: the contract of handlers; the words are owned, or absent if they are no callable.
    unsafe {
        let frame = (*vm).eval.frame;
        let (ip, base) = ((*frame).ip, (*frame).sp);
        if r == 0 || deaths_pending(vm) {
            return called_slow(ip, base.add(N), frame, vm, r as usize);
        }
        if word::dying(*base) {
            return bury_callable(ip, base.add(N), frame, vm, r as usize);
        }
        *base = r;
        let first = word::dying_any(*base.add(1));
        if N == 2 {
            if first {
                return free_next(ip.add(CALL_UNITS), base.add(1), frame, vm, *base.add(1) as usize);
            }
        } else {
            let second = word::dying_any(*base.add(2));
            if first | second {
                let dying = first as usize | (second as usize) << 1;
                return free_pair_next(ip.add(CALL_UNITS), base.add(1), frame, vm, dying);
            }
        }
        next(ip.add(CALL_UNITS), base.add(1), frame, vm)
    }
}

op!(
    /// Ends a native call of the words from `(*frame).sp` up to `sp`: it has raised, or something has died in it.
    #[cold]
    #[inline(never)]
    called_slow,
    |ip, sp, frame, vm, arg| {
        let base = (*frame).sp;
        (*vm).drain();
        if arg == 0 {
            return unwind(ip, sp, frame, vm, 0);
        }
        finish(base, sp, arg as u64, vm);
        next(ip.add(CALL_UNITS), base.add(1), frame, vm)
    }
);

op!(
    /// The same for a callable that has just been found dying.
    #[cold]
    #[inline(never)]
    bury_callable,
    |ip, sp, frame, vm, arg| {
        let base = (*frame).sp;
        // The arguments go before it, and what runs at their end must not find it without a reference.
        retain(*base);
        finish(base, sp, arg as u64, vm);
        next(ip.add(CALL_UNITS), base.add(1), frame, vm)
    }
);

/// What a bound method raised is worded with the class of its receiver.
#[cold]
#[inline(never)]
unsafe fn name_receiver(f: &NativeFunction, first: Sp, n: usize, vm: Vp) {
    // SAFETY: the arguments are on the stack, and the function raised.
    unsafe {
        if f.passes_receiver() {
            let all = std::slice::from_raw_parts(first.cast_const().cast::<Value>(), n);
            let args = Args::positional_only(&all[1..]);
            let _ = crate::native::name_receiver(&mut *vm, &f.def, &all[0], args, taipan_object::Raised);
        }
    }
}

/// Goes on after the call of a bound native method with one argument.
#[inline(always)]
unsafe fn called_bound(r: u64, vm: Vp) -> Flow {
    // SAFETY: as for [`called`].
    unsafe {
        if r == 0 {
            let frame = (*vm).eval.frame;
            return bound_raised((*frame).ip, (*frame).sp.add(3), frame, vm, 0);
        }
        called::<3>(r, vm)
    }
}

op!(
    /// A bound native method has raised.
    #[cold]
    #[inline(never)]
    bound_raised,
    |ip, sp, frame, vm, arg| {
        let base = (*frame).sp;
        (*vm).drain();
        name_receiver(&*word::payload::<NativeFunction>(*base), base.add(1), 2, vm);
        unwind(ip, sp, frame, vm, arg)
    }
);

op!(CALL_BUILTIN_FAST, |ip, sp, frame, vm, arg| {
    let base = sp.sub(arg + 2);
    if *base.add(1) == 0 && word::type_address(*base) == NATIVE_FUNCTION.as_type().address() {
        (*frame).ip = ip;
        let f = &*word::payload::<NativeFunction>(*base);
        let (mut first, mut n) = (base.add(2), arg);
        if let Some(receiver) = &f.receiver
            && f.passes_receiver()
        {
            retain(receiver.bits());
            *base.add(1) = receiver.bits();
            (first, n) = (base.add(1), arg + 1);
        }
        let r = call_positional(f.def.positional, first, n, vm);
        (*vm).drain();
        if r == 0 {
            name_receiver(f, first, n, vm);
            return unwind(ip, sp, frame, vm, 0);
        }
        finish(base, sp, r, vm);
        return next(ip.add(CALL_UNITS), base.add(1), frame, vm);
    }
    CALL(ip, sp, frame, vm, arg)
});

/// Whether a method of a native class is called with an instance of that in front.
#[inline(always)]
unsafe fn is_native_method(base: Sp) -> bool {
    // SAFETY: callable and receiver are on the stack.
    unsafe {
        if *base.add(1) == 0 || word::type_address(*base) != METHOD_DESCRIPTOR.as_type().address() {
            return false;
        }
        let owner = &(*word::payload::<MethodDescriptor>(*base)).owner;
        let ty = at(base.add(1)).ty();
        ty.address() == owner.as_value().bits() || ty.derives_from(owner)
    }
}

op!(CALL_METHOD_DESCRIPTOR_FAST, |ip, sp, frame, vm, arg| {
    let base = sp.sub(arg + 2);
    if is_native_method(base) {
        (*frame).ip = ip;
        let m = &*word::payload::<MethodDescriptor>(*base);
        let r = call_positional(m.def.positional, base.add(1), arg + 1, vm);
        (*vm).drain();
        if r == 0 {
            return unwind(ip, sp, frame, vm, 0);
        }
        finish(base, sp, r, vm);
        return next(ip.add(CALL_UNITS), base.add(1), frame, vm);
    }
    CALL(ip, sp, frame, vm, arg)
});

op!(
    /// A native method that is called without arguments.
    CALL_METHOD_DESCRIPTOR_NOARGS,
    |ip, sp, frame, vm, arg| {
        let base = sp.sub(2);
        if arg == 0 && is_native_method(base) {
            (*frame).ip = ip;
            (*frame).sp = base;
            let m = &*word::payload::<MethodDescriptor>(*base);
            return called::<2>(call_positional(m.def.positional, base.add(1), 1, vm), vm);
        }
        CALL(ip, sp, frame, vm, arg)
    }
);

op!(
    /// A native method that is called with one argument.
    CALL_METHOD_DESCRIPTOR_O,
    |ip, sp, frame, vm, arg| {
        let base = sp.sub(3);
        if arg == 1 && is_native_method(base) {
            (*frame).ip = ip;
            (*frame).sp = base;
            let m = &*word::payload::<MethodDescriptor>(*base);
            return called::<3>(call_positional(m.def.positional, base.add(1), 2, vm), vm);
        }
        CALL(ip, sp, frame, vm, arg)
    }
);

op!(
    /// A native function that is called with one argument.
    CALL_BUILTIN_O,
    |ip, sp, frame, vm, arg| {
        let base = sp.sub(3);
        if arg == 1 && *base.add(1) == 0 && word::type_address(*base) == NATIVE_FUNCTION.as_type().address() {
            let f = &*word::payload::<NativeFunction>(*base);
            (*frame).ip = ip;
            (*frame).sp = base;
            if let Some(receiver) = &f.receiver
                && f.passes_receiver()
            {
                retain(receiver.bits());
                *base.add(1) = receiver.bits();
                return called_bound(call_positional(f.def.positional, base.add(1), 2, vm), vm);
            }
            return called::<3>(call_positional(f.def.positional, base.add(2), 1, vm), vm);
        }
        CALL(ip, sp, frame, vm, arg)
    }
);

op!(
    /// Calls of classes that native code makes instances of, and of whatever else has no other form.
    CALL_NON_PY_GENERAL,
    |ip, sp, frame, vm, arg| {
        let base = sp.sub(arg + 2);
        let ty = word::type_address(*base);
        if ty != FUNCTION.as_type().address() && ty != METHOD.as_type().address() {
            (*frame).ip = ip;
            let r = super::calls::call_native(base, arg, vm);
            if r == 0 {
                return unwind(ip, sp, frame, vm, 0);
            }
            finish(base, sp, r, vm);
            return next(ip.add(CALL_UNITS), base.add(1), frame, vm);
        }
        CALL(ip, sp, frame, vm, arg)
    }
);

/// The length of a value; its word, or 0.
#[inline(never)]
unsafe fn length(vm: Vp, v: Sp) -> u64 {
    // SAFETY: a value is on the stack.
    unsafe {
        let vm = &mut *vm;
        match vm.len(at(v)) {
            Ok(n) => word::of(vm.new_uint(n as u64)),
            Err(_) => 0,
        }
    }
}

op!(
    #[inline(never)]
    len_slow,
    |ip, sp, frame, vm, arg| {
        let base = sp.sub(3);
        (*frame).ip = ip;
        let r = length(vm, sp.sub(1));
        if r == 0 {
            return unwind(ip, sp, frame, vm, 0);
        }
        finish(base, sp, r, vm);
        next(ip.add(CALL_UNITS), base.add(1), frame, vm)
    }
);

op!(CALL_LEN, |ip, sp, frame, vm, arg| {
    let base = sp.sub(3);
    if arg == 1 && *base == (*vm).eval.known[0] && *base.add(1) == 0 {
        let v = *sp.sub(1);
        let ty = word::type_address(v);
        let n = if ty == LIST.as_type().address() {
            (*word::payload::<List>(v)).len()
        } else if ty == STR.as_type().address() {
            (*word::payload::<Str>(v)).len()
        } else if ty == TUPLE.as_type().address() {
            (*word::payload::<Tuple>(v)).len()
        } else if ty == DICT.as_type().address() {
            (*word::payload::<Dict>(v)).len()
        } else if ty == SET.as_type().address() {
            (*word::payload::<Set>(v)).len()
        } else {
            return len_slow(ip, sp, frame, vm, arg);
        };
        *base = INT_TAG | n as u64;
        if word::dying(v) {
            return free_next(ip.add(CALL_UNITS), base.add(1), frame, vm, v as usize);
        }
        return next(ip.add(CALL_UNITS), base.add(1), frame, vm);
    }
    CALL(ip, sp, frame, vm, arg)
});

#[inline(never)]
unsafe fn is_instance(vm: Vp, v: Sp) -> u64 {
    // SAFETY: a value and what it may be an instance of are on the stack.
    match unsafe { (*vm).is_instance(at(v), at(v.add(1))) } {
        Ok(b) => bool_word(b),
        Err(_) => 0,
    }
}

op!(CALL_ISINSTANCE, |ip, sp, frame, vm, arg| {
    let base = sp.sub(4);
    if arg == 2 && *base == (*vm).eval.known[1] && *base.add(1) == 0 {
        if at(sp.sub(2)).ty().address() == *sp.sub(1) {
            return instance_told(ip, base, frame, vm, crate::eval::TRUE_WORD() as usize);
        }
        return isinstance_slow(ip, sp, frame, vm, arg);
    }
    CALL(ip, sp, frame, vm, arg)
});

op!(
    /// Ends a call of `isinstance` whose words begin at `sp` with the result `arg`, which is immortal.
    #[inline(always)]
    instance_told,
    |ip, sp, frame, vm, arg| {
        *sp = arg as u64;
        let (a, b) = (word::dying(*sp.add(2)), word::dying(*sp.add(3)));
        if a | b {
            *sp.add(1) = *sp.add(2);
            *sp.add(2) = *sp.add(3);
            let dying = a as usize | (b as usize) << 1;
            return free_pair_next(ip.add(CALL_UNITS), sp.add(1), frame, vm, dying);
        }
        next(ip.add(CALL_UNITS), sp.add(1), frame, vm)
    }
);

op!(
    #[inline(never)]
    isinstance_slow,
    |ip, sp, frame, vm, arg| {
        (*frame).ip = ip;
        let r = is_instance(vm, sp.sub(2));
        if r == 0 {
            return unwind(ip, sp, frame, vm, 0);
        }
        instance_told(ip, sp.sub(4), frame, vm, r as usize)
    }
);

op!(CALL_TYPE_1, |ip, sp, frame, vm, arg| {
    let base = sp.sub(3);
    if arg == 1 && *base == TYPE.as_type().address() && *base.add(1) == 0 {
        let v = *sp.sub(1);
        let ty = at(sp.sub(1)).ty().address();
        retain(ty);
        *base = ty;
        if word::dying(v) {
            return free_next(ip.add(CALL_UNITS), base.add(1), frame, vm, v as usize);
        }
        return next(ip.add(CALL_UNITS), base.add(1), frame, vm);
    }
    CALL(ip, sp, frame, vm, arg)
});

#[inline(never)]
unsafe fn text(vm: Vp, v: Sp) -> u64 {
    // SAFETY: a value is on the stack.
    match unsafe { (*vm).str(at(v)) } {
        Ok(s) => s.into_value().into_bits(),
        Err(_) => 0,
    }
}

op!(CALL_STR_1, |ip, sp, frame, vm, arg| {
    let base = sp.sub(3);
    if arg == 1 && *base == STR.as_type().address() && *base.add(1) == 0 {
        (*frame).ip = ip;
        let r = text(vm, sp.sub(1));
        if r == 0 {
            return unwind(ip, sp, frame, vm, 0);
        }
        finish(base, sp, r, vm);
        (*vm).drain();
        return next(ip.add(CALL_UNITS), base.add(1), frame, vm);
    }
    CALL(ip, sp, frame, vm, arg)
});

op!(CALL_LIST_APPEND, |ip, sp, frame, vm, arg| {
    let base = sp.sub(3);
    let list = *base.add(1);
    if arg == 1 && word::type_address(list) == LIST.as_type().address() && *base == (*vm).eval.known[2] {
        if (*word::payload::<List>(list)).push_in_room(*sp.sub(1)) {
            return appended(ip, base, frame, vm, list as usize);
        }
        return append_slow(ip, sp, frame, vm, arg);
    }
    CALL(ip, sp, frame, vm, arg)
});

op!(
    /// Ends a call of `append` whose words begin at `sp`, and gives the list `arg` back.
    #[inline(always)]
    appended,
    |ip, sp, frame, vm, arg| {
        // The result is None, which most programs drop.
        let dropped = *ip.add(CALL_UNITS) as u8 == Opcode::POP_TOP as u8;
        *sp = NONE_WORD();
        let (ip, sp) = (ip.add(CALL_UNITS + dropped as usize), sp.add(!dropped as usize));
        if word::dying(arg as u64) {
            return free_next(ip, sp, frame, vm, arg);
        }
        next(ip, sp, frame, vm)
    }
);

op!(
    #[inline(never)]
    append_slow,
    |ip, sp, frame, vm, arg| {
        let base = sp.sub(3);
        let list = *base.add(1);
        // Memory is allocated: somebody may want to know where.
        (*frame).ip = ip;
        if !push(list, *sp.sub(1)) {
            return unwind(ip, sp.sub(1), frame, vm, 0);
        }
        appended(ip, base, frame, vm, list as usize)
    }
);

#[inline(always)]
unsafe fn push(list: u64, item: u64) -> bool {
    // SAFETY: the word is a list; the item is owned, and dropped if there is no memory.
    unsafe { (*word::payload::<List>(list)).push(Value::from_bits(item)).is_ok() }
}
