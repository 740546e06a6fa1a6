//! Numbers from text, and to text.

use super::signal::*;
use super::{Context, Decimal, Kind, MAX_EMAX, MAX_PREC, MIN_ETINY, Status, digits, small};
use crate::int::big::room_for;
use dashu_int::UBig;

impl Decimal {
    /// What ASCII text says, exactly; nothing if it is not a number. Digits of other scripts were replaced before.
    pub fn parse(text: &[u8]) -> Option<Decimal> {
        let (negative, rest) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        if !rest.first()?.is_ascii_digit() && rest[0] != b'.' {
            return special(negative, rest);
        }
        let mut all = Vec::with_capacity(rest.len());
        let mut after_point = None;
        let mut at = 0;
        while let Some(&b) = rest.get(at) {
            match b {
                b'0'..=b'9' => all.push(b),
                b'.' if after_point.is_none() => after_point = Some(all.len()),
                _ => break,
            }
            at += 1;
        }
        if all.is_empty() {
            return None;
        }
        let fraction = after_point.map_or(0, |p| all.len() - p) as i64;
        let exp = match rest.get(at..)? {
            [] => 0,
            [b'e' | b'E', exponent @ ..] => parse_exponent(exponent)?,
            _ => return None,
        };
        Some(Decimal::new(negative, parse_digits(&all)?, exp.saturating_sub(fraction)))
    }

    /// What ASCII text of a sign, up to 38 digits and a point says; nothing if it is other text.
    pub fn parse_short(text: &[u8]) -> Option<Decimal> {
        let (negative, rest) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let mut point = None;
        let (mut n, mut long) = (0u64, 0u128);
        let mut count = 0;
        for (i, &b) in rest.iter().enumerate() {
            match b {
                b'0'..=b'9' if count == 38 => return None,
                b'0'..=b'9' => {
                    let digit = b - b'0';
                    // Nineteen digits fit a word.
                    if count < 19 {
                        n = n * 10 + u64::from(digit);
                    } else {
                        long = if count == 19 { u128::from(n) } else { long } * 10 + u128::from(digit);
                    }
                    count += 1;
                }
                b'.' if point.is_none() => point = Some(i),
                _ => return None,
            }
        }
        if count == 0 {
            return None;
        }
        let fraction = point.map_or(0, |at| rest.len() - 1 - at) as i64;
        let coeff = if count <= 19 { UBig::from(n) } else { UBig::from(long) };
        Some(Decimal::new(negative, coeff, -fraction))
    }

    /// The number as the context can hold it; a number too long or too far out for any context is not converted.
    pub fn parse_exact(text: &[u8], s: &mut Status) -> Decimal {
        if !has_room(text) {
            return Decimal::no_memory(s);
        }
        match Decimal::parse(text) {
            None => Decimal::invalid(s, CONVERSION_SYNTAX),
            Some(parsed) => parsed.checked_exact(s),
        }
    }

    /// The same number, or an invalid operation if its exponent or its length is beyond all contexts.
    pub fn checked_exact(self, s: &mut Status) -> Decimal {
        if self.is_nan() && !self.coeff.is_zero() && digits(&self.coeff) > MAX_PREC {
            return Decimal::invalid(s, INVALID_OPERATION);
        }
        if !self.is_finite() {
            return self;
        }
        if self.exp < MIN_ETINY || self.exp > MAX_EMAX || self.adjusted() > MAX_EMAX {
            return Decimal::invalid(s, INVALID_OPERATION);
        }
        self.finish(&Context::MAX, &mut 0)
    }

    /// Text of a conversion with the precision of the context; a NaN with too long a diagnostic is a syntax error.
    pub fn parse_rounded(text: &[u8], c: &Context, s: &mut Status) -> Decimal {
        if !has_room(text) {
            return Decimal::no_memory(s);
        }
        match Decimal::parse(text) {
            None => Decimal::invalid(s, CONVERSION_SYNTAX),
            Some(parsed) => parsed.checked_rounded(c, s),
        }
    }

    /// The same number rounded; a NaN with too long a diagnostic is a syntax error.
    pub fn checked_rounded(self, c: &Context, s: &mut Status) -> Decimal {
        if self.is_nan() && !self.coeff.is_zero() && digits(&self.coeff) > c.prec - i64::from(c.clamp) {
            return Decimal::invalid(s, CONVERSION_SYNTAX);
        }
        self.finish(c, s)
    }

    /// The digits of the coefficient.
    pub fn digit_text(&self) -> String {
        match small::narrow(&self.coeff) {
            Some(n) => {
                let mut buffer = [0; 40];
                String::from_utf8_lossy(write_digits(n, &mut buffer)).into_owned()
            }
            None => self.coeff.to_string(),
        }
    }

    /// The text of a finite number with a coefficient of up to 128 bits that is written without an exponent, in ASCII.
    pub fn short_text<'a>(&self, buffer: &'a mut [u8; 48]) -> Option<&'a [u8]> {
        let n = small::narrow(&self.coeff)?;
        if !self.is_finite() || self.exp > 0 || self.exp < -45 {
            return None;
        }
        let mut digits = [0; 40];
        let digits = write_digits(n, &mut digits);
        let left = digits.len() as i64 + self.exp;
        if left <= -6 {
            return None;
        }
        let mut len = 0;
        let mut put = |text: &[u8]| {
            buffer[len..len + text.len()].copy_from_slice(text);
            len += text.len();
        };
        if self.negative {
            put(b"-");
        }
        if left <= 0 {
            put(b"0.");
            put(&b"000000"[..left.unsigned_abs() as usize]);
            put(digits);
        } else {
            let (whole, fraction) = digits.split_at(left as usize);
            put(whole);
            if !fraction.is_empty() {
                put(b".");
                put(fraction);
            }
        }
        Some(&buffer[..len])
    }

    /// Scientific notation.
    pub fn to_scientific(&self, capitals: bool) -> String {
        self.show(capitals, false)
    }

    /// Engineering notation: exponents are multiples of three.
    pub fn to_engineering(&self, capitals: bool) -> String {
        self.show(capitals, true)
    }

    fn show(&self, capitals: bool, engineering: bool) -> String {
        let mut out = String::new();
        if self.negative {
            out.push('-');
        }
        match self.kind {
            Kind::Finite => {}
            Kind::Infinite => {
                out.push_str("Infinity");
                return out;
            }
            kind => {
                out.push_str(if kind == Kind::Signaling { "sNaN" } else { "NaN" });
                if !self.coeff.is_zero() {
                    out.push_str(&self.digit_text());
                }
                return out;
            }
        }
        let all = self.digit_text();
        let left = self.exp + all.len() as i64;
        let point = if self.exp <= 0 && left > -6 {
            left
        } else if !engineering {
            1
        } else if self.coeff.is_zero() {
            (left + 1).rem_euclid(3) - 1
        } else {
            (left - 1).rem_euclid(3) + 1
        };
        place_point(&mut out, &all, point);
        if left != point {
            out.push(if capitals { 'E' } else { 'e' });
            out.push_str(&format!("{:+}", left - point));
        }
        out
    }
}

/// Decimal digits at the end of a buffer, which has room for the longest.
fn write_digits(n: u128, buffer: &mut [u8; 40]) -> &[u8] {
    /// Nineteen digits fit a word.
    const PART: u128 = 10u128.pow(19);
    static PAIRS: [[u8; 2]; 100] = {
        let mut all = [[0; 2]; 100];
        let mut n = 0;
        while n < all.len() {
            all[n] = [b'0' + n as u8 / 10, b'0' + n as u8 % 10];
            n += 1;
        }
        all
    };
    let mut at = buffer.len();
    let mut rest = n;
    loop {
        let (more, part) = if rest >> 64 == 0 { (0, rest as u64) } else { (rest / PART, (rest % PART) as u64) };
        let mut part = part;
        let least = if more == 0 { 0 } else { at - 19 };
        while part >= 10 {
            at -= 2;
            buffer[at..at + 2].copy_from_slice(&PAIRS[(part % 100) as usize]);
            part /= 100;
        }
        if part > 0 || at == buffer.len() && more == 0 {
            at -= 1;
            buffer[at] = b'0' + part as u8;
        }
        if more == 0 {
            return &buffer[at..];
        }
        buffer[least..at].fill(b'0');
        at = least;
        rest = more;
    }
}

/// Writes digits with a point before digit `point`, which may lie outside them.
fn place_point(out: &mut String, all: &str, point: i64) {
    if point <= 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', point.unsigned_abs() as usize));
        out.push_str(all);
    } else if point as usize >= all.len() {
        out.push_str(all);
        out.extend(std::iter::repeat_n('0', point as usize - all.len()));
    } else {
        let (whole, fraction) = all.split_at(point as usize);
        out.push_str(whole);
        out.push('.');
        out.push_str(fraction);
    }
}

fn special(negative: bool, text: &[u8]) -> Option<Decimal> {
    let is = |word: &str| text.eq_ignore_ascii_case(word.as_bytes());
    if is("inf") || is("infinity") {
        return Some(Decimal::infinity(negative));
    }
    let (kind, diagnostic) = if text.len() >= 3 && text[..3].eq_ignore_ascii_case(b"nan") {
        (Kind::Quiet, &text[3..])
    } else if text.len() >= 4 && text[..4].eq_ignore_ascii_case(b"snan") {
        (Kind::Signaling, &text[4..])
    } else {
        return None;
    };
    let coeff = if diagnostic.is_empty() { UBig::ZERO } else { parse_digits(diagnostic)? };
    Some(Decimal { negative, kind, coeff, exp: 0 })
}

/// A number in ASCII digits.
pub fn parse_digits(all: &[u8]) -> Option<UBig> {
    if !all.iter().all(u8::is_ascii_digit) {
        return None;
    }
    if all.len() <= 38 {
        let mut n = 0u128;
        for b in all {
            n = n * 10 + u128::from(b - b'0');
        }
        return Some(UBig::from(n));
    }
    UBig::from_str_radix(std::str::from_utf8(all).ok()?, 10).ok()
}

/// Whether there is room for the number that so long a text spells, and for what its conversion takes.
pub fn has_room(text: &[u8]) -> bool {
    room_for(8, text.len() / 8).is_ok()
}

/// An exponent; far too large ones become large ones.
fn parse_exponent(text: &[u8]) -> Option<i64> {
    let (negative, all) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if all.is_empty() || !all.iter().all(u8::is_ascii_digit) {
        return None;
    }
    const FAR: i64 = 4_000_000_000_000_000_000;
    let n = all.iter().fold(0i64, |n, b| (n.min(FAR / 10) * 10 + i64::from(b - b'0')).min(FAR));
    Some(if negative { -n } else { n })
}
