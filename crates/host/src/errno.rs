//! Error numbers: the value every call fails with, its name, and the C library's text for it.

use crate::errno_table::NAMES;
use std::fmt;

/// What a failed operating-system call reports.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Errno(pub i32);

/// The result of an operating-system call.
pub type Result<T> = std::result::Result<T, Errno>;

impl Errno {
    pub const EAGAIN: Self = Self(libc::EAGAIN);
    pub const EBADF: Self = Self(libc::EBADF);
    pub const EINTR: Self = Self(libc::EINTR);
    pub const EISDIR: Self = Self(libc::EISDIR);
    pub const EINVAL: Self = Self(libc::EINVAL);
    pub const ENOENT: Self = Self(libc::ENOENT);
    pub const ENOMEM: Self = Self(libc::ENOMEM);
    pub const ENOTTY: Self = Self(libc::ENOTTY);
    pub const ENXIO: Self = Self(libc::ENXIO);
    pub const EOVERFLOW: Self = Self(libc::EOVERFLOW);
    pub const ERANGE: Self = Self(libc::ERANGE);
    pub const ESRCH: Self = Self(libc::ESRCH);

    /// The symbolic name, `ENOENT` for 2.
    pub fn name(self) -> Option<&'static str> {
        name(self.0)
    }

    /// The text for this error, as `strerror` gives it.
    pub fn message(self) -> String {
        strerror(self.0)
    }
}

/// All names with their numbers, in the order of module `errno`; of two names for a number the later is preferred.
pub fn names() -> &'static [(&'static str, i32)] {
    NAMES
}

/// The preferred name of a number.
pub fn name(number: i32) -> Option<&'static str> {
    NAMES.iter().rev().find(|(_, n)| *n == number).map(|(name, _)| *name)
}

/// The C library's text for an error number, `Unknown error 9999` for one it does not know.
pub fn strerror(number: i32) -> String {
    let mut text = std::io::Error::from_raw_os_error(number).to_string();
    if let Some(end) = text.rfind(" (os error ") {
        text.truncate(end);
    }
    text
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "Errno({})", self.0),
        }
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[Errno {}] {}", self.0, strerror(self.0))
    }
}

impl std::error::Error for Errno {}

impl From<uapi::Errno> for Errno {
    fn from(error: uapi::Errno) -> Self {
        Self(error.0)
    }
}

impl From<rustix::io::Errno> for Errno {
    fn from(error: rustix::io::Errno) -> Self {
        Self(error.raw_os_error())
    }
}

impl From<nix::errno::Errno> for Errno {
    fn from(error: nix::errno::Errno) -> Self {
        Self(error as i32)
    }
}

/// An error without a number (std makes a few of those) counts as `EIO`.
impl From<std::io::Error> for Errno {
    fn from(error: std::io::Error) -> Self {
        Self(error.raw_os_error().unwrap_or(libc::EIO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_names() {
        assert_eq!(strerror(2), "No such file or directory");
        assert_eq!(strerror(0), "Success");
        assert_eq!(strerror(9999), "Unknown error 9999");
        assert_eq!(strerror(-1), "Unknown error -1");
        assert_eq!(name(11), Some("EAGAIN"));
        assert_eq!(name(0), None);
        assert_eq!(Errno(13).to_string(), "[Errno 13] Permission denied");
    }
}
