//! `_codecs`: the registry of the interpreter as Python sees it, and the codecs that are written in Rust.

use crate::common::Data;
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Bytes, Raised, TypeCell};
use taipan_text::codecs::escape::{self, BytesEscapeError, OddEscape};
use taipan_text::codecs::single::{self, EncodingMap, Mapped, MappedBytes};
use taipan_text::codecs::utf16::{self, ByteOrder};
use taipan_text::codecs::{Decoded, Encoded, Errors, Fail, utf7, utf8};
use taipan_text::{TextBuf, Units};
use taipan_vm::errors::{DEPRECATION_WARNING, LOOKUP_ERROR};
use taipan_vm::modules::codecs::Direction;
use taipan_vm::native::{FromArg, Place};
use taipan_vm::types::module::Module;
use taipan_vm::types::str::codec::{OptionalName, Registered, decode_with, encode_with};
use taipan_vm::types::str::units;
use taipan_vm::{Ref, Result, Str, Tuple, Value, Vm};

/// A bytes-like argument, or a string that stands for its UTF-8.
struct TextOrData(Ref<Bytes>);

impl<'a> FromArg<'a> for TextOrData {
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, place: Place) -> Result<Self> {
        let v = <&Value>::from_arg(vm, arg, place)?;
        if let Some(b) = v.downcast::<Bytes>() {
            return Ok(TextOrData(b.clone()));
        }
        if v.downcast::<Str>().is_some() {
            let text = <&str>::from_arg(vm, arg, place)?;
            return vm.new_bytes(text.as_bytes()).map(TextOrData);
        }
        vm.check_in_one_piece(v)?;
        let copy = vm.bytes_of(v)?;
        vm.bytes_from_vec(copy).map(TextOrData)
    }
}

/// What `charmap_build` makes.
static ENCODING_MAP: TypeCell<Inverse> = TypeCell::new("EncodingMap");

#[derive(Trace, Payload)]
#[payload(class = ENCODING_MAP, frozen)]
#[repr(C)]
struct Inverse(Opaque<EncodingMap>);

struct EncodingMapClass;

#[class(cell = ENCODING_MAP, base = OBJECT, flags = DISALLOW_INSTANTIATION)]
impl EncodingMapClass {
    /// Bytes that the map takes.
    #[method("($self, /)")]
    fn size(_vm: &mut Vm, _this: &Ref<Inverse>) -> Result<usize> {
        Ok(std::mem::size_of::<Inverse>())
    }
}

type Pair = Result<Ref<Tuple>>;

fn pair(vm: &mut Vm, what: Value, used: usize) -> Pair {
    let used = vm.new_uint(used as u64)?;
    vm.new_tuple(vec![what, used])
}

fn decoded(
    vm: &mut Vm,
    object: &Value,
    errors: OptionalName<'_>,
    f: impl FnOnce(&[u8], Errors, &mut Registered<'_>) -> Decoded<Raised>,
) -> Pair {
    let (text, used) = decode_with(vm, object, errors.0, f)?;
    pair(vm, text.into_value(), used)
}

fn encoded(
    vm: &mut Vm,
    text: &Ref<Str>,
    errors: OptionalName<'_>,
    f: impl FnOnce(Units<'_>, Errors, &mut Registered<'_>) -> Encoded<Raised>,
) -> Pair {
    let bytes = encode_with(vm, text, errors.0, f)?;
    let bytes = vm.new_bytes(&bytes)?.into_value();
    pair(vm, bytes, text.len())
}

fn bytes_pair(vm: &mut Vm, bytes: &[u8], used: usize) -> Pair {
    let bytes = vm.new_bytes(bytes)?.into_value();
    pair(vm, bytes, used)
}

/// What was used of the input: all of it where no more is to come, even if a handler put another in its place.
fn used(made: Decoded<Raised>, input: &[u8], last: bool) -> Decoded<Raised> {
    made.map(|(text, used)| (text, if last { input.len() } else { used }))
}

/// Decodes UTF-16 or UTF-32 (`wide`): text, bytes used, the byte order found.
fn wide(
    vm: &mut Vm,
    data: &Value,
    errors: OptionalName<'_>,
    wide: bool,
    order: ByteOrder,
    last: bool,
) -> Result<(Value, usize, i32)> {
    let mut found = order;
    let (text, used) = decode_with(vm, data, errors.0, |b, how, h| {
        let decode = if wide { utf16::decode32::<Registered<'_>> } else { utf16::decode16::<Registered<'_>> };
        let (text, used, order) = decode(b, how, order, last, h)?;
        found = order;
        Ok((text, if last { b.len() } else { used }))
    })?;
    Ok((text.into_value(), used, found.to_int()))
}

fn warn_odd(vm: &mut Vm, odd: Option<OddEscape>, bytes: bool) -> Result<()> {
    match odd {
        Some(odd) => vm.warn(DEPRECATION_WARNING.as_type(), &odd.warning(bytes), 1),
        None => Ok(()),
    }
}

/// An item of a mapping; nothing where there is none.
fn looked_up(vm: &mut Vm, mapping: &Value, key: u32) -> Result<Option<Value>> {
    let key = vm.new_int(i64::from(key))?;
    match vm.get_item(mapping, &key) {
        Ok(v) => Ok(Some(v).filter(|v| !v.is_none())),
        Err(raised) if vm.raised_is(LOOKUP_ERROR.as_type()) => {
            drop(vm.take_raised(raised));
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

fn mapped_text(vm: &mut Vm, mapping: &Value, byte: u8) -> std::result::Result<Mapped, Fail<Raised>> {
    let Some(v) = looked_up(vm, mapping, byte.into()).map_err(Fail::Handler)? else { return Ok(Mapped::Undefined) };
    if v.as_int().is_some() {
        return match v.small_int() {
            Some(0xFFFE) => Ok(Mapped::Undefined),
            Some(c @ 0..0x11_0000) => Ok(Mapped::Code(c as u32)),
            _ => Err(Fail::Handler(vm.raise_type_error("character mapping must be in range(0x110000)"))),
        };
    }
    match v.downcast::<Str>() {
        Some(s) if s.len() == 1 && units(s).at(0) == 0xFFFE => Ok(Mapped::Undefined),
        Some(s) => Ok(Mapped::Text(TextBuf::from_units(units(s))?)),
        None => Err(Fail::Handler(vm.raise_type_error("character mapping must return integer, None or str"))),
    }
}

fn mapped_bytes(vm: &mut Vm, mapping: &Value, c: u32) -> std::result::Result<MappedBytes, Fail<Raised>> {
    let Some(v) = looked_up(vm, mapping, c).map_err(Fail::Handler)? else { return Ok(MappedBytes::Undefined) };
    if v.as_int().is_some() {
        return match v.small_int() {
            Some(b @ 0..256) => Ok(MappedBytes::Byte(b as u8)),
            _ => Err(Fail::Handler(vm.raise_type_error("character mapping must be in range(256)"))),
        };
    }
    match v.downcast::<Bytes>() {
        Some(b) => Ok(MappedBytes::Bytes(b.as_bytes().to_vec())),
        None => {
            let text = format!("character mapping must return integer, bytes or None, not {}", v.ty().name());
            Err(Fail::Handler(vm.raise_type_error(&text)))
        }
    }
}

/// `_codecs`.
pub struct CodecsModule;

#[module(name = "_codecs")]
impl CodecsModule {
    #[exec]
    fn exec(vm: &mut Vm, _module: &Ref<Module>) -> Result<()> {
        vm.set_up_class(&EncodingMapClass::class_def())
    }

    /// Adds a function that is asked for the codec of an encoding.
    ///
    /// It gets the encoding's name in lower case and answers a tuple of four functions
    /// (encoder, decoder, stream reader, stream writer) or a CodecInfo object, or None.
    #[function("($module, search_function, /)")]
    fn register(vm: &mut Vm, function: &Value) -> Result<()> {
        vm.register_codec_search(function)
    }

    /// Takes a codec search function away and empties the cache of codecs.
    ///
    /// Nothing happens if the function is not registered.
    #[function("($module, search_function, /)")]
    fn unregister(vm: &mut Vm, function: &Value) -> Result<()> {
        vm.unregister_codec_search(function)
    }

    /// Finds the codec of an encoding: a tuple of functions (or a CodecInfo object).
    #[function("($module, encoding, /)")]
    fn lookup(vm: &mut Vm, encoding: &str) -> Pair {
        if encoding.contains('\0') {
            return Err(vm.raise_value_error("embedded null character"));
        }
        vm.lookup_codec(encoding)
    }

    /// Encodes an object with the codec registered for encoding.
    ///
    /// The default encoding is 'utf-8'. errors names the error handler; 'strict', the
    /// default, raises a ValueError. Any name registered with codecs.register_error will do.
    #[function("($module, /, obj, encoding='utf-8', errors='strict')")]
    fn encode(vm: &mut Vm, obj: &Value, encoding: Option<&str>, errors: Option<&str>) -> Result {
        let encoding = encoding.unwrap_or("utf-8");
        let info = vm.lookup_codec(encoding)?;
        vm.run_codec(&info, Direction::Encode, obj, encoding, errors)
    }

    /// Decodes an object with the codec registered for encoding.
    ///
    /// The default encoding is 'utf-8'. errors names the error handler; 'strict', the
    /// default, raises a ValueError. Any name registered with codecs.register_error will do.
    #[function("($module, /, obj, encoding='utf-8', errors='strict')")]
    fn decode(vm: &mut Vm, obj: &Value, encoding: Option<&str>, errors: Option<&str>) -> Result {
        let encoding = encoding.unwrap_or("utf-8");
        let info = vm.lookup_codec(encoding)?;
        vm.run_codec(&info, Direction::Decode, obj, encoding, errors)
    }

    /// Registers an error handler under a name.
    ///
    /// It is called with an exception that tells where coding failed, and answers a tuple of the
    /// replacement and the position to go on from.
    #[function("($module, errors, handler, /)")]
    fn register_error(vm: &mut Vm, errors: &Ref<Str>, handler: &Value) -> Result<()> {
        vm.register_error_handler(errors, handler)
    }

    /// Takes the error handler of a name away; those that are built in stay.
    ///
    /// Answers whether there was one.
    #[function("($module, errors, /)")]
    fn _unregister_error(vm: &mut Vm, errors: &Ref<Str>) -> Result<bool> {
        vm.unregister_error_handler(errors)
    }

    /// Finds the error handler of a name; LookupError if there is none.
    #[function("($module, name, /)")]
    fn lookup_error(vm: &mut Vm, name: &str) -> Result {
        vm.lookup_error_handler(name)
    }

    #[function("($module, data, errors=None, /)")]
    fn escape_decode(vm: &mut Vm, data: TextOrData, errors: OptionalName<'_>) -> Pair {
        let name = errors.0.unwrap_or("strict");
        match escape::decode_bytes(data.0.as_bytes(), Errors::from_name(name)) {
            Ok((bytes, odd)) => {
                warn_odd(vm, odd, true)?;
                bytes_pair(vm, &bytes, data.0.len())
            }
            Err(BytesEscapeError::Trailing) => Err(vm.raise_value_error("Trailing \\ in string")),
            Err(BytesEscapeError::Hex(at)) => {
                Err(vm.raise_value_error(&format!("invalid \\x escape at position {at}")))
            }
            Err(BytesEscapeError::UnknownHandler) => {
                Err(vm.raise_value_error(&format!("decoding error; unknown error handling code: {name}")))
            }
            Err(BytesEscapeError::OutOfMemory) => Err(vm.raise_memory_error()),
        }
    }

    #[function("($module, data, errors=None, /)")]
    fn escape_encode(vm: &mut Vm, data: &Ref<Bytes>, _errors: OptionalName<'_>) -> Pair {
        let Ok(bytes) = escape::encode_bytes(data.as_bytes()) else { return Err(vm.raise_memory_error()) };
        bytes_pair(vm, &bytes, data.len())
    }

    #[function("($module, data, errors=None, final=False, /)")]
    fn utf_7_decode(vm: &mut Vm, data: Data<'_>, errors: OptionalName<'_>, last: Option<bool>) -> Pair {
        let last = last.unwrap_or(false);
        decoded(vm, data.0, errors, |b, how, h| used(utf7::decode(b, how, last, h), b, last))
    }

    #[function("($module, str, errors=None, /)")]
    fn utf_7_encode(vm: &mut Vm, text: &Ref<Str>, errors: OptionalName<'_>) -> Pair {
        encoded(vm, text, errors, |text, _, _| utf7::encode::<Registered<'_>>(text))
    }

    #[function("($module, data, errors=None, final=False, /)")]
    fn utf_8_decode(vm: &mut Vm, data: Data<'_>, errors: OptionalName<'_>, last: Option<bool>) -> Pair {
        let last = last.unwrap_or(false);
        decoded(vm, data.0, errors, |b, how, h| used(utf8::decode(b, how, last, h), b, last))
    }

    #[function("($module, str, errors=None, /)")]
    fn utf_8_encode(vm: &mut Vm, text: &Ref<Str>, errors: OptionalName<'_>) -> Pair {
        encoded(vm, text, errors, |text, how, h| utf8::encode(text, how, h))
    }

    #[function("($module, data, errors=None, final=False, /)")]
    fn utf_16_decode(vm: &mut Vm, data: Data<'_>, errors: OptionalName<'_>, last: Option<bool>) -> Pair {
        let (text, used, _) = wide(vm, data.0, errors, false, ByteOrder::Mark, last.unwrap_or(false))?;
        pair(vm, text, used)
    }

    #[function("($module, data, errors=None, final=False, /)")]
    fn utf_16_le_decode(vm: &mut Vm, data: Data<'_>, errors: OptionalName<'_>, last: Option<bool>) -> Pair {
        let (text, used, _) = wide(vm, data.0, errors, false, ByteOrder::Little, last.unwrap_or(false))?;
        pair(vm, text, used)
    }

    #[function("($module, data, errors=None, final=False, /)")]
    fn utf_16_be_decode(vm: &mut Vm, data: Data<'_>, errors: OptionalName<'_>, last: Option<bool>) -> Pair {
        let (text, used, _) = wide(vm, data.0, errors, false, ByteOrder::Big, last.unwrap_or(false))?;
        pair(vm, text, used)
    }

    #[function("($module, data, errors=None, byteorder=0, final=False,\n                 /)")]
    fn utf_16_ex_decode(
        vm: &mut Vm,
        data: Data<'_>,
        errors: OptionalName<'_>,
        byteorder: Option<i32>,
        last: Option<bool>,
    ) -> Pair {
        let order = ByteOrder::from_int(byteorder.unwrap_or(0));
        let (text, used, found) = wide(vm, data.0, errors, false, order, last.unwrap_or(false))?;
        let used = vm.new_uint(used as u64)?;
        vm.new_tuple(vec![text, used, Value::from_i32(found)])
    }

    #[function("($module, str, errors=None, byteorder=0, /)")]
    fn utf_16_encode(vm: &mut Vm, text: &Ref<Str>, errors: OptionalName<'_>, byteorder: Option<i32>) -> Pair {
        let order = ByteOrder::from_int(byteorder.unwrap_or(0));
        encoded(vm, text, errors, |text, how, h| utf16::encode16(text, how, order, h))
    }

    #[function("($module, str, errors=None, /)")]
    fn utf_16_le_encode(vm: &mut Vm, text: &Ref<Str>, errors: OptionalName<'_>) -> Pair {
        encoded(vm, text, errors, |text, how, h| utf16::encode16(text, how, ByteOrder::Little, h))
    }

    #[function("($module, str, errors=None, /)")]
    fn utf_16_be_encode(vm: &mut Vm, text: &Ref<Str>, errors: OptionalName<'_>) -> Pair {
        encoded(vm, text, errors, |text, how, h| utf16::encode16(text, how, ByteOrder::Big, h))
    }

    #[function("($module, data, errors=None, final=False, /)")]
    fn utf_32_decode(vm: &mut Vm, data: Data<'_>, errors: OptionalName<'_>, last: Option<bool>) -> Pair {
        let (text, used, _) = wide(vm, data.0, errors, true, ByteOrder::Mark, last.unwrap_or(false))?;
        pair(vm, text, used)
    }

    #[function("($module, data, errors=None, final=False, /)")]
    fn utf_32_le_decode(vm: &mut Vm, data: Data<'_>, errors: OptionalName<'_>, last: Option<bool>) -> Pair {
        let (text, used, _) = wide(vm, data.0, errors, true, ByteOrder::Little, last.unwrap_or(false))?;
        pair(vm, text, used)
    }

    #[function("($module, data, errors=None, final=False, /)")]
    fn utf_32_be_decode(vm: &mut Vm, data: Data<'_>, errors: OptionalName<'_>, last: Option<bool>) -> Pair {
        let (text, used, _) = wide(vm, data.0, errors, true, ByteOrder::Big, last.unwrap_or(false))?;
        pair(vm, text, used)
    }

    #[function("($module, data, errors=None, byteorder=0, final=False,\n                 /)")]
    fn utf_32_ex_decode(
        vm: &mut Vm,
        data: Data<'_>,
        errors: OptionalName<'_>,
        byteorder: Option<i32>,
        last: Option<bool>,
    ) -> Pair {
        let order = ByteOrder::from_int(byteorder.unwrap_or(0));
        let (text, used, found) = wide(vm, data.0, errors, true, order, last.unwrap_or(false))?;
        let used = vm.new_uint(used as u64)?;
        vm.new_tuple(vec![text, used, Value::from_i32(found)])
    }

    #[function("($module, str, errors=None, byteorder=0, /)")]
    fn utf_32_encode(vm: &mut Vm, text: &Ref<Str>, errors: OptionalName<'_>, byteorder: Option<i32>) -> Pair {
        let order = ByteOrder::from_int(byteorder.unwrap_or(0));
        encoded(vm, text, errors, |text, how, h| utf16::encode32(text, how, order, h))
    }

    #[function("($module, str, errors=None, /)")]
    fn utf_32_le_encode(vm: &mut Vm, text: &Ref<Str>, errors: OptionalName<'_>) -> Pair {
        encoded(vm, text, errors, |text, how, h| utf16::encode32(text, how, ByteOrder::Little, h))
    }

    #[function("($module, str, errors=None, /)")]
    fn utf_32_be_encode(vm: &mut Vm, text: &Ref<Str>, errors: OptionalName<'_>) -> Pair {
        encoded(vm, text, errors, |text, how, h| utf16::encode32(text, how, ByteOrder::Big, h))
    }

    #[function("($module, data, errors=None, final=True, /)")]
    fn unicode_escape_decode(vm: &mut Vm, data: TextOrData, errors: OptionalName<'_>, last: Option<bool>) -> Pair {
        let (mut odd, last) = (None, last.unwrap_or(true));
        let (text, used) = decode_with(vm, data.0.as_value(), errors.0, |b, how, h| {
            let (text, used, found) = escape::decode_unicode(b, how, last, h)?;
            odd = found;
            Ok((text, if last { b.len() } else { used }))
        })?;
        warn_odd(vm, odd, false)?;
        pair(vm, text.into_value(), used)
    }

    #[function("($module, str, errors=None, /)")]
    fn unicode_escape_encode(vm: &mut Vm, text: &Ref<Str>, errors: OptionalName<'_>) -> Pair {
        encoded(vm, text, errors, |text, _, _| Ok(escape::encode_unicode(text)?))
    }

    #[function("($module, data, errors=None, final=True, /)")]
    fn raw_unicode_escape_decode(vm: &mut Vm, data: TextOrData, errors: OptionalName<'_>, last: Option<bool>) -> Pair {
        let last = last.unwrap_or(true);
        decoded(vm, data.0.as_value(), errors, |b, how, h| used(escape::decode_raw_unicode(b, how, last, h), b, last))
    }

    #[function("($module, str, errors=None, /)")]
    fn raw_unicode_escape_encode(vm: &mut Vm, text: &Ref<Str>, errors: OptionalName<'_>) -> Pair {
        encoded(vm, text, errors, |text, _, _| Ok(escape::encode_raw_unicode(text)?))
    }

    #[function("($module, data, errors=None, /)")]
    fn latin_1_decode(vm: &mut Vm, data: Data<'_>, errors: OptionalName<'_>) -> Pair {
        decoded(vm, data.0, errors, |b, _, _| Ok((single::decode_latin1(b)?, b.len())))
    }

    #[function("($module, str, errors=None, /)")]
    fn latin_1_encode(vm: &mut Vm, text: &Ref<Str>, errors: OptionalName<'_>) -> Pair {
        encoded(vm, text, errors, |text, how, h| single::encode_latin1(text, how, h))
    }

    #[function("($module, data, errors=None, /)")]
    fn ascii_decode(vm: &mut Vm, data: Data<'_>, errors: OptionalName<'_>) -> Pair {
        decoded(vm, data.0, errors, |b, how, h| single::decode_ascii(b, how, h))
    }

    #[function("($module, str, errors=None, /)")]
    fn ascii_encode(vm: &mut Vm, text: &Ref<Str>, errors: OptionalName<'_>) -> Pair {
        encoded(vm, text, errors, |text, how, h| single::encode_ascii(text, how, h))
    }

    #[function("($module, data, errors=None, mapping=None, /)")]
    fn charmap_decode(vm: &mut Vm, data: Data<'_>, errors: OptionalName<'_>, mapping: Option<&Value>) -> Pair {
        let Some(mapping) = mapping.filter(|m| !m.is_none()) else {
            return decoded(vm, data.0, errors, |b, _, _| Ok((single::decode_latin1(b)?, b.len())));
        };
        match mapping.downcast::<Str>() {
            Some(table) => decoded(vm, data.0, errors, |b, how, h| single::decode_charmap(b, units(table), how, h)),
            None => decoded(vm, data.0, errors, |b, how, h| {
                single::decode_charmap_by(b, how, h, |h, byte| mapped_text(h.vm, mapping, byte))
            }),
        }
    }

    #[function("($module, str, errors=None, mapping=None, /)")]
    fn charmap_encode(vm: &mut Vm, text: &Ref<Str>, errors: OptionalName<'_>, mapping: Option<&Value>) -> Pair {
        let Some(mapping) = mapping.filter(|m| !m.is_none()) else {
            return encoded(vm, text, errors, |text, how, h| single::encode_latin1(text, how, h));
        };
        match mapping.downcast::<Inverse>() {
            Some(map) => encoded(vm, text, errors, |text, how, h| single::encode_charmap(text, &map.0.0, how, h)),
            None => encoded(vm, text, errors, |text, how, h| {
                single::encode_charmap_by(text, how, h, |h, c| mapped_bytes(h.vm, mapping, c))
            }),
        }
    }

    #[function("($module, map, /)")]
    fn charmap_build(vm: &mut Vm, map: &Ref<Str>) -> Result {
        let table = units(map);
        if table.len() >= 256 {
            match EncodingMap::new(table) {
                Ok(Some(map)) => return Ref::new(vm, Inverse(Opaque(map))).map(Ref::into_value),
                Ok(None) => {}
                Err(_) => return Err(vm.raise_memory_error()),
            }
        }
        let dict = vm.new_dict()?;
        for (i, c) in units(map).iter().take(256).enumerate() {
            let (key, value) = (vm.new_int(i64::from(c))?, Value::from_i32(i as i32));
            vm.dict_set(&dict, &key, value)?;
        }
        Ok(dict.into_value())
    }

    #[function("($module, data, errors=None, /)")]
    fn readbuffer_encode(vm: &mut Vm, data: TextOrData, _errors: OptionalName<'_>) -> Pair {
        let used = data.0.len();
        pair(vm, data.0.into_value(), used)
    }
}
