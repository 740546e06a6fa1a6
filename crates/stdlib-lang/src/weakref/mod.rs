//! `_weakref`: weak references and proxies over the lists of the object core.

mod proxy;
mod reference;

use taipan_macros::module;
use taipan_object::WeakRef;
use taipan_object::weak::Sharing;
use taipan_vm::types::module::Module;
use taipan_vm::{Dict, ModuleRef, Ref, Result, Type, Value, Vm};

/// A weak reference of this class, the shared one where that will do.
fn new_weak(vm: &mut Vm, class: &Type, object: &Value, callback: Option<&Value>, sharing: Sharing) -> Result {
    let callback = callback.filter(|c| !c.is_none()).cloned();
    let sharing = if callback.is_none() { sharing } else { Sharing::Own };
    if sharing != Sharing::Own
        && let Some(shared) = vm.shared_weakref(object, sharing)
    {
        return Ok(shared);
    }
    match vm.new_weakref(class, object, callback, sharing)? {
        Some(made) => Ok(made),
        None => {
            let text = format!("cannot create weak reference to '{}' object", object.ty().name());
            Err(vm.raise_type_error(&text))
        }
    }
}

/// `_weakref`.
pub struct WeakrefModule;

/// Weak-reference support module.
#[module(name = "_weakref")]
impl WeakrefModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        let reference = reference::ReferenceClass::class_def();
        vm.add_class(module, &reference)?;
        vm.add_class(module, &proxy::plain_class())?;
        vm.add_class(module, &proxy::callable_class())?;
        module.set(vm, "ref", reference.ty.to_value())
    }

    /// The number of weak references to an object.
    #[function("($module, object, /)")]
    fn getweakrefcount(vm: &mut Vm, object: &Value) -> Result<usize> {
        Ok(vm.weakrefs(object).len())
    }

    /// A list of the weak references to an object.
    #[function("($module, object, /)")]
    fn getweakrefs(vm: &mut Vm, object: &Value) -> Result {
        let found = vm.weakrefs(object);
        vm.new_list(found).map(Ref::into_value)
    }

    /// Remove an entry whose value is a weak reference to an object that has died.
    #[function("($module, dct, key, /)")]
    fn _remove_dead_weakref(vm: &mut Vm, dct: &Ref<Dict>, key: &Value) -> Result<()> {
        let hash = vm.hash(key)?;
        let Some(place) = vm.dict_find(dct, key, hash)? else { return Ok(()) };
        let Some(value) = dct.get(vm).value_at(place).cloned() else { return Ok(()) };
        let dead = match value.downcast::<WeakRef>() {
            Some(weak) => weak.upgrade().is_none(),
            None if proxy::is_proxy(&value) => proxy::referent(&value).is_none(),
            None => return Err(vm.raise_type_error("not a weakref")),
        };
        if dead {
            let removed = dct.get_mut(vm).remove_at(place);
            drop(removed);
        }
        Ok(())
    }

    /// Make a proxy that stands for an object without keeping it alive.
    #[function("($module, object, callback=None, /)")]
    fn proxy(vm: &mut Vm, object: &Value, callback: Option<&Value>) -> Result {
        let class = if vm.is_callable(object) { proxy::callable_type() } else { proxy::plain_type() };
        new_weak(vm, class, object, callback, Sharing::Proxy)
    }
}
