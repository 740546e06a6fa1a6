//! `chain`, `zip_longest`.

use super::Reused;
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::{OBJECT, TUPLE};
use taipan_vm::native::Args;
use taipan_vm::{Ref, Result, Str, Tuple, Type, Value, Vm};

/// `itertools.chain`.
pub static CHAIN: TypeCell<Chain> = TypeCell::new("itertools.chain");
/// `itertools.zip_longest`.
pub static ZIP_LONGEST: TypeCell<ZipLongest> = TypeCell::new("itertools.zip_longest");

/// The items of one iterable after the other.
#[derive(Trace, Payload)]
#[payload(class = CHAIN)]
#[repr(C)]
pub struct Chain {
    /// Iterator over the iterables.
    source: Option<Value>,
    active: Option<Value>,
}

/// Tuples of an item from each iterator, as long as one has any.
#[derive(Trace, Payload)]
#[payload(class = ZIP_LONGEST)]
#[repr(C)]
pub struct ZipLongest {
    iterators: Vec<Option<Value>>,
    active: usize,
    fill: Value,
    result: Reused,
}

/// Methods of `chain`.
pub struct ChainClass;

/// Return a chain object whose .__next__() method returns elements from the
/// first iterable until it is exhausted, then elements from the next
/// iterable, until all of the iterables are exhausted.
#[class(cell = CHAIN, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(*iterables)")]
impl ChainClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        super::positional(vm, CHAIN.as_type(), class, args, "chain", 0, usize::MAX)?;
        let all = vm.new_tuple_from(args.positional())?.into_value();
        let source = Some(vm.iter(&all)?);
        Ref::new_in(vm, class, Chain { source, active: None }).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<Chain>) -> Result<Option<Value>> {
        loop {
            if let Some(active) = this.get(vm).active.clone() {
                if let Some(item) = vm.next(&active)? {
                    return Ok(Some(item));
                }
                let old = this.get_mut(vm).active.take();
                drop(old);
            }
            let Some(source) = this.get(vm).source.clone() else { return Ok(None) };
            let found = match vm.next(&source) {
                Ok(Some(iterable)) => vm.iter(&iterable).map(Some),
                Ok(None) => Ok(None),
                Err(raised) => Err(raised),
            };
            let it = this.get_mut(vm);
            let old = match &found {
                Ok(Some(active)) => it.active.replace(active.clone()),
                _ => it.source.take(),
            };
            drop(old);
            if found?.is_none() {
                return Ok(None);
            }
        }
    }

    /// Alternative chain() constructor taking a single iterable argument that evaluates lazily.
    #[classmethod("($type, iterable, /)")]
    fn from_iterable(vm: &mut Vm, class: &Ref<Type>, iterable: &Value) -> Result {
        let source = Some(vm.iter(iterable)?);
        Ref::new_in(vm, class, Chain { source, active: None }).map(Ref::into_value)
    }

    /// See PEP 585
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        taipan_vm::types::generic_alias::new_alias(vm, class.clone(), object.clone())
    }
}

/// Methods of `zip_longest`.
pub struct ZipLongestClass;

/// Return a zip_longest object whose .__next__() method returns a tuple where
/// the i-th element comes from the i-th iterable argument.
///
/// The .__next__() method continues until the longest iterable is exhausted;
/// shorter ones give the fillvalue from then on.
#[class(cell = ZIP_LONGEST, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(*iterables, fillvalue=None)")]
impl ZipLongestClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let mut fill = Value::none();
        for (key, value) in args.keywords() {
            if key.downcast::<Str>().and_then(|k| k.as_ascii()) != Some("fillvalue") || args.names().len() > 1 {
                return Err(vm.raise_type_error("zip_longest() got an unexpected keyword argument"));
            }
            fill = value.clone();
        }
        let mut iterators = Vec::with_capacity(args.positional().len());
        for v in args.positional() {
            iterators.push(Some(vm.iter(v)?));
        }
        let active = iterators.len();
        let zip = ZipLongest { iterators, active, fill, result: Reused::default() };
        Ref::new_in(vm, class, zip).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<ZipLongest>) -> Result<Option<Value>> {
        let n = this.get(vm).iterators.len();
        if this.get(vm).active == 0 {
            return Ok(None);
        }
        // The tuple is out of the object while it is filled, in case this is advanced meanwhile.
        let mut result = match this.get_mut(vm).result.take() {
            Some(free) => free,
            None => vm.new_tuple_in(TUPLE.as_type(), n, std::iter::repeat_n(Value::none(), n))?,
        };
        for i in 0..n {
            let item = match this.get(vm).iterators[i].clone() {
                Some(iterator) => match vm.next(&iterator) {
                    Ok(Some(item)) => item,
                    Ok(None) => {
                        let it = this.get_mut(vm);
                        let old = it.iterators[i].take();
                        if old.is_some() {
                            it.active -= 1;
                        }
                        if it.active == 0 {
                            drop(old);
                            return Ok(None);
                        }
                        drop(old);
                        this.get(vm).fill.clone()
                    }
                    Err(raised) => {
                        this.get_mut(vm).active = 0;
                        return Err(raised);
                    }
                },
                None => this.get(vm).fill.clone(),
            };
            if let Some(slot) = Tuple::unique_items(&mut result).and_then(|items| items.get_mut(i)) {
                *slot = item;
            }
        }
        Ok(Some(this.get_mut(vm).result.keep(result)))
    }
}
