//! `dict`, its views and its iterators.

pub mod views;

pub use views::*;

use crate::native::Args;
use crate::protocol::container::known_same;
use crate::slots::{self, CompareOp};
use crate::{Dict, List, Ref, Result, Tuple, Type, Value, Vm, name};
use taipan_macros::class;
use taipan_object::dict::Located;
use taipan_object::statics::{DICT, FROZENSET, OBJECT, SET};

impl Vm {
    /// `dict.setdefault(key, default)`.
    pub fn dict_set_default(&mut self, dict: &Ref<Dict>, key: &Value, default: Value) -> Result {
        let hash = self.hash_key(key, "a dict key")?;
        let mut value = Some(default.clone());
        let place = match dict.get_mut(self).add(key, hash, &mut value, |candidate| known_same(candidate, key))? {
            Located::At(place) => Some(place),
            Located::Free(_) => None,
            Located::Unknown => self.dict_find(dict, key, hash)?,
        };
        match (place.and_then(|place| dict.get(self).value_at(place)), value) {
            (Some(there), _) => Ok(there.clone()),
            (None, Some(value)) => {
                dict.get_mut(self).insert_new(key.clone(), hash, value)?;
                Ok(default)
            }
            (None, None) => Ok(default),
        }
    }

    /// `del dict[key]`.
    pub(crate) fn dict_delete(&mut self, dict: &Ref<Dict>, key: &Value) -> Result<()> {
        match self.dict_del(dict, key)? {
            Some(_) => Ok(()),
            None => Err(self.raise_key_error(key)),
        }
    }

    /// `dict.update(source, **keywords)`.
    pub fn dict_update_from(&mut self, dict: &Ref<Dict>, function: &str, args: Args<'_>) -> Result<()> {
        let n = args.positional().len();
        if n > 1 {
            return Err(self.raise_type_error(&format!("{function} expected at most 1 argument, got {n}")));
        }
        if let Some(source) = args.positional().first() {
            self.dict_merge_any(dict, source)?;
        }
        for (k, v) in args.keywords() {
            self.dict_set(dict, k, v.clone())?;
        }
        Ok(())
    }

    /// Adds the entries of a mapping, or of an iterable of pairs.
    pub fn dict_merge_any(&mut self, dict: &Ref<Dict>, source: &Value) -> Result<()> {
        if let Some(d) = source.downcast::<Dict>() {
            let plain_iter =
                slots::of(source.ty()).iter.map(|f| f as usize) == slots::of(DICT.as_type()).iter.map(|f| f as usize);
            if plain_iter {
                return self.dict_update(dict, d);
            }
        }
        if let Some(keys) = self.get_attr_opt(source, name!("keys"))? {
            let keys = self.call(&keys, &[])?;
            let it = self.iter(&keys)?;
            while let Some(k) = self.next(&it)? {
                let v = self.get_item(source, &k)?;
                self.dict_set(dict, &k, v)?;
            }
            return Ok(());
        }
        let it = self.iter(source)?;
        let mut i = 0;
        while let Some(pair) = self.next(&it)? {
            if let Some(two) = pair.downcast_exact::<Tuple>()
                && let [k, v] = two.items()
            {
                self.dict_set(dict, k, v.clone())?;
                i += 1;
                continue;
            }
            let parts = match self.collect(&pair) {
                Ok(p) => p,
                Err(r) if self.raised_is(crate::errors::TYPE_ERROR.as_type()) => {
                    let mut raised = r;
                    if !self.is_iterable(&pair) {
                        drop(self.take_raised(raised));
                        raised = self.raise_type_error("object is not iterable");
                    }
                    let exception = self.take_raised(raised);
                    let note = format!("Cannot convert dictionary update sequence element #{i} to a sequence");
                    self.add_note(&exception, &note)?;
                    return Err(self.raise(exception));
                }
                Err(r) => return Err(r),
            };
            let [k, v] = &parts[..] else {
                let text = format!("dictionary update sequence element #{i} has length {}; 2 is required", parts.len());
                return Err(self.raise_value_error(&text));
            };
            self.dict_set(dict, k, v.clone())?;
            i += 1;
        }
        Ok(())
    }

    fn dict_equal(&mut self, a: &Ref<Dict>, b: &Ref<Dict>) -> Result<bool> {
        if a.get(self).len() != b.get(self).len() {
            return Ok(false);
        }
        let mut at = 0;
        while let Some((k, v, h)) = a.get(self).next(&mut at) {
            let (k, v) = (k.clone(), v.clone());
            let place = self.dict_find(b, &k, h)?;
            let Some(other) = place.and_then(|p| b.get(self).value_at(p).cloned()) else { return Ok(false) };
            if !self.equal(&v, &other)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Methods of `dict`.
pub struct DictClass;

impl DictClass {
    fn new_like(vm: &mut Vm) -> Result<Ref<Dict>> {
        vm.new_dict()
    }
}

/// dict() -> new empty dictionary
/// dict(mapping) -> new dictionary initialized from a mapping object's
///     (key, value) pairs
/// dict(iterable) -> new dictionary initialized as if via:
///     d = {}
///     for k, v in iterable:
///         d[k] = v
/// dict(**kwargs) -> new dictionary initialized with the name=value pairs
///     in the keyword argument list.  For example:  dict(one=1, two=2)
#[class(cell = DICT, base = OBJECT, flags = BASETYPE | HAVE_GC | DICT_SUBCLASS | MAPPING | MATCH_SELF)]
impl DictClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, Dict::new()).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        let Some(dict) = this.downcast::<Dict>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
        vm.dict_update_from(dict, "dict", args)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Dict>) -> Result {
        if this.get(vm).len() == 0 {
            return vm.new_str("{}").map(Ref::into_value);
        }
        let made = vm.guard_repr(this.as_value(), |vm| {
            let mut text = vm.new_str("{")?;
            let (mut at, mut first) = (0, true);
            let mut buffer = String::new();
            while let Some((k, v)) = this.get(vm).next_pair(&mut at) {
                let (k, v) = (k.clone(), v.clone());
                if !first {
                    taipan_object::room::push_str(&mut buffer, ", ")?;
                }
                first = false;
                for (part, after) in [(k, ": "), (v, "")] {
                    let r = vm.repr(&part)?;
                    match r.to_utf8() {
                        Some(s) => taipan_object::room::push_str(&mut buffer, s)?,
                        None => {
                            let so_far = vm.new_str(&buffer)?;
                            buffer.clear();
                            text = vm.concat_str(&text, &so_far)?;
                            text = vm.concat_str(&text, &r)?;
                        }
                    }
                    taipan_object::room::push_str(&mut buffer, after)?;
                }
            }
            taipan_object::room::push_str(&mut buffer, "}")?;
            let rest = vm.new_str(&buffer)?;
            vm.concat_str(&text, &rest).map(Ref::into_value)
        })?;
        match made {
            Some(v) => Ok(v),
            None => vm.new_str("{...}").map(Ref::into_value),
        }
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let (Some(a), Some(b)) = (a.downcast::<Dict>(), b.downcast::<Dict>()) else {
            return Ok(Value::not_implemented());
        };
        match op {
            CompareOp::Eq => vm.dict_equal(a, b).map(Value::bool),
            CompareOp::Ne => vm.dict_equal(a, b).map(|e| Value::bool(!e)),
            _ => Ok(Value::not_implemented()),
        }
    }

    #[slot]
    fn len(vm: &mut Vm, this: &Ref<Dict>) -> Result<usize> {
        Ok(this.get(vm).len())
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Value, key: &Value) -> Result {
        let Some(dict) = this.downcast::<Dict>() else { return Err(vm.raise_wrong_receiver("__getitem__", this)) };
        if let Some(v) = vm.dict_get(dict, key)? {
            return Ok(v);
        }
        if !DICT.is_exact(this)
            && let Some(missing) = vm.lookup_type_attr(this.ty(), name!("__missing__"))
        {
            return vm.call_unbound(&missing, this, std::slice::from_ref(key));
        }
        Err(vm.raise_key_error(key))
    }

    #[slot]
    fn setitem(vm: &mut Vm, this: &Value, key: &Value, value: Option<Value>) -> Result<()> {
        let Some(dict) = this.downcast::<Dict>() else { return Err(vm.raise_wrong_receiver("__setitem__", this)) };
        match value {
            Some(v) => vm.dict_set(dict, key, v),
            None => vm.dict_delete(dict, key),
        }
    }

    #[slot]
    fn contains(vm: &mut Vm, this: &Ref<Dict>, key: &Value) -> Result<bool> {
        let hash = vm.hash_key(key, "a dict key")?;
        Ok(vm.dict_find(this, key, hash)?.is_some())
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Ref<Dict>) -> Result {
        views::new_iterator(vm, this, views::What::Keys, false)
    }

    #[slot]
    fn op_or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let (Some(x), Some(y)) = (a.downcast::<Dict>(), b.downcast::<Dict>()) else {
            return Ok(Value::not_implemented());
        };
        let copy = x.get(vm).copy()?;
        let new = Ref::new(vm, copy)?;
        vm.dict_update(&new, y)?;
        Ok(new.into_value())
    }

    #[slot]
    fn op_inplace_or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let Some(dict) = a.downcast::<Dict>() else { return Ok(Value::not_implemented()) };
        vm.dict_merge_any(dict, b)?;
        Ok(a.clone())
    }

    /// Return the value for key if key is in the dictionary, else default.
    #[method("($self, key, default=None, /)")]
    fn get(vm: &mut Vm, this: &Ref<Dict>, key: &Value, default: Option<&Value>) -> Result {
        Ok(vm.dict_get(this, key)?.unwrap_or_else(|| default.cloned().unwrap_or_else(Value::none)))
    }

    /// Insert key with a value of default if key is not in the dictionary.
    ///
    /// Return the value for key if key is in the dictionary, else default.
    #[method("($self, key, default=None, /)")]
    fn setdefault(vm: &mut Vm, this: &Ref<Dict>, key: &Value, default: Option<&Value>) -> Result {
        vm.dict_set_default(this, key, default.cloned().unwrap_or_else(Value::none))
    }

    /// D.pop(k[,d]) -> v, remove specified key and return the corresponding value.
    ///
    /// If the key is not found, return the default if given; otherwise,
    /// raise a KeyError.
    #[method("($self, key, default=<unrepresentable>, /)")]
    fn pop(vm: &mut Vm, this: &Ref<Dict>, key: &Value, default: Option<&Value>) -> Result {
        // An empty dict does not ask for the hash.
        let found = if this.get(vm).len() == 0 { None } else { vm.dict_del(this, key)? };
        match (found, default) {
            (Some(v), _) => Ok(v),
            (None, Some(d)) => Ok(d.clone()),
            (None, None) => Err(vm.raise_key_error(key)),
        }
    }

    /// Remove and return a (key, value) pair as a 2-tuple.
    ///
    /// Pairs are returned in LIFO (last-in, first-out) order.
    /// Raises KeyError if the dict is empty.
    #[method("($self, /)")]
    fn popitem(vm: &mut Vm, this: &Ref<Dict>) -> Result<Ref<Tuple>> {
        match this.get_mut(vm).pop_last() {
            Some((k, v)) => vm.new_tuple(vec![k, v]),
            None => {
                let text = vm.new_str("popitem(): dictionary is empty")?.into_value();
                Err(vm.raise_key_error(&text))
            }
        }
    }

    /// a set-like object providing a view on D's keys
    #[method("($self, /)")]
    fn keys(vm: &mut Vm, this: &Ref<Dict>) -> Result {
        Ref::new(vm, DictKeys { dict: this.clone() }).map(Ref::into_value)
    }

    /// an object providing a view on D's values
    #[method("($self, /)")]
    fn values(vm: &mut Vm, this: &Ref<Dict>) -> Result {
        Ref::new(vm, DictValues { dict: this.clone() }).map(Ref::into_value)
    }

    /// a set-like object providing a view on D's items
    #[method("($self, /)")]
    fn items(vm: &mut Vm, this: &Ref<Dict>) -> Result {
        Ref::new(vm, DictItems { dict: this.clone() }).map(Ref::into_value)
    }

    /// D.update([E, ]**F) -> None.  Update D from mapping/iterable E and F.
    /// If E is present and has a .keys() method, then does:  for k in E.keys(): D[k] = E[k]
    /// If E is present and lacks a .keys() method, then does:  for k, v in E: D[k] = v
    /// In either case, this is followed by: for k in F:  D[k] = F[k]
    #[method]
    fn update(vm: &mut Vm, this: &Ref<Dict>, args: Args<'_>) -> Result<()> {
        vm.dict_update_from(this, "update", args)
    }

    /// Remove all items from the dict.
    #[method("($self, /)")]
    fn clear(vm: &mut Vm, this: &Ref<Dict>) -> Result<()> {
        let old = this.get_mut(vm).take();
        drop(old);
        Ok(())
    }

    /// Return a shallow copy of the dict.
    #[method("($self, /)")]
    fn copy(vm: &mut Vm, this: &Ref<Dict>) -> Result {
        vm.copy_dict(this).map(Ref::into_value)
    }

    /// Create a new dictionary with keys from iterable and values set to value.
    #[classmethod("($type, iterable, value=None, /)")]
    fn fromkeys(vm: &mut Vm, class: &Ref<Type>, iterable: &Value, value: Option<&Value>) -> Result {
        let value = value.cloned().unwrap_or_else(Value::none);
        let made = if class.is(&DICT.as_ref()) {
            DictClass::new_like(vm)?.into_value()
        } else {
            vm.call(class.as_value(), &[])?
        };
        // The keys of dicts and sets have their hashes with them.
        if let Some(new) = made.downcast_exact::<Dict>() {
            let plain_set = SET.is_exact(iterable) || FROZENSET.is_exact(iterable);
            let keys: Option<Vec<(Value, i64)>> = match (iterable.downcast_exact::<Dict>(), plain_set) {
                (Some(source), _) => {
                    let (mut at, mut keys) = (0, taipan_object::room::vec(source.get(vm).len())?);
                    while let Some((k, _, hash)) = source.get(vm).next(&mut at) {
                        keys.push((k.clone(), hash));
                    }
                    Some(keys)
                }
                (None, true) => match taipan_object::FrozenSetRef::of(iterable) {
                    Some(set) => {
                        let mut keys = taipan_object::room::vec(set.get(vm).len())?;
                        keys.extend(set.get(vm).iter().map(|(k, hash)| (k.clone(), hash)));
                        Some(keys)
                    }
                    None => None,
                },
                (None, false) => None,
            };
            if let Some(keys) = keys {
                new.get_mut(vm).reserve(keys.len())?;
                for (k, hash) in keys {
                    vm.dict_set_hashed(new, &k, hash, value.clone())?;
                }
                return Ok(made);
            }
        }
        // Nobody is asked for the items of a list or a tuple. A list may change while an item is asked for its hash.
        if let Some(new) = made.downcast_exact::<Dict>() {
            if let Some(list) = iterable.downcast_exact::<List>() {
                let mut at = 0;
                while let Some(key) = list.items(vm).get(at).cloned() {
                    at += 1;
                    vm.dict_set(new, &key, value.clone())?;
                }
                return Ok(made);
            }
            if let Some(tuple) = iterable.downcast_exact::<Tuple>() {
                tuple.items().iter().try_for_each(|key| vm.dict_set(new, key, value.clone()))?;
                return Ok(made);
            }
        }
        let it = vm.iter(iterable)?;
        while let Some(k) = vm.next(&it)? {
            match made.downcast_exact::<Dict>() {
                Some(d) => vm.dict_set(d, &k, value.clone())?,
                None => vm.set_item(&made, &k, Some(value.clone()))?,
            }
        }
        Ok(made)
    }

    /// Return a reverse iterator over the dict keys.
    #[method("($self, /)")]
    fn __reversed__(vm: &mut Vm, this: &Ref<Dict>) -> Result {
        views::new_iterator(vm, this, views::What::Keys, true)
    }

    /// True if the dictionary has the specified key, else False.
    #[method("($self, key, /)")]
    fn __contains__(vm: &mut Vm, this: &Ref<Dict>, key: &Value) -> Result<bool> {
        DictClass::contains(vm, this, key)
    }

    /// Return self[key].
    #[method("($self, key, /)")]
    fn __getitem__(vm: &mut Vm, this: &Ref<Dict>, key: &Value) -> Result {
        DictClass::getitem(vm, this.as_value(), key)
    }

    /// Return the size of the dict in memory.
    #[method("($self, /)")]
    fn __sizeof__(vm: &mut Vm, this: &Ref<Dict>) -> Result<usize> {
        Ok(vm.size_of(this.as_value()).0)
    }

    /// See PEP 585
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        crate::types::generic_alias::new_alias(vm, class.clone(), object.clone())
    }
}
