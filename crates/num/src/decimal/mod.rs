//! Decimal numbers of any precision: the General Decimal Arithmetic Specification 1.70 of Mike Cowlishaw, which is IEEE 754
//! decimal arithmetic and more, as the `decimal` module documents it.
//!
//! A coefficient is a binary big integer: products, quotients and roots are then as fast as `dashu_int`'s, and what
//! fits 128 bits, 38 digits, takes no allocation; `small.rs` works such numbers out, and those of 256 bits, in words. A base
//! of powers of ten would make rounding cheaper and all else dearer. Every operation takes a [`Context`] and adds the conditions that it meets to a [`Status`]; which of them
//! become exceptions is the caller's business.

mod arith;
mod digitwise;
mod integral;
mod order;
mod series;
mod small;
pub mod text;

use dashu_int::UBig;
use dashu_int::ops::{BitTest, DivRem};
use std::cmp::Ordering;

/// Conditions, as bits.
pub type Status = u32;

/// The bits of a [`Status`].
pub mod signal {
    pub const CLAMPED: u32 = 0x1;
    pub const CONVERSION_SYNTAX: u32 = 0x2;
    pub const DIVISION_BY_ZERO: u32 = 0x4;
    pub const DIVISION_IMPOSSIBLE: u32 = 0x8;
    pub const DIVISION_UNDEFINED: u32 = 0x10;
    pub const INEXACT: u32 = 0x40;
    pub const INVALID_CONTEXT: u32 = 0x80;
    pub const INVALID_OPERATION: u32 = 0x100;
    /// Not a condition of the specification: the result has no room.
    pub const MEMORY: u32 = 0x200;
    pub const OVERFLOW: u32 = 0x800;
    pub const ROUNDED: u32 = 0x1000;
    pub const SUBNORMAL: u32 = 0x2000;
    pub const UNDERFLOW: u32 = 0x4000;
    /// Set by conversions from binary floats, not by arithmetic.
    pub const FLOAT_OPERATION: u32 = 0x8000;
    /// What IEEE 754 calls an invalid operation.
    pub const IEEE_INVALID: u32 =
        CONVERSION_SYNTAX | DIVISION_IMPOSSIBLE | DIVISION_UNDEFINED | INVALID_CONTEXT | INVALID_OPERATION;
}
use signal::*;

/// Greatest precision and exponent.
pub const MAX_PREC: i64 = 999_999_999_999_999_999;
/// Greatest adjusted exponent.
pub const MAX_EMAX: i64 = MAX_PREC;
/// Least adjusted exponent of a normal number.
pub const MIN_EMIN: i64 = -MAX_PREC;
/// Least exponent.
pub const MIN_ETINY: i64 = MIN_EMIN - (MAX_PREC - 1);

/// Digits beyond which no coefficient is made.
const MOST_DIGITS: i64 = 1_000_000_000;

/// How a result is brought to the precision.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rounding {
    Up,
    Down,
    Ceiling,
    Floor,
    HalfUp,
    HalfDown,
    HalfEven,
    /// Away from zero where the last digit would be 0 or 5.
    Up05,
}

/// What results are rounded to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Context {
    pub prec: i64,
    pub emax: i64,
    pub emin: i64,
    pub rounding: Rounding,
    pub capitals: bool,
    pub clamp: bool,
}

impl Context {
    /// Room for every number that can be written.
    pub const MAX: Context = Context {
        prec: MAX_PREC,
        emax: MAX_EMAX,
        emin: MIN_EMIN,
        rounding: Rounding::HalfEven,
        capitals: true,
        clamp: false,
    };

    /// The least exponent of a subnormal number.
    pub fn etiny(&self) -> i64 {
        self.emin - (self.prec - 1)
    }

    /// The greatest exponent of a number with as many digits as the precision.
    pub fn etop(&self) -> i64 {
        self.emax - (self.prec - 1)
    }

    /// The same with another rounding.
    pub fn with_rounding(self, rounding: Rounding) -> Context {
        Context { rounding, ..self }
    }
}

/// What a number is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Finite,
    Infinite,
    Quiet,
    Signaling,
}

/// A decimal number: `coeff * 10 ** exp`; of a NaN, `coeff` is the diagnostic.
#[derive(Clone, Debug)]
pub struct Decimal {
    pub negative: bool,
    pub kind: Kind,
    pub coeff: UBig,
    pub exp: i64,
}

/// `10 ** n`; nothing where that has no room.
pub fn pow10(n: i64) -> Option<UBig> {
    const MOST: i64 = 38;
    if n <= MOST {
        return Some(UBig::from(small::POW10[usize::try_from(n).ok()?]));
    }
    if n <= 2 * MOST {
        return Some(UBig::from(small::POW10[MOST as usize]) * UBig::from(small::POW10[(n - MOST) as usize]));
    }
    if n > MOST_DIGITS || crate::int::big::room_for(5, n as usize / 16).is_err() {
        return None;
    }
    Some(UBig::from(5u8).pow(n as usize) << n as usize)
}

/// The product; nothing where that has no room.
pub fn product(a: &UBig, b: &UBig) -> Option<UBig> {
    crate::int::big::room_for(2, a.as_words().len() + b.as_words().len()).ok()?;
    Some(a * b)
}

/// Decimal digits; zero has one.
pub fn digits(n: &UBig) -> i64 {
    if let Some(wide) = small::Wide::of(n) {
        return wide.digits();
    }
    let bits = n.bit_len();
    // The logarithm of the leading bits tells unless it is very near a whole number.
    let top = u64::try_from(n >> (bits - 64)).unwrap_or(u64::MAX);
    let log = (top as f64).log10() + (bits - 64) as f64 * std::f64::consts::LOG10_2;
    let (below, above) = ((log - 1e-5).floor() as i64, (log + 1e-5).floor() as i64);
    if below == above {
        return below + 1;
    }
    match pow10(above) {
        Some(power) if *n >= power => above + 1,
        _ => below + 1,
    }
}

/// Removes up to `most` zeros at the end; how many there were.
fn strip_zeros(coeff: &mut UBig, most: i64) -> i64 {
    if most <= 0 || coeff.is_zero() {
        return 0;
    }
    let mut gone = 0;
    if let Some(mut n) = small::narrow(coeff) {
        gone = small::strip_zeros(&mut n, most);
        *coeff = UBig::from(n);
        return gone;
    }
    // A multiple of 10**k is one of 2**k.
    let bound = most.min(coeff.trailing_zeros().unwrap_or(0) as i64);
    let mut step = 1i64 << (63 - bound.max(1).leading_zeros());
    while step > 0 {
        if gone + step <= bound
            && let Some(power) = pow10(step)
        {
            let (q, r) = (&*coeff).div_rem(&power);
            if r.is_zero() {
                *coeff = q;
                gone += step;
                continue;
            }
        }
        step /= 2;
    }
    gone
}

/// Whether a quotient with this remainder and this last digit grows by one; `part` compares the remainder with one half.
#[inline(always)]
fn grows(rounding: Rounding, negative: bool, last: impl Fn() -> u128, part: Ordering, exact: bool) -> bool {
    if exact {
        return false;
    }
    match rounding {
        Rounding::Up => true,
        Rounding::Down => false,
        Rounding::Ceiling => !negative,
        Rounding::Floor => negative,
        Rounding::HalfUp => part.is_ge(),
        Rounding::HalfDown => part.is_gt(),
        Rounding::HalfEven => part.is_gt() || part.is_eq() && last() % 2 == 1,
        Rounding::Up05 => last().is_multiple_of(5),
    }
}

/// `coeff / 10 ** drop`, rounded; whether that is exact. Nothing where that has no room.
fn round_off(coeff: &UBig, drop: i64, rounding: Rounding, negative: bool) -> Option<(UBig, bool)> {
    if let Some(n) = small::narrow(coeff)
        && let Ok(drop) = usize::try_from(drop)
        && drop < small::POW10.len()
    {
        let (n, exact) = small::round_off(n, drop, rounding, negative);
        return Some((UBig::from(n), exact));
    }
    crate::int::big::room_for(4, 2 * coeff.as_words().len()).ok()?;
    let (q, part, exact) = if drop > digits(coeff) {
        (UBig::ZERO, Ordering::Less, coeff.is_zero())
    } else {
        let power = pow10(drop)?;
        let (q, r) = coeff.div_rem(&power);
        let exact = r.is_zero();
        (q, (r << 1).cmp(&power), exact)
    };
    let last = || u128::from(&q % 10u8);
    Some(if grows(rounding, negative, last, part, exact) { (q + UBig::ONE, exact) } else { (q, exact) })
}

/// Whether there is room for what an operation on these numbers takes that does not ask for itself: copies, sums, the quotient,
/// a text.
pub fn has_room(operands: &[&Decimal]) -> bool {
    let words = operands.iter().map(|d| d.coeff.as_words().len()).sum::<usize>();
    crate::int::big::room_for(8, 2 * words).is_ok()
}

impl Decimal {
    /// A finite number.
    pub fn new(negative: bool, coeff: UBig, exp: i64) -> Decimal {
        Decimal { negative, kind: Kind::Finite, coeff, exp }
    }

    /// Zero with an exponent.
    pub fn zero(negative: bool, exp: i64) -> Decimal {
        Decimal::new(negative, UBig::ZERO, exp)
    }

    /// An infinity.
    pub fn infinity(negative: bool) -> Decimal {
        Decimal { negative, kind: Kind::Infinite, coeff: UBig::ZERO, exp: 0 }
    }

    /// A quiet NaN without a diagnostic.
    pub fn nan() -> Decimal {
        Decimal { negative: false, kind: Kind::Quiet, coeff: UBig::ZERO, exp: 0 }
    }

    /// The NaN of an operation that has no result.
    pub fn invalid(status: &mut Status, condition: u32) -> Decimal {
        *status |= condition;
        Decimal::nan()
    }

    pub(super) fn no_memory(status: &mut Status) -> Decimal {
        Decimal::invalid(status, MEMORY)
    }

    pub fn is_finite(&self) -> bool {
        self.kind == Kind::Finite
    }

    pub fn is_infinite(&self) -> bool {
        self.kind == Kind::Infinite
    }

    pub fn is_nan(&self) -> bool {
        matches!(self.kind, Kind::Quiet | Kind::Signaling)
    }

    pub fn is_signaling(&self) -> bool {
        self.kind == Kind::Signaling
    }

    pub fn is_zero(&self) -> bool {
        self.is_finite() && self.coeff.is_zero()
    }

    /// Whether the value is a whole number.
    pub fn is_integer(&self) -> bool {
        if !self.is_finite() {
            return false;
        }
        if self.exp >= 0 || self.coeff.is_zero() {
            return true;
        }
        strip_zeros(&mut self.coeff.clone(), -self.exp) == -self.exp
    }

    /// Digits of the coefficient.
    pub fn digits(&self) -> i64 {
        digits(&self.coeff)
    }

    /// The exponent of the first digit.
    pub fn adjusted(&self) -> i64 {
        if self.is_finite() { self.exp + self.digits() - 1 } else { 0 }
    }

    pub fn is_normal(&self, context: &Context) -> bool {
        self.is_finite() && !self.coeff.is_zero() && self.adjusted() >= context.emin
    }

    pub fn is_subnormal(&self, context: &Context) -> bool {
        self.is_finite() && !self.coeff.is_zero() && self.adjusted() < context.emin
    }

    /// The same with another sign.
    pub fn with_sign(mut self, negative: bool) -> Decimal {
        self.negative = negative;
        self
    }

    /// A NaN as a result: quiet, its diagnostic no longer than the context allows.
    fn quieted(&self, context: &Context) -> Decimal {
        let mut nan = Decimal { kind: Kind::Quiet, ..self.clone() };
        nan.fix_payload(context);
        nan
    }

    fn fix_payload(&mut self, context: &Context) {
        let most = context.prec - i64::from(context.clamp);
        if self.coeff.is_zero() || digits(&self.coeff) <= most {
            return;
        }
        if let Some(power) = pow10(most) {
            self.coeff = &self.coeff % power;
        }
    }

    /// The result of an operation one of whose operands is a NaN.
    fn nan_of(operands: &[&Decimal], context: &Context, status: &mut Status) -> Option<Decimal> {
        if let Some(signaling) = operands.iter().find(|d| d.is_signaling()) {
            *status |= INVALID_OPERATION;
            return Some(signaling.quieted(context));
        }
        operands.iter().find(|d| d.is_nan()).map(|nan| nan.quieted(context))
    }

    fn overflowed(negative: bool, context: &Context, status: &mut Status) -> Decimal {
        *status |= OVERFLOW | INEXACT | ROUNDED;
        let to_infinity = match context.rounding {
            Rounding::Down | Rounding::Up05 => false,
            Rounding::Ceiling => !negative,
            Rounding::Floor => negative,
            _ => true,
        };
        if to_infinity {
            return Decimal::infinity(negative);
        }
        match pow10(context.prec) {
            Some(power) => Decimal::new(negative, power - UBig::ONE, context.etop()),
            None => Decimal::no_memory(status),
        }
    }

    /// The number as the context can hold it.
    pub fn finish(mut self, context: &Context, status: &mut Status) -> Decimal {
        match self.kind {
            Kind::Finite => {}
            Kind::Infinite => return self,
            _ => {
                self.fix_payload(context);
                return self;
            }
        }
        let (etiny, etop) = (context.etiny(), context.etop());
        if self.coeff.is_zero() {
            let most = if context.clamp { etop } else { context.emax };
            let exp = self.exp.clamp(etiny, most);
            if exp != self.exp {
                *status |= CLAMPED;
                self.exp = exp;
            }
            return self;
        }
        let digits = self.digits();
        if self.exp + digits - 1 > context.emax {
            return Decimal::overflowed(self.negative, context, status);
        }
        let subnormal = self.exp + digits - 1 < context.emin;
        let least = if subnormal { etiny } else { self.exp + digits - context.prec };
        if self.exp < least {
            let rounded = round_off(&self.coeff, least - self.exp, context.rounding, self.negative);
            let Some((mut coeff, exact)) = rounded else { return Decimal::no_memory(status) };
            let mut exp = least;
            if self::digits(&coeff) > context.prec {
                coeff /= UBig::from(10u8);
                exp += 1;
                if exp > etop {
                    return Decimal::overflowed(self.negative, context, status);
                }
            }
            *status |= ROUNDED;
            if subnormal {
                *status |= SUBNORMAL;
            }
            if !exact {
                *status |= INEXACT;
                if subnormal {
                    *status |= UNDERFLOW;
                }
            }
            if coeff.is_zero() {
                *status |= CLAMPED;
            }
            (self.coeff, self.exp) = (coeff, exp);
            return self;
        }
        if subnormal {
            *status |= SUBNORMAL;
        }
        if context.clamp && self.exp > etop {
            *status |= CLAMPED;
            match pow10(self.exp - etop).and_then(|power| product(&self.coeff, &power)) {
                Some(coeff) => self.coeff = coeff,
                None => return Decimal::no_memory(status),
            }
            self.exp = etop;
        }
        self
    }

    /// The coefficient for a lower exponent.
    fn padded(&self, exp: i64) -> Option<UBig> {
        if self.coeff.is_zero() || self.exp == exp {
            return Some(self.coeff.clone());
        }
        if self.exp - exp + self.digits() > MOST_DIGITS {
            return None;
        }
        product(&self.coeff, &pow10(self.exp - exp)?)
    }

    /// Another exponent, rounded, without regard to a precision; whether it is exact.
    fn rescaled(&self, exp: i64, rounding: Rounding) -> Option<(Decimal, bool)> {
        if self.coeff.is_zero() {
            return Some((Decimal::zero(self.negative, exp), true));
        }
        if self.exp >= exp {
            return Some((Decimal::new(self.negative, self.padded(exp)?, exp), true));
        }
        let (coeff, exact) = round_off(&self.coeff, exp - self.exp, rounding, self.negative)?;
        Some((Decimal::new(self.negative, coeff, exp), exact))
    }
}
