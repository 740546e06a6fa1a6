//! Number theory of the `math` module: roots, divisors, factorials and what counts combinations.

use super::big::{room_for, to_buf, to_ubig};
use super::{IntBuf, IntView, absolute, compare, divmod, floor_div, modulo, mul, shift_left, sub};
use crate::error::{NumError, Poll, Result};
use dashu_int::ops::{Gcd, SquareRoot};

/// `math.isqrt(n)`.
pub fn isqrt(n: IntView) -> Result<IntBuf> {
    if n.is_negative() {
        return Err(NumError::NegativeIsqrt);
    }
    match n.simplified() {
        IntView::Small(n) => Ok(IntBuf::Small(n.isqrt())),
        IntView::Big { digits, .. } => {
            let n = to_ubig(digits)?;
            room_for(3, n.as_words().len())?;
            to_buf(false, &n.sqrt())
        }
    }
}

/// Whether `n` is the square of an int.
pub fn is_perfect_square(n: IntView) -> Result<bool> {
    if n.is_negative() {
        return Ok(false);
    }
    let root = isqrt(n)?;
    Ok(compare(mul(root.view(), root.view(), &mut crate::error::never)?.view(), n).is_eq())
}

fn small_gcd(mut a: u64, mut b: u64) -> u64 {
    if a == 0 || b == 0 {
        return a | b;
    }
    let shift = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    while b != 0 {
        b >>= b.trailing_zeros();
        (a, b) = (a.min(b), a.abs_diff(b));
    }
    a << shift
}

/// `math.gcd(a, b)`.
pub fn gcd(a: IntView, b: IntView) -> Result<IntBuf> {
    if let (IntView::Small(a), IntView::Small(b)) = (a, b) {
        return Ok(IntBuf::from_u64(small_gcd(a.unsigned_abs(), b.unsigned_abs())));
    }
    if a.is_zero() {
        return absolute(b);
    }
    if b.is_zero() {
        return absolute(a);
    }
    // Against a short operand one reduction is enough.
    if let (big, IntView::Small(small)) | (IntView::Small(small), big) = (a, b) {
        let rest = modulo(big, IntView::Small(small))?;
        return gcd(rest.view(), IntView::Small(small));
    }
    let (mut sa, mut sb) = ([0; 3], [0; 3]);
    let (a, b) = (to_ubig(a.parts(&mut sa).1)?, to_ubig(b.parts(&mut sb).1)?);
    room_for(4, a.as_words().len().max(b.as_words().len()))?;
    to_buf(false, &a.gcd(b))
}

/// `math.lcm(a, b)`.
pub fn lcm(a: IntView, b: IntView, poll: Poll) -> Result<IntBuf> {
    if a.is_zero() || b.is_zero() {
        return Ok(IntBuf::ZERO);
    }
    let common = gcd(a, b)?;
    let product = mul(floor_div(a, common.view())?.view(), b, poll)?;
    absolute(product.view())
}

/// `n * (n - 1) * ... ` with `count` factors, split in halves.
fn falling(n: &IntBuf, count: u64, poll: Poll) -> Result<IntBuf> {
    if count <= 8 {
        let mut product = IntBuf::ONE;
        for i in 0..count {
            product = mul(product.view(), sub(n.view(), IntView::Small(i as i64))?.view(), poll)?;
        }
        return Ok(product);
    }
    if poll() {
        return Err(NumError::Interrupted);
    }
    let half = count / 2;
    let high = falling(n, half, poll)?;
    let low = falling(&sub(n.view(), IntBuf::from_u64(half).view())?, count - half, poll)?;
    mul(high.view(), low.view(), poll)
}

/// The product of the odd numbers in `low..high`; both odd.
fn odd_product(low: u64, high: u64, poll: Poll) -> Result<IntBuf> {
    let count = (high - low) / 2;
    if count <= 16 {
        let mut product = IntBuf::ONE;
        let mut packed = 1u64;
        for factor in (low..high).step_by(2) {
            match packed.checked_mul(factor).filter(|&p| p <= i64::MAX as u64) {
                Some(p) => packed = p,
                None => {
                    product = mul(product.view(), IntView::Small(packed as i64), poll)?;
                    packed = factor;
                }
            }
        }
        return mul(product.view(), IntView::Small(packed as i64), poll);
    }
    if poll() {
        return Err(NumError::Interrupted);
    }
    let middle = low + count / 2 * 2;
    mul(odd_product(low, middle, poll)?.view(), odd_product(middle, high, poll)?.view(), poll)
}

/// `math.factorial(n)`.
pub fn factorial(n: IntView, poll: Poll) -> Result<IntBuf> {
    if n.is_negative() {
        return Err(NumError::NegativeFactorial);
    }
    let n = n.to_i64().ok_or(NumError::FactorialTooLarge)? as u64;
    if n <= 20 {
        return Ok(IntBuf::Small((2..=n as i64).product()));
    }
    // n! = 2**(n - popcount(n)) * the product over i of the odd numbers up to n >> i. Each round appends the odd
    // numbers that the next wider bound adds, and multiplies the result by all of them so far.
    let (mut result, mut inner) = (IntBuf::ONE, IntBuf::ONE);
    let mut bound = 1;
    for shift in (0..64 - n.leading_zeros()).rev() {
        let next = ((n >> shift) + 1) | 1;
        if next > bound {
            inner = mul(inner.view(), odd_product(bound, next, poll)?.view(), poll)?;
            bound = next;
        }
        result = mul(result.view(), inner.view(), poll)?;
    }
    let twos = n - u64::from(n.count_ones());
    shift_left(result.view(), IntView::Small(twos as i64))
}

fn check_counts(n: IntView, k: IntView) -> Result<()> {
    if n.is_negative() {
        return Err(NumError::NegativeN);
    }
    if k.is_negative() {
        return Err(NumError::NegativeK);
    }
    Ok(())
}

/// `math.perm(n, k)`.
pub fn perm(n: IntView, k: IntView, poll: Poll) -> Result<IntBuf> {
    check_counts(n, k)?;
    if compare(n, k).is_lt() {
        return Ok(IntBuf::ZERO);
    }
    let count = k.to_i64().ok_or(NumError::KTooLarge)?;
    falling(&n.to_buf()?, count as u64, poll)
}

/// `math.comb(n, k)`.
pub fn comb(n: IntView, k: IntView, poll: Poll) -> Result<IntBuf> {
    check_counts(n, k)?;
    let rest = sub(n, k)?;
    if rest.view().is_negative() {
        return Ok(IntBuf::ZERO);
    }
    let k = if compare(k, rest.view()).is_gt() { rest } else { k.to_buf()? };
    let count = k.view().to_i64().ok_or(NumError::MinKTooLarge)? as u64;
    if let Some(n) = n.to_u64()
        && let Some(result) = small_comb(n, count)
    {
        return Ok(IntBuf::from_u64(result));
    }
    let numerator = falling(&n.to_buf()?, count, poll)?;
    Ok(divmod(numerator.view(), factorial(k.view(), poll)?.view())?.0)
}

/// Multiplies and divides in turn, which stays exact; `None` once it leaves 64 bits.
fn small_comb(n: u64, k: u64) -> Option<u64> {
    let mut result = 1u64;
    for i in 0..k {
        let next = u128::from(result) * u128::from(n - i) / u128::from(i + 1);
        result = u64::try_from(next).ok()?;
    }
    Some(result)
}
