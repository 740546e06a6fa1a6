//! `typing.Union`: what `int | None` makes.

use crate::slots::CompareOp;
use crate::{Ref, Result, Tuple, Value, Vm, name};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::{NONE_TYPE, OBJECT};

/// `typing.Union`.
pub static UNION: TypeCell<Union> = TypeCell::new("typing.Union");

/// A union of types, without repetitions.
#[derive(Trace, Payload)]
#[payload(class = UNION, frozen)]
#[repr(C)]
pub struct Union {
    /// `__args__`.
    pub args: Ref<Tuple>,
    parameters: Ref<Tuple>,
}

/// The members, where the value is a union.
pub fn members(_vm: &mut Vm, v: &Value) -> Option<Vec<Value>> {
    v.downcast::<Union>().map(|u| u.args.items().to_vec())
}

/// Whether `|` with this operand makes a union.
fn unionable(v: &Value) -> bool {
    v.is_none()
        || v.as_type().is_some()
        || v.downcast::<Union>().is_some()
        || v.downcast::<crate::types::generic_alias::GenericAlias>().is_some()
        || v.ty().static_name() == "typing.TypeAliasType"
}

/// `a | b` of types.
pub fn or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    if !unionable(a) || !unionable(b) {
        return Ok(Value::not_implemented());
    }
    from_members(vm, &[a.clone(), b.clone()])
}

/// The union of these types, flattened; a single one stands for itself.
pub fn from_members(vm: &mut Vm, all: &[Value]) -> Result {
    let mut args: Vec<Value> = Vec::new();
    for v in all {
        let flat = match v.downcast::<Union>() {
            Some(u) => u.args.items().to_vec(),
            None if v.is_none() => vec![NONE_TYPE.as_ref().into_value()],
            None => vec![v.clone()],
        };
        'next: for v in flat {
            for seen in args.clone() {
                if vm.equal(&seen, &v)? {
                    continue 'next;
                }
            }
            args.push(v);
        }
    }
    if let [only] = &args[..] {
        return Ok(only.clone());
    }
    let args = vm.new_tuple(args)?;
    let parameters = crate::types::generic_alias::parameters_of(vm, &args)?;
    Ref::new(vm, Union { args, parameters }).map(Ref::into_value)
}

/// Methods of `typing.Union`.
pub struct UnionClass;

/// Represent a union type
///
/// E.g. for int | str
#[class(cell = UNION, base = OBJECT, flags = HAVE_GC | MANAGED_WEAKREF | DISALLOW_INSTANTIATION)]
impl UnionClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Union>) -> Result {
        let mut parts = Vec::new();
        for a in this.args.items() {
            parts.push(crate::types::generic_alias::type_repr(vm, a)?);
        }
        vm.new_str(&parts.join(" | ")).map(Ref::into_value)
    }

    #[slot]
    fn hash(vm: &mut Vm, this: &Ref<Union>) -> Result<i64> {
        // Order does not matter.
        let mut h = 0i64;
        for a in this.args.items() {
            h ^= vm.hash(a)?.wrapping_mul(0x2545_F491_4F6C_DD1D);
        }
        Ok(if h == -1 { -2 } else { h })
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let (Some(a), Some(b)) = (a.downcast::<Union>(), b.downcast::<Union>()) else {
            return Ok(Value::not_implemented());
        };
        let equal = match op {
            CompareOp::Eq => true,
            CompareOp::Ne => false,
            _ => return Ok(Value::not_implemented()),
        };
        if a.args.len() != b.args.len() {
            return Ok(Value::bool(!equal));
        }
        for x in a.args.items() {
            if !vm.contains_by_iteration(b.args.as_value(), x)? {
                return Ok(Value::bool(!equal));
            }
        }
        Ok(Value::bool(equal))
    }

    #[slot]
    fn op_or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        or(vm, a, b)
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Value, key: &Value) -> Result {
        let Some(u) = this.downcast::<Union>() else { return Err(vm.raise_wrong_receiver("__getitem__", this)) };
        let new = crate::types::generic_alias::substitute(vm, this, &u.args, &u.parameters, key)?;
        from_members(vm, new.items())
    }

    #[getter(member)]
    fn __args__(_vm: &mut Vm, this: &Ref<Union>) -> Result {
        Ok(this.args.to_value())
    }

    #[getter]
    fn __parameters__(_vm: &mut Vm, this: &Ref<Union>) -> Result {
        Ok(this.parameters.to_value())
    }

    #[getter]
    fn __origin__(_vm: &mut Vm, _this: &Ref<Union>) -> Result {
        Ok(UNION.as_ref().into_value())
    }

    #[getter]
    fn __name__(_vm: &mut Vm, _this: &Ref<Union>) -> Result<&'static str> {
        Ok("Union")
    }

    #[getter]
    fn __qualname__(_vm: &mut Vm, _this: &Ref<Union>) -> Result<&'static str> {
        Ok("Union")
    }

    #[method("($self, instance, /)")]
    fn __instancecheck__(vm: &mut Vm, this: &Ref<Union>, instance: &Value) -> Result<bool> {
        for a in this.args.items() {
            if vm.is_instance(instance, a)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    #[method("($self, subclass, /)")]
    fn __subclasscheck__(vm: &mut Vm, this: &Ref<Union>, subclass: &Value) -> Result<bool> {
        for a in this.args.items() {
            if vm.is_subclass(subclass, a)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    #[method("($self, entries, /)")]
    fn __mro_entries__(vm: &mut Vm, this: &Ref<Union>, _entries: &Value) -> Result {
        let repr = vm.repr(this.as_value())?.to_string_lossy();
        Err(vm.raise_type_error(&format!("Cannot subclass {repr}")))
    }

    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, _class: &Value, object: &Value) -> Result {
        match object.downcast::<Tuple>() {
            Some(t) if t.len() == 0 => Err(vm.raise_type_error("Cannot take a Union of no types.")),
            Some(t) => {
                let all = t.items().to_vec();
                from_members(vm, &all)
            }
            None => from_members(vm, std::slice::from_ref(object)),
        }
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<Union>) -> Result {
        let operator = vm.import("operator")?;
        let or = vm.get_attr(&operator, name!("or_"))?;
        let functools = vm.import("functools")?;
        let reduce = vm.get_attr(&functools, name!("reduce"))?;
        let args = vm.new_tuple(vec![or, this.args.to_value()])?.into_value();
        vm.new_tuple(vec![reduce, args]).map(Ref::into_value)
    }
}
