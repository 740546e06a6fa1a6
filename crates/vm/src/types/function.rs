//! `function`, and `method`: a function bound to its first argument.

use super::cell::Cell;
use super::code::Code;
use crate::eval::named_value;
use crate::native::Args;
use crate::{Dict, ModuleRef, Ref, Result, Str, Tuple, Type, Value, Vm, name};
use taipan_bytecode::CodeFlags;
use taipan_bytecode::code::local_kind;
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;

/// `function`.
pub static FUNCTION: TypeCell<Function> = TypeCell::new("function");
/// `method`.
pub static METHOD: TypeCell<Method> = TypeCell::new("method");

/// A function written in Python.
#[derive(Trace, Payload)]
#[payload(class = FUNCTION)]
#[repr(C)]
pub struct Function {
    /// `__code__`.
    pub code: Ref<Code>,
    /// `__globals__`; never replaced.
    pub globals: Ref<Dict>,
    /// `__builtins__`; never replaced.
    pub builtins: Ref<Dict>,
    /// `__closure__`: one cell for each free variable.
    pub closure: Option<Ref<Tuple>>,
    /// `__defaults__`.
    pub defaults: Option<Ref<Tuple>>,
    /// `__kwdefaults__`.
    pub kwdefaults: Option<Ref<Dict>>,
    /// `__name__`.
    pub name: Ref<Str>,
    /// `__qualname__`.
    pub qualname: Ref<Str>,
    /// `__module__`.
    pub module: Value,
    /// `__doc__`; nothing where it is what the code says, and nobody has asked yet.
    pub doc: Option<Value>,
    /// `__annotations__`, once computed.
    pub annotations: Option<Value>,
    /// `__annotate__`.
    pub annotate: Option<Value>,
    /// `__type_params__`.
    pub type_params: Option<Ref<Tuple>>,
    /// Code that was replaced while frames may still run it: they borrow it from here.
    pub retired: Vec<Ref<Code>>,
}

/// A function bound to its first argument.
#[derive(Trace, Payload)]
#[payload(class = METHOD, frozen)]
#[repr(C)]
pub struct Method {
    /// `__func__`.
    pub function: Value,
    /// `__self__`.
    pub receiver: Value,
}

impl Vm {
    /// A function that runs `code` with these globals.
    pub fn new_function(&mut self, code: &Ref<Code>, globals: &Ref<Dict>) -> Result<Ref<Function>> {
        let module = named_value(self, globals, name!("__name__")).unwrap_or_else(Value::none);
        // What the code says is looked up when somebody asks.
        let doc = (!code.has(CodeFlags::HAS_DOCSTRING)).then(Value::none);
        let builtins = self.builtins_of(globals)?;
        Ref::new(
            self,
            Function {
                code: code.clone(),
                globals: globals.clone(),
                builtins,
                closure: None,
                defaults: None,
                kwdefaults: None,
                name: code.name.clone(),
                qualname: code.qualname.clone(),
                module,
                doc,
                annotations: None,
                annotate: None,
                type_params: None,
                retired: Vec::new(),
            },
        )
    }

    /// The built-in namespace for code that runs with these globals.
    fn builtins_of(&mut self, globals: &Ref<Dict>) -> Result<Ref<Dict>> {
        let given = named_value(self, globals, name!("__builtins__"));
        if let Some(given) = given {
            if let Some(module) = given.downcast::<super::module::Module>() {
                return module.namespace(self);
            }
            // What is only read may be looked at through its proxy.
            let given = super::mappingproxy::proxied(&given).unwrap_or(given);
            return match given.downcast::<Dict>() {
                Some(dict) => Ok(dict.clone()),
                None => Err(self.raise_type_error(&format!("'{}' object is not subscriptable", given.ty().name()))),
            };
        }
        let own = self.state().builtins.clone();
        Ok(self.current_builtins().or(own).unwrap_or_else(|| globals.clone()))
    }

    /// Whether a value is exactly a Python function.
    pub fn is_python_function(&self, v: &Value) -> bool {
        v.downcast_exact::<Function>().is_some()
    }

    /// A function bound to an object.
    pub fn new_method(&mut self, function: Value, receiver: Value) -> Result {
        Ref::new(self, Method { function, receiver }).map(Ref::into_value)
    }

    /// Sets `__code__`.
    fn set_function_code(&mut self, this: &Ref<Function>, code: &Ref<Code>) -> Result<()> {
        self.complete_code(code)?;
        self.function_doc(this)?;
        let free = code.count_of_kind(local_kind::FREE);
        let f = this.get_mut(self);
        let closed = f.closure.as_ref().map_or(0, |c| c.len());
        if free != closed {
            let name = f.name.to_string_lossy();
            let text = format!("{name}() requires a code object with {closed} free vars, not {free}");
            return Err(self.raise_value_error(&text));
        }
        let differs = |flag: CodeFlags| f.code.has(flag) != code.has(flag);
        if [CodeFlags::GENERATOR, CodeFlags::COROUTINE, CodeFlags::ASYNC_GENERATOR].into_iter().any(differs) {
            let text = "Assigning a code object of non-matching type is deprecated \
                        (e.g., from a generator to a plain function)";
            self.warn(crate::errors::DEPRECATION_WARNING.as_type(), text, 1)?;
        }
        let f = this.get_mut(self);
        let old = std::mem::replace(&mut f.code, code.clone());
        f.retired.push(old);
        Ok(())
    }

    /// `__doc__`.
    fn function_doc(&mut self, this: &Ref<Function>) -> Result {
        if let Some(doc) = &this.get(self).doc {
            return Ok(doc.clone());
        }
        let code = this.get(self).code.clone();
        self.complete_code(&code)?;
        let doc = docstring(&code);
        this.get_mut(self).doc = Some(doc.clone());
        Ok(doc)
    }

    /// `__annotations__`, made by `__annotate__` when first asked for.
    fn function_annotations(&mut self, this: &Ref<Function>) -> Result {
        if let Some(a) = &this.get(self).annotations {
            return Ok(a.clone());
        }
        let annotate = this.get(self).annotate.clone();
        let made = match annotate {
            Some(annotate) if self.is_callable(&annotate) => {
                let made = self.call(&annotate, &[Value::from_i32(1)])?;
                if made.downcast::<Dict>().is_none() {
                    let text = format!("__annotate__ returned non-dict of type '{}'", made.ty().name());
                    return Err(self.raise_type_error(&text));
                }
                made
            }
            _ => self.new_dict()?.into_value(),
        };
        this.get_mut(self).annotations = Some(made.clone());
        Ok(made)
    }
}

/// The docstring of a function with this code, or None.
fn docstring(code: &Code) -> Value {
    let first = if code.has(CodeFlags::HAS_DOCSTRING) { code.consts.items().first() } else { None };
    first.filter(|d| d.downcast::<Str>().is_some()).cloned().unwrap_or_else(Value::none)
}

fn or_none<T: Into<Value>>(v: Option<T>) -> Value {
    v.map_or_else(Value::none, Into::into)
}

/// Methods of `function`.
pub struct FunctionClass;

/// Create a function object.
///
///   code
///     a code object
///   globals
///     the globals dictionary
///   name
///     a string that overrides the name from the code object
///   argdefs
///     a tuple that specifies the default argument values
///   closure
///     a tuple that supplies the bindings for free variables
///   kwdefaults
///     a dictionary that specifies the default keyword argument values
#[class(cell = FUNCTION, base = OBJECT, flags = HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF | METHOD_DESCRIPTOR, signature = "(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)")]
impl FunctionClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: crate::native::Signature = crate::native::Signature {
            name: "function",
            params: &["code", "globals", "name", "argdefs", "closure", "kwdefaults"],
            required: &[true, true, false, false, false, false],
            required_count: 2,
            positional_only: 0,
            positional: 6,
        };
        let [code, globals, name, defaults, closure, kwdefaults] = crate::native::bind::<6>(vm, &SIGNATURE, args)?;
        let code: &Ref<Code> =
            crate::native::FromArg::from_arg(vm, code, crate::native::Place::argument(&SIGNATURE, 0))?;
        let globals: &Ref<Dict> =
            crate::native::FromArg::from_arg(vm, globals, crate::native::Place::argument(&SIGNATURE, 1))?;
        vm.complete_code(code)?;
        let f = vm.new_function(code, globals)?;
        if let Some(name) = name.filter(|n| !n.is_none()) {
            let Some(name) = name.downcast::<Str>() else {
                return Err(vm.raise_type_error("arg 3 (name) must be None or string"));
            };
            f.get_mut(vm).name = name.clone();
        }
        if let Some(defaults) = defaults.filter(|d| !d.is_none()) {
            let Some(defaults) = defaults.downcast::<Tuple>() else {
                return Err(vm.raise_type_error("arg 4 (defaults) must be None or tuple"));
            };
            f.get_mut(vm).defaults = Some(defaults.clone());
        }
        let free = code.count_of_kind(local_kind::FREE);
        let closure = closure.filter(|c| !c.is_none());
        let cells = match closure {
            Some(c) => match c.downcast::<Tuple>() {
                Some(t) => Some(t.clone()),
                None => return Err(vm.raise_type_error("arg 5 (closure) must be None or tuple")),
            },
            None if free > 0 => return Err(vm.raise_type_error("arg 5 (closure) must be tuple")),
            None => None,
        };
        let given = cells.as_ref().map_or(0, |c| c.len());
        if given != free {
            let text = format!("{} requires closure of length {free}, not {given}", code.name.to_string_lossy());
            return Err(vm.raise_value_error(&text));
        }
        if let Some(cells) = cells {
            for c in cells.items() {
                if c.downcast::<Cell>().is_none() {
                    let text = format!("arg 5 (closure) expected cell, found {}", c.ty().name());
                    return Err(vm.raise_type_error(&text));
                }
            }
            f.get_mut(vm).closure = Some(cells);
        }
        if let Some(k) = kwdefaults.filter(|k| !k.is_none()) {
            let Some(k) = k.downcast::<Dict>() else {
                return Err(vm.raise_type_error("arg 6 (kwdefaults) must be None or dict"));
            };
            f.get_mut(vm).kwdefaults = Some(k.clone());
        }
        Ok(f.into_value())
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Function>) -> Result {
        let qualname = this.get(vm).qualname.to_string_lossy();
        vm.new_str(&format!("<function {qualname} at {:#x}>", this.as_value().bits())).map(Ref::into_value)
    }

    #[slot]
    fn call(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
        crate::eval::call_function(vm, this, args)
    }

    #[slot]
    fn get(vm: &mut Vm, this: &Ref<Function>, object: Option<&Value>, _class: Option<&Value>) -> Result {
        match object {
            Some(o) if !o.is_none() => vm.new_method(this.to_value(), o.clone()),
            _ => Ok(this.to_value()),
        }
    }

    #[getter]
    fn __code__(vm: &mut Vm, this: &Ref<Function>) -> Result {
        Ok(this.get(vm).code.to_value())
    }

    #[setter]
    fn set___code__(vm: &mut Vm, this: &Ref<Function>, value: Option<&Value>) -> Result<()> {
        match value.and_then(|v| v.downcast::<Code>()) {
            Some(code) => vm.set_function_code(this, code),
            None => Err(vm.raise_type_error("__code__ must be set to a code object")),
        }
    }

    #[getter]
    fn __defaults__(vm: &mut Vm, this: &Ref<Function>) -> Result {
        Ok(or_none(this.get(vm).defaults.clone()))
    }

    #[setter]
    fn set___defaults__(vm: &mut Vm, this: &Ref<Function>, value: Option<&Value>) -> Result<()> {
        let new = match value.filter(|v| !v.is_none()) {
            None => None,
            Some(v) => match v.downcast::<Tuple>() {
                Some(t) => Some(t.clone()),
                None => return Err(vm.raise_type_error("__defaults__ must be set to a tuple object")),
            },
        };
        let old = std::mem::replace(&mut this.get_mut(vm).defaults, new);
        drop(old);
        Ok(())
    }

    #[getter]
    fn __kwdefaults__(vm: &mut Vm, this: &Ref<Function>) -> Result {
        Ok(or_none(this.get(vm).kwdefaults.clone()))
    }

    #[setter]
    fn set___kwdefaults__(vm: &mut Vm, this: &Ref<Function>, value: Option<&Value>) -> Result<()> {
        let new = match value.filter(|v| !v.is_none()) {
            None => None,
            Some(v) => match v.downcast::<Dict>() {
                Some(d) => Some(d.clone()),
                None => return Err(vm.raise_type_error("__kwdefaults__ must be set to a dict object")),
            },
        };
        let old = std::mem::replace(&mut this.get_mut(vm).kwdefaults, new);
        drop(old);
        Ok(())
    }

    #[getter]
    fn __annotations__(vm: &mut Vm, this: &Ref<Function>) -> Result {
        vm.function_annotations(this)
    }

    #[setter]
    fn set___annotations__(vm: &mut Vm, this: &Ref<Function>, value: Option<&Value>) -> Result<()> {
        let new = match value.filter(|v| !v.is_none()) {
            None => None,
            Some(v) if v.downcast::<Dict>().is_some() => Some(v.clone()),
            Some(_) => return Err(vm.raise_type_error("__annotations__ must be set to a dict object")),
        };
        let f = this.get_mut(vm);
        let old = (std::mem::replace(&mut f.annotations, new), f.annotate.take());
        drop(old);
        Ok(())
    }

    #[getter]
    fn __annotate__(vm: &mut Vm, this: &Ref<Function>) -> Result {
        Ok(or_none(this.get(vm).annotate.clone()))
    }

    #[setter]
    fn set___annotate__(vm: &mut Vm, this: &Ref<Function>, value: Option<&Value>) -> Result<()> {
        let Some(value) = value else { return Err(vm.raise_type_error("__annotate__ cannot be deleted")) };
        if value.is_none() {
            let old = this.get_mut(vm).annotate.take();
            drop(old);
            return Ok(());
        }
        if !vm.is_callable(value) {
            return Err(vm.raise_type_error("__annotate__ must be callable or None"));
        }
        let f = this.get_mut(vm);
        let old = (f.annotate.replace(value.clone()), f.annotations.take());
        drop(old);
        Ok(())
    }

    #[getter]
    fn __type_params__(vm: &mut Vm, this: &Ref<Function>) -> Result {
        match &this.get(vm).type_params {
            Some(t) => Ok(t.to_value()),
            None => vm.new_tuple(Vec::new()).map(Ref::into_value),
        }
    }

    #[setter]
    fn set___type_params__(vm: &mut Vm, this: &Ref<Function>, value: Option<&Value>) -> Result<()> {
        match value.and_then(|v| v.downcast::<Tuple>()) {
            Some(t) => {
                let old = this.get_mut(vm).type_params.replace(t.clone());
                drop(old);
                Ok(())
            }
            None => Err(vm.raise_type_error("__type_params__ must be set to a tuple")),
        }
    }

    #[getter]
    fn __name__(vm: &mut Vm, this: &Ref<Function>) -> Result {
        Ok(this.get(vm).name.to_value())
    }

    #[setter]
    fn set___name__(vm: &mut Vm, this: &Ref<Function>, value: Option<&Value>) -> Result<()> {
        match value.and_then(|v| v.downcast::<Str>()) {
            Some(s) => {
                this.get_mut(vm).name = s.clone();
                Ok(())
            }
            None => Err(vm.raise_type_error("__name__ must be set to a string object")),
        }
    }

    #[getter]
    fn __qualname__(vm: &mut Vm, this: &Ref<Function>) -> Result {
        Ok(this.get(vm).qualname.to_value())
    }

    #[setter]
    fn set___qualname__(vm: &mut Vm, this: &Ref<Function>, value: Option<&Value>) -> Result<()> {
        match value.and_then(|v| v.downcast::<Str>()) {
            Some(s) => {
                this.get_mut(vm).qualname = s.clone();
                Ok(())
            }
            None => Err(vm.raise_type_error("__qualname__ must be set to a string object")),
        }
    }

    #[getter]
    fn __module__(vm: &mut Vm, this: &Ref<Function>) -> Result {
        Ok(this.get(vm).module.clone())
    }

    #[setter]
    fn set___module__(vm: &mut Vm, this: &Ref<Function>, value: Option<&Value>) -> Result<()> {
        let new = value.cloned().unwrap_or_else(Value::none);
        let old = std::mem::replace(&mut this.get_mut(vm).module, new);
        drop(old);
        Ok(())
    }

    #[getter]
    fn __doc__(vm: &mut Vm, this: &Ref<Function>) -> Result {
        vm.function_doc(this)
    }

    #[setter]
    fn set___doc__(vm: &mut Vm, this: &Ref<Function>, value: Option<&Value>) -> Result<()> {
        let new = value.cloned().unwrap_or_else(Value::none);
        let old = this.get_mut(vm).doc.replace(new);
        drop(old);
        Ok(())
    }

    #[getter(member)]
    fn __closure__(vm: &mut Vm, this: &Ref<Function>) -> Result {
        Ok(or_none(this.get(vm).closure.clone()))
    }

    #[getter(member)]
    fn __globals__(vm: &mut Vm, this: &Ref<Function>) -> Result {
        Ok(this.get(vm).globals.to_value())
    }

    #[getter(member)]
    fn __builtins__(vm: &mut Vm, this: &Ref<Function>) -> Result {
        Ok(this.get(vm).builtins.to_value())
    }

    #[getter]
    fn __dict__(vm: &mut Vm, this: &Value) -> Result {
        (crate::types::descriptor::INSTANCE_DICT.get)(vm, this)
    }

    #[setter]
    fn set___dict__(vm: &mut Vm, this: &Value, value: Option<&Value>) -> Result<()> {
        crate::types::descriptor::set_native_dict(vm, this, value)
    }
}

/// Methods of `method`.
pub struct MethodClass;

/// Create a bound instance method object.
#[class(cell = METHOD, base = OBJECT, flags = HAVE_GC | MANAGED_WEAKREF, signature = "(function, instance, /)")]
impl MethodClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        let a = args.expect(vm, "method", 2, 2)?;
        if !vm.is_callable(&a[0]) {
            return Err(vm.raise_type_error("first argument must be callable"));
        }
        if a[1].is_none() {
            return Err(vm.raise_type_error("instance must not be None"));
        }
        vm.new_method(a[0].clone(), a[1].clone())
    }

    #[slot]
    fn call(vm: &mut Vm, this: &Ref<Method>, args: Args<'_>) -> Result {
        vm.call_prepended(&this.function, &this.receiver, args)
    }

    #[slot]
    fn get(_vm: &mut Vm, this: &Ref<Method>, _object: Option<&Value>, _class: Option<&Value>) -> Result {
        Ok(this.to_value())
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Method>) -> Result {
        let mut found = vm.get_attr_opt(&this.function, name!("__qualname__"))?;
        if found.as_ref().is_none_or(|q| q.downcast::<Str>().is_none()) {
            found = vm.get_attr_opt(&this.function, name!("__name__"))?;
        }
        let qualname = match found.as_ref().and_then(|q| q.downcast::<Str>()) {
            Some(q) => q.to_string_lossy(),
            None => "?".to_owned(),
        };
        let receiver = vm.repr(&this.receiver)?.to_string_lossy();
        vm.new_str(&format!("<bound method {qualname} of {receiver}>")).map(Ref::into_value)
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: crate::slots::CompareOp) -> Result {
        use crate::slots::CompareOp::{Eq, Ne};
        let (Some(x), Some(y), true) = (a.downcast::<Method>(), b.downcast::<Method>(), matches!(op, Eq | Ne)) else {
            return Ok(Value::not_implemented());
        };
        let same = x.receiver.is(&y.receiver) && vm.equal(&x.function, &y.function)?;
        Ok(Value::bool(same == (op == Eq)))
    }

    #[slot]
    fn hash(vm: &mut Vm, this: &Ref<Method>) -> Result<i64> {
        let h = crate::protocol::hash_address(&this.receiver) ^ vm.hash(&this.function)?;
        Ok(if h == -1 { -2 } else { h })
    }

    #[slot]
    fn getattr(vm: &mut Vm, this: &Value, name: &Ref<Str>) -> Result {
        let interned = vm.intern(name);
        if vm.lookup_type_attr(METHOD.as_type(), &interned).is_none()
            && let Some(method) = this.downcast::<Method>()
        {
            return vm.get_attr(&method.function.clone(), name);
        }
        vm.generic_get_attr(this, name)
    }

    #[getter(member)]
    fn __func__(_vm: &mut Vm, this: &Ref<Method>) -> Result {
        Ok(this.function.clone())
    }

    #[getter(member)]
    fn __self__(_vm: &mut Vm, this: &Ref<Method>) -> Result {
        Ok(this.receiver.clone())
    }

    #[getter]
    fn __doc__(vm: &mut Vm, this: &Ref<Method>) -> Result {
        Ok(vm.get_attr_opt(&this.function, name!("__doc__"))?.unwrap_or_else(Value::none))
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<Method>) -> Result {
        let getattr = vm.builtin("getattr")?;
        let name = vm.get_attr(&this.function, name!("__name__"))?;
        let args = vm.new_tuple(vec![this.receiver.clone(), name])?.into_value();
        vm.new_tuple(vec![getattr, args]).map(Ref::into_value)
    }
}
