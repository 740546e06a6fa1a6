//! `exp`, `ln`, `log10` and powers, correctly rounded: a result is worked out with some digits more than the precision,
//! and again with more of them while the rounding is in doubt (Ziv's strategy).
//!
//! The series run in binary fixed point: `x` stands for `x / 2 ** bits`.

use super::signal::*;
use super::{Context, Decimal, MAX_EMAX, Rounding, Status, digits, pow10, strip_zeros};
use dashu_int::ops::{Abs, BitTest, DivRem, SquareRoot};
use dashu_int::{IBig, Sign, UBig};

/// Decimal digits that a fixed-point number has beyond those asked for: room for the exponents and for rounding.
const GUARD: i64 = 24;

/// Bits that hold so many decimal digits.
fn bits_for(digits: i64) -> Option<usize> {
    let bits = (digits + GUARD).checked_mul(3322)? / 1000 + 8;
    let bits = usize::try_from(bits).ok()?;
    crate::int::big::room_for(8, 2 * (bits / 64 + 1)).ok()?;
    Some(bits)
}

/// `atanh(1 / n)`.
fn atanh_inverse(n: u32, bits: usize) -> UBig {
    let square = u64::from(n) * u64::from(n);
    let mut power = (UBig::ONE << bits) / n;
    let mut sum = power.clone();
    let mut k = 3u32;
    loop {
        power /= square;
        let term = &power / k;
        if term.is_zero() {
            return sum;
        }
        sum += term;
        k += 2;
    }
}

/// `ln 10`, by a formula of Machin's kind.
fn ln10(bits: usize) -> UBig {
    let wide = bits + 16;
    let sum = atanh_inverse(31, wide) * 46u8 + atanh_inverse(49, wide) * 34u8 + atanh_inverse(161, wide) * 20u8;
    sum >> 16
}

/// `e ** x` for `0 <= x < 3`.
fn exp_fixed(x: &UBig, bits: usize) -> UBig {
    let halvings = bits.isqrt() / 2 + 4;
    let wide = bits + 2 * halvings + 16;
    let x = (x << (wide - bits)) >> halvings;
    let one = UBig::ONE << wide;
    let mut sum = &one + &x;
    let mut term = x.clone();
    let mut n = 2u32;
    while !term.is_zero() {
        term = ((term * &x) >> wide) / n;
        sum += &term;
        n += 1;
    }
    for _ in 0..halvings {
        sum = (&sum * &sum) >> wide;
    }
    sum >> (wide - bits)
}

/// `ln y` for `1 <= y <= 10`.
fn ln_fixed(y: &UBig, bits: usize) -> UBig {
    let roots = bits.isqrt() / 3 + 4;
    let wide = bits + 2 * roots + 16;
    let mut y = y << (wide - bits);
    for _ in 0..roots {
        y = (y << wide).sqrt();
    }
    let one = UBig::ONE << wide;
    let z = ((&y - &one) << wide) / (&y + &one);
    let square = (&z * &z) >> wide;
    let mut power = z.clone();
    let mut sum = z;
    let mut k = 3u32;
    loop {
        power = (power * &square) >> wide;
        let term = &power / k;
        if term.is_zero() {
            break;
        }
        sum += term;
        k += 2;
    }
    (sum << (roots + 1)) >> (wide - bits)
}

/// `c * 10 ** exp`.
fn to_fixed(c: &UBig, exp: i64, bits: usize) -> Option<UBig> {
    if exp >= 0 {
        return Some((c * pow10(exp)?) << bits);
    }
    // What is too small for the scale is nothing.
    if -exp > digits(c) + bits as i64 {
        return Some(UBig::ZERO);
    }
    Some((c << bits) / pow10(-exp)?)
}

/// The natural logarithm of `c * 10 ** exp`.
fn ln_of(c: &UBig, exp: i64, bits: usize) -> Option<IBig> {
    let len = digits(c);
    let y = to_fixed(c, 1 - len, bits)?;
    let k = exp + len - 1;
    let small = IBig::from(ln_fixed(&y, bits));
    Some(if k == 0 { small } else { IBig::from(k) * IBig::from(ln10(bits)) + small })
}

/// Whether digits beyond the first `keep`, of which the last few are not certain, leave the rounding open.
fn doubtful(coeff: &UBig, keep: i64) -> bool {
    let drop = digits(coeff) - keep;
    if drop < 3 {
        return true;
    }
    let (Some(power), Some(half)) = (pow10(drop), pow10(drop).map(|p| p >> 1)) else { return false };
    let rest = coeff % &power;
    let near = |x: &UBig, y: &UBig| if x > y { x - y <= UBig::from(16u8) } else { y - x <= UBig::from(16u8) };
    near(&rest, &UBig::ZERO) || near(&rest, &half) || near(&rest, &power)
}

/// An approximation that is made exact enough: `work(w)` gives a coefficient of at least `w` digits, and its exponent.
fn rounded(negative: bool, c: &Context, s: &mut Status, mut work: impl FnMut(i64) -> Option<(UBig, i64)>) -> Decimal {
    let mut width = c.prec + 4;
    let mut rounds = 0;
    loop {
        let Some((mut coeff, exp)) = work(width) else { return Decimal::no_memory(s) };
        let adjusted = exp + digits(&coeff) - 1;
        let keep = c.prec.min(adjusted - c.etiny() + 1);
        if keep > 0 && rounds < 3 && doubtful(&coeff, keep) {
            rounds += 1;
            width += c.prec.min(width) / 2 + 10;
            continue;
        }
        // No result of these functions that gets here ends: the digit says so. One that seems to end, does (a root).
        if rounds == 3
            && let Some(power) = pow10(digits(&coeff) - keep.max(1))
        {
            let (q, r) = (&coeff).div_rem(&power);
            coeff = if (r << 1) >= power { (q + UBig::ONE) * power } else { q * power };
        } else if (&coeff % 5u8) == 0 {
            coeff += UBig::ONE;
        }
        let mut met = INEXACT | ROUNDED;
        let made = Decimal::new(negative, coeff, exp).finish(c, &mut met);
        if met & SUBNORMAL != 0 {
            met |= UNDERFLOW;
        }
        *s |= met;
        return made;
    }
}

/// One, and something that does not matter more or less.
fn about_one(negative: bool, below: bool, c: &Context, s: &mut Status) -> Decimal {
    let Some(power) = pow10(c.prec + 2) else { return Decimal::no_memory(s) };
    let coeff = if below { power - UBig::ONE } else { power + UBig::ONE };
    Decimal::new(negative, coeff, -(c.prec + 2)).finish(c, s)
}

/// A result beyond the greatest or the least exponent.
fn far_out(negative: bool, small: bool, c: &Context, s: &mut Status) -> Decimal {
    let exp = if small { c.etiny() - 4 } else { c.emax + 4 };
    Decimal::new(negative, UBig::ONE, exp).finish(c, s)
}

/// `e ** x` as a coefficient of `width + 1` digits and an exponent.
fn exp_parts(x: &IBig, width: i64, bits: usize) -> Option<(UBig, i64)> {
    let ten = ln10(bits);
    let (mut q, mut r) = x.clone().abs().into_parts().1.div_rem(&ten);
    let negative = x.sign() == Sign::Negative;
    if negative && !r.is_zero() {
        r = ten - r;
        q += UBig::ONE;
    }
    let q = i64::try_from(&q).ok()?;
    let coeff = (exp_fixed(&r, bits) * pow10(width)?) >> bits;
    Some((coeff, if negative { -q } else { q } - width))
}

impl Decimal {
    /// `e ** self`.
    pub fn exp(&self, c: &Context, s: &mut Status) -> Decimal {
        if let Some(nan) = Decimal::nan_of(&[self], c, s) {
            return nan;
        }
        if self.is_infinite() {
            return if self.negative { Decimal::zero(false, 0) } else { Decimal::infinity(false) };
        }
        if self.coeff.is_zero() {
            return Decimal::new(false, UBig::ONE, 0);
        }
        let c = &c.with_rounding(Rounding::HalfEven);
        let adjusted = self.adjusted();
        if adjusted > 18 {
            return far_out(false, self.negative, c, s);
        }
        if adjusted < -(c.prec + 1) {
            return about_one(false, self.negative, c, s);
        }
        rounded(false, c, s, |width| {
            let bits = bits_for(width)?;
            let x = to_fixed(&self.coeff, self.exp, bits)?;
            exp_parts(&IBig::from_parts(sign(self.negative), x), width, bits)
        })
    }

    /// What logarithms have in common; nothing if there is work to do.
    fn logarithm_special(&self, c: &Context, s: &mut Status) -> Option<Decimal> {
        if let Some(nan) = Decimal::nan_of(&[self], c, s) {
            return Some(nan);
        }
        if self.is_zero() {
            return Some(Decimal::infinity(true));
        }
        if self.negative {
            return Some(Decimal::invalid(s, INVALID_OPERATION));
        }
        self.is_infinite().then(|| Decimal::infinity(false))
    }

    /// A lower bound of the exponent of the first digit of the natural logarithm, which is small near one.
    fn logarithm_lead(&self) -> i64 {
        if !matches!(self.adjusted(), 0 | -1) || self.exp > 0 {
            return 0;
        }
        let Some(one) = pow10(-self.exp) else { return 0 };
        let distance = if self.coeff > one { &self.coeff - one } else { one - &self.coeff };
        (digits(&distance) + self.exp - 2).min(0)
    }

    /// The natural logarithm.
    pub fn ln(&self, c: &Context, s: &mut Status) -> Decimal {
        if let Some(special) = self.logarithm_special(c, s) {
            return special;
        }
        if self.order(&Decimal::new(false, UBig::ONE, 0)).is_eq() {
            return Decimal::zero(false, 0);
        }
        let c = &c.with_rounding(Rounding::HalfEven);
        let negative = self.adjusted() < 0;
        let lead = self.logarithm_lead();
        rounded(negative, c, s, |width| {
            let width = width - lead;
            let bits = bits_for(width)?;
            let (_, x) = ln_of(&self.coeff, self.exp, bits)?.into_parts();
            Some(((x * pow10(width)?) >> bits, -width))
        })
    }

    /// The logarithm to base ten.
    pub fn log10(&self, c: &Context, s: &mut Status) -> Decimal {
        if let Some(special) = self.logarithm_special(c, s) {
            return special;
        }
        let c = &c.with_rounding(Rounding::HalfEven);
        let mut coeff = self.coeff.clone();
        let zeros = strip_zeros(&mut coeff, i64::MAX);
        if coeff.is_one() {
            let n = self.exp + zeros;
            return Decimal::new(n < 0, UBig::from(n.unsigned_abs()), 0).finish(c, s);
        }
        let negative = self.adjusted() < 0;
        let lead = self.logarithm_lead() - 1;
        rounded(negative, c, s, |width| {
            let width = width - lead;
            let bits = bits_for(width)?;
            let (_, x) = ln_of(&self.coeff, self.exp, bits)?.into_parts();
            Some((x * pow10(width)? / ln10(bits), -width))
        })
    }

    /// `self ** other`.
    pub fn pow(&self, other: &Decimal, c: &Context, s: &mut Status) -> Decimal {
        if let Some(nan) = Decimal::nan_of(&[self, other], c, s) {
            return nan;
        }
        if other.is_zero() {
            if self.is_zero() {
                return Decimal::invalid(s, INVALID_OPERATION);
            }
            return Decimal::new(false, UBig::ONE, 0);
        }
        let whole = other.is_integer();
        let negative = self.negative && whole && other.is_odd();
        if self.negative && !whole && !self.is_zero() {
            return Decimal::invalid(s, INVALID_OPERATION);
        }
        if self.is_zero() || self.is_infinite() {
            if self.is_zero() == other.negative {
                return Decimal::infinity(negative);
            }
            return Decimal::zero(negative, 0);
        }
        let base = self.clone().with_sign(false);
        let one = base.order(&Decimal::new(false, UBig::ONE, 0));
        if other.is_infinite() {
            if one.is_eq() {
                return padded_one(negative, c, s);
            }
            return if one.is_lt() == other.negative {
                Decimal::infinity(negative)
            } else {
                Decimal::zero(negative, 0)
            };
        }
        if one.is_eq() && !whole {
            return padded_one(negative, c, s);
        }
        if whole && let Some(made) = base.exact_power(other, negative, c, s) {
            return made;
        }
        // The exponent of the first digit of `other * ln(base)`, to one or two places.
        let lead = other.adjusted() + base.logarithm_lead();
        let small = one.is_lt() != other.negative;
        if lead > 20 {
            return far_out(negative, small, c, s);
        }
        let near_one = matches!(base.adjusted(), 0 | -1) && base.exp <= 0;
        let top = other.adjusted() + if near_one { base.logarithm_lead() + 3 } else { 21 };
        if top < -(c.prec + 2) {
            return about_one(negative, small, c, s);
        }
        let mut beyond = false;
        let made = rounded(negative, c, &mut *s, |width| {
            let reach = width + other.adjusted().max(0) + 4;
            let bits = bits_for(reach)?;
            let logarithm = ln_of(&base.coeff, base.exp, bits)?;
            let (ln_sign, magnitude) = logarithm.into_parts();
            // The product keeps the scale of the logarithm.
            let product = magnitude * &other.coeff;
            let product = if other.exp >= 0 { product * pow10(other.exp)? } else { product / pow10(-other.exp)? };
            let exponent = IBig::from_parts(ln_sign * sign(other.negative), product);
            if exponent.clone().abs().into_parts().1.bit_len() > bits + 63 {
                beyond = true;
                return Some((UBig::ONE, 0));
            }
            exp_parts(&exponent, width, bits)
        });
        if beyond { far_out(negative, small, c, s) } else { made }
    }

    /// Whether a whole number is odd.
    fn is_odd(&self) -> bool {
        if !self.is_finite() || self.exp > 0 {
            return false;
        }
        match pow10(-self.exp) {
            Some(power) if self.exp < 0 => (&self.coeff / power).bit(0),
            _ => self.coeff.bit(0),
        }
    }

    /// The power of a positive number with a whole exponent, if it may have no more digits than the precision; such
    /// powers are exact, or rounded once.
    fn exact_power(&self, other: &Decimal, negative: bool, c: &Context, s: &mut Status) -> Option<Decimal> {
        let mut coeff = self.coeff.clone();
        let zeros = strip_zeros(&mut coeff, i64::MAX);
        let far = 4 * MAX_EMAX;
        let n = other.rescaled(0, Rounding::Down).and_then(|(n, _)| i64::try_from(&n.coeff).ok());
        let n = match n {
            Some(n) => n,
            None if coeff.is_one() => far,
            None => return None,
        };
        let room = c.prec.saturating_mul(4).saturating_add(64);
        let power = if coeff.is_one() {
            UBig::ONE
        } else {
            if (coeff.bit_len() as i64).saturating_mul(n) > room.saturating_mul(4) {
                return None;
            }
            let bits = coeff.bit_len().saturating_mul(usize::try_from(n).ok()?);
            if crate::int::big::room_for(4, bits / 64).is_err() {
                return Some(Decimal::no_memory(s));
            }
            coeff.pow(usize::try_from(n).ok()?)
        };
        let scaled = |e: i64| (i128::from(e) * i128::from(n)).clamp(-i128::from(far), i128::from(far)) as i64;
        if other.negative {
            let one = Decimal::new(negative, UBig::ONE, 0);
            let high = scaled(self.exp + zeros);
            if coeff.is_one() {
                return Some(Decimal::new(negative, UBig::ONE, -high.max(-far)).finish(c, s));
            }
            return Some(one.div(&Decimal::new(false, power, high), c, s));
        }
        let exp = scaled(self.exp + zeros);
        let pad = scaled(zeros).min((c.prec + 1 - digits(&power)).max(0));
        let power = super::product(&power, &pow10(pad)?)?;
        Some(Decimal::new(negative, power, exp - pad).finish(c, s))
    }

    /// `self ** other % modulus` of whole numbers.
    pub fn pow_mod(&self, other: &Decimal, modulus: &Decimal, c: &Context, s: &mut Status) -> Decimal {
        if let Some(nan) = Decimal::nan_of(&[self, other, modulus], c, s) {
            return nan;
        }
        let whole = self.is_integer() && other.is_integer() && modulus.is_integer();
        if !whole || other.negative && !other.is_zero() || modulus.is_zero() || self.is_zero() && other.is_zero() {
            return Decimal::invalid(s, INVALID_OPERATION);
        }
        if modulus.adjusted() >= c.prec {
            return Decimal::invalid(s, INVALID_OPERATION);
        }
        let whole = |d: &Decimal| d.rescaled(0, Rounding::Down).map(|(d, _)| d.coeff);
        let Some(m) = whole(modulus) else { return Decimal::no_memory(s) };
        let negative = self.negative && other.is_odd();
        // Large exponents of ten are powers of their own.
        let reduced = |c: &UBig, exp: i64| -> UBig {
            if exp <= 0 {
                return pow10(-exp).map_or(UBig::ZERO, |p| c / p) % &m;
            }
            (c % &m) * power_mod(&(UBig::from(10u8) % &m), &UBig::from(exp as u64), &m) % &m
        };
        let base = reduced(&self.coeff, self.exp);
        let made = if other.exp <= 0 {
            match whole(other) {
                Some(n) => power_mod(&base, &n, &m),
                None => return Decimal::no_memory(s),
            }
        } else {
            if other.exp > 10_000_000 {
                return Decimal::no_memory(s);
            }
            let mut made = power_mod(&base, &other.coeff, &m);
            for _ in 0..other.exp {
                made = power_mod(&made, &UBig::from(10u8), &m);
            }
            made
        };
        Decimal::new(negative, made, 0).finish(c, s)
    }
}

fn sign(negative: bool) -> Sign {
    if negative { Sign::Negative } else { Sign::Positive }
}

fn power_mod(base: &UBig, n: &UBig, m: &UBig) -> UBig {
    let mut made = UBig::ONE % m;
    for i in (0..n.bit_len()).rev() {
        made = &made * &made % m;
        if n.bit(i) {
            made = made * base % m;
        }
    }
    made
}

/// One with all the digits of the precision: what an inexact power has to show.
fn padded_one(negative: bool, c: &Context, s: &mut Status) -> Decimal {
    *s |= INEXACT | ROUNDED;
    match pow10(c.prec - 1) {
        Some(power) => Decimal::new(negative, power, 1 - c.prec).finish(c, s),
        None => Decimal::no_memory(s),
    }
}
