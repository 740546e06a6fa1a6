//! Files and directories by path.
//!
//! Every call takes the directory a relative path starts from; [`CWD`] is the working directory.

use crate::fd::{release, with_fd};
use crate::path::{with_c, with_c2};
use crate::stat::Timestamp;
use crate::{Errno, Result, embedded};

/// The directory descriptor that means the working directory.
pub const CWD: i32 = libc::AT_FDCWD;

/// How files are opened.
pub mod flag {
    pub const RDONLY: i32 = libc::O_RDONLY;
    pub const WRONLY: i32 = libc::O_WRONLY;
    pub const RDWR: i32 = libc::O_RDWR;
    pub const CREAT: i32 = libc::O_CREAT;
    pub const EXCL: i32 = libc::O_EXCL;
    pub const TRUNC: i32 = libc::O_TRUNC;
    pub const APPEND: i32 = libc::O_APPEND;
    pub const CLOEXEC: i32 = libc::O_CLOEXEC;
}

/// Opens a file. Pass `O_CLOEXEC` as Python does unless the descriptor is to be inherited.
pub fn open(dir_fd: i32, path: &[u8], flags: i32, mode: u32) -> Result<i32> {
    let opened = with_c(path, |path| Ok(uapi::openat(dir_fd, path, flags, mode)?.unwrap()));
    opened.or_else(|error| embedded::open(path, flags, error))
}

/// Reads a whole file.
pub fn read_file(path: &[u8]) -> Result<Vec<u8>> {
    let fd = open(CWD, path, libc::O_RDONLY | libc::O_CLOEXEC, 0)?;
    let result = read_to_end(fd);
    let _ = crate::fd::close(fd);
    result
}

/// Writes all of some bytes to a file that is opened with `flags`, beside `O_WRONLY`, and `mode`.
pub fn write_file(path: &[u8], flags: i32, mode: u32, bytes: &[u8]) -> Result<()> {
    let file = crate::fd::Owned::new(open(CWD, path, libc::O_WRONLY | libc::O_CLOEXEC | flags, mode)?)?;
    crate::stdio::write_all(file.raw(), bytes)
}

fn read_to_end(fd: i32) -> Result<Vec<u8>> {
    let size = crate::stat::fstat(fd)?.size.max(0) as usize;
    let mut out = Vec::new();
    out.try_reserve(size.saturating_add(1)).map_err(|_| Errno::ENOMEM)?;
    loop {
        if out.capacity() - out.len() < 64 {
            out.try_reserve(8192.max(out.len() / 2)).map_err(|_| Errno::ENOMEM)?;
        }
        match with_fd(fd, |fd| Ok(rustix::io::read(fd, rustix::buffer::spare_capacity(&mut out))?)) {
            Ok(0) => return Ok(out),
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Whether access is allowed; `mode` of `R_OK`, `W_OK`, `X_OK`, `flags` of `AT_EACCESS`, `AT_SYMLINK_NOFOLLOW`.
pub fn access(dir_fd: i32, path: &[u8], mode: i32, flags: i32) -> Result<()> {
    let allowed = with_c(path, |path| Ok(uapi::faccessat(dir_fd, path, mode, flags)?));
    allowed.or_else(|error| embedded::access(path, mode, error))
}

/// Changes permissions; `follow` false asks for those of a symbolic link itself, which Linux refuses.
pub fn chmod(dir_fd: i32, path: &[u8], mode: u32, follow: bool) -> Result<()> {
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    with_c(path, |path| Ok(uapi::fchmodat(dir_fd, path, mode, flags)?))
}

/// Changes permissions of an open file.
pub fn fchmod(fd: i32, mode: u32) -> Result<()> {
    Ok(uapi::fchmod(fd, mode)?)
}

/// Changes the owner; `u32::MAX` leaves one as it is.
pub fn chown(dir_fd: i32, path: &[u8], uid: u32, gid: u32, follow: bool) -> Result<()> {
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    with_c(path, |path| Ok(uapi::fchownat(dir_fd, path, uid, gid, flags)?))
}

/// Changes the owner of an open file.
pub fn fchown(fd: i32, uid: u32, gid: u32) -> Result<()> {
    Ok(uapi::fchown(fd, uid, gid)?)
}

/// Makes a hard link; `follow` resolves a symbolic link at `from` first.
pub fn link(from_fd: i32, from: &[u8], to_fd: i32, to: &[u8], follow: bool) -> Result<()> {
    let flags = if follow { libc::AT_SYMLINK_FOLLOW } else { 0 };
    with_c2(from, to, |from, to| Ok(uapi::linkat(from_fd, from, to_fd, to, flags)?))
}

/// Makes a symbolic link at `path` that says `target`.
pub fn symlink(target: &[u8], dir_fd: i32, path: &[u8]) -> Result<()> {
    with_c2(target, path, |target, path| Ok(uapi::symlinkat(target, dir_fd, path)?))
}

/// What a symbolic link says.
pub fn readlink(dir_fd: i32, path: &[u8]) -> Result<Vec<u8>> {
    with_c(path, |path| {
        let mut buffer = vec![0u8; 256];
        loop {
            let length = uapi::readlinkat(dir_fd, path, &mut buffer[..])?.len();
            if length < buffer.len() {
                buffer.truncate(length);
                return Ok(buffer);
            }
            buffer.resize(buffer.len() * 4, 0);
        }
    })
}

/// The path from the root without links and dots. All of it has to exist.
pub fn realpath(path: &[u8]) -> Result<Vec<u8>> {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    match std::fs::canonicalize(std::ffi::OsStr::from_bytes(path)) {
        Ok(real) => Ok(real.into_os_string().into_vec()),
        Err(e) => Err(Errno(e.raw_os_error().unwrap_or(0))),
    }
}

/// Makes a directory.
pub fn mkdir(dir_fd: i32, path: &[u8], mode: u32) -> Result<()> {
    with_c(path, |path| Ok(uapi::mkdirat(dir_fd, path, mode)?))
}

/// Removes an empty directory.
pub fn rmdir(dir_fd: i32, path: &[u8]) -> Result<()> {
    with_c(path, |path| Ok(uapi::unlinkat(dir_fd, path, libc::AT_REMOVEDIR)?))
}

/// Removes a file.
pub fn unlink(dir_fd: i32, path: &[u8]) -> Result<()> {
    with_c(path, |path| Ok(uapi::unlinkat(dir_fd, path, 0)?))
}

/// Moves a file over whatever is there.
pub fn rename(from_fd: i32, from: &[u8], to_fd: i32, to: &[u8]) -> Result<()> {
    with_c2(from, to, |from, to| Ok(uapi::renameat(from_fd, from, to_fd, to)?))
}

/// Cuts or extends a file.
pub fn truncate(path: &[u8], length: i64) -> Result<()> {
    with_c(path, |path| Ok(uapi::truncate(path, length)?))
}

/// A time to set: a given one, now, or leave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetTime {
    At(Timestamp),
    Now,
    Keep,
}

impl SetTime {
    fn to_c(self) -> libc::timespec {
        match self {
            Self::At(time) => libc::timespec { tv_sec: time.sec, tv_nsec: time.nsec },
            Self::Now => libc::timespec { tv_sec: 0, tv_nsec: libc::UTIME_NOW },
            Self::Keep => libc::timespec { tv_sec: 0, tv_nsec: libc::UTIME_OMIT },
        }
    }
}

/// Sets access and modification time.
pub fn utime(dir_fd: i32, path: &[u8], access: SetTime, modified: SetTime, follow: bool) -> Result<()> {
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    with_c(path, |path| Ok(uapi::utimensat(dir_fd, path, &[access.to_c(), modified.to_c()], flags)?))
}

/// Sets access and modification time of an open file.
pub fn futime(fd: i32, access: SetTime, modified: SetTime) -> Result<()> {
    Ok(uapi::futimens(fd, &[access.to_c(), modified.to_c()])?)
}

/// Makes a fifo.
pub fn mkfifo(dir_fd: i32, path: &[u8], mode: u32) -> Result<()> {
    with_c(path, |path| Ok(uapi::mkfifoat(dir_fd, path, mode)?))
}

/// Makes a file of any type, devices too.
pub fn mknod(dir_fd: i32, path: &[u8], mode: u32, device: u64) -> Result<()> {
    with_c(path, |path| Ok(uapi::mknodat(dir_fd, path, mode, device)?))
}

/// The working directory.
pub fn getcwd() -> Result<Vec<u8>> {
    Ok(rustix::process::getcwd(Vec::new())?.into_bytes())
}

/// Changes the working directory.
pub fn chdir(path: &[u8]) -> Result<()> {
    with_c(path, |path| Ok(uapi::chdir(path)?))
}

/// Changes the working directory to an open one.
pub fn fchdir(fd: i32) -> Result<()> {
    Ok(uapi::fchdir(fd)?)
}

/// Changes the root directory.
pub fn chroot(path: &[u8]) -> Result<()> {
    with_c(path, |path| Ok(uapi::chroot(path)?))
}

/// Sets the mask of permissions withheld from new files and gives the old one.
pub fn umask(mask: u32) -> u32 {
    uapi::umask(mask)
}

/// A limit of the file system (`_PC_*`); none when there is no limit.
pub fn pathconf(path: &[u8], name: i32) -> Result<Option<i64>> {
    with_c(path, |path| limit(|| uapi::pathconf(path, name)))
}

/// The same for an open file.
pub fn fpathconf(fd: i32, name: i32) -> Result<Option<i64>> {
    limit(|| uapi::fpathconf(fd, name))
}

/// "No limit" is a failure that leaves errno alone.
pub(crate) fn limit(ask: impl FnOnce() -> uapi::Result<i64>) -> Result<Option<i64>> {
    uapi::set_errno(0);
    match ask() {
        Ok(value) => Ok(Some(value)),
        Err(uapi::Errno(0)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Writes all file systems to their devices.
pub fn sync() {
    uapi::sync();
}

/// Device number from its parts, and back.
pub fn makedev(major: u32, minor: u32) -> u64 {
    libc::makedev(major, minor)
}

pub fn major(device: u64) -> u32 {
    libc::major(device)
}

pub fn minor(device: u64) -> u32 {
    libc::minor(device)
}

/// A pair of pseudo-terminal ends, master first, neither inheritable.
pub fn openpty() -> Result<(i32, i32)> {
    use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&master)?;
    unlockpt(&master)?;
    let slave = ioctl_tiocgptpeer(&master, OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    Ok((release(master), release(slave)))
}

/// Opens the master of a new pseudo-terminal (`posix_openpt`).
pub fn posix_openpt(flags: i32) -> Result<i32> {
    Ok(release(rustix::pty::openpt(rustix::pty::OpenptFlags::from_bits_retain(flags as u32))?))
}

/// Lets the other end be opened.
pub fn unlockpt(fd: i32) -> Result<()> {
    with_fd(fd, |fd| Ok(rustix::pty::unlockpt(fd)?))
}

/// Gives the other end its permissions.
pub fn grantpt(fd: i32) -> Result<()> {
    with_fd(fd, |fd| Ok(rustix::pty::grantpt(fd)?))
}

/// The path of the other end.
pub fn ptsname(fd: i32) -> Result<Vec<u8>> {
    with_fd(fd, |fd| Ok(rustix::pty::ptsname(fd, Vec::new())?.into_bytes()))
}
