//! `functools.partial`, and `Placeholder`, which keeps a place among its arguments free.

use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::{TypeCell, room};
use taipan_vm::native::Args;
use taipan_vm::types::descriptor::{INSTANCE_DICT, set_dict, set_native_dict};
use taipan_vm::{Dict, Raised, Ref, Result, Tuple, Type, Value, Vm};

/// `functools._PlaceholderType`.
pub static PLACEHOLDER: TypeCell<Placeholder> = TypeCell::new("functools._PlaceholderType");
/// `functools.partial`.
pub static PARTIAL: TypeCell<Partial> = TypeCell::new("functools.partial");
/// Where the only placeholder is kept.
const ONLY: &str = "functools.Placeholder";

/// The only instance of its class.
#[derive(Trace, Payload)]
#[payload(class = PLACEHOLDER, frozen)]
#[repr(C)]
pub struct Placeholder {}

/// The placeholder.
pub fn placeholder(vm: &mut Vm) -> Result {
    if let Some(found) = vm.state().registry.get(ONLY) {
        return Ok(found.clone());
    }
    let made = Ref::new(vm, Placeholder {})?.into_value();
    vm.state_mut().registry.insert(ONLY, made.clone());
    Ok(made)
}

fn is_placeholder(v: &Value) -> bool {
    v.downcast_exact::<Placeholder>().is_some()
}

/// Methods of `functools._PlaceholderType`.
pub struct PlaceholderClass;

/// The type of the Placeholder singleton.
///
/// It stands for an argument of partial that calls give.
#[class(cell = PLACEHOLDER, base = OBJECT)]
impl PlaceholderClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        if !args.all().is_empty() {
            return Err(vm.raise_type_error("PlaceholderType takes no arguments"));
        }
        placeholder(vm)
    }

    #[slot]
    fn repr(vm: &mut Vm, _this: &Value) -> Result {
        vm.new_str("Placeholder").map(Ref::into_value)
    }

    #[method("($self, /)")]
    fn __reduce__(_vm: &mut Vm, _this: &Value) -> Result<&'static str> {
        Ok("Placeholder")
    }
}

/// A function with some of its arguments.
#[derive(Trace, Payload)]
#[payload(class = PARTIAL)]
#[repr(C)]
pub struct Partial {
    function: Value,
    args: Ref<Tuple>,
    keywords: Ref<Dict>,
    /// How many of the arguments are placeholders.
    free: usize,
}

/// Puts `given` into the free places of `args`, and the rest behind.
fn fill(args: &[Value], given: &[Value]) -> Result<Vec<Value>> {
    let mut all = room::vec(args.len() + given.len())?;
    let mut given = given.iter();
    all.extend(args.iter().map(|a| if is_placeholder(a) { given.next().unwrap_or(a).clone() } else { a.clone() }));
    all.extend(given.cloned());
    Ok(all)
}

fn count_free(vm: &mut Vm, args: &[Value]) -> Result<usize> {
    if args.last().is_some_and(is_placeholder) {
        return Err(vm.raise_type_error("trailing Placeholders are not allowed"));
    }
    Ok(args.iter().filter(|a| is_placeholder(a)).count())
}

/// Methods of `functools.partial`.
pub struct PartialClass;

/// Create a new function with partial application of the given arguments
/// and keywords.
#[class(cell = PARTIAL, base = OBJECT, flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF,
    signature = "(func, /, *args, **keywords)")]
impl PartialClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let Some((function, rest)) = args.split_first() else {
            return Err(vm.raise_type_error("type 'partial' takes at least one argument"));
        };
        if !vm.is_callable(function) {
            return Err(vm.raise_type_error("the first argument must be callable"));
        }
        count_free(vm, rest.positional())?;
        if rest.keyword_values().iter().any(is_placeholder) {
            return Err(vm.raise_type_error("Placeholder cannot be passed as a keyword argument"));
        }
        let keywords = vm.new_dict()?;
        let mut function = function.clone();
        let mut all = room::copied(rest.positional())?;
        // A partial of a partial is one, unless it has attributes or is of another class.
        if let Some(inner) = function.downcast::<Partial>().cloned()
            && attributes(vm, inner.as_value())?.is_none()
        {
            let (args, own) = (inner.get(vm).args.clone(), inner.get(vm).keywords.clone());
            vm.dict_update(&keywords, &own)?;
            all = fill(args.items(), &all)?;
            function = inner.get(vm).function.clone();
        }
        for (key, value) in rest.keywords() {
            vm.dict_set(&keywords, key, value.clone())?;
        }
        let free = all.iter().filter(|a| is_placeholder(a)).count();
        let args = vm.new_tuple(all)?;
        Ref::new_in(vm, class, Partial { function, args, keywords, free }).map(Ref::into_value)
    }

    #[slot]
    fn call(vm: &mut Vm, this: &Ref<Partial>, args: Args<'_>) -> Result {
        let p = this.get(vm);
        let (function, own, keywords, free) = (p.function.clone(), p.args.clone(), p.keywords.clone(), p.free);
        let given = args.positional();
        if given.len() < free {
            let text = format!(
                "missing positional arguments in 'partial' call; expected at least {free}, got {}",
                given.len()
            );
            return Err(vm.raise_type_error(&text));
        }
        vm.check_stack("")?;
        if let ([only], 0, 0) = (own.items(), free, keywords.get(vm).len()) {
            return vm.call_prepended(&function, only, args);
        }
        let mut all = if free == 0 {
            let mut all = room::vec(own.len() + args.all().len())?;
            all.extend_from_slice(own.items());
            all.extend_from_slice(given);
            all
        } else {
            fill(own.items(), given)?
        };
        if keywords.get(vm).len() == 0 {
            all.extend_from_slice(args.keyword_values());
            return vm.call_args(&function, Args::new(&all, args.names()));
        }
        let most = keywords.get(vm).len() + args.names().len();
        let mut names: Vec<Value> = room::vec(most)?;
        let mut values: Vec<Value> = room::vec(most)?;
        for (key, value) in keywords.get(vm).iter() {
            names.push(key.clone());
            values.push(value.clone());
        }
        for (key, value) in args.keywords() {
            let mut place = None;
            for (i, name) in names.iter().enumerate() {
                if vm.equal(name, key)? {
                    place = Some(i);
                    break;
                }
            }
            match place {
                Some(i) => values[i] = value.clone(),
                None => {
                    names.push(key.clone());
                    values.push(value.clone());
                }
            }
        }
        all.try_reserve(values.len()).map_err(|_| Raised)?;
        all.append(&mut values);
        if names.iter().any(|n| n.downcast::<taipan_vm::Str>().is_none()) {
            return Err(vm.raise_type_error("keywords must be strings"));
        }
        vm.call_args(&function, Args::new(&all, &names))
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Partial>) -> Result {
        let shown = vm.guard_repr(this.as_value(), |vm| {
            let p = this.get(vm);
            let (function, args, keywords) = (p.function.clone(), p.args.clone(), p.keywords.clone());
            let class = vm.dotted_name(this.ty());
            let head = vm.new_str(&format!("{class}("))?;
            let shown = vm.repr(&function)?;
            let mut text = vm.concat_str(&head, &shown)?;
            let comma = vm.new_str(", ")?;
            for a in args.items() {
                let shown = vm.repr(a)?;
                text = vm.concat_str(&text, &comma)?;
                text = vm.concat_str(&text, &shown)?;
            }
            let pairs: Vec<(Value, Value)> = taipan_object::room::gathered(
                keywords.get(vm).len(),
                keywords.get(vm).iter().map(|(k, v)| (k.clone(), v.clone())),
            )?;
            let equals = vm.new_str("=")?;
            for (key, value) in pairs {
                let (key, shown) = (vm.str(&key)?, vm.repr(&value)?);
                for part in [&comma, &key, &equals, &shown] {
                    text = vm.concat_str(&text, part)?;
                }
            }
            let close = vm.new_str(")")?;
            vm.concat_str(&text, &close)
        })?;
        match shown {
            Some(text) => Ok(text.into_value()),
            None => vm.new_str("...").map(Ref::into_value),
        }
    }

    #[slot]
    fn get(vm: &mut Vm, this: &Value, object: Option<&Value>, _class: Option<&Value>) -> Result {
        match object {
            Some(object) if !object.is_none() => vm.new_method(this.clone(), object.clone()),
            _ => Ok(this.clone()),
        }
    }

    /// function object to use in future partial calls
    #[getter]
    fn func(vm: &mut Vm, this: &Ref<Partial>) -> Result {
        Ok(this.get(vm).function.clone())
    }

    #[setter]
    fn set_func(vm: &mut Vm, _this: &Ref<Partial>, _value: Option<&Value>) -> Result<()> {
        Err(read_only(vm))
    }

    /// tuple of arguments to future partial calls
    #[getter]
    fn args(vm: &mut Vm, this: &Ref<Partial>) -> Result {
        Ok(this.get(vm).args.to_value())
    }

    #[setter]
    fn set_args(vm: &mut Vm, _this: &Ref<Partial>, _value: Option<&Value>) -> Result<()> {
        Err(read_only(vm))
    }

    /// dictionary of keyword arguments to future partial calls
    #[getter]
    fn keywords(vm: &mut Vm, this: &Ref<Partial>) -> Result {
        Ok(this.get(vm).keywords.to_value())
    }

    #[setter]
    fn set_keywords(vm: &mut Vm, _this: &Ref<Partial>, _value: Option<&Value>) -> Result<()> {
        Err(read_only(vm))
    }

    #[getter]
    fn __dict__(vm: &mut Vm, this: &Value) -> Result {
        (INSTANCE_DICT.get)(vm, this)
    }

    #[setter]
    fn set___dict__(vm: &mut Vm, this: &Value, value: Option<&Value>) -> Result<()> {
        set_native_dict(vm, this, value)
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<Partial>) -> Result {
        let attributes = attributes(vm, this.as_value())?.map_or_else(Value::none, Ref::into_value);
        let p = this.get(vm);
        let (function, args, keywords) = (p.function.clone(), p.args.to_value(), p.keywords.to_value());
        let first = vm.new_tuple(vec![function.clone()])?.into_value();
        let state = vm.new_tuple(vec![function, args, keywords, attributes])?.into_value();
        vm.new_tuple(vec![this.ty().to_value(), first, state]).map(Ref::into_value)
    }

    #[method("($self, object, /)")]
    fn __setstate__(vm: &mut Vm, this: &Ref<Partial>, state: &Value) -> Result<()> {
        let invalid = |vm: &mut Vm| Err(vm.raise_type_error("invalid partial state"));
        let Some([function, args, keywords, attributes]) = state.downcast::<Tuple>().map(|t| t.items()) else {
            return invalid(vm);
        };
        let Some(args) = args.downcast::<Tuple>() else { return invalid(vm) };
        if !vm.is_callable(function) || !(keywords.is_none() || keywords.downcast::<Dict>().is_some()) {
            return invalid(vm);
        }
        let free = count_free(vm, args.items())?;
        // Subclasses of tuple and dict are not kept.
        let args = match args.as_value().downcast_exact::<Tuple>() {
            Some(args) => args.clone(),
            None => vm.new_tuple_from(args.items())?,
        };
        let own = match keywords.downcast_exact::<Dict>() {
            Some(keywords) => keywords.clone(),
            None => {
                let own = vm.new_dict()?;
                if let Some(keywords) = keywords.downcast::<Dict>() {
                    vm.dict_update(&own, keywords)?;
                }
                own
            }
        };
        let new = Partial { function: function.clone(), args, keywords: own, free };
        let old = std::mem::replace(this.get_mut(vm), new);
        drop(old);
        set_dict(vm, this.as_value(), Some(attributes).filter(|a| !a.is_none()))
    }

    /// partial is generic over the wrapped function's return type
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        taipan_vm::types::generic_alias::new_alias(vm, class.clone(), object.clone())
    }
}

fn read_only(vm: &mut Vm) -> taipan_object::Raised {
    vm.raise_class(taipan_vm::errors::ATTRIBUTE_ERROR.as_type(), "readonly attribute")
}

/// The attributes that the instance has been given, if it has any.
fn attributes(vm: &mut Vm, this: &Value) -> Result<Option<Ref<Dict>>> {
    let dict = vm.instance_dict(this)?;
    Ok(dict.filter(|d| d.get(vm).len() > 0))
}
