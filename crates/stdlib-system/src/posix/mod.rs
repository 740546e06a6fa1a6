//! `posix`: what `os` is made of. Each topic declares its functions in a file; all of them are entered in one module.

mod fds;
mod files;
pub mod fork;
mod identity;
pub mod path;
mod process;
pub mod results;
mod scandir;
pub mod spawn;
mod text;

use crate::constants;
use taipan_macros::module;
use taipan_vm::native::FnDef;
use taipan_vm::types::module::Module;
use taipan_vm::types::native_function::NativeFunction;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm};

/// `posix`.
pub struct Posix;

/// What this system can do, in the words of `os.supports_*`.
const HAVE: [&str; 32] = [
    "HAVE_EVENTFD",
    "HAVE_TIMERFD_CREATE",
    "HAVE_FACCESSAT",
    "HAVE_FCHDIR",
    "HAVE_FCHMOD",
    "HAVE_FCHMODAT",
    "HAVE_FCHOWN",
    "HAVE_FCHOWNAT",
    "HAVE_FEXECVE",
    "HAVE_FDOPENDIR",
    "HAVE_FPATHCONF",
    "HAVE_FSTATAT",
    "HAVE_FSTATVFS",
    "HAVE_FTRUNCATE",
    "HAVE_FUTIMENS",
    "HAVE_FUTIMES",
    "HAVE_FUTIMESAT",
    "HAVE_LINKAT",
    "HAVE_LCHOWN",
    "HAVE_LSTAT",
    "HAVE_LUTIMES",
    "HAVE_MEMFD_CREATE",
    "HAVE_MKDIRAT",
    "HAVE_MKFIFOAT",
    "HAVE_MKNODAT",
    "HAVE_OPENAT",
    "HAVE_READLINKAT",
    "HAVE_RENAMEAT",
    "HAVE_SYMLINKAT",
    "HAVE_UNLINKAT",
    "HAVE_UTIMENSAT",
    "HAVE_PTSNAME_R",
];

fn add_functions(vm: &mut Vm, module: &Ref<Module>, functions: &'static [FnDef]) -> Result<()> {
    let name = vm.intern_utf8("posix")?.into_value();
    for f in functions {
        let function = NativeFunction::new(vm, f, Some(module.to_value()), Some(name.clone()))?;
        module.set(vm, f.name, function.into_value())?;
    }
    Ok(())
}

fn names(vm: &mut Vm, table: &[(&str, i64)]) -> Result {
    let dict = vm.new_dict()?;
    dict.get_mut(vm).reserve(table.len())?;
    for (name, number) in table {
        let (key, number) = (vm.intern_utf8(name)?, vm.new_int(*number)?);
        vm.dict_set(&dict, key.as_value(), number)?;
    }
    Ok(dict.into_value())
}

/// What the operating system offers through the C library: files, processes, users.
#[module(name = "posix")]
impl Posix {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        let all = [
            files::Files::module_def(),
            text::PathText::module_def(),
            scandir::Scanning::module_def(),
            fds::Descriptors::module_def(),
            process::Processes::module_def(),
            identity::Identities::module_def(),
            spawn::Spawning::module_def(),
            fork::Forking::module_def(),
        ];
        let count = all.iter().map(|def| def.functions.len()).sum::<usize>() + constants::posix::ALL.len();
        module.namespace(vm)?.get_mut(vm).reserve(count)?;
        for def in all {
            add_functions(vm, module, def.functions)?;
        }
        constants::set_all(vm, module, constants::posix::ALL)?;
        for (key, table) in [
            ("confstr_names", constants::posix::CONFSTR),
            ("pathconf_names", constants::posix::PATHCONF),
            ("sysconf_names", constants::posix::SYSCONF),
        ] {
            let dict = names(vm, table)?;
            module.set(vm, key, dict)?;
        }
        results::add_types(vm, module)?;
        vm.set_up_class(&scandir::ScandirIteratorClass::class_def())?;
        vm.set_up_class(&scandir::DirEntryClass::class_def())?;
        module.set(vm, "DirEntry", scandir::DIR_ENTRY.as_type().to_value())?;
        module.set(vm, "error", taipan_vm::errors::OS_ERROR.as_type().to_value())?;
        let environ = files::environ(vm)?;
        module.set(vm, "environ", environ)?;
        let mut have: Vec<Value> = Vec::with_capacity(HAVE.len());
        for name in HAVE {
            have.push(vm.new_str(name)?.into_value());
        }
        let have = vm.new_list(have)?.into_value();
        module.set(vm, "_have_functions", have)
    }
}
