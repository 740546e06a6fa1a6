//! Values of SQLite as Python's, and the other way.

use crate::errors;
use rusqlite::types::{ToSqlOutput, ValueRef};
use taipan_object::{Bytes, Str};
use taipan_vm::{Result, Value, Vm};

/// What a Python value is in SQLite.
pub enum Bound {
    Value(rusqlite::types::Value),
    /// Text that lies in the Python string.
    Text(taipan_vm::Ref<Str>),
    Bytes(taipan_vm::Ref<Bytes>),
}

impl Bound {
    /// As SQLite takes it.
    pub fn as_sql(&self) -> ToSqlOutput<'_> {
        match self {
            Bound::Value(v) => ToSqlOutput::Borrowed(ValueRef::from(v)),
            Bound::Text(s) => ToSqlOutput::Borrowed(ValueRef::Text(s.to_utf8().unwrap_or_default().as_bytes())),
            Bound::Bytes(b) => ToSqlOutput::Borrowed(ValueRef::Blob(b.as_bytes())),
        }
    }
}

impl Bound {
    /// As a value of its own.
    pub fn into_sql(self) -> rusqlite::types::Value {
        match self {
            Bound::Value(v) => v,
            Bound::Text(s) => rusqlite::types::Value::Text(s.to_utf8().unwrap_or_default().to_owned()),
            Bound::Bytes(b) => rusqlite::types::Value::Blob(b.as_bytes().to_vec()),
        }
    }
}

/// A Python value for SQLite; `None` if it is of a type that SQLite has no value for.
pub fn to_sql(vm: &mut Vm, v: &Value) -> Result<Option<Bound>> {
    use rusqlite::types::Value as Sql;
    if v.is_none() {
        return Ok(Some(Bound::Value(Sql::Null)));
    }
    if let Some(n) = v.as_int() {
        return match n.to_i64() {
            Some(n) => Ok(Some(Bound::Value(Sql::Integer(n)))),
            None => Err(vm.raise_overflow_error("Python int too large to convert to SQLite INTEGER")),
        };
    }
    if let Some(x) = v.as_float() {
        return Ok(Some(Bound::Value(Sql::Real(x))));
    }
    if let Some(s) = v.downcast::<Str>() {
        let Some(text) = s.to_utf8() else { return Err(vm.raise_surrogates_not_allowed(s)) };
        if text.len() > i32::MAX as usize {
            return Err(vm.raise_overflow_error("string longer than INT_MAX bytes"));
        }
        return Ok(Some(Bound::Text(s.clone())));
    }
    if let Some(b) = v.downcast::<Bytes>() {
        if b.as_bytes().len() > i32::MAX as usize {
            return Err(vm.raise_overflow_error("BLOB longer than INT_MAX bytes"));
        }
        return Ok(Some(Bound::Bytes(b.clone())));
    }
    if vm.is_bytes_like(v) {
        return blob(vm, v).map(|b| Some(Bound::Value(Sql::Blob(b))));
    }
    Ok(None)
}

/// The bytes of an object that shows its memory, which must lie in one piece.
pub fn blob(vm: &mut Vm, v: &Value) -> Result<Vec<u8>> {
    vm.check_in_one_piece(v)?;
    let bytes = vm.bytes_of(v)?;
    if bytes.len() > i32::MAX as usize {
        return Err(vm.raise_overflow_error("BLOB longer than INT_MAX bytes"));
    }
    Ok(bytes)
}

/// A value of SQLite for Python, text as `str`.
pub fn from_sql(vm: &mut Vm, v: ValueRef<'_>) -> Result {
    match v {
        ValueRef::Null => Ok(Value::none()),
        ValueRef::Integer(n) => vm.new_int(n),
        ValueRef::Real(x) => vm.new_float(x),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => vm.new_str(text).map(taipan_vm::Ref::into_value),
            Err(_) => {
                let bytes = vm.new_bytes(bytes)?.into_value();
                vm.call_method(&bytes, taipan_vm::name!("decode"), &[])
            }
        },
        ValueRef::Blob(bytes) => vm.new_bytes(bytes).map(taipan_vm::Ref::into_value),
    }
}

/// The text of an SQL statement or a name; surrogates cannot be encoded.
pub fn utf8<'a>(vm: &mut Vm, s: &'a taipan_vm::Ref<Str>) -> Result<&'a str> {
    match s.to_utf8() {
        Some(text) => Ok(text),
        None => Err(vm.raise_surrogates_not_allowed(s)),
    }
}

/// A name that SQLite is given as a C string.
pub fn c_name<'a>(vm: &mut Vm, s: &'a taipan_vm::Ref<Str>) -> Result<&'a str> {
    let text = utf8(vm, s)?;
    if text.contains('\0') {
        return Err(vm.raise_value_error("embedded null character"));
    }
    // Terminated copies, and those that names are found by.
    taipan_object::room::probe(text.len().saturating_mul(4))?;
    Ok(text)
}

/// Refuses text that is longer than the connection allows.
pub fn check_length(vm: &mut Vm, database: &crate::engine::Database, sql: &str) -> Result<()> {
    let limit = database.sqlite.limit(rusqlite::limits::Limit::SQLITE_LIMIT_SQL_LENGTH).unwrap_or(i32::MAX);
    if sql.len() > usize::try_from(limit).unwrap_or(0) {
        return Err(errors::raise(vm, errors::DATA, "query string is too large"));
    }
    Ok(())
}
