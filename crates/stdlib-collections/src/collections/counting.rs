//! `_count_elements`, the loop of `Counter`.

use taipan_object::IntRef;
use taipan_object::statics::DICT;
use taipan_vm::slots::BinaryOp;
use taipan_vm::{Dict, Ref, Result, Value, Vm, name};

/// Adds one to the mapping's value of each element.
pub fn count_elements(vm: &mut Vm, mapping: &Value, iterable: &Value) -> Result<()> {
    let it = vm.iter(iterable)?;
    let dict = DICT.as_type();
    let plain = |vm: &Vm, name| match (vm.lookup_type_attr(mapping.ty(), name), vm.lookup_type_attr(dict, name)) {
        (Some(own), Some(base)) => own.is(&base),
        _ => false,
    };
    if let Some(counts) = mapping.downcast::<Dict>()
        && plain(vm, name!("get"))
        && plain(vm, name!("__setitem__"))
    {
        while let Some(key) = vm.next(&it)? {
            count(vm, counts, key)?;
        }
        return Ok(());
    }
    let get = vm.get_attr(mapping, name!("get"))?;
    while let Some(key) = vm.next(&it)? {
        let old = vm.call(&get, &[key.clone(), Value::from_i32(0)])?;
        let new = vm.binary(BinaryOp::ADD, &old, &Value::from_i32(1))?;
        vm.set_item(mapping, &key, Some(new))?;
    }
    Ok(())
}

#[inline]
fn count(vm: &mut Vm, counts: &Ref<Dict>, key: Value) -> Result<()> {
    let hash = vm.hash(&key)?;
    let Some(place) = vm.dict_find(counts, &key, hash)? else {
        return counts.get_mut(vm).insert_new(key, hash, Value::from_i32(1));
    };
    let Some(old) = counts.get(vm).value_at(place) else { return Ok(()) };
    let new = match old.as_int() {
        Some(IntRef::Small(n)) if old.is_exact_int() && n < i64::MAX => vm.new_int(n + 1)?,
        _ => {
            let old = old.clone();
            let new = vm.binary(BinaryOp::ADD, &old, &Value::from_i32(1))?;
            return vm.dict_set_hashed(counts, &key, hash, new);
        }
    };
    drop(counts.get_mut(vm).set_value_at(place, new));
    Ok(())
}
