//! printf-style formatting: the directives of `str % args` and `bytes % args`, and the numbers they convert.

use super::{Align, Field};
use crate::error::{NumError, Poll, Result};
use crate::float::{FloatCode, FloatStyle, write_float};
use crate::int::{self, IntView};

/// One `%` directive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Directive {
    /// `-`
    pub left: bool,
    /// `+`
    pub plus: bool,
    /// a space
    pub space: bool,
    /// `#`
    pub alternate: bool,
    /// `0`
    pub zero: bool,
    pub width: usize,
    pub precision: Option<usize>,
    /// The conversion character.
    pub code: u32,
    /// Where the conversion character stands (for messages).
    pub at: usize,
    /// Where the text goes on.
    pub end: usize,
}

/// What a directive takes from the right operand while it is being read.
pub trait DirectiveArguments {
    type Error;

    /// A `(` was seen: the operand has to be a mapping.
    fn mapping(&mut self) -> std::result::Result<(), Self::Error>;
    /// `(key)`: code points `start..end` of the format.
    fn key(&mut self, start: usize, end: usize) -> std::result::Result<(), Self::Error>;
    /// `*` as the width, clamped by the caller to a C ssize_t.
    fn width(&mut self) -> std::result::Result<i64, Self::Error>;
    /// `*` as the precision, checked by the caller to be a C int.
    fn precision(&mut self) -> std::result::Result<i64, Self::Error>;
}

/// A malformed directive, or what the arguments raised.
#[derive(Debug)]
pub enum DirectiveError<E> {
    Format(NumError),
    Arguments(E),
}

impl<E> From<NumError> for DirectiveError<E> {
    fn from(error: NumError) -> Self {
        DirectiveError::Format(error)
    }
}

impl Directive {
    /// Reads the directive whose `%` stands before `start` (the caller has dealt with `%%`); `bytes` words errors as `bytes` does.
    pub fn parse<A: DirectiveArguments>(
        length: usize,
        at: impl Fn(usize) -> u32,
        start: usize,
        bytes: bool,
        arguments: &mut A,
    ) -> std::result::Result<Directive, DirectiveError<A::Error>> {
        let peek = |i: usize| if i < length { char::from_u32(at(i)) } else { None };
        let mut directive = Directive::default();
        let mut i = start;
        if peek(i) == Some('(') {
            arguments.mapping().map_err(DirectiveError::Arguments)?;
            let begin = i + 1;
            let mut depth = 1;
            while depth > 0 {
                i += 1;
                if i >= length {
                    return Err(NumError::IncompleteFormatKey.into());
                }
                match peek(i) {
                    Some('(') => depth += 1,
                    Some(')') => depth -= 1,
                    _ => {}
                }
            }
            arguments.key(begin, i).map_err(DirectiveError::Arguments)?;
            i += 1;
        }
        loop {
            match peek(i) {
                Some('-') => directive.left = true,
                Some('+') => directive.plus = true,
                Some(' ') => directive.space = true,
                Some('#') => directive.alternate = true,
                Some('0') => directive.zero = true,
                _ => break,
            }
            i += 1;
        }
        if peek(i) == Some('*') {
            let width = arguments.width().map_err(DirectiveError::Arguments)?;
            directive.left |= width < 0;
            directive.width = width.unsigned_abs() as usize;
            i += 1;
        } else {
            (directive.width, i) = number(i, &peek, isize::MAX as usize, NumError::WidthTooBig)?;
        }
        if peek(i) == Some('.') {
            i += 1;
            if peek(i) == Some('*') {
                let precision = arguments.precision().map_err(DirectiveError::Arguments)?;
                directive.precision = Some(precision.max(0) as usize);
                i += 1;
            } else {
                let too_big = if bytes { NumError::PrecTooBig } else { NumError::PrecisionTooBig };
                let (precision, after) = number(i, &peek, i32::MAX as usize, too_big)?;
                directive.precision = Some(precision);
                i = after;
            }
        }
        if let Some('h' | 'l' | 'L') = peek(i) {
            i += 1;
        }
        if i >= length {
            return Err(NumError::IncompleteFormat.into());
        }
        (directive.code, directive.at, directive.end) = (at(i), i, i + 1);
        Ok(directive)
    }

    /// The error for a conversion character that does not exist; CPython takes the argument first.
    pub fn unsupported(&self) -> NumError {
        NumError::UnsupportedFormatChar(self.code, self.at)
    }

    fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.plus, self.space) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        }
    }

    fn layout(&self, text: String, split: usize, number: bool) -> Field {
        let (align, fill) = match (self.left, self.zero && number) {
            (true, _) => (Align::Left, ' '),
            (false, true) => (Align::AfterSign, '0'),
            (false, false) => (Align::Right, ' '),
        };
        Field::new(text, split).padded(self.width, align, fill.into())
    }
}

/// ASCII digits up to `most`.
fn number(
    mut i: usize,
    peek: &impl Fn(usize) -> Option<char>,
    most: usize,
    too_big: NumError,
) -> Result<(usize, usize)> {
    let mut value = 0usize;
    while let Some(digit) = peek(i).and_then(|c| c.to_digit(10)) {
        match value.checked_mul(10).and_then(|v| v.checked_add(digit as usize)) {
            Some(next) if next <= most => value = next,
            _ => return Err(too_big),
        }
        i += 1;
    }
    Ok((value, i))
}

/// `%d %i %u %o %x %X` of an int.
pub fn printf_int(n: IntView, directive: &Directive, limit: usize, poll: Poll) -> Result<Field> {
    let (radix, prefix) = match char::from_u32(directive.code) {
        Some('o') => (8, "0o"),
        Some('x') => (16, "0x"),
        Some('X') => (16, "0X"),
        _ => (10, ""),
    };
    let digits = match radix {
        10 => int::to_decimal(n, limit, poll)?,
        _ => int::to_radix(n, radix, directive.code == u32::from('X'), poll)?,
    };
    let (negative, digits) = match digits.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, digits.as_str()),
    };
    let sign = directive.sign(negative);
    let prefix = if directive.alternate { prefix } else { "" };
    let zeros = directive.precision.unwrap_or(0).saturating_sub(digits.len());
    let mut text = String::new();
    let size = sign.len() + prefix.len() + digits.len();
    text.try_reserve_exact(size.saturating_add(zeros)).map_err(|_| NumError::Memory)?;
    text.push_str(sign);
    text.push_str(prefix);
    text.extend(std::iter::repeat_n('0', zeros));
    text.push_str(digits);
    Ok(directive.layout(text, sign.len() + prefix.len(), true))
}

/// `%e %E %f %F %g %G` of a float.
pub fn printf_float(x: f64, directive: &Directive) -> Result<Field> {
    let letter = char::from_u32(directive.code).unwrap_or('f');
    let code = match letter.to_ascii_lowercase() {
        'e' => FloatCode::Exponent,
        'g' => FloatCode::General,
        _ => FloatCode::Fixed,
    };
    let precision = directive.precision.unwrap_or(6);
    if precision >= super::number::PRECISION_LIMIT {
        return Err(NumError::PrecisionTooBig);
    }
    let style = FloatStyle { upper: letter.is_ascii_uppercase(), alternate: directive.alternate, dot_zero: false };
    let sign = directive.sign(x.is_sign_negative() && !x.is_nan());
    let mut text = sign.to_owned();
    write_float(x, code, precision, style, &mut text)?;
    Ok(directive.layout(text, sign.len(), true))
}

/// Padding for `%s %r %a %c %b`: how many of `chars` units to keep, and the field around them (its text is empty).
pub fn printf_text(chars: usize, directive: &Directive) -> (usize, Field) {
    let is_char = directive.code == u32::from('c');
    let kept = directive.precision.filter(|_| !is_char).map_or(chars, |most| chars.min(most));
    let mut field = directive.layout(String::new(), 0, false);
    let padding = directive.width.saturating_sub(kept);
    (field.left, field.inner, field.right) = if directive.left { (0, 0, padding) } else { (padding, 0, 0) };
    field.chars = kept;
    (kept, field)
}
