//! The methods of `_asyncio.Task`.

use super::future::{self, Progress};
use super::future_class::no_deletion;
use super::state::{self, Library};
use super::task::{self, Arguments, Name, TASK, Task, as_future};
use taipan_macros::class;
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::{Ref, Result, Type, Value, Vm, name};

/// Methods of `_asyncio.Task`.
pub struct TaskClass;

fn or_none(v: &Option<Value>) -> Value {
    v.clone().unwrap_or_else(Value::none)
}

/// A coroutine that an event loop runs, as a future.
#[class(cell = TASK, base = super::future::FUTURE, flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF,
    signature = "(coro, *, loop=None, name=None, context=None, eager_start=False)")]
impl TaskClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, Task::new()).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Ref<Task>, args: Args<'_>) -> Result<()> {
        static SIGNATURE: Signature = Signature {
            name: "Task",
            params: &["coro", "loop", "name", "context", "eager_start"],
            required: &[true, false, false, false, false],
            required_count: 1,
            positional_only: 0,
            positional: 1,
        };
        let [coroutine, event_loop, name, context, eager_start] = bind::<5>(vm, &SIGNATURE, args)?;
        let Some(coroutine) = coroutine else { return Err(vm.raise_type_error("Task() needs a coroutine")) };
        let eager_start = match eager_start {
            Some(v) => vm.is_truthy(v)?,
            None => false,
        };
        task::init(vm, this, Arguments { coroutine, event_loop, name, context, eager_start })
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Task>) -> Result {
        let repr = state::library(vm, Library::TaskRepr)?;
        vm.call(&repr, &[this.to_value()])
    }

    #[slot]
    fn finalize(vm: &mut Vm, this: &Value) {
        if let (Some(task), Ok(future)) = (this.downcast::<Task>(), this.downcast::<future::Future>().ok_or(()))
            && task.get(vm).base.progress == Progress::Pending
            && task.get(vm).log_destroy_pending
        {
            let entries = [(name!("task"), this.clone())];
            future::report(vm, future, "Task was destroyed but it is pending!", &entries);
        }
        future::finalize(vm, this);
    }

    #[method("($self, result, /)")]
    fn set_result(vm: &mut Vm, _this: &Ref<Task>, _result: &Value) -> Result<()> {
        Err(vm.raise_runtime_error("Task does not support set_result operation"))
    }

    #[method("($self, exception, /)")]
    fn set_exception(vm: &mut Vm, _this: &Ref<Task>, _exception: &Value) -> Result<()> {
        Err(vm.raise_runtime_error("Task does not support set_exception operation"))
    }

    /// Ask the task to end: CancelledError is raised in its coroutine at the next
    /// occasion.
    ///
    /// The coroutine may catch it and go on, so that the task need not be cancelled
    /// in the end. Each call counts as a request; see cancelling() and uncancel().
    /// False where the task is done already.
    #[method("($self, /, msg=None)")]
    fn cancel(vm: &mut Vm, this: &Ref<Task>, message: Option<&Value>) -> Result<bool> {
        task::cancel(vm, this, message.cloned())
    }

    /// How many requests to cancel the task have not been taken back.
    #[method("($self, /)")]
    fn cancelling(vm: &mut Vm, this: &Ref<Task>) -> Result<i64> {
        Ok(this.get(vm).cancels_requested)
    }

    /// Take back a request to cancel the task; how many are left.
    #[method("($self, /)")]
    fn uncancel(vm: &mut Vm, this: &Ref<Task>) -> Result<i64> {
        let t = this.get_mut(vm);
        if t.cancels_requested > 0 {
            t.cancels_requested -= 1;
            if t.cancels_requested == 0 {
                t.must_cancel = false;
            }
        }
        Ok(t.cancels_requested)
    }

    /// The frames of the coroutine, oldest first.
    ///
    /// A task that waits has the frame where it does so, one that an exception has
    /// ended those of the traceback, any other none. The limit keeps the newest
    /// frames of a stack, and the oldest of a traceback.
    #[method("($self, /, *, limit=None)")]
    fn get_stack(vm: &mut Vm, this: &Ref<Task>, limit: Option<&Value>) -> Result {
        let function = state::library(vm, Library::TaskStack)?;
        vm.call(&function, &[this.to_value(), limit.cloned().unwrap_or_else(Value::none)])
    }

    /// Print the stack or the traceback of the coroutine to a file, or to stderr.
    #[method("($self, /, *, limit=None, file=None)")]
    fn print_stack(vm: &mut Vm, this: &Ref<Task>, limit: Option<&Value>, file: Option<&Value>) -> Result {
        let function = state::library(vm, Library::PrintStack)?;
        let [limit, file] = [limit, file].map(|v| v.cloned().unwrap_or_else(Value::none));
        vm.call(&function, &[this.to_value(), limit, file])
    }

    /// The exception that the end by cancellation raises.
    ///
    /// A saved one is given once.
    #[method("($self, /)")]
    fn _make_cancelled_error(vm: &mut Vm, this: &Ref<Task>) -> Result {
        future::cancelled_error(vm, as_future(this)?)
    }

    #[method("($self, /)")]
    fn get_name(vm: &mut Vm, this: &Ref<Task>) -> Result {
        match this.get(vm).name.clone() {
            Name::Text(text) => Ok(text.into_value()),
            Name::Number(n) => {
                let text = vm.new_str(&format!("Task-{n}"))?;
                this.get_mut(vm).name = Name::Text(text.clone());
                Ok(text.into_value())
            }
        }
    }

    #[method("($self, value, /)")]
    fn set_name(vm: &mut Vm, this: &Ref<Task>, value: &Value) -> Result<()> {
        let name = task::name_of(vm, value)?;
        let old = std::mem::replace(&mut this.get_mut(vm).name, name);
        drop(old);
        Ok(())
    }

    #[method("($self, /)")]
    fn get_coro(vm: &mut Vm, this: &Ref<Task>) -> Result {
        Ok(or_none(&this.get(vm).coroutine))
    }

    #[method("($self, /)")]
    fn get_context(vm: &mut Vm, this: &Ref<Task>) -> Result {
        Ok(or_none(&this.get(vm).context))
    }

    /// Tasks are generic over the return type of their wrapped coroutines
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        taipan_vm::types::generic_alias::new_alias(vm, class.clone(), object.clone())
    }

    #[getter]
    fn _log_destroy_pending(vm: &mut Vm, this: &Ref<Task>) -> Result<bool> {
        Ok(this.get(vm).log_destroy_pending)
    }

    #[setter]
    fn set__log_destroy_pending(vm: &mut Vm, this: &Ref<Task>, value: Option<&Value>) -> Result<()> {
        let Some(value) = value else { return Err(no_deletion(vm, this.as_value(), "_log_destroy_pending")) };
        let value = vm.is_truthy(value)?;
        this.get_mut(vm).log_destroy_pending = value;
        Ok(())
    }

    #[getter]
    fn _must_cancel(vm: &mut Vm, this: &Ref<Task>) -> Result<bool> {
        Ok(this.get(vm).must_cancel)
    }

    #[getter]
    fn _coro(vm: &mut Vm, this: &Ref<Task>) -> Result {
        Ok(or_none(&this.get(vm).coroutine))
    }

    #[getter]
    fn _fut_waiter(vm: &mut Vm, this: &Ref<Task>) -> Result {
        Ok(or_none(&this.get(vm).waits_for))
    }
}
