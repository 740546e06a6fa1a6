//! `defaultdict`.

use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::{DICT, INT, LIST};
use taipan_vm::native::Args;
use taipan_vm::{Dict, Ref, Result, Tuple, Type, Value, Vm, name, slots};

/// `collections.defaultdict`.
pub static DEFAULT_DICT: TypeCell<DefaultDict> = TypeCell::new("collections.defaultdict");

/// A dict that makes values for missing keys.
#[derive(Trace, Payload)]
#[payload(class = DEFAULT_DICT, base = dict)]
#[repr(C)]
pub struct DefaultDict {
    dict: Dict,
    factory: Option<Value>,
}

/// Another of the same class with the same factory.
fn like(vm: &mut Vm, this: &Ref<DefaultDict>, items: &Value) -> Result {
    let factory = this.get(vm).factory.clone().unwrap_or_else(Value::none);
    vm.call(&this.ty().to_value(), &[factory, items.clone()])
}

/// Methods of `defaultdict`.
pub struct DefaultDictClass;

/// defaultdict(default_factory=None, /, [...]) --> dict with default factory
///
/// The default factory is called without arguments to produce
/// a new value when a key is not present, in __getitem__ only.
/// A defaultdict compares equal to a dict with the same items.
/// All remaining arguments are treated the same as if they were
/// passed to the dict constructor, including keyword arguments.
#[class(cell = DEFAULT_DICT, base = DICT, flags = BASETYPE | HAVE_GC | DICT_SUBCLASS | MAPPING)]
impl DefaultDictClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, DefaultDict { dict: Dict::new(), factory: None }).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        let (Some(own), Some(dict)) = (this.downcast::<DefaultDict>(), this.downcast::<Dict>()) else {
            return Err(vm.raise_wrong_receiver("__init__", this));
        };
        let (factory, rest) = match args.split_first() {
            Some((factory, rest)) => (Some(factory), rest),
            None => (None, args),
        };
        let factory = factory.filter(|f| !f.is_none());
        if factory.is_some_and(|f| !vm.is_callable(f)) {
            return Err(vm.raise_type_error("first argument must be callable or None"));
        }
        let old = std::mem::replace(&mut own.get_mut(vm).factory, factory.cloned());
        drop(old);
        vm.dict_update_from(dict, "dict", rest)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<DefaultDict>) -> Result {
        let factory = match this.get(vm).factory.clone() {
            None => "None".to_owned(),
            Some(f) => {
                let text = vm.guard_repr(this.as_value(), |vm| vm.repr(&f))?;
                text.map_or_else(|| "...".to_owned(), |t| t.to_string_lossy())
            }
        };
        let dict = match slots::of(DICT.as_type()).repr {
            Some(f) => f(vm, this.as_value())?,
            None => return Err(vm.raise_wrong_receiver("__repr__", this.as_value())),
        };
        let dict = vm.str(&dict)?;
        let head = vm.new_str(&format!("{}({factory}, ", this.ty().short_name()))?;
        let text = vm.concat_str(&head, &dict)?;
        let close = vm.new_str(")")?;
        vm.concat_str(&text, &close).map(Ref::into_value)
    }

    #[slot]
    fn op_or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let (own, other) = match (a.downcast::<DefaultDict>(), b.downcast::<DefaultDict>()) {
            (Some(own), _) => (own, b),
            (None, Some(own)) => (own, a),
            (None, None) => return Ok(Value::not_implemented()),
        };
        if other.downcast::<Dict>().is_none() {
            return Ok(Value::not_implemented());
        }
        let new = like(vm, own, a)?;
        match new.downcast::<Dict>() {
            Some(dict) => vm.dict_merge_any(dict, b)?,
            None => return Err(vm.raise_wrong_receiver("update", &new)),
        }
        Ok(new)
    }

    /// __missing__(key) # Called by __getitem__ for missing key; pseudo-code:
    ///   if self.default_factory is None: raise KeyError((key,))
    ///   self[key] = value = self.default_factory()
    ///   return value
    #[method("($self, object, /)")]
    fn __missing__(vm: &mut Vm, this: &Ref<DefaultDict>, key: &Value) -> Result {
        let Some(factory) = this.get(vm).factory.clone() else { return Err(vm.raise_key_error(key)) };
        // What these two make is known.
        let value = if factory.is(INT.as_ref().as_value()) {
            Value::from_i32(0)
        } else if factory.is(LIST.as_ref().as_value()) {
            vm.new_list(Vec::new())?.into_value()
        } else {
            vm.call(&factory, &[])?
        };
        // The factory may have set the key by now: its value stands.
        match this.as_value().downcast::<Dict>() {
            Some(dict) => vm.dict_set_default(dict, key, value),
            None => Ok(value),
        }
    }

    /// D.copy() -> a shallow copy of D.
    #[method("($self, /)")]
    fn copy(vm: &mut Vm, this: &Ref<DefaultDict>) -> Result {
        like(vm, this, this.as_value())
    }

    /// D.copy() -> a shallow copy of D.
    #[method("($self, /)")]
    fn __copy__(vm: &mut Vm, this: &Ref<DefaultDict>) -> Result {
        like(vm, this, this.as_value())
    }

    /// Return state information for pickling.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<DefaultDict>) -> Result<Ref<Tuple>> {
        let args = this.get(vm).factory.clone().into_iter().collect();
        let args = vm.new_tuple(args)?.into_value();
        let items = vm.call_method(this.as_value(), name!("items"), &[])?;
        let items = vm.iter(&items)?;
        vm.new_tuple(vec![this.ty().to_value(), args, Value::none(), Value::none(), items])
    }

    /// See PEP 585
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        taipan_vm::types::generic_alias::new_alias(vm, class.clone(), object.clone())
    }

    /// Factory for default value called by __missing__().
    #[getter(member)]
    fn default_factory(vm: &mut Vm, this: &Ref<DefaultDict>) -> Result<Option<Value>> {
        Ok(this.get(vm).factory.clone())
    }

    #[setter]
    fn set_default_factory(vm: &mut Vm, this: &Ref<DefaultDict>, value: Option<&Value>) -> Result<()> {
        let new = value.filter(|v| !v.is_none()).cloned();
        let old = std::mem::replace(&mut this.get_mut(vm).factory, new);
        drop(old);
        Ok(())
    }
}
