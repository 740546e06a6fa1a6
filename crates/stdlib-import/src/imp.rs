//! `_imp`: what `importlib` asks of the interpreter.

use std::sync::{Arc, Condvar, Mutex};

use crate::frozen::{self, FROZEN, Frozen};
use crate::marshal;
use taipan_bytecode::pyc;
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_vm::errors::{IMPORT_ERROR, RUNTIME_ERROR};
use taipan_vm::types::bytes::view_of;
use taipan_vm::types::code::Code;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Raised, Ref, Result, Str, Value, Vm, name};

/// Key of the import lock.
const LOCK: &str = "_imp.lock";
/// Key of what `_override_frozen_modules_for_tests` was told.
const OVERRIDE: &str = "_imp.override_frozen_modules";

/// The lock that all imports share.
static IMPORT_LOCK: TypeCell<ImportLock> = TypeCell::new("_imp.ImportLock");

#[derive(Default)]
struct Holder {
    /// The thread that holds it, and how often.
    thread: u64,
    count: usize,
    /// How many threads wait for it: without any, nobody has to be woken, which takes a call of the system.
    waiting: usize,
}

/// A lock that a thread may take again.
#[derive(Trace, Payload)]
#[payload(class = IMPORT_LOCK, frozen)]
#[repr(C)]
struct ImportLock {
    shared: Opaque<Arc<(Mutex<Holder>, Condvar)>>,
}

struct ImportLockClass;

/// The lock that all imports share.
#[class(cell = IMPORT_LOCK, base = OBJECT, flags = DISALLOW_INSTANTIATION)]
impl ImportLockClass {}

type Shared = Arc<(Mutex<Holder>, Condvar)>;

fn lock(vm: &mut Vm) -> Result<Shared> {
    if let Some(lock) = vm.state().registry.get(LOCK).and_then(|l| l.downcast::<ImportLock>()) {
        return Ok(lock.shared.0.clone());
    }
    vm.set_up_class(&ImportLockClass::class_def())?;
    let shared = Shared::default();
    let lock = Ref::new(vm, ImportLock { shared: Opaque(shared.clone()) })?;
    vm.state_mut().registry.insert(LOCK, lock.into_value());
    Ok(shared)
}

fn holder(shared: &Shared) -> std::sync::MutexGuard<'_, Holder> {
    shared.0.lock().unwrap_or_else(|e| e.into_inner())
}

/// Whether frozen modules other than the essential ones are used.
fn uses_frozen(vm: &Vm) -> bool {
    match vm.state().registry.get(OVERRIDE).and_then(Value::small_int) {
        Some(n) if n > 0 => true,
        Some(n) if n < 0 => false,
        _ => vm.state().config.use_frozen_modules,
    }
}

fn usable(vm: &Vm, name: &str) -> Option<&'static Frozen> {
    frozen::find(name).filter(|f| f.is_essential() || uses_frozen(vm))
}

fn raise_no_frozen(vm: &mut Vm, name: &Ref<Str>) -> Raised {
    let shown = match vm.repr(name.as_value()) {
        Ok(shown) => shown.to_string_lossy(),
        Err(raised) => return raised,
    };
    let known = frozen::find(&name.to_string_lossy()).is_some();
    let text = if known {
        format!("Frozen modules are disabled and the frozen object named {shown} is not essential")
    } else {
        format!("No such frozen object named {shown}")
    };
    vm.raise_import_error_about(&IMPORT_ERROR, &text, Some(name.to_value()), None, None)
}

/// The code object of a frozen module.
pub fn frozen_code(vm: &mut Vm, name: &Ref<Str>) -> Result {
    let found = usable(vm, &name.to_string_lossy());
    let Some((found, (code, filename))) = found.and_then(|f| Some((f, f.code()?))) else {
        return Err(raise_no_frozen(vm, name));
    };
    let filename = vm.intern_utf8(&filename)?;
    if let Some(code) = taipan_prebuilt::code(vm, found.module, &filename)? {
        return Ok(code);
    }
    vm.state_mut().library_read += code.len();
    marshal::read_code(vm, code, filename)
}

/// (Extremely) low-level import machinery bits as used by importlib.
pub struct Imp;

/// (Extremely) low-level import machinery bits as used by importlib.
#[module(name = "_imp")]
impl Imp {
    #[exec]
    fn exec_module(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        let token = vm.new_int(i64::from(u32::from_le_bytes(pyc::MAGIC_NUMBER)))?;
        module.set(vm, "pyc_magic_number_token", token)?;
        let mode = vm.state().config.check_hash_pycs;
        let mode = vm.new_str(mode.unwrap_or("default"))?.into_value();
        module.set(vm, "check_hash_based_pycs", mode)
    }

    /// Returns the list of file suffixes used to identify extension modules.
    #[function("($module, /)")]
    fn extension_suffixes(vm: &mut Vm) -> Result {
        let mut all = Vec::new();
        let tagged = format!(".cpython-314-{}-{}-gnu.so", std::env::consts::ARCH, std::env::consts::OS);
        for suffix in [tagged.as_str(), ".abi3.so", ".so"] {
            all.push(vm.new_str(suffix)?.into_value());
        }
        vm.new_list(all).map(Ref::into_value)
    }

    /// Return True if the import lock is currently held, else False.
    #[function("($module, /)")]
    fn lock_held(vm: &mut Vm) -> Result<bool> {
        let shared = lock(vm)?;
        let held = holder(&shared).count > 0;
        Ok(held)
    }

    /// Acquires the interpreter's import lock for the current thread.
    #[function("($module, /)")]
    fn acquire_lock(vm: &mut Vm) -> Result<()> {
        let shared = lock(vm)?;
        let me = taipan_host::thread::ident();
        {
            let mut state = holder(&shared);
            if state.count == 0 || state.thread == me {
                state.thread = me;
                state.count += 1;
                return Ok(());
            }
        }
        vm.detach(move || {
            let mut state = holder(&shared);
            state.waiting += 1;
            while state.count > 0 {
                state = shared.1.wait(state).unwrap_or_else(|e| e.into_inner());
            }
            *state = Holder { thread: me, count: 1, waiting: state.waiting - 1 };
        });
        Ok(())
    }

    /// Release the interpreter's import lock.
    #[function("($module, /)")]
    fn release_lock(vm: &mut Vm) -> Result<()> {
        let shared = lock(vm)?;
        let mut state = holder(&shared);
        if state.count == 0 || state.thread != taipan_host::thread::ident() {
            drop(state);
            return Err(vm.raise_class(RUNTIME_ERROR.as_type(), "not holding the import lock"));
        }
        state.count -= 1;
        if state.count == 0 && state.waiting > 0 {
            shared.1.notify_one();
        }
        Ok(())
    }

    /// Return info about the corresponding frozen module (if there is one) or None.
    ///
    /// The returned info (a 3-tuple):
    ///
    ///  * data         the raw marshalled bytes
    ///  * is_package   whether or not it is a package
    ///  * origname     the originally frozen module's name, or None if not
    ///                 a stdlib module (this will usually be the same as
    ///                 the module's current name)
    #[function("($module, name, /, *, withdata=False)")]
    fn find_frozen(vm: &mut Vm, name: &Ref<Str>, withdata: Option<bool>) -> Result {
        let Some(found) = usable(vm, &name.to_string_lossy()) else { return Ok(Value::none()) };
        if found.code().is_none() {
            return Ok(Value::none());
        }
        let data = if withdata == Some(true) {
            // What is embedded is not what `marshal` reads.
            let code = frozen_code(vm, name)?;
            let bytes = marshal::dump(vm, &code)?;
            let bytes = vm.new_bytes(&bytes)?.into_value();
            view_of(vm, &bytes, taipan_vm::protocol::buffer::Request { writable: false })?
        } else {
            Value::none()
        };
        let origin = match found.origin {
            Some(origin) => vm.new_str(origin)?.into_value(),
            None => Value::none(),
        };
        vm.new_tuple(vec![data, Value::bool(found.is_package), origin]).map(Ref::into_value)
    }

    /// Create a code object for a frozen module.
    #[function("($module, name, data=None, /)")]
    fn get_frozen_object(vm: &mut Vm, name: &Ref<Str>, data: Option<&Value>) -> Result {
        let Some(data) = data.filter(|d| !d.is_none()) else { return frozen_code(vm, name) };
        let data = vm.bytes_of(data)?;
        let shown = vm.repr(name.as_value())?.to_string_lossy();
        let about = |vm: &mut Vm, text: &str| {
            vm.raise_import_error_about(&IMPORT_ERROR, text, Some(name.to_value()), None, None)
        };
        if data.is_empty() {
            return Err(about(vm, &format!("Frozen object named {shown} is invalid")));
        }
        match marshal::load(vm, &data, true) {
            Ok((value, _)) if value.downcast::<Code>().is_some() => Ok(value),
            Ok(_) => Err(vm.raise_type_error(&format!("frozen object {shown} is not a code object"))),
            Err(raised) => {
                drop(vm.take_raised(raised));
                Err(about(vm, &format!("Frozen object named {shown} is invalid")))
            }
        }
    }

    /// Initializes a frozen module.
    #[function("($module, name, /)")]
    fn init_frozen(vm: &mut Vm, name: &Ref<Str>) -> Result {
        if usable(vm, &name.to_string_lossy()).is_none() {
            return Ok(Value::none());
        }
        init_frozen(vm, name).map(Ref::into_value)
    }

    /// Returns True if the module name is of a frozen package.
    #[function("($module, name, /)")]
    fn is_frozen_package(vm: &mut Vm, name: &Ref<Str>) -> Result<bool> {
        match usable(vm, &name.to_string_lossy()) {
            Some(found) => Ok(found.is_package),
            None => Err(raise_no_frozen(vm, name)),
        }
    }

    /// Returns True if the module name corresponds to a frozen module.
    #[function("($module, name, /)")]
    fn is_frozen(vm: &mut Vm, name: &Ref<Str>) -> Result<bool> {
        Ok(usable(vm, &name.to_string_lossy()).is_some())
    }

    /// Returns True if the module name corresponds to a built-in module.
    #[function("($module, name, /)")]
    fn is_builtin(vm: &mut Vm, name: &Ref<Str>) -> Result<i32> {
        let Some(text) = name.to_utf8() else { return Ok(0) };
        if !vm.state().native_modules.contains_key(text) {
            return Ok(0);
        }
        // These two are never made a second time.
        Ok(if matches!(text, "sys" | "builtins") { -1 } else { 1 })
    }

    /// Create an extension module.
    #[function("($module, spec, /)")]
    fn create_builtin(vm: &mut Vm, spec: &Value) -> Result {
        let name = vm.get_attr(spec, name!("name"))?;
        let Some(name) = name.downcast::<Str>() else {
            let text = format!("name must be string, not {}", name.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        let Some(text) = name.to_utf8() else { return Ok(Value::none()) };
        if matches!(text, "sys" | "builtins") {
            return Ok(vm.import_native(name)?.unwrap_or_else(Value::none));
        }
        let Some(def) = vm.state().native_modules.get(text).copied() else { return Ok(Value::none()) };
        vm.make_native_module(&def()).map(Ref::into_value)
    }

    /// Initialize a built-in module.
    #[function("($module, mod, /)")]
    fn exec_builtin(_vm: &mut Vm, _mod: &Value) -> Result<i32> {
        // A native module is filled when it is created.
        Ok(0)
    }

    /// Create an extension module.
    #[function("($module, spec, file=<unrepresentable>, /)")]
    fn create_dynamic(vm: &mut Vm, spec: &Value, _file: Option<&Value>) -> Result {
        let name = vm.get_attr(spec, name!("name"))?;
        let path = vm.get_attr(spec, name!("origin"))?;
        let shown = vm.str(&path)?.to_string_lossy();
        let text = format!("{shown}: taipan cannot load extension modules yet");
        Err(vm.raise_import_error_about(&IMPORT_ERROR, &text, Some(name), Some(path), None))
    }

    /// Initialize an extension module.
    #[function("($module, mod, /)")]
    fn exec_dynamic(_vm: &mut Vm, _mod: &Value) -> Result<i32> {
        Ok(0)
    }

    #[function("($module, key, source)")]
    fn source_hash(vm: &mut Vm, key: i64, source: &Value) -> Result {
        let hash = vm.with_bytes(source, |source| pyc::source_hash_keyed(key as u64, source))?;
        vm.new_bytes(&hash).map(Ref::into_value)
    }

    /// Changes code.co_filename to specify the passed-in file path.
    ///
    ///   code
    ///     Code object to change.
    ///   path
    ///     File path to use.
    #[function("($module, code, path, /)")]
    fn _fix_co_filename(vm: &mut Vm, code: &Ref<Code>, path: &Ref<Str>) -> Result<()> {
        let path = vm.intern(path);
        code.rename_file(&path);
        Ok(())
    }

    /// Returns the list of available frozen modules.
    #[function("($module, /)")]
    fn _frozen_module_names(vm: &mut Vm) -> Result {
        let mut names = Vec::with_capacity(FROZEN.len());
        for f in FROZEN {
            names.push(vm.intern_utf8(f.name)?.into_value());
        }
        vm.new_list(names).map(Ref::into_value)
    }

    /// (internal-only) Override PyConfig.use_frozen_modules.
    ///
    /// (-1: "off", 1: "on", 0: no override)
    /// See frozen_modules() in Lib/test/support/import_helper.py.
    #[function("($module, override, /)")]
    fn _override_frozen_modules_for_tests(vm: &mut Vm, r#override: i32) -> Result<()> {
        vm.state_mut().registry.insert(OVERRIDE, Value::from_i32(r#override));
        Ok(())
    }

    /// (internal-only) Override PyInterpreterConfig.check_multi_interp_extensions.
    ///
    /// (-1: "never", 1: "always", 0: no override)
    #[function("($module, override, /)")]
    fn _override_multi_interp_extensions_check(vm: &mut Vm, _override: i32) -> Result<i32> {
        let text = "_imp._override_multi_interp_extensions_check() cannot be used in the main interpreter";
        Err(vm.raise_class(RUNTIME_ERROR.as_type(), text))
    }
}

/// Makes a frozen module without `importlib`, enters it in `sys.modules` and runs it.
pub fn init_frozen(vm: &mut Vm, name: &Ref<Str>) -> Result<Ref<Module>> {
    let code = frozen_code(vm, name)?;
    let module = vm.new_module(&name.to_string_lossy(), None)?;
    let namespace = module.namespace(vm)?;
    if let Some(builtins) = vm.state().builtins.clone() {
        module.set(vm, "__builtins__", builtins.into_value())?;
    }
    if let Some(found) = frozen::find(&name.to_string_lossy()) {
        if found.is_package {
            let path = vm.new_list(Vec::new())?.into_value();
            module.set(vm, "__path__", path)?;
        }
        let origin = match found.origin {
            Some(origin) => vm.new_str(origin)?.into_value(),
            None => Value::none(),
        };
        module.set(vm, "__origname__", origin)?;
    }
    if let Some(modules) = vm.state().modules.clone() {
        vm.dict_set(&modules, name.as_value(), module.to_value())?;
    }
    vm.exec_code(&code, &namespace, None)?;
    Ok(module)
}
