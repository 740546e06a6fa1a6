//! `sqlite3.Connection`.

use crate::cache::StatementCache;
use crate::cursor::{self, Cursor};
use crate::engine::{self, Database, Idle};
use crate::row::STATEMENT;
use crate::settings::{config_of, limit_of};
use crate::{backup, blob, callbacks, convert, errors, functions, hooks, transaction};
use rusqlite::OpenFlags;
use rusqlite::config::DbConfig;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::{OBJECT, STR};
use taipan_object::trace::Opaque;
use taipan_object::{Str, TypeCell};
use taipan_vm::errors::{ATTRIBUTE_ERROR, DEPRECATION_WARNING, RESOURCE_WARNING};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::{Ref, Result, Type, Value, Vm, name};

/// `sqlite3.Connection`.
pub static CONNECTION: TypeCell<Connection> = TypeCell::new("sqlite3.Connection");

/// Transactions begin by themselves before statements that change data, and end by `commit` and `rollback`.
pub const LEGACY: i32 = -1;

/// A connection; without a database it is closed or has not been set up.
#[derive(Trace, Payload)]
#[payload(class = CONNECTION)]
#[repr(C)]
pub struct Connection {
    pub database: Opaque<Option<Rc<Database>>>,
    /// Statements that may be wanted again.
    cache: Opaque<StatementCache>,
    /// How long the busy handler waits, in milliseconds.
    pub timeout: Opaque<Arc<AtomicI64>>,
    pub initialized: bool,
    pub detect_types: i32,
    pub isolation_level: Opaque<Option<&'static str>>,
    /// [`LEGACY`], 0 or 1.
    pub autocommit: i32,
    check_same_thread: bool,
    thread: u64,
    pub row_factory: Value,
    pub text_factory: Value,
    pub callables: callbacks::Callables,
    /// Instances of aggregates that are under way, by the numbers that SQLite keeps.
    instances: Vec<Option<Value>>,
    pub hooks: hooks::Hooks,
}

/// What is done with a connection.
pub trait ConnectionRef {
    /// The open database, for the thread that may use it.
    fn open(&self, vm: &mut Vm) -> Result<Rc<Database>>;
    /// Refuses a thread that may not use the connection.
    fn check_thread(&self, vm: &mut Vm) -> Result<()>;
    /// Refuses a connection that is closed or was never open.
    fn check_open(&self, vm: &mut Vm) -> Result<Rc<Database>>;
    /// A statement of this text, from the cache if it is there.
    fn statement(&self, vm: &mut Vm, database: &Rc<Database>, sql: &Ref<Str>) -> Result<Idle>;
    /// Gives a statement that has been reset to the cache.
    fn keep(&self, vm: &mut Vm, idle: Idle);
    /// Empties the cache.
    fn forget_statements(&self, vm: &mut Vm);
    /// Runs a statement that gives no rows.
    fn run(&self, vm: &mut Vm, database: &Rc<Database>, sql: &str) -> Result<()>;
}

impl ConnectionRef for Ref<Connection> {
    fn open(&self, vm: &mut Vm) -> Result<Rc<Database>> {
        self.check_thread(vm)?;
        self.check_open(vm)
    }

    fn check_thread(&self, vm: &mut Vm) -> Result<()> {
        let me = self.get(vm);
        let (made, here) = (me.thread, vm.thread_ident());
        if !me.initialized || !me.check_same_thread || made == here {
            return Ok(());
        }
        let text = format!(
            "SQLite objects created in a thread can only be used in that same thread. The object was created in \
             thread id {made} and this is thread id {here}."
        );
        Err(errors::raise(vm, errors::PROGRAMMING, &text))
    }

    fn check_open(&self, vm: &mut Vm) -> Result<Rc<Database>> {
        let me = self.get(vm);
        let Some(database) = me.database.0.clone() else {
            let text = if me.initialized { "Cannot operate on a closed database." } else { UNINITIALIZED };
            return Err(errors::raise(vm, errors::PROGRAMMING, text));
        };
        engine::wait_for_turn(vm, &database)?;
        if database.is_preparing() {
            let text = "The connection cannot be used while one of its statements is being prepared.";
            return Err(errors::raise(vm, errors::PROGRAMMING, text));
        }
        Ok(database)
    }

    fn statement(&self, vm: &mut Vm, database: &Rc<Database>, sql: &Ref<Str>) -> Result<Idle> {
        let text = convert::utf8(vm, sql)?;
        if let Some(idle) = self.get_mut(vm).cache.take(text) {
            return Ok(idle);
        }
        convert::check_length(vm, database, text)?;
        if text.contains('\0') {
            return Err(errors::raise(vm, errors::PROGRAMMING, "the query contains a null character"));
        }
        engine::prepare(vm, self, database, text)
    }

    fn keep(&self, vm: &mut Vm, idle: Idle) {
        let left = match &*self.get(vm).database {
            // The connection may have been closed, or opened anew, since.
            Some(database) if idle.belongs_to(database) => self.get_mut(vm).cache.put(idle),
            _ => Some(idle),
        };
        drop(left);
    }

    fn forget_statements(&self, vm: &mut Vm) {
        let all = self.get_mut(vm).cache.take_all();
        drop(all);
    }

    fn run(&self, vm: &mut Vm, database: &Rc<Database>, sql: &str) -> Result<()> {
        let sql = vm.new_str(sql)?;
        let mut running = self.statement(vm, database, &sql)?.start();
        let stepped = engine::enter(vm, self, database, || running.step())?;
        self.keep(vm, running.stop());
        errors::check(vm, stepped).map(drop)
    }
}

const UNINITIALIZED: &str = "Base Connection.__init__ not called.";

const LEVELS: [&str; 4] = ["", "DEFERRED", "IMMEDIATE", "EXCLUSIVE"];

fn isolation_level_of(vm: &mut Vm, v: &Value) -> Result<Option<&'static str>> {
    if v.is_none() {
        return Ok(None);
    }
    let Some(text) = v.downcast::<Str>() else {
        return Err(vm.raise_type_error("isolation_level must be str or None"));
    };
    let text = convert::c_name(vm, text)?;
    match LEVELS.iter().find(|level| level.eq_ignore_ascii_case(text)) {
        Some(level) => Ok(Some(level)),
        None => Err(vm.raise_value_error("isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or 'EXCLUSIVE'")),
    }
}

fn autocommit_of(vm: &mut Vm, v: &Value) -> Result<i32> {
    if v.is_true() {
        return Ok(1);
    }
    if v.is_false() {
        return Ok(0);
    }
    if v.small_int() == Some(i64::from(LEGACY)) {
        return Ok(LEGACY);
    }
    Err(vm.raise_value_error("autocommit must be True, False, or sqlite3.LEGACY_TRANSACTION_CONTROL"))
}

/// A boolean that a subclass of int may be.
fn undeletable<'a>(vm: &mut Vm, value: Option<&'a Value>, text: &str) -> Result<&'a Value> {
    value.ok_or_else(|| vm.raise_class(ATTRIBUTE_ERROR.as_type(), text))
}

static SIGNATURE: Signature = Signature {
    name: "Connection",
    params: &[
        "database",
        "timeout",
        "detect_types",
        "isolation_level",
        "check_same_thread",
        "factory",
        "cached_statements",
        "uri",
        "autocommit",
    ],
    required: &[true, false, false, false, false, false, false, false, false],
    required_count: 1,
    positional_only: 0,
    positional: 8,
};

/// Warns of what will be possible by keyword only.
pub fn warn_positional(vm: &mut Vm, args: Args<'_>, callee: &str) -> Result<()> {
    if !(2..=8).contains(&args.positional().len()) {
        return Ok(());
    }
    let text = format!(
        "Passing more than 1 positional argument to {callee}() is deprecated. Parameters 'timeout', 'detect_types', \
         'isolation_level', 'check_same_thread', 'factory', 'cached_statements' and 'uri' will become keyword-only \
         parameters in Python 3.15."
    );
    vm.warn(DEPRECATION_WARNING.as_type(), &text, 1)
}

/// Closes the database as far as the connection is concerned.
fn close(vm: &mut Vm, this: &Ref<Connection>) -> Result<()> {
    this.forget_statements(vm);
    let mut rolled_back = Ok(());
    let database = this.get(vm).database.0.clone();
    if let Some(database) = database
        && this.get(vm).autocommit == 0
        && !database.is_preparing()
        && !database.sqlite.is_autocommit()
    {
        rolled_back = this.run(vm, &database, "ROLLBACK");
        this.forget_statements(vm);
    }
    let closed = this.get_mut(vm).database.take();
    this.get_mut(vm).callables_are_unused();
    drop(closed);
    rolled_back
}

impl Connection {
    /// Keeps an instance of an aggregate for as long as SQLite works with it.
    pub fn keep_instance(&mut self, instance: Value) -> usize {
        match self.instances.iter().position(Option::is_none) {
            Some(free) => {
                self.instances[free] = Some(instance);
                free
            }
            None => {
                self.instances.push(Some(instance));
                self.instances.len() - 1
            }
        }
    }

    pub fn instance(&self, at: usize) -> Option<Value> {
        self.instances.get(at).cloned().flatten()
    }

    pub fn forget_instance(&mut self, at: usize) -> Option<Value> {
        self.instances.get_mut(at).and_then(Option::take)
    }

    fn callables_are_unused(&mut self) {
        self.hooks = hooks::Hooks::default();
    }
}

fn open_database(vm: &mut Vm, path: &[u8], uri: bool) -> Result<rusqlite::Connection> {
    let mut flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_FULL_MUTEX;
    if uri {
        flags |= OpenFlags::SQLITE_OPEN_URI;
    }
    let path = OsStr::from_bytes(path);
    let opened = vm.detach(|| rusqlite::Connection::open_with_flags(path, flags));
    match opened {
        Ok(opened) => {
            // SQLite's own default, which the bundled library is built without.
            let set = opened.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false);
            errors::check(vm, set)?;
            Ok(opened)
        }
        Err(rusqlite::Error::SqliteFailure(e, text)) => {
            // The name of the file has been added to the text.
            let text = text.unwrap_or_default();
            let shown = path.to_string_lossy();
            let plain = text.strip_suffix(&format!(": {shown}")).unwrap_or(&text);
            Err(errors::from_code(vm, e.extended_code, plain))
        }
        Err(error) => Err(errors::from_sqlite(vm, &error)),
    }
}

/// Methods of `Connection`.
pub struct ConnectionClass;

/// SQLite database connection object.
#[class(cell = CONNECTION, base = OBJECT, flags = BASETYPE | HAVE_GC)]
impl ConnectionClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        let connection = Connection {
            database: Opaque(None),
            cache: Opaque(StatementCache::default()),
            timeout: Opaque(Arc::new(AtomicI64::new(0))),
            initialized: false,
            detect_types: 0,
            isolation_level: Opaque(None),
            autocommit: LEGACY,
            check_same_thread: true,
            thread: 0,
            row_factory: Value::none(),
            text_factory: STR.as_type().to_value(),
            callables: callbacks::Callables::default(),
            instances: Vec::new(),
            hooks: hooks::Hooks::default(),
        };
        Ref::new_in(vm, class, connection).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        let Some(this) = this.downcast::<Connection>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
        warn_positional(vm, args, "_sqlite3.Connection")?;
        let [path, timeout, detect, level, same_thread, _, cached, uri, autocommit] = bind::<9>(vm, &SIGNATURE, args)?;
        let Some(path) = path else { return Err(vm.raise_type_error("database missing")) };
        vm.audit("sqlite3.connect", std::slice::from_ref(path))?;
        let bytes = vm.fs_bytes(path)?;
        let timeout = timeout.map_or(Ok(5.0), |v| vm.to_f64(v))?;
        let detect_types = match detect {
            Some(v) => vm.to_index_i64(v, "int")? as i32,
            None => 0,
        };
        let isolation_level = level.map_or(Ok(Some("")), |v| isolation_level_of(vm, v))?;
        let check_same_thread = same_thread.map_or(Ok(true), |v| vm.is_truthy(v))?;
        let cached = cached.map_or(Ok(128), |v| vm.to_index_i64(v, "int"))?;
        let uri = uri.map_or(Ok(false), |v| vm.is_truthy(v))?;
        let autocommit = autocommit.map_or(Ok(LEGACY), |v| autocommit_of(vm, v))?;
        if this.get(vm).initialized {
            this.get_mut(vm).initialized = false;
            close(vm, this)?;
        }
        let mut opened = open_database(vm, &bytes, uri)?;
        let milliseconds = (timeout * 1000.0).clamp(0.0, f64::from(i32::MAX)) as i64;
        let waits = Arc::new(AtomicI64::new(milliseconds));
        let installed = hooks::install(&mut opened, &waits);
        errors::check(vm, installed)?;
        let thread = vm.thread_ident();
        let me = this.get_mut(vm);
        *me.database = Some(Database::new(opened));
        me.cache.set_capacity(usize::try_from(cached).unwrap_or(0));
        *me.timeout = waits;
        me.detect_types = detect_types;
        *me.isolation_level = isolation_level;
        me.autocommit = autocommit;
        me.check_same_thread = check_same_thread;
        me.thread = thread;
        me.row_factory = Value::none();
        me.text_factory = STR.as_type().to_value();
        me.callables = callbacks::Callables::default();
        me.instances.clear();
        me.hooks = hooks::Hooks::default();
        me.initialized = true;
        vm.audit("sqlite3.connect/handle", &[this.to_value()])?;
        if autocommit == 0 {
            let database = this.check_open(vm)?;
            this.run(vm, &database, "BEGIN")?;
        }
        Ok(())
    }

    #[slot]
    fn finalize(vm: &mut Vm, this: &Value) {
        let Some(this) = this.downcast::<Connection>() else { return };
        if this.get(vm).database.is_none() {
            return;
        }
        if this.get(vm).initialized {
            let shown = vm.repr(this.as_value()).map_or_else(|_| String::new(), |s| s.to_string_lossy());
            let text = format!("unclosed database in {shown}");
            if let Err(raised) = vm.warn_about(RESOURCE_WARNING.as_type(), &text, 1, this.as_value()) {
                vm.report_unraisable(raised, this.as_value());
            }
        }
        if let Err(raised) = close(vm, this) {
            vm.report_unraisable(raised, this.as_value());
        }
    }

    #[slot]
    fn call(vm: &mut Vm, this: &Ref<Connection>, args: Args<'_>) -> Result {
        args.no_keywords(vm, "Connection.__call__")?;
        let database = this.check_open(vm)?;
        let [sql] = args.positional() else {
            let n = args.positional().len();
            return Err(vm.raise_type_error(&format!("function takes exactly 1 argument ({n} given)")));
        };
        let Some(sql) = sql.downcast::<Str>() else {
            return Err(vm.raise_type_error(&format!("argument 1 must be str, not {}", sql.ty().name())));
        };
        let idle = this.statement(vm, &database, sql)?;
        Ref::new_in(vm, STATEMENT.as_type(), crate::row::Statement { idle: Opaque(Some(idle)) }).map(Ref::into_value)
    }

    #[getter]
    fn __text_signature__(_vm: &mut Vm, _this: &Value) -> Result<&'static str> {
        Ok("(sql, /)")
    }

    /// Return a cursor for the connection.
    #[method("($self, /, factory=<unrepresentable>)")]
    fn cursor(vm: &mut Vm, this: &Ref<Connection>, factory: Option<&Value>) -> Result {
        this.open(vm)?;
        let cursor = match factory {
            Some(factory) => vm.call(factory, &[this.to_value()])?,
            None => cursor::new_cursor(vm, this)?.into_value(),
        };
        let Some(made) = cursor.downcast::<Cursor>() else {
            let text = format!("factory must return a cursor, not {}", cursor.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        let factory = this.get(vm).row_factory.clone();
        if !factory.is_none() {
            made.get_mut(vm).row_factory = factory;
        }
        Ok(cursor)
    }

    /// Close the database connection.
    ///
    /// Any pending transaction is not committed implicitly.
    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Ref<Connection>) -> Result<()> {
        this.check_thread(vm)?;
        if !this.get(vm).initialized {
            return Err(errors::raise(vm, errors::PROGRAMMING, UNINITIALIZED));
        }
        close(vm, this)
    }

    /// Commit any pending transaction to the database.
    ///
    /// If there is no open transaction, this method is a no-op.
    #[method("($self, /)")]
    fn commit(vm: &mut Vm, this: &Ref<Connection>) -> Result<()> {
        transaction::commit(vm, this)
    }

    /// Roll back to the start of any pending transaction.
    ///
    /// If there is no open transaction, this method is a no-op.
    #[method("($self, /)")]
    fn rollback(vm: &mut Vm, this: &Ref<Connection>) -> Result<()> {
        transaction::rollback(vm, this)
    }

    /// Called when the connection is used as a context manager.
    ///
    /// Returns itself as a convenience to the caller.
    #[method("($self, /)")]
    fn __enter__(vm: &mut Vm, this: &Ref<Connection>) -> Result {
        this.check_open(vm)?;
        Ok(this.to_value())
    }

    /// Called when the connection is used as a context manager.
    ///
    /// If there was any exception, a rollback takes place; otherwise we
    /// commit.
    #[method("($self, type, value, traceback, /)")]
    fn __exit__(vm: &mut Vm, this: &Ref<Connection>, kind: &Value, value: &Value, traceback: &Value) -> Result<bool> {
        transaction::leave(vm, this, kind.is_none() && value.is_none() && traceback.is_none())?;
        Ok(false)
    }

    /// Executes an SQL statement.
    #[method("($self, sql, parameters=(), /)")]
    fn execute(vm: &mut Vm, this: &Ref<Connection>, args: Args<'_>) -> Result {
        let args = args.expect(vm, "execute", 1, 2)?;
        let cursor = vm.call_method(this.as_value(), name!("cursor"), &[])?;
        vm.call_method(&cursor, name!("execute"), args)
    }

    /// Repeatedly executes an SQL statement.
    #[method("($self, sql, parameters, /)")]
    fn executemany(vm: &mut Vm, this: &Ref<Connection>, sql: &Value, parameters: &Value) -> Result {
        let cursor = vm.call_method(this.as_value(), name!("cursor"), &[])?;
        vm.call_method(&cursor, name!("executemany"), &[sql.clone(), parameters.clone()])
    }

    /// Executes multiple SQL statements at once.
    #[method("($self, sql_script, /)")]
    fn executescript(vm: &mut Vm, this: &Ref<Connection>, script: &Value) -> Result {
        let cursor = vm.call_method(this.as_value(), name!("cursor"), &[])?;
        vm.call_method(&cursor, name!("executescript"), std::slice::from_ref(script))
    }

    /// Creates a new function.
    ///
    /// Note: Passing keyword arguments 'name', 'narg' and 'func' to
    /// _sqlite3.Connection.create_function() is deprecated. Parameters
    /// 'name', 'narg' and 'func' will become positional-only in Python 3.15.
    #[method]
    fn create_function(vm: &mut Vm, this: &Ref<Connection>, args: Args<'_>) -> Result<()> {
        functions::create_function(vm, this, args)
    }

    /// Creates a new aggregate.
    ///
    /// Note: Passing keyword arguments 'name', 'n_arg' and 'aggregate_class'
    /// to _sqlite3.Connection.create_aggregate() is deprecated. Parameters
    /// 'name', 'n_arg' and 'aggregate_class' will become positional-only in
    /// Python 3.15.
    #[method]
    fn create_aggregate(vm: &mut Vm, this: &Ref<Connection>, args: Args<'_>) -> Result<()> {
        functions::create_aggregate(vm, this, args)
    }

    /// Creates or redefines an aggregate window function. Non-standard.
    ///
    ///   name
    ///     The name of the SQL aggregate window function to be created or
    ///     redefined.
    ///   num_params
    ///     The number of arguments the step and inverse methods takes.
    ///   aggregate_class
    ///     A class with step(), finalize(), value(), and inverse() methods.
    ///     Set to None to clear the window function.
    #[method("($self, name, num_params, aggregate_class, /)")]
    fn create_window_function(
        vm: &mut Vm,
        this: &Ref<Connection>,
        name: &Ref<Str>,
        num_params: i32,
        aggregate_class: &Value,
    ) -> Result<()> {
        functions::create_window_function(vm, this, name, num_params, aggregate_class)
    }

    /// Creates a collation function.
    #[method("($self, name, callback, /)")]
    fn create_collation(vm: &mut Vm, this: &Ref<Connection>, name: &Ref<Str>, callback: &Value) -> Result<()> {
        functions::create_collation(vm, this, name, callback)
    }

    /// Set authorizer callback.
    ///
    /// Note: Passing keyword argument 'authorizer_callback' to
    /// _sqlite3.Connection.set_authorizer() is deprecated. Parameter
    /// 'authorizer_callback' will become positional-only in Python 3.15.
    #[method]
    fn set_authorizer(vm: &mut Vm, this: &Ref<Connection>, args: Args<'_>) -> Result<()> {
        hooks::set_authorizer(vm, this, args)
    }

    /// Set progress handler callback.
    ///
    ///   progress_handler
    ///     A callable that takes no arguments.
    ///     If the callable returns non-zero, the current query is
    ///     terminated, and an exception is raised.
    ///   n
    ///     The number of SQLite virtual machine instructions that are
    ///     executed between invocations of 'progress_handler'.
    ///
    /// If 'progress_handler' is None or 'n' is 0, the progress handler is
    /// disabled.
    ///
    /// Note: Passing keyword argument 'progress_handler' to
    /// _sqlite3.Connection.set_progress_handler() is deprecated. Parameter
    /// 'progress_handler' will become positional-only in Python 3.15.
    #[method]
    fn set_progress_handler(vm: &mut Vm, this: &Ref<Connection>, args: Args<'_>) -> Result<()> {
        hooks::set_progress_handler(vm, this, args)
    }

    /// Set a trace callback called for each SQL statement (passed as unicode).
    ///
    /// Note: Passing keyword argument 'trace_callback' to
    /// _sqlite3.Connection.set_trace_callback() is deprecated. Parameter
    /// 'trace_callback' will become positional-only in Python 3.15.
    #[method]
    fn set_trace_callback(vm: &mut Vm, this: &Ref<Connection>, args: Args<'_>) -> Result<()> {
        hooks::set_trace_callback(vm, this, args)
    }

    /// Abort any pending database operation.
    #[method("($self, /)")]
    fn interrupt(vm: &mut Vm, this: &Ref<Connection>) -> Result<()> {
        // From any thread, and while a call is under way.
        match &*this.get(vm).database {
            Some(database) if !database.is_preparing() => {
                database.sqlite.get_interrupt_handle().interrupt();
                Ok(())
            }
            _ => this.check_open(vm).map(drop),
        }
    }

    /// Returns iterator to the dump of the database in an SQL text format.
    ///
    ///   filter
    ///     An optional LIKE pattern for database objects to dump
    #[method("($self, /, *, filter=None)")]
    fn iterdump(vm: &mut Vm, this: &Ref<Connection>, filter: Option<&Value>) -> Result {
        this.check_open(vm)?;
        let module = vm.import("sqlite3.dump")?;
        let function = vm.get_attr(&module, name!("_iterdump"))?;
        let filter = filter.cloned().unwrap_or_else(Value::none);
        let names = [name!("filter").to_value()];
        vm.call_args(&function, Args::new(&[this.to_value(), filter], &names))
    }

    /// Makes a backup of the database.
    #[method("($self, /, target, *, pages=-1, progress=None, name='main', sleep=0.25)")]
    fn backup(
        vm: &mut Vm,
        this: &Ref<Connection>,
        target: &Value,
        pages: Option<i32>,
        progress: Option<&Value>,
        name: Option<&Ref<Str>>,
        sleep: Option<f64>,
    ) -> Result<()> {
        backup::backup(vm, this, target, pages.unwrap_or(-1), progress, name, sleep.unwrap_or(0.25))
    }

    /// Serialize a database into a byte string.
    ///
    ///   name
    ///     Which database to serialize.
    ///
    /// For an ordinary on-disk database file, the serialization is just
    /// a copy of the disk file.  For an in-memory database or a "temp"
    /// database, the serialization is the same sequence of bytes which
    /// would be written to disk if that database were backed up to disk.
    #[method("($self, /, *, name='main')")]
    fn serialize(vm: &mut Vm, this: &Ref<Connection>, name: Option<&Ref<Str>>) -> Result {
        backup::serialize(vm, this, name)
    }

    /// Load a serialized database.
    ///
    ///   data
    ///     The serialized database content.
    ///   name
    ///     Which database to reopen with the deserialization.
    ///
    /// The deserialize interface causes the database connection to
    /// disconnect from the target database, and then reopen it as
    /// an in-memory database based on the given serialized data.
    ///
    /// The deserialize interface will fail with SQLITE_BUSY if the database
    /// is currently in a read transaction or is involved in a backup
    /// operation.
    #[method("($self, data, /, *, name='main')")]
    fn deserialize(vm: &mut Vm, this: &Ref<Connection>, data: &Value, name: Option<&Ref<Str>>) -> Result<()> {
        backup::deserialize(vm, this, data, name)
    }

    /// Open and return a BLOB object.
    ///
    ///   table
    ///     Table name.
    ///   column
    ///     Column name.
    ///   rowid
    ///     Row id.
    ///   readonly
    ///     Open the BLOB without write permissions.
    ///   name
    ///     Database name.
    #[method("($self, table, column, rowid, /, *, readonly=False, name='main')")]
    fn blobopen(
        vm: &mut Vm,
        this: &Ref<Connection>,
        table: &Ref<Str>,
        column: &Ref<Str>,
        rowid: &Value,
        readonly: Option<bool>,
        name: Option<&Ref<Str>>,
    ) -> Result {
        blob::open(vm, this, table, column, rowid, readonly.unwrap_or(false), name)
    }

    /// Set connection run-time limits.
    ///
    ///   category
    ///     The limit category to be set.
    ///   limit
    ///     The new limit. If the new limit is a negative number, the limit
    ///     is unchanged.
    ///
    /// Attempts to increase a limit above its hard upper bound are silently
    /// truncated to the hard upper bound. Regardless of whether or not the
    /// limit was changed, the prior value of the limit is returned.
    #[method("($self, category, limit, /)")]
    fn setlimit(vm: &mut Vm, this: &Ref<Connection>, category: i32, limit: i32) -> Result<i32> {
        let database = this.open(vm)?;
        let category = limit_of(vm, category)?;
        let before = database.sqlite.limit(category);
        let before = errors::check(vm, before)?;
        if limit >= 0 {
            let set = database.sqlite.set_limit(category, limit);
            errors::check(vm, set)?;
        }
        Ok(before)
    }

    /// Get connection run-time limits.
    ///
    ///   category
    ///     The limit category to be queried.
    #[method("($self, category, /)")]
    fn getlimit(vm: &mut Vm, this: &Ref<Connection>, category: i32) -> Result<i32> {
        let database = this.open(vm)?;
        let category = limit_of(vm, category)?;
        let limit = database.sqlite.limit(category);
        errors::check(vm, limit)
    }

    /// Set a boolean connection configuration option.
    ///
    ///   op
    ///     The configuration verb; one of the sqlite3.SQLITE_DBCONFIG codes.
    #[method("($self, op, enable=True, /)")]
    fn setconfig(vm: &mut Vm, this: &Ref<Connection>, op: i32, enable: Option<bool>) -> Result<()> {
        let database = this.open(vm)?;
        let option = config_of(vm, op)?;
        let wanted = enable.unwrap_or(true);
        let set = database.sqlite.set_db_config(option, wanted);
        if errors::check(vm, set)? != wanted {
            return Err(errors::raise(vm, errors::OPERATIONAL, &format!("Unable to set config op {op}")));
        }
        Ok(())
    }

    /// Query a boolean connection configuration option.
    ///
    ///   op
    ///     The configuration verb; one of the sqlite3.SQLITE_DBCONFIG codes.
    #[method("($self, op, /)")]
    fn getconfig(vm: &mut Vm, this: &Ref<Connection>, op: i32) -> Result<bool> {
        let database = this.open(vm)?;
        let option = config_of(vm, op)?;
        let is_set = database.sqlite.db_config(option);
        errors::check(vm, is_set)
    }

    #[getter(member)]
    fn Warning(vm: &mut Vm, _this: &Value) -> Result {
        Ok(errors::class(vm, errors::WARNING))
    }

    #[getter(member)]
    fn Error(vm: &mut Vm, _this: &Value) -> Result {
        Ok(errors::class(vm, errors::ERROR))
    }

    #[getter(member)]
    fn InterfaceError(vm: &mut Vm, _this: &Value) -> Result {
        Ok(errors::class(vm, errors::INTERFACE))
    }

    #[getter(member)]
    fn DatabaseError(vm: &mut Vm, _this: &Value) -> Result {
        Ok(errors::class(vm, errors::DATABASE))
    }

    #[getter(member)]
    fn DataError(vm: &mut Vm, _this: &Value) -> Result {
        Ok(errors::class(vm, errors::DATA))
    }

    #[getter(member)]
    fn OperationalError(vm: &mut Vm, _this: &Value) -> Result {
        Ok(errors::class(vm, errors::OPERATIONAL))
    }

    #[getter(member)]
    fn IntegrityError(vm: &mut Vm, _this: &Value) -> Result {
        Ok(errors::class(vm, errors::INTEGRITY))
    }

    #[getter(member)]
    fn InternalError(vm: &mut Vm, _this: &Value) -> Result {
        Ok(errors::class(vm, errors::INTERNAL))
    }

    #[getter(member)]
    fn ProgrammingError(vm: &mut Vm, _this: &Value) -> Result {
        Ok(errors::class(vm, errors::PROGRAMMING))
    }

    #[getter(member)]
    fn NotSupportedError(vm: &mut Vm, _this: &Value) -> Result {
        Ok(errors::class(vm, errors::NOT_SUPPORTED))
    }

    #[getter]
    fn isolation_level(vm: &mut Vm, this: &Ref<Connection>) -> Result<Option<&'static str>> {
        this.check_open(vm)?;
        Ok(*this.get(vm).isolation_level)
    }

    #[setter]
    fn set_isolation_level(vm: &mut Vm, this: &Ref<Connection>, value: Option<&Value>) -> Result<()> {
        let value = undeletable(vm, value, "cannot delete attribute")?;
        if value.is_none() {
            *this.get_mut(vm).isolation_level = None;
            // What has begun by itself ends here.
            return transaction::commit(vm, this);
        }
        let level = isolation_level_of(vm, value)?;
        *this.get_mut(vm).isolation_level = level;
        Ok(())
    }

    #[getter]
    fn total_changes(vm: &mut Vm, this: &Ref<Connection>) -> Result<u64> {
        Ok(this.check_open(vm)?.sqlite.total_changes())
    }

    #[getter]
    fn in_transaction(vm: &mut Vm, this: &Ref<Connection>) -> Result<bool> {
        Ok(!this.check_open(vm)?.sqlite.is_autocommit())
    }

    #[getter]
    fn autocommit(vm: &mut Vm, this: &Ref<Connection>) -> Result {
        this.open(vm)?;
        Ok(match this.get(vm).autocommit {
            LEGACY => Value::from_i32(LEGACY),
            mode => Value::bool(mode == 1),
        })
    }

    #[setter]
    fn set_autocommit(vm: &mut Vm, this: &Ref<Connection>, value: Option<&Value>) -> Result<()> {
        let value = undeletable(vm, value, "cannot delete autocommit attribute")?;
        let database = this.open(vm)?;
        let mode = autocommit_of(vm, value)?;
        if mode == 1 && !database.sqlite.is_autocommit() {
            this.run(vm, &database, "COMMIT")?;
        } else if mode == 0 && database.sqlite.is_autocommit() {
            this.run(vm, &database, "BEGIN")?;
        }
        this.get_mut(vm).autocommit = mode;
        Ok(())
    }

    #[getter]
    fn row_factory(vm: &mut Vm, this: &Ref<Connection>) -> Result {
        Ok(this.get(vm).row_factory.clone())
    }

    #[setter]
    fn set_row_factory(vm: &mut Vm, this: &Ref<Connection>, value: Option<&Value>) -> Result<()> {
        let value = undeletable(vm, value, "cannot delete row_factory attribute")?;
        this.get_mut(vm).row_factory = value.clone();
        Ok(())
    }

    #[getter]
    fn text_factory(vm: &mut Vm, this: &Ref<Connection>) -> Result {
        Ok(this.get(vm).text_factory.clone())
    }

    #[setter]
    fn set_text_factory(vm: &mut Vm, this: &Ref<Connection>, value: Option<&Value>) -> Result<()> {
        let value = undeletable(vm, value, "cannot delete text_factory attribute")?;
        this.get_mut(vm).text_factory = value.clone();
        Ok(())
    }
}
