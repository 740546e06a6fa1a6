//! Weak references: the list of those that an object has, in the word before its header.

use crate::header::{Header, flags};
use crate::heap::{Heap, Raised};
use crate::refs::{Frozen, Payload, Ref};
use crate::trace::{Trace, Visitor};
use crate::types::{Type, TypeCell};
use crate::value::Value;
use std::cell::{Cell, UnsafeCell};
use std::ptr::NonNull;

/// The payload of `weakref.ref` and of the proxies. All weak references to an object form a list through it.
#[repr(C)]
pub struct WeakRef {
    /// The object, not counted; none once it has died.
    referent: Cell<Option<NonNull<Header>>>,
    callback: UnsafeCell<Option<Value>>,
    hash: Cell<Option<i64>>,
    previous: Cell<Option<NonNull<WeakRef>>>,
    next: Cell<Option<NonNull<WeakRef>>>,
}

impl Trace for WeakRef {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        // SAFETY: the callback is replaced only by code that holds the token.
        unsafe { &*self.callback.get() }.trace(visitor)
    }
}

impl Payload for WeakRef {
    type Access = Frozen;
    fn class() -> &'static TypeCell<WeakRef> {
        &crate::statics::WEAKREF
    }
}

impl WeakRef {
    /// The object, unless it has died.
    pub fn upgrade(&self) -> Option<Value> {
        let object = self.referent.get()?;
        // SAFETY: the word is cleared before the object's memory is freed. A count of zero: it is dying.
        unsafe { (object.as_ref().refcount() > 0).then(|| Value::from_borrowed(object)) }
    }

    /// The function to call when the object has died.
    pub fn callback(&self) -> Option<Value> {
        // SAFETY: the callback is replaced only under the lock, and cloned here at once.
        unsafe { (*self.callback.get()).clone() }
    }

    /// The remembered hash of the object.
    pub fn hash(&self) -> Option<i64> {
        self.hash.get()
    }

    /// Remembers the hash of the object, which outlives it.
    pub fn set_hash(&self, hash: i64) {
        self.hash.set(Some(hash));
    }

    fn unlink(&self) {
        let Some(object) = self.referent.take() else { return };
        // SAFETY: neighbours in the list are live weak references, since each unlinks itself when dropped; the object
        // has the word, since it has a weak reference.
        unsafe {
            let (previous, next) = (self.previous.take(), self.next.take());
            match previous {
                Some(p) => p.as_ref().next.set(next),
                None => object.as_ref().prefix_word(32).set(next.map_or(0, |n| n.as_ptr() as u64)),
            }
            if let Some(n) = next {
                n.as_ref().previous.set(previous);
            }
        }
    }
}

impl Drop for WeakRef {
    fn drop(&mut self) {
        self.unlink()
    }
}

fn list_word(value: &Value) -> Option<&Cell<u64>> {
    let header = value.header()?;
    // SAFETY: MANAGED says that the word exists.
    header.has(flags::MANAGED).then(|| unsafe { header.prefix_word(32) })
}

unsafe fn owner(node: NonNull<WeakRef>) -> Value {
    // SAFETY: the payload of a live weak reference lies behind its header.
    unsafe { Value::from_borrowed(NonNull::new_unchecked(node.as_ptr().cast::<u8>().sub(16).cast())) }
}

impl Heap {
    /// Whether the object can have weak references.
    pub fn is_weakly_referencable(&self, value: &Value) -> bool {
        value
            .header()
            .is_some_and(|h| h.has(flags::MANAGED) && h.ty().flags().has(crate::types::TypeFlags::MANAGED_WEAKREF))
    }

    /// Makes a weak reference of type `class`. The object must be able to have one.
    pub fn new_weakref(&mut self, class: &Type, object: &Value, callback: Option<Value>) -> Result<Value, Raised> {
        let (Some(word), Some(header)) = (list_word(object), object.heap_ptr()) else { return Err(Raised) };
        let new = Ref::new_in(
            self,
            class,
            WeakRef {
                referent: Cell::new(Some(header)),
                callback: UnsafeCell::new(callback),
                hash: Cell::new(None),
                previous: Cell::new(None),
                next: Cell::new(NonNull::new(word.get() as *mut WeakRef)),
            },
        )?;
        let node: &WeakRef = &new;
        if let Some(next) = node.next.get() {
            // SAFETY: list nodes are live.
            unsafe { next.as_ref() }.previous.set(Some(NonNull::from(node)));
        }
        word.set(node as *const WeakRef as u64);
        Ok(new.into_value())
    }

    /// The weak references to the object, newest first.
    pub fn weakrefs(&self, object: &Value) -> Vec<Value> {
        let mut found = Vec::new();
        let mut at = list_word(object).and_then(|w| NonNull::new(w.get() as *mut WeakRef));
        while let Some(node) = at {
            // SAFETY: list nodes are live; one whose count is zero is dying and is left out.
            unsafe {
                if (*node.as_ptr().cast::<u8>().sub(16).cast::<Header>()).refcount() > 0 {
                    found.push(owner(node));
                }
                at = node.as_ref().next.get();
            }
        }
        found
    }

    /// Whether the object has a weak reference.
    pub fn has_weakrefs(&self, object: &Value) -> bool {
        list_word(object).is_some_and(|w| w.get() != 0)
    }

    /// Makes every weak reference to the object dead; returns those with a callback, with it, newest first.
    pub fn clear_weakrefs(&mut self, object: &Value) -> Vec<(Value, Value)> {
        let mut callbacks = Vec::new();
        while let Some(node) = list_word(object).and_then(|w| NonNull::new(w.get() as *mut WeakRef)) {
            // SAFETY: list nodes are live; unlinking moves the list's head on; the token is borrowed exclusively, so
            // nobody reads the callback meanwhile.
            unsafe {
                node.as_ref().unlink();
                let callback = (*node.as_ref().callback.get()).take();
                if let Some(callback) = callback
                    && (*node.as_ptr().cast::<u8>().sub(16).cast::<Header>()).refcount() > 0
                {
                    callbacks.push((owner(node), callback));
                }
            }
        }
        callbacks
    }
}
