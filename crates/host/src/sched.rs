//! Scheduling: affinity, priority, policy.

use crate::Result;

/// The processors a process may run on; 0 is the calling thread.
pub fn getaffinity(pid: i32) -> Result<Vec<usize>> {
    const WORD: usize = usize::BITS as usize;
    let mut mask = vec![0usize; 1024 / WORD];
    loop {
        match uapi::sched_getaffinity(pid, &mut mask) {
            Ok(_) => break,
            Err(error) if error.0 == libc::EINVAL && mask.len() < 1 << 16 => mask.resize(mask.len() * 2, 0),
            Err(error) => return Err(error.into()),
        }
    }
    Ok((0..mask.len() * WORD).filter(|cpu| mask[cpu / WORD] >> (cpu % WORD) & 1 != 0).collect())
}

/// Sets them. `EINVAL` when none of them exists.
pub fn setaffinity(pid: i32, cpus: &[usize]) -> Result<()> {
    const WORD: usize = usize::BITS as usize;
    let words = cpus.iter().max().map_or(1, |max| max / WORD + 1);
    let mut mask = Vec::new();
    mask.try_reserve(words).map_err(|_| crate::Errno::ENOMEM)?;
    mask.resize(words, 0usize);
    for cpu in cpus {
        mask[cpu / WORD] |= 1 << (cpu % WORD);
    }
    Ok(uapi::sched_setaffinity(pid, &mask)?)
}

/// Lets other threads run.
pub fn sched_yield() -> Result<()> {
    Ok(uapi::sched_yield()?)
}

/// Changes this process's niceness and gives the new one.
pub fn nice(increment: i32) -> Result<i32> {
    uapi::set_errno(0);
    match uapi::nice(increment) {
        Ok(value) => Ok(value),
        Err(uapi::Errno(0)) => Ok(-1),
        Err(error) => Err(error.into()),
    }
}

/// The priority of a process, group or user (`PRIO_*`).
pub fn getpriority(which: i32, who: u32) -> Result<i32> {
    uapi::set_errno(0);
    match uapi::getpriority(which, who) {
        Ok(value) => Ok(value),
        Err(uapi::Errno(0)) => Ok(-1),
        Err(error) => Err(error.into()),
    }
}

/// Sets it.
pub fn setpriority(which: i32, who: u32, priority: i32) -> Result<()> {
    Ok(uapi::setpriority(which, who, priority)?)
}

/// The scheduling policy (`SCHED_*`) of a process.
pub fn getscheduler(pid: i32) -> Result<i32> {
    Ok(uapi::sched_getscheduler(pid)?)
}

/// Sets policy and priority.
pub fn setscheduler(pid: i32, policy: i32, priority: i32) -> Result<()> {
    let parameter = libc::sched_param { sched_priority: priority };
    Ok(uapi::sched_setscheduler(pid, policy, &parameter).map(drop)?)
}

/// The real-time priority of a process.
pub fn getparam(pid: i32) -> Result<i32> {
    Ok(uapi::sched_getparam(pid)?.sched_priority)
}

/// Sets it.
pub fn setparam(pid: i32, priority: i32) -> Result<()> {
    Ok(uapi::sched_setparam(pid, &libc::sched_param { sched_priority: priority }).map(drop)?)
}

/// The largest priority of a policy.
pub fn priority_max(policy: i32) -> Result<i32> {
    Ok(uapi::sched_get_priority_max(policy)?)
}

/// The smallest priority of a policy.
pub fn priority_min(policy: i32) -> Result<i32> {
    Ok(uapi::sched_get_priority_min(policy)?)
}

/// The round-robin slice of a process, in nanoseconds.
pub fn rr_interval(pid: i32) -> Result<i64> {
    let slice = uapi::sched_rr_get_interval(pid)?;
    Ok(slice.tv_sec * 1_000_000_000 + slice.tv_nsec)
}
