//! What the front end reports: errors and warnings with CPython's words and ranges.

use std::borrow::Cow;

/// The class of exception to raise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    Syntax,
    Indentation,
    Tab,
    /// `_IncompleteInputError`, only with `Options::allow_incomplete_input`.
    IncompleteInput,
    /// `MemoryError`: the parser's own stack is exhausted.
    Memory,
    /// `RecursionError`.
    Recursion,
    /// `ValueError`.
    Value,
    /// `UnicodeDecodeError` of `unicodeescape`: the message is the reason, the text is what was decoded, the offsets are the
    /// place in it.
    UnicodeDecode,
    /// `TypeError`: only for trees that no parser makes.
    Type,
    /// `OverflowError`.
    Overflow,
    /// `SystemError`: a tree that no parser makes.
    System,
    /// `RuntimeError`.
    Runtime,
}

impl ErrorKind {
    pub const fn class_name(self) -> &'static str {
        match self {
            ErrorKind::Syntax => "SyntaxError",
            ErrorKind::Indentation => "IndentationError",
            ErrorKind::Tab => "TabError",
            ErrorKind::IncompleteInput => "_IncompleteInputError",
            ErrorKind::Memory => "MemoryError",
            ErrorKind::Recursion => "RecursionError",
            ErrorKind::Value => "ValueError",
            ErrorKind::UnicodeDecode => "UnicodeDecodeError",
            ErrorKind::Type => "TypeError",
            ErrorKind::Overflow => "OverflowError",
            ErrorKind::System => "SystemError",
            ErrorKind::Runtime => "RuntimeError",
        }
    }
}

/// An exception to raise. Lines and offsets (in characters) count from 1; the odd values (0, -1, `None`) are those that
/// CPython puts in the attributes of the exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub kind: ErrorKind,
    pub msg: Cow<'static, str>,
    pub lineno: Option<i32>,
    pub offset: Option<i32>,
    pub end_lineno: Option<i32>,
    pub end_offset: Option<i32>,
    /// The line of source on which the error lies.
    pub text: Option<String>,
    /// What the parser knows of the program around it.
    pub around: Option<Box<Around>>,
    /// Whether the place is set on the exception once it is made: `args` holds the message alone.
    pub late_place: bool,
}

/// What the parser knows of a program that has a syntax error: from it `traceback` looks for words that were misspelt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Around {
    /// Line and column of the last compound statement before the error, zeros if there is none.
    pub statement: (i32, i32),
    /// The program, unless it can be read again from its file.
    pub source: Option<String>,
}

impl SyntaxError {
    /// An error without a place.
    pub fn bare(kind: ErrorKind, msg: impl Into<Cow<'static, str>>) -> Self {
        SyntaxError {
            kind,
            msg: msg.into(),
            lineno: None,
            offset: None,
            end_lineno: None,
            end_offset: None,
            text: None,
            around: None,
            late_place: false,
        }
    }
}

impl std::fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.kind.class_name(), self.msg)?;
        match self.lineno {
            Some(line) => write!(f, " (line {line})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for SyntaxError {}

/// A `SyntaxWarning` to issue, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub msg: String,
    pub lineno: i32,
    /// Up to where the source had been read, by which the parser's warnings are ordered.
    pub at: u32,
    /// What to raise instead when the warning filters make an error of it.
    pub as_error: Box<SyntaxError>,
}
