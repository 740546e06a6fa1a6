//! What stands in a class's namespace for native code: methods, class methods, computed attributes, members of
//! `__slots__`, and the wrappers that show slots as dunder methods.

use crate::dunder::Dunder;
use crate::native::{Args, FnDef, GetSetDef};
use crate::types::native_function::NativeFunction;
use crate::{Ref, Result, Str, Type, Value, Vm, name, slots};
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Raised, TypeCell};

/// `method_descriptor`.
pub static METHOD_DESCRIPTOR: TypeCell<MethodDescriptor> = TypeCell::new("method_descriptor");
/// `classmethod_descriptor`.
pub static CLASSMETHOD_DESCRIPTOR: TypeCell<ClassMethodDescriptor> = TypeCell::new("classmethod_descriptor");
/// `getset_descriptor`.
pub static GETSET_DESCRIPTOR: TypeCell<GetSet> = TypeCell::new("getset_descriptor");
/// `member_descriptor`.
pub static MEMBER_DESCRIPTOR: TypeCell<Member> = TypeCell::new("member_descriptor");
/// `wrapper_descriptor`.
pub static WRAPPER_DESCRIPTOR: TypeCell<SlotWrapper> = TypeCell::new("wrapper_descriptor");
/// `method-wrapper`.
pub static METHOD_WRAPPER: TypeCell<MethodWrapper> = TypeCell::new("method-wrapper");

/// A method of a native class.
#[derive(Trace, Payload)]
#[payload(class = METHOD_DESCRIPTOR, frozen)]
#[repr(C)]
pub struct MethodDescriptor {
    /// The method.
    pub def: Opaque<&'static FnDef>,
    /// The class that declares it.
    pub owner: Ref<Type>,
}

/// A class method of a native class.
#[derive(Trace, Payload)]
#[payload(class = CLASSMETHOD_DESCRIPTOR, frozen)]
#[repr(C)]
pub struct ClassMethodDescriptor {
    /// The method.
    pub def: Opaque<&'static FnDef>,
    /// The class that declares it.
    pub owner: Ref<Type>,
}

/// A computed attribute of a native class.
#[derive(Trace, Payload)]
#[payload(class = GETSET_DESCRIPTOR, frozen)]
#[repr(C)]
pub struct GetSet {
    /// The functions.
    pub def: Opaque<&'static GetSetDef>,
    /// The class that declares it.
    pub owner: Ref<Type>,
}

/// Where the value of a member is.
#[derive(Clone, Copy, Trace)]
pub enum MemberKind {
    /// In the slot of this number, counted from the root of the class hierarchy.
    Slot(u32),
    /// Where Rust code finds it.
    Native(Opaque<&'static GetSetDef>),
}

/// A member of `__slots__`, or a field of a native class.
#[derive(Trace, Payload)]
#[payload(class = MEMBER_DESCRIPTOR, frozen)]
#[repr(C)]
pub struct Member {
    /// Its name.
    pub name: Ref<Str>,
    /// Where its value is.
    pub kind: MemberKind,
    /// The class that declares it.
    pub owner: Ref<Type>,
}

/// A slot of a native class, shown as a dunder method.
#[derive(Trace, Payload)]
#[payload(class = WRAPPER_DESCRIPTOR, frozen)]
#[repr(C)]
pub struct SlotWrapper {
    /// The dunder method.
    pub def: Opaque<&'static Dunder>,
    /// The class whose slot it is.
    pub owner: Ref<Type>,
}

/// A slot wrapper bound to an instance.
#[derive(Trace, Payload)]
#[payload(class = METHOD_WRAPPER, frozen)]
#[repr(C)]
pub struct MethodWrapper {
    /// The wrapper.
    pub wrapper: Ref<SlotWrapper>,
    /// The instance.
    pub receiver: Value,
}

/// Splits `name(signature)\n--\n\ndoc`-like parts: they are kept apart here.
fn signature_value(vm: &mut Vm, signature: Option<&str>) -> Result {
    match signature {
        Some(s) if !s.is_empty() => vm.new_str(s).map(Ref::into_value),
        _ => Ok(Value::none()),
    }
}

fn doc_value(vm: &mut Vm, doc: &str) -> Result {
    if doc.is_empty() { Ok(Value::none()) } else { vm.new_str(doc).map(Ref::into_value) }
}

fn not_for(vm: &mut Vm, name: &str, owner: &Type, given: &Value) -> Raised {
    let text =
        format!("descriptor '{name}' for '{}' objects doesn't apply to a '{}' object", owner.name(), given.ty().name());
    vm.raise_type_error(&text)
}

fn qualname(vm: &mut Vm, owner: &Type, name: &str) -> Result {
    let owner = vm.qualified_name(owner);
    vm.new_str(&format!("{owner}.{name}")).map(Ref::into_value)
}

/// `getattr(owner, name)`, as pickle finds it again.
fn reduce(vm: &mut Vm, owner: &Ref<Type>, name: &str) -> Result {
    let getattr = vm.builtin("getattr")?;
    let name = vm.new_str(name)?.into_value();
    let args = vm.new_tuple(vec![owner.to_value(), name])?.into_value();
    vm.new_tuple(vec![getattr, args]).map(Ref::into_value)
}

/// Methods of `method` objects.
pub struct MethodDescriptorClass;

#[class(cell = METHOD_DESCRIPTOR, base = OBJECT, flags = HAVE_GC | METHOD_DESCRIPTOR)]
impl MethodDescriptorClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<MethodDescriptor>) -> Result {
        let text = format!("<method '{}' of '{}' objects>", this.def.name, this.owner.name());
        vm.new_str(&text).map(Ref::into_value)
    }

    #[getter(member)]
    fn __name__(vm: &mut Vm, this: &Ref<MethodDescriptor>) -> Result {
        vm.new_str(this.def.name).map(Ref::into_value)
    }

    #[getter]
    fn __qualname__(vm: &mut Vm, this: &Ref<MethodDescriptor>) -> Result {
        qualname(vm, &this.owner, this.def.name)
    }

    #[getter(member)]
    fn __objclass__(_vm: &mut Vm, this: &Ref<MethodDescriptor>) -> Result {
        Ok(this.owner.to_value())
    }

    #[getter]
    fn __doc__(vm: &mut Vm, this: &Ref<MethodDescriptor>) -> Result {
        doc_value(vm, this.def.doc)
    }

    #[getter]
    fn __text_signature__(vm: &mut Vm, this: &Ref<MethodDescriptor>) -> Result {
        signature_value(vm, this.def.signature)
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<MethodDescriptor>) -> Result {
        reduce(vm, &this.owner, this.def.name)
    }

    #[slot]
    fn get(vm: &mut Vm, this: &Ref<MethodDescriptor>, object: Option<&Value>, _class: Option<&Value>) -> Result {
        let Some(object) = object else { return Ok(this.to_value()) };
        if !object.ty().is_subtype(&this.owner) {
            return Err(not_for(vm, this.def.name, &this.owner, object));
        }
        NativeFunction::new(vm, &this.def, Some(object.clone()), None).map(Ref::into_value)
    }

    #[slot]
    fn call(vm: &mut Vm, this: &Ref<MethodDescriptor>, args: Args<'_>) -> Result {
        match args.positional().first() {
            Some(receiver) if receiver.ty().is_subtype(&this.owner) => (this.def.call)(vm, args),
            Some(receiver) => Err(not_for(vm, this.def.name, &this.owner, receiver)),
            None => {
                let text = format!("unbound method {}.{}() needs an argument", this.owner.name(), this.def.name);
                Err(vm.raise_type_error(&text))
            }
        }
    }
}

/// Methods of `method` objects.
pub struct ClassMethodDescriptorClass;

#[class(cell = CLASSMETHOD_DESCRIPTOR, base = OBJECT, flags = HAVE_GC)]
impl ClassMethodDescriptorClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<ClassMethodDescriptor>) -> Result {
        let text = format!("<method '{}' of '{}' objects>", this.def.name, this.owner.name());
        vm.new_str(&text).map(Ref::into_value)
    }

    #[getter(member)]
    fn __name__(vm: &mut Vm, this: &Ref<ClassMethodDescriptor>) -> Result {
        vm.new_str(this.def.name).map(Ref::into_value)
    }

    #[getter]
    fn __qualname__(vm: &mut Vm, this: &Ref<ClassMethodDescriptor>) -> Result {
        qualname(vm, &this.owner, this.def.name)
    }

    #[getter(member)]
    fn __objclass__(_vm: &mut Vm, this: &Ref<ClassMethodDescriptor>) -> Result {
        Ok(this.owner.to_value())
    }

    #[getter]
    fn __doc__(vm: &mut Vm, this: &Ref<ClassMethodDescriptor>) -> Result {
        doc_value(vm, this.def.doc)
    }

    #[getter]
    fn __text_signature__(vm: &mut Vm, this: &Ref<ClassMethodDescriptor>) -> Result {
        signature_value(vm, this.def.signature)
    }

    #[slot]
    fn get(vm: &mut Vm, this: &Ref<ClassMethodDescriptor>, object: Option<&Value>, class: Option<&Value>) -> Result {
        let class = match class {
            Some(class) => class.clone(),
            None => object.map_or_else(|| this.owner.to_value(), |o| o.ty().to_value()),
        };
        let Some(ty) = class.as_type() else {
            let text = format!(
                "descriptor '{}' for type '{}' needs a type, not a '{}' as arg 2",
                this.def.name,
                this.owner.name(),
                class.ty().name()
            );
            return Err(vm.raise_type_error(&text));
        };
        if !ty.is_subtype(&this.owner) {
            let text = format!(
                "descriptor '{}' requires a subtype of '{}' but received '{}'",
                this.def.name,
                this.owner.name(),
                ty.name()
            );
            return Err(vm.raise_type_error(&text));
        }
        NativeFunction::new(vm, &this.def, Some(class), None).map(Ref::into_value)
    }

    #[slot]
    fn call(vm: &mut Vm, this: &Ref<ClassMethodDescriptor>, args: Args<'_>) -> Result {
        match args.positional().first().and_then(|c| c.as_type()) {
            Some(ty) if ty.is_subtype(&this.owner) => (this.def.call)(vm, args),
            _ => {
                let text = format!("descriptor '{}' needs a subtype of '{}'", this.def.name, this.owner.name());
                Err(vm.raise_type_error(&text))
            }
        }
    }
}

/// Methods of `attribute` objects.
pub struct GetSetClass;

#[class(cell = GETSET_DESCRIPTOR, base = OBJECT, flags = HAVE_GC)]
impl GetSetClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<GetSet>) -> Result {
        let text = format!("<attribute '{}' of '{}' objects>", this.def.name, this.owner.name());
        vm.new_str(&text).map(Ref::into_value)
    }

    #[getter(member)]
    fn __name__(vm: &mut Vm, this: &Ref<GetSet>) -> Result {
        vm.new_str(this.def.name).map(Ref::into_value)
    }

    #[getter]
    fn __qualname__(vm: &mut Vm, this: &Ref<GetSet>) -> Result {
        qualname(vm, &this.owner, this.def.name)
    }

    #[getter(member)]
    fn __objclass__(_vm: &mut Vm, this: &Ref<GetSet>) -> Result {
        Ok(this.owner.to_value())
    }

    #[getter]
    fn __doc__(vm: &mut Vm, this: &Ref<GetSet>) -> Result {
        doc_value(vm, this.def.doc)
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<GetSet>) -> Result {
        reduce(vm, &this.owner, this.def.name)
    }

    #[slot]
    fn get(vm: &mut Vm, this: &Ref<GetSet>, object: Option<&Value>, _class: Option<&Value>) -> Result {
        let Some(object) = object else { return Ok(this.to_value()) };
        if !object.ty().is_subtype(&this.owner) {
            return Err(not_for(vm, this.def.name, &this.owner, object));
        }
        (this.def.get)(vm, object)
    }

    #[slot]
    fn set(vm: &mut Vm, this: &Value, object: &Value, value: Option<Value>) -> Result<()> {
        let Some(this) = this.downcast::<GetSet>() else { return Err(vm.raise_wrong_receiver("__set__", this)) };
        if !object.ty().is_subtype(&this.owner) {
            return Err(not_for(vm, this.def.name, &this.owner, object));
        }
        match this.def.set {
            Some(set) => set(vm, object, value.as_ref()),
            None => {
                let text = format!("attribute '{}' of '{}' objects is not writable", this.def.name, this.owner.name());
                Err(vm.raise_class(crate::errors::ATTRIBUTE_ERROR.as_type(), &text))
            }
        }
    }
}

/// Methods of `member` objects.
pub struct MemberClass;

#[class(cell = MEMBER_DESCRIPTOR, base = OBJECT, flags = HAVE_GC)]
impl MemberClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Member>) -> Result {
        let text = format!("<member '{}' of '{}' objects>", this.name.to_string_lossy(), this.owner.name());
        vm.new_str(&text).map(Ref::into_value)
    }

    #[getter(member)]
    fn __name__(vm: &mut Vm, this: &Ref<Member>) -> Result {
        vm.new_str(&this.name.to_string_lossy()).map(Ref::into_value)
    }

    #[getter]
    fn __qualname__(vm: &mut Vm, this: &Ref<Member>) -> Result {
        qualname(vm, &this.owner, &this.name.to_string_lossy())
    }

    #[getter(member)]
    fn __objclass__(_vm: &mut Vm, this: &Ref<Member>) -> Result {
        Ok(this.owner.to_value())
    }

    #[getter]
    fn __doc__(vm: &mut Vm, this: &Ref<Member>) -> Result {
        match &this.kind {
            MemberKind::Slot(_) => Ok(Value::none()),
            MemberKind::Native(def) => doc_value(vm, def.doc),
        }
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<Member>) -> Result {
        reduce(vm, &this.owner, &this.name.to_string_lossy())
    }

    #[slot]
    fn get(vm: &mut Vm, this: &Ref<Member>, object: Option<&Value>, _class: Option<&Value>) -> Result {
        let Some(object) = object else { return Ok(this.to_value()) };
        if !object.ty().is_subtype(&this.owner) {
            return Err(not_for(vm, &this.name.to_string_lossy(), &this.owner, object));
        }
        let index = match this.kind {
            MemberKind::Slot(index) => index,
            MemberKind::Native(def) => return (def.get)(vm, object),
        };
        match vm.slot_member(object, index) {
            Some(value) => Ok(value),
            None => {
                let (class, name) = (vm.full_name(object.ty()), this.name.to_string_lossy());
                let text = format!("'{class}' object has no attribute '{name}'");
                Err(vm.raise_attribute_error(object, &this.name, &text))
            }
        }
    }

    #[slot]
    fn set(vm: &mut Vm, this: &Value, object: &Value, value: Option<Value>) -> Result<()> {
        let Some(this) = this.downcast::<Member>() else { return Err(vm.raise_wrong_receiver("__set__", this)) };
        if !object.ty().is_subtype(&this.owner) {
            return Err(not_for(vm, &this.name.to_string_lossy(), &this.owner, object));
        }
        let deleting = value.is_none();
        let index = match this.kind {
            MemberKind::Slot(index) => index,
            MemberKind::Native(def) => {
                return match def.set {
                    Some(set) => set(vm, object, value.as_ref()),
                    None => Err(vm.raise_class(crate::errors::ATTRIBUTE_ERROR.as_type(), "readonly attribute")),
                };
            }
        };
        let old = vm.set_slot_member(object, index, value);
        if deleting && old.is_none() {
            return Err(vm.raise_class(crate::errors::ATTRIBUTE_ERROR.as_type(), &this.name.to_string_lossy()));
        }
        Ok(())
    }
}

/// Methods of `slot wrapper` objects.
pub struct SlotWrapperClass;

#[class(cell = WRAPPER_DESCRIPTOR, base = OBJECT, flags = HAVE_GC | METHOD_DESCRIPTOR)]
impl SlotWrapperClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<SlotWrapper>) -> Result {
        let text = format!("<slot wrapper '{}' of '{}' objects>", this.def.name, this.owner.name());
        vm.new_str(&text).map(Ref::into_value)
    }

    #[getter(member)]
    fn __name__(vm: &mut Vm, this: &Ref<SlotWrapper>) -> Result {
        vm.new_str(this.def.name).map(Ref::into_value)
    }

    #[getter]
    fn __qualname__(vm: &mut Vm, this: &Ref<SlotWrapper>) -> Result {
        qualname(vm, &this.owner, this.def.name)
    }

    #[getter(member)]
    fn __objclass__(_vm: &mut Vm, this: &Ref<SlotWrapper>) -> Result {
        Ok(this.owner.to_value())
    }

    #[getter]
    fn __doc__(vm: &mut Vm, this: &Ref<SlotWrapper>) -> Result {
        doc_value(vm, this.def.doc)
    }

    #[getter]
    fn __text_signature__(vm: &mut Vm, this: &Ref<SlotWrapper>) -> Result {
        signature_value(vm, Some(this.def.signature))
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<SlotWrapper>) -> Result {
        reduce(vm, &this.owner, this.def.name)
    }

    #[slot]
    fn get(vm: &mut Vm, this: &Ref<SlotWrapper>, object: Option<&Value>, _class: Option<&Value>) -> Result {
        let Some(object) = object else { return Ok(this.to_value()) };
        if !object.ty().is_subtype(&this.owner) {
            return Err(not_for(vm, this.def.name, &this.owner, object));
        }
        Ref::new(vm, MethodWrapper { wrapper: this.clone(), receiver: object.clone() }).map(Ref::into_value)
    }

    #[slot]
    fn call(vm: &mut Vm, this: &Ref<SlotWrapper>, args: Args<'_>) -> Result {
        match args.split_first() {
            Some((receiver, rest)) if receiver.ty().is_subtype(&this.owner) => {
                this.def.call_wrapped(vm, &this.owner, receiver, rest)
            }
            Some((receiver, _)) => {
                let text = format!(
                    "descriptor '{}' requires a '{}' object but received a '{}'",
                    this.def.name,
                    this.owner.name(),
                    receiver.ty().name()
                );
                Err(vm.raise_type_error(&text))
            }
            None => {
                let text =
                    format!("descriptor '{}' of '{}' object needs an argument", this.def.name, this.owner.name());
                Err(vm.raise_type_error(&text))
            }
        }
    }
}

/// Methods of `method-wrapper` objects.
pub struct MethodWrapperClass;

#[class(cell = METHOD_WRAPPER, base = OBJECT, flags = HAVE_GC)]
impl MethodWrapperClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<MethodWrapper>) -> Result {
        let text = format!(
            "<method-wrapper '{}' of {} object at {:#x}>",
            this.wrapper.def.name,
            this.receiver.ty().name(),
            this.receiver.bits()
        );
        vm.new_str(&text).map(Ref::into_value)
    }

    #[slot]
    fn call(vm: &mut Vm, this: &Ref<MethodWrapper>, args: Args<'_>) -> Result {
        this.wrapper.def.call_wrapped(vm, &this.wrapper.owner, &this.receiver, args)
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: slots::CompareOp) -> Result {
        let _ = vm;
        let (Some(a), Some(b)) = (a.downcast::<MethodWrapper>(), b.downcast::<MethodWrapper>()) else {
            return Ok(Value::not_implemented());
        };
        let same = a.wrapper.is(&b.wrapper) && a.receiver.is(&b.receiver);
        Ok(match op {
            slots::CompareOp::Eq => Value::bool(same),
            slots::CompareOp::Ne => Value::bool(!same),
            _ => Value::not_implemented(),
        })
    }

    #[slot]
    fn hash(_vm: &mut Vm, this: &Ref<MethodWrapper>) -> Result<i64> {
        let h = (this.wrapper.as_value().bits() >> 4) ^ (this.receiver.bits() >> 4).rotate_left(32);
        Ok(if h as i64 == -1 { -2 } else { h as i64 })
    }

    #[getter(member)]
    fn __self__(_vm: &mut Vm, this: &Ref<MethodWrapper>) -> Result {
        Ok(this.receiver.clone())
    }

    #[getter]
    fn __name__(vm: &mut Vm, this: &Ref<MethodWrapper>) -> Result {
        vm.new_str(this.wrapper.def.name).map(Ref::into_value)
    }

    #[getter]
    fn __qualname__(vm: &mut Vm, this: &Ref<MethodWrapper>) -> Result {
        qualname(vm, &this.wrapper.owner, this.wrapper.def.name)
    }

    #[getter]
    fn __objclass__(_vm: &mut Vm, this: &Ref<MethodWrapper>) -> Result {
        Ok(this.wrapper.owner.to_value())
    }

    #[getter]
    fn __doc__(vm: &mut Vm, this: &Ref<MethodWrapper>) -> Result {
        doc_value(vm, this.wrapper.def.doc)
    }

    #[getter]
    fn __text_signature__(vm: &mut Vm, this: &Ref<MethodWrapper>) -> Result {
        signature_value(vm, Some(this.wrapper.def.signature))
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<MethodWrapper>) -> Result {
        let getattr = vm.builtin("getattr")?;
        let name = vm.new_str(this.wrapper.def.name)?.into_value();
        let args = vm.new_tuple(vec![this.receiver.clone(), name])?.into_value();
        vm.new_tuple(vec![getattr, args]).map(Ref::into_value)
    }
}

/// Replaces the dict of an instance; without a value, by a new one.
pub fn set_dict(vm: &mut Vm, this: &Value, value: Option<&Value>) -> Result<()> {
    let dict = match value {
        None => None,
        Some(v) => match v.downcast::<crate::Dict>() {
            Some(d) => Some(d.clone()),
            None => {
                let text = format!("__dict__ must be set to a dictionary, not a '{}'", v.ty().name());
                return Err(vm.raise_type_error(&text));
            }
        },
    };
    if !vm.set_instance_dict(this, dict) {
        return Err(vm.raise_class(crate::errors::ATTRIBUTE_ERROR.as_type(), "readonly attribute"));
    }
    Ok(())
}

/// The setter of `__dict__` of native classes that let it be replaced, but not deleted.
pub fn set_native_dict(vm: &mut Vm, this: &Value, value: Option<&Value>) -> Result<()> {
    match value {
        Some(_) => set_dict(vm, this, value),
        None => Err(vm.raise_type_error("cannot delete __dict__")),
    }
}

/// The descriptor of `__dict__` of the nearest native class that a class derives from and that has one.
fn native_dict_descriptor(vm: &Vm, class: &Type) -> Option<Value> {
    let mut at = Some(class);
    while let Some(class) = at {
        if !class.flags().has(taipan_object::TypeFlags::HEAP)
            && let Some(found) = class.dict().and_then(|d| d.get(vm).get_str(name!("__dict__")).cloned())
        {
            return Some(found);
        }
        at = class.base();
    }
    None
}

/// `__dict__` of instances of Python classes.
pub static INSTANCE_DICT: GetSetDef = GetSetDef {
    name: "__dict__",
    doc: "dictionary for instance variables",
    get: |vm, this| match vm.instance_dict(this)? {
        Some(dict) => Ok(dict.into_value()),
        // A metaclass shares the descriptor with its other bases; classes have a dict of their own kind.
        None if this.as_type().and_then(|t| t.dict()).is_some() => {
            let dict = this.as_type().and_then(|t| t.dict().cloned()).map_or_else(Value::none, Ref::into_value);
            super::mappingproxy::new_proxy(vm, dict)
        }
        None => {
            let text = format!("'{}' object has no attribute '__dict__'", this.ty().brief_name());
            Err(vm.raise_attribute_error(this, name!("__dict__"), &text))
        }
    },
    set: Some(|vm, this, value| {
        // A native class with a dict of its own decides itself.
        if let Some(descriptor) = native_dict_descriptor(vm, this.ty())
            && let Some(set) = slots::of(descriptor.ty()).set
        {
            return set(vm, &descriptor, this, value.cloned());
        }
        set_dict(vm, this, value)
    }),
    member: false,
};

/// `__weakref__` of instances of Python classes.
pub static INSTANCE_WEAKREF: GetSetDef = GetSetDef {
    name: "__weakref__",
    doc: "list of weak references to the object",
    get: |vm, this| Ok(vm.weakrefs(this).into_iter().next().unwrap_or_else(Value::none)),
    set: None,
    member: false,
};
