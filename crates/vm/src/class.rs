//! Setting classes up: native ones from their tables, Python ones from `class` statements; the MRO; slots in step with
//! dunder methods.

use crate::dunder;
use crate::native::{Args, ClassDef, FnDef, FnKind, GetSetDef};
use crate::slots::{self, Slots};
use crate::types::descriptor::{
    self, ClassMethodDescriptor, GetSet, Member, MemberKind, MethodDescriptor, SlotWrapper,
};
use crate::types::native_function::NativeFunction;
use crate::{Dict, Ref, Result, Str, Tuple, Type, Value, Vm, name};
use taipan_object::header::flags;
use taipan_object::statics::{OBJECT, TYPE};
use taipan_object::trace::Opaque;
use taipan_object::{TypeFlags, types};

impl Vm {
    /// Sets native classes up; bases come before what derives from them.
    pub fn set_up_classes(&mut self, defs: &[ClassDef]) -> Result<()> {
        // What an object of a class looks like has to be known before the first is made: tuples and dicts are made
        // for the very first class.
        for def in defs {
            Vm::prepare_class(def);
        }
        for def in defs {
            self.set_up_class(def)?;
            // As for CPython's static types: `object` gives its constructor to none of them.
            let object = def.base.is_some_and(|b| b.is(OBJECT.as_type())) && !def.ty.is(OBJECT.as_type());
            if object && def.ty.dict().is_none_or(|d| d.get(self).get_text("__new__").is_none()) {
                def.ty.add_flags(TypeFlags::DISALLOW_INSTANTIATION);
            }
        }
        self.complete_templates()?;
        crate::errors::complete(self)
    }

    /// Sets a native class up, once in a process.
    pub fn set_up_class(&mut self, def: &ClassDef) -> Result<()> {
        let ty = def.ty;
        if ty.flags().has(TypeFlags::READY) {
            return Ok(());
        }
        let base = Vm::prepare_class(def);
        let mut mro = vec![ty.to_value()];
        if let Some(base) = base {
            mro.extend(base.mro_types().map(Type::to_value));
        }
        let mro = self.new_tuple(mro)?;
        mro.header().make_immortal();
        ty.set_mro(mro);
        let bases = self.new_tuple(base.map(Type::to_value).into_iter().collect())?;
        ty.set_bases(bases);
        let dict = self.new_dict()?;
        ty.set_dict(dict.clone());
        slots::update(ty, |s| (def.slots)(s));
        self.add_native_members(ty, &dict, def)?;
        if let Some(base) = base {
            self.inherit_native_slots(ty, base);
        }
        if slots::of(ty).finalize.is_some() {
            ty.set_finalizes(true);
        }
        ty.add_flags(TypeFlags::READY);
        Ok(())
    }

    /// Settles the layout and the flags of a native class, once; answers its base.
    fn prepare_class(def: &ClassDef) -> Option<&'static Type> {
        let ty = def.ty;
        (def.set_layout)();
        let base = def.base.filter(|b| !b.is(ty)).or((!ty.is(OBJECT.as_type())).then_some(OBJECT.as_type()));
        if ty.flags().has(TypeFlags::IMMUTABLE) || ty.flags().has(TypeFlags::READY) {
            return base;
        }
        if let Some(base) = base {
            ty.set_base(base);
            ty.add_flags(TypeFlags(base.flags().0 & TypeFlags::INHERITED.0));
            // A class of its own metatype only where it says so; the prefix follows from what it can be part of.
            ty.set_instance_flags(base.instance_flags());
            ty.add_subclass_of(base);
        }
        ty.add_flags(def.flags.or(TypeFlags::IMMUTABLE));
        let mut bits = ty.instance_flags();
        if ty.flags().has(TypeFlags::HAVE_GC) {
            bits |= flags::GC;
        }
        if ty.flags().has(TypeFlags::MANAGED_DICT) || ty.flags().has(TypeFlags::MANAGED_WEAKREF) {
            bits |= flags::GC | flags::MANAGED;
        }
        ty.set_instance_flags(bits);
        base
    }

    fn add_native_members(&mut self, ty: &'static Type, dict: &Ref<Dict>, def: &ClassDef) -> Result<()> {
        let own = *slots::of(ty);
        for f in def.functions {
            let value = self.native_member(ty, f)?;
            self.set_class_entry(dict, f.name, value)?;
        }
        for g in def.getsets {
            let value = self.native_attribute(ty, g)?;
            self.set_class_entry(dict, g.name, value)?;
        }
        for d in dunder::all() {
            if slots::word(&own, d.word) == 0 || d.signature.is_empty() {
                continue;
            }
            let key = self.intern_utf8(d.name)?;
            if dict.get(self).get_str(&key).is_some() {
                continue;
            }
            let value = match d.name {
                "__new__" => {
                    let f = NativeFunction::new_for_class(self, ty)?;
                    f.into_value()
                }
                "__hash__" if is_unhashable(&own) => Value::none(),
                _ => Ref::new(self, SlotWrapper { def: Opaque(d), owner: ty.to_ref() })?.into_value(),
            };
            self.set_class_entry(dict, d.name, value)?;
        }
        if own.compare.is_some() && own.hash.is_none() {
            self.set_class_entry(dict, "__hash__", Value::none())?;
            slots::update(ty, |s| s.hash = Some(dunder::hash_not_implemented));
        }
        ty.set_native_texts(def.signature, def.doc);
        // A class whose instances have a doc of their own keeps that getter.
        if dict.get(self).get_text("__doc__").is_none() {
            let doc = if def.doc.is_empty() { Value::none() } else { self.new_str(def.doc)?.into_value() };
            self.set_class_entry(dict, "__doc__", doc)?;
        }
        Ok(())
    }

    fn native_attribute(&mut self, ty: &Type, g: &'static GetSetDef) -> Result {
        if g.member {
            let name = self.intern_utf8(g.name)?;
            let kind = MemberKind::Native(Opaque(g));
            return Ref::new(self, Member { name, kind, owner: ty.to_ref() }).map(Ref::into_value);
        }
        Ref::new(self, GetSet { def: Opaque(g), owner: ty.to_ref() }).map(Ref::into_value)
    }

    /// Gives a native class a further computed attribute, of those that a table holds because they are alike.
    pub fn add_native_attribute(&mut self, ty: &'static Type, g: &'static GetSetDef) -> Result<()> {
        let value = self.native_attribute(ty, g)?;
        self.set_class_constant(ty, g.name, value)
    }

    /// The object that stands in a class's namespace for a native method.
    pub fn native_member(&mut self, ty: &Type, f: &'static FnDef) -> Result {
        Ok(match f.kind {
            FnKind::Method => Ref::new(self, MethodDescriptor { def: Opaque(f), owner: ty.to_ref() })?.into_value(),
            FnKind::Class => Ref::new(self, ClassMethodDescriptor { def: Opaque(f), owner: ty.to_ref() })?.into_value(),
            FnKind::Static | FnKind::Function => {
                let function = NativeFunction::new(self, f, Some(ty.to_value()), None)?.into_value();
                crate::types::property::new_static_method(self, function)?
            }
        })
    }

    fn set_class_entry(&mut self, dict: &Ref<Dict>, key: &str, value: Value) -> Result<()> {
        let key = self.intern_utf8(key)?;
        let hash = key.hash();
        dict.get_mut(self).set_str(&key, hash, value)?;
        Ok(())
    }

    /// A native class takes the slots over that it does not fill, hash and compare together.
    fn inherit_native_slots(&mut self, ty: &Type, base: &Type) {
        let theirs = *slots::of(base);
        slots::update(ty, |s| {
            let own_compare = s.compare.is_some();
            let own_hash = s.hash.is_some();
            let compare = std::mem::offset_of!(Slots, compare) / 8;
            let hash = std::mem::offset_of!(Slots, hash) / 8;
            for w in 0..slots::WORDS {
                if slots::word(s, w) != 0 || ((w == compare || w == hash) && (own_compare || own_hash)) {
                    continue;
                }
                slots::copy_word(&theirs, s, w);
            }
        });
    }

    /// Brings the slots of a Python class in step with the dunder methods that its MRO has: all of them, or those that
    /// belong to one name.
    pub fn sync_slots(&mut self, ty: &Type, only: Option<&str>) {
        let names: Vec<&'static dunder::Dunder> = dunder::all().collect();
        let words: Vec<usize> = match only {
            None => (0..slots::WORDS).collect(),
            Some(name) => names.iter().filter(|d| d.name == name).map(|d| d.word).collect(),
        };
        let mut table = *slots::of(ty);
        for word in words {
            self.sync_word(ty, &mut table, word, &names);
        }
        if only.is_none_or(|name| matches!(name, "__pow__" | "__rpow__")) {
            dunder::sync_power_mod(self, ty, &mut table);
        }
        slots::update(ty, |s| *s = table);
        ty.set_finalizes(table.finalize.is_some());
    }

    fn sync_word(&mut self, ty: &Type, table: &mut Slots, word: usize, names: &[&'static dunder::Dunder]) {
        let mut native: Option<Slots> = None;
        let mut install: Option<fn(&mut Slots)> = None;
        let mut found_any = false;
        let mut unhashable = false;
        for d in names.iter().filter(|d| d.word == word) {
            let Some((owner, value)) = self.lookup_with_owner(ty, d.name) else { continue };
            found_any = true;
            if d.name == "__hash__" && value.is_none() {
                unhashable = true;
                continue;
            }
            let wrapped = value.downcast_exact::<SlotWrapper>().map(|w| w.get(self)).and_then(|w| {
                // The wrapper of another slot of the same name does not say anything about this one.
                (w.def.word == word).then(|| *slots::of(&w.owner))
            });
            let wrapped = wrapped.or_else(|| {
                let is_new = d.name == "__new__" && value.downcast_exact::<NativeFunction>().is_some();
                is_new.then(|| *slots::of(&owner))
            });
            match wrapped {
                Some(s) if install.is_none() => {
                    if native.is_some_and(|n| slots::word(&n, word) != slots::word(&s, word)) {
                        install = Some(d.install);
                    }
                    native = Some(s);
                }
                Some(_) => {}
                // A wrapper of this name belongs to another slot; one of another name, such as `__str__ = int.__repr__`,
                // is a method like any other.
                None => {
                    let same = value.downcast_exact::<SlotWrapper>().is_some_and(|w| w.get(self).def.name == d.name);
                    if d.signature.is_empty() || !same {
                        install = Some(d.install)
                    }
                }
            }
        }
        let mut blank = *table;
        let empty = *slots::of(&OBJECT.as_ref());
        match (install, native) {
            (Some(install), _) => install(&mut blank),
            (None, Some(s)) => slots::copy_word(&s, &mut blank, word),
            (None, None) if unhashable => blank.hash = Some(dunder::hash_not_implemented),
            (None, None) if found_any => {}
            (None, None) => {
                // Slots that no name stands for come from the layout base.
                if names.iter().any(|d| d.word == word) {
                    let source = if word == std::mem::offset_of!(Slots, new) / 8 { empty } else { zeroed() };
                    slots::copy_word(&source, &mut blank, word);
                } else if let Some(base) = ty.base() {
                    slots::copy_word(slots::of(base), &mut blank, word);
                }
            }
        }
        slots::copy_word(&blank, table, word);
    }

    /// Gives a native class a constant as an attribute.
    pub fn set_class_constant(&mut self, ty: &'static Type, key: &str, value: Value) -> Result<()> {
        let Some(dict) = ty.dict().cloned() else { return Ok(()) };
        self.set_class_entry(&dict, key, value)?;
        ty.modified();
        Ok(())
    }

    /// The first entry for a name along the MRO, and the class that has it.
    pub fn lookup_with_owner(&self, ty: &Type, name: &str) -> Option<(Ref<Type>, Value)> {
        let name = self.intern_utf8(name).ok()?;
        ty.mro_types().find_map(|t| t.dict().and_then(|d| d.get(self).get_str(&name)).map(|v| (t.to_ref(), v.clone())))
    }

    /// After an entry of a class's namespace has changed: forget what was remembered, and bring slots in step.
    pub fn class_changed(&mut self, ty: &Type, name: &Ref<Str>) {
        ty.modified();
        let Some(text) = name.as_ascii() else { return };
        if !text.starts_with("__") || !dunder::is_dunder(text) {
            return;
        }
        let text = text.to_owned();
        let mut pending = vec![ty.to_ref()];
        while let Some(ty) = pending.pop() {
            self.sync_slots(&ty, Some(&text));
            pending.extend(ty.subclasses());
        }
    }

    /// Makes a class: `type.__new__(metatype, name, bases, namespace)`.
    pub fn new_class(
        &mut self,
        metatype: &Ref<Type>,
        name: &Ref<Str>,
        bases: &[Value],
        namespace: &Ref<Dict>,
        keywords: Args<'_>,
    ) -> Result<Ref<Type>> {
        let bases: Vec<Value> = if bases.is_empty() { vec![OBJECT.as_ref().into_value()] } else { bases.to_vec() };
        let base = self.best_base(&bases)?;
        let base: &Type = &base;
        let ty = Type::allocate(self, metatype, TypeFlags::BASETYPE)?;
        ty.set_name(name.clone());
        let copied = namespace.get(self).copy()?;
        let dict = Ref::new(self, copied)?;
        ty.set_dict(dict.clone());
        ty.set_base(base);
        ty.add_flags(TypeFlags(base.flags().0 & TypeFlags::INHERITED.0));
        let qualname = self.take_qualname(&ty, name, &dict)?;
        ty.set_qualname(qualname);
        self.set_default_entries(&ty, &dict)?;
        self.lay_out(&ty, base, &bases, &dict)?;
        // `__doc__` may have become a member.
        if dict.get(self).get_str(name!("__doc__")).is_none() {
            self.set_class_entry(&dict, "__doc__", Value::none())?;
        }
        let bases = self.new_tuple(bases)?;
        ty.set_bases(bases.clone());
        self.compute_mro(&ty)?;
        for b in bases.items() {
            if let Some(b) = b.as_type() {
                b.add_subclass(&ty);
            }
        }
        self.sync_slots(&ty, None);
        ty.add_flags(TypeFlags::READY);
        self.finish_class_cells(&ty, &dict)?;
        self.call_set_names(&ty, &dict)?;
        self.call_init_subclass(&ty, keywords)?;
        Ok(ty)
    }

    fn take_qualname(&mut self, _ty: &Type, name: &Ref<Str>, dict: &Ref<Dict>) -> Result<Ref<Str>> {
        let Some(q) = dict.get_mut(self).remove_str(name!("__qualname__")) else { return Ok(name.clone()) };
        match q.downcast::<Str>() {
            Some(s) => Ok(s.clone()),
            None => Err(self.raise_type_error(&format!("type __qualname__ must be a str, not {}", q.ty().name()))),
        }
    }

    fn set_default_entries(&mut self, ty: &Ref<Type>, dict: &Ref<Dict>) -> Result<()> {
        let d = dict.get(self);
        let module = d.get_str(name!("__module__")).is_some();
        if !module
            && let Some(globals) = self.current_globals()
            && let Some(name) = globals.get(self).get_str(name!("__name__")).cloned()
        {
            self.set_class_entry(dict, "__module__", name)?;
        }
        // What compares by itself does not hash by identity.
        let d = dict.get(self);
        if d.get_text("__eq__").is_some() && d.get_text("__hash__").is_none() {
            self.set_class_entry(dict, "__hash__", Value::none())?;
        }
        // A plain function under these names is what the data model says it is.
        self.wrap_entry(dict, "__new__", crate::types::property::new_static_method)?;
        for special in ["__init_subclass__", "__class_getitem__"] {
            self.wrap_entry(dict, special, crate::types::property::new_class_method)?;
        }
        let _ = ty;
        Ok(())
    }

    fn wrap_entry(&mut self, dict: &Ref<Dict>, key: &str, wrap: fn(&mut Vm, Value) -> Result) -> Result<()> {
        let key_str = self.intern_utf8(key)?;
        let Some(value) = dict.get(self).get_str(&key_str).cloned() else { return Ok(()) };
        if self.is_python_function(&value) {
            let wrapped = wrap(self, value)?;
            self.set_class_entry(dict, key, wrapped)?;
        }
        Ok(())
    }

    /// Prefix, members and inline values of the new class's instances.
    fn lay_out(&mut self, ty: &Ref<Type>, base: &Type, bases: &[Value], dict: &Ref<Dict>) -> Result<()> {
        // A class has its namespace for a dict: metaclasses add none.
        let may_have_dict = !base.flags().has(TypeFlags::MANAGED_DICT) && !base.flags().has(TypeFlags::TYPE_SUBCLASS);
        let may_have_weakrefs = !base.flags().has(TypeFlags::MANAGED_WEAKREF);
        let (mut add_dict, mut add_weakrefs) = (may_have_dict, may_have_weakrefs);
        let mut members: Vec<Ref<Str>> = Vec::new();
        let declared = dict.get(self).get_str(name!("__slots__")).cloned();
        if let Some(declared) = &declared {
            let names = match declared.downcast::<Str>() {
                Some(_) => vec![declared.clone()],
                None => self.collect(declared)?,
            };
            if !names.is_empty() && base.itemsize() > 0 {
                let text = format!("nonempty __slots__ not supported for subtype of '{}'", base.name());
                return Err(self.raise_type_error(&text));
            }
            (add_dict, add_weakrefs) = (false, false);
            for n in &names {
                let n = self.slot_name(n)?;
                match n.to_string_lossy().as_str() {
                    "__dict__" => {
                        if !may_have_dict || add_dict {
                            return Err(self.raise_type_error("__dict__ slot disallowed: we already got one"));
                        }
                        add_dict = true;
                    }
                    "__weakref__" => {
                        if !may_have_weakrefs || add_weakrefs {
                            return Err(self.raise_type_error("__weakref__ slot disallowed: we already got one"));
                        }
                        add_weakrefs = true;
                    }
                    _ => members.push(self.mangled_slot(ty, &n)?),
                }
            }
            for (i, m) in members.iter().enumerate() {
                let text = m.to_string_lossy();
                if dict.get(self).get_str(m).is_some() && !matches!(&*text, "__qualname__" | "__classcell__") {
                    return Err(self.raise_value_error(&format!("'{text}' in __slots__ conflicts with class variable")));
                }
                if members[..i].iter().any(|o| **o == **m) {
                    // Repeated names share a member.
                    continue;
                }
            }
            members.dedup_by(|a, b| **a == **b);
            // Secondary bases may bring what the primary one does not have.
            for b in bases.iter().filter_map(|b| b.as_type()) {
                add_dict |= may_have_dict && b.flags().has(TypeFlags::MANAGED_DICT);
                add_weakrefs |= may_have_weakrefs && b.flags().has(TypeFlags::MANAGED_WEAKREF);
            }
        }
        members.sort_by_key(|m| m.to_string_lossy());
        ty.inherit_layout(base, members.len() as u32);
        let mut bits = base.instance_flags() | flags::GC;
        if add_dict {
            ty.add_flags(TypeFlags::MANAGED_DICT);
        }
        if add_weakrefs {
            ty.add_flags(TypeFlags::MANAGED_WEAKREF);
        }
        if ty.flags().has(TypeFlags::MANAGED_DICT) || ty.flags().has(TypeFlags::MANAGED_WEAKREF) {
            bits |= flags::MANAGED;
        }
        ty.set_instance_flags(bits);
        // Modules always have a dict, and take classes for each other's.
        let is_module = ty.is_subtype(crate::types::module::MODULE.as_type());
        if ty.flags().has(TypeFlags::MANAGED_DICT)
            && ty.itemsize() == 0
            && !ty.flags().has(TypeFlags::TYPE_SUBCLASS)
            && !is_module
        {
            ty.enable_inline_values();
        }
        let first = base.slot_count();
        for (i, m) in members.iter().enumerate() {
            let kind = MemberKind::Slot(first + i as u32);
            let member = Member { name: m.clone(), kind, owner: ty.clone() };
            let value = Ref::new(self, member)?.into_value();
            self.set_class_entry(dict, &m.to_string_lossy(), value)?;
        }
        if add_dict && dict.get(self).get_str(name!("__dict__")).is_none() {
            let g = GetSet { def: Opaque(&descriptor::INSTANCE_DICT), owner: ty.clone() };
            let value = Ref::new(self, g)?.into_value();
            self.set_class_entry(dict, "__dict__", value)?;
        }
        if add_weakrefs && dict.get(self).get_str(name!("__weakref__")).is_none() {
            let g = GetSet { def: Opaque(&descriptor::INSTANCE_WEAKREF), owner: ty.clone() };
            let value = Ref::new(self, g)?.into_value();
            self.set_class_entry(dict, "__weakref__", value)?;
        }
        Ok(())
    }

    fn slot_name(&mut self, n: &Value) -> Result<Ref<Str>> {
        let Some(s) = n.downcast::<Str>() else {
            let text = format!("__slots__ items must be strings, not '{}'", n.ty().name());
            return Err(self.raise_type_error(&text));
        };
        if !self.is_identifier(s) {
            return Err(self.raise_type_error("__slots__ must be identifiers"));
        }
        Ok(s.clone())
    }

    fn mangled_slot(&mut self, ty: &Type, n: &Ref<Str>) -> Result<Ref<Str>> {
        let text = n.to_string_lossy();
        let class = ty.name();
        let stripped = class.trim_start_matches('_');
        if text.starts_with("__") && !text.ends_with("__") && !stripped.is_empty() {
            return self.intern_utf8(&format!("_{stripped}{text}"));
        }
        Ok(self.intern(n))
    }

    /// The base whose layout the new class extends; all bases must be classes that allow it.
    pub fn best_base(&mut self, bases: &[Value]) -> Result<Ref<Type>> {
        let mut winner: Option<Ref<Type>> = None;
        let mut best: Option<Ref<Type>> = None;
        for b in bases {
            let Some(ty) = b.as_type_ref() else {
                return Err(self.raise_type_error("bases must be types"));
            };
            if !ty.flags().has(TypeFlags::BASETYPE) {
                let text = format!("type '{}' is not an acceptable base type", self.dotted_name(ty));
                return Err(self.raise_type_error(&text));
            }
            let solid = solid_base(ty);
            match &winner {
                None => {
                    winner = Some(solid.to_ref());
                    best = Some(ty.clone());
                }
                Some(w) if w.derives_from(solid) => {}
                Some(w) if solid.derives_from(w) => {
                    winner = Some(solid.to_ref());
                    best = Some(ty.clone());
                }
                Some(_) => {
                    return Err(self.raise_type_error("multiple bases have instance lay-out conflict"));
                }
            }
        }
        best.ok_or_else(|| self.raise_type_error("a class needs a base"))
    }

    /// Computes and stores `__mro__`, asking the metatype's `mro` if it has its own.
    pub fn compute_mro(&mut self, ty: &Ref<Type>) -> Result<()> {
        let own = if ty.ty().is(TYPE.as_type()) { None } else { self.lookup_type_attr(ty.ty(), name!("mro")) };
        let order = match own {
            Some(method) if method.downcast_exact::<MethodDescriptor>().is_none() => {
                let result = self.call_unbound(&method, ty.as_value(), &[])?;
                let order = self.collect(&result)?;
                let solid = solid_base(ty).to_ref();
                for t in &order {
                    let Some(c) = t.as_type() else {
                        let text = format!("mro() returned a non-class ('{}')", t.ty().name());
                        return Err(self.raise_type_error(&text));
                    };
                    if !solid.derives_from(solid_base(c)) {
                        let text = format!("mro() returned base with unsuitable layout ('{}')", c.name());
                        return Err(self.raise_type_error(&text));
                    }
                }
                order
            }
            _ => self.linearize(ty)?,
        };
        let order = self.new_tuple(order)?;
        ty.set_mro(order);
        ty.modified();
        Ok(())
    }

    /// The C3 linearization (Barrett and others, "A Monotonic Superclass Linearization for Dylan").
    pub fn linearize(&mut self, ty: &Ref<Type>) -> Result<Vec<Value>> {
        let bases: Vec<Value> = ty.bases().map(|b| b.items().to_vec()).unwrap_or_default();
        for (i, b) in bases.iter().enumerate() {
            if bases[..i].iter().any(|o| o.is(b)) {
                let name = b.as_type().map(|t| t.name()).unwrap_or_default();
                return Err(self.raise_type_error(&format!("duplicate base class {name}")));
            }
        }
        let mut lists: Vec<Vec<Value>> =
            bases.iter().filter_map(|b| b.as_type()).map(|t| t.mro_types().map(Type::to_value).collect()).collect();
        lists.push(bases);
        let mut order = vec![ty.to_value()];
        let mut at = vec![0; lists.len()];
        loop {
            let mut pending = false;
            let mut chosen = None;
            for (l, &i) in lists.iter().zip(&at) {
                let Some(candidate) = l.get(i) else { continue };
                pending = true;
                let blocked = lists.iter().zip(&at).any(|(l, &i)| l.iter().skip(i + 1).any(|t| t.is(candidate)));
                if !blocked {
                    chosen = Some(candidate.clone());
                    break;
                }
            }
            match chosen {
                Some(next) => {
                    for (l, i) in lists.iter().zip(&mut at) {
                        if l.get(*i).is_some_and(|t| t.is(&next)) {
                            *i += 1;
                        }
                    }
                    order.push(next);
                }
                None if pending => {
                    let mut names: Vec<String> = Vec::new();
                    for (l, &i) in lists.iter().zip(&at) {
                        if let Some(t) = l.get(i).and_then(|t| t.as_type())
                            && !names.contains(&t.name())
                        {
                            names.push(t.name());
                        }
                    }
                    let text = format!(
                        "Cannot create a consistent method resolution order (MRO) for bases {}",
                        names.join(", ")
                    );
                    return Err(self.raise_type_error(&text));
                }
                None => return Ok(order),
            }
        }
    }

    /// Fills the cells that `__class__` and the class namespace are closed over in.
    fn finish_class_cells(&mut self, ty: &Ref<Type>, dict: &Ref<Dict>) -> Result<()> {
        if let Some(cell) = dict.get_mut(self).remove_str(name!("__classcell__")) {
            self.set_cell(&cell, ty.to_value(), "__classcell__")?;
        }
        if let Some(cell) = dict.get_mut(self).remove_str(name!("__classdictcell__")) {
            self.set_cell(&cell, dict.to_value(), "__classdictcell__")?;
        }
        Ok(())
    }

    fn call_set_names(&mut self, ty: &Ref<Type>, dict: &Ref<Dict>) -> Result<()> {
        let mut at = 0;
        let mut entries = Vec::new();
        while let Some((k, v, _)) = dict.get(self).next(&mut at) {
            entries.push((k.clone(), v.clone()));
        }
        for (key, value) in entries {
            let Some(method) = self.lookup_type_attr(value.ty(), name!("__set_name__")) else { continue };
            if let Err(raised) = self.call_unbound(&method, &value, &[ty.to_value(), key.clone()]) {
                let exception = self.take_raised(raised);
                let key = self.repr(&key)?.to_string_lossy();
                let note =
                    format!("Error calling __set_name__ on '{}' instance {key} in '{}'", value.ty().name(), ty.name());
                let note = self.new_str(&note)?.into_value();
                self.call_method(&exception, name!("add_note"), &[note])?;
                return Err(self.raise(exception));
            }
        }
        Ok(())
    }

    fn call_init_subclass(&mut self, ty: &Ref<Type>, keywords: Args<'_>) -> Result<()> {
        let method = crate::types::super_::lookup(self, ty, ty.as_value(), ty, name!("__init_subclass__"))?;
        if let Some(method) = method {
            self.call_args(&method, Args::new(keywords.keyword_values(), keywords.names()))?;
        }
        Ok(())
    }

    /// The metatype that fits all bases: `metaclass conflict` otherwise.
    pub fn winning_metatype(&mut self, wanted: &Ref<Type>, bases: &[Value]) -> Result<Ref<Type>> {
        let mut winner = wanted.clone();
        for b in bases {
            let theirs = b.ty();
            if winner.is_subtype(theirs) {
                continue;
            }
            if theirs.is_subtype(&winner) {
                winner = theirs.to_ref();
                continue;
            }
            return Err(self.raise_type_error(
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses \
                 of all its bases",
            ));
        }
        Ok(winner)
    }
}

fn zeroed() -> Slots {
    // The slot table of a type that is not set up yet is all absent.
    static BLANK: types::TypeCell<taipan_object::statics::Plain> = types::TypeCell::new("blank");
    *slots::of(BLANK.as_type())
}

fn is_unhashable(s: &Slots) -> bool {
    s.hash.is_some_and(|h| std::ptr::fn_addr_eq(h, dunder::hash_not_implemented as fn(&mut Vm, &Value) -> Result<i64>))
}

/// The class on the chain of bases that last added native fields or members.
fn solid_base(ty: &Type) -> &Type {
    let mut at = ty;
    while let Some(base) = at.base() {
        if at.basicsize() != base.basicsize() || at.itemsize() != base.itemsize() || !at.same_native(base) {
            return at;
        }
        at = base;
    }
    at
}

/// The namespace of a class, for `vars(cls)` and lookups by Rust code.
pub fn namespace(ty: &Type) -> Option<&Ref<Dict>> {
    ty.dict()
}

/// The direct bases of a class.
pub fn bases(ty: &Type) -> Option<Ref<Tuple>> {
    ty.bases()
}
