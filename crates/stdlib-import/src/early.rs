//! What `importlib` needs of `_thread` and `_weakref`.

use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::{OBJECT, WEAKREF};
use taipan_object::{TypeCell, WeakRef};
use taipan_vm::native::Args;
use taipan_vm::types::module::Module;
use taipan_vm::{Dict, ModuleRef, Ref, Result, Type, Value, Vm};

/// `_weakref`.
pub struct Weakrefs;

#[module(name = "_weakref")]
impl Weakrefs {
    #[exec]
    fn exec_module(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.set_up_class(&ReferenceClass::class_def())?;
        for key in ["ref", "ReferenceType"] {
            module.set(vm, key, WEAKREF.as_type().to_value())?;
        }
        Ok(())
    }

    /// Remove a weak reference that has died from a dict.
    #[function("($module, dct, key, /)")]
    fn _remove_dead_weakref(vm: &mut Vm, dct: &Ref<Dict>, key: &Value) -> Result<()> {
        let found = vm.dict_get(dct, key)?;
        if found.is_some_and(|r| r.downcast::<WeakRef>().is_some_and(|r| r.upgrade().is_none())) {
            vm.dict_del(dct, key)?;
        }
        Ok(())
    }
}

struct ReferenceClass;

#[class(cell = WEAKREF, base = OBJECT, flags = BASETYPE | HAVE_GC)]
impl ReferenceClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let Some(object) = args.positional().first() else { return Err(vm.raise_type_error("no object")) };
        if !vm.is_weakly_referencable(object) {
            let text = format!("cannot create weak reference to '{}' object", object.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        vm.new_weakref(class, object, args.positional().get(1).cloned())
    }

    #[slot]
    fn init(_vm: &mut Vm, _this: &Value, _args: Args<'_>) -> Result<()> {
        Ok(())
    }

    #[slot]
    fn call(_vm: &mut Vm, this: &Ref<WeakRef>, _args: Args<'_>) -> Result {
        Ok(this.upgrade().unwrap_or_else(Value::none))
    }
}

static LOCK: TypeCell<Lock> = TypeCell::new("_thread.lock");

/// A lock, while there is but one thread: how often it was taken.
#[derive(Trace, Payload)]
#[payload(class = LOCK)]
#[repr(C)]
struct Lock {
    count: usize,
}

struct LockClass;

#[class(cell = LOCK, base = OBJECT, flags = MANAGED_WEAKREF)]
impl LockClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, Lock { count: 0 }).map(Ref::into_value)
    }

    #[method("($self, blocking=True, timeout=-1)")]
    fn acquire(vm: &mut Vm, this: &Ref<Lock>, _blocking: Option<bool>, _timeout: Option<f64>) -> Result<bool> {
        this.get_mut(vm).count += 1;
        Ok(true)
    }

    #[method("($self, /)")]
    fn release(vm: &mut Vm, this: &Ref<Lock>) -> Result<()> {
        if this.get(vm).count == 0 {
            return Err(vm.raise_runtime_error("release unlocked lock"));
        }
        this.get_mut(vm).count -= 1;
        Ok(())
    }

    #[method("($self, /)")]
    fn locked(vm: &mut Vm, this: &Ref<Lock>) -> Result<bool> {
        Ok(this.get(vm).count > 0)
    }

    #[method("($self, /)")]
    fn __enter__(vm: &mut Vm, this: &Ref<Lock>) -> Result<()> {
        this.get_mut(vm).count += 1;
        Ok(())
    }

    #[method("($self, *args)")]
    fn __exit__(vm: &mut Vm, this: &Ref<Lock>, _args: Args<'_>) -> Result<()> {
        Self::release(vm, this)
    }
}

/// `_thread`.
pub struct Threads;

#[module(name = "_thread")]
impl Threads {
    #[exec]
    fn exec_module(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.set_up_class(&LockClass::class_def())?;
        for key in ["RLock", "LockType", "lock", "allocate_lock"] {
            module.set(vm, key, LOCK.as_type().to_value())?;
        }
        Ok(())
    }

    /// The number of the thread.
    #[function("($module, /)")]
    fn get_ident(_vm: &mut Vm) -> Result<u64> {
        Ok(taipan_host::thread::ident())
    }
}
