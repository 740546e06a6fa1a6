//! The header of a `.pyc` file: sixteen bytes before the marshal data (PEP 552).

use std::fmt;
use std::sync::Arc;

use crate::code::Code;
use crate::marshal::{self, ReadError, WriteError};

/// Number of the bytecode of CPython 3.14.
pub const MAGIC: u16 = 3627;
/// `importlib.util.MAGIC_NUMBER`
pub const MAGIC_NUMBER: [u8; 4] = [MAGIC.to_le_bytes()[0], MAGIC.to_le_bytes()[1], b'\r', b'\n'];
pub const HEADER_LEN: usize = 16;

/// How the file is known to be up to date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Validation {
    /// Modification time and size of the source, both modulo 2**32.
    Timestamp { mtime: u32, size: u32 },
    /// Hash of the source ([`source_hash`]), and whether it is to be checked.
    Hash { hash: [u8; 8], check_source: bool },
}

/// Why a header cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HeaderError {
    /// `EOFError`
    Truncated,
    /// `ImportError`: made for another interpreter. Holds the four bytes (or fewer) found.
    BadMagic(Vec<u8>),
    /// `ImportError`
    BadFlags(u32),
}

impl HeaderError {
    /// The message that the import system gives for the file of a module.
    pub fn message(&self, name: &str) -> String {
        match self {
            HeaderError::Truncated => format!("reached EOF while reading pyc header of '{name}'"),
            HeaderError::BadMagic(found) => format!("bad magic number in '{name}': b'{}'", found.escape_ascii()),
            HeaderError::BadFlags(flags) => format!("invalid flags {flags} in '{name}'"),
        }
    }
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message("<bytecode>"))
    }
}

impl std::error::Error for HeaderError {}

/// The header's meaning and what follows it.
pub fn read_header(data: &[u8]) -> Result<(Validation, &[u8]), HeaderError> {
    let magic = &data[..data.len().min(4)];
    if magic != MAGIC_NUMBER {
        return Err(HeaderError::BadMagic(magic.to_vec()));
    }
    let (header, rest) = data.split_at_checked(HEADER_LEN).ok_or(HeaderError::Truncated)?;
    let word = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let flags = word(4);
    if flags & !0b11 != 0 {
        return Err(HeaderError::BadFlags(flags));
    }
    let validation = if flags & 1 != 0 {
        let mut hash = [0; 8];
        hash.copy_from_slice(&header[8..16]);
        Validation::Hash { hash, check_source: flags & 2 != 0 }
    } else {
        Validation::Timestamp { mtime: word(8), size: word(12) }
    };
    Ok((validation, rest))
}

pub fn write_header(validation: Validation) -> [u8; HEADER_LEN] {
    let mut out = [0; HEADER_LEN];
    out[..4].copy_from_slice(&MAGIC_NUMBER);
    match validation {
        Validation::Timestamp { mtime, size } => {
            out[8..12].copy_from_slice(&mtime.to_le_bytes());
            out[12..].copy_from_slice(&size.to_le_bytes());
        }
        Validation::Hash { hash, check_source } => {
            out[4] = 1 | (check_source as u8) << 1;
            out[8..].copy_from_slice(&hash);
        }
    }
    out
}

/// A whole file.
pub fn write(code: &Arc<Code>, validation: Validation) -> Result<Vec<u8>, WriteError> {
    let mut out = write_header(validation).to_vec();
    out.extend(marshal::write_code(code)?);
    Ok(out)
}

/// Why a file cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PycError {
    Header(HeaderError),
    Data(ReadError),
}

impl fmt::Display for PycError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PycError::Header(error) => error.fmt(f),
            PycError::Data(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PycError {}

pub fn read(data: &[u8]) -> Result<(Validation, Arc<Code>), PycError> {
    let (validation, rest) = read_header(data).map_err(PycError::Header)?;
    Ok((validation, marshal::read_code(rest).map_err(PycError::Data)?))
}

/// `importlib.util.source_hash`: SipHash-1-3 under the magic number.
pub fn source_hash(source: &[u8]) -> [u8; 8] {
    source_hash_keyed(u32::from_le_bytes(MAGIC_NUMBER) as u64, source)
}

/// The same under another number.
pub fn source_hash_keyed(key: u64, source: &[u8]) -> [u8; 8] {
    let (k0, k1) = (key, 0u64);
    let mut v = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    let mut chunks = source.chunks_exact(8);
    for chunk in &mut chunks {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        absorb(&mut v, u64::from_le_bytes(word));
    }
    let mut last = [0; 8];
    last[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
    last[7] = source.len() as u8;
    absorb(&mut v, u64::from_le_bytes(last));
    v[2] ^= 0xFF;
    for _ in 0..3 {
        round(&mut v);
    }
    (v[0] ^ v[1] ^ v[2] ^ v[3]).to_le_bytes()
}

fn absorb(v: &mut [u64; 4], word: u64) {
    v[3] ^= word;
    round(v);
    v[0] ^= word;
}

fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[2] = v[2].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[1]);
    v[0] = v[0].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].rotate_left(32);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_round_trip() {
        for validation in [
            Validation::Timestamp { mtime: 0x1234_5678, size: 9 },
            Validation::Hash { hash: *b"12345678", check_source: true },
            Validation::Hash { hash: [0; 8], check_source: false },
        ] {
            let header = write_header(validation);
            assert_eq!(read_header(&header), Ok((validation, &[][..])));
        }
    }

    #[test]
    fn bad_headers_are_named() {
        let error = |data: &[u8]| read_header(data).map_err(|e| e.message("m")).unwrap_err();
        assert_eq!(error(b"abc"), "bad magic number in 'm': b'abc'");
        assert_eq!(error(&MAGIC_NUMBER), "reached EOF while reading pyc header of 'm'");
        let mut header = write_header(Validation::Timestamp { mtime: 0, size: 0 });
        header[4] = 7;
        assert_eq!(error(&header), "invalid flags 7 in 'm'");
    }

    /// As `importlib.util.source_hash` gave them.
    #[test]
    fn source_hashes_agree() {
        let hex = |source: &[u8]| source_hash(source).map(|byte| format!("{byte:02x}")).concat();
        assert_eq!(hex(b""), "61f5b7cb653a6aa4");
        assert_eq!(hex(b"a"), "9713ded0c3324373");
        assert_eq!(hex(b"abcdefgh"), "77f83f2bcc25edda");
        assert_eq!(hex(b"print(1)\nprint(1)\nprint(1)\n"), "c9bdd98232592881");
    }
}
