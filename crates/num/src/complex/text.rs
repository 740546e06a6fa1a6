//! Complex numbers to and from text.

use super::Complex;
use crate::float::{ReprBuffer, parse_prefix, without_underscores, write_repr};
use crate::int::strip;

/// `repr(z)`.
pub fn repr(z: Complex) -> String {
    let mut imag = ReprBuffer::new();
    write_repr(z.imag, false, &mut imag);
    let text = |buffer: &ReprBuffer| String::from_utf8(buffer.as_bytes().to_vec()).unwrap_or_default();
    let imag = text(&imag);
    if z.real == 0.0 && z.real.is_sign_positive() {
        return imag + "j";
    }
    let mut real = ReprBuffer::new();
    write_repr(z.real, false, &mut real);
    let sign = if imag.starts_with('-') { "" } else { "+" };
    format!("({}{sign}{imag}j)", text(&real))
}

/// `complex(text)` on text that [`crate::int::normalise_text`] made ASCII; `None` if malformed.
pub fn parse(text: &[u8]) -> Option<Complex> {
    let text = without_underscores(text)?;
    let text = strip(&text);
    match text {
        [b'(', inner @ .., b')'] => read(strip(inner)),
        _ => read(text),
    }
}

/// A real part, an imaginary part with `j`, or both; `j` alone counts one.
fn read(text: &[u8]) -> Option<Complex> {
    let is_j = |at: usize| matches!(text.get(at), Some(b'j' | b'J'));
    let sign = |at: usize| match text.get(at) {
        Some(b'+') => Some(1.0),
        Some(b'-') => Some(-1.0),
        _ => None,
    };
    let (real, imag, end) = match parse_prefix(text) {
        Some((first, length)) => match sign(length) {
            Some(direction) => match parse_prefix(&text[length..]) {
                Some((second, more)) if is_j(length + more) => (first, second, length + more + 1),
                _ if is_j(length + 1) => (first, direction, length + 2),
                _ => return None,
            },
            None if is_j(length) => (0.0, first, length + 1),
            None => (first, 0.0, length),
        },
        // A bare or signed `j`.
        None => {
            let direction = sign(0);
            let at = usize::from(direction.is_some());
            if !is_j(at) {
                return None;
            }
            (0.0, direction.unwrap_or(1.0), at + 1)
        }
    };
    (end == text.len()).then_some(Complex::new(real, imag))
}
