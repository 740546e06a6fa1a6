//! What the engine needs to know about characters.
//!
//! ASCII is answered here; Unicode and the C locale come in through [`CharTables`], so that this crate carries no
//! tables and no state of the process.

use crate::constants::category;

/// Questions about single characters, answered by whoever owns the Unicode database and the locale.
///
/// Code points may be any `u32` below 0x110000, surrogates included.
pub struct CharTables {
    /// Simple (one to one) lowercase mapping.
    pub lower: fn(u32) -> u32,
    /// Simple (one to one) uppercase mapping.
    pub upper: fn(u32) -> u32,
    /// `str.isalnum` of one character.
    pub is_alnum: fn(u32) -> bool,
    /// `str.isdecimal` of one character.
    pub is_decimal: fn(u32) -> bool,
    /// `str.isspace` of one character.
    pub is_space: fn(u32) -> bool,
    /// Whether `str.splitlines` splits there.
    pub is_linebreak: fn(u32) -> bool,
    /// `tolower` of the C locale in force.
    pub locale_lower: fn(u8) -> u8,
    /// `toupper` of the C locale in force.
    pub locale_upper: fn(u8) -> u8,
    /// `isalnum` of the C locale in force.
    pub locale_is_alnum: fn(u8) -> bool,
}

/// ASCII lowercase; other characters stay as they are.
#[inline]
pub fn ascii_tolower(ch: u32) -> u32 {
    if ch.wrapping_sub(u32::from(b'A')) < 26 { ch + 32 } else { ch }
}

/// Whether an ASCII letter.
#[inline]
pub fn ascii_iscased(ch: u32) -> bool {
    u8::try_from(ch).is_ok_and(|b| b.is_ascii_alphabetic())
}

/// Whether a character has another case, by the simple mappings.
pub fn unicode_iscased(tables: &CharTables, ch: u32) -> bool {
    unicode_tolower(tables, ch) != ch || (tables.upper)(ch) != ch
}

/// Simple lowercase mapping.
pub fn unicode_tolower(tables: &CharTables, ch: u32) -> u32 {
    (tables.lower)(ch)
}

/// How a character of the text is changed before it is compared with the pattern.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Fold {
    None,
    Ascii,
    Locale,
    Unicode,
}

impl Fold {
    #[inline]
    pub(crate) fn apply(self, tables: &CharTables, ch: u32) -> u32 {
        match self {
            Fold::None => ch,
            Fold::Ascii => ascii_tolower(ch),
            Fold::Locale => locale_map(tables.locale_lower, ch),
            Fold::Unicode => (tables.lower)(ch),
        }
    }
}

/// A locale's mapping, which knows bytes only.
pub(crate) fn locale_map(map: fn(u8) -> u8, ch: u32) -> u32 {
    u8::try_from(ch).map_or(ch, |b| u32::from(map(b)))
}

fn ascii(ch: u32, test: fn(&u8) -> bool) -> bool {
    u8::try_from(ch).is_ok_and(|b| test(&b))
}

fn ascii_space(b: &u8) -> bool {
    matches!(b, b'\t'..=b'\r' | b' ')
}

/// Whether `ch` belongs to category `code`, one of [`category`].
pub(crate) fn in_category(tables: &CharTables, code: u32, ch: u32) -> bool {
    const UNDERSCORE: u32 = b'_' as u32;
    match code {
        category::DIGIT => ascii(ch, u8::is_ascii_digit),
        category::NOT_DIGIT => !ascii(ch, u8::is_ascii_digit),
        category::SPACE => ascii(ch, ascii_space),
        category::NOT_SPACE => !ascii(ch, ascii_space),
        category::WORD => ch == UNDERSCORE || ascii(ch, u8::is_ascii_alphanumeric),
        category::NOT_WORD => !(ch == UNDERSCORE || ascii(ch, u8::is_ascii_alphanumeric)),
        category::LINEBREAK => ch == u32::from(b'\n'),
        category::NOT_LINEBREAK => ch != u32::from(b'\n'),
        category::LOC_WORD => locale_word(tables, ch),
        category::LOC_NOT_WORD => !locale_word(tables, ch),
        category::UNI_DIGIT => (tables.is_decimal)(ch),
        category::UNI_NOT_DIGIT => !(tables.is_decimal)(ch),
        category::UNI_SPACE => (tables.is_space)(ch),
        category::UNI_NOT_SPACE => !(tables.is_space)(ch),
        category::UNI_WORD => ch == UNDERSCORE || (tables.is_alnum)(ch),
        category::UNI_NOT_WORD => !(ch == UNDERSCORE || (tables.is_alnum)(ch)),
        category::UNI_LINEBREAK => (tables.is_linebreak)(ch),
        category::UNI_NOT_LINEBREAK => !(tables.is_linebreak)(ch),
        _ => false,
    }
}

fn locale_word(tables: &CharTables, ch: u32) -> bool {
    ch == u32::from(b'_') || u8::try_from(ch).is_ok_and(|b| (tables.locale_is_alnum)(b))
}

/// Whether a category's answer can change with the locale.
pub(crate) fn is_locale_category(code: u32) -> bool {
    matches!(code, category::LOC_WORD | category::LOC_NOT_WORD)
}
