//! Methods of `OrderedDict`.

use super::order::NONE;
use super::{
    ORDERED_DICT, Order, OrderedDict, as_dict, assign, check_unchanged, delete, is_exact, key_and_value, pairs, set,
    update, views,
};
use taipan_macros::class;
use taipan_object::statics::DICT;
use taipan_vm::native::Args;
use taipan_vm::slots::{self, CompareOp};
use taipan_vm::{Dict, Raised, Ref, Result, Tuple, Type, Value, Vm, name};

/// Takes a key out of the order and the dict, whatever a subclass makes of items.
fn pop(vm: &mut Vm, this: &Ref<OrderedDict>, key: &Value, hash: i64, default: Option<&Value>) -> Result {
    match (delete(vm, this, key, hash)?, default) {
        (Some(v), _) => Ok(v),
        (None, Some(d)) => Ok(d.clone()),
        (None, None) => Err(vm.raise_key_error(key)),
    }
}

/// Whether two orders agree, key by key.
fn same_order(vm: &mut Vm, a: &Ref<OrderedDict>, b: &Ref<OrderedDict>) -> Result<bool> {
    let changes = (a.get(vm).order.changes, b.get(vm).order.changes);
    let (mut x, mut y) = (a.get(vm).order.end(false), b.get(vm).order.end(false));
    loop {
        if x == NONE || y == NONE {
            return Ok(x == y);
        }
        let (Some((p, _)), Some((q, _))) = (a.get(vm).order.key(x), b.get(vm).order.key(y)) else {
            return Err(Raised);
        };
        if !vm.equal(&p, &q)? {
            return Ok(false);
        }
        if (a.get(vm).order.changes, b.get(vm).order.changes) != changes {
            return Err(vm.raise_runtime_error("OrderedDict mutated during iteration"));
        }
        x = a.get(vm).order.step(x, false);
        y = b.get(vm).order.step(y, false);
    }
}

/// `update` and `__init__`: a mapping or pairs, then keywords.
fn update_from(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
    if let Some(source) = args.positional().first() {
        update(vm, this, source)?;
    }
    for (k, v) in args.keywords() {
        assign(vm, this, k, v.clone())?;
    }
    Ok(())
}

/// Methods of `OrderedDict`.
pub struct OrderedDictClass;

/// Dictionary that remembers insertion order
#[class(
    cell = ORDERED_DICT,
    base = DICT,
    flags = BASETYPE | HAVE_GC | DICT_SUBCLASS | MAPPING | MANAGED_DICT | MANAGED_WEAKREF
)]
impl OrderedDictClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, OrderedDict { dict: Dict::new(), order: Order::new() }).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        let n = args.positional().len();
        if n > 1 {
            return Err(vm.raise_type_error(&format!("expected at most 1 argument, got {n}")));
        }
        update_from(vm, this, args)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<OrderedDict>) -> Result {
        let name = this.ty().short_name();
        if this.get(vm).dict.len() == 0 {
            return vm.new_str(&format!("{name}()")).map(Ref::into_value);
        }
        let made = vm.guard_repr(this.as_value(), |vm| {
            let copy = vm.new_dict()?;
            if is_exact(this) {
                for (k, hash, v) in pairs(vm, this)? {
                    vm.dict_set_hashed(&copy, &k, hash, v)?;
                }
            } else {
                let items = vm.call_method(this.as_value(), name!("items"), &[])?;
                vm.dict_merge_any(&copy, &items)?;
            }
            let text = vm.repr(copy.as_value())?;
            let head = vm.new_str(&format!("{name}("))?;
            let close = vm.new_str(")")?;
            let text = vm.concat_str(&head, &text)?;
            vm.concat_str(&text, &close).map(Ref::into_value)
        })?;
        match made {
            Some(text) => Ok(text),
            None => vm.new_str("...").map(Ref::into_value),
        }
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let Some(base) = slots::of(DICT.as_type()).compare else { return Ok(Value::not_implemented()) };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(Value::not_implemented());
        }
        let same = base(vm, a, b, CompareOp::Eq)?;
        if same.is_not_implemented() {
            return Ok(same);
        }
        let mut same = same.is_true();
        if same && let (Some(a), Some(b)) = (a.downcast::<OrderedDict>(), b.downcast::<OrderedDict>()) {
            same = same_order(vm, a, b)?;
        }
        Ok(Value::bool(same == (op == CompareOp::Eq)))
    }

    #[slot]
    fn setitem(vm: &mut Vm, this: &Ref<OrderedDict>, key: &Value, value: Option<Value>) -> Result<()> {
        let hash = vm.hash(key)?;
        match value {
            Some(value) => set(vm, this, key, hash, value),
            None => match delete(vm, this, key, hash)? {
                Some(_) => Ok(()),
                None => Err(vm.raise_key_error(key)),
            },
        }
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Ref<OrderedDict>) -> Result {
        views::new_iterator(vm, this, views::What::Keys, false)
    }

    #[slot]
    fn op_or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let (class, other) = if a.downcast::<OrderedDict>().is_some() { (a.ty(), b) } else { (b.ty(), a) };
        if other.downcast::<Dict>().is_none() {
            return Ok(Value::not_implemented());
        }
        let new = vm.call(&class.to_value(), std::slice::from_ref(a))?;
        update(vm, &new, b)?;
        Ok(new)
    }

    #[slot]
    fn op_inplace_or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        update(vm, a, b)?;
        Ok(a.clone())
    }

    /// Create a new ordered dictionary with keys from iterable and values set to value.
    #[classmethod("($type, /, iterable, value=None)")]
    fn fromkeys(vm: &mut Vm, class: &Ref<Type>, iterable: &Value, value: Option<&Value>) -> Result {
        let value = value.cloned().unwrap_or_else(Value::none);
        let made = vm.call(class.as_value(), &[])?;
        let it = vm.iter(iterable)?;
        while let Some(key) = vm.next(&it)? {
            assign(vm, &made, &key, value.clone())?;
        }
        Ok(made)
    }

    /// Insert key with a value of default if key is not in the dictionary.
    ///
    /// Return the value for key if key is in the dictionary, else default.
    #[method("($self, /, key, default=None)")]
    fn setdefault(vm: &mut Vm, this: &Ref<OrderedDict>, key: &Value, default: Option<&Value>) -> Result {
        let default = default.cloned().unwrap_or_else(Value::none);
        if is_exact(this) {
            let hash = vm.hash(key)?;
            let place = vm.dict_find(as_dict(this)?, key, hash)?;
            if let Some(v) = place.and_then(|p| this.get(vm).dict.value_at(p)) {
                return Ok(v.clone());
            }
            set(vm, this, key, hash, default.clone())?;
            return Ok(default);
        }
        if vm.contains(this.as_value(), key)? {
            return vm.get_item(this.as_value(), key);
        }
        vm.set_item(this.as_value(), key, Some(default.clone()))?;
        Ok(default)
    }

    /// od.pop(key[,default]) -> v, remove specified key and return the corresponding value.
    ///
    /// If the key is not found, return the default if given; otherwise,
    /// raise a KeyError.
    #[method("($self, /, key, default=<unrepresentable>)")]
    fn pop(vm: &mut Vm, this: &Ref<OrderedDict>, key: &Value, default: Option<&Value>) -> Result {
        let hash = vm.hash(key)?;
        pop(vm, this, key, hash, default)
    }

    /// Remove and return a (key, value) pair from the dictionary.
    ///
    /// Pairs are returned in LIFO order if last is true or FIFO order if false.
    #[method("($self, /, last=True)")]
    fn popitem(vm: &mut Vm, this: &Ref<OrderedDict>, last: Option<bool>) -> Result<Ref<Tuple>> {
        let node = this.get(vm).order.end(last.unwrap_or(true));
        let Some((key, hash)) = this.get(vm).order.key(node) else {
            let text = vm.new_str("dictionary is empty")?.into_value();
            return Err(vm.raise_key_error(&text));
        };
        let value = pop(vm, this, &key, hash, None)?;
        vm.new_tuple(vec![key, value])
    }

    /// D.keys() -> a set-like object providing a view on D's keys
    #[method("($self, /)")]
    fn keys(vm: &mut Vm, this: &Ref<OrderedDict>) -> Result {
        views::new_keys(vm, this)
    }

    /// D.values() -> an object providing a view on D's values
    #[method("($self, /)")]
    fn values(vm: &mut Vm, this: &Ref<OrderedDict>) -> Result {
        views::new_values(vm, this)
    }

    /// D.items() -> a set-like object providing a view on D's items
    #[method("($self, /)")]
    fn items(vm: &mut Vm, this: &Ref<OrderedDict>) -> Result {
        views::new_items(vm, this)
    }

    /// D.update([E, ]**F) -> None.  Update D from mapping/iterable E and F.
    #[method]
    fn update(vm: &mut Vm, this: &Ref<OrderedDict>, args: Args<'_>) -> Result<()> {
        let n = args.positional().len();
        if n > 1 {
            return Err(vm.raise_type_error(&format!("update() takes at most 1 positional argument ({n} given)")));
        }
        update_from(vm, this.as_value(), args)
    }

    /// od.clear() -> None.  Remove all items from od.
    #[method("($self, /)")]
    fn clear(vm: &mut Vm, this: &Ref<OrderedDict>) -> Result<()> {
        let od = this.get_mut(vm);
        let old = (od.dict.take(), od.order.take());
        drop(old);
        Ok(())
    }

    /// od.copy() -> a shallow copy of od
    #[method("($self, /)")]
    fn copy(vm: &mut Vm, this: &Ref<OrderedDict>) -> Result {
        let made = vm.call(&this.ty().to_value(), &[])?;
        let changes = this.get(vm).order.changes;
        let mut node = this.get(vm).order.end(false);
        while node != NONE {
            let (key, value) = if is_exact(this) {
                let (key, _, value) = key_and_value(vm, this, node)?;
                (key, value)
            } else {
                let Some((key, _)) = this.get(vm).order.key(node) else { return Err(Raised) };
                let value = vm.get_item(this.as_value(), &key)?;
                (key, value)
            };
            assign(vm, &made, &key, value)?;
            check_unchanged(vm, this, changes)?;
            node = this.get(vm).order.step(node, false);
        }
        Ok(made)
    }

    /// Move an existing element to the end (or beginning if last is false).
    ///
    /// Raise KeyError if the element does not exist.
    #[method("($self, /, key, last=True)")]
    fn move_to_end(vm: &mut Vm, this: &Ref<OrderedDict>, key: &Value, last: Option<bool>) -> Result<()> {
        let last = last.unwrap_or(true);
        let hash = vm.hash(key)?;
        let place = vm.dict_find(as_dict(this)?, key, hash)?;
        let od = this.get_mut(vm);
        match place.and_then(|p| od.node_at(p)) {
            Some(node) => {
                od.order.move_to(node, last);
                Ok(())
            }
            None => Err(vm.raise_key_error(key)),
        }
    }

    /// od.__reversed__() <==> reversed(od)
    #[method("($self, /)")]
    fn __reversed__(vm: &mut Vm, this: &Ref<OrderedDict>) -> Result {
        views::new_iterator(vm, this, views::What::Keys, true)
    }

    /// Return state information for pickling
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<OrderedDict>) -> Result<Ref<Tuple>> {
        let state = vm.call_method(this.as_value(), name!("__getstate__"), &[])?;
        let items = vm.call_method(this.as_value(), name!("items"), &[])?;
        let items = vm.iter(&items)?;
        let empty = vm.new_tuple(Vec::new())?.into_value();
        vm.new_tuple(vec![this.ty().to_value(), empty, state, Value::none(), items])
    }

    /// Return the size of the dict in memory, in bytes.
    #[method("($self, /)")]
    fn __sizeof__(vm: &mut Vm, this: &Ref<OrderedDict>) -> Result<usize> {
        let od = this.get(vm);
        Ok(this.ty().basicsize() + taipan_object::Payload::extra_size(&od.dict) + od.order.size())
    }

    /// The attributes of the object.
    #[getter]
    fn __dict__(vm: &mut Vm, this: &Ref<OrderedDict>) -> Result<Option<Value>> {
        Ok(vm.instance_dict(this.as_value())?.map(Ref::into_value))
    }
}
