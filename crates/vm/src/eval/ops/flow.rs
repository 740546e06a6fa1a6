//! Handlers that decide where to go on: jumps, loops, returns.

use crate::eval::dispatch::{again, exit, next, op};
use crate::eval::frame::{self, Owner, local};
use crate::eval::unwind::unwind;
use crate::eval::word::{self, at, bury, dying_any, release};
use crate::eval::{FALSE_WORD, NONE_WORD, TRUE_WORD, generator};
use crate::slots;
use std::sync::atomic::Ordering;

/// Whether something wants the thread's attention.
#[inline(always)]
unsafe fn breaker_set(vm: *mut crate::Vm) -> bool {
    // SAFETY: the contract of handlers.
    let vm: &crate::Vm = unsafe { &*vm };
    vm.breaker.load(Ordering::Relaxed) != 0
}

op!(EXTENDED_ARG, |ip, sp, frame, vm, arg| {
    let ip = ip.add(1);
    again(ip, sp, frame, vm, arg << 8 | *ip as usize >> 8)
});

op!(RESUME, |ip, sp, frame, vm, arg| {
    if breaker_set(vm) {
        return resume_slow(ip, sp, frame, vm, arg);
    }
    next(ip.add(1), sp, frame, vm)
});

op!(
    #[cold]
    resume_slow,
    |ip, sp, frame, vm, arg| {
        (*frame).ip = ip;
        (*frame).sp = sp;
        if !crate::eval::answer_breaker(vm) {
            return unwind(ip, sp, frame, vm, 0);
        }
        next(ip.add(1), sp, frame, vm)
    }
);

op!(JUMP_BACKWARD, |ip, sp, frame, vm, arg| {
    if breaker_set(vm) {
        return jump_backward_slow(ip, sp, frame, vm, arg);
    }
    next(ip.add(2).sub(arg), sp, frame, vm)
});

op!(
    #[cold]
    jump_backward_slow,
    |ip, sp, frame, vm, arg| {
        (*frame).ip = ip;
        (*frame).sp = sp;
        if !crate::eval::answer_breaker(vm) {
            return unwind(ip, sp, frame, vm, 0);
        }
        next(ip.add(2).sub(arg), sp, frame, vm)
    }
);

op!(JUMP_BACKWARD_NO_INTERRUPT, |ip, sp, frame, vm, arg| { next(ip.add(1).sub(arg), sp, frame, vm) });

op!(JUMP_FORWARD, |ip, sp, frame, vm, arg| { next(ip.add(1 + arg), sp, frame, vm) });

op!(POP_JUMP_IF_FALSE, |ip, sp, frame, vm, arg| {
    // The operand is True or False, which are immortal.
    let skip = if *sp.sub(1) == FALSE_WORD() { arg } else { 0 };
    next(ip.add(2 + skip), sp.sub(1), frame, vm)
});

op!(POP_JUMP_IF_TRUE, |ip, sp, frame, vm, arg| {
    let skip = if *sp.sub(1) == TRUE_WORD() { arg } else { 0 };
    next(ip.add(2 + skip), sp.sub(1), frame, vm)
});

op!(POP_JUMP_IF_NONE, |ip, sp, frame, vm, arg| {
    let v = *sp.sub(1);
    if v == NONE_WORD() {
        return next(ip.add(2 + arg), sp.sub(1), frame, vm);
    }
    if word::dying(v) {
        return super::stack::free_next(ip.add(2), sp.sub(1), frame, vm, v as usize);
    }
    next(ip.add(2), sp.sub(1), frame, vm)
});

op!(POP_JUMP_IF_NOT_NONE, |ip, sp, frame, vm, arg| {
    let v = *sp.sub(1);
    if v == NONE_WORD() {
        return next(ip.add(2), sp.sub(1), frame, vm);
    }
    if word::dying(v) {
        return super::stack::free_next(ip.add(2 + arg), sp.sub(1), frame, vm, v as usize);
    }
    next(ip.add(2 + arg), sp.sub(1), frame, vm)
});

#[inline(never)]
unsafe fn iterator(vm: *mut crate::Vm, sp: *const u64) -> u64 {
    // SAFETY: one word is on the stack.
    unsafe { word::of((*vm).iter(at(sp.sub(1)))) }
}

op!(GET_ITER, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = iterator(vm, sp);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    let v = std::mem::replace(&mut *sp.sub(1), r);
    release(v, vm);
    next(ip.add(1), sp, frame, vm)
});

/// No value word: an exception was raised.
const RAISED: u64 = 1;

/// The next item of the iterator on the stack; 0 at the end.
#[inline(never)]
unsafe fn next_item(vm: *mut crate::Vm, sp: *const u64) -> u64 {
    // SAFETY: one word is on the stack.
    unsafe {
        let it = at(sp.sub(1));
        let r = match slots::of(it.ty()).next {
            Some(f) => f(&mut *vm, it),
            None => (*vm).next(it),
        };
        match r {
            Ok(Some(v)) => v.into_bits(),
            Ok(None) => 0,
            Err(raised) => {
                if !(*vm).raised_is(crate::errors::STOP_ITERATION.as_type()) {
                    return RAISED;
                }
                drop((*vm).take_raised(raised));
                0
            }
        }
    }
}

op!(FOR_ITER, |ip, sp, frame, vm, arg| {
    let it = *sp.sub(1);
    (*frame).ip = ip;
    if generator::can_resume(it, vm) {
        (*frame).return_offset = 2 + arg as u16;
        if arg < 0xFFF0 {
            (*frame).sp = sp;
            let callee = generator::link(it, frame, NONE_WORD(), vm);
            return next((*callee).ip.add(1), (*callee).sp, callee, vm);
        }
    }
    let r = next_item(vm, sp);
    if r > RAISED {
        *sp = r;
        (*vm).drain();
        return next(ip.add(2), sp.add(1), frame, vm);
    }
    if r == RAISED {
        return unwind(ip, sp, frame, vm, 0);
    }
    // Behind END_FOR, to POP_ITER.
    next(ip.add(3 + arg), sp, frame, vm)
});

op!(INTERPRETER_EXIT, |ip, sp, frame, vm, arg| { exit(*sp.sub(1)) });

op!(RETURN_VALUE, |ip, sp, frame, vm, arg| {
    if (*frame).owner != Owner::Thread || (*frame).object != 0 || (*frame).locals != 0 {
        return return_slow(ip, sp, frame, vm, arg);
    }
    (*vm).eval.frame = (*frame).prev;
    let end = (*(*frame).code).localsplus as usize;
    let mut i = 0;
    while i < end {
        let w = *local(frame, i);
        if dying_any(w) {
            return return_from(ip, sp, frame, vm, i);
        }
        i += 1;
    }
    let function = (*frame).function;
    if word::dying(function) {
        return return_from(ip, sp, frame, vm, i);
    }
    let prev = (*frame).prev;
    (*vm).recursion_left += 1;
    (*vm).eval.top = frame.cast();
    let to = (*prev).sp;
    *to = *sp.sub(1);
    next((*prev).ip.add((*prev).return_offset as usize), to.add(1), prev, vm)
});

op!(
    /// Goes on with a return whose local `arg` has just been found dying; behind the locals comes the function.
    return_from,
    |ip, sp, frame, vm, arg| {
        let end = (*(*frame).code).localsplus as usize;
        let mut i = arg;
        if i < end {
            bury(*local(frame, i), vm);
            i += 1;
            while i < end {
                word::release_any(*local(frame, i), vm);
                i += 1;
            }
            release((*frame).function, vm);
        } else {
            bury((*frame).function, vm);
        }
        let prev = (*frame).prev;
        (*vm).recursion_left += 1;
        (*vm).eval.top = frame.cast();
        let to = (*prev).sp;
        *to = *sp.sub(1);
        next((*prev).ip.add((*prev).return_offset as usize), to.add(1), prev, vm)
    }
);

op!(
    /// Returns from frames that are not plain calls: generators', modules', those with a frame object.
    return_slow,
    |ip, sp, frame, vm, arg| {
        (*frame).ip = ip;
        let value = *sp.sub(1);
        let prev = leave(frame, sp.sub(1), vm);
        let to = (*prev).sp;
        *to = value;
        next((*prev).ip.add((*prev).return_offset as usize), to.add(1), prev, vm)
    }
);

/// Ends a frame whose value stack reaches up to `sp`: clears it and makes its caller the current frame.
#[inline(never)]
pub unsafe fn leave(frame: *mut frame::Frame, sp: *mut u64, vm: *mut crate::Vm) -> *mut frame::Frame {
    // SAFETY: the contract of handlers.
    unsafe {
        let prev = (*frame).prev;
        (*vm).eval.frame = prev;
        match (*frame).owner {
            Owner::Generator => generator::finish(frame, sp, vm),
            Owner::Init => {
                let mut at = frame.cast::<u64>().add(frame::HEADER_WORDS);
                while at < sp {
                    word::release_any(*at, vm);
                    at = at.add(1);
                }
                frame::pop(vm, frame);
            }
            _ => {
                frame::clear(vm, frame, sp);
                frame::pop(vm, frame);
            }
        }
        prev
    }
}
