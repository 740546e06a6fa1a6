//! Addition, multiplication and floor division.

use super::big::{TRANSFORMED, room, room_for, scratch, to_buf, to_ubig, word_bytes, words_of};
use super::{Digits, IntBuf, IntView, digits};
use crate::error::{NumError, Poll, Result};
use dashu_int::UBig;
use dashu_int::ops::DivRem;
use std::cmp::Ordering;

/// From this many digits in the shorter operand on, products go through `dashu_int` (measured: the crossing lies
/// between 20 and 30).
const LONG_MUL: usize = 24;

/// From this many digits in both divisor and quotient on, division goes through `dashu_int`.
const LONG_DIV: usize = 16;

/// From this many digits on, one product is cut into pieces so that it can be interrupted.
const HUGE_MUL: usize = 1 << 20;

/// `a + b`.
#[inline]
pub fn add(a: IntView, b: IntView) -> Result<IntBuf> {
    if let (IntView::Small(x), IntView::Small(y)) = (a, b) {
        return Ok(match x.checked_add(y) {
            Some(sum) => IntBuf::Small(sum),
            None => IntBuf::from_i128(i128::from(x) + i128::from(y)),
        });
    }
    add_signed(a, b, false)
}

/// `a - b`.
#[inline]
pub fn sub(a: IntView, b: IntView) -> Result<IntBuf> {
    if let (IntView::Small(x), IntView::Small(y)) = (a, b) {
        return Ok(match x.checked_sub(y) {
            Some(difference) => IntBuf::Small(difference),
            None => IntBuf::from_i128(i128::from(x) - i128::from(y)),
        });
    }
    add_signed(a, b, true)
}

fn add_signed(a: IntView, b: IntView, flip: bool) -> Result<IntBuf> {
    let (mut sa, mut sb) = ([0; 3], [0; 3]);
    let ((na, a), (nb, b)) = (a.parts(&mut sa), b.parts(&mut sb));
    let nb = nb != flip;
    if na == nb {
        let mut out = Digits::zeroed(a.len().max(b.len()) + 1)?;
        digits::add(&mut out, a, b);
        return Ok(IntBuf::from_digits(na, out));
    }
    let (negative, large, small) = match digits::compare(a, b) {
        Ordering::Equal => return Ok(IntBuf::ZERO),
        Ordering::Greater => (na, a, b),
        Ordering::Less => (nb, b, a),
    };
    let mut out = Digits::zeroed(large.len())?;
    digits::sub(&mut out, large, small);
    Ok(IntBuf::from_digits(negative, out))
}

/// `a * b`.
#[inline]
pub fn mul(a: IntView, b: IntView, poll: Poll) -> Result<IntBuf> {
    if let (IntView::Small(x), IntView::Small(y)) = (a, b) {
        return Ok(match x.checked_mul(y) {
            Some(product) => IntBuf::Small(product),
            None => IntBuf::from_i128(i128::from(x) * i128::from(y)),
        });
    }
    mul_big(a, b, poll)
}

fn mul_big(a: IntView, b: IntView, poll: Poll) -> Result<IntBuf> {
    let (mut sa, mut sb) = ([0; 3], [0; 3]);
    let ((na, a), (nb, b)) = (a.parts(&mut sa), b.parts(&mut sb));
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.is_empty() {
        return Ok(IntBuf::ZERO);
    }
    if let [x] = *short {
        let mut out = Digits::zeroed(long.len() + 1)?;
        digits::mul_digit(&mut out, long, x);
        return Ok(IntBuf::from_digits(na != nb, out));
    }
    if short.len() < LONG_MUL {
        let mut out = Digits::zeroed(short.len() + long.len())?;
        if std::ptr::eq(short, long) {
            digits::square(&mut out, short)
        } else {
            digits::mul(&mut out, short, long)
        }
        return Ok(IntBuf::from_digits(na != nb, out));
    }
    // The result's digits are made from its words.
    room(2 * word_bytes(words_of(short.len() + long.len())))?;
    let product = if std::ptr::eq(short, long) && short.len() < HUGE_MUL {
        square_ubig(&to_ubig(short)?, poll)?
    } else {
        mul_ubig(&to_ubig(short)?, &to_ubig(long)?, poll)?
    };
    to_buf(na != nb, &product)
}

/// A square.
pub(super) fn square_ubig(n: &UBig, poll: Poll) -> Result<UBig> {
    let words = n.as_words().len();
    if words < HUGE_MUL / 2 && room(word_bytes(2 * words) + scratch(2 * words, words)).is_ok() {
        return Ok(n.sqr());
    }
    mul_ubig(n, n, poll)
}

/// A product that polls between pieces when it is huge, and is cut into smaller pieces where memory is scarce: Karatsuba's method
/// on top of the library's.
pub(super) fn mul_ubig(a: &UBig, b: &UBig, poll: Poll) -> Result<UBig> {
    const PIECE: usize = HUGE_MUL / 8;
    let (short, long) = if a.as_words().len() <= b.as_words().len() { (a, b) } else { (b, a) };
    let (shorter, words) = (short.as_words().len(), long.as_words().len());
    let total = shorter + words;
    if words < PIECE {
        match room(word_bytes(total) + scratch(total, shorter)) {
            Ok(()) => return Ok(short * long),
            Err(e) if shorter <= TRANSFORMED => return Err(e),
            Err(_) => {}
        }
    }
    if poll() {
        return Err(NumError::Interrupted);
    }
    // The halves, their sums and products, and twice the result while it is put together.
    room(word_bytes(5 * total))?;
    let half = words.div_ceil(2);
    let bits = half * 64;
    let split = |n: &UBig| {
        let (low, high) = n.as_words().split_at(half);
        (UBig::from_words(low), UBig::from_words(high))
    };
    let (long_low, long_high) = split(long);
    if shorter <= half {
        let low = mul_ubig(short, &long_low, poll)?;
        return Ok(low + (mul_ubig(short, &long_high, poll)? << bits));
    }
    let (short_low, short_high) = split(short);
    let low = mul_ubig(&long_low, &short_low, poll)?;
    let high = mul_ubig(&long_high, &short_high, poll)?;
    let middle = mul_ubig(&(long_low + long_high), &(short_low + short_high), poll)? - &low - &high;
    Ok(low + (middle << bits) + (high << (2 * bits)))
}

/// Quotient and remainder of magnitudes, truncated.
fn div_rem_digits(a: &[u32], b: &[u32]) -> Result<(IntBuf, IntBuf)> {
    if digits::compare(a, b).is_lt() {
        return Ok((IntBuf::ZERO, IntBuf::from_digits(false, Digits::copy(a)?)));
    }
    if let [d] = *b {
        let mut out = Digits::zeroed(a.len())?;
        let rest = digits::div_digit(&mut out, a, d);
        return Ok((IntBuf::from_digits(false, out), IntBuf::Small(rest.into())));
    }
    if let Some((least, most)) = digits::guess_quotient(a, b) {
        return div_rem_guessed(a, b, least, most);
    }
    if b.len() < LONG_DIV || a.len() - b.len() < LONG_DIV {
        return div_rem_short(a, b);
    }
    let (a, b) = (to_ubig(a)?, to_ubig(b)?);
    room_for(3, a.as_words().len())?;
    let (q, r) = a.div_rem(b);
    Ok((to_buf(false, &q)?, to_buf(false, &r)?))
}

/// With a quotient of one digit that is one of two.
fn div_rem_guessed(a: &[u32], b: &[u32], least: u32, most: u32) -> Result<(IntBuf, IntBuf)> {
    let mut rest = Digits::zeroed(a.len())?;
    for quotient in [most, least] {
        if digits::sub_product(&mut rest, a, b, quotient) {
            return Ok((IntBuf::Small(quotient.into()), IntBuf::from_digits(false, rest)));
        }
    }
    unreachable!("the quotient is one of the guesses")
}

/// By hand, for a divisor of two digits or more.
fn div_rem_short(a: &[u32], b: &[u32]) -> Result<(IntBuf, IntBuf)> {
    let shift = u64::from(b[b.len() - 1].leading_zeros() + digits::BITS - 32);
    let mut divisor = Digits::zeroed(b.len() + 1)?;
    let mut rest = Digits::zeroed(a.len() + 1)?;
    digits::shift_left(&mut divisor, b, shift);
    digits::shift_left(&mut rest, a, shift);
    let mut quotient = Digits::zeroed(rest.len() - b.len())?;
    digits::div_rem(&mut quotient, &mut rest, &divisor[..b.len()]);
    let mut remainder = Digits::zeroed(b.len())?;
    digits::shift_right(&mut remainder, &rest[..b.len()], shift);
    Ok((IntBuf::from_digits(false, quotient), IntBuf::from_digits(false, remainder)))
}

/// Quotient and remainder rounded towards zero (C's rule), for callers that need it.
pub fn div_rem(a: IntView, b: IntView) -> Result<(IntBuf, IntBuf)> {
    if b.is_zero() {
        return Err(NumError::DivisionByZero);
    }
    let (mut sa, mut sb) = ([0; 3], [0; 3]);
    let ((na, a), (nb, b)) = (a.parts(&mut sa), b.parts(&mut sb));
    let (q, r) = div_rem_digits(a, b)?;
    Ok((if na != nb { q.negated() } else { q }, if na { r.negated() } else { r }))
}

/// `divmod(a, b)`.
pub fn divmod(a: IntView, b: IntView) -> Result<(IntBuf, IntBuf)> {
    if let (IntView::Small(x), IntView::Small(y)) = (a, b)
        && let Some((q, r)) = small_divmod(x, y)?
    {
        return Ok((IntBuf::Small(q), IntBuf::Small(r)));
    }
    let (q, r) = div_rem(a, b)?;
    if !r.is_zero() && a.is_negative() != b.is_negative() {
        return Ok((sub(q.view(), IntView::Small(1))?, add(r.view(), b)?));
    }
    Ok((q, r))
}

/// `a // b`.
#[inline]
pub fn floor_div(a: IntView, b: IntView) -> Result<IntBuf> {
    if let (IntView::Small(x), IntView::Small(y)) = (a, b)
        && let Some((q, _)) = small_divmod(x, y)?
    {
        return Ok(IntBuf::Small(q));
    }
    // The quotient of long numbers that are about as long is often known from their first digits.
    if let (IntView::Big { negative: na, digits: a }, IntView::Big { negative: nb, digits: b }) = (a, b)
        && na == nb
        && let (a, b) = (digits::trim(a), digits::trim(b))
        && digits::compare(a, b).is_ge()
        && let Some((least, most)) = digits::guess_quotient(a, b)
        && least == most
    {
        return Ok(IntBuf::Small(least.into()));
    }
    Ok(divmod(a, b)?.0)
}

/// `a % b`.
#[inline]
pub fn modulo(a: IntView, b: IntView) -> Result<IntBuf> {
    match (a, b) {
        (IntView::Small(x), IntView::Small(y)) => match small_divmod(x, y)? {
            Some((_, r)) => Ok(IntBuf::Small(r)),
            None => Ok(IntBuf::ZERO),
        },
        // A short divisor needs no quotient.
        (IntView::Big { negative, digits }, IntView::Small(y)) if y != 0 && y.unsigned_abs() >> digits::BITS == 0 => {
            let r = i64::from(digits::rem_digit(digits, y.unsigned_abs() as u32));
            let r = if negative { -r } else { r };
            Ok(IntBuf::Small(if r != 0 && (r < 0) != (y < 0) { r + y } else { r }))
        }
        _ => Ok(divmod(a, b)?.1),
    }
}

/// `None` for the one quotient that overflows.
#[inline]
fn small_divmod(x: i64, y: i64) -> Result<Option<(i64, i64)>> {
    if y == 0 {
        return Err(NumError::DivisionByZero);
    }
    let Some(q) = x.checked_div(y) else { return Ok(None) };
    let r = x - q * y;
    Ok(Some(if r != 0 && (r < 0) != (y < 0) { (q - 1, r + y) } else { (q, r) }))
}
