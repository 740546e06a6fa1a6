//! What all streams share: errors, sizes, buffers of arguments, exceptions that follow each other.

use taipan_host::Errno;
use taipan_object::{IntRef, Raised, Type, TypeFlags, Value};
use taipan_vm::errors::{OS_ERROR, TYPE_ERROR};
use taipan_vm::protocol::buffer::{Buffer, Request};
use taipan_vm::types::exceptions::OsError;
use taipan_vm::{Ref, Result, Str, Vm, name, slots};

/// `io.DEFAULT_BUFFER_SIZE`.
pub const DEFAULT_BUFFER_SIZE: usize = 128 * 1024;

/// Key under which the interpreter keeps `io.UnsupportedOperation`.
pub const UNSUPPORTED: &str = "io.UnsupportedOperation";

/// `SEEK_CUR` and `SEEK_END` of C.
pub mod whence {
    pub const CUR: i32 = 1;
    pub const END: i32 = 2;
}

/// Raises `io.UnsupportedOperation`.
#[cold]
pub fn unsupported(vm: &mut Vm, text: &str) -> Raised {
    let class = vm.state().registry.get(UNSUPPORTED).cloned();
    match class.as_ref().and_then(Value::as_type_ref) {
        Some(class) => vm.raise_class(class, text),
        None => vm.raise_class(OS_ERROR.as_type(), text),
    }
}

/// Raises `OSError` with words of its own, without an error number.
#[cold]
pub fn os_error(vm: &mut Vm, text: &str) -> Raised {
    vm.raise_class(OS_ERROR.as_type(), text)
}

/// Raises what a system call failed with.
#[cold]
pub fn failed(vm: &mut Vm, errno: Errno) -> Raised {
    match errno {
        Errno::ENOMEM => vm.raise_memory_error(),
        errno => vm.raise_os_error(errno.0, None),
    }
}

/// `BlockingIOError: write could not complete without blocking`.
#[cold]
pub fn would_block(vm: &mut Vm, errno: i32, written: usize) -> Raised {
    let made = vm.new_str("write could not complete without blocking").and_then(|text| {
        let errno = Value::from_i32(errno);
        let written = vm.new_uint(written as u64)?;
        let class = taipan_vm::errors::BLOCKING_IO_ERROR.as_type().to_value();
        vm.call(&class, &[errno, text.into_value(), written])
    });
    match made {
        Ok(exception) => vm.raise_chained(exception),
        Err(raised) => raised,
    }
}

/// A class as messages name it: native ones with their module.
pub fn class_name(ty: &Type) -> String {
    if ty.flags().has(TypeFlags::HEAP) { ty.name() } else { ty.static_name().to_owned() }
}

/// A `size` argument: -1 where it is left out, `None` or negative.
pub fn size_argument(vm: &mut Vm, v: Option<&Value>) -> Result<isize> {
    let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(-1) };
    if let Some(n) = v.small_int() {
        return Ok(n as isize);
    }
    if slots::of(v.ty()).index.is_none() {
        let text = format!("argument should be integer or None, not '{}'", v.ty().name());
        return Err(vm.raise_type_error(&text));
    }
    index(vm, v)
}

/// A number of the size of an index; `OverflowError` where it does not fit.
pub fn index(vm: &mut Vm, v: &Value) -> Result<isize> {
    if let Some(n) = v.small_int() {
        return Ok(n as isize);
    }
    let n = vm.index(v)?;
    if let Some(IntRef::Small(n)) = n.as_int() {
        return Ok(n as isize);
    }
    match vm.to_index_i64(&n, "ssize_t") {
        Ok(n) => Ok(n as isize),
        Err(raised) => {
            drop(vm.take_raised(raised));
            let text = format!("cannot fit '{}' into an index-sized integer", v.ty().name());
            Err(vm.raise_overflow_error(&text))
        }
    }
}

/// A position in a file.
pub fn offset(vm: &mut Vm, v: &Value) -> Result<i64> {
    if let Some(n) = v.small_int() {
        return Ok(n);
    }
    vm.to_index_i64(v, "long long")
}

/// Opens the memory that an argument lets be written.
pub fn writable(vm: &mut Vm, v: &Value) -> Result<Buffer> {
    writable_as(vm, v, "argument")
}

/// The same for a function whose messages number their arguments.
pub fn writable_as(vm: &mut Vm, v: &Value, which: &str) -> Result<Buffer> {
    if slots::of(v.ty()).buffer.is_some() {
        match vm.buffer(v, Request { writable: true }) {
            Ok(buffer) if !buffer.readonly && buffer.write.is_some() => {
                if buffer.piece().is_some() {
                    return Ok(buffer);
                }
                vm.release_buffer(buffer);
            }
            Ok(buffer) => vm.release_buffer(buffer),
            Err(raised) if vm.raised_is(taipan_vm::errors::BUFFER_ERROR.as_type()) => drop(vm.take_raised(raised)),
            Err(raised) => return Err(raised),
        }
    }
    let given = if v.is_none() { "None".to_owned() } else { v.ty().name() };
    Err(vm.raise_type_error(&format!("readinto() {which} must be read-write bytes-like object, not {given}")))
}

/// Writes into an open window, from `at` on.
pub fn store(vm: &mut Vm, buffer: &Buffer, at: usize, bytes: &[u8]) {
    let Some(write) = buffer.write else { return };
    let all = write(vm, &buffer.owner);
    let start = buffer.offset + at;
    if let Some(to) = all.get_mut(start..start + bytes.len()) {
        to.copy_from_slice(bytes);
    }
}

/// The outcome of two steps of which the second is taken whatever the first came to: the later exception has the
/// earlier one as its context.
pub fn both<T, U>(vm: &mut Vm, first: Result<T>, second: impl FnOnce(&mut Vm) -> Result<U>) -> Result<U> {
    let Err(raised) = first else { return second(vm) };
    let earlier = vm.take_raised(raised);
    match second(vm) {
        Ok(_) => Err(vm.raise(earlier)),
        Err(raised) => {
            let later = vm.take_raised(raised);
            if !later.is(&earlier) {
                let set = vm.set_attr(&later, name!("__context__"), Some(earlier));
                vm.ignore(set);
            }
            Err(vm.raise(later))
        }
    }
}

/// Whether a call ended because a signal came in, so that it has to be made again.
pub fn interrupted(vm: &mut Vm, raised: Raised) -> Result<()> {
    let eintr = vm
        .peek_raised()
        .and_then(|e| e.downcast::<OsError>())
        .and_then(|e| e.get(vm).errno.as_ref().and_then(Value::small_int));
    if eintr != Some(i64::from(Errno::EINTR.0)) {
        return Err(raised);
    }
    drop(vm.take_raised(raised));
    vm.check_signals()
}

/// Calls a method, again where a signal interrupts it.
pub fn call_method(vm: &mut Vm, object: &Value, method: &Ref<Str>, args: &[Value]) -> Result {
    loop {
        match vm.call_method(object, method, args) {
            Err(raised) => interrupted(vm, raised)?,
            done => return done,
        }
    }
}

/// Calls a method for a truth value.
pub fn ask(vm: &mut Vm, object: &Value, method: &Ref<Str>) -> Result<bool> {
    let answer = vm.call_method(object, method, &[])?;
    vm.is_truthy(&answer)
}

/// The optional string `v`, or a `TypeError` in the words of C's argument parser.
pub fn optional_str<'a>(
    vm: &mut Vm,
    v: Option<&'a Value>,
    function: &str,
    which: &str,
) -> Result<Option<&'a Ref<Str>>> {
    match v.filter(|v| !v.is_none()) {
        None => Ok(None),
        Some(v) => match v.downcast::<Str>() {
            Some(s) if s.data().code_points().any(|c| c == 0) => Err(vm.raise_value_error("embedded null character")),
            Some(s) => Ok(Some(s)),
            None => {
                let text = format!("{function}() argument '{which}' must be str or None, not {}", v.ty().name());
                Err(vm.raise_class(TYPE_ERROR.as_type(), &text))
            }
        },
    }
}

/// Bytes of a vector as a Python object.
pub fn bytes(vm: &mut Vm, data: &[u8]) -> Result {
    vm.new_bytes(data).map(Ref::into_value)
}

/// What has become of a buffered or text stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Uninitialized,
    Ready,
    Detached,
}

impl taipan_object::Trace for State {
    fn trace(&self, _: &mut taipan_object::Visitor<'_>) {}
}
