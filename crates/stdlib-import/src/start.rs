//! Setting import up, as CPython does with its frozen copy of `importlib`.

use crate::library::{self, LibraryFinderClass, LibraryLoaderClass};
use crate::{files, imp, marshal};
use taipan_vm::{List, Result, Value, Vm, name};

/// Sets up import: afterwards native, frozen and library modules and files can be imported.
pub fn start(vm: &mut Vm) -> Result<()> {
    vm.set_up_class(&LibraryFinderClass::class_def())?;
    vm.set_up_class(&LibraryLoaderClass::class_def())?;
    vm.state_mut().library_source = Some(library_source);
    vm.state_mut().read_code = Some(marshal::read_code);
    if vm.state().config.embedded_library
        && let Some(root) = vm.state().config.stdlib_dir.clone()
    {
        taipan_host::embedded::mount(root, &files::LibraryFiles);
    }
    let name = vm.intern_utf8("_frozen_importlib")?;
    let bootstrap = imp::init_frozen(vm, &name)?;
    let name = vm.intern_utf8("_imp")?;
    let imp = vm.import_native(&name)?.unwrap_or_else(Value::none);
    let name = vm.intern_utf8("sys")?;
    let sys = vm.import_native(&name)?.unwrap_or_else(Value::none);
    vm.call_method(bootstrap.as_value(), name!("_install"), &[sys, imp])?;
    vm.state_mut().registry.insert("importlib._bootstrap", bootstrap.to_value());
    vm.call_method(bootstrap.as_value(), name!("_install_external_importers"), &[])?;
    let hook = library::FINDER.as_type().to_value();
    let zipimport = vm.import("zipimport")?;
    let zipimporter = vm.get_attr(&zipimport, name!("zipimporter"))?;
    let hooks = vm.sys_attr(name!("path_hooks"));
    if let Some(hooks) = hooks.as_ref().and_then(|h| h.downcast::<List>()) {
        let embedded = vm.state().config.embedded_library;
        hooks.get_mut(vm).with_vec(|all| {
            all.insert(0, zipimporter);
            if embedded {
                all.insert(0, hook);
            }
        });
    }
    Ok(())
}

/// The source text of a library module by its `co_filename`, for tracebacks.
pub fn library_source(vm: &Vm, filename: &str) -> Option<String> {
    let entry = taipan_pylib::find_source(library::below_library(vm, filename)?)?;
    Some(entry.source().into_owned())
}
