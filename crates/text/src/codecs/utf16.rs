//! UTF-16 and UTF-32, each little-endian, big-endian, or by a byte order mark.

use super::{Decoding, Encoded, Encoding, Errors, Fail, Handler};
use crate::buf::{Batch, TextBuf};
use crate::units::{Unit, Units, is_surrogate, try_extend, try_vec};

/// The order of bytes: what a decoder is told, and what it found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// By the mark at the front; without one, the machine's order, which is taken to be little-endian.
    Mark,
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

impl ByteOrder {
    /// From CPython's convention: negative little, 0 by mark, positive big.
    pub fn from_int(i: i32) -> ByteOrder {
        match i.signum() {
            -1 => ByteOrder::Little,
            0 => ByteOrder::Mark,
            _ => ByteOrder::Big,
        }
    }

    /// As CPython numbers it.
    pub fn to_int(self) -> i32 {
        match self {
            ByteOrder::Little => -1,
            ByteOrder::Mark => 0,
            ByteOrder::Big => 1,
        }
    }
}

/// How many units are decoded at once where none of them is a surrogate.
const RUN: usize = 64;

/// Text, bytes consumed, and the byte order, known as soon as a mark was read.
pub type Decoded<E> = Result<(TextBuf, usize, ByteOrder), Fail<E>>;

/// Decodes UTF-16. `order` is what the caller knows; the mark of `ByteOrder::Mark` is consumed and reported.
pub fn decode16<H: Handler>(
    input: &[u8],
    errors: Errors,
    order: ByteOrder,
    last: bool,
    handler: &mut H,
) -> Decoded<H::Error> {
    let (mut order, mut at) = (order, 0);
    if order == ByteOrder::Mark {
        match input {
            [0xFF, 0xFE, ..] => (order, at) = (ByteOrder::Little, 2),
            [0xFE, 0xFF, ..] => (order, at) = (ByteOrder::Big, 2),
            _ => {}
        }
    }
    let big = order == ByteOrder::Big;
    let mut d = Decoding::new(if big { "utf-16-be" } else { "utf-16-le" }, input, errors, handler);
    d.out.reserve(input.len() / 2)?;
    let unit = |pair: [u8; 2]| u32::from(if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) });
    loop {
        let (input, out) = d.parts();
        let mut pieces = Batch::new(std::mem::take(out));
        let mut rest = &input[at.min(input.len())..];
        let mut trouble = None;
        // As long as there are no surrogates, many at once.
        let mut units = [0u16; RUN];
        while pieces.is_empty()
            && let Some((run, after)) = rest.split_first_chunk::<{ 2 * RUN }>()
        {
            for (to, pair) in units.iter_mut().zip(run.as_chunks::<2>().0) {
                *to = if big { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) };
            }
            if any_surrogate(&units) {
                break;
            }
            pieces.push_run(Units::Ucs2(&units))?;
            rest = after;
        }
        while let Some((&pair, after)) = rest.split_first_chunk::<2>() {
            let c = unit(pair);
            if !is_surrogate(c) {
                pieces.push(c)?;
                rest = after;
                continue;
            }
            if c >= 0xDC00 {
                trouble = Some((2, "illegal encoding"));
                break;
            }
            let Some((&low, after)) = after.split_first_chunk::<2>() else {
                trouble = Some((rest.len(), "unexpected end of data"));
                break;
            };
            let low = unit(low);
            if !(0xDC00..0xE000).contains(&low) {
                trouble = Some((2, "illegal UTF-16 surrogate"));
                break;
            }
            pieces.push(0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00))?;
            rest = after;
        }
        *out = pieces.finish()?;
        at = input.len() - rest.len();
        let (n, reason) = match trouble {
            None if rest.is_empty() => return Ok((d.out, at, order)),
            None => (rest.len(), "truncated data"),
            Some(trouble) => trouble,
        };
        if !last && matches!(reason, "truncated data" | "unexpected end of data") {
            return Ok((d.out, at, order));
        }
        at = d.fail(at, at + n, reason)?;
    }
}

/// Decodes UTF-32; see [`decode16`].
pub fn decode32<H: Handler>(
    input: &[u8],
    errors: Errors,
    order: ByteOrder,
    last: bool,
    handler: &mut H,
) -> Decoded<H::Error> {
    let (mut order, mut at) = (order, 0);
    if order == ByteOrder::Mark {
        match input {
            [0xFF, 0xFE, 0, 0, ..] => (order, at) = (ByteOrder::Little, 4),
            [0, 0, 0xFE, 0xFF, ..] => (order, at) = (ByteOrder::Big, 4),
            _ => {}
        }
    }
    let big = order == ByteOrder::Big;
    let mut d = Decoding::new(if big { "utf-32-be" } else { "utf-32-le" }, input, errors, handler);
    d.out.reserve(input.len() / 4)?;
    loop {
        let (input, out) = d.parts();
        let mut pieces = Batch::new(std::mem::take(out));
        let mut rest = &input[at.min(input.len())..];
        let mut trouble = None;
        while let Some((&quad, after)) = rest.split_first_chunk::<4>() {
            let c = if big { u32::from_be_bytes(quad) } else { u32::from_le_bytes(quad) };
            if is_surrogate(c) {
                trouble = Some((4, "code point in surrogate code point range(0xd800, 0xe000)"));
                break;
            }
            if c > 0x10FFFF {
                trouble = Some((4, "code point not in range(0x110000)"));
                break;
            }
            pieces.push(c)?;
            rest = after;
        }
        *out = pieces.finish()?;
        at = input.len() - rest.len();
        let (n, reason) = match trouble {
            None if rest.is_empty() || !last => return Ok((d.out, at, order)),
            None => (rest.len(), "truncated data"),
            Some(trouble) => trouble,
        };
        at = d.fail(at, at + n, reason)?;
    }
}

/// Encodes with `put`; what a handler answers must be ASCII or bytes that make whole units.
fn encode_wide<H: Handler>(
    name: &'static str,
    text: Units<'_>,
    errors: Errors,
    handler: &mut H,
    mark: bool,
    size: usize,
    put: impl Fn(&mut Vec<u8>, u32) -> Result<(), crate::OutOfMemory>,
) -> Encoded<H::Error> {
    let mut e = Encoding::new(name, text, errors, handler)?;
    e.out.try_reserve(text.len().saturating_mul(size)).map_err(crate::OutOfMemory::from)?;
    if mark {
        put(&mut e.out, 0xFEFF)?;
    }
    let mut at = 0;
    while let Some(c) = text.get(at) {
        if !is_surrogate(c) {
            put(&mut e.out, c)?;
            at += 1;
            continue;
        }
        let before = e.out.len();
        let resume = e.fail(at, at + 1, "surrogates not allowed", |_, out, c| {
            if c < 0x80 {
                put(out, c)?;
            }
            Ok(c < 0x80)
        })?;
        if !(e.out.len() - before).is_multiple_of(size) {
            return Err(Fail::Codec(e.error(at, at + 1, "surrogates not allowed".into())));
        }
        at = resume;
    }
    Ok(e.out)
}

/// Appends text in UTF-16, without a mark. False, and nothing is appended, where it has code points that are surrogates or
/// take two units.
pub fn extend16(out: &mut Vec<u8>, text: Units<'_>, big: bool) -> bool {
    fn put<U: Unit>(out: &mut Vec<u8>, units: &[U], bytes: impl Fn(u16) -> [u8; 2]) {
        let start = out.len();
        out.resize(start + 2 * units.len(), 0);
        for (to, u) in out[start..].as_chunks_mut::<2>().0.iter_mut().zip(units) {
            *to = bytes(u.code() as u16);
        }
    }
    fn put_all<U: Unit>(out: &mut Vec<u8>, units: &[U], big: bool) {
        if big { put(out, units, u16::to_be_bytes) } else { put(out, units, u16::to_le_bytes) }
    }
    match text {
        Units::Ascii(s) | Units::Latin1(s) => put_all(out, s, big),
        Units::Ucs2(s) if !any_surrogate(s) => put_all(out, s, big),
        _ => return false,
    }
    true
}

fn any_surrogate(units: &[u16]) -> bool {
    units.iter().fold(false, |found, &u| found | (u & 0xF800 == 0xD800))
}

/// Encodes as UTF-16; `ByteOrder::Mark` puts a mark in front.
pub fn encode16<H: Handler>(text: Units<'_>, errors: Errors, order: ByteOrder, handler: &mut H) -> Encoded<H::Error> {
    let mut out = try_vec(text.len().saturating_add(1).saturating_mul(2))?;
    if order == ByteOrder::Mark {
        out.extend(0xFEFFu16.to_le_bytes());
    }
    if extend16(&mut out, text, order == ByteOrder::Big) {
        return Ok(out);
    }
    drop(out);
    let name = match order {
        ByteOrder::Mark => "utf-16",
        ByteOrder::Little => "utf-16-le",
        ByteOrder::Big => "utf-16-be",
    };
    encode_wide(name, text, errors, handler, order == ByteOrder::Mark, 2, |out, c| {
        let mut put = |u: u32| {
            let u = u as u16;
            try_extend(out, &if order == ByteOrder::Big { u.to_be_bytes() } else { u.to_le_bytes() })
        };
        if c < 0x10000 {
            return put(c);
        }
        put(0xD7C0 + (c >> 10))?;
        put(0xDC00 + (c & 0x3FF))
    })
}

/// Encodes as UTF-32; `ByteOrder::Mark` puts a mark in front.
pub fn encode32<H: Handler>(text: Units<'_>, errors: Errors, order: ByteOrder, handler: &mut H) -> Encoded<H::Error> {
    let name = match order {
        ByteOrder::Mark => "utf-32",
        ByteOrder::Little => "utf-32-le",
        ByteOrder::Big => "utf-32-be",
    };
    encode_wide(name, text, errors, handler, order == ByteOrder::Mark, 4, |out, c| {
        try_extend(out, &if order == ByteOrder::Big { c.to_be_bytes() } else { c.to_le_bytes() })
    })
}
