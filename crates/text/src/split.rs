//! Splitting and stripping. Parts are reported as ranges, so that the caller can share or copy as it likes.

use std::ops::Range;

use crate::search;
use crate::units::{Unit, Units};
use crate::{props, with_units};

/// The whitespace of `bytes`, and of ASCII text but for 0x1C..=0x1F.
#[inline]
pub fn is_byte_space(code: u32) -> bool {
    matches!(code, 0x20 | 0x09..=0x0D)
}

/// The first place from `at` on where an ASCII byte up to a space may end something, by `ends`; eight bytes at a time.
#[inline]
fn ascii_end(s: &[u8], mut at: usize, ends: impl Fn(u8) -> bool) -> usize {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // Added to an ASCII byte, this reaches the high bit from 0x21 on.
    const ABOVE_SPACE: u64 = 0x5F5F_5F5F_5F5F_5F5F;
    while let Some(chunk) = s[at..].first_chunk::<8>() {
        let word = u64::from_le_bytes(*chunk);
        let mut low = !((word & !HIGH) + ABOVE_SPACE) & HIGH;
        while low != 0 {
            let place = low.trailing_zeros() / 8;
            // Not from memory, which would wait for the whole chunk.
            if ends((word >> (8 * place)) as u8) {
                return at + place as usize;
            }
            low &= low - 1;
        }
        at += 8;
    }
    s[at..].iter().position(|&b| ends(b)).map_or(s.len(), |i| at + i)
}

/// The whitespace of ASCII text.
#[inline]
fn is_ascii_space(b: u8) -> bool {
    matches!(b, 0x20 | 0x09..=0x0D | 0x1C..=0x1F)
}

/// Splits at `sep` (not empty), at most `limit` times; the parts come left to right.
pub fn split<E>(
    text: Units<'_>,
    sep: Units<'_>,
    limit: usize,
    mut part: impl FnMut(Range<usize>) -> Result<(), E>,
) -> Result<(), E> {
    let (mut from, mut failed) = (0, None);
    search::for_each(text, sep, limit, |i| {
        if failed.is_none()
            && let Err(e) = part(from..i)
        {
            failed = Some(e);
        }
        from = i + sep.len();
    });
    match failed {
        Some(e) => Err(e),
        None => part(from..text.len()),
    }
}

/// Splits at `sep` (not empty) from the right; the parts come right to left.
pub fn rsplit<E>(
    text: Units<'_>,
    sep: Units<'_>,
    limit: usize,
    mut part: impl FnMut(Range<usize>) -> Result<(), E>,
) -> Result<(), E> {
    let mut end = text.len();
    if !sep.is_empty() {
        for _ in 0..limit {
            let Some(i) = search::rfind(text, sep, 0, end) else { break };
            part(i + sep.len()..end)?;
            end = i;
        }
    }
    part(0..end)
}

/// Splits at runs of whitespace, at most `limit` times; the last part of a limited split keeps the whitespace
/// within and behind it.
pub fn split_space<E>(
    text: Units<'_>,
    limit: usize,
    space: fn(u32) -> bool,
    mut part: impl FnMut(Range<usize>) -> Result<(), E>,
) -> Result<(), E> {
    fn run<U: Unit, E>(
        s: &[U],
        limit: usize,
        space: fn(u32) -> bool,
        part: &mut dyn FnMut(Range<usize>) -> Result<(), E>,
    ) -> Result<(), E> {
        let is_space = |u: U| {
            let c = u.code();
            if c < 0x80 { matches!(c, 0x20 | 0x09..=0x0D) || (c.wrapping_sub(0x1C) < 4 && space(c)) } else { space(c) }
        };
        let (mut i, mut left) = (0, limit);
        loop {
            while i < s.len() && is_space(s[i]) {
                i += 1;
            }
            if i == s.len() {
                return Ok(());
            }
            let start = i;
            if left == 0 {
                return part(start..s.len());
            }
            while i < s.len() && !is_space(s[i]) {
                i += 1;
            }
            part(start..i)?;
            left -= 1;
        }
    }
    if let Units::Ascii(s) = text
        && space(0x1C)
    {
        let (mut i, mut left) = (0, limit);
        loop {
            while i < s.len() && is_ascii_space(s[i]) {
                i += 1;
            }
            if i == s.len() {
                return Ok(());
            }
            if left == 0 {
                return part(i..s.len());
            }
            let end = ascii_end(s, i + 1, is_ascii_space);
            part(i..end)?;
            i = end;
            left -= 1;
        }
    }
    with_units!(text, s => run(s, limit, space, &mut part))
}

/// Splits at runs of whitespace from the right; the parts come right to left.
pub fn rsplit_space<E>(
    text: Units<'_>,
    limit: usize,
    space: fn(u32) -> bool,
    mut part: impl FnMut(Range<usize>) -> Result<(), E>,
) -> Result<(), E> {
    fn run<U: Unit, E>(
        s: &[U],
        limit: usize,
        space: fn(u32) -> bool,
        part: &mut dyn FnMut(Range<usize>) -> Result<(), E>,
    ) -> Result<(), E> {
        let (mut end, mut left) = (s.len(), limit);
        loop {
            while end > 0 && space(s[end - 1].code()) {
                end -= 1;
            }
            if end == 0 {
                return Ok(());
            }
            if left == 0 {
                return part(0..end);
            }
            let mut i = end;
            while i > 0 && !space(s[i - 1].code()) {
                i -= 1;
            }
            part(i..end)?;
            end = i;
            left -= 1;
        }
    }
    with_units!(text, s => run(s, limit, space, &mut part))
}

/// The lines of a text. `bytes` end lines with `\n`, `\r` and `\r\n` only, text with all of Unicode's line ends.
pub fn split_lines<E>(
    text: Units<'_>,
    keep_ends: bool,
    as_bytes: bool,
    mut line: impl FnMut(Range<usize>) -> Result<(), E>,
) -> Result<(), E> {
    fn run<U: Unit, E>(
        s: &[U],
        keep_ends: bool,
        as_bytes: bool,
        line: &mut dyn FnMut(Range<usize>) -> Result<(), E>,
    ) -> Result<(), E> {
        let ends = |u: U| match u.code() {
            0x0A | 0x0D => true,
            0x20..0x80 => false,
            c => !as_bytes && props::is_line_break(c),
        };
        let mut start = 0;
        while start < s.len() {
            let found = match U::as_bytes(s) {
                Some(bytes) if as_bytes => memchr::memchr2(b'\n', b'\r', &bytes[start..]),
                _ => s[start..].iter().position(|&u| ends(u)),
            };
            let Some(end) = found.map(|i| start + i) else { return line(start..s.len()) };
            let crlf = s[end].code() == 0x0D && s.get(end + 1).is_some_and(|u| u.code() == 0x0A);
            let next = end + 1 + usize::from(crlf);
            line(start..if keep_ends { next } else { end })?;
            start = next;
        }
        Ok(())
    }
    if let Units::Ascii(s) = text
        && !as_bytes
    {
        let mut start = 0;
        while start < s.len() {
            let end = ascii_end(s, start, |b| matches!(b, 0x0A..=0x0D | 0x1C..=0x1E));
            if end == s.len() {
                return line(start..end);
            }
            let crlf = s[end] == b'\r' && s.get(end + 1) == Some(&b'\n');
            let next = end + 1 + usize::from(crlf);
            line(start..if keep_ends { next } else { end })?;
            start = next;
        }
        return Ok(());
    }
    with_units!(text, s => run(s, keep_ends, as_bytes, &mut line))
}

/// The first occurrence of `sep`, as the ranges before and after it.
pub fn partition(text: Units<'_>, sep: Units<'_>) -> Option<(Range<usize>, Range<usize>)> {
    let i = search::find(text, sep, 0, text.len())?;
    Some((0..i, i + sep.len()..text.len()))
}

/// The last occurrence of `sep`, as the ranges before and after it.
pub fn rpartition(text: Units<'_>, sep: Units<'_>) -> Option<(Range<usize>, Range<usize>)> {
    let i = search::rfind(text, sep, 0, text.len())?;
    Some((0..i, i + sep.len()..text.len()))
}

/// Which ends to strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `lstrip`
    Left,
    /// `rstrip`
    Right,
    /// `strip`
    Both,
}

/// What is left after stripping code points for which `drop` holds.
#[inline]
pub fn strip_by(text: Units<'_>, side: Side, drop: impl Fn(u32) -> bool) -> Range<usize> {
    with_units!(text, s => {
        let (mut start, mut end) = (0, s.len());
        if side != Side::Right {
            while start < end && drop(s[start].code()) {
                start += 1;
            }
        }
        if side != Side::Left {
            while end > start && drop(s[end - 1].code()) {
                end -= 1;
            }
        }
        start..end
    })
}

/// `strip()` of text.
pub fn strip_space(text: Units<'_>, side: Side) -> Range<usize> {
    strip_by(text, side, props::is_space)
}

/// `strip(chars)`.
pub fn strip_chars(text: Units<'_>, side: Side, chars: Units<'_>) -> Range<usize> {
    // A bit per low byte first: most code points that stop the stripping are not in it.
    let mut seen = [0u64; 4];
    for c in chars {
        seen[(c >> 6 & 3) as usize] |= 1 << (c & 63);
    }
    let bytes = matches!(chars, Units::Ascii(_) | Units::Latin1(_));
    strip_by(text, side, |c| {
        seen[(c >> 6 & 3) as usize] >> (c & 63) & 1 == 1
            && if bytes { c < 0x100 } else { with_units!(chars, s => s.iter().any(|u| u.code() == c)) }
    })
}
