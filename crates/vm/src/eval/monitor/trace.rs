//! `sys.settrace` and `sys.setprofile`: what their functions are told of events.

use super::event::*;
use super::sites::Sites;
use super::{PROFILE, TRACE};
use crate::eval::frame::Frame;
use crate::types::code::Code;
use crate::types::descriptor::MethodDescriptor;
use crate::types::exceptions::base::as_exception;
use crate::types::function::Function;
use crate::types::native_function::NativeFunction;
use crate::{Ref, Result, Str, Value, Vm, name};

/// What `sys.settrace` wants.
const TRACE_EVENTS: u32 = 1 << PY_START
    | 1 << PY_RESUME
    | 1 << PY_RETURN
    | 1 << PY_YIELD
    | 1 << RAISE
    | 1 << LINE
    | 1 << JUMP
    | 1 << PY_UNWIND
    | 1 << PY_THROW
    | 1 << STOP_ITERATION;
/// What `sys.setprofile` wants.
const PROFILE_EVENTS: u32 =
    1 << PY_START | 1 << PY_RESUME | 1 << PY_THROW | 1 << PY_RETURN | 1 << PY_YIELD | 1 << PY_UNWIND | 1 << CALL;

/// Which of the two functions of a thread.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// `sys.settrace`.
    Trace = 0,
    /// `sys.setprofile`.
    Profile = 1,
}

impl Vm {
    /// `sys.gettrace()`, `sys.getprofile()`.
    pub fn hook(&mut self, hook: Hook) -> Option<Value> {
        self.adopt_hook(hook);
        self.eval.hooks[hook as usize].clone()
    }

    /// Whether this thread has a trace or profile function.
    pub(crate) fn has_hook(&self, hook: Hook) -> bool {
        self.eval.hooks[hook as usize].is_some()
    }

    /// `sys.settrace(function)`, `sys.setprofile(function)`.
    pub fn set_hook(&mut self, hook: Hook, function: Option<Value>) {
        let i = hook as usize;
        self.eval.hook_epochs[i] = self.state().monitor.for_all[i].0;
        let before = self.eval.hooks[i].is_some();
        let after = function.is_some();
        let old = std::mem::replace(&mut self.eval.hooks[i], function);
        let users = &mut self.state_mut().monitor.users[i];
        *users = (*users + after as usize).saturating_sub(before as usize);
        self.hook_events();
        drop(old);
        self.drain();
    }

    /// The same for all threads: each adopts it before its next event.
    pub fn set_hook_for_all(&mut self, hook: Hook, function: Option<Value>) {
        let i = hook as usize;
        let for_all = &mut self.state_mut().monitor.for_all[i];
        *for_all = (for_all.0 + 1, function.clone());
        self.set_hook(hook, function);
    }

    fn adopt_hook(&mut self, hook: Hook) {
        let i = hook as usize;
        let (epoch, _) = &self.state().monitor.for_all[i];
        if self.eval.hook_epochs[i] != *epoch {
            let function = self.state().monitor.for_all[i].1.clone();
            self.set_hook(hook, function);
        }
    }

    /// Sets the events that the two functions need.
    pub fn hook_events(&mut self) {
        let m = &mut self.state_mut().monitor;
        let all = [m.for_all[0].1.is_some(), m.for_all[1].1.is_some()];
        let trace = if m.users[0] > 0 || all[0] { TRACE_EVENTS } else { 0 };
        let profile = if m.users[1] > 0 || all[1] { PROFILE_EVENTS } else { 0 };
        if m.events[TRACE] != trace || m.events[PROFILE] != profile {
            m.events[TRACE] = trace;
            m.events[PROFILE] = profile;
            self.events_changed();
        }
    }

    /// Whether frames of a code object are told of each instruction: it is the code that is prepared for it.
    pub fn trace_opcodes(&mut self, code: &Ref<Code>, on: bool) {
        let before = Sites::local(code, TRACE);
        let events = if on { before | 1 << INSTRUCTION } else { before & !(1 << INSTRUCTION) };
        if events != before {
            Sites::set_local(code, TRACE, events);
            self.events_changed();
        }
    }

    /// Runs something with events on, although a callback is running (`sys.call_tracing`).
    pub fn with_tracing<R>(&mut self, f: impl FnOnce(&mut Vm) -> R) -> R {
        let (tracing, what) = (self.eval.tracing, self.eval.what);
        self.eval.tracing = 0;
        let result = f(self);
        self.eval.tracing = tracing;
        self.eval.what = what;
        result
    }
}

/// Calls a function of the thread with a frame.
///
/// # Safety
/// `frame` runs Python code.
unsafe fn call(vm: &mut Vm, function: &Value, frame: *mut Frame, what: &Ref<Str>, arg: Value) -> Result {
    // SAFETY: the caller's contract.
    let object = unsafe { vm.frame_object(frame) }?;
    vm.eval.tracing += 1;
    let result = vm.call(function, &[object.into_value(), what.to_value(), arg]);
    vm.eval.tracing -= 1;
    result
}

/// Tells the trace function of an event.
///
/// # Safety
/// `frame` runs Python code, of which `unit` is an instruction.
pub unsafe fn trace(vm: &mut Vm, frame: *mut Frame, unit: usize, event: usize, args: &[Value]) -> Result<()> {
    let what = std::mem::replace(&mut vm.eval.what, event as u8 + 1);
    // SAFETY: the caller's contract.
    let result = unsafe { trace_event(vm, frame, unit, event, args) };
    vm.eval.what = what;
    result
}

unsafe fn trace_event(vm: &mut Vm, frame: *mut Frame, unit: usize, event: usize, args: &[Value]) -> Result<()> {
    // SAFETY: the caller's contract.
    unsafe {
        vm.adopt_hook(Hook::Trace);
        let Some(function) = vm.eval.hooks[0].clone() else { return Ok(()) };
        let last = || args.last().cloned().unwrap_or_else(Value::none);
        match event {
            PY_START | PY_RESUME | PY_THROW => tell(vm, frame, Some(&function), name!("call"), Value::none()),
            PY_RETURN | PY_YIELD => tell(vm, frame, None, name!("return"), last()),
            PY_UNWIND => tell(vm, frame, None, name!("return"), Value::none()),
            LINE => line(vm, frame),
            JUMP => {
                // A loop on one line: its line begins anew.
                let code = &*(*frame).code;
                let to = args.last().and_then(Value::small_int).unwrap_or(0) as usize / 2;
                if to <= unit && code.line_at(to) == code.line_at(unit) { line(vm, frame) } else { Ok(()) }
            }
            INSTRUCTION => {
                let object = vm.frame_object(frame)?;
                if !object.get(vm).trace_opcodes {
                    return Ok(());
                }
                tell(vm, frame, None, name!("opcode"), Value::none())
            }
            RAISE | STOP_ITERATION => {
                let exception = last();
                exception_event(vm, frame, exception)
            }
            _ => Ok(()),
        }
    }
}

unsafe fn exception_event(vm: &mut Vm, frame: *mut Frame, exception: Value) -> Result<()> {
    let traceback = as_exception(&exception).and_then(|e| e.get(vm).traceback.clone());
    let parts = vec![exception.ty().to_value(), exception.clone(), traceback.map_or_else(Value::none, Ref::into_value)];
    let arg = vm.new_tuple(parts)?.into_value();
    // SAFETY: the caller's contract.
    unsafe { tell(vm, frame, None, name!("exception"), arg) }
}

unsafe fn line(vm: &mut Vm, frame: *mut Frame) -> Result<()> {
    // SAFETY: the caller's contract.
    unsafe {
        let object = vm.frame_object(frame)?;
        if !object.get(vm).trace_lines {
            return Ok(());
        }
        tell(vm, frame, None, name!("line"), Value::none())
    }
}

/// Calls the frame's own trace function, or for a frame that starts the thread's; what it returns is the frame's from
/// then on. If it raises, tracing ends.
unsafe fn tell(vm: &mut Vm, frame: *mut Frame, function: Option<&Value>, what: &Ref<Str>, arg: Value) -> Result<()> {
    // SAFETY: the caller's contract.
    unsafe {
        let function = match function {
            Some(f) => f.clone(),
            None => {
                let object = vm.frame_object(frame)?;
                match object.get(vm).trace.clone() {
                    Some(f) => f,
                    None => return Ok(()),
                }
            }
        };
        let result = call(vm, &function, frame, what, arg);
        let object = vm.frame_object(frame)?;
        match result {
            Ok(v) => {
                if !v.is_none() {
                    let old = object.get_mut(vm).trace.replace(v);
                    drop(old);
                }
                Ok(())
            }
            Err(raised) => {
                let exception = vm.take_raised(raised);
                vm.set_hook(Hook::Trace, None);
                let old = object.get_mut(vm).trace.take();
                drop(old);
                Err(vm.raise(exception))
            }
        }
    }
}

/// Whether a callable is native code, as profilers see it: the function to name.
fn native(vm: &mut Vm, args: &[Value]) -> Result<Option<Value>> {
    let Some(callable) = args.get(2) else { return Ok(None) };
    if callable.downcast_exact::<NativeFunction>().is_some() {
        return Ok(Some(callable.clone()));
    }
    if callable.downcast_exact::<Function>().is_some() {
        return Ok(None);
    }
    if let Some(method) = callable.downcast_exact::<MethodDescriptor>()
        && let Some(receiver) = args.get(3)
        && receiver.ty().is_subtype(&method.owner)
    {
        let bound = NativeFunction::new(vm, &method.def, Some(receiver.clone()), None)?;
        return Ok(Some(bound.into_value()));
    }
    Ok(None)
}

/// Tells the profile function of an event.
///
/// # Safety
/// `frame` runs Python code.
pub unsafe fn profile(vm: &mut Vm, frame: *mut Frame, event: usize, args: &[Value]) -> Result<()> {
    vm.adopt_hook(Hook::Profile);
    let Some(function) = vm.eval.hooks[1].clone() else { return Ok(()) };
    let last = || args.last().cloned().unwrap_or_else(Value::none);
    let (what, arg) = match event {
        PY_START | PY_RESUME | PY_THROW => (name!("call"), Value::none()),
        PY_RETURN | PY_YIELD => (name!("return"), last()),
        PY_UNWIND => (name!("return"), Value::none()),
        CALL | C_RETURN | C_RAISE => {
            let Some(callable) = native(vm, args)? else { return Ok(()) };
            let what = match event {
                CALL => name!("c_call"),
                C_RETURN => name!("c_return"),
                _ => name!("c_exception"),
            };
            (what, callable)
        }
        _ => return Ok(()),
    };
    // SAFETY: the caller's contract.
    let result = unsafe { call(vm, &function, frame, what, arg) };
    match result {
        Ok(_) => Ok(()),
        Err(raised) => {
            let exception = vm.take_raised(raised);
            vm.set_hook(Hook::Profile, None);
            Err(vm.raise(exception))
        }
    }
}
