//! `range`, an arithmetic sequence of ints of any size.

use super::slice::Slice;
use crate::native::Args;
use crate::slots::{BinaryOp, CompareOp};
use crate::{Ref, Result, Tuple, Type, Value, Vm};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;

/// `range`.
pub static RANGE: TypeCell<Range> = TypeCell::new("range");
/// `range_iterator`.
pub static RANGE_ITERATOR: TypeCell<RangeIterator> = TypeCell::new("range_iterator");
/// `longrange_iterator`.
pub static LONG_RANGE_ITERATOR: TypeCell<LongRangeIterator> = TypeCell::new("longrange_iterator");

/// An arithmetic sequence.
#[derive(Trace, Payload)]
#[payload(class = RANGE, frozen)]
#[repr(C)]
pub struct Range {
    /// First item.
    pub start: Value,
    /// Bound, exclusive.
    pub stop: Value,
    /// Difference, not zero.
    pub step: Value,
    /// Number of items.
    pub length: Value,
}

/// An iterator over a range whose bounds are machine words.
#[derive(Trace, Payload)]
#[payload(class = RANGE_ITERATOR)]
#[repr(C)]
pub struct RangeIterator {
    /// The next item.
    pub next: i64,
    /// Difference.
    pub step: i64,
    /// Items left.
    pub left: u64,
}

/// An iterator over a range with bigger bounds.
#[derive(Trace, Payload)]
#[payload(class = LONG_RANGE_ITERATOR)]
#[repr(C)]
pub struct LongRangeIterator {
    next: Value,
    step: Value,
    left: Value,
}

fn length_of(vm: &mut Vm, start: &Value, stop: &Value, step: &Value) -> Result {
    if let (Some(a), Some(b), Some(s)) = (start.small_int(), stop.small_int(), step.small_int()) {
        let n = if s > 0 && a < b {
            (b - a - 1) / s + 1
        } else if s < 0 && a > b {
            (a - b - 1) / -s + 1
        } else {
            0
        };
        return vm.new_int(n);
    }
    let zero = Value::from_i32(0);
    let one = Value::from_i32(1);
    let up = vm.compare_bool(step, &zero, CompareOp::Gt)?;
    let (low, high, step) =
        if up { (start.clone(), stop.clone(), step.clone()) } else { (stop.clone(), start.clone(), vm.neg(step)?) };
    if vm.compare_bool(&low, &high, CompareOp::Ge)? {
        return Ok(zero);
    }
    let span = vm.binary(BinaryOp::SUBTRACT, &high, &low)?;
    let span = vm.binary(BinaryOp::SUBTRACT, &span, &one)?;
    let n = vm.binary(BinaryOp::FLOOR_DIVIDE, &span, &step)?;
    vm.binary(BinaryOp::ADD, &n, &one)
}

fn new_range(vm: &mut Vm, start: Value, stop: Value, step: Value) -> Result {
    let length = length_of(vm, &start, &stop, &step)?;
    Ref::new(vm, Range { start, stop, step, length }).map(Ref::into_value)
}

/// A range of immediate ints with a step of one; nothing where the arguments are something else.
pub fn simple_range(vm: &mut Vm, args: &[Value]) -> Result<Option<Value>> {
    let zero = Value::from_i32(0);
    let (start, stop) = match args {
        [stop] => (&zero, stop),
        [start, stop] => (start, stop),
        _ => return Ok(None),
    };
    let (Some(first), Some(end)) = (start.small_int(), stop.small_int()) else { return Ok(None) };
    let length = vm.new_int((end - first).max(0))?;
    // None of the words has a count.
    let (start, stop, step) = (start.clone(), stop.clone(), Value::from_i32(1));
    Ref::new_in_place(vm, Range { start, stop, step, length }).map(|r| Some(r.into_value()))
}

/// The item at an index within the range.
fn item_at(vm: &mut Vm, r: &Range, index: &Value) -> Result {
    let offset = vm.binary(BinaryOp::MULTIPLY, index, &r.step)?;
    vm.binary(BinaryOp::ADD, &r.start, &offset)
}

impl RangeClass {
    fn contains_int(vm: &mut Vm, r: &Ref<Range>, v: &Value) -> Result<bool> {
        let zero = Value::from_i32(0);
        let up = vm.compare_bool(&r.step, &zero, CompareOp::Gt)?;
        let (low, high) = if up { (CompareOp::Le, CompareOp::Lt) } else { (CompareOp::Ge, CompareOp::Gt) };
        if !vm.compare_bool(&r.start, v, low)? || !vm.compare_bool(v, &r.stop, high)? {
            return Ok(false);
        }
        let distance = vm.binary(BinaryOp::SUBTRACT, v, &r.start)?;
        let rest = vm.binary(BinaryOp::REMAINDER, &distance, &r.step)?;
        vm.is_truthy(&rest).map(|nonzero| !nonzero)
    }

    fn iterate(vm: &mut Vm, start: Value, step: Value, length: Value) -> Result {
        if let (Some(next), Some(step), Some(left)) = (start.small_int(), step.small_int(), length.small_int()) {
            return Ref::new_in_place(vm, RangeIterator { next, step, left: left as u64 }).map(Ref::into_value);
        }
        Ref::new(vm, LongRangeIterator { next: start, step, left: length }).map(Ref::into_value)
    }
}

/// Methods of `range`.
pub struct RangeClass;

/// range(stop) -> range object
/// range(start, stop[, step]) -> range object
///
/// Return an object that produces a sequence of integers from start (inclusive)
/// to stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, ..., j-1.
/// start defaults to 0, and stop is omitted!  range(4) produces 0, 1, 2, 3.
/// These are exactly the valid indices for a list of 4 elements.
/// When step is given, it specifies the increment (or decrement).
#[class(cell = RANGE, base = OBJECT, flags = HAVE_GC | SEQUENCE)]
impl RangeClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        let args = args.expect(vm, "range", 1, 3)?;
        let mut parts = Vec::with_capacity(args.len());
        for a in args {
            let n = vm.index(a)?;
            parts.push(vm.exact_int(&n)?);
        }
        let (zero, one) = (Value::from_i32(0), Value::from_i32(1));
        match &parts[..] {
            [stop] => new_range(vm, zero, stop.clone(), one),
            [start, stop] => new_range(vm, start.clone(), stop.clone(), one),
            _ => {
                if parts[2].small_int() == Some(0) {
                    return Err(vm.raise_value_error("range() arg 3 must not be zero"));
                }
                new_range(vm, parts[0].clone(), parts[1].clone(), parts[2].clone())
            }
        }
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Range>) -> Result {
        let (start, stop) = (vm.int_to_text(&this.start)?, vm.int_to_text(&this.stop)?);
        let text = if this.step.small_int() == Some(1) {
            format!("range({start}, {stop})")
        } else {
            format!("range({start}, {stop}, {})", vm.int_to_text(&this.step)?)
        };
        vm.new_str(&text).map(Ref::into_value)
    }

    #[slot]
    fn len(vm: &mut Vm, this: &Ref<Range>) -> Result<usize> {
        match this.length.as_int().and_then(taipan_object::IntRef::to_i64) {
            Some(n) => Ok(n as usize),
            None => Err(vm.raise_overflow_error("Python int too large to convert to C ssize_t")),
        }
    }

    #[slot]
    fn bool(vm: &mut Vm, this: &Ref<Range>) -> Result<bool> {
        vm.is_truthy(&this.length)
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Value, key: &Value) -> Result {
        let Some(r) = this.downcast::<Range>() else { return Err(vm.raise_wrong_receiver("__getitem__", this)) };
        if let Some(s) = key.downcast_exact::<Slice>() {
            return RangeClass::slice(vm, r, s);
        }
        if crate::slots::of(key.ty()).index.is_none() {
            let text = format!("range indices must be integers or slices, not {}", key.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        let zero = Value::from_i32(0);
        let mut i = vm.index(key)?;
        if vm.compare_bool(&i, &zero, CompareOp::Lt)? {
            i = vm.binary(BinaryOp::ADD, &i, &r.length)?;
        }
        if vm.compare_bool(&i, &zero, CompareOp::Lt)? || vm.compare_bool(&i, &r.length, CompareOp::Ge)? {
            return Err(vm.raise_index_error("range object index out of range"));
        }
        item_at(vm, r, &i)
    }

    #[slot]
    fn contains(vm: &mut Vm, this: &Ref<Range>, item: &Value) -> Result<bool> {
        let exact = item.is_exact_int() || item.is_true() || item.is_false();
        if exact { RangeClass::contains_int(vm, this, item) } else { vm.contains_by_iteration(this.as_value(), item) }
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let (Some(a), Some(b)) = (a.downcast::<Range>(), b.downcast::<Range>()) else {
            return Ok(Value::not_implemented());
        };
        let wanted = match op {
            CompareOp::Eq => true,
            CompareOp::Ne => false,
            _ => return Ok(Value::not_implemented()),
        };
        let one = Value::from_i32(1);
        let same = vm.equal(&a.length, &b.length)?
            && (!vm.is_truthy(&a.length)?
                || (vm.equal(&a.start, &b.start)? && (vm.equal(&a.length, &one)? || vm.equal(&a.step, &b.step)?)));
        Ok(Value::bool(same == wanted))
    }

    #[slot]
    fn hash(vm: &mut Vm, this: &Ref<Range>) -> Result<i64> {
        let none = Value::none;
        let parts = match this.length.small_int() {
            Some(0) => vec![this.length.clone(), none(), none()],
            Some(1) => vec![this.length.clone(), this.start.clone(), none()],
            _ => vec![this.length.clone(), this.start.clone(), this.step.clone()],
        };
        let parts = vm.new_tuple(parts)?.into_value();
        vm.hash(&parts)
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Ref<Range>) -> Result {
        RangeClass::iterate(vm, this.start.clone(), this.step.clone(), this.length.clone())
    }

    /// Return a reverse iterator.
    #[method("($self, /)")]
    fn __reversed__(vm: &mut Vm, this: &Ref<Range>) -> Result {
        let one = Value::from_i32(1);
        let last = vm.binary(BinaryOp::SUBTRACT, &this.length, &one)?;
        let start = item_at(vm, this, &last)?;
        let step = vm.neg(&this.step)?;
        RangeClass::iterate(vm, start, step, this.length.clone())
    }

    /// rangeobject.count(value) -> integer -- return number of occurrences of value
    #[method("($self, value, /)")]
    fn count(vm: &mut Vm, this: &Ref<Range>, value: &Value) -> Result<usize> {
        if value.is_exact_int() || value.is_true() || value.is_false() {
            return RangeClass::contains_int(vm, this, value).map(usize::from);
        }
        let it = vm.iter(this.as_value())?;
        let mut n = 0;
        while let Some(v) = vm.next(&it)? {
            n += vm.equal(&v, value)? as usize;
        }
        Ok(n)
    }

    /// rangeobject.index(value) -> integer -- return index of value.
    /// Raise ValueError if the value is not present.
    #[method("($self, value, /)")]
    fn index(vm: &mut Vm, this: &Ref<Range>, value: &Value) -> Result {
        if value.is_exact_int() || value.is_true() || value.is_false() {
            if RangeClass::contains_int(vm, this, value)? {
                let distance = vm.binary(BinaryOp::SUBTRACT, value, &this.start)?;
                return vm.binary(BinaryOp::FLOOR_DIVIDE, &distance, &this.step);
            }
            return Err(vm.raise_value_error("range.index(x): x not in range"));
        }
        let it = vm.iter(this.as_value())?;
        let mut n = 0;
        while let Some(v) = vm.next(&it)? {
            if vm.equal(&v, value)? {
                return vm.new_int(n);
            }
            n += 1;
        }
        Err(vm.raise_value_error("sequence.index(x): x not in sequence"))
    }

    #[getter(member)]
    fn start(_vm: &mut Vm, this: &Ref<Range>) -> Result {
        Ok(this.start.clone())
    }

    #[getter(member)]
    fn stop(_vm: &mut Vm, this: &Ref<Range>) -> Result {
        Ok(this.stop.clone())
    }

    #[getter(member)]
    fn step(_vm: &mut Vm, this: &Ref<Range>) -> Result {
        Ok(this.step.clone())
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<Range>) -> Result<Ref<Tuple>> {
        let parts = vm.new_tuple(vec![this.start.clone(), this.stop.clone(), this.step.clone()])?.into_value();
        vm.new_tuple(vec![RANGE.as_ref().into_value(), parts])
    }
}

impl RangeClass {
    /// `r[start:stop:step]`, which is a range again.
    fn slice(vm: &mut Vm, r: &Ref<Range>, s: &Ref<Slice>) -> Result {
        let zero = Value::from_i32(0);
        let step = if s.step.is_none() { Value::from_i32(1) } else { vm.slice_part(&s.step)? };
        if step.small_int() == Some(0) {
            return Err(vm.raise_value_error("slice step cannot be zero"));
        }
        let down = vm.compare_bool(&step, &zero, CompareOp::Lt)?;
        let minus_one = Value::from_i32(-1);
        let lower = if down { minus_one.clone() } else { zero.clone() };
        let upper = if down { vm.binary(BinaryOp::ADD, &r.length, &minus_one)? } else { r.length.clone() };
        let mut ends = Vec::new();
        for (part, default) in
            [(&s.start, if down { &upper } else { &lower }), (&s.stop, if down { &lower } else { &upper })]
        {
            if part.is_none() {
                ends.push(default.clone());
                continue;
            }
            let mut i = vm.slice_part(part)?;
            if vm.compare_bool(&i, &zero, CompareOp::Lt)? {
                i = vm.binary(BinaryOp::ADD, &i, &r.length)?;
                if vm.compare_bool(&i, &lower, CompareOp::Lt)? {
                    i = lower.clone();
                }
            } else if vm.compare_bool(&i, &upper, CompareOp::Gt)? {
                i = upper.clone();
            }
            ends.push(i);
        }
        let start = item_at(vm, r, &ends[0])?;
        let stop = item_at(vm, r, &ends[1])?;
        let step = vm.binary(BinaryOp::MULTIPLY, &r.step, &step)?;
        new_range(vm, start, stop, step)
    }
}

/// Methods of `range_iterator`.
pub struct RangeIteratorClass;

#[class(cell = RANGE_ITERATOR, base = OBJECT)]
impl RangeIteratorClass {
    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<RangeIterator>) -> Result<Option<Value>> {
        let it = this.get_mut(vm);
        if it.left == 0 {
            return Ok(None);
        }
        let n = it.next;
        it.left -= 1;
        it.next = n.wrapping_add(it.step);
        vm.new_int(n).map(Some)
    }

    /// Private method returning an estimate of len(list(it)).
    #[method("($self, /)")]
    fn __length_hint__(vm: &mut Vm, this: &Ref<RangeIterator>) -> Result<u64> {
        Ok(this.get(vm).left)
    }

    /// Return state information for pickling.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<RangeIterator>) -> Result<Ref<Tuple>> {
        let iter = vm.builtin("iter")?;
        let it = this.get(vm);
        let (next, step, left) = (it.next, it.step, it.left as i64);
        let (start, stop, step) = (vm.new_int(next)?, vm.new_int(next + left * step)?, vm.new_int(step)?);
        let range = new_range(vm, start, stop, step)?;
        let args = vm.new_tuple(vec![range])?.into_value();
        vm.new_tuple(vec![iter, args, Value::none()])
    }

    /// Set state information for unpickling.
    #[method("($self, object, /)")]
    fn __setstate__(vm: &mut Vm, this: &Ref<RangeIterator>, state: i64) -> Result<()> {
        let it = this.get_mut(vm);
        let skip = (state.max(0) as u64).min(it.left);
        it.next = it.next.wrapping_add(it.step.wrapping_mul(skip as i64));
        it.left -= skip;
        Ok(())
    }
}

/// Methods of `longrange_iterator`.
pub struct LongRangeIteratorClass;

#[class(cell = LONG_RANGE_ITERATOR, base = OBJECT, flags = HAVE_GC)]
impl LongRangeIteratorClass {
    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<LongRangeIterator>) -> Result<Option<Value>> {
        let it = this.get(vm);
        let (n, step, left) = (it.next.clone(), it.step.clone(), it.left.clone());
        if !vm.is_truthy(&left)? {
            return Ok(None);
        }
        let next = vm.binary(BinaryOp::ADD, &n, &step)?;
        let left = vm.binary(BinaryOp::SUBTRACT, &left, &Value::from_i32(1))?;
        let it = this.get_mut(vm);
        it.next = next;
        it.left = left;
        Ok(Some(n))
    }

    /// Private method returning an estimate of len(list(it)).
    #[method("($self, /)")]
    fn __length_hint__(vm: &mut Vm, this: &Ref<LongRangeIterator>) -> Result {
        Ok(this.get(vm).left.clone())
    }

    /// Return state information for pickling.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<LongRangeIterator>) -> Result<Ref<Tuple>> {
        let iter = vm.builtin("iter")?;
        let it = this.get(vm);
        let (next, step, left) = (it.next.clone(), it.step.clone(), it.left.clone());
        let distance = vm.binary(BinaryOp::MULTIPLY, &left, &step)?;
        let stop = vm.binary(BinaryOp::ADD, &next, &distance)?;
        let range = vm.call(&RANGE.as_type().to_value(), &[next, stop, step])?;
        let args = vm.new_tuple(vec![range])?.into_value();
        vm.new_tuple(vec![iter, args, Value::none()])
    }

    /// Set state information for unpickling.
    #[method("($self, object, /)")]
    fn __setstate__(vm: &mut Vm, this: &Ref<LongRangeIterator>, state: &Value) -> Result<()> {
        let it = this.get(vm);
        let (next, step, left) = (it.next.clone(), it.step.clone(), it.left.clone());
        if state.as_int().is_none() {
            let text = format!("state must be an int, not {}", state.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        let mut skipped = state.clone();
        if vm.compare_bool(state, &Value::from_i32(0), CompareOp::Lt)? {
            skipped = Value::from_i32(0);
        } else if vm.compare_bool(state, &left, CompareOp::Gt)? {
            skipped = left.clone();
        }
        let distance = vm.binary(BinaryOp::MULTIPLY, &skipped, &step)?;
        let next = vm.binary(BinaryOp::ADD, &next, &distance)?;
        let left = vm.binary(BinaryOp::SUBTRACT, &left, &skipped)?;
        let it = this.get_mut(vm);
        it.next = next;
        it.left = left;
        Ok(())
    }
}
