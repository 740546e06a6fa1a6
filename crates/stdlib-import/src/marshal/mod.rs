//! `marshal`: values as bytes, in the format of `.pyc` files.

mod build;
mod describe;

pub use build::read_code;

use build::{Build, Failure};
use describe::Describe;
use taipan_bytecode::marshal::{Reader, VERSION, WriteError, Writer};
use taipan_macros::module;
use taipan_vm::errors::{RUNTIME_ERROR, VALUE_ERROR};
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Raised, Ref, Result, Str, Value, Vm, name};

/// `marshal`.
pub struct Marshal;

fn dump_as(vm: &mut Vm, value: &Value, version: i32, allow_code: bool) -> Result<Vec<u8>> {
    // Negative versions are older than all.
    let version = u32::try_from(version).unwrap_or(0);
    let source = Describe::new(vm);
    let mut writer = Writer::new(&source, version).allow_code(allow_code);
    let written = writer.write(value);
    let bytes = writer.finish();
    if let Some(raised) = source.into_failure() {
        return Err(raised);
    }
    match written {
        Ok(()) => Ok(bytes),
        Err(error) => Err(raise_write_error(vm, error)),
    }
}

/// Marshal data of the newest version.
pub fn dump(vm: &mut Vm, value: &Value) -> Result<Vec<u8>> {
    dump_as(vm, value, VERSION as i32, true)
}

fn raise_write_error(vm: &mut Vm, error: WriteError) -> Raised {
    let class = match error {
        WriteError::Memory => return vm.raise_memory_error(),
        WriteError::SetChanged => RUNTIME_ERROR.as_type(),
        _ => VALUE_ERROR.as_type(),
    };
    vm.raise_class(class, &error.to_string())
}

/// Reads one value; gives it with the number of bytes it took.
pub fn load(vm: &mut Vm, data: &[u8], allow_code: bool) -> Result<(Value, usize)> {
    // A list of objects that take a byte each, while it grows: the reader cannot be refused memory.
    const BYTES_PER_BYTE: usize = 32;
    taipan_object::room::probe(data.len().saturating_mul(BYTES_PER_BYTE))?;
    let mut reader = Reader::new(Build::new(vm), data).allow_code(allow_code);
    let read = reader.read();
    let used = data.len() - reader.rest().len();
    match read {
        Ok(value) => Ok((value, used)),
        Err(Failure::Raised(raised)) => Err(raised),
        Err(Failure::Read(error)) => Err(build::raise_read_error(vm, error)),
    }
}

/// This module contains functions that can read and write Python values in
/// a binary format. The format is specific to Python, but independent of
/// machine architecture issues.
#[module(name = "marshal")]
impl Marshal {
    #[exec]
    fn exec_module(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        let version = vm.new_int(i64::from(VERSION))?;
        module.set(vm, "version", version)
    }

    /// Write the value on the open file.
    ///
    ///   value
    ///     Must be a supported type.
    ///   file
    ///     Must be a writeable binary file.
    ///   version
    ///     Indicates the data format that dump should use.
    ///   allow_code
    ///     Allow to write code objects.
    #[function("($module, value, file, version=version, /, *, allow_code=True)")]
    fn dump(vm: &mut Vm, value: &Value, file: &Value, version: Option<i32>, allow_code: Option<bool>) -> Result {
        let bytes = dump_as(vm, value, version.unwrap_or(VERSION as i32), allow_code.unwrap_or(true))?;
        let bytes = vm.new_bytes(&bytes)?.into_value();
        vm.call_method(file, name!("write"), &[bytes])
    }

    /// Return the bytes object that would be written to a file by dump(value, file).
    ///
    ///   value
    ///     Must be a supported type.
    ///   version
    ///     Indicates the data format that dumps should use.
    ///   allow_code
    ///     Allow to write code objects.
    #[function("($module, value, version=version, /, *, allow_code=True)")]
    fn dumps(vm: &mut Vm, value: &Value, version: Option<i32>, allow_code: Option<bool>) -> Result {
        let bytes = dump_as(vm, value, version.unwrap_or(VERSION as i32), allow_code.unwrap_or(true))?;
        vm.bytes_from_vec(bytes).map(Ref::into_value)
    }

    /// Read one value from the open file and return it.
    ///
    ///   file
    ///     Must be readable binary file.
    ///   allow_code
    ///     Allow to load code objects.
    #[function("($module, file, /, *, allow_code=True)")]
    fn load(vm: &mut Vm, file: &Value, allow_code: Option<bool>) -> Result {
        build::load_file(vm, file, allow_code.unwrap_or(true))
    }

    /// Convert the bytes-like object to a value.
    ///
    ///   allow_code
    ///     Allow to load code objects.
    #[function("($module, bytes, /, *, allow_code=True)")]
    fn loads(vm: &mut Vm, bytes: &Value, allow_code: Option<bool>) -> Result {
        if bytes.downcast::<Str>().is_some() {
            return Err(vm.raise_type_error("a bytes-like object is required, not 'str'"));
        }
        let data = vm.bytes_of(bytes)?;
        load(vm, &data, allow_code.unwrap_or(true)).map(|(value, _)| value)
    }
}
