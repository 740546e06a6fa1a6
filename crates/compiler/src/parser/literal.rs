//! The values of numeric and string literals. Both parsers use it.

use super::core::{P, Parser, Stop};
use crate::Const;
use crate::ast::{Expr, ExprKind};
use taipan_bytecode::Text;
use taipan_text::Units;

/// The digits of an integer in base 2^30 from digits in another base.
fn digits(text: &[u8], base: u32) -> Vec<u32> {
    let mut out: Vec<u32> = Vec::with_capacity(text.len() / 7 + 1);
    // As many digits at a time as stay below 2^30.
    let per_step = match base {
        10 => 9,
        16 => 7,
        8 => 9,
        _ => 29,
    };
    for chunk in text.chunks(per_step) {
        let (mut carry, mut scale) = (0u64, 1u64);
        for &c in chunk {
            carry = carry * base as u64 + (c as char).to_digit(base).unwrap_or(0) as u64;
            scale *= base as u64;
        }
        for digit in &mut out {
            let value = *digit as u64 * scale + carry;
            *digit = (value & 0x3fff_ffff) as u32;
            carry = value >> 30;
        }
        if carry > 0 {
            out.push(carry as u32);
        }
    }
    out
}

/// The digits of an integer in a base that is a power of two, in one pass.
fn binary_digits(text: &[u8], bits: u32) -> Vec<u32> {
    let mut out = Vec::with_capacity(text.len() * bits as usize / 30 + 1);
    let (mut value, mut have) = (0u64, 0);
    for &c in text.iter().rev() {
        value |= ((c as char).to_digit(1 << bits).unwrap_or(0) as u64) << have;
        have += bits;
        if have >= 30 {
            out.push((value & 0x3fff_ffff) as u32);
            value >>= 30;
            have -= 30;
        }
    }
    out.push(value as u32);
    out
}

/// The value of a numeric literal; the error is the number of digits when they are too many.
pub(super) fn number(text: &str, max_digits: usize) -> Result<Const, usize> {
    let owned;
    let text = if text.contains('_') {
        owned = text.replace('_', "");
        owned.as_str()
    } else {
        text
    };
    let bytes = text.as_bytes();
    if bytes.len() > 2 && bytes[0] == b'0' && bytes[1].is_ascii_alphabetic() {
        let bits = match bytes[1] | 0x20 {
            b'x' => 4,
            b'o' => 3,
            b'b' => 1,
            _ => 0,
        };
        if bits > 0 {
            return Ok(Const::from_digits(false, binary_digits(&bytes[2..], bits)));
        }
    }
    if let Some(imaginary) = text.strip_suffix(['j', 'J']) {
        return Ok(Const::Complex { real: 0.0, imag: imaginary.parse().unwrap_or(f64::NAN) });
    }
    if bytes.iter().all(u8::is_ascii_digit) {
        if bytes[0] == b'0' && bytes.iter().any(|c| *c != b'0') {
            // The tokenizer lets no int begin so; before an `e` that is no exponent (`07else`) it takes one for a float.
            return Ok(Const::Float(text.parse().unwrap_or(f64::NAN)));
        }
        if bytes.len() <= 18 {
            return Ok(Const::Int(bytes.iter().fold(0, |n, c| n * 10 + (c - b'0') as i64)));
        }
        if max_digits > 0 && bytes.len() > max_digits {
            return Err(bytes.len());
        }
        return Ok(Const::from_digits(false, digits(bytes, 10)));
    }
    Ok(Const::Float(text.parse().unwrap_or(f64::NAN)))
}

/// An escape that means nothing: where it is in the body, and what it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct BadEscape {
    pub at: usize,
    pub octal: bool,
    pub in_bytes: bool,
}

impl BadEscape {
    /// Whether it is a brace or the end of a text of an f-string, of which the tokenizer has warned.
    pub fn is_brace(self, body: &[u8]) -> bool {
        matches!(body.get(self.at + 1), None | Some(b'{' | b'}'))
    }
}

/// Why the body of a literal has no value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum BadLiteral {
    /// `(unicode error) ...`
    Unicode(Undecodable),
    /// `(value error) ...`
    Value(String),
}

/// An escape that means no character.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Undecodable {
    /// Its place in CPython's intermediate form; see [`place`].
    pub start: usize,
    pub end: usize,
    /// The byte at the start.
    first: u8,
    pub reason: String,
}

impl Undecodable {
    /// As `UnicodeDecodeError` says it.
    pub fn message(&self) -> String {
        let what = match self.end - self.start {
            1 => format!("byte 0x{:02x} in position {}", self.first, self.start),
            _ => format!("bytes in position {}-{}", self.start, self.end - 1),
        };
        format!("'unicodeescape' codec can't decode {what}: {}", self.reason)
    }
}

/// CPython's intermediate form of a body, which is ASCII.
pub(super) fn intermediate(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut all = body.chars().peekable();
    while let Some(c) = all.next() {
        match c {
            '\\' if all.peek().is_some_and(|next| !next.is_ascii()) => out.push_str("\\u005c"),
            '\\' => {
                out.push(c);
                out.extend(all.next());
            }
            c if c.is_ascii() => out.push(c),
            c => out.push_str(&format!("\\U{:08x}", c as u32)),
        }
    }
    out
}

fn push_point(out: &mut Vec<u8>, point: u32) {
    match char::from_u32(point) {
        Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        None => out.extend([0xe0 | (point >> 12) as u8, 0x80 | (point >> 6 & 0x3f) as u8, 0x80 | (point & 0x3f) as u8]),
    }
}

fn hex(bytes: &[u8]) -> (usize, u32) {
    let n = bytes.iter().take_while(|c| c.is_ascii_hexdigit()).count();
    (n, bytes[..n].iter().fold(0u32, |v, &c| v << 4 | (c as char).to_digit(16).unwrap_or(0)))
}

/// Where in CPython's intermediate form byte `at` of `body` lies: there, a character that is not ASCII takes ten places
/// and a backslash before one takes six.
pub(super) fn place(body: &[u8], at: usize) -> usize {
    let mut places = 0;
    let mut n = 0;
    while n < at {
        let ascii_next = body.get(n + 1).is_some_and(u8::is_ascii);
        let (length, width) = match body[n] {
            b'\\' if ascii_next => (2, 2),
            b'\\' => (1, 6),
            c if c < 0x80 => (1, 1),
            c => (
                if c < 0xe0 {
                    2
                } else if c < 0xf0 {
                    3
                } else {
                    4
                },
                10,
            ),
        };
        places += if n + length > at { at - n } else { width };
        n += length;
    }
    places
}

fn unicode_error(body: &[u8], from: usize, to: usize, reason: &str) -> BadLiteral {
    let (start, end) = (place(body, from), place(body, to));
    BadLiteral::Unicode(Undecodable { start, end, first: body[from], reason: reason.to_owned() })
}

/// The code point of a name or alias in `\N{...}`.
fn character_by_name(name: &[u8]) -> Option<u32> {
    taipan_text::names::lookup_char(Units::Latin1(name))
}

/// The text that the body of a string literal stands for, as WTF-8, and its first meaningless escape.
pub(super) fn unescape(body: &[u8]) -> Result<(Vec<u8>, Option<BadEscape>), BadLiteral> {
    let mut out = Vec::with_capacity(body.len());
    let mut bad = None;
    let mut at = 0;
    while at < body.len() {
        let c = body[at];
        if c != b'\\' {
            let run = memchr::memchr(b'\\', &body[at..]).unwrap_or(body.len() - at);
            out.extend_from_slice(&body[at..at + run]);
            at += run;
            continue;
        }
        // A backslash before a character that is not ASCII, or at the end of a part of an f-string, is just that.
        let Some(&escape) = body.get(at + 1).filter(|c| c.is_ascii()) else {
            out.push(b'\\');
            at += 1;
            continue;
        };
        let begin = at;
        at += 2;
        match escape {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => out.push(escape),
            b'a' => out.push(7),
            b'b' => out.push(8),
            b't' => out.push(9),
            b'n' => out.push(10),
            b'v' => out.push(11),
            b'f' => out.push(12),
            b'r' => out.push(13),
            b'0'..=b'7' => {
                let n = body[begin + 1..].iter().take(3).take_while(|c| (b'0'..b'8').contains(c)).count();
                let value = body[begin + 1..][..n].iter().fold(0u32, |v, c| v * 8 + (c - b'0') as u32);
                at = begin + 1 + n;
                if value > 0o377 && bad.is_none() {
                    bad = Some(BadEscape { at: begin, octal: true, in_bytes: false });
                }
                push_point(&mut out, value);
            }
            b'x' | b'u' | b'U' => {
                let (want, reason) = match escape {
                    b'x' => (2, "truncated \\xXX escape"),
                    b'u' => (4, "truncated \\uXXXX escape"),
                    _ => (8, "truncated \\UXXXXXXXX escape"),
                };
                let (n, value) = hex(&body[at..(at + want).min(body.len())]);
                at += n;
                if n < want {
                    return Err(unicode_error(body, begin, at, reason));
                }
                if value > 0x10ffff {
                    return Err(unicode_error(body, begin, at, "illegal Unicode character"));
                }
                push_point(&mut out, value);
            }
            b'N' => {
                let close = body.get(at).filter(|&&c| c == b'{').and_then(|_| memchr::memchr(b'}', &body[at..]));
                match close {
                    Some(n) if n > 1 => {
                        let name = &body[at + 1..at + n];
                        at += n + 1;
                        match character_by_name(name) {
                            Some(c) => push_point(&mut out, c),
                            None => return Err(unicode_error(body, begin, at, "unknown Unicode character name")),
                        }
                    }
                    close => {
                        let end = if body.get(at) != Some(&b'{') { at } else { at + close.unwrap_or(body.len() - at) };
                        return Err(unicode_error(body, begin, end, "malformed \\N character escape"));
                    }
                }
            }
            _ => {
                if bad.is_none() {
                    bad = Some(BadEscape { at: begin, octal: false, in_bytes: false });
                }
                out.push(b'\\');
                at -= 1;
            }
        }
    }
    Ok((out, bad))
}

/// The bytes that the body of a bytes literal stands for, and its first meaningless escape.
pub(super) fn unescape_bytes(body: &[u8]) -> Result<(Vec<u8>, Option<BadEscape>), BadLiteral> {
    let mut out = Vec::with_capacity(body.len());
    let mut bad = None;
    let mut at = 0;
    while at < body.len() {
        let c = body[at];
        if c != b'\\' {
            out.push(c);
            at += 1;
            continue;
        }
        let begin = at;
        let Some(&escape) = body.get(at + 1) else {
            return Err(BadLiteral::Value("Trailing \\ in string".into()));
        };
        at += 2;
        match escape {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => out.push(escape),
            b'a' => out.push(7),
            b'b' => out.push(8),
            b't' => out.push(9),
            b'n' => out.push(10),
            b'v' => out.push(11),
            b'f' => out.push(12),
            b'r' => out.push(13),
            b'0'..=b'7' => {
                let n = body[begin + 1..].iter().take(3).take_while(|c| (b'0'..b'8').contains(c)).count();
                let value = body[begin + 1..][..n].iter().fold(0u32, |v, c| v * 8 + (c - b'0') as u32);
                at = begin + 1 + n;
                if value > 0o377 && bad.is_none() {
                    bad = Some(BadEscape { at: begin, octal: true, in_bytes: true });
                }
                out.push(value as u8);
            }
            b'x' => {
                let (n, value) = hex(&body[at..(at + 2).min(body.len())]);
                if n < 2 {
                    return Err(BadLiteral::Value(format!("invalid \\x escape at position {begin}")));
                }
                at += 2;
                out.push(value as u8);
            }
            _ => {
                if bad.is_none() {
                    bad = Some(BadEscape { at: begin, octal: false, in_bytes: true });
                }
                out.push(b'\\');
                at -= 1;
            }
        }
    }
    Ok((out, bad))
}

/// The text for WTF-8 bytes.
pub(super) fn text(bytes: &[u8]) -> Text {
    Text::from_wtf8(bytes).unwrap_or_else(|| Text::from(""))
}

/// The messages for a meaningless escape: as a warning, and as an error.
pub(super) fn bad_escape_messages(body: &[u8], bad: BadEscape) -> (String, String) {
    let rest = &body[bad.at + 1..];
    let (what, octal) = if bad.octal {
        (String::from_utf8_lossy(&rest[..3]).into_owned(), "octal ")
    } else {
        let c = std::str::from_utf8(rest).ok().and_then(|s| s.chars().next()).unwrap_or('\u{fffd}');
        (c.to_string(), "")
    };
    (
        format!(
            "\"\\{what}\" is an invalid {octal}escape sequence. Such sequences will not work in the future. \
             Did you mean \"\\\\{what}\"? A raw string is also an option."
        ),
        format!(
            "\"\\{what}\" is an invalid {octal}escape sequence. \
             Did you mean \"\\\\{what}\"? A raw string is also an option."
        ),
    )
}

impl Parser<'_> {
    pub(super) fn number(&mut self) -> P<Expr> {
        let loc = Self::token_loc(&self.tok);
        let text = self.text_of(&self.tok);
        if text.contains('_') {
            self.since(6, "Underscores in numeric literals are")?;
        }
        let value = number(text, self.options.int_max_str_digits).map_err(|_| Stop)?;
        self.advance()?;
        Ok(Expr::new(ExprKind::Constant { value, kind: None }, loc))
    }
}
