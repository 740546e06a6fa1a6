//! `select`: waiting for descriptors.

use crate::common::{Rounding, is_sequence, ns_from_seconds};
use crate::constants;
use std::collections::BTreeMap;
use taipan_host::{Errno, clock, fd as host_fd, poll as host};
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{IntRef, Type, TypeCell};
use taipan_vm::errors::{KEY_ERROR, OS_ERROR, RUNTIME_ERROR, TYPE_ERROR};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::types::module::Module;
use taipan_vm::{List, ModuleRef, Raised, Ref, Result, Value, Vm};

/// `select.poll`.
pub static POLL: TypeCell<Poll> = TypeCell::new("select.poll");
/// `select.epoll`.
pub static EPOLL: TypeCell<Epoll> = TypeCell::new("select.epoll");

/// Descriptors with what is waited for.
#[derive(Trace, Payload)]
#[payload(class = POLL)]
#[repr(C)]
pub struct Poll {
    wanted: Opaque<BTreeMap<i32, u16>>,
    /// Whether a thread waits with it.
    running: bool,
}

/// A descriptor to wait with; -1 once it is closed.
#[derive(Trace, Payload)]
#[payload(class = EPOLL)]
#[repr(C)]
pub struct Epoll {
    fd: i32,
}

/// Methods of `poll`.
pub struct PollClass;
/// Methods of `epoll`.
pub struct EpollClass;
/// `select`.
pub struct Select;

/// One above the largest descriptor that `select` takes, and the most that it takes at once.
const SETSIZE: i32 = 1024;

/// How long to wait.
#[derive(Clone, Copy)]
enum Wait {
    Forever,
    Until(i64),
}

impl Wait {
    fn left(self) -> Option<i64> {
        match self {
            Wait::Forever => None,
            Wait::Until(deadline) => Some(deadline.saturating_sub(clock::monotonic_ns()).max(0)),
        }
    }

    /// Milliseconds, rounded up; -1 for ever.
    fn left_ms(self) -> i32 {
        match self.left() {
            None => -1,
            Some(ns) => i32::try_from(ns.saturating_add(999_999) / 1_000_000).unwrap_or(i32::MAX),
        }
    }
}

/// A number for `TypeError`s of timeouts to be about.
fn timeout_ns(vm: &mut Vm, v: &Value, complaint: &str) -> Result<i64> {
    match ns_from_seconds(vm, v, Rounding::Up) {
        Ok(ns) => Ok(ns),
        Err(raised) if vm.raised_is(TYPE_ERROR.as_type()) => {
            drop(vm.take_raised(raised));
            Err(vm.raise_type_error(complaint))
        }
        Err(raised) => Err(raised),
    }
}

/// A timeout in milliseconds; below zero is for ever.
fn poll_timeout(vm: &mut Vm, v: Option<&Value>) -> Result<Wait> {
    let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(Wait::Forever) };
    let complaint = "timeout must be an integer or None";
    let ns = match v.as_float() {
        Some(x) if v.as_int().is_none() => {
            if x.is_nan() {
                return Err(vm.raise_value_error("Invalid value NaN (not a number)"));
            }
            let ns = crate::common::round(x * 1e6, Rounding::Up);
            if ns.abs() > 9.2e18 {
                return Err(vm.raise_overflow_error("timestamp out of range for C PyTime_t"));
            }
            ns as i64
        }
        _ => {
            if v.as_int().is_none() && taipan_vm::slots::of(v.ty()).index.is_none() {
                return Err(vm.raise_type_error(complaint));
            }
            let n = vm.index(v)?;
            match n.as_int() {
                Some(IntRef::Small(n)) if n.abs() < 9_200_000_000_000 => n * 1_000_000,
                _ => return Err(vm.raise_overflow_error("timestamp out of range for C PyTime_t")),
            }
        }
    };
    if i32::try_from(ns / 1_000_000).is_err() {
        return Err(vm.raise_overflow_error("timeout is too large"));
    }
    Ok(if ns < 0 { Wait::Forever } else { Wait::Until(clock::monotonic_ns().saturating_add(ns)) })
}

/// The objects of a list to wait for, with their descriptors.
fn selected(vm: &mut Vm, v: &Value) -> Result<Vec<(Value, i32)>> {
    if !is_sequence(v) && !vm.is_iterable(v) {
        return Err(vm.raise_type_error("arguments 1-3 must be sequences"));
    }
    let mut all = Vec::new();
    // A list is looked at as it is at each step: `fileno()` may change it.
    let list = match v.downcast::<List>() {
        Some(list) => list.clone(),
        None => {
            let items = vm.collect(v)?;
            vm.new_list(items)?
        }
    };
    let mut at = 0;
    while let Some(object) = list.items(vm).get(at).cloned() {
        at += 1;
        let fd = vm.file_descriptor(&object)?;
        if fd >= SETSIZE {
            return Err(vm.raise_value_error("filedescriptor out of range in select()"));
        }
        if all.len() >= SETSIZE as usize {
            return Err(vm.raise_value_error("too many file descriptors in select()"));
        }
        all.push((object, fd));
    }
    Ok(all)
}

fn event_mask(vm: &mut Vm, v: Option<&Value>, default: u16) -> Result<u16> {
    let Some(v) = v else { return Ok(default) };
    let n = vm.index(v)?;
    match n.as_int() {
        Some(IntRef::Small(n)) if n < 0 => Err(vm.raise_value_error("Cannot convert negative int")),
        Some(IntRef::Small(n)) if n <= 0xffff => Ok(n as u16),
        Some(IntRef::Big { negative: true, .. }) => Err(vm.raise_value_error("Cannot convert negative int")),
        _ => Err(vm.raise_overflow_error("Python int too large for C unsigned short")),
    }
}

fn pairs(vm: &mut Vm, found: &[(i32, u32)]) -> Result {
    let mut items = Vec::with_capacity(found.len());
    for (fd, events) in found {
        items.push(crate::common::int_tuple(vm, &[i64::from(*fd), i64::from(*events)])?);
    }
    vm.new_list(items).map(Ref::into_value)
}

#[class(cell = POLL, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl PollClass {
    /// Wait for a descriptor from now on.
    #[method("($self, fd,\n         eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)")]
    fn register(vm: &mut Vm, this: &Ref<Poll>, fd: &Value, eventmask: Option<&Value>) -> Result<()> {
        let fd = vm.file_descriptor(fd)?;
        let events = event_mask(vm, eventmask, (libc::POLLIN | libc::POLLPRI | libc::POLLOUT) as u16)?;
        this.get_mut(vm).wanted.0.insert(fd, events);
        Ok(())
    }

    /// Change what is waited for.
    #[method("($self, fd, eventmask, /)")]
    fn modify(vm: &mut Vm, this: &Ref<Poll>, fd: &Value, eventmask: &Value) -> Result<()> {
        let fd = vm.file_descriptor(fd)?;
        let events = event_mask(vm, Some(eventmask), 0)?;
        match this.get_mut(vm).wanted.0.get_mut(&fd) {
            Some(old) => {
                *old = events;
                Ok(())
            }
            None => Err(vm.raise_os_error(libc::ENOENT, None)),
        }
    }

    /// No longer wait for a descriptor.
    #[method("($self, fd, /)")]
    fn unregister(vm: &mut Vm, this: &Ref<Poll>, fd: &Value) -> Result<()> {
        let fd = vm.file_descriptor(fd)?;
        if this.get_mut(vm).wanted.0.remove(&fd).is_none() {
            let key = vm.new_int(i64::from(fd))?;
            return Err(vm.raise_args(KEY_ERROR.as_type(), vec![key]));
        }
        Ok(())
    }

    /// Wait, and give the descriptors with what happened.
    #[method("($self, timeout=None, /)")]
    fn poll(vm: &mut Vm, this: &Ref<Poll>, timeout: Option<&Value>) -> Result {
        let wait = poll_timeout(vm, timeout)?;
        if this.get(vm).running {
            return Err(vm.raise_class(RUNTIME_ERROR.as_type(), "concurrent poll() invocation"));
        }
        let mut slots: Vec<_> =
            this.get(vm).wanted.0.iter().map(|(fd, events)| host::slot(*fd, *events as i16)).collect();
        this.get_mut(vm).running = true;
        let done = vm.blocking_call(|| host::poll(&mut slots, wait.left_ms()));
        this.get_mut(vm).running = false;
        done?;
        let ready: Vec<(i32, u32)> = slots
            .iter()
            .filter(|slot| slot.revents != 0)
            .map(|slot| (slot.fd, u32::from(slot.revents as u16)))
            .collect();
        pairs(vm, &ready)
    }
}

fn open_fd(vm: &mut Vm, this: &Ref<Epoll>) -> Result<i32> {
    match this.get(vm).fd {
        -1 => Err(closed_error(vm)),
        fd => Ok(fd),
    }
}

fn closed_error(vm: &mut Vm) -> Raised {
    vm.raise_value_error("I/O operation on closed epoll object")
}

fn close(vm: &mut Vm, this: &Ref<Epoll>) -> taipan_host::Result<()> {
    let fd = std::mem::replace(&mut this.get_mut(vm).fd, -1);
    if fd < 0 {
        return Ok(());
    }
    vm.detach(|| host_fd::close(fd))
}

fn control(vm: &mut Vm, this: &Ref<Epoll>, operation: i32, fd: &Value, events: u32) -> Result<()> {
    let epoll = open_fd(vm, this)?;
    let fd = vm.file_descriptor(fd)?;
    let done = vm.detach(|| host::epoll_control(epoll, operation, fd, events));
    vm.system(done)
}

fn new_epoll(vm: &mut Vm, class: &Type, fd: i32) -> Result {
    Ref::new_in(vm, class, Epoll { fd }).map(Ref::into_value)
}

/// A descriptor to wait for others with.
///
///   sizehint
///     a positive number or -1; it is not used
///   flags
///     0 or EPOLL_CLOEXEC; the descriptor is not inherited either way
#[class(cell = EPOLL, base = OBJECT, flags = HAVE_GC, signature = "(sizehint=-1, flags=0)")]
impl EpollClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "epoll",
            params: &["sizehint", "flags"],
            required: &[false, false],
            required_count: 0,
            positional_only: 0,
            positional: 2,
        };
        let [hint, flags] = bind::<2>(vm, &SIGNATURE, args)?;
        let hint = hint.map_or(Ok(-1), |v| vm.to_index_i64(v, "int"))?;
        let flags = flags.map_or(Ok(0), |v| vm.to_index_i64(v, "int"))?;
        if hint != -1 && hint <= 0 {
            return Err(vm.raise_value_error("negative sizehint"));
        }
        if flags != 0 && flags != i64::from(libc::EPOLL_CLOEXEC) {
            return Err(vm.raise_class(OS_ERROR.as_type(), "invalid flags"));
        }
        let fd = vm.detach(|| host::epoll_create(libc::EPOLL_CLOEXEC));
        let fd = vm.system(fd)?;
        new_epoll(vm, class, fd)
    }

    /// An object for a descriptor that is there already.
    #[classmethod("($type, fd, /)")]
    fn fromfd(vm: &mut Vm, class: &Value, fd: i32) -> Result {
        match class.as_type_ref() {
            Some(class) => new_epoll(vm, class, fd),
            None => Err(vm.raise_wrong_receiver("fromfd", class)),
        }
    }

    /// True if the epoll handler is closed
    #[getter]
    fn closed(vm: &mut Vm, this: &Ref<Epoll>) -> Result<bool> {
        Ok(this.get(vm).fd < 0)
    }

    /// Close the descriptor.
    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Ref<Epoll>) -> Result<()> {
        let done = close(vm, this);
        vm.system(done)
    }

    /// The descriptor.
    #[method("($self, /)")]
    fn fileno(vm: &mut Vm, this: &Ref<Epoll>) -> Result<i32> {
        open_fd(vm, this)
    }

    #[method("($self, /)")]
    fn __enter__(vm: &mut Vm, this: &Ref<Epoll>) -> Result {
        open_fd(vm, this)?;
        Ok(this.to_value())
    }

    #[method("($self, exc_type=None, exc_value=None, exc_tb=None, /)")]
    fn __exit__(
        vm: &mut Vm,
        this: &Ref<Epoll>,
        exc_type: Option<&Value>,
        exc_value: Option<&Value>,
        exc_tb: Option<&Value>,
    ) -> Result<()> {
        let _ = (exc_type, exc_value, exc_tb);
        let done = close(vm, this);
        vm.system(done)
    }

    /// Wait for a descriptor from now on.
    #[method("($self, /, fd,\n         eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)")]
    fn register(vm: &mut Vm, this: &Ref<Epoll>, fd: &Value, eventmask: Option<u32>) -> Result<()> {
        let default = (libc::EPOLLIN | libc::EPOLLPRI | libc::EPOLLOUT) as u32;
        control(vm, this, libc::EPOLL_CTL_ADD, fd, eventmask.unwrap_or(default))
    }

    /// Change what is waited for.
    #[method("($self, /, fd, eventmask)")]
    fn modify(vm: &mut Vm, this: &Ref<Epoll>, fd: &Value, eventmask: u32) -> Result<()> {
        control(vm, this, libc::EPOLL_CTL_MOD, fd, eventmask)
    }

    /// No longer wait for a descriptor.
    #[method("($self, /, fd)")]
    fn unregister(vm: &mut Vm, this: &Ref<Epoll>, fd: &Value) -> Result<()> {
        control(vm, this, libc::EPOLL_CTL_DEL, fd, 0)
    }

    /// Wait, and give the descriptors with what happened.
    #[method("($self, /, timeout=None, maxevents=-1)")]
    fn poll(vm: &mut Vm, this: &Ref<Epoll>, timeout: Option<&Value>, maxevents: Option<i32>) -> Result {
        let epoll = open_fd(vm, this)?;
        let wait = match timeout.filter(|v| !v.is_none()) {
            None => Wait::Forever,
            Some(v) => {
                let ns = timeout_ns(vm, v, "timeout must be an integer or None")?;
                if ns > i64::from(i32::MAX) * 1_000_000 {
                    return Err(vm.raise_overflow_error("timeout is too large"));
                }
                if ns < 0 { Wait::Forever } else { Wait::Until(clock::monotonic_ns().saturating_add(ns)) }
            }
        };
        let most = match maxevents.unwrap_or(-1) {
            -1 => SETSIZE - 1,
            n if n < 1 => {
                return Err(vm.raise_value_error(&format!("maxevents must be greater than 0, got {n}")));
            }
            n => n,
        };
        let found = match vm.blocking(|| host::epoll_wait(epoll, most as usize, wait.left_ms()))? {
            Err(Errno::ENOMEM) => return Err(vm.raise_memory_error()),
            other => vm.system(other)?,
        };
        pairs(vm, &found)
    }

    #[slot]
    fn finalize(vm: &mut Vm, this: &Value) {
        if let Some(this) = this.downcast::<Epoll>() {
            let _ = close(vm, this);
        }
    }
}

/// Waiting for descriptors.
#[module(name = "select")]
impl Select {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        constants::set_all(vm, module, constants::select::ALL)?;
        vm.set_up_class(&PollClass::class_def())?;
        vm.add_class(module, &EpollClass::class_def())?;
        module.set(vm, "error", OS_ERROR.as_type().to_value())
    }

    /// Wait until descriptors are ready: lists of those to read from, write to and look after.
    #[function("($module, rlist, wlist, xlist, timeout=None, /)")]
    fn select(vm: &mut Vm, rlist: &Value, wlist: &Value, xlist: &Value, timeout: Option<&Value>) -> Result {
        let wait = match timeout.filter(|v| !v.is_none()) {
            None => Wait::Forever,
            Some(v) => {
                let ns = timeout_ns(vm, v, "timeout must be a float or None")?;
                if ns < 0 {
                    return Err(vm.raise_value_error("timeout must be non-negative"));
                }
                Wait::Until(clock::monotonic_ns().saturating_add(ns))
            }
        };
        let lists = [selected(vm, rlist)?, selected(vm, wlist)?, selected(vm, xlist)?];
        let [r, w, x] = [0, 1, 2].map(|i: usize| lists[i].iter().map(|(_, fd)| *fd).collect::<Vec<_>>());
        let found = vm.blocking_call(|| host::select(&r, &w, &x, wait.left()))?;
        let mut results = Vec::with_capacity(3);
        for (list, ready) in lists.iter().zip([&found.readable, &found.writable, &found.exceptional]) {
            let items = list.iter().filter(|(_, fd)| ready.contains(fd)).map(|(object, _)| object.clone()).collect();
            results.push(vm.new_list(items)?.into_value());
        }
        vm.new_tuple(results).map(Ref::into_value)
    }

    /// An object to wait for descriptors with.
    #[function("($module, /)")]
    fn poll(vm: &mut Vm) -> Result {
        Ref::new(vm, Poll { wanted: Opaque(BTreeMap::new()), running: false }).map(Ref::into_value)
    }
}
