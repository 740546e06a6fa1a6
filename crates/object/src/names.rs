//! Names that are laid out with the program: interned, immortal strings in its data, and the tables that find them.
//!
//! A start interns thousands of names, nearly all of which the build knows. All interpreters of a process use them: each
//! remembers its hash, whose key is the process's. What puts them there is `crates/prebuilt`.

use crate::name_hash::{name_hash, tag};
use crate::refs::Ref;
use crate::str::Str;

/// The names. Laid out by `crates/pylib/build/prebuilt.rs`.
#[repr(C)]
pub struct Names {
    /// The names that a start uses have a table of their own: a start then looks at a few hundred lines of memory, not at one
    /// for each name.
    start: Table,
    others: Table,
    strings: *const Ref<Str>,
    count: usize,
}

/// Places are found by [`name_hash`], with linear probing.
#[repr(C)]
struct Table {
    /// The number of places less one; places are a power of two, and at least one is free.
    mask: u64,
    places: *const Place,
}

#[repr(C, align(8))]
#[derive(Clone, Copy)]
struct Place {
    /// [`tag`] of the string; 0 where the place is free.
    tag: u32,
    /// Which of the strings it is.
    index: u32,
}

// SAFETY: the tables are never written to, nor are the strings, which are immortal, but for their hashes, which are atomic.
unsafe impl Sync for Names {}

impl Names {
    /// The string of this text.
    #[inline]
    pub fn find(&'static self, text: &[u8]) -> Option<&'static Ref<Str>> {
        let hash = name_hash(text);
        match self.find_in(&self.start, hash, text) {
            Some(found) => Some(found),
            None => self.find_in(&self.others, hash, text),
        }
    }

    #[inline(always)]
    fn find_in(&'static self, table: &Table, hash: u64, text: &[u8]) -> Option<&'static Ref<Str>> {
        let tag = tag(hash);
        let mut at = hash & table.mask;
        loop {
            // SAFETY: `at` is below the number of places, and who laid the table out filled as many.
            let place = unsafe { *table.places.add(at as usize) };
            if place.tag == 0 {
                return None;
            }
            if place.tag == tag {
                // SAFETY: a place that is taken has a string.
                let string = unsafe { &*self.strings.add(place.index as usize) };
                if string.is_text(text) {
                    return Some(string);
                }
            }
            at = (at + 1) & table.mask;
        }
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Ref<Str>> {
        // SAFETY: who laid them out filled as many.
        unsafe { std::slice::from_raw_parts(self.strings, self.count) }.iter()
    }
}
