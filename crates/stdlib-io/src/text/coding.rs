//! Between the bytes of the buffer and the text of the user.
//!
//! UTF-8, Latin-1 and ASCII are coded here; all other encodings by the incremental coders that `codecs` knows.

use crate::common;
use crate::newline::decoder_state;
use taipan_macros::Trace;
use taipan_object::{Bytes, Raised, StrData};
use taipan_text::Units;
use taipan_text::codecs::utf16::{self, ByteOrder};
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

/// An encoding of wide units, whose encoder object writes that are as simple as most need not be asked.
#[derive(Clone, Copy)]
pub struct Wide {
    order: ByteOrder,
    four: bool,
    /// Where the encoder puts a mark in front, if it does.
    pub start: bool,
}

impl taipan_object::Trace for Wide {
    fn trace(&self, _: &mut taipan_object::Visitor<'_>) {}
}

impl Wide {
    /// By the name that a codec has.
    fn from_name(name: &str) -> Option<Wide> {
        let (order, four) = match name {
            "utf-16" => (ByteOrder::Mark, false),
            "utf-16-le" => (ByteOrder::Little, false),
            "utf-16-be" => (ByteOrder::Big, false),
            "utf-32" => (ByteOrder::Mark, true),
            "utf-32-le" => (ByteOrder::Little, true),
            "utf-32-be" => (ByteOrder::Big, true),
            _ => return None,
        };
        Some(Wide { order, four, start: true })
    }

    /// With a mark only at the start of a stream.
    fn order(self) -> ByteOrder {
        if self.order == ByteOrder::Mark && !self.start { ByteOrder::Little } else { self.order }
    }

    /// Appends text that is as simple as most, for which there is room. False, and nothing is appended: it is not.
    #[inline]
    pub fn encode_quickly(self, text: Units<'_>, out: &mut Vec<u8>) -> bool {
        let order = self.order();
        !self.four && order != ByteOrder::Mark && utf16::extend16(out, text, order == ByteOrder::Big)
    }

    /// The bytes of a text.
    pub fn encode(self, vm: &mut Vm, errors: &Ref<Str>, text: &Ref<Str>) -> Result<Vec<u8>> {
        let order = self.order();
        encode_with(vm, text, errors.to_utf8(), |text, how, handler| match self.four {
            true => utf16::encode32(text, how, order, handler),
            false => utf16::encode16(text, how, order, handler),
        })
    }
}

/// What codes for an encoding.
pub struct Coders {
    pub decoder: Option<Decoder>,
    pub encoder: Option<Encoder>,
    pub wide: Option<Wide>,
}

/// The incremental coders for an encoding.
pub fn coders(vm: &mut Vm, encoding: &Ref<Str>, errors: &Ref<Str>, (read, write): (bool, bool)) -> Result<Coders> {
    let name = encoding.to_string_lossy();
    if let Some(known) = Known::from_name(&name) {
        let decoder = read.then(|| Decoder::Native(known, Vec::new()));
        return Ok(Coders { decoder, encoder: write.then_some(Encoder::Native(known)), wide: None });
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
    let wide = match (&encoder, vm.get_attr_opt(&info, name!("name"))?) {
        (Some(_), Some(name)) => name.downcast::<Str>().and_then(|name| Wide::from_name(name.to_utf8()?)),
        _ => None,
    };
    Ok(Coders { decoder, encoder, wide })
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
    if pending.is_empty() && known == Known::Utf8 {
        // Most text is what it says; what is not goes by way of the error handlers.
        let (valid, left) = match std::str::from_utf8(input) {
            Ok(valid) => (Some(valid), &[][..]),
            Err(e) if e.error_len().is_none() && !last => {
                let (valid, left) = input.split_at(e.valid_up_to());
                (std::str::from_utf8(valid).ok(), left)
            }
            Err(_) => (None, &[][..]),
        };
        if let Some(valid) = valid {
            return Ok((vm.new_str(valid)?, left.to_vec()));
        }
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
