//! `async_generator`, and what its methods return to be awaited.

use super::generator::{self, Generator, State, receiver};
use crate::eval::generator::{Outcome, as_generator};
use crate::native::Args;
use crate::{Ref, Result, Value, Vm, errors};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_object::trace::Visitor;
use taipan_object::{Raised, Trace};

/// `async_generator`.
pub static ASYNC_GENERATOR: TypeCell<AsyncGenerator> = TypeCell::new("async_generator");
/// `async_generator_asend`.
pub static ASEND: TypeCell<ASend> = TypeCell::new("async_generator_asend");
/// `async_generator_athrow`.
pub static ATHROW: TypeCell<AThrow> = TypeCell::new("async_generator_athrow");
/// `async_generator_wrapped_value`.
pub static WRAPPED_VALUE: TypeCell<WrappedValue> = TypeCell::new("async_generator_wrapped_value");

/// An asynchronous generator.
#[derive(Trace, Payload)]
#[payload(class = ASYNC_GENERATOR, base = base)]
#[repr(C)]
pub struct AsyncGenerator {
    /// The same as a generator.
    pub base: Generator,
}

/// What an asynchronous generator is doing.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Progress {
    /// The event loop's hooks have been asked for.
    pub hooked: bool,
    /// Something that its methods returned is being awaited.
    pub running: bool,
    /// It was closed, or has ended.
    pub closed: bool,
}

impl Trace for Progress {
    fn trace(&self, _: &mut Visitor<'_>) {}
}

/// A value that an asynchronous generator yields, as distinct from what it awaits.
#[derive(Trace, Payload)]
#[payload(class = WRAPPED_VALUE, frozen)]
#[repr(C)]
pub struct WrappedValue {
    value: Value,
}

/// How far something that is awaited has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    New,
    Awaited,
    Closed,
}

impl Trace for Stage {
    fn trace(&self, _: &mut Visitor<'_>) {}
}

/// What `__anext__()` and `asend()` return.
#[derive(Trace, Payload)]
#[payload(class = ASEND)]
#[repr(C)]
pub struct ASend {
    generator: Value,
    sent: Option<Value>,
    stage: Stage,
}

/// What `athrow()` and `aclose()` return.
#[derive(Trace, Payload)]
#[payload(class = ATHROW)]
#[repr(C)]
pub struct AThrow {
    generator: Value,
    /// The arguments of `athrow`; none for `aclose`.
    thrown: Option<Vec<Value>>,
    stage: Stage,
}

/// Marks a value as yielded by an asynchronous generator.
pub fn wrap_async_value(vm: &mut Vm, value: &Value) -> Result {
    Ref::new(vm, WrappedValue { value: value.clone() }).map(Ref::into_value)
}

fn progress(vm: &mut Vm, generator: &Value, change: impl FnOnce(&mut Progress)) {
    if let Some(g) = as_generator(generator) {
        change(&mut g.get_mut(vm).asynchronous);
    }
}

fn progress_of(vm: &Vm, generator: &Value) -> Progress {
    as_generator(generator).map(|g| g.get(vm).asynchronous).unwrap_or_default()
}

/// What resuming gave: a yielded value ends the awaiting, anything else is passed on to the event loop.
fn unwrap(vm: &mut Vm, generator: &Value, result: Result) -> Result {
    match result {
        Err(raised) => {
            if is_end(vm) {
                progress(vm, generator, |p| p.closed = true);
            }
            progress(vm, generator, |p| p.running = false);
            Err(raised)
        }
        Ok(v) => match v.downcast_exact::<WrappedValue>() {
            Some(w) => {
                progress(vm, generator, |p| p.running = false);
                Err(vm.raise_stop_iteration(Some(w.value.clone())))
            }
            None => Ok(v),
        },
    }
}

fn is_end(vm: &mut Vm) -> bool {
    vm.raised_is(errors::STOP_ASYNC_ITERATION.as_type()) || vm.raised_is(errors::GENERATOR_EXIT.as_type())
}

fn resume(vm: &mut Vm, generator: &Value, value: Value) -> Result {
    let g = receiver(vm, generator)?;
    let outcome: Outcome = vm.generator_send(g, value)?;
    vm.generator_outcome(g, outcome)
}

fn throw_into(vm: &mut Vm, generator: &Value, args: &[Value]) -> Result {
    let g = receiver(vm, generator)?;
    let exception = vm.thrown_exception(Args::positional_only(args))?;
    let outcome = vm.generator_throw(g, exception, false)?;
    vm.generator_outcome(g, outcome)
}

/// Tells the event loop of a generator that is iterated over for the first time.
fn begin(vm: &mut Vm, this: &Value) -> Result<()> {
    let g = receiver(vm, this)?;
    if g.get(vm).asynchronous.hooked {
        return Ok(());
    }
    g.get_mut(vm).asynchronous.hooked = true;
    let [first, finalizer] = vm.eval.asyncgen_hooks.clone();
    if let Some(finalizer) = finalizer {
        g.get_mut(vm).extra = Some(finalizer);
    }
    if let Some(first) = first {
        vm.call(&first, std::slice::from_ref(this))?;
    }
    Ok(())
}

fn new_asend(vm: &mut Vm, generator: &Value, sent: Option<Value>) -> Result {
    begin(vm, generator)?;
    Ref::new(vm, ASend { generator: generator.clone(), sent, stage: Stage::New }).map(Ref::into_value)
}

fn new_athrow(vm: &mut Vm, generator: &Value, thrown: Option<Vec<Value>>) -> Result {
    begin(vm, generator)?;
    Ref::new(vm, AThrow { generator: generator.clone(), thrown, stage: Stage::New }).map(Ref::into_value)
}

/// Methods of `async_generator`.
pub struct AsyncGeneratorClass;

#[class(cell = ASYNC_GENERATOR, base = OBJECT, flags = HAVE_GC | MANAGED_WEAKREF | DISALLOW_INSTANTIATION)]
impl AsyncGeneratorClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Value) -> Result {
        let qualname = as_generator(this).map(|g| g.get(vm).qualname.to_string_lossy()).unwrap_or_default();
        vm.new_str(&format!("<async_generator object {qualname} at {:#x}>", this.bits())).map(Ref::into_value)
    }

    #[slot]
    fn aiter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn anext(vm: &mut Vm, this: &Value) -> Result {
        new_asend(vm, this, None)
    }

    #[slot]
    fn finalize(vm: &mut Vm, this: &Value) {
        generator::finalize(vm, this)
    }

    /// asend(v) -> send 'v' in generator.
    #[method("($self, object, /)")]
    fn asend(vm: &mut Vm, this: &Value, value: &Value) -> Result {
        new_asend(vm, this, Some(value.clone()))
    }

    /// athrow(value)
    /// athrow(type[,value[,tb]])
    ///
    /// raise exception in generator.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[method]
    fn athrow(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
        if args.all().len() > 1 {
            let text = "the (type, exc, tb) signature of athrow() is deprecated, use the single-arg signature instead.";
            vm.warn(errors::DEPRECATION_WARNING.as_type(), text, 1)?;
        }
        new_athrow(vm, this, Some(args.all().to_vec()))
    }

    /// aclose() -> raise GeneratorExit inside generator.
    #[method("($self, /)")]
    fn aclose(vm: &mut Vm, this: &Value) -> Result {
        new_athrow(vm, this, None)
    }

    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, item: &Value) -> Result {
        super::generic_alias::new_alias(vm, class.clone(), item.clone())
    }

    /// name of the async generator
    #[getter]
    fn __name__(vm: &mut Vm, this: &Value) -> Result {
        generator::name_of(vm, this)
    }

    #[setter]
    fn set___name__(vm: &mut Vm, this: &Value, value: Option<&Value>) -> Result<()> {
        generator::set_name_of(vm, this, value)
    }

    /// qualified name of the async generator
    #[getter]
    fn __qualname__(vm: &mut Vm, this: &Value) -> Result {
        generator::qualname_of(vm, this)
    }

    #[setter]
    fn set___qualname__(vm: &mut Vm, this: &Value, value: Option<&Value>) -> Result<()> {
        generator::set_qualname_of(vm, this, value)
    }

    #[getter]
    fn ag_await(vm: &mut Vm, this: &Value) -> Result {
        generator::awaited_value(vm, this)
    }

    #[getter(member)]
    fn ag_running(vm: &mut Vm, this: &Value) -> Result<bool> {
        Ok(progress_of(vm, this).running)
    }

    #[getter]
    fn ag_suspended(vm: &mut Vm, this: &Value) -> Result<bool> {
        Ok(generator::state_of(vm, this)?.is_suspended())
    }

    #[getter]
    fn ag_frame(vm: &mut Vm, this: &Value) -> Result {
        generator::frame_value(vm, this)
    }

    #[getter]
    fn ag_code(vm: &mut Vm, this: &Value) -> Result {
        generator::code_value(vm, this)
    }
}

const ASEND_REUSED: &str = "cannot reuse already awaited __anext__()/asend()";
const ASEND_RUNNING: &str = "anext(): asynchronous generator is already running";

fn asend_send(vm: &mut Vm, this: &Ref<ASend>, value: &Value) -> Result {
    let (generator, stage) = (this.get(vm).generator.clone(), this.get(vm).stage);
    let mut value = value.clone();
    match stage {
        Stage::Closed => return Err(vm.raise_runtime_error(ASEND_REUSED)),
        Stage::New => {
            if progress_of(vm, &generator).running {
                this.get_mut(vm).stage = Stage::Closed;
                return Err(vm.raise_runtime_error(ASEND_RUNNING));
            }
            if value.is_none()
                && let Some(sent) = this.get(vm).sent.clone()
            {
                value = sent;
            }
            this.get_mut(vm).stage = Stage::Awaited;
        }
        Stage::Awaited => {}
    }
    progress(vm, &generator, |p| p.running = true);
    let result = resume(vm, &generator, value);
    let result = unwrap(vm, &generator, result);
    if result.is_err() {
        this.get_mut(vm).stage = Stage::Closed;
    }
    result
}

fn asend_throw(vm: &mut Vm, this: &Ref<ASend>, args: &[Value]) -> Result {
    let (generator, stage) = (this.get(vm).generator.clone(), this.get(vm).stage);
    match stage {
        Stage::Closed => return Err(vm.raise_runtime_error(ASEND_REUSED)),
        Stage::New => {
            if progress_of(vm, &generator).running {
                this.get_mut(vm).stage = Stage::Closed;
                return Err(vm.raise_runtime_error(ASEND_RUNNING));
            }
            this.get_mut(vm).stage = Stage::Awaited;
            progress(vm, &generator, |p| p.running = true);
        }
        Stage::Awaited => {}
    }
    let result = throw_into(vm, &generator, args);
    let result = unwrap(vm, &generator, result);
    if result.is_err() {
        this.get_mut(vm).stage = Stage::Closed;
    }
    result
}

/// What closing something that is awaited makes of the answer to its `GeneratorExit`.
fn closed(vm: &mut Vm, result: Result) -> Result {
    match result {
        Ok(_) => Err(vm.raise_runtime_error("coroutine ignored GeneratorExit")),
        Err(raised) => {
            if vm.raised_is(errors::STOP_ITERATION.as_type()) || is_end(vm) {
                drop(vm.take_raised(raised));
                return Ok(Value::none());
            }
            Err(raised)
        }
    }
}

fn warn_unawaited(vm: &mut Vm, generator: &Value, method: &str) {
    let name = as_generator(generator).map(|g| g.get(vm).qualname.to_string_lossy()).unwrap_or_default();
    let name = vm.new_str(&name).and_then(|n| vm.repr(n.as_value())).map(|n| n.to_string_lossy()).unwrap_or_default();
    let text = format!("coroutine method '{method}' of {name} was never awaited");
    if let Err(raised) = vm.warn(errors::RUNTIME_WARNING.as_type(), &text, 1) {
        vm.report_unraisable_about(raised, "while finalizing async generator ", Some(generator));
    }
}

/// Methods of `async_generator_asend`.
pub struct ASendClass;

#[class(cell = ASEND, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl ASendClass {
    #[slot]
    fn await_(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<ASend>) -> Result<Option<Value>> {
        asend_send(vm, this, &Value::none()).map(Some)
    }

    #[slot]
    fn finalize(vm: &mut Vm, this: &Value) {
        if let Some(a) = this.downcast_exact::<ASend>()
            && a.get(vm).stage == Stage::New
        {
            let generator = a.get(vm).generator.clone();
            warn_unawaited(vm, &generator, "asend");
        }
    }

    /// send(value) -> send 'value' into generator,
    /// return next yielded value or raise StopIteration.
    #[method("($self, object, /)")]
    fn send(vm: &mut Vm, this: &Ref<ASend>, value: &Value) -> Result {
        asend_send(vm, this, value)
    }

    /// throw(value)
    /// throw(type[,value[,tb]])
    ///
    /// raise exception in generator, return next yielded value or raise
    /// StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[method]
    fn throw(vm: &mut Vm, this: &Ref<ASend>, args: Args<'_>) -> Result {
        asend_throw(vm, this, args.all())
    }

    /// close() -> raise GeneratorExit inside generator.
    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Ref<ASend>) -> Result {
        if this.get(vm).stage == Stage::Closed {
            return Ok(Value::none());
        }
        let exit = errors::GENERATOR_EXIT.as_type().to_value();
        let result = asend_throw(vm, this, &[exit]);
        closed(vm, result)
    }
}

const ATHROW_REUSED: &str = "cannot reuse already awaited aclose()/athrow()";

fn already_running(vm: &mut Vm, this: &Ref<AThrow>) -> Raised {
    this.get_mut(vm).stage = Stage::Closed;
    vm.raise_runtime_error(match this.get(vm).thrown {
        None => "aclose(): asynchronous generator is already running",
        Some(_) => "athrow(): asynchronous generator is already running",
    })
}

/// What the generator answers to `aclose` must not be another value.
fn ignored_exit(vm: &mut Vm, this: &Ref<AThrow>, generator: &Value) -> Raised {
    progress(vm, generator, |p| p.running = false);
    this.get_mut(vm).stage = Stage::Closed;
    vm.raise_runtime_error("async generator ignored GeneratorExit")
}

/// An exception that ends the awaiting: the one that `aclose` has sent is its success.
fn ended(vm: &mut Vm, this: &Ref<AThrow>, generator: &Value, raised: Raised) -> Raised {
    progress(vm, generator, |p| p.running = false);
    this.get_mut(vm).stage = Stage::Closed;
    if this.get(vm).thrown.is_none() && is_end(vm) {
        drop(vm.take_raised(raised));
        return vm.raise_stop_iteration(None);
    }
    raised
}

fn athrow_send(vm: &mut Vm, this: &Ref<AThrow>, value: &Value) -> Result {
    let (generator, stage) = (this.get(vm).generator.clone(), this.get(vm).stage);
    if stage == Stage::Closed {
        return Err(vm.raise_runtime_error(ATHROW_REUSED));
    }
    if receiver(vm, &generator)?.get(vm).state == State::Completed {
        this.get_mut(vm).stage = Stage::Closed;
        return Err(vm.raise_stop_iteration(None));
    }
    let thrown = this.get(vm).thrown.clone();
    let result = if stage == Stage::New {
        if progress_of(vm, &generator).running {
            return Err(already_running(vm, this));
        }
        if progress_of(vm, &generator).closed {
            this.get_mut(vm).stage = Stage::Closed;
            return Err(vm.raise_class_bare(errors::STOP_ASYNC_ITERATION.as_type()));
        }
        if !value.is_none() {
            return Err(vm.raise_runtime_error("can't send non-None value to a just-started coroutine"));
        }
        this.get_mut(vm).stage = Stage::Awaited;
        progress(vm, &generator, |p| p.running = true);
        match &thrown {
            None => {
                progress(vm, &generator, |p| p.closed = true);
                throw_into(vm, &generator, &[errors::GENERATOR_EXIT.as_type().to_value()])
            }
            Some(args) => {
                let result = throw_into(vm, &generator, args);
                let result = unwrap(vm, &generator, result);
                return result.map_err(|raised| ended(vm, this, &generator, raised));
            }
        }
    } else {
        let result = resume(vm, &generator, value.clone());
        if thrown.is_some() {
            let result = unwrap(vm, &generator, result);
            if result.is_err() {
                this.get_mut(vm).stage = Stage::Closed;
            }
            return result;
        }
        result
    };
    match result {
        Ok(v) if WRAPPED_VALUE.is_exact(&v) => Err(ignored_exit(vm, this, &generator)),
        Ok(v) => Ok(v),
        Err(raised) => Err(ended(vm, this, &generator, raised)),
    }
}

fn athrow_throw(vm: &mut Vm, this: &Ref<AThrow>, args: &[Value]) -> Result {
    let (generator, stage) = (this.get(vm).generator.clone(), this.get(vm).stage);
    match stage {
        Stage::Closed => return Err(vm.raise_runtime_error(ATHROW_REUSED)),
        Stage::New => {
            if progress_of(vm, &generator).running {
                return Err(already_running(vm, this));
            }
            this.get_mut(vm).stage = Stage::Awaited;
            progress(vm, &generator, |p| p.running = true);
        }
        Stage::Awaited => {}
    }
    let result = throw_into(vm, &generator, args);
    if this.get(vm).thrown.is_some() {
        let result = unwrap(vm, &generator, result);
        if result.is_err() {
            this.get_mut(vm).stage = Stage::Closed;
        }
        return result;
    }
    match result {
        Ok(v) if WRAPPED_VALUE.is_exact(&v) => Err(ignored_exit(vm, this, &generator)),
        Ok(v) => Ok(v),
        Err(raised) => Err(ended(vm, this, &generator, raised)),
    }
}

/// Methods of `async_generator_athrow`.
pub struct AThrowClass;

#[class(cell = ATHROW, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl AThrowClass {
    #[slot]
    fn await_(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<AThrow>) -> Result<Option<Value>> {
        athrow_send(vm, this, &Value::none()).map(Some)
    }

    #[slot]
    fn finalize(vm: &mut Vm, this: &Value) {
        if let Some(a) = this.downcast_exact::<AThrow>()
            && a.get(vm).stage == Stage::New
        {
            let generator = a.get(vm).generator.clone();
            let method = if a.get(vm).thrown.is_some() { "athrow" } else { "aclose" };
            warn_unawaited(vm, &generator, method);
        }
    }

    /// send(value) -> send 'value' into generator,
    /// return next yielded value or raise StopIteration.
    #[method("($self, object, /)")]
    fn send(vm: &mut Vm, this: &Ref<AThrow>, value: &Value) -> Result {
        athrow_send(vm, this, value)
    }

    /// throw(value)
    /// throw(type[,value[,tb]])
    ///
    /// raise exception in generator, return next yielded value or raise
    /// StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[method]
    fn throw(vm: &mut Vm, this: &Ref<AThrow>, args: Args<'_>) -> Result {
        athrow_throw(vm, this, args.all())
    }

    /// close() -> raise GeneratorExit inside generator.
    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Ref<AThrow>) -> Result {
        if this.get(vm).stage == Stage::Closed {
            return Ok(Value::none());
        }
        let exit = errors::GENERATOR_EXIT.as_type().to_value();
        let result = athrow_throw(vm, this, &[exit]);
        closed(vm, result)
    }
}

/// Methods of `async_generator_wrapped_value`.
pub struct WrappedValueClass;

#[class(cell = WRAPPED_VALUE, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl WrappedValueClass {}

impl Vm {
    /// `sys.set_asyncgen_hooks`.
    pub fn set_asyncgen_hooks(&mut self, first: Option<Value>, finalizer: Option<Value>) {
        let old = std::mem::replace(&mut self.eval.asyncgen_hooks, [first, finalizer]);
        drop(old);
    }

    /// `sys.get_asyncgen_hooks`.
    pub fn asyncgen_hooks(&self) -> [Option<Value>; 2] {
        self.eval.asyncgen_hooks.clone()
    }

    /// `sys.set_coroutine_origin_tracking_depth`.
    pub fn set_origin_depth(&mut self, depth: u32) {
        self.eval.origin_depth = depth;
    }

    /// `sys.get_coroutine_origin_tracking_depth`.
    pub fn origin_depth(&self) -> u32 {
        self.eval.origin_depth
    }
}
