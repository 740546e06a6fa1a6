//! `faulthandler`: tracebacks of all threads, when asked for, after a time, or by a signal.
//!
//! CPython's also writes them from within the handlers of fatal signals. No safe code can run there: a fault that the
//! processor reports only gets its heading, and ends the process. Fatal signals that are sent (`kill -SEGV`), like those of
//! `register`, are answered by the main thread before its next instruction.

use crate::common::{Rounding, ns_from_seconds};
use taipan_host::signal::{self as host, Disposition};
use taipan_host::{clock, process, stdio, thread};
use taipan_macros::module;
use taipan_vm::{List, Ref, Result, Str, Tuple, Value, Vm, name};

/// `faulthandler`.
pub struct Faults;

/// Key of what is written to on fatal signals: descriptor, whether all threads, the file.
const ENABLED: &str = "faulthandler.enabled";
/// Key of the list of registered signals: number, descriptor, whether all threads, whether chained, the file.
const REGISTERED: &str = "faulthandler.registered";
/// Key of the number of the watchdog that counts; all older ones are cancelled.
const WATCHDOG: &str = "faulthandler.watchdog";
/// Key of the file that the watchdog writes to, to keep it open.
const WATCHDOG_FILE: &str = "faulthandler.watchdog_file";
/// The most frames of a thread that are shown.
const DEPTH: usize = 100;
const FATAL: [i32; 5] = [libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGABRT, libc::SIGSEGV];
/// Most calls of native code that are shown.
const NATIVE_DEPTH: usize = 32;
/// Native stack of a watchdog.
const STACK: usize = 4 << 20;

/// The descriptor of a file argument, with the object that keeps it open.
fn descriptor(vm: &mut Vm, file: Option<&Value>) -> Result<(i32, Value)> {
    let file = match file.filter(|f| !f.is_none()) {
        Some(file) => file.clone(),
        None => match vm.sys_attr(name!("stderr")) {
            None => return Err(vm.raise_runtime_error("unable to get sys.stderr")),
            Some(v) if v.is_none() => return Err(vm.raise_runtime_error("sys.stderr is None")),
            Some(v) => v,
        },
    };
    if file.as_int().is_some() {
        return match vm.to_index_i64(&file, "int").map(i32::try_from)? {
            Ok(fd) if fd >= 0 => Ok((fd, Value::none())),
            _ => Err(vm.raise_value_error("file is not a valid file descriptor")),
        };
    }
    let number = vm.call_method(&file, name!("fileno"), &[])?;
    let fd = number.small_int().and_then(|n| i32::try_from(n).ok()).filter(|fd| *fd >= 0);
    let Some(fd) = fd else {
        return Err(vm.raise_runtime_error("file.fileno() is not a valid file descriptor"));
    };
    // What was written before comes before.
    if let Err(raised) = vm.call_method(&file, name!("flush"), &[]) {
        drop(vm.take_raised(raised));
    }
    Ok((fd, file))
}

/// A name with at most this many characters, those outside ASCII escaped.
fn shortened(name: &Ref<Str>) -> String {
    const LONGEST: usize = 500;
    let mut text = String::new();
    for c in name.data().code_points().take(LONGEST) {
        match c {
            0x20..=0x7E => text.extend(char::from_u32(c)),
            0..=0xFF => text.push_str(&format!("\\x{c:02x}")),
            0x100..=0xFFFF => text.push_str(&format!("\\u{c:04x}")),
            _ => text.push_str(&format!("\\U{c:08x}")),
        }
    }
    if name.len() > LONGEST {
        text.push_str("...");
    }
    text
}

fn frame_lines(vm: &mut Vm, frame: Value) -> Result<String> {
    let mut text = String::new();
    let mut at = frame;
    for depth in 0.. {
        if at.is_none() {
            break;
        }
        if depth == DEPTH {
            text.push_str("  ...\n");
            break;
        }
        let code = vm.get_attr(&at, name!("f_code"))?;
        let file = vm.get_attr(&code, name!("co_filename"))?;
        let function = vm.get_attr(&code, name!("co_name"))?;
        let line = vm.get_attr(&at, name!("f_lineno"))?;
        let (file, function) = (shortened(&vm.str(&file)?), shortened(&vm.str(&function)?));
        let line = line.small_int().map_or_else(|| "???".to_owned(), |n| n.to_string());
        text.push_str(&format!("  File \"{file}\", line {line} in {function}\n"));
        at = vm.get_attr(&at, name!("f_back"))?;
    }
    if text.is_empty() {
        text.push_str("  <no Python frame>\n");
    }
    Ok(text)
}

/// The native stack of this thread: where each call lies in the program or in a library.
fn native_stack() -> String {
    let maps = taipan_host::fs::read_file(b"/proc/self/maps").unwrap_or_default();
    let maps = String::from_utf8_lossy(&maps);
    let mut text = "Current thread's C stack trace (most recent call first):\n".to_owned();
    let mut depth = 0;
    backtrace::trace(|frame| {
        let at = frame.ip() as usize;
        // `START-END PERMISSIONS OFFSET DEVICE INODE PATH`
        let place = maps.lines().find_map(|line| {
            let mut words = line.split_whitespace();
            let (start, end) = words.next()?.split_once('-')?;
            let (start, end) = (usize::from_str_radix(start, 16).ok()?, usize::from_str_radix(end, 16).ok()?);
            let offset = usize::from_str_radix(words.nth(1)?, 16).ok()?;
            let path = words.nth(2).unwrap_or("<unknown>");
            (start..end).contains(&at).then(|| (path.to_owned(), at - start + offset))
        });
        match place {
            Some((path, offset)) => text.push_str(&format!("  Binary file \"{path}\", at +{offset:#x} [{at:#x}]\n")),
            None => text.push_str(&format!("  Binary file \"<unknown>\" [{at:#x}]\n")),
        }
        depth += 1;
        depth < NATIVE_DEPTH
    });
    if depth == NATIVE_DEPTH {
        text.push_str("  <truncated rest of calls>\n");
    }
    text
}

/// The native modules that were imported, but for those of the standard library.
fn native_modules(vm: &mut Vm) -> Result<String> {
    let sys = vm.import("sys")?;
    let names = vm.get_attr_opt(&sys, name!("builtin_module_names"))?;
    let library = vm.get_attr_opt(&sys, name!("stdlib_module_names"))?;
    let names = names.as_ref().and_then(|names| names.downcast::<Tuple>()).cloned();
    let (Some(names), Some(modules)) = (names, vm.sys_attr(name!("modules"))) else { return Ok(String::new()) };
    let mut found = Vec::new();
    for name in names.items() {
        let in_library = match &library {
            Some(library) => vm.contains(library, name)?,
            None => false,
        };
        if !in_library && vm.contains(&modules, name)? {
            found.push(vm.str(name)?.to_string_lossy());
        }
    }
    if found.is_empty() {
        return Ok(String::new());
    }
    Ok(format!("\nExtension modules: {} (total: {})\n", found.join(", "), found.len()))
}

/// Writes the traceback of this thread, or of all of them.
fn dump(vm: &mut Vm, fd: i32, all_threads: bool, waiting: bool) -> Result<()> {
    let own = thread::ident();
    let mut text = String::new();
    let collecting = if vm.is_collecting() { "  Garbage-collecting\n" } else { "" };
    if !all_threads {
        text.push_str("Stack (most recent call first):\n");
        text.push_str(collecting);
        let frame = vm.current_frame()?.unwrap_or_else(Value::none);
        text.push_str(&frame_lines(vm, frame)?);
    } else {
        let mut threads = vm.thread_frames()?;
        threads.sort_by_key(|(ident, _)| *ident == own);
        for (i, (ident, frame)) in threads.into_iter().enumerate() {
            if i > 0 {
                text.push('\n');
            }
            let current = ident == own && !waiting;
            let name = if ident == own { thread::name().unwrap_or_default() } else { Vec::new() };
            let name = if name.is_empty() { String::new() } else { format!(" [{}]", String::from_utf8_lossy(&name)) };
            let head = if current { "Current thread" } else { "Thread" };
            text.push_str(&format!("{head} 0x{ident:016x}{name} (most recent call first):\n"));
            if current {
                text.push_str(collecting);
            }
            text.push_str(&frame_lines(vm, frame.into_value())?);
        }
    }
    let _ = stdio::write_all(fd, text.as_bytes());
    Ok(())
}

fn registered(vm: &mut Vm) -> Result<Ref<List>> {
    if let Some(list) = vm.state().registry.get(REGISTERED).and_then(|v| v.downcast::<List>().cloned()) {
        return Ok(list);
    }
    let list = vm.new_list(Vec::new())?;
    vm.state_mut().registry.insert(REGISTERED, list.to_value());
    Ok(list)
}

/// The entry of a signal among those registered: descriptor, all threads, chain.
fn entry(vm: &Vm, signal: i32) -> Option<(usize, i32, bool, bool)> {
    let list = vm.state().registry.get(REGISTERED).and_then(|v| v.downcast::<List>())?;
    list.items(vm).iter().enumerate().find_map(|(i, item)| match item.downcast::<Tuple>()?.items() {
        [number, fd, all, chain, _] if number.small_int() == Some(signal.into()) => {
            Some((i, fd.small_int()? as i32, all.is_true(), chain.is_true()))
        }
        _ => None,
    })
}

/// Answers a signal, if it is one of ours. True when nobody else is to answer it.
pub fn answer(vm: &mut Vm, signal: i32) -> bool {
    if let Some((_, fd, all, chain)) = entry(vm, signal) {
        if let Err(raised) = dump(vm, fd, all, false) {
            drop(vm.take_raised(raised));
        }
        return !chain;
    }
    let enabled = vm.state().registry.get(ENABLED).and_then(|v| v.downcast::<Tuple>().cloned());
    let Some(enabled) = enabled.filter(|_| FATAL.contains(&signal)) else { return false };
    if let [fd, all, _] = enabled.items() {
        let (fd, all) = (fd.small_int().unwrap_or(2) as i32, all.is_true());
        // The heading was written when the signal came.
        let rest = dump(vm, fd, all, false).and_then(|()| {
            let text = format!("\n{}{}", native_stack(), native_modules(vm)?);
            let _ = stdio::write_all(fd, text.as_bytes());
            Ok(())
        });
        if let Err(raised) = rest {
            drop(vm.take_raised(raised));
        }
    }
    let _ = host::die_by(signal);
    true
}

fn check_signal(vm: &mut Vm, signal: i32) -> Result<()> {
    if FATAL.contains(&signal) {
        let text = format!("signal {signal} cannot be registered, use enable() instead");
        return Err(vm.raise_runtime_error(&text));
    }
    if !(1..host::COUNT as i32).contains(&signal) {
        return Err(vm.raise_value_error("signal number out of range"));
    }
    Ok(())
}

/// The heading of a watchdog's traceback: hours, minutes, seconds, and parts where there are any.
fn heading(ns: i64) -> String {
    let (us, whole) = (ns / 1000 % 1_000_000, ns / 1_000_000_000);
    let (h, m, s) = (whole / 3600, whole / 60 % 60, whole % 60);
    let parts = if us == 0 { String::new() } else { format!(".{us:06}") };
    format!("Timeout ({h}:{m:02}:{s:02}{parts})!\n")
}

#[module(name = "faulthandler")]
impl Faults {
    /// Write the tracebacks of the threads.
    #[function("($module, /, file=sys.stderr, all_threads=True)")]
    fn dump_traceback(vm: &mut Vm, file: Option<&Value>, all_threads: Option<bool>) -> Result<()> {
        let (fd, _) = descriptor(vm, file)?;
        dump(vm, fd, all_threads.unwrap_or(true), false)
    }

    /// Write tracebacks when a fatal signal comes.
    #[function("($module, /, file=sys.stderr, all_threads=True)")]
    fn enable(vm: &mut Vm, file: Option<&Value>, all_threads: Option<bool>) -> Result<()> {
        let (fd, file) = descriptor(vm, file)?;
        let values = vec![vm.new_int(i64::from(fd))?, Value::bool(all_threads.unwrap_or(true)), file];
        let values = vm.new_tuple(values)?.into_value();
        vm.state_mut().registry.insert(ENABLED, values);
        host::report_faults(fd);
        for signal in FATAL {
            if !crate::signal::has_handler(vm, signal) {
                let done = host::set_disposition(signal, Disposition::Noted);
                vm.system(done)?;
            }
        }
        Ok(())
    }

    /// No longer write tracebacks when a fatal signal comes; gives whether they were.
    #[function("($module, /)")]
    fn disable(vm: &mut Vm) -> Result<bool> {
        let enabled = vm.state_mut().registry.remove(ENABLED).is_some();
        if enabled {
            host::report_faults(-1);
            for signal in FATAL {
                if !crate::signal::has_handler(vm, signal) {
                    let done = host::set_disposition(signal, Disposition::Default);
                    vm.system(done)?;
                }
            }
        }
        Ok(enabled)
    }

    /// Write where the calls of native code lie in this thread.
    #[function("($module, /, file=sys.stderr)")]
    fn dump_c_stack(vm: &mut Vm, file: Option<&Value>) -> Result<()> {
        let (fd, _) = descriptor(vm, file)?;
        let _ = stdio::write_all(fd, native_stack().as_bytes());
        Ok(())
    }

    /// Whether tracebacks are written when a fatal signal comes.
    #[function("($module, /)")]
    fn is_enabled(vm: &mut Vm) -> Result<bool> {
        Ok(vm.state().registry.contains_key(ENABLED))
    }

    /// Write the tracebacks of all threads after some seconds, once or again and again.
    #[function("($module, /, timeout, repeat=False, file=sys.stderr, exit=False)")]
    fn dump_traceback_later(
        vm: &mut Vm,
        timeout: &Value,
        repeat: Option<bool>,
        file: Option<&Value>,
        exit: Option<bool>,
    ) -> Result<()> {
        let ns = ns_from_seconds(vm, timeout, Rounding::Ceiling)?;
        if ns <= 0 {
            return Err(vm.raise_value_error("timeout must be greater than 0"));
        }
        let (fd, file) = descriptor(vm, file)?;
        cancel(vm)?;
        vm.state_mut().registry.insert(WATCHDOG_FILE, file);
        let number = current_watchdog(vm);
        let interpreter = vm.interpreter().clone();
        let (repeat, exit) = (repeat == Some(true), exit == Some(true));
        let started = thread::spawn(STACK, move || {
            loop {
                let deadline = clock::monotonic_ns().saturating_add(ns);
                while clock::sleep_until(deadline).is_err() {}
                let mut vm = Vm::attach(interpreter.clone(), STACK);
                if current_watchdog(&vm) != number {
                    return;
                }
                let _ = stdio::write_all(fd, heading(ns).as_bytes());
                if let Err(raised) = dump(&mut vm, fd, true, true) {
                    drop(vm.take_raised(raised));
                }
                if exit {
                    process::exit(1);
                }
                if !repeat {
                    return;
                }
            }
        });
        match started {
            Ok(_) => Ok(()),
            Err(_) => Err(vm.raise_runtime_error("unable to start watchdog thread")),
        }
    }

    /// Cancel dump_traceback_later().
    #[function("($module, /)")]
    fn cancel_dump_traceback_later(vm: &mut Vm) -> Result<()> {
        cancel(vm)
    }

    /// Write tracebacks when a signal comes.
    #[function("($module, /, signum, file=sys.stderr, all_threads=True, chain=False)")]
    fn register(
        vm: &mut Vm,
        signum: i32,
        file: Option<&Value>,
        all_threads: Option<bool>,
        chain: Option<bool>,
    ) -> Result<()> {
        check_signal(vm, signum)?;
        let (fd, file) = descriptor(vm, file)?;
        let list = registered(vm)?;
        if let Some((i, ..)) = entry(vm, signum) {
            list.get_mut(vm).with_vec(|all| drop(all.remove(i)));
        }
        let done = host::set_disposition(signum, Disposition::Noted);
        vm.system(done)?;
        let (number, fd) = (vm.new_int(i64::from(signum))?, vm.new_int(i64::from(fd))?);
        let (all, chain) = (Value::bool(all_threads.unwrap_or(true)), Value::bool(chain == Some(true)));
        let item = vm.new_tuple(vec![number, fd, all, chain, file])?.into_value();
        list.get_mut(vm).push(item)
    }

    /// No longer write tracebacks when a signal comes; gives whether they were.
    #[function("($module, signum, /)")]
    fn unregister(vm: &mut Vm, signum: i32) -> Result<bool> {
        check_signal(vm, signum)?;
        let Some((i, ..)) = entry(vm, signum) else { return Ok(false) };
        registered(vm)?.get_mut(vm).with_vec(|all| drop(all.remove(i)));
        // Python's own handler, if there is one, is served as before.
        if !crate::signal::has_handler(vm, signum) {
            let done = host::set_disposition(signum, Disposition::Default);
            vm.system(done)?;
        }
        Ok(true)
    }

    /// Send this process the signal of a fault of memory.
    #[function("($module, release_gil=False, /)")]
    fn _sigsegv(vm: &mut Vm, release_gil: Option<bool>) -> Result<()> {
        if release_gil.unwrap_or(false) {
            let done = vm.detach(|| host::raise(libc::SIGSEGV));
            vm.system(done)?;
            return vm.check_signals();
        }
        send(vm, libc::SIGSEGV)
    }

    /// Send this process the signal of `abort()`.
    #[function("($module, /)")]
    fn _sigabrt(vm: &mut Vm) -> Result<()> {
        send(vm, libc::SIGABRT)
    }

    /// Send this process the signal of a fault of arithmetic.
    #[function("($module, /)")]
    fn _sigfpe(vm: &mut Vm) -> Result<()> {
        send(vm, libc::SIGFPE)
    }
}

/// Sends this process a signal, which is answered at once where a traceback is to be written.
fn send(vm: &mut Vm, signal: i32) -> Result<()> {
    let done = host::raise(signal);
    vm.system(done)?;
    vm.check_signals()
}

fn current_watchdog(vm: &Vm) -> i64 {
    vm.state().registry.get(WATCHDOG).and_then(Value::small_int).unwrap_or(0)
}

fn cancel(vm: &mut Vm) -> Result<()> {
    let next = vm.new_int(current_watchdog(vm) + 1)?;
    vm.state_mut().registry.insert(WATCHDOG, next);
    vm.state_mut().registry.remove(WATCHDOG_FILE);
    Ok(())
}
