//! Files that exist in the executable only, below one folder.
//!
//! The calls on paths fall back to them where the system finds nothing, so that programs can look at the library's
//! files, and the rest of the program need not know. Reading only; what is really there comes first. An opened file is
//! a copy in memory.

use crate::stat::Stat;
use crate::{Errno, Result};
use std::sync::OnceLock;

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// A file of this size in bytes.
    File(u64),
    Folder,
}

/// The files, by their paths below the folder, with forward slashes.
pub trait Files: Sync {
    fn find(&self, path: &str) -> Option<Node>;
    fn read(&self, path: &str) -> Option<Vec<u8>>;
    /// The names in a folder, and what they are.
    fn list(&self, path: &str) -> Vec<(String, Node)>;
}

struct Mounted {
    root: Vec<u8>,
    files: &'static dyn Files,
    /// Owner and times are those of the executable.
    like: OnceLock<Stat>,
}

impl Mounted {
    fn like(&self) -> &Stat {
        let found = || crate::env::executable().and_then(|path| crate::stat::stat(&path)).unwrap_or_default();
        self.like.get_or_init(found)
    }
}

static MOUNTED: OnceLock<Mounted> = OnceLock::new();

/// Lets the files be found below `root`. Only the first call counts.
pub fn mount(root: Vec<u8>, files: &'static dyn Files) {
    MOUNTED.get_or_init(|| Mounted { root, files, like: OnceLock::new() });
}

/// The part of a path below the root, without dots.
fn relative(path: &[u8]) -> Option<(&'static Mounted, String)> {
    let mounted = MOUNTED.get()?;
    let rest = path.strip_prefix(&mounted.root[..])?;
    if !rest.is_empty() && rest[0] != b'/' {
        return None;
    }
    let mut parts = Vec::new();
    for part in std::str::from_utf8(rest).ok()?.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some((mounted, parts.join("/")))
}

fn found(path: &[u8]) -> Option<(&'static Mounted, String, Node)> {
    let (mounted, path) = relative(path)?;
    let node = mounted.files.find(&path)?;
    Some((mounted, path, node))
}

fn is_missing(error: Errno) -> bool {
    matches!(error, Errno::ENOENT | Errno(libc::ENOTDIR))
}

/// `stat` of an embedded file, if `error` says that the system has none.
pub(crate) fn stat(path: &[u8], error: Errno) -> Result<Stat> {
    if !is_missing(error) {
        return Err(error);
    }
    let Some((mounted, path, node)) = found(path) else { return Err(error) };
    let (mode, size) = match node {
        Node::File(size) => (libc::S_IFREG | 0o444, size as i64),
        Node::Folder => (libc::S_IFDIR | 0o555, 4096),
    };
    // FNV-1a: any number that differs from file to file.
    let ino = path.bytes().fold(0xcbf2_9ce4_8422_2325, |h: u64, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
    Ok(Stat { mode, size, ino: ino >> 1, nlink: 1, blocks: size.div_euclid(512) + 1, rdev: 0, ..*mounted.like() })
}

/// Opens an embedded file for reading, if `error` says that the system has none.
pub(crate) fn open(path: &[u8], flags: i32, error: Errno) -> Result<i32> {
    if !is_missing(error) {
        return Err(error);
    }
    let Some((mounted, path, Node::File(_))) = found(path) else { return Err(error) };
    if flags & libc::O_ACCMODE != libc::O_RDONLY {
        return Err(Errno(libc::EROFS));
    }
    let Some(contents) = mounted.files.read(&path) else { return Err(error) };
    let keep = if flags & libc::O_CLOEXEC != 0 { libc::MFD_CLOEXEC } else { 0 };
    let fd = crate::fd::memfd_create(path.as_bytes(), keep)?;
    let written = crate::stdio::write_all(fd, &contents).and_then(|()| crate::fd::lseek(fd, 0, libc::SEEK_SET));
    match written {
        Ok(_) => Ok(fd),
        Err(error) => {
            let _ = crate::fd::close(fd);
            Err(error)
        }
    }
}

/// `access` of an embedded file, if `error` says that the system has none.
pub(crate) fn access(path: &[u8], mode: i32, error: Errno) -> Result<()> {
    if !is_missing(error) {
        return Err(error);
    }
    match found(path) {
        None => Err(error),
        Some(_) if mode & libc::W_OK != 0 => Err(Errno(libc::EROFS)),
        Some((_, _, Node::File(_))) if mode & libc::X_OK != 0 => Err(Errno(libc::EACCES)),
        Some(_) => Ok(()),
    }
}

/// The entries of an embedded folder.
pub(crate) fn list(path: &[u8]) -> Option<Vec<crate::dir::Entry>> {
    let (mounted, path, Node::Folder) = found(path)? else { return None };
    let entry = |(name, node): (String, Node)| crate::dir::Entry {
        name: name.into_bytes(),
        ino: 1,
        kind: if node == Node::Folder { libc::DT_DIR } else { libc::DT_REG },
    };
    Some(mounted.files.list(&path).into_iter().map(entry).collect())
}
