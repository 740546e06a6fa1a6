//! Strings as JSON writes and reads them.

use taipan_text::units::Unit;
use taipan_text::{OutOfMemory, TextBuf, Units};

const HEX: &[u8; 16] = b"0123456789abcdef";

fn push_u(out: &mut TextBuf, unit: u32) -> Result<(), OutOfMemory> {
    let digit = |shift: u32| HEX[(unit >> shift & 15) as usize];
    out.push_ascii(&[b'\\', b'u', digit(12), digit(8), digit(4), digit(0)])
}

/// The escape of a character that must have one, or everywhere when only ASCII may stand.
fn push_escaped(out: &mut TextBuf, c: u32) -> Result<(), OutOfMemory> {
    let short: &[u8] = match c {
        0x22 => b"\\\"",
        0x5C => b"\\\\",
        8 => b"\\b",
        9 => b"\\t",
        10 => b"\\n",
        12 => b"\\f",
        13 => b"\\r",
        0..0x1_0000 => return push_u(out, c),
        _ => {
            let v = c - 0x1_0000;
            push_u(out, 0xD800 | v >> 10)?;
            return push_u(out, 0xDC00 | v & 0x3FF);
        }
    };
    out.push_ascii(short)
}

/// Whether a byte stands for itself in a JSON string of ASCII characters.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut b = 0x20;
    while b < 0x7F {
        plain[b] = b != b'"' as usize && b != b'\\' as usize;
        b += 1;
    }
    plain
};

fn quote_bytes(text: &[u8], ascii: bool, out: &mut TextBuf) -> Result<(), OutOfMemory> {
    let mut rest = text;
    while !rest.is_empty() {
        let stop = |b: &u8| !(PLAIN[usize::from(*b)] || !ascii && *b >= 0x7F);
        let n = rest.iter().position(stop).unwrap_or(rest.len());
        if n > 0 {
            let span = &rest[..n];
            if ascii { out.push_ascii(span)? } else { out.push_units(Units::from_latin1(span))? }
        }
        if let Some(&b) = rest.get(n) {
            push_escaped(out, b.into())?;
        }
        rest = rest.get(n + 1..).unwrap_or(&[]);
    }
    Ok(())
}

/// Appends a string in quotes; `ascii` escapes everything above ASCII.
pub fn quote(text: Units<'_>, ascii: bool, out: &mut TextBuf) -> Result<(), OutOfMemory> {
    out.push_ascii(b"\"")?;
    match text {
        Units::Ascii(s) | Units::Latin1(s) => quote_bytes(s, ascii, out)?,
        _ => {
            let mut from = 0;
            for (i, c) in text.iter().enumerate() {
                let plain = if c < 0x80 { PLAIN[c as usize] || c == 0x7F && !ascii } else { !ascii };
                if !plain {
                    out.push_units(text.slice(from..i))?;
                    push_escaped(out, c)?;
                    from = i + 1;
                }
            }
            out.push_units(text.slice(from..text.len()))?;
        }
    }
    out.push_ascii(b"\"")
}

/// What is wrong with a string: the words of a `JSONDecodeError` and where.
#[derive(Debug)]
pub enum StringError {
    Words(&'static str, isize),
    OutOfMemory,
}

impl From<OutOfMemory> for StringError {
    fn from(_: OutOfMemory) -> Self {
        StringError::OutOfMemory
    }
}

/// A string that was read: a part of the text as it stands, or one with escapes replaced.
pub enum Scanned {
    Slice(usize, usize),
    Made(TextBuf),
}

/// Four hexadecimal digits at `at`.
fn four<U: Unit>(text: &[U], at: usize) -> Option<u32> {
    let digits = text.get(at..at + 4)?;
    digits.iter().try_fold(0, |n, d| Some(n << 4 | char::from_u32(d.code())?.to_digit(16)?))
}

fn push_part<U: Unit>(out: &mut TextBuf, part: &[U]) -> Result<(), OutOfMemory> {
    match U::as_bytes(part) {
        Some(bytes) => out.push_units(Units::from_latin1(bytes)),
        None => part.iter().try_for_each(|c| out.push(c.code())),
    }
}

/// The first character from `at` on that ends a stretch of plain ones.
#[inline]
fn plain_end<U: Unit>(text: &[U], at: usize, strict: bool) -> Option<usize> {
    let special = |c: u32| c == 0x22 || c == 0x5C || strict && c < 0x20;
    let rest = &text[at..];
    let mut n = 0;
    for chunk in rest.chunks_exact(16) {
        if chunk.iter().fold(false, |any, c| any | special(c.code())) {
            break;
        }
        n += 16;
    }
    rest[n..].iter().position(|c| special(c.code())).map(|i| at + n + i)
}

/// Reads a string whose first character after the quote is at `begin`: the string, and where it goes on behind it.
pub fn scan<U: Unit>(text: &[U], begin: usize, strict: bool) -> Result<(Scanned, usize), StringError> {
    let quote = begin as isize - 1;
    let unterminated = || StringError::Words("Unterminated string starting at", quote);
    let mut made: Option<TextBuf> = None;
    let mut at = begin;
    loop {
        let stop = plain_end(text, at, strict).ok_or_else(unterminated)?;
        match text[stop].code() {
            0x22 => {
                let Some(mut out) = made else { return Ok((Scanned::Slice(begin, stop), stop + 1)) };
                push_part(&mut out, &text[at..stop])?;
                return Ok((Scanned::Made(out), stop + 1));
            }
            0x5C => {}
            _ => return Err(StringError::Words("Invalid control character at", stop as isize)),
        }
        let out = made.get_or_insert_with(TextBuf::new);
        push_part(out, &text[at..stop])?;
        let letter = text.get(stop + 1).ok_or_else(unterminated)?.code();
        at = stop + 2;
        let c = match char::from_u32(letter) {
            Some('"') => 0x22,
            Some('\\') => 0x5C,
            Some('/') => 0x2F,
            Some('b') => 8,
            Some('f') => 12,
            Some('n') => 10,
            Some('r') => 13,
            Some('t') => 9,
            Some('u') => {
                const BAD: &str = "Invalid \\uXXXX escape";
                let first = four(text, at).ok_or(StringError::Words(BAD, at as isize - 1))?;
                at += 4;
                let is_u = |at: usize| {
                    at + 6 <= text.len() && text[at].code() == 0x5C && text[at + 1].code() == u32::from(b'u')
                };
                if (0xD800..0xDC00).contains(&first) && is_u(at) {
                    let second = four(text, at + 2).ok_or(StringError::Words(BAD, at as isize + 1))?;
                    if (0xDC00..0xE000).contains(&second) {
                        at += 6;
                        0x1_0000 + ((first & 0x3FF) << 10 | second & 0x3FF)
                    } else {
                        first
                    }
                } else {
                    first
                }
            }
            _ => return Err(StringError::Words("Invalid \\escape", stop as isize)),
        };
        out.push(c)?;
    }
}
