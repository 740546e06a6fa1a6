//! Operators of ints. Two immediates stay in machine words; everything else goes through the library.

use super::view;
use crate::{Result, Value, Vm};
use taipan_num::error::{NumError, never};
use taipan_num::int::{self, IntBuf, IntView};

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
    apply(vm, a, b, |x, y| int::mul(x, y, &mut never))
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
    let Some((x, y)) = both(a, b) else { return Ok(Value::not_implemented()) };
    match int::divmod(x, y) {
        Ok((q, r)) => {
            let (q, r) = (vm.int_from(q)?, vm.int_from(r)?);
            Ok(vm.new_tuple(vec![q, r])?.into_value())
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
    let r = int::pow(x, y, &mut never);
    vm.int_result(r)
}

pub fn power_mod(vm: &mut Vm, a: &Value, b: &Value, m: &Value) -> Result {
    let (Some((x, y)), Some(m)) = (both(a, b), view(m)) else { return Ok(Value::not_implemented()) };
    let r = int::pow_mod(x, y, m, &mut never);
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
