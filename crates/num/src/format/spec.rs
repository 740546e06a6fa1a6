//! Parsing `[[fill]align][sign][z][#][0][width][grouping][.precision[grouping]][type]`.

use crate::error::{NumError, Result};
use crate::int::decimal_value;

/// The type that is being formatted: its defaults and its name in messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Str,
    Int,
    Bool,
    Float,
    Complex,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Str => "str",
            Kind::Int => "int",
            Kind::Bool => "bool",
            Kind::Float => "float",
            Kind::Complex => "complex",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
    Center,
    /// `=`: between the sign and the digits.
    AfterSign,
}

impl Align {
    fn of(code: u32) -> Option<Align> {
        match char::from_u32(code)? {
            '<' => Some(Align::Left),
            '>' => Some(Align::Right),
            '^' => Some(Align::Center),
            '=' => Some(Align::AfterSign),
            _ => None,
        }
    }

    /// Padding as left, inner and right.
    pub(super) fn split(self, padding: usize) -> (usize, usize, usize) {
        match self {
            Align::Left => (0, 0, padding),
            Align::Right => (padding, 0, 0),
            Align::Center => (padding / 2, 0, padding - padding / 2),
            Align::AfterSign => (0, padding, 0),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// A minus where needed; the flag records that `-` was written.
    Minus { written: bool },
    /// `+`
    Plus,
    /// A space in place of a plus.
    Space,
}

/// A parsed specification.
#[derive(Clone, Copy, Debug)]
pub struct FormatSpec {
    pub fill: u32,
    pub align: Align,
    pub sign: Sign,
    /// `z`
    pub no_negative_zero: bool,
    /// `#`
    pub alternate: bool,
    /// 0 for none.
    pub width: usize,
    /// `,` or `_` in the integer part.
    pub thousands: Option<char>,
    pub precision: Option<usize>,
    /// `,` or `_` in the fraction.
    pub fraction_thousands: Option<char>,
    /// The presentation type.
    pub code: Option<u32>,
}

impl FormatSpec {
    /// Parses a specification of `length` code points, which `at` returns by index.
    pub fn parse(length: usize, at: impl Fn(usize) -> u32, kind: Kind) -> Result<FormatSpec> {
        let default_align = if kind == Kind::Str { Align::Left } else { Align::Right };
        let mut spec = FormatSpec {
            fill: ' '.into(),
            align: default_align,
            sign: Sign::Minus { written: false },
            no_negative_zero: false,
            alternate: false,
            width: 0,
            thousands: None,
            precision: None,
            fraction_thousands: None,
            code: None,
        };
        let peek = |i: usize| if i < length { char::from_u32(at(i)) } else { None };
        let mut i = 0;
        let (mut fill_given, mut align_given) = (false, false);
        if length >= 2
            && let Some(align) = Align::of(at(1))
        {
            (spec.fill, spec.align) = (at(0), align);
            (fill_given, align_given) = (true, true);
            i = 2;
        } else if length >= 1
            && let Some(align) = Align::of(at(0))
        {
            spec.align = align;
            align_given = true;
            i = 1;
        }
        match peek(i) {
            Some('+') => spec.sign = Sign::Plus,
            Some('-') => spec.sign = Sign::Minus { written: true },
            Some(' ') => spec.sign = Sign::Space,
            _ => {}
        }
        i += usize::from(spec.sign != Sign::Minus { written: false });
        if peek(i) == Some('z') {
            spec.no_negative_zero = true;
            i += 1;
        }
        if peek(i) == Some('#') {
            spec.alternate = true;
            i += 1;
        }
        if !fill_given && peek(i) == Some('0') {
            spec.fill = '0'.into();
            if !align_given && default_align == Align::Right {
                spec.align = Align::AfterSign;
            }
            i += 1;
        }
        let (width, after) = number(i, length, &at)?;
        spec.width = width;
        i = after;
        spec.thousands = separator(&mut i, &peek)?;
        if peek(i) == Some('.') {
            i += 1;
            let (precision, after) = number(i, length, &at)?;
            let digits = after > i;
            i = after;
            spec.precision = digits.then_some(precision);
            spec.fraction_thousands = separator(&mut i, &peek)?;
            if !digits && spec.fraction_thousands.is_none() {
                return Err(NumError::MissingPrecision);
            }
        }
        match length - i {
            0 => {}
            // A NUL is how CPython writes "no type"; only a str and an int look closer.
            1 => spec.code = Some(at(i)).filter(|&c| c != 0 || !matches!(kind, Kind::Float | Kind::Complex)),
            _ => {
                let chars = || (0..length).map(|i| char::from_u32(at(i)).unwrap_or(char::REPLACEMENT_CHARACTER));
                let mut text = String::new();
                text.try_reserve_exact(chars().map(char::len_utf8).sum()).map_err(|_| NumError::Memory)?;
                text.extend(chars());
                return Err(NumError::InvalidFormatSpec(text.into(), kind.name().into()));
            }
        }
        spec.check_separators(kind)?;
        Ok(spec)
    }

    fn check_separators(&self, kind: Kind) -> Result<()> {
        let default = if kind == Kind::Str { Some('s') } else { None };
        let code = self.code.map_or(default, char::from_u32);
        if let Some(separator) = self.thousands {
            let allowed = match code {
                Some('d' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F' | '\0') => true,
                None => self.code.is_none(),
                Some('b' | 'o' | 'x' | 'X') => separator == '_',
                _ => false,
            };
            if !allowed {
                return Err(NumError::SeparatorWith(separator, self.code.unwrap_or('s'.into())));
            }
        }
        match self.fraction_thousands {
            Some(separator) if code == Some('n') => Err(NumError::SeparatorWith(separator, 'n'.into())),
            _ => Ok(()),
        }
    }
}

/// A run of decimal digits (of any script), and where it ends.
fn number(start: usize, length: usize, at: &impl Fn(usize) -> u32) -> Result<(usize, usize)> {
    let mut value = 0usize;
    let mut i = start;
    while i < length
        && let Some(digit) = decimal_value(at(i))
    {
        value = value
            .checked_mul(10)
            .and_then(|v| v.checked_add(digit as usize))
            .filter(|&v| v <= isize::MAX as usize)
            .ok_or(NumError::TooManyFormatDigits)?;
        i += 1;
    }
    Ok((value, i))
}

/// `,` or `_`, but not both.
fn separator(i: &mut usize, peek: &impl Fn(usize) -> Option<char>) -> Result<Option<char>> {
    let mut found = None;
    if peek(*i) == Some(',') {
        found = Some(',');
        *i += 1;
    }
    if peek(*i) == Some('_') {
        if found.is_some() {
            return Err(NumError::BothSeparators);
        }
        found = Some('_');
        *i += 1;
    }
    if peek(*i) == Some(',') && found == Some('_') {
        return Err(NumError::BothSeparators);
    }
    Ok(found)
}
