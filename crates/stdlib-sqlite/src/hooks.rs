//! What SQLite asks and tells while it works: the busy handler, progress, authorization, trace.
//!
//! SQLite is told of a hook once; what Python has set for it is looked up when it is called, so that it can be changed
//! while statements run.

use crate::connection::{Connection, ConnectionRef};
use crate::engine::{Database, called_back};
use crate::{callbacks, errors};
use rusqlite::hooks::{AuthAction, AuthContext, Authorization, TransactionOperation};
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use taipan_macros::Trace;
use taipan_object::Str;
use taipan_vm::errors::DEPRECATION_WARNING;
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::{Ref, Result, Value, Vm};

/// After so many instructions of SQLite's machine other threads get their turn.
const BREATH: i32 = 20_000;

/// What Python has set.
#[derive(Trace, Default)]
pub struct Hooks {
    progress: Option<Value>,
    authorizer: Option<Value>,
    trace: Option<Value>,
    /// The number of instructions between calls of the progress handler, as SQLite knows it.
    pace: i32,
    has_authorizer: bool,
    has_trace: bool,
}

/// Sets up what every connection has: waiting for locks, and letting other threads run, without the interpreter's lock.
pub fn install(sqlite: &mut rusqlite::Connection, timeout: &Arc<AtomicI64>) -> rusqlite::Result<()> {
    let timeout = timeout.clone();
    sqlite.busy_handler(Some(move |count: i32| wait(count, timeout.load(Ordering::Relaxed))))?;
    set_breath(sqlite)
}

fn set_breath(sqlite: &mut rusqlite::Connection) -> rusqlite::Result<()> {
    let breathe = || {
        called_back(|vm, _| vm.yield_lock());
        false
    };
    sqlite.progress_handler(BREATH, Some(breathe))
}

/// Waits for a lock for the `count`th time; `false` if that has taken long enough. The waits are those of SQLite's own
/// handler, in milliseconds.
fn wait(count: i32, timeout: i64) -> bool {
    const WAITS: [i64; 12] = [1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100];
    let count = usize::try_from(count).unwrap_or(0);
    let before: i64 = WAITS.iter().take(count).sum::<i64>() + (count.saturating_sub(WAITS.len()) as i64) * 100;
    let now = WAITS.get(count).copied().unwrap_or(100).min(timeout - before);
    if now <= 0 {
        return false;
    }
    let until = taipan_host::clock::monotonic_ns() + now * 1_000_000;
    called_back(|vm, _| {
        let slept = vm.detach(|| taipan_host::clock::sleep_until(until));
        slept.is_ok()
    })
    .unwrap_or(false)
}

/// The database alone, without statements that are not running, so that a hook can be set.
pub fn with_exclusive<R>(
    vm: &mut Vm,
    connection: &Ref<Connection>,
    database: Rc<Database>,
    f: impl FnOnce(&mut rusqlite::Connection) -> rusqlite::Result<R>,
) -> Result<R> {
    drop(database);
    connection.forget_statements(vm);
    let done = match connection.get_mut(vm).database.as_mut().and_then(Rc::get_mut) {
        Some(database) => f(&mut database.sqlite),
        None => {
            let text = "This cannot be done while the connection has open cursors with rows left to fetch";
            return Err(errors::raise(vm, errors::OPERATIONAL, text));
        }
    };
    errors::check(vm, done)
}

/// The arguments of a setter, and a warning if the callable is given by keyword.
fn setter<'a, const N: usize>(
    vm: &mut Vm,
    args: Args<'a>,
    signature: &'static Signature,
) -> Result<[Option<&'a Value>; N]> {
    let parameter = signature.params[0];
    if args.keyword(parameter).is_some() {
        let text = format!(
            "Passing keyword argument '{parameter}' to _sqlite3.Connection.{}() is deprecated. Parameter \
             '{parameter}' will become positional-only in Python 3.15.",
            signature.name
        );
        vm.warn(DEPRECATION_WARNING.as_type(), &text, 1)?;
    }
    bind::<N>(vm, signature, args)
}

/// What a setter is given, if it is not `None`.
fn given(v: Option<&Value>) -> Option<Value> {
    v.filter(|v| !v.is_none()).cloned()
}

/// The database of a connection that a hook is set for, which may be preparing a statement.
fn database_of(vm: &mut Vm, this: &Ref<Connection>) -> Result<Option<Rc<Database>>> {
    this.check_thread(vm)?;
    match this.get(vm).database.0.clone() {
        Some(database) if database.is_preparing() => Ok(None),
        _ => this.check_open(vm).map(Some),
    }
}

fn busy(vm: &mut Vm) -> taipan_object::Raised {
    let text = "The connection cannot be used while one of its statements is being prepared.";
    errors::raise(vm, errors::PROGRAMMING, text)
}

/// What `Connection.set_progress_handler` does.
pub fn set_progress_handler(vm: &mut Vm, this: &Ref<Connection>, args: Args<'_>) -> Result<()> {
    static SIGNATURE: Signature = Signature {
        name: "set_progress_handler",
        params: &["progress_handler", "n"],
        required: &[true, true],
        required_count: 2,
        positional_only: 0,
        positional: 2,
    };
    let [handler, n] = setter::<2>(vm, args, &SIGNATURE)?;
    let none = Value::none();
    let n = vm.to_index_i64(n.unwrap_or(&none), "int")?.clamp(0, i64::from(i32::MAX)) as i32;
    let database = database_of(vm, this)?;
    let handler = given(handler).filter(|_| n > 0);
    let pace = if handler.is_some() { n } else { this.get(vm).hooks.pace };
    if pace != this.get(vm).hooks.pace {
        let Some(database) = database else { return Err(busy(vm)) };
        with_exclusive(vm, this, database, |sqlite| {
            sqlite.progress_handler(n, Some(|| called_back(progress).unwrap_or(false)))
        })?;
        this.get_mut(vm).hooks.pace = n;
    }
    let former = std::mem::replace(&mut this.get_mut(vm).hooks.progress, handler);
    drop(former);
    Ok(())
}

/// Asks the progress handler whether to stop.
fn progress(vm: &mut Vm, connection: &Ref<Connection>) -> bool {
    vm.yield_lock();
    let Some(handler) = connection.get(vm).hooks.progress.clone() else { return false };
    match vm.call(&handler, &[]).and_then(|answer| vm.is_truthy(&answer)) {
        Ok(stop) => stop,
        Err(raised) => {
            callbacks::swallow(vm, raised, &handler);
            true
        }
    }
}

/// What `Connection.set_authorizer` does.
pub fn set_authorizer(vm: &mut Vm, this: &Ref<Connection>, args: Args<'_>) -> Result<()> {
    static SIGNATURE: Signature = Signature {
        name: "set_authorizer",
        params: &["authorizer_callback"],
        required: &[true],
        required_count: 1,
        positional_only: 0,
        positional: 1,
    };
    let [handler] = setter::<1>(vm, args, &SIGNATURE)?;
    let database = database_of(vm, this)?;
    let handler = given(handler);
    if handler.is_some() && !this.get(vm).hooks.has_authorizer {
        let Some(database) = database else { return Err(busy(vm)) };
        with_exclusive(vm, this, database, |sqlite| sqlite.authorizer(Some(authorize)))?;
        this.get_mut(vm).hooks.has_authorizer = true;
    } else {
        // What has been prepared was allowed by another.
        this.forget_statements(vm);
    }
    let former = std::mem::replace(&mut this.get_mut(vm).hooks.authorizer, handler);
    drop(former);
    Ok(())
}

fn authorize(context: AuthContext<'_>) -> Authorization {
    let asked = called_back(|vm, connection| {
        let Some(handler) = connection.get(vm).hooks.authorizer.clone() else { return Authorization::Allow };
        match ask(vm, &handler, &context) {
            Ok(0) => Authorization::Allow,
            Ok(2) => Authorization::Ignore,
            Ok(_) => Authorization::Deny,
            Err(raised) => {
                callbacks::swallow(vm, raised, &handler);
                Authorization::Deny
            }
        }
    });
    asked.unwrap_or(Authorization::Allow)
}

fn ask(vm: &mut Vm, handler: &Value, context: &AuthContext<'_>) -> Result<i32> {
    let (code, first, second) = action(&context.action);
    let mut args = vec![Value::from_i32(code)];
    for text in [first, second, context.database_name, context.accessor] {
        args.push(match text {
            Some(text) => vm.new_str(text)?.into_value(),
            None => Value::none(),
        });
    }
    let answer = vm.call(handler, &args)?;
    if answer.as_int().is_none() {
        // Anything but a number denies.
        return Ok(1);
    }
    let answer = vm.to_index_i64(&answer, "int")?;
    i32::try_from(answer).map_err(|_| vm.raise_overflow_error("Python int too large to convert to C int"))
}

fn operation(o: TransactionOperation) -> Option<&'static str> {
    match o {
        TransactionOperation::Begin => Some("BEGIN"),
        TransactionOperation::Release => Some("RELEASE"),
        TransactionOperation::Rollback => Some("ROLLBACK"),
        _ => None,
    }
}

/// The number of an action and its two texts.
fn action<'a>(action: &AuthAction<'a>) -> (i32, Option<&'a str>, Option<&'a str>) {
    use AuthAction::*;
    use rusqlite::ffi::*;
    match *action {
        Unknown { code, arg1, arg2 } => (code, arg1, arg2),
        CreateIndex { index_name, table_name } => (SQLITE_CREATE_INDEX, Some(index_name), Some(table_name)),
        CreateTable { table_name } => (SQLITE_CREATE_TABLE, Some(table_name), None),
        CreateTempIndex { index_name, table_name } => (SQLITE_CREATE_TEMP_INDEX, Some(index_name), Some(table_name)),
        CreateTempTable { table_name } => (SQLITE_CREATE_TEMP_TABLE, Some(table_name), None),
        CreateTempTrigger { trigger_name, table_name } => {
            (SQLITE_CREATE_TEMP_TRIGGER, Some(trigger_name), Some(table_name))
        }
        CreateTempView { view_name } => (SQLITE_CREATE_TEMP_VIEW, Some(view_name), None),
        CreateTrigger { trigger_name, table_name } => (SQLITE_CREATE_TRIGGER, Some(trigger_name), Some(table_name)),
        CreateView { view_name } => (SQLITE_CREATE_VIEW, Some(view_name), None),
        Delete { table_name } => (SQLITE_DELETE, Some(table_name), None),
        DropIndex { index_name, table_name } => (SQLITE_DROP_INDEX, Some(index_name), Some(table_name)),
        DropTable { table_name } => (SQLITE_DROP_TABLE, Some(table_name), None),
        DropTempIndex { index_name, table_name } => (SQLITE_DROP_TEMP_INDEX, Some(index_name), Some(table_name)),
        DropTempTable { table_name } => (SQLITE_DROP_TEMP_TABLE, Some(table_name), None),
        DropTempTrigger { trigger_name, table_name } => {
            (SQLITE_DROP_TEMP_TRIGGER, Some(trigger_name), Some(table_name))
        }
        DropTempView { view_name } => (SQLITE_DROP_TEMP_VIEW, Some(view_name), None),
        DropTrigger { trigger_name, table_name } => (SQLITE_DROP_TRIGGER, Some(trigger_name), Some(table_name)),
        DropView { view_name } => (SQLITE_DROP_VIEW, Some(view_name), None),
        Insert { table_name } => (SQLITE_INSERT, Some(table_name), None),
        Pragma { pragma_name, pragma_value } => (SQLITE_PRAGMA, Some(pragma_name), pragma_value),
        Read { table_name, column_name } => (SQLITE_READ, Some(table_name), Some(column_name)),
        Select => (SQLITE_SELECT, None, None),
        Transaction { operation: o } => (SQLITE_TRANSACTION, operation(o), None),
        Update { table_name, column_name } => (SQLITE_UPDATE, Some(table_name), Some(column_name)),
        Attach { filename } => (SQLITE_ATTACH, Some(filename), None),
        Detach { database_name } => (SQLITE_DETACH, Some(database_name), None),
        AlterTable { database_name, table_name } => (SQLITE_ALTER_TABLE, Some(database_name), Some(table_name)),
        Reindex { index_name } => (SQLITE_REINDEX, Some(index_name), None),
        Analyze { table_name } => (SQLITE_ANALYZE, Some(table_name), None),
        CreateVtable { table_name, module_name } => (SQLITE_CREATE_VTABLE, Some(table_name), Some(module_name)),
        DropVtable { table_name, module_name } => (SQLITE_DROP_VTABLE, Some(table_name), Some(module_name)),
        Function { function_name } => (SQLITE_FUNCTION, None, Some(function_name)),
        Savepoint { operation: o, savepoint_name } => (SQLITE_SAVEPOINT, operation(o), Some(savepoint_name)),
        Recursive => (SQLITE_RECURSIVE, None, None),
        _ => (0, None, None),
    }
}

/// What `Connection.set_trace_callback` does.
pub fn set_trace_callback(vm: &mut Vm, this: &Ref<Connection>, args: Args<'_>) -> Result<()> {
    static SIGNATURE: Signature = Signature {
        name: "set_trace_callback",
        params: &["trace_callback"],
        required: &[true],
        required_count: 1,
        positional_only: 0,
        positional: 1,
    };
    let [handler] = setter::<1>(vm, args, &SIGNATURE)?;
    let database = database_of(vm, this)?;
    let handler = given(handler);
    if handler.is_some() && !this.get(vm).hooks.has_trace {
        let Some(database) = database else { return Err(busy(vm)) };
        with_exclusive(vm, this, database, |sqlite| sqlite.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(trace)))?;
        this.get_mut(vm).hooks.has_trace = true;
    }
    let former = std::mem::replace(&mut this.get_mut(vm).hooks.trace, handler);
    drop(former);
    Ok(())
}

fn trace(event: TraceEvent<'_>) {
    let TraceEvent::Stmt(statement, text) = event else { return };
    called_back(|vm, connection| {
        let Some(handler) = connection.get(vm).hooks.trace.clone() else { return };
        // What a trigger does is told as a comment.
        let expanded = if text.starts_with("--") { None } else { statement.expanded_sql() };
        if expanded.is_none() && !text.starts_with("--") {
            let raised = errors::raise(vm, errors::DATA, "Expanded SQL string exceeds the maximum string length");
            callbacks::swallow(vm, raised, &handler);
        }
        let told = vm.new_str(expanded.as_deref().unwrap_or(text)).map(Ref::<Str>::into_value);
        if let Err(raised) = told.and_then(|text| vm.call(&handler, &[text])) {
            callbacks::swallow(vm, raised, &handler);
        }
    });
}
