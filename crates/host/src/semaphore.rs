//! Counting semaphores that processes share, by name.
//!
//! There is no safe wrapper of the C library's. These are a counter in a file in shared memory, on which the kernel lets
//! waiting threads sleep; they are not the C library's, which could not open them.

use crate::{Errno, Result};
use rustix::thread::futex::{self, Flags};
use std::fs::File;
use std::sync::atomic::{AtomicU32, Ordering};
use vm_memory::{FileOffset, MmapRegion, VolatileMemory};

/// The largest value.
pub const MAXIMUM: u32 = i32::MAX as u32;

const SIZE: usize = 8;

/// A semaphore that is open.
pub struct Semaphore {
    region: MmapRegion,
}

fn path(name: &[u8]) -> Result<Vec<u8>> {
    let start = name.iter().position(|c| *c != b'/').ok_or(Errno::EINVAL)?;
    let name = &name[start..];
    if name.contains(&b'/') {
        return Err(Errno::EINVAL);
    }
    if name.len() > 240 {
        return Err(Errno(libc::ENAMETOOLONG));
    }
    Ok([b"/dev/shm/semaphore.", name].concat())
}

impl Semaphore {
    fn at(name: &[u8], flags: i32) -> Result<Semaphore> {
        let path = path(name)?;
        let flags = flags | libc::O_RDWR | libc::O_CLOEXEC | libc::O_NOFOLLOW;
        let fd = crate::fs::open(crate::fs::CWD, &path, flags, 0o600)?;
        let made = crate::fd::with_fd(fd, |fd| Ok(File::from(fd.try_clone_to_owned()?))).and_then(|file| {
            if file.metadata()?.len() < SIZE as u64 {
                file.set_len(SIZE as u64)?;
            }
            let region = MmapRegion::from_file(FileOffset::new(file, 0), SIZE).map_err(|_| Errno::ENOMEM)?;
            Ok(Semaphore { region })
        });
        let _ = crate::fd::close(fd);
        made
    }

    /// Makes a semaphore. `EEXIST` when there is one of that name.
    pub fn create(name: &[u8], value: u32) -> Result<Semaphore> {
        if value > MAXIMUM {
            return Err(Errno::EINVAL);
        }
        let made = Self::at(name, libc::O_CREAT | libc::O_EXCL)?;
        made.counter()?.store(value, Ordering::SeqCst);
        Ok(made)
    }

    /// Opens a semaphore that is there.
    pub fn open(name: &[u8]) -> Result<Semaphore> {
        Self::at(name, 0)
    }

    fn counter(&self) -> Result<&AtomicU32> {
        self.region.get_atomic_ref::<AtomicU32>(0).map_err(|_| Errno::EINVAL)
    }

    /// The value.
    pub fn value(&self) -> Result<u32> {
        Ok(self.counter()?.load(Ordering::SeqCst))
    }

    /// Takes one, if there is one.
    pub fn try_take(&self) -> Result<bool> {
        let counter = self.counter()?;
        let taken = counter.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        Ok(taken.is_ok())
    }

    /// Takes one, waiting for it until the monotonic clock shows `deadline_ns`; false when time is up.
    pub fn take(&self, deadline_ns: Option<i64>) -> Result<bool> {
        let counter = self.counter()?;
        loop {
            if self.try_take()? {
                return Ok(true);
            }
            let left = deadline_ns.map(|deadline| deadline.saturating_sub(crate::clock::monotonic_ns()));
            if left.is_some_and(|left| left <= 0) {
                return Ok(false);
            }
            let timeout = left.map(|ns| futex::Timespec { tv_sec: ns / 1_000_000_000, tv_nsec: ns % 1_000_000_000 });
            match futex::wait(counter, Flags::empty(), 0, timeout.as_ref()) {
                Ok(()) | Err(rustix::io::Errno::AGAIN | rustix::io::Errno::TIMEDOUT) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Gives one back. `EOVERFLOW` at the maximum.
    pub fn give(&self) -> Result<()> {
        let counter = self.counter()?;
        let more = |n: u32| (n < MAXIMUM).then_some(n + 1);
        counter.fetch_update(Ordering::SeqCst, Ordering::SeqCst, more).map_err(|_| Errno::EOVERFLOW)?;
        futex::wake(counter, Flags::empty(), 1)?;
        Ok(())
    }
}

/// Removes the name of a semaphore; those who have it open keep it.
pub fn unlink(name: &[u8]) -> Result<()> {
    crate::fs::unlink(crate::fs::CWD, &path(name)?)
}
