//! `typing.Union`: what `int | None` makes.

use crate::slots::CompareOp;
use crate::{Ref, Result, Str, Tuple, Value, Vm, name};
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::{NONE_TYPE, OBJECT};
use taipan_object::{Set, TypeCell};

/// `typing.Union`.
pub static UNION: TypeCell<Union> = TypeCell::new("typing.Union");

/// A union of types, without repetitions.
#[derive(Trace, Payload)]
#[payload(class = UNION, frozen)]
#[repr(C)]
pub struct Union {
    /// `__args__`.
    pub args: Ref<Tuple>,
    /// Those that can be hashed.
    hashable: Value,
    /// Those that cannot.
    unhashable: Ref<Tuple>,
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

/// What module `typing` makes of a member that is no type: a string is a forward reference.
fn checked(vm: &mut Vm, v: &Value) -> Result {
    if unionable(v) {
        return Ok(v.clone());
    }
    let typing = vm.import("typing")?;
    let words = vm.new_str("Union[arg, ...]: each arg must be a type.")?.into_value();
    vm.call_method(&typing, name!("_type_check"), &[v.clone(), words])
}

/// The union of these types, flattened; a single one stands for itself.
pub fn from_members(vm: &mut Vm, all: &[Value]) -> Result {
    let mut args: Vec<Value> = Vec::new();
    let mut unhashable: Vec<Value> = Vec::new();
    let hashable = Ref::new(vm, Set::new())?;
    for v in all {
        let v = checked(vm, v)?;
        let flat = match v.downcast::<Union>() {
            Some(u) => u.args.items().to_vec(),
            None if v.is_none() => vec![NONE_TYPE.as_ref().into_value()],
            None => vec![v.clone()],
        };
        for v in flat {
            let new = match vm.hash(&v) {
                Ok(hash) => vm.set_add_hashed(&hashable, &v, hash)?,
                Err(raised) => {
                    drop(vm.take_raised(raised));
                    let mut seen = false;
                    for u in unhashable.clone() {
                        if vm.equal(&u, &v)? {
                            seen = true;
                            break;
                        }
                    }
                    if !seen {
                        unhashable.push(v.clone());
                    }
                    !seen
                }
            };
            if new {
                args.push(v);
            }
        }
    }
    if let [only] = &args[..] {
        return Ok(only.clone());
    }
    let args = vm.new_tuple(args)?;
    let unhashable = vm.new_tuple(unhashable)?;
    let hashable = vm.freeze_set(&hashable)?;
    let parameters = crate::types::generic_alias::parameters_of(vm, &args)?;
    Ref::new(vm, Union { args, hashable, unhashable, parameters }).map(Ref::into_value)
}

/// Whether each of `a` is in `b`.
fn all_in(vm: &mut Vm, a: &Ref<Tuple>, b: &Ref<Tuple>) -> Result<bool> {
    for v in a.items() {
        if !vm.contains_by_iteration(b.as_value(), v)? {
            return Ok(false);
        }
    }
    Ok(true)
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
        if this.unhashable.len() > 0 {
            // Two unions might be equal and have different hashes.
            for v in this.unhashable.items() {
                vm.hash(v)?;
            }
            let n = this.unhashable.len();
            return Err(vm.raise_type_error(&format!("union contains {n} unhashable elements")));
        }
        vm.hash(&this.hashable)
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let (Some(a), Some(b)) = (a.downcast::<Union>(), b.downcast::<Union>()) else {
            return Ok(Value::not_implemented());
        };
        let wanted = match op {
            CompareOp::Eq => true,
            CompareOp::Ne => false,
            _ => return Ok(Value::not_implemented()),
        };
        let same = a.unhashable.len() == b.unhashable.len()
            && vm.equal(&a.hashable, &b.hashable)?
            && all_in(vm, &a.unhashable, &b.unhashable)?
            && all_in(vm, &b.unhashable, &a.unhashable)?;
        Ok(Value::bool(same == wanted))
    }

    #[slot]
    fn getattr(vm: &mut Vm, this: &Value, name: &Ref<Str>) -> Result {
        // The module is that of the class.
        if name.as_ascii() == Some("__module__") {
            return vm.get_attr(&this.ty().to_value(), name);
        }
        vm.generic_get_attr(this, name)
    }

    #[slot]
    fn op_or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        from_members(vm, &[a.clone(), b.clone()])
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

    #[method("($self, object, /)")]
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
}
