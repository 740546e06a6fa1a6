//! `types.SimpleNamespace`: an object that is nothing but its attributes.

use crate::native::Args;
use crate::slots::CompareOp;
use crate::types::descriptor::INSTANCE_DICT;
use crate::{Dict, Ref, Result, Str, Tuple, Type, Value, Vm};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;

/// `types.SimpleNamespace`.
pub static SIMPLE_NAMESPACE: TypeCell<SimpleNamespace> = TypeCell::new("types.SimpleNamespace");

/// A namespace; its attributes are in the instance dict.
#[derive(Trace, Payload)]
#[payload(class = SIMPLE_NAMESPACE)]
#[repr(C)]
pub struct SimpleNamespace {}

impl Vm {
    /// A namespace with these attributes.
    pub fn new_namespace(&mut self, attributes: Vec<(&str, Value)>) -> Result {
        let made = Ref::new(self, SimpleNamespace {})?.into_value();
        let dict = attributes_of(self, &made)?;
        for (key, value) in attributes {
            let key = self.intern_utf8(key)?;
            self.dict_set(&dict, key.as_value(), value)?;
        }
        Ok(made)
    }
}

/// The dict of the attributes.
fn attributes_of(vm: &mut Vm, this: &Value) -> Result<Ref<Dict>> {
    match vm.instance_dict(this)? {
        Some(dict) => Ok(dict),
        None => Err(vm.raise_system_error("a namespace without its attributes")),
    }
}

/// Enters keywords into a dict.
fn update(vm: &mut Vm, dict: &Ref<Dict>, args: Args<'_>) -> Result<()> {
    for (key, value) in args.keywords() {
        vm.dict_set(dict, key, value.clone())?;
    }
    Ok(())
}

/// Methods of `types.SimpleNamespace`.
pub struct SimpleNamespaceClass;

/// A simple attribute-based namespace.
#[class(cell = SIMPLE_NAMESPACE, base = OBJECT, flags = BASETYPE | HAVE_GC | MANAGED_DICT, signature = "(mapping_or_iterable=(), /, **kwargs)")]
impl SimpleNamespaceClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, SimpleNamespace {}).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        let positional = args.positional();
        if positional.len() > 1 {
            let class = this.ty().name();
            let text = format!("{class} expected at most 1 argument, got {}", positional.len());
            return Err(vm.raise_type_error(&text));
        }
        let dict = attributes_of(vm, this)?;
        if let Some(given) = positional.first() {
            let given = match given.downcast_exact::<Dict>() {
                Some(given) => given.clone(),
                None => {
                    let class = vm.builtin("dict")?;
                    let made = vm.call(&class, std::slice::from_ref(given))?;
                    match made.downcast::<Dict>() {
                        Some(made) => made.clone(),
                        None => return Err(vm.raise_type_error("a mapping is required")),
                    }
                }
            };
            if given.get(vm).iter().any(|(k, _)| k.downcast::<Str>().is_none()) {
                return Err(vm.raise_type_error("keywords must be strings"));
            }
            vm.dict_update(&dict, &given)?;
        }
        update(vm, &dict, args)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Value) -> Result {
        let exact = SIMPLE_NAMESPACE.is_exact(this);
        let class = if exact { "namespace".to_owned() } else { this.ty().name() };
        let made = vm.guard_repr(this, |vm| {
            let dict = attributes_of(vm, this)?;
            let mut text = vm.new_str(&format!("{class}("))?;
            let entries: Vec<(Value, Value)> = taipan_object::room::gathered(
                dict.get(vm).len(),
                dict.get(vm).iter().map(|(k, v)| (k.clone(), v.clone())),
            )?;
            let mut first = true;
            for (key, value) in entries {
                let Some(key) = key.downcast::<Str>().filter(|k| !k.is_empty()) else { continue };
                if !first {
                    let comma = vm.new_str(", ")?;
                    text = vm.concat_str(&text, &comma)?;
                }
                first = false;
                let equals = vm.new_str("=")?;
                let shown = vm.repr(&value)?;
                for part in [key, &equals, &shown] {
                    text = vm.concat_str(&text, part)?;
                }
            }
            let close = vm.new_str(")")?;
            vm.concat_str(&text, &close)
        })?;
        match made {
            Some(text) => Ok(text.into_value()),
            None => vm.new_str(&format!("{class}(...)")).map(Ref::into_value),
        }
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let ours = |v: &Value| v.ty().is_subtype(SIMPLE_NAMESPACE.as_type());
        if !ours(a) || !ours(b) {
            return Ok(Value::not_implemented());
        }
        let (a, b) = (attributes_of(vm, a)?, attributes_of(vm, b)?);
        vm.compare(a.as_value(), b.as_value(), op)
    }

    #[getter]
    fn __dict__(vm: &mut Vm, this: &Value) -> Result {
        (INSTANCE_DICT.get)(vm, this)
    }

    /// Return state information for pickling
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Value) -> Result<Ref<Tuple>> {
        let dict = attributes_of(vm, this)?.into_value();
        let args = vm.new_tuple(Vec::new())?.into_value();
        vm.new_tuple(vec![this.ty().to_value(), args, dict])
    }

    /// Make a copy in which some attributes have other values.
    #[method("($self, /, **changes)")]
    fn __replace__(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
        if !args.positional().is_empty() {
            return Err(vm.raise_type_error("__replace__() takes no positional arguments"));
        }
        let class = this.ty().to_value();
        let made = vm.call(&class, &[])?;
        if !made.ty().is_subtype(SIMPLE_NAMESPACE.as_type()) {
            let (class, given) = (vm.dotted_name(this.ty()), made.ty().name());
            let text = format!("expect types.SimpleNamespace type, but {class}() returned '{given}' object");
            return Err(vm.raise_type_error(&text));
        }
        let (from, to) = (attributes_of(vm, this)?, attributes_of(vm, &made)?);
        vm.dict_update(&to, &from)?;
        update(vm, &to, args)?;
        Ok(made)
    }
}
