//! Sums and norms that do not lose what rounding takes away.

use crate::error::{NumError, Result};

/// `a + b` and its rounding error.
#[inline]
pub(super) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

/// The same for `|a| >= |b|`.
#[inline]
pub(super) fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, (a - sum) + b)
}

/// `a * b` and its rounding error.
#[inline]
pub(super) fn two_product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    (product, a.mul_add(b, -product))
}

/// `math.fsum`: Shewchuk's non-overlapping partial sums, rounded once at the end.
#[derive(Default)]
pub struct Fsum {
    partials: Vec<f64>,
    special: f64,
    infinities: f64,
}

impl Fsum {
    pub fn new() -> Fsum {
        Fsum::default()
    }

    pub fn add(&mut self, x: f64) -> Result<()> {
        let mut value = x;
        let mut kept = 0;
        for i in 0..self.partials.len() {
            let (mut large, mut small) = (value, self.partials[i]);
            if large.abs() < small.abs() {
                (large, small) = (small, large);
            }
            let (high, low) = fast_two_sum(large, small);
            if low != 0.0 {
                self.partials[kept] = low;
                kept += 1;
            }
            value = high;
        }
        self.partials.truncate(kept);
        if value != 0.0 {
            if value.is_finite() {
                self.partials.push(value);
                return Ok(());
            }
            // A finite summand that ends as infinity or NaN overflowed on the way.
            if x.is_finite() {
                return Err(NumError::FsumOverflow);
            }
            if x.is_infinite() {
                self.infinities += x;
            }
            self.special += x;
            self.partials.clear();
        }
        Ok(())
    }

    pub fn total(&self) -> Result<f64> {
        if self.special != 0.0 {
            return if self.infinities.is_nan() { Err(NumError::FsumInfinities) } else { Ok(self.special) };
        }
        let mut rest = self.partials.iter().rev();
        let Some(&first) = rest.next() else { return Ok(0.0) };
        let (mut high, mut low) = (first, 0.0);
        while low == 0.0 {
            let Some(&next) = rest.next() else { break };
            (high, low) = fast_two_sum(high, next);
        }
        // Half to even over more than one partial: nudge when the next partial points the same way.
        if let Some(&next) = rest.next()
            && (low < 0.0 && next < 0.0 || low > 0.0 && next > 0.0)
        {
            let double = low * 2.0;
            let rounded = high + double;
            if double == rounded - high {
                high = rounded;
            }
        }
        Ok(high)
    }
}

/// The float part of `math.sumprod`: an accumulator three doubles wide.
#[derive(Clone, Copy, Default)]
pub struct SumProd {
    high: f64,
    low: f64,
    tiny: f64,
}

impl SumProd {
    pub fn new() -> SumProd {
        SumProd::default()
    }

    /// Adds `x * y`; false, and unchanged, if the sum would not be finite.
    pub fn add(&mut self, x: f64, y: f64) -> bool {
        let (product, error) = two_product(x, y);
        let (high, a) = two_sum(self.high, product);
        let (b, c) = two_sum(self.low, error);
        let (low, d) = two_sum(b, a);
        let next = SumProd { high, low, tiny: self.tiny + c + d };
        if next.high.is_finite() {
            *self = next;
        }
        next.high.is_finite()
    }

    pub fn total(&self) -> f64 {
        let (total, rest) = two_sum(self.high, self.low);
        total + (rest + self.tiny)
    }
}

/// `math.hypot(*coordinates)`; the coordinates are overwritten.
pub fn hypot(coordinates: &mut [f64]) -> f64 {
    let mut largest = 0.0;
    let mut nan = false;
    for x in coordinates.iter_mut() {
        *x = x.abs();
        nan |= x.is_nan();
        largest = f64::max(largest, *x);
    }
    norm(coordinates, largest, nan)
}

/// `math.dist(p, q)`.
pub fn distance(p: &[f64], q: &[f64]) -> Result<f64> {
    if p.len() != q.len() {
        return Err(NumError::DimensionMismatch);
    }
    let mut differences: Vec<f64> = p.iter().zip(q).map(|(a, b)| a - b).collect();
    Ok(hypot(&mut differences))
}

/// Scales by a power of two, sums squares with their errors, and corrects the root once.
fn norm(values: &mut [f64], largest: f64, nan: bool) -> f64 {
    if largest.is_infinite() {
        return largest;
    }
    if nan {
        return f64::NAN;
    }
    if largest == 0.0 || values.len() <= 1 {
        return largest;
    }
    let (_, exponent) = super::frexp(largest);
    if exponent < -1023 {
        // Subnormals: the scale itself would overflow.
        for x in values.iter_mut() {
            *x /= f64::MIN_POSITIVE;
        }
        return f64::MIN_POSITIVE * norm(values, largest / f64::MIN_POSITIVE, nan);
    }
    // 2**-1024 is subnormal but exact.
    let scale = super::ldexp(1.0, (-exponent).into()).unwrap_or(f64::INFINITY);
    let (mut sum, mut product_errors, mut sum_errors) = (1.0, 0.0, 0.0);
    let mut accumulate = |a: f64, b: f64| {
        let (square, error) = two_product(a, b);
        let (next, lost) = fast_two_sum(sum, square);
        sum = next;
        product_errors += error;
        sum_errors += lost;
        sum - 1.0 + (product_errors + sum_errors)
    };
    let mut total = 0.0;
    for x in values.iter() {
        let x = x * scale;
        total = accumulate(x, x);
    }
    let root = total.sqrt();
    let rest = accumulate(-root, root);
    (root + rest / (2.0 * root)) / scale
}
