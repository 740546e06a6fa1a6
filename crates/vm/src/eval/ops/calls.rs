//! Handlers of calls, and of making functions.

use crate::eval::args::{self, Given};
use crate::eval::dispatch::{Fp, Sp, Vp, again, next, op};
use crate::eval::ops::flow::{after_native_slow, breaker_set};
use crate::eval::specialize::{self, tick};
use crate::eval::unwind::unwind;
use crate::eval::word::{self, at, release, release_any};
use crate::native::{Args, PositionalFn};
use crate::types::code::Code;
use crate::types::descriptor::{METHOD_DESCRIPTOR, MethodDescriptor};
use crate::types::function::{FUNCTION, Function, METHOD, Method};
use crate::types::native_function::{NATIVE_FUNCTION, NativeFunction};
use crate::{Dict, List, Ref, Result, Str, Tuple, Value, Vm, name};
use taipan_bytecode::Opcode;
use taipan_object::TypeFlags;
use taipan_object::statics::DICT;

/// Code units of `CALL` and `CALL_KW` with their caches.
pub const CALL_UNITS: usize = 4;

/// Puts function and receiver of a bound method on the stack in its place.
#[inline(always)]
pub unsafe fn unpack_method(base: Sp, vm: Vp) {
    // SAFETY: the word is a method.
    unsafe {
        let method = *base;
        let m = word::payload::<Method>(method);
        *base.add(1) = (*m).receiver.clone().into_bits();
        *base = (*m).function.clone().into_bits();
        release(method, vm);
    }
}

/// Where the arguments of a call begin, and how many there are: with what stands before them, if anything.
#[inline(always)]
pub unsafe fn arguments(base: Sp, count: usize) -> (Sp, usize) {
    // SAFETY: callable and receiver are on the stack before the arguments.
    unsafe { if *base.add(1) != 0 { (base.add(1), count + 1) } else { (base.add(2), count) } }
}

#[inline(never)]
pub unsafe fn call_native(base: Sp, count: usize, vm: Vp) -> u64 {
    // SAFETY: the contract of handlers: callable and arguments are on the stack.
    unsafe {
        let (first, n) = arguments(base, count);
        let all = std::slice::from_raw_parts(first.cast_const().cast::<Value>(), n);
        let Some(call) = known_native(*base, all) else {
            return word::of((*vm).call_args(at(base), Args::positional_only(all)));
        };
        let r = word::of(call(&mut *vm, all));
        (*vm).drain();
        r
    }
}

/// The native code behind a callable that takes the arguments as they are.
#[inline(always)]
unsafe fn known_native(callable: u64, all: &[Value]) -> Option<PositionalFn> {
    // SAFETY: a word on the stack.
    unsafe {
        let ty = word::type_address(callable);
        if ty == METHOD_DESCRIPTOR.as_type().address() {
            let method = &*word::payload::<MethodDescriptor>(callable);
            let receiver = all.first()?.ty();
            let fits = receiver.address() == method.owner.as_value().bits() || receiver.derives_from(&method.owner);
            return fits.then_some(method.def.positional);
        }
        if ty == NATIVE_FUNCTION.as_type().address() {
            let function = &*word::payload::<NativeFunction>(callable);
            return (!function.passes_receiver()).then_some(function.def.positional);
        }
        None
    }
}

/// Calls native code with the arguments on the stack; whatever calls it gives them back.
///
/// # Safety
/// `base` is where the call's words begin, `sp` where they end.
pub unsafe fn call_in_place(vm: &mut Vm, base: Sp, sp: Sp, count: usize, opcode: Opcode) -> Result {
    // SAFETY: the caller's contract.
    unsafe {
        let w = match opcode {
            Opcode::CALL => call_native(base, count, vm),
            Opcode::CALL_KW => call_native_with_names(base, sp, count, vm),
            _ if !spread(sp, vm) => 0,
            _ => call_native_spread(sp, vm),
        };
        word::result(w)
    }
}

/// Gives back the words from `base` up to `sp` and puts `result` there.
#[inline(always)]
pub unsafe fn finish(base: Sp, sp: Sp, result: u64, vm: Vp) {
    // SAFETY: the words are owned or absent.
    unsafe {
        let mut top = sp;
        while top > base {
            top = top.sub(1);
            release_any(*top, vm);
        }
        *base = result;
    }
}

op!(CALL, |ip, sp, frame, vm, arg| {
    if tick(ip) {
        specialize::call(ip, sp, vm, arg);
        return again(ip, sp, frame, vm, arg);
    }
    (*frame).ip = ip;
    let base = sp.sub(arg + 2);
    if *base.add(1) == 0 {
        let ty = word::type_address(*base);
        if ty == METHOD.as_type().address() {
            unpack_method(base, vm);
        } else if ty != FUNCTION.as_type().address() {
            unpack_callable(base, vm);
        }
    }
    if word::type_address(*base) == FUNCTION.as_type().address() {
        return enter_function(ip, sp, frame, vm, arg);
    }
    let r = call_native(base, arg, vm);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    finish(base, sp, r, vm);
    if breaker_set(vm) {
        return after_native_slow(ip, base.add(1), frame, vm, CALL_UNITS);
    }
    next(ip.add(CALL_UNITS), base.add(1), frame, vm)
});

op!(
    /// Calls the Python function on the stack with the arguments there.
    #[inline(always)]
    enter_function,
    |ip, sp, frame, vm, arg| {
        (*frame).ip = ip;
        let base = sp.sub(arg + 2);
        let (first, n) = arguments(base, arg);
        (*frame).sp = base;
        (*frame).return_offset = CALL_UNITS as u16;
        let callee = args::enter(vm, frame, *base, first, n);
        if callee.is_null() {
            return unwind(ip, base, frame, vm, 0);
        }
        next((*callee).ip, (*callee).sp, callee, vm)
    }
);

/// Where an object's class has a Python function as `__call__`, calls that with the object in front.
#[inline(never)]
unsafe fn unpack_callable(base: Sp, vm: Vp) {
    // SAFETY: the word is a callable, and nothing is in front of the arguments.
    unsafe {
        let object = at(base);
        if !object.ty().flags().has(TypeFlags::HEAP) || object.as_type().is_some() {
            return;
        }
        if let Some(call) = (*vm).lookup_type_attr(object.ty(), name!("__call__"))
            && FUNCTION.is_exact(&call)
        {
            *base.add(1) = *base;
            *base = call.into_bits();
        }
    }
}

/// The names of a call with keywords, which lie on top of the stack.
#[inline(always)]
unsafe fn keyword_names<'a>(sp: Sp) -> &'a [Value] {
    // SAFETY: the compiler puts a tuple there.
    unsafe { (*word::payload::<Tuple>(*sp.sub(1))).items() }
}

#[inline(never)]
unsafe fn enter_with_names(base: Sp, sp: Sp, count: usize, frame: Fp, vm: Vp) -> Fp {
    // SAFETY: the contract of handlers: callable, receiver, arguments and names are on the stack.
    unsafe {
        let names = keyword_names(sp);
        let (first, n) = arguments(base, count);
        let given = Given { at: first, positional: n - names.len(), names };
        let names = *sp.sub(1);
        let mut callee = args::enter_keywords(vm, frame, *base, given);
        if callee.is_null() && (*vm).peek_raised().is_none() {
            callee = args::enter_general(vm, frame, *base, given);
        }
        release(names, vm);
        callee
    }
}

#[inline(never)]
unsafe fn call_native_with_names(base: Sp, sp: Sp, count: usize, vm: Vp) -> u64 {
    // SAFETY: as above.
    unsafe {
        let (first, n) = arguments(base, count);
        let all = std::slice::from_raw_parts(first.cast_const().cast::<Value>(), n);
        word::of((*vm).call_args(at(base), Args::new(all, keyword_names(sp))))
    }
}

op!(CALL_KW, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let base = sp.sub(arg + 3);
    if *base.add(1) == 0 && word::type_address(*base) == METHOD.as_type().address() {
        unpack_method(base, vm);
    }
    if word::type_address(*base) == FUNCTION.as_type().address() {
        (*frame).sp = base;
        (*frame).return_offset = CALL_UNITS as u16;
        let callee = enter_with_names(base, sp, arg, frame, vm);
        if callee.is_null() {
            return unwind(ip, base, frame, vm, 0);
        }
        return next((*callee).ip, (*callee).sp, callee, vm);
    }
    let r = call_native_with_names(base, sp, arg, vm);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    finish(base, sp, r, vm);
    if breaker_set(vm) {
        return after_native_slow(ip, base.add(1), frame, vm, CALL_UNITS);
    }
    next(ip.add(CALL_UNITS), base.add(1), frame, vm)
});

/// `f(*args, **keywords)`: makes a tuple of the arguments if they are something else.
#[inline(never)]
unsafe fn spread(sp: Sp, vm: Vp) -> bool {
    // SAFETY: callable, receiver, arguments and keywords are on the stack.
    unsafe {
        let given = at(sp.sub(2));
        if given.downcast_exact::<Tuple>().is_some() {
            return true;
        }
        let vm = &mut *vm;
        let made = match given.downcast_exact::<List>() {
            Some(list) => vm.new_tuple_from(list.items(vm)),
            None => super::build::spread_argument(vm, at(sp.sub(4)), given).and_then(|items| vm.new_tuple(items)),
        };
        match made {
            Ok(tuple) => {
                let old = std::mem::replace(&mut *sp.sub(2), tuple.into_value().into_bits());
                release(old, vm);
                true
            }
            Err(_) => false,
        }
    }
}

/// The words of the arguments: new references to receiver, items and keyword values; and the names.
unsafe fn spread_words(sp: Sp, vm: &mut Vm) -> Result<(Vec<Value>, Vec<Value>)> {
    // SAFETY: as above; the arguments are a tuple.
    unsafe {
        let items = (*word::payload::<Tuple>(*sp.sub(2))).items();
        let mut all = taipan_object::room::vec(items.len() + 1)?;
        if *sp.sub(3) != 0 {
            all.push(at(sp.sub(3)).clone());
        }
        all.extend_from_slice(items);
        let mut names = Vec::new();
        if *sp.sub(1) != 0
            && let Some(dict) = at(sp.sub(1)).downcast::<Dict>()
        {
            for (k, v) in dict.get(vm).iter() {
                names.push(k.clone());
                all.push(v.clone());
            }
        }
        Ok((all, names))
    }
}

/// Whether the word of a call's keywords means that there are none: wrappers pass an empty dict on.
#[inline(always)]
unsafe fn are_absent(keywords: u64) -> bool {
    // SAFETY: a word on the stack, or none.
    unsafe {
        keywords == 0
            || word::type_address(keywords) == DICT.as_type().address() && (*word::payload::<Dict>(keywords)).len() == 0
    }
}

/// So many arguments are put together on the native stack.
const FEW: usize = 8;

/// Enters a Python function with the items of a tuple, and perhaps a receiver in front of them. Takes the words over.
unsafe fn enter_spread_tuple(sp: Sp, frame: Fp, vm: Vp) -> Fp {
    // SAFETY: as above; there are no keywords.
    unsafe {
        let (function, receiver, given, keywords) = (*sp.sub(4), *sp.sub(3), *sp.sub(2), *sp.sub(1));
        let items = (*word::payload::<Tuple>(given)).items();
        let (first, code) = ((receiver != 0) as usize, crate::eval::frame::code_of(function));
        let n = first + items.len();
        let callee = if (*code).simple && (*code).argcount as usize == n {
            let callee = crate::eval::frame::push(vm, code, function, frame);
            if callee.is_null() {
                release(function, vm);
                release_any(receiver, vm);
            } else {
                if receiver != 0 {
                    *crate::eval::frame::local(callee, 0) = receiver;
                }
                for (i, item) in items.iter().enumerate() {
                    *crate::eval::frame::local(callee, first + i) = item.clone().into_bits();
                }
                args::clear_locals(callee, n, (*code).localsplus as usize);
            }
            callee
        } else {
            // The words are given away one by one; what is left is the memory.
            let (mut few, mut many) = ([0; FEW], Vec::new());
            let words = if n <= FEW {
                Some(&mut few[..])
            } else {
                many.try_reserve_exact(n).ok().map(|()| {
                    many.resize(n, 0);
                    &mut many[..]
                })
            };
            match words {
                Some(words) => {
                    words[0] = receiver;
                    for (to, item) in words[first..].iter_mut().zip(items) {
                        *to = item.clone().into_bits();
                    }
                    args::enter(vm, frame, function, words.as_mut_ptr(), n)
                }
                None => {
                    let _ = (*vm).raise_memory_error();
                    release(function, vm);
                    release_any(receiver, vm);
                    std::ptr::null_mut()
                }
            }
        };
        // The tuple and the empty dict keep nothing alive that the locals do not.
        for w in [given, keywords] {
            if word::dying_any(w) {
                (*vm).eval.frame = frame;
                word::bury(w, vm);
                (*vm).eval.frame = if callee.is_null() { frame } else { callee };
            }
        }
        callee
    }
}

#[inline(never)]
unsafe fn enter_spread(sp: Sp, frame: Fp, vm: Vp) -> Fp {
    // SAFETY: as above; the callable is a Python function.
    unsafe {
        if are_absent(*sp.sub(1)) {
            return enter_spread_tuple(sp, frame, vm);
        }
        let words = spread_words(sp, &mut *vm);
        let function = at(sp.sub(4)).clone().into_bits();
        for i in 1..5 {
            release_any(*sp.sub(i), vm);
        }
        let Ok((all, names)) = words else {
            release(function, vm);
            return std::ptr::null_mut();
        };
        // The words are given away one by one; what is left is the memory.
        let mut all: Vec<u64> = all.into_iter().map(Value::into_bits).collect();
        let given = Given { at: all.as_mut_ptr(), positional: all.len() - names.len(), names: &names };
        args::enter_general(vm, frame, function, given)
    }
}

#[inline(never)]
unsafe fn call_native_spread(sp: Sp, vm: Vp) -> u64 {
    fn call(vm: &mut Vm, callee: &Value, all: &[Value], names: &[Value]) -> Result {
        for name in names {
            if name.downcast::<Str>().is_none() {
                return Err(vm.raise_type_error("keywords must be strings"));
            }
        }
        vm.call_args(callee, Args::new(all, names))
    }
    // SAFETY: as above.
    unsafe {
        if *sp.sub(3) == 0 && are_absent(*sp.sub(1)) {
            let items = (*word::payload::<Tuple>(*sp.sub(2))).items();
            return word::of((*vm).call_args(at(sp.sub(4)), Args::positional_only(items)));
        }
        let Ok((all, names)) = spread_words(sp, &mut *vm) else { return 0 };
        word::of(call(&mut *vm, at(sp.sub(4)), &all, &names))
    }
}

op!(CALL_FUNCTION_EX, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    if !spread(sp, vm) {
        return unwind(ip, sp, frame, vm, 0);
    }
    let base = sp.sub(4);
    if *base.add(1) == 0 && word::type_address(*base) == METHOD.as_type().address() {
        unpack_method(base, vm);
    }
    if word::type_address(*base) == FUNCTION.as_type().address() {
        (*frame).sp = base;
        (*frame).return_offset = 1;
        let callee = enter_spread(sp, frame, vm);
        if callee.is_null() {
            return unwind(ip, base, frame, vm, 0);
        }
        return next((*callee).ip, (*callee).sp, callee, vm);
    }
    let r = call_native_spread(sp, vm);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    finish(base, sp, r, vm);
    if breaker_set(vm) {
        return after_native_slow(ip, base.add(1), frame, vm, 1);
    }
    next(ip.add(1), base.add(1), frame, vm)
});

#[inline(never)]
unsafe fn make_function(sp: Sp, frame: Fp, vm: Vp) -> u64 {
    // SAFETY: the compiler puts a code object on the stack.
    unsafe {
        let code = Ref::<Code>::from_borrowed_unchecked(at(sp.sub(1)));
        match (*vm).new_function(code, crate::eval::frame::globals(frame)) {
            Ok(f) => f.into_value().into_bits(),
            Err(_) => 0,
        }
    }
}

op!(MAKE_FUNCTION, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = make_function(sp, frame, vm);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    let code = std::mem::replace(&mut *sp.sub(1), r);
    release(code, vm);
    next(ip.add(1), sp, frame, vm)
});

op!(SET_FUNCTION_ATTRIBUTE, |ip, sp, frame, vm, arg| {
    let function = *sp.sub(1);
    let value = std::mem::replace(&mut *sp.sub(2), function);
    set_function_attribute(function, value, arg);
    if arg == 0x10 {
        (*frame).ip = ip;
        if !name_annotate(function, vm) {
            return unwind(ip, sp.sub(1), frame, vm, 0);
        }
    }
    next(ip.add(1), sp.sub(1), frame, vm)
});

#[inline(never)]
unsafe fn set_function_attribute(function: u64, value: u64, which: usize) {
    // SAFETY: the compiler puts a new function there, and values of the right kinds.
    unsafe {
        let f = &mut *word::payload::<Function>(function);
        let value = Value::from_bits(value);
        match which {
            0x01 => f.defaults = value.downcast::<Tuple>().cloned(),
            0x02 => f.kwdefaults = value.downcast::<Dict>().cloned(),
            0x04 => f.annotations = Some(value),
            0x08 => f.closure = value.downcast::<Tuple>().cloned(),
            _ => f.annotate = Some(value),
        }
    }
}

/// The function that gives annotations is named after the one that they are of.
#[inline(never)]
unsafe fn name_annotate(function: u64, vm: Vp) -> bool {
    // SAFETY: a new function that was given one for its annotations.
    unsafe {
        let vm = &mut *vm;
        let f = &*word::payload::<Function>(function);
        let Some(annotate) = f.annotate.as_ref().and_then(|a| a.downcast_exact::<Function>()) else { return true };
        match vm.concat_str(&f.qualname, name!(".__annotate__")) {
            Ok(name) => annotate.get_mut(vm).qualname = name,
            Err(_) => return false,
        }
    }
    true
}

op!(EXIT_INIT_CHECK, |ip, sp, frame, vm, arg| {
    let value = *sp.sub(1);
    if value != crate::eval::NONE_WORD() {
        bad_init(value, vm);
        return unwind(ip, sp.sub(1), frame, vm, 0);
    }
    next(ip.add(1), sp.sub(1), frame, vm)
});

/// Refuses what an `__init__` has returned, and takes it over.
#[cold]
#[inline(never)]
pub unsafe fn bad_init(value: u64, vm: Vp) {
    // SAFETY: the word is owned.
    unsafe {
        let value = Value::from_bits(value);
        let text = format!("__init__() should return None, not '{}'", value.ty().name());
        let _ = (*vm).raise_type_error(&text);
    }
}
