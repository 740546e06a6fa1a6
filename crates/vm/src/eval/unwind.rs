//! Where an exception goes: to a handler of the frame, or on to its caller.

use super::dispatch::{Fp, Sp, Vp, exit, next, op};
use super::frame::{self, Owner, unit_index};
use super::monitor::event;
use super::ops::flow::leave;
use super::word;
use crate::Value;
use taipan_bytecode::exception_table;
use taipan_object::Raised;

op!(
    /// An exception has been raised by the instruction at `ip`. With `arg` above 0 it is on its way again, so the
    /// traceback has this frame already; above 1, it was first raised at code unit `arg - 2`.
    #[cold]
    unwind,
    |ip, sp, frame, vm, arg| {
        (*frame).ip = ip;
        (*frame).sp = sp;
        if !(*frame).code.is_null() && arg != 0 && (*vm).monitors(event::RERAISE) {
            report_reraise(frame, vm, arg);
        }
        let sp = find_handler(frame, sp, vm, arg);
        if !sp.is_null() {
            return next((*frame).ip, sp, frame, vm);
        }
        if arg > 1 {
            (*frame).ip = (*(*frame).code).start().add(arg - 2);
        }
        if !(*frame).code.is_null() {
            (*vm).report_exception(frame, event::PY_UNWIND);
        }
        let prev = leave_raising(frame, vm);
        if (*prev).owner == Owner::Entry {
            return exit(0);
        }
        unwind((*prev).ip, (*prev).sp, prev, vm, 0)
    }
);

/// Reports that an exception is on its way again, by an instruction that stands for the one that raised it first.
#[cold]
#[inline(never)]
unsafe fn report_reraise(frame: Fp, vm: Vp, arg: usize) {
    // SAFETY: the contract of handlers.
    unsafe {
        let (unit, ip) = (unit_index(frame), (*frame).ip);
        if arg > 1 {
            (*frame).ip = (*(*frame).code).start().add(arg - 2);
        }
        (*vm).report_exception_at(frame, event::RERAISE, unit);
        (*frame).ip = ip;
    }
}

#[inline(never)]
unsafe fn leave_raising(frame: Fp, vm: Vp) -> Fp {
    // SAFETY: the contract of handlers. What dies with the frame must not see the exception. A frame object that
    // outlives the frame keeps its variables, but not its value stack, on which the exception may be.
    unsafe {
        let exception = (*vm).take_raised(Raised);
        if !(*frame).code.is_null() {
            let bottom = frame::stack_base(frame);
            while (*frame).sp > bottom {
                (*frame).sp = (*frame).sp.sub(1);
                word::release_any(*(*frame).sp, vm);
            }
        }
        let prev = leave(frame, (*frame).sp, vm);
        let _ = (*vm).raise(exception);
        prev
    }
}

/// Unwinds the stack to the handler that covers the instruction and pushes the exception: the new end of the stack,
/// with the frame's `ip` at the handler. Null: the frame has no handler for it. `again` is the argument of `unwind`.
#[inline(never)]
unsafe fn find_handler(frame: Fp, sp: Sp, vm: Vp, again: usize) -> Sp {
    // SAFETY: the contract of handlers; words from the handler's depth to sp are owned by the stack.
    unsafe {
        if (*frame).code.is_null() {
            return std::ptr::null_mut();
        }
        if again == 0 {
            // What the instruction let go of dies in the frame that it is in.
            (*vm).drain();
            add_traceback(frame, vm);
            (*vm).report_exception(frame, event::RAISE);
        }
        let code = &*(*frame).code;
        let unit = unit_index(frame);
        let Some(entry) = exception_table::lookup(&code.exceptiontable, unit as u32) else {
            return std::ptr::null_mut();
        };
        let exception = (*vm).take_raised(Raised);
        let bottom = frame::stack_base(frame).add(entry.depth as usize);
        let mut top = sp;
        while top > bottom {
            top = top.sub(1);
            word::release_any(*top, vm);
        }
        if entry.lasti {
            let first = again.checked_sub(2).unwrap_or(unit);
            *top = Value::from_i32(first as i32).into_bits();
            top = top.add(1);
        }
        *top = exception.into_bits();
        let top = report_handled(frame, top.add(1), vm, entry.target as usize);
        (*frame).ip = code.start().add(entry.target as usize);
        (*frame).came_from = unit as u32 + 1;
        top
    }
}

/// Reports that a handler has been found; its stack.
unsafe fn report_handled(frame: Fp, sp: Sp, vm: Vp, handler: usize) -> Sp {
    // SAFETY: the contract of handlers: the exception is on top of the stack.
    unsafe {
        let vm = &mut *vm;
        if vm.monitors(event::EXCEPTION_HANDLED) {
            (*frame).sp = sp;
            let _ = vm.raise(word::at(sp.sub(1)).clone());
            vm.report_exception_at(frame, event::EXCEPTION_HANDLED, handler);
            let exception = vm.take_raised(Raised);
            let old = std::mem::replace(&mut *sp.sub(1), exception.into_bits());
            word::release(old, vm);
        }
        sp
    }
}

/// A line that is looked up when somebody asks.
const LATER: i32 = -1;

unsafe fn add_traceback(frame: Fp, vm: Vp) {
    // SAFETY: the contract of handlers.
    unsafe {
        let vm = &mut *vm;
        let unit = unit_index(frame);
        let exception = vm.take_raised(Raised);
        let added = vm
            .frame_object(frame)
            .and_then(|object| vm.add_traceback(&exception, object.into_value(), unit as i32 * 2, Some(LATER)));
        // Without memory for it, that is what is raised from here on.
        let exception = match added {
            Ok(()) => exception,
            Err(raised) => {
                let replacing = vm.take_raised(raised);
                vm.set_context(&replacing, exception);
                replacing
            }
        };
        let _ = vm.raise(exception);
    }
}
