//! `repr` of str and bytes, and `ascii`.

use crate::buf::TextBuf;
use crate::codecs::push_escape;
use crate::props;
use crate::units::{OutOfMemory, Unit, Units};
use crate::with_units;

/// Single quotes, unless there is one in the text and no double quote.
fn quote(has: impl Fn(u8) -> bool) -> u8 {
    if has(b'\'') && !has(b'"') { b'"' } else { b'\'' }
}

fn put(out: &mut TextBuf, c: u32, quote: u8, ascii: bool) -> Result<(), OutOfMemory> {
    match c {
        0x09 => out.push_ascii(b"\\t"),
        0x0A => out.push_ascii(b"\\n"),
        0x0D => out.push_ascii(b"\\r"),
        0x5C => out.push_ascii(b"\\\\"),
        _ if c == u32::from(quote) => out.push_ascii(&[b'\\', quote]),
        0x20..=0x7E => out.push(c),
        0x80..=0x10FFFF if !ascii && props::is_printable(c) => out.push(c),
        _ => push_escape(c, |b| out.push_ascii(b)),
    }
}

/// Units from which on the length of the result is worked out first.
const LONG: usize = 1 << 20;

/// How many characters `put` writes.
fn shown_len(c: u32, quote: u8, ascii: bool) -> usize {
    match c {
        0x09 | 0x0A | 0x0D | 0x5C => 2,
        _ if c == u32::from(quote) => 2,
        0x20..=0x7E => 1,
        0x80..=0x10FFFF if !ascii && props::is_printable(c) => 1,
        0..=0xFF => 4,
        0x100..=0xFFFF => 6,
        _ => 10,
    }
}

fn text_repr(text: Units<'_>, ascii: bool) -> Result<TextBuf, OutOfMemory> {
    let quote = with_units!(text, s => quote(|q| U8(q).within(s)));
    let mut out = TextBuf::new();
    // A long result that there is no room for is refused before any of it is written.
    let len = if text.len() < LONG { text.len() } else { text.iter().map(|c| shown_len(c, quote, ascii)).sum() };
    out.reserve(len.checked_add(2).ok_or(OutOfMemory)?)?;
    out.push_ascii(&[quote])?;
    // Runs that need no escape are copied whole.
    let mut at = 0;
    while at < text.len() {
        let special = |c: u32| match c {
            0x20..=0x7E => c == 0x5C || c == u32::from(quote),
            _ => ascii || c < 0x80 || !props::is_printable(c),
        };
        let next = with_units!(text, s => s[at..].iter().position(|u| special(u.code())));
        let end = next.map_or(text.len(), |n| at + n);
        out.push_units(text.slice(at..end))?;
        at = end;
        if let Some(c) = text.get(at) {
            put(&mut out, c, quote, ascii)?;
            at += 1;
        }
    }
    out.push_ascii(&[quote])?;
    Ok(out)
}

/// What characters below 128 take in a `repr`: one, but for these.
static SHOWN: [u8; 128] = {
    let mut table = [4; 128];
    let mut c = 0x20;
    while c < 0x7F {
        table[c] = 1;
        c += 1;
    }
    table[0x09] = 2;
    table[0x0A] = 2;
    table[0x0D] = 2;
    table[0x5C] = 2;
    table
};

/// The quote that `repr` puts around ASCII text, and how long it becomes.
pub fn ascii_text_shown(text: &[u8]) -> (u8, usize) {
    let (mut length, mut singles, mut doubles) = (2, 0, 0);
    for &c in text {
        length += usize::from(SHOWN[usize::from(c & 0x7F)]);
        singles += usize::from(c == b'\'');
        doubles += usize::from(c == b'"');
    }
    match (singles, doubles) {
        (0, _) => (b'\'', length),
        (_, 0) => (b'"', length),
        _ => (b'\'', length + singles),
    }
}

/// Writes the `repr` of ASCII text; `out` is as long as [`ascii_text_shown`] said.
pub fn write_ascii_text(text: &[u8], quote: u8, out: &mut [u8]) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let [first, body @ .., last] = out else { return };
    (*first, *last) = (quote, quote);
    if body.len() == text.len() {
        return body.copy_from_slice(text);
    }
    let mut at = 0;
    for &c in text {
        let (escaped, length) = match c {
            0x09 => (*b"\\t\0\0", 2),
            0x0A => (*b"\\n\0\0", 2),
            0x0D => (*b"\\r\0\0", 2),
            0x5C => (*b"\\\\\0\0", 2),
            _ if c == quote => ([b'\\', c, 0, 0], 2),
            0x20..=0x7E => {
                body[at] = c;
                at += 1;
                continue;
            }
            _ => ([b'\\', b'x', HEX[usize::from(c >> 4)], HEX[usize::from(c & 15)]], 4),
        };
        body[at..at + length].copy_from_slice(&escaped[..length]);
        at += length;
    }
}

struct U8(u8);

impl U8 {
    fn within<U: Unit>(self, s: &[U]) -> bool {
        U::truncated(self.0.into()).position(s).is_some()
    }
}

/// `repr(str)`
pub fn repr(text: Units<'_>) -> Result<TextBuf, OutOfMemory> {
    text_repr(text, false)
}

/// `ascii(str)`
pub fn ascii(text: Units<'_>) -> Result<TextBuf, OutOfMemory> {
    text_repr(text, true)
}

/// What `ascii(x)` makes of `repr(x)`: everything above ASCII escaped. `None` if nothing is to be escaped.
pub fn escape_non_ascii(text: Units<'_>) -> Result<Option<TextBuf>, OutOfMemory> {
    if text.is_ascii() {
        return Ok(None);
    }
    let mut out = TextBuf::new();
    for c in text {
        if c < 0x80 {
            out.push(c)?;
        } else {
            push_escape(c, |b| out.push_ascii(b))?;
        }
    }
    Ok(Some(out))
}

/// `repr(bytes)`
pub fn bytes_repr(bytes: &[u8]) -> Result<TextBuf, OutOfMemory> {
    let quote = quote(|q| memchr::memchr(q, bytes).is_some());
    let special = |b: &u8| !(0x20..=0x7E).contains(b) || *b == 0x5C || *b == quote;
    let mut out = TextBuf::new();
    out.reserve(bytes_repr_len(bytes, quote))?;
    out.push_ascii(&[b'b', quote])?;
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(special) {
        out.push_ascii(&rest[..at])?;
        let b = rest[at];
        if b >= 0x80 {
            push_escape(b.into(), |b| out.push_ascii(b))?;
        } else {
            put(&mut out, b.into(), quote, true)?;
        }
        rest = &rest[at + 1..];
    }
    out.push_ascii(rest)?;
    out.push_ascii(&[quote])?;
    Ok(out)
}

/// How long the result will be: one that is too long is refused before any of it is written.
fn bytes_repr_len(bytes: &[u8], quote: u8) -> usize {
    let pairs = count(bytes, |b| matches!(b, 0x09 | 0x0A | 0x0D | 0x5C) || b == quote);
    let plains = count(bytes, |b| (0x20..=0x7E).contains(&b)) - count(bytes, |b| b == 0x5C || b == quote);
    3 + plains + 2 * pairs + 4 * (bytes.len() - plains - pairs)
}

/// How many bytes there are of a kind, in sums that fit in a byte: the processor adds many of them at a time.
fn count(bytes: &[u8], kind: impl Fn(u8) -> bool) -> usize {
    bytes
        .chunks(usize::from(u8::MAX))
        .map(|part| usize::from(part.iter().map(|&b| u8::from(kind(b))).sum::<u8>()))
        .sum()
}
