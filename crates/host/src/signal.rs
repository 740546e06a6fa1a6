//! Signals.
//!
//! A handler only notes its signal: it sets the signal's flag, then the one flag the virtual machine polls
//! ([`tripped`]), and writes the signal's number to the wakeup descriptor if there is one. Python's handlers run later,
//! from the virtual machine, which collects the signals with [`take`].
//!
//! Handlers are installed without `SA_RESTART`, so that a blocking call ends with `EINTR` and Python's handler runs.
//! Rejected: `signal-hook`, which always restarts, and whose wakeup byte is not the signal's number.
//!
//! There is no safe wrapper that sets `SIG_IGN`. Ignoring is therefore: the default action for signals whose default is to be
//! ignored, what the process already inherited, else a handler that does nothing and restarts calls. The difference shows
//! only in a program started by `exec`, which finds the default action instead of the ignored signal.

use crate::signal_table::{install, reset};
use crate::{Errno, Result};
use nix::sys::signal::{SigEvent, SigevNotify, Signal};
use nix::sys::time::TimeSpec;
use nix::sys::timer::{Expiration, Timer, TimerSetTimeFlags};
use nix::time::ClockId;
use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};

/// The signal of interruption from the keyboard.
pub const INTERRUPT: i32 = libc::SIGINT;

/// One above the largest signal number.
pub const COUNT: usize = 65;

static PENDING: [AtomicBool; COUNT] = [const { AtomicBool::new(false) }; COUNT];
static TRIPPED: AtomicBool = AtomicBool::new(false);
/// Signals whose handler is to do nothing.
static IGNORED: [AtomicBool; COUNT] = [const { AtomicBool::new(false) }; COUNT];
static WAKEUP: AtomicI32 = AtomicI32::new(-1);
static WAKEUP_WARNS: AtomicBool = AtomicBool::new(true);
static WAKEUP_ERROR: AtomicI32 = AtomicI32::new(0);
/// The word, and the bits in it, by which the virtual machine learns that a signal was noted.
static BREAKER: OnceLock<(&'static AtomicU32, u32)> = OnceLock::new();
/// The kernel's number of the thread that runs Python's handlers; 0 while none does.
static MAIN_THREAD: AtomicI32 = AtomicI32::new(0);
/// Its handle.
static MAIN_HANDLE: AtomicU64 = AtomicU64::new(0);
/// Signals that were passed on to the main thread only so that it wakes up.
static PASSED_ON: [AtomicBool; COUNT] = [const { AtomicBool::new(false) }; COUNT];

/// The signals that are ignored as the process starts, where somebody has said so.
static INHERITED: OnceLock<u64> = OnceLock::new();

/// Where the heading of a fault is written; -1 for nowhere.
static FAULTS_TO: AtomicI32 = AtomicI32::new(-1);
/// The signals of faults, and how each is named.
const FAULTS: [(i32, &[u8]); 5] = [
    (libc::SIGBUS, b"Fatal Python error: Bus error\n\n"),
    (libc::SIGILL, b"Fatal Python error: Illegal instruction\n\n"),
    (libc::SIGFPE, b"Fatal Python error: Floating-point exception\n\n"),
    (libc::SIGABRT, b"Fatal Python error: Aborted\n\n"),
    (libc::SIGSEGV, b"Fatal Python error: Segmentation fault\n\n"),
];

/// Has faults that are noted say so on a descriptor before anything else, or with -1 no longer. Each is noted once: one
/// that the processor reports is met again when the handler returns, and ends the process; one that was sent is answered
/// by the virtual machine.
pub fn report_faults(fd: i32) {
    FAULTS_TO.store(fd, Ordering::Relaxed);
}

/// In signal context.
fn report_fault(signal: i32) {
    let fd = FAULTS_TO.load(Ordering::Relaxed);
    if fd >= 0
        && let Some((_, text)) = FAULTS.iter().find(|(number, _)| *number == signal)
    {
        let _ = uapi::write(fd, *text);
        let _ = reset(signal);
    }
}

/// What happens when a signal arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    Default,
    Ignore,
    /// It is noted for the virtual machine.
    Noted,
}

static DISPOSITIONS: Mutex<Option<[Disposition; COUNT]>> = Mutex::new(None);

/// Runs in signal context: only atomics and `write`.
pub(crate) fn receive(signal: i32) {
    let number = signal as usize;
    if IGNORED[number].load(Ordering::Relaxed) {
        return;
    }
    report_fault(signal);
    let main = MAIN_THREAD.load(Ordering::Relaxed);
    let is_main = main == 0 || main == uapi::gettid();
    if is_main && PASSED_ON[number].swap(false, Ordering::AcqRel) {
        return;
    }
    PENDING[number].store(true, Ordering::Release);
    TRIPPED.store(true, Ordering::Release);
    if let Some((word, bits)) = BREAKER.get() {
        word.fetch_or(*bits, Ordering::Release);
    }
    let saved = uapi::get_errno();
    if !is_main {
        // Whatever the main thread waits for ends with EINTR.
        PASSED_ON[number].store(true, Ordering::Release);
        if crate::thread::kill(MAIN_HANDLE.load(Ordering::Relaxed), signal).is_err() {
            PASSED_ON[number].store(false, Ordering::Release);
        }
    }
    let wakeup = WAKEUP.load(Ordering::Relaxed);
    if wakeup >= 0
        && let Err(error) = uapi::write(wakeup, &[signal as u8])
        && (error.0 != libc::EAGAIN || WAKEUP_WARNS.load(Ordering::Relaxed))
    {
        WAKEUP_ERROR.store(error.0, Ordering::Relaxed);
    }
    uapi::set_errno(saved);
}

/// Says that the calling thread runs Python's handlers: signals that other threads get are passed on to it, and each
/// sets `bits` in `breaker`. The first call in a process counts for `breaker`.
pub fn serve(breaker: &'static AtomicU32, bits: u32) {
    MAIN_HANDLE.store(crate::thread::ident(), Ordering::Relaxed);
    MAIN_THREAD.store(uapi::gettid(), Ordering::Release);
    let _ = BREAKER.set((breaker, bits));
}

/// The calling thread runs Python's handlers no more, if it did: when it has ended nothing can be passed on to it. Signals are
/// noted by whoever gets them until another thread serves.
pub fn leave() {
    let _ = MAIN_THREAD.compare_exchange(uapi::gettid(), 0, Ordering::AcqRel, Ordering::Relaxed);
}

/// The flag the virtual machine polls: true while signals wait for [`take`].
pub fn tripped() -> &'static AtomicBool {
    &TRIPPED
}

/// The next noted signal, lowest number first. Lowers the flag when there is none.
pub fn take() -> Option<i32> {
    if !TRIPPED.load(Ordering::Acquire) {
        return None;
    }
    // Lower the flag first: a signal noted during the search raises it again.
    TRIPPED.store(false, Ordering::Release);
    let found = PENDING.iter().position(|flag| flag.swap(false, Ordering::AcqRel))?;
    TRIPPED.store(true, Ordering::Release);
    Some(found as i32)
}

/// Notes a signal as if it had arrived (`_thread.interrupt_main`).
pub fn simulate(signal: i32) -> Result<()> {
    check(signal)?;
    if disposition(signal)? == Disposition::Noted {
        receive(signal);
    }
    Ok(())
}

/// Where each noted signal's number is written too; -1 for nowhere. Gives the old one.
pub fn set_wakeup_fd(fd: i32, warn_when_full: bool) -> i32 {
    WAKEUP_WARNS.store(warn_when_full, Ordering::Relaxed);
    WAKEUP.swap(fd, Ordering::Relaxed)
}

/// An error of the last writes to the wakeup descriptor, once.
pub fn take_wakeup_error() -> Option<Errno> {
    Some(WAKEUP_ERROR.swap(0, Ordering::Relaxed)).filter(|error| *error != 0).map(Errno)
}

fn check(signal: i32) -> Result<usize> {
    if (1..COUNT as i32).contains(&signal) { Ok(signal as usize) } else { Err(Errno::EINVAL) }
}

/// Says which signals are ignored as the process starts, with a bit for each; otherwise the system is asked for its account
/// of the process, which takes longer.
pub fn know_ignored(ignored: u64) {
    let _ = INHERITED.set(ignored);
}

/// The signals the process found ignored when it started.
fn inherited() -> [Disposition; COUNT] {
    let ignored = INHERITED.get().copied().unwrap_or_else(|| status_mask("SigIgn:").unwrap_or(0));
    std::array::from_fn(
        |n| {
            if n > 0 && ignored >> (n - 1) & 1 != 0 { Disposition::Ignore } else { Disposition::Default }
        },
    )
}

fn with_dispositions<T>(act: impl FnOnce(&mut [Disposition; COUNT]) -> T) -> T {
    let mut table = DISPOSITIONS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    act(table.get_or_insert_with(inherited))
}

/// What happens when a signal arrives.
pub fn disposition(signal: i32) -> Result<Disposition> {
    let number = check(signal)?;
    Ok(with_dispositions(|table| table[number]))
}

/// Whether signals that arrive and are ignored by default stay so with the default action.
fn ignored_by_default(signal: i32) -> bool {
    matches!(signal, libc::SIGCHLD | libc::SIGURG | libc::SIGWINCH)
}

/// Sets what happens when a signal arrives and gives the old. `EINVAL` for one that cannot be set.
pub fn set_disposition(signal: i32, new: Disposition) -> Result<Disposition> {
    let number = check(signal)?;
    with_dispositions(|table| {
        let old = table[number];
        match new {
            Disposition::Default => reset(signal)?,
            Disposition::Ignore if old == Disposition::Ignore => {}
            Disposition::Ignore if ignored_by_default(signal) => reset(signal)?,
            Disposition::Ignore => {
                IGNORED[number].store(true, Ordering::Relaxed);
                install(signal, true)?;
            }
            Disposition::Noted => {
                install(signal, false)?;
                IGNORED[number].store(false, Ordering::Relaxed);
            }
        }
        table[number] = new;
        Ok(old)
    })
}

/// Whether calls interrupted by a noted signal end with `EINTR` (the rule) or go on.
pub fn set_interrupts(signal: i32, interrupts: bool) -> Result<()> {
    match disposition(signal)? {
        Disposition::Noted => install(signal, !interrupts),
        _ => Ok(()),
    }
}

/// What CPython does to signals when it starts: writing to a closed pipe or past a size limit is an error, not a death.
/// (`SIGPIPE` is ignored before `main` by the Rust runtime.) Its handlers of faults, which let a first signal sent by
/// somebody pass, give way to the default action.
pub fn ignore_at_start() -> Result<()> {
    reset(libc::SIGSEGV)?;
    reset(libc::SIGBUS)?;
    set_disposition(libc::SIGXFSZ, Disposition::Ignore)?;
    set_disposition(libc::SIGPIPE, Disposition::Ignore)?;
    Ok(())
}

/// In a child about to `exec`: undo [`ignore_at_start`]. Allocates nothing.
pub(crate) fn restore_for_exec() {
    let _ = reset(libc::SIGPIPE);
    let _ = reset(libc::SIGXFSZ);
}

/// A forked child starts with nothing noted, no wakeup descriptor of its own making, and without the parent's timers.
pub(crate) fn after_fork_in_child() {
    if MAIN_THREAD.load(Ordering::Relaxed) != 0 {
        MAIN_HANDLE.store(crate::thread::ident(), Ordering::Relaxed);
        MAIN_THREAD.store(uapi::gettid(), Ordering::Relaxed);
    }
    for flag in &PASSED_ON {
        flag.store(false, Ordering::Relaxed);
    }
    TRIPPED.store(false, Ordering::Relaxed);
    for flag in &PENDING {
        flag.store(false, Ordering::Relaxed);
    }
    TIMERS.with(|timers| {
        if let Ok(mut timers) = timers.try_borrow_mut() {
            timers.iter_mut().for_each(|timer| std::mem::forget(timer.take()));
        }
    });
}

/// Ends the process by the default action of a signal, as a shell expects of an interrupted program. Returns when the
/// signal does not end it.
pub fn die_by(signal: i32) -> Result<()> {
    reset(signal)?;
    mask(libc::SIG_UNBLOCK, &[signal])?;
    uapi::kill(crate::process::getpid(), signal)?;
    Ok(())
}

/// Sends a signal to the calling thread.
pub fn raise(signal: i32) -> Result<()> {
    Ok(uapi::raise(signal)?)
}

/// Waits for any signal that is handled.
pub fn pause() {
    uapi::pause();
}

fn to_set(signals: &[i32]) -> Result<libc::sigset_t> {
    let mut set = uapi::empty_sig_set()?;
    for signal in signals {
        uapi::sigaddset(&mut set, *signal)?;
    }
    Ok(set)
}

fn from_set(set: &libc::sigset_t) -> Vec<i32> {
    (1..COUNT as i32).filter(|signal| uapi::sigismember(set, *signal).unwrap_or(false)).collect()
}

/// Changes which signals the calling thread holds back (`SIG_BLOCK`, `SIG_UNBLOCK`, `SIG_SETMASK`) and gives the old.
pub fn mask(how: i32, signals: &[i32]) -> Result<Vec<i32>> {
    if !matches!(how, libc::SIG_BLOCK | libc::SIG_UNBLOCK | libc::SIG_SETMASK) {
        return Err(Errno::EINVAL);
    }
    let set = to_set(signals)?;
    let mut old = uapi::empty_sig_set()?;
    uapi::pthread_sigmask(how, Some(&set), Some(&mut old))?;
    Ok(from_set(&old))
}

/// Has the calling thread hold signals back, and gives those it held already, for [`restore`].
pub fn hold(signals: &[i32]) -> Result<Vec<i32>> {
    mask(libc::SIG_BLOCK, signals)
}

/// Has the calling thread hold back these signals and no others.
pub fn restore(held: &[i32]) -> Result<()> {
    mask(libc::SIG_SETMASK, held).map(drop)
}

/// The signals that arrived while held back.
pub fn pending() -> Result<Vec<i32>> {
    let waiting = status_mask("SigPnd:")? | status_mask("ShdPnd:")?;
    Ok((1..COUNT as i32).filter(|signal| waiting >> (signal - 1) & 1 != 0).collect())
}

/// A set of signals from the kernel's account of the calling thread; there is no safe wrapper of `sigpending`.
fn status_mask(label: &str) -> Result<u64> {
    let text = crate::fs::read_file(b"/proc/thread-self/status")?;
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().find_map(|line| line.strip_prefix(label)).ok_or(Errno::EINVAL)?;
    u64::from_str_radix(line.trim(), 16).map_err(|_| Errno::EINVAL)
}

/// Takes one of the signals off the pending ones, waiting for it.
pub fn sigwait(signals: &[i32]) -> Result<i32> {
    Ok(uapi::sigwait(&to_set(signals)?)?)
}

/// `struct_siginfo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    pub signo: i32,
    pub code: i32,
    pub errno: i32,
    pub pid: i32,
    pub uid: u32,
    pub status: i32,
    pub band: i64,
}

/// Like [`sigwait`], telling more; `EINTR` when another signal was handled.
pub fn sigwaitinfo(signals: &[i32]) -> Result<Info> {
    wait_info(signals, None)
}

/// With a time limit; `EAGAIN` when it passes.
pub fn sigtimedwait(signals: &[i32], timeout_ns: i64) -> Result<Info> {
    if timeout_ns < 0 {
        return Err(Errno::EINVAL);
    }
    wait_info(signals, Some(timeout_ns))
}

/// Through a signal descriptor, whose record is plain numbers, where that of `sigwaitinfo` is a union.
fn wait_info(signals: &[i32], timeout_ns: Option<i64>) -> Result<Info> {
    let fd = uapi::signalfd_new(&to_set(signals)?, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK)?;
    let deadline = timeout_ns.map(|ns| crate::clock::monotonic_ns().saturating_add(ns));
    loop {
        let mut records = [uapi::pod_zeroed::<libc::signalfd_siginfo>()];
        match uapi::signalfd_read(fd.raw(), &mut records) {
            Ok([record, ..]) => {
                return Ok(Info {
                    signo: record.ssi_signo as i32,
                    code: record.ssi_code,
                    errno: record.ssi_errno,
                    pid: record.ssi_pid as i32,
                    uid: record.ssi_uid,
                    status: record.ssi_status,
                    band: i64::from(record.ssi_band),
                });
            }
            Ok([]) | Err(uapi::Errno(libc::EAGAIN)) => {}
            Err(error) => return Err(error.into()),
        }
        let left = deadline.map(|deadline| deadline - crate::clock::monotonic_ns());
        if left.is_some_and(|left| left <= 0) || !crate::poll::wait_for(fd.raw(), libc::POLLIN, left)? {
            return Err(Errno::EAGAIN);
        }
    }
}

/// The numbers a program may use.
pub fn valid() -> impl Iterator<Item = i32> {
    (1..COUNT as i32).filter(|signal| !matches!(signal, 32 | 33))
}

/// The C library's text for a signal; none for a number it does not know.
pub fn describe(signal: i32) -> Option<String> {
    const TEXTS: [&str; 31] = [
        "Hangup",
        "Interrupt",
        "Quit",
        "Illegal instruction",
        "Trace/breakpoint trap",
        "Aborted",
        "Bus error",
        "Floating point exception",
        "Killed",
        "User defined signal 1",
        "Segmentation fault",
        "User defined signal 2",
        "Broken pipe",
        "Alarm clock",
        "Terminated",
        "Stack fault",
        "Child exited",
        "Continued",
        "Stopped (signal)",
        "Stopped",
        "Stopped (tty input)",
        "Stopped (tty output)",
        "Urgent I/O condition",
        "CPU time limit exceeded",
        "File size limit exceeded",
        "Virtual timer expired",
        "Profiling timer expired",
        "Window changed",
        "I/O possible",
        "Power failure",
        "Bad system call",
    ];
    match signal {
        1..=31 => Some(TEXTS[signal as usize - 1].to_owned()),
        34..=64 => Some(format!("Real-time signal {}", signal - 34)),
        _ => None,
    }
}

thread_local! {
    /// The interval timers this thread has set. They are POSIX timers, since `setitimer` has no safe wrapper; those cannot be
    /// moved between threads, and Python programs set theirs from the main thread.
    static TIMERS: RefCell<[Option<Timer>; 3]> = const { RefCell::new([None, None, None]) };
}

/// What is left of an interval timer and what it repeats with, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Interval {
    pub value_ns: i64,
    pub interval_ns: i64,
}

/// Sets an interval timer (`ITIMER_REAL`, `ITIMER_VIRTUAL`, `ITIMER_PROF`) and gives the old setting. The virtual one counts
/// all processor time of the process, not only that outside the kernel.
pub fn setitimer(which: i32, new: Interval) -> Result<Interval> {
    let (clock, signal) = match which {
        libc::ITIMER_REAL => (ClockId::CLOCK_REALTIME, Signal::SIGALRM),
        libc::ITIMER_VIRTUAL => (ClockId::CLOCK_PROCESS_CPUTIME_ID, Signal::SIGVTALRM),
        libc::ITIMER_PROF => (ClockId::CLOCK_PROCESS_CPUTIME_ID, Signal::SIGPROF),
        _ => return Err(Errno::EINVAL),
    };
    if new.value_ns < 0 || new.interval_ns < 0 {
        return Err(Errno::EINVAL);
    }
    let old = getitimer(which)?;
    if which == libc::ITIMER_REAL {
        nix::unistd::alarm::cancel();
    }
    TIMERS.with(|timers| {
        let slot = &mut timers.borrow_mut()[which as usize];
        *slot = None;
        if new.value_ns == 0 {
            return Ok(());
        }
        let mut timer = Timer::new(clock, SigEvent::new(SigevNotify::SigevSignal { signal, si_value: 0 }))?;
        let time = |ns: i64| TimeSpec::new(ns / 1_000_000_000, ns % 1_000_000_000);
        let expiration = match new.interval_ns {
            0 => Expiration::OneShot(time(new.value_ns)),
            interval => Expiration::IntervalDelayed(time(new.value_ns), time(interval)),
        };
        timer.set(expiration, TimerSetTimeFlags::empty())?;
        *slot = Some(timer);
        Ok::<_, Errno>(())
    })?;
    Ok(old)
}

/// What is left of an interval timer.
pub fn getitimer(which: i32) -> Result<Interval> {
    if !(0..3).contains(&which) {
        return Err(Errno::EINVAL);
    }
    let left = TIMERS.with(|timers| match &timers.borrow()[which as usize] {
        Some(timer) => timer.get(),
        None => Ok(None),
    })?;
    let ns = |time: TimeSpec| time.tv_sec() * 1_000_000_000 + time.tv_nsec();
    Ok(match left {
        None => Interval::default(),
        Some(Expiration::OneShot(value)) => Interval { value_ns: ns(value), interval_ns: 0 },
        Some(Expiration::IntervalDelayed(value, interval)) => {
            Interval { value_ns: ns(value), interval_ns: ns(interval) }
        }
        Some(Expiration::Interval(interval)) => Interval { value_ns: ns(interval), interval_ns: ns(interval) },
    })
}

/// Asks for `SIGALRM` after some seconds, 0 to call it off; gives the seconds an earlier one had left.
pub fn alarm(seconds: u32) -> Result<u32> {
    let timer = setitimer_left_in_seconds()?;
    let old = if seconds == 0 { nix::unistd::alarm::cancel() } else { nix::unistd::alarm::set(seconds) };
    Ok(old.unwrap_or(timer))
}

/// Calls the real-time timer off for an alarm, which shares it.
fn setitimer_left_in_seconds() -> Result<u32> {
    let left = getitimer(libc::ITIMER_REAL)?;
    if left.value_ns == 0 {
        return Ok(0);
    }
    TIMERS.with(|timers| timers.borrow_mut()[libc::ITIMER_REAL as usize] = None);
    Ok(((left.value_ns + 500_000_000) / 1_000_000_000).max(1) as u32)
}
