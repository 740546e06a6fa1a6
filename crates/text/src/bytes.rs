//! Methods of `bytes` and `bytearray` that know ASCII only.

use crate::units::{OutOfMemory, try_vec};

fn map(bytes: &[u8], f: impl FnMut(u8) -> u8) -> Result<Vec<u8>, OutOfMemory> {
    let mut out = try_vec(bytes.len())?;
    out.extend(bytes.iter().copied().map(f));
    Ok(out)
}

/// `bytes.lower`
pub fn lower(bytes: &[u8]) -> Result<Vec<u8>, OutOfMemory> {
    map(bytes, |b| b.to_ascii_lowercase())
}

/// `bytes.upper`
pub fn upper(bytes: &[u8]) -> Result<Vec<u8>, OutOfMemory> {
    map(bytes, |b| b.to_ascii_uppercase())
}

/// `bytes.swapcase`
pub fn swapcase(bytes: &[u8]) -> Result<Vec<u8>, OutOfMemory> {
    map(bytes, |b| if b.is_ascii_alphabetic() { b ^ 0x20 } else { b })
}

/// `bytes.capitalize`
pub fn capitalize(bytes: &[u8]) -> Result<Vec<u8>, OutOfMemory> {
    let mut out = lower(bytes)?;
    if let Some(first) = out.first_mut() {
        first.make_ascii_uppercase();
    }
    Ok(out)
}

/// `bytes.title`
pub fn title(bytes: &[u8]) -> Result<Vec<u8>, OutOfMemory> {
    let mut inside = false;
    map(bytes, |b| {
        let mapped = if inside { b.to_ascii_lowercase() } else { b.to_ascii_uppercase() };
        inside = b.is_ascii_alphabetic();
        mapped
    })
}

fn every(bytes: &[u8], test: impl Fn(&u8) -> bool) -> bool {
    !bytes.is_empty() && bytes.iter().all(test)
}

/// `bytes.isalpha`
pub fn is_alpha(bytes: &[u8]) -> bool {
    every(bytes, u8::is_ascii_alphabetic)
}

/// `bytes.isalnum`
pub fn is_alnum(bytes: &[u8]) -> bool {
    every(bytes, u8::is_ascii_alphanumeric)
}

/// `bytes.isdigit`
pub fn is_digit(bytes: &[u8]) -> bool {
    every(bytes, u8::is_ascii_digit)
}

/// `bytes.isspace`
pub fn is_space(bytes: &[u8]) -> bool {
    every(bytes, |b| crate::split::is_byte_space((*b).into()))
}

/// `bytes.islower`
pub fn is_lower(bytes: &[u8]) -> bool {
    !bytes.iter().any(u8::is_ascii_uppercase) && bytes.iter().any(u8::is_ascii_lowercase)
}

/// `bytes.isupper`
pub fn is_upper(bytes: &[u8]) -> bool {
    !bytes.iter().any(u8::is_ascii_lowercase) && bytes.iter().any(u8::is_ascii_uppercase)
}

/// `bytes.istitle`
pub fn is_title(bytes: &[u8]) -> bool {
    let (mut seen, mut inside) = (false, false);
    for b in bytes {
        if b.is_ascii_alphabetic() {
            if b.is_ascii_uppercase() == inside {
                return false;
            }
            (seen, inside) = (true, true);
        } else {
            inside = false;
        }
    }
    seen
}

/// `bytes.zfill`
pub fn zfill(bytes: &[u8], width: usize) -> Result<Vec<u8>, OutOfMemory> {
    let zeros = width.saturating_sub(bytes.len());
    let mut out = try_vec(bytes.len() + zeros)?;
    let sign = usize::from(zeros > 0 && matches!(bytes.first(), Some(b'+' | b'-')));
    out.extend_from_slice(&bytes[..sign]);
    out.resize(sign + zeros, b'0');
    out.extend_from_slice(&bytes[sign..]);
    Ok(out)
}

/// Bytes between `left` and `right` fill bytes: `center` (see [`crate::ops::center_margins`]), `ljust`, `rjust`.
pub fn pad(bytes: &[u8], left: usize, right: usize, fill: u8) -> Result<Vec<u8>, OutOfMemory> {
    let total = left.checked_add(right).and_then(|n| n.checked_add(bytes.len())).ok_or(OutOfMemory)?;
    let mut out = try_vec(total)?;
    out.resize(left, fill);
    out.extend_from_slice(bytes);
    out.resize(total, fill);
    Ok(out)
}

/// `bytes * n`
pub fn repeat(bytes: &[u8], n: usize) -> Result<Vec<u8>, OutOfMemory> {
    let total = bytes.len().checked_mul(n).ok_or(OutOfMemory)?;
    let mut out = try_vec(total)?;
    if let [b] = bytes {
        out.resize(total, *b);
    } else if total > 0 {
        out.extend_from_slice(bytes);
        while out.len() < total {
            out.extend_from_within(..out.len().min(total - out.len()));
        }
    }
    Ok(out)
}
