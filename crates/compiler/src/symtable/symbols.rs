//! The symbols of a block: a map that remembers the order of insertion.

use rustc_hash::FxHashMap;

use super::Flags;
use crate::ast::Ident;

/// Most blocks have few names; searching those in a row is faster than hashing.
const LINEAR: usize = 8;

#[derive(Debug, Default)]
pub struct Symbols {
    entries: Vec<(Ident, Flags)>,
    /// Positions in `entries`; empty while there are at most `LINEAR`.
    positions: FxHashMap<Ident, u32>,
}

impl Symbols {
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Ident, Flags)> {
        self.entries.iter().map(|(name, flags)| (name, *flags))
    }

    pub fn get(&self, name: &str) -> Option<Flags> {
        self.position(name).map(|at| self.entries[at].1)
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        if self.positions.is_empty() {
            self.entries.iter().position(|(known, _)| known == name)
        } else {
            self.positions.get(name).map(|&at| at as usize)
        }
    }

    pub(super) fn at(&self, position: usize) -> (&Ident, Flags) {
        let (name, flags) = &self.entries[position];
        (name, *flags)
    }

    pub(super) fn set_at(&mut self, position: usize, flags: Flags) {
        self.entries[position].1 = flags;
    }

    /// Replaces the flags of a name, or adds it at the end.
    pub(super) fn set(&mut self, name: &Ident, flags: Flags) {
        match self.position(name) {
            Some(at) => self.entries[at].1 = flags,
            None => self.push(name, flags),
        }
    }

    /// Adds a name that is not there yet.
    pub(super) fn push(&mut self, name: &Ident, flags: Flags) {
        if !self.positions.is_empty() {
            self.positions.insert(name.clone(), self.entries.len() as u32);
        } else if self.entries.len() == LINEAR {
            self.positions = (0..).zip(&self.entries).map(|(at, (name, _))| (name.clone(), at)).collect();
            self.positions.insert(name.clone(), self.entries.len() as u32);
        }
        self.entries.push((name.clone(), flags));
    }

    pub(super) fn remove(&mut self, name: &str) {
        let Some(at) = self.position(name) else { return };
        self.entries.remove(at);
        if !self.positions.is_empty() {
            self.positions = (0..).zip(&self.entries).map(|(at, (name, _))| (name.clone(), at)).collect();
        }
    }
}
