//! `zip`, `map`, `filter`.

use crate::native::Args;
use crate::types::enumerate::Pairs;
use crate::types::list::ListIterator;
use crate::types::tuple::TupleIterator;
use crate::{Ref, Result, Str, Tuple, Type, Value, Vm};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::{BOOL, OBJECT, TUPLE};

/// `zip`.
pub static ZIP: TypeCell<Zip> = TypeCell::new("zip");
/// `map`.
pub static MAP: TypeCell<Map> = TypeCell::new("map");
/// `filter`.
pub static FILTER: TypeCell<Filter> = TypeCell::new("filter");

/// Tuples of an item from each iterator.
#[derive(Trace, Payload)]
#[payload(class = ZIP)]
#[repr(C)]
pub struct Zip {
    iterators: Ref<Tuple>,
    strict: bool,
}

/// What a function makes of an item from each iterator.
#[derive(Trace, Payload)]
#[payload(class = MAP)]
#[repr(C)]
pub struct Map {
    function: Value,
    iterators: Ref<Tuple>,
    strict: bool,
}

/// The items for which a function is true.
#[derive(Trace, Payload)]
#[payload(class = FILTER)]
#[repr(C)]
pub struct Filter {
    function: Value,
    iterator: Value,
}

/// The keyword `strict`, the only one.
fn strict_keyword(vm: &mut Vm, name: &str, args: Args<'_>) -> Result<bool> {
    let given = args.names().len();
    if given > 1 {
        return Err(vm.raise_type_error(&format!("{name}() takes at most 1 keyword argument ({given} given)")));
    }
    match args.keywords().next() {
        None => Ok(false),
        Some((key, value)) => {
            let text = key.downcast::<Str>().map(|k| k.to_string_lossy()).unwrap_or_default();
            if text == "strict" {
                return vm.is_truthy(value);
            }
            Err(vm.raise_type_error(&format!("{name}() got an unexpected keyword argument '{text}'")))
        }
    }
}

fn iterators(vm: &mut Vm, iterables: &[Value]) -> Result<Ref<Tuple>> {
    // The usual case makes no vector.
    if let [a, b] = iterables {
        let both = [vm.iter(a)?, vm.iter(b)?];
        return vm.new_tuple_in(TUPLE.as_type(), 2, both.into_iter());
    }
    let mut all = Vec::with_capacity(iterables.len());
    for v in iterables {
        all.push(vm.iter(v)?);
    }
    vm.new_tuple(all)
}

/// An item of each iterator in `items`; `false` at the end of the shortest.
fn gather(vm: &mut Vm, name: &str, iterators: &Ref<Tuple>, strict: bool, items: &mut Vec<Value>) -> Result<bool> {
    for (i, it) in iterators.items().iter().enumerate() {
        match vm.next(it)? {
            Some(item) => items.push(item),
            None if strict => return check_ends(vm, name, iterators, i).map(|()| false),
            None => return Ok(false),
        }
    }
    Ok(true)
}

/// Iterator `ended` is at its end: with `strict`, all the others have to be.
fn check_ends(vm: &mut Vm, name: &str, iterators: &Ref<Tuple>, ended: usize) -> Result<()> {
    if ended > 0 {
        return Err(uneven(vm, name, ended, "shorter"));
    }
    for (i, it) in iterators.items().iter().enumerate().skip(1) {
        if vm.next(it)?.is_some() {
            return Err(uneven(vm, name, i, "longer"));
        }
    }
    Ok(())
}

fn uneven(vm: &mut Vm, name: &str, i: usize, how: &str) -> taipan_object::Raised {
    let others = if i == 1 { " 1".to_owned() } else { format!("s 1-{i}") };
    vm.raise_value_error(&format!("{name}() argument {} is {how} than argument{others}", i + 1))
}

/// `(class, args)`, and `True` where it is strict.
fn reduced(vm: &mut Vm, class: Value, args: Value, strict: bool) -> Result<Ref<Tuple>> {
    let mut parts = vec![class, args];
    if strict {
        parts.push(Value::bool(true));
    }
    vm.new_tuple(parts)
}

/// The next item of an iterator, of which most are over lists and tuples.
#[inline(always)]
fn next_of(vm: &mut Vm, it: &Value) -> Result<Option<Value>> {
    if let Some(it) = it.downcast_exact::<ListIterator>()
        && let ListIterator { list: Some(list), index } = it.get(vm)
        && let Some(item) = list.items(vm).get(*index).cloned()
    {
        it.get_mut(vm).index += 1;
        return Ok(Some(item));
    }
    if let Some(it) = it.downcast_exact::<TupleIterator>()
        && let TupleIterator { tuple: Some(tuple), index } = it.get_mut(vm)
        && let Some(item) = tuple.items().get(*index).cloned()
    {
        *index += 1;
        return Ok(Some(item));
    }
    vm.next(it)
}

impl Zip {
    /// Whether it gives tuples of two and minds no rest.
    #[inline(always)]
    pub fn is_plain_pair(&self) -> bool {
        self.iterators.len() == 2 && !self.strict
    }
}

impl Pairs for Ref<Zip> {
    fn next_pair(&self, vm: &mut Vm) -> Result<Option<(Value, Value)>> {
        // The iterators are never replaced, and the caller keeps the zip object alive.
        let iterators = self.get(vm).iterators.clone();
        let [a, b] = iterators.items() else { return Ok(None) };
        let Some(a) = next_of(vm, a)? else { return Ok(None) };
        let Some(b) = next_of(vm, b)? else { return Ok(None) };
        Ok(Some((a, b)))
    }
}

/// Methods of `zip`.
pub struct ZipClass;

/// The zip object yields n-length tuples, where n is the number of
/// iterables passed as positional arguments to zip().  The i-th element
/// in every tuple comes from the i-th iterable argument to zip().  This
/// continues until the shortest argument is exhausted.
///
/// If strict is true and one of the arguments is exhausted before the
/// others, raise a ValueError.
///
///    >>> list(zip('abcdefg', range(3), range(4)))
///    [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]
#[class(cell = ZIP, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(*iterables, strict=False)")]
impl ZipClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let strict = strict_keyword(vm, "zip", args)?;
        let iterators = iterators(vm, args.positional())?;
        Ref::new_in(vm, class, Zip { iterators, strict }).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<Zip>) -> Result<Option<Value>> {
        let it = this.get(vm);
        let (iterators, strict) = (it.iterators.clone(), it.strict);
        match iterators.items() {
            [] => Ok(None),
            // The usual case makes no vector.
            [a, b] if !strict => {
                let Some(a) = vm.next(a)? else { return Ok(None) };
                let Some(b) = vm.next(b)? else { return Ok(None) };
                vm.new_tuple_in(TUPLE.as_type(), 2, [a, b].into_iter()).map(|t| Some(t.into_value()))
            }
            all => {
                let mut items = Vec::with_capacity(all.len());
                if !gather(vm, "zip", &iterators, strict, &mut items)? {
                    return Ok(None);
                }
                vm.new_tuple(items).map(|t| Some(t.into_value()))
            }
        }
    }

    /// Return state information for pickling.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<Zip>) -> Result<Ref<Tuple>> {
        let it = this.get(vm);
        let (iterators, strict) = (it.iterators.to_value(), it.strict);
        reduced(vm, this.ty().to_value(), iterators, strict)
    }

    /// Set state information for unpickling.
    #[method("($self, object, /)")]
    fn __setstate__(vm: &mut Vm, this: &Ref<Zip>, state: bool) -> Result<()> {
        this.get_mut(vm).strict = state;
        Ok(())
    }
}

/// Methods of `map`.
pub struct MapClass;

/// Make an iterator that computes the function using arguments from
/// each of the iterables.  Stops when the shortest iterable is exhausted.
///
/// If strict is true and one of the arguments is exhausted before the
/// others, raise a ValueError.
#[class(
    cell = MAP,
    base = OBJECT,
    flags = BASETYPE | HAVE_GC,
    signature = "(function, iterable, /, *iterables, strict=False)"
)]
impl MapClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let strict = strict_keyword(vm, "map", args)?;
        let [function, iterables @ ..] = args.positional() else {
            return Err(vm.raise_type_error("map() must have at least two arguments."));
        };
        if iterables.is_empty() {
            return Err(vm.raise_type_error("map() must have at least two arguments."));
        }
        let iterators = iterators(vm, iterables)?;
        Ref::new_in(vm, class, Map { function: function.clone(), iterators, strict }).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<Map>) -> Result<Option<Value>> {
        let it = this.get(vm);
        let (function, iterators, strict) = (it.function.clone(), it.iterators.clone(), it.strict);
        if let [one] = iterators.items() {
            let Some(item) = vm.next(one)? else { return Ok(None) };
            return vm.call(&function, &[item]).map(Some);
        }
        let mut items = Vec::with_capacity(iterators.len());
        if !gather(vm, "map", &iterators, strict, &mut items)? {
            return Ok(None);
        }
        vm.call(&function, &items).map(Some)
    }

    /// Return state information for pickling.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<Map>) -> Result<Ref<Tuple>> {
        let it = this.get(vm);
        let mut args = vec![it.function.clone()];
        args.extend(it.iterators.items().iter().cloned());
        let strict = it.strict;
        let args = vm.new_tuple(args)?.into_value();
        reduced(vm, this.ty().to_value(), args, strict)
    }

    /// Set state information for unpickling.
    #[method("($self, object, /)")]
    fn __setstate__(vm: &mut Vm, this: &Ref<Map>, state: bool) -> Result<()> {
        this.get_mut(vm).strict = state;
        Ok(())
    }
}

/// Methods of `filter`.
pub struct FilterClass;

/// Return an iterator yielding those items of iterable for which
/// function(item) is true.  If function is None, return the items that
/// are true.
#[class(cell = FILTER, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(function, iterable, /)")]
impl FilterClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        if class.is(&FILTER.as_ref()) || !vm.overrides_slot(class, "__init__") {
            args.no_keywords(vm, "filter")?;
        }
        let [function, iterable] = args.positional() else {
            let n = args.positional().len();
            return Err(vm.raise_type_error(&format!("filter expected 2 arguments, got {n}")));
        };
        let iterator = vm.iter(iterable)?;
        Ref::new_in(vm, class, Filter { function: function.clone(), iterator }).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<Filter>) -> Result<Option<Value>> {
        let it = this.get(vm);
        let (function, iterator) = (it.function.clone(), it.iterator.clone());
        let plain = function.is_none() || function.is(&BOOL.as_type().to_value());
        while let Some(item) = vm.next(&iterator)? {
            let good = if plain {
                vm.is_truthy(&item)?
            } else {
                let answer = vm.call(&function, std::slice::from_ref(&item))?;
                vm.is_truthy(&answer)?
            };
            if good {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }

    /// Return state information for pickling.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<Filter>) -> Result<Ref<Tuple>> {
        let it = this.get(vm);
        let args = vm.new_tuple(vec![it.function.clone(), it.iterator.clone()])?.into_value();
        vm.new_tuple(vec![this.ty().to_value(), args])
    }
}
