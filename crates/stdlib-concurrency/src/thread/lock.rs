//! `_thread.lock` and `_thread.RLock`.

use std::cell::Cell;
use std::sync::Arc;
use taipan_host::sync::{Lock, Waited};
use taipan_macros::{Payload, Trace, class};
use taipan_object::trace::Opaque;
use taipan_object::{TypeCell, statics::OBJECT};
use taipan_vm::native::Args;
use taipan_vm::{Ref, Result, Tuple, Type, Value, Vm};

/// `_thread.lock`.
pub static LOCK: TypeCell<ThreadLock> = TypeCell::new("_thread.lock");
/// `_thread.RLock`.
pub static RLOCK: TypeCell<ReentrantLock> = TypeCell::new("_thread.RLock");

/// A lock that any thread may release.
#[derive(Trace, Payload)]
#[payload(class = LOCK, frozen)]
#[repr(C)]
pub struct ThreadLock {
    lock: Opaque<Arc<Lock>>,
}

/// A lock that its owner may take again.
#[derive(Trace, Payload)]
#[payload(class = RLOCK, frozen)]
#[repr(C)]
pub struct ReentrantLock {
    lock: Opaque<Arc<Lock>>,
    /// The handle of the thread that has it; 0 while nobody does.
    owner: Cell<u64>,
    count: Cell<u64>,
}

/// How long to wait.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    None,
    /// Nanoseconds.
    For(i64),
    Unlimited,
}

/// Seconds as nanoseconds.
pub fn timeout_ns(vm: &mut Vm, timeout: &Value) -> Result<i64> {
    const OUT_OF_RANGE: &str = "timestamp out of range for C PyTime_t";
    if let Some(seconds) = timeout.as_float() {
        if seconds.is_nan() {
            return Err(vm.raise_value_error("Invalid value NaN (not a number)"));
        }
        // Rounded away from zero, so that no wait is shorter than asked for.
        let ns = seconds * 1e9;
        let ns = if ns < 0.0 { ns.floor() } else { ns.ceil() };
        if !(-9.223372036854775e18..9.223372036854775e18).contains(&ns) {
            return Err(vm.raise_overflow_error(OUT_OF_RANGE));
        }
        return Ok(ns as i64);
    }
    if timeout.as_int().is_none() {
        let text = format!("'{}' object cannot be interpreted as an integer or float", timeout.ty().name());
        return Err(vm.raise_type_error(&text));
    }
    match timeout.small_int().and_then(|n| n.checked_mul(1_000_000_000)) {
        Some(ns) => Ok(ns),
        None => Err(vm.raise_overflow_error(OUT_OF_RANGE)),
    }
}

fn patience(vm: &mut Vm, blocking: bool, timeout: Option<&Value>) -> Result<Patience> {
    let ns = match timeout {
        None => -1_000_000_000,
        Some(t) => timeout_ns(vm, t)?,
    };
    let unlimited = ns == -1_000_000_000;
    if !blocking {
        if !unlimited {
            return Err(vm.raise_value_error("can't specify a timeout for a non-blocking call"));
        }
        return Ok(Patience::None);
    }
    match ns {
        _ if unlimited => Ok(Patience::Unlimited),
        ..0 => Err(vm.raise_value_error("timeout value must be a non-negative number")),
        0 => Ok(Patience::None),
        _ => Ok(Patience::For(ns)),
    }
}

impl Patience {
    /// The reading of the monotonic clock at which it ends.
    pub fn deadline(self) -> Option<i64> {
        match self {
            Patience::For(ns) => Some(taipan_host::clock::monotonic_ns().saturating_add(ns)),
            Patience::None => Some(0),
            Patience::Unlimited => None,
        }
    }
}

/// Waits without the interpreter's lock, and answers signals in between; whether what was waited for has come.
pub fn wait(vm: &mut Vm, patience: Patience, wait: impl Fn(Option<i64>) -> Waited + Sync) -> Result<bool> {
    let deadline = patience.deadline();
    loop {
        match vm.detach(|| wait(deadline)) {
            Waited::Done => return Ok(true),
            Waited::TimedOut => return Ok(false),
            Waited::Interrupted => vm.check_signals()?,
        }
    }
}

fn acquire(vm: &mut Vm, lock: &Arc<Lock>, patience: Patience) -> Result<bool> {
    if lock.try_acquire() {
        return Ok(true);
    }
    if patience == Patience::None {
        return Ok(false);
    }
    let lock = lock.clone();
    wait(vm, patience, |deadline| lock.acquire(deadline))
}

/// A new lock.
pub fn new_lock(vm: &mut Vm) -> Result {
    Ref::new(vm, ThreadLock { lock: Opaque(Arc::new(Lock::new())) }).map(Ref::into_value)
}

fn release(vm: &mut Vm, this: &Ref<ThreadLock>) -> Result<()> {
    if this.lock.release() { Ok(()) } else { Err(vm.raise_runtime_error("release unlocked lock")) }
}

/// Methods of `_thread.lock`.
pub struct LockClass;

/// Something that one thread has at a time.
///
/// A thread that acquires a lock which another one has waits until it is
/// released. Any thread may release it. A lock that its owner acquires
/// again makes that thread wait for itself: RLock is the kind that does not.
#[class(cell = LOCK, base = OBJECT, flags = HAVE_GC | MANAGED_WEAKREF, signature = "()")]
impl LockClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        if !args.all().is_empty() {
            args.no_keywords(vm, "lock")?;
            args.expect(vm, "lock", 0, 0)?;
        }
        new_lock(vm)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<ThreadLock>) -> Result {
        let state = if this.lock.is_locked() { "locked" } else { "unlocked" };
        let class = vm.dotted_name(this.ty());
        let text = format!("<{state} {class} object at {:#x}>", this.as_value().bits());
        vm.new_str(&text).map(Ref::into_value)
    }

    /// Take the lock.
    ///
    /// While another thread has it, wait: not at all if blocking is false, no
    /// longer than timeout seconds unless that is -1. Whether the lock was taken.
    /// A signal handler that raises ends the wait.
    #[method("($self, /, blocking=True, timeout=-1)")]
    fn acquire(vm: &mut Vm, this: &Ref<ThreadLock>, blocking: Option<bool>, timeout: Option<&Value>) -> Result<bool> {
        let patience = patience(vm, blocking.unwrap_or(true), timeout)?;
        let taken = acquire(vm, &this.lock, patience)?;
        if patience != Patience::None {
            // A signal that came with the lock is answered here, and not in the first call that follows: `Condition.wait`
            // counts on it.
            vm.check_signals()?;
        }
        Ok(taken)
    }

    /// An obsolete synonym of acquire().
    #[method("($self, /, blocking=True, timeout=-1)")]
    fn acquire_lock(
        vm: &mut Vm,
        this: &Ref<ThreadLock>,
        blocking: Option<bool>,
        timeout: Option<&Value>,
    ) -> Result<bool> {
        LockClass::acquire(vm, this, blocking, timeout)
    }

    /// Give the lock up, so that a thread that waits for it goes on.
    #[method("($self, /)")]
    fn release(vm: &mut Vm, this: &Ref<ThreadLock>) -> Result<()> {
        release(vm, this)
    }

    /// An obsolete synonym of release().
    #[method("($self, /)")]
    fn release_lock(vm: &mut Vm, this: &Ref<ThreadLock>) -> Result<()> {
        release(vm, this)
    }

    /// Whether a thread has the lock.
    #[method("($self, /)")]
    fn locked(_vm: &mut Vm, this: &Ref<ThreadLock>) -> Result<bool> {
        Ok(this.lock.is_locked())
    }

    /// An obsolete synonym of locked().
    #[method("($self, /)")]
    fn locked_lock(_vm: &mut Vm, this: &Ref<ThreadLock>) -> Result<bool> {
        Ok(this.lock.is_locked())
    }

    /// Take the lock.
    #[method("($self, /)")]
    fn __enter__(vm: &mut Vm, this: &Ref<ThreadLock>) -> Result<bool> {
        acquire(vm, &this.lock, Patience::Unlimited)
    }

    /// Give the lock up.
    #[method("($self, /, *exc_info)")]
    fn __exit__(vm: &mut Vm, this: &Ref<ThreadLock>, _args: Args<'_>) -> Result<()> {
        release(vm, this)
    }

    #[method("($self, /)")]
    fn _at_fork_reinit(_vm: &mut Vm, this: &Ref<ThreadLock>) -> Result<()> {
        this.lock.reset();
        Ok(())
    }
}

impl ReentrantLock {
    fn is_owned(&self, vm: &Vm) -> bool {
        self.owner.get() == vm.thread_ident()
    }
}

fn acquire_again(vm: &mut Vm, this: &Ref<ReentrantLock>, patience: Patience) -> Result<bool> {
    if this.is_owned(vm) {
        this.count.set(this.count.get() + 1);
        return Ok(true);
    }
    let taken = acquire(vm, &this.lock, patience)?;
    if taken {
        this.owner.set(vm.thread_ident());
        this.count.set(1);
    }
    Ok(taken)
}

fn release_once(vm: &mut Vm, this: &Ref<ReentrantLock>) -> Result<()> {
    if !this.is_owned(vm) {
        return Err(vm.raise_runtime_error("cannot release un-acquired lock"));
    }
    let count = this.count.get() - 1;
    this.count.set(count);
    if count == 0 {
        this.owner.set(0);
        this.lock.release();
    }
    Ok(())
}

/// Methods of `_thread.RLock`.
pub struct RLockClass;

#[class(cell = RLOCK, base = OBJECT, flags = BASETYPE | HAVE_GC | MANAGED_WEAKREF)]
impl RLockClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        let lock = ReentrantLock { lock: Opaque(Arc::new(Lock::new())), owner: Cell::new(0), count: Cell::new(0) };
        Ref::new_in(vm, class, lock).map(Ref::into_value)
    }

    #[slot]
    fn init(_vm: &mut Vm, _this: &Value, _args: Args<'_>) -> Result<()> {
        Ok(())
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<ReentrantLock>) -> Result {
        let (owner, count) = (this.owner.get(), this.count.get());
        let state = if count > 0 { "locked" } else { "unlocked" };
        let class = vm.dotted_name(this.ty());
        let at = this.as_value().bits();
        vm.new_str(&format!("<{state} {class} object owner={owner} count={count} at {at:#x}>")).map(Ref::into_value)
    }

    /// Take the lock, or take it once more.
    ///
    /// While another thread has it, wait: not at all if blocking is false, no
    /// longer than timeout seconds unless that is -1. Whether the lock was taken.
    #[method("($self, /, blocking=True, timeout=-1)")]
    fn acquire(
        vm: &mut Vm,
        this: &Ref<ReentrantLock>,
        blocking: Option<bool>,
        timeout: Option<&Value>,
    ) -> Result<bool> {
        let patience = patience(vm, blocking.unwrap_or(true), timeout)?;
        acquire_again(vm, this, patience)
    }

    /// Give the lock up, as often as it was taken, so that a thread that waits for
    /// it goes on.
    #[method("($self, /)")]
    fn release(vm: &mut Vm, this: &Ref<ReentrantLock>) -> Result<()> {
        release_once(vm, this)
    }

    /// locked()
    ///
    /// Whether a thread has the lock.
    #[method("($self, /)")]
    fn locked(_vm: &mut Vm, this: &Ref<ReentrantLock>) -> Result<bool> {
        Ok(this.count.get() > 0)
    }

    /// Whether the calling thread has the lock, for threading.Condition.
    #[method("($self, /)")]
    fn _is_owned(vm: &mut Vm, this: &Ref<ReentrantLock>) -> Result<bool> {
        Ok(this.is_owned(vm))
    }

    /// Take the lock as it was before _release_save, for threading.Condition.
    #[method("($self, state, /)")]
    fn _acquire_restore(vm: &mut Vm, this: &Ref<ReentrantLock>, state: &Value) -> Result<()> {
        let Some([count, owner]) = state.downcast::<Tuple>().map(|t| t.items()) else {
            let text = format!("_acquire_restore() argument 1 must be 2-item tuple, not {}", state.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        let (count, owner) = (vm.to_index_i64(count, "unsigned long")?, vm.to_index_i64(owner, "unsigned long")?);
        acquire(vm, &this.lock, Patience::Unlimited)?;
        this.owner.set(owner as u64);
        this.count.set(count as u64);
        Ok(())
    }

    /// Give the lock up at once, however often it was taken, for threading.Condition.
    #[method("($self, /)")]
    fn _release_save(vm: &mut Vm, this: &Ref<ReentrantLock>) -> Result {
        if this.count.get() == 0 {
            return Err(vm.raise_runtime_error("cannot release un-acquired lock"));
        }
        let (count, owner) = (this.count.replace(0), this.owner.replace(0));
        this.lock.release();
        let state = vec![vm.new_uint(count)?, vm.new_uint(owner)?];
        vm.new_tuple(state).map(Ref::into_value)
    }

    /// How often the calling thread has taken the lock.
    #[method("($self, /)")]
    fn _recursion_count(vm: &mut Vm, this: &Ref<ReentrantLock>) -> Result<u64> {
        Ok(if this.is_owned(vm) { this.count.get() } else { 0 })
    }

    /// Take the lock.
    #[method("($self, /)")]
    fn __enter__(vm: &mut Vm, this: &Ref<ReentrantLock>) -> Result<bool> {
        acquire_again(vm, this, Patience::Unlimited)
    }

    /// Give the lock up.
    #[method("($self, /, *exc_info)")]
    fn __exit__(vm: &mut Vm, this: &Ref<ReentrantLock>, _args: Args<'_>) -> Result<()> {
        release_once(vm, this)
    }

    #[method("($self, /)")]
    fn _at_fork_reinit(_vm: &mut Vm, this: &Ref<ReentrantLock>) -> Result<()> {
        this.lock.reset();
        this.owner.set(0);
        this.count.set(0);
        Ok(())
    }
}
