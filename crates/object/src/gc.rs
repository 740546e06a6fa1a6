//! The cyclic collector: three generations of tracked objects in intrusive lists.
//!
//! A collection of generation n examines it and the younger ones. Counts within the examined objects are subtracted;
//! what keeps a positive count is referred to from outside, and everything reachable from there survives into the
//! next generation. The rest is garbage. The virtual machine clears weak references into it and runs its finalisers,
//! then asks which objects have been resurrected; the others are taken apart together: each is held while the
//! references of all are dropped, and only then is any memory freed. So no type needs a way to clear itself, and no
//! object is ever seen half dead.
//!
//! A collection needs no memory: it is what a program has left when there is none. Counts, the stack of what is still to
//! be marked and the sizes of what is freed lie in the prev links, which are made anew afterwards, and the garbage is a
//! list like the generations. Only the table of what is looked at, by which the memory of objects is loaded ahead of time,
//! is apart; where it is refused, the list is walked instead.

use crate::alloc;
use crate::header::{Header, flags};
use crate::heap::{Heap, Raised};
use crate::instance;
use crate::release;
use crate::trace::Visitor;
use crate::types::TypeFlags;
use crate::value::Value;
use std::cell::Cell;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;

/// Index of the generation that is never examined (`gc.freeze`).
const PERMANENT: usize = 3;
/// Index of the list of what the running collection has found.
const GARBAGE: usize = 4;
/// Index of the list of garbage that finalisers have brought back to life, until the rest is freed.
const KEPT: usize = 5;

#[repr(C)]
struct Links {
    next: Cell<*mut Links>,
    prev: Cell<*mut Links>,
}

/// The lists of tracked objects and the counters that decide when to collect.
pub struct Collector {
    lists: [Links; 6],
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
        && value.header().is_some_and(|h| h.flags() & (flags::TRACKED | flags::COLLECTING) == flags::TRACKED)
    {
        // SAFETY: the object is tracked, and no garbage, whose list stays as it is.
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
            lists: std::array::from_fn(|_| blank()),
            counts: [const { Cell::new(0) }; 3],
            thresholds: [Cell::new(2000), Cell::new(10), Cell::new(10)],
            enabled: Cell::new(true),
            collecting: Cell::new(false),
            long_lived_total: Cell::new(0),
            long_lived_pending: Cell::new(0),
            tracked: Cell::new(0),
        });
        (0..collector.lists.len()).for_each(|list| collector.clear(list));
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

    fn clear(&self, list: usize) {
        self.lists[list].next.set(self.sentinel(list));
        self.lists[list].prev.set(self.sentinel(list));
    }

    fn first(&self, list: usize) -> Option<NonNull<Header>> {
        let first = self.lists[list].next.get();
        // SAFETY: every node but the sentinel lies before a live object.
        (first != self.sentinel(list)).then(|| unsafe { object(first) })
    }

    fn move_all(&self, from: usize, to: usize) {
        let (from, to) = (self.sentinel(from), self.sentinel(to));
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

/// What a collection found: objects that nothing outside of them refers to. They are in a list of their own, each with a
/// reference that belongs to the list, until [`Heap::free_garbage`].
#[must_use]
pub struct Garbage {
    count: usize,
    weak: bool,
    finalizes: bool,
}

/// An object of the garbage, borrowed from its list.
pub struct Member<'g> {
    value: ManuallyDrop<Value>,
    garbage: PhantomData<&'g Garbage>,
}

impl std::ops::Deref for Member<'_> {
    type Target = Value;
    fn deref(&self) -> &Value {
        &self.value
    }
}

impl Garbage {
    /// Number of objects.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether some of the objects had weak references when they were found.
    pub fn has_weakrefs(&self) -> bool {
        self.weak
    }

    /// Whether some of the objects had a finaliser when they were found.
    pub fn finalizes(&self) -> bool {
        self.finalizes
    }

    /// The first object.
    pub fn first(&self, heap: &Heap) -> Option<Member<'_>> {
        self.member(heap, heap.collector.lists[GARBAGE].next.get())
    }

    /// The object behind another one.
    pub fn after(&self, heap: &Heap, member: &Member<'_>) -> Option<Member<'_>> {
        // SAFETY: members are linked.
        self.member(heap, unsafe { (*links(member.heap_ptr()?)).next.get() })
    }

    fn member(&self, heap: &Heap, at: *mut Links) -> Option<Member<'_>> {
        // SAFETY: what is linked with the garbage but for the sentinel lies before an object, which the list keeps alive.
        (at != heap.collector.sentinel(GARBAGE)).then(|| unsafe {
            Member { value: ManuallyDrop::new(Value::from_header(object(at))), garbage: PhantomData }
        })
    }
}

/// The objects of a list, in its order, while their prev links are in use for something else.
struct Candidates<'c> {
    list: &'c Links,
    /// All of them, or none if there was no memory.
    table: Vec<NonNull<Header>>,
}

impl<'c> Candidates<'c> {
    /// Takes all objects of a list, whose references of the collector's own, `held` each, do not count. `expected` is about how
    /// many there are.
    fn of(list: &'c Links, held: u32, expected: usize) -> Candidates<'c> {
        let mut table = Vec::new();
        let mut room = table.try_reserve_exact(expected).is_ok();
        let all = Candidates { list, table: Vec::new() };
        all.each(|o| {
            room = room && (table.len() < table.capacity() || table.try_reserve(1).is_ok());
            if room {
                table.push(o);
            }
            // SAFETY: the object is tracked.
            unsafe {
                let header = o.as_ref();
                header.set_flags(flags::CANDIDATE);
                // An object that is dying is not garbage of ours: keep it and what it refers to.
                let count = if header.has(flags::DYING) { 1 } else { header.refcount() - held };
                (*links(o)).prev.set(count as usize as *mut Links);
            }
        });
        if !room {
            table = Vec::new();
        }
        Candidates { list, table }
    }

    /// Shows each object; `f` may move it to another list.
    #[inline(always)]
    fn each(&self, mut f: impl FnMut(NonNull<Header>)) {
        if !self.table.is_empty() {
            for (i, &o) in self.table.iter().enumerate() {
                prefetch(&self.table, i);
                f(o);
            }
            return;
        }
        let end = self.list as *const Links as *mut Links;
        let mut at = self.list.next.get();
        while at != end {
            // SAFETY: every node but the sentinel lies before a live object; next is read before `f` may change it.
            unsafe {
                let next = (*at).next.get();
                f(object(at));
                at = next;
            }
        }
    }

    /// Takes the references that come from among the candidates off their counts.
    fn subtract_inside(&self) {
        self.each(|o| {
            let mut subtract = |child: &Value| {
                if let Some(header) = child.heap_ptr() {
                    // SAFETY: a candidate is live and has links.
                    let prev = unsafe { &(*links(header)).prev };
                    prev.set((prev.get() as usize).saturating_sub(1) as *mut Links);
                }
            };
            let visit = &mut subtract;
            trace_with(o, &mut Visitor { visit, wanted: flags::CANDIDATE, unwanted: 0, all: false });
        })
    }

    /// Marks with REACHABLE what has an outside reference, and everything reachable from there among the candidates. What is
    /// still to be looked at is linked through the prev links: its counts are of no interest any more.
    fn mark_reachable(&self) {
        let mut pending: *mut Links = std::ptr::null_mut();
        self.each(|o| {
            // SAFETY: the objects are live, and have links.
            let (header, mut at) = unsafe { (o.as_ref(), links(o)) };
            // SAFETY: as above.
            if header.has(flags::REACHABLE) || unsafe { (*at).prev.get() }.is_null() {
                return;
            }
            header.set_flags(flags::REACHABLE);
            loop {
                let mut reach = |child: &Value| {
                    if let Some(to) = child.heap_ptr() {
                        // SAFETY: a reference keeps its target alive, and a candidate has links.
                        unsafe {
                            to.as_ref().set_flags(flags::REACHABLE);
                            (*links(to)).prev.set(pending);
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
                pending = unsafe { (*at).prev.get() };
            }
        })
    }

    /// Empties the list, and calls `keep` with what was found reachable and `lose` with the rest: both are to put them into
    /// lists. What remains here are those lost, if they are put into a list of the same order.
    fn part(&mut self, mut keep: impl FnMut(NonNull<Header>), mut lose: impl FnMut(NonNull<Header>)) {
        let end = self.list as *const Links as *mut Links;
        let mut at = self.list.next.get();
        self.list.next.set(end);
        self.list.prev.set(end);
        let mut sort = |o: NonNull<Header>| {
            // SAFETY: the objects are live.
            let header = unsafe { o.as_ref() };
            let kept = header.has(flags::REACHABLE);
            header.clear_flags(flags::CANDIDATE | flags::REACHABLE);
            if kept {
                keep(o)
            } else {
                lose(o)
            }
            kept
        };
        if self.table.is_empty() {
            while at != end {
                // SAFETY: as in `each`; the list's end still is the sentinel.
                unsafe {
                    let next = (*at).next.get();
                    sort(object(at));
                    at = next;
                }
            }
            return;
        }
        // The lost gather at the front of the table.
        let mut lost = 0;
        for i in 0..self.table.len() {
            prefetch(&self.table, i);
            let o = self.table[i];
            if !sort(o) {
                self.table[lost] = o;
                lost += 1;
            }
        }
        self.table.truncate(lost);
    }
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
            let borrowed = ManuallyDrop::new(Value::from_header(NonNull::from(ty.header())));
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

    /// Finds the garbage of `generation` and younger. The survivors move to the next generation. What is found has to be given
    /// to [`Heap::free_garbage`] before the next time.
    pub fn find_garbage(&mut self, generation: usize) -> Garbage {
        let c = &*self.collector;
        let young = c.counts[0].get().max(0) as usize;
        for g in 0..=generation {
            c.counts[g].set(0);
        }
        if generation < 2 {
            c.counts[generation + 1].set(c.counts[generation + 1].get() + 1);
        }
        for g in (0..generation).rev() {
            c.move_all(g, generation);
        }
        // All that there is: without growing, which would take as much again at a time of many objects.
        let expected = if generation == 2 { c.tracked.get() } else { young };
        let mut candidates = Candidates::of(&c.lists[generation], 0, expected);
        candidates.subtract_inside();
        candidates.mark_reachable();
        let target = c.sentinel((generation + 1).min(2));
        let mut survivors = 0;
        let mut garbage = Garbage { count: 0, weak: false, finalizes: false };
        candidates.part(
            // SAFETY: the objects are live and in no list.
            |o| unsafe {
                link_before(target, links(o));
                survivors += 1;
            },
            // SAFETY: as above.
            |o| unsafe {
                let header = o.as_ref();
                header.set_flags(flags::COLLECTING);
                header.incref();
                link_before(c.sentinel(GARBAGE), links(o));
                garbage.count += 1;
                garbage.weak |= release::has_weakrefs(header);
                garbage.finalizes |= header.ty().finalizes() && !header.has(flags::FINALIZED);
            },
        );
        match generation {
            2 => {
                c.long_lived_total.set(survivors);
                c.long_lived_pending.set(0);
            }
            1 => c.long_lived_pending.set(c.long_lived_pending.get() + survivors),
            _ => {}
        }
        garbage
    }

    /// Whether the object is part of the garbage that a running collection has found.
    pub fn is_garbage(&self, value: &Value) -> bool {
        value.header().is_some_and(|h| h.has(flags::COLLECTING))
    }

    /// Frees the garbage, except for what finalisers have brought back to life. Returns how many objects were freed.
    pub fn free_garbage(&mut self, garbage: Garbage) -> usize {
        let c = &*self.collector;
        let mut candidates = Candidates::of(&c.lists[GARBAGE], 1, garbage.count);
        candidates.subtract_inside();
        candidates.mark_reachable();
        let end = c.sentinel(GARBAGE);
        let (mut count, mut last, mut weak, mut has_classes) = (0, end, false, false);
        candidates.part(
            // SAFETY: the objects are live and in no list.
            |o| unsafe { link_before(c.sentinel(KEPT), links(o)) },
            // The doomed are linked one way only: where the other link would be is their size, which they cannot be asked for
            // when they have been taken apart.
            // SAFETY: as above; a layout's functions fit its object.
            |o| unsafe {
                let header = o.as_ref();
                header.clear_flags(flags::TRACKED);
                let size = (header.ty().layout().size)(o) + alloc::inline_bytes_of(header);
                (*links(o)).prev.set(size as *mut Links);
                (*links(o)).next.set(end);
                (*last).next.set(links(o));
                last = links(o);
                weak |= release::has_weakrefs(header);
                has_classes |= header.ty().flags().has(TypeFlags::TYPE_SUBCLASS);
                count += 1;
            },
        );
        c.tracked.set(c.tracked.get() - count);
        let doomed = Candidates { list: &c.lists[GARBAGE], table: candidates.table };
        if weak {
            // Finalisers have made weak references to what dies now: nobody shall find it half dead.
            doomed.each(|o| {
                // SAFETY: the object is live, and the reference is not given back.
                drop(crate::weak::clear(&ManuallyDrop::new(unsafe { Value::from_header(o) }), true));
            });
        }
        if has_classes {
            doomed.each(|o| {
                // SAFETY: the object is live, and the reference is not given back.
                let object = ManuallyDrop::new(unsafe { Value::from_header(o) });
                if let Some(class) = object.as_type() {
                    class.leave_bases();
                }
            });
        }
        // SAFETY: nobody outside the garbage refers to it, and each is dropped once; memory stays for now.
        doomed.each(|o| unsafe { release::drop_contents(o) });
        let mut classes = end;
        doomed.each(|o| {
            // SAFETY: all references among the garbage are gone but those to its classes, which outlive the others for it; only
            // our own count is left.
            unsafe {
                let ty = o.as_ref().ty();
                let is_class = ty.flags().has(TypeFlags::TYPE_SUBCLASS);
                if !ty.header().is_immortal() {
                    drop(Value::from_header(NonNull::from(ty).cast()));
                }
                if is_class {
                    (*links(o)).next.set(classes);
                    classes = links(o);
                } else {
                    self.free_doomed(o);
                }
            }
        });
        while classes != end {
            // SAFETY: what is linked here are classes that have no instances any more.
            unsafe {
                let next = (*classes).next.get();
                self.free_doomed(object(classes));
                classes = next;
            }
        }
        c.clear(GARBAGE);
        while let Some(o) = c.first(KEPT) {
            // SAFETY: the object is in the list, which gives its reference up.
            unsafe {
                unlink(links(o));
                o.as_ref().clear_flags(flags::COLLECTING);
                if o.as_ref().has(flags::SHARED) {
                    // A finaliser has made it one of all interpreters, which no collector knows.
                    o.as_ref().clear_flags(flags::TRACKED);
                    c.tracked.set(c.tracked.get() - 1);
                } else {
                    link_before(c.sentinel(2), links(o));
                }
                drop(Value::from_header(o));
            }
        }
        count
    }

    /// # Safety
    /// Nobody uses the object, and its size is where its prev link was.
    unsafe fn free_doomed(&self, o: NonNull<Header>) {
        // SAFETY: the caller's contract.
        unsafe {
            debug_assert!(o.as_ref().refcount() == 1, "an object of a collected cycle is still referred to");
            alloc::free_object(self.here(), o, (*links(o)).prev.get() as usize, 0);
        }
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
            self.collector.any(generation, |o| unsafe { wanted(o.as_ref(), &ManuallyDrop::new(Value::from_header(o))) })
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

    /// Number of all tracked objects.
    pub fn tracked_count(&self) -> usize {
        self.collector.tracked.get()
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
            self.collector.move_all(g, PERMANENT);
            self.collector.counts[g].set(0);
        }
    }

    /// `gc.unfreeze`: moves the permanent generation to the oldest.
    pub fn unfreeze(&mut self) {
        self.collector.move_all(PERMANENT, 2);
    }

    /// Counts all objects among the oldest, unexamined: those that a start makes live as long as the interpreter.
    pub fn settle(&mut self) {
        let c = &*self.collector;
        let young = c.counts[0].replace(0).max(0) as usize;
        c.counts[1].set(0);
        c.long_lived_total.set(c.long_lived_total.get() + young);
        c.move_all(0, 2);
        c.move_all(1, 2);
    }

    /// Stands in for a collection of the youngest objects that is due while nearly all of them are to stay: they count among
    /// the oldest, unexamined, and a full collection becomes due as it would have.
    pub fn keep_young(&mut self) {
        let c = &*self.collector;
        let young = c.counts[0].replace(0).max(0) as usize;
        c.long_lived_pending.set(c.long_lived_pending.get() + young);
        c.counts[1].set(c.counts[1].get() + 1);
        if c.counts[1].get() > c.thresholds[1].get() {
            c.counts[1].set(0);
            c.counts[2].set(c.counts[2].get() + 1);
        }
        c.move_all(0, 2);
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
