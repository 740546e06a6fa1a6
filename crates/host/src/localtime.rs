//! Broken-down time: `gmtime`, `localtime`, `mktime`, and the local zone they use.

use crate::timezone::Zone;
use crate::{Errno, Result};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, RwLock};

pub(crate) const DAY: i64 = 86_400;

/// Broken-down time with Python's counting: full year, months and year days from 1, Monday is 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tm {
    pub year: i64,
    pub month: i64,
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
    pub weekday: i64,
    pub yearday: i64,
    /// -1 when unknown.
    pub is_dst: i32,
    /// Seconds east of UTC.
    pub offset: i64,
    /// The name of the kind of time; none when unknown.
    pub zone: Option<Arc<str>>,
}

/// Days since 1970-01-01 of a date; the month must be in 1 to 12.
pub(crate) fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March put the leap day at the end, and months then follow one formula.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = (shifted + 2) % 12 + 1;
    (year + era * 400 + i64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

/// The year a moment lies in, in UTC.
pub(crate) fn year_of(time: i64) -> i64 {
    civil_from_days(time.div_euclid(DAY)).0
}

fn broken_down(time: i64, offset: i64, is_dst: bool, zone: Arc<str>) -> Result<Tm> {
    // In 128 bits: a moment near the end of the range plus an offset overflows.
    let local = i128::from(time) + i128::from(offset);
    let days = local.div_euclid(i128::from(DAY)) as i64;
    let seconds = local.rem_euclid(i128::from(DAY)) as i64;
    let (year, month, day) = civil_from_days(days);
    if i32::try_from(year - 1900).is_err() {
        return Err(Errno::EOVERFLOW);
    }
    Ok(Tm {
        year,
        month,
        day,
        hour: seconds / 3600,
        minute: seconds / 60 % 60,
        second: seconds % 60,
        weekday: (days + 3).rem_euclid(7),
        yearday: days - days_from_civil(year, 1, 1) + 1,
        is_dst: i32::from(is_dst),
        offset,
        zone: Some(zone),
    })
}

/// UTC. `EOVERFLOW` when the year does not fit C's field.
pub fn gmtime(time: i64) -> Result<Tm> {
    static UTC: LazyLock<Arc<str>> = LazyLock::new(|| "GMT".into());
    broken_down(time, 0, false, UTC.clone())
}

static LOCAL: RwLock<Option<Arc<Zone>>> = RwLock::new(None);

/// The local zone, read at first use and by [`tzset`].
pub fn local_zone() -> Arc<Zone> {
    if let Some(zone) = &*LOCAL.read().unwrap_or_else(std::sync::PoisonError::into_inner) {
        return zone.clone();
    }
    tzset()
}

/// Reads the local zone anew, from `TZ` in [`crate::env`].
pub fn tzset() -> Arc<Zone> {
    let directory = crate::env::get(b"TZDIR").filter(|directory| !directory.is_empty());
    let directory = directory.as_deref().unwrap_or(b"/usr/share/zoneinfo");
    let zone = Arc::new(Zone::from_variable(crate::env::get(b"TZ").as_deref(), directory));
    *LOCAL.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(zone.clone());
    zone
}

/// Local time.
pub fn localtime(time: i64) -> Result<Tm> {
    in_zone(time, &local_zone())
}

/// Time in a zone.
pub fn in_zone(time: i64, zone: &Zone) -> Result<Tm> {
    let kind = zone.at(time);
    broken_down(time, i64::from(kind.offset), kind.dst, kind.name.clone())
}

/// The offset [`mktime`] used last, which decides between the two readings of a repeated hour, as in C.
static LAST_OFFSET: AtomicI64 = AtomicI64::new(0);

/// The moment that local time shows as these fields, which may be out of range; weekday, yearday, offset and zone are not
/// looked at. `EOVERFLOW` when there is none.
pub fn mktime(tm: &Tm) -> Result<i64> {
    let wanted = as_if_utc(tm)?;
    let offset = offset_for(tm.is_dst, wanted, &local_zone(), LAST_OFFSET.load(Ordering::Relaxed));
    LAST_OFFSET.store(offset, Ordering::Relaxed);
    let time = wanted - offset;
    broken_down(time, 0, false, "".into())?;
    Ok(time)
}

/// The offset to read a local time with.
fn offset_for(is_dst: i32, wanted: i64, zone: &Zone, last: i64) -> i64 {
    // Zones change seldom: it is an offset in force within a day of the moment.
    let near = [wanted - DAY, wanted, wanted + DAY].map(|time| i64::from(zone.at(time).offset));
    let fits = |offset: i64| i64::from(zone.at(wanted - offset).offset) == offset;
    let found = [last].into_iter().chain(near).find(|offset| fits(*offset));
    // In a gap the offset of the time before it counts.
    let offset = found.unwrap_or(near[0]);
    let dst = is_dst > 0;
    if is_dst < 0 || (found.is_some() && zone.at(wanted - offset).dst == dst) {
        return offset;
    }
    let other = near.into_iter().find(|offset| fits(*offset) && zone.at(wanted - offset).dst == dst);
    other.unwrap_or_else(|| match zone.nearest_offset(wanted - offset, dst) {
        Some(offset) => i64::from(offset),
        None if dst => offset + 3600,
        None => offset - 3600,
    })
}

/// Seconds since the epoch, were the fields UTC.
fn as_if_utc(tm: &Tm) -> Result<i64> {
    let months = i128::from(tm.year) * 12 + i128::from(tm.month) - 1;
    let year = i64::try_from(months.div_euclid(12)).map_err(|_| Errno::EOVERFLOW)?;
    if year.abs() > 1 << 40 {
        return Err(Errno::EOVERFLOW);
    }
    let first = days_from_civil(year, months.rem_euclid(12) as i64 + 1, 1);
    let days = i128::from(first) + i128::from(tm.day) - 1;
    let seconds = i128::from(tm.hour) * 3600 + i128::from(tm.minute) * 60 + i128::from(tm.second);
    let total = days * i128::from(DAY) + seconds;
    i64::try_from(total).ok().filter(|total| total.abs() < 1 << 58).ok_or(Errno::EOVERFLOW)
}

/// What module `time` says of the local zone: seconds west in winter and summer, and both names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    pub timezone: i64,
    pub altzone: i64,
    pub daylight: bool,
    pub names: [Arc<str>; 2],
}

/// Found by looking at the beginning and the middle of a year.
pub fn summary(zone: &Zone) -> Summary {
    const YEAR: i64 = (365 * 24 + 6) * 3600;
    let start = crate::clock::time_ns() / 1_000_000_000 / YEAR * YEAR;
    let (mut winter, mut summer) = (zone.at(start), zone.at(start + YEAR / 2));
    // South of the equator it is the other way round.
    if winter.offset > summer.offset {
        (winter, summer) = (summer, winter);
    }
    Summary {
        timezone: -i64::from(winter.offset),
        altzone: -i64::from(summer.offset),
        daylight: winter.offset != summer.offset,
        names: [winter.name.clone(), summer.name.clone()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_back() {
        for days in (-800_000..800_000).step_by(37) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
        assert_eq!(civil_from_days(0), (1970, 1, 1));
        assert_eq!(civil_from_days(11_016), (2000, 2, 29));
    }

    #[test]
    fn limits() {
        assert_eq!(gmtime(i64::MAX), Err(Errno::EOVERFLOW));
        assert_eq!(gmtime(i64::MIN), Err(Errno::EOVERFLOW));
        assert_eq!(gmtime(67_768_036_191_676_799).unwrap().year, 2_147_485_547);
        assert_eq!(gmtime(67_768_036_191_676_800), Err(Errno::EOVERFLOW));
        let tm = Tm { year: i64::MAX, ..gmtime(0).unwrap() };
        assert_eq!(mktime(&tm), Err(Errno::EOVERFLOW));
        let tm = Tm { second: i64::MAX, day: i64::MAX, ..gmtime(0).unwrap() };
        assert_eq!(mktime(&tm), Err(Errno::EOVERFLOW));
    }
}
