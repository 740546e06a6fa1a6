//! The cyclic collector: three generations of tracked objects in intrusive lists.
//!
//! A collection of generation n examines it and the younger ones. Counts within the examined objects are subtracted;
//! what keeps a positive count is referred to from outside, and everything reachable from there survives into the
//! next generation. The rest is garbage. The virtual machine clears weak references into it and runs its finalisers,
//! then asks which objects have been resurrected; the others are taken apart together: each is held while the
//! references of all are dropped, and only then is any memory freed. So no type needs a way to clear itself, and no
//! object is ever seen half dead.

use crate::alloc;
use crate::header::{Header, flags};
use crate::heap::{Heap, Raised};
use crate::instance;
use crate::release;
use crate::trace::Visitor;
use crate::value::Value;
use std::cell::Cell;
use std::ptr::NonNull;

/// Index of the generation that is never examined (`gc.freeze`).
const PERMANENT: usize = 3;

#[repr(C)]
struct Links {
    next: Cell<*mut Links>,
    prev: Cell<*mut Links>,
}

/// The lists of tracked objects and the counters that decide when to collect.
pub struct Collector {
    lists: [Links; 4],
    /// Allocations less deaths since the last collection of the youngest; collections of the next younger generation.
    counts: [Cell<i64>; 3],
    thresholds: [Cell<i64>; 3],
    enabled: Cell<bool>,
    collecting: Cell<bool>,
    /// Objects that survived the last full collection, and those that have reached the oldest generation since.
    long_lived_total: Cell<usize>,
    long_lived_pending: Cell<usize>,
    tracked: Cell<usize>,
}

unsafe fn links(object: NonNull<Header>) -> *mut Links {
    // SAFETY: the caller knows that the object has the collector's links before its header.
    unsafe { object.as_ptr().cast::<u8>().sub(16).cast() }
}

unsafe fn object(links: *mut Links) -> NonNull<Header> {
    // SAFETY: the links lie 16 bytes before the header.
    unsafe { NonNull::new_unchecked(links.cast::<u8>().add(16).cast()) }
}

unsafe fn link_before(at: *mut Links, new: *mut Links) {
    // SAFETY: the caller owns both; `at` is in a list, `new` in none.
    unsafe {
        let prev = (*at).prev.get();
        (*new).prev.set(prev);
        (*new).next.set(at);
        (*prev).next.set(new);
        (*at).prev.set(new);
    }
}

unsafe fn unlink(node: *mut Links) {
    // SAFETY: the node is in a list.
    unsafe {
        let (prev, next) = ((*node).prev.get(), (*node).next.get());
        (*prev).next.set(next);
        (*next).prev.set(prev);
    }
}

/// Takes an object that cannot be part of a cycle out of the collector's sight.
pub(crate) fn forget(value: &Value) {
    if let Some(h) = value.heap_ptr()
        && value.header().is_some_and(|h| h.has(flags::TRACKED))
    {
        // SAFETY: the object is tracked.
        unsafe { untrack(h, Heap::current().0) }
    }
}

/// Takes a dying object out of its generation.
///
/// # Safety
/// The object is tracked.
#[inline(always)]
pub(crate) unsafe fn untrack(object: NonNull<Header>, heap: *const Heap) {
    // SAFETY: the caller's contract; the heap is the thread's current one, or null.
    unsafe {
        object.as_ref().clear_flags(flags::TRACKED);
        unlink(links(object));
        if heap.is_null() {
            return;
        }
        let c = &(*heap).collector;
        c.tracked.set(c.tracked.get() - 1);
        if c.counts[0].get() > 0 {
            c.counts[0].set(c.counts[0].get() - 1);
        }
    }
}

impl Collector {
    pub(crate) fn new() -> Box<Collector> {
        let blank = || Links { next: Cell::new(std::ptr::null_mut()), prev: Cell::new(std::ptr::null_mut()) };
        let collector = Box::new(Collector {
            lists: [blank(), blank(), blank(), blank()],
            counts: [const { Cell::new(0) }; 3],
            thresholds: [Cell::new(2000), Cell::new(10), Cell::new(10)],
            enabled: Cell::new(true),
            collecting: Cell::new(false),
            long_lived_total: Cell::new(0),
            long_lived_pending: Cell::new(0),
            tracked: Cell::new(0),
        });
        for list in &collector.lists {
            let at = list as *const Links as *mut Links;
            list.next.set(at);
            list.prev.set(at);
        }
        collector
    }

    fn sentinel(&self, generation: usize) -> *mut Links {
        &self.lists[generation] as *const Links as *mut Links
    }

    /// Puts a new object into the youngest generation; true if a collection may be due.
    ///
    /// # Safety
    /// The object has the collector's links and is in no list.
    #[inline]
    pub(crate) unsafe fn track(&self, object: NonNull<Header>) -> bool {
        // SAFETY: the caller's contract.
        unsafe {
            object.as_ref().set_flags(flags::TRACKED);
            link_before(self.sentinel(0), links(object));
        }
        self.tracked.set(self.tracked.get() + 1);
        let n = self.counts[0].get() + 1;
        self.counts[0].set(n);
        n > self.thresholds[0].get()
    }

    fn each(&self, generation: usize, mut f: impl FnMut(NonNull<Header>)) {
        self.any(generation, |o| {
            f(o);
            false
        });
    }

    /// Whether `f` says so of an object; those behind it are not asked.
    fn any(&self, generation: usize, mut f: impl FnMut(NonNull<Header>) -> bool) -> bool {
        let end = self.sentinel(generation);
        let mut at = self.lists[generation].next.get();
        while at != end {
            // SAFETY: every node but the sentinel lies before a live object; next is read before f may unlink it.
            unsafe {
                let next = (*at).next.get();
                if f(object(at)) {
                    return true;
                }
                at = next;
            }
        }
        false
    }
}

/// What a collection found: objects that nothing outside of them refers to.
pub struct Garbage {
    objects: Vec<NonNull<Header>>,
}

impl Garbage {
    /// Number of objects.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// The objects, each with a reference of the caller's own; nothing if there is no memory for them.
    pub fn values(&self) -> Option<Vec<Value>> {
        let mut values = Vec::new();
        values.try_reserve_exact(self.objects.len()).ok()?;
        // SAFETY: the objects are alive until `free`.
        values.extend(self.objects.iter().map(|&o| unsafe { Value::from_borrowed(o) }));
        Some(values)
    }
}

/// Makes an object the candidate number `i`, which is kept in its prev link: its count less what is `held`.
///
/// # Safety
/// The object is tracked and live.
#[inline(always)]
unsafe fn make_candidate(o: NonNull<Header>, i: usize, held: u32) -> u32 {
    // SAFETY: the caller's contract.
    unsafe {
        (*links(o)).prev.set(i as *mut Links);
        o.as_ref().set_flags(flags::CANDIDATE);
        // An object that is dying is not garbage of ours: keep it and what it refers to.
        if o.as_ref().has(flags::DYING) { o.as_ref().refcount() + 1 } else { o.as_ref().refcount() - held }
    }
}

/// Counts of the references to `objects` that do not come from among them.
fn outside_counts(objects: &[NonNull<Header>], held: u32) -> Option<Vec<u32>> {
    let mut counts = Vec::new();
    counts.try_reserve_exact(objects.len()).ok()?;
    for (i, &o) in objects.iter().enumerate() {
        prefetch(objects, i);
        // SAFETY: the objects are tracked and live.
        counts.push(unsafe { make_candidate(o, i, held) });
    }
    subtract_inside(objects, &mut counts);
    Some(counts)
}

/// Has the memory of an object that comes soon loaded: the objects of a program lie all over its heap, and waiting for
/// each of them in turn is most of what a collection costs.
#[inline(always)]
fn prefetch(objects: &[NonNull<Header>], i: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(o) = objects.get(i + 8) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a hint; it does nothing to memory.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(o.as_ptr().cast::<i8>().wrapping_sub(16)) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (objects, i);
}

/// Takes the references that come from among the candidates off their counts.
fn subtract_inside(objects: &[NonNull<Header>], counts: &mut [u32]) {
    for (i, &o) in objects.iter().enumerate() {
        prefetch(objects, i);
        let mut subtract = |child: &Value| {
            if let Some(header) = child.heap_ptr() {
                // SAFETY: a candidate is live and has links.
                let i = unsafe { (*links(header)).prev.get() } as usize;
                counts[i] = counts[i].saturating_sub(1);
            }
        };
        let visit = &mut subtract;
        trace_with(o, &mut Visitor { visit, wanted: flags::CANDIDATE, unwanted: 0, all: false });
    }
}

/// Marks with REACHABLE what has an outside reference, and everything reachable from there among the candidates. What is still
/// to be looked at is linked through the next links, which are made anew afterwards: a collection must not fail for want of
/// memory when half of it is done.
fn mark_reachable(objects: &[NonNull<Header>], counts: &[u32]) {
    let mut pending: *mut Links = std::ptr::null_mut();
    for (i, (&o, &n)) in objects.iter().zip(counts).enumerate() {
        prefetch(objects, i);
        // SAFETY: the objects are live.
        let header = unsafe { o.as_ref() };
        if n == 0 || header.has(flags::REACHABLE) {
            continue;
        }
        header.set_flags(flags::REACHABLE);
        // SAFETY: a candidate has links.
        let mut at = unsafe { links(o) };
        loop {
            let mut reach = |child: &Value| {
                if let Some(to) = child.heap_ptr() {
                    // SAFETY: a reference keeps its target alive, and a candidate has links.
                    unsafe {
                        to.as_ref().set_flags(flags::REACHABLE);
                        (*links(to)).next.set(pending);
                        pending = links(to);
                    }
                }
            };
            // SAFETY: what is pending are links of live objects.
            let from = unsafe { object(at) };
            let (wanted, unwanted) = (flags::CANDIDATE, flags::REACHABLE);
            trace_with(from, &mut Visitor { visit: &mut reach, wanted, unwanted, all: false });
            if pending.is_null() {
                break;
            }
            at = pending;
            // SAFETY: as above.
            pending = unsafe { (*at).next.get() };
        }
    }
}

/// Shows every reference that the object owns, its type included.
pub(crate) fn trace(object: NonNull<Header>, visit: &mut dyn FnMut(&Value)) {
    trace_with(object, &mut Visitor { visit, wanted: 0, unwanted: 0, all: false })
}

/// The same, as the visitor wants it.
pub(crate) fn trace_with(object: NonNull<Header>, visitor: &mut Visitor<'_>) {
    // SAFETY: the object is live; its layout's functions fit it.
    unsafe {
        let ty = object.as_ref().ty();
        if !ty.header().is_immortal() {
            let borrowed = std::mem::ManuallyDrop::new(Value::from_header(NonNull::from(ty.header())));
            visitor.value(&borrowed);
        }
        instance::trace_attributes(object, visitor);
        (ty.layout().trace)(object, visitor);
    }
}

impl Heap {
    /// The generation that should be collected now, if any.
    #[inline]
    pub fn collection_due(&self) -> Option<usize> {
        let c = &self.collector;
        if c.counts[0].get() <= c.thresholds[0].get() || !c.enabled.get() || c.collecting.get() {
            return None;
        }
        self.collection_due_slow()
    }

    #[cold]
    fn collection_due_slow(&self) -> Option<usize> {
        let c = &self.collector;
        if c.thresholds[0].get() == 0 {
            return None;
        }
        for generation in (0..3).rev() {
            if c.counts[generation].get() > c.thresholds[generation].get() {
                // A full collection is worth its time once the objects that are new to the oldest generation are a
                // quarter of those that it had.
                if generation == 2 && c.long_lived_pending.get() < c.long_lived_total.get() / 4 {
                    continue;
                }
                return Some(generation);
            }
        }
        None
    }

    /// Finds the garbage of `generation` and younger. The survivors move to the next generation. `None`: there is no
    /// memory for a collection.
    pub fn find_garbage(&mut self, generation: usize) -> Option<Garbage> {
        let c = &*self.collector;
        for g in 0..=generation {
            c.counts[g].set(0);
        }
        if generation < 2 {
            c.counts[generation + 1].set(c.counts[generation + 1].get() + 1);
        }
        let mut objects = Vec::new();
        let mut counts = Vec::new();
        // All that there is: without growing, which would take as much again at a time of many objects.
        let all = if generation == 2 { c.tracked.get() } else { 0 };
        let mut failed = objects.try_reserve_exact(all).is_err() || counts.try_reserve_exact(all).is_err();
        for g in (0..=generation).rev() {
            c.each(g, |o| {
                failed |= objects.try_reserve(1).is_err() || counts.try_reserve(1).is_err();
                if !failed {
                    // SAFETY: the object is tracked and live.
                    counts.push(unsafe { make_candidate(o, objects.len(), 0) });
                    objects.push(o);
                }
            });
        }
        if failed {
            self.unmark(generation);
            return None;
        }
        subtract_inside(&objects, &mut counts);
        mark_reachable(&objects, &counts);
        // The prev links were used for indices: link all lists anew.
        for g in 0..=generation {
            let s = c.sentinel(g);
            c.lists[g].next.set(s);
            c.lists[g].prev.set(s);
        }
        let target = (generation + 1).min(2);
        drop(counts);
        // The garbage gathers at the front.
        let mut survivors = 0;
        for i in 0..objects.len() {
            prefetch(&objects, i);
            let o = objects[i];
            // SAFETY: the objects are live and in no list.
            unsafe {
                let header = o.as_ref();
                let keep = header.has(flags::REACHABLE);
                header.clear_flags(flags::CANDIDATE | flags::REACHABLE);
                link_before(c.sentinel(target), links(o));
                if keep {
                    survivors += 1;
                } else {
                    objects[i - survivors] = o;
                }
            }
        }
        objects.truncate(objects.len() - survivors);
        // What took all objects is too large for the garbage for the most part.
        let mut garbage = Vec::new();
        match garbage.try_reserve_exact(objects.len()) {
            Ok(()) => garbage.extend_from_slice(&objects),
            Err(_) => garbage = objects,
        }
        match generation {
            2 => {
                c.long_lived_total.set(survivors);
                c.long_lived_pending.set(0);
            }
            1 => c.long_lived_pending.set(c.long_lived_pending.get() + survivors),
            _ => {}
        }
        Some(Garbage { objects: garbage })
    }

    /// Gives up a collection for which there is no memory: the prev links are made what they were from the next ones.
    #[cold]
    fn unmark(&self, generation: usize) {
        let c = &self.collector;
        for g in 0..=generation {
            let mut before = c.sentinel(g);
            c.each(g, |o| {
                // SAFETY: the object is tracked and live.
                unsafe {
                    o.as_ref().clear_flags(flags::CANDIDATE);
                    (*links(o)).prev.set(before);
                    before = links(o);
                }
            });
        }
    }

    /// Frees the garbage, except for what finalisers have brought back to life. Returns how many objects were freed.
    ///
    /// `held` is what [`Garbage::values`] gave: it keeps alive what finalisers have parted from the garbage.
    pub fn free_garbage(&mut self, garbage: Garbage, held: Vec<Value>) -> usize {
        let Garbage { objects } = garbage;
        assert!(held.len() == objects.len(), "each object is held once");
        // Unlink first: the prev links become scratch.
        for &o in &objects {
            // SAFETY: find_garbage linked them, and none has been freed: `held` refers to them.
            unsafe { unlink(links(o)) }
        }
        let mut doomed = Vec::new();
        let mut kept = Vec::new();
        let n = objects.len();
        let room = doomed.try_reserve_exact(n).is_ok() && kept.try_reserve_exact(n).is_ok();
        let counts = if room { outside_counts(&objects, 1) } else { None };
        let Some(counts) = counts else {
            // Without memory to tell what finalisers have kept, all is.
            for &o in &objects {
                // SAFETY: the objects are live and in no list.
                unsafe { link_before(self.collector.sentinel(2), links(o)) }
            }
            return 0;
        };
        mark_reachable(&objects, &counts);
        for (&o, value) in objects.iter().zip(held) {
            // SAFETY: the objects are live.
            unsafe {
                let header = o.as_ref();
                let keep = header.has(flags::REACHABLE);
                header.clear_flags(flags::CANDIDATE | flags::REACHABLE);
                if keep {
                    link_before(self.collector.sentinel(2), links(o));
                    kept.push(value);
                } else {
                    header.clear_flags(flags::TRACKED);
                    header.set_flags(flags::COLLECTING);
                    // The reference becomes our own.
                    std::mem::forget(value);
                    let ty = NonNull::from(header.ty());
                    doomed.push((o, ty, (ty.as_ref().layout().size)(o), alloc::inline_bytes_of(header)));
                }
            }
        }
        let c = &self.collector;
        c.tracked.set(c.tracked.get() - doomed.len());
        for (o, ..) in &doomed {
            // Finalisers have made weak references to what dies now: nobody shall find it half dead.
            // SAFETY: the object is live, and the reference is not given back.
            let object = std::mem::ManuallyDrop::new(unsafe { Value::from_header(*o) });
            if self.has_weakrefs(&object) {
                drop(self.clear_weakrefs(&object));
            }
        }
        for (o, ..) in &doomed {
            // SAFETY: nobody outside the garbage refers to it, and each is dropped once; memory stays for now.
            unsafe { release::drop_contents(*o) }
        }
        for (_, ty, ..) in &doomed {
            // SAFETY: each object owned a reference to its type; types among the garbage are held by our own count.
            unsafe {
                if !ty.as_ref().header().is_immortal() {
                    drop(Value::from_header(ty.cast()));
                }
            }
        }
        for &(o, _, size, inline) in &doomed {
            // SAFETY: all references among the garbage are gone; only our own count is left.
            unsafe {
                debug_assert!(o.as_ref().refcount() == 1, "an object of a collected cycle is still referred to");
                alloc::free_object(self.here(), o, size, inline);
            }
        }
        doomed.len()
    }

    /// Shows each object with its generation, and whether it is linked as it should be, until `f` finds a fault.
    pub(crate) fn walk_generations(
        &self,
        f: &mut dyn FnMut(usize, NonNull<Header>, bool) -> Result<(), String>,
    ) -> Result<(), String> {
        let c = &self.collector;
        let mut count = 0;
        for g in 0..=PERMANENT {
            let end = c.sentinel(g);
            let mut at = c.lists[g].next.get();
            while at != end {
                // SAFETY: a node that is linked on both sides lies before a live object.
                unsafe {
                    let linked = (*(*at).next.get()).prev.get() == at && (*(*at).prev.get()).next.get() == at;
                    f(g, object(at), linked)?;
                    at = (*at).next.get();
                }
                count += 1;
            }
        }
        match c.tracked.get() {
            n if n == count => Ok(()),
            n => Err(format!("{n} objects are tracked, but {count} are linked")),
        }
    }

    /// Objects in a generation, or with `None` in all of them.
    pub fn tracked_objects(&self, generation: Option<usize>) -> Result<Vec<Value>, Raised> {
        let mut found = Vec::new();
        let mut failed = false;
        for g in generation.map_or(0..3, |g| g..g + 1) {
            // SAFETY: tracked objects are live, unless they are dying: those are left out.
            self.collector.each(g, |o| unsafe {
                failed |= found.try_reserve(1).is_err();
                if !o.as_ref().has(flags::DYING) && !failed {
                    found.push(Value::from_borrowed(o));
                }
            });
        }
        if failed { Err(Raised) } else { Ok(found) }
    }

    /// Whether there is an object under the collector, frozen ones included, of which `wanted` says so. It is given the
    /// object by its header and as a value, which is borrowed.
    pub fn any_tracked(&self, mut wanted: impl FnMut(&Header, &Value) -> bool) -> bool {
        (0..=PERMANENT).any(|generation| {
            // SAFETY: tracked objects are live; the value gives back no reference.
            self.collector
                .any(generation, |o| unsafe { wanted(o.as_ref(), &std::mem::ManuallyDrop::new(Value::from_header(o))) })
        })
    }

    /// Number of tracked objects in each generation, and in the permanent one.
    pub fn generation_sizes(&self) -> [usize; 4] {
        let mut sizes = [0; 4];
        for (g, n) in sizes.iter_mut().enumerate() {
            self.collector.each(g, |_| *n += 1);
        }
        sizes
    }

    /// Whether the collector examines this object.
    pub fn is_tracked(&self, value: &Value) -> bool {
        value.header().is_some_and(|h| h.has(flags::TRACKED))
    }

    /// Takes the object out of the collector's sight for good: it cannot be part of a cycle.
    pub fn untrack(&mut self, value: &Value) {
        forget(value)
    }

    /// Shows every reference that the object owns.
    pub fn referents(&self, value: &Value, visit: &mut dyn FnMut(&Value)) {
        if let Some(header) = value.heap_ptr() {
            trace_with(header, &mut Visitor { visit, wanted: 0, unwanted: 0, all: true })
        }
    }

    /// `gc.freeze`: moves everything to the permanent generation.
    pub fn freeze(&mut self) {
        for g in 0..3 {
            self.move_all(g, PERMANENT);
            self.collector.counts[g].set(0);
        }
    }

    /// `gc.unfreeze`: moves the permanent generation to the oldest.
    pub fn unfreeze(&mut self) {
        self.move_all(PERMANENT, 2);
    }

    /// Counts all objects among the oldest, unexamined: those that a start makes live as long as the interpreter.
    pub fn settle(&mut self) {
        let c = &*self.collector;
        let young = c.counts[0].replace(0).max(0) as usize;
        c.counts[1].set(0);
        c.long_lived_total.set(c.long_lived_total.get() + young);
        self.move_all(0, 2);
        self.move_all(1, 2);
    }

    fn move_all(&mut self, from: usize, to: usize) {
        let (from, to) = (self.collector.sentinel(from), self.collector.sentinel(to));
        // SAFETY: the ends of two lists: what lies between those of the first goes before the end of the second.
        unsafe {
            let (first, last) = ((*from).next.get(), (*from).prev.get());
            if first == from {
                return;
            }
            let before = (*to).prev.get();
            (*before).next.set(first);
            (*first).prev.set(before);
            (*last).next.set(to);
            (*to).prev.set(last);
            (*from).next.set(from);
            (*from).prev.set(from);
        }
    }

    /// The three thresholds.
    pub fn thresholds(&self) -> [i64; 3] {
        [0, 1, 2].map(|g| self.collector.thresholds[g].get())
    }

    /// Sets a threshold.
    pub fn set_threshold(&mut self, generation: usize, n: i64) {
        self.collector.thresholds[generation].set(n);
    }

    /// The three counters.
    pub fn collection_counts(&self) -> [i64; 3] {
        [0, 1, 2].map(|g| self.collector.counts[g].get())
    }

    /// Whether a collection is running.
    pub fn is_collecting(&self) -> bool {
        self.collector.collecting.get()
    }

    /// Says whether a collection is running. While one is, what it has called starts no other.
    pub fn set_collecting(&mut self, yes: bool) {
        self.collector.collecting.set(yes);
    }

    /// Whether the finaliser of the object has run.
    pub fn is_finalized(&self, value: &Value) -> bool {
        value.header().is_some_and(|h| h.has(flags::FINALIZED))
    }

    /// The tracked objects that refer to any of `targets`, by their words.
    pub fn referrers(&self, targets: &std::collections::HashSet<u64>) -> Vec<Value> {
        let mut found = Vec::new();
        for g in 0..3 {
            // SAFETY: tracked objects are live, unless they are dying: those are left out.
            self.collector.each(g, |o| unsafe {
                if o.as_ref().has(flags::DYING) {
                    return;
                }
                let mut refers = false;
                trace(o, &mut |child| refers |= targets.contains(&child.bits()));
                if refers {
                    found.push(Value::from_borrowed(o));
                }
            });
        }
        found
    }

    /// Whether collections start by themselves.
    pub fn collector_enabled(&self) -> bool {
        self.collector.enabled.get()
    }

    /// Says whether collections start by themselves.
    pub fn enable_collector(&mut self, yes: bool) {
        self.collector.enabled.set(yes);
    }

    /// Bytes of the object, with its prefix and the memory that it owns besides.
    pub fn size_of(&self, value: &Value) -> (usize, usize) {
        let Some(header) = value.heap_ptr() else {
            // What it takes as an object: header, then a float's bits, or an int's tag and digits of 30 bits.
            let digits =
                value.small_int().map(|n| (64 - n.unsigned_abs().leading_zeros() as usize).div_ceil(30).max(1));
            return (24 + digits.map_or(0, |d| 4 * d), 0);
        };
        // SAFETY: the object is live; its layout's functions fit it.
        unsafe {
            let layout = header.as_ref().ty().layout();
            let size = (layout.size)(header) + alloc::inline_bytes_of(header.as_ref()) + (layout.extra)(header);
            (size, header.as_ref().prefix_size())
        }
    }
}
