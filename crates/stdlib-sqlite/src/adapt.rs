//! Adapters, which make values for SQLite of other objects, and converters, which do the opposite by a declared type.

use crate::errors;
use taipan_macros::class;
use taipan_macros::{Payload, Trace};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_vm::Type;
use taipan_vm::native::Args;
use taipan_vm::{Dict, Ref, Result, Str, Value, Vm, name};

/// `sqlite3.PrepareProtocol`.
pub static PREPARE_PROTOCOL: TypeCell<PrepareProtocol> = TypeCell::new("sqlite3.PrepareProtocol");

/// The protocol that values for SQLite are adapted to. It has no state.
#[derive(Trace, Payload)]
#[payload(class = PREPARE_PROTOCOL)]
#[repr(C)]
pub struct PrepareProtocol {}

/// Methods of `PrepareProtocol`.
pub struct PrepareProtocolClass;

/// PEP 246 style object adaption protocol type.
#[class(cell = PREPARE_PROTOCOL, base = OBJECT)]
impl PrepareProtocolClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, PrepareProtocol {}).map(Ref::into_value)
    }

    #[slot]
    fn init(_vm: &mut Vm, _this: &Value, _args: Args<'_>) -> Result<()> {
        Ok(())
    }
}

/// Keys of the dictionaries of adapters and converters, and of whether a basic type has an adapter.
pub const ADAPTERS: &str = "sqlite3.adapters";
pub const CONVERTERS: &str = "sqlite3.converters";
const BASIC_ADAPTED: &str = "sqlite3.basic_type_adapted";

fn table(vm: &Vm, key: &str) -> Option<Ref<Dict>> {
    vm.state().registry.get(key).and_then(|d| d.downcast::<Dict>()).cloned()
}

/// Registers an adapter of a type.
pub fn register_adapter(vm: &mut Vm, class: &Value, adapter: &Value) -> Result<()> {
    let basic = ["int", "float", "str", "bytearray"];
    if class.as_type().is_some_and(|t| basic.contains(&t.name().as_str())) {
        vm.state_mut().registry.insert(BASIC_ADAPTED, Value::bool(true));
    }
    let Some(adapters) = table(vm, ADAPTERS) else { return Ok(()) };
    let key = vm.new_tuple(vec![class.clone(), PREPARE_PROTOCOL.as_type().to_value()])?.into_value();
    vm.dict_set(&adapters, &key, adapter.clone())
}

/// Registers a converter of the columns that are declared as `name`.
pub fn register_converter(vm: &mut Vm, name: &Ref<Str>, converter: &Value) -> Result<()> {
    let Some(converters) = table(vm, CONVERTERS) else { return Ok(()) };
    let key = vm.call_method(name.as_value(), name!("upper"), &[])?;
    vm.dict_set(&converters, &key, converter.clone())
}

/// The converter of a declared type.
pub fn converter(vm: &mut Vm, declared: &str) -> Result<Option<Value>> {
    let Some(converters) = table(vm, CONVERTERS) else { return Ok(None) };
    let key = vm.new_str(&declared.to_uppercase())?.into_value();
    vm.dict_get(&converters, &key)
}

/// Whether a parameter has to go through [`adapt`].
pub fn is_needed(vm: &Vm, v: &Value) -> bool {
    if vm.state().registry.contains_key(BASIC_ADAPTED) {
        return true;
    }
    let plain = v.is_exact_int() || v.is_exact_float() || v.downcast::<Str>().is_some_and(|s| s.is_exact());
    !(plain || v.downcast_exact::<taipan_vm::types::bytes::ByteArray>().is_some())
}

/// The object as something that follows the protocol; `alternative` if it is given and there is no way.
pub fn adapt(vm: &mut Vm, object: &Value, protocol: &Value, alternative: Option<&Value>) -> Result {
    if let Some(adapters) = table(vm, ADAPTERS) {
        let key = vm.new_tuple(vec![object.ty().to_value(), protocol.clone()])?.into_value();
        if let Some(adapter) = vm.dict_get(&adapters, &key)? {
            return vm.call(&adapter, std::slice::from_ref(object));
        }
    }
    for (receiver, method, argument) in
        [(protocol, name!("__adapt__"), object), (object, name!("__conform__"), protocol)]
    {
        let Some(method) = vm.get_attr_opt(receiver, method)? else { continue };
        match vm.call(&method, std::slice::from_ref(argument)) {
            Ok(adapted) if !adapted.is_none() => return Ok(adapted),
            Ok(_) => {}
            Err(raised) if vm.raised_is(taipan_vm::errors::TYPE_ERROR.as_type()) => drop(vm.take_raised(raised)),
            Err(raised) => return Err(raised),
        }
    }
    match alternative {
        Some(alternative) => Ok(alternative.clone()),
        None => Err(errors::raise(vm, errors::PROGRAMMING, "can't adapt")),
    }
}
