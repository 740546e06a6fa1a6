//! The format mini-language (`format`, f-strings, `str.format`) and printf-style `%`, for numbers and text.
//!
//! Results are [`Field`]s: text, where to put padding, and how much. Width counts code points and the fill may be any
//! code point, lone surrogates too, so the caller writes a field into a string of the right kind; sizes are known
//! before anything is allocated for it.

mod number;
mod printf;
mod spec;

pub use number::{Digits, format_complex, format_float, format_int, format_str, push_grouped};
pub use printf::{Directive, DirectiveArguments, DirectiveError, printf_float, printf_int, printf_text};
pub use spec::{Align, FormatSpec, Kind, Sign};

use crate::error::{NumError, Result};

/// Text with padding on the left, somewhere inside (after sign and prefix) and on the right.
#[derive(Clone, Debug)]
pub struct Field {
    /// The text without padding.
    pub text: String,
    /// Code points in `text`.
    pub chars: usize,
    /// The byte of `text` before which the inner padding stands.
    pub split: usize,
    /// The padding's code point.
    pub fill: u32,
    pub left: usize,
    pub inner: usize,
    pub right: usize,
    /// Type `c` of a lone surrogate, which `text` cannot hold: `text` is U+FFFD and stands for this code point.
    pub surrogate: Option<u32>,
}

impl Field {
    fn new(text: String, split: usize) -> Field {
        let chars = if text.is_ascii() { text.len() } else { text.chars().count() };
        Field { text, chars, split, fill: ' '.into(), left: 0, inner: 0, right: 0, surrogate: None }
    }

    fn padded(mut self, width: usize, align: Align, fill: u32) -> Field {
        let padding = width.saturating_sub(self.chars);
        self.fill = fill;
        (self.left, self.inner, self.right) = align.split(padding);
        self
    }

    /// Code points with padding; `None` when that is beyond any string.
    pub fn length(&self) -> Option<usize> {
        self.chars.checked_add(self.left)?.checked_add(self.inner)?.checked_add(self.right)
    }

    /// The pieces in order: a run of fill (possibly none), then text (possibly none).
    pub fn pieces(&self) -> [(usize, &str); 3] {
        let (head, tail) = self.text.split_at(self.split);
        [(self.left, head), (self.inner, tail), (self.right, "")]
    }

    /// As a `String`, when the fill is a character. `Memory` if it does not fit.
    pub fn to_text(&self) -> Result<String> {
        let fill = char::from_u32(self.fill).unwrap_or(char::REPLACEMENT_CHARACTER);
        let padding = self.left.checked_add(self.inner).and_then(|n| n.checked_add(self.right));
        let bytes = padding.and_then(|n| n.checked_mul(fill.len_utf8())).and_then(|n| n.checked_add(self.text.len()));
        let mut out = String::new();
        out.try_reserve_exact(bytes.ok_or(NumError::Memory)?).map_err(|_| NumError::Memory)?;
        for (count, text) in self.pieces() {
            out.extend(std::iter::repeat_n(fill, count));
            out.push_str(text);
        }
        Ok(out)
    }
}

/// How digits are grouped and what separates integer part and fraction: `localeconv` for type `n`.
#[derive(Clone, Copy, Debug)]
pub struct Locale<'a> {
    pub decimal_point: &'a str,
    pub thousands_separator: &'a str,
    /// Group sizes from the right, as in `localeconv`: the last one repeats, 127 ends grouping, empty is no grouping.
    pub grouping: &'a [u8],
}

impl Locale<'_> {
    /// The C locale.
    pub const C: Locale<'static> = Locale { decimal_point: ".", thousands_separator: "", grouping: &[] };
}
