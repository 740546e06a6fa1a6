//! Type codes of arrays: how items lie in memory, in this machine's order of bytes.

use taipan_object::{IntRef, Str, StrData, room};
use taipan_vm::{Raised, Ref, Result, Value, Vm};

/// All codes, as `array.typecodes` lists them.
pub const CODES: &str = "bBuwhHiIlLqQfd";

/// A type code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Kind(u8);

/// The bytes of one item; the first `size` count.
pub type Item = [u8; 8];

impl Kind {
    /// The kind of a type code.
    pub fn new(code: u32) -> Option<Kind> {
        let code = u8::try_from(code).ok()?;
        CODES.as_bytes().contains(&code).then_some(Kind(code))
    }

    /// The code.
    pub fn code(self) -> &'static str {
        let i = CODES.bytes().position(|c| c == self.0).unwrap_or(0);
        &CODES[i..=i]
    }

    /// The format of the buffer.
    pub fn format(self) -> &'static str {
        if self.0 == b'u' { "w" } else { self.code() }
    }

    /// Bytes of an item.
    pub fn size(self) -> usize {
        match self.0 {
            b'b' | b'B' => 1,
            b'h' | b'H' => 2,
            b'u' | b'w' | b'i' | b'I' | b'f' => 4,
            _ => 8,
        }
    }

    /// Whether the items are characters.
    pub fn is_text(self) -> bool {
        matches!(self.0, b'u' | b'w')
    }

    /// The object that an item stands for.
    pub fn decode(self, vm: &mut Vm, item: Item) -> Result {
        match self.decode_plain(vm, item) {
            Some(made) => made,
            None => {
                let point = u32::from_ne_bytes([item[0], item[1], item[2], item[3]]);
                Err(vm.raise_value_error(&format!("character U+{point:x} is not in range [U+0000; U+10ffff]")))
            }
        }
    }

    /// The same where no exception has to be made; nothing for what is no character.
    pub fn decode_plain(self, vm: &Vm, item: Item) -> Option<Result> {
        let [a, b, c, d, ..] = item;
        let (two, four) = ([a, b], [a, b, c, d]);
        Some(match self.0 {
            b'b' => Ok(Value::from_i32(i32::from(a as i8))),
            b'B' => Ok(Value::from_i32(i32::from(a))),
            b'h' => Ok(Value::from_i32(i32::from(i16::from_ne_bytes(two)))),
            b'H' => Ok(Value::from_i32(i32::from(u16::from_ne_bytes(two)))),
            b'i' => Ok(Value::from_i32(i32::from_ne_bytes(four))),
            b'I' => vm.new_int(i64::from(u32::from_ne_bytes(four))),
            b'l' | b'q' => vm.new_int(i64::from_ne_bytes(item)),
            b'L' | b'Q' => vm.new_uint(u64::from_ne_bytes(item)),
            b'f' => vm.new_float(f64::from(f32::from_ne_bytes(four))),
            b'd' => vm.new_float(f64::from_ne_bytes(item)),
            _ => return text_of(vm, &[u32::from_ne_bytes(four)]).map(|t| t.map(Ref::into_value)),
        })
    }

    /// The bytes of an object as an item.
    pub fn encode(self, vm: &mut Vm, v: &Value) -> Result<Item> {
        let mut item = [0; 8];
        match self.0 {
            b'b' => item[0] = small(vm, v, &[&SHORT, &CHAR])? as u8,
            b'B' => item[0] = small(vm, v, &[&SHORT, &BYTE])? as u8,
            b'h' => item[..2].copy_from_slice(&(small(vm, v, &[&SHORT])? as i16).to_ne_bytes()),
            b'H' => item[..2].copy_from_slice(&(small(vm, v, &[&INT, &UNSIGNED_SHORT])? as u16).to_ne_bytes()),
            b'i' => item[..4].copy_from_slice(&(small(vm, v, &[&INT])? as i32).to_ne_bytes()),
            b'l' => item = small(vm, v, &[])?.to_ne_bytes(),
            b'I' => {
                let n = unsigned(vm, v)?;
                match u32::try_from(n) {
                    Ok(n) => item[..4].copy_from_slice(&n.to_ne_bytes()),
                    Err(_) => return Err(vm.raise_overflow_error("unsigned int is greater than maximum")),
                }
            }
            b'L' => item = unsigned(vm, v)?.to_ne_bytes(),
            b'q' => match number(vm, v)? {
                Ok(n) if i64::try_from(n).is_ok() => item = (n as i64).to_ne_bytes(),
                _ => return Err(vm.raise_overflow_error("int too big to convert")),
            },
            b'Q' => match number(vm, v)? {
                Ok(n) if u64::try_from(n).is_ok() => item = (n as u64).to_ne_bytes(),
                Ok(..0) | Err(true) => return Err(vm.raise_overflow_error("can't convert negative int to unsigned")),
                _ => return Err(vm.raise_overflow_error("int too big to convert")),
            },
            b'f' => item[..4].copy_from_slice(&(vm.to_f64(v)? as f32).to_ne_bytes()),
            b'd' => item = vm.to_f64(v)?.to_ne_bytes(),
            _ => item[..4].copy_from_slice(&character(vm, v)?.to_ne_bytes()),
        }
        Ok(item)
    }

    /// The number that pickles name the memory layout by.
    pub fn machine_format(self) -> u8 {
        let big = u8::from(cfg!(target_endian = "big"));
        match self.0 {
            b'B' => 0,
            b'b' => 1,
            b'H' => 2 + big,
            b'h' => 4 + big,
            b'I' => 6 + big,
            b'i' => 8 + big,
            b'L' | b'Q' => 10 + big,
            b'l' | b'q' => 12 + big,
            b'f' => 14 + big,
            b'd' => 16 + big,
            _ => 20 + big,
        }
    }
}

/// A memory layout of a pickle: the kind of its items, and whether their bytes are in the other order. Text in UTF-16
/// has none.
pub fn of_machine_format(n: i64) -> Option<(Kind, bool)> {
    let code = match n {
        0 => b'B',
        1 => b'b',
        2 | 3 => b'H',
        4 | 5 => b'h',
        6 | 7 => b'I',
        8 | 9 => b'i',
        10 | 11 => b'Q',
        12 | 13 => b'q',
        14 | 15 => b'f',
        16 | 17 => b'd',
        20 | 21 => b'w',
        _ => return None,
    };
    let big = n > 1 && n % 2 == 1;
    Some((Kind(code), big != cfg!(target_endian = "big")))
}

/// The text of code points; nothing if one is out of range.
pub fn text_of(vm: &Vm, points: &[u32]) -> Option<Result<Ref<Str>>> {
    let greatest = points.iter().copied().max().unwrap_or(0);
    if greatest > 0x10_FFFF {
        return None;
    }
    Some(if greatest < 0x100 {
        let Ok(narrow) = room::collected(points.iter().map(|&p| p as u8)) else { return Some(Err(Raised)) };
        vm.new_str_data(if greatest < 0x80 { StrData::Ascii(&narrow) } else { StrData::Latin1(&narrow) })
    } else if greatest < 0x1_0000 {
        let Ok(narrow) = room::collected(points.iter().map(|&p| p as u16)) else { return Some(Err(Raised)) };
        vm.new_str_data(StrData::Ucs2(&narrow))
    } else {
        vm.new_str_data(StrData::Ucs4(points))
    })
}

struct Bounds {
    name: &'static str,
    least: i64,
    most: i64,
}

const CHAR: Bounds = Bounds { name: "signed char", least: -128, most: 127 };
const BYTE: Bounds = Bounds { name: "unsigned byte integer", least: 0, most: 255 };
const SHORT: Bounds = Bounds { name: "signed short integer", least: -0x8000, most: 0x7FFF };
const UNSIGNED_SHORT: Bounds = Bounds { name: "unsigned short", least: 0, most: 0xFFFF };
const INT: Bounds = Bounds { name: "signed integer", least: -0x8000_0000, most: 0x7FFF_FFFF };

fn small(vm: &mut Vm, v: &Value, bounds: &[&Bounds]) -> Result<i64> {
    let n = vm.to_index_i64(v, "long")?;
    for b in bounds {
        if n > b.most {
            return Err(vm.raise_overflow_error(&format!("{} is greater than maximum", b.name)));
        }
        if n < b.least {
            return Err(vm.raise_overflow_error(&format!("{} is less than minimum", b.name)));
        }
    }
    Ok(n)
}

/// The number, or whether it is negative where it is far too large.
fn number(vm: &mut Vm, v: &Value) -> Result<std::result::Result<i128, bool>> {
    let n = vm.index(v)?;
    Ok(match n.as_int() {
        Some(IntRef::Small(n)) => Ok(n.into()),
        Some(IntRef::Big { negative, digits: &[a, b, c] }) => {
            let n = i128::from(a) | i128::from(b) << 30 | i128::from(c) << 60;
            Ok(if negative { -n } else { n })
        }
        Some(IntRef::Big { negative, .. }) => Err(negative),
        None => Err(false),
    })
}

fn unsigned(vm: &mut Vm, v: &Value) -> Result<u64> {
    match number(vm, v)? {
        Ok(..0) | Err(true) => Err(vm.raise_overflow_error("can't convert negative value to unsigned int")),
        Ok(n) if u64::try_from(n).is_ok() => Ok(n as u64),
        _ => Err(vm.raise_overflow_error("Python int too large to convert to C unsigned long")),
    }
}

fn character(vm: &mut Vm, v: &Value) -> Result<u32> {
    let what = match v.downcast::<Str>() {
        Some(s) => match s.data().get(0) {
            Some(point) if s.len() == 1 => return Ok(point),
            _ => format!("a string of length {}", s.len()),
        },
        None => v.ty().name(),
    };
    Err::<u32, Raised>(vm.raise_type_error(&format!("array item must be a unicode character, not {what}")))
}
