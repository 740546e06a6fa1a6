//! `_abc`: what `abc.ABCMeta` asks about classes, with what was answered before.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::{FROZENSET, OBJECT, SET, TYPE, WEAKREF};
use taipan_object::trace::Opaque;
use taipan_object::weak::Sharing;
use taipan_object::{TypeCell, TypeFlags, WeakRef};
use taipan_vm::native::Args;
use taipan_vm::{Ref, Result, Type, Value, Vm, name};

/// What an abstract class remembers.
pub static DATA: TypeCell<AbcData> = TypeCell::new("_abc._abc_data");

/// Classes by their addresses, each with a weak reference: one that has died stands for nothing, even if another class
/// has its address now.
#[derive(Trace, Default)]
struct Classes {
    known: HashMap<u64, Ref<WeakRef>>,
    /// Number of entries at which those that have died are thrown out.
    limit: Opaque<usize>,
}

impl Classes {
    fn contains(&self, class: &Value) -> bool {
        self.known.get(&class.bits()).is_some_and(|w| w.upgrade().is_some_and(|c| c.is(class)))
    }

    fn insert(&mut self, class: &Value, weak: Ref<WeakRef>) {
        if self.known.len() >= self.limit.0.max(16) {
            self.known.retain(|_, w| w.upgrade().is_some());
            self.limit.0 = 2 * self.known.len();
        }
        self.known.insert(class.bits(), weak);
    }
}

/// What an abstract class remembers.
#[derive(Trace, Payload)]
#[payload(class = DATA, frozen)]
#[repr(C)]
pub struct AbcData {
    /// In the order of registration.
    registry: RefCell<Vec<Ref<WeakRef>>>,
    cache: RefCell<Classes>,
    negative: RefCell<Classes>,
    /// The number of registrations for which the negative answers hold.
    negative_version: Cell<u64>,
}

/// Methods of `_abc._abc_data`.
pub struct AbcDataClass;

/// Internal state held by ABC machinery.
#[class(cell = DATA, base = OBJECT, flags = HAVE_GC)]
impl AbcDataClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, _args: Args<'_>) -> Result {
        let negative_version = Cell::new(vm.state().abc_version);
        let data = AbcData {
            registry: RefCell::default(),
            cache: RefCell::default(),
            negative: RefCell::default(),
            negative_version,
        };
        Ref::new(vm, data).map(Ref::into_value)
    }
}

fn data_of(vm: &mut Vm, class: &Value) -> Result<Ref<AbcData>> {
    let found = vm.get_attr(class, name!("_abc_impl"))?;
    match found.downcast::<AbcData>() {
        Some(data) => Ok(data.clone()),
        None => Err(vm.raise_type_error("_abc_impl is set to a wrong type")),
    }
}

fn weak(vm: &mut Vm, class: &Value) -> Result<Ref<WeakRef>> {
    let shared = vm.shared_weakref(class, Sharing::Reference);
    let found = match shared {
        Some(found) => Some(found),
        None => vm.new_weakref(WEAKREF.as_type(), class, None, Sharing::Reference)?,
    };
    match found.as_ref().and_then(|f| f.downcast::<WeakRef>()) {
        Some(weak) => Ok(weak.clone()),
        None => {
            let text = format!("cannot create weak reference to '{}' object", class.ty().name());
            Err(vm.raise_type_error(&text))
        }
    }
}

fn remember(vm: &mut Vm, data: &Ref<AbcData>, class: &Value, answer: bool) -> Result<()> {
    let weak = weak(vm, class)?;
    let classes = if answer { &data.cache } else { &data.negative };
    classes.borrow_mut().insert(class, weak);
    Ok(())
}

fn is_abstract(vm: &mut Vm, value: &Value) -> Result<bool> {
    match vm.get_attr_opt(value, name!("__isabstractmethod__"))? {
        Some(flag) => vm.is_truthy(&flag),
        None => Ok(false),
    }
}

/// What a class's namespace holds.
fn own_attributes(vm: &mut Vm, class: &Value) -> Result<Vec<(Value, Value)>> {
    if let Some(own) = class.as_type().and_then(Type::dict) {
        let mut all = taipan_object::room::vec(own.get(vm).len())?;
        all.extend(own.get(vm).iter().map(|(key, value)| (key.clone(), value.clone())));
        return Ok(all);
    }
    let own = vm.get_attr(class, name!("__dict__"))?;
    let items = vm.call_method(&own, name!("items"), &[])?;
    let mut all = Vec::new();
    for pair in vm.collect(&items)? {
        if let [key, value] = &vm.collect(&pair)?[..] {
            all.push((key.clone(), value.clone()));
        }
    }
    Ok(all)
}

fn compute_abstract_methods(vm: &mut Vm, class: &Value) -> Result<()> {
    let mut names = Vec::new();
    for (key, value) in own_attributes(vm, class)? {
        if is_abstract(vm, &value)? {
            names.push(key);
        }
    }
    let bases = vm.get_attr(class, name!("__bases__"))?;
    for base in vm.collect(&bases)? {
        // `object` and most others have none: an exception that nobody sees need not be made to say so.
        if let Some(ty) = base.as_type()
            && base.ty().is(TYPE.as_type())
            && ty.own(vm, name!("__abstractmethods__")).is_none()
        {
            continue;
        }
        let Some(inherited) = vm.get_attr_opt(&base, name!("__abstractmethods__"))? else { continue };
        for key in vm.collect(&inherited)? {
            let Some(name) = key.downcast::<taipan_vm::Str>() else { continue };
            if let Some(value) = vm.get_attr_opt(class, name)?
                && is_abstract(vm, &value)?
            {
                names.push(key.clone());
            }
        }
    }
    let names = vm.new_list(names)?.into_value();
    let names = vm.call(FROZENSET.as_ref().as_value(), &[names])?;
    vm.set_attr(class, name!("__abstractmethods__"), Some(names))
}

const COLLECTION: TypeFlags = TypeFlags(TypeFlags::SEQUENCE.0 | TypeFlags::MAPPING.0);

/// Takes `__abc_tpflags__`, by which the classes of `collections.abc` say how patterns match them.
fn take_flags(vm: &mut Vm, class: &Ref<Type>) -> Result<()> {
    let Some(dict) = class.dict().cloned() else { return Ok(()) };
    let Some(flags) = dict.get(vm).get_str(name!("__abc_tpflags__")).cloned() else { return Ok(()) };
    let Some(bits) = flags.small_int() else { return Ok(()) };
    let bits = bits as u64 & COLLECTION.0;
    if bits == COLLECTION.0 {
        let text = "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING";
        return Err(vm.raise_type_error(text));
    }
    class.add_flags(TypeFlags(bits));
    vm.set_attr(class.as_value(), name!("__abc_tpflags__"), None)
}

/// Gives a registered class, and all that derive from it, the way in which patterns match it.
fn give_flags(class: &Ref<Type>, flags: TypeFlags) {
    let mut pending = vec![class.clone()];
    while let Some(class) = pending.pop() {
        let has = class.flags().0 & COLLECTION.0;
        if has == flags.0 || class.flags().has(TypeFlags::IMMUTABLE) {
            continue;
        }
        class.remove_flags(COLLECTION);
        class.add_flags(flags);
        pending.extend(class.subclasses());
    }
}

fn subclass_check(vm: &mut Vm, this: &Value, subclass: &Value) -> Result<bool> {
    if subclass.as_type().is_none() {
        return Err(vm.raise_type_error("issubclass() arg 1 must be a class"));
    }
    let data = data_of(vm, this)?;
    if data.cache.borrow().contains(subclass) {
        return Ok(true);
    }
    let version = vm.state().abc_version;
    if data.negative_version.get() < version {
        let old = std::mem::take(&mut *data.negative.borrow_mut());
        drop(old);
        data.negative_version.set(version);
    } else if data.negative.borrow().contains(subclass) {
        return Ok(false);
    }
    vm.check_stack(" in __subclasscheck__")?;
    let hooked = vm.call_method(this, name!("__subclasshook__"), std::slice::from_ref(subclass))?;
    if hooked.is_true() || hooked.is_false() {
        remember(vm, &data, subclass, hooked.is_true())?;
        return Ok(hooked.is_true());
    }
    if !hooked.is_not_implemented() {
        let text = "__subclasshook__ must return either False, True, or NotImplemented";
        return Err(vm.raise_assertion_error(text));
    }
    if let (Some(class), Some(base)) = (subclass.as_type(), this.as_type())
        && class.is_subtype(base)
    {
        remember(vm, &data, subclass, true)?;
        return Ok(true);
    }
    let registered = data.registry.borrow().clone();
    if registered.iter().any(|w| w.upgrade().is_some_and(|c| c.is(subclass))) {
        return Ok(true);
    }
    for weak in registered {
        let Some(class) = weak.upgrade() else { continue };
        if vm.is_subclass(subclass, &class)? {
            remember(vm, &data, subclass, true)?;
            return Ok(true);
        }
    }
    let subclasses = vm.call_method(this, name!("__subclasses__"), &[])?;
    if subclasses.downcast::<taipan_vm::List>().is_none() {
        return Err(vm.raise_type_error("__subclasses__() must return a list"));
    }
    for class in vm.collect(&subclasses)? {
        if vm.is_subclass(subclass, &class)? {
            remember(vm, &data, subclass, true)?;
            return Ok(true);
        }
    }
    remember(vm, &data, subclass, false)?;
    Ok(false)
}

fn call_check(vm: &mut Vm, this: &Value, subclass: &Value) -> Result<bool> {
    let answer = vm.call_method(this, name!("__subclasscheck__"), std::slice::from_ref(subclass))?;
    vm.is_truthy(&answer)
}

fn set_of(vm: &mut Vm, weak: impl Iterator<Item = Ref<WeakRef>>) -> Result {
    let alive = weak.filter(|w| w.upgrade().is_some()).map(Ref::into_value).collect();
    let list = vm.new_list(alive)?.into_value();
    vm.call(SET.as_ref().as_value(), &[list])
}

/// `_abc`.
pub struct AbcModule;

/// What abc.ABCMeta is built on.
#[module(name = "_abc")]
impl AbcModule {
    #[exec]
    fn exec(vm: &mut Vm, _module: &Ref<taipan_vm::types::module::Module>) -> Result<()> {
        vm.set_up_class(&AbcDataClass::class_def())
    }

    /// A token that changes with every registration in any abstract class.
    ///
    /// Tokens are compared with ==; what was learned about subclasses holds as long
    /// as the token stays the same.
    #[function("($module, /)")]
    fn get_cache_token(vm: &mut Vm) -> Result<u64> {
        Ok(vm.state().abc_version)
    }

    /// Set an abstract class up. For the abc module only.
    #[function("($module, self, /)")]
    fn _abc_init(vm: &mut Vm, this: &Value) -> Result<()> {
        compute_abstract_methods(vm, this)?;
        let data = vm.call(DATA.as_ref().as_value(), &[])?;
        vm.set_attr(this, name!("_abc_impl"), Some(data))?;
        match this.as_type_ref() {
            Some(class) => take_flags(vm, class),
            None => Ok(()),
        }
    }

    /// Register a class. For the abc module only.
    #[function("($module, self, subclass, /)")]
    fn _abc_register(vm: &mut Vm, this: &Value, subclass: &Value) -> Result {
        let Some(class) = subclass.as_type_ref() else {
            return Err(vm.raise_type_error("Can only register classes"));
        };
        if vm.is_subclass(subclass, this)? {
            return Ok(subclass.clone());
        }
        // A class that is its own descendant would make every question go round for ever.
        if vm.is_subclass(this, subclass)? {
            return Err(vm.raise_runtime_error("Refusing to create an inheritance cycle"));
        }
        let data = data_of(vm, this)?;
        let weak = weak(vm, subclass)?;
        {
            let mut registry = data.registry.borrow_mut();
            if registry.len().is_power_of_two() {
                registry.retain(|w| w.upgrade().is_some());
            }
            registry.push(weak);
        }
        vm.state_mut().abc_version += 1;
        if let Some(this) = this.as_type() {
            let flags = this.flags().0 & COLLECTION.0;
            if flags != 0 {
                give_flags(class, TypeFlags(flags));
            }
        }
        Ok(subclass.clone())
    }

    /// Whether an object is an instance. For the abc module only.
    #[function("($module, self, instance, /)")]
    fn _abc_instancecheck(vm: &mut Vm, this: &Value, instance: &Value) -> Result<bool> {
        let data = data_of(vm, this)?;
        let subclass = vm.get_attr_opt(instance, name!("__class__"))?;
        let subclass = subclass.unwrap_or_else(|| instance.ty().to_value());
        if data.cache.borrow().contains(&subclass) {
            return Ok(true);
        }
        let subtype = instance.ty().to_value();
        if subtype.is(&subclass) {
            let fresh = data.negative_version.get() == vm.state().abc_version;
            if fresh && data.negative.borrow().contains(&subclass) {
                return Ok(false);
            }
            return call_check(vm, this, &subclass);
        }
        Ok(call_check(vm, this, &subclass)? || call_check(vm, this, &subtype)?)
    }

    /// Whether a class is a subclass. For the abc module only.
    #[function("($module, self, subclass, /)")]
    fn _abc_subclasscheck(vm: &mut Vm, this: &Value, subclass: &Value) -> Result<bool> {
        subclass_check(vm, this, subclass)
    }

    /// The registry, both caches and the version of the negative one.
    ///
    /// ABC._dump_registry() shows them nicely.
    #[function("($module, self, /)")]
    fn _get_dump(vm: &mut Vm, this: &Value) -> Result {
        let data = data_of(vm, this)?;
        let all = [
            data.registry.borrow().clone(),
            data.cache.borrow().known.values().cloned().collect(),
            data.negative.borrow().known.values().cloned().collect::<Vec<_>>(),
        ];
        let mut parts = Vec::new();
        for classes in all {
            parts.push(set_of(vm, classes.into_iter())?);
        }
        parts.push(vm.new_uint(data.negative_version.get())?);
        vm.new_tuple(parts).map(Ref::into_value)
    }

    /// Forget all registrations. For tests that look for leaks only.
    #[function("($module, self, /)")]
    fn _reset_registry(vm: &mut Vm, this: &Value) -> Result<()> {
        let data = data_of(vm, this)?;
        let old = data.registry.take();
        drop(old);
        Ok(())
    }

    /// Forget what was learned. For tests that look for leaks only.
    #[function("($module, self, /)")]
    fn _reset_caches(vm: &mut Vm, this: &Value) -> Result<()> {
        let data = data_of(vm, this)?;
        let old = (data.cache.take(), data.negative.take());
        drop(old);
        Ok(())
    }
}
