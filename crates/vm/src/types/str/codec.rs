//! `str.encode`, `bytes.decode` and what they share: the common encodings at once, all others through `codecs`.

use super::units;
use crate::native::{FromArg, Place};
use crate::{Raised, Ref, Result, Str, Tuple, Value, Vm, errors, name};
use taipan_object::Bytes;
use taipan_text::codecs::{CodecError, DecodeFix, EncodeFix, Errors, Fail, Handler, Replacement, single, utf8};
use taipan_text::{TextBuf, Units};

/// The encodings that need no codec object.
#[derive(Clone, Copy)]
enum Known {
    Utf8,
    Latin1,
    Ascii,
}

impl Known {
    fn from_name(encoding: &str) -> Option<Known> {
        let mut name = [0u8; 12];
        if encoding.len() > name.len() {
            return None;
        }
        for (to, from) in name.iter_mut().zip(encoding.bytes()) {
            *to = if from == b'-' || from == b' ' { b'_' } else { from.to_ascii_lowercase() };
        }
        match &name[..encoding.len()] {
            b"utf_8" | b"utf8" => Some(Known::Utf8),
            b"latin_1" | b"latin1" | b"iso_8859_1" | b"iso8859_1" => Some(Known::Latin1),
            b"ascii" | b"us_ascii" => Some(Known::Ascii),
            _ => None,
        }
    }
}

/// The name of an encoding or error handler: no U+0000 in it.
pub fn checked_name<'a>(vm: &mut Vm, name: Option<&'a str>) -> Result<Option<&'a str>> {
    match name {
        Some(name) if name.contains('\0') => Err(vm.raise_value_error("embedded null character")),
        name => Ok(name),
    }
}

/// An argument that names an encoding or error handler.
pub fn name_argument<'a>(vm: &mut Vm, v: Option<&'a Value>, place: Place) -> Result<Option<&'a str>> {
    let name = <Option<&str>>::from_arg(vm, v, place)?;
    checked_name(vm, name)
}

/// Error handlers that are registered with `codecs`.
struct Registered<'a> {
    vm: &'a mut Vm,
    name: &'a str,
    /// What is being decoded or encoded.
    object: &'a Value,
    function: Option<Value>,
}

impl Registered<'_> {
    /// Calls the handler: its answer, and the exception it was given.
    fn ask(&mut self, class: Value, e: &CodecError, words: &str) -> Result<(Ref<Tuple>, Value)> {
        let vm = &mut *self.vm;
        if self.function.is_none() {
            let codecs = vm.import("_codecs")?;
            let name = vm.new_str(self.name)?.into_value();
            self.function = Some(vm.call_method(&codecs, name!("lookup_error"), &[name])?);
        }
        let function = self.function.clone().unwrap_or_else(Value::none);
        let exception = codec_exception(vm, class, self.object, e)?;
        let answer = vm.call(&function, std::slice::from_ref(&exception))?;
        match answer.downcast::<Tuple>() {
            Some(pair) if pair.len() == 2 && pair.items()[1].as_int().is_some() => Ok((pair.clone(), exception)),
            _ => Err(vm.raise_type_error(words)),
        }
    }
}

impl Handler for Registered<'_> {
    type Error = Raised;

    fn decode(&mut self, error: &CodecError, _input: &[u8]) -> std::result::Result<DecodeFix, Fail<Raised>> {
        const WORDS: &str = "decoding error handler must return (str, int) tuple";
        let (pair, exception) =
            self.ask(errors::UNICODE_DECODE_ERROR.as_type().to_value(), error, WORDS).map_err(Fail::Handler)?;
        let vm = &mut *self.vm;
        let Some(text) = pair.items()[0].downcast::<Str>() else {
            return Err(Fail::Handler(vm.raise_type_error(WORDS)));
        };
        let resume = vm.to_index_isize(&pair.items()[1]).map_err(Fail::Handler)?;
        let input = vm.get_attr(&exception, name!("object")).map_err(Fail::Handler)?;
        let input = match input.downcast::<Bytes>() {
            Some(bytes) if !input.is(self.object) => Some(bytes.as_bytes().to_vec()),
            Some(_) => None,
            None => return Err(Fail::Handler(vm.raise_type_error("object attribute must be bytes"))),
        };
        Ok(DecodeFix { text: TextBuf::from_units(units(text))?, resume, input })
    }

    fn encode(&mut self, error: &CodecError, _text: Units<'_>) -> std::result::Result<EncodeFix, Fail<Raised>> {
        const WORDS: &str = "encoding error handler must return (str/bytes, int) tuple";
        let (pair, _) =
            self.ask(errors::UNICODE_ENCODE_ERROR.as_type().to_value(), error, WORDS).map_err(Fail::Handler)?;
        let vm = &mut *self.vm;
        let with = if let Some(text) = pair.items()[0].downcast::<Str>() {
            Replacement::Text(TextBuf::from_units(units(text))?)
        } else if let Some(bytes) = pair.items()[0].downcast::<Bytes>() {
            Replacement::Bytes(bytes.as_bytes().to_vec())
        } else {
            return Err(Fail::Handler(vm.raise_type_error(WORDS)));
        };
        let resume = vm.to_index_isize(&pair.items()[1]).map_err(Fail::Handler)?;
        Ok(EncodeFix { with, resume })
    }
}

fn codec_exception(vm: &mut Vm, class: Value, object: &Value, e: &CodecError) -> Result {
    let encoding = vm.new_str(&e.encoding)?.into_value();
    let reason = vm.new_str(&e.reason)?.into_value();
    let (start, end) = (vm.new_int(e.start as i64)?, vm.new_int(e.end as i64)?);
    vm.call(&class, &[encoding, object.clone(), start, end, reason])
}

/// Raises what stopped a codec; `class` is `UnicodeDecodeError` or `UnicodeEncodeError`.
pub fn raise_fail(vm: &mut Vm, class: Value, object: &Value, fail: Fail<Raised>) -> Raised {
    match fail {
        Fail::Codec(e) => match codec_exception(vm, class, object, &e) {
            Ok(exception) => vm.raise(exception),
            Err(raised) => raised,
        },
        Fail::Handler(raised) => raised,
        Fail::Position(at) => vm.raise_index_error(&format!("position {at} from error handler out of bounds")),
        Fail::NotForDecoding => vm.raise_type_error("don't know how to handle UnicodeDecodeError in error callback"),
        Fail::OutOfMemory => vm.raise_memory_error(),
    }
}

/// Decodes bytes. `object` is what has them.
pub fn decode(vm: &mut Vm, object: &Value, encoding: Option<&str>, errors: Option<&str>) -> Result<Ref<Str>> {
    let Some(known) = Known::from_name(encoding.unwrap_or("utf-8")) else {
        return decode_by_codec(vm, object, encoding.unwrap_or("utf-8"), errors);
    };
    let bytes = match object.downcast::<Bytes>() {
        Some(b) => b.clone(),
        None => {
            let copy = vm.bytes_of(object)?;
            vm.new_bytes(&copy)?
        }
    };
    let input = bytes.as_bytes();
    if matches!(known, Known::Latin1) || input.is_ascii() {
        return vm.str_from_units(Units::from_latin1(input));
    }
    let name = errors.unwrap_or("strict");
    let how = Errors::from_name(name);
    let mut handler = Registered { vm, name, object: bytes.as_value(), function: None };
    let made = match known {
        Known::Ascii => single::decode_ascii(input, how, &mut handler),
        _ => utf8::decode(input, how, true, &mut handler),
    };
    match made {
        Ok((text, _)) => vm.str_from_buf(text),
        Err(fail) => Err(raise_fail(vm, errors::UNICODE_DECODE_ERROR.as_type().to_value(), bytes.as_value(), fail)),
    }
}

/// `str(object, encoding, errors)` of a bytes-like object.
pub fn decode_object(vm: &mut Vm, object: &Value, encoding: Option<&str>, errors: Option<&str>) -> Result<Ref<Str>> {
    if object.downcast::<Bytes>().is_some() {
        return decode(vm, object, encoding, errors);
    }
    let copy = vm.bytes_of(object)?;
    let bytes = vm.new_bytes(&copy)?.into_value();
    decode(vm, &bytes, encoding, errors)
}

/// `text.encode(encoding, errors)`.
pub fn encode(vm: &mut Vm, text: &Ref<Str>, encoding: Option<&str>, errors: Option<&str>) -> Result {
    let Some(known) = Known::from_name(encoding.unwrap_or("utf-8")) else {
        return encode_by_codec(vm, text, encoding.unwrap_or("utf-8"), errors);
    };
    match (text.data(), known) {
        (taipan_object::StrData::Ascii(s), _) | (taipan_object::StrData::Latin1(s), Known::Latin1) => {
            return vm.new_bytes(s).map(Ref::into_value);
        }
        _ => {}
    }
    let name = errors.unwrap_or("strict");
    let how = Errors::from_name(name);
    let mut handler = Registered { vm, name, object: text.as_value(), function: None };
    let made = match known {
        Known::Ascii => single::encode_ascii(units(text), how, &mut handler),
        Known::Latin1 => single::encode_latin1(units(text), how, &mut handler),
        Known::Utf8 => utf8::encode(units(text), how, &mut handler),
    };
    match made {
        Ok(bytes) => vm.new_bytes(&bytes).map(Ref::into_value),
        Err(fail) => Err(raise_fail(vm, errors::UNICODE_ENCODE_ERROR.as_type().to_value(), text.as_value(), fail)),
    }
}

/// Runs the codec that is registered for an encoding of text.
fn run_codec(
    vm: &mut Vm,
    object: &Value,
    encoding: &str,
    errors: Option<&str>,
    (direction, hint): (&Ref<Str>, &str),
) -> Result {
    let codecs = vm.import("_codecs")?;
    let name = vm.new_str(encoding)?.into_value();
    let info = vm.call_method(&codecs, name!("lookup"), &[name])?;
    if let Some(flag) = vm.get_attr_opt(&info, name!("_is_text_encoding"))?
        && !vm.is_truthy(&flag)?
    {
        let text = format!("'{encoding}' is not a text encoding; use {hint} to handle arbitrary codecs");
        return Err(vm.raise_class(errors::LOOKUP_ERROR.as_type(), &text));
    }
    let function = vm.get_attr(&info, direction)?;
    let answer = match errors {
        None => vm.call(&function, std::slice::from_ref(object))?,
        Some(errors) => {
            let errors = vm.new_str(errors)?.into_value();
            vm.call(&function, &[object.clone(), errors])?
        }
    };
    match answer.downcast::<Tuple>() {
        Some(pair) if pair.len() == 2 => Ok(pair.items()[0].clone()),
        _ => {
            let role = if hint == "codecs.encode()" { "encoder" } else { "decoder" };
            Err(vm.raise_type_error(&format!("{role} must return a tuple (object, integer)")))
        }
    }
}

fn decode_by_codec(vm: &mut Vm, object: &Value, encoding: &str, errors: Option<&str>) -> Result<Ref<Str>> {
    let answer = run_codec(vm, object, encoding, errors, (name!("decode"), "codecs.decode()"))?;
    match answer.downcast::<Str>() {
        Some(s) => Ok(s.clone()),
        None => {
            let text = format!(
                "'{encoding}' decoder returned '{}' instead of 'str'; use codecs.decode() to decode to arbitrary types",
                answer.ty().name()
            );
            Err(vm.raise_type_error(&text))
        }
    }
}

fn encode_by_codec(vm: &mut Vm, text: &Ref<Str>, encoding: &str, errors: Option<&str>) -> Result {
    let answer = run_codec(vm, text.as_value(), encoding, errors, (name!("encode"), "codecs.encode()"))?;
    if answer.downcast::<Bytes>().is_some() {
        return Ok(answer);
    }
    let text = format!(
        "'{encoding}' encoder returned '{}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
        answer.ty().name()
    );
    Err(vm.raise_type_error(&text))
}
