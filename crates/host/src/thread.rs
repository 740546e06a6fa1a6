//! What the system knows of the calling thread.

use crate::{Errno, Result};

/// The kernel's number of the thread.
pub fn native_id() -> i32 {
    uapi::gettid()
}

/// The C library's handle of the thread, as `threading.get_ident` gives it.
pub fn ident() -> u64 {
    nix::sys::pthread::pthread_self() as u64
}

/// Names the thread for debuggers and `ps`; cut to 15 bytes.
pub fn set_name(name: &[u8]) -> Result<()> {
    let cut = &name[..name.len().min(15)];
    crate::path::with_c(cut, |name| Ok(rustix::thread::set_name(name)?))
}

/// Sends a signal to a thread of this process by its handle. The caller must know that the thread still runs.
pub fn kill(ident: u64, signal: i32) -> Result<()> {
    let signal = match signal {
        0 => None,
        number => Some(nix::sys::signal::Signal::try_from(number).map_err(|_| Errno::EINVAL)?),
    };
    Ok(nix::sys::pthread::pthread_kill(ident as nix::sys::pthread::Pthread, signal)?)
}
