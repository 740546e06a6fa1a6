//! `types.GenericAlias`: what `list[int]` makes.

use crate::native::Args;
use crate::slots::{self, CompareOp};
use crate::{List, Ref, Result, Str, Tuple, Type, Value, Vm, name};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::{ELLIPSIS, NONE_TYPE, OBJECT};

/// `types.GenericAlias`.
pub static GENERIC_ALIAS: TypeCell<GenericAlias> = TypeCell::new("types.GenericAlias");

/// A class with arguments.
#[derive(Trace, Payload)]
#[payload(class = GENERIC_ALIAS, frozen)]
#[repr(C)]
pub struct GenericAlias {
    /// `__origin__`.
    pub origin: Value,
    /// `__args__`.
    pub args: Ref<Tuple>,
    parameters: Ref<Tuple>,
    starred: bool,
}

/// `origin[arguments]`.
pub fn new_alias(vm: &mut Vm, origin: Value, arguments: Value) -> Result {
    new_alias_in(vm, GENERIC_ALIAS.as_type(), origin, arguments, false)
}

fn new_alias_in(vm: &mut Vm, class: &Type, origin: Value, arguments: Value, starred: bool) -> Result {
    let args = match arguments.downcast::<Tuple>() {
        Some(t) => t.clone(),
        None => vm.new_tuple(vec![arguments])?,
    };
    let parameters = parameters_of(vm, &args)?;
    Ref::new_in(vm, class, GenericAlias { origin, args, parameters, starred }).map(Ref::into_value)
}

/// The type variables among the arguments, each once.
pub fn parameters_of(vm: &mut Vm, args: &Ref<Tuple>) -> Result<Ref<Tuple>> {
    let mut found: Vec<Value> = Vec::new();
    collect_parameters(vm, args.items(), &mut found)?;
    vm.new_tuple(found)
}

fn collect_parameters(vm: &mut Vm, args: &[Value], found: &mut Vec<Value>) -> Result<()> {
    vm.check_stack(" in __parameter__ calculation")?;
    for a in args {
        if a.as_type().is_some() {
            continue;
        }
        if let Some(items) = sequence_items(vm, a) {
            collect_parameters(vm, &items, found)?;
            continue;
        }
        if vm.get_attr_opt(a, name!("__typing_subst__"))?.is_some() {
            if !found.iter().any(|f| f.is(a)) {
                found.push(a.clone());
            }
            continue;
        }
        if let Some(p) = vm.get_attr_opt(a, name!("__parameters__"))?
            && let Some(p) = p.downcast::<Tuple>()
        {
            for v in p.items() {
                if !found.iter().any(|f| f.is(v)) {
                    found.push(v.clone());
                }
            }
        }
    }
    Ok(())
}

/// The items of a tuple or list among arguments.
fn sequence_items(vm: &Vm, v: &Value) -> Option<Vec<Value>> {
    match v.downcast::<Tuple>() {
        Some(t) => Some(t.items().to_vec()),
        None => v.downcast::<List>().map(|l| l.items(vm).to_vec()),
    }
}

/// The arguments in brackets, with those of unpacked tuples of known length in their place.
fn unpack_arguments(vm: &mut Vm, item: &Value) -> Result<Vec<Value>> {
    let given = match item.downcast::<Tuple>() {
        Some(t) => taipan_object::room::copied(t.items())?,
        None => vec![item.clone()],
    };
    let mut all = taipan_object::room::vec(given.len())?;
    for v in given {
        if v.as_type().is_none()
            && let Some(inner) = vm.get_attr_opt(&v, name!("__typing_unpacked_tuple_args__"))?
            && let Some(inner) = inner.downcast::<Tuple>()
            && inner.items().last().is_none_or(|last| last.bits() != ELLIPSIS.address())
        {
            all.extend(inner.items().iter().cloned());
            continue;
        }
        all.push(v);
    }
    Ok(all)
}

/// The arguments with the parameters replaced by `item`.
pub fn substitute(
    vm: &mut Vm,
    this: &Value,
    args: &Ref<Tuple>,
    parameters: &Ref<Tuple>,
    item: &Value,
) -> Result<Ref<Tuple>> {
    if parameters.len() == 0 {
        let repr = vm.repr(this)?.to_string_lossy();
        return Err(vm.raise_type_error(&format!("{repr} is not a generic class")));
    }
    let mut item = unpack_arguments(vm, item)?;
    for p in parameters.items() {
        if let Some(prepare) = vm.get_attr_opt(p, name!("__typing_prepare_subst__"))?
            && !prepare.is_none()
        {
            let given = vm.new_tuple(item)?.into_value();
            let prepared = vm.call(&prepare, &[this.clone(), given])?;
            item = match prepared.downcast::<Tuple>() {
                Some(t) => t.items().to_vec(),
                None => vec![prepared],
            };
        }
    }
    if item.len() != parameters.len() {
        let how = if item.len() > parameters.len() { "many" } else { "few" };
        let repr = vm.repr(this)?.to_string_lossy();
        let text = format!("Too {how} arguments for {repr}; actual {}, expected {}", item.len(), parameters.len());
        return Err(vm.raise_type_error(&text));
    }
    let new = substitute_in(vm, args.items(), parameters, &item)?;
    vm.new_tuple(new)
}

fn substitute_in(vm: &mut Vm, args: &[Value], parameters: &Ref<Tuple>, item: &[Value]) -> Result<Vec<Value>> {
    vm.check_stack(" in __parameter__ calculation")?;
    let mut new = Vec::new();
    for a in args {
        if a.as_type().is_some() {
            new.push(a.clone());
            continue;
        }
        if let Some(items) = sequence_items(vm, a) {
            let inner = substitute_in(vm, &items, parameters, item)?;
            let tuple = a.downcast::<Tuple>().is_some();
            new.push(if tuple { vm.new_tuple(inner)?.into_value() } else { vm.new_list(inner)?.into_value() });
            continue;
        }
        let unpacked = match vm.get_attr_opt(a, name!("__typing_is_unpacked_typevartuple__"))? {
            Some(flag) => vm.is_truthy(&flag)?,
            None => false,
        };
        let replaced = match vm.get_attr_opt(a, name!("__typing_subst__"))? {
            Some(subst) => match parameters.items().iter().position(|p| p.is(a)) {
                Some(i) => vm.call(&subst, &[item[i].clone()])?,
                None => {
                    let repr = vm.repr(a)?.to_string_lossy();
                    let text = format!("argument {repr} with __typing_subst__ was not found in __parameters__");
                    return Err(vm.raise_type_error(&text));
                }
            },
            None => substitute_inside(vm, a, parameters, item)?,
        };
        if !unpacked {
            new.push(replaced);
            continue;
        }
        match replaced.downcast::<Tuple>() {
            Some(t) => new.extend(t.items().iter().cloned()),
            None => {
                let (object, given) = (a.ty().name(), replaced.ty().name());
                let text = format!("expected __typing_subst__ of {object} objects to return a tuple, not {given}");
                return Err(vm.raise_type_error(&text));
            }
        }
    }
    Ok(new)
}

/// An argument that has parameters of its own, with those replaced.
fn substitute_inside(vm: &mut Vm, a: &Value, parameters: &Ref<Tuple>, item: &[Value]) -> Result {
    let inner = vm.get_attr_opt(a, name!("__parameters__"))?.and_then(|p| p.downcast::<Tuple>().cloned());
    let Some(inner) = inner.filter(|p| p.len() > 0) else { return Ok(a.clone()) };
    let mut picked = Vec::new();
    for p in inner.items() {
        match parameters.items().iter().position(|q| q.is(p)) {
            // What stands for several arguments can be iterated over, as type variable tuples can.
            Some(i) => match item[i].downcast::<Tuple>() {
                Some(t) if slots::of(p.ty()).iter.is_some() => picked.extend(t.items().iter().cloned()),
                _ => picked.push(item[i].clone()),
            },
            None => picked.push(p.clone()),
        }
    }
    let picked = vm.new_tuple(picked)?.into_value();
    vm.get_item(a, &picked)
}

/// How a type is named inside a generic alias.
pub fn type_repr(vm: &mut Vm, v: &Value) -> Result<String> {
    if v.bits() == ELLIPSIS.address() {
        return Ok("...".to_owned());
    }
    if v.as_type().is_some_and(|t| t.is(NONE_TYPE.as_type())) {
        return Ok("None".to_owned());
    }
    let has_origin = vm.get_attr_opt(v, name!("__origin__"))?.is_some();
    let has_args = has_origin && vm.get_attr_opt(v, name!("__args__"))?.is_some();
    if !has_args
        && let (Some(q), Some(m)) =
            (vm.get_attr_opt(v, name!("__qualname__"))?, vm.get_attr_opt(v, name!("__module__"))?)
        && !m.is_none()
        && let (Some(q), Some(m)) = (q.downcast::<Str>(), m.downcast::<Str>())
    {
        let (q, m) = (q.to_string_lossy(), m.to_string_lossy());
        return Ok(if m == "builtins" { q } else { format!("{m}.{q}") });
    }
    if let Some(l) = v.downcast_exact::<List>() {
        let mut parts = Vec::new();
        for i in 0..l.items(vm).len() {
            let Some(item) = l.items(vm).get(i).cloned() else {
                return Err(vm.raise_index_error("list index out of range"));
            };
            parts.push(type_repr(vm, &item)?);
        }
        return Ok(format!("[{}]", parts.join(", ")));
    }
    Ok(vm.repr(v)?.to_string_lossy())
}

/// Attributes that the alias answers itself rather than its origin.
const OWN: &[&str] = &[
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
];
/// Attributes of the origin that an alias does not have.
const BLOCKED: &[&str] = &["__bases__", "__copy__", "__deepcopy__", "__typing_is_unpacked_typevartuple__"];

/// Methods of `types.GenericAlias`.
pub struct GenericAliasClass;

/// Represent a PEP 585 generic type
///
/// E.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).
#[class(cell = GENERIC_ALIAS, base = OBJECT, flags = BASETYPE | HAVE_GC | MANAGED_WEAKREF, signature = "(origin, args, /)")]
impl GenericAliasClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let args = args.expect(vm, "GenericAlias", 2, 2)?;
        new_alias_in(vm, class, args[0].clone(), args[1].clone(), false)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<GenericAlias>) -> Result {
        let mut inner = String::new();
        for a in this.args.items() {
            let part = type_repr(vm, a)?;
            let comma = if inner.is_empty() { "" } else { ", " };
            taipan_object::room::push_str(&mut inner, comma)?;
            taipan_object::room::push_str(&mut inner, &part)?;
        }
        if inner.is_empty() {
            inner.push_str("()");
        }
        let star = if this.starred { "*" } else { "" };
        let origin = type_repr(vm, &this.origin)?;
        vm.new_str(&format!("{star}{origin}[{inner}]")).map(Ref::into_value)
    }

    #[slot]
    fn hash(vm: &mut Vm, this: &Ref<GenericAlias>) -> Result<i64> {
        let h = vm.hash(&this.origin)? ^ vm.hash(this.args.as_value())?;
        Ok(if h == -1 { -2 } else { h })
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let (Some(a), Some(b)) = (a.downcast::<GenericAlias>(), b.downcast::<GenericAlias>()) else {
            return Ok(Value::not_implemented());
        };
        let wanted = match op {
            CompareOp::Eq => true,
            CompareOp::Ne => false,
            _ => return Ok(Value::not_implemented()),
        };
        let same = a.starred == b.starred
            && vm.equal(&a.origin, &b.origin)?
            && vm.equal(a.args.as_value(), b.args.as_value())?;
        Ok(Value::bool(same == wanted))
    }

    #[slot]
    fn call(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
        let Some(alias) = this.downcast::<GenericAlias>() else {
            return Err(vm.raise_wrong_receiver("__call__", this));
        };
        let object = vm.call_args(&alias.origin, args)?;
        match vm.set_attr(&object, name!("__orig_class__"), Some(this.clone())) {
            Err(r)
                if vm.raised_is(crate::errors::ATTRIBUTE_ERROR.as_type())
                    || vm.raised_is(crate::errors::TYPE_ERROR.as_type()) =>
            {
                drop(vm.take_raised(r))
            }
            other => other?,
        }
        Ok(object)
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Value, key: &Value) -> Result {
        let Some(a) = this.downcast::<GenericAlias>() else { return Err(vm.raise_wrong_receiver("__getitem__", this)) };
        let args = substitute(vm, this, &a.args, &a.parameters, key)?;
        new_alias_in(vm, GENERIC_ALIAS.as_type(), a.origin.clone(), args.into_value(), a.starred)
    }

    #[slot]
    fn getattr(vm: &mut Vm, this: &Value, name: &Ref<Str>) -> Result {
        let text = name.to_string_lossy();
        if let Some(alias) = this.downcast::<GenericAlias>()
            && !OWN.contains(&&*text)
            && !BLOCKED.contains(&&*text)
        {
            let origin = alias.origin.clone();
            if let Some(v) = vm.get_attr_opt(&origin, name)? {
                return Ok(v);
            }
        }
        vm.generic_get_attr(this, name)
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Ref<GenericAlias>) -> Result {
        Ref::new(vm, AliasIterator { alias: Some(this.to_value()) }).map(Ref::into_value)
    }

    #[slot]
    fn op_or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        crate::types::union::or(vm, a, b)
    }

    #[getter(member)]
    fn __origin__(_vm: &mut Vm, this: &Ref<GenericAlias>) -> Result {
        Ok(this.origin.clone())
    }

    #[getter(member)]
    fn __args__(_vm: &mut Vm, this: &Ref<GenericAlias>) -> Result {
        Ok(this.args.to_value())
    }

    #[getter]
    fn __parameters__(_vm: &mut Vm, this: &Ref<GenericAlias>) -> Result {
        Ok(this.parameters.to_value())
    }

    #[getter(member)]
    fn __unpacked__(_vm: &mut Vm, this: &Ref<GenericAlias>) -> Result<bool> {
        Ok(this.starred)
    }

    #[getter]
    fn __typing_unpacked_tuple_args__(_vm: &mut Vm, this: &Ref<GenericAlias>) -> Result<Option<Value>> {
        let of_tuple = this.origin.as_type().is_some_and(|t| t.is(taipan_object::statics::TUPLE.as_type()));
        Ok((this.starred && of_tuple).then(|| this.args.to_value()))
    }

    #[method("($self, object, /)")]
    fn __mro_entries__(vm: &mut Vm, this: &Ref<GenericAlias>, _entries: &Value) -> Result {
        vm.new_tuple(vec![this.origin.clone()]).map(Ref::into_value)
    }

    #[method("($self, object, /)")]
    fn __instancecheck__(vm: &mut Vm, _this: &Ref<GenericAlias>, _instance: &Value) -> Result {
        Err(vm.raise_type_error("isinstance() argument 2 cannot be a parameterized generic"))
    }

    #[method("($self, object, /)")]
    fn __subclasscheck__(vm: &mut Vm, _this: &Ref<GenericAlias>, _subclass: &Value) -> Result {
        Err(vm.raise_type_error("issubclass() argument 2 cannot be a parameterized generic"))
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<GenericAlias>) -> Result {
        if this.starred {
            let plain = new_alias(vm, this.origin.clone(), this.args.to_value())?;
            let (next, it) = (vm.builtin("next")?, vm.iter(&plain)?);
            let args = vm.new_tuple(vec![it])?.into_value();
            return vm.new_tuple(vec![next, args]).map(Ref::into_value);
        }
        let args = vm.new_tuple(vec![this.origin.clone(), this.args.to_value()])?.into_value();
        let class = GENERIC_ALIAS.as_ref().into_value();
        vm.new_tuple(vec![class, args]).map(Ref::into_value)
    }

    #[method("($self, /)")]
    fn __dir__(vm: &mut Vm, this: &Ref<GenericAlias>) -> Result {
        let names = vm.call_method(&this.origin, name!("__dir__"), &[]);
        let names = match names {
            Ok(names) => names,
            Err(r) => {
                drop(vm.take_raised(r));
                let builtin = vm.builtin("dir")?;
                vm.call(&builtin, std::slice::from_ref(&this.origin))?
            }
        };
        let mut all = vm.collect(&names)?;
        all.retain(|n| n.downcast::<Str>().is_none_or(|n| !BLOCKED.contains(&n.to_string_lossy().as_str())));
        for own in OWN {
            let own = vm.new_str(own)?.into_value();
            let mut seen = false;
            for v in all.clone() {
                seen |= vm.equal(&v, &own)?;
            }
            if !seen {
                all.push(own);
            }
        }
        vm.new_list(all).map(Ref::into_value)
    }
}

/// `generic_alias_iterator`.
pub static ALIAS_ITERATOR: TypeCell<AliasIterator> = TypeCell::new("generic_alias_iterator");

/// Gives an alias unpacked, once: what `*tuple[int]` means.
#[derive(Trace, Payload)]
#[payload(class = ALIAS_ITERATOR)]
#[repr(C)]
pub struct AliasIterator {
    alias: Option<Value>,
}

/// Methods of `generic_alias_iterator`.
pub struct AliasIteratorClass;

#[class(cell = ALIAS_ITERATOR, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl AliasIteratorClass {
    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<AliasIterator>) -> Result<Option<Value>> {
        let Some(alias) = this.get_mut(vm).alias.take() else { return Ok(None) };
        let Some(alias) = alias.downcast::<GenericAlias>() else { return Ok(None) };
        let (origin, args) = (alias.origin.clone(), alias.args.to_value());
        new_alias_in(vm, GENERIC_ALIAS.as_type(), origin, args, true).map(Some)
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<AliasIterator>) -> Result {
        let iter = vm.builtin("iter")?;
        let rest = match this.get(vm).alias.clone() {
            Some(alias) => alias,
            None => vm.new_tuple(Vec::new())?.into_value(),
        };
        let args = vm.new_tuple(vec![rest])?.into_value();
        vm.new_tuple(vec![iter, args]).map(Ref::into_value)
    }
}
