//! Handlers of exceptions: raising, matching, `with`.

use crate::eval::dispatch::{Fp, Sp, Vp, next, op};
use crate::eval::unwind::unwind;
use crate::eval::word::{self, at, release, retain};
use crate::eval::{NONE_WORD, bool_word, groups};
use crate::native::Args;
use crate::types::exceptions::base::as_exception;
use crate::{Ref, Result, Tuple, Value, Vm, errors, name};
use taipan_object::TypeFlags;
use taipan_object::value::INT_TAG;

/// Makes `exception` (0: nothing) the one that is being handled at this level; the old one, or 0.
#[inline(always)]
unsafe fn swap_handled(vm: Vp, exception: u64) -> u64 {
    // SAFETY: the word is owned or absent, which is how Option<Value> lies in memory.
    unsafe {
        let new = std::mem::transmute::<u64, Option<Value>>(exception);
        let old = match (*vm).handled.last_mut() {
            Some(level) => std::mem::replace(level, new),
            None => {
                (*vm).handled.push(new);
                None
            }
        };
        std::mem::transmute::<Option<Value>, u64>(old)
    }
}

/// Makes an exception, or None, the one that is being handled at this level, and drops the one that was.
///
/// # Safety
/// The word is owned.
pub unsafe fn set_handled(vm: Vp, exception: u64) {
    // SAFETY: the caller's contract.
    unsafe {
        let old = swap_handled(vm, if exception == NONE_WORD() { 0 } else { exception });
        word::release_any(old, vm);
    }
}

op!(PUSH_EXC_INFO, |ip, sp, frame, vm, arg| {
    let exception = *sp.sub(1);
    retain(exception);
    let old = swap_handled(vm, exception);
    *sp.sub(1) = if old == 0 { NONE_WORD() } else { old };
    *sp = exception;
    next(ip.add(1), sp.add(1), frame, vm)
});

op!(POP_EXCEPT, |ip, sp, frame, vm, arg| {
    let old = *sp.sub(1);
    let dead = swap_handled(vm, if old == NONE_WORD() { 0 } else { old });
    if word::dying_any(dead) {
        return super::stack::free_next(ip.add(1), sp.sub(1), frame, vm, dead as usize);
    }
    next(ip.add(1), sp.sub(1), frame, vm)
});

fn matches(vm: &mut Vm, exception: &Value, wanted: &Value) -> Result<bool> {
    const REFUSED: &str = "catching classes that do not inherit from BaseException is not allowed";
    let is_class = |v: &Value| v.as_type().is_some_and(|t| t.flags().has(TypeFlags::EXCEPTION_SUBCLASS));
    if let Some(t) = wanted.downcast::<Tuple>() {
        for w in t.items() {
            if !is_class(w) {
                return Err(vm.raise_type_error(REFUSED));
            }
        }
        return Ok(t.items().iter().filter_map(|w| w.as_type()).any(|w| exception.ty().is_subtype(w)));
    }
    match wanted.as_type() {
        Some(w) if is_class(wanted) => Ok(exception.ty().is_subtype(w)),
        _ => Err(vm.raise_type_error(REFUSED)),
    }
}

#[inline(never)]
unsafe fn match_word(sp: Sp, vm: Vp) -> u64 {
    // SAFETY: exception and classes are on the stack.
    match unsafe { matches(&mut *vm, at(sp.sub(2)), at(sp.sub(1))) } {
        Ok(m) => bool_word(m),
        Err(_) => 0,
    }
}

op!(CHECK_EXC_MATCH, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = match_word(sp, vm);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    let wanted = std::mem::replace(&mut *sp.sub(1), r);
    release(wanted, vm);
    next(ip.add(1), sp, frame, vm)
});

#[inline(never)]
unsafe fn match_group(sp: Sp, frame: Fp, vm: Vp) -> bool {
    // SAFETY: exception and classes are on the stack.
    unsafe {
        let vmr = &mut *vm;
        match groups::check_match(vmr, frame, at(sp.sub(2)), at(sp.sub(1))) {
            Ok((rest, matched)) => {
                if !matched.is_none() {
                    let handled = matched.clone().into_bits();
                    let old = swap_handled(vm, handled);
                    word::release_any(old, vm);
                }
                let exception = std::mem::replace(&mut *sp.sub(2), rest.into_bits());
                let wanted = std::mem::replace(&mut *sp.sub(1), matched.into_bits());
                release(exception, vm);
                release(wanted, vm);
                true
            }
            Err(_) => false,
        }
    }
}

op!(CHECK_EG_MATCH, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    if !match_group(sp, frame, vm) {
        return unwind(ip, sp, frame, vm, 0);
    }
    next(ip.add(1), sp, frame, vm)
});

#[inline(never)]
unsafe fn raise_varargs(sp: Sp, vm: Vp, arg: usize) {
    // SAFETY: as many values as the argument says are on the stack.
    unsafe {
        let vm = &mut *vm;
        let _ = match arg {
            0 => vm.reraise_handled(),
            1 => vm.normalize_raise(at(sp.sub(1)), None),
            _ => vm.normalize_raise(at(sp.sub(2)), Some(at(sp.sub(1)))),
        };
    }
}

op!(RAISE_VARARGS, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    raise_varargs(sp, vm, arg);
    // What is handled and raised again is on its way as it was: its traceback has this frame.
    unwind(ip, sp, frame, vm, (arg == 0) as usize)
});

#[inline(never)]
unsafe fn raise_again(exception: u64, vm: Vp) {
    // SAFETY: the word is an owned exception.
    let _ = unsafe { (*vm).raise(Value::from_bits(exception)) };
}

op!(RERAISE, |ip, sp, frame, vm, arg| {
    raise_again(*sp.sub(1), vm);
    // With an argument, the offset of the instruction that raised lies below: that is where the frame says it is if
    // the exception leaves it.
    let first = *sp.sub(1 + arg);
    let mode = if arg != 0 && first >= INT_TAG { 2 + word::int(first) as usize } else { 1 };
    unwind(ip, sp.sub(1), frame, vm, mode)
});

#[inline(never)]
unsafe fn cleaned_up(sp: Sp, vm: Vp) -> u64 {
    // SAFETY: an exception is on the stack.
    unsafe {
        let vm = &mut *vm;
        let e = at(sp.sub(1));
        if !e.ty().is_subtype(errors::STOP_ITERATION.as_type()) {
            return 0;
        }
        word::of(vm.get_attr(e, name!("value")))
    }
}

op!(CLEANUP_THROW, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = cleaned_up(sp, vm);
    if r == 0 {
        if (*vm).peek_raised().is_some() {
            return unwind(ip, sp, frame, vm, 0);
        }
        raise_again(*sp.sub(1), vm);
        return unwind(ip, sp.sub(1), frame, vm, 1);
    }
    for i in 1..4 {
        word::release_any(*sp.sub(i), vm);
    }
    *sp.sub(3) = NONE_WORD();
    *sp.sub(2) = r;
    next(ip.add(1), sp.sub(1), frame, vm)
});

op!(END_ASYNC_FOR, |ip, sp, frame, vm, arg| {
    let e = *sp.sub(1);
    if !at(sp.sub(1)).ty().is_subtype(errors::STOP_ASYNC_ITERATION.as_type()) {
        raise_again(e, vm);
        return unwind(ip, sp.sub(1), frame, vm, 1);
    }
    (*frame).ip = ip;
    release(e, vm);
    release(*sp.sub(2), vm);
    next(ip.add(1), sp.sub(2), frame, vm)
});

#[inline(never)]
unsafe fn exit_with(sp: Sp, vm: Vp) -> u64 {
    fn call(vm: &mut Vm, exit: &Value, this: Option<&Value>, e: &Value) -> Result {
        let traceback = match as_exception(e) {
            Some(x) => x.get(vm).traceback.as_ref().map_or_else(Value::none, Ref::to_value),
            None => Value::none(),
        };
        let class = e.ty().to_value();
        match this {
            Some(this) => vm.call_args(exit, Args::positional_only(&[this.clone(), class, e.clone(), traceback])),
            None => vm.call_args(exit, Args::positional_only(&[class, e.clone(), traceback])),
        }
    }
    // SAFETY: exit function and its receiver (or nothing) lie below three other words.
    unsafe {
        let this = if *sp.sub(4) != 0 { Some(at(sp.sub(4))) } else { None };
        word::of(call(&mut *vm, at(sp.sub(5)), this, at(sp.sub(1))))
    }
}

op!(WITH_EXCEPT_START, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = exit_with(sp, vm);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    *sp = r;
    next(ip.add(1), sp.add(1), frame, vm)
});
