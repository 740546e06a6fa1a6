//! Transactions: where they begin and end.

use crate::connection::{Connection, ConnectionRef, LEGACY};
use crate::engine::Database;
use std::rc::Rc;
use taipan_vm::{Ref, Result, Vm};

/// Begins one as the isolation level says.
pub fn begin(vm: &mut Vm, connection: &Ref<Connection>, database: &Rc<Database>) -> Result<()> {
    let level = connection.get(vm).isolation_level.unwrap_or_default();
    connection.run(vm, database, &format!("BEGIN {level}"))
}

/// What the method `commit` does.
pub fn commit(vm: &mut Vm, connection: &Ref<Connection>) -> Result<()> {
    end(vm, connection, "COMMIT")
}

/// What the method `rollback` does.
pub fn rollback(vm: &mut Vm, connection: &Ref<Connection>) -> Result<()> {
    end(vm, connection, "ROLLBACK")
}

fn end(vm: &mut Vm, connection: &Ref<Connection>, sql: &str) -> Result<()> {
    let database = connection.open(vm)?;
    match connection.get(vm).autocommit {
        LEGACY if database.sqlite.is_autocommit() => Ok(()),
        LEGACY => connection.run(vm, &database, sql),
        0 => {
            connection.run(vm, &database, sql)?;
            connection.run(vm, &database, "BEGIN")
        }
        _ => Ok(()),
    }
}

/// The end of a `with` block. Where the commit fails, what was to be committed is rolled back.
pub fn leave(vm: &mut Vm, connection: &Ref<Connection>, well: bool) -> Result<()> {
    if !well {
        return rollback(vm, connection);
    }
    let Err(raised) = commit(vm, connection) else { return Ok(()) };
    let exception = vm.take_raised(raised);
    let rolled_back = rollback(vm, connection);
    match rolled_back {
        Ok(()) => Err(vm.raise(exception)),
        Err(raised) => {
            let later = vm.take_raised(raised);
            vm.set_context(&later, exception);
            Err(vm.raise(later))
        }
    }
}
