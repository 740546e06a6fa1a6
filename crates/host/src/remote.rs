//! Code that another process wants run here, and the other way round (`sys.remote_exec`, PEP 768).
//!
//! Each process has a letter box at a place in its memory that follows from the program file alone. A process that the
//! system lets trace another one writes the path of a script there, through `/proc/PID/mem`, and sets a bit of the word
//! that the other's virtual machine watches. A pipe or a signal would need nobody's leave; this needs the system's.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};

use crate::Errno;

/// The longest path of a script, in bytes.
pub const LONGEST: usize = 511;

/// Begins each letter box.
const MARK: u64 = u64::from_le_bytes(*b"TaiBox01");

#[repr(C)]
struct LetterBox {
    mark: AtomicU64,
    /// Address of the word that the virtual machine watches; 0: nothing is taken in.
    word: AtomicU64,
    /// What is set in it.
    bits: AtomicU32,
    /// Whether `path` waits to be taken.
    waiting: AtomicU32,
    /// Ends with a zero.
    path: [AtomicU8; LONGEST + 1],
}

static BOX: LetterBox = LetterBox {
    mark: AtomicU64::new(MARK),
    word: AtomicU64::new(0),
    bits: AtomicU32::new(0),
    waiting: AtomicU32::new(0),
    path: [const { AtomicU8::new(0) }; LONGEST + 1],
};

/// Why nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    System(Errno),
    /// The process runs another program.
    Other,
    /// The process takes nothing in.
    Closed,
    /// The path is too long.
    TooLong,
}

impl From<std::io::Error> for SendError {
    fn from(error: std::io::Error) -> SendError {
        SendError::System(Errno(error.raw_os_error().unwrap_or(libc::EIO)))
    }
}

/// From now on scripts are taken in, and each sets `bits` in `word`.
pub fn open(word: &'static AtomicU32, bits: u32) {
    BOX.bits.store(bits, Ordering::Relaxed);
    BOX.word.store(std::ptr::from_ref(word) as u64, Ordering::Release);
}

/// Whether a script waits.
pub fn waiting() -> bool {
    BOX.waiting.load(Ordering::Relaxed) != 0
}

/// The path of the script that waits.
pub fn take() -> Option<Vec<u8>> {
    if BOX.waiting.swap(0, Ordering::Acquire) == 0 {
        return None;
    }
    Some(BOX.path.iter().map(|byte| byte.load(Ordering::Relaxed)).take_while(|byte| *byte != 0).collect())
}

/// A part of a process's memory that a file is mapped to.
struct Mapping {
    start: u64,
    end: u64,
    /// Device and number of the file.
    file: (String, u64),
}

fn mappings(process: &str) -> Result<Vec<Mapping>, SendError> {
    let text = std::fs::read_to_string(format!("/proc/{process}/maps"))?;
    let parse = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        let (start, end) = words.next()?.split_once('-')?;
        let (start, end) = (u64::from_str_radix(start, 16).ok()?, u64::from_str_radix(end, 16).ok()?);
        let device = words.nth(2)?.to_owned();
        let number = words.next()?.parse().ok()?;
        Some(Mapping { start, end, file: (device, number) })
    };
    Ok(text.lines().filter_map(parse).collect())
}

/// Where the letter box of a process lies.
fn find(pid: i32) -> Result<u64, SendError> {
    let here = std::ptr::from_ref(&BOX) as u64;
    let own = mappings("self")?;
    let holder = own.iter().find(|m| (m.start..m.end).contains(&here)).ok_or(SendError::Other)?;
    let begin = |all: &[Mapping]| all.iter().find(|m| m.file == holder.file).map(|m| m.start);
    let from_begin = here - begin(&own).ok_or(SendError::Other)?;
    let theirs = begin(&mappings(&pid.to_string())?).ok_or(SendError::Other)?;
    Ok(theirs + from_begin)
}

/// Has a process run a script.
pub fn send(pid: i32, path: &[u8]) -> Result<(), SendError> {
    if path.len() > LONGEST {
        return Err(SendError::TooLong);
    }
    let at = find(pid)?;
    let memory = File::options().read(true).write(true).open(format!("/proc/{pid}/mem"))?;
    let place = |offset: usize| at + offset as u64;
    let long = |at: u64| -> Result<u64, SendError> {
        let mut bytes = [0; 8];
        memory.read_exact_at(&mut bytes, at)?;
        Ok(u64::from_ne_bytes(bytes))
    };
    let int = |at: u64| -> Result<u32, SendError> {
        let mut bytes = [0; 4];
        memory.read_exact_at(&mut bytes, at)?;
        Ok(u32::from_ne_bytes(bytes))
    };
    if long(place(std::mem::offset_of!(LetterBox, mark)))? != MARK {
        return Err(SendError::Other);
    }
    let word = long(place(std::mem::offset_of!(LetterBox, word)))?;
    if word == 0 {
        return Err(SendError::Closed);
    }
    let bits = int(place(std::mem::offset_of!(LetterBox, bits)))?;
    memory.write_all_at(&[path, b"\0"].concat(), place(std::mem::offset_of!(LetterBox, path)))?;
    memory.write_all_at(&1u32.to_ne_bytes(), place(std::mem::offset_of!(LetterBox, waiting)))?;
    let now = int(word)? | bits;
    memory.write_all_at(&now.to_ne_bytes(), word)?;
    Ok(())
}
