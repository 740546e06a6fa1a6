//! `strftime` of the C library in the C locale, with its flags, widths and modifiers.

use crate::localtime::{Tm, mktime};

/// Names of the days, from Monday on.
pub const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/// Names of the months.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// How a conversion wants its text.
#[derive(Clone, Copy, Default)]
struct Style {
    /// `_`, `-` or `0`; 0 when not given.
    pad: u8,
    upper: bool,
    swap_case: bool,
    width: usize,
    modifier: u8,
}

/// Formats a time. What is not understood is copied, filled to its width. Nothing comes of widths that make more than
/// [`room`] for the format; `None` when there is no memory.
pub fn strftime(format: &[u8], tm: &Tm) -> Option<Vec<u8>> {
    let most = room(format.len());
    strftime_within(format, tm, most).map(|text| if text.len() > most { Vec::new() } else { text })
}

/// The same with another limit; what is longer is not made to its end.
pub fn strftime_within(format: &[u8], tm: &Tm, most: usize) -> Option<Vec<u8>> {
    let mut out = Output { bytes: Vec::new(), failed: false, most };
    out.format(format, tm, false);
    if out.failed { None } else { Some(out.bytes) }
}

/// The most bytes that Python makes of a format: it tries with buffers each twice as large as the one before, until one has
/// 256 bytes for each of the format's.
pub fn room(format: usize) -> usize {
    let mut size = 1024;
    while size < format.saturating_mul(256) {
        size *= 2;
    }
    size - 1
}

struct Output {
    bytes: Vec<u8>,
    failed: bool,
    /// What is longer is not wanted at all.
    most: usize,
}

impl Output {
    fn format(&mut self, format: &[u8], tm: &Tm, upper: bool) {
        let mut rest = format;
        while let Some(percent) = rest.iter().position(|byte| *byte == b'%') {
            self.bytes.extend_from_slice(&rest[..percent]);
            rest = &rest[percent..];
            if self.bytes.len() > self.most {
                return;
            }
            let mut at = 1;
            let mut style = Style { upper, ..Style::default() };
            loop {
                match rest.get(at) {
                    Some(pad @ (b'_' | b'-' | b'0')) => style.pad = *pad,
                    Some(b'^') => style.upper = true,
                    Some(b'#') => style.swap_case = true,
                    _ => break,
                }
                at += 1;
            }
            while let Some(digit @ b'0'..=b'9') = rest.get(at) {
                style.width =
                    style.width.saturating_mul(10).saturating_add(usize::from(digit - b'0')).min(self.most + 1);
                at += 1;
            }
            if let Some(modifier @ (b'E' | b'O')) = rest.get(at) {
                style.modifier = *modifier;
                at += 1;
            }
            let Some(conversion) = rest.get(at) else {
                return self.text(rest, style);
            };
            if !self.convert(*conversion, style, tm) {
                self.text(&rest[..=at], style);
            }
            rest = &rest[at + 1..];
        }
        self.bytes.extend_from_slice(rest);
    }

    /// False when the conversion is not one.
    fn convert(&mut self, conversion: u8, mut style: Style, tm: &Tm) -> bool {
        let refused: &[u8] = match style.modifier {
            b'E' => b"aAbBdeghjklmwDFGHIMSUVW",
            b'O' => b"aAcxDFXY",
            _ => b"",
        };
        if refused.contains(&conversion) {
            return false;
        }
        let pick = |names: &'static [&'static str], index: i64| {
            usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or("?")
        };
        let hour12 = match tm.hour % 12 {
            0 => 12,
            hour => hour,
        };
        // Counted as C counts them.
        let (sunday_first, yearday) = ((tm.weekday + 1) % 7, tm.yearday - 1);
        match conversion {
            b'%' => self.text(b"%", style),
            b'n' => self.text(b"\n", style),
            b't' => self.text(b"\t", style),
            b'a' | b'A' | b'b' | b'B' | b'h' => {
                style.upper |= style.swap_case;
                let full = match conversion {
                    b'a' | b'A' => pick(&DAYS, tm.weekday),
                    _ => pick(&MONTHS, tm.month - 1),
                };
                let cut = if conversion.is_ascii_uppercase() { full.len() } else { full.len().min(3) };
                self.text(&full.as_bytes()[..cut], style);
            }
            b'p' | b'P' => {
                let half = if tm.hour > 11 { "PM" } else { "AM" };
                if conversion == b'P' || style.swap_case {
                    self.text(half.to_ascii_lowercase().as_bytes(), Style { upper: false, ..style });
                } else {
                    self.text(half.as_bytes(), style);
                }
            }
            b'c' => self.group(b"%a %b %e %H:%M:%S %Y", style, tm),
            b'D' | b'x' => self.group(b"%m/%d/%y", style, tm),
            b'F' => self.group(b"%Y-%m-%d", style, tm),
            b'r' => self.group(b"%I:%M:%S %p", style, tm),
            b'R' => self.group(b"%H:%M", style, tm),
            b'T' | b'X' => self.group(b"%H:%M:%S", style, tm),
            b'C' => self.number(tm.year.div_euclid(100), 2, style),
            b'd' => self.number(tm.day, 2, style),
            b'e' => self.spaced(tm.day, style),
            b'H' => self.number(tm.hour, 2, style),
            b'I' => self.number(hour12, 2, style),
            b'k' => self.spaced(tm.hour, style),
            b'l' => self.spaced(hour12, style),
            b'j' => self.number(tm.yearday, 3, style),
            b'M' => self.number(tm.minute, 2, style),
            b'm' => self.number(tm.month, 2, style),
            b'S' => self.number(tm.second, 2, style),
            b's' => self.text(mktime(tm).unwrap_or(-1).to_string().as_bytes(), style),
            b'u' => self.number((sunday_first + 6) % 7 + 1, 1, style),
            b'w' => self.number(sunday_first, 1, style),
            b'U' => self.number((yearday - sunday_first + 7).div_euclid(7), 2, style),
            b'W' => self.number((yearday - (sunday_first + 6) % 7 + 7).div_euclid(7), 2, style),
            b'V' => self.number(iso_week(tm).1, 2, style),
            b'G' => self.number(iso_week(tm).0, 1, style),
            b'g' => self.number(iso_week(tm).0.rem_euclid(100), 2, style),
            b'Y' => self.number(tm.year, 1, style),
            b'y' => self.number(tm.year.rem_euclid(100), 2, style),
            b'Z' => {
                let zone = tm.zone.as_deref().unwrap_or_default();
                let width = if style.pad == b'-' { 0 } else { style.width };
                self.text(zone.as_bytes(), Style { width, ..style });
            }
            b'z' if tm.is_dst < 0 => {}
            b'z' => {
                self.text(if tm.offset < 0 { b"-" } else { b"+" }, style);
                let minutes = tm.offset.abs() / 60;
                self.number(minutes / 60 * 100 + minutes % 60, 4, style);
            }
            _ => return false,
        }
        true
    }

    /// Text, filled to the width on the left.
    fn text(&mut self, text: &[u8], style: Style) {
        let fill = style.width.saturating_sub(text.len());
        if self.bytes.try_reserve(fill + text.len()).is_err() {
            self.failed = true;
            return;
        }
        let with = if style.pad == b'0' { b'0' } else { b' ' };
        self.bytes.resize(self.bytes.len() + fill, with);
        if style.upper {
            self.bytes.extend(text.iter().map(u8::to_ascii_uppercase));
        } else {
            self.bytes.extend_from_slice(text);
        }
    }

    /// A format within the format.
    fn group(&mut self, format: &[u8], style: Style, tm: &Tm) {
        let mut inner = Self { bytes: Vec::new(), failed: false, most: self.most };
        inner.format(format, tm, style.upper);
        self.text(&inner.bytes, style);
    }

    fn spaced(&mut self, number: i64, style: Style) {
        let pad = if style.pad == 0 { b'_' } else { style.pad };
        self.number(number, 2, Style { pad, ..style });
    }

    fn number(&mut self, number: i64, digits: usize, style: Style) {
        let text = number.unsigned_abs().to_string();
        let sign: &[u8] = if number < 0 { b"-" } else { b"" };
        if style.pad == b'-' {
            return self.text(&[sign, text.as_bytes()].concat(), style);
        }
        let fill = digits.max(style.width).saturating_sub(text.len() + sign.len());
        if self.bytes.try_reserve(fill + text.len() + 1).is_err() {
            self.failed = true;
            return;
        }
        if style.pad == b'_' {
            self.bytes.resize(self.bytes.len() + fill, b' ');
            self.bytes.extend_from_slice(sign);
        } else {
            self.bytes.extend_from_slice(sign);
            self.bytes.resize(self.bytes.len() + fill, b'0');
        }
        self.bytes.extend_from_slice(text.as_bytes());
    }
}

/// Year and week of ISO 8601. Fields that contradict each other give what C's arithmetic gives.
fn iso_week(tm: &Tm) -> (i64, i64) {
    let year_length = |year: i64| 365 + i64::from(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    // Days since the Monday of the week that holds the year's first Thursday.
    let since = |yearday: i64| {
        const WELL_PAST: i64 = 7 * 60;
        yearday - (yearday - (tm.weekday + 1) % 7 + 4 + WELL_PAST) % 7 + 3
    };
    let yearday = tm.yearday - 1;
    let here = since(yearday);
    if here < 0 {
        return (tm.year - 1, since(yearday + year_length(tm.year - 1)) / 7 + 1);
    }
    let next = since(yearday - year_length(tm.year));
    if next >= 0 { (tm.year + 1, next / 7 + 1) } else { (tm.year, here / 7 + 1) }
}
