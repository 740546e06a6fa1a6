//! Python's own escapes: `unicode_escape`, `raw_unicode_escape`, and `escape_decode`/`escape_encode` of bytes.

use super::{Decoded, Decoding, Errors, Fail, Handler, push_escape};
use crate::buf::TextBuf;
use crate::names;
use crate::units::{OutOfMemory, Units, try_extend, try_push, try_vec};

/// The first escape that is kept as it stands, about which the caller warns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OddEscape {
    /// "\"\{}\" is an invalid escape sequence. Such sequences will not work in the future. "
    Unknown(u8),
    /// "\"\{:o}\" is an invalid octal escape sequence. Such sequences will not work in the future. "
    Octal(u32),
}

impl OddEscape {
    /// The text of the `DeprecationWarning`; `bytes` for those of `bytes`.
    pub fn warning(self, bytes: bool) -> String {
        let b = if bytes { "b" } else { "" };
        match self {
            OddEscape::Unknown(c) => {
                let c = char::from(c);
                format!("{b}\"\\{c}\" is an invalid escape sequence. Such sequences will not work in the future. ")
            }
            OddEscape::Octal(n) => {
                format!(
                    "{b}\"\\{n:o}\" is an invalid octal escape sequence. Such sequences will not work in the future. "
                )
            }
        }
    }
}

/// What one-letter escapes mean; the newline is for continued lines.
fn letter(b: u8) -> Option<u32> {
    Some(match b {
        b'\\' | b'\'' | b'"' => b.into(),
        b'b' => 8,
        b't' => 9,
        b'n' => 10,
        b'v' => 11,
        b'f' => 12,
        b'r' => 13,
        b'a' => 7,
        _ => return None,
    })
}

fn octal(first: u8, rest: &[u8]) -> (u32, usize) {
    let more = rest.iter().take(2).take_while(|b| matches!(b, b'0'..=b'7'));
    let digits = more.clone().count();
    (more.fold(u32::from(first - b'0'), |n, b| n << 3 | u32::from(b - b'0')), digits)
}

/// What a backslash turned out to be.
enum Escape {
    Nothing,
    Code(u32),
    Odd(OddEscape),
    /// The end of the input is in the middle of it.
    Cut(&'static str),
    Wrong(&'static str),
}

/// Reads `digits` hexadecimal digits at `at`, leaving it behind what was read.
fn hex(input: &[u8], at: &mut usize, digits: usize, message: &'static str, above: &'static str) -> Escape {
    let mut c = 0u32;
    for _ in 0..digits {
        let Some(&b) = input.get(*at) else { return Escape::Cut(message) };
        let Some(d) = char::from(b).to_digit(16) else { return Escape::Wrong(message) };
        c = c << 4 | d;
        *at += 1;
    }
    if c > 0x10FFFF { Escape::Wrong(above) } else { Escape::Code(c) }
}

fn unicode_escape(input: &[u8], at: &mut usize) -> Escape {
    const ABOVE: &str = "illegal Unicode character";
    let Some(&b) = input.get(*at) else { return Escape::Cut("\\ at end of string") };
    *at += 1;
    match b {
        b'\n' => Escape::Nothing,
        b'0'..=b'7' => {
            let (c, digits) = octal(b, &input[*at..]);
            *at += digits;
            if c > 0o377 { Escape::Odd(OddEscape::Octal(c)) } else { Escape::Code(c) }
        }
        b'x' => hex(input, at, 2, "truncated \\xXX escape", ABOVE),
        b'u' => hex(input, at, 4, "truncated \\uXXXX escape", ABOVE),
        b'U' => hex(input, at, 8, "truncated \\UXXXXXXXX escape", ABOVE),
        b'N' => {
            const MALFORMED: &str = "malformed \\N character escape";
            match input.get(*at) {
                None => return Escape::Cut(MALFORMED),
                Some(b'{') => *at += 1,
                Some(_) => return Escape::Wrong(MALFORMED),
            }
            let Some(n) = memchr::memchr(b'}', &input[*at..]) else {
                *at = input.len();
                return Escape::Cut(MALFORMED);
            };
            let name = &input[*at..*at + n];
            if n == 0 {
                return Escape::Wrong(MALFORMED);
            }
            *at += n + 1;
            names::lookup_char(Units::Latin1(name))
                .map_or(Escape::Wrong("unknown Unicode character name"), Escape::Code)
        }
        _ => letter(b).map_or(Escape::Odd(OddEscape::Unknown(b)), Escape::Code),
    }
}

/// Decodes `unicode_escape`: Latin-1 with escapes. Also answers the first odd escape.
pub fn decode_unicode<H: Handler>(
    input: &[u8],
    errors: Errors,
    last: bool,
    handler: &mut H,
) -> Result<(TextBuf, usize, Option<OddEscape>), Fail<H::Error>> {
    let mut d = Decoding::new("unicodeescape", input, errors, handler);
    d.out.reserve(input.len())?;
    let (mut at, mut first_odd) = (0, None);
    loop {
        let (input, out) = d.parts();
        let rest = &input[at.min(input.len())..];
        let n = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        out.push_units(Units::from_latin1(&rest[..n]))?;
        if n == rest.len() {
            return Ok((d.out, at + n, first_odd));
        }
        let start = at + n;
        at = start + 1;
        match unicode_escape(input, &mut at) {
            Escape::Nothing => {}
            Escape::Code(c) => out.push(c)?,
            Escape::Odd(odd) => {
                first_odd = first_odd.or(Some(odd));
                match odd {
                    OddEscape::Unknown(b) => {
                        out.push(u32::from(b'\\'))?;
                        out.push(b.into())?;
                    }
                    OddEscape::Octal(c) => out.push(c)?,
                }
            }
            Escape::Cut(_) if !last => return Ok((d.out, start, first_odd)),
            Escape::Cut(reason) | Escape::Wrong(reason) => at = d.fail(start, at, reason)?,
        }
    }
}

/// Decodes `raw_unicode_escape`: Latin-1 with `\u` and `\U`.
pub fn decode_raw_unicode<H: Handler>(input: &[u8], errors: Errors, last: bool, handler: &mut H) -> Decoded<H::Error> {
    const ABOVE: &str = "\\Uxxxxxxxx out of range";
    let mut d = Decoding::new("rawunicodeescape", input, errors, handler);
    d.out.reserve(input.len())?;
    let mut at = 0;
    loop {
        let (input, out) = d.parts();
        let rest = &input[at.min(input.len())..];
        let n = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        out.push_units(Units::from_latin1(&rest[..n]))?;
        if n == rest.len() {
            return Ok((d.out, at + n));
        }
        let start = at + n;
        at = start + 2;
        let escape = match input.get(start + 1) {
            None if !last => return Ok((d.out, start)),
            None => {
                out.push(u32::from(b'\\'))?;
                return Ok((d.out, start + 1));
            }
            Some(b'u') => hex(input, &mut at, 4, "truncated \\uXXXX escape", ABOVE),
            Some(b'U') => hex(input, &mut at, 8, "truncated \\UXXXXXXXX escape", ABOVE),
            Some(&b) => {
                out.push(u32::from(b'\\'))?;
                Escape::Code(b.into())
            }
        };
        match escape {
            Escape::Code(c) => out.push(c)?,
            Escape::Cut(_) if !last => return Ok((d.out, start)),
            Escape::Cut(reason) | Escape::Wrong(reason) => at = d.fail(start, at, reason)?,
            Escape::Nothing | Escape::Odd(_) => {}
        }
    }
}

/// Encodes as `unicode_escape`.
pub fn encode_unicode(text: Units<'_>) -> Result<Vec<u8>, OutOfMemory> {
    let mut out = try_vec(text.len())?;
    for c in text {
        match c {
            0x5C => try_extend(&mut out, b"\\\\")?,
            0x20..0x7F => try_push(&mut out, c as u8)?,
            9 => try_extend(&mut out, b"\\t")?,
            10 => try_extend(&mut out, b"\\n")?,
            13 => try_extend(&mut out, b"\\r")?,
            _ => push_escape(c, |b| try_extend(&mut out, b))?,
        }
    }
    Ok(out)
}

/// Encodes as `raw_unicode_escape`.
pub fn encode_raw_unicode(text: Units<'_>) -> Result<Vec<u8>, OutOfMemory> {
    let mut out = try_vec(text.len())?;
    for c in text {
        match c {
            0..0x100 => try_push(&mut out, c as u8)?,
            _ => push_escape(c, |b| try_extend(&mut out, b))?,
        }
    }
    Ok(out)
}

/// Why `escape_decode` failed, all of them `ValueError`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BytesEscapeError {
    /// "Trailing \ in string"
    Trailing,
    /// "invalid \x escape at position {}"
    Hex(usize),
    /// "decoding error; unknown error handling code: {}"
    UnknownHandler,
    /// `MemoryError`
    OutOfMemory,
}

impl From<OutOfMemory> for BytesEscapeError {
    fn from(_: OutOfMemory) -> Self {
        BytesEscapeError::OutOfMemory
    }
}

/// `codecs.escape_decode`: the escapes of a bytes literal. `errors` may be `strict`, `replace` and `ignore`.
pub fn decode_bytes(input: &[u8], errors: Errors) -> Result<(Vec<u8>, Option<OddEscape>), BytesEscapeError> {
    let mut out = try_vec(input.len())?;
    let (mut at, mut first_odd) = (0, None);
    while at < input.len() {
        let rest = &input[at..];
        let n = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        try_extend(&mut out, &rest[..n])?;
        if n == rest.len() {
            break;
        }
        let start = at + n;
        let Some(&b) = input.get(start + 1) else { return Err(BytesEscapeError::Trailing) };
        at = start + 2;
        match b {
            b'\n' => {}
            b'0'..=b'7' => {
                let (c, digits) = octal(b, &input[at..]);
                at += digits;
                if c > 0o377 {
                    first_odd = first_odd.or(Some(OddEscape::Octal(c)));
                }
                try_push(&mut out, c as u8)?;
            }
            b'x' => match hex(input, &mut at, 2, "", "") {
                Escape::Code(c) => try_push(&mut out, c as u8)?,
                // What was read of it, at most one digit, is skipped.
                _ => match errors {
                    Errors::Strict => return Err(BytesEscapeError::Hex(start)),
                    Errors::Replace => try_push(&mut out, b'?')?,
                    Errors::Ignore => {}
                    _ => return Err(BytesEscapeError::UnknownHandler),
                },
            },
            _ => match letter(b) {
                Some(c) => try_push(&mut out, c as u8)?,
                None => {
                    first_odd = first_odd.or(Some(OddEscape::Unknown(b)));
                    try_extend(&mut out, &[b'\\', b])?;
                }
            },
        }
    }
    Ok((out, first_odd))
}

/// `codecs.escape_encode`: like `repr(bytes)` with single quotes, without the quotes.
pub fn encode_bytes(input: &[u8]) -> Result<Vec<u8>, OutOfMemory> {
    let mut out = try_vec(input.len())?;
    for &b in input {
        match b {
            b'\\' | b'\'' => try_extend(&mut out, &[b'\\', b])?,
            0x20..0x7F => try_push(&mut out, b)?,
            b'\t' => try_extend(&mut out, b"\\t")?,
            b'\n' => try_extend(&mut out, b"\\n")?,
            b'\r' => try_extend(&mut out, b"\\r")?,
            _ => push_escape(b.into(), |b| try_extend(&mut out, b))?,
        }
    }
    Ok(out)
}
