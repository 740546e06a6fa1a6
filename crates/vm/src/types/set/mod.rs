//! `set` and `frozenset`.

use crate::native::Args;
use crate::protocol::container::{known_hash, known_in_set, known_same};
use crate::slots::CompareOp;
use crate::{List, Ref, Result, Tuple, Type, Value, Vm};
use taipan_macros::{Payload, Trace, class};
use taipan_object::set::Addition;
use taipan_object::statics::{FROZENSET, OBJECT, SET};
use taipan_object::{FrozenSet, FrozenSetRef, Raised, Set, TypeCell, room};

/// `set_iterator`.
pub static SET_ITERATOR: TypeCell<SetIterator> = TypeCell::new("set_iterator");

/// An iterator over a set.
#[derive(Trace, Payload)]
#[payload(class = SET_ITERATOR)]
#[repr(C)]
pub struct SetIterator {
    set: Option<Value>,
    at: usize,
    used: usize,
    left: usize,
}

impl Vm {
    /// Adds an item whose hash is known; answers whether it is new.
    pub fn set_add_hashed(&mut self, set: &Ref<Set>, item: &Value, hash: i64) -> Result<bool> {
        self.set_add_owned(set, item.clone(), hash)
    }

    #[inline]
    fn set_add_owned(&mut self, set: &Ref<Set>, item: Value, hash: i64) -> Result<bool> {
        match set.get_mut(self).add(item, hash, known_same)? {
            Addition::New => Ok(true),
            Addition::Old(_) => Ok(false),
            Addition::Unknown(item) => self.set_add_asking(set, item, hash),
        }
    }

    #[cold]
    #[inline(never)]
    fn set_add_asking(&mut self, set: &Ref<Set>, item: Value, hash: i64) -> Result<bool> {
        let new = self.set_find(&FrozenSetRef::Set(set), &item, hash)?.is_none();
        if new {
            set.get_mut(self).insert_new(item, hash)?;
        }
        Ok(new)
    }

    /// The items of a set as a `frozenset`; the set is empty after that.
    pub fn freeze_set(&mut self, set: &Ref<Set>) -> Result {
        let set = set.get_mut(self).take();
        Ref::new(self, FrozenSet { set }).map(Ref::into_value)
    }
}

/// Keys with their hashes, in the order of the table.
fn entries(vm: &Vm, set: &FrozenSetRef<'_>) -> Result<Vec<(Value, i64)>> {
    let set = set.get(vm);
    let mut all = room::vec(set.len())?;
    all.extend(set.iter().map(|(k, h)| (k.clone(), h)));
    Ok(all)
}

fn keys(vm: &Vm, set: &FrozenSetRef<'_>) -> Result<Vec<Value>> {
    let set = set.get(vm);
    let mut all = room::vec(set.len())?;
    all.extend(set.iter().map(|(k, _)| k.clone()));
    Ok(all)
}

fn contains_hashed(vm: &mut Vm, table: &FrozenSetRef<'_>, key: &Value, hash: i64) -> Result<bool> {
    Ok(vm.set_find(table, key, hash)?.is_some())
}

fn add_hashed(vm: &mut Vm, set: &Ref<Set>, key: &Value, hash: i64) -> Result<()> {
    vm.set_add_hashed(set, key, hash).map(drop)
}

fn add_item(vm: &mut Vm, set: &Ref<Set>, item: Value) -> Result<()> {
    let hash = match known_hash(&item) {
        Some(hash) => hash,
        None => vm.hash_key(&item, "a set element")?,
    };
    vm.set_add_owned(set, item, hash).map(drop)
}

/// Adds all items of an iterable.
pub fn update_from(vm: &mut Vm, set: &Ref<Set>, source: &Value) -> Result<()> {
    if let Some(other) = FrozenSetRef::of(source) {
        let more = other.get(vm).len();
        if more == 0 || source.is(set.as_value()) {
            return Ok(());
        }
        if set.get(vm).fill() == 0 {
            let copy = other.get(vm).copy()?;
            let old = std::mem::replace(set.get_mut(vm), copy);
            drop(old);
            return Ok(());
        }
        set.get_mut(vm).make_room(more)?;
        let mut at = 0;
        while let Some((to, from)) = other.get_beside(set, vm) {
            if to.merge(from, &mut at, known_same)? {
                break;
            }
            // This one has to be asked, which may change both.
            let Some((key, hash)) = from.next(&mut at) else { break };
            let key = key.clone();
            vm.set_add_asking(set, key, hash)?;
        }
        return Ok(());
    }
    // The keys of a dict have their hashes with them.
    if let Some(dict) = source.downcast_exact::<crate::Dict>() {
        let more = dict.get(vm).len();
        set.get_mut(vm).make_room(more)?;
        let mut at = 0;
        while let Some((key, _, hash)) = dict.get(vm).next(&mut at) {
            let key = key.clone();
            add_hashed(vm, set, &key, hash)?;
        }
        return Ok(());
    }
    // Nobody is asked for the items of a list or a tuple. A list may change while an item is asked for its hash.
    if let Some(list) = source.downcast_exact::<List>() {
        let mut at = 0;
        while let Some(item) = list.items(vm).get(at).cloned() {
            at += 1;
            add_item(vm, set, item)?;
        }
        return Ok(());
    }
    if let Some(tuple) = source.downcast_exact::<Tuple>() {
        return tuple.items().iter().try_for_each(|item| add_item(vm, set, item.clone()));
    }
    let it = vm.iter(source)?;
    while let Some(item) = vm.next(&it)? {
        add_item(vm, set, item)?;
    }
    Ok(())
}

/// A fresh set with the items of an iterable.
pub fn set_of(vm: &mut Vm, source: &Value) -> Result<Ref<Set>> {
    if let Some(other) = FrozenSetRef::of(source) {
        let copy = other.get(vm).copy()?;
        return Ref::new(vm, copy);
    }
    let set = Ref::new(vm, Set::new())?;
    update_from(vm, &set, source)?;
    Ok(set)
}

/// Wraps a table in a set or frozenset of the class that operations on `like` give.
fn wrap(vm: &mut Vm, like: &Value, table: Ref<Set>) -> Result {
    if like.downcast::<FrozenSet>().is_some() {
        let set = table.get_mut(vm).take();
        return Ref::new(vm, FrozenSet { set }).map(Ref::into_value);
    }
    Ok(table.into_value())
}

fn hash_or_set(vm: &mut Vm, key: &Value) -> Result<(Value, i64)> {
    match vm.hash(key) {
        Ok(h) => Ok((key.clone(), h)),
        // A set stands for the frozenset of its items where a key is looked for.
        Err(r) if key.downcast::<Set>().is_some() && vm.raised_is(crate::errors::TYPE_ERROR.as_type()) => {
            drop(vm.take_raised(r));
            let copy = set_of(vm, key)?;
            let frozen = {
                let set = copy.get_mut(vm).take();
                Ref::new(vm, FrozenSet { set })?.into_value()
            };
            let h = vm.hash(&frozen)?;
            Ok((frozen, h))
        }
        Err(r) => Err(vm.raise_unhashable(r, key, "a set element")),
    }
}

fn table<'a>(vm: &mut Vm, v: &'a Value) -> Result<FrozenSetRef<'a>> {
    match FrozenSetRef::of(v) {
        Some(t) => Ok(t),
        None => Err(vm.raise_wrong_receiver("set method", v)),
    }
}

/// The items of `a` for which membership in `b` is `keep`.
fn filter(vm: &mut Vm, a: &Value, b: &Value, keep: bool) -> Result<Ref<Set>> {
    let out = Ref::new(vm, Set::new())?;
    let source = table(vm, a)?;
    let other_holder;
    let other = match FrozenSetRef::of(b) {
        Some(t) => t,
        None => {
            other_holder = set_of(vm, b)?;
            FrozenSetRef::Set(&other_holder)
        }
    };
    let mut at = 0;
    while let Some((key, hash)) = source.get(vm).next(&mut at) {
        let known = known_in_set(other.get(vm), key, hash);
        if known == Some(!keep) {
            continue;
        }
        let key = key.clone();
        if known.is_some() || contains_hashed(vm, &other, &key, hash)? == keep {
            // The keys of a table differ from each other.
            out.get_mut(vm).insert_new(key, hash)?;
        }
    }
    Ok(out)
}

fn intersection(vm: &mut Vm, a: &Value, b: &Value) -> Result<Ref<Set>> {
    // The smaller one is walked, so that its objects are those of the result, as in CPython.
    if a.is(b) {
        return set_of(vm, a);
    }
    if let (Some(x), Some(y)) = (FrozenSetRef::of(a), FrozenSetRef::of(b)) {
        if y.get(vm).len() > x.get(vm).len() {
            return filter(vm, a, b, true);
        }
        return filter(vm, b, a, true);
    }
    let out = Ref::new(vm, Set::new())?;
    let mine = table(vm, a)?;
    let it = vm.iter(b)?;
    while let Some(v) = vm.next(&it)? {
        let h = vm.hash(&v)?;
        if contains_hashed(vm, &mine, &v, h)? {
            add_hashed(vm, &out, &v, h)?;
        }
    }
    Ok(out)
}

fn union(vm: &mut Vm, a: &Value, b: &Value) -> Result<Ref<Set>> {
    let out = set_of(vm, a)?;
    if !a.is(b) {
        update_from(vm, &out, b)?;
    }
    Ok(out)
}

/// Removes an item; whether it was there.
fn discard_hashed(vm: &mut Vm, set: &Ref<Set>, key: &Value, hash: i64) -> Result<bool> {
    let Some(place) = vm.set_find(&FrozenSetRef::Set(set), key, hash)? else { return Ok(false) };
    let old = set.get_mut(vm).remove_at(place);
    drop(old);
    Ok(true)
}

/// Removes the items of an iterable in place.
pub fn subtract(vm: &mut Vm, set: &Ref<Set>, other: &Value) -> Result<()> {
    if other.is(set.as_value()) {
        let old = set.get_mut(vm).take();
        drop(old);
        return Ok(());
    }
    if let Some(items) = FrozenSetRef::of(other) {
        // Far more items than there are here: only common ones matter.
        let all = if items.get(vm).len() >> 3 > set.get(vm).len() {
            let common = intersection(vm, set.as_value(), other)?;
            entries(vm, &FrozenSetRef::Set(&common))?
        } else {
            entries(vm, &items)?
        };
        for (k, h) in all {
            discard_hashed(vm, set, &k, h)?;
        }
        return set.get_mut(vm).compact();
    }
    let it = vm.iter(other)?;
    while let Some(v) = vm.next(&it)? {
        let h = vm.hash_key(&v, "a set element")?;
        discard_hashed(vm, set, &v, h)?;
    }
    set.get_mut(vm).compact()
}

/// The items of `a` that are not in `b`.
fn difference(vm: &mut Vm, a: &Value, b: &Value) -> Result<Ref<Set>> {
    let size = match (FrozenSetRef::of(b), b.downcast_exact::<crate::Dict>()) {
        (Some(set), _) => set.get(vm).len(),
        (None, Some(dict)) => dict.get(vm).len(),
        (None, None) => usize::MAX,
    };
    if size == usize::MAX || table(vm, a)?.get(vm).len() >> 2 > size {
        let out = set_of(vm, a)?;
        subtract(vm, &out, b)?;
        return Ok(out);
    }
    filter(vm, a, b, false)
}

/// Removes what is in both, and adds what is only in the other set.
fn toggle(vm: &mut Vm, set: &Ref<Set>, other: &FrozenSetRef<'_>) -> Result<()> {
    entries(vm, other)?.into_iter().try_for_each(|(key, hash)| toggle_hashed(vm, set, &key, hash))
}

fn toggle_hashed(vm: &mut Vm, set: &Ref<Set>, key: &Value, hash: i64) -> Result<()> {
    if !discard_hashed(vm, set, key, hash)? {
        add_hashed(vm, set, key, hash)?;
    }
    Ok(())
}

fn symmetric(vm: &mut Vm, a: &Value, b: &Value) -> Result<Ref<Set>> {
    let out = set_of(vm, b)?;
    let mine = table(vm, a)?;
    toggle(vm, &out, &mine)?;
    Ok(out)
}

pub fn symmetric_update(vm: &mut Vm, set: &Ref<Set>, other: &Value) -> Result<()> {
    if other.is(set.as_value()) {
        let old = set.get_mut(vm).take();
        drop(old);
        return Ok(());
    }
    if let Some(dict) = other.downcast_exact::<crate::Dict>() {
        // The keys have their hashes with them.
        let mut at = 0;
        while let Some((key, _, hash)) = dict.get(vm).next(&mut at) {
            toggle_hashed(vm, set, &key.clone(), hash)?;
        }
        return Ok(());
    }
    match FrozenSetRef::of(other) {
        Some(items) => toggle(vm, set, &items),
        None => {
            let items = set_of(vm, other)?;
            toggle(vm, set, &FrozenSetRef::Set(&items))
        }
    }
}

fn is_subset(vm: &mut Vm, a: &Value, b: &Value) -> Result<bool> {
    let holder;
    let other = match FrozenSetRef::of(b) {
        Some(t) => t,
        None => {
            holder = set_of(vm, b)?;
            FrozenSetRef::Set(&holder)
        }
    };
    let mine = table(vm, a)?;
    is_part(vm, &mine, &other)
}

/// Whether all items of one table are in another.
fn is_part(vm: &mut Vm, mine: &FrozenSetRef<'_>, other: &FrozenSetRef<'_>) -> Result<bool> {
    let (small, large) = (mine.get(vm), other.get(vm));
    if small.len() > large.len() {
        return Ok(false);
    }
    // As long as no key has to be asked.
    let mut at = 0;
    while let Some((key, hash)) = small.next(&mut at) {
        match known_in_set(large, key, hash) {
            Some(true) => {}
            Some(false) => return Ok(false),
            None => {
                at -= 1;
                break;
            }
        }
    }
    while let Some((k, h)) = mine.get(vm).next(&mut at) {
        let k = k.clone();
        if !contains_hashed(vm, other, &k, h)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
    let (Some(x), Some(y)) = (FrozenSetRef::of(a), FrozenSetRef::of(b)) else {
        return Ok(Value::not_implemented());
    };
    let (n, m) = (x.get(vm).len(), y.get(vm).len());
    let answer = match op {
        CompareOp::Eq => n == m && is_part(vm, &x, &y)?,
        CompareOp::Ne => n != m || !is_part(vm, &x, &y)?,
        CompareOp::Le => is_part(vm, &x, &y)?,
        CompareOp::Lt => n < m && is_part(vm, &x, &y)?,
        CompareOp::Ge => is_part(vm, &y, &x)?,
        CompareOp::Gt => m < n && is_part(vm, &y, &x)?,
    };
    Ok(Value::bool(answer))
}

fn repr(vm: &mut Vm, this: &Value) -> Result {
    let name = this.ty().short_name();
    let plain = SET.is_exact(this);
    let made = vm.guard_repr(this, |vm| {
        let own = table(vm, this)?;
        let items = keys(vm, &own)?;
        if items.is_empty() {
            return vm.new_str(&format!("{name}()")).map(Ref::into_value);
        }
        let (open, close) = if plain { ("{".to_owned(), "}") } else { (format!("{name}({{"), "})") };
        crate::types::sequence::repr_items(vm, &open, close, |_, i| items.get(i).cloned())
    })?;
    match made {
        Some(v) => Ok(v),
        None => vm.new_str(&format!("{name}(...)")).map(Ref::into_value),
    }
}

fn reduce(vm: &mut Vm, this: &Value) -> Result<Ref<Tuple>> {
    let own = table(vm, this)?;
    let items = keys(vm, &own)?;
    let list = vm.new_list(items)?.into_value();
    let args = vm.new_tuple(vec![list])?.into_value();
    let getter = vm.get_attr(this, crate::name!("__getstate__"))?;
    let state = vm.call(&getter, &[])?;
    vm.new_tuple(vec![this.ty().to_value(), args, state])
}

fn operands(a: &Value, b: &Value) -> bool {
    FrozenSetRef::of(a).is_some() && FrozenSetRef::of(b).is_some()
}

fn contains(vm: &mut Vm, this: &Value, key: &Value) -> Result<bool> {
    let (key, h) = hash_or_set(vm, key)?;
    let t = table(vm, this)?;
    contains_hashed(vm, &t, &key, h)
}

macro_rules! shared_methods {
    ($class:ident, $cell:ident, $payload:ident, [$($flag:ident)|*], $signature:literal, $doc:literal, { $($own:tt)* }) => {
        #[doc = concat!("Methods of the class whose instances are [`", stringify!($payload), "`].")]
        pub struct $class;

        #[doc = $doc]
        #[class(cell = $cell, base = OBJECT, flags = $($flag)|*, signature = $signature)]
        impl $class {
            $($own)*

            #[slot]
            fn repr(vm: &mut Vm, this: &Value) -> Result {
                repr(vm, this)
            }
            #[slot]
            fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
                compare(vm, a, b, op)
            }
            #[slot]
            fn len(vm: &mut Vm, this: &Value) -> Result<usize> {
                Ok(table(vm, this)?.get(vm).len())
            }
            #[slot]
            fn contains(vm: &mut Vm, this: &Value, key: &Value) -> Result<bool> {
                contains(vm, this, key)
            }
            /// x.__contains__(y) <==> y in x.
            #[method("($self, object, /)")]
            fn __contains__(vm: &mut Vm, this: &Value, object: &Value) -> Result<bool> {
                contains(vm, this, object)
            }
            #[slot]
            fn iter(vm: &mut Vm, this: &Value) -> Result {
                let used = table(vm, this)?.get(vm).len();
                Ref::new(vm, SetIterator { set: Some(this.clone()), at: 0, used, left: used }).map(Ref::into_value)
            }
            #[slot]
            fn op_and(vm: &mut Vm, a: &Value, b: &Value) -> Result {
                if !operands(a, b) {
                    return Ok(Value::not_implemented());
                }
                let out = intersection(vm, a, b)?;
                wrap(vm, a, out)
            }
            #[slot]
            fn op_or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
                if !operands(a, b) {
                    return Ok(Value::not_implemented());
                }
                let out = union(vm, a, b)?;
                wrap(vm, a, out)
            }
            #[slot]
            fn op_subtract(vm: &mut Vm, a: &Value, b: &Value) -> Result {
                if !operands(a, b) {
                    return Ok(Value::not_implemented());
                }
                let out = difference(vm, a, b)?;
                wrap(vm, a, out)
            }
            #[slot]
            fn op_xor(vm: &mut Vm, a: &Value, b: &Value) -> Result {
                if !operands(a, b) {
                    return Ok(Value::not_implemented());
                }
                let out = symmetric(vm, a, b)?;
                wrap(vm, a, out)
            }
            /// Return a new set with elements from the set and all others.
            #[method("($self, /, *others)")]
            fn union(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
                args.no_keywords(vm, &format!("{}.union", this.ty().name()))?;
                let out = set_of(vm, this)?;
                for other in args.all() {
                    update_from(vm, &out, other)?;
                }
                wrap(vm, this, out)
            }
            /// Return a new set with elements common to the set and all others.
            #[method("($self, /, *others)")]
            fn intersection(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
                args.no_keywords(vm, &format!("{}.intersection", this.ty().name()))?;
                let [first, rest @ ..] = args.all() else {
                    let copy = set_of(vm, this)?;
                    return wrap(vm, this, copy);
                };
                let mut out = intersection(vm, this, first)?;
                for other in rest {
                    out = intersection(vm, out.as_value(), other)?;
                }
                wrap(vm, this, out)
            }
            /// Return a new set with elements in the set that are not in the others.
            #[method("($self, /, *others)")]
            fn difference(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
                args.no_keywords(vm, &format!("{}.difference", this.ty().name()))?;
                let [first, rest @ ..] = args.all() else {
                    let copy = set_of(vm, this)?;
                    return wrap(vm, this, copy);
                };
                let out = difference(vm, this, first)?;
                for other in rest {
                    subtract(vm, &out, other)?;
                }
                wrap(vm, this, out)
            }
            /// Return a new set with elements in either the set or other but not both.
            #[method("($self, other, /)")]
            fn symmetric_difference(vm: &mut Vm, this: &Value, other: &Value) -> Result {
                let out = symmetric(vm, this, other)?;
                wrap(vm, this, out)
            }
            /// Report whether another set contains this set.
            #[method("($self, other, /)")]
            fn issubset(vm: &mut Vm, this: &Value, other: &Value) -> Result<bool> {
                is_subset(vm, this, other)
            }
            /// Report whether this set contains another set.
            #[method("($self, other, /)")]
            fn issuperset(vm: &mut Vm, this: &Value, other: &Value) -> Result<bool> {
                let other = set_of(vm, other)?;
                is_subset(vm, other.as_value(), this)
            }
            /// Return True if two sets have a null intersection.
            #[method("($self, other, /)")]
            fn isdisjoint(vm: &mut Vm, this: &Value, other: &Value) -> Result<bool> {
                let common = intersection(vm, this, other)?;
                Ok(common.get(vm).len() == 0)
            }
            /// Return state information for pickling.
            #[method("($self, /)")]
            fn __reduce__(vm: &mut Vm, this: &Value) -> Result<Ref<Tuple>> {
                reduce(vm, this)
            }
            /// S.__sizeof__() -> size of S in memory, in bytes.
            #[method("($self, /)")]
            fn __sizeof__(vm: &mut Vm, this: &Value) -> Result<usize> {
                Ok(vm.size_of(this).0)
            }
            /// See PEP 585
            #[classmethod("($type, object, /)")]
            fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
                crate::types::generic_alias::new_alias(vm, class.clone(), object.clone())
            }
        }
    };
}

/// Replaces a set's table.
fn replace(vm: &mut Vm, this: &Ref<Set>, new: Ref<Set>) {
    let table = new.get_mut(vm).take();
    let old = std::mem::replace(this.get_mut(vm), table);
    drop(old);
}

shared_methods!(
    SetClass,
    SET,
    Set,
    [BASETYPE | HAVE_GC | MANAGED_WEAKREF | MATCH_SELF],
    "(iterable=(), /)",
    "Build an unordered collection of unique elements.",
    {
        #[slot]
        fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
            Ref::new_in(vm, class, Set::new()).map(Ref::into_value)
        }
        #[slot]
        fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
            let Some(set) = this.downcast::<Set>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
            let args = args.expect(vm, "set", 0, 1)?;
            let old = set.get_mut(vm).take();
            drop(old);
            match args.first() {
                Some(source) => update_from(vm, set, source),
                None => Ok(()),
            }
        }
        #[slot]
        fn op_inplace_or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
            let (Some(set), true) = (a.downcast::<Set>(), operands(a, b)) else { return Ok(Value::not_implemented()) };
            update_from(vm, set, b)?;
            Ok(a.clone())
        }
        #[slot]
        fn op_inplace_and(vm: &mut Vm, a: &Value, b: &Value) -> Result {
            let (Some(set), true) = (a.downcast::<Set>(), operands(a, b)) else { return Ok(Value::not_implemented()) };
            let out = intersection(vm, a, b)?;
            replace(vm, set, out);
            Ok(a.clone())
        }
        #[slot]
        fn op_inplace_subtract(vm: &mut Vm, a: &Value, b: &Value) -> Result {
            let (Some(set), true) = (a.downcast::<Set>(), operands(a, b)) else { return Ok(Value::not_implemented()) };
            subtract(vm, set, b)?;
            Ok(a.clone())
        }
        #[slot]
        fn op_inplace_xor(vm: &mut Vm, a: &Value, b: &Value) -> Result {
            let (Some(set), true) = (a.downcast::<Set>(), operands(a, b)) else { return Ok(Value::not_implemented()) };
            symmetric_update(vm, set, b)?;
            Ok(a.clone())
        }
        /// Add an element to a set.
        ///
        /// This has no effect if the element is already present.
        #[method("($self, object, /)")]
        fn add(vm: &mut Vm, this: &Ref<Set>, object: &Value) -> Result<()> {
            add_item(vm, this, object.clone())
        }
        /// Remove an element from a set if it is a member.
        ///
        /// Unlike set.remove(), the discard() method does not raise
        /// an exception when an element is missing from the set.
        #[method("($self, object, /)")]
        fn discard(vm: &mut Vm, this: &Ref<Set>, object: &Value) -> Result<()> {
            let (key, h) = hash_or_set(vm, object)?;
            if let Some(place) = vm.set_find(&FrozenSetRef::Set(this), &key, h)? {
                let old = this.get_mut(vm).remove_at(place);
                drop(old);
            }
            Ok(())
        }
        /// Remove an element from a set; it must be a member.
        ///
        /// If the element is not a member, raise a KeyError.
        #[method("($self, object, /)")]
        fn remove(vm: &mut Vm, this: &Ref<Set>, object: &Value) -> Result<()> {
            let (key, h) = hash_or_set(vm, object)?;
            match vm.set_find(&FrozenSetRef::Set(this), &key, h)? {
                Some(place) => {
                    let old = this.get_mut(vm).remove_at(place);
                    drop(old);
                    Ok(())
                }
                None => Err(vm.raise_key_error(object)),
            }
        }
        /// Remove and return an arbitrary set element.
        ///
        /// Raises KeyError if the set is empty.
        #[method("($self, /)")]
        fn pop(vm: &mut Vm, this: &Ref<Set>) -> Result {
            match this.get_mut(vm).pop() {
                Some(v) => Ok(v),
                None => {
                    let text = vm.new_str("pop from an empty set")?.into_value();
                    Err(vm.raise_key_error(&text))
                }
            }
        }
        /// Remove all elements from this set.
        #[method("($self, /)")]
        fn clear(vm: &mut Vm, this: &Ref<Set>) -> Result<()> {
            let old = this.get_mut(vm).take();
            drop(old);
            Ok(())
        }
        /// Return a shallow copy of a set.
        #[method("($self, /)")]
        fn copy(vm: &mut Vm, this: &Ref<Set>) -> Result {
            vm.copy_set(this).map(Ref::into_value)
        }
        /// Update the set, adding elements from all others.
        #[method("($self, /, *others)")]
        fn update(vm: &mut Vm, this: &Ref<Set>, args: Args<'_>) -> Result<()> {
            args.no_keywords(vm, "set.update")?;
            for other in args.all() {
                update_from(vm, this, other)?;
            }
            Ok(())
        }
        /// Update the set, keeping only elements found in it and all others.
        #[method("($self, /, *others)")]
        fn intersection_update(vm: &mut Vm, this: &Ref<Set>, args: Args<'_>) -> Result<()> {
            args.no_keywords(vm, "set.intersection_update")?;
            let mut out = set_of(vm, this.as_value())?;
            for other in args.all() {
                out = intersection(vm, out.as_value(), other)?;
            }
            replace(vm, this, out);
            Ok(())
        }
        /// Update the set, removing elements found in others.
        #[method("($self, /, *others)")]
        fn difference_update(vm: &mut Vm, this: &Ref<Set>, args: Args<'_>) -> Result<()> {
            args.no_keywords(vm, "set.difference_update")?;
            for other in args.all() {
                subtract(vm, this, other)?;
            }
            Ok(())
        }
        /// Update the set, keeping only elements found in either set, but not in both.
        #[method("($self, other, /)")]
        fn symmetric_difference_update(vm: &mut Vm, this: &Ref<Set>, other: &Value) -> Result<()> {
            symmetric_update(vm, this, other)
        }
    }
);

shared_methods!(
    FrozenSetClass,
    FROZENSET,
    FrozenSet,
    [BASETYPE | HAVE_GC | MANAGED_WEAKREF | MATCH_SELF],
    "(iterable=(), /)",
    "Build an immutable unordered collection of unique elements.",
    {
        #[slot]
        fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
            let exact = class.is(&FROZENSET.as_ref());
            args.no_keywords_for(vm, class, FROZENSET.as_type(), "frozenset")?;
            let args = Args::positional_only(args.positional()).expect(vm, "frozenset", 0, 1)?;
            let set = match args.first() {
                None => Set::new(),
                Some(v) if exact && FROZENSET.is_exact(v) => return Ok(v.clone()),
                Some(v) => {
                    let made = set_of(vm, v)?;
                    made.get_mut(vm).take()
                }
            };
            Ref::new_in(vm, class, FrozenSet { set }).map(Ref::into_value)
        }
        #[slot]
        fn hash(vm: &mut Vm, this: &Ref<FrozenSet>) -> Result<i64> {
            if let Some(h) = this.get(vm).set.cached_hash() {
                return Ok(h);
            }
            // Independent of order: each hash is scrambled by itself, then all are combined.
            let set = &this.get(vm).set;
            let mut h: u64 = 0;
            for (_, k) in set.iter() {
                let k = k as u64;
                h ^= (k ^ 89_869_747 ^ (k << 16)).wrapping_mul(3_644_798_167);
            }
            h ^= (set.len() as u64 + 1).wrapping_mul(1_927_868_237);
            h ^= (h >> 11) ^ (h >> 25);
            h = h.wrapping_mul(69_069).wrapping_add(907_133_923);
            let h = if h == u64::MAX { 590_923_713 } else { h as i64 };
            this.get_mut(vm).set.set_cached_hash(h);
            Ok(h)
        }
        /// Return a shallow copy of a set.
        #[method("($self, /)")]
        fn copy(vm: &mut Vm, this: &Ref<FrozenSet>) -> Result {
            if FROZENSET.is_exact(this.as_value()) {
                return Ok(this.to_value());
            }
            let out = set_of(vm, this.as_value())?;
            wrap(vm, this.as_value(), out)
        }
    }
);

/// Methods of `set_iterator`.
pub struct SetIteratorClass;

#[class(cell = SET_ITERATOR, base = OBJECT, flags = HAVE_GC)]
impl SetIteratorClass {
    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<SetIterator>) -> Result<Option<Value>> {
        let it = this.get(vm);
        let Some(set) = it.set.clone() else { return Ok(None) };
        let (mut at, used) = (it.at, it.used);
        let t = table(vm, &set)?;
        if t.get(vm).len() != used {
            this.get_mut(vm).used = usize::MAX;
            let raised: Raised = vm.raise_runtime_error("Set changed size during iteration");
            return Err(raised);
        }
        let found = t.get(vm).next(&mut at).map(|(k, _)| k.clone());
        let it = this.get_mut(vm);
        it.at = at;
        it.left = it.left.saturating_sub(1);
        if found.is_none() {
            it.set = None;
        }
        Ok(found)
    }

    /// Private method returning an estimate of len(list(it)).
    #[method("($self, /)")]
    fn __length_hint__(vm: &mut Vm, this: &Ref<SetIterator>) -> Result<usize> {
        let it = this.get(vm);
        let (left, used) = (it.left, it.used);
        let Some(set) = it.set.clone() else { return Ok(0) };
        let len = table(vm, &set)?.get(vm).len();
        Ok(if len == used { left } else { 0 })
    }

    /// Return state information for pickling.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<SetIterator>) -> Result<Ref<Tuple>> {
        let it = this.get(vm);
        let (set, mut at) = (it.set.clone(), it.at);
        let mut rest = Vec::new();
        if let Some(set) = set {
            let t = table(vm, &set)?;
            while let Some((k, _)) = t.get(vm).next(&mut at) {
                taipan_object::room::push(&mut rest, k.clone())?;
            }
        }
        let iter = vm.builtin("iter")?;
        let list = vm.new_list(rest)?.into_value();
        let args = vm.new_tuple(vec![list])?.into_value();
        vm.new_tuple(vec![iter, args])
    }
}
