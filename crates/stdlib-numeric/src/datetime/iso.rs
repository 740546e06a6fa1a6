//! Reading ISO 8601 dates and times, over code points. No Python objects here; `None` is text of another form.

use super::calendar::from_iso_calendar;

/// A time, and the offset that follows it.
#[derive(Default, Clone, Copy)]
pub struct IsoTime {
    pub hour: i32,
    pub minute: i32,
    pub second: i32,
    pub micros: i32,
    /// Microseconds east of UTC.
    pub offset: Option<i128>,
}

fn digit(c: u32) -> Option<i32> {
    (48..=57).contains(&c).then_some(c as i32 - 48)
}

fn number(text: &[u32], at: &mut usize, count: usize) -> Option<i32> {
    let mut n = 0;
    for &c in text.get(*at..*at + count)? {
        n = n * 10 + digit(c)?;
    }
    *at += count;
    Some(n)
}

fn is(text: &[u32], at: usize, c: char) -> bool {
    text.get(at) == Some(&(c as u32))
}

/// The bytes of UTF-8, which CPython counts and looks at; nothing if there is a lone surrogate.
pub fn utf8(text: &[u32]) -> Option<Vec<u32>> {
    if text.iter().all(|&c| c < 0x80) {
        return Some(text.to_vec());
    }
    let text: String = text.iter().map(|&c| char::from_u32(c)).collect::<Option<_>>()?;
    Some(text.bytes().map(u32::from).collect())
}

/// `YYYY-MM-DD`, `YYYYMMDD`, `YYYY-Www[-D]`, `YYYYWww[D]`. What follows is not looked at.
pub fn parse_date(text: &[u32]) -> Option<(i32, i32, i32)> {
    let mut at = 0;
    let year = number(text, &mut at, 4)?;
    let separated = is(text, at, '-');
    at += usize::from(separated);
    if is(text, at, 'W') {
        at += 1;
        let week = number(text, &mut at, 2)?;
        let mut day = 1;
        if at < text.len() {
            if separated {
                if !is(text, at, '-') {
                    return None;
                }
                at += 1;
            }
            day = number(text, &mut at, 1)?;
        }
        return from_iso_calendar(year, week, day).ok();
    }
    let month = number(text, &mut at, 2)?;
    if separated {
        if !is(text, at, '-') {
            return None;
        }
        at += 1;
    }
    let day = number(text, &mut at, 2)?;
    Some((year, month, day))
}

/// A time of day, and whether it is followed by something else.
struct Clock {
    hour: i32,
    minute: i32,
    second: i32,
    micros: i32,
    more: bool,
}

/// The time from `start` on, `HH[:MM[:SS[.ffffff]]]`, with or without colons. What follows it is not looked at if it is one
/// character before `end`, or stands behind six digits of the fraction: CPython accepts it where an offset comes.
fn clock(text: &[u32], start: usize, end: usize) -> Option<Clock> {
    let code = |at: usize| text.get(at).copied().unwrap_or(0);
    let mut fields = [0; 3];
    let made = |fields: [i32; 3], micros, more| {
        let [hour, minute, second] = fields;
        Some(Clock { hour, minute, second, micros, more })
    };
    let (mut at, mut separated) = (start, false);
    for i in 0..3 {
        fields[i] = number(text, &mut at, 2)?;
        let c = code(at);
        if i == 0 {
            separated = c == u32::from(':');
        }
        let is_mark = c == u32::from('.') || c == u32::from(',');
        if at + 1 >= end && !(is_mark && at < end) {
            return made(fields, 0, c != 0);
        }
        match char::from_u32(c) {
            Some(':') if separated && i < 2 => at += 1,
            Some('.' | ',') if i == 2 => at += 1,
            Some(':' | '.' | ',') => return None,
            _ if separated => return None,
            _ => {}
        }
    }
    let count = end.saturating_sub(at).min(6);
    if count == 0 {
        return None;
    }
    let mut micros = number(text, &mut at, count)?;
    for _ in count..6 {
        micros *= 10;
    }
    while digit(code(at)).is_some() {
        at += 1;
    }
    made(fields, micros, code(at) != 0)
}

/// `HH[:MM[:SS[.ffffff]]]`, with or without colons, and `Z` or `+HH[:MM[:SS[.ffffff]]]`.
pub fn parse_time(text: &[u32]) -> Option<IsoTime> {
    let text = &utf8(text)?[..];
    let sign = text.iter().position(|&c| c == '+' as u32 || c == '-' as u32 || c == 'Z' as u32);
    let end = text.len();
    let Clock { hour, minute, second, micros, more } = clock(text, 0, sign.unwrap_or(end))?;
    let mut time = IsoTime { hour, minute, second, micros, offset: None };
    let Some(at) = sign else { return (!more).then_some(time) };
    time.offset = if is(text, at, 'Z') {
        // As in C, text ends at a null character.
        text.get(at + 1).is_none_or(|&c| c == 0).then_some(0)
    } else {
        let offset = clock(text, at + 1, end).filter(|offset| !offset.more)?;
        let seconds = offset.hour * 3600 + offset.minute * 60 + offset.second;
        let total = i128::from(seconds) * 1_000_000 + i128::from(offset.micros);
        Some(if is(text, at, '-') { -total } else { total })
    };
    time.offset.is_some().then_some(time)
}

/// Where the date of a date and time ends.
pub fn date_end(text: &[u32]) -> Option<usize> {
    let len = text.len();
    if len < 7 {
        return None;
    }
    if len == 7 {
        return Some(7);
    }
    let is_digit = |at: usize| text.get(at).is_some_and(|&c| digit(c).is_some());
    if is(text, 4, '-') {
        if !is(text, 5, 'W') {
            return Some(10);
        }
        if len < 8 {
            return None;
        }
        if len > 8 && is(text, 8, '-') {
            if len == 9 {
                return None;
            }
            // Another digit makes what follows a time.
            return Some(if len > 10 && is_digit(10) { 8 } else { 10 });
        }
        return Some(8);
    }
    if !is(text, 4, 'W') {
        return Some(8);
    }
    let end = (7..len).find(|&i| !is_digit(i)).unwrap_or(len);
    Some(match end {
        _ if end < 9 => end,
        _ if end % 2 == 0 => 7,
        _ => 8,
    })
}
