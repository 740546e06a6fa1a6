//! The history: lines in memory, and their files, which hold one after the other.

use crate::shared;
use rustyline::history::{History, SearchDirection, SearchResult};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::path::Path;
use taipan_host::fs::{self, flag};

/// The lines that were read or added, as bytes of the terminal.
#[derive(Default)]
pub struct Lines {
    lines: VecDeque<Vec<u8>>,
    limit: Option<usize>,
}

impl Lines {
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    pub fn get(&self, index: usize) -> Option<&[u8]> {
        self.lines.get(index).map(Vec::as_slice)
    }

    pub fn add(&mut self, line: Vec<u8>) {
        self.lines.push_back(line);
        self.shorten();
    }

    /// Adds a line unless the last one is the same.
    pub fn add_new(&mut self, line: &[u8]) {
        if self.lines.back().is_none_or(|last| last != line) {
            self.add(line.to_vec());
        }
    }

    pub fn remove(&mut self, index: usize) -> bool {
        self.lines.remove(index).is_some()
    }

    pub fn replace(&mut self, index: usize, line: Vec<u8>) -> bool {
        match self.lines.get_mut(index) {
            Some(old) => *old = line,
            None => return false,
        }
        true
    }

    pub fn clear(&mut self) {
        self.lines.clear();
    }

    pub fn set_limit(&mut self, limit: Option<usize>) {
        self.limit = limit;
        self.shorten();
    }

    fn shorten(&mut self) {
        if let Some(limit) = self.limit {
            let excess = self.lines.len().saturating_sub(limit);
            self.lines.drain(..excess);
        }
    }

    /// The last lines as a file has them.
    pub fn text(&self, count: usize) -> Vec<u8> {
        let skipped = self.lines.len().saturating_sub(count);
        let mut text = Vec::new();
        for line in self.lines.iter().skip(skipped) {
            text.extend_from_slice(line);
            text.push(b'\n');
        }
        text
    }

    /// Adds the lines of a file's text; what follows the last end of a line is not one.
    pub fn add_text(&mut self, text: &[u8]) {
        for line in text.split_inclusive(|b| *b == b'\n') {
            let Some(line) = line.strip_suffix(b"\n") else { continue };
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if !line.is_empty() {
                self.add(line.to_vec());
            }
        }
    }
}

/// Makes a file of text that only its owner reads.
pub fn write(name: &[u8], text: &[u8]) -> taipan_host::Result<()> {
    fs::write_file(name, flag::CREAT | flag::TRUNC, 0o600, text)
}

/// Adds text to a file that is there.
pub fn append(name: &[u8], text: &[u8]) -> taipan_host::Result<()> {
    fs::write_file(name, flag::APPEND, 0, text)
}

/// Leaves the last lines of a file.
pub fn truncate(name: &[u8], count: usize) -> taipan_host::Result<()> {
    let bytes = fs::read_file(name)?;
    let ends: Vec<usize> = (0..bytes.len()).filter(|i| bytes[*i] == b'\n').collect();
    let start = match ends.len().checked_sub(count) {
        None | Some(0) => return Ok(()),
        Some(dropped) => ends[dropped - 1] + 1,
    };
    write(name, &bytes[start..])
}

/// The process's history as the editor sees it.
pub struct View;

fn found(index: usize, line: &[u8], pos: usize) -> SearchResult<'static> {
    let entry = String::from_utf8_lossy(line).into_owned();
    let pos = pos.min(entry.len());
    SearchResult { entry: Cow::Owned(entry), idx: index, pos }
}

impl View {
    fn find(
        start: usize,
        direction: SearchDirection,
        matches: impl Fn(&str) -> Option<usize>,
    ) -> Option<SearchResult<'static>> {
        let shared = shared::lock();
        let count = shared.history.len();
        if start >= count {
            return None;
        }
        let check = |index: usize| {
            let line = shared.history.get(index)?;
            matches(&String::from_utf8_lossy(line)).map(|pos| found(index, line, pos))
        };
        match direction {
            SearchDirection::Reverse => (0..=start).rev().find_map(check),
            SearchDirection::Forward => (start..count).find_map(check),
        }
    }
}

impl History for View {
    fn get(&self, index: usize, _: SearchDirection) -> rustyline::Result<Option<SearchResult<'_>>> {
        Ok(shared::lock().history.get(index).map(|line| found(index, line, 0)))
    }

    fn add(&mut self, line: &str) -> rustyline::Result<bool> {
        shared::lock().history.add_new(line.as_bytes());
        Ok(true)
    }

    fn add_owned(&mut self, line: String) -> rustyline::Result<bool> {
        self.add(&line)
    }

    fn len(&self) -> usize {
        shared::lock().history.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn set_max_len(&mut self, _: usize) -> rustyline::Result<()> {
        Ok(())
    }

    fn ignore_dups(&mut self, _: bool) -> rustyline::Result<()> {
        Ok(())
    }

    fn ignore_space(&mut self, _: bool) {}

    fn save(&mut self, _: &Path) -> rustyline::Result<()> {
        Ok(())
    }

    fn append(&mut self, _: &Path) -> rustyline::Result<()> {
        Ok(())
    }

    fn load(&mut self, _: &Path) -> rustyline::Result<()> {
        Ok(())
    }

    fn clear(&mut self) -> rustyline::Result<()> {
        shared::lock().history.clear();
        Ok(())
    }

    fn search(&self, term: &str, start: usize, dir: SearchDirection) -> rustyline::Result<Option<SearchResult<'_>>> {
        Ok(Self::find(start, dir, |line| if term.is_empty() { None } else { line.find(term) }))
    }

    fn starts_with(
        &self,
        term: &str,
        start: usize,
        dir: SearchDirection,
    ) -> rustyline::Result<Option<SearchResult<'_>>> {
        Ok(Self::find(start, dir, |line| line.starts_with(term).then_some(term.len())))
    }
}
