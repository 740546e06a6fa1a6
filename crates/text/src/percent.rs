//! The directives of `%` formatting, of str and of bytes.
//!
//! Reading a directive consumes arguments (`*`) between its parts, and an error in one part comes after the arguments
//! of the parts before it. So a directive holds its errors in place; a caller goes through the fields in their order:
//! key, width, precision, conversion.

use std::ops::Range;

use crate::units::Units;

/// A piece of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text to copy.
    Literal(Range<usize>),
    /// `%%`
    Percent,
    /// Anything else that begins with `%`.
    Directive(Directive),
}

/// A number in a directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// Not there.
    Absent,
    /// Written out.
    Given(usize),
    /// `*`: the next argument, or `TypeError` "* wants int".
    Star,
    /// `ValueError`: "width too big", "precision too big", for the precision in bytes "prec too big".
    TooBig,
}

/// The flags of a directive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `-`
    pub left: bool,
    /// `+`
    pub sign: bool,
    /// a space
    pub blank: bool,
    /// `#`
    pub alternate: bool,
    /// `0`
    pub zero: bool,
}

/// A directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// `(key)`: needs a mapping first (`TypeError` "format requires a mapping"); `Err` is "incomplete format key".
    pub key: Option<Result<Range<usize>, &'static str>>,
    /// Flags.
    pub flags: Flags,
    /// Minimum width. A negative argument for `*` means the flag `-`.
    pub width: Number,
    /// Precision. A negative argument for `*` means 0.
    pub precision: Number,
    /// The conversion's letter and its index; `Err` is the `ValueError` "incomplete format".
    pub conversion: Result<(u32, usize), &'static str>,
}

/// The pieces of a format.
#[derive(Clone, Debug)]
pub struct Pieces<'a> {
    text: Units<'a>,
    at: usize,
}

/// Takes a format to pieces.
pub fn pieces(text: Units<'_>) -> Pieces<'_> {
    Pieces { text, at: 0 }
}

/// A directive of the common form: `%`, `(key)` or not, `0` or not, a width of at most two digits or none, a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    /// `(key)`, without parentheses inside of it.
    pub key: Option<Range<usize>>,
    /// The flag `0`.
    pub zero: bool,
    /// Minimum width.
    pub width: usize,
    /// The conversion's letter, one of `d`, `i`, `s`, `r`.
    pub letter: u8,
    /// Where the text goes on.
    pub end: usize,
}

/// The directive of the common form whose `%` is at `at`, if it is of that form.
pub fn plain(text: &[u8], at: usize) -> Option<Plain> {
    let mut i = at + 1;
    let mut key = None;
    if *text.get(i)? == b'(' {
        let length = text[i + 1..].iter().position(|b| matches!(b, b'(' | b')'))?;
        key = Some(i + 1..i + 1 + length);
        i += 1 + length;
        if text[i] != b')' {
            return None;
        }
        i += 1;
    }
    let zero = *text.get(i)? == b'0';
    i += usize::from(zero);
    let mut width = 0;
    for _ in 0..2 {
        let digit = text.get(i)?.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        width = 10 * width + usize::from(digit);
        i += 1;
    }
    let letter = *text.get(i)?;
    matches!(letter, b'd' | b'i' | b's' | b'r').then_some(Plain { key, zero, width, letter, end: i + 1 })
}

/// "unsupported format character ...": str shows what is not printable ASCII as `?`, bytes show every byte.
pub fn unsupported(c: u32, index: usize, bytes: bool) -> String {
    let shown = match char::from_u32(c) {
        Some(shown) if bytes || matches!(c, 31..127) => shown,
        _ => '?',
    };
    format!("unsupported format character '{shown}' (0x{c:x}) at index {index}")
}

const INCOMPLETE: &str = "incomplete format";

impl Pieces<'_> {
    /// Where the next piece begins.
    pub fn place(&self) -> usize {
        self.at
    }

    /// Goes on at another place.
    pub fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    fn number(&mut self, limit: usize) -> Number {
        if self.text.get(self.at) == Some('*' as u32) {
            self.at += 1;
            return Number::Star;
        }
        let mut n = None;
        while let Some(digit) = self.text.get(self.at).and_then(char::from_u32).and_then(|c| c.to_digit(10)) {
            let digit = digit as usize;
            let so_far = n.unwrap_or(0);
            if so_far > (limit - digit) / 10 {
                return Number::TooBig;
            }
            n = Some(so_far * 10 + digit);
            self.at += 1;
        }
        n.map_or(Number::Absent, Number::Given)
    }

    fn key(&mut self) -> Result<Range<usize>, &'static str> {
        let start = self.at;
        let mut depth = 1usize;
        while let Some(c) = self.text.get(self.at) {
            self.at += 1;
            match char::from_u32(c) {
                Some('(') => depth += 1,
                Some(')') => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(start..self.at - 1);
            }
        }
        Err("incomplete format key")
    }

    fn directive(&mut self) -> Directive {
        let mut d = Directive {
            key: None,
            flags: Flags::default(),
            width: Number::Absent,
            precision: Number::Absent,
            conversion: Err(INCOMPLETE),
        };
        let text = self.text;
        let peek = |at: usize| text.get(at).and_then(char::from_u32);
        if peek(self.at) == Some('(') {
            self.at += 1;
            let key = self.key();
            let failed = key.is_err();
            d.key = Some(key);
            if failed {
                return d;
            }
        }
        loop {
            let flag = match peek(self.at) {
                Some('-') => &mut d.flags.left,
                Some('+') => &mut d.flags.sign,
                Some(' ') => &mut d.flags.blank,
                Some('#') => &mut d.flags.alternate,
                Some('0') => &mut d.flags.zero,
                _ => break,
            };
            *flag = true;
            self.at += 1;
        }
        d.width = self.number(isize::MAX as usize);
        if d.width == Number::TooBig {
            return d;
        }
        if peek(self.at) == Some('.') {
            self.at += 1;
            d.precision = match self.number(i32::MAX as usize) {
                Number::Absent => Number::Given(0),
                number => number,
            };
            if d.precision == Number::TooBig {
                return d;
            }
        }
        if matches!(peek(self.at), Some('h' | 'l' | 'L')) {
            self.at += 1;
        }
        if let Some(c) = text.get(self.at) {
            d.conversion = Ok((c, self.at));
            self.at += 1;
        }
        d
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;
    fn next(&mut self) -> Option<Piece> {
        const PERCENT: u32 = '%' as u32;
        let start = self.at;
        let c = self.text.get(start)?;
        if c != PERCENT {
            let end = crate::search::find(self.text, Units::Ascii(b"%"), start, self.text.len());
            self.at = end.unwrap_or(self.text.len());
            return Some(Piece::Literal(start..self.at));
        }
        self.at += 1;
        if self.text.get(self.at) == Some(PERCENT) {
            self.at += 1;
            return Some(Piece::Percent);
        }
        Some(Piece::Directive(self.directive()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directive(format: &str) -> Directive {
        match pieces(Units::Ascii(format.as_bytes())).next() {
            Some(Piece::Directive(d)) => d,
            other => panic!("{format}: {other:?}"),
        }
    }

    #[test]
    fn parts_are_found() {
        let d = directive("%(a(b))-+ #0*.3ld");
        assert_eq!(d.key, Some(Ok(2..6)));
        let flags = Flags { left: true, sign: true, blank: true, alternate: true, zero: true };
        assert_eq!((d.flags, d.width, d.precision), (flags, Number::Star, Number::Given(3)));
        assert_eq!(d.conversion, Ok(('d' as u32, 16)));
        assert_eq!(directive("%.d").precision, Number::Given(0));
        assert_eq!(directive("%5.*f").precision, Number::Star);
        // One length letter is skipped, a second is a conversion.
        assert_eq!(directive("%lld").conversion, Ok(('l' as u32, 2)));
        assert_eq!(directive("%5%").conversion, Ok(('%' as u32, 2)));
        let text = Units::Ascii(b"a%%b%d");
        let all: Vec<Piece> = pieces(text).collect();
        assert_eq!(all[..3], [Piece::Literal(0..1), Piece::Percent, Piece::Literal(3..4)]);
        assert_eq!(all.len(), 4);
    }

    #[test]
    fn common_forms_are_told_apart() {
        let of = |format: &str| plain(format.as_bytes(), 0);
        assert_eq!(of("%d"), Some(Plain { key: None, zero: false, width: 0, letter: b'd', end: 2 }));
        assert_eq!(of("%08i,"), Some(Plain { key: None, zero: true, width: 8, letter: b'i', end: 4 }));
        assert_eq!(of("%(ab)12s"), Some(Plain { key: Some(2..4), zero: false, width: 12, letter: b's', end: 8 }));
        for other in ["%", "%0", "%123d", "%-5d", "%.2f", "%(a", "%(a(b))s", "%ld", "%%", "%x"] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn errors_are_in_their_places() {
        assert_eq!(directive("%(a").key, Some(Err("incomplete format key")));
        for cut in ["%", "%(a)", "%5", "%.", "%l", "%*", "%.*", "%#"] {
            assert_eq!(directive(cut).conversion, Err("incomplete format"), "{cut}");
        }
        assert_eq!(directive("%9223372036854775808d").width, Number::TooBig);
        assert_eq!(directive("%.2147483647d").precision, Number::Given(2_147_483_647));
        assert_eq!(directive("%.2147483648d").precision, Number::TooBig);
        assert_eq!(unsupported('y' as u32, 1, false), "unsupported format character 'y' (0x79) at index 1");
        assert_eq!(unsupported(0x1234, 1, false), "unsupported format character '?' (0x1234) at index 1");
        assert_eq!(unsupported(1, 1, true), "unsupported format character '\u{1}' (0x1) at index 1");
    }
}
