//! `str.encode`, `bytes.decode` and what they share: the common encodings at once, all others through `codecs`.

use super::units;
use crate::modules::codecs::Direction;
use crate::native::{FromArg, Place};
use crate::{Raised, Ref, Result, Str, Tuple, Value, Vm, errors, name};
use taipan_object::Bytes;
use taipan_text::codecs::{
    CodecError, DecodeFix, Decoded, EncodeFix, Encoded, Errors, Fail, Handler, Replacement, single, utf8,
};
use taipan_text::{TextBuf, Units};

/// The encodings that need no codec object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Known {
    Utf8,
    Latin1,
    Ascii,
}

impl taipan_object::Trace for Known {
    fn trace(&self, _: &mut taipan_object::Visitor<'_>) {}
}

impl Known {
    /// By name, as `codecs` normalizes it.
    pub fn from_name(encoding: &str) -> Option<Known> {
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

/// A parameter that is the name of an error handler, or `None`.
#[derive(Clone, Copy)]
pub struct OptionalName<'a>(pub Option<&'a str>);

impl<'a> FromArg<'a> for OptionalName<'a> {
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, place: Place) -> Result<Self> {
        match arg {
            None => Ok(OptionalName(None)),
            Some(v) if v.is_none() => Ok(OptionalName(None)),
            Some(v) if v.downcast::<Str>().is_some() => {
                let name = <&str>::from_arg(vm, arg, place)?;
                checked_name(vm, Some(name)).map(OptionalName)
            }
            Some(v) => Err(place.wrong_type(vm, "str or None", v)),
        }
    }
}

/// Error handlers that are registered with `codecs`; what codecs call back into.
pub struct Registered<'a> {
    /// For what a codec asks of Python objects besides.
    pub vm: &'a mut Vm,
    name: &'a str,
    /// What is being decoded or encoded.
    object: Value,
    function: Option<Value>,
}

impl<'a> Registered<'a> {
    /// The handler of a name for coding `object`; it is looked up when it is needed.
    pub fn new(vm: &'a mut Vm, name: &'a str, object: &Value) -> Registered<'a> {
        Registered { vm, name, object: object.clone(), function: None }
    }

    /// Calls the handler: its answer, and the exception it was given.
    fn ask(&mut self, class: Value, e: &CodecError, words: &str) -> Result<(Ref<Tuple>, Value)> {
        let vm = &mut *self.vm;
        let function = match &self.function {
            Some(f) => f.clone(),
            None => {
                let found = vm.lookup_error_handler(self.name)?;
                self.function.insert(found).clone()
            }
        };
        let exception = codec_exception(vm, class, &self.object, e)?;
        let answer = vm.call(&function, std::slice::from_ref(&exception))?;
        match answer.downcast::<Tuple>() {
            Some(pair) if pair.len() == 2 => Ok((pair.clone(), exception)),
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
            Some(bytes) if !input.is(&self.object) => {
                let copy = bytes.as_bytes().to_vec();
                self.object = input;
                Some(copy)
            }
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
            Ok(exception) => vm.raise_chained(exception),
            Err(raised) => raised,
        },
        Fail::Handler(raised) => raised,
        Fail::Position(at) => vm.raise_index_error(&format!("position {at} from error handler out of bounds")),
        Fail::NotForDecoding => vm.raise_type_error("don't know how to handle UnicodeDecodeError in error callback"),
        Fail::OutOfMemory => vm.raise_memory_error(),
    }
}

/// Runs a decoder on the bytes of an object, with the error handlers of Python.
pub fn decode_with(
    vm: &mut Vm,
    object: &Value,
    errors: Option<&str>,
    f: impl FnOnce(&[u8], Errors, &mut Registered<'_>) -> Decoded<Raised>,
) -> Result<(Ref<Str>, usize)> {
    let bytes = match object.downcast::<Bytes>() {
        Some(b) => b.clone(),
        None => {
            let copy = vm.bytes_of(object)?;
            vm.bytes_from_vec(copy)?
        }
    };
    let name = errors.unwrap_or("strict");
    let mut handler = Registered::new(vm, name, bytes.as_value());
    match f(bytes.as_bytes(), Errors::from_name(name), &mut handler) {
        Ok((text, used)) => Ok((vm.str_from_buf(text)?, used)),
        Err(fail) => {
            let object = handler.object.clone();
            Err(raise_fail(vm, errors::UNICODE_DECODE_ERROR.as_type().to_value(), &object, fail))
        }
    }
}

/// Runs an encoder on a string, with the error handlers of Python.
pub fn encode_with(
    vm: &mut Vm,
    text: &Ref<Str>,
    errors: Option<&str>,
    f: impl FnOnce(Units<'_>, Errors, &mut Registered<'_>) -> Encoded<Raised>,
) -> Result<Vec<u8>> {
    let name = errors.unwrap_or("strict");
    let mut handler = Registered::new(vm, name, text.as_value());
    match f(units(text), Errors::from_name(name), &mut handler) {
        Ok(bytes) => Ok(bytes),
        Err(fail) => Err(raise_fail(vm, errors::UNICODE_ENCODE_ERROR.as_type().to_value(), text.as_value(), fail)),
    }
}

/// In development mode, names are looked up even where nothing has to be coded.
#[cold]
fn check_names(vm: &mut Vm, encoding: Option<&str>, errors: Option<&str>) -> Result<()> {
    if let Some(encoding) = encoding.filter(|e| Known::from_name(e).is_none()) {
        vm.lookup_codec(encoding)?;
    }
    match errors {
        Some(errors) => vm.lookup_error_handler(errors).map(drop),
        None => Ok(()),
    }
}

/// Decodes bytes. `object` is what has them.
pub fn decode(vm: &mut Vm, object: &Value, encoding: Option<&str>, errors: Option<&str>) -> Result<Ref<Str>> {
    if vm.state().flags.dev_mode {
        check_names(vm, encoding, errors)?;
    }
    let Some(known) = Known::from_name(encoding.unwrap_or("utf-8")) else {
        return decode_by_codec(vm, object, encoding.unwrap_or("utf-8"), errors);
    };
    if let Some(bytes) = object.downcast::<Bytes>() {
        let input = bytes.as_bytes();
        if matches!(known, Known::Latin1) || input.is_ascii() {
            return vm.str_from_units(Units::from_latin1(input));
        }
    }
    let (text, _) = decode_with(vm, object, errors, |input, how, handler| match known {
        Known::Ascii => single::decode_ascii(input, how, handler),
        Known::Latin1 => Ok((single::decode_latin1(input)?, input.len())),
        Known::Utf8 => utf8::decode(input, how, true, handler),
    })?;
    Ok(text)
}

/// `str(object, encoding, errors)` of a bytes-like object.
pub fn decode_object(vm: &mut Vm, object: &Value, encoding: Option<&str>, errors: Option<&str>) -> Result<Ref<Str>> {
    if let Some(bytes) = object.downcast::<Bytes>() {
        if bytes.len() == 0 && !vm.state().flags.dev_mode {
            return Ok(vm.empty_str());
        }
        return decode(vm, object, encoding, errors);
    }
    let copy = vm.bytes_of(object)?;
    if copy.is_empty() && !vm.state().flags.dev_mode {
        return Ok(vm.empty_str());
    }
    let bytes = vm.bytes_from_vec(copy)?.into_value();
    decode(vm, &bytes, encoding, errors)
}

/// `text.encode(encoding, errors)`.
pub fn encode(vm: &mut Vm, text: &Ref<Str>, encoding: Option<&str>, errors: Option<&str>) -> Result {
    if vm.state().flags.dev_mode {
        check_names(vm, encoding, errors)?;
    }
    let Some(known) = Known::from_name(encoding.unwrap_or("utf-8")) else {
        return encode_by_codec(vm, text, encoding.unwrap_or("utf-8"), errors);
    };
    match (text.data(), known) {
        (taipan_object::StrData::Ascii(s), _) | (taipan_object::StrData::Latin1(s), Known::Latin1) => {
            return vm.new_bytes(s).map(Ref::into_value);
        }
        _ => {}
    }
    let bytes = encode_with(vm, text, errors, |text, how, handler| match known {
        Known::Ascii => single::encode_ascii(text, how, handler),
        Known::Latin1 => single::encode_latin1(text, how, handler),
        Known::Utf8 => utf8::encode(text, how, handler),
    })?;
    vm.bytes_from_vec(bytes).map(Ref::into_value)
}

/// Runs the codec that is registered for an encoding of text.
fn run_codec(
    vm: &mut Vm,
    object: &Value,
    encoding: &str,
    errors: Option<&str>,
    (direction, hint): (Direction, &str),
) -> Result {
    let info = vm.lookup_codec(encoding)?;
    if !info.ty().is(taipan_object::statics::TUPLE.as_type())
        && let Some(flag) = vm.get_attr_opt(info.as_value(), name!("_is_text_encoding"))?
        && !vm.is_truthy(&flag)?
    {
        let text = format!("'{encoding}' is not a text encoding; use {hint} to handle arbitrary codecs");
        return Err(vm.raise_class(errors::LOOKUP_ERROR.as_type(), &text));
    }
    vm.run_codec(&info, direction, object, encoding, errors)
}

fn decode_by_codec(vm: &mut Vm, object: &Value, encoding: &str, errors: Option<&str>) -> Result<Ref<Str>> {
    let answer = run_codec(vm, object, encoding, errors, (Direction::Decode, "codecs.decode()"))?;
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
    let answer = run_codec(vm, text.as_value(), encoding, errors, (Direction::Encode, "codecs.encode()"))?;
    if answer.downcast::<Bytes>().is_some() {
        return Ok(answer);
    }
    let text = format!(
        "'{encoding}' encoder returned '{}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
        answer.ty().name()
    );
    Err(vm.raise_type_error(&text))
}
