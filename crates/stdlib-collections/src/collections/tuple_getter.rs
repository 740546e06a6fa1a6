//! `_tuplegetter`: the fields of named tuples.

use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_vm::native::{Args, FromArg, Place, Signature};
use taipan_vm::{Ref, Result, Tuple, Type, Value, Vm};

/// `collections._tuplegetter`.
pub static TUPLE_GETTER: TypeCell<TupleGetter> = TypeCell::new("collections._tuplegetter");

/// A field by its index.
#[derive(Trace, Payload)]
#[payload(class = TUPLE_GETTER)]
#[repr(C)]
pub struct TupleGetter {
    index: isize,
    doc: Value,
}

/// Methods of `_tuplegetter`.
pub struct TupleGetterClass;

#[class(cell = TUPLE_GETTER, base = OBJECT, flags = HAVE_GC)]
impl TupleGetterClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "_tuplegetter",
            params: &["", ""],
            required: &[true, true],
            required_count: 2,
            positional_only: 2,
            positional: 2,
        };
        let args = args.expect(vm, "_tuplegetter", 2, 2)?;
        let index = isize::from_arg(vm, args.first(), Place::argument(&SIGNATURE, 0))?;
        Ref::new_in(vm, class, TupleGetter { index, doc: args[1].clone() }).map(Ref::into_value)
    }

    #[slot]
    fn get(vm: &mut Vm, this: &Value, object: Option<&Value>, class: Option<&Value>) -> Result {
        let Some(getter) = this.downcast::<TupleGetter>() else {
            return Err(vm.raise_wrong_receiver("__get__", this));
        };
        let Some(object) = object.filter(|o| !o.is_none() || class.is_none()) else { return Ok(this.clone()) };
        let index = getter.get(vm).index;
        let Some(tuple) = object.downcast::<Tuple>() else {
            if object.is_none() {
                return Ok(this.clone());
            }
            let text = format!(
                "descriptor for index '{index}' for tuple subclasses doesn't apply to '{}' object",
                object.ty().name()
            );
            return Err(vm.raise_type_error(&text));
        };
        match usize::try_from(index).ok().and_then(|i| tuple.items().get(i)) {
            Some(v) => Ok(v.clone()),
            None => Err(vm.raise_index_error("tuple index out of range")),
        }
    }

    #[slot]
    fn set(vm: &mut Vm, _this: &Value, _object: &Value, value: Option<Value>) -> Result<()> {
        let what = if value.is_some() { "set" } else { "delete" };
        Err(vm.raise_class(taipan_vm::errors::ATTRIBUTE_ERROR.as_type(), &format!("can't {what} attribute")))
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<TupleGetter>) -> Result {
        let (index, doc) = (this.get(vm).index, this.get(vm).doc.clone());
        let doc = vm.repr(&doc)?.to_string_lossy();
        let name = this.ty().short_name();
        vm.new_str(&format!("{name}({index}, {doc})")).map(Ref::into_value)
    }

    #[getter(member)]
    fn __doc__(vm: &mut Vm, this: &Ref<TupleGetter>) -> Result {
        Ok(this.get(vm).doc.clone())
    }

    #[setter]
    fn set___doc__(vm: &mut Vm, this: &Ref<TupleGetter>, value: Option<&Value>) -> Result<()> {
        let value = value.cloned().unwrap_or_else(Value::none);
        let old = std::mem::replace(&mut this.get_mut(vm).doc, value);
        drop(old);
        Ok(())
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<TupleGetter>) -> Result<Ref<Tuple>> {
        let (index, doc) = (this.get(vm).index, this.get(vm).doc.clone());
        let index = vm.new_int(index as i64)?;
        let args = vm.new_tuple(vec![index, doc])?.into_value();
        vm.new_tuple(vec![this.ty().to_value(), args])
    }
}
