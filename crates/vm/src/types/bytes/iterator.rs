//! `bytes_iterator` and `bytearray_iterator`.

use super::ByteArray;
use super::common::bytes;
use crate::{Ref, Result, Value, Vm};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;

/// `bytes_iterator`.
pub static BYTES_ITERATOR: TypeCell<BytesIterator> = TypeCell::new("bytes_iterator");
/// `bytearray_iterator`.
pub static BYTEARRAY_ITERATOR: TypeCell<ByteArrayIterator> = TypeCell::new("bytearray_iterator");

/// `iter(v)` of bytes or a bytearray.
pub fn new_bytes_iterator(vm: &mut Vm, v: &Value) -> Result {
    let source = Some(v.clone());
    if v.downcast::<ByteArray>().is_some() {
        return Ref::new(vm, ByteArrayIterator { source, index: 0 }).map(Ref::into_value);
    }
    Ref::new(vm, BytesIterator { source, index: 0 }).map(Ref::into_value)
}

macro_rules! iterator {
    ($payload:ident, $class:ident, $cell:ident) => {
        /// Goes through the bytes.
        #[derive(Trace, Payload)]
        #[payload(class = $cell)]
        #[repr(C)]
        pub struct $payload {
            source: Option<Value>,
            index: usize,
        }

        /// Methods of the iterator.
        pub struct $class;

        #[class(cell = $cell, base = OBJECT, flags = HAVE_GC)]
        impl $class {
            #[slot]
            fn iter(_vm: &mut Vm, this: &Value) -> Result {
                Ok(this.clone())
            }

            #[slot]
            fn next(vm: &mut Vm, this: &Ref<$payload>) -> Result<Option<Value>> {
                let it = this.get(vm);
                let Some(source) = &it.source else { return Ok(None) };
                match bytes(vm, source).get(it.index).copied() {
                    Some(byte) => {
                        this.get_mut(vm).index += 1;
                        Ok(Some(Value::from_i32(byte.into())))
                    }
                    None => {
                        this.get_mut(vm).source = None;
                        Ok(None)
                    }
                }
            }

            /// Private method returning an estimate of len(list(it)).
            #[method("($self, /)")]
            fn __length_hint__(vm: &mut Vm, this: &Ref<$payload>) -> Result<usize> {
                let it = this.get(vm);
                Ok(it.source.as_ref().map_or(0, |s| bytes(vm, s).len().saturating_sub(it.index)))
            }

            /// Return state information for pickling.
            #[method("($self, /)")]
            fn __reduce__(vm: &mut Vm, this: &Ref<$payload>) -> Result {
                let iter = vm.builtin("iter")?;
                let it = this.get(vm);
                let (source, index) = (it.source.clone(), it.index);
                match source {
                    Some(source) => {
                        let args = vm.new_tuple(vec![source])?.into_value();
                        let index = vm.new_int(index as i64)?;
                        vm.new_tuple(vec![iter, args, index]).map(Ref::into_value)
                    }
                    None => {
                        let empty = vm.new_tuple(Vec::new())?.into_value();
                        let args = vm.new_tuple(vec![empty])?.into_value();
                        vm.new_tuple(vec![iter, args]).map(Ref::into_value)
                    }
                }
            }

            /// Set state information for unpickling.
            #[method("($self, object, /)")]
            fn __setstate__(
                vm: &mut Vm,
                this: &Ref<$payload>,
                crate::native::ExactSize(state): crate::native::ExactSize,
            ) -> Result<()> {
                let length = this.get(vm).source.as_ref().map(|s| bytes(vm, s).len());
                if let Some(length) = length {
                    this.get_mut(vm).index = usize::try_from(state).unwrap_or(0).min(length);
                }
                Ok(())
            }
        }
    };
}

iterator!(BytesIterator, BytesIteratorClass, BYTES_ITERATOR);
iterator!(ByteArrayIterator, ByteArrayIteratorClass, BYTEARRAY_ITERATOR);
