//! Python's float: arithmetic with its rules, rounding, hashing; text is in `decimal`, `parse` and `hex`.

mod decimal;
mod hex;
mod parse;

pub(crate) use decimal::write_repr;
pub use decimal::{FloatCode, FloatStyle, ReprBuffer, repr, write_float};
pub use hex::{from_hex, to_hex};
pub use parse::{parse, parse_prefix, without_underscores};

use crate::error::{NumError, Result};
use crate::int::{self, IntBuf, IntView, compare_f64};

/// `hash(x)`; the caller hashes a NaN by identity (0 here).
pub fn hash(x: f64) -> i64 {
    const BITS: i32 = 61;
    const P: u64 = (1 << BITS) - 1;
    if !x.is_finite() {
        return if x.is_nan() {
            0
        } else if x > 0.0 {
            314_159
        } else {
            -314_159
        };
    }
    if x.abs() < 1e18 && x == x.trunc() {
        return IntView::Small(x as i64).hash();
    }
    let (mantissa, exponent) = int::decompose(x);
    let shift = exponent.rem_euclid(BITS) as u32;
    // Multiplying by a power of two is a rotation modulo 2**61 - 1.
    let magnitude = ((mantissa << shift) & P | mantissa >> (BITS as u32 - shift)) as i64;
    let magnitude = if magnitude as u64 == P { 0 } else { magnitude };
    match if x < 0.0 { -magnitude } else { magnitude } {
        -1 => -2,
        hash => hash,
    }
}

/// `x / y`.
#[inline]
pub fn divide(x: f64, y: f64) -> Result<f64> {
    if y == 0.0 { Err(NumError::DivisionByZero) } else { Ok(x / y) }
}

/// `divmod(x, y)`.
pub fn divmod(x: f64, y: f64) -> Result<(f64, f64)> {
    if y == 0.0 {
        return Err(NumError::DivisionByZero);
    }
    let mut rest = x % y;
    let mut quotient = (x - rest) / y;
    if rest != 0.0 {
        if (y < 0.0) != (rest < 0.0) {
            rest += y;
            quotient -= 1.0;
        }
    } else {
        rest = 0f64.copysign(y);
    }
    let floored = if quotient != 0.0 {
        let floor = quotient.floor();
        if quotient - floor > 0.5 { floor + 1.0 } else { floor }
    } else {
        0f64.copysign(x / y)
    };
    Ok((floored, rest))
}

/// `x // y`.
pub fn floor_div(x: f64, y: f64) -> Result<f64> {
    Ok(divmod(x, y)?.0)
}

/// `x % y`.
pub fn modulo(x: f64, y: f64) -> Result<f64> {
    if y == 0.0 {
        return Err(NumError::DivisionByZero);
    }
    let rest = x % y;
    Ok(if rest == 0.0 {
        0f64.copysign(y)
    } else if (y < 0.0) != (rest < 0.0) {
        rest + y
    } else {
        rest
    })
}

/// What `x ** y` is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Power {
    Real(f64),
    /// A negative base with a fractional exponent: the caller takes the complex power.
    Complex,
}

/// `x ** y`. `FloatPowOverflow` is raised with the two arguments 34 and the text.
pub fn pow(x: f64, y: f64) -> Result<Power> {
    if y == 0.0 || x == 1.0 {
        return Ok(Power::Real(1.0));
    }
    if x.is_nan() || y.is_nan() {
        return Ok(Power::Real(f64::NAN));
    }
    if x == 0.0 && y < 0.0 && y.is_finite() {
        return Err(NumError::ZeroToNegativePower);
    }
    if x < 0.0 && x.is_finite() && y.is_finite() && y != y.floor() {
        return Ok(Power::Complex);
    }
    let power = x.powf(y);
    if power.is_infinite() && x.is_finite() && y.is_finite() {
        return Err(NumError::FloatPowOverflow);
    }
    Ok(Power::Real(power))
}

/// `round(x)`: the nearest int, half to even.
pub fn round_to_int(x: f64) -> Result<IntBuf> {
    int::from_f64(x.round_ties_even())
}

/// `round(x, places)`, correctly rounded on the exact decimal value, half to even. Clamp a huge `places` to an `i64`.
pub fn round(x: f64, places: i64) -> Result<f64> {
    const MOST: i64 = 323;
    const LEAST: i64 = -308;
    if !x.is_finite() || x == 0.0 || places > MOST {
        return Ok(x);
    }
    if places < LEAST {
        return Ok(0.0 * x);
    }
    // Integers up to 2**53 have no places to lose.
    if places >= 0 && x.abs() <= 9_007_199_254_740_992.0 && x == x.trunc() {
        return Ok(x);
    }
    let rounded = decimal::round_decimal(x, places);
    if rounded.is_infinite() { Err(NumError::RoundOverflow) } else { Ok(rounded) }
}

/// `x.is_integer()`.
#[inline]
pub fn is_integer(x: f64) -> bool {
    x.is_finite() && x == x.trunc()
}

/// `math.floor(x)` as an int.
pub fn floor(x: f64) -> Result<IntBuf> {
    int::from_f64(x.floor())
}

/// `math.ceil(x)` as an int.
pub fn ceil(x: f64) -> Result<IntBuf> {
    int::from_f64(x.ceil())
}

/// Whether an int and a float are equal, exactly.
pub fn equals_int(x: f64, n: IntView) -> bool {
    compare_f64(n, x).is_some_and(|order| order.is_eq())
}
