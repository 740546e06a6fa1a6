//! What tasks hold and do: a task drives a coroutine, step by step, each from a callback of the event loop.

use super::future::{self, FUTURE, Future, Outcome, is_native};
use super::state::{self, Library};
use crate::contextvars::{copy_current, enter_context, leave_context};
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Raised, Str, TypeCell};
use taipan_vm::errors::{KEYBOARD_INTERRUPT, RUNTIME_ERROR, STOP_ITERATION, SYSTEM_EXIT};
use taipan_vm::eval::generator::{self, as_generator};
use taipan_vm::native::{Args, FnDef, FnKind};
use taipan_vm::types::generator::{ASYNC_GENERATOR, COROUTINE, GENERATOR};
use taipan_vm::types::native_function::NativeFunction;
use taipan_vm::{Ref, Result, Value, Vm, name, slots};

/// `_asyncio.Task`.
pub static TASK: TypeCell<Task> = TypeCell::new("_asyncio.Task");
/// `_asyncio.TaskStepMethWrapper`.
pub static STEP: TypeCell<Step> = TypeCell::new("_asyncio.TaskStepMethWrapper");

/// The name of a task.
#[derive(Trace, Clone)]
pub enum Name {
    Number(u64),
    Text(Ref<Str>),
}

/// A task.
#[derive(Trace, Payload)]
#[payload(class = TASK, base = base)]
#[repr(C)]
pub struct Task {
    pub base: Future,
    pub coroutine: Option<Value>,
    pub context: Option<Value>,
    pub waits_for: Option<Value>,
    pub name: Name,
    pub cancels_requested: i64,
    pub must_cancel: bool,
    pub log_destroy_pending: bool,
    /// Whether `all_tasks()` knows it.
    pub registered: bool,
}

impl Task {
    pub fn new() -> Task {
        Task {
            base: Future::new(),
            coroutine: None,
            context: None,
            waits_for: None,
            name: Name::Number(0),
            cancels_requested: 0,
            must_cancel: false,
            log_destroy_pending: true,
            registered: false,
        }
    }
}

/// The same object as a future.
pub fn as_future(task: &Ref<Task>) -> Result<&Ref<Future>> {
    task.as_value().downcast::<Future>().ok_or(Raised)
}

/// The arguments of `Task()`.
pub struct Arguments<'a> {
    pub coroutine: &'a Value,
    pub event_loop: Option<&'a Value>,
    pub name: Option<&'a Value>,
    pub context: Option<&'a Value>,
    pub eager_start: bool,
}

fn is_coroutine(vm: &mut Vm, v: &Value) -> Result<bool> {
    if COROUTINE.is_exact(v) {
        return Ok(true);
    }
    let function = state::library(vm, Library::IsCoroutine)?;
    let answer = vm.call(&function, std::slice::from_ref(v))?;
    vm.is_truthy(&answer)
}

/// The text that a name is.
pub fn name_of(vm: &mut Vm, v: &Value) -> Result<Name> {
    Ok(Name::Text(match v.downcast_exact::<Str>() {
        Some(text) => text.clone(),
        None => vm.str(v)?,
    }))
}

/// `__init__`.
pub fn init(vm: &mut Vm, this: &Ref<Task>, args: Arguments<'_>) -> Result<()> {
    future::init(vm, as_future(this)?, args.event_loop)?;
    if !is_coroutine(vm, args.coroutine)? {
        this.get_mut(vm).log_destroy_pending = false;
        let shown = vm.repr(args.coroutine)?.to_string_lossy();
        return Err(vm.raise_type_error(&format!("a coroutine was expected, got {shown}")));
    }
    let context = match args.context.filter(|c| !c.is_none()) {
        Some(context) => context.clone(),
        None => copy_current(vm)?,
    };
    let name = match args.name.filter(|n| !n.is_none()) {
        Some(name) => name_of(vm, name)?,
        None => Name::Number(state::next_name(vm)?),
    };
    let t = this.get_mut(vm);
    t.log_destroy_pending = true;
    t.must_cancel = false;
    t.cancels_requested = 0;
    let old = (
        t.waits_for.take(),
        t.coroutine.replace(args.coroutine.clone()),
        t.context.replace(context),
        std::mem::replace(&mut t.name, name),
    );
    drop(old);
    if args.eager_start {
        let event_loop = future::own_loop(vm, as_future(this)?)?;
        let running = vm.call_method(&event_loop, name!("is_running"), &[])?;
        if vm.is_truthy(&running)? {
            return eager_start(vm, this, &event_loop);
        }
    }
    step_soon(vm, this, None)?;
    state::register(vm, this.as_value())
}

/// Has the loop call the next step, with an exception to throw or without.
fn step_soon(vm: &mut Vm, this: &Ref<Task>, exception: Option<Value>) -> Result<()> {
    let event_loop = future::own_loop(vm, as_future(this)?)?;
    let step = Ref::new(vm, Step { task: this.clone(), exception })?.into_value();
    let context = this.get(vm).context.clone();
    future::call_soon(vm, &event_loop, step, None, context)
}

/// The first step, at once.
fn eager_start(vm: &mut Vm, this: &Ref<Task>, event_loop: &Value) -> Result<()> {
    let me = this.as_value();
    let Ok(previous) = state::exchange(vm, event_loop, Some(me), |_| true)? else { return Ok(()) };
    let result = state::register_eager(vm, me).and_then(|()| {
        let context = this.get(vm).context.clone().unwrap_or_else(Value::none);
        let result = enter_context(vm, &context).and_then(|before| {
            let result = step_inner(vm, this, None);
            leave_context(vm, &context, before);
            result
        });
        let unregistered = state::unregister_eager(vm, me);
        result.and(unregistered)
    });
    // The step may have changed what runs; the task before is put back whatever that was.
    let raised = match &result {
        Err(raised) => Some(vm.take_raised(*raised)),
        Ok(()) => None,
    };
    let restored = state::exchange(vm, event_loop, previous.as_ref(), |_| true);
    if let Some(raised) = raised {
        drop(restored);
        return Err(vm.raise(raised));
    }
    restored?.ok();
    if this.get(vm).base.is_done() {
        let coroutine = this.get_mut(vm).coroutine.take();
        drop(coroutine);
        return Ok(());
    }
    state::register(vm, me)
}

/// A step from the event loop.
pub fn step(vm: &mut Vm, this: &Ref<Task>, exception: Option<Value>) -> Result<()> {
    let event_loop = future::own_loop(vm, as_future(this)?)?;
    state::enter(vm, &event_loop, this.as_value())?;
    match step_inner(vm, this, exception) {
        Ok(()) => state::leave(vm, &event_loop, this.as_value()),
        Err(raised) => {
            let exception = vm.take_raised(raised);
            if let Err(other) = state::leave(vm, &event_loop, this.as_value()) {
                drop(vm.take_raised(other));
            }
            Err(vm.raise(exception))
        }
    }
}

/// What a coroutine has come to.
enum Progress {
    Yielded(Value),
    Returned(Value),
}

/// Resumes the coroutine.
fn resume(vm: &mut Vm, coroutine: &Value, exception: Option<Value>) -> Result<Progress> {
    let native = as_generator(coroutine).filter(|_| !ASYNC_GENERATOR.is_exact(coroutine));
    let resumed = match (native, exception) {
        (Some(g), exception) => {
            let outcome = match exception {
                None => vm.generator_send(g, Value::none())?,
                Some(e) => vm.generator_throw(g, e, true)?,
            };
            return Ok(match outcome {
                generator::Outcome::Yielded(v) => Progress::Yielded(v),
                generator::Outcome::Returned(v) => Progress::Returned(v),
            });
        }
        (None, None) => match slots::of(coroutine.ty()).next {
            Some(next) => match next(vm, coroutine) {
                Ok(Some(v)) => return Ok(Progress::Yielded(v)),
                Ok(None) => return Ok(Progress::Returned(Value::none())),
                Err(raised) => Err(raised),
            },
            None => vm.call_method(coroutine, name!("send"), &[Value::none()]),
        },
        (None, Some(e)) => vm.call_method(coroutine, name!("throw"), &[e]),
    };
    match resumed {
        Ok(v) => Ok(Progress::Yielded(v)),
        Err(raised) if vm.raised_is(STOP_ITERATION.as_type()) => {
            let e = vm.take_raised(raised);
            vm.get_attr(&e, name!("value")).map(Progress::Returned)
        }
        Err(raised) => Err(raised),
    }
}

/// What is to be thrown into the coroutine: a task that must be cancelled throws `CancelledError`.
fn to_throw(vm: &mut Vm, this: &Ref<Task>, exception: Option<Value>) -> Result<Option<Value>> {
    if !this.get(vm).must_cancel {
        return Ok(exception);
    }
    this.get_mut(vm).must_cancel = false;
    if let Some(e) = exception {
        let class = state::library(vm, Library::CancelledError)?;
        if vm.is_instance(&e, &class)? {
            return Ok(Some(e));
        }
    }
    future::cancelled_error(vm, as_future(this)?).map(Some)
}

fn step_inner(vm: &mut Vm, this: &Ref<Task>, exception: Option<Value>) -> Result<()> {
    if this.get(vm).base.is_done() {
        let shown = vm.repr(this.as_value())?.to_string_lossy();
        let exception = exception.unwrap_or_else(Value::none);
        let text = format!("__step(): already done: {shown} {}", vm.repr(&exception)?.to_string_lossy());
        return Err(state::raise(vm, Library::InvalidStateError, &text));
    }
    let exception = to_throw(vm, this, exception)?;
    let waited_for = this.get_mut(vm).waits_for.take();
    drop(waited_for);
    let Some(coroutine) = this.get(vm).coroutine.clone() else {
        return Err(vm.raise_runtime_error("uninitialized Task object"));
    };
    match resume(vm, &coroutine, exception) {
        Ok(Progress::Yielded(v)) => wait_for(vm, this, v),
        Ok(Progress::Returned(v)) => {
            if std::mem::replace(&mut this.get_mut(vm).must_cancel, false) {
                let message = this.get(vm).base.cancel_message().cloned();
                return future::cancel(vm, as_future(this)?, message).map(drop);
            }
            future::set_result(vm, as_future(this)?, v)
        }
        Err(raised) => end_by_exception(vm, this, raised),
    }
}

fn end_by_exception(vm: &mut Vm, this: &Ref<Task>, raised: Raised) -> Result<()> {
    let exception = vm.take_raised(raised);
    let class = state::library(vm, Library::CancelledError)?;
    if class.as_type().is_some_and(|c| exception.ty().is_subtype(c)) {
        let old = this.get_mut(vm).base.rare_mut().cancelled_error.replace(exception);
        drop(old);
        return future::cancel(vm, as_future(this)?, None).map(drop);
    }
    future::set_exception(vm, as_future(this)?, &exception)?;
    let fatal = [KEYBOARD_INTERRUPT.as_type(), SYSTEM_EXIT.as_type()];
    if fatal.into_iter().any(|c| exception.ty().is_subtype(c)) {
        return Err(vm.raise(exception));
    }
    Ok(())
}

/// Has the task go on when what the coroutine has yielded is done.
fn wait_for(vm: &mut Vm, this: &Ref<Task>, yielded: Value) -> Result<()> {
    if yielded.is(this.as_value()) {
        let shown = vm.repr(this.as_value())?.to_string_lossy();
        return fail_soon(vm, this, format!("Task cannot await on itself: {shown}"));
    }
    if yielded.is_none() {
        return step_soon(vm, this, None);
    }
    let event_loop = this.get(vm).base.event_loop.clone();
    let is_own = |l: &Value| event_loop.as_ref().is_some_and(|own| own.is(l));
    let native = yielded.downcast::<Future>().filter(|_| is_native(&yielded)).cloned();
    if let Some(awaited) = native {
        let f = awaited.get_mut(vm);
        if !f.event_loop.as_ref().is_some_and(is_own) {
            return fail_other_loop(vm, this, &yielded);
        }
        if !std::mem::replace(&mut f.blocking, false) {
            return fail_not_awaited(vm, this, "in", &yielded);
        }
        future::add_awaited_by(vm, &yielded, this.as_value());
        let wakeup = new_wakeup(vm, this)?;
        let context = this.get(vm).context.clone().unwrap_or_else(Value::none);
        future::add_callback(vm, &awaited, wakeup, context)?;
    } else {
        let blocking = vm.get_attr_opt(&yielded, name!("_asyncio_future_blocking"))?;
        let Some(blocking) = blocking.filter(|b| !b.is_none()) else {
            if GENERATOR.is_exact(&yielded) {
                return fail_not_awaited(vm, this, "for generator in", &yielded);
            }
            let shown = vm.repr(&yielded)?.to_string_lossy();
            return fail_soon(vm, this, format!("Task got bad yield: {shown}"));
        };
        let blocking = vm.is_truthy(&blocking)?;
        let other = future::loop_of(vm, &yielded)?;
        if !is_own(&other) {
            return fail_other_loop(vm, this, &yielded);
        }
        if !blocking {
            return fail_not_awaited(vm, this, "in", &yielded);
        }
        future::add_awaited_by(vm, &yielded, this.as_value());
        vm.set_attr(&yielded, name!("_asyncio_future_blocking"), Some(Value::bool(false)))?;
        let wakeup = new_wakeup(vm, this)?;
        let context = this.get(vm).context.clone().unwrap_or_else(Value::none);
        let add = vm.get_attr(&yielded, name!("add_done_callback"))?;
        vm.call_args(&add, Args::new(&[wakeup, context], &[name!("context").to_value()]))?;
    }
    this.get_mut(vm).waits_for = Some(yielded.clone());
    if this.get(vm).must_cancel {
        let message = this.get(vm).base.cancel_message().cloned();
        if cancel_any(vm, &yielded, message)? {
            this.get_mut(vm).must_cancel = false;
        }
    }
    Ok(())
}

fn fail_soon(vm: &mut Vm, this: &Ref<Task>, text: String) -> Result<()> {
    let text = vm.new_str(&text)?.into_value();
    let error = vm.new_exception(RUNTIME_ERROR.as_type(), vec![text])?;
    step_soon(vm, this, Some(error))
}

#[cold]
fn fail_other_loop(vm: &mut Vm, this: &Ref<Task>, yielded: &Value) -> Result<()> {
    let (task, other) = (vm.repr(this.as_value())?.to_string_lossy(), vm.repr(yielded)?.to_string_lossy());
    fail_soon(vm, this, format!("Task {task} got Future {other} attached to a different loop"))
}

#[cold]
fn fail_not_awaited(vm: &mut Vm, this: &Ref<Task>, place: &str, yielded: &Value) -> Result<()> {
    let (task, other) = (vm.repr(this.as_value())?.to_string_lossy(), vm.repr(yielded)?.to_string_lossy());
    fail_soon(vm, this, format!("yield was used instead of yield from {place} task {task} with {other}"))
}

/// `cancel(msg=message)` of anything that a task may wait for.
fn cancel_any(vm: &mut Vm, v: &Value, message: Option<Value>) -> Result<bool> {
    if FUTURE.is_exact(v)
        && let Some(f) = v.downcast::<Future>()
    {
        return future::cancel(vm, &f.clone(), message);
    }
    if let Some(t) = v.downcast_exact::<Task>() {
        vm.check_stack(" while cancelling a task")?;
        return cancel(vm, &t.clone(), message);
    }
    let message = message.unwrap_or_else(Value::none);
    let args = [message];
    let names = [name!("msg").to_value()];
    let answer = vm.call_method_args(v, name!("cancel"), Args::new(&args, &names))?;
    vm.is_truthy(&answer)
}

/// `Task.cancel`.
pub fn cancel(vm: &mut Vm, this: &Ref<Task>, message: Option<Value>) -> Result<bool> {
    let t = this.get_mut(vm);
    t.base.unretrieved = false;
    if t.base.is_done() {
        return Ok(false);
    }
    t.cancels_requested += 1;
    if let Some(awaited) = t.waits_for.clone()
        && cancel_any(vm, &awaited, message.clone())?
    {
        return Ok(true);
    }
    let t = this.get_mut(vm);
    t.must_cancel = true;
    drop(t.base.set_cancel_message(message));
    Ok(true)
}

/// What a task adds to the callbacks of the future that it waits for.
static WAKEUP: FnDef = FnDef {
    name: "task_wakeup",
    signature: None,
    parameters: None,
    doc: "",
    kind: FnKind::Method,
    call: call_wakeup,
    positional: |vm, all| call_wakeup(vm, Args::positional_only(all)),
};

fn new_wakeup(vm: &mut Vm, this: &Ref<Task>) -> Result {
    Ref::new(vm, NativeFunction { def: Opaque(&WAKEUP), receiver: Some(this.to_value()), module: None })
        .map(Ref::into_value)
}

fn call_wakeup(vm: &mut Vm, args: Args<'_>) -> Result {
    let [task, future] = args.expect(vm, "task_wakeup", 2, 2)? else { return Ok(Value::none()) };
    let Some(task) = task.downcast::<Task>() else { return Err(vm.raise_wrong_receiver("task_wakeup", task)) };
    let (task, future) = (task.clone(), future.clone());
    future::discard_awaited_by(vm, &future, task.as_value());
    let outcome = match future.downcast::<Future>().filter(|_| is_native(&future)).cloned() {
        Some(native) => future::outcome(vm, &native),
        None => vm.call_method(&future, name!("result"), &[]).map(Outcome::Result),
    };
    let exception = match outcome {
        Ok(Outcome::Result(_)) => None,
        Ok(Outcome::Exception(e)) => Some(e),
        Err(raised) => Some(vm.take_raised(raised)),
    };
    step(vm, &task, exception)?;
    Ok(Value::none())
}

/// What the event loop calls for a step.
#[derive(Trace, Payload)]
#[payload(class = STEP, frozen)]
#[repr(C)]
pub struct Step {
    task: Ref<Task>,
    exception: Option<Value>,
}

/// Methods of `_asyncio.TaskStepMethWrapper`.
pub struct StepClass;

#[class(cell = STEP, base = OBJECT, flags = HAVE_GC)]
impl StepClass {
    #[slot]
    fn call(vm: &mut Vm, this: &Ref<Step>, args: Args<'_>) -> Result {
        if !args.names().is_empty() {
            return Err(vm.raise_type_error("function takes no keyword arguments"));
        }
        if !args.positional().is_empty() {
            return Err(vm.raise_type_error("function takes no positional arguments"));
        }
        let (task, exception) = (this.task.clone(), this.exception.clone());
        step(vm, &task, exception)?;
        Ok(Value::none())
    }

    #[getter]
    fn __self__(_vm: &mut Vm, this: &Ref<Step>) -> Result {
        Ok(this.task.to_value())
    }
}
