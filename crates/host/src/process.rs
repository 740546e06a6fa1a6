//! This process and its relations: identity, groups, signals to others, fork, exit.

use crate::fd::release;
use crate::{Errno, Result};

/// The number of this process.
pub fn getpid() -> i32 {
    uapi::getpid()
}

/// The number of the parent, 0 when it is outside the namespace.
pub fn getppid() -> i32 {
    uapi::getppid()
}

/// The process group.
pub fn getpgrp() -> i32 {
    uapi::getpgrp()
}

/// The process group of a process; 0 is this one. The answer is 0 when its leader is outside the namespace.
pub fn getpgid(pid: i32) -> Result<i32> {
    Ok(nix::unistd::getpgid(Some(nix::unistd::Pid::from_raw(pid)))?.as_raw())
}

/// Moves a process to a group; 0 is this process, and its own number.
pub fn setpgid(pid: i32, group: i32) -> Result<()> {
    Ok(uapi::setpgid(pid, group)?)
}

/// The session of a process; 0 is this one. The answer is 0 when its leader is outside the namespace.
pub fn getsid(pid: i32) -> Result<i32> {
    Ok(nix::unistd::getsid(Some(nix::unistd::Pid::from_raw(pid)))?.as_raw())
}

/// Starts a session.
pub fn setsid() -> Result<i32> {
    Ok(uapi::setsid()?)
}

/// Sends a signal; 0 only asks whether one could. Negative numbers are groups, as in C.
pub fn kill(pid: i32, signal: i32) -> Result<()> {
    Ok(uapi::kill(pid, signal)?)
}

/// Sends a signal to a process group.
pub fn killpg(group: i32, signal: i32) -> Result<()> {
    match group {
        i32::MIN..=-1 => Err(Errno::EINVAL),
        0 => kill(0, signal),
        1 => Err(Errno(libc::EPERM)),
        group => kill(-group, signal),
    }
}

/// A descriptor for a process.
pub fn pidfd_open(pid: i32, flags: u32) -> Result<i32> {
    Ok(uapi::pidfd_open(pid, flags)?.unwrap())
}

/// Sends a signal to the process behind a descriptor.
pub fn pidfd_send_signal(pidfd: i32, signal: i32) -> Result<()> {
    if signal == 0 {
        return kill(pid_of(pidfd)?, 0);
    }
    let signal = rustix::process::Signal::from_named_raw(signal).ok_or(Errno::EINVAL)?;
    crate::fd::with_fd(pidfd, |fd| Ok(rustix::process::pidfd_send_signal(fd, signal)?))
}

/// The process behind a descriptor.
fn pid_of(pidfd: i32) -> Result<i32> {
    crate::fd::get_inheritable(pidfd)?;
    let text = crate::fs::read_file(format!("/proc/self/fdinfo/{pidfd}").as_bytes())?;
    let text = String::from_utf8_lossy(&text);
    let number = text.lines().find_map(|line| line.strip_prefix("Pid:")).ok_or(Errno::EBADF)?;
    match number.trim().parse() {
        Ok(pid) if pid > 0 => Ok(pid),
        _ => Err(Errno::ESRCH),
    }
}

/// Which side of a fork this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fork {
    Parent { child: i32 },
    Child,
}

/// Copies the process. Only the calling thread exists in the child.
pub fn fork() -> Result<Fork> {
    match fork::fork()? {
        fork::Fork::Parent(child) => Ok(Fork::Parent { child }),
        fork::Fork::Child => {
            crate::signal::after_fork_in_child();
            Ok(Fork::Child)
        }
    }
}

/// Forks with a new pseudo-terminal; the child has it as controlling terminal and as descriptors 0, 1 and 2.
pub fn forkpty() -> Result<(Fork, i32)> {
    let (master, slave) = crate::fs::openpty()?;
    match fork() {
        Ok(Fork::Child) => {
            let _ = crate::fd::close(master);
            login_tty(slave)?;
            Ok((Fork::Child, -1))
        }
        Ok(parent) => {
            let _ = crate::fd::close(slave);
            Ok((parent, master))
        }
        Err(error) => {
            let _ = crate::fd::close(master);
            let _ = crate::fd::close(slave);
            Err(error)
        }
    }
}

/// Makes `fd` the controlling terminal of a new session and the standard streams, and closes it.
pub fn login_tty(fd: i32) -> Result<()> {
    setsid()?;
    crate::terminal::make_controlling(fd)?;
    for stream in 0..3 {
        crate::fd::dup2(fd, stream, true)?;
    }
    if fd > 2 {
        crate::fd::close(fd)?;
    }
    Ok(())
}

/// Ends the process. Python's own buffers and handlers are the virtual machine's affair, so this serves `os._exit` too;
/// there is no safe wrapper of `_exit`, and what C's exit handlers do here (an allocator's farewell) is harmless.
pub fn exit(status: i32) -> ! {
    std::process::exit(status)
}

/// Ends the process by `SIGABRT`.
pub fn abort() -> ! {
    std::process::abort()
}

/// Detaches from namespaces (`CLONE_*`).
pub fn unshare(flags: i32) -> Result<()> {
    Ok(uapi::unshare(flags)?)
}

/// Joins the namespace behind a descriptor.
pub fn setns(fd: i32, kind: i32) -> Result<()> {
    Ok(uapi::setns(fd, kind)?)
}

/// A copy of a descriptor of another process.
pub fn pidfd_getfd(pidfd: i32, target: i32) -> Result<i32> {
    Ok(release(uapi::pidfd_getfd(pidfd, target, 0)?.into()))
}
