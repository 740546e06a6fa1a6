//! Operators of ints. Two immediates stay in machine words; everything else goes through the library.

use super::view;
use crate::slots::BinaryOp;
use crate::{Result, Value, Vm};
use taipan_num::error::NumError;
use taipan_num::int::{self, IntBuf, IntView};
use taipan_object::IntRef;

type Operation = fn(IntView<'_>, IntView<'_>) -> taipan_num::error::Result<IntBuf>;

#[inline]
fn both<'a>(a: &'a Value, b: &'a Value) -> Option<(IntView<'a>, IntView<'a>)> {
    Some((view(a)?, view(b)?))
}

fn apply(vm: &mut Vm, a: &Value, b: &Value, f: Operation) -> Result {
    match both(a, b) {
        Some((x, y)) => {
            let r = f(x, y);
            vm.int_result(r)
        }
        None => Ok(Value::not_implemented()),
    }
}

pub fn add(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    if let (Some(x), Some(y)) = (a.small_int(), b.small_int()) {
        return vm.new_int(x + y);
    }
    apply(vm, a, b, int::add)
}

pub fn subtract(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    if let (Some(x), Some(y)) = (a.small_int(), b.small_int()) {
        return vm.new_int(x - y);
    }
    apply(vm, a, b, int::sub)
}

pub fn multiply(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    if let (Some(x), Some(y)) = (a.small_int(), b.small_int())
        && let Some(n) = x.checked_mul(y)
    {
        return vm.new_int(n);
    }
    let Some((x, y)) = both(a, b) else { return Ok(Value::not_implemented()) };
    let r = int::mul(x, y, &mut || vm.attend().is_err());
    vm.int_result(r)
}

pub fn floor_divide(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    if let (Some(x), Some(y)) = (a.small_int(), b.small_int())
        && y != 0
    {
        let q = x / y;
        return vm.new_int(if x % y != 0 && (x < 0) != (y < 0) { q - 1 } else { q });
    }
    apply(vm, a, b, int::floor_div)
}

pub fn remainder(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    if let (Some(x), Some(y)) = (a.small_int(), b.small_int())
        && y != 0
    {
        let r = x % y;
        return vm.new_int(if r != 0 && (r < 0) != (y < 0) { r + y } else { r });
    }
    apply(vm, a, b, int::modulo)
}

pub fn divmod(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    if let (Some(x), Some(y)) = (a.small_int(), b.small_int())
        && y != 0
    {
        let rest = x.rem_euclid(y);
        // Euclid's rest is never below zero; Python's has the divisor's sign.
        let rest = if y < 0 && rest != 0 { rest + y } else { rest };
        let items = [vm.new_int((x - rest) / y)?, vm.new_int(rest)?];
        return Ok(vm.new_tuple_of(items)?.into_value());
    }
    let Some((x, y)) = both(a, b) else { return Ok(Value::not_implemented()) };
    match int::divmod(x, y) {
        Ok((q, r)) => {
            let (q, r) = (vm.int_from(q)?, vm.int_from(r)?);
            Ok(vm.new_tuple_of([q, r])?.into_value())
        }
        Err(e) => Err(vm.raise_num(e)),
    }
}

pub fn true_divide(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    let Some((x, y)) = both(a, b) else { return Ok(Value::not_implemented()) };
    match int::true_div(x, y) {
        Ok(q) => vm.new_float(q),
        Err(e) => Err(vm.raise_num(e)),
    }
}

pub fn power(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    let Some((x, y)) = both(a, b) else { return Ok(Value::not_implemented()) };
    if y.is_negative() {
        if x.is_zero() {
            return Err(vm.raise_num(NumError::ZeroToNegativePower));
        }
        let (x, y) = (vm.int_to_f64(a)?, vm.int_to_f64(b)?);
        return crate::types::float::power(vm, x, y);
    }
    let r = int::pow(x, y, &mut || vm.attend().is_err());
    vm.int_result(r)
}

pub fn power_mod(vm: &mut Vm, a: &Value, b: &Value, m: &Value) -> Result {
    let (Some((x, y)), Some(m)) = (both(a, b), view(m)) else { return Ok(Value::not_implemented()) };
    let r = int::pow_mod(x, y, m, &mut || vm.attend().is_err());
    vm.int_result(r)
}

pub fn left_shift(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    apply(vm, a, b, int::shift_left)
}

pub fn right_shift(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    apply(vm, a, b, int::shift_right)
}

pub fn and(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    if let (Some(x), Some(y)) = (a.small_int(), b.small_int()) {
        return vm.new_int(x & y);
    }
    apply(vm, a, b, int::and)
}

pub fn or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    if let (Some(x), Some(y)) = (a.small_int(), b.small_int()) {
        return vm.new_int(x | y);
    }
    apply(vm, a, b, int::or)
}

pub fn xor(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    if let (Some(x), Some(y)) = (a.small_int(), b.small_int()) {
        return vm.new_int(x ^ y);
    }
    apply(vm, a, b, int::xor)
}

/// A unary operation of the library.
pub fn unary(vm: &mut Vm, v: &Value, f: fn(IntView<'_>) -> taipan_num::error::Result<IntBuf>) -> Result {
    match view(v) {
        Some(n) => {
            let r = f(n);
            vm.int_result(r)
        }
        None => Err(vm.raise_type_error("an integer is required")),
    }
}

/// The number of an exact int that fits 120 bits.
#[inline(always)]
pub fn medium(v: &Value) -> Option<i128> {
    if let Some(n) = v.small_int() {
        return Some(n as i128);
    }
    if !v.is_exact_int() {
        return None;
    }
    match v.as_int()? {
        IntRef::Small(n) => Some(n as i128),
        IntRef::Big { negative, digits } if digits.len() <= 4 => {
            let n = digits.iter().rev().fold(0i128, |n, &d| n << 30 | d as i128);
            Some(if negative { -n } else { n })
        }
        _ => None,
    }
}

fn from_medium(vm: &mut Vm, n: i128) -> Result {
    if let Ok(small) = i64::try_from(n) {
        return vm.new_int(small);
    }
    let mut digits = [0u32; 5];
    let mut left = n.unsigned_abs();
    for d in &mut digits {
        *d = (left & ((1 << 30) - 1)) as u32;
        left >>= 30;
    }
    vm.new_int_digits(n < 0, &digits)
}

/// An operator on two exact ints of at most 120 bits, where the result is one that machine words can hold on the way;
/// nothing where the long way has to decide.
pub fn binary_medium(vm: &mut Vm, op: BinaryOp, a: &Value, b: &Value) -> Option<Result> {
    let (x, y) = (medium(a)?, medium(b)?);
    let n = match op {
        BinaryOp::ADD | BinaryOp::INPLACE_ADD => x + y,
        BinaryOp::SUBTRACT | BinaryOp::INPLACE_SUBTRACT => x - y,
        BinaryOp::MULTIPLY | BinaryOp::INPLACE_MULTIPLY => x.checked_mul(y)?,
        BinaryOp::AND | BinaryOp::INPLACE_AND => x & y,
        BinaryOp::OR | BinaryOp::INPLACE_OR => x | y,
        BinaryOp::XOR | BinaryOp::INPLACE_XOR => x ^ y,
        BinaryOp::RSHIFT | BinaryOp::INPLACE_RSHIFT if y >= 0 => x >> y.min(127),
        BinaryOp::LSHIFT | BinaryOp::INPLACE_LSHIFT if (0..100).contains(&y) => {
            let n = x << y;
            if n >> y != x {
                return None;
            }
            n
        }
        BinaryOp::FLOOR_DIVIDE | BinaryOp::INPLACE_FLOOR_DIVIDE if y != 0 => {
            let (q, r) = divide(x, y);
            if r != 0 && (r < 0) != (y < 0) { q - 1 } else { q }
        }
        BinaryOp::REMAINDER | BinaryOp::INPLACE_REMAINDER if y != 0 => {
            let (_, r) = divide(x, y);
            if r != 0 && (r < 0) != (y < 0) { r + y } else { r }
        }
        _ => return None,
    };
    // The most negative number has no absolute value of its own type.
    (n != i128::MIN).then(|| from_medium(vm, n))
}

/// Quotient and remainder towards zero, by machine instructions where the numbers allow.
#[inline(always)]
fn divide(x: i128, y: i128) -> (i128, i128) {
    match (i64::try_from(x), i64::try_from(y)) {
        (Ok(a), Ok(b)) if a != i64::MIN => ((a / b) as i128, (a % b) as i128),
        _ => (x / y, x % y),
    }
}
