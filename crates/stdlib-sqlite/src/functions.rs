//! Functions, aggregates, window functions and collations that are written in Python.

use crate::connection::{Connection, ConnectionRef};
use crate::engine::{self, called_back};
use crate::{callbacks, convert, errors};
use rusqlite::ffi::{Error as Code, SQLITE_ERROR, SQLITE_NOMEM, SQLITE_TOOBIG};
use rusqlite::functions::{Aggregate, Context, FunctionFlags, WindowAggregate};
use rusqlite::limits::Limit;
use std::cmp::Ordering;
use taipan_object::{Raised, Str};
use taipan_vm::errors::{ATTRIBUTE_ERROR, DEPRECATION_WARNING, MEMORY_ERROR, OVERFLOW_ERROR};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::slots::CompareOp;
use taipan_vm::{Ref, Result, Value, Vm};

type Sql = rusqlite::types::Value;

/// In place of a number of arguments.
const COLLATION: i32 = -2;

/// The error that a callback's exception becomes.
#[cold]
fn failure(vm: &mut Vm, raised: Raised, callable: &Value, text: &str) -> rusqlite::Error {
    let error = if vm.raised_is(MEMORY_ERROR.as_type()) {
        rusqlite::Error::SqliteFailure(Code::new(SQLITE_NOMEM), None)
    } else if vm.raised_is(OVERFLOW_ERROR.as_type()) {
        rusqlite::Error::SqliteFailure(Code::new(SQLITE_TOOBIG), None)
    } else {
        sql_error(text)
    };
    callbacks::swallow(vm, raised, callable);
    error
}

fn sql_error(text: &str) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(Code::new(SQLITE_ERROR), Some(text.to_owned()))
}

/// A result for SQLite; `None` where it is of a type that there is no value for.
fn result(vm: &mut Vm, v: &Value) -> Result<Option<Sql>> {
    Ok(convert::to_sql(vm, v)?.map(convert::Bound::into_sql))
}

fn arguments(vm: &mut Vm, ctx: &Context<'_>) -> Result<Vec<Value>> {
    (0..ctx.len()).map(|i| convert::from_sql(vm, ctx.get_raw(i))).collect()
}

fn flags() -> FunctionFlags {
    FunctionFlags::SQLITE_UTF8
}

fn check_count(vm: &mut Vm, database: &engine::Database, count: i32, name: &str) -> Result<()> {
    let most = database.sqlite.limit(Limit::SQLITE_LIMIT_FUNCTION_ARG).unwrap_or(1000);
    if (-1..=most).contains(&count) {
        return Ok(());
    }
    let text = format!("'{name}' must be between -1 and {most}, not {count}");
    Err(errors::raise(vm, errors::PROGRAMMING, &text))
}

/// Warns of parameters that will be positional only.
fn warn_keywords(vm: &mut Vm, args: Args<'_>, function: &str, names: [&str; 3]) -> Result<()> {
    if args.positional().len() >= 3 || !args.names().iter().any(|n| is_one_of(n, &names)) {
        return Ok(());
    }
    let [a, b, c] = names;
    let text = format!(
        "Passing keyword arguments '{a}', '{b}' and '{c}' to _sqlite3.Connection.{function}() is deprecated. \
         Parameters '{a}', '{b}' and '{c}' will become positional-only in Python 3.15."
    );
    vm.warn(DEPRECATION_WARNING.as_type(), &text, 1)
}

fn is_one_of(name: &Value, names: &[&str]) -> bool {
    name.downcast::<Str>().and_then(|n| n.to_utf8()).is_some_and(|n| names.contains(&n))
}

fn name_argument<'a>(vm: &mut Vm, v: Option<&'a Value>, function: &str, parameter: &str) -> Result<&'a str> {
    match v.and_then(|v| v.downcast::<Str>()) {
        Some(s) => convert::c_name(vm, s),
        None => {
            let given = v.map_or_else(String::new, crate::shown_type);
            Err(vm.raise_type_error(&format!("{function}() argument '{parameter}' must be str, not {given}")))
        }
    }
}

/// Tells SQLite of a callable of this name, or with none that there is no such thing any more.
fn define(
    vm: &mut Vm,
    this: &Ref<Connection>,
    key: callbacks::Key,
    callable: &Value,
    create: impl FnOnce(&rusqlite::Connection, usize) -> rusqlite::Result<()>,
    remove: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<()>,
) -> Result<rusqlite::Result<()>> {
    let database = this.open(vm)?;
    if callable.is_none() {
        let done = engine::enter(vm, this, &database, || remove(&database.sqlite))?;
        if done.is_ok() {
            callbacks::unregister(vm, this, &key);
        }
        return Ok(done);
    }
    callbacks::register(vm, this, key, callable, |vm, place| {
        engine::enter(vm, this, &database, || create(&database.sqlite, place))
    })
}

fn failed(vm: &mut Vm, done: rusqlite::Result<()>, text: &str) -> Result<()> {
    match done {
        Ok(()) => Ok(()),
        Err(_) => Err(errors::raise(vm, errors::OPERATIONAL, text)),
    }
}

/// What `Connection.create_function` does.
pub fn create_function(vm: &mut Vm, this: &Ref<Connection>, args: Args<'_>) -> Result<()> {
    static SIGNATURE: Signature = Signature {
        name: "create_function",
        params: &["name", "narg", "func", "deterministic"],
        required: &[true, true, true, false],
        required_count: 3,
        positional_only: 0,
        positional: 3,
    };
    warn_keywords(vm, args, "create_function", ["name", "narg", "func"])?;
    let [function_name, count, function, deterministic] = bind::<4>(vm, &SIGNATURE, args)?;
    let function_name = name_argument(vm, function_name, "create_function", "name")?;
    let none = Value::none();
    let count = vm.to_index_i64(count.unwrap_or(&none), "int")? as i32;
    let function = function.unwrap_or(&none);
    let deterministic = deterministic.map_or(Ok(false), |v| vm.is_truthy(v))?;
    let database = this.open(vm)?;
    check_count(vm, &database, count, "narg")?;
    taipan_object::room::probe(function_name.len().saturating_mul(4))?;
    let key = (function_name.to_ascii_lowercase(), count);
    let flags = if deterministic { flags() | FunctionFlags::SQLITE_DETERMINISTIC } else { flags() };
    let done = define(
        vm,
        this,
        key,
        function,
        |sqlite, place| {
            sqlite.create_scalar_function(function_name, count, flags, move |ctx| call_function(ctx, place))
        },
        |sqlite| sqlite.remove_function(function_name, count),
    )?;
    failed(vm, done, "Error creating function")
}

fn call_function(ctx: &Context<'_>, place: usize) -> rusqlite::Result<Sql> {
    const FAILED: &str = "user-defined function raised exception";
    let called = called_back(|vm, connection| {
        let Some(function) = callbacks::at(vm, connection, place) else { return Err(sql_error(FAILED)) };
        let called = arguments(vm, ctx).and_then(|args| vm.call(&function, &args)).and_then(|v| result(vm, &v));
        match called {
            Ok(Some(v)) => Ok(v),
            Ok(None) => Err(sql_error(FAILED)),
            Err(raised) => Err(failure(vm, raised, &function, FAILED)),
        }
    });
    called.unwrap_or(Ok(Sql::Null))
}

/// An aggregate class; its instances rest in the connection, at places that SQLite keeps.
#[derive(Clone, Copy)]
struct PythonAggregate {
    place: usize,
}

/// Calls a method of an instance.
fn call_method(vm: &mut Vm, class: &Value, instance: &Value, method: &str, args: &[Value]) -> rusqlite::Result<Value> {
    let found = vm.intern_utf8(method).and_then(|name| vm.get_attr(instance, &name));
    let called = match found {
        Ok(bound) => vm.call(&bound, args),
        Err(raised) => {
            let known = !vm.raised_is(ATTRIBUTE_ERROR.as_type());
            let what = if known { "raised error" } else { "not defined" };
            let text = format!("user-defined aggregate's '{method}' method {what}");
            return Err(failure(vm, raised, class, &text));
        }
    };
    called.map_err(|raised| {
        let text = format!("user-defined aggregate's '{method}' method raised error");
        failure(vm, raised, class, &text)
    })
}

impl PythonAggregate {
    fn step_with(&self, ctx: &Context<'_>, instance: usize, method: &str) -> rusqlite::Result<()> {
        let called = called_back(|vm, connection| {
            let (Some(class), Some(instance)) =
                (callbacks::at(vm, connection, self.place), connection.get(vm).instance(instance))
            else {
                return Ok(());
            };
            let args = match arguments(vm, ctx) {
                Ok(args) => args,
                Err(raised) => {
                    let text = format!("user-defined aggregate's '{method}' method raised error");
                    return Err(failure(vm, raised, &class, &text));
                }
            };
            call_method(vm, &class, &instance, method, &args).map(drop)
        });
        called.unwrap_or(Ok(()))
    }

    fn value_of(&self, instance: usize, method: &str, last: bool) -> rusqlite::Result<Sql> {
        let called = called_back(|vm, connection| {
            let found = connection.get(vm).instance(instance);
            let (Some(class), Some(object)) = (callbacks::at(vm, connection, self.place), found) else {
                return Ok(Sql::Null);
            };
            let value = call_method(vm, &class, &object, method, &[]);
            if last {
                let gone = connection.get_mut(vm).forget_instance(instance);
                drop(gone);
            }
            let value = value?;
            let text = format!("user-defined aggregate's '{method}' method raised error");
            match result(vm, &value) {
                Ok(Some(v)) => Ok(v),
                Ok(None) => Err(sql_error(&text)),
                Err(raised) => Err(failure(vm, raised, &class, &text)),
            }
        });
        called.unwrap_or(Ok(Sql::Null))
    }
}

impl Aggregate<usize, Sql> for PythonAggregate {
    fn init(&self, _ctx: &mut Context<'_>) -> rusqlite::Result<usize> {
        const FAILED: &str = "user-defined aggregate's '__init__' method raised error";
        let called = called_back(|vm, connection| {
            let Some(class) = callbacks::at(vm, connection, self.place) else { return Err(sql_error(FAILED)) };
            match vm.call(&class, &[]) {
                Ok(instance) => Ok(connection.get_mut(vm).keep_instance(instance)),
                Err(raised) => Err(failure(vm, raised, &class, FAILED)),
            }
        });
        called.unwrap_or_else(|| Err(sql_error(FAILED)))
    }

    fn step(&self, ctx: &mut Context<'_>, instance: &mut usize) -> rusqlite::Result<()> {
        self.step_with(ctx, *instance, "step")
    }

    fn finalize(&self, _ctx: &mut Context<'_>, instance: Option<usize>) -> rusqlite::Result<Sql> {
        match instance {
            Some(instance) => self.value_of(instance, "finalize", true),
            None => Ok(Sql::Null),
        }
    }
}

impl WindowAggregate<usize, Sql> for PythonAggregate {
    fn value(&self, instance: Option<&mut usize>) -> rusqlite::Result<Sql> {
        match instance {
            Some(instance) => self.value_of(*instance, "value", false),
            None => Ok(Sql::Null),
        }
    }

    fn inverse(&self, ctx: &mut Context<'_>, instance: &mut usize) -> rusqlite::Result<()> {
        self.step_with(ctx, *instance, "inverse")
    }
}

/// What `Connection.create_aggregate` does.
pub fn create_aggregate(vm: &mut Vm, this: &Ref<Connection>, args: Args<'_>) -> Result<()> {
    static SIGNATURE: Signature = Signature {
        name: "create_aggregate",
        params: &["name", "n_arg", "aggregate_class"],
        required: &[true, true, true],
        required_count: 3,
        positional_only: 0,
        positional: 3,
    };
    warn_keywords(vm, args, "create_aggregate", ["name", "n_arg", "aggregate_class"])?;
    let [function_name, count, class] = bind::<3>(vm, &SIGNATURE, args)?;
    let function_name = name_argument(vm, function_name, "create_aggregate", "name")?;
    let none = Value::none();
    let count = vm.to_index_i64(count.unwrap_or(&none), "int")? as i32;
    let class = class.unwrap_or(&none);
    let database = this.open(vm)?;
    check_count(vm, &database, count, "n_arg")?;
    let key = (function_name.to_ascii_lowercase(), count);
    let done = define(
        vm,
        this,
        key,
        class,
        |sqlite, place| sqlite.create_aggregate_function(function_name, count, flags(), PythonAggregate { place }),
        |sqlite| sqlite.remove_function(function_name, count),
    )?;
    failed(vm, done, "Error creating aggregate")
}

/// What `Connection.create_window_function` does.
pub fn create_window_function(
    vm: &mut Vm,
    this: &Ref<Connection>,
    function_name: &Ref<Str>,
    count: i32,
    class: &Value,
) -> Result<()> {
    let database = this.open(vm)?;
    let function_name = convert::c_name(vm, function_name)?;
    check_count(vm, &database, count, "num_params")?;
    let key = (function_name.to_ascii_lowercase(), count);
    let done = define(
        vm,
        this,
        key,
        class,
        |sqlite, place| sqlite.create_window_function(function_name, count, flags(), PythonAggregate { place }),
        |sqlite| sqlite.remove_function(function_name, count),
    )?;
    errors::check(vm, done)
}

/// What `Connection.create_collation` does.
pub fn create_collation(vm: &mut Vm, this: &Ref<Connection>, collation: &Ref<Str>, callback: &Value) -> Result<()> {
    this.open(vm)?;
    let collation = convert::c_name(vm, collation)?;
    if !callback.is_none() && !vm.is_callable(callback) {
        return Err(vm.raise_type_error("parameter must be callable"));
    }
    let key = (collation.to_ascii_lowercase(), COLLATION);
    let done = define(
        vm,
        this,
        key,
        callback,
        |sqlite, place| sqlite.create_collation(collation, move |a, b| compare(a, b, place)),
        |sqlite| sqlite.remove_collation(collation),
    )?;
    errors::check(vm, done)
}

fn compare(a: &str, b: &str, place: usize) -> Ordering {
    let compared = called_back(|vm, connection| {
        if engine::is_failing() {
            return Ordering::Equal;
        }
        let Some(function) = callbacks::at(vm, connection, place) else { return Ordering::Equal };
        let compared = (|| {
            let args = [vm.new_str(a)?.into_value(), vm.new_str(b)?.into_value()];
            let order = vm.call(&function, &args)?;
            if order.as_int().is_none() {
                return Ok(Ordering::Equal);
            }
            let zero = Value::from_i32(0);
            if vm.compare_bool(&order, &zero, CompareOp::Lt)? {
                return Ok(Ordering::Less);
            }
            Ok(if vm.equal(&order, &zero)? { Ordering::Equal } else { Ordering::Greater })
        })();
        match compared {
            Ok(order) => order,
            Err(raised) => {
                let exception = vm.take_raised(raised);
                engine::raise_later(exception);
                Ordering::Equal
            }
        }
    });
    compared.unwrap_or(Ordering::Equal)
}
