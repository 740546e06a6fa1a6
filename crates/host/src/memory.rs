//! How much memory there is and how much this process has.

use crate::{Errno, Result};

/// Memory of this process, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessMemory {
    pub virtual_size: u64,
    pub resident: u64,
    pub shared: u64,
}

/// The memory of this process.
pub fn process() -> Result<ProcessMemory> {
    let text = crate::fs::read_file(b"/proc/self/statm")?;
    let text = std::str::from_utf8(&text).map_err(|_| Errno::EINVAL)?;
    let page = crate::system::page_size() as u64;
    let mut fields = text.split_ascii_whitespace().map(|field| field.parse::<u64>());
    let mut next = || fields.next().and_then(std::result::Result::ok).map(|pages| pages * page).ok_or(Errno::EINVAL);
    Ok(ProcessMemory { virtual_size: next()?, resident: next()?, shared: next()? })
}

/// Memory of the machine, in bytes: all of it, and what is free.
pub fn machine() -> Result<(u64, u64)> {
    let info = uapi::sysinfo()?;
    let unit = u64::from(info.mem_unit);
    Ok((info.totalram * unit, info.freeram * unit))
}

/// The bounds of the main thread's stack as the kernel gives them: its limit in bytes, none when unlimited.
pub fn stack_limit() -> Result<Option<u64>> {
    let limit = crate::resource::getrlimit(libc::RLIMIT_STACK as i32)?;
    Ok((limit.soft != u64::MAX).then_some(limit.soft))
}
