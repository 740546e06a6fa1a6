//! `sum`: ints in a machine word and floats with a compensated sum, for as long as the items allow.

use crate::eval::{Items, Wanted};
use crate::slots::BinaryOp;
use crate::types::int::view;
use crate::{Result, Value, Vm};
use taipan_object::int::Complex;
use taipan_object::statics::BOOL;

/// Neumaier's sum: what rounding took away is kept apart.
#[derive(Clone, Copy)]
struct Compensated {
    high: f64,
    low: f64,
}

impl Compensated {
    fn new(x: f64) -> Compensated {
        Compensated { high: x, low: 0.0 }
    }

    #[inline]
    fn add(&mut self, x: f64) {
        let total = self.high + x;
        self.low += if self.high.abs() >= x.abs() { (self.high - total) + x } else { (x - total) + self.high };
        self.high = total;
    }

    fn value(self) -> f64 {
        // An infinite or missing correction would spoil the sum.
        if self.low != 0.0 && self.low.is_finite() { self.high + self.low } else { self.high }
    }
}

fn is_plain_int(v: &Value) -> bool {
    v.is_exact_int() || BOOL.is_exact(v)
}

/// `sum(iterable, start)`.
pub fn sum(vm: &mut Vm, iterable: &Value, start: Value) -> Result {
    let it = vm.iter(iterable)?;
    // Nobody sees when numbers are added.
    let mut it = Items::new(&it, Wanted::Numbers);
    let mut total = start;
    let mut pending = None;
    if total.is_exact_int() {
        pending = sum_ints(vm, &mut it, &mut total)?;
        match pending.take() {
            None => return Ok(total),
            Some(item) => total = vm.binary(BinaryOp::ADD, &total, &item)?,
        }
    }
    if total.is_exact_float() {
        pending = sum_floats(vm, &mut it, &mut total)?;
        match pending.take() {
            None => return Ok(total),
            Some(item) => total = vm.binary(BinaryOp::ADD, &total, &item)?,
        }
    }
    if total.downcast_exact::<Complex>().is_some() {
        pending = sum_complex(vm, &mut it, &mut total)?;
        match pending.take() {
            None => return Ok(total),
            Some(item) => total = vm.binary(BinaryOp::ADD, &total, &item)?,
        }
    }
    drop(pending);
    while let Some(item) = it.next_alone(vm)? {
        total = vm.binary(BinaryOp::ADD, &total, &item)?;
    }
    Ok(total)
}

/// Adds ints; the first item of another kind is handed back.
fn sum_ints(vm: &mut Vm, it: &mut Items<'_>, total: &mut Value) -> Result<Option<Value>> {
    loop {
        let Some(mut word) = total.small_int() else {
            // A big total: one addition at a time.
            match it.next(vm)? {
                None => return Ok(None),
                Some(item) if is_plain_int(&item) => *total = vm.binary(BinaryOp::ADD, total, &item)?,
                Some(item) => return Ok(Some(item)),
            }
            continue;
        };
        loop {
            let Some(item) = it.next(vm)? else {
                *total = vm.new_int(word)?;
                return Ok(None);
            };
            let number = match item.small_int() {
                Some(n) => Some(n),
                None if BOOL.is_exact(&item) => Some(item.is_true() as i64),
                None => None,
            };
            match number.and_then(|n| word.checked_add(n)) {
                Some(next) => word = next,
                None => {
                    *total = vm.new_int(word)?;
                    if !is_plain_int(&item) {
                        return Ok(Some(item));
                    }
                    *total = vm.binary(BinaryOp::ADD, total, &item)?;
                    break;
                }
            }
        }
    }
}

/// Adds floats and ints; the first item of another kind is handed back.
fn sum_floats(vm: &mut Vm, it: &mut Items<'_>, total: &mut Value) -> Result<Option<Value>> {
    let mut sum = Compensated::new(total.as_float().unwrap_or(0.0));
    loop {
        let Some(item) = it.next(vm)? else {
            *total = vm.new_float(sum.value())?;
            return Ok(None);
        };
        if item.is_exact_float() {
            sum.add(item.as_float().unwrap_or(0.0));
        } else if view(&item).is_some() {
            let x = vm.int_to_f64(&item)?;
            sum.add(x);
        } else {
            *total = vm.new_float(sum.value())?;
            return Ok(Some(item));
        }
    }
}

/// Adds complex numbers, floats and ints; the first item of another kind is handed back.
fn sum_complex(vm: &mut Vm, it: &mut Items<'_>, total: &mut Value) -> Result<Option<Value>> {
    let (real, imag) = total.downcast::<Complex>().map_or((0.0, 0.0), |z| (z.real, z.imag));
    let (mut real, mut imag) = (Compensated::new(real), Compensated::new(imag));
    loop {
        let Some(item) = it.next(vm)? else {
            *total = vm.new_complex(real.value(), imag.value())?;
            return Ok(None);
        };
        if let Some(z) = item.downcast_exact::<Complex>() {
            real.add(z.real);
            imag.add(z.imag);
        } else if item.is_exact_float() {
            real.add(item.as_float().unwrap_or(0.0));
        } else if view(&item).is_some() {
            let x = vm.int_to_f64(&item)?;
            real.add(x);
        } else {
            *total = vm.new_complex(real.value(), imag.value())?;
            return Ok(Some(item));
        }
    }
}
