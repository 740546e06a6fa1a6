//! Typed references: a [`Ref<T>`] is a value that is known to be a heap object with the layout of `T`.

use crate::alloc::Here;
use crate::header::Header;
use crate::heap::{Heap, Raised};
use crate::trace::{Trace, Visitor};
use crate::types::{LayoutFns, Type, TypeCell, TypeFlags};
use crate::value::Value;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;

/// The native part of an object, directly behind its header. Implement it with `#[derive(Payload)]` only: the derive
/// checks that the layout begins with that of the base.
pub trait Payload: Trace + Sized + 'static {
    /// Size of an instance, header included, without its variable part.
    const BASIC_SIZE: usize = (size_of::<Object<Self>>() + 7) & !7;
    /// Size of one item of the variable part.
    const ITEM_SIZE: usize = 0;
    /// [`Frozen`] payloads can be read without the token; [`Guarded`] ones need it.
    type Access;
    /// The `tp_flags` bit that is set for this type and all its subclasses, where there is one.
    const SUBCLASS_FLAG: TypeFlags = TypeFlags::NONE;

    /// The type whose instances, and whose subclasses' instances, have this layout.
    fn class() -> &'static TypeCell<Self>;

    /// Whether instances of `ty` have this layout.
    #[inline(always)]
    fn has_layout(ty: &Type) -> bool {
        if Self::SUBCLASS_FLAG != TypeFlags::NONE {
            ty.flags().has(Self::SUBCLASS_FLAG)
        } else {
            ty.derives_from(Self::class().as_type())
        }
    }

    /// Heap memory in bytes that the payload owns besides the object, for `sys.getsizeof`.
    fn extra_size(&self) -> usize {
        0
    }

    /// Whether the finaliser of the type, where it has one, would run no Python code and change nothing that the object's
    /// death does not, as long as nothing is monitored. Asked of instances of exactly this type.
    fn dies_quietly(&self) -> bool {
        false
    }

    /// How instances are dropped, traced and measured.
    #[doc(hidden)]
    fn layout_fns() -> ErasedLayout {
        ErasedLayout(LayoutFns {
            drop: drop_payload::<Self>,
            destroy: destroy_payload::<Self>,
            trace: trace_payload::<Self>,
            size: fixed_size,
            extra: extra_size::<Self>,
            fixed: true,
            quiet: dies_quietly::<Self>,
        })
    }
}

/// What [`Payload::layout_fns`] gives; opaque outside this crate.
#[derive(Clone, Copy)]
pub struct ErasedLayout(pub(crate) LayoutFns);

unsafe fn drop_payload<T>(header: NonNull<Header>) {
    // SAFETY: called once by the destructor of an object with this layout.
    unsafe { std::ptr::drop_in_place(&raw mut (*header.as_ptr().cast::<Object<T>>()).payload) }
}

unsafe fn destroy_payload<T: Payload>(header: NonNull<Header>, here: Here) {
    // SAFETY: called once for a dead object with exactly this layout.
    unsafe {
        drop_payload::<T>(header);
        crate::alloc::free_object(here, header, T::BASIC_SIZE, 0);
    }
}

unsafe fn dies_quietly<T: Payload>(header: NonNull<Header>) -> bool {
    // SAFETY: called for an object with this layout, whose payload is still there.
    unsafe { header.cast::<Object<T>>().as_ref() }.payload.dies_quietly()
}

/// For layouts of types without a finaliser.
pub(crate) unsafe fn never_quietly(_: NonNull<Header>) -> bool {
    false
}

unsafe fn trace_payload<T: Trace>(header: NonNull<Header>, visitor: &mut Visitor<'_>) {
    // SAFETY: called by the collector for a live object with this layout.
    unsafe { header.cast::<Object<T>>().as_ref() }.payload.trace(visitor)
}

unsafe fn fixed_size(header: NonNull<Header>) -> usize {
    // SAFETY: called for a live object.
    unsafe { header.as_ref() }.ty().basicsize()
}

unsafe fn extra_size<T: Payload>(header: NonNull<Header>) -> usize {
    // SAFETY: called for a live object with this layout.
    unsafe { header.cast::<Object<T>>().as_ref() }.payload.extra_size()
}

/// Access of a payload that is never changed after construction, or only through its own cells.
pub struct Frozen;
/// Access of a payload that is reached through the token.
pub struct Guarded;

/// Header and payload as they lie in memory.
#[repr(C)]
pub struct Object<T> {
    pub(crate) header: Header,
    pub(crate) payload: T,
}

/// An owned reference to an object with the layout of `T`: an instance of `T`'s class or of a subclass.
#[repr(transparent)]
pub struct Ref<T>(Value, PhantomData<T>);

impl<T> Ref<T> {
    /// Takes over `value` as an object with the layout of `T`.
    ///
    /// # Safety
    /// It has that layout.
    #[inline(always)]
    pub unsafe fn from_value_unchecked(value: Value) -> Ref<T> {
        Ref(value, PhantomData)
    }

    /// Reads `value` as an object with the layout of `T`.
    ///
    /// # Safety
    /// It has that layout.
    #[inline(always)]
    pub unsafe fn from_borrowed_unchecked(value: &Value) -> &Ref<T> {
        // SAFETY: Ref is a transparent wrapper of Value.
        unsafe { &*(value as *const Value).cast() }
    }

    /// The same reference without its type.
    #[inline(always)]
    pub fn into_value(self) -> Value {
        self.0
    }

    /// The same reference without its type.
    #[inline(always)]
    pub fn as_value(&self) -> &Value {
        &self.0
    }

    /// A new reference without its type.
    #[inline(always)]
    pub fn to_value(&self) -> Value {
        self.0.clone()
    }

    /// The object's type.
    #[inline(always)]
    pub fn ty(&self) -> &Type {
        self.header().ty()
    }

    /// The object's header.
    #[inline(always)]
    pub fn header(&self) -> &Header {
        // SAFETY: a Ref always holds a heap pointer.
        unsafe { &*(self.0.bits() as *const Header) }
    }

    /// Whether both are the same object.
    #[inline(always)]
    pub fn is<U>(&self, other: &Ref<U>) -> bool {
        self.0.is(&other.0)
    }

    #[inline(always)]
    pub(crate) fn payload_ptr(&self) -> *mut T {
        // SAFETY: the payload lies behind the header, by the Ref's invariant.
        unsafe { &raw mut (*(self.0.bits() as *mut Object<T>)).payload }
    }
}

impl<T: Payload> Ref<T> {
    /// What the object holds.
    #[inline(always)]
    pub fn get<'a>(&'a self, _heap: &'a Heap) -> &'a T {
        // SAFETY: the token is borrowed as long as the result, so nobody changes the payload meanwhile.
        unsafe { &*self.payload_ptr() }
    }

    /// Allocates an instance of `T`'s own class.
    pub fn new(heap: &Heap, payload: T) -> Result<Ref<T>, Raised> {
        // SAFETY: instances of its own class have `T`'s layout.
        unsafe { Ref::new_as(heap, T::class().as_type(), payload) }
    }

    /// The same, put where it is called, so that the fields of a small payload go from registers to their places.
    #[inline(always)]
    pub fn new_in_place(heap: &Heap, payload: T) -> Result<Ref<T>, Raised> {
        // SAFETY: as above.
        unsafe { Ref::new_as(heap, T::class().as_type(), payload) }
    }

    /// Allocates an instance of `ty`, which must be `T`'s class or a subclass.
    #[inline]
    pub fn new_in(heap: &Heap, ty: &Type, payload: T) -> Result<Ref<T>, Raised> {
        assert!(T::has_layout(ty), "instances of {} have another layout", ty.name());
        // SAFETY: the layout test has just been made.
        unsafe { Ref::new_as(heap, ty, payload) }
    }

    /// # Safety
    /// Instances of `ty` have the layout of `T`.
    #[inline(always)]
    unsafe fn new_as(heap: &Heap, ty: &Type, payload: T) -> Result<Ref<T>, Raised> {
        // SAFETY: the memory is fresh, of the type's size, and the payload is written before anybody sees it; `ty`'s
        // instances begin with `T`, as the caller says.
        unsafe {
            let object = crate::alloc::new_object(heap, ty, ty.basicsize())?;
            (&raw mut (*object.as_ptr().cast::<Object<T>>()).payload).write(payload);
            crate::alloc::publish(heap, object);
            Ok(Ref::from_value_unchecked(Value::from_header(object)))
        }
    }
}

impl<T: Payload<Access = Guarded>> Ref<T> {
    /// What the object holds, to change it.
    #[inline(always)]
    pub fn get_mut<'a>(&'a self, _heap: &'a mut Heap) -> &'a mut T {
        // SAFETY: the token is borrowed exclusively as long as the result, so this is the only access to any payload.
        unsafe { &mut *self.payload_ptr() }
    }

    /// What the object holds, to change it, beside what another object holds; nothing where both are the same object.
    #[inline(always)]
    pub fn get_mut_beside<'a, U: Payload<Access = Guarded>>(
        &'a self,
        other: &'a Ref<U>,
        _heap: &'a mut Heap,
    ) -> Option<(&'a mut T, &'a U)> {
        // SAFETY: as above; the payloads of different objects lie apart.
        (!self.is(other)).then(|| unsafe { (&mut *self.payload_ptr(), &*other.payload_ptr()) })
    }
}

impl<T: Payload<Access = Frozen>> Deref for Ref<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: a frozen payload is never borrowed mutably.
        unsafe { &*self.payload_ptr() }
    }
}

impl Deref for Ref<Type> {
    type Target = Type;
    #[inline(always)]
    fn deref(&self) -> &Type {
        // SAFETY: Type begins with its own header, and is changed through cells only.
        unsafe { &*(self.0.bits() as *const Type) }
    }
}

impl<T> Clone for Ref<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        Ref(self.0.clone(), PhantomData)
    }
}

impl<T> Trace for Ref<T> {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        visitor.value(&self.0)
    }
}

impl<T> std::fmt::Debug for Ref<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<T> From<Ref<T>> for Value {
    fn from(r: Ref<T>) -> Value {
        r.0
    }
}

impl Value {
    /// This value as a `T`, subclasses included.
    #[inline(always)]
    pub fn downcast<T: Payload>(&self) -> Option<&Ref<T>> {
        let header = self.header()?;
        // SAFETY: has_layout has just shown the layout.
        T::has_layout(header.ty()).then(|| unsafe { Ref::from_borrowed_unchecked(self) })
    }

    /// This value as a `T` whose type is exactly `T`'s class.
    #[inline(always)]
    pub fn downcast_exact<T: Payload>(&self) -> Option<&Ref<T>> {
        let header = self.header()?;
        // SAFETY: an instance of exactly T's class has T's layout.
        std::ptr::eq(header.ty(), T::class().as_type()).then(|| unsafe { Ref::from_borrowed_unchecked(self) })
    }

    /// This value as a type, as a typed reference.
    #[inline(always)]
    pub fn as_type_ref(&self) -> Option<&Ref<Type>> {
        self.as_type()?;
        // SAFETY: as_type has just shown that this is a type object.
        Some(unsafe { Ref::from_borrowed_unchecked(self) })
    }
}

impl Type {
    /// Makes a type object, an instance of `metatype`, with a namespace of its own still to be set.
    pub fn allocate(heap: &Heap, metatype: &Type, flags: TypeFlags) -> Result<Ref<Type>, Raised> {
        assert!(metatype.flags().has(TypeFlags::TYPE_SUBCLASS));
        // SAFETY: the memory is fresh and large enough (a metatype's basicsize includes Type), and is filled in before
        // anybody sees it.
        unsafe {
            let object = crate::alloc::new_object(heap, metatype, metatype.basicsize())?;
            Type::init_at(object.cast(), flags.or(TypeFlags::HEAP));
            crate::alloc::publish(heap, object);
            Ok(Ref::from_value_unchecked(Value::from_header(object)))
        }
    }
}

/// What a value can be seen as: a payload, or a type object.
pub trait Downcast: Sized {
    /// The value as this, subclasses included.
    fn cast(value: &Value) -> Option<&Ref<Self>>;
    /// The Python class, for messages.
    fn class_name() -> String;
}

impl<T: Payload> Downcast for T {
    #[inline(always)]
    fn cast(value: &Value) -> Option<&Ref<T>> {
        value.downcast::<T>()
    }
    fn class_name() -> String {
        T::class().as_type().name()
    }
}

impl Downcast for Type {
    #[inline(always)]
    fn cast(value: &Value) -> Option<&Ref<Type>> {
        value.as_type_ref()
    }
    fn class_name() -> String {
        "type".to_owned()
    }
}
