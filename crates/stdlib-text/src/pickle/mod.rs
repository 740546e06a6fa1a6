//! `_pickle`: objects as bytes, all protocols from 0 to 5.

mod buffer;
mod load;
mod memo;
mod pickler;
mod reduce;
mod save;
mod unpickler;

use crate::common::add_error;
use load::Loader;
use pickler::Pickler;
use save::Saver;
use taipan_macros::module;
use taipan_object::{Bytes, Str, Tuple};
use taipan_vm::errors::{ATTRIBUTE_ERROR, EXCEPTION};
use taipan_vm::types::exceptions::base::as_exception;
use taipan_vm::types::module::Module;
use taipan_vm::{Dict, Ref, Result, Value, Vm, name};
use unpickler::Unpickler;

const ERROR: &str = "_pickle.PickleError";
/// Name of `pickle.PicklingError` in the interpreter's registry.
const PICKLING_ERROR: &str = "_pickle.PicklingError";
/// Name of `pickle.UnpicklingError` in the interpreter's registry.
const UNPICKLING_ERROR: &str = "_pickle.UnpicklingError";
/// The highest protocol, which is also the default.
const HIGHEST: i64 = 5;

/// The protocol that an argument asks for.
fn protocol_of(vm: &mut Vm, v: Option<&Value>) -> Result<u8> {
    let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(HIGHEST as u8) };
    let n = vm.to_index_i64(v, "int")?;
    match n {
        ..0 => Ok(HIGHEST as u8),
        0..=HIGHEST => Ok(n as u8),
        _ => Err(vm.raise_value_error(&format!("pickle protocol must be <= {HIGHEST}"))),
    }
}

/// Finds a class or function by the name that a pickle has for it.
fn find_class(vm: &mut Vm, module: &Value, name: &Value, proto: u8, fix_imports: bool) -> Result {
    vm.audit("pickle.find_class", &[module.clone(), name.clone()])?;
    let Some(name_text) = name.downcast::<Str>() else {
        let text = format!("attribute name must be string, not '{}'", name.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    let (mut module, mut name_text) = (module.clone(), name_text.clone());
    if proto < 3 && fix_imports {
        let compat = vm.import("_compat_pickle")?;
        let key = vm.new_tuple(vec![module.clone(), name_text.to_value()])?.into_value();
        let names = vm.get_attr(&compat, name!("NAME_MAPPING"))?;
        let imports = vm.get_attr(&compat, name!("IMPORT_MAPPING"))?;
        let renamed = match names.downcast::<Dict>() {
            Some(d) => vm.dict_get(d, &key)?,
            None => None,
        };
        if let Some([m, n]) = renamed.as_ref().and_then(|p| p.downcast::<Tuple>()).map(|t| t.items())
            && let Some(n) = n.downcast::<Str>()
        {
            (module, name_text) = (m.clone(), n.clone());
        } else if let Some(d) = imports.downcast::<Dict>()
            && let Some(found) = vm.dict_get(d, &module)?
        {
            module = found;
        }
    }
    let Some(module_name) = module.downcast::<Str>() else {
        let text = format!("module name must be a string, not {}", module.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    let module_name = module_name.to_string_lossy();
    if module_name.is_empty() {
        return Err(vm.raise_value_error("Empty module name"));
    }
    let found = vm.import(&module_name)?;
    let text = name_text.to_string_lossy();
    if proto < 4 || !text.contains('.') {
        let attribute = vm.intern(&name_text);
        return vm.get_attr(&found, &attribute);
    }
    let mut at = found;
    for step in text.split('.') {
        let step = vm.intern_utf8(step)?;
        at = match vm.get_attr(&at, &step) {
            Ok(next) => next,
            Err(raised) if vm.raised_is(ATTRIBUTE_ERROR.as_type()) => {
                let missing = vm.take_raised(raised);
                let text = format!("Can't resolve path '{text}' on module '{module_name}'");
                let raised = vm.raise_class(ATTRIBUTE_ERROR.as_type(), &text);
                let exception = vm.take_raised(raised);
                if let Some(e) = as_exception(&exception) {
                    drop(e.get_mut(vm).context.replace(missing));
                }
                return Err(vm.raise(exception));
            }
            Err(raised) => return Err(raised),
        };
    }
    Ok(at)
}

/// `_pickle`.
pub struct PickleModule;

/// Optimized implementation for the Python pickle module.
#[module(name = "_pickle")]
impl PickleModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &pickler::PicklerClass::class_def())?;
        vm.add_class(module, &unpickler::UnpicklerClass::class_def())?;
        vm.add_class(module, &buffer::PickleBufferClass::class_def())?;
        vm.set_up_class(&pickler::MemoProxyClass::class_def())?;
        vm.set_up_class(&unpickler::MemoProxyClass::class_def())?;
        add_error(vm, module, ERROR, EXCEPTION.as_type(), None)?;
        let base = vm.state().registry.get(ERROR).and_then(|c| c.as_type_ref().cloned());
        let base = base.unwrap_or_else(|| EXCEPTION.as_ref());
        add_error(vm, module, PICKLING_ERROR, &base, None)?;
        add_error(vm, module, UNPICKLING_ERROR, &base, None)
    }

    /// Write a pickled representation of obj to the open file object file.
    ///
    /// It is what Pickler(file, protocol).dump(obj) does.
    #[function("($module, /, obj, file, protocol=None, *, fix_imports=True,\n     buffer_callback=None)")]
    fn dump(
        vm: &mut Vm,
        obj: &Value,
        file: &Value,
        protocol: Option<&Value>,
        fix_imports: Option<&Value>,
        buffer_callback: Option<&Value>,
    ) -> Result<()> {
        let options = pickler::options(vm, protocol, fix_imports, buffer_callback)?;
        let write = pickler::write_of(vm, file)?;
        let mut pickler = Pickler::blank();
        pickler.configure(options, Some(write));
        let pickler = Ref::new(vm, pickler)?;
        let mut saver = Saver::hidden(vm, &pickler)?;
        saver.dump(vm, obj)
    }

    /// Return the pickled representation of the object as a bytes object.
    #[function("($module, /, obj, protocol=None, *, fix_imports=True,\n      buffer_callback=None)")]
    fn dumps(
        vm: &mut Vm,
        obj: &Value,
        protocol: Option<&Value>,
        fix_imports: Option<&Value>,
        buffer_callback: Option<&Value>,
    ) -> Result {
        let options = pickler::options(vm, protocol, fix_imports, buffer_callback)?;
        let mut pickler = Pickler::blank();
        pickler.configure(options, None);
        let pickler = Ref::new(vm, pickler)?;
        let saver = Saver::hidden(vm, &pickler)?;
        saver.dumps(vm, obj)
    }

    /// Read and return an object from the pickle data stored in a file.
    ///
    /// It is what Unpickler(file).load() does.
    #[function("($module, /, file, *, fix_imports=True, encoding='ASCII',\n     errors='strict', buffers=())")]
    fn load(
        vm: &mut Vm,
        file: &Value,
        fix_imports: Option<&Value>,
        encoding: Option<&Value>,
        errors: Option<&Value>,
        buffers: Option<&Value>,
    ) -> Result {
        let options = unpickler::options(vm, "load", [fix_imports, encoding, errors, buffers])?;
        let file = unpickler::file_of(vm, file)?;
        let mut unpickler = Unpickler::blank();
        unpickler.configure(options, Some(file));
        let unpickler = Ref::new(vm, unpickler)?;
        Loader::from_file(vm, &unpickler)?.load(vm)
    }

    /// Read and return an object from the given pickle data.
    #[function("($module, data, /, *, fix_imports=True, encoding='ASCII',\n      errors='strict', buffers=())")]
    fn loads(
        vm: &mut Vm,
        data: &Value,
        fix_imports: Option<&Value>,
        encoding: Option<&Value>,
        errors: Option<&Value>,
        buffers: Option<&Value>,
    ) -> Result {
        let options = unpickler::options(vm, "loads", [fix_imports, encoding, errors, buffers])?;
        let data = match data.downcast::<Bytes>() {
            Some(b) => b.clone(),
            None => {
                let copy = vm.bytes_of(data)?;
                vm.bytes_from_vec(copy)?
            }
        };
        let mut unpickler = Unpickler::blank();
        unpickler.configure(options, None);
        let unpickler = Ref::new(vm, unpickler)?;
        Loader::from_bytes(&unpickler, data).load(vm)
    }
}
