//! Checks, texts and time zone calls that the classes share.

use super::calendar::{MAX_YEAR, days_in_month};
use super::delta::TimeDelta;
use super::tz::{TimeZone, TzInfo};
use taipan_object::{Str, TypeFlags, Value};
use taipan_vm::{Ref, Result, Vm, name};

/// The name of a class in reprs: static classes show their module.
pub fn type_name(v: &Value) -> String {
    let ty = v.ty();
    if ty.flags().has(TypeFlags::HEAP) { ty.name() } else { ty.static_name().to_owned() }
}

/// An argument that C would take as an `int`.
pub fn int_argument(vm: &mut Vm, v: &Value) -> Result<i32> {
    let n = vm.to_index_i64(v, "long")?;
    match i32::try_from(n) {
        Ok(n) => Ok(n),
        Err(_) if n > 0 => Err(vm.raise_overflow_error("signed integer is greater than maximum")),
        Err(_) => Err(vm.raise_overflow_error("signed integer is less than minimum")),
    }
}

/// Refuses dates that there are not.
pub fn check_date(vm: &mut Vm, year: i32, month: i32, day: i32) -> Result<()> {
    if !(1..=MAX_YEAR).contains(&year) {
        return Err(vm.raise_value_error(&format!("year must be in 1..{MAX_YEAR}, not {year}")));
    }
    if !(1..=12).contains(&month) {
        return Err(vm.raise_value_error(&format!("month must be in 1..12, not {month}")));
    }
    let last = days_in_month(year, month);
    if !(1..=last).contains(&day) {
        let text = format!("day {day} must be in range 1..{last} for month {month} in year {year}");
        return Err(vm.raise_value_error(&text));
    }
    Ok(())
}

/// Refuses times that there are not.
pub fn check_time(vm: &mut Vm, hour: i32, minute: i32, second: i32, micros: i32, fold: i32) -> Result<()> {
    let fields = [("hour", hour, 23), ("minute", minute, 59), ("second", second, 59), ("microsecond", micros, 999_999)];
    for (name, n, most) in fields {
        if !(0..=most).contains(&n) {
            return Err(vm.raise_value_error(&format!("{name} must be in 0..{most}, not {n}")));
        }
    }
    if !(0..=1).contains(&fold) {
        return Err(vm.raise_value_error(&format!("fold must be either 0 or 1, not {fold}")));
    }
    Ok(())
}

/// A `tzinfo` argument.
pub fn check_tzinfo(vm: &mut Vm, v: Option<&Value>) -> Result<Option<Value>> {
    match v {
        None => Ok(None),
        Some(v) if v.is_none() => Ok(None),
        Some(v) if v.downcast::<TzInfo>().is_some() => Ok(Some(v.clone())),
        Some(v) => {
            let given = v.ty().name();
            let text = format!("tzinfo argument must be None or of a tzinfo subclass, not type '{given}'");
            Err(vm.raise_type_error(&text))
        }
    }
}

/// Refuses offsets of a day or more.
pub fn check_offset(vm: &mut Vm, offset: &Ref<TimeDelta>) -> Result<()> {
    let day = super::calendar::DAY_MICROS;
    if offset.total().abs() < day {
        return Ok(());
    }
    let shown = vm.repr(offset.as_value())?.to_string_lossy();
    let text = format!(
        "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {shown}"
    );
    Err(vm.raise_value_error(&text))
}

fn call_offset(
    vm: &mut Vm,
    tz: &Option<Value>,
    method: &'static Ref<Str>,
    argument: &Value,
) -> Result<Option<Ref<TimeDelta>>> {
    let Some(tz) = tz else { return Ok(None) };
    let made = vm.call_method(tz, method, std::slice::from_ref(argument))?;
    if made.is_none() {
        return Ok(None);
    }
    let Some(offset) = made.downcast::<TimeDelta>() else {
        let text =
            format!("tzinfo.{}() must return None or timedelta, not '{}'", method.to_string_lossy(), made.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    check_offset(vm, offset)?;
    Ok(Some(offset.clone()))
}

/// `tz.utcoffset(argument)`.
pub fn utcoffset(vm: &mut Vm, tz: &Option<Value>, argument: &Value) -> Result<Option<Ref<TimeDelta>>> {
    if let Some(zone) = tz.as_ref().and_then(|tz| tz.downcast_exact::<TimeZone>()) {
        return Ok(Some(zone.offset.clone()));
    }
    call_offset(vm, tz, name!("utcoffset"), argument)
}

/// `tz.dst(argument)`.
pub fn dst(vm: &mut Vm, tz: &Option<Value>, argument: &Value) -> Result<Option<Ref<TimeDelta>>> {
    call_offset(vm, tz, name!("dst"), argument)
}

/// `tz.tzname(argument)`: a string or `None`.
pub fn tzname(vm: &mut Vm, tz: &Option<Value>, argument: &Value) -> Result {
    let Some(tz) = tz else { return Ok(Value::none()) };
    let made = vm.call_method(tz, name!("tzname"), std::slice::from_ref(argument))?;
    if made.is_none() || made.downcast::<Str>().is_some() {
        return Ok(made);
    }
    let text = format!("tzinfo.tzname() must return None or a string, not '{}'", made.ty().name());
    Err(vm.raise_type_error(&text))
}

/// An optional duration as a Python value.
pub fn or_none(d: Option<Ref<TimeDelta>>) -> Value {
    d.map_or_else(Value::none, Ref::into_value)
}

/// `+05:30`, with seconds and microseconds where there are any.
pub fn offset_text(offset: &TimeDelta, separator: &str) -> String {
    let total = offset.total();
    let sign = if total < 0 { '-' } else { '+' };
    let total = total.unsigned_abs();
    let (seconds, micros) = ((total / 1_000_000) as u32, (total % 1_000_000) as u32);
    let mut text = format!("{sign}{:02}{separator}{:02}", seconds / 3600, seconds / 60 % 60);
    if seconds % 60 != 0 || micros != 0 {
        text += &format!("{separator}{:02}", seconds % 60);
    }
    if micros != 0 {
        text += &format!(".{micros:06}");
    }
    text
}

/// The part of an ISO time that `timespec` asks for.
pub fn time_text(vm: &mut Vm, fields: (u8, u8, u8, u32), timespec: Option<&str>) -> Result<String> {
    let (hour, minute, second, micros) = fields;
    Ok(match timespec.unwrap_or("auto") {
        "auto" if micros == 0 => format!("{hour:02}:{minute:02}:{second:02}"),
        "auto" | "microseconds" => format!("{hour:02}:{minute:02}:{second:02}.{micros:06}"),
        "hours" => format!("{hour:02}"),
        "minutes" => format!("{hour:02}:{minute:02}"),
        "seconds" => format!("{hour:02}:{minute:02}:{second:02}"),
        "milliseconds" => format!("{hour:02}:{minute:02}:{second:02}.{:03}", micros / 1000),
        _ => return Err(vm.raise_value_error("Unknown timespec value")),
    })
}

/// Whether two optional durations are the same.
pub fn same_offset(a: &Option<Ref<TimeDelta>>, b: &Option<Ref<TimeDelta>>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => a.total() == b.total(),
        _ => false,
    }
}

/// `function missing required argument 'year' (pos 1)` and its like: how old-style parsing words it.
pub fn bind_fields<'a, const N: usize>(
    vm: &mut Vm,
    s: &'static taipan_vm::native::Signature,
    args: taipan_vm::native::Args<'a>,
) -> Result<[Option<&'a Value>; N]> {
    let given = args.all().len();
    if given > N {
        let plural = if N == 1 { "" } else { "s" };
        let text = format!("function takes at most {N} argument{plural} ({given} given)");
        return Err(vm.raise_type_error(&text));
    }
    let mut bound = [None; N];
    let positional = args.positional();
    if positional.len() > s.positional {
        let text = format!("function takes at most {} positional arguments ({} given)", s.positional, positional.len());
        return Err(vm.raise_type_error(&text));
    }
    for (to, from) in bound.iter_mut().zip(positional) {
        *to = Some(from);
    }
    let mut unexpected = None;
    for (key, value) in args.keywords() {
        let key = key.downcast::<Str>().map(|k| k.to_string_lossy()).unwrap_or_default();
        let Some(place) = s.params.iter().position(|p| *p == key) else {
            unexpected.get_or_insert(key);
            continue;
        };
        if bound[place].is_some() {
            let place = place + 1;
            let text = format!("argument for function given by name ('{key}') and position ({place})");
            return Err(vm.raise_type_error(&text));
        }
        bound[place] = Some(value);
    }
    for (i, value) in bound.iter().enumerate() {
        if value.is_none() && s.required[i] {
            // Arguments before it are looked at first.
            for v in bound[..i].iter().flatten() {
                int_argument(vm, v)?;
            }
            let text = format!("function missing required argument '{}' (pos {})", s.params[i], i + 1);
            return Err(vm.raise_type_error(&text));
        }
    }
    if let Some(key) = unexpected {
        return Err(vm.raise_type_error(&format!("this function got an unexpected keyword argument '{key}'")));
    }
    Ok(bound)
}

/// Latin-1 text or bytes of pickled state.
pub fn state_bytes(v: &Value) -> Option<Vec<u8>> {
    if let Some(b) = v.downcast::<taipan_object::Bytes>() {
        return Some(b.as_bytes().to_vec());
    }
    let s = v.downcast::<Str>()?;
    s.data().code_points().map(|c| u8::try_from(c).ok()).collect()
}
