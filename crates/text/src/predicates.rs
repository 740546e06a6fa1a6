//! `str.isalpha` and its siblings over whole texts.

use crate::props;
use crate::units::Units;
use crate::with_units;

/// Whether the text is not empty and all of it satisfies `test`, which for ASCII is `ascii`.
#[inline(always)]
fn every(text: Units<'_>, ascii: impl Fn(&u8) -> bool, test: impl Fn(u32) -> bool) -> bool {
    if let Units::Ascii(s) = text {
        return !s.is_empty() && s.iter().all(ascii);
    }
    !text.is_empty() && with_units!(text, s => s.iter().all(|&u| test(crate::Unit::code(u))))
}

/// `str.isalpha`
pub fn is_alpha(text: Units<'_>) -> bool {
    every(text, u8::is_ascii_alphabetic, props::is_alpha)
}

/// `str.isdecimal`
pub fn is_decimal(text: Units<'_>) -> bool {
    every(text, u8::is_ascii_digit, props::is_decimal)
}

/// `str.isdigit`
pub fn is_digit(text: Units<'_>) -> bool {
    every(text, u8::is_ascii_digit, props::is_digit)
}

/// `str.isnumeric`
pub fn is_numeric(text: Units<'_>) -> bool {
    every(text, u8::is_ascii_digit, props::is_numeric)
}

/// `str.isalnum`
pub fn is_alnum(text: Units<'_>) -> bool {
    every(text, u8::is_ascii_alphanumeric, props::is_alnum)
}

/// `str.isspace`
pub fn is_space(text: Units<'_>) -> bool {
    every(text, |&b| matches!(b, 0x09..=0x0D | 0x1C..=0x20), props::is_space)
}

/// `str.isprintable`; the empty text is.
pub fn is_printable(text: Units<'_>) -> bool {
    text.is_empty() || every(text, |b| matches!(b, 0x20..=0x7E), props::is_printable)
}

/// `str.isidentifier`
pub fn is_identifier(text: Units<'_>) -> bool {
    let mut codes = text.iter();
    let start = |c| c == 0x5F || props::is_xid_start(c);
    codes.next().is_some_and(start) && codes.all(props::is_xid_continue)
}

/// At least one code point in the wanted case, none in another.
fn all_cased(text: Units<'_>, wanted: u32, others: u32) -> bool {
    let mut seen = false;
    for c in text {
        let flags = props::record(c).flags;
        if flags & others != 0 {
            return false;
        }
        seen |= flags & wanted != 0;
    }
    seen
}

/// `str.islower`
pub fn is_lower(text: Units<'_>) -> bool {
    all_cased(text, props::LOWER, props::UPPER | props::TITLE)
}

/// `str.isupper`
pub fn is_upper(text: Units<'_>) -> bool {
    all_cased(text, props::UPPER, props::LOWER | props::TITLE)
}

/// `str.istitle`: upper and title case only after what has no case, lower case only after what has.
pub fn is_title(text: Units<'_>) -> bool {
    let (mut seen, mut inside) = (false, false);
    for c in text {
        let flags = props::record(c).flags;
        if flags & (props::UPPER | props::TITLE) != 0 {
            if inside {
                return false;
            }
            (seen, inside) = (true, true);
        } else if flags & props::LOWER != 0 {
            if !inside {
                return false;
            }
            seen = true;
        } else {
            inside = false;
        }
    }
    seen
}
