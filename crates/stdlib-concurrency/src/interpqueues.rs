//! `_interpqueues`: queues between interpreters, known by numbers.
//!
//! The queues are the process's. What is in them is bytes: marshalled, or pickled where other interpreters cannot be given
//! the object as it is. The bytes of an interpreter that is gone count as unbound, and go or stay as was asked for.

use crate::interpreters::{PICKLED, REMOVE, REPLACE, Transfer};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use taipan_macros::module;
use taipan_object::Raised;
use taipan_vm::errors::RUNTIME_ERROR;
use taipan_vm::types::module::Module;
use taipan_vm::{Ref, Result, Value, Vm};

const ERROR: &str = "concurrent.interpreters.QueueError";
const NOT_FOUND: &str = "concurrent.interpreters.QueueNotFoundError";
/// Where the class of queues and the exceptions of the Python half are kept.
const QUEUE: &str = "_interpqueues.Queue";
const EMPTY: &str = "_interpqueues.QueueEmpty";
const FULL: &str = "_interpqueues.QueueFull";

/// Whether an object is a queue of the Python half.
pub fn is_queue(vm: &Vm, v: &Value) -> bool {
    vm.state().registry.get(QUEUE).is_some_and(|class| class.is(&v.ty().to_value()))
}

/// The queue of a number, as an object of the Python half.
pub fn loaded(vm: &mut Vm, number: i64) -> Result {
    if !vm.state().registry.contains_key(QUEUE) {
        // It registers its classes when it is imported.
        vm.import("concurrent.interpreters._queues")?;
    }
    let number = vm.new_int(number)?;
    match vm.state().registry.get(QUEUE).cloned() {
        Some(class) => vm.call(&class, &[number]),
        None => Err(vm.raise_runtime_error("the class of queues is not registered")),
    }
}

/// All queues of the process.
#[derive(Default)]
struct Queues {
    all: BTreeMap<i64, Queue>,
    last: i64,
}

/// A queue.
struct Queue {
    items: VecDeque<Item>,
    /// 0 and less for no limit.
    max: i64,
    unbound: i64,
    fallback: i64,
    /// How many objects of the Python half stand for it.
    users: i64,
}

impl Queue {
    fn is_full(&self) -> bool {
        self.max > 0 && self.items.len() as i64 >= self.max
    }
}

/// An object in a queue.
struct Item {
    copy: Transfer,
    /// The interpreter that it comes from.
    from: i64,
    /// What becomes of it when that is gone.
    unbound: i64,
}

/// The queues, without the items that went with their interpreter.
fn with_all<R>(vm: &mut Vm, f: impl FnOnce(&mut Queues) -> R) -> Result<R> {
    let Some(table): Option<Arc<Mutex<Queues>>> = vm.shared_table() else {
        return Err(vm.raise_runtime_error("interpreters are not available"));
    };
    let there = vm.interpreter_numbers();
    let mut queues = table.lock().unwrap_or_else(|e| e.into_inner());
    for queue in queues.all.values_mut() {
        queue.items.retain(|item| item.unbound != REMOVE || there.contains(&item.from));
    }
    Ok(f(&mut queues))
}

#[cold]
fn not_found(vm: &mut Vm, id: i64) -> Raised {
    vm.raise_added(NOT_FOUND, &format!("queue {id} not found"))
}

/// Does something with a queue.
fn with<R>(vm: &mut Vm, qid: &Value, f: impl FnOnce(&mut Queue) -> R) -> Result<R> {
    let id = vm.to_index_i64(qid, "long long")?;
    match with_all(vm, |queues| queues.all.get_mut(&id).map(f))? {
        Some(done) => Ok(done),
        None => Err(not_found(vm, id)),
    }
}

fn destroy(vm: &mut Vm, qid: &Value) -> Result<()> {
    let id = vm.to_index_i64(qid, "long long")?;
    match with_all(vm, |queues| queues.all.remove(&id))? {
        Some(_) => Ok(()),
        None => Err(not_found(vm, id)),
    }
}

/// Raises an exception of the Python half, or `QueueError` before it has said which.
#[cold]
fn raise_of(vm: &mut Vm, class: &'static str, qid: &Value, what: &str) -> Raised {
    let shown = vm.repr(qid).map(|s| s.to_string_lossy()).unwrap_or_default();
    let text = format!("queue {shown} is {what}");
    let made = match vm.state().registry.get(class).cloned() {
        Some(class) => vm.new_str(&text).and_then(|text| vm.call(&class, &[text.into_value()])),
        None => return vm.raise_added(ERROR, &text),
    };
    match made {
        Ok(e) => vm.raise_chained(e),
        Err(raised) => raised,
    }
}

/// `_interpqueues`.
pub struct InterpqueuesModule;

/// This module provides primitive operations to manage Python interpreters.
/// The 'interpreters' module provides a more convenient interface.
#[module(name = "_interpqueues")]
impl InterpqueuesModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        let doc = "Indicates that a queue-related error happened.";
        let error = vm.add_exception_class(module, ERROR, RUNTIME_ERROR.as_type(), doc)?;
        vm.add_exception_class(module, NOT_FOUND, &error, "").map(drop)
    }

    /// Make a queue, and give its number.
    #[function("($module, maxsize, unboundop=-1, fallback=-1)")]
    fn create(vm: &mut Vm, maxsize: i64, unboundop: Option<i64>, fallback: Option<i64>) -> Result<i64> {
        let (unbound, fallback) = (unboundop.unwrap_or(-1), fallback.unwrap_or(-1));
        let unbound = if unbound < 0 { REPLACE } else { unbound };
        let fallback = if fallback < 0 { PICKLED } else { fallback };
        with_all(vm, |queues| {
            queues.last += 1;
            let queue = Queue { items: VecDeque::new(), max: maxsize, unbound, fallback, users: 0 };
            queues.all.insert(queues.last, queue);
            queues.last
        })
    }

    /// Do away with a queue and what is in it.
    #[function("($module, qid)")]
    fn destroy(vm: &mut Vm, qid: &Value) -> Result<()> {
        destroy(vm, qid)
    }

    /// The numbers of all queues, newest first, with what happens to unbound and unshareable objects in each.
    #[function("($module, /)")]
    fn list_all(vm: &mut Vm) -> Result {
        let all: Vec<[i64; 3]> =
            with_all(vm, |queues| queues.all.iter().rev().map(|(id, q)| [*id, q.unbound, q.fallback]).collect())?;
        let mut list = Vec::with_capacity(all.len());
        for entry in all {
            let mut items = Vec::with_capacity(3);
            for n in entry {
                items.push(vm.new_int(n)?);
            }
            list.push(vm.new_tuple(items)?.into_value());
        }
        vm.new_list(list).map(Ref::into_value)
    }

    /// Add an object to a queue; QueueFull where there is no place.
    #[function("($module, qid, obj, unboundop=-1, fallback=-1)")]
    fn put(vm: &mut Vm, qid: &Value, obj: &Value, unboundop: Option<i64>, fallback: Option<i64>) -> Result<()> {
        let defaults = with(vm, qid, |q| (q.unbound, q.fallback))?;
        let unbound = unboundop.filter(|op| *op >= 0).unwrap_or(defaults.0);
        let fallback = fallback.filter(|how| *how >= 0).unwrap_or(defaults.1);
        let copy = Transfer::by(vm, obj, fallback)?;
        let item = Item { copy, from: vm.state().number, unbound };
        let put = with(vm, qid, |q| {
            let fits = !q.is_full();
            if fits {
                q.items.push_back(item);
            }
            fits
        })?;
        if put { Ok(()) } else { Err(raise_of(vm, FULL, qid, "full")) }
    }

    /// Take the oldest object out of a queue; QueueEmpty where there is none. The second of the two that are given is not
    /// None where the object's interpreter is gone.
    #[function("($module, qid)")]
    fn get(vm: &mut Vm, qid: &Value) -> Result {
        let there = vm.interpreter_numbers();
        let Some(item) = with(vm, qid, |q| q.items.pop_front())? else {
            return Err(raise_of(vm, EMPTY, qid, "empty"));
        };
        if !there.contains(&item.from) {
            let unbound = vm.new_int(item.unbound)?;
            return vm.new_tuple(vec![Value::none(), unbound]).map(Ref::into_value);
        }
        let value = item.copy.loaded(vm)?;
        vm.new_tuple(vec![value, Value::none()]).map(Ref::into_value)
    }

    /// Somebody uses a queue.
    #[function("($module, qid)")]
    fn bind(vm: &mut Vm, qid: &Value) -> Result<()> {
        with(vm, qid, |q| q.users += 1)
    }

    /// Somebody no longer uses a queue; when nobody does, it goes.
    #[function("($module, qid)")]
    fn release(vm: &mut Vm, qid: &Value) -> Result<()> {
        let left = with(vm, qid, |q| {
            q.users -= 1;
            q.users
        })?;
        match left {
            0 => destroy(vm, qid),
            ..0 => {
                with(vm, qid, |q| q.users = 0)?;
                let shown = vm.repr(qid)?.to_string_lossy();
                Err(vm.raise_added(ERROR, &format!("queue {shown} not bound")))
            }
            _ => Ok(()),
        }
    }

    /// How much a queue may hold.
    #[function("($module, qid)")]
    fn get_maxsize(vm: &mut Vm, qid: &Value) -> Result<i64> {
        with(vm, qid, |q| q.max)
    }

    /// What happens to unbound and unshareable objects in a queue.
    #[function("($module, qid)")]
    fn get_queue_defaults(vm: &mut Vm, qid: &Value) -> Result {
        let (unbound, fallback) = with(vm, qid, |q| (q.unbound, q.fallback))?;
        let both = vec![vm.new_int(unbound)?, vm.new_int(fallback)?];
        vm.new_tuple(both).map(Ref::into_value)
    }

    /// Whether a queue holds as much as it may.
    #[function("($module, qid)")]
    fn is_full(vm: &mut Vm, qid: &Value) -> Result<bool> {
        with(vm, qid, |q| q.is_full())
    }

    /// How many objects are in a queue.
    #[function("($module, qid)")]
    fn get_count(vm: &mut Vm, qid: &Value) -> Result<usize> {
        with(vm, qid, |q| q.items.len())
    }

    /// The classes of the Python half.
    #[function("($module, queuetype, emptyerror, fullerror)")]
    fn _register_heap_types(vm: &mut Vm, queuetype: &Value, emptyerror: &Value, fullerror: &Value) -> Result<()> {
        for (key, class) in [(QUEUE, queuetype), (EMPTY, emptyerror), (FULL, fullerror)] {
            let old = vm.state_mut().registry.insert(key, class.clone());
            drop(old);
        }
        Ok(())
    }
}
