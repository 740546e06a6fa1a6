//! Rounding to a place, neighbours, exponents.

use super::signal::*;
use super::{Context, Decimal, MAX_EMAX, Rounding, Status, digits, pow10, small, strip_zeros};
use dashu_int::UBig;

impl Decimal {
    /// The value with the exponent of `exp`.
    pub fn quantize(&self, exp: &Decimal, c: &Context, s: &mut Status) -> Decimal {
        if let Some(nan) = Decimal::nan_of(&[self, exp], c, s) {
            return nan;
        }
        if self.is_infinite() || exp.is_infinite() {
            if self.is_infinite() && exp.is_infinite() {
                return self.clone();
            }
            return Decimal::invalid(s, INVALID_OPERATION);
        }
        if !(c.etiny()..=c.emax).contains(&exp.exp) {
            return Decimal::invalid(s, INVALID_OPERATION);
        }
        self.to_exponent(exp.exp, c, s)
    }

    fn to_exponent(&self, exp: i64, c: &Context, s: &mut Status) -> Decimal {
        if self.coeff.is_zero() {
            return Decimal::zero(self.negative, exp).finish(c, s);
        }
        if let Some(made) = small::with_exponent(self, exp, c, s) {
            return made;
        }
        if self.adjusted() > c.emax || self.adjusted() - exp + 1 > c.prec {
            return Decimal::invalid(s, INVALID_OPERATION);
        }
        let Some((made, exact)) = self.rescaled(exp, c.rounding) else { return Decimal::no_memory(s) };
        if made.adjusted() > c.emax || digits(&made.coeff) > c.prec {
            return Decimal::invalid(s, INVALID_OPERATION);
        }
        if made.is_subnormal(c) {
            *s |= SUBNORMAL;
        }
        if exp > self.exp {
            *s |= ROUNDED;
            if !exact {
                *s |= INEXACT;
            }
        }
        // Only a clamp can change it now.
        let mut more = 0;
        let made = made.finish(c, &mut more);
        *s |= more & (CLAMPED | MEMORY);
        made
    }

    /// A whole number; with `exact` the conditions of the rounding are reported.
    pub fn to_integral(&self, exact: bool, c: &Context, s: &mut Status) -> Decimal {
        if let Some(nan) = Decimal::nan_of(&[self], c, s) {
            return nan;
        }
        if self.is_infinite() || self.exp >= 0 {
            return self.clone();
        }
        if self.coeff.is_zero() {
            return Decimal::zero(self.negative, 0);
        }
        let Some((made, same)) = self.rescaled(0, c.rounding) else { return Decimal::no_memory(s) };
        if exact {
            *s |= ROUNDED;
            if !same {
                *s |= INEXACT;
            }
        }
        made
    }

    /// Without zeros at the end.
    pub fn normalize(&self, c: &Context, s: &mut Status) -> Decimal {
        if let Some(nan) = Decimal::nan_of(&[self], c, s) {
            return nan;
        }
        let mut made = self.clone().finish(c, s);
        if !made.is_finite() {
            return made;
        }
        if made.coeff.is_zero() {
            return Decimal::zero(made.negative, 0);
        }
        let most = if c.clamp { c.etop() } else { c.emax };
        made.exp += strip_zeros(&mut made.coeff, most - made.exp);
        made
    }

    /// The nearest number of the context above (or below) this one.
    pub fn next(&self, up: bool, c: &Context, s: &mut Status) -> Decimal {
        if let Some(nan) = Decimal::nan_of(&[self], c, s) {
            return nan;
        }
        if self.is_infinite() {
            if self.negative != up {
                return self.clone();
            }
            return match pow10(c.prec) {
                Some(power) => Decimal::new(self.negative, power - UBig::ONE, c.etop()),
                None => Decimal::no_memory(s),
            };
        }
        let c = &c.with_rounding(if up { Rounding::Ceiling } else { Rounding::Floor });
        let rounded = self.clone().finish(c, &mut 0);
        if rounded.order(self).is_ne() {
            return rounded;
        }
        let tiny = Decimal::new(!up, UBig::ONE, c.etiny() - 1);
        self.add(&tiny, c, &mut 0)
    }

    /// The neighbour in the direction of `other`.
    pub fn next_toward(&self, other: &Decimal, c: &Context, s: &mut Status) -> Decimal {
        if let Some(nan) = Decimal::nan_of(&[self, other], c, s) {
            return nan;
        }
        let order = self.order(other);
        if order.is_eq() {
            return self.clone().with_sign(other.negative);
        }
        let made = self.next(order.is_lt(), c, s);
        if made.is_infinite() {
            *s |= OVERFLOW | ROUNDED | INEXACT;
        } else if made.is_finite() && made.adjusted() < c.emin {
            *s |= UNDERFLOW | SUBNORMAL | ROUNDED | INEXACT;
            if made.coeff.is_zero() {
                *s |= CLAMPED;
            }
        }
        made
    }

    /// The adjusted exponent as a number.
    pub fn logb(&self, c: &Context, s: &mut Status) -> Decimal {
        if let Some(nan) = Decimal::nan_of(&[self], c, s) {
            return nan;
        }
        if self.is_infinite() {
            return Decimal::infinity(false);
        }
        if self.coeff.is_zero() {
            *s |= DIVISION_BY_ZERO;
            return Decimal::infinity(true);
        }
        let n = self.adjusted();
        Decimal::new(n < 0, UBig::from(n.unsigned_abs()), 0).finish(c, s)
    }

    /// A whole number without exponent, in an `i64`.
    pub(super) fn as_small_int(&self) -> Option<i64> {
        if !self.is_finite() || self.exp != 0 {
            return None;
        }
        let n = i64::try_from(&self.coeff).ok()?;
        Some(if self.negative { -n } else { n })
    }

    /// The number with `other` added to its exponent.
    pub fn scaleb(&self, other: &Decimal, c: &Context, s: &mut Status) -> Decimal {
        if let Some(nan) = Decimal::nan_of(&[self, other], c, s) {
            return nan;
        }
        let most = (c.emax + c.prec).saturating_mul(2);
        let by = match other.as_small_int() {
            Some(n) if n.abs() <= most => n,
            _ => return Decimal::invalid(s, INVALID_OPERATION),
        };
        if self.is_infinite() {
            return self.clone();
        }
        let far = 4 * MAX_EMAX;
        Decimal::new(self.negative, self.coeff.clone(), (self.exp + by).clamp(-far, far)).finish(c, s)
    }

    /// Words for what kind of number it is.
    pub fn number_class(&self, c: &Context) -> &'static str {
        use super::Kind::*;
        match (self.kind, self.negative) {
            (Signaling, _) => "sNaN",
            (Quiet, _) => "NaN",
            (Infinite, true) => "-Infinity",
            (Infinite, false) => "+Infinity",
            (Finite, true) if self.coeff.is_zero() => "-Zero",
            (Finite, false) if self.coeff.is_zero() => "+Zero",
            (Finite, true) if self.is_subnormal(c) => "-Subnormal",
            (Finite, false) if self.is_subnormal(c) => "+Subnormal",
            (Finite, true) => "-Normal",
            (Finite, false) => "+Normal",
        }
    }
}
