//! `types.GenericAlias`: what `list[int]` makes.

use crate::native::Args;
use crate::slots::CompareOp;
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
    vm.check_stack(" while collecting type parameters")?;
    for a in args {
        if a.as_type().is_some() {
            continue;
        }
        if let Some(t) = a.downcast::<Tuple>() {
            let items = t.items().to_vec();
            collect_parameters(vm, &items, found)?;
            continue;
        }
        if let Some(l) = a.downcast::<List>() {
            let items = l.items(vm).to_vec();
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
    let mut item = match item.downcast::<Tuple>() {
        Some(t) => t.clone(),
        None => vm.new_tuple(vec![item.clone()])?,
    };
    for p in parameters.items() {
        if let Some(prepare) = vm.get_attr_opt(p, name!("__typing_prepare_subst__"))?
            && !prepare.is_none()
        {
            let prepared = vm.call(&prepare, &[this.clone(), item.to_value()])?;
            item = match prepared.downcast::<Tuple>() {
                Some(t) => t.clone(),
                None => vm.new_tuple(vec![prepared])?,
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

fn substitute_in(vm: &mut Vm, args: &[Value], parameters: &Ref<Tuple>, item: &Ref<Tuple>) -> Result<Vec<Value>> {
    let mut new = Vec::new();
    for a in args {
        if a.as_type().is_some() {
            new.push(a.clone());
            continue;
        }
        if let Some(t) = a.downcast::<Tuple>() {
            let items = t.items().to_vec();
            let inner = substitute_in(vm, &items, parameters, item)?;
            new.push(vm.new_tuple(inner)?.into_value());
            continue;
        }
        if let Some(l) = a.downcast::<List>() {
            let items = l.items(vm).to_vec();
            let inner = substitute_in(vm, &items, parameters, item)?;
            new.push(vm.new_list(inner)?.into_value());
            continue;
        }
        let unpacked = match vm.get_attr_opt(a, name!("__typing_is_unpacked_typevartuple__"))? {
            Some(flag) => vm.is_truthy(&flag)?,
            None => false,
        };
        let replaced = if let Some(subst) = vm.get_attr_opt(a, name!("__typing_subst__"))? {
            let i = parameters.items().iter().position(|p| p.is(a));
            match i {
                Some(i) => vm.call(&subst, &[item.items()[i].clone()])?,
                None => a.clone(),
            }
        } else {
            match vm.get_attr_opt(a, name!("__parameters__"))?.and_then(|p| p.downcast::<Tuple>().cloned()) {
                Some(inner) if inner.len() > 0 => {
                    let mut picked = Vec::new();
                    for p in inner.items() {
                        match parameters.items().iter().position(|q| q.is(p)) {
                            Some(i) => match item.items()[i].downcast::<Tuple>() {
                                Some(t) if unpacked_tuple_param(vm, p)? => picked.extend(t.items().iter().cloned()),
                                _ => picked.push(item.items()[i].clone()),
                            },
                            None => picked.push(p.clone()),
                        }
                    }
                    let picked = vm.new_tuple(picked)?.into_value();
                    vm.get_item(a, &picked)?
                }
                _ => a.clone(),
            }
        };
        match replaced.downcast::<Tuple>() {
            Some(t) if unpacked => new.extend(t.items().iter().cloned()),
            _ => new.push(replaced),
        }
    }
    Ok(new)
}

fn unpacked_tuple_param(_vm: &mut Vm, p: &Value) -> Result<bool> {
    Ok(p.ty().name() == "TypeVarTuple")
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
    if let Some(l) = v.downcast::<List>() {
        let mut parts = Vec::new();
        for item in l.items(vm).to_vec() {
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
    "__copy__",
    "__deepcopy__",
    "__typing_is_unpacked_typevartuple__",
];

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
        let mut parts = Vec::new();
        for a in this.args.items() {
            parts.push(type_repr(vm, a)?);
        }
        let inner = if parts.is_empty() { "()".to_owned() } else { parts.join(", ") };
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
        let dunder = text.starts_with("__") && text.ends_with("__");
        if let Some(alias) = this.downcast::<GenericAlias>()
            && !OWN.contains(&&*text)
            && (!dunder || !matches!(&*text, "__bases__" | "__getattr__"))
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
        let starred = new_alias_in(vm, GENERIC_ALIAS.as_type(), this.origin.clone(), this.args.to_value(), true)?;
        let one = vm.new_tuple(vec![starred])?.into_value();
        vm.iter(&one)
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

    #[method("($self, entries, /)")]
    fn __mro_entries__(vm: &mut Vm, this: &Ref<GenericAlias>, _entries: &Value) -> Result {
        vm.new_tuple(vec![this.origin.clone()]).map(Ref::into_value)
    }

    #[method("($self, instance, /)")]
    fn __instancecheck__(vm: &mut Vm, _this: &Ref<GenericAlias>, _instance: &Value) -> Result {
        Err(vm.raise_type_error("isinstance() argument 2 cannot be a parameterized generic"))
    }

    #[method("($self, subclass, /)")]
    fn __subclasscheck__(vm: &mut Vm, _this: &Ref<GenericAlias>, _subclass: &Value) -> Result {
        Err(vm.raise_type_error("issubclass() argument 2 cannot be a parameterized generic"))
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<GenericAlias>) -> Result {
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
