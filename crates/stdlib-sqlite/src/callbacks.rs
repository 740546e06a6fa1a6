//! What SQLite calls: how Python's callables are found, called, and what becomes of their exceptions.

use crate::connection::Connection;
use rustc_hash::FxHashMap;
use taipan_macros::Trace;
use taipan_object::Raised;
use taipan_object::trace::Opaque;
use taipan_vm::{Ref, Result, Value, Vm};

/// Key of whether exceptions of callbacks are shown.
const SHOWN: &str = "sqlite3.enable_callback_tracebacks";

/// What `enable_callback_tracebacks` does.
pub fn show_exceptions(vm: &mut Vm, yes: bool) {
    vm.state_mut().registry.insert(SHOWN, Value::bool(yes));
}

/// Reports or forgets what a callback raised.
#[cold]
pub fn swallow(vm: &mut Vm, raised: Raised, callable: &Value) {
    if vm.state().registry.get(SHOWN).is_some_and(Value::is_true) {
        vm.report_unraisable_about(raised, "on sqlite3 callback", Some(callable));
    } else {
        drop(vm.take_raised(raised));
    }
}

/// What a name stands for in SQL: a function of so many arguments, or a collation (of -2).
pub type Key = (String, i32);

/// The callables that SQLite knows by their places.
#[derive(Trace, Default)]
pub struct Callables {
    all: Vec<Option<Value>>,
    names: Opaque<FxHashMap<Key, usize>>,
}

impl Callables {
    /// Keeps a callable.
    fn keep(&mut self, callable: Value) -> usize {
        match self.all.iter().position(Option::is_none) {
            Some(free) => {
                self.all[free] = Some(callable);
                free
            }
            None => {
                self.all.push(Some(callable));
                self.all.len() - 1
            }
        }
    }

    fn forget(&mut self, place: usize) -> Option<Value> {
        self.all.get_mut(place).and_then(Option::take)
    }
}

/// Gives a callable a place, has SQLite learn of it, and forgets what the name stood for before.
pub fn register(
    vm: &mut Vm,
    connection: &Ref<Connection>,
    key: Key,
    callable: &Value,
    tell: impl FnOnce(&mut Vm, usize) -> Result<rusqlite::Result<()>>,
) -> Result<rusqlite::Result<()>> {
    let place = connection.get_mut(vm).callables.keep(callable.clone());
    let told = tell(vm, place);
    let callables = &mut connection.get_mut(vm).callables;
    let unused = if matches!(told, Ok(Ok(()))) { callables.names.insert(key, place) } else { Some(place) };
    let unused = unused.and_then(|place| connection.get_mut(vm).callables.forget(place));
    drop(unused);
    told
}

/// Forgets what a name stood for.
pub fn unregister(vm: &mut Vm, connection: &Ref<Connection>, key: &Key) {
    let callables = &mut connection.get_mut(vm).callables;
    let unused = callables.names.remove(key).and_then(|place| callables.forget(place));
    drop(unused);
}

/// The callable at a place.
pub fn at(vm: &Vm, connection: &Ref<Connection>, place: usize) -> Option<Value> {
    connection.get(vm).callables.all.get(place).cloned().flatten()
}
