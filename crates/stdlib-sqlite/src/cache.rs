//! Statements that may be wanted again.

use crate::engine::Idle;
use rustc_hash::FxHashMap;

/// Statements that are not running, by their text.
#[derive(Default)]
pub struct StatementCache {
    statements: FxHashMap<Box<str>, (Idle, u64)>,
    capacity: usize,
    /// Counts the uses, so that the one longest out of use can be told.
    clock: u64,
}

impl StatementCache {
    /// The statement of a text, if it is there.
    pub fn take(&mut self, sql: &str) -> Option<Idle> {
        self.statements.remove(sql).map(|(idle, _)| idle)
    }

    /// Keeps a statement, and gives back what has no place.
    pub fn put(&mut self, idle: Idle) -> Option<Idle> {
        if self.capacity == 0 {
            return Some(idle);
        }
        let mut out = None;
        if self.statements.len() >= self.capacity {
            let oldest = self.statements.iter().min_by_key(|(_, (_, used))| *used).map(|(sql, _)| sql.clone());
            out = oldest.and_then(|sql| self.statements.remove(&sql)).map(|(idle, _)| idle);
        }
        self.clock += 1;
        let former = self.statements.insert(idle.about.sql.clone(), (idle, self.clock));
        out.or(former.map(|(idle, _)| idle))
    }

    /// Empties it.
    pub fn take_all(&mut self) -> FxHashMap<Box<str>, (Idle, u64)> {
        std::mem::take(&mut self.statements)
    }

    /// How many statements it holds.
    pub fn set_capacity(&mut self, capacity: usize) {
        self.capacity = capacity;
    }
}
