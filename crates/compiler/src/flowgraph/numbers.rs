//! Arithmetic under constant folding: integers of any size, and the corners of float and complex arithmetic.

use dashu_int::{IBig, UBig};
use taipan_bytecode::{BigInt, Const};

/// Bits of the magnitude.
pub(super) fn bits(n: &IBig) -> usize {
    use dashu_int::ops::BitTest;
    if *n == IBig::ZERO { 0 } else { magnitude(n).bit_len() }
}

fn magnitude(n: &IBig) -> UBig {
    use dashu_int::ops::UnsignedAbs;
    n.clone().unsigned_abs()
}

pub(super) fn from_big(n: &BigInt) -> IBig {
    let magnitude = n.digits.iter().rev().fold(UBig::ZERO, |sum, digit| (sum << 30) + UBig::from(*digit));
    if n.negative { -IBig::from(magnitude) } else { IBig::from(magnitude) }
}

pub(super) fn to_const(n: IBig) -> Const {
    if let Ok(n) = i64::try_from(&n) {
        return Const::Int(n);
    }
    let mut digits = Vec::new();
    let (mut rest, mut held) = (0u64, 0);
    for byte in magnitude(&n).to_le_bytes().iter() {
        rest |= (*byte as u64) << held;
        held += 8;
        if held >= 30 {
            digits.push((rest & 0x3FFF_FFFF) as u32);
            rest >>= 30;
            held -= 30;
        }
    }
    digits.push(rest as u32);
    Const::from_digits(n < IBig::ZERO, digits)
}

/// The nearest double, halves to even; None if it is infinite.
pub(super) fn to_f64(n: &IBig) -> Option<f64> {
    ratio(&magnitude(n), &UBig::ONE).map(|x| if *n < IBig::ZERO { -x } else { x })
}

/// Quotient rounded down and remainder with the sign of the divisor.
pub(super) fn floor_divide(a: IBig, b: IBig) -> Option<(IBig, IBig)> {
    if b == IBig::ZERO {
        return None;
    }
    let quotient = &a / &b;
    let remainder = &a - &quotient * &b;
    let wrong_sign = remainder != IBig::ZERO && (remainder < IBig::ZERO) != (b < IBig::ZERO);
    Some(if wrong_sign { (quotient - 1, remainder + b) } else { (quotient, remainder) })
}

/// The double nearest to the quotient; None for a division by zero or a result that is infinite.
pub(super) fn true_divide(a: &IBig, b: &IBig) -> Option<f64> {
    if *b == IBig::ZERO {
        return None;
    }
    let result = ratio(&magnitude(a), &magnitude(b))?;
    Some(if (*a < IBig::ZERO) != (*b < IBig::ZERO) { -result } else { result })
}

/// Correctly rounded `a / b`.
fn ratio(a: &UBig, b: &UBig) -> Option<f64> {
    use dashu_int::ops::BitTest;
    if *a == UBig::ZERO {
        return Some(0.0);
    }
    // A quotient of at least 64 bits with a sticky bit below it rounds like the exact one, subnormals included.
    let shift = b.bit_len() as i64 - a.bit_len() as i64 + 66;
    let (numerator, denominator) =
        if shift >= 0 { (a << shift as usize, b.clone()) } else { (a.clone(), b << -shift as usize) };
    let quotient = &numerator / &denominator;
    let exact = &quotient * &denominator == numerator;
    let excess = quotient.bit_len() - 64;
    let top = u64::try_from(&quotient >> excess).ok()?;
    let sticky = !exact || (UBig::from(top) << excess) != quotient;
    round(top, sticky, excess as i64 - shift)
}

/// The double nearest to `(top + something below 1 if sticky) * 2**exponent`, where the highest bit of `top` is set.
fn round(top: u64, sticky: bool, exponent: i64) -> Option<f64> {
    // The value is below 2**(exponent + 64).
    let kept = (exponent + 64 + 1074).clamp(0, 53);
    let dropped = 64 - kept as u32;
    let mantissa = top.checked_shr(dropped).unwrap_or(0);
    let below = if dropped == 64 { top } else { top & ((1 << dropped) - 1) };
    let half = 1u64 << (dropped - 1);
    let up = below > half || below == half && (sticky || mantissa & 1 == 1);
    let mantissa = mantissa + (up && dropped <= 64) as u64;
    let scale = exponent + dropped as i64;
    if scale < -1074 {
        // Below half of the smallest subnormal.
        return Some(0.0);
    }
    let result = if scale < -1022 {
        mantissa as f64 * f64::from_bits(1) * 2f64.powi((scale + 1074) as i32)
    } else if scale > 971 {
        f64::INFINITY
    } else {
        mantissa as f64 * 2f64.powi(scale as i32)
    };
    result.is_finite().then_some(result)
}

/// Quotient rounded down and remainder with the sign of the divisor, which is not zero.
pub(super) fn float_floor_divide(a: f64, b: f64) -> (f64, f64) {
    let mut remainder = a % b;
    let mut quotient = (a - remainder) / b;
    if remainder != 0.0 {
        if (b < 0.0) != (remainder < 0.0) {
            remainder += b;
            quotient -= 1.0;
        }
    } else {
        remainder = 0f64.copysign(b);
    }
    let floored = if quotient != 0.0 {
        let floor = quotient.floor();
        if quotient - floor > 0.5 { floor + 1.0 } else { floor }
    } else {
        0f64.copysign(a / b)
    };
    (floored, remainder)
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Complex {
    pub real: f64,
    pub imag: f64,
}

fn is_infinite(z: Complex) -> bool {
    z.real.is_infinite() || z.imag.is_infinite()
}

/// For an operand with infinite parts: each part to one or zero with its sign.
fn box_infinity(z: Complex) -> Complex {
    let unit = |x: f64| (x.is_infinite() as u8 as f64).copysign(x);
    Complex { real: unit(z.real), imag: unit(z.imag) }
}

fn nan_to_zero(z: Complex) -> Complex {
    let clean = |x: f64| if x.is_nan() { 0f64.copysign(x) } else { x };
    Complex { real: clean(z.real), imag: clean(z.imag) }
}

/// Multiplication by C's annex G: infinities are recovered from NaNs.
pub(super) fn complex_multiply(z: Complex, w: Complex) -> Complex {
    let product = |z: Complex, w: Complex| Complex {
        real: z.real * w.real - z.imag * w.imag,
        imag: z.real * w.imag + z.imag * w.real,
    };
    let result = product(z, w);
    if !(result.real.is_nan() && result.imag.is_nan()) {
        return result;
    }
    let (mut a, mut b) = (z, w);
    let mut recalculate = false;
    if is_infinite(a) {
        a = box_infinity(a);
        b = nan_to_zero(b);
        recalculate = true;
    }
    if is_infinite(b) {
        b = box_infinity(b);
        a = nan_to_zero(a);
        recalculate = true;
    }
    let parts = [z.real * w.real, z.imag * w.imag, z.real * w.imag, z.imag * w.real];
    if !recalculate && parts.iter().any(|part| part.is_infinite()) {
        a = nan_to_zero(a);
        b = nan_to_zero(b);
        recalculate = true;
    }
    if !recalculate {
        return result;
    }
    let again = product(a, b);
    Complex { real: f64::INFINITY * again.real, imag: f64::INFINITY * again.imag }
}

/// Division by Smith's method, with infinities recovered.
pub(super) fn complex_divide(a: Complex, b: Complex) -> Option<Complex> {
    let result = if b.real.abs() >= b.imag.abs() {
        if b.real == 0.0 {
            return None;
        }
        let ratio = b.imag / b.real;
        let denominator = b.real + b.imag * ratio;
        Complex { real: (a.real + a.imag * ratio) / denominator, imag: (a.imag - a.real * ratio) / denominator }
    } else if b.imag.abs() >= b.real.abs() {
        let ratio = b.real / b.imag;
        let denominator = b.real * ratio + b.imag;
        Complex { real: (a.real * ratio + a.imag) / denominator, imag: (a.imag * ratio - a.real) / denominator }
    } else {
        Complex { real: f64::NAN, imag: f64::NAN }
    };
    if !(result.real.is_nan() && result.imag.is_nan()) {
        return Some(result);
    }
    if is_infinite(a) && b.real.is_finite() && b.imag.is_finite() {
        let a = box_infinity(a);
        return Some(Complex {
            real: f64::INFINITY * (a.real * b.real + a.imag * b.imag),
            imag: f64::INFINITY * (a.imag * b.real - a.real * b.imag),
        });
    }
    if is_infinite(b) && a.real.is_finite() && a.imag.is_finite() {
        let b = box_infinity(b);
        return Some(Complex {
            real: 0.0 * (a.real * b.real + a.imag * b.imag),
            imag: 0.0 * (a.imag * b.real - a.real * b.imag),
        });
    }
    Some(result)
}

/// A real divided by a complex number.
pub(super) fn real_divide(a: f64, b: Complex) -> Option<Complex> {
    let result = if b.real.abs() >= b.imag.abs() {
        if b.real == 0.0 {
            return None;
        }
        let ratio = b.imag / b.real;
        let denominator = b.real + b.imag * ratio;
        Complex { real: a / denominator, imag: (-a * ratio) / denominator }
    } else if b.imag.abs() >= b.real.abs() {
        let ratio = b.real / b.imag;
        let denominator = b.real * ratio + b.imag;
        Complex { real: (a * ratio) / denominator, imag: -a / denominator }
    } else {
        Complex { real: f64::NAN, imag: f64::NAN }
    };
    if result.real.is_nan() && result.imag.is_nan() && a.is_finite() && is_infinite(b) {
        let b = box_infinity(b);
        return Some(Complex { real: 0.0 * (a * b.real), imag: 0.0 * (-a * b.imag) });
    }
    Some(result)
}

/// Power; None where Python raises.
pub(super) fn complex_power(a: Complex, b: Complex) -> Option<Complex> {
    let result = if b.imag == 0.0 && b.real == b.real.floor() && b.real.abs() <= 100.0 {
        small_power(a, b.real as i64)?
    } else if b.real == 0.0 && b.imag == 0.0 {
        Complex { real: 1.0, imag: 0.0 }
    } else if a.real == 0.0 && a.imag == 0.0 {
        if b.imag != 0.0 || b.real < 0.0 {
            return None;
        }
        Complex { real: 0.0, imag: 0.0 }
    } else {
        let size = a.real.hypot(a.imag);
        let mut length = size.powf(b.real);
        let angle = a.imag.atan2(a.real);
        let mut phase = angle * b.real;
        if b.imag != 0.0 {
            length *= (-angle * b.imag).exp();
            phase += b.imag * size.ln();
        }
        if phase.is_infinite() {
            return None;
        }
        Complex { real: length * phase.cos(), imag: length * phase.sin() }
    };
    (!is_infinite(result)).then_some(result)
}

fn small_power(x: Complex, n: i64) -> Option<Complex> {
    let one = Complex { real: 1.0, imag: 0.0 };
    let positive = |n: u64| {
        let (mut result, mut square) = (one, x);
        let mut mask = 1u64;
        while mask > 0 && n >= mask {
            if n & mask != 0 {
                result = complex_multiply(result, square);
            }
            mask <<= 1;
            square = complex_multiply(square, square);
        }
        result
    };
    if n > 0 { Some(positive(n as u64)) } else { complex_divide(one, positive(n.unsigned_abs())) }
}
