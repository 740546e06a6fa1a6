//! The proleptic Gregorian calendar: ordinals, weekdays, ISO weeks. No Python objects here.

/// The last year.
pub const MAX_YEAR: i32 = 9999;
/// The ordinal of the last day.
pub const MAX_ORDINAL: i32 = 3_652_059;
/// Microseconds of a day.
pub const DAY_MICROS: i128 = 86_400_000_000;

/// Whether a year has a leap day.
pub fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days of a month.
pub fn days_in_month(year: i32, month: i32) -> i32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of a year before a month.
pub fn days_before_month(year: i32, month: i32) -> i32 {
    const BEFORE: [i32; 13] = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    BEFORE[month.clamp(1, 12) as usize] + i32::from(month > 2 && is_leap(year))
}

fn days_before_year(year: i32) -> i32 {
    let y = year - 1;
    y * 365 + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400)
}

/// The ordinal of a date; 0001-01-01 has 1.
pub fn to_ordinal(year: i32, month: i32, day: i32) -> i32 {
    days_before_year(year) + days_before_month(year, month) + day
}

/// The date with an ordinal that is at least 1.
pub fn from_ordinal(ordinal: i32) -> (i32, i32, i32) {
    // Years that begin in March put the leap day at the end, and months then follow one formula.
    let days = ordinal + 305;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let of = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * of + of / 4 - of / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = (shifted + 2) % 12 + 1;
    (era * 400 + of + i32::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

/// Monday is 0.
pub fn weekday(year: i32, month: i32, day: i32) -> i32 {
    (to_ordinal(year, month, day) + 6) % 7
}

/// The ordinal of the Monday of the first ISO week.
fn first_monday(year: i32) -> i32 {
    let first = to_ordinal(year, 1, 1);
    let weekday = (first + 6) % 7;
    let monday = first - weekday;
    if weekday > 3 { monday + 7 } else { monday }
}

/// ISO year, week and weekday (Monday is 1).
pub fn iso_calendar(year: i32, month: i32, day: i32) -> (i32, i32, i32) {
    let today = to_ordinal(year, month, day);
    let mut iso_year = year;
    let mut since = today - first_monday(year);
    if since < 0 {
        iso_year -= 1;
        since = today - first_monday(iso_year);
    } else if since >= 52 * 7 && today >= first_monday(year + 1) {
        iso_year += 1;
        since = today - first_monday(iso_year);
    }
    (iso_year, since / 7 + 1, since % 7 + 1)
}

/// Why there is no such ISO date.
pub enum NoIsoDate {
    Year,
    Week,
    Day,
}

/// The date of an ISO year, week and weekday.
pub fn from_iso_calendar(year: i32, week: i32, day: i32) -> Result<(i32, i32, i32), NoIsoDate> {
    if !(1..=MAX_YEAR).contains(&year) {
        return Err(NoIsoDate::Year);
    }
    let long = week == 53 && {
        let first = weekday(year, 1, 1);
        first == 3 || first == 2 && is_leap(year)
    };
    if !(1..=52).contains(&week) && !long {
        return Err(NoIsoDate::Week);
    }
    if !(1..=7).contains(&day) {
        return Err(NoIsoDate::Day);
    }
    let ordinal = first_monday(year) + (week - 1) * 7 + day - 1;
    if !(1..=MAX_ORDINAL).contains(&ordinal) {
        return Err(NoIsoDate::Year);
    }
    Ok(from_ordinal(ordinal))
}
