//! Codecs between text and bytes.
//!
//! A decoder takes `last`: whether more input may follow. If it may, an incomplete sequence at the end is left, and the
//! number of bytes consumed tells how much. What cannot be coded becomes a [`CodecError`] and goes to the error
//! handler: the built-in ones ([`Errors`]) are answered here, others through a [`Handler`], which the caller implements
//! by calling Python. A handler may resume anywhere, and a decoder's may even replace the input.

pub mod escape;
pub mod single;
pub mod utf16;
pub mod utf7;
pub mod utf8;

use std::borrow::Cow;

use crate::buf::TextBuf;
use crate::names;
use crate::units::{OutOfMemory, Units, is_surrogate, try_extend, try_vec};

/// What cannot be decoded or encoded: the arguments of `UnicodeDecodeError` and `UnicodeEncodeError`, but the object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodecError {
    /// As CPython names it in the exception.
    pub encoding: Cow<'static, str>,
    /// Where the trouble begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// CPython's words.
    pub reason: Cow<'static, str>,
}

/// An error handler by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errors {
    /// `strict`
    Strict,
    /// `ignore`
    Ignore,
    /// `replace`
    Replace,
    /// `backslashreplace`
    BackslashReplace,
    /// `xmlcharrefreplace`
    XmlCharRefReplace,
    /// `namereplace`
    NameReplace,
    /// `surrogateescape`
    SurrogateEscape,
    /// `surrogatepass`
    SurrogatePass,
    /// Any other: the [`Handler`] knows.
    Other,
}

impl Errors {
    /// By the name in `errors=`.
    pub fn from_name(name: &str) -> Errors {
        match name {
            "strict" => Errors::Strict,
            "ignore" => Errors::Ignore,
            "replace" => Errors::Replace,
            "backslashreplace" => Errors::BackslashReplace,
            "xmlcharrefreplace" => Errors::XmlCharRefReplace,
            "namereplace" => Errors::NameReplace,
            "surrogateescape" => Errors::SurrogateEscape,
            "surrogatepass" => Errors::SurrogatePass,
            _ => Errors::Other,
        }
    }
}

/// Why coding stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fail<E> {
    /// Raise `UnicodeDecodeError` or `UnicodeEncodeError`.
    Codec(CodecError),
    /// What the [`Handler`] raised.
    Handler(E),
    /// `IndexError`: "position {} from error handler out of bounds".
    Position(isize),
    /// `TypeError`: "don't know how to handle UnicodeDecodeError in error callback".
    NotForDecoding,
    /// `MemoryError`
    OutOfMemory,
}

impl<E> From<OutOfMemory> for Fail<E> {
    fn from(_: OutOfMemory) -> Fail<E> {
        Fail::OutOfMemory
    }
}

/// What a decoding error handler answers.
#[derive(Clone, Debug)]
pub struct DecodeFix {
    /// Goes to the output.
    pub text: TextBuf,
    /// Where to go on; negative counts from the end of the input.
    pub resume: isize,
    /// New input, if the handler replaced it.
    pub input: Option<Vec<u8>>,
}

/// What an encoding error handler puts in the output.
#[derive(Clone, Debug)]
pub enum Replacement {
    /// Text, which must itself be encodable.
    Text(TextBuf),
    /// Bytes, which go to the output as they are.
    Bytes(Vec<u8>),
}

/// What an encoding error handler answers.
#[derive(Clone, Debug)]
pub struct EncodeFix {
    /// Goes to the output.
    pub with: Replacement,
    /// Where to go on; negative counts from the end of the text.
    pub resume: isize,
}

/// Error handlers that are not built in.
pub trait Handler {
    /// What a handler can raise.
    type Error;
    /// Answers a decoding error.
    fn decode(&mut self, error: &CodecError, input: &[u8]) -> Result<DecodeFix, Fail<Self::Error>>;
    /// Answers an encoding error.
    fn encode(&mut self, error: &CodecError, text: Units<'_>) -> Result<EncodeFix, Fail<Self::Error>>;
}

/// No handlers but the built-in: any other name is strict.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIn;

impl Handler for BuiltIn {
    type Error = std::convert::Infallible;
    fn decode(&mut self, error: &CodecError, _: &[u8]) -> Result<DecodeFix, Fail<Self::Error>> {
        Err(Fail::Codec(error.clone()))
    }
    fn encode(&mut self, error: &CodecError, _: Units<'_>) -> Result<EncodeFix, Fail<Self::Error>> {
        Err(Fail::Codec(error.clone()))
    }
}

/// Text decoded, and how many bytes of the input that took.
pub type Decoded<E> = Result<(TextBuf, usize), Fail<E>>;

/// Bytes encoded.
pub type Encoded<E> = Result<Vec<u8>, Fail<E>>;

/// The widths of the units of the encodings that `surrogatepass` knows.
#[derive(Clone, Copy)]
enum Standard {
    Utf8,
    Utf16 { big: bool },
    Utf32 { big: bool },
}

/// Recognises "utf-8", "UTF_16LE", "utf32-be" and the like.
fn standard(encoding: &str) -> Option<Standard> {
    let name = encoding.to_ascii_lowercase();
    if name == "cp65001" {
        return Some(Standard::Utf8);
    }
    let separator = |s: &str| -> Option<String> { Some(s.strip_prefix(['-', '_']).unwrap_or(s).to_owned()) };
    let rest = separator(name.strip_prefix("utf")?)?;
    if rest == "8" {
        return Some(Standard::Utf8);
    }
    let (wide, rest) = match (rest.strip_prefix("16"), rest.strip_prefix("32")) {
        (Some(rest), _) => (false, rest),
        (_, Some(rest)) => (true, rest),
        _ => return None,
    };
    let big = match rest.strip_prefix(['-', '_']).unwrap_or(rest) {
        "be" => true,
        "le" => false,
        _ if rest.is_empty() => cfg!(target_endian = "big"),
        _ => return None,
    };
    Some(if wide { Standard::Utf32 { big } } else { Standard::Utf16 { big } })
}

fn surrogate_bytes(c: u32, standard: Standard, out: &mut Vec<u8>) -> Result<(), OutOfMemory> {
    match standard {
        Standard::Utf8 => crate::buf::push_utf8(out, c),
        Standard::Utf16 { big: true } => try_extend(out, &(c as u16).to_be_bytes()),
        Standard::Utf16 { big: false } => try_extend(out, &(c as u16).to_le_bytes()),
        Standard::Utf32 { big: true } => try_extend(out, &c.to_be_bytes()),
        Standard::Utf32 { big: false } => try_extend(out, &c.to_le_bytes()),
    }
}

/// The surrogate coded at the front of `input`, and the bytes it takes.
fn surrogate_at(input: &[u8], standard: Standard) -> Option<(u32, usize)> {
    let (c, n) = match standard {
        Standard::Utf8 => match *input.first_chunk::<3>()? {
            [a @ 0xE0..=0xEF, b @ 0x80..=0xBF, c @ 0x80..=0xBF] => {
                ((u32::from(a) & 15) << 12 | (u32::from(b) & 63) << 6 | u32::from(c) & 63, 3)
            }
            _ => return None,
        },
        Standard::Utf16 { big: true } => (u16::from_be_bytes(*input.first_chunk()?).into(), 2),
        Standard::Utf16 { big: false } => (u16::from_le_bytes(*input.first_chunk()?).into(), 2),
        Standard::Utf32 { big: true } => (u32::from_be_bytes(*input.first_chunk()?), 4),
        Standard::Utf32 { big: false } => (u32::from_le_bytes(*input.first_chunk()?), 4),
    };
    is_surrogate(c).then_some((c, n))
}

/// The built-in handlers' answer to a decoding error; `Err(None)` means raise the error, `Other` is not for them.
pub fn builtin_decode(errors: Errors, error: &CodecError, input: &[u8]) -> Result<DecodeFix, Fail<()>> {
    let raise = || Fail::Codec(error.clone());
    let end = error.end.min(input.len());
    let bad = &input[error.start.min(end)..end];
    let (mut text, mut resume) = (TextBuf::new(), error.end);
    match errors {
        Errors::Ignore => {}
        Errors::Replace => text.push(0xFFFD)?,
        Errors::BackslashReplace => {
            for &b in bad {
                push_escape(b.into(), |b| text.push_ascii(b))?;
            }
        }
        Errors::SurrogateEscape => {
            let n = bad.iter().take(4).take_while(|b| **b >= 0x80).count();
            if n == 0 {
                return Err(raise());
            }
            for &b in &bad[..n] {
                text.push(0xDC00 + u32::from(b))?;
            }
            resume = error.start + n;
        }
        Errors::SurrogatePass => {
            let rest = &input[error.start.min(input.len())..];
            let found = standard(&error.encoding).and_then(|s| surrogate_at(rest, s));
            let (c, n) = found.ok_or_else(raise)?;
            text.push(c)?;
            resume = error.start + n;
        }
        Errors::XmlCharRefReplace | Errors::NameReplace => return Err(Fail::NotForDecoding),
        Errors::Strict | Errors::Other => return Err(raise()),
    }
    Ok(DecodeFix { text, resume: resume as isize, input: None })
}

/// `\xNN`, `\uNNNN` or `\UNNNNNNNN`.
pub(crate) fn push_escape<E>(c: u32, mut put: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let (letter, digits) = match c {
        0..0x100 => (b'x', 2),
        0x100..0x10000 => (b'u', 4),
        _ => (b'U', 8),
    };
    let mut out = [b'\\', letter, 0, 0, 0, 0, 0, 0, 0, 0];
    for i in 0..digits {
        out[2 + i] = HEX[(c >> (4 * (digits - 1 - i)) & 15) as usize];
    }
    put(&out[..2 + digits])
}

/// The built-in handlers' answer to an encoding error.
pub fn builtin_encode(errors: Errors, error: &CodecError, text: Units<'_>) -> Result<EncodeFix, Fail<()>> {
    let raise = || Fail::Codec(error.clone());
    let bad = text.slice(error.start..error.end);
    let mut out = Vec::new();
    match errors {
        Errors::Ignore => {}
        Errors::Replace => {
            out.try_reserve(bad.len()).map_err(OutOfMemory::from)?;
            out.resize(bad.len(), b'?');
        }
        Errors::BackslashReplace => {
            for c in bad {
                push_escape(c, |b| try_extend(&mut out, b))?;
            }
        }
        Errors::XmlCharRefReplace => {
            for c in bad {
                try_extend(&mut out, format!("&#{c};").as_bytes())?;
            }
        }
        Errors::NameReplace => {
            for c in bad {
                match names::replacement_name(c) {
                    Some(name) => try_extend(&mut out, format!("\\N{{{name}}}").as_bytes())?,
                    None => push_escape(c, |b| try_extend(&mut out, b))?,
                }
            }
        }
        Errors::SurrogateEscape => {
            for c in bad {
                if !(0xDC80..0xDD00).contains(&c) {
                    return Err(raise());
                }
                try_extend(&mut out, &[(c - 0xDC00) as u8])?;
            }
            return Ok(EncodeFix { with: Replacement::Bytes(out), resume: error.end as isize });
        }
        Errors::SurrogatePass => {
            let kind = standard(&error.encoding).ok_or_else(raise)?;
            for c in bad {
                if !is_surrogate(c) {
                    return Err(raise());
                }
                surrogate_bytes(c, kind, &mut out)?;
            }
            return Ok(EncodeFix { with: Replacement::Bytes(out), resume: error.end as isize });
        }
        Errors::Strict | Errors::Other => return Err(raise()),
    }
    Ok(EncodeFix { with: Replacement::Text(TextBuf::Ascii(out)), resume: error.end as isize })
}

fn raised<E>(fail: Fail<()>, other: impl FnOnce() -> Fail<E>) -> Fail<E> {
    match fail {
        Fail::Codec(e) => Fail::Codec(e),
        Fail::Position(p) => Fail::Position(p),
        Fail::NotForDecoding => Fail::NotForDecoding,
        Fail::OutOfMemory => Fail::OutOfMemory,
        Fail::Handler(()) => other(),
    }
}

fn position<E>(resume: isize, len: usize) -> Result<usize, Fail<E>> {
    let at = if resume < 0 { resume.saturating_add_unsigned(len) } else { resume };
    usize::try_from(at).ok().filter(|&at| at <= len).ok_or(Fail::Position(at))
}

/// A decoder at work: input, output and the way to the error handler.
pub struct Decoding<'a, 'h, H> {
    encoding: Cow<'static, str>,
    input: Cow<'a, [u8]>,
    errors: Errors,
    /// The error handler.
    pub handler: &'h mut H,
    /// What has been decoded.
    pub out: TextBuf,
}

impl<'a, 'h, H: Handler> Decoding<'a, 'h, H> {
    /// Begins.
    pub fn new(encoding: &'static str, input: &'a [u8], errors: Errors, handler: &'h mut H) -> Self {
        Decoding { encoding: encoding.into(), input: input.into(), errors, handler, out: TextBuf::new() }
    }

    /// The input, which a handler may have replaced.
    #[inline]
    pub fn input(&self) -> &[u8] {
        &self.input
    }

    /// The input together with the output.
    #[inline]
    pub fn parts(&mut self) -> (&[u8], &mut TextBuf) {
        (&self.input, &mut self.out)
    }

    /// Has the handler deal with `start..end` and answers where to go on.
    #[cold]
    pub fn fail(&mut self, start: usize, end: usize, reason: &'static str) -> Result<usize, Fail<H::Error>> {
        let error = CodecError { encoding: self.encoding.clone(), start, end, reason: reason.into() };
        let fix = match self.errors {
            Errors::Other => self.handler.decode(&error, &self.input)?,
            errors => builtin_decode(errors, &error, &self.input)
                .map_err(|fail| raised(fail, || Fail::Codec(error.clone())))?,
        };
        if let Some(input) = fix.input {
            self.input = Cow::Owned(input);
        }
        let resume = position(fix.resume, self.input.len())?;
        self.out.push_units(fix.text.units())?;
        Ok(resume)
    }
}

/// An encoder at work.
pub struct Encoding<'a, 'h, H> {
    encoding: Cow<'static, str>,
    /// The text.
    pub text: Units<'a>,
    errors: Errors,
    /// The error handler.
    pub handler: &'h mut H,
    /// What has been encoded.
    pub out: Vec<u8>,
}

impl<'a, 'h, H: Handler> Encoding<'a, 'h, H> {
    /// Begins.
    pub fn new(
        encoding: impl Into<Cow<'static, str>>,
        text: Units<'a>,
        errors: Errors,
        handler: &'h mut H,
    ) -> Result<Self, OutOfMemory> {
        Ok(Encoding { encoding: encoding.into(), text, errors, handler, out: try_vec(text.len())? })
    }

    fn error(&self, start: usize, end: usize, reason: Cow<'static, str>) -> CodecError {
        CodecError { encoding: self.encoding.clone(), start, end, reason }
    }

    /// Has the handler deal with `start..end` and answers where to go on. `put` encodes a replacement's code point, or
    /// answers that it cannot.
    #[cold]
    pub fn fail(
        &mut self,
        start: usize,
        end: usize,
        reason: impl Into<Cow<'static, str>>,
        mut put: impl FnMut(&mut H, &mut Vec<u8>, u32) -> Result<bool, Fail<H::Error>>,
    ) -> Result<usize, Fail<H::Error>> {
        let mut start = start;
        if self.errors == Errors::SurrogateEscape && self.encoding != "charmap" {
            // What is escaped goes out even if what follows cannot be; a character map alone reports the whole run.
            let bad = self.text.slice(start..end);
            let n = bad.iter().take_while(|c| (0xDC80..0xDD00).contains(c)).count();
            if n > 0 && n < bad.len() {
                for c in bad.slice(0..n) {
                    try_extend(&mut self.out, &[(c - 0xDC00) as u8])?;
                }
                start += n;
            }
        }
        let error = self.error(start, end, reason.into());
        let fix = match self.errors {
            Errors::Other => self.handler.encode(&error, self.text)?,
            errors => {
                builtin_encode(errors, &error, self.text).map_err(|fail| raised(fail, || Fail::Codec(error.clone())))?
            }
        };
        let resume = position(fix.resume, self.text.len())?;
        match fix.with {
            Replacement::Bytes(bytes) => try_extend(&mut self.out, &bytes)?,
            Replacement::Text(text) => {
                for c in text.units() {
                    if !put(self.handler, &mut self.out, c)? {
                        return Err(Fail::Codec(error));
                    }
                }
            }
        }
        Ok(resume)
    }
}
