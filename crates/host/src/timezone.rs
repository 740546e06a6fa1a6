//! Time zones: compiled files (RFC 9636) and the rules of the `TZ` variable (POSIX), read as the C library reads them.
//!
//! Rejected: the time crates of the ecosystem. They give correct zones, but not the C library's answers to odd values of
//! `TZ`, which Python programs see through `time.tzname`.

use crate::localtime::{DAY, days_from_civil, year_of};
use std::sync::Arc;

/// A kind of local time: its distance to UTC in seconds east, whether it is summer time, its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    pub offset: i32,
    pub dst: bool,
    pub name: Arc<str>,
}

/// The history and future of local time at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Moments of change, ascending, with the kind that then begins.
    changes: Vec<(i64, u8)>,
    /// Never empty.
    kinds: Vec<Kind>,
    /// What holds after the last change.
    rule: Option<Rule>,
}

/// Yearly rules as in `TZ`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    standard: Kind,
    summer: Option<Summer>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Summer {
    kind: Kind,
    start: Moment,
    end: Moment,
}

/// A day of the year and the seconds after its local midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Moment {
    day: Day,
    seconds: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Day {
    /// `Jn`: 1 to 365, never counting 29 February.
    Julian(i64),
    /// `n`: 0 to 365.
    Zero(i64),
    /// `Mm.w.d`: the `w`th day `d` (0 is Sunday) of the month, the last when `w` is 5.
    Month(i64, i64, i64),
}

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

impl Moment {
    /// In seconds since the epoch, were the local time UTC.
    fn in_year(self, year: i64) -> i64 {
        let first = days_from_civil(year, 1, 1);
        let day = match self.day {
            Day::Julian(n) => first + n - 1 + i64::from(n >= 60 && leap(year)),
            Day::Zero(n) => first + n,
            Day::Month(month, week, weekday) => {
                let start = days_from_civil(year, month, 1);
                let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
                let length = days_from_civil(next_year, next, 1) - start;
                // 1970-01-01 was a Thursday.
                let mut day = (weekday - (start + 4)).rem_euclid(7) + (week - 1) * 7;
                while day >= length {
                    day -= 7;
                }
                start + day
            }
        };
        day * DAY + self.seconds
    }
}

impl Rule {
    fn at(&self, time: i64) -> &Kind {
        let Some(summer) = &self.summer else { return &self.standard };
        // For earlier years the C library takes the rule's moments of 1970.
        let year = year_of(time).max(1970);
        let start = summer.start.in_year(year) - i64::from(self.standard.offset);
        let end = summer.end.in_year(year) - i64::from(summer.kind.offset);
        let in_summer = if start > end { time < end || time >= start } else { time >= start && time < end };
        if in_summer { &summer.kind } else { &self.standard }
    }
}

impl Zone {
    /// A zone of one kind.
    pub fn fixed(offset: i32, name: &str) -> Self {
        Self { changes: vec![], kinds: vec![Kind { offset, dst: false, name: name.into() }], rule: None }
    }

    /// The zone that `TZ` names; none is the machine's own. `directory` is where zone files lie.
    pub fn from_variable(value: Option<&[u8]>, directory: &[u8]) -> Self {
        let Some(value) = value else {
            return Self::from_path(b"/etc/localtime").unwrap_or_else(|| Self::fixed(0, "UTC"));
        };
        let value = value.strip_prefix(b":").unwrap_or(value);
        let name = if value.is_empty() { b"Universal" } else { value };
        let file =
            if name[0] == b'/' { Self::from_path(name) } else { Self::from_path(&[directory, name].join(&b'/')) };
        file.unwrap_or_else(|| Self::from_rule_text(name))
    }

    fn from_path(path: &[u8]) -> Option<Self> {
        Self::from_file(&crate::fs::read_file(path).ok()?)
    }

    /// A zone from `TZ` rules such as `EST5EDT,M3.2.0,M11.1.0`. What cannot be read is UTC under the name found so far.
    pub fn from_rule_text(text: &[u8]) -> Self {
        let rule = Text(text).rule();
        Self { changes: vec![], kinds: vec![rule.standard.clone()], rule: Some(rule) }
    }

    /// What holds at a moment.
    pub fn at(&self, time: i64) -> &Kind {
        let after = self.changes.partition_point(|(change, _)| *change <= time);
        if after == self.changes.len()
            && let Some(rule) = &self.rule
        {
            return rule.at(time);
        }
        match after.checked_sub(1) {
            Some(last) => &self.kinds[usize::from(self.changes[last].1)],
            None => self.kinds.iter().find(|kind| !kind.dst).unwrap_or(&self.kinds[0]),
        }
    }

    /// The offset of the period nearest to `time` that is summer time or not, as asked.
    pub(crate) fn nearest_offset(&self, time: i64, dst: bool) -> Option<i32> {
        // The C library's steps: shorter than any period of summer time, for about seven years each way.
        const STEP: i64 = 601_200;
        const STEPS: i64 = 381;
        let times = (1..=STEPS).flat_map(|n| [time - n * STEP, time + n * STEP]);
        times.map(|time| self.at(time)).find(|kind| kind.dst == dst).map(|kind| kind.offset)
    }

    /// A compiled zone file; none when it is not one.
    pub fn from_file(bytes: &[u8]) -> Option<Self> {
        let mut file = File(bytes);
        let mut header = file.header()?;
        let mut width = 4;
        if header.version >= b'2' {
            file.take(header.body(4)?)?;
            header = file.header()?;
            width = 8;
        }
        let times = file.take(header.times.checked_mul(width)?)?;
        let indices = file.take(header.times)?;
        let kinds = file.take(header.kinds.checked_mul(6)?)?;
        let names = file.take(header.characters)?;
        file.take(header.leaps.checked_mul(width + 4)?.checked_add(header.standard)?.checked_add(header.universal)?)?;
        let kinds = kinds.chunks_exact(6).map(|kind| Self::kind(kind, names)).collect::<Option<Vec<_>>>()?;
        if kinds.is_empty() || indices.iter().any(|index| usize::from(*index) >= kinds.len()) {
            return None;
        }
        let changes = times.chunks_exact(width).map(big_endian).zip(indices.iter().copied()).collect();
        let footer = file.0.strip_prefix(b"\n").and_then(|rest| rest.split(|byte| *byte == b'\n').next());
        let rule = footer.filter(|text| width == 8 && !text.is_empty()).map(|text| Text(text).rule());
        Some(Self { changes, kinds, rule })
    }

    fn kind(bytes: &[u8], names: &[u8]) -> Option<Kind> {
        let name = names.get(usize::from(bytes[5])..)?.split(|byte| *byte == 0).next()?;
        Some(Kind {
            offset: big_endian(&bytes[..4]) as i32,
            dst: bytes[4] != 0,
            name: String::from_utf8_lossy(name).into(),
        })
    }
}

/// A signed number of 4 or 8 bytes.
fn big_endian(bytes: &[u8]) -> i64 {
    let first = bytes[0] as i8 as i64;
    bytes[1..].iter().fold(first, |value, byte| value << 8 | i64::from(*byte))
}

struct File<'a>(&'a [u8]);

struct Header {
    version: u8,
    universal: usize,
    standard: usize,
    leaps: usize,
    times: usize,
    kinds: usize,
    characters: usize,
}

impl Header {
    fn body(&self, width: usize) -> Option<usize> {
        let times = self.times.checked_mul(width + 1)?;
        let leaps = self.leaps.checked_mul(width + 4)?;
        let rest = self.kinds.checked_mul(6)?.checked_add(self.characters)?;
        times.checked_add(leaps)?.checked_add(rest)?.checked_add(self.standard)?.checked_add(self.universal)
    }
}

impl<'a> File<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn header(&mut self) -> Option<Header> {
        let bytes = self.take(44)?;
        if &bytes[..4] != b"TZif" {
            return None;
        }
        let count = |n: usize| big_endian(&bytes[20 + n * 4..24 + n * 4]) as u32 as usize;
        Some(Header {
            version: bytes[4],
            universal: count(0),
            standard: count(1),
            leaps: count(2),
            times: count(3),
            kinds: count(4),
            characters: count(5),
        })
    }
}

/// The text of `TZ` still to be read.
struct Text<'a>(&'a [u8]);

impl Text<'_> {
    fn rule(&mut self) -> Rule {
        let kind = |name: &str, offset: i32, dst: bool| Kind { offset, dst, name: name.into() };
        let Some(name) = self.name() else { return Rule { standard: kind("", 0, false), summer: None } };
        let Some(offset) = self.offset() else { return Rule { standard: kind(&name, 0, false), summer: None } };
        let standard = kind(&name, offset, false);
        if self.0.is_empty() {
            return Rule { standard, summer: None };
        }
        let summer = match self.name() {
            Some(name) => kind(&name, self.offset().unwrap_or(offset + 3600), true),
            None => kind("", 0, true),
        };
        let [start, end] = self.moments();
        Rule { standard, summer: Some(Summer { kind: summer, start, end }) }
    }

    fn skip(&mut self, byte: u8) -> bool {
        let found = self.0.first() == Some(&byte);
        if found {
            self.0 = &self.0[1..];
        }
        found
    }

    fn split_while(&mut self, test: impl Fn(&u8) -> bool) -> String {
        let length = self.0.iter().position(|byte| !test(byte)).unwrap_or(self.0.len());
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        String::from_utf8_lossy(taken).into_owned()
    }

    /// Three letters at least, or anything of a few characters in angle brackets.
    fn name(&mut self) -> Option<String> {
        let before = self.0;
        let name = if self.skip(b'<') {
            let name = self.split_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-'));
            if !self.skip(b'>') {
                self.0 = before;
                return None;
            }
            name
        } else {
            self.split_while(u8::is_ascii_alphabetic)
        };
        if name.len() < 3 {
            self.0 = before;
            return None;
        }
        Some(name)
    }

    fn number(&mut self) -> Option<i64> {
        let digits = self.split_while(u8::is_ascii_digit);
        if digits.is_empty() { None } else { Some(digits.parse().unwrap_or(i64::from(u16::MAX))) }
    }

    fn sign(&mut self) -> i64 {
        if self.skip(b'-') {
            -1
        } else {
            self.skip(b'+');
            1
        }
    }

    /// `hh[:mm[:ss]]` in seconds.
    fn clock(&mut self, most_hours: i64) -> Option<i64> {
        let mut total = self.number()?.min(most_hours) * 3600;
        for unit in [60, 1] {
            if !self.skip(b':') {
                break;
            }
            total += self.number().unwrap_or(0).min(59) * unit;
        }
        Some(total)
    }

    /// Seconds east; the text counts west.
    fn offset(&mut self) -> Option<i32> {
        let sign = self.sign();
        Some((-sign * self.clock(24)?) as i32)
    }

    /// Start and end of summer time. What cannot be read is the beginning of the year; what is missing is as in the USA.
    fn moments(&mut self) -> [Moment; 2] {
        let mut moments = [Moment { day: Day::Zero(0), seconds: 0 }; 2];
        let usual = [Day::Month(3, 2, 0), Day::Month(11, 1, 0)];
        for (moment, day) in moments.iter_mut().zip(usual) {
            self.skip(b',');
            *moment = if self.0.is_empty() {
                Moment { day, seconds: 7200 }
            } else {
                let Some(found) = self.moment() else { break };
                found
            };
        }
        moments
    }

    fn moment(&mut self) -> Option<Moment> {
        let day = if self.skip(b'J') {
            Day::Julian(self.number().filter(|n| (1..=365).contains(n))?)
        } else if self.skip(b'M') {
            let month = self.number().filter(|n| (1..=12).contains(n))?;
            let week = self.skip(b'.').then(|| self.number()).flatten().filter(|n| (1..=5).contains(n))?;
            Day::Month(month, week, self.skip(b'.').then(|| self.number()).flatten().filter(|n| *n <= 6)?)
        } else {
            Day::Zero(self.number().filter(|n| *n <= 365)?)
        };
        let seconds = if self.skip(b'/') {
            let sign = self.sign();
            sign * self.clock(167)?
        } else {
            7200
        };
        Some(Moment { day, seconds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_files_are_refused() {
        assert_eq!(Zone::from_file(b""), None);
        assert_eq!(Zone::from_file(b"TZif2"), None);
        let mut huge = b"TZif\0".to_vec();
        huge.resize(44, 0xff);
        assert_eq!(Zone::from_file(&huge), None);
        let mut empty = b"TZif\0".to_vec();
        empty.resize(44, 0);
        assert_eq!(Zone::from_file(&empty), None);
    }
}
