//! Reading directories.

use crate::fd::with_fd;
use crate::path::with_c;
use crate::{Errno, Result};
use rustix::fs::{FileType, RawDir};
use std::mem::MaybeUninit;

/// One entry as the directory has it, without a look at the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: Vec<u8>,
    pub ino: u64,
    /// `DT_*`; `DT_UNKNOWN` when the file system does not say.
    pub kind: u8,
}

impl Entry {
    pub fn is_dir(&self) -> bool {
        self.kind == libc::DT_DIR
    }

    pub fn is_file(&self) -> bool {
        self.kind == libc::DT_REG
    }

    pub fn is_symlink(&self) -> bool {
        self.kind == libc::DT_LNK
    }
}

const CHUNK: usize = 32 * 1024;

/// An open directory, read a chunk at a time; closed when dropped.
pub struct Scan {
    fd: Option<uapi::OwnedFd>,
    ready: std::collections::VecDeque<Entry>,
    /// Entries of the embedded folder of that name, given at the end unless they really exist.
    embedded: Vec<Entry>,
}

impl Scan {
    /// Opens a directory.
    pub fn open(path: &[u8]) -> Result<Self> {
        let flags = libc::O_RDONLY | libc::O_DIRECTORY | libc::O_CLOEXEC | libc::O_NONBLOCK;
        let opened = with_c(path, |path| Ok(uapi::open(path, flags, 0)?));
        match (opened, crate::embedded::list(path)) {
            (Ok(fd), embedded) => {
                Ok(Self { fd: Some(fd), ready: Default::default(), embedded: embedded.unwrap_or_default() })
            }
            (Err(_), Some(all)) => Ok(Self { fd: None, ready: all.into(), embedded: Vec::new() }),
            (Err(error), None) => Err(error),
        }
    }

    /// Reads through a copy of an open descriptor, from the beginning.
    pub fn from_fd(fd: i32) -> Result<Self> {
        let fd = uapi::fcntl_dupfd_cloexec(fd, 0)?;
        if !crate::stat::fstat(fd.raw())?.is_dir() {
            return Err(Errno(libc::ENOTDIR));
        }
        uapi::lseek(fd.raw(), 0, libc::SEEK_SET)?;
        Ok(Self { fd: Some(fd), ready: Default::default(), embedded: Vec::new() })
    }

    fn fill(&mut self) -> Result<()> {
        let Some(fd) = &self.fd else { return Ok(()) };
        let mut buffer = [MaybeUninit::uninit(); CHUNK];
        let ready = &mut self.ready;
        let end = with_fd(fd.raw(), |fd| {
            let mut raw = RawDir::new(fd, &mut buffer);
            loop {
                let Some(entry) = raw.next() else { return Ok(true) };
                let entry = entry?;
                let name = entry.file_name().to_bytes();
                if name != b"." && name != b".." {
                    ready.push_back(Entry { name: name.to_vec(), ino: entry.ino(), kind: kind(entry.file_type()) });
                }
                if raw.is_buffer_empty() && !ready.is_empty() {
                    return Ok(false);
                }
            }
        })?;
        if !self.embedded.is_empty() {
            self.embedded.retain(|e| self.ready.iter().all(|real| real.name != e.name));
        }
        if end {
            self.fd = None;
            self.ready.extend(self.embedded.drain(..));
        }
        Ok(())
    }

    /// Whether the next entry is there without asking the system.
    pub fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Closes the directory early.
    pub fn close(&mut self) {
        self.fd = None;
        self.ready.clear();
    }
}

/// Gives every entry but `.` and `..`.
impl Iterator for Scan {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Result<Entry>> {
        if self.ready.is_empty()
            && let Err(error) = self.fill()
        {
            self.fd = None;
            return Some(Err(error));
        }
        self.ready.pop_front().map(Ok)
    }
}

fn kind(kind: FileType) -> u8 {
    match kind {
        FileType::RegularFile => libc::DT_REG,
        FileType::Directory => libc::DT_DIR,
        FileType::Symlink => libc::DT_LNK,
        FileType::Fifo => libc::DT_FIFO,
        FileType::Socket => libc::DT_SOCK,
        FileType::CharacterDevice => libc::DT_CHR,
        FileType::BlockDevice => libc::DT_BLK,
        FileType::Unknown => libc::DT_UNKNOWN,
    }
}

/// The names in a directory, in the order the system has them.
pub fn listdir(path: &[u8]) -> Result<Vec<Vec<u8>>> {
    collect(Scan::open(path)?)
}

/// The names in an open directory.
pub fn listdir_fd(fd: i32) -> Result<Vec<Vec<u8>>> {
    let names = collect(Scan::from_fd(fd)?);
    uapi::lseek(fd, 0, libc::SEEK_SET)?;
    names
}

fn collect(scan: Scan) -> Result<Vec<Vec<u8>>> {
    scan.map(|entry| Ok(entry?.name)).collect()
}
