//! Random bytes from the kernel.

use crate::{Errno, Result};
use rustix::rand::GetRandomFlags;

/// Fills what the kernel gives in one call (`GRND_*` flags) and says how much that was.
pub fn getrandom(buffer: &mut [u8], flags: u32) -> Result<usize> {
    Ok(rustix::rand::getrandom(buffer, GetRandomFlags::from_bits_retain(flags))?)
}

/// Fills the whole buffer, waiting for the pool's first filling only.
pub fn fill(buffer: &mut [u8]) -> Result<()> {
    let mut done = 0;
    while done < buffer.len() {
        match getrandom(&mut buffer[done..], 0) {
            Ok(count) => done += count,
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Fills the buffer without ever waiting; weaker while the machine starts. For hash seeds.
pub fn fill_without_waiting(buffer: &mut [u8]) -> Result<()> {
    match getrandom(buffer, GetRandomFlags::INSECURE.bits()) {
        Ok(count) if count == buffer.len() => Ok(()),
        _ => fill(buffer),
    }
}
