//! What holds SQLite's own objects together: a database, statements that borrow it, rows that borrow statements.
//!
//! `rusqlite` ties a statement to its connection by a lifetime. Python objects have none, so statements keep the
//! connection alive themselves. SQLite calls back into Python while it prepares and steps; such a callback finds the
//! interpreter through a thread-local that is set for the duration of the call alone ([`enter`]).

use crate::connection::Connection;
use crate::errors;
use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator;
use rusqlite::{Batch, Rows, Statement};
use self_cell::{MutBorrow, self_cell};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use taipan_vm::{Ref, Result, Value, Vm};

scoped_tls_hkt::scoped_thread_local!(static mut VM: Vm);

thread_local! {
    /// The connections whose calls are under way on this thread, innermost last.
    static CURRENT: RefCell<Vec<Ref<Connection>>> = const { RefCell::new(Vec::new()) };
    /// What a callback raised that the call shall raise in turn.
    static PENDING: RefCell<Option<Value>> = const { RefCell::new(None) };
}

/// An open database.
pub struct Database {
    pub sqlite: rusqlite::Connection,
    /// Whether a statement is being prepared: until that is done nothing else can be asked of the connection.
    preparing: Cell<bool>,
    /// Statements that were dropped during a call, which may be another thread's: they are finalized after it.
    dropped: RefCell<Vec<Cellar>>,
    /// The thread that is inside a call, and how many calls deep it is.
    owner: Cell<u64>,
    depth: Cell<u32>,
}

impl Database {
    pub fn new(sqlite: rusqlite::Connection) -> Rc<Database> {
        Rc::new(Database {
            sqlite,
            preparing: Cell::new(false),
            dropped: RefCell::new(Vec::new()),
            owner: Cell::new(0),
            depth: Cell::new(0),
        })
    }

    /// Whether the connection is in the middle of preparing a statement.
    pub fn is_preparing(&self) -> bool {
        self.preparing.get()
    }

    fn forget(&self) {
        while let Some(one) = self.dropped.borrow_mut().pop() {
            drop(one);
        }
    }
}

self_cell!(
    struct StatementCell {
        owner: Rc<Database>,
        #[covariant]
        dependent: Statement,
    }
);

self_cell!(
    struct RowsCell {
        owner: MutBorrow<StatementCell>,
        #[covariant]
        dependent: Rows,
    }
);

/// What waits to be dropped.
#[expect(dead_code, reason = "held only to be dropped")]
enum Cellar {
    Statement(StatementCell),
    Rows(RowsCell),
    Blob(BlobCell),
}

/// What is known of a statement besides SQLite's own object.
pub struct About {
    /// Its text, which is its key in the cache of statements.
    pub sql: Box<str>,
    /// Whether it inserts, updates, deletes or replaces.
    pub is_dml: bool,
    /// The number of parameters.
    pub parameters: usize,
    /// The first parameter that only a name can give, counted from 1.
    pub named: Option<(usize, Box<str>)>,
}

/// A statement that is not running.
pub struct Idle {
    pub about: Rc<About>,
    database: Rc<Database>,
    cell: Option<StatementCell>,
}

impl Idle {
    /// Reads from the statement, or binds its parameters.
    pub fn with<R>(&mut self, f: impl FnOnce(&mut Statement<'_>) -> R) -> Option<R> {
        self.cell.as_mut().map(|cell| cell.with_dependent_mut(|_, statement| f(statement)))
    }

    /// Whether it is a statement for this database.
    pub fn belongs_to(&self, database: &Rc<Database>) -> bool {
        Rc::ptr_eq(&self.database, database)
    }

    /// Whether it changes nothing.
    pub fn readonly(&self) -> bool {
        self.cell.as_ref().is_none_or(|cell| cell.borrow_dependent().readonly())
    }

    /// The number of columns of its rows.
    pub fn columns(&self) -> usize {
        self.cell.as_ref().map_or(0, |cell| cell.borrow_dependent().column_count())
    }

    /// Runs it up to its first row, if it gives one, and resets it.
    pub fn run(&mut self) -> rusqlite::Result<()> {
        match &mut self.cell {
            Some(cell) => cell.with_dependent_mut(|_, statement| statement.raw_query().next().map(drop)),
            None => Ok(()),
        }
    }

    /// Starts it.
    pub fn start(mut self) -> Running {
        let cell = self.cell.take().map(|cell| {
            RowsCell::new(MutBorrow::new(cell), |cell| {
                cell.borrow_mut().with_dependent_mut(|_, statement| statement.raw_query())
            })
        });
        Running { about: self.about.clone(), database: self.database.clone(), cell }
    }
}

impl About {
    fn nothing() -> About {
        About { sql: Box::from(""), is_dml: false, parameters: 0, named: None }
    }
}

impl Drop for Idle {
    fn drop(&mut self) {
        if let Some(cell) = self.cell.take()
            && self.database.depth.get() > 0
        {
            self.database.dropped.borrow_mut().push(Cellar::Statement(cell));
        }
    }
}

/// A statement that has been started and not reset.
pub struct Running {
    pub about: Rc<About>,
    database: Rc<Database>,
    cell: Option<RowsCell>,
}

impl Running {
    /// Goes on to the next row; `false` is the end, where the statement has been reset.
    #[inline]
    pub fn step(&mut self) -> rusqlite::Result<bool> {
        match &mut self.cell {
            Some(cell) => cell.with_dependent_mut(|_, rows| {
                rows.advance()?;
                Ok(rows.get().is_some())
            }),
            None => Ok(false),
        }
    }

    /// The row it stands on.
    #[inline]
    pub fn row(&self) -> Option<&rusqlite::Row<'_>> {
        self.cell.as_ref()?.borrow_dependent().get()
    }

    /// The statement behind the rows, which is there until the end.
    pub fn statement(&self) -> Option<&Statement<'_>> {
        self.cell.as_ref()?.borrow_dependent().as_ref()
    }

    /// Resets it.
    pub fn stop(mut self) -> Idle {
        let cell = self.cell.take().map(|cell| cell.into_owner().into_inner());
        Idle { about: self.about.clone(), database: self.database.clone(), cell }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(cell) = self.cell.take()
            && self.database.depth.get() > 0
        {
            self.database.dropped.borrow_mut().push(Cellar::Rows(cell));
        }
    }
}

/// Waits while another thread is inside the connection.
pub fn wait_for_turn(vm: &mut Vm, database: &Database) -> Result<()> {
    while database.depth.get() > 0 && database.owner.get() != vm.thread_ident() {
        let until = taipan_host::clock::monotonic_ns() + 200_000;
        let slept = vm.detach(|| taipan_host::clock::sleep_until(until));
        vm.system(slept)?;
    }
    Ok(())
}

/// Runs a call into SQLite during which it may call back.
pub fn enter<R>(vm: &mut Vm, connection: &Ref<Connection>, database: &Database, f: impl FnOnce() -> R) -> Result<R> {
    wait_for_turn(vm, database)?;
    database.owner.set(vm.thread_ident());
    database.depth.set(database.depth.get() + 1);
    CURRENT.with_borrow_mut(|c| c.push(connection.clone()));
    let result = VM.set(vm, f);
    let left = CURRENT.with_borrow_mut(Vec::pop);
    drop(left);
    database.depth.set(database.depth.get() - 1);
    if database.depth.get() == 0 {
        database.forget();
    }
    match PENDING.take() {
        Some(exception) => Err(vm.raise(exception)),
        None => Ok(result),
    }
}

/// Gives a callback the interpreter and the connection whose call is under way. `None` where SQLite calls outside any
/// call of Python's, which is when an object is freed.
pub fn called_back<R>(f: impl FnOnce(&mut Vm, &Ref<Connection>) -> R) -> Option<R> {
    if !VM.is_set() {
        return None;
    }
    let connection = CURRENT.with_borrow(|c| c.last().cloned())?;
    VM.with(|vm| {
        let result = f(vm, &connection);
        vm.drain();
        Some(result)
    })
}

/// Makes the call under way raise what a callback raised.
pub fn raise_later(exception: Value) {
    PENDING.set(Some(exception));
}

/// Whether a callback of the call under way has raised.
pub fn is_failing() -> bool {
    PENDING.with_borrow(Option::is_some)
}

/// Makes a statement of its text, which is known to be no longer than allowed.
pub fn prepare(vm: &mut Vm, connection: &Ref<Connection>, database: &Rc<Database>, sql: &str) -> Result<Idle> {
    let made = enter(vm, connection, database, || {
        database.preparing.set(true);
        let make = |text: &str| StatementCell::try_new(database.clone(), |d| d.sqlite.prepare(text));
        let made = match make(sql) {
            // The error may be in what follows a sound statement: a second one, or a comment without an end.
            Err(error) if !matches!(error, rusqlite::Error::Empty | rusqlite::Error::MultipleStatement) => {
                match first_statement(sql).map(|(first, rest)| (make(first), rest)) {
                    Some((Ok(cell), rest)) if without_comments(rest).is_empty() => Ok(cell),
                    Some((Ok(_), _)) => Err(rusqlite::Error::MultipleStatement),
                    _ => Err(error),
                }
            }
            made => made,
        };
        database.preparing.set(false);
        made
    })?;
    let mut cell = match made {
        Ok(cell) => Some(cell),
        Err(rusqlite::Error::Empty) => None,
        Err(rusqlite::Error::MultipleStatement) => {
            return Err(errors::raise(vm, errors::PROGRAMMING, "You can only execute one statement at a time."));
        }
        Err(error) => return Err(errors::from_sqlite(vm, &error)),
    };
    let mut about = About { sql: Box::from(sql), is_dml: is_dml(sql), ..About::nothing() };
    if let Some(cell) = &mut cell {
        cell.with_dependent_mut(|_, statement| {
            about.parameters = statement.parameter_count();
            about.named = (1..=about.parameters).find_map(|i| {
                let name = statement.parameter_name(i)?;
                (!name.starts_with('?')).then(|| (i, Box::from(name)))
            });
        });
    }
    Ok(Idle { about: Rc::new(about), database: database.clone(), cell })
}

/// Runs the statements of a script one after the other.
pub fn run_script(database: &Database, sql: &str) -> rusqlite::Result<()> {
    let mut batch = Batch::new(&database.sqlite, sql);
    loop {
        database.preparing.set(true);
        let next = batch.next();
        database.preparing.set(false);
        let Some(mut statement) = next? else { return Ok(()) };
        let mut rows = statement.raw_query();
        while rows.next()?.is_some() {}
    }
}

/// The first statement with its semicolon, and what follows it, if anything does.
fn first_statement(sql: &str) -> Option<(&str, &str)> {
    let end = crate::complete::first_end(sql)?;
    let (first, rest) = sql.split_at_checked(end)?;
    (!rest.is_empty()).then_some((first, rest))
}

/// The text from its first word on, without white space and comments.
fn without_comments(sql: &str) -> &str {
    let mut rest = sql;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r', '\x0c', ';']);
        if let Some(comment) = rest.strip_prefix("--") {
            rest = comment.find('\n').map_or("", |end| &comment[end + 1..]);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.find("*/").map_or("", |end| &comment[end + 2..]);
        } else {
            return rest;
        }
    }
}

fn is_dml(sql: &str) -> bool {
    let start = without_comments(sql).as_bytes();
    let word = &start[..start.len().min(7)];
    ["INSERT", "UPDATE", "DELETE", "REPLACE"]
        .iter()
        .any(|verb| word.get(..verb.len()).is_some_and(|w| w.eq_ignore_ascii_case(verb.as_bytes())))
}

type OpenBlob<'a> = rusqlite::blob::Blob<'a>;

self_cell!(
    struct BlobCell {
        owner: Rc<Database>,
        #[covariant]
        dependent: OpenBlob,
    }
);

/// A value of the database that is open for reading and writing.
pub struct BlobHandle {
    database: Rc<Database>,
    cell: Option<BlobCell>,
}

impl BlobHandle {
    pub fn open(
        database: &Rc<Database>,
        name: &str,
        table: &str,
        column: &str,
        row: i64,
        readonly: bool,
    ) -> rusqlite::Result<BlobHandle> {
        database.preparing.set(true);
        let cell = BlobCell::try_new(database.clone(), |d| d.sqlite.blob_open(name, table, column, row, readonly));
        database.preparing.set(false);
        Ok(BlobHandle { database: database.clone(), cell: Some(cell?) })
    }

    pub fn len(&self) -> usize {
        self.cell.as_ref().map_or(0, |cell| cell.borrow_dependent().len())
    }

    pub fn read(&self, to: &mut [u8], start: usize) -> rusqlite::Result<()> {
        match &self.cell {
            Some(cell) => cell.borrow_dependent().read_at_exact(to, start),
            None => Ok(()),
        }
    }

    pub fn write(&mut self, from: &[u8], start: usize) -> rusqlite::Result<()> {
        match &mut self.cell {
            Some(cell) => cell.with_dependent_mut(|_, blob| blob.write_all_at(from, start)),
            None => Ok(()),
        }
    }
}

impl Drop for BlobHandle {
    fn drop(&mut self) {
        if let Some(cell) = self.cell.take()
            && self.database.depth.get() > 0
        {
            self.database.dropped.borrow_mut().push(Cellar::Blob(cell));
        }
    }
}
