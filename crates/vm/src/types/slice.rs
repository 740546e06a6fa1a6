//! `slice`.

use crate::native::Args;
use crate::slots::{BinaryOp, CompareOp};
use crate::{Ref, Result, Tuple, Type, Value, Vm};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;

/// `slice`.
pub static SLICE: TypeCell<Slice> = TypeCell::new("slice");

/// `start:stop:step`; `None` where a part is missing.
#[derive(Trace, Payload)]
#[payload(class = SLICE, frozen)]
#[repr(C)]
pub struct Slice {
    /// First index.
    pub start: Value,
    /// Index behind the last.
    pub stop: Value,
    /// Distance.
    pub step: Value,
}

/// Which items of a sequence a slice selects.
#[derive(Clone, Copy, Debug)]
pub struct SliceIndices {
    /// First index.
    pub start: isize,
    /// Index behind the last, as given, cut off at the ends.
    pub stop: isize,
    /// Distance, not zero.
    pub step: isize,
    /// Number of items.
    pub count: usize,
}

impl SliceIndices {
    /// The indices from the lowest on.
    pub fn ascending(self) -> impl Iterator<Item = usize> {
        let last = self.count.saturating_sub(1) as isize;
        let lowest = if self.step > 0 { self.start } else { self.start + last * self.step };
        (0..self.count).map(move |i| lowest as usize + i * self.step.unsigned_abs())
    }

    /// The indices in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = usize> {
        (0..self.count).map(move |i| (self.start + i as isize * self.step) as usize)
    }
}

/// `slice(start, stop, step)`.
pub fn new_slice(vm: &mut Vm, start: Value, stop: Value, step: Value) -> Result {
    Ref::new(vm, Slice { start, stop, step }).map(Ref::into_value)
}

impl Vm {
    fn check_slice_part(&mut self, v: &Value) -> Result<()> {
        match crate::slots::of(v.ty()).index {
            Some(_) => Ok(()),
            None => Err(self.raise_type_error("slice indices must be integers or None or have an __index__ method")),
        }
    }

    /// A part of a slice that is not None as an int of any size.
    pub fn slice_part(&mut self, v: &Value) -> Result {
        self.check_slice_part(v)?;
        self.index(v)
    }

    /// A part of a slice, cut off at the ends of what an index can be; `default` for None.
    #[inline]
    pub(crate) fn slice_index(&mut self, v: &Value, default: isize) -> Result<isize> {
        if v.is_none() {
            return Ok(default);
        }
        if let Some(n) = v.small_int() {
            return Ok(n as isize);
        }
        self.check_slice_part(v)?;
        self.to_index_clamped(v)
    }

    /// A bound of `index` methods, which may not be None, cut off at the ends.
    pub fn to_search_bound(&mut self, v: &Value) -> Result<isize> {
        if crate::slots::of(v.ty()).index.is_none() {
            return Err(self.raise_type_error("slice indices must be integers or have an __index__ method"));
        }
        self.to_index_clamped(v)
    }

    /// The parts of a slice before the length of the sequence is known, which `__index__` may still change.
    pub fn slice_parts(&mut self, s: &Ref<Slice>) -> Result<(isize, isize, isize)> {
        let step = self.slice_index(&s.step, 1)?;
        if step == 0 {
            return Err(self.raise_value_error("slice step cannot be zero"));
        }
        let step = step.max(-isize::MAX);
        let (first, last) = if step < 0 { (isize::MAX, isize::MIN) } else { (0, isize::MAX) };
        let start = self.slice_index(&s.start, first)?;
        let stop = self.slice_index(&s.stop, last)?;
        Ok((start, stop, step))
    }

    /// The items of a sequence of `len` items that a slice selects.
    pub fn slice_indices(&mut self, s: &Ref<Slice>, len: usize) -> Result<SliceIndices> {
        let (start, stop, step) = self.slice_parts(s)?;
        Ok(adjust(start, stop, step, len))
    }
}

/// Cuts the parts of a slice off at the ends of a sequence.
pub fn adjust(start: isize, stop: isize, step: isize, len: usize) -> SliceIndices {
    let len = len as isize;
    let clip = |i: isize| {
        if i < 0 {
            let i = i.saturating_add(len);
            if i < 0 { if step < 0 { -1 } else { 0 } } else { i }
        } else if i >= len {
            if step < 0 { len - 1 } else { len }
        } else {
            i
        }
    };
    let (start, stop) = (clip(start), clip(stop));
    let count = if step < 0 && stop < start {
        (start - stop - 1) / -step + 1
    } else if step > 0 && start < stop {
        (stop - start - 1) / step + 1
    } else {
        0
    };
    SliceIndices { start, stop, step, count: count as usize }
}

/// `slice.indices` with numbers that need not fit an index.
fn indices_of_any_size(vm: &mut Vm, s: &Ref<Slice>, length: Value) -> Result<Ref<Tuple>> {
    let (zero, one) = (Value::from_i32(0), Value::from_i32(1));
    let part = |vm: &mut Vm, v: &Value| -> Result<Option<Value>> {
        // For its error.
        vm.slice_index(v, 0)?;
        if v.is_none() { Ok(None) } else { vm.index(v).map(Some) }
    };
    let step = part(vm, &s.step)?.unwrap_or_else(|| one.clone());
    if !vm.is_truthy(&step)? {
        return Err(vm.raise_value_error("slice step cannot be zero"));
    }
    let backwards = vm.compare_bool(&step, &zero, CompareOp::Lt)?;
    let (lower, upper) = match backwards {
        true => (Value::from_i32(-1), vm.binary(BinaryOp::SUBTRACT, &length, &one)?),
        false => (zero.clone(), length.clone()),
    };
    let clip = |vm: &mut Vm, v: Option<Value>, default: &Value| -> Result {
        let Some(mut v) = v else { return Ok(default.clone()) };
        if vm.compare_bool(&v, &zero, CompareOp::Lt)? {
            v = vm.binary(BinaryOp::ADD, &v, &length)?;
            return Ok(if vm.compare_bool(&v, &lower, CompareOp::Lt)? { lower.clone() } else { v });
        }
        Ok(if vm.compare_bool(&v, &upper, CompareOp::Gt)? { upper.clone() } else { v })
    };
    let start = part(vm, &s.start)?;
    let start = clip(vm, start, if backwards { &upper } else { &lower })?;
    let stop = part(vm, &s.stop)?;
    let stop = clip(vm, stop, if backwards { &lower } else { &upper })?;
    vm.new_tuple(vec![start, stop, step])
}

/// Methods of `slice`.
pub struct SliceClass;

/// slice(stop)
/// slice(start, stop[, step])
///
/// Create a slice object.  This is used for extended slicing (e.g. a[0:10:2]).
#[class(cell = SLICE, base = OBJECT, flags = HAVE_GC)]
impl SliceClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        let args = args.expect(vm, "slice", 1, 3)?;
        let none = Value::none;
        match args {
            [stop] => new_slice(vm, none(), stop.clone(), none()),
            [start, stop] => new_slice(vm, start.clone(), stop.clone(), none()),
            _ => new_slice(vm, args[0].clone(), args[1].clone(), args[2].clone()),
        }
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Slice>) -> Result {
        let start = vm.repr(&this.start)?.to_string_lossy();
        let stop = vm.repr(&this.stop)?.to_string_lossy();
        let step = vm.repr(&this.step)?.to_string_lossy();
        vm.new_str(&format!("slice({start}, {stop}, {step})")).map(Ref::into_value)
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let (Some(a), Some(b)) = (a.downcast::<Slice>(), b.downcast::<Slice>()) else {
            return Ok(Value::not_implemented());
        };
        let x = vm.new_tuple(vec![a.start.clone(), a.stop.clone(), a.step.clone()])?.into_value();
        let y = vm.new_tuple(vec![b.start.clone(), b.stop.clone(), b.step.clone()])?.into_value();
        vm.compare(&x, &y, op)
    }

    #[slot]
    fn hash(vm: &mut Vm, this: &Ref<Slice>) -> Result<i64> {
        let parts = vm.new_tuple(vec![this.start.clone(), this.stop.clone(), this.step.clone()])?.into_value();
        vm.hash(&parts)
    }

    #[getter(member)]
    fn start(_vm: &mut Vm, this: &Ref<Slice>) -> Result {
        Ok(this.start.clone())
    }

    #[getter(member)]
    fn stop(_vm: &mut Vm, this: &Ref<Slice>) -> Result {
        Ok(this.stop.clone())
    }

    #[getter(member)]
    fn step(_vm: &mut Vm, this: &Ref<Slice>) -> Result {
        Ok(this.step.clone())
    }

    /// S.indices(len) -> (start, stop, stride)
    ///
    /// Assuming a sequence of length len, calculate the start and stop
    /// indices, and the stride length of the extended slice described by
    /// S. Out of bounds indices are clipped in a manner consistent with the
    /// handling of normal slices.
    #[method("($self, object, /)")]
    fn indices(vm: &mut Vm, this: &Ref<Slice>, length: &Value) -> Result<Ref<Tuple>> {
        let length = vm.index(length)?;
        if vm.compare_bool(&length, &Value::from_i32(0), CompareOp::Lt)? {
            return Err(vm.raise_value_error("length should not be negative"));
        }
        let small = |v: &Value| v.is_none() || v.small_int().is_some();
        let n = match length.small_int() {
            Some(n) if small(&this.start) && small(&this.stop) && small(&this.step) => n,
            _ => return indices_of_any_size(vm, this, length),
        };
        let i = vm.slice_indices(this, n as usize)?;
        let parts = [i.start as i64, i.stop as i64, i.step as i64];
        let mut values = Vec::new();
        for p in parts {
            values.push(vm.new_int(p)?);
        }
        vm.new_tuple(values)
    }

    /// Return state information for pickling.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<Slice>) -> Result<Ref<Tuple>> {
        let parts = vm.new_tuple(vec![this.start.clone(), this.stop.clone(), this.step.clone()])?.into_value();
        vm.new_tuple(vec![SLICE.as_ref().into_value(), parts])
    }
}
