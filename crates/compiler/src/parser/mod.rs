//! From source text to the tree of `ast`.
//!
//! Two parsers share one tokenizer. The first is a predictive recursive-descent parser (`stmt`, `expr`, `pattern`,
//! `strings`) that builds the tree, hardly backtracks, and on any trouble just gives up. Then the second one
//! (`errors`), an image of CPython's PEG with its rules for invalid code, goes over the tokens again to find the
//! message and the range that CPython gives. So valid programs never pay for diagnostics, and diagnostics need no
//! compromise with speed.
//!
//! Invariants: native recursion is bounded (`STACK`; programs that need more are parsed on another thread); chains (operators, calls, `elif`,
//! conditional expressions, unary operators) are parsed in loops.

mod core;
mod errors;
mod expr;
mod literal;
mod params;
mod pattern;
mod stmt;
mod strings;

use std::borrow::Cow;

use crate::ast;
pub use crate::error::{ErrorKind, SyntaxError, Warning};
use crate::source;

/// What the source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Exec,
    Eval,
    Single,
    FuncType,
}

#[derive(Clone, Debug)]
pub struct Options {
    /// Minor version of the language to accept, at most 14.
    pub feature_version: u8,
    pub type_comments: bool,
    /// `PyCF_DONT_IMPLY_DEDENT`: the last line of a block has to be closed by the source itself.
    pub dont_imply_dedent: bool,
    /// `PyCF_ALLOW_INCOMPLETE_INPUT`
    pub allow_incomplete_input: bool,
    /// `from __future__ import barry_as_FLUFL`
    pub barry_as_flufl: bool,
    /// The most digits a decimal integer may have (`sys.set_int_max_str_digits`), 0 for no limit.
    pub int_max_str_digits: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            feature_version: 14,
            type_comments: false,
            dont_imply_dedent: false,
            allow_incomplete_input: false,
            barry_as_flufl: false,
            int_max_str_digits: 4300,
        }
    }
}

/// A parsed program and the warnings to issue for it.
#[derive(Debug)]
struct Parsed {
    tree: ast::Mod,
    warnings: Vec<Warning>,
}

/// Parses decoded source text (see [`source::decode`] for bytes). Warnings are to be issued even before an error.
pub fn parse(text: &str, mode: Mode, options: &Options, warnings: &mut Vec<Warning>) -> Result<ast::Mod, SyntaxError> {
    if text.contains('\0') {
        return Err(SyntaxError::bare(ErrorKind::Syntax, source::NULL_BYTES));
    }
    if text.len() >= i32::MAX as usize {
        return Err(SyntaxError::bare(ErrorKind::Memory, ""));
    }
    let text: Cow<'_, str> = source::normalize_newlines(text, mode == Mode::Exec);
    let run = |stack: usize| core::Parser::new(text.as_bytes(), mode, options, stack).run();
    let parsed = match run(STACK) {
        Err(first) if first.out_of_stack => on_deep_stack(|| run(DEEP_STACK / 2)).unwrap_or(Err(first)),
        done => done,
    };
    match parsed {
        Ok(mut parsed) => {
            warnings.append(&mut parsed.warnings);
            Ok(parsed.tree)
        }
        Err(mut first) => {
            let mut all = std::mem::take(&mut first.warnings);
            let error = errors::explain(&text, mode, options, first, &mut all);
            if error.kind != ErrorKind::Memory {
                warnings.append(&mut all);
            }
            Err(error)
        }
    }
}

/// Warnings in the order in which they were found, each of them once.
fn distinct(mut warnings: Vec<Warning>) -> Vec<Warning> {
    let place = |w: &Warning| (w.at, w.lineno, w.as_error.lineno, w.as_error.offset);
    warnings.sort_by(|a, b| (place(a), &a.msg).cmp(&(place(b), &b.msg)));
    warnings.dedup_by(|a, b| place(a) == place(b) && a.msg == b.msg);
    warnings
}

/// How many bytes of the caller's native stack the parser uses before it moves to a stack of its own.
const STACK: usize = 512 << 10;

/// A stack of its own. Only what is used of it is ever taken.
const DEEP_STACK: usize = 256 << 20;

/// Runs `work` on a thread with a large stack; nothing if there is none to be had.
fn on_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(DEEP_STACK).spawn_scoped(scope, work).ok()?;
        thread.join().ok()
    })
}
