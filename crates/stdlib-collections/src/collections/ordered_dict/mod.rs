//! `OrderedDict`: a dict with an order of its own.

mod class;
mod order;
mod views;

pub use class::OrderedDictClass;
pub use views::{OdictItemsClass, OdictIteratorClass, OdictKeysClass, OdictValuesClass};

use order::{NONE, Order};
use taipan_macros::{Payload, Trace};
use taipan_object::{Str, TypeCell};
use taipan_vm::{Dict, Raised, Ref, Result, Value, Vm, name};

/// `collections.OrderedDict`.
pub static ORDERED_DICT: TypeCell<OrderedDict> = TypeCell::new("collections.OrderedDict");

/// A dict, and the order of its keys.
#[derive(Trace, Payload)]
#[payload(class = ORDERED_DICT, base = dict)]
#[repr(C)]
pub struct OrderedDict {
    dict: Dict,
    order: Order,
}

impl OrderedDict {
    fn node_at(&mut self, place: usize) -> Option<u32> {
        self.order.find(&self.dict, place)
    }
}

/// The same object as a dict.
fn as_dict(this: &Ref<OrderedDict>) -> Result<&Ref<Dict>> {
    this.as_value().downcast::<Dict>().ok_or(Raised)
}

fn is_exact(this: &Ref<OrderedDict>) -> bool {
    ORDERED_DICT.is_exact(this.as_value())
}

/// `OrderedDict.__setitem__`.
fn set(vm: &mut Vm, this: &Ref<OrderedDict>, key: &Value, hash: i64, value: Value) -> Result<()> {
    match vm.dict_find(as_dict(this)?, key, hash)? {
        Some(place) => {
            let od = this.get_mut(vm);
            let old = od.dict.set_value_at(place, value);
            drop(old);
            let od = this.get_mut(vm);
            if od.node_at(place).is_none() {
                od.order.push(&od.dict, place, hash)?;
            }
        }
        None => {
            let od = this.get_mut(vm);
            od.dict.insert_new(key.clone(), hash, value)?;
            let place = od.dict.end() - 1;
            if let Err(raised) = od.order.push(&od.dict, place, hash) {
                let undone = od.dict.remove_at(place);
                drop(undone);
                return Err(raised);
            }
        }
    }
    Ok(())
}

/// `OrderedDict.__delitem__`: the value that was removed.
fn delete(vm: &mut Vm, this: &Ref<OrderedDict>, key: &Value, hash: i64) -> Result<Option<Value>> {
    let Some(place) = vm.dict_find(as_dict(this)?, key, hash)? else { return Ok(None) };
    let od = this.get_mut(vm);
    let node = od.node_at(place);
    let old = node.and_then(|n| od.order.remove(n));
    let pair = od.dict.remove_at(place);
    drop(old);
    Ok(pair.map(|(_, v)| v))
}

/// Sets an item as the class of the object says.
fn assign(vm: &mut Vm, this: &Value, key: &Value, value: Value) -> Result<()> {
    match this.downcast_exact::<OrderedDict>() {
        Some(od) => {
            let hash = vm.hash(key)?;
            set(vm, od, key, hash, value)
        }
        None => vm.set_item(this, key, Some(value)),
    }
}

/// The key of the next node in a walk over the order, from `NONE` as the start; the order must not change meanwhile.
fn key_and_value(vm: &mut Vm, this: &Ref<OrderedDict>, node: u32) -> Result<(Value, i64, Value)> {
    let Some((key, hash)) = this.get(vm).order.key(node) else { return Err(Raised) };
    // The value is looked up, so a key whose hash has changed is not found.
    let steady = key.downcast_exact::<Str>().is_some() || key.is_exact_int();
    let place = if steady {
        let od = this.get(vm);
        od.order.place(&od.dict, node)
    } else {
        let now = vm.hash(&key)?;
        vm.dict_find(as_dict(this)?, &key, now)?
    };
    let value = place.and_then(|p| this.get(vm).dict.value_at(p).cloned());
    match value {
        Some(value) => Ok((key, hash, value)),
        None => Err(vm.raise_key_error(&key)),
    }
}

/// Keys and values in order.
fn pairs(vm: &mut Vm, this: &Ref<OrderedDict>) -> Result<Vec<(Value, i64, Value)>> {
    let mut all = Vec::new();
    if all.try_reserve_exact(this.get(vm).dict.len()).is_err() {
        return Err(vm.raise_memory_error());
    }
    let mut node = this.get(vm).order.end(false);
    let changes = this.get(vm).order.changes;
    while node != NONE {
        all.push(key_and_value(vm, this, node)?);
        check_unchanged(vm, this, changes)?;
        node = this.get(vm).order.step(node, false);
    }
    Ok(all)
}

/// Says that the order has changed since it was `changes`.
fn check_unchanged(vm: &mut Vm, this: &Ref<OrderedDict>, changes: u64) -> Result<()> {
    if this.get(vm).order.changes == changes {
        return Ok(());
    }
    Err(vm.raise_runtime_error("OrderedDict mutated during iteration"))
}

/// `MutableMapping.update` with one positional argument.
fn update(vm: &mut Vm, this: &Value, source: &Value) -> Result<()> {
    if let Some(d) = source.downcast_exact::<Dict>() {
        let copy: Vec<(Value, Value)> =
            taipan_object::room::gathered(d.get(vm).len(), d.get(vm).iter().map(|(k, v)| (k.clone(), v.clone())))?;
        for (k, v) in copy {
            assign(vm, this, &k, v)?;
        }
        return Ok(());
    }
    if let Some(od) = source.downcast_exact::<OrderedDict>() {
        for (k, _, v) in pairs(vm, od)? {
            assign(vm, this, &k, v)?;
        }
        return Ok(());
    }
    if let Some(keys) = vm.get_attr_opt(source, name!("keys"))? {
        let keys = vm.call(&keys, &[])?;
        let it = vm.iter(&keys)?;
        while let Some(key) = vm.next(&it)? {
            let value = vm.get_item(source, &key)?;
            assign(vm, this, &key, value)?;
        }
        return Ok(());
    }
    match vm.get_attr_opt(source, name!("items"))? {
        Some(items) => {
            let items = vm.call(&items, &[])?;
            add_pairs(vm, this, &items)
        }
        None => add_pairs(vm, this, source),
    }
}

fn add_pairs(vm: &mut Vm, this: &Value, iterable: &Value) -> Result<()> {
    let it = vm.iter(iterable)?;
    while let Some(pair) = vm.next(&it)? {
        let parts = vm.iter(&pair)?;
        let Some(key) = vm.next(&parts)? else {
            return Err(vm.raise_value_error("need more than 0 values to unpack"));
        };
        let Some(value) = vm.next(&parts)? else {
            return Err(vm.raise_value_error("need more than 1 value to unpack"));
        };
        if vm.next(&parts)?.is_some() {
            return Err(vm.raise_value_error("too many values to unpack (expected 2)"));
        }
        assign(vm, this, &key, value)?;
    }
    Ok(())
}
