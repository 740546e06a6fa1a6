//! Timestamps and the system's idea of local time.

use super::calendar::{MAX_YEAR, to_ordinal};
use taipan_host::localtime::{self, Tm};
use taipan_num::int;
use taipan_object::Value;
use taipan_vm::types::int::view;
use taipan_vm::{Result, Vm};

const OUT_OF_RANGE: &str = "timestamp out of range for platform time_t";

/// Seconds from year 1 to 1970.
const EPOCH: i64 = 719_163 * 86_400;
/// The longest that the clocks are set back.
const MAX_FOLD: i64 = 24 * 3600;

fn in_time_t(vm: &mut Vm, x: f64) -> Result<i64> {
    if x.is_nan() {
        return Err(vm.raise_value_error("Invalid value NaN (not a number)"));
    }
    if !(-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&x) {
        return Err(vm.raise_overflow_error(OUT_OF_RANGE));
    }
    Ok(x as i64)
}

fn int_seconds(vm: &mut Vm, v: &Value) -> Result<i64> {
    let n = vm.index(v)?;
    match view(&n).and_then(|n| n.to_i64()) {
        Some(n) => Ok(n),
        None => Err(vm.raise_overflow_error(OUT_OF_RANGE)),
    }
}

/// The whole seconds of a timestamp, rounded down.
pub fn whole_seconds(vm: &mut Vm, v: &Value) -> Result<i64> {
    match v.as_float() {
        Some(x) => in_time_t(vm, x.floor()),
        None => int_seconds(vm, v),
    }
}

/// The seconds and microseconds of a timestamp, rounded half to even.
pub fn timestamp(vm: &mut Vm, v: &Value) -> Result<(i64, i32)> {
    let Some(x) = v.as_float() else {
        if v.as_int().is_none() && taipan_vm::slots::of(v.ty()).index.is_none() {
            let given = v.ty().name();
            return Err(vm.raise_type_error(&format!("argument must be int or float, not {given}")));
        }
        return Ok((int_seconds(vm, v)?, 0));
    };
    let mut micros = (x.fract() * 1e6).round_ties_even();
    let mut seconds = x.trunc();
    if micros >= 1e6 {
        micros -= 1e6;
        seconds += 1.0;
    } else if micros < 0.0 {
        micros += 1e6;
        seconds -= 1.0;
    }
    Ok((in_time_t(vm, seconds)?, if x.is_nan() { 0 } else { micros as i32 }))
}

fn system_time(vm: &mut Vm, made: taipan_host::Result<Tm>) -> Result<Tm> {
    match made {
        Ok(tm) if (1..=i64::from(MAX_YEAR)).contains(&tm.year) => Ok(tm),
        Ok(tm) => Err(vm.raise_value_error(&format!("year must be in 1..{MAX_YEAR}, not {}", tm.year))),
        Err(e) => Err(vm.raise_os_error(e.0, None)),
    }
}

/// Local time.
pub fn local(vm: &mut Vm, seconds: i64) -> Result<Tm> {
    let made = localtime::localtime(seconds);
    system_time(vm, made)
}

/// UTC.
pub fn utc(vm: &mut Vm, seconds: i64) -> Result<Tm> {
    let made = localtime::gmtime(seconds);
    system_time(vm, made)
}

/// Seconds since 1970 if the fields were UTC.
pub fn as_utc(date: (i32, i32, i32), (hour, minute, second): (u8, u8, u8)) -> i64 {
    let days = i64::from(to_ordinal(date.0, date.1, date.2));
    days * 86_400 - EPOCH + i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second)
}

fn tm_as_utc(tm: &Tm) -> i64 {
    let date = (tm.year as i32, tm.month as i32, tm.day as i32);
    as_utc(date, (tm.hour as u8, tm.minute as u8, tm.second as u8))
}

fn local_seconds(vm: &mut Vm, seconds: i64) -> Result<i64> {
    Ok(tm_as_utc(&local(vm, seconds)?))
}

/// Whether a local time is the second of two that read the same.
pub fn fold_of(vm: &mut Vm, seconds: i64, tm: &Tm) -> Result<u8> {
    // Near the ends of the calendar there is nothing to compare with.
    if seconds - MAX_FOLD < -EPOCH + 86_400 * 2 {
        return Ok(0);
    }
    let here = tm_as_utc(tm);
    let before = local_seconds(vm, seconds - MAX_FOLD)?;
    let change = here - before - MAX_FOLD;
    if change >= 0 {
        return Ok(0);
    }
    Ok(u8::from(local_seconds(vm, seconds + change)? == here))
}

/// The moment that local fields stand for.
pub fn local_to_seconds(vm: &mut Vm, date: (i32, i32, i32), time: (u8, u8, u8), fold: u8) -> Result<i64> {
    let wanted = as_utc(date, time);
    let a = local_seconds(vm, wanted)? - wanted;
    let first = wanted - a;
    let first_shows = local_seconds(vm, first)?;
    let b = if first_shows == wanted {
        let other = first + if fold == 1 { MAX_FOLD } else { -MAX_FOLD };
        let b = local_seconds(vm, other)? - other;
        if a == b {
            return Ok(first);
        }
        b
    } else {
        first_shows - first
    };
    let second = wanted - b;
    if local_seconds(vm, second)? == wanted {
        return Ok(second);
    }
    if first_shows == wanted {
        return Ok(first);
    }
    // In a gap.
    Ok(if fold == 1 { first.min(second) } else { first.max(second) })
}

/// A whole number of seconds and microseconds as a float.
pub fn seconds_to_float(vm: &mut Vm, seconds: i64, micros: u32) -> Result<f64> {
    if micros == 0 {
        let x = int::to_f64(taipan_num::IntView::Small(seconds));
        return crate::math::number(vm, x);
    }
    Ok(seconds as f64 + f64::from(micros) / 1e6)
}
