//! `_datetime`: dates, times, durations and time zones.
//!
//! Moments compute in microseconds of 128 bits, which hold the whole calendar; their instances are frozen.

mod calendar;
mod clock;
mod common;
mod date;
mod date_time;
mod delta;
mod format;
mod iso;
mod moment;
mod time;
mod tz;

use calendar::DAY_MICROS;
use std::cell::Cell;
use taipan_macros::module;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm};

pub use common::type_name;
pub use date::{DATE, Date};
pub use date_time::{DATETIME, DateTime, DateTimeRef};
pub use delta::{TIMEDELTA, TimeDelta, new_delta};
pub use tz::{TZINFO, TzInfo};

/// `_datetime`.
pub struct DatetimeModule;

/// Fast implementation of the datetime module.
#[module(name = "_datetime")]
impl DatetimeModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &delta::TimeDeltaClass::class_def())?;
        vm.add_class(module, &date::DateClass::class_def())?;
        vm.add_class(module, &moment::DateTimeClass::class_def())?;
        vm.add_class(module, &time::TimeClass::class_def())?;
        vm.add_class(module, &tz::TzInfoClass::class_def())?;
        vm.add_class(module, &tz::TimeZoneClass::class_def())?;
        vm.set_up_class(&date::IsoCalendarDateClass::class_def())?;
        module.set(vm, "MINYEAR", Value::from_i32(1))?;
        module.set(vm, "MAXYEAR", Value::from_i32(calendar::MAX_YEAR))?;

        let most = 1_000_000_000 * DAY_MICROS - 1;
        let deltas = [
            (delta::TIMEDELTA.as_type(), "min", -999_999_999 * DAY_MICROS),
            (delta::TIMEDELTA.as_type(), "max", most),
            (delta::TIMEDELTA.as_type(), "resolution", 1),
            (date::DATE.as_type(), "resolution", DAY_MICROS),
            (date_time::DATETIME.as_type(), "resolution", 1),
            (time::TIME.as_type(), "resolution", 1),
        ];
        for (class, key, micros) in deltas {
            let delta = new_delta(vm, micros)?.into_value();
            vm.set_class_constant(class, key, delta)?;
        }
        for (key, fields, clock) in [("min", (1, 1, 1), (0, 0, 0, 0)), ("max", (9999, 12, 31), (23, 59, 59, 999_999))] {
            let day = date::new_date(vm, date::DATE.as_type(), fields)?;
            vm.set_class_constant(date::DATE.as_type(), key, day)?;
            let (hour, minute, second, micros) = clock;
            let mut moment = DateTime::midnight(fields.0, fields.1, fields.2);
            (moment.hour, moment.minute, moment.second, moment.micros) = clock;
            let moment = moment.make(vm)?;
            vm.set_class_constant(date_time::DATETIME.as_type(), key, moment)?;
            let time = time::Time { tz: None, micros, hour, minute, second, fold: Cell::new(0) };
            let time = time::new_time(vm, time::TIME.as_type(), time)?;
            vm.set_class_constant(time::TIME.as_type(), key, time)?;
        }
        let utc = tz::utc(vm)?;
        for (key, minutes) in [("min", -(23 * 60 + 59)), ("max", 23 * 60 + 59)] {
            let offset = new_delta(vm, minutes * 60_000_000)?;
            let zone = tz::new_timezone(vm, &offset, None)?;
            vm.set_class_constant(tz::TIMEZONE.as_type(), key, zone)?;
        }
        module.set(vm, "UTC", utc)
    }
}
