//! Handlers that decide where to go on: jumps, loops, returns.

use crate::eval::dispatch::{again, exit, next, op};
use crate::eval::frame::{self, Owner, local};
use crate::eval::specialize::{self, tick};
use crate::eval::unwind::unwind;
use crate::eval::word::{self, at, bury, dying_any, release};
use crate::eval::{FALSE_WORD, NONE_WORD, TRUE_WORD, generator};
use crate::slots;
use crate::types::dict::views::{DICT_ITEM_ITERATOR, ItemIterator};
use crate::types::enumerate::{ENUMERATE, Enumerate, Pairs};
use crate::types::generator::GENERATOR;
use crate::types::list::{LIST_ITERATOR, ListIterator};
use crate::types::range::{RANGE_ITERATOR, RangeIterator};
use crate::types::str::iterator::{AsciiStrIterator, STR_ASCII_ITERATOR};
use crate::types::tuple::{TUPLE_ITERATOR, TupleIterator};
use crate::types::zip_map_filter::{ZIP, Zip};
use crate::{List, Tuple};
use std::sync::atomic::Ordering;
use taipan_bytecode::Opcode;
use taipan_object::StrData;
use taipan_object::value::{INT_MAX, INT_MIN};

/// Whether something wants the thread's attention.
#[inline(always)]
pub unsafe fn breaker_set(vm: *mut crate::Vm) -> bool {
    // SAFETY: the contract of handlers.
    let vm: &crate::Vm = unsafe { &*vm };
    vm.breaker.load(Ordering::Relaxed) != 0
}

/// Whether the code may have to report other events than it does.
#[inline(always)]
unsafe fn is_out_of_date(frame: *mut frame::Frame, vm: *mut crate::Vm) -> bool {
    // SAFETY: the contract of handlers.
    unsafe {
        let vm: &crate::Vm = &*vm;
        (*(*frame).code).instrumentation.get() != vm.instrumentation.get()
    }
}

op!(EXTENDED_ARG, |ip, sp, frame, vm, arg| {
    let ip = ip.add(1);
    again(ip, sp, frame, vm, arg << 8 | *ip as usize >> 8)
});

op!(RESUME, |ip, sp, frame, vm, arg| {
    if breaker_set(vm) || is_out_of_date(frame, vm) {
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
        if is_out_of_date(frame, vm) {
            crate::eval::monitor::update(&mut *vm, (*frame).code);
            if *ip as u8 != Opcode::RESUME as u8 {
                return next(ip, sp, frame, vm);
            }
        }
        next(ip.add(1), sp, frame, vm)
    }
);

op!(
    /// Goes on after a call of native code, during which something has come to want attention; `arg` is the length of
    /// the instruction. Loops and functions ask themselves, so that only calls that are not specialised need this: those
    /// of code that runs once.
    #[cold]
    after_native_slow,
    |ip, sp, frame, vm, arg| {
        (*frame).sp = sp;
        if !crate::eval::answer_breaker(vm) {
            return unwind(ip, sp, frame, vm, 0);
        }
        next(ip.add(arg), sp, frame, vm)
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

/// What an iterator has raised that is not its end: [`RAISED`], else 0.
#[cold]
#[inline(never)]
unsafe fn iteration_raised(vm: *mut crate::Vm) -> u64 {
    // SAFETY: the contract of handlers.
    let vm = unsafe { &mut *vm };
    if !vm.raised_is(crate::errors::STOP_ITERATION.as_type()) || !vm.report_iteration_end() {
        return RAISED;
    }
    drop(vm.take_raised(taipan_object::Raised));
    0
}

/// The next item of the iterator on the stack; 0 at the end.
#[inline(always)]
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
            Err(_) => iteration_raised(vm),
        }
    }
}

op!(FOR_ITER, |ip, sp, frame, vm, arg| {
    let it = *sp.sub(1);
    if tick(ip) {
        specialize::for_iter(ip, vm, it);
        return again(ip, sp, frame, vm, arg);
    }
    (*frame).ip = ip;
    if generator::can_resume(it, vm) {
        return resume_generator(ip, sp, frame, vm, arg);
    }
    iterate(ip, sp, frame, vm, arg)
});

op!(
    /// Runs the generator on the stack as the callee of the loop.
    #[inline(always)]
    resume_generator,
    |ip, sp, frame, vm, arg| {
        if arg >= 0xFFF0 {
            return iterate_slow(ip, sp, frame, vm, arg);
        }
        (*frame).return_offset = 2 + arg as u16;
        (*frame).sp = sp;
        let callee = generator::link(*sp.sub(1), frame, NONE_WORD(), vm);
        next((*callee).ip.add(1), (*callee).sp, callee, vm)
    }
);

op!(
    /// The next item of any iterator.
    #[inline(always)]
    iterate,
    |ip, sp, frame, vm, arg| {
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
    }
);

op!(
    /// The same out of line, for loops that hardly ever need it.
    #[inline(never)]
    iterate_slow,
    |ip, sp, frame, vm, arg| { iterate(ip, sp, frame, vm, arg) }
);

op!(FOR_ITER_GEN, |ip, sp, frame, vm, arg| {
    if generator::can_resume(*sp.sub(1), vm) {
        (*frame).ip = ip;
        return resume_generator(ip, sp, frame, vm, arg);
    }
    FOR_ITER(ip, sp, frame, vm, arg)
});

op!(
    /// Anything but a generator, by the slot of its class.
    FOR_ITER_NATIVE,
    |ip, sp, frame, vm, arg| {
        let ty = word::type_address(*sp.sub(1));
        if ty == STR_ASCII_ITERATOR.as_type().address() {
            let it = &mut *word::payload::<AsciiStrIterator>(*sp.sub(1));
            if let Some(text) = &it.text
                && let StrData::Ascii(bytes) = text.data()
                && let Some(&c) = bytes.get(it.index)
                && let Some(s) = (&(*vm).eval.chars)[c as usize]
            {
                it.index += 1;
                let w = s.as_value().bits();
                word::retain(w);
                return got_item(ip, sp, frame, vm, w as usize);
            }
        } else if ty == GENERATOR.as_type().address() {
            return FOR_ITER(ip, sp, frame, vm, arg);
        }
        (*frame).ip = ip;
        iterate_slow(ip, sp, frame, vm, arg)
    }
);

op!(
    /// Goes on with the item `arg`, which the instruction behind the loop's head may store.
    #[inline(always)]
    got_item,
    |ip, sp, frame, vm, arg| {
        let unit = *ip.add(2) as usize;
        if unit & 0xFF == Opcode::STORE_FAST as usize {
            let old = std::mem::replace(&mut *local(frame, unit >> 8), arg as u64);
            if dying_any(old) {
                return super::stack::free_next(ip.add(3), sp, frame, vm, old as usize);
            }
            return next(ip.add(3), sp, frame, vm);
        }
        *sp = arg as u64;
        next(ip.add(2), sp.add(1), frame, vm)
    }
);

op!(FOR_ITER_RANGE, |ip, sp, frame, vm, arg| {
    let it = *sp.sub(1);
    if word::type_address(it) == RANGE_ITERATOR.as_type().address() {
        let it = &mut *word::payload::<RangeIterator>(it);
        if it.left == 0 {
            return next(ip.add(3 + arg), sp, frame, vm);
        }
        let n = it.next;
        if (INT_MIN..=INT_MAX).contains(&n) {
            it.left -= 1;
            it.next = n.wrapping_add(it.step);
            return got_item(ip, sp, frame, vm, word::from_int_shifted(n << 13) as usize);
        }
    }
    FOR_ITER(ip, sp, frame, vm, arg)
});

op!(FOR_ITER_LIST, |ip, sp, frame, vm, arg| {
    let it = *sp.sub(1);
    if word::type_address(it) == LIST_ITERATOR.as_type().address() {
        let it = &mut *word::payload::<ListIterator>(it);
        if let Some(list) = &it.list {
            let items = (*word::payload::<List>(list.as_value().bits())).items();
            if it.index < items.len() {
                let w = items.get_unchecked(it.index).bits();
                it.index += 1;
                word::retain(w);
                return got_item(ip, sp, frame, vm, w as usize);
            }
        }
        return iterate_slow(ip, sp, frame, vm, arg);
    }
    FOR_ITER(ip, sp, frame, vm, arg)
});

op!(FOR_ITER_TUPLE, |ip, sp, frame, vm, arg| {
    let it = *sp.sub(1);
    if word::type_address(it) == TUPLE_ITERATOR.as_type().address() {
        let it = &mut *word::payload::<TupleIterator>(it);
        if let Some(tuple) = &it.tuple {
            let items = (*word::payload::<Tuple>(tuple.as_value().bits())).items();
            if it.index < items.len() {
                let w = items.get_unchecked(it.index).bits();
                it.index += 1;
                word::retain(w);
                return got_item(ip, sp, frame, vm, w as usize);
            }
        }
        return iterate_slow(ip, sp, frame, vm, arg);
    }
    FOR_ITER(ip, sp, frame, vm, arg)
});

/// The next pair of an iterator over pairs, onto the stack, the first on top: [`RAISED`], 0 at the end, else more.
#[inline(never)]
unsafe fn next_pair(vm: *mut crate::Vm, sp: *mut u64) -> u64 {
    // SAFETY: an iterator of one of these classes is on the stack, above which two words are free.
    unsafe {
        let it = at(sp.sub(1));
        let vm = &mut *vm;
        let pair = if let Some(it) = it.downcast_exact::<ItemIterator>() {
            it.next_pair(vm)
        } else if let Some(it) = it.downcast_exact::<Enumerate>() {
            it.next_pair(vm)
        } else if let Some(it) = it.downcast_exact::<Zip>() {
            it.next_pair(vm)
        } else {
            Ok(None)
        };
        match pair {
            Ok(Some((a, b))) => {
                *sp = b.into_bits();
                *sp.add(1) = a.into_bits();
                2
            }
            Ok(None) => 0,
            Err(_) => RAISED,
        }
    }
}

op!(
    /// A loop over pairs, which are taken apart at once, over what makes a tuple of two for each: none is made.
    FOR_ITER_PAIR,
    |ip, sp, frame, vm, arg| {
        let ty = word::type_address(*sp.sub(1));
        let unit = *ip.add(2);
        if (ty == DICT_ITEM_ITERATOR.as_type().address()
            || ty == ENUMERATE.as_type().address()
            || ty == ZIP.as_type().address() && (*word::payload::<Zip>(*sp.sub(1))).is_plain_pair())
            && unit >> 8 == 2
        {
            (*frame).ip = ip;
            let r = next_pair(vm, sp);
            if r > RAISED {
                (*vm).drain();
                return next(ip.add(4), sp.add(2), frame, vm);
            }
            if r == RAISED {
                return unwind(ip, sp, frame, vm, 0);
            }
            return next(ip.add(3 + arg), sp, frame, vm);
        }
        FOR_ITER(ip, sp, frame, vm, arg)
    }
);

op!(INTERPRETER_EXIT, |ip, sp, frame, vm, arg| { exit(*sp.sub(1)) });

op!(
    /// Goes on in the caller `frame` with a callee's result, whose word is `arg`.
    #[inline(always)]
    resume_caller,
    |ip, sp, frame, vm, arg| {
        let to = (*frame).sp;
        *to = arg as u64;
        next((*frame).ip.add((*frame).return_offset as usize), to.add(1), frame, vm)
    }
);

op!(RETURN_VALUE, |ip, sp, frame, vm, arg| {
    if !frame::is_plain(frame) {
        return return_special(ip, sp, frame, vm, arg);
    }
    let prev = (*frame).prev;
    (*vm).eval.frame = prev;
    let end = (*(*frame).code).localsplus as usize;
    // The last variable goes first.
    let mut i = end;
    while i > 0 {
        i -= 1;
        let w = *local(frame, i);
        if dying_any(w) {
            return return_from(ip, sp, frame, vm, i);
        }
    }
    if word::dying((*frame).function) {
        return return_from(ip, sp, frame, vm, end);
    }
    (*vm).recursion_left += 1;
    (*vm).eval.top = frame.cast();
    resume_caller(ip, sp, prev, vm, *sp.sub(1) as usize)
});

/// Takes a plain frame that is no longer current apart from local `i` down, which has been found dying.
#[inline(never)]
unsafe fn clear_from(frame: *mut frame::Frame, i: usize, vm: *mut crate::Vm) {
    // SAFETY: the words behind are gone, those up to there are owned.
    unsafe {
        let end = (*(*frame).code).localsplus as usize;
        if i < end {
            bury(*local(frame, i), vm);
            for i in (0..i).rev() {
                word::release_any(*local(frame, i), vm);
            }
            release((*frame).function, vm);
        } else {
            bury((*frame).function, vm);
        }
        (*vm).recursion_left += 1;
        (*vm).eval.top = frame.cast();
    }
}

op!(
    /// Goes on with a return whose local `arg` has just been found dying; behind the locals comes the function.
    #[inline(never)]
    return_from,
    |ip, sp, frame, vm, arg| {
        let value = *sp.sub(1);
        let prev = (*frame).prev;
        clear_from(frame, arg, vm);
        resume_caller(ip, sp, prev, vm, value as usize)
    }
);

op!(
    /// Returns None from the `__init__` of a class that is called: the object is on the caller's stack already.
    #[inline(always)]
    return_init,
    |ip, sp, frame, vm, arg| {
        let prev = (*frame).prev;
        (*vm).eval.frame = prev;
        let mut i = (*(*frame).code).localsplus as usize;
        while i > 0 {
            i -= 1;
            if dying_any(*local(frame, i)) {
                clear_from(frame, i, vm);
                return next((*prev).ip.add((*prev).return_offset as usize), (*prev).sp, prev, vm);
            }
        }
        // The class keeps its `__init__` alive, but for that it may have been replaced meanwhile.
        if word::dying((*frame).function) {
            clear_from(frame, (*(*frame).code).localsplus as usize, vm);
            return next((*prev).ip.add((*prev).return_offset as usize), (*prev).sp, prev, vm);
        }
        (*vm).recursion_left += 1;
        (*vm).eval.top = frame.cast();
        next((*prev).ip.add((*prev).return_offset as usize), (*prev).sp, prev, vm)
    }
);

op!(
    /// Returns from frames that are not plain calls: generators', modules', those with a frame object, and from the
    /// `__init__` of a class that is called.
    #[inline(never)]
    return_special,
    |ip, sp, frame, vm, arg| {
        if frame::is_plain_init(frame) && *sp.sub(1) == NONE_WORD() {
            return return_init(ip, sp, frame, vm, arg);
        }
        (*frame).ip = ip;
        let value = *sp.sub(1);
        let init = (*frame).init;
        let prev = leave(frame, sp.sub(1), vm);
        if init {
            if value != NONE_WORD() {
                super::calls::bad_init(value, vm);
                return unwind((*prev).ip, (*prev).sp, prev, vm, 0);
            }
            return next((*prev).ip.add((*prev).return_offset as usize), (*prev).sp, prev, vm);
        }
        resume_caller(ip, sp, prev, vm, value as usize)
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
            _ => {
                frame::clear(vm, frame, sp);
                frame::pop(vm, frame);
            }
        }
        prev
    }
}
