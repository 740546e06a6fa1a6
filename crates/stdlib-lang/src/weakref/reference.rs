//! `weakref.ref`.

use super::new_weak;
use taipan_macros::class;
use taipan_object::WeakRef;
use taipan_object::statics::{OBJECT, WEAKREF};
use taipan_object::weak::Sharing;
use taipan_vm::errors::ATTRIBUTE_ERROR;
use taipan_vm::native::Args;
use taipan_vm::slots::CompareOp;
use taipan_vm::{Ref, Result, Str, Type, Value, Vm, name};

/// Methods of `weakref.ref`.
pub struct ReferenceClass;

/// Arguments of `__new__` and `__init__`: the object and a callback.
fn arguments<'a>(vm: &mut Vm, name: &str, args: Args<'a>) -> Result<(&'a Value, Option<&'a Value>)> {
    let n = args.positional().len();
    let bound = match n {
        0 => "at least 1 argument",
        1 | 2 => return Ok((&args.positional()[0], args.positional().get(1))),
        _ => "at most 2 arguments",
    };
    Err(vm.raise_type_error(&format!("{name} expected {bound}, got {n}")))
}

/// The words after `weakref at ...` about the object: its class, its address and its name.
pub(super) fn describe(vm: &mut Vm, object: &Value, with_name: bool) -> Result<String> {
    let class = vm.dotted_name(object.ty());
    let mut text = format!("to '{class}' at {:#x}", object.bits());
    if with_name
        && let Some(name) = vm.lookup_special(object, name!("__name__"))?
        && let Some(name) = name.downcast::<Str>()
    {
        text = format!("{text} ({})", name.to_string_lossy());
    }
    Ok(text)
}

#[class(cell = WEAKREF, base = OBJECT, flags = BASETYPE | HAVE_GC)]
impl ReferenceClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let (object, callback) = arguments(vm, "__new__", args)?;
        if !args.names().is_empty() && class.is(&WEAKREF.as_ref()) {
            return Err(vm.raise_type_error("ref() takes no keyword arguments"));
        }
        let sharing = if class.is(&WEAKREF.as_ref()) { Sharing::Reference } else { Sharing::Own };
        new_weak(vm, class, object, callback, sharing)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Ref<WeakRef>, args: Args<'_>) -> Result<()> {
        if !args.names().is_empty() && this.ty().is(WEAKREF.as_type()) {
            return Err(vm.raise_type_error("ref() takes no keyword arguments"));
        }
        arguments(vm, "__init__", args).map(drop)
    }

    #[slot]
    fn call(vm: &mut Vm, this: &Ref<WeakRef>, args: Args<'_>) -> Result {
        if !args.all().is_empty() {
            args.no_keywords(vm, "weakref")?;
            args.expect(vm, "weakref", 0, 0)?;
        }
        Ok(this.upgrade().unwrap_or_else(Value::none))
    }

    #[slot]
    fn hash(vm: &mut Vm, this: &Ref<WeakRef>) -> Result<i64> {
        if let Some(hash) = WeakRef::hash(this) {
            return Ok(hash);
        }
        match this.upgrade() {
            Some(object) => {
                let hash = vm.hash(&object)?;
                this.set_hash(hash);
                Ok(hash)
            }
            None => Err(vm.raise_type_error("weak object has gone away")),
        }
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let (Some(x), Some(y)) = (a.downcast::<WeakRef>(), b.downcast::<WeakRef>()) else {
            return Ok(Value::not_implemented());
        };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(Value::not_implemented());
        }
        match (x.upgrade(), y.upgrade()) {
            (Some(x), Some(y)) => vm.compare(&x, &y, op),
            _ => Ok(Value::bool(a.is(b) == (op == CompareOp::Eq))),
        }
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<WeakRef>) -> Result {
        let at = this.as_value().bits();
        let text = match this.upgrade() {
            Some(object) => format!("<weakref at {at:#x}; {}>", describe(vm, &object, true)?),
            None => format!("<weakref at {at:#x}; dead>"),
        };
        vm.new_str(&text).map(Ref::into_value)
    }

    #[getter]
    fn __callback__(_vm: &mut Vm, this: &Ref<WeakRef>) -> Result {
        Ok(this.callback().unwrap_or_else(Value::none))
    }

    #[setter]
    fn set___callback__(vm: &mut Vm, _this: &Ref<WeakRef>, _value: Option<&Value>) -> Result<()> {
        Err(vm.raise_class(ATTRIBUTE_ERROR.as_type(), "readonly attribute"))
    }

    /// Weakrefs are generic over the type of the referenced object.
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        taipan_vm::types::generic_alias::new_alias(vm, class.clone(), object.clone())
    }
}
