//! What futures hold and do; [`super::future_class`] has the methods that programs call.

use super::state::{self, Library};
use std::collections::HashMap;
use taipan_macros::{Payload, Trace};
use taipan_object::trace::Visitor;
use taipan_object::{Trace, TypeCell, TypeFlags};
use taipan_vm::errors::{RUNTIME_ERROR, STOP_ITERATION};
use taipan_vm::native::Args;
use taipan_vm::types::exceptions::base::as_exception;
use taipan_vm::types::traceback::Traceback;
use taipan_vm::{Ref, Result, Value, Vm, name};

/// `_asyncio.Future`.
pub static FUTURE: TypeCell<Future> = TypeCell::new("_asyncio.Future");

/// How far a future is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    Pending,
    Cancelled,
    Finished,
}

impl Trace for Progress {
    fn trace(&self, _: &mut Visitor<'_>) {}
}

/// Who waits for a future.
#[derive(Trace, Default)]
pub enum Waiters {
    #[default]
    None,
    One(Value),
    /// By address.
    #[allow(clippy::box_collection)] // Hardly any future has several, and every one has room for this.
    Many(Box<HashMap<u64, Value>>),
}

/// A future.
#[derive(Trace, Payload)]
#[payload(class = FUTURE)]
#[repr(C)]
pub struct Future {
    /// None before `__init__` has run.
    pub event_loop: Option<Value>,
    pub progress: Progress,
    /// An exception was set that nobody has asked for.
    pub unretrieved: bool,
    /// It was yielded by its iterator.
    pub blocking: bool,
    pub result: Option<Value>,
    /// Most have only one.
    first_callback: Option<(Value, Value)>,
    pub awaited_by: Waiters,
    rare: Option<Box<Rare>>,
}

/// What few futures have.
#[derive(Trace, Default)]
pub struct Rare {
    pub exception: Option<Value>,
    pub exception_traceback: Option<Ref<Traceback>>,
    /// Those behind the first.
    callbacks: Vec<(Value, Value)>,
    pub source_traceback: Option<Value>,
    pub cancel_message: Option<Value>,
    /// The exception that ended the task, to be raised again.
    pub cancelled_error: Option<Value>,
}

impl Future {
    pub fn new() -> Future {
        Future {
            event_loop: None,
            progress: Progress::Pending,
            unretrieved: false,
            blocking: false,
            result: None,
            first_callback: None,
            awaited_by: Waiters::None,
            rare: None,
        }
    }

    pub fn is_done(&self) -> bool {
        self.progress != Progress::Pending
    }

    /// What few futures have, if this has any of it.
    pub fn rare(&self) -> Option<&Rare> {
        self.rare.as_deref()
    }

    /// The same, to be changed.
    pub fn rare_mut(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// The exception that was set.
    pub fn exception(&self) -> Option<&Value> {
        self.rare()?.exception.as_ref()
    }

    /// What `cancel` was given.
    pub fn cancel_message(&self) -> Option<&Value> {
        self.rare()?.cancel_message.as_ref()
    }

    /// Sets what `cancel` was given; what it was before.
    #[must_use]
    pub fn set_cancel_message(&mut self, message: Option<Value>) -> Option<Value> {
        match message {
            None => self.rare.as_mut()?.cancel_message.take(),
            Some(message) => self.rare_mut().cancel_message.replace(message),
        }
    }

    /// The callbacks with their contexts.
    pub fn callbacks(&self) -> impl Iterator<Item = &(Value, Value)> {
        self.first_callback.iter().chain(self.rare().into_iter().flat_map(|r| &r.callbacks))
    }

    fn take_callbacks(&mut self) -> (Option<(Value, Value)>, Vec<(Value, Value)>) {
        let rest = self.rare.as_mut().map(|r| std::mem::take(&mut r.callbacks));
        (self.first_callback.take(), rest.unwrap_or_default())
    }

    fn callback_at(&self, index: usize) -> Option<&(Value, Value)> {
        self.callbacks().nth(index)
    }

    fn push_callback(&mut self, callback: (Value, Value)) {
        if self.callbacks().next().is_none() {
            self.first_callback = Some(callback);
        } else {
            self.rare_mut().callbacks.push(callback);
        }
    }
}

/// Whether it is a future or a task whose methods no subclass can have replaced.
pub fn is_native(v: &Value) -> bool {
    FUTURE.is_exact(v) || super::task::TASK.is_exact(v)
}

/// `__init__`.
pub fn init(vm: &mut Vm, this: &Ref<Future>, event_loop: Option<&Value>) -> Result<()> {
    let event_loop = match event_loop.filter(|l| !l.is_none()) {
        Some(given) => given.clone(),
        None => state::event_loop(vm)?,
    };
    let mut new = Future::new();
    new.event_loop = Some(event_loop.clone());
    let old = std::mem::replace(this.get_mut(vm), new);
    drop(old);
    let debug = vm.call_method(&event_loop, name!("get_debug"), &[])?;
    if vm.is_truthy(&debug)? && !vm.state().finalizing {
        let extract = state::library(vm, Library::ExtractStack)?;
        let stack = vm.call(&extract, &[])?;
        this.get_mut(vm).rare_mut().source_traceback = Some(stack);
    }
    Ok(())
}

/// The loop, where `__init__` has run.
pub fn own_loop(vm: &mut Vm, this: &Ref<Future>) -> Result {
    match &this.get(vm).event_loop {
        Some(event_loop) => Ok(event_loop.clone()),
        None => Err(vm.raise_runtime_error("Future object is not initialized.")),
    }
}

/// The loop of any object that behaves like a future.
pub fn loop_of(vm: &mut Vm, future: &Value) -> Result {
    if is_native(future)
        && let Some(future) = future.downcast::<Future>()
    {
        return own_loop(vm, &future.clone());
    }
    match vm.get_attr_opt(future, name!("get_loop"))? {
        Some(get_loop) => vm.call(&get_loop, &[]),
        None => vm.get_attr(future, name!("_loop")),
    }
}

/// `loop.call_soon(function, argument, context=context)`.
pub fn call_soon(
    vm: &mut Vm,
    event_loop: &Value,
    function: Value,
    argument: Option<Value>,
    context: Option<Value>,
) -> Result<()> {
    let mut all = [const { None }; 3];
    let mut n = 0;
    for v in [Some(function), argument, context.clone()].into_iter().flatten() {
        all[n] = Some(v);
        n += 1;
    }
    let names = [name!("context").to_value()];
    let names = if context.is_some() { &names[..] } else { &[] };
    let args = Args::new(taipan_object::value::present(&all[..n]), names);
    vm.call_method_args(event_loop, name!("call_soon"), args)?;
    Ok(())
}

/// Has the loop call the callbacks.
fn schedule_callbacks(vm: &mut Vm, this: &Ref<Future>) -> Result<()> {
    let (first, rest) = this.get_mut(vm).take_callbacks();
    if first.is_none() && rest.is_empty() {
        return Ok(());
    }
    let event_loop = own_loop(vm, this)?;
    for (callback, context) in first.into_iter().chain(rest) {
        call_soon(vm, &event_loop, callback, Some(this.to_value()), Some(context))?;
    }
    Ok(())
}

fn check_pending(vm: &mut Vm, this: &Ref<Future>) -> Result<()> {
    own_loop(vm, this)?;
    if this.get(vm).is_done() {
        return Err(state::raise(vm, Library::InvalidStateError, "invalid state"));
    }
    Ok(())
}

/// `set_result`.
pub fn set_result(vm: &mut Vm, this: &Ref<Future>, result: Value) -> Result<()> {
    check_pending(vm, this)?;
    let f = this.get_mut(vm);
    f.progress = Progress::Finished;
    f.result = Some(result);
    schedule_callbacks(vm, this)
}

/// `set_exception`.
pub fn set_exception(vm: &mut Vm, this: &Ref<Future>, exception: &Value) -> Result<()> {
    check_pending(vm, this)?;
    let is_class = exception.as_type().is_some_and(|t| t.flags().has(TypeFlags::EXCEPTION_SUBCLASS));
    let mut exception = if is_class { vm.call(exception, &[])? } else { exception.clone() };
    if as_exception(&exception).is_none() {
        return Err(vm.raise_type_error("invalid exception object"));
    }
    if exception.ty().is_subtype(STOP_ITERATION.as_type()) {
        let text = "StopIteration interacts badly with generators and cannot be raised into a Future";
        let text = vm.new_str(text)?.into_value();
        let wrapped = vm.new_exception(RUNTIME_ERROR.as_type(), vec![text])?;
        if let Some(e) = as_exception(&wrapped) {
            vm.set_cause(e, Some(exception.clone()));
        }
        vm.set_context(&wrapped, exception);
        exception = wrapped;
    }
    let traceback = as_exception(&exception).and_then(|e| e.get(vm).traceback.clone());
    let f = this.get_mut(vm);
    let rare = f.rare_mut();
    rare.exception = Some(exception);
    rare.exception_traceback = traceback;
    f.progress = Progress::Finished;
    schedule_callbacks(vm, this)?;
    this.get_mut(vm).unretrieved = true;
    Ok(())
}

/// `cancel`.
pub fn cancel(vm: &mut Vm, this: &Ref<Future>, message: Option<Value>) -> Result<bool> {
    let f = this.get_mut(vm);
    f.unretrieved = false;
    if f.is_done() {
        return Ok(false);
    }
    f.progress = Progress::Cancelled;
    drop(f.set_cancel_message(message));
    schedule_callbacks(vm, this)?;
    Ok(true)
}

/// The exception of a cancelled future.
pub fn cancelled_error(vm: &mut Vm, this: &Ref<Future>) -> Result {
    if let Some(error) = this.get_mut(vm).rare.as_mut().and_then(|r| r.cancelled_error.take()) {
        return Ok(error);
    }
    let class = state::library(vm, Library::CancelledError)?;
    match this.get(vm).cancel_message().filter(|m| !m.is_none()).cloned() {
        Some(message) => vm.call(&class, &[message]),
        None => vm.call(&class, &[]),
    }
}

/// What a future has come to.
pub enum Outcome {
    Result(Value),
    Exception(Value),
}

/// The result, or the exception that was set. A future that is not done, or was cancelled, raises.
pub fn outcome(vm: &mut Vm, this: &Ref<Future>) -> Result<Outcome> {
    match this.get(vm).progress {
        Progress::Cancelled => {
            let error = cancelled_error(vm, this)?;
            return Err(vm.raise_chained(error));
        }
        Progress::Pending => return Err(state::raise(vm, Library::InvalidStateError, "Result is not set.")),
        Progress::Finished => {}
    }
    let f = this.get_mut(vm);
    f.unretrieved = false;
    let Some(exception) = f.exception().cloned() else {
        return Ok(Outcome::Result(f.result.clone().unwrap_or_else(Value::none)));
    };
    let traceback = f.rare_mut().exception_traceback.take();
    if let Some(e) = as_exception(&exception) {
        let old = std::mem::replace(&mut e.get_mut(vm).traceback, traceback);
        drop(old);
    }
    Ok(Outcome::Exception(exception))
}

/// `result()`.
pub fn result(vm: &mut Vm, this: &Ref<Future>) -> Result {
    match outcome(vm, this)? {
        Outcome::Result(result) => Ok(result),
        Outcome::Exception(exception) => Err(vm.raise_chained(exception)),
    }
}

/// `add_done_callback`.
pub fn add_callback(vm: &mut Vm, this: &Ref<Future>, callback: Value, context: Value) -> Result<()> {
    let event_loop = match &this.get(vm).event_loop {
        Some(event_loop) => event_loop,
        None => return Err(vm.raise_runtime_error("uninitialized Future object")),
    };
    if this.get(vm).is_done() {
        let event_loop = event_loop.clone();
        return call_soon(vm, &event_loop, callback, Some(this.to_value()), Some(context));
    }
    this.get_mut(vm).push_callback((callback, context));
    Ok(())
}

/// `remove_done_callback`: how many there were.
pub fn remove_callback(vm: &mut Vm, this: &Ref<Future>, callback: &Value) -> Result<usize> {
    own_loop(vm, this)?;
    let mut removed = 0;
    let mut kept = Vec::new();
    let mut at = 0;
    // Comparing may run Python, which may change the list.
    while let Some(entry) = this.get(vm).callback_at(at).cloned() {
        at += 1;
        if vm.equal(&entry.0, callback)? {
            removed += 1;
        } else {
            kept.push(entry);
        }
    }
    if removed > 0 {
        let f = this.get_mut(vm);
        let old = f.take_callbacks();
        for entry in kept {
            f.push_callback(entry);
        }
        drop(old);
    }
    Ok(removed)
}

/// Remembers for the call graph that `waiter` waits for `future`. Only native futures can be asked later.
pub fn add_awaited_by(vm: &mut Vm, future: &Value, waiter: &Value) {
    if waiter.downcast::<Future>().is_none() {
        return;
    }
    let Some(future) = future.downcast::<Future>() else { return };
    let place = &mut future.get_mut(vm).awaited_by;
    match std::mem::take(place) {
        Waiters::None => *place = Waiters::One(waiter.clone()),
        Waiters::One(other) if other.is(waiter) => *place = Waiters::One(other),
        Waiters::One(other) => {
            let both = [other, waiter.clone()];
            *place = Waiters::Many(Box::new(both.into_iter().map(|w| (w.bits(), w)).collect()));
        }
        Waiters::Many(mut all) => {
            all.insert(waiter.bits(), waiter.clone());
            *place = Waiters::Many(all);
        }
    }
}

/// Forgets that `waiter` waits for `future`.
pub fn discard_awaited_by(vm: &mut Vm, future: &Value, waiter: &Value) {
    let Some(future) = future.downcast::<Future>() else { return };
    let place = &mut future.get_mut(vm).awaited_by;
    let gone = match place {
        Waiters::None => None,
        Waiters::One(w) if w.is(waiter) => match std::mem::take(place) {
            Waiters::One(w) => Some(w),
            _ => None,
        },
        Waiters::One(_) => None,
        Waiters::Many(all) => all.remove(&waiter.bits()),
    };
    drop(gone);
}

/// What `__del__` does: an exception that nobody has asked for is reported.
pub fn finalize(vm: &mut Vm, this: &Value) {
    let Some(future) = this.downcast::<Future>() else { return };
    let f = future.get_mut(vm);
    if !std::mem::replace(&mut f.unretrieved, false) {
        return;
    }
    let Some(exception) = f.exception().cloned() else { return };
    let message = format!("{} exception was never retrieved", this.ty().name().rsplit('.').next().unwrap_or_default());
    let entries = [(name!("exception"), exception), (name!("future"), this.clone())];
    report(vm, future, &message, &entries);
}

/// Tells the exception handler of the loop; where that fails, the failure is unraisable.
pub fn report(vm: &mut Vm, future: &Ref<Future>, message: &str, entries: &[(&Ref<taipan_vm::Str>, Value)]) {
    let Some(event_loop) = future.get(vm).event_loop.clone() else { return };
    let tell = |vm: &mut Vm| {
        let context = vm.new_dict()?;
        let message = vm.new_str(message)?.into_value();
        vm.dict_set(&context, name!("message").as_value(), message)?;
        for (key, value) in entries {
            vm.dict_set(&context, key.as_value(), value.clone())?;
        }
        if let Some(stack) = future.get(vm).rare().and_then(|r| r.source_traceback.clone()) {
            vm.dict_set(&context, name!("source_traceback").as_value(), stack)?;
        }
        vm.call_method(&event_loop, name!("call_exception_handler"), &[context.into_value()])
    };
    if let Err(raised) = tell(vm) {
        vm.report_unraisable(raised, future.as_value());
    }
}
