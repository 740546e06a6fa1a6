//! Handlers that move words: locals, cells, constants, the stack.

use crate::eval::dispatch::{Flow, Fp, Sp, Vp, next, op};
use crate::eval::frame::{self, local};
use crate::eval::unwind::unwind;
use crate::eval::word::{self, bury, dying, dying_any, retain, retain_any};
use crate::types::cell::Cell;
use crate::types::code::Code;
use crate::{Ref, Str, Value, errors, name};
use taipan_bytecode::Opcode;
use taipan_bytecode::code::local_kind;
use taipan_object::value::INT_TAG;

/// The value word of a cell.
#[inline(always)]
unsafe fn cell_word(cell: u64) -> *mut u64 {
    // SAFETY: the compiler puts cells where these instructions look for them; Option<Value> is a word.
    unsafe { (&raw mut (*word::payload::<Cell>(cell)).value).cast() }
}

op!(
    /// Frees the object `arg`, then goes on: for handlers that have replaced or dropped it.
    #[cold]
    free_next,
    |ip, sp, frame, vm, arg| {
        (*frame).ip = ip.sub(1);
        (*frame).sp = sp;
        bury(arg as u64, vm);
        go_on(vm)
    }
);

/// Goes on behind the unit at which the current frame stands: what a handler needs is found through the thread, so that it
/// has nothing else to keep during the call before this.
#[inline(always)]
unsafe fn go_on(vm: Vp) -> Flow {
    // SAFETY: the frame's fields have been set before the call.
    unsafe {
        let frame = (*vm).eval.frame;
        next((*frame).ip.add(1), (*frame).sp, frame, vm)
    }
}

op!(
    /// Frees those of the two words above the stack that bits 0 and 1 of `arg` say have been found dying, then goes on.
    #[cold]
    free_pair_next,
    |ip, sp, frame, vm, arg| {
        (*frame).ip = ip.sub(1);
        (*frame).sp = sp;
        free_pair(sp, arg, vm);
        go_on(vm)
    }
);

/// Frees those of the words at `sp` and behind it that bits 0 and 1 of `dying` stand for, the upper one first.
#[cold]
#[inline(never)]
pub unsafe fn free_pair(sp: Sp, dying: usize, vm: Vp) {
    // SAFETY: the words were found dying.
    unsafe {
        let (a, b) = (*sp, *sp.add(1));
        if dying == 3 {
            // A finaliser may run now, and with it the collector, which takes what has a count of zero for garbage.
            retain(a);
            bury(b, vm);
            return word::release(a, vm);
        }
        bury(if dying == 1 { a } else { b }, vm);
    }
}

op!(NOP, |ip, sp, frame, vm, arg| { next(ip.add(1), sp, frame, vm) });

op!(LOAD_FAST, |ip, sp, frame, vm, arg| {
    let w = *local(frame, arg);
    retain(w);
    *sp = w;
    next(ip.add(1), sp.add(1), frame, vm)
});

op!(
    /// As [`LOAD_FAST`]; an attribute of the variable that the next instruction loads or stores needs no reference.
    LOAD_FAST_BORROW,
    |ip, sp, frame, vm, arg| {
        let w = *local(frame, arg);
        let unit = *ip.add(1) as usize;
        if unit & 0xFF == Opcode::LOAD_ATTR_INSTANCE_VALUE as usize {
            let value = super::attrs::inline_value(ip.add(1), w);
            if value != 0 {
                retain(value);
                *sp = value;
                *sp.add(1) = 0;
                return next(ip.add(1 + super::attrs::LOAD), sp.add(1 + (unit >> 8 & 1)), frame, vm);
            }
        }
        retain(w);
        *sp = w;
        next(ip.add(1), sp.add(1), frame, vm)
    }
);

op!(LOAD_FAST_LOAD_FAST, |ip, sp, frame, vm, arg| {
    let a = *local(frame, arg >> 4);
    let b = *local(frame, arg & 15);
    retain(a);
    *sp = a;
    retain(b);
    *sp.add(1) = b;
    next(ip.add(1), sp.add(2), frame, vm)
});

op!(LOAD_FAST_CHECK, |ip, sp, frame, vm, arg| {
    let w = *local(frame, arg);
    if w == 0 {
        return unbound_local(ip, sp, frame, vm, arg);
    }
    retain(w);
    *sp = w;
    next(ip.add(1), sp.add(1), frame, vm)
});

op!(LOAD_FAST_AND_CLEAR, |ip, sp, frame, vm, arg| {
    *sp = std::mem::replace(&mut *local(frame, arg), 0);
    next(ip.add(1), sp.add(1), frame, vm)
});

op!(STORE_FAST, |ip, sp, frame, vm, arg| {
    let old = std::mem::replace(&mut *local(frame, arg), *sp.sub(1));
    if dying_any(old) {
        return free_next(ip.add(1), sp.sub(1), frame, vm, old as usize);
    }
    next(ip.add(1), sp.sub(1), frame, vm)
});

op!(STORE_FAST_LOAD_FAST, |ip, sp, frame, vm, arg| {
    let old = std::mem::replace(&mut *local(frame, arg >> 4), *sp.sub(1));
    let w = *local(frame, arg & 15);
    retain(w);
    *sp.sub(1) = w;
    if dying_any(old) {
        return free_next(ip.add(1), sp, frame, vm, old as usize);
    }
    next(ip.add(1), sp, frame, vm)
});

op!(STORE_FAST_STORE_FAST, |ip, sp, frame, vm, arg| {
    let first = std::mem::replace(&mut *local(frame, arg >> 4), *sp.sub(1));
    let second = std::mem::replace(&mut *local(frame, arg & 15), *sp.sub(2));
    let (a, b) = (dying_any(first), dying_any(second));
    if a | b {
        *sp.sub(2) = second;
        *sp.sub(1) = first;
        return free_pair_next(ip.add(1), sp.sub(2), frame, vm, b as usize | (a as usize) << 1);
    }
    next(ip.add(1), sp.sub(2), frame, vm)
});

op!(DELETE_FAST, |ip, sp, frame, vm, arg| {
    let old = std::mem::replace(&mut *local(frame, arg), 0);
    if old == 0 {
        return unbound_local(ip, sp, frame, vm, arg);
    }
    if dying(old) {
        return free_next(ip.add(1), sp, frame, vm, old as usize);
    }
    next(ip.add(1), sp, frame, vm)
});

op!(LOAD_CONST, |ip, sp, frame, vm, arg| {
    let w = *(*(*frame).code).consts.items().as_ptr().cast::<u64>().add(arg);
    retain(w);
    *sp = w;
    next(ip.add(1), sp.add(1), frame, vm)
});

op!(LOAD_SMALL_INT, |ip, sp, frame, vm, arg| {
    *sp = INT_TAG | arg as u64;
    next(ip.add(1), sp.add(1), frame, vm)
});

op!(PUSH_NULL, |ip, sp, frame, vm, arg| {
    *sp = 0;
    next(ip.add(1), sp.add(1), frame, vm)
});

op!(POP_TOP, |ip, sp, frame, vm, arg| {
    let w = *sp.sub(1);
    if dying_any(w) {
        return free_next(ip.add(1), sp.sub(1), frame, vm, w as usize);
    }
    next(ip.add(1), sp.sub(1), frame, vm)
});

op!(COPY, |ip, sp, frame, vm, arg| {
    let w = *sp.sub(arg);
    retain_any(w);
    *sp = w;
    next(ip.add(1), sp.add(1), frame, vm)
});

op!(SWAP, |ip, sp, frame, vm, arg| {
    let top = *sp.sub(1);
    *sp.sub(1) = *sp.sub(arg);
    *sp.sub(arg) = top;
    next(ip.add(1), sp, frame, vm)
});

op!(END_SEND, |ip, sp, frame, vm, arg| {
    let receiver = std::mem::replace(&mut *sp.sub(2), *sp.sub(1));
    if dying(receiver) {
        return free_next(ip.add(1), sp.sub(1), frame, vm, receiver as usize);
    }
    next(ip.add(1), sp.sub(1), frame, vm)
});

#[inline(never)]
unsafe fn new_cell(vm: Vp, initial: u64) -> u64 {
    // SAFETY: the word is an owned value or absent, which is how Option<Value> lies in memory.
    unsafe { word::of((*vm).new_cell(std::mem::transmute::<u64, Option<Value>>(initial))) }
}

op!(MAKE_CELL, |ip, sp, frame, vm, arg| {
    let initial = std::mem::replace(&mut *local(frame, arg), 0);
    let cell = new_cell(vm, initial);
    if cell == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    *local(frame, arg) = cell;
    next(ip.add(1), sp, frame, vm)
});

op!(COPY_FREE_VARS, |ip, sp, frame, vm, arg| {
    if let Some(closure) = &frame::function(frame).closure {
        let cells = closure.items();
        let first = (*(*frame).code).localsplus as usize - arg;
        for (i, cell) in cells.iter().take(arg).enumerate() {
            let w = cell.bits();
            retain(w);
            *local(frame, first + i) = w;
        }
    }
    next(ip.add(1), sp, frame, vm)
});

op!(LOAD_DEREF, |ip, sp, frame, vm, arg| {
    let w = *cell_word(*local(frame, arg));
    if w == 0 {
        return unbound_deref(ip, sp, frame, vm, arg);
    }
    retain(w);
    *sp = w;
    next(ip.add(1), sp.add(1), frame, vm)
});

op!(STORE_DEREF, |ip, sp, frame, vm, arg| {
    let old = std::mem::replace(&mut *cell_word(*local(frame, arg)), *sp.sub(1));
    if dying_any(old) {
        return free_next(ip.add(1), sp.sub(1), frame, vm, old as usize);
    }
    next(ip.add(1), sp.sub(1), frame, vm)
});

op!(DELETE_DEREF, |ip, sp, frame, vm, arg| {
    let old = std::mem::replace(&mut *cell_word(*local(frame, arg)), 0);
    if old == 0 {
        return unbound_deref(ip, sp, frame, vm, arg);
    }
    if dying(old) {
        return free_next(ip.add(1), sp, frame, vm, old as usize);
    }
    next(ip.add(1), sp, frame, vm)
});

op!(LOAD_FROM_DICT_OR_DEREF, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let found = from_dict_or_deref(sp, frame, vm, arg);
    if found == 0 {
        if (*vm).peek_raised().is_none() {
            return unbound_deref(ip, sp, frame, vm, arg);
        }
        return unwind(ip, sp, frame, vm, 0);
    }
    let namespace = std::mem::replace(&mut *sp.sub(1), found);
    word::release(namespace, vm);
    next(ip.add(1), sp, frame, vm)
});

#[inline(never)]
unsafe fn from_dict_or_deref(sp: Sp, frame: Fp, vm: Vp, arg: usize) -> u64 {
    // SAFETY: the contract of handlers.
    unsafe {
        let vm = &mut *vm;
        if let Some(name) = (*(*frame).code).local_name(arg) {
            match super::names::get_optional(vm, word::at(sp.sub(1)), name) {
                Ok(Some(v)) => return v.into_bits(),
                Ok(None) => {}
                Err(_) => return 0,
            }
        }
        let w = *cell_word(*local(frame, arg));
        retain_any(w);
        w
    }
}

op!(LOAD_LOCALS, |ip, sp, frame, vm, arg| {
    let w = (*frame).locals;
    if w == 0 {
        no_locals(vm);
        return unwind(ip, sp, frame, vm, 0);
    }
    retain(w);
    *sp = w;
    next(ip.add(1), sp.add(1), frame, vm)
});

#[cold]
#[inline(never)]
unsafe fn no_locals(vm: Vp) {
    // SAFETY: the contract of handlers.
    let _ = unsafe { (*vm).raise_system_error("no locals") };
}

op!(
    #[cold]
    unbound_local,
    |ip, sp, frame, vm, arg| {
        raise_unbound(vm, (*frame).code, arg);
        unwind(ip, sp, frame, vm, 0)
    }
);

op!(
    #[cold]
    unbound_deref,
    |ip, sp, frame, vm, arg| {
        raise_unbound(vm, (*frame).code, arg);
        unwind(ip, sp, frame, vm, 0)
    }
);

#[cold]
#[inline(never)]
unsafe fn raise_unbound(vm: Vp, code: *const Code, arg: usize) {
    // SAFETY: the contract of handlers: the index is one of the code's fast locals.
    unsafe {
        let name: Ref<Str> = match (*code).local_name(arg) {
            Some(n) => n.clone(),
            None => name!("?").clone(),
        };
        let text = name.to_string_lossy();
        let kinds: &[u8] = &(*code).kinds;
        let free = kinds.get(arg).is_some_and(|k| k & local_kind::FREE != 0);
        let _ = if free {
            let text = format!(
                "cannot access free variable '{text}' where it is not associated with a value in enclosing scope"
            );
            (*vm).raise_name_error(&name, &text)
        } else {
            let text = format!("cannot access local variable '{text}' where it is not associated with a value");
            (*vm).raise_class(errors::UNBOUND_LOCAL_ERROR.as_type(), &text)
        };
    }
}

op!(LOAD_COMMON_CONSTANT, |ip, sp, frame, vm, arg| {
    let w = common_constant(vm, arg);
    if w == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    *sp = w;
    next(ip.add(1), sp.add(1), frame, vm)
});

#[inline(never)]
unsafe fn common_constant(vm: Vp, arg: usize) -> u64 {
    // SAFETY: the contract of handlers.
    let vm = unsafe { &mut *vm };
    word::of(match arg {
        0 => Ok(errors::ASSERTION_ERROR.as_type().to_value()),
        1 => Ok(errors::NOT_IMPLEMENTED_ERROR.as_type().to_value()),
        2 => Ok(taipan_object::statics::TUPLE.as_type().to_value()),
        _ => match &vm.state().common[arg & 1] {
            Some(f) => Ok(f.clone()),
            None => Err(vm.raise_system_error("no common constants")),
        },
    })
}

op!(LOAD_BUILD_CLASS, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let w = build_class(frame, vm);
    if w == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    *sp = w;
    next(ip.add(1), sp.add(1), frame, vm)
});

#[inline(never)]
unsafe fn build_class(frame: Fp, vm: Vp) -> u64 {
    // SAFETY: the contract of handlers.
    unsafe {
        let vm = &mut *vm;
        let name = name!("__build_class__");
        match vm.dict_get(frame::builtins(frame), name.as_value()) {
            Ok(Some(f)) => f.into_bits(),
            Ok(None) => {
                let _ = vm.raise_name_error(name, "__build_class__ not found");
                0
            }
            Err(_) => 0,
        }
    }
}
