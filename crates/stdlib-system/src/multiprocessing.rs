//! `_multiprocessing`: locks between processes.

use crate::common::{Rounding, ns_from_seconds, system_text};
use taipan_host::semaphore::{self, MAXIMUM, Semaphore};
use taipan_host::{Errno, clock, thread};
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Type, TypeCell};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm};

/// `_multiprocessing.SemLock`.
pub static SEM_LOCK: TypeCell<SemLock> = TypeCell::new("_multiprocessing.SemLock");

const RECURSIVE_MUTEX: i64 = 0;
const SEMAPHORE: i64 = 1;

/// A semaphore, or a lock that its owner may take again.
#[derive(Trace, Payload)]
#[payload(class = SEM_LOCK)]
#[repr(C)]
pub struct SemLock {
    /// Shared with the call that waits for it without the interpreter's lock.
    semaphore: Opaque<std::sync::Arc<Semaphore>>,
    handle: i64,
    kind: i64,
    maxvalue: i64,
    name: Value,
    /// How often it was taken here.
    count: i64,
    /// Who took it last.
    owner: u64,
}

/// Methods of `SemLock`.
pub struct SemLockClass;
/// `_multiprocessing`.
pub struct Multiprocessing;

/// Key of the number of the next handle.
const HANDLES: &str = "_multiprocessing.handles";

fn make(
    vm: &mut Vm,
    class: &Type,
    opened: taipan_host::Result<Semaphore>,
    kind: i64,
    maxvalue: i64,
    name: Value,
) -> Result {
    let opened = vm.system(opened)?;
    let handle = vm.state().registry.get(HANDLES).and_then(Value::small_int).unwrap_or(0) + 1;
    let next = vm.new_int(handle)?;
    vm.state_mut().registry.insert(HANDLES, next);
    let semaphore = Opaque(std::sync::Arc::new(opened));
    let lock = SemLock { semaphore, handle, kind, maxvalue, name, count: 0, owner: 0 };
    Ref::new_in(vm, class, lock).map(Ref::into_value)
}

fn is_mine(vm: &Vm, this: &Ref<SemLock>) -> bool {
    let lock = this.get(vm);
    lock.count > 0 && lock.owner == thread::ident()
}

fn acquire(vm: &mut Vm, this: &Ref<SemLock>, block: bool, timeout: Option<&Value>) -> Result<bool> {
    if this.get(vm).kind == RECURSIVE_MUTEX && is_mine(vm, this) {
        this.get_mut(vm).count += 1;
        return Ok(true);
    }
    let deadline = match timeout.filter(|v| !v.is_none()) {
        Some(v) => {
            let ns = ns_from_seconds(vm, v, Rounding::HalfEven)?.max(0);
            Some(clock::monotonic_ns().saturating_add(ns))
        }
        None => None,
    };
    let semaphore = this.get(vm).semaphore.0.clone();
    let taken = semaphore.try_take();
    let mut taken = vm.system(taken)?;
    if !taken && block {
        taken = vm.blocking_call(|| semaphore.take(deadline))?;
    }
    if taken {
        let lock = this.get_mut(vm);
        lock.count += 1;
        lock.owner = thread::ident();
    }
    Ok(taken)
}

fn release(vm: &mut Vm, this: &Ref<SemLock>) -> Result<()> {
    let (kind, max, count) = (this.get(vm).kind, this.get(vm).maxvalue, this.get(vm).count);
    let semaphore = this.get(vm).semaphore.0.clone();
    if kind == RECURSIVE_MUTEX {
        if !is_mine(vm, this) {
            return Err(vm.raise_assertion_error("attempt to release recursive lock not owned by thread"));
        }
        if count > 1 {
            this.get_mut(vm).count -= 1;
            return Ok(());
        }
    } else {
        let value = semaphore.value();
        if i64::from(vm.system(value)?) >= max {
            return Err(vm.raise_value_error("semaphore or lock released too many times"));
        }
    }
    let done = semaphore.give();
    vm.system(done)?;
    this.get_mut(vm).count -= 1;
    Ok(())
}

/// A semaphore or a lock that processes share.
#[class(cell = SEM_LOCK, base = OBJECT, flags = BASETYPE | HAVE_GC)]
impl SemLockClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "SemLock",
            params: &["kind", "value", "maxvalue", "name", "unlink"],
            required: &[true; 5],
            required_count: 5,
            positional_only: 0,
            positional: 5,
        };
        let [kind, value, maxvalue, name, unlink] = bind::<5>(vm, &SIGNATURE, args)?;
        let none = Value::none();
        let number = |vm: &mut Vm, v: Option<&Value>| vm.to_index_i64(v.unwrap_or(&none), "int");
        let (kind, value, maxvalue) = (number(vm, kind)?, number(vm, value)?, number(vm, maxvalue)?);
        let name = name.unwrap_or(&none);
        let text = system_text(vm, name, "SemLock() argument 4")?;
        let unlink = unlink.map_or(Ok(false), |v| vm.is_truthy(v))?;
        if kind != RECURSIVE_MUTEX && kind != SEMAPHORE {
            return Err(vm.raise_value_error("unrecognized kind"));
        }
        let made = u32::try_from(value).map_err(|_| Errno::EINVAL).and_then(|v| Semaphore::create(&text, v));
        if made.is_ok() && unlink {
            let done = semaphore::unlink(&text);
            vm.system(done)?;
        }
        let name = if unlink { Value::none() } else { name.clone() };
        make(vm, class, made, kind, maxvalue, name)
    }

    /// Open the semaphore of an object that another process has sent.
    #[classmethod("($type, handle, kind, maxvalue, name, /)")]
    fn _rebuild(vm: &mut Vm, class: &Value, handle: i64, kind: i64, maxvalue: i64, name: &Value) -> Result {
        let _ = handle;
        let text = system_text(vm, name, "_rebuild() argument 4")?;
        match class.as_type_ref() {
            Some(class) => make(vm, class, Semaphore::open(&text), kind, maxvalue, name.clone()),
            None => Err(vm.raise_wrong_receiver("_rebuild", class)),
        }
    }

    #[getter]
    fn handle(vm: &mut Vm, this: &Ref<SemLock>) -> Result<i64> {
        Ok(this.get(vm).handle)
    }

    #[getter]
    fn kind(vm: &mut Vm, this: &Ref<SemLock>) -> Result<i64> {
        Ok(this.get(vm).kind)
    }

    #[getter]
    fn maxvalue(vm: &mut Vm, this: &Ref<SemLock>) -> Result<i64> {
        Ok(this.get(vm).maxvalue)
    }

    #[getter]
    fn name(vm: &mut Vm, this: &Ref<SemLock>) -> Result {
        Ok(this.get(vm).name.clone())
    }

    /// Take it.
    #[method("($self, /, block=True, timeout=None)")]
    fn acquire(vm: &mut Vm, this: &Ref<SemLock>, block: Option<bool>, timeout: Option<&Value>) -> Result<bool> {
        acquire(vm, this, block.unwrap_or(true), timeout)
    }

    /// Give it back.
    #[method("($self, /)")]
    fn release(vm: &mut Vm, this: &Ref<SemLock>) -> Result<()> {
        release(vm, this)
    }

    #[method("($self, /)")]
    fn __enter__(vm: &mut Vm, this: &Ref<SemLock>) -> Result<bool> {
        acquire(vm, this, true, None)
    }

    #[method("($self, exc_type=None, exc_value=None, exc_tb=None, /)")]
    fn __exit__(
        vm: &mut Vm,
        this: &Ref<SemLock>,
        exc_type: Option<&Value>,
        exc_value: Option<&Value>,
        exc_tb: Option<&Value>,
    ) -> Result<()> {
        let _ = (exc_type, exc_value, exc_tb);
        release(vm, this)
    }

    /// How often this process has taken it.
    #[method("($self, /)")]
    fn _count(vm: &mut Vm, this: &Ref<SemLock>) -> Result<i64> {
        Ok(this.get(vm).count)
    }

    /// Whether this thread has taken it.
    #[method("($self, /)")]
    fn _is_mine(vm: &mut Vm, this: &Ref<SemLock>) -> Result<bool> {
        Ok(is_mine(vm, this))
    }

    /// Its value.
    #[method("($self, /)")]
    fn _get_value(vm: &mut Vm, this: &Ref<SemLock>) -> Result<u32> {
        let value = this.get(vm).semaphore.0.value();
        vm.system(value)
    }

    /// Whether nothing is left to take.
    #[method("($self, /)")]
    fn _is_zero(vm: &mut Vm, this: &Ref<SemLock>) -> Result<bool> {
        let value = this.get(vm).semaphore.0.value();
        Ok(vm.system(value)? == 0)
    }

    /// In a forked child nothing is taken.
    #[method("($self, /)")]
    fn _after_fork(vm: &mut Vm, this: &Ref<SemLock>) -> Result<()> {
        this.get_mut(vm).count = 0;
        Ok(())
    }
}

/// Locks between processes.
#[module(name = "_multiprocessing")]
impl Multiprocessing {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &SemLockClass::class_def())?;
        let most = vm.new_int(i64::from(MAXIMUM))?;
        vm.set_class_constant(SEM_LOCK.as_type(), "SEM_VALUE_MAX", most)?;
        let flags = vm.new_dict()?;
        for key in ["HAVE_SEM_OPEN", "HAVE_SEM_TIMEDWAIT"] {
            let (key, one) = (vm.intern_utf8(key)?, vm.new_int(1)?);
            vm.dict_set(&flags, key.as_value(), one)?;
        }
        module.set(vm, "flags", flags.into_value())
    }

    /// Remove the name of a semaphore.
    #[function("($module, name, /)")]
    fn sem_unlink(vm: &mut Vm, name: &Value) -> Result<()> {
        let text = system_text(vm, name, "sem_unlink() argument")?;
        let done = semaphore::unlink(&text);
        vm.system(done)
    }
}
