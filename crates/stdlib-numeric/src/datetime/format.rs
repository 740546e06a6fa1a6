//! `strftime`, `ctime` and time tuples.

use super::common::{dst, offset_text, tzname, utcoffset};
use super::{calendar, common};
use taipan_host::localtime::Tm;
use taipan_host::strftime::{self, strftime_within};
use taipan_object::{Str, Value, room};
use taipan_vm::{Raised, Ref, Result, Vm, name};

/// What is to be formatted.
pub struct Moment<'a> {
    pub date: (i32, i32, i32),
    pub time: (u8, u8, u8, u32),
    /// The zone, and what its methods are called with.
    pub tz: &'a Option<Value>,
    pub argument: Value,
}

/// Day and month names in English, as C's `ctime` has them.
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `Sat Feb 29 12:34:56 2020`.
pub fn ctime(vm: &mut Vm, date: (i32, i32, i32), time: (u8, u8, u8)) -> Result<Ref<Str>> {
    let (year, month, day) = date;
    let weekday = DAYS[calendar::weekday(year, month, day) as usize];
    let month = MONTHS[(month - 1) as usize];
    let (hour, minute, second) = time;
    vm.new_str(&format!("{weekday} {month} {day:2} {hour:02}:{minute:02}:{second:02} {year:04}"))
}

/// `time.struct_time`.
pub fn time_tuple(vm: &mut Vm, date: (i32, i32, i32), time: (u8, u8, u8), is_dst: i32) -> Result {
    let (year, month, day) = date;
    let yearday = calendar::days_before_month(year, month) + day;
    let fields = [
        year,
        month,
        day,
        time.0.into(),
        time.1.into(),
        time.2.into(),
        calendar::weekday(year, month, day),
        yearday,
        is_dst,
    ];
    let fields = vm.new_tuple_from(&fields.map(Value::from_i32))?.into_value();
    let module = vm.import("time")?;
    vm.call_method(&module, name!("struct_time"), &[fields])
}

/// What `%z` and `%Z` stand for, found when they are first met.
struct Zone<'a> {
    of: &'a Moment<'a>,
}

impl Zone<'_> {
    fn offset(&self, vm: &mut Vm, separator: &str) -> Result<String> {
        let offset = utcoffset(vm, self.of.tz, &self.of.argument)?;
        Ok(offset.map(|o| offset_text(&o, separator)).unwrap_or_default())
    }

    fn name(&self, vm: &mut Vm) -> Result<Vec<u32>> {
        let name = tzname(vm, self.of.tz, &self.of.argument)?;
        let Some(text) = name.downcast::<Str>() else { return Ok(Vec::new()) };
        if name.downcast_exact::<Str>().is_some() {
            return room::gathered(text.len(), text.data().code_points());
        }
        // A subclass is asked to hide its percent signs from the next reader of the format.
        let (from, to) = (vm.new_str("%")?.into_value(), vm.new_str("%%")?.into_value());
        let hidden = vm.call_method(&name, name!("replace"), &[from, to])?;
        match hidden.downcast::<Str>() {
            Some(s) if room::probe(s.len().saturating_mul(16)).is_err() => Err(Raised),
            Some(s) => Ok(s.to_string_lossy().replace("%%", "%").chars().map(u32::from).collect()),
            None => Err(vm.raise_type_error("tzinfo.tzname().replace() did not return a string")),
        }
    }
}

/// `strftime(format)`: what C has no letter for here, each other directive by the host.
pub fn strftime(vm: &mut Vm, moment: &Moment<'_>, format: &Ref<Str>) -> Result {
    // Four bytes a character, and most directives make twice as many characters of their own.
    room::probe(format.len().saturating_mul(24))?;
    let text: Vec<u32> = format.data().code_points().collect();
    let (year, month, day) = moment.date;
    let (hour, minute, second, micros) = moment.time;
    let tm = Tm {
        year: year.into(),
        month: month.into(),
        day: day.into(),
        hour: hour.into(),
        minute: minute.into(),
        second: second.into(),
        weekday: calendar::weekday(year, month, day).into(),
        yearday: (calendar::days_before_month(year, month) + day).into(),
        is_dst: -1,
        offset: 0,
        zone: None,
    };
    let zone = Zone { of: moment };
    let most = strftime::room(text.len());
    let mut out: Vec<u32> = Vec::with_capacity(text.len() + 16);
    let push = |out: &mut Vec<u32>, s: &str| out.extend(s.chars().map(|c| c as u32));
    let mut at = 0;
    while at < text.len() && out.len() <= most {
        out.try_reserve(64).map_err(|_| Raised)?;
        if text[at] != '%' as u32 {
            out.push(text[at]);
            at += 1;
            continue;
        }
        let start = at;
        at += 1;
        // Flags, a width and a modifier may stand before the letter.
        while text
            .get(at)
            .is_some_and(|&c| matches!(char::from_u32(c), Some('_' | '-' | '^' | '#' | '0'..='9' | 'E' | 'O')))
        {
            at += 1;
        }
        let plain = at == start + 1;
        let bytes = |codes: &[u32]| -> Vec<u8> { codes.iter().map(|&c| c as u8).collect() };
        // What is not ASCII is no letter, and the C library does not see it.
        let Some(&letter) = text.get(at).filter(|c| (1..0x80).contains(*c)) else {
            match strftime_within(&bytes(&text[start..at]), &tm, most) {
                Some(made) => push(&mut out, &String::from_utf8_lossy(&made)),
                None => out.extend_from_slice(&text[start..at]),
            }
            while let Some(&c) = text.get(at).filter(|&&c| c != '%' as u32) {
                out.push(c);
                at += 1;
            }
            continue;
        };
        at += 1;
        match char::from_u32(letter) {
            Some('z') if plain => push(&mut out, &zone.offset(vm, "")?),
            Some('Z') if plain => {
                let name = zone.name(vm)?;
                out.try_reserve(name.len()).map_err(|_| Raised)?;
                out.extend(name);
            }
            Some(':') if plain && text.get(at) == Some(&('z' as u32)) => {
                at += 1;
                push(&mut out, &zone.offset(vm, ":")?);
            }
            Some('f') if plain => push(&mut out, &format!("{micros:06}")),
            Some('Y') if plain => push(&mut out, &format!("{year:04}")),
            Some('G') if plain => push(&mut out, &format!("{:04}", calendar::iso_calendar(year, month, day).0)),
            Some('C') if plain => push(&mut out, &format!("{:02}", year / 100)),
            Some('F') if plain => push(&mut out, &format!("{year:04}-{month:02}-{day:02}")),
            _ => match strftime_within(&bytes(&text[start..at]), &tm, most) {
                Some(made) => push(&mut out, &String::from_utf8_lossy(&made)),
                None => out.extend_from_slice(&text[start..at]),
            },
        }
    }
    // What is longer comes to nothing, as in `time.strftime`.
    text_of(vm, if out.len() > most { &[] } else { &out })
}

/// Code points as a string; they may be lone surrogates.
pub fn text_of(vm: &mut Vm, codes: &[u32]) -> Result {
    vm.str_from_units(taipan_text::Units::Ucs4(codes)).map(Ref::into_value)
}

/// `__format__`: `str()` for an empty format, `strftime()` otherwise.
pub fn format_by(vm: &mut Vm, this: &Value, format: &Value) -> Result {
    let Some(text) = format.downcast::<Str>() else {
        let given = if format.is_none() { "None".to_owned() } else { format.ty().name() };
        return Err(vm.raise_type_error(&format!("__format__() argument 1 must be str, not {given}")));
    };
    if text.is_empty() {
        return vm.str(this).map(Ref::into_value);
    }
    vm.call_method(this, name!("strftime"), std::slice::from_ref(format))
}

/// The day-light flag of a time tuple.
pub fn dst_flag(vm: &mut Vm, tz: &Option<Value>, argument: &Value) -> Result<i32> {
    Ok(match dst(vm, tz, argument)? {
        None => -1,
        Some(d) => i32::from(d.total() != 0),
    })
}

/// The format argument.
pub fn format_argument<'a>(vm: &mut Vm, v: &'a Value) -> Result<&'a Ref<Str>> {
    match v.downcast::<Str>() {
        Some(s) => Ok(s),
        None => {
            let given = if v.is_none() { "None".to_owned() } else { v.ty().name() };
            Err(vm.raise_type_error(&format!("strftime() argument 1 must be str, not {given}")))
        }
    }
}

/// `strptime`, which is Python code.
pub fn strptime(vm: &mut Vm, class: &Value, string: &Value, format: &Value, function: &'static Ref<Str>) -> Result {
    for (i, v) in [string, format].into_iter().enumerate() {
        if v.downcast::<Str>().is_none() {
            let given = if v.is_none() { "None".to_owned() } else { v.ty().name() };
            return Err(vm.raise_type_error(&format!("strptime() argument {} must be str, not {given}", i + 1)));
        }
    }
    let module = vm.import("_strptime")?;
    vm.call_method(&module, function, &[class.clone(), string.clone(), format.clone()])
}

/// Re-raised for text of another form.
pub fn invalid_iso(vm: &mut Vm, text: &Value) -> taipan_object::Raised {
    match vm.repr(text) {
        Ok(shown) => vm.raise_value_error(&format!("Invalid isoformat string: {}", shown.to_string_lossy())),
        Err(raised) => raised,
    }
}

/// The text of a `fromisoformat` argument.
pub fn iso_argument(vm: &mut Vm, v: &Value) -> Result<Vec<u32>> {
    match v.downcast::<Str>() {
        Some(s) => room::gathered(s.len(), s.data().code_points()),
        None => Err(vm.raise_type_error("fromisoformat: argument must be str")),
    }
}

/// The zone of an ISO time.
pub fn iso_zone(vm: &mut Vm, offset: Option<i128>) -> Result<Option<Value>> {
    let Some(micros) = offset else { return Ok(None) };
    let offset = super::delta::new_delta(vm, micros)?;
    common::check_offset(vm, &offset)?;
    super::tz::new_timezone(vm, &offset, None).map(Some)
}
