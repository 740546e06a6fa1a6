//! Source text: decoding (byte order mark, PEP 263 declaration) and line ends.

use std::borrow::Cow;

use crate::error::{ErrorKind, SyntaxError};

pub const NULL_BYTES: &str = "source code string cannot contain null bytes";

/// Decodes bytes in an encoding that is not built in; the error is the text of the exception.
pub type Decoder<'a> = &'a mut dyn FnMut(&str, &[u8]) -> Result<String, String>;

/// The text with every line ending in `\n`, the last one too.
pub fn normalize_newlines(text: &str, end_last_line: bool) -> Cow<'_, str> {
    let unfinished = end_last_line && !text.is_empty() && !text.ends_with('\n');
    if !unfinished && !text.as_bytes().contains(&b'\r') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 1);
    let mut rest = text;
    while let Some(at) = rest.find('\r') {
        out.push_str(&rest[..at]);
        out.push('\n');
        rest = &rest[at + 1..];
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    out.push_str(rest);
    if end_last_line && !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    Cow::Owned(out)
}

/// The encoding that a comment in the first two lines declares (PEP 263), as written.
fn declaration(bytes: &[u8]) -> Option<&[u8]> {
    let mut lines = bytes.split(|&c| c == b'\n' || c == b'\r');
    let mut seen = 0;
    while seen < 2 {
        let line = lines.next()?;
        seen += 1;
        let blank = line.iter().take_while(|c| matches!(c, b' ' | b'\t' | 0x0c)).count();
        match line.get(blank) {
            None => continue,
            Some(b'#') => {}
            Some(_) => return None,
        }
        let mut at = blank;
        while at + 6 < line.len() {
            let rest = &line[at..];
            if rest.starts_with(b"coding") && matches!(rest[6], b':' | b'=') {
                let name = &rest[7..];
                let skip = name.iter().take_while(|c| matches!(c, b' ' | b'\t')).count();
                let name = &name[skip..];
                let len =
                    name.iter().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.')).count();
                if len > 0 {
                    return Some(&name[..len]);
                }
            }
            at += 1;
        }
    }
    None
}

/// The usual spellings of UTF-8 and Latin-1 under one name each; other names unchanged.
fn normal_name(name: &str) -> &str {
    let short: String = name.chars().take(12).map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() }).collect();
    let is = |known: &str| short == known || short.strip_prefix(known).is_some_and(|rest| rest.starts_with('-'));
    if is("utf-8") {
        "utf-8"
    } else if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") {
        "iso-8859-1"
    } else {
        name
    }
}

fn unplaced(msg: String) -> SyntaxError {
    SyntaxError { lineno: Some(0), offset: Some(-1), ..SyntaxError::bare(ErrorKind::Syntax, msg) }
}

/// Decodes a program. `file` is its path if it was read from a file: some messages differ.
pub fn decode<'b>(bytes: &'b [u8], file: Option<&str>, decoder: Decoder<'_>) -> Result<Cow<'b, str>, SyntaxError> {
    if let Some(at) = bytes.iter().position(|&c| c == 0) {
        return Err(null_byte(bytes, at, file));
    }
    let (bytes, bom) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    let declared = declaration(bytes).map(String::from_utf8_lossy);
    let name = declared.as_deref().map(normal_name);
    match name {
        Some(other) if bom && other != "utf-8" => {
            let mut lines = bytes.split(|&c| c == b'\n').take(2);
            let first = lines.next().unwrap_or(bytes);
            let (number, line) = match lines.next() {
                Some(second) if declaration(first).is_none() => (2, second),
                _ => (1, first),
            };
            Err(SyntaxError {
                kind: ErrorKind::Syntax,
                msg: format!("encoding problem: {other} with BOM").into(),
                lineno: Some(number),
                offset: Some(0),
                end_lineno: Some(number),
                end_offset: Some(line.len() as i32),
                text: Some(String::from_utf8_lossy(line).into_owned()),
                around: None,
                late_place: false,
            })
        }
        None | Some("utf-8") => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(e) => Err(not_utf8(bytes, e.valid_up_to(), file)),
        },
        Some("iso-8859-1") => Ok(Cow::Owned(bytes.iter().map(|&c| c as char).collect())),
        Some(other) => decode_named(other, bytes, decoder),
    }
}

fn decode_named<'b>(name: &str, bytes: &'b [u8], decoder: Decoder<'_>) -> Result<Cow<'b, str>, SyntaxError> {
    match name.to_ascii_lowercase().replace('_', "-").as_str() {
        "ascii" | "us-ascii" | "646" => match bytes.iter().position(|&c| c >= 128) {
            None => Ok(Cow::Owned(bytes.iter().map(|&c| c as char).collect())),
            Some(at) => Err(unplaced(format!(
                "'ascii' codec can't decode byte 0x{:02x} in position {at}: ordinal not in range(128)",
                bytes[at]
            ))),
        },
        "utf8" | "u8" => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(e) => Err(unplaced(utf8_reason(bytes, &e))),
        },
        "latin1" | "l1" | "latin" | "8859" | "cp819" | "iso8859" | "iso8859-1" => {
            Ok(Cow::Owned(bytes.iter().map(|&c| c as char).collect()))
        }
        _ => decoder(name, bytes).map(Cow::Owned).map_err(unplaced),
    }
}

fn utf8_reason(bytes: &[u8], e: &std::str::Utf8Error) -> String {
    let at = e.valid_up_to();
    let byte = bytes[at];
    match e.error_len() {
        None if bytes.len() - at > 1 => {
            format!("'utf-8' codec can't decode bytes in position {at}-{}: unexpected end of data", bytes.len() - 1)
        }
        None => format!("'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: unexpected end of data"),
        Some(1) if !(0xc2..=0xf4).contains(&byte) => {
            format!("'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: invalid start byte")
        }
        Some(1) => format!("'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: invalid continuation byte"),
        Some(n) => {
            format!("'utf-8' codec can't decode bytes in position {at}-{}: invalid continuation byte", at + n - 1)
        }
    }
}

fn line_of(bytes: &[u8], at: usize) -> (usize, &[u8], usize) {
    let start = bytes[..at].iter().rposition(|&c| c == b'\n').map_or(0, |n| n + 1);
    let end = bytes[at..].iter().position(|&c| c == b'\n').map_or(bytes.len(), |n| at + n);
    let number = bytes[..start].iter().filter(|&&c| c == b'\n').count() + 1;
    (number, &bytes[start..end], at - start)
}

fn null_byte(bytes: &[u8], at: usize, file: Option<&str>) -> SyntaxError {
    if file.is_none() {
        return SyntaxError::bare(ErrorKind::Syntax, NULL_BYTES);
    }
    let (number, line, _) = line_of(bytes, at);
    SyntaxError {
        lineno: Some(number as i32),
        offset: Some(0),
        text: Some(String::from_utf8_lossy(line.split(|&c| c == 0).next().unwrap_or(line)).into_owned()),
        ..SyntaxError::bare(ErrorKind::Syntax, "source code cannot contain null bytes")
    }
}

fn not_utf8(bytes: &[u8], at: usize, file: Option<&str>) -> SyntaxError {
    let (number, line, col) = line_of(bytes, at);
    let shown = number as i32;
    let place = file.map(|f| format!(" in file {f}")).unwrap_or_default();
    let offset = String::from_utf8_lossy(&line[..col]).chars().count() as i32 + 1;
    SyntaxError {
        kind: ErrorKind::Syntax,
        msg: format!(
            "Non-UTF-8 code starting with '\\x{:02x}'{place} on line {shown}, but no encoding declared; \
             see https://peps.python.org/pep-0263/ for details",
            bytes[at]
        )
        .into(),
        lineno: Some(shown),
        offset: Some(offset),
        end_lineno: Some(shown),
        end_offset: Some(offset),
        text: Some(String::from_utf8_lossy(line).into_owned()),
        around: None,
        late_place: false,
    }
}
