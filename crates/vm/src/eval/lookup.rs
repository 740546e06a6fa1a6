//! What attribute access finds, remembered by the class's version and the name.
//!
//! A site that has met one class only is specialised for it ([`super::specialize`]); all others come here. What the
//! algorithms of `object` and `type` would find is worked out once for a class and a name, and kept in a table that all
//! sites share: as long as the class keeps its version, neither its namespace nor those of its bases have changed, nor
//! have its instances been given a new name. So a site that meets two classes or twenty costs little more than one
//! that meets one. What the table refers to is borrowed, under the same guard.

use super::dispatch::{Fp, Sp, Vp};
use super::ops::names::name_at;
use super::word::{self, at, release, retain};
use crate::dunder;
use crate::types::descriptor::{
    GETSET_DESCRIPTOR, GetSet, MEMBER_DESCRIPTOR, METHOD_DESCRIPTOR, Member, MemberKind, MethodDescriptor,
    WRAPPER_DESCRIPTOR,
};
use crate::types::function::{FUNCTION, Function};
use crate::types::module::{MODULE, Module};
use crate::types::native_function::NativeFunction;
use crate::types::property::{CLASSMETHOD, ClassMethod, PROPERTY, Property, STATICMETHOD, StaticMethod};
use crate::{Dict, Ref, Str, Type, Value, Vm, name, slots};
use taipan_bytecode::CodeFlags;
use taipan_object::instance::{self, INLINE_LIVE, INLINE_VALUES};
use taipan_object::statics::{OBJECT, TYPE};
use taipan_object::value::FLOAT_OFFSET;
use taipan_object::{Header, TypeFlags};

/// What is found, besides an attribute of the object's own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug)]
#[repr(u8)]
pub enum Kind {
    /// Something that the long way decides.
    Other,
    /// A member of `__slots__`, `index` bytes from the header.
    Slot,
    /// An attribute that native code computes.
    GetSet,
    /// A property.
    Property,
    /// Nothing.
    Missing,
    /// A value that is not bound.
    Plain,
    /// A function that is bound to the object.
    Method,
    /// A class method.
    ClassMethod,
    /// A static method.
    StaticMethod,
}

/// Where an object has attributes of its own, which come before those of its class that are not data descriptors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Own {
    /// Nowhere.
    Nowhere,
    /// In its inline values, or once those are gone in its dict.
    Inline,
    /// In its dict.
    Dict,
}

/// What a class makes of a name.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// What the class has.
    pub kind: Kind,
    /// Where its instances keep theirs.
    pub own: Own,
    /// Index of an inline value, [`NO_INDEX`] where instances have none of that name; for [`Kind::Slot`] an offset.
    pub index: u16,
    /// What the class has, borrowed.
    pub descriptor: u64,
}

/// No instance of the class has an inline value of that name.
pub const NO_INDEX: u16 = u16::MAX;

#[derive(Clone, Copy)]
struct Entry {
    /// The version of the class; 0: nothing.
    version: u32,
    /// The version of the metaclass, where it counts.
    meta: u32,
    /// The name's address, and in its low bits what it was looked up for.
    key: u64,
    found: Found,
}

const SIZE: usize = 1024;
/// For reading an attribute of an instance.
const READ: u64 = 0;
/// For reading an attribute of a class.
const READ_CLASS: u64 = 1;
/// For storing an attribute of an instance.
const STORE: u64 = 2;
/// For reading an attribute behind a class in the MRO of another.
const SUPER: u64 = 3;

/// The bits of a key that are the name's address.
const ADDRESS: u64 = !3;

/// Gives an entry's reference to its name back.
///
/// # Safety
/// The entry has not done so yet.
unsafe fn drop_name(key: u64) {
    if key & ADDRESS != 0 {
        // SAFETY: the caller's contract.
        drop(unsafe { Value::from_bits(key & ADDRESS) });
    }
}

/// The table. It owns the names.
pub struct Lookups(Box<[Entry; SIZE]>);

impl Drop for Lookups {
    fn drop(&mut self) {
        for entry in self.0.iter() {
            // SAFETY: each entry gives its name back once.
            unsafe { drop_name(entry.key) }
        }
    }
}

impl Lookups {
    /// An empty table.
    pub fn new() -> Lookups {
        let found = Found { kind: Kind::Other, own: Own::Nowhere, index: NO_INDEX, descriptor: 0 };
        Lookups(Box::new([Entry { version: 0, meta: 0, key: 0, found }; SIZE]))
    }
}

fn slot_of(version: u32, key: u64) -> usize {
    (version as usize ^ (key >> 4) as usize ^ (key as usize & 3) << 8) & (SIZE - 1)
}

fn own_of(ty: &Type) -> Own {
    if !ty.flags().has(TypeFlags::MANAGED_DICT) {
        Own::Nowhere
    } else if ty.flags().has(TypeFlags::INLINE_VALUES) {
        Own::Inline
    } else {
        Own::Dict
    }
}

/// How a value in a class's namespace is seen through an instance.
fn kind_of(value: &Value) -> Kind {
    let ty = value.ty();
    if ty.is(FUNCTION.as_type()) || ty.is(METHOD_DESCRIPTOR.as_type()) || ty.is(WRAPPER_DESCRIPTOR.as_type()) {
        Kind::Method
    } else if ty.is(CLASSMETHOD.as_type()) {
        Kind::ClassMethod
    } else if ty.is(STATICMETHOD.as_type()) {
        Kind::StaticMethod
    } else if slots::of(ty).get.is_none() {
        Kind::Plain
    } else {
        Kind::Other
    }
}

/// What reading `name` of an instance of `ty` finds.
fn analyze_read(vm: &mut Vm, ty: &Type, name: &Ref<Str>) -> Found {
    let mut found = Found { kind: Kind::Other, own: own_of(ty), index: NO_INDEX, descriptor: 0 };
    if !is_generic(ty) && !dunder::falls_back(vm, ty) || ty.asks_strange_keys() {
        return found;
    }
    if let Some(i) = ty.shape().and_then(|s| s.index(name)) {
        found.index = i as u16;
    }
    let Some(value) = vm.lookup_type_attr(ty, name) else {
        found.kind = Kind::Missing;
        return found;
    };
    found.descriptor = value.bits();
    let class = value.ty();
    if class.is(MEMBER_DESCRIPTOR.as_type()) {
        if let Some(m) = value.downcast::<Member>()
            && ty.is_subtype(&m.owner)
            && let MemberKind::Slot(index) = m.kind
            && let Some(offset) = instance::member_offset(ty, index).and_then(|o| u16::try_from(o).ok())
        {
            found.kind = Kind::Slot;
            found.index = offset;
        }
    } else if class.is(PROPERTY.as_type()) {
        found.kind = Kind::Property;
    } else if class.is(GETSET_DESCRIPTOR.as_type()) {
        if value.downcast::<GetSet>().is_some_and(|g| ty.is_subtype(&g.owner)) {
            found.kind = Kind::GetSet;
        }
    } else if slots::of(class).set.is_none() {
        found.kind = kind_of(&value);
    }
    found
}

/// What reading `name` of the class itself finds; `meta` is its class.
fn analyze_class(vm: &mut Vm, class: &Type, meta: &Type, name: &Ref<Str>) -> Found {
    let mut found = Found { kind: Kind::Other, own: Own::Nowhere, index: NO_INDEX, descriptor: 0 };
    let getattr = slots::of(meta).getattr.map(|f| f as usize);
    if getattr != slots::of(TYPE.as_type()).getattr.map(|f| f as usize) || class.asks_strange_keys() {
        return found;
    }
    if vm.lookup_type_attr(meta, name).is_some_and(|m| slots::of(m.ty()).set.is_some()) {
        return found;
    }
    let Some(value) = vm.lookup_type_attr(class, name) else { return found };
    found.descriptor = value.bits();
    found.kind = match kind_of(&value) {
        // Nothing is bound through the class.
        Kind::Method => Kind::Plain,
        kind => kind,
    };
    found
}

/// What storing `name` of an instance of `ty` finds in the way: a member, nothing that matters, or something else.
fn analyze_store(vm: &mut Vm, ty: &Type, name: &Ref<Str>) -> Found {
    let mut found = Found { kind: Kind::Other, own: own_of(ty), index: NO_INDEX, descriptor: 0 };
    let setattr = slots::of(ty).setattr.map(|f| f as usize);
    if setattr != slots::of(OBJECT.as_type()).setattr.map(|f| f as usize) {
        return found;
    }
    if let Some(value) = vm.lookup_type_attr(ty, name) {
        found.descriptor = value.bits();
        if slots::of(value.ty()).set.is_some() {
            if let Some(m) = value.downcast_exact::<Member>()
                && ty.is_subtype(&m.owner)
                && let MemberKind::Slot(index) = m.kind
                && let Some(offset) = instance::member_offset(ty, index).and_then(|o| u16::try_from(o).ok())
            {
                found.kind = Kind::Slot;
                found.index = offset;
            } else if PROPERTY.is_exact(&value) {
                found.kind = Kind::Property;
            }
            return found;
        }
    }
    if let Some(i) = ty.shape().and_then(|s| s.index(name)) {
        found.index = i as u16;
    }
    found.kind = Kind::Missing;
    found
}

#[inline(always)]
fn cached(vm: &Vm, version: u32, meta: u32, key: u64) -> Option<Found> {
    let e = &vm.eval.lookups.0[slot_of(version, key)];
    (version != 0 && e.version == version && e.key == key && e.meta == meta).then_some(e.found)
}

fn remember(vm: &mut Vm, version: u32, meta: u32, key: u64, found: Found) {
    if version != 0 {
        let place = &mut vm.eval.lookups.0[slot_of(version, key)];
        let old = std::mem::replace(place, Entry { version, meta, key, found });
        // The name is kept alive, lest another one be made at its address.
        // SAFETY: the key is a live string's address; the old entry has kept its own alive.
        unsafe {
            retain(key & ADDRESS);
            drop_name(old.key);
        }
    }
}

/// What reading `name` of an instance of `ty` finds.
#[inline(always)]
pub fn read(vm: &mut Vm, ty: &Type, name: &Ref<Str>) -> Found {
    let key = name.as_value().bits() | READ;
    match cached(vm, ty.version(), 0, key) {
        Some(found) => found,
        None => read_slow(vm, ty, name),
    }
}

#[cold]
#[inline(never)]
fn read_slow(vm: &mut Vm, ty: &Type, name: &Ref<Str>) -> Found {
    let found = analyze_read(vm, ty, name);
    let version = vm.type_version(ty);
    remember(vm, version, 0, name.as_value().bits() | READ, found);
    found
}

/// What reading `name` of a class finds.
#[inline(always)]
pub fn read_class(vm: &mut Vm, class: &Type, meta: &Type, name: &Ref<Str>) -> Found {
    let key = name.as_value().bits() | READ_CLASS;
    match cached(vm, class.version(), meta.version(), key) {
        Some(found) => found,
        None => read_class_slow(vm, class, meta, name),
    }
}

#[cold]
#[inline(never)]
fn read_class_slow(vm: &mut Vm, class: &Type, meta: &Type, name: &Ref<Str>) -> Found {
    let found = analyze_class(vm, class, meta, name);
    let (version, meta) = (vm.type_version(class), vm.type_version(meta));
    if meta != 0 {
        remember(vm, version, meta, name.as_value().bits() | READ_CLASS, found);
    }
    found
}

/// What storing `name` of an instance of `ty` finds in the way.
#[inline(always)]
pub fn store(vm: &mut Vm, ty: &Type, name: &Ref<Str>) -> Found {
    let key = name.as_value().bits() | STORE;
    match cached(vm, ty.version(), 0, key) {
        Some(found) => found,
        None => store_slow(vm, ty, name),
    }
}

#[cold]
#[inline(never)]
fn store_slow(vm: &mut Vm, ty: &Type, name: &Ref<Str>) -> Found {
    let found = analyze_store(vm, ty, name);
    let version = vm.type_version(ty);
    remember(vm, version, 0, name.as_value().bits() | STORE, found);
    found
}

/// What `super(after, object).name` finds, where the object's class is `start` and derives from `after`; nothing where
/// that has to be worked out.
#[inline(always)]
pub fn read_super(vm: &mut Vm, start: &Type, after: &Type, name: &Ref<Str>) -> Option<Found> {
    let key = name.as_value().bits() | SUPER;
    if after.version() == 0 {
        return None;
    }
    cached(vm, start.version(), after.version(), key)
}

/// Remembers what that has found in the classes' namespaces.
pub fn remember_super(vm: &mut Vm, start: &Type, after: &Type, name: &Ref<Str>, value: &Value) {
    if !start.is_subtype(after) {
        return;
    }
    let kind = kind_of(value);
    let found = Found { kind, own: Own::Nowhere, index: NO_INDEX, descriptor: value.bits() };
    let (version, meta) = (vm.type_version(start), vm.type_version(after));
    if meta != 0 {
        remember(vm, version, meta, name.as_value().bits() | SUPER, found);
    }
}

/// What a site that meets many classes has in front of it, where that takes a few instructions; words are borrowed.
pub enum Quick {
    /// The value of an attribute.
    Value(u64),
    /// A function that is called with the object in front.
    Method(u64),
    /// Something that [`load`] decides.
    Other,
}

/// The Python function that the object's class has under a name, where the table knows; borrowed, 0 if it does not.
#[inline(always)]
pub unsafe fn known_function(w: u64, vm: Vp, name: &Ref<Str>) -> u64 {
    // SAFETY: the contract of handlers.
    unsafe {
        if w >= FLOAT_OFFSET {
            return 0;
        }
        let version = (*(w as *const Header)).ty().version();
        let key = name.as_value().bits() | READ;
        let e = &(*vm).eval.lookups.0[slot_of(version, key)];
        let known = version != 0 && e.version == version && e.key == key && e.found.kind == Kind::Method;
        if known && word::type_address(e.found.descriptor) == FUNCTION.as_type().address() {
            e.found.descriptor
        } else {
            0
        }
    }
}

/// Looks an attribute of the object `w` up without calling anything.
#[inline(always)]
pub unsafe fn quick_load(w: u64, frame: Fp, vm: Vp, index: usize, method: bool) -> Quick {
    // SAFETY: the contract of handlers; the class says where its instances keep attributes.
    unsafe {
        if w >= FLOAT_OFFSET {
            return Quick::Other;
        }
        let ty = (*(w as *const Header)).ty();
        let version = ty.version();
        let key = name_at((*frame).code, index).as_value().bits() | READ;
        let e = &(*vm).eval.lookups.0[slot_of(version, key)];
        if version == 0 || e.version != version || e.key != key || e.found.kind < Kind::Missing {
            return Quick::Other;
        }
        match e.found.own {
            Own::Inline => {
                let inline = inline_values(w, ty);
                let live = *inline.add(INLINE_LIVE) as u16;
                if e.found.index < live {
                    let value = *inline.add(INLINE_VALUES).cast::<u64>().add(e.found.index as usize);
                    if value != 0 {
                        return Quick::Value(value);
                    }
                } else if live == 0 {
                    return Quick::Other;
                }
            }
            Own::Nowhere => {}
            Own::Dict => return Quick::Other,
        }
        match e.found.kind {
            Kind::Method if method => Quick::Method(e.found.descriptor),
            _ => Quick::Other,
        }
    }
}

/// Where the inline values of an instance begin.
#[inline(always)]
unsafe fn inline_values(w: u64, ty: &Type) -> *mut u8 {
    // SAFETY: the caller knows that the class's instances have them.
    unsafe { (w as *mut u8).add(ty.basicsize()) }
}

/// The attribute of the object's own, borrowed; 0 if it has none.
#[inline(always)]
unsafe fn own_value(w: u64, ty: &Type, found: &Found, name: &Str) -> u64 {
    // SAFETY: the class says where its instances keep attributes.
    unsafe {
        match found.own {
            Own::Nowhere => return 0,
            Own::Inline => {
                let inline = inline_values(w, ty);
                let live = *inline.add(INLINE_LIVE) as u16;
                if live != 0 {
                    if found.index >= live {
                        return 0;
                    }
                    return *inline.add(INLINE_VALUES).cast::<u64>().add(found.index as usize);
                }
            }
            Own::Dict => {}
        }
        let dict = instance::managed_dict_word(w as *const Header);
        if dict == 0 {
            return 0;
        }
        (*word::payload::<Dict>(dict)).get_str(name).map_or(0, Value::bits)
    }
}

/// What a class has of a name goes in place of the object on the stack; with `method`, also what is called with it.
#[inline(always)]
unsafe fn push_found(sp: Sp, vm: Vp, value: u64, receiver: u64) {
    // SAFETY: the words are borrowed, the receiver may be absent; the frame has a word to spare.
    unsafe {
        retain(value);
        word::retain_any(receiver);
        let object = std::mem::replace(&mut *sp.sub(1), value);
        *sp = receiver;
        release(object, vm);
    }
}

/// Puts the attribute in place of the object on the stack, and behind it what goes in front of the arguments of a call
/// with it, or nothing. With `method`, a function that is found on the class is not bound. Whether it was found.
#[inline(never)]
pub unsafe fn load(sp: Sp, frame: Fp, vm: Vp, index: usize, method: bool) -> bool {
    // SAFETY: the contract of handlers: the object is on the stack, above which the frame has a word to spare.
    unsafe {
        let name = name_at((*frame).code, index);
        let w = *sp.sub(1);
        let ty = at(sp.sub(1)).ty();
        if ty.flags().has(TypeFlags::TYPE_SUBCLASS) {
            return load_from_class(sp, vm, name, method);
        }
        if ty.is(MODULE.as_type()) {
            return load_from_module(sp, vm, name);
        }
        let found = read(&mut *vm, ty, name);
        match found.kind {
            Kind::Other => return load_other(sp, vm, name, method),
            Kind::Slot => {
                let value = *((w as usize + found.index as usize) as *const u64);
                if value == 0 {
                    return load_other(sp, vm, name, method);
                }
                push_found(sp, vm, value, 0);
                return true;
            }
            Kind::GetSet => {
                let get = (*word::payload::<GetSet>(found.descriptor)).def.get;
                return replace(sp, vm, word::of(get(&mut *vm, at(sp.sub(1)))));
            }
            Kind::Property => return load_other(sp, vm, name, method),
            _ => {}
        }
        let own = own_value(w, ty, &found, name);
        if own != 0 {
            push_found(sp, vm, own, 0);
            return true;
        }
        match found.kind {
            Kind::Plain => push_found(sp, vm, found.descriptor, 0),
            Kind::Method if method => {
                // The object itself goes in front.
                retain(found.descriptor);
                *sp = w;
                *sp.sub(1) = found.descriptor;
            }
            Kind::Method if (*(found.descriptor as *const Header)).ty().is(FUNCTION.as_type()) => {
                let bound = (*vm).new_method(word::cloned(found.descriptor), at(sp.sub(1)).clone());
                return replace(sp, vm, word::of(bound));
            }
            Kind::Method => match bind_native(&mut *vm, at(sp.sub(1)), at(&found.descriptor)) {
                Some(bound) => return replace(sp, vm, bound.into_bits()),
                None => return load_other(sp, vm, name, method),
            },
            Kind::ClassMethod if method => match &(*word::payload::<ClassMethod>(found.descriptor)).function {
                Some(f) => push_found(sp, vm, f.bits(), ty.address()),
                None => return load_other(sp, vm, name, method),
            },
            Kind::StaticMethod => match &(*word::payload::<StaticMethod>(found.descriptor)).function {
                Some(f) => push_found(sp, vm, f.bits(), 0),
                None => return load_other(sp, vm, name, method),
            },
            _ => return load_other(sp, vm, name, method),
        }
        true
    }
}

/// A native method of the object's class, bound to the object; nothing where it cannot be.
fn bind_native(vm: &mut Vm, object: &Value, descriptor: &Value) -> Option<Value> {
    let method = descriptor.downcast_exact::<MethodDescriptor>()?;
    let ty = object.ty();
    if ty.address() != method.owner.as_value().bits() && !ty.derives_from(&method.owner) {
        return None;
    }
    NativeFunction::new(vm, &method.def, Some(object.clone()), None).ok().map(Ref::into_value)
}

/// An attribute of an object that can be had without running code; nothing where the long way has to decide.
pub fn quick_attr(vm: &mut Vm, object: &Value, name: &Ref<Str>) -> Option<Value> {
    quick_lookup(vm, object, name).flatten()
}

/// The same, or that there is no such attribute, where that is certain.
pub fn quick_lookup(vm: &mut Vm, object: &Value, name: &Ref<Str>) -> Option<Option<Value>> {
    let ty = object.ty();
    if ty.flags().has(TypeFlags::TYPE_SUBCLASS) || ty.is(MODULE.as_type()) || !name.is_interned() {
        return None;
    }
    let found = read(vm, ty, name);
    // SAFETY: the class says where its instances keep attributes, and immediates have none; a word that is not zero is
    // borrowed from there.
    unsafe {
        let word = match found.kind {
            Kind::Slot => *((object.bits() as usize + found.index as usize) as *const u64),
            Kind::Other | Kind::GetSet | Kind::Property => 0,
            kind => {
                let own = if object.is_heap() { own_value(object.bits(), ty, &found, name) } else { 0 };
                match kind {
                    _ if own != 0 => own,
                    Kind::Plain => found.descriptor,
                    Kind::Method => return bind_native(vm, object, word::at(&found.descriptor)).map(Some),
                    Kind::Missing if is_generic(ty) => return Some(None),
                    _ => 0,
                }
            }
        };
        (word != 0).then(|| Some(word::cloned(word)))
    }
}

/// Whether attributes of the class's instances are looked up as `object` does.
fn is_generic(ty: &Type) -> bool {
    slots::of(ty).getattr.map(|f| f as usize) == slots::of(OBJECT.as_type()).getattr.map(|f| f as usize)
}

/// The same for an attribute of a class.
pub fn quick_class_attr(vm: &mut Vm, class: &Ref<Type>, name: &Ref<Str>) -> Option<Value> {
    let found = read_class(vm, class, class.ty(), name);
    // SAFETY: what is found is borrowed from the class, which has its version still.
    (found.kind == Kind::Plain).then(|| unsafe { word::cloned(found.descriptor) })
}

/// Puts an owned result in place of the object on the stack; 0: an exception was raised.
unsafe fn replace(sp: Sp, vm: Vp, result: u64) -> bool {
    // SAFETY: as for load.
    unsafe {
        if result == 0 {
            return false;
        }
        let object = std::mem::replace(&mut *sp.sub(1), result);
        *sp = 0;
        release(object, vm);
        (*vm).drain();
        true
    }
}

#[inline(never)]
unsafe fn load_from_class(sp: Sp, vm: Vp, name: &Ref<Str>, method: bool) -> bool {
    // SAFETY: as for load; the object is a class.
    unsafe {
        let class: &Type = &*(*sp.sub(1) as *const Type);
        let meta = at(sp.sub(1)).ty();
        let found = read_class(&mut *vm, class, meta, name);
        match found.kind {
            Kind::Plain => push_found(sp, vm, found.descriptor, 0),
            Kind::ClassMethod if method => match &(*word::payload::<ClassMethod>(found.descriptor)).function {
                Some(f) => push_found(sp, vm, f.bits(), class.address()),
                None => return load_other(sp, vm, name, method),
            },
            Kind::StaticMethod => match &(*word::payload::<StaticMethod>(found.descriptor)).function {
                Some(f) => push_found(sp, vm, f.bits(), 0),
                None => return load_other(sp, vm, name, method),
            },
            _ => return load_other(sp, vm, name, method),
        }
        true
    }
}

#[inline(never)]
unsafe fn load_from_module(sp: Sp, vm: Vp, name: &Ref<Str>) -> bool {
    // SAFETY: as for load; the object is a module.
    unsafe {
        let found = read(&mut *vm, MODULE.as_type(), name);
        // `__class__` and the like are the type's; a missing name may be a `__getattr__` away.
        if found.kind != Kind::GetSet
            && let Some(dict) = &(*word::payload::<Module>(*sp.sub(1))).dict
            && let Some(value) = dict.get(&*vm).get_str(name)
        {
            push_found(sp, vm, value.bits(), 0);
            return true;
        }
        load_other(sp, vm, name, false)
    }
}

/// The long way.
#[inline(never)]
unsafe fn load_other(sp: Sp, vm: Vp, name: &Ref<Str>, method: bool) -> bool {
    // SAFETY: as for load.
    unsafe {
        let vmr = &mut *vm;
        let object = at(sp.sub(1));
        let generic = slots::of(OBJECT.as_type()).getattr.map(|f| f as usize);
        if method
            && slots::of(object.ty()).getattr.map(|f| f as usize) == generic
            && let Some(found) = vmr.lookup_type_attr(object.ty(), name)
            && found.ty().flags().has(TypeFlags::METHOD_DESCRIPTOR)
            && vmr.instance_attr(object, name).is_none()
        {
            *sp = *sp.sub(1);
            *sp.sub(1) = found.into_bits();
            return true;
        }
        replace(sp, vm, word::of(vmr.get_attr(object, name)))
    }
}

/// Stores the value that lies below the object on the stack; the value is taken over if that succeeds at once: then
/// its word is absent afterwards.
#[inline(never)]
pub unsafe fn store_on(sp: Sp, frame: Fp, vm: Vp, index: usize) -> bool {
    // SAFETY: the contract of handlers: object and value are on the stack.
    unsafe {
        let name = name_at((*frame).code, index);
        let w = *sp.sub(1);
        let ty = at(sp.sub(1)).ty();
        let found = store(&mut *vm, ty, name);
        let place: *mut u64 = match (found.kind, found.own) {
            (Kind::Slot, _) => (w as usize + found.index as usize) as *mut u64,
            (Kind::Missing, Own::Inline) => {
                let inline = inline_values(w, ty);
                if found.index < *inline.add(INLINE_LIVE) as u16 {
                    let place = inline.add(INLINE_VALUES).cast::<u64>().add(found.index as usize);
                    if *place == 0 {
                        instance::note_first_store(inline, found.index as usize);
                    }
                    place
                } else {
                    return store_other(sp, vm, name);
                }
            }
            (Kind::Property, _) => match (*word::payload::<Property>(found.descriptor)).setter.clone() {
                Some(setter) if FUNCTION.is_exact(&setter) => {
                    let value = std::slice::from_ref(at(sp.sub(2)));
                    return (*vm).call_unbound(&setter, at(sp.sub(1)), value).is_ok();
                }
                _ => return store_other(sp, vm, name),
            },
            _ => return store_other(sp, vm, name),
        };
        let old = std::mem::replace(&mut *place, std::mem::replace(&mut *sp.sub(2), 0));
        word::release_any(old, vm);
        true
    }
}

#[inline(never)]
unsafe fn store_other(sp: Sp, vm: Vp, name: &Ref<Str>) -> bool {
    // SAFETY: as for store_on.
    unsafe {
        let value = at(sp.sub(2)).clone();
        (*vm).set_attr(at(sp.sub(1)), name, Some(value)).is_ok()
    }
}

/// The `__init__` that a call of a class runs, if such a call does nothing but make a plain instance and run that: a
/// Python function, borrowed.
pub fn plain_init(vm: &mut Vm, class: &Type) -> Option<u64> {
    if !class.header().ty().is(TYPE.as_type()) || class.flags().has(TypeFlags::ABSTRACT) {
        return None;
    }
    if vm.overrides_slot(class, "__new__") {
        return None;
    }
    let init = vm.lookup_type_attr(class, name!("__init__"))?;
    let function = init.downcast_exact::<Function>()?;
    let code = &function.get(vm).code;
    let generator = CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR;
    (code.simple && !code.flags.intersects(generator)).then(|| init.bits())
}
