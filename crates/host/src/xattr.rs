//! Extended attributes.

use crate::fd::with_fd;
use crate::path::{with_c, with_c2};
use crate::{Errno, Result, embedded};
use rustix::fs as r;

/// The file whose attributes are meant.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    Path(&'a [u8]),
    /// A final symbolic link itself.
    Link(&'a [u8]),
    Fd(i32),
}

/// The kernel's limit for a value and for a list of names.
const MAXIMUM: usize = 65536;

fn grow(mut ask: impl FnMut(&mut [u8]) -> Result<usize>) -> Result<Vec<u8>> {
    let mut buffer = vec![0; 256];
    loop {
        match ask(&mut buffer) {
            Err(Errno::ERANGE) if buffer.len() < MAXIMUM => buffer.resize(MAXIMUM, 0),
            other => {
                buffer.truncate(other?);
                return Ok(buffer);
            }
        }
    }
}

/// The value of an attribute.
pub fn get(target: Target<'_>, name: &[u8]) -> Result<Vec<u8>> {
    grow(|buffer| match target {
        Target::Path(path) => with_c2(path, name, |path, name| Ok(r::getxattr(path, name, buffer)?)),
        Target::Link(path) => with_c2(path, name, |path, name| Ok(r::lgetxattr(path, name, buffer)?)),
        Target::Fd(fd) => with_c(name, |name| with_fd(fd, |fd| Ok(r::fgetxattr(fd, name, buffer)?))),
    })
}

/// Sets an attribute; `flags` of `XATTR_CREATE`, `XATTR_REPLACE`.
pub fn set(target: Target<'_>, name: &[u8], value: &[u8], flags: i32) -> Result<()> {
    let flags = r::XattrFlags::from_bits_retain(flags as u32);
    match target {
        Target::Path(path) => with_c2(path, name, |path, name| Ok(r::setxattr(path, name, value, flags)?)),
        Target::Link(path) => with_c2(path, name, |path, name| Ok(r::lsetxattr(path, name, value, flags)?)),
        Target::Fd(fd) => with_c(name, |name| with_fd(fd, |fd| Ok(r::fsetxattr(fd, name, value, flags)?))),
    }
}

/// Removes an attribute.
pub fn remove(target: Target<'_>, name: &[u8]) -> Result<()> {
    match target {
        Target::Path(path) => with_c2(path, name, |path, name| Ok(r::removexattr(path, name)?)),
        Target::Link(path) => with_c2(path, name, |path, name| Ok(r::lremovexattr(path, name)?)),
        Target::Fd(fd) => with_c(name, |name| with_fd(fd, |fd| Ok(r::fremovexattr(fd, name)?))),
    }
}

/// The names of all attributes.
pub fn list(target: Target<'_>) -> Result<Vec<Vec<u8>>> {
    let asked = grow(|buffer| match target {
        Target::Path(path) => with_c(path, |path| Ok(r::listxattr(path, buffer)?)),
        Target::Link(path) => with_c(path, |path| Ok(r::llistxattr(path, buffer)?)),
        Target::Fd(fd) => with_fd(fd, |fd| Ok(r::flistxattr(fd, buffer)?)),
    });
    let names = match (asked, target) {
        // A file in the executable has none.
        (Err(error), Target::Path(path) | Target::Link(path)) => embedded::stat(path, error).map(|_| Vec::new())?,
        (asked, _) => asked?,
    };
    Ok(names.split(|byte| *byte == 0).filter(|name| !name.is_empty()).map(<[u8]>::to_vec).collect())
}
