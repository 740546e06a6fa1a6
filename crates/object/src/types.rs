//! The type object. Its first 416 bytes stand at the offsets of CPython's `PyTypeObject`; our own part follows.
//!
//! Fields are cells: a type is reached from everywhere, and the interpreter's lock guards it. The behaviour slots are
//! a region of words here and get their Rust signatures in the virtual machine, which this crate does not know.
//!
//! Native types are the process's: all interpreters use them at once. They are set up, once, under the lock of
//! [`crate::shared`]; whoever uses one has set it up before, or has found that somebody has, under that lock. Afterwards
//! only their version changes, and their namespace, which is replaced by another one: both are atomic.

use crate::alloc::Here;
use crate::dict::Dict;
use crate::header::{Header, flags};
use crate::heap::{Heap, Raised};
use crate::instance::Shape;
use crate::refs::{Payload, Ref};
use crate::shared;
use crate::str::Str;
use crate::trace::{Trace, Visitor};
use crate::tuple::Tuple;
use crate::value::Value;
use std::cell::{Cell, OnceCell, RefCell, UnsafeCell};
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

/// Words reserved for the virtual machine's slot table.
pub const SLOT_WORDS: usize = 104;

/// Bits of `tp_flags`, with CPython's meanings and positions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct TypeFlags(pub u64);

impl TypeFlags {
    pub const NONE: TypeFlags = TypeFlags(0);
    pub const INLINE_VALUES: TypeFlags = TypeFlags(1 << 2);
    pub const MANAGED_WEAKREF: TypeFlags = TypeFlags(1 << 3);
    pub const MANAGED_DICT: TypeFlags = TypeFlags(1 << 4);
    pub const SEQUENCE: TypeFlags = TypeFlags(1 << 5);
    pub const MAPPING: TypeFlags = TypeFlags(1 << 6);
    pub const DISALLOW_INSTANTIATION: TypeFlags = TypeFlags(1 << 7);
    pub const IMMUTABLE: TypeFlags = TypeFlags(1 << 8);
    pub const HEAP: TypeFlags = TypeFlags(1 << 9);
    pub const BASETYPE: TypeFlags = TypeFlags(1 << 10);
    pub const READY: TypeFlags = TypeFlags(1 << 12);
    pub const HAVE_GC: TypeFlags = TypeFlags(1 << 14);
    pub const METHOD_DESCRIPTOR: TypeFlags = TypeFlags(1 << 17);
    pub const ABSTRACT: TypeFlags = TypeFlags(1 << 20);
    pub const MATCH_SELF: TypeFlags = TypeFlags(1 << 22);
    pub const INT_SUBCLASS: TypeFlags = TypeFlags(1 << 24);
    pub const LIST_SUBCLASS: TypeFlags = TypeFlags(1 << 25);
    pub const TUPLE_SUBCLASS: TypeFlags = TypeFlags(1 << 26);
    pub const BYTES_SUBCLASS: TypeFlags = TypeFlags(1 << 27);
    pub const STR_SUBCLASS: TypeFlags = TypeFlags(1 << 28);
    pub const DICT_SUBCLASS: TypeFlags = TypeFlags(1 << 29);
    pub const EXCEPTION_SUBCLASS: TypeFlags = TypeFlags(1 << 30);
    pub const TYPE_SUBCLASS: TypeFlags = TypeFlags(1 << 31);
    /// Taipan's own: the namespace has keys that are no strings, and a lookup may have to ask them.
    pub const STRANGE_KEYS: TypeFlags = TypeFlags(1 << 33);
    /// The flags that a subclass takes over from its base.
    pub const INHERITED: TypeFlags = TypeFlags(0xFF << 24 | 1 << 5 | 1 << 6 | 1 << 14 | 1 << 22 | 1 << 3 | 1 << 4);

    /// Both sets of bits.
    pub const fn or(self, other: TypeFlags) -> TypeFlags {
        TypeFlags(self.0 | other.0)
    }

    /// Whether all bits of `other` are set.
    #[inline(always)]
    pub const fn has(self, other: TypeFlags) -> bool {
        self.0 & other.0 == other.0
    }
}

/// Takes an object apart and gives its memory back.
pub(crate) type DestroyFn = unsafe fn(NonNull<Header>, Here);

/// How the collector and the destructor treat instances of a native layout.
#[derive(Clone, Copy)]
pub(crate) struct LayoutFns {
    /// Drops the payload in place.
    pub drop: unsafe fn(NonNull<Header>),
    /// Drops the payload and gives the memory back: for an exact instance of the static type, that has nothing but links
    /// of the collector before its header and is not tracked any more.
    pub destroy: DestroyFn,
    /// Shows the payload's references.
    pub trace: unsafe fn(NonNull<Header>, &mut Visitor<'_>),
    /// Bytes from the header to the end of the payload, with variable parts.
    pub size: unsafe fn(NonNull<Header>) -> usize,
    /// Heap memory that the payload owns besides, for `sys.getsizeof`.
    pub extra: unsafe fn(NonNull<Header>) -> usize,
    /// Whether there is no variable part: the size is the type's.
    pub fixed: bool,
    /// Whether the finaliser of an instance would run nothing.
    pub quiet: unsafe fn(NonNull<Header>) -> bool,
}

/// The payload of a type object.
#[repr(C)]
pub struct Type {
    header: Header,
    ob_size: Cell<isize>,
    c_name: Cell<*const u8>,
    basicsize: Cell<usize>,
    itemsize: Cell<usize>,
    c_slots_a: [Cell<usize>; 15],
    flags: Cell<u64>,
    c_slots_b: [Cell<usize>; 10],
    base: Cell<Option<NonNull<Type>>>,
    dict: AtomicPtr<Header>,
    c_slots_c: [Cell<usize>; 8],
    bases: Cell<Option<NonNull<Header>>>,
    mro: Cell<Option<NonNull<Header>>>,
    c_slots_d: [Cell<usize>; 4],
    version: AtomicU32,
    c_pad: Cell<u32>,
    c_slots_e: [Cell<usize>; 3],
    // Our own part.
    slots: UnsafeCell<[usize; SLOT_WORDS]>,
    layout: Cell<Option<LayoutFns>>,
    /// `destroy` of the layout, where instances may be taken apart by it.
    destroy: Cell<Option<DestroyFn>>,
    /// `__name__`, `__qualname__`: heap types own strings; static types have only the static name.
    static_name: Cell<&'static str>,
    name: Cell<Option<NonNull<Header>>>,
    qualname: Cell<Option<NonNull<Header>>>,
    /// Words of `__slots__` members behind the native payload, counted over all bases.
    slot_count: Cell<u32>,
    /// Header flags of new instances.
    instance_flags: Cell<u16>,
    /// Instances have something to run when they die (`__del__`, a suspended generator, ...).
    finalizes: Cell<bool>,
    shape: UnsafeCell<Option<Box<Shape>>>,
    /// Of a native type: the native ones among them, under the lock of [`shared`]. What a program derives from it is known to
    /// the heap.
    subclasses: RefCell<Vec<NonNull<Type>>>,
    /// Whether this is a native type, which lies in a static.
    is_static: bool,
    /// What inline caches remember for calls of the class, valid for its version: a borrowed `__init__`.
    init_cache: Cell<u64>,
    /// Objects the type owns for the virtual machine: the source of its doc, its slot members' names, ...
    extra: RefCell<Vec<Value>>,
    /// `__text_signature__` and `__doc__` that a native class was declared with.
    native_texts: Cell<(Option<&'static str>, &'static str)>,
    /// Makes the namespace of a native class when somebody first looks for it.
    namespace: OnceCell<Box<dyn Namespace>>,
    /// It is being made.
    making_namespace: Cell<bool>,
    /// What of it was asked for before all of it was, under the lock of [`shared`].
    singles: RefCell<Vec<Single>>,
}

/// An entry of a native class's namespace.
pub type Single = (&'static Ref<Str>, Value);

/// The namespace of a native class as long as nobody has looked at all of it.
pub trait Namespace {
    /// Makes it, from some entries that are made already, and all others.
    fn make(&self, heap: &Heap, singles: &[Single]) -> Result<Dict, Raised>;

    /// Makes one entry; nothing if the namespace has to be made to know what it is.
    fn single(&self, heap: &Heap, name: &Str) -> Result<Option<Single>, Raised>;

    /// Whether it will not hold this name. False if that is not known.
    fn lacks(&self, name: &Str) -> bool;
}

const _: () = {
    use std::mem::offset_of;
    assert!(offset_of!(Type, ob_size) == 16);
    assert!(offset_of!(Type, c_name) == 24);
    assert!(offset_of!(Type, basicsize) == 32);
    assert!(offset_of!(Type, itemsize) == 40);
    assert!(offset_of!(Type, flags) == 168);
    assert!(offset_of!(Type, base) == 256);
    assert!(offset_of!(Type, dict) == 264);
    assert!(offset_of!(Type, bases) == 336);
    assert!(offset_of!(Type, mro) == 344);
    assert!(offset_of!(Type, version) == 384);
    assert!(offset_of!(Type, slots) == 416);
};

/// A native type as a static: a fixed address, so that a type test compares with a constant.
#[repr(transparent)]
pub struct TypeCell<T> {
    ty: Type,
    layout: PhantomData<fn() -> T>,
}

// SAFETY: static types are filled in once, under the lock of `shared`, before anybody uses them; what changes afterwards is
// atomic, or is reached under that lock.
unsafe impl<T> Sync for TypeCell<T> {}

impl<T: Payload> TypeCell<T> {
    /// A type that still has to be set up by the virtual machine.
    pub const fn new(name: &'static str) -> TypeCell<T> {
        TypeCell {
            ty: Type::blank(
                Header::immortal_with(NonNull::from_ref(&crate::statics::TYPE).cast(), flags::SHARED),
                name,
                TypeFlags::NONE,
                true,
            ),
            layout: PhantomData,
        }
    }

    /// The type.
    #[inline(always)]
    pub const fn as_type(&'static self) -> &'static Type {
        &self.ty
    }

    /// The type as a typed reference.
    #[inline(always)]
    pub fn as_ref(&'static self) -> Ref<Type> {
        self.ty.to_ref()
    }

    /// Whether `value` is exactly of this type.
    #[inline(always)]
    pub fn is_exact(&'static self, value: &Value) -> bool {
        std::ptr::eq(value.ty(), &self.ty)
    }

    /// Fills in the layout of `T`'s instances. The virtual machine calls it once for each type at start.
    pub fn set_layout(&'static self) {
        let ty = &self.ty;
        let layout = T::layout_fns().0;
        ty.destroy.set(Some(layout.destroy));
        ty.layout.set(Some(layout));
        ty.basicsize.set(T::BASIC_SIZE);
        ty.itemsize.set(T::ITEM_SIZE);
        ty.add_flags(T::SUBCLASS_FLAG);
    }
}

impl Type {
    const fn blank(header: Header, static_name: &'static str, flags: TypeFlags, is_static: bool) -> Type {
        Type {
            header,
            ob_size: Cell::new(0),
            c_name: Cell::new(static_name.as_ptr()),
            basicsize: Cell::new(16),
            itemsize: Cell::new(0),
            c_slots_a: [const { Cell::new(0) }; 15],
            flags: Cell::new(flags.0),
            c_slots_b: [const { Cell::new(0) }; 10],
            base: Cell::new(None),
            dict: AtomicPtr::new(std::ptr::null_mut()),
            c_slots_c: [const { Cell::new(0) }; 8],
            bases: Cell::new(None),
            mro: Cell::new(None),
            c_slots_d: [const { Cell::new(0) }; 4],
            version: AtomicU32::new(0),
            c_pad: Cell::new(0),
            c_slots_e: [const { Cell::new(0) }; 3],
            slots: UnsafeCell::new([0; SLOT_WORDS]),
            layout: Cell::new(None),
            destroy: Cell::new(None),
            static_name: Cell::new(static_name),
            name: Cell::new(None),
            qualname: Cell::new(None),
            slot_count: Cell::new(0),
            instance_flags: Cell::new(0),
            finalizes: Cell::new(false),
            shape: UnsafeCell::new(None),
            subclasses: RefCell::new(Vec::new()),
            is_static,
            init_cache: Cell::new(0),
            extra: RefCell::new(Vec::new()),
            native_texts: Cell::new((None, "")),
            namespace: OnceCell::new(),
            making_namespace: Cell::new(false),
            singles: RefCell::new(Vec::new()),
        }
    }

    /// Writes a new heap type over fresh memory whose header is already there.
    ///
    /// # Safety
    /// `at` points to uninitialised memory of a `Type` whose header is set.
    pub(crate) unsafe fn init_at(at: NonNull<Type>, flags: TypeFlags) {
        // SAFETY: the caller's contract: the memory is ours to fill in.
        unsafe {
            let header = std::ptr::read(at.as_ptr().cast::<Header>());
            at.as_ptr().write(Type::blank(header, "", flags, false));
        }
    }

    /// This type as an owned reference.
    #[inline(always)]
    pub fn to_ref(&self) -> Ref<Type> {
        // SAFETY: `self` is a live type object: Type is never moved out of its object.
        unsafe { Ref::from_value_unchecked(Value::from_borrowed(NonNull::from(&self.header))) }
    }

    /// This type as a value.
    #[inline(always)]
    pub fn to_value(&self) -> Value {
        self.to_ref().into_value()
    }

    /// The header of the type object itself.
    #[inline(always)]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The address, which identifies the type.
    #[inline(always)]
    pub fn address(&self) -> u64 {
        self as *const Type as u64
    }

    /// The signature and the doc that a native class was declared with.
    pub fn native_texts(&self) -> (Option<&'static str>, &'static str) {
        self.native_texts.get()
    }

    /// Notes the signature and the doc of a native class.
    pub fn set_native_texts(&self, signature: Option<&'static str>, doc: &'static str) {
        self.native_texts.set((signature, doc));
    }

    /// Whether this is a native type that lies in a static, which all interpreters of the process share.
    #[inline(always)]
    pub fn is_static(&self) -> bool {
        self.is_static
    }

    /// Whether both are the same type object.
    #[inline(always)]
    pub fn is(&self, other: &Type) -> bool {
        std::ptr::eq(self, other)
    }

    /// The name in messages: `__name__`, with the module in front where a native type of another module than
    /// `builtins` was declared (`collections.deque`). As in CPython the first 200 bytes. Lossy for names with lone surrogates.
    pub fn name(&self) -> String {
        self.name_up_to(200)
    }

    /// The same with the first 100 bytes: what messages about attributes and operators show.
    pub fn brief_name(&self) -> String {
        self.name_up_to(100)
    }

    fn name_up_to(&self, most: usize) -> String {
        match (self.static_name.get(), self.name.get()) {
            // SAFETY: the type owns this string.
            ("", Some(name)) => unsafe { name.add(1).cast::<crate::str::Str>().as_ref() }.to_string_up_to(most),
            (declared, _) => declared.to_owned(),
        }
    }

    /// `__name__` as Rust text; lossy for names with lone surrogates.
    pub fn short_name(&self) -> String {
        match self.name.get() {
            // SAFETY: the type owns this string.
            Some(name) => unsafe { name.add(1).cast::<crate::str::Str>().as_ref().to_string_lossy() },
            None => self.static_name.get().rsplit('.').next().unwrap_or("").to_owned(),
        }
    }

    /// The name a native type was declared with, module included (`collections.deque`).
    pub fn static_name(&self) -> &'static str {
        self.static_name.get()
    }

    /// Gives a type that native code makes when the program runs the name that messages show, module included.
    pub fn declare_name(&self, name: &'static str) {
        self.static_name.set(name);
    }

    /// `__name__` of a heap type.
    pub fn name_value(&self) -> Option<Value> {
        owned(&self.name)
    }

    /// Sets `__name__`, which must be a string.
    pub fn set_name(&self, name: Ref<crate::str::Str>) {
        replace(&self.name, Some(name.into_value()));
    }

    /// `__qualname__` of a heap type.
    pub fn qualname_value(&self) -> Option<Value> {
        owned(&self.qualname)
    }

    /// Sets `__qualname__`, which must be a string.
    pub fn set_qualname(&self, name: Ref<crate::str::Str>) {
        replace(&self.qualname, Some(name.into_value()));
    }

    /// The flags.
    #[inline(always)]
    pub fn flags(&self) -> TypeFlags {
        TypeFlags(self.flags.get())
    }

    /// Sets further flags.
    pub fn add_flags(&self, more: TypeFlags) {
        self.flags.set(self.flags.get() | more.0);
    }

    /// Clears flags.
    pub fn remove_flags(&self, less: TypeFlags) {
        self.flags.set(self.flags.get() & !less.0);
    }

    /// The word that inline caches of calls keep with the class; it says something only together with a version.
    #[inline(always)]
    pub fn init_cache(&self) -> &Cell<u64> {
        &self.init_cache
    }

    /// Bytes of an instance without its variable part.
    #[inline(always)]
    pub fn basicsize(&self) -> usize {
        self.basicsize.get()
    }

    /// Bytes of one item of a variable-sized instance; 0 for fixed sizes.
    #[inline(always)]
    pub fn itemsize(&self) -> usize {
        self.itemsize.get()
    }

    /// `__base__`: the base that decides the layout.
    #[inline(always)]
    pub fn base(&self) -> Option<&Type> {
        // SAFETY: a type keeps its base alive.
        self.base.get().map(|b| unsafe { &*b.as_ptr() })
    }

    /// Sets `__base__`. Layouts must have been compared with [`Type::same_layout`] for a type with instances.
    pub fn set_base(&self, base: &Type) {
        base.header.incref();
        if let Some(old) = self.base.replace(Some(NonNull::from(base))) {
            // SAFETY: the type owned a reference to its old base.
            drop(unsafe { Value::from_header(old.cast()) });
        }
    }

    /// `__dict__`: the type's own namespace. `None` until the type is set up.
    #[inline(always)]
    pub fn dict(&self) -> Option<&Ref<Dict>> {
        match self.made_dict() {
            None => self.make_namespace(),
            dict => dict,
        }
    }

    #[inline(always)]
    fn made_dict(&self) -> Option<&Ref<Dict>> {
        // What was written to the dict before it was stored is seen by whoever finds it.
        if self.dict.load(Ordering::Acquire).is_null() {
            return None;
        }
        // SAFETY: a pointer that is not null and a Ref are the same word, which is a dict's from now on. Only a native type's
        // is replaced, by one word for another, and both dicts are immortal.
        unsafe { (*self.dict.as_ptr().cast::<Option<Ref<Dict>>>()).as_ref() }
    }

    #[cold]
    #[inline(never)]
    fn make_namespace(&self) -> Option<&Ref<Dict>> {
        shared::set_up(|| {
            if self.made_dict().is_some() {
                // Another interpreter was first.
                return;
            }
            let Some(namespace) = self.namespace.get() else { return };
            if self.making_namespace.replace(true) {
                return;
            }
            // Whoever looks for an attribute cannot be told that there is no memory: for them the class has no attributes.
            let made = Heap::with_current(|heap| {
                let singles = self.singles.borrow();
                crate::watch::without_failures(|| namespace.make(heap, &singles).and_then(|dict| Ref::new(heap, dict)))
            });
            self.making_namespace.set(false);
            if let Some(Ok(dict)) = made {
                self.set_dict(dict);
            }
        });
        self.made_dict()
    }

    /// Says how the namespace is made, once somebody looks for it.
    pub fn set_namespace(&self, namespace: Box<dyn Namespace>) {
        // A class is set up once.
        let _ = self.namespace.set(namespace);
    }

    /// What the type's own namespace holds under a name. A native one is not made for that: most classes are asked for a few
    /// names.
    pub fn own(&self, heap: &Heap, name: &Ref<Str>) -> Option<Value> {
        match self.made_dict() {
            Some(dict) => dict.get(heap).get_str(name).cloned(),
            None => self.own_single(heap, name),
        }
    }

    #[cold]
    #[inline(never)]
    fn own_single(&self, heap: &Heap, name: &Ref<Str>) -> Option<Value> {
        let namespace = self.namespace.get()?;
        if namespace.lacks(name) {
            return None;
        }
        shared::set_up(|| {
            if self.made_dict().is_none() {
                if let Some((_, value)) = self.singles.borrow().iter().find(|(known, _)| ***known == **name) {
                    return Some(value.clone());
                }
                if let Ok(Some(single)) = crate::watch::without_failures(|| namespace.single(heap, name)) {
                    let value = single.1.clone();
                    shared::share(&value);
                    self.singles.borrow_mut().push(single);
                    return Some(value);
                }
            }
            self.dict().and_then(|dict| dict.get(heap).get_str(name).cloned())
        })
    }

    /// Sets the namespace. That of a native type is shared from now on, and is replaced by another one where something is to
    /// be added: whoever looks at it is not disturbed.
    pub fn set_dict(&self, dict: Ref<Dict>) {
        if self.is_static {
            shared::share(dict.as_value());
        }
        let old = self.dict.swap(dict.into_value().into_bits() as *mut Header, Ordering::AcqRel);
        if let Some(old) = NonNull::new(old) {
            // SAFETY: the field owned a reference.
            drop(unsafe { Value::from_header(old) });
        }
    }

    /// What native types own is for all interpreters.
    fn shared_if_native(&self, value: &Value) {
        if self.is_static {
            shared::share(value);
        }
    }

    /// `__bases__`.
    pub fn bases(&self) -> Option<Ref<Tuple>> {
        owned_ref(&self.bases)
    }

    /// Sets `__bases__`.
    pub fn set_bases(&self, bases: Ref<Tuple>) {
        self.shared_if_native(bases.as_value());
        replace(&self.bases, Some(bases.into_value()));
    }

    /// `__mro__`, whose items are types for every type that is ready.
    pub fn mro(&self) -> Option<Ref<Tuple>> {
        owned_ref(&self.mro)
    }

    /// Sets `__mro__`.
    pub fn set_mro(&self, mro: Ref<Tuple>) {
        self.shared_if_native(mro.as_value());
        replace(&self.mro, Some(mro.into_value()));
    }

    /// The types of the MRO, in order.
    #[inline]
    pub fn mro_types(&self) -> impl Iterator<Item = &Type> {
        // SAFETY: the field holds a tuple; it is replaced only by set_mro, and nothing that borrows the result calls it.
        let items: &[Value] = self.mro.get().map_or(&[], |t| unsafe { (*t.as_ptr().add(1).cast::<Tuple>()).items() });
        items.iter().filter_map(|v| v.as_type())
    }

    /// Whether this type is `other` or derives from it, by the MRO.
    pub fn is_subtype(&self, other: &Type) -> bool {
        if self.is(other) {
            return true;
        }
        if self.mro.get().is_some() {
            return self.mro_types().any(|t| t.is(other));
        }
        self.derives_from(other)
    }

    /// Whether `other` is on the chain of layout bases.
    #[inline]
    pub fn derives_from(&self, other: &Type) -> bool {
        let mut ty = self;
        loop {
            if ty.is(other) {
                return true;
            }
            match ty.base() {
                Some(base) => ty = base,
                None => return false,
            }
        }
    }

    /// Whether the MRO, which a metatype may make, has classes that do not know of this one as a subclass: when they
    /// change, nothing says so.
    pub fn has_foreign_mro(&self) -> bool {
        let Some(bases) = self.bases().filter(|_| !self.header.ty().is(crate::statics::TYPE.as_type())) else {
            return false;
        };
        let known = |t: &Type| bases.items().iter().filter_map(|b| b.as_type()).any(|b| b.is_subtype(t));
        self.mro_types().any(|t| !t.is(self) && !known(t))
    }

    /// Whether a namespace along the MRO has keys that are no strings.
    #[inline]
    pub fn asks_strange_keys(&self) -> bool {
        // Such a type never gets a tag.
        self.version() == 0 && self.mro_types().any(|t| t.flags().has(TypeFlags::STRANGE_KEYS))
    }

    /// The version tag, 0 when there is none: as long as it stands, neither the type's namespace nor that of a base
    /// has changed.
    #[inline(always)]
    pub fn version(&self) -> u32 {
        self.version.load(Ordering::Relaxed)
    }

    /// Gives the type a version tag, unless it has one. Its bases must have one.
    pub fn set_version(&self, version: u32) {
        // Interpreters may come to a native type at once.
        let _ = self.version.compare_exchange(0, version, Ordering::Relaxed, Ordering::Relaxed);
    }

    fn take_version(&self) -> u32 {
        self.version.swap(0, Ordering::Relaxed)
    }

    /// Takes away the version tag of this type and of all that derive from it: something in the namespace changed.
    pub fn modified(&self) {
        // Subclasses of a type without a tag have none either; but tags of native types are of all interpreters.
        if self.take_version() != 0 || self.is_static {
            self.take_versions_below(true);
        }
    }

    /// Takes away the version tags of all types of the current heap that derive from this one.
    pub fn derived_modified(&self) {
        self.take_versions_below(false);
    }

    fn take_versions_below(&self, of_native: bool) {
        let mut pending = Vec::new();
        self.push_subclasses(&mut pending);
        while let Some(ty) = pending.pop() {
            // SAFETY: a subclass removes itself from its bases' lists before it is freed.
            let ty = unsafe { ty.as_ref() };
            // Tags of native types are of all interpreters.
            let tagged = (!ty.is_static || of_native) && ty.take_version() != 0;
            if tagged || ty.is_static {
                ty.push_subclasses(&mut pending);
            }
        }
    }

    fn push_subclasses(&self, all: &mut Vec<NonNull<Type>>) {
        if !self.is_static {
            return all.extend(self.subclasses.borrow().iter());
        }
        shared::set_up(|| all.extend(self.subclasses.borrow().iter()));
        Heap::with_current(|heap| all.extend(heap.native_subclasses.borrow().get(&self.key()).into_iter().flatten()));
    }

    /// What a heap knows a native type by.
    fn key(&self) -> usize {
        self.address() as usize
    }

    /// The direct subclasses that are alive, oldest first; of a native type the native ones before the program's.
    pub fn subclasses(&self) -> Vec<Ref<Type>> {
        let mut all = Vec::new();
        self.push_subclasses(&mut all);
        // SAFETY: a subclass removes itself from its bases' lists before it is freed.
        all.iter().map(|t| unsafe { t.as_ref() }.to_ref()).collect()
    }

    /// Records `sub` as a direct subclass.
    pub fn add_subclass(&self, sub: &Type) {
        let sub_at = NonNull::from(sub);
        match (self.is_static, sub.is_static) {
            (false, _) => self.subclasses.borrow_mut().push(sub_at),
            (true, true) => shared::set_up(|| self.subclasses.borrow_mut().push(sub_at)),
            (true, false) => {
                Heap::with_current(|heap| {
                    heap.native_subclasses.borrow_mut().entry(self.key()).or_default().push(sub_at);
                });
            }
        }
    }

    /// Forgets `sub`.
    pub fn remove_subclass(&self, sub: &Type) {
        let forget = |all: &mut Vec<NonNull<Type>>| all.retain(|t| !std::ptr::eq(t.as_ptr(), sub));
        match (self.is_static, sub.is_static) {
            (false, _) => forget(&mut self.subclasses.borrow_mut()),
            (true, true) => shared::set_up(|| forget(&mut self.subclasses.borrow_mut())),
            (true, false) => {
                Heap::with_current(|heap| {
                    if let Some(all) = heap.native_subclasses.borrow_mut().get_mut(&self.key()) {
                        forget(all);
                    }
                });
            }
        }
    }

    /// The bases of this class, which are still whole, do not know of it any more; it has none from now on.
    pub(crate) fn leave_bases(&self) {
        let Some(bases) = self.bases.take() else { return };
        // SAFETY: the field owned a reference to a tuple.
        let bases: Ref<Tuple> = unsafe { Ref::from_value_unchecked(Value::from_header(bases)) };
        for base in bases.items().iter().filter_map(Value::as_type) {
            base.remove_subclass(self);
        }
    }

    /// The region in which the virtual machine keeps its slot table.
    #[inline(always)]
    pub fn slot_region(&self) -> *mut usize {
        self.slots.get().cast()
    }

    /// Whether instances have something to run when they die.
    #[inline(always)]
    pub fn finalizes(&self) -> bool {
        self.finalizes.get()
    }

    /// Says whether instances have something to run when they die.
    pub fn set_finalizes(&self, yes: bool) {
        self.finalizes.set(yes);
        if yes {
            self.destroy.set(None);
        }
    }

    /// How an instance without managed words is taken apart, if nothing has to run first.
    #[inline(always)]
    pub(crate) fn destroy(&self) -> Option<DestroyFn> {
        self.destroy.get()
    }

    /// Header flags of new instances.
    #[inline(always)]
    pub fn instance_flags(&self) -> u16 {
        self.instance_flags.get()
    }

    /// Says which prefix new instances get; see [`flags`].
    pub fn set_instance_flags(&self, bits: u16) {
        self.instance_flags.set(bits);
        if bits & flags::GC != 0 {
            self.add_flags(TypeFlags::HAVE_GC);
        }
    }

    #[inline(always)]
    pub(crate) fn layout(&self) -> &LayoutFns {
        // SAFETY: set when the type is set up, before it has instances, and never changed while it has any.
        unsafe { (*self.layout.as_ptr()).as_ref() }.expect("a type is set up before it has instances")
    }

    /// Makes this heap type's instances have the layout of `base` followed by `slots` further words.
    pub fn inherit_layout(&self, base: &Type, slots: u32) {
        self.layout.set(base.layout.get());
        self.destroy.set(None);
        self.basicsize.set(base.basicsize.get() + 8 * slots as usize);
        self.itemsize.set(base.itemsize.get());
        self.slot_count.set(base.slot_count.get() + slots);
    }

    /// Words of `__slots__` members, counted over all bases.
    #[inline(always)]
    pub fn slot_count(&self) -> u32 {
        self.slot_count.get()
    }

    /// Whether instances of both have the same native payload.
    pub fn same_native(&self, other: &Type) -> bool {
        match (self.layout.get(), other.layout.get()) {
            (Some(a), Some(b)) => a.drop as usize == b.drop as usize && a.trace as usize == b.trace as usize,
            _ => false,
        }
    }

    /// Records this native class as a subclass of `base`.
    pub fn add_subclass_of(&self, base: &Type) {
        base.add_subclass(self)
    }

    /// Whether instances of both have the same native layout, members and prefix, so that `__class__` may change.
    pub fn same_layout(&self, other: &Type) -> bool {
        let same_fns = match (self.layout.get(), other.layout.get()) {
            (Some(a), Some(b)) => a.drop as usize == b.drop as usize,
            (None, None) => true,
            _ => false,
        };
        same_fns
            && self.basicsize.get() == other.basicsize.get()
            && self.slot_count.get() == other.slot_count.get()
            && self.instance_flags.get() == other.instance_flags.get()
            && self.flags().has(TypeFlags::MANAGED_DICT) == other.flags().has(TypeFlags::MANAGED_DICT)
    }

    /// The table of attribute names that instances store inline.
    #[inline(always)]
    pub fn shape(&self) -> Option<&Shape> {
        // SAFETY: set once when the type is made; shapes change through their own cells.
        unsafe { (*self.shape.get()).as_deref() }
    }

    /// Gives instances inline storage for attributes, of which so many are expected. Called once, when the type is made.
    pub fn enable_inline_values(&self, expected: usize) {
        // The size of a string with attributes is worked out beforehand.
        let roomy = !self.flags().has(TypeFlags::STR_SUBCLASS);
        // SAFETY: the type has no instances and no borrowed shape yet.
        unsafe { *self.shape.get() = Some(Box::new(Shape::new(expected, roomy))) }
        self.add_flags(TypeFlags::INLINE_VALUES);
    }

    /// Keeps `value` alive as long as the type.
    pub fn keep(&self, value: Value) {
        if self.is_static {
            shared::share(&value);
            return std::mem::forget(value);
        }
        self.extra.borrow_mut().push(value);
    }

    /// The first value that is kept.
    pub fn first_kept(&self) -> Option<Value> {
        self.extra.borrow().first().cloned()
    }
}

fn owned(cell: &Cell<Option<NonNull<Header>>>) -> Option<Value> {
    // SAFETY: the field owns a reference.
    cell.get().map(|h| unsafe { Value::from_borrowed(h) })
}

fn owned_ref<T>(cell: &Cell<Option<NonNull<Header>>>) -> Option<Ref<T>> {
    // SAFETY: the fields this is called for hold objects of that type only, by the setters' signatures.
    owned(cell).map(|v| unsafe { Ref::from_value_unchecked(v) })
}

fn replace(cell: &Cell<Option<NonNull<Header>>>, new: Option<Value>) {
    let new = new.and_then(|v| NonNull::new(v.into_bits() as *mut Header));
    if let Some(old) = cell.replace(new) {
        // SAFETY: the field owned a reference.
        drop(unsafe { Value::from_header(old) });
    }
}

impl Trace for Type {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        if let Some(dict) = self.made_dict() {
            visitor.value(dict.as_value());
        }
        for cell in [&self.bases, &self.mro, &self.name, &self.qualname] {
            if let Some(value) = owned(cell) {
                visitor.value(&value);
            }
        }
        if let Some(base) = self.base() {
            visitor.value(&base.to_value());
        }
        if !self.is_static {
            self.extra.trace(visitor);
        }
        if let Some(shape) = self.shape() {
            shape.trace(visitor);
        }
    }
}

impl Drop for Type {
    fn drop(&mut self) {
        // What derives from a class keeps it, or has left it: of classes that the collector frees together none knows how many
        // of the others are still whole.
        debug_assert!(self.subclasses.get_mut().is_empty(), "a class is dropped before what derives from it");
        self.leave_bases();
        let dict = std::mem::replace(self.dict.get_mut(), std::ptr::null_mut());
        if let Some(dict) = NonNull::new(dict) {
            // SAFETY: the field owned a reference.
            drop(unsafe { Value::from_header(dict) });
        }
        for cell in [&self.mro, &self.name, &self.qualname] {
            replace(cell, None);
        }
        if let Some(base) = self.base.take() {
            // SAFETY: the type owned a reference to its base.
            drop(unsafe { Value::from_header(base.cast()) });
        }
    }
}

impl Value {
    /// This value as a type object.
    #[inline(always)]
    pub fn as_type(&self) -> Option<&Type> {
        let header = self.header()?;
        // SAFETY: the flag is set for `type` and its subclasses only, whose instances are `Type`s.
        header.ty().flags().has(TypeFlags::TYPE_SUBCLASS).then(|| unsafe { &*(header as *const Header).cast::<Type>() })
    }
}
