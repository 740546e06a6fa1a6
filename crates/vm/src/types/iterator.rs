//! Iterators over anything with `__getitem__`, and over a callable with a sentinel.

use crate::{Ref, Result, Value, Vm};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;

/// `iterator`.
pub static SEQUENCE_ITERATOR: TypeCell<SequenceIterator> = TypeCell::new("iterator");
/// `callable_iterator`.
pub static CALLABLE_ITERATOR: TypeCell<CallableIterator> = TypeCell::new("callable_iterator");

/// Asks a sequence for item 0, 1, ... until `IndexError`.
#[derive(Trace, Payload)]
#[payload(class = SEQUENCE_ITERATOR)]
#[repr(C)]
pub struct SequenceIterator {
    sequence: Option<Value>,
    index: isize,
}

/// Calls until the sentinel is returned.
#[derive(Trace, Payload)]
#[payload(class = CALLABLE_ITERATOR)]
#[repr(C)]
pub struct CallableIterator {
    callable: Option<Value>,
    sentinel: Value,
}

/// An iterator over a sequence.
pub fn new_sequence_iterator(vm: &mut Vm, sequence: Value) -> Result {
    Ref::new(vm, SequenceIterator { sequence: Some(sequence), index: 0 }).map(Ref::into_value)
}

/// `iter(callable, sentinel)`.
pub fn new_callable_iterator(vm: &mut Vm, callable: Value, sentinel: Value) -> Result {
    Ref::new(vm, CallableIterator { callable: Some(callable), sentinel }).map(Ref::into_value)
}

/// Methods of `iterator`.
pub struct SequenceIteratorClass;

#[class(cell = SEQUENCE_ITERATOR, base = OBJECT, flags = HAVE_GC)]
impl SequenceIteratorClass {
    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<SequenceIterator>) -> Result<Option<Value>> {
        let it = this.get(vm);
        let (Some(sequence), index) = (it.sequence.clone(), it.index) else { return Ok(None) };
        if index == isize::MAX {
            return Err(vm.raise_overflow_error("iter index too large"));
        }
        let key = vm.new_int(index as i64)?;
        match vm.get_item(&sequence, &key) {
            Ok(item) => {
                this.get_mut(vm).index = index + 1;
                Ok(Some(item))
            }
            Err(raised)
                if vm.raised_is(crate::errors::INDEX_ERROR.as_type())
                    || vm.raised_is(crate::errors::STOP_ITERATION.as_type()) =>
            {
                drop(vm.take_raised(raised));
                this.get_mut(vm).sequence = None;
                Ok(None)
            }
            Err(raised) => Err(raised),
        }
    }

    /// Private method returning an estimate of len(list(it)).
    #[method("($self, /)")]
    fn __length_hint__(vm: &mut Vm, this: &Ref<SequenceIterator>) -> Result {
        let it = this.get(vm);
        let (Some(sequence), index) = (it.sequence.clone(), it.index) else { return Ok(Value::from_i32(0)) };
        if crate::slots::of(sequence.ty()).len.is_none() {
            return Ok(Value::not_implemented());
        }
        let n = vm.len(&sequence)? as i64 - index as i64;
        vm.new_int(n.max(0))
    }

    /// Return state information for pickling.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<SequenceIterator>) -> Result {
        // Looking the name up may run code that exhausts the iterator.
        let iter = vm.builtin("iter")?;
        let it = this.get(vm);
        let (sequence, index) = (it.sequence.clone(), it.index);
        match sequence {
            Some(sequence) => {
                let args = vm.new_tuple(vec![sequence])?.into_value();
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
        this: &Ref<SequenceIterator>,
        crate::native::ExactSize(state): crate::native::ExactSize,
    ) -> Result<()> {
        this.get_mut(vm).index = state.max(0);
        Ok(())
    }
}

/// Methods of `callable_iterator`.
pub struct CallableIteratorClass;

#[class(cell = CALLABLE_ITERATOR, base = OBJECT, flags = HAVE_GC)]
impl CallableIteratorClass {
    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<CallableIterator>) -> Result<Option<Value>> {
        let it = this.get(vm);
        let (Some(callable), sentinel) = (it.callable.clone(), it.sentinel.clone()) else { return Ok(None) };
        let result = vm.call(&callable, &[]);
        let Some(value) = vm.stop_iteration_to_none(result)? else {
            this.get_mut(vm).callable = None;
            return Ok(None);
        };
        // The call may have advanced this iterator to its end.
        if this.get(vm).callable.is_none() {
            return Ok(None);
        }
        if vm.equal(&sentinel, &value)? {
            this.get_mut(vm).callable = None;
            return Ok(None);
        }
        Ok(Some(value))
    }

    /// Return state information for pickling.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<CallableIterator>) -> Result {
        let iter = vm.builtin("iter")?;
        let it = this.get(vm);
        let (callable, sentinel) = (it.callable.clone(), it.sentinel.clone());
        let args = match callable {
            Some(callable) => vm.new_tuple(vec![callable, sentinel])?,
            None => {
                let empty = vm.new_tuple(Vec::new())?.into_value();
                vm.new_tuple(vec![empty])?
            }
        };
        vm.new_tuple(vec![iter, args.into_value()]).map(Ref::into_value)
    }
}
