//! `_collections`: `deque`, `defaultdict`, and the fast halves of what `collections` defines in Python.

mod counting;
mod default_dict;
mod deque;
mod deque_iterators;
mod ordered_dict;
mod tuple_getter;

use taipan_macros::module;
use taipan_vm::types::module::Module;
use taipan_vm::{Ref, Result, Value, Vm};

/// `_collections`.
pub struct CollectionsModule;

/// High performance data structures.
/// - deque:        ordered collection accessible from endpoints only
/// - defaultdict:  dict subclass with a default value factory
#[module(name = "_collections")]
impl CollectionsModule {
    /// Count elements in the iterable, updating the mapping
    #[function("(mapping, iterable, /)")]
    fn _count_elements(vm: &mut Vm, mapping: &Value, iterable: &Value) -> Result<()> {
        counting::count_elements(vm, mapping, iterable)
    }

    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &deque::DequeClass::class_def())?;
        vm.add_class(module, &default_dict::DefaultDictClass::class_def())?;
        vm.add_class(module, &deque_iterators::DequeIteratorClass::class_def())?;
        vm.add_class(module, &deque_iterators::DequeReverseIteratorClass::class_def())?;
        for class in [
            ordered_dict::OdictIteratorClass::class_def(),
            ordered_dict::OdictKeysClass::class_def(),
            ordered_dict::OdictValuesClass::class_def(),
            ordered_dict::OdictItemsClass::class_def(),
        ] {
            vm.set_up_class(&class)?;
        }
        vm.add_class(module, &ordered_dict::OrderedDictClass::class_def())?;
        vm.add_class(module, &tuple_getter::TupleGetterClass::class_def())
    }
}
