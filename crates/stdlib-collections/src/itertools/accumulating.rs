//! `accumulate`, `batched`, `pairwise`.

use super::{Reused, positional};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::{OBJECT, TUPLE};
use taipan_vm::native::{self, Args, FromArg, Place, Signature};
use taipan_vm::slots::BinaryOp;
use taipan_vm::{Ref, Result, Type, Value, Vm};

/// `itertools.accumulate`.
pub static ACCUMULATE: TypeCell<Accumulate> = TypeCell::new("itertools.accumulate");
/// `itertools.batched`.
pub static BATCHED: TypeCell<Batched> = TypeCell::new("itertools.batched");
/// `itertools.pairwise`.
pub static PAIRWISE: TypeCell<Pairwise> = TypeCell::new("itertools.pairwise");

/// Running totals.
#[derive(Trace, Payload)]
#[payload(class = ACCUMULATE)]
#[repr(C)]
pub struct Accumulate {
    iterator: Value,
    function: Option<Value>,
    initial: Option<Value>,
    total: Option<Value>,
}

/// Tuples of so many items each.
#[derive(Trace, Payload)]
#[payload(class = BATCHED)]
#[repr(C)]
pub struct Batched {
    iterator: Option<Value>,
    /// Memory for the batch that is being gathered.
    scratch: Vec<Value>,
    size: usize,
    strict: bool,
}

/// Each item with its successor.
#[derive(Trace, Payload)]
#[payload(class = PAIRWISE)]
#[repr(C)]
pub struct Pairwise {
    iterator: Option<Value>,
    previous: Option<Value>,
    result: Reused,
}

/// Methods of `accumulate`.
pub struct AccumulateClass;

/// Return series of accumulated sums (or other binary function results).
#[class(
    cell = ACCUMULATE,
    base = OBJECT,
    flags = BASETYPE | HAVE_GC,
    signature = "(iterable, func=None, *, initial=None)"
)]
impl AccumulateClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "accumulate",
            params: &["iterable", "func", "initial"],
            required: &[true, false, false],
            required_count: 1,
            positional_only: 0,
            positional: 2,
        };
        let [iterable, function, initial] = native::bind::<3>(vm, &SIGNATURE, args)?;
        let iterable = <&Value>::from_arg(vm, iterable, Place::argument(&SIGNATURE, 0))?;
        let iterator = vm.iter(iterable)?;
        let given = |v: Option<&Value>| v.filter(|v| !v.is_none()).cloned();
        let it = Accumulate { iterator, function: given(function), initial: given(initial), total: None };
        Ref::new_in(vm, class, it).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<Accumulate>) -> Result<Option<Value>> {
        let it = this.get_mut(vm);
        if let Some(initial) = it.initial.take() {
            let old = it.total.replace(initial.clone());
            drop(old);
            return Ok(Some(initial));
        }
        let iterator = it.iterator.clone();
        let Some(item) = vm.next(&iterator)? else { return Ok(None) };
        let total = match this.get(vm).total.clone() {
            None => item,
            Some(total) => match this.get(vm).function.clone() {
                Some(function) => vm.call(&function, &[total, item])?,
                None => vm.binary(BinaryOp::ADD, &total, &item)?,
            },
        };
        let old = this.get_mut(vm).total.replace(total.clone());
        drop(old);
        Ok(Some(total))
    }
}

/// Methods of `batched`.
pub struct BatchedClass;

/// Batch data into tuples of length n. The last batch may be shorter than n.
///
/// Loops over the input iterable and gathers its items until a tuple is full.
/// The input is consumed lazily, just enough to fill a batch.
/// If strict is true, a last batch shorter than n is a ValueError.
///
///     >>> for batch in batched('ABCDEFG', 3):
///     ...     print(batch)
///     ...
///     ('A', 'B', 'C')
///     ('D', 'E', 'F')
///     ('G',)
#[class(cell = BATCHED, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(iterable, n, *, strict=False)")]
impl BatchedClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "batched",
            params: &["iterable", "n", "strict"],
            required: &[true, true, false],
            required_count: 2,
            positional_only: 0,
            positional: 2,
        };
        let [iterable, n, strict] = native::bind::<3>(vm, &SIGNATURE, args)?;
        let n = isize::from_arg(vm, n, Place::argument(&SIGNATURE, 1))?;
        let strict = match strict {
            Some(v) => vm.is_truthy(v)?,
            None => false,
        };
        if n < 1 {
            return Err(vm.raise_value_error("n must be at least one"));
        }
        let iterable = <&Value>::from_arg(vm, iterable, Place::argument(&SIGNATURE, 0))?;
        let iterator = Some(vm.iter(iterable)?);
        let it = Batched { iterator, scratch: Vec::new(), size: n as usize, strict };
        Ref::new_in(vm, class, it).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<Batched>) -> Result<Option<Value>> {
        let it = this.get_mut(vm);
        let (Some(iterator), size, strict) = (it.iterator.clone(), it.size, it.strict) else { return Ok(None) };
        let mut items = std::mem::take(&mut it.scratch);
        while items.len() < size {
            match vm.next(&iterator) {
                Ok(Some(item)) => {
                    if items.try_reserve(1).is_err() {
                        return Err(vm.raise_memory_error());
                    }
                    items.push(item);
                }
                end => {
                    let old = this.get_mut(vm).iterator.take();
                    drop(old);
                    end?;
                    if items.is_empty() {
                        return Ok(None);
                    }
                    if strict {
                        return Err(vm.raise_value_error("batched(): incomplete batch"));
                    }
                    break;
                }
            }
        }
        let batch = vm.new_tuple_in(TUPLE.as_type(), items.len(), items.drain(..))?;
        this.get_mut(vm).scratch = items;
        Ok(Some(batch.into_value()))
    }
}

/// Methods of `pairwise`.
pub struct PairwiseClass;

/// Return an iterator of overlapping pairs taken from the input iterator.
///
///     s -> (s0,s1), (s1,s2), (s2, s3), ...
#[class(cell = PAIRWISE, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(iterable, /)")]
impl PairwiseClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let args = positional(vm, PAIRWISE.as_type(), class, args, "pairwise", 1, 1)?;
        let iterator = Some(vm.iter(&args[0])?);
        Ref::new_in(vm, class, Pairwise { iterator, previous: None, result: Reused::default() }).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<Pairwise>) -> Result<Option<Value>> {
        let Some(mut iterator) = this.get(vm).iterator.clone() else { return Ok(None) };
        let mut previous = this.get(vm).previous.clone();
        if previous.is_none() {
            let first = vm.next(&iterator);
            let it = this.get_mut(vm);
            match &first {
                Ok(Some(item)) => {
                    drop(it.previous.replace(item.clone()));
                }
                _ => drop(it.iterator.take()),
            }
            previous = first?;
            // The step may have advanced this iterator to its end.
            match this.get(vm).iterator.clone() {
                Some(same) if previous.is_some() => iterator = same,
                _ => {
                    drop(this.get_mut(vm).previous.take());
                    return Ok(None);
                }
            }
        }
        let second = vm.next(&iterator);
        let it = this.get_mut(vm);
        let (Some(first), Ok(Some(second))) = (previous, &second) else {
            let old = (it.iterator.take(), it.previous.take());
            drop(old);
            return second.map(|_| None);
        };
        let second = second.clone();
        drop(it.previous.replace(second.clone()));
        if let Some(given) = it.result.refill(0, |i| if i == 0 { first.clone() } else { second.clone() }) {
            return Ok(Some(given));
        }
        let pair = vm.new_tuple_in(TUPLE.as_type(), 2, [first, second].into_iter())?;
        Ok(Some(this.get_mut(vm).result.keep(pair)))
    }
}
