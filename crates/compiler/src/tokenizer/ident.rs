//! Identifiers that are not ASCII.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use super::{NoToken, Tokenizer};

impl Tokenizer<'_> {
    /// Checks the identifier from `start` to the cursor.
    pub(super) fn verify_identifier(&mut self, start: usize) -> Result<(), NoToken> {
        let Ok(text) = std::str::from_utf8(&self.src[start..self.cur]) else {
            return self.error("invalid non-UTF-8 identifier");
        };
        let mut indices = text.char_indices();
        let bad = indices.find(|&(at, c)| {
            if at == 0 { !(c == '_' || unicode_ident::is_xid_start(c)) } else { !unicode_ident::is_xid_continue(c) }
        });
        let Some((at, c)) = bad else { return Ok(()) };
        self.cur = start + at + c.len_utf8();
        if is_printable(c) {
            self.error(format!("invalid character '{c}' (U+{:04X})", c as u32))
        } else {
            self.error(format!("invalid non-printable character U+{:04X}", c as u32))
        }
    }
}

/// `str.isprintable` of one character.
pub(crate) fn is_printable(c: char) -> bool {
    use unicode_general_category::{GeneralCategory::*, get_general_category};
    !matches!(
        get_general_category(c),
        Control | Format | Surrogate | PrivateUse | Unassigned | LineSeparator | ParagraphSeparator | SpaceSeparator
    ) || c == ' '
}

/// An identifier as it is stored: in normal form KC.
pub fn normalize(name: &str) -> Cow<'_, str> {
    if name.is_ascii() || is_nfkc_quick(name.chars()) == IsNormalized::Yes {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(name.nfkc().collect())
    }
}
