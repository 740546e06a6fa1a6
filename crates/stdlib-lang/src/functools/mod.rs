//! `_functools`: `partial`, `reduce`, `cmp_to_key`, the cache of `lru_cache`.

mod cache;
mod key;
mod lru;
mod partial;

use taipan_macros::module;
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm};

/// `_functools`.
pub struct FunctoolsModule;

/// Tools that operate on functions.
#[module(name = "_functools")]
impl FunctoolsModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &partial::PlaceholderClass::class_def())?;
        vm.add_class(module, &partial::PartialClass::class_def())?;
        vm.add_class(module, &lru::CacheClass::class_def())?;
        vm.set_up_class(&key::KeyClass::class_def())?;
        let placeholder = partial::placeholder(vm)?;
        module.set(vm, "Placeholder", placeholder)
    }

    /// Turn a comparison function into a function that makes sort keys.
    #[function("($module, /, mycmp)")]
    fn cmp_to_key(vm: &mut Vm, mycmp: &Value) -> Result {
        key::new_key_function(vm, mycmp)
    }

    /// Combine the items of an iterable, from left to right, by a function of two arguments.
    ///
    /// The first argument of each call is the result of the one before. initial, if
    /// it is given, comes before the items and is the result where there are none.
    ///
    /// reduce(lambda x, y: x+y, [1, 2, 3, 4, 5]) is ((((1 + 2) + 3) + 4) + 5).
    #[function("($module, function, iterable, /, initial=<unrepresentable>)")]
    fn reduce(vm: &mut Vm, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "reduce",
            params: &["", "", "initial"],
            required: &[true, true, false],
            required_count: 2,
            positional_only: 2,
            positional: 3,
        };
        let given = args.positional().len();
        if given < 2 {
            return Err(vm.raise_type_error(&format!("reduce() takes at least 2 positional arguments ({given} given)")));
        }
        let [function, iterable, initial] = bind::<3>(vm, &SIGNATURE, args)?;
        let (Some(function), Some(iterable)) = (function, iterable) else {
            return Err(vm.raise_type_error("reduce() takes at least 2 positional arguments"));
        };
        let iterator = match vm.iter(iterable) {
            Ok(iterator) => iterator,
            Err(raised) if vm.raised_is(taipan_vm::errors::TYPE_ERROR.as_type()) => {
                drop(vm.take_raised(raised));
                return Err(vm.raise_type_error("reduce() arg 2 must support iteration"));
            }
            Err(raised) => return Err(raised),
        };
        let mut so_far = match initial {
            Some(initial) => initial.clone(),
            None => match vm.next(&iterator)? {
                Some(first) => first,
                None => return Err(vm.raise_type_error("reduce() of empty iterable with no initial value")),
            },
        };
        while let Some(item) = vm.next(&iterator)? {
            so_far = vm.call(function, &[so_far, item])?;
        }
        Ok(so_far)
    }
}
