//! `float.hex` and `float.fromhex`.

use crate::error::{NumError, Result};
use crate::int::{decompose, round_scaled, strip};

/// `x.hex()`.
pub fn to_hex(x: f64) -> String {
    if x.is_nan() {
        return "nan".to_owned();
    }
    let sign = if x.is_sign_negative() { "-" } else { "" };
    if x.is_infinite() {
        return format!("{sign}inf");
    }
    if x == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let (mantissa, exponent) = decompose(x);
    let lead = mantissa >> 52;
    format!("{sign}0x{lead}.{:013x}p{:+}", mantissa & ((1 << 52) - 1), exponent + 52)
}

/// `float.fromhex(text)` on ASCII text (anything else is invalid).
pub fn from_hex(text: &[u8]) -> Result<f64> {
    let text = strip(text);
    let (negative, body) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let signed = |x: f64| if negative { -x } else { x };
    for (word, value) in [("infinity", f64::INFINITY), ("inf", f64::INFINITY), ("nan", f64::NAN)] {
        if body.eq_ignore_ascii_case(word.as_bytes()) {
            return Ok(signed(value));
        }
    }
    let body = match body {
        [b'0', b'x' | b'X', rest @ ..] => rest,
        _ => body,
    };
    let whole = hex_run(body);
    let (fraction, after) = match body.get(whole) {
        Some(b'.') => {
            let fraction = hex_run(&body[whole + 1..]);
            (&body[whole + 1..][..fraction], &body[whole + 1 + fraction..])
        }
        _ => (&body[..0], &body[whole..]),
    };
    if whole + fraction.len() == 0 {
        return Err(NumError::HexInvalid);
    }
    let (exponent, after) = match after {
        [b'p' | b'P', rest @ ..] => read_exponent(rest)?,
        _ => (0, after),
    };
    // What follows is looked at last: an overflow before it is what CPython reports.
    let finish = |x: f64| if after.is_empty() { Ok(signed(x)) } else { Err(NumError::HexInvalid) };
    let digits = body[..whole].iter().chain(fraction).map(|&c| (c as char).to_digit(16).unwrap_or(0));
    // The first 30 digits that count fit 120 bits, the rest only says whether there is a rest.
    let (mut mantissa, mut used, mut sticky, mut dropped) = (0u128, 0, false, 0i64);
    for digit in digits {
        if used == 0 && digit == 0 {
            continue;
        }
        if used < 30 {
            mantissa = mantissa << 4 | u128::from(digit);
            used += 1;
        } else {
            sticky |= digit != 0;
            dropped += 1;
        }
    }
    if mantissa == 0 {
        return finish(0.0);
    }
    let scale = (4 * (dropped - fraction.len() as i64)).saturating_add(exponent);
    // Far outside the range of a double either way; keeps the sums below in range.
    let scale = scale.clamp(-100_000, 100_000);
    let x = round_scaled(mantissa, scale, sticky);
    if x.is_infinite() { Err(NumError::HexTooLarge) } else { finish(x) }
}

fn hex_run(text: &[u8]) -> usize {
    text.iter().take_while(|c| c.is_ascii_hexdigit()).count()
}

/// A decimal exponent and what follows it.
fn read_exponent(text: &[u8]) -> Result<(i64, &[u8])> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let length = digits.iter().take_while(|c| c.is_ascii_digit()).count();
    if length == 0 {
        return Err(NumError::HexInvalid);
    }
    let (digits, after) = digits.split_at(length);
    let size = digits.iter().fold(0i64, |n, &d| n.saturating_mul(10).saturating_add(i64::from(d - b'0')));
    Ok((if negative { -size } else { size }, after))
}
