//! `__build_class__`: what a class statement calls.

use crate::native::Args;
use crate::types::cell::Cell;
use crate::{Ref, Result, Str, Tuple, Value, Vm, name, slots};
use taipan_object::statics::TYPE;

/// The bases with `__mro_entries__` resolved; nothing if they stay as they are.
fn resolve_bases(vm: &mut Vm, bases: &Ref<Tuple>) -> Result<Option<Ref<Tuple>>> {
    let mut resolved: Option<Vec<Value>> = None;
    for (i, base) in bases.items().iter().enumerate() {
        let entries =
            if base.as_type_ref().is_some() { None } else { vm.get_attr_opt(base, name!("__mro_entries__"))? };
        let Some(entries) = entries else {
            if let Some(all) = &mut resolved {
                all.push(base.clone());
            }
            continue;
        };
        let found = vm.call(&entries, &[bases.to_value()])?;
        let Some(found) = found.downcast::<Tuple>() else {
            return Err(vm.raise_type_error("__mro_entries__ must return a tuple"));
        };
        let all = resolved.get_or_insert_with(|| bases.items()[..i].to_vec());
        all.extend(found.items().iter().cloned());
    }
    resolved.map(|all| vm.new_tuple(all)).transpose()
}

/// `__build_class__(func, name, /, *bases, [metaclass], **kwds)`.
pub fn build_class(vm: &mut Vm, args: Args<'_>) -> Result {
    let [function, name, given @ ..] = args.positional() else {
        return Err(vm.raise_type_error("__build_class__: not enough arguments"));
    };
    if !vm.is_python_function(function) {
        return Err(vm.raise_type_error("__build_class__: func must be a function"));
    }
    if name.downcast::<Str>().is_none() {
        return Err(vm.raise_type_error("__build_class__: name is not a string"));
    }
    let original = vm.new_tuple_from(given)?;
    let resolved = resolve_bases(vm, &original)?;
    let bases = resolved.clone().unwrap_or_else(|| original.clone());

    let (mut keys, mut values) = (Vec::new(), Vec::new());
    let mut metaclass = None;
    for (key, value) in args.keywords() {
        if key.downcast::<Str>().is_some_and(|k| k.to_utf8() == Some("metaclass")) {
            metaclass = Some(value.clone());
        } else {
            keys.push(key.clone());
            values.push(value.clone());
        }
    }
    let mut metaclass = match (metaclass, bases.items().first()) {
        (Some(m), _) => m,
        (None, Some(base)) => base.ty().to_value(),
        (None, None) => TYPE.as_type().to_value(),
    };
    let is_class = metaclass.as_type_ref().is_some();
    if let Some(m) = metaclass.as_type_ref().cloned() {
        metaclass = vm.winning_metatype(&m, bases.items())?.into_value();
    }

    let mut call_args = vec![name.clone(), bases.to_value()];
    call_args.extend(values.iter().cloned());
    let namespace = match vm.get_attr_opt(&metaclass, name!("__prepare__"))? {
        Some(prepare) => vm.call_args(&prepare, Args::new(&call_args, &keys))?,
        None => vm.new_dict()?.into_value(),
    };
    if slots::of(namespace.ty()).getitem.is_none() {
        let owner = metaclass.as_type_ref().filter(|_| is_class).map_or("<metaclass>".to_owned(), |m| m.name());
        let text = format!("{owner}.__prepare__() must return a mapping, not {}", namespace.ty().name());
        return Err(vm.raise_type_error(&text));
    }
    let cell = vm.run_class_body(function, &namespace)?;
    if resolved.is_some() {
        vm.set_item(&namespace, name!("__orig_bases__").as_value(), Some(original.into_value()))?;
    }
    call_args.insert(2, namespace);
    let class = vm.call_args(&metaclass, Args::new(&call_args, &keys))?;
    if class.as_type_ref().is_some()
        && let Some(cell) = cell.downcast::<Cell>()
    {
        check_class_cell(vm, cell, name, &class)?;
    }
    Ok(class)
}

/// The metaclass has to have handed the cell of `__class__` to `type.__new__`.
fn check_class_cell(vm: &mut Vm, cell: &Ref<Cell>, name: &Value, class: &Value) -> Result<()> {
    let held = cell.get(vm).value.clone();
    if held.as_ref().is_some_and(|c| c.is(class)) {
        return Ok(());
    }
    let name = vm.repr(name)?.to_string_lossy();
    let made = vm.repr(class)?.to_string_lossy();
    match held {
        Some(other) => {
            let other = vm.repr(&other)?.to_string_lossy();
            Err(vm.raise_type_error(&format!("__class__ set to {other} defining {name} as {made}")))
        }
        None => Err(vm.raise_runtime_error(&format!(
            "__class__ not set defining {name} as {made}. Was __classcell__ propagated to type.__new__?"
        ))),
    }
}
