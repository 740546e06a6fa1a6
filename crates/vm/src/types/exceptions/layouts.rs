//! What instances of the exceptions with attributes of their own hold, behind the fields of [`BaseException`].

use super::BaseException;
use crate::errors::*;
use crate::{Ref, Str, Tuple, Value};
use taipan_macros::{Payload, Trace};

/// `StopIteration`.
#[derive(Trace, Payload)]
#[payload(class = STOP_ITERATION, base = base)]
#[repr(C)]
pub struct StopIteration {
    pub base: BaseException,
    /// What the generator returned.
    pub value: Option<Value>,
}

/// `SystemExit`.
#[derive(Trace, Payload)]
#[payload(class = SYSTEM_EXIT, base = base)]
#[repr(C)]
pub struct SystemExit {
    pub base: BaseException,
    /// The status, or a message.
    pub code: Option<Value>,
}

/// `AttributeError`.
#[derive(Trace, Payload)]
#[payload(class = ATTRIBUTE_ERROR, base = base)]
#[repr(C)]
pub struct AttributeError {
    pub base: BaseException,
    /// The object that lacks the attribute.
    pub obj: Option<Value>,
    /// The attribute.
    pub name: Option<Value>,
}

/// `NameError`, `UnboundLocalError`.
#[derive(Trace, Payload)]
#[payload(class = NAME_ERROR, base = base)]
#[repr(C)]
pub struct NameError {
    pub base: BaseException,
    /// The name.
    pub name: Option<Value>,
}

/// `ImportError`, `ModuleNotFoundError`.
#[derive(Trace, Payload)]
#[payload(class = IMPORT_ERROR, base = base)]
#[repr(C)]
pub struct ImportError {
    pub base: BaseException,
    pub msg: Option<Value>,
    /// The module.
    pub name: Option<Value>,
    /// The file that was to be loaded.
    pub path: Option<Value>,
    /// What the module does not have.
    pub name_from: Option<Value>,
}

/// `OSError` and its subclasses.
#[derive(Trace, Payload)]
#[payload(class = OS_ERROR, base = base)]
#[repr(C)]
pub struct OsError {
    pub base: BaseException,
    pub errno: Option<Value>,
    pub strerror: Option<Value>,
    pub filename: Option<Value>,
    pub filename2: Option<Value>,
    /// `characters_written`, for `BlockingIOError`.
    pub written: Option<isize>,
}

/// `SyntaxError` and its subclasses.
#[derive(Trace, Payload)]
#[payload(class = SYNTAX_ERROR, base = base)]
#[repr(C)]
pub struct SyntaxError {
    pub base: BaseException,
    pub msg: Option<Value>,
    pub filename: Option<Value>,
    pub lineno: Option<Value>,
    pub offset: Option<Value>,
    pub end_lineno: Option<Value>,
    pub end_offset: Option<Value>,
    pub text: Option<Value>,
    pub print_file_and_line: Option<Value>,
    pub metadata: Option<Value>,
}

/// What the three codec errors hold; nothing before `__init__`.
#[derive(Trace, Default)]
pub struct CodecFailure {
    pub encoding: Option<Value>,
    /// The bytes or the string that could not be converted.
    pub object: Option<Value>,
    pub start: isize,
    pub end: isize,
    pub reason: Option<Value>,
}

/// `UnicodeDecodeError`.
#[derive(Trace, Payload)]
#[payload(class = UNICODE_DECODE_ERROR, base = base)]
#[repr(C)]
pub struct UnicodeDecodeError {
    pub base: BaseException,
    pub failure: CodecFailure,
}

/// `UnicodeEncodeError`.
#[derive(Trace, Payload)]
#[payload(class = UNICODE_ENCODE_ERROR, base = base)]
#[repr(C)]
pub struct UnicodeEncodeError {
    pub base: BaseException,
    pub failure: CodecFailure,
}

/// `UnicodeTranslateError`.
#[derive(Trace, Payload)]
#[payload(class = UNICODE_TRANSLATE_ERROR, base = base)]
#[repr(C)]
pub struct UnicodeTranslateError {
    pub base: BaseException,
    pub failure: CodecFailure,
}

/// `BaseExceptionGroup`, `ExceptionGroup`.
#[derive(Trace, Payload)]
#[payload(class = BASE_EXCEPTION_GROUP, base = base)]
#[repr(C)]
pub struct ExceptionGroup {
    pub base: BaseException,
    pub message: Ref<Str>,
    pub exceptions: Ref<Tuple>,
    /// How the sequence that was given showed itself, where it was neither a list nor a tuple.
    pub shown: Option<Ref<Str>>,
}
