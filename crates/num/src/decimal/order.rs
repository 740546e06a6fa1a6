//! Comparisons.

use super::signal::*;
use super::{Context, Decimal, Kind, Status, pow10, product, small};
use dashu_int::UBig;
use std::cmp::Ordering;

impl Decimal {
    /// The order of two numbers that are not NaNs.
    pub fn order(&self, other: &Decimal) -> Ordering {
        if self.is_zero() && other.is_zero() {
            return Ordering::Equal;
        }
        if self.is_zero() {
            return if other.negative { Ordering::Greater } else { Ordering::Less };
        }
        if other.is_zero() || self.negative != other.negative {
            return if self.negative { Ordering::Less } else { Ordering::Greater };
        }
        let order = self.order_abs(other);
        if self.negative { order.reverse() } else { order }
    }

    /// The order of the magnitudes of two numbers that are not NaNs.
    pub fn order_abs(&self, other: &Decimal) -> Ordering {
        match (self.is_infinite(), other.is_infinite()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Greater,
            (false, true) => return Ordering::Less,
            _ => {}
        }
        match (self.coeff.is_zero(), other.coeff.is_zero()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            _ => {}
        }
        if self.exp == other.exp {
            return self.coeff.cmp(&other.coeff);
        }
        let order = self.adjusted().cmp(&other.adjusted());
        if order.is_ne() {
            return order;
        }
        if let Some(order) = small::order(self, other) {
            return order;
        }
        // Both begin at the same place: the exponents differ by no more than the digits.
        let scaled = |n: &UBig, by: i64| pow10(by).and_then(|p| product(n, &p)).unwrap_or_else(|| n.clone());
        if self.exp > other.exp {
            scaled(&self.coeff, self.exp - other.exp).cmp(&other.coeff)
        } else {
            self.coeff.cmp(&scaled(&other.coeff, other.exp - self.exp))
        }
    }

    fn of_order(order: Ordering) -> Decimal {
        Decimal::new(order.is_lt(), UBig::from(u8::from(order.is_ne())), 0)
    }

    /// -1, 0 or 1, or a NaN.
    pub fn compare(&self, other: &Decimal, c: &Context, s: &mut Status) -> Decimal {
        match Decimal::nan_of(&[self, other], c, s) {
            Some(nan) => nan,
            None => Decimal::of_order(self.order(other)),
        }
    }

    /// The same, where every NaN is an invalid operation.
    pub fn compare_signal(&self, other: &Decimal, c: &Context, s: &mut Status) -> Decimal {
        match Decimal::nan_of(&[self, other], c, s) {
            Some(nan) => {
                *s |= INVALID_OPERATION;
                nan
            }
            None => Decimal::of_order(self.order(other)),
        }
    }

    /// The total order, in which representations of one value differ.
    pub fn order_total(&self, other: &Decimal) -> Ordering {
        match (self.negative, other.negative) {
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            _ => {}
        }
        let order = self.order_total_abs(other);
        if self.negative { order.reverse() } else { order }
    }

    /// The total order of the magnitudes.
    pub fn order_total_abs(&self, other: &Decimal) -> Ordering {
        let rank = |d: &Decimal| match d.kind {
            Kind::Finite => 0,
            Kind::Infinite => 1,
            Kind::Signaling => 2,
            Kind::Quiet => 3,
        };
        rank(self).cmp(&rank(other)).then_with(|| match self.kind {
            Kind::Finite => self.order_abs(other).then(self.exp.cmp(&other.exp)),
            Kind::Infinite => Ordering::Equal,
            _ => self.coeff.cmp(&other.coeff),
        })
    }

    /// `compare_total`.
    pub fn compare_total(&self, other: &Decimal) -> Decimal {
        Decimal::of_order(self.order_total(other))
    }

    /// `compare_total_mag`.
    pub fn compare_total_mag(&self, other: &Decimal) -> Decimal {
        Decimal::of_order(self.order_total_abs(other))
    }

    /// `max`, `min`, and with `magnitude` their forms that look at magnitudes; a quiet NaN loses against a number.
    pub fn extreme(&self, other: &Decimal, (largest, magnitude): (bool, bool), c: &Context, s: &mut Status) -> Decimal {
        if self.is_nan() || other.is_nan() {
            return match (self.kind, other.kind) {
                (Kind::Quiet, Kind::Finite | Kind::Infinite) => other.clone().finish(c, s),
                (Kind::Finite | Kind::Infinite, Kind::Quiet) => self.clone().finish(c, s),
                _ => Decimal::nan_of(&[self, other], c, s).unwrap_or_else(Decimal::nan),
            };
        }
        let order = if magnitude { self.order_abs(other) } else { self.order(other) };
        let order = order.then_with(|| self.order_total(other));
        let chosen = if order.is_lt() == largest { other } else { self };
        chosen.clone().finish(c, s)
    }

    /// Whether both have the same exponent, or are both infinite, or both NaNs.
    pub fn same_quantum(&self, other: &Decimal) -> bool {
        if self.is_finite() && other.is_finite() {
            return self.exp == other.exp;
        }
        self.is_nan() && other.is_nan() || self.is_infinite() && other.is_infinite()
    }
}
