//! UTF-7 (RFC 2152).

use super::{Decoded, Decoding, Encoded, Errors, Handler};
use crate::units::{Units, try_push};

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn value(b: u8) -> Option<u32> {
    Some(u32::from(match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

/// A base-64 section under way.
struct Shift {
    bits: u32,
    held: u32,
    /// A high surrogate waiting for a low one.
    surrogate: u32,
    /// Where the section began, in the input and in the output.
    start: usize,
    out_start: usize,
}

/// Decodes UTF-7.
pub fn decode<H: Handler>(input: &[u8], errors: Errors, last: bool, handler: &mut H) -> Decoded<H::Error> {
    let mut d = Decoding::new("utf7", input, errors, handler);
    let (mut at, mut start) = (0, 0);
    let mut shift: Option<Shift> = None;
    loop {
        while let Some(&b) = d.input().get(at) {
            if let Some(s) = &mut shift {
                if let Some(v) = value(b) {
                    at += 1;
                    s.held = s.held << 6 | v;
                    s.bits += 6;
                    if s.bits < 16 {
                        continue;
                    }
                    s.bits -= 16;
                    let unit = s.held >> s.bits & 0xFFFF;
                    s.held &= (1 << s.bits) - 1;
                    let pending = std::mem::take(&mut s.surrogate);
                    if pending != 0 {
                        if (0xDC00..0xE000).contains(&unit) {
                            d.out.push(0x10000 + ((pending - 0xD800) << 10) + (unit - 0xDC00))?;
                            continue;
                        }
                        d.out.push(pending)?;
                    }
                    if (0xD800..0xDC00).contains(&unit) {
                        s.surrogate = unit;
                    } else {
                        d.out.push(unit)?;
                    }
                    continue;
                }
                let (bits, held, surrogate) = (s.bits, s.held, s.surrogate);
                shift = None;
                if bits >= 6 {
                    at = d.fail(start, at + 1, "partial character in shift sequence")?;
                    continue;
                }
                if held != 0 {
                    at = d.fail(start, at + 1, "non-zero padding bits in shift sequence")?;
                    continue;
                }
                if surrogate != 0 && b < 0x80 && b != b'+' {
                    d.out.push(surrogate)?;
                }
                at += usize::from(b == b'-');
            } else if b == b'+' {
                start = at;
                at += 1;
                match d.input().get(at) {
                    Some(b'-') => {
                        at += 1;
                        d.out.push(u32::from(b'+'))?;
                    }
                    Some(&b) if value(b).is_none() => at = d.fail(start, at + 1, "ill-formed sequence")?,
                    _ => shift = Some(Shift { bits: 0, held: 0, surrogate: 0, start, out_start: d.out.len() }),
                }
            } else if b < 0x80 {
                at += 1;
                d.out.push(b.into())?;
            } else {
                start = at;
                at = d.fail(start, at + 1, "unexpected special character")?;
            }
        }
        match shift.take() {
            Some(s) if last => {
                if s.surrogate != 0 || s.bits >= 6 || s.held != 0 {
                    let end = d.input().len();
                    at = d.fail(s.start, end, "unterminated shift sequence")?;
                    if at < d.input().len() {
                        continue;
                    }
                }
                return Ok((d.out, at));
            }
            Some(s) => {
                let kept = crate::TextBuf::from_units(d.out.units().slice(0..s.out_start))?;
                return Ok((kept, s.start));
            }
            None => return Ok((d.out, at)),
        }
    }
}

/// Goes out as itself.
fn direct(c: u32) -> bool {
    matches!(c, 0x09 | 0x0A | 0x0D | 0x20..0x7F) && !matches!(c, 0x2B | 0x5C | 0x7E)
}

/// Encodes as UTF-7, which can encode everything.
pub fn encode<H: Handler>(text: Units<'_>) -> Encoded<H::Error> {
    let mut out = Vec::new();
    let (mut shifted, mut held, mut bits) = (false, 0u32, 0u32);
    for c in text {
        if direct(c) {
            let b = c as u8;
            if shifted {
                if bits > 0 {
                    try_push(&mut out, DIGITS[(held << (6 - bits) & 63) as usize])?;
                }
                (shifted, held, bits) = (false, 0, 0);
                if value(b).is_some() || b == b'-' {
                    try_push(&mut out, b'-')?;
                }
            }
            try_push(&mut out, b)?;
            continue;
        }
        if !shifted {
            try_push(&mut out, b'+')?;
            if c == 0x2B {
                try_push(&mut out, b'-')?;
                continue;
            }
            shifted = true;
        }
        let mut unit = |u: u32| {
            held = held << 16 | u;
            bits += 16;
            while bits >= 6 {
                bits -= 6;
                try_push(&mut out, DIGITS[(held >> bits & 63) as usize])?;
            }
            held &= (1 << bits) - 1;
            Ok::<(), crate::OutOfMemory>(())
        };
        if c >= 0x10000 {
            unit(0xD7C0 + (c >> 10))?;
            unit(0xDC00 + (c & 0x3FF))?;
        } else {
            unit(c)?;
        }
    }
    if bits > 0 {
        try_push(&mut out, DIGITS[(held << (6 - bits) & 63) as usize])?;
    }
    if shifted {
        try_push(&mut out, b'-')?;
    }
    Ok(out)
}
