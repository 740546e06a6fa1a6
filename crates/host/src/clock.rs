//! Clocks, in nanoseconds, and sleeping.

use crate::{Errno, Result};

const SECOND: i128 = 1_000_000_000;

fn whole(time: libc::timespec) -> i128 {
    i128::from(time.tv_sec) * SECOND + i128::from(time.tv_nsec)
}

fn parts(ns: i128) -> Result<libc::timespec> {
    let tv_sec = i64::try_from(ns.div_euclid(SECOND)).map_err(|_| Errno::EOVERFLOW)?;
    Ok(libc::timespec { tv_sec, tv_nsec: ns.rem_euclid(SECOND) as i64 })
}

const ZERO: libc::timespec = libc::timespec { tv_sec: 0, tv_nsec: 0 };

/// The time of any clock (`CLOCK_*`).
pub fn gettime(clock: i32) -> Result<i128> {
    let mut time = ZERO;
    uapi::clock_gettime(clock, &mut time)?;
    Ok(whole(time))
}

/// Sets a clock.
pub fn settime(clock: i32, ns: i128) -> Result<()> {
    Ok(uapi::clock_settime(clock, &parts(ns)?)?)
}

/// The resolution of a clock.
pub fn getres(clock: i32) -> Result<i128> {
    let mut time = ZERO;
    uapi::clock_getres(clock, &mut time)?;
    Ok(whole(time))
}

/// A clock that every Linux has.
fn always(clock: i32) -> i64 {
    let mut time = ZERO;
    match uapi::clock_gettime(clock, &mut time) {
        Ok(()) => time.tv_sec.saturating_mul(1_000_000_000).saturating_add(time.tv_nsec),
        Err(_) => 0,
    }
}

/// Nanoseconds since the epoch.
pub fn time_ns() -> i64 {
    always(libc::CLOCK_REALTIME)
}

/// A clock that never goes back.
pub fn monotonic_ns() -> i64 {
    always(libc::CLOCK_MONOTONIC)
}

/// The clock for measuring; the monotonic one.
pub fn perf_counter_ns() -> i64 {
    always(libc::CLOCK_MONOTONIC)
}

/// Processor time of this process.
pub fn process_time_ns() -> i64 {
    always(libc::CLOCK_PROCESS_CPUTIME_ID)
}

/// Processor time of this thread.
pub fn thread_time_ns() -> i64 {
    always(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// Sleeps until the monotonic clock shows `deadline`. `EINTR` when a signal handler ran meanwhile: run Python's handlers,
/// then call again with the same deadline.
pub fn sleep_until(deadline_ns: i64) -> Result<()> {
    use rustix::thread::{ClockId, clock_nanosleep_absolute};
    let request = rustix::time::Timespec {
        tv_sec: deadline_ns.div_euclid(1_000_000_000),
        tv_nsec: deadline_ns.rem_euclid(1_000_000_000),
    };
    Ok(clock_nanosleep_absolute(ClockId::Monotonic, &request)?)
}

/// The clock that counts the calling thread's processor time, for other threads to read too.
pub fn thread_clock() -> i32 {
    // As the kernel numbers them: the thread, that it is one, and that its scheduled time is meant.
    (!crate::thread::native_id() << 3) | 6
}

/// The clock of a process's processor time; 0 is this process. `ESRCH` when there is none.
pub fn process_clock(pid: i32) -> Result<i32> {
    let clock = (!pid << 3) | 2;
    let mut time = ZERO;
    uapi::clock_getres(clock, &mut time).map_err(|_| Errno::ESRCH)?;
    Ok(clock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_advance() {
        let (a, m) = (time_ns(), monotonic_ns());
        sleep_until(m + 3_000_000).unwrap();
        assert!(monotonic_ns() >= m + 3_000_000);
        assert!(time_ns() > a);
        assert!(process_time_ns() > 0 && thread_time_ns() > 0);
        assert_eq!(getres(libc::CLOCK_MONOTONIC).unwrap(), 1);
        assert_eq!(gettime(9999), Err(Errno::EINVAL));
    }
}
