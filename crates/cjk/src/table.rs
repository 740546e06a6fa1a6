//! A codec's table, unpacked when the codec is first used. `tables/make.py` says how it is laid out.

use flate2::read::ZlibDecoder;
use rustc_hash::{FxHashMap, FxHashSet};
use std::io::Read;

/// What a first byte is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Illegal,
    Single,
    Two,
    Three,
}

/// The characters of a sequence; the second is 0 unless there are two.
pub type Chars = (u32, u16);

/// Both directions of a codec.
pub struct Table {
    kinds: [Kind; 256],
    singles: [u32; 256],
    sequences: FxHashMap<u32, Chars>,
    /// Keys of single characters, in pages of 256.
    pages: Vec<Option<Box<[u32; 256]>>>,
    pairs: FxHashMap<Chars, u32>,
    /// Characters that may be the first of a pair.
    firsts: FxHashSet<u32>,
    runs: Vec<[u32; 3]>,
}

struct Words<'a>(&'a [u8]);

impl Words<'_> {
    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        match self.0.split_first_chunk::<N>() {
            Some((bytes, rest)) => {
                self.0 = rest;
                *bytes
            }
            None => [0; N],
        }
    }

    fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.bytes())
    }

    fn column(&mut self, n: u32) -> Vec<u32> {
        (0..n).map(|_| self.u32()).collect()
    }

    fn short_column(&mut self, n: u32) -> Vec<u16> {
        (0..n).map(|_| u16::from_le_bytes(self.bytes())).collect()
    }
}

impl Table {
    /// Unpacks a table. One that is cut off is one with nothing in it.
    pub fn unpack(packed: &[u8]) -> Table {
        let mut all = Vec::new();
        if ZlibDecoder::new(packed).read_to_end(&mut all).is_err() {
            all.clear();
        }
        let mut words = Words(&all);
        let kinds = words.bytes::<256>().map(|k| match k {
            1 => Kind::Single,
            2 => Kind::Two,
            3 => Kind::Three,
            _ => Kind::Illegal,
        });
        let mut singles = [0; 256];
        singles.fill_with(|| words.u32());
        let mut table = Table {
            kinds,
            singles,
            sequences: FxHashMap::default(),
            pages: Vec::new(),
            pairs: FxHashMap::default(),
            firsts: FxHashSet::default(),
            runs: Vec::new(),
        };
        for (b, c) in singles.into_iter().enumerate() {
            if kinds[b] == Kind::Single {
                table.set((c, 0), b as u32, false);
            }
        }
        let n = words.u32();
        let (keys, firsts, seconds) = (words.column(n), words.column(n), words.short_column(n));
        table.sequences.reserve(keys.len());
        let mut key = 0u32;
        for (i, more) in keys.into_iter().enumerate() {
            key = key.wrapping_add(more);
            let chars = (firsts[i], seconds[i]);
            table.sequences.insert(key, chars);
            table.set(chars, key, false);
        }
        let n = words.u32();
        let (firsts, seconds, keys) = (words.column(n), words.short_column(n), words.column(n));
        for (i, key) in keys.into_iter().enumerate() {
            table.set((firsts[i], seconds[i]), key, true);
        }
        let n = words.u32();
        table.runs = (0..n).map(|_| [words.u32(), words.u32(), words.u32()]).collect();
        table
    }

    /// Says what characters become. Unless it is the last word, the first sequence counts. Zero is U+0000's own key and
    /// otherwise none, so keys are kept with one added.
    fn set(&mut self, chars: Chars, key: u32, last: bool) {
        let stored = if last && key == 0 && chars.0 != 0 { 0 } else { key + 1 };
        if chars.1 != 0 {
            self.firsts.insert(chars.0);
            if last || !self.pairs.contains_key(&chars) {
                self.pairs.insert(chars, stored);
            }
            return;
        }
        let page = (chars.0 >> 8) as usize;
        if self.pages.len() <= page {
            self.pages.resize_with(page + 1, || None);
        }
        let slot = &mut self.pages[page].get_or_insert_with(|| Box::new([0; 256]))[(chars.0 & 255) as usize];
        if last || *slot == 0 {
            *slot = stored;
        }
    }

    pub fn kind(&self, b: u8) -> Kind {
        self.kinds[usize::from(b)]
    }

    pub fn single(&self, b: u8) -> u32 {
        self.singles[usize::from(b)]
    }

    /// The characters of a sequence.
    pub fn sequence(&self, key: u32) -> Option<Chars> {
        self.sequences.get(&key).copied()
    }

    /// The sequence of a character.
    pub fn key(&self, c: u32) -> Option<u32> {
        let page = self.pages.get((c >> 8) as usize)?.as_ref()?;
        page[(c & 255) as usize].checked_sub(1)
    }

    /// The sequence of a pair of characters.
    pub fn pair_key(&self, first: u32, second: u32) -> Option<u32> {
        let second = u16::try_from(second).ok()?;
        self.pairs.get(&(first, second))?.checked_sub(1)
    }

    /// Whether a pair may begin with this character.
    pub fn begins_pair(&self, c: u32) -> bool {
        self.firsts.contains(&c)
    }

    /// Whether sequences of four bytes are in use.
    pub fn has_fours(&self) -> bool {
        !self.runs.is_empty()
    }

    /// The character of a sequence of four, by its index.
    pub fn four(&self, index: u32) -> Option<u32> {
        let i = self.runs.binary_search_by(|[from, _, n]| match index {
            x if x < *from => std::cmp::Ordering::Greater,
            x if x >= from + n => std::cmp::Ordering::Less,
            _ => std::cmp::Ordering::Equal,
        });
        i.ok().map(|i| self.runs[i][1] + (index - self.runs[i][0]))
    }

    /// The index of the sequence of four of a character.
    pub fn four_index(&self, c: u32) -> Option<u32> {
        // Runs are in the order of their characters as well.
        let i = self.runs.iter().find(|[_, from, n]| (*from..from + n).contains(&c))?;
        Some(i[0] + (c - i[1]))
    }
}
