//! `_thread._ThreadHandle`: what a thread is waited for by.

use super::lock::{Patience, timeout_ns, wait};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use taipan_host::sync::Event;
use taipan_host::thread::Spawned;
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{List, TypeCell};
use taipan_vm::errors::PYTHON_FINALIZATION_ERROR;
use taipan_vm::native::Args;
use taipan_vm::threads::Start;
use taipan_vm::{Ref, Result, Type, Value, Vm, name};

/// `_thread._ThreadHandle`.
pub static HANDLE: TypeCell<ThreadHandle> = TypeCell::new("_thread._ThreadHandle");
/// Where the handles of threads that the end of the program waits for are kept.
const AWAITED: &str = "_thread.awaited handles";

#[derive(Default)]
struct Thread {
    started: bool,
    ident: u64,
    spawned: Option<Spawned>,
}

#[derive(Default)]
struct Shared {
    thread: Mutex<Thread>,
    done: Event,
}

impl Shared {
    fn thread(&self) -> MutexGuard<'_, Thread> {
        self.thread.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// A thread, perhaps one that is still to start.
#[derive(Trace, Payload)]
#[payload(class = HANDLE, frozen)]
#[repr(C)]
pub struct ThreadHandle {
    shared: Opaque<Arc<Shared>>,
}

/// The threads that handles stand for, of all interpreters: none but its own is there in a child of the process.
static KNOWN: Mutex<Vec<Weak<Shared>>> = Mutex::new(Vec::new());
/// Whether the interpreter looks after them when it forks.
const WATCHES: &str = "_thread.watches forks";
/// What `posix` calls in a child.
const AFTER_FORK: &str = "posix.after_fork_child";

/// Keeps a thread in mind for forks.
fn remember(vm: &mut Vm, shared: &Arc<Shared>) -> Result<()> {
    {
        let mut known = KNOWN.lock().unwrap_or_else(|e| e.into_inner());
        if known.len().is_power_of_two() {
            known.retain(|thread| thread.upgrade().is_some_and(|t| !t.done.is_set()));
        }
        known.push(Arc::downgrade(shared));
    }
    watch_forks(vm)
}

/// Has `_after_fork_in_child` called in children of the process.
pub fn watch_forks(vm: &mut Vm) -> Result<()> {
    if vm.state().registry.contains_key(WATCHES) {
        return Ok(());
    }
    let module = vm.import("_thread")?;
    let hook = vm.get_attr(&module, name!("_after_fork_in_child"))?;
    let mut hooks = vec![hook.clone()];
    if let Some(list) = vm.state().registry.get(AFTER_FORK).and_then(|v| v.downcast::<List>()) {
        hooks.extend(list.items(vm).iter().cloned());
    }
    let hooks = vm.new_list(hooks)?.into_value();
    vm.state_mut().registry.insert(AFTER_FORK, hooks);
    vm.state_mut().registry.insert(WATCHES, hook);
    Ok(())
}

/// In a child of the process: threads other than this one are over.
pub fn after_fork_in_child(vm: &mut Vm) {
    let own = vm.thread_ident();
    // Another interpreter's thread may have had it; then its own threads are all that are missed.
    let Ok(mut known) = KNOWN.try_lock() else { return };
    for shared in known.iter().filter_map(Weak::upgrade) {
        if let Ok(mut thread) = shared.thread.try_lock() {
            if thread.ident == own || !thread.started {
                continue;
            }
            // The system has nothing to wait for.
            std::mem::forget(thread.spawned.take());
        }
        shared.done.set();
    }
    known.retain(|thread| thread.upgrade().is_some_and(|t| !t.done.is_set()));
}

/// A handle of a thread that was not started from here.
pub fn for_ident(vm: &mut Vm, ident: u64) -> Result {
    let shared = Shared::default();
    {
        let mut thread = shared.thread();
        thread.started = true;
        thread.ident = ident;
    }
    let shared = Arc::new(shared);
    remember(vm, &shared)?;
    Ref::new(vm, ThreadHandle { shared: Opaque(shared) }).map(Ref::into_value)
}

/// A handle of no thread.
pub fn blank(vm: &mut Vm) -> Result<Ref<ThreadHandle>> {
    Ref::new(vm, ThreadHandle { shared: Opaque(Arc::default()) })
}

impl ThreadHandle {
    /// Starts the thread.
    pub fn start(this: &Ref<ThreadHandle>, vm: &mut Vm, start: Start, daemon: bool) -> Result<()> {
        {
            let mut thread = this.shared.thread();
            if thread.started {
                drop(thread);
                return Err(vm.raise_runtime_error("thread already started"));
            }
            thread.started = true;
        }
        let shared = this.shared.0.clone();
        remember(vm, &shared)?;
        match vm.start_thread(start, move || shared.done.set()) {
            Ok((ident, spawned)) => {
                let mut thread = this.shared.thread();
                thread.ident = ident;
                thread.spawned = Some(spawned);
            }
            Err(raised) => {
                this.shared.thread().started = false;
                return Err(raised);
            }
        }
        if daemon { Ok(()) } else { ThreadHandle::await_at_end(this, vm) }
    }

    /// Has the end of the program wait for the thread.
    fn await_at_end(this: &Ref<ThreadHandle>, vm: &mut Vm) -> Result<()> {
        let list = match vm.state().registry.get(AWAITED).and_then(|l| l.downcast::<List>()) {
            Some(list) => list.clone(),
            None => {
                let list = vm.new_list(Vec::new())?;
                vm.state_mut().registry.insert(AWAITED, list.to_value());
                list
            }
        };
        // Those that are done go, but not at each start of a thread.
        if list.items(vm).len().is_power_of_two() {
            let is_alive = |v: &Value| v.downcast::<ThreadHandle>().is_some_and(|h| !h.shared.done.is_set());
            let mut kept = list.get_mut(vm).take();
            kept.retain(is_alive);
            let kept = vm.new_list(kept)?;
            kept.get_mut(vm).push(this.to_value())?;
            vm.state_mut().registry.insert(AWAITED, kept.into_value());
            return Ok(());
        }
        list.get_mut(vm).push(this.to_value())
    }
}

fn join(vm: &mut Vm, this: &ThreadHandle, patience: Patience) -> Result<()> {
    let shared = this.shared.0.clone();
    let (started, ident) = {
        let thread = shared.thread();
        (thread.started, thread.ident)
    };
    if !started {
        return Err(vm.raise_runtime_error("thread not started"));
    }
    if !shared.done.is_set() {
        if ident == vm.thread_ident() {
            return Err(vm.raise_runtime_error("Cannot join current thread"));
        }
        if vm.state().finalizing {
            // Threads run no Python code any more, so that it would never end.
            let text = "cannot join thread at interpreter shutdown";
            return Err(vm.raise_class(PYTHON_FINALIZATION_ERROR.as_type(), text));
        }
        if !wait(vm, patience, |deadline| shared.done.wait(deadline))? {
            return Ok(());
        }
    }
    let spawned = shared.thread().spawned.take();
    if let Some(spawned) = spawned {
        vm.detach(|| spawned.join());
    }
    Ok(())
}

/// Waits for all threads that are not daemons.
pub fn join_awaited(vm: &mut Vm) -> Result<()> {
    while let Some(list) = vm.state().registry.get(AWAITED).and_then(|l| l.downcast::<List>().cloned()) {
        let own = vm.thread_ident();
        let next = list.get_mut(vm).pop();
        let Some(next) = next else { break };
        if let Some(handle) = next.downcast::<ThreadHandle>()
            && handle.shared.thread().ident != own
            && let Err(raised) = join(vm, handle, Patience::Unlimited)
        {
            list.get_mut(vm).push(next.clone())?;
            return Err(raised);
        }
    }
    Ok(())
}

/// Methods of `_thread._ThreadHandle`.
pub struct HandleClass;

#[class(cell = HANDLE, base = OBJECT, flags = HAVE_GC | MANAGED_WEAKREF)]
impl HandleClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        if !args.all().is_empty() {
            args.no_keywords(vm, "_ThreadHandle")?;
            args.expect(vm, "_ThreadHandle", 0, 0)?;
        }
        blank(vm).map(Ref::into_value)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<ThreadHandle>) -> Result {
        let ident = this.shared.thread().ident;
        let class = vm.dotted_name(this.ty());
        vm.new_str(&format!("<{class} object: ident={ident}>")).map(Ref::into_value)
    }

    #[method]
    fn join(vm: &mut Vm, this: &Ref<ThreadHandle>, args: Args<'_>) -> Result<()> {
        let args = args.expect(vm, "join", 0, 1)?;
        let patience = match args.first() {
            None => Patience::Unlimited,
            Some(t) if t.is_none() => Patience::Unlimited,
            Some(t) => match timeout_ns(vm, t)? {
                ..0 => Patience::Unlimited,
                ns => Patience::For(ns),
            },
        };
        join(vm, this, patience)
    }

    #[method("($self, /)")]
    fn _set_done(vm: &mut Vm, this: &Ref<ThreadHandle>) -> Result<()> {
        if !this.shared.thread().started {
            return Err(vm.raise_runtime_error("thread not started"));
        }
        this.shared.done.set();
        Ok(())
    }

    #[method("($self, /)")]
    fn is_done(_vm: &mut Vm, this: &Ref<ThreadHandle>) -> Result<bool> {
        Ok(this.shared.done.is_set())
    }

    #[getter]
    fn ident(_vm: &mut Vm, this: &Ref<ThreadHandle>) -> Result<u64> {
        Ok(this.shared.thread().ident)
    }
}
