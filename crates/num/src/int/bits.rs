//! Shifts and the bitwise operators, which see a negative int as two's complement with endless sign bits.

use super::digits::{self, BITS, MASK};
use super::{Digits, IntBuf, IntView, add, sub};
use crate::error::{NumError, Result};

/// `a << n`.
#[inline]
pub fn shift_left(a: IntView, n: IntView) -> Result<IntBuf> {
    if let (IntView::Small(x), IntView::Small(n @ 0..=63)) = (a, n) {
        return Ok(IntBuf::from_i128(i128::from(x) << n));
    }
    if n.is_negative() {
        return Err(NumError::NegativeShift);
    }
    if a.is_zero() {
        return Ok(IntBuf::ZERO);
    }
    let mut scratch = [0; 3];
    let (negative, digits) = a.parts(&mut scratch);
    let bits = n.to_u64().ok_or(NumError::TooManyDigits)?;
    let length = (bits / u64::from(BITS)) as u128 + digits.len() as u128 + 1;
    if length > (i64::MAX / i64::from(BITS)) as u128 {
        return Err(NumError::TooManyDigits);
    }
    let mut out = Digits::zeroed(length as usize)?;
    digits::shift_left(&mut out, digits, bits);
    Ok(IntBuf::from_digits(negative, out))
}

/// `a >> n`, rounding towards minus infinity.
#[inline]
pub fn shift_right(a: IntView, n: IntView) -> Result<IntBuf> {
    if n.is_negative() {
        return Err(NumError::NegativeShift);
    }
    if let (IntView::Small(x), IntView::Small(n)) = (a, n) {
        return Ok(IntBuf::Small(x >> n.min(63)));
    }
    let mut scratch = [0; 3];
    let (negative, digits) = a.parts(&mut scratch);
    let bits = match n.to_u64() {
        Some(bits) if bits < digits.len() as u64 * u64::from(BITS) => bits,
        _ => return Ok(IntBuf::Small(if negative && !digits.is_empty() { -1 } else { 0 })),
    };
    let skipped = (bits / u64::from(BITS)) as usize;
    // One digit more, for the carry of a negative number.
    let mut out = Digits::zeroed(digits.len() - skipped + 1)?;
    let kept = out.len() - 1;
    let lost = digits::shift_right(&mut out[..kept], digits, bits);
    if negative && lost {
        digits::increment(&mut out);
    }
    Ok(IntBuf::from_digits(negative, out))
}

/// `~a`.
pub fn invert(a: IntView) -> Result<IntBuf> {
    match a {
        IntView::Small(n) => Ok(IntBuf::Small(!n)),
        _ if a.is_negative() => Ok(add(a, IntView::Small(1))?.negated()),
        _ => sub(IntView::Small(-1), a),
    }
}

/// `a & b`.
#[inline]
pub fn and(a: IntView, b: IntView) -> Result<IntBuf> {
    match (a, b) {
        (IntView::Small(a), IntView::Small(b)) => Ok(IntBuf::Small(a & b)),
        _ => bitwise(a, b, |a, b| a & b),
    }
}

/// `a | b`.
#[inline]
pub fn or(a: IntView, b: IntView) -> Result<IntBuf> {
    match (a, b) {
        (IntView::Small(a), IntView::Small(b)) => Ok(IntBuf::Small(a | b)),
        _ => bitwise(a, b, |a, b| a | b),
    }
}

/// `a ^ b`.
#[inline]
pub fn xor(a: IntView, b: IntView) -> Result<IntBuf> {
    match (a, b) {
        (IntView::Small(a), IntView::Small(b)) => Ok(IntBuf::Small(a ^ b)),
        _ => bitwise(a, b, |a, b| a ^ b),
    }
}

/// The digits of a two's complement number, produced from sign and magnitude one by one.
struct Complement<'a> {
    digits: std::slice::Iter<'a, u32>,
    invert: u32,
    carry: u32,
}

impl Complement<'_> {
    #[inline]
    fn next(&mut self) -> u32 {
        let digit = (self.digits.next().copied().unwrap_or(0) ^ self.invert) + self.carry;
        self.carry = digit >> BITS;
        digit & MASK
    }
}

fn bitwise(a: IntView, b: IntView, operation: impl Fn(u32, u32) -> u32) -> Result<IntBuf> {
    let (mut sa, mut sb) = ([0; 3], [0; 3]);
    let ((na, a), (nb, b)) = (a.parts(&mut sa), b.parts(&mut sb));
    let negative = operation(u32::from(na), u32::from(nb)) & 1 == 1;
    // An `and` with a non-negative number is no longer than that number.
    let length = match operation(1, 0) {
        0 if operation(1, 1) == 1 && !na => a.len(),
        0 if operation(1, 1) == 1 && !nb => b.len(),
        _ => a.len().max(b.len()),
    };
    let mut out = Digits::zeroed(length + 1)?;
    let stream = |negative, digits: &'_ [u32]| (if negative { MASK } else { 0 }, u32::from(negative), digits.len());
    let ((invert_a, carry_a, _), (invert_b, carry_b, _)) = (stream(na, a), stream(nb, b));
    let mut a = Complement { digits: a.iter(), invert: invert_a, carry: carry_a };
    let mut b = Complement { digits: b.iter(), invert: invert_b, carry: carry_b };
    let flip = if negative { MASK } else { 0 };
    let mut carry = u32::from(negative);
    for out in out.iter_mut() {
        let digit = (operation(a.next(), b.next()) ^ flip) + carry;
        *out = digit & MASK;
        carry = digit >> BITS;
    }
    Ok(IntBuf::from_digits(negative, out))
}
