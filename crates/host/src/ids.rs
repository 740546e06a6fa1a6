//! Users and groups this process runs as.

use crate::{Errno, Result};
use std::ffi::CString;

pub fn getuid() -> u32 {
    uapi::getuid()
}

pub fn geteuid() -> u32 {
    uapi::geteuid()
}

pub fn getgid() -> u32 {
    uapi::getgid()
}

pub fn getegid() -> u32 {
    uapi::getegid()
}

/// Real, effective, saved.
pub fn getresuid() -> Result<(u32, u32, u32)> {
    Ok(uapi::getresuid()?)
}

/// Real, effective, saved.
pub fn getresgid() -> Result<(u32, u32, u32)> {
    Ok(uapi::getresgid()?)
}

pub fn setuid(uid: u32) -> Result<()> {
    Ok(uapi::setuid(uid)?)
}

pub fn seteuid(uid: u32) -> Result<()> {
    Ok(uapi::seteuid(uid)?)
}

pub fn setgid(gid: u32) -> Result<()> {
    Ok(uapi::setgid(gid)?)
}

pub fn setegid(gid: u32) -> Result<()> {
    Ok(uapi::setegid(gid)?)
}

pub fn setresuid(real: u32, effective: u32, saved: u32) -> Result<()> {
    Ok(uapi::setresuid(real, effective, saved)?)
}

pub fn setresgid(real: u32, effective: u32, saved: u32) -> Result<()> {
    Ok(uapi::setresgid(real, effective, saved)?)
}

const KEEP: u32 = u32::MAX;

/// The saved identity follows the effective one when the real one is set or left behind (setreuid(2)).
fn saved_after(real: u32, effective: u32, old_real: u32, old_effective: u32) -> u32 {
    if real != KEEP || (effective != KEEP && effective != old_real) {
        if effective == KEEP { old_effective } else { effective }
    } else {
        KEEP
    }
}

pub fn setreuid(real: u32, effective: u32) -> Result<()> {
    setresuid(real, effective, saved_after(real, effective, getuid(), geteuid()))
}

pub fn setregid(real: u32, effective: u32) -> Result<()> {
    setresgid(real, effective, saved_after(real, effective, getgid(), getegid()))
}

/// Supplementary groups.
pub fn getgroups() -> Result<Vec<u32>> {
    let mut buffer = vec![0; 65536];
    let count = uapi::getgroups(&mut buffer)?.len();
    buffer.truncate(count);
    Ok(buffer)
}

pub fn setgroups(groups: &[u32]) -> Result<()> {
    Ok(uapi::setgroups(groups)?)
}

/// Supplementary groups from the group database.
pub fn initgroups(user: &[u8], gid: u32) -> Result<()> {
    let user = CString::new(user).map_err(|_| Errno::EINVAL)?;
    Ok(nix::unistd::initgroups(&user, nix::unistd::Gid::from_raw(gid))?)
}

/// The groups a user belongs to.
pub fn getgrouplist(user: &[u8], gid: u32) -> Result<Vec<u32>> {
    let user = CString::new(user).map_err(|_| Errno::EINVAL)?;
    let groups = nix::unistd::getgrouplist(&user, nix::unistd::Gid::from_raw(gid))?;
    Ok(groups.into_iter().map(nix::unistd::Gid::as_raw).collect())
}

/// The user who logged in, from the kernel's audit record. `ENXIO` when there is none.
pub fn getlogin() -> Result<Vec<u8>> {
    let text = crate::fs::read_file(b"/proc/self/loginuid").map_err(|_| Errno::ENXIO)?;
    let uid: u32 = std::str::from_utf8(&text).ok().and_then(|t| t.trim().parse().ok()).ok_or(Errno::ENXIO)?;
    if uid == KEEP {
        return Err(Errno::ENXIO);
    }
    Ok(crate::users::user_by_id(uid)?.ok_or(Errno::ENXIO)?.name)
}
