//! Containers: length, items, membership, and dicts and sets whose keys may run Python code.

use super::compare::hash_small;
use crate::types::sequence::hash_items_by;
use crate::{Dict, List, Ref, Result, Str, Tuple, Type, Value, Vm, name, slots};
use taipan_object::dict::{Located, Probe};
use taipan_object::room;
use taipan_object::set::{Search, SetProbe};
use taipan_object::statics::{OBJECT, TYPE, WEAKREF};
use taipan_object::weak::WeakRef;
use taipan_object::{FrozenSetRef, Raised, Set, TypeFlags};

/// Whether two keys are equal, where that can be told without asking them.
#[inline(always)]
pub fn known_equal(a: &Value, b: &Value) -> Option<bool> {
    match leaves_equal(a, b) {
        None => known_equal_tuples(a, b),
        known => known,
    }
}

/// The same for two keys with one hash, which are mostly one object or equal strings.
#[inline(always)]
pub(crate) fn known_same(a: &Value, b: &Value) -> Option<bool> {
    if a.is(b) { Some(true) } else { known_equal_apart(a, b) }
}

#[inline(never)]
fn known_equal_apart(a: &Value, b: &Value) -> Option<bool> {
    known_equal(a, b)
}

/// The same for tuples of what can be told.
fn known_equal_tuples(a: &Value, b: &Value) -> Option<bool> {
    let (a, b) = (a.downcast_exact::<Tuple>()?.items(), b.downcast_exact::<Tuple>()?.items());
    if a.len() != b.len() {
        return Some(false);
    }
    for (x, y) in a.iter().zip(b) {
        if !leaves_equal(x, y)? {
            return Some(false);
        }
    }
    Some(true)
}

/// The hash of a key, where that can be told without asking it.
#[inline]
pub(crate) fn known_hash(key: &Value) -> Option<i64> {
    if let Some(n) = key.small_int() {
        return Some(hash_small(n));
    }
    if let Some(s) = key.downcast_exact::<Str>() {
        return Some(s.hash());
    }
    if TYPE.is_exact(key) {
        return Some(super::hash_address(key));
    }
    match key.downcast_exact::<Tuple>() {
        Some(tuple) => tuple.cached_hash().or_else(|| hash_of_leaves(tuple)),
        None => hash_of_reference(key),
    }
}

/// The hash of a weak reference that remembers it, or to a class.
#[inline(never)]
fn hash_of_reference(key: &Value) -> Option<i64> {
    let reference = key.downcast_exact::<WeakRef>()?;
    reference.hash().or_else(|| {
        let hash = super::hash_address(&reference.upgrade().filter(|object| TYPE.is_exact(object))?);
        reference.set_hash(hash);
        Some(hash)
    })
}

/// Whether weak references are to one and the same object, which is equal to itself as classes and most others are.
#[inline(never)]
fn known_equal_references(a: &Value, b: &Value) -> Option<bool> {
    let (a, b) = (a.downcast_exact::<WeakRef>()?.upgrade()?, b.downcast_exact::<WeakRef>()?.upgrade()?);
    let compare = |ty: &Type| slots::of(ty).compare.map(|f| f as usize);
    (a.is(&b) && compare(a.ty()) == compare(OBJECT.as_type())).then_some(true)
}

/// The hash of a tuple of ints and strings, which it then remembers.
#[inline(never)]
fn hash_of_leaves(tuple: &Tuple) -> Option<i64> {
    let hash = hash_items_by(tuple.items(), |item| match item.small_int() {
        Some(n) => Ok(hash_small(n)),
        None => item.downcast_exact::<Str>().map(|s| s.hash()).ok_or(()),
    });
    let hash = hash.ok()?;
    tuple.set_cached_hash(hash);
    Some(hash)
}

/// Whether a set has a key, where that can be told without asking any key.
#[inline]
pub(crate) fn known_in_set(set: &Set, key: &Value, hash: i64) -> Option<bool> {
    match set.search(hash, |candidate| known_same(candidate, key)) {
        Search::Found(_) => Some(true),
        Search::Vacant(_) => Some(false),
        Search::Unknown => None,
    }
}

/// Whether two sets are equal, where that can be told without asking any key.
pub(crate) fn known_equal_sets(a: &Set, b: &Set) -> Option<bool> {
    if a.len() != b.len() {
        return Some(false);
    }
    a.equals(b, known_equal)
}

/// The place of a key in a dict, or that it is not there, where that can be told without asking any key.
pub(crate) fn known_place(dict: &Dict, key: &Value, hash: i64) -> Option<Option<usize>> {
    match dict.locate(hash, |candidate| known_same(candidate, key)) {
        Located::At(place) => Some(Some(place)),
        Located::Free(_) => Some(None),
        Located::Unknown if dict.len() == 0 => Some(None),
        Located::Unknown => None,
    }
}

#[inline(always)]
fn leaves_equal(a: &Value, b: &Value) -> Option<bool> {
    if a.is(b) {
        return Some(true);
    }
    if a.is_small_int() && b.is_small_int() {
        return Some(false);
    }
    match (a.downcast_exact::<Str>(), b.downcast_exact::<Str>()) {
        (Some(x), Some(y)) => Some(**x == **y),
        (Some(_), None) if !b.is_heap() => Some(false),
        (None, Some(_)) if !a.is_heap() => Some(false),
        (None, None) if WEAKREF.is_exact(a) => known_equal_references(a, b),
        _ => None,
    }
}

impl Vm {
    /// `len(v)`.
    pub fn len(&mut self, v: &Value) -> Result<usize> {
        self.check_stack("")?;
        match slots::of(v.ty()).len {
            Some(f) => f(self, v),
            None => Err(self.raise_type_error(&format!("object of type '{}' has no len()", v.ty().name()))),
        }
    }

    /// A length that a `__len__` method returned.
    pub fn length_from(&mut self, result: &Value) -> Result<usize> {
        let n = self.index(result)?;
        if let Some(n) = n.as_int().and_then(taipan_object::IntRef::to_i64)
            && n >= 0
        {
            return Ok(n as usize);
        }
        match n.as_int() {
            Some(taipan_object::IntRef::Small(_)) | Some(taipan_object::IntRef::Big { negative: true, .. }) => {
                Err(self.raise_value_error("__len__() should return >= 0"))
            }
            _ => Err(self.raise_overflow_error("cannot fit 'int' into an index-sized integer")),
        }
    }

    /// `container[key]`.
    pub fn get_item(&mut self, container: &Value, key: &Value) -> Result {
        self.check_stack("")?;
        let s = slots::of(container.ty());
        if let Some(f) = s.getitem {
            return f(self, container, key);
        }
        if let Some(item) = s.item {
            if slots::of(key.ty()).index.is_some() {
                let mut i = self.to_index_isize(key)?;
                if i < 0
                    && let Some(len) = s.len
                {
                    i += len(self, container)? as isize;
                }
                return item(self, container, i);
            }
            let text = format!("sequence index must be integer, not '{}'", key.ty().name());
            return Err(self.raise_type_error(&text));
        }
        if let Some(class) = container.as_type() {
            if class.is(taipan_object::statics::TYPE.as_type()) {
                return crate::types::generic_alias::new_alias(self, container.clone(), key.clone());
            }
            if let Some(f) = self.get_attr_opt(container, name!("__class_getitem__"))?
                && !f.is_none()
            {
                return self.call(&f, std::slice::from_ref(key));
            }
            let text = format!("type '{}' is not subscriptable", class.name());
            return Err(self.raise_type_error(&text));
        }
        Err(self.raise_type_error(&format!("'{}' object is not subscriptable", container.ty().name())))
    }

    /// `container[key] = value`, or with `None` `del container[key]`.
    pub fn set_item(&mut self, container: &Value, key: &Value, value: Option<Value>) -> Result<()> {
        self.check_stack("")?;
        if let Some(f) = slots::of(container.ty()).setitem {
            return f(self, container, key, value);
        }
        // What has C's table of sequence functions says it in other words.
        let is_sequence = |ty: &Type| {
            let s = slots::of(ty);
            ty.flags().has(TypeFlags::HEAP) || s.len.is_some() || s.contains.is_some()
        };
        let what = match value {
            Some(_) => "does not support item assignment",
            None if slots::of(key.ty()).index.is_some() && is_sequence(container.ty()) => {
                "doesn't support item deletion"
            }
            None => "does not support item deletion",
        };
        let text = format!("'{}' object {what}", container.ty().name());
        Err(self.raise_type_error(&text))
    }

    /// `item in container`.
    pub fn contains(&mut self, container: &Value, item: &Value) -> Result<bool> {
        self.check_stack("")?;
        match slots::of(container.ty()).contains {
            Some(f) => f(self, container, item),
            None => self.contains_by_iteration(container, item),
        }
    }

    /// Membership by looking at every item.
    pub fn contains_by_iteration(&mut self, container: &Value, item: &Value) -> Result<bool> {
        let s = slots::of(container.ty());
        if s.iter.is_none() && s.getitem.is_none() && s.item.is_none() {
            return Err(self.raise_no_container(container));
        }
        let it = match self.iter(container) {
            Err(raised) if self.raised_is(crate::errors::TYPE_ERROR.as_type()) => {
                drop(self.take_raised(raised));
                return Err(self.raise_no_container(container));
            }
            made => made?,
        };
        while let Some(other) = self.next(&it)? {
            if self.equal(&other, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    #[cold]
    fn raise_no_container(&mut self, v: &Value) -> Raised {
        let text = format!("argument of type '{}' is not a container or iterable", v.ty().name());
        self.raise_type_error(&text)
    }

    /// The place of a key in a dict.
    pub fn dict_find(&mut self, dict: &Ref<Dict>, key: &Value, hash: i64) -> Result<Option<usize>> {
        if let Some(s) = key.downcast_exact::<Str>()
            && dict.get(self).has_only_str_keys()
        {
            return Ok(dict.get(self).find_str(s, hash));
        }
        match known_place(dict.get(self), key, hash) {
            Some(place) => Ok(place),
            None => self.dict_find_asking(dict, key, hash),
        }
    }

    #[cold]
    #[inline(never)]
    fn dict_find_asking(&mut self, dict: &Ref<Dict>, key: &Value, hash: i64) -> Result<Option<usize>> {
        'restart: loop {
            let mut probe = Probe::new(hash);
            loop {
                let Some((place, candidate)) = dict.get(self).probe(&mut probe) else { return Ok(None) };
                match known_equal(candidate, key) {
                    Some(true) => return Ok(Some(place)),
                    Some(false) => continue,
                    None => {}
                }
                let candidate = candidate.clone();
                let stamp = dict.get(self).stamp();
                if self.equal(&candidate, key)? {
                    return Ok(Some(place));
                }
                if dict.get(self).stamp() != stamp {
                    continue 'restart;
                }
            }
        }
    }

    /// `hash(key)` of a key of a container, which the message of a `TypeError` names (`a dict key`).
    #[inline]
    pub fn hash_key(&mut self, key: &Value, role: &str) -> Result<i64> {
        if let Some(hash) = known_hash(key) {
            return Ok(hash);
        }
        match self.hash(key) {
            Ok(hash) => Ok(hash),
            Err(raised) => Err(self.raise_unhashable(raised, key, role)),
        }
    }

    /// Says in a `TypeError` what the hash was wanted for; other exceptions stay as they are.
    #[cold]
    pub fn raise_unhashable(&mut self, raised: Raised, key: &Value, role: &str) -> Raised {
        let type_error = crate::errors::TYPE_ERROR.as_type();
        let exception = self.take_raised(raised);
        if !exception.ty().is(type_error) {
            return self.raise(exception);
        }
        let class = self.full_name(key.ty());
        match self.str(&exception) {
            Ok(why) => {
                let why = why.to_string_lossy();
                self.raise_type_error(&format!("cannot use '{class}' as {role} ({why})"))
            }
            Err(raised) => raised,
        }
    }

    /// `dict.get(key)`, or nothing.
    pub fn dict_get(&mut self, dict: &Ref<Dict>, key: &Value) -> Result<Option<Value>> {
        let hash = self.hash_key(key, "a dict key")?;
        let place = self.dict_find(dict, key, hash)?;
        Ok(place.and_then(|p| dict.get(self).value_at(p).cloned()))
    }

    /// `dict[key] = value`.
    pub fn dict_set(&mut self, dict: &Ref<Dict>, key: &Value, value: Value) -> Result<()> {
        let hash = self.hash_key(key, "a dict key")?;
        self.dict_set_hashed(dict, key, hash, value)
    }

    /// `dict[key] = value` with the key's hash at hand.
    pub fn dict_set_hashed(&mut self, dict: &Ref<Dict>, key: &Value, hash: i64, value: Value) -> Result<()> {
        if let Some(s) = key.downcast_exact::<Str>()
            && dict.get(self).has_only_str_keys()
        {
            let old = dict.get_mut(self).set_str(s, hash, value)?;
            drop(old);
            return Ok(());
        }
        let mut value = Some(value);
        let mut located = dict.get_mut(self).add(key, hash, &mut value, |candidate| known_same(candidate, key))?;
        if let Some(value) = value {
            if located == Located::Unknown {
                match self.dict_find(dict, key, hash)? {
                    Some(place) => located = Located::At(place),
                    None => return dict.get_mut(self).insert_new(key.clone(), hash, value),
                }
            }
            if let Located::At(place) = located {
                let old = dict.get_mut(self).set_value_at(place, value);
                drop(old);
            }
        }
        Ok(())
    }

    /// Removes a key, and returns its value.
    pub fn dict_del(&mut self, dict: &Ref<Dict>, key: &Value) -> Result<Option<Value>> {
        let hash = self.hash_key(key, "a dict key")?;
        let place = self.dict_find(dict, key, hash)?;
        Ok(place.and_then(|p| dict.get_mut(self).remove_at(p)).map(|(_, v)| v))
    }

    /// The value of a string key.
    pub fn dict_get_str(&mut self, dict: &Ref<Dict>, key: &Ref<Str>) -> Result<Option<Value>> {
        if dict.get(self).has_only_str_keys() {
            return Ok(dict.get(self).get_str(key).cloned());
        }
        self.dict_get(dict, key.as_value())
    }

    /// Copies all entries of `from` into `to`.
    pub fn dict_update(&mut self, to: &Ref<Dict>, from: &Ref<Dict>) -> Result<()> {
        if to.get(self).len() == 0 && to.get(self).keys_version() == 0 && !to.is(from) {
            let copy = from.get(self).copy()?;
            // What was the table of an empty dict holds nothing.
            *to.get_mut(self) = copy;
            return Ok(());
        }
        let mut at = 0;
        // A dict's own entries change nothing.
        while let Some((target, source)) = to.get_mut_beside(from, self) {
            let Some((key, value, hash)) = source.next(&mut at) else { break };
            let (value, size) = (value.clone(), source.len());
            let mut taken = Some(value);
            match target.add(key, hash, &mut taken, |candidate| known_same(candidate, key))? {
                Located::At(place) => {
                    let old = taken.and_then(|value| target.set_value_at(place, value));
                    drop(old);
                }
                Located::Free(_) => {}
                Located::Unknown => {
                    let key = key.clone();
                    if let Some(value) = taken {
                        self.dict_set_hashed(to, &key, hash, value)?;
                    }
                    if from.get(self).len() != size {
                        return Err(self.raise_runtime_error("dict mutated during update"));
                    }
                }
            }
        }
        Ok(())
    }

    /// The place of a key in a set.
    #[inline]
    pub fn set_find(&mut self, set: &FrozenSetRef<'_>, key: &Value, hash: i64) -> Result<Option<usize>> {
        match set.get(self).search(hash, |candidate| known_same(candidate, key)) {
            Search::Found(place) => Ok(Some(place)),
            Search::Vacant(_) => Ok(None),
            Search::Unknown => self.set_find_asking(set, key, hash),
        }
    }

    #[cold]
    #[inline(never)]
    fn set_find_asking(&mut self, set: &FrozenSetRef<'_>, key: &Value, hash: i64) -> Result<Option<usize>> {
        'restart: loop {
            let mut probe = SetProbe::new(hash);
            loop {
                let Some((place, candidate)) = set.get(self).probe(&mut probe) else { return Ok(None) };
                match known_equal(candidate, key) {
                    Some(true) => return Ok(Some(place)),
                    Some(false) => continue,
                    None => {}
                }
                let candidate = candidate.clone();
                let stamp = (set.get(self).capacity(), set.get(self).len());
                if self.equal(&candidate, key)? {
                    return Ok(Some(place));
                }
                if (set.get(self).capacity(), set.get(self).len()) != stamp {
                    continue 'restart;
                }
            }
        }
    }

    /// Adds a key to a set; whether it was new.
    pub fn set_add(&mut self, set: &Ref<Set>, key: &Value) -> Result<bool> {
        let hash = self.hash_key(key, "a set element")?;
        self.set_add_hashed(set, key, hash)
    }

    /// The key as `KeyError` names it.
    pub fn key_missing(&mut self, key: &Value) -> Raised {
        self.raise_key_error(key)
    }

    /// The items of a list or tuple without asking it, or all that iterating gives. The iterator is asked how many there may
    /// be.
    pub fn collect(&mut self, v: &Value) -> Result<Vec<Value>> {
        if let Some(known) = self.items_of(v)? {
            return Ok(known);
        }
        let it = self.iter(v)?;
        let hint = self.length_hint(&it, 0)?;
        self.collect_from(&it, hint)
    }

    /// As [`Vm::collect`], for what a list is made of: the iterable itself is asked how many items there may be.
    pub fn collect_for_list(&mut self, v: &Value) -> Result<Vec<Value>> {
        if let Some(known) = self.items_of(v)? {
            return Ok(known);
        }
        let it = self.iter(v)?;
        let hint = self.length_hint(v, 0)?;
        self.collect_from(&it, hint)
    }

    /// As [`Vm::collect`], for what a tuple is made of: nobody is asked how many items there may be.
    pub fn collect_for_tuple(&mut self, v: &Value) -> Result<Vec<Value>> {
        if let Some(known) = self.items_of(v)? {
            return Ok(known);
        }
        let it = self.iter(v)?;
        self.collect_from(&it, 0)
    }

    fn items_of(&self, v: &Value) -> Result<Option<Vec<Value>>> {
        if let Some(t) = v.downcast_exact::<Tuple>() {
            return room::copied(t.items()).map(Some);
        }
        v.downcast_exact::<List>().map(|l| room::copied(l.items(self))).transpose()
    }

    /// What an iterator gives; `MemoryError` where there is no room for as much as it may be.
    fn collect_from(&mut self, it: &Value, hint: usize) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        if items.try_reserve(hint).is_err() {
            return Err(Raised);
        }
        while let Some(item) = self.next_many(it, &mut items)? {
            if items.try_reserve(1).is_err() {
                return Err(Raised);
            }
            items.push(item);
        }
        Ok(items)
    }
}
