//! `mappingproxy`: a read-only view of a mapping, as a class's `__dict__` is.

use crate::native::Args;
use crate::slots::CompareOp;
use crate::{Dict, Ref, Result, Str, Type, Value, Vm, name};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;

/// `mappingproxy`.
pub static MAPPING_PROXY: TypeCell<MappingProxy> = TypeCell::new("mappingproxy");

/// A mapping that cannot be changed through this view.
#[derive(Trace, Payload)]
#[payload(class = MAPPING_PROXY, frozen)]
#[repr(C)]
pub struct MappingProxy {
    /// What is viewed, or the class whose namespace is.
    source: Value,
    /// Whether it is the namespace of a native class, which is made when more than single names of it are asked for.
    of_class: bool,
}

impl MappingProxy {
    /// What is viewed.
    pub fn mapping(&self) -> Value {
        match self.class() {
            Some(class) => class.dict().map_or_else(Value::none, |dict| dict.to_value()),
            None => self.source.clone(),
        }
    }

    fn class(&self) -> Option<&Type> {
        if self.of_class { self.source.as_type() } else { None }
    }

    /// The entry of a string in a native class's namespace; nothing if this is no view of one, or if it has no such entry.
    fn single(&self, vm: &Vm, key: &Value) -> Option<Value> {
        self.class()?.own(vm, key.downcast_exact::<Str>()?)
    }
}

/// A view of `mapping`.
pub fn new_proxy(vm: &mut Vm, mapping: Value) -> Result {
    Ref::new(vm, MappingProxy { source: mapping, of_class: false }).map(Ref::into_value)
}

/// A view of a class's namespace.
pub fn of_class(vm: &mut Vm, class: &Ref<Type>) -> Result {
    if class.is_static() {
        return Ref::new(vm, MappingProxy { source: class.to_value(), of_class: true }).map(Ref::into_value);
    }
    match class.dict().cloned() {
        Some(dict) => new_proxy(vm, dict.into_value()),
        None => Ok(Value::none()),
    }
}

/// What a proxy shows.
pub fn proxied(v: &Value) -> Option<Value> {
    v.downcast::<MappingProxy>().map(|p| p.mapping())
}

/// Methods of `mappingproxy`.
pub struct MappingProxyClass;

/// Read-only proxy of a mapping.
#[class(cell = MAPPING_PROXY, base = OBJECT, flags = HAVE_GC | MAPPING, signature = "(mapping)")]
impl MappingProxyClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: crate::native::Signature = crate::native::Signature {
            name: "mappingproxy",
            params: &["mapping"],
            required: &[true],
            required_count: 1,
            positional_only: 0,
            positional: 1,
        };
        let [mapping] = crate::native::bind::<1>(vm, &SIGNATURE, args)?;
        let mapping = mapping.cloned().unwrap_or_else(Value::none);
        let is_sequence = mapping.downcast::<crate::List>().is_some() || mapping.downcast::<crate::Tuple>().is_some();
        if crate::slots::of(mapping.ty()).getitem.is_none() || is_sequence {
            let text = format!("mappingproxy() argument must be a mapping, not {}", mapping.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        Ref::new_in(vm, class, MappingProxy { source: mapping, of_class: false }).map(Ref::into_value)
    }

    #[slot]
    fn len(vm: &mut Vm, this: &Ref<MappingProxy>) -> Result<usize> {
        vm.len(&this.mapping())
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Value, key: &Value) -> Result {
        match this.downcast::<MappingProxy>() {
            Some(p) => match p.single(vm, key) {
                Some(value) => Ok(value),
                None => vm.get_item(&p.mapping(), key),
            },
            None => Err(vm.raise_wrong_receiver("__getitem__", this)),
        }
    }

    #[slot]
    fn contains(vm: &mut Vm, this: &Ref<MappingProxy>, key: &Value) -> Result<bool> {
        match (this.class(), key.downcast_exact::<Str>()) {
            (Some(class), Some(name)) => Ok(class.own(vm, name).is_some()),
            _ => vm.contains(&this.mapping(), key),
        }
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Ref<MappingProxy>) -> Result {
        vm.iter(&this.mapping())
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<MappingProxy>) -> Result {
        let inner = vm.repr(&this.mapping())?.to_string_lossy();
        vm.new_str(&format!("mappingproxy({inner})")).map(Ref::into_value)
    }

    #[slot]
    fn str(vm: &mut Vm, this: &Ref<MappingProxy>) -> Result {
        vm.str(&this.mapping()).map(Ref::into_value)
    }

    #[slot]
    fn hash(vm: &mut Vm, this: &Ref<MappingProxy>) -> Result<i64> {
        vm.hash(&this.mapping())
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        match a.downcast::<MappingProxy>() {
            Some(p) => vm.compare(&p.mapping(), b, op),
            None => Ok(Value::not_implemented()),
        }
    }

    #[slot]
    fn op_or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let unwrap = |v: &Value| v.downcast::<MappingProxy>().map_or_else(|| v.clone(), |p| p.mapping());
        let (a, b) = (unwrap(a), unwrap(b));
        vm.binary(crate::slots::BinaryOp::OR, &a, &b)
    }

    #[slot]
    fn op_inplace_or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let text = format!("'|=' is not supported by {}; use '|' instead", a.ty().name());
        let _ = b;
        Err(vm.raise_type_error(&text))
    }

    /// Return the value for key if key is in the mapping, else default.
    #[method("($self, key, default=None, /)")]
    fn get(vm: &mut Vm, this: &Ref<MappingProxy>, key: &Value, default: Option<&Value>) -> Result {
        let default = default.cloned().unwrap_or_else(Value::none);
        if let Some(value) = this.single(vm, key) {
            return Ok(value);
        }
        let mapping = this.mapping();
        match mapping.downcast_exact::<Dict>() {
            Some(d) => Ok(vm.dict_get(d, key)?.unwrap_or(default)),
            None => vm.call_method(&mapping, name!("get"), &[key.clone(), default]),
        }
    }

    /// a set-like object providing a view on D's keys
    #[method("($self, /)")]
    fn keys(vm: &mut Vm, this: &Ref<MappingProxy>) -> Result {
        vm.call_method(&this.mapping(), name!("keys"), &[])
    }

    /// an object providing a view on D's values
    #[method("($self, /)")]
    fn values(vm: &mut Vm, this: &Ref<MappingProxy>) -> Result {
        vm.call_method(&this.mapping(), name!("values"), &[])
    }

    /// a set-like object providing a view on D's items
    #[method("($self, /)")]
    fn items(vm: &mut Vm, this: &Ref<MappingProxy>) -> Result {
        vm.call_method(&this.mapping(), name!("items"), &[])
    }

    /// a shallow copy of D
    #[method("($self, /)")]
    fn copy(vm: &mut Vm, this: &Ref<MappingProxy>) -> Result {
        vm.call_method(&this.mapping(), name!("copy"), &[])
    }

    /// a reverse iterator over the keys of D
    #[method("($self, /)")]
    fn __reversed__(vm: &mut Vm, this: &Ref<MappingProxy>) -> Result {
        vm.call_method(&this.mapping(), name!("__reversed__"), &[])
    }

    /// See PEP 585
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        crate::types::generic_alias::new_alias(vm, class.clone(), object.clone())
    }
}
