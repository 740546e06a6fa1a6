//! Character sets: the bodies of `IN`, decoded, and the classes made of them.
//!
//! A *class* is a set with the way to fold a character before asking it. Its answers for the first 256 characters
//! are worked out once; for the others the items are asked in order. What depends on the locale is never worked out
//! beforehand, since the locale may change between two matches of the same pattern.

use std::collections::HashMap;

use crate::chars::{self, Fold, Locale, in_category};
use crate::constants::{category, op};
use crate::program::InvalidCode;

/// One item of a set. Indices point into [`Sets::words`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Item {
    Negate,
    Literal(u32),
    Range(u32, u32),
    RangeIgnore(u32, u32),
    Category(u32),
    /// Eight words: a bitmap of the first 256 characters.
    Bitmap(u32),
    /// 64 words that map the high byte of a 16-bit character to a block, then blocks of eight words.
    BigBitmap(u32),
}

/// What a class says of characters from 256 on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum High {
    No,
    Yes,
    Range(u32, u32),
    Category(u32),
    /// Compare the lowercase character; `.1` to negate.
    Lower(u32, bool),
    /// Ask the items from `.0` to `.1`.
    Ask(u32, u32, Fold),
}

pub(crate) struct Class {
    pub(crate) low: [bool; 256],
    pub(crate) high: High,
}

/// A test that depends on the locale of the moment.
#[derive(Clone, Copy)]
pub(crate) enum LocaleTest {
    Literal { ch: u32, negate: bool },
    Set { from: u32, to: u32, ignore_case: bool },
}

/// A test of one character.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Single {
    Any,
    AnyAll,
    Lit(u32),
    NotLit(u32),
    Class(u32),
    Locale(u32),
}

/// All sets of a program.
pub(crate) struct Sets {
    pub(crate) locale: &'static Locale,
    pub(crate) classes: Vec<Class>,
    locale_tests: Vec<LocaleTest>,
    items: Vec<Item>,
    words: Vec<u32>,
}

impl Sets {
    pub(crate) fn new(locale: &'static Locale) -> Sets {
        Sets { locale, classes: Vec::new(), locale_tests: Vec::new(), items: Vec::new(), words: Vec::new() }
    }

    /// Whether `what` accepts `ch`.
    #[inline]
    pub(crate) fn accepts(&self, what: Single, ch: u32) -> bool {
        match what {
            Single::Any => ch != u32::from(b'\n'),
            Single::AnyAll => true,
            Single::Lit(c) => ch == c,
            Single::NotLit(c) => ch != c,
            Single::Class(id) => self.class_accepts(&self.classes[id as usize], ch),
            Single::Locale(id) => self.locale_accepts(id, ch),
        }
    }

    #[inline]
    pub(crate) fn class_accepts(&self, class: &Class, ch: u32) -> bool {
        match u8::try_from(ch) {
            Ok(b) => class.low[usize::from(b)],
            Err(_) => self.high_accepts(class.high, ch),
        }
    }

    pub(crate) fn high_accepts(&self, high: High, ch: u32) -> bool {
        match high {
            High::No => false,
            High::Yes => true,
            High::Range(lo, hi) => lo <= ch && ch <= hi,
            High::Lower(wanted, negate) => negate != (Fold::Unicode.apply(self.locale, ch) == wanted),
            High::Category(code) => in_category(self.locale, code, ch),
            High::Ask(from, to, fold) => self.contains(from, to, fold.apply(self.locale, ch)),
        }
    }

    #[cold]
    fn locale_accepts(&self, id: u32, ch: u32) -> bool {
        let lower = |ch| chars::locale_map(self.locale.lower, ch);
        let upper = |ch| chars::locale_map(self.locale.upper, ch);
        match self.locale_tests[id as usize] {
            LocaleTest::Literal { ch: wanted, negate } => {
                negate != (ch == wanted || lower(ch) == wanted || upper(ch) == wanted)
            }
            LocaleTest::Set { from, to, ignore_case: false } => self.contains(from, to, ch),
            LocaleTest::Set { from, to, ignore_case: true } => {
                let (lo, up) = (lower(ch), upper(ch));
                let in_lower = self.contains(from, to, lo);
                if up == lo || in_lower != (self.items.get(from as usize) == Some(&Item::Negate)) {
                    in_lower
                } else {
                    self.contains(from, to, up)
                }
            }
        }
    }

    /// Asks the items in order: the first that applies decides, by the number of negations before it.
    fn contains(&self, from: u32, to: u32, ch: u32) -> bool {
        let mut found = true;
        for item in &self.items[from as usize..to as usize] {
            let hit = match *item {
                Item::Negate => {
                    found = !found;
                    false
                }
                Item::Literal(c) => ch == c,
                Item::Range(lo, hi) => lo <= ch && ch <= hi,
                Item::RangeIgnore(lo, hi) => {
                    (lo <= ch && ch <= hi) || {
                        let up = taipan_text::props::simple_upper(ch);
                        lo <= up && up <= hi
                    }
                }
                Item::Category(code) => in_category(self.locale, code, ch),
                Item::Bitmap(at) => ch < 256 && self.bit(at as usize, ch),
                Item::BigBitmap(at) => {
                    ch < 65_536 && {
                        let map = at as usize;
                        let block = self.words[map + (ch >> 10) as usize] >> (((ch >> 8) & 3) * 8) & 0xFF;
                        self.bit(map + 64 + block as usize * 8, ch & 0xFF)
                    }
                }
            };
            if hit {
                return found;
            }
        }
        !found
    }

    fn bit(&self, at: usize, ch: u32) -> bool {
        self.words[at + (ch >> 5) as usize] >> (ch & 31) & 1 != 0
    }

    /// The characters below 256 that `what` may accept, and whether it may accept any other.
    pub(crate) fn extent(&self, what: Single) -> ([bool; 256], bool) {
        let mut low = [false; 256];
        let high = match what {
            Single::Any => {
                low.fill(true);
                low[usize::from(b'\n')] = false;
                true
            }
            Single::AnyAll | Single::Locale(_) => {
                low.fill(true);
                true
            }
            Single::Lit(c) => match low.get_mut(c as usize) {
                Some(slot) => {
                    *slot = true;
                    false
                }
                None => true,
            },
            Single::NotLit(c) => {
                low.fill(true);
                if let Some(slot) = low.get_mut(c as usize) {
                    *slot = false;
                }
                true
            }
            Single::Class(id) => {
                let class = &self.classes[id as usize];
                low = class.low;
                class.high != High::No
            }
        };
        (low, high)
    }
}

/// Builds [`Sets`], giving equal sets the same class.
pub(crate) struct SetBuilder {
    pub(crate) sets: Sets,
    known: HashMap<(Fold, Vec<u32>), Single>,
}

impl SetBuilder {
    pub(crate) fn new(locale: &'static Locale) -> SetBuilder {
        SetBuilder { sets: Sets::new(locale), known: HashMap::new() }
    }

    /// Decodes the words of an `IN` operator after its skip, up to and with the closing `FAILURE`.
    pub(crate) fn set(&mut self, code: &[u32], fold: Fold) -> Result<Single, InvalidCode> {
        if fold == Fold::None {
            match *code {
                [op::LITERAL, c, op::FAILURE] => return Ok(Single::Lit(c)),
                [op::NEGATE, op::LITERAL, c, op::FAILURE] => return Ok(Single::NotLit(c)),
                _ => {}
            }
        }
        let key = (fold, code.to_vec());
        if let Some(&known) = self.known.get(&key) {
            return Ok(known);
        }
        let from = self.sets.items.len();
        self.items(code)?;
        let to = self.sets.items.len();
        let single = self.finish(from, to, fold);
        self.known.insert(key, single);
        Ok(single)
    }

    /// A single category.
    pub(crate) fn category(&mut self, code: u32) -> Result<Single, InvalidCode> {
        self.set(&[op::CATEGORY, code, op::FAILURE], Fold::None)
    }

    /// `LITERAL` and `NOT_LITERAL` in their plain and case-folding forms.
    pub(crate) fn literal(&mut self, ch: u32, negate: bool, fold: Fold) -> Single {
        match fold {
            Fold::None if negate => Single::NotLit(ch),
            Fold::None => Single::Lit(ch),
            Fold::Locale => self.locale(LocaleTest::Literal { ch, negate }),
            Fold::Ascii | Fold::Unicode => {
                let words = [op::NEGATE, op::LITERAL, ch, op::FAILURE];
                // Two literals and a negation are always a valid set.
                self.set(&words[usize::from(!negate)..], fold).unwrap_or(Single::Lit(ch))
            }
        }
    }

    fn locale(&mut self, test: LocaleTest) -> Single {
        self.sets.locale_tests.push(test);
        Single::Locale((self.sets.locale_tests.len() - 1) as u32)
    }

    fn items(&mut self, code: &[u32]) -> Result<(), InvalidCode> {
        let mut at = 0;
        loop {
            let word = |n: usize| code.get(at + n).copied().ok_or(InvalidCode);
            let (item, used) = match word(0)? {
                op::FAILURE => return if at + 1 == code.len() { Ok(()) } else { Err(InvalidCode) },
                op::NEGATE => (Item::Negate, 1),
                op::LITERAL => (Item::Literal(word(1)?), 2),
                op::RANGE => (Item::Range(word(1)?, word(2)?), 3),
                op::RANGE_UNI_IGNORE => (Item::RangeIgnore(word(1)?, word(2)?), 3),
                op::CATEGORY => {
                    let category = word(1)?;
                    if category > category::UNI_NOT_LINEBREAK {
                        return Err(InvalidCode);
                    }
                    (Item::Category(category), 2)
                }
                op::CHARSET => {
                    let bits = code.get(at + 1..at + 9).ok_or(InvalidCode)?;
                    (Item::Bitmap(self.keep(bits)), 9)
                }
                op::BIGCHARSET => {
                    let blocks = word(1)? as usize;
                    if blocks > 256 {
                        return Err(InvalidCode);
                    }
                    let size = 64 + blocks * 8;
                    let words = code.get(at + 2..at + 2 + size).ok_or(InvalidCode)?;
                    let in_range = |w: &u32| w.to_le_bytes().iter().all(|&b| usize::from(b) < blocks);
                    if !words[..64].iter().all(in_range) {
                        return Err(InvalidCode);
                    }
                    (Item::BigBitmap(self.keep(words)), 2 + size)
                }
                _ => return Err(InvalidCode),
            };
            self.sets.items.push(item);
            at += used;
        }
    }

    fn keep(&mut self, words: &[u32]) -> u32 {
        let at = self.sets.words.len() as u32;
        self.sets.words.extend_from_slice(words);
        at
    }

    fn finish(&mut self, from: usize, to: usize, fold: Fold) -> Single {
        let items = &self.sets.items[from..to];
        let locale = |i: &Item| matches!(i, Item::Category(c) if chars::is_locale_category(*c));
        let (first, last) = (from as u32, to as u32);
        if fold == Fold::Locale || items.iter().any(locale) {
            let ignore_case = fold == Fold::Locale;
            return self.locale(LocaleTest::Set { from: first, to: last, ignore_case });
        }
        let below_256 = |i: &Item| match *i {
            Item::Negate | Item::Bitmap(_) => true,
            Item::Literal(c) => c < 256,
            Item::Range(_, hi) => hi < 256,
            Item::Category(c) => c <= category::WORD && c % 2 == 0,
            Item::RangeIgnore(..) | Item::BigBitmap(_) => false,
        };
        let negations = items.iter().filter(|i| **i == Item::Negate).count();
        let high = match (items, fold) {
            _ if fold != Fold::Unicode && items.iter().all(below_256) => {
                if negations % 2 == 1 {
                    High::Yes
                } else {
                    High::No
                }
            }
            (&[Item::Range(lo, hi)], Fold::None) => High::Range(lo, hi),
            // Any but the ASCII digits, spaces, letters.
            (&[Item::Category(code)], Fold::None) if code <= category::NOT_WORD => High::Yes,
            (&[Item::Category(code)], Fold::None) => High::Category(code),
            (&[Item::Literal(ch)], Fold::Unicode) => High::Lower(ch, false),
            (&[Item::Negate, Item::Literal(ch)], Fold::Unicode) => High::Lower(ch, true),
            _ => High::Ask(first, last, fold),
        };
        let mut low = [false; 256];
        for (ch, slot) in (0..).zip(&mut low) {
            *slot = self.sets.contains(first, last, fold.apply(self.sets.locale, ch));
        }
        self.sets.classes.push(Class { low, high });
        Single::Class((self.sets.classes.len() - 1) as u32)
    }
}
