//! `_ctypes_core`: what `ctypes` needs beneath its types. Libraries and their symbols, memory at an address, calls of
//! foreign functions and functions that foreign code can call.
//!
//! The types themselves (`crates/pylib/own/_ctypes.py`) are Python: their metaclasses and conversions are what a program
//! sees, and nothing of them needs to be unsafe. Arguments and results cross as bytes.
//!
//! This crate is unsafe by its purpose: a program that calls a foreign function with wrong types, or reads an address that
//! is none, crashes as it does under CPython. Nothing else of Taipan imports it.

mod call;
mod closure;
mod library;
mod memory;

use taipan_macros::module;
use taipan_object::Raised;
use taipan_object::Tuple;
use taipan_vm::native::ModuleDef;
use taipan_vm::types::module::Module;
use taipan_vm::{Ref, Result, Value, Vm};

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![("_ctypes_core", CtypesCore::module_def)]
}

/// `_ctypes_core`.
pub struct CtypesCore;

fn address(vm: &mut Vm, v: &Value) -> Result<usize> {
    Ok(vm.to_index_i64(v, "address")? as usize)
}

fn items<'a>(vm: &mut Vm, v: &'a Value) -> Result<&'a [Value]> {
    match v.downcast::<Tuple>() {
        Some(tuple) => Ok(tuple.items()),
        None => Err(vm.raise_type_error("a tuple is expected")),
    }
}

/// Foreign libraries, memory and calls, for ctypes.
#[module(name = "_ctypes_core")]
impl CtypesCore {
    #[exec]
    fn exec(vm: &mut Vm, _module: &Ref<Module>) -> Result<()> {
        vm.set_up_class(&memory::MemoryClass::class_def())?;
        vm.set_up_class(&closure::ClosureClass::class_def())
    }

    /// Load a library, or the program itself for None, and give its handle.
    #[function("($module, path, mode, /)")]
    fn open_library(vm: &mut Vm, path: &Value, mode: i32) -> Result<u64> {
        let path = if path.is_none() { None } else { Some(vm.fs_bytes(path)?) };
        match library::open(path.as_deref(), mode) {
            Ok(handle) => Ok(handle as u64),
            Err(text) => Err(vm.raise_class(taipan_vm::errors::OS_ERROR.as_type(), &text)),
        }
    }

    /// Give a library up.
    #[function("($module, handle, /)")]
    fn close_library(vm: &mut Vm, handle: &Value) -> Result<()> {
        let handle = address(vm, handle)?;
        match library::close(handle) {
            Ok(()) => Ok(()),
            Err(text) => Err(vm.raise_class(taipan_vm::errors::OS_ERROR.as_type(), &text)),
        }
    }

    /// The address of a symbol.
    #[function("($module, handle, name, /)")]
    fn find_symbol(vm: &mut Vm, handle: &Value, name: &Value) -> Result<u64> {
        let handle = address(vm, handle)?;
        let name = vm.bytes_of(name)?;
        // A copy for the loader, and its complaint.
        taipan_object::room::probe(name.len().saturating_mul(6))?;
        match library::symbol(handle, &name) {
            Ok(found) => Ok(found as u64),
            Err(text) => Err(vm.raise_class(taipan_vm::errors::OS_ERROR.as_type(), &text)),
        }
    }

    /// Memory of so many bytes, all zero.
    #[function("($module, size, /)")]
    fn memory(vm: &mut Vm, size: &Value) -> Result<Ref<memory::Memory>> {
        let size = address(vm, size)?;
        memory::allocate(vm, size)
    }

    /// The memory at an address; keep is held as long as it is.
    #[function("($module, address, size, keep=None, /)")]
    fn memory_at(vm: &mut Vm, at: &Value, size: &Value, keep: Option<&Value>) -> Result<Ref<memory::Memory>> {
        let (at, size) = (address(vm, at)?, address(vm, size)?);
        memory::borrow(vm, at, size, keep.cloned())
    }

    /// The address and the size of the memory of a writable object.
    #[function("($module, object, /)")]
    fn address_of(vm: &mut Vm, object: &Value) -> Result<Ref<Tuple>> {
        let (at, size) = memory::address_of(vm, object)?;
        let values = vec![vm.new_int(at as i64)?, vm.new_int(size as i64)?];
        vm.new_tuple(values)
    }

    /// How many units of some bytes come before one that is zero.
    #[function("($module, address, width, /)")]
    fn text_length(vm: &mut Vm, at: &Value, width: &Value) -> Result<u64> {
        let (at, width) = (address(vm, at)?, address(vm, width)?);
        Ok(memory::text_length(at, width.max(1)) as u64)
    }

    /// The object that lies at an address, as id() gives it.
    #[function("($module, address, /)")]
    fn object_at(vm: &mut Vm, at: &Value) -> Result {
        let at = address(vm, at)?;
        match memory::object_at(at) {
            Some(object) => Ok(object),
            None => Err(vm.raise_value_error("PyObject is NULL")),
        }
    }

    /// Call a foreign function.
    ///
    /// The codes of result and arguments are those of struct, tuples of codes for structures, and v for nothing. Arguments
    /// and result are the bytes of the values. After fixed arguments come variable ones, unless fixed is negative. With
    /// release other threads run meanwhile, with keep_errno errno is exchanged for ctypes' own copy.
    #[function("($module, address, result, codes, values, fixed, release, keep_errno, /)")]
    fn call(
        vm: &mut Vm,
        at: &Value,
        result: &Value,
        codes: &Value,
        values: &Value,
        fixed: i32,
        release: bool,
        keep_errno: bool,
    ) -> Result {
        let at = address(vm, at)?;
        let (codes, values) = (items(vm, codes)?, items(vm, values)?);
        let prepared = call::prepare(vm, result, codes, values, usize::try_from(fixed).ok())?;
        let bytes = call::run(vm, at, prepared, release, keep_errno);
        vm.new_bytes(&bytes).map(Ref::into_value)
    }

    /// A function that foreign code can call; it is given bytes and returns bytes.
    #[function("($module, callable, result, codes, /)")]
    fn closure(vm: &mut Vm, callable: &Value, result: &Value, codes: &Value) -> Result<Ref<closure::Closure>> {
        let codes = items(vm, codes)?;
        closure::make(vm, callable, result, codes)
    }

    /// ctypes' own copy of errno.
    #[function("($module, /)")]
    fn get_errno(_vm: &mut Vm) -> Result<i32> {
        Ok(call::own_errno(None))
    }

    /// Set ctypes' own copy of errno and give the former one.
    #[function("($module, value, /)")]
    fn set_errno(_vm: &mut Vm, value: i32) -> Result<i32> {
        Ok(call::own_errno(Some(value)))
    }
}

/// Raises about a code that is none.
fn bad_code(vm: &mut Vm) -> Raised {
    vm.raise_type_error("no such type code")
}
