//! `object`.

use crate::native::Args;
use crate::slots::{self, CompareOp};
use crate::{Ref, Result, Str, Type, Value, Vm, name};
use taipan_macros::class;
use taipan_object::statics::{OBJECT, Plain};

/// Methods of `object`.
pub struct ObjectClass;

/// The first class among the bases that is not made by Python code.
fn native_base(class: &Type) -> &Type {
    let mut solid = class;
    while let (true, Some(base)) = (solid.flags().has(taipan_object::TypeFlags::HEAP), solid.base()) {
        solid = base;
    }
    solid
}

/// The base class of the class hierarchy.
///
/// When called, it accepts no arguments and returns a new featureless
/// instance that has no instance attributes and cannot be given any.
///
#[class(cell = OBJECT, base = OBJECT, flags = BASETYPE, signature = "()")]
impl ObjectClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        if !args.all().is_empty() {
            let overridden = vm.overrides_slot(class, "__new__");
            if overridden {
                return Err(
                    vm.raise_type_error("object.__new__() takes exactly one argument (the type to instantiate)")
                );
            }
            if !vm.overrides_slot(class, "__init__") {
                return Err(vm.raise_type_error(&format!("{}() takes no arguments", class.name())));
            }
        }
        // What has native fields is made by its own `__new__` only.
        let solid = native_base(class);
        if solid.basicsize() > OBJECT.as_type().basicsize()
            || solid.flags().has(taipan_object::TypeFlags::DISALLOW_INSTANTIATION)
        {
            let text = format!("cannot create '{}' instances", vm.dotted_name(class));
            return Err(vm.raise_type_error(&text));
        }
        if class.flags().has(taipan_object::TypeFlags::ABSTRACT) {
            return Err(vm.raise_abstract(class));
        }
        Ref::new_in(vm, class, Plain).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        if args.all().is_empty() {
            return Ok(());
        }
        let class = this.ty().to_ref();
        if vm.overrides_slot(&class, "__init__") {
            return Err(
                vm.raise_type_error("object.__init__() takes exactly one argument (the instance to initialize)")
            );
        }
        if !vm.overrides_slot(&class, "__new__") && native_base(&class).is(OBJECT.as_type()) {
            let text = format!("{}.__init__() takes exactly one argument (the instance to initialize)", class.name());
            return Err(vm.raise_type_error(&text));
        }
        Ok(())
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Value) -> Result {
        let name = vm.dotted_name(this.ty());
        vm.new_str(&format!("<{name} object at {:#x}>", this.bits())).map(Ref::into_value)
    }

    #[slot]
    fn str(vm: &mut Vm, this: &Value) -> Result {
        vm.repr(this).map(Ref::into_value)
    }

    #[slot]
    fn hash(_vm: &mut Vm, this: &Value) -> Result<i64> {
        Ok(crate::protocol::hash_address(this))
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        match op {
            CompareOp::Eq if a.is(b) => Ok(Value::bool(true)),
            CompareOp::Ne => {
                // The opposite of `==`, where the class has an answer.
                let Some(compare) = slots::of(a.ty()).compare else { return Ok(Value::not_implemented()) };
                let equal = compare(vm, a, b, CompareOp::Eq)?;
                if equal.is_not_implemented() {
                    return Ok(equal);
                }
                let equal = vm.is_truthy(&equal)?;
                Ok(Value::bool(!equal))
            }
            _ => Ok(Value::not_implemented()),
        }
    }

    #[slot]
    fn getattr(vm: &mut Vm, this: &Value, name: &Ref<Str>) -> Result {
        vm.generic_get_attr(this, name)
    }

    #[slot]
    fn setattr(vm: &mut Vm, this: &Value, name: &Ref<Str>, value: Option<Value>) -> Result<()> {
        vm.generic_set_attr(this, name, value)
    }

    /// the object's class
    #[getter]
    fn __class__(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.ty().to_value())
    }

    #[setter]
    fn set___class__(vm: &mut Vm, this: &Value, value: Option<&Value>) -> Result<()> {
        let Some(value) = value else { return Err(vm.raise_type_error("can't delete __class__ attribute")) };
        let Some(class) = value.as_type_ref() else {
            let text = format!("__class__ must be set to a class, not '{}' object", value.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        let heap = taipan_object::TypeFlags::HEAP;
        let module = crate::types::module::MODULE.as_type();
        let both_modules = class.is_subtype(module) && this.ty().is_subtype(module);
        if !(both_modules || class.flags().has(heap) && this.ty().flags().has(heap)) {
            return Err(
                vm.raise_type_error("__class__ assignment only supported for mutable types or ModuleType subclasses")
            );
        }
        let old = this.ty().to_ref();
        vm.check_same_layout("__class__", &old, class)?;
        if !vm.set_class(this, class)? {
            let (new, old) = (class.name(), this.ty().name());
            let text = format!("__class__ assignment: '{new}' object layout differs from '{old}'");
            return Err(vm.raise_type_error(&text));
        }
        Ok(())
    }

    /// Helper for pickle.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Value) -> Result {
        let copyreg = vm.import("copyreg")?;
        vm.call_method(&copyreg, name!("_reduce_ex"), &[this.clone(), Value::from_i32(0)])
    }

    /// Helper for pickle.
    #[method("($self, protocol, /)")]
    fn __reduce_ex__(vm: &mut Vm, this: &Value, protocol: i32) -> Result {
        let own = vm.lookup_type_attr(this.ty(), name!("__reduce__"));
        let base = vm.lookup_type_attr(OBJECT.as_type(), name!("__reduce__"));
        if let (Some(own), Some(base)) = (&own, &base)
            && !own.is(base)
        {
            let reduce = vm.get_attr(this, name!("__reduce__"))?;
            return vm.call(&reduce, &[]);
        }
        if protocol >= 2 {
            return crate::types::pickle::reduce_newobj(vm, this, protocol);
        }
        let copyreg = vm.import("copyreg")?;
        vm.call_method(&copyreg, name!("_reduce_ex"), &[this.clone(), Value::from_i32(protocol)])
    }

    /// Helper for pickle.
    #[method("($self, /)")]
    fn __getstate__(vm: &mut Vm, this: &Value) -> Result {
        crate::types::pickle::get_state(vm, this)
    }

    /// Default object formatter.
    ///
    /// Return str(self) if format_spec is empty. Raise TypeError otherwise.
    #[method("($self, format_spec, /)")]
    fn __format__(vm: &mut Vm, this: &Value, spec: &Ref<Str>) -> Result {
        if !spec.is_empty() {
            let text = format!("unsupported format string passed to {}.__format__", this.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        vm.str(this).map(Ref::into_value)
    }

    /// Size of object in memory, in bytes.
    #[method("($self, /)")]
    fn __sizeof__(vm: &mut Vm, this: &Value) -> Result<usize> {
        Ok(vm.size_of(this).0)
    }

    /// Default dir() implementation.
    #[method("($self, /)")]
    fn __dir__(vm: &mut Vm, this: &Value) -> Result {
        let all = vm.new_dict()?;
        let own = vm.get_attr_opt(this, name!("__dict__"))?;
        if let Some(own) = own.and_then(|d| d.downcast::<crate::Dict>().cloned()) {
            vm.dict_update(&all, &own)?;
        }
        if let Some(class) = vm.get_attr_opt(this, name!("__class__"))? {
            crate::types::type_::merge_class_dict(vm, &all, &class)?;
        }
        let keys: Vec<Value> =
            taipan_object::room::gathered(all.get(vm).len(), all.get(vm).iter().map(|(k, _)| k.clone()))?;
        vm.new_list(keys).map(Ref::into_value)
    }

    /// Abstract classes can override this to customize issubclass().
    ///
    /// This is invoked early on by abc.ABCMeta.__subclasscheck__().
    /// It should return True, False or NotImplemented.  If it returns
    /// NotImplemented, the normal algorithm is used.  Otherwise, it
    /// overrides the normal algorithm (and the outcome is cached).
    #[classmethod("($type, object, /)")]
    fn __subclasshook__(_vm: &mut Vm, _class: &Value, _object: &Value) -> Result {
        Ok(Value::not_implemented())
    }

    /// This method is called when a class is subclassed.
    ///
    /// The default implementation does nothing. It may be
    /// overridden to extend subclasses.
    #[classmethod("($type, /)")]
    fn __init_subclass__(_vm: &mut Vm, _class: &Value) -> Result<()> {
        Ok(())
    }
}
