//! Functions that foreign code can call.
//!
//! They run in the thread that called the foreign code, whose interpreter is found in a variable of the thread. A call from
//! elsewhere, by a thread of the foreign code or while the interpreter's lock is given up, cannot be served: it gives zero and
//! says so on the error output.

use crate::call::{size_of, type_of};
use libffi::low;
use libffi::middle::{Cif, Closure as Machine};
use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_vm::{Ref, Result, Value, Vm};

/// `_ctypes_core.Closure`.
pub static CLOSURE: TypeCell<Closure> = TypeCell::new("_ctypes_core.Closure");

/// How many there are: while there are any, foreign calls keep the interpreter's lock.
static ALIVE: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// The interpreter that waits for foreign code in this thread.
    static WAITING: Cell<*mut Vm> = const { Cell::new(null_mut()) };
}

/// Whether there are closures.
pub fn exist() -> bool {
    ALIVE.load(Ordering::Relaxed) > 0
}

/// Runs foreign code that may call back.
pub fn with<R>(vm: &mut Vm, run: impl FnOnce() -> R) -> R {
    let before = WAITING.replace(vm);
    let result = run();
    WAITING.set(before);
    result
}

/// What the machine code is given: the callable, the sizes of the arguments, and that of the result.
struct Target {
    callable: Value,
    sizes: Vec<usize>,
    result: usize,
}

/// The machine code, before what it refers to.
struct Code {
    machine: Option<Machine<'static>>,
    target: *mut Target,
}

impl Drop for Code {
    fn drop(&mut self) {
        self.machine = None;
        ALIVE.fetch_sub(1, Ordering::Relaxed);
        // SAFETY: it came from a box, and the code that used it is gone.
        drop(unsafe { Box::from_raw(self.target) });
    }
}

/// A function for foreign code.
#[derive(Trace, Payload)]
#[payload(class = CLOSURE)]
#[repr(C)]
pub struct Closure {
    code: Opaque<Code>,
    /// The same that the code refers to, for the collector.
    callable: Value,
}

/// Methods of `Closure`.
pub struct ClosureClass;

unsafe extern "C" fn enter(_cif: &low::ffi_cif, result: &mut c_void, arguments: *const *const c_void, target: &Target) {
    let result = (&raw mut *result).cast::<u8>();
    // A result narrower than a word fills one.
    let room = if target.result == 0 { 0 } else { target.result.max(8) };
    // SAFETY: the foreign side has room for the result, and as many arguments as were declared, each of its size.
    unsafe {
        std::ptr::write_bytes(result, 0, room);
        let Some(vm) = WAITING.get().as_mut() else {
            eprintln!("ctypes: a callback cannot be served: no interpreter waits in this thread");
            return;
        };
        let done = call_back(vm, arguments, target);
        match done {
            Ok(bytes) => std::ptr::copy_nonoverlapping(bytes.as_ptr(), result, bytes.len().min(target.result)),
            Err(raised) => {
                vm.report_unraisable_about(raised, "on calling ctypes callback function", Some(&target.callable))
            }
        }
    }
}

unsafe fn call_back(vm: &mut Vm, arguments: *const *const c_void, target: &Target) -> Result<Vec<u8>> {
    vm.check_stack(" in a callback")?;
    let mut given = Vec::with_capacity(target.sizes.len());
    for (i, size) in target.sizes.iter().enumerate() {
        // SAFETY: as above.
        let bytes = unsafe { std::slice::from_raw_parts((*arguments.add(i)).cast::<u8>(), *size) };
        given.push(vm.new_bytes(bytes)?.into_value());
    }
    let value = vm.call(&target.callable, &given)?;
    if target.result == 0 { Ok(Vec::new()) } else { vm.bytes_of(&value) }
}

/// Makes a function for foreign code. Structures are neither taken nor given by value.
pub fn make(vm: &mut Vm, callable: &Value, result: &Value, codes: &[Value]) -> Result<Ref<Closure>> {
    let types = codes.iter().map(|code| type_of(vm, code)).collect::<Result<Vec<_>>>()?;
    let returns = type_of(vm, result)?;
    let sizes: Vec<_> = codes.iter().map(|code| size_of(vm, code, 0)).collect();
    if sizes.contains(&0) || result.downcast::<taipan_object::Tuple>().is_some() {
        return Err(vm.raise_type_error("invalid result type for callback function"));
    }
    let Ok(cif) = Cif::try_new(types, returns) else {
        return Err(vm.raise_runtime_error("ffi_prep_cif failed"));
    };
    let target = Target { callable: callable.clone(), sizes, result: size_of(vm, result, 0) };
    let target = Box::into_raw(Box::new(target));
    ALIVE.fetch_add(1, Ordering::Relaxed);
    let mut code = Code { machine: None, target };
    // SAFETY: the target lives until the code that refers to it is gone.
    let made = unsafe { Machine::try_new(cif, enter, &*target) };
    let Ok(machine) = made else { return Err(vm.raise_memory_error()) };
    code.machine = Some(machine);
    Ref::new(vm, Closure { code: Opaque(code), callable: callable.clone() })
}

#[class(cell = CLOSURE, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl ClosureClass {
    /// Where foreign code finds it.
    #[getter]
    fn address(vm: &mut Vm, this: &Ref<Closure>) -> Result<u64> {
        let machine = this.get(vm).code.machine.as_ref();
        Ok(machine.map_or(0, |m| *m.code_ptr() as usize as u64))
    }

    /// What is called.
    #[getter]
    fn callable(vm: &mut Vm, this: &Ref<Closure>) -> Result {
        Ok(this.get(vm).callable.clone())
    }
}
