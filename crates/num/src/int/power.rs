//! Powers and modular powers.

use super::arith::{mul_ubig, square_ubig};
use super::big::{probe, room, room_for, scratch, to_buf, to_ubig, word_bytes};
use super::{IntBuf, IntView, absolute, add, divmod, modulo, sub};
use crate::error::{NumError, Poll, Result};
use dashu_int::UBig;
use dashu_int::fast_div::ConstDivisor;
use dashu_int::monty::MontgomeryRepr;

/// Upper bound of the bit length of `base ** exponent`; `None` when it does not fit 64 bits.
pub fn pow_bits(base: IntView, exponent: IntView) -> Option<u64> {
    if base.bit_length() <= 1 {
        return Some(1);
    }
    base.bit_length().checked_mul(exponent.to_u64()?)
}

/// `base ** exponent` for a non-negative exponent. `Memory` when the result could not be held.
pub fn pow(base: IntView, exponent: IntView, poll: Poll) -> Result<IntBuf> {
    if let (IntView::Small(base), Some(exponent)) = (base, exponent.to_u64())
        && let Ok(exponent) = u32::try_from(exponent)
    {
        if let Some(power) = base.checked_pow(exponent) {
            return Ok(IntBuf::Small(power));
        }
        if let Some(power) = i128::from(base).checked_pow(exponent) {
            return Ok(IntBuf::from_i128(power));
        }
    }
    let negative = base.is_negative() && exponent.is_odd();
    if exponent.is_zero() {
        return Ok(IntBuf::ONE);
    }
    if base.bit_length() <= 1 {
        let power = if base.is_zero() { IntBuf::ZERO } else { IntBuf::ONE };
        return Ok(if negative { power.negated() } else { power });
    }
    let bits = pow_bits(base, exponent).ok_or(NumError::Memory)?;
    probe(bits)?;
    let exponent = exponent.to_u64().ok_or(NumError::Memory)?;
    // Powers of two are shifts; what is left is odd.
    let zeros = base.trailing_zeros();
    let mut scratch = [0; 3];
    let odd = to_ubig(base.parts(&mut scratch).1)? >> zeros as usize;
    let mut power = UBig::ONE;
    if !odd.is_one() {
        for bit in (0..64 - exponent.leading_zeros()).rev() {
            if power.as_words().len() > 64 && poll() {
                return Err(NumError::Interrupted);
            }
            power = if power.as_words().len() < 1 << 17 {
                square_ubig(&power, poll)?
            } else {
                mul_ubig(&power, &power, poll)?
            };
            if exponent >> bit & 1 == 1 {
                power = mul_ubig(&power, &odd, poll)?;
            }
        }
    }
    let shift = (zeros * exponent) as usize;
    room(2 * word_bytes(power.as_words().len() + shift / 64 + 1))?;
    to_buf(negative, &(power << shift))
}

/// `pow(base, exponent, modulus)`, with the sign of the modulus; a negative exponent takes the inverse.
pub fn pow_mod(base: IntView, exponent: IntView, modulus: IntView, poll: Poll) -> Result<IntBuf> {
    if modulus.is_zero() {
        return Err(NumError::PowModulusZero);
    }
    let size = absolute(modulus)?;
    let mut base = modulo(base, size.view())?;
    let positive = absolute(exponent)?;
    if exponent.is_negative() {
        base = inverse(&base, &size)?;
    }
    let power = match (&base, &positive, &size) {
        _ if matches!(size, IntBuf::Small(1)) => IntBuf::ZERO,
        (IntBuf::Small(b), e, IntBuf::Small(m)) if !matches!(e, IntBuf::Big { .. }) => {
            let IntBuf::Small(e) = *e else { return Ok(IntBuf::ZERO) };
            IntBuf::Small(small_pow_mod(*b as u64, e as u64, *m as u64) as i64)
        }
        _ => big_pow_mod(&base, &positive, &size, poll)?,
    };
    if modulus.is_negative() && !power.is_zero() { add(power.view(), modulus) } else { Ok(power) }
}

fn small_pow_mod(mut base: u64, mut exponent: u64, modulus: u64) -> u64 {
    let product = |a: u64, b: u64| {
        if modulus >> 32 == 0 { a * b % modulus } else { (u128::from(a) * u128::from(b) % u128::from(modulus)) as u64 }
    };
    let mut power = 1 % modulus;
    while exponent != 0 {
        if exponent & 1 == 1 {
            power = product(power, base);
        }
        exponent >>= 1;
        if exponent != 0 {
            base = product(base, base);
        }
    }
    power
}

/// Windows of four bits, most significant first.
fn nibbles(exponent: &UBig) -> impl Iterator<Item = usize> + '_ {
    let words = exponent.as_words();
    (0..words.len() * 16).rev().map(move |i| (words[i / 16] >> (i % 16 * 4)) as usize & 15).skip_while(|&n| n == 0)
}

macro_rules! windowed_power {
    ($ring:expr, $base:expr, $exponent:expr, $poll:expr) => {{
        let one = $ring.reduce(1u8);
        let base = $ring.reduce($base);
        let mut table = vec![one.clone()];
        for i in 1..16 {
            table.push(&table[i - 1] * &base);
        }
        let mut power = one;
        for nibble in nibbles($exponent) {
            if $poll() {
                return Err(NumError::Interrupted);
            }
            power = power.sqr().sqr().sqr().sqr();
            if nibble != 0 {
                power *= &table[nibble];
            }
        }
        power.residue()
    }};
}

fn big_pow_mod(base: &IntBuf, exponent: &IntBuf, modulus: &IntBuf, poll: Poll) -> Result<IntBuf> {
    let magnitude = |n: &IntBuf| to_ubig(n.view().parts(&mut [0; 3]).1);
    let (base, exponent, m) = (magnitude(base)?, magnitude(exponent)?, magnitude(modulus)?);
    // Montgomery's form wins for odd moduli of moderate size; beyond, Barrett's reduction does.
    let words = m.as_words().len();
    // The table, what is being multiplied, and the product, which is divided.
    room(word_bytes(24 * words) + scratch(2 * words, words))?;
    let power = if modulus.view().is_odd() && (3..128).contains(&words) {
        let ring = MontgomeryRepr::new(m);
        windowed_power!(ring, base, &exponent, poll)
    } else {
        let ring = ConstDivisor::new(m);
        windowed_power!(ring, base, &exponent, poll)
    };
    to_buf(false, &power)
}

/// The inverse of `a` modulo `m`, both non-negative.
fn inverse(a: &IntBuf, m: &IntBuf) -> Result<IntBuf> {
    if let (IntBuf::Small(a), IntBuf::Small(m)) = (a, m) {
        let (mut r0, mut r1, mut t0, mut t1) = (i128::from(*m), i128::from(*a), 0i128, 1i128);
        while r1 != 0 {
            let q = r0 / r1;
            (r0, r1) = (r1, r0 - q * r1);
            (t0, t1) = (t1, t0 - q * t1);
        }
        if r0 != 1 && *m != 1 {
            return Err(NumError::NotInvertible);
        }
        return Ok(IntBuf::from_i128(t0.rem_euclid(i128::from(*m))));
    }
    if let (IntBuf::Small(a), m) = (a, m)
        && *a != 0
    {
        // One reduction brings the modulus down to a word: x = (k*m + 1) / a with k = -1/m mod a.
        let a_buf = IntBuf::Small(*a);
        if *a == 1 {
            return Ok(IntBuf::ONE);
        }
        let rest = modulo(m.view(), a_buf.view())?;
        let k = sub(a_buf.view(), inverse(&rest, &a_buf)?.view())?;
        let numerator = add(super::mul(k.view(), m.view(), &mut crate::error::never)?.view(), IntView::Small(1))?;
        return Ok(divmod(numerator.view(), a_buf.view())?.0);
    }
    let magnitude = |n: &IntBuf| to_ubig(n.view().parts(&mut [0; 3]).1);
    let (a, m) = (magnitude(a)?, magnitude(m)?);
    // Extended, the algorithm keeps a cofactor for each of the two.
    room_for(12, 2 * m.as_words().len())?;
    let ring = ConstDivisor::new(m);
    let inverse = ring.reduce(a).inv().ok_or(NumError::NotInvertible)?;
    to_buf(false, &inverse.residue())
}
