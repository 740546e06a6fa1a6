//! The built-in error handlers of codecs, as functions that Python code can call with an exception.
//!
//! Codecs themselves answer these names without an exception object; see `taipan_text::codecs`.

use crate::errors::BASE_EXCEPTION;
use crate::native::FnDef;
use crate::types::exceptions::{CodecFailure, UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError};
use crate::types::str::units;
use crate::{Ref, Result, Str, Value, Vm};
use taipan_macros::module;
use taipan_object::Bytes;
use taipan_text::TextBuf;
use taipan_text::codecs::{CodecError, Errors, Fail, Replacement, builtin_decode, builtin_encode};

/// The functions, as a table.
struct Handlers;

/// What an exception says about where coding failed.
enum Failure {
    Encode(Ref<Str>, CodecError),
    Decode(Ref<Bytes>, CodecError),
    Translate(Ref<Str>, CodecError),
}

/// Start and end brought into an object of this length, as the getters of exceptions do.
fn fitted(f: &CodecFailure, len: usize) -> (usize, usize) {
    let start = usize::try_from(f.start).unwrap_or(0).min(len.saturating_sub(1));
    let end = usize::try_from(f.end).unwrap_or(0).max(1).min(len);
    (start, end)
}

fn text_of(vm: &mut Vm, v: Option<&Value>, attribute: &str) -> Result<Ref<Str>> {
    match v {
        Some(v) => match v.downcast::<Str>() {
            Some(s) => Ok(s.clone()),
            None => Err(vm.raise_type_error(&format!("UnicodeError '{attribute}' attribute must be a string"))),
        },
        None => Err(vm.raise_type_error(&format!("UnicodeError '{attribute}' attribute is not set"))),
    }
}

fn failure(vm: &mut Vm, exception: &Value) -> Result<Failure> {
    let take = |f: &CodecFailure| (f.object.clone(), f.encoding.clone(), fitted_parts(f));
    let (object, encoding, at, kind) = if let Some(e) = exception.downcast::<UnicodeEncodeError>() {
        let (o, e, at) = take(&e.get(vm).failure);
        (o, e, at, 0)
    } else if let Some(e) = exception.downcast::<UnicodeDecodeError>() {
        let (o, e, at) = take(&e.get(vm).failure);
        (o, e, at, 1)
    } else if let Some(e) = exception.downcast::<UnicodeTranslateError>() {
        let (o, e, at) = take(&e.get(vm).failure);
        (o, e, at, 2)
    } else {
        return Err(vm.raise_unknown_codec_error(exception));
    };
    let encoding = match kind {
        2 => String::new(),
        _ => text_of(vm, encoding.as_ref(), "encoding")?.to_string_lossy(),
    };
    if kind == 1 {
        let Some(bytes) = object.as_ref().and_then(|o| o.downcast::<Bytes>()) else {
            return Err(vm.raise_type_error("UnicodeError 'object' attribute must be a bytes"));
        };
        let (start, end) = fitted(&at, bytes.len());
        return Ok(Failure::Decode(bytes.clone(), error(encoding, start, end)));
    }
    let text = text_of(vm, object.as_ref(), "object")?;
    let (start, end) = fitted(&at, text.len());
    let error = error(encoding, start, end);
    Ok(if kind == 0 { Failure::Encode(text, error) } else { Failure::Translate(text, error) })
}

fn fitted_parts(f: &CodecFailure) -> CodecFailure {
    CodecFailure { start: f.start, end: f.end, ..CodecFailure::default() }
}

fn error(encoding: String, start: usize, end: usize) -> CodecError {
    CodecError { encoding: encoding.into(), start, end, reason: "".into() }
}

fn pair(vm: &mut Vm, what: Value, resume: isize) -> Result {
    let resume = vm.new_int(resume as i64)?;
    vm.new_tuple(vec![what, resume]).map(Ref::into_value)
}

fn answer_text(vm: &mut Vm, text: TextBuf, resume: isize) -> Result {
    let text = vm.str_from_buf(text)?.into_value();
    pair(vm, text, resume)
}

fn reraise(vm: &mut Vm, exception: &Value, fail: Fail<()>) -> Result {
    Err(match fail {
        Fail::OutOfMemory => vm.raise_memory_error(),
        Fail::NotForDecoding => vm.raise_unknown_codec_error(exception),
        _ => vm.raise_chained(exception.clone()),
    })
}

fn handle(vm: &mut Vm, exception: &Value, errors: Errors) -> Result {
    match failure(vm, exception)? {
        Failure::Encode(text, mut e) => {
            if e.start >= e.end {
                let resume = if errors == Errors::NameReplace { e.start.max(e.end) } else { e.end };
                return match errors {
                    Errors::SurrogatePass => Err(vm.raise_chained(exception.clone())),
                    Errors::SurrogateEscape => {
                        let none = vm.new_bytes(b"")?.into_value();
                        pair(vm, none, resume as isize)
                    }
                    _ => answer_text(vm, TextBuf::new(), resume as isize),
                };
            }
            e.end = e.end.min(text.len());
            match builtin_encode(errors, &e, units(&text)) {
                Ok(fix) => match fix.with {
                    Replacement::Text(text) => answer_text(vm, text, fix.resume),
                    Replacement::Bytes(bytes) => {
                        let bytes = vm.new_bytes(&bytes)?.into_value();
                        pair(vm, bytes, fix.resume)
                    }
                },
                Err(fail) => reraise(vm, exception, fail),
            }
        }
        Failure::Decode(bytes, e) => match builtin_decode(errors, &e, bytes.as_bytes()) {
            Ok(fix) => answer_text(vm, fix.text, fix.resume),
            Err(fail) => reraise(vm, exception, fail),
        },
        Failure::Translate(text, e) => {
            let mut out = TextBuf::new();
            let bad = units(&text).slice(e.start.min(e.end)..e.end);
            let made = match errors {
                Errors::Ignore => Ok(()),
                Errors::Replace => out.push_fill(0xFFFD, bad.len()),
                Errors::BackslashReplace => match builtin_encode(errors, &e, units(&text)) {
                    Ok(fix) => match fix.with {
                        Replacement::Text(text) => out.push_units(text.units()),
                        Replacement::Bytes(_) => Ok(()),
                    },
                    Err(fail) => return reraise(vm, exception, fail),
                },
                _ => return Err(vm.raise_unknown_codec_error(exception)),
            };
            match made {
                Ok(()) => answer_text(vm, out, e.end as isize),
                Err(_) => Err(vm.raise_memory_error()),
            }
        }
    }
}

#[module(name = "_codecs")]
impl Handlers {
    /// Raises the error: what cannot be coded is an exception.
    #[function("($self, object, /)")]
    fn strict_errors(vm: &mut Vm, exception: &Value) -> Result {
        if exception.ty().is_subtype(BASE_EXCEPTION.as_type()) {
            return Err(vm.raise_chained(exception.clone()));
        }
        Err(vm.raise_type_error("codec must pass exception instance"))
    }

    /// Leaves out what cannot be coded.
    #[function("($self, object, /)")]
    fn ignore_errors(vm: &mut Vm, exception: &Value) -> Result {
        handle(vm, exception, Errors::Ignore)
    }

    /// Puts a replacement character where something cannot be coded.
    #[function("($self, object, /)")]
    fn replace_errors(vm: &mut Vm, exception: &Value) -> Result {
        handle(vm, exception, Errors::Replace)
    }

    /// Writes what cannot be coded as a backslash escape.
    #[function("($self, object, /)")]
    fn backslashreplace_errors(vm: &mut Vm, exception: &Value) -> Result {
        handle(vm, exception, Errors::BackslashReplace)
    }

    /// Writes what cannot be encoded as an XML character reference.
    #[function("($self, object, /)")]
    fn xmlcharrefreplace_errors(vm: &mut Vm, exception: &Value) -> Result {
        handle(vm, exception, Errors::XmlCharRefReplace)
    }

    /// Writes what cannot be encoded as a named escape.
    #[function("($self, object, /)")]
    fn namereplace_errors(vm: &mut Vm, exception: &Value) -> Result {
        handle(vm, exception, Errors::NameReplace)
    }

    #[function("($self, object, /)")]
    fn surrogateescape(vm: &mut Vm, exception: &Value) -> Result {
        handle(vm, exception, Errors::SurrogateEscape)
    }

    #[function("($self, object, /)")]
    fn surrogatepass(vm: &mut Vm, exception: &Value) -> Result {
        handle(vm, exception, Errors::SurrogatePass)
    }
}

/// The table of the functions.
pub fn functions() -> &'static [FnDef] {
    Handlers::module_def().functions
}

/// The name that a function is registered under.
pub fn handler_name(function: &'static str) -> &'static str {
    function.strip_suffix("_errors").unwrap_or(function)
}
