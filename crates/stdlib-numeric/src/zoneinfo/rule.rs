//! The rule at the end of a file of a zone, which says what holds after its last transition: a `TZ` string of POSIX,
//! `EST5EDT,M3.2.0,M11.1.0/3`.

use super::zone::Info;

/// Seconds of a day.
const DAY: i64 = 86_400;
/// Days before 1970-01-01, counted from 0001-01-01.
const EPOCH: i64 = 719_162;

/// Why a string is no rule: the words that stand before the string itself.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Fault {
    Format(&'static str),
    Offset(&'static str),
    Missing,
    Malformed,
    Extraneous,
}

impl Fault {
    /// The message, without the string that it is followed by.
    pub fn message(self) -> String {
        match self {
            Fault::Format(which) => format!("Invalid {which} format in "),
            Fault::Offset(which) => format!("Invalid {which} offset in "),
            Fault::Missing => "Missing transition rules in TZ string: ".to_owned(),
            Fault::Malformed => "Malformed transition rule in TZ string: ".to_owned(),
            Fault::Extraneous => "Extraneous characters at end of TZ string: ".to_owned(),
        }
    }
}

/// What a string says.
#[derive(Debug)]
pub struct Parsed {
    pub standard: Info,
    /// Summer time, with when it begins and ends in local time.
    pub summer: Option<(Info, Day, Day)>,
}

/// A day of each year and a time on it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Day {
    date: Date,
    /// Seconds after midnight; can be beyond the day on either side.
    time: i64,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Date {
    /// From 1, without 29 February.
    Julian(i64),
    /// From 0, where 0 is the day before the first of January: as CPython counts.
    Counted(i64),
    /// The week from 1 to 5, 5 being the last, in which the weekday comes; 0 is Sunday.
    Month { month: i64, week: i64, weekday: i64 },
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days from 1970-01-01 to the first of January.
fn days_before_year(year: i64) -> i64 {
    let y = year - 1;
    y * 365 + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) - EPOCH
}

impl Day {
    /// When it is in a year: seconds since 1970, in whatever time is meant.
    pub fn at(&self, year: i64) -> i64 {
        let start = days_before_year(year);
        let days = match self.date {
            Date::Julian(day) => day - 1 + i64::from(day >= 60 && is_leap(year)),
            Date::Counted(day) => day - 1,
            Date::Month { month, week, weekday } => {
                const BEFORE: [i64; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
                let m = month as usize;
                let leap = i64::from(is_leap(year));
                let before = BEFORE[m - 1] + if m > 2 { leap } else { 0 };
                let length = BEFORE[m] - BEFORE[m - 1] + if m == 2 { leap } else { 0 };
                // 1970-01-01 was a Thursday.
                let first = (start + before + 4).rem_euclid(7);
                let day = (weekday - first).rem_euclid(7) + (week - 1) * 7;
                before + if day >= length { day - 7 } else { day }
            }
        };
        (start + days) * DAY + self.time
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn eat(&mut self, byte: u8) -> bool {
        match self.0.split_first() {
            Some((first, rest)) if *first == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let n = self.0.iter().position(|b| !wanted(*b)).unwrap_or(self.0.len());
        let (taken, rest) = self.0.split_at(n);
        self.0 = rest;
        taken
    }

    /// A number of so many digits.
    fn number(&mut self, least: usize, most: usize) -> Option<i64> {
        let n = self.0.iter().take(most).take_while(|b| b.is_ascii_digit()).count();
        if n < least {
            return None;
        }
        let (digits, rest) = self.0.split_at(n);
        self.0 = rest;
        Some(digits.iter().fold(0, |n, b| n * 10 + i64::from(b - b'0')))
    }

    fn abbreviation(&mut self) -> Option<String> {
        let quoted = self.eat(b'<');
        let letters = match quoted {
            true => self.take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-')),
            false => self.take_while(|b| b.is_ascii_alphabetic()),
        };
        if letters.is_empty() || quoted && !self.eat(b'>') {
            return None;
        }
        Some(String::from_utf8_lossy(letters).into_owned())
    }

    /// `[+-]hhh[:mm[:ss]]`, in seconds.
    fn time(&mut self, most_hours: i64) -> Option<i64> {
        let negative = self.eat(b'-');
        if !negative {
            self.eat(b'+');
        }
        let hours = self.number(1, 3)?;
        let (mut minutes, mut seconds) = (0, 0);
        if self.eat(b':') {
            minutes = self.number(2, 2)?;
            if self.eat(b':') {
                seconds = self.number(2, 2)?;
            }
        }
        if hours > most_hours {
            return None;
        }
        let total = hours * 3600 + minutes * 60 + seconds;
        Some(if negative { -total } else { total })
    }

    fn day(&mut self) -> Option<Day> {
        let date = if self.eat(b'M') {
            let month = self.number(1, 2).filter(|m| (1..=12).contains(m))?;
            let week = self.eat(b'.').then(|| self.number(1, 1))?.filter(|w| (1..=5).contains(w))?;
            let weekday = self.eat(b'.').then(|| self.number(1, 1))?.filter(|d| *d <= 6)?;
            Date::Month { month, week, weekday }
        } else if self.eat(b'J') {
            Date::Julian(self.number(1, 3).filter(|d| (1..=365).contains(d))?)
        } else {
            Date::Counted(self.number(1, 3).filter(|d| *d <= 365)?)
        };
        let time = if self.eat(b'/') { self.time(167)? } else { 2 * 3600 };
        Some(Day { date, time })
    }
}

/// Reads a rule.
pub fn parse(text: &[u8]) -> Result<Parsed, Fault> {
    let mut reader = Reader(text);
    let name = reader.abbreviation().ok_or(Fault::Format("STD"))?;
    // Offsets count to the west here.
    let offset = -reader.time(24).ok_or(Fault::Offset("STD"))?;
    let standard = Info { offset, summer: 0, name };
    if reader.0.is_empty() {
        return Ok(Parsed { standard, summer: None });
    }
    let name = reader.abbreviation().ok_or(Fault::Format("DST"))?;
    let there = match reader.0.first() {
        Some(b',') => offset + 3600,
        _ => -reader.time(24).ok_or(Fault::Offset("DST"))?,
    };
    let mut days = [None; 2];
    for day in &mut days {
        if !reader.eat(b',') {
            return Err(Fault::Missing);
        }
        *day = Some(reader.day().ok_or(Fault::Malformed)?);
    }
    if !reader.0.is_empty() {
        return Err(Fault::Extraneous);
    }
    let summer = match days {
        [Some(start), Some(end)] => Some((Info { offset: there, summer: there - offset, name }, start, end)),
        _ => None,
    };
    Ok(Parsed { standard, summer })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(day: &str, year: i64) -> i64 {
        Reader(day.as_bytes()).day().expect(day).at(year)
    }

    #[test]
    fn days() {
        assert_eq!(seconds("1/0", 1970), 0);
        assert_eq!(seconds("J1/0", 1971), 365 * DAY);
        assert_eq!(seconds("J60/0", 2024), seconds("61/0", 2024));
        assert_eq!(seconds("J59/0", 2024), seconds("59/0", 2024));
        // The last Sunday of March 2024 was the 31st, the second one of 2019 the 10th.
        assert_eq!(seconds("M3.5.0/1", 2024), 1_711_846_800);
        assert_eq!(seconds("M3.2.0", 2019), 1_552_183_200);
        assert_eq!(seconds("M1.1.4/-1", 1970), -3600);
    }

    #[test]
    fn strings() {
        let rule = parse(b"EST5EDT,M3.2.0,M11.1.0/3").expect("a rule");
        assert_eq!((rule.standard.offset, rule.standard.name.as_str()), (-18_000, "EST"));
        let (summer, start, end) = rule.summer.expect("summer time");
        assert_eq!((summer.offset, summer.summer), (-14_400, 3600));
        assert!(start.at(2024) < end.at(2024));
        assert_eq!(parse(b"<+0530>-5:30").expect("a rule").standard.offset, 19_800);
        for (text, fault) in [
            ("+11", Fault::Format("STD")),
            ("AAA", Fault::Offset("STD")),
            ("AAA25", Fault::Offset("STD")),
            ("AAA4<>,M3.2.0/2,M11.1.0/3", Fault::Format("DST")),
            ("PST8PDT", Fault::Offset("DST")),
            ("AAA4BBB5,J1", Fault::Missing),
            ("AAA4BBB,J0/2,J20/2", Fault::Malformed),
            ("AAA4BBB,J60/2,J300/2/3", Fault::Extraneous),
        ] {
            assert_eq!(parse(text.as_bytes()).expect_err(text), fault, "{text}");
        }
    }
}
