//! What the hash modules share: how data is given, digests as Python objects.

use crate::engine::Engine;
use taipan_object::refs::{Guarded, Payload};
use taipan_object::trace::Opaque;
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::protocol::buffer::Request;
use taipan_vm::{Ref, Result, Str, Type, Value, Vm};

/// A payload with a running state.
pub trait HasEngine: Payload<Access = Guarded> {
    /// The state.
    fn engine(&mut self) -> &mut Engine;
}

/// Hashes what `data` shows through the buffer protocol.
pub fn feed(vm: &mut Vm, engine: &mut Engine, data: &Value) -> Result<()> {
    check_data(vm, data)?;
    vm.with_bytes(data, |bytes| engine.update(bytes))
}

fn check_data(vm: &mut Vm, data: &Value) -> Result<()> {
    if data.downcast::<Str>().is_some() {
        return Err(vm.raise_type_error("Strings must be encoded before hashing"));
    }
    if taipan_vm::slots::of(data.ty()).buffer.is_none() {
        return Err(vm.raise_type_error("object supporting the buffer API required"));
    }
    Ok(())
}

/// `update(data)`. The state stays in its object until the data can be read without running Python code.
pub fn update<T: HasEngine>(vm: &mut Vm, this: &Ref<T>, data: &Value) -> Result<()> {
    check_data(vm, data)?;
    if let Some(bytes) = data.downcast::<taipan_object::Bytes>() {
        this.get_mut(vm).engine().update(bytes.as_bytes());
        return Ok(());
    }
    let buffer = vm.buffer(data, Request { writable: false })?;
    let piece = match buffer.piece() {
        Some(piece) if buffer.shape.len() <= 1 => piece,
        piece => {
            vm.release_buffer(buffer);
            return Err(vm.raise_buffer_error(match piece {
                Some(_) => "Buffer must be single dimension",
                None => "memoryview: underlying buffer is not C-contiguous",
            }));
        }
    };
    let mut engine = std::mem::take(this.get_mut(vm).engine());
    engine.update(&(buffer.read)(vm, &buffer.owner)[piece]);
    *this.get_mut(vm).engine() = engine;
    vm.release_buffer(buffer);
    Ok(())
}

/// The bytes in hexadecimal.
pub fn hex(vm: &mut Vm, bytes: &[u8]) -> Result<Ref<Str>> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::new();
    if text.try_reserve_exact(bytes.len() * 2).is_err() {
        return Err(vm.raise_memory_error());
    }
    for b in bytes {
        text.push(DIGITS[usize::from(b >> 4)] as char);
        text.push(DIGITS[usize::from(b & 15)] as char);
    }
    vm.new_str(&text)
}

/// The parameters of a constructor: `(data=b'', *, usedforsecurity=True, string=None)`.
pub const fn data_signature(name: &'static str) -> Signature {
    Signature {
        name,
        params: &["data", "usedforsecurity", "string"],
        required: &[false, false, false],
        required_count: 0,
        positional_only: 0,
        positional: 1,
    }
}

/// The data among the arguments of a constructor.
pub fn data_argument<'a>(vm: &mut Vm, s: &'static Signature, args: Args<'a>) -> Result<Option<&'a Value>> {
    let [data, security, string] = bind::<3>(vm, s, args)?;
    if let Some(v) = security {
        vm.is_truthy(v)?;
    }
    one_of(vm, data, string)
}

/// `data`, or `string` under its former name.
pub fn one_of<'a>(vm: &mut Vm, data: Option<&'a Value>, string: Option<&'a Value>) -> Result<Option<&'a Value>> {
    let string = string.filter(|s| !s.is_none());
    if data.is_some() && string.is_some() {
        return Err(vm.raise_type_error(
            "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for \
             removal in a future version.",
        ));
    }
    Ok(data.or(string))
}

/// A payload with a state in it, as instances of a class.
pub fn instance<T: HasEngine>(vm: &mut Vm, class: &Type, payload: T) -> Result {
    Ref::new_in(vm, class, payload).map(Ref::into_value)
}

/// The state in a payload.
pub type Kept = Opaque<Engine>;
