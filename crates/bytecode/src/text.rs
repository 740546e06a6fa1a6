//! Text as Python has it: a sequence of code points that may include lone surrogates.
//!
//! Stored as UTF-8 with surrogates encoded like any other code point of three bytes (Python's `surrogatepass`). A pair of
//! surrogates stays a pair, so this is a little wider than WTF-8 proper. Whether the text is valid UTF-8 is decided when it is
//! made, so that asking costs nothing.

use std::fmt;
use std::sync::Arc;

/// Shared, immutable text; cloning raises a count.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text(Repr);

// Invariant: `Surrogates` holds at least one surrogate, so equal texts have equal representations.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Repr {
    Utf8(Arc<str>),
    Surrogates(Arc<[u8]>),
}

impl Text {
    /// From bytes in UTF-8 that may contain encoded surrogates; `None` if they are anything else.
    pub fn from_wtf8(bytes: &[u8]) -> Option<Text> {
        if let Ok(s) = std::str::from_utf8(bytes) {
            return Some(Text(Repr::Utf8(s.into())));
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            match std::str::from_utf8(rest) {
                Ok(_) => break,
                Err(e) => {
                    rest = &rest[e.valid_up_to()..];
                    match *rest {
                        [0xED, 0xA0..=0xBF, 0x80..=0xBF, ..] => rest = &rest[3..],
                        _ => return None,
                    }
                }
            }
        }
        Some(Text(Repr::Surrogates(bytes.into())))
    }

    /// From code points; values that are neither scalar values nor surrogates become U+FFFD.
    pub fn from_code_points(points: impl IntoIterator<Item = u32>) -> Text {
        let mut bytes = Vec::new();
        let mut lone = false;
        for point in points {
            if (0xD800..0xE000).contains(&point) {
                lone = true;
                bytes.extend([0xED, 0x80 | (point >> 6 & 0x3F) as u8, 0x80 | (point & 0x3F) as u8]);
            } else {
                let c = char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER);
                bytes.extend(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        if lone {
            Text(Repr::Surrogates(bytes.into()))
        } else {
            Text(Repr::Utf8(String::from_utf8(bytes).unwrap_or_default().into()))
        }
    }

    /// The text, unless it holds a surrogate.
    pub fn as_str(&self) -> Option<&str> {
        match &self.0 {
            Repr::Utf8(s) => Some(s),
            Repr::Surrogates(_) => None,
        }
    }

    /// UTF-8 with surrogates encoded in three bytes each.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Utf8(s) => s.as_bytes(),
            Repr::Surrogates(b) => b,
        }
    }

    pub fn is_ascii(&self) -> bool {
        self.as_bytes().is_ascii()
    }

    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }

    /// Number of code points.
    pub fn len(&self) -> usize {
        self.as_bytes().iter().filter(|b| **b & 0xC0 != 0x80).count()
    }

    pub fn code_points(&self) -> CodePoints<'_> {
        CodePoints { bytes: self.as_bytes() }
    }

    /// The text with each surrogate replaced by U+FFFD, for messages.
    pub fn to_lossy(&self) -> String {
        match &self.0 {
            Repr::Utf8(s) => s.to_string(),
            Repr::Surrogates(_) => {
                self.code_points().map(|p| char::from_u32(p).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
            }
        }
    }
}

/// Iterator over the code points of a [`Text`], surrogates included.
pub struct CodePoints<'a> {
    bytes: &'a [u8],
}

impl Iterator for CodePoints<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let (&first, _) = self.bytes.split_first()?;
        let (len, bits) = match first {
            0..0x80 => (1, first as u32),
            0x80..0xE0 => (2, first as u32 & 0x1F),
            0xE0..0xF0 => (3, first as u32 & 0x0F),
            _ => (4, first as u32 & 0x07),
        };
        let (head, tail) = self.bytes.split_at(len.min(self.bytes.len()));
        self.bytes = tail;
        Some(head[1..].iter().fold(bits, |point, b| point << 6 | (*b as u32 & 0x3F)))
    }
}

impl From<&str> for Text {
    fn from(s: &str) -> Text {
        Text(Repr::Utf8(s.into()))
    }
}

impl From<String> for Text {
    fn from(s: String) -> Text {
        Text(Repr::Utf8(s.into()))
    }
}

impl From<Arc<str>> for Text {
    fn from(s: Arc<str>) -> Text {
        Text(Repr::Utf8(s))
    }
}

impl Default for Text {
    fn default() -> Text {
        Text::from("")
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_str() {
            Some(s) => f.write_str(s),
            None => f.write_str(&self.to_lossy()),
        }
    }
}

/// Quoted, with surrogates as `\uDXXX`.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("'")?;
        for point in self.code_points() {
            match char::from_u32(point) {
                Some('\'') => f.write_str("\\'")?,
                Some('"') => f.write_str("\"")?,
                Some(c) => write!(f, "{}", c.escape_debug())?,
                None => write!(f, "\\u{point:04x}")?,
            }
        }
        f.write_str("'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surrogates_survive() {
        let t = Text::from_code_points([0x61, 0xD800, 0xDFFF, 0x1F600]);
        assert_eq!(t.as_str(), None);
        assert_eq!(t.len(), 4);
        assert_eq!(t.code_points().collect::<Vec<_>>(), [0x61, 0xD800, 0xDFFF, 0x1F600]);
        assert_eq!(Text::from_wtf8(t.as_bytes()), Some(t.clone()));
        assert_eq!(format!("{t:?}"), "'a\\ud800\\udfff😀'");
    }

    #[test]
    fn other_garbage_is_refused() {
        for bad in [&b"\xff"[..], b"\xed\xa0", b"\xc0\x80", b"a\xe0\x80\x80", b"\xed\xa0\x80\xff"] {
            assert_eq!(Text::from_wtf8(bad), None);
        }
        assert_eq!(Text::from_wtf8("é".as_bytes()), Some(Text::from("é")));
    }
}
