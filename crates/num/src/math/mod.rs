//! The functions of `math` and `cmath`.
//!
//! Where CPython calls the C library, so does this (through `f64`'s methods, which are the system's `libm`); where the
//! standard library computes by formula instead (inverse hyperbolic functions) or has nothing (`erf`), `precise` works
//! in double-double and rounds once, which is what current C libraries return. `gamma`, `lgamma`, `hypot`, `fsum` and
//! `sumprod` follow the algorithms that CPython documents for itself.

pub mod cmath;
mod gamma;
mod precise;
mod sums;

pub use gamma::{gamma, lgamma};
pub use precise::{acosh, asinh, atanh, erf, erfc};
pub use sums::{Fsum, SumProd, distance, hypot};

use crate::error::{NumError, Result};
use crate::int::{self, IntView, decompose, round_scaled};

/// Functions of one float, with the errors CPython gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    Acos,
    Acosh,
    Asin,
    Asinh,
    Atan,
    Atanh,
    Cbrt,
    Cos,
    Cosh,
    Erf,
    Erfc,
    Exp,
    Exp2,
    Expm1,
    Fabs,
    Gamma,
    Lgamma,
    Log1p,
    Sin,
    Sinh,
    Sqrt,
    Tan,
    Tanh,
}

impl Unary {
    /// `math.NAME(x)`.
    pub fn call(self, x: f64) -> Result<f64> {
        let y = match self {
            Unary::Acos => x.acos(),
            Unary::Acosh => acosh(x),
            Unary::Asin => x.asin(),
            Unary::Asinh => asinh(x),
            Unary::Atan => x.atan(),
            Unary::Atanh => atanh(x),
            Unary::Cbrt => x.cbrt(),
            Unary::Cos => x.cos(),
            Unary::Cosh => x.cosh(),
            Unary::Erf => erf(x),
            Unary::Erfc => erfc(x),
            Unary::Exp => x.exp(),
            Unary::Exp2 => x.exp2(),
            Unary::Expm1 => x.exp_m1(),
            Unary::Fabs => x.abs(),
            Unary::Gamma => return gamma(x),
            Unary::Lgamma => return lgamma(x),
            Unary::Log1p => log1p(x),
            Unary::Sin => x.sin(),
            Unary::Sinh => x.sinh(),
            Unary::Sqrt => x.sqrt(),
            Unary::Tan => x.tan(),
            Unary::Tanh => x.tanh(),
        };
        if y.is_nan() && !x.is_nan() || y.is_infinite() && x.is_finite() {
            return Err(self.error(x));
        }
        Ok(y)
    }

    #[cold]
    fn error(self, x: f64) -> NumError {
        match self {
            Unary::Acos | Unary::Asin => NumError::UnitRangeExpected(x),
            Unary::Acosh => NumError::AtLeastOneExpected(x),
            Unary::Atanh => NumError::OpenUnitExpected(x),
            Unary::Cos | Unary::Sin | Unary::Tan => NumError::FiniteExpected(x),
            Unary::Log1p => NumError::AboveMinusOneExpected(x),
            Unary::Sqrt => NumError::NonNegativeExpected(x),
            _ => NumError::MathRange,
        }
    }
}

fn log1p(x: f64) -> f64 {
    // Keeps the sign of zero on every platform.
    if x == 0.0 { x } else { x.ln_1p() }
}

/// The logarithms that also take ints too large for a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Log {
    Natural,
    Two,
    Ten,
}

impl Log {
    fn of(self, x: f64) -> f64 {
        match self {
            Log::Natural => x.ln(),
            Log::Two => x.log2(),
            Log::Ten => x.log10(),
        }
    }

    /// Of a float.
    pub fn float(self, x: f64) -> Result<f64> {
        if x <= 0.0 { Err(NumError::PositiveExpected(x)) } else { Ok(self.of(x)) }
    }

    /// Of an int of any size.
    pub fn int(self, n: IntView) -> Result<f64> {
        if n.signum() <= 0 {
            return Err(NumError::NonPositiveInput);
        }
        if let Ok(x) = int::to_f64(n) {
            return Ok(self.of(x));
        }
        let (fraction, exponent) = frexp_int(n);
        Ok(self.of(fraction) + self.of(2.0) * exponent as f64)
    }
}

/// A positive int as a fraction in [0.5, 1) and a power of two, rounded half to even.
fn frexp_int(n: IntView) -> (f64, u64) {
    let mut scratch = [0; 3];
    let (_, digits) = n.parts(&mut scratch);
    let (top, sticky) = int::digits::top_bits(digits);
    let fraction = round_scaled(top.into(), -64, sticky);
    let length = n.bit_length();
    if fraction == 1.0 { (0.5, length + 1) } else { (fraction, length) }
}

/// `math.pow(x, y)`.
pub fn pow(x: f64, y: f64) -> Result<f64> {
    let power = x.powf(y);
    if x.is_finite() && y.is_finite() {
        if power.is_nan() {
            return Err(NumError::MathDomain);
        }
        if power.is_infinite() {
            return Err(if x == 0.0 { NumError::MathDomain } else { NumError::MathRange });
        }
    }
    Ok(power)
}

/// `math.fmod(x, y)`.
pub fn fmod(x: f64, y: f64) -> Result<f64> {
    if y.is_infinite() && x.is_finite() {
        return Ok(x);
    }
    let rest = x % y;
    if rest.is_nan() && !x.is_nan() && !y.is_nan() { Err(NumError::MathDomain) } else { Ok(rest) }
}

/// `math.remainder(x, y)`: IEEE 754's, the quotient rounded half to even.
pub fn remainder(x: f64, y: f64) -> Result<f64> {
    if x.is_nan() || y.is_nan() {
        return Ok(x + y);
    }
    if x.is_infinite() || y == 0.0 {
        return Err(NumError::MathDomain);
    }
    if y.is_infinite() {
        return Ok(x);
    }
    let (size, step) = (x.abs(), y.abs());
    let low = size % step;
    // The distance to the next multiple, exact by Sterbenz' lemma where it matters.
    let high = step - low;
    let rest = if low < high {
        low
    } else if low > high {
        -high
    } else {
        // A tie: the even quotient. What is above the last even multiple tells.
        low - 2.0 * ((0.5 * (size - low)) % step)
    };
    Ok(rest.copysign(if rest == 0.0 { 1.0 } else { rest }) * 1f64.copysign(x))
}

/// `math.fma(x, y, z)`.
pub fn fma(x: f64, y: f64, z: f64) -> Result<f64> {
    let result = x.mul_add(y, z);
    if result.is_finite() {
        return Ok(result);
    }
    if result.is_nan() {
        if !x.is_nan() && !y.is_nan() && !z.is_nan() {
            return Err(NumError::FmaInvalid);
        }
    } else if x.is_finite() && y.is_finite() && z.is_finite() {
        return Err(NumError::FmaOverflow);
    }
    Ok(result)
}

/// `math.ldexp(x, exponent)`; clamp a huge exponent to an `i64`.
pub fn ldexp(x: f64, exponent: i64) -> Result<f64> {
    if x == 0.0 || !x.is_finite() {
        return Ok(x);
    }
    let (mantissa, scale) = decompose(x);
    let exponent = exponent.clamp(-5000, 5000) + i64::from(scale);
    let result = round_scaled(mantissa.into(), exponent, false);
    if result.is_infinite() { Err(NumError::MathRange) } else { Ok(result.copysign(x)) }
}

/// `math.frexp(x)`.
pub fn frexp(x: f64) -> (f64, i32) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    let (mantissa, scale) = decompose(x);
    let length = 64 - mantissa.leading_zeros() as i32;
    (round_scaled(mantissa.into(), -i64::from(length), false).copysign(x), scale + length)
}

/// `math.modf(x)`: fraction and integer part.
pub fn modf(x: f64) -> (f64, f64) {
    if x.is_infinite() {
        return (0f64.copysign(x), x);
    }
    let whole = x.trunc();
    ((x - whole).copysign(x), whole)
}

/// The number after `x` on the way to `y`, as C's `nextafter` gives it: what becomes zero keeps its sign.
pub fn next_toward(x: f64, y: f64) -> f64 {
    let next = next_after(x, y, 1);
    if next == 0.0 && x != y { next.copysign(x) } else { next }
}

/// `math.nextafter(x, y, steps=n)`.
pub fn next_after(x: f64, y: f64, steps: u64) -> f64 {
    if steps == 0 {
        return x;
    }
    if x.is_nan() {
        return x;
    }
    if y.is_nan() {
        return y;
    }
    // Floats in order, counted from zero.
    let rank = |x: f64| {
        let size = (x.to_bits() & !(1 << 63)) as i64;
        if x.is_sign_negative() { -i128::from(size) } else { i128::from(size) }
    };
    let (from, to) = (rank(x), rank(y));
    if from == to {
        return y;
    }
    let steps = i128::from(steps);
    if steps >= (to - from).abs() {
        return y;
    }
    let target = if to > from { from + steps } else { from - steps };
    let size = f64::from_bits(target.unsigned_abs() as u64);
    // A step onto zero keeps the sign of the start.
    if target == 0 { 0f64.copysign(x) } else { size * if target < 0 { -1.0 } else { 1.0 } }
}

/// `math.ulp(x)`.
pub fn ulp(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let size = x.abs();
    if size.is_infinite() {
        return size;
    }
    if size == f64::MAX { size - size.next_down() } else { size.next_up() - size }
}

/// `math.isclose`, with tolerances that are not negative.
pub fn is_close(a: f64, b: f64, relative: f64, absolute: f64) -> bool {
    if a == b {
        return true;
    }
    if a.is_infinite() || b.is_infinite() {
        return false;
    }
    let difference = (b - a).abs();
    difference <= (relative * b).abs() || difference <= (relative * a).abs() || difference <= absolute
}

/// `math.degrees(x)`.
pub fn degrees(x: f64) -> f64 {
    x * (180.0 / std::f64::consts::PI)
}

/// `math.radians(x)`.
pub fn radians(x: f64) -> f64 {
    x * (std::f64::consts::PI / 180.0)
}
