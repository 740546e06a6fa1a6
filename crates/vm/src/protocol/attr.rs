//! Attribute access: `getattr`, `setattr`, and the generic algorithm of `object`.

use crate::errors::ATTRIBUTE_ERROR;
use crate::types::descriptor::{MethodDescriptor, SlotWrapper};
use crate::types::exceptions::AttributeError;
use crate::types::module::{MODULE, Module, ModuleRef};
use crate::{Dict, Ref, Result, Str, Type, Value, Vm, name, slots};
use taipan_object::Raised;
use taipan_object::statics::{OBJECT, TYPE};

/// Whether attributes of the object are set as those of `object` are.
fn sets_attributes_plainly(object: &Value) -> bool {
    let address = |ty: &Type| slots::of(ty).setattr.map(|f| f as usize);
    address(object.ty()) == address(OBJECT.as_type())
}

impl Vm {
    /// `object.name`.
    #[inline]
    pub fn get_attr(&mut self, object: &Value, name: &Ref<Str>) -> Result {
        self.check_stack("")?;
        match slots::of(object.ty()).getattr {
            Some(f) => match f(self, object, name) {
                Ok(v) => Ok(v),
                Err(raised) => Err(self.tell_attribute(raised, object, name)),
            },
            None => self.generic_get_attr(object, name),
        }
    }

    /// Tells an `AttributeError` that does not know it which attribute of which object was asked for.
    #[cold]
    fn tell_attribute(&mut self, raised: Raised, object: &Value, name: &Ref<Str>) -> Raised {
        let exception = self.peek_raised().and_then(|e| e.downcast::<AttributeError>()).cloned();
        if let Some(e) = exception {
            let e = e.get_mut(self);
            if e.name.is_none() && e.obj.is_none() {
                e.name = Some(name.to_value());
                e.obj = Some(object.clone());
            }
        }
        raised
    }

    /// `object.name`, or nothing where that raises `AttributeError`.
    pub fn get_attr_opt(&mut self, object: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
        self.check_stack("")?;
        let own = slots::of(object.ty()).getattr;
        let is_of = |ty: &'static Type| match (own, slots::of(ty).getattr) {
            (Some(a), Some(b)) => std::ptr::fn_addr_eq(a, b),
            _ => false,
        };
        let found = if is_of(OBJECT.as_type()) {
            Some(self.generic_get_attr_opt(object, name))
        } else if is_of(TYPE.as_type()) {
            Some(self.type_get_attr_opt(object, name))
        } else if is_of(MODULE.as_type()) {
            Some(self.module_get_attr_opt(object, name))
        } else {
            None
        };
        if let Some(found) = found {
            // What a descriptor raises says as much as that there is none.
            return match found {
                Err(raised) if self.raised_is(ATTRIBUTE_ERROR.as_type()) => {
                    drop(self.take_raised(raised));
                    Ok(None)
                }
                other => other,
            };
        }
        match self.get_attr(object, name) {
            Ok(v) => Ok(Some(v)),
            Err(raised) if self.raised_is(ATTRIBUTE_ERROR.as_type()) => {
                drop(self.take_raised(raised));
                Ok(None)
            }
            Err(raised) => Err(raised),
        }
    }

    /// `object.name = value`, or with `None` `del object.name`.
    #[inline]
    pub fn set_attr(&mut self, object: &Value, name: &Ref<Str>, value: Option<Value>) -> Result<()> {
        self.check_stack("")?;
        match slots::of(object.ty()).setattr {
            Some(f) => f(self, object, name, value),
            None => self.generic_set_attr(object, name, value),
        }
    }

    /// `object.__getattribute__`: data descriptors, the instance's own attributes, then the class's.
    pub fn generic_get_attr(&mut self, object: &Value, name: &Ref<Str>) -> Result {
        match self.generic_get_attr_opt(object, name)? {
            Some(v) => Ok(v),
            None => {
                let text =
                    format!("'{}' object has no attribute '{}'", object.ty().brief_name(), name.to_string_lossy());
                Err(self.raise_attribute_error(object, name, &text))
            }
        }
    }

    /// The same without raising for what is missing.
    pub fn generic_get_attr_opt(&mut self, object: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
        let found =
            self.generic_get_attr_with(object, name, |vm, interned| match vm.instance_attr(object, interned) {
                Some(value) => Ok(Some(value)),
                None => match vm.instance_dict_if_made(object) {
                    Some(dict) if !dict.get(vm).has_only_str_keys() => vm.dict_get(&dict, interned.as_value()),
                    _ => Ok(None),
                },
            })?;
        if found.is_none() && self.make_late_part(object, Some(name))? {
            return self.generic_get_attr_opt(object, name);
        }
        Ok(found)
    }

    /// The same with the instance's own attributes in a dict that it does not know of.
    pub fn generic_get_attr_in(&mut self, object: &Value, name: &Ref<Str>, dict: &Ref<Dict>) -> Result<Option<Value>> {
        self.generic_get_attr_with(object, name, |vm, interned| vm.dict_get(dict, interned.as_value()))
    }

    #[inline(always)]
    fn generic_get_attr_with(
        &mut self,
        object: &Value,
        name: &Ref<Str>,
        own: impl FnOnce(&mut Vm, &Ref<Str>) -> Result<Option<Value>>,
    ) -> Result<Option<Value>> {
        let interned = self.intern(name);
        let found = self.lookup_class_attr(object.ty(), &interned)?;
        let mut get = None;
        if let Some(found) = &found {
            let s = slots::of(found.ty());
            get = s.get;
            if let Some(get) = get
                && s.set.is_some()
            {
                let class = object.ty().to_value();
                return self.descriptor_get(get, found, object, &class);
            }
        }
        if let Some(value) = own(self, &interned)? {
            return Ok(Some(value));
        }
        match (found, get) {
            (Some(found), Some(get)) => {
                let class = object.ty().to_value();
                self.descriptor_get(get, &found, object, &class)
            }
            (found, _) => Ok(found),
        }
    }

    /// An attribute along the MRO, where keys of namespaces that are no strings are compared as well.
    #[inline]
    fn lookup_class_attr(&mut self, ty: &Type, name: &Ref<Str>) -> Result<Option<Value>> {
        if ty.asks_strange_keys() {
            return self.lookup_among_strange_keys(ty, name);
        }
        Ok(self.lookup_type_attr(ty, name))
    }

    #[cold]
    fn lookup_among_strange_keys(&mut self, ty: &Type, name: &Ref<Str>) -> Result<Option<Value>> {
        // A comparison may change the MRO; the lookup goes on along the one that it began with.
        let mro: Vec<Ref<Type>> = ty.mro_types().map(Type::to_ref).collect();
        for class in mro {
            let Some(dict) = class.dict().cloned() else { continue };
            if let Some(value) = self.dict_get(&dict, name.as_value())? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    fn descriptor_get(
        &mut self,
        get: fn(&mut Vm, &Value, Option<&Value>, Option<&Value>) -> Result,
        found: &Value,
        object: &Value,
        class: &Value,
    ) -> Result<Option<Value>> {
        get(self, found, Some(object), Some(class)).map(Some)
    }

    /// `object.__setattr__`: data descriptors, then the instance's own attributes.
    pub fn generic_set_attr(&mut self, object: &Value, name: &Ref<Str>, value: Option<Value>) -> Result<()> {
        let name = &self.intern(name);
        let found = self.lookup_type_attr(object.ty(), name);
        if let Some(found) = &found
            && let Some(set) = slots::of(found.ty()).set
        {
            return set(self, found, object, value);
        }
        let deleted = match value {
            Some(value) => self.set_instance_attr(object, name, value)?,
            None => self.delete_instance_attr(object, name).is_some(),
        };
        if deleted {
            return Ok(());
        }
        if self.make_late_part(object, Some(name))? {
            return self.generic_set_attr(object, name, None);
        }
        let class = object.ty().brief_name();
        let attribute = name.to_string_lossy();
        let text = match found {
            Some(_) if !self.has_instance_dict(object) => {
                format!("'{class}' object attribute '{attribute}' is read-only")
            }
            None if !self.has_instance_dict(object) && sets_attributes_plainly(object) => {
                format!("'{class}' object has no attribute '{attribute}' and no __dict__ for setting new attributes")
            }
            _ => format!("'{class}' object has no attribute '{attribute}'"),
        };
        Err(self.raise_attribute_error(object, name, &text))
    }

    /// `object.__setattr__` with the instance's own attributes in a dict that it does not know of.
    pub fn generic_set_attr_in(
        &mut self,
        object: &Value,
        name: &Ref<Str>,
        value: Option<Value>,
        dict: &Ref<Dict>,
    ) -> Result<()> {
        let name = &self.intern(name);
        let found = self.lookup_type_attr(object.ty(), name);
        if let Some(found) = &found
            && let Some(set) = slots::of(found.ty()).set
        {
            return set(self, found, object, value);
        }
        let done = match value {
            Some(value) => {
                drop(dict.get_mut(self).set_str(name, name.hash(), value)?);
                true
            }
            None => dict.get_mut(self).remove_str(name).is_some(),
        };
        if done {
            return Ok(());
        }
        let text = format!("'{}' object has no attribute '{}'", object.ty().brief_name(), name.to_string_lossy());
        Err(self.raise_attribute_error(object, name, &text))
    }

    /// `type.__getattribute__`: the metatype's data descriptors, the class's MRO, the metatype's other attributes.
    pub fn type_get_attr_opt(&mut self, this: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
        let Some(class) = this.as_type_ref() else { return self.generic_get_attr_opt(this, name) };
        let name = &self.intern(name);
        let meta = self.lookup_type_attr(this.ty(), name);
        let meta_class = this.ty().to_value();
        if let Some(found) = &meta {
            let s = slots::of(found.ty());
            if let (Some(get), true) = (s.get, s.set.is_some()) {
                return self.descriptor_get(get, found, this, &meta_class);
            }
        }
        if let Some(found) = self.lookup_class_attr(class, name)? {
            return match slots::of(found.ty()).get {
                Some(get) => get(self, &found, None, Some(this)).map(Some),
                None => Ok(Some(found)),
            };
        }
        match meta {
            Some(found) => match slots::of(found.ty()).get {
                Some(get) => self.descriptor_get(get, &found, this, &meta_class),
                None => Ok(Some(found)),
            },
            None => Ok(None),
        }
    }

    /// A special method of the object's type, bound to the object.
    pub fn lookup_special(&mut self, object: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
        let Some(found) = self.lookup_type_attr(object.ty(), name) else { return Ok(None) };
        match slots::of(found.ty()).get {
            Some(get) => {
                let class = object.ty().to_value();
                self.descriptor_get(get, &found, object, &class)
            }
            None => Ok(Some(found)),
        }
    }

    /// Whether `method` is `object.__getattribute__` itself.
    pub fn is_generic_getattr(&self, method: &Value) -> bool {
        method
            .downcast_exact::<SlotWrapper>()
            .is_some_and(|w| w.def.name == "__getattribute__" && std::ptr::eq(&*w.owner, OBJECT.as_type()))
    }

    /// Whether a class has another function in the slot of `__init__` or `__new__` than `object`.
    pub fn overrides_slot(&self, class: &Type, dunder: &str) -> bool {
        let (own, base) = (slots::of(class), slots::of(OBJECT.as_type()));
        let (a, b) = match dunder {
            "__new__" => (own.new.map(|f| f as usize), base.new.map(|f| f as usize)),
            _ => (own.init.map(|f| f as usize), base.init.map(|f| f as usize)),
        };
        a != b
    }

    /// Refuses `object.__setattr__(some_class, ...)`, which would go past the class's own rules.
    pub fn check_wrapped_setattr(&mut self, table: &slots::Slots, this: &Value, dunder: &str) -> Result<()> {
        let generic = slots::of(OBJECT.as_type()).setattr.map(|f| f as usize);
        if this.as_type().is_some() && table.setattr.map(|f| f as usize) == generic {
            let text = format!("can't apply this {dunder} to {} object", this.ty().name());
            return Err(self.raise_type_error(&text));
        }
        Ok(())
    }

    /// `AttributeError` of a module, which says more where the module is being imported.
    pub fn module_attribute_missing(&mut self, module: &Ref<Module>, name: &Ref<Str>) -> Result {
        let dict = module.namespace(self)?;
        let module_name = dict.get(self).get_str(name!("__name__")).cloned();
        let attribute = name.to_string_lossy();
        let text = match module_name.as_ref().and_then(|n| n.downcast::<Str>()) {
            Some(n) => {
                let n = n.to_string_lossy();
                let spec = dict.get(self).get_str(name!("__spec__")).cloned();
                let initializing = match spec {
                    Some(s) if !s.is_none() => match self.get_attr_opt(&s, name!("_initializing"))? {
                        Some(flag) => self.is_truthy(&flag)?,
                        None => false,
                    },
                    _ => false,
                };
                if initializing {
                    format!(
                        "partially initialized module '{n}' has no attribute '{attribute}' (most likely due to a circular import)"
                    )
                } else {
                    format!("module '{n}' has no attribute '{attribute}'")
                }
            }
            None => format!("module has no attribute '{attribute}'"),
        };
        Err(self.raise_attribute_error(module.as_value(), name, &text))
    }

    /// `module.Class` for native and Python classes, without `builtins`.
    pub fn dotted_name(&mut self, ty: &Type) -> String {
        let qualname = self.qualified_name(ty);
        let module = self.module_name(ty);
        match module.as_deref() {
            None | Some("builtins") => qualname,
            Some(m) => format!("{m}.{qualname}"),
        }
    }

    /// The module and qualified name of a class; the module is left out if it is the program.
    pub fn full_name(&mut self, ty: &Type) -> String {
        match self.module_name(ty).as_deref() {
            Some("__main__") => self.qualified_name(ty),
            _ => self.dotted_name(ty),
        }
    }

    /// `__qualname__` of a class.
    pub fn qualified_name(&mut self, ty: &Type) -> String {
        match ty.qualname_value() {
            Some(q) => q.downcast::<Str>().map(|s| s.to_string_lossy()).unwrap_or_default(),
            None => ty.short_name(),
        }
    }

    /// `__module__` of a class, if it is a string.
    pub fn module_name(&mut self, ty: &Type) -> Option<String> {
        if !ty.flags().has(taipan_object::TypeFlags::HEAP) {
            return Some(ty.static_name().rsplit_once('.').map_or("builtins", |(m, _)| m).to_owned());
        }
        let module = ty.dict()?.get(self).get_str(name!("__module__"))?.clone();
        module.downcast::<Str>().map(|s| s.to_string_lossy())
    }

    /// Whether the value is a method of a native class, for code that asks before it calls.
    pub fn is_native_method(&self, v: &Value) -> bool {
        v.downcast_exact::<MethodDescriptor>().is_some()
    }
}
