//! `TypeAliasType`: what `type X = ...` makes.

use super::params;
use super::{ConstEvaluator, caller_module, evaluate, unpack_tuples};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::types::generic_alias::new_alias;
use taipan_vm::types::module::Module;
use taipan_vm::types::union;
use taipan_vm::{Ref, Result, Tuple, Type, Value, Vm, name};

/// `TypeAliasType`.
pub static TYPE_ALIAS: TypeCell<TypeAlias> = TypeCell::new("typing.TypeAliasType");

/// A named type.
#[derive(Trace, Payload)]
#[payload(class = TYPE_ALIAS)]
#[repr(C)]
pub struct TypeAlias {
    name: Value,
    params: Option<Ref<Tuple>>,
    value: Option<Value>,
    function: Option<Value>,
    module: Option<Value>,
}

/// Adds the class to the module.
pub fn add(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
    vm.add_class(module, &TypeAliasClass::class_def())
}

/// The instruction for `type X[...] = ...`: name, parameters or `None`, function that gives the value.
pub fn make_type_alias(vm: &mut Vm, parts: &Value) -> Result {
    let parts = vm.collect(parts)?;
    let [name, params, function] = &parts[..] else {
        return Err(vm.raise_type_error("a type alias is made of three parts"));
    };
    let module = vm.get_attr_opt(function, name!("__module__"))?;
    let params = params.downcast::<Tuple>().cloned();
    let alias = TypeAlias { name: name.clone(), params, value: None, function: Some(function.clone()), module };
    Ref::new(vm, alias).map(Ref::into_value)
}

/// Methods of `TypeAliasType`.
pub struct TypeAliasClass;

/// Type alias.
///
/// The statement `type Name = value` makes one.
#[class(cell = TYPE_ALIAS, base = OBJECT, flags = HAVE_GC | MANAGED_WEAKREF)]
impl TypeAliasClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "typealias",
            params: &["name", "value", "type_params"],
            required: &[true, true, false],
            required_count: 2,
            positional_only: 0,
            positional: 2,
        };
        let [name, value, params] = bind::<3>(vm, &SIGNATURE, args)?;
        let (Some(name), Some(value)) = (name, value) else {
            return Err(vm.raise_type_error("typealias() missing required argument 'value' (pos 2)"));
        };
        let name = params::checked_name(vm, &SIGNATURE, Some(name))?;
        let params = match params {
            None => None,
            Some(p) => match p.downcast::<Tuple>() {
                Some(t) => Some(t.clone()),
                None => return Err(vm.raise_type_error("type_params must be a tuple")),
            },
        };
        for p in params.iter().flat_map(|p| p.items()) {
            if !params::is_parameter(p) {
                let repr = vm.repr(p)?.to_string_lossy();
                return Err(vm.raise_type_error(&format!("Expected a type param, got {repr}")));
            }
        }
        if let Some(params) = &params
            && let Some(late) = params::default_before_required(vm, params)
        {
            let late = vm.repr(&late)?.to_string_lossy();
            let text = format!("non-default type parameter '{late}' follows default type parameter");
            return Err(vm.raise_type_error(&text));
        }
        let params = params.filter(|p| !p.items().is_empty());
        let module = Some(caller_module(vm)?).filter(|m| !m.is_none());
        let alias = TypeAlias { name, params, value: Some(value.clone()), function: None, module };
        Ref::new(vm, alias).map(Ref::into_value)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<TypeAlias>) -> Result {
        Ok(this.get(vm).name.clone())
    }

    #[slot]
    fn op_or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        union::from_members(vm, &[a.clone(), b.clone()])
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Ref<TypeAlias>) -> Result {
        let typing = vm.import("typing")?;
        let unpack = vm.get_attr(&typing, name!("Unpack"))?;
        let unpacked = vm.get_item(&unpack, this.as_value())?;
        let one = vm.new_tuple(vec![unpacked])?.into_value();
        vm.iter(&one)
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Value, key: &Value) -> Result {
        let generic = this.downcast::<TypeAlias>().is_some_and(|a| a.get(vm).params.is_some());
        if !generic {
            return Err(vm.raise_type_error("Only generic type aliases are subscriptable"));
        }
        new_alias(vm, this.clone(), key.clone())
    }

    #[getter(member)]
    fn __name__(vm: &mut Vm, this: &Ref<TypeAlias>) -> Result {
        Ok(this.get(vm).name.clone())
    }

    #[getter]
    fn __value__(vm: &mut Vm, this: &Ref<TypeAlias>) -> Result {
        let (value, function) = (this.get(vm).value.clone(), this.get(vm).function.clone());
        match (value, function) {
            (Some(v), _) => Ok(v),
            (None, Some(f)) => {
                let v = evaluate(vm, &f)?;
                this.get_mut(vm).value = Some(v.clone());
                Ok(v)
            }
            (None, None) => Ok(Value::none()),
        }
    }

    #[getter]
    fn evaluate_value(vm: &mut Vm, this: &Ref<TypeAlias>) -> Result {
        let (value, function) = (this.get(vm).value.clone(), this.get(vm).function.clone());
        match (function, value) {
            (Some(f), _) => Ok(f),
            (None, Some(v)) => ConstEvaluator::make(vm, v),
            (None, None) => Ok(Value::none()),
        }
    }

    #[getter]
    fn __type_params__(vm: &mut Vm, this: &Ref<TypeAlias>) -> Result {
        match this.get(vm).params.clone() {
            Some(p) => Ok(p.into_value()),
            None => vm.new_tuple(Vec::new()).map(Ref::into_value),
        }
    }

    #[getter]
    fn __parameters__(vm: &mut Vm, this: &Ref<TypeAlias>) -> Result {
        match this.get(vm).params.clone() {
            Some(p) => unpack_tuples(vm, &p).map(Ref::into_value),
            None => vm.new_tuple(Vec::new()).map(Ref::into_value),
        }
    }

    #[getter]
    fn __module__(vm: &mut Vm, this: &Ref<TypeAlias>) -> Result<Option<Value>> {
        Ok(this.get(vm).module.clone())
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<TypeAlias>) -> Result {
        Ok(this.get(vm).name.clone())
    }
}
