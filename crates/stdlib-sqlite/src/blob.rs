//! `sqlite3.Blob`: a value of the database that is read and written in pieces.

use crate::connection::{Connection, ConnectionRef};
use crate::engine::{self, BlobHandle};
use crate::{convert, errors};
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Bytes, Str, TypeCell};
use taipan_vm::types::slice::Slice;
use taipan_vm::{Ref, Result, Value, Vm};

/// `sqlite3.Blob`.
pub static BLOB: TypeCell<Blob> = TypeCell::new("sqlite3.Blob");

/// An open value, or a closed one.
#[derive(Trace, Payload)]
#[payload(class = BLOB)]
#[repr(C)]
pub struct Blob {
    connection: Ref<Connection>,
    handle: Opaque<Option<BlobHandle>>,
    offset: usize,
}

/// What `Connection.blobopen` does.
pub fn open(
    vm: &mut Vm,
    connection: &Ref<Connection>,
    table: &Ref<Str>,
    column: &Ref<Str>,
    row: &Value,
    readonly: bool,
    name: Option<&Ref<Str>>,
) -> Result {
    let database = connection.open(vm)?;
    let (table, column) = (convert::c_name(vm, table)?, convert::c_name(vm, column)?);
    let name = match name {
        Some(name) => convert::c_name(vm, name)?,
        None => "main",
    };
    let Some(row) = row.as_int() else { return Err(vm.raise_type_error("expected 'int'")) };
    let Some(row) = row.to_i64() else {
        return Err(vm.raise_overflow_error("Python int too large to convert to SQLite INTEGER"));
    };
    let opened =
        engine::enter(vm, connection, &database, || BlobHandle::open(&database, name, table, column, row, readonly))?;
    let handle = errors::check(vm, opened)?;
    let blob = Blob { connection: connection.clone(), handle: Opaque(Some(handle)), offset: 0 };
    Ref::new_in(vm, BLOB.as_type(), blob).map(Ref::into_value)
}

/// The length of an open value; refuses a closed one.
fn check(vm: &mut Vm, this: &Ref<Blob>) -> Result<usize> {
    let connection = this.get(vm).connection.clone();
    connection.open(vm)?;
    match &*this.get(vm).handle {
        Some(handle) => Ok(handle.len()),
        None => Err(errors::raise(vm, errors::PROGRAMMING, "Cannot operate on a closed blob.")),
    }
}

fn read(vm: &mut Vm, this: &Ref<Blob>, start: usize, count: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if bytes.try_reserve_exact(count).is_err() {
        return Err(vm.raise_memory_error());
    }
    bytes.resize(count, 0);
    let result = match &*this.get(vm).handle {
        Some(handle) => handle.read(&mut bytes, start),
        None => Ok(()),
    };
    errors::check(vm, result)?;
    Ok(bytes)
}

fn write(vm: &mut Vm, this: &Ref<Blob>, start: usize, bytes: &[u8]) -> Result<()> {
    let result = match &mut *this.get_mut(vm).handle {
        Some(handle) => handle.write(bytes, start),
        None => Ok(()),
    };
    errors::check(vm, result)
}

fn close(vm: &mut Vm, this: &Ref<Blob>) {
    let handle = this.get_mut(vm).handle.take();
    drop(handle);
}

/// The place of one byte.
fn index_of(vm: &mut Vm, key: &Value, len: usize) -> Result<usize> {
    let index = vm.to_index_isize(key)?;
    let index = if index < 0 { index + len as isize } else { index };
    match usize::try_from(index) {
        Ok(i) if i < len => Ok(i),
        _ => Err(vm.raise_index_error("Blob index out of range")),
    }
}

/// Slices go forwards.
fn check_step(vm: &mut Vm, step: isize) -> Result<()> {
    if step > 0 { Ok(()) } else { Err(vm.raise_value_error("Blob slices with a negative step are not supported")) }
}

fn is_index(v: &Value) -> bool {
    taipan_vm::slots::of(v.ty()).index.is_some()
}

/// Methods of `Blob`.
pub struct BlobClass;

#[class(cell = BLOB, base = OBJECT, flags = HAVE_GC | MANAGED_WEAKREF | DISALLOW_INSTANTIATION)]
impl BlobClass {
    /// Close the blob.
    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Ref<Blob>) -> Result<()> {
        let connection = this.get(vm).connection.clone();
        connection.open(vm)?;
        close(vm, this);
        Ok(())
    }

    /// Read data at the current offset position.
    ///
    ///   length
    ///     Read length in bytes.
    ///
    /// If the end of the blob is reached, the data up to end of file will
    /// be returned.  When length is not specified, or is negative,
    /// Blob.read() will read until the end of the blob.
    #[method("($self, length=-1, /)")]
    fn read(vm: &mut Vm, this: &Ref<Blob>, length: Option<i32>) -> Result<Ref<Bytes>> {
        let len = check(vm, this)?;
        let offset = this.get(vm).offset;
        let left = len.saturating_sub(offset);
        let count = length.and_then(|n| usize::try_from(n).ok()).map_or(left, |n| n.min(left));
        let bytes = read(vm, this, offset, count)?;
        this.get_mut(vm).offset = offset + count;
        vm.bytes_from_vec(bytes)
    }

    /// Write data at the current offset.
    ///
    /// This function cannot change the blob length.  Writing beyond the end
    /// of the blob will result in an exception being raised.
    #[method("($self, data, /)")]
    fn write(vm: &mut Vm, this: &Ref<Blob>, data: &Value) -> Result<()> {
        let bytes = vm.bytes_of(data)?;
        let len = check(vm, this)?;
        let offset = this.get(vm).offset;
        if bytes.len() > len.saturating_sub(offset) {
            return Err(vm.raise_value_error("data longer than blob length"));
        }
        write(vm, this, offset, &bytes)?;
        this.get_mut(vm).offset = offset + bytes.len();
        Ok(())
    }

    /// Set the current access position to offset.
    ///
    /// The origin argument defaults to os.SEEK_SET (absolute blob
    /// positioning).  Other values for origin are os.SEEK_CUR (seek
    /// relative to the current position) and os.SEEK_END (seek relative to
    /// the blob's end).
    #[method("($self, offset, origin=0, /)")]
    fn seek(vm: &mut Vm, this: &Ref<Blob>, offset: i32, origin: Option<i32>) -> Result<()> {
        let len = check(vm, this)?;
        let base = match origin.unwrap_or(0) {
            0 => 0,
            1 => this.get(vm).offset as i64,
            2 => len as i64,
            _ => {
                let text = "'origin' should be os.SEEK_SET, os.SEEK_CUR, or os.SEEK_END";
                return Err(vm.raise_value_error(text));
            }
        };
        let place = base + i64::from(offset);
        if place > i64::from(i32::MAX) {
            return Err(vm.raise_overflow_error("seek offset results in overflow"));
        }
        match usize::try_from(place) {
            Ok(place) if place <= len => {
                this.get_mut(vm).offset = place;
                Ok(())
            }
            _ => Err(vm.raise_value_error("offset out of blob range")),
        }
    }

    /// Return the current access position for the blob.
    #[method("($self, /)")]
    fn tell(vm: &mut Vm, this: &Ref<Blob>) -> Result<usize> {
        check(vm, this)?;
        Ok(this.get(vm).offset)
    }

    /// Blob context manager enter.
    #[method("($self, /)")]
    fn __enter__(vm: &mut Vm, this: &Ref<Blob>) -> Result {
        check(vm, this)?;
        Ok(this.to_value())
    }

    /// Blob context manager exit.
    #[method("($self, type, val, tb, /)")]
    fn __exit__(vm: &mut Vm, this: &Ref<Blob>, _kind: &Value, _val: &Value, _tb: &Value) -> Result<bool> {
        check(vm, this)?;
        close(vm, this);
        Ok(false)
    }

    #[slot]
    fn len(vm: &mut Vm, this: &Ref<Blob>) -> Result<usize> {
        check(vm, this)
    }

    #[slot]
    fn contains(vm: &mut Vm, this: &Ref<Blob>, _item: &Value) -> Result<bool> {
        let text = format!("argument of type '{}' is not a container or iterable", this.ty().name());
        Err(vm.raise_type_error(&text))
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Ref<Blob>) -> Result {
        Err(vm.raise_type_error(&format!("'{}' object is not iterable", this.ty().name())))
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Ref<Blob>, key: &Value) -> Result {
        let len = check(vm, this)?;
        if is_index(key) {
            let at = index_of(vm, key, len)?;
            return Ok(Value::from_i32(i32::from(read(vm, this, at, 1)?[0])));
        }
        let Some(slice) = key.downcast::<Slice>() else {
            return Err(vm.raise_type_error("Blob indices must be integers"));
        };
        let places = vm.slice_indices(slice, len)?;
        if places.count == 0 {
            return vm.new_bytes(b"").map(Ref::into_value);
        }
        check_step(vm, places.step)?;
        if places.step == 1 {
            let bytes = read(vm, this, places.start as usize, places.count)?;
            return vm.new_bytes(&bytes).map(Ref::into_value);
        }
        let all = read(vm, this, 0, len)?;
        let picked: Vec<u8> = places.iter().filter_map(|i| all.get(i).copied()).collect();
        vm.new_bytes(&picked).map(Ref::into_value)
    }

    #[slot]
    fn setitem(vm: &mut Vm, this: &Ref<Blob>, key: &Value, value: Option<Value>) -> Result<()> {
        let len = check(vm, this)?;
        if is_index(key) {
            let Some(value) = value else { return Err(vm.raise_type_error("Blob doesn't support item deletion")) };
            let at = index_of(vm, key, len)?;
            let Some(number) = value.as_int() else {
                let text = format!("'{}' object cannot be interpreted as an integer", value.ty().name());
                return Err(vm.raise_type_error(&text));
            };
            return match number.to_i64().map(u8::try_from) {
                Some(Ok(byte)) => write(vm, this, at, &[byte]),
                _ => Err(vm.raise_value_error("byte must be in range(0, 256)")),
            };
        }
        let Some(slice) = key.downcast::<Slice>() else {
            return Err(vm.raise_type_error("Blob indices must be integers"));
        };
        let Some(value) = value else { return Err(vm.raise_type_error("Blob doesn't support slice deletion")) };
        let places = vm.slice_indices(slice, len)?;
        if !vm.is_bytes_like(&value) {
            return Err(vm.raise_not_bytes_like(&value));
        }
        vm.check_in_one_piece(&value)?;
        let bytes = vm.bytes_of(&value)?;
        if bytes.len() != places.count {
            return Err(vm.raise_index_error("Blob slice assignment is wrong size"));
        }
        if places.count == 0 {
            return Ok(());
        }
        check_step(vm, places.step)?;
        check(vm, this)?;
        if places.step == 1 {
            return write(vm, this, places.start as usize, &bytes);
        }
        let mut all = read(vm, this, 0, len)?;
        for (i, byte) in places.iter().zip(bytes) {
            if let Some(at) = all.get_mut(i) {
                *at = byte;
            }
        }
        write(vm, this, 0, &all)
    }
}
