//! `_asyncio`: futures, tasks, and which loop and task a thread runs.
//!
//! A step of a task resumes its coroutine natively, without a `StopIteration` at its end; what it waits for is looked
//! at without going through attributes where it is one of our own futures. The event loop itself is Python.

mod future;
mod future_class;
mod iter;
mod state;
mod task;
mod task_class;

pub use state::after_fork_in_child;

use taipan_macros::module;
use taipan_vm::types::module::Module;
use taipan_vm::{Ref, Result, Value, Vm};

/// `_asyncio`.
pub struct AsyncioModule;

fn loop_or_running(vm: &mut Vm, event_loop: Option<&Value>) -> Result {
    match event_loop.filter(|l| !l.is_none()) {
        Some(given) => Ok(given.clone()),
        None => state::required_loop(vm),
    }
}

/// Accelerator module for asyncio
#[module(name = "_asyncio")]
impl AsyncioModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.set_up_class(&state::StateClass::class_def())?;
        vm.set_up_class(&iter::FutureIterClass::class_def())?;
        vm.set_up_class(&task::StepClass::class_def())?;
        vm.add_class(module, &future_class::FutureClass::class_def())?;
        vm.add_class(module, &task_class::TaskClass::class_def())
    }

    /// The loop that this thread runs, or None.
    #[function("($module, /)")]
    fn _get_running_loop(vm: &mut Vm) -> Result<Option<Value>> {
        state::running_loop(vm)
    }

    /// Say which loop this thread runs.
    #[function("($module, loop, /)")]
    fn _set_running_loop(vm: &mut Vm, event_loop: &Value) -> Result<()> {
        state::set_running_loop(vm, Some(event_loop.clone()).filter(|l| !l.is_none()))
    }

    /// The loop that this thread runs; RuntimeError where there is none.
    #[function("($module, /)")]
    fn get_running_loop(vm: &mut Vm) -> Result {
        state::required_loop(vm)
    }

    /// The loop that this thread runs, or else that of the event loop policy.
    #[function("($module, /)")]
    fn get_event_loop(vm: &mut Vm) -> Result {
        state::event_loop(vm)
    }

    /// The task that a loop runs at present, or None.
    #[function("($module, /, loop=None)")]
    fn current_task(vm: &mut Vm, event_loop: Option<&Value>) -> Result<Option<Value>> {
        let event_loop = loop_or_running(vm, event_loop)?;
        state::current_task(vm, &event_loop)
    }

    /// The tasks of a loop that are not done.
    #[function("($module, /, loop=None)")]
    fn all_tasks(vm: &mut Vm, event_loop: Option<&Value>) -> Result {
        let event_loop = loop_or_running(vm, event_loop)?;
        state::all_tasks(vm, &event_loop)
    }

    /// A loop begins or goes on to run a task.
    #[function("($module, /, loop, task)")]
    fn _enter_task(vm: &mut Vm, event_loop: &Value, task: &Value) -> Result<()> {
        state::enter(vm, event_loop, task)
    }

    /// A loop no longer runs a task.
    #[function("($module, /, loop, task)")]
    fn _leave_task(vm: &mut Vm, event_loop: &Value, task: &Value) -> Result<()> {
        state::leave(vm, event_loop, task)
    }

    /// Have a loop run another task for a while; the one that it ran before.
    #[function("($module, /, loop, task)")]
    fn _swap_current_task(vm: &mut Vm, event_loop: &Value, task: &Value) -> Result<Option<Value>> {
        let task = Some(task).filter(|t| !t.is_none());
        Ok(state::exchange(vm, event_loop, task, |_| true)?.ok().flatten())
    }

    /// Let all_tasks() know of a task.
    #[function("($module, /, task)")]
    fn _register_task(vm: &mut Vm, task: &Value) -> Result<()> {
        state::register(vm, task)
    }

    /// Let all_tasks() know of a task that begins its eager step.
    #[function("($module, /, task)")]
    fn _register_eager_task(vm: &mut Vm, task: &Value) -> Result<()> {
        state::register_eager(vm, task)
    }

    /// Have all_tasks() forget a task.
    #[function("($module, /, task)")]
    fn _unregister_task(vm: &mut Vm, task: &Value) -> Result<()> {
        state::unregister(vm, task)
    }

    /// Have all_tasks() forget a task that has done its eager step.
    #[function("($module, /, task)")]
    fn _unregister_eager_task(vm: &mut Vm, task: &Value) -> Result<()> {
        state::unregister_eager(vm, task)
    }

    /// Record that `waiter` waits for `fut`.
    #[function("($module, fut, waiter, /)")]
    fn future_add_to_awaited_by(vm: &mut Vm, fut: &Value, waiter: &Value) -> Result<()> {
        future::add_awaited_by(vm, fut, waiter);
        Ok(())
    }

    /// Forget that `waiter` waits for `fut`.
    #[function("($module, fut, waiter, /)")]
    fn future_discard_from_awaited_by(vm: &mut Vm, fut: &Value, waiter: &Value) -> Result<()> {
        future::discard_awaited_by(vm, fut, waiter);
        Ok(())
    }
}
