//! `sqlite3.Cursor`.

use crate::connection::{Connection, ConnectionRef, LEGACY};
use crate::engine::{self, Database, Idle, Running};
use crate::{adapt, convert, errors, parameters, transaction};
use rusqlite::types::ValueRef;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, UnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Once;
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::{BYTES, OBJECT, STR};
use taipan_object::trace::Opaque;
use taipan_object::{Raised, Str, Tuple, TypeCell};
use taipan_vm::errors::ATTRIBUTE_ERROR;
use taipan_vm::native::Args;
use taipan_vm::slots::CompareOp;
use taipan_vm::types::bytes::{BYTEARRAY, ByteArray};
use taipan_vm::{Ref, Result, Type, Value, Vm};

/// `sqlite3.Cursor`.
pub static CURSOR: TypeCell<Cursor> = TypeCell::new("sqlite3.Cursor");

/// `PARSE_DECLTYPES` and `PARSE_COLNAMES`.
const BY_DECLARATION: i32 = 1;
const BY_NAME: i32 = 2;

/// A cursor; without a connection it has not been set up.
#[derive(Trace, Payload)]
#[payload(class = CURSOR)]
#[repr(C)]
pub struct Cursor {
    connection: Option<Ref<Connection>>,
    /// The statement, on the row that is fetched next.
    running: Opaque<Option<Running>>,
    description: Value,
    /// For each column what makes a value of its bytes. Empty where no column has such a thing.
    converters: Vec<Option<Value>>,
    arraysize: i64,
    last_row: Option<Value>,
    row_count: i64,
    pub row_factory: Value,
    closed: bool,
    /// Whether one of its methods is under way.
    locked: bool,
}

/// A cursor of a connection.
pub fn new_cursor(vm: &mut Vm, connection: &Ref<Connection>) -> Result<Ref<Cursor>> {
    Ref::new_in(vm, CURSOR.as_type(), empty(Some(connection.clone())))
}

fn empty(connection: Option<Ref<Connection>>) -> Cursor {
    Cursor {
        connection,
        running: Opaque(None),
        description: Value::none(),
        converters: Vec::new(),
        arraysize: 1,
        last_row: None,
        row_count: -1,
        row_factory: Value::none(),
        closed: false,
        locked: false,
    }
}

/// The connection of a cursor that can be used, and its database.
fn check(vm: &mut Vm, this: &Ref<Cursor>) -> Result<(Ref<Connection>, Rc<Database>)> {
    let me = this.get(vm);
    let Some(connection) = me.connection.clone() else {
        return Err(errors::raise(vm, errors::PROGRAMMING, "Base Cursor.__init__ not called."));
    };
    if me.closed {
        return Err(errors::raise(vm, errors::PROGRAMMING, "Cannot operate on a closed cursor."));
    }
    if me.locked {
        return Err(errors::raise(vm, errors::PROGRAMMING, "Recursive use of cursors not allowed."));
    }
    let database = connection.open(vm)?;
    Ok((connection, database))
}

/// Runs something during which the cursor cannot be used.
fn locked<R>(vm: &mut Vm, this: &Ref<Cursor>, f: impl FnOnce(&mut Vm) -> Result<R>) -> Result<R> {
    this.get_mut(vm).locked = true;
    let result = f(vm);
    this.get_mut(vm).locked = false;
    result
}

/// Resets the statement, which can be used again.
fn stop(vm: &mut Vm, this: &Ref<Cursor>) {
    let Some(running) = this.get_mut(vm).running.take() else { return };
    let connection = this.get(vm).connection.clone();
    let idle = running.stop();
    if let Some(connection) = connection {
        connection.keep(vm, idle);
    }
}

/// The declared type without what follows its first word: `number(10)` is `number`.
fn declared_type(text: &str) -> &str {
    text.split([' ', '(']).next().unwrap_or_default()
}

/// The type that a column's name ends with: `x [date]`.
fn named_type(name: &str) -> Option<&str> {
    let start = name.find('[')? + 1;
    let end = name[start..].find(']')?;
    Some(&name[start..start + end])
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Calls what may panic; the panic is nobody's business but the caller's.
fn quietly<T>(act: impl FnOnce() -> T + UnwindSafe) -> std::thread::Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let shows = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                shows(info);
            }
        }));
    });
    QUIET.set(true);
    let result = catch_unwind(act);
    QUIET.set(false);
    result
}

/// What a statement says of its columns: name, and declared type where that is wanted. A schema from a damaged file can have names that are
/// no UTF-8.
fn columns_of(
    vm: &mut Vm,
    statement: Option<&rusqlite::Statement<'_>>,
    detect: i32,
) -> Result<Vec<(String, Option<String>)>> {
    let Some(statement) = statement else { return Ok(Vec::new()) };
    let read = AssertUnwindSafe(|| {
        if detect & BY_DECLARATION != 0 {
            return statement.columns().map(|c| (c.name().to_owned(), c.decl_type().map(str::to_owned))).collect();
        }
        statement.column_names().map(|name| (name.to_owned(), None)).collect()
    });
    quietly(read)
        .map_err(|_| errors::raise(vm, errors::OPERATIONAL, "Could not decode the names of the columns to UTF-8"))
}

/// Finds the converters of the columns.
fn find_converters(vm: &mut Vm, detect: i32, columns: &[(String, Option<String>)]) -> Result<Vec<Option<Value>>> {
    let mut found = Vec::new();
    for (name, declaration) in columns {
        let by_name = if detect & BY_NAME != 0 { named_type(name) } else { None };
        let declared = if detect & BY_DECLARATION != 0 { declaration.as_deref().map(declared_type) } else { None };
        let mut converter = None;
        for text in [by_name, declared].into_iter().flatten() {
            converter = adapt::converter(vm, text)?;
            if converter.is_some() {
                break;
            }
        }
        found.push(converter);
    }
    Ok(if found.iter().any(Option::is_some) { found } else { Vec::new() })
}

/// The name of a column as `description` has it: without the type in brackets if names are looked at for types.
fn shown_name(name: &str, detect: i32) -> &str {
    if detect & BY_NAME == 0 {
        return name;
    }
    match name.find('[') {
        Some(at) => name[..at].strip_suffix(' ').unwrap_or(&name[..at]),
        None => name,
    }
}

fn describe(vm: &mut Vm, detect: i32, columns: &[(String, Option<String>)]) -> Result {
    let mut shown = Vec::with_capacity(columns.len());
    for (name, _) in columns {
        let mut fields = vec![Value::none(); 7];
        fields[0] = vm.new_str(shown_name(name, detect))?.into_value();
        shown.push(vm.new_tuple(fields)?.into_value());
    }
    vm.new_tuple(shown).map(Ref::into_value)
}

/// Text as another `text_factory` than `str` makes it.
fn make_text(vm: &mut Vm, factory: &Value, bytes: &[u8]) -> Result {
    if factory.as_type().is_some_and(|t| t.is(BYTEARRAY.as_type())) {
        return ByteArray::create(vm, bytes.to_vec());
    }
    let made = vm.new_bytes(bytes)?.into_value();
    if factory.as_type().is_some_and(|t| t.is(BYTES.as_type())) {
        return Ok(made);
    }
    vm.call(factory, &[made])
}

#[cold]
fn undecodable(vm: &mut Vm, bytes: &[u8], running: &Running, column: usize) -> Raised {
    let name =
        columns_of(vm, running.statement(), 0).ok().and_then(|c| c.into_iter().nth(column)).map(|(name, _)| name);
    let shown = String::from_utf8_lossy(bytes);
    let text = format!("Could not decode to UTF-8 column '{}' with text '{shown}'", name.unwrap_or_default());
    errors::raise(vm, errors::OPERATIONAL, &text)
}

/// The bytes that a converter is given.
fn bytes_of(vm: &mut Vm, database: &Database, v: ValueRef<'_>) -> Result<Option<Value>> {
    let made = match v {
        // SQLite has no address for an empty blob either.
        ValueRef::Null | ValueRef::Blob([]) => return Ok(None),
        ValueRef::Integer(n) => vm.new_bytes(n.to_string().as_bytes())?,
        ValueRef::Real(_) => {
            // The text that SQLite itself makes of it.
            let parameter = rusqlite::types::ToSqlOutput::Borrowed(v);
            let shown = database.sqlite.query_row("SELECT CAST(?1 AS TEXT)", [parameter], |r| r.get::<_, String>(0));
            let shown = errors::check(vm, shown)?;
            vm.new_bytes(shown.as_bytes())?
        }
        ValueRef::Text(b) | ValueRef::Blob(b) => vm.new_bytes(b)?,
    };
    Ok(Some(made.into_value()))
}

/// The tuple of the row that the statement stands on.
fn read_row(
    vm: &mut Vm,
    connection: &Ref<Connection>,
    database: &Database,
    running: &Running,
    converters: &[Option<Value>],
) -> Result<Ref<Tuple>> {
    let Some(row) = running.row() else { return vm.new_tuple(Vec::new()) };
    let columns = row.as_ref().column_count();
    let plain_text = connection.get(vm).text_factory.as_type().is_some_and(|t| t.is(STR.as_type()));
    let mut items = Vec::with_capacity(columns);
    for i in 0..columns {
        let value = errors::check(vm, row.get_ref(i))?;
        let item = match converters.get(i) {
            Some(Some(converter)) => match bytes_of(vm, database, value)? {
                Some(bytes) => vm.call(converter, &[bytes])?,
                None => Value::none(),
            },
            _ => match value {
                ValueRef::Text(bytes) if plain_text => match std::str::from_utf8(bytes) {
                    Ok(text) => vm.new_str(text)?.into_value(),
                    Err(_) => return Err(undecodable(vm, bytes, running, i)),
                },
                ValueRef::Text(bytes) => {
                    let factory = connection.get(vm).text_factory.clone();
                    make_text(vm, &factory, bytes)?
                }
                value => convert::from_sql(vm, value)?,
            },
        };
        items.push(item);
    }
    vm.new_tuple(items)
}

/// The next row as a tuple; the statement goes on to the one after it.
fn next_tuple(vm: &mut Vm, this: &Ref<Cursor>) -> Result<Option<Ref<Tuple>>> {
    let (connection, database) = check(vm, this)?;
    let me = this.get_mut(vm);
    let Some(mut running) = me.running.take() else { return Ok(None) };
    let converters = std::mem::take(&mut me.converters);
    let read = locked(vm, this, |vm| {
        let row = read_row(vm, &connection, &database, &running, &converters)?;
        Ok((row, engine::enter(vm, &connection, &database, || running.step())?))
    });
    this.get_mut(vm).converters = converters;
    match read {
        Ok((row, Ok(true))) => {
            *this.get_mut(vm).running = Some(running);
            Ok(Some(row))
        }
        Ok((row, Ok(false))) => {
            if running.about.is_dml {
                this.get_mut(vm).row_count = database.sqlite.changes() as i64;
            }
            connection.keep(vm, running.stop());
            Ok(Some(row))
        }
        Ok((_, Err(error))) => {
            connection.keep(vm, running.stop());
            Err(errors::from_sqlite(vm, &error))
        }
        Err(raised) => {
            connection.keep(vm, running.stop());
            Err(raised)
        }
    }
}

/// The next row as the `row_factory` makes it.
fn next_row(vm: &mut Vm, this: &Ref<Cursor>) -> Result<Option<Value>> {
    let Some(row) = next_tuple(vm, this)? else { return Ok(None) };
    let factory = &this.get(vm).row_factory;
    if factory.is_none() {
        return Ok(Some(row.into_value()));
    }
    let factory = factory.clone();
    vm.call(&factory, &[this.to_value(), row.into_value()]).map(Some)
}

/// Runs a statement that has its parameters and gives no rows that are wanted.
fn run_once(
    vm: &mut Vm,
    this: &Ref<Cursor>,
    connection: &Ref<Connection>,
    database: &Rc<Database>,
    idle: &mut Idle,
) -> Result<()> {
    let stepped = engine::enter(vm, connection, database, || idle.run())?;
    errors::check(vm, stepped)?;
    if idle.about.is_dml {
        let changes = database.sqlite.changes() as i64;
        this.get_mut(vm).row_count += changes;
    }
    Ok(())
}

/// Starts a statement that gives rows, and leaves the cursor on the first one.
fn run_query(
    vm: &mut Vm,
    this: &Ref<Cursor>,
    connection: &Ref<Connection>,
    database: &Rc<Database>,
    idle: Idle,
) -> Result<()> {
    let mut running = idle.start();
    let detect = connection.get(vm).detect_types;
    let begun = engine::enter(vm, connection, database, || running.step());
    let begun = begun.and_then(|stepped| match stepped {
        Ok(true) => {
            let columns = columns_of(vm, running.statement(), detect)?;
            let description = describe(vm, detect, &columns)?;
            let converters = if detect == 0 { Vec::new() } else { find_converters(vm, detect, &columns)? };
            let me = this.get_mut(vm);
            me.description = description;
            me.converters = converters;
            Ok(true)
        }
        Ok(false) => Ok(false),
        Err(error) => Err(errors::from_sqlite(vm, &error)),
    });
    match begun {
        Ok(true) => {
            *this.get_mut(vm).running = Some(running);
            Ok(())
        }
        Ok(false) => {
            if running.about.is_dml {
                let changes = database.sqlite.changes() as i64;
                this.get_mut(vm).row_count += changes;
            }
            let mut idle = running.stop();
            let columns = idle.with(|statement| columns_of(vm, Some(statement), 0));
            connection.keep(vm, idle);
            let description = describe(vm, detect, &columns.unwrap_or_else(|| Ok(Vec::new()))?)?;
            this.get_mut(vm).description = description;
            Ok(())
        }
        Err(raised) => {
            connection.keep(vm, running.stop());
            Err(raised)
        }
    }
}

/// Runs one statement, with each of the `parameters` in turn if there are many.
fn execute(vm: &mut Vm, this: &Ref<Cursor>, sql: &Ref<Str>, parameters: Option<&Value>, many: bool) -> Result {
    let (connection, database) = check(vm, this)?;
    locked(vm, this, |vm| {
        let rows = match parameters {
            Some(all) if many => Some(vm.iter(all)?),
            _ => None,
        };
        stop(vm, this);
        let mut idle = connection.statement(vm, &database, sql)?;
        if many && idle.readonly() {
            connection.keep(vm, idle);
            let text = "executemany() can only execute DML statements.";
            return Err(errors::raise(vm, errors::PROGRAMMING, text));
        }
        let me = this.get_mut(vm);
        me.description = Value::none();
        me.converters.clear();
        me.row_count = if idle.about.is_dml { 0 } else { -1 };
        let done = prepare_and_run(vm, this, &connection, &database, &mut idle, parameters, rows);
        let idle = Some(idle);
        match done {
            Ok(true) => {
                if let Some(idle) = idle {
                    run_query(vm, this, &connection, &database, idle)?;
                }
            }
            other => {
                if let Some(idle) = idle {
                    connection.keep(vm, idle);
                }
                other?;
            }
        }
        if !many {
            let last = database.sqlite.last_insert_rowid();
            let last = vm.new_int(last)?;
            this.get_mut(vm).last_row = Some(last);
        }
        Ok(())
    })?;
    Ok(this.to_value())
}

/// Begins a transaction if need be, binds, and runs what gives no rows; `true` is a statement that gives rows and is
/// still to be run.
fn prepare_and_run(
    vm: &mut Vm,
    this: &Ref<Cursor>,
    connection: &Ref<Connection>,
    database: &Rc<Database>,
    idle: &mut Idle,
    parameters: Option<&Value>,
    rows: Option<Value>,
) -> Result<bool> {
    let me = connection.get(vm);
    if idle.about.is_dml && me.autocommit == LEGACY && me.isolation_level.is_some() && database.sqlite.is_autocommit() {
        transaction::begin(vm, connection, database)?;
    }
    let Some(rows) = rows else {
        match parameters {
            Some(parameters) => parameters::bind(vm, idle, parameters)?,
            None => {
                let nothing = vm.new_tuple(Vec::new())?.into_value();
                parameters::bind(vm, idle, &nothing)?;
            }
        }
        if idle.columns() > 0 {
            return Ok(true);
        }
        run_once(vm, this, connection, database, idle)?;
        return Ok(false);
    };
    while let Some(parameters) = vm.next(&rows)? {
        parameters::bind(vm, idle, &parameters)?;
        run_once(vm, this, connection, database, idle)?;
    }
    Ok(false)
}

fn sql_argument<'a>(vm: &mut Vm, v: &'a Value, place: &str) -> Result<&'a Ref<Str>> {
    match v.downcast::<Str>() {
        Some(s) => Ok(s),
        None => Err(vm.raise_type_error(&format!("{place} must be str, not {}", crate::shown_type(v)))),
    }
}

fn undeletable<'a>(vm: &mut Vm, value: Option<&'a Value>, text: &str) -> Result<&'a Value> {
    value.ok_or_else(|| vm.raise_class(ATTRIBUTE_ERROR.as_type(), text))
}

/// A number of rows: 32 bits without a sign.
fn row_count(vm: &mut Vm, v: &Value) -> Result<i64> {
    let number = vm.index(v)?;
    if vm.compare_bool(&number, &Value::from_i32(0), CompareOp::Lt)? {
        return Err(vm.raise_value_error("Cannot convert negative int"));
    }
    match number.as_int().and_then(|n| n.to_i64()).filter(|n| *n <= i64::from(u32::MAX)) {
        Some(n) => Ok(n),
        None => Err(vm.raise_overflow_error("Python int too large to convert to C uint32_t")),
    }
}

/// Methods of `Cursor`.
pub struct CursorClass;

/// SQLite database cursor class.
#[class(cell = CURSOR, base = OBJECT, flags = BASETYPE | HAVE_GC | MANAGED_WEAKREF)]
impl CursorClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, empty(None)).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        let Some(this) = this.downcast::<Cursor>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
        let [connection] = args.expect(vm, "Cursor", 1, 1)? else { return Ok(()) };
        let Some(connection) = connection.downcast::<Connection>() else {
            let given = crate::shown_type(connection);
            return Err(vm.raise_type_error(&format!("Cursor() argument 1 must be sqlite3.Connection, not {given}")));
        };
        if this.get(vm).locked {
            return Err(errors::raise(vm, errors::PROGRAMMING, "Recursive use of cursors not allowed."));
        }
        connection.check_thread(vm)?;
        stop(vm, this);
        *this.get_mut(vm) = empty(Some(connection.clone()));
        Ok(())
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<Cursor>) -> Result<Option<Value>> {
        next_row(vm, this)
    }

    /// Executes an SQL statement.
    #[method("($self, sql, parameters=(), /)")]
    fn execute(vm: &mut Vm, this: &Ref<Cursor>, args: Args<'_>) -> Result {
        let args = args.expect(vm, "execute", 1, 2)?;
        let sql = sql_argument(vm, &args[0], "execute() argument 1")?;
        execute(vm, this, sql, args.get(1), false)
    }

    /// Repeatedly executes an SQL statement.
    #[method("($self, sql, seq_of_parameters, /)")]
    fn executemany(vm: &mut Vm, this: &Ref<Cursor>, sql: &Value, seq_of_parameters: &Value) -> Result {
        let sql = sql_argument(vm, sql, "executemany() argument 1")?;
        execute(vm, this, sql, Some(seq_of_parameters), true)
    }

    /// Executes multiple SQL statements at once.
    #[method("($self, sql_script, /)")]
    fn executescript(vm: &mut Vm, this: &Ref<Cursor>, sql_script: &Value) -> Result {
        let script = sql_argument(vm, sql_script, "executescript() argument")?;
        let text = convert::c_name(vm, script)?;
        let (connection, database) = check(vm, this)?;
        convert::check_length(vm, &database, text)?;
        locked(vm, this, |vm| {
            if connection.get(vm).autocommit == LEGACY && !database.sqlite.is_autocommit() {
                connection.run(vm, &database, "COMMIT")?;
            }
            let ran = engine::enter(vm, &connection, &database, || engine::run_script(&database, text))?;
            errors::check(vm, ran)
        })?;
        Ok(this.to_value())
    }

    /// Fetches one row from the resultset.
    #[method("($self, /)")]
    fn fetchone(vm: &mut Vm, this: &Ref<Cursor>) -> Result<Option<Value>> {
        next_row(vm, this)
    }

    /// Fetches several rows from the resultset.
    ///
    ///   size
    ///     The default value is set by the Cursor.arraysize attribute.
    #[method("($self, /, size=1)")]
    fn fetchmany(vm: &mut Vm, this: &Ref<Cursor>, size: Option<&Value>) -> Result {
        let size = match size {
            Some(size) => row_count(vm, size)?,
            None => this.get(vm).arraysize,
        };
        let mut rows = Vec::new();
        while size > rows.len() as i64 {
            let Some(row) = next_row(vm, this)? else { break };
            taipan_object::room::push(&mut rows, row)?;
        }
        vm.new_list(rows).map(Ref::into_value)
    }

    /// Fetches all rows from the resultset.
    #[method("($self, /)")]
    fn fetchall(vm: &mut Vm, this: &Ref<Cursor>) -> Result {
        let mut rows = Vec::new();
        while let Some(row) = next_row(vm, this)? {
            taipan_object::room::push(&mut rows, row)?;
        }
        vm.new_list(rows).map(Ref::into_value)
    }

    /// Closes the cursor.
    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Ref<Cursor>) -> Result<()> {
        let me = this.get(vm);
        if me.locked {
            return Err(errors::raise(vm, errors::PROGRAMMING, "Recursive use of cursors not allowed."));
        }
        let Some(connection) = me.connection.clone() else {
            return Err(errors::raise(vm, errors::PROGRAMMING, "Base Cursor.__init__ not called."));
        };
        connection.open(vm)?;
        stop(vm, this);
        this.get_mut(vm).closed = true;
        Ok(())
    }

    /// Required by DB-API. Does nothing in sqlite3.
    #[method("($self, sizes, /)")]
    fn setinputsizes(_vm: &mut Vm, _this: &Ref<Cursor>, _sizes: &Value) -> Result<()> {
        Ok(())
    }

    /// Required by DB-API. Does nothing in sqlite3.
    #[method("($self, size, column=None, /)")]
    fn setoutputsize(_vm: &mut Vm, _this: &Ref<Cursor>, _size: &Value, _column: Option<&Value>) -> Result<()> {
        Ok(())
    }

    #[getter(member)]
    fn connection(vm: &mut Vm, this: &Ref<Cursor>) -> Result {
        Ok(this.get(vm).connection.as_ref().map_or_else(Value::none, Ref::to_value))
    }

    #[getter(member)]
    fn description(vm: &mut Vm, this: &Ref<Cursor>) -> Result {
        Ok(this.get(vm).description.clone())
    }

    #[getter(member)]
    fn lastrowid(vm: &mut Vm, this: &Ref<Cursor>) -> Result {
        Ok(this.get(vm).last_row.clone().unwrap_or_else(Value::none))
    }

    #[getter(member)]
    fn rowcount(vm: &mut Vm, this: &Ref<Cursor>) -> Result<i64> {
        Ok(this.get(vm).row_count)
    }

    #[getter]
    fn arraysize(vm: &mut Vm, this: &Ref<Cursor>) -> Result<i64> {
        Ok(this.get(vm).arraysize)
    }

    #[setter]
    fn set_arraysize(vm: &mut Vm, this: &Ref<Cursor>, value: Option<&Value>) -> Result<()> {
        let text = "attribute 'arraysize' of 'sqlite3.Cursor' objects cannot be deleted";
        let value = undeletable(vm, value, text)?;
        this.get_mut(vm).arraysize = row_count(vm, value)?;
        Ok(())
    }

    #[getter]
    fn row_factory(vm: &mut Vm, this: &Ref<Cursor>) -> Result {
        Ok(this.get(vm).row_factory.clone())
    }

    #[setter]
    fn set_row_factory(vm: &mut Vm, this: &Ref<Cursor>, value: Option<&Value>) -> Result<()> {
        let value = undeletable(vm, value, "cannot delete row_factory attribute")?;
        this.get_mut(vm).row_factory = value.clone();
        Ok(())
    }
}

/// The names of a cursor's columns.
pub fn description(vm: &Vm, cursor: &Ref<Cursor>) -> Value {
    cursor.get(vm).description.clone()
}
