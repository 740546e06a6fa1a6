//! `tzinfo` and `timezone`.

use super::common::{check_offset, or_none};
use super::date_time::{DateTime, DateTimeRef};
use super::delta::{TimeDelta, delta_hash, new_delta};
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::{Str, Tuple, TypeCell, Value};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::slots::CompareOp;
use taipan_vm::{Ref, Result, Type, Vm, name};

/// `datetime.tzinfo`.
pub static TZINFO: TypeCell<TzInfo> = TypeCell::new("datetime.tzinfo");
/// `datetime.timezone`.
pub static TIMEZONE: TypeCell<TimeZone> = TypeCell::new("datetime.timezone");

/// What the interpreter keeps `timezone.utc` under.
pub const UTC: &str = "datetime.timezone.utc";

/// The abstract base of time zones.
#[derive(Trace, Payload)]
#[payload(class = TZINFO, frozen)]
#[repr(C)]
pub struct TzInfo {}

/// A fixed offset.
#[derive(Trace, Payload)]
#[payload(class = TIMEZONE, base = base, frozen)]
#[repr(C)]
pub struct TimeZone {
    base: TzInfo,
    /// East of UTC.
    pub offset: Ref<TimeDelta>,
    /// A string, if it was given.
    name: Option<Value>,
}

/// `timezone.utc`.
pub fn utc(vm: &mut Vm) -> Result {
    if let Some(utc) = vm.state().registry.get(UTC) {
        return Ok(utc.clone());
    }
    let offset = new_delta(vm, 0)?;
    let zone = Ref::new(vm, TimeZone { base: TzInfo {}, offset, name: None })?.into_value();
    // Another interpreter may have been first: there is one.
    let zone = vm.set_class_constant(TIMEZONE.as_type(), "utc", zone)?;
    vm.state_mut().registry.insert(UTC, zone.clone());
    Ok(zone)
}

/// The time zone of an offset; the one of UTC is shared unless it has a name.
pub fn new_timezone(vm: &mut Vm, offset: &Ref<TimeDelta>, name: Option<Value>) -> Result {
    if name.is_none() && offset.total() == 0 {
        return utc(vm);
    }
    check_offset(vm, offset)?;
    let zone = TimeZone { base: TzInfo {}, offset: offset.clone(), name };
    Ref::new(vm, zone).map(Ref::into_value)
}

fn unimplemented(vm: &mut Vm, method: &str) -> Result {
    Err(vm.raise_not_implemented_error(&format!("a tzinfo subclass must implement {method}()")))
}

/// The argument of `fromutc`: a date and time in this zone.
fn own_datetime<'a>(vm: &mut Vm, this: &Value, v: &'a Value) -> Result<&'a Ref<DateTime>> {
    let Some(dt) = v.downcast::<DateTime>() else {
        return Err(vm.raise_type_error("fromutc: argument must be a datetime"));
    };
    if !dt.tz.as_ref().is_some_and(|tz| tz.is(this)) {
        return Err(vm.raise_value_error("fromutc: dt.tzinfo is not self"));
    }
    Ok(dt)
}

/// Methods of `tzinfo`.
pub struct TzInfoClass;

/// Abstract base class for time zone info objects.
#[class(cell = TZINFO, base = OBJECT, flags = BASETYPE)]
impl TzInfoClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, TzInfo {}).map(Ref::into_value)
    }

    /// datetime -> string name of time zone.
    #[method("($self, object, /)")]
    fn tzname(vm: &mut Vm, _this: &Value, _object: &Value) -> Result {
        unimplemented(vm, "tzname")
    }

    /// datetime -> timedelta showing offset from UTC, negative values indicating West of UTC
    #[method("($self, object, /)")]
    fn utcoffset(vm: &mut Vm, _this: &Value, _object: &Value) -> Result {
        unimplemented(vm, "utcoffset")
    }

    /// datetime -> DST offset as timedelta positive east of UTC.
    #[method("($self, object, /)")]
    fn dst(vm: &mut Vm, _this: &Value, _object: &Value) -> Result {
        unimplemented(vm, "dst")
    }

    /// datetime in UTC -> datetime in local time.
    #[method("($self, object, /)")]
    fn fromutc(vm: &mut Vm, this: &Value, object: &Value) -> Result {
        let dt = own_datetime(vm, this, object)?;
        let Some(offset) = super::common::utcoffset(vm, &dt.tz, object)? else {
            return Err(vm.raise_value_error("fromutc: non-None utcoffset() result required"));
        };
        let Some(dst) = super::common::dst(vm, &dt.tz, object)? else {
            return Err(vm.raise_value_error("fromutc: non-None dst() result required"));
        };
        // Standard time first, and then what applies at that moment.
        let standard = dt.plus(vm, offset.total() - dst.total())?;
        if dst.total() == 0 && offset.total() == 0 {
            return Ok(standard);
        }
        let Some(at) = standard.downcast::<DateTime>() else { return Ok(standard) };
        match super::common::dst(vm, &at.tz, &standard)? {
            None => Err(vm.raise_value_error("fromutc: tz.dst() gave inconsistent results; cannot convert")),
            Some(dst) if dst.total() == 0 => Ok(standard),
            Some(dst) => at.plus(vm, dst.total()),
        }
    }

    /// -> (cls, state)
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Value) -> Result<Ref<Tuple>> {
        let args = match vm.get_attr_opt(this, name!("__getinitargs__"))? {
            Some(method) => vm.call(&method, &[])?,
            None => vm.new_tuple(Vec::new())?.into_value(),
        };
        let state = vm.call_method(this, name!("__getstate__"), &[])?;
        vm.new_tuple_from(&[this.ty().to_value(), args, state])
    }
}

/// Methods of `timezone`.
pub struct TimeZoneClass;

fn check_moment(vm: &mut Vm, method: &str, v: &Value) -> Result<()> {
    if v.is_none() || v.downcast::<DateTime>().is_some() {
        return Ok(());
    }
    let given = v.ty().name();
    let text = format!("{method}(dt) argument must be a datetime instance or None, not {given}");
    Err(vm.raise_type_error(&text))
}

fn zone_name(vm: &mut Vm, this: &TimeZone) -> Result {
    if let Some(name) = &this.name {
        return Ok(name.clone());
    }
    let text = match this.offset.total() {
        0 => "UTC".to_owned(),
        _ => format!("UTC{}", super::common::offset_text(&this.offset, ":")),
    };
    vm.new_str(&text).map(Ref::into_value)
}

/// Fixed offset from UTC implementation of tzinfo.
#[class(cell = TIMEZONE, base = TZINFO)]
impl TimeZoneClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        static S: Signature = Signature {
            name: "timezone",
            params: &["offset", "name"],
            required: &[true, false],
            required_count: 1,
            positional_only: 0,
            positional: 2,
        };
        let [offset, name] = bind::<2>(vm, &S, args)?;
        let Some(offset) = offset.and_then(|o| o.downcast::<TimeDelta>()) else {
            let given = offset.map(|o| o.ty().name()).unwrap_or_default();
            return Err(vm.raise_type_error(&format!("timezone() argument 1 must be datetime.timedelta, not {given}")));
        };
        if let Some(name) = name
            && name.downcast::<Str>().is_none()
        {
            let given = if name.is_none() { "None".to_owned() } else { name.ty().name() };
            return Err(vm.raise_type_error(&format!("timezone() argument 2 must be str, not {given}")));
        }
        new_timezone(vm, offset, name.cloned())
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<TimeZone>) -> Result {
        if vm.state().registry.get(UTC).is_some_and(|utc| utc.is(this.as_value())) {
            return vm.new_str("datetime.timezone.utc").map(Ref::into_value);
        }
        let offset = vm.repr(this.offset.as_value())?.to_string_lossy();
        let text = match &this.name {
            Some(name) => {
                let name = vm.repr(name)?.to_string_lossy();
                format!("datetime.timezone({offset}, {name})")
            }
            None => format!("datetime.timezone({offset})"),
        };
        vm.new_str(&text).map(Ref::into_value)
    }

    #[slot]
    fn str(vm: &mut Vm, this: &Ref<TimeZone>) -> Result {
        zone_name(vm, this)
    }

    #[slot]
    fn hash(vm: &mut Vm, this: &Ref<TimeZone>) -> Result<i64> {
        delta_hash(vm, &this.offset)
    }

    #[slot]
    fn compare(_vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        Ok(match (a.downcast::<TimeZone>(), b.downcast::<TimeZone>(), op) {
            (Some(a), Some(b), CompareOp::Eq | CompareOp::Ne) => {
                Value::bool(op.holds(a.offset.total().cmp(&b.offset.total())))
            }
            _ => Value::not_implemented(),
        })
    }

    /// If name is specified when timezone is created, returns the name.  Otherwise returns offset as 'UTC(+|-)HH:MM'.
    #[method("($self, object, /)")]
    fn tzname(vm: &mut Vm, this: &Ref<TimeZone>, object: &Value) -> Result {
        check_moment(vm, "tzname", object)?;
        zone_name(vm, this)
    }

    /// Return fixed offset.
    #[method("($self, object, /)")]
    fn utcoffset(vm: &mut Vm, this: &Ref<TimeZone>, object: &Value) -> Result {
        check_moment(vm, "utcoffset", object)?;
        Ok(or_none(Some(this.offset.clone())))
    }

    /// Return None.
    #[method("($self, object, /)")]
    fn dst(vm: &mut Vm, _this: &Ref<TimeZone>, object: &Value) -> Result<()> {
        check_moment(vm, "dst", object)
    }

    /// datetime in UTC -> datetime in local time.
    #[method("($self, object, /)")]
    fn fromutc(vm: &mut Vm, this: &Ref<TimeZone>, object: &Value) -> Result {
        let dt = own_datetime(vm, this.as_value(), object)?;
        dt.plus(vm, this.offset.total())
    }

    /// pickle support
    #[method("($self, /)")]
    fn __getinitargs__(vm: &mut Vm, this: &Ref<TimeZone>) -> Result<Ref<Tuple>> {
        let mut args = vec![this.offset.to_value()];
        args.extend(this.name.clone());
        vm.new_tuple(args)
    }
}
