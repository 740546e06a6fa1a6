//! Copies of whole databases: to another connection, to bytes and from bytes.

use crate::connection::{Connection, ConnectionRef};
use crate::engine::{self, Database};
use crate::{convert, errors, hooks, shown_type};
use rusqlite::backup::{Backup, StepResult};
use std::rc::Rc;
use taipan_object::Str;
use taipan_vm::{Ref, Result, Value, Vm};

/// What `Connection.backup` does.
pub fn backup(
    vm: &mut Vm,
    this: &Ref<Connection>,
    target: &Value,
    pages: i32,
    progress: Option<&Value>,
    name: Option<&Ref<Str>>,
    sleep: f64,
) -> Result<()> {
    let Some(target) = target.downcast::<Connection>() else {
        let text = format!("backup() argument 'target' must be sqlite3.Connection, not {}", shown_type(target));
        return Err(vm.raise_type_error(&text));
    };
    let progress = progress.filter(|p| !p.is_none());
    let name = match name {
        Some(name) => convert::c_name(vm, name)?,
        None => "main",
    };
    let from = this.open(vm)?;
    target.check_open(vm)?;
    if this.is(target) {
        return Err(vm.raise_value_error("target cannot be the same connection instance"));
    }
    if let Some(progress) = progress
        && !vm.is_callable(progress)
    {
        return Err(vm.raise_type_error("progress argument must be a callable"));
    }
    let pages = if pages == 0 { -1 } else { pages };
    // The copy needs the target for itself: nobody else can use it meanwhile.
    target.forget_statements(vm);
    let Some(to) = target.get_mut(vm).database.take() else { return Ok(()) };
    let mut to = match Rc::try_unwrap(to) {
        Ok(to) => to,
        Err(shared) => {
            *target.get_mut(vm).database = Some(shared);
            let text = "destination database is in use";
            return Err(errors::raise(vm, errors::OPERATIONAL, text));
        }
    };
    let done = copy(vm, this, &from, &mut to, name, pages, progress, sleep);
    *target.get_mut(vm).database = Some(Rc::new(to));
    done
}

fn copy(
    vm: &mut Vm,
    this: &Ref<Connection>,
    from: &Rc<Database>,
    to: &mut Database,
    name: &str,
    pages: i32,
    progress: Option<&Value>,
    sleep: f64,
) -> Result<()> {
    let begun = Backup::new_with_names(&from.sqlite, name, &mut to.sqlite, "main");
    let backup = errors::check(vm, begun)?;
    loop {
        let stepped = engine::enter(vm, this, from, || backup.step(pages))?;
        let (code, stepped) = match stepped {
            Ok(StepResult::Done) => (rusqlite::ffi::SQLITE_DONE, StepResult::Done),
            Ok(StepResult::Busy) => (rusqlite::ffi::SQLITE_BUSY, StepResult::Busy),
            Ok(StepResult::Locked) => (rusqlite::ffi::SQLITE_LOCKED, StepResult::Locked),
            Ok(other) => (rusqlite::ffi::SQLITE_OK, other),
            Err(error) => return Err(errors::from_sqlite(vm, &error)),
        };
        if let Some(progress) = progress {
            let at = backup.progress();
            let args = [Value::from_i32(code), Value::from_i32(at.remaining), Value::from_i32(at.pagecount)];
            vm.call(progress, &args)?;
        }
        match stepped {
            StepResult::Done => return Ok(()),
            StepResult::Busy | StepResult::Locked => {
                let until = taipan_host::clock::monotonic_ns() + (sleep.clamp(0.0, 1e9) * 1e9) as i64;
                vm.blocking_call(|| taipan_host::clock::sleep_until(until))?;
            }
            _ => {}
        }
    }
}

/// What `Connection.serialize` does.
pub fn serialize(vm: &mut Vm, this: &Ref<Connection>, name: Option<&Ref<Str>>) -> Result {
    let name = match name {
        Some(name) => convert::c_name(vm, name)?,
        None => "main",
    };
    let database = this.open(vm)?;
    drop(database);
    this.forget_statements(vm);
    let me = this.get_mut(vm).database.as_mut();
    let bytes = match me.map(Rc::get_mut) {
        Some(Some(database)) => match database.sqlite.serialize(name) {
            Ok(data) => Some(taipan_object::room::copied(&data)?),
            Err(_) => None,
        },
        _ => copy_and_serialize(vm, this, name)?,
    };
    match bytes {
        Some(bytes) => vm.bytes_from_vec(bytes).map(Ref::into_value),
        None => Err(errors::raise(vm, errors::OPERATIONAL, &format!("unable to serialize '{name}'"))),
    }
}

/// The bytes of a database whose statements are running: those of a copy.
fn copy_and_serialize(vm: &mut Vm, this: &Ref<Connection>, name: &str) -> Result<Option<Vec<u8>>> {
    let database = this.open(vm)?;
    let copied = engine::enter(vm, this, &database, || {
        let mut copy = rusqlite::Connection::open_in_memory()?;
        Backup::new_with_names(&database.sqlite, name, &mut copy, "main")?.step(-1)?;
        copy.serialize("main").map(|data| data.to_vec())
    })?;
    Ok(copied.ok())
}

/// What `Connection.deserialize` does.
pub fn deserialize(vm: &mut Vm, this: &Ref<Connection>, data: &Value, name: Option<&Ref<Str>>) -> Result<()> {
    let name = match name {
        Some(name) => convert::c_name(vm, name)?,
        None => "main",
    };
    vm.check_in_one_piece(data)?;
    let bytes = vm.bytes_of(data)?;
    let database = this.open(vm)?;
    let len = bytes.len();
    hooks::with_exclusive(vm, this, database, |sqlite| {
        sqlite.deserialize_read_exact(name, bytes.as_slice(), len, false)
    })
}
