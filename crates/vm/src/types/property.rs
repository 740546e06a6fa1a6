//! `property`, `staticmethod`, `classmethod`.

use crate::native::Args;
use crate::{Heap, Ref, Result, Str, Type, Value, Vm, name};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;

/// `property`.
pub static PROPERTY: TypeCell<Property> = TypeCell::new("property");
/// `staticmethod`.
pub static STATICMETHOD: TypeCell<StaticMethod> = TypeCell::new("staticmethod");
/// `classmethod`.
pub static CLASSMETHOD: TypeCell<ClassMethod> = TypeCell::new("classmethod");

/// A computed attribute.
#[derive(Trace, Payload, Default)]
#[payload(class = PROPERTY)]
#[repr(C)]
pub struct Property {
    /// `fget`.
    pub getter: Option<Value>,
    /// `fset`.
    pub setter: Option<Value>,
    /// `fdel`.
    pub deleter: Option<Value>,
    doc: Option<Value>,
    name: Option<Value>,
    doc_from_getter: bool,
}

/// A function that is not bound.
#[derive(Trace, Payload, Default)]
#[payload(class = STATICMETHOD)]
#[repr(C)]
pub struct StaticMethod {
    /// The function.
    pub function: Option<Value>,
}

/// A function that is bound to the class.
#[derive(Trace, Payload, Default)]
#[payload(class = CLASSMETHOD)]
#[repr(C)]
pub struct ClassMethod {
    /// The function.
    pub function: Option<Value>,
}

/// `staticmethod(function)`.
pub fn new_static_method(heap: &Heap, function: Value) -> Result {
    Ref::new(heap, StaticMethod { function: Some(function) }).map(Ref::into_value)
}

/// `classmethod(function)`.
pub fn new_class_method(vm: &mut Vm, function: Value) -> Result {
    Ref::new(vm, ClassMethod { function: Some(function) }).map(Ref::into_value)
}

/// Methods of `property`.
pub struct PropertyClass;

fn some(v: Option<&Value>) -> Option<Value> {
    v.filter(|v| !v.is_none()).cloned()
}

impl PropertyClass {
    fn with(vm: &mut Vm, this: &Ref<Property>, change: impl FnOnce(&mut [Value; 4])) -> Result {
        let p = this.get(vm);
        let none = Value::none;
        let doc = if p.doc_from_getter { None } else { p.doc.clone() };
        let mut args = [
            p.getter.clone().unwrap_or_else(none),
            p.setter.clone().unwrap_or_else(none),
            p.deleter.clone().unwrap_or_else(none),
            doc.unwrap_or_else(none),
        ];
        change(&mut args);
        let (class, name) = (this.ty().to_value(), p.name.clone());
        let new = vm.call(&class, &args)?;
        if let Some(n) = new.downcast::<Property>() {
            n.get_mut(vm).name = name;
        }
        Ok(new)
    }

    fn describe(vm: &mut Vm, this: &Ref<Property>, object: &Value, what: &str) -> Result<taipan_object::Raised> {
        let name = match this.get(vm).name.clone() {
            Some(name) => Some(name),
            None => match this.get(vm).getter.clone() {
                Some(getter) => vm.get_attr_opt(&getter, name!("__name__"))?,
                None => None,
            },
        };
        let class = vm.qualified_name(object.ty());
        let text = match name {
            Some(name) => {
                let name = vm.repr(&name)?.to_string_lossy();
                format!("property {name} of '{class}' object has no {what}")
            }
            None => format!("property of '{class}' object has no {what}"),
        };
        Ok(vm.raise_class(crate::errors::ATTRIBUTE_ERROR.as_type(), &text))
    }
}

/// Property attribute.
///
///   fget
///     function to be used for getting an attribute value
///   fset
///     function to be used for setting an attribute value
///   fdel
///     function to be used for del'ing an attribute
///   doc
///     docstring
#[class(cell = PROPERTY, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(fget=None, fset=None, fdel=None, doc=None)")]
impl PropertyClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, Property::default()).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        static SIGNATURE: crate::native::Signature = crate::native::Signature {
            name: "property",
            params: &["fget", "fset", "fdel", "doc"],
            required: &[false; 4],
            required_count: 0,
            positional_only: 0,
            positional: 4,
        };
        let [fget, fset, fdel, doc] = crate::native::bind::<4>(vm, &SIGNATURE, args)?;
        let Some(p) = this.downcast::<Property>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
        let mut doc = some(doc);
        let mut from_getter = false;
        if doc.is_none()
            && let Some(getter) = some(fget)
        {
            doc = vm.get_attr_opt(&getter, name!("__doc__"))?.filter(|d| !d.is_none());
            from_getter = doc.is_some();
        }
        let exact = PROPERTY.is_exact(this);
        let payload = p.get_mut(vm);
        payload.getter = some(fget);
        payload.setter = some(fset);
        payload.deleter = some(fdel);
        payload.doc_from_getter = from_getter;
        payload.doc = doc.clone().filter(|_| exact);
        if !exact {
            // A subclass has a `__doc__` of its own in the way: the instance gets one.
            let doc = doc.unwrap_or_else(Value::none);
            match vm.set_attr(this, name!("__doc__"), Some(doc)) {
                Err(r) if !from_getter && vm.raised_is(crate::errors::ATTRIBUTE_ERROR.as_type()) => {
                    drop(vm.take_raised(r))
                }
                other => other?,
            }
        }
        Ok(())
    }

    #[slot]
    fn get(vm: &mut Vm, this: &Ref<Property>, object: Option<&Value>, _class: Option<&Value>) -> Result {
        let Some(object) = object else { return Ok(this.to_value()) };
        match this.get(vm).getter.clone() {
            Some(getter) => vm.call(&getter, std::slice::from_ref(object)),
            None => Err(PropertyClass::describe(vm, this, object, "getter")?),
        }
    }

    #[slot]
    fn set(vm: &mut Vm, this: &Value, object: &Value, value: Option<Value>) -> Result<()> {
        let Some(this) = this.downcast::<Property>() else { return Err(vm.raise_wrong_receiver("__set__", this)) };
        let p = this.get(vm);
        match value {
            Some(value) => match p.setter.clone() {
                Some(f) => vm.call(&f, &[object.clone(), value])?,
                None => return Err(PropertyClass::describe(vm, this, object, "setter")?),
            },
            None => match p.deleter.clone() {
                Some(f) => vm.call(&f, std::slice::from_ref(object))?,
                None => return Err(PropertyClass::describe(vm, this, object, "deleter")?),
            },
        };
        Ok(())
    }

    /// Descriptor to obtain a copy of the property with a different getter.
    #[method("($self, object, /)")]
    fn getter(vm: &mut Vm, this: &Ref<Property>, object: &Value) -> Result {
        PropertyClass::with(vm, this, |a| a[0] = object.clone())
    }

    /// Descriptor to obtain a copy of the property with a different setter.
    #[method("($self, object, /)")]
    fn setter(vm: &mut Vm, this: &Ref<Property>, object: &Value) -> Result {
        PropertyClass::with(vm, this, |a| a[1] = object.clone())
    }

    /// Descriptor to obtain a copy of the property with a different deleter.
    #[method("($self, object, /)")]
    fn deleter(vm: &mut Vm, this: &Ref<Property>, object: &Value) -> Result {
        PropertyClass::with(vm, this, |a| a[2] = object.clone())
    }

    /// Method to set name of a property.
    #[method("($self, owner, name, /)")]
    fn __set_name__(vm: &mut Vm, this: &Ref<Property>, args: Args<'_>) -> Result<()> {
        args.no_keywords(vm, "property.__set_name__")?;
        let [_, name] = args.all() else {
            let text = format!("__set_name__() takes 2 positional arguments but {} were given", args.all().len());
            return Err(vm.raise_type_error(&text));
        };
        this.get_mut(vm).name = Some(name.clone());
        Ok(())
    }

    #[getter(member)]
    fn fget(vm: &mut Vm, this: &Ref<Property>) -> Result<Option<Value>> {
        Ok(this.get(vm).getter.clone())
    }

    #[getter(member)]
    fn fset(vm: &mut Vm, this: &Ref<Property>) -> Result<Option<Value>> {
        Ok(this.get(vm).setter.clone())
    }

    #[getter(member)]
    fn fdel(vm: &mut Vm, this: &Ref<Property>) -> Result<Option<Value>> {
        Ok(this.get(vm).deleter.clone())
    }

    #[getter(member)]
    fn __doc__(vm: &mut Vm, this: &Ref<Property>) -> Result<Option<Value>> {
        Ok(this.get(vm).doc.clone())
    }

    #[setter]
    fn set___doc__(vm: &mut Vm, this: &Ref<Property>, value: Option<&Value>) -> Result<()> {
        this.get_mut(vm).doc = value.cloned();
        Ok(())
    }

    #[getter]
    fn __name__(vm: &mut Vm, this: &Ref<Property>) -> Result {
        let p = this.get(vm);
        if let Some(name) = p.name.clone() {
            return Ok(name);
        }
        let getter = p.getter.clone();
        if let Some(getter) = getter
            && let Some(name) = vm.get_attr_opt(&getter, name!("__name__"))?
        {
            return Ok(name);
        }
        let text = "'property' object has no attribute '__name__'";
        Err(vm.raise_attribute_error(this.as_value(), name!("__name__"), text))
    }

    #[setter]
    fn set___name__(vm: &mut Vm, this: &Ref<Property>, value: Option<&Value>) -> Result<()> {
        this.get_mut(vm).name = value.cloned();
        Ok(())
    }

    #[getter]
    fn __isabstractmethod__(vm: &mut Vm, this: &Ref<Property>) -> Result<bool> {
        let p = this.get(vm);
        for f in [p.getter.clone(), p.setter.clone(), p.deleter.clone()].into_iter().flatten() {
            if let Some(flag) = vm.get_attr_opt(&f, name!("__isabstractmethod__"))?
                && vm.is_truthy(&flag)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Copies what `functools.wraps` would from the wrapped function.
fn copy_wrapper_attributes(vm: &mut Vm, this: &Value, function: &Value) -> Result<()> {
    for key in [name!("__module__"), name!("__name__"), name!("__qualname__"), name!("__doc__")] {
        if let Some(value) = vm.get_attr_opt(function, key)? {
            vm.set_instance_attr(this, key, value)?;
        }
    }
    Ok(())
}

/// An attribute of the wrapped function, which the wrapper keeps once it was asked for.
fn copied_attribute(vm: &mut Vm, this: &Value, function: &Value, name: &Ref<Str>) -> Result {
    let Some(dict) = vm.instance_dict(this)? else { return vm.get_attr(function, name) };
    if let Some(kept) = dict.get(vm).get_str(name).cloned() {
        return Ok(kept);
    }
    let value = vm.get_attr(function, name)?;
    vm.dict_set(&dict, name.as_value(), value.clone())?;
    Ok(value)
}

fn set_copied_attribute(vm: &mut Vm, this: &Value, name: &Ref<Str>, value: Option<&Value>) -> Result<()> {
    let Some(dict) = vm.instance_dict(this)? else { return Ok(()) };
    match value {
        Some(value) => vm.dict_set(&dict, name.as_value(), value.clone()),
        None => match dict.get_mut(vm).remove_str(name) {
            Some(_) => Ok(()),
            None => Err(vm.raise_class(crate::errors::ATTRIBUTE_ERROR.as_type(), &name.to_string_lossy())),
        },
    }
}

macro_rules! wrapper_class {
    ($class:ident, $payload:ident, $cell:ident, $name:literal, $doc:literal, |$vm:ident, $this:ident, $object:ident, $owner:ident| $get:expr, $($extra:tt)*) => {
        /// Methods of the wrapper.
        pub struct $class;

        #[doc = $doc]
        #[class(cell = $cell, base = OBJECT, flags = BASETYPE | HAVE_GC | MANAGED_DICT, signature = "(function, /)")]
        impl $class {
            #[slot]
            fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
                Ref::new_in(vm, class, $payload::default()).map(Ref::into_value)
            }

            #[slot]
            fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
                let args = args.expect(vm, $name, 1, 1)?;
                let Some(p) = this.downcast::<$payload>() else {
                    return Err(vm.raise_wrong_receiver("__init__", this));
                };
                if p.header().has(taipan_object::header::flags::SHARED) {
                    return Err(vm.raise_type_error(concat!("cannot change the ", $name, " of a native class")));
                }
                p.get_mut(vm).function = Some(args[0].clone());
                copy_wrapper_attributes(vm, this, &args[0])
            }

            #[slot]
            fn get($vm: &mut Vm, $this: &Ref<$payload>, $object: Option<&Value>, $owner: Option<&Value>) -> Result {
                $get
            }

            #[slot]
            fn repr(vm: &mut Vm, this: &Ref<$payload>) -> Result {
                let function = this.get(vm).function.clone().unwrap_or_else(Value::none);
                let inner = vm.repr(&function)?.to_string_lossy();
                vm.new_str(&format!(concat!("<", $name, "({})>"), inner)).map(Ref::into_value)
            }

            #[getter(member)]
            fn __func__(vm: &mut Vm, this: &Ref<$payload>) -> Result<Option<Value>> {
                Ok(this.get(vm).function.clone())
            }

            #[getter(member)]
            fn __wrapped__(vm: &mut Vm, this: &Ref<$payload>) -> Result<Option<Value>> {
                Ok(this.get(vm).function.clone())
            }

            #[getter]
            fn __isabstractmethod__(vm: &mut Vm, this: &Ref<$payload>) -> Result<bool> {
                let Some(function) = this.get(vm).function.clone() else { return Ok(false) };
                match vm.get_attr_opt(&function, name!("__isabstractmethod__"))? {
                    Some(flag) => vm.is_truthy(&flag),
                    None => Ok(false),
                }
            }

            #[getter]
            fn __dict__(vm: &mut Vm, this: &Ref<$payload>) -> Result<Option<Value>> {
                Ok(vm.instance_dict(this.as_value())?.map(Ref::into_value))
            }

            #[getter]
            fn __annotations__(vm: &mut Vm, this: &Ref<$payload>) -> Result {
                let function = this.get(vm).function.clone().unwrap_or_else(Value::none);
                copied_attribute(vm, this.as_value(), &function, name!("__annotations__"))
            }

            #[setter]
            fn set___annotations__(vm: &mut Vm, this: &Ref<$payload>, value: Option<&Value>) -> Result<()> {
                set_copied_attribute(vm, this.as_value(), name!("__annotations__"), value)
            }

            #[getter]
            fn __annotate__(vm: &mut Vm, this: &Ref<$payload>) -> Result {
                let function = this.get(vm).function.clone().unwrap_or_else(Value::none);
                copied_attribute(vm, this.as_value(), &function, name!("__annotate__"))
            }

            #[setter]
            fn set___annotate__(vm: &mut Vm, this: &Ref<$payload>, value: Option<&Value>) -> Result<()> {
                set_copied_attribute(vm, this.as_value(), name!("__annotate__"), value)
            }

            #[classmethod("($type, object, /)")]
            fn __class_getitem__(vm: &mut Vm, class: &Value, item: &Value) -> Result {
                super::generic_alias::new_alias(vm, class.clone(), item.clone())
            }

            $($extra)*
        }
    };
}

wrapper_class! {
    StaticMethodClass, StaticMethod, STATICMETHOD, "staticmethod",
    "Convert a function to be a static method.",
    |vm, this, object, owner| {
        let _ = (object, owner);
        match this.get(vm).function.clone() {
            Some(function) => Ok(function),
            None => Err(vm.raise_runtime_error("uninitialized staticmethod object")),
        }
    },
    #[slot]
    fn call(vm: &mut Vm, this: &Ref<StaticMethod>, args: Args<'_>) -> Result {
        let function = this.get(vm).function.clone().unwrap_or_else(Value::none);
        vm.call_args(&function, args)
    }
}

wrapper_class! {
    ClassMethodClass, ClassMethod, CLASSMETHOD, "classmethod",
    "Convert a function to be a class method.",
    |vm, this, object, owner| {
        let Some(function) = this.get(vm).function.clone() else {
            return Err(vm.raise_runtime_error("uninitialized classmethod object"));
        };
        let owner = match owner {
            Some(owner) => owner.clone(),
            None => object.map_or_else(Value::none, |o| o.ty().to_value()),
        };
        vm.new_method(function, owner)
    },
}
