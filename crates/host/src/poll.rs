//! Waiting for descriptors: poll, select, epoll, timer descriptors.

use crate::{Errno, Result};
use rustix::event::{PollFd, PollFlags};
use rustix::time::Timespec;
use std::os::fd::AsFd;

pub use libc::pollfd as Slot;

/// A slot for [`poll`].
pub fn slot(fd: i32, events: i16) -> Slot {
    Slot { fd, events, revents: 0 }
}

/// Waits until a slot is ready; a negative time waits for ever. Gives the number of slots with something in `revents`.
pub fn poll(slots: &mut [Slot], timeout_ms: i32) -> Result<usize> {
    Ok(uapi::poll(slots, timeout_ms)?)
}

/// The same to the nanosecond; no time waits for ever.
pub fn ppoll(slots: &mut [Slot], timeout_ns: Option<i64>) -> Result<usize> {
    if slots.iter().any(|slot| slot.fd < 0) {
        return Err(Errno::EBADF);
    }
    match timeout_ns {
        None => return poll(slots, -1),
        Some(ns) if ns <= 0 => return poll(slots, 0),
        Some(ns) if ns % 1_000_000 == 0 && ns / 1_000_000 <= i64::from(i32::MAX) => {
            return poll(slots, (ns / 1_000_000) as i32);
        }
        Some(_) => {}
    }
    let bridges: Vec<_> = slots.iter().map(|slot| uapi::Fd::new(slot.fd)).collect();
    let mut fds: Vec<_> = bridges
        .iter()
        .zip(slots.iter())
        .map(|(fd, slot)| PollFd::from_borrowed_fd(fd.as_fd(), PollFlags::from_bits_retain(slot.events as u16)))
        .collect();
    let timeout =
        timeout_ns.map(|ns| ns.max(0)).map(|ns| Timespec { tv_sec: ns / 1_000_000_000, tv_nsec: ns % 1_000_000_000 });
    let count = rustix::event::poll(&mut fds, timeout.as_ref())?;
    for (slot, fd) in slots.iter_mut().zip(&fds) {
        slot.revents = fd.revents().bits() as i16;
    }
    Ok(count)
}

/// Waits for one descriptor; true when it became ready in time.
pub fn wait_for(fd: i32, events: i16, timeout_ns: Option<i64>) -> Result<bool> {
    ppoll(&mut [slot(fd, events)], timeout_ns).map(|count| count > 0)
}

pub(crate) fn wait_writable(fd: i32) -> Result<()> {
    wait_for(fd, libc::POLLOUT, None).map(drop)
}

/// The descriptors of each list that are ready, in the order of the lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selected {
    pub readable: Vec<i32>,
    pub writable: Vec<i32>,
    pub exceptional: Vec<i32>,
}

const READABLE: i16 = libc::POLLIN | libc::POLLRDNORM | libc::POLLRDBAND | libc::POLLHUP | libc::POLLERR;
const WRITABLE: i16 = libc::POLLOUT | libc::POLLWRNORM | libc::POLLWRBAND | libc::POLLERR;
const EXCEPTIONAL: i16 = libc::POLLPRI;

/// `select` with `poll`'s means, so without its limit of 1024. `EBADF` when a descriptor is not open.
pub fn select(read: &[i32], write: &[i32], except: &[i32], timeout_ns: Option<i64>) -> Result<Selected> {
    let lists = [(read, READABLE), (write, WRITABLE), (except, EXCEPTIONAL)];
    let mut slots: Vec<Slot> = Vec::new();
    for (list, events) in lists {
        slots.extend(list.iter().map(|fd| slot(*fd, events & !(libc::POLLHUP | libc::POLLERR))));
    }
    ppoll(&mut slots, timeout_ns)?;
    if slots.iter().any(|slot| slot.revents & libc::POLLNVAL != 0) {
        return Err(Errno::EBADF);
    }
    let mut slots = slots.iter();
    let mut chosen = lists.map(|(list, events)| {
        let ready = slots.by_ref().take(list.len()).filter(|slot| slot.revents & events != 0);
        ready.map(|slot| slot.fd).collect::<Vec<_>>()
    });
    let [readable, writable, exceptional] = &mut chosen;
    Ok(Selected {
        readable: std::mem::take(readable),
        writable: std::mem::take(writable),
        exceptional: std::mem::take(exceptional),
    })
}

/// Makes an epoll descriptor (`EPOLL_CLOEXEC`).
pub fn epoll_create(flags: i32) -> Result<i32> {
    Ok(uapi::epoll_create1(flags)?.unwrap())
}

/// Adds, changes or removes a descriptor (`EPOLL_CTL_*`).
pub fn epoll_control(epoll: i32, operation: i32, fd: i32, events: u32) -> Result<()> {
    let event = libc::epoll_event { events, u64: fd as u32 as u64 };
    let event = (operation != libc::EPOLL_CTL_DEL).then_some(&event);
    Ok(uapi::epoll_ctl(epoll, operation, fd, event)?)
}

/// Waits for at most `maximum` events: descriptors with what happened. A negative time waits for ever.
pub fn epoll_wait(epoll: i32, maximum: usize, timeout_ms: i32) -> Result<Vec<(i32, u32)>> {
    let mut events = Vec::new();
    events.try_reserve_exact(maximum).map_err(|_| Errno::ENOMEM)?;
    events.resize(maximum, libc::epoll_event { events: 0, u64: 0 });
    let count = uapi::epoll_wait(epoll, &mut events, timeout_ms)?;
    Ok(events[..count].iter().map(|event| (event.u64 as i32, event.events)).collect())
}

/// First expiry and interval of a timer, in nanoseconds; 0 is "not set".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct TimerSetting {
    pub value_ns: i64,
    pub interval_ns: i64,
}

impl TimerSetting {
    fn to_c(self) -> libc::itimerspec {
        let part =
            |ns: i64| libc::timespec { tv_sec: ns.div_euclid(1_000_000_000), tv_nsec: ns.rem_euclid(1_000_000_000) };
        libc::itimerspec { it_interval: part(self.interval_ns), it_value: part(self.value_ns) }
    }

    fn from_c(c: libc::itimerspec) -> Self {
        let whole = |t: libc::timespec| t.tv_sec * 1_000_000_000 + t.tv_nsec;
        Self { value_ns: whole(c.it_value), interval_ns: whole(c.it_interval) }
    }
}

/// A timer to wait for with the calls above.
pub fn timerfd_create(clock: i32, flags: i32) -> Result<i32> {
    Ok(uapi::timerfd_create(clock, flags)?.unwrap())
}

/// Sets a timer and gives its old setting.
pub fn timerfd_settime(fd: i32, flags: i32, new: TimerSetting) -> Result<TimerSetting> {
    let old = timerfd_gettime(fd)?;
    uapi::timerfd_settime(fd, flags, &new.to_c())?;
    Ok(old)
}

/// What is left of a timer.
pub fn timerfd_gettime(fd: i32) -> Result<TimerSetting> {
    Ok(TimerSetting::from_c(uapi::timerfd_gettime(fd)?))
}
