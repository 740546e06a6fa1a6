//! The iterators over a deque, which notice when it changes.

use super::deque::{DEQUE, Deque};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_vm::native::{Args, FromArg, Place, Signature};
use taipan_vm::{Ref, Result, Tuple, Type, Value, Vm};

/// `collections._deque_iterator`.
pub static DEQUE_ITERATOR: TypeCell<DequeIterator> = TypeCell::new("collections._deque_iterator");
/// `collections._deque_reverse_iterator`.
pub static DEQUE_REVERSE_ITERATOR: TypeCell<DequeReverseIterator> =
    TypeCell::new("collections._deque_reverse_iterator");

#[derive(Trace)]
struct State {
    deque: Ref<Deque>,
    /// The deque's own count of changes, as it has to be.
    changes: u64,
    left: usize,
}

impl State {
    fn new(vm: &Vm, deque: &Ref<Deque>) -> State {
        let d = deque.get(vm);
        State { deque: deque.clone(), changes: d.changes, left: d.items.len() }
    }

    fn from_args(vm: &mut Vm, args: Args<'_>) -> Result<State> {
        static SIGNATURE: Signature = Signature {
            name: "",
            params: &["", ""],
            required: &[true, false],
            required_count: 1,
            positional_only: 2,
            positional: 2,
        };
        let n = args.positional().len();
        let Some(deque) = args.positional().first() else {
            return Err(vm.raise_type_error("function takes at least 1 argument (0 given)"));
        };
        if n > 2 {
            return Err(vm.raise_type_error(&format!("function takes at most 2 arguments ({n} given)")));
        }
        let Some(deque) = deque.downcast::<Deque>() else {
            let text = format!("argument 1 must be {}, not {}", DEQUE.as_type().static_name(), deque.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        let skip = match args.positional().get(1) {
            Some(v) => isize::from_arg(vm, Some(v), Place::argument(&SIGNATURE, 1))?,
            None => 0,
        };
        let mut state = State::new(vm, deque);
        state.left = state.left.saturating_sub(skip.max(0) as usize);
        Ok(state)
    }

    fn reduced(&self, vm: &Vm, class: &Type) -> Result<Ref<Tuple>> {
        let at = self.deque.get(vm).items.len().saturating_sub(self.left);
        let args = vm.new_tuple(vec![self.deque.to_value(), vm.new_int(at as i64)?])?.into_value();
        vm.new_tuple(vec![class.to_value(), args])
    }
}

macro_rules! iterator {
    ($payload:ident, $cell:ident, $class:ident, $new:ident, $step:expr) => {
        /// Items of a deque.
        #[derive(Trace, Payload)]
        #[payload(class = $cell)]
        #[repr(C)]
        pub struct $payload {
            state: State,
        }

        /// An iterator over a deque.
        pub fn $new(vm: &mut Vm, deque: &Ref<Deque>) -> Result {
            let state = State::new(vm, deque);
            Ref::new(vm, $payload { state }).map(Ref::into_value)
        }

        /// Methods of the iterator.
        pub struct $class;

        #[class(cell = $cell, base = OBJECT, flags = HAVE_GC)]
        impl $class {
            #[slot]
            fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
                let state = State::from_args(vm, args)?;
                Ref::new_in(vm, class, $payload { state }).map(Ref::into_value)
            }

            #[slot]
            fn iter(_vm: &mut Vm, this: &Value) -> Result {
                Ok(this.clone())
            }

            #[slot]
            fn next(vm: &mut Vm, this: &Ref<$payload>) -> Result<Option<Value>> {
                let s = &this.get(vm).state;
                let d = s.deque.get(vm);
                if d.changes != s.changes {
                    this.get_mut(vm).state.left = 0;
                    return Err(vm.raise_runtime_error("deque mutated during iteration"));
                }
                if s.left == 0 {
                    return Ok(None);
                }
                let step: fn(usize, usize) -> usize = $step;
                let item = d.items.get(step(d.items.len(), s.left)).cloned();
                this.get_mut(vm).state.left -= 1;
                Ok(item)
            }

            /// Private method returning an estimate of len(list(it)).
            #[method("($self, /)")]
            fn __length_hint__(vm: &mut Vm, this: &Ref<$payload>) -> Result<usize> {
                Ok(this.get(vm).state.left)
            }

            /// Return state information for pickling.
            #[method("($self, /)")]
            fn __reduce__(vm: &mut Vm, this: &Ref<$payload>) -> Result<Ref<Tuple>> {
                this.get(vm).state.reduced(vm, this.ty())
            }
        }
    };
}

iterator!(DequeIterator, DEQUE_ITERATOR, DequeIteratorClass, new_iterator, |len, left| len - left);
iterator!(DequeReverseIterator, DEQUE_REVERSE_ITERATOR, DequeReverseIteratorClass, new_reverse_iterator, |_, left| {
    left - 1
});
