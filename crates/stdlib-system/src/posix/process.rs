//! Functions of `posix` about processes: identity, signals to others, waiting, configuration.

use super::path::{File, FsText, PathOrFd};
use super::results;
use crate::common::{int_tuple, zeros};
use crate::constants::posix as constants;
use taipan_host::{process, random, resource, system, wait};
use taipan_macros::module;
use taipan_vm::{Ref, Result, Str, Value, Vm, name};

/// Functions about processes.
pub struct Processes;

/// A configuration value's number from its number or name.
fn configuration(vm: &mut Vm, v: &Value, names: &[(&str, i64)]) -> Result<i32> {
    if let Some(text) = v.downcast::<Str>() {
        let text = text.to_string_lossy();
        return match names.iter().find(|(name, _)| *name == text) {
            Some((_, number)) => Ok(*number as i32),
            None => Err(vm.raise_value_error("unrecognized configuration name")),
        };
    }
    if v.as_int().is_none() && taipan_vm::slots::of(v.ty()).index.is_none() {
        return Err(vm.raise_type_error("configuration names must be strings or integers"));
    }
    let n = vm.to_index_i64(v, "int")?;
    i32::try_from(n).map_err(|_| vm.raise_overflow_error("Python int too large to convert to C int"))
}

/// `None` as -1: no limit.
fn limit(vm: &mut Vm, found: taipan_host::Result<Option<i64>>) -> Result<i64> {
    Ok(vm.system(found)?.unwrap_or(-1))
}

fn child_and_status(vm: &mut Vm, (pid, status): (i32, i32)) -> Result {
    int_tuple(vm, &[i64::from(pid), i64::from(status)])
}

fn with_usage(vm: &mut Vm, (pid, status, usage): (i32, i32, resource::Usage)) -> Result {
    let module = vm.import("resource")?;
    let class = vm.get_attr(&module, name!("struct_rusage"))?;
    let Some(class) = class.as_type_ref() else {
        return Err(vm.raise_type_error("resource.struct_rusage is not a type"));
    };
    let usage = results::rusage(vm, class, &usage)?;
    let values = vec![vm.new_int(i64::from(pid))?, vm.new_int(i64::from(status))?, usage];
    vm.new_tuple(values).map(Ref::into_value)
}

#[module(name = "posix")]
impl Processes {
    /// The number of this process.
    #[function("($module, /)")]
    fn getpid(_vm: &mut Vm) -> Result<i32> {
        Ok(process::getpid())
    }

    /// The number of the parent.
    #[function("($module, /)")]
    fn getppid(_vm: &mut Vm) -> Result<i32> {
        Ok(process::getppid())
    }

    /// The process group.
    #[function("($module, /)")]
    fn getpgrp(_vm: &mut Vm) -> Result<i32> {
        Ok(process::getpgrp())
    }

    /// The process group of a process.
    #[function("($module, /, pid)")]
    fn getpgid(vm: &mut Vm, pid: i32) -> Result<i32> {
        let found = process::getpgid(pid);
        vm.system(found)
    }

    /// Move a process to a group.
    #[function("($module, pid, pgrp, /)")]
    fn setpgid(vm: &mut Vm, pid: i32, pgrp: i32) -> Result<()> {
        let done = process::setpgid(pid, pgrp);
        vm.system(done)
    }

    /// Make this process the leader of a group.
    #[function("($module, /)")]
    fn setpgrp(vm: &mut Vm) -> Result<()> {
        let done = process::setpgid(0, 0);
        vm.system(done)
    }

    /// The session of a process.
    #[function("($module, pid, /)")]
    fn getsid(vm: &mut Vm, pid: i32) -> Result<i32> {
        let found = process::getsid(pid);
        vm.system(found)
    }

    /// Start a session.
    #[function("($module, /)")]
    fn setsid(vm: &mut Vm) -> Result<()> {
        let done = process::setsid().map(drop);
        vm.system(done)
    }

    /// Send a signal to a process.
    #[function("($module, pid, signal, /)")]
    fn kill(vm: &mut Vm, pid: i32, signal: i32) -> Result<()> {
        let args = crate::common::int_values(vm, &[i64::from(pid), i64::from(signal)])?;
        vm.audit("os.kill", &args)?;
        let done = process::kill(pid, signal);
        vm.system(done)?;
        // A signal to ourselves is handled before the call returns.
        vm.check_signals()
    }

    /// Send a signal to a process group.
    #[function("($module, pgid, signal, /)")]
    fn killpg(vm: &mut Vm, pgid: i32, signal: i32) -> Result<()> {
        let args = crate::common::int_values(vm, &[i64::from(pgid), i64::from(signal)])?;
        vm.audit("os.killpg", &args)?;
        let done = process::killpg(pgid, signal);
        vm.system(done)?;
        vm.check_signals()
    }

    /// A descriptor for a process.
    #[function("($module, /, pid, flags=0)")]
    fn pidfd_open(vm: &mut Vm, pid: i32, flags: Option<u32>) -> Result<i32> {
        let fd = process::pidfd_open(pid, flags.unwrap_or(0));
        vm.system(fd)
    }

    /// Join a namespace.
    #[function("($module, /, fd, nstype=0)")]
    fn setns(vm: &mut Vm, fd: File, nstype: Option<i32>) -> Result<()> {
        let done = vm.detach(|| process::setns(fd.0, nstype.unwrap_or(0)));
        vm.system(done)
    }

    /// Leave namespaces that are shared with the parent.
    #[function("($module, /, flags)")]
    fn unshare(vm: &mut Vm, flags: i32) -> Result<()> {
        let done = vm.detach(|| process::unshare(flags));
        vm.system(done)
    }

    /// End the process at once.
    #[function("($module, /, status)")]
    fn _exit(_vm: &mut Vm, status: i32) -> Result<()> {
        process::exit(status)
    }

    /// End the process by SIGABRT.
    #[function("($module, /)")]
    fn abort(_vm: &mut Vm) -> Result<()> {
        process::abort()
    }

    /// Wait for any child.
    #[function("($module, /)")]
    fn wait(vm: &mut Vm) -> Result {
        let found = vm.blocking_call(|| wait::waitpid(-1, 0))?;
        child_and_status(vm, found)
    }

    /// Wait for a child.
    #[function("($module, pid, options, /)")]
    fn waitpid(vm: &mut Vm, pid: i32, options: i32) -> Result {
        let found = vm.blocking_call(|| wait::waitpid(pid, options))?;
        child_and_status(vm, found)
    }

    /// Wait for any child, and tell what it used.
    #[function("($module, /, options)")]
    fn wait3(vm: &mut Vm, options: i32) -> Result {
        let found = vm.blocking_call(|| wait::wait4(-1, options))?;
        with_usage(vm, found)
    }

    /// Wait for a child, and tell what it used.
    #[function("($module, /, pid, options)")]
    fn wait4(vm: &mut Vm, pid: i32, options: i32) -> Result {
        let found = vm.blocking_call(|| wait::wait4(pid, options))?;
        with_usage(vm, found)
    }

    /// Wait for a child in one of several ways.
    #[function("($module, idtype, id, options, /)")]
    fn waitid(vm: &mut Vm, idtype: i32, id: i32, options: i32) -> Result {
        match vm.blocking_call(|| wait::waitid(idtype as u32, id, options))? {
            Some(child) => results::waitid_result(vm, &child),
            None => Ok(Value::none()),
        }
    }

    /// The exit code of a wait status, or a signal's number negated.
    #[function("($module, /, status)")]
    fn waitstatus_to_exitcode(vm: &mut Vm, status: i32) -> Result<i32> {
        if wait::exited(status) {
            return Ok(wait::exit_code(status));
        }
        if wait::signaled(status) {
            return Ok(-wait::ending_signal(status));
        }
        if wait::stopped(status) {
            let signal = wait::stopping_signal(status);
            return Err(vm.raise_value_error(&format!("process stopped by delivery of signal {signal}")));
        }
        Err(vm.raise_value_error(&format!("invalid wait status: {status}")))
    }

    /// Whether a core file was left.
    #[function("($module, status, /)")]
    fn WCOREDUMP(_vm: &mut Vm, status: i32) -> Result<bool> {
        Ok(wait::core_dumped(status))
    }

    /// The exit code of a process that ended by itself.
    #[function("($module, /, status)")]
    fn WEXITSTATUS(_vm: &mut Vm, status: i32) -> Result<i32> {
        Ok(wait::exit_code(status))
    }

    /// Whether a stopped process goes on.
    #[function("($module, /, status)")]
    fn WIFCONTINUED(_vm: &mut Vm, status: i32) -> Result<bool> {
        Ok(wait::continued(status))
    }

    /// Whether a process ended by itself.
    #[function("($module, /, status)")]
    fn WIFEXITED(_vm: &mut Vm, status: i32) -> Result<bool> {
        Ok(wait::exited(status))
    }

    /// Whether a signal ended a process.
    #[function("($module, /, status)")]
    fn WIFSIGNALED(_vm: &mut Vm, status: i32) -> Result<bool> {
        Ok(wait::signaled(status))
    }

    /// Whether a process is stopped.
    #[function("($module, /, status)")]
    fn WIFSTOPPED(_vm: &mut Vm, status: i32) -> Result<bool> {
        Ok(wait::stopped(status))
    }

    /// The signal that stopped a process.
    #[function("($module, /, status)")]
    fn WSTOPSIG(_vm: &mut Vm, status: i32) -> Result<i32> {
        Ok(wait::stopping_signal(status))
    }

    /// The signal that ended a process.
    #[function("($module, /, status)")]
    fn WTERMSIG(_vm: &mut Vm, status: i32) -> Result<i32> {
        Ok(wait::ending_signal(status))
    }

    /// The processor times of this process and its children.
    #[function("($module, /)")]
    fn times(vm: &mut Vm) -> Result {
        let found = resource::times();
        let found = vm.system(found)?;
        results::times_result(vm, &found)
    }

    /// The names of the system.
    #[function("($module, /)")]
    fn uname(vm: &mut Vm) -> Result {
        let found = system::uname();
        let found = vm.system(found)?;
        results::uname_result(vm, &found)
    }

    /// The number of processors, or None where it is unknown.
    #[function("($module, /)")]
    fn cpu_count(vm: &mut Vm) -> Result {
        match vm.state().config.cpu_count.or(system::cpu_count().map(|n| n as i64)) {
            Some(n) => vm.new_int(n),
            None => Ok(Value::none()),
        }
    }

    /// The mean numbers of running processes over 1, 5 and 15 minutes.
    #[function("($module, /)")]
    fn getloadavg(vm: &mut Vm) -> Result {
        let Ok(found) = system::getloadavg() else {
            let class = taipan_vm::errors::OS_ERROR.as_type();
            return Err(vm.raise_class(class, "Load averages are unobtainable"));
        };
        let mut values = Vec::with_capacity(3);
        for x in found {
            values.push(vm.new_float(x)?);
        }
        vm.new_tuple(values).map(Ref::into_value)
    }

    /// A configuration value that is text.
    #[function("($module, name, /)")]
    fn confstr(vm: &mut Vm, name: &Value) -> Result {
        let number = configuration(vm, name, constants::CONFSTR)?;
        let found = system::confstr(number);
        match vm.system(found)? {
            Some(text) => vm.new_fs_str(&text),
            None => Ok(Value::none()),
        }
    }

    /// A configuration value that is a number.
    #[function("($module, name, /)")]
    fn sysconf(vm: &mut Vm, name: &Value) -> Result<i64> {
        let number = configuration(vm, name, constants::SYSCONF)?;
        limit(vm, system::sysconf(number))
    }

    /// A limit of the file system an open file is on.
    #[function("($module, fd, name, /)")]
    fn fpathconf(vm: &mut Vm, fd: File, name: &Value) -> Result<i64> {
        let number = configuration(vm, name, constants::PATHCONF)?;
        limit(vm, taipan_host::fs::fpathconf(fd.0, number))
    }

    /// A limit of the file system a file is on.
    #[function("($module, /, path, name)")]
    fn pathconf(vm: &mut Vm, path: PathOrFd, name: &Value) -> Result<i64> {
        let number = configuration(vm, name, constants::PATHCONF)?;
        let found = match path.fd() {
            Some(fd) => taipan_host::fs::fpathconf(fd, number),
            None => taipan_host::fs::pathconf(path.bytes(), number),
        };
        Ok(path.check(vm, found)?.unwrap_or(-1))
    }

    /// The text of an error number.
    #[function("($module, code, /)")]
    fn strerror(_vm: &mut Vm, code: i32) -> Result<String> {
        Ok(taipan_host::errno::strerror(code))
    }

    /// The path of the controlling terminal.
    #[function("($module, /)")]
    fn ctermid(_vm: &mut Vm) -> Result<&'static str> {
        Ok("/dev/tty")
    }

    /// Random bytes.
    #[function("($module, size, /)")]
    fn urandom(vm: &mut Vm, size: isize) -> Result {
        let Ok(size) = usize::try_from(size) else {
            return Err(vm.raise_value_error("negative argument not allowed"));
        };
        let mut memory = zeros(vm, size)?;
        vm.blocking_call(|| random::fill(&mut memory))?;
        vm.bytes_from_vec(memory).map(Ref::into_value)
    }

    /// Random bytes, at most size.
    #[function("($module, /, size, flags=0)")]
    fn getrandom(vm: &mut Vm, size: isize, flags: Option<i32>) -> Result {
        let Ok(size) = usize::try_from(size) else {
            return Err(vm.raise_os_error(libc::EINVAL, None));
        };
        let mut memory = zeros(vm, size)?;
        let n = vm.blocking_call(|| random::getrandom(&mut memory, flags.unwrap_or(0) as u32))?;
        memory.truncate(n);
        vm.bytes_from_vec(memory).map(Ref::into_value)
    }

    /// Runs what waits for input; nothing ever does.
    #[function("($module, /)")]
    fn _inputhook(vm: &mut Vm) -> Result {
        vm.new_int(0)
    }

    /// Whether something runs while input is waited for.
    #[function("($module, /)")]
    fn _is_inputhook_installed(_vm: &mut Vm) -> Result<bool> {
        Ok(false)
    }

    /// Run a command in a shell, and give its wait status.
    #[function("($module, /, command)")]
    fn system(vm: &mut Vm, command: FsText) -> Result<i32> {
        let text = vm.new_bytes(&command.0)?.into_value();
        vm.audit("os.system", &[text])?;
        super::spawn::shell(vm, &command.0)
    }
}
