//! `list`.

use super::sequence;
use super::slice::{Slice, SliceIndices};
use crate::native::Args;
use crate::slots::CompareOp;
use crate::{List, Raised, Ref, Result, Tuple, Type, Value, Vm};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::room;
use taipan_object::statics::{LIST, OBJECT};

/// `list_iterator`.
pub static LIST_ITERATOR: TypeCell<ListIterator> = TypeCell::new("list_iterator");
/// `list_reverseiterator`.
pub static LIST_REVERSE_ITERATOR: TypeCell<ListReverseIterator> = TypeCell::new("list_reverseiterator");

/// An iterator over a list, which may change meanwhile.
#[derive(Trace, Payload)]
#[payload(class = LIST_ITERATOR)]
#[repr(C)]
pub struct ListIterator {
    /// The list, until its end is reached.
    pub list: Option<Ref<List>>,
    /// Index of the next item.
    pub index: usize,
}

/// As many items to come that room is made for them first; for fewer, a list grows by itself.
const MANY: usize = 1 << 20;

/// An iterator from the end of a list.
#[derive(Trace, Payload)]
#[payload(class = LIST_REVERSE_ITERATOR)]
#[repr(C)]
pub struct ListReverseIterator {
    list: Option<Ref<List>>,
    /// One more than the index of the next item.
    left: usize,
}

impl Vm {
    fn list_index(&mut self, list: &Ref<List>, key: &Value, doing: &str) -> Result<usize> {
        let mut i = self.to_index_isize(key)?;
        let len = list.get(self).len();
        if i < 0 {
            i += len as isize;
        }
        match usize::try_from(i) {
            Ok(i) if i < len => Ok(i),
            _ => Err(self.raise_index_error(&format!("list {doing}index out of range"))),
        }
    }

    fn assign_slice(&mut self, list: &Ref<List>, s: &Ref<Slice>, value: Option<&Value>) -> Result<()> {
        let (start, stop, step) = self.slice_parts(s)?;
        let new = match value {
            None => Vec::new(),
            Some(v) => {
                let items = self.collect(v);
                match items {
                    Ok(items) => items,
                    Err(r) if self.raised_is(crate::errors::TYPE_ERROR.as_type()) && !self.is_iterable(v) => {
                        drop(self.take_raised(r));
                        return Err(self.raise_type_error("must assign iterable to extended slice"));
                    }
                    Err(r) => return Err(r),
                }
            }
        };
        let len = list.get(self).len();
        let i: SliceIndices = super::slice::adjust(start, stop, step, len);
        if i.step == 1 {
            let from = i.start as usize;
            let to = (i.start as usize).max(i.stop.max(0) as usize).min(len);
            let old: Vec<Value> = list.get_mut(self).with_vec(|v| {
                if v.try_reserve(new.len()).is_err() {
                    return Err(Raised);
                }
                let mut old = room::vec(to - from)?;
                old.extend(v.splice(from..to, new));
                Ok(old)
            })?;
            drop(old);
            return Ok(());
        }
        if value.is_none() {
            let mut removed: Vec<Value> = room::vec(i.count)?;
            let mut doomed = i.ascending().peekable();
            list.get_mut(self).with_vec(|v| {
                let mut at = 0;
                let gone = v.extract_if(.., |_| {
                    at += 1;
                    doomed.next_if_eq(&(at - 1)).is_some()
                });
                removed.extend(gone.take(i.count));
            });
            drop(removed);
            return Ok(());
        }
        if new.len() != i.count {
            let text =
                format!("attempt to assign sequence of size {} to extended slice of size {}", new.len(), i.count);
            return Err(self.raise_value_error(&text));
        }
        let mut old = room::vec(i.count)?;
        let items = list.get_mut(self).items_mut();
        for (at, item) in i.iter().zip(new) {
            old.push(std::mem::replace(&mut items[at], item));
        }
        drop(old);
        Ok(())
    }

    /// Whether `iter(v)` can work.
    pub fn is_iterable(&self, v: &Value) -> bool {
        let s = crate::slots::of(v.ty());
        s.iter.is_some() || s.item.is_some() || s.getitem.is_some()
    }

    /// Sorts values as `list.sort` does: stable, by `<`, with the keys that `key` gives.
    pub fn sort_values(&mut self, items: Vec<Value>, key: Option<&Value>, reverse: bool) -> (Vec<Value>, Result<()>) {
        let mut keys: Vec<Value> = Vec::new();
        if let Some(key) = key {
            if keys.try_reserve_exact(items.len()).is_err() {
                let raised = self.raise_memory_error();
                return (items, Err(raised));
            }
            for item in &items {
                match self.call(key, std::slice::from_ref(item)) {
                    Ok(k) => keys.push(k),
                    Err(r) => return (items, Err(r)),
                }
            }
        }
        let mut order: Vec<u32> = Vec::new();
        if order.try_reserve_exact(items.len()).is_err() {
            let raised = self.raise_memory_error();
            return (items, Err(raised));
        }
        order.extend(0..items.len() as u32);
        if reverse {
            order.reverse();
        }
        let result = super::sort::sort_by_keys(self, if key.is_some() { &keys } else { &items }, &mut order);
        if reverse {
            order.reverse();
        }
        (super::sort::in_order(items, &mut order), result)
    }
}

/// Whether the item at a place is equal to a value, which one of them is asked.
fn item_equals(vm: &mut Vm, list: &Ref<List>, place: usize, value: &Value) -> Result<bool> {
    match list.items(vm).get(place).cloned() {
        Some(item) => vm.equal(&item, value),
        None => Ok(false),
    }
}

/// Methods of `list`.
pub struct ListClass;

/// Built-in mutable sequence.
///
/// If no argument is given, the constructor creates a new empty list.
/// The argument must be an iterable if specified.
#[class(cell = LIST, base = OBJECT, flags = BASETYPE | HAVE_GC | LIST_SUBCLASS | SEQUENCE | MATCH_SELF, signature = "(iterable=(), /)")]
impl ListClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, List::new()).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        let Some(list) = this.downcast::<List>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
        args.no_keywords_for(vm, this.ty(), LIST.as_type(), "list")?;
        let args = Args::positional_only(args.positional()).expect(vm, "list", 0, 1)?;
        let old = list.get_mut(vm).take();
        drop(old);
        if let Some(v) = args.first() {
            let items = vm.collect_for_list(v)?;
            let old = std::mem::replace(list.get_mut(vm), List::from_vec(items));
            drop(old);
        }
        Ok(())
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<List>) -> Result {
        if this.get(vm).len() == 0 {
            return vm.new_str("[]").map(Ref::into_value);
        }
        let made = vm.guard_repr(this.as_value(), |vm| {
            sequence::repr_items(vm, "[", "]", |vm, i| this.items(vm).get(i).cloned())
        })?;
        match made {
            Some(v) => Ok(v),
            None => vm.new_str("[...]").map(Ref::into_value),
        }
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let (Some(a), Some(b)) = (a.downcast::<List>(), b.downcast::<List>()) else {
            return Ok(Value::not_implemented());
        };
        let same = sequence::same_at_start(a.items(vm), b.items(vm));
        sequence::compare_items(
            vm,
            op,
            same,
            |vm, i| a.items(vm).get(i).cloned(),
            |vm, i| b.items(vm).get(i).cloned(),
            |vm| (a.get(vm).len(), b.get(vm).len()),
        )
    }

    #[slot]
    fn len(vm: &mut Vm, this: &Ref<List>) -> Result<usize> {
        Ok(this.get(vm).len())
    }

    #[slot]
    fn item(vm: &mut Vm, this: &Ref<List>, index: isize) -> Result {
        match usize::try_from(index).ok().and_then(|i| this.items(vm).get(i)) {
            Some(v) => Ok(v.clone()),
            None => Err(vm.raise_index_error("list index out of range")),
        }
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Value, key: &Value) -> Result {
        let Some(list) = this.downcast::<List>() else { return Err(vm.raise_wrong_receiver("__getitem__", this)) };
        if let Some(s) = key.downcast_exact::<Slice>() {
            let (start, stop, step) = vm.slice_parts(s)?;
            let all = list.items(vm);
            let i = super::slice::adjust(start, stop, step, all.len());
            let picked = room::collected(i.iter().map(|i| all[i].clone()))?;
            return vm.new_list(picked).map(Ref::into_value);
        }
        if crate::slots::of(key.ty()).index.is_none() {
            let text = format!("list indices must be integers or slices, not {}", key.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        let i = vm.list_index(list, key, "")?;
        Ok(list.items(vm)[i].clone())
    }

    #[slot]
    fn setitem(vm: &mut Vm, this: &Value, key: &Value, value: Option<Value>) -> Result<()> {
        let Some(list) = this.downcast::<List>() else { return Err(vm.raise_wrong_receiver("__setitem__", this)) };
        if let Some(s) = key.downcast_exact::<Slice>() {
            return vm.assign_slice(list, s, value.as_ref());
        }
        if crate::slots::of(key.ty()).index.is_none() {
            let text = format!("list indices must be integers or slices, not {}", key.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        let i = vm.list_index(list, key, "assignment ")?;
        let old = match value {
            Some(v) => std::mem::replace(&mut list.get_mut(vm).items_mut()[i], v),
            None => list.get_mut(vm).with_vec(|items| items.remove(i)),
        };
        drop(old);
        Ok(())
    }

    #[slot]
    fn contains(vm: &mut Vm, this: &Ref<List>, item: &Value) -> Result<bool> {
        let mut i = 0;
        while let Some(v) = this.items(vm).get(i).cloned() {
            if vm.equal(&v, item)? {
                return Ok(true);
            }
            i += 1;
        }
        Ok(false)
    }

    #[slot]
    fn concat(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let (Some(a), Some(other)) = (a.downcast::<List>(), b.downcast::<List>()) else {
            let text = format!("can only concatenate list (not \"{}\") to list", b.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        let (x, y) = (a.items(vm), other.items(vm));
        let mut all = Vec::new();
        if all.try_reserve_exact(x.len() + y.len()).is_err() {
            return Err(vm.raise_memory_error());
        }
        all.extend(x.iter().chain(y).cloned());
        vm.new_list(all).map(Ref::into_value)
    }

    #[slot]
    fn inplace_concat(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let Some(list) = a.downcast::<List>() else { return Err(vm.raise_wrong_receiver("__iadd__", a)) };
        ListClass::extend(vm, list, b)?;
        Ok(a.clone())
    }

    #[slot]
    fn repeat(vm: &mut Vm, this: &Ref<List>, n: isize) -> Result {
        let n = n.max(0) as usize;
        let items = this.items(vm);
        let mut all: Vec<Value> = Vec::new();
        let total = items.len().checked_mul(n);
        if total.is_none_or(|t| all.try_reserve_exact(t).is_err()) {
            return Err(vm.raise_memory_error());
        }
        for _ in 0..if items.is_empty() { 0 } else { n } {
            all.extend(items.iter().cloned());
        }
        vm.new_list(all).map(Ref::into_value)
    }

    #[slot]
    fn inplace_repeat(vm: &mut Vm, this: &Ref<List>, n: isize) -> Result {
        let n = n.max(0) as usize;
        if n == 0 {
            let old = this.get_mut(vm).take();
            drop(old);
            return Ok(this.to_value());
        }
        let done = this.get_mut(vm).with_vec(|v| {
            let len = v.len();
            let more = len.checked_mul(n - 1);
            if more.is_none_or(|m| v.try_reserve_exact(m).is_err()) {
                return false;
            }
            for _ in 1..n {
                v.extend_from_within(..len);
            }
            true
        });
        if done { Ok(this.to_value()) } else { Err(vm.raise_memory_error()) }
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Ref<List>) -> Result {
        Ref::new(vm, ListIterator { list: Some(this.clone()), index: 0 }).map(Ref::into_value)
    }

    /// Append object to the end of the list.
    #[method("($self, object, /)")]
    fn append(vm: &mut Vm, this: &Ref<List>, object: &Value) -> Result<()> {
        this.get_mut(vm).push(object.clone())
    }

    /// Insert object before index.
    #[method("($self, index, object, /)")]
    fn insert(vm: &mut Vm, this: &Ref<List>, index: isize, object: &Value) -> Result<()> {
        let len = this.get(vm).len() as isize;
        let at = if index < 0 { (index + len).max(0) } else { index.min(len) } as usize;
        let object = object.clone();
        this.get_mut(vm).with_vec(|v| {
            v.try_reserve(1).map_err(|_| Raised)?;
            v.insert(at, object);
            Ok(())
        })
    }

    /// Extend list by appending elements from the iterable.
    #[method("($self, iterable, /)")]
    fn extend(vm: &mut Vm, this: &Ref<List>, iterable: &Value) -> Result<()> {
        if this.extend_from(vm, iterable)? {
            return Ok(());
        }
        let it = vm.iter(iterable)?;
        let hint = vm.length_hint(iterable, 0)?;
        let many =
            hint >= MANY && isize::try_from(hint).is_ok_and(|n| n.checked_add_unsigned(this.get(vm).len()).is_some());
        if many {
            this.get_mut(vm).with_vec(|v| v.try_reserve(hint)).map_err(|_| Raised)?;
        }
        while let Some(item) = vm.append_many(&it, this)? {
            this.get_mut(vm).push(item)?;
        }
        if many {
            // There may have been fewer.
            this.get_mut(vm).with_vec(|v| v.shrink_to_fit());
        }
        Ok(())
    }

    /// Remove and return item at index (default last).
    ///
    /// Raises IndexError if list is empty or index is out of range.
    #[method("($self, index=-1, /)")]
    fn pop(vm: &mut Vm, this: &Ref<List>, index: Option<isize>) -> Result {
        let index = index.unwrap_or(-1);
        let len = this.get(vm).len();
        if len == 0 {
            return Err(vm.raise_index_error("pop from empty list"));
        }
        let at = if index < 0 { index + len as isize } else { index };
        if at < 0 || at >= len as isize {
            return Err(vm.raise_index_error("pop index out of range"));
        }
        let list = this.get_mut(vm);
        let item = if at as usize == len - 1 { list.pop() } else { Some(list.with_vec(|v| v.remove(at as usize))) };
        Ok(item.unwrap_or_else(Value::none))
    }

    /// Remove first occurrence of value.
    ///
    /// Raises ValueError if the value is not present.
    #[method("($self, value, /)")]
    fn remove(vm: &mut Vm, this: &Ref<List>, value: &Value) -> Result<()> {
        let mut i = 0;
        while let Some((place, known)) = sequence::next_match(this.items(vm), i, value) {
            i = place;
            if known || item_equals(vm, this, place, value)? {
                let old = this.get_mut(vm).with_vec(|items| (i < items.len()).then(|| items.remove(i)));
                drop(old);
                return Ok(());
            }
            i += 1;
        }
        Err(vm.raise_value_error("list.remove(x): x not in list"))
    }

    /// Remove all items from list.
    #[method("($self, /)")]
    fn clear(vm: &mut Vm, this: &Ref<List>) -> Result<()> {
        let old = this.get_mut(vm).take();
        drop(old);
        Ok(())
    }

    /// Return a shallow copy of the list.
    #[method("($self, /)")]
    fn copy(vm: &mut Vm, this: &Ref<List>) -> Result {
        let items = room::copied(this.items(vm))?;
        vm.new_list(items).map(Ref::into_value)
    }

    /// Return self[index].
    #[method("($self, index, /)")]
    fn __getitem__(vm: &mut Vm, this: &Ref<List>, index: &Value) -> Result {
        ListClass::getitem(vm, this.as_value(), index)
    }

    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[method("($self, value, start=0, stop=sys.maxsize, /)")]
    fn index(
        vm: &mut Vm,
        this: &Ref<List>,
        value: &Value,
        start: Option<&Value>,
        stop: Option<&Value>,
    ) -> Result<usize> {
        let start = start.map(|s| vm.to_search_bound(s)).transpose()?;
        let stop = stop.map(|s| vm.to_search_bound(s)).transpose()?;
        let (mut i, to) = sequence::search_bounds(start, stop, this.get(vm).len());
        while let Some((place, known)) = sequence::next_match(this.items(vm), i, value)
            && place < to
        {
            if known || item_equals(vm, this, place, value)? {
                return Ok(place);
            }
            i = place + 1;
        }
        Err(vm.raise_value_error("list.index(x): x not in list"))
    }

    /// Return number of occurrences of value.
    #[method("($self, value, /)")]
    fn count(vm: &mut Vm, this: &Ref<List>, value: &Value) -> Result<usize> {
        let (mut n, mut i) = (0, 0);
        while let Some((place, known)) = sequence::next_match(this.items(vm), i, value) {
            n += usize::from(known || item_equals(vm, this, place, value)?);
            i = place + 1;
        }
        Ok(n)
    }

    /// Reverse *IN PLACE*.
    #[method("($self, /)")]
    fn reverse(vm: &mut Vm, this: &Ref<List>) -> Result<()> {
        this.get_mut(vm).items_mut().reverse();
        Ok(())
    }

    /// Sort the list in ascending order and return None.
    ///
    /// The sort is in-place (i.e. the list itself is modified) and stable (i.e. the
    /// order of two equal elements is maintained).
    ///
    /// If a key function is given, apply it once to each list item and sort them,
    /// ascending or descending, according to their function values.
    ///
    /// The reverse flag can be set to sort in descending order.
    #[method("($self, /, *, key=None, reverse=False)")]
    fn sort(vm: &mut Vm, this: &Ref<List>, key: Option<&Value>, reverse: Option<bool>) -> Result<()> {
        // The list is empty while it is sorted, so that comparisons cannot see it half sorted.
        let items = this.get_mut(vm).take();
        let key = key.filter(|k| !k.is_none());
        let (sorted, result) = vm.sort_values(items, key, reverse.unwrap_or(false));
        // The keys are dead, and may have something to say about it.
        vm.drain();
        let meddled = this.get(vm).capacity() != 0;
        let old = std::mem::replace(this.get_mut(vm), List::from_vec(sorted));
        drop(old);
        result?;
        if meddled {
            return Err(vm.raise_value_error("list modified during sort"));
        }
        Ok(())
    }

    /// Return a reverse iterator over the list.
    #[method("($self, /)")]
    fn __reversed__(vm: &mut Vm, this: &Ref<List>) -> Result {
        let left = this.get(vm).len();
        Ref::new(vm, ListReverseIterator { list: Some(this.clone()), left }).map(Ref::into_value)
    }

    /// Return the size of the list in memory, in bytes.
    #[method("($self, /)")]
    fn __sizeof__(vm: &mut Vm, this: &Ref<List>) -> Result<usize> {
        Ok(vm.size_of(this.as_value()).0)
    }

    /// See PEP 585
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        crate::types::generic_alias::new_alias(vm, class.clone(), object.clone())
    }
}

/// Methods of `list_iterator`.
pub struct ListIteratorClass;

#[class(cell = LIST_ITERATOR, base = OBJECT, flags = HAVE_GC)]
impl ListIteratorClass {
    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<ListIterator>) -> Result<Option<Value>> {
        let it = this.get(vm);
        let (Some(list), index) = (&it.list, it.index) else { return Ok(None) };
        match list.items(vm).get(index).cloned() {
            Some(v) => {
                this.get_mut(vm).index = index + 1;
                Ok(Some(v))
            }
            None => {
                this.get_mut(vm).list = None;
                Ok(None)
            }
        }
    }

    /// Private method returning an estimate of len(list(it)).
    #[method("($self, /)")]
    fn __length_hint__(vm: &mut Vm, this: &Ref<ListIterator>) -> Result<usize> {
        let it = this.get(vm);
        Ok(it.list.as_ref().map_or(0, |l| l.get(vm).len().saturating_sub(it.index)))
    }

    /// Return state information for pickling.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<ListIterator>) -> Result<Ref<Tuple>> {
        let iter = vm.builtin("iter")?;
        let it = this.get(vm);
        let (list, index) = (it.list.clone(), it.index);
        let mut parts = vec![iter];
        match list {
            Some(l) => {
                parts.push(vm.new_tuple(vec![l.into_value()])?.into_value());
                parts.push(vm.new_int(index as i64)?);
            }
            None => {
                let empty = vm.new_list(Vec::new())?.into_value();
                parts.push(vm.new_tuple(vec![empty])?.into_value());
            }
        }
        vm.new_tuple(parts)
    }

    /// Set state information for unpickling.
    #[method("($self, object, /)")]
    fn __setstate__(
        vm: &mut Vm,
        this: &Ref<ListIterator>,
        crate::native::ExactSize(state): crate::native::ExactSize,
    ) -> Result<()> {
        if this.get(vm).list.is_some() {
            this.get_mut(vm).index = state.max(0) as usize;
        }
        Ok(())
    }
}

/// Methods of `list_reverseiterator`.
pub struct ListReverseIteratorClass;

#[class(cell = LIST_REVERSE_ITERATOR, base = OBJECT, flags = HAVE_GC)]
impl ListReverseIteratorClass {
    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<ListReverseIterator>) -> Result<Option<Value>> {
        let it = this.get(vm);
        let (Some(list), left) = (&it.list, it.left) else { return Ok(None) };
        match left.checked_sub(1).and_then(|i| list.items(vm).get(i).cloned()) {
            Some(v) => {
                this.get_mut(vm).left = left - 1;
                Ok(Some(v))
            }
            None => {
                this.get_mut(vm).list = None;
                Ok(None)
            }
        }
    }

    /// Private method returning an estimate of len(list(it)).
    #[method("($self, /)")]
    fn __length_hint__(vm: &mut Vm, this: &Ref<ListReverseIterator>) -> Result<usize> {
        let it = this.get(vm);
        let len = it.list.as_ref().map_or(0, |l| l.get(vm).len());
        Ok(if len < it.left { 0 } else { it.left })
    }

    /// Return state information for pickling.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<ListReverseIterator>) -> Result<Ref<Tuple>> {
        // Looking a name up may run code that exhausts the iterator.
        let reversed = vm.builtin("reversed")?;
        let it = this.get(vm);
        let (list, left) = (it.list.clone(), it.left);
        let Some(list) = list else {
            let empty = vm.new_list(Vec::new())?.into_value();
            let args = vm.new_tuple(vec![empty])?.into_value();
            return vm.new_tuple(vec![reversed, args]);
        };
        let args = vm.new_tuple(vec![list.into_value()])?.into_value();
        let index = vm.new_int(left as i64 - 1)?;
        vm.new_tuple(vec![reversed, args, index])
    }

    /// Set state information for unpickling.
    #[method("($self, object, /)")]
    fn __setstate__(
        vm: &mut Vm,
        this: &Ref<ListReverseIterator>,
        crate::native::ExactSize(state): crate::native::ExactSize,
    ) -> Result<()> {
        let Some(list) = this.get(vm).list.clone() else { return Ok(()) };
        let most = list.get(vm).len() as isize;
        this.get_mut(vm).left = state.saturating_add(1).clamp(0, most) as usize;
        Ok(())
    }
}
