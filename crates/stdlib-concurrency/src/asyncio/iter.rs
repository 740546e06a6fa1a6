//! What `await` runs on a future: it yields the future once, and ends with the result.

use super::future::{self, Future};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_vm::native::Args;
use taipan_vm::{Ref, Result, Value, Vm};

/// `_asyncio.FutureIter`.
pub static FUTURE_ITER: TypeCell<FutureIter> = TypeCell::new("_asyncio.FutureIter");

/// The iterator of a future.
#[derive(Trace, Payload)]
#[payload(class = FUTURE_ITER)]
#[repr(C)]
pub struct FutureIter {
    /// None at the end.
    future: Option<Ref<Future>>,
}

/// The iterator of a future.
pub fn new(vm: &mut Vm, future: &Ref<Future>) -> Result {
    future::own_loop(vm, future)?;
    Ref::new(vm, FutureIter { future: Some(future.clone()) }).map(Ref::into_value)
}

/// Goes on: the future where it is not done, or the end with its result.
fn step(vm: &mut Vm, this: &Ref<FutureIter>) -> Result<std::result::Result<Value, Value>> {
    let Some(future) = this.get(vm).future.clone() else { return Ok(Err(Value::none())) };
    let f = future.get_mut(vm);
    if !f.is_done() {
        if !std::mem::replace(&mut f.blocking, true) {
            return Ok(Ok(future.into_value()));
        }
        return Err(vm.raise_runtime_error("await wasn't used with future"));
    }
    let held = this.get_mut(vm).future.take();
    let result = future::result(vm, &future)?;
    drop(held);
    Ok(Err(result))
}

/// Methods of `_asyncio.FutureIter`.
pub struct FutureIterClass;

#[class(cell = FUTURE_ITER, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl FutureIterClass {
    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<FutureIter>) -> Result<Option<Value>> {
        match step(vm, this)? {
            Ok(future) => Ok(Some(future)),
            Err(result) if result.is_none() => Ok(None),
            Err(result) => Err(vm.raise_stop_iteration(Some(result))),
        }
    }

    #[method("($self, object, /)")]
    fn send(vm: &mut Vm, this: &Ref<FutureIter>, _object: &Value) -> Result {
        match step(vm, this)? {
            Ok(future) => Ok(future),
            Err(result) => Err(vm.raise_stop_iteration(Some(result).filter(|r| !r.is_none()))),
        }
    }

    #[method]
    fn throw(vm: &mut Vm, this: &Ref<FutureIter>, args: Args<'_>) -> Result {
        let exception = vm.thrown_exception(args)?;
        let future = this.get_mut(vm).future.take();
        drop(future);
        Err(vm.raise_chained(exception))
    }

    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Ref<FutureIter>) -> Result<()> {
        let future = this.get_mut(vm).future.take();
        drop(future);
        Ok(())
    }
}
