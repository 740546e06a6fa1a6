//! Functions of `posix` about users, groups and scheduling.

use super::path::{FsText, Gid, Uid, id_value};
use super::results;
use crate::common::{is_sequence, result_type};
use taipan_host::{ids, sched};
use taipan_macros::module;
use taipan_vm::{Ref, Result, Value, Vm, name};

/// Functions about users, groups and scheduling.
pub struct Identities;

/// The most groups that a process can have.
const GROUPS_MAX: usize = 65536;
/// Processors beyond which an affinity mask does not make sense.
const CPUS_MAX: i64 = i32::MAX as i64 - 64;

fn id_list(vm: &mut Vm, all: &[u32]) -> Result {
    let mut items = Vec::with_capacity(all.len());
    for id in all {
        items.push(id_value(vm, *id)?);
    }
    vm.new_list(items).map(Ref::into_value)
}

fn id_triple(vm: &mut Vm, (a, b, c): (u32, u32, u32)) -> Result {
    let values = vec![id_value(vm, a)?, id_value(vm, b)?, id_value(vm, c)?];
    vm.new_tuple(values).map(Ref::into_value)
}

/// The priority in a `sched_param`.
pub fn priority_of(vm: &mut Vm, param: &Value) -> Result<i32> {
    let class = result_type(vm, "posix.sched_param")?;
    if !param.ty().is(&class) {
        return Err(vm.raise_type_error("must have a sched_param object"));
    }
    let priority = vm.get_attr(param, name!("sched_priority"))?;
    let n = vm.to_index_i64(&priority, "long")?;
    i32::try_from(n).map_err(|_| vm.raise_overflow_error("sched_priority out of range"))
}

#[module(name = "posix")]
impl Identities {
    /// The real user.
    #[function("($module, /)")]
    fn getuid(vm: &mut Vm) -> Result {
        id_value(vm, ids::getuid())
    }

    /// The effective user.
    #[function("($module, /)")]
    fn geteuid(vm: &mut Vm) -> Result {
        id_value(vm, ids::geteuid())
    }

    /// The real group.
    #[function("($module, /)")]
    fn getgid(vm: &mut Vm) -> Result {
        id_value(vm, ids::getgid())
    }

    /// The effective group.
    #[function("($module, /)")]
    fn getegid(vm: &mut Vm) -> Result {
        id_value(vm, ids::getegid())
    }

    /// The real, effective and saved user.
    #[function("($module, /)")]
    fn getresuid(vm: &mut Vm) -> Result {
        let found = ids::getresuid();
        let found = vm.system(found)?;
        id_triple(vm, found)
    }

    /// The real, effective and saved group.
    #[function("($module, /)")]
    fn getresgid(vm: &mut Vm) -> Result {
        let found = ids::getresgid();
        let found = vm.system(found)?;
        id_triple(vm, found)
    }

    /// Set the user.
    #[function("($module, uid, /)")]
    fn setuid(vm: &mut Vm, uid: Uid) -> Result<()> {
        let done = ids::setuid(uid.0);
        vm.system(done)
    }

    /// Set the effective user.
    #[function("($module, euid, /)")]
    fn seteuid(vm: &mut Vm, euid: Uid) -> Result<()> {
        let done = ids::seteuid(euid.0);
        vm.system(done)
    }

    /// Set the group.
    #[function("($module, gid, /)")]
    fn setgid(vm: &mut Vm, gid: Gid) -> Result<()> {
        let done = ids::setgid(gid.0);
        vm.system(done)
    }

    /// Set the effective group.
    #[function("($module, egid, /)")]
    fn setegid(vm: &mut Vm, egid: Gid) -> Result<()> {
        let done = ids::setegid(egid.0);
        vm.system(done)
    }

    /// Set the real and the effective user.
    #[function("($module, ruid, euid, /)")]
    fn setreuid(vm: &mut Vm, ruid: Uid, euid: Uid) -> Result<()> {
        let done = ids::setreuid(ruid.0, euid.0);
        vm.system(done)
    }

    /// Set the real and the effective group.
    #[function("($module, rgid, egid, /)")]
    fn setregid(vm: &mut Vm, rgid: Gid, egid: Gid) -> Result<()> {
        let done = ids::setregid(rgid.0, egid.0);
        vm.system(done)
    }

    /// Set the real, effective and saved user.
    #[function("($module, ruid, euid, suid, /)")]
    fn setresuid(vm: &mut Vm, ruid: Uid, euid: Uid, suid: Uid) -> Result<()> {
        let done = ids::setresuid(ruid.0, euid.0, suid.0);
        vm.system(done)
    }

    /// Set the real, effective and saved group.
    #[function("($module, rgid, egid, sgid, /)")]
    fn setresgid(vm: &mut Vm, rgid: Gid, egid: Gid, sgid: Gid) -> Result<()> {
        let done = ids::setresgid(rgid.0, egid.0, sgid.0);
        vm.system(done)
    }

    /// The supplementary groups.
    #[function("($module, /)")]
    fn getgroups(vm: &mut Vm) -> Result {
        let found = ids::getgroups();
        let found = vm.system(found)?;
        id_list(vm, &found)
    }

    /// Set the supplementary groups.
    #[function("($module, groups, /)")]
    fn setgroups(vm: &mut Vm, groups: &Value) -> Result<()> {
        if !is_sequence(groups) {
            return Err(vm.raise_type_error("setgroups argument must be a sequence"));
        }
        if vm.len(groups)? > GROUPS_MAX {
            return Err(vm.raise_value_error("too many groups"));
        }
        let mut all = Vec::new();
        for v in vm.collect(groups)? {
            if v.as_int().is_none() {
                return Err(vm.raise_type_error("groups must be integers"));
            }
            all.push(Gid::from_value(vm, &v)?.0);
        }
        let done = ids::setgroups(&all);
        vm.system(done)
    }

    /// The groups that a user belongs to.
    #[function("($module, user, group, /)")]
    fn getgrouplist(vm: &mut Vm, user: FsText, group: Gid) -> Result {
        let found = vm.detach(|| ids::getgrouplist(&user.0, group.0));
        let found = vm.system(found)?;
        id_list(vm, &found)
    }

    /// Set the supplementary groups to those of a user.
    #[function("($module, username, gid, /)")]
    fn initgroups(vm: &mut Vm, username: FsText, gid: Gid) -> Result<()> {
        let done = vm.detach(|| ids::initgroups(&username.0, gid.0));
        vm.system(done)
    }

    /// The name the user logged in with.
    #[function("($module, /)")]
    fn getlogin(vm: &mut Vm) -> Result {
        let found = ids::getlogin();
        let found = vm.system(found)?;
        vm.new_fs_str(&found)
    }

    /// Add to the niceness of this process, and give it.
    #[function("($module, increment, /)")]
    fn nice(vm: &mut Vm, increment: i32) -> Result<i32> {
        let found = sched::nice(increment);
        vm.system(found)
    }

    /// The priority of a process, a group or a user.
    #[function("($module, /, which, who)")]
    fn getpriority(vm: &mut Vm, which: i32, who: i32) -> Result<i32> {
        let found = sched::getpriority(which, who as u32);
        vm.system(found)
    }

    /// Set the priority of a process, a group or a user.
    #[function("($module, /, which, who, priority)")]
    fn setpriority(vm: &mut Vm, which: i32, who: i32, priority: i32) -> Result<()> {
        let done = sched::setpriority(which, who as u32, priority);
        vm.system(done)
    }

    /// The highest priority of a policy.
    #[function("($module, /, policy)")]
    fn sched_get_priority_max(vm: &mut Vm, policy: i32) -> Result<i32> {
        let found = sched::priority_max(policy);
        vm.system(found)
    }

    /// The lowest priority of a policy.
    #[function("($module, /, policy)")]
    fn sched_get_priority_min(vm: &mut Vm, policy: i32) -> Result<i32> {
        let found = sched::priority_min(policy);
        vm.system(found)
    }

    /// The policy of a process.
    #[function("($module, pid, /)")]
    fn sched_getscheduler(vm: &mut Vm, pid: i32) -> Result<i32> {
        let found = sched::getscheduler(pid);
        vm.system(found)
    }

    /// Set the policy of a process.
    #[function("($module, pid, policy, param, /)")]
    fn sched_setscheduler(vm: &mut Vm, pid: i32, policy: i32, param: &Value) -> Result<()> {
        let priority = priority_of(vm, param)?;
        let done = sched::setscheduler(pid, policy, priority);
        vm.system(done)
    }

    /// The parameters of a process's policy.
    #[function("($module, pid, /)")]
    fn sched_getparam(vm: &mut Vm, pid: i32) -> Result {
        let found = sched::getparam(pid);
        let priority = vm.system(found)?;
        results::sched_param(vm, priority)
    }

    /// Set the parameters of a process's policy.
    #[function("($module, pid, param, /)")]
    fn sched_setparam(vm: &mut Vm, pid: i32, param: &Value) -> Result<()> {
        let priority = priority_of(vm, param)?;
        let done = sched::setparam(pid, priority);
        vm.system(done)
    }

    /// The time slice of a process under the round-robin policy, in seconds.
    #[function("($module, pid, /)")]
    fn sched_rr_get_interval(vm: &mut Vm, pid: i32) -> Result<f64> {
        let found = sched::rr_interval(pid);
        let ns = vm.system(found)?;
        Ok(crate::common::seconds_of_ns(i128::from(ns)))
    }

    /// Let others have the processor.
    #[function("($module, /)")]
    fn sched_yield(vm: &mut Vm) -> Result<()> {
        let done = vm.detach(sched::sched_yield);
        vm.system(done)
    }

    /// The processors that a process may run on.
    #[function("($module, pid, /)")]
    fn sched_getaffinity(vm: &mut Vm, pid: i32) -> Result {
        let found = sched::getaffinity(pid);
        let found = vm.system(found)?;
        let mut items = Vec::with_capacity(found.len());
        for cpu in found {
            items.push(vm.new_int(cpu as i64)?);
        }
        let items = vm.new_list(items)?.into_value();
        let set = taipan_object::statics::SET.as_type().to_value();
        vm.call(&set, &[items])
    }

    /// Set the processors that a process may run on.
    #[function("($module, pid, mask, /)")]
    fn sched_setaffinity(vm: &mut Vm, pid: i32, mask: &Value) -> Result<()> {
        let mut cpus = Vec::new();
        let it = vm.iter(mask)?;
        while let Some(v) = vm.next(&it)? {
            if v.as_int().is_none() {
                let given = vm.repr(&v.ty().to_value())?.to_string_lossy();
                let text = format!("expected an iterator of ints, but iterator yielded {given}");
                return Err(vm.raise_type_error(&text));
            }
            let cpu = vm.to_index_i64(&v, "long")?;
            if cpu < 0 {
                return Err(vm.raise_value_error("negative CPU number"));
            }
            if cpu > CPUS_MAX {
                return Err(vm.raise_overflow_error("CPU number too large"));
            }
            cpus.push(cpu as usize);
        }
        let done = sched::setaffinity(pid, &cpus);
        vm.system(done)
    }
}
