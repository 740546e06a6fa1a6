//! The template language of `str.format`: `_string.formatter_parser` and `formatter_field_name_split`.

use std::ops::Range;

use crate::props;
use crate::units::Units;

/// One step of a template: literal text, then perhaps a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where the literal text is; `{{` and `}}` already count once.
    pub literal: Range<usize>,
    /// The replacement field behind it.
    pub field: Option<Field>,
}

/// A replacement field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Where its name is; see [`split_name`].
    pub name: Range<usize>,
    /// What stands behind `!`. CPython treats U+0000 as absent.
    pub conversion: Option<u32>,
    /// Where its format specification is.
    pub spec: Range<usize>,
    /// The specification has fields of its own.
    pub nested: bool,
}

/// The pieces of a template. After an error, a `ValueError`, it is spent.
#[derive(Clone, Debug)]
pub struct Pieces<'a> {
    text: Units<'a>,
    at: usize,
}

const OPEN: u32 = '{' as u32;
const CLOSE: u32 = '}' as u32;

/// Takes a template to pieces.
pub fn pieces(text: Units<'_>) -> Pieces<'_> {
    Pieces { text, at: 0 }
}

impl<'a> Pieces<'a> {
    /// Goes on at a [`Pieces::position`].
    pub fn resume(text: Units<'a>, at: usize) -> Pieces<'a> {
        Pieces { text, at }
    }

    /// How far it has come.
    pub fn position(&self) -> usize {
        self.at
    }
}

impl Pieces<'_> {
    fn step(&mut self) -> Result<Piece, &'static str> {
        let text = self.text;
        let start = self.at;
        let brace = (start..text.len()).find(|&i| matches!(text.at(i), OPEN | CLOSE));
        let Some(brace) = brace else {
            self.at = text.len();
            return Ok(Piece { literal: start..text.len(), field: None });
        };
        let (c, next) = (text.at(brace), text.get(brace + 1));
        self.at = brace + 1;
        if next == Some(c) {
            self.at += 1;
            return Ok(Piece { literal: start..brace + 1, field: None });
        }
        if c == CLOSE {
            return Err("Single '}' encountered in format string");
        }
        if next.is_none() {
            return Err("Single '{' encountered in format string");
        }
        Ok(Piece { literal: start..brace, field: Some(self.field()?) })
    }

    fn next_code(&mut self) -> Option<u32> {
        let c = self.text.get(self.at)?;
        self.at += 1;
        Some(c)
    }

    fn field(&mut self) -> Result<Field, &'static str> {
        let start = self.at;
        let end = loop {
            let Some(c) = self.next_code() else { break None };
            match char::from_u32(c) {
                Some('{') => return Err("unexpected '{' in field name"),
                Some('[') => {
                    while self.text.get(self.at).is_some_and(|c| c != ']' as u32) {
                        self.at += 1;
                    }
                }
                Some(c @ ('}' | ':' | '!')) => break Some(c),
                _ => {}
            }
        };
        let name = start..self.at - usize::from(end.is_some());
        let mut conversion = None;
        match end {
            Some('}') => return Ok(Field { name, conversion, spec: self.at..self.at, nested: false }),
            None => return Err("expected '}' before end of string"),
            Some('!') => {
                let c = self.next_code().ok_or("end of string while looking for conversion specifier")?;
                conversion = Some(c).filter(|&c| c != 0);
                match self.next_code() {
                    Some(CLOSE) => {
                        return Ok(Field { name, conversion, spec: self.at..self.at, nested: false });
                    }
                    Some(0x3A) | None => {}
                    Some(_) => return Err("expected ':' after conversion specifier"),
                }
            }
            Some(_) => {}
        }
        let spec = self.at;
        let (mut depth, mut nested) = (1usize, false);
        while let Some(c) = self.next_code() {
            if c == OPEN {
                (depth, nested) = (depth + 1, true);
            } else if c == CLOSE {
                depth -= 1;
                if depth == 0 {
                    return Ok(Field { name, conversion, spec: spec..self.at - 1, nested });
                }
            }
        }
        Err("unmatched '{' in format spec")
    }
}

impl Iterator for Pieces<'_> {
    type Item = Result<Piece, &'static str>;
    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.text.len() {
            return None;
        }
        let piece = self.step();
        if piece.is_err() {
            self.at = self.text.len();
        }
        Some(piece)
    }
}

/// A name or index inside a field's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A name.
    Name(Range<usize>),
    /// A number, in any script's decimal digits.
    Index(usize),
}

/// A step from an object to another: `.name` or `[key]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// An attribute's name.
    Attribute(Range<usize>),
    /// An item's key.
    Item(Key),
}

fn key(text: Units<'_>, range: Range<usize>) -> Result<Key, &'static str> {
    let mut n = 0usize;
    for i in range.clone() {
        let Some(digit) = props::decimal(text.at(i)) else { return Ok(Key::Name(range)) };
        let digit = usize::from(digit);
        if n > (isize::MAX as usize - digit) / 10 {
            return Err("Too many decimal digits in format string");
        }
        n = n * 10 + digit;
    }
    Ok(if range.is_empty() { Key::Name(range) } else { Key::Index(n) })
}

/// The steps behind the first part of a field's name.
#[derive(Clone, Debug)]
pub struct Accesses<'a> {
    text: Units<'a>,
    at: usize,
}

impl<'a> Accesses<'a> {
    /// Goes on at an [`Accesses::position`].
    pub fn resume(text: Units<'a>, at: usize) -> Accesses<'a> {
        Accesses { text, at }
    }

    /// How far it has come.
    pub fn position(&self) -> usize {
        self.at
    }
}

impl Accesses<'_> {
    fn step(&mut self) -> Result<Access, &'static str> {
        const EMPTY: &str = "Empty attribute in format string";
        let text = self.text;
        let find =
            |from: usize, wanted: &[char]| (from..text.len()).find(|&i| wanted.iter().any(|&w| text.at(i) == w as u32));
        let start = self.at + 1;
        match char::from_u32(text.at(self.at)) {
            Some('.') => {
                let end = find(start, &['.', '[']).unwrap_or(text.len());
                self.at = end;
                if start == end { Err(EMPTY) } else { Ok(Access::Attribute(start..end)) }
            }
            Some('[') => {
                let end = find(start, &[']']).ok_or("Missing ']' in format string")?;
                self.at = end + 1;
                let key = key(text, start..end)?;
                if start == end { Err(EMPTY) } else { Ok(Access::Item(key)) }
            }
            _ => Err("Only '.' or '[' may follow ']' in format field specifier"),
        }
    }
}

impl Iterator for Accesses<'_> {
    type Item = Result<Access, &'static str>;
    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.text.len() {
            return None;
        }
        let step = self.step();
        if step.is_err() {
            self.at = self.text.len();
        }
        Some(step)
    }
}

/// Splits a field's name into the argument it starts from and the steps that follow. Errors are `ValueError`s.
pub fn split_name(name: Units<'_>) -> Result<(Key, Accesses<'_>), &'static str> {
    let end = name.iter().position(|c| c == '.' as u32 || c == '[' as u32).unwrap_or(name.len());
    Ok((key(name, 0..end)?, Accesses { text: name, at: end }))
}
