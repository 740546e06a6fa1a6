//! The library in the executable, as a folder of `sys.path` that need not exist.
//!
//! A path hook claims that folder and the packages below it; the finder looks names up in the embedded index. What the
//! index does not have may lie in a real folder of that name: there a finder for files is asked.

use crate::marshal;
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_pylib::Entry;
use taipan_vm::errors::IMPORT_ERROR;
use taipan_vm::modules::compile::{Mode, Request};
use taipan_vm::native::Args;
use taipan_vm::{Ref, Result, Str, Type, Value, Vm, name};

/// Serves one folder of the library.
pub static FINDER: TypeCell<LibraryFinder> = TypeCell::new("_frozen_importlib_external.LibraryFinder");
/// Loads one module of the library.
pub static LOADER: TypeCell<LibraryLoader> = TypeCell::new("_frozen_importlib_external.LibraryLoader");

/// Finds the modules of one folder of the library.
#[derive(Trace, Payload)]
#[payload(class = FINDER)]
#[repr(C)]
pub struct LibraryFinder {
    /// The folder.
    path: Ref<Str>,
    /// What stands before a module's own name: nothing, or `json.`.
    prefix: String,
    /// The finder of the real folder, once it was looked for.
    real: Option<Option<Value>>,
}

/// Loads a module.
#[derive(Trace, Payload)]
#[payload(class = LOADER, frozen)]
#[repr(C)]
pub struct LibraryLoader {
    name: Ref<Str>,
    path: Ref<Str>,
    entry: Opaque<Entry>,
}

/// The part of a path below the library's folder; empty for the folder itself.
pub fn below_library<'a>(vm: &Vm, path: &'a str) -> Option<&'a str> {
    if !vm.state().config.embedded_library {
        return None;
    }
    let root = vm.state().config.stdlib_dir.as_deref()?;
    let rest = path.as_bytes().strip_prefix(root)?;
    let rest = &path[path.len() - rest.len()..];
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

fn library_path(vm: &mut Vm, relative: &str) -> Result<Ref<Str>> {
    let root = vm.state().config.stdlib_dir.clone().unwrap_or_default();
    let mut path = root;
    path.push(b'/');
    path.extend_from_slice(relative.as_bytes());
    vm.decode_path(&path)
}

/// `importlib._bootstrap`.
fn bootstrap(vm: &mut Vm) -> Result {
    match vm.state().registry.get("importlib._bootstrap").cloned() {
        Some(module) => Ok(module),
        None => Err(vm.raise_runtime_error("importlib is not set up")),
    }
}

/// The spec of an embedded module.
fn new_spec(vm: &mut Vm, fullname: &Ref<Str>, entry: Entry) -> Result {
    let path = library_path(vm, entry.filename)?;
    let loader = Ref::new(vm, LibraryLoader { name: fullname.clone(), path: path.clone(), entry: Opaque(entry) })?;
    let bootstrap = bootstrap(vm)?;
    let class = vm.get_attr(&bootstrap, name!("ModuleSpec"))?;
    let names = [name!("origin").to_value(), name!("is_package").to_value()];
    let args = [fullname.to_value(), loader.into_value(), path.to_value(), Value::bool(entry.is_package)];
    let spec = vm.call_args(&class, Args::new(&args, &names))?;
    vm.set_attr(&spec, name!("_set_fileattr"), Some(Value::bool(true)))?;
    if entry.is_package {
        let folder = entry.filename.strip_suffix("/__init__.py").unwrap_or(entry.filename);
        let folder = library_path(vm, folder)?.into_value();
        let folders = vm.new_list(vec![folder])?.into_value();
        vm.set_attr(&spec, name!("submodule_search_locations"), Some(folders))?;
    }
    if vm.state().config.pycache_prefix.is_none() && vm.state().flags.optimize == 0 {
        let (folder, file) = entry.filename.rsplit_once('/').unwrap_or(("", entry.filename));
        let slash = if folder.is_empty() { "" } else { "/" };
        let stem = file.strip_suffix(".py").unwrap_or(file);
        let cached = library_path(vm, &format!("{folder}{slash}__pycache__/{stem}.taipan-314.pyc"))?;
        vm.set_attr(&spec, name!("_cached"), Some(cached.into_value()))?;
    }
    Ok(spec)
}

impl LibraryFinder {
    /// The entry of a module that this folder has.
    fn lookup(&self, fullname: &str) -> Option<Entry> {
        let tail = fullname.rsplit_once('.').map_or(fullname, |(_, tail)| tail);
        if self.prefix.is_empty() {
            return taipan_pylib::find(tail);
        }
        taipan_pylib::find(&format!("{}{tail}", self.prefix))
    }
}

/// The finder for files of the folder, if the folder exists.
fn real_finder(vm: &mut Vm, this: &Ref<LibraryFinder>) -> Result<Option<Value>> {
    if let Some(known) = this.get(vm).real.clone() {
        return Ok(known);
    }
    let path = this.get(vm).path.clone();
    let found = match path.to_utf8().map(|p| p.as_bytes().to_vec()) {
        Some(p) if taipan_host::stat::stat_real(&p).is_ok_and(|s| s.is_dir()) => {
            let external = vm.import("_frozen_importlib_external")?;
            let loaders = vm.call_method(&external, name!("_get_supported_file_loaders"), &[])?;
            let mut args = vec![path.into_value()];
            args.extend(vm.collect(&loaders)?);
            let class = vm.get_attr(&external, name!("FileFinder"))?;
            Some(vm.call(&class, &args)?)
        }
        _ => None,
    };
    this.get_mut(vm).real = Some(found.clone());
    Ok(found)
}

/// Methods of the finder.
pub struct LibraryFinderClass;

/// Finds modules in a folder of the standard library.
#[class(cell = FINDER, base = OBJECT, flags = HAVE_GC | MANAGED_WEAKREF, signature = "(path)")]
impl LibraryFinderClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let [path] = args.expect(vm, "LibraryFinder", 1, 1)? else { return Ok(Value::none()) };
        let prefix = path.downcast::<Str>().and_then(|p| p.to_utf8()).and_then(|p| below_library(vm, p));
        let prefix = prefix.map(|p| p.replace('/', "."));
        let known = prefix.filter(|p| p.is_empty() || taipan_pylib::find(p).is_some_and(|e| e.is_package));
        let (Some(mut prefix), Some(path)) = (known, path.downcast::<Str>()) else {
            let text = "not a folder of the embedded library";
            return Err(vm.raise_import_error_about(&IMPORT_ERROR, text, None, Some(path.clone()), None));
        };
        if !prefix.is_empty() {
            prefix.push('.');
        }
        Ref::new_in(vm, class, LibraryFinder { path: path.clone(), prefix, real: None }).map(Ref::into_value)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<LibraryFinder>) -> Result {
        let path = this.get(vm).path.to_value();
        let path = vm.repr(&path)?.to_string_lossy();
        vm.new_str(&format!("LibraryFinder({path})")).map(Ref::into_value)
    }

    #[getter]
    fn path(vm: &mut Vm, this: &Ref<LibraryFinder>) -> Result {
        Ok(this.get(vm).path.to_value())
    }

    /// The spec of a module in this folder, or None.
    #[method("($self, fullname, target=None)")]
    fn find_spec(vm: &mut Vm, this: &Ref<LibraryFinder>, fullname: &Ref<Str>, target: Option<&Value>) -> Result {
        let entry = fullname.to_utf8().and_then(|name| this.get(vm).lookup(name));
        if let Some(entry) = entry {
            return new_spec(vm, fullname, entry);
        }
        match real_finder(vm, this)? {
            Some(real) => {
                let target = target.cloned().unwrap_or_else(Value::none);
                vm.call_method(&real, name!("find_spec"), &[fullname.to_value(), target])
            }
            None => Ok(Value::none()),
        }
    }

    /// Forget what is known of the real folder.
    #[method("($self, /)")]
    fn invalidate_caches(vm: &mut Vm, this: &Ref<LibraryFinder>) -> Result<()> {
        this.get_mut(vm).real = None;
        Ok(())
    }

    /// The names of the modules in this folder, with whether they are packages.
    #[method("($self, prefix='')")]
    fn iter_modules(vm: &mut Vm, this: &Ref<LibraryFinder>, prefix: Option<&Ref<Str>>) -> Result {
        let front = this.get(vm).prefix.clone();
        let prefix = prefix.map(|p| p.to_string_lossy()).unwrap_or_default();
        let mut all = Vec::new();
        for full in taipan_pylib::names() {
            let Some(name) = full.strip_prefix(front.as_str()).filter(|n| !n.contains('.')) else { continue };
            let is_package = taipan_pylib::find(full).is_some_and(|e| e.is_package);
            let name = vm.new_str(&format!("{prefix}{name}"))?.into_value();
            all.push(vm.new_tuple(vec![name, Value::bool(is_package)])?.into_value());
        }
        let all = vm.new_list(all)?.into_value();
        vm.iter(&all)
    }
}

/// The name that a method was given has to be the loader's.
fn check_name(vm: &mut Vm, this: &Ref<LibraryLoader>, given: Option<&Value>) -> Result<()> {
    let Some(given) = given.filter(|g| !g.is_none()) else { return Ok(()) };
    if vm.equal(given, this.name.as_value())? {
        return Ok(());
    }
    let own = this.name.to_string_lossy();
    let shown = vm.str(given)?.to_string_lossy();
    let text = format!("loader for {own} cannot handle {shown}");
    Err(vm.raise_import_error_about(&IMPORT_ERROR, &text, Some(given.clone()), None, None))
}

fn code_of(vm: &mut Vm, this: &Ref<LibraryLoader>) -> Result {
    // What is embedded has assertions and docstrings; without them the module is compiled anew.
    if vm.state().flags.optimize > 0 {
        return vm.compile_text(&this.entry.0.source(), &this.path, Request::new(Mode::Exec));
    }
    let path = vm.intern(&this.path);
    if let Some(code) = taipan_prebuilt::code(vm, this.entry.0.name, &path)? {
        return Ok(code);
    }
    vm.state_mut().library_read += this.entry.0.code.len();
    marshal::read_code(vm, this.entry.0.code, path)
}

/// Methods of the loader.
pub struct LibraryLoaderClass;

/// Loads a module of the standard library.
#[class(cell = LOADER, base = OBJECT, flags = HAVE_GC | MANAGED_WEAKREF | DISALLOW_INSTANTIATION)]
impl LibraryLoaderClass {
    #[slot]
    fn compare(vm: &mut Vm, this: &Value, other: &Value, op: taipan_vm::slots::CompareOp) -> Result {
        use taipan_vm::slots::CompareOp;
        let (Some(a), Some(b)) = (this.downcast::<LibraryLoader>(), other.downcast::<LibraryLoader>()) else {
            return Ok(Value::not_implemented());
        };
        let same = vm.equal(a.name.as_value(), b.name.as_value())? && vm.equal(a.path.as_value(), b.path.as_value())?;
        Ok(match op {
            CompareOp::Eq => Value::bool(same),
            CompareOp::Ne => Value::bool(!same),
            _ => Value::not_implemented(),
        })
    }

    #[slot]
    fn hash(_vm: &mut Vm, this: &Ref<LibraryLoader>) -> Result<i64> {
        Ok(this.name.hash() ^ this.path.hash())
    }

    #[getter]
    fn name(_vm: &mut Vm, this: &Ref<LibraryLoader>) -> Result {
        Ok(this.name.to_value())
    }

    #[getter]
    fn path(_vm: &mut Vm, this: &Ref<LibraryLoader>) -> Result {
        Ok(this.path.to_value())
    }

    /// Use the default way of making a module.
    #[method("($self, spec)")]
    fn create_module(_vm: &mut Vm, _this: &Ref<LibraryLoader>, _spec: &Value) -> Result<()> {
        Ok(())
    }

    /// Run the module.
    #[method("($self, module)")]
    fn exec_module(vm: &mut Vm, this: &Ref<LibraryLoader>, module: &Value) -> Result<()> {
        let code = code_of(vm, this)?;
        let namespace = vm.get_attr(module, name!("__dict__"))?;
        let exec = vm.builtin("exec")?;
        // The name of this function says which frames of tracebacks are left out.
        let bootstrap = bootstrap(vm)?;
        vm.state_mut().gc.library_imports += 1;
        let result = vm.call_method(&bootstrap, name!("_call_with_frames_removed"), &[exec, code, namespace]);
        vm.state_mut().gc.library_imports -= 1;
        result.map(drop)
    }

    /// Load the module. Deprecated: use exec_module().
    #[method("($self, fullname=None)")]
    fn load_module(vm: &mut Vm, this: &Ref<LibraryLoader>, fullname: Option<&Value>) -> Result {
        check_name(vm, this, fullname)?;
        let bootstrap = bootstrap(vm)?;
        vm.call_method(&bootstrap, name!("_load_module_shim"), &[this.to_value(), this.name.to_value()])
    }

    /// The code object of the module.
    #[method("($self, fullname=None)")]
    fn get_code(vm: &mut Vm, this: &Ref<LibraryLoader>, fullname: Option<&Value>) -> Result {
        check_name(vm, this, fullname)?;
        code_of(vm, this)
    }

    /// The source text of the module.
    #[method("($self, fullname=None)")]
    fn get_source(vm: &mut Vm, this: &Ref<LibraryLoader>, fullname: Option<&Value>) -> Result {
        check_name(vm, this, fullname)?;
        vm.new_str(&this.entry.0.source()).map(Ref::into_value)
    }

    /// The path of the module's file.
    #[method("($self, fullname=None)")]
    fn get_filename(vm: &mut Vm, this: &Ref<LibraryLoader>, fullname: Option<&Value>) -> Result {
        check_name(vm, this, fullname)?;
        Ok(this.path.to_value())
    }

    /// Whether the module is a package.
    #[method("($self, fullname=None)")]
    fn is_package(vm: &mut Vm, this: &Ref<LibraryLoader>, fullname: Option<&Value>) -> Result<bool> {
        check_name(vm, this, fullname)?;
        Ok(this.entry.0.is_package)
    }

    /// The contents of a file.
    #[method("($self, path)")]
    fn get_data(vm: &mut Vm, _this: &Ref<LibraryLoader>, path: &Value) -> Result {
        let path = vm.str(path)?;
        let text = path.to_string_lossy();
        let file = text.into_bytes();
        let bytes = vm.detach(move || taipan_host::fs::read_file(&file));
        match bytes {
            Ok(bytes) => vm.bytes_from_vec(bytes).map(Ref::into_value),
            Err(errno) => Err(vm.raise_os_error(errno.0, Some(path.into_value()))),
        }
    }

    /// The reader of the files beside the module.
    #[method("($self, name=None)")]
    fn get_resource_reader(vm: &mut Vm, this: &Ref<LibraryLoader>, name: Option<&Value>) -> Result {
        check_name(vm, this, name)?;
        let readers = vm.import("importlib.readers")?;
        vm.call_method(&readers, name!("FileReader"), &[this.to_value()])
    }

    /// When the module was changed, and the size of its source.
    #[method("($self, path)")]
    fn path_stats(vm: &mut Vm, this: &Ref<LibraryLoader>, _path: &Value) -> Result {
        let stats = vm.new_dict()?;
        let size = vm.new_uint(this.entry.0.source_length() as u64)?;
        vm.dict_set(&stats, name!("mtime").as_value(), Value::from_i32(0))?;
        vm.dict_set(&stats, name!("size").as_value(), size)?;
        Ok(stats.into_value())
    }

    /// Compile source text.
    #[method("($self, data, path)")]
    fn source_to_code(vm: &mut Vm, _this: &Ref<LibraryLoader>, data: &Value, path: &Ref<Str>) -> Result {
        vm.compile(data, path, Request::new(Mode::Exec), "compile", "string, bytes or AST object")
    }
}
