//! `binascii`.

use crate::common::{Data, Masked, add_error, raise_kept};
use taipan_macros::module;
use taipan_object::{Bytes, Raised, Str};
use taipan_text::{ascii_codecs, base64, hex};
use taipan_vm::errors::{EXCEPTION, VALUE_ERROR};
use taipan_vm::native::{FromArg, Place};
use taipan_vm::types::bytes::ByteArray;
use taipan_vm::types::module::Module;
use taipan_vm::types::str::units;
use taipan_vm::{Ref, Result, Value, Vm};

const ERROR: &str = "binascii.Error";
const INCOMPLETE: &str = "binascii.Incomplete";

/// Bytes, or a string of ASCII characters.
struct AsciiBuffer(Value);

impl<'a> FromArg<'a> for AsciiBuffer {
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, place: Place) -> Result<Self> {
        let v = <&Value>::from_arg(vm, arg, place)?;
        if let Some(s) = v.downcast::<Str>() {
            return match s.as_ascii() {
                Some(text) => vm.new_bytes(text.as_bytes()).map(|b| AsciiBuffer(b.into_value())),
                None => Err(vm.raise_value_error("string argument should contain only ASCII characters")),
            };
        }
        if !vm.is_bytes_like(v) {
            let text = format!("argument should be bytes, buffer or ASCII string, not '{}'", v.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        vm.check_in_one_piece(v)?;
        Ok(AsciiBuffer(v.clone()))
    }
}

fn made(vm: &mut Vm, bytes: Option<Vec<u8>>) -> Result<Ref<Bytes>> {
    match bytes {
        Some(bytes) => vm.bytes_from_vec(bytes),
        None => Err(vm.raise_memory_error()),
    }
}

fn failed(vm: &mut Vm, words: Option<&str>) -> Raised {
    match words {
        Some(words) => raise_kept(vm, ERROR, words),
        None => vm.raise_memory_error(),
    }
}

fn hexlify(vm: &mut Vm, data: &Value, sep: Option<&Value>, group: Option<isize>) -> Result<Ref<Bytes>> {
    let sep = match sep {
        None => None,
        Some(sep) => {
            let n = vm.len(sep)?;
            if n != 1 {
                return Err(vm.raise_value_error("sep must be length 1."));
            }
            let code = if let Some(s) = sep.downcast::<Str>() {
                units(s).at(0)
            } else if let Some(b) = sep.downcast::<Bytes>() {
                u32::from(b.as_bytes()[0])
            } else if let Some(b) = sep.downcast::<ByteArray>() {
                u32::from(b.get(vm).as_bytes()[0])
            } else {
                return Err(vm.raise_type_error("sep must be str or bytes."));
            };
            match u8::try_from(code) {
                Ok(b) => Some(b),
                Err(_) => return Err(vm.raise_value_error("sep must be ASCII.")),
            }
        }
    };
    let out = vm.with_bytes(data, |b| hex::hex(b, sep, group.unwrap_or(1)).ok())?;
    made(vm, out)
}

fn unhexlify(vm: &mut Vm, data: &AsciiBuffer) -> Result<Ref<Bytes>> {
    match vm.with_bytes(&data.0, hex::unhexlify)? {
        Ok(bytes) => vm.bytes_from_vec(bytes),
        Err(words) => Err(failed(vm, words)),
    }
}

/// `binascii`.
pub struct BinasciiModule;

/// Conversion between binary data and ASCII
#[module(name = "binascii")]
impl BinasciiModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        add_error(vm, module, ERROR, VALUE_ERROR.as_type(), None)?;
        add_error(vm, module, INCOMPLETE, EXCEPTION.as_type(), None)
    }

    /// Decode a line of uuencoded data.
    #[function("($module, data, /)")]
    fn a2b_uu(vm: &mut Vm, data: AsciiBuffer) -> Result<Ref<Bytes>> {
        match vm.with_bytes(&data.0, ascii_codecs::uu_decode)? {
            Ok(bytes) => vm.bytes_from_vec(bytes),
            Err(words) => Err(failed(vm, words)),
        }
    }

    /// Uuencode line of data.
    #[function("($module, data, /, *, backtick=False)")]
    fn b2a_uu(vm: &mut Vm, data: Data<'_>, backtick: Option<bool>) -> Result<Ref<Bytes>> {
        match vm.with_bytes(data.0, |b| ascii_codecs::uu_encode(b, backtick.unwrap_or(false)))? {
            Ok(bytes) => vm.bytes_from_vec(bytes),
            Err(words) => Err(failed(vm, words)),
        }
    }

    /// Decode a line of base64 data.
    ///
    ///   strict_mode
    ///     Whether bytes outside the base64 alphabet, and data behind the padding, are refused.
    #[function("($module, data, /, *, strict_mode=False)")]
    fn a2b_base64(vm: &mut Vm, data: AsciiBuffer, strict_mode: Option<bool>) -> Result<Ref<Bytes>> {
        match vm.with_bytes(&data.0, |b| base64::decode(b, strict_mode.unwrap_or(false)))? {
            Ok(bytes) => vm.bytes_from_vec(bytes),
            Err(e) => {
                let words = e.message();
                Err(failed(vm, words.as_deref()))
            }
        }
    }

    /// Base64-code line of data.
    #[function("($module, data, /, *, newline=True)")]
    fn b2a_base64(vm: &mut Vm, data: Data<'_>, newline: Option<bool>) -> Result<Ref<Bytes>> {
        let out = vm.with_bytes(data.0, |b| base64::encode(b, newline.unwrap_or(true)).ok())?;
        made(vm, out)
    }

    /// Compute CRC-CCITT incrementally.
    #[function("($module, data, crc, /)")]
    fn crc_hqx(vm: &mut Vm, data: Data<'_>, crc: Masked) -> Result<u32> {
        vm.with_bytes(data.0, |b| ascii_codecs::crc_hqx(b, crc.0))
    }

    /// Compute CRC-32 incrementally.
    #[function("($module, data, crc=0, /)")]
    fn crc32(vm: &mut Vm, data: Data<'_>, crc: Option<Masked>) -> Result<u32> {
        vm.with_bytes(data.0, |b| ascii_codecs::crc32(b, crc.map_or(0, |c| c.0)))
    }

    /// Hexadecimal representation of binary data.
    ///
    ///   sep
    ///     A single character or byte between groups of hexadecimal bytes.
    ///   bytes_per_sep
    ///     Bytes in a group, counted from the right if positive, from the left if negative.
    #[function("($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn b2a_hex(vm: &mut Vm, data: Data<'_>, sep: Option<&Value>, bytes_per_sep: Option<isize>) -> Result<Ref<Bytes>> {
        hexlify(vm, data.0, sep, bytes_per_sep)
    }

    /// Hexadecimal representation of binary data.
    ///
    ///   sep
    ///     A single character or byte between groups of hexadecimal bytes.
    ///   bytes_per_sep
    ///     Bytes in a group, counted from the right if positive, from the left if negative.
    #[function("($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn hexlify(vm: &mut Vm, data: Data<'_>, sep: Option<&Value>, bytes_per_sep: Option<isize>) -> Result<Ref<Bytes>> {
        hexlify(vm, data.0, sep, bytes_per_sep)
    }

    /// Binary data of hexadecimal representation: an even number of digits.
    ///
    /// It is also there as "unhexlify()".
    #[function("($module, hexstr, /)")]
    fn a2b_hex(vm: &mut Vm, hexstr: AsciiBuffer) -> Result<Ref<Bytes>> {
        unhexlify(vm, &hexstr)
    }

    /// Binary data of hexadecimal representation: an even number of digits.
    #[function("($module, hexstr, /)")]
    fn unhexlify(vm: &mut Vm, hexstr: AsciiBuffer) -> Result<Ref<Bytes>> {
        unhexlify(vm, &hexstr)
    }

    /// Decode a string of qp-encoded data.
    #[function("($module, /, data, header=False)")]
    fn a2b_qp(vm: &mut Vm, data: AsciiBuffer, header: Option<bool>) -> Result<Ref<Bytes>> {
        let out = vm.with_bytes(&data.0, |b| ascii_codecs::qp_decode(b, header.unwrap_or(false)).ok())?;
        made(vm, out)
    }

    /// Encode a string using quoted-printable encoding.
    ///
    /// With istext, newlines stay and white space at the end of lines is encoded; without, CR and LF are encoded. With
    /// quotetabs, spaces and tabs are encoded.
    #[function("($module, /, data, quotetabs=False, istext=True, header=False)")]
    fn b2a_qp(
        vm: &mut Vm,
        data: Data<'_>,
        quotetabs: Option<bool>,
        istext: Option<bool>,
        header: Option<bool>,
    ) -> Result<Ref<Bytes>> {
        let (tabs, text, header) = (quotetabs.unwrap_or(false), istext.unwrap_or(true), header.unwrap_or(false));
        let out = vm.with_bytes(data.0, |b| ascii_codecs::qp_encode(b, tabs, text, header).ok())?;
        made(vm, out)
    }
}
