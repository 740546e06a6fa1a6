//! `_interpqueues`: queues between interpreters, known by numbers.
//!
//! Objects that cannot be shared go through `pickle`, so that what is taken out is a copy, as it is where another
//! interpreter takes it.

use crate::interpreters::{is_shareable, raise_not_shareable};
use std::collections::{BTreeMap, VecDeque};
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::OBJECT;
use taipan_object::{Raised, TypeCell};
use taipan_vm::errors::RUNTIME_ERROR;
use taipan_vm::types::module::Module;
use taipan_vm::{Ref, Result, Value, Vm, name};

const ERROR: &str = "concurrent.interpreters.QueueError";
const NOT_FOUND: &str = "concurrent.interpreters.QueueNotFoundError";
/// Where the queues are kept.
const QUEUES: &str = "_interpqueues.queues";

/// The class of what holds the queues, which no program sees.
pub static QUEUES_CLASS: TypeCell<Queues> = TypeCell::new("_interpqueues.Queues");

/// All queues.
#[derive(Trace, Payload)]
#[payload(class = QUEUES_CLASS)]
#[repr(C)]
pub struct Queues {
    all: BTreeMap<i64, Queue>,
    last: i64,
    /// `QueueEmpty` and `QueueFull`, which the Python half defines.
    empty: Option<Value>,
    full: Option<Value>,
}

/// A queue.
#[derive(Trace)]
struct Queue {
    items: VecDeque<Item>,
    /// 0 and less for no limit.
    max: i64,
    unbound: i64,
    fallback: i64,
    /// How many objects of the Python half stand for it.
    users: i64,
}

/// An object in a queue.
#[derive(Trace)]
struct Item {
    value: Value,
    pickled: bool,
}

/// Methods of what holds the queues.
pub struct QueuesClass;

#[class(cell = QUEUES_CLASS, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl QueuesClass {}

fn queues(vm: &mut Vm) -> Result<Ref<Queues>> {
    match vm.state().registry.get(QUEUES).and_then(|q| q.downcast_exact::<Queues>()).cloned() {
        Some(queues) => Ok(queues),
        None => Err(vm.raise_runtime_error("_interpqueues has not been imported")),
    }
}

#[cold]
fn not_found(vm: &mut Vm, id: i64) -> Raised {
    vm.raise_added(NOT_FOUND, &format!("queue {id} not found"))
}

/// Does something with a queue.
fn with<R>(vm: &mut Vm, qid: &Value, f: impl FnOnce(&mut Queue) -> R) -> Result<R> {
    let id = vm.to_index_i64(qid, "long long")?;
    let queues = queues(vm)?;
    match queues.get_mut(vm).all.get_mut(&id) {
        Some(queue) => Ok(f(queue)),
        None => Err(not_found(vm, id)),
    }
}

fn destroy(vm: &mut Vm, qid: &Value) -> Result<()> {
    let id = vm.to_index_i64(qid, "long long")?;
    let queues = queues(vm)?;
    let queue = queues.get_mut(vm).all.remove(&id);
    match queue {
        Some(queue) => {
            drop(queue);
            Ok(())
        }
        None => Err(not_found(vm, id)),
    }
}

/// Raises an exception of the Python half, or `QueueError` before it has said which.
#[cold]
fn raise_of(vm: &mut Vm, class: Option<Value>, qid: &Value, what: &str) -> Raised {
    let shown = vm.repr(qid).map(|s| s.to_string_lossy()).unwrap_or_default();
    let text = format!("queue {shown} is {what}");
    let made = match class {
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
        vm.set_up_class(&QueuesClass::class_def())?;
        let doc = "Indicates that a queue-related error happened.";
        let error = vm.add_exception_class(module, ERROR, RUNTIME_ERROR.as_type(), doc)?;
        vm.add_exception_class(module, NOT_FOUND, &error, "")?;
        if !vm.state().registry.contains_key(QUEUES) {
            let made = Ref::new(vm, Queues { all: BTreeMap::new(), last: 0, empty: None, full: None })?;
            vm.state_mut().registry.insert(QUEUES, made.into_value());
        }
        Ok(())
    }

    /// Make a queue, and give its number.
    #[function("($module, maxsize, unboundop=-1, fallback=-1)")]
    fn create(vm: &mut Vm, maxsize: i64, unboundop: Option<i64>, fallback: Option<i64>) -> Result<i64> {
        let queues = queues(vm)?;
        let queues = queues.get_mut(vm);
        queues.last += 1;
        let id = queues.last;
        let (unbound, fallback) = (unboundop.unwrap_or(-1), fallback.unwrap_or(-1));
        // Without a choice, objects that cannot be shared are pickled, and unbound items replaced.
        let unbound = if unbound < 0 { 3 } else { unbound };
        let fallback = if fallback < 0 { 1 } else { fallback };
        queues.all.insert(id, Queue { items: VecDeque::new(), max: maxsize, unbound, fallback, users: 0 });
        Ok(id)
    }

    /// Do away with a queue and what is in it.
    #[function("($module, qid)")]
    fn destroy(vm: &mut Vm, qid: &Value) -> Result<()> {
        destroy(vm, qid)
    }

    /// The numbers of all queues, newest first, with what happens to unbound and unshareable objects in each.
    #[function("($module, /)")]
    fn list_all(vm: &mut Vm) -> Result {
        let queues = queues(vm)?;
        let all: Vec<[i64; 3]> = queues.get(vm).all.iter().rev().map(|(id, q)| [*id, q.unbound, q.fallback]).collect();
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
    fn put(vm: &mut Vm, qid: &Value, obj: &Value, _unboundop: Option<i64>, _fallback: Option<i64>) -> Result<()> {
        with(vm, qid, |_| ())?;
        let pickled = !is_shareable(vm, obj)?;
        let value = if pickled { pickle(vm, obj)? } else { obj.clone() };
        let item = Item { value, pickled };
        let put = with(vm, qid, |q| {
            if q.max > 0 && q.items.len() as i64 >= q.max {
                return Err(item);
            }
            q.items.push_back(item);
            Ok(())
        })?;
        match put {
            Ok(()) => Ok(()),
            Err(item) => {
                drop(item);
                let class = queues(vm)?.get(vm).full.clone();
                Err(raise_of(vm, class, qid, "full"))
            }
        }
    }

    /// Take the oldest object out of a queue; QueueEmpty where there is none.
    #[function("($module, qid)")]
    fn get(vm: &mut Vm, qid: &Value) -> Result {
        let Some(item) = with(vm, qid, |q| q.items.pop_front())? else {
            let class = queues(vm)?.get(vm).empty.clone();
            return Err(raise_of(vm, class, qid, "empty"));
        };
        let value = if item.pickled { unpickle(vm, &item.value)? } else { item.value };
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
        with(vm, qid, |q| q.max > 0 && q.items.len() as i64 >= q.max)
    }

    /// How many objects are in a queue.
    #[function("($module, qid)")]
    fn get_count(vm: &mut Vm, qid: &Value) -> Result<usize> {
        with(vm, qid, |q| q.items.len())
    }

    /// The classes of the Python half.
    #[function("($module, queuetype, emptyerror, fullerror)")]
    fn _register_heap_types(vm: &mut Vm, _queuetype: &Value, emptyerror: &Value, fullerror: &Value) -> Result<()> {
        let queues = queues(vm)?;
        let queues = queues.get_mut(vm);
        let old = (queues.empty.replace(emptyerror.clone()), queues.full.replace(fullerror.clone()));
        drop(old);
        Ok(())
    }
}

fn pickle(vm: &mut Vm, obj: &Value) -> Result {
    let module = vm.import("pickle")?;
    let dumps = vm.get_attr(&module, name!("dumps"))?;
    match vm.call(&dumps, std::slice::from_ref(obj)) {
        Ok(bytes) => Ok(bytes),
        Err(raised) => {
            let cause = vm.take_raised(raised);
            let raised = raise_not_shareable(vm, "object could not be pickled");
            let error = vm.take_raised(raised);
            if let Some(e) = taipan_vm::types::exceptions::base::as_exception(&error) {
                vm.set_cause(e, Some(cause.clone()));
            }
            vm.set_context(&error, cause);
            Err(vm.raise(error))
        }
    }
}

fn unpickle(vm: &mut Vm, bytes: &Value) -> Result {
    let module = vm.import("pickle")?;
    let loads = vm.get_attr(&module, name!("loads"))?;
    vm.call(&loads, std::slice::from_ref(bytes))
}
