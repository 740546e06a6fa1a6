//! The second parser: an image of CPython's grammar with its rules for invalid code, for programs that the first one
//! refused. It builds just enough of a tree for the messages.
//!
//! CPython parses twice. In the first pass the ordinary rules fail, having looked at tokens up to some point; in the
//! second the `invalid_` rules raise the first message that applies; if none does, the error is at the last token of the
//! first pass. What is remembered between attempts (`memo`) is exactly what CPython remembers, since a rule that was
//! tried with the `invalid_` rules switched off is not tried again.
//!
//! Rejected: deriving messages from the first parser's state. The messages depend on the order in which a backtracking
//! parser tries things, which no predictive parser has.

mod atoms;
mod expressions;
mod invalid;
mod machine;
mod parameters;
mod patterns;
mod statements;
mod targets;

use super::core::GaveUp;
use super::{ErrorKind, Mode, Options, SyntaxError};
use machine::Peg;

/// Native stack for the second parser. Only what is used of it is ever taken.
const STACK: usize = 256 << 20;

/// Why `text` is not a program. `first` is the last resort.
pub(super) fn explain(text: &str, mode: Mode, options: &Options, first: GaveUp) -> SyntaxError {
    if first.too_deep {
        return first.error(text);
    }
    let found = std::thread::scope(|scope| {
        let worker = std::thread::Builder::new().stack_size(STACK);
        match worker.spawn_scoped(scope, || Peg::new(text.as_bytes(), mode, options).explain()) {
            Ok(thread) => thread.join().ok().flatten(),
            Err(_) => None,
        }
    });
    found.unwrap_or_else(|| first.error(text))
}
