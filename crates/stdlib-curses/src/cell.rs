//! What a place on the screen holds.

use taipan_text::ucd::Version;

/// The bits of a `chtype`.
pub mod bits {
    pub const CHARTEXT: u32 = 0xff;
    pub const COLOR: u32 = 0xff00;
    pub const ATTRIBUTES: u32 = 0xffff_ff00;
    pub const STANDOUT: u32 = 1 << 16;
    pub const UNDERLINE: u32 = 1 << 17;
    pub const REVERSE: u32 = 1 << 18;
    pub const BLINK: u32 = 1 << 19;
    pub const DIM: u32 = 1 << 20;
    pub const BOLD: u32 = 1 << 21;
    pub const ALTCHARSET: u32 = 1 << 22;
    pub const INVIS: u32 = 1 << 23;
    pub const PROTECT: u32 = 1 << 24;
    pub const ITALIC: u32 = 1 << 31;
}

use bits::{ALTCHARSET, ATTRIBUTES, CHARTEXT, COLOR};

/// Most characters that share a place: one with its marks.
const MARKS: usize = 5;

/// A character with what is combined with it, its attributes and its colours.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Cell {
    chars: [char; MARKS],
    /// Bits of a `chtype` without its character.
    pub attr: u32,
    /// 0, or for what lies under a wide character which column of it this is.
    pub tail: u8,
}

impl Cell {
    pub const BLANK: Self = Self::new(' ', 0);

    pub const fn new(c: char, attr: u32) -> Self {
        Self { chars: [c, '\0', '\0', '\0', '\0'], attr, tail: 0 }
    }

    /// The first character.
    pub fn first(&self) -> char {
        self.chars[0]
    }

    /// All characters.
    pub fn chars(&self) -> impl Iterator<Item = char> + '_ {
        self.chars.iter().copied().enumerate().take_while(|(i, c)| *i == 0 || *c != '\0').map(|(_, c)| c)
    }

    /// Adds a mark, unless there are many.
    pub fn combine(&mut self, mark: char) {
        if let Some(free) = self.chars[1..].iter_mut().find(|c| **c == '\0') {
            *free = mark;
        }
    }

    /// Whether nothing is to be seen of the character itself.
    pub fn is_blank(&self) -> bool {
        self.chars[0] == ' ' && self.chars[1] == '\0' && self.tail == 0
    }

    /// The number of its pair of colours.
    pub fn pair(&self) -> u32 {
        (self.attr & COLOR) >> 8
    }

    /// As a `chtype`; characters that are no byte are zero.
    pub fn to_chtype(self) -> u32 {
        let c = u32::from(self.chars[0]);
        self.attr & ATTRIBUTES | if c < 0x80 && self.chars[1] == '\0' { c } else { 0 }
    }

    /// With other attributes.
    pub fn with_attr(self, attr: u32) -> Self {
        Self { attr, ..self }
    }
}

/// A `chtype` taken apart: its byte and the rest.
pub fn split(ch: u32) -> (u8, u32) {
    ((ch & CHARTEXT) as u8, ch & ATTRIBUTES)
}

/// How many columns a character takes: marks take none, control characters one here, since they are not shown as such.
pub fn width(c: char) -> usize {
    let n = u32::from(c);
    if n < 0x300 {
        return usize::from(n != 0xad);
    }
    let ucd = Version::V16;
    match ucd.category(n) {
        "Mn" | "Me" => 0,
        "Cf" if !(0x600..0x606).contains(&n) => 0,
        // Medial and final parts of Korean syllables.
        _ if (0x1160..0x1200).contains(&n) => 0,
        _ => 1 + usize::from(matches!(ucd.east_asian_width(n), "W" | "F")),
    }
}

/// Attributes with others turned on; colours replace colours.
pub fn turn_on(attr: u32, more: u32) -> u32 {
    if more & COLOR != 0 { attr & !COLOR | more } else { attr | more }
}

/// Attributes with others turned off.
pub fn turn_off(attr: u32, less: u32) -> u32 {
    attr & !(if less & COLOR != 0 { less | COLOR } else { less })
}

/// How a control character is shown.
pub fn shown(byte: u8) -> String {
    match byte {
        0..32 => format!("^{}", char::from(byte + 64)),
        127 => "^?".to_owned(),
        128..160 => format!("~{}", char::from(byte - 64)),
        160..255 => format!("M-{}", char::from(byte - 128)),
        255 => "~?".to_owned(),
        _ => char::from(byte).to_string(),
    }
}

/// A character of the alternate set.
pub const fn line(c: char) -> Cell {
    Cell::new(c, ALTCHARSET)
}
