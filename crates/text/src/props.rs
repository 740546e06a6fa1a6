//! What Unicode 16.0 says of single code points, from tables that `tools/make_tables.py` asks of Python 3.14.
//!
//! A two-stage index leads from a code point to one of about 1,300 records. The tables are constants in the
//! executable: nothing is built or read at start-up.

/// Reinterprets little-endian bytes as `u16`s while compiling.
pub(crate) const fn u16s<const N: usize>(bytes: &[u8]) -> [u16; N] {
    let mut out = [0; N];
    let mut i = 0;
    while i < N {
        out[i] = bytes[2 * i] as u16 | (bytes[2 * i + 1] as u16) << 8;
        i += 1;
    }
    out
}

/// Reinterprets little-endian bytes as `u32`s while compiling.
pub(crate) const fn u32s<const N: usize>(bytes: &[u8]) -> [u32; N] {
    let mut out = [0; N];
    let mut i = 0;
    while i < N {
        out[i] = u32_at(bytes, 4 * i);
        i += 1;
    }
    out
}

const fn u32_at(b: &[u8], i: usize) -> u32 {
    b[i] as u32 | (b[i + 1] as u32) << 8 | (b[i + 2] as u32) << 16 | (b[i + 3] as u32) << 24
}

/// A table of `u16`s or `u32`s from a file.
macro_rules! table {
    ($name:ident, $convert:ident, $t:ty, $size:literal, $file:literal) => {
        static $name: [$t; include_bytes!($file).len() / $size] = $crate::props::$convert(include_bytes!($file));
    };
}
pub(crate) use table;

/// Everything a record says. The case fields are differences to the mapped code point, or places in [`CASE`].
#[derive(Clone, Copy)]
pub(crate) struct Record {
    pub flags: u32,
    pub lower: i32,
    pub upper: i32,
    pub title: i32,
    pub fold: i32,
    pub category: u8,
    pub bidirectional: u8,
    pub combining: u8,
    pub width: u8,
    pub decimal: u8,
    pub digit: u8,
    pub numeric: u8,
}

const ROW: usize = 28;
static RECORD_BYTES: &[u8] = include_bytes!("tables/records.bin");

const fn records<const N: usize>(b: &[u8]) -> [Record; N] {
    const NONE: Record = Record {
        flags: 0,
        lower: 0,
        upper: 0,
        title: 0,
        fold: 0,
        category: 0,
        bidirectional: 0,
        combining: 0,
        width: 0,
        decimal: 0,
        digit: 0,
        numeric: 0,
    };
    let mut out = [NONE; N];
    let mut i = 0;
    while i < N {
        let r = i * ROW;
        out[i] = Record {
            flags: u32_at(b, r),
            lower: u32_at(b, r + 4) as i32,
            upper: u32_at(b, r + 8) as i32,
            title: u32_at(b, r + 12) as i32,
            fold: u32_at(b, r + 16) as i32,
            category: b[r + 20],
            bidirectional: b[r + 21],
            combining: b[r + 22],
            width: b[r + 23],
            decimal: b[r + 24],
            digit: b[r + 25],
            numeric: b[r + 26],
        };
        i += 1;
    }
    out
}

static RECORDS: [Record; include_bytes!("tables/records.bin").len() / ROW] = records(RECORD_BYTES);
table!(INDEX1, u16s, u16, 2, "tables/index1.bin");
table!(INDEX2, u16s, u16, 2, "tables/index2.bin");
table!(CASE, u32s, u32, 4, "tables/case.bin");
static NUMERIC: &[u8] = include_bytes!("tables/numeric.bin");

pub(crate) const ALPHA: u32 = 1;
pub(crate) const DECIMAL: u32 = 1 << 1;
pub(crate) const DIGIT: u32 = 1 << 2;
pub(crate) const NUMERIC_FLAG: u32 = 1 << 3;
pub(crate) const LOWER: u32 = 1 << 4;
pub(crate) const UPPER: u32 = 1 << 5;
pub(crate) const TITLE: u32 = 1 << 6;
pub(crate) const CASED: u32 = 1 << 7;
pub(crate) const CASE_IGNORABLE: u32 = 1 << 8;
pub(crate) const PRINTABLE: u32 = 1 << 9;
pub(crate) const SPACE: u32 = 1 << 10;
pub(crate) const LINE_BREAK: u32 = 1 << 11;
pub(crate) const XID_START: u32 = 1 << 12;
pub(crate) const XID_CONTINUE: u32 = 1 << 13;
pub(crate) const MIRRORED: u32 = 1 << 14;
pub(crate) const LOWER_EXT: u32 = 1 << 15;
pub(crate) const UPPER_EXT: u32 = 1 << 16;
pub(crate) const TITLE_EXT: u32 = 1 << 17;
pub(crate) const FOLD_EXT: u32 = 1 << 18;
pub(crate) const NFC_NO: u32 = 1 << 19;
pub(crate) const NFC_MAYBE: u32 = 1 << 20;
pub(crate) const NFD_NO: u32 = 1 << 21;
pub(crate) const NFKC_NO: u32 = 1 << 22;
pub(crate) const NFKC_MAYBE: u32 = 1 << 23;
pub(crate) const NFKD_NO: u32 = 1 << 24;

#[inline]
pub(crate) fn record(c: u32) -> &'static Record {
    let block = INDEX1.get((c >> 6) as usize).copied().unwrap_or(0) as usize;
    &RECORDS[INDEX2[block << 6 | (c & 63) as usize] as usize]
}

#[inline]
pub(crate) fn has(c: u32, flags: u32) -> bool {
    record(c).flags & flags != 0
}

/// `str.isalpha` of one code point.
#[inline]
pub fn is_alpha(c: u32) -> bool {
    has(c, ALPHA)
}

/// `str.isdecimal`.
#[inline]
pub fn is_decimal(c: u32) -> bool {
    has(c, DECIMAL)
}

/// `str.isdigit`.
#[inline]
pub fn is_digit(c: u32) -> bool {
    has(c, DIGIT)
}

/// `str.isnumeric`.
#[inline]
pub fn is_numeric(c: u32) -> bool {
    has(c, NUMERIC_FLAG)
}

/// `str.isalnum`.
#[inline]
pub fn is_alnum(c: u32) -> bool {
    has(c, ALPHA | DECIMAL | DIGIT | NUMERIC_FLAG)
}

/// `str.isspace`.
#[inline]
pub fn is_space(c: u32) -> bool {
    if c < 0x80 { matches!(c, 0x20 | 0x09..=0x0D | 0x1C..=0x1F) } else { has(c, SPACE) }
}

/// Ends a line for `str.splitlines`.
#[inline]
pub fn is_line_break(c: u32) -> bool {
    if c < 0x80 { matches!(c, 0x0A..=0x0D | 0x1C..=0x1E) } else { has(c, LINE_BREAK) }
}

/// `str.isprintable`.
#[inline]
pub fn is_printable(c: u32) -> bool {
    if c < 0x80 { (0x20..0x7F).contains(&c) } else { has(c, PRINTABLE) }
}

/// `str.islower` of one code point.
#[inline]
pub fn is_lower(c: u32) -> bool {
    has(c, LOWER)
}

/// `str.isupper` of one code point.
#[inline]
pub fn is_upper(c: u32) -> bool {
    has(c, UPPER)
}

/// In category Lt.
#[inline]
pub fn is_title(c: u32) -> bool {
    has(c, TITLE)
}

/// May begin an identifier.
#[inline]
pub fn is_xid_start(c: u32) -> bool {
    has(c, XID_START)
}

/// May continue an identifier.
#[inline]
pub fn is_xid_continue(c: u32) -> bool {
    has(c, XID_CONTINUE)
}

/// The value of a decimal digit, as `int()` reads it.
#[inline]
pub fn decimal(c: u32) -> Option<u8> {
    if c < 0x80 {
        return (0x30..0x3A).contains(&c).then(|| (c - 0x30) as u8);
    }
    Some(record(c).decimal).filter(|&d| d != 255)
}

/// The value of a digit, decimal or not (such as superscripts).
#[inline]
pub fn digit(c: u32) -> Option<u8> {
    Some(record(c).digit).filter(|&d| d != 255)
}

pub(crate) fn numeric_value(index: u8) -> Option<f64> {
    let at = 8 * index as usize;
    NUMERIC.get(at..at + 8).filter(|_| index != 0).and_then(|b| b.first_chunk()).map(|b| f64::from_le_bytes(*b))
}

/// The value of a numeric character, fractions included.
pub fn numeric(c: u32) -> Option<f64> {
    numeric_value(record(c).numeric)
}

/// The simple lower-case mapping, one code point to one (what `re.IGNORECASE` uses).
#[inline]
pub fn simple_lower(c: u32) -> u32 {
    let r = record(c);
    if r.flags & LOWER_EXT == 0 { c.wrapping_add_signed(r.lower) } else { CASE[r.lower as usize + 1] }
}

/// The upper-case mapping, one code point to one; of several the first, as in CPython.
#[inline]
pub fn simple_upper(c: u32) -> u32 {
    let r = record(c);
    if r.flags & UPPER_EXT == 0 { c.wrapping_add_signed(r.upper) } else { CASE[r.upper as usize + 1] }
}

/// Several code points that one maps to.
pub(crate) fn expansion(at: i32) -> &'static [u32] {
    let at = at as usize;
    let n = CASE.get(at).copied().unwrap_or(0) as usize;
    CASE.get(at + 1..at + 1 + n).unwrap_or(&[])
}
