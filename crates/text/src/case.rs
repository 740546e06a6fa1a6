//! Full case mapping of text: one code point may become up to three, and a final sigma has its own form.

use crate::buf::{Batch, TextBuf};
use crate::props::{self, CASE_IGNORABLE, CASED, FOLD_EXT, LOWER_EXT, TITLE_EXT, UPPER_EXT};
use crate::units::{OutOfMemory, Unit, Units, Width, try_vec};
use crate::with_units;

const SIGMA: u32 = 0x3A3;
const SMALL_SIGMA: u32 = 0x3C3;
const FINAL_SIGMA: u32 = 0x3C2;

#[derive(Clone, Copy)]
enum To {
    Lower,
    Upper,
    Title,
    Fold,
}

#[inline(always)]
fn put(out: &mut Batch, c: u32, to: To) -> Result<(), OutOfMemory> {
    if c < 0x80 {
        let upper = matches!(to, To::Upper | To::Title);
        let b = c as u8;
        return out.push(if upper { b.to_ascii_uppercase() } else { b.to_ascii_lowercase() }.into());
    }
    let r = props::record(c);
    let (value, several) = match to {
        To::Lower => (r.lower, LOWER_EXT),
        To::Upper => (r.upper, UPPER_EXT),
        To::Title => (r.title, TITLE_EXT),
        To::Fold => (r.fold, FOLD_EXT),
    };
    if r.flags & several == 0 {
        return out.push(c.wrapping_add_signed(value));
    }
    props::expansion(value).iter().try_for_each(|&c| out.push(c))
}

/// Whether a capital sigma at `i` ends a word: something cased before it, nothing cased after it, what is to be ignored
/// left out.
fn ends_word(text: Units<'_>, i: usize) -> bool {
    let stop = |c: &u32| !props::has(*c, CASE_IGNORABLE);
    let cased = |c| props::has(c, CASED);
    text.slice(0..i).iter().rev().find(stop).is_some_and(cased)
        && !text.slice(i + 1..text.len()).iter().find(stop).is_some_and(cased)
}

fn put_lower(out: &mut Batch, text: Units<'_>, i: usize, c: u32) -> Result<(), OutOfMemory> {
    if c == SIGMA {
        return out.push(if ends_word(text, i) { FINAL_SIGMA } else { SMALL_SIGMA });
    }
    put(out, c, To::Lower)
}

fn ascii(text: &[u8], map: impl Fn(u8) -> u8) -> Result<TextBuf, OutOfMemory> {
    let mut v = try_vec(text.len())?;
    v.extend(text.iter().map(|&b| map(b)));
    Ok(TextBuf::Ascii(v))
}

fn each(text: Units<'_>, mut f: impl FnMut(&mut Batch, usize, u32) -> Result<(), OutOfMemory>) -> Made {
    let mut out = Batch::new(TextBuf::with_width(Width::Ascii, text.len())?);
    with_units!(text, s => for (i, u) in s.iter().enumerate() {
        f(&mut out, i, u.code())?;
    });
    out.finish()
}

type Made = Result<TextBuf, OutOfMemory>;

/// `str.lower`
pub fn lower(text: Units<'_>) -> Made {
    match text {
        Units::Ascii(s) => ascii(s, |b| b.to_ascii_lowercase()),
        _ => each(text, |out, i, c| put_lower(out, text, i, c)),
    }
}

/// `str.upper`
pub fn upper(text: Units<'_>) -> Made {
    match text {
        Units::Ascii(s) => ascii(s, |b| b.to_ascii_uppercase()),
        _ => each(text, |out, _, c| put(out, c, To::Upper)),
    }
}

/// `str.casefold`
pub fn casefold(text: Units<'_>) -> Made {
    match text {
        Units::Ascii(s) => ascii(s, |b| b.to_ascii_lowercase()),
        _ => each(text, |out, _, c| put(out, c, To::Fold)),
    }
}

/// `str.title` of ASCII text, character by character: upper case behind what is no letter.
pub fn title_ascii() -> impl FnMut(u8) -> u8 {
    let mut inside = false;
    move |b| {
        let made = if inside { b.to_ascii_lowercase() } else { b.to_ascii_uppercase() };
        inside = b.is_ascii_alphabetic();
        made
    }
}

/// `str.swapcase` of an ASCII character.
pub fn swap_ascii(b: u8) -> u8 {
    if b.is_ascii_alphabetic() { b ^ 0x20 } else { b }
}

/// `str.swapcase`
pub fn swapcase(text: Units<'_>) -> Made {
    each(text, |out, i, c| {
        if props::is_upper(c) {
            put_lower(out, text, i, c)
        } else if props::is_lower(c) {
            put(out, c, To::Upper)
        } else {
            out.push(c)
        }
    })
}

/// `str.title`
pub fn title(text: Units<'_>) -> Made {
    let mut inside = false;
    each(text, |out, i, c| {
        if inside {
            put_lower(out, text, i, c)?;
        } else {
            put(out, c, To::Title)?;
        }
        inside = props::has(c, CASED);
        Ok(())
    })
}

/// `str.capitalize`
pub fn capitalize(text: Units<'_>) -> Made {
    each(text, |out, i, c| if i == 0 { put(out, c, To::Title) } else { put_lower(out, text, i, c) })
}
