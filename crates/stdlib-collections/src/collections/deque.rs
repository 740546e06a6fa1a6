//! `deque`: a ring buffer.
//!
//! CPython links blocks of items. A ring gives constant time in the middle too, and one allocation. `changes` is
//! raised by whatever adds, removes or moves items, so that iterators and searches notice.

use super::deque_iterators;
use std::collections::VecDeque;
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_vm::native::{self, Args, Signature};
use taipan_vm::slots::{self, CompareOp};
use taipan_vm::types::sequence;
use taipan_vm::{List, Raised, Ref, Result, Tuple, Type, Value, Vm};

/// `collections.deque`.
pub static DEQUE: TypeCell<Deque> = TypeCell::new("collections.deque");

/// A double-ended queue.
#[derive(Trace, Payload)]
#[payload(class = DEQUE)]
#[repr(C)]
pub struct Deque {
    /// The items.
    pub items: VecDeque<Value>,
    /// Raised with each change of the order.
    pub changes: u64,
    limit: usize,
    bounded: bool,
}

impl Drop for Deque {
    fn drop(&mut self) {
        // Finalisers of what dies together run in the opposite order.
        while self.items.pop_back().is_some() {}
    }
}

/// Which end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Left,
    Right,
}

impl Deque {
    /// Adds an item at an end; what a full deque loses at the other end is the caller's to drop.
    #[inline]
    fn push(&mut self, end: End, item: Value) -> Result<Option<Value>> {
        self.changes += 1;
        let full = self.bounded && self.items.len() >= self.limit;
        if full && self.limit == 0 {
            return Ok(Some(item));
        }
        if !full && self.items.len() == self.items.capacity() && self.items.try_reserve(1).is_err() {
            return Err(Raised);
        }
        match end {
            End::Right => {
                let lost = if full { self.items.pop_front() } else { None };
                self.items.push_back(item);
                Ok(lost)
            }
            End::Left => {
                let lost = if full { self.items.pop_back() } else { None };
                self.items.push_front(item);
                Ok(lost)
            }
        }
    }

    fn rotate(&mut self, n: isize) {
        let len = self.items.len();
        if len < 2 {
            return;
        }
        self.changes += 1;
        let n = n.rem_euclid(len as isize) as usize;
        self.items.rotate_right(n);
    }
}

fn blank(vm: &mut Vm, class: &Type) -> Result<Ref<Deque>> {
    Ref::new_in(vm, class, Deque { items: VecDeque::new(), changes: 0, limit: 0, bounded: false })
}

fn extend(vm: &mut Vm, this: &Ref<Deque>, iterable: &Value, end: End) -> Result<()> {
    // A deque that is extended with itself is copied first.
    if iterable.is(this.as_value()) || iterable.downcast_exact::<List>().is_some() || is_tuple(iterable) {
        let items = match iterable.downcast::<Deque>() {
            Some(d) => d.get(vm).items.iter().cloned().collect(),
            None => vm.collect(iterable)?,
        };
        for item in items {
            let lost = this.get_mut(vm).push(end, item)?;
            drop(lost);
        }
        return Ok(());
    }
    let it = vm.iter(iterable)?;
    while let Some(item) = vm.next(&it)? {
        let lost = this.get_mut(vm).push(end, item)?;
        drop(lost);
    }
    Ok(())
}

fn is_tuple(v: &Value) -> bool {
    v.downcast_exact::<Tuple>().is_some()
}

fn check_unchanged(vm: &mut Vm, this: &Ref<Deque>, changes: u64) -> Result<()> {
    if this.get(vm).changes == changes {
        return Ok(());
    }
    Err(vm.raise_runtime_error("deque mutated during iteration"))
}

fn place(vm: &mut Vm, this: &Ref<Deque>, key: &Value) -> Result<usize> {
    if slots::of(key.ty()).index.is_none() {
        let text = format!("sequence index must be integer, not '{}'", key.ty().name());
        return Err(vm.raise_type_error(&text));
    }
    let mut i = vm.to_index_isize(key)?;
    let len = this.get(vm).items.len();
    if i < 0 {
        i += len as isize;
    }
    match usize::try_from(i) {
        Ok(i) if i < len => Ok(i),
        _ => Err(vm.raise_index_error("deque index out of range")),
    }
}

fn copy(vm: &mut Vm, this: &Ref<Deque>) -> Result {
    if DEQUE.is_exact(this.as_value()) {
        let d = this.get(vm);
        let mut items = VecDeque::new();
        if items.try_reserve(d.items.len()).is_err() {
            return Err(vm.raise_memory_error());
        }
        items.extend(d.items.iter().cloned());
        let copy = Deque { items, changes: 0, limit: d.limit, bounded: d.bounded };
        return Ref::new(vm, copy).map(Ref::into_value);
    }
    let class = this.ty().to_value();
    let made = match (this.get(vm).bounded, this.get(vm).limit) {
        (false, _) => vm.call(&class, &[this.to_value()])?,
        (true, limit) => {
            let limit = vm.new_int(limit as i64)?;
            vm.call(&class, &[this.to_value(), limit])?
        }
    };
    if made.downcast::<Deque>().is_none() {
        let text = format!("{}() must return a deque, not {}", this.ty().name(), made.ty().name());
        return Err(vm.raise_type_error(&text));
    }
    Ok(made)
}

fn limit_argument(vm: &mut Vm, v: Option<&Value>) -> Result<Option<usize>> {
    let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(None) };
    if v.as_int().is_none() {
        return Err(vm.raise_type_error("an integer is required"));
    }
    let n = vm.to_index_i64(v, "ssize_t")?;
    match usize::try_from(n) {
        Ok(n) => Ok(Some(n)),
        Err(_) => Err(vm.raise_value_error("maxlen must be non-negative")),
    }
}

/// Repeats the items in place.
fn repeat(vm: &mut Vm, this: &Ref<Deque>, n: isize) -> Result<()> {
    let d = this.get_mut(vm);
    let len = d.items.len();
    if len == 0 || n == 1 {
        return Ok(());
    }
    d.changes += 1;
    if n <= 0 {
        let old = std::mem::take(&mut d.items);
        drop(old);
        return Ok(());
    }
    let total = len.checked_mul(n as usize);
    let kept = match total {
        Some(total) if d.bounded => Some(total.min(d.limit)),
        Some(total) => Some(total),
        None if d.bounded => Some(d.limit),
        None => None,
    };
    let mut items = VecDeque::new();
    let Some(kept) = kept.filter(|k| items.try_reserve_exact(*k).is_ok()) else {
        return Err(vm.raise_memory_error());
    };
    // The last ones of the whole repetition.
    let skip = (len - kept % len) % len;
    items.extend(d.items.iter().cycle().skip(skip).take(kept).cloned());
    let old = std::mem::replace(&mut d.items, items);
    drop(old);
    Ok(())
}

/// Methods of `deque`.
pub struct DequeClass;

/// A list-like sequence optimized for data accesses near its endpoints.
#[class(cell = DEQUE, base = OBJECT, flags = BASETYPE | HAVE_GC | SEQUENCE | MANAGED_WEAKREF, signature = "([iterable[, maxlen]])")]
impl DequeClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        blank(vm, class).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        static SIGNATURE: Signature = Signature {
            name: "deque",
            params: &["iterable", "maxlen"],
            required: &[false, false],
            required_count: 0,
            positional_only: 0,
            positional: 2,
        };
        let Some(this) = this.downcast::<Deque>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
        let [iterable, limit] = native::bind::<2>(vm, &SIGNATURE, args)?;
        let limit = limit_argument(vm, limit)?;
        let d = this.get_mut(vm);
        d.bounded = limit.is_some();
        d.limit = limit.unwrap_or(0);
        if !d.items.is_empty() {
            d.changes += 1;
        }
        let old = std::mem::take(&mut d.items);
        drop(old);
        match iterable {
            Some(iterable) => extend(vm, this, iterable, End::Right),
            None => Ok(()),
        }
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Deque>) -> Result {
        let name = this.ty().short_name();
        let close = match this.get(vm).bounded {
            true => format!("], maxlen={})", this.get(vm).limit),
            false => "])".to_owned(),
        };
        let changes = this.get(vm).changes;
        let made = vm.guard_repr(this.as_value(), |vm| {
            let text = sequence::repr_items(vm, &format!("{name}(["), &close, |vm, i| {
                let d = this.get(vm);
                if d.changes == changes { d.items.get(i).cloned() } else { None }
            })?;
            check_unchanged(vm, this, changes)?;
            Ok(text)
        })?;
        match made {
            Some(text) => Ok(text),
            None => vm.new_str("[...]").map(Ref::into_value),
        }
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let (Some(a), Some(b)) = (a.downcast::<Deque>(), b.downcast::<Deque>()) else {
            return Ok(Value::not_implemented());
        };
        let states = (a.get(vm).changes, b.get(vm).changes);
        let answer = sequence::compare_items(
            vm,
            op,
            0,
            |vm, i| if a.get(vm).changes == states.0 { a.get(vm).items.get(i).cloned() } else { None },
            |vm, i| if b.get(vm).changes == states.1 { b.get(vm).items.get(i).cloned() } else { None },
            |vm| (a.get(vm).items.len(), b.get(vm).items.len()),
        )?;
        check_unchanged(vm, a, states.0)?;
        check_unchanged(vm, b, states.1)?;
        Ok(answer)
    }

    #[slot]
    fn len(vm: &mut Vm, this: &Ref<Deque>) -> Result<usize> {
        Ok(this.get(vm).items.len())
    }

    #[slot]
    fn item(vm: &mut Vm, this: &Ref<Deque>, index: isize) -> Result {
        match usize::try_from(index).ok().and_then(|i| this.get(vm).items.get(i)) {
            Some(v) => Ok(v.clone()),
            None => Err(vm.raise_index_error("deque index out of range")),
        }
    }

    #[slot]
    fn setitem(vm: &mut Vm, this: &Ref<Deque>, key: &Value, value: Option<Value>) -> Result<()> {
        let i = place(vm, this, key)?;
        let d = this.get_mut(vm);
        let old = match value {
            Some(v) => d.items.get_mut(i).map(|slot| std::mem::replace(slot, v)),
            None => {
                d.changes += 1;
                d.items.remove(i)
            }
        };
        drop(old);
        Ok(())
    }

    #[slot]
    fn contains(vm: &mut Vm, this: &Ref<Deque>, item: &Value) -> Result<bool> {
        let changes = this.get(vm).changes;
        let mut i = 0;
        while let Some(v) = this.get(vm).items.get(i).cloned() {
            if vm.equal(&v, item)? {
                return Ok(true);
            }
            check_unchanged(vm, this, changes)?;
            i += 1;
        }
        Ok(false)
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Ref<Deque>) -> Result {
        deque_iterators::new_iterator(vm, this)
    }

    #[slot]
    fn concat(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let Some(this) = a.downcast::<Deque>().filter(|_| b.downcast::<Deque>().is_some()) else {
            let text = format!("can only concatenate deque (not \"{}\") to deque", b.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        let made = copy(vm, this)?;
        if let Some(d) = made.downcast::<Deque>() {
            extend(vm, d, b, End::Right)?;
        }
        Ok(made)
    }

    #[slot]
    fn inplace_concat(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let Some(this) = a.downcast::<Deque>() else { return Err(vm.raise_wrong_receiver("__iadd__", a)) };
        extend(vm, this, b, End::Right)?;
        Ok(a.clone())
    }

    #[slot]
    fn repeat(vm: &mut Vm, this: &Ref<Deque>, n: isize) -> Result {
        let made = copy(vm, this)?;
        if let Some(d) = made.downcast::<Deque>() {
            repeat(vm, d, n)?;
        }
        Ok(made)
    }

    #[slot]
    fn inplace_repeat(vm: &mut Vm, this: &Ref<Deque>, n: isize) -> Result {
        repeat(vm, this, n)?;
        Ok(this.to_value())
    }

    /// Add an element to the right side of the deque.
    #[method("($self, item, /)")]
    fn append(vm: &mut Vm, this: &Ref<Deque>, item: &Value) -> Result<()> {
        let item = item.clone();
        this.get_mut(vm).push(End::Right, item).map(drop)
    }

    /// Add an element to the left side of the deque.
    #[method("($self, item, /)")]
    fn appendleft(vm: &mut Vm, this: &Ref<Deque>, item: &Value) -> Result<()> {
        let item = item.clone();
        this.get_mut(vm).push(End::Left, item).map(drop)
    }

    /// Extend the right side of the deque with elements from the iterable.
    #[method("($self, iterable, /)")]
    fn extend(vm: &mut Vm, this: &Ref<Deque>, iterable: &Value) -> Result<()> {
        extend(vm, this, iterable, End::Right)
    }

    /// Extend the left side of the deque with elements from the iterable.
    #[method("($self, iterable, /)")]
    fn extendleft(vm: &mut Vm, this: &Ref<Deque>, iterable: &Value) -> Result<()> {
        extend(vm, this, iterable, End::Left)
    }

    /// Remove and return the rightmost element.
    #[method("($self, /)")]
    fn pop(vm: &mut Vm, this: &Ref<Deque>) -> Result {
        let d = this.get_mut(vm);
        match d.items.pop_back() {
            Some(item) => {
                d.changes += 1;
                Ok(item)
            }
            None => Err(vm.raise_index_error("pop from an empty deque")),
        }
    }

    /// Remove and return the leftmost element.
    #[method("($self, /)")]
    fn popleft(vm: &mut Vm, this: &Ref<Deque>) -> Result {
        let d = this.get_mut(vm);
        match d.items.pop_front() {
            Some(item) => {
                d.changes += 1;
                Ok(item)
            }
            None => Err(vm.raise_index_error("pop from an empty deque")),
        }
    }

    /// Remove all elements from the deque.
    #[method("($self, /)")]
    fn clear(vm: &mut Vm, this: &Ref<Deque>) -> Result<()> {
        let d = this.get_mut(vm);
        if !d.items.is_empty() {
            d.changes += 1;
        }
        let mut old = std::mem::take(&mut d.items);
        while old.pop_back().is_some() {}
        Ok(())
    }

    /// Return a shallow copy of a deque.
    #[method("($self, /)")]
    fn copy(vm: &mut Vm, this: &Ref<Deque>) -> Result {
        copy(vm, this)
    }

    /// Return a shallow copy of a deque.
    #[method("($self, /)")]
    fn __copy__(vm: &mut Vm, this: &Ref<Deque>) -> Result {
        copy(vm, this)
    }

    /// Return number of occurrences of value.
    #[method("($self, value, /)")]
    fn count(vm: &mut Vm, this: &Ref<Deque>, value: &Value) -> Result<usize> {
        let changes = this.get(vm).changes;
        let (mut i, mut n) = (0, 0);
        while let Some(v) = this.get(vm).items.get(i).cloned() {
            n += usize::from(vm.equal(&v, value)?);
            check_unchanged(vm, this, changes)?;
            i += 1;
        }
        Ok(n)
    }

    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[method("($self, value, [start, [stop]])")]
    fn index(vm: &mut Vm, this: &Ref<Deque>, args: Args<'_>) -> Result<usize> {
        args.no_keywords(vm, "deque.index")?;
        let args = args.expect(vm, "index", 1, 3)?;
        let mut bounds = [0, isize::MAX];
        for (bound, v) in bounds.iter_mut().zip(&args[1..]) {
            if slots::of(v.ty()).index.is_none() {
                let text = "slice indices must be integers or have an __index__ method";
                return Err(vm.raise_type_error(text));
            }
            *bound = vm.to_search_bound(v)?;
        }
        let value = &args[0];
        let (mut i, stop) = sequence::search_bounds(Some(bounds[0]), Some(bounds[1]), this.get(vm).items.len());
        let changes = this.get(vm).changes;
        while i < stop
            && let Some(v) = this.get(vm).items.get(i).cloned()
        {
            if vm.equal(&v, value)? {
                return Ok(i);
            }
            check_unchanged(vm, this, changes)?;
            i += 1;
        }
        Err(vm.raise_value_error("deque.index(x): x not in deque"))
    }

    /// Insert value before index.
    #[method("($self, index, value, /)")]
    fn insert(vm: &mut Vm, this: &Ref<Deque>, index: isize, value: &Value) -> Result<()> {
        let d = this.get_mut(vm);
        let len = d.items.len();
        if d.bounded && len >= d.limit {
            return Err(vm.raise_index_error("deque already at its maximum size"));
        }
        let at = if index < 0 { (index + len as isize).max(0) } else { index.min(len as isize) };
        if d.items.try_reserve(1).is_err() {
            return Err(vm.raise_memory_error());
        }
        d.changes += 1;
        d.items.insert(at as usize, value.clone());
        Ok(())
    }

    /// Remove first occurrence of value.
    #[method("($self, value, /)")]
    fn remove(vm: &mut Vm, this: &Ref<Deque>, value: &Value) -> Result<()> {
        let changes = this.get(vm).changes;
        let mut i = 0;
        while let Some(v) = this.get(vm).items.get(i).cloned() {
            let found = vm.equal(&v, value)?;
            if this.get(vm).changes != changes {
                return Err(vm.raise_index_error("deque mutated during remove()."));
            }
            if found {
                let d = this.get_mut(vm);
                d.changes += 1;
                let old = d.items.remove(i);
                drop(old);
                return Ok(());
            }
            i += 1;
        }
        Err(vm.raise_value_error("deque.remove(x): x not in deque"))
    }

    /// Reverse *IN PLACE*.
    #[method("($self, /)")]
    fn reverse(vm: &mut Vm, this: &Ref<Deque>) -> Result<()> {
        this.get_mut(vm).items.make_contiguous().reverse();
        Ok(())
    }

    /// Rotate the deque n steps to the right.  If n is negative, rotates left.
    #[method("($self, n=1, /)")]
    fn rotate(vm: &mut Vm, this: &Ref<Deque>, n: Option<isize>) -> Result<()> {
        this.get_mut(vm).rotate(n.unwrap_or(1));
        Ok(())
    }

    /// Return a reverse iterator over the deque.
    #[method("($self, /)")]
    fn __reversed__(vm: &mut Vm, this: &Ref<Deque>) -> Result {
        deque_iterators::new_reverse_iterator(vm, this)
    }

    /// Return state information for pickling.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<Deque>) -> Result<Ref<Tuple>> {
        let state = vm.call_method(this.as_value(), taipan_vm::name!("__getstate__"), &[])?;
        let it = vm.iter(this.as_value())?;
        let args = match (this.get(vm).bounded, this.get(vm).limit) {
            (false, _) => Vec::new(),
            (true, limit) => {
                let empty = vm.new_tuple(Vec::new())?.into_value();
                vec![empty, vm.new_int(limit as i64)?]
            }
        };
        let args = vm.new_tuple(args)?.into_value();
        vm.new_tuple(vec![this.ty().to_value(), args, state, it])
    }

    /// Return the size of the deque in memory, in bytes.
    #[method("($self, /)")]
    fn __sizeof__(vm: &mut Vm, this: &Ref<Deque>) -> Result<usize> {
        Ok(this.ty().basicsize() + 8 * this.get(vm).items.capacity())
    }

    /// See PEP 585
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        taipan_vm::types::generic_alias::new_alias(vm, class.clone(), object.clone())
    }

    /// maximum size of a deque or None if unbounded
    #[getter]
    fn maxlen(vm: &mut Vm, this: &Ref<Deque>) -> Result<Option<usize>> {
        let d = this.get(vm);
        Ok(d.bounded.then_some(d.limit))
    }
}
