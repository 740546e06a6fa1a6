//! Objects that say themselves how they are made again, and objects that are found by name.

use super::PICKLING_ERROR;
use super::save::{Saver, note};
use crate::common::{label, raise_kept};
use taipan_object::statics::TYPE;
use taipan_object::{Raised, Str, Tuple, Type};
use taipan_vm::errors::{ATTRIBUTE_ERROR, IMPORT_ERROR, KEY_ERROR, UNICODE_ENCODE_ERROR, VALUE_ERROR};
use taipan_vm::types::module::Module;
use taipan_vm::{Dict, Ref, Result, Value, Vm, name};

fn pickling_error(vm: &mut Vm, text: &str) -> Raised {
    raise_kept(vm, PICKLING_ERROR, text)
}

/// If the exception on its way is of one of `classes`, a `PicklingError` in its place, with `words` made of its text.
/// Others, a `MemoryError` among them, say nothing about the object and go on.
fn replaced(
    vm: &mut Vm,
    raised: Raised,
    classes: &[&'static Type],
    words: impl FnOnce(&mut Vm, &str) -> Result<String>,
) -> Raised {
    if !classes.iter().any(|class| vm.raised_is(class)) {
        return raised;
    }
    let reason = vm.take_raised(raised);
    let worded = vm.str(&reason).and_then(|text| words(vm, &text.to_string_lossy()));
    let text = match worded {
        Ok(text) => text,
        Err(raised) => return raised,
    };
    let raised = pickling_error(vm, &text);
    let exception = vm.take_raised(raised);
    match vm.set_attr(&exception, name!("__context__"), Some(reason)) {
        Ok(()) => vm.raise(exception),
        Err(raised) => raised,
    }
}

/// How an object is made again.
pub enum Reduced {
    /// As a string or tuple says.
    Parts(Value),
    /// It is found by its name.
    Global,
    /// By its class, and its attributes.
    Attributes,
}

impl Saver {
    /// What the dispatch tables or the object's own methods say.
    pub fn reduced(&mut self, vm: &mut Vm, obj: &Value) -> Result<Reduced> {
        let class = obj.ty().to_value();
        let registered = match self.dispatch_table.clone() {
            Some(table) => match table.downcast_exact::<Dict>() {
                Some(table) => vm.dict_get(table, &class)?,
                None => match vm.get_item(&table, &class) {
                    Ok(f) => Some(f),
                    Err(raised) if vm.raised_is(KEY_ERROR.as_type()) => {
                        drop(vm.take_raised(raised));
                        None
                    }
                    Err(raised) => return Err(raised),
                },
            },
            None => {
                let table = self.registered(vm)?;
                match table.downcast::<Dict>() {
                    Some(table) => vm.dict_get(table, &class)?,
                    None => return Err(vm.raise_runtime_error("copyreg.dispatch_table should be a dict")),
                }
            }
        };
        if let Some(f) = registered {
            return vm.call(&f, std::slice::from_ref(obj)).map(Reduced::Parts);
        }
        if obj.as_type().is_some() {
            return Ok(Reduced::Global);
        }
        if self.is_all_attributes(vm, obj) {
            return Ok(Reduced::Attributes);
        }
        if let Some(reduced) = taipan_vm::types::pickle::reduce(vm, obj, self.proto.into())? {
            return Ok(Reduced::Parts(reduced));
        }
        if let Some(f) = vm.get_attr_opt(obj, name!("__reduce__"))? {
            return vm.call(&f, &[]).map(Reduced::Parts);
        }
        let class = label(vm, obj);
        Err(pickling_error(vm, &format!("Can't pickle {class} object")))
    }

    /// Writes an object of which no more is written than its class and its attributes.
    pub fn all_attributes(&mut self, vm: &mut Vm, obj: &Value) -> Result<()> {
        self.noted(vm, &obj.ty().to_value(), obj, "class")?;
        self.boundary(vm)?;
        self.put(vm, b")\x81")?;
        self.made(vm, obj)?;
        let first = self.attributes.len();
        if !vm.push_inline_values(obj, &mut self.attributes)? {
            return match vm.instance_dict_if_made(obj) {
                Some(dict) if dict.get(vm).len() > 0 => {
                    self.noted(vm, dict.as_value(), obj, "state")?;
                    self.put(vm, b"b")
                }
                _ => Ok(()),
            };
        }
        let end = self.attributes.len();
        if first == end {
            return Ok(());
        }
        // The dict that they are in for who reads: nothing else refers to it.
        self.boundary(vm)?;
        self.put(vm, b"}")?;
        self.skip_number(vm)?;
        let single = end - first == 1;
        if !single {
            self.put(vm, b"(")?;
        }
        for i in first..end {
            let (name, value) = self.attributes[i].clone();
            if let Err(raised) = self.attribute(vm, &name, &value) {
                let class = label(vm, obj);
                return Err(note(vm, raised, &format!("when serializing {class} state")));
            }
        }
        self.attributes.truncate(first);
        self.put(vm, if single { b"sb" } else { b"ub" })
    }

    fn attribute(&mut self, vm: &mut Vm, name: &Ref<Str>, value: &Value) -> Result<()> {
        self.save(vm, name.as_value(), true)?;
        match self.save(vm, value, true) {
            Ok(()) => Ok(()),
            Err(raised) => {
                let dict = vm.new_dict()?;
                Err(self.value_note(vm, raised, dict.as_value(), name.as_value()))
            }
        }
    }

    /// `copyreg.dispatch_table`, looked up once.
    fn registered(&mut self, vm: &mut Vm) -> Result {
        if let Some(table) = &self.registered {
            return Ok(table.clone());
        }
        let copyreg = vm.import("copyreg")?;
        let table = vm.get_attr(&copyreg, name!("dispatch_table"))?;
        self.registered = Some(table.clone());
        Ok(table)
    }

    /// Writes a call: a function and its arguments.
    pub fn call_of(&mut self, vm: &mut Vm, function: &Value, args: &Ref<Tuple>, obj: Option<&Value>) -> Result<()> {
        self.save(vm, function, true)?;
        self.save(vm, args.as_value(), true)?;
        self.put(vm, b"R")?;
        match obj {
            Some(obj) => self.made(vm, obj),
            None => Ok(()),
        }
    }

    /// The same for what the object is made of, which errors say.
    pub fn call_of_noted(&mut self, vm: &mut Vm, function: &Value, args: &Ref<Tuple>, obj: &Value) -> Result<()> {
        self.noted(vm, function, obj, "reconstructor")?;
        self.noted(vm, args.as_value(), obj, "reconstructor arguments")?;
        self.put(vm, b"R")?;
        self.made(vm, obj)
    }

    /// An object stands on the stack of who reads.
    fn made(&mut self, vm: &mut Vm, obj: &Value) -> Result<()> {
        // If it is known already it refers to itself: what was made is thrown away.
        match self.number(vm, obj) {
            Some(i) => {
                self.put(vm, b"0")?;
                self.get(vm, i)
            }
            None => self.memoize(vm, obj),
        }
    }

    fn noted(&mut self, vm: &mut Vm, v: &Value, obj: &Value, what: &str) -> Result<()> {
        match self.save(vm, v, true) {
            Ok(()) => Ok(()),
            Err(raised) => {
                let class = label(vm, obj);
                Err(note(vm, raised, &format!("when serializing {class} {what}")))
            }
        }
    }

    /// Writes what `__reduce_ex__` answered.
    pub fn reduce(&mut self, vm: &mut Vm, reduced: &Value, obj: &Value) -> Result<()> {
        let Some(parts) = reduced.downcast::<Tuple>().cloned() else {
            let given = label(vm, reduced);
            let text = format!("__reduce__ must return a string or tuple, not {given}");
            return Err(pickling_error(vm, &text));
        };
        let parts = parts.items();
        if !(2..=6).contains(&parts.len()) {
            let text = "tuple returned by __reduce__ must contain 2 through 6 elements";
            return Err(pickling_error(vm, text));
        }
        let part = |i: usize| parts.get(i).filter(|p| !p.is_none());
        let function = &parts[0];
        if !vm.is_callable(function) {
            let given = label(vm, function);
            let text = format!("first item of the tuple returned by __reduce__ must be callable, not {given}");
            return Err(pickling_error(vm, &text));
        }
        let Some(args) = parts[1].downcast::<Tuple>().cloned() else {
            let given = label(vm, &parts[1]);
            let text = format!("second item of the tuple returned by __reduce__ must be a tuple, not {given}");
            return Err(pickling_error(vm, &text));
        };
        for (i, which) in [(3, "fourth"), (4, "fifth")] {
            if let Some(p) = part(i)
                && taipan_vm::slots::of(p.ty()).next.is_none()
            {
                let given = label(vm, p);
                let text = format!("{which} item of the tuple returned by __reduce__ must be an iterator, not {given}");
                return Err(pickling_error(vm, &text));
            }
        }
        if let Some(setter) = part(5)
            && !vm.is_callable(setter)
        {
            let given = label(vm, setter);
            let text = format!("sixth item of the tuple returned by __reduce__ must be callable, not {given}");
            return Err(pickling_error(vm, &text));
        }
        let name = if self.proto >= 2 { vm.get_attr_opt(function, name!("__name__"))? } else { None };
        match name.as_ref().and_then(|n| n.downcast::<Str>()).and_then(|n| n.as_ascii()) {
            Some("__newobj__") => self.new_object(vm, &args, obj)?,
            Some("__newobj_ex__") => self.new_object_ex(vm, &args, obj)?,
            _ => {
                self.noted(vm, function, obj, "reconstructor")?;
                self.noted(vm, args.as_value(), obj, "reconstructor arguments")?;
                self.put(vm, b"R")?;
            }
        }
        self.made(vm, obj)?;
        if let Some(items) = part(3) {
            self.appends(vm, items, obj)?;
        }
        if let Some(items) = part(4) {
            self.set_items(vm, items, obj)?;
        }
        let Some(state) = part(2) else { return Ok(()) };
        match part(5) {
            None => {
                self.noted(vm, state, obj, "state")?;
                self.put(vm, b"b")
            }
            Some(setter) => {
                self.noted(vm, setter, obj, "state setter")?;
                self.save(vm, obj, true)?;
                self.noted(vm, state, obj, "state")?;
                self.put(vm, b"\x86R0")
            }
        }
    }

    /// The class that `__newobj__` makes an instance of.
    fn checked_class(&mut self, vm: &mut Vm, class: &Value, obj: &Value, function: &str) -> Result<()> {
        if obj.ty().to_value().is(class)
            && class.ty().is(TYPE.as_type())
            && taipan_vm::types::pickle::has_own_class(vm, obj)
        {
            return Ok(());
        }
        if vm.get_attr_opt(class, name!("__new__"))?.is_none() {
            return Err(pickling_error(vm, &format!("first argument to {function}() has no __new__")));
        }
        let own = vm.get_attr(obj, name!("__class__"))?;
        if !own.is(class) {
            let (wanted, given) = (vm.repr(&own)?.to_string_lossy(), vm.repr(class)?.to_string_lossy());
            return Err(pickling_error(vm, &format!("first argument to {function}() must be {wanted}, not {given}")));
        }
        Ok(())
    }

    fn new_object(&mut self, vm: &mut Vm, args: &Ref<Tuple>, obj: &Value) -> Result<()> {
        let Some((class, rest)) = args.items().split_first() else {
            return Err(pickling_error(vm, "__newobj__ expected at least 1 argument, got 0"));
        };
        self.checked_class(vm, class, obj, "__newobj__")?;
        self.noted(vm, class, obj, "class")?;
        let rest = vm.new_tuple_from(rest)?;
        self.noted(vm, rest.as_value(), obj, "__new__ arguments")?;
        self.put(vm, b"\x81")
    }

    fn new_object_ex(&mut self, vm: &mut Vm, args: &Ref<Tuple>, obj: &Value) -> Result<()> {
        let [class, positional, keywords] = args.items() else {
            let text = format!("__newobj_ex__ expected 3 arguments, got {}", args.len());
            return Err(pickling_error(vm, &text));
        };
        self.checked_class(vm, class, obj, "__newobj_ex__")?;
        let Some(positional_items) = positional.downcast::<Tuple>() else {
            let given = label(vm, positional);
            let text = format!("second argument to __newobj_ex__() must be a tuple, not {given}");
            return Err(pickling_error(vm, &text));
        };
        if keywords.downcast::<Dict>().is_none() {
            let given = label(vm, keywords);
            let text = format!("third argument to __newobj_ex__() must be a dict, not {given}");
            return Err(pickling_error(vm, &text));
        }
        if self.proto >= 4 {
            self.noted(vm, class, obj, "class")?;
            self.noted(vm, positional, obj, "__new__ arguments")?;
            self.noted(vm, keywords, obj, "__new__ arguments")?;
            return self.put(vm, b"\x92");
        }
        // Without an opcode for it, a partial call stands for the constructor.
        let functools = vm.import("functools")?;
        let partial = vm.get_attr(&functools, name!("partial"))?;
        let constructor = vm.get_attr(class, name!("__new__"))?;
        let mut all = vec![constructor, class.clone()];
        all.extend_from_slice(positional_items.items());
        let mut names = Vec::new();
        if let Some(keywords) = keywords.downcast::<Dict>() {
            for (k, v) in keywords.get(vm).iter() {
                names.push(k.clone());
                all.push(v.clone());
            }
        }
        let made = vm.call_args(&partial, taipan_vm::native::Args::new(&all, &names))?;
        self.noted(vm, &made, obj, "reconstructor")?;
        let none = vm.new_tuple(Vec::new())?;
        self.save(vm, none.as_value(), true)?;
        self.put(vm, b"R")
    }

    /// Writes an object that is found by name in a module.
    pub fn global(&mut self, vm: &mut Vm, obj: &Value, name: Option<&Ref<Str>>) -> Result<()> {
        let path = match name {
            Some(name) => name.clone(),
            None => {
                let found = match vm.get_attr_opt(obj, name!("__qualname__"))? {
                    Some(q) => q,
                    None => vm.get_attr(obj, name!("__name__"))?,
                };
                match found.downcast::<Str>() {
                    Some(s) => s.clone(),
                    None => return Err(vm.raise_type_error("__qualname__ must be a string")),
                }
            }
        };
        let text = path.to_string_lossy();
        let steps: Vec<&str> = text.split('.').collect();
        let shown = |vm: &mut Vm| vm.repr(obj).map(|r| r.to_string_lossy());
        if steps.contains(&"<locals>") {
            let shown = shown(vm)?;
            return Err(pickling_error(vm, &format!("Can't pickle local object {shown}")));
        }
        let module_name = self.module_of(vm, obj, &steps)?;
        let module_text = module_name.to_string_lossy();
        let imported = match module_name.is_empty() {
            true => Err(vm.raise_value_error("Empty module name")),
            false => vm.import_name(&module_name),
        };
        let module = match imported {
            Ok(module) => module,
            Err(raised) => {
                let classes = [IMPORT_ERROR.as_type(), VALUE_ERROR.as_type()];
                return Err(replaced(vm, raised, &classes, |vm, text| {
                    Ok(format!("Can't pickle {}: {text}", shown(vm)?))
                }));
            }
        };
        let mut found = module;
        for step in &steps {
            // A name that is no text of Unicode has no parts.
            let step = if path.to_utf8().is_some() { vm.intern_utf8(step)? } else { path.clone() };
            found = match vm.get_attr(&found, &step) {
                Ok(next) => next,
                Err(raised) => {
                    return Err(replaced(vm, raised, &[ATTRIBUTE_ERROR.as_type()], |vm, _| {
                        Ok(format!("Can't pickle {}: it's not found as {module_text}.{text}", shown(vm)?))
                    }));
                }
            };
            if path.to_utf8().is_none() {
                break;
            }
        }
        if !found.is(obj) {
            let shown = shown(vm)?;
            let text = format!("Can't pickle {shown}: it's not the same object as {module_text}.{text}");
            return Err(pickling_error(vm, &text));
        }
        if self.proto >= 2
            && let Some(code) = self.extension(vm, &module_name, &path)?
        {
            return match code {
                1..256 => self.put(vm, &[0x82, code as u8]),
                256..0x1_0000 => self.put(vm, &[0x83, code as u8, (code >> 8) as u8]),
                _ => {
                    let b = (code as u32).to_le_bytes();
                    self.put(vm, &[0x84, b[0], b[1], b[2], b[3]])
                }
            };
        }
        if self.proto >= 4 {
            self.save(vm, module_name.as_value(), true)?;
            self.save(vm, path.as_value(), true)?;
            self.put(vm, b"\x93")?;
            return self.memoize(vm, obj);
        }
        // Older protocols know no paths: each further step is a call of getattr, around what comes before it.
        for _ in &steps[1..] {
            let getattr = vm.builtin("getattr")?;
            self.save(vm, &getattr, true)?;
            if self.proto < 2 {
                self.put(vm, b"(")?;
            }
        }
        let (module_text, text) = self.old_names(vm, &module_text, steps[0])?;
        let mut parts = [("module", vm.new_str(&module_text)?), ("global", vm.new_str(&text)?)];
        for (part, given) in parts.iter_mut().zip([&module_name, &path]) {
            if given.to_utf8().is_none() {
                part.1 = given.clone();
            }
        }
        for (what, part) in parts {
            let encoding = if self.proto < 3 { name!("ascii") } else { name!("utf-8") };
            if let Err(raised) = vm.call_method(part.as_value(), name!("encode"), &[encoding.to_value()]) {
                let proto = self.proto;
                return Err(replaced(vm, raised, &[UNICODE_ENCODE_ERROR.as_type()], |vm, _| {
                    let shown = vm.repr(part.as_value())?.to_string_lossy();
                    Ok(format!("can't pickle {what} identifier {shown} using pickle protocol {proto}"))
                }));
            }
        }
        self.put(vm, format!("c{module_text}\n{text}\n").as_bytes())?;
        for step in &steps[1..] {
            let step = vm.new_str(step)?.into_value();
            self.save(vm, &step, true)?;
            self.put(vm, if self.proto < 2 { b"tR" } else { b"\x86R" })?;
        }
        self.memoize(vm, obj)
    }

    /// The module that an object says it is from, or the first that has it under its name.
    fn module_of(&mut self, vm: &mut Vm, obj: &Value, steps: &[&str]) -> Result<Ref<Str>> {
        if let Some(module) = vm.get_attr_opt(obj, name!("__module__"))?
            && !module.is_none()
        {
            return match module.downcast::<Str>() {
                Some(s) => Ok(s.clone()),
                None => Err(vm.raise_type_error("__module__ must be a string")),
            };
        }
        let modules: Vec<(Value, Value)> = match vm.state().modules.clone() {
            Some(modules) => modules.get(vm).iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
            None => Vec::new(),
        };
        for (key, module) in modules {
            let Some(key) = key.downcast::<Str>() else { continue };
            if matches!(key.as_ascii(), Some("__main__" | "__mp_main__")) || module.downcast::<Module>().is_none() {
                continue;
            }
            let mut found = Some(module);
            for step in steps {
                let Some(at) = found.take() else { break };
                let step = vm.intern_utf8(step)?;
                found = match vm.get_attr_opt(&at, &step) {
                    Ok(next) => next,
                    Err(raised) => {
                        drop(vm.take_raised(raised));
                        None
                    }
                };
            }
            if found.is_some_and(|f| f.is(obj)) {
                return Ok(key.clone());
            }
        }
        vm.intern_utf8("__main__")
    }

    fn extension(&mut self, vm: &mut Vm, module: &Ref<Str>, path: &Ref<Str>) -> Result<Option<i64>> {
        let copyreg = vm.import("copyreg")?;
        let registry = vm.get_attr(&copyreg, name!("_extension_registry"))?;
        let Some(registry) = registry.downcast::<Dict>() else { return Ok(None) };
        if registry.get(vm).len() == 0 {
            return Ok(None);
        }
        let key = vm.new_tuple(vec![module.to_value(), path.to_value()])?.into_value();
        match vm.dict_get(registry, &key)? {
            None => Ok(None),
            Some(code) => match vm.to_index_i64(&code, "long")? {
                n @ 1..=0x7FFF_FFFF => Ok(Some(n)),
                _ => {
                    let shown = vm.repr(&code)?.to_string_lossy();
                    Err(vm.raise_runtime_error(&format!("extension code {shown} is out of range")))
                }
            },
        }
    }

    /// The names that Python 2 has for a global.
    fn old_names(&mut self, vm: &mut Vm, module: &str, name: &str) -> Result<(String, String)> {
        if !self.fix_imports || self.proto >= 3 {
            return Ok((module.to_owned(), name.to_owned()));
        }
        let compat = vm.import("_compat_pickle")?;
        let table = vm.get_attr(&compat, name!("REVERSE_NAME_MAPPING"))?;
        let (m, n) = (vm.new_str(module)?.into_value(), vm.new_str(name)?.into_value());
        let key = vm.new_tuple(vec![m.clone(), n])?.into_value();
        if let Some(table) = table.downcast::<Dict>()
            && let Some(pair) = vm.dict_get(table, &key)?
            && let Some(pair) = pair.downcast::<Tuple>()
            && let [a, b] = pair.items()
            && let (Some(a), Some(b)) = (a.downcast::<Str>(), b.downcast::<Str>())
        {
            return Ok((a.to_string_lossy(), b.to_string_lossy()));
        }
        let table = vm.get_attr(&compat, name!("REVERSE_IMPORT_MAPPING"))?;
        if let Some(table) = table.downcast::<Dict>()
            && let Some(found) = vm.dict_get(table, &m)?
            && let Some(found) = found.downcast::<Str>()
        {
            return Ok((found.to_string_lossy(), name.to_owned()));
        }
        Ok((module.to_owned(), name.to_owned()))
    }
}
