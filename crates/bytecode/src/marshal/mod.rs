//! Python's serialisation of values, as in `.pyc` files and the `marshal` module: format versions 0 to 5.
//!
//! Reader and writer know the format, not the values: what is read goes to a [`Builder`], what is written is described by a
//! [`Source`]. So constants of the compiler and objects of the virtual machine share one implementation. Both keep their own
//! stack of open containers, so that neither corrupt input nor deep nesting can exhaust the native stack.
//!
//! Rejected: going through a tree of plain values for the virtual machine too. It would lose the identity that references
//! in the format preserve (two names for one list, a list that holds itself).

mod object;
mod reader;
mod writer;

pub use object::{Object, read_code, read_object, write_code, write_code_deferring, write_object};
pub use reader::{Builder, Container, Raw, ReadError, Reader};
pub use writer::{Shape, Source, WriteError, Writer};

/// The newest format, which [`write_code`] uses.
pub const VERSION: u32 = 5;

/// Containers may nest this deep.
const MAX_DEPTH: usize = 2000;

/// Set in the type byte of a value that later references count.
const FLAG_REF: u8 = 0x80;

/// The fields of a code object, in the order of the format.
#[derive(Clone, Debug)]
pub struct CodeFields<V, B = V> {
    pub argcount: i32,
    pub posonlyargcount: i32,
    pub kwonlyargcount: i32,
    pub stacksize: i32,
    pub flags: i32,
    pub code: B,
    pub consts: V,
    pub names: V,
    pub localsplusnames: V,
    pub localspluskinds: B,
    pub filename: V,
    pub name: V,
    pub qualname: V,
    pub firstlineno: i32,
    pub linetable: B,
    pub exceptiontable: B,
}

/// A function's code object whose body may be read when it is first needed. It stands for that code object in the data of
/// [`write_code_deferring`]; files never have it.
#[derive(Clone, Copy, Debug)]
pub struct Deferred<'a> {
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub stacksize: u32,
    /// How many locals, cells and free variables there are.
    pub locals: u32,
    pub flags: u32,
    pub firstlineno: i32,
    /// UTF-8.
    pub name: &'a [u8],
    pub qualname: &'a [u8],
    /// The code object in full, which may defer those in it. Its file name is empty.
    pub body: &'a [u8],
}

/// The type byte of a [`Deferred`].
const DEFERRED: u8 = b'L';

/// Which numbers stand before the n-th object field of a code object.
fn numbers_before(field: usize) -> usize {
    match field {
        0 => 5,
        8 => 1,
        _ => 0,
    }
}

/// Object fields of a code object.
const CODE_FIELDS: usize = 10;
