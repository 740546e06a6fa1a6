//! `gc`: the cyclic collector of the object core, to steer and to look at.

use std::collections::HashSet;
use taipan_macros::module;
use taipan_vm::collect::debug;
use taipan_vm::native::Args;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm};

/// `gc`.
pub struct GcModule;

/// The values themselves: `objs` may be immediate numbers, which refer to nothing.
fn new_list_of(vm: &mut Vm, values: Vec<Value>) -> Result {
    vm.new_list(values).map(Ref::into_value)
}

/// This module provides access to the garbage collector for reference cycles.
#[module(name = "gc")]
impl GcModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        let (garbage, callbacks) = (vm.new_list(Vec::new())?, vm.new_list(Vec::new())?);
        module.set(vm, "garbage", garbage.to_value())?;
        module.set(vm, "callbacks", callbacks.to_value())?;
        let state = &mut vm.state_mut().gc;
        state.garbage = Some(garbage);
        state.callbacks = Some(callbacks);
        let flags = [
            ("DEBUG_STATS", debug::STATS),
            ("DEBUG_COLLECTABLE", debug::COLLECTABLE),
            ("DEBUG_UNCOLLECTABLE", debug::UNCOLLECTABLE),
            ("DEBUG_SAVEALL", debug::SAVEALL),
            ("DEBUG_LEAK", debug::COLLECTABLE | debug::UNCOLLECTABLE | debug::SAVEALL),
        ];
        for (name, flag) in flags {
            module.set(vm, name, Value::from_i32(flag))?;
        }
        Ok(())
    }

    /// Let collections start by themselves.
    #[function("($module, /)")]
    fn enable(vm: &mut Vm) -> Result<()> {
        vm.enable_collector(true);
        Ok(())
    }

    /// Keep collections from starting by themselves.
    #[function("($module, /)")]
    fn disable(vm: &mut Vm) -> Result<()> {
        vm.enable_collector(false);
        Ok(())
    }

    /// Whether collections start by themselves.
    #[function("($module, /)")]
    fn isenabled(vm: &mut Vm) -> Result<bool> {
        Ok(vm.collector_enabled())
    }

    /// Collect now.
    ///
    /// Generation 2 and the younger ones, or another generation and those younger
    /// than it. The number of unreachable objects is returned.
    #[function("($module, /, generation=2)")]
    fn collect(vm: &mut Vm, generation: Option<i32>) -> Result<usize> {
        match generation.unwrap_or(2) {
            generation @ 0..=2 => {
                let collected = vm.collect_generation(generation as usize);
                if generation == 2 {
                    vm.trim();
                }
                Ok(collected)
            }
            _ => Err(vm.raise_value_error("invalid generation")),
        }
    }

    /// Set what the collector prints and keeps: a combination of the DEBUG_ flags.
    #[function("($module, flags, /)")]
    fn set_debug(vm: &mut Vm, flags: i32) -> Result<()> {
        vm.state_mut().gc.debug = flags;
        Ok(())
    }

    /// What the collector prints and keeps.
    #[function("($module, /)")]
    fn get_debug(vm: &mut Vm) -> Result<i32> {
        Ok(vm.state().gc.debug)
    }

    /// set_threshold(threshold0, [threshold1, [threshold2]])
    ///
    /// Set when generations are collected; a first threshold of zero is never.
    #[function]
    fn set_threshold(vm: &mut Vm, args: Args<'_>) -> Result<()> {
        args.no_keywords(vm, "gc.set_threshold")?;
        let given = args.positional();
        if !(1..=3).contains(&given.len()) {
            return Err(vm.raise_type_error("gc.set_threshold requires 1 to 3 arguments"));
        }
        let mut numbers = Vec::new();
        for v in given {
            numbers.push(vm.to_index_i64(v, "int")?);
        }
        for (generation, n) in numbers.into_iter().enumerate() {
            vm.set_threshold(generation, n);
        }
        Ok(())
    }

    /// When generations are collected.
    #[function("($module, /)")]
    fn get_threshold(vm: &mut Vm) -> Result {
        let numbers = vm.thresholds();
        triple(vm, numbers)
    }

    /// What is compared with the thresholds.
    #[function("($module, /)")]
    fn get_count(vm: &mut Vm) -> Result {
        let numbers = vm.collection_counts();
        triple(vm, numbers)
    }

    /// A list of dicts: what the collections of each generation have done.
    #[function("($module, /)")]
    fn get_stats(vm: &mut Vm) -> Result {
        let stats = vm.state().gc.stats;
        let mut all = Vec::new();
        for numbers in stats {
            let dict = vm.new_dict()?;
            for (key, n) in ["collections", "collected", "uncollectable"].into_iter().zip(numbers) {
                let (key, n) = (vm.intern_utf8(key)?, vm.new_uint(n)?);
                vm.dict_set(&dict, key.as_value(), n)?;
            }
            all.push(dict.into_value());
        }
        new_list_of(vm, all)
    }

    /// A list of the objects that the collector knows, of all generations or of one.
    #[function("($module, /, generation=None)")]
    fn get_objects(vm: &mut Vm, generation: Option<&Value>) -> Result {
        let wanted = match generation.filter(|g| !g.is_none()) {
            None => None,
            Some(g) => {
                if taipan_vm::slots::of(g.ty()).index.is_none() {
                    let text = format!("argument should be integer or None, not '{}'", g.ty().name());
                    return Err(vm.raise_type_error(&text));
                }
                match vm.to_index_isize(g)? {
                    n @ 0..=2 => Some(n as usize),
                    ..0 => return Err(vm.raise_value_error("generation parameter cannot be negative")),
                    _ => {
                        let text = "generation parameter must be less than the number of available generations (3)";
                        return Err(vm.raise_value_error(text));
                    }
                }
            }
        };
        let shown = wanted.map_or(-1, |g| g as i32);
        vm.audit("gc.get_objects", &[Value::from_i32(shown)])?;
        vm.make_all_namespaces();
        let found = vm.tracked_objects(wanted)?;
        new_list_of(vm, found)
    }

    /// The objects that refer directly to any of the arguments.
    #[function("($module, /, *objs)")]
    fn get_referrers(vm: &mut Vm, args: Args<'_>) -> Result {
        args.no_keywords(vm, "gc.get_referrers")?;
        let shown = vm.new_tuple_from(args.positional())?.into_value();
        vm.audit("gc.get_referrers", &[shown])?;
        let targets: HashSet<u64> = args.positional().iter().map(Value::bits).collect();
        vm.make_all_namespaces();
        let found = vm.referrers(&targets);
        new_list_of(vm, found)
    }

    /// The objects that the arguments refer to directly.
    #[function("($module, /, *objs)")]
    fn get_referents(vm: &mut Vm, args: Args<'_>) -> Result {
        args.no_keywords(vm, "gc.get_referents")?;
        let shown = vm.new_tuple_from(args.positional())?.into_value();
        vm.audit("gc.get_referents", &[shown])?;
        let mut found = Vec::new();
        for v in args.positional() {
            let mut room = Ok(());
            match taipan_vm::types::mappingproxy::proxied(v) {
                // That of a native class does not hold the namespace before somebody looks.
                Some(mapping) => found.push(mapping),
                None => vm.referents(v, &mut |child| {
                    if room.is_ok() {
                        room = taipan_object::room::push(&mut found, child.clone());
                    }
                }),
            }
            room?;
        }
        new_list_of(vm, found)
    }

    /// Whether the collector watches an object.
    ///
    /// What cannot be part of a cycle is not watched.
    #[function("($module, obj, /)")]
    fn is_tracked(vm: &mut Vm, obj: &Value) -> Result<bool> {
        Ok(vm.is_tracked(obj))
    }

    /// Whether the finaliser of an object has run.
    #[function("($module, obj, /)")]
    fn is_finalized(vm: &mut Vm, obj: &Value) -> Result<bool> {
        Ok(vm.is_finalized(obj))
    }

    /// Put all objects that there are out of the sight of later collections.
    #[function("($module, /)")]
    fn freeze(vm: &mut Vm) -> Result<()> {
        vm.freeze();
        Ok(())
    }

    /// Put the objects of the permanent generation back into the oldest one.
    #[function("($module, /)")]
    fn unfreeze(vm: &mut Vm) -> Result<()> {
        vm.unfreeze();
        Ok(())
    }

    /// The number of objects in the permanent generation.
    #[function("($module, /)")]
    fn get_freeze_count(vm: &mut Vm) -> Result<usize> {
        Ok(vm.generation_sizes()[3])
    }
}

fn triple(vm: &mut Vm, numbers: [i64; 3]) -> Result {
    let mut all = Vec::new();
    for n in numbers {
        all.push(vm.new_int(n)?);
    }
    vm.new_tuple(all).map(Ref::into_value)
}
