//! Comparison, hashing, truth.

pub use taipan_object::dict::hash_small;

use crate::slots::{self, CompareOp};
use crate::types::str::units;
use crate::{Result, Str, Tuple, Value, Vm};
use std::cmp::Ordering;
use taipan_object::IntRef;

/// How two values are ordered, where that can be told without asking them: numbers, strings, and tuples that begin with
/// such and differ there.
#[inline]
pub(crate) fn known_order(a: &Value, b: &Value) -> Option<Ordering> {
    match leaves_order(a, b) {
        None => known_order_of_tuples(a, b),
        known => known,
    }
}

#[inline(always)]
fn leaves_order(a: &Value, b: &Value) -> Option<Ordering> {
    if let (Some(x), Some(y)) = (a.small_int(), b.small_int()) {
        return Some(x.cmp(&y));
    }
    if let (Some(x), Some(y)) = (a.small_float(), b.small_float()) {
        // No immediate is a NaN.
        return x.partial_cmp(&y);
    }
    let (x, y) = (a.downcast_exact::<Str>()?, b.downcast_exact::<Str>()?);
    Some(units(x).compare(units(y)))
}

fn known_order_of_tuples(a: &Value, b: &Value) -> Option<Ordering> {
    let (a, b) = (a.downcast_exact::<Tuple>()?.items(), b.downcast_exact::<Tuple>()?.items());
    for (x, y) in a.iter().zip(b) {
        match leaves_order(x, y)? {
            Ordering::Equal => {}
            order => return Some(order),
        }
    }
    Some(a.len().cmp(&b.len()))
}

impl Vm {
    /// `a op b`.
    pub fn compare(&mut self, a: &Value, b: &Value, op: CompareOp) -> Result {
        if let Some(order) = leaves_order(a, b) {
            return Ok(Value::bool(op.holds(order)));
        }
        self.check_stack(" in comparison")?;
        let theirs = slots::of(b.ty()).compare;
        let reflected_first = !a.ty().is(b.ty()) && b.ty().is_subtype(a.ty()) && theirs.is_some();
        if reflected_first && let Some(f) = theirs {
            let r = f(self, b, a, op.swapped())?;
            if !r.is_not_implemented() {
                return Ok(r);
            }
        }
        if let Some(f) = slots::of(a.ty()).compare {
            let r = f(self, a, b, op)?;
            if !r.is_not_implemented() {
                return Ok(r);
            }
        }
        if !reflected_first && let Some(f) = theirs {
            let r = f(self, b, a, op.swapped())?;
            if !r.is_not_implemented() {
                return Ok(r);
            }
        }
        match op {
            CompareOp::Eq => Ok(Value::bool(a.is(b))),
            CompareOp::Ne => Ok(Value::bool(!a.is(b))),
            _ => {
                let text = format!(
                    "'{}' not supported between instances of '{}' and '{}'",
                    op.symbol(),
                    a.ty().brief_name(),
                    b.ty().brief_name()
                );
                Err(self.raise_type_error(&text))
            }
        }
    }

    /// Whether `a op b` is true. Identical objects are equal without being asked.
    pub fn compare_bool(&mut self, a: &Value, b: &Value, op: CompareOp) -> Result<bool> {
        if a.is(b) {
            match op {
                CompareOp::Eq => return Ok(true),
                CompareOp::Ne => return Ok(false),
                _ => {}
            }
        }
        let r = self.compare(a, b, op)?;
        self.is_truthy(&r)
    }

    /// Whether two objects are the same or equal.
    #[inline]
    pub fn equal(&mut self, a: &Value, b: &Value) -> Result<bool> {
        if a.is(b) {
            return Ok(true);
        }
        if let (Some(x), Some(y)) = (a.downcast_exact::<Str>(), b.downcast_exact::<Str>()) {
            return Ok(**x == **y);
        }
        self.compare_bool(a, b, CompareOp::Eq)
    }

    /// `bool(v)`.
    #[inline]
    pub fn is_truthy(&mut self, v: &Value) -> Result<bool> {
        if v.is_true() {
            return Ok(true);
        }
        if v.is_false() || v.is_none() {
            return Ok(false);
        }
        if let Some(n) = v.small_int() {
            return Ok(n != 0);
        }
        self.check_stack("")?;
        let s = slots::of(v.ty());
        if let Some(f) = s.bool {
            return f(self, v);
        }
        if let Some(f) = s.len {
            return Ok(f(self, v)? != 0);
        }
        Ok(true)
    }

    /// `hash(v)`.
    #[inline]
    pub fn hash(&mut self, v: &Value) -> Result<i64> {
        if let Some(s) = v.downcast_exact::<Str>() {
            return Ok(s.hash());
        }
        if let Some(n) = v.small_int() {
            return Ok(hash_small(n));
        }
        self.check_stack("")?;
        match slots::of(v.ty()).hash {
            Some(f) => f(self, v),
            None => crate::dunder::hash_not_implemented(self, v),
        }
    }

    /// The hash of an int of any size.
    pub fn hash_int(&mut self, v: &Value) -> i64 {
        match v.as_int() {
            Some(n) => hash_int(n),
            None => 0,
        }
    }
}

/// Reduction modulo 2^61 - 1, with the sign kept; never -1.
pub fn hash_int(n: IntRef<'_>) -> i64 {
    const P: u64 = (1 << 61) - 1;
    let (negative, h) = match n {
        IntRef::Small(n) => (n < 0, n.unsigned_abs() % P),
        IntRef::Big { negative, digits } => {
            let mut h = 0u64;
            for &d in digits.iter().rev() {
                h = (h << 30 & P) | h >> 31;
                h += d as u64;
                if h >= P {
                    h -= P;
                }
            }
            (negative, h)
        }
    };
    let h = if negative { -(h as i64) } else { h as i64 };
    if h == -1 { -2 } else { h }
}
