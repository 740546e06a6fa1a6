//! Operations that build a new text or byte string: replace, pad, expand tabs, translate, join.

use crate::buf::{Batch, TextBuf};
use crate::search;
use crate::units::{OutOfMemory, Units, Width, try_extend, try_room, try_vec};

/// `text.replace(old, new, limit)`; `None` if nothing is to be replaced, so that the caller can answer the same object.
pub fn replace(text: Units<'_>, old: Units<'_>, new: Units<'_>, limit: usize) -> Result<Option<TextBuf>, OutOfMemory> {
    if limit == 0 || (old.is_empty() && new.is_empty()) {
        return Ok(None);
    }
    if old.is_empty() {
        let n = limit.min(text.len() + 1);
        let total = n.checked_mul(new.len()).and_then(|m| m.checked_add(text.len())).ok_or(OutOfMemory)?;
        let mut out = TextBuf::with_width(text.narrowest().max(new.narrowest()), total)?;
        for i in 0..n {
            out.push_units(new)?;
            if i < text.len() {
                out.push(text.at(i))?;
            }
        }
        if n < text.len() {
            out.push_units(text.slice(n..text.len()))?;
        }
        return Ok(Some(out));
    }
    if let (Some(s), Some([a]), Some([b])) = (text.as_bytes(), old.as_bytes(), new.as_bytes()) {
        let Some(first) = memchr::memchr(*a, s) else { return Ok(None) };
        let v = swap_byte(s, *a, *b, first, limit)?;
        return Ok(Some(match text.width().max(Width::of(*b as u32)) {
            Width::Ascii => TextBuf::Ascii(v),
            _ => TextBuf::Latin1(v).narrow()?,
        }));
    }
    if let (Some(s), Some(a), Some(b)) = (text.as_bytes(), old.as_bytes(), new.as_bytes()) {
        let all_ascii = matches!((text, new), (Units::Ascii(_), Units::Ascii(_)));
        return match replace_bytes(s, a, b, limit)? {
            None => Ok(None),
            Some(v) if all_ascii => Ok(Some(TextBuf::Ascii(v))),
            Some(v) => TextBuf::Latin1(v).narrow().map(Some),
        };
    }
    let mut places = 0usize;
    search::for_each(text, old, limit, |_| places += 1);
    if places == 0 {
        return Ok(None);
    }
    let total = places.checked_mul(new.len()).and_then(|n| n.checked_add(text.len() - places * old.len()));
    let mut out = TextBuf::with_width(text.width().max(new.narrowest()), total.ok_or(OutOfMemory)?)?;
    let (mut from, mut result) = (0, Ok(()));
    search::for_each(text, old, limit, |i| {
        if result.is_ok() {
            result = out.push_units(text.slice(from..i)).and_then(|()| out.push_units(new));
            from = i + old.len();
        }
    });
    result?;
    out.push_units(text.slice(from..text.len()))?;
    out.narrow().map(Some)
}

fn swap_byte(s: &[u8], a: u8, b: u8, first: usize, limit: usize) -> Result<Vec<u8>, OutOfMemory> {
    let mut v = try_vec(s.len())?;
    v.extend_from_slice(s);
    if limit >= s.len() {
        for place in &mut v[first..] {
            *place = if *place == a { b } else { *place };
        }
    } else {
        v[first..].iter_mut().filter(|u| **u == a).take(limit).for_each(|u| *u = b);
    }
    Ok(v)
}

/// `bytes.replace`; `None` if nothing is to be replaced.
pub fn replace_bytes(text: &[u8], old: &[u8], new: &[u8], limit: usize) -> Result<Option<Vec<u8>>, OutOfMemory> {
    if limit == 0 || (old.is_empty() && new.is_empty()) {
        return Ok(None);
    }
    let mut out;
    if old.is_empty() {
        let n = limit.min(text.len() + 1);
        let total = n.checked_mul(new.len()).and_then(|m| m.checked_add(text.len())).ok_or(OutOfMemory)?;
        out = try_vec(total)?;
        for i in 0..n {
            out.extend_from_slice(new);
            if let Some(&b) = text.get(i) {
                out.push(b);
            }
        }
        out.extend_from_slice(text.get(n..).unwrap_or(&[]));
        return Ok(Some(out));
    }
    if let ([a], [b]) = (old, new) {
        let Some(first) = memchr::memchr(*a, text) else { return Ok(None) };
        return swap_byte(text, *a, *b, first, limit).map(Some);
    }
    // The first places are remembered, so that most texts are searched once.
    const REMEMBERED: usize = 16;
    let (hay, needle) = (Units::Latin1(text), Units::Latin1(old));
    let (mut first, mut places) = ([0usize; REMEMBERED], 0usize);
    search::for_each(hay, needle, limit, |i| {
        if let Some(place) = first.get_mut(places) {
            *place = i;
        }
        places += 1;
    });
    if places == 0 {
        return Ok(None);
    }
    let total = places.checked_mul(new.len()).and_then(|n| n.checked_add(text.len() - places * old.len()));
    out = try_vec(total.ok_or(OutOfMemory)?)?;
    let mut from = 0;
    let mut put = |i| {
        out.extend_from_slice(&text[from..i]);
        out.extend_from_slice(new);
        from = i + old.len();
    };
    if places <= REMEMBERED {
        first[..places].iter().for_each(|&i| put(i));
    } else {
        search::for_each(hay, needle, limit, put);
    }
    out.extend_from_slice(&text[from..]);
    Ok(Some(out))
}

/// `text` between `left` and `right` copies of `fill`.
pub fn pad(text: Units<'_>, left: usize, right: usize, fill: u32) -> Result<TextBuf, OutOfMemory> {
    let total = left.checked_add(right).and_then(|n| n.checked_add(text.len())).ok_or(OutOfMemory)?;
    let mut width = text.narrowest();
    if left + right > 0 {
        width = width.max(Width::of(fill));
    }
    let mut out = TextBuf::with_width(width, total)?;
    out.push_fill(fill, left)?;
    out.push_units(text)?;
    out.push_fill(fill, right)?;
    Ok(out)
}

/// The padding that `center` puts on the left and on the right of `len` code points.
pub fn center_margins(len: usize, width: usize) -> (usize, usize) {
    let margin = width.saturating_sub(len);
    let left = margin / 2 + (margin & width & 1);
    (left, margin - left)
}

/// `text.center(width, fill)`.
pub fn center(text: Units<'_>, width: usize, fill: u32) -> Result<TextBuf, OutOfMemory> {
    let (left, right) = center_margins(text.len(), width);
    pad(text, left, right, fill)
}

/// `text.ljust(width, fill)`.
pub fn ljust(text: Units<'_>, width: usize, fill: u32) -> Result<TextBuf, OutOfMemory> {
    pad(text, 0, width.saturating_sub(text.len()), fill)
}

/// `text.rjust(width, fill)`.
pub fn rjust(text: Units<'_>, width: usize, fill: u32) -> Result<TextBuf, OutOfMemory> {
    pad(text, width.saturating_sub(text.len()), 0, fill)
}

/// `text.zfill(width)`: a leading sign stays in front of the zeros.
pub fn zfill(text: Units<'_>, width: usize) -> Result<TextBuf, OutOfMemory> {
    let zeros = width.saturating_sub(text.len());
    let sign = match text.get(0) {
        Some(c) if zeros > 0 && (c == 0x2B || c == 0x2D) => 1,
        _ => 0,
    };
    let mut out = TextBuf::with_width(text.narrowest(), text.len().checked_add(zeros).ok_or(OutOfMemory)?)?;
    out.push_units(text.slice(0..sign))?;
    out.push_fill(0x30, zeros)?;
    out.push_units(text.slice(sign..text.len()))?;
    Ok(out)
}

/// `text.expandtabs(size)`; columns start anew after `\n` and `\r`. A size of 0 or less removes the tabs.
pub fn expand_tabs(text: Units<'_>, size: isize) -> Result<TextBuf, OutOfMemory> {
    let size = usize::try_from(size).unwrap_or(0);
    let mut out = TextBuf::with_width(text.narrowest(), text.len())?;
    let (mut column, mut from) = (0usize, 0);
    for (i, c) in text.iter().enumerate() {
        match c {
            0x09 => {
                out.push_units(text.slice(from..i))?;
                from = i + 1;
                if size > 0 {
                    let n = size - column % size;
                    out.push_fill(0x20, n)?;
                    column = column.checked_add(n).ok_or(OutOfMemory)?;
                }
            }
            0x0A | 0x0D => column = 0,
            _ => column += 1,
        }
    }
    out.push_units(text.slice(from..text.len()))?;
    Ok(out)
}

/// What a translation table says of one code point.
#[derive(Clone, Debug)]
pub enum Translated {
    /// Not in the table.
    Same,
    /// Maps to `None`.
    Delete,
    /// Maps to an int.
    Code(u32),
    /// Maps to a str.
    Text(TextBuf),
}

/// What is remembered of a code point in place of another: not asked yet; ask each time; nothing becomes of it.
const UNKNOWN: u32 = u32::MAX;
const SLOW: u32 = u32::MAX - 1;
const DELETE: u32 = u32::MAX - 2;

/// `text.translate(table)`, the table a function. What it says of code points below 0x80 is asked once each.
pub fn translate<E: From<OutOfMemory>>(
    text: Units<'_>,
    mut table: impl FnMut(u32) -> Result<Translated, E>,
) -> Result<TextBuf, E> {
    let mut ascii = [UNKNOWN; 128];
    let mut start = 0;
    let mut out = TextBuf::new();
    out.reserve(text.len())?;
    // Text of which nothing else becomes than ASCII needs no wider units on the way.
    if let (Units::Ascii(s), TextBuf::Ascii(out)) = (text, &mut out) {
        let mut length = 0;
        out.resize(s.len(), 0);
        for &b in s {
            let place = &mut ascii[usize::from(b & 0x7F)];
            if *place == UNKNOWN {
                *place = match table(b.into())? {
                    Translated::Same => b.into(),
                    Translated::Delete => DELETE,
                    Translated::Code(code) => code,
                    Translated::Text(t) => {
                        out.truncate(length);
                        let mut out = Batch::new(TextBuf::Ascii(std::mem::take(out)));
                        t.units().into_iter().try_for_each(|c| out.push(c))?;
                        *place = SLOW;
                        return translate_rest(out, &text.slice(start + 1..text.len()), ascii, table);
                    }
                };
            }
            if *place < 0x80 {
                out[length] = *place as u8;
                length += 1;
            } else if *place != DELETE {
                break;
            }
            start += 1;
        }
        out.truncate(length);
    }
    translate_rest(Batch::new(out), &text.slice(start..text.len()), ascii, table)
}

/// Goes on translating behind what there is. `ascii` says what is known of code points below 0x80.
fn translate_rest<E: From<OutOfMemory>>(
    mut out: Batch,
    text: &Units<'_>,
    mut ascii: [u32; 128],
    mut table: impl FnMut(u32) -> Result<Translated, E>,
) -> Result<TextBuf, E> {
    for c in *text {
        let known = ascii.get(c as usize).copied().unwrap_or(UNKNOWN);
        match known {
            DELETE => continue,
            UNKNOWN | SLOW => {}
            code => {
                out.push(code)?;
                continue;
            }
        }
        let answer = table(c)?;
        let short = match &answer {
            Translated::Same => c,
            Translated::Delete => DELETE,
            Translated::Code(code) => *code,
            Translated::Text(_) => SLOW,
        };
        if let Some(place) = ascii.get_mut(c as usize) {
            *place = short;
        }
        match answer {
            Translated::Delete => {}
            Translated::Text(t) => t.units().into_iter().try_for_each(|c| out.push(c))?,
            _ => out.push(short)?,
        }
    }
    Ok(out.finish()?)
}

/// `bytes.translate(table, delete)`; no table keeps the bytes that are not deleted.
pub fn translate_bytes(text: &[u8], table: Option<&[u8; 256]>, delete: &[u8]) -> Result<Vec<u8>, OutOfMemory> {
    let mut out = try_vec(text.len())?;
    let map = |b: u8| table.map_or(b, |t| t[b as usize]);
    if delete.is_empty() {
        out.extend(text.iter().map(|&b| map(b)));
        return Ok(out);
    }
    let mut gone = [false; 256];
    delete.iter().for_each(|&b| gone[b as usize] = true);
    out.extend(text.iter().filter(|&&b| !gone[b as usize]).map(|&b| map(b)));
    Ok(out)
}

/// `bytes.maketrans(from, to)`; `None` unless both are equally long.
pub fn make_byte_table(from: &[u8], to: &[u8]) -> Option<[u8; 256]> {
    if from.len() != to.len() {
        return None;
    }
    let mut table: [u8; 256] = std::array::from_fn(|i| i as u8);
    for (&a, &b) in from.iter().zip(to) {
        table[a as usize] = b;
    }
    Some(table)
}

/// `bytes.expandtabs(size)`.
pub fn expand_tabs_bytes(text: &[u8], size: isize) -> Result<Vec<u8>, OutOfMemory> {
    let size = usize::try_from(size).unwrap_or(0);
    let mut out = try_vec(text.len())?;
    let mut column = 0usize;
    for &b in text {
        match b {
            b'\t' => {
                if size > 0 {
                    let n = size - column % size;
                    try_room(&mut out, n)?;
                    out.resize(out.len() + n, b' ');
                    column = column.checked_add(n).ok_or(OutOfMemory)?;
                }
                continue;
            }
            b'\n' | b'\r' => column = 0,
            _ => column += 1,
        }
        try_extend(&mut out, &[b])?;
    }
    Ok(out)
}

/// `sep.join(parts)`.
pub fn join<'a, I>(sep: Units<'_>, parts: I) -> Result<TextBuf, OutOfMemory>
where
    I: Iterator<Item = Units<'a>> + Clone,
{
    let (mut total, mut width, mut n) = (0usize, Width::Ascii, 0usize);
    for p in parts.clone() {
        total = total.checked_add(p.len()).ok_or(OutOfMemory)?;
        width = width.max(p.narrowest());
        n += 1;
    }
    if n > 1 {
        total = (n - 1).checked_mul(sep.len()).and_then(|m| m.checked_add(total)).ok_or(OutOfMemory)?;
        width = width.max(sep.narrowest());
    }
    let mut out = TextBuf::with_width(width, total)?;
    for (i, p) in parts.enumerate() {
        if i > 0 {
            out.push_units(sep)?;
        }
        out.push_units(p)?;
    }
    Ok(out)
}
