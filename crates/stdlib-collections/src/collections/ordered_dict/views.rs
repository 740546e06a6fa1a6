//! The views of an `OrderedDict`, and the iterator over its order.

use super::order::NONE;
use super::{OrderedDict, key_and_value};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::{OBJECT, TUPLE};
use taipan_object::trace::Opaque;
use taipan_vm::types::dict::{DICT_ITEMS, DICT_KEYS, DICT_VALUES, DictItems, DictKeys, DictValues};
use taipan_vm::{Ref, Result, Tuple, Value, Vm};

/// `odict_iterator`.
pub static ODICT_ITERATOR: TypeCell<OdictIterator> = TypeCell::new("odict_iterator");

/// What an iterator gives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Keys.
    Keys,
    /// Values.
    Values,
    /// Pairs.
    Items,
}

/// Goes along the order.
#[derive(Trace, Payload)]
#[payload(class = ODICT_ITERATOR)]
#[repr(C)]
pub struct OdictIterator {
    /// Nothing after the end.
    dict: Option<Ref<OrderedDict>>,
    node: u32,
    /// The changes and the size that the dict has to have still.
    changes: u64,
    size: usize,
    what: Opaque<What>,
    reversed: bool,
}

/// An iterator over an ordered dict.
pub fn new_iterator(vm: &mut Vm, this: &Ref<OrderedDict>, what: What, reversed: bool) -> Result {
    let od = this.get(vm);
    let it = OdictIterator {
        node: od.order.end(reversed),
        changes: od.order.changes,
        size: od.dict.len(),
        dict: Some(this.clone()),
        what: Opaque(what),
        reversed,
    };
    Ref::new(vm, it).map(Ref::into_value)
}

fn finish(vm: &mut Vm, this: &Ref<OdictIterator>) {
    let old = this.get_mut(vm).dict.take();
    drop(old);
}

/// Methods of `odict_iterator`.
pub struct OdictIteratorClass;

#[class(cell = ODICT_ITERATOR, base = OBJECT, flags = HAVE_GC)]
impl OdictIteratorClass {
    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<OdictIterator>) -> Result<Option<Value>> {
        let it = this.get(vm);
        let Some(dict) = it.dict.clone() else { return Ok(None) };
        let (node, what, reversed) = (it.node, *it.what, it.reversed);
        let od = dict.get(vm);
        if node == NONE {
            finish(vm, this);
            return Ok(None);
        }
        if od.order.changes != it.changes {
            finish(vm, this);
            return Err(vm.raise_runtime_error("OrderedDict mutated during iteration"));
        }
        if od.dict.len() != it.size {
            this.get_mut(vm).size = usize::MAX;
            return Err(vm.raise_runtime_error("OrderedDict changed size during iteration"));
        }
        let (key, _, value) = match key_and_value(vm, &dict, node) {
            Ok(found) => found,
            Err(raised) => {
                finish(vm, this);
                return Err(raised);
            }
        };
        let next = dict.get(vm).order.step(node, reversed);
        this.get_mut(vm).node = next;
        match what {
            What::Keys => Ok(Some(key)),
            What::Values => Ok(Some(value)),
            What::Items => vm.new_tuple_in(TUPLE.as_type(), 2, [key, value].into_iter()).map(|t| Some(t.into_value())),
        }
    }

    /// Return state information for pickling
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<OdictIterator>) -> Result<Ref<Tuple>> {
        let it = this.get(vm);
        let copy = OdictIterator {
            dict: it.dict.clone(),
            node: it.node,
            changes: it.changes,
            size: it.size,
            what: it.what,
            reversed: it.reversed,
        };
        let copy = Ref::new(vm, copy)?.into_value();
        let rest = vm.collect(&copy)?;
        let iter = vm.builtin("iter")?;
        let list = vm.new_list(rest)?.into_value();
        let args = vm.new_tuple(vec![list])?.into_value();
        vm.new_tuple(vec![iter, args])
    }
}

macro_rules! view {
    ($payload:ident, $cell:ident, $class:ident, $new:ident, $base:ident, $base_cell:ident, $what:ident, $name:literal) => {
        #[doc = concat!("`", $name, "`.")]
        pub static $cell: TypeCell<$payload> = TypeCell::new($name);

        #[doc = concat!("A `", $name, "`.")]
        #[derive(Trace, Payload)]
        #[payload(class = $cell, base = view, frozen)]
        #[repr(C)]
        pub struct $payload {
            view: $base,
        }

        /// A view of an ordered dict.
        pub fn $new(vm: &mut Vm, this: &Ref<OrderedDict>) -> Result {
            let dict = super::as_dict(this)?.clone();
            Ref::new(vm, $payload { view: $base { dict } }).map(Ref::into_value)
        }

        #[doc = concat!("Methods of `", $name, "`.")]
        pub struct $class;

        #[class(cell = $cell, base = $base_cell, flags = HAVE_GC)]
        impl $class {
            #[slot]
            fn iter(vm: &mut Vm, this: &Ref<$payload>) -> Result {
                match this.view.dict.as_value().downcast::<OrderedDict>() {
                    Some(od) => new_iterator(vm, od, What::$what, false),
                    None => vm.iter(this.view.dict.as_value()),
                }
            }

            #[slot]
            fn repr(vm: &mut Vm, this: &Ref<$payload>) -> Result {
                let made = vm.guard_repr(this.as_value(), |vm| {
                    let items = vm.collect(this.as_value())?;
                    let list = vm.new_list(items)?.into_value();
                    let text = vm.repr(&list)?;
                    let head = vm.new_str(concat!($name, "("))?;
                    let close = vm.new_str(")")?;
                    let text = vm.concat_str(&head, &text)?;
                    vm.concat_str(&text, &close).map(Ref::into_value)
                })?;
                match made {
                    Some(text) => Ok(text),
                    None => vm.new_str("...").map(Ref::into_value),
                }
            }

            #[method("($self, /)")]
            fn __reversed__(vm: &mut Vm, this: &Ref<$payload>) -> Result {
                match this.view.dict.as_value().downcast::<OrderedDict>() {
                    Some(od) => new_iterator(vm, od, What::$what, true),
                    None => vm.iter(this.view.dict.as_value()),
                }
            }
        }
    };
}

view!(OdictKeys, ODICT_KEYS, OdictKeysClass, new_keys, DictKeys, DICT_KEYS, Keys, "odict_keys");
view!(OdictValues, ODICT_VALUES, OdictValuesClass, new_values, DictValues, DICT_VALUES, Values, "odict_values");
view!(OdictItems, ODICT_ITEMS, OdictItemsClass, new_items, DictItems, DICT_ITEMS, Items, "odict_items");
