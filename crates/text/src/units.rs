//! Borrowed text in one of PEP 393's widths.

use std::cmp::Ordering;
use std::ops::Range;

/// An allocation failed; the caller raises `MemoryError`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

impl From<std::collections::TryReserveError> for OutOfMemory {
    fn from(_: std::collections::TryReserveError) -> OutOfMemory {
        OutOfMemory
    }
}

impl std::fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("out of memory")
    }
}

impl std::error::Error for OutOfMemory {}

/// Bytes from which a vector's room is that of a large one.
const LARGE: usize = 64 << 10;
/// Bytes from which the system's allocator always has mappings of their own for blocks, which grow without a copy.
const MAPPED: usize = 32 << 20;
/// Items that a large vector has room for beyond what was asked for: the fields of the object that it becomes take as much.
const BEYOND: usize = 64;

/// An empty vector with room for `n` items.
pub fn try_vec<T>(n: usize) -> Result<Vec<T>, OutOfMemory> {
    let mut v = Vec::new();
    v.try_reserve_exact(if n >= LARGE { n.saturating_add(BEYOND) } else { n })?;
    Ok(v)
}

/// Room for `n` items more. A large vector does not double: it grows without a copy, and what it has too much of is refused
/// where memory is limited.
#[inline]
pub fn try_room<T>(v: &mut Vec<T>, n: usize) -> Result<(), OutOfMemory> {
    if v.capacity() - v.len() >= n {
        return Ok(());
    }
    more_room(v, n)
}

#[cold]
fn more_room<T>(v: &mut Vec<T>, n: usize) -> Result<(), OutOfMemory> {
    let bytes = v.len().saturating_mul(size_of::<T>());
    match bytes {
        _ if n >= LARGE || bytes >= 16 * LARGE => {
            let spare = v.len() / if bytes < MAPPED { 4 } else { 64 };
            v.try_reserve_exact(n.saturating_add(spare + BEYOND))?;
        }
        _ => v.try_reserve(n)?,
    }
    Ok(())
}

/// `v.extend_from_slice(items)`, fallibly.
#[inline]
pub fn try_extend<T: Copy>(v: &mut Vec<T>, items: &[T]) -> Result<(), OutOfMemory> {
    try_room(v, items.len())?;
    v.extend_from_slice(items);
    Ok(())
}

/// `v.push(item)`, fallibly.
#[inline]
pub fn try_push<T>(v: &mut Vec<T>, item: T) -> Result<(), OutOfMemory> {
    try_room(v, 1)?;
    v.push(item);
    Ok(())
}

/// A code unit: `u8`, `u16` or `u32`.
pub trait Unit: Copy + Eq + Ord + Default + 'static {
    /// The largest code point the unit holds.
    const MAX: u32;
    /// Bytes in a unit.
    const SIZE: usize;
    /// The code point.
    fn code(self) -> u32;
    /// The unit for a code point; the high bits are lost if it does not fit.
    fn truncated(code: u32) -> Self;
    /// Where `self` first occurs.
    fn position(self, hay: &[Self]) -> Option<usize>;
    /// Where `self` last occurs.
    fn rposition(self, hay: &[Self]) -> Option<usize> {
        hay.iter().rposition(|&u| u == self)
    }
    /// The slice as bytes, if the unit is a byte.
    fn as_bytes(units: &[Self]) -> Option<&[u8]>;
}

impl Unit for u8 {
    const MAX: u32 = 0xFF;
    const SIZE: usize = 1;
    #[inline(always)]
    fn code(self) -> u32 {
        self as u32
    }
    #[inline(always)]
    fn truncated(code: u32) -> u8 {
        code as u8
    }
    #[inline]
    fn position(self, hay: &[u8]) -> Option<usize> {
        crate::byte_search::find_byte(self, hay)
    }
    #[inline]
    fn rposition(self, hay: &[u8]) -> Option<usize> {
        crate::byte_search::rfind_byte(self, hay)
    }
    #[inline(always)]
    fn as_bytes(units: &[u8]) -> Option<&[u8]> {
        Some(units)
    }
}

/// `position` by blocks that the compiler turns into vector comparisons.
fn blockwise_position<U: Unit>(wanted: U, hay: &[U]) -> Option<usize> {
    const BLOCK: usize = 32;
    let mut chunks = hay.chunks_exact(BLOCK);
    let mut at = 0;
    for chunk in &mut chunks {
        if chunk.iter().fold(false, |any, &u| any | (u == wanted)) {
            break;
        }
        at += BLOCK;
    }
    hay[at..].iter().position(|&u| u == wanted).map(|i| at + i)
}

macro_rules! wide_unit {
    ($t:ty, $max:expr) => {
        impl Unit for $t {
            const MAX: u32 = $max;
            const SIZE: usize = std::mem::size_of::<$t>();
            #[inline(always)]
            fn code(self) -> u32 {
                self as u32
            }
            #[inline(always)]
            fn truncated(code: u32) -> $t {
                code as $t
            }
            #[inline]
            fn position(self, hay: &[$t]) -> Option<usize> {
                blockwise_position(self, hay)
            }
            #[inline(always)]
            fn as_bytes(_: &[$t]) -> Option<&[u8]> {
                None
            }
        }
    };
}
wide_unit!(u16, 0xFFFF);
wide_unit!(u32, 0x10FFFF);

/// Borrowed text. The owner keeps it as narrow as its contents allow (`Ascii` below 0x80, `Latin1` with something at or
/// above, and so on); slices of it and `bytes` passed as `Latin1` need not be.
#[derive(Clone, Copy, Debug)]
pub enum Units<'a> {
    /// One byte a code point, all below 0x80.
    Ascii(&'a [u8]),
    /// One byte a code point.
    Latin1(&'a [u8]),
    /// Two bytes a code point.
    Ucs2(&'a [u16]),
    /// Four bytes a code point.
    Ucs4(&'a [u32]),
}

/// Runs one generic body for whichever unit the text has.
#[macro_export]
macro_rules! with_units {
    ($text:expr, $s:ident => $body:expr) => {
        match $text {
            $crate::Units::Ascii($s) | $crate::Units::Latin1($s) => $body,
            $crate::Units::Ucs2($s) => $body,
            $crate::Units::Ucs4($s) => $body,
        }
    };
}

/// How wide text must be stored, in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Width {
    /// Below 0x80.
    Ascii,
    /// Below 0x100.
    Latin1,
    /// Below 0x10000.
    Ucs2,
    /// Anything.
    Ucs4,
}

impl Width {
    /// The narrowest width that holds `code`.
    #[inline]
    pub fn of(code: u32) -> Width {
        match code {
            0..0x80 => Width::Ascii,
            0x80..0x100 => Width::Latin1,
            0x100..0x10000 => Width::Ucs2,
            _ => Width::Ucs4,
        }
    }

    /// Bytes in a unit: 1, 2 or 4, PEP 393's `kind`.
    pub fn kind(self) -> usize {
        match self {
            Width::Ascii | Width::Latin1 => 1,
            Width::Ucs2 => 2,
            Width::Ucs4 => 4,
        }
    }
}

/// The narrowest width for a slice: the bits of all units together decide.
#[inline]
pub fn width_of<U: Unit>(units: &[U]) -> Width {
    if let Some(bytes) = U::as_bytes(units) {
        return if bytes.is_ascii() { Width::Ascii } else { Width::Latin1 };
    }
    Width::of(units.iter().fold(0, |all, u| all | u.code()))
}

impl<'a> Units<'a> {
    /// The empty text.
    pub const EMPTY: Units<'static> = Units::Ascii(&[]);

    /// Bytes as text of code points below 256, `Ascii` if they are.
    pub fn from_latin1(bytes: &'a [u8]) -> Units<'a> {
        if bytes.is_ascii() { Units::Ascii(bytes) } else { Units::Latin1(bytes) }
    }

    /// A string slice known to be ASCII, without copying; `None` if it is not.
    pub fn from_ascii_str(s: &'a str) -> Option<Units<'a>> {
        s.is_ascii().then_some(Units::Ascii(s.as_bytes()))
    }

    /// Code points.
    #[inline]
    pub fn len(self) -> usize {
        with_units!(self, s => s.len())
    }

    /// No code points.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The code point at `i`.
    ///
    /// # Panics
    /// If `i` is not below the length, as for a slice.
    #[inline]
    pub fn at(self, i: usize) -> u32 {
        with_units!(self, s => s[i].code())
    }

    /// The code point at `i`, if there is one.
    #[inline]
    pub fn get(self, i: usize) -> Option<u32> {
        with_units!(self, s => s.get(i).map(|u| u.code()))
    }

    /// A part, in the same width though a narrower might do; clipped to the text.
    #[inline]
    pub fn slice(self, range: Range<usize>) -> Units<'a> {
        let end = range.end.min(self.len());
        let range = range.start.min(end)..end;
        match self {
            Units::Ascii(s) => Units::Ascii(&s[range]),
            Units::Latin1(s) => Units::Latin1(&s[range]),
            Units::Ucs2(s) => Units::Ucs2(&s[range]),
            Units::Ucs4(s) => Units::Ucs4(&s[range]),
        }
    }

    /// The code points in order.
    pub fn iter(self) -> Iter<'a> {
        Iter { text: self, range: 0..self.len() }
    }

    /// The width the text is stored in.
    #[inline]
    pub fn width(self) -> Width {
        match self {
            Units::Ascii(_) => Width::Ascii,
            Units::Latin1(_) => Width::Latin1,
            Units::Ucs2(_) => Width::Ucs2,
            Units::Ucs4(_) => Width::Ucs4,
        }
    }

    /// The narrowest width that holds the text.
    #[inline]
    pub fn narrowest(self) -> Width {
        match self {
            Units::Ascii(_) => Width::Ascii,
            Units::Latin1(s) => width_of(s),
            Units::Ucs2(s) => width_of(s),
            Units::Ucs4(s) => width_of(s),
        }
    }

    /// Whether every code point is below 0x80.
    pub fn is_ascii(self) -> bool {
        matches!(self, Units::Ascii(_)) || self.narrowest() == Width::Ascii
    }

    /// The bytes of text whose units are bytes.
    #[inline]
    pub fn as_bytes(self) -> Option<&'a [u8]> {
        match self {
            Units::Ascii(s) | Units::Latin1(s) => Some(s),
            _ => None,
        }
    }

    /// The text as a string slice, when it is ASCII.
    pub fn as_ascii_str(self) -> Option<&'a str> {
        self.as_bytes().filter(|s| s.is_ascii()).and_then(|s| std::str::from_utf8(s).ok())
    }

    /// Equality by code points, whatever the widths.
    #[inline]
    pub fn equals(self, other: Units<'_>) -> bool {
        if self.len() != other.len() {
            return false;
        }
        match (self, other) {
            (Units::Ascii(a) | Units::Latin1(a), Units::Ascii(b) | Units::Latin1(b)) => a == b,
            (Units::Ucs2(a), Units::Ucs2(b)) => a == b,
            (Units::Ucs4(a), Units::Ucs4(b)) => a == b,
            _ => self.compare(other) == Ordering::Equal,
        }
    }

    /// Equality with a string of ASCII or other text.
    pub fn equals_str(self, other: &str) -> bool {
        match self {
            Units::Ascii(s) => s == other.as_bytes(),
            _ => self.iter().eq(other.chars().map(|c| c as u32)),
        }
    }

    /// Order by code points, whatever the widths.
    pub fn compare(self, other: Units<'_>) -> Ordering {
        if let (Some(a), Some(b)) = (self.as_bytes(), other.as_bytes()) {
            return a.cmp(b);
        }
        with_units!(self, a => with_units!(other, b => compare_units(a, b)))
    }
}

fn compare_units<A: Unit, B: Unit>(a: &[A], b: &[B]) -> Ordering {
    for (x, y) in a.iter().zip(b) {
        if x.code() != y.code() {
            return x.code().cmp(&y.code());
        }
    }
    a.len().cmp(&b.len())
}

/// The code points of a text; see [`Units::iter`].
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    text: Units<'a>,
    range: Range<usize>,
}

impl Iterator for Iter<'_> {
    type Item = u32;
    #[inline]
    fn next(&mut self) -> Option<u32> {
        self.range.next().map(|i| self.text.at(i))
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.range.size_hint()
    }
}

impl DoubleEndedIterator for Iter<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<u32> {
        self.range.next_back().map(|i| self.text.at(i))
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl<'a> IntoIterator for Units<'a> {
    type Item = u32;
    type IntoIter = Iter<'a>;
    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// Surrogate code points, which UTF-8, UTF-16 and UTF-32 refuse.
#[inline]
pub fn is_surrogate(code: u32) -> bool {
    (0xD800..0xE000).contains(&code)
}

/// Clips `start` and `end` as slicing does: negative counts from the end. `start` may exceed `end` or the length.
pub fn clip(start: isize, end: isize, len: usize) -> (usize, usize) {
    let from_end = |i: isize| {
        if i < 0 { len.saturating_sub(i.unsigned_abs()) } else { i as usize }
    };
    (from_end(start), from_end(end).min(len))
}
