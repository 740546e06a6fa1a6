//! The virtual machine: thread state, frames, instruction handlers, calls, exceptions, import, built-in types.
//!
//! Running Python code needs `&mut Vm`; looking inside an object borrows `&Vm` (it derefs to the heap). `unsafe` is in
//! `eval`, the instruction handlers with their frames, and in `slots`, the view of a type's slot table.
#![deny(unsafe_code)]
// Methods and operands keep Python's names: `__class__`, `TRUE_DIVIDE`.
#![allow(non_snake_case, non_camel_case_types)]

extern crate self as taipan_vm;
#[macro_use(format)]
extern crate taipan_object;

pub mod class;
pub mod collect;
pub mod dunder;
pub mod errors;
pub mod eval;
pub mod interpreters;
pub mod modules;
pub mod native;
pub mod protocol;
mod run;
mod shutdown;
pub mod slots;
pub mod stress;
pub mod threads;
pub mod types;
pub mod vm;

pub use taipan_object::format;
pub use taipan_object::str::intern::NameCell;
pub use taipan_object::{Dict, Heap, List, Raised, Ref, Str, Tuple, Type, Value};
pub use types::module::ModuleRef;
pub use vm::{State, SysConfig, SysFlags, Vm};

/// What fallible operations return: the value, or nothing but the news that an exception rests in the thread.
pub type Result<T = Value> = std::result::Result<T, Raised>;

/// An interned string constant, made once: `name!("append")`.
#[macro_export]
macro_rules! name {
    ($text:literal) => {{
        static NAME: $crate::NameCell = $crate::NameCell::new();
        NAME.get($text)
    }};
}

/// The immortal interned string with this text; see [`name!`].
pub fn interned(text: &str) -> &'static Ref<Str> {
    taipan_object::str::intern::constant(text)
}
