//! Python's operators on constants, as far as the compiler may apply them: no result much larger than its source, and
//! nothing that would raise or warn (`None` is returned and the instruction stays).

use std::sync::Arc;

use dashu_int::IBig;
use taipan_bytecode::oparg::BinaryOp;
use taipan_bytecode::{Const, Text};

use super::numbers::{self, Complex};

const MAX_INT_BITS: usize = 128;
const MAX_COLLECTION_SIZE: i64 = 256;
const MAX_STR_SIZE: i64 = 4096;
const MAX_TOTAL_ITEMS: i64 = 1024;

pub(super) fn is_true(value: &Const) -> bool {
    match value {
        Const::None | Const::False => false,
        Const::Int(n) => *n != 0,
        Const::Float(x) => *x != 0.0,
        Const::Complex { real, imag } => *real != 0.0 || *imag != 0.0,
        Const::Str(text) => !text.is_empty(),
        Const::Bytes(bytes) => !bytes.is_empty(),
        Const::Tuple(items) | Const::FrozenSet(items) => !items.is_empty(),
        Const::True | Const::Ellipsis | Const::BigInt(_) | Const::Slice(_) | Const::Code(_) => true,
    }
}

/// A number, for arithmetic.
#[derive(Clone)]
enum Number {
    Int(IBig),
    Float(f64),
    Complex(Complex),
}

fn number(value: &Const) -> Option<Number> {
    Some(match value {
        Const::Float(x) => Number::Float(*x),
        Const::Complex { real, imag } => Number::Complex(Complex { real: *real, imag: *imag }),
        value => Number::Int(integer(value)?),
    })
}

/// An int or bool.
fn integer(value: &Const) -> Option<IBig> {
    match value {
        Const::True => Some(IBig::ONE),
        Const::False => Some(IBig::ZERO),
        Const::Int(n) => Some(IBig::from(*n)),
        Const::BigInt(n) => Some(numbers::from_big(n)),
        _ => None,
    }
}

/// An int or bool that fits 64 bits.
fn small(value: &Const) -> Option<i64> {
    match value {
        Const::True => Some(1),
        Const::False => Some(0),
        Const::Int(n) => Some(*n),
        _ => None,
    }
}

fn complex(value: Complex) -> Const {
    Const::Complex { real: value.real, imag: value.imag }
}

pub(super) fn negative(value: &Const) -> Option<Const> {
    Some(match number(value)? {
        Number::Int(n) => numbers::to_const(-n),
        Number::Float(x) => Const::Float(-x),
        Number::Complex(z) => complex(Complex { real: -z.real, imag: -z.imag }),
    })
}

pub(super) fn positive(value: &Const) -> Option<Const> {
    match number(value)? {
        Number::Int(n) => Some(numbers::to_const(n)),
        _ => Some(value.clone()),
    }
}

/// Not of a bool, which is deprecated and must warn when it runs.
pub(super) fn invert(value: &Const) -> Option<Const> {
    match value {
        Const::True | Const::False => None,
        value => Some(numbers::to_const(-integer(value)? - 1)),
    }
}

pub(super) fn binary(op: BinaryOp, left: &Const, right: &Const) -> Option<Const> {
    use BinaryOp as B;
    match op {
        B::ADD => concatenate(left, right).or_else(|| arithmetic(op, left, right)),
        B::MULTIPLY => multiply(left, right),
        B::POWER => power(left, right),
        B::SUBTRACT | B::TRUE_DIVIDE | B::FLOOR_DIVIDE | B::REMAINDER => arithmetic(op, left, right),
        B::LSHIFT => {
            let (value, count) = (integer(left)?, integer(right)?);
            if count < IBig::ZERO {
                return None;
            }
            if value == IBig::ZERO {
                return Some(Const::Int(0));
            }
            let count = usize::try_from(&count).ok()?;
            (numbers::bits(&value) <= MAX_INT_BITS.checked_sub(count)?).then(|| numbers::to_const(value << count))
        }
        B::RSHIFT => {
            let (value, count) = (integer(left)?, integer(right)?);
            if count < IBig::ZERO {
                return None;
            }
            let count = usize::try_from(&count).unwrap_or(usize::MAX).min(numbers::bits(&value) + 1);
            // Arithmetic: rounds towards minus infinity.
            Some(numbers::to_const(value >> count))
        }
        B::AND | B::OR | B::XOR => {
            let result = {
                let (a, b) = (integer(left)?, integer(right)?);
                match op {
                    B::AND => a & b,
                    B::OR => a | b,
                    _ => a ^ b,
                }
            };
            let is_bool = |value: &Const| matches!(value, Const::True | Const::False);
            if is_bool(left) && is_bool(right) {
                return Some(Const::bool(result != IBig::ZERO));
            }
            Some(numbers::to_const(result))
        }
        B::SUBSCR => subscript(left, right),
        _ => None,
    }
}

fn concatenate(left: &Const, right: &Const) -> Option<Const> {
    match (left, right) {
        (Const::Str(a), Const::Str(b)) => Text::from_wtf8(&[a.as_bytes(), b.as_bytes()].concat()).map(Const::Str),
        (Const::Bytes(a), Const::Bytes(b)) => Some(Const::Bytes([&a[..], &b[..]].concat().into())),
        (Const::Tuple(a), Const::Tuple(b)) => Some(Const::Tuple(a.iter().chain(b.iter()).cloned().collect())),
        _ => None,
    }
}

fn arithmetic(op: BinaryOp, left: &Const, right: &Const) -> Option<Const> {
    use BinaryOp as B;
    use Number as N;
    let (a, b) = (number(left)?, number(right)?);
    match (a, b) {
        (N::Int(a), N::Int(b)) => Some(match op {
            B::ADD => numbers::to_const(a + b),
            B::SUBTRACT => numbers::to_const(a - b),
            B::MULTIPLY => numbers::to_const(a * b),
            B::TRUE_DIVIDE => Const::Float(numbers::true_divide(&a, &b)?),
            B::FLOOR_DIVIDE => numbers::to_const(numbers::floor_divide(a, b)?.0),
            B::REMAINDER => numbers::to_const(numbers::floor_divide(a, b)?.1),
            _ => return None,
        }),
        (N::Float(a), N::Float(b)) => float_arithmetic(op, a, b),
        (N::Int(a), N::Float(b)) => float_arithmetic(op, numbers::to_f64(&a)?, b),
        (N::Float(a), N::Int(b)) => float_arithmetic(op, a, numbers::to_f64(&b)?),
        (N::Complex(a), N::Complex(b)) => Some(complex(match op {
            B::ADD => Complex { real: a.real + b.real, imag: a.imag + b.imag },
            B::SUBTRACT => Complex { real: a.real - b.real, imag: a.imag - b.imag },
            B::MULTIPLY => numbers::complex_multiply(a, b),
            B::TRUE_DIVIDE => numbers::complex_divide(a, b)?,
            _ => return None,
        })),
        (N::Complex(a), b) => {
            let b = real(b)?;
            Some(complex(match op {
                B::ADD => Complex { real: a.real + b, imag: a.imag },
                B::SUBTRACT => Complex { real: a.real - b, imag: a.imag },
                B::MULTIPLY => Complex { real: a.real * b, imag: a.imag * b },
                B::TRUE_DIVIDE if b != 0.0 => Complex { real: a.real / b, imag: a.imag / b },
                _ => return None,
            }))
        }
        (a, N::Complex(b)) => {
            let a = real(a)?;
            Some(complex(match op {
                B::ADD => Complex { real: a + b.real, imag: b.imag },
                B::SUBTRACT => Complex { real: a - b.real, imag: -b.imag },
                B::MULTIPLY => Complex { real: a * b.real, imag: a * b.imag },
                B::TRUE_DIVIDE => numbers::real_divide(a, b)?,
                _ => return None,
            }))
        }
    }
}

fn real(value: Number) -> Option<f64> {
    match value {
        Number::Int(n) => numbers::to_f64(&n),
        Number::Float(x) => Some(x),
        Number::Complex(_) => None,
    }
}

fn float_arithmetic(op: BinaryOp, a: f64, b: f64) -> Option<Const> {
    use BinaryOp as B;
    let divides = matches!(op, B::TRUE_DIVIDE | B::FLOOR_DIVIDE | B::REMAINDER);
    if divides && b == 0.0 {
        return None;
    }
    Some(Const::Float(match op {
        B::ADD => a + b,
        B::SUBTRACT => a - b,
        B::MULTIPLY => a * b,
        B::TRUE_DIVIDE => a / b,
        B::FLOOR_DIVIDE => numbers::float_floor_divide(a, b).0,
        B::REMAINDER => numbers::float_floor_divide(a, b).1,
        _ => return None,
    }))
}

fn multiply(left: &Const, right: &Const) -> Option<Const> {
    if let (Some(a), Some(b)) = (integer(left), integer(right)) {
        let (n, m) = (numbers::bits(&a), numbers::bits(&b));
        return (n == 0 || m == 0 || n + m <= MAX_INT_BITS).then(|| numbers::to_const(a * b));
    }
    let (sequence, count) = match (left, right) {
        (Const::Str(_) | Const::Bytes(_) | Const::Tuple(_), count) => (left, count),
        (count, Const::Str(_) | Const::Bytes(_) | Const::Tuple(_)) => (right, count),
        _ => return arithmetic(BinaryOp::MULTIPLY, left, right),
    };
    repeat(sequence, integer(count)?)
}

fn repeat(sequence: &Const, count: IBig) -> Option<Const> {
    let size = match sequence {
        Const::Str(text) => text.len(),
        Const::Bytes(bytes) => bytes.len(),
        Const::Tuple(items) => items.len(),
        _ => return None,
    };
    if size == 0 {
        // Any number of times, if the number can be an index.
        return isize::try_from(&count).is_ok().then(|| sequence.clone());
    }
    let count = i64::try_from(&count).ok().filter(|count| *count >= 0)?;
    let limit = if matches!(sequence, Const::Tuple(_)) { MAX_COLLECTION_SIZE } else { MAX_STR_SIZE };
    if count > limit / size as i64 {
        return None;
    }
    if matches!(sequence, Const::Tuple(_)) && count > 0 && complexity(sequence, MAX_TOTAL_ITEMS / count) < 0 {
        return None;
    }
    let times = count as usize;
    Some(match sequence {
        Const::Str(text) => Const::Str(Text::from_wtf8(&text.as_bytes().repeat(times))?),
        Const::Bytes(bytes) => Const::Bytes(bytes.repeat(times).into()),
        Const::Tuple(items) => Const::Tuple(std::iter::repeat_n(&items[..], times).flatten().cloned().collect()),
        _ => return None,
    })
}

/// What is left of the limit when the items of nested tuples have been counted; negative if too many.
fn complexity(value: &Const, mut limit: i64) -> i64 {
    if let Const::Tuple(items) | Const::FrozenSet(items) = value {
        limit -= items.len() as i64;
        for item in items.iter() {
            if limit < 0 {
                break;
            }
            limit = complexity(item, limit);
        }
    }
    limit
}

fn power(left: &Const, right: &Const) -> Option<Const> {
    use Number as N;
    match (number(left)?, number(right)?) {
        (N::Int(base), N::Int(exponent)) => {
            if exponent < IBig::ZERO {
                return float_power(numbers::to_f64(&base)?, numbers::to_f64(&exponent)?);
            }
            let bits = numbers::bits(&base);
            if bits == 0 || exponent == IBig::ZERO {
                return Some(Const::Int((exponent == IBig::ZERO) as i64));
            }
            let exponent = usize::try_from(&exponent).ok()?;
            (bits <= MAX_INT_BITS / exponent).then(|| numbers::to_const(base.pow(exponent)))
        }
        (N::Complex(a), b) => Some(complex(numbers::complex_power(a, as_complex(b)?)?)),
        (a, N::Complex(b)) => Some(complex(numbers::complex_power(as_complex(a)?, b)?)),
        (a, b) => float_power(real(a)?, real(b)?),
    }
}

fn as_complex(value: Number) -> Option<Complex> {
    match value {
        Number::Complex(z) => Some(z),
        value => Some(Complex { real: real(value)?, imag: 0.0 }),
    }
}

fn float_power(a: f64, b: f64) -> Option<Const> {
    if a == 0.0 && b < 0.0 && b.is_finite() {
        return None;
    }
    if a < 0.0 && a.is_finite() && b.is_finite() && b.fract() != 0.0 {
        let (a, b) = (Complex { real: a, imag: 0.0 }, Complex { real: b, imag: 0.0 });
        return Some(complex(numbers::complex_power(a, b)?));
    }
    // A NaN goes through unchanged, sign and all, which `powf` does not promise.
    let result = match () {
        () if b == 0.0 || a == 1.0 => 1.0,
        () if a.is_nan() => a,
        () if b.is_nan() => b,
        () => a.powf(b),
    };
    (result.is_finite() || !a.is_finite() || !b.is_finite()).then_some(Const::Float(result))
}

fn subscript(value: &Const, index: &Const) -> Option<Const> {
    if let Const::Slice(parts) = index {
        return slice(value, parts);
    }
    let index = small(index)?;
    let place = |len: usize| {
        let place = if index < 0 { index.checked_add(len as i64)? } else { index };
        usize::try_from(place).ok().filter(|place| *place < len)
    };
    Some(match value {
        Const::Str(text) => Const::Str(Text::from_code_points(text.code_points().nth(place(text.len())?))),
        Const::Bytes(bytes) => Const::Int(bytes[place(bytes.len())?] as i64),
        Const::Tuple(items) => items[place(items.len())?].clone(),
        _ => return None,
    })
}

fn slice(value: &Const, parts: &Arc<[Const; 3]>) -> Option<Const> {
    let len = match value {
        Const::Str(text) => text.len(),
        Const::Bytes(bytes) => bytes.len(),
        Const::Tuple(items) => items.len(),
        _ => return None,
    };
    let places = slice_places(parts, len)?;
    Some(match value {
        Const::Str(text) => {
            let points: Vec<u32> = text.code_points().collect();
            Const::Str(Text::from_code_points(places.map(|place| points[place])))
        }
        Const::Bytes(bytes) => Const::Bytes(places.map(|place| bytes[place]).collect()),
        Const::Tuple(items) => Const::Tuple(places.map(|place| items[place].clone()).collect()),
        _ => return None,
    })
}

/// The places in a sequence of `len` items that a slice selects.
fn slice_places(parts: &[Const; 3], len: usize) -> Option<impl Iterator<Item = usize> + use<>> {
    let part = |value: &Const| match value {
        Const::None => Some(None),
        // What does not fit is as good as the greatest that does.
        Const::BigInt(n) => Some(Some(if n.negative { -i64::MAX } else { i64::MAX })),
        value => small(value).map(|n| Some(n.max(-i64::MAX))),
    };
    let step = part(&parts[2])?.unwrap_or(1);
    if step == 0 {
        return None;
    }
    let len = len as i64;
    let (lowest, highest) = if step < 0 { (-1, len - 1) } else { (0, len) };
    let bound = |value: Option<i64>, default: i64| match value {
        None => default,
        Some(n) if n < 0 => n.saturating_add(len).max(lowest),
        Some(n) => n.min(highest),
    };
    let (from, to) = if step < 0 { (highest, lowest) } else { (lowest, highest) };
    let start = bound(part(&parts[0])?, from);
    let stop = bound(part(&parts[1])?, to);
    let count = match step {
        step if step < 0 && stop < start => (start - stop - 1) / -step + 1,
        step if step > 0 && start < stop => (stop - start - 1) / step + 1,
        _ => 0,
    };
    Some((0..count).map(move |i| (start + i * step) as usize))
}
