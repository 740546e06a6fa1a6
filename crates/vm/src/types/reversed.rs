//! `reversed`: over sequences from their end, or whatever `__reversed__` gives.

use crate::native::Args;
use crate::{Ref, Result, Tuple, Type, Value, Vm, name, slots};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;

/// `reversed`.
pub static REVERSED: TypeCell<Reversed> = TypeCell::new("reversed");

/// Asks a sequence for its items from the last to the first.
#[derive(Trace, Payload)]
#[payload(class = REVERSED)]
#[repr(C)]
pub struct Reversed {
    /// Nothing once the beginning is reached.
    sequence: Option<Value>,
    /// The index of the next item, -1 at the end.
    index: isize,
}

/// Methods of `reversed`.
pub struct ReversedClass;

/// Return a reverse iterator over the values of the given sequence.
#[class(cell = REVERSED, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(sequence, /)")]
impl ReversedClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        if class.is(&REVERSED.as_ref()) || !vm.overrides_slot(class, "__init__") {
            args.no_keywords(vm, "reversed")?;
        }
        let positional = args.positional();
        let [sequence] = positional else {
            let n = positional.len();
            return Err(vm.raise_type_error(&format!("reversed expected 1 argument, got {n}")));
        };
        if let Some(method) = vm.lookup_special(sequence, name!("__reversed__"))? {
            if method.is_none() {
                let text = format!("'{}' object is not reversible", sequence.ty().name());
                return Err(vm.raise_type_error(&text));
            }
            return vm.call(&method, &[]);
        }
        let s = slots::of(sequence.ty());
        let is_sequence = s.item.is_some() || (s.getitem.is_some() && sequence.downcast::<crate::Dict>().is_none());
        if !is_sequence {
            let text = format!("'{}' object is not reversible", sequence.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        let index = vm.len(sequence)? as isize - 1;
        Ref::new_in(vm, class, Reversed { sequence: Some(sequence.clone()), index }).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<Reversed>) -> Result<Option<Value>> {
        let it = this.get(vm);
        let index = it.index;
        let Some(sequence) = it.sequence.clone().filter(|_| index >= 0) else {
            this.get_mut(vm).index = -1;
            return Ok(None);
        };
        let key = vm.new_int(index as i64)?;
        let raised = match vm.get_item(&sequence, &key) {
            Ok(item) => {
                this.get_mut(vm).index = index - 1;
                return Ok(Some(item));
            }
            Err(raised) => raised,
        };
        let it = this.get_mut(vm);
        it.index = -1;
        it.sequence = None;
        if vm.raised_is(crate::errors::INDEX_ERROR.as_type()) || vm.raised_is(crate::errors::STOP_ITERATION.as_type()) {
            drop(vm.take_raised(raised));
            return Ok(None);
        }
        Err(raised)
    }

    /// Private method returning an estimate of len(list(it)).
    #[method("($self, /)")]
    fn __length_hint__(vm: &mut Vm, this: &Ref<Reversed>) -> Result<usize> {
        let it = this.get(vm);
        let index = it.index;
        let Some(sequence) = it.sequence.clone() else { return Ok(0) };
        let length = vm.len(&sequence)?;
        let left = (index + 1).max(0) as usize;
        Ok(if length < left { 0 } else { left })
    }

    /// Return state information for pickling.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<Reversed>) -> Result<Ref<Tuple>> {
        let it = this.get(vm);
        let (sequence, index) = (it.sequence.clone(), it.index);
        let class = this.ty().to_value();
        match sequence {
            Some(sequence) => {
                let args = vm.new_tuple(vec![sequence])?.into_value();
                let index = vm.new_int(index as i64)?;
                vm.new_tuple(vec![class, args, index])
            }
            None => {
                let empty = vm.new_tuple(Vec::new())?.into_value();
                let args = vm.new_tuple(vec![empty])?.into_value();
                vm.new_tuple(vec![class, args])
            }
        }
    }

    /// Set state information for unpickling.
    #[method("($self, object, /)")]
    fn __setstate__(
        vm: &mut Vm,
        this: &Ref<Reversed>,
        crate::native::ExactSize(state): crate::native::ExactSize,
    ) -> Result<()> {
        let Some(sequence) = this.get(vm).sequence.clone() else { return Ok(()) };
        let last = vm.len(&sequence)? as isize - 1;
        this.get_mut(vm).index = state.clamp(-1, last.max(-1));
        Ok(())
    }
}
