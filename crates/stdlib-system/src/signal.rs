//! `_signal`: Python functions as signal handlers, and what belongs to signals.
//!
//! The system's handlers, in `host`, only note that a signal has come and set a bit of the breaker. The main thread, whose
//! signal hook is [`handle`], then calls the Python functions between two instructions.

use crate::common::{Rounding, exception_class, int_values, ns_from_seconds, result_type, seconds_of_ns};
use crate::constants;
use crate::posix::spawn::signal_set;
use taipan_host::signal::{self as host, Disposition, Interval};
use taipan_host::{Errno, process, stat, thread};
use taipan_macros::module;
use taipan_object::heap::breaker;
use taipan_object::{List, Raised};
use taipan_vm::errors::{KEYBOARD_INTERRUPT, OS_ERROR};
use taipan_vm::types::module::Module;
use taipan_vm::types::structseq::StructSeqDef;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm};

/// `_signal`.
pub struct SignalModule;

/// Key of the list of handlers, by number.
const HANDLERS: &str = "signal.handlers";
const ITIMER_ERROR: &str = "signal.ItimerError";
const SIGINFO: &str = "signal.struct_siginfo";
const DEFAULT_INT: &str = "signal.default_int_handler";

const SIGINFO_DEF: StructSeqDef<'static> = StructSeqDef {
    name: SIGINFO,
    doc: "What sigwaitinfo and sigtimedwait tell of a signal.",
    fields: &[
        ("si_signo", "signal number"),
        ("si_code", "signal code"),
        ("si_errno", "errno associated with this signal"),
        ("si_pid", "sending process ID"),
        ("si_uid", "real user ID of sending process"),
        ("si_status", "exit value or signal"),
        ("si_band", "band event for SIGPOLL"),
    ],
    visible: 7,
};

const SIG_DFL: i64 = 0;
const SIG_IGN: i64 = 1;

/// Makes this thread the one that runs signal handlers, and interruption from the keyboard an exception: what the command
/// does when it starts.
pub fn install(vm: &mut Vm) -> Result<()> {
    let word = vm.interpreter().breaker_forever();
    host::serve(word, breaker::SIGNAL);
    vm.state_mut().signal_hook = Some(handle);
    let name = vm.intern_utf8("_signal")?;
    vm.import_native(&name)?;
    if host::disposition(libc::SIGINT) == Ok(Disposition::Default)
        && let Some(handler) = vm.state().registry.get(DEFAULT_INT).cloned()
    {
        let done = host::set_disposition(libc::SIGINT, Disposition::Noted);
        vm.system(done)?;
        set_handler(vm, libc::SIGINT, handler);
    }
    Ok(())
}

/// The forking thread is the main one in the child, and nothing has come yet.
pub fn after_fork_in_child(vm: &mut Vm) {
    // The breaker stays; the thread's number is another.
    host::serve(vm.interpreter().breaker_forever(), breaker::SIGNAL);
}

fn handlers(vm: &Vm) -> Option<Ref<List>> {
    vm.state().registry.get(HANDLERS).and_then(|v| v.downcast::<List>().cloned())
}

fn handler_of(vm: &Vm, signal: i32) -> Value {
    let found = handlers(vm).and_then(|all| all.items(vm).get(signal as usize).cloned());
    found.unwrap_or_else(Value::none)
}

/// Whether a Python function handles a signal.
pub fn has_handler(vm: &Vm, signal: i32) -> bool {
    let handler = handler_of(vm, signal);
    !handler.is_none() && handler.as_int().is_none()
}

fn set_handler(vm: &mut Vm, signal: i32, handler: Value) {
    if let Some(all) = handlers(vm)
        && let Some(slot) = all.get_mut(vm).items_mut().get_mut(signal as usize)
    {
        *slot = handler;
    }
}

fn is_number(v: &Value, n: i64) -> bool {
    v.small_int() == Some(n)
}

/// Calls the handlers of the signals that have come.
pub fn handle(vm: &mut Vm) -> Result<()> {
    if let Some(e) = host::take_wakeup_error() {
        let raised = vm.raise_os_error(e.0, None);
        vm.report_unraisable_about(raised, "while trying to write to the signal wakeup fd", None);
    }
    while let Some(signal) = host::take() {
        if crate::faulthandler::answer(vm, signal) {
            continue;
        }
        let handler = handler_of(vm, signal);
        if handler.is_none() || is_number(&handler, SIG_DFL) || is_number(&handler, SIG_IGN) {
            // The handler was changed between the signal and its turn.
            let text = format!("Signal {signal} ignored due to race condition");
            let raised = vm.raise_class(OS_ERROR.as_type(), &text);
            vm.report_unraisable(raised, &Value::none());
            continue;
        }
        let frame = vm.current_frame()?.unwrap_or_else(Value::none);
        let number = vm.new_int(i64::from(signal))?;
        if let Err(raised) = vm.call(&handler, &[number, frame]) {
            if host::tripped().load(std::sync::atomic::Ordering::Relaxed) {
                vm.breaker.fetch_or(breaker::SIGNAL, std::sync::atomic::Ordering::Relaxed);
            }
            return Err(raised);
        }
    }
    Ok(())
}

/// At the end of the interpreter: no function handles signals any more, and those that come are reported.
pub fn abandon(vm: &mut Vm) {
    for signal in 0..host::COUNT as i32 {
        if has_handler(vm, signal) {
            set_handler(vm, signal, Value::none());
        }
    }
}

fn in_range(vm: &mut Vm, signal: i32) -> Result<()> {
    if (1..host::COUNT as i32).contains(&signal) {
        return Ok(());
    }
    Err(vm.raise_value_error("signal number out of range"))
}

fn itimer_error(vm: &mut Vm, e: Errno) -> Raised {
    let class = match result_type(vm, ITIMER_ERROR) {
        Ok(class) => class,
        Err(raised) => return raised,
    };
    match vm.new_str(&e.message()) {
        Ok(text) => vm.raise_args(&class, vec![Value::from_i32(e.0), text.into_value()]),
        Err(raised) => raised,
    }
}

/// The setting of a timer in seconds.
fn interval_tuple(vm: &mut Vm, t: Interval) -> Result {
    let value = vm.new_float(seconds_of_ns(t.value_ns.into()))?;
    let interval = vm.new_float(seconds_of_ns(t.interval_ns.into()))?;
    vm.new_tuple(vec![value, interval]).map(Ref::into_value)
}

fn timer_ns(vm: &mut Vm, v: &Value) -> Result<i64> {
    let ns = ns_from_seconds(vm, v, Rounding::Ceiling)?;
    // Timers count microseconds.
    Ok(ns.saturating_add(999).div_euclid(1000).saturating_mul(1000))
}

fn set_of(vm: &mut Vm, signals: &[i32]) -> Result {
    let numbers: Vec<i64> = signals.iter().map(|s| i64::from(*s)).collect();
    let items = int_values(vm, &numbers)?;
    let items = vm.new_list(items)?.into_value();
    let set = taipan_object::statics::SET.as_type().to_value();
    vm.call(&set, &[items])
}

fn siginfo(vm: &mut Vm, info: &host::Info) -> Result {
    let ty = result_type(vm, SIGINFO)?;
    let values = int_values(
        vm,
        &[
            info.signo.into(),
            info.code.into(),
            info.errno.into(),
            info.pid.into(),
            info.uid.into(),
            info.status.into(),
            info.band,
        ],
    )?;
    vm.new_structseq(&ty, values)
}

#[module(name = "_signal")]
impl SignalModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        constants::set_all(vm, module, constants::signal::ALL)?;
        let ty = vm.new_structseq_class(&SIGINFO_DEF)?;
        vm.state_mut().registry.insert(SIGINFO, ty.to_value());
        module.set(vm, "struct_siginfo", ty.into_value())?;
        let class = exception_class(vm, ITIMER_ERROR, OS_ERROR.as_type())?;
        module.set(vm, "ItimerError", class.into_value())?;
        let mut all = Vec::with_capacity(host::COUNT);
        for signal in 0..host::COUNT as i32 {
            all.push(match host::disposition(signal) {
                Ok(Disposition::Default) if host::valid().any(|s| s == signal) => vm.new_int(SIG_DFL)?,
                Ok(Disposition::Ignore) => vm.new_int(SIG_IGN)?,
                _ => Value::none(),
            });
        }
        let all = vm.new_list(all)?.into_value();
        vm.state_mut().registry.insert(HANDLERS, all);
        let namespace = module.namespace(vm)?;
        let default = namespace.get(vm).get_text("default_int_handler").cloned();
        if let Some(default) = default {
            vm.state_mut().registry.insert(DEFAULT_INT, default);
        }
        Ok(())
    }

    /// The default handler of interruption from the keyboard: raises KeyboardInterrupt.
    #[function("($module, signalnum, frame, /)")]
    fn default_int_handler(vm: &mut Vm, signalnum: i32, frame: &Value) -> Result<()> {
        let _ = (signalnum, frame);
        Err(vm.raise_args(KEYBOARD_INTERRUPT.as_type(), Vec::new()))
    }

    /// Have SIGALRM sent after some seconds; gives what was left of the last alarm.
    #[function("($module, seconds, /)")]
    fn alarm(vm: &mut Vm, seconds: i32) -> Result<u32> {
        let left = host::alarm(seconds as u32);
        vm.system(left)
    }

    /// Set a timer, and give its old setting.
    #[function("($module, which, seconds, interval=0.0, /)")]
    fn setitimer(vm: &mut Vm, which: i32, seconds: &Value, interval: Option<&Value>) -> Result {
        let value_ns = timer_ns(vm, seconds)?;
        let interval_ns = match interval {
            Some(v) => timer_ns(vm, v)?,
            None => 0,
        };
        match host::setitimer(which, Interval { value_ns, interval_ns }) {
            Ok(old) => {
                // A short one may be over.
                vm.check_signals()?;
                interval_tuple(vm, old)
            }
            Err(e) => Err(itimer_error(vm, e)),
        }
    }

    /// What is left of a timer, and what it repeats with.
    #[function("($module, which, /)")]
    fn getitimer(vm: &mut Vm, which: i32) -> Result {
        match host::getitimer(which) {
            Ok(now) => interval_tuple(vm, now),
            Err(e) => Err(itimer_error(vm, e)),
        }
    }

    /// Set what happens when a signal comes, and give what it was.
    #[function("($module, signalnum, handler, /)")]
    fn signal(vm: &mut Vm, signalnum: i32, handler: &Value) -> Result {
        if !vm.is_main_thread() {
            return Err(vm.raise_value_error("signal only works in main thread of the main interpreter"));
        }
        in_range(vm, signalnum)?;
        let disposition = if handler.as_int().is_some() || !vm.is_callable(handler) {
            match handler.small_int() {
                Some(SIG_DFL) => Disposition::Default,
                Some(SIG_IGN) => Disposition::Ignore,
                _ => {
                    let text = "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object";
                    return Err(vm.raise_type_error(text));
                }
            }
        } else {
            Disposition::Noted
        };
        // Those that have come are still the old handler's.
        vm.check_signals()?;
        let done = host::set_disposition(signalnum, disposition);
        vm.system(done)?;
        let old = handler_of(vm, signalnum);
        set_handler(vm, signalnum, handler.clone());
        Ok(old)
    }

    /// What happens when a signal comes; None where Python did not set it.
    #[function("($module, signalnum, /)")]
    fn getsignal(vm: &mut Vm, signalnum: i32) -> Result {
        in_range(vm, signalnum)?;
        Ok(handler_of(vm, signalnum))
    }

    /// The system's text for a signal.
    #[function("($module, signalnum, /)")]
    fn strsignal(vm: &mut Vm, signalnum: i32) -> Result<Option<String>> {
        in_range(vm, signalnum)?;
        Ok(host::describe(signalnum))
    }

    /// Whether calls that a signal interrupts end, or go on.
    #[function("($module, signalnum, flag, /)")]
    fn siginterrupt(vm: &mut Vm, signalnum: i32, flag: i32) -> Result<()> {
        in_range(vm, signalnum)?;
        let done = host::set_interrupts(signalnum, flag != 0);
        vm.system(done)
    }

    /// Wait for a signal.
    #[function("($module, /)")]
    fn pause(vm: &mut Vm) -> Result<()> {
        vm.detach(host::pause);
        vm.check_signals()
    }

    /// Send a signal to this thread.
    #[function("($module, signalnum, /)")]
    fn raise_signal(vm: &mut Vm, signalnum: i32) -> Result<()> {
        let done = vm.detach(|| host::raise(signalnum));
        vm.system(done)?;
        vm.check_signals()
    }

    /// Send a signal to a thread.
    #[function("($module, thread_id, signalnum, /)")]
    fn pthread_kill(vm: &mut Vm, thread_id: &Value, signalnum: i32) -> Result<()> {
        if thread_id.as_int().is_none() {
            let given = thread_id.ty().name();
            return Err(vm.raise_type_error(&format!("pthread_kill() argument 1 must be int, not {given}")));
        }
        let number = vm.new_int(i64::from(signalnum))?;
        vm.audit("signal.pthread_kill", &[thread_id.clone(), number])?;
        let ident = vm.to_index_i64(thread_id, "unsigned long")? as u64;
        let done = thread::kill(ident, signalnum);
        vm.system(done)?;
        vm.check_signals()
    }

    /// Send a signal to the process behind a descriptor.
    #[function("($module, pidfd, signalnum, siginfo=None, flags=0, /)")]
    fn pidfd_send_signal(
        vm: &mut Vm,
        pidfd: i32,
        signalnum: i32,
        siginfo: Option<&Value>,
        flags: Option<i32>,
    ) -> Result<()> {
        if siginfo.is_some_and(|v| !v.is_none()) {
            return Err(vm.raise_type_error("siginfo must be None"));
        }
        if flags.unwrap_or(0) != 0 {
            return Err(vm.raise_os_error(libc::EINVAL, None));
        }
        let done = process::pidfd_send_signal(pidfd, signalnum);
        vm.system(done)?;
        vm.check_signals()
    }

    /// Change which signals this thread holds back, and give which it held.
    #[function("($module, how, mask, /)")]
    fn pthread_sigmask(vm: &mut Vm, how: i32, mask: &Value) -> Result {
        let signals = signal_set(vm, mask)?;
        let old = host::mask(how, &signals);
        let old = vm.system(old)?;
        vm.check_signals()?;
        set_of(vm, &old)
    }

    /// The signals that have come while they were held back.
    #[function("($module, /)")]
    fn sigpending(vm: &mut Vm) -> Result {
        let found = host::pending();
        let found = vm.system(found)?;
        set_of(vm, &found)
    }

    /// Wait for one of some signals that are held back.
    #[function("($module, sigset, /)")]
    fn sigwait(vm: &mut Vm, sigset: &Value) -> Result<i32> {
        let signals = signal_set(vm, sigset)?;
        vm.blocking_call(|| host::sigwait(&signals))
    }

    /// Wait for one of some signals that are held back, and tell about it.
    #[function("($module, sigset, /)")]
    fn sigwaitinfo(vm: &mut Vm, sigset: &Value) -> Result {
        let signals = signal_set(vm, sigset)?;
        let info = vm.blocking_call(|| host::sigwaitinfo(&signals))?;
        siginfo(vm, &info)
    }

    /// The same with a time limit; None when it passes.
    #[function("($module, sigset, timeout, /)")]
    fn sigtimedwait(vm: &mut Vm, sigset: &Value, timeout: &Value) -> Result {
        let signals = signal_set(vm, sigset)?;
        let ns = ns_from_seconds(vm, timeout, Rounding::Ceiling)?;
        if ns < 0 {
            return Err(vm.raise_value_error("timeout must be non-negative"));
        }
        let deadline = taipan_host::clock::monotonic_ns().saturating_add(ns);
        let found = vm.blocking(|| {
            let left = deadline.saturating_sub(taipan_host::clock::monotonic_ns()).max(0);
            host::sigtimedwait(&signals, left)
        })?;
        match found {
            Ok(info) => siginfo(vm, &info),
            Err(Errno::EAGAIN) => Ok(Value::none()),
            Err(e) => Err(vm.raise_os_error(e.0, None)),
        }
    }

    /// The numbers of all signals.
    #[function("($module, /)")]
    fn valid_signals(vm: &mut Vm) -> Result {
        let all: Vec<i32> = host::valid().collect();
        set_of(vm, &all)
    }

    /// Have the number of each signal that comes written to a descriptor; gives the old one.
    #[function("($module, fd, /, *, warn_on_full_buffer=True)")]
    fn set_wakeup_fd(vm: &mut Vm, fd: i32, warn_on_full_buffer: Option<bool>) -> Result<i32> {
        if !vm.is_main_thread() {
            return Err(vm.raise_value_error("set_wakeup_fd only works in main thread of the main interpreter"));
        }
        if fd != -1 {
            let found = stat::fstat(fd);
            vm.system(found)?;
            let blocking = taipan_host::fd::get_blocking(fd);
            if vm.system(blocking)? {
                return Err(vm.raise_value_error(&format!("the fd {fd} must be in non-blocking mode")));
            }
        }
        Ok(host::set_wakeup_fd(fd, warn_on_full_buffer.unwrap_or(true)))
    }
}
