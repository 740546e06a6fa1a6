//! `tuple`.

use super::sequence;
use super::slice::Slice;
use crate::native::Args;
use crate::slots::CompareOp;
use crate::{Ref, Result, Tuple, Type, Value, Vm};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::{OBJECT, TUPLE};

/// `tuple_iterator`.
pub static TUPLE_ITERATOR: TypeCell<TupleIterator> = TypeCell::new("tuple_iterator");

/// An iterator over a tuple.
#[derive(Trace, Payload)]
#[payload(class = TUPLE_ITERATOR)]
#[repr(C)]
pub struct TupleIterator {
    /// The tuple, until its end is reached.
    pub tuple: Option<Ref<Tuple>>,
    /// Index of the next item.
    pub index: usize,
}

fn items(v: &Value) -> &[Value] {
    v.downcast::<Tuple>().map_or(&[], |t| t.items())
}

/// Methods of `tuple`.
pub struct TupleClass;

/// Built-in immutable sequence.
///
/// If no argument is given, the constructor returns an empty tuple.
/// If iterable is specified the tuple is initialized from iterable's items.
///
/// If the argument is a tuple, the return value is the same object.
#[class(cell = TUPLE, base = OBJECT, flags = BASETYPE | HAVE_GC | TUPLE_SUBCLASS | SEQUENCE | MATCH_SELF, signature = "(iterable=(), /)")]
impl TupleClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let args = if class.is(&TUPLE.as_ref()) {
            args.expect(vm, "tuple", 0, 1)?
        } else {
            args.no_keywords_for(vm, class, TUPLE.as_type(), "tuple")?;
            let n = args.positional().len();
            if n > 1 {
                return Err(vm.raise_type_error(&format!("tuple expected at most 1 argument, got {n}")));
            }
            args.positional()
        };
        let exact = class.is(&TUPLE.as_ref());
        let all = match args.first() {
            None => Vec::new(),
            Some(v) if exact && v.downcast_exact::<Tuple>().is_some() => return Ok(v.clone()),
            Some(v) => vm.collect_for_tuple(v)?,
        };
        vm.new_tuple_in(class, all.len(), all.into_iter()).map(Ref::into_value)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Tuple>) -> Result {
        let close = if this.len() == 1 { ",)" } else { ")" };
        if this.len() == 0 {
            return vm.new_str("()").map(Ref::into_value);
        }
        let made = vm.guard_repr(this.as_value(), |vm| {
            sequence::repr_items(vm, "(", close, |_, i| this.items().get(i).cloned())
        })?;
        match made {
            Some(v) => Ok(v),
            None => vm.new_str("(...)").map(Ref::into_value),
        }
    }

    #[slot]
    fn hash(vm: &mut Vm, this: &Ref<Tuple>) -> Result<i64> {
        if let Some(h) = this.cached_hash() {
            return Ok(h);
        }
        vm.check_shallow_stack(" while hashing a tuple")?;
        let h = sequence::hash_items(vm, this.items())?;
        this.set_cached_hash(h);
        Ok(h)
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let (Some(a), Some(b)) = (a.downcast::<Tuple>(), b.downcast::<Tuple>()) else {
            return Ok(Value::not_implemented());
        };
        let same = sequence::same_at_start(a.items(), b.items());
        sequence::compare_items(
            vm,
            op,
            same,
            |_, i| a.items().get(i).cloned(),
            |_, i| b.items().get(i).cloned(),
            |_| (a.len(), b.len()),
        )
    }

    #[slot]
    fn len(_vm: &mut Vm, this: &Ref<Tuple>) -> Result<usize> {
        Ok(this.len())
    }

    #[slot]
    fn item(vm: &mut Vm, this: &Ref<Tuple>, index: isize) -> Result {
        match usize::try_from(index).ok().and_then(|i| this.items().get(i)) {
            Some(v) => Ok(v.clone()),
            None => Err(vm.raise_index_error("tuple index out of range")),
        }
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Value, key: &Value) -> Result {
        let all = items(this);
        if let Some(s) = key.downcast_exact::<Slice>() {
            let i = vm.slice_indices(s, all.len())?;
            if i.count == all.len() && i.step == 1 && TUPLE.is_exact(this) {
                return Ok(this.clone());
            }
            return vm.new_tuple_in(TUPLE.as_type(), i.count, i.iter().map(|i| all[i].clone())).map(Ref::into_value);
        }
        if crate::slots::of(key.ty()).index.is_none() {
            let text = format!("tuple indices must be integers or slices, not {}", key.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        let mut i = vm.to_index_isize(key)?;
        if i < 0 {
            i += all.len() as isize;
        }
        match usize::try_from(i).ok().and_then(|i| all.get(i)) {
            Some(v) => Ok(v.clone()),
            None => Err(vm.raise_index_error("tuple index out of range")),
        }
    }

    #[slot]
    fn contains(vm: &mut Vm, this: &Ref<Tuple>, item: &Value) -> Result<bool> {
        for v in this.items() {
            if vm.equal(v, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    #[slot]
    fn concat(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let Some(other) = b.downcast::<Tuple>() else {
            let text = format!("can only concatenate tuple (not \"{}\") to tuple", b.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        let (x, y) = (items(a), other.items());
        if x.is_empty() && TUPLE.is_exact(b) {
            return Ok(b.clone());
        }
        if y.is_empty() && TUPLE.is_exact(a) {
            return Ok(a.clone());
        }
        vm.new_tuple_in(TUPLE.as_type(), x.len() + y.len(), x.iter().chain(y).cloned()).map(Ref::into_value)
    }

    #[slot]
    fn repeat(vm: &mut Vm, this: &Ref<Tuple>, n: isize) -> Result {
        let n = n.max(0) as usize;
        if n == 1 && TUPLE.is_exact(this.as_value()) {
            return Ok(this.to_value());
        }
        let Some(total) = this.len().checked_mul(n) else { return Err(vm.raise_memory_error()) };
        let all = this.items();
        vm.new_tuple_in(TUPLE.as_type(), total, (0..n).flat_map(|_| all.iter().cloned())).map(Ref::into_value)
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Ref<Tuple>) -> Result {
        Ref::new(vm, TupleIterator { tuple: Some(this.clone()), index: 0 }).map(Ref::into_value)
    }

    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[method("($self, value, start=0, stop=sys.maxsize, /)")]
    fn index(
        vm: &mut Vm,
        this: &Ref<Tuple>,
        value: &Value,
        start: Option<&Value>,
        stop: Option<&Value>,
    ) -> Result<usize> {
        let start = start.map(|s| vm.to_search_bound(s)).transpose()?;
        let stop = stop.map(|s| vm.to_search_bound(s)).transpose()?;
        let (from, to) = sequence::search_bounds(start, stop, this.len());
        for i in from..to.min(this.len()) {
            if vm.equal(&this.items()[i], value)? {
                return Ok(i);
            }
        }
        Err(vm.raise_value_error("tuple.index(x): x not in tuple"))
    }

    /// Return number of occurrences of value.
    #[method("($self, value, /)")]
    fn count(vm: &mut Vm, this: &Ref<Tuple>, value: &Value) -> Result<usize> {
        let mut n = 0;
        for v in this.items() {
            n += vm.equal(v, value)? as usize;
        }
        Ok(n)
    }

    #[method("($self, /)")]
    fn __getnewargs__(vm: &mut Vm, this: &Ref<Tuple>) -> Result<Ref<Tuple>> {
        let plain = vm.new_tuple_from(this.items())?.into_value();
        vm.new_tuple(vec![plain])
    }

    /// See PEP 585
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        crate::types::generic_alias::new_alias(vm, class.clone(), object.clone())
    }
}

/// Methods of `tuple_iterator`.
pub struct TupleIteratorClass;

#[class(cell = TUPLE_ITERATOR, base = OBJECT, flags = HAVE_GC)]
impl TupleIteratorClass {
    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<TupleIterator>) -> Result<Option<Value>> {
        let it = this.get_mut(vm);
        let Some(tuple) = &it.tuple else { return Ok(None) };
        match tuple.items().get(it.index) {
            Some(v) => {
                it.index += 1;
                Ok(Some(v.clone()))
            }
            None => {
                it.tuple = None;
                Ok(None)
            }
        }
    }

    /// Private method returning an estimate of len(list(it)).
    #[method("($self, /)")]
    fn __length_hint__(vm: &mut Vm, this: &Ref<TupleIterator>) -> Result<usize> {
        let it = this.get(vm);
        Ok(it.tuple.as_ref().map_or(0, |t| t.len().saturating_sub(it.index)))
    }

    /// Return state information for pickling.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<TupleIterator>) -> Result<Ref<Tuple>> {
        let iter = vm.builtin("iter")?;
        let it = this.get(vm);
        let (tuple, index) = (it.tuple.clone(), it.index);
        let (inner, index) = match tuple {
            Some(t) => (t.into_value(), Some(index)),
            None => (vm.new_tuple(Vec::new())?.into_value(), None),
        };
        let mut parts = vec![iter, vm.new_tuple(vec![inner])?.into_value()];
        if let Some(i) = index {
            parts.push(vm.new_int(i as i64)?);
        }
        vm.new_tuple(parts)
    }

    /// Set state information for unpickling.
    #[method("($self, object, /)")]
    fn __setstate__(
        vm: &mut Vm,
        this: &Ref<TupleIterator>,
        crate::native::ExactSize(state): crate::native::ExactSize,
    ) -> Result<()> {
        let it = this.get_mut(vm);
        let most = it.tuple.as_ref().map_or(0, |t| t.len());
        it.index = (state.max(0) as usize).min(most);
        Ok(())
    }
}
