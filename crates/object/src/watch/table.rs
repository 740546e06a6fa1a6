//! What is recorded about blocks of memory.

use crate::str::Str;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

/// Deeper stacks count as this deep.
const MAX_DEPTH: usize = u16::MAX as usize;

/// File and line of a frame. The first entry of a traceback is no frame: its line is the depth of the stack.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Site {
    file: u32,
    line: i32,
}

type Traceback = Arc<[Site]>;

struct Block {
    size: usize,
    traceback: Traceback,
    /// How many were recorded before.
    serial: u64,
}

/// Mixes addresses and hashes, which need no protection against attacks: both are the process's own.
#[derive(Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u32(&mut self, n: u32) {
        self.write_u64(n.into());
    }

    fn write_i32(&mut self, n: i32) {
        self.write_u64(n as u64);
    }

    fn write_i64(&mut self, n: i64) {
        self.write_u64(n as u64);
    }

    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(5) ^ n).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

type Mixed = BuildHasherDefault<Mix>;

/// Everything that is recorded.
pub(super) struct Table {
    limit: usize,
    /// By domain and address.
    blocks: HashMap<(u32, usize), Block, Mixed>,
    tracebacks: HashSet<Traceback, Mixed>,
    /// Code points of the names of files, and where they are by their hash.
    files: Vec<Box<[u32]>>,
    file_ids: HashMap<i64, u32, Mixed>,
    now: usize,
    peak: usize,
    /// Blocks that have been recorded, those that are gone included.
    recorded: u64,
    /// The traceback being taken.
    scratch: Vec<Site>,
}

/// A block that is recorded.
#[derive(Clone, Copy)]
pub struct Found {
    /// Whose memory it is: 0 is the allocator's.
    pub domain: u32,
    /// Its size in bytes.
    pub size: usize,
    /// Its traceback's place in [`Report::tracebacks`].
    pub traceback: usize,
}

/// What is recorded, in numbers and texts: it holds no Python objects.
#[derive(Default)]
pub struct Report {
    /// The blocks.
    pub blocks: Vec<Found>,
    /// Each traceback once: the depth of the stack, then the places in `files` and the lines of the innermost frames.
    pub tracebacks: Vec<(usize, Vec<(usize, i32)>)>,
    /// The code points of the names of files.
    pub files: Vec<Box<[u32]>>,
}

impl Table {
    pub(super) fn new(limit: usize) -> Table {
        let unknown = "<unknown>".chars().map(u32::from).collect();
        Table {
            limit,
            blocks: HashMap::default(),
            tracebacks: HashSet::default(),
            files: vec![unknown],
            file_ids: HashMap::default(),
            now: 0,
            peak: 0,
            recorded: 0,
            scratch: Vec::new(),
        }
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// A new traceback begins.
    pub(super) fn begin(&mut self) {
        self.scratch.clear();
        self.scratch.push(Site { file: 0, line: 0 });
    }

    /// The next frame of the traceback.
    pub(super) fn frame(&mut self, file: &Str, line: i32) {
        let files = &mut self.files;
        let id = *self.file_ids.entry(file.hash()).or_insert_with(|| {
            files.push(file.data().code_points().collect());
            files.len() as u32 - 1
        });
        self.scratch.push(Site { file: id, line });
    }

    /// The traceback is that of a block; `depth` frames there were.
    pub(super) fn add(&mut self, domain: u32, address: usize, size: usize, depth: usize) {
        self.scratch[0].line = depth.clamp(1, MAX_DEPTH) as i32;
        if self.scratch.len() == 1 {
            self.scratch.push(Site { file: 0, line: 0 });
        }
        let traceback = match self.tracebacks.get(self.scratch.as_slice()) {
            Some(known) => known.clone(),
            None => {
                let new: Traceback = self.scratch.as_slice().into();
                self.tracebacks.insert(new.clone());
                new
            }
        };
        let serial = self.recorded;
        self.recorded += 1;
        if let Some(old) = self.blocks.insert((domain, address), Block { size, traceback, serial }) {
            self.now -= old.size;
        }
        self.now += size;
        self.peak = self.peak.max(self.now);
    }

    pub(super) fn remove(&mut self, domain: u32, address: usize) {
        if let Some(old) = self.blocks.remove(&(domain, address)) {
            self.now -= old.size;
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Table::new(self.limit);
    }

    pub(super) fn reset_peak(&mut self) {
        self.peak = self.now;
    }

    /// Bytes now, at most, and the number of blocks.
    pub(super) fn report(&self) -> (usize, usize, usize) {
        (self.now, self.peak, self.blocks.len())
    }

    /// Bytes that the records take, about.
    pub(super) fn memory(&self) -> usize {
        let blocks = self.blocks.capacity() * (size_of::<((u32, usize), Block)>() + 1);
        let places = self.tracebacks.capacity() * (size_of::<Traceback>() + 1);
        let tracebacks: usize = self.tracebacks.iter().map(|t| 16 + size_of_val::<[Site]>(t)).sum();
        let files: usize = self.files.iter().map(|f| size_of_val::<[u32]>(f) + 32).sum();
        blocks + places + tracebacks + files
    }

    fn describe(traceback: &Traceback) -> (usize, Vec<(usize, i32)>) {
        let frames = traceback[1..].iter().map(|s| (s.file as usize, s.line)).collect();
        (traceback[0].line as usize, frames)
    }

    /// All blocks, the youngest first: not in an order that differs with the addresses.
    pub(super) fn all(&self) -> Report {
        let mut places: HashMap<*const Site, usize, Mixed> = HashMap::default();
        let mut report = Report { files: self.files.clone(), ..Report::default() };
        let mut blocks: Vec<(u32, &Block)> = self.blocks.iter().map(|(&(domain, _), block)| (domain, block)).collect();
        blocks.sort_unstable_by_key(|(_, block)| std::cmp::Reverse(block.serial));
        for (domain, block) in blocks {
            let traceback = *places.entry(block.traceback.as_ptr()).or_insert_with(|| {
                report.tracebacks.push(Table::describe(&block.traceback));
                report.tracebacks.len() - 1
            });
            report.blocks.push(Found { domain, size: block.size, traceback });
        }
        report
    }

    pub(super) fn one(&self, domain: u32, address: usize) -> Option<Report> {
        let block = self.blocks.get(&(domain, address))?;
        Some(Report {
            blocks: vec![Found { domain, size: block.size, traceback: 0 }],
            tracebacks: vec![Table::describe(&block.traceback)],
            files: self.files.clone(),
        })
    }
}
