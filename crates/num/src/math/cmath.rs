//! The functions of `cmath`, after Kahan's "Branch cuts for complex elementary functions", with C99's values (annex G)
//! where a part is not finite.
//!
//! The tables at the end hold those values: rows by the real part, columns by the imaginary part, in the order
//! -inf, negative, -0, +0, positive, +inf, nan; two letters each, see [`special`].

use super::{asinh as real_asinh, ldexp, log1p};
use crate::complex::Complex;
use crate::error::{NumError, Result};
use std::f64::consts::{E, FRAC_PI_2, FRAC_PI_4, LN_2, LN_10, PI};

const LARGE: f64 = f64::MAX / 4.0;
const INF: f64 = f64::INFINITY;

fn root_of_large() -> f64 {
    LARGE.sqrt()
}

fn log_of_large() -> f64 {
    LARGE.ln()
}

type Table = [&'static str; 7];

fn class(x: f64) -> usize {
    match x {
        _ if x.is_nan() => 6,
        _ if x.is_infinite() => {
            if x < 0.0 {
                0
            } else {
                5
            }
        }
        _ if x == 0.0 => {
            if x.is_sign_negative() {
                2
            } else {
                3
            }
        }
        _ => {
            if x < 0.0 {
                1
            } else {
                4
            }
        }
    }
}

/// The value of a letter: `I` infinity, `i` its negative, `N` nan, `0` and `o` the zeros, `1` and `l` the ones,
/// `q h t p` 1 to 4 quarters of pi (capitals negative). `!!` stands for a domain error.
fn special(z: Complex, table: &Table) -> Result<Complex> {
    let row = table[class(z.real)].as_bytes();
    let at = 3 * class(z.imag);
    let value = |letter: u8| match letter {
        b'I' => Ok(INF),
        b'i' => Ok(-INF),
        b'N' => Ok(f64::NAN),
        b'0' => Ok(0.0),
        b'o' => Ok(-0.0),
        b'1' => Ok(1.0),
        b'l' => Ok(-1.0),
        b'q' => Ok(FRAC_PI_4),
        b'Q' => Ok(-FRAC_PI_4),
        b'h' => Ok(FRAC_PI_2),
        b'H' => Ok(-FRAC_PI_2),
        b't' => Ok(0.75 * PI),
        b'T' => Ok(-0.75 * PI),
        b'p' => Ok(PI),
        b'P' => Ok(-PI),
        _ => Err(NumError::MathDomain),
    };
    Ok(Complex::new(value(row[at])?, value(row[at + 1])?))
}

/// An infinite real part with a finite angle: an infinity in the angle's direction, not in a table.
fn has_direction(z: Complex) -> bool {
    z.real.is_infinite() && z.imag.is_finite() && z.imag != 0.0
}

fn signed(size: f64, cosine: f64, sine: f64) -> Complex {
    Complex::new(size.copysign(cosine), size.copysign(sine))
}

fn in_range(z: Complex) -> Result<Complex> {
    if z.real.is_infinite() || z.imag.is_infinite() { Err(NumError::MathRange) } else { Ok(z) }
}

fn exact_ldexp(x: f64, exponent: i64) -> f64 {
    ldexp(x, exponent).unwrap_or(INF)
}

fn is_large(z: Complex) -> bool {
    z.real.abs() > LARGE || z.imag.abs() > LARGE
}

/// log(|z|) where |z| itself could overflow.
fn large_log(z: Complex) -> f64 {
    (z.real / 2.0).hypot(z.imag / 2.0).ln() + LN_2 * 2.0
}

/// `cmath.sqrt(z)`.
pub fn sqrt(z: Complex) -> Result<Complex> {
    if !z.is_finite() {
        return special(z, &SQRT);
    }
    if z.real == 0.0 && z.imag == 0.0 {
        return Ok(Complex::new(0.0, z.imag));
    }
    let (x, y) = (z.real.abs(), z.imag.abs());
    let s = if x < f64::MIN_POSITIVE && y < f64::MIN_POSITIVE {
        let x = exact_ldexp(x, 53);
        exact_ldexp((x + x.hypot(exact_ldexp(y, 53))).sqrt(), -27)
    } else {
        let x = x / 8.0;
        2.0 * (x + x.hypot(y / 8.0)).sqrt()
    };
    let d = y / (2.0 * s);
    Ok(if z.real >= 0.0 { Complex::new(s, d.copysign(z.imag)) } else { Complex::new(d, s.copysign(z.imag)) })
}

/// `cmath.acos(z)`.
pub fn acos(z: Complex) -> Result<Complex> {
    if !z.is_finite() {
        return special(z, &ACOS);
    }
    if is_large(z) {
        let size = large_log(z);
        let imag = if z.real < 0.0 { -size.copysign(z.imag) } else { size.copysign(-z.imag) };
        return Ok(Complex::new(z.imag.abs().atan2(z.real), imag));
    }
    let s1 = sqrt(Complex::new(1.0 - z.real, -z.imag))?;
    let s2 = sqrt(Complex::new(1.0 + z.real, z.imag))?;
    Ok(Complex::new(2.0 * s1.real.atan2(s2.real), real_asinh(s2.real * s1.imag - s2.imag * s1.real)))
}

/// `cmath.acosh(z)`.
pub fn acosh(z: Complex) -> Result<Complex> {
    if !z.is_finite() {
        return special(z, &ACOSH);
    }
    if is_large(z) {
        return Ok(Complex::new(large_log(z), z.imag.atan2(z.real)));
    }
    let s1 = sqrt(Complex::new(z.real - 1.0, z.imag))?;
    let s2 = sqrt(Complex::new(z.real + 1.0, z.imag))?;
    Ok(Complex::new(real_asinh(s1.real * s2.real + s1.imag * s2.imag), 2.0 * s1.imag.atan2(s2.real)))
}

/// f(z) by g(iz): asin by asinh, atan by atanh, sin by sinh, tan by tanh.
fn turned(z: Complex, hyperbolic: impl Fn(Complex) -> Result<Complex>) -> Result<Complex> {
    let s = hyperbolic(Complex::new(-z.imag, z.real))?;
    Ok(Complex::new(s.imag, -s.real))
}

/// `cmath.asin(z)`.
pub fn asin(z: Complex) -> Result<Complex> {
    turned(z, asinh)
}

/// `cmath.asinh(z)`.
pub fn asinh(z: Complex) -> Result<Complex> {
    if !z.is_finite() {
        return special(z, &ASINH);
    }
    if is_large(z) {
        let size = large_log(z);
        let real = if z.imag >= 0.0 { size.copysign(z.real) } else { -size.copysign(-z.real) };
        return Ok(Complex::new(real, z.imag.atan2(z.real.abs())));
    }
    let s1 = sqrt(Complex::new(1.0 + z.imag, -z.real))?;
    let s2 = sqrt(Complex::new(1.0 - z.imag, z.real))?;
    let real = real_asinh(s1.real * s2.imag - s2.real * s1.imag);
    Ok(Complex::new(real, z.imag.atan2(s1.real * s2.real - s1.imag * s2.imag)))
}

/// `cmath.atan(z)`.
pub fn atan(z: Complex) -> Result<Complex> {
    turned(z, atanh)
}

/// `cmath.atanh(z)`.
pub fn atanh(z: Complex) -> Result<Complex> {
    if !z.is_finite() {
        return special(z, &ATANH);
    }
    // An odd function: the left half plane is the mirror of the right one.
    if z.real.is_sign_negative() {
        let mirrored = atanh(Complex::new(-z.real, -z.imag))?;
        return Ok(Complex::new(-mirrored.real, -mirrored.imag));
    }
    let y = z.imag.abs();
    if z.real > root_of_large() || y > root_of_large() {
        let h = (z.real / 2.0).hypot(z.imag / 2.0);
        return Ok(Complex::new(z.real / 4.0 / h / h, -FRAC_PI_2.copysign(-z.imag)));
    }
    if z.real == 1.0 && y < f64::MIN_POSITIVE.sqrt() {
        if y == 0.0 {
            return Err(NumError::MathDomain);
        }
        let real = -(y.sqrt() / y.hypot(2.0).sqrt()).ln();
        return Ok(Complex::new(real, (2f64.atan2(-y) / 2.0).copysign(z.imag)));
    }
    let rest = 1.0 - z.real;
    let real = log1p(4.0 * z.real / (rest * rest + y * y)) / 4.0;
    let imag = -(-2.0 * z.imag).atan2(rest * (1.0 + z.real) - y * y) / 2.0;
    Ok(Complex::new(real, imag))
}

/// `cmath.cos(z)`.
pub fn cos(z: Complex) -> Result<Complex> {
    cosh(Complex::new(-z.imag, z.real))
}

/// `cmath.cosh(z)`.
pub fn cosh(z: Complex) -> Result<Complex> {
    let (cosine, sine) = (z.imag.cos(), z.imag.sin());
    if !z.is_finite() {
        if !has_direction(z) {
            return special(z, &COSH);
        }
        return Ok(signed(INF, cosine, if z.real > 0.0 { sine } else { -sine }));
    }
    if z.real.abs() > log_of_large() {
        // exp(x) overflows before the result does.
        let less = z.real - 1f64.copysign(z.real);
        return in_range(Complex::new(cosine * less.cosh() * E, sine * less.sinh() * E));
    }
    in_range(Complex::new(cosine * z.real.cosh(), sine * z.real.sinh()))
}

/// `cmath.exp(z)`.
pub fn exp(z: Complex) -> Result<Complex> {
    let (cosine, sine) = (z.imag.cos(), z.imag.sin());
    if !z.is_finite() {
        if !has_direction(z) {
            return special(z, &EXP);
        }
        return Ok(signed(if z.real > 0.0 { INF } else { 0.0 }, cosine, sine));
    }
    if z.real > log_of_large() {
        let size = (z.real - 1.0).exp();
        return in_range(Complex::new(size * cosine * E, size * sine * E));
    }
    let size = z.real.exp();
    in_range(Complex::new(size * cosine, size * sine))
}

/// `cmath.log(z)`.
pub fn log(z: Complex) -> Result<Complex> {
    if z.real == 0.0 && z.imag == 0.0 { Err(NumError::MathDomain) } else { log_value(z) }
}

/// The same with minus infinity for zero.
fn log_value(z: Complex) -> Result<Complex> {
    if !z.is_finite() {
        return special(z, &LOG);
    }
    let (x, y) = (z.real.abs(), z.imag.abs());
    let real = if is_large(z) {
        (x / 2.0).hypot(y / 2.0).ln() + LN_2
    } else if x < f64::MIN_POSITIVE && y < f64::MIN_POSITIVE {
        exact_ldexp(x, 53).hypot(exact_ldexp(y, 53)).ln() - 53.0 * LN_2
    } else {
        let h = x.hypot(y);
        if (0.71..=1.73).contains(&h) {
            // Near the unit circle the logarithm of a rounded length would have no digits.
            let (large, small) = if x > y { (x, y) } else { (y, x) };
            log1p((large - 1.0) * (large + 1.0) + small * small) / 2.0
        } else {
            h.ln()
        }
    };
    Ok(Complex::new(real, z.imag.atan2(z.real)))
}

/// `cmath.log10(z)`.
pub fn log10(z: Complex) -> Result<Complex> {
    let natural = log(z)?;
    Ok(Complex::new(natural.real / LN_10, natural.imag / LN_10))
}

/// `cmath.log(z, base)`, which forgives a zero `z`.
pub fn log_base(z: Complex, base: Complex) -> Result<Complex> {
    let (z, base) = (log_value(z)?, log(base)?);
    crate::complex::div(crate::complex::Operand::Complex(z), crate::complex::Operand::Complex(base))
        .map_err(|_| NumError::MathDomain)
}

/// `cmath.sin(z)`.
pub fn sin(z: Complex) -> Result<Complex> {
    turned(z, sinh)
}

/// `cmath.sinh(z)`.
pub fn sinh(z: Complex) -> Result<Complex> {
    let (cosine, sine) = (z.imag.cos(), z.imag.sin());
    if !z.is_finite() {
        if !has_direction(z) {
            return special(z, &SINH);
        }
        return Ok(signed(INF, if z.real > 0.0 { cosine } else { -cosine }, sine));
    }
    if z.real.abs() > log_of_large() {
        let less = z.real - 1f64.copysign(z.real);
        return in_range(Complex::new(cosine * less.sinh() * E, sine * less.cosh() * E));
    }
    in_range(Complex::new(cosine * z.real.sinh(), sine * z.real.cosh()))
}

/// `cmath.tan(z)`.
pub fn tan(z: Complex) -> Result<Complex> {
    turned(z, tanh)
}

/// `cmath.tanh(z)`.
pub fn tanh(z: Complex) -> Result<Complex> {
    if !z.is_finite() {
        if !has_direction(z) {
            return special(z, &TANH);
        }
        let product = 2.0 * z.imag.sin() * z.imag.cos();
        return Ok(Complex::new(1f64.copysign(z.real), 0f64.copysign(product)));
    }
    if z.real.abs() > log_of_large() {
        let imag = 4.0 * z.imag.sin() * z.imag.cos() * (-2.0 * z.real.abs()).exp();
        return Ok(Complex::new(1f64.copysign(z.real), imag));
    }
    let (tx, ty, cx) = (z.real.tanh(), z.imag.tan(), 1.0 / z.real.cosh());
    let product = tx * ty;
    let denominator = 1.0 + product * product;
    Ok(Complex::new(tx * (1.0 + ty * ty) / denominator, ((ty / denominator) * cx) * cx))
}

/// `cmath.phase(z)`. An angle that underflows to zero is an error, as the C library reports it.
pub fn phase(z: Complex) -> Result<f64> {
    let angle = z.imag.atan2(z.real);
    if angle == 0.0 && z.imag != 0.0 && z.real.is_finite() { Err(NumError::MathRange) } else { Ok(angle) }
}

/// `cmath.polar(z)`.
pub fn polar(z: Complex) -> Result<(f64, f64)> {
    let size = crate::complex::abs(z).map_err(|_| NumError::MathRange)?;
    Ok((size, z.imag.atan2(z.real)))
}

/// `cmath.rect(r, phi)`.
pub fn rect(r: f64, phi: f64) -> Result<Complex> {
    let z = Complex::new(r, phi);
    if !z.is_finite() {
        if !has_direction(z) {
            return special(z, &RECT);
        }
        let size = if r > 0.0 { 1.0 } else { -1.0 };
        return Ok(signed(INF, size * phi.cos(), size * phi.sin()));
    }
    Ok(if phi == 0.0 { Complex::new(r, r * phi) } else { Complex::new(r * phi.cos(), r * phi.sin()) })
}

static ACOS: Table = [
    "tI pI pI pi pi ti NI",
    "hI .. .. .. .. hi NN",
    "hI .. .. .. .. hi hN",
    "hI .. .. .. .. hi hN",
    "hI .. .. .. .. hi NN",
    "qI 0I 0I 0i 0i qi NI",
    "NI NN NN NN NN Ni NN",
];
static ACOSH: Table = [
    "IT IP IP Ip Ip It IN",
    "IH .. .. .. .. Ih NN",
    "IH .. .. .. .. Ih Nh",
    "IH .. .. .. .. Ih Nh",
    "IH .. .. .. .. Ih NN",
    "IQ Io Io I0 I0 Iq IN",
    "IN NN NN NN NN IN NN",
];
static ASINH: Table = [
    "iQ io io i0 i0 iq iN",
    "iH .. .. .. .. ih NN",
    "iH .. .. .. .. ih NN",
    "IH .. .. .. .. Ih NN",
    "IH .. .. .. .. Ih NN",
    "IQ Io Io I0 I0 Iq IN",
    "IN NN No N0 NN IN NN",
];
static ATANH: Table = [
    "oH oH oH oh oh oh oN",
    "oH .. .. .. .. oh NN",
    "oH .. .. .. .. oh oN",
    "0H .. .. .. .. 0h 0N",
    "0H .. .. .. .. 0h NN",
    "0H 0H 0H 0h 0h 0h 0N",
    "0H NN NN NN NN 0h NN",
];
static COSH: Table = [
    "!! .. I0 Io .. !! IN",
    "!! .. .. .. .. !! NN",
    "!! .. .. .. .. !! N0",
    "!! .. .. .. .. !! N0",
    "!! .. .. .. .. !! NN",
    "!! .. Io I0 .. !! IN",
    "NN NN N0 N0 NN NN NN",
];
static EXP: Table = [
    "00 .. 0o 00 .. 00 00",
    "!! .. .. .. .. !! NN",
    "!! .. .. .. .. !! NN",
    "!! .. .. .. .. !! NN",
    "!! .. .. .. .. !! NN",
    "!! .. Io I0 .. !! IN",
    "NN NN No N0 NN NN NN",
];
static LOG: Table = [
    "IT IP IP Ip Ip It IN",
    "IH .. .. .. .. Ih NN",
    "IH .. .. .. .. Ih NN",
    "IH .. .. .. .. Ih NN",
    "IH .. .. .. .. Ih NN",
    "IQ Io Io I0 I0 Iq IN",
    "IN NN NN NN NN IN NN",
];
static SINH: Table = [
    "!! .. io i0 .. !! IN",
    "!! .. .. .. .. !! NN",
    "!! .. .. .. .. !! 0N",
    "!! .. .. .. .. !! 0N",
    "!! .. .. .. .. !! NN",
    "!! .. Io I0 .. !! IN",
    "NN NN No N0 NN NN NN",
];
static SQRT: Table = [
    "Ii 0i 0i 0I 0I II NI",
    "Ii .. .. .. .. II NN",
    "Ii .. .. .. .. II NN",
    "Ii .. .. .. .. II NN",
    "Ii .. .. .. .. II NN",
    "Ii Io Io I0 I0 II IN",
    "Ii NN NN NN NN II NN",
];
static TANH: Table = [
    "l0 .. lo l0 .. l0 l0",
    "!! .. .. .. .. !! NN",
    "!! .. .. .. .. !! oN",
    "!! .. .. .. .. !! 0N",
    "!! .. .. .. .. !! NN",
    "10 .. 1o 10 .. 10 10",
    "NN NN No N0 NN NN NN",
];
static RECT: Table = [
    "!! .. i0 io .. !! IN",
    "!! .. .. .. .. !! NN",
    "00 .. .. .. .. 00 00",
    "00 .. .. .. .. 00 00",
    "!! .. .. .. .. !! NN",
    "!! .. Io I0 .. !! IN",
    "NN NN N0 N0 NN NN NN",
];
