//! Algorithms over Python text and bytes that need no virtual machine.
//!
//! Text is borrowed as [`Units`]: code points in units of 1, 2 or 4 bytes (PEP 393), lone surrogates included. Results
//! are a [`TextBuf`], which is always as narrow as its contents allow, a `Vec<u8>`, or positions counted in code
//! points. `bytes` share the searching, splitting and replacing of text: they are passed as `Units::Latin1`.
//!
//! Nothing here panics on any input, and everything whose size a program can choose allocates fallibly and answers
//! [`OutOfMemory`]. What CPython words in an error message is kept here as text, so that callers only raise it.
#![forbid(unsafe_code)]

pub mod ascii_codecs;
pub mod base64;
pub mod buf;
pub mod byte_search;
pub mod bytes;
pub mod case;
pub mod codecs;
pub mod format;
pub mod hash;
pub mod hex;
pub mod names;
pub mod normalize;
pub mod ops;
pub mod percent;
pub mod predicates;
pub mod props;
pub mod repr;
pub mod search;
pub mod split;
pub mod ucd;
pub mod units;

pub use buf::TextBuf;
pub use units::{OutOfMemory, Unit, Units};
