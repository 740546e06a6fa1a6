//! Hexadecimal: `bytes.hex`, `bytes.fromhex`, `binascii.hexlify` and `unhexlify`.

use crate::units::{OutOfMemory, Units, try_push, try_vec};

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Hexadecimal digits, with `sep` after every `group` bytes: counted from the right if positive, from the left if
/// negative; no separators for 0. The result is ASCII.
pub fn hex(bytes: &[u8], sep: Option<u8>, group: isize) -> Result<Vec<u8>, OutOfMemory> {
    let size = group.unsigned_abs();
    let seps = match (sep, bytes.len()) {
        (Some(_), 1..) if size > 0 => (bytes.len() - 1) / size,
        _ => 0,
    };
    let mut out = try_vec(bytes.len().checked_mul(2).and_then(|n| n.checked_add(seps)).ok_or(OutOfMemory)?)?;
    let pair = |b: &u8| [DIGITS[(b >> 4) as usize], DIGITS[(b & 15) as usize]];
    let Some(sep) = sep.filter(|_| seps > 0) else {
        out.extend(bytes.iter().flat_map(pair));
        return Ok(out);
    };
    let first = match bytes.len() % size {
        rest if group > 0 && rest > 0 => rest,
        _ => size,
    };
    let (head, tail) = bytes.split_at(first.min(bytes.len()));
    out.extend(head.iter().flat_map(pair));
    for part in tail.chunks(size) {
        out.push(sep);
        out.extend(part.iter().flat_map(pair));
    }
    Ok(out)
}

/// What is wrong with `sep`.
pub fn separator(sep: Units<'_>) -> Result<u8, &'static str> {
    match (sep.len(), sep.get(0)) {
        (1, Some(c)) if c < 0x80 => Ok(c as u8),
        (1, _) => Err("sep must be ASCII."),
        _ => Err("sep must be length 1."),
    }
}

/// Why `bytes.fromhex` failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FromHexError {
    /// `ValueError`: "non-hexadecimal number found in fromhex() arg at position {}"
    NotHex(usize),
    /// `ValueError`: "fromhex() arg must contain an even number of hexadecimal digits"
    Odd,
    /// `MemoryError`
    OutOfMemory,
}

impl From<OutOfMemory> for FromHexError {
    fn from(_: OutOfMemory) -> Self {
        FromHexError::OutOfMemory
    }
}

impl FromHexError {
    /// The text of the `ValueError`.
    pub fn message(self) -> Option<String> {
        match self {
            FromHexError::NotHex(at) => Some(format!("non-hexadecimal number found in fromhex() arg at position {at}")),
            FromHexError::Odd => Some("fromhex() arg must contain an even number of hexadecimal digits".to_owned()),
            FromHexError::OutOfMemory => None,
        }
    }
}

fn digit(c: u32) -> Option<u8> {
    char::from_u32(c)?.to_digit(16).map(|d| d as u8)
}

/// `bytes.fromhex(str)`: pairs of digits, whitespace between pairs. What is not ASCII is reported first.
pub fn from_hex(text: Units<'_>) -> Result<Vec<u8>, FromHexError> {
    match text {
        Units::Ascii(s) => from_hex_bytes(s),
        _ => match text.iter().position(|c| c >= 0x80) {
            Some(at) => Err(FromHexError::NotHex(at)),
            None => {
                let mut plain = try_vec(text.len())?;
                plain.extend(text.iter().map(|c| c as u8));
                from_hex_bytes(&plain)
            }
        },
    }
}

/// `bytes.fromhex` of a bytes-like object.
pub fn from_hex_bytes(text: &[u8]) -> Result<Vec<u8>, FromHexError> {
    let mut out = try_vec(text.len() / 2)?;
    let mut at = 0;
    while let Some(&c) = text.get(at) {
        if crate::split::is_byte_space(c.into()) {
            at += 1;
            continue;
        }
        let high = digit(c.into()).ok_or(FromHexError::NotHex(at))?;
        let low = *text.get(at + 1).ok_or(FromHexError::Odd)?;
        let low = digit(low.into()).ok_or(FromHexError::NotHex(at + 1))?;
        try_push(&mut out, high << 4 | low)?;
        at += 2;
    }
    Ok(out)
}

/// Why `binascii.unhexlify` failed, the words of its `binascii.Error`; `None` for want of memory.
pub type UnhexlifyError = Option<&'static str>;

/// `binascii.unhexlify`
pub fn unhexlify(bytes: &[u8]) -> Result<Vec<u8>, UnhexlifyError> {
    if bytes.len() % 2 == 1 {
        return Err(Some("Odd-length string"));
    }
    let mut out = try_vec(bytes.len() / 2).map_err(|_| None)?;
    for pair in bytes.chunks_exact(2) {
        match (digit(pair[0].into()), digit(pair[1].into())) {
            (Some(high), Some(low)) => out.push(high << 4 | low),
            _ => return Err(Some("Non-hexadecimal digit found")),
        }
    }
    Ok(out)
}
