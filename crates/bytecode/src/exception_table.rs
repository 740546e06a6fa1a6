//! The exception table (`co_exceptiontable`): which handler covers which instructions.
//!
//! Entries are sorted by start and do not overlap, so a lookup scans. Numbers are split into groups of six bits, most
//! significant first, with bit 6 set on all but the last; bit 7 marks the first byte of an entry, so that a search may
//! start in the middle.

/// One range. Offsets count code units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    pub start: u32,
    /// First unit that is not covered.
    pub end: u32,
    /// Where the handler starts.
    pub target: u32,
    /// Depth to which the stack is unwound.
    pub depth: u32,
    /// The offset of the faulting instruction is pushed before the exception.
    pub lasti: bool,
}

/// Appends an entry to a table.
pub fn write(table: &mut Vec<u8>, entry: &Entry) {
    number(table, entry.start, 0x80);
    number(table, entry.end.wrapping_sub(entry.start), 0);
    number(table, entry.target, 0);
    number(table, entry.depth << 1 | entry.lasti as u32, 0);
}

fn number(table: &mut Vec<u8>, n: u32, mut mark: u8) {
    for shift in [30, 24, 18, 12, 6] {
        if n >> shift != 0 {
            table.push((n >> shift & 0x3F) as u8 | 0x40 | mark);
            mark = 0;
        }
    }
    table.push((n & 0x3F) as u8 | mark);
}

/// The entries of a table. Ends early if the table is corrupt.
pub struct Entries<'a> {
    table: &'a [u8],
}

impl<'a> Entries<'a> {
    pub fn new(table: &'a [u8]) -> Entries<'a> {
        Entries { table }
    }

    fn number(&mut self) -> Option<u32> {
        let mut n = 0u32;
        loop {
            let (&byte, rest) = self.table.split_first()?;
            self.table = rest;
            n = n << 6 | (byte & 0x3F) as u32;
            if byte & 0x40 == 0 {
                return Some(n);
            }
        }
    }
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let start = self.number()?;
        let end = start.wrapping_add(self.number()?);
        let target = self.number()?;
        let depth = self.number()?;
        Some(Entry { start, end, target, depth: depth >> 1, lasti: depth & 1 != 0 })
    }
}

/// The entry that covers a code unit.
pub fn lookup(table: &[u8], unit: u32) -> Option<Entry> {
    // Halve the table while it is long: the middle moves back to the start of its entry.
    let mut table = table;
    while table.len() > 24 {
        let middle = table.len() / 2;
        let Some(at) = table[..=middle].iter().rposition(|b| b & 0x80 != 0).filter(|&at| at > 0) else { break };
        let (before, from) = table.split_at(at);
        match Entries::new(from).number() {
            Some(start) if start <= unit => table = from,
            _ => table = before,
        }
    }
    Entries::new(table).take_while(|entry| entry.start <= unit).find(|entry| unit < entry.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip() {
        let entries = [
            Entry { start: 0, end: 3, target: 70, depth: 0, lasti: false },
            Entry { start: 5, end: 5000, target: 5100, depth: 2, lasti: true },
            Entry { start: 5000, end: 2_000_000_000, target: 5, depth: 64, lasti: false },
        ];
        let mut table = Vec::new();
        for entry in &entries {
            write(&mut table, entry);
        }
        assert_eq!(Entries::new(&table).collect::<Vec<_>>(), entries);
        assert_eq!(lookup(&table, 4), None);
        assert_eq!(lookup(&table, 4999), Some(entries[1]));
        assert_eq!(lookup(&table, 5000), Some(entries[2]));
    }

    #[test]
    fn corrupt_tables_end() {
        assert_eq!(Entries::new(&[0xC0, 0x41]).next(), None);
        assert_eq!(Entries::new(&[0x80, 1, 2]).next(), None);
    }
}
