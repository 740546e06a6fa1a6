//! The environment, the arguments and where the program lies.
//!
//! Changing C's environment is unsound while another thread may read it, so the process's environment is copied here at
//! first use and lives here: Python sees it, changes it, and children started through [`crate::exec`] get it. What the C
//! library reads of the environment by itself (the locale at start, resolver options) it reads as it was at the start.

use crate::{Errno, Result};
use std::os::unix::ffi::OsStringExt;
use std::sync::{RwLock, RwLockReadGuard};

type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

static TABLE: RwLock<Option<Pairs>> = RwLock::new(None);

fn copy() -> Pairs {
    std::env::vars_os().map(|(name, value)| (name.into_vec(), value.into_vec())).collect()
}

fn read() -> RwLockReadGuard<'static, Option<Pairs>> {
    let table = TABLE.read().unwrap_or_else(std::sync::PoisonError::into_inner);
    if table.is_some() {
        return table;
    }
    drop(table);
    change(|_| ());
    TABLE.read().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn change<T>(act: impl FnOnce(&mut Pairs) -> T) -> T {
    let mut table = TABLE.write().unwrap_or_else(std::sync::PoisonError::into_inner);
    act(table.get_or_insert_with(copy))
}

/// Every name with its value.
pub fn environ() -> Vec<(Vec<u8>, Vec<u8>)> {
    read().clone().unwrap_or_default()
}

/// The value of a name.
pub fn get(name: &[u8]) -> Option<Vec<u8>> {
    read().as_ref()?.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone())
}

fn check(name: &[u8]) -> Result<()> {
    if name.is_empty() || name.contains(&b'=') || name.contains(&0) { Err(Errno::EINVAL) } else { Ok(()) }
}

/// Sets a name. `EINVAL` for an empty one or one with `=` in it.
pub fn set(name: &[u8], value: &[u8]) -> Result<()> {
    check(name)?;
    if value.contains(&0) {
        return Err(Errno::EINVAL);
    }
    change(|table| match table.iter_mut().find(|(n, _)| n == name) {
        Some((_, old)) => *old = value.to_vec(),
        None => table.push((name.to_vec(), value.to_vec())),
    });
    Ok(())
}

/// Removes a name.
pub fn unset(name: &[u8]) -> Result<()> {
    check(name)?;
    change(|table| table.retain(|(n, _)| n != name));
    Ok(())
}

/// Removes everything.
pub fn clear() {
    change(Vec::clear);
}

/// The arguments the process was started with, the program first.
pub fn arguments() -> Vec<Vec<u8>> {
    std::env::args_os().map(OsStringExt::into_vec).collect()
}

/// The path of the running program, links resolved.
pub fn executable() -> Result<Vec<u8>> {
    crate::fs::readlink(crate::fs::CWD, b"/proc/self/exe")
}

/// The home directory: `HOME`, else what the user database says.
pub fn home() -> Option<Vec<u8>> {
    get(b"HOME").or_else(|| crate::users::user_by_id(crate::ids::getuid()).ok().flatten().map(|user| user.home))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        assert_eq!(set(b"", b"x"), Err(Errno::EINVAL));
        assert_eq!(set(b"A=B", b"x"), Err(Errno::EINVAL));
        assert_eq!(set(b"TAIPAN_TEST", b"a\0b"), Err(Errno::EINVAL));
        set(b"TAIPAN_TEST", b"one").unwrap();
        set(b"TAIPAN_TEST", b"two").unwrap();
        assert_eq!(get(b"TAIPAN_TEST").unwrap(), b"two");
        assert!(environ().contains(&(b"TAIPAN_TEST".to_vec(), b"two".to_vec())));
        unset(b"TAIPAN_TEST").unwrap();
        assert_eq!(get(b"TAIPAN_TEST"), None);
        assert!(get(b"PATH").is_some());
    }
}
