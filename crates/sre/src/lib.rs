//! The engine behind `re`: it runs the code arrays that the standard library's `re._compiler` produces.
//!
//! The engine is a backtracking matcher, since the order in which `re` finds matches, and what its groups then hold,
//! is that of backtracking. Alternatives considered: automata cannot do backreferences, lookaround or possessive
//! repeats and would have to agree with backtracking in every detail elsewhere; running the words of the code array
//! directly costs a decoding at every step and a check at every operand.
//!
//! - [`Program`] is a code array, validated and decoded once. Malformed code is an error there, never a panic later.
//! - [`Matcher`] runs a program. Its stacks lie on the heap: nesting and backtracking are bounded by memory only, and
//!   running out of that is an error. It polls its caller now and then, and an interrupted run can be resumed.
//! - Text comes as slices of one, two or four byte units, each one character; the matcher is compiled once for each.
//! - Unicode comes from `taipan-text`; the C locale comes in through [`Locale`].
//!
//! Results are those of CPython 3.14, quirks included. The matcher only leaves out attempts that must fail without
//! a trace.

#![forbid(unsafe_code)]

mod analyse;
mod chars;
mod constants;
mod decode;
mod exec;
mod matcher;
mod program;
mod set;
mod template;
mod unit;

pub use chars::{Locale, ascii_iscased, ascii_tolower, unicode_iscased, unicode_tolower};
pub use constants::{CODESIZE, MAGIC, MAXGROUPS, MAXREPEAT};
pub use matcher::{MatchError, Matcher, Mode, Outcome, Request, Text};
pub use program::{InvalidCode, Program};
pub use template::{Piece, Template};
