//! `str`: a thin layer over the text algorithms of `taipan_text`.

mod class;
pub mod codec;
mod format;
pub mod iterator;
pub mod percent;

pub use class::StrClass;
pub use iterator::{AsciiStrIterator, StrIterator};

use crate::native::ClassDef;
use crate::{Ref, Result, Str, Value, Vm};
use std::ops::Range;
use taipan_object::{Raised, StrData, StrText};
use taipan_text::{OutOfMemory, TextBuf, Units};

/// The tables of `str` and its iterators.
pub fn class_defs() -> Vec<ClassDef> {
    vec![StrClass::class_def(), iterator::StrIteratorClass::class_def(), iterator::AsciiStrIteratorClass::class_def()]
}

/// The text of a string, for the algorithms.
#[inline]
pub fn units(s: &Str) -> Units<'_> {
    match s.data() {
        StrData::Ascii(s) => Units::Ascii(s),
        StrData::Latin1(s) => Units::Latin1(s),
        StrData::Ucs2(s) => Units::Ucs2(s),
        StrData::Ucs4(s) => Units::Ucs4(s),
    }
}

/// Text as the heap takes it. Slices need not be in the narrowest width.
fn data(text: Units<'_>) -> StrData<'_> {
    match text {
        Units::Ascii(s) => StrData::Ascii(s),
        Units::Latin1(s) => StrData::Latin1(s),
        Units::Ucs2(s) => StrData::Ucs2(s),
        Units::Ucs4(s) => StrData::Ucs4(s),
    }
}

/// An algorithm that ran out of memory is a `MemoryError`: nothing rests in the thread.
pub(crate) fn enough<T>(made: std::result::Result<T, OutOfMemory>) -> Result<T> {
    made.map_err(|OutOfMemory| Raised)
}

/// The range of `start` and `end` arguments of the searching methods, not yet fitted to a length.
pub(crate) fn search_bounds(vm: &mut Vm, start: Option<&Value>, end: Option<&Value>) -> Result<(isize, isize)> {
    let mut bound = |v: Option<&Value>, default: isize| v.map_or(Ok(default), |v| vm.slice_index(v, default));
    Ok((bound(start, 0)?, bound(end, isize::MAX)?))
}

/// A `count` or `maxsplit` argument: negative is no limit.
pub(crate) fn limit(n: isize) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// Code points from which a text becomes a string where it lies.
const LARGE: usize = 16 << 10;

impl Vm {
    /// The empty string.
    pub fn empty_str(&mut self) -> Ref<Str> {
        crate::name!("").clone()
    }

    #[cold]
    fn first_char_str(&mut self, code: u8) -> Ref<Str> {
        let s = crate::interned(&String::from(char::from(code)));
        self.eval.chars[code as usize] = Some(s);
        s.clone()
    }

    /// The string of one code point; those below U+0100 are made once.
    #[inline]
    pub fn char_str(&mut self, code: u32) -> Result<Ref<Str>> {
        if code < 0x100 {
            return Ok(match self.eval.chars[code as usize] {
                Some(s) => s.clone(),
                None => self.first_char_str(code as u8),
            });
        }
        self.new_str_data(StrData::Ucs4(&[code]))
    }

    /// A string of borrowed text.
    pub fn str_from_units(&mut self, text: Units<'_>) -> Result<Ref<Str>> {
        match text.len() {
            0 => Ok(self.empty_str()),
            1 if text.at(0) < 0x100 => self.char_str(text.at(0)),
            _ => self.new_str_data(data(text)),
        }
    }

    /// A string of text an algorithm has made.
    pub fn str_from_buf(&mut self, text: TextBuf) -> Result<Ref<Str>> {
        if text.len() < LARGE {
            return self.str_from_units(text.units());
        }
        self.str_from_text(match text {
            TextBuf::Ascii(units) => StrText::Ascii(units),
            TextBuf::Latin1(units) => StrText::Latin1(units),
            TextBuf::Ucs2(units) => StrText::Ucs2(units),
            TextBuf::Ucs4(units) => StrText::Ucs4(units),
        })
    }

    /// A string of what an algorithm answers.
    pub fn str_from_made(&mut self, made: std::result::Result<TextBuf, OutOfMemory>) -> Result<Ref<Str>> {
        let text = enough(made)?;
        self.str_from_buf(text)
    }

    /// The part of a string: the string itself if that is all of it.
    #[inline]
    pub fn str_part(&mut self, s: &Ref<Str>, range: Range<usize>) -> Result<Ref<Str>> {
        if range.len() == s.len() {
            return self.exact_str(s);
        }
        match range.len() {
            0 => Ok(self.empty_str()),
            1 => {
                let code = units(s).at(range.start);
                self.char_str(code)
            }
            _ => self.substring(s, range.start, range.end),
        }
    }

    /// The string itself, or for an instance of a subclass a `str` of the same text.
    pub fn exact_str(&mut self, s: &Ref<Str>) -> Result<Ref<Str>> {
        if s.is_exact() { Ok(s.clone()) } else { self.str_from_units(units(s)) }
    }

    /// Whether the text is a Python identifier.
    pub fn is_identifier(&self, s: &Ref<Str>) -> bool {
        taipan_text::predicates::is_identifier(units(s))
    }

    /// `ascii(v)`.
    pub fn ascii(&mut self, v: &Value) -> Result<Ref<Str>> {
        let repr = self.repr(v)?;
        if repr.is_ascii() {
            return Ok(repr);
        }
        match enough(taipan_text::repr::escape_non_ascii(units(&repr)))? {
            Some(text) => self.str_from_buf(text),
            None => Ok(repr),
        }
    }
}
