//! `__import__`: modules that are there already, `importlib` once it is set up, and native modules before that.

use crate::errors::{IMPORT_ERROR, IMPORT_WARNING, MODULE_NOT_FOUND_ERROR};
use crate::types::code::Code;
use crate::types::exceptions::base::as_exception;
use crate::types::traceback::Traceback;
use crate::{Dict, Ref, Result, Str, Value, Vm, name};
use taipan_host::clock;

/// A module's name for the list of import times, surrogates escaped.
fn shown_name(name: &Ref<Str>) -> String {
    name.data().code_points().map(|c| char::from_u32(c).map_or_else(|| format!("\\u{c:04x}"), String::from)).collect()
}

/// Bytes of the embedded library after which its pages are let go of. Where no other import is under way, an eighth of it is
/// enough, and code and all other constants are let go of, too, which takes as long as importing a small module: an import
/// under way would need them again at once.
const MUCH: usize = 64 << 10;

impl Vm {
    /// A name of the built-in namespace.
    pub fn builtin(&mut self, name: &str) -> Result {
        let own = self.state().builtins.clone();
        let found = match self.current_builtins().or(own) {
            Some(dict) => match dict.get(self).get_text(name).cloned() {
                Some(found) => Some(found),
                // The key may be of a subclass of `str`.
                None => {
                    let key = self.new_str(name)?.into_value();
                    self.dict_get(&dict, &key)?
                }
            },
            None => None,
        };
        match found {
            Some(v) => Ok(v),
            None => Err(self.raise_class(crate::errors::ATTRIBUTE_ERROR.as_type(), name)),
        }
    }

    /// The module of a dotted name, as `importlib.import_module` gives it.
    pub fn import(&mut self, name: &str) -> Result {
        let name = self.intern_utf8(name)?;
        self.import_absolute(&name)
    }

    /// The same by a constant's name.
    pub fn import_name(&mut self, name: &Ref<Str>) -> Result {
        self.import_absolute(name)
    }

    /// A module of `sys.modules`, if it is there and not `None`.
    pub(crate) fn loaded_module(&mut self, name: &Ref<Str>) -> Result<Option<Value>> {
        let Some(modules) = self.state().modules.clone() else { return Ok(None) };
        Ok(self.dict_get(&modules, name.as_value())?.filter(|m| !m.is_none()))
    }

    /// A native module, made and entered in `sys.modules` if need be.
    pub fn import_native(&mut self, name: &Ref<Str>) -> Result<Option<Value>> {
        if let Some(module) = self.loaded_module(name)? {
            return Ok(Some(module));
        }
        let Some(text) = name.to_utf8() else { return Ok(None) };
        let Some(def) = self.state().native_modules.get(text).copied() else { return Ok(None) };
        let module = self.make_native_module(&def())?.into_value();
        if let Some(modules) = self.state().modules.clone() {
            self.dict_set(&modules, name.as_value(), module.clone())?;
        }
        Ok(Some(module))
    }

    fn import_absolute(&mut self, name: &Ref<Str>) -> Result {
        if let Some(module) = self.loaded_module(name)?
            && self.is_there_to_stay(&module, name)?
        {
            if self.state().config.import_time > 1 {
                let width = self.state().import_times.level * 2;
                let name = shown_name(name);
                self.write_stderr(&format!("import time: cached    | cached     | {:width$}{name}\n", ""));
            }
            return Ok(module);
        }
        if let Some(importlib) = self.state().registry.get("importlib._bootstrap").cloned() {
            if self.state().config.import_time > 0 {
                return self.find_and_load_timed(&importlib, name);
            }
            return self.find_and_load(&importlib, name);
        }
        if let Some(module) = self.import_native(name)? {
            return Ok(module);
        }
        let shown = self.repr(name.as_value())?.to_string_lossy();
        let text = format!("No module named {shown}");
        Err(self.raise_import_error_about(&MODULE_NOT_FOUND_ERROR, &text, Some(name.to_value()), None, None))
    }

    fn find_and_load(&mut self, importlib: &Value, name: &Ref<Str>) -> Result {
        let import = self.import_function()?;
        self.state_mut().imports_active += 1;
        let result = self.call_method(importlib, name!("_find_and_load"), &[name.to_value(), import]);
        let state = self.state_mut();
        state.imports_active -= 1;
        let Some(let_go) = state.let_go else { return result };
        if state.imports_active == 0 && state.library_read >= MUCH / 8 {
            (state.library_read, state.library_let_go) = (0, 0);
            (let_go.all)()
        } else if state.library_read - state.library_let_go >= MUCH {
            state.library_let_go = state.library_read;
            (let_go.library)(let_go.bytes)
        }
        result
    }

    /// The same, and shows how long it took: `-X importtime`.
    #[cold]
    fn find_and_load_timed(&mut self, importlib: &Value, name: &Ref<Str>) -> Result {
        if !self.state().import_times.headed {
            self.state_mut().import_times.headed = true;
            self.write_stderr("import time: self [us] | cumulative | imported package\n");
        }
        let times = &mut self.state_mut().import_times;
        times.level += 1;
        let outer = std::mem::take(&mut times.nested);
        let start = clock::monotonic_ns();
        let result = self.find_and_load(importlib, name);
        let all = clock::monotonic_ns() - start;
        let times = &mut self.state_mut().import_times;
        times.level -= 1;
        let (own, width) = ((all - times.nested).max(0), times.level * 2);
        times.nested = outer + all;
        let (own, all, name) = (own / 1000, all / 1000, shown_name(name));
        let text = format!("import time: {own:9} | {all:10} | {:width$}{name}\n", "");
        match result {
            Ok(module) => {
                self.write_stderr(&text);
                Ok(module)
            }
            Err(raised) => {
                let exception = self.take_raised(raised);
                self.write_stderr(&text);
                Err(self.raise(exception))
            }
        }
    }

    /// Takes the frames of `importlib` off a traceback: all of them if the import itself failed, otherwise those that
    /// only lead to the code of a module.
    #[cold]
    fn remove_importlib_frames(&mut self) {
        if self.state().flags.verbose > 0 {
            return;
        }
        let Some(exception) = self.peek_raised().and_then(as_exception).cloned() else { return };
        let always = exception.ty().is_subtype(IMPORT_ERROR.as_type());
        let mut entries = Vec::new();
        let mut at = exception.get(self).traceback.clone();
        while let Some(entry) = at {
            at = entry.get(self).next.clone();
            entries.push(entry);
        }
        let mut kept: Vec<Ref<Traceback>> = Vec::with_capacity(entries.len());
        // Where the entries of importlib that lead to this place begin among those kept.
        let mut chunk = None;
        for entry in &entries {
            let frame = entry.get(self).frame.clone();
            let place = self.importlib_function(&frame);
            match place {
                None => chunk = None,
                Some(function) => {
                    let start = *chunk.get_or_insert(kept.len());
                    if always || function.to_utf8() == Some("_call_with_frames_removed") {
                        kept.truncate(start);
                        continue;
                    }
                }
            }
            kept.push(entry.clone());
        }
        if kept.len() == entries.len() {
            return;
        }
        for (i, entry) in kept.iter().enumerate() {
            entry.get_mut(self).next = kept.get(i + 1).cloned();
        }
        exception.get_mut(self).traceback = kept.first().cloned();
    }

    /// The name of the function that a frame runs, if it is one of `importlib`.
    fn importlib_function(&mut self, frame: &Value) -> Option<Ref<Str>> {
        let code = self.get_attr(frame, name!("f_code"));
        let code = match code {
            Ok(code) => code,
            Err(raised) => {
                drop(self.take_raised(raised));
                return None;
            }
        };
        let code = code.downcast::<Code>()?;
        let ours = matches!(
            code.filename().to_utf8(),
            Some("<frozen importlib._bootstrap>" | "<frozen importlib._bootstrap_external>")
        );
        ours.then(|| code.name.clone())
    }

    /// Waits until another thread has finished importing a module that is half made; false if that has failed.
    fn is_there_to_stay(&mut self, module: &Value, name: &Ref<Str>) -> Result<bool> {
        let Some(importlib) = self.state().registry.get("importlib._bootstrap").cloned() else { return Ok(true) };
        let Some(spec) = self.get_attr_opt(module, name!("__spec__"))?.filter(|s| !s.is_none()) else {
            return Ok(true);
        };
        let Some(busy) = self.get_attr_opt(&spec, name!("_initializing"))? else { return Ok(true) };
        if !self.is_truthy(&busy)? {
            return Ok(true);
        }
        self.call_method(&importlib, name!("_lock_unlock_module"), &[name.to_value()])?;
        Ok(self.loaded_module(name)?.is_some_and(|now| now.is(module)))
    }

    fn import_function(&mut self) -> Result {
        match self.state().import_function.clone() {
            Some(function) => Ok(function),
            None => self.builtin("__import__"),
        }
    }

    /// `__import__(name, globals, locals, fromlist, level)`.
    pub fn import_module_level(
        &mut self,
        name: &Value,
        globals: Option<&Value>,
        fromlist: Option<&Value>,
        level: i32,
    ) -> Result {
        let result = self.import_level(name, globals, fromlist, level);
        if result.is_err() {
            self.remove_importlib_frames();
        }
        result
    }

    fn import_level(&mut self, name: &Value, globals: Option<&Value>, fromlist: Option<&Value>, level: i32) -> Result {
        let Some(name) = name.downcast::<Str>() else {
            return Err(self.raise_type_error("module name must be a string"));
        };
        if level < 0 {
            return Err(self.raise_value_error("level must be >= 0"));
        }
        let absolute = if level > 0 {
            self.resolve_relative(name, globals, level)?
        } else if name.is_empty() {
            return Err(self.raise_value_error("Empty module name"));
        } else {
            self.intern(name)
        };
        let module = self.import_absolute(&absolute)?;
        let has_from = match fromlist.filter(|f| !f.is_none()) {
            Some(f) => self.is_truthy(f)?,
            None => false,
        };
        if has_from {
            let is_package = self.get_attr_opt(&module, name!("__path__"))?.is_some();
            let importlib = self.state().registry.get("importlib._bootstrap").cloned();
            if let (true, Some(importlib), Some(fromlist)) = (is_package, importlib, fromlist) {
                let import = self.import_function()?;
                return self.call_method(&importlib, name!("_handle_fromlist"), &[module, fromlist.clone(), import]);
            }
            return Ok(module);
        }
        if level > 0 && name.is_empty() {
            return Ok(module);
        }
        if let Some(text) = name.as_ascii()
            && !text.as_bytes().contains(&b'.')
        {
            return Ok(module);
        }
        let text = name.to_string_lossy();
        let Some((front, _)) = text.split_once('.') else { return Ok(module) };
        let front = if level == 0 {
            let front = self.intern_utf8(front)?;
            return self.import_absolute(&front);
        } else {
            let cut = text.chars().count() - front.chars().count();
            let kept = absolute.len().saturating_sub(cut);
            self.substring(&absolute, 0, kept)?
        };
        match self.loaded_module(&front)? {
            Some(module) => Ok(module),
            None => {
                let shown = self.repr(front.as_value())?.to_string_lossy();
                let text = self.new_str(&format!("{shown} not in sys.modules as expected"))?;
                Err(self.raise_key_error(text.as_value()))
            }
        }
    }

    /// The name that a relative import means.
    fn resolve_relative(&mut self, name: &Ref<Str>, globals: Option<&Value>, level: i32) -> Result<Ref<Str>> {
        let Some(globals) = globals.filter(|g| !g.is_none()) else {
            let text = self.new_str("'__name__' not in globals")?;
            return Err(self.raise_key_error(text.as_value()));
        };
        let Some(globals) = globals.downcast::<Dict>().cloned() else {
            return Err(self.raise_type_error("globals must be a dict"));
        };
        let package = self.package_of(&globals)?;
        if package.is_empty() {
            let text = "attempted relative import with no known parent package";
            return Err(self.raise_class(IMPORT_ERROR.as_type(), text));
        }
        let mut base = package.as_str();
        for _ in 1..level {
            match base.rsplit_once('.') {
                Some((front, _)) => base = front,
                None => {
                    let text = "attempted relative import beyond top-level package";
                    return Err(self.raise_class(IMPORT_ERROR.as_type(), text));
                }
            }
        }
        if name.is_empty() {
            return self.intern_utf8(base);
        }
        self.intern_utf8(&format!("{base}.{}", name.to_string_lossy()))
    }

    /// The package that a module's globals belong to: `__package__`, or what `__spec__` or `__name__` say.
    fn package_of(&mut self, globals: &Ref<Dict>) -> Result<String> {
        let present = |v: Option<Value>| v.filter(|v| !v.is_none());
        let package = present(self.dict_get_str(globals, name!("__package__"))?);
        let spec = present(self.dict_get_str(globals, name!("__spec__"))?);
        if let Some(package) = package {
            let Some(text) = package.downcast::<Str>() else {
                return Err(self.raise_type_error("package must be a string"));
            };
            if let Some(spec) = spec {
                let parent = self.get_attr(&spec, name!("parent"))?;
                if !self.equal(&package, &parent)? {
                    let class = crate::errors::DEPRECATION_WARNING.as_type();
                    self.warn(class, "__package__ != __spec__.parent", 1)?;
                }
            }
            return Ok(text.to_string_lossy());
        }
        if let Some(spec) = spec {
            let parent = self.get_attr(&spec, name!("parent"))?;
            return match parent.downcast::<Str>() {
                Some(text) => Ok(text.to_string_lossy()),
                None => Err(self.raise_type_error("__spec__.parent must be a string")),
            };
        }
        let text = "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__";
        self.warn(IMPORT_WARNING.as_type(), text, 1)?;
        let Some(own) = self.dict_get_str(globals, name!("__name__"))? else {
            let text = self.new_str("'__name__' not in globals")?;
            return Err(self.raise_key_error(text.as_value()));
        };
        let Some(own) = own.downcast::<Str>() else {
            return Err(self.raise_type_error("__name__ must be a string"));
        };
        let own = own.to_string_lossy();
        if self.dict_get_str(globals, name!("__path__"))?.is_some() {
            return Ok(own);
        }
        Ok(own.rsplit_once('.').map(|(front, _)| front.to_owned()).unwrap_or_default())
    }
}
