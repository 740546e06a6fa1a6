//! What several of the modules need: exception classes of their own, wrapping int arguments.

use taipan_object::{IntRef, Raised};
use taipan_vm::native::{Args, FromArg, Place};
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Type, Value, Vm};

/// Makes an exception class of a module and keeps it for the interpreter under its dotted name.
pub fn add_error(vm: &mut Vm, module: &Ref<Module>, key: &'static str, base: &Type, doc: Option<&str>) -> Result<()> {
    let (owner, short) = key.rsplit_once('.').unwrap_or(("builtins", key));
    if let Some(class) = vm.state().registry.get(key).cloned() {
        return module.set(vm, short, class);
    }
    let namespace = vm.new_dict()?;
    let module_key = vm.intern_utf8("__module__")?.into_value();
    let owner = vm.intern_utf8(owner)?.into_value();
    vm.dict_set(&namespace, &module_key, owner)?;
    if let Some(doc) = doc {
        let doc_key = vm.intern_utf8("__doc__")?.into_value();
        let doc = vm.new_str(doc)?.into_value();
        vm.dict_set(&namespace, &doc_key, doc)?;
    }
    let name = vm.intern_utf8(short)?;
    let meta = taipan_object::statics::TYPE.as_ref();
    let class = vm.new_class(&meta, &name, &[base.to_value()], &namespace, Args::positional_only(&[]))?;
    vm.state_mut().registry.insert(key, class.to_value());
    module.set(vm, short, class.into_value())
}

/// Raises an error that [`add_error`] made.
#[cold]
pub fn raise_kept(vm: &mut Vm, key: &'static str, text: &str) -> Raised {
    let class = vm.state().registry.get(key).cloned();
    match class.as_ref().and_then(Value::as_type) {
        Some(class) => vm.raise_class(class, text),
        None => vm.raise_value_error(text),
    }
}

/// An int argument of which the low 32 bits count.
pub struct Masked(pub u32);

impl<'a> FromArg<'a> for Masked {
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, place: Place) -> Result<Self> {
        let v = <&Value>::from_arg(vm, arg, place)?;
        let n = vm.index(v)?;
        Ok(Masked(match n.as_int() {
            Some(IntRef::Small(n)) => n as u32,
            Some(IntRef::Big { negative, digits }) => {
                let low = digits.first().copied().unwrap_or(0) | digits.get(1).copied().unwrap_or(0) << 30;
                if negative { low.wrapping_neg() } else { low }
            }
            None => 0,
        }))
    }
}

/// How a class is named in notes and messages: without `builtins` and `__main__`.
pub fn label(vm: &mut Vm, v: &Value) -> String {
    let name = vm.dotted_name(v.ty());
    match name.strip_prefix("__main__.") {
        Some(short) => short.to_owned(),
        None => name,
    }
}

/// A bytes-like argument whose memory is in one piece.
pub struct Data<'a>(pub &'a Value);

impl<'a> FromArg<'a> for Data<'a> {
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, place: Place) -> Result<Self> {
        let v = <&Value>::from_arg(vm, arg, place)?;
        vm.check_in_one_piece(v)?;
        Ok(Data(v))
    }
}
