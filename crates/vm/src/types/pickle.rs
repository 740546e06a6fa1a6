//! What `object` knows about pickling: protocol 2 and later, `copyreg.__newobj__`.

use super::descriptor::{GetSet, INSTANCE_DICT};
use crate::{Ref, Result, Type, Value, Vm, name};
use taipan_object::statics::{DICT, LIST, OBJECT, TYPE};
use taipan_object::{Dict, List, TypeFlags};

/// `object.__getstate__`: the instance dict, with a dict of `__slots__` members beside it where there are any.
pub fn get_state(vm: &mut Vm, this: &Value) -> Result {
    let dict = match vm.instance_dict(this)? {
        Some(d) if d.get(vm).len() > 0 => d.into_value(),
        Some(_) | None => Value::none(),
    };
    with_members(vm, this, dict)
}

/// The same for a pickle, which only reads it: the attributes of an instance without a dict are copied, and stay where
/// they are.
fn state_to_read(vm: &mut Vm, this: &Value) -> Result {
    match vm.inline_values_copy(this)? {
        Some(dict) => with_members(vm, this, dict.into_value()),
        None => get_state(vm, this),
    }
}

/// The names of `__slots__` members, which the class remembers once they have been asked for.
fn slot_names(vm: &mut Vm, class: &Type) -> Result {
    if let Some(dict) = class.dict()
        && let Some(names) = dict.get(vm).get_str(name!("__slotnames__")).filter(|n| n.downcast::<List>().is_some())
    {
        return Ok(names.clone());
    }
    let copyreg = copyreg(vm)?;
    vm.call_method(&copyreg, name!("_slotnames"), &[class.to_value()])
}

fn copyreg(vm: &mut Vm) -> Result {
    match vm.loaded_module(name!("copyreg"))? {
        Some(module) => Ok(module),
        None => vm.import_name(name!("copyreg")),
    }
}

fn with_members(vm: &mut Vm, this: &Value, dict: Value) -> Result {
    let names = slot_names(vm, this.ty())?;
    if this.ty().itemsize() > 0 && names.downcast::<List>().is_some_and(|l| l.get(vm).len() > 0) {
        let text = format!("cannot pickle {} object", this.ty().name());
        return Err(vm.raise_type_error(&text));
    }
    let Some(names) = names.downcast::<List>().filter(|l| l.get(vm).len() > 0) else { return Ok(dict) };
    let members = vm.new_dict()?;
    for key in taipan_object::room::copied(names.items(vm))? {
        let Some(key_str) = key.downcast::<crate::Str>() else { continue };
        if let Some(value) = vm.get_attr_opt(this, key_str)? {
            vm.dict_set(&members, &key, value)?;
        }
    }
    if members.get(vm).len() == 0 {
        return Ok(dict);
    }
    vm.new_tuple(vec![dict, members.into_value()]).map(Ref::into_value)
}

/// Whether a class has `object.__getstate__`, and its instances find it where such things are.
fn has_plain_state(vm: &Vm, class: &Type) -> bool {
    let getattr = |class| crate::slots::of(class).getattr.map(|f| f as usize);
    getattr(class) == getattr(OBJECT.as_type()) && inherits_state(vm, class)
}

fn inherits_state(vm: &Vm, class: &Type) -> bool {
    let found = vm.lookup_type_attr(class, name!("__getstate__"));
    let plain = vm.lookup_type_attr(OBJECT.as_type(), name!("__getstate__"));
    found.map(|f| f.bits()) == plain.map(|p| p.bits())
}

/// Whether the attributes of instances of a class are found where `object` looks, and these are those of `object`.
fn inherits(vm: &Vm, class: &Type, names: &[&Ref<crate::Str>]) -> bool {
    let getattr = |class| crate::slots::of(class).getattr.map(|f| f as usize);
    getattr(class) == getattr(OBJECT.as_type())
        && names.iter().all(|name| {
            let own = vm.lookup_type_attr(class, name).map(|found| found.bits());
            own == vm.lookup_type_attr(OBJECT.as_type(), name).map(|found| found.bits())
        })
}

/// `this.__reduce_ex__(protocol)`, without a call where the class says nothing of its own.
pub fn reduce(vm: &mut Vm, this: &Value, protocol: i32) -> Result<Option<Value>> {
    if protocol >= 2
        && inherits(vm, this.ty(), &[name!("__reduce_ex__"), name!("__reduce__")])
        && vm.instance_attr(this, name!("__reduce_ex__")).is_none()
    {
        return reduce_newobj(vm, this, protocol).map(Some);
    }
    match vm.get_attr_opt(this, name!("__reduce_ex__"))? {
        Some(f) => vm.call(&f, &[Value::from_i32(protocol)]).map(Some),
        None => Ok(None),
    }
}

/// Whether from protocol 2 on a pickle of an instance of a class says no more than the class and the attributes, unless
/// the instance itself has a say ([`speaks_for_itself`]): an answer for as long as the class has the same version. `false`
/// as long as nobody has asked for the names of its `__slots__`.
pub fn is_all_attributes(vm: &Vm, class: &Type) -> bool {
    let reductions = [name!("__reduce_ex__"), name!("__reduce__"), name!("__getstate__"), name!("__class__")];
    let has_no_slots = || {
        let names = class.dict().and_then(|dict| dict.get(vm).get_str(name!("__slotnames__")));
        names.and_then(|n| n.downcast::<List>()).is_some_and(|names| names.get(vm).len() == 0)
    };
    class.flags().has(TypeFlags::HEAP)
        && class.header().ty().is(TYPE.as_type())
        && !class.asks_strange_keys()
        && crate::slots::of(class).new.is_some()
        && !class.is_subtype(LIST.as_type())
        && !class.is_subtype(DICT.as_type())
        && inherits(vm, class, &reductions)
        && vm.lookup_type_attr(class, name!("__getnewargs_ex__")).is_none()
        && vm.lookup_type_attr(class, name!("__getnewargs__")).is_none()
        && has_no_slots()
}

/// Whether an object has attributes of its own that say how it is pickled.
pub fn speaks_for_itself(vm: &Vm, this: &Value) -> bool {
    [name!("__reduce_ex__"), name!("__getstate__")].into_iter().any(|name| vm.instance_attr(this, name).is_some())
}

/// Whether what is unpickled as the state of an instance of a class goes into the instance's own dict, unless the
/// instance itself has a `__setstate__`: an answer for as long as the class has the same version.
pub fn takes_attributes(vm: &Vm, class: &Type) -> bool {
    let dict = vm.lookup_type_attr(class, name!("__dict__"));
    !class.asks_strange_keys()
        && inherits(vm, class, &[name!("__setstate__")])
        && dict.as_ref().and_then(|d| d.downcast::<GetSet>()).is_some_and(|g| std::ptr::eq(g.def.0, &INSTANCE_DICT))
}

/// Whether `this.__class__` is its type, whatever else is asked for.
pub fn has_own_class(vm: &Vm, this: &Value) -> bool {
    inherits(vm, this.ty(), &[name!("__class__")])
}

/// What `__getnewargs_ex__` gives: positional arguments and a dict of others.
fn new_arguments(vm: &mut Vm, pair: &Value) -> Result<(Vec<Value>, Option<Value>)> {
    let Some(tuple) = pair.downcast::<crate::Tuple>() else {
        let text = format!("__getnewargs_ex__ should return a tuple, not '{}'", pair.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    let [args, kwargs] = tuple.items() else {
        let text = format!("__getnewargs_ex__ should return a tuple of length 2, not {}", tuple.len());
        return Err(vm.raise_value_error(&text));
    };
    let Some(args) = args.downcast::<crate::Tuple>() else {
        let text = format!(
            "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{}'",
            args.ty().name()
        );
        return Err(vm.raise_type_error(&text));
    };
    if kwargs.downcast::<Dict>().is_none() {
        let text = format!(
            "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{}'",
            kwargs.ty().name()
        );
        return Err(vm.raise_type_error(&text));
    }
    Ok((taipan_object::room::copied(args.items())?, Some(kwargs.clone())))
}

/// `object.__reduce_ex__(2)`: `(copyreg.__newobj__, (cls, *args), state, items of a list, items of a dict)`.
pub fn reduce_newobj(vm: &mut Vm, this: &Value, _protocol: i32) -> Result {
    let copyreg = copyreg(vm)?;
    if crate::slots::of(this.ty()).new.is_none() {
        let text = format!("cannot pickle '{}' object", this.ty().name());
        return Err(vm.raise_type_error(&text));
    }
    let (args, kwargs) = if let Some(f) = vm.lookup_type_attr(this.ty(), name!("__getnewargs_ex__")) {
        let pair = vm.call_unbound(&f, this, &[])?;
        new_arguments(vm, &pair)?
    } else if let Some(f) = vm.lookup_type_attr(this.ty(), name!("__getnewargs__")) {
        let args = vm.call_unbound(&f, this, &[])?;
        if args.downcast::<crate::Tuple>().is_none() {
            let text = format!("__getnewargs__ should return a tuple, not '{}'", args.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        (vm.collect(&args)?, None)
    } else {
        let is_container = this.downcast::<List>().is_some() || this.downcast::<Dict>().is_some();
        let bare = std::ptr::eq(this.ty(), OBJECT.as_type());
        // A native class that says what its state is can be made anew and given it.
        let plain = this.ty().flags().has(TypeFlags::HEAP) || is_container || bare || !inherits_state(vm, this.ty());
        if !plain {
            let text = format!("cannot pickle '{}' object", vm.dotted_name(this.ty()));
            return Err(vm.raise_type_error(&text));
        }
        (Vec::new(), None)
    };
    let kwargs = match kwargs {
        Some(k) if vm.len(&k)? > 0 => Some(k),
        _ => None,
    };
    let (maker, args) = match kwargs {
        None => {
            let mut all = vec![this.ty().to_value()];
            all.extend(args);
            (vm.get_attr(&copyreg, name!("__newobj__"))?, vm.new_tuple(all)?)
        }
        Some(k) => {
            let args = vm.new_tuple(args)?.into_value();
            let maker = vm.get_attr(&copyreg, name!("__newobj_ex__"))?;
            (maker, vm.new_tuple(vec![this.ty().to_value(), args, k])?)
        }
    };
    let own = vm.instance_attr(this, name!("__getstate__")).is_some();
    let state = if !own && has_plain_state(vm, this.ty()) {
        state_to_read(vm, this)?
    } else {
        let getter = vm.get_attr(this, name!("__getstate__"))?;
        vm.call(&getter, &[])?
    };
    let items = match this.downcast::<List>() {
        Some(_) => vm.iter(this)?,
        None => Value::none(),
    };
    let pairs = match this.downcast::<Dict>() {
        Some(_) => {
            let view = vm.call_method(this, name!("items"), &[])?;
            vm.iter(&view)?
        }
        None => Value::none(),
    };
    vm.new_tuple(vec![maker, args.into_value(), state, items, pairs]).map(Ref::into_value)
}
