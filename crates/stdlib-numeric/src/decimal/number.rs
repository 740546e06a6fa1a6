//! `decimal.Decimal`.

use super::context::{PyContext, add_status, rounding_of, settings};
use super::convert::{
    Exactness, ask, from_float, from_float_or_int, from_object, is_int, new_decimal, operand, raise_unsupported,
    required, to_int, wrap_in,
};
use super::{chosen, current, signals};
use dashu_int::UBig;
use dashu_int::ops::Gcd;
use taipan_macros::{Payload, Trace, class};
use taipan_num::decimal::signal::{FLOAT_OPERATION, INVALID_OPERATION};
use taipan_num::decimal::{Context, Decimal, Kind, Rounding, Status, pow10, product};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Str, TypeCell, room};
use taipan_vm::native::{Args, Signature};
use taipan_vm::slots::CompareOp;
use taipan_vm::{Ref, Result, Tuple, Type, Value, Vm, name};

/// `decimal.Decimal`.
pub static DECIMAL: TypeCell<PyDecimal> = TypeCell::new("decimal.Decimal");

/// A decimal number.
#[derive(Trace, Payload)]
#[payload(class = DECIMAL, frozen)]
#[repr(C)]
pub struct PyDecimal {
    pub value: Opaque<Decimal>,
}

type Unary = fn(&Decimal, &Context, &mut Status) -> Decimal;
type Binary = fn(&Decimal, &Decimal, &Context, &mut Status) -> Decimal;

fn own<'a>(vm: &mut Vm, this: &'a Value) -> Result<&'a Decimal> {
    match this.downcast::<PyDecimal>() {
        Some(d) => Ok(&d.value.0),
        None => Err(vm.raise_type_error("a Decimal is required")),
    }
}

fn unary(vm: &mut Vm, this: &Value, context: Option<&Value>, f: Unary) -> Result {
    let context = chosen(vm, context)?;
    let d = own(vm, this)?;
    ask(vm, &[d])?;
    let c = settings(vm, &context).context;
    let mut status = 0;
    let made = f(d, &c, &mut status);
    add_status(vm, &context, status)?;
    new_decimal(vm, made)
}

fn binary(vm: &mut Vm, (this, other): (&Value, &Value), context: Option<&Value>, f: Binary) -> Result {
    let context = chosen(vm, context)?;
    let (d, other) = (own(vm, this)?, required(vm, other)?);
    ask(vm, &[d, &other])?;
    let c = settings(vm, &context).context;
    let mut status = 0;
    let made = f(d, &other, &c, &mut status);
    add_status(vm, &context, status)?;
    new_decimal(vm, made)
}

/// An operator: what is neither Decimal nor int is left to the other operand.
fn operator(vm: &mut Vm, a: &Value, b: &Value, f: Binary) -> Result {
    let (Some(a), Some(b)) = (operand(a), operand(b)) else { return Ok(Value::not_implemented()) };
    ask(vm, &[&a, &b])?;
    let context = current(vm)?;
    let c = settings(vm, &context).context;
    let mut status = 0;
    let made = f(&a, &b, &c, &mut status);
    add_status(vm, &context, status)?;
    new_decimal(vm, made)
}

/// `+x`: rounded, and a zero without sign.
pub fn rounded(d: &Decimal, c: &Context, s: &mut Status) -> Decimal {
    signed(d, d.negative, c, s)
}

/// `-x`.
pub fn negated(d: &Decimal, c: &Context, s: &mut Status) -> Decimal {
    signed(d, !d.negative, c, s)
}

/// `abs(x)`.
pub fn absolute(d: &Decimal, c: &Context, s: &mut Status) -> Decimal {
    if d.negative && !d.is_nan() { negated(d, c, s) } else { rounded(d, c, s) }
}

fn signed(d: &Decimal, negative: bool, c: &Context, s: &mut Status) -> Decimal {
    if d.is_nan() {
        if d.is_signaling() {
            *s |= INVALID_OPERATION;
        }
        return Decimal { kind: Kind::Quiet, ..d.clone() }.finish(c, s);
    }
    let negative = if d.is_zero() && c.rounding != Rounding::Floor { false } else { negative };
    d.clone().with_sign(negative).finish(c, s)
}

/// `divmod(x, y)`.
pub fn divided(vm: &mut Vm, context: &Ref<PyContext>, x: &Decimal, y: &Decimal) -> Result<Ref<Tuple>> {
    ask(vm, &[x, y])?;
    let c = settings(vm, context).context;
    let mut status = 0;
    let (q, r) = x.div_mod(y, &c, &mut status);
    add_status(vm, context, status)?;
    let parts = vec![new_decimal(vm, q)?, new_decimal(vm, r)?];
    vm.new_tuple(parts)
}

/// Digits of a power that are not worked out, whatever the precision.
const MOST_DIGITS: i64 = 100_000_000;

/// Whether an exact power would have too many digits.
fn has_no_room(x: &Decimal, y: &Decimal) -> bool {
    let exponent = y.to_scientific(true).parse::<f64>().unwrap_or(0.0).abs();
    let is_power_of_ten = x.digit_text().trim_end_matches('0') == "1";
    x.is_finite() && !is_power_of_ten && x.digits() as f64 * exponent > MOST_DIGITS as f64
}

/// `x ** y`, or `x ** y % m`.
pub fn raised_to(vm: &mut Vm, context: &Ref<PyContext>, x: &Decimal, y: &Decimal, m: Option<&Decimal>) -> Result {
    ask(vm, &[x, y, m.unwrap_or(x)])?;
    let c = settings(vm, context).context;
    if m.is_none() && c.prec > MOST_DIGITS && has_no_room(x, y) {
        return Err(vm.raise_memory_error());
    }
    let mut status = 0;
    let made = match m {
        None => x.pow(y, &c, &mut status),
        Some(m) => x.pow_mod(y, m, &c, &mut status),
    };
    add_status(vm, context, status)?;
    new_decimal(vm, made)
}

/// The text of a number in the current context.
fn shown(vm: &mut Vm, d: &Decimal) -> Result<String> {
    ask(vm, &[d])?;
    let context = current(vm)?;
    let capitals = settings(vm, &context).context.capitals;
    Ok(d.to_scientific(capitals))
}

/// A whole number as an int.
fn whole(vm: &mut Vm, d: &Decimal, rounding: Rounding) -> Result {
    if d.is_nan() {
        return Err(vm.raise_value_error("cannot convert NaN to integer"));
    }
    if d.is_infinite() {
        return Err(vm.raise_overflow_error("cannot convert Infinity to integer"));
    }
    ask(vm, &[d])?;
    let d = d.to_integral(false, &Context::MAX.with_rounding(rounding), &mut 0);
    if d.coeff.is_zero() || d.exp <= 0 {
        return to_int(vm, d.negative, &d.coeff);
    }
    match pow10(d.exp).and_then(|power| product(&d.coeff, &power)) {
        Some(coeff) => to_int(vm, d.negative, &coeff),
        None => Err(vm.raise_memory_error()),
    }
}

fn to_float(vm: &mut Vm, d: &Decimal) -> Result<f64> {
    if d.is_signaling() {
        return Err(vm.raise_value_error("cannot convert signaling NaN to float"));
    }
    if d.is_nan() {
        return Ok(if d.negative { -f64::NAN } else { f64::NAN });
    }
    ask(vm, &[d])?;
    match d.to_scientific(true).parse::<f64>() {
        Ok(x) => Ok(x),
        Err(_) => Err(vm.raise_value_error("could not convert a Decimal to float")),
    }
}

/// The modulus of numeric hashes: a Mersenne prime, so that what lies above its bits is added to them.
const MODULUS: u64 = (1 << 61) - 1;

/// The product modulo [`MODULUS`] of two numbers below it.
const fn times(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    let sum = (product as u64 & MODULUS) + (product >> 61) as u64;
    if sum >= MODULUS { sum - MODULUS } else { sum }
}

const fn power(mut base: u64, mut n: u64) -> u64 {
    let mut made = 1;
    while n > 0 {
        if n & 1 == 1 {
            made = times(made, base);
        }
        base = times(base, base);
        n >>= 1;
    }
    made
}

/// One tenth modulo [`MODULUS`].
const TENTH: u64 = power(10, MODULUS - 2);

/// Its first powers: most numbers have few places.
const TENTHS: [u64; 32] = {
    let mut all = [1; 32];
    let mut n = 1;
    while n < all.len() {
        all[n] = times(all[n - 1], TENTH);
        n += 1;
    }
    all
};

fn hash_finite(d: &Decimal) -> i64 {
    let coeff = match u64::try_from(&d.coeff) {
        Ok(n) => n % MODULUS,
        Err(_) => &d.coeff % MODULUS,
    };
    let places = d.exp.unsigned_abs();
    let scale = match TENTHS.get(places as usize) {
        Some(&tenth) if d.exp <= 0 => tenth,
        _ => power(if d.exp >= 0 { 10 } else { TENTH }, places),
    };
    let hash = times(coeff, scale) as i64;
    match if d.negative { -hash } else { hash } {
        -1 => -2,
        hash => hash,
    }
}

/// What a Decimal is compared with: the other number, and where that is a fraction, the Decimal times its denominator.
fn comparable(vm: &mut Vm, d: &Decimal, other: &Value, op: CompareOp) -> Result<Option<(Decimal, Decimal)>> {
    if let Some(other) = operand(other) {
        return Ok(Some((d.clone(), other.into_owned())));
    }
    let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    let mut float = other.as_float();
    if equality && let Some(z) = other.downcast::<taipan_object::int::Complex>() {
        if z.imag != 0.0 {
            return Ok(None);
        }
        float = Some(z.real);
    }
    if let Some(x) = float {
        let context = current(vm)?;
        if equality {
            context.get_mut(vm).settings.0.flags |= FLOAT_OPERATION;
        } else {
            add_status(vm, &context, FLOAT_OPERATION)?;
        }
        return Ok(Some((d.clone(), from_float(x))));
    }
    let rational = signals::kept(vm, super::RATIONAL)?;
    if !vm.is_instance(other, &rational)? {
        return Ok(None);
    }
    let numerator = vm.get_attr(other, name!("numerator"))?;
    let denominator = vm.get_attr(other, name!("denominator"))?;
    let (Some(n), Some(denominator)) = (operand(&numerator), operand(&denominator)) else { return Ok(None) };
    if !d.is_finite() {
        return Ok(Some((d.clone(), n.into_owned())));
    }
    let scaled = d.mul(&denominator, &Context::MAX, &mut 0);
    Ok(Some((scaled, n.into_owned())))
}

static NEW: Signature = Signature {
    name: "Decimal",
    params: &["value", "context"],
    required: &[false; 2],
    required_count: 0,
    positional_only: 0,
    positional: 2,
};

/// Methods of `decimal.Decimal`.
pub struct DecimalClass;

/// A decimal number. It is made of an int, a float, text, a tuple (sign, digits, exponent) or another Decimal, and keeps
/// every digit of it.
#[class(cell = DECIMAL, base = OBJECT, flags = BASETYPE, signature = "(value=\"0\", context=None)")]
impl DecimalClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let [value, context] = taipan_vm::native::bind::<2>(vm, &NEW, args)?;
        let context = chosen(vm, context)?;
        let exact = class.is(&DECIMAL.as_ref());
        let made = match value {
            None => Decimal::zero(false, 0),
            Some(v) if exact && v.downcast_exact::<PyDecimal>().is_some() => return Ok(v.clone()),
            Some(v) => from_object(vm, v, Exactness::Exact, &context)?,
        };
        if exact {
            return new_decimal(vm, made);
        }
        Ref::new_in(vm, class, PyDecimal { value: Opaque(made) }).map(Ref::into_value)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<PyDecimal>) -> Result {
        let text = shown(vm, &this.value.0)?;
        vm.new_str(&format!("Decimal('{text}')")).map(Ref::into_value)
    }

    #[slot]
    fn str(vm: &mut Vm, this: &Ref<PyDecimal>) -> Result {
        let mut buffer = [0; 48];
        if let Some(text) = this.value.0.short_text(&mut buffer)
            && let Some(text) = vm.new_ascii_text(text)?
        {
            return Ok(text.into_value());
        }
        let text = shown(vm, &this.value.0)?;
        vm.new_str(&text).map(Ref::into_value)
    }

    #[slot]
    fn hash(vm: &mut Vm, this: &Ref<PyDecimal>) -> Result<i64> {
        let d = &this.value.0;
        match d.kind {
            Kind::Finite => Ok(hash_finite(d)),
            Kind::Infinite => Ok(if d.negative { -314_159 } else { 314_159 }),
            Kind::Quiet => Ok(taipan_vm::protocol::hash_address(this.as_value())),
            Kind::Signaling => Err(vm.raise_type_error("Cannot hash a signaling NaN value")),
        }
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let Some(this) = a.downcast::<PyDecimal>() else { return Ok(Value::not_implemented()) };
        if let Some(other) = operand(b)
            && !this.value.0.is_nan()
            && !other.is_nan()
        {
            ask(vm, &[&this.value.0, &other])?;
            return Ok(Value::bool(op.holds(this.value.0.order(&other))));
        }
        let Some((x, y)) = comparable(vm, &this.value.0, b, op)? else { return Ok(Value::not_implemented()) };
        if x.is_nan() || y.is_nan() {
            let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
            if !equality || x.is_signaling() || y.is_signaling() {
                let context = current(vm)?;
                add_status(vm, &context, INVALID_OPERATION)?;
            }
            return Ok(Value::bool(op == CompareOp::Ne));
        }
        Ok(Value::bool(op.holds(x.order(&y))))
    }

    #[slot]
    fn bool(_vm: &mut Vm, this: &Ref<PyDecimal>) -> Result<bool> {
        Ok(!this.value.0.is_zero())
    }

    #[slot]
    fn int(vm: &mut Vm, this: &Ref<PyDecimal>) -> Result {
        whole(vm, &this.value.0, Rounding::Down)
    }

    #[slot]
    fn float(vm: &mut Vm, this: &Ref<PyDecimal>) -> Result {
        let x = to_float(vm, &this.value.0)?;
        vm.new_float(x)
    }

    #[slot]
    fn abs(vm: &mut Vm, this: &Value) -> Result {
        unary(vm, this, None, absolute)
    }

    #[slot]
    fn neg(vm: &mut Vm, this: &Value) -> Result {
        unary(vm, this, None, negated)
    }

    #[slot]
    fn pos(vm: &mut Vm, this: &Value) -> Result {
        unary(vm, this, None, rounded)
    }

    #[slot]
    fn op_add(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        operator(vm, a, b, Decimal::add)
    }

    #[slot]
    fn op_subtract(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        operator(vm, a, b, Decimal::sub)
    }

    #[slot]
    fn op_multiply(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        operator(vm, a, b, Decimal::mul)
    }

    #[slot]
    fn op_true_divide(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        operator(vm, a, b, Decimal::div)
    }

    #[slot]
    fn op_floor_divide(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        operator(vm, a, b, Decimal::floor_div)
    }

    #[slot]
    fn op_remainder(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        operator(vm, a, b, Decimal::rem)
    }

    #[slot]
    fn op_power(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let (Some(a), Some(b)) = (operand(a), operand(b)) else { return Ok(Value::not_implemented()) };
        let context = current(vm)?;
        raised_to(vm, &context, &a, &b, None)
    }

    #[slot]
    fn op_divmod(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let (Some(a), Some(b)) = (operand(a), operand(b)) else { return Ok(Value::not_implemented()) };
        let context = current(vm)?;
        divided(vm, &context, &a, &b).map(Ref::into_value)
    }

    #[slot]
    fn power_mod(vm: &mut Vm, a: &Value, b: &Value, m: &Value) -> Result {
        let (Some(a), Some(b), Some(m)) = (operand(a), operand(b), operand(m)) else {
            return Ok(Value::not_implemented());
        };
        let context = current(vm)?;
        raised_to(vm, &context, &a, &b, Some(&m))
    }

    /// e ** x.
    #[method("($self, /, context=None)")]
    fn exp(vm: &mut Vm, this: &Value, context: Option<&Value>) -> Result {
        unary(vm, this, context, Decimal::exp)
    }

    /// The natural logarithm.
    #[method("($self, /, context=None)")]
    fn ln(vm: &mut Vm, this: &Value, context: Option<&Value>) -> Result {
        unary(vm, this, context, Decimal::ln)
    }

    /// The logarithm to base 10.
    #[method("($self, /, context=None)")]
    fn log10(vm: &mut Vm, this: &Value, context: Option<&Value>) -> Result {
        unary(vm, this, context, Decimal::log10)
    }

    /// The exponent of the first digit.
    #[method("($self, /, context=None)")]
    fn logb(vm: &mut Vm, this: &Value, context: Option<&Value>) -> Result {
        unary(vm, this, context, Decimal::logb)
    }

    /// All digits inverted.
    #[method("($self, /, context=None)")]
    fn logical_invert(vm: &mut Vm, this: &Value, context: Option<&Value>) -> Result {
        unary(vm, this, context, Decimal::logical_invert)
    }

    /// The same value without zeros at the end.
    #[method("($self, /, context=None)")]
    fn normalize(vm: &mut Vm, this: &Value, context: Option<&Value>) -> Result {
        unary(vm, this, context, Decimal::normalize)
    }

    /// The square root.
    #[method("($self, /, context=None)")]
    fn sqrt(vm: &mut Vm, this: &Value, context: Option<&Value>) -> Result {
        unary(vm, this, context, Decimal::sqrt)
    }

    /// The next smaller number.
    #[method("($self, /, context=None)")]
    fn next_minus(vm: &mut Vm, this: &Value, context: Option<&Value>) -> Result {
        unary(vm, this, context, |d, c, s| d.next(false, c, s))
    }

    /// The next larger number.
    #[method("($self, /, context=None)")]
    fn next_plus(vm: &mut Vm, this: &Value, context: Option<&Value>) -> Result {
        unary(vm, this, context, |d, c, s| d.next(true, c, s))
    }

    /// -1, 0 or 1 as x is less than, equal to or greater than y; NaN if either is.
    #[method("($self, /, other, context=None)")]
    fn compare_(vm: &mut Vm, this: &Value, other: &Value, context: Option<&Value>) -> Result {
        binary(vm, (this, other), context, Decimal::compare)
    }

    /// The same, where every NaN is an invalid operation.
    #[method("($self, /, other, context=None)")]
    fn compare_signal(vm: &mut Vm, this: &Value, other: &Value, context: Option<&Value>) -> Result {
        binary(vm, (this, other), context, Decimal::compare_signal)
    }

    /// The digits of both, and.
    #[method("($self, /, other, context=None)")]
    fn logical_and(vm: &mut Vm, this: &Value, other: &Value, context: Option<&Value>) -> Result {
        binary(vm, (this, other), context, |a, b, c, s| a.logical_with(b, |x, y| x & y, c, s))
    }

    /// The digits of both, or.
    #[method("($self, /, other, context=None)")]
    fn logical_or(vm: &mut Vm, this: &Value, other: &Value, context: Option<&Value>) -> Result {
        binary(vm, (this, other), context, |a, b, c, s| a.logical_with(b, |x, y| x | y, c, s))
    }

    /// The digits of both, exclusive or.
    #[method("($self, /, other, context=None)")]
    fn logical_xor(vm: &mut Vm, this: &Value, other: &Value, context: Option<&Value>) -> Result {
        binary(vm, (this, other), context, |a, b, c, s| a.logical_with(b, |x, y| x ^ y, c, s))
    }

    /// The larger.
    #[method("($self, /, other, context=None)")]
    fn max(vm: &mut Vm, this: &Value, other: &Value, context: Option<&Value>) -> Result {
        binary(vm, (this, other), context, |a, b, c, s| a.extreme(b, (true, false), c, s))
    }

    /// The one with the larger magnitude.
    #[method("($self, /, other, context=None)")]
    fn max_mag(vm: &mut Vm, this: &Value, other: &Value, context: Option<&Value>) -> Result {
        binary(vm, (this, other), context, |a, b, c, s| a.extreme(b, (true, true), c, s))
    }

    /// The smaller.
    #[method("($self, /, other, context=None)")]
    fn min(vm: &mut Vm, this: &Value, other: &Value, context: Option<&Value>) -> Result {
        binary(vm, (this, other), context, |a, b, c, s| a.extreme(b, (false, false), c, s))
    }

    /// The one with the smaller magnitude.
    #[method("($self, /, other, context=None)")]
    fn min_mag(vm: &mut Vm, this: &Value, other: &Value, context: Option<&Value>) -> Result {
        binary(vm, (this, other), context, |a, b, c, s| a.extreme(b, (false, true), c, s))
    }

    /// The number next to x in the direction of y.
    #[method("($self, /, other, context=None)")]
    fn next_toward(vm: &mut Vm, this: &Value, other: &Value, context: Option<&Value>) -> Result {
        binary(vm, (this, other), context, Decimal::next_toward)
    }

    /// The remainder that is nearest to zero.
    #[method("($self, /, other, context=None)")]
    fn remainder_near(vm: &mut Vm, this: &Value, other: &Value, context: Option<&Value>) -> Result {
        binary(vm, (this, other), context, Decimal::rem_near)
    }

    /// The digits rotated by y places.
    #[method("($self, /, other, context=None)")]
    fn rotate(vm: &mut Vm, this: &Value, other: &Value, context: Option<&Value>) -> Result {
        binary(vm, (this, other), context, Decimal::rotate)
    }

    /// the number with y added to its exponent.
    #[method("($self, /, other, context=None)")]
    fn scaleb(vm: &mut Vm, this: &Value, other: &Value, context: Option<&Value>) -> Result {
        binary(vm, (this, other), context, Decimal::scaleb)
    }

    /// The digits shifted by y places.
    #[method("($self, /, other, context=None)")]
    fn shift(vm: &mut Vm, this: &Value, other: &Value, context: Option<&Value>) -> Result {
        binary(vm, (this, other), context, Decimal::shift)
    }

    /// The order in which representations of equal values differ.
    #[method("($self, /, other, context=None)")]
    fn compare_total(vm: &mut Vm, this: &Value, other: &Value, context: Option<&Value>) -> Result {
        binary(vm, (this, other), context, |a, b, _, _| a.compare_total(b))
    }

    /// The same without regard to the signs.
    #[method("($self, /, other, context=None)")]
    fn compare_total_mag(vm: &mut Vm, this: &Value, other: &Value, context: Option<&Value>) -> Result {
        binary(vm, (this, other), context, |a, b, _, _| a.compare_total_mag(b))
    }

    /// the number with the sign of y.
    #[method("($self, /, other, context=None)")]
    fn copy_sign(vm: &mut Vm, this: &Value, other: &Value, context: Option<&Value>) -> Result {
        binary(vm, (this, other), context, |a, b, _, _| a.clone().with_sign(b.negative))
    }

    /// Whether it is neither infinite nor a NaN.
    #[method("($self, /)")]
    fn is_finite(_vm: &mut Vm, this: &Ref<PyDecimal>) -> Result<bool> {
        let d = &this.value.0;
        Ok(d.is_finite())
    }

    /// Whether it is an infinity.
    #[method("($self, /)")]
    fn is_infinite(_vm: &mut Vm, this: &Ref<PyDecimal>) -> Result<bool> {
        let d = &this.value.0;
        Ok(d.is_infinite())
    }

    /// Whether it is a NaN.
    #[method("($self, /)")]
    fn is_nan(_vm: &mut Vm, this: &Ref<PyDecimal>) -> Result<bool> {
        let d = &this.value.0;
        Ok(d.is_nan())
    }

    /// Whether it is a quiet NaN.
    #[method("($self, /)")]
    fn is_qnan(_vm: &mut Vm, this: &Ref<PyDecimal>) -> Result<bool> {
        let d = &this.value.0;
        Ok(d.is_nan() && !d.is_signaling())
    }

    /// Whether it is a signaling NaN.
    #[method("($self, /)")]
    fn is_snan(_vm: &mut Vm, this: &Ref<PyDecimal>) -> Result<bool> {
        let d = &this.value.0;
        Ok(d.is_signaling())
    }

    /// Whether its sign is negative.
    #[method("($self, /)")]
    fn is_signed(_vm: &mut Vm, this: &Ref<PyDecimal>) -> Result<bool> {
        let d = &this.value.0;
        Ok(d.negative)
    }

    /// Whether it is a zero.
    #[method("($self, /)")]
    fn is_zero(_vm: &mut Vm, this: &Ref<PyDecimal>) -> Result<bool> {
        let d = &this.value.0;
        Ok(d.is_zero())
    }

    /// Whether it is finite, not zero and not subnormal.
    #[method("($self, /, context=None)")]
    fn is_normal(vm: &mut Vm, this: &Ref<PyDecimal>, context: Option<&Value>) -> Result<bool> {
        let context = chosen(vm, context)?;
        let (d, c) = (&this.value.0, &settings(vm, &context).context);
        Ok(d.is_normal(c))
    }

    /// Whether it is subnormal.
    #[method("($self, /, context=None)")]
    fn is_subnormal(vm: &mut Vm, this: &Ref<PyDecimal>, context: Option<&Value>) -> Result<bool> {
        let context = chosen(vm, context)?;
        let (d, c) = (&this.value.0, &settings(vm, &context).context);
        Ok(d.is_subnormal(c))
    }

    /// The exponent of the first digit.
    #[method("($self, /)")]
    fn adjusted(_vm: &mut Vm, this: &Ref<PyDecimal>) -> Result<i64> {
        Ok(this.value.0.adjusted())
    }

    /// The number itself.
    #[method("($self, /)")]
    fn canonical(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    /// The number itself.
    #[method("($self, /)")]
    fn conjugate(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    /// Always true.
    #[method("($self, /)")]
    fn is_canonical(_vm: &mut Vm, _this: &Value) -> Result<bool> {
        Ok(true)
    }

    /// The base of the numbers: ten.
    #[method("($self, /)")]
    fn radix(vm: &mut Vm, _this: &Value) -> Result {
        new_decimal(vm, Decimal::new(false, UBig::from(10u8), 0))
    }

    /// A copy without sign.
    #[method("($self, /)")]
    fn copy_abs(vm: &mut Vm, this: &Ref<PyDecimal>) -> Result {
        new_decimal(vm, this.value.0.clone().with_sign(false))
    }

    /// A copy with the other sign.
    #[method("($self, /)")]
    fn copy_negate(vm: &mut Vm, this: &Ref<PyDecimal>) -> Result {
        let d = this.value.0.clone();
        let negative = !d.negative;
        new_decimal(vm, d.with_sign(negative))
    }

    /// Sign, digits and exponent.
    #[method("($self, /)")]
    fn as_tuple(vm: &mut Vm, this: &Ref<PyDecimal>) -> Result {
        let d = &this.value.0;
        let exponent = match d.kind {
            Kind::Finite => vm.new_int(d.exp)?,
            Kind::Infinite => vm.new_str("F")?.into_value(),
            Kind::Quiet => vm.new_str("n")?.into_value(),
            Kind::Signaling => vm.new_str("N")?.into_value(),
        };
        let digits = match d.is_nan() && d.coeff.is_zero() {
            true => Vec::new(),
            false => {
                ask(vm, &[d])?;
                room::collected(d.digit_text().bytes().map(|b| Value::from_i32(i32::from(b - b'0'))))?
            }
        };
        let digits = vm.new_tuple(digits)?.into_value();
        let class = signals::kept(vm, super::TUPLE_CLASS)?;
        vm.call(&class, &[Value::from_i32(d.negative.into()), digits, exponent])
    }

    /// Two ints whose quotient is the number.
    #[method("($self, /)")]
    fn as_integer_ratio(vm: &mut Vm, this: &Ref<PyDecimal>) -> Result<Ref<Tuple>> {
        let d = &this.value.0;
        if d.is_nan() {
            return Err(vm.raise_value_error("cannot convert NaN to integer ratio"));
        }
        if d.is_infinite() {
            return Err(vm.raise_overflow_error("cannot convert Infinity to integer ratio"));
        }
        ask(vm, &[d])?;
        let Some(power) = (if d.coeff.is_zero() { Some(UBig::ONE) } else { pow10(d.exp.abs()) }) else {
            return Err(vm.raise_memory_error());
        };
        let (n, m) = if d.exp >= 0 || d.coeff.is_zero() {
            let Some(n) = product(&d.coeff, &power) else { return Err(vm.raise_memory_error()) };
            (n, UBig::ONE)
        } else {
            // Euclid's algorithm in halves, and two quotients.
            if taipan_num::int::big::room_for(12, d.coeff.as_words().len() + power.as_words().len()).is_err() {
                return Err(vm.raise_memory_error());
            }
            let common = (&d.coeff).gcd(&power);
            (&d.coeff / &common, power / &common)
        };
        let parts = vec![to_int(vm, d.negative, &n)?, to_int(vm, false, &m)?];
        vm.new_tuple(parts)
    }

    /// The number times other, plus third, rounded once.
    #[method("($self, /, other, third, context=None)")]
    fn fma(vm: &mut Vm, this: &Value, other: &Value, third: &Value, context: Option<&Value>) -> Result {
        let context = chosen(vm, context)?;
        let (d, other, third) = (own(vm, this)?, required(vm, other)?, required(vm, third)?);
        ask(vm, &[d, &other, &third])?;
        let c = settings(vm, &context).context;
        let mut status = 0;
        let made = d.fma(&other, &third, &c, &mut status);
        add_status(vm, &context, status)?;
        new_decimal(vm, made)
    }

    /// What kind of number it is, in words.
    #[method("($self, /, context=None)")]
    fn number_class(vm: &mut Vm, this: &Ref<PyDecimal>, context: Option<&Value>) -> Result<&'static str> {
        let context = chosen(vm, context)?;
        let c = settings(vm, &context).context;
        Ok(this.value.0.number_class(&c))
    }

    /// The value with the exponent of another number.
    #[method("($self, /, exp, rounding=None, context=None)")]
    fn quantize(vm: &mut Vm, this: &Value, exp: &Value, rounding: Option<&Value>, context: Option<&Value>) -> Result {
        let context = chosen(vm, context)?;
        let mut c = settings(vm, &context).context;
        if let Some(rounding) = rounding.filter(|r| !r.is_none()) {
            c.rounding = rounding_of(vm, rounding)?;
        }
        let (d, exp) = (own(vm, this)?, required(vm, exp)?);
        ask(vm, &[d, &exp])?;
        let mut status = 0;
        let made = d.quantize(&exp, &c, &mut status);
        add_status(vm, &context, status)?;
        new_decimal(vm, made)
    }

    /// Whether both have the same exponent.
    #[method("($self, /, other, context=None)")]
    fn same_quantum(vm: &mut Vm, this: &Value, other: &Value, context: Option<&Value>) -> Result<bool> {
        chosen(vm, context)?;
        let (d, other) = (own(vm, this)?, required(vm, other)?);
        Ok(d.same_quantum(&other))
    }

    /// A whole number.
    #[method("($self, /, rounding=None, context=None)")]
    fn to_integral(vm: &mut Vm, this: &Value, rounding: Option<&Value>, context: Option<&Value>) -> Result {
        integral(vm, this, (rounding, context), false)
    }

    /// A whole number.
    #[method("($self, /, rounding=None, context=None)")]
    fn to_integral_value(vm: &mut Vm, this: &Value, rounding: Option<&Value>, context: Option<&Value>) -> Result {
        integral(vm, this, (rounding, context), false)
    }

    /// A whole number, with the signals of the rounding.
    #[method("($self, /, rounding=None, context=None)")]
    fn to_integral_exact(vm: &mut Vm, this: &Value, rounding: Option<&Value>, context: Option<&Value>) -> Result {
        integral(vm, this, (rounding, context), true)
    }

    /// Engineering notation: exponents are multiples of three.
    #[method("($self, /, context=None)")]
    fn to_eng_string(vm: &mut Vm, this: &Ref<PyDecimal>, context: Option<&Value>) -> Result<String> {
        let context = chosen(vm, context)?;
        let c = settings(vm, &context).context;
        ask(vm, &[&this.value.0])?;
        Ok(this.value.0.to_engineering(c.capitals))
    }

    /// A float or an int, exactly.
    #[classmethod("($type, f, /)")]
    fn from_float(vm: &mut Vm, class: &Ref<Type>, f: &Value) -> Result {
        let made = from_float_or_int(vm, f)?;
        wrap_in(vm, class, made)
    }

    /// A number, exactly.
    #[classmethod("($type, number, /)")]
    fn from_number(vm: &mut Vm, class: &Ref<Type>, number: &Value) -> Result {
        let fits = number.downcast::<PyDecimal>().is_some() || is_int(number) || number.as_float().is_some();
        if !fits {
            return Err(raise_unsupported(vm, number));
        }
        let made = match operand(number) {
            Some(d) => d.into_owned(),
            None => from_float_or_int(vm, number)?,
        };
        wrap_in(vm, class, made)
    }

    /// The number as text, as a specification asks.
    #[method("($self, format_spec, override=<unrepresentable>, /)")]
    fn __format__(vm: &mut Vm, this: &Ref<PyDecimal>, format_spec: &Value, locale: Option<&Value>) -> Result {
        super::format::format(vm, &this.value.0, format_spec, locale)
    }

    /// The nearest int, or with a number of digits the nearest Decimal with so many.
    #[method("($self, ndigits=<unrepresentable>, /)")]
    fn __round__(vm: &mut Vm, this: &Value, ndigits: Option<&Value>) -> Result {
        let d = own(vm, this)?;
        let Some(ndigits) = ndigits else { return whole(vm, d, Rounding::HalfEven) };
        if !is_int(ndigits) {
            return Err(vm.raise_type_error("optional arg must be an integer"));
        }
        let n = vm.to_index_i64(ndigits, "ssize_t")?;
        let place = Decimal::zero(false, n.checked_neg().unwrap_or(i64::MAX));
        let context = current(vm)?;
        let c = settings(vm, &context).context;
        let mut status = 0;
        let made = d.quantize(&place, &c, &mut status);
        add_status(vm, &context, status)?;
        new_decimal(vm, made)
    }

    #[method("($self, /)")]
    fn __trunc__(vm: &mut Vm, this: &Ref<PyDecimal>) -> Result {
        whole(vm, &this.value.0, Rounding::Down)
    }

    #[method("($self, /)")]
    fn __floor__(vm: &mut Vm, this: &Ref<PyDecimal>) -> Result {
        whole(vm, &this.value.0, Rounding::Floor)
    }

    #[method("($self, /)")]
    fn __ceil__(vm: &mut Vm, this: &Ref<PyDecimal>) -> Result {
        whole(vm, &this.value.0, Rounding::Ceiling)
    }

    #[method("($self, /)")]
    fn __complex__(vm: &mut Vm, this: &Ref<PyDecimal>) -> Result {
        let x = to_float(vm, &this.value.0)?;
        vm.new_complex(x, 0.0)
    }

    #[method("($self, /)")]
    fn __copy__(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[method("($self, object, /)")]
    fn __deepcopy__(_vm: &mut Vm, this: &Value, _memo: &Value) -> Result {
        Ok(this.clone())
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Value) -> Result<Ref<Tuple>> {
        let text: Ref<Str> = vm.str(this)?;
        let args = vm.new_tuple(vec![text.into_value()])?.into_value();
        vm.new_tuple(vec![this.ty().to_value(), args])
    }

    /// Bytes that the number takes in memory.
    #[method("($self, /)")]
    fn __sizeof__(_vm: &mut Vm, this: &Ref<PyDecimal>) -> Result<usize> {
        // Two words of a coefficient lie in the object itself.
        let words = this.value.0.coeff.as_words().len();
        Ok(16 + size_of::<PyDecimal>() + if words > 2 { words * 8 } else { 0 })
    }

    /// The number itself.
    #[getter]
    fn real(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    /// Zero.
    #[getter]
    fn imag(vm: &mut Vm, _this: &Value) -> Result {
        new_decimal(vm, Decimal::zero(false, 0))
    }
}

fn integral(vm: &mut Vm, this: &Value, (rounding, context): (Option<&Value>, Option<&Value>), exact: bool) -> Result {
    let context = chosen(vm, context)?;
    let mut c = settings(vm, &context).context;
    if let Some(rounding) = rounding.filter(|r| !r.is_none()) {
        c.rounding = rounding_of(vm, rounding)?;
    }
    let d = own(vm, this)?;
    ask(vm, &[d])?;
    let mut status = 0;
    let made = d.to_integral(exact, &c, &mut status);
    add_status(vm, &context, status)?;
    new_decimal(vm, made)
}
