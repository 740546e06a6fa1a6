//! The raw standard streams, for messages that must get out whatever state the interpreter is in.

use crate::{Errno, Result};

/// Descriptors of standard input, output and error.
pub const STDIN: i32 = 0;
pub const STDOUT: i32 = 1;
pub const STDERR: i32 = 2;

/// Writes everything, going on after interruptions and waiting when the descriptor is non-blocking and full.
pub fn write_all(fd: i32, mut bytes: &[u8]) -> Result<()> {
    while !bytes.is_empty() {
        match crate::fd::write(fd, bytes) {
            Ok(0) => return Err(Errno(libc::EIO)),
            Ok(count) => bytes = &bytes[count..],
            Err(Errno::EINTR) => {}
            Err(Errno::EAGAIN) => match crate::poll::wait_writable(fd) {
                Ok(()) | Err(Errno::EINTR) => {}
                Err(error) => return Err(error),
            },
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether a descriptor is open at all; a program may be started without standard streams.
pub fn is_open(fd: i32) -> bool {
    crate::fd::get_inheritable(fd).is_ok()
}
