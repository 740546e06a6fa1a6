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
use super::{Mode, Options, SyntaxError, Warning};
use machine::Peg;

/// Why `text` is not a program. `first` is the last resort. `warnings` are those that it had found; what is read on the way
/// adds to them.
pub(super) fn explain(
    text: &str,
    mode: Mode,
    options: &Options,
    first: GaveUp,
    warnings: &mut Vec<Warning>,
) -> SyntaxError {
    if let Some(error) = first.version {
        return *error;
    }
    if first.too_deep || first.out_of_stack {
        return first.error(text);
    }
    let found = super::on_deep_stack(|| {
        let mut peg = Peg::new(text.as_bytes(), mode, options);
        let found = peg.explain();
        (found, peg.lex.warnings, peg.before_second, peg.warnings)
    });
    let Some((found, mut of_tokens, before_second, again)) = found else { return first.error(text) };
    let read_later = of_tokens.split_off(before_second.min(of_tokens.len()));
    warnings.append(&mut of_tokens);
    *warnings = super::distinct(std::mem::take(warnings));
    // The first parser may have read on to tokens that CPython comes to in its second pass.
    warnings.retain(|w| !read_later.contains(w));
    let mut read_later = read_later.into_iter();
    let mut read = before_second;
    for (when, warning) in again {
        warnings.extend(read_later.by_ref().take(when - read));
        read = when;
        warnings.push(warning);
    }
    warnings.extend(read_later);
    found.unwrap_or_else(|| first.error(text))
}
