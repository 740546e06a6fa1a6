//! Handlers of `yield from`, `await` and asynchronous iteration.

use crate::eval::dispatch::{Fp, Sp, Vp, next, op};
use crate::eval::generator;
use crate::eval::unwind::unwind;
use crate::eval::word::{self, at, release};
use crate::types::generator::{COROUTINE, GENERATOR, Generator};
use crate::{Result, Value, Vm, errors, name, slots};
use taipan_bytecode::CodeFlags;

/// Sends a value to an iterator: what it gives, and whether that is its end.
fn send(vm: &mut Vm, receiver: &Value, value: &Value) -> Result<(Value, bool)> {
    let sent = match slots::of(receiver.ty()).next {
        Some(f) if value.is_none() => match f(vm, receiver) {
            Ok(Some(v)) => return Ok((v, false)),
            Ok(None) => return Ok((Value::none(), true)),
            Err(raised) => Err(raised),
        },
        _ => vm.call_method(receiver, name!("send"), std::slice::from_ref(value)),
    };
    match sent {
        Ok(v) => Ok((v, false)),
        Err(raised) if vm.raised_is(errors::STOP_ITERATION.as_type()) && vm.report_iteration_end() => {
            let e = vm.take_raised(raised);
            Ok((vm.get_attr(&e, name!("value"))?, true))
        }
        Err(raised) => Err(raised),
    }
}

/// Puts what the receiver gives in place of the value on the stack: 0 raised, 1 goes on, 2 is at its end.
#[inline(never)]
unsafe fn send_word(sp: Sp, vm: Vp) -> usize {
    // SAFETY: receiver and value are on the stack.
    unsafe {
        match send(&mut *vm, at(sp.sub(2)), at(sp.sub(1))) {
            Ok((v, ended)) => {
                let old = std::mem::replace(&mut *sp.sub(1), v.into_bits());
                release(old, vm);
                (*vm).drain();
                1 + ended as usize
            }
            Err(_) => 0,
        }
    }
}

op!(SEND, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let (receiver, value) = (*sp.sub(2), *sp.sub(1));
    if generator::can_send(receiver, value, vm) && arg < 0xFFF0 {
        (*frame).sp = sp.sub(1);
        (*frame).return_offset = 2 + arg as u16;
        let callee = generator::link(receiver, frame, value, vm);
        return next((*callee).ip.add(1), (*callee).sp, callee, vm);
    }
    send_slow(ip, sp, frame, vm, arg)
});

op!(
    /// Sends to anything but a generator that can be linked.
    #[inline(never)]
    send_slow,
    |ip, sp, frame, vm, arg| {
        match send_word(sp, vm) {
            0 => unwind(ip, sp, frame, vm, 0),
            1 => next(ip.add(2), sp, frame, vm),
            _ => next(ip.add(2 + arg), sp, frame, vm),
        }
    }
);

unsafe fn flags_of(frame: Fp) -> CodeFlags {
    // SAFETY: the contract of handlers.
    unsafe { *(*(*frame).code).flags }
}

fn yield_from_iterator(vm: &mut Vm, v: &Value, flags: CodeFlags) -> Result {
    if COROUTINE.is_exact(v) {
        if !flags.intersects(CodeFlags::COROUTINE | CodeFlags::ITERABLE_COROUTINE) {
            let text = "cannot 'yield from' a coroutine object in a non-coroutine generator";
            return Err(vm.raise_type_error(text));
        }
        return Ok(v.clone());
    }
    if GENERATOR.is_exact(v) {
        return Ok(v.clone());
    }
    vm.iter(v)
}

#[inline(never)]
unsafe fn yield_from_word(sp: Sp, frame: Fp, vm: Vp) -> u64 {
    // SAFETY: a value is on the stack.
    unsafe { word::of(yield_from_iterator(&mut *vm, at(sp.sub(1)), flags_of(frame))) }
}

op!(GET_YIELD_FROM_ITER, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = yield_from_word(sp, frame, vm);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    let v = std::mem::replace(&mut *sp.sub(1), r);
    release(v, vm);
    next(ip.add(1), sp, frame, vm)
});

/// Whether a value is a generator that `types.coroutine` has marked.
fn is_iterable_coroutine(vm: &Vm, v: &Value) -> bool {
    GENERATOR.is_exact(v)
        && v.downcast::<Generator>().is_some_and(|g| g.get(vm).code.has(CodeFlags::ITERABLE_COROUTINE))
}

/// The iterator that `await` runs.
pub fn awaitable_iterator(vm: &mut Vm, v: &Value) -> Result {
    if COROUTINE.is_exact(v) || is_iterable_coroutine(vm, v) {
        return Ok(v.clone());
    }
    let Some(f) = slots::of(v.ty()).await_ else {
        let text = format!("'{}' object can't be awaited", v.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    let it = f(vm, v)?;
    if COROUTINE.is_exact(&it) || is_iterable_coroutine(vm, &it) {
        return Err(vm.raise_type_error("__await__() returned a coroutine"));
    }
    if slots::of(it.ty()).next.is_none() {
        let text = format!("__await__() returned non-iterator of type '{}'", it.ty().name());
        return Err(vm.raise_type_error(&text));
    }
    Ok(it)
}

fn get_awaitable(vm: &mut Vm, v: &Value, context: usize) -> Result {
    let it = match awaitable_iterator(vm, v) {
        Ok(it) => it,
        Err(raised) => {
            if context != 0 && slots::of(v.ty()).await_.is_none() {
                drop(vm.take_raised(raised));
                let method = if context == 1 { "__aenter__" } else { "__aexit__" };
                let text = format!(
                    "'async with' received an object from {method} that does not implement __await__: {}",
                    v.ty().name()
                );
                return Err(vm.raise_type_error(&text));
            }
            return Err(raised);
        }
    };
    if COROUTINE.is_exact(&it)
        && let Some(g) = generator::as_generator(&it)
        && generator::awaited(vm, g).is_some()
    {
        return Err(vm.raise_runtime_error("coroutine is being awaited already"));
    }
    Ok(it)
}

#[inline(never)]
unsafe fn awaitable_word(sp: Sp, vm: Vp, arg: usize) -> u64 {
    // SAFETY: a value is on the stack.
    unsafe { word::of(get_awaitable(&mut *vm, at(sp.sub(1)), arg)) }
}

op!(GET_AWAITABLE, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = awaitable_word(sp, vm, arg);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    let v = std::mem::replace(&mut *sp.sub(1), r);
    release(v, vm);
    next(ip.add(1), sp, frame, vm)
});

fn get_aiter(vm: &mut Vm, v: &Value) -> Result {
    let Some(f) = slots::of(v.ty()).aiter else {
        let text = format!("'async for' requires an object with __aiter__ method, got {}", v.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    let it = f(vm, v)?;
    if slots::of(it.ty()).anext.is_none() {
        let text = format!(
            "'async for' received an object from __aiter__ that does not implement __anext__: {}",
            it.ty().name()
        );
        return Err(vm.raise_type_error(&text));
    }
    Ok(it)
}

#[inline(never)]
unsafe fn aiter_word(sp: Sp, vm: Vp) -> u64 {
    // SAFETY: a value is on the stack.
    unsafe { word::of(get_aiter(&mut *vm, at(sp.sub(1)))) }
}

op!(GET_AITER, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = aiter_word(sp, vm);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    let v = std::mem::replace(&mut *sp.sub(1), r);
    release(v, vm);
    next(ip.add(1), sp, frame, vm)
});

fn get_anext(vm: &mut Vm, it: &Value) -> Result {
    let Some(f) = slots::of(it.ty()).anext else {
        let text = format!("'async for' requires an iterator with __anext__ method, got {}", it.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    let next = f(vm, it)?;
    if crate::types::generator::ASYNC_GENERATOR.is_exact(it) {
        return Ok(next);
    }
    match awaitable_iterator(vm, &next) {
        Ok(awaitable) => Ok(awaitable),
        Err(raised) => {
            let cause = vm.take_raised(raised);
            let text = format!("'async for' received an invalid object from __anext__: {}", next.ty().name());
            let text = vm.new_str(&text)?.into_value();
            let error = vm.new_exception(errors::TYPE_ERROR.as_type(), vec![text])?;
            if let Some(e) = crate::types::exceptions::base::as_exception(&error) {
                vm.set_cause(e, Some(cause.clone()));
            }
            vm.set_context(&error, cause);
            Err(vm.raise(error))
        }
    }
}

#[inline(never)]
unsafe fn anext_word(sp: Sp, vm: Vp) -> u64 {
    // SAFETY: a value is on the stack.
    unsafe { word::of(get_anext(&mut *vm, at(sp.sub(1)))) }
}

op!(GET_ANEXT, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = anext_word(sp, vm);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    *sp = r;
    next(ip.add(1), sp.add(1), frame, vm)
});
