//! `array.arrayiterator`.

use super::{Array, get};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_vm::{Ref, Result, Tuple, Value, Vm};

/// `array.arrayiterator`.
pub static ARRAY_ITERATOR: TypeCell<ArrayIterator> = TypeCell::new("array.arrayiterator");

/// Items of an array, which may change meanwhile.
#[derive(Trace, Payload)]
#[payload(class = ARRAY_ITERATOR)]
#[repr(C)]
pub struct ArrayIterator {
    /// Nothing after the end.
    array: Option<Ref<Array>>,
    index: usize,
}

/// `iter(array)`.
pub fn new_iterator(vm: &mut Vm, array: &Ref<Array>) -> Result {
    Ref::new(vm, ArrayIterator { array: Some(array.clone()), index: 0 }).map(Ref::into_value)
}

/// Methods of `arrayiterator`.
pub struct ArrayIteratorClass;

#[class(cell = ARRAY_ITERATOR, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl ArrayIteratorClass {
    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<ArrayIterator>) -> Result<Option<Value>> {
        let it = this.get(vm);
        let (Some(array), index) = (it.array.clone(), it.index) else { return Ok(None) };
        let item = get(vm, &array, index)?;
        let it = this.get_mut(vm);
        match item {
            Some(_) => it.index += 1,
            None => it.array = None,
        }
        Ok(item)
    }

    /// Return state information for pickling.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<ArrayIterator>) -> Result<Ref<Tuple>> {
        let (array, index) = (this.get(vm).array.clone(), this.get(vm).index);
        let iter = vm.builtin("iter")?;
        match array {
            Some(array) => {
                let args = vm.new_tuple(vec![array.into_value()])?.into_value();
                let index = vm.new_int(index as i64)?;
                vm.new_tuple(vec![iter, args, index])
            }
            None => {
                let empty = vm.new_tuple(Vec::new())?.into_value();
                let args = vm.new_tuple(vec![empty])?.into_value();
                vm.new_tuple(vec![iter, args])
            }
        }
    }

    /// Set state information for unpickling.
    #[method("($self, state, /)")]
    fn __setstate__(
        vm: &mut Vm,
        this: &Ref<ArrayIterator>,
        taipan_vm::native::ExactSize(state): taipan_vm::native::ExactSize,
    ) -> Result<()> {
        let it = this.get_mut(vm);
        it.index = state.max(0) as usize;
        Ok(())
    }
}
