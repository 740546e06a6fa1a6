//! `count`, `cycle`, `repeat`.

use super::positional;
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::{IntRef, TypeCell};
use taipan_vm::native::{self, Args, FromArg, Place, Signature};
use taipan_vm::slots::{self, BinaryOp};
use taipan_vm::{Ref, Result, Type, Value, Vm};

/// `itertools.count`.
pub static COUNT: TypeCell<Count> = TypeCell::new("itertools.count");
/// `itertools.cycle`.
pub static CYCLE: TypeCell<Cycle> = TypeCell::new("itertools.cycle");
/// `itertools.repeat`.
pub static REPEAT: TypeCell<Repeat> = TypeCell::new("itertools.repeat");

/// Numbers at equal distances.
#[derive(Trace, Payload)]
#[payload(class = COUNT)]
#[repr(C)]
pub struct Count {
    next: Value,
    step: Value,
}

/// The items of an iterator, and then the same again.
#[derive(Trace, Payload)]
#[payload(class = CYCLE)]
#[repr(C)]
pub struct Cycle {
    /// Until its end.
    iterator: Option<Value>,
    saved: Vec<Value>,
    index: usize,
}

/// One object, some number of times.
#[derive(Trace, Payload)]
#[payload(class = REPEAT)]
#[repr(C)]
pub struct Repeat {
    object: Value,
    /// -1: for ever.
    left: isize,
}

/// Methods of `count`.
pub struct CountClass;

fn is_number(v: &Value) -> bool {
    let s = slots::of(v.ty());
    v.as_int().is_some() || s.int.is_some() || s.float.is_some() || s.index.is_some() || v.ty().name() == "complex"
}

fn is_one(v: &Value) -> bool {
    matches!(v.as_int(), Some(IntRef::Small(1)))
}

/// Return a count object whose .__next__() method returns consecutive values.
///
/// Equivalent to:
///     def count(firstval=0, step=1):
///         x = firstval
///         while 1:
///             yield x
///             x += step
#[class(cell = COUNT, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(start=0, step=1)")]
impl CountClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "count",
            params: &["start", "step"],
            required: &[false, false],
            required_count: 0,
            positional_only: 0,
            positional: 2,
        };
        let [start, step] = native::bind::<2>(vm, &SIGNATURE, args)?;
        if start.is_some_and(|v| !is_number(v)) || step.is_some_and(|v| !is_number(v)) {
            return Err(vm.raise_type_error("a number is required"));
        }
        let mut next = start.cloned().unwrap_or_else(|| Value::from_i32(0));
        let mut step = step.cloned().unwrap_or_else(|| Value::from_i32(1));
        // Counting by one gives plain ints, whatever class the start was of.
        if is_one(&step)
            && let Some(IntRef::Small(n)) = next.as_int()
        {
            next = vm.new_int(n)?;
            step = Value::from_i32(1);
        }
        Ref::new_in(vm, class, Count { next, step }).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<Count>) -> Result<Option<Value>> {
        let it = this.get_mut(vm);
        if let (Some(n), Some(step)) = (it.next.small_int(), it.step.small_int())
            && let Some(after) = Value::from_small_int(n + step)
        {
            return Ok(Some(std::mem::replace(&mut it.next, after)));
        }
        let (now, step) = (it.next.clone(), it.step.clone());
        let after = vm.binary(BinaryOp::ADD, &now, &step)?;
        let old = std::mem::replace(&mut this.get_mut(vm).next, after);
        Ok(Some(old))
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Count>) -> Result {
        let (next, step) = (this.get(vm).next.clone(), this.get(vm).step.clone());
        let name = this.ty().short_name();
        let next = vm.repr(&next)?.to_string_lossy();
        if is_one(&step) {
            return vm.new_str(&format!("{name}({next})")).map(Ref::into_value);
        }
        let step = vm.repr(&step)?.to_string_lossy();
        vm.new_str(&format!("{name}({next}, {step})")).map(Ref::into_value)
    }
}

/// Methods of `cycle`.
pub struct CycleClass;

/// Return elements from the iterable until it is exhausted. Then repeat the sequence indefinitely.
#[class(cell = CYCLE, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(iterable, /)")]
impl CycleClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let args = positional(vm, CYCLE.as_type(), class, args, "cycle", 1, 1)?;
        let iterator = vm.iter(&args[0])?;
        Ref::new_in(vm, class, Cycle { iterator: Some(iterator), saved: Vec::new(), index: 0 }).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<Cycle>) -> Result<Option<Value>> {
        if let Some(iterator) = this.get(vm).iterator.clone() {
            if let Some(item) = vm.next(&iterator)? {
                let it = this.get_mut(vm);
                if it.saved.try_reserve(1).is_err() {
                    return Err(vm.raise_memory_error());
                }
                it.saved.push(item.clone());
                return Ok(Some(item));
            }
            let old = this.get_mut(vm).iterator.take();
            drop(old);
        }
        let it = this.get_mut(vm);
        let Some(item) = it.saved.get(it.index) else { return Ok(None) };
        it.index = if it.index + 1 == it.saved.len() { 0 } else { it.index + 1 };
        Ok(Some(item.clone()))
    }
}

/// Methods of `repeat`.
pub struct RepeatClass;

/// repeat(object [,times]) -> create an iterator which returns the object
/// for the specified number of times.  If not specified, returns the object
/// endlessly.
#[class(cell = REPEAT, base = OBJECT, flags = BASETYPE | HAVE_GC)]
impl RepeatClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "repeat",
            params: &["object", "times"],
            required: &[true, false],
            required_count: 1,
            positional_only: 0,
            positional: 2,
        };
        let [object, times] = native::bind::<2>(vm, &SIGNATURE, args)?;
        let object = <Value>::from_arg(vm, object, Place::argument(&SIGNATURE, 0))?;
        let left = match times {
            Some(_) => isize::from_arg(vm, times, Place::argument(&SIGNATURE, 1))?.max(0),
            None => -1,
        };
        Ref::new_in(vm, class, Repeat { object, left }).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<Repeat>) -> Result<Option<Value>> {
        let it = this.get_mut(vm);
        match it.left {
            0 => return Ok(None),
            n if n > 0 => it.left = n - 1,
            _ => {}
        }
        Ok(Some(it.object.clone()))
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Repeat>) -> Result {
        let (object, left) = (this.get(vm).object.clone(), this.get(vm).left);
        let name = this.ty().short_name();
        let object = vm.repr(&object)?.to_string_lossy();
        let text = if left < 0 { format!("{name}({object})") } else { format!("{name}({object}, {left})") };
        vm.new_str(&text).map(Ref::into_value)
    }

    /// Private method returning an estimate of len(list(it)).
    #[method("($self, /)")]
    fn __length_hint__(vm: &mut Vm, this: &Ref<Repeat>) -> Result<isize> {
        match this.get(vm).left {
            n if n >= 0 => Ok(n),
            _ => Err(vm.raise_type_error("len() of unsized object")),
        }
    }
}
