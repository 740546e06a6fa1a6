//! Int and float: exact comparison, correctly rounded conversion and division, decimal rounding.

use super::big::{room_for, to_ubig};
use super::digits::{self, BITS};
use super::{Digits, IntBuf, IntView, add, compare, divmod, pow, shift_left, sub};
use crate::error::{NumError, Poll, Result};
use dashu_int::ops::DivRem;
use std::cmp::Ordering;

/// Up to here every int is a float.
const EXACT: u64 = 1 << 53;

/// `(mantissa, plus something if sticky) * 2**exponent` rounded half to even; infinity on overflow.
pub(crate) fn round_scaled(mantissa: u128, exponent: i64, sticky: bool) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let length = 128 - i64::from(mantissa.leading_zeros());
    // The exponent of the last bit that is kept: 53 significant bits, or fewer below the smallest normal number.
    let last = (exponent + length - 53).max(-1074);
    let drop = last - exponent;
    let kept = if drop <= 0 {
        // Exact; more than 128 bits cannot arise, as the result has 53 at most.
        (mantissa << -drop) as u64
    } else if drop > 128 {
        0
    } else {
        let quotient = if drop == 128 { 0 } else { mantissa >> drop };
        let rest = if drop == 128 { mantissa } else { mantissa & ((1 << drop) - 1) };
        let half = 1u128 << (drop - 1);
        let up = match rest.cmp(&half) {
            Ordering::Less => false,
            Ordering::Equal => sticky || quotient & 1 == 1,
            Ordering::Greater => true,
        };
        quotient as u64 + u64::from(up)
    };
    // `kept` is at most 2**53 and representable at this scale, so that the products are exact, or overflow to infinity.
    match last {
        1024.. => f64::INFINITY,
        -1022.. => kept as f64 * power_of_two(last),
        _ => kept as f64 * power_of_two(last + 200) * power_of_two(-200),
    }
}

/// `2.0 ** exponent` for a normal exponent.
fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// `float(a)`.
#[inline]
pub fn to_f64(a: IntView) -> Result<f64> {
    match a {
        // The hardware rounds half to even.
        IntView::Small(n) => Ok(n as f64),
        IntView::Big { negative, digits } => {
            let digits = digits::trim(digits);
            let length = digits::bit_length(digits);
            if length > 1024 {
                return Err(NumError::IntTooLargeForFloat);
            }
            let (top, sticky) = digits::top_bits(digits);
            let x = round_scaled(top.into(), length as i64 - 64, sticky);
            if x.is_infinite() {
                return Err(NumError::IntTooLargeForFloat);
            }
            Ok(if negative { -x } else { x })
        }
    }
}

/// `a / b`, correctly rounded.
pub fn true_div(a: IntView, b: IntView) -> Result<f64> {
    if let (IntView::Small(x), IntView::Small(y)) = (a, b)
        && y != 0
        && x.unsigned_abs().max(y.unsigned_abs()) <= EXACT
    {
        return Ok(x as f64 / y as f64);
    }
    if b.is_zero() {
        return Err(NumError::DivisionByZero);
    }
    if a.is_zero() {
        return Ok(if b.is_negative() { -0.0 } else { 0.0 });
    }
    let negative = a.is_negative() != b.is_negative();
    let signed = |x: f64| if negative { -x } else { x };
    let (la, lb) = (a.bit_length() as i64, b.bit_length() as i64);
    if la - lb > 1025 {
        return Err(NumError::QuotientTooLarge);
    }
    if la - lb < -1080 {
        return Ok(signed(0.0));
    }
    let (mut sa, mut sb) = ([0; 3], [0; 3]);
    let ((_, a), (_, b)) = (a.parts(&mut sa), b.parts(&mut sb));
    // Scale so that the quotient has 65 to 67 bits: enough for 53, rounding and a sticky bit.
    let shift = lb - la + 66;
    let mut sticky = false;
    let scaled = if shift >= 0 {
        let mut out = Digits::zeroed(a.len() + shift as usize / BITS as usize + 1)?;
        digits::shift_left(&mut out, a, shift as u64);
        out
    } else {
        let mut out = Digits::zeroed(a.len() - (-shift) as usize / BITS as usize)?;
        sticky = digits::shift_right(&mut out, a, -shift as u64);
        out
    };
    let (scaled, b) = (to_ubig(digits::trim(&scaled))?, to_ubig(b)?);
    room_for(3, scaled.as_words().len())?;
    let (q, r) = scaled.div_rem(b);
    sticky |= !r.is_zero();
    let quotient = q.as_words().iter().rev().fold(0u128, |n, &word| n << 64 | u128::from(word));
    let x = round_scaled(quotient, -shift, sticky);
    if x.is_infinite() { Err(NumError::QuotientTooLarge) } else { Ok(signed(x)) }
}

/// The int nearest to zero from `x` (`int(x)`).
pub fn from_f64(x: f64) -> Result<IntBuf> {
    if x.abs() < 9e18 {
        return Ok(IntBuf::Small(x as i64));
    }
    if x.is_nan() {
        return Err(NumError::NanToInt);
    }
    if x.is_infinite() {
        return Err(NumError::InfinityToInt);
    }
    let (mantissa, exponent) = decompose(x);
    Ok(shift_left(IntView::Small(mantissa as i64), IntView::Small(exponent.into()))?.with_sign(x < 0.0))
}

impl IntBuf {
    fn with_sign(self, negative: bool) -> IntBuf {
        if negative { self.negated() } else { self }
    }
}

/// `|x| = mantissa * 2**exponent` for a finite float.
pub(crate) fn decompose(x: f64) -> (u64, i32) {
    let bits = x.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    match (bits >> 52) as i32 & 0x7ff {
        0 => (fraction, -1074),
        biased => (fraction | 1 << 52, biased - 1075),
    }
}

/// `float.as_integer_ratio()`.
pub fn ratio(x: f64) -> Result<(IntBuf, IntBuf)> {
    if x.is_nan() {
        return Err(NumError::NanToRatio);
    }
    if x.is_infinite() {
        return Err(NumError::InfinityToRatio);
    }
    if x == 0.0 {
        return Ok((IntBuf::ZERO, IntBuf::ONE));
    }
    let (mantissa, exponent) = decompose(x);
    let zeros = mantissa.trailing_zeros();
    let (odd, exponent) = (IntView::Small((mantissa >> zeros) as i64), i64::from(exponent) + i64::from(zeros));
    let (numerator, denominator) = if exponent >= 0 {
        (shift_left(odd, IntView::Small(exponent))?, IntBuf::ONE)
    } else {
        (odd.to_buf()?, shift_left(IntView::Small(1), IntView::Small(-exponent))?)
    };
    Ok((numerator.with_sign(x < 0.0), denominator))
}

/// Exact comparison of an int with a float; `None` for NaN.
pub fn compare_f64(a: IntView, x: f64) -> Option<Ordering> {
    if let IntView::Small(n) = a
        && n.unsigned_abs() <= EXACT
    {
        return (n as f64).partial_cmp(&x);
    }
    if x.is_nan() {
        return None;
    }
    if x.is_infinite() {
        return Some(if x > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    let (sign_a, sign_x) = (a.signum(), if x == 0.0 { 0 } else { 1 - 2 * i32::from(x < 0.0) });
    if sign_a != sign_x {
        return Some(sign_a.cmp(&sign_x));
    }
    let (mantissa, exponent) = decompose(x);
    let length_x = i64::from(exponent) + 64 - i64::from(mantissa.leading_zeros());
    let by_length = (a.bit_length() as i64).cmp(&length_x);
    if by_length.is_ne() {
        return Some(if sign_a < 0 { by_length.reverse() } else { by_length });
    }
    // Same length and beyond 2**53, so the float has no fraction.
    Some(compare(a, from_f64(x).ok()?.view()))
}

/// `round(a, -k)`: the multiple of `10**k` nearest to `a`, half to even.
pub fn round_to_ten_power(a: IntView, k: IntView, poll: Poll) -> Result<IntBuf> {
    if k.signum() <= 0 {
        return a.to_buf();
    }
    // 10**k > 2 * |a| rounds to zero without computing the power.
    let digits = match k.to_u64() {
        Some(k) if k <= a.bit_length() / 3 + 2 => k,
        _ => return Ok(IntBuf::ZERO),
    };
    let power = pow(IntView::Small(10), IntView::Small(digits as i64), poll)?;
    let (quotient, rest) = divmod(a, power.view())?;
    let twice = shift_left(rest.view(), IntView::Small(1))?;
    let up = match compare(twice.view(), power.view()) {
        Ordering::Less => false,
        Ordering::Equal => quotient.view().is_odd(),
        Ordering::Greater => true,
    };
    let down = sub(a, rest.view())?;
    if up { add(down.view(), power.view()) } else { Ok(down) }
}
