//! The class `datetime`.

use super::common::{
    bind_fields, check_date, check_time, check_tzinfo, dst, int_argument, offset_text, or_none, state_bytes, time_text,
    type_name, tzname,
};
use super::date::{DATE, Date};
use super::date_time::{self, DATETIME, DateTime, DateTimeRef};
use super::delta::{TimeDelta, total_seconds};
use super::time::{TIME, Time, new_time};
use super::{clock, format, iso};
use std::cell::Cell;
use taipan_macros::class;
use taipan_object::{Str, Tuple, Value};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::slots::CompareOp;
use taipan_vm::{Ref, Result, Type, Vm, name};

static FIELDS: Signature = Signature {
    name: "datetime",
    params: &["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"],
    required: &[true, true, true, false, false, false, false, false, false],
    required_count: 3,
    positional_only: 0,
    positional: 8,
};

fn class_argument(vm: &mut Vm, class: &Value) -> Result<Ref<Type>> {
    match class.as_type_ref() {
        Some(class) => Ok(class.clone()),
        None => Err(vm.raise_type_error("a class is required")),
    }
}

fn wrong_argument(vm: &mut Vm, function: &str, number: usize, wanted: &str, given: &Value) -> taipan_object::Raised {
    let given = if given.is_none() { "None".to_owned() } else { given.ty().name() };
    vm.raise_type_error(&format!("{function}() argument {number} must be {wanted}, not {given}"))
}

fn now() -> (i64, i32) {
    let ns = taipan_host::clock::time_ns();
    (ns.div_euclid(1_000_000_000), (ns.rem_euclid(1_000_000_000) / 1000) as i32)
}

fn deprecated(vm: &mut Vm, method: &str, instead: &str) -> Result<()> {
    let text = format!(
        "datetime.datetime.{method}() is deprecated and scheduled for removal in a future version. Use \
         timezone-aware objects to represent datetimes in UTC: {instead}."
    );
    vm.warn(taipan_vm::errors::DEPRECATION_WARNING.as_type(), &text, 1)
}

/// Methods of `datetime`.
pub struct DateTimeClass;

impl DateTimeClass {
    fn reduced(vm: &mut Vm, this: &Ref<DateTime>, with_fold: bool) -> Result<Ref<Tuple>> {
        let mut state = vec![vm.new_bytes(&this.state(with_fold))?.into_value()];
        state.extend(this.tz.clone());
        let state = vm.new_tuple(state)?.into_value();
        vm.new_tuple_from(&[this.ty().to_value(), state])
    }

    fn from_state(vm: &mut Vm, class: &Ref<Type>, args: &[Value]) -> Result<Option<Value>> {
        let [state, rest @ ..] = args else { return Ok(None) };
        let bytes = if rest.len() < 2 { state_bytes(state) } else { None };
        let Some(&[high, low, month, day, hour, minute, second, a, b, c]) = bytes.as_deref() else {
            return Ok(None);
        };
        if !(1..=12).contains(&(month & 0x7f)) {
            return Ok(None);
        }
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
        let dt = DateTime {
            date: Date { year: i32::from(high) << 8 | i32::from(low), month: month & 0x7f, day },
            micros: u32::from(a) << 16 | u32::from(b) << 8 | u32::from(c),
            hour,
            minute,
            second,
            fold: Cell::new(month >> 7),
            tz,
        };
        Ref::new_in(vm, class, dt).map(|r| Some(r.into_value()))
    }
}

/// datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])
///
/// The year, month and day arguments are required. tzinfo may be None, or an
/// instance of a tzinfo subclass. The remaining arguments may be ints.
#[class(cell = DATETIME, base = DATE, flags = BASETYPE)]
impl DateTimeClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        if args.names().is_empty()
            && let Some(made) = Self::from_state(vm, class, args.positional())?
        {
            return Ok(made);
        }
        let given = bind_fields::<9>(vm, &FIELDS, args)?;
        let dt = date_time::with_fields(vm, &DateTime::midnight(1, 1, 1), &given)?;
        Ref::new_in(vm, class, dt).map(Ref::into_value)
    }

    /// Returns new datetime object representing current time local to tz.
    ///
    ///   tz
    ///     Timezone object.
    ///
    /// If no tz is specified, uses local timezone.
    #[classmethod("($type, /, tz=None)")]
    fn now(vm: &mut Vm, class: &Value, tz: Option<&Value>) -> Result {
        let class = class_argument(vm, class)?;
        let tz = check_tzinfo(vm, tz)?;
        date_time::from_timestamp(vm, &class, now(), tz)
    }

    /// Return a new datetime representing UTC day and time.
    #[classmethod("($type, /)")]
    fn utcnow(vm: &mut Vm, class: &Value) -> Result {
        deprecated(vm, "utcnow", "datetime.datetime.now(datetime.UTC)")?;
        let class = class_argument(vm, class)?;
        date_time::from_utc_timestamp(vm, &class, now())
    }

    /// timestamp[, tz] -> tz's local time from POSIX timestamp.
    #[classmethod]
    fn fromtimestamp(vm: &mut Vm, class: &Value, args: Args<'_>) -> Result {
        static S: Signature = Signature {
            name: "fromtimestamp",
            params: &["timestamp", "tz"],
            required: &[true, false],
            required_count: 1,
            positional_only: 0,
            positional: 2,
        };
        let class = class_argument(vm, class)?;
        let [Some(timestamp), tz] = bind::<2>(vm, &S, args)? else {
            return Err(vm.raise_type_error("fromtimestamp() misses an argument"));
        };
        let tz = check_tzinfo(vm, tz)?;
        let at = clock::timestamp(vm, timestamp)?;
        date_time::from_timestamp(vm, &class, at, tz)
    }

    /// Construct a naive UTC datetime from a POSIX timestamp.
    #[classmethod]
    fn utcfromtimestamp(vm: &mut Vm, class: &Value, args: Args<'_>) -> Result {
        deprecated(vm, "utcfromtimestamp", "datetime.datetime.fromtimestamp(timestamp, datetime.UTC)")?;
        let class = class_argument(vm, class)?;
        let args = args.expect(vm, "utcfromtimestamp", 1, 1)?;
        let at = clock::timestamp(vm, &args[0])?;
        date_time::from_utc_timestamp(vm, &class, at)
    }

    /// string, format -> new datetime parsed from a string (like time.strptime()).
    #[classmethod]
    fn strptime(vm: &mut Vm, class: &Value, args: Args<'_>) -> Result {
        let args = args.parsed(vm, "strptime", 2, 2)?;
        format::strptime(vm, class, &args[0], &args[1], name!("_strptime_datetime_datetime"))
    }

    /// date, time -> datetime with same date and time fields
    #[classmethod]
    fn combine(vm: &mut Vm, class: &Value, args: Args<'_>) -> Result {
        static S: Signature = Signature {
            name: "combine",
            params: &["date", "time", "tzinfo"],
            required: &[true, true, false],
            required_count: 2,
            positional_only: 0,
            positional: 3,
        };
        let class = class_argument(vm, class)?;
        let [Some(date), Some(time), tz] = bind::<3>(vm, &S, args)? else {
            return Err(vm.raise_type_error("combine() misses an argument"));
        };
        let Some(d) = date.downcast::<Date>() else {
            return Err(wrong_argument(vm, "combine", 1, "datetime.date", date));
        };
        let Some(t) = time.downcast::<Time>() else {
            return Err(wrong_argument(vm, "combine", 2, "datetime.time", time));
        };
        let tz = match tz {
            Some(v) => check_tzinfo(vm, Some(v))?,
            None => t.tz.clone(),
        };
        let (hour, minute, second, micros) = t.clock();
        let fold = Cell::new(t.fold.get());
        let date = Date { year: d.year, month: d.month, day: d.day };
        DateTime { date, micros, hour, minute, second, fold, tz }.make_in(vm, &class)
    }

    /// string -> datetime from a string in most ISO 8601 formats
    #[classmethod("($type, object, /)")]
    fn fromisoformat(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        let class = class_argument(vm, class)?;
        let text = format::iso_argument(vm, object)?;
        let parsed = iso::date_end(&text).filter(|&end| end <= text.len()).and_then(|end| {
            let date = iso::parse_date(&text[..end])?;
            let time = match text.len() - end {
                0 => iso::IsoTime::default(),
                _ => iso::parse_time(&text[end + 1..])?,
            };
            Some((date, time))
        });
        let Some((mut date, mut t)) = parsed else { return Err(format::invalid_iso(vm, object)) };
        let tz = format::iso_zone(vm, t.offset)?;
        if t.hour == 24 {
            if t.minute != 0 || t.second != 0 || t.micros != 0 {
                return Err(vm.raise_value_error("minute, second, and microsecond must be 0 when hour is 24"));
            }
            check_date(vm, date.0, date.1, date.2)?;
            t.hour = 0;
            date = date_time::next_day(date).unwrap_or((10_000, 1, 1));
        }
        check_date(vm, date.0, date.1, date.2)?;
        check_time(vm, t.hour, t.minute, t.second, t.micros, 0)?;
        let dt = DateTime {
            date: Date { year: date.0, month: date.1 as u8, day: date.2 as u8 },
            micros: t.micros as u32,
            hour: t.hour as u8,
            minute: t.minute as u8,
            second: t.second as u8,
            fold: Cell::new(0),
            tz,
        };
        dt.make_in(vm, &class)
    }

    /// Return date object with same year, month and day.
    #[method("($self, /)")]
    fn date(vm: &mut Vm, this: &Ref<DateTime>) -> Result {
        super::date::new_date(vm, DATE.as_type(), this.date.fields())
    }

    /// Return time object with same time but with tzinfo=None.
    #[method("($self, /)")]
    fn time(vm: &mut Vm, this: &Ref<DateTime>) -> Result {
        let (hour, minute, second, micros) = this.clock();
        let time = Time { tz: None, micros, hour, minute, second, fold: Cell::new(this.fold.get()) };
        new_time(vm, TIME.as_type(), time)
    }

    /// Return time object with same time and tzinfo.
    #[method("($self, /)")]
    fn timetz(vm: &mut Vm, this: &Ref<DateTime>) -> Result {
        let (hour, minute, second, micros) = this.clock();
        let time = Time { tz: this.tz.clone(), micros, hour, minute, second, fold: Cell::new(this.fold.get()) };
        new_time(vm, TIME.as_type(), time)
    }

    /// Return ctime() style string.
    #[method("($self, /)")]
    fn ctime(vm: &mut Vm, this: &Ref<DateTime>) -> Result<Ref<Str>> {
        format::ctime(vm, this.date.fields(), this.clock_seconds())
    }

    /// Return time tuple, compatible with time.localtime().
    #[method("($self, /)")]
    fn timetuple(vm: &mut Vm, this: &Ref<DateTime>) -> Result {
        let is_dst = format::dst_flag(vm, &this.tz, this.as_value())?;
        format::time_tuple(vm, this.date.fields(), this.clock_seconds(), is_dst)
    }

    /// Return UTC time tuple, compatible with time.localtime().
    #[method("($self, /)")]
    fn utctimetuple(vm: &mut Vm, this: &Ref<DateTime>) -> Result {
        let offset = this.offset(vm)?.map_or(0, |o| o.total());
        let utc = DateTime::from_total(vm, this.total() - offset, None)?;
        format::time_tuple(vm, utc.date.fields(), utc.clock_seconds(), 0)
    }

    /// Return POSIX timestamp as float.
    #[method("($self, /)")]
    fn timestamp(vm: &mut Vm, this: &Ref<DateTime>) -> Result<f64> {
        if this.tz.is_some() {
            let offset = this.offset(vm)?.map_or(0, |o| o.total());
            let epoch = i128::from(719_163) * super::calendar::DAY_MICROS;
            return total_seconds(vm, this.total() - offset - epoch);
        }
        let seconds = date_time::local_timestamp(vm, this)?;
        clock::seconds_to_float(vm, seconds, this.micros)
    }

    /// [sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].
    ///
    /// sep separates date and time and is 'T' by default. timespec says how much of the time is written: 'auto',
    /// 'hours', 'minutes', 'seconds', 'milliseconds' or 'microseconds'.
    #[method]
    fn isoformat(vm: &mut Vm, this: &Ref<DateTime>, args: Args<'_>) -> Result {
        static S: Signature = Signature {
            name: "isoformat",
            params: &["sep", "timespec"],
            required: &[false, false],
            required_count: 0,
            positional_only: 0,
            positional: 2,
        };
        let [sep, timespec] = bind::<2>(vm, &S, args)?;
        let separator = match sep {
            None => 'T' as u32,
            Some(v) => match v.downcast::<Str>() {
                Some(s) if s.len() == 1 => s.data().get(0).unwrap_or('T' as u32),
                Some(s) => {
                    let text = format!(
                        "isoformat() argument 1 must be a unicode character, not a string of length {}",
                        s.len()
                    );
                    return Err(vm.raise_type_error(&text));
                }
                None => return Err(wrong_argument(vm, "isoformat", 1, "a unicode character", v)),
            },
        };
        let timespec = date_time::timespec_argument(vm, timespec)?;
        let time = time_text(vm, this.clock(), timespec.as_deref())?;
        let (year, month, day) = this.date.fields();
        let mut rest = time;
        if let Some(offset) = this.offset(vm)? {
            rest += &offset_text(&offset, ":");
        }
        let date = format!("{year:04}-{month:02}-{day:02}");
        match char::from_u32(separator) {
            Some(separator) => vm.new_str(&format!("{date}{separator}{rest}")).map(Ref::into_value),
            None => {
                let codes: Vec<u32> =
                    date.chars().map(u32::from).chain([separator]).chain(rest.chars().map(u32::from)).collect();
                format::text_of(vm, &codes)
            }
        }
    }

    /// Return self.tzinfo.utcoffset(self).
    #[method("($self, /)")]
    fn utcoffset(vm: &mut Vm, this: &Ref<DateTime>) -> Result {
        this.offset(vm).map(or_none)
    }

    /// Return self.tzinfo.tzname(self).
    #[method("($self, /)")]
    fn tzname(vm: &mut Vm, this: &Ref<DateTime>) -> Result {
        tzname(vm, &this.tz, this.as_value())
    }

    /// Return self.tzinfo.dst(self).
    #[method("($self, /)")]
    fn dst(vm: &mut Vm, this: &Ref<DateTime>) -> Result {
        dst(vm, &this.tz, this.as_value()).map(or_none)
    }

    /// Return datetime with new specified fields.
    #[method(
        "($self, /, year=unchanged, month=unchanged, day=unchanged,\n        hour=unchanged, minute=unchanged, second=unchanged,\n        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)"
    )]
    fn replace(
        vm: &mut Vm,
        this: &Ref<DateTime>,
        year: Option<&Value>,
        month: Option<&Value>,
        day: Option<&Value>,
        hour: Option<&Value>,
        minute: Option<&Value>,
        second: Option<&Value>,
        microsecond: Option<&Value>,
        tzinfo: Option<&Value>,
        fold: Option<&Value>,
    ) -> Result {
        let given = [year, month, day, hour, minute, second, microsecond, tzinfo, fold];
        let dt = date_time::with_fields(vm, this, &given)?;
        dt.make_in(vm, this.ty())
    }

    /// The same as replace().
    #[method("($self, /, **changes)")]
    fn __replace__(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
        let replace = vm.get_attr(this, name!("replace"))?;
        vm.call_args(&replace, args)
    }

    /// tz -> convert to local time in new timezone tz
    #[method]
    fn astimezone(vm: &mut Vm, this: &Ref<DateTime>, args: Args<'_>) -> Result {
        static S: Signature = Signature {
            name: "astimezone",
            params: &["tz"],
            required: &[false],
            required_count: 0,
            positional_only: 0,
            positional: 1,
        };
        let [tz] = bind::<1>(vm, &S, args)?;
        date_time::astimezone(vm, this, tz)
    }

    /// __reduce_ex__(proto) -> (cls, state)
    #[method]
    fn __reduce_ex__(vm: &mut Vm, this: &Ref<DateTime>, args: Args<'_>) -> Result<Ref<Tuple>> {
        let args = args.expect(vm, "__reduce_ex__", 1, 1)?;
        let protocol = int_argument(vm, &args[0])?;
        Self::reduced(vm, this, protocol > 3)
    }

    /// __reduce__() -> (cls, state)
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<DateTime>) -> Result<Ref<Tuple>> {
        Self::reduced(vm, this, false)
    }

    #[getter]
    fn hour(_vm: &mut Vm, this: &Ref<DateTime>) -> Result<u8> {
        Ok(this.hour)
    }

    #[getter]
    fn minute(_vm: &mut Vm, this: &Ref<DateTime>) -> Result<u8> {
        Ok(this.minute)
    }

    #[getter]
    fn second(_vm: &mut Vm, this: &Ref<DateTime>) -> Result<u8> {
        Ok(this.second)
    }

    #[getter]
    fn microsecond(_vm: &mut Vm, this: &Ref<DateTime>) -> Result<u32> {
        Ok(this.micros)
    }

    #[getter]
    fn tzinfo(_vm: &mut Vm, this: &Ref<DateTime>) -> Result {
        Ok(this.tz.clone().unwrap_or_else(Value::none))
    }

    #[getter]
    fn fold(_vm: &mut Vm, this: &Ref<DateTime>) -> Result<u8> {
        Ok(this.fold.get())
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<DateTime>) -> Result {
        let (year, month, day) = this.date.fields();
        let name = type_name(this.as_value());
        let mut text = format!("{name}({year}, {month}, {day}, {}, {}", this.hour, this.minute);
        date_time::finish_repr(vm, &mut text, this.second, this.micros, &this.tz, this.fold.get())?;
        vm.new_str(&text).map(Ref::into_value)
    }

    #[slot]
    fn str(vm: &mut Vm, this: &Value) -> Result {
        let space = vm.new_str(" ")?.into_value();
        vm.call_method(this, name!("isoformat"), &[space])
    }

    #[slot]
    fn hash(vm: &mut Vm, this: &Ref<DateTime>) -> Result<i64> {
        date_time::hash(vm, this)
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        match (a.downcast::<DateTime>(), b.downcast::<DateTime>()) {
            (Some(a), Some(b)) => date_time::compare(vm, a, b, op),
            _ => Ok(Value::not_implemented()),
        }
    }

    #[slot]
    fn op_add(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        match (a.downcast::<DateTime>(), b.downcast::<TimeDelta>(), a.downcast::<TimeDelta>(), b.downcast::<DateTime>())
        {
            (Some(dt), Some(delta), ..) | (_, _, Some(delta), Some(dt)) => dt.plus(vm, delta.total()),
            _ => Ok(Value::not_implemented()),
        }
    }

    #[slot]
    fn op_subtract(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let Some(dt) = a.downcast::<DateTime>() else { return Ok(Value::not_implemented()) };
        if let Some(other) = b.downcast::<DateTime>() {
            return date_time::difference(vm, dt, other);
        }
        match b.downcast::<TimeDelta>() {
            Some(delta) => dt.plus(vm, -delta.total()),
            None => Ok(Value::not_implemented()),
        }
    }
}
