//! The methods of `_asyncio.Future`.

use super::future::{self, FUTURE, Future, Progress, Waiters};
use super::state::{self, Library};
use crate::contextvars::copy_current;
use taipan_macros::class;
use taipan_object::Raised;
use taipan_object::statics::{FROZENSET, OBJECT};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::{Ref, Result, Type, Value, Vm};

/// Methods of `_asyncio.Future`.
pub struct FutureClass;

pub fn no_deletion(vm: &mut Vm, this: &Value, attribute: &str) -> Raised {
    let class = this.ty().name();
    let text = format!("attribute '{attribute}' of '{class}' objects cannot be deleted");
    vm.raise_class(taipan_vm::errors::ATTRIBUTE_ERROR.as_type(), &text)
}

fn or_none(v: Option<&Value>) -> Value {
    v.cloned().unwrap_or_else(Value::none)
}

/// A result that is not there yet: callbacks are called by the event loop when it is.
///
/// It differs from concurrent.futures.Future in that result() and exception()
/// raise where the future is not done, instead of waiting, and in that wait()
/// and as_completed() of that module do not take it.
#[class(cell = FUTURE, base = OBJECT, flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF,
    signature = "(*, loop=None)")]
impl FutureClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, Future::new()).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Ref<Future>, args: Args<'_>) -> Result<()> {
        static SIGNATURE: Signature = Signature {
            name: "Future",
            params: &["loop"],
            required: &[false],
            required_count: 0,
            positional_only: 0,
            positional: 0,
        };
        let [event_loop] = bind::<1>(vm, &SIGNATURE, args)?;
        future::init(vm, this, event_loop)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Future>) -> Result {
        future::own_loop(vm, this)?;
        let repr = state::library(vm, Library::FutureRepr)?;
        vm.call(&repr, &[this.to_value()])
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Ref<Future>) -> Result {
        super::iter::new(vm, this)
    }

    #[slot]
    fn await_(vm: &mut Vm, this: &Ref<Future>) -> Result {
        super::iter::new(vm, this)
    }

    #[slot]
    fn finalize(vm: &mut Vm, this: &Value) {
        future::finalize(vm, this)
    }

    /// The result.
    ///
    /// An exception that was set is raised. A future that was cancelled raises
    /// CancelledError, one that is not done InvalidStateError.
    #[method("($self, /)")]
    fn result(vm: &mut Vm, this: &Ref<Future>) -> Result {
        initialised_state(vm, this)?;
        future::result(vm, this)
    }

    /// The exception that was set, or None where the future has a result.
    ///
    /// A future that was cancelled raises CancelledError, one that is not done
    /// InvalidStateError.
    #[method("($self, /)")]
    fn exception(vm: &mut Vm, this: &Ref<Future>) -> Result {
        initialised_state(vm, this)?;
        match this.get(vm).progress {
            Progress::Cancelled => {
                let error = future::cancelled_error(vm, this)?;
                Err(vm.raise_chained(error))
            }
            Progress::Pending => Err(state::raise(vm, Library::InvalidStateError, "Exception is not set.")),
            Progress::Finished => {
                let f = this.get_mut(vm);
                f.unretrieved = false;
                Ok(or_none(f.exception()))
            }
        }
    }

    /// Give the future its result. One that is done raises InvalidStateError.
    #[method("($self, result, /)")]
    fn set_result(vm: &mut Vm, this: &Ref<Future>, result: &Value) -> Result<()> {
        future::set_result(vm, this, result.clone())
    }

    /// End the future with an exception. One that is done raises InvalidStateError.
    #[method("($self, exception, /)")]
    fn set_exception(vm: &mut Vm, this: &Ref<Future>, exception: &Value) -> Result<()> {
        future::set_exception(vm, this, exception)
    }

    /// Have a function called with the future when that is done.
    ///
    /// The event loop calls it, soon if the future is done already, in the given
    /// context or a copy of the present one.
    #[method("($self, fn, /, *, context=<unrepresentable>)")]
    fn add_done_callback(vm: &mut Vm, this: &Ref<Future>, callback: &Value, context: Option<&Value>) -> Result<()> {
        let context = match context {
            Some(context) => context.clone(),
            None => copy_current(vm)?,
        };
        future::add_callback(vm, this, callback.clone(), context)
    }

    /// Remove a function from those that are to be called; how often it was there.
    #[method("($self, fn, /)")]
    fn remove_done_callback(vm: &mut Vm, this: &Ref<Future>, callback: &Value) -> Result<usize> {
        future::remove_callback(vm, this, callback)
    }

    /// Cancel the future and have its callbacks called.
    ///
    /// False where it is done already.
    #[method("($self, /, msg=None)")]
    fn cancel(vm: &mut Vm, this: &Ref<Future>, message: Option<&Value>) -> Result<bool> {
        future::own_loop(vm, this)?;
        future::cancel(vm, this, message.cloned())
    }

    /// Whether the future was cancelled.
    #[method("($self, /)")]
    fn cancelled(vm: &mut Vm, this: &Ref<Future>) -> Result<bool> {
        Ok(this.get(vm).progress == Progress::Cancelled)
    }

    /// Whether the future has a result or an exception, or was cancelled.
    #[method("($self, /)")]
    fn done(vm: &mut Vm, this: &Ref<Future>) -> Result<bool> {
        Ok(this.get(vm).is_done())
    }

    /// The event loop of the future.
    #[method("($self, /)")]
    fn get_loop(vm: &mut Vm, this: &Ref<Future>) -> Result {
        future::own_loop(vm, this)
    }

    /// The exception that the end by cancellation raises.
    ///
    /// A saved one is given once.
    #[method("($self, /)")]
    fn _make_cancelled_error(vm: &mut Vm, this: &Ref<Future>) -> Result {
        future::cancelled_error(vm, this)
    }

    /// Futures are generic over the type of their results
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        taipan_vm::types::generic_alias::new_alias(vm, class.clone(), object.clone())
    }

    #[getter]
    fn _state(vm: &mut Vm, this: &Ref<Future>) -> Result<&'static str> {
        future::own_loop(vm, this)?;
        Ok(match this.get(vm).progress {
            Progress::Pending => "PENDING",
            Progress::Cancelled => "CANCELLED",
            Progress::Finished => "FINISHED",
        })
    }

    #[getter]
    fn _asyncio_future_blocking(vm: &mut Vm, this: &Ref<Future>) -> Result<bool> {
        let f = this.get(vm);
        Ok(f.event_loop.is_some() && f.blocking)
    }

    #[setter]
    fn set__asyncio_future_blocking(vm: &mut Vm, this: &Ref<Future>, value: Option<&Value>) -> Result<()> {
        future::own_loop(vm, this)?;
        let Some(value) = value else {
            return Err(no_deletion(vm, this.as_value(), "_asyncio_future_blocking"));
        };
        let blocking = vm.is_truthy(value)?;
        this.get_mut(vm).blocking = blocking;
        Ok(())
    }

    #[getter]
    fn _loop(vm: &mut Vm, this: &Ref<Future>) -> Result {
        Ok(or_none(this.get(vm).event_loop.as_ref()))
    }

    #[getter]
    fn _callbacks(vm: &mut Vm, this: &Ref<Future>) -> Result {
        future::own_loop(vm, this)?;
        let f = this.get(vm);
        let all: Vec<(Value, Value)> = f.callbacks().cloned().collect();
        if all.is_empty() {
            return Ok(Value::none());
        }
        let mut pairs = Vec::with_capacity(all.len());
        for (callback, context) in all {
            pairs.push(vm.new_tuple(vec![callback, context])?.into_value());
        }
        vm.new_list(pairs).map(Ref::into_value)
    }

    #[getter]
    fn _result(vm: &mut Vm, this: &Ref<Future>) -> Result {
        future::own_loop(vm, this)?;
        Ok(or_none(this.get(vm).result.as_ref()))
    }

    #[getter]
    fn _exception(vm: &mut Vm, this: &Ref<Future>) -> Result {
        future::own_loop(vm, this)?;
        Ok(or_none(this.get(vm).exception()))
    }

    #[getter]
    fn _log_traceback(vm: &mut Vm, this: &Ref<Future>) -> Result<bool> {
        future::own_loop(vm, this)?;
        Ok(this.get(vm).unretrieved)
    }

    #[setter]
    fn set__log_traceback(vm: &mut Vm, this: &Ref<Future>, value: Option<&Value>) -> Result<()> {
        let Some(value) = value else { return Err(no_deletion(vm, this.as_value(), "_log_traceback")) };
        if vm.is_truthy(value)? {
            return Err(vm.raise_value_error("_log_traceback can only be set to False"));
        }
        this.get_mut(vm).unretrieved = false;
        Ok(())
    }

    #[getter]
    fn _source_traceback(vm: &mut Vm, this: &Ref<Future>) -> Result {
        Ok(or_none(this.get(vm).rare().and_then(|r| r.source_traceback.as_ref())))
    }

    #[getter]
    fn _cancel_message(vm: &mut Vm, this: &Ref<Future>) -> Result {
        Ok(or_none(this.get(vm).cancel_message()))
    }

    #[setter]
    fn set__cancel_message(vm: &mut Vm, this: &Ref<Future>, value: Option<&Value>) -> Result<()> {
        let Some(value) = value else { return Err(no_deletion(vm, this.as_value(), "_cancel_message")) };
        drop(this.get_mut(vm).set_cancel_message(Some(value.clone())));
        Ok(())
    }

    #[getter]
    fn _asyncio_awaited_by(vm: &mut Vm, this: &Ref<Future>) -> Result {
        let all: Vec<Value> = match &this.get(vm).awaited_by {
            Waiters::None => return Ok(Value::none()),
            Waiters::One(waiter) => vec![waiter.clone()],
            Waiters::Many(all) => all.values().cloned().collect(),
        };
        let list = vm.new_list(all)?.into_value();
        vm.call(&FROZENSET.as_type().to_value(), &[list])
    }
}

fn initialised_state(vm: &mut Vm, this: &Ref<Future>) -> Result<()> {
    if this.get(vm).event_loop.is_none() {
        return Err(state::raise(vm, Library::InvalidStateError, "Future object is not initialized."));
    }
    Ok(())
}
