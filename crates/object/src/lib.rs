//! The unsafe core: the value word, heap objects and their layouts, reference counts, the cyclic collector.
//!
//! Everything above this crate is written against a safe interface: a [`Value`] owns one reference, a [`Ref`] is a
//! value whose layout is known, and what an object holds is reached through a borrow of the [`Heap`], the token that
//! proves that this thread holds the interpreter's lock and that no Python code runs while the borrow lives.
//!
//! Invariants
//! - A heap object's memory is `prefix | Header | payload | slots | inline values`; see [`header`] and [`instance`].
//! - Dropping a [`Value`] never runs Python code; see [`release`].
//! - Interpreters with heaps of their own run at once; what they share is immortal and never changes; see [`shared`].
//! - Payload types list their references through [`Trace`], which is derived, so that no field can be forgotten.
#![deny(clippy::undocumented_unsafe_blocks)]

pub mod alloc;
#[cfg(feature = "allocator")]
pub mod allocator;
pub mod byte_buffer;
pub mod bytes;
pub mod check;
pub mod dict;
pub mod fixed;
pub mod gc;
pub mod header;
pub mod heap;
#[cfg(feature = "allocator")]
pub mod image;
pub mod instance;
pub mod int;
pub mod large;
pub mod late;
pub mod layout;
pub mod list;
pub mod name_hash;
pub mod names;
#[cfg(feature = "allocator")]
mod pages;
pub mod refs;
pub mod release;
#[cfg(feature = "allocator")]
mod reserve;
pub mod room;
pub mod set;
pub mod shared;
#[cfg(feature = "allocator")]
pub mod start;
pub mod statics;
pub mod str;
pub mod token;
pub mod trace;
pub mod tuple;
pub mod types;
pub mod value;
pub mod watch;
pub mod weak;

pub use bytes::Bytes;
pub use dict::Dict;
pub use header::Header;
pub use heap::{Heap, Raised};
pub use int::{Int, IntRef};
pub use list::List;
pub use refs::{Downcast, Frozen, Guarded, Payload, Ref};
pub use set::{FrozenSet, FrozenSetRef, Set};
pub use statics::{ELLIPSIS, FALSE, NONE, NOT_IMPLEMENTED, TRUE};
pub use str::{Str, StrData, StrText};
pub use trace::{Trace, Visitor};
pub use tuple::Tuple;
pub use types::{Namespace, Single, Type, TypeCell, TypeFlags};
pub use value::Value;
pub use weak::WeakRef;
