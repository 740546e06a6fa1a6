//! `atexit`: what is called when the interpreter ends.

use taipan_macros::module;
use taipan_object::Tuple;
use taipan_vm::native::Args;
use taipan_vm::types::module::Module;
use taipan_vm::{Dict, List, Ref, Result, Value, Vm};

/// Where the list of callbacks is kept: tuples of function, arguments and keywords.
const CALLBACKS: &str = "atexit.callbacks";

fn callbacks(vm: &Vm) -> Option<Ref<List>> {
    vm.state().registry.get(CALLBACKS).and_then(|l| l.downcast::<List>().cloned())
}

fn clear(vm: &mut Vm) {
    if let Some(list) = callbacks(vm) {
        let old = list.get_mut(vm).take();
        drop(old);
    }
}

/// Calls what was registered, last first. What the calls register is forgotten.
pub fn run(vm: &mut Vm) {
    let Some(list) = callbacks(vm) else { return };
    let all = list.items(vm).to_vec();
    for entry in all.iter().rev() {
        let Some([function, args, kwargs]) = entry.downcast::<Tuple>().map(|t| t.items()) else { continue };
        let Some(args) = args.downcast::<Tuple>() else { continue };
        let kwargs = kwargs.downcast::<Dict>();
        if let Err(raised) = vm.call_with(function, args, kwargs) {
            vm.report_unraisable_about(raised, "in atexit callback ", Some(function));
        }
    }
    drop(all);
    clear(vm);
}

/// `atexit`.
pub struct AtexitModule;

/// allow programmer to define multiple exit functions to be executed
/// upon normal program termination.
///
/// Two public functions, register and unregister, are defined.
#[module(name = "atexit")]
impl AtexitModule {
    #[exec]
    fn exec(vm: &mut Vm, _module: &Ref<Module>) -> Result<()> {
        if callbacks(vm).is_none() {
            let list = vm.new_list(Vec::new())?;
            vm.state_mut().registry.insert(CALLBACKS, list.into_value());
        }
        Ok(())
    }

    /// Have a function called with these arguments when the program ends.
    ///
    /// The function is returned, so that this can decorate it.
    #[function("($module, func, /, *args, **kwargs)")]
    fn register(vm: &mut Vm, args: Args<'_>) -> Result {
        let Some((function, rest)) = args.split_first() else {
            return Err(vm.raise_type_error("register() takes at least 1 argument (0 given)"));
        };
        if !vm.is_callable(function) {
            return Err(vm.raise_type_error("the first argument must be callable"));
        }
        let kwargs = match rest.names() {
            [] => Value::none(),
            _ => {
                let dict = vm.new_dict()?;
                for (key, value) in rest.keywords() {
                    vm.dict_set(&dict, key, value.clone())?;
                }
                dict.into_value()
            }
        };
        let args = vm.new_tuple_from(rest.positional())?.into_value();
        let entry = vm.new_tuple(vec![function.clone(), args, kwargs])?.into_value();
        if let Some(list) = callbacks(vm) {
            list.get_mut(vm).push(entry)?;
        }
        Ok(function.clone())
    }

    /// Forget a function, however often it was registered.
    #[function("($module, func, /)")]
    fn unregister(vm: &mut Vm, func: &Value) -> Result<()> {
        let Some(list) = callbacks(vm) else { return Ok(()) };
        // The comparisons may change the list.
        for entry in list.items(vm).to_vec() {
            let place = |vm: &Vm| list.items(vm).iter().position(|e| e.is(&entry));
            let Some([known, ..]) = entry.downcast::<Tuple>().map(|t| t.items()) else { continue };
            if place(vm).is_none() || !vm.equal(func, known)? {
                continue;
            }
            if let Some(at) = place(vm) {
                let removed = list.get_mut(vm).with_vec(|all| all.remove(at));
                drop(removed);
            }
        }
        Ok(())
    }

    /// The number of functions that are registered.
    #[function("($module, /)")]
    fn _ncallbacks(vm: &mut Vm) -> Result<usize> {
        Ok(callbacks(vm).map_or(0, |l| l.items(vm).len()))
    }

    /// Forget all functions.
    #[function("($module, /)")]
    fn _clear(vm: &mut Vm) -> Result<()> {
        clear(vm);
        Ok(())
    }

    /// Call all functions now. What they raise is reported.
    #[function("($module, /)")]
    fn _run_exitfuncs(vm: &mut Vm) -> Result<()> {
        run(vm);
        Ok(())
    }
}
