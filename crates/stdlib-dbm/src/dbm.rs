//! `_dbm` and its one class.

use gdbm_native::{Error, Gdbm, OpenOptions};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use taipan_host::{Errno, fd, fs};
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{List, Raised, Str, TypeCell};
use taipan_vm::errors::OS_ERROR;
use taipan_vm::native::Args;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm};

/// `_dbm.dbm`.
pub static DBM: TypeCell<Dbm> = TypeCell::new("_dbm.dbm");

const ERROR: &str = "_dbm.error";

/// An open database.
#[derive(Trace, Payload)]
#[payload(class = DBM)]
#[repr(C)]
pub struct Dbm {
    /// `None` once it is closed.
    database: Opaque<Option<Gdbm>>,
}

/// Methods of `dbm`.
pub struct DbmClass;
/// `_dbm`.
pub struct DbmModule;

/// What `NAME.dir` holds: a mark and a version, big-endian.
const MARK: [u8; 16] = *b"GDBM\0\0\0\x01\0\0\0\x18\0\0\0\0";

fn open<'a>(vm: &'a mut Vm, this: &'a Ref<Dbm>) -> Result<&'a mut Gdbm> {
    if this.get(vm).database.0.is_none() {
        return Err(vm.raise_added(ERROR, "DBM object has already been closed"));
    }
    this.get_mut(vm).database.0.as_mut().ok_or(Raised)
}

/// The number of the system's error that says best what went wrong.
fn number_of(error: &Error) -> i32 {
    match error {
        Error::Io(e) => e.raw_os_error().unwrap_or(libc::EIO),
        Error::Locked => libc::EAGAIN,
        Error::ReadOnly => libc::EPERM,
        _ => libc::EINVAL,
    }
}

/// Raises the module's error with the number of a system's error, and about a file.
fn raise_number(vm: &mut Vm, number: i32, file: Option<&Value>) -> Raised {
    let text = match vm.new_str(&taipan_host::errno::strerror(number)) {
        Ok(text) => text.into_value(),
        Err(raised) => return raised,
    };
    let class = vm.state().registry.get(ERROR).cloned();
    let mut args = vec![Value::from_i32(number), text];
    args.extend(file.cloned());
    match class.as_ref().and_then(Value::as_type) {
        Some(class) => vm.raise_args(class, args),
        None => vm.raise_os_error(number, file.cloned()),
    }
}

fn checked<T>(vm: &mut Vm, done: gdbm_native::Result<T>) -> Result<T> {
    done.map_err(|e| raise_number(vm, number_of(&e), None))
}

/// A key or a value: a `str` as UTF-8, else bytes.
fn bytes(vm: &mut Vm, v: &Value, complaint: Option<&str>) -> Result<Vec<u8>> {
    if let Some(s) = v.downcast::<Str>() {
        return match s.to_utf8() {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => Err(vm.raise_surrogates_not_allowed(s)),
        };
    }
    match complaint {
        Some(text) if taipan_vm::slots::of(v.ty()).buffer.is_none() => Err(vm.raise_type_error(text)),
        _ => vm.bytes_of(v),
    }
}

fn found(vm: &mut Vm, this: &Ref<Dbm>, key: &[u8]) -> Result<Option<Vec<u8>>> {
    let found = open(vm, this)?.get(key);
    checked(vm, found)
}

/// Whether anything may be written; `doing` is the complaint if not.
fn writable(vm: &mut Vm, this: &Ref<Dbm>, doing: &str) -> Result<()> {
    match open(vm, this)?.is_writable() {
        true => Ok(()),
        false => Err(vm.raise_added(ERROR, doing)),
    }
}

fn store(vm: &mut Vm, this: &Ref<Dbm>, key: &[u8], value: &[u8]) -> Result<()> {
    writable(vm, this, "cannot add item to database")?;
    let done = open(vm, this)?.insert(key, value);
    checked(vm, done).map(drop)
}

fn close(vm: &mut Vm, this: &Ref<Dbm>) -> Result<()> {
    match this.get_mut(vm).database.0.take() {
        Some(database) => checked(vm, database.close()),
        None => Ok(()),
    }
}

const KEYS_ONLY: &str = "dbm mappings have bytes or string keys only";
const ELEMENTS_ONLY: &str = "dbm mappings have bytes or string elements only";

#[class(cell = DBM, base = OBJECT, flags = DISALLOW_INSTANTIATION)]
impl DbmClass {
    #[slot]
    fn len(vm: &mut Vm, this: &Ref<Dbm>) -> Result<usize> {
        let len = open(vm, this)?.len();
        checked(vm, len)
    }

    #[slot]
    fn bool(vm: &mut Vm, this: &Ref<Dbm>) -> Result<bool> {
        let empty = open(vm, this)?.is_empty();
        checked(vm, empty).map(|empty| !empty)
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Ref<Dbm>, key: &Value) -> Result {
        let name = bytes(vm, key, None)?;
        match found(vm, this, &name)? {
            Some(value) => vm.bytes_from_vec(value).map(Ref::into_value),
            None => Err(vm.raise_key_error(key)),
        }
    }

    #[slot]
    fn setitem(vm: &mut Vm, this: &Ref<Dbm>, key: &Value, value: Option<Value>) -> Result<()> {
        let name = bytes(vm, key, Some(KEYS_ONLY))?;
        if let Some(value) = value {
            let value = bytes(vm, &value, Some(ELEMENTS_ONLY))?;
            return store(vm, this, &name, &value);
        }
        writable(vm, this, "cannot delete item from database")?;
        let removed = open(vm, this)?.remove(name.as_slice());
        match checked(vm, removed)? {
            Some(_) => Ok(()),
            None => Err(vm.raise_key_error(key)),
        }
    }

    #[slot]
    fn contains(vm: &mut Vm, this: &Ref<Dbm>, key: &Value) -> Result<bool> {
        let complaint = format!("dbm key must be bytes or string, not {}", key.ty().name());
        open(vm, this)?;
        let key = bytes(vm, key, Some(&complaint))?;
        let there = open(vm, this)?.contains_key(key.as_slice());
        checked(vm, there)
    }

    /// Close the database.
    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Ref<Dbm>) -> Result<()> {
        close(vm, this)
    }

    /// Give a list of all keys in the database.
    #[method("($self, /)")]
    fn keys(vm: &mut Vm, this: &Ref<Dbm>) -> Result<Ref<List>> {
        let keys = open(vm, this)?.keys::<Vec<u8>>().collect::<gdbm_native::Result<Vec<_>>>();
        let keys = checked(vm, keys)?;
        let keys = keys.iter().map(|key| vm.new_bytes(key).map(Ref::into_value)).collect::<Result<Vec<_>>>()?;
        vm.new_list(keys)
    }

    /// Give the value of a key, or default where there is none.
    #[method("($self, key, default=None, /)")]
    fn get(vm: &mut Vm, this: &Ref<Dbm>, key: &Value, default: Option<&Value>) -> Result {
        let name = bytes(vm, key, None)?;
        match found(vm, this, &name)? {
            Some(value) => vm.bytes_from_vec(value).map(Ref::into_value),
            None => Ok(default.cloned().unwrap_or_else(Value::none)),
        }
    }

    /// Give the value of a key; where there is none, store default and give that.
    #[method("($self, key, default=b'', /)")]
    fn setdefault(vm: &mut Vm, this: &Ref<Dbm>, key: &Value, default: Option<&Value>) -> Result {
        let name = bytes(vm, key, None)?;
        if let Some(value) = found(vm, this, &name)? {
            return vm.new_bytes(&value).map(Ref::into_value);
        }
        let value = match default {
            Some(value) => bytes(vm, value, Some(ELEMENTS_ONLY))?,
            None => Vec::new(),
        };
        store(vm, this, &name, &value)?;
        match default {
            Some(value) => Ok(value.clone()),
            None => vm.new_bytes(b"").map(Ref::into_value),
        }
    }

    /// Remove all items.
    #[method("($self, /)")]
    fn clear(vm: &mut Vm, this: &Ref<Dbm>) -> Result<()> {
        writable(vm, this, "cannot delete item from database")?;
        let keys = open(vm, this)?.keys::<Vec<u8>>().collect::<gdbm_native::Result<Vec<_>>>();
        for key in checked(vm, keys)? {
            let removed = open(vm, this)?.remove(key.as_slice());
            checked(vm, removed)?;
        }
        Ok(())
    }

    #[method("($self, /)")]
    fn __enter__(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[method("($self, /, *args)")]
    fn __exit__(vm: &mut Vm, this: &Ref<Dbm>, _args: Args<'_>) -> Result<()> {
        close(vm, this)
    }
}

/// Opens `NAME.pag`, and makes `NAME.dir` where it is to be made.
fn open_files(name: &[u8], flag: u32, mode: u32) -> std::result::Result<Gdbm, i32> {
    let (data, mark) = ([name, b".pag"].concat(), [name, b".dir"].concat());
    let flag = char::from_u32(flag).unwrap_or_default();
    if flag == 'n' {
        // Whoever has the old one open keeps it.
        match fs::unlink(fs::CWD, &data) {
            Ok(()) | Err(Errno::ENOENT) => {}
            Err(e) => return Err(e.0),
        }
    }
    let create = matches!(flag, 'c' | 'n');
    let mut options = OpenOptions::new();
    options.write(flag != 'r').create(create).mode(mode);
    let database = options.open(OsString::from_vec(data)).map_err(|e| number_of(&e))?;
    if create {
        let flags = libc::O_WRONLY | libc::O_CREAT | libc::O_EXCL | libc::O_CLOEXEC;
        match fs::open(fs::CWD, &mark, flags, mode) {
            Ok(file) => {
                let written = fd::write(file, &MARK);
                fd::close(file).and(written).map_err(|e| e.0)?;
            }
            Err(Errno(libc::EEXIST)) => {}
            Err(e) => return Err(e.0),
        }
    }
    Ok(database)
}

#[module(name = "_dbm")]
impl DbmModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.set_up_class(&DbmClass::class_def())?;
        vm.add_exception_class(module, ERROR, OS_ERROR.as_type(), "")?;
        let library = vm.new_str("GNU gdbm")?.into_value();
        module.set(vm, "library", library)
    }

    /// Open a database.
    ///
    ///   filename
    ///     Where it lies: two files whose names begin so.
    ///   flags
    ///     "r" to read, "w" to write, "c" to make it if it is not there, "n"
    ///     to begin a new one.
    ///   mode
    ///     Permissions of a file that is made.
    #[function("($module, filename, flags='r', mode=0o666, /)")]
    fn open(vm: &mut Vm, filename: &Value, flags: Option<&Value>, mode: Option<i32>) -> Result<Ref<Dbm>> {
        let flag = match flags {
            None => u32::from(b'r'),
            Some(v) => match v.downcast::<Str>() {
                Some(text) => text.data().code_points().next().unwrap_or(0),
                None => {
                    let text = format!("open() argument 2 must be str, not {}", v.ty().name());
                    return Err(vm.raise_type_error(&text));
                }
            },
        };
        let name = vm.fs_bytes(filename)?;
        if !matches!(char::from_u32(flag), Some('r' | 'w' | 'c' | 'n')) {
            return Err(vm.raise_added(ERROR, "arg 2 to open should be 'r', 'w', 'c', or 'n'"));
        }
        let mode = mode.map_or(0o666, |m| m as u32);
        let opened = vm.blocking(|| open_files(&name, flag, mode).map_err(Errno))?;
        match opened {
            Ok(database) => Ref::new(vm, Dbm { database: Opaque(Some(database)) }),
            Err(e) => Err(raise_number(vm, e.0, Some(filename))),
        }
    }
}
