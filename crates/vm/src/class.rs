//! Setting classes up: native ones from their tables, Python ones from `class` statements; the MRO; slots in step with
//! dunder methods.

use crate::dunder::{self, Dunder};
use crate::native::{Args, ClassDef, FnDef, FnKind, GetSetDef};
use crate::slots::{self, Slots};
use crate::types::descriptor::{
    self, ClassMethodDescriptor, GetSet, Member, MemberKind, MethodDescriptor, SlotWrapper,
};
use crate::types::function::FUNCTION;
use crate::types::native_function::NativeFunction;
use crate::{Dict, Heap, Ref, Result, Str, Tuple, Type, Value, Vm, name};
use taipan_object::header::flags;
use taipan_object::statics::{INT, NONE_TYPE, OBJECT, STR, TUPLE, TYPE};
use taipan_object::trace::Opaque;
use taipan_object::{Single, TypeFlags, shared, types};

impl Vm {
    /// Sets native classes up; bases come before what derives from them.
    pub fn set_up_classes(&mut self, defs: &[ClassDef]) -> Result<()> {
        shared::set_up(|| self.set_up_unless_ready(defs))?;
        crate::errors::reserve(self)
    }

    fn set_up_unless_ready(&mut self, defs: &[ClassDef]) -> Result<()> {
        if defs.iter().all(|def| def.ty.flags().has(TypeFlags::READY)) {
            // Another interpreter has done it.
            return Ok(());
        }
        // What an object of a class looks like has to be known before the first is made: tuples and dicts are made
        // for the very first class.
        for def in defs {
            Vm::prepare_class(def);
        }
        for def in defs {
            self.set_up_class(def)?;
            // As for CPython's static types: `object` gives its constructor to none of them.
            let object = def.base.is_some_and(|b| b.is(OBJECT.as_type())) && !def.ty.is(OBJECT.as_type());
            if object && !def.has("__new__") && own_slots(def).new.is_none() {
                def.ty.add_flags(TypeFlags::DISALLOW_INSTANTIATION);
            }
        }
        self.complete_templates()?;
        crate::errors::complete(self)
    }

    /// Sets a native class up, once in a process.
    pub fn set_up_class(&mut self, def: &ClassDef) -> Result<()> {
        shared::set_up(|| self.set_up_class_unless_ready(def))
    }

    fn set_up_class_unless_ready(&mut self, def: &ClassDef) -> Result<()> {
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
        ty.set_mro(mro);
        // Most have the bases of `type`: `object`.
        let bases = match TYPE.as_type().bases() {
            Some(bases) if base.is_some_and(|b| b.is(OBJECT.as_type())) => bases,
            _ => self.new_tuple(base.map(Type::to_value).into_iter().collect())?,
        };
        ty.set_bases(bases);
        let mut own = own_slots(def);
        if own.compare.is_some() && own.hash.is_none() {
            own.hash = Some(dunder::hash_not_implemented);
        }
        if let Some(base) = base {
            // Slots that it does not fill are its base's, hash and compare together.
            let (compare, hash) = (own.compare, own.hash);
            slots::inherit(&mut own, slots::of(base));
            if compare.is_some() || hash.is_some() {
                (own.compare, own.hash) = (compare, hash);
            }
        }
        slots::set(ty, &own);
        ty.set_native_texts(def.signature, def.doc);
        ty.set_namespace(Box::new(*def));
        if slots::of(ty).finalize.is_some() {
            debug_assert!(
                ty.flags().has(TypeFlags::HAVE_GC),
                "the collector knows all of {}, which finalises",
                ty.name()
            );
            ty.set_finalizes(true);
        }
        ty.add_flags(TypeFlags::READY);
        Ok(())
    }

    /// Has the namespaces of all native classes made, for those who look at all objects.
    pub fn make_all_namespaces(&mut self) {
        let mut pending = vec![OBJECT.as_ref()];
        while let Some(ty) = pending.pop() {
            ty.dict();
            pending.extend(ty.subclasses().into_iter().filter(|ty| !ty.flags().has(TypeFlags::HEAP)));
        }
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

    /// Gives a native class a further computed attribute, of those that a table holds because they are alike.
    pub fn add_native_attribute(&mut self, ty: &'static Type, g: &'static GetSetDef) -> Result<()> {
        let value = native_attribute(self, ty, g)?;
        self.set_class_constant(ty, g.name, value).map(drop)
    }

    /// The object that stands in a class's namespace for a native method.
    pub fn native_member(&mut self, ty: &Type, f: &'static FnDef) -> Result {
        native_member(self, ty, f)
    }

    fn set_class_entry(&mut self, dict: &Ref<Dict>, key: &str, value: Value) -> Result<()> {
        let key = self.intern_utf8(key)?;
        let hash = key.hash();
        dict.get_mut(self).set_str(&key, hash, value)?;
        Ok(())
    }

    /// Brings the slots of a Python class in step with the dunder methods that its MRO has: all of them, or those that
    /// belong to one name.
    pub fn sync_slots(&mut self, ty: &Type, only: Option<&Ref<Str>>) {
        let mut table = *slots::of(ty);
        match only {
            None => {
                for word in 0..slots::WORDS {
                    self.sync_word(ty, &mut table, word);
                }
                dunder::sync_power_mod(self, ty, &mut table);
            }
            Some(name) => self.sync_name(ty, &mut table, name, &mut [false; slots::WORDS]),
        }
        slots::update(ty, |s| *s = table);
        ty.set_finalizes(table.finalize.is_some());
    }

    /// The slots of a new Python class. Where its MRO comes from those of its bases, they differ from what all bases agree on
    /// only by what its own namespace says: the first class of the MRO that defines a name is the first one of some base's.
    fn set_up_slots(&mut self, ty: &Ref<Type>, bases: &[Value], namespace: &Ref<Dict>) {
        if self.own_mro_method(ty).is_some() {
            return self.sync_slots(ty, None);
        }
        let bases: Vec<&Type> = bases.iter().filter_map(Value::as_type).collect();
        let Some((first, others)) = bases.split_first() else { return self.sync_slots(ty, None) };
        let mut table = *slots::of(first);
        if !others.is_empty() {
            // Some slots come from the base of the layout where no name stands for them.
            let own = slots::of(ty);
            let agree = |word| others.iter().all(|b| slots::word(slots::of(b), word) == slots::word(&table, word));
            let disputed: Vec<usize> = (0..slots::WORDS).filter(|&word| !agree(word)).collect();
            for word in disputed {
                slots::copy_word(own, &mut table, word);
                self.sync_word(ty, &mut table, word);
            }
            dunder::sync_power_mod(self, ty, &mut table);
        }
        let special =
            |k: &Value| k.downcast::<Str>().filter(|n| n.as_ascii().is_some_and(|n| n.starts_with("__"))).cloned();
        let own: Vec<Ref<Str>> = namespace.get(self).iter().filter_map(|(k, _)| special(k)).collect();
        // Several names may stand for one slot, such as the six comparisons.
        let mut done = [false; slots::WORDS];
        for name in &own {
            self.sync_name(ty, &mut table, name, &mut done);
        }
        slots::update(ty, |s| *s = table);
        ty.set_finalizes(table.finalize.is_some());
    }

    /// What the metaclass of a class orders its MRO with, if that is no method of `type`.
    fn own_mro_method(&mut self, ty: &Ref<Type>) -> Option<Value> {
        if ty.ty().is(TYPE.as_type()) {
            return None;
        }
        self.lookup_type_attr(ty.ty(), name!("mro")).filter(|m| m.downcast_exact::<MethodDescriptor>().is_none())
    }

    /// Brings the slots in step that a dunder method stands for.
    fn sync_name(&mut self, ty: &Type, table: &mut Slots, name: &Ref<Str>, done: &mut [bool; slots::WORDS]) {
        let all = name.as_ascii().map_or(&[][..], dunder::named);
        if all.is_empty() {
            return;
        }
        let own = ty.dict().and_then(|d| d.get(self).get_str(name));
        let is_method = own.is_some_and(|value| self.is_python_function(value));
        for d in all {
            if std::mem::replace(&mut done[d.word], true) {
                continue;
            }
            if is_method && dunder::of_word(d.word).len() == 1 {
                // What most classes define: the class's own method, and nothing else belongs to the slot.
                (d.install)(table);
            } else {
                self.sync_word(ty, table, d.word);
            }
            if matches!(d.name, "__pow__" | "__rpow__") {
                dunder::sync_power_mod(self, ty, table);
            }
        }
    }

    fn sync_word(&mut self, ty: &Type, table: &mut Slots, word: usize) {
        let names = dunder::of_word(word);
        let mut native: Option<Ref<Type>> = None;
        let mut install: Option<fn(&mut Slots)> = None;
        let mut found_any = false;
        let mut unhashable = false;
        for d in names {
            let Some(value) = self.lookup_in_bases(ty, dunder::interned(d)) else { continue };
            found_any = true;
            if d.name == "__new__"
                && value.downcast_exact::<NativeFunction>().is_some_and(|f| {
                    f.def.name == "__new__" && f.receiver.as_ref().is_some_and(|r| r.as_type_ref().is_some())
                })
            {
                // The constructor of a native class stands for whatever the layout's base is made by, so that nothing is
                // ever made with another's layout.
                if let (None, Some(base)) = (table.new, ty.base()) {
                    table.new = slots::of(base).new;
                }
                return;
            }
            if d.name == "__hash__" && value.is_none() {
                unhashable = true;
                continue;
            }
            let wrapped = value.downcast_exact::<SlotWrapper>().map(|w| w.get(self)).and_then(|w| {
                // The wrapper of another slot of the same name does not say anything about this one, and that of a
                // class that is no base refuses the receiver when it is called.
                (w.def.word == word && ty.is_subtype(&w.owner)).then(|| w.owner.clone())
            });
            // A native class may show its slot as an ordinary method.
            let wrapped = wrapped.or_else(|| {
                let method = value.downcast_exact::<MethodDescriptor>()?;
                let own = slots::of(&method.owner);
                let native = !method.owner.flags().has(TypeFlags::HEAP) && slots::word(own, word) != 0;
                (native && method.def.name == d.name && ty.is_subtype(&method.owner)).then(|| method.owner.clone())
            });
            match wrapped {
                Some(owner) if install.is_none() => {
                    let of = |ty: &Type| slots::word(slots::of(ty), word);
                    if native.is_some_and(|n| of(&n) != of(&owner)) {
                        install = Some(d.install);
                    }
                    native = Some(owner);
                }
                Some(_) => {}
                // A wrapper of this name belongs to another slot; one of another name, such as `__str__ = int.__repr__`,
                // is a method like any other.
                None => {
                    let same = value.downcast_exact::<SlotWrapper>().is_some_and(|w| {
                        let w = w.get(self);
                        w.def.name == d.name && ty.is_subtype(&w.owner)
                    });
                    if d.signature.is_empty() || !same {
                        install = Some(d.install)
                    }
                }
            }
        }
        match (install, native) {
            (Some(install), _) => install(table),
            (None, Some(owner)) => slots::copy_word(slots::of(&owner), table, word),
            (None, None) if unhashable => table.hash = Some(dunder::hash_not_implemented),
            (None, None) if found_any => {}
            (None, None) => {
                // Slots that no name stands for come from the layout base.
                if names.is_empty() {
                    if let Some(base) = ty.base() {
                        slots::copy_word(slots::of(base), table, word);
                    }
                } else if word == std::mem::offset_of!(Slots, new) / 8 {
                    slots::copy_word(slots::of(OBJECT.as_type()), table, word);
                } else {
                    slots::copy_word(&zeroed(), table, word);
                }
            }
        }
    }

    /// Gives a native class a constant as an attribute, unless another interpreter has done so; answers the one that stands.
    /// It, and all that it refers to, is for all interpreters from now on.
    pub fn set_class_constant(&mut self, ty: &'static Type, key: &str, value: Value) -> Result {
        shared::set_up(|| {
            let Some(dict) = ty.dict() else { return Ok(value) };
            let key = crate::interned(key);
            if let Some(found) = dict.get(self).get_str(key) {
                return Ok(found.clone());
            }
            let mut more = dict.get(self).copy()?;
            more.set_str(key, key.hash(), value.clone())?;
            ty.set_dict(Ref::new(self, more)?);
            ty.modified();
            Ok(value)
        })
    }

    /// The first entry for a name along the MRO, without the help of what was remembered.
    pub fn lookup_in_bases(&self, ty: &Type, name: &Ref<Str>) -> Option<Value> {
        ty.mro_types().find_map(|t| t.own(self, name))
    }

    /// After an entry of a class's namespace has changed: forget what was remembered, and bring slots in step.
    pub fn class_changed(&mut self, ty: &Type, name: &Ref<Str>) {
        ty.modified();
        let Some(text) = name.as_ascii() else { return };
        if !text.starts_with("__") || !dunder::is_dunder(text) {
            return;
        }
        if matches!(text, "__get__" | "__set__" | "__delete__") {
            // Its instances become descriptors, or are none any more, in every class that holds some: what was found out
            // about attributes counts no more.
            OBJECT.as_type().derived_modified();
        }
        let mut pending = vec![ty.to_ref()];
        while let Some(ty) = pending.pop() {
            self.sync_slots(&ty, Some(name));
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
        let bases = self.new_tuple(bases.to_vec())?;
        self.new_class_of(metatype, name, &bases, namespace, keywords)
    }

    /// The same with a tuple of bases, which becomes `__bases__`.
    pub fn new_class_of(
        &mut self,
        metatype: &Ref<Type>,
        name: &Ref<Str>,
        given: &Ref<Tuple>,
        namespace: &Ref<Dict>,
        keywords: Args<'_>,
    ) -> Result<Ref<Type>> {
        let bases = match given.items() {
            [] => vec![OBJECT.as_ref().into_value()],
            all => all.to_vec(),
        };
        let base = self.best_base(&bases)?;
        let base: &Type = &base;
        let ty = Type::allocate(self, metatype, TypeFlags::BASETYPE)?;
        ty.set_name(name.clone());
        let plain = slots::of(namespace.ty()).iter.map(|f| f as usize);
        let dict = if plain == slots::of(taipan_object::statics::DICT.as_type()).iter.map(|f| f as usize) {
            let copied = namespace.get(self).copy()?;
            Ref::new(self, copied)?
        } else {
            // The keys of a subclass come in the order in which it gives them.
            let dict = self.new_dict()?;
            for key in self.collect(namespace.as_value())? {
                let value = self.get_item(namespace.as_value(), &key)?;
                self.dict_set(&dict, &key, value)?;
            }
            dict
        };
        ty.set_dict(dict.clone());
        ty.set_base(base);
        ty.add_flags(TypeFlags(base.flags().0 & TypeFlags::INHERITED.0));
        let qualname = self.take_qualname(&ty, name, &dict)?;
        ty.set_qualname(qualname);
        self.set_default_entries(&ty, &dict)?;
        self.finish_class_cells(&ty, &dict)?;
        self.lay_out(&ty, base, &bases, &dict)?;
        // `__doc__` may have become a member.
        if dict.get(self).get_str(name!("__doc__")).is_none() {
            self.set_class_entry(&dict, "__doc__", Value::none())?;
        }
        let bases = if given.len() == 0 { self.new_tuple(bases)? } else { given.clone() };
        ty.set_bases(bases.clone());
        self.compute_mro(&ty)?;
        // The first base that says so decides whether patterns see a sequence or a mapping.
        let collection = TypeFlags::SEQUENCE.or(TypeFlags::MAPPING);
        let decided = ty.mro_types().skip(1).map(|b| b.flags().0 & collection.0).find(|f| *f != 0).unwrap_or(0);
        ty.remove_flags(collection);
        ty.add_flags(TypeFlags(decided));
        for b in bases.items() {
            if let Some(b) = b.as_type() {
                b.add_subclass(&ty);
            }
        }
        self.set_up_slots(&ty, bases.items(), &dict);
        ty.add_flags(TypeFlags::READY);
        self.warn_of_strange_keys(&ty, &dict)?;
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
        let doc = dict.get(self).get_str(name!("__doc__")).cloned();
        if let Some(doc) = doc.as_ref().and_then(|d| d.downcast::<Str>())
            && doc.to_utf8().is_none()
        {
            return Err(self.raise_surrogates_not_allowed(doc));
        }
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
        if d.get_str(name!("__eq__")).is_some() && d.get_str(name!("__hash__")).is_none() {
            self.set_class_entry(dict, "__hash__", Value::none())?;
        }
        // A plain function under these names is what the data model says it is.
        self.wrap_entry(dict, name!("__new__"), |vm, function| {
            crate::types::property::new_static_method(vm, function)
        })?;
        for special in [name!("__init_subclass__"), name!("__class_getitem__")] {
            self.wrap_entry(dict, special, crate::types::property::new_class_method)?;
        }
        let _ = ty;
        Ok(())
    }

    fn wrap_entry(&mut self, dict: &Ref<Dict>, key: &Ref<Str>, wrap: fn(&mut Vm, Value) -> Result) -> Result<()> {
        let Some(value) = dict.get(self).get_str(key).cloned() else { return Ok(()) };
        if self.is_python_function(&value) {
            let wrapped = wrap(self, value)?;
            dict.get_mut(self).set_str(key, key.hash(), wrapped)?;
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
        // The class of a module may change to one that a program has made.
        let fixed = ty.itemsize() == 0
            && !ty.flags().has(TypeFlags::TYPE_SUBCLASS)
            && !base.derives_from(crate::types::module::MODULE.as_type());
        if ty.flags().has(TypeFlags::MANAGED_DICT) && fixed {
            let own = dict.get(self).get_str(name!("__static_attributes__")).and_then(|v| v.downcast::<Tuple>());
            let own = own.map_or(0, |names| names.len());
            let shapes = bases.iter().filter_map(|b| b.as_type()).filter_map(|b| b.shape());
            let inherited: usize = shapes.map(|shape| shape.expected()).sum();
            ty.enable_inline_values(own + inherited);
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

    /// Computes and stores `__mro__`, asking the metatype's `mro` if it has its own. Where that has set another one
    /// meanwhile, that one stays, and the answer is `false`.
    pub fn compute_mro(&mut self, ty: &Ref<Type>) -> Result<bool> {
        let before = ty.mro();
        let order = match self.own_mro_method(ty) {
            Some(method) => {
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
            None => self.linearize(ty)?,
        };
        let order = self.new_tuple(order)?;
        let unchanged = match (before, ty.mro()) {
            (Some(a), Some(b)) => a.is(&b),
            (None, None) => true,
            _ => false,
        };
        if unchanged {
            ty.set_mro(order);
            ty.modified();
        }
        Ok(unchanged)
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
        if let Some(incomplete) = bases.iter().filter_map(|b| b.as_type()).find(|b| b.mro().is_none()) {
            let text = format!("Cannot extend an incomplete type '{}'", incomplete.name());
            return Err(self.raise_type_error(&text));
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
        let cells = [
            ("__classcell__", name!("__classcell__"), ty.to_value()),
            ("__classdictcell__", name!("__classdictcell__"), dict.to_value()),
        ];
        for (key, key_str, value) in cells {
            if let Some(cell) = dict.get_mut(self).remove_str(key_str) {
                self.set_cell(&cell, value, key)?;
            }
        }
        Ok(())
    }

    fn warn_of_strange_keys(&mut self, ty: &Ref<Type>, dict: &Ref<Dict>) -> Result<()> {
        if dict.get(self).iter().all(|(key, _)| key.downcast::<Str>().is_some()) {
            return Ok(());
        }
        ty.add_flags(TypeFlags::STRANGE_KEYS);
        ty.modified();
        let text = format!("non-string key in the __dict__ of class {}", ty.name());
        self.warn(crate::errors::RUNTIME_WARNING.as_type(), &text, 1)
    }

    fn call_set_names(&mut self, ty: &Ref<Type>, dict: &Ref<Dict>) -> Result<()> {
        let mut at = 0;
        let mut entries = Vec::new();
        // What most namespaces hold has no such method.
        let plain = [FUNCTION.as_type(), STR.as_type(), TUPLE.as_type(), NONE_TYPE.as_type(), INT.as_type()];
        while let Some((k, v)) = dict.get(self).next_pair(&mut at) {
            if !plain.iter().any(|t| v.ty().is(t)) {
                entries.push((k.clone(), v.clone()));
            }
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
        if !ty.mro_types().any(|t| t.is(ty)) {
            let name = ty.name();
            let text = format!("super(type, obj): obj (type {name}) is not an instance or subtype of type ({name}).");
            return Err(self.raise_type_error(&text));
        }
        let method = crate::types::super_::lookup(self, ty, ty.as_value(), ty, name!("__init_subclass__"))?;
        if let Some(method) = method {
            self.call_args(&method, Args::new(keywords.keyword_values(), keywords.names()))?;
        }
        Ok(())
    }

    /// The names of the members that a class adds to those of its base, in the order of their places.
    fn own_members(&self, ty: &Type) -> Vec<(u32, Ref<Str>)> {
        let Some(dict) = ty.dict() else { return Vec::new() };
        let first = ty.base().map_or(0, Type::slot_count);
        let mut all: Vec<_> = dict
            .get(self)
            .iter()
            .filter_map(|(_, v)| match v.downcast_exact::<Member>().map(|m| (&m.kind, &m.name)) {
                Some((MemberKind::Slot(i), name)) if *i >= first => Some((*i, name.clone())),
                _ => None,
            })
            .collect();
        all.sort_by_key(|(i, _)| *i);
        all
    }

    /// Checks that instances of `old` look like those of `new` in memory, so that `attribute` may be assigned.
    pub fn check_same_layout(&mut self, attribute: &str, old: &Type, new: &Type) -> Result<()> {
        let heap = |t: &Type| t.flags().has(TypeFlags::HEAP);
        let same_dealloc = (heap(old) && heap(new)) || (heap(old) == heap(new) && old.same_native(new));
        let module = crate::types::module::MODULE.as_type();
        let modules = old.derives_from(module) && new.derives_from(module);
        if !same_dealloc && !modules {
            let text = format!("{attribute} assignment: '{}' deallocator differs from '{}'", new.name(), old.name());
            return Err(self.raise_type_error(&text));
        }
        let (a, b) = (layout_class(old), layout_class(new));
        let same_base = match (a.base(), b.base()) {
            (Some(x), Some(y)) => x.is(y),
            _ => false,
        };
        let same_members = || {
            let (x, y) = (self.own_members(a), self.own_members(b));
            x.len() == y.len() && x.iter().zip(&y).all(|((i, x), (j, y))| i == j && **x == **y)
        };
        let weak = |t: &Type| t.flags().has(TypeFlags::MANAGED_WEAKREF);
        if a.is(b) || (same_base && weak(a) == weak(b) && a.same_layout(b) && same_members()) {
            return Ok(());
        }
        let text = format!("{attribute} assignment: '{}' object layout differs from '{}'", new.name(), old.name());
        Err(self.raise_type_error(&text))
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

/// The slots that a native class fills itself.
fn own_slots(def: &ClassDef) -> Slots {
    let mut own = zeroed();
    (def.slots)(&mut own);
    own
}

/// Entries of a namespace besides those that its class lists: a constructor, a few slots, the doc.
const SLOTS_OF_MOST: usize = 6;

/// What a native class's namespace holds. Most classes are never asked.
fn namespace_of(heap: &Heap, def: &ClassDef, singles: &[Single]) -> Result<Dict> {
    let ty = def.ty;
    let own = own_slots(def);
    let mut dict = Dict::with_capacity(def.functions.len() + def.getsets.len() + SLOTS_OF_MOST)?;
    let set = |dict: &mut Dict, key: &Ref<Str>, value: Value| dict.set_str(key, key.hash(), value).map(drop);
    let known = |key: &Ref<Str>| singles.iter().find(|(known, _)| known.is(key)).map(|(_, value)| value.clone());
    for f in def.functions {
        let key = crate::interned(f.name);
        let value = known(key).map_or_else(|| native_member(heap, ty, f), Ok)?;
        set(&mut dict, key, value)?;
    }
    for g in def.getsets {
        let key = crate::interned(g.name);
        let value = known(key).map_or_else(|| native_attribute(heap, ty, g), Ok)?;
        set(&mut dict, key, value)?;
    }
    for d in dunder::all() {
        if slots::word(&own, d.word) == 0 || d.signature.is_empty() {
            continue;
        }
        let key = dunder::interned(d);
        if dict.get_str(key).is_some() {
            continue;
        }
        let value = known(key).map_or_else(|| native_dunder(heap, ty, d, &own), Ok)?;
        set(&mut dict, key, value)?;
    }
    if own.compare.is_some() && own.hash.is_none() {
        set(&mut dict, name!("__hash__"), Value::none())?;
    }
    // A class whose instances have a doc of their own keeps that getter.
    if dict.get_str(name!("__doc__")).is_none() {
        let doc = if def.doc.is_empty() { Value::none() } else { heap.new_str(def.doc)?.into_value() };
        set(&mut dict, name!("__doc__"), doc)?;
    }
    if let Some(module) = own_module(ty) {
        set(&mut dict, name!("__module__"), heap.intern_utf8(module)?.into_value())?;
    }
    Ok(dict)
}

fn native_dunder(heap: &Heap, ty: &Type, d: &'static Dunder, own: &Slots) -> Result {
    Ok(match d.name {
        "__new__" => NativeFunction::new_for_class(heap, ty)?.into_value(),
        "__hash__" if is_unhashable(own) => Value::none(),
        _ => Ref::new(heap, SlotWrapper { def: Opaque(d), owner: ty.to_ref() })?.into_value(),
    })
}

impl taipan_object::Namespace for ClassDef {
    fn make(&self, heap: &Heap, singles: &[Single]) -> Result<Dict> {
        namespace_of(heap, self, singles)
    }

    fn single(&self, heap: &Heap, name: &Str) -> Result<Option<Single>> {
        let Some(name) = name.as_ascii() else { return Ok(None) };
        // Where a name stands for several things, the last one stays in the end.
        if let Some(g) = self.getsets.iter().rfind(|g| g.name == name) {
            return Ok(Some((crate::interned(g.name), native_attribute(heap, self.ty, g)?)));
        }
        if let Some(f) = self.functions.iter().rfind(|f| f.name == name) {
            return Ok(Some((crate::interned(f.name), native_member(heap, self.ty, f)?)));
        }
        if name == "__hash__" {
            return Ok(None);
        }
        let own = own_slots(self);
        let shown = |d: &&&Dunder| slots::word(&own, d.word) != 0 && !d.signature.is_empty();
        match dunder::named(name).iter().find(shown) {
            Some(d) => Ok(Some((dunder::interned(d), native_dunder(heap, self.ty, d, &own)?))),
            None => Ok(None),
        }
    }

    fn lacks(&self, name: &Str) -> bool {
        let Some(name) = name.as_ascii() else { return true };
        if self.has(name) {
            return false;
        }
        match name {
            "__doc__" | "__hash__" => false,
            "__module__" => own_module(self.ty).is_none(),
            _ if name.starts_with("__") => {
                // Slots that are empty after those of the bases were taken over are not its own.
                let mut all =
                    dunder::named(name).iter().filter(|d| slots::word(slots::of(self.ty), d.word) != 0).peekable();
                all.peek().is_none() || {
                    let own = own_slots(self);
                    !all.any(|d| slots::word(&own, d.word) != 0)
                }
            }
            _ => true,
        }
    }
}

/// The `__module__` that stands in a native class's namespace, where instances see it, too: in CPython, classes that their
/// module makes from a specification have one, those of the core and of a few older modules do not.
fn own_module(ty: &Type) -> Option<&'static str> {
    let (module, name) = ty.static_name().rsplit_once('.')?;
    let of_the_core = match module {
        "builtins" | "types" | "sys" | "weakref" | "datetime" | "string.templatelib" | "pickle" => true,
        "_contextvars" | "Token" => true,
        "collections" => name == "OrderedDict",
        "typing" => matches!(name, "Union" | "TypeAliasType"),
        _ => false,
    };
    (!of_the_core).then_some(module)
}

fn native_attribute(heap: &Heap, ty: &Type, g: &'static GetSetDef) -> Result {
    if g.member {
        let name = heap.intern_utf8(g.name)?;
        let kind = MemberKind::Native(Opaque(g));
        return Ref::new(heap, Member { name, kind, owner: ty.to_ref() }).map(Ref::into_value);
    }
    Ref::new(heap, GetSet { def: Opaque(g), owner: ty.to_ref() }).map(Ref::into_value)
}

fn native_member(heap: &Heap, ty: &Type, f: &'static FnDef) -> Result {
    Ok(match f.kind {
        FnKind::Method => Ref::new(heap, MethodDescriptor { def: Opaque(f), owner: ty.to_ref() })?.into_value(),
        FnKind::Class => Ref::new(heap, ClassMethodDescriptor { def: Opaque(f), owner: ty.to_ref() })?.into_value(),
        FnKind::Static | FnKind::Function => {
            let function = NativeFunction::new(heap, f, Some(ty.to_value()), None)?.into_value();
            crate::types::property::new_static_method(heap, function)?
        }
    })
}

fn is_unhashable(s: &Slots) -> bool {
    s.hash.is_some_and(|h| std::ptr::fn_addr_eq(h, dunder::hash_not_implemented as fn(&mut Vm, &Value) -> Result<i64>))
}

/// The class on the chain of bases that last added members, a dict or weak references, or is native.
fn layout_class(ty: &Type) -> &Type {
    let mut at = ty;
    while let (true, Some(base)) = (at.flags().has(TypeFlags::HEAP), at.base()) {
        let same_prefix = at.instance_flags() == base.instance_flags()
            && at.flags().has(TypeFlags::MANAGED_DICT) == base.flags().has(TypeFlags::MANAGED_DICT)
            && at.flags().has(TypeFlags::MANAGED_WEAKREF) == base.flags().has(TypeFlags::MANAGED_WEAKREF);
        if at.slot_count() != base.slot_count() || !same_prefix {
            break;
        }
        at = base;
    }
    at
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
