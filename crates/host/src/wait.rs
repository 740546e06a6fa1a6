//! Waiting for children. A status is the kernel's encoded word; the functions below take it apart.

use crate::resource::Usage;
use crate::{Errno, Result};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus};
use nix::unistd::Pid;

/// Waits for a child; gives its number (0 when `WNOHANG` found none) and status.
pub fn waitpid(pid: i32, options: i32) -> Result<(i32, i32)> {
    Ok(uapi::waitpid(pid, options)?)
}

/// The same with what the child used. No safe wrapper of `wait4` exists, so the usage is the growth of that of all waited-for
/// children: exact unless two threads wait at once, but for `maxrss`, which is the largest so far.
pub fn wait4(pid: i32, options: i32) -> Result<(i32, i32, Usage)> {
    let before = crate::resource::getrusage(libc::RUSAGE_CHILDREN)?;
    let (pid, status) = waitpid(pid, options)?;
    let after = crate::resource::getrusage(libc::RUSAGE_CHILDREN)?;
    let usage = if pid == 0 { Usage::default() } else { after.since(&before) };
    Ok((pid, status, usage))
}

/// What `waitid` tells of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChildInfo {
    pub pid: i32,
    /// The wrapper keeps the child's user to itself; it is taken to be ours.
    pub uid: u32,
    /// Always `SIGCHLD`.
    pub signo: i32,
    /// Exit code or signal, depending on `code`.
    pub status: i32,
    /// `CLD_*`.
    pub code: i32,
}

/// Waits by kind (`P_ALL`, `P_PID`, `P_PGID`, `P_PIDFD`); none when `WNOHANG` found none.
pub fn waitid(kind: u32, id: i32, options: i32) -> Result<Option<ChildInfo>> {
    let options = WaitPidFlag::from_bits_retain(options);
    let wait = |id: Id<'_>| Ok(nix::sys::wait::waitid(id, options)?);
    let found = match kind {
        libc::P_ALL => wait(Id::All),
        libc::P_PID => wait(Id::Pid(Pid::from_raw(id))),
        libc::P_PGID => wait(Id::PGid(Pid::from_raw(id))),
        libc::P_PIDFD => crate::fd::with_fd(id, |fd| wait(Id::PIDFd(fd))),
        _ => Err(Errno::EINVAL),
    }?;
    let info = |pid: Pid, status: i32, code: i32| {
        Some(ChildInfo { pid: pid.as_raw(), uid: crate::ids::getuid(), signo: libc::SIGCHLD, status, code })
    };
    Ok(match found {
        WaitStatus::Exited(pid, status) => info(pid, status, libc::CLD_EXITED),
        WaitStatus::Signaled(pid, signal, false) => info(pid, signal as i32, libc::CLD_KILLED),
        WaitStatus::Signaled(pid, signal, true) => info(pid, signal as i32, libc::CLD_DUMPED),
        WaitStatus::Stopped(pid, signal) => info(pid, signal as i32, libc::CLD_STOPPED),
        WaitStatus::PtraceEvent(pid, signal, _) => info(pid, signal as i32, libc::CLD_TRAPPED),
        WaitStatus::PtraceSyscall(pid) => info(pid, libc::SIGTRAP, libc::CLD_TRAPPED),
        WaitStatus::Continued(pid) => info(pid, libc::SIGCONT, libc::CLD_CONTINUED),
        WaitStatus::StillAlive => None,
    })
}

/// The child ended by itself.
pub fn exited(status: i32) -> bool {
    libc::WIFEXITED(status)
}

/// Its exit code, if it did.
pub fn exit_code(status: i32) -> i32 {
    libc::WEXITSTATUS(status)
}

/// A signal ended the child.
pub fn signaled(status: i32) -> bool {
    libc::WIFSIGNALED(status)
}

/// That signal.
pub fn ending_signal(status: i32) -> i32 {
    libc::WTERMSIG(status)
}

/// It left a core file.
pub fn core_dumped(status: i32) -> bool {
    libc::WCOREDUMP(status)
}

/// The child is stopped.
pub fn stopped(status: i32) -> bool {
    libc::WIFSTOPPED(status)
}

/// By this signal.
pub fn stopping_signal(status: i32) -> i32 {
    libc::WSTOPSIG(status)
}

/// The child goes on after a stop.
pub fn continued(status: i32) -> bool {
    libc::WIFCONTINUED(status)
}
