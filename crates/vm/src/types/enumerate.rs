//! `enumerate`.

use crate::native::Args;
use crate::slots::BinaryOp;
use crate::{Ref, Result, Str, Tuple, Type, Value, Vm};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;

/// `enumerate`.
pub static ENUMERATE: TypeCell<Enumerate> = TypeCell::new("enumerate");

/// Pairs of a count and an item.
#[derive(Trace, Payload)]
#[payload(class = ENUMERATE)]
#[repr(C)]
pub struct Enumerate {
    iterator: Value,
    /// The next count: any int.
    count: Value,
}

/// What iterators over pairs give without making a tuple.
pub trait Pairs {
    /// The next two.
    fn next_pair(&self, vm: &mut Vm) -> Result<Option<(Value, Value)>>;
}

impl Pairs for Ref<Enumerate> {
    fn next_pair(&self, vm: &mut Vm) -> Result<Option<(Value, Value)>> {
        let iterator = self.get(vm).iterator.clone();
        let Some(item) = vm.next(&iterator)? else { return Ok(None) };
        let count = self.get(vm).count.clone();
        let next = match count.small_int() {
            Some(n) => vm.new_int(n + 1)?,
            None => vm.binary(BinaryOp::ADD, &count, &Value::from_i32(1))?,
        };
        self.get_mut(vm).count = next;
        Ok(Some((count, item)))
    }
}

/// Methods of `enumerate`.
pub struct EnumerateClass;

/// Return an enumerate object.
///
///   iterable
///     an object supporting iteration
///
/// The enumerate object yields pairs containing a count (from start, which
/// defaults to zero) and a value yielded by the iterable argument.
///
/// enumerate is useful for obtaining an indexed list:
///     (0, seq[0]), (1, seq[1]), (2, seq[2]), ...
#[class(cell = ENUMERATE, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(iterable, start=0)")]
impl EnumerateClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let given = args.all().len();
        if given > 2 {
            return Err(vm.raise_type_error(&format!("enumerate() takes at most 2 arguments ({given} given)")));
        }
        let mut bound = [None, None];
        for (to, from) in bound.iter_mut().zip(args.positional()) {
            *to = Some(from);
        }
        for (key, value) in args.keywords() {
            let text = key.downcast::<Str>().map(|k| k.to_string_lossy()).unwrap_or_default();
            let place = match text.as_str() {
                "iterable" => 0,
                // Without an iterable, `start` alone is not understood.
                "start" if bound[0].is_some() || args.keyword("iterable").is_some() => 1,
                _ => 2,
            };
            match bound.get_mut(place) {
                Some(slot @ None) => *slot = Some(value),
                _ => {
                    let text = format!("'{text}' is an invalid keyword argument for enumerate()");
                    return Err(vm.raise_type_error(&text));
                }
            }
        }
        let Some(iterable) = bound[0] else {
            return Err(vm.raise_type_error("enumerate() missing required argument 'iterable'"));
        };
        let count = match bound[1] {
            Some(start) => vm.index(start)?,
            None => Value::from_i32(0),
        };
        let iterator = vm.iter(iterable)?;
        Ref::new_in(vm, class, Enumerate { iterator, count }).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<Enumerate>) -> Result<Option<Value>> {
        let Some((count, item)) = this.next_pair(vm)? else { return Ok(None) };
        vm.new_tuple_in(taipan_object::statics::TUPLE.as_type(), 2, [count, item].into_iter())
            .map(|t| Some(t.into_value()))
    }

    /// Return state information for pickling.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<Enumerate>) -> Result<Ref<Tuple>> {
        let it = this.get(vm);
        let args = vm.new_tuple(vec![it.iterator.clone(), it.count.clone()])?.into_value();
        vm.new_tuple(vec![this.ty().to_value(), args])
    }

    /// 'enumerate' objects are generic over the type of their values
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        crate::types::generic_alias::new_alias(vm, class.clone(), object.clone())
    }
}
