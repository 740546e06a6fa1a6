//! The exceptions of `sqlite3`, and which of them an error of SQLite becomes.

use taipan_object::Raised;
use taipan_vm::errors::EXCEPTION;
use taipan_vm::types::module::Module;
use taipan_vm::{Ref, Result, Value, Vm, name};

pub const WARNING: &str = "sqlite3.Warning";
pub const ERROR: &str = "sqlite3.Error";
pub const INTERFACE: &str = "sqlite3.InterfaceError";
pub const DATABASE: &str = "sqlite3.DatabaseError";
pub const INTERNAL: &str = "sqlite3.InternalError";
pub const OPERATIONAL: &str = "sqlite3.OperationalError";
pub const PROGRAMMING: &str = "sqlite3.ProgrammingError";
pub const INTEGRITY: &str = "sqlite3.IntegrityError";
pub const DATA: &str = "sqlite3.DataError";
pub const NOT_SUPPORTED: &str = "sqlite3.NotSupportedError";

/// Each exception with its base.
const CLASSES: [(&str, Option<&str>); 10] = [
    (ERROR, None),
    (WARNING, None),
    (INTERFACE, Some(ERROR)),
    (DATABASE, Some(ERROR)),
    (INTERNAL, Some(DATABASE)),
    (OPERATIONAL, Some(DATABASE)),
    (PROGRAMMING, Some(DATABASE)),
    (INTEGRITY, Some(DATABASE)),
    (DATA, Some(DATABASE)),
    (NOT_SUPPORTED, Some(DATABASE)),
];

/// Makes the classes.
pub fn add_classes(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
    for (key, base) in CLASSES {
        let base = base.and_then(|b| vm.state().registry.get(b).and_then(|c| c.as_type_ref()).cloned());
        match base {
            Some(base) => vm.add_exception_class(module, key, &base, "")?,
            None => vm.add_exception_class(module, key, EXCEPTION.as_type(), "")?,
        };
    }
    Ok(())
}

/// The class, as the attributes of a connection show it.
pub fn class(vm: &Vm, key: &'static str) -> Value {
    vm.state().registry.get(key).cloned().unwrap_or_else(Value::none)
}

/// Raises one of the module's own complaints.
#[cold]
pub fn raise(vm: &mut Vm, key: &'static str, text: &str) -> Raised {
    vm.raise_added(key, text)
}

/// Raises what SQLite complains of.
#[cold]
pub fn from_sqlite(vm: &mut Vm, error: &rusqlite::Error) -> Raised {
    let (code, text) = match error {
        rusqlite::Error::SqliteFailure(e, Some(text)) => (e.extended_code, text.clone()),
        rusqlite::Error::SqliteFailure(e, None) => {
            (e.extended_code, rusqlite::ffi::code_to_str(e.extended_code).to_owned())
        }
        rusqlite::Error::SqlInputError { error, msg, .. } => (error.extended_code, msg.clone()),
        rusqlite::Error::NulError(_) => return vm.raise_value_error("embedded null character"),
        other => return raise(vm, INTERNAL, &other.to_string()),
    };
    from_code(vm, code, &text)
}

/// Raises the exception of a result code.
#[cold]
pub fn from_code(vm: &mut Vm, code: i32, text: &str) -> Raised {
    use rusqlite::ffi::*;
    let key = match code & 0xff {
        SQLITE_NOMEM => return vm.raise_memory_error(),
        SQLITE_INTERNAL | SQLITE_NOTFOUND => INTERNAL,
        SQLITE_ERROR | SQLITE_PERM | SQLITE_ABORT | SQLITE_BUSY | SQLITE_LOCKED | SQLITE_READONLY
        | SQLITE_INTERRUPT | SQLITE_IOERR | SQLITE_FULL | SQLITE_CANTOPEN | SQLITE_PROTOCOL | SQLITE_EMPTY
        | SQLITE_SCHEMA => OPERATIONAL,
        SQLITE_TOOBIG => DATA,
        SQLITE_CONSTRAINT | SQLITE_MISMATCH => INTEGRITY,
        SQLITE_MISUSE | SQLITE_RANGE => INTERFACE,
        _ => DATABASE,
    };
    let Some(class) = vm.state().registry.get(key).and_then(|c| c.as_type_ref()).cloned() else {
        return vm.raise_runtime_error(text);
    };
    let made = (|| {
        let text = vm.new_str(text)?.into_value();
        let exception = vm.new_exception(&class, vec![text])?;
        let number = vm.new_int(i64::from(code))?;
        vm.set_attr(&exception, name!("sqlite_errorcode"), Some(number))?;
        let shown = crate::constants::error_name(code).unwrap_or("unknown");
        let shown = vm.new_str(shown)?.into_value();
        vm.set_attr(&exception, name!("sqlite_errorname"), Some(shown))?;
        Ok(exception)
    })();
    match made {
        Ok(exception) => vm.raise(exception),
        Err(raised) => raised,
    }
}

/// The result of a call into SQLite.
pub fn check<T>(vm: &mut Vm, result: rusqlite::Result<T>) -> Result<T> {
    result.map_err(|error| from_sqlite(vm, &error))
}
