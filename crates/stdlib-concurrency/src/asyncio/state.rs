//! What `_asyncio` keeps for an interpreter: the running loop and task of each thread, the tasks that exist, and what
//! it uses of the Python half of the library.

use super::future::Future;
use super::task::Task;
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::{OBJECT, WEAKREF};
use taipan_object::weak::{Sharing, WeakRef};
use taipan_vm::{Raised, Ref, Result, Value, Vm, name};

/// The class of the state, which no program sees.
pub static STATE: TypeCell<AsyncioState> = TypeCell::new("_asyncio.State");

/// The state of an interpreter.
#[derive(Trace, Payload)]
#[payload(class = STATE)]
#[repr(C)]
pub struct AsyncioState {
    running: Vec<Running>,
    /// Weak references to native tasks; dead ones go when there are `sweep_at` of them.
    tasks: Vec<Value>,
    sweep_at: usize,
    /// Tasks in their first, eager step.
    eager: Vec<Value>,
    /// A `WeakSet` of tasks of other classes.
    foreign: Option<Value>,
    names: u64,
    library: [Option<Value>; LIBRARY.len()],
}

/// What a thread runs.
#[derive(Trace)]
struct Running {
    serial: u64,
    event_loop: Option<Value>,
    task: Option<Value>,
}

/// What is used of the Python half of the library.
#[derive(Clone, Copy)]
pub enum Library {
    FutureRepr,
    TaskRepr,
    TaskStack,
    PrintStack,
    ExtractStack,
    IsCoroutine,
    CancelledError,
    InvalidStateError,
    Policy,
    WeakSet,
}

const LIBRARY: [(&str, &str); 10] = [
    ("asyncio.base_futures", "_future_repr"),
    ("asyncio.base_tasks", "_task_repr"),
    ("asyncio.base_tasks", "_task_get_stack"),
    ("asyncio.base_tasks", "_task_print_stack"),
    ("traceback", "extract_stack"),
    ("asyncio.coroutines", "iscoroutine"),
    ("asyncio.exceptions", "CancelledError"),
    ("asyncio.exceptions", "InvalidStateError"),
    ("asyncio.events", "_get_event_loop_policy"),
    ("weakref", "WeakSet"),
];

/// Methods of the state.
pub struct StateClass;

#[class(cell = STATE, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl StateClass {}

/// The interpreter's state.
pub fn state(vm: &mut Vm) -> Result<Ref<AsyncioState>> {
    if let Some(state) = vm.state().asyncio.as_ref().and_then(|s| s.downcast_exact::<AsyncioState>()) {
        return Ok(state.clone());
    }
    let new = AsyncioState {
        running: Vec::new(),
        tasks: Vec::new(),
        sweep_at: 64,
        eager: Vec::new(),
        foreign: None,
        names: 0,
        library: [const { None }; LIBRARY.len()],
    };
    let state = Ref::new(vm, new)?;
    crate::thread::watch_forks(vm)?;
    vm.state_mut().asyncio = Some(state.to_value());
    Ok(state)
}

/// A function or class of the library.
pub fn library(vm: &mut Vm, what: Library) -> Result {
    let state = state(vm)?;
    if let Some(found) = &state.get(vm).library[what as usize] {
        return Ok(found.clone());
    }
    let (module, attribute) = LIBRARY[what as usize];
    let module = vm.import(module)?;
    let attribute = vm.intern_utf8(attribute)?;
    let found = vm.get_attr(&module, &attribute)?;
    state.get_mut(vm).library[what as usize] = Some(found.clone());
    Ok(found)
}

/// Raises an exception of the library.
#[cold]
pub fn raise(vm: &mut Vm, class: Library, text: &str) -> Raised {
    let made = library(vm, class).and_then(|class| {
        let text = vm.new_str(text)?.into_value();
        vm.call(&class, &[text])
    });
    match made {
        Ok(e) => vm.raise_chained(e),
        Err(raised) => raised,
    }
}

/// The number of a task without a name.
pub fn next_name(vm: &mut Vm) -> Result<u64> {
    let state = state(vm)?;
    let state = state.get_mut(vm);
    state.names += 1;
    Ok(state.names)
}

/// The loop that this thread runs, if it runs one.
pub fn running_loop(vm: &mut Vm) -> Result<Option<Value>> {
    let state = state(vm)?;
    let serial = vm.thread_serial();
    Ok(state.get(vm).running.iter().find(|r| r.serial == serial).and_then(|r| r.event_loop.clone()))
}

/// The same, where there has to be one.
pub fn required_loop(vm: &mut Vm) -> Result {
    match running_loop(vm)? {
        Some(found) => Ok(found),
        None => Err(vm.raise_runtime_error("no running event loop")),
    }
}

/// The running loop, or that of the thread's policy.
pub fn event_loop(vm: &mut Vm) -> Result {
    if let Some(found) = running_loop(vm)? {
        return Ok(found);
    }
    let policy = library(vm, Library::Policy)?;
    let policy = vm.call(&policy, &[])?;
    vm.call_method(&policy, name!("get_event_loop"), &[])
}

/// In a child of the process: the loops and tasks that run are the parent's.
pub fn after_fork_in_child(vm: &mut Vm) {
    let state = vm.state().asyncio.as_ref().and_then(|s| s.downcast_exact::<AsyncioState>()).cloned();
    if let Some(state) = state {
        let running = std::mem::take(&mut state.get_mut(vm).running);
        drop(running);
    }
}

/// Says which loop this thread runs.
pub fn set_running_loop(vm: &mut Vm, event_loop: Option<Value>) -> Result<()> {
    fn forget(vm: &mut Vm, _: &Value) {
        let serial = vm.thread_serial();
        let state = vm.state().asyncio.as_ref().and_then(|s| s.downcast_exact::<AsyncioState>()).cloned();
        if let Some(state) = state {
            let running = &mut state.get_mut(vm).running;
            let place = running.iter().position(|r| r.serial == serial);
            drop(place.map(|place| running.swap_remove(place)));
        }
    }
    let state = state(vm)?;
    let serial = vm.thread_serial();
    if let Some(r) = state.get_mut(vm).running.iter_mut().find(|r| r.serial == serial) {
        let old = std::mem::replace(&mut r.event_loop, event_loop);
        drop(old);
        return Ok(());
    }
    if event_loop.is_some() {
        state.get_mut(vm).running.push(Running { serial, event_loop, task: None });
        vm.at_thread_end(Value::none(), forget);
    }
    Ok(())
}

/// Puts `task` in place of the task that the loop of this thread runs; `allow` says of the one before whether it may.
pub fn exchange(
    vm: &mut Vm,
    event_loop: &Value,
    task: Option<&Value>,
    allow: impl FnOnce(Option<&Value>) -> bool,
) -> Result<std::result::Result<Option<Value>, Option<Value>>> {
    let state = state(vm)?;
    let serial = vm.thread_serial();
    let found = state.get_mut(vm).running.iter_mut().find(|r| r.serial == serial);
    let Some(r) = found.filter(|r| r.event_loop.as_ref().is_some_and(|l| l.is(event_loop))) else {
        let shown = vm.repr(event_loop)?.to_string_lossy();
        return Err(vm.raise_runtime_error(&format!("loop {shown} is not the running loop")));
    };
    if !allow(r.task.as_ref()) {
        return Ok(Err(r.task.clone()));
    }
    Ok(Ok(std::mem::replace(&mut r.task, task.cloned())))
}

/// A loop begins to run a task.
pub fn enter(vm: &mut Vm, event_loop: &Value, task: &Value) -> Result<()> {
    match exchange(vm, event_loop, Some(task), |now| now.is_none())? {
        Ok(_) => Ok(()),
        Err(now) => {
            let now = now.unwrap_or_else(Value::none);
            let (task, now) = (vm.repr(task)?.to_string_lossy(), vm.repr(&now)?.to_string_lossy());
            let text = format!("Cannot enter into task {task} while another task {now} is being executed.");
            Err(vm.raise_runtime_error(&text))
        }
    }
}

/// A loop no longer runs a task.
pub fn leave(vm: &mut Vm, event_loop: &Value, task: &Value) -> Result<()> {
    match exchange(vm, event_loop, None, |now| now.is_some_and(|t| t.is(task)))? {
        Ok(_) => Ok(()),
        Err(now) => {
            let now = now.unwrap_or_else(Value::none);
            let (task, now) = (vm.repr(task)?.to_string_lossy(), vm.repr(&now)?.to_string_lossy());
            let text = format!("Invalid attempt to leave task {task} while task {now} is entered.");
            Err(vm.raise_runtime_error(&text))
        }
    }
}

/// The task that a loop runs, in whatever thread.
pub fn current_task(vm: &mut Vm, event_loop: &Value) -> Result<Option<Value>> {
    let state = state(vm)?;
    let running = &state.get(vm).running;
    let found = running.iter().find(|r| r.event_loop.as_ref().is_some_and(|l| l.is(event_loop)));
    Ok(found.and_then(|r| r.task.clone()))
}

fn alive(weak: &Value) -> Option<Value> {
    weak.downcast::<WeakRef>().and_then(|w| w.upgrade())
}

/// Remembers a task as long as it lives.
pub fn register(vm: &mut Vm, task: &Value) -> Result<()> {
    let Some(native) = task.downcast::<Task>() else {
        let set = foreign(vm)?;
        vm.call_method(&set, name!("add"), std::slice::from_ref(task))?;
        return Ok(());
    };
    if std::mem::replace(&mut native.get_mut(vm).registered, true) {
        return Ok(());
    }
    let Some(weak) = vm.new_weakref(WEAKREF.as_type(), task, None, Sharing::Reference)? else { return Ok(()) };
    let state = state(vm)?;
    if state.get(vm).tasks.len() >= state.get(vm).sweep_at {
        let mut tasks = std::mem::take(&mut state.get_mut(vm).tasks);
        let (kept, dead) = {
            let vm = &*vm;
            let keeps = |weak: &Value| {
                let task = alive(weak);
                task.as_ref().and_then(|t| t.downcast::<Task>()).is_some_and(|t| t.get(vm).registered)
            };
            tasks.drain(..).partition::<Vec<Value>, _>(keeps)
        };
        let state = state.get_mut(vm);
        state.sweep_at = 64.max(2 * kept.len());
        state.tasks = kept;
        drop(dead);
    }
    state.get_mut(vm).tasks.push(weak);
    Ok(())
}

/// Forgets a task.
pub fn unregister(vm: &mut Vm, task: &Value) -> Result<()> {
    if let Some(native) = task.downcast::<Task>() {
        if std::mem::replace(&mut native.get_mut(vm).registered, false) {
            let state = state(vm)?;
            let tasks = &mut state.get_mut(vm).tasks;
            let place = tasks.iter().position(|weak| alive(weak).is_some_and(|t| t.is(task)));
            let weak = place.map(|place| tasks.swap_remove(place));
            drop(weak);
        }
        return Ok(());
    }
    let set = foreign(vm)?;
    vm.call_method(&set, name!("discard"), std::slice::from_ref(task))?;
    Ok(())
}

fn foreign(vm: &mut Vm) -> Result {
    let state = state(vm)?;
    if let Some(set) = &state.get(vm).foreign {
        return Ok(set.clone());
    }
    let class = library(vm, Library::WeakSet)?;
    let set = vm.call(&class, &[])?;
    state.get_mut(vm).foreign = Some(set.clone());
    Ok(set)
}

/// A task begins its eager step.
pub fn register_eager(vm: &mut Vm, task: &Value) -> Result<()> {
    let state = state(vm)?;
    let eager = &mut state.get_mut(vm).eager;
    if !eager.iter().any(|t| t.is(task)) {
        eager.push(task.clone());
    }
    Ok(())
}

/// A task has done its eager step.
pub fn unregister_eager(vm: &mut Vm, task: &Value) -> Result<()> {
    let state = state(vm)?;
    let eager = &mut state.get_mut(vm).eager;
    let place = eager.iter().rposition(|t| t.is(task));
    let task = place.map(|place| eager.swap_remove(place));
    drop(task);
    Ok(())
}

/// The tasks of a loop that are not done.
pub fn all_tasks(vm: &mut Vm, event_loop: &Value) -> Result {
    let state = state(vm)?;
    let mut candidates = state.get(vm).eager.clone();
    candidates.extend(state.get(vm).tasks.iter().filter_map(alive));
    if let Some(set) = state.get(vm).foreign.clone() {
        candidates.extend(vm.collect(&set)?);
    }
    let mut found = Vec::new();
    for task in candidates {
        let (belongs, done) = match task.downcast::<Future>() {
            Some(future) if super::future::is_native(&task) => {
                let f = future.get(vm);
                (f.event_loop.as_ref().is_some_and(|l| l.is(event_loop)), f.is_done())
            }
            _ => {
                let belongs = super::future::loop_of(vm, &task)?.is(event_loop);
                let done = vm.call_method(&task, name!("done"), &[])?;
                (belongs, vm.is_truthy(&done)?)
            }
        };
        if belongs && !done {
            found.push(task);
        }
    }
    let found = vm.new_list(found)?.into_value();
    taipan_vm::types::set::set_of(vm, &found).map(Ref::into_value)
}
