//! `compress`, `dropwhile`, `filterfalse`, `starmap`, `takewhile`.

use super::positional;
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::{BOOL, OBJECT};
use taipan_vm::native::{self, Args, FromArg, Place, Signature};
use taipan_vm::{Ref, Result, Tuple, Type, Value, Vm};

/// `itertools.compress`.
pub static COMPRESS: TypeCell<Compress> = TypeCell::new("itertools.compress");
/// `itertools.dropwhile`.
pub static DROP_WHILE: TypeCell<DropWhile> = TypeCell::new("itertools.dropwhile");
/// `itertools.filterfalse`.
pub static FILTER_FALSE: TypeCell<FilterFalse> = TypeCell::new("itertools.filterfalse");
/// `itertools.starmap`.
pub static STAR_MAP: TypeCell<StarMap> = TypeCell::new("itertools.starmap");
/// `itertools.takewhile`.
pub static TAKE_WHILE: TypeCell<TakeWhile> = TypeCell::new("itertools.takewhile");

/// The items whose selector is true.
#[derive(Trace, Payload)]
#[payload(class = COMPRESS)]
#[repr(C)]
pub struct Compress {
    data: Value,
    selectors: Value,
}

/// The items from the first for which a function is false.
#[derive(Trace, Payload)]
#[payload(class = DROP_WHILE)]
#[repr(C)]
pub struct DropWhile {
    function: Value,
    iterator: Value,
    started: bool,
}

/// The items for which a function is false.
#[derive(Trace, Payload)]
#[payload(class = FILTER_FALSE)]
#[repr(C)]
pub struct FilterFalse {
    function: Value,
    iterator: Value,
}

/// What a function makes of tuples of arguments.
#[derive(Trace, Payload)]
#[payload(class = STAR_MAP)]
#[repr(C)]
pub struct StarMap {
    function: Value,
    iterator: Value,
}

/// The items before the first for which a function is false.
#[derive(Trace, Payload)]
#[payload(class = TAKE_WHILE)]
#[repr(C)]
pub struct TakeWhile {
    function: Value,
    iterator: Value,
    stopped: bool,
}

/// Methods of `compress`.
pub struct CompressClass;

/// Return data elements corresponding to true selector elements.
///
/// Forms a shorter iterator from selected data elements using the selectors to
/// choose the data elements.
#[class(cell = COMPRESS, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(data, selectors)")]
impl CompressClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "compress",
            params: &["data", "selectors"],
            required: &[true, true],
            required_count: 2,
            positional_only: 0,
            positional: 2,
        };
        let [data, selectors] = native::bind::<2>(vm, &SIGNATURE, args)?;
        let data = <&Value>::from_arg(vm, data, Place::argument(&SIGNATURE, 0))?;
        let selectors = <&Value>::from_arg(vm, selectors, Place::argument(&SIGNATURE, 1))?;
        let data = vm.iter(data)?;
        let selectors = vm.iter(selectors)?;
        Ref::new_in(vm, class, Compress { data, selectors }).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<Compress>) -> Result<Option<Value>> {
        let (data, selectors) = (this.get(vm).data.clone(), this.get(vm).selectors.clone());
        loop {
            let Some(item) = vm.next(&data)? else { return Ok(None) };
            let Some(selector) = vm.next(&selectors)? else { return Ok(None) };
            if vm.is_truthy(&selector)? {
                return Ok(Some(item));
            }
        }
    }
}

/// Methods of `dropwhile`.
pub struct DropWhileClass;

/// Drop items from the iterable while predicate(item) is true.
///
/// Afterwards, return every element until the iterable is exhausted.
#[class(cell = DROP_WHILE, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(predicate, iterable, /)")]
impl DropWhileClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let args = positional(vm, DROP_WHILE.as_type(), class, args, "dropwhile", 2, 2)?;
        let iterator = vm.iter(&args[1])?;
        Ref::new_in(vm, class, DropWhile { function: args[0].clone(), iterator, started: false }).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<DropWhile>) -> Result<Option<Value>> {
        let it = this.get(vm);
        let iterator = it.iterator.clone();
        if it.started {
            return vm.next(&iterator);
        }
        let function = it.function.clone();
        loop {
            let Some(item) = vm.next(&iterator)? else { return Ok(None) };
            let dropped = vm.call(&function, std::slice::from_ref(&item))?;
            if !vm.is_truthy(&dropped)? {
                this.get_mut(vm).started = true;
                return Ok(Some(item));
            }
        }
    }
}

/// Methods of `filterfalse`.
pub struct FilterFalseClass;

/// Return those items of iterable for which function(item) is false.
///
/// If function is None, return the items that are false.
#[class(cell = FILTER_FALSE, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(function, iterable, /)")]
impl FilterFalseClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let args = positional(vm, FILTER_FALSE.as_type(), class, args, "filterfalse", 2, 2)?;
        let iterator = vm.iter(&args[1])?;
        Ref::new_in(vm, class, FilterFalse { function: args[0].clone(), iterator }).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<FilterFalse>) -> Result<Option<Value>> {
        let (function, iterator) = (this.get(vm).function.clone(), this.get(vm).iterator.clone());
        let plain = function.is_none() || function.as_type().is_some_and(|t| t.is(BOOL.as_type()));
        while let Some(item) = vm.next(&iterator)? {
            let good = if plain {
                vm.is_truthy(&item)?
            } else {
                let answer = vm.call(&function, std::slice::from_ref(&item))?;
                vm.is_truthy(&answer)?
            };
            if !good {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }
}

/// Methods of `starmap`.
pub struct StarMapClass;

/// Return an iterator whose values are returned from the function evaluated with an argument tuple taken from the given sequence.
#[class(cell = STAR_MAP, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(function, iterable, /)")]
impl StarMapClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let args = positional(vm, STAR_MAP.as_type(), class, args, "starmap", 2, 2)?;
        let iterator = vm.iter(&args[1])?;
        Ref::new_in(vm, class, StarMap { function: args[0].clone(), iterator }).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<StarMap>) -> Result<Option<Value>> {
        let (function, iterator) = (this.get(vm).function.clone(), this.get(vm).iterator.clone());
        let Some(args) = vm.next(&iterator)? else { return Ok(None) };
        if let Some(args) = args.downcast_exact::<Tuple>() {
            return vm.call(&function, args.items()).map(Some);
        }
        let args = vm.collect(&args)?;
        vm.call(&function, &args).map(Some)
    }
}

/// Methods of `takewhile`.
pub struct TakeWhileClass;

/// Return successive entries from an iterable as long as the predicate evaluates to true for each entry.
#[class(cell = TAKE_WHILE, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(predicate, iterable, /)")]
impl TakeWhileClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let args = positional(vm, TAKE_WHILE.as_type(), class, args, "takewhile", 2, 2)?;
        let iterator = vm.iter(&args[1])?;
        Ref::new_in(vm, class, TakeWhile { function: args[0].clone(), iterator, stopped: false }).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<TakeWhile>) -> Result<Option<Value>> {
        let it = this.get(vm);
        if it.stopped {
            return Ok(None);
        }
        let (function, iterator) = (it.function.clone(), it.iterator.clone());
        let Some(item) = vm.next(&iterator)? else { return Ok(None) };
        let good = vm.call(&function, std::slice::from_ref(&item))?;
        if vm.is_truthy(&good)? {
            return Ok(Some(item));
        }
        this.get_mut(vm).stopped = true;
        Ok(None)
    }
}
