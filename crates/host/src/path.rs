//! Byte paths to C strings, on the stack for the lengths that occur.

use crate::{Errno, Result};
use std::ffi::{CStr, CString};

const ON_STACK: usize = 384;

/// Calls `run` with `path` as a C string. `EINVAL` when it has a zero byte inside.
pub(crate) fn with_c<T>(path: &[u8], run: impl FnOnce(&CStr) -> Result<T>) -> Result<T> {
    if path.len() < ON_STACK {
        let mut buffer = [0u8; ON_STACK];
        buffer[..path.len()].copy_from_slice(path);
        run(CStr::from_bytes_with_nul(&buffer[..=path.len()]).map_err(|_| Errno::EINVAL)?)
    } else {
        run(&CString::new(path).map_err(|_| Errno::EINVAL)?)
    }
}

/// The same for two paths.
pub(crate) fn with_c2<T>(a: &[u8], b: &[u8], run: impl FnOnce(&CStr, &CStr) -> Result<T>) -> Result<T> {
    with_c(a, |a| with_c(b, |b| run(a, b)))
}
