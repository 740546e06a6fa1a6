//! `time`.

use super::calendar::DAY_MICROS;
use super::common::{
    bind_fields, check_time, check_tzinfo, dst, int_argument, offset_text, or_none, same_offset, state_bytes,
    time_text, type_name, tzname, utcoffset,
};
use super::{format, iso};
use std::cell::Cell;
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::{Tuple, TypeCell, Value};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::slots::CompareOp;
use taipan_vm::{Ref, Result, Type, Vm, name};

/// `datetime.time`.
pub static TIME: TypeCell<Time> = TypeCell::new("datetime.time");

/// A time of day.
#[derive(Trace, Payload)]
#[payload(class = TIME, frozen)]
#[repr(C)]
pub struct Time {
    pub tz: Option<Value>,
    pub micros: u32,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    /// Set once more when a subclass has made the instance.
    pub fold: Cell<u8>,
}

impl Time {
    /// Hour, minute, second and microsecond.
    pub fn clock(&self) -> (u8, u8, u8, u32) {
        (self.hour, self.minute, self.second, self.micros)
    }

    fn state(&self, with_fold: bool) -> [u8; 6] {
        let fold = if with_fold && self.fold.get() == 1 { 0x80 } else { 0 };
        let us = self.micros;
        [self.hour | fold, self.minute, self.second, (us >> 16) as u8, (us >> 8) as u8, us as u8]
    }

    fn of_day(&self) -> i128 {
        let seconds = i128::from(self.hour) * 3600 + i128::from(self.minute) * 60 + i128::from(self.second);
        seconds * 1_000_000 + i128::from(self.micros)
    }

    /// What the methods of its zone are called with.
    fn offset(&self, vm: &mut Vm) -> Result<Option<Ref<super::delta::TimeDelta>>> {
        utcoffset(vm, &self.tz, &Value::none())
    }
}

/// A time of a class. Subclasses are made by calling them.
pub fn new_time(vm: &mut Vm, class: &Type, time: Time) -> Result {
    if class.is(TIME.as_type()) {
        return Ref::new(vm, time).map(Ref::into_value);
    }
    let mut args: Vec<Value> =
        [time.hour, time.minute, time.second].iter().map(|&n| Value::from_i32(n.into())).collect();
    args.push(Value::from_i32(time.micros as i32));
    args.push(time.tz.clone().unwrap_or_else(Value::none));
    let made = vm.call(&class.to_value(), &args)?;
    if let Some(made) = made.downcast::<Time>() {
        made.fold.set(time.fold.get());
    }
    Ok(made)
}

static FIELDS: Signature = Signature {
    name: "time",
    params: &["hour", "minute", "second", "microsecond", "tzinfo", "fold"],
    required: &[false; 6],
    required_count: 0,
    positional_only: 0,
    positional: 5,
};

/// Fields from arguments, over those of `time`.
fn with_fields(vm: &mut Vm, time: &Time, given: &[Option<&Value>; 6]) -> Result<Time> {
    let mut fields = [
        i32::from(time.hour),
        i32::from(time.minute),
        i32::from(time.second),
        time.micros as i32,
        0,
        i32::from(time.fold.get()),
    ];
    for (i, v) in given.iter().enumerate() {
        if let (Some(v), true) = (v, i != 4) {
            fields[i] = int_argument(vm, v)?;
        }
    }
    let tz = match given[4] {
        Some(v) => check_tzinfo(vm, Some(v))?,
        None => time.tz.clone(),
    };
    let [hour, minute, second, micros, _, fold] = fields;
    check_time(vm, hour, minute, second, micros, fold)?;
    Ok(Time {
        tz,
        micros: micros as u32,
        hour: hour as u8,
        minute: minute as u8,
        second: second as u8,
        fold: Cell::new(fold as u8),
    })
}

fn midnight() -> Time {
    Time { tz: None, micros: 0, hour: 0, minute: 0, second: 0, fold: Cell::new(0) }
}

/// Methods of `time`.
pub struct TimeClass;

impl TimeClass {
    fn reduced(vm: &mut Vm, this: &Ref<Time>, with_fold: bool) -> Result<Ref<Tuple>> {
        let mut state = vec![vm.new_bytes(&this.state(with_fold))?.into_value()];
        state.extend(this.tz.clone());
        let state = vm.new_tuple(state)?.into_value();
        vm.new_tuple_from(&[this.ty().to_value(), state])
    }
}

/// time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object
///
/// All arguments are optional. tzinfo may be None, or an instance of
/// a tzinfo subclass. The remaining arguments may be ints.
#[class(cell = TIME, base = OBJECT, flags = BASETYPE)]
impl TimeClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        if let ([state, rest @ ..], true) = (args.positional(), args.names().is_empty())
            && rest.len() < 2
            && let Some(&[hour, minute, second, a, b, c]) = state_bytes(state).as_deref()
            && hour & 0x7f < 24
        {
            let tz = match rest.first() {
                None => None,
                Some(v) => match check_tzinfo(vm, Some(v)) {
                    Ok(tz) => tz,
                    Err(raised) => {
                        drop(vm.take_raised(raised));
                        return Err(vm.raise_type_error("bad tzinfo state arg"));
                    }
                },
            };
            let micros = u32::from(a) << 16 | u32::from(b) << 8 | u32::from(c);
            let time = Time { tz, micros, hour: hour & 0x7f, minute, second, fold: Cell::new(hour >> 7) };
            return Ref::new_in(vm, class, time).map(Ref::into_value);
        }
        let given = bind_fields::<6>(vm, &FIELDS, args)?;
        let time = with_fields(vm, &midnight(), &given)?;
        Ref::new_in(vm, class, time).map(Ref::into_value)
    }

    /// string, format -> new time parsed from a string (like time.strptime()).
    #[classmethod]
    fn strptime(vm: &mut Vm, class: &Value, args: Args<'_>) -> Result {
        let args = args.parsed(vm, "strptime", 2, 2)?;
        format::strptime(vm, class, &args[0], &args[1], name!("_strptime_datetime_time"))
    }

    /// string -> time from a string in ISO 8601 format
    #[classmethod("($type, object, /)")]
    fn fromisoformat(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        let text = format::iso_argument(vm, object)?;
        let body = if text.first() == Some(&('T' as u32)) { &text[1..] } else { &text };
        let Some(mut t) = iso::parse_time(body) else { return Err(format::invalid_iso(vm, object)) };
        if t.hour == 24 {
            if t.minute != 0 || t.second != 0 || t.micros != 0 {
                return Err(vm.raise_value_error("minute, second, and microsecond must be 0 when hour is 24"));
            }
            t.hour = 0;
        }
        let tz = format::iso_zone(vm, t.offset)?;
        check_time(vm, t.hour, t.minute, t.second, t.micros, 0)?;
        let time = Time {
            tz,
            micros: t.micros as u32,
            hour: t.hour as u8,
            minute: t.minute as u8,
            second: t.second as u8,
            fold: Cell::new(0),
        };
        match class.as_type_ref() {
            Some(class) => new_time(vm, class, time),
            None => Err(vm.raise_type_error("a class is required")),
        }
    }

    /// Return string in ISO 8601 format, [HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].
    ///
    /// The optional argument timespec says how much of the time is written: 'auto', 'hours', 'minutes', 'seconds',
    /// 'milliseconds' or 'microseconds'.
    #[method]
    fn isoformat(vm: &mut Vm, this: &Ref<Time>, args: Args<'_>) -> Result<String> {
        static S: Signature = Signature {
            name: "isoformat",
            params: &["timespec"],
            required: &[false],
            required_count: 0,
            positional_only: 0,
            positional: 1,
        };
        let [timespec] = bind::<1>(vm, &S, args)?;
        let timespec = super::date_time::timespec_argument(vm, timespec)?;
        let mut text = time_text(vm, this.clock(), timespec.as_deref())?;
        if let Some(offset) = this.offset(vm)? {
            text += &offset_text(&offset, ":");
        }
        Ok(text)
    }

    /// format -> strftime() style string.
    #[method]
    fn strftime(vm: &mut Vm, this: &Ref<Time>, args: Args<'_>) -> Result {
        static S: Signature = Signature {
            name: "strftime",
            params: &["format"],
            required: &[true],
            required_count: 1,
            positional_only: 0,
            positional: 1,
        };
        let [Some(text)] = bind::<1>(vm, &S, args)? else {
            return Err(vm.raise_type_error("strftime() misses an argument"));
        };
        let text = format::format_argument(vm, text)?;
        let moment = format::Moment { date: (1900, 1, 1), time: this.clock(), tz: &this.tz, argument: Value::none() };
        format::strftime(vm, &moment, text)
    }

    /// Formats self with strftime.
    #[method]
    fn __format__(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
        let args = args.expect(vm, "__format__", 1, 1)?;
        format::format_by(vm, this, &args[0])
    }

    /// Return self.tzinfo.utcoffset(self).
    #[method("($self, /)")]
    fn utcoffset(vm: &mut Vm, this: &Ref<Time>) -> Result {
        this.offset(vm).map(or_none)
    }

    /// Return self.tzinfo.tzname(self).
    #[method("($self, /)")]
    fn tzname(vm: &mut Vm, this: &Ref<Time>) -> Result {
        tzname(vm, &this.tz, &Value::none())
    }

    /// Return self.tzinfo.dst(self).
    #[method("($self, /)")]
    fn dst(vm: &mut Vm, this: &Ref<Time>) -> Result {
        dst(vm, &this.tz, &Value::none()).map(or_none)
    }

    /// Return time with new specified fields.
    #[method(
        "($self, /, hour=unchanged, minute=unchanged, second=unchanged,\n        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)"
    )]
    fn replace(
        vm: &mut Vm,
        this: &Ref<Time>,
        hour: Option<&Value>,
        minute: Option<&Value>,
        second: Option<&Value>,
        microsecond: Option<&Value>,
        tzinfo: Option<&Value>,
        fold: Option<&Value>,
    ) -> Result {
        let time = with_fields(vm, this, &[hour, minute, second, microsecond, tzinfo, fold])?;
        new_time(vm, this.ty(), time)
    }

    /// The same as replace().
    #[method("($self, /, **changes)")]
    fn __replace__(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
        let replace = vm.get_attr(this, name!("replace"))?;
        vm.call_args(&replace, args)
    }

    /// __reduce_ex__(proto) -> (cls, state)
    #[method]
    fn __reduce_ex__(vm: &mut Vm, this: &Ref<Time>, args: Args<'_>) -> Result<Ref<Tuple>> {
        let args = args.expect(vm, "__reduce_ex__", 1, 1)?;
        let protocol = int_argument(vm, &args[0])?;
        Self::reduced(vm, this, protocol > 3)
    }

    /// __reduce__() -> (cls, state)
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<Time>) -> Result<Ref<Tuple>> {
        Self::reduced(vm, this, false)
    }

    #[getter]
    fn hour(_vm: &mut Vm, this: &Ref<Time>) -> Result<u8> {
        Ok(this.hour)
    }

    #[getter]
    fn minute(_vm: &mut Vm, this: &Ref<Time>) -> Result<u8> {
        Ok(this.minute)
    }

    #[getter]
    fn second(_vm: &mut Vm, this: &Ref<Time>) -> Result<u8> {
        Ok(this.second)
    }

    #[getter]
    fn microsecond(_vm: &mut Vm, this: &Ref<Time>) -> Result<u32> {
        Ok(this.micros)
    }

    #[getter]
    fn tzinfo(_vm: &mut Vm, this: &Ref<Time>) -> Result {
        Ok(this.tz.clone().unwrap_or_else(Value::none))
    }

    #[getter]
    fn fold(_vm: &mut Vm, this: &Ref<Time>) -> Result<u8> {
        Ok(this.fold.get())
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Time>) -> Result {
        let mut text = format!("{}({}, {}", type_name(this.as_value()), this.hour, this.minute);
        super::date_time::finish_repr(vm, &mut text, this.second, this.micros, &this.tz, this.fold.get())?;
        vm.new_str(&text).map(Ref::into_value)
    }

    #[slot]
    fn str(vm: &mut Vm, this: &Value) -> Result {
        vm.call_method(this, name!("isoformat"), &[])
    }

    #[slot]
    fn hash(vm: &mut Vm, this: &Ref<Time>) -> Result<i64> {
        match this.offset(vm)? {
            None => Ok(taipan_object::str::hash_bytes(&this.state(false))),
            Some(offset) => {
                let at = this.of_day() - offset.total();
                Ok(taipan_object::str::hash_bytes(&at.rem_euclid(DAY_MICROS * 4).to_le_bytes()))
            }
        }
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let (Some(a), Some(b)) = (a.downcast::<Time>(), b.downcast::<Time>()) else {
            return Ok(Value::not_implemented());
        };
        let same_zone = match (&a.tz, &b.tz) {
            (None, None) => true,
            (Some(x), Some(y)) => x.is(y),
            _ => false,
        };
        if same_zone {
            return Ok(Value::bool(op.holds(a.of_day().cmp(&b.of_day()))));
        }
        let (x, y) = (a.offset(vm)?, b.offset(vm)?);
        if same_offset(&x, &y) {
            return Ok(Value::bool(op.holds(a.of_day().cmp(&b.of_day()))));
        }
        match (x, y, op) {
            (Some(x), Some(y), _) => Ok(Value::bool(op.holds((a.of_day() - x.total()).cmp(&(b.of_day() - y.total()))))),
            (_, _, CompareOp::Eq) => Ok(Value::bool(false)),
            (_, _, CompareOp::Ne) => Ok(Value::bool(true)),
            _ => Err(vm.raise_type_error("can't compare offset-naive and offset-aware times")),
        }
    }
}
