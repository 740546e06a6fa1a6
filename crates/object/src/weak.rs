//! Weak references: the list of those that an object has, in the word before its header.

use crate::header::{Header, flags};
use crate::heap::{Heap, Raised};
use crate::refs::{Frozen, Payload, Ref};
use crate::trace::{Trace, Visitor};
use crate::types::{Type, TypeCell};
use crate::value::Value;
use std::cell::{Cell, UnsafeCell};
use std::mem::ManuallyDrop;
use std::ptr::NonNull;

/// What a weak reference is to its object. One without a callback serves everybody who asks for one, and stands at the
/// head of the object's list: the reference first, then the proxy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Sharing {
    /// The plain `weakref.ref`.
    Reference,
    /// The proxy without a callback.
    Proxy,
    /// Belongs to who made it.
    Own,
}

/// No object's hash.
const NO_HASH: i64 = -1;

/// The payload of `weakref.ref` and of the proxies. All weak references to an object form a list through it.
#[repr(C)]
pub struct WeakRef {
    /// The object, not counted; none once it has died.
    referent: Cell<Option<NonNull<Header>>>,
    callback: UnsafeCell<Option<Value>>,
    /// The hash of the object; [`NO_HASH`] before it has been asked for.
    hash: Cell<i64>,
    previous: Cell<Option<NonNull<WeakRef>>>,
    next: Cell<Option<NonNull<WeakRef>>>,
    sharing: Sharing,
    /// The callback stays when the object is dead: the collector has found it.
    keeps: Cell<bool>,
}

/// The payload of `weakref.ProxyType` and `weakref.CallableProxyType`.
#[repr(transparent)]
pub struct WeakProxy(WeakRef);

impl Trace for WeakProxy {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        self.0.trace(visitor)
    }
}

impl Payload for WeakProxy {
    type Access = Frozen;
    fn class() -> &'static TypeCell<WeakProxy> {
        &crate::statics::PROXY
    }
    #[inline(always)]
    fn has_layout(ty: &Type) -> bool {
        std::ptr::eq(ty, crate::statics::PROXY.as_type()) || std::ptr::eq(ty, crate::statics::CALLABLE_PROXY.as_type())
    }
}

impl std::ops::Deref for WeakProxy {
    type Target = WeakRef;
    fn deref(&self) -> &WeakRef {
        &self.0
    }
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
        // SAFETY: the word is cleared before the object's memory is freed.
        unsafe { object.as_ref().is_alive().then(|| Value::from_borrowed(object)) }
    }

    /// The function to call when the object has died; none once it has, but for the collector's doing.
    pub fn callback(&self) -> Option<Value> {
        if self.referent.get().is_none() && !self.keeps.get() {
            return None;
        }
        // SAFETY: the callback is replaced only under the lock, and cloned here at once.
        unsafe { (*self.callback.get()).clone() }
    }

    /// The remembered hash of the object.
    pub fn hash(&self) -> Option<i64> {
        Some(self.hash.get()).filter(|&hash| hash != NO_HASH)
    }

    /// Remembers the hash of the object, which outlives it.
    pub fn set_hash(&self, hash: i64) {
        self.hash.set(hash);
    }

    fn unlink(&self) {
        let Some(object) = self.referent.take() else { return };
        // SAFETY: neighbours in the list are live weak references, since each unlinks itself when dropped.
        unsafe {
            let (previous, next) = (self.previous.take(), self.next.take());
            match previous {
                Some(p) => p.as_ref().next.set(next),
                None => {
                    if let Some(word) = word_of(object) {
                        word.as_ref().set(next.map_or(0, |n| n.as_ptr() as u64));
                    }
                }
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

/// The head of an object's list: before its header, or in the heap for what other heaps may use: native classes, and what
/// they consist of.
fn word_of(object: NonNull<Header>) -> Option<NonNull<Cell<u64>>> {
    // SAFETY: the caller has a live object.
    let header = unsafe { object.as_ref() };
    let of_all = header.has(flags::SHARED);
    if header.has(flags::MANAGED) && !of_all {
        // SAFETY: MANAGED says that the word exists.
        return Some(NonNull::from(unsafe { header.prefix_word(32) }));
    }
    if !of_all && !is_native_class(header) {
        return None;
    }
    Heap::with_current(|heap| {
        let mut words = heap.class_weakrefs.borrow_mut();
        let word = words.entry(object.as_ptr() as usize).or_insert_with(|| Box::new(Cell::new(0)));
        NonNull::from(&**word)
    })
}

fn is_native_class(header: &Header) -> bool {
    header.is_immortal() && header.ty().flags().has(crate::types::TypeFlags::TYPE_SUBCLASS)
}

fn list_word(value: &Value) -> Option<&Cell<u64>> {
    // SAFETY: the word lives as long as the object or, for a native class, as the heap, whose lock is held.
    word_of(value.heap_ptr()?).map(|w| unsafe { w.as_ref() })
}

/// The weak reference as an object, without a reference of its own.
unsafe fn borrowed_owner(node: NonNull<WeakRef>) -> ManuallyDrop<Value> {
    // SAFETY: the payload of a live weak reference lies behind its header.
    ManuallyDrop::new(unsafe { Value::from_header(NonNull::new_unchecked(node.as_ptr().cast::<u8>().sub(16).cast())) })
}

unsafe fn owner(node: NonNull<WeakRef>) -> Value {
    // SAFETY: the caller has a live weak reference.
    Value::clone(&*unsafe { borrowed_owner(node) })
}

impl Heap {
    /// Whether the object can have weak references.
    pub fn is_weakly_referencable(&self, value: &Value) -> bool {
        value.header().is_some_and(|h| {
            h.ty().flags().has(crate::types::TypeFlags::MANAGED_WEAKREF)
                && (h.has(flags::MANAGED) || is_native_class(h))
        })
    }

    /// Makes a weak reference of type `class`, which is `weakref.ref`, a subclass of it or one of the proxies. `None`:
    /// such an object cannot have weak references.
    pub fn new_weakref(
        &mut self,
        class: &Type,
        object: &Value,
        callback: Option<Value>,
        sharing: Sharing,
    ) -> Result<Option<Value>, Raised> {
        if !self.is_weakly_referencable(object) {
            return Ok(None);
        }
        let (Some(word), Some(header)) = (list_word(object), object.heap_ptr()) else { return Ok(None) };
        let payload = WeakRef {
            referent: Cell::new(None),
            callback: UnsafeCell::new(callback),
            hash: Cell::new(NO_HASH),
            previous: Cell::new(None),
            next: Cell::new(None),
            sharing,
            keeps: Cell::new(false),
        };
        let value = if WeakProxy::has_layout(class) {
            Ref::new_in(self, class, WeakProxy(payload))?.into_value()
        } else {
            Ref::new_in(self, class, payload)?.into_value()
        };
        // SAFETY: the value was just made with a WeakRef behind its header, and list nodes are live.
        unsafe {
            let node = NonNull::new_unchecked((value.bits() as *mut u8).add(16).cast::<WeakRef>());
            let mut previous = None;
            let mut next = NonNull::new(word.get() as *mut WeakRef);
            while let Some(n) = next
                && n.as_ref().sharing < sharing
            {
                previous = next;
                next = n.as_ref().next.get();
            }
            node.as_ref().referent.set(Some(header));
            node.as_ref().previous.set(previous);
            node.as_ref().next.set(next);
            if let Some(n) = next {
                n.as_ref().previous.set(Some(node));
            }
            match previous {
                Some(p) => p.as_ref().next.set(Some(node)),
                None => word.set(node.as_ptr() as u64),
            }
        }
        Ok(Some(value))
    }

    /// The weak reference to the object that everybody shares, if it has been made.
    pub fn shared_weakref(&self, object: &Value, sharing: Sharing) -> Option<Value> {
        let mut at = list_word(object).and_then(|w| NonNull::new(w.get() as *mut WeakRef));
        while let Some(node) = at {
            // SAFETY: list nodes are live; one whose count is zero is dying and serves nobody any more.
            unsafe {
                let this = node.as_ref();
                if this.sharing == Sharing::Own || this.sharing > sharing {
                    return None;
                }
                if this.sharing == sharing && (*node.as_ptr().cast::<u8>().sub(16).cast::<Header>()).is_alive() {
                    return Some(owner(node));
                }
                at = this.next.get();
            }
        }
        None
    }

    /// The weak references to the object: the shared ones, then the others, newest first.
    pub fn weakrefs(&self, object: &Value) -> Vec<Value> {
        let mut found = Vec::new();
        let mut at = list_word(object).and_then(|w| NonNull::new(w.get() as *mut WeakRef));
        while let Some(node) = at {
            // SAFETY: list nodes are live; one whose count is zero is dying and is left out.
            unsafe {
                if (*node.as_ptr().cast::<u8>().sub(16).cast::<Header>()).is_alive() {
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

    /// Makes every weak reference to the object dead; returns those with a callback, newest first. As in CPython they keep it
    /// where it is the collector that calls.
    pub fn clear_weakrefs(&mut self, object: &Value, collected: bool) -> Callbacks {
        clear(object, collected)
    }
}

/// As [`Heap::clear_weakrefs`], where nobody has borrowed a callback.
pub(crate) fn clear(object: &Value, keeping: bool) -> Callbacks {
    let mut callbacks = Callbacks::default();
    while let Some(node) = list_word(object).and_then(|w| NonNull::new(w.get() as *mut WeakRef)) {
        // SAFETY: list nodes are live; unlinking moves the list's head on; by the caller's contract nobody reads the callback
        // meanwhile.
        unsafe {
            node.as_ref().unlink();
            node.as_ref().keeps.set(keeping);
            if (*node.as_ref().callback.get()).is_some()
                && (*node.as_ptr().cast::<u8>().sub(16).cast::<Header>()).is_alive()
            {
                callbacks.push(node);
            }
        }
    }
    callbacks
}

/// Weak references whose objects have died, with their callbacks, which are still to be called. They are linked through the
/// words that linked them with the others of their object: a death must not need memory.
#[derive(Default)]
pub struct Callbacks {
    first: Option<NonNull<WeakRef>>,
    last: Option<NonNull<WeakRef>>,
}

impl Callbacks {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// Takes a reference to one that is in no list.
    ///
    /// # Safety
    /// It is alive.
    unsafe fn push(&mut self, node: NonNull<WeakRef>) {
        // SAFETY: the caller's contract; what is in this list is held by it.
        unsafe {
            std::mem::forget(owner(node));
            match self.last {
                Some(last) => last.as_ref().next.set(Some(node)),
                None => self.first = Some(node),
            }
        }
        self.last = Some(node);
    }

    /// Puts those of `other` behind its own.
    pub fn append(&mut self, mut other: Callbacks) {
        let (first, last) = (other.first.take(), other.last.take());
        match self.last {
            // SAFETY: what is in this list is held by it.
            Some(own) => unsafe { own.as_ref().next.set(first) },
            None => self.first = first,
        }
        self.last = last.or(self.last);
    }
}

impl Iterator for Callbacks {
    type Item = (Value, Value);

    fn next(&mut self) -> Option<(Value, Value)> {
        let node = self.first?;
        // SAFETY: what is in this list is held by it; the reference becomes the caller's. The callback of a weak reference
        // without an object is used by nobody else.
        unsafe {
            self.first = node.as_ref().next.take();
            if self.first.is_none() {
                self.last = None;
            }
            let weakref = ManuallyDrop::into_inner(borrowed_owner(node));
            let callback = &mut *node.as_ref().callback.get();
            let callback = if node.as_ref().keeps.get() { callback.clone() } else { callback.take() };
            callback.map(|callback| (weakref, callback))
        }
    }
}

impl Drop for Callbacks {
    fn drop(&mut self) {
        self.for_each(drop)
    }
}
