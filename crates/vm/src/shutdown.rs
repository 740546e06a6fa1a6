//! The end of an interpreter: modules go, and what only they kept alive is finalised.
//!
//! The order is CPython's: first the modules leave `sys.modules`, so that most of them and their contents die by
//! themselves; then the namespaces of those that something still holds are emptied, the last imported first; `sys` and
//! `builtins` stay to the end.
//!
//! Most programs leave nothing behind that would notice. Then [`Vm::would_notice_the_end`] says so, and the process can
//! leave its memory to the system.

use crate::types::function::Function;
use crate::types::module::Module;
use crate::{Dict, ModuleRef, Ref, State, Str, Value, Vm, name};
use taipan_object::WeakRef;
use taipan_object::header::flags;

/// Attributes of `sys` that may keep a program's objects alive.
const KEEPERS: [&str; 12] = [
    "path",
    "argv",
    "ps1",
    "ps2",
    "last_exc",
    "last_type",
    "last_value",
    "last_traceback",
    "path_hooks",
    "path_importer_cache",
    "meta_path",
    "__interactivehook__",
];

/// Callbacks that only take a weak reference out of a set, a dictionary or a list.
const TIDYING: [&str; 3] =
    ["WeakSet.__init__.<locals>._remove", "WeakKeyDictionary.__init__.<locals>.remove", "_removeHandlerRef"];

/// How often what an interpreter keeps is let go of, at the most: finalisers may register new things.
const FAREWELLS: u32 = 8;

impl Vm {
    /// Whether something would run when all objects go: a finaliser, of others than of `spared`, or the callback of a weak
    /// reference; or whether somebody watches the collector.
    ///
    /// All objects with finalisers are under the collector, as are weak references with callbacks.
    pub fn would_notice_the_end(&self, spared: &[Value]) -> bool {
        let gc = &self.state().gc;
        let watched = gc.debug != 0 || gc.callbacks.as_ref().is_some_and(|c| !c.items(self).is_empty());
        watched
            || self.any_tracked(|header, object| {
                let ty = header.ty();
                if ty.finalizes() && !header.has(flags::FINALIZED) {
                    return !spared.iter().any(|s| s.is(object));
                }
                let live = object.downcast::<WeakRef>().filter(|w| w.upgrade().is_some());
                live.and_then(|w| w.callback()).is_some_and(|callback| !self.only_tidies(&callback))
            })
    }

    /// Whether a weak reference's callback is the library's own and does nothing but take the reference out of a container.
    fn only_tidies(&self, callback: &Value) -> bool {
        let Some(function) = callback.downcast_exact::<Function>() else { return false };
        let code = &function.get(self).code;
        let embedded = code.canonical.is_of_program();
        embedded && code.qualname.as_ascii().is_some_and(|name| TIDYING.contains(&name))
    }

    /// Lets go of all modules.
    pub fn tear_down(&mut self) {
        self.drop_special_names();
        self.collect_generation(2);
        // What follows finds modules without their names: nobody watches it.
        self.state_mut().gc.callbacks = None;
        let kept = self.drop_modules();
        self.collect_generation(2);
        for (name, module) in kept.into_iter().rev() {
            let is_last = matches!(name.to_utf8(), Some("sys" | "builtins"));
            // A module that only this list holds needs no help.
            let held = module.as_value().header().is_some_and(|h| h.refcount() > 1);
            if held && !is_last {
                let namespace = module.namespace(self);
                match namespace {
                    Ok(namespace) => self.empty_namespace(&namespace),
                    Err(raised) => drop(self.take_raised(raised)),
                }
            }
            drop(module);
            self.drain();
        }
        self.collect_generation(2);
    }

    /// Lets go of all that an interpreter keeps, and this thread for it: nothing of a program runs in it any more but what its
    /// objects do when they go. That is done while the thread has the lock: finalisers need a thread, and what dies needs the
    /// heap's collector, the table of interned strings and the caches of its class.
    pub fn abandon_state(&mut self) {
        for _ in 0..FAREWELLS {
            self.let_go();
            self.empty_registry();
            let state = self.state_mut();
            let lists = (state.gc.callbacks.take(), state.gc.garbage.take());
            let others = (std::mem::take(&mut state.monitor), state.asyncio.take());
            drop((lists, others));
            self.drain();
            self.collect_generation(2);
            for namespace in [self.state().sys.clone(), self.state().builtins.clone()].into_iter().flatten() {
                self.empty_namespace(&namespace);
            }
            let state = self.state_mut();
            let mut threads = std::mem::take(&mut state.threads);
            let never_begun = threads.take_starting();
            let rest = State {
                threads,
                is_sub: true,
                finalizing: true,
                recursion_limit: state.recursion_limit,
                ..State::default()
            };
            let old = std::mem::replace(state, rest);
            drop((never_begun, old));
            self.drain();
            self.collect_generation(2);
            // Finalisers may have registered something.
            if self.state().registry.is_empty() {
                break;
            }
        }
        self.let_go();
        // It has names.
        self.clear_method_cache();
    }

    /// Lets go of what native modules keep for the interpreter, what they keep of a program first: its finalisers still find
    /// the classes and modules of the library there.
    fn empty_registry(&mut self) {
        for last in [false, true] {
            let is_last = |v: &Value| v.as_type().is_some() || v.downcast::<Module>().is_some();
            let registry = &self.state().registry;
            let mut keys: Vec<&'static str> =
                registry.iter().filter(|(_, v)| last || !is_last(v)).map(|(&key, _)| key).collect();
            keys.sort_unstable();
            for key in keys {
                let value = self.state_mut().registry.remove(key);
                drop(value);
                self.drain();
            }
            self.collect_generation(2);
        }
    }

    fn drop_special_names(&mut self) {
        if let Some(builtins) = self.state().builtins.clone() {
            let result = self.dict_set(&builtins, name!("_").as_value(), Value::none());
            self.ignore(result);
        }
        for key in KEEPERS {
            let result = self.set_sys_attr(key, Value::none());
            self.ignore(result);
        }
        for (key, original) in
            [("stdin", name!("__stdin__")), ("stdout", name!("__stdout__")), ("stderr", name!("__stderr__"))]
        {
            let Some(original) = self.sys_attr(original) else { continue };
            let result = self.set_sys_attr(key, original);
            self.ignore(result);
        }
        self.drain();
    }

    /// Empties `sys.modules`; gives those modules that something else may hold, in the order of import.
    fn drop_modules(&mut self) -> Vec<(Ref<Str>, Ref<Module>)> {
        let Some(modules) = self.state().modules.clone() else { return Vec::new() };
        let all: Vec<(Value, Value)> = modules.get(self).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        let mut kept: Vec<(Ref<Str>, Ref<Module>)> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for (key, module) in all {
            // A module with two names (`__main__`, `__mp_main__`) is not held by the second.
            if let (Some(key), Some(module)) = (key.downcast::<Str>(), module.downcast::<Module>())
                && seen.insert(module.as_value().bits())
            {
                kept.push((key.clone(), module.clone()));
            }
            let result = self.dict_set(&modules, &key, Value::none());
            self.ignore(result);
        }
        let gone = modules.get_mut(self).take();
        drop(gone);
        // Those that nothing else holds die here.
        kept.retain(|(_, module)| module.as_value().header().is_some_and(|h| h.refcount() > 1));
        self.drain();
        kept
    }

    /// Sets the names of a namespace to `None`: those with one underscore first, as CPython's documentation promises.
    fn empty_namespace(&mut self, namespace: &Ref<Dict>) {
        let names: Vec<Ref<Str>> =
            namespace.get(self).iter().filter_map(|(k, _)| k.downcast::<Str>().cloned()).collect();
        let is_private = |name: &Ref<Str>| {
            let at = |i| name.data().get(i);
            at(0) == Some(u32::from('_')) && at(1) != Some(u32::from('_'))
        };
        let (first, second): (Vec<_>, Vec<_>) = names.into_iter().partition(is_private);
        for name in first.into_iter().chain(second) {
            if name.to_utf8() == Some("__builtins__") {
                continue;
            }
            let result = self.dict_set(namespace, name.as_value(), Value::none());
            self.ignore(result);
            self.drain();
        }
    }
}
