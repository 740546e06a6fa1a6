//! `_warnings`: filters, registries and the way of a warning to the user.
//!
//! The library's `warnings` module shares the list of filters and replaces the display. What a program assigns to
//! attributes of that module (`filters`, `defaultaction`, `onceregistry`) counts from then on, so they are looked up
//! there first, but the module is never imported for a warning.

use crate::errors::*;
use crate::types::module::{Module, ModuleRef};
use crate::{Dict, List, Ref, Result, Str, Tuple, Type, Value, Vm, name};
use taipan_host::clock;
use taipan_macros::module;
use taipan_object::IntRef;

const FILTERS: &str = "_warnings.filters";
const ONCE: &str = "_warnings._onceregistry";
const DEFAULT_ACTION: &str = "_warnings._defaultaction";
const VERSION: &str = "_warnings.version";
const CONTEXT: &str = "_warnings._warnings_context";
const LOCK_OWNER: &str = "_warnings.lock owner";
const LOCK_DEPTH: &str = "_warnings.lock depth";

/// A warning on its way, as `warn_explicit` is told about it.
struct Warning<'a> {
    category: Value,
    message: Value,
    filename: Value,
    lineno: i32,
    /// Absent: worked out from the file name.
    module: Option<Value>,
    registry: Option<Value>,
    source_line: Option<Value>,
    source: Option<&'a Value>,
}

fn text_of(v: &Value) -> Option<String> {
    v.downcast::<Str>().map(|s| s.to_string_lossy())
}

impl Vm {
    /// Issues a warning from native code. `stacklevel` 1 is the Python code that runs.
    #[cold]
    pub fn warn(&mut self, category: &'static Type, text: &str, stacklevel: isize) -> Result<()> {
        let text = self.new_str(text)?.into_value();
        self.warn_value(category.to_value(), text, stacklevel, None, &[])
    }

    /// The same about an object, whose allocation the display may show: `ResourceWarning`.
    #[cold]
    pub fn warn_about(&mut self, category: &'static Type, text: &str, stacklevel: isize, source: &Value) -> Result<()> {
        let text = self.new_str(text)?.into_value();
        self.warn_value(category.to_value(), text, stacklevel, Some(source), &[])
    }

    /// Issues a warning about a place in a source file, as the compiler does.
    #[cold]
    pub fn warn_at(&mut self, category: &'static Type, text: &str, filename: &Ref<Str>, lineno: i32) -> Result<()> {
        let message = self.new_str(text)?.into_value();
        self.warn_explicit(Warning {
            category: category.to_value(),
            message,
            filename: filename.to_value(),
            lineno,
            module: None,
            registry: None,
            source_line: None,
            source: None,
        })
    }

    /// Makes what the module and native warnings share, once an interpreter.
    fn set_up_warnings(&mut self) -> Result<()> {
        if self.state().registry.contains_key(FILTERS) {
            return Ok(());
        }
        let default = [
            ("default", &DEPRECATION_WARNING, Some("__main__")),
            ("ignore", &DEPRECATION_WARNING, None),
            ("ignore", &PENDING_DEPRECATION_WARNING, None),
            ("ignore", &IMPORT_WARNING, None),
            ("ignore", &RESOURCE_WARNING, None),
        ];
        let mut filters = Vec::new();
        for (action, category, module) in default {
            let action = self.intern_utf8(action)?.into_value();
            let module = match module {
                Some(m) => self.intern_utf8(m)?.into_value(),
                None => Value::none(),
            };
            let item = vec![action, Value::none(), category.as_type().to_value(), module, Value::from_i32(0)];
            filters.push(self.new_tuple(item)?.into_value());
        }
        let filters = self.new_list(filters)?.into_value();
        let once = self.new_dict()?.into_value();
        let registry = &mut self.state_mut().registry;
        registry.insert(FILTERS, filters);
        registry.insert(ONCE, once);
        registry.insert(DEFAULT_ACTION, name!("default").to_value());
        registry.insert(VERSION, Value::from_i32(0));
        Ok(())
    }

    fn kept(&self, key: &'static str) -> Value {
        self.state().registry.get(key).cloned().unwrap_or_else(Value::none)
    }

    fn warn_value(
        &mut self,
        category: Value,
        message: Value,
        stacklevel: isize,
        source: Option<&Value>,
        skip: &[Value],
    ) -> Result<()> {
        self.set_up_warnings()?;
        let mut frame = self.current_frame()?;
        let mut left = stacklevel;
        let internal = match &frame {
            Some(f) => self.is_internal_frame(f)?,
            None => false,
        };
        while left > 1
            && let Some(f) = frame
        {
            left -= 1;
            frame = self.caller(&f)?;
            // Frames of the import system do not count, unless the warning comes from there.
            while !internal
                && let Some(f) = &frame
                && (self.is_internal_frame(f)? || self.is_skipped(f, skip)?)
            {
                let f = f.clone();
                frame = self.caller(&f)?;
            }
        }
        let (globals, filename, lineno) = match &frame {
            Some(f) => {
                let globals = self.get_attr(f, name!("f_globals"))?;
                let lineno = self.get_attr(f, name!("f_lineno"))?;
                let lineno = if lineno.is_none() { 0 } else { self.to_index_i64(&lineno, "int")? as i32 };
                (globals.downcast::<Dict>().cloned(), self.file_of(f)?, lineno)
            }
            None => (self.state().sys.clone(), self.new_str("<sys>")?.into_value(), 0),
        };
        let (mut registry, mut module) = (None, None);
        if let Some(globals) = globals {
            let key = name!("__warningregistry__");
            registry = match self.dict_get(&globals, key.as_value())? {
                Some(r) => Some(r),
                None => {
                    let fresh = self.new_dict()?.into_value();
                    self.dict_set(&globals, key.as_value(), fresh.clone())?;
                    Some(fresh)
                }
            };
            module = self.dict_get(&globals, name!("__name__").as_value())?;
        }
        let module = match module.filter(|m| m.is_none() || m.downcast::<Str>().is_some()) {
            Some(m) => m,
            None => self.new_str("<string>")?.into_value(),
        };
        self.warn_explicit(Warning {
            category,
            message,
            filename,
            lineno,
            module: Some(module),
            registry,
            source_line: None,
            source,
        })
    }

    fn caller(&mut self, frame: &Value) -> Result<Option<Value>> {
        let back = self.get_attr(frame, name!("f_back"))?;
        Ok(Some(back).filter(|b| !b.is_none()))
    }

    fn file_of(&mut self, frame: &Value) -> Result {
        let code = self.get_attr(frame, name!("f_code"))?;
        self.get_attr(&code, name!("co_filename"))
    }

    fn is_internal_frame(&mut self, frame: &Value) -> Result<bool> {
        let file = self.file_of(frame)?;
        Ok(text_of(&file).is_some_and(|f| f.contains("importlib") && f.contains("_bootstrap")))
    }

    fn is_skipped(&mut self, frame: &Value, skip: &[Value]) -> Result<bool> {
        if skip.is_empty() {
            return Ok(false);
        }
        let file = self.file_of(frame)?;
        let Some(file) = text_of(&file) else { return Ok(false) };
        Ok(skip.iter().filter_map(text_of).any(|prefix| file.starts_with(&prefix)))
    }

    /// An attribute of the `warnings` module, if that is imported and has it.
    pub(crate) fn warnings_attr(&mut self, name: &Ref<Str>, import: bool) -> Result<Option<Value>> {
        // At the end of the interpreter nothing can be imported.
        let module = if import && !self.state().finalizing {
            Some(self.import("warnings")?)
        } else {
            match self.state().modules.clone() {
                Some(modules) => self.dict_get(&modules, name!("warnings").as_value())?,
                None => None,
            }
        };
        match module {
            Some(m) => self.get_attr_opt(&m, name),
            None => Ok(None),
        }
    }

    fn warn_explicit(&mut self, w: Warning<'_>) -> Result<()> {
        self.set_up_warnings()?;
        let module = match w.module {
            Some(m) if m.is_none() => return Ok(()),
            Some(m) => m,
            None => self.module_for(&w.filename)?,
        };
        let registry = match w.registry.filter(|r| !r.is_none()) {
            None => None,
            Some(r) => match r.downcast::<Dict>() {
                Some(d) => Some(d.clone()),
                None => return Err(self.raise_type_error("'registry' must be a dict or None")),
            },
        };
        let (text, category, message) = if w.message.ty().is_subtype(WARNING.as_type()) {
            (self.str(&w.message)?.into_value(), w.message.ty().to_value(), w.message)
        } else {
            let message = self.call(&w.category, std::slice::from_ref(&w.message))?;
            (w.message, w.category, message)
        };
        let lineno = Value::from_i32(w.lineno);
        let key = self.new_tuple(vec![text.clone(), category.clone(), lineno.clone()])?.into_value();
        if let Some(registry) = &registry
            && self.already_warned(registry, &key, false)?
        {
            return Ok(());
        }
        let (action, item) = self.find_action(&category, &text, w.lineno, &module)?;
        let mut seen = false;
        match text_of(&action).as_deref().unwrap_or_default() {
            "error" => {
                return match self.instance_of_exception(&message)? {
                    Some(message) => Err(self.raise_chained(message)),
                    None => Err(self.raise_type_error("exceptions must derive from BaseException")),
                };
            }
            "ignore" => return Ok(()),
            "always" | "all" => {}
            action_text => {
                if let Some(registry) = &registry {
                    self.dict_set(registry, &key, Value::bool(true))?;
                }
                match action_text {
                    "once" => {
                        let registry = match registry {
                            Some(r) => r,
                            None => self.once_registry()?,
                        };
                        seen = self.seen_anywhere(&registry, &text, &category)?;
                    }
                    "module" => {
                        if let Some(registry) = registry {
                            seen = self.seen_anywhere(&registry, &text, &category)?;
                        }
                    }
                    "default" => {}
                    _ => {
                        let (action, item) = (self.repr(&action)?, self.repr(&item)?);
                        let (action, item) = (action.to_string_lossy(), item.to_string_lossy());
                        let text = format!("Unrecognized action ({action}) in warnings.filters:\n {item}");
                        return Err(self.raise_runtime_error(&text));
                    }
                }
            }
        }
        if seen {
            return Ok(());
        }
        self.show(&category, &text, message, &w.filename, lineno, w.source_line, w.source)
    }

    /// The name of a module by its file.
    fn module_for(&mut self, filename: &Value) -> Result {
        let Some(f) = filename.downcast::<Str>() else { return Ok(Value::none()) };
        if f.is_empty() {
            return self.new_str("<unknown>").map(Ref::into_value);
        }
        if f.to_string_lossy().ends_with(".py") {
            return self.substring(f, 0, f.len() - 3).map(Ref::into_value);
        }
        Ok(filename.clone())
    }

    /// Whether a registry knows a warning; it forgets everything when the filters have changed.
    fn already_warned(&mut self, registry: &Ref<Dict>, key: &Value, set: bool) -> Result<bool> {
        let version = self.kept(VERSION);
        let seen_version = self.dict_get(registry, name!("version").as_value())?;
        if seen_version.is_some_and(|v| v.is(&version)) {
            if let Some(known) = self.dict_get(registry, key)? {
                return self.is_truthy(&known);
            }
        } else {
            let old = registry.get_mut(self).take();
            drop(old);
            self.dict_set(registry, name!("version").as_value(), version)?;
        }
        if set {
            self.dict_set(registry, key, Value::bool(true))?;
        }
        Ok(false)
    }

    fn seen_anywhere(&mut self, registry: &Ref<Dict>, text: &Value, category: &Value) -> Result<bool> {
        let key = self.new_tuple(vec![text.clone(), category.clone()])?.into_value();
        self.already_warned(registry, &key, true)
    }

    fn once_registry(&mut self) -> Result<Ref<Dict>> {
        let found = self.warnings_attr(name!("onceregistry"), false)?;
        let registry = found.unwrap_or_else(|| self.kept(ONCE));
        match registry.downcast::<Dict>() {
            Some(d) => Ok(d.clone()),
            None => {
                let given = registry.ty().name();
                Err(self.raise_type_error(&format!("_warnings.onceregistry must be a dict, not '{given}'")))
            }
        }
    }

    /// The action of the first filter that fits, and the filter.
    fn find_action(&mut self, category: &Value, text: &Value, lineno: i32, module: &Value) -> Result<(Value, Value)> {
        if let Some(filters) = self.context_filters()? {
            let found = self.search(&filters, "_warnings_context._filters", category, text, lineno, module)?;
            if let Some(found) = found {
                return Ok(found);
            }
        } else {
            let found = self.warnings_attr(name!("filters"), false)?;
            let filters = found.unwrap_or_else(|| self.kept(FILTERS));
            let Some(filters) = filters.downcast::<List>() else {
                return Err(self.raise_value_error("_warnings.filters must be a list"));
            };
            let found = self.search(filters, "warnings.filters", category, text, lineno, module)?;
            if let Some(found) = found {
                return Ok(found);
            }
        }
        let found = self.warnings_attr(name!("defaultaction"), false)?;
        let action = found.unwrap_or_else(|| self.kept(DEFAULT_ACTION));
        if action.downcast::<Str>().is_none() {
            let text = format!("_warnings.defaultaction must be a string, not '{}'", action.ty().name());
            return Err(self.raise_type_error(&text));
        }
        Ok((action, Value::none()))
    }

    /// The filters of the present context, where `catch_warnings` keeps them there.
    fn context_filters(&mut self) -> Result<Option<Ref<List>>> {
        let Some(variable) = self.state().registry.get(CONTEXT).cloned() else { return Ok(None) };
        let context = self.call_method(&variable, name!("get"), &[Value::none()])?;
        if context.is_none() {
            return Ok(None);
        }
        let filters = self.get_attr(&context, name!("_filters"))?;
        match filters.downcast::<List>() {
            Some(l) => Ok(Some(l.clone())),
            None => Err(self.raise_value_error("_filters of warnings._warnings_context must be a list")),
        }
    }

    fn search(
        &mut self,
        filters: &Ref<List>,
        what: &str,
        category: &Value,
        text: &Value,
        lineno: i32,
        module: &Value,
    ) -> Result<Option<(Value, Value)>> {
        let mut i = 0;
        while let Some(item) = filters.items(self).get(i).cloned() {
            let Some([action, message, of, in_module, line]) = item.downcast::<Tuple>().map(|t| t.items()) else {
                return Err(self.raise_value_error(&format!("{what} item {i} isn't a 5-tuple")));
            };
            if action.downcast::<Str>().is_none() {
                let text = format!("action must be a string, not '{}'", action.ty().name());
                return Err(self.raise_type_error(&text));
            }
            let fits = self.fits(message, text)?
                && self.fits(in_module, module)?
                && self.is_subclass(category, of)?
                && matches!(self.to_index_i64(line, "ssize_t")?, n if n == 0 || n == i64::from(lineno));
            if fits {
                return Ok(Some((action.clone(), item.clone())));
            }
            i += 1;
        }
        Ok(None)
    }

    /// Whether a text is what a filter asks for: anything, this text, or what a pattern matches.
    fn fits(&mut self, wanted: &Value, text: &Value) -> Result<bool> {
        if wanted.is_none() {
            return Ok(true);
        }
        if wanted.downcast_exact::<Str>().is_some() {
            if text.downcast::<Str>().is_none() {
                let text = format!("Can't compare str and {}", text.ty().name());
                return Err(self.raise_type_error(&text));
            }
            return self.equal(wanted, text);
        }
        let found = self.call_method(wanted, name!("match"), std::slice::from_ref(text))?;
        self.is_truthy(&found)
    }

    #[allow(clippy::too_many_arguments)]
    fn show(
        &mut self,
        category: &Value,
        text: &Value,
        message: Value,
        filename: &Value,
        lineno: Value,
        source_line: Option<Value>,
        source: Option<&Value>,
    ) -> Result<()> {
        let source = source.filter(|s| !s.is_none());
        // Only the library knows how to show where an object was allocated.
        let Some(show) = self.warnings_attr(name!("_showwarnmsg"), source.is_some())? else {
            return self.show_plain(category, text, filename, &lineno, source_line);
        };
        if !self.is_callable(&show) {
            return Err(self.raise_type_error("warnings._showwarnmsg() must be set to a callable"));
        }
        let Some(class) = self.warnings_attr(name!("WarningMessage"), false)? else {
            return Err(self.raise_runtime_error("unable to get warnings.WarningMessage"));
        };
        let none = Value::none;
        let source = source.cloned().unwrap_or_else(none);
        let args = [message, category.clone(), filename.clone(), lineno, none(), none(), source];
        let message = self.call(&class, &args)?;
        self.call(&show, &[message])?;
        Ok(())
    }

    fn show_plain(
        &mut self,
        category: &Value,
        text: &Value,
        filename: &Value,
        lineno: &Value,
        source_line: Option<Value>,
    ) -> Result<()> {
        let name = self.get_attr(category, name!("__name__"))?;
        let mut parts = Vec::new();
        for part in [filename, lineno, &name, text] {
            parts.push(self.str(part)?.to_string_lossy());
        }
        let [file, line, category, text] = &parts[..] else { return Ok(()) };
        let mut out = format!("{file}:{line}: {category}: {text}\n");
        let source = match source_line {
            Some(source) => Some(self.str(&source)?.to_string_lossy()),
            None if self.state().finalizing => None,
            None => line.parse().ok().and_then(|n| self.source_line_of(file, n)),
        };
        if let Some(source) = source {
            let source = source.trim_matches([' ', '\t', '\x0c']);
            out.push_str(&format!("  {source}\n"));
        }
        self.write_stderr(&out);
        Ok(())
    }
}

/// The category that a warning has: that of the message, or the one that was given.
fn category_of(vm: &mut Vm, message: &Value, category: Option<&Value>) -> Result {
    if message.ty().is_subtype(WARNING.as_type()) {
        return Ok(message.ty().to_value());
    }
    let Some(category) = category.filter(|c| !c.is_none()) else { return Ok(USER_WARNING.as_type().to_value()) };
    if category.as_type().is_some_and(|c| c.is_subtype(WARNING.as_type())) {
        return Ok(category.clone());
    }
    let text = format!("category must be a Warning subclass, not '{}'", category.ty().name());
    Err(vm.raise_type_error(&text))
}

/// The line of source that a module's loader knows.
fn line_from_loader(vm: &mut Vm, globals: &Ref<Dict>, lineno: i32) -> Result<Option<Value>> {
    let external = vm.import("_frozen_importlib_external")?;
    let loader = vm.call_method(&external, name!("_bless_my_loader"), &[globals.to_value()])?;
    let Some(name) = vm.dict_get(globals, name!("__name__").as_value())? else { return Ok(None) };
    if loader.is_none() {
        return Ok(None);
    }
    let Some(get_source) = vm.get_attr_opt(&loader, name!("get_source"))? else { return Ok(None) };
    let source = vm.call(&get_source, &[name])?;
    if source.is_none() {
        return Ok(None);
    }
    let lines = vm.call_method(&source, name!("splitlines"), &[])?;
    let lines = vm.collect(&lines)?;
    Ok(usize::try_from(lineno - 1).ok().and_then(|i| lines.get(i).cloned()))
}

/// This thread, as the owner of the lock.
fn this_thread(vm: &mut Vm) -> Result {
    vm.new_uint(taipan_host::thread::ident())
}

/// How often the owner has taken the lock, where this thread is the owner.
fn held(vm: &mut Vm) -> Result<Option<i64>> {
    let me = this_thread(vm)?;
    let owner = vm.kept(LOCK_OWNER);
    if owner.is_none() || !vm.equal(&owner, &me)? {
        return Ok(None);
    }
    Ok(match vm.kept(LOCK_DEPTH).as_int() {
        Some(IntRef::Small(n)) => Some(n),
        _ => None,
    })
}

/// The module `_warnings`.
pub struct Warnings;

/// _warnings provides basic warning filtering support.
/// It is a helper module to speed up interpreter start-up.
#[module(name = "_warnings")]
impl Warnings {
    /// Issue a warning, or maybe ignore it or raise an exception.
    ///
    ///   message
    ///     Text of the warning message.
    ///   category
    ///     The Warning category subclass. Defaults to UserWarning.
    ///   stacklevel
    ///     How far up the call stack to make this warning appear. A value of 2 for
    ///     example attributes the warning to the caller of the code calling warn().
    ///   source
    ///     If supplied, the destroyed object which emitted a ResourceWarning
    ///   skip_file_prefixes
    ///     An optional tuple of module filename prefixes indicating frames to skip
    ///     during stacklevel computations for stack frame attribution.
    #[function("($module, /, message, category=None, stacklevel=1, source=None, *,\n     skip_file_prefixes=())")]
    fn warn(
        vm: &mut Vm,
        message: &Value,
        category: Option<&Value>,
        stacklevel: Option<isize>,
        source: Option<&Value>,
        skip_file_prefixes: Option<&Ref<Tuple>>,
    ) -> Result<()> {
        let mut stacklevel = stacklevel.unwrap_or(1);
        let skip = skip_file_prefixes.map(|t| t.items()).unwrap_or_default();
        if let Some(other) = skip.iter().find(|p| p.downcast::<Str>().is_none()) {
            let text = format!("Found non-str '{}' in skip_file_prefixes.", other.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        if !skip.is_empty() {
            stacklevel = stacklevel.max(2);
        }
        let category = category_of(vm, message, category)?;
        vm.warn_value(category, message.clone(), stacklevel, source, skip)
    }

    /// Issue a warning, or maybe ignore it or raise an exception.
    #[function(
        "($module, /, message, category, filename, lineno,\n              module=<unrepresentable>, registry=None,\n              module_globals=None, source=None)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn warn_explicit(
        vm: &mut Vm,
        message: &Value,
        category: &Value,
        filename: &Ref<Str>,
        lineno: i32,
        module: Option<&Value>,
        registry: Option<&Value>,
        module_globals: Option<&Value>,
        source: Option<&Value>,
    ) -> Result<()> {
        let mut source_line = None;
        if let Some(globals) = module_globals.filter(|g| !g.is_none()) {
            let Some(globals) = globals.downcast::<Dict>() else {
                let text = format!("module_globals must be a dict, not '{}'", globals.ty().name());
                return Err(vm.raise_type_error(&text));
            };
            source_line = line_from_loader(vm, globals, lineno)?;
        }
        vm.warn_explicit(Warning {
            category: category.clone(),
            message: message.clone(),
            filename: filename.to_value(),
            lineno,
            module: module.cloned(),
            registry: registry.cloned(),
            source_line,
            source,
        })
    }

    #[function("($module, /)")]
    fn _filters_mutated_lock_held(vm: &mut Vm) -> Result<()> {
        if held(vm)?.is_none() {
            return Err(vm.raise_runtime_error("warnings lock is not held"));
        }
        let next = match vm.kept(VERSION).as_int() {
            Some(IntRef::Small(n)) => vm.new_int(n + 1)?,
            _ => Value::from_i32(0),
        };
        vm.state_mut().registry.insert(VERSION, next);
        Ok(())
    }

    #[function("($module, /)")]
    fn _acquire_lock(vm: &mut Vm) -> Result<()> {
        let depth = match held(vm)? {
            Some(n) => n,
            None => {
                while !vm.kept(LOCK_OWNER).is_none() {
                    let _ = vm.detach(|| clock::sleep_until(clock::monotonic_ns() + 50_000));
                }
                let me = this_thread(vm)?;
                vm.state_mut().registry.insert(LOCK_OWNER, me);
                0
            }
        };
        let depth = vm.new_int(depth + 1)?;
        vm.state_mut().registry.insert(LOCK_DEPTH, depth);
        Ok(())
    }

    #[function("($module, /)")]
    fn _release_lock(vm: &mut Vm) -> Result<()> {
        match held(vm)? {
            None => return Err(vm.raise_runtime_error("cannot release un-acquired lock")),
            Some(1) => drop(vm.state_mut().registry.insert(LOCK_OWNER, Value::none())),
            Some(n) => {
                let depth = vm.new_int(n - 1)?;
                vm.state_mut().registry.insert(LOCK_DEPTH, depth);
            }
        }
        Ok(())
    }

    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.set_up_warnings()?;
        let known = vm.state().native_modules.contains_key("_contextvars");
        if known && !vm.state().registry.contains_key(CONTEXT) {
            let contextvars = vm.import("_contextvars")?;
            let name = vm.new_str("_warnings_context")?.into_value();
            let variable = vm.call_method(&contextvars, name!("ContextVar"), &[name])?;
            vm.state_mut().registry.insert(CONTEXT, variable);
        }
        for key in [FILTERS, ONCE, DEFAULT_ACTION, CONTEXT] {
            let name = key.trim_start_matches("_warnings.");
            let value = vm.kept(key);
            module.set(vm, name, value)?;
        }
        Ok(())
    }
}
