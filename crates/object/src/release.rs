//! What happens when a count reaches zero.
//!
//! An object whose death can run no Python code is taken apart at once. One that has a finaliser or weak references,
//! and one that dies deep inside the death of others, goes on the thread's zero list, which whoever holds the virtual
//! machine drains: so dropping a value never runs Python code, and freeing a list nested a million deep needs no
//! native stack. The list is linked through the objects themselves: a death must not need memory.

use crate::alloc::{self, Here};
use crate::header::{Header, flags};
use crate::heap::Heap;
use crate::instance;
use crate::statics::STR;
use crate::types::TypeFlags;
use crate::value::Value;
use std::cell::Cell;
use std::ptr::NonNull;

/// How deep deaths nest natively before the rest is put off.
const MAX_DEPTH: u32 = 64;

/// What a thread knows of the deaths that are under way.
pub(crate) struct Deaths {
    /// How deep they nest.
    depth: Cell<u32>,
    /// Whether objects wait on the zero list, above its floor.
    pending: Cell<bool>,
    /// The zero list: the object that was put on it last.
    first: Cell<Option<NonNull<Header>>>,
    /// From this object of the list on, all wait until a finaliser that is running has ended.
    floor: Cell<Option<NonNull<Header>>>,
}

impl Deaths {
    #[inline(always)]
    pub(crate) fn pending(&self) -> bool {
        self.pending.get()
    }

    fn set_pending(&self) {
        self.pending.set(self.first.get() != self.floor.get())
    }
}

impl Here {
    #[inline(always)]
    pub(crate) fn deaths(&self) -> &Deaths {
        // SAFETY: whoever has a `Here` runs on its thread.
        unsafe { self.deaths.as_ref() }
    }
}

thread_local! {
    pub(crate) static DEATHS: Deaths = const {
        Deaths { depth: Cell::new(0), pending: Cell::new(false), first: Cell::new(None), floor: Cell::new(None) }
    };
}

/// An object's count has reached zero.
///
/// # Safety
/// The count is zero and nobody else refers to the object.
#[cold]
#[inline(never)]
pub unsafe fn dead(object: NonNull<Header>) {
    let (heap, here) = Heap::current();
    if heap.is_null() {
        // Its interpreter is gone, and so are the lists that it is linked in and who could run its finaliser: it stays.
        return;
    }
    // SAFETY: the object's memory is still there.
    let header = unsafe { object.as_ref() };
    let bits = header.flags();
    // Most of what dies is a short string.
    // SAFETY: the caller's contract.
    if bits == 0 && std::ptr::eq(header.ty(), STR.as_type()) && unsafe { crate::str::free_plain(here, object) } {
        return;
    }
    // Most of the rest are exact instances of native types, many of which could have weak references and have none.
    if bits & !(flags::GC | flags::TRACKED | flags::MANAGED) == 0
        && let Some(destroy) = header.ty().destroy()
        // SAFETY: the object's memory is still there, and these are its flags.
        && unsafe { is_bare(header, bits) }
    {
        // SAFETY: the caller's contract; the type has said how its instances are taken apart.
        unsafe {
            if bits == 0 {
                return destroy(object, here);
            }
            let deaths = here.deaths();
            let depth = deaths.depth.get();
            if depth >= MAX_DEPTH {
                return put_off(object, deaths);
            }
            if bits & flags::TRACKED != 0 {
                crate::gc::untrack(object, heap);
            }
            deaths.depth.set(depth + 1);
            destroy(object, here);
            deaths.depth.set(depth);
        }
        return;
    }
    // SAFETY: the caller's contract.
    unsafe { dead_general(object, heap, here) }
}

/// Whether nothing hangs on an object besides its payload: no weak references, no dict, no inline values.
///
/// # Safety
/// The object's memory is still there, and `bits` are its flags.
#[inline(always)]
unsafe fn is_bare(header: &Header, bits: u16) -> bool {
    // SAFETY: MANAGED says that both words exist.
    bits & flags::MANAGED == 0
        || unsafe { header.prefix_word(32).get() | header.prefix_word(24).get() == 0 }
            && !header.ty().flags().has(TypeFlags::INLINE_VALUES)
}

/// Whether the finaliser of an object need not run: most generators are let go of where nothing waits to be cleaned up.
///
/// # Safety
/// The object's memory and the heap are there.
unsafe fn is_quiet(object: NonNull<Header>, heap: *const Heap) -> bool {
    // SAFETY: the caller's contract; a class that adds no finaliser of its own has the layout that it says.
    unsafe {
        let ty = object.as_ref().ty();
        (*heap).instrumentation.get() == 0 && ty.header().is_immortal() && (ty.layout().quiet)(object)
    }
}

/// # Safety
/// As for [`dead`].
#[inline(never)]
unsafe fn dead_general(object: NonNull<Header>, heap: *const Heap, here: Here) {
    // SAFETY: the object's memory is still there.
    let header = unsafe { object.as_ref() };
    let bits = header.flags();
    if bits & flags::COLLECTING != 0 {
        // A running collection frees it.
        return;
    }
    // SAFETY: the object's memory and the heap are there.
    let finalizes = header.ty().finalizes() && bits & flags::FINALIZED == 0 && unsafe { !is_quiet(object, heap) };
    if finalizes || has_weakrefs(header) {
        // SAFETY: the caller's contract.
        unsafe { put_off(object, here.deaths()) }
        return;
    }
    let deaths = here.deaths();
    let depth = deaths.depth.get();
    // SAFETY: the caller's contract.
    unsafe {
        if bits & flags::GC == 0 {
            return destroy(object, heap, here);
        }
        if depth >= MAX_DEPTH {
            return put_off(object, deaths);
        }
        deaths.depth.set(depth + 1);
        destroy(object, heap, here);
        deaths.depth.set(depth);
    }
}

/// Whether an object that is no native class has weak references.
#[inline(always)]
pub(crate) fn has_weakrefs(header: &Header) -> bool {
    // SAFETY: MANAGED says that the weak reference word exists.
    header.has(flags::MANAGED) && unsafe { header.prefix_word(32) }.get() != 0
}

#[cold]
#[inline(never)]
unsafe fn put_off(object: NonNull<Header>, deaths: &Deaths) {
    // SAFETY: the object's memory is still there.
    unsafe { object.as_ref() }.set_dying(deaths.first.get());
    deaths.first.set(Some(object));
    deaths.pending.set(true);
}

/// Takes the object that has waited for the shortest time off the zero list, with a count of one. Dropping it after
/// its finaliser and the callbacks of its weak references have run takes it apart; if they made new references it
/// lives on.
pub fn take_dead() -> Option<Value> {
    DEATHS.with(|deaths| {
        let object = deaths.first.get().filter(|_| deaths.pending())?;
        // SAFETY: objects on the list have a count of zero, and become the returned value's.
        unsafe {
            deaths.first.set(object.as_ref().undo_dying());
            deaths.set_pending();
            Some(Value::from_header(object))
        }
    })
}

/// What waited when a finaliser began.
pub struct Floor(Option<NonNull<Header>>);

/// While a finaliser runs, what waited before it has to wait on: finalisers of one death run one after the other, not
/// one inside the other. Answers what [`leave_finaliser`] is to be given.
pub fn enter_finaliser() -> Floor {
    DEATHS.with(|deaths| {
        deaths.pending.set(false);
        Floor(deaths.floor.replace(deaths.first.get()))
    })
}

/// The finaliser has ended.
pub fn leave_finaliser(Floor(floor): Floor) {
    DEATHS.with(|deaths| {
        deaths.floor.set(floor);
        deaths.set_pending();
    })
}

/// Takes an object apart and frees its memory.
///
/// # Safety
/// The count is zero, the object has no weak references, its finaliser has run or it has none.
unsafe fn destroy(object: NonNull<Header>, heap: *const Heap, here: Here) {
    // SAFETY: the caller's contract: this is the only access to a dead object; its type is released last.
    unsafe {
        let header = object.as_ref();
        let ty = NonNull::from(header.ty());
        if header.has(flags::TRACKED) {
            crate::gc::untrack(object, heap);
        }
        let layout = ty.as_ref().layout();
        let size = if layout.fixed { ty.as_ref().basicsize() } else { (layout.size)(object) };
        if header.has(flags::MANAGED) || ty.as_ref().slot_count() != 0 {
            let inline = alloc::inline_bytes_of(header);
            (layout.drop)(object);
            instance::drop_attributes(object);
            alloc::free_object(here, object, size, inline);
        } else {
            (layout.drop)(object);
            alloc::free_object(here, object, size, 0);
        }
        if !ty.as_ref().header().is_immortal() {
            drop(Value::from_header(ty.cast()));
        }
    }
}

/// Drops everything the object owns, but keeps its memory and its reference to its type.
///
/// # Safety
/// Called once for an object that nobody reads any more.
pub(crate) unsafe fn drop_contents(object: NonNull<Header>) {
    // SAFETY: the caller's contract.
    unsafe {
        instance::drop_attributes(object);
        (object.as_ref().ty().layout().drop)(object);
    }
}
