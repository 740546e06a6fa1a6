//! `pwd` and `grp`: the user and group databases.

use crate::common::{int_values, result_type, system_text};
use crate::posix::path::{Gid, Uid, id_value};
use taipan_host::users::{self, GroupEntry, User};
use taipan_macros::module;
use taipan_vm::errors::{KEY_ERROR, OVERFLOW_ERROR};
use taipan_vm::types::module::Module;
use taipan_vm::types::structseq::StructSeqDef;
use taipan_vm::{ModuleRef, Raised, Ref, Result, Value, Vm};

/// `pwd`.
pub struct Pwd;
/// `grp`.
pub struct Grp;

const PASSWD: StructSeqDef<'static> = StructSeqDef {
    name: "pwd.struct_passwd",
    doc: "An entry of the user database.",
    fields: &[
        ("pw_name", "user name"),
        ("pw_passwd", "password"),
        ("pw_uid", "user id"),
        ("pw_gid", "group id"),
        ("pw_gecos", "real name"),
        ("pw_dir", "home directory"),
        ("pw_shell", "shell program"),
    ],
    visible: 7,
};

const GROUP: StructSeqDef<'static> = StructSeqDef {
    name: "grp.struct_group",
    doc: "An entry of the group database.",
    fields: &[
        ("gr_name", "group name"),
        ("gr_passwd", "password"),
        ("gr_gid", "group id"),
        ("gr_mem", "group members"),
    ],
    visible: 4,
};

fn add_type(vm: &mut Vm, module: &Ref<Module>, def: &StructSeqDef<'static>, short: &str) -> Result<()> {
    let ty = vm.new_structseq_class(def)?;
    vm.state_mut().registry.insert(def.name, ty.to_value());
    module.set(vm, short, ty.into_value())
}

fn user_value(vm: &mut Vm, u: &User) -> Result {
    let ty = result_type(vm, PASSWD.name)?;
    let values = vec![
        vm.new_fs_str(&u.name)?,
        vm.new_fs_str(&u.password)?,
        id_value(vm, u.uid)?,
        id_value(vm, u.gid)?,
        vm.new_fs_str(&u.gecos)?,
        vm.new_fs_str(&u.home)?,
        vm.new_fs_str(&u.shell)?,
    ];
    vm.new_structseq(&ty, values)
}

fn group_value(vm: &mut Vm, g: &GroupEntry) -> Result {
    let ty = result_type(vm, GROUP.name)?;
    let mut members = Vec::with_capacity(g.members.len());
    for name in &g.members {
        members.push(vm.new_fs_str(name)?);
    }
    let members = vm.new_list(members)?.into_value();
    let values = vec![vm.new_fs_str(&g.name)?, vm.new_fs_str(&g.password)?, id_value(vm, g.gid)?, members];
    vm.new_structseq(&ty, values)
}

fn not_found(vm: &mut Vm, what: &str, shown: &str) -> Raised {
    vm.raise_class(KEY_ERROR.as_type(), &format!("{what}not found: {shown}"))
}

fn shown_id(vm: &mut Vm, id: u32) -> Result<String> {
    let id = int_values(vm, &[if id == u32::MAX { -1 } else { i64::from(id) }])?;
    Ok(vm.repr(&id[0])?.to_string_lossy())
}

/// Users and their home directories.
#[module(name = "pwd")]
impl Pwd {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        add_type(vm, module, &PASSWD, "struct_passwd")
    }

    /// The user with a number.
    #[function("($module, uidobj, /)")]
    fn getpwuid(vm: &mut Vm, uidobj: &Value) -> Result {
        let uid = match Uid::from_value(vm, uidobj) {
            Ok(uid) => uid.0,
            Err(raised) if vm.raised_is(OVERFLOW_ERROR.as_type()) => {
                drop(vm.take_raised(raised));
                return Err(vm.raise_class(KEY_ERROR.as_type(), "getpwuid(): uid not found"));
            }
            Err(raised) => return Err(raised),
        };
        let found = vm.detach(|| users::user_by_id(uid));
        match vm.system(found)? {
            Some(user) => user_value(vm, &user),
            None => {
                let shown = shown_id(vm, uid)?;
                Err(not_found(vm, "getpwuid(): uid ", &shown))
            }
        }
    }

    /// The user with a name.
    #[function("($module, name, /)")]
    fn getpwnam(vm: &mut Vm, name: &Value) -> Result {
        let bytes = system_text(vm, name, "getpwnam() argument")?;
        let found = match std::str::from_utf8(&bytes) {
            Ok(text) => vm.detach(|| users::user_by_name(text)),
            Err(_) => Ok(None),
        };
        match vm.system(found)? {
            Some(user) => user_value(vm, &user),
            None => {
                let shown = vm.repr(name)?.to_string_lossy();
                Err(not_found(vm, "getpwnam(): name ", &shown))
            }
        }
    }

    /// All users.
    #[function("($module, /)")]
    fn getpwall(vm: &mut Vm) -> Result {
        let found = vm.detach(users::users);
        let mut all = Vec::new();
        for user in &vm.system(found)? {
            all.push(user_value(vm, user)?);
        }
        vm.new_list(all).map(Ref::into_value)
    }
}

/// Groups and their members.
#[module(name = "grp")]
impl Grp {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        add_type(vm, module, &GROUP, "struct_group")
    }

    /// The group with a number.
    #[function("($module, /, id)")]
    fn getgrgid(vm: &mut Vm, id: Gid) -> Result {
        let found = vm.detach(|| users::group_by_id(id.0));
        match vm.system(found)? {
            Some(group) => group_value(vm, &group),
            None => {
                let shown = shown_id(vm, id.0)?;
                Err(not_found(vm, "getgrgid(): gid ", &shown))
            }
        }
    }

    /// The group with a name.
    #[function("($module, /, name)")]
    fn getgrnam(vm: &mut Vm, name: &Value) -> Result {
        let bytes = system_text(vm, name, "getgrnam() argument 'name'")?;
        let found = match std::str::from_utf8(&bytes) {
            Ok(text) => vm.detach(|| users::group_by_name(text)),
            Err(_) => Ok(None),
        };
        match vm.system(found)? {
            Some(group) => group_value(vm, &group),
            None => {
                let shown = vm.repr(name)?.to_string_lossy();
                Err(not_found(vm, "getgrnam(): name ", &shown))
            }
        }
    }

    /// All groups.
    #[function("($module, /)")]
    fn getgrall(vm: &mut Vm) -> Result {
        let found = vm.detach(users::groups);
        let mut all = Vec::new();
        for group in &vm.system(found)? {
            all.push(group_value(vm, group)?);
        }
        vm.new_list(all).map(Ref::into_value)
    }
}
