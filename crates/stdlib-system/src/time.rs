//! `time`: clocks, sleeping, broken-down time.

use crate::common::{
    Rounding, float_of_ns, int_of_ns, int_values, ns_from_seconds, result_type, seconds_of_ns, time_t,
};
use crate::constants;
use std::sync::Arc;
use taipan_host::localtime::{self, Tm};
use taipan_host::{clock, strftime};
use taipan_macros::module;
use taipan_object::Type;
use taipan_text::TextBuf;
use taipan_vm::native::Args;
use taipan_vm::types::module::Module;
use taipan_vm::types::str::{codec, units};
use taipan_vm::types::structseq::StructSeqDef;
use taipan_vm::{ModuleRef, Ref, Result, Str, Tuple, Value, Vm, name};

/// `time`.
pub struct TimeModule;

/// Key and name of the type of broken-down time.
const STRUCT_TIME: &str = "time.struct_time";

const STRUCT_TIME_DEF: StructSeqDef<'static> = StructSeqDef {
    name: STRUCT_TIME,
    doc: "Broken-down time: a sequence of 9 ints, with names. Counting is Python's, not C's: tm_year is the\nactual year.",
    fields: &[
        ("tm_year", "year, for example, 1993"),
        ("tm_mon", "month of year, range [1, 12]"),
        ("tm_mday", "day of month, range [1, 31]"),
        ("tm_hour", "hours, range [0, 23]"),
        ("tm_min", "minutes, range [0, 59]"),
        ("tm_sec", "seconds, range [0, 61])"),
        ("tm_wday", "day of week, range [0, 6], Monday is 0"),
        ("tm_yday", "day of year, range [1, 366]"),
        ("tm_isdst", "1 if summer time is in effect, 0 if not, and -1 if unknown"),
        ("tm_zone", "abbreviation of timezone name"),
        ("tm_gmtoff", "offset from UTC in seconds"),
    ],
    visible: 9,
};

fn now_tm(vm: &mut Vm, broken_down: fn(i64) -> taipan_host::Result<Tm>) -> Result<Tm> {
    let tm = broken_down(clock::time_ns().div_euclid(1_000_000_000));
    vm.system(tm)
}

/// The optional argument of `gmtime`, `localtime` and `ctime`.
fn seconds_argument(vm: &mut Vm, args: Args<'_>, function: &str) -> Result<i64> {
    match args.parsed(vm, function, 0, 1)? {
        [] => Ok(clock::time_ns().div_euclid(1_000_000_000)),
        [v] if v.is_none() => Ok(clock::time_ns().div_euclid(1_000_000_000)),
        [v, ..] => match (v.as_float(), v.as_int()) {
            (Some(x), None) => {
                if x.is_nan() {
                    return Err(vm.raise_value_error("Invalid value NaN (not a number)"));
                }
                let x = x.floor();
                if !(-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&x) {
                    return Err(vm.raise_overflow_error("timestamp out of range for platform time_t"));
                }
                Ok(x as i64)
            }
            _ => time_t(vm, v),
        },
    }
}

fn struct_time(vm: &mut Vm, tm: &Tm) -> Result {
    let ty = result_type(vm, STRUCT_TIME)?;
    let fields =
        [tm.year, tm.month, tm.day, tm.hour, tm.minute, tm.second, tm.weekday, tm.yearday, i64::from(tm.is_dst)];
    let mut values = int_values(vm, &fields)?;
    values.push(match &tm.zone {
        Some(zone) => vm.new_fs_str(zone.as_bytes())?,
        None => Value::none(),
    });
    values.push(vm.new_int(tm.offset)?);
    vm.new_structseq(&ty, values)
}

/// A C int of a time tuple.
fn field(vm: &mut Vm, v: &Value) -> Result<i64> {
    let n = vm.index(v)?;
    match n.small_int() {
        Some(n) if i32::try_from(n).is_ok() => Ok(n),
        Some(n) if n < 0 => Err(vm.raise_overflow_error("signed integer is less than minimum")),
        _ => Err(vm.raise_overflow_error("signed integer is greater than maximum")),
    }
}

/// A time tuple as it stands.
fn tm_from(vm: &mut Vm, v: &Value, function: &str) -> Result<Tm> {
    let Some(tuple) = v.downcast::<Tuple>() else {
        return Err(vm.raise_type_error("Tuple or struct_time argument required"));
    };
    let items = tuple.items().to_vec();
    let [year, month, day, hour, minute, second, weekday, yearday, is_dst] = items.as_slice() else {
        return Err(vm.raise_type_error(&format!("{function}(): illegal time tuple argument")));
    };
    let mut tm = Tm {
        year: field(vm, year)?,
        month: field(vm, month)?,
        day: field(vm, day)?,
        hour: field(vm, hour)?,
        minute: field(vm, minute)?,
        second: field(vm, second)?,
        weekday: field(vm, weekday)?,
        yearday: field(vm, yearday)?,
        is_dst: field(vm, is_dst)? as i32,
        offset: 0,
        zone: None,
    };
    if tm.year < i64::from(i32::MIN) + 1900 {
        return Err(vm.raise_overflow_error("year out of range"));
    }
    tm.weekday = (tm.weekday + 1) % 7 - 1;
    if tm.weekday == -1 {
        tm.weekday = 6;
    }
    let ty: Ref<Type> = result_type(vm, STRUCT_TIME)?;
    if v.ty().is_subtype(&ty) {
        let offset = vm.instance_attr(v, name!("tm_gmtoff")).filter(|o| !o.is_none());
        if let Some(offset) = offset {
            tm.offset = vm.to_index_i64(&offset, "long")?;
        }
        let zone = vm.instance_attr(v, name!("tm_zone")).filter(|z| !z.is_none());
        if let Some(zone) = zone {
            let Some(text) = zone.downcast::<Str>() else {
                return Err(vm.raise_type_error("bad argument type for built-in operation"));
            };
            let bytes = surrogate_bytes(vm, text)?;
            tm.zone = Some(Arc::from(String::from_utf8_lossy(&bytes).as_ref()));
        }
    }
    Ok(tm)
}

/// Checks the ranges that C's functions would not survive.
fn check_tm(vm: &mut Vm, tm: &mut Tm) -> Result<()> {
    if tm.month == 0 {
        tm.month = 1;
    }
    if tm.day == 0 {
        tm.day = 1;
    }
    if tm.yearday == 0 {
        tm.yearday = 1;
    }
    let wrong = match () {
        () if !(1..=12).contains(&tm.month) => "month",
        () if !(1..=31).contains(&tm.day) => "day of month",
        () if !(0..=23).contains(&tm.hour) => "hour",
        () if !(0..=59).contains(&tm.minute) => "minute",
        () if !(0..=61).contains(&tm.second) => "seconds",
        () if tm.weekday < -1 => "day of week",
        () if !(1..=366).contains(&tm.yearday) => "day of year",
        () => return Ok(()),
    };
    Err(vm.raise_value_error(&format!("{wrong} out of range")))
}

/// UTF-8 in which lone surrogates are three bytes.
fn surrogate_bytes(vm: &mut Vm, text: &Ref<Str>) -> Result<Vec<u8>> {
    if let Some(utf8) = text.to_utf8() {
        return Ok(utf8.as_bytes().to_vec());
    }
    let bytes = codec::encode(vm, text, Some("utf-8"), Some("surrogatepass"))?;
    vm.bytes_of(&bytes)
}

fn text_of_bytes(vm: &mut Vm, bytes: &[u8]) -> Result {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return vm.new_str(text).map(Ref::into_value);
    }
    let bytes = vm.new_bytes(bytes)?.into_value();
    codec::decode(vm, &bytes, Some("utf-8"), Some("surrogatepass")).map(Ref::into_value)
}

fn asctime(vm: &mut Vm, tm: &Tm) -> Result {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (day, month) = (DAYS[tm.weekday as usize % 7], MONTHS[(tm.month - 1) as usize % 12]);
    let (date, h, m, s, year) = (tm.day, tm.hour, tm.minute, tm.second, tm.year);
    let text = format!("{day} {month}{date:3} {h:02}:{m:02}:{s:02} {year}");
    vm.new_str(&text).map(Ref::into_value)
}

fn clock_id(vm: &mut Vm, v: &Value) -> Result<i32> {
    if v.as_int().is_none() {
        let given = v.ty().name();
        return Err(vm.raise_type_error(&format!("clk_id should be integer, not {given}")));
    }
    let n = vm.to_index_i64(v, "int")?;
    i32::try_from(n).map_err(|_| vm.raise_overflow_error("clk_id is greater than maximum"))
}

/// Sets `timezone` and its relatives.
fn set_zone(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
    let zone = localtime::summary(&localtime::tzset());
    let numbers = [("timezone", zone.timezone), ("altzone", zone.altzone), ("daylight", i64::from(zone.daylight))];
    for (key, n) in numbers {
        let n = vm.new_int(n)?;
        module.set(vm, key, n)?;
    }
    let names = vec![vm.new_fs_str(zone.names[0].as_bytes())?, vm.new_fs_str(zone.names[1].as_bytes())?];
    let names = vm.new_tuple(names)?.into_value();
    module.set(vm, "tzname", names)
}

#[module(name = "time")]
impl TimeModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        constants::set_all(vm, module, constants::time::ALL)?;
        let ty = vm.new_structseq_class(&STRUCT_TIME_DEF)?;
        vm.state_mut().registry.insert(STRUCT_TIME, ty.to_value());
        module.set(vm, "struct_time", ty.into_value())?;
        vm.state_mut().registry.insert("time", module.to_value());
        set_zone(vm, module)
    }

    /// Seconds since the epoch.
    #[function("($self, /)")]
    fn time(_vm: &mut Vm) -> Result<f64> {
        Ok(seconds_of_ns(clock::time_ns().into()))
    }

    /// Nanoseconds since the epoch.
    #[function("($self, /)")]
    fn time_ns(_vm: &mut Vm) -> Result<i64> {
        Ok(clock::time_ns())
    }

    /// A clock that never goes back, in seconds.
    #[function("($self, /)")]
    fn monotonic(_vm: &mut Vm) -> Result<f64> {
        Ok(seconds_of_ns(clock::monotonic_ns().into()))
    }

    /// A clock that never goes back, in nanoseconds.
    #[function("($self, /)")]
    fn monotonic_ns(_vm: &mut Vm) -> Result<i64> {
        Ok(clock::monotonic_ns())
    }

    /// The clock for measuring, in seconds.
    #[function("($self, /)")]
    fn perf_counter(_vm: &mut Vm) -> Result<f64> {
        Ok(seconds_of_ns(clock::perf_counter_ns().into()))
    }

    /// The clock for measuring, in nanoseconds.
    #[function("($self, /)")]
    fn perf_counter_ns(_vm: &mut Vm) -> Result<i64> {
        Ok(clock::perf_counter_ns())
    }

    /// Processor time of this process, in seconds.
    #[function("($self, /)")]
    fn process_time(_vm: &mut Vm) -> Result<f64> {
        Ok(seconds_of_ns(clock::process_time_ns().into()))
    }

    /// Processor time of this process, in nanoseconds.
    #[function("($self, /)")]
    fn process_time_ns(_vm: &mut Vm) -> Result<i64> {
        Ok(clock::process_time_ns())
    }

    /// Processor time of this thread, in seconds.
    #[function("($self, /)")]
    fn thread_time(_vm: &mut Vm) -> Result<f64> {
        Ok(seconds_of_ns(clock::thread_time_ns().into()))
    }

    /// Processor time of this thread, in nanoseconds.
    #[function("($self, /)")]
    fn thread_time_ns(_vm: &mut Vm) -> Result<i64> {
        Ok(clock::thread_time_ns())
    }

    /// The time of a clock, in seconds.
    #[function("($module, clk_id, /)")]
    fn clock_gettime(vm: &mut Vm, clk_id: &Value) -> Result {
        let id = clock_id(vm, clk_id)?;
        let ns = clock::gettime(id);
        let ns = vm.system(ns)?;
        float_of_ns(vm, ns)
    }

    /// The time of a clock, in nanoseconds.
    #[function("($module, clk_id, /)")]
    fn clock_gettime_ns(vm: &mut Vm, clk_id: &Value) -> Result {
        let id = clock_id(vm, clk_id)?;
        let ns = clock::gettime(id);
        let ns = vm.system(ns)?;
        int_of_ns(vm, ns)
    }

    /// Set a clock, in seconds.
    #[function]
    fn clock_settime(vm: &mut Vm, args: Args<'_>) -> Result<()> {
        let args = args.parsed(vm, "clock_settime", 2, 2)?;
        let id = clock_id(vm, &args[0])?;
        let ns = ns_from_seconds(vm, &args[1], Rounding::Floor)?;
        let done = clock::settime(id, ns.into());
        vm.system(done)
    }

    /// Set a clock, in nanoseconds.
    #[function]
    fn clock_settime_ns(vm: &mut Vm, args: Args<'_>) -> Result<()> {
        let args = args.parsed(vm, "clock_settime_ns", 2, 2)?;
        let id = clock_id(vm, &args[0])?;
        if args[1].as_int().is_none() {
            let given = args[1].ty().name();
            return Err(vm.raise_type_error(&format!("expected int, got {given}")));
        }
        let ns = vm.to_index_i64(&args[1], "PyTime_t")?;
        let done = clock::settime(id, ns.into());
        vm.system(done)
    }

    /// The resolution of a clock, in seconds.
    #[function]
    fn clock_getres(vm: &mut Vm, args: Args<'_>) -> Result {
        let args = args.parsed(vm, "clock_getres", 1, 1)?;
        let id = clock_id(vm, &args[0])?;
        let ns = clock::getres(id);
        let ns = vm.system(ns)?;
        float_of_ns(vm, ns)
    }

    /// The clock that counts the processor time of a thread.
    #[function]
    fn pthread_getcpuclockid(vm: &mut Vm, args: Args<'_>) -> Result<i32> {
        let args = args.parsed(vm, "pthread_getcpuclockid", 1, 1)?;
        if args[0].as_int().is_none() {
            let given = args[0].ty().name();
            let text = format!("pthread_getcpuclockid() argument 1 must be int, not {given}");
            return Err(vm.raise_type_error(&text));
        }
        let own = taipan_host::thread::ident();
        let n = vm.new_uint(own)?;
        if vm.equal(&n, &args[0])? {
            return Ok(clock::thread_clock());
        }
        Err(vm.raise_os_error(libc::ESRCH, None))
    }

    /// Wait for some seconds.
    #[function("($self, object, /)")]
    fn sleep(vm: &mut Vm, object: &Value) -> Result<()> {
        vm.audit("time.sleep", std::slice::from_ref(object))?;
        let ns = ns_from_seconds(vm, object, Rounding::Up)?;
        if ns < 0 {
            return Err(vm.raise_value_error("sleep length must be non-negative"));
        }
        let deadline = clock::monotonic_ns().saturating_add(ns);
        vm.blocking_call(|| clock::sleep_until(deadline))
    }

    /// Broken-down time in UTC.
    #[function]
    fn gmtime(vm: &mut Vm, args: Args<'_>) -> Result {
        let seconds = seconds_argument(vm, args, "gmtime")?;
        let tm = localtime::gmtime(seconds);
        let tm = vm.system(tm)?;
        struct_time(vm, &tm)
    }

    /// Broken-down local time.
    #[function]
    fn localtime(vm: &mut Vm, args: Args<'_>) -> Result {
        let seconds = seconds_argument(vm, args, "localtime")?;
        let tm = localtime::localtime(seconds);
        let tm = vm.system(tm)?;
        struct_time(vm, &tm)
    }

    /// The seconds since the epoch of a local time tuple.
    #[function("($self, object, /)")]
    fn mktime(vm: &mut Vm, object: &Value) -> Result<f64> {
        let tm = tm_from(vm, object, "mktime")?;
        match localtime::mktime(&tm) {
            Ok(seconds) => Ok(seconds as f64),
            Err(_) => Err(vm.raise_overflow_error("mktime argument out of range")),
        }
    }

    /// A time tuple as text of fixed form: 'Sat Jun 06 16:26:11 1998'.
    #[function]
    fn asctime(vm: &mut Vm, args: Args<'_>) -> Result {
        let args = args.expect(vm, "asctime", 0, 1)?;
        let tm = match args {
            [v] => {
                let mut tm = tm_from(vm, v, "asctime")?;
                check_tm(vm, &mut tm)?;
                tm
            }
            _ => now_tm(vm, localtime::localtime)?,
        };
        asctime(vm, &tm)
    }

    /// Seconds since the epoch as text in local time.
    #[function]
    fn ctime(vm: &mut Vm, args: Args<'_>) -> Result {
        let seconds = seconds_argument(vm, args, "ctime")?;
        let tm = localtime::localtime(seconds);
        let tm = vm.system(tm)?;
        asctime(vm, &tm)
    }

    /// A time tuple as text of a form.
    #[function]
    fn strftime(vm: &mut Vm, args: Args<'_>) -> Result {
        let args = args.parsed(vm, "strftime", 1, 2)?;
        let Some(format) = args[0].downcast::<Str>() else {
            let given = args[0].ty().name();
            return Err(vm.raise_type_error(&format!("strftime() argument 1 must be str, not {given}")));
        };
        let mut tm = match args.get(1) {
            Some(v) => {
                let mut tm = tm_from(vm, v, "strftime")?;
                check_tm(vm, &mut tm)?;
                tm
            }
            None => now_tm(vm, localtime::localtime)?,
        };
        tm.is_dst = tm.is_dst.clamp(-1, 1);
        // What directives make may be twelve times as long.
        taipan_object::room::probe(format.len().saturating_mul(16))?;
        // The C library has the pieces of ASCII. Behind one, all is copied up to the next percent sign.
        let mut codes = format.data().code_points().peekable();
        let mut out = TextBuf::new();
        while codes.peek().is_some() {
            let piece: Vec<u8> =
                std::iter::from_fn(|| codes.next_if(|c| (1..0x80).contains(c))).map(|c| c as u8).collect();
            if !piece.is_empty() {
                let Some(made) = strftime::strftime(&piece, &tm) else { return Err(vm.raise_memory_error()) };
                let made = text_of_bytes(vm, &made)?;
                let made = made.downcast::<Str>().map_or(Ok(()), |made| out.push_units(units(made)));
                made.map_err(|_| vm.raise_memory_error())?;
            }
            while let Some(c) = codes.next_if(|&c| c != u32::from('%')) {
                out.push(c).map_err(|_| vm.raise_memory_error())?;
            }
        }
        vm.str_from_buf(out).map(Ref::into_value)
    }

    /// The time tuple of text of a form.
    #[function]
    fn strptime(vm: &mut Vm, args: Args<'_>) -> Result {
        let module = vm.import("_strptime")?;
        let function = vm.get_attr(&module, name!("_strptime_time"))?;
        vm.call_args(&function, args)
    }

    /// Read the local time zone anew.
    #[function("($self, /)")]
    fn tzset(vm: &mut Vm) -> Result<()> {
        match vm.state().registry.get("time").and_then(|m| m.downcast::<Module>().cloned()) {
            Some(module) => set_zone(vm, &module),
            None => Ok(()),
        }
    }

    /// What a clock is made of.
    #[function]
    fn get_clock_info(vm: &mut Vm, args: Args<'_>) -> Result {
        let args = args.parsed(vm, "get_clock_info", 1, 1)?;
        let Some(name) = args[0].downcast::<Str>() else {
            let given = args[0].ty().name();
            return Err(vm.raise_type_error(&format!("get_clock_info() argument 1 must be str, not {given}")));
        };
        let (id, c_name, monotonic, adjustable) = match name.to_utf8() {
            Some("time") => (libc::CLOCK_REALTIME, "REALTIME", false, true),
            Some("monotonic" | "perf_counter") => (libc::CLOCK_MONOTONIC, "MONOTONIC", true, false),
            Some("process_time") => (libc::CLOCK_PROCESS_CPUTIME_ID, "PROCESS_CPUTIME_ID", true, false),
            Some("thread_time") => (libc::CLOCK_THREAD_CPUTIME_ID, "THREAD_CPUTIME_ID", true, false),
            _ => return Err(vm.raise_value_error("unknown clock")),
        };
        let resolution = clock::getres(id);
        let resolution = vm.system(resolution)?;
        let resolution = float_of_ns(vm, resolution)?;
        let implementation = vm.new_str(&format!("clock_gettime(CLOCK_{c_name})"))?.into_value();
        vm.new_namespace(vec![
            ("implementation", implementation),
            ("monotonic", Value::bool(monotonic)),
            ("adjustable", Value::bool(adjustable)),
            ("resolution", resolution),
        ])
    }
}
