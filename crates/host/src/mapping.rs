//! Files and memory as slices (`mmap`).
//!
//! What another process does to a mapped file shows in the slice, and a file that is cut short takes pages away: programs
//! that share files that way are as careful here as elsewhere.

use crate::fd::with_fd;
use crate::{Errno, Result};
use std::fs::File;
use vmap::{Advise, Flush, Map, MapMut, Options};

/// What may be done with a mapping, and who sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// It is read only.
    ReadOnly,
    /// Changes reach the file and others that map it.
    Shared,
    /// Changes stay here.
    Private,
}

enum Pages {
    Read(Map),
    Write(MapMut),
}

/// Mapped memory.
pub struct Mapping {
    pages: Pages,
    file: File,
    offset: usize,
    sharing: Sharing,
}

fn failure(error: vmap::Error) -> Errno {
    match error.raw_os_error() {
        Some(number) => Errno(number),
        None => Errno::EINVAL,
    }
}

fn pages(file: &File, offset: usize, len: usize, sharing: Sharing) -> Result<Pages> {
    match sharing {
        Sharing::ReadOnly => Ok(Pages::Read(Options::<Map>::new().offset(offset).len(len).map(file).map_err(failure)?)),
        Sharing::Shared => {
            let map = Options::<MapMut>::new().write().offset(offset).len(len).map(file);
            Ok(Pages::Write(map.map_err(failure)?))
        }
        Sharing::Private => {
            let map = Options::<MapMut>::new().copy().offset(offset).len(len).map(file);
            Ok(Pages::Write(map.map_err(failure)?))
        }
    }
}

impl Mapping {
    /// Maps a part of an open file, which must be that long.
    pub fn file(fd: i32, offset: usize, len: usize, sharing: Sharing) -> Result<Mapping> {
        let file = with_fd(fd, |fd| Ok(File::from(fd.try_clone_to_owned()?)))?;
        Ok(Mapping { pages: pages(&file, offset, len, sharing)?, file, offset, sharing })
    }

    /// Maps fresh memory, zeroed; children share it if it is shared.
    pub fn anonymous(len: usize, sharing: Sharing) -> Result<Mapping> {
        let fd = crate::fd::memfd_create(b"mmap", libc::MFD_CLOEXEC)?;
        let size = i64::try_from(len).map_err(|_| Errno::ENOMEM)?;
        let made = crate::fd::ftruncate(fd, size).and_then(|()| Self::file(fd, 0, len, sharing));
        let _ = crate::fd::close(fd);
        made
    }

    /// The memory.
    pub fn bytes(&self) -> &[u8] {
        match &self.pages {
            Pages::Read(map) => map,
            Pages::Write(map) => map,
        }
    }

    /// The memory, to change it; none if that is not allowed.
    pub fn bytes_mut(&mut self) -> Option<&mut [u8]> {
        match &mut self.pages {
            Pages::Read(_) => None,
            Pages::Write(map) => Some(map),
        }
    }

    /// Writes a part to the file.
    pub fn flush(&self, start: usize, len: usize) -> Result<()> {
        match &self.pages {
            Pages::Read(_) => Ok(()),
            Pages::Write(map) => map.flush_range(&self.file, start, len, Flush::Sync).map_err(failure),
        }
    }

    /// Tells how a part will be used (`MADV_*`).
    pub fn advise(&self, start: usize, len: usize, advice: i32) -> Result<()> {
        let advice = match advice {
            libc::MADV_NORMAL => Advise::Normal,
            libc::MADV_RANDOM => Advise::Random,
            libc::MADV_SEQUENTIAL => Advise::Sequential,
            libc::MADV_WILLNEED => Advise::WillNeed,
            libc::MADV_DONTNEED => Advise::WillNotNeed,
            _ => return Err(Errno::EINVAL),
        };
        match &self.pages {
            Pages::Read(map) => map.advise_range(start, len, advice).map_err(failure),
            Pages::Write(map) => map.advise_range(start, len, advice).map_err(failure),
        }
    }

    /// Changes the length of the file and of the mapping.
    pub fn resize(&mut self, len: usize) -> Result<()> {
        let total = self.offset.checked_add(len).and_then(|n| u64::try_from(n).ok()).ok_or(Errno::EINVAL)?;
        if len == 0 {
            return Err(Errno::EINVAL);
        }
        self.file.set_len(total)?;
        self.pages = pages(&self.file, self.offset, len, self.sharing)?;
        Ok(())
    }

    /// The length of the file.
    pub fn file_size(&self) -> Result<u64> {
        Ok(self.file.metadata()?.len())
    }
}
