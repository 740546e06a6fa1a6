//! A zone: when what changed, and what holds at a moment.

use super::rule::Day;

/// What holds for a while.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Info {
    /// Seconds east of UTC.
    pub offset: i64,
    /// How much of it is summer time.
    pub summer: i64,
    pub name: String,
}

/// What holds after the last transition.
#[derive(Debug)]
pub enum After {
    /// One of the infos, for good.
    Fixed(usize),
    /// Standard time and summer time in turn.
    Rule { standard: usize, summer: usize, start: Day, end: Day },
}

/// A zone. Infos are known by their index.
#[derive(Debug)]
pub struct Zone {
    pub infos: Vec<Info>,
    /// Transitions, in seconds since 1970 in UTC, and what holds from each on.
    pub utc: Vec<i64>,
    pub kinds: Vec<usize>,
    /// The same in local time, as read with a fold of 0 and of 1.
    local: [Vec<i64>; 2],
    /// Before the first transition.
    before: Option<usize>,
    pub after: After,
    /// Whether it never changes.
    pub is_fixed: bool,
}

/// What a file holds, as read.
pub struct Raw {
    pub utc: Vec<i64>,
    pub kinds: Vec<usize>,
    pub offsets: Vec<i64>,
    pub is_summer: Vec<bool>,
    pub names: Vec<String>,
}

impl Zone {
    /// A zone from what its file holds; `None` when nothing says what the time is.
    pub fn new(raw: Raw, rule: Option<super::rule::Parsed>) -> Option<Zone> {
        let summers = summers(&raw);
        let mut infos: Vec<Info> = Vec::new();
        for ((offset, name), summer) in raw.offsets.iter().zip(&raw.names).zip(summers) {
            infos.push(Info { offset: *offset, summer, name: name.clone() });
        }
        let listed = infos.len();
        let before = raw.is_summer.iter().position(|s| !s).or_else(|| raw.kinds.first().copied());
        let after = match rule {
            Some(rule) => {
                infos.push(rule.standard);
                match rule.summer {
                    None => After::Fixed(listed),
                    Some((summer, start, end)) => {
                        infos.push(summer);
                        After::Rule { standard: listed, summer: listed + 1, start, end }
                    }
                }
            }
            None => After::Fixed(raw.kinds.last().copied().or_else(|| listed.checked_sub(1))?),
        };
        let is_fixed = match after {
            After::Rule { .. } => false,
            After::Fixed(after) => listed == 0 || listed == 1 && infos[0] == infos[after],
        };
        let local = local(&raw);
        Some(Zone { infos, utc: raw.utc, kinds: raw.kinds, local, before, after, is_fixed })
    }

    /// What holds at a local time, given as seconds since 1970 as if it were UTC.
    pub fn at_local(&self, seconds: i64, year: i64, fold: u8) -> Option<usize> {
        let fold = usize::from(fold != 0);
        let local = &self.local[fold];
        match (local.first(), local.last()) {
            (Some(first), _) if seconds < *first => self.before,
            (Some(_), Some(last)) if seconds <= *last => {
                Some(self.kinds[local.partition_point(|t| *t <= seconds).saturating_sub(1)])
            }
            _ => Some(match self.after {
                After::Fixed(after) => after,
                After::Rule { standard, summer, start, end } => {
                    let gain = self.infos[summer].offset - self.infos[standard].offset;
                    let (mut from, mut to) = (start.at(year), end.at(year));
                    // The smaller offset lasts, with a fold of 0, from the end of a gap to the end of a fold, and with
                    // 1 from the beginning of a gap to the beginning of a fold.
                    if (fold == 1) == (gain >= 0) {
                        to -= gain;
                    } else {
                        from += gain;
                    }
                    if within(seconds, from, to) { summer } else { standard }
                }
            }),
        }
    }

    /// What holds at a moment in UTC, and whether its local time comes for the second time.
    pub fn at_utc(&self, seconds: i64, year: i64) -> Option<(usize, bool)> {
        let Some((first, last)) = self.utc.first().zip(self.utc.last()) else {
            return Some(self.after_at_utc(seconds, year));
        };
        if seconds < *first {
            return self.before.map(|before| (before, false));
        }
        if seconds > *last && matches!(self.after, After::Rule { .. }) {
            return Some(self.after_at_utc(seconds, year));
        }
        let next = self.utc.partition_point(|t| *t <= seconds);
        let (earlier, now) = match next {
            0 | 1 => match self.after {
                After::Fixed(after) if seconds > *last => (self.before?, after),
                _ => (self.before?, self.kinds[0]),
            },
            _ => (self.kinds[next - 2], self.kinds[next - 1]),
        };
        let lost = self.infos[earlier].offset - self.infos[now].offset;
        Some((now, lost > seconds.saturating_sub(self.utc[next - 1])))
    }

    fn after_at_utc(&self, seconds: i64, year: i64) -> (usize, bool) {
        match self.after {
            After::Fixed(after) => (after, false),
            After::Rule { standard, summer, start, end } => {
                let gain = self.infos[summer].offset - self.infos[standard].offset;
                let from = start.at(year) - self.infos[standard].offset;
                let to = end.at(year) - self.infos[summer].offset;
                let now = if within(seconds, from, to) { summer } else { standard };
                let repeated = if gain > 0 { to..to + gain } else { from..from - gain };
                (now, repeated.contains(&seconds))
            }
        }
    }
}

/// Whether a moment lies in a part of the year that can go over New Year.
fn within(seconds: i64, from: i64, to: i64) -> bool {
    if from < to { (from..to).contains(&seconds) } else { !(to..from).contains(&seconds) }
}

/// Transitions in local time. A time that comes twice counts as after the transition only with a fold of 1, one that is
/// left out only with a fold of 1 as before.
fn local(raw: &Raw) -> [Vec<i64>; 2] {
    let mut both = [Vec::with_capacity(raw.utc.len()), Vec::with_capacity(raw.utc.len())];
    for (i, seconds) in raw.utc.iter().enumerate() {
        let now = raw.offsets[raw.kinds[i]];
        let earlier = match i {
            0 => raw.offsets[0],
            _ => raw.offsets[raw.kinds[i - 1]],
        };
        both[0].push(seconds.saturating_add(earlier.max(now)));
        both[1].push(seconds.saturating_add(earlier.min(now)));
    }
    both
}

/// How much of each offset is summer time. Files only say that some of it is: the standard time that it is compared with
/// is that before it, or else after it.
fn summers(raw: &Raw) -> Vec<i64> {
    let mut summers = vec![0; raw.offsets.len()];
    let wanted = raw.is_summer.iter().filter(|s| **s).count();
    let mut found = 0;
    for i in 1..raw.kinds.len() {
        if found == wanted {
            return summers;
        }
        let kind = raw.kinds[i];
        if !raw.is_summer[kind] || summers[kind] != 0 {
            continue;
        }
        let gain_over = |other: usize| raw.offsets[kind] - raw.offsets[other];
        let earlier = raw.kinds[i - 1];
        let mut gain = if raw.is_summer[earlier] { 0 } else { gain_over(earlier) };
        if gain == 0
            && kind + 1 < raw.offsets.len()
            && let Some(later) = raw.kinds.get(i + 1)
        {
            if raw.is_summer[*later] {
                continue;
            }
            gain = gain_over(*later);
        }
        if gain != 0 {
            found += 1;
            summers[kind] = gain;
        }
    }
    if found < wanted {
        for (summer, is_summer) in summers.iter_mut().zip(&raw.is_summer) {
            if *is_summer && *summer == 0 {
                *summer = 3600;
            }
        }
    }
    summers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone() -> Zone {
        let raw = Raw {
            utc: vec![100_000, 200_000],
            kinds: vec![1, 0],
            offsets: vec![0, 3600],
            is_summer: vec![false, true],
            names: vec!["GMT".to_owned(), "BST".to_owned()],
        };
        Zone::new(raw, None).expect("a zone")
    }

    #[test]
    fn local_times() {
        let zone = zone();
        let at = |seconds, fold| zone.at_local(seconds, 1970, fold);
        assert_eq!(zone.infos[1].summer, 3600);
        assert_eq!((at(99_999, 0), at(99_999, 1)), (Some(0), Some(0)));
        // Left out.
        assert_eq!((at(101_000, 0), at(101_000, 1)), (Some(0), Some(1)));
        // Comes twice.
        assert_eq!((at(201_000, 0), at(201_000, 1)), (Some(1), Some(0)));
        assert_eq!((at(204_000, 0), at(204_000, 1)), (Some(0), Some(0)));
    }

    #[test]
    fn from_utc() {
        let zone = zone();
        assert_eq!(zone.at_utc(0, 1970), Some((0, false)));
        assert_eq!(zone.at_utc(150_000, 1970), Some((1, false)));
        assert_eq!(zone.at_utc(200_000, 1970), Some((0, true)));
        assert_eq!(zone.at_utc(203_600, 1970), Some((0, false)));
    }
}
