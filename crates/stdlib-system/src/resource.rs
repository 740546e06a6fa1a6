//! `resource`: what processes use and may use.

use crate::common::{int_values, result_type};
use crate::constants;
use crate::posix::results::rusage;
use taipan_host::resource::{self as host, Limit};
use taipan_host::{Errno, system};
use taipan_macros::module;
use taipan_object::IntRef;
use taipan_vm::errors::OS_ERROR;
use taipan_vm::types::module::Module;
use taipan_vm::types::structseq::StructSeqDef;
use taipan_vm::{ModuleRef, Raised, Ref, Result, Value, Vm};

/// `resource`.
pub struct Resource;

const RUSAGE: StructSeqDef<'static> = StructSeqDef {
    name: "resource.struct_rusage",
    doc: "What a process has used, as getrusage gives it.",
    fields: &[
        ("ru_utime", "user time used"),
        ("ru_stime", "system time used"),
        ("ru_maxrss", "max. resident set size"),
        ("ru_ixrss", "shared memory size"),
        ("ru_idrss", "unshared data size"),
        ("ru_isrss", "unshared stack size"),
        ("ru_minflt", "page faults not requiring I/O"),
        ("ru_majflt", "page faults requiring I/O"),
        ("ru_nswap", "number of swap outs"),
        ("ru_inblock", "block input operations"),
        ("ru_oublock", "block output operations"),
        ("ru_msgsnd", "IPC messages sent"),
        ("ru_msgrcv", "IPC messages received"),
        ("ru_nsignals", "signals received"),
        ("ru_nvcsw", "voluntary context switches"),
        ("ru_nivcsw", "involuntary context switches"),
    ],
    visible: 16,
};

/// One above the largest number of a resource.
const RESOURCES: i32 = 16;

fn check(vm: &mut Vm, resource: i32) -> Result<()> {
    if (0..RESOURCES).contains(&resource) {
        return Ok(());
    }
    Err(vm.raise_value_error("invalid resource specified"))
}

/// A limit as Python shows it: no limit is -1.
fn limit_tuple(vm: &mut Vm, limit: Limit) -> Result {
    let mut values = Vec::with_capacity(2);
    for n in [limit.soft, limit.hard] {
        values.push(if n == u64::MAX { vm.new_int(-1)? } else { vm.new_uint(n)? });
    }
    vm.new_tuple(values).map(Ref::into_value)
}

fn limit_part(vm: &mut Vm, v: &Value) -> Result<u64> {
    let n = vm.index(v)?;
    match n.as_int() {
        Some(IntRef::Small(-1)) => Ok(u64::MAX),
        Some(IntRef::Small(n)) if n >= 0 => Ok(n as u64),
        Some(IntRef::Small(_)) | Some(IntRef::Big { negative: true, .. }) => {
            Err(vm.raise_value_error("Cannot convert negative int"))
        }
        Some(IntRef::Big { digits, .. }) if digits.len() <= 3 => {
            let n = digits.iter().rev().fold(0u128, |n, d| n << 30 | u128::from(*d));
            u64::try_from(n).map_err(|_| too_large(vm))
        }
        _ => Err(too_large(vm)),
    }
}

fn too_large(vm: &mut Vm) -> Raised {
    vm.raise_overflow_error("Python int too large to convert to C rlim_t")
}

fn limit_from(vm: &mut Vm, v: &Value) -> Result<Limit> {
    let parts = vm.collect(v)?;
    let [soft, hard] = parts.as_slice() else {
        return Err(vm.raise_value_error("expected a tuple of 2 integers"));
    };
    Ok(Limit { soft: limit_part(vm, soft)?, hard: limit_part(vm, hard)? })
}

fn fail(vm: &mut Vm, e: Errno) -> Raised {
    match e {
        Errno::EINVAL => vm.raise_value_error("current limit exceeds maximum limit"),
        Errno(libc::EPERM) => vm.raise_value_error("not allowed to raise maximum limit"),
        e => vm.raise_os_error(e.0, None),
    }
}

#[module(name = "resource")]
impl Resource {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        constants::set_all(vm, module, constants::resource::ALL)?;
        let ty = vm.new_structseq_class(&RUSAGE)?;
        vm.state_mut().registry.insert(RUSAGE.name, ty.to_value());
        module.set(vm, "struct_rusage", ty.into_value())?;
        module.set(vm, "error", OS_ERROR.as_type().to_value())
    }

    /// What a process, its children or a thread has used.
    #[function("($module, who, /)")]
    fn getrusage(vm: &mut Vm, who: i32) -> Result {
        match host::getrusage(who) {
            Ok(usage) => {
                let ty = result_type(vm, RUSAGE.name)?;
                rusage(vm, &ty, &usage)
            }
            Err(Errno::EINVAL) => Err(vm.raise_value_error("invalid who parameter")),
            Err(e) => Err(vm.raise_os_error(e.0, None)),
        }
    }

    /// The soft and the hard limit of a resource.
    #[function("($module, resource, /)")]
    fn getrlimit(vm: &mut Vm, resource: i32) -> Result {
        check(vm, resource)?;
        let found = host::getrlimit(resource);
        let found = vm.system(found)?;
        limit_tuple(vm, found)
    }

    /// Set the limits of a resource.
    #[function("($module, resource, limits, /)")]
    fn setrlimit(vm: &mut Vm, resource: i32, limits: &Value) -> Result<()> {
        let number = int_values(vm, &[i64::from(resource)])?;
        vm.audit("resource.setrlimit", &[number[0].clone(), limits.clone()])?;
        check(vm, resource)?;
        let limit = limit_from(vm, limits)?;
        host::setrlimit(resource, limit).map_err(|e| fail(vm, e))
    }

    /// The limits of a resource of a process, and set them.
    #[function("($module, pid, resource, limits=None, /)")]
    fn prlimit(vm: &mut Vm, pid: i32, resource: i32, limits: Option<&Value>) -> Result {
        check(vm, resource)?;
        let none = Value::none();
        let numbers = int_values(vm, &[i64::from(pid), i64::from(resource)])?;
        let shown = limits.unwrap_or(&none).clone();
        vm.audit("resource.prlimit", &[numbers[0].clone(), numbers[1].clone(), shown])?;
        let limit = match limits.filter(|v| !v.is_none()) {
            Some(v) => Some(limit_from(vm, v)?),
            None => None,
        };
        match host::prlimit(pid, resource, limit) {
            Ok(old) => limit_tuple(vm, old),
            Err(Errno::EINVAL) => Err(vm.raise_value_error("current limit exceeds maximum limit")),
            Err(e) => Err(vm.raise_os_error(e.0, None)),
        }
    }

    /// The size of a page of memory.
    #[function("($module, /)")]
    fn getpagesize(_vm: &mut Vm) -> Result<usize> {
        Ok(system::page_size())
    }
}
