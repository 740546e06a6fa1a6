//! The behaviour slots of a type, and how they are kept in step with the dunder methods.
//!
//! A slot is a Rust function. A native class fills its slots in; a Python class gets, for each dunder method it
//! defines, a function that looks the method up and calls it. Subclasses inherit: for each slot the names that belong
//! to it are looked up along the MRO, and if all that is found wraps one native function, that function is the slot.
#![allow(unsafe_code)]

use crate::native::Args;
use crate::{Result, Vm};
use taipan_object::types::SLOT_WORDS;
use taipan_object::{Ref, Str, Type, Value};

/// Operand numbers of `BINARY_OP`, which are also indices of [`Slots::binary`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum BinaryOp {
    ADD,
    AND,
    FLOOR_DIVIDE,
    LSHIFT,
    MATRIX_MULTIPLY,
    MULTIPLY,
    REMAINDER,
    OR,
    POWER,
    RSHIFT,
    SUBTRACT,
    TRUE_DIVIDE,
    XOR,
    INPLACE_ADD,
    INPLACE_AND,
    INPLACE_FLOOR_DIVIDE,
    INPLACE_LSHIFT,
    INPLACE_MATRIX_MULTIPLY,
    INPLACE_MULTIPLY,
    INPLACE_REMAINDER,
    INPLACE_OR,
    INPLACE_POWER,
    INPLACE_RSHIFT,
    INPLACE_SUBTRACT,
    INPLACE_TRUE_DIVIDE,
    INPLACE_XOR,
    /// Not an operand of `BINARY_OP`: `divmod`.
    DIVMOD,
}

/// Number of entries of [`Slots::binary`].
pub const BINARY_SLOTS: usize = 27;

/// The rich comparisons, numbered as in `COMPARE_OP`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum CompareOp {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
}

impl CompareOp {
    /// All six.
    pub const ALL: [CompareOp; 6] =
        [CompareOp::Lt, CompareOp::Le, CompareOp::Eq, CompareOp::Ne, CompareOp::Gt, CompareOp::Ge];

    /// The comparison with the operands exchanged.
    pub fn swapped(self) -> CompareOp {
        match self {
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
            same => same,
        }
    }

    /// As it is written.
    pub fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }

    /// The outcome for two things of this order.
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            CompareOp::Lt => order.is_lt(),
            CompareOp::Le => order.is_le(),
            CompareOp::Eq => order.is_eq(),
            CompareOp::Ne => order.is_ne(),
            CompareOp::Gt => order.is_gt(),
            CompareOp::Ge => order.is_ge(),
        }
    }
}

/// `self` in, value out.
pub type UnaryFn = fn(&mut Vm, &Value) -> Result;
/// Either operand may be the instance; `NotImplemented` passes the question on.
pub type BinaryFn = fn(&mut Vm, &Value, &Value) -> Result;

/// The slot table. Every field is one word.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Slots {
    pub new: Option<NewFn>,
    pub init: Option<fn(&mut Vm, &Value, Args<'_>) -> Result<()>>,
    pub call: Option<fn(&mut Vm, &Value, Args<'_>) -> Result>,
    pub repr: Option<UnaryFn>,
    pub str: Option<UnaryFn>,
    pub hash: Option<fn(&mut Vm, &Value) -> Result<i64>>,
    pub compare: Option<fn(&mut Vm, &Value, &Value, CompareOp) -> Result>,
    pub getattr: Option<fn(&mut Vm, &Value, &Ref<Str>) -> Result>,
    /// `None` deletes.
    pub setattr: Option<fn(&mut Vm, &Value, &Ref<Str>, Option<Value>) -> Result<()>>,
    /// `__get__(descriptor, object or None, type)`.
    pub get: Option<fn(&mut Vm, &Value, Option<&Value>, Option<&Value>) -> Result>,
    /// `__set__`, or with `None` `__delete__`.
    pub set: Option<fn(&mut Vm, &Value, &Value, Option<Value>) -> Result<()>>,
    pub iter: Option<UnaryFn>,
    /// `Ok(None)` is the end.
    pub next: Option<fn(&mut Vm, &Value) -> Result<Option<Value>>>,
    pub await_: Option<UnaryFn>,
    pub aiter: Option<UnaryFn>,
    pub anext: Option<UnaryFn>,
    pub len: Option<fn(&mut Vm, &Value) -> Result<usize>>,
    pub contains: Option<fn(&mut Vm, &Value, &Value) -> Result<bool>>,
    /// Sequence concatenation, repetition, and their in-place forms.
    pub concat: Option<BinaryFn>,
    pub repeat: Option<fn(&mut Vm, &Value, isize) -> Result>,
    pub inplace_concat: Option<BinaryFn>,
    pub inplace_repeat: Option<fn(&mut Vm, &Value, isize) -> Result>,
    /// Sequence item by index; negative ones have had the length added.
    pub item: Option<fn(&mut Vm, &Value, isize) -> Result>,
    pub getitem: Option<BinaryFn>,
    /// `None` deletes.
    pub setitem: Option<fn(&mut Vm, &Value, &Value, Option<Value>) -> Result<()>>,
    pub bool: Option<fn(&mut Vm, &Value) -> Result<bool>>,
    pub neg: Option<UnaryFn>,
    pub pos: Option<UnaryFn>,
    pub abs: Option<UnaryFn>,
    pub invert: Option<UnaryFn>,
    pub int: Option<UnaryFn>,
    pub float: Option<UnaryFn>,
    pub index: Option<UnaryFn>,
    pub binary: [Option<BinaryFn>; BINARY_SLOTS],
    /// `pow(a, b, modulus)`.
    pub power_mod: Option<fn(&mut Vm, &Value, &Value, &Value) -> Result>,
    /// `__del__`, or what a native object does when it dies.
    pub finalize: Option<fn(&mut Vm, &Value)>,
    /// The buffer protocol.
    pub buffer: Option<crate::protocol::buffer::OpenFn>,
    /// `__release_buffer__`: closes a view of the object's.
    pub release_buffer: Option<ReleaseFn>,
}

/// Makes an instance of a class.
pub type NewFn = fn(&mut Vm, &Ref<Type>, Args<'_>) -> Result;
/// What closes a view of an object's memory.
pub type ReleaseFn = fn(&mut Vm, &Value, &Value) -> Result<()>;

/// Words of the table.
pub const WORDS: usize = size_of::<Slots>() / 8;
const _: () = assert!(WORDS <= SLOT_WORDS && size_of::<Slots>().is_multiple_of(8));

/// The slots of a type.
#[inline(always)]
pub fn of(ty: &Type) -> &Slots {
    // SAFETY: the region is zeroed when the type is made, which is a table of absent functions, and is written only
    // through `update` below, with the token and while nobody holds the borrow across.
    unsafe { &*ty.slot_region().cast::<Slots>() }
}

/// Changes the slots of a type.
pub fn update(ty: &Type, change: impl FnOnce(&mut Slots)) {
    let mut slots = *of(ty);
    change(&mut slots);
    // SAFETY: the region holds a table; the copy above was changed, so no borrow of the region is live here.
    unsafe { ty.slot_region().cast::<Slots>().write(slots) }
}

/// Gives a type its first slots.
pub fn set(ty: &Type, table: &Slots) {
    // SAFETY: the region holds a table, and nobody looks at the slots of a type that is being set up.
    unsafe { ty.slot_region().cast::<Slots>().write(*table) }
}

/// Takes over from another table what is absent.
pub fn inherit(to: &mut Slots, from: &Slots) {
    // SAFETY: every field is one word, an absent function is zero, and both tables have the same type at an index.
    let (to, from) =
        unsafe { (&mut *(&raw mut *to).cast::<[usize; WORDS]>(), &*(&raw const *from).cast::<[usize; WORDS]>()) };
    for (to, from) in to.iter_mut().zip(from) {
        *to = if *to == 0 { *from } else { *to };
    }
}

/// One word of a table.
pub fn word(slots: &Slots, index: usize) -> usize {
    assert!(index < WORDS);
    // SAFETY: every field is one word, and an absent function is zero.
    unsafe { *(slots as *const Slots).cast::<usize>().add(index) }
}

/// Copies one word of a table from another table.
pub fn copy_word(from: &Slots, to: &mut Slots, index: usize) {
    assert!(index < WORDS);
    // SAFETY: as for word; both tables have the same function type at an index.
    unsafe { *(to as *mut Slots).cast::<usize>().add(index) = word(from, index) }
}
