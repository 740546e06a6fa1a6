//! From the bytes of a document to its text: which encoding they are in, and decoding what has arrived.

/// How the bytes of a document stand for characters.
#[derive(Clone, Debug)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// US-ASCII.
    Ascii,
    /// ISO 8859-1.
    Latin1,
    /// UTF-16; whether the high byte comes first.
    Utf16(bool),
    /// One byte a character; `None` is no character.
    Table(Box<[Option<char>; 256]>),
}

/// What follows the text that could be decoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flaw {
    /// Bytes that stand for nothing.
    Invalid,
    /// Part of a character, at the end of the document.
    Partial,
}

/// The bytes that are not decoded yet.
#[derive(Default)]
pub struct Input {
    bytes: Vec<u8>,
    /// Known once enough has been seen.
    pub encoding: Option<Encoding>,
    /// Bytes of the byte-order mark.
    pub mark: usize,
    /// The XML declaration has been handed out as it is.
    declared: bool,
    /// What ended decoding.
    pub flaw: Option<Flaw>,
    /// No more will come.
    pub last: bool,
}

impl Encoding {
    /// An encoding that Expat knows itself.
    pub fn known(name: &str) -> Option<Encoding> {
        Some(match name.to_ascii_lowercase().as_str() {
            "utf-8" => Encoding::Utf8,
            "us-ascii" => Encoding::Ascii,
            "iso-8859-1" => Encoding::Latin1,
            "utf-16" | "utf-16be" => Encoding::Utf16(true),
            "utf-16le" => Encoding::Utf16(false),
            _ => return None,
        })
    }

    /// Whether an ASCII character takes one byte.
    pub fn is_narrow(&self) -> bool {
        !matches!(self, Encoding::Utf16(_))
    }

    /// Whether what markup consists of is where ASCII has it, as Expat asks of encodings that it does not know.
    pub fn reads_markup(&self) -> bool {
        let Encoding::Table(table) = self else { return true };
        let markup = |b: &u8| matches!(b, b'\t' | b'\n' | b'\r' | b' '..=b'~') && !b"$@\\^`{}~".contains(b);
        (0..0x80).filter(markup).all(|b| table[usize::from(b)] == Some(char::from(b)))
    }

    /// Bytes that a character takes.
    pub fn width(&self, c: char) -> usize {
        match self {
            Encoding::Utf8 => c.len_utf8(),
            Encoding::Utf16(_) => 2 * c.len_utf16(),
            _ => 1,
        }
    }
}

impl Input {
    /// Adds bytes.
    pub fn push(&mut self, more: &[u8]) -> Result<(), std::collections::TryReserveError> {
        self.bytes.try_reserve(more.len())?;
        self.bytes.extend_from_slice(more);
        Ok(())
    }

    /// Looks for a byte-order mark; whether enough has been seen to know.
    fn sniff(&mut self) -> bool {
        let b = &self.bytes;
        if b.len() < 4 && !self.last {
            return false;
        }
        let (encoding, mark) = match b.as_slice() {
            [0xEF, 0xBB, 0xBF, ..] => (Some(Encoding::Utf8), 3),
            [0xFE, 0xFF, ..] => (Some(Encoding::Utf16(true)), 2),
            [0xFF, 0xFE, ..] => (Some(Encoding::Utf16(false)), 2),
            [0, b'<', ..] => (Some(Encoding::Utf16(true)), 0),
            [b'<', 0, ..] => (Some(Encoding::Utf16(false)), 0),
            _ => (None, 0),
        };
        self.bytes.drain(..mark);
        self.mark = mark;
        self.encoding = encoding;
        true
    }

    /// Moves what can be decoded to the end of `text`. While the encoding is open, that is the XML declaration alone,
    /// which is in ASCII.
    pub fn decode(&mut self, text: &mut String, begun: bool) {
        if self.encoding.is_none() {
            if begun || self.declared || !self.sniff() {
                return;
            }
            if self.encoding.is_none() {
                if !self.bytes.starts_with(b"<?xml") {
                    self.encoding = Some(Encoding::Utf8);
                } else if let Some(n) = self.bytes.windows(2).position(|w| w == b"?>") {
                    if self.bytes[..n].is_ascii() {
                        let head: Vec<u8> = self.bytes.drain(..n + 2).collect();
                        text.extend(head.iter().map(|b| char::from(*b)));
                        self.declared = true;
                        return;
                    }
                    self.encoding = Some(Encoding::Utf8);
                } else if self.last {
                    self.encoding = Some(Encoding::Utf8);
                } else {
                    return;
                }
            }
        }
        if self.flaw.is_some() {
            self.bytes.clear();
            return;
        }
        match self.encoding.take() {
            Some(Encoding::Utf8) => {
                self.decode_utf8(text);
                self.encoding = Some(Encoding::Utf8);
            }
            Some(Encoding::Utf16(big)) => {
                self.decode_utf16(text, big);
                self.encoding = Some(Encoding::Utf16(big));
            }
            Some(single) => {
                let table = |b: u8| match &single {
                    Encoding::Ascii => b.is_ascii().then_some(char::from(b)),
                    Encoding::Table(table) => table[usize::from(b)],
                    _ => Some(char::from(b)),
                };
                for b in self.bytes.drain(..) {
                    match table(b) {
                        Some(c) => text.push(c),
                        None => {
                            self.flaw = Some(Flaw::Invalid);
                            break;
                        }
                    }
                }
                self.encoding = Some(single);
            }
            None => {}
        }
        if self.last && !self.bytes.is_empty() && self.flaw.is_none() {
            self.flaw = Some(Flaw::Partial);
        }
    }

    fn decode_utf8(&mut self, text: &mut String) {
        match std::str::from_utf8(&self.bytes) {
            Ok(all) => {
                text.push_str(all);
                self.bytes.clear();
            }
            Err(e) => {
                let n = e.valid_up_to();
                text.push_str(&String::from_utf8_lossy(&self.bytes[..n]));
                if e.error_len().is_some() {
                    self.flaw = Some(Flaw::Invalid);
                }
                self.bytes.drain(..n);
            }
        }
    }

    fn decode_utf16(&mut self, text: &mut String, big: bool) {
        let mut used = 0;
        let units: Vec<u16> = self
            .bytes
            .chunks_exact(2)
            .map(|p| if big { u16::from_be_bytes([p[0], p[1]]) } else { u16::from_le_bytes([p[0], p[1]]) })
            .collect();
        let split = units.last().is_some_and(|u| (0xD800..0xDC00).contains(u));
        for c in char::decode_utf16(units[..units.len() - usize::from(split)].iter().copied()) {
            match c {
                Ok(c) => {
                    text.push(c);
                    used += 2 * c.len_utf16();
                }
                Err(_) => {
                    self.flaw = Some(Flaw::Invalid);
                    break;
                }
            }
        }
        self.bytes.drain(..used);
    }
}
