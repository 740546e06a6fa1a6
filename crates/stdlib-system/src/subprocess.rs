//! `_posixsubprocess`: starting programs for `subprocess`.

use crate::common::is_sequence;
use crate::posix::fork;
use crate::posix::path::{Gid, Uid};
use taipan_host::Result as HostResult;
use taipan_host::exec::{self, ForkExec, Forker};
use taipan_host::process::{self, Fork};
use taipan_macros::module;
use taipan_object::IntRef;
use taipan_vm::{Result, Tuple, Value, Vm};

/// `_posixsubprocess`.
pub struct PosixSubprocess;

/// The most supplementary groups that a process can have.
const GROUPS_MAX: usize = 65536;

/// Forks as Python programs expect when Python code runs in the child.
struct PythonForker<'a> {
    vm: &'a mut Vm,
    preexec: &'a Value,
}

impl Forker for PythonForker<'_> {
    fn fork(&mut self) -> HostResult<Fork> {
        let side = self.vm.fork(|| {
            let side = process::fork();
            let is_child = side == Ok(Fork::Child);
            (side, is_child)
        });
        if side == Ok(Fork::Child) {
            fork::after_in_child(self.vm);
        }
        side
    }

    fn runs_code(&self) -> bool {
        true
    }

    fn before_program(&mut self) -> bool {
        match self.vm.call(self.preexec, &[]) {
            Ok(_) => true,
            Err(raised) => {
                drop(self.vm.take_raised(raised));
                false
            }
        }
    }
}

/// Descriptors that are ints, not negative and ascending.
fn sane_fds(vm: &mut Vm, v: &Value) -> Result<Vec<i32>> {
    let items = match v.downcast::<Tuple>() {
        Some(tuple) => taipan_object::room::copied(tuple.items())?,
        None => {
            let given = v.ty().name();
            return Err(vm.raise_type_error(&format!("fork_exec() argument 4 must be tuple, not {given}")));
        }
    };
    let mut fds = Vec::with_capacity(items.len());
    let mut last = -1;
    for v in &items {
        let fd = match v.as_int() {
            Some(IntRef::Small(n)) => i32::try_from(n).unwrap_or(-1),
            _ => -1,
        };
        if fd <= last {
            return Err(vm.raise_value_error("bad value(s) in fds_to_keep"));
        }
        last = fd;
        fds.push(fd);
    }
    Ok(fds)
}

/// The texts of a sequence of `bytes`.
fn bytes_of_all(vm: &mut Vm, v: &Value, convert: bool) -> Result<Vec<Vec<u8>>> {
    if !is_sequence(v) {
        return Err(vm.raise_type_error("argv must be a tuple"));
    }
    let before = vm.len(v)?;
    let mut all = Vec::new();
    for item in vm.collect(v)? {
        if convert {
            all.push(vm.fs_bytes(&item)?);
        } else if item.downcast::<taipan_object::Bytes>().is_some() {
            let bytes = vm.bytes_of(&item)?;
            if bytes.contains(&0) {
                return Err(vm.raise_value_error("embedded null byte"));
            }
            all.push(bytes);
        } else {
            let given = item.ty().name();
            return Err(vm.raise_type_error(&format!("expected bytes, {given} found")));
        }
        // A conversion may run Python code.
        if vm.len(v)? != before {
            return Err(vm.raise_runtime_error("args changed during iteration"));
        }
    }
    Ok(all)
}

fn slices(all: &[Vec<u8>]) -> Vec<&[u8]> {
    all.iter().map(Vec::as_slice).collect()
}

fn group_list(vm: &mut Vm, v: &Value) -> Result<Option<Vec<u32>>> {
    if v.is_none() {
        return Ok(None);
    }
    if v.downcast::<taipan_vm::List>().is_none() {
        return Err(vm.raise_type_error("setgroups argument must be a sequence"));
    }
    let items = vm.collect(v)?;
    if items.len() > GROUPS_MAX {
        return Err(vm.raise_value_error("too many extra_groups"));
    }
    let mut all = Vec::with_capacity(items.len());
    for v in &items {
        if v.as_int().is_none() {
            return Err(vm.raise_type_error("groups must be integers"));
        }
        all.push(Gid::from_value(vm, v).map_err(|raised| {
            drop(vm.take_raised(raised));
            vm.raise_value_error("invalid group id")
        })?);
    }
    Ok(Some(all.iter().map(|g| g.0).collect()))
}

/// Starting programs for the module subprocess.
#[module(name = "_posixsubprocess")]
impl PosixSubprocess {
    /// Start a program in a new process, and give its number. What goes wrong in the child is written to errpipe_write.
    #[function(
        "($module, args, executable_list, close_fds, pass_fds, cwd,\n          env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite,\n          errpipe_read, errpipe_write, restore_signals, call_setsid,\n          pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn,\n          /)"
    )]
    fn fork_exec(
        vm: &mut Vm,
        args: &Value,
        executable_list: &Value,
        close_fds: bool,
        pass_fds: &Value,
        cwd: &Value,
        env: &Value,
        p2cread: i32,
        p2cwrite: i32,
        c2pread: i32,
        c2pwrite: i32,
        errread: i32,
        errwrite: i32,
        errpipe_read: i32,
        errpipe_write: i32,
        restore_signals: bool,
        call_setsid: bool,
        pgid_to_set: i32,
        gid: &Value,
        extra_groups: &Value,
        uid: &Value,
        child_umask: i32,
        preexec_fn: &Value,
    ) -> Result<i32> {
        if close_fds && errpipe_write < 3 {
            return Err(vm.raise_value_error("errpipe_write must be >= 3"));
        }
        let fds_to_keep = sane_fds(vm, pass_fds)?;
        let candidates = bytes_of_all(vm, executable_list, false)?;
        let argv = if args.is_none() { Vec::new() } else { bytes_of_all(vm, args, true)? };
        let env = if env.is_none() { None } else { Some(bytes_of_all(vm, env, false)?) };
        let cwd = if cwd.is_none() { None } else { Some(vm.fs_bytes(cwd)?) };
        let groups = group_list(vm, extra_groups)?;
        let gid = if gid.is_none() { None } else { Some(Gid::from_value(vm, gid)?.0) };
        let uid = if uid.is_none() { None } else { Some(Uid::from_value(vm, uid)?.0) };
        let (argv, candidates) = (slices(&argv), slices(&candidates));
        let env = env.as_deref().map(slices);
        let plan = ForkExec {
            argv: &argv,
            candidates: &candidates,
            env: env.as_deref(),
            cwd: cwd.as_deref(),
            p2cread,
            p2cwrite,
            c2pread,
            c2pwrite,
            errread,
            errwrite,
            errpipe_read,
            errpipe_write,
            close_fds,
            fds_to_keep: &fds_to_keep,
            restore_signals,
            new_session: call_setsid,
            process_group: pgid_to_set,
            uid,
            gid,
            groups: groups.as_deref(),
            umask: child_umask,
        };
        if !preexec_fn.is_none() && vm.state().is_sub {
            return Err(vm.raise_runtime_error("preexec_fn not supported within subinterpreters"));
        }
        if preexec_fn.is_none() {
            let child = exec::fork_exec(plan, &mut exec::PlainForker);
            return vm.system(child);
        }
        if vm.state().finalizing {
            let class = taipan_vm::errors::PYTHON_FINALIZATION_ERROR.as_type();
            return Err(vm.raise_class(class, "preexec_fn not supported at interpreter shutdown"));
        }
        fork::before(vm);
        let child = exec::fork_exec(plan, &mut PythonForker { vm, preexec: preexec_fn });
        fork::after_in_parent(vm);
        vm.system(child)
    }
}
