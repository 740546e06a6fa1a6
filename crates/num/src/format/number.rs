//! Formatting int, float, complex and str after a specification.

use super::spec::{Align, FormatSpec, Kind, Sign};
use super::{Field, Locale};
use crate::complex::Complex;
use crate::error::{NumError, Poll, Result};
use crate::float::{FloatCode, FloatStyle, write_float};
use crate::int::{self, IntView};

/// Precisions from here on are refused, as by CPython (which leaves room for the exponent in a C int).
pub(super) const PRECISION_LIMIT: usize = i32::MAX as usize - 1023;

/// `format(text, spec)` for a str of `chars` code points: how many of them to keep, and the padding around them (the
/// field's own text is empty).
pub fn format_str(chars: usize, spec: &FormatSpec) -> Result<(usize, Field)> {
    match spec.sign {
        Sign::Minus { written: false } => {}
        Sign::Space => return Err(NumError::StrSpace),
        _ => return Err(NumError::StrSign),
    }
    if spec.no_negative_zero {
        return Err(NumError::StrNegativeZero);
    }
    if spec.alternate {
        return Err(NumError::StrAlternate);
    }
    if spec.align == Align::AfterSign {
        return Err(NumError::StrEqualsAlign);
    }
    let kept = spec.precision.map_or(chars, |most| chars.min(most));
    let (left, inner, right) = spec.align.split(spec.width.saturating_sub(kept));
    Ok((kept, Field { chars: kept, fill: spec.fill, left, inner, right, ..Field::new(String::new(), 0) }))
}

impl FormatSpec {
    /// Refuses a presentation type that a str does not have; [`format_str`] has already seen the flags.
    pub fn check_str(&self) -> Result<()> {
        match self.code {
            None => Ok(()),
            Some(code) if code == 's'.into() => Ok(()),
            Some(code) => Err(NumError::UnknownFormatCode(code, Kind::Str.name().into())),
        }
    }

    fn sign_text(&self, negative: bool) -> &'static str {
        match self.sign {
            _ if negative => "-",
            Sign::Plus => "+",
            Sign::Space => " ",
            Sign::Minus { .. } => "",
        }
    }

    fn grouping<'a>(&self, group: &'a [u8], locale: &Locale<'a>, is_locale: bool) -> Locale<'a> {
        let thousands_separator = match self.thousands {
            _ if is_locale => return *locale,
            Some(',') => ",",
            Some(_) => "_",
            None => "",
        };
        let grouping = if self.thousands.is_some() { group } else { &[] };
        Locale { decimal_point: ".", thousands_separator, grouping }
    }
}

/// `format(n, spec)` for an int or bool.
pub fn format_int(
    n: IntView,
    spec: &FormatSpec,
    kind: Kind,
    locale: &Locale,
    limit: usize,
    poll: Poll,
) -> Result<Field> {
    let code = spec.code.map_or(Some('d'), char::from_u32);
    let (radix, prefix) = match code {
        Some('d' | 'n') => (10, ""),
        Some('b') => (2, "0b"),
        Some('o') => (8, "0o"),
        Some('x') => (16, "0x"),
        Some('X') => (16, "0X"),
        Some('c') => (0, ""),
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
            return format_float(int::to_f64(n)?, spec, kind, locale);
        }
        _ => return Err(NumError::UnknownFormatCode(spec.code.unwrap_or(0), kind.name().into())),
    };
    if spec.precision.is_some() {
        return Err(NumError::IntPrecision);
    }
    if spec.no_negative_zero {
        return Err(NumError::IntNegativeZero);
    }
    if radix == 0 {
        return format_char(n, spec);
    }
    let digits =
        if radix == 10 { int::to_decimal(n, limit, poll)? } else { int::to_radix(n, radix, code == Some('X'), poll)? };
    let (negative, digits) = match digits.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, digits.as_str()),
    };
    let group: &[u8] = if radix == 10 { &[3] } else { &[4] };
    let grouping = spec.grouping(group, locale, code == Some('n'));
    let number = Number {
        sign: spec.sign_text(negative),
        prefix: if spec.alternate { prefix } else { "" },
        digits,
        fraction: None,
        fraction_separator: None,
        rest: "",
    };
    number.layout(spec, &grouping)
}

fn format_char(n: IntView, spec: &FormatSpec) -> Result<Field> {
    if spec.sign != (Sign::Minus { written: false }) {
        return Err(NumError::CharSign);
    }
    if spec.alternate {
        return Err(NumError::CharAlternate);
    }
    let code = n.to_i64().ok_or(NumError::IntTooLargeForLong)?;
    let code = u32::try_from(code).ok().filter(|&c| c < 0x11_0000).ok_or(NumError::CharRange)?;
    let character = char::from_u32(code);
    let text = character.unwrap_or(char::REPLACEMENT_CHARACTER).to_string();
    let surrogate = character.is_none().then_some(code);
    Ok(Field { surrogate, ..Field::new(text, 0).padded(spec.width, spec.align, spec.fill) })
}

/// The parts of a number between which padding and separators go.
struct Number<'a> {
    sign: &'a str,
    prefix: &'a str,
    digits: &'a str,
    /// Digits after the point; `None` without a point.
    fraction: Option<&'a str>,
    fraction_separator: Option<char>,
    /// Exponent, percent sign, or `inf` and `nan`.
    rest: &'a str,
}

impl Number<'_> {
    fn layout(&self, spec: &FormatSpec, locale: &Locale) -> Result<Field> {
        let mut text = String::new();
        let split = self.sign.len() + self.prefix.len();
        let zero_filled = spec.fill == u32::from('0') && spec.align == Align::AfterSign;
        let grouped = !locale.grouping.is_empty() && !self.digits.is_empty();
        let fraction_room = self.fraction.map_or(0, |f| match self.fraction_separator {
            Some(_) => f.len() + f.len() / 3,
            None => f.len(),
        });
        let fixed = self.digits.len() + fraction_room + locale.decimal_point.len() + split + self.rest.len();
        text.try_reserve_exact(fixed).map_err(|_| NumError::Memory)?;
        text.push_str(self.sign);
        text.push_str(self.prefix);
        let fraction_chars = self.fraction.map_or(0, |fraction| {
            let separators = match self.fraction_separator {
                Some(_) => fraction.len().saturating_sub(1) / 3,
                None => 0,
            };
            locale.decimal_point.chars().count() + fraction.len() + separators
        });
        if grouped {
            let others = split + fraction_chars + self.rest.len();
            let least = if zero_filled { spec.width.saturating_sub(others) } else { 0 };
            push_grouped(self.digits.into(), locale, least, fixed, &mut text)?;
        } else {
            text.push_str(self.digits);
        }
        if let Some(fraction) = self.fraction {
            text.push_str(locale.decimal_point);
            match self.fraction_separator {
                None => text.push_str(fraction),
                Some(separator) => {
                    for (i, digit) in fraction.chars().enumerate() {
                        if i > 0 && i % 3 == 0 {
                            text.push(separator);
                        }
                        text.push(digit);
                    }
                }
            }
        }
        text.push_str(self.rest);
        Ok(Field::new(text, split).padded(spec.width, spec.align, spec.fill))
    }
}

/// Digits, zeros in front of them and behind them included, which nobody has to write down.
#[derive(Clone, Copy, Debug, Default)]
pub struct Digits<'a> {
    pub before: usize,
    pub text: &'a str,
    pub behind: usize,
}

impl<'a> From<&'a str> for Digits<'a> {
    fn from(text: &'a str) -> Digits<'a> {
        Digits { before: 0, text, behind: 0 }
    }
}

impl Digits<'_> {
    /// How many they are.
    pub fn len(&self) -> usize {
        self.before + self.text.len() + self.behind
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends them to a text that has the room.
    pub fn push_to(&self, text: &mut String) {
        text.extend(std::iter::repeat_n('0', self.before));
        text.push_str(self.text);
        text.extend(std::iter::repeat_n('0', self.behind));
    }

    /// Writes those from `start` on to `to`, which holds zeros.
    fn write(&self, start: usize, to: &mut [u8]) {
        let shown = self.text.as_bytes();
        // Where the text lies in the part, which may begin and end beyond it.
        let from = start.saturating_sub(self.before).min(shown.len());
        let end = (start + to.len()).saturating_sub(self.before).min(shown.len());
        if from < end {
            let at = self.before.saturating_sub(start);
            to[at..at + end - from].copy_from_slice(&shown[from..end]);
        }
    }
}

/// Groups of digits from the right, each with its zeros in front of what is shown.
#[derive(Clone)]
struct Groups<'a> {
    sizes: std::iter::Copied<std::slice::Iter<'a, u8>>,
    size: u8,
    /// Digits that are left, and code points that are to be filled.
    remaining: isize,
    least: isize,
    separator: isize,
    done: bool,
}

impl Iterator for Groups<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<(usize, usize)> {
        if self.done {
            return None;
        }
        // The last size repeats; 127 (or a leading 0) puts everything left in one group.
        self.size = self.sizes.next().filter(|&next| next != 0).unwrap_or(self.size);
        let wanted = self.remaining.max(self.least).max(1);
        let unlimited = self.size == 127 || self.size == 0;
        let length = if unlimited { wanted } else { wanted.min(self.size.into()) };
        let shown = self.remaining.min(length).max(0);
        self.remaining -= shown;
        self.least -= length;
        self.done = unlimited || self.remaining <= 0 && self.least <= 0;
        self.least -= self.separator;
        Some(((length - shown) as usize, shown as usize))
    }
}

/// Appends digits with separators, zero-padded to at least `least` code points, and leaves room for `more` bytes.
pub fn push_grouped(digits: Digits<'_>, locale: &Locale, least: usize, more: usize, text: &mut String) -> Result<()> {
    let separator = locale.thousands_separator.as_bytes();
    // A width that could never be allocated is refused before its groups are counted.
    text.try_reserve_exact(least.max(digits.len())).map_err(|_| NumError::Memory)?;
    let groups = Groups {
        sizes: locale.grouping.iter().copied(),
        size: 0,
        remaining: digits.len() as isize,
        least: least as isize,
        separator: locale.thousands_separator.chars().count() as isize,
        done: false,
    };
    let (count, total) =
        groups.clone().fold((0, 0), |(count, total), (zeros, shown)| (count + 1, total + zeros + shown));
    let bytes = (count - 1_usize).checked_mul(separator.len()).and_then(|n| n.checked_add(total));
    let bytes = bytes.ok_or(NumError::Memory)?;
    text.try_reserve_exact(bytes.saturating_add(more)).map_err(|_| NumError::Memory)?;
    let mut all = std::mem::take(text).into_bytes();
    let mut at = all.len() + bytes;
    all.resize(at, b'0');
    let mut left = digits.len();
    for (i, (zeros, shown)) in groups.enumerate() {
        if i > 0 {
            at -= separator.len();
            all[at..at + separator.len()].copy_from_slice(separator);
        }
        at -= shown;
        left -= shown;
        digits.write(left, &mut all[at..at + shown]);
        at -= zeros;
    }
    *text = String::from_utf8(all).map_err(|_| NumError::Memory)?;
    Ok(())
}

/// What a float specification asks for, apart from layout.
struct FloatRequest {
    code: FloatCode,
    precision: usize,
    style: FloatStyle,
    percent: bool,
}

fn float_request(spec: &FormatSpec, kind: Kind, dot_zero: bool) -> Result<FloatRequest> {
    if spec.precision.is_some_and(|p| p >= PRECISION_LIMIT) {
        return Err(NumError::PrecisionTooBig);
    }
    let letter = spec.code.map(|code| char::from_u32(code).unwrap_or('\0'));
    let (code, percent) = match letter {
        None if spec.precision.is_some() => (FloatCode::General, false),
        None => (FloatCode::Shortest, false),
        Some('e' | 'E') => (FloatCode::Exponent, false),
        Some('f' | 'F') => (FloatCode::Fixed, false),
        Some('g' | 'G' | 'n') => (FloatCode::General, false),
        Some('%') if kind != Kind::Complex => (FloatCode::Fixed, true),
        Some(_) => return Err(NumError::UnknownFormatCode(spec.code.unwrap_or(0), kind.name().into())),
    };
    let style = FloatStyle {
        upper: matches!(letter, Some('E' | 'F' | 'G')),
        alternate: spec.alternate,
        dot_zero: dot_zero && letter.is_none(),
    };
    Ok(FloatRequest { code, precision: spec.precision.unwrap_or(6), style, percent })
}

/// Digits, fraction and rest of what [`write_float`] wrote.
fn dissect(text: &str) -> (&str, Option<&str>, &str) {
    let run = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(run(text));
    match rest.strip_prefix('.') {
        Some(rest) => {
            let (fraction, rest) = rest.split_at(run(rest));
            (digits, Some(fraction), rest)
        }
        None => (digits, None, rest),
    }
}

/// Sign and magnitude text of one float.
fn magnitude(x: f64, request: &FloatRequest, no_negative_zero: bool) -> Result<(bool, String)> {
    let x = if request.percent { x * 100.0 } else { x };
    let mut text = String::new();
    write_float(x, request.code, request.precision, request.style, &mut text)?;
    let mut negative = x.is_sign_negative() && !x.is_nan();
    if negative && no_negative_zero && x.is_finite() {
        // Zero after rounding: no digit but zeros before the exponent.
        let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
        negative = mantissa.bytes().any(|c| (b'1'..=b'9').contains(&c));
    }
    if request.percent {
        text.push('%');
    }
    Ok((negative, text))
}

/// `format(x, spec)` for a float.
pub fn format_float(x: f64, spec: &FormatSpec, kind: Kind, locale: &Locale) -> Result<Field> {
    let request = float_request(spec, kind, true)?;
    let (negative, text) = magnitude(x, &request, spec.no_negative_zero)?;
    let (digits, fraction, rest) = dissect(&text);
    let grouping = spec.grouping(&[3], locale, spec.code == Some('n'.into()));
    let number = Number {
        sign: spec.sign_text(negative),
        prefix: "",
        digits,
        fraction,
        fraction_separator: spec.fraction_thousands,
        rest,
    };
    number.layout(spec, &grouping)
}

/// `format(z, spec)` for a complex.
pub fn format_complex(z: Complex, spec: &FormatSpec, locale: &Locale) -> Result<Field> {
    let request = float_request(spec, Kind::Complex, false)?;
    if spec.fill == u32::from('0') {
        return Err(NumError::ComplexZeroPadding);
    }
    if spec.align == Align::AfterSign {
        return Err(NumError::ComplexEqualsAlign);
    }
    let plain = spec.code.is_none();
    let only_imaginary = plain && z.real == 0.0 && z.real.is_sign_positive();
    let grouping = spec.grouping(&[3], locale, spec.code == Some('n'.into()));
    let bare = FormatSpec { width: 0, align: Align::Left, fill: ' '.into(), ..*spec };
    let part = |x: f64, signs: &FormatSpec| -> Result<String> {
        let (negative, text) = magnitude(x, &request, spec.no_negative_zero)?;
        let (digits, fraction, rest) = dissect(&text);
        let number = Number {
            sign: signs.sign_text(negative),
            prefix: "",
            digits,
            fraction,
            fraction_separator: spec.fraction_thousands,
            rest,
        };
        Ok(number.layout(&bare, &grouping)?.text)
    };
    let mut text = String::new();
    if only_imaginary {
        text = part(z.imag, spec)? + "j";
    } else {
        let signed = FormatSpec { sign: Sign::Plus, ..*spec };
        let (open, close) = if plain { ("(", ")") } else { ("", "") };
        for piece in [open, &part(z.real, spec)?, &part(z.imag, &signed)?, "j", close] {
            text.try_reserve(piece.len()).map_err(|_| NumError::Memory)?;
            text.push_str(piece);
        }
    }
    Ok(Field::new(text, 0).padded(spec.width, spec.align, spec.fill))
}
