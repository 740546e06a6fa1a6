//! Numbers whose coefficients have up to 256 bits, 77 digits: nearly all of them. They are worked out in words, without
//! memory and with tables of powers of ten.
//!
//! Each operation here has either the whole answer or none, and is asked before the general one: what is special (zeros,
//! subnormal numbers, clamps, overflows) or too long is left to that, which knows all rules. So there is one place for
//! each rule, and none of them twice.

use super::signal::*;
use super::{Context, Decimal, Rounding, Status, grows};
use dashu_int::{UBig, Word};
use std::cmp::Ordering;

/// `10 ** n`, as far as it fits 128 bits.
pub(super) static POW10: [u128; 39] = {
    let mut all = [1; 39];
    let mut n = 1;
    while n < all.len() {
        all[n] = all[n - 1] * 10;
        n += 1;
    }
    all
};

/// `10 ** n`, as far as it fits 256 bits.
static WIDE_POW10: [Wide; 78] = {
    let mut all = [Wide { high: 0, low: 1 }; 78];
    let mut n = 1;
    while n < all.len() {
        all[n] = all[n - 1].times_word(10);
        n += 1;
    }
    all
};

/// So many digits fit 256 bits, whatever they are.
const MOST_DIGITS: i64 = 77;
const LOW: u128 = u64::MAX as u128;

/// A number of 256 bits. The derived order is that of the numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Wide {
    high: u128,
    low: u128,
}

/// A coefficient of 128 bits.
#[inline(always)]
pub(super) fn narrow(n: &UBig) -> Option<u128> {
    u128::try_from(n).ok()
}

/// Digits of a number, one for zero.
#[inline]
pub(super) fn digits(n: u128) -> i64 {
    // 1233 / 4096 is the logarithm of 2, and so little less that it is never the digit before. The lowest bit makes no
    // difference to the comparison but for zero.
    let n = n | 1;
    let below = (((u128::BITS - n.leading_zeros()) * 1233) >> 12) as usize;
    below as i64 + i64::from(n >= POW10[below])
}

/// Quotient and remainder by `10 ** n`, where n is below 39.
#[inline]
pub(super) fn div_pow10(n: u128, power: usize) -> (u128, u128) {
    let d = POW10[power];
    if n < d {
        return (0, n);
    }
    match (u64::try_from(n), u64::try_from(d)) {
        (Ok(n), Ok(d)) => ((n / d).into(), (n % d).into()),
        _ => {
            let q = n / d;
            (q, n - q * d)
        }
    }
}

/// Removes up to `most` zeros at the end; how many there were.
pub(super) fn strip_zeros(n: &mut u128, most: i64) -> i64 {
    // A multiple of 10**k is one of 2**k.
    let most = most.min(n.trailing_zeros().into());
    let mut gone = 0;
    let mut step = 32;
    while step > 0 {
        if gone + step <= most {
            let (q, r) = div_pow10(*n, step as usize);
            if r == 0 {
                *n = q;
                gone += step;
                continue;
            }
        }
        step /= 2;
    }
    gone
}

impl Wide {
    /// A coefficient, if it fits.
    #[inline]
    pub(super) fn of(n: &UBig) -> Option<Wide> {
        if let Some(low) = narrow(n) {
            return Some(low.into());
        }
        match (Word::BITS, n.as_words()) {
            (64, &[a, b, c]) => Some(Wide { low: join(b, a), high: c.into() }),
            (64, &[a, b, c, d]) => Some(Wide { low: join(b, a), high: join(d, c) }),
            _ => None,
        }
    }

    fn into_coefficient(self) -> UBig {
        if self.high == 0 {
            return UBig::from(self.low);
        }
        if Word::BITS == 64 {
            let word = |n: u128| n as Word;
            return UBig::from_words(&[word(self.low), word(self.low >> 64), word(self.high), word(self.high >> 64)]);
        }
        (UBig::from(self.high) << 128) + UBig::from(self.low)
    }

    #[inline]
    pub(super) fn digits(self) -> i64 {
        if self.high == 0 {
            return digits(self.low);
        }
        let below = (((2 * u128::BITS - self.high.leading_zeros()) * 1233) >> 12) as usize;
        below as i64 + i64::from(self >= WIDE_POW10[below])
    }

    /// The product with a word, which fits.
    #[inline]
    const fn times_word(self, by: u64) -> Wide {
        let by = by as u128;
        let first = (self.low & LOW) * by;
        let second = (self.low >> 64) * by + (first >> 64);
        Wide { low: second << 64 | first & LOW, high: self.high.wrapping_mul(by) + (second >> 64) }
    }

    /// The product of two numbers of 128 bits.
    #[inline]
    fn product(a: u128, b: u128) -> Wide {
        if (a | b) >> 64 == 0 {
            return Wide::from(a * b);
        }
        let (a1, a0, b1, b0) = (a >> 64, a & LOW, b >> 64, b & LOW);
        let (low, cross, other) = (a0 * b0, a0 * b1, a1 * b0);
        let middle = (low >> 64) + (cross & LOW) + (other & LOW);
        Wide { low: middle << 64 | low & LOW, high: a1 * b1 + (cross >> 64) + (other >> 64) + (middle >> 64) }
    }

    /// The product with `10 ** n`, if it has no more than 77 digits.
    #[inline]
    fn padded(self, n: i64) -> Option<Wide> {
        if n == 0 {
            return Some(self);
        }
        if self.digits() + n > MOST_DIGITS {
            return None;
        }
        let by = |n: Wide, power: usize| {
            let low = Wide::product(n.low, POW10[power]);
            Wide { high: low.high + n.high * POW10[power], ..low }
        };
        let n = n as usize;
        Some(if n < POW10.len() { by(self, n) } else { by(by(self, 38), n - 38) })
    }

    fn plus(self, other: Wide) -> Option<Wide> {
        let (low, carry) = self.low.overflowing_add(other.low);
        Some(Wide { low, high: self.high.checked_add(other.high)?.checked_add(carry.into())? })
    }

    /// The difference with a smaller number.
    fn minus(self, other: Wide) -> Wide {
        let (low, borrow) = self.low.overflowing_sub(other.low);
        Wide { low, high: self.high - other.high - u128::from(borrow) }
    }

    /// Quotient and remainder by a number that is not zero.
    fn div_rem(self, d: u128) -> (Wide, u128) {
        if self.high == 0 {
            let q = self.low / d;
            return (Wide::from(q), self.low - q * d);
        }
        let words = [self.high >> 64, self.high & LOW, self.low >> 64, self.low & LOW];
        if d <= LOW {
            let mut rest = 0;
            let q = words.map(|word| {
                let n = rest << 64 | word;
                let q = if n < d { 0 } else { n / d };
                rest = n - q * d;
                q
            });
            return (Wide { high: q[0] << 64 | q[1], low: q[2] << 64 | q[3] }, rest);
        }
        // Knuth's algorithm D with a divisor of two words, whose highest bit is moved to the top.
        let shift = d.leading_zeros();
        let d = d << shift;
        let (d1, d0) = (d >> 64, d & LOW);
        let moved = |above: u128, word: u128| (above << 64 | word) << shift >> 64;
        let mut rest = words[0] << shift >> 64 << 64 | moved(words[0], words[1]);
        let mut next = |word: u128| {
            let mut q = if rest >> 64 >= d1 { LOW } else { rest / d1 };
            let mut left = rest - q * d1;
            while left <= LOW && q * d0 > (left << 64 | word) {
                q -= 1;
                left += d1;
            }
            rest = (left << 64 | word).wrapping_sub(q * d0);
            q
        };
        let q = [next(moved(words[1], words[2])), next(moved(words[2], words[3])), next(words[3] << shift & LOW)];
        (Wide { high: q[0], low: q[1] << 64 | q[2] }, rest >> shift)
    }
}

impl From<u128> for Wide {
    #[inline(always)]
    fn from(low: u128) -> Wide {
        Wide { high: 0, low }
    }
}

const fn join(high: Word, low: Word) -> u128 {
    (high as u128) << 64 | low as u128
}

/// The half that a remainder is compared with: `rest` beside `power / 2`.
fn beside_half(rest: u128, power: usize) -> Ordering {
    (2 * rest).cmp(&POW10[power])
}

fn note_rounding(s: &mut Status, exact: bool) {
    *s |= if exact { ROUNDED } else { ROUNDED | INEXACT };
}

/// Whether a number with this coefficient needs no more than rounding: it is not zero, normal, and no clamp changes it.
fn is_ordinary(is_zero: bool, adjusted: i64, exp: i64, c: &Context) -> bool {
    !is_zero && adjusted <= c.emax && adjusted >= c.emin && !(c.clamp && exp > c.etop())
}

/// A number rounded to the context.
pub(super) fn settled(negative: bool, n: u128, exp: i64, c: &Context, s: &mut Status) -> Decimal {
    let digits = digits(n);
    if !is_ordinary(n == 0, exp + digits - 1, exp, c) {
        return Decimal::new(negative, UBig::from(n), exp).finish(c, s);
    }
    let drop = digits - c.prec;
    if drop <= 0 {
        return Decimal::new(negative, UBig::from(n), exp);
    }
    let power = drop as usize;
    let (mut q, rest) = div_pow10(n, power);
    let mut exp = exp + drop;
    if grows(c.rounding, negative, || q % 10, beside_half(rest, power), rest == 0) {
        q += 1;
        if q == POW10[c.prec as usize] {
            q = POW10[c.prec as usize - 1];
            exp += 1;
            if exp > c.etop() {
                return Decimal::overflowed(negative, c, s);
            }
        }
    }
    note_rounding(s, rest == 0);
    Decimal::new(negative, UBig::from(q), exp)
}

/// The same for a number of 256 bits.
fn settled_wide(negative: bool, n: Wide, exp: i64, c: &Context, s: &mut Status) -> Decimal {
    if n.high == 0 {
        return settled(negative, n.low, exp, c, s);
    }
    let digits = n.digits();
    let drop = digits - c.prec;
    let general = |s: &mut Status| Decimal::new(negative, n.into_coefficient(), exp).finish(c, s);
    if !is_ordinary(false, exp + digits - 1, exp, c) || drop >= POW10.len() as i64 {
        return general(s);
    }
    if drop <= 0 {
        return Decimal::new(negative, n.into_coefficient(), exp);
    }
    let power = drop as usize;
    let (mut q, rest) = n.div_rem(POW10[power]);
    let mut exp = exp + drop;
    if grows(c.rounding, negative, || q.div_rem(10).1, beside_half(rest, power), rest == 0) {
        let Some(more) = q.plus(Wide::from(1)) else { return general(s) };
        q = more;
        if q == WIDE_POW10[c.prec as usize] {
            q = WIDE_POW10[c.prec as usize - 1];
            exp += 1;
            if exp > c.etop() {
                return Decimal::overflowed(negative, c, s);
            }
        }
    }
    note_rounding(s, rest == 0);
    Decimal::new(negative, q.into_coefficient(), exp)
}

/// The sum of two finite numbers that are not zero, of which the second has the sign `negative`.
pub(super) fn sum(a: &Decimal, b: &Decimal, negative: bool, c: &Context, s: &mut Status) -> Option<Decimal> {
    let (high, high_sign, low, low_sign) =
        if a.exp >= b.exp { (a, a.negative, b, negative) } else { (b, negative, a, a.negative) };
    let gap = high.exp - low.exp;
    if gap >= MOST_DIGITS {
        return None;
    }
    if let (Some(x), Some(y)) = (narrow(&high.coeff), narrow(&low.coeff))
        && let Some(x) = padded(x, gap)
    {
        if high_sign == low_sign {
            if let Some(n) = x.checked_add(y) {
                return Some(settled(low_sign, n, low.exp, c, s));
            }
        } else if x != y {
            let sign = if x > y { high_sign } else { low_sign };
            return Some(settled(sign, x.abs_diff(y), low.exp, c, s));
        }
    }
    let (x, y) = (Wide::of(&high.coeff)?.padded(gap)?, Wide::of(&low.coeff)?);
    let (sign, n) = if high_sign == low_sign {
        (high_sign, x.plus(y)?)
    } else {
        match x.cmp(&y) {
            Ordering::Greater => (high_sign, x.minus(y)),
            Ordering::Less => (low_sign, y.minus(x)),
            Ordering::Equal => return None,
        }
    };
    Some(settled_wide(sign, n, low.exp, c, s))
}

/// A coefficient for an exponent that is lower by `by`, if it fits.
#[inline]
fn padded(n: u128, by: i64) -> Option<u128> {
    match usize::try_from(by) {
        Ok(0) => Some(n),
        Ok(by) if by < POW10.len() => n.checked_mul(POW10[by]),
        _ => None,
    }
}

/// The product of two finite numbers.
pub(super) fn product(a: &Decimal, b: &Decimal, c: &Context, s: &mut Status) -> Option<Decimal> {
    let (negative, exp) = (a.negative != b.negative, a.exp + b.exp);
    let n = match (narrow(&a.coeff), narrow(&b.coeff)) {
        (Some(x), Some(y)) => Wide::product(x, y),
        (wide, other) => {
            let (n, by) = if wide.is_some() { (&b.coeff, wide?) } else { (&a.coeff, other?) };
            let (n, by) = (Wide::of(n)?, u64::try_from(by).ok()?);
            if n.digits() + digits(by.into()) > MOST_DIGITS {
                return None;
            }
            n.times_word(by)
        }
    };
    Some(settled_wide(negative, n, exp, c, s))
}

/// The quotient of two finite numbers that are not zero.
pub(super) fn quotient(a: &Decimal, b: &Decimal, c: &Context, s: &mut Status) -> Option<Decimal> {
    let negative = a.negative != b.negative;
    let ideal = a.exp - b.exp;
    if c.prec > MOST_DIGITS {
        return None;
    }
    let (x, d) = (Wide::of(&a.coeff)?, narrow(&b.coeff)?);
    let shift = digits(d) - x.digits() + c.prec + 1;
    let exp = ideal - shift;
    let (q, rest) = if shift >= 0 {
        match padded(x.low, shift) {
            Some(n) if x.high == 0 => Wide::from(n).div_rem(d),
            _ => x.padded(shift)?.div_rem(d),
        }
    } else {
        x.div_rem(padded(d, -shift)?)
    };
    if q.high != 0 {
        if rest == 0 {
            return None;
        }
        // A digit that says that more follow.
        let q = if q.div_rem(5).1 == 0 { q.plus(Wide::from(1))? } else { q };
        return Some(settled_wide(negative, q, exp, c, s));
    }
    let mut q = q.low;
    let mut exp = exp;
    if rest == 0 {
        exp += strip_zeros(&mut q, ideal - exp);
    } else if q % 5 == 0 {
        q += 1;
    }
    Some(settled(negative, q, exp, c, s))
}

/// Quotient and remainder of two coefficients for a common exponent: that of `a` or that of `b`, which is lower.
pub(super) fn whole_quotient(a: &Decimal, b: &Decimal) -> Option<(u128, u128)> {
    let exp = a.exp.min(b.exp);
    let (n, d) = (padded(narrow(&a.coeff)?, a.exp - exp)?, padded(narrow(&b.coeff)?, b.exp - exp)?);
    Some(match (u64::try_from(n), u64::try_from(d)) {
        (Ok(n), Ok(d)) => ((n / d).into(), (n % d).into()),
        _ => {
            let q = n / d;
            (q, n - q * d)
        }
    })
}

/// `n / 10 ** drop`, rounded, where `drop` is below 39; whether that is exact.
pub(super) fn round_off(n: u128, drop: usize, rounding: Rounding, negative: bool) -> (u128, bool) {
    let (q, rest) = div_pow10(n, drop);
    let more = grows(rounding, negative, || q % 10, beside_half(rest, drop), rest == 0);
    (q + u128::from(more), rest == 0)
}

/// A finite number that is not zero with another exponent.
pub(super) fn with_exponent(d: &Decimal, exp: i64, c: &Context, s: &mut Status) -> Option<Decimal> {
    let n = narrow(&d.coeff)?;
    let drop = exp - d.exp;
    let (n, exact) = if drop <= 0 {
        (padded(n, -drop)?, true)
    } else if drop < POW10.len() as i64 {
        round_off(n, drop as usize, c.rounding, d.negative)
    } else {
        return None;
    };
    let digits = digits(n);
    if digits > c.prec || !is_ordinary(n == 0, exp + digits - 1, exp, c) {
        return None;
    }
    if drop > 0 {
        note_rounding(s, exact);
    }
    Some(Decimal::new(d.negative, UBig::from(n), exp))
}

/// The order of the magnitudes of two finite numbers that are not zero and begin at the same place.
pub(super) fn order(a: &Decimal, b: &Decimal) -> Option<Ordering> {
    let (x, y) = (narrow(&a.coeff)?, narrow(&b.coeff)?);
    Some(if a.exp >= b.exp { padded(x, a.exp - b.exp)?.cmp(&y) } else { x.cmp(&padded(y, b.exp - a.exp)?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn big(n: Wide) -> UBig {
        n.into_coefficient()
    }

    #[test]
    fn digits_are_counted_at_each_power_of_ten() {
        let mut power = UBig::ONE;
        for n in 0..MOST_DIGITS {
            for (delta, wanted) in [(-1i32, n.max(1)), (0, n + 1), (1, n + 1)] {
                let value = if delta < 0 { &power - UBig::ONE } else { &power + UBig::from(delta as u32) };
                let wide = Wide::of(&value).expect("77 digits");
                assert_eq!(wide.digits(), wanted, "{value}");
                assert_eq!(big(wide), value);
            }
            power *= UBig::from(10u8);
        }
        assert_eq!(digits(u128::MAX), 39);
    }

    #[test]
    fn words_multiply_and_divide_as_big_numbers_do() {
        let mut seed = 1u64;
        let mut word = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // Words of ones and of zeros are where carries and estimates go wrong.
            match seed >> 61 {
                0 => 0,
                1 => u64::MAX,
                2 => 1 << 63,
                _ => seed ^ seed >> 29,
            }
        };
        for _ in 0..200_000 {
            let mut pair = || u128::from(word()) << 64 | u128::from(word());
            let (a, b, d) = (pair(), pair(), pair());
            assert_eq!(big(Wide::product(a, b)), UBig::from(a) * UBig::from(b));
            let d = d >> (a as u32 & 127);
            if d == 0 {
                continue;
            }
            let n = Wide { high: a, low: b };
            let (q, r) = n.div_rem(d);
            assert_eq!(big(q) * UBig::from(d) + UBig::from(r), big(n), "{n:?} / {d}");
            assert!(r < d);
        }
    }
}
