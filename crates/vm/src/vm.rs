//! The thread state, and what an interpreter's threads share.

use crate::Result;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use taipan_object::token::{Attached, Interpreter};
use taipan_object::{Dict, Heap, Raised, Ref, Str, Value, release};

/// `sys.flags`: what the command line and the environment ask for.
#[derive(Clone, Copy, Debug, Default)]
pub struct SysFlags {
    pub debug: i64,
    pub inspect: i64,
    pub interactive: i64,
    pub optimize: i64,
    pub dont_write_bytecode: bool,
    pub no_user_site: bool,
    pub no_site: bool,
    pub ignore_environment: bool,
    pub verbose: i64,
    pub bytes_warning: i64,
    pub quiet: bool,
    pub hash_randomization: bool,
    pub isolated: bool,
    pub dev_mode: bool,
    pub utf8_mode: bool,
    pub warn_default_encoding: bool,
    pub safe_path: bool,
    pub thread_inherit_context: bool,
    pub context_aware_warnings: bool,
}

/// What `sys` is filled with when it is made, as the system gives it.
#[derive(Clone, Debug, Default)]
pub struct SysConfig {
    /// `sys.argv`.
    pub argv: Vec<Vec<u8>>,
    /// `sys.orig_argv`.
    pub orig_argv: Vec<Vec<u8>>,
    /// `sys.path`.
    pub path: Vec<Vec<u8>>,
    /// `sys.warnoptions`.
    pub warn_options: Vec<Vec<u8>>,
    /// The texts of `-X` options: `name` or `name=value`.
    pub x_options: Vec<Vec<u8>>,
    /// `sys.executable`; `None` asks the system.
    pub executable: Option<Vec<u8>>,
    /// `sys._base_executable`.
    pub base_executable: Option<Vec<u8>>,
    /// `sys.prefix`.
    pub prefix: Vec<u8>,
    /// `sys.exec_prefix`.
    pub exec_prefix: Vec<u8>,
    /// `sys.base_prefix`.
    pub base_prefix: Vec<u8>,
    /// `sys.base_exec_prefix`.
    pub base_exec_prefix: Vec<u8>,
    /// `sys.platlibdir`; `None` is `lib`.
    pub platlibdir: Option<Vec<u8>>,
    /// `sys._home`: what `PYTHONHOME` says.
    pub home: Option<Vec<u8>>,
    /// `sys._stdlib_dir`.
    pub stdlib_dir: Option<Vec<u8>>,
    /// `sys.pycache_prefix`.
    pub pycache_prefix: Option<Vec<u8>>,
    /// Whether the folder `stdlib_dir` means the library in the executable.
    pub embedded_library: bool,
    /// Whether modules that count as frozen come from the executable although their files may be there.
    pub use_frozen_modules: bool,
    /// `--check-hash-based-pycs`: `always` or `never`.
    pub check_hash_pycs: Option<&'static str>,
    /// What `os.cpu_count()` gives in place of the truth.
    pub cpu_count: Option<i64>,
    /// Whether another process may have code run here (`sys.remote_exec`).
    pub remote_debug: bool,
    /// `-X importtime`: 1 shows how long imports take, 2 those of loaded modules too.
    pub import_time: u8,
    /// Whether code objects keep lines only, and no columns.
    pub no_debug_ranges: bool,
}

/// How memory is let go of that imports have used.
#[derive(Clone, Copy, Debug)]
pub struct LetGo {
    /// Called when an import is over: much code and many constants will not be used again.
    pub all: fn(),
    /// Called with the embedded library while imports are under way.
    pub library: fn(&'static [u8]),
    /// The embedded library.
    pub bytes: &'static [u8],
}

/// What `-X importtime` counts.
#[derive(Debug, Default)]
pub struct ImportTimes {
    /// Whether the head of the table was shown.
    pub headed: bool,
    /// Imports that are going on, one inside the other.
    pub level: usize,
    /// Time that imports inside the present one have taken, in nanoseconds.
    pub nested: i64,
}

/// Reads a line after a prompt, without its end; `None` where the input ends.
pub type LineEditor = fn(&mut Vm, &str) -> crate::Result<Option<Ref<Str>>>;

/// What the threads of an interpreter share, besides the heap.
#[derive(Default)]
pub struct State {
    /// Whether this is an interpreter beside the process's main one: its threads serve no signals.
    pub is_sub: bool,
    /// The interpreter's number; see [`crate::interpreters`].
    pub number: i64,
    /// What the interpreter was made with.
    pub made_with: crate::interpreters::Config,
    /// The interpreters of the process, where there can be several.
    pub family: Option<Arc<crate::interpreters::Family>>,
    /// What is stressed.
    pub stress: crate::stress::Stress,
    /// What is monitored, traced and profiled.
    pub monitor: crate::eval::monitor::Monitor,
    /// `sys.modules`.
    pub modules: Option<Ref<Dict>>,
    /// The namespace of `builtins`.
    pub builtins: Option<Ref<Dict>>,
    /// The namespace of `sys`.
    pub sys: Option<Ref<Dict>>,
    /// The built-in `any` and `all`, whatever becomes of the namespace, for `LOAD_COMMON_CONSTANT`.
    pub common: [Option<Value>; 2],
    /// The built-in `__import__`, whatever becomes of the namespace: with it `importlib` imports what comes before a module.
    pub import_function: Option<Value>,
    /// Native modules by name, made when they are imported.
    pub native_modules: std::collections::BTreeMap<&'static str, fn() -> crate::native::ModuleDef>,
    /// Objects that native modules keep for the interpreter, by the name of their owner.
    pub registry: rustc_hash::FxHashMap<&'static str, Value>,
    /// `sys.get_int_max_str_digits()`; 0 is no limit.
    pub int_max_str_digits: usize,
    /// `sys.flags`.
    pub flags: SysFlags,
    /// What `sys` is filled with.
    pub config: SysConfig,
    /// Gives the source text of the library's files that exist only in the executable.
    pub library_source: Option<fn(&Vm, &str) -> Option<String>>,
    /// Reads the code objects of the library that were deferred.
    pub read_code: Option<crate::eval::deferred::ReadCode>,
    /// How `compile` gets at trees of Python objects.
    pub ast: Option<crate::modules::compile::AstHooks>,
    /// Bytes of the embedded library that have been read by imports since `let_go` was called.
    pub library_read: usize,
    /// Imports that are under way, one inside the other.
    pub imports_active: u32,
    /// Those that had been read when they were last let go of by themselves.
    pub library_let_go: usize,
    /// What is done when imports have read much of it.
    pub let_go: Option<LetGo>,
    /// What `-X importtime` counts.
    pub import_times: ImportTimes,
    /// Writes text to a stream without looking its methods up, if it is one of `_io`'s; says whether it was.
    pub write_text: Option<fn(&mut Vm, &Value, &Ref<Str>) -> Result<bool>>,
    /// Reads a line from the terminal with editing, once `readline` has been imported.
    pub line_editor: Option<LineEditor>,
    /// Whether the interpreter is shutting down.
    pub finalizing: bool,
    /// Whether the program has ended by a `KeyboardInterrupt`.
    pub interrupted: bool,
    /// The interpreter's threads.
    pub threads: crate::threads::Threads,
    /// `sys.getrecursionlimit()`; 0 before the first thread.
    pub recursion_limit: i64,
    /// Runs Python's handlers of the signals that have arrived.
    pub signal_hook: Option<fn(&mut Vm) -> Result<()>>,
    /// What `_asyncio` keeps.
    pub asyncio: Option<Value>,
    /// How many context variables have been made.
    pub context_vars: u64,
    /// Counts the registrations in abstract classes.
    pub abc_version: u64,
    /// What the module `gc` sets and shows.
    pub gc: crate::collect::GcState,
}

/// How deep finalisers nest before what dies inside of them waits for them to end: chains of objects with finalisers
/// are as long as programs make them.
const MAX_DRAINING: u32 = 50;

/// A thread that runs Python code: it holds its interpreter's lock.
pub struct Vm {
    /// The exception that is on its way; see [`Raised`].
    raised: Option<Value>,
    /// The exceptions that are being handled, innermost last (`sys.exception()`); `None` entries are generators'
    /// own levels.
    pub(crate) handled: Vec<Option<Value>>,
    /// Address below which the native stack must not be used.
    native_limit: usize,
    /// The same for a sixteenth of the native stack.
    shallow_limit: usize,
    /// Python calls that may still be nested.
    pub(crate) recursion_left: i64,
    /// `sys.getrecursionlimit()`.
    pub(crate) recursion_limit: i64,
    /// Depth of `repr` of containers that are being printed, by address (`reprlib`-like guard).
    pub(crate) repr_active: crate::protocol::text::ActiveReprs,
    /// How many finalisers run, one inside the other.
    draining: u32,
    pub(crate) eval: crate::eval::Thread,
    pub(crate) thread: crate::threads::Own,
    /// That of the heap, for the check between instructions.
    pub(crate) breaker: &'static AtomicU32,
    /// The last field: what is above is dropped while the thread holds the lock.
    attached: Attached<State>,
}

impl Deref for Vm {
    type Target = Heap;
    #[inline(always)]
    fn deref(&self) -> &Heap {
        self.attached.heap()
    }
}

impl DerefMut for Vm {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Heap {
        self.attached.heap_mut()
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Vm {
    /// Attaches the present thread, whose native stack has `stack_size` bytes below this call.
    pub fn attach(interpreter: Arc<Interpreter<State>>, stack_size: usize) -> Box<Vm> {
        let here = 0u8;
        let margin = 256 * 1024;
        let mut attached = Attached::new(interpreter);
        let state = attached.state_mut();
        if state.recursion_limit == 0 {
            state.recursion_limit = 1000;
        }
        let limit = state.recursion_limit;
        let thread = state.threads.enter(!state.is_sub);
        let breaker = attached.heap().breaker;
        if thread.is_main() {
            taipan_host::signal::serve(breaker, taipan_object::heap::breaker::SIGNAL);
            if attached.state().config.remote_debug {
                taipan_host::remote::open(breaker, taipan_object::heap::breaker::PENDING);
            }
        }
        let mut vm = Box::new(Vm {
            raised: None,
            handled: Vec::with_capacity(16),
            native_limit: (&raw const here as usize).saturating_sub(stack_size.saturating_sub(margin)),
            shallow_limit: (&raw const here as usize).saturating_sub(stack_size / 16),
            recursion_left: limit,
            recursion_limit: limit,
            repr_active: Default::default(),
            draining: 0,
            eval: crate::eval::Thread::new(),
            thread,
            breaker,
            attached,
        });
        vm.be_walked();
        vm
    }

    /// The interpreter, to attach further threads.
    pub fn interpreter(&self) -> &Arc<Interpreter<State>> {
        self.attached.interpreter()
    }

    /// What the interpreter's threads share.
    #[inline(always)]
    pub fn state(&self) -> &State {
        self.attached.state()
    }

    /// What the interpreter's threads share, to change it.
    #[inline(always)]
    pub fn state_mut(&mut self) -> &mut State {
        self.attached.state_mut()
    }

    /// Runs something that blocks, without the interpreter's lock.
    pub fn detach<R: Send>(&mut self, f: impl FnOnce() -> R + Send) -> R {
        self.publish();
        let result = self.attached.detach(f);
        self.resumed();
        result
    }

    /// Makes a system call that may block, without the interpreter's lock. Where a signal interrupts it, the signal's
    /// handlers run and it is made again (PEP 475); the outer error is what a handler raised.
    pub fn system_call<R: Send>(
        &mut self,
        mut call: impl FnMut() -> taipan_host::Result<R> + Send,
    ) -> crate::Result<taipan_host::Result<R>> {
        loop {
            match self.detach(&mut call) {
                Err(taipan_host::Errno::EINTR) => self.check_signals()?,
                done => return Ok(done),
            }
        }
    }

    /// Runs `f` on this thread in another interpreter, on what is left of the native stack. Nothing that `f` sees or
    /// gives back is an object of this one: those are not `Send`.
    pub fn within<R: Send>(&mut self, other: Arc<Interpreter<State>>, f: impl FnOnce(&mut Vm) -> R + Send) -> R {
        let stack = self.native_stack_left();
        // What waits to be finalised is this interpreter's affair.
        let floor = release::enter_finaliser();
        let result = self.detach(move || f(&mut Vm::attach(other, stack)));
        release::leave_finaliser(floor);
        result
    }

    /// Lets another thread that waits for the lock have it.
    pub fn yield_lock(&mut self) {
        self.publish();
        self.attached.yield_lock();
        self.resumed();
    }

    /// Duplicates the process by `fork`, which says whether it has returned in the child. There this thread becomes the
    /// only one, and the main one.
    pub fn fork<R>(&mut self, fork: impl FnOnce() -> (R, bool)) -> R {
        let family = self.state().family.clone();
        let around = || {
            let mut is_child = false;
            let result = self.attached.fork(|| {
                let (result, child) = taipan_object::alloc::around_fork(fork);
                is_child = child;
                (result, child)
            });
            (result, is_child)
        };
        let (result, is_child) = match &family {
            Some(family) => family.around_fork(around),
            None => around(),
        };
        if is_child {
            self.attached.state_mut().threads.keep_only(&mut self.thread);
        }
        result
    }

    /// No other thread runs from now on.
    pub fn stop_other_threads(&mut self) {
        self.attached.close()
    }

    /// Puts an exception on its way.
    #[cold]
    pub fn raise(&mut self, exception: Value) -> Raised {
        // What is said of a text that found no room is not true.
        self.raised = if taipan_object::room::refused() { None } else { Some(exception) };
        Raised
    }

    /// Takes the exception off its way. Where an allocation failed, it is a `MemoryError`.
    pub fn take_raised(&mut self, _: Raised) -> Value {
        match self.raised.take() {
            Some(e) => e,
            None => crate::errors::memory_error(self),
        }
    }

    /// The exception on its way, if it is an instance of `class`; it stays on its way.
    pub fn raised_is(&mut self, class: &'static taipan_object::Type) -> bool {
        match &self.raised {
            Some(e) => e.ty().is_subtype(class),
            None => crate::errors::MEMORY_ERROR.as_type().is_subtype(class),
        }
    }

    /// Forgets what was raised.
    pub(crate) fn forget_raised(&mut self) {
        self.raised = None;
    }

    /// The exception on its way without taking it.
    pub fn peek_raised(&self) -> Option<&Value> {
        self.raised.as_ref()
    }

    /// Checks that native code may call itself once more; `RecursionError` where the stack is nearly used up.
    #[inline]
    pub fn check_stack(&mut self, doing: &str) -> Result<()> {
        let here = 0u8;
        if (&raw const here as usize) < self.native_limit {
            return Err(self.stack_exhausted(doing));
        }
        Ok(())
    }

    /// As [`Vm::check_stack`], for what has no use for great depth: it gets a sixteenth of the stack. A program that
    /// nests things by mistake learns it before all of that memory has been touched.
    #[inline]
    pub fn check_shallow_stack(&mut self, doing: &str) -> Result<()> {
        let here = 0u8;
        if (&raw const here as usize) < self.shallow_limit {
            return Err(self.stack_exhausted(doing));
        }
        Ok(())
    }

    /// Bytes of native stack that may still be used.
    pub fn native_stack_left(&self) -> usize {
        let here = 0u8;
        (&raw const here as usize).saturating_sub(self.native_limit)
    }

    #[cold]
    fn stack_exhausted(&mut self, doing: &str) -> Raised {
        self.raise_recursion_error(&format!("maximum recursion depth exceeded{doing}"))
    }

    /// Runs the finalisers and weak reference callbacks of objects whose counts have reached zero.
    #[inline(always)]
    pub fn drain(&mut self) {
        if self.deaths_pending() {
            self.drain_slow()
        }
    }

    #[cold]
    fn drain_slow(&mut self) {
        if self.draining >= MAX_DRAINING {
            // Whoever drains further out goes on with it.
            return;
        }
        self.draining += 1;
        let saved = self.raised.take();
        while let Some(object) = release::take_dead() {
            let floor = release::enter_finaliser();
            self.finalize(&object, false);
            let header = object.header();
            if header.is_none_or(|h| h.refcount() <= 1) {
                for (weakref, callback) in self.clear_weakrefs(&object, false) {
                    if let Err(raised) = self.call(&callback, &[weakref]) {
                        self.report_unraisable_about(raised, "while calling weakref callback ", Some(&callback));
                    }
                }
            }
            release::leave_finaliser(floor);
            drop(object);
        }
        self.raised = saved;
        self.draining -= 1;
    }

    /// Runs `f` with nothing raised; what was on its way is so again afterwards.
    pub fn keeping_raised<R>(&mut self, f: impl FnOnce(&mut Vm) -> R) -> R {
        let saved = self.raised.take();
        let result = f(self);
        self.raised = saved;
        result
    }

    /// Calls the finaliser of an object, once. It sees whether the collector calls it: that marks the object beforehand.
    pub fn finalize(&mut self, object: &Value, collected: bool) {
        let Some(header) = object.header() else { return };
        if !header.ty().finalizes() || header.has(taipan_object::header::flags::FINALIZED) {
            return;
        }
        let finalize = crate::slots::of(header.ty()).finalize;
        if collected {
            header.mark_finalized();
        }
        if let Some(finalize) = finalize {
            finalize(self, object);
        }
        header.mark_finalized();
    }
}
