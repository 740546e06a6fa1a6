//! The location table (`co_linetable`, PEP 626 and PEP 657): which source range each instruction comes from.
//!
//! An entry covers one to eight code units. Its first byte is `1cccclll`: form `c`, length less one `l`; the bytes behind
//! it, all below 128, depend on the form. Lines are stored as differences. Larger numbers are split into groups of six
//! bits, least significant first, with bit 6 set on all but the last; signed ones keep their sign in the lowest bit.

/// A range of source. A part that is unknown is negative; with a negative `line` nothing is known.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Location {
    pub line: i32,
    pub end_line: i32,
    /// In bytes of UTF-8.
    pub col: i32,
    pub end_col: i32,
}

impl Location {
    pub const NONE: Location = Location { line: -1, end_line: -1, col: -1, end_col: -1 };
}

const LONG: u8 = 14;
const NO_COLUMNS: u8 = 13;
const ONE_LINE: u8 = 10;
const NONE: u8 = 15;

/// Builds a table.
#[derive(Debug)]
pub struct Writer {
    out: Vec<u8>,
    line: i32,
}

impl Writer {
    pub fn new(first_line: i32) -> Writer {
        Writer { out: Vec::new(), line: first_line }
    }

    /// Gives the next `units` code units a location.
    pub fn push(&mut self, units: u32, location: Location) {
        let mut left = units;
        while left > 0 {
            let length = left.min(8);
            self.entry(length as u8, location);
            left -= length;
        }
    }

    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    fn head(&mut self, form: u8, length: u8) {
        self.out.push(0x80 | form << 3 | (length - 1));
    }

    fn entry(&mut self, length: u8, location: Location) {
        let Location { line, end_line, col, end_col } = location;
        if line < 0 {
            self.head(NONE, length);
            return;
        }
        let delta = line.wrapping_sub(self.line);
        if col < 0 || end_col < 0 {
            if end_line == line || end_line < 0 {
                self.head(NO_COLUMNS, length);
                self.signed(delta);
                self.line = line;
                return;
            }
        } else if end_line == line {
            if delta == 0 && col < 80 && end_col >= col && end_col - col < 16 {
                self.head((col >> 3) as u8, length);
                self.out.push(((col & 7) << 4 | (end_col - col)) as u8);
                return;
            }
            if (0..3).contains(&delta) && col < 128 && end_col < 128 {
                self.head(ONE_LINE + delta as u8, length);
                self.out.extend([col as u8, end_col as u8]);
                self.line = line;
                return;
            }
        }
        self.head(LONG, length);
        self.signed(delta);
        self.unsigned(end_line.wrapping_sub(line) as u32);
        self.unsigned((col + 1) as u32);
        self.unsigned((end_col + 1) as u32);
        self.line = line;
    }

    fn unsigned(&mut self, mut n: u32) {
        while n >= 64 {
            self.out.push(0x40 | (n & 0x3F) as u8);
            n >>= 6;
        }
        self.out.push(n as u8);
    }

    fn signed(&mut self, n: i32) {
        self.unsigned(n.unsigned_abs() << 1 | (n < 0) as u32);
    }
}

/// The entries of a table: number of code units, and location. Ends early if the table is corrupt.
pub struct Entries<'a> {
    table: &'a [u8],
    line: i32,
}

impl<'a> Entries<'a> {
    pub fn new(table: &'a [u8], first_line: i32) -> Entries<'a> {
        Entries { table, line: first_line }
    }

    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.table.split_first()?;
        self.table = rest;
        Some(byte)
    }

    fn unsigned(&mut self) -> Option<u32> {
        let mut n = 0u32;
        let mut shift = 0u32;
        loop {
            let byte = self.byte()?;
            n |= ((byte & 0x3F) as u32).checked_shl(shift).unwrap_or(0);
            if byte & 0x40 == 0 {
                return Some(n);
            }
            shift = shift.saturating_add(6);
        }
    }

    fn signed(&mut self) -> Option<i32> {
        let n = self.unsigned()?;
        let size = (n >> 1) as i32;
        Some(if n & 1 != 0 { -size } else { size })
    }
}

impl Iterator for Entries<'_> {
    type Item = (u32, Location);

    fn next(&mut self) -> Option<(u32, Location)> {
        let head = self.byte()?;
        let length = (head & 7) as u32 + 1;
        let form = head >> 3 & 15;
        let location = match form {
            NONE => Location::NONE,
            LONG => {
                self.line = self.line.wrapping_add(self.signed()?);
                let end_line = self.line.wrapping_add(self.unsigned()? as i32);
                let col = self.unsigned()?.wrapping_sub(1) as i32;
                let end_col = self.unsigned()?.wrapping_sub(1) as i32;
                Location { line: self.line, end_line, col, end_col }
            }
            NO_COLUMNS => {
                self.line = self.line.wrapping_add(self.signed()?);
                Location { line: self.line, end_line: self.line, col: -1, end_col: -1 }
            }
            ONE_LINE..NO_COLUMNS => {
                self.line = self.line.wrapping_add((form - ONE_LINE) as i32);
                let (col, end_col) = (self.byte()? as i32, self.byte()? as i32);
                Location { line: self.line, end_line: self.line, col, end_col }
            }
            _ => {
                let low = self.byte()? as i32;
                let col = (form as i32) << 3 | low >> 4;
                Location { line: self.line, end_line: self.line, col, end_col: col + (low & 15) }
            }
        };
        Some((length, location))
    }
}

/// The same table without columns and end lines.
pub fn without_columns(table: &[u8], first_line: i32) -> Vec<u8> {
    let mut writer = Writer::new(first_line);
    for (units, location) in Entries::new(table, first_line) {
        let line = location.line;
        writer.push(units, Location { line, end_line: line, col: -1, end_col: -1 });
    }
    writer.finish()
}

/// The location of the code unit at `unit`.
pub fn location_at(table: &[u8], first_line: i32, unit: u32) -> Location {
    let mut end = 0u32;
    for (length, location) in Entries::new(table, first_line) {
        end = end.saturating_add(length);
        if unit < end {
            return location;
        }
    }
    Location::NONE
}

/// The line of the code unit at `unit`; negative where it is unknown. The columns of the entries before are not read.
pub fn line_at(table: &[u8], first_line: i32, unit: u32) -> i32 {
    let mut entries = Entries::new(table, first_line);
    let mut left = unit;
    while let Some(&head) = entries.table.first() {
        let length = (head & 7) as u32 + 1;
        if left < length {
            return entries.next().map_or(-1, |(_, location)| location.line);
        }
        left -= length;
        let form = head >> 3 & 15;
        let skipped = match form {
            NONE => 1,
            LONG | NO_COLUMNS => {
                if entries.next().is_none() {
                    return -1;
                }
                continue;
            }
            ONE_LINE..NO_COLUMNS => {
                entries.line = entries.line.wrapping_add((form - ONE_LINE) as i32);
                3
            }
            _ => 2,
        };
        let Some(rest) = entries.table.get(skipped..) else { return -1 };
        entries.table = rest;
    }
    -1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_of_every_form() {
        let at = |line, end_line, col, end_col| Location { line, end_line, col, end_col };
        let all = [
            (1, at(10, 10, 4, 9)),
            (3, at(10, 10, 79, 94)),
            (8, at(12, 12, 100, 127)),
            (2, at(12, 12, 128, 300)),
            (1, at(5, 9, 0, 1000)),
            (1, Location::NONE),
            (1, at(7, 7, -1, -1)),
            (1, at(70000, 70003, 3, 2)),
        ];
        let mut writer = Writer::new(10);
        for (units, location) in all {
            writer.push(units, location);
        }
        let table = writer.finish();
        assert_eq!(Entries::new(&table, 10).collect::<Vec<_>>(), all);
        assert_eq!(location_at(&table, 10, 4), all[2].1);
        assert_eq!(location_at(&table, 10, 1000), Location::NONE);
        for unit in 0..25 {
            assert_eq!(line_at(&table, 10, unit), location_at(&table, 10, unit).line);
        }
    }

    #[test]
    fn long_runs_are_split() {
        let mut writer = Writer::new(1);
        writer.push(20, Location { line: 1, end_line: 1, col: 0, end_col: 1 });
        let lengths: Vec<u32> = Entries::new(&writer.finish(), 1).map(|entry| entry.0).collect();
        assert_eq!(lengths, [8, 8, 4]);
    }

    #[test]
    fn corrupt_tables_end() {
        for table in [&[0xF0][..], &[0xF0, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F], &[0x80]] {
            assert_eq!(Entries::new(table, 1).count(), 0);
        }
    }
}
