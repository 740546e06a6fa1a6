//! `date` and the triples of its ISO calendar.

use super::calendar::{self, MAX_ORDINAL, NoIsoDate};
use super::common::{bind_fields, check_date, int_argument, state_bytes, type_name};
use super::date_time::{DATETIME, DateTime};
use super::delta::{TimeDelta, new_delta};
use super::{format, iso};
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::{OBJECT, TUPLE};
use taipan_object::{Str, Tuple, TypeCell, Value};
use taipan_vm::native::{Args, Signature};
use taipan_vm::slots::CompareOp;
use taipan_vm::{Ref, Result, Type, Vm, name};

/// `datetime.date`.
pub static DATE: TypeCell<Date> = TypeCell::new("datetime.date");
/// `datetime.IsoCalendarDate`.
pub static ISO_CALENDAR_DATE: TypeCell<Tuple> = TypeCell::new("datetime.IsoCalendarDate");

/// A date.
#[derive(Trace, Payload)]
#[payload(class = DATE, frozen)]
#[repr(C)]
pub struct Date {
    pub year: i32,
    pub month: u8,
    pub day: u8,
}

impl Date {
    /// Year, month and day.
    pub fn fields(&self) -> (i32, i32, i32) {
        (self.year, self.month.into(), self.day.into())
    }

    /// Days from 0001-01-01, which has 1.
    pub fn ordinal(&self) -> i32 {
        calendar::to_ordinal(self.year, self.month.into(), self.day.into())
    }

    /// The bytes it is pickled as.
    pub fn state(&self) -> [u8; 4] {
        [(self.year >> 8) as u8, self.year as u8, self.month, self.day]
    }
}

/// A date of a class. Subclasses are made by calling them.
pub fn new_date(vm: &mut Vm, class: &Type, (year, month, day): (i32, i32, i32)) -> Result {
    check_date(vm, year, month, day)?;
    if class.is(DATE.as_type()) {
        let date = Date { year, month: month as u8, day: day as u8 };
        return Ref::new(vm, date).map(Ref::into_value);
    }
    if class.is(DATETIME.as_type()) {
        return DateTime::midnight(year, month, day).make(vm);
    }
    vm.call(&class.to_value(), &[year, month, day].map(Value::from_i32))
}

fn from_ordinal(vm: &mut Vm, class: &Type, ordinal: i64) -> Result {
    if !(1..=i64::from(MAX_ORDINAL)).contains(&ordinal) {
        return Err(vm.raise_overflow_error("date value out of range"));
    }
    new_date(vm, class, calendar::from_ordinal(ordinal as i32))
}

fn class_argument(vm: &mut Vm, class: &Value) -> Result<Ref<Type>> {
    match class.as_type_ref() {
        Some(class) => Ok(class.clone()),
        None => Err(vm.raise_type_error("a class is required")),
    }
}

/// Methods of `date`.
pub struct DateClass;

static FIELDS: Signature = Signature {
    name: "date",
    params: &["year", "month", "day"],
    required: &[true; 3],
    required_count: 3,
    positional_only: 0,
    positional: 3,
};

impl DateClass {
    fn plus(vm: &mut Vm, date: &Ref<Date>, days: i64) -> Result {
        let ordinal = i64::from(date.ordinal()) + days;
        from_ordinal(vm, date.ty(), ordinal)
    }

    fn replaced(vm: &mut Vm, this: &Ref<Date>, given: [Option<&Value>; 3]) -> Result {
        let (mut year, mut month, mut day) = this.fields();
        for (to, v) in [&mut year, &mut month, &mut day].into_iter().zip(given) {
            if let Some(v) = v {
                *to = int_argument(vm, v)?;
            }
        }
        new_date(vm, this.ty(), (year, month, day))
    }
}

/// date(year, month, day) --> date object
#[class(cell = DATE, base = OBJECT, flags = BASETYPE)]
impl DateClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        if let ([state], true) = (args.positional(), args.names().is_empty())
            && let Some(&[high, low, month @ 1..=12, day]) = state_bytes(state).as_deref()
        {
            let date = Date { year: i32::from(high) << 8 | i32::from(low), month, day };
            return Ref::new_in(vm, class, date).map(Ref::into_value);
        }
        let [Some(year), Some(month), Some(day)] = bind_fields::<3>(vm, &FIELDS, args)? else {
            return Err(vm.raise_type_error("date() misses an argument"));
        };
        let (year, month, day) = (int_argument(vm, year)?, int_argument(vm, month)?, int_argument(vm, day)?);
        check_date(vm, year, month, day)?;
        let date = Date { year, month: month as u8, day: day as u8 };
        Ref::new_in(vm, class, date).map(Ref::into_value)
    }

    /// Create a date from a POSIX timestamp.
    ///
    /// The timestamp is a number, e.g. created via time.time(), that is interpreted
    /// as local time.
    #[classmethod("($type, timestamp, /)")]
    fn fromtimestamp(vm: &mut Vm, class: &Value, timestamp: &Value) -> Result {
        let class = class_argument(vm, class)?;
        let seconds = super::clock::whole_seconds(vm, timestamp)?;
        let tm = super::clock::local(vm, seconds)?;
        new_date(vm, &class, (tm.year as i32, tm.month as i32, tm.day as i32))
    }

    /// Current date or datetime:  same as self.__class__.fromtimestamp(time.time()).
    #[classmethod("($type, /)")]
    fn today(vm: &mut Vm, class: &Value) -> Result {
        let seconds = taipan_host::clock::time_ns() as f64 / 1e9;
        let seconds = vm.new_float(seconds)?;
        vm.call_method(class, name!("fromtimestamp"), &[seconds])
    }

    /// int -> date corresponding to a proleptic Gregorian ordinal.
    #[classmethod]
    fn fromordinal(vm: &mut Vm, class: &Value, args: Args<'_>) -> Result {
        let class = class_argument(vm, class)?;
        let args = args.expect(vm, "fromordinal", 1, 1)?;
        let ordinal = int_argument(vm, &args[0])?;
        if ordinal < 1 {
            return Err(vm.raise_value_error("ordinal must be >= 1"));
        }
        let (year, month, day) = calendar::from_ordinal(ordinal.min(MAX_ORDINAL + 366));
        new_date(vm, &class, (year, month, day))
    }

    /// str -> Construct a date from a string in ISO 8601 format.
    #[classmethod("($type, object, /)")]
    fn fromisoformat(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        let class = class_argument(vm, class)?;
        let text = format::iso_argument(vm, object)?;
        let bytes = iso::utf8(&text).filter(|bytes| matches!(bytes.len(), 7 | 8 | 10));
        let parsed = bytes.and_then(|bytes| iso::parse_date(&bytes));
        match parsed {
            Some(fields) => new_date(vm, &class, fields),
            None => Err(format::invalid_iso(vm, object)),
        }
    }

    /// int, int, int -> Construct a date from the ISO year, week number and weekday.
    ///
    /// This is the inverse of the function date.isocalendar()
    #[classmethod]
    fn fromisocalendar(vm: &mut Vm, class: &Value, args: Args<'_>) -> Result {
        static S: Signature = Signature {
            name: "fromisocalendar",
            params: &["year", "week", "day"],
            required: &[true; 3],
            required_count: 3,
            positional_only: 0,
            positional: 3,
        };
        let class = class_argument(vm, class)?;
        let [Some(year), Some(week), Some(day)] = taipan_vm::native::bind::<3>(vm, &S, args)? else {
            return Err(vm.raise_type_error("fromisocalendar() misses an argument"));
        };
        let mut fields = [0; 3];
        for (to, v) in fields.iter_mut().zip([year, week, day]) {
            let n = vm.index(v)?;
            // What does not fit is no ISO date either.
            let whole = n.small_int().and_then(|n| i32::try_from(n).ok());
            let Some(n) = whole else {
                return Err(vm.raise_value_error("ISO calendar component out of range"));
            };
            *to = n;
        }
        let [year, week, day] = fields;
        match calendar::from_iso_calendar(year, week, day) {
            Ok(fields) => new_date(vm, &class, fields),
            Err(NoIsoDate::Year) => {
                Err(vm.raise_value_error(&format!("year must be in 1..{}, not {year}", calendar::MAX_YEAR)))
            }
            Err(NoIsoDate::Week) => Err(vm.raise_value_error(&format!("Invalid week: {week}"))),
            Err(NoIsoDate::Day) => Err(vm.raise_value_error(&format!("Invalid weekday: {day} (range is [1, 7])"))),
        }
    }

    /// string, format -> new date parsed from a string (like time.strptime()).
    #[classmethod]
    fn strptime(vm: &mut Vm, class: &Value, args: Args<'_>) -> Result {
        let args = args.parsed(vm, "strptime", 2, 2)?;
        format::strptime(vm, class, &args[0], &args[1], name!("_strptime_datetime_date"))
    }

    /// Return ctime() style string.
    #[method("($self, /)")]
    fn ctime(vm: &mut Vm, this: &Ref<Date>) -> Result<Ref<Str>> {
        format::ctime(vm, this.fields(), (0, 0, 0))
    }

    /// format -> strftime() style string.
    #[method]
    fn strftime(vm: &mut Vm, this: &Ref<Date>, args: Args<'_>) -> Result {
        static S: Signature = Signature {
            name: "strftime",
            params: &["format"],
            required: &[true],
            required_count: 1,
            positional_only: 0,
            positional: 1,
        };
        let [Some(text)] = taipan_vm::native::bind::<1>(vm, &S, args)? else {
            return Err(vm.raise_type_error("strftime() misses an argument"));
        };
        let text = format::format_argument(vm, text)?;
        let argument = this.to_value();
        if let Some(dt) = argument.downcast::<DateTime>() {
            let moment =
                format::Moment { date: this.fields(), time: dt.clock(), tz: &dt.tz, argument: argument.clone() };
            return format::strftime(vm, &moment, text);
        }
        let moment = format::Moment { date: this.fields(), time: (0, 0, 0, 0), tz: &None, argument: Value::none() };
        format::strftime(vm, &moment, text)
    }

    /// Formats self with strftime.
    #[method]
    fn __format__(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
        let args = args.expect(vm, "__format__", 1, 1)?;
        format::format_by(vm, this, &args[0])
    }

    /// Return string in ISO 8601 format, YYYY-MM-DD.
    #[method("($self, /)")]
    fn isoformat(vm: &mut Vm, this: &Ref<Date>) -> Result<Ref<Str>> {
        vm.new_str(&format!("{:04}-{:02}-{:02}", this.year, this.month, this.day))
    }

    /// Return the day of the week represented by the date.
    /// Monday == 1 ... Sunday == 7
    #[method("($self, /)")]
    fn isoweekday(_vm: &mut Vm, this: &Ref<Date>) -> Result<i32> {
        let (year, month, day) = this.fields();
        Ok(calendar::weekday(year, month, day) + 1)
    }

    /// Return the day of the week represented by the date.
    /// Monday == 0 ... Sunday == 6
    #[method("($self, /)")]
    fn weekday(_vm: &mut Vm, this: &Ref<Date>) -> Result<i32> {
        let (year, month, day) = this.fields();
        Ok(calendar::weekday(year, month, day))
    }

    /// Return a named tuple containing ISO year, week number, and weekday.
    #[method("($self, /)")]
    fn isocalendar(vm: &mut Vm, this: &Ref<Date>) -> Result<Ref<Tuple>> {
        let (year, month, day) = this.fields();
        let (year, week, day) = calendar::iso_calendar(year, month, day);
        let items = [year, week, day].map(Value::from_i32);
        vm.new_tuple_in(ISO_CALENDAR_DATE.as_type(), 3, items.into_iter())
    }

    /// Return proleptic Gregorian ordinal.  January 1 of year 1 is day 1.
    #[method("($self, /)")]
    fn toordinal(_vm: &mut Vm, this: &Ref<Date>) -> Result<i32> {
        Ok(this.ordinal())
    }

    /// Return time tuple, compatible with time.localtime().
    #[method("($self, /)")]
    fn timetuple(vm: &mut Vm, this: &Ref<Date>) -> Result {
        format::time_tuple(vm, this.fields(), (0, 0, 0), -1)
    }

    /// Return date with new specified fields.
    #[method("($self, /, year=unchanged, month=unchanged, day=unchanged)")]
    fn replace(
        vm: &mut Vm,
        this: &Ref<Date>,
        year: Option<&Value>,
        month: Option<&Value>,
        day: Option<&Value>,
    ) -> Result {
        Self::replaced(vm, this, [year, month, day])
    }

    /// The same as replace().
    #[method("($self, /, **changes)")]
    fn __replace__(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
        let replace = vm.get_attr(this, name!("replace"))?;
        vm.call_args(&replace, args)
    }

    /// __reduce__() -> (cls, state)
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<Date>) -> Result<Ref<Tuple>> {
        let state = vm.new_bytes(&this.state())?.into_value();
        let state = vm.new_tuple_from(&[state])?.into_value();
        vm.new_tuple_from(&[this.ty().to_value(), state])
    }

    #[getter]
    fn year(_vm: &mut Vm, this: &Ref<Date>) -> Result<i32> {
        Ok(this.year)
    }

    #[getter]
    fn month(_vm: &mut Vm, this: &Ref<Date>) -> Result<u8> {
        Ok(this.month)
    }

    #[getter]
    fn day(_vm: &mut Vm, this: &Ref<Date>) -> Result<u8> {
        Ok(this.day)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Date>) -> Result {
        let name = type_name(this.as_value());
        vm.new_str(&format!("{name}({}, {}, {})", this.year, this.month, this.day)).map(Ref::into_value)
    }

    #[slot]
    fn str(vm: &mut Vm, this: &Value) -> Result {
        vm.call_method(this, name!("isoformat"), &[])
    }

    #[slot]
    fn hash(_vm: &mut Vm, this: &Ref<Date>) -> Result<i64> {
        Ok(taipan_object::str::hash_bytes(&this.state()))
    }

    #[slot]
    fn compare(_vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let is_date = |v: &Value| v.downcast::<DateTime>().is_none();
        Ok(match (a.downcast::<Date>(), b.downcast::<Date>()) {
            // A date is never the same as a moment, and has no order with one.
            (Some(a), Some(b)) if is_date(a.as_value()) && is_date(b.as_value()) => {
                Value::bool(op.holds(a.state().cmp(&b.state())))
            }
            _ => Value::not_implemented(),
        })
    }

    #[slot]
    fn op_add(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let moment = |v: &Value| v.downcast::<DateTime>().is_some();
        if moment(a) || moment(b) {
            return Ok(Value::not_implemented());
        }
        match (a.downcast::<Date>(), b.downcast::<TimeDelta>(), a.downcast::<TimeDelta>(), b.downcast::<Date>()) {
            (Some(date), Some(delta), ..) | (_, _, Some(delta), Some(date)) => Self::plus(vm, date, delta.days.into()),
            _ => Ok(Value::not_implemented()),
        }
    }

    #[slot]
    fn op_subtract(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let moment = |v: &Value| v.downcast::<DateTime>().is_some();
        let Some(date) = a.downcast::<Date>().filter(|_| !moment(a) && !moment(b)) else {
            return Ok(Value::not_implemented());
        };
        if let Some(other) = b.downcast::<Date>() {
            let days = i128::from(date.ordinal() - other.ordinal());
            return new_delta(vm, days * calendar::DAY_MICROS).map(Ref::into_value);
        }
        match b.downcast::<TimeDelta>() {
            Some(delta) => Self::plus(vm, date, -i64::from(delta.days)),
            None => Ok(Value::not_implemented()),
        }
    }
}

/// Methods of `IsoCalendarDate`.
pub struct IsoCalendarDateClass;

fn component(this: &Ref<Tuple>, index: usize) -> Result {
    Ok(this.items().get(index).cloned().unwrap_or_else(Value::none))
}

/// The result of date.isocalendar() or datetime.isocalendar()
///
/// This object may be accessed either as a tuple of
///   ((year, week, weekday))
/// or via the object attributes as named in the above tuple.
#[class(cell = ISO_CALENDAR_DATE, base = TUPLE)]
impl IsoCalendarDateClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Value) -> Result {
        let Some(items) = this.downcast::<Tuple>() else { return Err(vm.raise_wrong_receiver("__repr__", this)) };
        let n = |i: usize| items.items().get(i).and_then(Value::small_int).unwrap_or(0);
        let text = format!("{}(year={}, week={}, weekday={})", type_name(this), n(0), n(1), n(2));
        vm.new_str(&text).map(Ref::into_value)
    }

    #[getter]
    fn year(_vm: &mut Vm, this: &Ref<Tuple>) -> Result {
        component(this, 0)
    }

    #[getter]
    fn week(_vm: &mut Vm, this: &Ref<Tuple>) -> Result {
        component(this, 1)
    }

    #[getter]
    fn weekday(_vm: &mut Vm, this: &Ref<Tuple>) -> Result {
        component(this, 2)
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<Tuple>) -> Result<Ref<Tuple>> {
        let plain = vm.new_tuple_from(this.items())?.into_value();
        let args = vm.new_tuple_from(&[plain])?.into_value();
        vm.new_tuple_from(&[TUPLE.as_type().to_value(), args])
    }
}
