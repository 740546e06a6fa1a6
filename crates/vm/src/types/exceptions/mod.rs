//! The exception types, by what their instances hold. The hierarchy itself is in [`crate::errors`].

pub mod base;
pub mod group;
mod layouts;
mod members;
pub mod os;
pub mod simple;
pub mod syntax;
pub mod unicode;

pub use base::BaseException;
pub use layouts::*;
