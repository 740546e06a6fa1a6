//! Monitoring (PEP 669), and `sys.settrace` and `sys.setprofile` on top of it.
//!
//! What is monitored is a matter of the code object: where an event may happen, the instruction is replaced by
//! `INSTRUMENTED_INSTRUCTION`, whose handler reports the events there and goes on to the instruction that was replaced.
//! So what nobody monitors costs nothing. Whenever the events change, the heap's version does; a code object that has
//! another version is brought up to date when a frame of it starts or resumes, and the frames that run at once.
//! Rejected: an instrumented form of each instruction, as CPython has; a table beside the code says the same.
//!
//! Events without an instruction of their own (raising, unwinding, throwing) are reported where exceptions travel.

pub mod jump;
pub mod sites;
pub mod trace;

use super::dispatch::{Fp, Ip, Sp, Vp, next, op};
use super::frame::{self, Frame};
use super::unwind::unwind;
use super::word::{self, at};
use crate::errors::STOP_ITERATION;
use crate::types::code::Code;
use crate::types::function::{FUNCTION, METHOD, Method};
use crate::types::generator::{COROUTINE, GENERATOR};
use crate::{Ref, Result, Value, Vm, slots};
use sites::Sites;
use taipan_bytecode::Opcode;
use taipan_object::Raised;

/// Events, by their numbers; the bit of an event is `1 << number`.
pub mod event {
    pub const PY_START: usize = 0;
    pub const PY_RESUME: usize = 1;
    pub const PY_RETURN: usize = 2;
    pub const PY_YIELD: usize = 3;
    pub const CALL: usize = 4;
    pub const LINE: usize = 5;
    pub const INSTRUCTION: usize = 6;
    pub const JUMP: usize = 7;
    pub const BRANCH_LEFT: usize = 8;
    pub const BRANCH_RIGHT: usize = 9;
    pub const STOP_ITERATION: usize = 10;
    pub const RAISE: usize = 11;
    pub const EXCEPTION_HANDLED: usize = 12;
    pub const PY_UNWIND: usize = 13;
    pub const PY_THROW: usize = 14;
    pub const RERAISE: usize = 15;
    pub const C_RETURN: usize = 16;
    pub const C_RAISE: usize = 17;
    pub const BRANCH: usize = 18;
}

/// Names of the events, in the order of their numbers.
pub const EVENT_NAMES: [&str; 19] = [
    "PY_START",
    "PY_RESUME",
    "PY_RETURN",
    "PY_YIELD",
    "CALL",
    "LINE",
    "INSTRUCTION",
    "JUMP",
    "BRANCH_LEFT",
    "BRANCH_RIGHT",
    "STOP_ITERATION",
    "RAISE",
    "EXCEPTION_HANDLED",
    "PY_UNWIND",
    "PY_THROW",
    "RERAISE",
    "C_RETURN",
    "C_RAISE",
    "BRANCH",
];

/// Events that belong to an instruction, and so can be switched off for one and set for one code object: the first ones.
pub const LOCAL_EVENTS: usize = 11;
/// Tools that Python code can use.
pub const TOOLS: usize = 6;
/// `sys.setprofile`.
pub const PROFILE: usize = 6;
/// `sys.settrace`.
pub const TRACE: usize = 7;
/// All tools.
pub const ALL_TOOLS: usize = 8;

/// What an interpreter knows about monitoring.
#[derive(Default)]
pub struct Monitor {
    /// Names of the tools that are in use.
    pub names: [Option<Value>; TOOLS],
    /// What tools want called.
    pub callbacks: [[Option<Value>; 19]; TOOLS],
    /// Events that a tool wants in all code.
    pub events: [u32; ALL_TOOLS],
    /// `sys.monitoring.DISABLE`.
    pub disable: Option<Value>,
    /// `sys.monitoring.MISSING`.
    pub missing: Option<Value>,
    /// Raised by `restart_events`.
    pub restarts: u32,
    /// Threads with a trace function, and with a profile function.
    pub users: [usize; 2],
    /// What `sys._settraceallthreads` and `sys._setprofileallthreads` have set, and how often.
    pub for_all: [(u32, Option<Value>); 2],
}

impl Monitor {
    /// Events that some tool wants in all code.
    pub fn any(&self) -> u32 {
        self.events.iter().fold(0, |all, e| all | e)
    }
}

impl Vm {
    /// Whether a tool wants an event in all code, and this thread is not inside of a callback.
    #[inline]
    pub fn monitors(&self, event: usize) -> bool {
        self.state().monitor.any() & 1 << event != 0 && self.eval.tracing == 0
    }

    /// The events have changed: code that runs is brought up to date now, other code when it is entered.
    pub fn events_changed(&mut self) {
        let version = self.instrumentation.get().wrapping_add(1).max(1);
        self.instrumentation.set(version);
        // SAFETY: the thread's frames are linked.
        unsafe {
            let mut at = self.eval.frame;
            while !at.is_null() {
                if !(*at).code.is_null() {
                    update(self, (*at).code);
                }
                at = (*at).prev;
            }
        }
    }

    /// Calls what a tool has registered for an event; whether it wants no more of it there.
    fn call_tool(&mut self, tool: usize, event: usize, args: &[Value]) -> Result<bool> {
        let m = &self.state().monitor;
        let callback = match &m.callbacks[tool][event] {
            None if event == event::BRANCH_LEFT || event == event::BRANCH_RIGHT => {
                m.callbacks[tool][event::BRANCH].clone()
            }
            found => found.clone(),
        };
        let Some(callback) = callback else { return Ok(false) };
        let what = std::mem::replace(&mut self.eval.what, event as u8 + 1);
        self.eval.tracing += 1;
        let result = self.call(&callback, args);
        self.eval.tracing -= 1;
        self.eval.what = what;
        let result = result?;
        let disable = self.state().monitor.disable.as_ref().is_some_and(|d| d.is(&result));
        if disable && event >= LOCAL_EVENTS {
            self.state_mut().monitor.callbacks[tool][event] = None;
            let text = format!("Cannot disable {} events. Callback removed.", EVENT_NAMES[event]);
            return Err(self.raise_value_error(&text));
        }
        Ok(disable)
    }

    /// Whether a tool is told of a way of a branch by its callback for the event BRANCH.
    fn callback_for_both_ways(&self, tool: usize, event: usize) -> bool {
        let is_way = event == event::BRANCH_LEFT || event == event::BRANCH_RIGHT;
        let callbacks = self.state().monitor.callbacks.get(tool);
        is_way && callbacks.is_some_and(|c| c[event].is_none() && c[event::BRANCH].is_some())
    }

    /// Reports an event at an instruction to those who want it there.
    ///
    /// # Safety
    /// `frame` runs Python code, of which `unit` is an instruction.
    unsafe fn report(&mut self, frame: *mut Frame, unit: usize, event: usize, args: &[Value]) -> Result<()> {
        if self.eval.tracing != 0 {
            return Ok(());
        }
        // SAFETY: the caller's contract.
        let code = unsafe { code_ref(frame) };
        let tools = Sites::tools(self, &code, unit, event);
        for tool in 0..ALL_TOOLS {
            if tools & 1 << tool == 0 {
                continue;
            }
            let disable = match tool {
                // SAFETY: as above.
                TRACE => unsafe { trace::trace(self, frame, unit, event, args) }.map(|()| false)?,
                // SAFETY: as above.
                PROFILE => unsafe { trace::profile(self, frame, event, args) }.map(|()| false)?,
                _ => self.call_tool(tool, event, args)?,
            };
            if disable {
                Sites::disable(self, &code, unit, event, tool);
                // The older event stands for both ways of a branch.
                if self.callback_for_both_ways(tool, event)
                    && let Some((unit, event)) = sites::other_way(&code, unit, event)
                {
                    Sites::disable(self, &code, unit, event, tool);
                }
            }
        }
        Ok(())
    }
}

/// The code of a frame.
unsafe fn code_ref(frame: *mut Frame) -> Ref<Code> {
    // SAFETY: the frame runs Python code, whose object lies before its payload.
    unsafe { Ref::from_value_unchecked(word::cloned((*frame).code as u64 - 16)) }
}

/// Brings a code object up to date with the events.
///
/// # Safety
/// The code is that of a live object.
#[cold]
#[inline(never)]
pub unsafe fn update(vm: &mut Vm, code: *const Code) {
    // SAFETY: the object lies before its payload.
    let code: Ref<Code> = unsafe { Ref::from_value_unchecked(word::cloned(code as u64 - 16)) };
    Sites::instrument(vm, &code);
}

fn offset(vm: &Vm, unit: usize) -> Value {
    let _ = vm;
    Value::from_i32(2 * unit as i32)
}

/// What the handler of a monitored instruction goes on with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    /// The instruction itself.
    Execute,
    /// Wherever the frame stands now.
    Elsewhere,
}

op!(
    /// An instruction at which events are reported.
    INSTRUMENTED_INSTRUCTION,
    |ip, sp, frame, vm, arg| {
        (*frame).ip = ip;
        (*frame).sp = sp;
        match before(ip, sp, frame, vm, arg) {
            0 => unwind((*frame).ip, (*frame).sp, frame, vm, 0),
            1 => {
                let op = original(ip, frame);
                super::table::HANDLERS.0[op](ip, sp, frame, vm, arg)
            }
            _ => next((*frame).ip, (*frame).sp, frame, vm),
        }
    }
);

#[inline(never)]
unsafe fn original(ip: Ip, frame: Fp) -> usize {
    // SAFETY: the contract of handlers.
    unsafe {
        let code = &*(*frame).code;
        let unit = (ip as usize - code.start() as usize) / 2;
        Opcode::from_u8(code.canonical[2 * unit]).map_or(0, |op| op.deopt() as usize)
    }
}

#[inline(never)]
unsafe fn before(ip: Ip, sp: Sp, frame: Fp, vm: Vp, arg: usize) -> usize {
    // SAFETY: the contract of handlers.
    unsafe {
        let vm = &mut *vm;
        if (*(*frame).code).instrumentation.get() != vm.instrumentation.get() {
            update(vm, (*frame).code);
            return 2;
        }
        let unit = (ip as usize - (*(*frame).code).start() as usize) / 2;
        let then = report_all(vm, frame, sp, unit, arg);
        // What was called in the handler's place may have left something to be freed.
        vm.drain();
        match then {
            Err(Raised) => 0,
            Ok(Then::Execute) => 1,
            Ok(Then::Elsewhere) => 2,
        }
    }
}

/// # Safety
/// The contract of handlers.
unsafe fn report_all(vm: &mut Vm, frame: Fp, sp: Sp, unit: usize, arg: usize) -> Result<Then> {
    // SAFETY: the caller's contract.
    unsafe {
        let code = code_ref(frame);
        let mut events = Sites::events(&code, unit);
        let here = (*frame).ip;
        let opcode = Opcode::from_u8(code.canonical[2 * unit]).unwrap_or(Opcode::NOP);
        if events & 1 << event::LINE != 0 {
            let from = std::mem::replace(&mut (*frame).came_from, 0);
            if let Some(line) = Sites::line_that_begins(&code, unit, from) {
                vm.report(frame, unit, event::LINE, &[code.to_value(), Value::from_i32(line)])?;
                // Who was told of the line may want the instruction from now on.
                events = Sites::events(&code, unit);
            }
        }
        if events & 1 << event::INSTRUCTION != 0 && (*frame).ip == here {
            vm.report(frame, unit, event::INSTRUCTION, &[code.to_value(), offset(vm, unit)])?;
        }
        if (*frame).ip != here {
            // The line was changed by a debugger.
            return Ok(Then::Elsewhere);
        }
        specific(vm, frame, sp, unit, arg, &code, opcode, events)
    }
}

/// What an instruction of some kind reports besides line and instruction, before it is executed; some are executed
/// here, since what they report follows from what they do.
#[allow(clippy::too_many_arguments)]
unsafe fn specific(
    vm: &mut Vm,
    frame: Fp,
    sp: Sp,
    unit: usize,
    arg: usize,
    code: &Ref<Code>,
    opcode: Opcode,
    events: u32,
) -> Result<Then> {
    // SAFETY: the contract of handlers.
    unsafe {
        let has = |event: usize| events & 1 << event != 0;
        let args = |more: Value| [code.to_value(), Value::from_i32(2 * unit as i32), more];
        let behind = unit + 1 + opcode.caches();
        match opcode {
            Opcode::RESUME => {
                let event = if arg & 3 == 0 { event::PY_START } else { event::PY_RESUME };
                if has(event) {
                    vm.report(frame, unit, event, &args(Value::none())[..2])?;
                }
            }
            Opcode::RETURN_VALUE if has(event::PY_RETURN) => {
                vm.report(frame, unit, event::PY_RETURN, &args(at(sp.sub(1)).clone()))?;
            }
            Opcode::YIELD_VALUE if has(event::PY_YIELD) => {
                vm.report(frame, unit, event::PY_YIELD, &args(at(sp.sub(1)).clone()))?;
            }
            Opcode::CALL | Opcode::CALL_KW | Opcode::CALL_FUNCTION_EX if has(event::CALL) => {
                return call(vm, frame, sp, unit, arg, code, opcode);
            }
            Opcode::LOAD_SUPER_ATTR if has(event::CALL) => return load_super(vm, frame, sp, unit, arg, code),
            Opcode::JUMP_FORWARD | Opcode::JUMP_BACKWARD | Opcode::JUMP_BACKWARD_NO_INTERRUPT => {
                let to = sites::jump_target(opcode, unit, arg);
                if events & sites::MARK != 0 {
                    (*frame).came_from = unit as u32 + 1;
                }
                if has(event::JUMP) {
                    vm.report(frame, unit, event::JUMP, &args(offset(vm, to)))?;
                }
            }
            Opcode::POP_JUMP_IF_TRUE
            | Opcode::POP_JUMP_IF_FALSE
            | Opcode::POP_JUMP_IF_NONE
            | Opcode::POP_JUMP_IF_NOT_NONE => {
                let v = at(sp.sub(1));
                let taken = match opcode {
                    Opcode::POP_JUMP_IF_TRUE => v.is_true(),
                    Opcode::POP_JUMP_IF_FALSE => v.is_false(),
                    Opcode::POP_JUMP_IF_NONE => v.is_none(),
                    _ => !v.is_none(),
                };
                if taken && events & sites::MARK != 0 {
                    (*frame).came_from = unit as u32 + 1;
                }
                if taken && has(event::BRANCH_RIGHT) {
                    let to = sites::jump_target(opcode, unit, arg);
                    vm.report(frame, unit, event::BRANCH_RIGHT, &args(offset(vm, to)))?;
                }
            }
            Opcode::NOT_TAKEN if has(event::BRANCH_LEFT) => {
                let from = sites::previous(code, unit).unwrap_or(unit);
                let all = [code.to_value(), offset(vm, from), offset(vm, behind)];
                vm.report(frame, unit, event::BRANCH_LEFT, &all)?;
            }
            Opcode::POP_ITER if has(event::BRANCH_RIGHT) => {
                // The loop's head jumps over the END_FOR before.
                let from = sites::loop_head(code, unit).unwrap_or(unit);
                let all = [code.to_value(), offset(vm, from), offset(vm, behind)];
                vm.report(frame, unit, event::BRANCH_RIGHT, &all)?;
            }
            Opcode::END_ASYNC_FOR if has(event::BRANCH_RIGHT) => {
                let from = behind.saturating_sub(arg);
                let all = [code.to_value(), offset(vm, from), offset(vm, behind)];
                vm.report(frame, unit, event::BRANCH_RIGHT, &all)?;
            }
            Opcode::FOR_ITER => return iterate(vm, frame, sp, unit, arg, code, events),
            // Only a generator returns its value this way.
            Opcode::END_SEND | Opcode::END_FOR
                if has(event::STOP_ITERATION) && returns_value(at(sp.sub(2)), opcode) =>
            {
                let value = at(sp.sub(1)).clone();
                let values = if value.is_none() { Vec::new() } else { vec![value] };
                let exception = vm.new_exception(STOP_ITERATION.as_type(), values)?;
                vm.report(frame, unit, event::STOP_ITERATION, &args(exception))?;
            }
            _ => {}
        }
        Ok(if (*frame).ip == (**code).start().add(unit) { Then::Execute } else { Then::Elsewhere })
    }
}

fn returns_value(receiver: &Value, opcode: Opcode) -> bool {
    let class = receiver.ty();
    class.is(GENERATOR.as_type()) || opcode == Opcode::END_SEND && class.is(COROUTINE.as_type())
}

/// The head of a loop, executed here, since where it goes follows from the iterator.
unsafe fn iterate(
    vm: &mut Vm,
    frame: Fp,
    sp: Sp,
    unit: usize,
    arg: usize,
    code: &Ref<Code>,
    events: u32,
) -> Result<Then> {
    // SAFETY: the contract of handlers: the iterator is on the stack, above which the frame has room.
    unsafe {
        let iterator = at(sp.sub(1)).clone();
        let start = (**code).start();
        let item = match slots::of(iterator.ty()).next {
            Some(f) => f(vm, &iterator),
            None => vm.next(&iterator),
        };
        let item = match item {
            Err(raised) if vm.raised_is(STOP_ITERATION.as_type()) && vm.report_iteration_end() => {
                drop(vm.take_raised(raised));
                None
            }
            other => other?,
        };
        match item {
            Some(item) => {
                *sp = item.into_bits();
                (*frame).sp = sp.add(1);
                (*frame).ip = start.add(unit + 2);
                if events & 1 << event::BRANCH_LEFT != 0 {
                    let args = [code.to_value(), offset(vm, unit), offset(vm, unit + 2)];
                    vm.report(frame, unit, event::BRANCH_LEFT, &args)?;
                }
            }
            None => {
                (*frame).ip = start.add(unit + 3 + arg);
                if events & sites::MARK != 0 {
                    (*frame).came_from = unit as u32 + 1;
                }
            }
        }
        Ok(Then::Elsewhere)
    }
}

/// A call: what is called, and for native code, executed here, how it ends.
unsafe fn call(
    vm: &mut Vm,
    frame: Fp,
    sp: Sp,
    unit: usize,
    arg: usize,
    code: &Ref<Code>,
    opcode: Opcode,
) -> Result<Then> {
    // SAFETY: the contract of handlers: callable, receiver and arguments are on the stack.
    unsafe {
        let base = match opcode {
            Opcode::CALL => sp.sub(arg + 2),
            Opcode::CALL_KW => sp.sub(arg + 3),
            _ => sp.sub(4),
        };
        let missing = vm.state().monitor.missing.clone().unwrap_or_else(Value::none);
        // Called with a tuple of arguments, a method is not taken apart.
        let whole = opcode == Opcode::CALL_FUNCTION_EX || *base.add(1) != 0;
        let (callable, first) = if let Some(m) = at(base).downcast_exact::<Method>().filter(|_| !whole) {
            (m.function.clone(), m.receiver.clone())
        } else {
            let count = match opcode {
                Opcode::CALL => arg,
                Opcode::CALL_KW => arg,
                _ => 0,
            };
            let first = if *base.add(1) != 0 {
                at(base.add(1)).clone()
            } else if count > 0 {
                at(base.add(2)).clone()
            } else if opcode == Opcode::CALL_FUNCTION_EX {
                let given = at(base.add(2)).downcast::<crate::Tuple>();
                given.and_then(|t| t.items().first().cloned()).unwrap_or(missing)
            } else {
                missing
            };
            (at(base).clone(), first)
        };
        let args = [code.to_value(), Value::from_i32(2 * unit as i32), callable.clone(), first];
        vm.report(frame, unit, event::CALL, &args)?;
        let is_python = FUNCTION.is_exact(&callable) || METHOD.is_exact(&callable);
        if is_python || (*frame).ip != (**code).start().add(unit) {
            return Ok(if (*frame).ip == (**code).start().add(unit) { Then::Execute } else { Then::Elsewhere });
        }
        let wanted = Sites::wants(vm, code, event::CALL);
        if wanted == 0 {
            return Ok(Then::Execute);
        }
        let result = super::ops::calls::call_in_place(vm, base, sp, arg, opcode);
        match result {
            Ok(v) => {
                vm.report_native(frame, code, unit, event::C_RETURN, &args)?;
                super::ops::calls::finish(base, sp, v.into_bits(), vm);
                (*frame).sp = base.add(1);
                (*frame).ip = (**code).start().add(unit + 1 + opcode.caches());
                Ok(Then::Elsewhere)
            }
            Err(raised) => {
                let exception = vm.take_raised(raised);
                vm.report_native(frame, code, unit, event::C_RAISE, &args)?;
                Err(vm.raise(exception))
            }
        }
    }
}

/// The call that `super` stands for in `super().name`, and then the attribute: both executed here.
unsafe fn load_super(vm: &mut Vm, frame: Fp, sp: Sp, unit: usize, arg: usize, code: &Ref<Code>) -> Result<Then> {
    // SAFETY: the contract of handlers: what is called, class and object are on the stack.
    unsafe {
        let callable = at(sp.sub(3)).clone();
        let given = [at(sp.sub(2)).clone(), at(sp.sub(1)).clone()];
        let given = if arg & 2 != 0 { &given[..] } else { &[] };
        let missing = vm.state().monitor.missing.clone().unwrap_or_else(Value::none);
        let first = given.first().cloned().unwrap_or(missing);
        let args = [code.to_value(), Value::from_i32(2 * unit as i32), callable.clone(), first];
        vm.report(frame, unit, event::CALL, &args)?;
        if (*frame).ip != (**code).start().add(unit) {
            return Ok(Then::Elsewhere);
        }
        if Sites::wants(vm, code, event::CALL) == 0 {
            return Ok(Then::Execute);
        }
        let object = match vm.call(&callable, given) {
            Ok(object) => {
                vm.report_native(frame, code, unit, event::C_RETURN, &args)?;
                object
            }
            Err(raised) => {
                let exception = vm.take_raised(raised);
                vm.report_native(frame, code, unit, event::C_RAISE, &args)?;
                return Err(vm.raise(exception));
            }
        };
        let Some(name) = code.names.items().get(arg >> 2).and_then(|n| n.downcast::<crate::Str>()).cloned() else {
            return Err(vm.raise_system_error("name index out of range"));
        };
        let found = vm.get_attr(&object, &name)?.into_bits();
        for i in 1..4 {
            word::release_any(*sp.sub(i), vm);
        }
        *sp.sub(3) = found;
        *sp.sub(2) = 0;
        (*frame).sp = sp.sub(2 - (arg & 1));
        (*frame).ip = (**code).start().add(unit + 1 + Opcode::LOAD_SUPER_ATTR.caches());
        Ok(Then::Elsewhere)
    }
}

impl Vm {
    /// Reports how a native call has ended, to those who wanted to know of the call.
    unsafe fn report_native(
        &mut self,
        frame: Fp,
        code: &Ref<Code>,
        unit: usize,
        event: usize,
        args: &[Value],
    ) -> Result<()> {
        if self.eval.tracing != 0 {
            return Ok(());
        }
        let tools = Sites::tools(self, code, unit, event::CALL);
        for tool in 0..ALL_TOOLS {
            if tools & 1 << tool == 0 {
                continue;
            }
            match tool {
                TRACE => {}
                // SAFETY: the contract of handlers.
                PROFILE => unsafe { trace::profile(self, frame, event, args)? },
                _ => {
                    self.call_tool(tool, event, args)?;
                }
            }
        }
        Ok(())
    }

    /// Reports what happens to an exception on its way through a frame; what a callback raises replaces it.
    ///
    /// # Safety
    /// `frame` runs Python code.
    #[inline]
    pub unsafe fn report_exception(&mut self, frame: Fp, event: usize) {
        if self.monitors(event) {
            // SAFETY: the caller's contract.
            unsafe { self.report_exception_at(frame, event, frame::unit_index(frame)) }
        }
    }

    /// Reports that an iterator of the frame that runs has raised `StopIteration`; whether that is still what is raised.
    #[cold]
    pub fn report_iteration_end(&mut self) -> bool {
        let frame = self.eval.frame;
        // SAFETY: the frames of the thread are linked.
        unsafe {
            if self.monitors(event::RAISE) && !frame.is_null() && !(*frame).code.is_null() {
                self.report_exception_at(frame, event::RAISE, frame::unit_index(frame));
            }
        }
        self.raised_is(STOP_ITERATION.as_type())
    }

    /// The same, as happening at a code unit, when it is known that some tool wants it.
    ///
    /// # Safety
    /// `frame` runs Python code.
    #[cold]
    #[inline(never)]
    pub unsafe fn report_exception_at(&mut self, frame: Fp, event: usize, unit: usize) {
        // SAFETY: the caller's contract.
        unsafe {
            let exception = self.take_raised(Raised);
            let code = code_ref(frame);
            let args = [code.to_value(), Value::from_i32(2 * unit as i32), exception.clone()];
            let mut replaced = false;
            for tool in 0..ALL_TOOLS {
                if self.state().monitor.events[tool] & 1 << event == 0 {
                    continue;
                }
                let told = match tool {
                    TRACE => trace::trace(self, frame, unit, event, &args),
                    PROFILE => trace::profile(self, frame, event, &args),
                    _ => self.call_tool(tool, event, &args).map(|_| ()),
                };
                if told.is_err() {
                    replaced = true;
                    break;
                }
            }
            if replaced {
                let new = self.take_raised(Raised);
                self.set_context(&new, exception);
                let _ = self.raise(new);
            } else {
                let _ = self.raise(exception);
            }
        }
    }
}
