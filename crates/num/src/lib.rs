//! Numbers without a virtual machine: Python's int, float and complex arithmetic, their text forms, the format
//! mini-language, `math` and `cmath`, the Mersenne twister and binary packing.
//!
//! Everything here takes and returns plain Rust values. What Python would raise comes back as a [`NumError`], which
//! carries CPython's wording and exception type. Operations whose duration a program can choose take a [`Poll`].
#![forbid(unsafe_code)]

pub mod complex;
pub mod decimal;
pub mod error;
pub mod float;
pub mod format;
pub mod int;
pub mod math;
pub mod pack;
pub mod random;

pub use error::{ExceptionKind, NumError, Poll, Result, never};
pub use int::{IntBuf, IntView};
