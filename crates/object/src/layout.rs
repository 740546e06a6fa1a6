//! Compile-time checks that the leading fields of the built-in types stand at CPython 3.14's offsets.
//!
//! Each layout asserts its own row beside its definition; see the `const _` items of [`crate::header`],
//! [`crate::types`], [`crate::int`], [`crate::str`], [`crate::bytes`], [`crate::tuple`], [`crate::list`],
//! [`crate::dict`] and [`crate::set`].
