//! Substring search. Byte in byte goes to `memchr::memmem`; other pairs of widths compare code points directly, so a
//! needle is never converted: a scan for its last unit first, and the two-way algorithm (Crochemore and Perrin, 1991)
//! once the scan has cost more than it should, which keeps the whole linear.

use crate::byte_search::find_byte;
use crate::units::{Unit, Units};
use crate::with_units;
use memchr::memmem;

/// A needle prepared for repeated searching in texts of unit `H`.
struct Finder<'n, H: Unit, N: Unit> {
    needle: &'n [N],
    /// The last unit, as the haystack's unit; a needle that does not fit the haystack's unit has none.
    last: Option<H>,
    two_way: Option<TwoWay>,
}

/// What the two-way algorithm knows about a needle.
#[derive(Clone, Copy)]
struct TwoWay {
    critical: usize,
    period: usize,
    /// The needle really has this period, so what is known to match carries over.
    periodic: bool,
}

impl TwoWay {
    fn new<N: Unit>(n: &[N]) -> TwoWay {
        let (a, p) = maximal_suffix(n, false);
        let (b, q) = maximal_suffix(n, true);
        let (critical, period) = if a > b { (a, p) } else { (b, q) };
        if critical + period <= n.len() && n[..critical] == n[period..period + critical] {
            TwoWay { critical, period, periodic: true }
        } else {
            TwoWay { critical, period: critical.max(n.len() - critical) + 1, periodic: false }
        }
    }

    fn find<H: Unit, N: Unit>(self, hay: &[H], n: &[N]) -> Option<usize> {
        let (mut at, mut known) = (0, 0);
        'window: while at + n.len() <= hay.len() {
            let window = &hay[at..at + n.len()];
            let from = if self.periodic { self.critical.max(known) } else { self.critical };
            for i in from..n.len() {
                if window[i].code() != n[i].code() {
                    at += i - self.critical + 1;
                    known = 0;
                    continue 'window;
                }
            }
            for i in (known.min(self.critical)..self.critical).rev() {
                if window[i].code() != n[i].code() {
                    at += self.period;
                    known = if self.periodic { n.len() - self.period } else { 0 };
                    continue 'window;
                }
            }
            return Some(at);
        }
        None
    }
}

/// The start of the greatest suffix (in the order of the units, or its reverse) and its period.
fn maximal_suffix<N: Unit>(n: &[N], reversed: bool) -> (usize, usize) {
    let (mut left, mut right, mut offset, mut period) = (0, 1, 0, 1);
    while let Some(&a) = n.get(right + offset) {
        let b = n[left + offset];
        if if reversed { a > b } else { a < b } {
            right += offset + 1;
            offset = 0;
            period = right - left;
        } else if a == b {
            if offset + 1 == period {
                right += offset + 1;
                offset = 0;
            } else {
                offset += 1;
            }
        } else {
            left = right;
            right += 1;
            offset = 0;
            period = 1;
        }
    }
    (left, period)
}

/// How many places where its first byte stands are looked at before a searcher is prepared for a needle.
const ATTEMPTS: usize = 8;

/// In so many bytes a needle is looked for place by place: starting anything cleverer takes longer.
const SHORT: usize = 24;

/// Where a needle of two bytes or more first lies in a short text.
#[inline]
fn find_in_short(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let (&first, rest) = needle.split_first()?;
    let last = hay.len().checked_sub(needle.len())?;
    (0..=last).find(|&i| hay[i] == first && equal_bytes(&hay[i + 1..i + needle.len()], rest))
}

/// Whether two texts of one length are equal; short ones are compared here.
#[inline(always)]
fn equal_bytes(a: &[u8], b: &[u8]) -> bool {
    if b.len() <= 8 { a.iter().zip(b).all(|(a, b)| a == b) } else { a == b }
}

/// Where a needle of two bytes or more first lies. Preparing a searcher takes as long as looking through a few hundred
/// bytes, so the first places are tried one by one.
fn find_bytes(hay: &[u8], needle: &[u8]) -> Option<usize> {
    if hay.len() <= SHORT {
        return find_in_short(hay, needle);
    }
    let mut from = 0;
    let last = hay.len().checked_sub(needle.len())?;
    for _ in 0..ATTEMPTS {
        let i = from + find_byte(needle[0], &hay[from..=last])?;
        if equal_bytes(&hay[i + 1..i + needle.len()], &needle[1..]) {
            return Some(i);
        }
        from = i + 1;
        if from > last {
            return None;
        }
    }
    memmem::find(&hay[from..], needle).map(|i| from + i)
}

#[inline]
fn same<H: Unit, N: Unit>(hay: &[H], needle: &[N]) -> bool {
    hay.len() == needle.len()
        && match (H::as_bytes(hay), N::as_bytes(needle)) {
            // Most differ at once.
            (Some(a), Some(b)) => a.first() == b.first() && a == b,
            _ => hay.iter().zip(needle).all(|(a, b)| a.code() == b.code()),
        }
}

impl<'n, H: Unit, N: Unit> Finder<'n, H, N> {
    /// The needle is not empty, and one of the two texts is not of bytes.
    fn new(needle: &'n [N]) -> Finder<'n, H, N> {
        let fits = N::MAX <= H::MAX || needle.iter().all(|u| u.code() <= H::MAX);
        let last = needle.last().filter(|_| fits).map(|u| H::truncated(u.code()));
        Finder { needle, last, two_way: None }
    }

    fn find(&mut self, hay: &[H]) -> Option<usize> {
        let last = self.last?;
        let m = self.needle.len();
        if m > hay.len() {
            return None;
        }
        if m == 1 {
            return last.position(hay);
        }
        if let Some(two_way) = self.two_way {
            return two_way.find(hay, self.needle);
        }
        let (head, mut end, mut work) = (&self.needle[..m - 1], m - 1, 0);
        while let Some(i) = last.position(&hay[end..]) {
            end += i;
            let window = &hay[end + 1 - m..end];
            match window.iter().zip(head).position(|(a, b)| a.code() != b.code()) {
                None => return Some(end + 1 - m),
                Some(matched) => work += matched + 1,
            }
            end += 1;
            if work > 4 * end + 512 {
                let two_way = TwoWay::new(self.needle);
                self.two_way = Some(two_way);
                let from = end + 1 - m;
                return two_way.find(&hay[from..], self.needle).map(|i| from + i);
            }
        }
        None
    }
}

fn rfind_units<H: Unit, N: Unit>(hay: &[H], needle: &[N]) -> Option<usize> {
    if needle.iter().any(|u| u.code() > H::MAX) || needle.len() > hay.len() {
        return None;
    }
    let (first, rest) = needle.split_first()?;
    let first = H::truncated(first.code());
    if let (Some(h), Some(n)) = (H::as_bytes(hay), N::as_bytes(needle))
        && !rest.is_empty()
    {
        return memmem::rfind(h, n);
    }
    let mut end = hay.len() - rest.len();
    while let Some(i) = first.rposition(&hay[..end]) {
        if same(&hay[i + 1..i + 1 + rest.len()], rest) {
            return Some(i);
        }
        end = i;
    }
    None
}

/// Where `needle` first lies within `start..end`. An empty needle is found at `start`, if that is not past `end`.
pub fn find(hay: Units<'_>, needle: Units<'_>, start: usize, end: usize) -> Option<usize> {
    let end = end.min(hay.len());
    if start > end || needle.len() > end - start {
        return None;
    }
    if needle.is_empty() {
        return Some(start);
    }
    if let (Some(h), Some(n)) = (hay.as_bytes(), needle.as_bytes()) {
        let h = &h[start..end];
        let found = if let [one] = n { find_byte(*one, h) } else { find_bytes(h, n) };
        return found.map(|i| i + start);
    }
    with_units!(hay, h => with_units!(needle, n => Finder::new(n).find(&h[start..end]))).map(|i| i + start)
}

/// Where `needle` last lies within `start..end`. An empty needle is found at `end`.
pub fn rfind(hay: Units<'_>, needle: Units<'_>, start: usize, end: usize) -> Option<usize> {
    let end = end.min(hay.len());
    if start > end || needle.len() > end - start {
        return None;
    }
    if needle.is_empty() {
        return Some(end);
    }
    with_units!(hay, h => with_units!(needle, n => rfind_units(&h[start..end], n))).map(|i| i + start)
}

/// Whether `needle` occurs.
#[inline]
pub fn contains(hay: Units<'_>, needle: Units<'_>) -> bool {
    find(hay, needle, 0, hay.len()).is_some()
}

/// How often `needle` occurs within `start..end` without overlap; an empty one between all code points.
pub fn count(hay: Units<'_>, needle: Units<'_>, start: usize, end: usize) -> usize {
    let end = end.min(hay.len());
    if start > end {
        return 0;
    }
    if needle.is_empty() {
        return end - start + 1;
    }
    if let (Some(h), Some([b])) = (hay.as_bytes(), needle.as_bytes()) {
        return memchr::memchr_iter(*b, &h[start..end]).count();
    }
    let mut n = 0;
    for_each(hay.slice(start..end), needle, usize::MAX, |_| n += 1);
    n
}

/// Calls `found` with the start of each occurrence, left to right without overlap, `limit` at most. The needle is not
/// empty (an empty one is never found).
pub fn for_each(hay: Units<'_>, needle: Units<'_>, limit: usize, mut found: impl FnMut(usize)) {
    fn run<H: Unit, N: Unit>(h: &[H], n: &[N], limit: usize, found: &mut dyn FnMut(usize)) {
        if n.is_empty() {
            return;
        }
        let mut finder = Finder::new(n);
        let (mut at, mut any) = (0, false);
        for _ in 0..limit {
            // Occurrences often follow each other.
            let next = any && h.get(at..at + n.len()).is_some_and(|window| same(window, n));
            let Some(i) = (if next { Some(0) } else { finder.find(&h[at..]) }) else { break };
            any = true;
            found(at + i);
            at += i + n.len();
        }
    }
    match (hay.as_bytes(), needle.as_bytes()) {
        (Some(h), Some([b])) => for_each_byte(h, *b, limit, found),
        (Some(h), Some(n)) => for_each_bytes(h, n, limit, found),
        _ => with_units!(hay, h => with_units!(needle, n => run(h, n, limit, &mut found))),
    }
}

/// The same for several bytes.
#[inline]
fn for_each_bytes(hay: &[u8], needle: &[u8], limit: usize, mut found: impl FnMut(usize)) {
    let Some(last) = hay.len().checked_sub(needle.len()).filter(|_| !needle.is_empty()) else { return };
    let (mut at, mut finder) = (0, None);
    for _ in 0..limit {
        if at > last {
            return;
        }
        // Occurrences often follow each other.
        let near = &hay[at..hay.len().min(at + SHORT)];
        let next = match find_in_short(near, needle) {
            Some(i) => Some(i),
            None if near.len() < SHORT => None,
            None => {
                // What may begin in here ends beyond it.
                let from = at + SHORT + 1 - needle.len().min(SHORT + 1);
                let finder = finder.get_or_insert_with(|| memmem::Finder::new(needle));
                finder.find(&hay[from..]).map(|i| i + from - at)
            }
        };
        let Some(i) = next else { return };
        found(at + i);
        at += i + needle.len();
    }
}

/// The same for a byte. Where it is frequent, starting a search for each takes longer than looking at eight bytes at a time.
#[inline]
fn for_each_byte(hay: &[u8], byte: u8, mut limit: usize, mut found: impl FnMut(usize)) {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    const ALL: u64 = 0x0101_0101_0101_0101;
    /// Chunks without the byte after which the next one is searched for.
    const PATIENCE: u32 = 8;
    let (mut at, mut without) = (0, 0);
    while limit > 0 {
        let Some(chunk) = hay[at..].first_chunk::<8>() else {
            let rest = hay[at..].iter().enumerate().filter(|(_, b)| **b == byte);
            return rest.take(limit).for_each(|(i, _)| found(at + i));
        };
        let different = u64::from_le_bytes(*chunk) ^ (ALL * u64::from(byte));
        // The high bit of each byte that is zero.
        let mut places = !(((different & LOW) + LOW) | different | LOW);
        if places == 0 {
            without += 1;
            at += 8;
            if without == PATIENCE {
                without = 0;
                match memchr::memchr(byte, &hay[at..]) {
                    Some(i) => at += i,
                    None => return,
                }
            }
            continue;
        }
        without = 0;
        while places != 0 && limit > 0 {
            found(at + places.trailing_zeros() as usize / 8);
            places &= places - 1;
            limit -= 1;
        }
        at += 8;
    }
}

/// Whether `hay[start..end]` begins with `prefix`.
pub fn starts_with(hay: Units<'_>, prefix: Units<'_>, start: usize, end: usize) -> bool {
    let end = end.min(hay.len());
    if start > end || prefix.len() > end - start {
        return false;
    }
    with_units!(hay, h => with_units!(prefix, p => same(&h[start..start + p.len()], p)))
}

/// Whether `hay[start..end]` ends with `suffix`.
pub fn ends_with(hay: Units<'_>, suffix: Units<'_>, start: usize, end: usize) -> bool {
    let end = end.min(hay.len());
    if start > end || suffix.len() > end - start {
        return false;
    }
    with_units!(hay, h => with_units!(suffix, p => same(&h[end - p.len()..end], p)))
}
