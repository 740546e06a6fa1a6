//! Freed memory that nobody may use: overwritten, kept, and looked at before it goes back.

use std::collections::VecDeque;
use std::sync::Mutex;

/// What freed memory is filled with. As a word it is no address, and as a count it says that the object is immortal.
const FILL: u8 = 0xDB;
/// Bytes that are kept.
const KEPT: usize = 32 << 20;

struct Block {
    at: usize,
    size: usize,
    align: usize,
    free: unsafe fn(*mut u8, usize, usize),
}

struct Kept {
    blocks: VecDeque<Block>,
    bytes: usize,
}

static BLOCKS: Mutex<Kept> = Mutex::new(Kept { blocks: VecDeque::new(), bytes: 0 });

thread_local! {
    /// The thread is at work on the list, whose own memory is not kept.
    static BUSY: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Overwrites a block and keeps it; false if it has to be freed at once.
///
/// # Safety
/// Nobody uses the block any more, and `free` may be called for it.
pub(super) unsafe fn keep(at: *mut u8, size: usize, align: usize, free: unsafe fn(*mut u8, usize, usize)) -> bool {
    if size > KEPT || BUSY.replace(true) {
        return true;
    }
    // SAFETY: the caller's contract.
    unsafe { at.write_bytes(FILL, size) };
    let mut kept = BLOCKS.lock().unwrap_or_else(|e| e.into_inner());
    kept.blocks.push_back(Block { at: at as usize, size, align, free });
    kept.bytes += size;
    while kept.bytes > KEPT
        && let Some(oldest) = kept.blocks.pop_front()
    {
        kept.bytes -= oldest.size;
        let at = oldest.at as *mut u8;
        // SAFETY: the block is ours since it was kept.
        unsafe {
            check(std::slice::from_raw_parts(at, oldest.size));
            (oldest.free)(at, oldest.size, oldest.align);
        }
    }
    drop(kept);
    BUSY.set(false);
    false
}

/// Ends the process if a freed block was changed.
fn check(block: &[u8]) {
    if let Some(offset) = block.iter().position(|&b| b != FILL) {
        eprintln!(
            "Fatal Python error: a freed block of {} bytes at {:p} was changed at offset {offset}",
            block.len(),
            block.as_ptr()
        );
        std::process::abort();
    }
}
