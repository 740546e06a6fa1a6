//! Forking, with what programs have registered for it.

use crate::common::int_tuple;
use taipan_host::process::{self, Fork};
use taipan_macros::module;
use taipan_object::{List, Str};
use taipan_vm::{Ref, Result, Value, Vm, name};

/// Forking.
pub struct Forking;

/// Keys of the lists of what is called: before, in the child, in the parent.
const KEYS: [&str; 3] = ["posix.before_fork", "posix.after_fork_child", "posix.after_fork_parent"];

fn register(vm: &mut Vm, key: &'static str, hook: &Value) -> Result<()> {
    let list = match vm.state().registry.get(key).and_then(|v| v.downcast::<List>().cloned()) {
        Some(list) => list,
        None => {
            let list = vm.new_list(Vec::new())?;
            vm.state_mut().registry.insert(key, list.to_value());
            list
        }
    };
    list.get_mut(vm).push(hook.clone())
}

fn run(vm: &mut Vm, key: &'static str, reverse: bool) {
    let Some(list) = vm.state().registry.get(key).and_then(|v| v.downcast::<List>().cloned()) else { return };
    let mut hooks = list.items(vm).to_vec();
    if reverse {
        hooks.reverse();
    }
    for hook in hooks {
        if let Err(raised) = vm.call(&hook, &[]) {
            vm.report_unraisable(raised, &hook);
        }
    }
}

/// Has the import lock, which the child can only do with if this thread holds it, acquired or released.
fn import_lock(vm: &mut Vm, function: &Ref<Str>) {
    let done = vm.import("_imp").and_then(|imp| vm.call_method(&imp, function, &[]));
    if let Err(raised) = done {
        vm.report_unraisable(raised, &Value::none());
    }
}

/// Before any fork that goes on in Python.
pub fn before(vm: &mut Vm) {
    run(vm, KEYS[0], true);
    import_lock(vm, name!("acquire_lock"));
}

/// In the child of one.
pub fn after_in_child(vm: &mut Vm) {
    import_lock(vm, name!("release_lock"));
    crate::signal::after_fork_in_child(vm);
    run(vm, KEYS[1], false);
}

/// In the parent of one.
pub fn after_in_parent(vm: &mut Vm) {
    import_lock(vm, name!("release_lock"));
    run(vm, KEYS[2], false);
}

/// Threads besides those that every program has: the one that runs Python, and the one that waits for it.
fn warn_about_threads(vm: &mut Vm, function: &str) -> Result<()> {
    // Next to a thread that the program started there is always another.
    let waits = vm.is_main_thread() && taipan_host::thread::native_id() != process::getpid();
    let own = 1 + usize::from(waits);
    if taipan_host::thread::count().is_ok_and(|n| n > own) {
        let pid = process::getpid();
        let text = format!(
            "This process (pid={pid}) is multi-threaded, use of {function}() may lead to deadlocks in the child."
        );
        vm.warn(taipan_vm::errors::DEPRECATION_WARNING.as_type(), &text, 1)?;
    }
    Ok(())
}

fn forked<R>(
    vm: &mut Vm,
    function: &str,
    fork: impl FnOnce() -> taipan_host::Result<R>,
    side: impl Fn(&R) -> Fork,
) -> Result<R> {
    vm.audit(&format!("os.{function}"), &[])?;
    let words = match function {
        "forkpty" if vm.state().is_sub => Some("fork not supported for subinterpreters"),
        _ if !vm.state().made_with.allow_fork => Some("fork not supported for isolated subinterpreters"),
        _ => None,
    };
    if let Some(words) = words {
        return Err(vm.raise_runtime_error(words));
    }
    if vm.state().finalizing {
        let class = taipan_vm::errors::PYTHON_FINALIZATION_ERROR.as_type();
        return Err(vm.raise_class(class, "can't fork at interpreter shutdown"));
    }
    before(vm);
    let result = vm.fork(|| {
        let result = fork();
        let is_child = result.as_ref().is_ok_and(|r| side(r) == Fork::Child);
        (result, is_child)
    });
    match &result {
        Ok(r) if side(r) == Fork::Child => after_in_child(vm),
        Ok(_) => {
            after_in_parent(vm);
            warn_about_threads(vm, function)?;
        }
        Err(_) => after_in_parent(vm),
    }
    vm.system(result)
}

fn child_number(side: Fork) -> i64 {
    match side {
        Fork::Child => 0,
        Fork::Parent { child } => i64::from(child),
    }
}

#[module(name = "posix")]
impl Forking {
    /// Copy the process: 0 in the child, the child's number in the parent.
    #[function("($module, /)")]
    fn fork(vm: &mut Vm) -> Result<i64> {
        forked(vm, "fork", process::fork, |side| *side).map(child_number)
    }

    /// Copy the process with a new pseudo-terminal: the child's number and the master end.
    #[function("($module, /)")]
    fn forkpty(vm: &mut Vm) -> Result {
        let (side, master) = forked(vm, "forkpty", process::forkpty, |(side, _)| *side)?;
        int_tuple(vm, &[child_number(side), i64::from(master)])
    }

    /// Register what is called around a fork.
    #[function(
        "($module, /, *, before=<unrepresentable>,\n                 after_in_child=<unrepresentable>,\n                 after_in_parent=<unrepresentable>)"
    )]
    fn register_at_fork(
        vm: &mut Vm,
        before: Option<&Value>,
        after_in_child: Option<&Value>,
        after_in_parent: Option<&Value>,
    ) -> Result<()> {
        let given = [("before", before), ("after_in_child", after_in_child), ("after_in_parent", after_in_parent)];
        if given.iter().all(|(_, hook)| hook.is_none()) {
            return Err(vm.raise_type_error("At least one argument is required."));
        }
        for (name, hook) in given {
            if let Some(hook) = hook
                && !vm.is_callable(hook)
            {
                let given = hook.ty().name();
                return Err(vm.raise_type_error(&format!("'{name}' must be callable, not {given}")));
            }
        }
        for (key, (_, hook)) in KEYS.into_iter().zip(given) {
            if let Some(hook) = hook {
                register(vm, key, hook)?;
            }
        }
        Ok(())
    }
}
