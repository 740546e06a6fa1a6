//! `int` and `bool`.

pub mod arithmetic;
mod class;

pub use class::{BoolClass, IntClass, int_field};

use crate::{Result, Value, Vm};
use taipan_num::error::{ExceptionKind, NumError};
use taipan_num::int::{IntBuf, IntView};
use taipan_object::{IntRef, Raised};

/// An int as the arithmetic library sees it.
pub fn view(v: &Value) -> Option<IntView<'_>> {
    v.as_int().map(|n| match n {
        IntRef::Small(n) => IntView::Small(n),
        IntRef::Big { negative, digits } => IntView::Big { negative, digits },
    })
}

/// The number of a text of a few decimal digits and nothing else.
fn few_digits(text: &crate::Str) -> Option<i64> {
    let text = text.as_ascii()?.as_bytes();
    if text.is_empty() || text.len() > 15 {
        return None;
    }
    text.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| 10 * n + i64::from(b - b'0')))
}

impl Vm {
    /// A result of the arithmetic library as a Python int.
    pub fn int_from(&mut self, n: IntBuf) -> Result {
        match n.view() {
            IntView::Small(n) => self.new_int(n),
            IntView::Big { negative, digits } => self.new_int_digits(negative, digits),
        }
    }

    /// An error of a format specification for a value, of whose class the message tells.
    pub fn raise_format(&mut self, e: NumError, v: &Value) -> Raised {
        let class = || v.ty().name().to_string().into();
        let e = match e {
            NumError::InvalidFormatSpec(spec, _) => NumError::InvalidFormatSpec(spec, class()),
            NumError::UnknownFormatCode(code, _) => NumError::UnknownFormatCode(code, class()),
            other => other,
        };
        self.raise_num(e)
    }

    /// An error of the arithmetic library as a Python exception.
    pub fn raise_num(&mut self, e: NumError) -> Raised {
        if e == NumError::FloatPowOverflow {
            return self.raise_float_pow_overflow();
        }
        let text = format!("{e}");
        match e.kind() {
            ExceptionKind::Value => self.raise_value_error(&text),
            ExceptionKind::Overflow => self.raise_overflow_error(&text),
            ExceptionKind::ZeroDivision => self.raise_zero_division_error(&text),
            ExceptionKind::Memory => self.raise_memory_error(),
            ExceptionKind::Type => self.raise_type_error(&text),
            // The signal handler's exception is already on its way.
            ExceptionKind::Interrupted => Raised,
        }
    }

    /// The one error of arithmetic that is the C library's: it has a number too.
    #[cold]
    fn raise_float_pow_overflow(&mut self) -> Raised {
        match self.new_str("Numerical result out of range") {
            Ok(text) => {
                let number = Value::from_i32(taipan_host::errno::Errno::ERANGE.0);
                self.raise_args(crate::errors::OVERFLOW_ERROR.as_type(), vec![number, text.into_value()])
            }
            Err(raised) => raised,
        }
    }

    /// A result or error of the arithmetic library.
    pub fn int_result(&mut self, r: taipan_num::error::Result<IntBuf>) -> Result {
        match r {
            Ok(n) => self.int_from(n),
            Err(e) => Err(self.raise_num(e)),
        }
    }

    /// `float(n)` for an int.
    pub fn int_to_f64(&mut self, n: &Value) -> Result<f64> {
        match view(n) {
            Some(n) => match taipan_num::int::to_f64(n) {
                Ok(x) => Ok(x),
                Err(e) => Err(self.raise_num(e)),
            },
            None => Err(self.raise_type_error("an integer is required")),
        }
    }

    /// Decimal text of an int, within the limit of `sys.set_int_max_str_digits`.
    pub fn int_to_text(&mut self, v: &Value) -> Result<String> {
        let Some(n) = view(v) else { return Err(self.raise_type_error("an integer is required")) };
        if let IntView::Small(n) = n {
            return Ok(n.to_string());
        }
        let limit = self.state().int_max_str_digits;
        match taipan_num::int::to_decimal(n, limit, &mut || self.attend().is_err()) {
            Ok(text) => Ok(text),
            Err(e) => Err(self.raise_num(e)),
        }
    }

    /// `int(v)`: by `__int__`, `__index__`, or text.
    pub fn to_int(&mut self, v: &Value) -> Result {
        if v.is_exact_int() {
            return Ok(v.clone());
        }
        if let Some(n) = v.downcast_exact::<crate::Str>().and_then(|s| few_digits(s)) {
            return self.new_int(n);
        }
        let s = crate::slots::of(v.ty());
        if let Some(f) = s.int.or(s.index) {
            let n = f(self, v)?;
            if n.is_exact_int() {
                return Ok(n);
            }
            if n.as_int().is_none() {
                let dunder = if s.int.is_some() { "__int__" } else { "__index__" };
                let text = format!("{dunder} returned non-int (type {})", n.ty().name());
                return Err(self.raise_type_error(&text));
            }
            let text = format!(
                "__int__ returned non-int (type {}).  The ability to return an instance of a strict subclass of int is \
                 deprecated, and may be removed in a future version of Python.",
                n.ty().name()
            );
            self.warn(crate::errors::DEPRECATION_WARNING.as_type(), &text, 1)?;
            return self.exact_int(&n);
        }
        if let Some(t) = v.downcast::<crate::Str>() {
            return self.parse_int_of(t, 10, v);
        }
        if v.downcast::<taipan_object::Bytes>().is_some() || s.buffer.is_some() {
            let bytes = self.bytes_of(v)?;
            return self.parse_int(&bytes, 10, None);
        }
        let text =
            format!("int() argument must be a string, a bytes-like object or a real number, not '{}'", v.ty().name());
        Err(self.raise_type_error(&text))
    }

    /// An int of exactly that type with the value of `v`.
    pub fn exact_int(&mut self, v: &Value) -> Result {
        match v.as_int() {
            Some(_) if v.is_exact_int() => Ok(v.clone()),
            Some(IntRef::Small(n)) => self.new_int(n),
            Some(IntRef::Big { negative, digits }) => self.new_int_digits(negative, digits),
            None => Err(self.raise_type_error("an integer is required")),
        }
    }

    /// The text of a number as ASCII.
    pub(super) fn ascii_number(&mut self, text: &crate::Str) -> Result<Vec<u8>> {
        // Parsing may take copies without underscores.
        taipan_object::room::probe(text.len().saturating_mul(3))?;
        Ok(taipan_num::int::normalise_text(text.data().code_points()))
    }

    /// The int that a string spells in `base`.
    pub(super) fn parse_int_of(&mut self, text: &crate::Str, base: u32, original: &Value) -> Result {
        if let Some(ascii) = text.as_ascii() {
            return self.parse_int(ascii.as_bytes(), base, Some(original));
        }
        let codes = self.ascii_number(text)?;
        self.parse_int(&codes, base, Some(original))
    }

    /// The int that `text` spells in `base`; an error shows `original`, or `text` as bytes.
    pub(super) fn parse_int(&mut self, text: &[u8], base: u32, original: Option<&Value>) -> Result {
        let limit = self.state().int_max_str_digits;
        match taipan_num::int::parse(text, base, limit, &mut || self.attend().is_err()) {
            Ok(n) => self.int_from(n),
            Err(NumError::InvalidLiteral) => {
                let shown = match original {
                    Some(v) => v.clone(),
                    None => self.new_bytes(&text[..text.len().min(SHOWN)])?.into_value(),
                };
                let repr = self.repr(&shown)?.to_string_lossy();
                let repr: String = repr.chars().take(SHOWN).collect();
                Err(self.raise_value_error(&format!("invalid literal for int() with base {base}: {repr}")))
            }
            Err(e) => Err(self.raise_num(e)),
        }
    }
}

/// Characters of a literal that is none that an error shows.
const SHOWN: usize = 200;
