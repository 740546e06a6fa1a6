//! Memory for objects: prefix, header, native payload, slot words, inline values.

use crate::header::{Header, flags, prefix_size};
use crate::heap::{Heap, Raised};
use crate::instance;
use crate::types::{Type, TypeFlags};
use crate::watch;
use std::alloc::Layout;
use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicIsize, Ordering};

/// Size classes of freed blocks that are kept, in steps of 16 bytes.
pub(crate) const CLASSES: usize = 33;
/// Bytes that are kept of one class.
const KEPT: u32 = 128 * 1024;
/// How many blocks come and go at a time between the lists and what is below.
const BATCH: u32 = 32;
/// Bytes at a time that are wanted for later.
const BATCH_BYTES: usize = 1024;

/// Freed blocks of small sizes, linked through their first word.
pub(crate) struct FreeLists {
    heads: [Cell<*mut u8>; CLASSES],
    room: [Cell<u32>; CLASSES],
    blocks: Cell<isize>,
    /// Whether the thread's end will empty the lists.
    guarded: Cell<bool>,
    /// Whether they stay empty because memory is watched.
    closed: Cell<bool>,
}

/// Empties the free lists when the thread ends.
struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        FREE.with(|free| {
            free.close();
            ENDED.fetch_add(free.blocks.replace(0), Ordering::Relaxed);
        })
    }
}

/// Objects allocated less objects freed by threads that have ended.
static ENDED: AtomicIsize = AtomicIsize::new(0);

impl FreeLists {
    /// Empties the lists, and keeps them empty.
    fn close(&self) {
        for (class, head) in self.heads.iter().enumerate() {
            self.room[class].set(0);
            // SAFETY: blocks on a list were allocated with the layout of its class, and link to the next.
            unsafe { below::give_some(head.replace(std::ptr::null_mut()), 16 * class) }
        }
    }
}

/// While memory is watched, this thread's lists stay empty, so that every block comes from the allocator and goes back
/// to it. Called whenever the thread may run on after others have.
#[inline]
pub(crate) fn follow_watch() {
    FREE.with(|free| {
        if free.closed.get() != watch::is_on() {
            follow_watch_slow(free)
        }
    })
}

#[cold]
fn follow_watch_slow(free: &FreeLists) {
    if free.closed.replace(!free.closed.get()) {
        free.room.iter().for_each(|room| room.set(KEPT));
    } else {
        free.close();
    }
}

thread_local! {
    static FREE: FreeLists = const {
        FreeLists {
            heads: [const { Cell::new(std::ptr::null_mut()) }; CLASSES],
            room: [const { Cell::new(KEPT) }; CLASSES],
            blocks: Cell::new(0),
            guarded: Cell::new(false),
            closed: Cell::new(false),
        }
    };
    static GUARD: Guard = const { Guard };
}

/// Objects allocated less objects freed by this thread and those that have ended, for `sys.getallocatedblocks`.
pub fn allocated_blocks() -> isize {
    FREE.with(|f| f.blocks.get()) + ENDED.load(Ordering::Relaxed)
}

/// Gives memory that is free back to the system: what this thread keeps, and what is empty below. It costs time in proportion
/// to what has been freed since the last time.
pub fn trim() {
    FREE.with(|free| {
        if !free.closed.get() {
            free.close();
            free.room.iter().for_each(|room| room.set(KEPT));
        }
    });
    #[cfg(feature = "allocator")]
    crate::allocator::trim();
}

/// What the allocator has of a size class: `(size, pages, blocks handed out)`, and the bytes of all its chunks.
#[cfg(feature = "allocator")]
pub fn page_counts() -> (Vec<(usize, usize, usize)>, usize) {
    let (counts, chunks) = crate::pages::counts();
    let rows = counts.iter().enumerate().skip(1).map(|(class, count)| (16 * class, count.pages, count.blocks));
    (rows.collect(), chunks * crate::pages::CHUNK.size())
}

/// What the allocator has of a size class; nothing where the process has another allocator.
#[cfg(not(feature = "allocator"))]
pub fn page_counts() -> (Vec<(usize, usize, usize)>, usize) {
    (Vec::new(), 0)
}

/// Size and number of the freed blocks that this thread keeps, for each size class, for `sys._debugmallocstats`.
pub fn kept_blocks() -> impl Iterator<Item = (usize, usize)> {
    (1..CLASSES).map(|class| {
        let kept = KEPT.saturating_sub(FREE.with(|f| f.room[class].get())) as usize;
        (16 * class, kept / (16 * class))
    })
}

/// The size class of a block: steps of 16 bytes. No size is near the end of the address space.
#[inline(always)]
const fn class_of(bytes: usize) -> usize {
    bytes.wrapping_add(15) / 16
}

/// The thread's lists, and what it knows of deaths: where a heap is at hand, they are reached through that, since a
/// thread's own variables are looked up by what the compiler takes for a call, which costs it its registers.
#[derive(Clone, Copy)]
pub(crate) struct Here {
    free: NonNull<FreeLists>,
    pub(crate) deaths: NonNull<crate::release::Deaths>,
}

impl Here {
    /// Those of the present thread.
    #[cold]
    #[inline(never)]
    pub(crate) fn of_thread() -> Here {
        let free = FREE.with(|free| NonNull::from(free));
        Here { free, deaths: crate::release::DEATHS.with(|deaths| NonNull::from(deaths)) }
    }

    #[inline(always)]
    fn free(&self) -> &FreeLists {
        // SAFETY: whoever has a `Here` runs on its thread: a heap's is replaced when another thread takes the lock.
        unsafe { self.free.as_ref() }
    }
}

/// Memory for an object of `bytes`, aligned to 16; null if there is none.
#[inline(always)]
fn take_block(here: Here, bytes: usize) -> *mut u8 {
    let free = here.free();
    let at = pop(free, class_of(bytes));
    if at.is_null() {
        return new_counted_block(free, bytes);
    }
    free.blocks.set(free.blocks.get() + 1);
    at
}

/// Gives memory back.
///
/// # Safety
/// It was taken with [`take_block`] for as many bytes.
#[inline(always)]
unsafe fn give_block(here: Here, at: *mut u8, bytes: usize) {
    let free = here.free();
    free.blocks.set(free.blocks.get() - 1);
    // SAFETY: the caller's contract.
    unsafe { give(free, at, class_of(bytes)) }
}

/// A block of a class from its list; null if the list is empty.
#[inline(always)]
fn pop(free: &FreeLists, class: usize) -> *mut u8 {
    if class >= CLASSES {
        return std::ptr::null_mut();
    }
    let head = free.heads[class].get();
    if !head.is_null() {
        // SAFETY: a block on a list begins with the link to the next one.
        free.heads[class].set(unsafe { head.cast::<*mut u8>().read() });
        free.room[class].set(free.room[class].get() + 16 * class as u32);
    }
    head
}

/// A block for an object, or for what is made as often.
#[inline(always)]
fn take(free: &FreeLists, bytes: usize) -> *mut u8 {
    let at = pop(free, class_of(bytes));
    if at.is_null() { new_object_block(free, bytes) } else { at }
}

#[cold]
#[inline(never)]
fn new_counted_block(free: &FreeLists, bytes: usize) -> *mut u8 {
    let at = new_object_block(free, bytes);
    free.blocks.set(free.blocks.get() + isize::from(!at.is_null()));
    at
}

#[cold]
#[inline(never)]
fn new_object_block(free: &FreeLists, bytes: usize) -> *mut u8 {
    #[cfg(feature = "allocator")]
    if crate::reserve::is_needed() {
        return new_small_block(free, bytes);
    }
    if refuses() { std::ptr::null_mut() } else { new_block(free, bytes) }
}

/// Whether objects get no memory now: this allocation is to fail, or what is left is kept for native code.
fn refuses() -> bool {
    #[cfg(feature = "allocator")]
    if crate::reserve::refuses() {
        return true;
    }
    watch::is_on() && watch::fails()
}

/// A block for native code that may not take a refusal.
#[cfg(feature = "allocator")]
#[cold]
#[inline(never)]
fn new_small_block(free: &FreeLists, bytes: usize) -> *mut u8 {
    let at = new_block(free, bytes);
    if at.is_null() && crate::reserve::give_up() { new_block(free, bytes) } else { at }
}

/// # Safety
/// The block is one of this class.
#[inline(always)]
unsafe fn give(free: &FreeLists, at: *mut u8, class: usize) {
    if class < CLASSES {
        let room = free.room[class].get();
        if room >= 16 * class as u32 {
            // SAFETY: the block is ours now, and at least 16 bytes long.
            unsafe { at.cast::<*mut u8>().write(free.heads[class].get()) };
            free.heads[class].set(at);
            free.room[class].set(room - 16 * class as u32);
            return;
        }
    }
    // SAFETY: the caller's contract: this was its layout.
    unsafe { give_below(free, at, class) }
}

/// Gives a block back for which there is no room on the list, and others of the list with it.
///
/// # Safety
/// As for [`give`].
#[cold]
#[inline(never)]
unsafe fn give_below(free: &FreeLists, at: *mut u8, class: usize) {
    // SAFETY: the caller's contract; the blocks taken off the list are linked to each other, the last to none.
    unsafe {
        if class >= CLASSES || watch::is_on() || free.heads[class].get().is_null() {
            below::dealloc(at, Layout::from_size_align_unchecked(16 * class, 16));
            return;
        }
        // In the order in which they were freed: what lay one behind the other shall do so again.
        at.cast::<*mut u8>().write(std::ptr::null_mut());
        let (mut first, mut count) = (at, 0);
        let mut next = free.heads[class].get();
        while count < BATCH && !next.is_null() {
            let block = next;
            next = block.cast::<*mut u8>().read();
            block.cast::<*mut u8>().write(first);
            first = block;
            count += 1;
        }
        free.heads[class].set(next);
        free.room[class].set(free.room[class].get() + count * 16 * class as u32);
        below::give_some(first, 16 * class);
    }
}

#[cold]
#[inline(never)]
fn new_block(free: &FreeLists, bytes: usize) -> *mut u8 {
    if !free.guarded.replace(true) {
        // A thread that is ending has no more guard: what it frees still goes on the lists, and stays there.
        let _ = GUARD.try_with(|_| ());
    }
    if watch::is_on() {
        watch::exact_size(bytes);
    } else if bytes.div_ceil(16) < CLASSES && free.room[bytes.div_ceil(16)].get() == KEPT {
        let size = bytes.next_multiple_of(16);
        let (first, count) = below::take_some(size, (BATCH_BYTES / size) as u32);
        if count > 1 {
            // SAFETY: the blocks are linked, and ours now.
            free.heads[size / 16].set(unsafe { first.cast::<*mut u8>().read() });
            free.room[size / 16].set(KEPT - (count - 1) * size as u32);
        }
        return first;
    }
    let Some(layout) = bytes.div_ceil(16).checked_mul(16).and_then(|n| Layout::from_size_align(n, 16).ok()) else {
        return std::ptr::null_mut();
    };
    // SAFETY: the layout is not empty: every object has a header, and the allocator is asked for no empty blocks.
    unsafe { below::alloc(layout) }
}

/// Where blocks come from: the allocator that the process has, or the one below it if that takes small blocks from here.
mod below {
    #[cfg(feature = "allocator")]
    pub use crate::allocator::below::{alloc, alloc_zeroed, dealloc, realloc};
    #[cfg(feature = "allocator")]
    pub(crate) use crate::pages::take_some;
    #[cfg(not(feature = "allocator"))]
    pub use std::alloc::{alloc, alloc_zeroed, dealloc, realloc};

    /// # Safety
    /// The blocks are linked through their first words, were taken for this size, and nobody uses them.
    #[cfg(feature = "allocator")]
    pub unsafe fn give_some(first: *mut u8, _: usize) {
        // SAFETY: the caller's contract.
        unsafe { crate::pages::give_some(first) }
    }

    #[cfg(not(feature = "allocator"))]
    pub fn take_some(size: usize, _: u32) -> (*mut u8, u32) {
        // SAFETY: the layout is valid, and not empty: classes begin at 16 bytes.
        let at = unsafe { alloc(std::alloc::Layout::from_size_align_unchecked(size, 16)) };
        (at, u32::from(!at.is_null()))
    }

    /// # Safety
    /// As for the other.
    #[cfg(not(feature = "allocator"))]
    pub unsafe fn give_some(mut at: *mut u8, size: usize) {
        while !at.is_null() {
            // SAFETY: the caller's contract.
            unsafe {
                let next = at.cast::<*mut u8>().read();
                dealloc(at, std::alloc::Layout::from_size_align_unchecked(size, 16));
                at = next;
            }
        }
    }
}

/// Runs `fork`, which copies the process, so that the copy can allocate whatever other threads were doing.
pub fn around_fork<R>(fork: impl FnOnce() -> R) -> R {
    // Nor does anybody set up what is shared, which would stay locked in the copy.
    crate::shared::set_up(|| {
        #[cfg(feature = "allocator")]
        return crate::pages::around_fork(fork);
        #[cfg(not(feature = "allocator"))]
        fork()
    })
}

/// Whether memory of this layout is taken from the lists by the process's allocator.
#[cfg(feature = "allocator")]
#[inline(always)]
pub(crate) fn is_small(layout: &Layout) -> bool {
    layout.size() < 16 * CLASSES - 15 && layout.align() <= 16
}

/// Memory of a small size that is no object.
#[cfg(feature = "allocator")]
#[inline(always)]
pub(crate) fn take_small(bytes: usize) -> *mut u8 {
    FREE.with(|free| {
        let at = pop(free, class_of(bytes));
        if at.is_null() { new_small_block(free, bytes) } else { at }
    })
}

/// Gives it back.
///
/// # Safety
/// It was taken with [`take_small`] for as many bytes.
#[cfg(feature = "allocator")]
#[inline(always)]
pub(crate) unsafe fn give_small(at: *mut u8, bytes: usize) {
    // SAFETY: the caller's contract.
    FREE.with(|free| unsafe { give(free, at, class_of(bytes)) })
}

/// Makes a block larger, at another place if need be; null, and the block as it was, if there is no memory.
///
/// # Safety
/// The block was taken for `old` bytes; `new` is not less. Nobody else knows its address.
pub(crate) unsafe fn grow_block(at: *mut u8, old: usize, new: usize) -> *mut u8 {
    let (from, to) = (old.div_ceil(16), new.div_ceil(16));
    if from == to {
        return at;
    }
    // SAFETY: the caller's contract; large blocks are the allocator's own.
    unsafe {
        if from >= CLASSES {
            return below::realloc(at, Layout::from_size_align_unchecked(16 * from, 16), 16 * to);
        }
        let here = Here::of_thread();
        let fresh = take_block(here, new);
        if !fresh.is_null() {
            std::ptr::copy_nonoverlapping(at, fresh, 16 * from);
            give_block(here, at, old);
        }
        fresh
    }
}

/// Makes an object's block of the memory of a vector, with what is in it; null, and the vector's memory as it was, if that
/// cannot be. Both have to be large, so that they come from the system's allocator, which needs no copy to move them.
///
/// # Safety
/// The memory is that of a vector with room for `capacity` bytes, which is not used any more if there is a block. What is
/// in it fits `size` bytes.
#[cfg(feature = "allocator")]
pub(crate) unsafe fn adopt_block(here: Here, at: *mut u8, capacity: usize, size: usize) -> *mut u8 {
    let size = size.next_multiple_of(16);
    let aligned = at.addr().is_multiple_of(16);
    if capacity.min(size) < crate::large::LARGE || !aligned || watch::is_on() || !crate::allocator::is_in_use() {
        return std::ptr::null_mut();
    }
    // SAFETY: large blocks are the system's, whoever asked for them; the system does not mind that a vector asks for less
    // alignment, as it gives this one anyway.
    let block = unsafe { below::realloc(at, Layout::from_size_align_unchecked(capacity, 16), size) };
    here.free().blocks.set(here.free().blocks.get() + isize::from(!block.is_null()));
    block
}

/// The same where vectors have an allocator of their own.
///
/// # Safety
/// There is nothing to know.
#[cfg(not(feature = "allocator"))]
pub(crate) unsafe fn adopt_block(_: Here, _: *mut u8, _: usize, _: usize) -> *mut u8 {
    std::ptr::null_mut()
}

/// Allocates an object of `ty` with `size` bytes from its header on (at least the type's basicsize). Header, prefix,
/// slot words and inline values are initialised; the payload is not, and the collector does not know the object yet.
///
/// # Safety
/// The caller writes the payload and then calls [`publish`].
#[inline]
pub unsafe fn new_object(heap: &Heap, ty: &Type, size: usize) -> Result<NonNull<Header>, Raised> {
    // SAFETY: the caller's contract.
    unsafe {
        let shape = ty.shape();
        if shape.is_some() || ty.slot_count() != 0 {
            return new_with_attributes(heap.here(), ty, size);
        }
        let object = new_headed(heap.here(), ty, size, 0);
        NonNull::new(object).ok_or(Raised)
    }
}

/// Prefix and header of a new object with `size` bytes and `inline` bytes behind them; null if there is no memory.
///
/// # Safety
/// The caller writes the rest.
#[inline(always)]
unsafe fn new_headed(here: Here, ty: &Type, size: usize, inline: usize) -> *mut Header {
    let bits = ty.instance_flags();
    let prefix = prefix_size(bits);
    let start = take_block(here, prefix + size + inline);
    if start.is_null() {
        return std::ptr::null_mut();
    }
    // SAFETY: the block has room for what is written.
    unsafe {
        if bits & flags::MANAGED != 0 {
            start.cast::<[u64; 2]>().write([0; 2]);
        }
        let object = start.add(prefix).cast::<Header>();
        object.write(Header::new(NonNull::from(ty), bits & (flags::GC | flags::MANAGED)));
        ty.header().incref();
        object
    }
}

/// The same as [`new_object`] for a type whose instances have attributes or slot members.
#[inline(never)]
unsafe fn new_with_attributes(here: Here, ty: &Type, size: usize) -> Result<NonNull<Header>, Raised> {
    // SAFETY: the caller's contract; every write stays inside of the object.
    unsafe {
        let (inline, inline_bytes) = match ty.shape() {
            Some(shape) => {
                let capacity = shape.instance_capacity();
                (capacity, instance::inline_size(capacity))
            }
            None => (0, 0),
        };
        let object = new_headed(here, ty, size, inline_bytes);
        if object.is_null() {
            return Err(Raised);
        }
        let end = object.cast::<u8>().add(ty.basicsize());
        for i in 1..=ty.slot_count() as usize {
            // Volatile, lest the loop become a call of `memset`: there are a few words at most.
            end.cast::<u64>().sub(i).write_volatile(0);
        }
        if inline_bytes != 0 {
            instance::init_inline(end, inline);
        }
        Ok(NonNull::new_unchecked(object))
    }
}

/// Allocates an object of a static type without prefix, slot words and inline values; otherwise as [`new_object`].
///
/// # Safety
/// As for [`new_object`]; the type is such a one.
#[inline(always)]
pub(crate) unsafe fn new_bare(heap: &Heap, ty: &'static Type, size: usize) -> Result<NonNull<Header>, Raised> {
    debug_assert!(ty.instance_flags() == 0 && ty.shape().is_none() && ty.header().is_immortal());
    let object = take_block(heap.here(), size).cast::<Header>();
    if object.is_null() {
        return Err(Raised);
    }
    // SAFETY: the block is fresh and as large as asked for.
    unsafe {
        object.write(Header::new(NonNull::from(ty), 0));
        Ok(NonNull::new_unchecked(object))
    }
}

/// The same with a payload of zeros, which are not touched where the system gives them. Not for sizes that lists keep.
///
/// # Safety
/// As for [`new_bare`].
pub(crate) unsafe fn new_bare_zeroed(heap: &Heap, ty: &'static Type, size: usize) -> Result<NonNull<Header>, Raised> {
    debug_assert!(ty.instance_flags() == 0 && ty.shape().is_none() && ty.header().is_immortal());
    let object = NonNull::new(new_zeroed_block(size).cast::<Header>()).ok_or(Raised)?;
    let here = heap.here();
    here.free().blocks.set(here.free().blocks.get() + 1);
    // SAFETY: the block is fresh and as large as asked for.
    unsafe { object.write(Header::new(NonNull::from(ty), 0)) };
    Ok(object)
}

/// A block of zeros, larger than those of the lists.
fn new_zeroed_block(bytes: usize) -> *mut u8 {
    assert!(bytes >= 16 * CLASSES);
    let Ok(layout) = Layout::from_size_align(bytes.next_multiple_of(16), 16) else { return std::ptr::null_mut() };
    if refuses() {
        return std::ptr::null_mut();
    }
    if watch::is_on() {
        watch::exact_size(bytes);
    }
    // SAFETY: the layout is not empty.
    unsafe { below::alloc_zeroed(layout) }
}

/// Gives the memory of a dead object that [`new_bare`] could have made back.
///
/// # Safety
/// As for [`free_object`].
#[inline(always)]
pub(crate) unsafe fn free_bare(here: Here, object: NonNull<Header>, size: usize) {
    // SAFETY: the caller's contract.
    unsafe { give_block(here, object.as_ptr().cast(), size) }
}

/// Words of memory of its own for what is made and dropped as often as objects are; null if there is none.
pub fn take_words(words: usize) -> *mut u64 {
    match words.checked_mul(8).filter(|&n| n > 0 && n < isize::MAX as usize - 16) {
        Some(bytes) => FREE.with(|free| take(free, bytes)).cast(),
        None => std::ptr::null_mut(),
    }
}

/// The same, all zeros, which where they are many are not touched.
pub fn take_zeroed_words(words: usize) -> *mut u64 {
    match words.checked_mul(8).filter(|&n| n < isize::MAX as usize - 16) {
        Some(bytes) if bytes >= crate::large::LARGE => new_zeroed_block(bytes).cast(),
        _ => {
            let at = take_words(words);
            if !at.is_null() {
                // SAFETY: the block has room for so many words.
                unsafe { at.write_bytes(0, words) }
            }
            at
        }
    }
}

/// Gives words back.
///
/// # Safety
/// [`take_words`] or [`take_zeroed_words`] gave them, for as many.
pub unsafe fn give_words(at: *mut u64, words: usize) {
    // SAFETY: the caller's contract.
    FREE.with(|free| unsafe { give(free, at.cast(), (8 * words).div_ceil(16)) })
}

/// Makes an initialised object known to the collector.
///
/// # Safety
/// The payload is initialised, and the object was made by [`new_object`].
#[inline]
pub unsafe fn publish(heap: &Heap, object: NonNull<Header>) {
    // SAFETY: the object is live and has the collector's links if the flag says so.
    unsafe {
        if object.as_ref().has(flags::GC) && heap.collector.track(object) {
            heap.breaker.fetch_or(crate::heap::breaker::COLLECT, std::sync::atomic::Ordering::Relaxed);
        }
    }
}

/// Gives the memory of a dead object back.
///
/// # Safety
/// Nothing of the object is used any more; `size` is what it was allocated with, `inline` its inline bytes.
#[inline(always)]
pub(crate) unsafe fn free_object(here: Here, object: NonNull<Header>, size: usize, inline: usize) {
    // SAFETY: the caller's contract.
    unsafe {
        let prefix = object.as_ref().prefix_size();
        let start = object.as_ptr().cast::<u8>().sub(prefix);
        give_block(here, start, prefix + size + inline);
    }
}

/// Bytes of inline values that the object was allocated with.
#[inline(always)]
pub(crate) fn inline_bytes_of(object: &Header) -> usize {
    if object.ty().flags().has(TypeFlags::INLINE_VALUES) { instance::allocated_inline_size(object) } else { 0 }
}
