//! `anext_awaitable`: what `anext(iterator, default)` returns to be awaited.
//!
//! It has no state of its own: each step asks what it wraps for its iterator again, and turns the end of the
//! asynchronous iteration into the default.

use crate::eval::awaitable_iterator;
use crate::native::Args;
use crate::{Ref, Result, Str, Value, Vm, errors, name, slots};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;

/// `anext_awaitable`.
pub static ANEXT_AWAITABLE: TypeCell<AnextAwaitable> = TypeCell::new("anext_awaitable");

/// An awaitable with a default for the end of its iteration.
#[derive(Trace, Payload)]
#[payload(class = ANEXT_AWAITABLE, frozen)]
#[repr(C)]
pub struct AnextAwaitable {
    wrapped: Value,
    default: Value,
}

/// An awaitable that gives `default` where `wrapped` raises `StopAsyncIteration`.
pub fn new(vm: &mut Vm, wrapped: Value, default: Value) -> Result {
    Ref::new(vm, AnextAwaitable { wrapped, default }).map(Ref::into_value)
}

impl AnextAwaitable {
    fn iterator(&self, vm: &mut Vm) -> Result {
        let it = awaitable_iterator(vm, &self.wrapped)?;
        if slots::of(it.ty()).next.is_some() {
            return Ok(it);
        }
        let Some(f) = slots::of(it.ty()).await_ else {
            let text = format!("'{}' object can't be awaited", it.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        let it = f(vm, &it)?;
        if slots::of(it.ty()).next.is_none() {
            let text = format!("{}.__await__() must return an iterable, not {}", it.ty().name(), it.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        Ok(it)
    }

    fn answer<T>(&self, vm: &mut Vm, result: Result<T>) -> Result<T> {
        match result {
            Err(raised) if vm.raised_is(errors::STOP_ASYNC_ITERATION.as_type()) => {
                drop(vm.take_raised(raised));
                Err(vm.raise_stop_iteration(Some(self.default.clone())))
            }
            other => other,
        }
    }

    fn pass_on(&self, vm: &mut Vm, method: &Ref<Str>, args: Args<'_>) -> Result {
        let it = self.iterator(vm)?;
        let result = vm.call_method_args(&it, method, args);
        self.answer(vm, result)
    }
}

/// Methods of `anext_awaitable`.
pub struct AnextAwaitableClass;

#[class(cell = ANEXT_AWAITABLE, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl AnextAwaitableClass {
    #[slot]
    fn await_(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<AnextAwaitable>) -> Result<Option<Value>> {
        let it = this.iterator(vm)?;
        let result = match slots::of(it.ty()).next {
            Some(f) => f(vm, &it),
            None => Ok(None),
        };
        this.answer(vm, result)
    }

    /// send(value) -> send 'value' into the wrapped iterator,
    /// return next yielded value or raise StopIteration.
    #[method("($self, object, /)")]
    fn send(vm: &mut Vm, this: &Ref<AnextAwaitable>, value: &Value) -> Result {
        let args = [value.clone()];
        this.pass_on(vm, name!("send"), Args::positional_only(&args))
    }

    /// throw(value)
    /// throw(type[,value[,tb]])
    ///
    /// raise exception in the wrapped iterator, return next yielded value or raise
    /// StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[method]
    fn throw(vm: &mut Vm, this: &Ref<AnextAwaitable>, args: Args<'_>) -> Result {
        this.pass_on(vm, name!("throw"), args)
    }

    /// close() -> raise GeneratorExit inside the wrapped iterator.
    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Ref<AnextAwaitable>) -> Result {
        this.pass_on(vm, name!("close"), Args::positional_only(&[]))
    }
}
