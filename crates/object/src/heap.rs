//! The token: what an interpreter knows about its objects, and the proof that this thread may look at them.

use crate::alloc::Here;
use crate::bytes::SmallBytes;
use crate::gc::Collector;
use crate::types::Type;
use crate::value::Value;
use std::cell::{Cell, RefCell, UnsafeCell};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::atomic::AtomicU32;

/// An exception is on its way. The exception itself rests in the thread state; where none rests there, an allocation
/// could not be met and it is a `MemoryError`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub struct Raised;

/// Hashes addresses of objects, which nobody chooses.
#[derive(Default)]
pub(crate) struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|b| self.write_usize(usize::from(*b)));
    }

    fn write_usize(&mut self, n: usize) {
        self.0 = (self.0 ^ n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// An interpreter's heap. Whoever borrows it holds the interpreter's lock.
pub struct Heap {
    pub(crate) collector: Box<Collector>,
    method_cache: MethodCache,
    next_keys_version: Cell<u32>,
    /// Why the running thread should look up from its bytecode; see [`breaker`].
    /// It is never freed, so that signal handlers may set its bits.
    pub breaker: &'static AtomicU32,
    /// Changes whenever other events are monitored: code objects of another version are out of date.
    pub instrumentation: Cell<u32>,
    /// The first weak reference to each native class, and to what native classes consist of, that has one.
    pub(crate) class_weakrefs: RefCell<HashMap<usize, Box<Cell<u64>>, BuildHasherDefault<AddressHasher>>>,
    /// What this heap has that derives from native classes, by their addresses.
    pub(crate) native_subclasses: RefCell<HashMap<usize, Vec<NonNull<Type>>, BuildHasherDefault<AddressHasher>>>,
    pub(crate) small_bytes: SmallBytes,
    /// What the thread that holds the lock has of its own.
    here: Cell<Here>,
    not_send: PhantomData<*mut ()>,
}

/// Bits of [`Heap::breaker`].
pub mod breaker {
    /// A collection is due.
    pub const COLLECT: u32 = 1;
    /// Another thread wants the interpreter's lock.
    pub const YIELD: u32 = 2;
    /// A signal has arrived.
    pub const SIGNAL: u32 = 4;
    /// An exception was sent to a thread, or a call is pending.
    pub const PENDING: u32 = 8;
}

struct MethodCacheEntry {
    version: Cell<u32>,
    /// Owned.
    name: Cell<u64>,
    /// Borrowed: the version guards that the type's namespaces still hold it. 0: known to be absent.
    value: Cell<u64>,
}

/// Lookups along the MRO that are remembered.
struct MethodCache {
    /// A power of two of them.
    entries: UnsafeCell<Box<[MethodCacheEntry]>>,
    /// Lookups that were not found in it.
    misses: Cell<u32>,
}

/// Entries at first: what a start needs, without touching much memory.
const FIRST_METHODS: usize = 512;
/// Entries once that many lookups were missed.
const ALL_METHODS: usize = 4096;
const MANY_MISSES: u32 = 3000;

impl MethodCache {
    fn new() -> MethodCache {
        MethodCache { entries: UnsafeCell::new(MethodCache::empty(FIRST_METHODS)), misses: Cell::new(0) }
    }

    fn empty(size: usize) -> Box<[MethodCacheEntry]> {
        let nothing = || MethodCacheEntry { version: Cell::new(0), name: Cell::new(0), value: Cell::new(0) };
        std::iter::repeat_with(nothing).take(size).collect()
    }

    #[inline(always)]
    fn entries(&self) -> &[MethodCacheEntry] {
        // SAFETY: only `miss` replaces them, and nobody who has borrowed them calls it.
        unsafe { &*self.entries.get() }
    }

    /// The place of a name in a type of that version.
    #[inline(always)]
    fn slot(&self, version: u32, address: u64) -> &MethodCacheEntry {
        let entries = self.entries();
        &entries[(version as usize ^ (address >> 4) as usize) & (entries.len() - 1)]
    }

    /// Counts a miss; the table becomes larger, and empty, after many.
    fn miss(&self) {
        let misses = self.misses.get().wrapping_add(1);
        self.misses.set(misses);
        if misses == MANY_MISSES {
            self.clear();
            // SAFETY: nothing is borrowed here.
            unsafe { *self.entries.get() = MethodCache::empty(ALL_METHODS) };
        }
    }

    fn clear(&self) {
        for slot in self.entries() {
            slot.version.set(0);
            let old = slot.name.replace(0);
            if old != 0 {
                // SAFETY: the word was an owned reference.
                drop(unsafe { Value::from_bits(old) });
            }
        }
    }
}

thread_local! {
    static CURRENT: Cell<*const Heap> = const { Cell::new(std::ptr::null()) };
}

impl Heap {
    /// A heap without objects.
    pub fn new() -> Heap {
        Heap {
            collector: Collector::new(),
            method_cache: MethodCache::new(),
            next_keys_version: Cell::new(1),
            breaker: Box::leak(Box::new(AtomicU32::new(0))),
            instrumentation: Cell::new(0),
            class_weakrefs: RefCell::default(),
            native_subclasses: RefCell::default(),
            small_bytes: SmallBytes::default(),
            here: Cell::new(Here::of_thread()),
            not_send: PhantomData,
        }
    }

    /// Looks `name` up along the MRO of `ty`, through the method cache. `name` must be an interned string.
    #[inline]
    pub fn lookup_type_attr(&self, ty: &Type, name: &crate::refs::Ref<crate::str::Str>) -> Option<Value> {
        let version = ty.version();
        let address = name.as_value().bits();
        let slot = self.method_cache.slot(version, address);
        if version != 0 && slot.version.get() == version && slot.name.get() == address {
            let bits = slot.value.get();
            if bits == 0 {
                return None;
            }
            // SAFETY: the version still stands, so the namespace that held this value holds it now.
            return Some(unsafe { (*std::mem::ManuallyDrop::new(Value::from_bits(bits))).clone() });
        }
        self.lookup_type_attr_slow(ty, name)
    }

    #[cold]
    fn lookup_type_attr_slow(&self, ty: &Type, name: &crate::refs::Ref<crate::str::Str>) -> Option<Value> {
        self.method_cache.miss();
        // Before the search: what another interpreter adds to a native class meanwhile takes the version away.
        let version = self.type_version(ty);
        let found = ty.mro_types().find_map(|t| t.own(self, name));
        // Remembered by its address, so it must not die meanwhile: the cache has a reference of its own.
        if version != 0 && version == ty.version() && name.is_interned() {
            let address = name.as_value().bits();
            let slot = self.method_cache.slot(version, address);
            slot.version.set(version);
            let old = slot.name.replace(name.to_value().into_bits());
            if old != 0 {
                // SAFETY: the word was an owned reference.
                drop(unsafe { Value::from_bits(old) });
            }
            slot.value.set(found.as_ref().map_or(0, Value::bits));
        }
        found
    }

    /// The version tag of `ty`, given now if it has none; 0 when there are no more tags.
    pub fn type_version(&self, ty: &Type) -> u32 {
        if ty.version() != 0 {
            return ty.version();
        }
        for t in ty.mro_types() {
            if t.version() == 0 {
                if t.has_foreign_mro() || t.flags().has(crate::TypeFlags::STRANGE_KEYS) {
                    return 0;
                }
                let v = crate::shared::fresh_type_version();
                if v == 0 {
                    return 0;
                }
                t.set_version(v);
            }
        }
        ty.version()
    }

    /// A fresh version for the keys of a dict; 0 when there are no more.
    pub fn fresh_keys_version(&self) -> u32 {
        let v = self.next_keys_version.get();
        if v == u32::MAX {
            return 0;
        }
        self.next_keys_version.set(v + 1);
        v
    }

    /// Forgets every remembered method lookup, before interned names or types are freed in bulk.
    pub fn clear_method_cache(&self) {
        self.method_cache.clear();
    }

    /// Lets go of what the heap keeps for itself.
    pub(crate) fn forget_all(&mut self) {
        self.method_cache.clear();
        self.small_bytes = SmallBytes::default();
    }

    /// Makes this the heap of the thread, for the time that it holds the interpreter's lock.
    ///
    /// # Safety
    /// The heap outlives its being current, and this thread holds its interpreter's lock until it is replaced.
    pub unsafe fn make_current(heap: *const Heap) {
        CURRENT.with(|c| c.set(heap));
        if !heap.is_null() {
            // SAFETY: the caller's contract.
            unsafe { (*heap).here.set(Here::of_thread()) }
        }
    }

    #[inline(always)]
    pub(crate) fn here(&self) -> Here {
        self.here.get()
    }

    /// Whether objects wait on this thread's zero list.
    #[inline(always)]
    pub fn deaths_pending(&self) -> bool {
        self.here.get().deaths().pending()
    }

    /// The thread's current heap, or null, and what it has of its own.
    #[inline(always)]
    pub(crate) fn current() -> (*const Heap, Here) {
        let heap = CURRENT.with(|c| c.get());
        // SAFETY: make_current's contract.
        let here = if heap.is_null() { Here::of_thread() } else { unsafe { (*heap).here.get() } };
        (heap, here)
    }

    /// Runs `f` with the current heap, if the thread has one.
    pub(crate) fn with_current<R>(f: impl FnOnce(&Heap) -> R) -> Option<R> {
        let heap = CURRENT.with(|c| c.get());
        // SAFETY: make_current's contract.
        (!heap.is_null()).then(|| f(unsafe { &*heap }))
    }
}
