//! Between the bytes of the buffer and the text of the user.
//!
//! UTF-8, Latin-1 and ASCII are coded here; all other encodings by the incremental coders that `codecs` knows.

use crate::common;
use crate::newline::decoder_state;
use taipan_macros::Trace;
use taipan_object::{Bytes, Raised, StrData};
use taipan_text::Units;
use taipan_text::codecs::{single, utf8};
use taipan_vm::errors::LOOKUP_ERROR;
use taipan_vm::types::str::codec::{Known, decode_with, encode_with};
use taipan_vm::{Ref, Result, Str, Value, Vm, name};

/// What turns bytes into text.
#[derive(Trace)]
pub enum Decoder {
    /// With the bytes of a character that is not complete.
    Native(Known, Vec<u8>),
    Object(Value),
}

/// What turns text into bytes.
#[derive(Trace, Clone)]
pub enum Encoder {
    Native(Known),
    Object(Value),
}

/// The incremental coders for an encoding.
pub fn coders(
    vm: &mut Vm,
    encoding: &Ref<Str>,
    errors: &Ref<Str>,
    (read, write): (bool, bool),
) -> Result<(Option<Decoder>, Option<Encoder>)> {
    let name = encoding.to_string_lossy();
    if let Some(known) = Known::from_name(&name) {
        return Ok((read.then(|| Decoder::Native(known, Vec::new())), write.then_some(Encoder::Native(known))));
    }
    let info = vm.lookup_codec(&name)?.into_value();
    if let Some(flag) = vm.get_attr_opt(&info, name!("_is_text_encoding"))?
        && !vm.is_truthy(&flag)?
    {
        let text = format!("'{name}' is not a text encoding");
        return Err(vm.raise_class(LOOKUP_ERROR.as_type(), &text));
    }
    let coder = |vm: &mut Vm, which: &Ref<Str>| {
        let make = vm.get_attr(&info, which)?;
        vm.call(&make, &[errors.to_value()])
    };
    let decoder = match read {
        true => Some(Decoder::Object(coder(vm, name!("incrementaldecoder"))?)),
        false => None,
    };
    let encoder = match write {
        true => Some(Encoder::Object(coder(vm, name!("incrementalencoder"))?)),
        false => None,
    };
    Ok((decoder, encoder))
}

/// Decodes with one of the known encodings; answers what was not complete.
pub fn decode_known(
    vm: &mut Vm,
    known: Known,
    errors: &Ref<Str>,
    pending: &[u8],
    input: &[u8],
    last: bool,
) -> Result<(Ref<Str>, Vec<u8>)> {
    if known == Known::Latin1 {
        return Ok((vm.str_from_units(Units::from_latin1(input))?, Vec::new()));
    }
    if pending.is_empty() && input.is_ascii() {
        return Ok((vm.str_from_units(Units::Ascii(input))?, Vec::new()));
    }
    let whole = match pending.is_empty() {
        true => vm.new_bytes(input)?,
        false => vm.new_bytes(&[pending, input].concat())?,
    };
    let errors = errors.to_utf8();
    let (text, used) = decode_with(vm, whole.as_value(), errors, |input, how, handler| match known {
        Known::Ascii => single::decode_ascii(input, how, handler),
        _ => utf8::decode(input, how, last, handler),
    })?;
    Ok((text, whole.as_bytes().get(used..).unwrap_or(&[]).to_vec()))
}

/// Checks what a decoder object answers.
pub fn decoded(vm: &mut Vm, answer: Value) -> Result<Ref<Str>> {
    match answer.downcast::<Str>() {
        Some(text) => Ok(text.clone()),
        None => {
            let given = answer.ty().name();
            Err(vm.raise_type_error(&format!("decoder should return a string result, not '{given}'")))
        }
    }
}

/// The state of a decoder object.
pub fn object_state(vm: &mut Vm, decoder: &Value) -> Result<(Vec<u8>, u64)> {
    let (held, flag) = decoder_state(vm, decoder)?;
    match held.downcast::<Bytes>() {
        Some(held) => Ok((held.as_bytes().to_vec(), flag)),
        None => {
            let text =
                format!("illegal decoder state: the first item should be a bytes object, not '{}'", held.ty().name());
            Err(vm.raise_type_error(&text))
        }
    }
}

/// Encodes text behind what is there already.
pub fn encode_known(vm: &mut Vm, known: Known, errors: &Ref<Str>, text: &Ref<Str>, out: &mut Vec<u8>) -> Result<()> {
    let bytes;
    let new: &[u8] = match (text.data(), known) {
        (StrData::Ascii(s), _) | (StrData::Latin1(s), Known::Latin1) => s,
        _ => {
            let errors = errors.to_utf8();
            bytes = encode_with(vm, text, errors, |text, how, handler| match known {
                Known::Ascii => single::encode_ascii(text, how, handler),
                Known::Latin1 => single::encode_latin1(text, how, handler),
                Known::Utf8 => utf8::encode(text, how, handler),
            })?;
            &bytes
        }
    };
    out.try_reserve(new.len()).map_err(|_| Raised)?;
    out.extend_from_slice(new);
    Ok(())
}

/// Encodes text by an encoder object.
pub fn encode_object(vm: &mut Vm, encoder: &Value, text: &Ref<Str>) -> Result<Ref<Bytes>> {
    let answer = vm.call_method(encoder, name!("encode"), &[text.to_value()])?;
    match answer.downcast::<Bytes>() {
        Some(bytes) => Ok(bytes.clone()),
        None => {
            let given = answer.ty().name();
            Err(vm.raise_type_error(&format!("encoder should return a bytes object, not '{given}'")))
        }
    }
}

/// The encoding of the locale. Others than UTF-8 would need the system's locales; where there is none, Python turns its
/// UTF-8 mode on.
pub fn locale_encoding(vm: &mut Vm) -> &'static str {
    if vm.state().flags.utf8_mode { "utf-8" } else { "UTF-8" }
}

/// `bytes` of a slice for a coder object.
pub fn bytes_value(vm: &mut Vm, data: &[u8]) -> Result {
    common::bytes(vm, data)
}
