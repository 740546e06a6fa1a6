//! `dict_keys`, `dict_values`, `dict_items`, and the iterators over them.

use crate::slots::{BinaryOp, CompareOp};
use crate::types::enumerate::Pairs;
use crate::types::set;
use crate::{Dict, Ref, Result, Tuple, Value, Vm};
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::{OBJECT, TUPLE};
use taipan_object::trace::Opaque;
use taipan_object::{FrozenSetRef, Set, TypeCell};

/// `dict_keys`.
pub static DICT_KEYS: TypeCell<DictKeys> = TypeCell::new("dict_keys");
/// `dict_values`.
pub static DICT_VALUES: TypeCell<DictValues> = TypeCell::new("dict_values");
/// `dict_items`.
pub static DICT_ITEMS: TypeCell<DictItems> = TypeCell::new("dict_items");

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

/// Makes an iterator over a dict.
pub fn new_iterator(vm: &mut Vm, dict: &Ref<Dict>, what: What, reversed: bool) -> Result {
    let d = dict.get(vm);
    let state = State {
        dict: Some(dict.clone()),
        at: if reversed { d.end() } else { 0 },
        used: d.len(),
        left: d.len(),
        what: Opaque(what),
        reversed,
    };
    match (what, reversed) {
        (What::Keys, false) => Ref::new(vm, KeyIterator { state }).map(Ref::into_value),
        (What::Values, false) => Ref::new(vm, ValueIterator { state }).map(Ref::into_value),
        (What::Items, false) => Ref::new(vm, ItemIterator { state }).map(Ref::into_value),
        (What::Keys, true) => Ref::new(vm, ReverseKeyIterator { state }).map(Ref::into_value),
        (What::Values, true) => Ref::new(vm, ReverseValueIterator { state }).map(Ref::into_value),
        (What::Items, true) => Ref::new(vm, ReverseItemIterator { state }).map(Ref::into_value),
    }
}

#[derive(Trace)]
struct State {
    dict: Option<Ref<Dict>>,
    at: usize,
    used: usize,
    left: usize,
    what: Opaque<What>,
    reversed: bool,
}

/// What a step of an iterator has found: places of the next entry, and of the iterator behind it.
enum Step {
    End,
    Changed { size: bool },
    Found { place: usize, at: usize },
}

impl State {
    #[inline(always)]
    fn step(&self, heap: &taipan_object::Heap) -> Step {
        let Some(dict) = &self.dict else { return Step::End };
        let d = dict.get(heap);
        if d.len() != self.used {
            return Step::Changed { size: true };
        }
        let found = if self.reversed && self.at > d.end() { None } else { self.place_in(d, self.at) };
        match found {
            Some(_) if self.left == 0 => Step::Changed { size: false },
            Some((place, at)) => Step::Found { place, at },
            None => Step::End,
        }
    }

    /// The place of the next entry from `at` on, and where the iterator is then.
    #[inline(always)]
    fn place_in(&self, d: &Dict, at: usize) -> Option<(usize, usize)> {
        match self.reversed {
            false => d.next_place(at).map(|place| (place, place + 1)),
            true => d.previous_place(at).map(|place| (place, place)),
        }
    }

    /// The key and the value at a place that a step has found.
    #[inline(always)]
    fn pair(&self, heap: &taipan_object::Heap, place: usize) -> Option<(Value, Value)> {
        let (key, value) = self.dict.as_ref()?.get(heap).pair_at(place)?;
        Some((key.clone(), value.clone()))
    }

    /// A part of the entry at a place that a step has found.
    #[inline(always)]
    fn entry(&self, heap: &taipan_object::Heap, place: usize, what: What) -> Option<Value> {
        let d = self.dict.as_ref()?.get(heap);
        if what == What::Keys { d.key_at(place).cloned() } else { d.value_at(place).cloned() }
    }
}

#[cold]
fn changed(vm: &mut Vm, size: bool) -> taipan_object::Raised {
    let what =
        if size { "dictionary changed size during iteration" } else { "dictionary keys changed during iteration" };
    vm.raise_runtime_error(what)
}

/// What the iterators have in common.
trait Advance {
    /// Moves on to the next entry: its place in the dict.
    fn advance(&self, vm: &mut Vm) -> Result<Option<usize>>;
}

macro_rules! iterator {
    ($payload:ident, $cell:ident, $class:ident, $name:literal) => {
        #[doc = concat!("`", $name, "`.")]
        pub static $cell: TypeCell<$payload> = TypeCell::new($name);

        #[doc = concat!("A `", $name, "`.")]
        #[derive(Trace, Payload)]
        #[payload(class = $cell)]
        #[repr(C)]
        pub struct $payload {
            state: State,
        }

        impl Pairs for Ref<$payload> {
            fn next_pair(&self, vm: &mut Vm) -> Result<Option<(Value, Value)>> {
                let Some(place) = self.advance(vm)? else { return Ok(None) };
                Ok(self.get(vm).state.pair(vm, place))
            }
        }

        impl Advance for Ref<$payload> {
            #[inline(always)]
            fn advance(&self, vm: &mut Vm) -> Result<Option<usize>> {
                match self.get(vm).state.step(vm) {
                    Step::Found { place, at } => {
                        let s = &mut self.get_mut(vm).state;
                        s.at = at;
                        s.left -= 1;
                        Ok(Some(place))
                    }
                    Step::End => {
                        let old = self.get_mut(vm).state.dict.take();
                        drop(old);
                        Ok(None)
                    }
                    Step::Changed { size } => {
                        if size {
                            self.get_mut(vm).state.used = usize::MAX;
                        }
                        Err(changed(vm, size))
                    }
                }
            }
        }

        #[doc = concat!("Methods of `", $name, "`.")]
        pub struct $class;

        #[class(cell = $cell, base = OBJECT, flags = HAVE_GC)]
        impl $class {
            #[slot]
            fn iter(_vm: &mut Vm, this: &Value) -> Result {
                Ok(this.clone())
            }

            #[slot]
            fn next(vm: &mut Vm, this: &Ref<$payload>) -> Result<Option<Value>> {
                let what = *this.get(vm).state.what;
                if what == What::Items {
                    let Some((k, v)) = this.next_pair(vm)? else { return Ok(None) };
                    let pair = vm.new_tuple_in(TUPLE.as_type(), 2, [k, v].into_iter())?;
                    return Ok(Some(pair.into_value()));
                }
                let Some(place) = this.advance(vm)? else { return Ok(None) };
                Ok(this.get(vm).state.entry(vm, place, what))
            }

            /// Private method returning an estimate of len(list(it)).
            #[method("($self, /)")]
            fn __length_hint__(vm: &mut Vm, this: &Ref<$payload>) -> Result<usize> {
                let s = &this.get(vm).state;
                let same = s.dict.as_ref().is_some_and(|d| d.get(vm).len() == s.used);
                Ok(if same { s.left } else { 0 })
            }

            /// Return state information for pickling.
            #[method("($self, /)")]
            fn __reduce__(vm: &mut Vm, this: &Ref<$payload>) -> Result<Ref<Tuple>> {
                let s = &this.get(vm).state;
                let (dict, what) = (s.dict.clone(), *s.what);
                let mut rest = Vec::new();
                if let Some(dict) = dict {
                    let d = dict.get(vm);
                    let mut pairs = Vec::new();
                    let mut at = s.at;
                    while let Some((place, behind)) = s.place_in(d, at) {
                        if let Some((k, v)) = d.pair_at(place) {
                            taipan_object::room::push(&mut pairs, (k.clone(), v.clone()))?;
                        }
                        at = behind;
                    }
                    rest = taipan_object::room::vec(pairs.len())?;
                    for (k, v) in pairs {
                        rest.push(match what {
                            What::Keys => k,
                            What::Values => v,
                            What::Items => vm.new_tuple(vec![k, v])?.into_value(),
                        });
                    }
                }
                let iter = vm.builtin("iter")?;
                let list = vm.new_list(rest)?.into_value();
                let args = vm.new_tuple(vec![list])?.into_value();
                vm.new_tuple(vec![iter, args])
            }
        }
    };
}

iterator!(KeyIterator, DICT_KEY_ITERATOR, KeyIteratorClass, "dict_keyiterator");
iterator!(ValueIterator, DICT_VALUE_ITERATOR, ValueIteratorClass, "dict_valueiterator");
iterator!(ItemIterator, DICT_ITEM_ITERATOR, ItemIteratorClass, "dict_itemiterator");
iterator!(ReverseKeyIterator, DICT_REVERSE_KEY_ITERATOR, ReverseKeyIteratorClass, "dict_reversekeyiterator");
iterator!(ReverseValueIterator, DICT_REVERSE_VALUE_ITERATOR, ReverseValueIteratorClass, "dict_reversevalueiterator");
iterator!(ReverseItemIterator, DICT_REVERSE_ITEM_ITERATOR, ReverseItemIteratorClass, "dict_reverseitemiterator");

/// `dict.keys()`.
#[derive(Trace, Payload)]
#[payload(class = DICT_KEYS, frozen)]
#[repr(C)]
pub struct DictKeys {
    /// What is viewed.
    pub dict: Ref<Dict>,
}

/// `dict.values()`.
#[derive(Trace, Payload)]
#[payload(class = DICT_VALUES, frozen)]
#[repr(C)]
pub struct DictValues {
    /// What is viewed.
    pub dict: Ref<Dict>,
}

/// `dict.items()`.
#[derive(Trace, Payload)]
#[payload(class = DICT_ITEMS, frozen)]
#[repr(C)]
pub struct DictItems {
    /// What is viewed.
    pub dict: Ref<Dict>,
}

fn view_repr(vm: &mut Vm, this: &Value, name: &str) -> Result {
    let made = vm.guard_repr(this, |vm| {
        let items = vm.collect(this)?;
        let list = vm.new_list(items)?.into_value();
        let inner = vm.repr(&list)?;
        let head = vm.new_str(&format!("{name}("))?;
        let tail = vm.new_str(")")?;
        let text = vm.concat_str(&head, &inner)?;
        vm.concat_str(&text, &tail).map(Ref::into_value)
    })?;
    match made {
        Some(v) => Ok(v),
        None => vm.new_str("...").map(Ref::into_value),
    }
}

/// Whether the value is a set or a view that acts like one.
fn is_set_like(v: &Value) -> bool {
    FrozenSetRef::of(v).is_some() || v.downcast::<DictKeys>().is_some() || v.downcast::<DictItems>().is_some()
}

/// Comparison of set-like views, by inclusion.
fn view_compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
    if !is_set_like(b) {
        return Ok(Value::not_implemented());
    }
    let (n, m) = (vm.len(a)?, vm.len(b)?);
    let (small, large) = match op {
        CompareOp::Eq | CompareOp::Ne if n != m => return Ok(Value::bool(op == CompareOp::Ne)),
        CompareOp::Le if n > m => return Ok(Value::bool(false)),
        CompareOp::Lt if n >= m => return Ok(Value::bool(false)),
        CompareOp::Ge if n < m => return Ok(Value::bool(false)),
        CompareOp::Gt if n <= m => return Ok(Value::bool(false)),
        CompareOp::Ge | CompareOp::Gt => (b, a),
        _ => (a, b),
    };
    let it = vm.iter(small)?;
    let mut all = true;
    while let Some(v) = vm.next(&it)? {
        if !vm.contains(large, &v)? {
            all = false;
            break;
        }
    }
    Ok(Value::bool(all != (op == CompareOp::Ne)))
}

/// `&`, `|`, `-`, `^` of views: a set of the result. The other operand may be any iterable.
fn view_operator(vm: &mut Vm, op: BinaryOp, a: &Value, b: &Value) -> Result {
    if op == BinaryOp::AND {
        return view_intersection(vm, a, b).map(Ref::into_value);
    }
    let made = set::set_of(vm, a)?;
    match op {
        BinaryOp::OR => set::update_from(vm, &made, b)?,
        BinaryOp::SUBTRACT => set::subtract(vm, &made, b)?,
        _ => set::symmetric_update(vm, &made, b)?,
    }
    Ok(made.into_value())
}

/// What is in a view and in another iterable: the other's items, unless that is a larger view or a set.
fn view_intersection(vm: &mut Vm, a: &Value, b: &Value) -> Result<Ref<Set>> {
    let is_view = |v: &Value| v.downcast::<DictKeys>().is_some() || v.downcast::<DictItems>().is_some();
    let (mut view, mut other) = if is_view(a) { (a, b) } else { (b, a) };
    let set_like = is_view(other) || FrozenSetRef::of(other).is_some();
    if set_like && vm.len(other)? > vm.len(view)? {
        (view, other) = (other, view);
    }
    let made = Ref::new(vm, Set::new())?;
    let it = vm.iter(other)?;
    while let Some(item) = vm.next(&it)? {
        if vm.contains(view, &item)? {
            vm.set_add(&made, &item)?;
        }
    }
    Ok(made)
}

macro_rules! set_like_view {
    ($payload:ident, $cell:ident, $class:ident, $name:literal, $what:expr, |$vm:ident, $this:ident, $key:ident| $contains:expr) => {
        #[doc = concat!("Methods of `", $name, "`.")]
        pub struct $class;

        #[class(cell = $cell, base = OBJECT, flags = HAVE_GC)]
        impl $class {
            #[slot]
            fn repr(vm: &mut Vm, this: &Value) -> Result {
                view_repr(vm, this, $name)
            }
            #[slot]
            fn len(vm: &mut Vm, this: &Ref<$payload>) -> Result<usize> {
                Ok(this.dict.get(vm).len())
            }
            #[slot]
            fn iter(vm: &mut Vm, this: &Ref<$payload>) -> Result {
                new_iterator(vm, &this.dict, $what, false)
            }
            #[slot]
            fn contains($vm: &mut Vm, $this: &Ref<$payload>, $key: &Value) -> Result<bool> {
                $contains
            }
            #[slot]
            fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
                view_compare(vm, a, b, op)
            }
            #[slot]
            fn op_and(vm: &mut Vm, a: &Value, b: &Value) -> Result {
                view_operator(vm, BinaryOp::AND, a, b)
            }
            #[slot]
            fn op_or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
                view_operator(vm, BinaryOp::OR, a, b)
            }
            #[slot]
            fn op_subtract(vm: &mut Vm, a: &Value, b: &Value) -> Result {
                view_operator(vm, BinaryOp::SUBTRACT, a, b)
            }
            #[slot]
            fn op_xor(vm: &mut Vm, a: &Value, b: &Value) -> Result {
                view_operator(vm, BinaryOp::XOR, a, b)
            }
            /// Return True if the view and the given iterable have a null intersection.
            #[method("($self, other, /)")]
            fn isdisjoint(vm: &mut Vm, this: &Ref<$payload>, other: &Value) -> Result<bool> {
                let it = vm.iter(other)?;
                while let Some(v) = vm.next(&it)? {
                    if vm.contains(this.as_value(), &v)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            /// Return a reverse iterator over the dict.
            #[method("($self, /)")]
            fn __reversed__(vm: &mut Vm, this: &Ref<$payload>) -> Result {
                new_iterator(vm, &this.dict, $what, true)
            }
            /// dictionary that this view refers to
            #[getter]
            fn mapping(vm: &mut Vm, this: &Ref<$payload>) -> Result {
                crate::types::mappingproxy::new_proxy(vm, this.dict.to_value())
            }
        }
    };
}

set_like_view!(DictKeys, DICT_KEYS, DictKeysClass, "dict_keys", What::Keys, |vm, this, key| {
    let hash = vm.hash_key(key, "a dict key")?;
    Ok(vm.dict_find(&this.dict, key, hash)?.is_some())
});
set_like_view!(DictItems, DICT_ITEMS, DictItemsClass, "dict_items", What::Items, |vm, this, key| {
    let Some(pair) = key.downcast::<Tuple>() else { return Ok(false) };
    let [k, v] = pair.items() else { return Ok(false) };
    match vm.dict_get(&this.dict, k)? {
        Some(found) => vm.equal(&found, v),
        None => Ok(false),
    }
});

/// Methods of `dict_values`.
pub struct DictValuesClass;

#[class(cell = DICT_VALUES, base = OBJECT, flags = HAVE_GC)]
impl DictValuesClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Value) -> Result {
        view_repr(vm, this, "dict_values")
    }

    #[slot]
    fn len(vm: &mut Vm, this: &Ref<DictValues>) -> Result<usize> {
        Ok(this.dict.get(vm).len())
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Ref<DictValues>) -> Result {
        new_iterator(vm, &this.dict, What::Values, false)
    }

    /// Return a reverse iterator over the dict values.
    #[method("($self, /)")]
    fn __reversed__(vm: &mut Vm, this: &Ref<DictValues>) -> Result {
        new_iterator(vm, &this.dict, What::Values, true)
    }

    /// dictionary that this view refers to
    #[getter]
    fn mapping(vm: &mut Vm, this: &Ref<DictValues>) -> Result {
        crate::types::mappingproxy::new_proxy(vm, this.dict.to_value())
    }
}
