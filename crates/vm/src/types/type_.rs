//! `type`.

use crate::native::Args;
use crate::slots;
use crate::types::range::RANGE;
use crate::{Dict, Ref, Result, Str, Tuple, Type, Value, Vm, name};
use taipan_macros::class;
use taipan_object::statics::{DICT, INT, LIST, OBJECT, SET, TUPLE, TYPE};
use taipan_object::{Bytes, List, TypeFlags, shared};

/// Whether a native class makes its instances itself and has the `__init__` of `object`, which then accepts anything.
fn accepts_anything(ty: &Type, init: usize) -> bool {
    let object = slots::of(OBJECT.as_type());
    !ty.flags().has(TypeFlags::HEAP)
        && object.init.map(|f| f as usize) == Some(init)
        && slots::of(ty).new.map(|f| f as usize) != object.new.map(|f| f as usize)
}

/// A container of what its one argument has, or a range, where the arguments are such that nobody is asked.
fn made_of(vm: &mut Vm, class: &Ref<Type>, args: &[Value]) -> Result<Option<Value>> {
    let is = |other: &Type| std::ptr::eq(&**class, other);
    if is(RANGE.as_type()) {
        return super::range::simple_range(vm, args);
    }
    let [from] = args else { return Ok(None) };
    if is(DICT.as_type()) {
        return from.downcast_exact::<Dict>().map(|d| vm.copy_dict(d).map(Ref::into_value)).transpose();
    }
    if is(INT.as_type()) {
        let text = from.downcast_exact::<Str>().is_some() || from.downcast_exact::<Bytes>().is_some();
        return if text { vm.to_int(from).map(Some) } else { Ok(None) };
    }
    if is(SET.as_type()) {
        let set = vm.new_set()?;
        super::set::update_from(vm, &set, from)?;
        return Ok(Some(set.into_value()));
    }
    let list = is(LIST.as_type());
    if !list && !is(TUPLE.as_type()) {
        return Ok(None);
    }
    let items = match (from.downcast_exact::<List>(), from.downcast_exact::<Tuple>()) {
        (Some(l), _) => l.items(vm),
        (_, Some(_)) if !list => return Ok(Some(from.clone())),
        (_, Some(t)) => t.items(),
        _ => return Ok(None),
    };
    Ok(Some(if list { vm.new_list_from(items)?.into_value() } else { vm.new_tuple_from(items)?.into_value() }))
}

/// Methods of `type`.
pub struct TypeClass;

fn own_entry(vm: &Vm, this: &Type, key: &Ref<Str>) -> Option<Value> {
    this.dict().and_then(|d| d.get(vm).get_str(key)).cloned()
}

fn must_be_heap(vm: &mut Vm, this: &Ref<Type>, attribute: &str, value: Option<&Value>) -> Result<()> {
    if !this.flags().has(TypeFlags::HEAP) || this.flags().has(TypeFlags::IMMUTABLE) {
        let text = format!("cannot set '{attribute}' attribute of immutable type '{}'", this.name());
        return Err(vm.raise_type_error(&text));
    }
    if value.is_none() {
        let text = format!("cannot delete '{attribute}' attribute of immutable type '{}'", this.name());
        return Err(vm.raise_type_error(&text));
    }
    Ok(())
}

/// Adds the namespaces of a class and of its bases to `all`, bases first.
pub fn merge_class_dict(vm: &mut Vm, all: &Ref<Dict>, class: &Value) -> Result<()> {
    vm.check_stack(" while listing attributes")?;
    if let Some(bases) = vm.get_attr_opt(class, name!("__bases__"))? {
        for base in vm.collect(&bases)? {
            merge_class_dict(vm, all, &base)?;
        }
    }
    if let Some(t) = class.as_type() {
        if let Some(d) = t.dict().cloned() {
            vm.dict_update(all, &d)?;
        }
    } else if let Some(d) = vm.get_attr_opt(class, name!("__dict__"))?
        && let Some(d) = d.downcast::<Dict>().cloned()
    {
        vm.dict_update(all, &d)?;
    }
    Ok(())
}

/// The signature that a docstring `name(...)\n--\n\n...` begins with.
fn signature_in_doc<'a>(name: &str, doc: &'a str) -> Option<&'a str> {
    let rest = doc.strip_prefix(name).filter(|rest| rest.starts_with('('))?;
    let end = rest.find(")\n--\n\n")?;
    let signature = &rest[..=end];
    (!signature.contains("\n\n")).then_some(signature)
}

impl TypeClass {
    fn set_entry(vm: &mut Vm, this: &Ref<Type>, key: &Ref<Str>, value: Option<Value>) -> Result<()> {
        if let Some(dict) = this.dict().cloned() {
            match value {
                Some(v) => {
                    let hash = key.hash();
                    dict.get_mut(vm).set_str(key, hash, v)?;
                }
                None => {
                    dict.get_mut(vm).remove_str(key);
                }
            }
        }
        vm.class_changed(this, key);
        Ok(())
    }
}

/// type(object) -> the object's type
/// type(name, bases, dict, **kwds) -> a new type
#[class(cell = TYPE, base = OBJECT, flags = BASETYPE | HAVE_GC | TYPE_SUBCLASS | MANAGED_WEAKREF)]
impl TypeClass {
    #[slot]
    fn new(vm: &mut Vm, metatype: &Ref<Type>, args: Args<'_>) -> Result {
        let positional = args.positional();
        if metatype.is(&TYPE.as_ref()) && positional.len() == 1 && args.names().is_empty() {
            return Ok(positional[0].ty().to_value());
        }
        let [name, bases, namespace] = positional else {
            if metatype.is(&TYPE.as_ref()) {
                return Err(vm.raise_type_error("type() takes 1 or 3 arguments"));
            }
            let text = format!("type.__new__() takes exactly 3 arguments ({} given)", positional.len());
            return Err(vm.raise_type_error(&text));
        };
        let Some(name) = name.downcast::<Str>() else {
            let text = format!("type.__new__() argument 1 must be str, not {}", name.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        let Some(bases) = bases.downcast::<Tuple>() else {
            let text = format!("type.__new__() argument 2 must be tuple, not {}", bases.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        let Some(namespace) = namespace.downcast::<Dict>() else {
            let text = format!("type.__new__() argument 3 must be dict, not {}", namespace.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        if name.data().code_points().any(|c| c == 0) {
            return Err(vm.raise_value_error("type name must not contain null characters"));
        }
        if name.to_utf8().is_none() {
            return Err(vm.raise_surrogates_not_allowed(name));
        }
        for b in bases.items() {
            if b.as_type().is_none() && vm.get_attr_opt(b, name!("__mro_entries__"))?.is_some() {
                return Err(vm.raise_type_error("type() doesn't support MRO entry resolution; use types.new_class()"));
            }
        }
        let winner = vm.winning_metatype(metatype, bases.items())?;
        if !winner.is(metatype) {
            let theirs = slots::of(&winner).new;
            let ours = slots::of(metatype).new;
            if let Some(new) = theirs
                && ours.is_none_or(|o| !std::ptr::fn_addr_eq(o, new))
            {
                return new(vm, &winner, args);
            }
        }
        let bases = bases.clone();
        vm.new_class_of(&winner, name, &bases, namespace, args).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, _this: &Value, args: Args<'_>) -> Result<()> {
        match args.positional().len() {
            1 if !args.names().is_empty() => Err(vm.raise_type_error("type.__init__() takes no keyword arguments")),
            1 | 3 => Ok(()),
            _ => Err(vm.raise_type_error("type.__init__() takes 1 or 3 arguments")),
        }
    }

    #[slot]
    fn call(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
        let Some(class) = this.as_type_ref() else { return Err(vm.raise_wrong_receiver("__call__", this)) };
        if std::ptr::eq(&**class, TYPE.as_type()) && args.all().len() == 1 && args.names().is_empty() {
            return Ok(args.all()[0].ty().to_value());
        }
        if args.all().is_empty() {
            // Empty containers have nothing to initialise.
            if std::ptr::eq(&**class, SET.as_type()) {
                return vm.new_set().map(Ref::into_value);
            }
            if std::ptr::eq(&**class, DICT.as_type()) {
                return vm.new_dict().map(Ref::into_value);
            }
            if std::ptr::eq(&**class, LIST.as_type()) {
                return vm.new_list(Vec::new()).map(Ref::into_value);
            }
        }
        if args.names().is_empty()
            && class.header().is_immortal()
            && let Some(made) = made_of(vm, class, args.all())?
        {
            return Ok(made);
        }
        let new = slots::of(class).new.filter(|_| !class.flags().has(TypeFlags::DISALLOW_INSTANTIATION));
        let Some(new) = new else {
            let text = format!("cannot create '{}' instances", vm.dotted_name(class));
            return Err(vm.raise_type_error(&text));
        };
        let object = new(vm, class, args)?;
        if object.ty().is_subtype(class)
            && let Some(init) = slots::of(object.ty()).init
            && !accepts_anything(object.ty(), init as usize)
        {
            init(vm, &object, args)?;
        }
        Ok(object)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Value) -> Result {
        let Some(class) = this.as_type_ref() else { return Err(vm.raise_wrong_receiver("__repr__", this)) };
        let name = vm.dotted_name(class);
        vm.new_str(&format!("<class '{name}'>")).map(Ref::into_value)
    }

    #[slot]
    fn getattr(vm: &mut Vm, this: &Value, name: &Ref<Str>) -> Result {
        match vm.type_get_attr_opt(this, name)? {
            Some(v) => Ok(v),
            None => {
                let class = this.as_type().map(|t| t.brief_name()).unwrap_or_default();
                let text = format!("type object '{class}' has no attribute '{}'", name.to_string_lossy());
                Err(vm.raise_attribute_error(this, name, &text))
            }
        }
    }

    #[slot]
    fn setattr(vm: &mut Vm, this: &Value, name: &Ref<Str>, value: Option<Value>) -> Result<()> {
        let Some(class) = this.as_type_ref() else { return Err(vm.raise_wrong_receiver("__setattr__", this)) };
        if class.flags().has(TypeFlags::IMMUTABLE) || (class.is_static() && !shared::may_change()) {
            let text =
                format!("cannot set '{}' attribute of immutable type '{}'", name.to_string_lossy(), class.name());
            return Err(vm.raise_type_error(&text));
        }
        let name = vm.intern(name);
        if let Some(found) = vm.lookup_type_attr(this.ty(), &name)
            && let Some(set) = slots::of(found.ty()).set
        {
            set(vm, &found, this, value)?;
            vm.class_changed(class, &name);
            return Ok(());
        }
        let Some(dict) = class.dict().cloned() else { return Err(vm.raise_system_error("a class without namespace")) };
        match value {
            Some(value) => {
                let hash = name.hash();
                let old = dict.get_mut(vm).set_str(&name, hash, value)?;
                vm.class_changed(class, &name);
                drop(old);
            }
            None => {
                let old = dict.get_mut(vm).remove_str(&name);
                if old.is_none() {
                    let text =
                        format!("type object '{}' has no attribute '{}'", class.brief_name(), name.to_string_lossy());
                    return Err(vm.raise_attribute_error(this, &name, &text));
                }
                vm.class_changed(class, &name);
            }
        }
        Ok(())
    }

    #[slot]
    fn op_or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        crate::types::union::or(vm, a, b)
    }

    #[getter]
    fn __name__(vm: &mut Vm, this: &Ref<Type>) -> Result {
        match this.name_value() {
            Some(n) => Ok(n),
            None => vm.new_str(&this.short_name()).map(Ref::into_value),
        }
    }

    #[setter]
    fn set___name__(vm: &mut Vm, this: &Ref<Type>, value: Option<&Value>) -> Result<()> {
        must_be_heap(vm, this, "__name__", value)?;
        match value.and_then(|v| v.downcast::<Str>()) {
            Some(s) => {
                if s.data().code_points().any(|c| c == 0) {
                    return Err(vm.raise_value_error("type name must not contain null characters"));
                }
                if s.to_utf8().is_none() {
                    return Err(vm.raise_surrogates_not_allowed(s));
                }
                this.set_name(s.clone());
                Ok(())
            }
            None => {
                let given = value.map(|v| v.ty().name()).unwrap_or_default();
                let text = format!("can only assign string to {}.__name__, not '{given}'", this.name());
                Err(vm.raise_type_error(&text))
            }
        }
    }

    #[getter]
    fn __qualname__(vm: &mut Vm, this: &Ref<Type>) -> Result {
        match this.qualname_value() {
            Some(n) => Ok(n),
            None => vm.new_str(&this.short_name()).map(Ref::into_value),
        }
    }

    #[setter]
    fn set___qualname__(vm: &mut Vm, this: &Ref<Type>, value: Option<&Value>) -> Result<()> {
        must_be_heap(vm, this, "__qualname__", value)?;
        match value.and_then(|v| v.downcast::<Str>()) {
            Some(s) => {
                this.set_qualname(s.clone());
                Ok(())
            }
            None => {
                let given = value.map(|v| v.ty().name()).unwrap_or_default();
                let text = format!("can only assign string to {}.__qualname__, not '{given}'", this.name());
                Err(vm.raise_type_error(&text))
            }
        }
    }

    #[getter]
    fn __module__(vm: &mut Vm, this: &Ref<Type>) -> Result {
        if this.flags().has(TypeFlags::HEAP) {
            return match own_entry(vm, this, name!("__module__")) {
                Some(m) => Ok(m),
                None => Err(vm.raise_attribute_error(this.as_value(), name!("__module__"), "__module__")),
            };
        }
        let module = this.static_name().rsplit_once('.').map_or("builtins", |(m, _)| m);
        Ok(vm.intern_utf8(module)?.into_value())
    }

    #[setter]
    fn set___module__(vm: &mut Vm, this: &Ref<Type>, value: Option<&Value>) -> Result<()> {
        must_be_heap(vm, this, "__module__", value)?;
        TypeClass::set_entry(vm, this, name!("__firstlineno__"), None)?;
        TypeClass::set_entry(vm, this, name!("__module__"), value.cloned())
    }

    #[getter]
    fn __doc__(vm: &mut Vm, this: &Ref<Type>) -> Result {
        let (_, native) = this.native_texts();
        if !native.is_empty() {
            return vm.new_str(native).map(Ref::into_value);
        }
        let Some(doc) = own_entry(vm, this, name!("__doc__")) else { return Ok(Value::none()) };
        match slots::of(doc.ty()).get {
            Some(get) => get(vm, &doc, None, Some(this.as_value())),
            None => Ok(doc),
        }
    }

    #[setter]
    fn set___doc__(vm: &mut Vm, this: &Ref<Type>, value: Option<&Value>) -> Result<()> {
        must_be_heap(vm, this, "__doc__", value)?;
        TypeClass::set_entry(vm, this, name!("__doc__"), value.cloned())
    }

    #[getter]
    fn __bases__(_vm: &mut Vm, this: &Ref<Type>) -> Result<Option<Value>> {
        Ok(this.bases().map(Ref::into_value))
    }

    #[setter]
    fn set___bases__(vm: &mut Vm, this: &Ref<Type>, value: Option<&Value>) -> Result<()> {
        must_be_heap(vm, this, "__bases__", value)?;
        let Some(bases) = value.and_then(|v| v.downcast::<Tuple>()) else {
            let given = value.map(|v| v.ty().name()).unwrap_or_default();
            let text = format!("can only assign tuple to {}.__bases__, not {given}", this.name());
            return Err(vm.raise_type_error(&text));
        };
        vm.assign_bases(this, bases)
    }

    #[getter(member)]
    fn __base__(_vm: &mut Vm, this: &Ref<Type>) -> Result<Option<Value>> {
        Ok(this.base().map(Type::to_value))
    }

    #[getter]
    fn __mro__(_vm: &mut Vm, this: &Ref<Type>) -> Result<Option<Value>> {
        Ok(this.mro().map(Ref::into_value))
    }

    #[getter]
    fn __dict__(vm: &mut Vm, this: &Ref<Type>) -> Result {
        crate::types::mappingproxy::of_class(vm, this)
    }

    #[getter(member)]
    fn __flags__(_vm: &mut Vm, this: &Ref<Type>) -> Result<u64> {
        Ok(this.flags().0)
    }

    #[getter(member)]
    fn __basicsize__(_vm: &mut Vm, this: &Ref<Type>) -> Result<usize> {
        Ok(this.basicsize())
    }

    #[getter(member)]
    fn __itemsize__(_vm: &mut Vm, this: &Ref<Type>) -> Result<usize> {
        Ok(this.itemsize())
    }

    #[getter(member)]
    fn __dictoffset__(_vm: &mut Vm, this: &Ref<Type>) -> Result<i64> {
        Ok(if this.flags().has(TypeFlags::MANAGED_DICT) { -1 } else { 0 })
    }

    #[getter(member)]
    fn __weakrefoffset__(_vm: &mut Vm, this: &Ref<Type>) -> Result<i64> {
        Ok(if this.flags().has(TypeFlags::MANAGED_WEAKREF) { -32 } else { 0 })
    }

    #[getter]
    fn __text_signature__(vm: &mut Vm, this: &Ref<Type>) -> Result<Option<String>> {
        if let Some(native) = this.native_texts().0 {
            return Ok(Some(native.to_owned()));
        }
        // A class statement's docstring may begin as those of native classes do in C.
        let doc = own_entry(vm, this, name!("__doc__"));
        let doc = doc.and_then(|d| d.downcast::<Str>().map(|d| d.to_string_lossy())).unwrap_or_default();
        let name = this.short_name();
        Ok(signature_in_doc(&name, &doc).map(str::to_owned))
    }

    #[getter]
    fn __abstractmethods__(vm: &mut Vm, this: &Ref<Type>) -> Result {
        let found = if std::ptr::eq(&**this, TYPE.as_type()) {
            None
        } else {
            own_entry(vm, this, name!("__abstractmethods__"))
        };
        match found {
            Some(v) => Ok(v),
            None => {
                let name = name!("__abstractmethods__");
                Err(vm.raise_attribute_error(this.as_value(), name, "__abstractmethods__"))
            }
        }
    }

    #[setter]
    fn set___abstractmethods__(vm: &mut Vm, this: &Ref<Type>, value: Option<&Value>) -> Result<()> {
        let abstract_ = match value {
            Some(v) => vm.is_truthy(v)?,
            None => false,
        };
        if value.is_none() && own_entry(vm, this, name!("__abstractmethods__")).is_none() {
            let name = name!("__abstractmethods__");
            return Err(vm.raise_attribute_error(this.as_value(), name, "__abstractmethods__"));
        }
        TypeClass::set_entry(vm, this, name!("__abstractmethods__"), value.cloned())?;
        if abstract_ {
            this.add_flags(TypeFlags::ABSTRACT);
        } else {
            this.remove_flags(TypeFlags::ABSTRACT);
        }
        Ok(())
    }

    #[getter]
    fn __annotate__(vm: &mut Vm, this: &Ref<Type>) -> Result {
        if !this.flags().has(TypeFlags::HEAP) {
            let text = format!("type object '{}' has no attribute '__annotate__'", this.name());
            return Err(vm.raise_attribute_error(this.as_value(), name!("__annotate__"), &text));
        }
        let found = match own_entry(vm, this, name!("__annotate__")) {
            Some(v) => Some(v),
            None => own_entry(vm, this, name!("__annotate_func__")),
        };
        match found {
            Some(v) => match slots::of(v.ty()).get {
                Some(get) => get(vm, &v, None, Some(this.as_value())),
                None => Ok(v),
            },
            None => Ok(Value::none()),
        }
    }

    #[setter]
    fn set___annotate__(vm: &mut Vm, this: &Ref<Type>, value: Option<&Value>) -> Result<()> {
        let Some(v) = value else { return Err(vm.raise_type_error("cannot delete __annotate__ attribute")) };
        must_be_heap(vm, this, "__annotate__", value)?;
        if !v.is_none() && !vm.is_callable(v) {
            return Err(vm.raise_type_error("__annotate__ must be callable or None"));
        }
        TypeClass::set_entry(vm, this, name!("__annotate_func__"), value.cloned())?;
        if !v.is_none() {
            TypeClass::set_entry(vm, this, name!("__annotations_cache__"), None)?;
        }
        Ok(())
    }

    #[getter]
    fn __annotations__(vm: &mut Vm, this: &Ref<Type>) -> Result {
        if !this.flags().has(TypeFlags::HEAP) {
            let text = format!("type object '{}' has no attribute '__annotations__'", this.name());
            return Err(vm.raise_attribute_error(this.as_value(), name!("__annotations__"), &text));
        }
        for key in [name!("__annotations__").clone(), name!("__annotations_cache__").clone()] {
            if let Some(v) = own_entry(vm, this, &key) {
                return match slots::of(v.ty()).get {
                    Some(get) => get(vm, &v, None, Some(this.as_value())),
                    None => Ok(v),
                };
            }
        }
        let annotate = TypeClass::__annotate__(vm, this)?;
        let made =
            if annotate.is_none() { vm.new_dict()?.into_value() } else { vm.call(&annotate, &[Value::from_i32(1)])? };
        if made.downcast::<Dict>().is_none() {
            let text = format!("__annotate__ returned non-dict of type '{}'", made.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        TypeClass::set_entry(vm, this, name!("__annotations_cache__"), Some(made.clone()))?;
        Ok(made)
    }

    #[setter]
    fn set___annotations__(vm: &mut Vm, this: &Ref<Type>, value: Option<&Value>) -> Result<()> {
        if !this.flags().has(TypeFlags::HEAP) {
            must_be_heap(vm, this, "__annotations__", value)?;
        }
        let key = if own_entry(vm, this, name!("__annotations__")).is_some() {
            name!("__annotations__").clone()
        } else {
            name!("__annotations_cache__").clone()
        };
        if value.is_none() && own_entry(vm, this, &key).is_none() {
            return Err(vm.raise_attribute_error(this.as_value(), name!("__annotations__"), "__annotations__"));
        }
        TypeClass::set_entry(vm, this, &key, value.cloned())?;
        TypeClass::set_entry(vm, this, name!("__annotate_func__"), None)?;
        TypeClass::set_entry(vm, this, name!("__annotate__"), None)
    }

    #[getter]
    fn __type_params__(vm: &mut Vm, this: &Ref<Type>) -> Result {
        match own_entry(vm, this, name!("__type_params__")) {
            Some(v) if this.flags().has(TypeFlags::HEAP) => Ok(v),
            _ => vm.new_tuple(Vec::new()).map(Ref::into_value),
        }
    }

    #[setter]
    fn set___type_params__(vm: &mut Vm, this: &Ref<Type>, value: Option<&Value>) -> Result<()> {
        must_be_heap(vm, this, "__type_params__", value)?;
        TypeClass::set_entry(vm, this, name!("__type_params__"), value.cloned())
    }

    /// Return a type's method resolution order.
    #[method("($self, /)")]
    fn mro(vm: &mut Vm, this: &Ref<Type>) -> Result {
        let order = vm.linearize(this)?;
        vm.new_list(order).map(Ref::into_value)
    }

    /// Return a list of immediate subclasses.
    #[method("($self, /)")]
    fn __subclasses__(vm: &mut Vm, this: &Ref<Type>) -> Result {
        let all = this.subclasses().into_iter().map(Ref::into_value).collect();
        vm.new_list(all).map(Ref::into_value)
    }

    /// Create the namespace for the class statement
    #[classmethod("($cls, name, bases, /, **kwds)")]
    fn __prepare__(vm: &mut Vm, _class: &Value, _args: Args<'_>) -> Result {
        vm.new_dict().map(Ref::into_value)
    }

    /// Check if an object is an instance.
    #[method("($self, instance, /)")]
    fn __instancecheck__(vm: &mut Vm, this: &Ref<Type>, instance: &Value) -> Result<bool> {
        vm.is_instance_of_type(instance, this)
    }

    /// Check if a class is a subclass.
    #[method("($self, subclass, /)")]
    fn __subclasscheck__(vm: &mut Vm, this: &Ref<Type>, subclass: &Value) -> Result<bool> {
        vm.recursive_is_subclass(subclass, this.as_value())
    }

    /// Specialized __dir__ implementation for types.
    #[method("($self, /)")]
    fn __dir__(vm: &mut Vm, this: &Ref<Type>) -> Result {
        let all = vm.new_dict()?;
        merge_class_dict(vm, &all, this.as_value())?;
        let keys: Vec<Value> =
            taipan_object::room::gathered(all.get(vm).len(), all.get(vm).iter().map(|(k, _)| k.clone()))?;
        vm.new_list(keys).map(Ref::into_value)
    }

    /// Return memory consumption of the type object.
    #[method("($self, /)")]
    fn __sizeof__(vm: &mut Vm, this: &Ref<Type>) -> Result<usize> {
        Ok(vm.size_of(this.as_value()).0)
    }
}

/// A class whose MRO was computed again: the new one and the old one.
type ChangedMro = (Ref<Type>, Ref<Tuple>, Option<Ref<Tuple>>);

impl Vm {
    /// `__bases__ = ...` of a Python class.
    fn assign_bases(&mut self, class: &Ref<Type>, bases: &Ref<Tuple>) -> Result<()> {
        if bases.len() == 0 {
            let text = format!("can only assign non-empty tuple to {}.__bases__, not ()", class.name());
            return Err(self.raise_type_error(&text));
        }
        for b in bases.items() {
            let Some(b) = b.as_type() else {
                let text = format!("{}.__bases__ must be tuple of classes, not '{}'", class.name(), b.ty().name());
                return Err(self.raise_type_error(&text));
            };
            if b.is_subtype(class) || b.derives_from(class) {
                return Err(self.raise_type_error("a __bases__ item causes an inheritance cycle"));
            }
        }
        let base = self.best_base(bases.items())?;
        let (old_bases, old_base) = (class.bases(), class.base().map(|b| b.to_ref()));
        if let Some(old) = &old_base {
            self.check_same_layout("__bases__", old, &base)?;
        }
        class.set_bases(bases.clone());
        class.set_base(&base);
        let mut changed = Vec::new();
        let result = self.recompute_mros(class, &mut changed);
        // A metatype's `mro` may have assigned bases again, which then stand.
        let current = class.bases().is_some_and(|b| b.is(bases));
        if let Err(raised) = result {
            for (class, new, old) in changed.into_iter().rev() {
                if class.mro().is_some_and(|m| m.is(&new))
                    && let Some(old) = old
                {
                    class.set_mro(old);
                    class.modified();
                }
            }
            if current {
                if let Some(b) = old_bases {
                    class.set_bases(b);
                }
                if let Some(b) = old_base {
                    class.set_base(&b);
                }
            }
            return Err(raised);
        }
        if !current {
            return Ok(());
        }
        for b in old_bases.iter().flat_map(|b| b.items()) {
            if let Some(b) = b.as_type() {
                b.remove_subclass(class);
            }
        }
        for b in bases.items() {
            if let Some(b) = b.as_type() {
                b.add_subclass(class);
            }
        }
        let mut pending = vec![class.clone()];
        while let Some(class) = pending.pop() {
            self.sync_slots(&class, None);
            pending.extend(class.subclasses());
        }
        Ok(())
    }

    /// Computes the MROs of a class and of what derives from it; `changed` lists each with its new and its old one.
    fn recompute_mros(&mut self, class: &Ref<Type>, changed: &mut Vec<ChangedMro>) -> Result<()> {
        self.check_stack(" while computing method resolution orders")?;
        let old = class.mro();
        if !self.compute_mro(class)? {
            return Ok(());
        }
        if let Some(new) = class.mro() {
            changed.push((class.clone(), new, old));
        }
        for sub in class.subclasses() {
            self.recompute_mros(&sub, changed)?;
        }
        Ok(())
    }
}
