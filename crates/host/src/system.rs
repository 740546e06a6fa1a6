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

/// A configuration value that is text (`_CS_*`); none when it has no value. These are properties of the C library's
/// interface, but for its version, which its file tells; there is no safe wrapper of `confstr`.
pub fn confstr(name: i32) -> Result<Option<Vec<u8>>> {
    const WORDS: &str = if cfg!(target_pointer_width = "64") { "LP64_OFF64" } else { "ILP32_OFFBIG" };
    let text = match name {
        0 => "/bin:/usr/bin".to_owned(),
        1 => format!("POSIX_V6_{WORDS}"),
        2 => format!("glibc {}", library_version()?),
        3 => format!("NPTL {}", library_version()?),
        4 => format!("XBS5_{WORDS}"),
        5 => format!("POSIX_V7_{WORDS}"),
        1004 | 1007 => "-D_LARGEFILE64_SOURCE".to_owned(),
        1108 | 1109 | 1124 | 1125 | 1140 | 1141 if cfg!(target_arch = "x86_64") => "-m64".to_owned(),
        1000..=1007 | 1100..=1147 => String::new(),
        1148 | 1149 => "POSIXLY_CORRECT=1".to_owned(),
        _ => return Err(Errno::EINVAL),
    };
    Ok(Some(text.into_bytes()))
}

/// The version of the C library that is loaded.
fn library_version() -> Result<String> {
    let maps = crate::fs::read_file(b"/proc/self/maps")?;
    let maps = String::from_utf8_lossy(&maps);
    let path = maps.lines().filter_map(|line| line.split_whitespace().nth(5)).find(|path| path.ends_with("/libc.so.6"));
    let fd =
        crate::fs::open(crate::fs::CWD, path.ok_or(Errno::EINVAL)?.as_bytes(), libc::O_RDONLY | libc::O_CLOEXEC, 0)?;
    let version = version_in(fd);
    let _ = crate::fd::close(fd);
    version
}

/// Where in an ELF file of 64 bits its constants begin: the last part that can be read only.
fn constants_in(head: &[u8]) -> Option<u64> {
    const LOAD: u32 = 1;
    const READABLE: u32 = 4;
    let bytes = |at: usize, n: usize| head.get(at..)?.get(..n);
    let half = |at| Some(usize::from(u16::from_le_bytes(bytes(at, 2)?.try_into().ok()?)));
    let word = |at| Some(u32::from_le_bytes(bytes(at, 4)?.try_into().ok()?));
    let long = |at| Some(u64::from_le_bytes(bytes(at, 8)?.try_into().ok()?));
    if bytes(0, 6)? != b"\x7fELF\x02\x01" {
        return None;
    }
    let (table, size, count) = (usize::try_from(long(32)?).ok()?, half(54)?, half(56)?);
    let mut parts = (0..count).filter_map(|i| {
        let part = table.checked_add(i * size)?;
        (word(part)? == LOAD && word(part + 4)? == READABLE).then(|| long(part + 8))?
    });
    parts.next_back()
}

/// The version that the file of the C library tells among its constants.
fn version_in(fd: i32) -> Result<String> {
    let mut head = [0; 2048];
    let n = crate::fd::with_fd(fd, |fd| Ok(rustix::io::pread(fd, &mut head, 0)?))?;
    if let Some(start) = constants_in(&head[..n]) {
        crate::fd::with_fd(fd, |fd| Ok(rustix::fs::seek(fd, rustix::fs::SeekFrom::Start(start))?))?;
        if let Ok(version) = version_behind(fd) {
            return Ok(version);
        }
        crate::fd::with_fd(fd, |fd| Ok(rustix::fs::seek(fd, rustix::fs::SeekFrom::Start(0))?))?;
    }
    version_behind(fd)
}

/// The version that follows where the file stands, which is read in parts.
fn version_behind(fd: i32) -> Result<String> {
    const LABEL: &[u8] = b"stable release version ";
    const PART: usize = 1 << 16;
    // What the label and the version take.
    const KEPT: usize = 64;
    let label = memchr::memmem::Finder::new(LABEL);
    let mut part = Vec::with_capacity(PART);
    loop {
        match crate::fd::with_fd(fd, |fd| Ok(rustix::io::read(fd, rustix::buffer::spare_capacity(&mut part))?)) {
            Ok(0) => return Err(Errno::EINVAL),
            Ok(_) => {}
            Err(Errno::EINTR) => continue,
            Err(error) => return Err(error),
        }
        if let Some(at) = label.find(&part) {
            let text = &part[at + LABEL.len()..];
            if let Some(end) = text.iter().position(|c| !c.is_ascii_digit() && *c != b'.') {
                return Ok(String::from_utf8_lossy(&text[..end]).trim_end_matches('.').to_owned());
            }
        }
        part.drain(..part.len().saturating_sub(KEPT));
    }
}

/// The size of a page of memory.
pub fn page_size() -> usize {
    rustix::param::page_size()
}

/// Clock ticks in a second, as `/proc` counts them.
pub fn clock_ticks_per_second() -> u64 {
    rustix::param::clock_ticks_per_second()
}
