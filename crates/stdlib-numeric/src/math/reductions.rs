//! Functions of many numbers: `fsum`, `prod`, `sumprod`, and coordinates for `dist` and `hypot`.

use super::{number, plus, times};
use taipan_num::math::{Fsum, SumProd};
use taipan_object::room;
use taipan_object::statics::BOOL;
use taipan_vm::{Result, Tuple, Value, Vm};

/// The coordinates of a point: a tuple as it is, others by iteration.
pub fn coordinates(vm: &mut Vm, v: &Value) -> Result<Vec<Value>> {
    match v.downcast::<Tuple>() {
        Some(t) => room::copied(t.items()),
        None => vm.collect(v),
    }
}

/// All of the values as floats.
pub fn floats(vm: &mut Vm, values: &[Value]) -> Result<Vec<f64>> {
    let mut out = room::vec(values.len())?;
    for v in values {
        out.push(vm.to_f64(v)?);
    }
    Ok(out)
}

/// `math.fsum`.
pub fn fsum(vm: &mut Vm, seq: &Value) -> Result<f64> {
    let it = vm.iter(seq)?;
    let mut sum = Fsum::new();
    while let Some(item) = vm.next(&it)? {
        let x = vm.to_f64(&item)?;
        let added = sum.add(x);
        number(vm, added)?;
    }
    let total = sum.total();
    number(vm, total)
}

/// `math.prod`: in machine words and floats for as long as the items allow.
pub fn product(vm: &mut Vm, iterable: &Value, start: Value) -> Result {
    let it = vm.iter(iterable)?;
    let mut total = start;
    while let Some(item) = vm.next(&it)? {
        total = match (total.small_int(), item.small_int(), total.small_float(), item.small_float()) {
            (Some(a), Some(b), ..) if a.checked_mul(b).is_some() => vm.new_int(a * b)?,
            (_, _, Some(a), Some(b)) => vm.new_float(a * b)?,
            _ => times(vm, &total, &item)?,
        };
    }
    Ok(total)
}

/// A factor of the float part of `sumprod`: floats, and ints beside floats.
fn float_factors(p: &Value, q: &Value) -> Option<(f64, f64)> {
    let is_float = |v: &Value| v.is_exact_float();
    let is_int = |v: &Value| v.is_exact_int() || BOOL.is_exact(v);
    let value = |v: &Value| match v.as_float() {
        Some(x) => Some(x),
        None => taipan_num::int::to_f64(taipan_vm::types::int::view(v)?).ok(),
    };
    match (is_float(p), is_float(q)) {
        (true, true) => {}
        (true, false) if is_int(q) => {}
        (false, true) if is_int(p) => {}
        _ => return None,
    }
    Some((value(p)?, value(q)?))
}

/// `math.sumprod`.
///
/// Ints are summed in 64 bits until one does not fit or another type comes; floats in extended precision until a
/// result is not finite or another type comes; what remains by the types' own operators.
pub fn sum_of_products(vm: &mut Vm, p: &Value, q: &Value) -> Result {
    let (p, q) = (vm.iter(p)?, vm.iter(q)?);
    let mut total = Value::from_i32(0);
    let mut ints = Some(0i64);
    let mut floats = Some(SumProd::new());
    let mut floats_used = false;
    loop {
        let pair = match (vm.next(&p)?, vm.next(&q)?) {
            (Some(a), Some(b)) => Some((a, b)),
            (None, None) => None,
            _ => return Err(vm.raise_num(taipan_num::NumError::LengthMismatch)),
        };
        if let Some(sum) = ints {
            if let Some((a, b)) = &pair
                && a.is_exact_int()
                && b.is_exact_int()
                && let (Some(x), Some(y)) = (a.small_int(), b.small_int())
                && let Some(next) = x.checked_mul(y).and_then(|n| sum.checked_add(n))
            {
                ints = Some(next);
                continue;
            }
            ints = None;
            if sum != 0 {
                let sum = vm.new_int(sum)?;
                total = plus(vm, &total, &sum)?;
            }
        }
        if let Some(sum) = &mut floats {
            if let Some((a, b)) = &pair
                && let Some((x, y)) = float_factors(a, b)
                && sum.add(x, y)
            {
                floats_used = true;
                continue;
            }
            if floats_used {
                let sum = vm.new_float(sum.total())?;
                total = plus(vm, &total, &sum)?;
            }
            floats = None;
        }
        let Some((a, b)) = pair else { return Ok(total) };
        let term = times(vm, &a, &b)?;
        total = plus(vm, &total, &term)?;
    }
}
