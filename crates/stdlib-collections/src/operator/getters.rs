//! `attrgetter`, `itemgetter`, `methodcaller`.

use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::{OBJECT, TUPLE};
use taipan_vm::native::Args;
use taipan_vm::{List, Ref, Result, Str, Tuple, Type, Value, Vm, name};

/// `operator.attrgetter`.
pub static ATTR_GETTER: TypeCell<AttrGetter> = TypeCell::new("operator.attrgetter");
/// `operator.itemgetter`.
pub static ITEM_GETTER: TypeCell<ItemGetter> = TypeCell::new("operator.itemgetter");
/// `operator.methodcaller`.
pub static METHOD_CALLER: TypeCell<MethodCaller> = TypeCell::new("operator.methodcaller");

/// Fetches attributes.
#[derive(Trace, Payload)]
#[payload(class = ATTR_GETTER, frozen)]
#[repr(C)]
pub struct AttrGetter {
    /// As they were given, with dots.
    names: Ref<Tuple>,
    /// Each as the attributes to go through.
    paths: Vec<Vec<Ref<Str>>>,
}

/// Fetches items.
#[derive(Trace, Payload)]
#[payload(class = ITEM_GETTER, frozen)]
#[repr(C)]
pub struct ItemGetter {
    items: Ref<Tuple>,
    /// The only item, if it is an index that is not negative.
    index: Option<usize>,
}

/// Calls a method.
#[derive(Trace, Payload)]
#[payload(class = METHOD_CALLER, frozen)]
#[repr(C)]
pub struct MethodCaller {
    name: Ref<Str>,
    /// Positional arguments, then the values of the keywords.
    args: Vec<Value>,
    keywords: Vec<Value>,
}

impl MethodCaller {
    fn positional(&self) -> &[Value] {
        &self.args[..self.args.len() - self.keywords.len()]
    }

    fn keyword_values(&self) -> &[Value] {
        &self.args[self.args.len() - self.keywords.len()..]
    }
}

/// `operator.class(a, b)` of the reprs of values.
fn repr_call(vm: &mut Vm, this: &Value, parts: &[Value]) -> Result {
    let made = vm.guard_repr(this, |vm| {
        let mut texts = Vec::with_capacity(parts.len());
        for v in parts {
            texts.push(vm.repr(v)?.to_string_lossy());
        }
        Ok(texts.join(", "))
    })?;
    let name = vm.dotted_name(this.ty());
    let inner = made.unwrap_or_else(|| "...".to_owned());
    vm.new_str(&format!("{name}({inner})")).map(Ref::into_value)
}

/// Methods of `attrgetter`.
pub struct AttrGetterClass;

/// Return a callable object that fetches the given attribute(s) from its operand.
///
/// After f = attrgetter('name'), the call f(r) returns r.name.
/// After g = attrgetter('name', 'date'), the call g(r) returns (r.name, r.date).
/// After h = attrgetter('name.first', 'name.last'), the call h(r) returns
/// (r.name.first, r.name.last).
#[class(cell = ATTR_GETTER, base = OBJECT, flags = HAVE_GC, signature = "(attr, /, *attrs)")]
impl AttrGetterClass {
    /// How an instance is called.
    #[getter]
    fn __text_signature__(_vm: &mut Vm, _this: &Value) -> Result<&'static str> {
        Ok("(obj, /)")
    }

    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        args.no_keywords(vm, "attrgetter")?;
        let names = args.positional();
        args.expect(vm, "attrgetter", 1, names.len().max(1))?;
        let mut paths = Vec::with_capacity(names.len());
        let mut interned = Vec::with_capacity(names.len());
        for n in names {
            let Some(s) = n.downcast::<Str>() else {
                return Err(vm.raise_type_error("attribute name must be a string"));
            };
            let Some(text) = s.to_utf8() else {
                return Err(vm.raise_surrogates_not_allowed(s));
            };
            let text = taipan_object::room::joined(&[text])?;
            let mut path = Vec::new();
            for part in text.split('.') {
                let part = vm.intern_utf8(part)?;
                taipan_object::room::push(&mut path, part)?;
            }
            interned.push(match path.as_slice() {
                [one] => one.to_value(),
                _ => n.clone(),
            });
            paths.push(path);
        }
        let names = vm.new_tuple(interned)?;
        Ref::new_in(vm, class, AttrGetter { names, paths }).map(Ref::into_value)
    }

    #[slot]
    fn call(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
        let Some(getter) = this.downcast::<AttrGetter>() else {
            return Err(vm.raise_wrong_receiver("__call__", this));
        };
        let args = args.expect(vm, "attrgetter", 1, 1)?;
        if let [path] = &getter.paths[..] {
            return follow(vm, &args[0], path);
        }
        let mut all = Vec::with_capacity(getter.paths.len());
        for path in &getter.paths {
            all.push(follow(vm, &args[0], path)?);
        }
        vm.new_tuple(all).map(Ref::into_value)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<AttrGetter>) -> Result {
        repr_call(vm, this.as_value(), this.names.items())
    }

    /// Return state information for pickling
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<AttrGetter>) -> Result<Ref<Tuple>> {
        vm.new_tuple(vec![this.ty().to_value(), this.names.to_value()])
    }
}

fn follow(vm: &mut Vm, object: &Value, path: &[Ref<Str>]) -> Result {
    let mut at = object.clone();
    for name in path {
        at = vm.get_attr(&at, name)?;
    }
    Ok(at)
}

/// Methods of `itemgetter`.
pub struct ItemGetterClass;

/// Return a callable object that fetches the given item(s) from its operand.
///
/// After f = itemgetter(2), the call f(r) returns r[2].
/// After g = itemgetter(2, 5, 3), the call g(r) returns (r[2], r[5], r[3])
#[class(cell = ITEM_GETTER, base = OBJECT, flags = HAVE_GC, signature = "(item, /, *items)")]
impl ItemGetterClass {
    /// How an instance is called.
    #[getter]
    fn __text_signature__(_vm: &mut Vm, _this: &Value) -> Result<&'static str> {
        Ok("(obj, /)")
    }

    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        args.no_keywords(vm, "itemgetter")?;
        let items = args.expect(vm, "itemgetter", 1, args.positional().len().max(1))?;
        let index = match items {
            [one] if one.is_exact_int() => one.small_int().and_then(|n| usize::try_from(n).ok()),
            _ => None,
        };
        let items = vm.new_tuple_from(items)?;
        Ref::new_in(vm, class, ItemGetter { items, index }).map(Ref::into_value)
    }

    #[slot]
    fn call(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
        let Some(getter) = this.downcast::<ItemGetter>() else {
            return Err(vm.raise_wrong_receiver("__call__", this));
        };
        let args = args.expect(vm, "itemgetter", 1, 1)?;
        let object = &args[0];
        if let Some(i) = getter.index {
            if let Some(t) = object.downcast_exact::<Tuple>() {
                if let Some(v) = t.items().get(i) {
                    return Ok(v.clone());
                }
            } else if let Some(l) = object.downcast_exact::<List>()
                && let Some(v) = l.items(vm).get(i)
            {
                return Ok(v.clone());
            }
        }
        match getter.items.items() {
            [key] => vm.get_item(object, key),
            keys => {
                let mut all = Vec::with_capacity(keys.len());
                for key in keys {
                    all.push(vm.get_item(object, key)?);
                }
                vm.new_tuple_in(TUPLE.as_type(), all.len(), all.into_iter()).map(Ref::into_value)
            }
        }
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<ItemGetter>) -> Result {
        repr_call(vm, this.as_value(), this.items.items())
    }

    /// Return state information for pickling
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<ItemGetter>) -> Result<Ref<Tuple>> {
        vm.new_tuple(vec![this.ty().to_value(), this.items.to_value()])
    }
}

/// Methods of `methodcaller`.
pub struct MethodCallerClass;

/// Return a callable object that calls the given method on its operand.
///
/// After f = methodcaller('name'), the call f(r) returns r.name().
/// After g = methodcaller('name', 'date', foo=1), the call g(r) returns
/// r.name('date', foo=1).
#[class(cell = METHOD_CALLER, base = OBJECT, flags = HAVE_GC, signature = "(name, /, *args, **kwargs)")]
impl MethodCallerClass {
    /// How an instance is called.
    #[getter]
    fn __text_signature__(_vm: &mut Vm, _this: &Value) -> Result<&'static str> {
        Ok("(obj, /)")
    }

    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let Some((first, rest)) = args.split_first() else {
            return Err(vm.raise_type_error("methodcaller needs at least one argument, the method name"));
        };
        let Some(name) = first.downcast::<Str>() else {
            return Err(vm.raise_type_error("method name must be a string"));
        };
        let name = vm.intern(name);
        let caller = MethodCaller { name, args: rest.all().to_vec(), keywords: rest.names().to_vec() };
        Ref::new_in(vm, class, caller).map(Ref::into_value)
    }

    #[slot]
    fn call(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
        let Some(caller) = this.downcast::<MethodCaller>() else {
            return Err(vm.raise_wrong_receiver("__call__", this));
        };
        // Keywords are complained about only beside an object.
        let plain = Args::positional_only(args.positional());
        let object = &plain.expect(vm, "methodcaller", 1, 1)?[0];
        args.no_keywords(vm, "methodcaller")?;
        vm.call_method_args(object, &caller.name, Args::new(&caller.args, &caller.keywords))
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<MethodCaller>) -> Result {
        let made = vm.guard_repr(this.as_value(), |vm| {
            let mut texts = vec![vm.repr(this.name.as_value())?.to_string_lossy()];
            for v in this.positional() {
                texts.push(vm.repr(v)?.to_string_lossy());
            }
            for (k, v) in this.keywords.iter().zip(this.keyword_values()) {
                let key = vm.str(k)?.to_string_lossy();
                texts.push(format!("{key}={}", vm.repr(v)?.to_string_lossy()));
            }
            Ok(texts.join(", "))
        })?;
        let name = vm.dotted_name(this.ty());
        let inner = made.unwrap_or_else(|| "...".to_owned());
        vm.new_str(&format!("{name}({inner})")).map(Ref::into_value)
    }

    /// Return state information for pickling
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<MethodCaller>) -> Result<Ref<Tuple>> {
        let class = this.ty().to_value();
        let mut args = vec![this.name.to_value()];
        if this.keywords.is_empty() {
            args.extend(this.args.iter().cloned());
            let args = vm.new_tuple(args)?.into_value();
            return vm.new_tuple(vec![class, args]);
        }
        let functools = vm.import("functools")?;
        let partial = vm.get_attr(&functools, name!("partial"))?;
        let mut all = vec![class, this.name.to_value()];
        all.extend(this.keyword_values().iter().cloned());
        let made = vm.call_args(&partial, Args::new(&all, &this.keywords))?;
        let args = vm.new_tuple_from(this.positional())?.into_value();
        vm.new_tuple(vec![made, args])
    }
}
