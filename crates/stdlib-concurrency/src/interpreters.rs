//! `_interpreters`: the interpreters of the process.
//!
//! Most have a lock and a heap of their own, and run at once. Code goes to another interpreter as text or marshalled, arguments and results marshalled
//! or pickled, and what comes back of an exception is text.

use crate::interpchannels::{self, SentId};
use crate::interpqueues;
use taipan_macros::module;
use taipan_object::{Bytes, Raised, Str, Tuple};
use taipan_vm::errors::{ATTRIBUTE_ERROR, EXCEPTION, TYPE_ERROR};
use taipan_vm::interpreters::{Config, Lock, MAIN, Refusal};
use taipan_vm::modules::compile::{Mode, Request};
use taipan_vm::native::Args;
use taipan_vm::types::code::Code;
use taipan_vm::types::exceptions::base::as_exception;
use taipan_vm::types::function::Function;
use taipan_vm::types::module::Module;
use taipan_vm::{Dict, ModuleRef, Ref, Result, Value, Vm, name};

const ERROR: &str = "concurrent.interpreters.InterpreterError";
const NOT_FOUND: &str = "concurrent.interpreters.InterpreterNotFoundError";
/// Where `NotShareableError` is kept.
pub const NOT_SHAREABLE: &str = "concurrent.interpreters.NotShareableError";

/// Where the module is kept that stands in for another interpreter's `__main__`.
const STAND_IN: &str = "_interpreters.<fake __main__>";

/// How the main interpreter came about: with the process.
const WHENCE_RUNTIME: i32 = 1;
/// How the others came about: by this module.
const WHENCE_STDLIB: i32 = 5;

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
    let text = v.downcast_exact::<Str>().is_some() || v.downcast_exact::<Bytes>().is_some();
    Ok(plain || exact_number || text || interpchannels::is_shareable(vm, v) || interpqueues::is_queue(vm, v))
}

/// Whether an object that other interpreters can be given is a channel or a queue, or a tuple with one in it.
fn holds_channels(vm: &Vm, v: &Value) -> bool {
    match v.downcast_exact::<Tuple>() {
        Some(tuple) => tuple.items().iter().any(|item| holds_channels(vm, item)),
        None => interpchannels::is_shareable(vm, v) || interpqueues::is_queue(vm, v),
    }
}

/// The number of an interpreter, as a program gives it, for `doing` something: with `restrict`, only of one that this module
/// has made.
fn number_for(vm: &mut Vm, id: &Value, restrict: Option<bool>, doing: &str) -> Result<i64> {
    let number = number_of(vm, id)?;
    if restrict == Some(true) && whence_of(number) != WHENCE_STDLIB {
        return Err(vm.raise_added(ERROR, &format!("cannot {doing} unrecognized interpreter {number}")));
    }
    Ok(number)
}

/// The number of an interpreter, as a program gives it.
fn number_of(vm: &mut Vm, id: &Value) -> Result<i64> {
    if id.as_int().is_none() {
        let text = format!("interpreter ID must be an int, got {}", id.ty().name());
        return Err(vm.raise_type_error(&text));
    }
    let number = vm.to_index_i64(id, "long long")?;
    if number < 0 {
        return Err(vm.raise_value_error(&format!("interpreter ID must be a non-negative int, got {number}")));
    }
    Ok(number)
}

#[cold]
fn refuse(vm: &mut Vm, number: i64, refusal: Refusal) -> Raised {
    match refusal {
        Refusal::Unknown => vm.raise_added(NOT_FOUND, &format!("unrecognized interpreter ID {number}")),
        Refusal::Running => vm.raise_added(ERROR, "interpreter already running"),
    }
}

/// Whether the interpreter of a number, which has to be there, runs something.
fn running(vm: &mut Vm, id: &Value) -> Result<bool> {
    let number = number_of(vm, id)?;
    vm.is_interpreter_running(number).map_err(|refusal| refuse(vm, number, refusal))
}

fn whence_of(number: i64) -> i32 {
    if number == MAIN { WHENCE_RUNTIME } else { WHENCE_STDLIB }
}

fn described(vm: &mut Vm, number: i64) -> Result {
    let id = vm.new_int(number)?;
    vm.new_tuple(vec![id, Value::from_i32(whence_of(number))]).map(Ref::into_value)
}

/// The bits of `co_flags` of code with `*args` or `**kwargs`.
const VARIADIC: u32 = 0x04 | 0x08;

/// What may be given as a script.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scripts {
    Any,
    Text,
    Function,
}

/// Text, a code object or a function as a script, whose code is marshalled.
fn script_of(vm: &mut Vm, given: &Value, scripts: Scripts) -> Result<Vec<u8>> {
    let text = given.downcast::<Str>();
    let wanted = match scripts {
        Scripts::Text if text.is_none() => Some(("run_string", "str")),
        Scripts::Function if given.downcast::<Function>().is_none() && given.downcast::<Code>().is_none() => {
            Some(("run_func", "a function"))
        }
        _ => None,
    };
    if let Some((function, wanted)) = wanted {
        let text = format!("_interpreters.{function}() argument 2 must be {wanted}, not {}", given.ty().name());
        return Err(vm.raise_type_error(&text));
    }
    if let Some(s) = text {
        let Some(s) = s.to_utf8() else { return Err(vm.raise_surrogates_not_allowed(s)) };
        let filename = vm.intern_utf8("<script>")?;
        let code = vm.compile_text(s, &filename, Request::new(Mode::Exec))?;
        return dumped(vm, "marshal", &code);
    }
    let code = match vm.get_attr_opt(given, name!("__code__"))? {
        Some(code) => code,
        None => given.clone(),
    };
    let Some(found) = code.downcast::<Code>().cloned() else {
        let shown = vm.repr(given)?.to_string_lossy();
        return Err(vm.raise_type_error(&format!("unsupported script {shown}")));
    };
    let free = vm.get_attr(&code, name!("co_freevars"))?;
    let with_closure = vm.is_truthy(&free)?;
    vm.complete_code(&found)?;
    let variadic = found.flags.0.0 & VARIADIC != 0;
    let fault = if with_closure {
        Some("closures not supported")
    } else if variadic || found.argcount + found.kwonlyargcount > 0 {
        Some("code with args not supported")
    } else if !found.returns_only_none() {
        Some("code that returns a value is not a script")
    } else {
        None
    };
    match fault {
        Some(fault) => Err(vm.raise_value_error(fault)),
        None => dumped(vm, "marshal", &code),
    }
}

/// Runs a script, a marshalled code object, in the `__main__` of this interpreter.
fn run_script(vm: &mut Vm, script: &[u8]) -> Result<()> {
    let main = vm.import("__main__")?;
    let Some(main) = main.downcast::<Module>().cloned() else {
        return Err(vm.raise_runtime_error("unable to get __main__ module"));
    };
    let namespace = main.namespace(vm)?;
    let code = loaded_by(vm, "marshal", script)?;
    vm.exec_code(&code, &namespace, None).map(drop)
}

/// The names that a function is given for `__main__`, which must be a dict.
fn names_of(vm: &mut Vm, names: &Value, function: &str, argument: u32) -> Result<Vec<(Transfer, Transfer)>> {
    if names.downcast::<Dict>().is_none() {
        let class = if names.is_none() { "None".to_owned() } else { names.ty().name() };
        let text = format!("_interpreters.{function}() argument {argument} must be dict, not {class}");
        return Err(vm.raise_type_error(&text));
    }
    copied_names(vm, names)
}

/// Sets names of this interpreter's `__main__`.
fn set_names(vm: &mut Vm, names: &[(Transfer, Transfer)]) -> Result<()> {
    let main = vm.import("__main__")?;
    let namespace = vm.get_attr(&main, name!("__dict__"))?;
    for (name, value) in names {
        let (name, value) = (name.loaded(vm)?, value.loaded(vm)?);
        vm.set_item(&namespace, &name, Some(value))?;
    }
    Ok(())
}

/// A dict of names and shareable objects, copied.
fn copied_names(vm: &mut Vm, names: &Value) -> Result<Vec<(Transfer, Transfer)>> {
    let Some(dict) = names.downcast::<Dict>() else {
        let text = format!("expected dict, got {}", names.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    let all: Vec<(Value, Value)> = dict.get(vm).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    let mut copies = Vec::with_capacity(all.len());
    for (name, value) in all {
        copies.push((Transfer::of_shareable(vm, &name)?, Transfer::of_shareable(vm, &value)?));
    }
    Ok(copies)
}

/// Does something in an interpreter that runs nothing; what is known of an exception that it ends with, or `None`.
fn run_in(vm: &mut Vm, number: i64, f: impl FnOnce(&mut Vm) -> Result<()> + Send) -> Result {
    let outcome = vm.run_in_interpreter(number, |vm| f(vm).map_err(|raised| Captured::of_raised(vm, raised)));
    match outcome {
        Ok(Ok(())) => Ok(Value::none()),
        Ok(Err(captured)) => captured.shown(vm),
        Err(refusal) => Err(refuse(vm, number, refusal)),
    }
}

/// Runs a script with names set before.
fn exec_script(
    vm: &mut Vm,
    id: &Value,
    given: &Value,
    shared: Option<&Value>,
    restrict: Option<bool>,
    scripts: Scripts,
) -> Result {
    let (function, doing) = match scripts {
        Scripts::Any => ("exec", "exec code for"),
        Scripts::Text => ("run_string", "run a string in"),
        Scripts::Function => ("run_func", "run a function in"),
    };
    let names = match shared {
        Some(shared) => Some(names_of(vm, shared, function, 3)?),
        None => None,
    };
    let number = number_for(vm, id, restrict, doing)?;
    if vm.is_interpreter_running(number).map_err(|refusal| refuse(vm, number, refusal))? {
        return Err(refuse(vm, number, Refusal::Running));
    }
    let script = script_of(vm, given, scripts)?;
    run_in(vm, number, move |vm| {
        if let Some(names) = names {
            set_names(vm, &names)?;
        }
        run_script(vm, &script)
    })
}

/// What becomes of an object in a queue or channel whose interpreter is gone: nothing is left of it.
pub const REMOVE: i64 = 1;
/// The same: something that the Python half chooses stands for it.
pub const REPLACE: i64 = 3;
/// How queues and channels take an object that cannot be given as it is: pickled.
pub const PICKLED: i64 = 1;

/// How deep tuples within tuples may be whose items go their own ways.
const TUPLES: u32 = 50;

/// A copy of an object, for another interpreter.
pub enum Transfer {
    Marshalled(Vec<u8>),
    /// With the file of the program that `__main__` is, if it is one.
    Pickled(Vec<u8>, Option<String>),
    /// A function that needs nothing but its code, which is marshalled.
    Function(Vec<u8>),
    /// Of a tuple whose items go their own ways: one of what can be marshalled is marshalled whole.
    Tuple(Vec<Transfer>),
    /// A queue, by its number.
    Queue(i64),
    Channel(SentId),
}

impl Transfer {
    /// Copies an object; `NotShareableError` where it cannot be.
    pub fn of(vm: &mut Vm, v: &Value) -> Result<Transfer> {
        Transfer::nested(vm, v, TUPLES)
    }

    /// The same within so many tuples at the most.
    fn nested(vm: &mut Vm, v: &Value, tuples: u32) -> Result<Transfer> {
        if let Some(sent) = SentId::shared(vm, v)? {
            return Ok(Transfer::Channel(sent));
        }
        if interpqueues::is_queue(vm, v) {
            let number = vm.get_attr(v, name!("_id"))?;
            return vm.to_index_i64(&number, "long long").map(Transfer::Queue);
        }
        if let Some(code) = stateless_code(vm, v)? {
            return dumped(vm, "marshal", code.as_value()).map(Transfer::Function);
        }
        let shareable = is_shareable(vm, v)?;
        if let Some(tuple) = v.downcast_exact::<Tuple>()
            && (!shareable || holds_channels(vm, v))
            && tuples > 0
        {
            let items = tuple.items().iter().map(|item| Transfer::nested(vm, item, tuples - 1));
            match items.collect::<Result<_>>() {
                Err(raised) if !shareable => drop(vm.take_raised(raised)),
                items => return items.map(Transfer::Tuple),
            }
        }
        if shareable {
            return dumped(vm, "marshal", v).map(Transfer::Marshalled);
        }
        match dumped(vm, "pickle", v) {
            Ok(bytes) => Ok(Transfer::Pickled(bytes, program_file(vm)?)),
            Err(raised) => Err(raise_not_shareable_from(vm, "object could not be pickled", raised)),
        }
    }

    /// Copies an object that other interpreters can be given as it is; `NotShareableError` for others.
    pub fn of_shareable(vm: &mut Vm, v: &Value) -> Result<Transfer> {
        if !is_shareable(vm, v)? {
            let shown = vm.repr(v)?.to_string_lossy();
            return Err(raise_not_shareable(vm, &format!("{shown} does not support cross-interpreter data")));
        }
        Transfer::of(vm, v)
    }

    /// Copies an object as a queue or channel takes it whose fallback is given.
    pub fn by(vm: &mut Vm, v: &Value, fallback: i64) -> Result<Transfer> {
        if fallback == PICKLED { Transfer::of(vm, v) } else { Transfer::of_shareable(vm, v) }
    }

    /// The object, in this interpreter.
    pub fn loaded(&self, vm: &mut Vm) -> Result {
        let (module, bytes) = match self {
            Transfer::Marshalled(bytes) => ("marshal", bytes),
            Transfer::Pickled(bytes, program) => return unpickled(vm, bytes, program.as_deref()),
            Transfer::Function(bytes) => {
                let code = loaded_by(vm, "marshal", bytes)?;
                let main = vm.import("__main__")?;
                let namespace = vm.get_attr(&main, name!("__dict__"))?;
                return match (code.downcast::<Code>(), namespace.downcast::<Dict>()) {
                    (Some(code), Some(namespace)) => vm.new_function(code, namespace).map(Ref::into_value),
                    _ => Err(vm.raise_system_error("a function that came from another interpreter has no code")),
                };
            }
            Transfer::Tuple(items) => {
                let items = items.iter().map(|item| item.loaded(vm)).collect::<Result<Vec<Value>>>()?;
                return vm.new_tuple(items).map(Ref::into_value);
            }
            Transfer::Channel(sent) => return sent.loaded(vm),
            Transfer::Queue(number) => return interpqueues::loaded(vm, *number),
        };
        loaded_by(vm, module, bytes)
    }
}

fn dumped(vm: &mut Vm, module: &str, v: &Value) -> Result<Vec<u8>> {
    let module = vm.import(module)?;
    let bytes = vm.call_method(&module, name!("dumps"), std::slice::from_ref(v))?;
    vm.bytes_of(&bytes)
}

fn loaded_by(vm: &mut Vm, module: &str, bytes: &[u8]) -> Result {
    let module = vm.import(module)?;
    let bytes = vm.new_bytes(bytes)?.into_value();
    vm.call_method(&module, name!("loads"), &[bytes])
}

/// The code of a function that uses nothing of where it was made but built-in names.
fn stateless_code(vm: &mut Vm, v: &Value) -> Result<Option<Ref<Code>>> {
    let Some(function) = v.downcast_exact::<Function>().map(|f| f.get(vm)) else { return Ok(None) };
    let defaults = function.defaults.as_ref().is_some_and(|d| d.len() > 0);
    let kwdefaults = function.kwdefaults.as_ref().is_some_and(|d| d.get(vm).len() > 0);
    if function.closure.is_some() || defaults || kwdefaults {
        return Ok(None);
    }
    let (code, globals) = (function.code.clone(), function.globals.clone());
    vm.complete_code(&code)?;
    let uses_globals = code.global_names().iter().any(|name| globals.get(vm).get_str(name).is_some());
    Ok((!uses_globals).then_some(code))
}

/// The file of the program that runs as `__main__`, if it is one.
fn program_file(vm: &mut Vm) -> Result<Option<String>> {
    let main = vm.import("__main__")?;
    let file = vm.get_attr_opt(&main, name!("__file__"))?;
    Ok(file.and_then(|file| file.downcast::<Str>()?.to_utf8().map(str::to_owned)))
}

/// What another interpreter has pickled. What its program has defined is looked for in this interpreter's `__main__`, and then
/// in a module that the program's file is run as, once, and that nobody else sees.
fn unpickled(vm: &mut Vm, bytes: &[u8], program: Option<&str>) -> Result {
    let raised = match loaded_by(vm, "pickle", bytes) {
        Err(raised) if vm.raised_is(ATTRIBUTE_ERROR.as_type()) => raised,
        done => return done,
    };
    let (Some(program), Some(modules)) = (program, vm.state().modules.clone()) else { return Err(raised) };
    let first = vm.take_raised(raised);
    let stand_in = match vm.state().registry.get(STAND_IN).cloned() {
        Some(module) => module,
        None => {
            let runpy = vm.import("runpy")?;
            let (program, name) = (vm.new_str(program)?.into_value(), vm.new_str("<fake __main__>")?.into_value());
            let run = vm.get_attr(&runpy, name!("run_path"))?;
            let keys = vm.new_tuple(vec![name!("run_name").to_value()])?;
            let found = vm.call_args(&run, Args::new(&[program, name], keys.items()));
            let found = match found {
                Ok(found) => found,
                Err(raised) => {
                    // What was asked for is not there, whatever became of the search.
                    drop(vm.take_raised(raised));
                    return Err(vm.raise(first));
                }
            };
            let module = vm.new_module("<fake __main__>", None)?;
            let namespace = module.namespace(vm)?;
            if let Some(found) = found.downcast::<Dict>() {
                vm.dict_update(&namespace, found)?;
            }
            vm.state_mut().registry.insert(STAND_IN, module.to_value());
            module.into_value()
        }
    };
    let main = vm.dict_get_str(&modules, name!("__main__"))?;
    vm.dict_set(&modules, name!("__main__").as_value(), stand_in)?;
    let result = loaded_by(vm, "pickle", bytes);
    match main {
        Some(main) => vm.dict_set(&modules, name!("__main__").as_value(), main)?,
        None => drop(modules.get_mut(vm).remove_str(name!("__main__"))),
    }
    result
}

/// A call in another interpreter.
struct Call {
    callee: Transfer,
    args: Transfer,
    kwargs: Transfer,
}

/// How a call ended.
enum Ended {
    Value(Transfer),
    Raised(Captured),
    /// With something that cannot be copied.
    NotShareable(String),
    /// Before it began: this part of it could not be made of what was sent.
    NotLoaded(&'static str, Captured),
}

impl Call {
    fn new(vm: &mut Vm, callable: &Value, args: Option<&Value>, kwargs: Option<&Value>) -> Result<Call> {
        let args = match args.filter(|a| !a.is_none()) {
            Some(args) => args.clone(),
            None => vm.new_tuple(Vec::new())?.into_value(),
        };
        let kwargs = match kwargs.filter(|k| !k.is_none()) {
            Some(kwargs) => kwargs.clone(),
            None => vm.new_dict()?.into_value(),
        };
        let (args, kwargs) = (Transfer::of(vm, &args)?, Transfer::of(vm, &kwargs)?);
        Ok(Call { callee: Transfer::of(vm, callable)?, args, kwargs })
    }

    fn run(&self, vm: &mut Vm) -> Ended {
        let mut parts = Vec::new();
        for (what, part) in [("func", &self.callee), ("args", &self.args), ("kwargs", &self.kwargs)] {
            match part.loaded(vm) {
                Ok(loaded) => parts.push(loaded),
                Err(raised) => {
                    let raised = raise_not_shareable_from(vm, "object could not be unpickled", raised);
                    return Ended::NotLoaded(what, Captured::of_raised(vm, raised));
                }
            }
        }
        let [callee, args, kwargs] = &parts[..] else { unreachable!("three parts") };
        let (Some(args), Some(kwargs)) = (args.downcast::<Tuple>(), kwargs.downcast::<Dict>()) else {
            return Ended::NotShareable("args must be a tuple and kwargs a dict".to_owned());
        };
        match vm.call_with(callee, args, Some(kwargs)) {
            Ok(value) => Transfer::of(vm, &value).map_or_else(
                |raised| {
                    let error = vm.take_raised(raised);
                    let text = vm.str(&error).map(|text| text.to_string_lossy());
                    Ended::NotShareable(text.unwrap_or_default())
                },
                Ended::Value,
            ),
            Err(raised) => Ended::Raised(Captured::of_raised(vm, raised)),
        }
    }
}

/// What another interpreter may know of an exception.
struct Captured {
    name: String,
    qualname: String,
    module: String,
    message: String,
    display: String,
}

impl Captured {
    fn of(vm: &mut Vm, exception: &Value) -> Result<Captured> {
        let class = exception.ty().to_value();
        let text = |vm: &mut Vm, key: &'static Ref<Str>| {
            let found = vm.get_attr(&class, key)?;
            vm.str(&found).map(|s| s.to_string_lossy())
        };
        Ok(Captured {
            name: text(vm, name!("__name__"))?,
            qualname: text(vm, name!("__qualname__"))?,
            module: text(vm, name!("__module__"))?,
            message: vm.str(exception)?.to_string_lossy(),
            display: display(vm, exception)?,
        })
    }

    /// That of an exception that nothing else handles.
    fn of_raised(vm: &mut Vm, raised: Raised) -> Captured {
        let exception = vm.take_raised(raised);
        Captured::of(vm, &exception).unwrap_or_else(|raised| {
            drop(vm.take_raised(raised));
            let name = exception.ty().short_name();
            Captured {
                qualname: name.clone(),
                module: String::new(),
                message: String::new(),
                display: name.clone(),
                name,
            }
        })
    }

    fn shown(&self, vm: &mut Vm) -> Result {
        let mut parts = Vec::new();
        for (key, text) in [("__name__", &self.name), ("__qualname__", &self.qualname), ("__module__", &self.module)] {
            parts.push((key, vm.new_str(text)?.into_value()));
        }
        let ty = vm.new_namespace(parts)?;
        let formatted = format!("{}: {}", self.qualname, self.message);
        let entries = [
            ("type", ty),
            ("msg", vm.new_str(&self.message)?.into_value()),
            ("formatted", vm.new_str(&formatted)?.into_value()),
            ("errdisplay", vm.new_str(&self.display)?.into_value()),
        ];
        vm.new_namespace(entries.to_vec())
    }
}

/// A config as a program sees it.
fn shown_config(vm: &mut Vm, config: Config) -> Result {
    let gil = LOCKS.iter().find(|(_, lock)| *lock == config.lock).map_or("default", |(name, _)| name);
    let gil = vm.new_str(gil)?.into_value();
    let mut entries: Vec<_> = FLAGS.iter().map(|&(name, flag)| (name, Value::bool(*flag(&mut { config })))).collect();
    entries.push(("gil", gil));
    vm.new_namespace(entries)
}

/// A field of a config that says yes or no.
type Flag = fn(&mut Config) -> &mut bool;

const FLAGS: [(&str, Flag); 6] = [
    ("use_main_obmalloc", |c| &mut c.use_main_obmalloc),
    ("allow_fork", |c| &mut c.allow_fork),
    ("allow_exec", |c| &mut c.allow_exec),
    ("allow_threads", |c| &mut c.allow_threads),
    ("allow_daemon_threads", |c| &mut c.allow_daemon_threads),
    ("check_multi_interp_extensions", |c| &mut c.check_multi_interp_extensions),
];

const LOCKS: [(&str, Lock); 3] = [("default", Lock::Default), ("shared", Lock::Shared), ("own", Lock::Own)];

/// The config of a name.
fn config_of_name(vm: &mut Vm, name: &str) -> Result<Config> {
    match name {
        "isolated" | "default" | "" => Ok(Config::ISOLATED),
        "legacy" => Ok(Config::LEGACY),
        "empty" => Ok(Config::EMPTY),
        name => Err(vm.raise_value_error(&format!("unsupported config name '{name}'"))),
    }
}

/// Changes a config as entries of a namespace say; which of its fields were there.
fn change_config(vm: &mut Vm, config: &mut Config, entries: &[(Value, Value)]) -> Result<[bool; FLAGS.len() + 1]> {
    let mut seen = [false; FLAGS.len() + 1];
    for (key, value) in entries {
        let key = vm.str(key)?.to_string_lossy();
        if key == "gil" {
            let Some(text) = value.downcast::<Str>().and_then(|s| s.to_utf8()) else {
                return Err(vm.raise_type_error("invalid config.gil value"));
            };
            let Some((_, lock)) = LOCKS.iter().find(|(name, _)| *name == text) else {
                return Err(vm.raise_value_error(&format!("unsupported InterpreterConfig.gil value '{text}'")));
            };
            config.lock = *lock;
            seen[FLAGS.len()] = true;
        } else if let Some(at) = FLAGS.iter().position(|(name, _)| *name == key) {
            if !value.is_true() && !value.is_false() {
                let text = format!("invalid config.{key}: expected bool, got {}", value.ty().name());
                return Err(vm.raise_type_error(&text));
            }
            *FLAGS[at].1(config) = value.is_true();
            seen[at] = true;
        } else {
            return Err(vm.raise_value_error(&format!("config got an unsupported field '{key}'")));
        }
    }
    Ok(seen)
}

/// The config that an object is, or that it names.
fn config_of(vm: &mut Vm, given: Option<&Value>) -> Result<Config> {
    let Some(given) = given.filter(|c| !c.is_none()) else { return Ok(Config::ISOLATED) };
    if let Some(name) = given.downcast::<Str>() {
        return match name.to_utf8() {
            Some(text) => config_of_name(vm, text),
            None => Err(vm.raise_surrogates_not_allowed(name)),
        };
    }
    let fields = vm.get_attr(given, name!("__dict__"))?;
    let Some(fields) = fields.downcast::<Dict>().cloned() else { return Err(vm.raise_type_error("dict expected")) };
    let entries: Vec<(Value, Value)> = fields.get(vm).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    let mut config = Config::EMPTY;
    let seen = change_config(vm, &mut config, &entries)?;
    if let Some(missing) = seen.iter().position(|seen| !seen) {
        let name = FLAGS.get(missing).map_or("gil", |(name, _)| name);
        return Err(vm.raise_value_error(&format!("missing config field '{name}'")));
    }
    Ok(config)
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

    /// Make an interpreter, and give its number.
    #[function("($module, config='isolated', *, reqrefs=False)")]
    fn create(vm: &mut Vm, config: Option<&Value>, _reqrefs: Option<bool>) -> Result<i64> {
        let config = config_of(vm, config)?;
        vm.create_interpreter(config)
            .map_err(|text| vm.raise_added(ERROR, &format!("interpreter creation failed: {text}")))
    }

    /// Destroy an interpreter that runs nothing.
    #[function("($module, id, *, restrict=False)")]
    fn destroy(vm: &mut Vm, id: &Value, restrict: Option<bool>) -> Result<()> {
        let number = number_for(vm, id, restrict, "destroy")?;
        if number == vm.state().number {
            return Err(vm.raise_added(ERROR, "cannot destroy the current interpreter"));
        }
        vm.destroy_interpreter(number).map_err(|refusal| match refusal {
            Refusal::Running => vm.raise_added(ERROR, "interpreter running"),
            refusal => refuse(vm, number, refusal),
        })
    }

    /// The numbers of all interpreters, and how they came about.
    #[function("($module, *, require_ready=False)")]
    fn list_all(vm: &mut Vm, _require_ready: Option<bool>) -> Result {
        let mut all = Vec::new();
        for number in vm.interpreter_numbers() {
            all.push(described(vm, number)?);
        }
        vm.new_list(all).map(Ref::into_value)
    }

    /// The interpreter that runs this, and how it came about.
    #[function("($module, /)")]
    fn get_current(vm: &mut Vm) -> Result {
        described(vm, vm.state().number)
    }

    /// The main interpreter, and how it came about.
    #[function("($module, /)")]
    fn get_main(vm: &mut Vm) -> Result {
        described(vm, MAIN)
    }

    /// Whether an interpreter runs something.
    #[function("($module, id, *, restrict=False)")]
    fn is_running(vm: &mut Vm, id: &Value, restrict: Option<bool>) -> Result<bool> {
        number_for(vm, id, restrict, "check if running for")?;
        running(vm, id)
    }

    /// How an interpreter came about.
    #[function("($module, id)")]
    fn whence(vm: &mut Vm, id: &Value) -> Result<i32> {
        running(vm, id)?;
        number_of(vm, id).map(whence_of)
    }

    /// What an interpreter is made with, by the name of a preset, and fields that differ from it.
    #[function("($module, name='isolated', /, **overrides)")]
    fn new_config(vm: &mut Vm, args: Args<'_>) -> Result {
        let given = args.positional();
        if given.len() > 1 {
            let text = format!("new_config expected at most 1 argument, got {}", given.len());
            return Err(vm.raise_type_error(&text));
        }
        let mut config = match given.first() {
            Some(name) => match name.downcast::<Str>() {
                Some(name) => match name.to_utf8() {
                    Some(text) => config_of_name(vm, text)?,
                    None => return Err(vm.raise_surrogates_not_allowed(name)),
                },
                None => {
                    let text = format!("new_config() argument 1 must be str, not {}", name.ty().name());
                    return Err(vm.raise_type_error(&text));
                }
            },
            None => Config::ISOLATED,
        };
        let names = args.names().iter().cloned();
        let entries: Vec<(Value, Value)> = names.zip(args.keyword_values().iter().cloned()).collect();
        change_config(vm, &mut config, &entries)?;
        shown_config(vm, config)
    }

    /// What an interpreter was made with.
    #[function("($module, id, *, restrict=False)")]
    fn get_config(vm: &mut Vm, id: &Value, restrict: Option<bool>) -> Result {
        let number = number_for(vm, id, restrict, "get the config of")?;
        let config = vm.interpreter_config(number).map_err(|refusal| refuse(vm, number, refusal))?;
        shown_config(vm, config)
    }

    /// Run code in an interpreter that runs nothing.
    #[function(name = "exec", "($module, id, code, shared={}, *, restrict=False)")]
    fn exec_in(vm: &mut Vm, id: &Value, code: &Value, shared: Option<&Value>, restrict: Option<bool>) -> Result {
        exec_script(vm, id, code, shared, restrict, Scripts::Any)
    }

    /// Run a text in an interpreter that runs nothing.
    #[function("($module, id, script, shared={}, *, restrict=False)")]
    fn run_string(vm: &mut Vm, id: &Value, script: &Value, shared: Option<&Value>, restrict: Option<bool>) -> Result {
        exec_script(vm, id, script, shared, restrict, Scripts::Text)
    }

    /// Run the body of a function in an interpreter that runs nothing.
    #[function("($module, id, func, shared={}, *, restrict=False)")]
    fn run_func(vm: &mut Vm, id: &Value, func: &Value, shared: Option<&Value>, restrict: Option<bool>) -> Result {
        exec_script(vm, id, func, shared, restrict, Scripts::Function)
    }

    /// Call a function in an interpreter that runs nothing: what it gives, and what is known of an exception. Arguments and
    /// result are copies.
    #[function("($module, id, callable, args=None, kwargs=None, *, preserve_exc=False, restrict=False)")]
    fn call(
        vm: &mut Vm,
        id: &Value,
        callable: &Value,
        args: Option<&Value>,
        kwargs: Option<&Value>,
        _preserve_exc: Option<bool>,
        restrict: Option<bool>,
    ) -> Result {
        let number = number_for(vm, id, restrict, "make a call in")?;
        if vm.is_interpreter_running(number).map_err(|refusal| refuse(vm, number, refusal))? {
            return Err(refuse(vm, number, Refusal::Running));
        }
        let call = Call::new(vm, callable, args, kwargs)?;
        let outcome = vm.run_in_interpreter(number, |vm| call.run(vm));
        let both = match outcome.map_err(|refusal| refuse(vm, number, refusal))? {
            Ended::Value(copy) => vec![copy.loaded(vm)?, Value::none()],
            Ended::Raised(captured) => vec![Value::none(), captured.shown(vm)?],
            Ended::NotShareable(text) => return Err(vm.raise_added(NOT_SHAREABLE, &text)),
            Ended::NotLoaded(what, captured) => {
                let cause = vm.raise_class(taipan_vm::errors::EXCEPTION.as_type(), &captured.display);
                return Err(raise_not_shareable_from(vm, &format!("{what} not shareable"), cause));
            }
        };
        vm.new_tuple(both).map(Ref::into_value)
    }

    /// Set names of the main module of an interpreter that runs nothing.
    #[function("($module, id, ns, *, restrict=False)")]
    fn set___main___attrs(vm: &mut Vm, id: &Value, ns: &Value, restrict: Option<bool>) -> Result<()> {
        let number = number_for(vm, id, restrict, "update __main__ for")?;
        if vm.is_interpreter_running(number).map_err(|refusal| refuse(vm, number, refusal))? {
            return Err(refuse(vm, number, Refusal::Running));
        }
        let names = names_of(vm, ns, "set___main___attrs", 2)?;
        if names.is_empty() {
            return Err(vm.raise_value_error("arg 2 must be a non-empty dict"));
        }
        run_in(vm, number, move |vm| set_names(vm, &names)).map(drop)
    }

    /// An interpreter is in use.
    #[function("($module, id, *, implieslink=False, restrict=False)")]
    fn incref(vm: &mut Vm, id: &Value, _implieslink: Option<bool>, restrict: Option<bool>) -> Result<()> {
        let number = number_for(vm, id, restrict, "incref")?;
        vm.count_interpreter_user(number, true).map_err(|refusal| refuse(vm, number, refusal)).map(drop)
    }

    /// An interpreter is no longer in use; when nobody uses it, it is destroyed.
    #[function("($module, id, *, restrict=False)")]
    fn decref(vm: &mut Vm, id: &Value, restrict: Option<bool>) -> Result<()> {
        let number = number_for(vm, id, restrict, "decref")?;
        let last = vm.count_interpreter_user(number, false).map_err(|refusal| refuse(vm, number, refusal))?;
        if last && number != vm.state().number {
            vm.destroy_interpreter(number).map_err(|refusal| refuse(vm, number, refusal))?;
        }
        Ok(())
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
        let captured = Captured::of(vm, &exception)?;
        captured.shown(vm)
    }
}

/// The exception as the traceback module shows it.
fn display(vm: &mut Vm, exception: &Value) -> Result<String> {
    let traceback = vm.import("traceback")?;
    let format = vm.get_attr(&traceback, name!("format_exception"))?;
    let lines = vm.call(&format, std::slice::from_ref(exception))?;
    let mut text = String::new();
    for line in vm.collect(&lines)? {
        text.push_str(&vm.str(&line)?.to_string_lossy());
    }
    Ok(text.trim_end().to_owned())
}

/// Raises `NotShareableError` because of another exception.
fn raise_not_shareable_from(vm: &mut Vm, text: &str, raised: Raised) -> Raised {
    let cause = vm.take_raised(raised);
    let raised = raise_not_shareable(vm, text);
    let error = vm.take_raised(raised);
    if let Some(e) = as_exception(&error) {
        vm.set_cause(e, Some(cause.clone()));
    }
    vm.set_context(&error, cause);
    vm.raise(error)
}

/// Raises `NotShareableError`.
pub fn raise_not_shareable(vm: &mut Vm, text: &str) -> Raised {
    let name = vm.intern_utf8("_interpreters").and_then(|name| vm.import_native(&name));
    match name {
        Ok(_) => vm.raise_added(NOT_SHAREABLE, text),
        Err(raised) => raised,
    }
}
