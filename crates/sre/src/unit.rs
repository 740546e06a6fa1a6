//! Text as the matcher sees it: units of one, two or four bytes, each a whole character.

use memchr::memmem::Finder;

use crate::program::{Filter, Program};
use crate::set::{High, Single};

/// One character of a text.
pub(crate) trait Unit: Copy + Eq {
    /// Whether no character above 255 fits.
    const LATIN1: bool;
    fn code(self) -> u32;
    fn from_code(ch: u32) -> Option<Self>;
    fn find(text: &[Self], ch: Self) -> Option<usize>;
    fn find2(text: &[Self], a: Self, b: Self) -> Option<usize>;
    fn rfind(text: &[Self], ch: Self) -> Option<usize>;
    /// First place of one of two or three characters, all below 256.
    fn find_few(text: &[Self], few: &[u8]) -> Option<usize>;
    /// First place of a text, given as characters and, if they are all below 256, as a prepared search.
    fn find_prefix(text: &[Self], units: &[u32], latin1: Option<&Finder<'static>>) -> Option<usize>;
}

impl Unit for u8 {
    const LATIN1: bool = true;
    #[inline(always)]
    fn code(self) -> u32 {
        u32::from(self)
    }
    fn from_code(ch: u32) -> Option<u8> {
        u8::try_from(ch).ok()
    }
    fn find(text: &[u8], ch: u8) -> Option<usize> {
        memchr::memchr(ch, text)
    }
    fn find2(text: &[u8], a: u8, b: u8) -> Option<usize> {
        memchr::memchr2(a, b, text)
    }
    fn rfind(text: &[u8], ch: u8) -> Option<usize> {
        memchr::memrchr(ch, text)
    }
    fn find_few(text: &[u8], few: &[u8]) -> Option<usize> {
        match *few {
            [a, b] => memchr::memchr2(a, b, text),
            [a, b, c] => memchr::memchr3(a, b, c, text),
            _ => text.iter().position(|ch| few.contains(ch)),
        }
    }
    fn find_prefix(text: &[u8], _: &[u32], latin1: Option<&Finder<'static>>) -> Option<usize> {
        latin1?.find(text)
    }
}

/// First place in `text` that satisfies `test`; written so that sixteen units are tested at a time.
#[inline(always)]
fn find_wide<U: Copy>(text: &[U], test: impl Fn(U) -> bool) -> Option<usize> {
    let mut chunks = text.chunks_exact(16);
    for (n, chunk) in chunks.by_ref().enumerate() {
        if chunk.iter().fold(false, |any, &ch| any | test(ch)) {
            return chunk.iter().position(|&ch| test(ch)).map(|at| n * 16 + at);
        }
    }
    let rest = chunks.remainder();
    rest.iter().position(|&ch| test(ch)).map(|at| text.len() - rest.len() + at)
}

macro_rules! wide_unit {
    ($type:ty) => {
        impl Unit for $type {
            const LATIN1: bool = false;
            #[inline(always)]
            fn code(self) -> u32 {
                u32::from(self)
            }
            fn from_code(ch: u32) -> Option<$type> {
                <$type>::try_from(ch).ok()
            }
            fn find(text: &[$type], ch: $type) -> Option<usize> {
                find_wide(text, |c| c == ch)
            }
            fn find2(text: &[$type], a: $type, b: $type) -> Option<usize> {
                find_wide(text, |c| c == a || c == b)
            }
            fn rfind(text: &[$type], ch: $type) -> Option<usize> {
                text.iter().rposition(|&c| c == ch)
            }
            fn find_few(text: &[$type], few: &[u8]) -> Option<usize> {
                match *few {
                    [a, b] => {
                        let (a, b) = (<$type>::from(a), <$type>::from(b));
                        find_wide(text, |c| c == a || c == b)
                    }
                    [a, b, c] => {
                        let (x, y, z) = (<$type>::from(a), <$type>::from(b), <$type>::from(c));
                        find_wide(text, |c| c == x || c == y || c == z)
                    }
                    _ => text.iter().position(|&ch| u8::try_from(ch).is_ok_and(|ch| few.contains(&ch))),
                }
            }
            fn find_prefix(text: &[$type], units: &[u32], _: Option<&Finder<'static>>) -> Option<usize> {
                let (&first, others) = units.split_first()?;
                let first = <$type>::from_code(first)?;
                let mut at = 0;
                loop {
                    at += <$type>::find(text.get(at..)?, first)? + 1;
                    let next = text.get(at..at + others.len())?;
                    if next.iter().zip(others).all(|(ch, wanted)| ch.code() == *wanted) {
                        return Some(at - 1);
                    }
                }
            }
        }
    };
}

wide_unit!(u16);
wide_unit!(u32);

/// How many characters from the start of `text` on satisfy `what`.
#[inline]
pub(crate) fn run<U: Unit>(program: &Program, what: Single, text: &[U]) -> usize {
    let found = match what {
        Single::AnyAll => None,
        Single::Any => U::from_code(u32::from(b'\n')).and_then(|newline| U::find(text, newline)),
        Single::Lit(c) => match U::from_code(c) {
            Some(c) => text.iter().position(|&ch| ch != c),
            None => Some(0),
        },
        Single::NotLit(c) => U::from_code(c).and_then(|c| U::find(text, c)),
        Single::Class(id) => {
            let class = &program.sets.classes[id as usize];
            if U::LATIN1 {
                text.iter().position(|ch| !class.low[(ch.code() & 0xFF) as usize])
            } else {
                match class.high {
                    High::No => text.iter().position(|ch| !low(&class.low, ch.code(), false)),
                    High::Yes => text.iter().position(|ch| !low(&class.low, ch.code(), true)),
                    High::Range(lo, hi) => text.iter().position(|ch| {
                        let ch = ch.code();
                        !class.low.get(ch as usize).copied().unwrap_or(lo <= ch && ch <= hi)
                    }),
                    High::Category(_) | High::Lower(..) | High::Ask(..) => {
                        text.iter().position(|ch| !program.sets.class_accepts(class, ch.code()))
                    }
                }
            }
        }
        Single::Locale(_) => text.iter().position(|ch| !program.sets.accepts(what, ch.code())),
    };
    found.unwrap_or(text.len())
}

/// The first character of `text` that a class accepts.
pub(crate) fn find_class<U: Unit>(program: &Program, class: u32, text: &[U]) -> Option<usize> {
    let class = &program.sets.classes[class as usize];
    if U::LATIN1 {
        text.iter().position(|ch| class.low[(ch.code() & 0xFF) as usize])
    } else {
        text.iter().position(|ch| program.sets.class_accepts(class, ch.code()))
    }
}

#[inline(always)]
fn low(table: &[bool; 256], ch: u32, high: bool) -> bool {
    table.get(ch as usize).copied().unwrap_or(high)
}

/// Whether what stands behind `filter` has a chance at `at`. `text` ends where matching ends.
#[inline]
pub(crate) fn admits<U: Unit>(program: &Program, filter: Filter, text: &[U], at: usize) -> bool {
    match filter {
        Filter::Any => true,
        Filter::Lit(c) => text.get(at).is_some_and(|ch| ch.code() == c),
        Filter::Set(id) => {
            let set = &program.filters[id as usize];
            text.get(at).is_some_and(|ch| low(&set.low, ch.code(), set.high))
        }
    }
}

/// The last place from `from` to `to` where `filter` has a chance.
#[inline]
pub(crate) fn last_chance<U: Unit>(
    program: &Program,
    filter: Filter,
    text: &[U],
    from: usize,
    to: usize,
) -> Option<usize> {
    match filter {
        Filter::Any => Some(to),
        Filter::Lit(c) => {
            let c = U::from_code(c)?;
            let window = &text[from..text.len().min(to + 1)];
            // Most often it is near the end; only a longer way back is worth a call.
            let (far, near) = window.split_at(window.len().saturating_sub(8));
            match near.iter().rposition(|&ch| ch == c) {
                Some(at) => Some(from + far.len() + at),
                None => U::rfind(far, c).map(|at| from + at),
            }
        }
        Filter::Set(id) => {
            let set = &program.filters[id as usize];
            let window = &text[from..text.len().min(to + 1)];
            window.iter().rposition(|ch| low(&set.low, ch.code(), set.high)).map(|at| from + at)
        }
    }
}

/// The first place from `at` to `limit` where `filter` has a chance, all characters up to there satisfying `what`.
#[inline]
pub(crate) fn next_chance<U: Unit>(
    program: &Program,
    what: Single,
    filter: Filter,
    text: &[U],
    mut at: usize,
    limit: usize,
) -> Option<usize> {
    if let (Filter::Lit(c), Single::Any | Single::AnyAll) = (filter, what) {
        let c = U::from_code(c)?;
        let newline = U::from_code(u32::from(b'\n'))?;
        let window = text.get(at..text.len().min(limit.saturating_add(1)))?;
        let found = if what == Single::Any { U::find2(window, c, newline) } else { U::find(window, c) }?;
        return if window[found] == c { Some(at + found) } else { None };
    }
    loop {
        if admits(program, filter, text, at) {
            return Some(at);
        }
        if at >= limit || !text.get(at).is_some_and(|ch| program.sets.accepts(what, ch.code())) {
            return None;
        }
        at += 1;
    }
}
