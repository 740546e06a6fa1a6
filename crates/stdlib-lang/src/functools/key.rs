//! What `functools.cmp_to_key` makes: sort keys that compare by a function.

use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_vm::errors::ATTRIBUTE_ERROR;
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::slots::CompareOp;
use taipan_vm::{Ref, Result, Value, Vm};

/// `functools.KeyWrapper`.
pub static KEY: TypeCell<Key> = TypeCell::new("functools.KeyWrapper");

/// A key, or without an object the function that makes keys.
#[derive(Trace, Payload)]
#[payload(class = KEY)]
#[repr(C)]
pub struct Key {
    compare: Value,
    object: Option<Value>,
}

/// A function that makes keys.
pub fn new_key_function(vm: &mut Vm, compare: &Value) -> Result {
    Ref::new(vm, Key { compare: compare.clone(), object: None }).map(Ref::into_value)
}

/// Methods of `functools.KeyWrapper`.
pub struct KeyClass;

#[class(cell = KEY, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl KeyClass {
    /// How an instance is called.
    #[getter]
    fn __text_signature__(_vm: &mut Vm, _this: &Value) -> Result<&'static str> {
        Ok("(obj)")
    }

    #[slot]
    fn call(vm: &mut Vm, this: &Ref<Key>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "K",
            params: &["obj"],
            required: &[true],
            required_count: 1,
            positional_only: 0,
            positional: 1,
        };
        let given = args.all().len();
        if given > 1 {
            return Err(vm.raise_type_error(&format!("K() takes at most 1 argument ({given} given)")));
        }
        let [object] = bind::<1>(vm, &SIGNATURE, args)?;
        let compare = this.get(vm).compare.clone();
        Ref::new(vm, Key { compare, object: object.cloned() }).map(Ref::into_value)
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let (Some(x), Some(y)) = (a.downcast::<Key>(), b.downcast::<Key>()) else {
            return Err(vm.raise_type_error("other argument must be K instance"));
        };
        let (x, y) = (x.get(vm), y.get(vm));
        let (Some(left), Some(right)) = (x.object.clone(), y.object.clone()) else {
            return Err(vm.raise_class(ATTRIBUTE_ERROR.as_type(), "object"));
        };
        let compare = x.compare.clone();
        let order = vm.call(&compare, &[left, right])?;
        vm.compare(&order, &Value::from_i32(0), op)
    }

    /// Value wrapped by a key function.
    #[getter]
    fn obj(vm: &mut Vm, this: &Ref<Key>) -> Result {
        Ok(this.get(vm).object.clone().unwrap_or_else(Value::none))
    }

    #[setter]
    fn set_obj(vm: &mut Vm, this: &Ref<Key>, value: Option<&Value>) -> Result<()> {
        let old = std::mem::replace(&mut this.get_mut(vm).object, value.cloned());
        drop(old);
        Ok(())
    }
}
