//! What all interpreters of a process use: native types, and what those consist of.
//!
//! An interpreter's objects are touched under its lock only, and several interpreters run at once. What they share has to be
//! immortal, so that nobody counts its references, out of the collectors' lists, and never changed once others can see it.
//! It comes about under one lock of the process, which is held for moments and never while another lock is waited for.

use crate::dict::Dict;
use crate::gc;
use crate::header::flags;
use crate::heap::Heap;
use crate::trace::Visitor;
use crate::value::Value;
use std::cell::Cell;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

static LOCK: Mutex<()> = Mutex::new(());
/// Whether there has been more than one heap.
static SEVERAL: AtomicBool = AtomicBool::new(false);
/// Whether a program has changed a native class, of the few that let it.
static CHANGED: AtomicBool = AtomicBool::new(false);
static NEXT_TYPE_VERSION: AtomicU32 = AtomicU32::new(1);
/// Versions that are left over, in case that many threads find the last one taken at once.
const SPARE_VERSIONS: u32 = 1 << 16;

thread_local! {
    /// How often this thread has taken the lock.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

struct Leave;

impl Drop for Leave {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// Runs `f` under the lock of what is shared; a thread may do so while it does so already. `f` waits for nothing.
pub fn set_up<R>(f: impl FnOnce() -> R) -> R {
    let _held = (DEPTH.get() == 0).then(|| LOCK.lock().unwrap_or_else(|e| e.into_inner()));
    DEPTH.set(DEPTH.get() + 1);
    let _leave = Leave;
    f()
}

/// Makes an object of the current heap, and all that it refers to, one of all interpreters.
pub fn share(value: &Value) {
    let mut pending = Vec::new();
    let mut next = Some(value.clone());
    while let Some(value) = next.take().or_else(|| pending.pop()) {
        let (Some(header), Some(object)) = (value.header(), value.heap_ptr()) else { continue };
        if header.has(flags::SHARED) {
            continue;
        }
        let text = value.downcast_exact::<crate::str::Str>();
        if let Some(text) = text {
            // What a string finds out about itself when it is asked is found out now.
            text.to_utf8();
            if header.is_immortal() {
                continue;
            }
        }
        gc::forget(&value);
        header.set_flags(flags::SHARED);
        header.make_immortal();
        if text.is_some() {
            continue;
        }
        let visit = &mut |v: &Value| pending.push(v.clone());
        gc::trace_with(object, &mut Visitor { visit, wanted: 0, unwanted: flags::SHARED, all: false });
        // The collector is not shown keys that are strings.
        if let Some(dict) = value.downcast::<Dict>() {
            Heap::with_current(|heap| pending.extend(dict.get(heap).iter().map(|(key, _)| key.clone())));
        }
    }
}

/// Says that there is more than one heap from now on.
pub(crate) fn begin_several() {
    SEVERAL.store(true, Ordering::SeqCst);
}

/// Whether there has been more than one heap: strings that are interned may then be equal without being one.
#[inline(always)]
pub fn several() -> bool {
    SEVERAL.load(Ordering::Relaxed)
}

/// Notes that a program changes a native class, with objects of its own: it is no other interpreter's any more. False where
/// others use it.
pub fn may_change() -> bool {
    set_up(|| {
        let alone = !several();
        CHANGED.fetch_or(alone, Ordering::Relaxed);
        alone
    })
}

/// Whether a program has changed a native class.
pub fn is_changed() -> bool {
    CHANGED.load(Ordering::Relaxed)
}

/// A version for a type that no type of the process has had; 0 when there are no more.
pub(crate) fn fresh_type_version() -> u32 {
    if NEXT_TYPE_VERSION.load(Ordering::Relaxed) > u32::MAX - SPARE_VERSIONS {
        return 0;
    }
    NEXT_TYPE_VERSION.fetch_add(1, Ordering::Relaxed)
}
