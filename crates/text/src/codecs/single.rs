//! Encodings of one byte a code point: Latin-1, ASCII, and character maps.

use std::borrow::Cow;

use super::{Decoded, Decoding, Encoded, Encoding, Errors, Fail, Handler};
use crate::buf::TextBuf;
use crate::units::{OutOfMemory, Unit, Units, try_extend, try_push, try_room, try_vec};
use crate::with_units;

/// Decodes Latin-1, which cannot fail.
pub fn decode_latin1(input: &[u8]) -> Result<TextBuf, OutOfMemory> {
    TextBuf::from_units(Units::from_latin1(input))
}

/// Decodes ASCII.
pub fn decode_ascii<H: Handler>(input: &[u8], errors: Errors, handler: &mut H) -> Decoded<H::Error> {
    let mut d = Decoding::new("ascii", input, errors, handler);
    let mut at = 0;
    loop {
        let (input, out) = d.parts();
        let rest = &input[at.min(input.len())..];
        let n = if rest.is_ascii() { rest.len() } else { rest.iter().position(|b| *b >= 0x80).unwrap_or(rest.len()) };
        out.push_ascii(&rest[..n])?;
        at += n;
        if n == rest.len() {
            return Ok((d.out, at));
        }
        at = d.fail(at, at + 1, "ordinal not in range(128)")?;
    }
}

/// How many units at the front are below a limit, a power of two.
fn run_below<U: Unit>(s: &[U], limit: u32) -> usize {
    // Units that are looked at together.
    const STEP: usize = 32;
    let steps = s.chunks_exact(STEP).take_while(|units| units.iter().fold(0, |all, u| all | u.code()) < limit).count();
    let first = steps * STEP;
    s[first..].iter().position(|u| u.code() >= limit).map_or(s.len(), |n| first + n)
}

fn encode_below<H: Handler>(
    limit: u32,
    name: &'static str,
    reason: &'static str,
    text: Units<'_>,
    errors: Errors,
    handler: &mut H,
) -> Encoded<H::Error> {
    if let Some(s) = text.as_bytes().filter(|s| limit == 256 || s.is_ascii()) {
        let mut out = try_vec(s.len())?;
        out.extend_from_slice(s);
        return Ok(out);
    }
    let mut e = Encoding::new(name, text, errors, handler)?;
    let mut at = 0;
    loop {
        let bad = with_units!(text, s => {
            let start = at + run_below(&s[at..], limit);
            try_room(&mut e.out, start - at)?;
            e.out.extend(s[at..start].iter().map(|u| u.code() as u8));
            start..s[start..].iter().position(|u| u.code() < limit).map_or(s.len(), |n| start + n)
        });
        if bad.is_empty() {
            return Ok(e.out);
        }
        at = e.fail(bad.start, bad.end, reason, |_, out, c| {
            if c < limit {
                try_push(out, c as u8)?;
            }
            Ok(c < limit)
        })?;
    }
}

/// Encodes as Latin-1.
pub fn encode_latin1<H: Handler>(text: Units<'_>, errors: Errors, handler: &mut H) -> Encoded<H::Error> {
    encode_below(256, "latin-1", "ordinal not in range(256)", text, errors, handler)
}

/// Encodes as ASCII.
pub fn encode_ascii<H: Handler>(text: Units<'_>, errors: Errors, handler: &mut H) -> Encoded<H::Error> {
    encode_below(128, "ascii", "ordinal not in range(128)", text, errors, handler)
}

const UNDEFINED: &str = "character maps to <undefined>";

/// What a character map makes of a byte.
#[derive(Clone, Debug)]
pub enum Mapped {
    /// Nothing.
    Undefined,
    /// A code point.
    Code(u32),
    /// A text, even an empty one.
    Text(TextBuf),
}

/// Decodes with a function from byte to what it means; the caller turns what a Python mapping says into [`Mapped`].
pub fn decode_charmap_by<H: Handler>(
    input: &[u8],
    errors: Errors,
    handler: &mut H,
    mut map: impl FnMut(&mut H, u8) -> Result<Mapped, Fail<H::Error>>,
) -> Decoded<H::Error> {
    let mut d = Decoding::new("charmap", input, errors, handler);
    d.out.reserve(input.len())?;
    let mut at = 0;
    while let Some(&b) = d.input().get(at) {
        match map(d.handler, b)? {
            Mapped::Code(c) => d.out.push(c)?,
            Mapped::Text(t) => d.out.push_units(t.units())?,
            Mapped::Undefined => {
                at = d.fail(at, at + 1, UNDEFINED)?;
                continue;
            }
        }
        at += 1;
    }
    Ok((d.out, at))
}

/// Decodes with a table: the code point of byte `b` stands at `b`; U+FFFE and what is missing are undefined.
pub fn decode_charmap<H: Handler>(
    input: &[u8],
    table: Units<'_>,
    errors: Errors,
    handler: &mut H,
) -> Decoded<H::Error> {
    decode_charmap_by(input, errors, handler, |_, b| {
        Ok(match table.get(b.into()) {
            None | Some(0xFFFE) => Mapped::Undefined,
            Some(c) => Mapped::Code(c),
        })
    })
}

/// The inverse of a decoding table: what `codecs.charmap_build` makes.
#[derive(Clone, Debug)]
pub struct EncodingMap {
    ascii: [Option<u8>; 128],
    others: Vec<(u32, u8)>,
}

impl EncodingMap {
    /// From a decoding table of at most 256 code points. `None` for what `codecs.charmap_build` makes a dict of: byte 0
    /// other than U+0000, U+0000 for another byte, or a code point above U+FFFF.
    pub fn new(table: Units<'_>) -> Result<Option<EncodingMap>, OutOfMemory> {
        let table = table.slice(0..256);
        if table.get(0) != Some(0) || table.iter().skip(1).any(|c| c == 0 || c > 0xFFFF) {
            return Ok(None);
        }
        let mut map = EncodingMap { ascii: [None; 128], others: try_vec(table.len())? };
        for (i, c) in table.iter().enumerate() {
            match map.ascii.get_mut(c as usize) {
                Some(place) => *place = Some(i as u8),
                None if c == 0xFFFE => {}
                None => map.others.push((c, i as u8)),
            }
        }
        // For a code point that stands twice, the last byte counts.
        map.others.sort_by_key(|&(c, i)| (c, std::cmp::Reverse(i)));
        map.others.dedup_by_key(|&mut (c, _)| c);
        Ok(Some(map))
    }

    /// The byte for a code point.
    pub fn get(&self, c: u32) -> Option<u8> {
        match self.ascii.get(c as usize) {
            Some(byte) => *byte,
            None => self.others.binary_search_by_key(&c, |o| o.0).ok().map(|i| self.others[i].1),
        }
    }
}

/// What an encoding map makes of a code point.
#[derive(Clone, Debug)]
pub enum MappedBytes {
    /// Nothing.
    Undefined,
    /// A byte.
    Byte(u8),
    /// Bytes, even none.
    Bytes(Vec<u8>),
}

/// Encodes with a function from code point to bytes. A handler's text is encoded by the same function.
pub fn encode_charmap_by<H: Handler>(
    text: Units<'_>,
    errors: Errors,
    handler: &mut H,
    mut map: impl FnMut(&mut H, u32) -> Result<MappedBytes, Fail<H::Error>>,
) -> Encoded<H::Error> {
    let mut e = Encoding::new(Cow::Borrowed("charmap"), text, errors, handler)?;
    let mut put = |handler: &mut H, out: &mut Vec<u8>, c: u32| {
        match map(handler, c)? {
            MappedBytes::Undefined => return Ok(false),
            MappedBytes::Byte(b) => try_push(out, b)?,
            MappedBytes::Bytes(b) => try_extend(out, &b)?,
        }
        Ok(true)
    };
    let mut at = 0;
    while let Some(c) = text.get(at) {
        if put(e.handler, &mut e.out, c)? {
            at += 1;
            continue;
        }
        let (mut end, kept) = (at + 1, e.out.len());
        while let Some(c) = text.get(end) {
            if put(e.handler, &mut e.out, c)? {
                e.out.truncate(kept);
                break;
            }
            end += 1;
        }
        at = e.fail(at, end, UNDEFINED, &mut put)?;
    }
    Ok(e.out)
}

/// Encodes with the inverse of a decoding table.
pub fn encode_charmap<H: Handler>(
    text: Units<'_>,
    map: &EncodingMap,
    errors: Errors,
    handler: &mut H,
) -> Encoded<H::Error> {
    encode_charmap_by(text, errors, handler, |_, c| Ok(map.get(c).map_or(MappedBytes::Undefined, MappedBytes::Byte)))
}
