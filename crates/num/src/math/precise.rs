//! Functions computed in double-double (about 100 bits) and rounded once: the error function and the inverse
//! hyperbolic functions. A result is wrong by one unit only where the exact value lies within 2**-40 units of a tie.

use super::sums::{fast_two_sum, two_product, two_sum};
use crate::int::{decompose, round_scaled};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// An unevaluated sum of two floats, the second below half a unit of the first.
#[derive(Clone, Copy, Debug)]
struct Double {
    high: f64,
    low: f64,
}

const LN2: Double = Double { high: std::f64::consts::LN_2, low: 2.3190468138462996e-17 };
const TWO_OVER_ROOT_PI: Double = Double { high: std::f64::consts::FRAC_2_SQRT_PI, low: 1.533545961316588e-17 };

impl From<f64> for Double {
    fn from(x: f64) -> Double {
        Double { high: x, low: 0.0 }
    }
}

impl Add for Double {
    type Output = Double;
    fn add(self, other: Double) -> Double {
        let (high, error) = two_sum(self.high, other.high);
        let (low, rest) = two_sum(self.low, other.low);
        let (high, error) = fast_two_sum(high, error + low);
        let (high, low) = fast_two_sum(high, error + rest);
        Double { high, low }
    }
}

impl Neg for Double {
    type Output = Double;
    fn neg(self) -> Double {
        Double { high: -self.high, low: -self.low }
    }
}

impl Sub for Double {
    type Output = Double;
    fn sub(self, other: Double) -> Double {
        self + -other
    }
}

impl Mul for Double {
    type Output = Double;
    fn mul(self, other: Double) -> Double {
        let (high, error) = two_product(self.high, other.high);
        let error = error + (self.high * other.low + self.low * other.high);
        let (high, low) = fast_two_sum(high, error);
        Double { high, low }
    }
}

impl Div for Double {
    type Output = Double;
    fn div(self, other: Double) -> Double {
        let first = self.high / other.high;
        let rest = self - other * first.into();
        let second = rest.high / other.high;
        let rest = rest - other * second.into();
        let third = rest.high / other.high;
        let (high, low) = fast_two_sum(first, second);
        Double { high, low } + third.into()
    }
}

impl Double {
    fn square(x: f64) -> Double {
        let (high, low) = two_product(x, x);
        Double { high, low }
    }

    /// Divided by a float, cheaper than by a `Double`.
    fn over(self, divisor: f64) -> Double {
        let first = self.high / divisor;
        let rest = (-first).mul_add(divisor, self.high) + self.low;
        let (high, low) = fast_two_sum(first, rest / divisor);
        Double { high, low }
    }

    fn sqrt(self) -> Double {
        let root = self.high.sqrt();
        let rest = self - Double::square(root);
        let (high, low) = fast_two_sum(root, rest.high / (2.0 * root));
        Double { high, low }
    }

    /// The exponential as a factor near one and a power of two.
    fn exp(self) -> (Double, i32) {
        let power = (self.high / std::f64::consts::LN_2).round();
        // A 256th of the reduced argument converges in a dozen terms; eight squarings undo the division.
        let scaled = self - LN2 * power.into();
        let reduced = Double { high: scaled.high / 256.0, low: scaled.low / 256.0 };
        // Below 2**-9.5, so that the terms from the sixth on need only a float's precision.
        let r = reduced.high;
        let tail = r / 720.0 * (1.0 + r / 7.0 * (1.0 + r / 8.0 * (1.0 + r / 9.0)));
        let mut sum = Double::from(tail) + Double::from(1.0).over(120.0);
        for inverse in [24.0, 6.0, 2.0, 1.0] {
            sum = sum * reduced + Double::from(1.0).over(inverse);
        }
        let mut sum = sum * reduced;
        // exp(2r) - 1 = (e + 2) e with e = exp(r) - 1, which keeps the small part exact.
        for _ in 0..8 {
            sum = sum * (sum + 2.0.into());
        }
        (sum + 1.0.into(), power as i32)
    }

    /// The logarithm of a number of moderate size: the C library's, corrected once to second order.
    fn ln(self) -> Double {
        let guess = Double::from(self.high.ln());
        let (factor, power) = (-guess).exp();
        let rest = self * factor * 2f64.powi(power).into() - 1.0.into();
        guess + (rest - (rest.high * rest.high / 2.0).into())
    }

    fn value(self) -> f64 {
        self.high + self.low
    }

    /// The value times a power of two, rounded once even where it is subnormal.
    fn scaled(self, power: i32) -> f64 {
        let (mantissa, exponent) = decompose(self.high);
        let (low, low_exponent) = decompose(self.low);
        // 60 more bits hold the low part; what it has below them only breaks ties.
        let shift = exponent - 60 - low_exponent;
        let (part, sticky) = match shift {
            ..=0 => (u128::from(low) << (-shift).min(60), false),
            1..=63 => (u128::from(low >> shift), low & ((1 << shift) - 1) != 0),
            _ => (0, low != 0),
        };
        let high = u128::from(mantissa) << 60;
        let total = if self.low < 0.0 { high - part - u128::from(sticky) } else { high + part };
        round_scaled(total, i64::from(exponent) - 60 + i64::from(power), sticky)
    }
}

/// `math.asinh(x)`.
pub fn asinh(x: f64) -> f64 {
    let size = x.abs();
    if !x.is_finite() || x == 0.0 {
        return x;
    }
    if size < 1e-10 {
        // The next term is below half a unit, but it decides how the sum rounds.
        return x - x * x * x / 6.0;
    }
    let result = if size < 1.0 / 64.0 {
        // x - x**3/6 + 3x**5/40 - ...: each coefficient from the one before.
        let square = Double::square(size);
        let (mut sum, mut power) = (Double::from(size), Double::from(size));
        for n in 1..=9 {
            let n = f64::from(n);
            power = -(power * square * (2.0 * n - 1.0).into()).over(2.0 * n);
            sum = sum + power.over(2.0 * n + 1.0);
        }
        sum
    } else if size > 1e150 {
        Double::from(size / 2.0).ln() + LN2 + LN2
    } else {
        (Double::from(size) + (Double::square(size) + 1.0.into()).sqrt()).ln()
    };
    result.value().copysign(x)
}

/// `acosh(x)`; NaN below one.
pub fn acosh(x: f64) -> f64 {
    if x < 1.0 {
        return f64::NAN;
    }
    if !x.is_finite() || x == 1.0 {
        return if x == 1.0 { 0.0 } else { x };
    }
    if x > 1e150 {
        return (Double::from(x / 2.0).ln() + LN2 + LN2).value();
    }
    // asinh(sqrt(x**2 - 1)): near one the root is small and the series keeps its relative accuracy.
    let product = Double::from(x - 1.0) * (Double::from(x) + 1.0.into());
    let root = product.sqrt();
    if root.high < 1.0 / 64.0 {
        let (mut sum, mut power) = (root, root);
        for n in 1..=9 {
            let n = f64::from(n);
            power = -(power * product * (2.0 * n - 1.0).into()).over(2.0 * n);
            sum = sum + power.over(2.0 * n + 1.0);
        }
        return sum.value();
    }
    (Double::from(x) + root).ln().value()
}

/// `atanh(x)`; NaN outside [-1, 1].
pub fn atanh(x: f64) -> f64 {
    let size = x.abs();
    if size.is_nan() || size > 1.0 {
        return f64::NAN;
    }
    if size == 1.0 {
        return f64::INFINITY.copysign(x);
    }
    if size < 1e-10 {
        return x + x * x * x / 3.0;
    }
    let result = if size < 1.0 / 64.0 {
        let square = Double::square(size);
        let (mut sum, mut power) = (Double::from(size), Double::from(size));
        for n in 1..=9 {
            power = power * square;
            sum = sum + power.over(f64::from(2 * n + 1));
        }
        sum
    } else {
        let one = Double::from(1.0);
        let ratio = ((one + size.into()) / (one - size.into())).ln();
        Double { high: ratio.high / 2.0, low: ratio.low / 2.0 }
    };
    result.value().copysign(x)
}

/// erf by the series of positive terms 2/sqrt(pi) exp(-x**2) sum 2**n x**(2n+1) / (2n+1)!!.
fn erf_series(x: f64) -> Double {
    let square = Double::square(x);
    let twice = square * 2.0.into();
    let (mut sum, mut term) = (Double::from(x), Double::from(x));
    let mut n = 1.0;
    while term.high > sum.high * 1e-34 {
        term = (term * twice).over(2.0 * n + 1.0);
        sum = sum + term;
        n += 1.0;
    }
    let (factor, power) = (-square).exp();
    sum * factor * TWO_OVER_ROOT_PI * 2f64.powi(power).into()
}

/// `math.erf(x)`.
pub fn erf(x: f64) -> f64 {
    let size = x.abs();
    if x.is_nan() || x == 0.0 {
        return x;
    }
    if size >= 6.0 {
        return 1f64.copysign(x);
    }
    if size < 1e-100 {
        // So small that the products of the series would lose their low parts: scaled up and down.
        let product = Double::from(size * 2f64.powi(200)) * TWO_OVER_ROOT_PI;
        return product.scaled(-200).copysign(x);
    }
    erf_series(size).value().copysign(x)
}

/// `math.erfc(x)`.
pub fn erfc(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    if x < -6.0 {
        return 2.0;
    }
    if x > 28.0 {
        return 0.0;
    }
    if x.abs() < 1e-100 {
        return 1.0;
    }
    if x < 3.0 {
        let value = erf_series(x.abs());
        return (Double::from(1.0) - if x < 0.0 { -value } else { value }).value();
    }
    // exp(-x**2) / sqrt(pi) / (x + (1/2)/(x + (2/2)/(x + (3/2)/(x + ...)))), evaluated from inside.
    let steps = (2000.0 / (x * x)) as i32 + 30;
    let mut fraction = Double::from(x);
    for n in (1..=steps).rev() {
        fraction = Double::from(f64::from(n) / 2.0) / fraction + x.into();
    }
    let (factor, power) = (-Double::square(x)).exp();
    let half = Double { high: TWO_OVER_ROOT_PI.high / 2.0, low: TWO_OVER_ROOT_PI.low / 2.0 };
    (factor * half / fraction).scaled(power)
}
