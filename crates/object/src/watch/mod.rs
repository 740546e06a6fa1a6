//! Watching memory: tracing of allocations (`tracemalloc`), poison in freed memory, failures on demand.
//!
//! Nothing is paid for it while it is off. The allocator compares each size with a limit anyway, above which it asks the
//! system ([`crate::large`]): to watch, the limit becomes 0, and everything takes that slow path. The threads' lists of
//! free blocks stay empty meanwhile ([`crate::alloc::follow_watch`]), so that what is in them is seen again as well.
//! The state is the process's, as the allocator is.

mod poison;
mod table;

pub use table::{Found, Report};

use crate::large::LARGE;
use crate::str::Str;
use std::cell::Cell;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};
use table::Table;

/// Every allocation is recorded.
const TRACE: u32 = 1;
/// Freed memory is overwritten, kept for a while, and looked at before it is used again.
const POISON: u32 = 2;
/// An allocation is going to fail.
const FAIL: u32 = 4;

/// Sizes from here on take the allocator's slow path.
static LIMIT: AtomicUsize = AtomicUsize::new(LARGE);
static MODES: AtomicU32 = AtomicU32::new(0);
/// Allocations until one fails.
static LEFT: AtomicI64 = AtomicI64::new(0);
/// What has been recorded.
static TABLE: Mutex<Option<Box<Table>>> = Mutex::new(None);

/// Where a thread's Python code is: calls back with the file and line of the innermost frames, as many as are asked
/// for, and answers how many frames there are.
pub type Walk = unsafe fn(*const (), usize, &mut dyn FnMut(&Str, i32)) -> usize;

struct Local {
    /// The thread is at work on the table: what it allocates for that is not recorded.
    busy: Cell<bool>,
    /// What the block now being allocated is wanted for, where it is made a little larger; 0: no such block.
    exact: Cell<usize>,
    walker: Cell<Option<(*const (), Walk)>>,
}

thread_local! {
    static LOCAL: Local = const { Local { busy: Cell::new(false), exact: Cell::new(0), walker: Cell::new(None) } };
}

/// Sizes from here on take the allocator's slow path.
#[inline(always)]
pub(crate) fn limit() -> usize {
    LIMIT.load(Ordering::Relaxed)
}

/// Whether memory is watched.
#[inline]
pub(crate) fn is_on() -> bool {
    MODES.load(Ordering::Relaxed) != 0
}

fn has(mode: u32) -> bool {
    MODES.load(Ordering::Relaxed) & mode != 0
}

fn set_mode(mode: u32, on: bool) {
    let modes = if on {
        MODES.fetch_or(mode, Ordering::SeqCst) | mode
    } else {
        MODES.fetch_and(!mode, Ordering::SeqCst) & !mode
    };
    LIMIT.store(if modes == 0 { LARGE } else { 0 }, Ordering::SeqCst);
    crate::alloc::follow_watch();
}

/// Says how this thread's Python frames are found; answers what was said before.
///
/// # Safety
/// `walk` may be called with `context` by this thread until something else is said.
pub unsafe fn set_walker(walker: Option<(*const (), Walk)>) -> Option<(*const (), Walk)> {
    LOCAL.with(|local| local.walker.replace(walker))
}

/// The next block is wanted for `bytes`, although more is asked for.
pub(crate) fn exact_size(bytes: usize) {
    LOCAL.with(|local| local.exact.set(bytes));
}

fn table() -> MutexGuard<'static, Option<Box<Table>>> {
    TABLE.lock().unwrap_or_else(|e| e.into_inner())
}

/// Runs `f` with the table, if there is one, unless this thread is at work on it already.
fn with_table<R>(f: impl FnOnce(&mut Table) -> R) -> Option<R> {
    LOCAL.with(|local| {
        if local.busy.replace(true) {
            return None;
        }
        let result = table().as_mut().map(|t| f(t));
        local.busy.set(false);
        result
    })
}

/// A block has been allocated on the slow path.
pub(crate) fn allocated(at: *mut u8, size: usize) {
    let exact = LOCAL.with(|local| local.exact.replace(0));
    if has(TRACE) && !at.is_null() {
        record(0, at as usize, if exact != 0 { exact } else { size });
    }
}

fn record(domain: u32, address: usize, size: usize) {
    let walker = LOCAL.with(|local| local.walker.get());
    with_table(|table| {
        table.begin();
        let limit = table.limit();
        let depth = match walker {
            // SAFETY: the contract of set_walker.
            Some((context, walk)) => unsafe { walk(context, limit, &mut |file, line| table.frame(file, line)) },
            None => 0,
        };
        table.add(domain, address, size, depth);
    });
}

/// A block is given back on the slow path; false if the block is kept for now, and must not be freed.
pub(crate) fn freeing(at: *mut u8, size: usize, align: usize, free: unsafe fn(*mut u8, usize, usize)) -> bool {
    forget(at);
    if has(POISON) {
        // SAFETY: the caller gives the block up; `free` is how it is freed.
        return unsafe { poison::keep(at, size, align, free) };
    }
    true
}

/// A block is about to be moved or resized in place.
pub(crate) fn forget(at: *mut u8) {
    if has(TRACE) {
        with_table(|table| table.remove(0, at as usize));
    }
}

/// Whether blocks are moved when they grow, so that nobody goes on using the old place.
pub(crate) fn moves() -> bool {
    has(POISON)
}

/// Whether this allocation of an object or of a container's memory has to fail.
#[inline]
pub(crate) fn fails() -> bool {
    has(FAIL) && fails_slow()
}

#[cold]
fn fails_slow() -> bool {
    LEFT.fetch_sub(1, Ordering::Relaxed) == 1
}

/// Makes the `n`th allocation of an object or of a container's memory from now on fail, once.
pub fn fail_after(n: u32) {
    LEFT.store(i64::from(n), Ordering::Relaxed);
    set_mode(FAIL, n > 0);
}

/// Runs `f` without failures on demand.
pub(crate) fn without_failures<R>(f: impl FnOnce() -> R) -> R {
    let failing = has(FAIL);
    if failing {
        set_mode(FAIL, false);
    }
    let result = f();
    if failing {
        set_mode(FAIL, true);
    }
    result
}

/// Whether the allocation that [`fail_after`] asked for has failed, or none was asked for.
pub fn has_failed() -> bool {
    LEFT.load(Ordering::Relaxed) <= 0
}

/// Overwrites freed memory from now on, and ends the process where it is changed afterwards.
pub fn poison() {
    set_mode(POISON, true);
}

/// Starts recording allocations with up to `limit` frames each, if that is not done yet; false if the allocator of this
/// process cannot be watched.
pub fn start_tracing(limit: usize) -> bool {
    if has(TRACE) {
        return true;
    }
    *table() = Some(Box::new(Table::new(limit)));
    set_mode(TRACE, true);
    let probe = std::hint::black_box(Box::new(0u64));
    let seen = with_table(|t| t.report().2 > 0) == Some(true);
    drop(probe);
    if !seen {
        stop_tracing();
    }
    seen
}

/// Stops recording and forgets what was recorded.
pub fn stop_tracing() {
    set_mode(TRACE, false);
    let old = table().take();
    drop(old);
}

/// Whether allocations are recorded.
pub fn is_tracing() -> bool {
    has(TRACE)
}

/// Forgets what was recorded.
pub fn clear_traces() {
    with_table(Table::clear);
}

/// Bytes recorded now, the most there have been, and what the records themselves take.
pub fn traced_memory() -> (usize, usize, usize) {
    with_table(|t| {
        let (now, peak, _) = t.report();
        (now, peak, t.memory())
    })
    .unwrap_or((0, 0, 0))
}

/// The most there have been is what there is now.
pub fn reset_peak() {
    with_table(Table::reset_peak);
}

/// Everything that is recorded.
pub fn traces() -> Report {
    with_table(|t| t.all()).unwrap_or_default()
}

/// Where the object's memory was allocated, innermost frame first: name of the file and line.
pub fn traceback_of(object: &crate::Value) -> Option<Report> {
    let header = object.header()?;
    let address = header as *const crate::Header as usize - header.prefix_size();
    traceback_at(0, address)
}

/// Where what is recorded for an address in a domain was allocated.
pub fn traceback_at(domain: u32, address: usize) -> Option<Report> {
    with_table(|t| t.one(domain, address)).flatten()
}

/// Records memory of another domain than the allocator's own; false if nothing is recorded.
pub fn track(domain: u32, address: usize, size: usize) -> bool {
    has(TRACE) && {
        record(domain, address, size);
        true
    }
}

/// Forgets memory that was recorded with [`track`]; false if nothing is recorded.
pub fn untrack(domain: u32, address: usize) -> bool {
    has(TRACE) && with_table(|t| t.remove(domain, address)).is_some()
}

/// Runs `f` while no thread is at work on the records: for `fork`.
pub(crate) fn at_rest<R>(f: impl FnOnce() -> R) -> R {
    let _held = table();
    LOCAL.with(|local| local.busy.set(true));
    let result = f();
    LOCAL.with(|local| local.busy.set(false));
    result
}
