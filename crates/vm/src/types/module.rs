//! `module`.

use crate::native::{Args, ModuleDef};
use crate::types::native_function::NativeFunction;
use crate::{Dict, Ref, Result, Str, Type, Value, Vm, name};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;

/// `module`.
pub static MODULE: TypeCell<Module> = TypeCell::new("module");

/// A module: its namespace is the instance dict; the payload remembers it for fast access.
#[derive(Trace, Payload)]
#[payload(class = MODULE)]
#[repr(C)]
pub struct Module {
    /// The namespace, once the module is initialised.
    pub dict: Option<Ref<Dict>>,
    /// What else belongs in there.
    late: Opaque<Option<&'static Late>>,
}

/// The part of a native module's namespace that few programs ask for. It is made when one of its names is not found, or when
/// somebody looks at the whole.
pub struct Late {
    /// Its names.
    pub names: &'static [&'static str],
    /// The value of each.
    pub make: fn(&mut Vm) -> Result<Vec<Value>>,
}

/// What is done to a module through its reference.
pub trait ModuleRef {
    /// The namespace.
    fn namespace(&self, vm: &mut Vm) -> Result<Ref<Dict>>;
    /// Sets an attribute of the module.
    fn set(&self, vm: &mut Vm, key: &str, value: Value) -> Result<()>;
}

impl ModuleRef for Ref<Module> {
    fn namespace(&self, vm: &mut Vm) -> Result<Ref<Dict>> {
        if let Some(dict) = &self.get(vm).dict {
            return Ok(dict.clone());
        }
        let dict = vm.new_dict()?;
        vm.set_instance_dict(self.as_value(), Some(dict.clone()));
        self.get_mut(vm).dict = Some(dict.clone());
        Ok(dict)
    }

    fn set(&self, vm: &mut Vm, key: &str, value: Value) -> Result<()> {
        let dict = self.namespace(vm)?;
        let key = vm.intern_utf8(key)?;
        let hash = key.hash();
        dict.get_mut(vm).set_str(&key, hash, value)?;
        Ok(())
    }
}

impl Vm {
    /// Leaves a part of a module's namespace for later.
    pub fn leave_for_later(&mut self, module: &Ref<Module>, part: &'static Late) {
        module.get_mut(self).late.0 = Some(part);
    }

    /// Makes what was left for later, if a name is part of it or none is given; says whether there was such a part.
    pub(crate) fn make_late_part(&mut self, module: &Value, name: Option<&Str>) -> Result<bool> {
        let Some(module) = module.downcast::<Module>().cloned() else { return Ok(false) };
        let Some(part) = module.get(self).late.0 else { return Ok(false) };
        if name.is_some_and(|name| !part.names.iter().any(|n| Some(*n) == name.as_ascii())) {
            return Ok(false);
        }
        let values = (part.make)(self)?;
        let dict = module.namespace(self)?;
        dict.get_mut(self).reserve(values.len())?;
        for (name, value) in part.names.iter().zip(values) {
            let name = self.intern_utf8(name)?;
            // What the program has put there stays.
            if dict.get(self).get_str(&name).is_none() {
                dict.get_mut(self).set_str(&name, name.hash(), value)?;
            }
        }
        module.get_mut(self).late.0 = None;
        Ok(true)
    }

    /// An attribute of a module, from its namespace or what its function `__getattr__` gives.
    pub fn module_get_attr_opt(&mut self, this: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
        // The class itself has nothing to say about names that are not special.
        let special = name.as_ascii().is_some_and(|n| n.starts_with("__"));
        if !special
            && let Some(module) = this.downcast_exact::<Module>()
            && let Some(found) = module.get(self).dict.as_ref().and_then(|dict| dict.get(self).get_str(name))
        {
            return Ok(Some(found.clone()));
        }
        if let Some(value) = self.generic_get_attr_opt(this, name)? {
            return Ok(Some(value));
        }
        let Some(module) = this.downcast::<Module>().cloned() else { return Ok(None) };
        match module.namespace(self)?.get(self).get_str(name!("__getattr__")).cloned() {
            Some(getattr) => self.call(&getattr, &[name.to_value()]).map(Some),
            None => Ok(None),
        }
    }

    /// An empty module with the attributes that every module has.
    pub fn new_module(&mut self, name: &str, doc: Option<&str>) -> Result<Ref<Module>> {
        let module = Ref::new(self, Module { dict: None, late: Opaque(None) })?;
        let name = self.intern_utf8(name)?.into_value();
        let doc = match doc {
            Some(doc) => self.new_str(doc)?.into_value(),
            None => Value::none(),
        };
        module.set(self, "__name__", name)?;
        module.set(self, "__doc__", doc)?;
        for key in ["__package__", "__loader__", "__spec__"] {
            module.set(self, key, Value::none())?;
        }
        Ok(module)
    }

    /// Makes a native module from its table and runs its `exec`.
    pub fn make_native_module(&mut self, def: &ModuleDef) -> Result<Ref<Module>> {
        let module = self.new_module(def.name, (!def.doc.is_empty()).then_some(def.doc))?;
        self.fill_native_module(&module, def)?;
        Ok(module)
    }

    /// Adds a table's functions to a module and runs its `exec`.
    pub fn fill_native_module(&mut self, module: &Ref<Module>, def: &ModuleDef) -> Result<()> {
        // One string for each module, other than the one that classes show: pickles refer to both.
        let module_name = self.new_str(def.name)?.into_value();
        let namespace = module.namespace(self)?;
        namespace.get_mut(self).reserve(def.functions.len())?;
        for f in def.functions {
            let function = NativeFunction::new(self, f, Some(module.to_value()), Some(module_name.clone()))?;
            module.set(self, f.name, function.into_value())?;
        }
        if let Some(exec) = def.exec {
            exec(self, module)?;
        }
        Ok(())
    }

    /// Adds a class to a module under its own name, setting it up if need be.
    pub fn add_class(&mut self, module: &Ref<Module>, def: &crate::native::ClassDef) -> Result<()> {
        self.set_up_class(def)?;
        let name = def.ty.short_name();
        module.set(self, &name, def.ty.to_value())
    }
}

/// Whether `__spec__` says that the module's code is running.
fn is_initializing(vm: &mut Vm, namespace: &Ref<Dict>) -> Result<bool> {
    let Some(spec) = namespace.get(vm).get_str(name!("__spec__")).cloned() else { return Ok(false) };
    match vm.get_attr_opt(&spec, name!("_initializing"))? {
        Some(flag) => vm.is_truthy(&flag),
        None => Ok(false),
    }
}

/// Methods of modules.
pub struct ModuleClass;

/// Create a module object.
///
/// The name must be a string; the optional docstring can have any type.
#[class(cell = MODULE, base = OBJECT, flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF, signature = "(name, doc=None)")]
impl ModuleClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        let module = Ref::new_in(vm, class, Module { dict: None, late: Opaque(None) })?;
        module.namespace(vm)?;
        Ok(module.into_value())
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        static SIGNATURE: crate::native::Signature = crate::native::Signature {
            name: "module",
            params: &["name", "doc"],
            required: &[true, false],
            required_count: 1,
            positional_only: 0,
            positional: 2,
        };
        let [name, doc] = crate::native::bind::<2>(vm, &SIGNATURE, args)?;
        let Some(this) = this.downcast::<Module>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
        let name = match name {
            Some(n) if n.downcast::<Str>().is_some() => n.clone(),
            Some(n) => {
                let text = format!("module() argument 'name' must be str, not {}", n.ty().name());
                return Err(vm.raise_type_error(&text));
            }
            None => Value::none(),
        };
        this.set(vm, "__name__", name)?;
        this.set(vm, "__doc__", doc.cloned().unwrap_or_else(Value::none))?;
        for key in ["__package__", "__loader__", "__spec__"] {
            this.set(vm, key, Value::none())?;
        }
        Ok(())
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Module>) -> Result {
        // The import system knows how to describe a module by its spec.
        if let Some(bootstrap) = vm.state().registry.get("importlib._bootstrap").cloned() {
            return vm.call_method(&bootstrap, name!("_module_repr"), &[this.to_value()]);
        }
        let dict = this.namespace(vm)?;
        let name = dict.get(vm).get_str(name!("__name__")).cloned();
        let name = match name {
            Some(n) => vm.repr(&n)?.to_string_lossy(),
            None => "'?'".to_owned(),
        };
        vm.new_str(&format!("<module {name}>")).map(Ref::into_value)
    }

    #[slot]
    fn getattr(vm: &mut Vm, this: &Value, name: &Ref<Str>) -> Result {
        if let Some(value) = vm.module_get_attr_opt(this, name)? {
            return Ok(value);
        }
        match this.downcast::<Module>().cloned() {
            Some(module) => vm.module_attribute_missing(&module, name),
            None => vm.generic_get_attr(this, name),
        }
    }

    #[getter(member)]
    fn __dict__(vm: &mut Vm, this: &Ref<Module>) -> Result {
        vm.make_late_part(this.as_value(), None)?;
        this.namespace(vm).map(Ref::into_value)
    }

    #[method("($self, /)")]
    fn __dir__(vm: &mut Vm, this: &Ref<Module>) -> Result {
        let dict = vm.get_attr(this.as_value(), name!("__dict__"))?;
        let Some(dict) = dict.downcast::<Dict>().cloned() else {
            return Err(vm.raise_type_error("<module>.__dict__ is not a dictionary"));
        };
        if let Some(f) = dict.get(vm).get_str(name!("__dir__")).cloned() {
            return vm.call(&f, &[]);
        }
        let keys: Vec<Value> =
            taipan_object::room::gathered(dict.get(vm).len(), dict.get(vm).iter().map(|(k, _)| k.clone()))?;
        vm.new_list(keys).map(Ref::into_value)
    }

    #[getter]
    fn __annotations__(vm: &mut Vm, this: &Ref<Module>) -> Result {
        let dict = this.namespace(vm)?;
        if let Some(found) = dict.get(vm).get_str(name!("__annotations__")).cloned() {
            return Ok(found);
        }
        let annotate = dict.get(vm).get_str(name!("__annotate__")).cloned().filter(|a| !a.is_none());
        let annotations = match annotate {
            Some(annotate) => vm.call(&annotate, &[Value::from_i32(1)])?,
            None => vm.new_dict()?.into_value(),
        };
        if annotations.downcast::<Dict>().is_none() {
            let text = format!("__annotate__ returned non-dict of type '{}'", annotations.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        // A module that is still being run may yet get more.
        if !is_initializing(vm, &dict)? {
            this.set(vm, "__annotations__", annotations.clone())?;
        }
        Ok(annotations)
    }

    #[setter]
    fn set___annotations__(vm: &mut Vm, this: &Ref<Module>, value: Option<&Value>) -> Result<()> {
        let dict = this.namespace(vm)?;
        match value {
            Some(v) => this.set(vm, "__annotations__", v.clone())?,
            None => {
                if dict.get_mut(vm).remove_str(name!("__annotations__")).is_none() {
                    let text = "__annotations__";
                    return Err(vm.raise_class(crate::errors::ATTRIBUTE_ERROR.as_type(), text));
                }
            }
        }
        dict.get_mut(vm).remove_str(name!("__annotate__"));
        Ok(())
    }

    #[getter]
    fn __annotate__(vm: &mut Vm, this: &Ref<Module>) -> Result {
        let dict = this.namespace(vm)?;
        let found = dict.get(vm).get_str(name!("__annotate__")).cloned();
        Ok(found.unwrap_or_else(Value::none))
    }

    #[setter]
    fn set___annotate__(vm: &mut Vm, this: &Ref<Module>, value: Option<&Value>) -> Result<()> {
        let Some(value) = value else { return Err(vm.raise_type_error("cannot delete __annotate__ attribute")) };
        if !value.is_none() && !vm.is_callable(value) {
            return Err(vm.raise_type_error("__annotate__ must be callable or None"));
        }
        this.set(vm, "__annotate__", value.clone())?;
        if !value.is_none() {
            let dict = this.namespace(vm)?;
            dict.get_mut(vm).remove_str(name!("__annotations__"));
        }
        Ok(())
    }
}
