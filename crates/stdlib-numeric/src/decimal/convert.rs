//! Python's values as decimal numbers.

use super::context::{PyContext, add_status, settings};
use super::number::{DECIMAL, PyDecimal};
use dashu_int::UBig;
use std::borrow::Cow;
use taipan_num::decimal::signal::{CONVERSION_SYNTAX, FLOAT_OPERATION};
use taipan_num::decimal::{Context, Decimal, Kind, Status};
use taipan_object::statics::FLOAT;
use taipan_object::trace::Opaque;
use taipan_object::{IntRef, List, Str, room};
use taipan_vm::types::int::view;
use taipan_vm::{Raised, Ref, Result, Tuple, Type, Value, Vm};

/// A new `Decimal`.
pub fn new_decimal(vm: &mut Vm, d: Decimal) -> Result {
    Ref::new(vm, PyDecimal { value: Opaque(d) }).map(Ref::into_value)
}

/// The magnitude of an int.
fn magnitude(n: IntRef<'_>) -> (bool, UBig) {
    match n {
        IntRef::Small(n) => (n < 0, UBig::from(n.unsigned_abs())),
        IntRef::Big { negative, digits } => {
            let n = taipan_num::int::big::to_ubig(digits);
            // `ask` and `add_status` see to it.
            let n = n.unwrap_or_else(|_| {
                room::refuse();
                UBig::ZERO
            });
            (negative, n)
        }
    }
}

/// An int, exactly.
pub fn from_int(n: IntRef<'_>) -> Decimal {
    let (negative, coeff) = magnitude(n);
    Decimal::new(negative, coeff, 0)
}

/// An int object of a magnitude.
pub fn to_int(vm: &mut Vm, negative: bool, n: &UBig) -> Result {
    if let Ok(small) = i64::try_from(n) {
        return vm.new_int(if negative { -small } else { small });
    }
    match taipan_num::int::big::from_ubig(n) {
        Ok(digits) => vm.new_int_digits(negative, &digits),
        Err(_) => Err(vm.raise_memory_error()),
    }
}

/// A float, exactly.
pub fn from_float(x: f64) -> Decimal {
    if x.is_nan() {
        return Decimal { negative: x.is_sign_negative(), ..Decimal::nan() };
    }
    if x.is_infinite() {
        return Decimal::infinity(x < 0.0);
    }
    let bits = x.to_bits();
    let (biased, fraction) = ((bits >> 52 & 0x7ff) as i64, bits & ((1 << 52) - 1));
    let (mut m, mut e) = if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
    if m == 0 {
        return Decimal::zero(x.is_sign_negative(), 0);
    }
    let zeros = i64::from(m.trailing_zeros());
    m >>= zeros;
    e += zeros;
    if e >= 0 {
        return Decimal::new(x < 0.0, UBig::from(m) << e as usize, 0);
    }
    Decimal::new(x < 0.0, UBig::from(m) * UBig::from(5u8).pow(-e as usize), e)
}

/// The text of a number as ASCII, without underscores and space around it.
pub fn ascii(text: &Ref<Str>) -> Vec<u8> {
    let all = taipan_num::int::normalise_text(text.data().code_points());
    all.trim_ascii().iter().copied().filter(|&b| b != b'_').collect()
}

/// `MemoryError` where there is no room for an operation on these numbers.
#[inline]
pub fn ask(vm: &mut Vm, operands: &[&Decimal]) -> Result<()> {
    if !room::refused() && taipan_num::decimal::has_room(operands) { Ok(()) } else { Err(vm.raise_memory_error()) }
}

/// A Decimal or an int.
pub fn operand(v: &Value) -> Option<Cow<'_, Decimal>> {
    if let Some(d) = v.downcast::<PyDecimal>() {
        return Some(Cow::Borrowed(&d.value.0));
    }
    v.as_int().map(|n| Cow::Owned(from_int(n)))
}

/// `conversion from str to Decimal is not supported`.
pub fn raise_unsupported(vm: &mut Vm, v: &Value) -> Raised {
    let given = v.ty().name();
    vm.raise_type_error(&format!("conversion from {given} to Decimal is not supported"))
}

/// The same, or a `TypeError`.
pub fn required<'a>(vm: &mut Vm, v: &'a Value) -> Result<Cow<'a, Decimal>> {
    match operand(v) {
        Some(d) => Ok(d),
        None => Err(raise_unsupported(vm, v)),
    }
}

/// Whether a conversion keeps every digit, or rounds to the context.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Exactness {
    Exact,
    Rounded,
}

fn finish(d: Decimal, how: Exactness, c: &Context, s: &mut Status) -> Decimal {
    match how {
        Exactness::Exact => d.checked_exact(s),
        Exactness::Rounded => d.checked_rounded(c, s),
    }
}

/// What `Decimal(v)` and `Context.create_decimal(v)` make.
pub fn from_object(vm: &mut Vm, v: &Value, how: Exactness, context: &Ref<PyContext>) -> Result<Decimal> {
    let c = settings(vm, context).context;
    let mut s = 0;
    let made = if let Some(d) = v.downcast::<PyDecimal>() {
        ask(vm, &[&d.value.0])?;
        match how {
            Exactness::Exact => d.value.0.clone(),
            Exactness::Rounded => d.value.0.clone().checked_rounded(&c, &mut s),
        }
    } else if let Some(text) = v.downcast::<Str>() {
        // Copies of the text, its digits, and the number.
        room::probe(text.len().saturating_mul(12))?;
        match how {
            Exactness::Exact => match text.as_ascii().and_then(|text| Decimal::parse_short(text.as_bytes())) {
                Some(d) => d,
                None => Decimal::parse_exact(&ascii(text), &mut s),
            },
            Exactness::Rounded => {
                // Here neither spaces nor underscores are overlooked.
                let text = taipan_num::int::normalise_text(text.data().code_points());
                Decimal::parse_rounded(&text, &c, &mut s)
            }
        }
    } else if let Some(n) = v.as_int() {
        finish(from_int(n), how, &c, &mut s)
    } else if v.downcast::<Tuple>().is_some() || v.downcast::<List>().is_some() {
        let d = from_sequence(vm, v)?;
        match d {
            Some(d) => finish(d, how, &c, &mut s),
            None => Decimal::invalid(&mut s, CONVERSION_SYNTAX),
        }
    } else if let Some(x) = v.as_float() {
        add_status(vm, context, FLOAT_OPERATION)?;
        finish(from_float(x), how, &c, &mut s)
    } else {
        return Err(raise_unsupported(vm, v));
    };
    add_status(vm, context, s)?;
    Ok(made)
}

/// `(sign, digits, exponent)`.
fn from_sequence(vm: &mut Vm, v: &Value) -> Result<Option<Decimal>> {
    let parts = vm.collect(v)?;
    let [sign, digits, exponent] = &parts[..] else {
        return Err(vm.raise_value_error("argument must be a sequence of length 3"));
    };
    let small = |v: &Value| v.as_int().and_then(|n| n.to_i64());
    let negative = match small(sign) {
        Some(0) => false,
        Some(1) => true,
        _ => return Err(vm.raise_value_error("sign must be an integer with the value 0 or 1")),
    };
    let mut kind = Kind::Finite;
    let mut exp = 0;
    if let Some(text) = exponent.downcast::<Str>() {
        kind = match text.to_utf8() {
            Some("F") => Kind::Infinite,
            Some("n") => Kind::Quiet,
            Some("N") => Kind::Signaling,
            _ => {
                let words = "string argument in the third position must be 'F', 'n' or 'N'";
                return Err(vm.raise_value_error(words));
            }
        };
    } else if exponent.as_int().is_some() {
        // Exponents that far out are beyond all contexts, and sums of them and digits still fit.
        const FAR: i64 = 4_000_000_000_000_000_000;
        exp = vm.to_index_i64(exponent, "ssize_t")?.clamp(-FAR, FAR);
    } else {
        return Err(vm.raise_value_error("exponent must be an integer"));
    }
    if digits.downcast::<Tuple>().is_none() && digits.downcast::<List>().is_none() {
        return Err(vm.raise_value_error("coefficient must be a tuple of digits"));
    }
    let all = vm.collect(digits)?;
    let mut text = room::vec(all.len())?;
    for digit in all {
        match small(&digit) {
            Some(n @ 0..=9) => text.push(b'0' + n as u8),
            _ => return Err(vm.raise_value_error("coefficient must be a tuple of digits")),
        }
    }
    if kind == Kind::Infinite {
        return Ok(Some(Decimal::infinity(negative)));
    }
    // Of a number without digits, nothing is left but the sign and the exponent.
    let coeff = if text.is_empty() {
        UBig::ZERO
    } else {
        if !taipan_num::decimal::text::has_room(&text) {
            return Err(vm.raise_memory_error());
        }
        match Decimal::parse(&text) {
            Some(d) => d.coeff,
            None => return Ok(None),
        }
    };
    Ok(Some(Decimal { negative, kind, coeff, exp }))
}

/// A new instance of `Decimal` or a subclass.
pub fn wrap_in(vm: &mut Vm, class: &Ref<Type>, d: Decimal) -> Result {
    if class.is(&DECIMAL.as_ref()) {
        return new_decimal(vm, d);
    }
    let value = new_decimal(vm, d)?;
    vm.call(class.as_value(), &[value])
}

/// `Decimal.from_float(v)` before the class is looked at.
pub fn from_float_or_int(vm: &mut Vm, v: &Value) -> Result<Decimal> {
    if let Some(n) = v.as_int() {
        return Ok(from_int(n));
    }
    match v.as_float() {
        Some(x) => Ok(from_float(x)),
        None if v.ty().is_subtype(FLOAT.as_type()) => vm.to_f64(v).map(from_float),
        None => Err(vm.raise_type_error("argument must be int or float")),
    }
}

/// Whether the value is a bool or an int.
pub fn is_int(v: &Value) -> bool {
    view(v).is_some()
}
