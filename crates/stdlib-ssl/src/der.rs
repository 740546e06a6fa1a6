//! Reads DER, the encoding of certificates. Nothing in it can be trusted: whatever does not add up is `None`.

/// Tags that certificates are made of.
pub mod tag {
    pub const BOOLEAN: u8 = 0x01;
    pub const INTEGER: u8 = 0x02;
    pub const OCTET_STRING: u8 = 0x04;
    pub const OBJECT: u8 = 0x06;
    pub const UTF8: u8 = 0x0c;
    pub const BMP: u8 = 0x1e;
    pub const UTC_TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
}

/// One element: its tag, its contents, and all of it.
#[derive(Clone, Copy)]
pub struct Element<'a> {
    pub tag: u8,
    pub value: &'a [u8],
    pub whole: &'a [u8],
}

/// A run of elements.
#[derive(Clone, Copy)]
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    /// The next element, of any kind.
    pub fn next(&mut self) -> Option<Element<'a>> {
        let all = self.0;
        let (&tag, rest) = all.split_first()?;
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (&first, rest) = rest.split_first()?;
        let (len, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let n = usize::from(first & 0x7f);
            if n == 0 || n > 4 {
                return None;
            }
            let (bytes, rest) = rest.split_at_checked(n)?;
            (bytes.iter().fold(0, |len, b| len << 8 | usize::from(*b)), rest)
        };
        let (value, rest) = rest.split_at_checked(len)?;
        self.0 = rest;
        Some(Element { tag, value, whole: &all[..all.len() - rest.len()] })
    }

    /// The next element, which must have this tag.
    pub fn expect(&mut self, tag: u8) -> Option<Element<'a>> {
        self.next().filter(|e| e.tag == tag)
    }

    /// The next element if it has this tag.
    pub fn take(&mut self, tag: u8) -> Option<Element<'a>> {
        if self.0.first() == Some(&tag) { self.next() } else { None }
    }

    /// Whether there is nothing more.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> Element<'a> {
    /// What is in it.
    pub fn inner(self) -> Reader<'a> {
        Reader(self.value)
    }
}

/// A dotted object identifier.
pub fn dotted(bytes: &[u8]) -> Option<String> {
    let mut numbers = Vec::new();
    let mut number: u64 = 0;
    for (i, b) in bytes.iter().enumerate() {
        number = number.checked_mul(128)?.checked_add(u64::from(b & 0x7f))?;
        if b & 0x80 != 0 {
            if i + 1 == bytes.len() {
                return None;
            }
            continue;
        }
        if numbers.is_empty() {
            let first = (number / 40).min(2);
            numbers.extend([first, number - first * 40]);
        } else {
            numbers.push(number);
        }
        number = 0;
    }
    if numbers.is_empty() {
        return None;
    }
    Some(numbers.iter().map(u64::to_string).collect::<Vec<_>>().join("."))
}

/// Bytes in capital hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02X}")).collect()
}

/// The text of a string of any of the kinds that names are made of.
pub fn text(e: Element<'_>) -> String {
    match e.tag {
        tag::BMP => {
            let units: Vec<u16> = e.value.chunks_exact(2).map(|p| u16::from_be_bytes([p[0], p[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        tag::UTF8 => String::from_utf8_lossy(e.value).into_owned(),
        _ => match std::str::from_utf8(e.value) {
            Ok(text) if text.is_ascii() => text.to_owned(),
            _ => e.value.iter().map(|&b| char::from(b)).collect(),
        },
    }
}

/// Year, month, day, hour, minute and second.
pub fn time(e: Element<'_>) -> Option<[u32; 6]> {
    let digits = std::str::from_utf8(e.value).ok()?;
    let (year, rest) = match e.tag {
        tag::UTC_TIME => {
            let two: u32 = digits.get(..2)?.parse().ok()?;
            (if two < 50 { 2000 + two } else { 1900 + two }, digits.get(2..)?)
        }
        tag::GENERALIZED_TIME => (digits.get(..4)?.parse().ok()?, digits.get(4..)?),
        _ => return None,
    };
    let part = |i: usize| rest.get(2 * i..2 * i + 2).and_then(|d| d.parse::<u32>().ok());
    let second = part(4).unwrap_or(0);
    let found = [year, part(0)?, part(1)?, part(2)?, part(3)?, second];
    let fits = (1..=12).contains(&found[1]) && (1..=31).contains(&found[2]) && found[3] < 24 && found[4] < 60;
    fits.then_some(found)
}

/// Seconds since 1970 of such a time.
pub fn seconds(t: [u32; 6]) -> i64 {
    let [year, month, day, hour, minute, second] = t.map(i64::from);
    // Days by the civil calendar, with March as the first month.
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y - era * 400;
    let doy = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    (era * 146_097 + doe - 719_468) * 86_400 + hour * 3600 + minute * 60 + second
}
