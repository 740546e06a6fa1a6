//! What the hash modules share: how data is given, digests as Python objects.

use crate::engine::Engine;
use taipan_object::refs::{Guarded, Payload};
use taipan_object::trace::Opaque;
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::protocol::buffer::Request;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Str, Type, Value, Vm};

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
    if buffer.shape.len() > 1 {
        vm.release_buffer(buffer);
        return Err(vm.raise_buffer_error("Buffer must be single dimension"));
    }
    let mut engine = std::mem::take(this.get_mut(vm).engine());
    let fed = match buffer.piece() {
        Some(range) => {
            engine.update(&(buffer.read)(vm, &buffer.owner)[range]);
            Ok(())
        }
        None => buffer.gather(vm).map(|all| engine.update(&all)),
    };
    *this.get_mut(vm).engine() = engine;
    vm.release_buffer(buffer);
    fed
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

/// A subclass of `ValueError` in a module, kept for the interpreter under its dotted name.
pub fn add_error(vm: &mut Vm, module: &Ref<Module>, owner: &str, key: &'static str) -> Result<()> {
    let short = key.rsplit('.').next().unwrap_or(key);
    let namespace = vm.new_dict()?;
    let module_key = vm.intern_utf8("__module__")?.into_value();
    let owner = vm.intern_utf8(owner)?.into_value();
    vm.dict_set(&namespace, &module_key, owner)?;
    let name = vm.intern_utf8(short)?;
    let bases = [taipan_vm::errors::VALUE_ERROR.as_ref().into_value()];
    let meta = taipan_object::statics::TYPE.as_ref();
    let class = vm.new_class(&meta, &name, &bases, &namespace, Args::positional_only(&[]))?;
    vm.state_mut().registry.insert(key, class.to_value());
    module.set(vm, short, class.into_value())
}

/// Raises an error that [`add_error`] made.
pub fn raise_kept(vm: &mut Vm, key: &'static str, text: &str) -> taipan_object::Raised {
    let class = vm.state().registry.get(key).cloned();
    match class.as_ref().and_then(Value::as_type) {
        Some(class) => vm.raise_class(class, text),
        None => vm.raise_value_error(text),
    }
}

/// A payload with a state in it, as instances of a class.
pub fn instance<T: HasEngine>(vm: &mut Vm, class: &Type, payload: T) -> Result {
    Ref::new_in(vm, class, payload).map(Ref::into_value)
}

/// The state in a payload.
pub type Kept = Opaque<Engine>;
