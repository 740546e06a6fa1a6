//! `_queue`: a queue between threads without size limit or task counting.
//!
//! Items and waiting threads are both lists that only who holds the interpreter's lock touches, so putting needs no
//! lock of its own, and may happen in a finaliser in the middle of a `get`. A thread that waits has an event, which
//! the `put` that serves it sets.

use crate::thread::lock::timeout_ns;
use std::collections::VecDeque;
use std::sync::Arc;
use taipan_host::sync::{Event, Waited};
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::{OBJECT, TYPE};
use taipan_object::trace::Opaque;
use taipan_object::{Str, TypeCell};
use taipan_vm::errors::EXCEPTION;
use taipan_vm::native::Args;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Raised, Ref, Result, Type, Value, Vm};

/// `_queue.SimpleQueue`.
pub static SIMPLE_QUEUE: TypeCell<SimpleQueue> = TypeCell::new("_queue.SimpleQueue");
/// Where `_queue.Empty` is kept.
const EMPTY: &str = "_queue.Empty";

/// A queue.
#[derive(Trace, Payload)]
#[payload(class = SIMPLE_QUEUE)]
#[repr(C)]
pub struct SimpleQueue {
    items: VecDeque<Value>,
    /// Threads that wait, longest first.
    waiting: Opaque<VecDeque<Arc<Event>>>,
}

fn put(vm: &mut Vm, this: &Ref<SimpleQueue>, item: &Value) -> Result<()> {
    let queue = this.get_mut(vm);
    if queue.items.try_reserve(1).is_err() {
        return Err(vm.raise_memory_error());
    }
    queue.items.push_back(item.clone());
    wake_next(vm, this);
    Ok(())
}

fn wake_next(vm: &mut Vm, this: &Ref<SimpleQueue>) {
    if let Some(event) = this.get_mut(vm).waiting.pop_front() {
        event.set();
    }
}

/// Takes a thread off the list; if it had been woken for an item that it will not take, another is.
fn give_up(vm: &mut Vm, this: &Ref<SimpleQueue>, event: &Arc<Event>) {
    let queue = this.get_mut(vm);
    queue.waiting.retain(|e| !Arc::ptr_eq(e, event));
    if event.is_set() && !queue.items.is_empty() {
        wake_next(vm, this);
    }
}

/// Waits for an item until a reading of the monotonic clock; whether to look again.
fn wait(vm: &mut Vm, this: &Ref<SimpleQueue>, deadline: Option<i64>) -> Result<bool> {
    let event = Arc::new(Event::new());
    this.get_mut(vm).waiting.push_back(event.clone());
    loop {
        let waited = vm.detach(|| event.wait(deadline));
        match waited {
            Waited::Done => return Ok(true),
            Waited::TimedOut => {
                give_up(vm, this, &event);
                return Ok(false);
            }
            Waited::Interrupted => {
                if let Err(raised) = vm.check_signals() {
                    give_up(vm, this, &event);
                    return Err(raised);
                }
            }
        }
    }
}

fn raise_empty(vm: &mut Vm) -> Raised {
    let class = vm.state().registry.get(EMPTY).and_then(|c| c.as_type_ref().cloned());
    match class {
        Some(class) => vm.raise_args(&class, Vec::new()),
        None => vm.raise_runtime_error("_queue is not initialised"),
    }
}

fn get(vm: &mut Vm, this: &Ref<SimpleQueue>, block: bool, timeout: Option<&Value>) -> Result {
    let mut deadline = None;
    if block && let Some(timeout) = timeout.filter(|t| !t.is_none()) {
        let ns = timeout_ns(vm, timeout)?;
        if ns < 0 {
            return Err(vm.raise_value_error("'timeout' must be a non-negative number"));
        }
        deadline = Some(taipan_host::clock::monotonic_ns().saturating_add(ns));
    }
    loop {
        if let Some(item) = this.get_mut(vm).items.pop_front() {
            return Ok(item);
        }
        if !block || !wait(vm, this, deadline)? {
            // Something may have come between the end of the wait and now.
            return match this.get_mut(vm).items.pop_front() {
                Some(item) => Ok(item),
                None => Err(raise_empty(vm)),
            };
        }
    }
}

/// Methods of `SimpleQueue`.
pub struct SimpleQueueClass;

/// Simple, unbounded, reentrant FIFO queue.
#[class(cell = SIMPLE_QUEUE, base = OBJECT, flags = BASETYPE | HAVE_GC | MANAGED_WEAKREF, signature = "()")]
impl SimpleQueueClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        if SIMPLE_QUEUE.as_type().is(class) || !vm.overrides_slot(class, "__init__") {
            if !args.positional().is_empty() {
                return Err(vm.raise_type_error("SimpleQueue() takes no positional arguments"));
            }
            args.no_keywords(vm, "SimpleQueue")?;
        }
        let queue = SimpleQueue { items: VecDeque::new(), waiting: Opaque(VecDeque::new()) };
        Ref::new_in(vm, class, queue).map(Ref::into_value)
    }

    /// Return True if the queue is empty, False otherwise (not reliable!).
    #[method("($self, /)")]
    fn empty(vm: &mut Vm, this: &Ref<SimpleQueue>) -> Result<bool> {
        Ok(this.get(vm).items.is_empty())
    }

    /// Return the approximate size of the queue (not reliable!).
    #[method("($self, /)")]
    fn qsize(vm: &mut Vm, this: &Ref<SimpleQueue>) -> Result<usize> {
        Ok(this.get(vm).items.len())
    }

    /// Put the item on the queue.
    ///
    /// The optional 'block' and 'timeout' arguments are ignored, as this method
    /// never blocks.  They are provided for compatibility with the Queue class.
    #[method("($self, /, item, block=True, timeout=None)")]
    fn put(
        vm: &mut Vm,
        this: &Ref<SimpleQueue>,
        item: &Value,
        _block: Option<&Value>,
        _timeout: Option<&Value>,
    ) -> Result<()> {
        put(vm, this, item)
    }

    /// Put an item into the queue without blocking.
    ///
    /// This is exactly equivalent to `put(item)` and is only provided
    /// for compatibility with the Queue class.
    #[method("($self, /, item)")]
    fn put_nowait(vm: &mut Vm, this: &Ref<SimpleQueue>, item: &Value) -> Result<()> {
        put(vm, this, item)
    }

    /// Remove and return an item from the queue.
    ///
    /// If optional args 'block' is true and 'timeout' is None (the default),
    /// block if necessary until an item is available. If 'timeout' is
    /// a non-negative number, it blocks at most 'timeout' seconds and raises
    /// the Empty exception if no item was available within that time.
    /// Otherwise ('block' is false), return an item if one is immediately
    /// available, else raise the Empty exception ('timeout' is ignored
    /// in that case).
    #[method("($self, /, block=True, timeout=None)")]
    fn get(vm: &mut Vm, this: &Ref<SimpleQueue>, block: Option<bool>, timeout: Option<&Value>) -> Result {
        get(vm, this, block.unwrap_or(true), timeout)
    }

    /// Remove and return an item from the queue without blocking.
    ///
    /// Only get an item if one is immediately available. Otherwise
    /// raise the Empty exception.
    #[method("($self, /)")]
    fn get_nowait(vm: &mut Vm, this: &Ref<SimpleQueue>) -> Result {
        get(vm, this, false, None)
    }

    /// See PEP 585
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        taipan_vm::types::generic_alias::new_alias(vm, class.clone(), object.clone())
    }
}

/// `_queue`.
pub struct QueueModule;

/// C implementation of the Python queue module.
/// This module is an implementation detail, please do not use it directly.
#[module(name = "_queue")]
impl QueueModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &SimpleQueueClass::class_def())?;
        let namespace = vm.new_dict()?;
        let name: Ref<Str> = vm.intern_utf8("Empty")?;
        for (key, value) in
            [("__module__", "_queue"), ("__doc__", "Exception raised by Queue.get(block=0)/get_nowait().")]
        {
            let key = vm.intern_utf8(key)?;
            let value = vm.new_str(value)?;
            vm.dict_set(&namespace, key.as_value(), value.into_value())?;
        }
        let base = [EXCEPTION.as_ref().into_value()];
        let class = vm.new_class(&TYPE.as_ref(), &name, &base, &namespace, Args::positional_only(&[]))?;
        vm.state_mut().registry.insert(EMPTY, class.to_value());
        module.set(vm, "Empty", class.into_value())
    }
}
