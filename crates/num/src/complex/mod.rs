//! Python's complex: pairs of floats, with CPython 3.14's rules for operands that are real.

mod text;

pub use text::{parse, repr};

use crate::error::{NumError, Result};
use crate::float;

/// A complex number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Complex {
    pub real: f64,
    pub imag: f64,
}

impl Complex {
    pub const ONE: Complex = Complex { real: 1.0, imag: 0.0 };

    #[inline]
    pub const fn new(real: f64, imag: f64) -> Complex {
        Complex { real, imag }
    }

    pub fn is_finite(self) -> bool {
        self.real.is_finite() && self.imag.is_finite()
    }

    fn is_zero(self) -> bool {
        self.real == 0.0 && self.imag == 0.0
    }
}

/// An operand: a real number keeps its missing imaginary part, which since 3.14 is not a zero.
#[derive(Clone, Copy, Debug)]
pub enum Operand {
    Real(f64),
    Complex(Complex),
}

/// `a + b`; one of them is complex.
#[inline]
pub fn add(a: Operand, b: Operand) -> Complex {
    match (a, b) {
        (Operand::Complex(a), Operand::Complex(b)) => Complex::new(a.real + b.real, a.imag + b.imag),
        (Operand::Complex(c), Operand::Real(x)) | (Operand::Real(x), Operand::Complex(c)) => {
            Complex::new(c.real + x, c.imag)
        }
        (Operand::Real(a), Operand::Real(b)) => Complex::new(a + b, 0.0),
    }
}

/// `a - b`.
#[inline]
pub fn sub(a: Operand, b: Operand) -> Complex {
    match (a, b) {
        (Operand::Complex(a), Operand::Complex(b)) => Complex::new(a.real - b.real, a.imag - b.imag),
        (Operand::Complex(a), Operand::Real(x)) => Complex::new(a.real - x, a.imag),
        (Operand::Real(x), Operand::Complex(b)) => Complex::new(x - b.real, -b.imag),
        (Operand::Real(a), Operand::Real(b)) => Complex::new(a - b, 0.0),
    }
}

/// `a * b`.
#[inline]
pub fn mul(a: Operand, b: Operand) -> Complex {
    match (a, b) {
        (Operand::Complex(a), Operand::Complex(b)) => product(a, b),
        (Operand::Complex(c), Operand::Real(x)) | (Operand::Real(x), Operand::Complex(c)) => {
            Complex::new(c.real * x, c.imag * x)
        }
        (Operand::Real(a), Operand::Real(b)) => Complex::new(a * b, 0.0),
    }
}

/// A product after C99's annex G: infinities survive parts that are not numbers.
fn product(z: Complex, w: Complex) -> Complex {
    let (mut a, mut b, mut c, mut d) = (z.real, z.imag, w.real, w.imag);
    let (ac, bd, ad, bc) = (a * c, b * d, a * d, b * c);
    let result = Complex::new(ac - bd, ad + bc);
    if !(result.real.is_nan() && result.imag.is_nan()) {
        return result;
    }
    let mut recalculate = false;
    let boxed = |x: f64| (if x.is_infinite() { 1.0f64 } else { 0.0 }).copysign(x);
    let unnan = |x: f64| if x.is_nan() { 0f64.copysign(x) } else { x };
    if a.is_infinite() || b.is_infinite() {
        (a, b, c, d) = (boxed(a), boxed(b), unnan(c), unnan(d));
        recalculate = true;
    }
    if c.is_infinite() || d.is_infinite() {
        (c, d, a, b) = (boxed(c), boxed(d), unnan(a), unnan(b));
        recalculate = true;
    }
    if !recalculate && (ac.is_infinite() || bd.is_infinite() || ad.is_infinite() || bc.is_infinite()) {
        (a, b, c, d) = (unnan(a), unnan(b), unnan(c), unnan(d));
        recalculate = true;
    }
    if recalculate {
        return Complex::new(f64::INFINITY * (a * c - b * d), f64::INFINITY * (a * d + b * c));
    }
    result
}

/// `a / b`.
pub fn div(a: Operand, b: Operand) -> Result<Complex> {
    match (a, b) {
        (_, Operand::Real(0.0)) => Err(NumError::DivisionByZero),
        (Operand::Complex(a), Operand::Complex(b)) => quotient(a, b),
        (Operand::Complex(a), Operand::Real(x)) => Ok(Complex::new(a.real / x, a.imag / x)),
        (Operand::Real(x), Operand::Complex(b)) => real_quotient(x, b),
        (Operand::Real(a), Operand::Real(b)) => Ok(Complex::new(a / b, 0.0)),
    }
}

/// Smith's division, scaled by the larger part of the divisor.
fn quotient(a: Complex, b: Complex) -> Result<Complex> {
    let mut result;
    if b.real.abs() >= b.imag.abs() {
        if b.real == 0.0 && b.imag == 0.0 {
            return Err(NumError::DivisionByZero);
        }
        let ratio = b.imag / b.real;
        let denominator = b.real + b.imag * ratio;
        result = Complex::new((a.real + a.imag * ratio) / denominator, (a.imag - a.real * ratio) / denominator);
    } else if b.imag.abs() >= b.real.abs() {
        let ratio = b.real / b.imag;
        let denominator = b.real * ratio + b.imag;
        result = Complex::new((a.real * ratio + a.imag) / denominator, (a.imag * ratio - a.real) / denominator);
    } else {
        result = Complex::new(f64::NAN, f64::NAN);
    }
    if result.real.is_nan() && result.imag.is_nan() {
        let boxed = |x: f64| (if x.is_infinite() { 1.0f64 } else { 0.0 }).copysign(x);
        if (a.real.is_infinite() || a.imag.is_infinite()) && b.is_finite() {
            let (x, y) = (boxed(a.real), boxed(a.imag));
            result = Complex::new(f64::INFINITY * (x * b.real + y * b.imag), f64::INFINITY * (y * b.real - x * b.imag));
        } else if (b.real.is_infinite() || b.imag.is_infinite()) && a.is_finite() {
            let (x, y) = (boxed(b.real), boxed(b.imag));
            result = Complex::new(0.0 * (a.real * x + a.imag * y), 0.0 * (a.imag * x - a.real * y));
        }
    }
    Ok(result)
}

/// The same for a real dividend.
fn real_quotient(a: f64, b: Complex) -> Result<Complex> {
    let mut result;
    if b.real.abs() >= b.imag.abs() {
        if b.real == 0.0 && b.imag == 0.0 {
            return Err(NumError::DivisionByZero);
        }
        let ratio = b.imag / b.real;
        let denominator = b.real + b.imag * ratio;
        result = Complex::new(a / denominator, (-a * ratio) / denominator);
    } else if b.imag.abs() >= b.real.abs() {
        let ratio = b.real / b.imag;
        let denominator = b.real * ratio + b.imag;
        result = Complex::new((a * ratio) / denominator, -a / denominator);
    } else {
        result = Complex::new(f64::NAN, f64::NAN);
    }
    if result.real.is_nan() && result.imag.is_nan() && a.is_finite() && (b.real.is_infinite() || b.imag.is_infinite()) {
        let boxed = |x: f64| (if x.is_infinite() { 1.0f64 } else { 0.0 }).copysign(x);
        let (x, y) = (boxed(b.real), boxed(b.imag));
        result = Complex::new(0.0 * (a * x), 0.0 * (-a * y));
    }
    Ok(result)
}

/// `-a`.
pub fn negative(a: Complex) -> Complex {
    Complex::new(-a.real, -a.imag)
}

/// `a ** b`, both made complex.
pub fn pow(a: Complex, b: Complex) -> Result<Complex> {
    const SMALL_EXPONENT: f64 = 100.0;
    let power = if b.imag == 0.0 && b.real == b.real.floor() && b.real.abs() <= SMALL_EXPONENT {
        integer_power(a, b.real as i32)?
    } else {
        general_power(a, b)?
    };
    if power.real.is_infinite() || power.imag.is_infinite() {
        return Err(NumError::ComplexExponentiation);
    }
    Ok(power)
}

fn general_power(a: Complex, b: Complex) -> Result<Complex> {
    if b.is_zero() {
        return Ok(Complex::ONE);
    }
    if a.is_zero() {
        if b.imag != 0.0 || b.real < 0.0 {
            return Err(NumError::ZeroToComplexPower);
        }
        return Ok(Complex::new(0.0, 0.0));
    }
    let size = a.real.hypot(a.imag);
    let mut length = size.powf(b.real);
    let angle = a.imag.atan2(a.real);
    let mut phase = angle * b.real;
    if b.imag != 0.0 {
        length *= (-angle * b.imag).exp();
        phase += b.imag * size.ln();
    }
    // The cosine of an infinite angle is C's domain error, which CPython words like this.
    if phase.is_infinite() {
        return Err(NumError::ZeroToComplexPower);
    }
    Ok(Complex::new(length * phase.cos(), length * phase.sin()))
}

fn integer_power(a: Complex, n: i32) -> Result<Complex> {
    if n > 0 {
        return Ok(positive_power(a, n as u32));
    }
    if n == 0 {
        return Ok(Complex::ONE);
    }
    if a.is_zero() {
        return Err(NumError::ZeroToComplexPower);
    }
    quotient(Complex::ONE, positive_power(a, n.unsigned_abs())).map_err(|_| NumError::ZeroToComplexPower)
}

fn positive_power(a: Complex, n: u32) -> Complex {
    let mut result = Complex::ONE;
    let mut square = a;
    let mut mask = 1;
    while mask > 0 && n >= mask {
        if n & mask != 0 {
            result = product(result, square);
        }
        mask <<= 1;
        square = product(square, square);
    }
    result
}

/// `abs(a)`.
pub fn abs(a: Complex) -> Result<f64> {
    let size = a.real.hypot(a.imag);
    if size.is_infinite() && a.is_finite() { Err(NumError::ComplexAbsOverflow) } else { Ok(size) }
}

/// `hash(a)`; NaN parts hash to 0 here, CPython takes the object's identity.
pub fn hash(a: Complex) -> i64 {
    match float::hash(a.real).wrapping_add(float::hash(a.imag).wrapping_mul(1_000_003)) {
        -1 => -2,
        hash => hash,
    }
}
