//! `float(text)`.

use crate::int::strip;
use std::borrow::Cow;

/// The value of text that [`crate::int::normalise_text`] made ASCII; `None` if it is no float. The caller words the
/// error, which quotes the original object.
pub fn parse(text: &[u8]) -> Option<f64> {
    let text = without_underscores(strip(text))?;
    let (value, length) = parse_prefix(&text)?;
    (length == text.len()).then_some(value)
}

/// Drops single underscores between digits; `None` if one stands elsewhere.
pub fn without_underscores(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    if !text.contains(&b'_') {
        return Some(Cow::Borrowed(text));
    }
    let mut kept = Vec::with_capacity(text.len());
    for (i, &byte) in text.iter().enumerate() {
        if byte != b'_' {
            kept.push(byte);
            continue;
        }
        let digit = |at: Option<&u8>| at.is_some_and(u8::is_ascii_digit);
        if i == 0 || !digit(text.get(i - 1)) || !digit(text.get(i + 1)) {
            return None;
        }
    }
    Some(Cow::Owned(kept))
}

fn digit_run(text: &[u8]) -> usize {
    text.iter().take_while(|c| c.is_ascii_digit()).count()
}

fn starts_with(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
}

/// The longest float at the beginning of the text, and its length.
pub fn parse_prefix(text: &[u8]) -> Option<(f64, usize)> {
    let sign = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let negative = text.first() == Some(&b'-');
    let body = &text[sign..];
    let signed = |x: f64| if negative { -x } else { x };
    for (word, value) in [(&b"infinity"[..], f64::INFINITY), (b"inf", f64::INFINITY), (b"nan", f64::NAN)] {
        if starts_with(body, word) {
            return Some((signed(value), sign + word.len()));
        }
    }
    let whole = digit_run(body);
    let mut length = whole;
    let mut digits = whole;
    if body.get(whole) == Some(&b'.') {
        let fraction = digit_run(&body[whole + 1..]);
        digits += fraction;
        length += 1 + fraction;
    }
    if digits == 0 {
        return None;
    }
    if let Some(b'e' | b'E') = body.get(length) {
        let sign = usize::from(matches!(body.get(length + 1), Some(b'+' | b'-')));
        let run = digit_run(&body[length + 1 + sign..]);
        if run > 0 {
            length += 1 + sign + run;
        }
    }
    let value: f64 = std::str::from_utf8(&body[..length]).ok()?.parse().ok()?;
    Some((signed(value), sign + length))
}
