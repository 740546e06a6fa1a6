//! Formats: what stands where, and how one value is packed and unpacked.

use crate::common::raise_kept;
use taipan_num::int::IntView;
use taipan_num::pack;
use taipan_object::{Bytes, Raised};
use taipan_vm::types::bytes::ByteArray;
use taipan_vm::types::int::view;
use taipan_vm::{Ref, Result, Value, Vm};

/// Name of `struct.error` in the interpreter's registry.
pub const ERROR: &str = "struct.error";

/// What one or more values of a format are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Char,
    Bool,
    Int {
        signed: bool,
    },
    Pointer,
    /// Half, single or double by size.
    Float,
    /// Two singles or two doubles.
    Complex,
    /// `s`: its size is its length.
    Text,
    /// `p`.
    Pascal,
}

/// An entry of a format.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    pub kind: Kind,
    letter: u8,
    pub offset: usize,
    pub size: usize,
    /// How many values.
    pub repeat: usize,
}

/// A format that has been read.
#[derive(Debug, Default)]
pub struct Format {
    pub items: Vec<Item>,
    /// Bytes.
    pub size: usize,
    /// Values.
    pub count: usize,
    little: bool,
}

/// Kind, size and alignment of a letter.
fn letter(b: u8, native: bool) -> Option<(Kind, usize, usize)> {
    let int = |signed| Kind::Int { signed };
    let (kind, size) = match b {
        b'x' | b'c' | b's' | b'p' => (Kind::Char, 1),
        b'b' => (int(true), 1),
        b'B' => (int(false), 1),
        b'?' => (Kind::Bool, 1),
        b'h' => (int(true), 2),
        b'H' => (int(false), 2),
        b'i' => (int(true), 4),
        b'I' => (int(false), 4),
        b'l' => (int(true), if native { 8 } else { 4 }),
        b'L' => (int(false), if native { 8 } else { 4 }),
        b'q' => (int(true), 8),
        b'Q' => (int(false), 8),
        b'n' if native => (int(true), 8),
        b'N' if native => (int(false), 8),
        b'P' if native => (Kind::Pointer, 8),
        b'e' => (Kind::Float, 2),
        b'f' => (Kind::Float, 4),
        b'd' => (Kind::Float, 8),
        b'F' => (Kind::Complex, 8),
        b'D' => (Kind::Complex, 16),
        _ => return None,
    };
    let align = match (native, kind) {
        (false, _) => 1,
        (true, Kind::Complex) => size / 2,
        (true, _) => size,
    };
    Some((kind, size, align))
}

/// What stands for a `MemoryError` among the errors of formats.
pub const NO_ROOM: &str = "out of memory";

impl Format {
    /// Reads a format; the error is the words of a `struct.error`.
    pub fn parse(text: &[u8]) -> std::result::Result<Format, &'static str> {
        const TOO_LONG: &str = "total struct size too long";
        let (native, little, rest) = match text.split_first() {
            Some((b'<', rest)) => (false, true, rest),
            Some((b'>' | b'!', rest)) => (false, false, rest),
            Some((b'=', rest)) => (false, cfg!(target_endian = "little"), rest),
            Some((b'@', rest)) => (true, cfg!(target_endian = "little"), rest),
            _ => (true, cfg!(target_endian = "little"), text),
        };
        if text.contains(&0) {
            return Err("embedded null character");
        }
        let mut format = Format { little, ..Format::default() };
        let mut at = 0;
        while let Some(&b) = rest.get(at) {
            at += 1;
            if matches!(b, b' ' | 9..=13) {
                continue;
            }
            let (mut n, mut b) = (1usize, b);
            if b.is_ascii_digit() {
                n = usize::from(b - b'0');
                loop {
                    let Some(&next) = rest.get(at) else { return Err("repeat count given without format specifier") };
                    at += 1;
                    b = next;
                    if !b.is_ascii_digit() {
                        break;
                    }
                    n = n.checked_mul(10).and_then(|n| n.checked_add(usize::from(b - b'0'))).ok_or(TOO_LONG)?;
                    if n > isize::MAX as usize {
                        return Err(TOO_LONG);
                    }
                }
            }
            let (kind, size, align) = letter(b, native).ok_or("bad char in struct format")?;
            let offset = format.size.checked_next_multiple_of(align).ok_or(TOO_LONG)?;
            let total = n.checked_mul(size).and_then(|n| n.checked_add(offset)).ok_or(TOO_LONG)?;
            if total > isize::MAX as usize {
                return Err(TOO_LONG);
            }
            format.size = total;
            let (kind, size, repeat) = match b {
                b'x' => continue,
                b's' => (Kind::Text, n, 1),
                b'p' => (Kind::Pascal, n, 1),
                _ => (kind, size, n),
            };
            format.count += repeat;
            if repeat > 0 {
                format.items.try_reserve(1).map_err(|_| NO_ROOM)?;
                format.items.push(Item { kind, letter: b, offset, size, repeat });
            }
        }
        Ok(format)
    }

    /// Packs values into `out`, which is as long as the format and zeroed.
    pub fn pack(&self, vm: &mut Vm, values: &[Value], out: &mut [u8]) -> Result<()> {
        let mut values = values.iter();
        for item in &self.items {
            let mut at = item.offset;
            for v in values.by_ref().take(item.repeat) {
                self.pack_one(vm, item, v, &mut out[at..at + item.size])?;
                at += item.size;
            }
        }
        Ok(())
    }

    /// Unpacks values from `bytes`, which are as long as the format.
    pub fn unpack(&self, vm: &mut Vm, bytes: &[u8], out: &mut Vec<Value>) -> Result<()> {
        for item in &self.items {
            let mut at = item.offset;
            // Runs of short ints need no look at each one's kind.
            if let Kind::Int { signed } = item.kind
                && matches!(item.size, 1 | 2)
            {
                let run = &bytes[at..at + item.size * item.repeat];
                let value = |b: &[u8]| match (b, self.little) {
                    (&[one], _) => u16::from(one),
                    (b, true) => u16::from_le_bytes([b[0], b[1]]),
                    (b, false) => u16::from_be_bytes([b[0], b[1]]),
                };
                out.extend(run.chunks_exact(item.size).map(|b| {
                    Value::from_i32(match (signed, item.size) {
                        (false, _) => value(b).into(),
                        (true, 1) => (value(b) as i8).into(),
                        (true, _) => (value(b) as i16).into(),
                    })
                }));
                continue;
            }
            for _ in 0..item.repeat {
                out.push(self.unpack_one(vm, item, &bytes[at..at + item.size])?);
                at += item.size;
            }
        }
        Ok(())
    }

    fn pack_one(&self, vm: &mut Vm, item: &Item, v: &Value, out: &mut [u8]) -> Result<()> {
        match item.kind {
            Kind::Int { signed } => self.pack_int(vm, item, v, signed, out),
            Kind::Bool => {
                out[0] = u8::from(vm.is_truthy(v)?);
                Ok(())
            }
            Kind::Float => {
                let Ok(x) = vm.to_f64(v) else { return Err(replace(vm, "required argument is not a float")) };
                self.put_float(vm, x, out)
            }
            Kind::Complex => {
                let Ok(z) = vm.to_complex(v) else { return Err(replace(vm, "required argument is not a complex")) };
                let (real, imag) = out.split_at_mut(item.size / 2);
                self.put_float(vm, z.real, real)?;
                self.put_float(vm, z.imag, imag)
            }
            Kind::Char => match v.downcast::<Bytes>() {
                Some(b) if b.len() == 1 => {
                    out[0] = b.as_bytes()[0];
                    Ok(())
                }
                _ => Err(raise_kept(vm, ERROR, "char format requires a bytes object of length 1")),
            },
            Kind::Text => {
                let n = self.copy_bytes(vm, v, 's', out.len(), |b| out[..b.len()].copy_from_slice(b))?;
                debug_assert!(n <= out.len());
                Ok(())
            }
            Kind::Pascal => {
                let room = out.len().saturating_sub(1);
                let n = self.copy_bytes(vm, v, 'p', room, |b| out[1..=b.len()].copy_from_slice(b))?;
                if let Some(first) = out.first_mut() {
                    *first = n.min(255) as u8;
                }
                Ok(())
            }
            Kind::Pointer => {
                let n = self.index(vm, v)?;
                let fits = view(&n).is_some_and(|n| {
                    pack::put_int(n, out, self.little, false) || pack::put_int(n, out, self.little, true)
                });
                if fits { Ok(()) } else { Err(raise_kept(vm, ERROR, "int too large to convert")) }
            }
        }
    }

    fn copy_bytes(&self, vm: &mut Vm, v: &Value, letter: char, room: usize, put: impl FnOnce(&[u8])) -> Result<usize> {
        let bytes = if let Some(b) = v.downcast::<Bytes>() {
            b.as_bytes()
        } else if let Some(b) = v.downcast::<ByteArray>() {
            b.get(vm).as_bytes()
        } else {
            return Err(raise_kept(vm, ERROR, &format!("argument for '{letter}' must be a bytes object")));
        };
        let n = bytes.len().min(room);
        // An empty place has no room even for the length.
        if room > 0 {
            put(&bytes[..n]);
        }
        Ok(n)
    }

    fn index(&self, vm: &mut Vm, v: &Value) -> Result {
        if v.as_int().is_some() {
            return Ok(v.clone());
        }
        if taipan_vm::slots::of(v.ty()).index.is_none() {
            return Err(raise_kept(vm, ERROR, "required argument is not an integer"));
        }
        vm.index(v)
    }

    #[inline]
    fn pack_int(&self, vm: &mut Vm, item: &Item, v: &Value, signed: bool, out: &mut [u8]) -> Result<()> {
        let fits = match v.small_int() {
            Some(n) => pack::put_int(IntView::Small(n), out, self.little, signed),
            None => {
                let n = self.index(vm, v)?;
                view(&n).is_some_and(|n| pack::put_int(n, out, self.little, signed))
            }
        };
        if fits {
            return Ok(());
        }
        let bits = 8 * item.size as u32;
        let (low, high) = if signed {
            (i64::MIN >> (64 - bits), (i64::MAX >> (64 - bits)) as u64)
        } else {
            (0, u64::MAX >> (64 - bits))
        };
        let letter = char::from(item.letter);
        Err(raise_kept(vm, ERROR, &format!("'{letter}' format requires {low} <= number <= {high}")))
    }

    fn put_float(&self, vm: &mut Vm, x: f64, out: &mut [u8]) -> Result<()> {
        let bits = match out.len() {
            2 => pack::to_half(x).map(u64::from),
            4 => pack::to_single(x).map(u64::from),
            _ => Ok(x.to_bits()),
        };
        match bits {
            Ok(bits) => {
                let n = out.len();
                out.copy_from_slice(&bits.to_le_bytes()[..n]);
                if !self.little {
                    out.reverse();
                }
                Ok(())
            }
            Err(e) => Err(vm.raise_num(e)),
        }
    }

    fn get_float(&self, bytes: &[u8]) -> f64 {
        let bits = pack::get_int(bytes, self.little, false) as u64;
        match bytes.len() {
            2 => pack::from_half(bits as u16),
            4 => pack::from_single(bits as u32),
            _ => f64::from_bits(bits),
        }
    }

    fn unpack_one(&self, vm: &mut Vm, item: &Item, bytes: &[u8]) -> Result {
        match item.kind {
            Kind::Int { signed } => {
                let n = pack::get_int(bytes, self.little, signed);
                match i64::try_from(n) {
                    Ok(n) => vm.new_int(n),
                    Err(_) => vm.new_uint(n as u64),
                }
            }
            Kind::Pointer => vm.new_uint(pack::get_int(bytes, self.little, false) as u64),
            Kind::Bool => Ok(Value::bool(bytes[0] != 0)),
            Kind::Float => vm.new_float(self.get_float(bytes)),
            Kind::Complex => {
                let (real, imag) = bytes.split_at(item.size / 2);
                vm.new_complex(self.get_float(real), self.get_float(imag))
            }
            Kind::Char | Kind::Text => vm.new_bytes(bytes).map(Ref::into_value),
            Kind::Pascal => {
                let text = match bytes.split_first() {
                    Some((&n, text)) => &text[..usize::from(n).min(text.len())],
                    None => &[],
                };
                vm.new_bytes(text).map(Ref::into_value)
            }
        }
    }
}

/// A `struct.error` instead of the exception that is on its way.
#[cold]
fn replace(vm: &mut Vm, words: &str) -> Raised {
    drop(vm.take_raised(Raised));
    raise_kept(vm, ERROR, words)
}
