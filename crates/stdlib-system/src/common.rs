//! What the modules of this crate share: numbers of time, lists of numbers, bytes to read into.

use taipan_num::int::IntBuf;
use taipan_object::byte_buffer::zeroed;
use taipan_object::{Bytes, IntRef, Type};
use taipan_vm::native::{Args, FromArg, Place};
use taipan_vm::protocol::buffer::{Buffer, Request};
use taipan_vm::{Ref, Result, Str, Value, Vm};

pub use crate::constants::set_all as set_constants;

const SECOND: i128 = 1_000_000_000;

/// A type that a module keeps for its results.
pub fn result_type(vm: &mut Vm, key: &'static str) -> Result<Ref<Type>> {
    match vm.state().registry.get(key).and_then(|v| v.as_type_ref().cloned()) {
        Some(ty) => Ok(ty),
        None => Err(vm.raise_runtime_error(&format!("{key} is not set up"))),
    }
}

/// Ints as values.
pub fn int_values(vm: &mut Vm, numbers: &[i64]) -> Result<Vec<Value>> {
    numbers.iter().map(|n| vm.new_int(*n)).collect()
}

/// A tuple of ints.
pub fn int_tuple(vm: &mut Vm, numbers: &[i64]) -> Result {
    let values = int_values(vm, numbers)?;
    vm.new_tuple(values).map(Ref::into_value)
}

/// Nanoseconds as an int.
pub fn int_of_ns(vm: &mut Vm, ns: i128) -> Result {
    match i64::try_from(ns) {
        Ok(ns) => vm.new_int(ns),
        Err(_) => vm.int_from(IntBuf::from_i128(ns)),
    }
}

/// Nanoseconds as seconds, correctly rounded where that is possible without more digits.
pub fn seconds_of_ns(ns: i128) -> f64 {
    // Whole seconds are exact: dividing would round twice.
    if ns % SECOND == 0 { (ns / SECOND) as f64 } else { ns as f64 / 1e9 }
}

/// Nanoseconds as a float of seconds.
pub fn float_of_ns(vm: &mut Vm, ns: i128) -> Result {
    vm.new_float(seconds_of_ns(ns))
}

/// How a time that lies between two ticks is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// Towards minus infinity.
    Floor,
    /// Towards plus infinity.
    Ceiling,
    /// Away from zero.
    Up,
    /// To the nearest, ties to even.
    HalfEven,
}

/// Seconds as Python gives them (int or float), in nanoseconds that fit 64 bits.
pub fn ns_from_seconds(vm: &mut Vm, v: &Value, rounding: Rounding) -> Result<i64> {
    if let (Some(x), false) = (v.as_float(), v.as_int().is_some()) {
        return ns_from_float(vm, x, rounding);
    }
    if v.as_int().is_none() && taipan_vm::slots::of(v.ty()).index.is_none() {
        let given = v.ty().name();
        return Err(vm.raise_type_error(&format!("'{given}' object cannot be interpreted as an integer or float")));
    }
    let n = vm.index(v)?;
    let seconds = match n.as_int() {
        Some(IntRef::Small(n)) => n.checked_mul(SECOND as i64),
        _ => None,
    };
    match seconds {
        Some(ns) => Ok(ns),
        None => Err(vm.raise_overflow_error("timestamp out of range for C PyTime_t")),
    }
}

fn ns_from_float(vm: &mut Vm, x: f64, rounding: Rounding) -> Result<i64> {
    if x.is_nan() {
        return Err(vm.raise_value_error("Invalid value NaN (not a number)"));
    }
    let ns = round(x * 1e9, rounding);
    if !(-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&ns) {
        return Err(vm.raise_overflow_error("timestamp out of range for C PyTime_t"));
    }
    Ok(ns as i64)
}

/// Rounds to a whole number.
pub fn round(x: f64, rounding: Rounding) -> f64 {
    match rounding {
        Rounding::Floor => x.floor(),
        Rounding::Ceiling => x.ceil(),
        Rounding::Up => {
            if x >= 0.0 {
                x.ceil()
            } else {
                x.floor()
            }
        }
        Rounding::HalfEven => x.round_ties_even(),
    }
}

/// A point in time as Python gives it, in seconds and nanoseconds below a second (`_PyTime_ObjectToTimespec`).
pub fn timespec(vm: &mut Vm, v: &Value, rounding: Rounding) -> Result<(i64, i64)> {
    if let (Some(x), false) = (v.as_float(), v.as_int().is_some()) {
        if x.is_nan() {
            return Err(vm.raise_value_error("Invalid value NaN (not a number)"));
        }
        let (mut whole, part) = (x.trunc(), x.fract());
        let mut ns = round(part * 1e9, rounding);
        if ns >= 1e9 {
            ns -= 1e9;
            whole += 1.0;
        } else if ns < 0.0 {
            ns += 1e9;
            whole -= 1.0;
        }
        if !(-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&whole) {
            return Err(vm.raise_overflow_error("timestamp out of range for platform time_t"));
        }
        return Ok((whole as i64, ns as i64));
    }
    if taipan_vm::slots::of(v.ty()).index.is_none() && v.as_int().is_none() {
        let given = v.ty().name();
        return Err(vm.raise_type_error(&format!("argument must be int or float, not {given}")));
    }
    time_t(vm, v).map(|seconds| (seconds, 0))
}

/// Whole seconds.
pub fn time_t(vm: &mut Vm, v: &Value) -> Result<i64> {
    let n = vm.index(v)?;
    match vm.to_index_i64(&n, "long") {
        Ok(n) => Ok(n),
        Err(raised) => {
            drop(vm.take_raised(raised));
            Err(vm.raise_overflow_error("timestamp out of range for platform time_t"))
        }
    }
}

/// Memory to write to, and bytes that were read for it.
pub struct Destination {
    buffer: Buffer,
    start: usize,
    /// Bytes there.
    pub len: usize,
}

impl Destination {
    /// Opens a writable object whose bytes lie in one piece.
    pub fn open(vm: &mut Vm, v: &Value, complaint: &str) -> Result<Destination> {
        if taipan_vm::slots::of(v.ty()).buffer.is_none() {
            let given = v.ty().name();
            return Err(vm.raise_type_error(&format!("{complaint}, not {given}")));
        }
        let buffer = match vm.buffer(v, Request { writable: true }) {
            Ok(buffer) => buffer,
            Err(raised) => {
                if vm.raised_is(taipan_vm::errors::BUFFER_ERROR.as_type()) {
                    drop(vm.take_raised(raised));
                    let given = v.ty().name();
                    return Err(vm.raise_type_error(&format!("{complaint}, not {given}")));
                }
                return Err(raised);
            }
        };
        match (buffer.piece(), buffer.write) {
            (Some(range), Some(_)) => Ok(Destination { start: range.start, len: range.len(), buffer }),
            _ => {
                vm.release_buffer(buffer);
                Err(vm.raise_type_error(complaint))
            }
        }
    }

    /// Has `call` fill the beginning of the memory, `wanted` bytes at most, without the lock: in place where the memory stays
    /// there, else by way of a copy. `call` answers how many it has filled with what else it has found out.
    pub fn fill_by<T>(
        &mut self,
        vm: &mut Vm,
        wanted: usize,
        call: impl FnOnce(&mut Vm, &mut [u8]) -> Result<(usize, T)>,
    ) -> Result<(usize, T)> {
        if let Some(memory) = self.buffer.pinned_bytes_mut() {
            return call(vm, &mut memory[..wanted]);
        }
        let mut memory = zeros(vm, wanted)?;
        let (n, found) = call(vm, &mut memory)?;
        self.fill(vm, &memory[..n.min(wanted)]);
        Ok((n, found))
    }

    /// Writes the beginning of the memory.
    pub fn fill(&self, vm: &mut Vm, bytes: &[u8]) {
        if let Some(write) = self.buffer.write {
            let memory = write(vm, &self.buffer.owner);
            memory[self.start..self.start + bytes.len()].copy_from_slice(bytes);
        }
    }

    /// Lets go of it.
    pub fn close(self, vm: &mut Vm) {
        vm.release_buffer(self.buffer);
    }
}

/// Bytes to hand to the system without the lock: of a bytes-like object, in place where they stay there.
pub struct Source {
    bytes: Option<Ref<Bytes>>,
    buffer: Option<Buffer>,
    copy: Vec<u8>,
}

impl Source {
    /// Opens a bytes-like object. [`Source::close`] must be called.
    pub fn open(vm: &mut Vm, v: &Value) -> Result<Source> {
        let mut source = Source { bytes: None, buffer: None, copy: Vec::new() };
        if let Some(bytes) = v.downcast::<Bytes>() {
            source.bytes = Some(bytes.clone());
            return Ok(source);
        }
        let buffer = vm.buffer(v, Request { writable: false })?;
        if buffer.pinned_bytes().is_some() {
            source.buffer = Some(buffer);
            return Ok(source);
        }
        let copy = buffer.gather(vm);
        vm.release_buffer(buffer);
        source.copy = copy?;
        Ok(source)
    }

    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        match (&self.bytes, self.buffer.as_ref().and_then(Buffer::pinned_bytes)) {
            (Some(bytes), _) => bytes.as_bytes(),
            (None, Some(pinned)) => pinned,
            (None, None) => &self.copy,
        }
    }

    /// Lets go of them.
    pub fn close(self, vm: &mut Vm) {
        if let Some(buffer) = self.buffer {
            vm.release_buffer(buffer);
        }
    }
}

/// Zeroed memory that may be too much to ask for.
pub fn zeros(vm: &mut Vm, n: usize) -> Result<Vec<u8>> {
    zeroed(n).map_err(|_| vm.raise_memory_error())
}

/// The bytes of a bytes-like argument.
pub struct BytesArg(pub Vec<u8>);

impl<'a> FromArg<'a> for BytesArg {
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, _place: Place) -> Result<Self> {
        match arg {
            Some(v) => vm.bytes_of(v).map(BytesArg),
            None => Ok(BytesArg(Vec::new())),
        }
    }
}

/// Whether a value has items by index.
pub fn is_sequence(v: &Value) -> bool {
    let s = taipan_vm::slots::of(v.ty());
    (s.item.is_some() || s.getitem.is_some()) && v.downcast::<taipan_vm::Dict>().is_none()
}

/// A new exception class, kept under `key` (module and name).
pub fn exception_class(vm: &mut Vm, key: &'static str, base: &'static Type) -> Result<Ref<Type>> {
    let (module, short) = key.rsplit_once('.').unwrap_or(("builtins", key));
    let namespace = vm.new_dict()?;
    let (name, text) = (vm.intern_utf8("__module__")?, vm.intern_utf8(module)?.into_value());
    vm.dict_set(&namespace, name.as_value(), text)?;
    let short = vm.intern_utf8(short)?;
    let metatype = taipan_object::statics::TYPE.as_ref();
    let none = Args::positional_only(&[]);
    let class = vm.new_class(&metatype, &short, &[base.to_value()], &namespace, none)?;
    vm.state_mut().registry.insert(key, class.to_value());
    Ok(class)
}

/// A `str` argument for the system.
pub fn system_text(vm: &mut Vm, v: &Value, complaint: &str) -> Result<Vec<u8>> {
    let Some(text) = v.downcast::<Str>() else {
        let given = if v.is_none() { "None".to_owned() } else { v.ty().name() };
        return Err(vm.raise_type_error(&format!("{complaint} must be str, not {given}")));
    };
    let bytes = vm.fs_encode(text)?;
    if bytes.contains(&0) {
        return Err(vm.raise_value_error("embedded null byte"));
    }
    Ok(bytes)
}
