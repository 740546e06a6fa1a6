//! `fcntl`: control of descriptors and locks on files.
//!
//! Requests that `host` does not know by name fail: the kernel would read or write through their arguments.

use crate::common::{Destination, int_values};
use crate::constants;
use crate::posix::path::File;
use taipan_host::fcntl::{self as host, RecordLock};
use taipan_macros::module;
use taipan_object::{Bytes, IntRef};
use taipan_vm::types::module::Module;
use taipan_vm::{Ref, Result, Str, Value, Vm};

/// `fcntl`.
pub struct Fcntl;

/// The most bytes that are passed by copy.
const LARGEST: usize = 1024;

/// The low bits of an int, as C passes it.
fn low_bits(vm: &mut Vm, v: &Value) -> Result<u64> {
    let n = vm.index(v)?;
    Ok(match n.as_int() {
        Some(IntRef::Small(n)) => n as u64,
        Some(IntRef::Big { negative, digits }) => {
            let low = digits.iter().take(3).rev().fold(0u128, |n, d| n << 30 | u128::from(*d)) as u64;
            if negative { low.wrapping_neg() } else { low }
        }
        None => 0,
    })
}

/// What is passed by pointer.
fn passed_bytes(vm: &mut Vm, v: &Value, function: &str) -> Result<Vec<u8>> {
    if let Some(text) = v.downcast::<Str>() {
        return match text.to_utf8() {
            Some(utf8) => Ok(utf8.as_bytes().to_vec()),
            None => Err(vm.raise_surrogates_not_allowed(text)),
        };
    }
    if taipan_vm::slots::of(v.ty()).buffer.is_none() {
        let given = v.ty().name();
        let text = format!("{function}() argument 3 must be an integer, a bytes-like object, or a string, not {given}");
        return Err(vm.raise_type_error(&text));
    }
    vm.bytes_of(v)
}

fn is_lock(command: i32) -> bool {
    matches!(
        command,
        libc::F_GETLK | libc::F_SETLK | libc::F_SETLKW | libc::F_OFD_GETLK | libc::F_OFD_SETLK | libc::F_OFD_SETLKW
    )
}

/// What `fcntl` does with bytes: a lock's are read and written, others go back as they came.
fn fcntl_bytes(fd: i32, command: i32, bytes: &[u8]) -> taipan_host::Result<Vec<u8>> {
    let mut out = bytes.to_vec();
    if is_lock(command) {
        let mut whole = bytes.to_vec();
        whole.resize(RecordLock::SIZE.max(bytes.len()), 0);
        let mut lock = RecordLock::from_bytes(&whole).ok_or(taipan_host::Errno::EINVAL)?;
        host::record_lock(fd, command, &mut lock)?;
        let n = bytes.len().min(RecordLock::SIZE);
        out[..n].copy_from_slice(&lock.to_bytes()[..n]);
        return Ok(out);
    }
    host::fcntl(fd, command, 0).map(|_| out)
}

#[module(name = "fcntl")]
impl Fcntl {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        constants::set_all(vm, module, constants::fcntl::ALL)
    }

    /// Carry out a command on a descriptor.
    #[function("($module, fd, cmd, arg=0, /)")]
    fn fcntl(vm: &mut Vm, fd: File, cmd: i32, arg: Option<&Value>) -> Result {
        let shown = arg.cloned().map_or_else(|| vm.new_int(0), Ok)?;
        let mut event = int_values(vm, &[i64::from(fd.0), i64::from(cmd)])?;
        event.push(shown);
        vm.audit("fcntl.fcntl", &event)?;
        let number = match arg {
            None => Some(0),
            Some(v) if taipan_vm::slots::of(v.ty()).index.is_some() || v.as_int().is_some() => {
                Some(low_bits(vm, v)? as i32)
            }
            Some(_) => None,
        };
        if let Some(number) = number {
            let done = vm.blocking_call(|| host::fcntl(fd.0, cmd, number))?;
            return vm.new_int(i64::from(done));
        }
        let bytes = match arg {
            Some(v) => passed_bytes(vm, v, "fcntl")?,
            None => Vec::new(),
        };
        if bytes.len() > LARGEST {
            return Err(vm.raise_value_error("fcntl argument 3 is too long"));
        }
        let out = vm.blocking_call(|| fcntl_bytes(fd.0, cmd, &bytes))?;
        vm.new_bytes(&out).map(Ref::into_value)
    }

    /// Carry out a request on a device.
    #[function("($module, fd, request, arg=0, mutate_flag=True, /)")]
    fn ioctl(vm: &mut Vm, fd: File, request: &Value, arg: Option<&Value>, mutate_flag: Option<bool>) -> Result {
        if request.as_int().is_none() && taipan_vm::slots::of(request.ty()).index.is_none() {
            let given = request.ty().name();
            return Err(vm.raise_type_error(&format!("ioctl() argument 2 must be int, not {given}")));
        }
        let code = low_bits(vm, request)?;
        let zero = vm.new_int(0)?;
        let number = vm.new_int(i64::from(fd.0))?;
        vm.audit("fcntl.ioctl", &[number, request.clone(), arg.unwrap_or(&zero).clone()])?;
        let arg = arg.unwrap_or(&zero);
        if arg.as_int().is_some() || taipan_vm::slots::of(arg.ty()).index.is_some() {
            let argument = low_bits(vm, arg)? as i32;
            let done = vm.blocking_call(|| host::ioctl_int(fd.0, code, i64::from(argument)))?;
            return vm.new_int(i64::from(done));
        }
        let is_constant = arg.downcast::<Bytes>().is_some() || arg.downcast::<Str>().is_some();
        if !is_constant
            && mutate_flag.unwrap_or(true)
            && taipan_vm::slots::of(arg.ty()).buffer.is_some()
            && let Ok(to) = Destination::open(vm, arg, "ioctl() argument 3 must be a writable buffer").map_err(|e| {
                drop(vm.take_raised(e));
            })
        {
            let mut bytes = vm.bytes_of(arg)?;
            let done = vm.blocking_call(|| host::ioctl_buffer(fd.0, code, &mut bytes));
            if done.is_ok() {
                to.fill(vm, &bytes);
            }
            to.close(vm);
            return vm.new_int(i64::from(done?));
        }
        let mut bytes = passed_bytes(vm, arg, "ioctl")?;
        if bytes.len() > LARGEST {
            return Err(vm.raise_value_error("ioctl argument 3 is too long"));
        }
        vm.blocking_call(|| host::ioctl_buffer(fd.0, code, &mut bytes))?;
        vm.new_bytes(&bytes).map(Ref::into_value)
    }

    /// Lock or unlock a whole file.
    #[function("($module, fd, operation, /)")]
    fn flock(vm: &mut Vm, fd: File, operation: i32) -> Result<()> {
        let event = int_values(vm, &[i64::from(fd.0), i64::from(operation)])?;
        vm.audit("fcntl.flock", &event)?;
        vm.blocking_call(|| host::flock(fd.0, operation))
    }

    /// Lock or unlock a part of a file.
    #[function("($module, fd, cmd, len=0, start=0, whence=0, /)")]
    fn lockf(
        vm: &mut Vm,
        fd: File,
        cmd: i32,
        len: Option<&Value>,
        start: Option<&Value>,
        whence: Option<i32>,
    ) -> Result<()> {
        let offset = |vm: &mut Vm, v: Option<&Value>| v.map_or(Ok(0), |v| vm.to_index_i64(v, "long"));
        let (len, start) = (offset(vm, len)?, offset(vm, start)?);
        let whence = whence.unwrap_or(0);
        let event = int_values(vm, &[i64::from(fd.0), i64::from(cmd), len, start, i64::from(whence)])?;
        vm.audit("fcntl.lockf", &event)?;
        if cmd != libc::LOCK_UN && cmd & (libc::LOCK_SH | libc::LOCK_EX) == 0 {
            return Err(vm.raise_value_error("unrecognized lockf argument"));
        }
        vm.blocking_call(|| host::lockf(fd.0, cmd, len, start, whence as i16))
    }
}
