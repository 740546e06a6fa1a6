//! Floats as decimal text: shortest digits that read back the same, or exact digits rounded half to even.
//!
//! Shortest digits come from `ryu`, exact ones from the standard library, which rounds the exact binary value. Its
//! precision is bounded, and no double has more than 1074 places or 767 significant digits, so longer requests are
//! padded with zeros here.

use crate::error::{NumError, Result};
use std::fmt::Write;

/// Room for any `repr`.
const REPR: usize = 32;
/// More places than any double has.
const ALL_PLACES: usize = 1080;
/// More significant digits than any double has.
const ALL_DIGITS: usize = 770;

/// A place for [`repr`] to write to.
pub struct ReprBuffer {
    bytes: [u8; REPR],
    length: usize,
}

impl ReprBuffer {
    pub fn new() -> ReprBuffer {
        ReprBuffer { bytes: [0; REPR], length: 0 }
    }

    #[inline]
    fn push(&mut self, byte: u8) {
        self.bytes[self.length] = byte;
        self.length += 1;
    }

    fn extend(&mut self, bytes: &[u8]) {
        self.bytes[self.length..self.length + bytes.len()].copy_from_slice(bytes);
        self.length += bytes.len();
    }

    fn zeros(&mut self, count: usize) {
        self.bytes[self.length..self.length + count].fill(b'0');
        self.length += count;
    }

    /// What was written, ASCII.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Significant decimal digits without trailing zeros; the value is 0.DIGITS * 10**point.
pub(crate) struct DecimalDigits {
    digits: [u8; 24],
    count: usize,
    pub point: i32,
}

impl DecimalDigits {
    pub fn digits(&self) -> &[u8] {
        &self.digits[..self.count]
    }
}

/// The shortest digits of a finite, non-negative float; of several, the nearest.
pub(crate) fn digits_of(x: f64) -> DecimalDigits {
    let mut result = DecimalDigits { digits: [b'0'; 24], count: 0, point: 0 };
    if x == 0.0 {
        (result.count, result.point) = (1, 1);
        return result;
    }
    let mut buffer = ryu::Buffer::new();
    let text = buffer.format_finite(x).as_bytes();
    let mut point = None;
    let mut exponent = 0i32;
    for (i, &byte) in text.iter().enumerate() {
        match byte {
            b'.' => point = Some(result.count as i32),
            b'e' => {
                let (sign, digits) = match text[i + 1] {
                    b'-' => (-1, &text[i + 2..]),
                    _ => (1, &text[i + 1..]),
                };
                exponent = sign * digits.iter().fold(0, |n, &d| n * 10 + i32::from(d - b'0'));
                break;
            }
            // Leading zeros move the point instead.
            b'0' if result.count == 0 => exponent -= i32::from(point.is_some()),
            digit => {
                result.digits[result.count] = digit;
                result.count += 1;
            }
        }
    }
    result.point = point.unwrap_or(result.count as i32) + exponent;
    while result.count > 1 && result.digits[result.count - 1] == b'0' {
        result.count -= 1;
    }
    result
}

/// Sign, or the whole text of a float that is not finite.
fn special(x: f64, out: &mut ReprBuffer) -> bool {
    if x.is_nan() {
        out.extend(b"nan");
        return true;
    }
    if x.is_sign_negative() {
        out.push(b'-');
    }
    if x.is_infinite() {
        out.extend(b"inf");
        return true;
    }
    false
}

/// Appends the shortest text of `x`, with `.0` after an integer if `dot_zero`.
pub(crate) fn write_repr(x: f64, dot_zero: bool, out: &mut ReprBuffer) {
    if special(x, out) {
        return;
    }
    let decimal = digits_of(x.abs());
    let (digits, point) = (decimal.digits(), decimal.point);
    match point {
        -3..=0 => {
            out.extend(b"0.");
            out.zeros(-point as usize);
            out.extend(digits);
        }
        1..=16 if digits.len() > point as usize => {
            let (whole, fraction) = digits.split_at(point as usize);
            out.extend(whole);
            out.push(b'.');
            out.extend(fraction);
        }
        1..=16 => {
            out.extend(digits);
            out.zeros(point as usize - digits.len());
            if dot_zero {
                out.extend(b".0");
            }
        }
        _ => {
            out.push(digits[0]);
            if digits.len() > 1 {
                out.push(b'.');
                out.extend(&digits[1..]);
            }
            let exponent = point - 1;
            out.extend(if exponent < 0 { b"e-" } else { b"e+" });
            let size = exponent.unsigned_abs();
            if size >= 100 {
                out.push(b'0' + (size / 100) as u8);
            }
            out.push(b'0' + (size / 10 % 10) as u8);
            out.push(b'0' + (size % 10) as u8);
        }
    }
}

/// `repr(x)`.
#[inline]
pub fn repr(x: f64, buffer: &mut ReprBuffer) -> &str {
    buffer.length = 0;
    write_repr(x, true, buffer);
    std::str::from_utf8(buffer.as_bytes()).unwrap_or_default()
}

/// How a float is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloatCode {
    /// `e`: one digit before the point, an exponent.
    Exponent,
    /// `f`: no exponent.
    Fixed,
    /// `g`: whichever is shorter, without trailing zeros.
    General,
    /// `repr`: the shortest digits that read back the same; the precision is not used.
    Shortest,
}

/// The flags of C's and Python's float formatting.
#[derive(Clone, Copy, Debug, Default)]
pub struct FloatStyle {
    /// Capital letters.
    pub upper: bool,
    /// `#`: the point and trailing zeros stay.
    pub alternate: bool,
    /// `.0` follows a number that would look like an int.
    pub dot_zero: bool,
}

/// Appends the magnitude of `x` (no sign), exactly rounded. `Memory` if a huge precision cannot be served.
pub fn write_float(x: f64, code: FloatCode, precision: usize, style: FloatStyle, out: &mut String) -> Result<()> {
    let start = out.len();
    let x = x.abs();
    if x.is_nan() {
        out.push_str("nan");
    } else if x.is_infinite() {
        out.push_str("inf");
    } else {
        out.try_reserve(precision.min(i32::MAX as usize) + 8).map_err(|_| NumError::Memory)?;
        match code {
            FloatCode::Exponent => exponent(x, precision, style, out),
            FloatCode::Fixed => fixed(x, precision, style, out),
            FloatCode::General => general(x, precision.max(1), style, out),
            FloatCode::Shortest => shortest(x, style, out),
        }
    }
    if style.upper {
        out[start..].make_ascii_uppercase();
    }
    Ok(())
}

fn zeros(count: usize, out: &mut String) {
    out.extend(std::iter::repeat_n('0', count));
}

fn write_exponent(exponent: i32, out: &mut String) {
    out.push_str(if exponent < 0 { "e-" } else { "e+" });
    let size = exponent.unsigned_abs();
    if size >= 100 {
        out.push((b'0' + (size / 100) as u8) as char);
    }
    out.push((b'0' + (size / 10 % 10) as u8) as char);
    out.push((b'0' + (size % 10) as u8) as char);
}

/// 10 to the powers that a double holds exactly.
const POWERS: [u128; 23] = {
    let mut powers = [1; 23];
    let mut i = 1;
    while i < 23 {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

/// The exact value of a finite, non-negative `x` times 10 to the power of `places`, rounded half to even, where that is
/// a matter of 128-bit words.
fn scaled(x: f64, places: usize) -> Option<u64> {
    let power = *POWERS.get(places)?;
    let bits = x.to_bits();
    let (biased, fraction) = ((bits >> 52) as i32, bits & ((1 << 52) - 1));
    let (mantissa, exponent) = if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
    // Below 2 to the power of 53 + 74.
    let product = mantissa as u128 * power;
    if exponent >= 0 {
        let shift = exponent as u32;
        return if shift < product.leading_zeros() { u64::try_from(product << shift).ok() } else { None };
    }
    let shift = -exponent as u32;
    if shift > 127 {
        // Less than half.
        return Some(0);
    }
    let (whole, rest, half) = (product >> shift, product & ((1 << shift) - 1), 1u128 << (shift - 1));
    let up = rest > half || rest == half && whole & 1 == 1;
    u64::try_from(whole + up as u128).ok()
}

/// Appends a number with at least `places` + 1 digits and a point before the last `places`.
fn write_scaled(mut n: u64, places: usize, out: &mut String) {
    // 20 digits of a number, or 22 places behind a zero, and the point.
    let mut buffer = [b'0'; 24];
    let mut at = buffer.len();
    let mut written = 0;
    while n > 0 || written <= places {
        if written == places && places > 0 {
            at -= 1;
            buffer[at] = b'.';
        }
        at -= 1;
        buffer[at] = b'0' + (n % 10) as u8;
        n /= 10;
        written += 1;
    }
    out.push_str(std::str::from_utf8(&buffer[at..]).unwrap_or_default());
}

fn fixed(x: f64, precision: usize, style: FloatStyle, out: &mut String) {
    if let Some(n) = scaled(x, precision) {
        write_scaled(n, precision, out);
        if precision == 0 && style.alternate {
            out.push('.');
        }
        return;
    }
    let shown = precision.min(ALL_PLACES);
    let _ = write!(out, "{x:.shown$}");
    zeros(precision - shown, out);
    if precision == 0 && style.alternate {
        out.push('.');
    }
}

fn exponent(x: f64, precision: usize, style: FloatStyle, out: &mut String) {
    let shown = precision.min(ALL_DIGITS);
    let start = out.len();
    let _ = write!(out, "{x:.shown$e}");
    let at = out.rfind('e').unwrap_or(out.len());
    let exponent = out[at..].trim_start_matches('e').parse().unwrap_or(0);
    out.truncate(at);
    if precision == 0 && style.alternate {
        out.push('.');
    }
    debug_assert!(out.len() > start);
    zeros(precision - shown, out);
    write_exponent(exponent, out);
}

/// Rounds to `precision` significant digits: the digits, without trailing zeros, and the decimal point.
fn significant(x: f64, precision: usize, buffer: &mut String) -> i32 {
    let shown = precision.min(ALL_DIGITS) - 1;
    let _ = write!(buffer, "{x:.shown$e}");
    let at = buffer.rfind('e').unwrap_or(buffer.len());
    let exponent: i32 = buffer[at..].trim_start_matches('e').parse().unwrap_or(0);
    buffer.truncate(at);
    if buffer.len() > 1 {
        buffer.remove(1);
    }
    let kept = buffer.trim_end_matches('0').len().max(1);
    buffer.truncate(kept);
    exponent + 1
}

fn general(x: f64, precision: usize, style: FloatStyle, out: &mut String) {
    let mut digits = String::with_capacity(precision.min(ALL_DIGITS) + 8);
    let point = significant(x, precision, &mut digits);
    let limit = precision as i64 - i64::from(style.dot_zero);
    let use_exponent = point <= -4 || i64::from(point) > limit;
    let width = if style.alternate { precision } else { 0 };
    layout(&digits, point, width, use_exponent, style, out);
}

fn shortest(x: f64, style: FloatStyle, out: &mut String) {
    let decimal = digits_of(x);
    let digits = std::str::from_utf8(decimal.digits()).unwrap_or_default();
    let use_exponent = decimal.point <= -4 || decimal.point > 16;
    layout(digits, decimal.point, 0, use_exponent, style, out);
}

/// Writes digits with the point after `point` of them, padded to `width` digits.
fn layout(digits: &str, point: i32, width: usize, use_exponent: bool, style: FloatStyle, out: &mut String) {
    let position = if use_exponent { 1 } else { point };
    let length = digits.len().max(width);
    if position <= 0 {
        out.push_str("0.");
        zeros(-position as usize, out);
        out.push_str(digits);
        zeros(length - digits.len(), out);
    } else {
        let position = position as usize;
        let whole = digits.len().min(position);
        out.push_str(&digits[..whole]);
        zeros(position - whole, out);
        let fraction = &digits[whole..];
        let padding = length.saturating_sub(position) - fraction.len();
        if !fraction.is_empty() || padding > 0 || style.alternate {
            out.push('.');
            out.push_str(fraction);
            zeros(padding, out);
        }
        if style.dot_zero && !use_exponent && length <= position {
            if !style.alternate {
                out.push('.');
            }
            out.push('0');
        }
    }
    if use_exponent {
        write_exponent(point - 1, out);
    }
}

/// `x` rounded to `places` decimal places (negative: to tens, hundreds), half to even on the exact value.
pub(super) fn round_decimal(x: f64, places: i64) -> f64 {
    let magnitude = x.abs();
    if let Ok(places) = usize::try_from(places)
        && let Some(n) = scaled(magnitude, places)
        && n < 1 << 53
    {
        // Both are exact, so that the quotient is the nearest double to the decimal number.
        return (n as f64 / POWERS[places] as f64).copysign(x);
    }
    let mut text = String::with_capacity(64);
    if places >= 0 {
        let _ = write!(text, "{magnitude:.0$}", places as usize);
        return text.parse().unwrap_or(f64::NAN).copysign(x);
    }
    // All digits of the integer part, then rounded by hand: the fraction only matters for a tie.
    let _ = write!(text, "{:.0}", magnitude.trunc());
    let drop = -places as usize;
    let width = text.len();
    if drop > width {
        return 0f64.copysign(x);
    }
    let (kept, lost) = text.split_at(width - drop);
    let half = lost.as_bytes()[0].cmp(&b'5').then_with(|| {
        let below = lost[1..].bytes().any(|c| c != b'0') || magnitude != magnitude.trunc();
        below.cmp(&false)
    });
    let odd = kept.bytes().last().is_some_and(|c| c & 1 == 1);
    let up = half.is_gt() || half.is_eq() && odd;
    // A carry is left to the parser: KEPT.1 in the unit of the last kept place would not be exact, a sum of digits is.
    let mut digits: Vec<u8> = std::iter::once(b'0').chain(kept.bytes()).collect();
    if up {
        for d in digits.iter_mut().rev() {
            if *d != b'9' {
                *d += 1;
                break;
            }
            *d = b'0';
        }
    }
    let mut rounded = String::from_utf8(digits).unwrap_or_default();
    let _ = write!(rounded, "e{drop}");
    rounded.parse().unwrap_or(f64::NAN).copysign(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaled_agrees_with_the_standard_library() {
        let mut state = 1u64;
        let check = |x: f64| {
            for places in 0..23 {
                if let Some(n) = scaled(x, places) {
                    let mut text = String::new();
                    write_scaled(n, places, &mut text);
                    assert_eq!(text, format!("{x:.places$}"));
                }
            }
        };
        for x in [0.0, 0.5, 1.5, 2.5, 0.125, 0.375, 1e15, 9.995, 1e-5, 5e-324, f64::MIN_POSITIVE, 1e22, f64::MAX] {
            check(x);
        }
        for _ in 0..20_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let exponent = 1023 - 80 + (state >> 40) % 150;
            check(f64::from_bits(exponent << 52 | state >> 12));
        }
    }
}
