//! The machine and its system: names, processors, load, configuration.

use crate::fs::limit;
use crate::{Errno, Result};

/// `uname_result`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    pub system: Vec<u8>,
    pub node: Vec<u8>,
    pub release: Vec<u8>,
    pub version: Vec<u8>,
    pub machine: Vec<u8>,
}

/// The names of the system.
pub fn uname() -> Result<Names> {
    let names = uapi::uname()?;
    Ok(Names {
        system: names.sysname().to_bytes().to_vec(),
        node: names.nodename().to_bytes().to_vec(),
        release: names.release().to_bytes().to_vec(),
        version: names.version().to_bytes().to_vec(),
        machine: names.machine().to_bytes().to_vec(),
    })
}

/// The name of the machine on the network.
pub fn gethostname() -> Result<Vec<u8>> {
    Ok(uname()?.node)
}

/// Sets it.
pub fn sethostname(name: &[u8]) -> Result<()> {
    Ok(uapi::sethostname(name)?)
}

/// Processors that are switched on; none when unknown.
pub fn cpu_count() -> Option<usize> {
    uapi::sysconf(libc::_SC_NPROCESSORS_ONLN).ok().filter(|count| *count > 0).map(|count| count as usize)
}

/// Mean number of running processes over 1, 5 and 15 minutes.
pub fn getloadavg() -> Result<[f64; 3]> {
    let text = crate::fs::read_file(b"/proc/loadavg")?;
    let text = std::str::from_utf8(&text).map_err(|_| Errno::EINVAL)?;
    let mut fields = text.split(' ').map(|field| field.parse::<f64>());
    let mut next = || fields.next().and_then(std::result::Result::ok).ok_or(Errno::EINVAL);
    Ok([next()?, next()?, next()?])
}

/// A configuration value (`_SC_*`); none when there is no limit.
pub fn sysconf(name: i32) -> Result<Option<i64>> {
    limit(|| uapi::sysconf(name))
}

/// The size of a page of memory.
pub fn page_size() -> usize {
    rustix::param::page_size()
}

/// Clock ticks in a second, as `/proc` counts them.
pub fn clock_ticks_per_second() -> u64 {
    rustix::param::clock_ticks_per_second()
}
