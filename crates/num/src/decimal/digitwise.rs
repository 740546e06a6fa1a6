//! Operations on the digits of a coefficient: logic, shifts, rotation.

use super::signal::*;
use super::{Context, Decimal, Status, digits, pow10, product};
use dashu_int::UBig;
use dashu_int::ops::DivRem;

impl Decimal {
    /// The digits, all 0 or 1, of a logical operand.
    fn logical(&self, c: &Context) -> Option<Vec<u8>> {
        if !self.is_finite() || self.negative || self.exp != 0 {
            return None;
        }
        let mut all = self.digit_text().into_bytes();
        if !all.iter().all(|b| matches!(b, b'0' | b'1')) {
            return None;
        }
        // What is longer than the precision loses its first digits.
        all.drain(..all.len().saturating_sub(usize::try_from(c.prec).unwrap_or(usize::MAX)));
        Some(all)
    }

    fn of_logical(all: &[u8], s: &mut Status) -> Decimal {
        match super::text::parse_digits(all) {
            Some(coeff) => Decimal::new(false, coeff, 0),
            None => Decimal::invalid(s, INVALID_OPERATION),
        }
    }

    /// `logical_and` and its like.
    pub fn logical_with(&self, other: &Decimal, f: fn(u8, u8) -> u8, c: &Context, s: &mut Status) -> Decimal {
        let (Some(mut x), Some(mut y)) = (self.logical(c), other.logical(c)) else {
            return Decimal::invalid(s, INVALID_OPERATION);
        };
        if x.len() < y.len() {
            std::mem::swap(&mut x, &mut y);
        }
        let ahead = x.len() - y.len();
        for (i, digit) in x.iter_mut().enumerate() {
            let theirs = if i < ahead { 0 } else { y[i - ahead] - b'0' };
            *digit = b'0' + f(*digit - b'0', theirs);
        }
        Decimal::of_logical(&x, s)
    }

    /// `logical_invert`.
    pub fn logical_invert(&self, c: &Context, s: &mut Status) -> Decimal {
        let Some(all) = self.logical(c) else { return Decimal::invalid(s, INVALID_OPERATION) };
        let Ok(prec) = usize::try_from(c.prec) else { return Decimal::no_memory(s) };
        let mut out = Vec::new();
        if out.try_reserve_exact(prec).is_err() {
            return Decimal::no_memory(s);
        }
        out.resize(prec - all.len(), b'1');
        out.extend(all.iter().map(|b| b'0' + b'1' - b));
        Decimal::of_logical(&out, s)
    }

    /// How far to shift or rotate; not further than the precision.
    fn distance(other: &Decimal, c: &Context) -> Option<i64> {
        other.as_small_int().filter(|n| n.abs() <= c.prec)
    }

    /// Digits shifted to the left, or for negative numbers to the right; what leaves the precision is lost.
    pub fn shift(&self, other: &Decimal, c: &Context, s: &mut Status) -> Decimal {
        if let Some(nan) = Decimal::nan_of(&[self, other], c, s) {
            return nan;
        }
        let Some(by) = Decimal::distance(other, c) else { return Decimal::invalid(s, INVALID_OPERATION) };
        if self.is_infinite() {
            return self.clone();
        }
        let coeff = if by < 0 {
            Some(match pow10(-by) {
                Some(_) if -by >= self.digits() => UBig::ZERO,
                // Digits beyond the precision are lost before the shift.
                Some(power) => match pow10(c.prec).filter(|_| self.digits() > c.prec) {
                    Some(width) => (&self.coeff % width) / power,
                    None => &self.coeff / power,
                },
                None => UBig::ZERO,
            })
        } else {
            // Only the digits that stay are moved.
            match (pow10(c.prec - by), pow10(by)) {
                (Some(keep), Some(power)) => product(&(&self.coeff % keep), &power),
                (None, Some(power)) => product(&self.coeff, &power),
                _ => None,
            }
        };
        match coeff {
            Some(coeff) => Decimal::new(self.negative, coeff, self.exp),
            None => Decimal::no_memory(s),
        }
    }

    /// Digits rotated to the left, or for negative numbers to the right, in a field as wide as the precision.
    pub fn rotate(&self, other: &Decimal, c: &Context, s: &mut Status) -> Decimal {
        if let Some(nan) = Decimal::nan_of(&[self, other], c, s) {
            return nan;
        }
        let Some(by) = Decimal::distance(other, c) else { return Decimal::invalid(s, INVALID_OPERATION) };
        if self.is_infinite() {
            return self.clone();
        }
        let Some(width) = pow10(c.prec) else { return Decimal::no_memory(s) };
        let coeff = if digits(&self.coeff) > c.prec { &self.coeff % width } else { self.coeff.clone() };
        let left = if by < 0 { c.prec + by } else { by };
        let (Some(split), Some(power)) = (pow10(c.prec - left), pow10(left)) else { return Decimal::no_memory(s) };
        let (high, low) = coeff.div_rem(&split);
        match product(&low, &power) {
            Some(moved) => Decimal::new(self.negative, moved + high, self.exp),
            None => Decimal::no_memory(s),
        }
    }
}
