//! Encodings whose bytes mean what the bytes before have chosen: those of ISO 2022, and HZ.
//!
//! The character sets behind them are halves of encodings that have tables already, which are asked with the high bits
//! set. What is chosen is kept as CPython keeps it, since `getstate()` shows it: four sets, of which G0 to G2 are in use,
//! then flags.

use crate::table::Table;
use crate::{Codec, ILLEGAL, INCOMPLETE, find};
use taipan_text::codecs::{Decoded, Decoding, Encoding, Errors, Fail, Handler};
use taipan_text::units::try_extend;
use taipan_text::{OutOfMemory, Units};

/// What has been chosen.
pub type State = [u8; 8];

const ESC: u8 = 0x1B;
const SHIFT_OUT: u8 = 0x0E;
const SHIFT_IN: u8 = 0x0F;
/// Where the flags are.
const FLAGS: usize = 4;
/// G1 is in use instead of G0.
const SHIFTED: u8 = 1;
/// Inside an escape sequence that is none of ISO 2022's.
const FOREIGN: u8 = 2;
/// The longest escape sequence that is looked for.
const LONGEST: usize = 16;

/// A character set: the last byte of the sequence that chooses it, with the high bit set for sets of two bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Set {
    Latin1 = b'A',
    Ascii = b'B',
    Greek = b'F',
    Kana = b'I',
    Roman = b'J',
    Jis78 = b'@' | 0x80,
    Gb2312 = b'A' | 0x80,
    Jis0208 = b'B' | 0x80,
    Korean = b'C' | 0x80,
    Jis0212 = b'D' | 0x80,
    Jis0213First = b'O' | 0x80,
    Jis0213Second = b'P' | 0x80,
    Jis2004First = b'Q' | 0x80,
}

impl Set {
    fn mark(self) -> u8 {
        self as u8
    }

    fn width(self) -> usize {
        if self.mark() & 0x80 != 0 { 2 } else { 1 }
    }

    /// The encoding that has the set's characters.
    fn table(self) -> Option<&'static Table> {
        let name = match self {
            Set::Latin1 | Set::Ascii | Set::Greek | Set::Kana | Set::Roman => return None,
            Set::Jis78 | Set::Jis0208 | Set::Jis0212 => "euc_jp",
            Set::Gb2312 => "gb2312",
            Set::Korean => "euc_kr",
            Set::Jis0213First => "euc_jisx0213",
            Set::Jis2004First | Set::Jis0213Second => "euc_jis_2004",
        };
        find(name).map(Codec::table)
    }

    /// Whether it is the half of its table that three bytes reach.
    fn is_third(self) -> bool {
        matches!(self, Set::Jis0212 | Set::Jis0213Second)
    }

    /// The characters of one or two bytes.
    fn decode(self, bytes: &[u8]) -> Option<(u32, u16)> {
        match (self, bytes) {
            (Set::Ascii, [b]) => Some(((*b).into(), 0)),
            (Set::Roman, [b'\\']) => Some((0xA5, 0)),
            (Set::Roman, [b'~']) => Some((0x203E, 0)),
            (Set::Roman, [b]) => Some(((*b).into(), 0)),
            (Set::Kana, [b @ 0x21..=0x5F]) => Some((u32::from(*b) + 0xFF40, 0)),
            // EUC-KR has the filler of syllables here, and EUC-JIS a wide tilde.
            (Set::Korean, [0x24, 0x54]) => Some((0x3164, 0)),
            (Set::Jis0213First | Set::Jis2004First, [0x22, 0x32]) => Some((b'~'.into(), 0)),
            (_, [a, b]) if self.has_row(*a) && *b < 0x80 => {
                let lead = if self.is_third() { 0x8F_0000 } else { 0 };
                self.table()?.sequence(lead | u32::from(*a) << 8 | u32::from(*b) | 0x8080)
            }
            _ => None,
        }
    }

    /// Whether the set has characters in a row. The table of JIS X 0213 has those of JIS X 0212 where it has none itself.
    fn has_row(self, row: u8) -> bool {
        self != Set::Jis0213Second || matches!(row, 0x21 | 0x23..=0x25 | 0x28 | 0x2C..=0x2F | 0x6E..=0x7E)
    }

    /// The bytes of what a table makes of characters.
    fn of_key(self, key: u32) -> Option<[u8; 2]> {
        let [_, lead, a, b] = key.to_be_bytes();
        let lead_fits = if self.is_third() { lead == 0x8F } else { lead == 0 };
        let fits = lead_fits && a > 0xA0 && b > 0xA0 && self.has_row(a & 0x7F);
        fits.then_some([a & 0x7F, b & 0x7F])
    }

    /// The bytes of a character: one in the second place, or two.
    fn encode(self, c: u32) -> Option<[u8; 2]> {
        match (self, c) {
            (Set::Latin1 | Set::Greek, _) => None,
            (Set::Roman, 0xA5) => Some([0, b'\\']),
            (Set::Roman, 0x203E) => Some([0, b'~']),
            (Set::Roman | Set::Ascii, _) => None,
            (Set::Kana, 0xFF61..=0xFF9F) => Some([0, (c - 0xFF40) as u8]),
            (Set::Kana, _) => None,
            _ => self.of_key(self.table()?.key(c)?),
        }
    }
}

/// A set in an encoding.
#[derive(Clone, Copy)]
struct Choice {
    set: Set,
    /// Whether it is chosen as G1, and used after a shift.
    shifted: bool,
    /// Only for pairs of characters.
    pairs: bool,
}

const fn plain(set: Set) -> Choice {
    Choice { set, shifted: false, pairs: false }
}

/// One of the encodings.
pub struct Stateful {
    /// As Python names it.
    pub name: &'static str,
    /// In the order in which sets are tried. None for HZ.
    choices: &'static [Choice],
    shifts: bool,
    has_g2: bool,
    /// Whether a set can be announced with the number of its revision.
    revisions: bool,
}

const fn japanese(name: &'static str, choices: &'static [Choice]) -> Stateful {
    Stateful { name, choices, shifts: false, has_g2: false, revisions: true }
}

const ROMAN: Choice = plain(Set::Roman);
const JIS78: Choice = plain(Set::Jis78);
const JIS0208: Choice = plain(Set::Jis0208);
const JIS0212: Choice = plain(Set::Jis0212);

static ENCODINGS: [Stateful; 8] = [
    Stateful { name: "hz", choices: &[], shifts: false, has_g2: false, revisions: false },
    Stateful {
        name: "iso2022_kr",
        choices: &[Choice { set: Set::Korean, shifted: true, pairs: false }],
        shifts: true,
        has_g2: false,
        revisions: false,
    },
    japanese("iso2022_jp", &[JIS0208, ROMAN, JIS78]),
    japanese("iso2022_jp_1", &[JIS0208, JIS0212, ROMAN, JIS78]),
    Stateful {
        name: "iso2022_jp_2",
        choices: &[
            JIS0208,
            JIS0212,
            plain(Set::Korean),
            plain(Set::Gb2312),
            ROMAN,
            JIS78,
            plain(Set::Latin1),
            plain(Set::Greek),
        ],
        shifts: false,
        has_g2: true,
        revisions: true,
    },
    japanese(
        "iso2022_jp_2004",
        &[
            Choice { set: Set::Jis2004First, shifted: false, pairs: true },
            JIS0208,
            plain(Set::Jis2004First),
            plain(Set::Jis0213Second),
        ],
    ),
    japanese(
        "iso2022_jp_3",
        &[
            Choice { set: Set::Jis0213First, shifted: false, pairs: true },
            JIS0208,
            plain(Set::Jis0213First),
            plain(Set::Jis0213Second),
        ],
    ),
    japanese("iso2022_jp_ext", &[JIS0208, JIS0212, ROMAN, plain(Set::Kana), JIS78]),
];

/// The encoding of a name.
pub fn find_stateful(name: &str) -> Option<&'static Stateful> {
    ENCODINGS.iter().find(|e| e.name == name)
}

/// What stands at a place of the input.
enum Step {
    /// Characters, and the bytes they took.
    Chars((u32, u16), usize),
    /// Bytes that only chose something.
    Chose(usize),
    Incomplete,
    /// So many bytes are wrong.
    Illegal(usize),
}

/// What becomes of the text at a place.
enum Place {
    Set(Choice, [u8; 2], usize),
    /// The next character decides.
    Pending,
    Illegal,
}

impl Stateful {
    fn is_hz(&self) -> bool {
        self.choices.is_empty()
    }

    /// What is chosen at the beginning. Encoders do not know of G2.
    pub fn start(&self, decodes: bool) -> State {
        let mut state = State::default();
        if !self.is_hz() {
            state[..if decodes { 3 } else { 2 }].fill(Set::Ascii.mark());
        }
        state
    }

    /// What a state becomes by a reset.
    pub fn reset(&self, state: &mut State) {
        if self.is_hz() {
            state[0] = 0;
        } else {
            state[0] = Set::Ascii.mark();
            state[FLAGS] &= !SHIFTED;
        }
    }

    fn set_of(&self, mark: u8) -> Option<Set> {
        if mark == Set::Ascii.mark() {
            return Some(Set::Ascii);
        }
        self.choices.iter().map(|c| c.set).find(|set| set.mark() == mark)
    }

    /// Reads an escape sequence that may choose a set.
    fn choose(&self, state: &mut State, rest: &[u8]) -> Step {
        let mut end = 1;
        loop {
            if end >= LONGEST {
                return Step::Illegal(1);
            }
            match rest.get(end) {
                None => return Step::Incomplete,
                Some(b'A'..=b'Z' | b'@') => break,
                // A revision's number is followed by a sequence of its own.
                Some(b'&') if self.revisions && rest.get(end + 1) == Some(&b'@') => end += 3,
                Some(_) => end += 1,
            }
        }
        let sequence = &rest[..=end];
        let n = sequence.len();
        let (place, mark) = match *sequence {
            [_, b'$', last] => (0, last | 0x80),
            [_, b'(', last] => (0, last),
            [_, b')', last] => (1, last),
            [_, b'.', last] if self.has_g2 => (2, last),
            [_, b'$', b'(', last] => (0, last | 0x80),
            [_, b'$', b')', last] => (1, last | 0x80),
            [_, _, _, ESC, b'$', b'B'] if self.revisions => (0, Set::Jis0208.mark()),
            _ => return Step::Illegal(n),
        };
        if self.set_of(mark).is_none() {
            return Step::Illegal(n);
        }
        state[place] = mark;
        Step::Chose(n)
    }

    /// Reads a character of G2.
    fn second_shift(state: &State, byte: u8) -> Step {
        let c = u32::from(byte);
        let read = match state[2] {
            mark if mark == Set::Latin1.mark() && byte < 0x80 => Some(c + 0x80),
            mark if mark == Set::Greek.mark() => greek(byte ^ 0x80),
            mark if mark == Set::Ascii.mark() && byte < 0x80 => Some(c),
            _ => None,
        };
        read.map_or(Step::Illegal(3), |c| Step::Chars((c, 0), 3))
    }

    fn step_2022(&self, state: &mut State, rest: &[u8]) -> Step {
        let Some(&first) = rest.first() else { return Step::Incomplete };
        let itself = Step::Chars((first.into(), 0), 1);
        if state[FLAGS] & FOREIGN != 0 {
            if matches!(first, b'A'..=b'Z' | b'@') {
                state[FLAGS] &= !FOREIGN;
            }
            return itself;
        }
        match (first, rest.get(1), rest.get(2)) {
            (ESC, None, _) => Step::Incomplete,
            (ESC, Some(b'(' | b')' | b'$' | b'.' | b'&'), _) => self.choose(state, rest),
            (ESC, Some(b'N'), None) if self.has_g2 => Step::Incomplete,
            (ESC, Some(b'N'), Some(byte)) if self.has_g2 => Self::second_shift(state, *byte),
            (ESC, ..) => {
                state[FLAGS] |= FOREIGN;
                itself
            }
            (SHIFT_IN, ..) if self.shifts => {
                state[FLAGS] &= !SHIFTED;
                Step::Chose(1)
            }
            (SHIFT_OUT, ..) if self.shifts => {
                state[FLAGS] |= SHIFTED;
                Step::Chose(1)
            }
            (b'\n', ..) => {
                state[FLAGS] &= !SHIFTED;
                itself
            }
            (0..0x20, ..) => itself,
            (0x80.., ..) => Step::Illegal(1),
            _ => {
                let mark = state[usize::from(state[FLAGS] & SHIFTED != 0)];
                let Some(set) = self.set_of(mark) else { return Step::Illegal(1) };
                let n = set.width();
                match rest.get(..n) {
                    None => Step::Incomplete,
                    Some(bytes) => set.decode(bytes).map_or(Step::Illegal(n), |chars| Step::Chars(chars, n)),
                }
            }
        }
    }

    fn step_hz(state: &mut State, rest: &[u8]) -> Step {
        let chinese = state[0] != 0;
        match *rest {
            [] | [b'~'] => Step::Incomplete,
            [b'~', b'~', ..] if !chinese => Step::Chars((b'~'.into(), 0), 2),
            [b'~', b'\n', ..] if !chinese => Step::Chose(2),
            [b'~', b'{', ..] if !chinese => {
                state[0] = 1;
                Step::Chose(2)
            }
            [b'~', b'}', ..] if chinese => {
                state[0] = 0;
                Step::Chose(2)
            }
            [b'~' | 0x80.., ..] => Step::Illegal(1),
            [first, ..] if !chinese => Step::Chars((first.into(), 0), 1),
            [_] => Step::Incomplete,
            [a, b, ..] if b < 0x80 => {
                Set::Gb2312.decode(&[a, b]).map_or(Step::Illegal(1), |chars| Step::Chars(chars, 2))
            }
            _ => Step::Illegal(1),
        }
    }

    /// Decodes. Without `last`, an incomplete sequence at the end is left.
    pub fn decode<H: Handler>(
        &self,
        input: &[u8],
        errors: Errors,
        last: bool,
        state: &mut State,
        handler: &mut H,
    ) -> Decoded<H::Error> {
        let mut d = Decoding::new(self.name, input, errors, handler);
        let mut at = 0;
        while at < d.input().len() {
            let rest = &d.input()[at..];
            let step = if self.is_hz() { Self::step_hz(state, rest) } else { self.step_2022(state, rest) };
            match step {
                Step::Chars((first, second), n) => {
                    d.out.push(first)?;
                    if second != 0 {
                        d.out.push(second.into())?;
                    }
                    at += n;
                }
                Step::Chose(n) => at += n,
                Step::Incomplete if !last => break,
                Step::Incomplete => {
                    let end = d.input().len();
                    at = d.fail(at, end, INCOMPLETE)?;
                }
                Step::Illegal(n) => {
                    let end = (at + n).min(d.input().len());
                    at = d.fail(at, end, ILLEGAL)?;
                }
            }
        }
        Ok((d.out, at))
    }

    /// The set that has a character, or the pair that it begins.
    fn place(&self, c: u32, next: Option<u32>, last: bool) -> Place {
        for choice in self.choices {
            if !choice.pairs {
                if let Some(bytes) = choice.set.encode(c) {
                    return Place::Set(*choice, bytes, 1);
                }
                continue;
            }
            let Some(table) = choice.set.table().filter(|table| table.begins_pair(c)) else { continue };
            match next {
                None if !last => return Place::Pending,
                None => {}
                Some(next) => {
                    if let Some(bytes) = table.pair_key(c, next).and_then(|key| choice.set.of_key(key)) {
                        return Place::Set(*choice, bytes, 2);
                    }
                }
            }
        }
        Place::Illegal
    }

    /// Goes back to ASCII, as at the end of a text.
    fn finish(&self, state: &mut State, out: &mut Vec<u8>) -> Result<(), OutOfMemory> {
        if self.is_hz() {
            if state[0] != 0 {
                state[0] = 0;
                try_extend(out, b"~}")?;
            }
            return Ok(());
        }
        self.shift(state, out, false)?;
        self.choose_g0(state, out, Set::Ascii)
    }

    fn shift(&self, state: &mut State, out: &mut Vec<u8>, shifted: bool) -> Result<(), OutOfMemory> {
        if (state[FLAGS] & SHIFTED != 0) == shifted {
            return Ok(());
        }
        state[FLAGS] ^= SHIFTED;
        try_extend(out, &[if shifted { SHIFT_OUT } else { SHIFT_IN }])
    }

    fn choose_g0(&self, state: &mut State, out: &mut Vec<u8>, set: Set) -> Result<(), OutOfMemory> {
        let mark = set.mark();
        if state[0] == mark {
            return Ok(());
        }
        state[0] = mark;
        let last = mark & 0x7F;
        match set {
            _ if set.width() == 1 => try_extend(out, &[ESC, b'(', last]),
            Set::Jis0208 => try_extend(out, &[ESC, b'$', last]),
            _ => try_extend(out, &[ESC, b'$', b'(', last]),
        }
    }

    /// Writes a character, or answers that it cannot.
    fn write(
        &self,
        state: &mut State,
        out: &mut Vec<u8>,
        (c, next): (u32, Option<u32>),
        last: bool,
    ) -> Result<Wrote, OutOfMemory> {
        if c < 0x80 {
            if self.is_hz() {
                self.finish(state, out)?;
                let times = if c == u32::from(b'~') { 2 } else { 1 };
                try_extend(out, &[c as u8, c as u8][..times])?;
                return Ok(Wrote::Chars(1));
            }
            self.choose_g0(state, out, Set::Ascii)?;
            self.shift(state, out, false)?;
            try_extend(out, &[c as u8])?;
            return Ok(Wrote::Chars(1));
        }
        if self.is_hz() {
            let Some(bytes) = Set::Gb2312.encode(c) else { return Ok(Wrote::Illegal) };
            if state[0] == 0 {
                state[0] = 1;
                try_extend(out, b"~{")?;
            }
            try_extend(out, &bytes)?;
            return Ok(Wrote::Chars(1));
        }
        let (choice, bytes, used) = match self.place(c, next, last) {
            Place::Set(choice, bytes, used) => (choice, bytes, used),
            Place::Pending => return Ok(Wrote::Pending),
            Place::Illegal => return Ok(Wrote::Illegal),
        };
        if choice.shifted {
            let mark = choice.set.mark();
            if state[1] != mark {
                state[1] = mark;
                try_extend(out, &[ESC, b'$', b')', mark & 0x7F])?;
            }
        }
        self.shift(state, out, choice.shifted)?;
        if !choice.shifted {
            self.choose_g0(state, out, choice.set)?;
        }
        try_extend(out, &bytes[2 - choice.set.width()..])?;
        Ok(Wrote::Chars(used))
    }

    /// Encodes; with `last` the text ends in ASCII. The number of characters used is less than all only where, without
    /// `last`, the next one decides about the one at the end.
    pub fn encode<H: Handler>(
        &self,
        text: Units<'_>,
        errors: Errors,
        last: bool,
        state: &mut State,
        handler: &mut H,
    ) -> Result<(Vec<u8>, usize), Fail<H::Error>> {
        let mut e = Encoding::new(self.name, text, errors, handler)?;
        let mut at = 0;
        while let Some(c) = text.get(at) {
            match self.write(state, &mut e.out, (c, text.get(at + 1)), last)? {
                Wrote::Chars(n) => at += n,
                Wrote::Pending => break,
                Wrote::Illegal => {
                    at = e.fail(at, at + 1, ILLEGAL, |_, out, c| {
                        Ok(matches!(self.write(state, out, (c, None), true)?, Wrote::Chars(_)))
                    })?;
                }
            }
        }
        if last {
            self.finish(state, &mut e.out)?;
        }
        Ok((e.out, at))
    }
}

enum Wrote {
    Chars(usize),
    Pending,
    Illegal,
}

/// A character of ISO 8859-7 as of 1987.
fn greek(byte: u8) -> Option<u32> {
    let c = u32::from(byte);
    match byte {
        0..=0xA0 | 0xA3 | 0xA6..=0xA9 | 0xAB..=0xAD | 0xB0..=0xB3 | 0xB7 | 0xBB | 0xBD => Some(c),
        0xA1 => Some(0x2018),
        0xA2 => Some(0x2019),
        0xAF => Some(0x2015),
        0xAA | 0xAE | 0xA4 | 0xA5 | 0xD2 | 0xFF => None,
        _ => Some(c + 0x2D0),
    }
}
