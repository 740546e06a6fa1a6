//! The struct sequences that `posix` returns.

use super::path::id_value;
use crate::common::{float_of_ns, int_of_ns, int_values, result_type};
use taipan_host::resource::{Times, Usage};
use taipan_host::stat::{Stat, StatVfs};
use taipan_object::Type;
use taipan_object::trace::Opaque;
use taipan_vm::native::{Args, FnDef, FnKind, Signature, bind};
use taipan_vm::types::descriptor::MethodDescriptor;
use taipan_vm::types::module::Module;
use taipan_vm::types::structseq::{StructSeqDef, structseq_new};
use taipan_vm::{ModuleRef, Ref, Result, Tuple, Value, Vm, name, slots};

const STAT: StructSeqDef<'static> = StructSeqDef {
    name: "os.stat_result",
    doc: "What stat, lstat and fstat tell of a file.\n\nThe items are mode, ino, dev, nlink, uid, gid, size, atime, mtime, \
          ctime, with times in\nwhole seconds; attributes have more.",
    fields: &[
        ("st_mode", "protection bits"),
        ("st_ino", "inode"),
        ("st_dev", "device"),
        ("st_nlink", "number of hard links"),
        ("st_uid", "user ID of owner"),
        ("st_gid", "group ID of owner"),
        ("st_size", "total size, in bytes"),
        ("", ""),
        ("", ""),
        ("", ""),
        ("st_atime", "time of last access"),
        ("st_mtime", "time of last modification"),
        ("st_ctime", "time of last change"),
        ("st_atime_ns", "time of last access in nanoseconds"),
        ("st_mtime_ns", "time of last modification in nanoseconds"),
        ("st_ctime_ns", "time of last change in nanoseconds"),
        ("st_blksize", "blocksize for filesystem I/O"),
        ("st_blocks", "number of blocks allocated"),
        ("st_rdev", "device type (if inode device)"),
    ],
    visible: 10,
};

const STATVFS: StructSeqDef<'static> = StructSeqDef {
    name: "os.statvfs_result",
    doc: "What statvfs and fstatvfs tell of a file system.",
    fields: &[
        ("f_bsize", ""),
        ("f_frsize", ""),
        ("f_blocks", ""),
        ("f_bfree", ""),
        ("f_bavail", ""),
        ("f_files", ""),
        ("f_ffree", ""),
        ("f_favail", ""),
        ("f_flag", ""),
        ("f_namemax", ""),
        ("f_fsid", ""),
    ],
    visible: 10,
};

const TERMINAL_SIZE: StructSeqDef<'static> = StructSeqDef {
    name: "os.terminal_size",
    doc: "Columns and lines of a terminal's window.",
    fields: &[
        ("columns", "width of the terminal window in characters"),
        ("lines", "height of the terminal window in characters"),
    ],
    visible: 2,
};

const TIMES: StructSeqDef<'static> = StructSeqDef {
    name: "posix.times_result",
    doc: "Processor times, as os.times() gives them, in seconds.",
    fields: &[
        ("user", "user time"),
        ("system", "system time"),
        ("children_user", "user time of children"),
        ("children_system", "system time of children"),
        ("elapsed", "elapsed time since an arbitrary point in the past"),
    ],
    visible: 5,
};

const UNAME: StructSeqDef<'static> = StructSeqDef {
    name: "posix.uname_result",
    doc: "The names of the system, as os.uname() gives them.",
    fields: &[
        ("sysname", "operating system name"),
        ("nodename", "name of machine on network (implementation-defined)"),
        ("release", "operating system release"),
        ("version", "operating system version"),
        ("machine", "hardware identifier"),
    ],
    visible: 5,
};

const WAITID: StructSeqDef<'static> = StructSeqDef {
    name: "posix.waitid_result",
    doc: "What waitid tells of a child.",
    fields: &[("si_pid", ""), ("si_uid", ""), ("si_signo", ""), ("si_status", ""), ("si_code", "")],
    visible: 5,
};

const SCHED_PARAM: StructSeqDef<'static> = StructSeqDef {
    name: "posix.sched_param",
    doc: "What a scheduling policy is told; at present a priority.",
    fields: &[("sched_priority", "the scheduling priority")],
    visible: 1,
};

/// Makes the types and enters them in the module.
pub fn add_types(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
    for def in [&STAT, &STATVFS, &TERMINAL_SIZE, &TIMES, &UNAME, &WAITID, &SCHED_PARAM] {
        let ty = vm.new_structseq_class(def)?;
        let short = def.name.rsplit_once('.').map_or(def.name, |(_, short)| short);
        module.set(vm, short, ty.to_value())?;
        vm.state_mut().registry.insert(def.name, ty.to_value());
        match short {
            "stat_result" => slots::update(&ty, |s| s.new = Some(new_stat_result)),
            "sched_param" => {
                slots::update(&ty, |s| s.new = Some(new_sched_param));
                let reduce = MethodDescriptor { def: Opaque(&REDUCE_SCHED_PARAM), owner: ty.clone() };
                let reduce = Ref::new(vm, reduce)?.into_value();
                if let Some(dict) = ty.dict().cloned() {
                    let key = vm.intern_utf8("__reduce__")?;
                    vm.dict_set(&dict, key.as_value(), reduce)?;
                }
            }
            _ => {}
        }
        ty.modified();
    }
    Ok(())
}

static REDUCE_SCHED_PARAM: FnDef = FnDef {
    name: "__reduce__",
    signature: Some("($self, /)"),
    parameters: None,
    doc: "",
    kind: FnKind::Method,
    call: reduce_sched_param,
    positional: |vm, all| reduce_sched_param(vm, Args::positional_only(all)),
};

/// A copy is made by the class of the priority alone.
fn reduce_sched_param(vm: &mut Vm, args: Args<'_>) -> Result {
    let (this, _) = args.split_receiver(vm, "__reduce__")?;
    let items = this.downcast::<Tuple>().map(|t| t.items().to_vec()).unwrap_or_default();
    let items = vm.new_tuple(items)?.into_value();
    vm.new_tuple(vec![this.ty().to_value(), items]).map(Ref::into_value)
}

/// Times that are not given as fractions are the whole seconds among the items.
fn new_stat_result(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
    let made = structseq_new(vm, class, args)?;
    let whole: Vec<Value> = match made.downcast::<Tuple>() {
        Some(tuple) => tuple.items().iter().skip(7).cloned().collect(),
        None => return Ok(made),
    };
    for (key, seconds) in [name!("st_atime"), name!("st_mtime"), name!("st_ctime")].into_iter().zip(whole) {
        if vm.instance_attr(&made, key).is_none_or(|v| v.is_none()) {
            vm.set_instance_attr(&made, key, seconds)?;
        }
    }
    Ok(made)
}

fn new_sched_param(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
    static SIGNATURE: Signature = Signature {
        name: "sched_param",
        params: &["sched_priority"],
        required: &[true],
        required_count: 1,
        positional_only: 0,
        positional: 1,
    };
    let [priority] = bind::<1>(vm, &SIGNATURE, args)?;
    let values = priority.into_iter().cloned().collect();
    vm.new_structseq(class, values)
}

/// `stat_result`.
pub fn stat_result(vm: &mut Vm, s: &Stat) -> Result {
    let ty = result_type(vm, "os.stat_result")?;
    let times = [s.atime, s.mtime, s.ctime];
    let mut values = Vec::with_capacity(19);
    values.push(vm.new_int(i64::from(s.mode))?);
    values.push(vm.new_uint(s.ino)?);
    values.push(vm.new_uint(s.dev)?);
    values.push(vm.new_uint(s.nlink)?);
    values.push(id_value(vm, s.uid)?);
    values.push(id_value(vm, s.gid)?);
    values.push(vm.new_int(s.size)?);
    for t in times {
        values.push(vm.new_int(t.sec)?);
    }
    for t in times {
        values.push(vm.new_float(t.sec as f64 + 1e-9 * t.nsec as f64)?);
    }
    for t in times {
        values.push(int_of_ns(vm, t.as_ns())?);
    }
    values.push(vm.new_int(s.blksize)?);
    values.push(vm.new_int(s.blocks)?);
    values.push(vm.new_uint(s.rdev)?);
    vm.new_structseq(&ty, values)
}

/// `statvfs_result`.
pub fn statvfs_result(vm: &mut Vm, s: &StatVfs) -> Result {
    let ty = result_type(vm, "os.statvfs_result")?;
    let all = [s.bsize, s.frsize, s.blocks, s.bfree, s.bavail, s.files, s.ffree, s.favail, s.flag, s.namemax, s.fsid];
    let mut values = Vec::with_capacity(all.len());
    for n in all {
        values.push(vm.new_uint(n)?);
    }
    vm.new_structseq(&ty, values)
}

/// `terminal_size`.
pub fn terminal_size(vm: &mut Vm, columns: u16, lines: u16) -> Result {
    let ty = result_type(vm, "os.terminal_size")?;
    let values = int_values(vm, &[i64::from(columns), i64::from(lines)])?;
    vm.new_structseq(&ty, values)
}

/// `times_result`.
pub fn times_result(vm: &mut Vm, t: &Times) -> Result {
    let ty = result_type(vm, "posix.times_result")?;
    let mut values = Vec::with_capacity(5);
    for x in [t.user, t.system, t.children_user, t.children_system, t.elapsed] {
        values.push(vm.new_float(x)?);
    }
    vm.new_structseq(&ty, values)
}

/// `uname_result`.
pub fn uname_result(vm: &mut Vm, names: &taipan_host::system::Names) -> Result {
    let ty = result_type(vm, "posix.uname_result")?;
    let mut values = Vec::with_capacity(5);
    for text in [&names.system, &names.node, &names.release, &names.version, &names.machine] {
        values.push(vm.new_fs_str(text)?);
    }
    vm.new_structseq(&ty, values)
}

/// `waitid_result`.
pub fn waitid_result(vm: &mut Vm, c: &taipan_host::wait::ChildInfo) -> Result {
    let ty = result_type(vm, "posix.waitid_result")?;
    let fields = [i64::from(c.pid), i64::from(c.uid), i64::from(c.signo), i64::from(c.status), i64::from(c.code)];
    let values = int_values(vm, &fields)?;
    vm.new_structseq(&ty, values)
}

/// `sched_param`.
pub fn sched_param(vm: &mut Vm, priority: i32) -> Result {
    let ty = result_type(vm, "posix.sched_param")?;
    let values = int_values(vm, &[i64::from(priority)])?;
    vm.new_structseq(&ty, values)
}

/// `resource.struct_rusage`, whose type module `resource` owns.
pub fn rusage(vm: &mut Vm, ty: &Ref<Type>, u: &Usage) -> Result {
    let mut values = Vec::with_capacity(16);
    values.push(float_of_ns(vm, i128::from(u.utime_us) * 1000)?);
    values.push(float_of_ns(vm, i128::from(u.stime_us) * 1000)?);
    let rest = [
        u.maxrss, u.ixrss, u.idrss, u.isrss, u.minflt, u.majflt, u.nswap, u.inblock, u.oublock, u.msgsnd, u.msgrcv,
        u.nsignals, u.nvcsw, u.nivcsw,
    ];
    values.extend(int_values(vm, &rest)?);
    vm.new_structseq(ty, values)
}
