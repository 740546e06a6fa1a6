//! Multibyte encodings of Chinese, Japanese and Korean text, to the letter as CPython 3.14 has them.
//!
//! Crates that follow the WHATWG's encodings differ in thousands of characters, in what is an error and in how long the
//! error is, and know neither JIS X 0213 nor Johab. So the tables here are CPython's answers (`tables/make.py`), and the
//! code only knows how sequences are put together.

#![forbid(unsafe_code)]

mod hangul;
mod stateful;
mod table;

use hangul::{FILLER, JAMO};
pub use stateful::State;
use stateful::Stateful;
use std::sync::OnceLock;
use table::{Kind, Table};
use taipan_text::Units;
use taipan_text::codecs::{Decoded, Decoding, Encoding, Errors, Fail, Handler};
use taipan_text::units::try_extend;

const ILLEGAL: &str = "illegal multibyte sequence";
const INCOMPLETE: &str = "incomplete multibyte sequence";

/// An encoding.
pub struct Codec {
    /// As Python names it.
    pub name: &'static str,
    packed: &'static [u8],
    table: OnceLock<Table>,
}

macro_rules! codecs {
    ($($name:literal),*) => {
        static CODECS: [Codec; 16] = [$(Codec {
            name: $name,
            packed: include_bytes!(concat!("../tables/", $name, ".bin")),
            table: OnceLock::new(),
        }),*];
    };
}

codecs!(
    "gb2312",
    "gbk",
    "gb18030",
    "big5hkscs",
    "euc_jp",
    "shift_jis",
    "cp932",
    "euc_jisx0213",
    "shift_jisx0213",
    "euc_jis_2004",
    "shift_jis_2004",
    "cp949",
    "euc_kr",
    "johab",
    "big5",
    "cp950"
);

/// The encoding of a name, among those without states.
fn find(name: &str) -> Option<&'static Codec> {
    CODECS.iter().find(|c| c.name == name)
}

/// An encoding of either kind.
#[derive(Clone, Copy)]
pub enum Multibyte {
    /// Each sequence stands for itself.
    Plain(&'static Codec),
    /// What sequences mean depends on those before.
    Stateful(&'static Stateful),
}

impl Multibyte {
    /// The encoding of a name.
    pub fn find(name: &str) -> Option<Multibyte> {
        match find(name) {
            Some(codec) => Some(Multibyte::Plain(codec)),
            None => stateful::find_stateful(name).map(Multibyte::Stateful),
        }
    }

    /// As Python names it.
    pub fn name(self) -> &'static str {
        match self {
            Multibyte::Plain(codec) => codec.name,
            Multibyte::Stateful(codec) => codec.name,
        }
    }

    /// The state at the beginning of a text, of a decoder or an encoder.
    pub fn start(self, decodes: bool) -> State {
        match self {
            Multibyte::Plain(_) => State::default(),
            Multibyte::Stateful(codec) => codec.start(decodes),
        }
    }

    /// Makes a state that of the beginning, as far as a reset does.
    pub fn reset(self, state: &mut State) {
        match self {
            Multibyte::Plain(_) => {}
            Multibyte::Stateful(codec) => codec.reset(state),
        }
    }

    /// Decodes. Without `last`, an incomplete sequence at the end is left.
    pub fn decode<H: Handler>(
        self,
        input: &[u8],
        errors: Errors,
        last: bool,
        state: &mut State,
        handler: &mut H,
    ) -> Decoded<H::Error> {
        match self {
            Multibyte::Plain(codec) => codec.decode(input, errors, last, handler),
            Multibyte::Stateful(codec) => codec.decode(input, errors, last, state, handler),
        }
    }

    /// Encodes, and with `last` goes back to the state of the beginning; the number of characters used is less than all
    /// only where, without `last`, the next one decides about the one at the end.
    pub fn encode<H: Handler>(
        self,
        text: Units<'_>,
        errors: Errors,
        last: bool,
        state: &mut State,
        handler: &mut H,
    ) -> Result<(Vec<u8>, usize), Fail<H::Error>> {
        match self {
            Multibyte::Plain(codec) => codec.encode(text, errors, last, handler),
            Multibyte::Stateful(codec) => codec.encode(text, errors, last, state, handler),
        }
    }
}

/// What stands at a place of the input.
enum Read {
    Chars((u32, u16), usize),
    Incomplete,
    Illegal,
}

/// What becomes of the text at a place.
enum Written {
    Hangul([u8; 8]),
    /// A sequence for so many characters.
    Key(u32, usize),
    Four([u8; 4]),
    /// The next character decides.
    Pending,
    Illegal,
}

fn key_of(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |n, b| n << 8 | u32::from(*b))
}

fn put_key(out: &mut Vec<u8>, key: u32) -> Result<(), taipan_text::OutOfMemory> {
    let bytes = key.to_be_bytes();
    let skip = (key.leading_zeros() / 8).min(3) as usize;
    try_extend(out, &bytes[skip..])
}

impl Codec {
    fn table(&self) -> &Table {
        self.table.get_or_init(|| Table::unpack(self.packed))
    }

    fn read(&self, table: &Table, rest: &[u8]) -> Read {
        let Some(&first) = rest.first() else { return Read::Incomplete };
        let n = match table.kind(first) {
            Kind::Illegal => return Read::Illegal,
            Kind::Single => return Read::Chars((table.single(first), 0), 1),
            Kind::Two => 2,
            Kind::Three => 3,
        };
        if table.has_fours() && rest.get(1).is_some_and(u8::is_ascii_digit) {
            return match *rest {
                [a @ 0x81..=0xFE, b, c @ 0x81..=0xFE, d @ b'0'..=b'9', ..] => {
                    let lead = u32::from(a - 0x81) * 10 + u32::from(b - b'0');
                    let index = (lead * 126 + u32::from(c - 0x81)) * 10 + u32::from(d - b'0');
                    table.four(index).map_or(Read::Illegal, |c| Read::Chars((c, 0), 4))
                }
                [_, _] | [_, _, _] => Read::Incomplete,
                _ => Read::Illegal,
            };
        }
        if self.name == "euc_kr" && rest.starts_with(&[JAMO, FILLER]) {
            return match rest.first_chunk::<8>() {
                Some(bytes) => hangul::read(bytes).map_or(Read::Illegal, |c| Read::Chars((c, 0), 8)),
                None => Read::Incomplete,
            };
        }
        match rest.get(..n) {
            Some(bytes) => table.sequence(key_of(bytes)).map_or(Read::Illegal, |chars| Read::Chars(chars, n)),
            None => Read::Incomplete,
        }
    }

    /// Decodes. Without `last`, an incomplete sequence at the end is left.
    pub fn decode<H: Handler>(&self, input: &[u8], errors: Errors, last: bool, handler: &mut H) -> Decoded<H::Error> {
        let table = self.table();
        let mut d = Decoding::new(self.name, input, errors, handler);
        let mut at = 0;
        while at < d.input().len() {
            let rest = &d.input()[at..];
            match self.read(table, rest) {
                Read::Chars((first, second), n) => {
                    d.out.push(first)?;
                    if second != 0 {
                        d.out.push(second.into())?;
                    }
                    at += n;
                }
                Read::Incomplete if !last => break,
                Read::Incomplete => {
                    let end = d.input().len();
                    at = d.fail(at, end, INCOMPLETE)?;
                }
                Read::Illegal => at = d.fail(at, at + 1, ILLEGAL)?,
            }
        }
        Ok((d.out, at))
    }

    fn write(&self, table: &Table, c: u32, next: Option<u32>, last: bool) -> Written {
        if table.begins_pair(c) {
            match next {
                Some(next) => {
                    if let Some(key) = table.pair_key(c, next) {
                        return Written::Key(key, 2);
                    }
                }
                None if !last => return Written::Pending,
                None => {}
            }
        }
        if let Some(key) = table.key(c) {
            return Written::Key(key, 1);
        }
        if self.name == "euc_kr"
            && let Some(bytes) = hangul::write(c)
        {
            return Written::Hangul(bytes);
        }
        match table.four_index(c) {
            Some(i) => Written::Four([
                0x81 + (i / 12600) as u8,
                b'0' + (i / 1260 % 10) as u8,
                0x81 + (i / 10 % 126) as u8,
                b'0' + (i % 10) as u8,
            ]),
            None => Written::Illegal,
        }
    }

    /// Encodes; the number of characters used is less than all only where, without `last`, the next one decides about
    /// the one at the end.
    pub fn encode<H: Handler>(
        &self,
        text: Units<'_>,
        errors: Errors,
        last: bool,
        handler: &mut H,
    ) -> Result<(Vec<u8>, usize), Fail<H::Error>> {
        let table = self.table();
        let mut e = Encoding::new(self.name, text, errors, handler)?;
        let mut at = 0;
        while let Some(c) = text.get(at) {
            match self.write(table, c, text.get(at + 1), last) {
                Written::Key(key, n) => {
                    put_key(&mut e.out, key)?;
                    at += n;
                }
                Written::Four(bytes) => {
                    try_extend(&mut e.out, &bytes)?;
                    at += 1;
                }
                Written::Hangul(bytes) => {
                    try_extend(&mut e.out, &bytes)?;
                    at += 1;
                }
                Written::Pending => break,
                Written::Illegal => {
                    at = e.fail(at, at + 1, ILLEGAL, |_, out, c| match self.write(table, c, None, true) {
                        Written::Key(key, _) => {
                            put_key(out, key)?;
                            Ok(true)
                        }
                        Written::Four(bytes) => {
                            try_extend(out, &bytes)?;
                            Ok(true)
                        }
                        Written::Hangul(bytes) => {
                            try_extend(out, &bytes)?;
                            Ok(true)
                        }
                        Written::Pending | Written::Illegal => Ok(false),
                    })?;
                }
            }
        }
        Ok((e.out, at))
    }
}
