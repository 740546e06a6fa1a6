//! Locks and events that threads wait for, on futexes: unlike those of the standard library their waits end when a
//! signal was handled, so that the main thread can run Python's handlers.

use crate::clock::monotonic_ns;
use rustix::io::Errno;
use rustix::thread::futex::{self, Flags};
use std::sync::atomic::{AtomicU32, Ordering};

/// How a wait ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Waited {
    /// With what was waited for.
    Done,
    TimedOut,
    /// A signal was handled.
    Interrupted,
}

/// Sleeps while the word has this value. `deadline` is a reading of the monotonic clock.
fn sleep_while(word: &AtomicU32, value: u32, deadline: Option<i64>) -> Waited {
    let timeout = match deadline {
        None => None,
        Some(deadline) => {
            let left = deadline - monotonic_ns();
            if left <= 0 {
                return Waited::TimedOut;
            }
            Some(futex::Timespec { tv_sec: left / 1_000_000_000, tv_nsec: left % 1_000_000_000 })
        }
    };
    match futex::wait(word, Flags::PRIVATE, value, timeout.as_ref()) {
        Err(Errno::INTR) => Waited::Interrupted,
        Err(Errno::TIMEDOUT) => Waited::TimedOut,
        _ => Waited::Done,
    }
}

fn wake(word: &AtomicU32, count: u32) {
    // It can fail for an invalid address only.
    let _ = futex::wake(word, Flags::PRIVATE, count);
}

const UNLOCKED: u32 = 0;
const LOCKED: u32 = 1;
/// Locked, and somebody may sleep.
const CONTENDED: u32 = 2;

/// A lock that any thread may release.
#[derive(Debug, Default)]
pub struct Lock(AtomicU32);

impl Lock {
    /// An unlocked lock.
    pub const fn new() -> Lock {
        Lock(AtomicU32::new(UNLOCKED))
    }

    /// Takes the lock if it is free.
    #[inline]
    pub fn try_acquire(&self) -> bool {
        self.0.compare_exchange(UNLOCKED, LOCKED, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Waits for the lock, until a reading of the monotonic clock if one is given.
    pub fn acquire(&self, deadline: Option<i64>) -> Waited {
        loop {
            if self.0.swap(CONTENDED, Ordering::Acquire) == UNLOCKED {
                return Waited::Done;
            }
            match sleep_while(&self.0, CONTENDED, deadline) {
                Waited::Done => {}
                other => return other,
            }
        }
    }

    /// Gives the lock up; false if it was not locked.
    #[inline]
    pub fn release(&self) -> bool {
        match self.0.swap(UNLOCKED, Ordering::Release) {
            UNLOCKED => false,
            LOCKED => true,
            _ => {
                wake(&self.0, 1);
                true
            }
        }
    }

    /// Makes the lock free in a forked child, where nobody waits.
    pub fn reset(&self) {
        self.0.store(UNLOCKED, Ordering::Release);
    }

    /// Whether somebody has the lock.
    pub fn is_locked(&self) -> bool {
        self.0.load(Ordering::Relaxed) != UNLOCKED
    }
}

/// Something that happens once, for which any number of threads may wait.
#[derive(Debug, Default)]
pub struct Event(AtomicU32);

impl Event {
    /// An event that has not happened.
    pub const fn new() -> Event {
        Event(AtomicU32::new(0))
    }

    /// It happens.
    pub fn set(&self) {
        if self.0.swap(1, Ordering::Release) == 0 {
            wake(&self.0, i32::MAX as u32);
        }
    }

    /// Whether it has happened.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire) != 0
    }

    /// Waits for it, until a reading of the monotonic clock if one is given.
    pub fn wait(&self, deadline: Option<i64>) -> Waited {
        while !self.is_set() {
            match sleep_while(&self.0, 0, deadline) {
                Waited::Done => {}
                other => return other,
            }
        }
        Waited::Done
    }
}
