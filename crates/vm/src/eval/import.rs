//! `from module import name`, and `import *`.

use crate::types::module::Module;
use crate::{Dict, ModuleRef, Ref, Result, Str, Value, Vm, errors, name};

/// The attribute of a module, or a submodule of it that is being imported.
pub fn import_from(vm: &mut Vm, module: &Value, name: &Ref<Str>) -> Result {
    if let Some(v) = vm.get_attr_opt(module, name)? {
        return Ok(v);
    }
    // A circular import: the submodule may be there although its package does not have it yet.
    let package = vm.get_attr_opt(module, name!("__name__"))?;
    let package = package.as_ref().and_then(|p| p.downcast::<Str>()).cloned();
    if let Some(package) = &package {
        let full = format!("{}.{}", package.to_string_lossy(), name.to_string_lossy());
        let full = vm.new_str(&full)?.into_value();
        if let Some(modules) = vm.state().modules.clone()
            && let Some(found) = vm.dict_get(&modules, &full)?
        {
            return Ok(found);
        }
    }
    Err(missing(vm, module, package, name))
}

#[cold]
fn missing(vm: &mut Vm, module: &Value, package: Option<Ref<Str>>, name: &Ref<Str>) -> taipan_object::Raised {
    match describe(vm, module, package.as_ref(), name) {
        Ok((text, path)) => {
            let package = package.map(Ref::into_value);
            vm.raise_import_error_about(&errors::IMPORT_ERROR, &text, package, path, Some(name.to_value()))
        }
        Err(raised) => raised,
    }
}

fn describe(
    vm: &mut Vm,
    module: &Value,
    package: Option<&Ref<Str>>,
    name: &Ref<Str>,
) -> Result<(String, Option<Value>)> {
    let wanted = name.to_string_lossy();
    let shown = package.map_or_else(|| "<unknown module name>".to_owned(), |p| p.to_string_lossy());
    let spec = vm.get_attr_opt(module, name!("__spec__"))?.filter(|s| !s.is_none());
    let mut origin = None;
    let mut initializing = false;
    if let Some(spec) = &spec {
        if let Some(has) = vm.get_attr_opt(spec, name!("has_location"))?
            && vm.is_truthy(&has)?
        {
            origin = vm.get_attr_opt(spec, name!("origin"))?;
        }
        if let Some(flag) = vm.get_attr_opt(spec, name!("_initializing"))? {
            initializing = vm.is_truthy(&flag)?;
        }
    }
    let path = match origin.filter(|o| o.downcast::<Str>().is_some()) {
        Some(o) => Some(o),
        None => vm.get_attr_opt(module, name!("__file__"))?.filter(|f| f.downcast::<Str>().is_some()),
    };
    let place = match path.as_ref().and_then(|p| p.downcast::<Str>()) {
        Some(p) => p.to_string_lossy(),
        None => "unknown location".to_owned(),
    };
    let text = if initializing {
        format!(
            "cannot import name '{wanted}' from partially initialized module '{shown}' (most likely due to a circular import) ({place})"
        )
    } else {
        format!("cannot import name '{wanted}' from '{shown}' ({place})")
    };
    Ok((text, path))
}

/// `from module import *` into a namespace.
pub fn import_star(vm: &mut Vm, module: &Value, namespace: &Value) -> Result<()> {
    let (names, skip_private) = match vm.get_attr_opt(module, name!("__all__"))? {
        Some(all) => (vm.collect(&all)?, false),
        None => {
            let dict = match module.downcast::<Module>() {
                Some(m) => {
                    vm.make_late_part(module, None)?;
                    Some(m.clone().namespace(vm)?.into_value())
                }
                None => vm.get_attr_opt(module, name!("__dict__"))?,
            };
            let Some(dict) = dict else {
                let class = errors::IMPORT_ERROR.as_type();
                return Err(vm.raise_class(class, "from-import-* object has no __dict__ and no __all__"));
            };
            let keys = match dict.downcast::<Dict>() {
                Some(d) => d.get(vm).iter().map(|(k, _)| k.clone()).collect(),
                None => {
                    let keys = vm.call_method(&dict, name!("keys"), &[])?;
                    vm.collect(&keys)?
                }
            };
            (keys, true)
        }
    };
    if let Some(dict) = namespace.downcast_exact::<Dict>() {
        dict.get_mut(vm).reserve(names.len())?;
    }
    for key in names {
        let Some(text) = key.downcast::<Str>() else {
            let module_name = vm.get_attr(module, name!("__name__"))?;
            let module_name = vm.str(&module_name)?.to_string_lossy();
            let (what, place) = if skip_private { ("Key", "__dict__") } else { ("Item", "__all__") };
            let text = format!("{what} in {module_name}.{place} must be str, not {}", key.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        if skip_private && text.data().get(0) == Some(u32::from('_')) {
            continue;
        }
        let value = vm.get_attr(module, text)?;
        vm.set_item(namespace, &key, Some(value))?;
    }
    Ok(())
}
