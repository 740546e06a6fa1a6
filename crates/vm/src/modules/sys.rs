//! The module `sys`: its functions. What is constant is in `sys_info`.

use super::sys_info;
use crate::errors::report::UNRAISABLE_ARGS;
use crate::errors::{
    ATTRIBUTE_ERROR, EXCEPTION, IMPORT_ERROR, RECURSION_ERROR, RUNTIME_WARNING, SYSTEM_EXIT, UNICODE_ENCODE_ERROR,
    VALUE_ERROR,
};
use crate::eval::monitor::trace::Hook;
use crate::native::{Args, Place, Signature, bind};
use crate::types::module::Module;
use crate::types::traceback::Traceback;
use crate::{List, ModuleRef, Ref, Result, Str, Tuple, Value, Vm, name};
use std::time::Duration;
use taipan_macros::module;

/// Key under which the list of audit hooks is kept.
const AUDIT_HOOKS: &str = "sys.audit_hooks";
/// Least limit of the digits of decimal text besides 0.
const LEAST_DIGITS: i32 = 640;
/// The count that objects show which are never freed.
const IMMORTAL_COUNT: u32 = 3 << 30;

/// Functions of `sys`.
pub struct Sys;

fn set_hook(vm: &mut Vm, hook: Hook, function: &Value) -> Result<()> {
    vm.audit(if hook == Hook::Trace { "sys.settrace" } else { "sys.setprofile" }, &[])?;
    vm.set_hook(hook, (!function.is_none()).then(|| function.clone()));
    Ok(())
}

impl Vm {
    /// Tells the audit hooks about an event.
    #[inline]
    pub fn audit(&mut self, event: &str, args: &[Value]) -> Result<()> {
        if !self.state().registry.contains_key(AUDIT_HOOKS) {
            return Ok(());
        }
        let event = self.new_str(event)?.into_value();
        let args = self.new_tuple_from(args)?.into_value();
        self.call_audit_hooks(event, args)
    }

    #[cold]
    fn call_audit_hooks(&mut self, event: Value, args: Value) -> Result<()> {
        let Some(hooks) = self.state().registry.get(AUDIT_HOOKS).and_then(|h| h.downcast::<List>().cloned()) else {
            return Ok(());
        };
        let mut at = 0;
        while let Some(hook) = hooks.items(self).get(at).cloned() {
            self.call(&hook, &[event.clone(), args.clone()])?;
            at += 1;
        }
        Ok(())
    }

    /// The traceback of the exception that is being handled.
    fn traceback_of(&mut self, exception: &Value) -> Value {
        let base = crate::types::exceptions::base::as_exception(exception);
        let traceback: Option<Ref<Traceback>> = base.and_then(|e| e.get(self).traceback.clone());
        traceback.map_or_else(Value::none, Ref::into_value)
    }
}

fn write_out(vm: &mut Vm, out: &Value, text: &str) -> Result<()> {
    let text = vm.new_str(text)?.into_value();
    vm.call_method(out, name!("write"), &[text]).map(drop)
}

/// Writes a `repr` that the encoding of the stream lacks characters for.
fn write_escaped(vm: &mut Vm, out: &Value, text: &Ref<Str>) -> Result<()> {
    let encoding = vm.get_attr(out, name!("encoding"))?;
    let errors = vm.new_str("backslashreplace")?.into_value();
    let bytes = vm.call_method(text.as_value(), name!("encode"), &[encoding.clone(), errors])?;
    match vm.get_attr_opt(out, name!("buffer"))? {
        Some(buffer) => vm.call_method(&buffer, name!("write"), &[bytes]).map(drop),
        None => {
            let strict = vm.new_str("strict")?.into_value();
            let text = vm.call_method(&bytes, name!("decode"), &[encoding, strict])?;
            vm.call_method(out, name!("write"), &[text]).map(drop)
        }
    }
}

fn asyncgen_hook(vm: &mut Vm, which: &str, given: Option<&Value>) -> Result<Option<Option<Value>>> {
    match given {
        None => Ok(None),
        Some(v) if v.is_none() => Ok(Some(None)),
        Some(v) if vm.is_callable(v) => Ok(Some(Some(v.clone()))),
        Some(v) => {
            let text = format!("callable {which} expected, got {}", v.ty().name());
            Err(vm.raise_type_error(&text))
        }
    }
}

/// `sys._jit`.
struct Jit;

/// Utilities for observing just-in-time compilation.
#[module(name = "sys._jit")]
impl Jit {
    /// Whether this program can compile to machine code.
    #[function("($module, /)")]
    fn is_available(_vm: &mut Vm) -> Result<bool> {
        Ok(false)
    }

    /// Whether compiling to machine code is switched on.
    #[function("($module, /)")]
    fn is_enabled(_vm: &mut Vm) -> Result<bool> {
        Ok(false)
    }

    /// Whether the caller's frame runs machine code.
    #[function("($module, /)")]
    fn is_active(_vm: &mut Vm) -> Result<bool> {
        Ok(false)
    }
}

/// Key under which the flags for loading libraries are kept.
const LOAD_FLAGS: &str = "sys.dlopenflags";
/// `RTLD_NOW`.
const LOAD_NOW: i32 = 2;

/// Access to what the interpreter uses and maintains.
#[module(name = "sys")]
impl Sys {
    #[exec]
    fn exec_module(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        let namespace = module.namespace(vm)?;
        vm.state_mut().sys = Some(namespace.clone());
        sys_info::fill(vm, module)?;
        let jit = vm.make_native_module(&Jit::module_def())?.into_value();
        module.set(vm, "_jit", jit)?;
        let monitoring = vm.make_monitoring()?.into_value();
        module.set(vm, "monitoring", monitoring)?;
        for key in ["displayhook", "excepthook", "unraisablehook", "breakpointhook"] {
            let found = namespace.get(vm).get_text(key).cloned();
            if let Some(hook) = found {
                module.set(vm, &format!("__{key}__"), hook)?;
            }
        }
        Ok(())
    }

    /// Print an object to sys.stdout and keep it as builtins._.
    #[function("($module, object, /)")]
    fn displayhook(vm: &mut Vm, object: &Value) -> Result<()> {
        let Some(builtins) = vm.state().builtins.clone() else {
            return Err(vm.raise_runtime_error("lost builtins module"));
        };
        if object.is_none() {
            return Ok(());
        }
        // What is printed may look at the last result: it is not this one yet.
        vm.dict_set(&builtins, name!("_").as_value(), Value::none())?;
        let Some(out) = vm.sys_attr(name!("stdout")).filter(|o| !o.is_none()) else {
            return Err(vm.raise_runtime_error("lost sys.stdout"));
        };
        let shown = vm.repr(object)?;
        if let Err(raised) = vm.call_method(&out, name!("write"), &[shown.to_value()]) {
            if !vm.raised_is(UNICODE_ENCODE_ERROR.as_type()) {
                return Err(raised);
            }
            drop(vm.take_raised(raised));
            write_escaped(vm, &out, &shown)?;
        }
        write_out(vm, &out, "\n")?;
        vm.dict_set(&builtins, name!("_").as_value(), object.clone())
    }

    /// Show an exception with its traceback on sys.stderr.
    #[function("($module, exctype, value, traceback, /)")]
    fn excepthook(vm: &mut Vm, _exctype: &Value, value: &Value, _traceback: &Value) -> Result<()> {
        vm.display_exception(value);
        Ok(())
    }

    /// Report an exception that cannot be raised.
    #[function("($module, unraisable, /)")]
    fn unraisablehook(vm: &mut Vm, unraisable: &Value) -> Result<()> {
        let class = vm.state().registry.get(UNRAISABLE_ARGS).and_then(|c| c.as_type_ref().cloned());
        match (unraisable.downcast::<Tuple>(), class) {
            (Some(args), Some(class)) if unraisable.ty().is(&class) => vm.default_unraisable_hook(args),
            _ => Err(vm.raise_type_error("sys.unraisablehook argument type must be UnraisableHookArgs")),
        }
    }

    /// What breakpoint() calls: the function that $PYTHONBREAKPOINT names, or pdb.set_trace.
    #[function("($module, /, *args, **kwargs)")]
    fn breakpointhook(vm: &mut Vm, args: Args<'_>) -> Result {
        let chosen =
            if vm.state().flags.ignore_environment { None } else { taipan_host::env::get(b"PYTHONBREAKPOINT") };
        let chosen = chosen.map(|c| String::from_utf8_lossy(&c).into_owned()).unwrap_or_default();
        let target = match chosen.as_str() {
            "0" => return Ok(Value::none()),
            "" => "pdb.set_trace",
            other => other,
        };
        let (module, attribute) = target.rsplit_once('.').unwrap_or(("builtins", target));
        let attribute = vm.intern_utf8(attribute)?;
        let hook = vm.import(module).and_then(|m| vm.get_attr(&m, &attribute));
        match hook {
            Ok(hook) => vm.call_args(&hook, args),
            Err(raised) => {
                let expected = [IMPORT_ERROR.as_type(), ATTRIBUTE_ERROR.as_type(), VALUE_ERROR.as_type()];
                if !expected.into_iter().any(|class| vm.raised_is(class)) {
                    return Err(raised);
                }
                drop(vm.take_raised(raised));
                let text = format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{target}\"");
                vm.warn(RUNTIME_WARNING.as_type(), &text, 1)?;
                Ok(Value::none())
            }
        }
    }

    /// The type, the value and the traceback of the exception that is being handled.
    #[function("($module, /)")]
    fn exc_info(vm: &mut Vm) -> Result<Ref<Tuple>> {
        match vm.handled_exception().cloned() {
            None => vm.new_tuple(vec![Value::none(), Value::none(), Value::none()]),
            Some(e) => {
                let traceback = vm.traceback_of(&e);
                vm.new_tuple(vec![e.ty().to_value(), e, traceback])
            }
        }
    }

    /// The exception that is being handled, or None.
    #[function("($module, /)")]
    fn exception(vm: &mut Vm) -> Result {
        Ok(vm.handled_exception().cloned().unwrap_or_else(Value::none))
    }

    /// Leave the interpreter by raising SystemExit(status).
    #[function("($module, status=None, /)")]
    fn exit(vm: &mut Vm, status: Option<&Value>) -> Result<()> {
        let args = match status {
            None => Vec::new(),
            Some(s) if s.is_none() => Vec::new(),
            Some(s) if s.ty().is_subtype(SYSTEM_EXIT.as_type()) => return Err(vm.raise_chained(s.clone())),
            Some(s) => match s.downcast::<Tuple>() {
                Some(all) => all.items().to_vec(),
                None => vec![s.clone()],
            },
        };
        Err(vm.raise_args(SYSTEM_EXIT.as_type(), args))
    }

    /// How deep calls of Python functions may be nested.
    #[function("($module, /)")]
    fn getrecursionlimit(vm: &mut Vm) -> Result<i64> {
        Ok(vm.recursion_limit)
    }

    /// Set how deep calls of Python functions may be nested.
    #[function("($module, limit, /)")]
    fn setrecursionlimit(vm: &mut Vm, limit: i32) -> Result<()> {
        let limit = i64::from(limit);
        if limit < 1 {
            return Err(vm.raise_value_error("recursion limit must be greater or equal than 1"));
        }
        let depth = vm.recursion_limit - vm.recursion_left;
        if depth >= limit {
            let text = format!(
                "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"
            );
            return Err(vm.raise_class(RECURSION_ERROR.as_type(), &text));
        }
        vm.recursion_limit = limit;
        vm.state_mut().recursion_limit = limit;
        vm.recursion_left = limit - depth;
        Ok(())
    }

    /// The one string of this text that names are compared with by identity.
    #[function("($module, string, /)")]
    fn intern(vm: &mut Vm, string: &Ref<Str>) -> Result<Ref<Str>> {
        if !string.is_exact() {
            let text = format!("can't intern {}", string.as_value().ty().name());
            return Err(vm.raise_type_error(&text));
        }
        Ok(vm.intern(string))
    }

    /// Whether this is the interned string of its text.
    #[function("($module, string, /)")]
    fn _is_interned(_vm: &mut Vm, string: &Ref<Str>) -> Result<bool> {
        Ok(string.is_interned())
    }

    /// Whether the object is never freed.
    #[function("($module, op, /)")]
    fn _is_immortal(_vm: &mut Vm, op: &Value) -> Result<bool> {
        Ok(op.header().is_none_or(|h| h.is_immortal()))
    }

    /// The number of references to the object, the argument included.
    #[function("($module, object, /)")]
    fn getrefcount(_vm: &mut Vm, object: &Value) -> Result<u32> {
        Ok(match object.header() {
            Some(h) if !h.is_immortal() => h.refcount(),
            _ => IMMORTAL_COUNT,
        })
    }

    /// getsizeof(object [, default]) -> int
    ///
    /// The size of the object in bytes.
    #[function]
    fn getsizeof(vm: &mut Vm, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "getsizeof",
            params: &["object", "default"],
            required: &[true, false],
            required_count: 1,
            positional_only: 0,
            positional: 2,
        };
        let [object, default] = bind::<2>(vm, &SIGNATURE, args)?;
        let Some(object) = object else { return Err(vm.raise_type_error("getsizeof() needs an object")) };
        match size_with_prefix(vm, object) {
            Ok(size) => vm.new_uint(size),
            Err(raised) => match default {
                Some(default) if vm.raised_is(crate::errors::TYPE_ERROR.as_type()) => {
                    drop(vm.take_raised(raised));
                    Ok(default.clone())
                }
                _ => Err(raised),
            },
        }
    }

    /// The encoding that str.encode() uses by default.
    #[function("($module, /)")]
    fn getdefaultencoding(_vm: &mut Vm) -> Result<&'static str> {
        Ok("utf-8")
    }

    /// The encoding of file names.
    #[function("($module, /)")]
    fn getfilesystemencoding(_vm: &mut Vm) -> Result<&'static str> {
        Ok("utf-8")
    }

    /// The error handler of file names.
    #[function("($module, /)")]
    fn getfilesystemencodeerrors(_vm: &mut Vm) -> Result<&'static str> {
        Ok("surrogateescape")
    }

    /// Seconds after which a thread lets another one run.
    #[function("($module, /)")]
    fn getswitchinterval(vm: &mut Vm) -> Result<f64> {
        // Whole microseconds divided give the number that was set; seconds as a float may be one bit away.
        Ok(vm.interpreter().switch_interval().as_micros() as f64 / 1e6)
    }

    /// Set the seconds after which a thread lets another one run.
    #[function("($module, interval, /)")]
    fn setswitchinterval(vm: &mut Vm, interval: f64) -> Result<()> {
        if interval.is_nan() || interval <= 0.0 {
            return Err(vm.raise_value_error("switch interval must be strictly positive"));
        }
        let micros = (interval * 1e6) as u64;
        vm.interpreter().set_switch_interval(Duration::from_micros(micros.max(1)));
        Ok(())
    }

    /// The longest decimal text of an int; 0 is no limit.
    #[function("($module, /)")]
    fn get_int_max_str_digits(vm: &mut Vm) -> Result<usize> {
        Ok(vm.state().int_max_str_digits)
    }

    /// Set the longest decimal text of an int; 0 is no limit.
    #[function("($module, /, maxdigits)")]
    fn set_int_max_str_digits(vm: &mut Vm, maxdigits: i32) -> Result<()> {
        if maxdigits != 0 && maxdigits < LEAST_DIGITS {
            return Err(vm.raise_value_error("maxdigits must be >= 640 or 0 for unlimited"));
        }
        vm.state_mut().int_max_str_digits = maxdigits as usize;
        Ok(())
    }

    /// Whether the interpreter is shutting down.
    #[function("($module, /)")]
    fn is_finalizing(vm: &mut Vm) -> Result<bool> {
        Ok(vm.state().finalizing)
    }

    /// The number of objects that are in use.
    #[function("($module, /)")]
    fn getallocatedblocks(_vm: &mut Vm) -> Result<usize> {
        Ok(taipan_object::alloc::allocated_blocks().max(0) as usize)
    }

    /// Print the state of the allocator to the process's standard error: what the collector knows and what is kept free.
    #[function("($module, /)")]
    fn _debugmallocstats(vm: &mut Vm) -> Result<()> {
        let [young, middle, old, permanent] = vm.generation_sizes();
        let mut text = format!(
            "{} objects in use\n{young}, {middle} and {old} tracked in the generations, {permanent} frozen\n\n\
             size  free blocks  free bytes\n----  -----------  ----------\n",
            taipan_object::alloc::allocated_blocks()
        );
        for (size, blocks) in taipan_object::alloc::kept_blocks() {
            text.push_str(&format!("{size:4}  {blocks:11}  {:10}\n", size * blocks));
        }
        let (sizes, chunks) = taipan_object::alloc::page_counts();
        text.push_str("\nsize  pages  blocks of theirs in use  or on lists, share of the pages\n");
        for (size, pages, blocks) in sizes.into_iter().filter(|(_, pages, _)| *pages > 0) {
            let share = (size * blocks) as f64 / (pages << 16) as f64;
            text.push_str(&format!("{size:4}  {pages:5}  {blocks:11}  {share:.2}\n"));
        }
        text.push_str(&format!("{chunks} bytes in chunks of pages\n"));
        vm.write_stderr(&text);
        Ok(())
    }

    /// The flags with which libraries are loaded.
    #[function("($module, /)")]
    fn getdlopenflags(vm: &mut Vm) -> Result {
        Ok(vm.state().registry.get(LOAD_FLAGS).cloned().unwrap_or_else(|| Value::from_i32(LOAD_NOW)))
    }

    /// Set the flags with which libraries are loaded.
    #[function("($module, flags, /)")]
    fn setdlopenflags(vm: &mut Vm, flags: i32) -> Result<()> {
        vm.state_mut().registry.insert(LOAD_FLAGS, Value::from_i32(flags));
        Ok(())
    }

    /// Whether threads share one lock.
    #[function("($module, /)")]
    fn _is_gil_enabled(_vm: &mut Vm) -> Result<bool> {
        Ok(true)
    }

    /// Forget remembered lookups of attributes in classes.
    #[function("($module, /)")]
    fn _clear_type_cache(vm: &mut Vm) -> Result<()> {
        let text = "sys._clear_type_cache() is deprecated and scheduled for removal in a future version. \
                    Use sys._clear_internal_caches() instead.";
        vm.warn(crate::errors::DEPRECATION_WARNING.as_type(), text, 1)?;
        vm.clear_method_cache();
        Ok(())
    }

    /// Take `__dict__` and `__weakref__` out of the namespace of a class that is about to be replaced.
    #[function("($module, type, /)")]
    fn _clear_type_descriptors(vm: &mut Vm, ty: &Ref<crate::Type>) -> Result<()> {
        if ty.flags().has(taipan_object::TypeFlags::IMMUTABLE) || ty.is_static() {
            return Err(vm.raise_type_error("argument is immutable"));
        }
        for key in [name!("__dict__"), name!("__weakref__")] {
            if let Some(dict) = ty.dict().cloned() {
                dict.get_mut(vm).remove_str(key);
            }
            vm.class_changed(ty, key);
        }
        Ok(())
    }

    /// Forget what was remembered to be fast.
    #[function("($module, /)")]
    fn _clear_internal_caches(vm: &mut Vm) -> Result<()> {
        vm.clear_method_cache();
        Ok(())
    }

    /// The number of processors that was set for the program; -1 if none was.
    #[function("($module, /)")]
    fn _get_cpu_count_config(vm: &mut Vm) -> Result<i64> {
        Ok(vm.state().config.cpu_count.unwrap_or(-1))
    }

    /// Tell the audit hooks about an event.
    #[function("($module, event, /, *args)")]
    fn audit(vm: &mut Vm, args: Args<'_>) -> Result<()> {
        args.no_keywords(vm, "sys.audit")?;
        let Some((event, rest)) = args.positional().split_first() else {
            return Err(vm.raise_type_error("audit expected at least 1 argument, got 0"));
        };
        if event.downcast::<Str>().is_none() {
            static SIGNATURE: Signature = Signature {
                name: "audit",
                params: &["", "args"],
                required: &[true, false],
                required_count: 1,
                positional_only: 1,
                positional: 1,
            };
            return Err(Place::argument(&SIGNATURE, 0).wrong_type(vm, "str", event));
        }
        let rest = vm.new_tuple_from(rest)?.into_value();
        vm.call_audit_hooks(event.clone(), rest)
    }

    /// Add a hook that is told about events.
    #[function("($module, /, hook)")]
    fn addaudithook(vm: &mut Vm, hook: &Value) -> Result<()> {
        // A hook that objects by an ordinary exception keeps the new one out, in silence.
        if let Err(raised) = vm.audit("sys.addaudithook", &[]) {
            if !vm.raised_is(EXCEPTION.as_type()) {
                return Err(raised);
            }
            drop(vm.take_raised(raised));
            return Ok(());
        }
        let hooks = match vm.state().registry.get(AUDIT_HOOKS).and_then(|h| h.downcast::<List>().cloned()) {
            Some(hooks) => hooks,
            None => {
                let hooks = vm.new_list(Vec::new())?;
                vm.state_mut().registry.insert(AUDIT_HOOKS, hooks.to_value());
                hooks
            }
        };
        hooks.get_mut(vm).push(hook.clone())
    }

    /// The frame of the caller, or one that is `depth` calls further out.
    #[function("($module, depth=0, /)")]
    fn _getframe(vm: &mut Vm, depth: Option<i32>) -> Result {
        let depth = depth.unwrap_or(0).max(0) as usize;
        match vm.frame_at(depth)? {
            Some(frame) => {
                let frame = frame.into_value();
                vm.audit("sys._getframe", std::slice::from_ref(&frame))?;
                Ok(frame)
            }
            None => Err(vm.raise_value_error("call stack is not deep enough")),
        }
    }

    /// The name of the module of the caller, or of one that is `depth` calls further out.
    #[function("($module, /, depth=0)")]
    fn _getframemodulename(vm: &mut Vm, depth: Option<i32>) -> Result {
        let depth = depth.unwrap_or(0);
        let number = vm.new_int(i64::from(depth))?;
        vm.audit("sys._getframemodulename", &[number])?;
        let Some(frame) = vm.frame_at(depth.max(0) as usize)? else { return Ok(Value::none()) };
        let globals = vm.get_attr(frame.as_value(), name!("f_globals"))?;
        let Some(globals) = globals.downcast::<crate::Dict>() else { return Ok(Value::none()) };
        Ok(globals.get(vm).get_str(name!("__name__")).cloned().unwrap_or_else(Value::none))
    }

    /// The innermost frame of each thread, by the thread's identifier.
    #[function("($module, /)")]
    fn _current_frames(vm: &mut Vm) -> Result {
        vm.audit("sys._current_frames", &[])?;
        let found = vm.new_dict()?;
        for (ident, frame) in vm.thread_frames()? {
            let ident = vm.new_uint(ident)?;
            vm.dict_set(&found, &ident, frame.into_value())?;
        }
        Ok(found.into_value())
    }

    /// The exception that each thread handles, or None, by the thread's identifier.
    #[function("($module, /)")]
    fn _current_exceptions(vm: &mut Vm) -> Result {
        vm.audit("sys._current_exceptions", &[])?;
        let found = vm.new_dict()?;
        for (ident, exception) in vm.thread_exceptions() {
            let ident = vm.new_uint(ident)?;
            vm.dict_set(&found, &ident, exception.unwrap_or_else(Value::none))?;
        }
        Ok(found.into_value())
    }

    /// What has become of specialised instructions: name to (taken, left after misses, nothing fitted).
    #[function("($module, /)")]
    fn _taipan_stats(vm: &mut Vm) -> Result {
        let dict = vm.new_dict()?;
        for (name, counts) in vm.specialization_counts() {
            let key = vm.intern_utf8(name)?.into_value();
            let mut numbers = Vec::new();
            for n in [counts.specialized, counts.missed, counts.refused] {
                numbers.push(vm.new_uint(n.into())?);
            }
            let numbers = vm.new_tuple(numbers)?.into_value();
            vm.dict_set(&dict, &key, numbers)?;
        }
        Ok(dict.into_value())
    }

    /// The interned strings that have been hashed: what `cargo xtask startup-order` lays out first.
    #[function("($module, /)")]
    fn _taipan_names(vm: &mut Vm) -> Result {
        let names = taipan_object::str::intern::hashed().into_iter().map(Ref::into_value).collect();
        vm.new_list(names).map(Ref::into_value)
    }

    /// Make the n-th allocation of an object or of a container's memory from now on fail, once; 0 for none. Tell whether
    /// the one asked for before has failed.
    #[function("($module, n, /)")]
    fn _taipan_fail_after(_vm: &mut Vm, n: i32) -> Result<bool> {
        let failed = taipan_object::watch::has_failed();
        taipan_object::watch::fail_after(u32::try_from(n).unwrap_or(0));
        Ok(failed)
    }

    /// Set the tracing function of the thread.
    #[function("($module, function, /)")]
    fn settrace(vm: &mut Vm, function: &Value) -> Result<()> {
        set_hook(vm, Hook::Trace, function)
    }

    /// The tracing function of the thread.
    #[function("($module, /)")]
    fn gettrace(vm: &mut Vm) -> Result<Option<Value>> {
        Ok(vm.hook(Hook::Trace))
    }

    /// Set the profiling function of the thread.
    #[function("($module, function, /)")]
    fn setprofile(vm: &mut Vm, function: &Value) -> Result<()> {
        set_hook(vm, Hook::Profile, function)
    }

    /// The profiling function of the thread.
    #[function("($module, /)")]
    fn getprofile(vm: &mut Vm) -> Result<Option<Value>> {
        Ok(vm.hook(Hook::Profile))
    }

    /// Set the tracing function of all threads.
    #[function("($module, function, /)")]
    fn _settraceallthreads(vm: &mut Vm, function: &Value) -> Result<()> {
        vm.set_hook_for_all(Hook::Trace, (!function.is_none()).then(|| function.clone()));
        Ok(())
    }

    /// Set the profiling function of all threads.
    #[function("($module, function, /)")]
    fn _setprofileallthreads(vm: &mut Vm, function: &Value) -> Result<()> {
        vm.set_hook_for_all(Hook::Profile, (!function.is_none()).then(|| function.clone()));
        Ok(())
    }

    /// Call func(*args) while tracing is on.
    #[function("($module, func, args, /)")]
    fn call_tracing(vm: &mut Vm, func: &Value, args: &Ref<Tuple>) -> Result {
        vm.with_tracing(|vm| vm.call(func, args.items()))
    }

    /// The hooks of asynchronous generators.
    #[function("($module, /)")]
    fn get_asyncgen_hooks(vm: &mut Vm) -> Result {
        let values = vm.eval.asyncgen_hooks.clone().map(|h| h.unwrap_or_else(Value::none)).to_vec();
        let class = sys_info::asyncgen_hooks_class(vm)?;
        vm.new_structseq(&class, values)
    }

    /// set_asyncgen_hooks([firstiter] [, finalizer])
    ///
    /// Set the hooks of asynchronous generators.
    #[function]
    fn set_asyncgen_hooks(vm: &mut Vm, args: Args<'_>) -> Result<()> {
        static SIGNATURE: Signature = Signature {
            name: "set_asyncgen_hooks",
            params: &["firstiter", "finalizer"],
            required: &[false, false],
            required_count: 0,
            positional_only: 0,
            positional: 2,
        };
        let [first, finalizer] = bind::<2>(vm, &SIGNATURE, args)?;
        let finalizer = asyncgen_hook(vm, "finalizer", finalizer)?;
        let first = asyncgen_hook(vm, "firstiter", first)?;
        for (at, hook) in [first, finalizer].into_iter().enumerate() {
            if let Some(hook) = hook {
                vm.eval.asyncgen_hooks[at] = hook;
            }
        }
        Ok(())
    }

    /// How many frames coroutines remember of where they were made.
    #[function("($module, /)")]
    fn get_coroutine_origin_tracking_depth(vm: &mut Vm) -> Result<u32> {
        Ok(vm.eval.origin_depth)
    }

    /// Set how many frames coroutines remember of where they were made; 0 for none.
    #[function("($module, /, depth)")]
    fn set_coroutine_origin_tracking_depth(vm: &mut Vm, depth: i32) -> Result<()> {
        match u32::try_from(depth) {
            Ok(depth) => {
                vm.eval.origin_depth = depth;
                Ok(())
            }
            Err(_) => Err(vm.raise_value_error("depth must be >= 0")),
        }
    }

    /// Let a profiler of the system see Python functions.
    #[function("($module, backend, /)")]
    fn activate_stack_trampoline(vm: &mut Vm, _backend: &str) -> Result<()> {
        Err(vm.raise_value_error("perf trampoline not available"))
    }

    /// Undo activate_stack_trampoline().
    #[function("($module, /)")]
    fn deactivate_stack_trampoline(_vm: &mut Vm) -> Result<()> {
        Ok(())
    }

    /// Whether a profiler of the system can see Python functions.
    #[function("($module, /)")]
    fn is_stack_trampoline_active(_vm: &mut Vm) -> Result<bool> {
        Ok(false)
    }

    /// Whether another process may have code run here.
    #[function("($module, /)")]
    fn is_remote_debug_enabled(vm: &mut Vm) -> Result<bool> {
        Ok(vm.state().config.remote_debug)
    }

    /// Executes a file containing Python code in a given remote Python process.
    ///
    /// Returns at once. The main thread of that process runs the code as soon as it can, as it would run the handler of a
    /// signal, in a namespace of its own. The file has to stay as it is until then. The process has to run the same
    /// program as this one, and the system has to let this process trace it.
    ///
    /// Args:
    ///      pid (int): The process ID of the target Python process.
    ///      script (str|bytes): The path to a file containing
    ///          the Python code to be executed.
    #[function("($module, /, pid, script)")]
    fn remote_exec(vm: &mut Vm, pid: i32, script: &Value) -> Result<()> {
        vm.remote_exec(pid, script)
    }
}

/// `__sizeof__()` and the words in front of the object.
fn size_with_prefix(vm: &mut Vm, object: &Value) -> Result<u64> {
    let Some(method) = vm.lookup_special(object, name!("__sizeof__"))? else {
        let text = format!("Type {} doesn't define __sizeof__", object.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    let size = vm.call(&method, &[])?;
    if size.as_int().is_none() {
        return Err(vm.raise_type_error("an integer is required"));
    }
    let Some(size) = size.as_int().and_then(|n| n.to_i64()) else {
        return Err(vm.raise_overflow_error("Python int too large to convert to C ssize_t"));
    };
    match u64::try_from(size) {
        Ok(size) => Ok(size.saturating_add(vm.size_of(object).1 as u64)),
        Err(_) => Err(vm.raise_value_error("__sizeof__() should return >= 0")),
    }
}
