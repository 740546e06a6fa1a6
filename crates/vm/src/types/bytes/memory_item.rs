//! Items of a memoryview: native formats of one character, with an optional `@`.

use crate::types::int::view;
use crate::{Result, Value, Vm, errors};
use taipan_num::pack;
use taipan_object::Bytes;

const LITTLE: bool = cfg!(target_endian = "little");

/// The character of a format that is supported.
pub fn code(format: &str) -> Option<char> {
    let mut rest = format.strip_prefix('@').unwrap_or(format).chars();
    let code = rest.next()?;
    (rest.next().is_none() && size(code).is_some()).then_some(code)
}

/// Bytes of an item.
pub fn size(code: char) -> Option<usize> {
    Some(match code {
        'B' | 'b' | 'c' | '?' => 1,
        'h' | 'H' | 'e' => 2,
        'i' | 'I' | 'f' => 4,
        'l' | 'L' | 'q' | 'Q' | 'n' | 'N' | 'd' | 'P' => 8,
        _ => return None,
    })
}

/// Whether the items are single bytes.
pub fn is_byte(format: &str) -> bool {
    matches!(code(format), Some('B' | 'b' | 'c'))
}

/// Whether two formats mean the same.
pub fn same(a: &str, b: &str) -> bool {
    a.strip_prefix('@').unwrap_or(a) == b.strip_prefix('@').unwrap_or(b)
}

/// The object that `bytes` stand for.
pub fn unpack(vm: &mut Vm, format: &str, bytes: &[u8]) -> Result {
    let Some(code) = code(format) else { return Err(unsupported(vm, format)) };
    match (code, bytes) {
        ('B', &[b]) => Ok(Value::from_i32(b.into())),
        ('c', _) => vm.new_bytes(bytes).map(crate::Ref::into_value),
        ('?', _) => Ok(Value::bool(bytes.iter().any(|&b| b != 0))),
        ('e', &[a, b]) => vm.new_float(pack::from_half(u16::from_ne_bytes([a, b]))),
        ('f', &[a, b, c, d]) => vm.new_float(pack::from_single(u32::from_ne_bytes([a, b, c, d]))),
        ('d', &[a, b, c, d, e, f, g, h]) => vm.new_float(f64::from_ne_bytes([a, b, c, d, e, f, g, h])),
        _ => {
            let n = pack::get_int(bytes, LITTLE, code.is_ascii_lowercase());
            match i64::try_from(n) {
                Ok(n) => vm.new_int(n),
                Err(_) => vm.new_uint(n as u64),
            }
        }
    }
}

/// The bytes that stand for an object.
pub fn pack(vm: &mut Vm, format: &str, v: &Value) -> Result<Vec<u8>> {
    let Some((code, n)) = code(format).and_then(|c| Some((c, size(c)?))) else {
        return Err(unsupported(vm, format));
    };
    let mut out = vec![0; n];
    let made = match code {
        '?' => vm.is_truthy(v).map(|truth| {
            out[0] = truth.into();
            true
        }),
        'c' => match v.downcast::<Bytes>() {
            Some(b) if b.len() == 1 => {
                out.copy_from_slice(b.as_bytes());
                return Ok(out);
            }
            Some(_) => Ok(false),
            None => Err(vm.raise_type_error("")),
        },
        'e' | 'f' | 'd' => match vm.to_f64(v) {
            Err(raised) => Err(raised),
            Ok(x) => {
                let bytes = match code {
                    'e' => pack::to_half(x).map(|bits| bits.to_ne_bytes().to_vec()),
                    'f' => pack::to_single(x).map(|bits| bits.to_ne_bytes().to_vec()),
                    _ => Ok(x.to_ne_bytes().to_vec()),
                };
                match bytes {
                    Ok(bytes) => return Ok(bytes),
                    Err(e) => return Err(vm.raise_num(e)),
                }
            }
        },
        _ => {
            vm.index(v).map(|n| view(&n).is_some_and(|n| pack::put_int(n, &mut out, LITTLE, code.is_ascii_lowercase())))
        }
    };
    match made {
        Ok(true) => Ok(out),
        Ok(false) => Err(vm.raise_value_error(&format!("memoryview: invalid value for format '{format}'"))),
        Err(raised) if code != '?' && vm.raised_is(errors::TYPE_ERROR.as_type()) => {
            drop(vm.take_raised(raised));
            Err(vm.raise_type_error(&format!("memoryview: invalid type for format '{format}'")))
        }
        Err(raised) => Err(raised),
    }
}

fn unsupported(vm: &mut Vm, format: &str) -> taipan_object::Raised {
    vm.raise_not_implemented_error(&format!("memoryview: format {format} not supported"))
}
