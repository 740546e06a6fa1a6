//! The objects with fixed addresses: the singletons and the built-in types whose layouts live in this crate.

use crate::header::Header;
use crate::refs::{Frozen, Payload};
use crate::trace::{Trace, Visitor};
use crate::types::{Type, TypeCell};
use crate::value::Value;
use std::ptr::NonNull;
use std::sync::Once;

/// A native layout without fields.
#[repr(C)]
pub struct Plain;

impl Trace for Plain {
    fn trace(&self, _: &mut Visitor<'_>) {}
}

impl Payload for Plain {
    type Access = Frozen;
    fn class() -> &'static TypeCell<Plain> {
        &OBJECT
    }
}

macro_rules! types {
    ($($(#[$doc:meta])* $name:ident: $layout:ty = $python:literal;)*) => {
        $($(#[$doc])* pub static $name: TypeCell<$layout> = TypeCell::new($python);)*
    };
}

types! {
    /// `object`.
    OBJECT: Plain = "object";
    /// `type`.
    TYPE: TypeObject = "type";
    /// `int`.
    INT: crate::int::Int = "int";
    /// `bool`.
    BOOL: crate::int::Int = "bool";
    /// `float`.
    FLOAT: crate::int::HeapFloat = "float";
    /// `complex`.
    COMPLEX: crate::int::Complex = "complex";
    /// `str`.
    STR: crate::str::Str = "str";
    /// `bytes`.
    BYTES: crate::bytes::Bytes = "bytes";
    /// `tuple`.
    TUPLE: crate::tuple::Tuple = "tuple";
    /// `list`.
    LIST: crate::list::List = "list";
    /// `dict`.
    DICT: crate::dict::Dict = "dict";
    /// `set`.
    SET: crate::set::Set = "set";
    /// `frozenset`.
    FROZENSET: crate::set::FrozenSet = "frozenset";
    /// `weakref.ref`.
    WEAKREF: crate::weak::WeakRef = "weakref.ReferenceType";
    /// `weakref.ProxyType`.
    PROXY: crate::weak::WeakProxy = "weakref.ProxyType";
    /// `weakref.CallableProxyType`.
    CALLABLE_PROXY: crate::weak::WeakProxy = "weakref.CallableProxyType";
    /// `NoneType`.
    NONE_TYPE: Singleton = "NoneType";
    /// `NotImplementedType`.
    NOT_IMPLEMENTED_TYPE: Singleton = "NotImplementedType";
    /// `ellipsis`.
    ELLIPSIS_TYPE: Singleton = "ellipsis";
}

/// Stands for the layout of type objects, which have their own access through [`Type`].
#[repr(C)]
pub struct TypeObject {
    rest: [u64; (size_of::<Type>() - 16) / 8],
}

impl Trace for TypeObject {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        // SAFETY: a TypeObject is only ever the payload of a type object, which begins 16 bytes before.
        unsafe { &*(self as *const TypeObject).cast::<u8>().sub(16).cast::<Type>() }.trace(visitor)
    }
}

impl Drop for TypeObject {
    fn drop(&mut self) {
        // SAFETY: as for trace; the payload is dropped once, and the header is not touched by Type's fields.
        unsafe { std::ptr::drop_in_place((self as *mut TypeObject).cast::<u8>().sub(16).cast::<Type>()) }
    }
}

impl Payload for TypeObject {
    type Access = Frozen;
    const SUBCLASS_FLAG: crate::types::TypeFlags = crate::types::TypeFlags::TYPE_SUBCLASS;
    fn class() -> &'static TypeCell<TypeObject> {
        &TYPE
    }
}

/// The payload of `None`, `NotImplemented` and `Ellipsis`.
#[repr(C)]
pub struct Singleton;

impl Trace for Singleton {
    fn trace(&self, _: &mut Visitor<'_>) {}
}

impl Payload for Singleton {
    type Access = Frozen;
    fn class() -> &'static TypeCell<Singleton> {
        &NONE_TYPE
    }
}

/// An immortal object with a fixed address.
#[repr(C, align(16))]
pub struct StaticObject<P> {
    header: Header,
    payload: P,
}

// SAFETY: an immortal header is never written, and the payloads used here are plain numbers.
unsafe impl<P> Sync for StaticObject<P> {}

impl<P> StaticObject<P> {
    /// The object's address, which is also its value word.
    #[inline(always)]
    pub fn address(&'static self) -> u64 {
        self as *const Self as u64
    }

    /// A reference to it.
    #[inline(always)]
    pub fn value(&'static self) -> Value {
        // SAFETY: the object is immortal, so the reference needs no count.
        unsafe { Value::from_header(NonNull::from(&self.header)) }
    }

    /// A borrowed value in static memory.
    pub const fn header(&'static self) -> &'static Header {
        &self.header
    }
}

const fn ty<T>(cell: &'static TypeCell<T>) -> NonNull<Type> {
    NonNull::from_ref(cell).cast()
}

/// Payload of `True` and `False`: an int's tag and digit.
#[repr(C)]
pub struct BoolDigits {
    tag: usize,
    digit: u32,
}

/// `None`.
pub static NONE: StaticObject<()> = StaticObject { header: Header::immortal(ty(&NONE_TYPE)), payload: () };
/// `NotImplemented`.
pub static NOT_IMPLEMENTED: StaticObject<()> =
    StaticObject { header: Header::immortal(ty(&NOT_IMPLEMENTED_TYPE)), payload: () };
/// `Ellipsis`.
pub static ELLIPSIS: StaticObject<()> = StaticObject { header: Header::immortal(ty(&ELLIPSIS_TYPE)), payload: () };
/// `True`.
pub static TRUE: StaticObject<BoolDigits> =
    StaticObject { header: Header::immortal(ty(&BOOL)), payload: BoolDigits { tag: 1 << 3, digit: 1 } };
/// `False`.
pub static FALSE: StaticObject<BoolDigits> =
    StaticObject { header: Header::immortal(ty(&BOOL)), payload: BoolDigits { tag: 1, digit: 0 } };

impl StaticObject<BoolDigits> {
    /// The number, 0 or 1.
    pub fn number(&self) -> u32 {
        self.payload.digit & (self.payload.tag >> 3) as u32
    }
}

/// Fills in the layouts of the types declared here: called by each interpreter before its first object is made, and done once,
/// since others use the types from then on.
pub fn set_layouts() {
    static DONE: Once = Once::new();
    DONE.call_once(|| crate::shared::set_up(set_layouts_now));
}

fn set_layouts_now() {
    OBJECT.set_layout();
    TYPE.set_layout();
    INT.set_layout();
    BOOL.set_layout();
    FLOAT.set_layout();
    COMPLEX.set_layout();
    STR.set_layout();
    BYTES.set_layout();
    TUPLE.set_layout();
    LIST.set_layout();
    DICT.set_layout();
    SET.set_layout();
    FROZENSET.set_layout();
    WEAKREF.set_layout();
    PROXY.set_layout();
    CALLABLE_PROXY.set_layout();
    NONE_TYPE.set_layout();
    NOT_IMPLEMENTED_TYPE.set_layout();
    ELLIPSIS_TYPE.set_layout();
}
