//! What the engine needs to know about characters.
//!
//! Unicode's answers are those of `taipan-text`. The C locale comes in through [`Locale`], so that this crate depends on
//! no state of the process.

use taipan_text::props;

use crate::constants::category;

/// The C locale in force, for patterns with the flag `LOCALE`. It may change its answers between two matches.
pub struct Locale {
    /// `tolower`.
    pub lower: fn(u8) -> u8,
    /// `toupper`.
    pub upper: fn(u8) -> u8,
    /// `isalnum`.
    pub is_alnum: fn(u8) -> bool,
}

impl Locale {
    /// The locale "C".
    pub const C: Locale = Locale {
        lower: |b| b.to_ascii_lowercase(),
        upper: |b| b.to_ascii_uppercase(),
        is_alnum: |b| b.is_ascii_alphanumeric(),
    };
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
pub fn unicode_iscased(ch: u32) -> bool {
    props::simple_lower(ch) != ch || props::simple_upper(ch) != ch
}

/// Simple lowercase mapping.
pub fn unicode_tolower(ch: u32) -> u32 {
    props::simple_lower(ch)
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
    pub(crate) fn apply(self, locale: &Locale, ch: u32) -> u32 {
        match self {
            Fold::None => ch,
            Fold::Ascii => ascii_tolower(ch),
            Fold::Locale => locale_map(locale.lower, ch),
            Fold::Unicode => props::simple_lower(ch),
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
pub(crate) fn in_category(locale: &Locale, code: u32, ch: u32) -> bool {
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
        category::LOC_WORD => locale_word(locale, ch),
        category::LOC_NOT_WORD => !locale_word(locale, ch),
        category::UNI_DIGIT => props::is_decimal(ch),
        category::UNI_NOT_DIGIT => !props::is_decimal(ch),
        category::UNI_SPACE => props::is_space(ch),
        category::UNI_NOT_SPACE => !props::is_space(ch),
        category::UNI_WORD => ch == UNDERSCORE || props::is_alnum(ch),
        category::UNI_NOT_WORD => !(ch == UNDERSCORE || props::is_alnum(ch)),
        category::UNI_LINEBREAK => props::is_line_break(ch),
        category::UNI_NOT_LINEBREAK => !props::is_line_break(ch),
        _ => false,
    }
}

fn locale_word(locale: &Locale, ch: u32) -> bool {
    ch == u32::from(b'_') || u8::try_from(ch).is_ok_and(|b| (locale.is_alnum)(b))
}

/// Whether a category's answer can change with the locale.
pub(crate) fn is_locale_category(code: u32) -> bool {
    matches!(code, category::LOC_WORD | category::LOC_NOT_WORD)
}
