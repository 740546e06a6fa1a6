//! `isinstance`, `issubclass`, and abstract classes.

use crate::{Ref, Result, Str, Tuple, Type, Value, Vm, name, slots};
use taipan_object::statics::{OBJECT, TYPE};
use taipan_object::{Raised, TypeFlags};

/// Tuples of classes are not nested deeper than this. CPython's stack ends about there.
const MAX_NESTED: usize = 50_000;

impl Vm {
    /// `isinstance(object, class)`; the class may be a tuple of classes or a union.
    pub fn is_instance(&mut self, object: &Value, class: &Value) -> Result<bool> {
        if object.ty().header().is_alive() && class.as_type().is_some_and(|c| object.ty().is(c)) {
            return Ok(true);
        }
        if let Some(t) = class.as_type_ref()
            && TYPE.as_type().is(class.ty())
        {
            return self.is_instance_of_type(object, t);
        }
        if let Some(members) = class.downcast::<Tuple>() {
            return self.any_of(members, 0, " in __instancecheck__", &mut |vm, c| vm.is_instance(object, c));
        }
        if let Some(members) = self.class_list(class) {
            self.check_stack(" in __instancecheck__")?;
            for c in members {
                if self.is_instance(object, &c)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        if let Some(check) = self.lookup_special(class, name!("__instancecheck__"))? {
            self.check_stack(" in __instancecheck__")?;
            let answer = self.call(&check, std::slice::from_ref(object))?;
            return self.is_truthy(&answer);
        }
        self.recursive_is_instance(object, class)
    }

    /// Whether a test holds for one of the classes in a tuple, which may hold tuples.
    fn any_of(
        &mut self,
        members: &Ref<Tuple>,
        depth: usize,
        doing: &str,
        test: &mut dyn FnMut(&mut Vm, &Value) -> Result<bool>,
    ) -> Result<bool> {
        if depth > MAX_NESTED {
            return Err(self.raise_recursion_error(&format!("maximum recursion depth exceeded{doing}")));
        }
        self.check_stack(doing)?;
        for c in members.items() {
            let found = match c.downcast::<Tuple>() {
                Some(inner) => self.any_of(inner, depth + 1, doing, test)?,
                None => test(self, c)?,
            };
            if found {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The members of a union.
    fn class_list(&mut self, class: &Value) -> Option<Vec<Value>> {
        crate::types::union::members(self, class)
    }

    /// `type.__instancecheck__`: by type, or by what the object says its class is.
    pub fn is_instance_of_type(&mut self, object: &Value, class: &Ref<Type>) -> Result<bool> {
        if object.ty().is_subtype(class) {
            return Ok(true);
        }
        // Native objects are what they are, but for those that look attributes up in their own way.
        let getattr = |t: &Type| slots::of(t).getattr.map(|f| f as usize);
        if !object.ty().flags().has(TypeFlags::HEAP) && getattr(object.ty()) == getattr(OBJECT.as_type()) {
            return Ok(false);
        }
        if let Some(c) = self.get_attr_opt(object, name!("__class__"))?
            && let Some(t) = c.as_type()
            && !t.is(object.ty())
        {
            return Ok(t.is_subtype(class));
        }
        Ok(false)
    }

    fn recursive_is_instance(&mut self, object: &Value, class: &Value) -> Result<bool> {
        self.check_class(class, "isinstance() arg 2 must be a type, a tuple of types, or a union")?;
        match self.get_attr_opt(object, name!("__class__"))? {
            Some(c) => self.abstract_is_subclass(&c, class),
            None => Ok(false),
        }
    }

    /// `issubclass(class, base)`.
    pub fn is_subclass(&mut self, class: &Value, base: &Value) -> Result<bool> {
        if base.as_type().is_some() && TYPE.as_type().is(base.ty()) {
            if class.is(base) {
                return Ok(true);
            }
            return self.recursive_is_subclass(class, base);
        }
        if let Some(members) = base.downcast::<Tuple>() {
            return self.any_of(members, 0, " in __subclasscheck__", &mut |vm, b| vm.is_subclass(class, b));
        }
        if let Some(members) = self.class_list(base) {
            self.check_stack(" in __subclasscheck__")?;
            for b in members {
                if self.is_subclass(class, &b)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        if let Some(check) = self.lookup_special(base, name!("__subclasscheck__"))? {
            self.check_stack(" in __subclasscheck__")?;
            let answer = self.call(&check, std::slice::from_ref(class))?;
            return self.is_truthy(&answer);
        }
        self.recursive_is_subclass(class, base)
    }

    /// `type.__subclasscheck__`.
    pub fn recursive_is_subclass(&mut self, class: &Value, base: &Value) -> Result<bool> {
        if let (Some(c), Some(b)) = (class.as_type(), base.as_type()) {
            return Ok(c.is_subtype(b));
        }
        self.check_class(class, "issubclass() arg 1 must be a class")?;
        self.check_class(base, "issubclass() arg 2 must be a class, a tuple of classes, or a union")?;
        self.abstract_is_subclass(class, base)
    }

    /// `__bases__` of anything that has a tuple of them.
    fn abstract_bases(&mut self, class: &Value) -> Result<Option<Ref<Tuple>>> {
        let bases = self.get_attr_opt(class, name!("__bases__"))?;
        Ok(bases.and_then(|b| b.downcast::<Tuple>().cloned()))
    }

    fn check_class(&mut self, class: &Value, text: &str) -> Result<()> {
        match self.abstract_bases(class)? {
            Some(_) => Ok(()),
            None => Err(self.raise_type_error(text)),
        }
    }

    fn abstract_is_subclass(&mut self, class: &Value, base: &Value) -> Result<bool> {
        let mut pending = vec![class.clone()];
        let mut steps = 0;
        while let Some(c) = pending.pop() {
            if c.is(base) {
                return Ok(true);
            }
            steps += 1;
            if steps > 100_000 {
                return Err(self.raise_recursion_error("maximum recursion depth exceeded in __subclasscheck__"));
            }
            if let Some(bases) = self.abstract_bases(&c)? {
                pending.extend(bases.items().iter().rev().cloned());
            }
        }
        Ok(false)
    }

    /// `Can't instantiate abstract class C without an implementation for abstract method 'm'`.
    pub fn raise_abstract(&mut self, class: &Ref<Type>) -> Raised {
        let found = class.dict().and_then(|d| d.get(self).get_str(name!("__abstractmethods__")).cloned());
        let names = found.map_or(Ok(Vec::new()), |f| self.collect(&f));
        let mut names: Vec<String> = match names {
            Ok(names) => {
                names.iter().filter_map(|n| n.downcast::<Str>()).map(|n| format!("'{}'", n.to_string_lossy())).collect()
            }
            Err(raised) => return raised,
        };
        names.sort();
        let s = if names.len() == 1 { "" } else { "s" };
        let text = format!(
            "Can't instantiate abstract class {} without an implementation for abstract method{s} {}",
            class.name(),
            names.join(", ")
        );
        self.raise_type_error(&text)
    }
}
