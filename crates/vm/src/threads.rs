//! The threads of an interpreter: who they are, how they start and end, what the others see of one that waits.
//!
//! Everything here is read and written under the interpreter's lock. A thread that gives the lock up leaves its
//! innermost frame and the exception it handles where others find them ([`Shared`]).

use crate::errors::SYSTEM_EXIT;
use crate::eval::monitor::trace::Hook;
use crate::native::Args;
use crate::types::frame::FrameObject;
use crate::{Dict, Ref, Result, Tuple, Value, Vm};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use taipan_host::thread::Spawned;
use taipan_object::WeakRef;
use taipan_object::heap::breaker;

/// Native stack of a thread unless the program says otherwise. Only what is used becomes memory.
const STACK: usize = 32 << 20;
/// What a program asks for is meant for its own code; ours needs this on top.
const STACK_EXTRA: usize = 4 << 20;

/// What other threads see of one.
struct Shared {
    /// Never used twice in an interpreter, unlike [`Shared::ident`].
    serial: u64,
    ident: u64,
    /// The innermost frame, while the thread is detached.
    frame: AtomicUsize,
    /// The exception that it handles, borrowed, while it is detached.
    handled: AtomicU64,
}

/// What a thread knows about itself.
pub struct Own {
    shared: Arc<Shared>,
    main: bool,
    /// The context in which the thread runs, once it has one.
    context: Option<Value>,
    /// What native code keeps of it, until the thread runs in another or a variable changes.
    kept_of_context: Option<Value>,
    /// Called with their values when the thread ends.
    at_end: Vec<(Value, fn(&mut Vm, &Value))>,
    /// How many of these there may be before those are looked for that have become pointless.
    at_end_room: usize,
}

impl Own {
    pub(crate) fn is_main(&self) -> bool {
        self.main
    }
}

/// What a thread is to run.
pub struct Start {
    /// What is called.
    pub function: Value,
    /// Positional arguments.
    pub args: Ref<Tuple>,
    /// Keyword arguments.
    pub kwargs: Option<Ref<Dict>>,
}

/// The threads of an interpreter.
#[derive(Default)]
pub struct Threads {
    last_serial: u64,
    attached: Vec<Arc<Shared>>,
    /// What threads that were started, but have not begun, are to run.
    starting: HashMap<u64, Start>,
    /// The handle of the main thread.
    main: Option<u64>,
    /// Threads started by the program that have not ended.
    started: usize,
    /// `_thread.stack_size()`; 0 is the default.
    pub stack_size: usize,
}

impl Threads {
    fn new_serial(&mut self) -> u64 {
        self.last_serial += 1;
        self.last_serial
    }

    /// The calling thread joins. The first is the main one, and serves signals if the interpreter does.
    pub(crate) fn enter(&mut self, signals: bool) -> Own {
        let ident = taipan_host::thread::ident();
        let main = signals && self.main.is_none();
        self.main.get_or_insert(ident);
        let serial = self.new_serial();
        let shared = Arc::new(Shared { serial, ident, frame: AtomicUsize::new(0), handled: AtomicU64::new(0) });
        self.attached.push(shared.clone());
        Own { shared, main, context: None, kept_of_context: None, at_end: Vec::new(), at_end_room: 1 }
    }

    /// After a fork there are no others.
    pub(crate) fn keep_only(&mut self, own: &mut Own) {
        self.attached.retain(|t| t.serial == own.shared.serial);
        self.starting.clear();
        self.started = 0;
        self.main = Some(own.shared.ident);
        own.main = true;
    }

    /// What threads that have not begun were to run: they never will.
    pub(crate) fn take_starting(&mut self) -> HashMap<u64, Start> {
        std::mem::take(&mut self.starting)
    }

    /// The handle of the main thread.
    pub fn main_ident(&self) -> u64 {
        self.main.unwrap_or(0)
    }

    /// Threads that the program has started and that have not ended.
    pub fn started(&self) -> usize {
        self.started
    }
}

/// Tells that a thread is over, however it ends.
struct AtExit<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Drop for AtExit<F> {
    fn drop(&mut self) {
        if let Some(f) = self.0.take() {
            f()
        }
    }
}

impl Vm {
    /// A number of this thread that no other thread of the interpreter ever has.
    pub fn thread_serial(&self) -> u64 {
        self.thread.shared.serial
    }

    /// The handle of this thread, as `threading.get_ident` gives it.
    pub fn thread_ident(&self) -> u64 {
        self.thread.shared.ident
    }

    /// Whether this thread runs Python's signal handlers.
    pub fn is_main_thread(&self) -> bool {
        self.thread.main
    }

    /// The context in which this thread runs (`contextvars`), if it has one yet.
    pub fn context(&self) -> Option<&Value> {
        self.thread.context.as_ref()
    }

    /// Has this thread run in a context.
    pub fn set_context_value(&mut self, context: Option<Value>) {
        let old = std::mem::replace(&mut self.thread.context, context);
        drop(old);
        self.keep_of_context(None);
    }

    /// What was last found in this thread's context, as long as that stands. There is one such place: `decimal` asks for a
    /// variable before each operation.
    #[inline(always)]
    pub fn kept_of_context(&self) -> Option<&Value> {
        self.thread.kept_of_context.as_ref()
    }

    /// Keeps what was found in this thread's context. Who changes a variable of a context that a thread runs in lets go of
    /// it, with `None`.
    pub fn keep_of_context(&mut self, found: Option<Value>) {
        let old = std::mem::replace(&mut self.thread.kept_of_context, found);
        drop(old);
    }

    /// Has `f` called with `value` when this thread ends, unless `value` is a weak reference to what is gone by then.
    pub fn at_thread_end(&mut self, value: Value, f: fn(&mut Vm, &Value)) {
        let own = &mut self.thread;
        if own.at_end.len() >= own.at_end_room {
            let is_dead = |v: &Value| v.downcast::<WeakRef>().is_some_and(|weak| weak.upgrade().is_none());
            own.at_end.retain(|(value, _)| !is_dead(value));
            own.at_end_room = (2 * own.at_end.len()).max(1);
        }
        own.at_end.push((value, f));
    }

    /// Starts a thread; its handle and what to wait for it by. `over` is called without the interpreter's lock when
    /// it no longer runs Python code.
    pub fn start_thread(&mut self, start: Start, over: impl FnOnce() + Send + 'static) -> Result<(u64, Spawned)> {
        let wanted = self.state().threads.stack_size;
        let stack = if wanted == 0 { STACK } else { wanted.saturating_add(STACK_EXTRA) };
        let threads = &mut self.state_mut().threads;
        let key = threads.new_serial();
        threads.starting.insert(key, start);
        threads.started += 1;
        let interpreter = self.interpreter().clone();
        let spawned = taipan_host::thread::spawn(stack, move || {
            let _over = AtExit(Some(over));
            let mut vm = Vm::attach(interpreter, stack);
            vm.run_thread(key);
        });
        match spawned {
            Ok(spawned) => Ok(spawned),
            Err(_) => {
                let threads = &mut self.state_mut().threads;
                threads.started -= 1;
                drop(threads.starting.remove(&key));
                Err(self.raise_runtime_error("can't start new thread"))
            }
        }
    }

    fn run_thread(&mut self, key: u64) {
        let Some(Start { function, args, kwargs }) = self.state_mut().threads.starting.remove(&key) else { return };
        let result = self.call_with(&function, &args, kwargs.as_ref());
        drop((args, kwargs));
        if let Err(raised) = result {
            if self.raised_is(SYSTEM_EXIT.as_type()) {
                drop(self.take_raised(raised));
            } else {
                self.report_unraisable_about(raised, "in thread started by ", Some(&function));
            }
        }
        drop(function);
        self.drain();
        let threads = &mut self.state_mut().threads;
        threads.started = threads.started.saturating_sub(1);
    }

    /// Calls with a tuple of positional and a dict of keyword arguments.
    pub fn call_with(&mut self, callee: &Value, args: &Ref<Tuple>, kwargs: Option<&Ref<Dict>>) -> Result {
        let Some(kwargs) = kwargs else { return self.call(callee, args.items()) };
        let mut all = args.items().to_vec();
        let mut names = Vec::new();
        for (key, value) in kwargs.get(self).iter() {
            names.push(key.clone());
            all.push(value.clone());
        }
        if names.iter().any(|n| n.downcast::<crate::Str>().is_none()) {
            return Err(self.raise_type_error("keywords must be strings"));
        }
        self.call_args(callee, Args::new(&all, &names))
    }

    /// Leaves for others to see what this thread is doing, before it gives the lock up.
    #[inline]
    pub(crate) fn publish(&mut self) {
        let shared = &self.thread.shared;
        shared.frame.store(self.eval.frame as usize, Ordering::Relaxed);
        let handled = self.handled_exception().map_or(0, Value::bits);
        shared.handled.store(handled, Ordering::Relaxed);
    }

    /// Takes notice of what has happened while the thread did not have the lock.
    #[inline]
    pub(crate) fn resumed(&mut self) {
        self.be_walked();
        if self.thread.main && taipan_host::signal::tripped().load(Ordering::Relaxed) {
            self.breaker.fetch_or(breaker::SIGNAL, Ordering::Relaxed);
        }
        if self.thread.main && taipan_host::remote::waiting() {
            self.breaker.fetch_or(breaker::PENDING, Ordering::Relaxed);
        }
        let limit = self.state().recursion_limit;
        if limit != self.recursion_limit {
            self.recursion_left += limit - self.recursion_limit;
            self.recursion_limit = limit;
        }
    }

    /// Runs Python's handlers if signals have arrived and this is the main thread. What blocks calls it when it was
    /// interrupted, and then goes on.
    pub fn check_signals(&mut self) -> Result<()> {
        self.breaker.fetch_and(!breaker::SIGNAL, Ordering::Relaxed);
        if !self.thread.main || !taipan_host::signal::tripped().load(Ordering::Acquire) {
            return Ok(());
        }
        match self.state().signal_hook {
            Some(hook) => hook(self),
            None => Ok(()),
        }
    }

    /// The handle and the innermost frame of each thread that runs Python code.
    pub fn thread_frames(&mut self) -> Result<Vec<(u64, Ref<FrameObject>)>> {
        self.publish();
        let threads = self.state().threads.attached.clone();
        let mut found = Vec::new();
        for t in threads {
            if let Some(frame) = self.published_frame(t.frame.load(Ordering::Relaxed))? {
                found.push((t.ident, frame));
            }
        }
        Ok(found)
    }

    /// The handle and the handled exception of each thread.
    pub fn thread_exceptions(&mut self) -> Vec<(u64, Option<Value>)> {
        self.publish();
        let threads = self.state().threads.attached.clone();
        threads.iter().map(|t| (t.ident, self.published_exception(t.handled.load(Ordering::Relaxed)))).collect()
    }

    /// Gives up what the thread keeps of a program.
    pub(crate) fn let_go(&mut self) {
        for (value, f) in std::mem::take(&mut self.thread.at_end) {
            f(self, &value);
        }
        self.set_context_value(None);
        self.handled.clear();
        self.eval.asyncgen_hooks = [None, None];
        for hook in [Hook::Trace, Hook::Profile] {
            if self.has_hook(hook) {
                self.set_hook(hook, None);
            }
        }
        self.forget_raised();
        self.drain();
    }

    /// The end of a thread: what it holds is given up while it has the lock.
    pub(crate) fn leave(&mut self) {
        self.let_go();
        if self.thread.main {
            taipan_host::signal::leave();
        }
        let serial = self.thread.shared.serial;
        self.state_mut().threads.attached.retain(|t| t.serial != serial);
        Vm::walk_nobody();
    }
}
