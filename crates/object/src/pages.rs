//! Pages of blocks of one size: where the threads' lists of freed blocks (`alloc`) come from and go to.
//!
//! A general allocator has few sizes and rounds up to them, which costs a string of 100 characters a tenth of its memory.
//! Here every multiple of 16 has pages of its own. A page counts its blocks in use; an empty one may serve any size, and
//! sixteen empty neighbours, a chunk, go back to the allocator below.
//!
//! - A page is aligned to its size, so that a block's page is found by its address. What is at its beginning says how it
//!   stands; not at its very beginning, or all pages would have theirs in the same lines of the processor's cache.
//! - Blocks that were never handed out are not linked and not touched: memory that is not needed yet is not resident.
//! - Memory of empty pages whose chunk is held by another page goes back to the system when [`trim`] is called.
//! - The pages are the process's, under one lock. Threads come for some blocks at a time, so the lock is seldom asked for.

use crate::alloc::CLASSES;
use crate::allocator::MiMalloc;
use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::ptr::null_mut;
use std::sync::Mutex;

/// Bytes and alignment of a page.
const PAGE: usize = 64 << 10;
/// Pages of a chunk.
const PAGES: u32 = 16;
pub(crate) const CHUNK: Layout = match Layout::from_size_align(PAGE * PAGES as usize, PAGE) {
    Ok(layout) => layout,
    Err(_) => panic!("a chunk's size is a multiple of its alignment"),
};
/// Bytes at the beginning of a chunk that stay when its memory goes back: whole pages of the system with the chunk's head.
const SYSTEM_PAGE: usize = 4096;
const ALL_FREE: u32 = (1 << PAGES) - 1;

/// The head of a page. Links are null at the ends.
#[repr(C)]
struct Page {
    /// Freed blocks, linked through their first word.
    freed: *mut u8,
    /// Offset of the first block that was never handed out, and of the end of the last.
    fresh: u32,
    end: u32,
    size: u32,
    /// Blocks handed out.
    used: u32,
    /// Those and the freed ones.
    carved: u32,
    /// Which page of its chunk it is.
    index: u16,
    /// Pages of the system from its beginning that are resident: blocks were handed out there since the system last had them.
    resident: u16,
    /// Neighbours among the pages of this size that have room.
    next: *mut Page,
    previous: *mut Page,
}

/// What follows the head of a chunk's first page.
#[repr(C)]
struct Chunk {
    /// A bit for each page that serves no size.
    free: u32,
    /// Those of them whose memory was given back to the system, or never touched.
    clean: u32,
    /// Neighbours among the chunks that have such a page.
    next: *mut Chunk,
    previous: *mut Chunk,
}

const HEAD: usize = size_of::<Page>();
const FIRST_HEAD: usize = (HEAD + size_of::<Chunk>()).next_multiple_of(16);
const _: () = assert!(HEAD.is_multiple_of(16) && PAGE.is_multiple_of(SYSTEM_PAGE));
const _: () = assert!(7 * 64 + FIRST_HEAD <= SYSTEM_PAGE);

/// Where in a page its head lies.
fn place(page_start: usize) -> usize {
    page_start / PAGE % 8 * 64
}

/// The head of the page that an address lies in.
fn page_of<T>(at: *mut T) -> *mut Page {
    at.map_addr(|a| a / PAGE * PAGE + place(a)).cast()
}

struct Pages {
    /// By size class: pages that have room.
    with_room: [*mut Page; CLASSES],
    /// Chunks that have a free page.
    chunks: *mut Chunk,
    /// All chunks.
    chunk_count: usize,
    /// By size class: pages, and blocks of theirs that are handed out.
    counts: [Count; CLASSES],
}

/// How many pages serve a size, and how many blocks of theirs are handed out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Pages of [`PAGE`] bytes.
    pub pages: usize,
    /// Blocks.
    pub blocks: usize,
}

// SAFETY: what the pointers lead to is reached through the lock only.
unsafe impl Send for Pages {}

static STATE: Mutex<Pages> = Mutex::new(Pages::new());

thread_local! {
    /// While this thread forks, it has the lock.
    static FORKING: Cell<*mut Pages> = const { Cell::new(null_mut()) };
}

fn with_state<R>(f: impl FnOnce(&mut Pages) -> R) -> R {
    let own = FORKING.get();
    if !own.is_null() {
        // SAFETY: this thread holds the lock, and `f`, which never calls back, is all that uses the state now.
        return f(unsafe { &mut *own });
    }
    f(&mut STATE.lock().unwrap_or_else(|e| e.into_inner()))
}

/// Bytes that are made resident at a time: the system takes half as long for four of its pages at once as for one by one.
#[cfg(target_os = "linux")]
const STEP: usize = 16 << 10;
/// Bytes of a page that become resident as they are touched.
#[cfg(target_os = "linux")]
const FEW: usize = 4 << 10;

/// Has the system make memory resident that is about to be written to for the first time: blocks from `from` to `to` in a
/// page, the first of which is `first`. It is done for whole steps, when the first block in one is handed out.
#[cfg(target_os = "linux")]
fn make_resident(first: *mut u8, from: usize, to: usize) {
    // In the step that a page begins with, only what lies behind the first blocks: most sizes need few.
    let (begun, end) = match (from.div_ceil(STEP), to.div_ceil(STEP).min(PAGE / STEP)) {
        (0 | 1, 1) if from <= FEW && to > FEW => (FEW, STEP),
        (0 | 1, 1) => return,
        (begun, end) => (begun.max(1) * STEP, end * STEP),
    };
    if begun < end {
        // SAFETY: whole system pages of this page; they are empty, and stay so. Where the system refuses, they become
        // resident when they are touched.
        unsafe { libc::madvise(first.byte_sub(from).byte_add(begun).cast(), end - begun, MADV_POPULATE_WRITE) };
    }
}

#[cfg(target_os = "linux")]
const MADV_POPULATE_WRITE: i32 = 23;

#[cfg(not(target_os = "linux"))]
fn make_resident(_: *mut u8, _: usize, _: usize) {}

/// Runs `fork` while no other thread is at work on the pages, which would stay locked in the child.
pub(crate) fn around_fork<R>(fork: impl FnOnce() -> R) -> R {
    let mut state = STATE.lock().unwrap_or_else(|e| e.into_inner());
    FORKING.set(&raw mut *state);
    let result = fork();
    FORKING.set(null_mut());
    result
}

/// Some blocks of `size`, a multiple of 16 whose class there is, linked through their first word: one if `most` is 1,
/// otherwise all freed ones of a page, or at most so many that were never handed out. Answers the first and how many; null
/// and 0 if there is no memory.
pub(crate) fn take_some(size: usize, most: u32) -> (*mut u8, u32) {
    // SAFETY: the state holds only pages that are there.
    with_state(|state| unsafe { state.take_some(size, most) })
}

/// Gives linked blocks back.
///
/// # Safety
/// All were taken here and nobody uses them.
pub(crate) unsafe fn give_some(first: *mut u8) {
    // SAFETY: the caller's contract.
    with_state(|state| unsafe {
        let mut at = first;
        while !at.is_null() {
            let next = at.cast::<*mut u8>().read();
            state.give(at);
            at = next;
        }
    })
}

/// Gives one block back.
///
/// # Safety
/// It was taken here and nobody uses it.
pub(crate) unsafe fn give_one(at: *mut u8) {
    // SAFETY: the caller's contract.
    with_state(|state| unsafe { state.give(at) })
}

/// Gives the memory of empty pages back to the system.
pub(crate) fn trim() {
    // SAFETY: the state holds only pages that are there.
    with_state(|state| unsafe { state.trim() })
}

/// By size class, what there is of pages and blocks, and the number of chunks.
pub(crate) fn counts() -> ([Count; CLASSES], usize) {
    with_state(|state| (state.counts, state.chunk_count))
}

/// The head of the chunk that begins here.
fn chunk_in(start: *mut u8) -> *mut Chunk {
    page_of(start).wrapping_byte_add(HEAD).cast()
}

/// Memory for a chunk. mimalloc aligns what is so large to more than asked for, but takes more for it if it is asked.
unsafe fn new_chunk() -> *mut u8 {
    // SAFETY: the layouts are not empty, and differ in the alignment only, which does not matter when memory is freed.
    unsafe {
        let start = MiMalloc.alloc(Layout::from_size_align_unchecked(CHUNK.size(), 16));
        if start.addr().is_multiple_of(PAGE) {
            return start;
        }
        MiMalloc.dealloc(start, CHUNK);
        MiMalloc.alloc(CHUNK)
    }
}

impl Page {
    fn has_room(&self) -> bool {
        !self.freed.is_null() || self.fresh < self.end
    }

    /// As if no block had been handed out yet.
    fn reset(&mut self) {
        let here = place((&raw const *self).addr());
        let first = here + if self.index == 0 { FIRST_HEAD } else { HEAD };
        self.freed = null_mut();
        self.carved = 0;
        self.fresh = first as u32;
        self.end = (first + (PAGE - first) / self.size as usize * self.size as usize) as u32;
    }
}

impl Pages {
    const fn new() -> Pages {
        let counts = [Count { pages: 0, blocks: 0 }; CLASSES];
        Pages { with_room: [null_mut(); CLASSES], chunks: null_mut(), chunk_count: 0, counts }
    }

    unsafe fn take_some(&mut self, size: usize, most: u32) -> (*mut u8, u32) {
        // SAFETY: pages of the state are there; what is freed or fresh in one is nobody's.
        unsafe {
            let mut at = self.with_room[size / 16];
            if at.is_null() {
                at = self.new_page(size);
                if at.is_null() {
                    return (null_mut(), 0);
                }
            }
            let page = &mut *at;
            let (first, count);
            if page.freed.is_null() {
                let from = page.fresh as usize;
                // Linked in the order of their addresses.
                count = most.min((page.end - page.fresh) / page.size);
                let start = at.cast::<u8>().map_addr(|a| a / PAGE * PAGE + from);
                let to = from + count as usize * size;
                let reached = to.div_ceil(SYSTEM_PAGE) as u16;
                if reached > page.resident {
                    make_resident(start, from, to);
                    page.resident = reached;
                }
                for i in 1..count as usize {
                    start.add((i - 1) * size).cast::<*mut u8>().write(start.add(i * size));
                }
                start.add((count as usize - 1) * size).cast::<*mut u8>().write(null_mut());
                page.fresh += count * page.size;
                page.carved += count;
                first = start;
            } else if most == 1 {
                (first, count) = (page.freed, 1);
                page.freed = first.cast::<*mut u8>().read();
                first.cast::<*mut u8>().write(null_mut());
            } else {
                // All: counting off some would mean following the links, which lead all over the page.
                (first, count) = (page.freed, page.carved - page.used);
                page.freed = null_mut();
            }
            page.used += count;
            self.counts[size / 16].blocks += count as usize;
            if !page.has_room() {
                self.unlink(at);
            }
            (first, count)
        }
    }

    unsafe fn give(&mut self, block: *mut u8) {
        // SAFETY: the block lies in a page of ours, which begins where its address is a multiple of the size of pages.
        unsafe {
            let at = page_of(block);
            let page = &mut *at;
            let had_room = page.has_room();
            block.cast::<*mut u8>().write(page.freed);
            page.freed = block;
            page.used -= 1;
            self.counts[page.size as usize / 16].blocks -= 1;
            if !had_room {
                self.link(at);
            }
            if page.used == 0 {
                // The last page of a size stays: its next block may be asked for at once.
                if page.next.is_null() && page.previous.is_null() {
                    page.reset();
                } else {
                    self.unlink(at);
                    self.release(at);
                }
            }
        }
    }

    unsafe fn link(&mut self, at: *mut Page) {
        // SAFETY: both are pages of ours.
        unsafe {
            let first = &mut self.with_room[(*at).size as usize / 16];
            (*at).previous = null_mut();
            (*at).next = *first;
            if !first.is_null() {
                (**first).previous = at;
            }
            *first = at;
        }
    }

    unsafe fn unlink(&mut self, at: *mut Page) {
        // SAFETY: the page is linked among those of its size.
        unsafe {
            let (next, previous) = ((*at).next, (*at).previous);
            match previous.is_null() {
                true => self.with_room[(*at).size as usize / 16] = next,
                false => (*previous).next = next,
            }
            if !next.is_null() {
                (*next).previous = previous;
            }
        }
    }

    /// A page for blocks of `size`, linked.
    unsafe fn new_page(&mut self, size: usize) -> *mut Page {
        // SAFETY: chunks of the state are there; a free page of theirs is nobody's, but for the chunk's head in the first.
        unsafe {
            if self.chunks.is_null() {
                let start = new_chunk();
                if start.is_null() {
                    return null_mut();
                }
                let chunk = chunk_in(start);
                chunk.write(Chunk { free: ALL_FREE, clean: ALL_FREE, next: null_mut(), previous: null_mut() });
                self.chunks = chunk;
                self.chunk_count += 1;
            }
            let chunk = self.chunks;
            let index = (*chunk).free.trailing_zeros();
            let clean = (*chunk).clean & (1 << index) != 0;
            (*chunk).free &= !(1 << index);
            (*chunk).clean &= !(1 << index);
            self.counts[size / 16].pages += 1;
            if (*chunk).free == 0 {
                self.unlink_chunk(chunk);
            }
            let at = page_of(chunk.byte_add(index as usize * PAGE));
            // What it was before says so, unless the system has it: then nothing is known to lie there.
            let resident = if clean { 0 } else { (*at).resident };
            let (size, index) = (size as u32, index as u16);
            let (freed, next, previous) = (null_mut(), null_mut(), null_mut());
            at.write(Page { freed, fresh: 0, end: 0, size, used: 0, carved: 0, index, resident, next, previous });
            (*at).reset();
            self.link(at);
            at
        }
    }

    /// An empty page that is not linked serves no size any more.
    unsafe fn release(&mut self, at: *mut Page) {
        // SAFETY: a page's index says where its chunk begins.
        unsafe {
            let index = (*at).index;
            self.counts[(*at).size as usize / 16].pages -= 1;
            let start = at.byte_sub(index as usize * PAGE).map_addr(|a| a / PAGE * PAGE).cast::<u8>();
            let chunk = chunk_in(start);
            let before = (*chunk).free;
            (*chunk).free |= 1 << index;
            if before == 0 {
                (*chunk).previous = null_mut();
                (*chunk).next = self.chunks;
                if !self.chunks.is_null() {
                    (*self.chunks).previous = chunk;
                }
                self.chunks = chunk;
            }
            if (*chunk).free == ALL_FREE {
                self.unlink_chunk(chunk);
                self.chunk_count -= 1;
                MiMalloc.dealloc(start, CHUNK);
            }
        }
    }

    /// Gives the memory of pages that serve no size back to the system.
    unsafe fn trim(&mut self) {
        // SAFETY: chunks of the state are there, and nobody uses such a page, but for the chunk's head in the first, which
        // lies in what is left out of that one.
        unsafe {
            let mut chunk = self.chunks;
            while !chunk.is_null() {
                let start = chunk.map_addr(|a| a / PAGE * PAGE).cast::<u8>();
                let mut dirty = (*chunk).free & !(*chunk).clean;
                (*chunk).clean |= dirty;
                while dirty != 0 {
                    let first = dirty.trailing_zeros() as usize;
                    let count = (dirty >> first).trailing_ones() as usize;
                    dirty &= !(((1 << count) - 1) << first);
                    let skipped = if first == 0 { SYSTEM_PAGE } else { 0 };
                    libc::madvise(
                        start.add(first * PAGE + skipped).cast(),
                        count * PAGE - skipped,
                        libc::MADV_DONTNEED,
                    );
                }
                chunk = (*chunk).next;
            }
        }
    }

    unsafe fn unlink_chunk(&mut self, chunk: *mut Chunk) {
        // SAFETY: the chunk is linked.
        unsafe {
            let (next, previous) = ((*chunk).next, (*chunk).previous);
            match previous.is_null() {
                true => self.chunks = next,
                false => (*previous).next = next,
            }
            if !next.is_null() {
                (*next).previous = previous;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random, always the same.
    fn numbers() -> impl FnMut(usize) -> usize {
        let mut state = 88172645463325252u64;
        move |below| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % below as u64) as usize
        }
    }

    #[test]
    fn blocks_do_not_overlap_and_what_is_empty_goes_back() {
        let mut pages = Pages::new();
        let mut number = numbers();
        let mut live: Vec<(*mut u8, usize)> = Vec::new();
        for round in 0..200_000 {
            let growing = round / 40_000 % 2 == 0;
            if live.is_empty() || number(10) < if growing { 6 } else { 3 } {
                let size = 16 * (1 + number(CLASSES - 1));
                let wanted = 1 + number(8) as u32;
                // SAFETY: the test's own pages; each block is written to within its size.
                unsafe {
                    let (mut at, count) = pages.take_some(size, wanted);
                    assert!(count >= 1 && (wanted > 1 || count == 1));
                    for _ in 0..count {
                        let next = at.cast::<*mut u8>().read();
                        at.write_bytes(round as u8, size);
                        assert!(at.addr().is_multiple_of(16));
                        live.push((at, size));
                        at = next;
                    }
                    assert!(at.is_null());
                }
            } else {
                let (at, _) = live.swap_remove(number(live.len()));
                // SAFETY: the block was taken above.
                unsafe { pages.give(at) }
            }
        }
        live.sort();
        assert!(live.windows(2).all(|pair| pair[0].0.addr() + pair[0].1 <= pair[1].0.addr()));
        for (at, _) in live {
            // SAFETY: as above.
            unsafe { pages.give(at) }
        }
        // SAFETY: as above.
        unsafe { pages.trim() }
        // One empty page of each size stays.
        for (class, page) in pages.with_room.iter().enumerate().skip(1) {
            // SAFETY: pages of the state are there.
            let page = unsafe { &**page };
            assert!(page.used == 0 && page.next.is_null() && page.size as usize == 16 * class);
            assert_eq!(pages.counts[class], Count { pages: 1, blocks: 0 });
        }
    }
}
