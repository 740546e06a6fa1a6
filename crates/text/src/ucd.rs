//! The fields of the Unicode Character Database that module `unicodedata` shows, in two versions.

use crate::names;
use crate::normalize::{decomposition, hangul_jamo, utf16};
use crate::props::{self, table};

/// A version of the database. 3.2 is what `unicodedata.ucd_3_2_0` answers: for IDNA and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 16.0.0
    V16,
    /// 3.2.0
    V3_2,
}

const CATEGORIES: [&str; 30] = [
    "Cn", "Lu", "Ll", "Lt", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Lm", "Lo",
    "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So",
];
const BIDIRECTIONAL: [&str; 24] = [
    "", "L", "LRE", "LRO", "R", "AL", "RLE", "RLO", "PDF", "EN", "ES", "ET", "AN", "CS", "NSM", "BN", "B", "S", "WS",
    "ON", "LRI", "RLI", "FSI", "PDI",
];
const WIDTHS: [&str; 6] = ["F", "H", "W", "Na", "A", "N"];
const TAGS: [&str; 17] = [
    "",
    "<noBreak>",
    "<compat>",
    "<super>",
    "<fraction>",
    "<font>",
    "<circle>",
    "<wide>",
    "<vertical>",
    "<square>",
    "<isolated>",
    "<narrow>",
    "<initial>",
    "<final>",
    "<medial>",
    "<sub>",
    "<small>",
];

// Unicode 3.2: record 0 stands for "as now"; a record is category, bidirectional, combining, width, mirrored, decimal,
// digit, numeric.
table!(OLD1, u16s, u16, 2, "tables/old1.bin");
static OLD2: &[u8] = include_bytes!("tables/old2.bin");
static OLD_RECORDS: &[u8] = include_bytes!("tables/old_records.bin");

#[derive(Clone, Copy)]
struct Fields {
    category: u8,
    bidirectional: u8,
    combining: u8,
    width: u8,
    mirrored: bool,
    decimal: u8,
    digit: u8,
    numeric: u8,
}

impl Version {
    /// `unidata_version`
    pub fn number(self) -> &'static str {
        match self {
            Version::V16 => "16.0.0",
            Version::V3_2 => "3.2.0",
        }
    }

    fn old_record(c: u32) -> Option<&'static [u8; 8]> {
        let block = *OLD1.get((c >> 8) as usize)? as usize;
        let id = OLD2[block << 8 | (c & 255) as usize] as usize;
        (id != 0).then(|| OLD_RECORDS[8 * id..].first_chunk::<8>())?
    }

    fn fields(self, c: u32) -> Fields {
        if self == Version::V3_2
            && let Some(&[category, bidirectional, combining, width, mirrored, decimal, digit, numeric]) =
                Version::old_record(c)
        {
            let mirrored = mirrored != 0;
            return Fields { category, bidirectional, combining, width, mirrored, decimal, digit, numeric };
        }
        let r = props::record(c);
        Fields {
            category: r.category,
            bidirectional: r.bidirectional,
            combining: r.combining,
            width: r.width,
            mirrored: r.flags & props::MIRRORED != 0,
            decimal: r.decimal,
            digit: r.digit,
            numeric: r.numeric,
        }
    }

    /// Not in category Cn.
    pub fn assigned(self, c: u32) -> bool {
        self.fields(c).category != 0
    }

    /// `unicodedata.category`
    pub fn category(self, c: u32) -> &'static str {
        CATEGORIES[self.fields(c).category as usize]
    }

    /// `unicodedata.bidirectional`
    pub fn bidirectional(self, c: u32) -> &'static str {
        BIDIRECTIONAL[self.fields(c).bidirectional as usize]
    }

    /// `unicodedata.combining`
    pub fn combining(self, c: u32) -> u8 {
        self.fields(c).combining
    }

    /// `unicodedata.east_asian_width`
    pub fn east_asian_width(self, c: u32) -> &'static str {
        WIDTHS[self.fields(c).width as usize]
    }

    /// `unicodedata.mirrored`
    pub fn mirrored(self, c: u32) -> bool {
        self.fields(c).mirrored
    }

    /// `unicodedata.decimal`; without one the caller says "not a decimal".
    pub fn decimal(self, c: u32) -> Option<u8> {
        Some(self.fields(c).decimal).filter(|&d| d != 255)
    }

    /// `unicodedata.digit`; without one the caller says "not a digit".
    pub fn digit(self, c: u32) -> Option<u8> {
        Some(self.fields(c).digit).filter(|&d| d != 255)
    }

    /// `unicodedata.numeric`; without one the caller says "not a numeric character".
    pub fn numeric(self, c: u32) -> Option<f64> {
        props::numeric_value(self.fields(c).numeric)
    }

    /// `unicodedata.decomposition`
    pub fn decomposition(self, c: u32) -> String {
        use std::fmt::Write;
        let mut out = String::new();
        if !self.assigned(c) {
            return out;
        }
        let mut put = |code: u32| {
            let gap = if out.is_empty() { "" } else { " " };
            // Writing to a String cannot fail.
            let _ = write!(out, "{gap}{code:04X}");
        };
        if let Some((jamo, n)) = hangul_jamo(c) {
            jamo[..n].iter().for_each(|&j| put(j));
        } else if let Some((tag, units)) = decomposition(c) {
            utf16(units).for_each(put);
            if tag != 0 {
                return format!("{} {out}", TAGS[tag as usize]);
            }
        }
        out
    }

    /// `unicodedata.name`; without one the caller says "no such name".
    pub fn name(self, c: u32) -> Option<String> {
        if self == Version::V3_2 && !self.assigned(c) {
            return None;
        }
        names::name(c)
    }
}
