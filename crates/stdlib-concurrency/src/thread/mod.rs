//! `_thread`: threads and locks.

mod handle;
mod local;
pub mod lock;

pub use handle::watch_forks;

use handle::ThreadHandle;
use taipan_macros::module;
use taipan_object::Tuple;
use taipan_vm::errors::{PYTHON_FINALIZATION_ERROR, RUNTIME_ERROR, SYSTEM_EXIT};
use taipan_vm::native::Args;
use taipan_vm::threads::Start;
use taipan_vm::types::module::Module;
use taipan_vm::{Dict, ModuleRef, Ref, Result, Str, Value, Vm, name};

/// The longest wait in seconds: nanoseconds must fit 63 bits.
const TIMEOUT_MAX: f64 = 9223372036.0;
/// The longest name of a thread in bytes.
const NAME_LENGTH: usize = 15;
/// The smallest stack that a program may ask for, in bytes.
const STACK_LEAST: i64 = 53248;
/// Where the type of the argument of `_excepthook` is kept.
const HOOK_ARGS: &str = "_thread._ExceptHookArgs";

fn refuse_thread(vm: &mut Vm) -> Result<()> {
    if !vm.state().made_with.allow_threads {
        return Err(vm.raise_runtime_error("thread is not supported for isolated subinterpreters"));
    }
    if !vm.state().finalizing {
        return Ok(());
    }
    let text = "can't create new thread at interpreter shutdown";
    Err(vm.raise_class(PYTHON_FINALIZATION_ERROR.as_type(), text))
}

fn start_new(vm: &mut Vm, name: &str, args: Args<'_>) -> Result<u64> {
    let args = args.expect(vm, name, 2, 3)?;
    let (function, positional, keywords) = (&args[0], &args[1], args.get(2));
    if !vm.is_callable(function) {
        return Err(vm.raise_type_error("first arg must be callable"));
    }
    let Some(positional) = positional.downcast::<Tuple>() else {
        return Err(vm.raise_type_error("2nd arg must be a tuple"));
    };
    let kwargs = match keywords {
        None => None,
        Some(k) => match k.downcast::<Dict>() {
            Some(dict) => Some(dict.clone()),
            None => return Err(vm.raise_type_error("optional 3rd arg must be a dictionary")),
        },
    };
    let shown = kwargs.as_ref().map_or_else(Value::none, Ref::to_value);
    vm.audit("_thread.start_new_thread", &[function.clone(), positional.to_value(), shown])?;
    refuse_thread(vm)?;
    let start = Start { function: function.clone(), args: positional.clone(), kwargs };
    vm.start_thread(start, || ()).map(|(ident, _)| ident)
}

fn exit(vm: &mut Vm) -> Result<()> {
    Err(vm.raise_args(SYSTEM_EXIT.as_type(), Vec::new()))
}

/// Prints what has ended a thread to `sys.stderr`, or to where that was when the thread began.
fn report(vm: &mut Vm, args: &Ref<Tuple>) -> Result<()> {
    let [class, exception, traceback, thread] = args.items() else { return Ok(()) };
    if class.is(&SYSTEM_EXIT.as_type().to_value()) {
        return Ok(());
    }
    let mut file = vm.sys_attr(name!("stderr")).filter(|f| !f.is_none());
    if file.is_none() && !thread.is_none() {
        file = vm.get_attr_opt(thread, name!("_stderr"))?.filter(|f| !f.is_none());
    }
    let Some(file) = file else { return Ok(()) };
    let who = if thread.is_none() { None } else { vm.get_attr_opt(thread, name!("name"))? };
    let who = match who {
        Some(name) => vm.str(&name)?.to_string_lossy(),
        None => vm.thread_ident().to_string(),
    };
    let head = vm.new_str(&format!("Exception in thread {who}:\n"))?.into_value();
    vm.call_method(&file, name!("write"), &[head])?;
    let library = vm.import("traceback")?;
    let print = vm.get_attr(&library, name!("print_exception"))?;
    let all = [class.clone(), exception.clone(), traceback.clone(), file.clone()];
    vm.call_args(&print, Args::new(&all, &[name!("file").to_value()]))?;
    if let Some(flush) = vm.get_attr_opt(&file, name!("flush"))? {
        vm.call(&flush, &[])?;
    }
    Ok(())
}

/// `_thread`.
pub struct ThreadModule;

/// Threads and locks, which the `threading` module builds on.
#[module(name = "_thread")]
impl ThreadModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &lock::LockClass::class_def())?;
        vm.add_class(module, &lock::RLockClass::class_def())?;
        vm.add_class(module, &local::LocalClass::class_def())?;
        vm.add_class(module, &handle::HandleClass::class_def())?;
        module.set(vm, "LockType", lock::LOCK.as_type().to_value())?;
        module.set(vm, "error", RUNTIME_ERROR.as_type().to_value())?;
        let longest = vm.new_float(TIMEOUT_MAX)?;
        module.set(vm, "TIMEOUT_MAX", longest)?;
        module.set(vm, "_NAME_MAXLEN", Value::from_i32(NAME_LENGTH as i32))?;
        const FIELDS: &[(&str, &str)] = &[
            ("exc_type", "Exception type"),
            ("exc_value", "Exception value"),
            ("exc_traceback", "Exception traceback"),
            ("thread", "Thread"),
        ];
        let doc = "ExceptHookArgs\n\nWhat threading.excepthook is called with.";
        let class = vm.new_structseq_type("_thread._ExceptHookArgs", doc, FIELDS, FIELDS.len())?;
        vm.state_mut().registry.insert(HOOK_ARGS, class.to_value());
        module.set(vm, "_ExceptHookArgs", class.into_value())
    }

    /// start_new_thread($module, function, args, kwargs={}, /)
    /// --
    ///
    /// Start a thread that calls the function, and return its identifier.
    ///
    /// When the function returns, the thread ends and its result is lost. An
    /// exception is reported, unless it is SystemExit.
    #[function("($module, function, args, kwargs={}, /)")]
    fn start_new_thread(vm: &mut Vm, args: Args<'_>) -> Result<u64> {
        start_new(vm, "start_new_thread", args)
    }

    /// An obsolete synonym of start_new_thread().
    #[function("($module, function, args, kwargs={}, /)")]
    fn start_new(vm: &mut Vm, args: Args<'_>) -> Result<u64> {
        start_new(vm, "start_new_thread", args)
    }

    /// Start a thread that calls the function, and return its handle.
    ///
    /// The handle is made unless one is given. The end of the program waits for
    /// the thread if daemon is false.
    #[function("($module, /, function, handle=None, daemon=True)")]
    fn start_joinable_thread(vm: &mut Vm, function: &Value, handle: Option<&Value>, daemon: Option<bool>) -> Result {
        if !vm.is_callable(function) {
            return Err(vm.raise_type_error("thread function must be callable"));
        }
        let handle = match handle.filter(|h| !h.is_none()) {
            None => handle::blank(vm)?,
            Some(h) => match h.downcast::<ThreadHandle>() {
                Some(h) => h.clone(),
                None => return Err(vm.raise_type_error("'handle' must be a _ThreadHandle")),
            },
        };
        let daemon = daemon.unwrap_or(true);
        vm.audit("_thread.start_joinable_thread", &[function.clone(), Value::bool(daemon), handle.to_value()])?;
        refuse_thread(vm)?;
        let args = vm.new_tuple(Vec::new())?;
        ThreadHandle::start(&handle, vm, Start { function: function.clone(), args, kwargs: None }, daemon)?;
        Ok(handle.into_value())
    }

    /// Whether threads may be started that the end of the program does not wait for.
    #[function("($module, /)")]
    fn daemon_threads_allowed(vm: &mut Vm) -> Result<bool> {
        Ok(vm.state().made_with.allow_daemon_threads)
    }

    /// Make a lock.
    #[function("($module, /)")]
    fn allocate_lock(vm: &mut Vm) -> Result {
        lock::new_lock(vm)
    }

    /// An obsolete synonym of allocate_lock().
    #[function("($module, /)")]
    fn allocate(vm: &mut Vm) -> Result {
        lock::new_lock(vm)
    }

    /// End the thread by raising SystemExit.
    #[function("($module, /)")]
    fn exit(vm: &mut Vm) -> Result<()> {
        exit(vm)
    }

    /// An obsolete synonym of exit().
    #[function("($module, /)")]
    fn exit_thread(vm: &mut Vm) -> Result<()> {
        exit(vm)
    }

    /// Let a signal arrive for the main thread.
    ///
    /// If the signal is ignored or has its default action, nothing happens.
    #[function("($module, signum=signal.SIGINT, /)")]
    fn interrupt_main(vm: &mut Vm, signum: Option<i32>) -> Result<()> {
        const INTERRUPT: i32 = 2;
        match taipan_host::signal::simulate(signum.unwrap_or(INTERRUPT)) {
            // In the main thread it has come before the next instruction.
            Ok(()) => vm.check_signals(),
            Err(_) => Err(vm.raise_value_error("signal number out of range")),
        }
    }

    /// A nonzero number that identifies the thread among those that run.
    ///
    /// A thread that has ended may leave its number to another one.
    #[function("($module, /)")]
    fn get_ident(vm: &mut Vm) -> Result<u64> {
        Ok(vm.thread_ident())
    }

    /// The number of the thread that the system shows.
    #[function("($module, /)")]
    fn get_native_id(_vm: &mut Vm) -> Result<i32> {
        Ok(taipan_host::thread::native_id())
    }

    /// The number of threads that the program has started and that have not ended.
    #[function("($module, /)")]
    fn _count(vm: &mut Vm) -> Result<usize> {
        Ok(vm.state().threads.started())
    }

    /// The size of the stack of new threads in bytes, 0 for the default; set it if a size is given.
    #[function("($module, size=0, /)")]
    fn stack_size(vm: &mut Vm, size: Option<i64>) -> Result<usize> {
        let old = vm.state().threads.stack_size;
        if let Some(size) = size {
            if size != 0 && size < STACK_LEAST {
                return Err(vm.raise_value_error(&format!("size must be at least {STACK_LEAST} bytes")));
            }
            vm.state_mut().threads.stack_size = size as usize;
        }
        Ok(old)
    }

    /// Report an exception that has ended a thread.
    #[function("($module, args, /)")]
    fn _excepthook(vm: &mut Vm, args: &Value) -> Result<()> {
        let class = vm.state().registry.get(HOOK_ARGS).cloned();
        match args.downcast::<Tuple>() {
            Some(t) if class.is_some_and(|c| c.is(&args.ty().to_value())) => report(vm, t),
            _ => Err(vm.raise_type_error("_thread.excepthook argument type must be ExceptHookArgs")),
        }
    }

    /// Whether this is the interpreter that the process has started with.
    #[function("($module, /)")]
    fn _is_main_interpreter(vm: &mut Vm) -> Result<bool> {
        Ok(!vm.state().is_sub)
    }

    /// Wait for all threads that are not daemons.
    #[function("($module, /)")]
    fn _shutdown(vm: &mut Vm) -> Result<()> {
        handle::join_awaited(vm)
    }

    /// Make a handle for a thread that was not started from here.
    #[function("($module, ident, /)")]
    fn _make_thread_handle(vm: &mut Vm, ident: &Value) -> Result {
        if ident.as_int().is_none() {
            return Err(vm.raise_type_error("ident must be an integer"));
        }
        let ident = vm.to_index_i64(ident, "unsigned long")?;
        handle::for_ident(vm, ident as u64)
    }

    /// The identifier of the main thread.
    #[function("($module, /)")]
    fn _get_main_thread_ident(vm: &mut Vm) -> Result<u64> {
        Ok(vm.state().threads.main_ident())
    }

    /// Set the name of the thread that the system shows.
    #[function("($module, /, name)")]
    fn set_name(vm: &mut Vm, name: &Ref<Str>) -> Result<()> {
        // What has no encoding is shown as a question mark.
        let errors = vm.new_str("replace")?.into_value();
        let encoding = vm.new_str("utf-8")?.into_value();
        let bytes = vm.call_method(name.as_value(), name!("encode"), &[encoding, errors])?;
        let mut bytes = vm.bytes_of(&bytes)?;
        if let Some(end) = bytes.iter().position(|b| *b == 0) {
            bytes.truncate(end);
        }
        bytes.truncate(NAME_LENGTH);
        if let Err(e) = taipan_host::thread::set_name(&bytes) {
            return Err(vm.raise_os_error(e.0, None));
        }
        Ok(())
    }

    /// The name of the thread that the system shows.
    #[function("($module, /)")]
    fn _get_name(vm: &mut Vm) -> Result {
        match taipan_host::thread::name() {
            Ok(name) => vm.new_fs_str(&name),
            Err(e) => Err(vm.raise_os_error(e.0, None)),
        }
    }

    /// In a child of the process: the handles of threads that are not there are done, and no task is running.
    #[function("($module, /)")]
    fn _after_fork_in_child(vm: &mut Vm) -> Result<()> {
        handle::after_fork_in_child(vm);
        crate::asyncio::after_fork_in_child(vm);
        Ok(())
    }
}
