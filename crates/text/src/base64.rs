//! Base 64 as module `binascii` has it.

use crate::units::{OutOfMemory, try_push, try_vec};

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The value of each digit; 255 for what is none.
const VALUES: [u8; 256] = {
    let mut values = [255; 256];
    let mut i = 0;
    while i < 64 {
        values[DIGITS[i] as usize] = i as u8;
        i += 1;
    }
    values
};

/// `binascii.b2a_base64`
pub fn encode(bytes: &[u8], newline: bool) -> Result<Vec<u8>, OutOfMemory> {
    let size = bytes.len().div_ceil(3).checked_mul(4).and_then(|n| n.checked_add(1)).ok_or(OutOfMemory)?;
    let mut out = try_vec(size)?;
    let digits = |n: u32| [18, 12, 6, 0].map(|shift| DIGITS[(n >> shift & 63) as usize]);
    let mut triples = bytes.chunks_exact(3);
    for t in &mut triples {
        out.extend(digits(u32::from(t[0]) << 16 | u32::from(t[1]) << 8 | u32::from(t[2])));
    }
    match *triples.remainder() {
        [a] => {
            let d = digits(u32::from(a) << 16);
            out.extend([d[0], d[1], b'=', b'=']);
        }
        [a, b] => {
            let d = digits(u32::from(a) << 16 | u32::from(b) << 8);
            out.extend([d[0], d[1], d[2], b'=']);
        }
        _ => {}
    }
    if newline {
        out.push(b'\n');
    }
    Ok(out)
}

/// Why base 64 cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The words of the `binascii.Error`.
    Words(&'static str),
    /// One data character is left over; how many there were.
    Characters(usize),
    /// `MemoryError`
    OutOfMemory,
}

impl DecodeError {
    /// The text of the `binascii.Error`.
    pub fn message(self) -> Option<String> {
        match self {
            DecodeError::Words(words) => Some(words.to_owned()),
            DecodeError::Characters(n) => Some(format!(
                "Invalid base64-encoded string: number of data characters ({n}) cannot be 1 more than a multiple of 4"
            )),
            DecodeError::OutOfMemory => None,
        }
    }
}

impl From<OutOfMemory> for DecodeError {
    fn from(_: OutOfMemory) -> Self {
        DecodeError::OutOfMemory
    }
}

/// `binascii.a2b_base64`. Unless `strict`, what is not base 64 is passed over.
pub fn decode(bytes: &[u8], strict: bool) -> Result<Vec<u8>, DecodeError> {
    let mut out = try_vec(bytes.len().div_ceil(4) * 3)?;
    let (mut place, mut held, mut pads) = (0usize, 0u32, 0usize);
    let mut i = 0;
    while i < bytes.len() {
        if place == 0 && pads == 0 {
            // Whole quads, while there are.
            while let Some(&[a, b, c, d]) = bytes[i..].first_chunk::<4>() {
                let v = [a, b, c, d].map(|x| VALUES[x as usize]);
                if v[0] | v[1] | v[2] | v[3] >= 64 {
                    break;
                }
                let n = v.iter().fold(0, |n, v| n << 6 | u32::from(*v));
                out.extend([(n >> 16) as u8, (n >> 8) as u8, n as u8]);
                i += 4;
            }
            if i == bytes.len() {
                break;
            }
        }
        let b = bytes[i];
        i += 1;
        let v = VALUES[b as usize];
        if b == b'=' {
            pads += 1;
            if strict && i == 1 {
                return Err(DecodeError::Words("Leading padding not allowed"));
            }
            if strict && place == 1 {
                return Err(DecodeError::Characters(out.len() / 3 * 4 + 1));
            }
            if strict && (place == 0 || (place >= 2 && place + pads > 4)) {
                return Err(DecodeError::Words("Excess padding not allowed"));
            }
            continue;
        }
        if v == 255 {
            if strict {
                return Err(DecodeError::Words("Only base64 data is allowed"));
            }
            continue;
        }
        if strict && pads > 0 {
            return Err(DecodeError::Words(if place + pads == 4 {
                "Excess data after padding"
            } else {
                "Discontinuous padding not allowed"
            }));
        }
        pads = 0;
        held = held << 6 | u32::from(v);
        if place > 0 {
            let kept = [0, 4, 2, 0][place];
            try_push(&mut out, (held >> kept) as u8)?;
        }
        place = (place + 1) % 4;
        held &= 63;
    }
    match place {
        0 => Ok(out),
        1 => Err(DecodeError::Characters(out.len() / 3 * 4 + 1)),
        _ if place + pads < 4 => Err(DecodeError::Words("Incorrect padding")),
        _ => Ok(out),
    }
}
