//! The four operations, remainders, fused multiplication, square root.

use super::signal::*;
use super::{Context, Decimal, Kind, MOST_DIGITS, Rounding, Status, digits, pow10, product, small, strip_zeros};
use crate::int::big::room_for;
use dashu_int::UBig;
use dashu_int::ops::{DivRem, SquareRoot};
use std::cmp::Ordering;

impl Decimal {
    /// `self + other`.
    pub fn add(&self, other: &Decimal, c: &Context, s: &mut Status) -> Decimal {
        self.sum(other, other.negative, c, s)
    }

    /// `self - other`.
    pub fn sub(&self, other: &Decimal, c: &Context, s: &mut Status) -> Decimal {
        self.sum(other, !other.negative, c, s)
    }

    /// `self` plus the magnitude of `other` with a sign.
    fn sum(&self, other: &Decimal, negative: bool, c: &Context, s: &mut Status) -> Decimal {
        if !self.is_finite() || !other.is_finite() {
            if let Some(nan) = Decimal::nan_of(&[self, other], c, s) {
                return nan;
            }
            return match (self.is_infinite(), other.is_infinite()) {
                (true, true) if self.negative != negative => Decimal::invalid(s, INVALID_OPERATION),
                (true, _) => Decimal::infinity(self.negative),
                _ => Decimal::infinity(negative),
            };
        }
        let exp = self.exp.min(other.exp);
        let zero_sign = c.rounding == Rounding::Floor && self.negative != negative || self.negative && negative;
        match (self.coeff.is_zero(), other.coeff.is_zero()) {
            (true, true) => return Decimal::zero(zero_sign, exp).finish(c, s),
            (true, false) => return other.beside_zero(exp, negative, c, s),
            (false, true) => return self.beside_zero(exp, self.negative, c, s),
            _ => {}
        }
        if let Some(sum) = small::sum(self, other, negative, c, s) {
            return sum;
        }
        let (high, high_sign, low, low_sign) = if self.exp >= other.exp {
            (self, self.negative, other, negative)
        } else {
            (other, negative, self, self.negative)
        };
        // What lies far below the last digit of the result counts only by its sign.
        let limit = high.exp + (-1).min(high.digits() - c.prec - 2);
        let stand_in;
        let low = if low.exp + low.digits() - 1 < limit {
            stand_in = Decimal::new(low_sign, UBig::ONE, limit);
            &stand_in
        } else {
            low
        };
        let Some(padded) = high.padded(low.exp) else { return Decimal::no_memory(s) };
        let (sign, coeff) = if high_sign == low_sign {
            (high_sign, padded + &low.coeff)
        } else {
            match padded.cmp(&low.coeff) {
                Ordering::Greater => (high_sign, padded - &low.coeff),
                Ordering::Less => (low_sign, &low.coeff - padded),
                Ordering::Equal => (zero_sign, UBig::ZERO),
            }
        };
        Decimal::new(sign, coeff, low.exp).finish(c, s)
    }

    /// The sum with a zero whose exponent makes the sum's no greater than `exp`.
    fn beside_zero(&self, exp: i64, negative: bool, c: &Context, s: &mut Status) -> Decimal {
        let exp = if exp < self.exp { exp.max(self.exp.min(self.exp + self.digits() - c.prec - 1)) } else { self.exp };
        match self.padded(exp) {
            Some(coeff) => Decimal::new(negative, coeff, exp).finish(c, s),
            None => Decimal::no_memory(s),
        }
    }

    /// `self * other`.
    pub fn mul(&self, other: &Decimal, c: &Context, s: &mut Status) -> Decimal {
        if self.is_finite()
            && other.is_finite()
            && let Some(product) = small::product(self, other, c, s)
        {
            return product;
        }
        match self.exact_product(other, c, s) {
            Ok(product) => product.finish(c, s),
            Err(special) => special,
        }
    }

    fn exact_product(&self, other: &Decimal, c: &Context, s: &mut Status) -> Result<Decimal, Decimal> {
        let negative = self.negative != other.negative;
        if !self.is_finite() || !other.is_finite() {
            if let Some(nan) = Decimal::nan_of(&[self, other], c, s) {
                return Err(nan);
            }
            if self.is_zero() || other.is_zero() {
                return Err(Decimal::invalid(s, INVALID_OPERATION));
            }
            return Err(Decimal::infinity(negative));
        }
        if room_for(2, self.coeff.as_words().len() + other.coeff.as_words().len()).is_err() {
            return Err(Decimal::no_memory(s));
        }
        Ok(Decimal::new(negative, &self.coeff * &other.coeff, self.exp + other.exp))
    }

    /// `self * factor + other`, rounded once.
    pub fn fma(&self, factor: &Decimal, other: &Decimal, c: &Context, s: &mut Status) -> Decimal {
        // An invalid product, of zero and infinity or of a signaling NaN, stays invalid whatever is added.
        let mut met = 0;
        match self.exact_product(factor, c, &mut met) {
            Ok(product) => product.add(other, c, s),
            Err(special) if met != 0 => {
                *s |= met;
                special
            }
            Err(special) => special.add(other, c, s),
        }
    }

    /// `self / other`.
    pub fn div(&self, other: &Decimal, c: &Context, s: &mut Status) -> Decimal {
        let negative = self.negative != other.negative;
        if !self.is_finite() || !other.is_finite() {
            if let Some(nan) = Decimal::nan_of(&[self, other], c, s) {
                return nan;
            }
            return match (self.is_infinite(), other.is_infinite()) {
                (true, true) => Decimal::invalid(s, INVALID_OPERATION),
                (true, _) => Decimal::infinity(negative),
                _ => {
                    *s |= CLAMPED;
                    Decimal::zero(negative, c.etiny())
                }
            };
        }
        if other.coeff.is_zero() {
            if self.coeff.is_zero() {
                return Decimal::invalid(s, DIVISION_UNDEFINED);
            }
            *s |= DIVISION_BY_ZERO;
            return Decimal::infinity(negative);
        }
        let ideal = self.exp - other.exp;
        if self.coeff.is_zero() {
            return Decimal::zero(negative, ideal).finish(c, s);
        }
        if let Some(quotient) = small::quotient(self, other, c, s) {
            return quotient;
        }
        let shift = other.digits() - self.digits() + c.prec + 1;
        let mut exp = ideal - shift;
        let scaled = |n: &UBig, by: i64| {
            let power = if by > MOST_DIGITS { None } else { pow10(by) }?;
            room_for(5, n.as_words().len() + power.as_words().len()).ok()?;
            Some(n * power)
        };
        let divided = if shift >= 0 {
            scaled(&self.coeff, shift).map(|n| n.div_rem(&other.coeff))
        } else {
            scaled(&other.coeff, -shift).map(|d| (&self.coeff).div_rem(&d))
        };
        let Some((mut q, r)) = divided else { return Decimal::no_memory(s) };
        if r.is_zero() {
            exp += strip_zeros(&mut q, ideal - exp);
        } else if (&q % 5u8) == 0 {
            // A digit that says that more follow.
            q += UBig::ONE;
        }
        Decimal::new(negative, q, exp).finish(c, s)
    }

    /// Quotient rounded towards zero, and remainder; both have passed the checks of special values.
    fn integer_division(&self, other: &Decimal, c: &Context, s: &mut Status) -> Option<(Decimal, Decimal)> {
        let negative = self.negative != other.negative;
        let exp = if other.is_infinite() { self.exp } else { self.exp.min(other.exp) };
        let ahead = self.adjusted() - if other.is_infinite() { 0 } else { other.adjusted() };
        if self.coeff.is_zero() || other.is_infinite() || ahead <= -2 {
            let Some((rest, _)) = self.rescaled(exp, Rounding::HalfEven) else {
                *s |= MEMORY;
                return None;
            };
            return Some((Decimal::zero(negative, 0), rest));
        }
        if ahead > c.prec {
            *s |= DIVISION_IMPOSSIBLE;
            return None;
        }
        let (q, r) = match small::whole_quotient(self, other) {
            Some((q, r)) => (UBig::from(q), UBig::from(r)),
            None => {
                let (Some(n), Some(d)) = (self.padded(exp), other.padded(exp)) else {
                    *s |= MEMORY;
                    return None;
                };
                n.div_rem(&d)
            }
        };
        if digits(&q) > c.prec {
            *s |= DIVISION_IMPOSSIBLE;
            return None;
        }
        Some((Decimal::new(negative, q, 0), Decimal::new(self.negative, r, exp)))
    }

    /// `self // other`: the quotient rounded towards zero.
    pub fn floor_div(&self, other: &Decimal, c: &Context, s: &mut Status) -> Decimal {
        if let Some(nan) = Decimal::nan_of(&[self, other], c, s) {
            return nan;
        }
        let negative = self.negative != other.negative;
        if self.is_infinite() {
            if other.is_infinite() {
                return Decimal::invalid(s, INVALID_OPERATION);
            }
            return Decimal::infinity(negative);
        }
        if other.is_zero() {
            if self.is_zero() {
                return Decimal::invalid(s, DIVISION_UNDEFINED);
            }
            *s |= DIVISION_BY_ZERO;
            return Decimal::infinity(negative);
        }
        match self.integer_division(other, c, s) {
            Some((q, _)) => q.finish(c, s),
            None => Decimal::nan(),
        }
    }

    /// What both kinds of remainder are where there is nothing to divide.
    fn special_remainder(&self, other: &Decimal, c: &Context, s: &mut Status) -> Option<Decimal> {
        if let Some(nan) = Decimal::nan_of(&[self, other], c, s) {
            return Some(nan);
        }
        if self.is_infinite() {
            return Some(Decimal::invalid(s, INVALID_OPERATION));
        }
        if other.is_zero() {
            let condition = if self.is_zero() { DIVISION_UNDEFINED } else { INVALID_OPERATION };
            return Some(Decimal::invalid(s, condition));
        }
        other.is_infinite().then(|| self.clone().finish(c, s))
    }

    /// `self % other`, with the sign of `self`.
    pub fn rem(&self, other: &Decimal, c: &Context, s: &mut Status) -> Decimal {
        if let Some(special) = self.special_remainder(other, c, s) {
            return special;
        }
        match self.integer_division(other, c, s) {
            Some((_, r)) => r.finish(c, s),
            None => Decimal::nan(),
        }
    }

    /// `divmod(self, other)`.
    pub fn div_mod(&self, other: &Decimal, c: &Context, s: &mut Status) -> (Decimal, Decimal) {
        if let Some(nan) = Decimal::nan_of(&[self, other], c, s) {
            return (nan.clone(), nan);
        }
        let negative = self.negative != other.negative;
        if self.is_infinite() {
            let q =
                if other.is_infinite() { Decimal::invalid(s, INVALID_OPERATION) } else { Decimal::infinity(negative) };
            return (q, Decimal::invalid(s, INVALID_OPERATION));
        }
        if other.is_zero() {
            if self.is_zero() {
                let nan = Decimal::invalid(s, DIVISION_UNDEFINED);
                return (nan.clone(), nan);
            }
            *s |= DIVISION_BY_ZERO;
            return (Decimal::infinity(negative), Decimal::invalid(s, INVALID_OPERATION));
        }
        match self.integer_division(other, c, s) {
            Some((q, r)) => (q.finish(c, s), r.finish(c, s)),
            None => (Decimal::nan(), Decimal::nan()),
        }
    }

    /// The remainder of the quotient rounded to the nearest whole number.
    pub fn rem_near(&self, other: &Decimal, c: &Context, s: &mut Status) -> Decimal {
        if let Some(special) = self.special_remainder(other, c, s) {
            return special;
        }
        let exp = self.exp.min(other.exp);
        if self.coeff.is_zero() {
            return Decimal::zero(self.negative, exp).finish(c, s);
        }
        let ahead = self.adjusted() - other.adjusted();
        if ahead > c.prec {
            return Decimal::invalid(s, DIVISION_IMPOSSIBLE);
        }
        if ahead <= -2 {
            return match self.rescaled(exp, c.rounding) {
                Some((same, _)) => same.finish(c, s),
                None => Decimal::no_memory(s),
            };
        }
        let (Some(n), Some(d)) = (self.padded(exp), other.padded(exp)) else { return Decimal::no_memory(s) };
        let (mut q, mut r) = n.div_rem(&d);
        let mut negative = self.negative;
        let twice = &r << 1;
        let odd = (&q % 2u8) == 1;
        if twice > d || twice == d && odd {
            r = d - r;
            negative = !negative;
            q += UBig::ONE;
        }
        if digits(&q) > c.prec {
            return Decimal::invalid(s, DIVISION_IMPOSSIBLE);
        }
        Decimal::new(negative, r, exp).finish(c, s)
    }

    /// The square root.
    pub fn sqrt(&self, c: &Context, s: &mut Status) -> Decimal {
        if let Some(nan) = Decimal::nan_of(&[self], c, s) {
            return nan;
        }
        if self.is_zero() {
            return Decimal::zero(self.negative, self.exp.div_euclid(2)).finish(c, s);
        }
        if self.negative {
            return Decimal::invalid(s, INVALID_OPERATION);
        }
        if self.kind == Kind::Infinite {
            return self.clone();
        }
        let ideal = self.exp.div_euclid(2);
        // An even exponent, and one digit more than the precision.
        let (n, len) = if self.exp.rem_euclid(2) == 1 {
            (&self.coeff * UBig::from(10u8), self.digits() + 1)
        } else {
            (self.coeff.clone(), self.digits())
        };
        let shift = c.prec + 1 - (len + 1).div_euclid(2);
        let (n, mut exact) = if shift >= 0 {
            match pow10(2 * shift).and_then(|power| product(&n, &power)) {
                Some(n) => (n, true),
                None => return Decimal::no_memory(s),
            }
        } else {
            match pow10(-2 * shift) {
                Some(power) => {
                    let (q, r) = n.div_rem(&power);
                    (q, r.is_zero())
                }
                None => return Decimal::no_memory(s),
            }
        };
        if room_for(6, n.as_words().len()).is_err() {
            return Decimal::no_memory(s);
        }
        let mut root = n.sqrt();
        exact = exact && &root * &root == n;
        let mut exp = ideal - shift;
        if exact {
            if shift >= 0 {
                exp += strip_zeros(&mut root, shift);
            } else if let Some(power) = pow10(-shift) {
                root *= power;
                exp += shift;
            }
        } else if (&root % 5u8) == 0 {
            root += UBig::ONE;
        }
        Decimal::new(false, root, exp).finish(&c.with_rounding(Rounding::HalfEven), s)
    }
}
