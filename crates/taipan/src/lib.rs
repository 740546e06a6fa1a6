//! The embedding API: what a Rust program uses to run Python.
//!
//! An [`Interpreter`] is made and used on one thread at a time. [`on_big_stack`] gives that thread the native stack that
//! deep recursion through native code needs; it ends in `RecursionError` either way.
#![forbid(unsafe_code)]

mod places;

use std::collections::HashMap;
use taipan_object::statics;
use taipan_object::token::Interpreter as Shared;
use taipan_vm::modules::compile::{Mode, Request};
use taipan_vm::native::ModuleDef;
use taipan_vm::{ModuleRef, Result, State, Value, Vm};

/// Native stack of a thread that runs Python, in bytes. Only what is used becomes memory.
pub const STACK: usize = 256 << 20;

/// Longest decimal text of an int, as `sys.get_int_max_str_digits()` starts.
const INT_MAX_STR_DIGITS: usize = 4300;

/// How an interpreter starts.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Key of string hashes; `None` takes a random one. `Some((0, 0))` is `PYTHONHASHSEED=0`.
    pub hash_key: Option<(u64, u64)>,
}

/// An interpreter, with its lock held by the present thread.
pub struct Interpreter {
    vm: Vm,
}

/// Runs `f` on a thread with [`STACK`] bytes of native stack, and waits for it.
pub fn on_big_stack<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> std::io::Result<R> {
    let thread = std::thread::Builder::new().name("main".to_owned()).stack_size(STACK).spawn(f)?;
    match thread.join() {
        Ok(result) => Ok(result),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

impl Interpreter {
    /// Starts an interpreter on this thread, which has [`STACK`] bytes of native stack. `Err` carries the text of the
    /// exception that start-up ended with.
    pub fn new(options: &Options) -> std::result::Result<Interpreter, String> {
        let (k0, k1) = options.hash_key.unwrap_or_else(random_key);
        taipan_object::str::set_hash_key(k0, k1);
        statics::set_layouts();
        let config = places::find();
        let state = State { int_max_str_digits: INT_MAX_STR_DIGITS, config, ..State::default() };
        let mut vm = Vm::attach(Shared::new(state), STACK);
        match start(&mut vm) {
            Ok(()) => Ok(Interpreter { vm }),
            Err(raised) => {
                let exception = vm.take_raised(raised);
                let text = vm.str(&exception).map_or_else(|_| String::new(), |s| s.to_string_lossy());
                Err(format!("{}: {text}", exception.ty().name()))
            }
        }
    }

    /// The virtual machine, for native code.
    pub fn vm(&mut self) -> &mut Vm {
        &mut self.vm
    }

    /// Runs source text as the module `__main__`; an exception that nobody handles is printed. Returns the exit status.
    pub fn run(&mut self, source: &str, filename: &str) -> i32 {
        let vm = &mut self.vm;
        let result = run_main(vm, source, filename);
        let status = match result {
            Ok(()) => 0,
            Err(raised) => vm.handle_exit(raised),
        };
        vm.drain();
        status
    }
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
fn native_modules() -> HashMap<&'static str, fn() -> ModuleDef> {
    let mut all: HashMap<_, _> = taipan_vm::modules::table().into_iter().collect();
    all.extend(taipan_stdlib_import::modules());
    all.extend(taipan_stdlib_lang::modules());
    all.extend(taipan_stdlib_io::modules());
    all.extend(taipan_stdlib_system::modules());
    all.extend(taipan_stdlib_concurrency::modules());
    all.extend(taipan_stdlib_collections::modules());
    all.extend(taipan_stdlib_text::modules());
    all.extend(taipan_stdlib_numeric::modules());
    all.extend(taipan_stdlib_compression::modules());
    all.extend(taipan_stdlib_crypto::modules());
    all
}

/// Sets up the classes and the modules that are there before any other.
fn start(vm: &mut Vm) -> Result<()> {
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
    }
    let name = vm.intern_utf8("sys")?;
    vm.import_native(&name)?;
    taipan_stdlib_import::start(vm)
}

fn run_main(vm: &mut Vm, source: &str, filename: &str) -> Result<()> {
    let main = vm.new_module("__main__", None)?;
    let globals = main.namespace(vm)?;
    let builtins = vm.import("builtins")?;
    main.set(vm, "__builtins__", builtins)?;
    if let Some(modules) = vm.state().modules.clone() {
        let name = vm.intern_utf8("__main__")?;
        vm.dict_set(&modules, name.as_value(), main.to_value())?;
    }
    let name = vm.new_str(filename)?;
    main.set(vm, "__file__", name.to_value())?;
    let code: Value = vm.compile_text(source, &name, Request::new(Mode::Exec))?;
    vm.exec_code(&code, &globals, None)?;
    Ok(())
}
