//! `_posixshmem`: files in shared memory.

use crate::common::system_text;
use taipan_host::{Errno, fs};
use taipan_macros::module;
use taipan_vm::{Result, Value, Vm};

/// `_posixshmem`.
pub struct SharedMemory;

/// Where the C library keeps shared memory objects.
const FOLDER: &[u8] = b"/dev/shm/";

/// The path of an object: a name without slashes but for those it begins with.
pub fn path_of(name: &[u8]) -> taipan_host::Result<Vec<u8>> {
    let start = name.iter().position(|c| *c != b'/').ok_or(Errno::EINVAL)?;
    let name = &name[start..];
    if name.contains(&b'/') || name == b"." || name == b".." {
        return Err(Errno::EINVAL);
    }
    if name.len() > 255 {
        return Err(Errno(libc::ENAMETOOLONG));
    }
    Ok([FOLDER, name].concat())
}

fn name_argument(vm: &mut Vm, path: &Value, function: &str) -> Result<Vec<u8>> {
    let bytes = system_text(vm, path, &format!("{function}() argument 1"));
    match bytes {
        Err(raised) if vm.raised_is(taipan_vm::errors::VALUE_ERROR.as_type()) => {
            drop(vm.take_raised(raised));
            Err(vm.raise_value_error("embedded null character"))
        }
        other => other,
    }
}

/// Shared memory by name.
#[module(name = "_posixshmem")]
impl SharedMemory {
    /// Open a shared memory object, and give its descriptor.
    #[function("($module, /, path, flags, mode=511)")]
    fn shm_open(vm: &mut Vm, path: &Value, flags: i32, mode: Option<i32>) -> Result<i32> {
        let name = name_argument(vm, path, "shm_open")?;
        let flags = flags | libc::O_NOFOLLOW | libc::O_CLOEXEC | libc::O_NONBLOCK;
        let mode = mode.unwrap_or(0o777) as u32;
        match vm.blocking(|| fs::open(fs::CWD, &path_of(&name)?, flags, mode))? {
            Ok(fd) => Ok(fd),
            Err(e) => Err(vm.raise_os_error(e.0, Some(path.clone()))),
        }
    }

    /// Remove a shared memory object.
    #[function("($module, /, path)")]
    fn shm_unlink(vm: &mut Vm, path: &Value) -> Result<()> {
        let name = name_argument(vm, path, "shm_unlink")?;
        match vm.blocking(|| fs::unlink(fs::CWD, &path_of(&name)?))? {
            Ok(()) => Ok(()),
            Err(e) => Err(vm.raise_os_error(e.0, Some(path.clone()))),
        }
    }
}
