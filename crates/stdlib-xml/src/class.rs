//! `xml.etree.ElementTree.Element`.

use crate::element::{ELEMENT, Element, ElementRef, attributes_of, copy, deep_copy, expect};
use crate::iter::new_iterator;
use crate::{path, shown_type};
use taipan_macros::class;
use taipan_object::Dict;
use taipan_object::statics::{OBJECT, TUPLE};
use taipan_vm::errors::{ATTRIBUTE_ERROR, DEPRECATION_WARNING};
use taipan_vm::native::Args;
use taipan_vm::types::slice::{Slice, adjust};
use taipan_vm::{List, Ref, Result, Type, Value, Vm, name};

fn child_at(vm: &mut Vm, this: &Ref<Element>, key: &Value, words: &str) -> Result<usize> {
    let index = vm.to_index_isize(key)?;
    let len = this.get(vm).children.len();
    let index = if index < 0 { index + len as isize } else { index };
    match usize::try_from(index) {
        Ok(i) if i < len => Ok(i),
        _ => Err(vm.raise_index_error(words)),
    }
}

fn is_index(v: &Value) -> bool {
    taipan_vm::slots::of(v.ty()).index.is_some()
}

/// Puts other children in place of a slice.
fn set_slice(vm: &mut Vm, this: &Ref<Element>, slice: &Ref<Slice>, value: Option<&Value>) -> Result<()> {
    let mut new = Vec::new();
    if let Some(value) = value {
        if taipan_vm::slots::of(value.ty()).iter.is_none() && value.downcast::<List>().is_none() {
            return Err(vm.raise_type_error("assignment expects an iterable"));
        }
        for item in vm.collect(value)? {
            new.push(expect(vm, &item)?.clone());
        }
    }
    // The numbers of the slice may run Python code, which may change the children.
    let (start, stop, step) = vm.slice_parts(slice)?;
    let len = this.get(vm).children.len();
    let places = adjust(start, stop, step, len);
    let start = (places.start.max(0) as usize).min(len);
    if places.step == 1 {
        let removed: Vec<_> = this.get_mut(vm).children.splice(start..start + places.count, new).collect();
        drop(removed);
        return Ok(());
    }
    if value.is_none() {
        let mut gone: Vec<usize> = places.iter().collect();
        gone.sort_unstable();
        let mut removed = Vec::with_capacity(gone.len());
        for i in gone.into_iter().rev() {
            removed.push(this.get_mut(vm).children.remove(i));
        }
        drop(removed);
        return Ok(());
    }
    if new.len() != places.count {
        let text =
            format!("attempt to assign sequence of size {} to extended slice of size {}", new.len(), places.count);
        return Err(vm.raise_value_error(&text));
    }
    let children = &mut this.get_mut(vm).children;
    let mut former = Vec::with_capacity(new.len());
    for (i, child) in places.iter().zip(new) {
        former.push(std::mem::replace(&mut children[i], child));
    }
    drop(former);
    Ok(())
}

fn needed<'a>(vm: &mut Vm, value: Option<&'a Value>) -> Result<&'a Value> {
    value.ok_or_else(|| vm.raise_class(ATTRIBUTE_ERROR.as_type(), "can't delete element attribute"))
}

/// A child given to `append`, `insert` or `remove`.
fn child_argument<'a>(vm: &mut Vm, v: &'a Value, place: &str) -> Result<&'a Ref<Element>> {
    match v.downcast::<Element>() {
        Some(child) => Ok(child),
        None => {
            let given = shown_type(v);
            Err(vm.raise_type_error(&format!("{place} must be xml.etree.ElementTree.Element, not {given}")))
        }
    }
}

/// Methods of `Element`.
pub struct ElementClass;

#[class(cell = ELEMENT, base = OBJECT, flags = BASETYPE | HAVE_GC | MANAGED_WEAKREF)]
impl ElementClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, Element::new(Value::none(), None)).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        let Some(this) = this.downcast::<Element>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
        let attrib = attributes_of(vm, args, "Element", 1)?;
        let Some(tag) = args.positional().first() else { return Ok(()) };
        let me = this.get_mut(vm);
        let former = (
            std::mem::replace(&mut me.tag, tag.clone()),
            std::mem::replace(&mut me.attrib, attrib),
            std::mem::replace(&mut me.text, Value::none()),
            std::mem::replace(&mut me.tail, Value::none()),
        );
        drop(former);
        Ok(())
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Element>) -> Result {
        let address = this.as_value().heap_ptr().map_or(0, |p| p.as_ptr() as usize);
        let tag = this.get(vm).tag.clone();
        let shown = vm.guard_repr(this.as_value(), |vm| vm.repr(&tag))?;
        match shown {
            Some(tag) => {
                let text = format!("<Element {} at {address:#x}>", tag.to_string_lossy());
                vm.new_str(&text).map(Ref::into_value)
            }
            None => {
                let class = this.ty().name();
                Err(vm.raise_runtime_error(&format!("reentrant call inside {class}.__repr__")))
            }
        }
    }

    #[slot]
    fn bool(vm: &mut Vm, this: &Ref<Element>) -> Result<bool> {
        let text = "Testing an element's truth value will always return True in future versions.  Use specific \
                    'len(elem)' or 'elem is not None' test instead.";
        vm.warn(DEPRECATION_WARNING.as_type(), text, 1)?;
        Ok(!this.get(vm).children.is_empty())
    }

    #[slot]
    fn len(vm: &mut Vm, this: &Ref<Element>) -> Result<usize> {
        Ok(this.get(vm).children.len())
    }

    #[slot]
    fn item(vm: &mut Vm, this: &Ref<Element>, index: isize) -> Result {
        let child = usize::try_from(index).ok().and_then(|i| this.get(vm).children.get(i));
        match child {
            Some(child) => Ok(child.to_value()),
            None => Err(vm.raise_index_error("child index out of range")),
        }
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Ref<Element>, key: &Value) -> Result {
        if is_index(key) {
            let i = child_at(vm, this, key, "child index out of range")?;
            return Ok(this.get(vm).children[i].to_value());
        }
        let Some(slice) = key.downcast::<Slice>() else {
            return Err(vm.raise_type_error("element indices must be integers"));
        };
        let (start, stop, step) = vm.slice_parts(slice)?;
        let places = adjust(start, stop, step, this.get(vm).children.len());
        let children = &this.get(vm).children;
        let found = places.iter().filter_map(|i| children.get(i).map(Ref::to_value)).collect();
        vm.new_list(found).map(Ref::into_value)
    }

    #[slot]
    fn setitem(vm: &mut Vm, this: &Ref<Element>, key: &Value, value: Option<Value>) -> Result<()> {
        if is_index(key) {
            let i = child_at(vm, this, key, "child assignment index out of range")?;
            let former = match value {
                Some(value) => {
                    let new = expect(vm, &value)?.clone();
                    std::mem::replace(&mut this.get_mut(vm).children[i], new)
                }
                None => this.get_mut(vm).children.remove(i),
            };
            drop(former);
            return Ok(());
        }
        let Some(slice) = key.downcast::<Slice>() else {
            return Err(vm.raise_type_error("element indices must be integers"));
        };
        set_slice(vm, this, slice, value.as_ref())
    }

    #[method("($self, /)")]
    fn clear(vm: &mut Vm, this: &Ref<Element>) -> Result<()> {
        let me = this.get_mut(vm);
        let former = (
            std::mem::take(&mut me.children),
            me.attrib.take(),
            std::mem::replace(&mut me.text, Value::none()),
            std::mem::replace(&mut me.tail, Value::none()),
        );
        drop(former);
        Ok(())
    }

    #[method("($self, /, key, default=None)")]
    fn get(vm: &mut Vm, this: &Ref<Element>, key: &Value, default: Option<&Value>) -> Result {
        let found = match this.get(vm).attrib.clone() {
            Some(attrib) => vm.dict_get(&attrib, key)?,
            None => None,
        };
        Ok(found.or_else(|| default.cloned()).unwrap_or_else(Value::none))
    }

    #[method("($self, key, value, /)")]
    fn set(vm: &mut Vm, this: &Ref<Element>, key: &Value, value: &Value) -> Result<()> {
        let attrib = this.attributes(vm)?;
        vm.dict_set(&attrib, key, value.clone())
    }

    #[method("($self, /, path, namespaces=None)")]
    fn find(vm: &mut Vm, this: &Ref<Element>, path: &Value, namespaces: Option<&Value>) -> Result {
        if !path::is_plain(path, namespaces) {
            let namespaces = namespaces.cloned().unwrap_or_else(Value::none);
            return path::by_path(vm, "find", &[this.to_value(), path.clone(), namespaces]);
        }
        let mut found = Value::none();
        path::children(vm, this, path, |_, child| {
            found = child.into_value();
            Ok(false)
        })?;
        Ok(found)
    }

    #[method("($self, /, path, default=None, namespaces=None)")]
    fn findtext(
        vm: &mut Vm,
        this: &Ref<Element>,
        path: &Value,
        default: Option<&Value>,
        namespaces: Option<&Value>,
    ) -> Result {
        let default = default.cloned().unwrap_or_else(Value::none);
        if !path::is_plain(path, namespaces) {
            let namespaces = namespaces.cloned().unwrap_or_else(Value::none);
            return path::by_path(vm, "findtext", &[this.to_value(), path.clone(), default, namespaces]);
        }
        let mut found = None;
        path::children(vm, this, path, |vm, child| {
            found = Some(child.get(vm).text.clone());
            Ok(false)
        })?;
        match found {
            // An element without text has empty text.
            Some(text) if text.is_none() => vm.new_str("").map(Ref::into_value),
            Some(text) => Ok(text),
            None => Ok(default),
        }
    }

    #[method("($self, /, path, namespaces=None)")]
    fn findall(vm: &mut Vm, this: &Ref<Element>, path: &Value, namespaces: Option<&Value>) -> Result {
        if !path::is_plain(path, namespaces) {
            let namespaces = namespaces.cloned().unwrap_or_else(Value::none);
            return path::by_path(vm, "findall", &[this.to_value(), path.clone(), namespaces]);
        }
        let mut found = Vec::new();
        path::children(vm, this, path, |_, child| {
            found.push(child.into_value());
            Ok(true)
        })?;
        vm.new_list(found).map(Ref::into_value)
    }

    #[method("($self, /, path, namespaces=None)")]
    fn iterfind(vm: &mut Vm, this: &Ref<Element>, path: &Value, namespaces: Option<&Value>) -> Result {
        let namespaces = namespaces.cloned().unwrap_or_else(Value::none);
        path::by_path(vm, "iterfind", &[this.to_value(), path.clone(), namespaces])
    }

    #[method("($self, subelement, /)")]
    fn append(vm: &mut Vm, this: &Ref<Element>, subelement: &Value) -> Result<()> {
        let child = child_argument(vm, subelement, "append() argument 1")?;
        this.push(vm, child)
    }

    #[method("($self, elements, /)")]
    fn extend(vm: &mut Vm, this: &Ref<Element>, elements: &Value) -> Result<()> {
        let all = match vm.iter(elements) {
            Ok(it) => vm.collect(&it)?,
            Err(raised) if vm.raised_is(taipan_vm::errors::TYPE_ERROR.as_type()) => {
                drop(vm.take_raised(raised));
                return Err(vm.raise_type_error("'elements' must be an iterable"));
            }
            Err(raised) => return Err(raised),
        };
        for item in &all {
            let child = expect(vm, item)?;
            this.push(vm, child)?;
        }
        Ok(())
    }

    #[method("($self, index, subelement, /)")]
    fn insert(vm: &mut Vm, this: &Ref<Element>, index: &Value, subelement: &Value) -> Result<()> {
        let index = vm.to_index_isize(index)?;
        let child = child_argument(vm, subelement, "insert() argument 2")?;
        let children = &mut this.get_mut(vm).children;
        let len = children.len() as isize;
        let index = if index < 0 { (index + len).max(0) } else { index.min(len) };
        if children.try_reserve(1).is_err() {
            return Err(vm.raise_memory_error());
        }
        children.insert(index as usize, child.clone());
        Ok(())
    }

    #[method("($self, subelement, /)")]
    fn remove(vm: &mut Vm, this: &Ref<Element>, subelement: &Value) -> Result<()> {
        let child = child_argument(vm, subelement, "remove() argument")?;
        let mut i = 0;
        loop {
            let Some(other) = this.get(vm).children.get(i).cloned() else {
                return Err(vm.raise_value_error("Element.remove(x): element not found"));
            };
            if other.is(child) || vm.equal(other.as_value(), subelement)? {
                break;
            }
            i += 1;
        }
        // The comparison may have changed the children.
        if i < this.get(vm).children.len() {
            let removed = this.get_mut(vm).children.remove(i);
            drop(removed);
        }
        Ok(())
    }

    #[method("($self, /, tag=None)")]
    fn iter(vm: &mut Vm, this: &Ref<Element>, tag: Option<&Value>) -> Result {
        let any = |tag: &Value| tag.downcast::<taipan_vm::Str>().and_then(|t| t.to_utf8()) == Some("*");
        let tag = tag.filter(|tag| !tag.is_none() && !any(tag)).cloned();
        new_iterator(vm, this, tag, false)
    }

    #[method("($self, /)")]
    fn itertext(vm: &mut Vm, this: &Ref<Element>) -> Result {
        new_iterator(vm, this, None, true)
    }

    #[method("($self, /)")]
    fn items(vm: &mut Vm, this: &Ref<Element>) -> Result {
        let Some(attrib) = this.get(vm).attrib.clone() else { return vm.new_list(Vec::new()).map(Ref::into_value) };
        let attrib = attrib.get(vm);
        let mut items = Vec::with_capacity(attrib.len());
        for (key, value) in attrib.iter() {
            items.push(vm.new_tuple_in(TUPLE.as_type(), 2, [key.clone(), value.clone()].into_iter())?.into_value());
        }
        vm.new_list(items).map(Ref::into_value)
    }

    #[method("($self, /)")]
    fn keys(vm: &mut Vm, this: &Ref<Element>) -> Result<Ref<List>> {
        let keys = match &this.get(vm).attrib {
            Some(attrib) => attrib.get(vm).iter().map(|(k, _)| k.clone()).collect(),
            None => Vec::new(),
        };
        vm.new_list(keys)
    }

    #[method("($self, tag, attrib, /)")]
    fn makeelement(vm: &mut Vm, _this: &Ref<Element>, tag: &Value, attrib: &Value) -> Result {
        let Some(attrib) = attrib.downcast::<Dict>() else {
            let text = format!("makeelement() argument 2 must be dict, not {}", shown_type(attrib));
            return Err(vm.raise_type_error(&text));
        };
        let attrib = copy(vm, attrib)?;
        Ref::new(vm, Element::new(tag.clone(), Some(attrib))).map(Ref::into_value)
    }

    #[method("($self, /)")]
    fn __copy__(vm: &mut Vm, this: &Ref<Element>) -> Result {
        let me = this.get(vm);
        let mut new = Element::new(me.tag.clone(), me.attrib.clone());
        (new.text, new.tail) = (me.text.clone(), me.tail.clone());
        new.children = me.children.clone();
        if let Some(attrib) = &new.attrib {
            new.attrib = Some(copy(vm, &attrib.clone())?);
        }
        Ref::new(vm, new).map(Ref::into_value)
    }

    #[method("($self, memo, /)")]
    fn __deepcopy__(vm: &mut Vm, this: &Ref<Element>, memo: &Value) -> Result {
        let Some(memo) = memo.downcast::<Dict>() else {
            let text = format!("__deepcopy__() argument must be dict, not {}", shown_type(memo));
            return Err(vm.raise_type_error(&text));
        };
        deep_copy(vm, this, memo).map(Ref::into_value)
    }

    #[method("($self, /)")]
    fn __getstate__(vm: &mut Vm, this: &Ref<Element>) -> Result {
        let me = this.get(vm);
        let children: Vec<Value> = me.children.iter().map(Ref::to_value).collect();
        let (tag, text, tail) = (me.tag.clone(), me.text.clone(), me.tail.clone());
        let attrib = match me.attrib.clone() {
            Some(attrib) => attrib,
            None => vm.new_dict()?,
        };
        let children = vm.new_list(children)?.into_value();
        let state = vm.new_dict()?;
        for (key, value) in [
            (name!("tag"), tag),
            (name!("_children"), children),
            (name!("attrib"), attrib.into_value()),
            (name!("text"), text),
            (name!("tail"), tail),
        ] {
            vm.dict_set(&state, key.as_value(), value)?;
        }
        Ok(state.into_value())
    }

    #[method("($self, state, /)")]
    fn __setstate__(vm: &mut Vm, this: &Ref<Element>, state: &Value) -> Result<()> {
        let Some(state) = state.downcast::<Dict>() else {
            let shown = vm.repr(state)?.to_string_lossy();
            return Err(vm.raise_type_error(&format!("Don't know how to unpickle \"{shown}\" as an Element")));
        };
        let mut new = Element::new(Value::none(), None);
        let or_none = |v: Option<Value>| v.unwrap_or_else(Value::none);
        new.tag = or_none(vm.dict_get_str(state, name!("tag"))?);
        new.text = or_none(vm.dict_get_str(state, name!("text"))?);
        new.tail = or_none(vm.dict_get_str(state, name!("tail"))?);
        if let Some(attrib) = vm.dict_get_str(state, name!("attrib"))?
            && let Some(attrib) = attrib.downcast::<Dict>()
        {
            new.attrib = Some(attrib.clone());
        }
        if let Some(children) = vm.dict_get_str(state, name!("_children"))? {
            let Some(children) = children.downcast::<List>() else {
                return Err(vm.raise_type_error("'_children' is not a list"));
            };
            for child in taipan_object::room::copied(children.items(vm))? {
                new.children.push(expect(vm, &child)?.clone());
            }
        }
        let former = std::mem::replace(this.get_mut(vm), new);
        drop(former);
        Ok(())
    }

    /// A string identifying what kind of data this element represents
    #[getter]
    fn tag(vm: &mut Vm, this: &Ref<Element>) -> Result {
        Ok(this.get(vm).tag.clone())
    }

    #[setter]
    fn set_tag(vm: &mut Vm, this: &Ref<Element>, value: Option<&Value>) -> Result<()> {
        let value = needed(vm, value)?;
        let former = std::mem::replace(&mut this.get_mut(vm).tag, value.clone());
        drop(former);
        Ok(())
    }

    /// A string of text directly after the start tag, or None
    #[getter]
    fn text(vm: &mut Vm, this: &Ref<Element>) -> Result {
        Ok(this.get(vm).text.clone())
    }

    #[setter]
    fn set_text(vm: &mut Vm, this: &Ref<Element>, value: Option<&Value>) -> Result<()> {
        let value = needed(vm, value)?;
        let former = std::mem::replace(&mut this.get_mut(vm).text, value.clone());
        drop(former);
        Ok(())
    }

    /// A string of text directly after the end tag, or None
    #[getter]
    fn tail(vm: &mut Vm, this: &Ref<Element>) -> Result {
        Ok(this.get(vm).tail.clone())
    }

    #[setter]
    fn set_tail(vm: &mut Vm, this: &Ref<Element>, value: Option<&Value>) -> Result<()> {
        let value = needed(vm, value)?;
        let former = std::mem::replace(&mut this.get_mut(vm).tail, value.clone());
        drop(former);
        Ok(())
    }

    /// A dictionary containing the element's attributes
    #[getter]
    fn attrib(vm: &mut Vm, this: &Ref<Element>) -> Result<Ref<Dict>> {
        this.attributes(vm)
    }

    #[setter]
    fn set_attrib(vm: &mut Vm, this: &Ref<Element>, value: Option<&Value>) -> Result<()> {
        let value = needed(vm, value)?;
        let Some(attrib) = value.downcast::<Dict>() else {
            return Err(vm.raise_type_error(&format!("attrib must be dict, not {}", shown_type(value))));
        };
        let former = this.get_mut(vm).attrib.replace(attrib.clone());
        drop(former);
        Ok(())
    }
}
