//! `str_iterator` and, for text that is all ASCII, `str_ascii_iterator`.

use super::units;
use crate::{Ref, Result, Str, Value, Vm};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;

/// `str_iterator`.
pub static STR_ITERATOR: TypeCell<StrIterator> = TypeCell::new("str_iterator");
/// `str_ascii_iterator`.
pub static STR_ASCII_ITERATOR: TypeCell<AsciiStrIterator> = TypeCell::new("str_ascii_iterator");

/// `iter(s)`.
pub fn new_str_iterator(vm: &mut Vm, s: &Ref<Str>) -> Result {
    let text = Some(s.clone());
    if s.is_ascii() && s.is_exact() {
        return Ref::new(vm, AsciiStrIterator { text, index: 0 }).map(Ref::into_value);
    }
    Ref::new(vm, StrIterator { text, index: 0 }).map(Ref::into_value)
}

macro_rules! iterator {
    ($payload:ident, $class:ident, $cell:ident) => {
        /// Goes through the code points.
        #[derive(Trace, Payload)]
        #[payload(class = $cell)]
        #[repr(C)]
        pub struct $payload {
            /// Dropped at the end.
            pub text: Option<Ref<Str>>,
            /// The next code point.
            pub index: usize,
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
                let it = this.get_mut(vm);
                let Some(text) = &it.text else { return Ok(None) };
                match units(text).get(it.index) {
                    Some(code) => {
                        it.index += 1;
                        vm.char_str(code).map(|s| Some(s.into_value()))
                    }
                    None => {
                        it.text = None;
                        Ok(None)
                    }
                }
            }

            /// Private method returning an estimate of len(list(it)).
            #[method("($self, /)")]
            fn __length_hint__(vm: &mut Vm, this: &Ref<$payload>) -> Result<usize> {
                let it = this.get(vm);
                Ok(it.text.as_ref().map_or(0, |t| t.len().saturating_sub(it.index)))
            }

            /// Return state information for pickling.
            #[method("($self, /)")]
            fn __reduce__(vm: &mut Vm, this: &Ref<$payload>) -> Result {
                let iter = vm.builtin("iter")?;
                let it = this.get(vm);
                let (text, index) = (it.text.clone(), it.index);
                match text {
                    Some(text) => {
                        let args = vm.new_tuple(vec![text.into_value()])?.into_value();
                        let index = vm.new_int(index as i64)?;
                        vm.new_tuple(vec![iter, args, index]).map(Ref::into_value)
                    }
                    None => {
                        let empty = vm.empty_str().into_value();
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
                let it = this.get_mut(vm);
                if let Some(text) = &it.text {
                    it.index = usize::try_from(state).unwrap_or(0).min(text.len());
                }
                Ok(())
            }
        }
    };
}

iterator!(StrIterator, StrIteratorClass, STR_ITERATOR);
iterator!(AsciiStrIterator, AsciiStrIteratorClass, STR_ASCII_ITERATOR);
