//! What `object` knows about pickling: protocol 2 and later, `copyreg.__newobj__`.

use crate::{Ref, Result, Value, Vm, name};
use taipan_object::{Dict, List, TypeFlags};

/// `object.__getstate__`: the instance dict, with a dict of `__slots__` members beside it where there are any.
pub fn get_state(vm: &mut Vm, this: &Value) -> Result {
    let dict = match vm.instance_dict(this)? {
        Some(d) if d.get(vm).len() > 0 => d.into_value(),
        Some(_) | None => Value::none(),
    };
    let copyreg = vm.import("copyreg")?;
    let names = vm.call_method(&copyreg, name!("_slotnames"), &[this.ty().to_value()])?;
    if this.ty().itemsize() > 0 && names.downcast::<List>().is_some_and(|l| l.get(vm).len() > 0) {
        let text = format!("cannot pickle {} object", this.ty().name());
        return Err(vm.raise_type_error(&text));
    }
    let Some(names) = names.downcast::<List>() else { return Ok(dict) };
    let members = vm.new_dict()?;
    for key in names.items(vm).to_vec() {
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
    Ok((args.items().to_vec(), Some(kwargs.clone())))
}

/// `object.__reduce_ex__(2)`: `(copyreg.__newobj__, (cls, *args), state, items of a list, items of a dict)`.
pub fn reduce_newobj(vm: &mut Vm, this: &Value, _protocol: i32) -> Result {
    let copyreg = vm.import("copyreg")?;
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
        // A native class that says what its state is can be made anew and given it.
        let getstate = vm.lookup_with_owner(this.ty(), "__getstate__");
        let own_state = getstate.is_some_and(|(owner, _)| !owner.is(&taipan_object::statics::OBJECT.as_ref()));
        let bare = std::ptr::eq(this.ty(), taipan_object::statics::OBJECT.as_type());
        let plain = this.ty().flags().has(TypeFlags::HEAP) || is_container || own_state || bare;
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
    let getter = vm.get_attr(this, name!("__getstate__"))?;
    let state = vm.call(&getter, &[])?;
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
