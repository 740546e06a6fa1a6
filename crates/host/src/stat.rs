//! What the system knows of a file and of a file system.

use crate::fs::CWD;
use crate::path::with_c;
use crate::{Result, embedded};

/// `stat_result` to the nanosecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Stat {
    pub mode: u32,
    pub ino: u64,
    pub dev: u64,
    pub nlink: u64,
    pub uid: u32,
    pub gid: u32,
    pub size: i64,
    pub atime: Timestamp,
    pub mtime: Timestamp,
    pub ctime: Timestamp,
    pub blksize: i64,
    pub blocks: i64,
    pub rdev: u64,
}

/// Seconds since the epoch and nanoseconds, the latter in `0..1_000_000_000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Timestamp {
    pub sec: i64,
    pub nsec: i64,
}

impl Timestamp {
    /// Nanoseconds since the epoch.
    pub fn as_ns(self) -> i128 {
        i128::from(self.sec) * 1_000_000_000 + i128::from(self.nsec)
    }
}

impl Stat {
    #[allow(clippy::unnecessary_cast)] // Widths differ between processors.
    fn from_c(s: &libc::stat) -> Self {
        Self {
            mode: s.st_mode,
            ino: s.st_ino,
            dev: s.st_dev,
            nlink: s.st_nlink as u64,
            uid: s.st_uid,
            gid: s.st_gid,
            size: s.st_size,
            atime: Timestamp { sec: s.st_atime, nsec: s.st_atime_nsec },
            mtime: Timestamp { sec: s.st_mtime, nsec: s.st_mtime_nsec },
            ctime: Timestamp { sec: s.st_ctime, nsec: s.st_ctime_nsec },
            blksize: s.st_blksize as i64,
            blocks: s.st_blocks,
            rdev: s.st_rdev,
        }
    }

    fn is(&self, kind: u32) -> bool {
        self.mode & libc::S_IFMT == kind
    }

    pub fn is_dir(&self) -> bool {
        self.is(libc::S_IFDIR)
    }

    pub fn is_file(&self) -> bool {
        self.is(libc::S_IFREG)
    }

    pub fn is_symlink(&self) -> bool {
        self.is(libc::S_IFLNK)
    }
}

/// Follows symbolic links.
pub fn stat(path: &[u8]) -> Result<Stat> {
    stat_real(path).or_else(|error| embedded::stat(path, error))
}

/// The same, for what exists outside the executable.
pub fn stat_real(path: &[u8]) -> Result<Stat> {
    with_c(path, |path| Ok(Stat::from_c(&uapi::stat(path)?)))
}

/// Does not follow a final symbolic link.
pub fn lstat(path: &[u8]) -> Result<Stat> {
    with_c(path, |path| Ok(Stat::from_c(&uapi::lstat(path)?))).or_else(|error| embedded::stat(path, error))
}

/// The file behind a descriptor.
pub fn fstat(fd: i32) -> Result<Stat> {
    Ok(Stat::from_c(&uapi::fstat(fd)?))
}

/// Relative to a directory; `flags` of `AT_SYMLINK_NOFOLLOW`, `AT_EMPTY_PATH`.
pub fn fstatat(dir_fd: i32, path: &[u8], flags: i32) -> Result<Stat> {
    if dir_fd == CWD && flags & !libc::AT_SYMLINK_NOFOLLOW == 0 {
        return if flags == 0 { stat(path) } else { lstat(path) };
    }
    with_c(path, |path| Ok(Stat::from_c(&uapi::fstatat(dir_fd, path, flags)?)))
}

/// `statvfs_result`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatVfs {
    pub bsize: u64,
    pub frsize: u64,
    pub blocks: u64,
    pub bfree: u64,
    pub bavail: u64,
    pub files: u64,
    pub ffree: u64,
    pub favail: u64,
    pub flag: u64,
    pub namemax: u64,
    pub fsid: u64,
}

impl StatVfs {
    #[allow(clippy::unnecessary_cast)] // Here too.
    fn from_c(s: &libc::statvfs) -> Self {
        Self {
            bsize: s.f_bsize as u64,
            frsize: s.f_frsize as u64,
            blocks: s.f_blocks,
            bfree: s.f_bfree,
            bavail: s.f_bavail,
            files: s.f_files,
            ffree: s.f_ffree,
            favail: s.f_favail,
            flag: s.f_flag as u64,
            namemax: s.f_namemax as u64,
            fsid: s.f_fsid as u64,
        }
    }
}

/// The file system a path lies on.
pub fn statvfs(path: &[u8]) -> Result<StatVfs> {
    with_c(path, |path| Ok(StatVfs::from_c(&uapi::statvfs(path)?)))
}

/// The file system an open file lies on.
pub fn fstatvfs(fd: i32) -> Result<StatVfs> {
    Ok(StatVfs::from_c(&uapi::fstatvfs(fd)?))
}
