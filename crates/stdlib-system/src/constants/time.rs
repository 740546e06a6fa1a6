//! Numbers of `time`.

#[rustfmt::skip]
/// The constants.
pub const ALL: &[(&str, i64)] = &[
    ("CLOCK_BOOTTIME", libc::CLOCK_BOOTTIME as i64),
    ("CLOCK_MONOTONIC", libc::CLOCK_MONOTONIC as i64),
    ("CLOCK_MONOTONIC_RAW", libc::CLOCK_MONOTONIC_RAW as i64),
    ("CLOCK_PROCESS_CPUTIME_ID", libc::CLOCK_PROCESS_CPUTIME_ID as i64),
    ("CLOCK_REALTIME", libc::CLOCK_REALTIME as i64),
    ("CLOCK_TAI", libc::CLOCK_TAI as i64),
    ("CLOCK_THREAD_CPUTIME_ID", libc::CLOCK_THREAD_CPUTIME_ID as i64),
    ("_STRUCT_TM_ITEMS", 11),
];
