//! Resource use and limits.

use crate::{Errno, Result};
use nix::sys::resource::UsageWho;
use nix::sys::time::TimeVal;

/// `struct_rusage`; times in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Usage {
    pub utime_us: i64,
    pub stime_us: i64,
    pub maxrss: i64,
    pub ixrss: i64,
    pub idrss: i64,
    pub isrss: i64,
    pub minflt: i64,
    pub majflt: i64,
    pub nswap: i64,
    pub inblock: i64,
    pub oublock: i64,
    pub msgsnd: i64,
    pub msgrcv: i64,
    pub nsignals: i64,
    pub nvcsw: i64,
    pub nivcsw: i64,
}

impl Usage {
    /// The growth since an earlier reading; `maxrss` is a maximum and stays.
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            utime_us: self.utime_us - earlier.utime_us,
            stime_us: self.stime_us - earlier.stime_us,
            maxrss: self.maxrss,
            ixrss: self.ixrss - earlier.ixrss,
            idrss: self.idrss - earlier.idrss,
            isrss: self.isrss - earlier.isrss,
            minflt: self.minflt - earlier.minflt,
            majflt: self.majflt - earlier.majflt,
            nswap: self.nswap - earlier.nswap,
            inblock: self.inblock - earlier.inblock,
            oublock: self.oublock - earlier.oublock,
            msgsnd: self.msgsnd - earlier.msgsnd,
            msgrcv: self.msgrcv - earlier.msgrcv,
            nsignals: self.nsignals - earlier.nsignals,
            nvcsw: self.nvcsw - earlier.nvcsw,
            nivcsw: self.nivcsw - earlier.nivcsw,
        }
    }
}

/// What `RUSAGE_SELF`, `RUSAGE_CHILDREN` or `RUSAGE_THREAD` has used.
pub fn getrusage(who: i32) -> Result<Usage> {
    let who = match who {
        libc::RUSAGE_SELF => UsageWho::RUSAGE_SELF,
        libc::RUSAGE_CHILDREN => UsageWho::RUSAGE_CHILDREN,
        libc::RUSAGE_THREAD => UsageWho::RUSAGE_THREAD,
        _ => return Err(Errno::EINVAL),
    };
    let u = nix::sys::resource::getrusage(who)?;
    let us = |time: TimeVal| time.tv_sec() * 1_000_000 + time.tv_usec();
    Ok(Usage {
        utime_us: us(u.user_time()),
        stime_us: us(u.system_time()),
        maxrss: u.max_rss(),
        ixrss: u.shared_integral(),
        idrss: u.unshared_data_integral(),
        isrss: u.unshared_stack_integral(),
        minflt: u.minor_page_faults(),
        majflt: u.major_page_faults(),
        nswap: u.full_swaps(),
        inblock: u.block_reads(),
        oublock: u.block_writes(),
        msgsnd: u.ipc_sends(),
        msgrcv: u.ipc_receives(),
        nsignals: u.signals(),
        nvcsw: u.voluntary_context_switches(),
        nivcsw: u.involuntary_context_switches(),
    })
}

/// Soft and hard limit; `RLIM_INFINITY` is `u64::MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub soft: u64,
    pub hard: u64,
}

/// A limit (`RLIMIT_*`) of this process.
pub fn getrlimit(resource: i32) -> Result<Limit> {
    let c = uapi::getrlimit(resource)?;
    Ok(Limit { soft: c.rlim_cur, hard: c.rlim_max })
}

/// Sets it.
pub fn setrlimit(resource: i32, limit: Limit) -> Result<()> {
    Ok(uapi::setrlimit(resource, &libc::rlimit { rlim_cur: limit.soft, rlim_max: limit.hard })?)
}

/// Sets a limit of another process, or of this one for 0, and gives the old.
pub fn prlimit(pid: i32, resource: i32, limit: Option<Limit>) -> Result<Limit> {
    if pid == 0 || pid == crate::process::getpid() {
        let old = getrlimit(resource)?;
        if let Some(limit) = limit {
            setrlimit(resource, limit)?;
        }
        return Ok(old);
    }
    if pid < 0 {
        return Err(Errno::ESRCH);
    }
    let Some(limit) = limit else { return limit_of(pid, resource) };
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    const ALL: [Resource; 16] = [
        Resource::Cpu,
        Resource::Fsize,
        Resource::Data,
        Resource::Stack,
        Resource::Core,
        Resource::Rss,
        Resource::Nproc,
        Resource::Nofile,
        Resource::Memlock,
        Resource::As,
        Resource::Locks,
        Resource::Sigpending,
        Resource::Msgqueue,
        Resource::Nice,
        Resource::Rtprio,
        Resource::Rttime,
    ];
    let resource = ALL.into_iter().find(|r| *r as i32 == resource).ok_or(Errno::EINVAL)?;
    let finite = |value: u64| (value != u64::MAX).then_some(value);
    let new = Rlimit { current: finite(limit.soft), maximum: finite(limit.hard) };
    let pid = Pid::from_raw(pid).filter(|_| pid > 0).ok_or(Errno::ESRCH)?;
    let old = prlimit(Some(pid), resource, new)?;
    Ok(Limit { soft: old.current.unwrap_or(u64::MAX), hard: old.maximum.unwrap_or(u64::MAX) })
}

/// A limit of another process, from the kernel's table, which has the limits in the order of their numbers.
fn limit_of(pid: i32, resource: i32) -> Result<Limit> {
    crate::process::kill(pid, 0)?;
    const NAMES: usize = 26;
    let text = crate::fs::read_file(format!("/proc/{pid}/limits").as_bytes())?;
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().nth(resource.max(0) as usize + 1).ok_or(Errno::EINVAL)?;
    let mut values = line.get(NAMES..).ok_or(Errno::EINVAL)?.split_whitespace().map(|v| match v {
        "unlimited" => Ok(u64::MAX),
        number => number.parse().map_err(|_| Errno::EINVAL),
    });
    let mut next = || values.next().unwrap_or(Err(Errno::EINVAL));
    Ok(Limit { soft: next()?, hard: next()? })
}

/// Process times in clock ticks per second of 100, as `os.times` has them, and a clock that only grows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Times {
    pub user: f64,
    pub system: f64,
    pub children_user: f64,
    pub children_system: f64,
    pub elapsed: f64,
}

/// The times of `times(2)`, in seconds, rounded down to hundredths as there.
pub fn times() -> Result<Times> {
    let own = getrusage(libc::RUSAGE_SELF)?;
    let children = getrusage(libc::RUSAGE_CHILDREN)?;
    let ticks = |us: i64| (us / 10_000) as f64 / 100.0;
    let now = crate::clock::gettime(libc::CLOCK_BOOTTIME)?;
    Ok(Times {
        user: ticks(own.utime_us),
        system: ticks(own.stime_us),
        children_user: ticks(children.utime_us),
        children_system: ticks(children.stime_us),
        elapsed: ticks((now / 1000) as i64),
    })
}
