//! Numbers, random numbers, dates.
#![forbid(unsafe_code)]
// Methods keep Python's names: `__reduce__`.
#![allow(non_snake_case)]

#[macro_use(format)]
extern crate taipan_vm;

pub mod cmath;
pub mod datetime;
pub mod decimal;
pub mod math;
pub mod random;
pub mod statistics;
pub mod zoneinfo;

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![
        ("math", math::MathModule::module_def),
        ("cmath", cmath::CmathModule::module_def),
        ("_random", random::RandomModule::module_def),
        ("_decimal", decimal::DecimalModule::module_def),
        ("_datetime", datetime::DatetimeModule::module_def),
        ("_zoneinfo", zoneinfo::ZoneinfoModule::module_def),
        ("_statistics", statistics::StatisticsModule::module_def),
    ]
}
