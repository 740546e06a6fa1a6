//! Names of characters, and characters by name.
//!
//! Names that end in the code point's number are ranges (`tables/name_runs.rs`), Hangul syllables are computed. The
//! rest are phrases over a dictionary of words, in blocks of 16 code points; byte 0 ends a phrase. A word is one byte
//! for the commonest, two from `LONG` on. Words are joined by spaces, except behind one that ends in a hyphen or space.
//! Looking up goes by a perfect hash (hash and displace) to the block, whose phrases are then compared: the hash table
//! costs two bytes a name and holds no text. Aliases and named sequences are sorted lines of text: name, code
//! points, and the private-use code point under which CPython files them.

use crate::props::table;
use crate::units::Units;

#[path = "tables/name_runs.rs"]
mod runs;

static WORDS: &[u8] = include_bytes!("tables/name_words.bin");
static PHRASES: &[u8] = include_bytes!("tables/name_phrases.bin");
static EXTRA: &str = include_str!("tables/name_extra.txt");
table!(STARTS, u32s, u32, 4, "tables/name_starts.bin");
table!(BLOCKS, u16s, u16, 2, "tables/name_blocks.bin");
table!(OFFSETS, u32s, u32, 4, "tables/name_offsets.bin");
table!(SHIFTS, u16s, u16, 2, "tables/name_shifts.bin");
table!(SLOTS, u16s, u16, 2, "tables/name_slots.bin");

/// The first byte of a two-byte word number; `tools/make_tables.py` prints it.
const LONG: u8 = 208;
/// Longer names are refused before they are looked at ("name too long").
pub const MAX_NAME: usize = 256;

const LEADS: [&str; 19] =
    ["G", "GG", "N", "D", "DD", "R", "M", "B", "BB", "S", "SS", "", "J", "JJ", "C", "K", "T", "P", "H"];
const VOWELS: [&str; 21] = [
    "A", "AE", "YA", "YAE", "EO", "E", "YEO", "YE", "O", "WA", "WAE", "OE", "YO", "U", "WEO", "WE", "WI", "YU", "EU",
    "YI", "I",
];
const TAILS: [&str; 28] = [
    "", "G", "GG", "GS", "N", "NJ", "NH", "D", "L", "LG", "LM", "LB", "LS", "LT", "LP", "LH", "M", "B", "BS", "S",
    "SS", "NG", "J", "C", "K", "T", "P", "H",
];

fn word(number: usize) -> impl Iterator<Item = u8> {
    let mut at = STARTS.get(number / 16).map_or(WORDS.len(), |&s| s as usize);
    for _ in 0..number % 16 {
        at += WORDS[at..].iter().position(|b| b & 0x80 != 0).map_or(0, |n| n + 1);
    }
    let len = WORDS[at..].iter().position(|b| b & 0x80 != 0).map_or(0, |n| n + 1);
    WORDS[at..at + len].iter().map(|b| b & 0x7F)
}

/// Reads the phrase at `at` into `out` (no further than needed, if `out` is not wanted) and answers where the next is.
fn read_phrase(mut at: usize, mut out: Option<&mut String>) -> usize {
    loop {
        let byte = PHRASES.get(at).copied().unwrap_or(0);
        at += 1;
        let number = match byte {
            0 => return at,
            LONG.. => {
                let low = PHRASES.get(at).copied().unwrap_or(0);
                at += 1;
                (((byte - LONG) as usize) << 8 | low as usize) + LONG as usize - 1
            }
            _ => byte as usize - 1,
        };
        if let Some(text) = out.as_deref_mut() {
            if !text.is_empty() && !text.ends_with(['-', ' ']) {
                text.push(' ');
            }
            text.extend(word(number).map(char::from));
        }
    }
}

/// `unicodedata.name`, which knows no aliases.
pub fn name(c: u32) -> Option<String> {
    if let Some(s) = c.checked_sub(0xAC00).filter(|&s| s < 11172) {
        let s = s as usize;
        return Some(format!("HANGUL SYLLABLE {}{}{}", LEADS[s / 588], VOWELS[s % 588 / 28], TAILS[s % 28]));
    }
    let block = BLOCKS.binary_search(&u16::try_from(c >> 4).ok()?).ok();
    let mut out = String::with_capacity(48);
    if let Some(block) = block {
        let end = OFFSETS.get(block + 1).map_or(PHRASES.len(), |&o| o as usize);
        let mut at = OFFSETS[block] as usize;
        for _ in 0..c & 15 {
            at = read_phrase(at, None);
        }
        if at < end {
            read_phrase(at, Some(&mut out));
        }
    }
    if out.is_empty() {
        let run = runs::NAMED.iter().find(|r| r.1 <= c && c <= r.2)?;
        return Some(format!("{}{c:04X}", run.0));
    }
    Some(out)
}

fn hangul(syllable: &str) -> Option<u32> {
    // The longest part that fits, each time.
    fn part<const N: usize>(rest: &mut &str, parts: &[&str; N]) -> Option<u32> {
        let (i, found) =
            parts.iter().enumerate().filter(|(_, p)| rest.starts_with(**p)).max_by_key(|(_, p)| p.len())?;
        *rest = &rest[found.len()..];
        Some(i as u32)
    }
    let mut rest = syllable;
    let (l, v, t) = (part(&mut rest, &LEADS)?, part(&mut rest, &VOWELS)?, part(&mut rest, &TAILS)?);
    rest.is_empty().then_some(0xAC00 + (l * 21 + v) * 28 + t)
}

/// A number in upper-case hexadecimal as names have it: four or five digits, no superfluous zero.
fn number(digits: &str) -> Option<u32> {
    let valid = matches!(digits.len(), 4 | 5) && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let code = u32::from_str_radix(digits, 16).ok().filter(|_| valid)?;
    (format!("{code:04X}").len() == digits.len()).then_some(code)
}

fn hashed(name: &str) -> Option<u32> {
    let mut h = 0xCBF2_9CE4_8422_2325u64;
    for b in name.bytes() {
        h = (h ^ u64::from(b)).wrapping_mul(0x100_0000_01B3);
    }
    let shift = SHIFTS[(h >> 40) as usize % SHIFTS.len()];
    let mixed = h ^ u64::from(shift).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let slot = (mixed.wrapping_mul(0xFF51_AFD7_ED55_8CCD) >> 33) as usize % SLOTS.len();
    let block = SLOTS[slot] as usize;
    let mut at = *OFFSETS.get(block)? as usize;
    let end = OFFSETS.get(block + 1).map_or(PHRASES.len(), |&o| o as usize);
    let base = u32::from(*BLOCKS.get(block)?) << 4;
    let mut text = String::with_capacity(MAX_NAME);
    for i in 0..16 {
        if at >= end {
            break;
        }
        text.clear();
        at = read_phrase(at, Some(&mut text));
        if text == name {
            return Some(base + i);
        }
    }
    None
}

/// What the error handler `namereplace` shows. CPython keeps aliases and sequences at private-use code points, and
/// this handler, unlike [`name`], lets that be seen.
pub fn replacement_name(c: u32) -> Option<String> {
    if !matches!(c, 0xF0000..=0xF0FFF) {
        return name(c);
    }
    let place = format!(";{c:X}");
    EXTRA.lines().find(|l| l.ends_with(&place)).and_then(|l| l.split(';').next()).map(str::to_owned)
}

/// The code points of `name` among the aliases and sequences.
fn extra(name: &str) -> Option<&'static str> {
    let (mut low, mut high) = (0, EXTRA.len());
    while low < high {
        let mid = (low + high) / 2;
        let start = EXTRA[..mid].rfind('\n').map_or(0, |i| i + 1);
        let end = EXTRA[mid..].find('\n').map_or(EXTRA.len(), |i| mid + i);
        let (found, rest) = EXTRA[start..end].split_once(';')?;
        let codes = rest.split_once(';')?.0;
        match found.cmp(name) {
            std::cmp::Ordering::Equal => return Some(codes),
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

fn folded(name: Units<'_>) -> Option<String> {
    (name.len() <= MAX_NAME).then_some(())?;
    name.iter().map(|c| u8::try_from(c).ok().filter(u8::is_ascii).map(|b| char::from(b.to_ascii_uppercase()))).collect()
}

fn single(name: &str) -> Option<u32> {
    if let Some(syllable) = name.strip_prefix("HANGUL SYLLABLE ") {
        return hangul(syllable);
    }
    if let Some(dash) = name.rfind('-')
        && let Some(code) = number(&name[dash + 1..])
        && let mut all = runs::NAMED.iter().chain(runs::LOOKUP_ONLY)
        && all.any(|r| r.0 == &name[..=dash] && r.1 <= code && code <= r.2)
    {
        return Some(code);
    }
    hashed(name)
}

fn codes(line: &str) -> impl Iterator<Item = u32> {
    line.split(' ').filter_map(|h| u32::from_str_radix(h, 16).ok())
}

/// The one character of that name or alias: what `\N{...}` accepts. Upper and lower case are the same.
pub fn lookup_char(name: Units<'_>) -> Option<u32> {
    let name = folded(name)?;
    single(&name).or_else(|| extra(&name).filter(|l| !l.contains(' ')).and_then(|l| codes(l).next()))
}

/// The character of that name, which is no alias.
pub fn lookup_name(name: Units<'_>) -> Option<u32> {
    single(&folded(name)?)
}

/// `unicodedata.lookup`: a character by name or alias, or a named sequence. Without one the caller says
/// "undefined character name '...'".
pub fn lookup(name: Units<'_>) -> Option<Vec<u32>> {
    let name = folded(name)?;
    match single(&name) {
        Some(c) => Some(vec![c]),
        None => extra(&name).map(|l| codes(l).collect()),
    }
}
