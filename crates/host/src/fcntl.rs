//! Descriptor control and file locks.
//!
//! Python's `fcntl` and `ioctl` take any number. There is no safe way to pass an unknown request to the kernel (it may
//! read or write through its argument), so the known ones are listed here and others fail with `EINVAL`, or `ENOTTY` for
//! `ioctl`.

use crate::fd::with_fd;
use crate::{Errno, Result};

/// `fcntl` with an integer argument.
pub fn fcntl(fd: i32, command: i32, argument: i32) -> Result<i32> {
    match command {
        libc::F_DUPFD => Ok(uapi::fcntl_dupfd(fd, argument)?.unwrap()),
        libc::F_DUPFD_CLOEXEC => Ok(uapi::fcntl_dupfd_cloexec(fd, argument)?.unwrap()),
        libc::F_GETFD => Ok(uapi::fcntl_getfd(fd)?),
        libc::F_SETFD => Ok(uapi::fcntl_setfd(fd, argument).map(|()| 0)?),
        libc::F_GETFL => Ok(uapi::fcntl_getfl(fd)?),
        libc::F_SETFL => Ok(uapi::fcntl_setfl(fd, argument).map(|()| 0)?),
        libc::F_GETPIPE_SZ => Ok(uapi::fcntl_getpipe_sz(fd)?),
        libc::F_SETPIPE_SZ => Ok(uapi::fcntl_setpipe_sz(fd, argument)?),
        libc::F_GET_SEALS => Ok(uapi::fcntl_get_seals(fd)?),
        libc::F_ADD_SEALS => Ok(uapi::fcntl_add_seals(fd, argument).map(|()| 0)?),
        _ => with_fd(fd, |fd| {
            rustix::io::fcntl_getfd(fd)?;
            Err(Errno::EINVAL)
        }),
    }
}

/// The kernel's description of a record lock, as `fcntl` reads and writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordLock {
    /// `F_RDLCK`, `F_WRLCK`, `F_UNLCK`.
    pub kind: i16,
    pub whence: i16,
    pub start: i64,
    pub length: i64,
    pub pid: i32,
}

impl RecordLock {
    /// The size of C's `struct flock`, and its bytes: what Python's `fcntl.fcntl` hands in and gets back.
    pub const SIZE: usize = 32;

    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; Self::SIZE] = bytes.get(..Self::SIZE)?.try_into().ok()?;
        let word = |at: usize| i64::from_ne_bytes(bytes[at..at + 8].try_into().unwrap_or_default());
        Some(Self {
            kind: i16::from_ne_bytes([bytes[0], bytes[1]]),
            whence: i16::from_ne_bytes([bytes[2], bytes[3]]),
            start: word(8),
            length: word(16),
            pid: word(24) as i32,
        })
    }

    pub fn to_bytes(self) -> [u8; Self::SIZE] {
        let mut bytes = [0; Self::SIZE];
        bytes[..2].copy_from_slice(&self.kind.to_ne_bytes());
        bytes[2..4].copy_from_slice(&self.whence.to_ne_bytes());
        bytes[8..16].copy_from_slice(&self.start.to_ne_bytes());
        bytes[16..24].copy_from_slice(&self.length.to_ne_bytes());
        bytes[24..28].copy_from_slice(&self.pid.to_ne_bytes());
        bytes
    }

    fn to_c(self) -> libc::flock {
        libc::flock {
            l_type: self.kind,
            l_whence: self.whence,
            l_start: self.start,
            l_len: self.length,
            l_pid: self.pid,
        }
    }
}

/// `fcntl` with a lock: `F_GETLK`, `F_SETLK`, `F_SETLKW` and their `F_OFD_*` kin. `F_GETLK` changes `lock`.
pub fn record_lock(fd: i32, command: i32, lock: &mut RecordLock) -> Result<()> {
    let mut c = lock.to_c();
    match command {
        libc::F_SETLK => uapi::fcntl_setlk(fd, &c)?,
        libc::F_SETLKW => uapi::fcntl_setlkw(fd, &c)?,
        libc::F_GETLK => uapi::fcntl_getlk(fd, &mut c)?,
        libc::F_OFD_SETLK => uapi::fcntl_ofd_setlk(fd, &c)?,
        libc::F_OFD_SETLKW => uapi::fcntl_ofd_setlkw(fd, &c)?,
        libc::F_OFD_GETLK => uapi::fcntl_ofd_getlk(fd, &mut c)?,
        _ => return Err(Errno::EINVAL),
    }
    *lock = RecordLock { kind: c.l_type, whence: c.l_whence, start: c.l_start, length: c.l_len, pid: c.l_pid };
    Ok(())
}

/// BSD lock on the whole file; `operation` of `LOCK_SH`, `LOCK_EX`, `LOCK_UN`, `LOCK_NB`.
pub fn flock(fd: i32, operation: i32) -> Result<()> {
    Ok(uapi::flock(fd, operation)?)
}

/// Record lock by `LOCK_*` operation, as `fcntl.lockf` has it.
pub fn lockf(fd: i32, operation: i32, length: i64, start: i64, whence: i16) -> Result<()> {
    let kind = if operation == libc::LOCK_UN {
        libc::F_UNLCK
    } else if operation & libc::LOCK_SH != 0 {
        libc::F_RDLCK
    } else if operation & libc::LOCK_EX != 0 {
        libc::F_WRLCK
    } else {
        return Err(Errno::EINVAL);
    };
    let command = if operation & libc::LOCK_NB != 0 { libc::F_SETLK } else { libc::F_SETLKW };
    record_lock(fd, command, &mut RecordLock { kind: kind as i16, whence, start, length, pid: 0 })
}

/// `lockf` of module `posix`: `F_LOCK`, `F_TLOCK`, `F_ULOCK`, `F_TEST` from the current position.
pub fn posix_lockf(fd: i32, command: i32, length: i64) -> Result<()> {
    let (kind, how) = match command {
        libc::F_LOCK => (libc::F_WRLCK, libc::F_SETLKW),
        libc::F_TLOCK => (libc::F_WRLCK, libc::F_SETLK),
        libc::F_ULOCK => (libc::F_UNLCK, libc::F_SETLK),
        libc::F_TEST => (libc::F_WRLCK, libc::F_GETLK),
        _ => return Err(Errno::EINVAL),
    };
    let mut lock = RecordLock { kind: kind as i16, whence: libc::SEEK_CUR as i16, start: 0, length, pid: 0 };
    record_lock(fd, how, &mut lock)?;
    if command == libc::F_TEST && lock.kind != libc::F_UNLCK as i16 && lock.pid != uapi::getpid() {
        return Err(Errno(libc::EACCES));
    }
    Ok(())
}

/// `ioctl` with an integer argument, or none.
pub fn ioctl_int(fd: i32, request: u64, argument: i64) -> Result<i32> {
    with_fd(fd, |fd| {
        match request {
            libc::FIOCLEX => rustix::io::ioctl_fioclex(fd)?,
            libc::FIONCLEX => rustix::io::ioctl_fionclex(fd)?,
            libc::TIOCEXCL => rustix::termios::ioctl_tiocexcl(fd)?,
            libc::TIOCNXCL => rustix::termios::ioctl_tiocnxcl(fd)?,
            libc::TIOCSCTTY => rustix::process::ioctl_tiocsctty(fd)?,
            libc::FICLONE => {
                let source = i32::try_from(argument).map_err(|_| Errno::EBADF)?;
                with_fd(source, |source| Ok(rustix::fs::ioctl_ficlone(fd, source)?))?
            }
            libc::TCSBRK if argument == 0 => rustix::termios::tcsendbreak(fd)?,
            libc::TCSBRK => rustix::termios::tcdrain(fd)?,
            _ => return Err(Errno::ENOTTY),
        }
        Ok(0)
    })
}

/// `ioctl` with a buffer, which holds the argument before and the answer after. `EINVAL` when it is too short.
pub fn ioctl_buffer(fd: i32, request: u64, buffer: &mut [u8]) -> Result<i32> {
    use rustix::termios as t;
    with_fd(fd, |fd| {
        match request {
            libc::TIOCGWINSZ => {
                let size = t::tcgetwinsize(fd)?;
                for (i, part) in [size.ws_row, size.ws_col, size.ws_xpixel, size.ws_ypixel].into_iter().enumerate() {
                    put(buffer, i * 2, &part.to_ne_bytes())?;
                }
            }
            libc::TIOCSWINSZ => {
                let part = |i: usize| take::<2>(buffer, i * 2).map(u16::from_ne_bytes);
                let size = t::Winsize { ws_row: part(0)?, ws_col: part(1)?, ws_xpixel: part(2)?, ws_ypixel: part(3)? };
                t::tcsetwinsize(fd, size)?;
            }
            libc::FIONREAD => put(buffer, 0, &(rustix::io::ioctl_fionread(fd)? as i32).to_ne_bytes())?,
            libc::FIONBIO => rustix::io::ioctl_fionbio(fd, i32::from_ne_bytes(take(buffer, 0)?) != 0)?,
            libc::TIOCGPGRP => {
                put(buffer, 0, &rustix::process::Pid::as_raw(Some(t::tcgetpgrp(fd)?)).to_ne_bytes())?;
            }
            libc::TIOCSPGRP => {
                let group = rustix::process::Pid::from_raw(i32::from_ne_bytes(take(buffer, 0)?));
                t::tcsetpgrp(fd, group.ok_or(Errno::EINVAL)?)?;
            }
            libc::TIOCGSID => {
                put(buffer, 0, &rustix::process::Pid::as_raw(Some(t::tcgetsid(fd)?)).to_ne_bytes())?;
            }
            _ => return Err(Errno::ENOTTY),
        }
        Ok(0)
    })
}

fn put(buffer: &mut [u8], at: usize, bytes: &[u8]) -> Result<()> {
    buffer.get_mut(at..at + bytes.len()).ok_or(Errno::EINVAL)?.copy_from_slice(bytes);
    Ok(())
}

fn take<const N: usize>(buffer: &[u8], at: usize) -> Result<[u8; N]> {
    buffer.get(at..at + N).and_then(|bytes| bytes.try_into().ok()).ok_or(Errno::EINVAL)
}
