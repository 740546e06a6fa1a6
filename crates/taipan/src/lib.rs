//! The embedding API: what a Rust program uses to run Python.
//!
//! An [`Interpreter`] is made and used on one thread at a time. [`on_big_stack`] gives that thread the native stack that
//! deep recursion through native code needs; it ends in `RecursionError` either way.
#![forbid(unsafe_code)]

mod finish;
mod options;
mod places;
mod program;
mod prompt;
mod streams;

pub use options::{INT_MAX_STR_DIGITS, IoEncoding, Options, Program};
pub use taipan_vm::SysFlags;
pub use taipan_vm::modules::{VERSION, full_version};
pub use taipan_vm::stress::Stress;

use std::collections::BTreeMap;
use std::sync::Arc;
use taipan_object::token::Interpreter as Shared;
use taipan_object::{statics, watch};
use taipan_vm::interpreters::Family;
use taipan_vm::native::ModuleDef;
use taipan_vm::vm::LetGo;
use taipan_vm::{ModuleRef, Result, State, Value, Vm};

/// Native stack of a thread that runs Python, in bytes. Only what is used becomes memory.
pub const STACK: usize = 256 << 20;

/// An interpreter, with its lock held by the present thread.
///
/// Dropping it ends it as the end of a program does: threads that are no daemons are waited for, what `atexit` knows is called,
/// finalisers run. Values that native code has kept beyond that stay in memory.
pub struct Interpreter {
    vm: Box<Vm>,
}

impl Drop for Interpreter {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // Nobody knows how things stand: all stays where it is.
            std::mem::forget(self.vm.interpreter().clone());
        } else {
            finish::finish_wholly(&mut self.vm);
        }
    }
}

/// Runs `f` on a thread with [`STACK`] bytes of native stack, and waits for it.
pub fn on_big_stack<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> std::io::Result<R> {
    // The system prefers a process's first thread for its signals, and this one only waits.
    let all: Vec<i32> = taipan_host::signal::valid().collect();
    let held = taipan_host::signal::hold(&all);
    let thread = std::thread::Builder::new().name("main".to_owned()).stack_size(STACK).spawn(move || {
        if let Ok(held) = held {
            let _ = taipan_host::signal::restore(&held);
        }
        f()
    })?;
    match thread.join() {
        Ok(result) => Ok(result),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// Starts an interpreter, runs the program of the options and ends it. Gives the exit status.
pub fn run(mut options: Options) -> i32 {
    places::read_path_file(&mut options);
    // Before the handlers that there are are looked at.
    let _ = taipan_host::signal::ignore_at_start();
    match Interpreter::new(&options) {
        Ok(mut interpreter) => {
            if let Err(text) = interpreter.take_signals() {
                eprintln!("Fatal Python error: {text}");
                return 1;
            }
            let status = program::run(&mut interpreter.vm, &options);
            if interpreter.vm.state().interrupted {
                // A shell wants to see that the signal has ended the program.
                let _ = taipan_host::signal::die_by(taipan_host::signal::INTERRUPT);
            }
            // The process ends: what the interpreter still holds need not be taken apart, and could not call anybody any more.
            std::mem::forget(interpreter);
            status
        }
        Err(text) => {
            eprintln!("Fatal Python error: {text}");
            1
        }
    }
}

impl Interpreter {
    /// Starts an interpreter on this thread, which has [`STACK`] bytes of native stack. `Err` carries the text of the
    /// exception that start-up ended with.
    pub fn new(options: &Options) -> std::result::Result<Interpreter, String> {
        let (k0, k1) = options.hash_key.unwrap_or_else(random_key);
        taipan_object::str::set_hash_key(k0, k1);
        statics::set_layouts();
        taipan_prebuilt::begin();
        if options.stress.poison {
            watch::poison();
        }
        let mut vm = Vm::attach(Shared::new(state_of(options)), STACK);
        let theirs = options.clone();
        let state = move || state_of(&theirs);
        let theirs = options.clone();
        let start_another = move |vm: &mut Vm| {
            start(vm, &theirs)?;
            let folder = vm.state().family.as_ref().and_then(|family| family.program_folder());
            folder.map_or(Ok(()), |folder| program::prepend_here(vm, &folder))
        };
        vm.state_mut().family = Some(Arc::new(Family::new(state, start_another, finish::finish_beside)));
        if let Err(text) = start_told(&mut vm, options) {
            // What there is of it cannot run what the end of an interpreter runs.
            std::mem::forget(vm);
            return Err(text);
        }
        vm.state_mut().let_go =
            Some(LetGo { all: options.part_over, library: options.library_read, bytes: taipan_pylib::blob() });
        if let Some(n) = options.stress.fail {
            watch::fail_after(n);
        }
        Ok(Interpreter { vm })
    }

    /// Takes the process's signals, as the command does: interruption from the keyboard becomes an exception.
    pub fn take_signals(&mut self) -> std::result::Result<(), String> {
        let vm = &mut self.vm;
        taipan_stdlib_system::signal::install(vm).map_err(|raised| {
            let exception = vm.take_raised(raised);
            vm.str(&exception).map_or_else(|_| String::new(), |s| s.to_string_lossy())
        })
    }

    /// The virtual machine, for native code.
    pub fn vm(&mut self) -> &mut Vm {
        &mut self.vm
    }
}

/// What an interpreter with these options starts with.
fn state_of(options: &Options) -> State {
    State {
        int_max_str_digits: options.int_max_str_digits,
        flags: options.flags,
        stress: options.stress,
        config: places::find(options),
        ast: Some(taipan_stdlib_lang::AST_HOOKS),
        ..State::default()
    }
}

/// [`start`], where what it ends with is shown.
fn start_told(vm: &mut Vm, options: &Options) -> std::result::Result<(), String> {
    start(vm, options).map_err(|raised| {
        let exception = vm.take_raised(raised);
        vm.display_exception(&exception);
        let text = vm.str(&exception).map_or_else(|_| String::new(), |s| s.to_string_lossy());
        format!("{}: {text}", exception.ty().name())
    })
}

fn random_key() -> (u64, u64) {
    let mut bytes = [0u8; 16];
    // Without randomness the hashes are predictable, as with PYTHONHASHSEED=0.
    if taipan_host::random::fill_without_waiting(&mut bytes).is_err() {
        return (0, 0);
    }
    let [a, b] = [0, 8].map(|at| {
        let mut word = [0; 8];
        word.copy_from_slice(&bytes[at..at + 8]);
        u64::from_le_bytes(word)
    });
    (a, b)
}

/// Every native module, by name.
fn native_modules() -> BTreeMap<&'static str, fn() -> ModuleDef> {
    let all = [
        taipan_vm::modules::table(),
        taipan_stdlib_import::modules(),
        taipan_stdlib_lang::modules(),
        taipan_stdlib_io::modules(),
        taipan_stdlib_system::modules(),
        taipan_stdlib_net::modules(),
        taipan_stdlib_concurrency::modules(),
        taipan_stdlib_collections::modules(),
        taipan_stdlib_text::modules(),
        taipan_stdlib_numeric::modules(),
        taipan_stdlib_compression::modules(),
        taipan_stdlib_crypto::modules(),
        taipan_stdlib_ctypes::modules(),
        taipan_stdlib_curses::modules(),
        taipan_stdlib_dbm::modules(),
        taipan_stdlib_readline::modules(),
        taipan_stdlib_sqlite::modules(),
        taipan_stdlib_ssl::modules(),
        taipan_stdlib_xml::modules(),
    ];
    all.into_iter().flatten().collect()
}

/// Sets up the classes, the modules that are there before any other, import, the streams, and runs `site`.
fn start(vm: &mut Vm, options: &Options) -> Result<()> {
    if let Some(n) = options.stress.collect_every {
        vm.set_threshold(0, i64::from(n));
    }
    vm.set_up_classes(&taipan_vm::types::class_defs())?;
    let modules = vm.new_dict()?;
    vm.state_mut().modules = Some(modules);
    vm.state_mut().native_modules = native_modules();
    let name = vm.intern_utf8("builtins")?;
    if let Some(builtins) = vm.import_native(&name)?
        && let Some(module) = builtins.downcast::<taipan_vm::types::module::Module>()
    {
        let namespace = module.namespace(vm)?;
        vm.state_mut().builtins = Some(namespace);
        vm.state_mut().import_function = Some(vm.builtin("__import__")?);
        vm.state_mut().common = [Some(vm.builtin("any")?), Some(vm.builtin("all")?)];
    }
    let name = vm.intern_utf8("sys")?;
    vm.import_native(&name)?;
    // Again and again, so that no collection becomes due meanwhile.
    vm.settle();
    if options.flags.verbose > 0 {
        let stderr = taipan_stdlib_io::early_stderr(vm)?;
        vm.set_sys_attr("stderr", stderr)?;
    }
    taipan_stdlib_import::start(vm)?;
    vm.settle();
    vm.import("encodings")?;
    streams::open(vm, options)?;
    vm.settle();
    program::main_module(vm)?;
    vm.import("_signal")?;
    if options.faulthandler {
        let module = vm.import("faulthandler")?;
        vm.call_method(&module, taipan_vm::name!("enable"), &[])?;
    }
    if options.tracemalloc > 0 && vm.state().native_modules.contains_key("_tracemalloc") {
        let module = vm.import("_tracemalloc")?;
        vm.call_method(&module, taipan_vm::name!("start"), &[Value::from_i32(i32::from(options.tracemalloc))])?;
    }
    if !options.warn_options.is_empty() {
        vm.import("warnings")?;
    }
    if !options.flags.no_site {
        vm.import("site")?;
        vm.settle();
    }
    Ok(())
}
