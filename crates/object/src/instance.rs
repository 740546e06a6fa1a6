//! Attributes of instances: a dict on demand, inline values by the class's shape, and `__slots__` members.
//!
//! A class that gives its instances attributes has a [`Shape`]: the list of names that its instances have been given,
//! which only grows. An instance carries an array of values in the order of the shape behind its native part:
//!
//! | byte | field |
//! |---|---|
//! | 0 | capacity the array was allocated with |
//! | 1 | attributes stored |
//! | 2 | capacity in use: 0 once the instance has a dict of its own |
//! | 3.. | order in which attributes were stored, 5 bytes here, the rest behind the values |
//! | 8.. | values, a word each, 0 when absent |
//!
//! An index means the same name in every instance of the class, so an inline cache needs the class's version, not a
//! test of the instance's shape. When somebody asks for `__dict__`, or a name does not fit, the values move into a
//! dict which from then on is the storage.

use crate::dict::Dict;
use crate::header::{Header, flags};
use crate::heap::{Heap, Raised};
use crate::refs::Ref;
use crate::str::Str;
use crate::trace::{Trace, Visitor};
use crate::types::TypeFlags;
use crate::value::Value;
use std::cell::{Cell, RefCell};
use std::ptr::NonNull;

/// Most names that a shape holds.
pub const MAX_INLINE: usize = 30;
/// Room for attributes in instances of a class of which none is known.
const LEAST_CAPACITY: u8 = 3;
const ORDER_IN_HEADER: usize = 5;

/// The attribute names of a class's instances, in the order in which they were first stored.
pub struct Shape {
    names: RefCell<Vec<Ref<Str>>>,
    capacity: Cell<u8>,
    /// How many names the class's source, and that of its bases, stores in `self`.
    expected: u8,
    /// How many more instances have room for names that the source does not tell of. Single objects of a class are often
    /// given some from outside, and one too many costs the instance its inline values for good.
    roomy: Cell<u8>,
}

/// How many instances of a class have [`SPARE`] more room than is expected.
const ROOMY: u8 = 8;
const SPARE: u8 = 2;

impl Trace for Shape {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        self.names.trace(visitor)
    }
}

impl Shape {
    /// With as many names to expect. `roomy`: whether the first instances may have more room than that.
    pub(crate) fn new(expected: usize, roomy: bool) -> Shape {
        let expected = expected.min(MAX_INLINE) as u8;
        let capacity = Cell::new(expected.max(LEAST_CAPACITY));
        Shape { names: RefCell::new(Vec::new()), capacity, expected, roomy: Cell::new(if roomy { ROOMY } else { 0 }) }
    }

    /// How many names are expected, from the source of the class and of its bases.
    pub fn expected(&self) -> usize {
        self.expected as usize
    }

    /// How many values a new instance has room for: to be asked once for each.
    #[inline(always)]
    pub(crate) fn instance_capacity(&self) -> u8 {
        let capacity = self.capacity.get();
        match self.roomy.get() {
            0 => capacity,
            left => {
                self.roomy.set(left - 1);
                capacity.saturating_add(SPARE).min(MAX_INLINE as u8)
            }
        }
    }

    /// The index of `name`.
    pub fn index(&self, name: &Str) -> Option<usize> {
        // Two interned strings are equal only if they are one, where there is one table of them.
        let interned = name.is_interned() && !crate::shared::several();
        let same = |n: &Str| std::ptr::eq(n, name) || !(interned && n.is_interned()) && *n == *name;
        self.names.borrow().iter().position(|n| same(n))
    }

    /// The index of `name`, which is added if there is room; whether it was added.
    fn index_or_add(&self, name: &Ref<Str>) -> Option<(usize, bool)> {
        if let Some(i) = self.index(name) {
            return Some((i, false));
        }
        let mut names = self.names.borrow_mut();
        if names.len() >= MAX_INLINE || !name.is_exact() {
            return None;
        }
        names.push(name.clone());
        let len = names.len() as u8;
        // The first instances leave room to grow; once more names are known, later instances have room for them.
        if len > self.capacity.get() {
            self.capacity.set((len + 2).min(MAX_INLINE as u8));
        }
        Some((names.len() - 1, true))
    }

    fn name(&self, index: usize) -> Ref<Str> {
        self.names.borrow()[index].clone()
    }
}

/// Bytes that inline values of this capacity need.
pub(crate) const fn inline_size(capacity: u8) -> usize {
    let capacity = capacity as usize;
    8 + 8 * capacity + if capacity > ORDER_IN_HEADER { (capacity - ORDER_IN_HEADER + 7) & !7 } else { 0 }
}

/// # Safety
/// `at` has room for [`inline_size`] bytes.
#[inline]
pub(crate) unsafe fn init_inline(at: *mut u8, capacity: u8) {
    // SAFETY: the caller's contract.
    unsafe {
        at.cast::<u64>().write(capacity as u64 | (capacity as u64) << 16);
        for i in 0..capacity as usize {
            // Volatile, lest the loop become a call of `memset`.
            at.cast::<u64>().add(1 + i).write_volatile(0);
        }
    }
}

/// Records that the absent value `index` has been stored.
///
/// # Safety
/// `inline` is where an instance's inline values begin, with fewer attributes stored than their capacity.
#[inline(always)]
pub unsafe fn note_first_store(inline: *mut u8, index: usize) {
    let inline = Inline(inline);
    let n = inline.len();
    // SAFETY: as many attributes are stored as have an order, so the position is below the capacity.
    unsafe { *inline.order(n) = index as u8 }
    inline.set_len(n + 1);
}

/// Offset from where inline values begin to their `live` byte: an index below it can be read.
pub const INLINE_LIVE: usize = 2;
/// Offset from where inline values begin to the first value.
pub const INLINE_VALUES: usize = 8;

/// The dict word of an object that has one: 0, or a borrowed dict.
///
/// # Safety
/// The object is live and its class has MANAGED_DICT.
#[inline(always)]
pub unsafe fn managed_dict_word(object: *const Header) -> u64 {
    // SAFETY: the caller's contract: such objects have the prefix.
    unsafe { *object.cast::<u64>().sub(3) }
}

/// Offset from the header of an instance of `ty` to its `index`th `__slots__` member.
pub fn member_offset(ty: &crate::types::Type, index: u32) -> Option<usize> {
    let count = ty.slot_count();
    (index < count).then(|| ty.basicsize() - 8 * (count - index) as usize)
}

/// A view of an instance's inline values.
#[derive(Clone, Copy)]
struct Inline(*mut u8);

impl Inline {
    /// # Safety
    /// The object's type has INLINE_VALUES, and the object is live.
    unsafe fn of(object: &Header) -> Inline {
        // SAFETY: the values follow the basic size.
        Inline(unsafe { (object as *const Header as *mut u8).add(object.ty().basicsize()) })
    }
    fn capacity(self) -> usize {
        // SAFETY: `of`'s contract holds for every view.
        unsafe { *self.0 as usize }
    }
    fn len(self) -> usize {
        // SAFETY: as above.
        unsafe { *self.0.add(1) as usize }
    }
    fn set_len(self, n: usize) {
        // SAFETY: as above.
        unsafe { *self.0.add(1) = n as u8 }
    }
    fn live(self) -> usize {
        // SAFETY: as above.
        unsafe { *self.0.add(2) as usize }
    }
    fn set_live(self, n: usize) {
        // SAFETY: as above.
        unsafe { *self.0.add(2) = n as u8 }
    }
    fn order(self, i: usize) -> *mut u8 {
        let offset = if i < ORDER_IN_HEADER { 3 + i } else { 8 + 8 * self.capacity() + (i - ORDER_IN_HEADER) };
        // SAFETY: i is below the capacity.
        unsafe { self.0.add(offset) }
    }
    fn value(self, i: usize) -> *mut u64 {
        // SAFETY: i is below the capacity.
        unsafe { self.0.cast::<u64>().add(1 + i) }
    }
}

pub(crate) fn allocated_inline_size(object: &Header) -> usize {
    // SAFETY: the caller has tested INLINE_VALUES.
    inline_size(unsafe { Inline::of(object) }.capacity() as u8)
}

fn dict_word(object: &Header) -> Option<&Cell<u64>> {
    // SAFETY: MANAGED says that the word exists.
    object.has(flags::MANAGED).then(|| unsafe { object.prefix_word(24) })
}

fn dict_of(object: &Header) -> Option<&Ref<Dict>> {
    let word = dict_word(object)?;
    // SAFETY: the word is an owned Ref<Dict> or 0, which is how Option<Ref<Dict>> lies in memory. It is replaced only
    // by set_instance_dict, which holds the token.
    unsafe { (*word.as_ptr().cast::<Option<Ref<Dict>>>()).as_ref() }
}

fn inline_of(object: &Header) -> Option<Inline> {
    if !object.ty().flags().has(TypeFlags::INLINE_VALUES) {
        return None;
    }
    // SAFETY: the flag has just been tested.
    let inline = unsafe { Inline::of(object) };
    (inline.live() != 0).then_some(inline)
}

/// What is wrong with the inline values of an object, for the heap validator.
pub(crate) fn inline_fault(object: &Header) -> Option<String> {
    let inline = inline_of(object)?;
    let (capacity, live, len) = (inline.capacity(), inline.live(), inline.len());
    if live > capacity || len > live || capacity > MAX_INLINE {
        return Some(format!("inline values: {len} stored, {live} in use, {capacity} allocated"));
    }
    // SAFETY: the indices are below the capacity.
    let stored = (0..live).filter(|&i| unsafe { *inline.value(i) } != 0).count();
    // SAFETY: as above.
    let ordered = (0..len).all(|p| unsafe {
        let i = *inline.order(p) as usize;
        i < live && *inline.value(i) != 0
    });
    (stored != len || !ordered).then(|| format!("inline values: {stored} of {len} are there, or their order is wrong"))
}

impl Heap {
    /// Whether instances of the value's type can have attributes of their own.
    pub fn has_instance_dict(&self, value: &Value) -> bool {
        value.header().is_some_and(|h| {
            // What other interpreters use does not change.
            h.flags() & (flags::MANAGED | flags::SHARED) == flags::MANAGED
                && h.ty().flags().has(TypeFlags::MANAGED_DICT)
        })
    }

    /// The attribute `name` of the instance itself.
    #[inline]
    pub fn instance_attr(&self, object: &Value, name: &Ref<Str>) -> Option<Value> {
        let header = object.header()?;
        if let Some(inline) = inline_of(header) {
            let i = header.ty().shape()?.index(name)?;
            if i >= inline.live() {
                return None;
            }
            // SAFETY: i is below the capacity; a stored word is an owned value.
            let word = unsafe { *inline.value(i) };
            // SAFETY: as above; the clone is the reference handed out.
            return (word != 0).then(|| unsafe { (*std::mem::ManuallyDrop::new(Value::from_bits(word))).clone() });
        }
        dict_of(header)?.get(self).get_str(name).cloned()
    }

    /// The dict that stores the instance's attributes, if it has one yet.
    pub fn instance_dict_if_made(&self, object: &Value) -> Option<Ref<Dict>> {
        dict_of(object.header()?).cloned()
    }

    /// The dict of the instance, made now from its inline values if need be. `Ok(None)`: instances have none.
    pub fn instance_dict(&mut self, object: &Value) -> Result<Option<Ref<Dict>>, Raised> {
        if !self.has_instance_dict(object) {
            return Ok(None);
        }
        let Some(header) = object.header() else { return Ok(None) };
        if let Some(dict) = dict_of(header) {
            return Ok(Some(dict.clone()));
        }
        let inline = inline_of(header).zip(header.ty().shape());
        let room = inline.as_ref().map_or(0, |(inline, _)| inline.len());
        let dict = Ref::new(self, Dict::with_capacity(room)?)?;
        if let Some((inline, shape)) = inline {
            inline.set_live(0);
            for position in 0..room {
                // SAFETY: positions below the length name indices below the capacity, whose words are owned values or 0. They
                // are cleared, and nothing runs before the array says so.
                let (index, value) = unsafe {
                    let index = *inline.order(position) as usize;
                    (index, std::ptr::replace(inline.value(index).cast::<Option<Value>>(), None))
                };
                if let Some(value) = value {
                    let name = shape.name(index);
                    let hash = name.hash();
                    // There is room, so this cannot fail.
                    dict.get_mut(self).insert_new(name.into_value(), hash, value)?;
                }
            }
            inline.set_len(0);
        }
        if let Some(word) = dict_word(header) {
            word.set(dict.clone().into_value().into_bits());
        }
        Ok(Some(dict))
    }

    /// A dict of the inline values of an instance that has no dict yet, which it does not get by this: for those who
    /// only look. `None`: it has a dict, or cannot have attributes.
    pub fn inline_values_copy(&mut self, object: &Value) -> Result<Option<Ref<Dict>>, Raised> {
        let Some(header) = object.header() else { return Ok(None) };
        let (Some(inline), Some(shape)) = (inline_of(header), header.ty().shape()) else { return Ok(None) };
        if inline.len() == 0 {
            return Ok(None);
        }
        let mut dict = Dict::with_capacity(inline.len())?;
        for position in 0..inline.len() {
            // SAFETY: positions below the length name indices below the capacity whose words are owned values; the
            // value is cloned, the array keeps its own.
            let (index, value) = unsafe {
                let index = *inline.order(position) as usize;
                (index, (*std::mem::ManuallyDrop::new(Value::from_bits(*inline.value(index)))).clone())
            };
            let name = shape.name(index);
            let hash = name.hash();
            dict.insert_new(name.into_value(), hash, value)?;
        }
        Ok(Some(Ref::new(self, dict)?))
    }

    /// Appends the inline values of an instance that has no dict yet to `into`, with their names. `false`: it has a dict,
    /// or cannot have attributes.
    pub fn push_inline_values(&self, object: &Value, into: &mut Vec<(Ref<Str>, Value)>) -> Result<bool, Raised> {
        let Some(header) = object.header() else { return Ok(false) };
        let (Some(inline), Some(shape)) = (inline_of(header), header.ty().shape()) else { return Ok(false) };
        into.try_reserve(inline.len()).map_err(|_| Raised)?;
        for position in 0..inline.len() {
            // SAFETY: positions below the length name indices below the capacity whose words are owned values; the
            // value is cloned, the array keeps its own.
            let (index, value) = unsafe {
                let index = *inline.order(position) as usize;
                (index, (*std::mem::ManuallyDrop::new(Value::from_bits(*inline.value(index)))).clone())
            };
            into.push((shape.name(index), value));
        }
        Ok(true)
    }

    /// Makes `dict` the storage of the instance's attributes (`None`: an empty one, made when needed). Returns whether
    /// the instance can have one.
    pub fn set_instance_dict(&mut self, object: &Value, dict: Option<Ref<Dict>>) -> bool {
        if !self.has_instance_dict(object) {
            return false;
        }
        let Some(header) = object.header() else { return false };
        if let Some(inline) = inline_of(header) {
            inline.set_live(0);
            for i in 0..inline.capacity() {
                // SAFETY: the word is an owned value or 0, and is cleared before the value is dropped.
                unsafe { drop(std::ptr::replace(inline.value(i).cast::<Option<Value>>(), None)) }
            }
            inline.set_len(0);
        }
        if let Some(word) = dict_word(header) {
            let old = word.replace(dict.map_or(0, |d| d.into_value().into_bits()));
            if old != 0 {
                // SAFETY: the word was an owned reference.
                drop(unsafe { Value::from_bits(old) });
            }
        }
        true
    }

    /// Stores the attribute `name`. `Ok(false)`: instances of this type have no attributes of their own.
    pub fn set_instance_attr(&mut self, object: &Value, name: &Ref<Str>, value: Value) -> Result<bool, Raised> {
        let Some(header) = object.header() else { return Ok(false) };
        if let (Some(inline), Some(shape)) = (inline_of(header), header.ty().shape())
            && let Some((i, added)) = shape.index_or_add(name)
        {
            if added {
                // Inline caches may rely on instances not having the name.
                header.ty().modified();
            }
            if i < inline.live() {
                // SAFETY: i is below the capacity; the old word is an owned value or 0.
                let old = unsafe { std::ptr::replace(inline.value(i).cast::<Option<Value>>(), Some(value)) };
                if old.is_none() {
                    // SAFETY: as above.
                    unsafe { note_first_store(inline.0, i) }
                }
                return Ok(true);
            }
        }
        match self.instance_dict(object)? {
            None => Ok(false),
            Some(dict) => {
                let hash = name.hash();
                dict.get_mut(self).set_str(name, hash, value)?;
                Ok(true)
            }
        }
    }

    /// Removes the attribute `name` and returns its value.
    pub fn delete_instance_attr(&mut self, object: &Value, name: &Ref<Str>) -> Option<Value> {
        let header = object.header()?;
        if let Some(inline) = inline_of(header) {
            let i = header.ty().shape()?.index(name)?;
            if i >= inline.live() {
                return None;
            }
            // SAFETY: i is below the capacity; the word is an owned value or 0; order positions are below the length.
            unsafe {
                let old = std::ptr::replace(inline.value(i).cast::<Option<Value>>(), None)?;
                let len = inline.len();
                let at = (0..len).find(|&p| *inline.order(p) as usize == i).unwrap_or(len - 1);
                for p in at..len - 1 {
                    *inline.order(p) = *inline.order(p + 1);
                }
                inline.set_len(len - 1);
                return Some(old);
            }
        }
        let dict = dict_of(header)?.clone();
        dict.get_mut(self).remove_str(name)
    }

    /// The `index`th `__slots__` member, counted from the root of the class hierarchy.
    pub fn slot_member(&self, object: &Value, index: u32) -> Option<Value> {
        let word = member_word(object, index)?;
        // SAFETY: the word is an owned value or 0.
        unsafe { (*word).as_ref().cloned() }
    }

    /// Stores a `__slots__` member, or with `None` deletes it; returns the old value.
    pub fn set_slot_member(&mut self, object: &Value, index: u32, value: Option<Value>) -> Option<Value> {
        let word = member_word(object, index)?;
        // SAFETY: the word is an owned value or 0; the token is borrowed exclusively.
        unsafe { std::ptr::replace(word, value) }
    }

    /// Changes the object's class. The layouts must agree, see [`crate::Type::same_layout`]; returns whether they do.
    pub fn set_class(&mut self, object: &Value, class: &Ref<crate::types::Type>) -> Result<bool, Raised> {
        let Some(header) = object.header() else { return Ok(false) };
        if !header.ty().same_layout(class) {
            return Ok(false);
        }
        // Inline values mean names by the old class's shape: move them into a dict first.
        if header.ty().flags().has(TypeFlags::INLINE_VALUES) {
            self.instance_dict(object)?;
        }
        let old = header.ty().to_ref();
        if class.flags().has(TypeFlags::INLINE_VALUES) != old.flags().has(TypeFlags::INLINE_VALUES) {
            return Ok(false);
        }
        let new = class.clone().into_value();
        header.set_ty(NonNull::from(&**class));
        std::mem::forget(new);
        // The object's reference to its old class, and ours.
        if !old.header().is_immortal() {
            old.header().decref();
        }
        Ok(true)
    }
}

fn member_word(object: &Value, index: u32) -> Option<*mut Option<Value>> {
    let header = object.header()?;
    let ty = header.ty();
    let count = ty.slot_count();
    if index >= count {
        return None;
    }
    // SAFETY: the members are the last words of the basic size.
    Some(unsafe {
        (header as *const Header as *mut u8).add(ty.basicsize() - 8 * (count - index) as usize).cast::<Option<Value>>()
    })
}

/// Drops an object's dict, inline values and slot members. What was set first is dropped last: finalisers of what dies
/// together run in the opposite order.
///
/// # Safety
/// The object is dying; called once.
pub(crate) unsafe fn drop_attributes(object: NonNull<Header>) {
    // SAFETY: the caller's contract; every word is an owned value or 0, and is cleared first.
    unsafe {
        let header = object.as_ref();
        let ty = header.ty();
        if ty.flags().has(TypeFlags::INLINE_VALUES) {
            let inline = Inline::of(header);
            for i in (0..inline.live()).rev() {
                drop(std::ptr::replace(inline.value(i).cast::<Option<Value>>(), None));
            }
        }
        if let Some(word) = dict_word(header) {
            let old = word.replace(0);
            if old != 0 {
                drop(Value::from_bits(old));
            }
        }
        let count = ty.slot_count() as usize;
        if count != 0 {
            let members = object.as_ptr().cast::<u8>().add(ty.basicsize() - 8 * count).cast::<Option<Value>>();
            for i in (0..count).rev() {
                drop(std::ptr::replace(members.add(i), None));
            }
        }
    }
}

/// Shows the references in an object's dict word, inline values and slot members.
///
/// # Safety
/// The object is live.
pub(crate) unsafe fn trace_attributes(object: NonNull<Header>, visitor: &mut Visitor<'_>) {
    // SAFETY: the caller's contract.
    unsafe {
        let header = object.as_ref();
        let ty = header.ty();
        if ty.flags().has(TypeFlags::INLINE_VALUES) {
            let inline = Inline::of(header);
            for i in 0..inline.live() {
                (*inline.value(i).cast::<Option<Value>>()).trace(visitor);
            }
        }
        if let Some(dict) = dict_of(header) {
            dict.trace(visitor);
        }
        let count = ty.slot_count() as usize;
        let members = object.as_ptr().cast::<u8>().add(ty.basicsize() - 8 * count).cast::<Option<Value>>();
        for i in 0..count {
            (*members.add(i)).trace(visitor);
        }
    }
}
