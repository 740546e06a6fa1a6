//! `generator`, `coroutine` and what `await` on a coroutine runs. The three kinds of generator share one layout.

use super::code::Code;
use super::frame::FrameObject;
use crate::eval::frame::Block;
use crate::eval::generator::{self, Outcome, as_generator};
use crate::eval::monitor::event::PY_UNWIND;
use crate::native::Args;
use crate::types::exceptions::base::as_exception;
use crate::{Ref, Result, Str, Type, Value, Vm, errors, name};
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Visitor;
use taipan_object::{Guarded, Payload, Raised, Trace, TypeCell, TypeFlags};

pub use super::async_generator::{ASYNC_GENERATOR, AsyncGenerator, wrap_async_value};

/// `generator`.
pub static GENERATOR: TypeCell<Generator> = TypeCell::new("generator");
/// `coroutine`.
pub static COROUTINE: TypeCell<Coroutine> = TypeCell::new("coroutine");
/// `coroutine_wrapper`.
pub static COROUTINE_WRAPPER: TypeCell<CoroutineWrapper> = TypeCell::new("coroutine_wrapper");

/// Where a generator is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum State {
    /// It has not begun.
    Created,
    /// At a `yield`.
    Suspended,
    /// At a `yield from` or `await`.
    SuspendedYieldFrom,
    /// It runs.
    Executing,
    /// It has ended.
    Completed,
}

impl Trace for State {
    fn trace(&self, _: &mut Visitor<'_>) {}
}

impl State {
    /// Whether it has begun and can go on.
    #[inline(always)]
    pub fn is_suspended(self) -> bool {
        matches!(self, State::Suspended | State::SuspendedYieldFrom)
    }

    /// Whether it can be resumed with `None`.
    #[inline(always)]
    pub fn is_resumable(self) -> bool {
        (self as u8) < State::Executing as u8
    }
}

/// A generator.
#[derive(Trace)]
#[repr(C)]
pub struct Generator {
    /// The frame; none once it has ended.
    pub block: Option<Block>,
    /// The exception that it handles while it is suspended.
    pub handled: Option<Value>,
    /// Where it is in its life.
    pub state: State,
    /// What the event loop has been told of an asynchronous generator, and what that is doing.
    pub asynchronous: super::async_generator::Progress,
    /// The code.
    pub code: Ref<Code>,
    /// `__name__`.
    pub name: Ref<Str>,
    /// `__qualname__`.
    pub qualname: Ref<Str>,
    /// `cr_origin` of a coroutine; what finalises an asynchronous generator.
    pub extra: Option<Value>,
}

impl Payload for Generator {
    type Access = Guarded;

    fn class() -> &'static TypeCell<Generator> {
        &GENERATOR
    }

    fn dies_quietly(&self) -> bool {
        match self.state {
            State::Created | State::Completed => true,
            State::Suspended => generator::closes_silently(self),
            State::SuspendedYieldFrom | State::Executing => false,
        }
    }
}

impl Generator {
    /// A generator that still gets its frame.
    pub fn new(code: Ref<Code>, name: Ref<Str>, qualname: Ref<Str>) -> Generator {
        Generator {
            block: None,
            handled: None,
            state: State::Created,
            asynchronous: Default::default(),
            code,
            name,
            qualname,
            extra: None,
        }
    }
}

/// A coroutine.
#[derive(Trace, Payload)]
#[payload(class = COROUTINE, base = base)]
#[repr(C)]
pub struct Coroutine {
    /// The same as a generator.
    pub base: Generator,
}

/// What a coroutine's `__await__` returns.
#[derive(Trace, Payload)]
#[payload(class = COROUTINE_WRAPPER, frozen)]
#[repr(C)]
pub struct CoroutineWrapper {
    coroutine: Value,
}

/// How messages call the three kinds.
fn kind(v: &Value) -> &'static str {
    if COROUTINE.is_exact(v) {
        "coroutine"
    } else if ASYNC_GENERATOR.is_exact(v) {
        "async generator"
    } else {
        "generator"
    }
}

fn already_executing(vm: &mut Vm, g: &Ref<Generator>) -> Raised {
    vm.raise_value_error(&format!("{} already executing", kind(g.as_value())))
}

impl Vm {
    /// Resumes a generator with a value: what it yields, or what it returns. An ended generator returns `None`.
    pub fn generator_send(&mut self, g: &Ref<Generator>, value: Value) -> Result<Outcome> {
        match g.get(self).state {
            State::Created if !value.is_none() => {
                let text = format!("can't send non-None value to a just-started {}", kind(g.as_value()));
                Err(self.raise_type_error(&text))
            }
            State::Executing => Err(already_executing(self, g)),
            State::Completed if COROUTINE.is_exact(g.as_value()) => {
                Err(self.raise_runtime_error("cannot reuse already awaited coroutine"))
            }
            State::Completed => Ok(Outcome::Returned(Value::none())),
            _ => generator::resume(self, g, Some(value)),
        }
    }

    /// The outcome as the methods of generators tell it: the end is `StopIteration`.
    pub fn generator_outcome(&mut self, g: &Ref<Generator>, outcome: Outcome) -> Result {
        match outcome {
            Outcome::Yielded(v) => Ok(v),
            Outcome::Returned(_) if ASYNC_GENERATOR.is_exact(g.as_value()) => {
                Err(self.raise_class_bare(errors::STOP_ASYNC_ITERATION.as_type()))
            }
            Outcome::Returned(v) if v.is_none() => Err(self.raise_stop_iteration(None)),
            Outcome::Returned(v) => Err(self.raise_stop_iteration(Some(v))),
        }
    }

    /// An exception without arguments.
    pub fn raise_class_bare(&mut self, class: &'static Type) -> Raised {
        match self.new_exception(class, Vec::new()) {
            Ok(e) => self.raise_chained(e),
            Err(raised) => raised,
        }
    }

    /// Resumes a generator with the exception that has been raised.
    fn generator_resume_raising(&mut self, g: &Ref<Generator>, raised: Raised, closing: bool) -> Result<Outcome> {
        match g.get(self).state {
            State::Executing => {
                drop(self.take_raised(raised));
                Err(already_executing(self, g))
            }
            State::Completed => {
                if COROUTINE.is_exact(g.as_value()) && !closing {
                    drop(self.take_raised(raised));
                    return Err(self.raise_runtime_error("cannot reuse already awaited coroutine"));
                }
                Err(raised)
            }
            _ => generator::resume(self, g, None),
        }
    }

    /// Closes what a generator waits for.
    fn close_awaited(&mut self, awaited: &Value) -> Result<()> {
        if let Some(g) = as_generator(awaited).filter(|_| !ASYNC_GENERATOR.is_exact(awaited)) {
            let g = g.clone();
            return self.generator_close(&g).map(|_| ());
        }
        match self.get_attr_opt(awaited, name!("close")) {
            Ok(Some(close)) => self.call(&close, &[]).map(|_| ()),
            Ok(None) => Ok(()),
            Err(raised) => {
                let e = self.take_raised(raised);
                let none = Value::none();
                let _ = self.raise(e);
                self.report_unraisable(Raised, &none);
                Ok(())
            }
        }
    }

    /// `close()`: raises `GeneratorExit` in it; what it returns. What it waits for is closed first. Where that is a generator
    /// again there is no native call for it: they may stand in a line of any length.
    pub fn generator_close(&mut self, g: &Ref<Generator>) -> Result {
        let mut waiting = Vec::new();
        let mut at = g.clone();
        while let Some(inner) = generator::awaited(self, &at)
            && let Some(inner) = as_generator(&inner).filter(|_| !ASYNC_GENERATOR.is_exact(&inner))
        {
            if waiting.try_reserve(1).is_err() {
                return Err(self.stop_waiting(waiting));
            }
            let paused = generator::begin_executing(self, &at);
            waiting.push((std::mem::replace(&mut at, inner.clone()), paused));
        }
        let mut closed = self.close_innermost(&at);
        while let Some((outer, paused)) = waiting.pop() {
            generator::end_executing(self, &outer, paused);
            closed = self.close_behind(&outer, closed.map(drop));
        }
        closed
    }

    /// There is no memory to close a line of generators: all are as they were.
    #[cold]
    fn stop_waiting(&mut self, mut waiting: Vec<(Ref<Generator>, generator::Paused)>) -> Raised {
        while let Some((outer, paused)) = waiting.pop() {
            generator::end_executing(self, &outer, paused);
        }
        self.raise_memory_error()
    }

    /// Closes a generator that waits for no other.
    fn close_innermost(&mut self, g: &Ref<Generator>) -> Result {
        match g.get(self).state {
            State::Created => {
                generator::discard(self, g);
                return Ok(Value::none());
            }
            State::Completed => return Ok(Value::none()),
            State::Executing => return Err(already_executing(self, g)),
            _ => {}
        }
        let closed = match generator::awaited(self, g) {
            Some(awaited) => generator::while_executing(self, g, |vm| vm.close_awaited(&awaited)),
            None => {
                if !self.monitors(PY_UNWIND) && generator::closes_silently(g.get(self)) {
                    generator::discard(self, g);
                    return Ok(Value::none());
                }
                Ok(())
            }
        };
        self.close_behind(g, closed)
    }

    /// Closes a generator when what it waits for has been closed, or has raised something while it was.
    fn close_behind(&mut self, g: &Ref<Generator>, closed: Result<()>) -> Result {
        let raised = match closed {
            Ok(()) => self.raise_class_bare(errors::GENERATOR_EXIT.as_type()),
            Err(raised) => raised,
        };
        match self.generator_resume_raising(g, raised, true) {
            Ok(Outcome::Yielded(_)) => {
                let text = format!("{} ignored GeneratorExit", kind(g.as_value()));
                Err(self.raise_runtime_error(&text))
            }
            Ok(Outcome::Returned(v)) => Ok(v),
            Err(raised) => {
                if self.raised_is(errors::GENERATOR_EXIT.as_type()) {
                    drop(self.take_raised(raised));
                    return Ok(Value::none());
                }
                Err(raised)
            }
        }
    }

    /// Raises an exception where a generator is suspended; what it waits for gets it first.
    pub fn generator_throw(&mut self, g: &Ref<Generator>, exception: Value, close_on_exit: bool) -> Result<Outcome> {
        self.check_stack("")?;
        if let Some(awaited) = generator::awaited(self, g) {
            let is_exit = exception.ty().is_subtype(errors::GENERATOR_EXIT.as_type());
            if is_exit && close_on_exit {
                let closed = generator::while_executing(self, g, |vm| vm.close_awaited(&awaited));
                if let Err(raised) = closed {
                    return self.generator_resume_raising(g, raised, false);
                }
            } else {
                let inner = as_generator(&awaited).filter(|_| !ASYNC_GENERATOR.is_exact(&awaited)).cloned();
                let thrown = match inner {
                    Some(inner) => generator::while_executing(self, g, |vm| {
                        let outcome = vm.generator_throw(&inner, exception, close_on_exit)?;
                        vm.generator_outcome(&inner, outcome)
                    }),
                    None => match self.get_attr_opt(&awaited, name!("throw"))? {
                        Some(throw) => generator::while_executing(self, g, |vm| vm.call(&throw, &[exception])),
                        None => {
                            let raised = self.raise(exception);
                            return self.generator_resume_raising(g, raised, false);
                        }
                    },
                };
                return match thrown {
                    Ok(v) => Ok(Outcome::Yielded(v)),
                    Err(raised) => self.generator_resume_raising(g, raised, false),
                };
            }
        }
        let raised = self.raise(exception);
        self.generator_resume_raising(g, raised, false)
    }

    /// The exception that the arguments of `throw` mean: one, or the old form of type, value and traceback.
    pub fn thrown_exception(&mut self, args: Args<'_>) -> Result {
        let args = args.expect(self, "throw", 1, 3)?;
        if args.len() > 1 {
            let text = "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.";
            self.warn(errors::DEPRECATION_WARNING.as_type(), text, 1)?;
        }
        let traceback = args.get(2).filter(|t| !t.is_none());
        let traceback = match traceback {
            Some(t) => match t.downcast::<super::traceback::Traceback>() {
                Some(t) => Some(t.clone()),
                None => return Err(self.raise_type_error("throw() third argument must be a traceback object")),
            },
            None => None,
        };
        let value = args.get(1).filter(|v| !v.is_none());
        let given = &args[0];
        let exception = if as_exception(given).is_some() {
            if value.is_some() {
                return Err(self.raise_type_error("instance exception may not have a separate value"));
            }
            given.clone()
        } else if given.as_type().is_some_and(|t| t.flags().has(TypeFlags::EXCEPTION_SUBCLASS)) {
            let made = match value {
                None => self.call(given, &[]),
                Some(v) if given.as_type().is_some_and(|t| v.ty().is_subtype(t)) => Ok(v.clone()),
                Some(v) => match v.downcast::<crate::Tuple>() {
                    Some(t) => {
                        let items = taipan_object::room::copied(t.items())?;
                        self.call(given, &items)
                    }
                    None => self.call(given, std::slice::from_ref(v)),
                },
            };
            // What goes wrong while the exception is made is thrown in its place.
            match made {
                Ok(made) if as_exception(&made).is_some() => made,
                Ok(made) => {
                    let class = self.repr(given)?.to_string_lossy();
                    let text = format!(
                        "calling {class} should have returned an instance of BaseException, not {}",
                        self.repr(&made.ty().to_value())?.to_string_lossy()
                    );
                    let raised = self.raise_type_error(&text);
                    self.take_raised(raised)
                }
                Err(raised) => self.take_raised(raised),
            }
        } else {
            let text = format!(
                "exceptions must be classes or instances deriving from BaseException, not {}",
                given.ty().name()
            );
            return Err(self.raise_type_error(&text));
        };
        if let (Some(t), Some(e)) = (traceback, as_exception(&exception)) {
            let old = e.get_mut(self).traceback.replace(t);
            drop(old);
        }
        Ok(exception)
    }
}

/// A generator that dies suspended is closed; a coroutine that was never awaited gets a warning.
pub fn finalize(vm: &mut Vm, this: &Value) {
    let Some(g) = as_generator(this).cloned() else { return };
    match g.get(vm).state {
        State::Completed | State::Executing => return,
        State::Created if COROUTINE.is_exact(this) => {
            if let Err(raised) = warn_unawaited(vm, this) {
                vm.report_unraisable_about(raised, "while finalizing coroutine ", Some(this));
            }
            return;
        }
        _ => {}
    }
    if ASYNC_GENERATOR.is_exact(this)
        && let Some(finalizer) = g.get(vm).extra.clone()
        && !g.get(vm).asynchronous.closed
    {
        if let Err(raised) = vm.call(&finalizer, std::slice::from_ref(this)) {
            vm.report_unraisable_about(raised, "while finalizing generator ", Some(this));
        }
        return;
    }
    if let Err(raised) = vm.generator_close(&g) {
        vm.report_unraisable_about(raised, "while closing generator ", Some(this));
    }
}

/// Closes a generator that has not begun; answers whether that was so.
pub fn end_unstarted(vm: &mut Vm, this: &Value) -> bool {
    let Some(g) = as_generator(this).cloned() else { return false };
    if g.get(vm).state != State::Created {
        return false;
    }
    finalize(vm, this);
    if let Err(raised) = vm.generator_close(&g) {
        vm.report_unraisable_about(raised, "while closing generator ", Some(this));
    }
    true
}

fn warn_unawaited(vm: &mut Vm, coroutine: &Value) -> Result<()> {
    // The library's function knows where the coroutine was made.
    if let Some(f) = vm.warnings_attr(name!("_warn_unawaited_coroutine"), true)? {
        let raised = match vm.call(&f, std::slice::from_ref(coroutine)) {
            Ok(_) => return Ok(()),
            Err(raised) if vm.raised_is(errors::RUNTIME_WARNING.as_type()) => return Err(raised),
            Err(raised) => raised,
        };
        vm.report_unraisable_about(raised, "while finalizing coroutine ", Some(coroutine));
    }
    let name = as_generator(coroutine).map(|g| g.get(vm).qualname.to_string_lossy()).unwrap_or_default();
    vm.warn(errors::RUNTIME_WARNING.as_type(), &format!("coroutine '{name}' was never awaited"), 1)
}

fn repr(vm: &mut Vm, this: &Value) -> Result {
    let qualname = as_generator(this).map(|g| g.get(vm).qualname.to_string_lossy()).unwrap_or_default();
    let text = format!("<{} object {qualname} at {:#x}>", this.ty().name(), this.bits());
    vm.new_str(&text).map(Ref::into_value)
}

fn set_text(vm: &mut Vm, value: Option<&Value>, what: &str) -> Result<Ref<Str>> {
    match value.and_then(|v| v.downcast::<Str>()) {
        Some(s) => Ok(s.clone()),
        None => Err(vm.raise_type_error(&format!("{what} must be set to a string object"))),
    }
}

/// The receiver of a method as a generator.
pub fn receiver<'a>(vm: &mut Vm, this: &'a Value) -> Result<&'a Ref<Generator>> {
    match as_generator(this) {
        Some(g) => Ok(g),
        None => Err(vm.raise_wrong_receiver("send", this)),
    }
}

pub(super) fn name_of(vm: &mut Vm, this: &Value) -> Result {
    Ok(receiver(vm, this)?.get(vm).name.to_value())
}

pub(super) fn set_name_of(vm: &mut Vm, this: &Value, value: Option<&Value>) -> Result<()> {
    let text = set_text(vm, value, "__name__")?;
    receiver(vm, this)?.get_mut(vm).name = text;
    Ok(())
}

pub(super) fn qualname_of(vm: &mut Vm, this: &Value) -> Result {
    Ok(receiver(vm, this)?.get(vm).qualname.to_value())
}

pub(super) fn set_qualname_of(vm: &mut Vm, this: &Value, value: Option<&Value>) -> Result<()> {
    let text = set_text(vm, value, "__qualname__")?;
    receiver(vm, this)?.get_mut(vm).qualname = text;
    Ok(())
}

pub(super) fn frame_value(vm: &mut Vm, this: &Value) -> Result {
    let g = receiver(vm, this)?;
    let frame: Option<Ref<FrameObject>> = generator::frame_of(vm, g)?;
    Ok(frame.map_or_else(Value::none, Ref::into_value))
}

pub(super) fn code_value(vm: &mut Vm, this: &Value) -> Result {
    Ok(receiver(vm, this)?.get(vm).code.to_value())
}

pub(super) fn awaited_value(vm: &mut Vm, this: &Value) -> Result {
    let g = receiver(vm, this)?;
    Ok(generator::awaited(vm, g).unwrap_or_else(Value::none))
}

pub(super) fn state_of(vm: &mut Vm, this: &Value) -> Result<State> {
    Ok(receiver(vm, this)?.get(vm).state)
}

fn send(vm: &mut Vm, this: &Value, value: &Value) -> Result {
    let g = receiver(vm, this)?;
    let outcome = vm.generator_send(g, value.clone())?;
    vm.generator_outcome(g, outcome)
}

fn throw(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
    let g = receiver(vm, this)?;
    let exception = vm.thrown_exception(args)?;
    let outcome = vm.generator_throw(g, exception, true)?;
    vm.generator_outcome(g, outcome)
}

fn close(vm: &mut Vm, this: &Value) -> Result {
    let g = receiver(vm, this)?;
    vm.generator_close(g)
}

/// Methods of `generator`.
pub struct GeneratorClass;

#[class(cell = GENERATOR, base = OBJECT, flags = HAVE_GC | MANAGED_WEAKREF | DISALLOW_INSTANTIATION)]
impl GeneratorClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Value) -> Result {
        repr(vm, this)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Value) -> Result<Option<Value>> {
        let g = receiver(vm, this)?;
        match vm.generator_send(g, Value::none())? {
            Outcome::Yielded(v) => Ok(Some(v)),
            Outcome::Returned(v) if v.is_none() => Ok(None),
            Outcome::Returned(v) => Err(vm.raise_stop_iteration(Some(v))),
        }
    }

    #[slot]
    fn finalize(vm: &mut Vm, this: &Value) {
        finalize(vm, this)
    }

    /// send(value) -> send 'value' into generator,
    /// return next yielded value or raise StopIteration.
    #[method("($self, object, /)")]
    fn send(vm: &mut Vm, this: &Value, value: &Value) -> Result {
        send(vm, this, value)
    }

    /// throw(value)
    /// throw(type[,value[,tb]])
    ///
    /// Raise exception in generator, return next yielded value or raise
    /// StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[method]
    fn throw(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
        throw(vm, this, args)
    }

    /// close() -> raise GeneratorExit inside generator.
    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Value) -> Result {
        close(vm, this)
    }

    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, item: &Value) -> Result {
        super::generic_alias::new_alias(vm, class.clone(), item.clone())
    }

    /// name of the generator
    #[getter]
    fn __name__(vm: &mut Vm, this: &Value) -> Result {
        name_of(vm, this)
    }

    #[setter]
    fn set___name__(vm: &mut Vm, this: &Value, value: Option<&Value>) -> Result<()> {
        set_name_of(vm, this, value)
    }

    /// qualified name of the generator
    #[getter]
    fn __qualname__(vm: &mut Vm, this: &Value) -> Result {
        qualname_of(vm, this)
    }

    #[setter]
    fn set___qualname__(vm: &mut Vm, this: &Value, value: Option<&Value>) -> Result<()> {
        set_qualname_of(vm, this, value)
    }

    #[getter]
    fn gi_yieldfrom(vm: &mut Vm, this: &Value) -> Result {
        awaited_value(vm, this)
    }

    #[getter]
    fn gi_running(vm: &mut Vm, this: &Value) -> Result<bool> {
        Ok(state_of(vm, this)? == State::Executing)
    }

    #[getter]
    fn gi_suspended(vm: &mut Vm, this: &Value) -> Result<bool> {
        Ok(state_of(vm, this)?.is_suspended())
    }

    #[getter]
    fn gi_frame(vm: &mut Vm, this: &Value) -> Result {
        frame_value(vm, this)
    }

    #[getter]
    fn gi_code(vm: &mut Vm, this: &Value) -> Result {
        code_value(vm, this)
    }
}

/// Methods of `coroutine`.
pub struct CoroutineClass;

#[class(cell = COROUTINE, base = OBJECT, flags = HAVE_GC | MANAGED_WEAKREF | DISALLOW_INSTANTIATION)]
impl CoroutineClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Value) -> Result {
        repr(vm, this)
    }

    #[slot]
    fn await_(vm: &mut Vm, this: &Value) -> Result {
        Ref::new(vm, CoroutineWrapper { coroutine: this.clone() }).map(Ref::into_value)
    }

    #[slot]
    fn finalize(vm: &mut Vm, this: &Value) {
        finalize(vm, this)
    }

    /// send(arg) -> send 'arg' into coroutine,
    /// return next yielded value or raise StopIteration.
    #[method("($self, object, /)")]
    fn send(vm: &mut Vm, this: &Value, value: &Value) -> Result {
        send(vm, this, value)
    }

    /// throw(value)
    /// throw(type[,value[,traceback]])
    ///
    /// Raise exception in coroutine, return next yielded value or raise
    /// StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[method]
    fn throw(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
        throw(vm, this, args)
    }

    /// close() -> raise GeneratorExit inside coroutine.
    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Value) -> Result {
        close(vm, this)
    }

    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, item: &Value) -> Result {
        super::generic_alias::new_alias(vm, class.clone(), item.clone())
    }

    /// name of the coroutine
    #[getter]
    fn __name__(vm: &mut Vm, this: &Value) -> Result {
        name_of(vm, this)
    }

    #[setter]
    fn set___name__(vm: &mut Vm, this: &Value, value: Option<&Value>) -> Result<()> {
        set_name_of(vm, this, value)
    }

    /// qualified name of the coroutine
    #[getter]
    fn __qualname__(vm: &mut Vm, this: &Value) -> Result {
        qualname_of(vm, this)
    }

    #[setter]
    fn set___qualname__(vm: &mut Vm, this: &Value, value: Option<&Value>) -> Result<()> {
        set_qualname_of(vm, this, value)
    }

    #[getter]
    fn cr_await(vm: &mut Vm, this: &Value) -> Result {
        awaited_value(vm, this)
    }

    #[getter]
    fn cr_running(vm: &mut Vm, this: &Value) -> Result<bool> {
        Ok(state_of(vm, this)? == State::Executing)
    }

    #[getter]
    fn cr_suspended(vm: &mut Vm, this: &Value) -> Result<bool> {
        Ok(state_of(vm, this)?.is_suspended())
    }

    #[getter]
    fn cr_frame(vm: &mut Vm, this: &Value) -> Result {
        frame_value(vm, this)
    }

    #[getter]
    fn cr_code(vm: &mut Vm, this: &Value) -> Result {
        code_value(vm, this)
    }

    #[getter(member)]
    fn cr_origin(vm: &mut Vm, this: &Value) -> Result {
        Ok(receiver(vm, this)?.get(vm).extra.clone().unwrap_or_else(Value::none))
    }
}

/// Methods of `coroutine_wrapper`.
pub struct CoroutineWrapperClass;

/// A wrapper object implementing __await__ for coroutines.
#[class(cell = COROUTINE_WRAPPER, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl CoroutineWrapperClass {
    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<CoroutineWrapper>) -> Result<Option<Value>> {
        send(vm, &this.coroutine, &Value::none()).map(Some)
    }

    /// send(arg) -> send 'arg' into coroutine,
    /// return next yielded value or raise StopIteration.
    #[method("($self, object, /)")]
    fn send(vm: &mut Vm, this: &Ref<CoroutineWrapper>, value: &Value) -> Result {
        send(vm, &this.coroutine, value)
    }

    /// throw(value)
    /// throw(type[,value[,traceback]])
    ///
    /// Raise exception in coroutine, return next yielded value or raise
    /// StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[method]
    fn throw(vm: &mut Vm, this: &Ref<CoroutineWrapper>, args: Args<'_>) -> Result {
        throw(vm, &this.coroutine, args)
    }

    /// close() -> raise GeneratorExit inside coroutine.
    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Ref<CoroutineWrapper>) -> Result {
        close(vm, &this.coroutine)
    }
}
