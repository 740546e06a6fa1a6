//! `islice`.

use super::positional;
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_vm::native::Args;
use taipan_vm::{Ref, Result, Type, Value, Vm};

/// `itertools.islice`.
pub static ISLICE: TypeCell<ISlice> = TypeCell::new("itertools.islice");

/// Every so manieth item of a stretch of an iterator.
#[derive(Trace, Payload)]
#[payload(class = ISLICE)]
#[repr(C)]
pub struct ISlice {
    iterator: Option<Value>,
    /// Index of the next item to give.
    next: usize,
    /// No end is `usize::MAX`.
    stop: usize,
    step: usize,
    /// Items taken from the iterator so far.
    taken: usize,
}

/// A bound, -1 for what is no index.
fn bound(vm: &mut Vm, v: &Value) -> isize {
    match vm.to_index_i64(v, "ssize_t") {
        Ok(n) => n as isize,
        Err(raised) => {
            drop(vm.take_raised(raised));
            -1
        }
    }
}

/// Methods of `islice`.
pub struct ISliceClass;

/// islice(iterable, stop) --> islice object
/// islice(iterable, start, stop[, step]) --> islice object
///
/// Return an iterator whose next() method returns selected values from an
/// iterable, as a slice of a sequence would have them: it skips what comes
/// before start (0 if left out), gives every step-th item, and ends at stop.
#[class(cell = ISLICE, base = OBJECT, flags = BASETYPE | HAVE_GC)]
impl ISliceClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let args = positional(vm, ISLICE.as_type(), class, args, "islice", 2, 4)?;
        const STOP: &str = "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
        const INDICES: &str = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
        const STEP: &str = "Step for islice() must be a positive integer or None.";
        let (start, stop) = if args.len() == 2 { (None, &args[1]) } else { (Some(&args[1]), &args[2]) };
        let given = |v: Option<&Value>| v.filter(|v| !v.is_none()).cloned();
        let start = given(start).map_or(0, |v| bound(vm, &v));
        let stop = match given(Some(stop)) {
            None => usize::MAX,
            Some(v) => match bound(vm, &v) {
                -1 => return Err(vm.raise_value_error(STOP)),
                n => usize::try_from(n).map_err(|_| vm.raise_value_error(INDICES))?,
            },
        };
        let next = usize::try_from(start).map_err(|_| vm.raise_value_error(INDICES))?;
        let step = given(args.get(3)).map_or(1, |v| bound(vm, &v));
        if step < 1 {
            return Err(vm.raise_value_error(STEP));
        }
        let step = step as usize;
        let iterator = Some(vm.iter(&args[0])?);
        Ref::new_in(vm, class, ISlice { iterator, next, stop, step, taken: 0 }).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<ISlice>) -> Result<Option<Value>> {
        let Some(iterator) = this.get(vm).iterator.clone() else { return Ok(None) };
        loop {
            let it = this.get_mut(vm);
            let wanted = it.taken >= it.next;
            let item = if wanted && it.taken >= it.stop { Ok(None) } else { vm.next(&iterator) };
            let it = this.get_mut(vm);
            match item {
                Ok(Some(item)) => {
                    it.taken += 1;
                    if wanted {
                        it.next = it.next.saturating_add(it.step).min(it.stop);
                        return Ok(Some(item));
                    }
                }
                end => {
                    let old = it.iterator.take();
                    drop(old);
                    return end;
                }
            }
        }
    }
}
