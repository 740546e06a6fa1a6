//! `datetime`: the moment itself, its zones and comparisons. The class with its methods is in `moment`.

use super::calendar::{DAY_MICROS, MAX_ORDINAL, days_in_month, from_ordinal, to_ordinal};
use super::common::{check_date, check_time, check_tzinfo, int_argument, same_offset, utcoffset};
use super::date::Date;
use super::delta::{TimeDelta, new_delta};
use super::tz::TimeZone;
use super::{clock, tz};
use std::cell::Cell;
use taipan_macros::{Payload, Trace};
use taipan_object::{Str, TypeCell, Value};
use taipan_vm::slots::CompareOp;
use taipan_vm::{Ref, Result, Type, Vm, name};

/// `datetime.datetime`.
pub static DATETIME: TypeCell<DateTime> = TypeCell::new("datetime.datetime");

/// A date and a time of day.
#[derive(Trace, Payload)]
#[payload(class = DATETIME, base = date, frozen)]
#[repr(C)]
pub struct DateTime {
    pub date: Date,
    pub micros: u32,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    /// Set once more when a subclass has made the instance.
    pub fold: Cell<u8>,
    pub tz: Option<Value>,
}

const RANGE: &str = "date value out of range";

impl DateTime {
    /// The first moment of a day that there is.
    pub fn midnight(year: i32, month: i32, day: i32) -> DateTime {
        let date = Date { year, month: month as u8, day: day as u8 };
        DateTime { date, micros: 0, hour: 0, minute: 0, second: 0, fold: Cell::new(0), tz: None }
    }

    /// An instance of `datetime` itself.
    pub fn make(self, vm: &mut Vm) -> Result {
        Ref::new(vm, self).map(Ref::into_value)
    }

    /// An instance of a class. Subclasses are made by calling them.
    pub fn make_in(self, vm: &mut Vm, class: &Type) -> Result {
        if class.is(DATETIME.as_type()) {
            return self.make(vm);
        }
        let (year, month, day) = self.date.fields();
        let (hour, minute, second, micros) = self.clock();
        let fields = [year, month, day, hour.into(), minute.into(), second.into(), micros as i32];
        let mut args: Vec<Value> = fields.map(Value::from_i32).to_vec();
        args.push(self.tz.clone().unwrap_or_else(Value::none));
        let made = vm.call(&class.to_value(), &args)?;
        if let Some(made) = made.downcast::<DateTime>() {
            made.fold.set(self.fold.get());
        }
        Ok(made)
    }

    /// Hour, minute, second and microsecond.
    pub fn clock(&self) -> (u8, u8, u8, u32) {
        (self.hour, self.minute, self.second, self.micros)
    }

    /// Hour, minute and second.
    pub fn clock_seconds(&self) -> (u8, u8, u8) {
        (self.hour, self.minute, self.second)
    }

    /// Microseconds since the day before 0001-01-01, in whatever zone.
    pub fn total(&self) -> i128 {
        let seconds = i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        let micros = i64::from(self.date.ordinal()) * DAY_MICROS as i64 + seconds * 1_000_000 + i64::from(self.micros);
        micros.into()
    }

    /// A number that is greater for a later moment of the same zone.
    fn order(&self) -> u64 {
        let (year, month, day) = self.date.fields();
        let date = (year as u64) << 9 | (month as u64) << 5 | day as u64;
        let clock = u64::from(self.hour) << 12 | u64::from(self.minute) << 6 | u64::from(self.second);
        date << 37 | clock << 20 | u64::from(self.micros)
    }

    /// The reverse of [`DateTime::total`], with a zone.
    pub fn from_total(vm: &mut Vm, total: i128, tz: Option<Value>) -> Result<DateTime> {
        // All that there are fit a word, whose divisions by constants are multiplications.
        const DAY: i64 = DAY_MICROS as i64;
        let total = i64::try_from(total).unwrap_or(0);
        let (ordinal, rest) = (total.div_euclid(DAY), total.rem_euclid(DAY));
        if !(1..=i64::from(MAX_ORDINAL)).contains(&ordinal) {
            return Err(vm.raise_overflow_error(RANGE));
        }
        let (year, month, day) = from_ordinal(ordinal as i32);
        Ok(DateTime::on(Date { year, month: month as u8, day: day as u8 }, rest, tz))
    }

    /// The moment so many microseconds later where it lies in the same month: then the calendar is not asked.
    fn within_month(&self, micros: i128) -> Option<DateTime> {
        const DAY: i64 = DAY_MICROS as i64;
        let micros = i64::try_from(micros).ok().filter(|m| m.unsigned_abs() < 31 * DAY as u64)?;
        let (hour, minute, second) = (i64::from(self.hour), i64::from(self.minute), i64::from(self.second));
        let clock = ((hour * 60 + minute) * 60 + second) * 1_000_000 + i64::from(self.micros) + micros;
        let (days, rest) = (clock.div_euclid(DAY), clock.rem_euclid(DAY));
        let (year, month, day) = self.date.fields();
        let day = day + days as i32;
        if day < 1 || day > 28 && day > days_in_month(year, month) {
            return None;
        }
        Some(DateTime::on(Date { year, month: month as u8, day: day as u8 }, rest, self.tz.clone()))
    }

    /// A moment of a day: so many microseconds after midnight.
    fn on(date: Date, rest: i64, tz: Option<Value>) -> DateTime {
        let seconds = (rest / 1_000_000) as u32;
        DateTime {
            date,
            micros: (rest % 1_000_000) as u32,
            hour: (seconds / 3600) as u8,
            minute: (seconds / 60 % 60) as u8,
            second: (seconds % 60) as u8,
            fold: Cell::new(0),
            tz,
        }
    }

    /// The same fields with another fold.
    pub fn copied(&self, fold: u8, tz: Option<Value>) -> DateTime {
        let Date { year, month, day } = self.date;
        DateTime {
            date: Date { year, month, day },
            micros: self.micros,
            hour: self.hour,
            minute: self.minute,
            second: self.second,
            fold: Cell::new(fold),
            tz,
        }
    }

    /// The bytes it is pickled as.
    pub fn state(&self, with_fold: bool) -> [u8; 10] {
        let [a, b, month, day] = self.date.state();
        let fold = if with_fold && self.fold.get() == 1 { 0x80 } else { 0 };
        let us = self.micros;
        let (h, m, s) = self.clock_seconds();
        [a, b, month | fold, day, h, m, s, (us >> 16) as u8, (us >> 8) as u8, us as u8]
    }
}

/// What is done to a moment through its reference.
pub trait DateTimeRef {
    /// The moment so many microseconds later, of the same class.
    fn plus(&self, vm: &mut Vm, micros: i128) -> Result;
    /// Its offset from UTC.
    fn offset(&self, vm: &mut Vm) -> Result<Option<Ref<TimeDelta>>>;
}

impl DateTimeRef for Ref<DateTime> {
    fn plus(&self, vm: &mut Vm, micros: i128) -> Result {
        let made = match self.within_month(micros) {
            Some(made) => made,
            None => DateTime::from_total(vm, self.total() + micros, self.tz.clone())?,
        };
        made.make_in(vm, self.ty())
    }

    fn offset(&self, vm: &mut Vm) -> Result<Option<Ref<TimeDelta>>> {
        utcoffset(vm, &self.tz, self.as_value())
    }
}

/// Whether two moments have one and the same zone, or none.
fn same_zone(a: &DateTime, b: &DateTime) -> bool {
    match (&a.tz, &b.tz) {
        (None, None) => true,
        (Some(a), Some(b)) => a.is(b),
        _ => false,
    }
}

/// Whether the offset depends on the fold: such a moment is equal to none of another zone (PEP 495).
fn depends_on_fold(vm: &mut Vm, dt: &Ref<DateTime>, offset: &Option<Ref<TimeDelta>>) -> Result<bool> {
    // Of a fixed zone it never does.
    if dt.tz.as_ref().is_none_or(|tz| tz.downcast_exact::<TimeZone>().is_some()) {
        return Ok(false);
    }
    let flipped = dt.copied(1 - dt.fold.get(), dt.tz.clone()).make(vm)?;
    let other = utcoffset(vm, &dt.tz, &flipped)?;
    Ok(!same_offset(offset, &other))
}

/// Rich comparison of two moments.
pub fn compare(vm: &mut Vm, a: &Ref<DateTime>, b: &Ref<DateTime>, op: CompareOp) -> Result {
    if same_zone(a, b) {
        return Ok(Value::bool(op.holds(a.order().cmp(&b.order()))));
    }
    let (x, y) = (a.offset(vm)?, b.offset(vm)?);
    let asks_equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    let order = match (&x, &y) {
        (Some(x), Some(y)) => (a.total() - x.total()).cmp(&(b.total() - y.total())),
        (None, None) => a.total().cmp(&b.total()),
        _ if asks_equality => return Ok(Value::bool(op == CompareOp::Ne)),
        _ => return Err(vm.raise_type_error("can't compare offset-naive and offset-aware datetimes")),
    };
    if asks_equality && order.is_eq() && (depends_on_fold(vm, a, &x)? || depends_on_fold(vm, b, &y)?) {
        return Ok(Value::bool(op == CompareOp::Ne));
    }
    Ok(Value::bool(op.holds(order)))
}

/// `a - b` of two moments.
pub fn difference(vm: &mut Vm, a: &Ref<DateTime>, b: &Ref<DateTime>) -> Result {
    let (x, y) = if same_zone(a, b) { (None, None) } else { (a.offset(vm)?, b.offset(vm)?) };
    let shift = match (x, y) {
        (None, None) => 0,
        (Some(x), Some(y)) => x.total() - y.total(),
        _ => return Err(vm.raise_type_error("can't subtract offset-naive and offset-aware datetimes")),
    };
    new_delta(vm, a.total() - b.total() - shift).map(Ref::into_value)
}

/// The hash: that of the moment in UTC where it has a zone, so that equal ones agree.
pub fn hash(vm: &mut Vm, this: &Ref<DateTime>) -> Result<i64> {
    let offset = if this.fold.get() == 0 {
        this.offset(vm)?
    } else {
        let first = this.copied(0, this.tz.clone()).make(vm)?;
        utcoffset(vm, &this.tz, &first)?
    };
    match offset {
        None => Ok(taipan_object::str::hash_bytes(&this.state(false))),
        Some(offset) => Ok(taipan_object::str::hash_bytes(&(this.total() - offset.total()).to_le_bytes())),
    }
}

/// The moment of a timestamp: local time without a zone, the zone's own otherwise.
pub fn from_timestamp(vm: &mut Vm, class: &Type, (seconds, micros): (i64, i32), tz: Option<Value>) -> Result {
    let tm = if tz.is_some() { clock::utc(vm, seconds)? } else { clock::local(vm, seconds)? };
    let fold = if tz.is_some() { 0 } else { clock::fold_of(vm, seconds, &tm)? };
    let dt = from_tm(&tm, micros, fold, tz.clone());
    let made = dt.make_in(vm, class)?;
    match tz {
        Some(tz) => vm.call_method(&tz, name!("fromutc"), &[made]),
        None => Ok(made),
    }
}

/// A moment in UTC without a zone.
pub fn from_utc_timestamp(vm: &mut Vm, class: &Type, (seconds, micros): (i64, i32)) -> Result {
    let tm = clock::utc(vm, seconds)?;
    from_tm(&tm, micros, 0, None).make_in(vm, class)
}

fn from_tm(tm: &taipan_host::localtime::Tm, micros: i32, fold: u8, tz: Option<Value>) -> DateTime {
    DateTime {
        date: Date { year: tm.year as i32, month: tm.month as u8, day: tm.day as u8 },
        micros: micros as u32,
        hour: tm.hour as u8,
        minute: tm.minute as u8,
        second: (tm.second as u8).min(59),
        fold: Cell::new(fold),
        tz,
    }
}

/// The system's zone at a moment.
fn local_zone(vm: &mut Vm, seconds: i64) -> Result {
    let tm = clock::local(vm, seconds)?;
    let offset = new_delta(vm, i128::from(tm.offset) * 1_000_000)?;
    let name = match &tm.zone {
        Some(zone) => Some(vm.new_str(zone)?.into_value()),
        None => None,
    };
    super::tz::new_timezone(vm, &offset, name)
}

/// Seconds since 1970 of a moment without a zone, which is local.
pub fn local_timestamp(vm: &mut Vm, dt: &DateTime) -> Result<i64> {
    clock::local_to_seconds(vm, dt.date.fields(), dt.clock_seconds(), dt.fold.get())
}

/// The system's zone at a moment without one. In a gap, which has two readings, it is the one that the fold asks for.
fn zone_of_local(vm: &mut Vm, dt: &DateTime) -> Result {
    let mut seconds = local_timestamp(vm, dt)?;
    let fold = dt.fold.get();
    let other = clock::local_to_seconds(vm, dt.date.fields(), dt.clock_seconds(), 1 - fold)?;
    if other != seconds && (other > seconds) == (fold == 1) {
        seconds = other;
    }
    local_zone(vm, seconds)
}

/// `astimezone(tz)`.
pub fn astimezone(vm: &mut Vm, this: &Ref<DateTime>, wanted: Option<&Value>) -> Result {
    let wanted = check_tzinfo(vm, wanted)?;
    let own = match &this.tz {
        Some(tz) => tz.clone(),
        None => zone_of_local(vm, this)?,
    };
    if wanted.as_ref().is_some_and(|w| w.is(&own)) {
        return Ok(this.to_value());
    }
    let offset = match utcoffset(vm, &Some(own), this.as_value())? {
        Some(offset) => offset,
        None => {
            let zone = zone_of_local(vm, this)?;
            match utcoffset(vm, &Some(zone), this.as_value())? {
                Some(offset) => offset,
                None => new_delta(vm, 0)?,
            }
        }
    };
    let utc_zone = tz::utc(vm)?;
    let utc = DateTime::from_total(vm, this.total() - offset.total(), Some(utc_zone.clone()))?;
    let seconds = clock::as_utc(utc.date.fields(), utc.clock_seconds());
    let target = match wanted {
        Some(w) if w.is(&utc_zone) => return utc.make_in(vm, this.ty()),
        Some(w) => w,
        None => local_zone(vm, seconds)?,
    };
    let shown = utc.copied(0, Some(target.clone())).make_in(vm, this.ty())?;
    vm.call_method(&target, name!("fromutc"), &[shown])
}

/// Fields from arguments, over those of `dt`.
pub fn with_fields(vm: &mut Vm, dt: &DateTime, given: &[Option<&Value>; 9]) -> Result<DateTime> {
    let (year, month, day) = dt.date.fields();
    let (hour, minute, second, micros) = dt.clock();
    let mut fields =
        [year, month, day, hour.into(), minute.into(), second.into(), micros as i32, 0, dt.fold.get().into()];
    for (i, v) in given.iter().enumerate() {
        if let (Some(v), true) = (v, i != 7) {
            fields[i] = int_argument(vm, v)?;
        }
    }
    let [year, month, day, hour, minute, second, micros, _, fold] = fields;
    let tz = match given[7] {
        Some(v) => check_tzinfo(vm, Some(v))?,
        None => dt.tz.clone(),
    };
    check_date(vm, year, month, day)?;
    check_time(vm, hour, minute, second, micros, fold)?;
    Ok(DateTime {
        date: Date { year, month: month as u8, day: day as u8 },
        micros: micros as u32,
        hour: hour as u8,
        minute: minute as u8,
        second: second as u8,
        fold: Cell::new(fold as u8),
        tz,
    })
}

/// Seconds, microseconds, zone and fold of a repr that begins `name(.., hour, minute`.
pub fn finish_repr(
    vm: &mut Vm,
    text: &mut String,
    second: u8,
    micros: u32,
    tz: &Option<Value>,
    fold: u8,
) -> Result<()> {
    if second != 0 || micros != 0 {
        *text += &format!(", {second}");
    }
    if micros != 0 {
        *text += &format!(", {micros}");
    }
    if fold != 0 {
        *text += &format!(", fold={fold}");
    }
    if let Some(tz) = tz {
        let shown = vm.repr(tz)?.to_string_lossy();
        *text += &format!(", tzinfo={shown}");
    }
    text.push(')');
    Ok(())
}

/// The `timespec` argument.
pub fn timespec_argument(vm: &mut Vm, v: Option<&Value>) -> Result<Option<String>> {
    let Some(v) = v else { return Ok(None) };
    match v.downcast::<Str>() {
        Some(s) => Ok(Some(s.to_string_lossy())),
        None => {
            let given = if v.is_none() { "None".to_owned() } else { v.ty().name() };
            Err(vm.raise_type_error(&format!("isoformat() argument 2 must be str, not {given}")))
        }
    }
}

/// The day after, for 24:00.
pub fn next_day((year, month, day): (i32, i32, i32)) -> Option<(i32, i32, i32)> {
    let ordinal = to_ordinal(year, month, day) + 1;
    (ordinal <= MAX_ORDINAL).then(|| from_ordinal(ordinal))
}
