#![forbid(unsafe_code)]
//! The Python half of the standard library, embedded in the executable.
//!
//! `build/` packs it; this file looks things up in it. The blob is plain data in the executable: nothing is read,
//! parsed or relocated at start-up, and a look-up touches the index and one module. Layout, integers little-endian u32:
//!
//! ```text
//! count
//! count records, sorted by name:
//!     name offset, length      dotted module name, or the path of a data file (it has a slash or no module's name)
//!     path offset, length      path below the library folder
//!     code offset, length      marshalled code object; empty for a data file
//!     text offset, length      raw deflate
//!     text length when inflated
//!     flags                    1 module, 2 package
//! the bytes that they refer to
//! ```
//!
//! Rejected: a `static` table of `&str` (one relocation a string at start-up), one compressed archive (a source line
//! for a traceback would inflate all of it).

use std::borrow::Cow;
use std::io::Read;

use flate2::read::DeflateDecoder;

static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.bin"));

/// All that is embedded.
pub fn blob() -> &'static [u8] {
    BLOB
}

const RECORD: usize = 10 * 4;
const IS_MODULE: u32 = 1;
const IS_PACKAGE: u32 = 2;

/// A module of the library.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Dotted name.
    pub name: &'static str,
    pub is_package: bool,
    /// The code object in marshal format, without the `.pyc` header.
    pub code: &'static [u8],
    /// Path below the library folder, such as `json/decoder.py`; `co_filename` in `code` is this text.
    pub filename: &'static str,
    record: usize,
}

impl Entry {
    /// Length of the source text in bytes.
    pub fn source_length(&self) -> usize {
        field(self.record, 8) as usize
    }

    /// The source text.
    pub fn source(&self) -> Cow<'static, str> {
        match String::from_utf8(inflate(self.record)) {
            Ok(text) => Cow::Owned(text),
            Err(_) => Cow::Borrowed(""),
        }
    }
}

/// The module of that dotted name.
pub fn find(name: &str) -> Option<Entry> {
    let record = search(name)?;
    let flags = field(record, 9);
    (flags & IS_MODULE != 0).then(|| entry(record, flags))
}

/// The contents of a file below the library folder that the library reads as data (`pydoc_data/_pydoc.css`).
pub fn find_data(path: &str) -> Option<Vec<u8>> {
    let record = search(path)?;
    (field(record, 9) & IS_MODULE == 0).then(|| inflate(record))
}

/// Length of a data file in bytes.
pub fn data_length(path: &str) -> Option<usize> {
    let record = search(path)?;
    (field(record, 9) & IS_MODULE == 0).then(|| field(record, 8) as usize)
}

/// The module whose source lies at a path below the library folder (`json/decoder.py`).
pub fn find_source(path: &str) -> Option<Entry> {
    let stem = path.strip_suffix(".py")?;
    let stem = stem.strip_suffix("/__init__").unwrap_or(stem);
    find(&stem.replace('/', ".")).filter(|entry| entry.filename == path)
}

/// The paths of all files below the library folder.
pub fn paths() -> impl Iterator<Item = &'static str> {
    (0..count()).map(|record| text(record, 2))
}

/// The dotted names of all modules, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    records(|flags| flags & IS_MODULE != 0)
}

/// The paths of all data files, sorted.
pub fn data_names() -> impl Iterator<Item = &'static str> {
    records(|flags| flags & IS_MODULE == 0)
}

fn records(wanted: fn(u32) -> bool) -> impl Iterator<Item = &'static str> {
    (0..count()).filter(move |record| wanted(field(*record, 9))).map(|record| text(record, 0))
}

fn search(name: &str) -> Option<usize> {
    let (mut low, mut high) = (0, count());
    while low < high {
        let middle = low.midpoint(high);
        match bytes(middle, 0).cmp(name.as_bytes()) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => return Some(middle),
        }
    }
    None
}

fn entry(record: usize, flags: u32) -> Entry {
    Entry {
        name: text(record, 0),
        is_package: flags & IS_PACKAGE != 0,
        code: bytes(record, 4),
        filename: text(record, 2),
        record,
    }
}

fn inflate(record: usize) -> Vec<u8> {
    let mut plain = Vec::with_capacity(field(record, 8) as usize);
    match DeflateDecoder::new(bytes(record, 6)).read_to_end(&mut plain) {
        Ok(_) => plain,
        Err(error) => unreachable!("the embedded library does not inflate: {error}"),
    }
}

fn count() -> usize {
    word(0) as usize
}

fn word(at: usize) -> u32 {
    u32::from_le_bytes([BLOB[at], BLOB[at + 1], BLOB[at + 2], BLOB[at + 3]])
}

fn field(record: usize, index: usize) -> u32 {
    word(4 + record * RECORD + index * 4)
}

fn bytes(record: usize, index: usize) -> &'static [u8] {
    let start = field(record, index) as usize;
    &BLOB[start..start + field(record, index + 1) as usize]
}

fn text(record: usize, index: usize) -> &'static str {
    std::str::from_utf8(bytes(record, index)).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_and_packages_are_found() {
        let json = find("json").expect("json is in the library");
        assert!(json.is_package);
        assert_eq!(json.filename, "json/__init__.py");
        let decoder = find("json.decoder").expect("json.decoder is in the library");
        assert!(!decoder.is_package);
        assert!(decoder.source().contains("class JSONDecoder"));
        assert!(find("json.nothing").is_none());
        assert!(find("").is_none());
    }

    #[test]
    fn every_name_finds_itself_and_inflates() {
        let mut last = "";
        let mut modules = 0;
        for name in names() {
            assert!(last < name, "{last} before {name}");
            last = name;
            let entry = find(name).expect("listed names are found");
            assert_eq!(entry.name, name);
            assert!(entry.source().len() == field(entry.record, 8) as usize, "{name}");
            modules += 1;
        }
        assert!(modules > 550, "{modules} modules");
    }

    #[test]
    fn edits_for_another_interpreter_are_taken_back() {
        let site = find("site").expect("site is in the library").source();
        assert!(site.contains("return 'Python'\n"));
        let io = find("io").expect("io is in the library").source();
        assert!(io.contains("\nRawIOBase.register(FileIO)\n"));
    }

    #[test]
    fn what_needs_tk_and_tests_are_left_out() {
        for name in ["tkinter", "idlelib", "turtledemo", "turtle", "test", "_dummy_os"] {
            assert!(find(name).is_none(), "{name}");
        }
    }

    #[test]
    fn data_files_are_found_by_path() {
        assert!(find_data("pydoc_data/_pydoc.css").is_some());
        assert!(find_data("json").is_none());
        assert!(find("pydoc_data/_pydoc.css").is_none());
        assert!(data_names().any(|name| name.ends_with(".whl")));
    }
}
