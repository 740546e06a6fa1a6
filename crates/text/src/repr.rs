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

fn text_repr(text: Units<'_>, ascii: bool) -> Result<TextBuf, OutOfMemory> {
    let quote = with_units!(text, s => quote(|q| U8(q).within(s)));
    let mut out = TextBuf::new();
    out.reserve(text.len().checked_add(2).ok_or(OutOfMemory)?)?;
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
    let mut out = TextBuf::new();
    out.reserve(bytes.len().checked_add(3).ok_or(OutOfMemory)?)?;
    out.push_ascii(&[b'b', quote])?;
    for &b in bytes {
        if b >= 0x80 {
            push_escape(b.into(), |b| out.push_ascii(b))?;
        } else {
            put(&mut out, b.into(), quote, true)?;
        }
    }
    out.push_ascii(&[quote])?;
    Ok(out)
}
