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

/// A thread that was started and may be waited for. Dropping it lets it go on by itself.
#[derive(Debug)]
pub struct Spawned(std::thread::JoinHandle<()>);

impl Spawned {
    /// Waits until the thread is gone.
    pub fn join(self) {
        // A panic of the thread has been reported by then.
        let _ = self.0.join();
    }
}

/// Starts a thread with this much native stack; its handle, as [`ident`] gives it.
pub fn spawn(stack: usize, run: impl FnOnce() + Send + 'static) -> Result<(u64, Spawned)> {
    use std::os::unix::thread::JoinHandleExt;
    let handle = std::thread::Builder::new().stack_size(stack).spawn(run);
    let handle = handle.map_err(|e| Errno(e.raw_os_error().unwrap_or(libc::EAGAIN)))?;
    Ok((handle.as_pthread_t(), Spawned(handle)))
}

/// The name of the calling thread.
pub fn name() -> Result<Vec<u8>> {
    let id = native_id();
    let mut name = crate::fs::read_file(format!("/proc/self/task/{id}/comm").as_bytes())?;
    while name.last() == Some(&b'\n') {
        name.pop();
    }
    Ok(name)
}

/// How many threads this process has.
pub fn count() -> Result<usize> {
    Ok(crate::dir::listdir(b"/proc/self/task")?.len())
}
