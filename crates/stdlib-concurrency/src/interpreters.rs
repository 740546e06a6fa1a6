//! `_interpreters`: the interpreters of the process.
//!
//! There is one so far, the main one, which always runs. It is described and refused as CPython does it; making another
//! one raises `InterpreterError`.

use taipan_macros::module;
use taipan_object::{Bytes, Raised, Str, Tuple};
use taipan_vm::errors::{EXCEPTION, TYPE_ERROR};
use taipan_vm::types::exceptions::base::as_exception;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm, name};

const ERROR: &str = "concurrent.interpreters.InterpreterError";
const NOT_FOUND: &str = "concurrent.interpreters.InterpreterNotFoundError";
/// Where `NotShareableError` is kept.
pub const NOT_SHAREABLE: &str = "concurrent.interpreters.NotShareableError";

/// The number of the main interpreter.
const MAIN: i64 = 0;
/// How the main interpreter came about: with the process.
const WHENCE_RUNTIME: i32 = 1;

/// Whether other interpreters can be given an object as it is.
pub fn is_shareable(vm: &mut Vm, v: &Value) -> Result<bool> {
    vm.check_stack("")?;
    if let Some(tuple) = v.downcast_exact::<Tuple>() {
        for item in tuple.items() {
            if !is_shareable(vm, item)? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    let plain = v.is_none() || v.is_true() || v.is_false();
    let exact_number = v.as_float().is_some() || v.small_int().is_some();
    Ok(plain || exact_number || v.downcast_exact::<Str>().is_some() || v.downcast_exact::<Bytes>().is_some())
}

/// The interpreter of a number has to be there.
fn check(vm: &mut Vm, id: &Value) -> Result<()> {
    let number = vm.to_index_i64(id, "long long")?;
    if number == MAIN {
        return Ok(());
    }
    Err(vm.raise_added(NOT_FOUND, &format!("unrecognized interpreter ID {number}")))
}

fn already_running(vm: &mut Vm, id: &Value) -> Result {
    check(vm, id)?;
    Err(vm.raise_added(ERROR, "interpreter already running"))
}

fn described(vm: &mut Vm) -> Result {
    vm.new_tuple(vec![Value::from_i32(MAIN as i32), Value::from_i32(WHENCE_RUNTIME)]).map(Ref::into_value)
}

fn config(vm: &mut Vm, legacy: bool, gil: &str) -> Result {
    let gil = vm.new_str(gil)?.into_value();
    let flag = Value::bool;
    let entries = [
        ("use_main_obmalloc", flag(legacy)),
        ("allow_fork", flag(legacy)),
        ("allow_exec", flag(legacy)),
        ("allow_threads", flag(true)),
        ("allow_daemon_threads", flag(legacy)),
        ("check_multi_interp_extensions", flag(!legacy)),
        ("gil", gil),
    ];
    vm.new_namespace(entries.to_vec())
}

/// `_interpreters`.
pub struct InterpretersModule;

/// This module provides primitive operations to manage Python interpreters.
/// The 'interpreters' module provides a more convenient interface.
#[module(name = "_interpreters")]
impl InterpretersModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        let error =
            vm.add_exception_class(module, ERROR, EXCEPTION.as_type(), "A cross-interpreter operation failed")?;
        vm.add_exception_class(module, NOT_FOUND, &error, "An interpreter was not found")?;
        vm.add_exception_class(
            module,
            NOT_SHAREABLE,
            TYPE_ERROR.as_type(),
            "An object cannot be sent to another interpreter",
        )?;
        for (i, whence) in ["UNKNOWN", "RUNTIME", "LEGACY_CAPI", "CAPI", "XI", "STDLIB"].into_iter().enumerate() {
            module.set(vm, &format!("WHENCE_{whence}"), Value::from_i32(i as i32))?;
        }
        Ok(())
    }

    /// Make an interpreter, and give its number. There can be only the main one so far: this raises InterpreterError.
    #[function("($module, config='isolated', *, reqrefs=False)")]
    fn create(vm: &mut Vm, _config: Option<&Value>, _reqrefs: Option<bool>) -> Result {
        Err(vm.raise_added(ERROR, "interpreter creation failed: only the main interpreter is supported"))
    }

    /// Destroy an interpreter.
    #[function("($module, id, *, restrict=False)")]
    fn destroy(vm: &mut Vm, id: &Value, _restrict: Option<bool>) -> Result {
        check(vm, id)?;
        Err(vm.raise_added(ERROR, "cannot destroy the current interpreter"))
    }

    /// The numbers of all interpreters, and how they came about.
    #[function("($module, *, require_ready=False)")]
    fn list_all(vm: &mut Vm, _require_ready: Option<bool>) -> Result {
        let main = described(vm)?;
        vm.new_list(vec![main]).map(Ref::into_value)
    }

    /// The interpreter that runs this, and how it came about.
    #[function("($module, /)")]
    fn get_current(vm: &mut Vm) -> Result {
        described(vm)
    }

    /// The main interpreter, and how it came about.
    #[function("($module, /)")]
    fn get_main(vm: &mut Vm) -> Result {
        described(vm)
    }

    /// Whether an interpreter runs something.
    #[function("($module, id, *, restrict=False)")]
    fn is_running(vm: &mut Vm, id: &Value, _restrict: Option<bool>) -> Result<bool> {
        check(vm, id)?;
        Ok(true)
    }

    /// How an interpreter came about.
    #[function("($module, id)")]
    fn whence(vm: &mut Vm, id: &Value) -> Result<i32> {
        check(vm, id)?;
        Ok(WHENCE_RUNTIME)
    }

    /// What an interpreter is made with, by the name of a preset.
    #[function("($module, name='isolated', /)")]
    fn new_config(vm: &mut Vm, name: Option<&str>) -> Result {
        match name.unwrap_or("isolated") {
            "isolated" | "default" | "" => config(vm, false, "own"),
            "legacy" => config(vm, true, "shared"),
            "empty" => config(vm, false, "default"),
            name => Err(vm.raise_value_error(&format!("unsupported config name '{name}'"))),
        }
    }

    /// What an interpreter was made with.
    #[function("($module, id, *, restrict=False)")]
    fn get_config(vm: &mut Vm, id: &Value, _restrict: Option<bool>) -> Result {
        check(vm, id)?;
        config(vm, true, "own")
    }

    /// Run code in an interpreter that runs nothing.
    #[function(name = "exec", "($module, id, code, shared=None, *, restrict=False)")]
    fn exec_in(vm: &mut Vm, id: &Value, _code: &Value, _shared: Option<&Value>, _restrict: Option<bool>) -> Result {
        already_running(vm, id)
    }

    /// Run a text in an interpreter that runs nothing.
    #[function("($module, id, script, shared=None, *, restrict=False)")]
    fn run_string(
        vm: &mut Vm,
        id: &Value,
        _script: &Value,
        _shared: Option<&Value>,
        _restrict: Option<bool>,
    ) -> Result {
        already_running(vm, id)
    }

    /// Run the body of a function in an interpreter that runs nothing.
    #[function("($module, id, func, shared=None, *, restrict=False)")]
    fn run_func(vm: &mut Vm, id: &Value, _func: &Value, _shared: Option<&Value>, _restrict: Option<bool>) -> Result {
        already_running(vm, id)
    }

    /// Call a function in an interpreter that runs nothing.
    #[function("($module, id, callable, args=None, kwargs=None, *, preserve_exc=False, restrict=False)")]
    fn call(
        vm: &mut Vm,
        id: &Value,
        _callable: &Value,
        _args: Option<&Value>,
        _kwargs: Option<&Value>,
        _preserve_exc: Option<bool>,
        _restrict: Option<bool>,
    ) -> Result {
        already_running(vm, id)
    }

    /// Set names of the main module of an interpreter that runs nothing.
    #[function("($module, id, ns, *, restrict=False)")]
    fn set___main___attrs(vm: &mut Vm, id: &Value, _ns: &Value, _restrict: Option<bool>) -> Result {
        already_running(vm, id)
    }

    /// An interpreter is in use. The main one need not be told.
    #[function("($module, id, *, implieslink=False, restrict=False)")]
    fn incref(vm: &mut Vm, id: &Value, _implieslink: Option<bool>, _restrict: Option<bool>) -> Result<()> {
        check(vm, id)
    }

    /// An interpreter is no longer in use. The main one need not be told.
    #[function("($module, id, *, restrict=False)")]
    fn decref(vm: &mut Vm, id: &Value, _restrict: Option<bool>) -> Result<()> {
        check(vm, id)
    }

    /// Whether an object can be given to another interpreter as it is.
    #[function("($module, obj)")]
    fn is_shareable(vm: &mut Vm, obj: &Value) -> Result<bool> {
        is_shareable(vm, obj)
    }

    /// What another interpreter may know of an exception.
    #[function("($module, exc=None)")]
    fn capture_exception(vm: &mut Vm, exc: Option<&Value>) -> Result {
        let given = exc.filter(|e| !e.is_none()).cloned();
        let Some(exception) = given.or_else(|| vm.handled_exception().cloned()) else {
            return Err(vm.raise_runtime_error("No exception is being handled"));
        };
        if as_exception(&exception).is_none() {
            let text = format!("expected exception, got '{}'", exception.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        let class = exception.ty().to_value();
        let mut parts = Vec::new();
        for key in ["__name__", "__qualname__", "__module__"] {
            let attribute = vm.intern_utf8(key)?;
            parts.push((key, vm.get_attr(&class, &attribute)?));
        }
        let short = parts[1].1.clone();
        let ty = vm.new_namespace(parts)?;
        let message = vm.str(&exception)?;
        let formatted = format!("{}: {}", vm.str(&short)?.to_string_lossy(), message.to_string_lossy());
        let formatted = vm.new_str(&formatted)?.into_value();
        let shown = display(vm, &exception)?;
        let entries = [("type", ty), ("msg", message.into_value()), ("formatted", formatted), ("errdisplay", shown)];
        vm.new_namespace(entries.to_vec())
    }
}

/// The exception as the traceback module shows it.
fn display(vm: &mut Vm, exception: &Value) -> Result {
    let traceback = vm.import("traceback")?;
    let format = vm.get_attr(&traceback, name!("format_exception"))?;
    let lines = vm.call(&format, std::slice::from_ref(exception))?;
    let mut text = String::new();
    for line in vm.collect(&lines)? {
        text.push_str(&vm.str(&line)?.to_string_lossy());
    }
    vm.new_str(text.trim_end()).map(Ref::into_value)
}

/// Raises `NotShareableError`.
pub fn raise_not_shareable(vm: &mut Vm, text: &str) -> Raised {
    let name = vm.intern_utf8("_interpreters").and_then(|name| vm.import_native(&name));
    match name {
        Ok(_) => vm.raise_added(NOT_SHAREABLE, text),
        Err(raised) => raised,
    }
}
