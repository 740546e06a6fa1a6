//! Names that are laid out with the program: interned, immortal strings in its data, and the table that finds them.
//!
//! A start interns thousands of names, nearly all of which the build knows. All interpreters of a process use them: each
//! remembers its hash, whose key is the process's. What puts them there is `crates/prebuilt`.

use crate::name_hash::{name_hash, tag};
use crate::refs::Ref;
use crate::str::Str;

/// The table: places are found by [`name_hash`], with linear probing. Laid out by `crates/pylib/build/prebuilt.rs`.
#[repr(C)]
pub struct Names {
    /// The number of places less one; places are a power of two, and at least one is free.
    mask: u64,
    places: *const Place,
}

/// What is looked at lies in one line of the cache.
#[repr(C, align(16))]
struct Place {
    /// [`tag`] of the string; 0 where the place is free.
    tag: u64,
    string: Ref<Str>,
}

// SAFETY: the table is never written to, nor are its strings, which are immortal, but for their hashes, which are atomic.
unsafe impl Sync for Names {}

impl Names {
    /// The string of this ASCII text.
    #[inline]
    pub fn find(&'static self, text: &[u8]) -> Option<&'static Ref<Str>> {
        let hash = name_hash(text);
        let tag = tag(hash);
        let mut at = hash & self.mask;
        loop {
            // SAFETY: `at` is below the number of places, and who laid the table out filled as many.
            let place = unsafe { self.places.add(at as usize) };
            // SAFETY: as above.
            let found = unsafe { (*place).tag };
            if found == 0 {
                return None;
            }
            if found == tag {
                // SAFETY: the place is taken.
                let string = unsafe { &(*place).string };
                if string.is_text(text) {
                    return Some(string);
                }
            }
            at = (at + 1) & self.mask;
        }
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Ref<Str>> {
        (0..=self.mask as usize).filter_map(|at| {
            let place = self.places.wrapping_add(at);
            // SAFETY: as above; a string stands where there is a tag.
            unsafe { ((*place).tag != 0).then(|| &(*place).string) }
        })
    }
}
