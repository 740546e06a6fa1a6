//! What an element holds, and what is done with it.

use crate::shown_type;
use taipan_macros::{Payload, Trace};
use taipan_object::{Dict, TypeCell};
use taipan_vm::native::Args;
use taipan_vm::{Ref, Result, Value, Vm};

/// `xml.etree.ElementTree.Element`.
pub static ELEMENT: TypeCell<Element> = TypeCell::new("xml.etree.ElementTree.Element");

/// An element.
#[derive(Trace, Payload)]
#[payload(class = ELEMENT)]
#[repr(C)]
pub struct Element {
    pub tag: Value,
    pub text: Value,
    pub tail: Value,
    /// Made when it is first asked for.
    pub attrib: Option<Ref<Dict>>,
    pub children: Vec<Ref<Element>>,
}

impl Element {
    pub fn new(tag: Value, attrib: Option<Ref<Dict>>) -> Element {
        Element { tag, text: Value::none(), tail: Value::none(), attrib, children: Vec::new() }
    }
}

/// What is done with an element through its reference.
pub trait ElementRef {
    /// Its attributes.
    fn attributes(&self, vm: &mut Vm) -> Result<Ref<Dict>>;
    /// Adds a child.
    fn push(&self, vm: &mut Vm, child: &Ref<Element>) -> Result<()>;
}

impl ElementRef for Ref<Element> {
    fn attributes(&self, vm: &mut Vm) -> Result<Ref<Dict>> {
        if let Some(attrib) = &self.get(vm).attrib {
            return Ok(attrib.clone());
        }
        let attrib = vm.new_dict()?;
        self.get_mut(vm).attrib = Some(attrib.clone());
        Ok(attrib)
    }

    fn push(&self, vm: &mut Vm, child: &Ref<Element>) -> Result<()> {
        let children = &mut self.get_mut(vm).children;
        if children.try_reserve(1).is_err() {
            return Err(vm.raise_memory_error());
        }
        children.push(child.clone());
        Ok(())
    }
}

/// The attributes that a call gives: a dictionary at `place`, perhaps by the keyword `attrib`, and other keywords.
pub fn attributes_of(vm: &mut Vm, args: Args<'_>, function: &str, place: usize) -> Result<Option<Ref<Dict>>> {
    let positional = args.positional();
    if positional.len() < place {
        let s = if place == 1 { "" } else { "s" };
        let text = format!("{function}() takes at least {place} argument{s} ({} given)", positional.len());
        return Err(vm.raise_type_error(&text));
    }
    if positional.len() > place + 1 {
        let most = place + 1;
        let text = format!("{function}() takes at most {most} arguments ({} given)", positional.len());
        return Err(vm.raise_type_error(&text));
    }
    let mut attrib = None;
    if let Some(given) = positional.get(place) {
        let Some(dict) = given.downcast::<Dict>() else {
            let text = format!("{function}() argument {} must be dict, not {}", place + 1, shown_type(given));
            return Err(vm.raise_type_error(&text));
        };
        attrib = Some(copy(vm, dict)?);
    } else if let Some(given) = args.keyword("attrib") {
        let Some(dict) = given.downcast::<Dict>() else {
            return Err(vm.raise_type_error(&format!("attrib must be dict, not {}", shown_type(given))));
        };
        attrib = Some(copy(vm, dict)?);
    }
    let taken = positional.len() == place;
    for (key, value) in args.keywords() {
        let is_attrib = taken && key.downcast::<taipan_vm::Str>().and_then(|k| k.to_utf8()) == Some("attrib");
        if is_attrib {
            continue;
        }
        let dict = match &attrib {
            Some(dict) => dict.clone(),
            None => vm.new_dict()?,
        };
        vm.dict_set(&dict, key, value.clone())?;
        attrib = Some(dict);
    }
    Ok(attrib)
}

/// A dictionary of its own.
pub fn copy(vm: &mut Vm, dict: &Ref<Dict>) -> Result<Ref<Dict>> {
    let new = vm.new_dict()?;
    vm.dict_update(&new, dict)?;
    Ok(new)
}

/// Refuses what is no element: `expected an Element, not "int"`.
pub fn expect<'a>(vm: &mut Vm, v: &'a Value) -> Result<&'a Ref<Element>> {
    match v.downcast::<Element>() {
        Some(element) => Ok(element),
        None => Err(vm.raise_type_error(&format!("expected an Element, not \"{}\"", v.ty().name()))),
    }
}

/// A copy with everything in it.
pub fn deep_copy(vm: &mut Vm, element: &Ref<Element>, memo: &Ref<Dict>) -> Result<Ref<Element>> {
    vm.check_stack(" in __deepcopy__")?;
    let me = element.get(vm);
    let (tag, text, tail, attrib) = (me.tag.clone(), me.text.clone(), me.tail.clone(), me.attrib.clone());
    let tag = copy_value(vm, &tag, memo)?;
    let attrib = match attrib {
        Some(dict) => {
            let copied = copy_value(vm, dict.as_value(), memo)?;
            match copied.downcast::<Dict>() {
                Some(dict) => Some(dict.clone()),
                None => return Err(vm.raise_type_error("attributes must be a dict")),
            }
        }
        None => None,
    };
    let new = Ref::new(vm, Element::new(tag, attrib))?;
    let text = copy_value(vm, &text, memo)?;
    new.get_mut(vm).text = text;
    let tail = copy_value(vm, &tail, memo)?;
    new.get_mut(vm).tail = tail;
    let mut i = 0;
    while let Some(child) = element.get(vm).children.get(i).cloned() {
        let copied = copy_value(vm, child.as_value(), memo)?;
        let copied = expect(vm, &copied)?.clone();
        new.push(vm, &copied)?;
        i += 1;
    }
    let key = vm.new_int(element.as_value().heap_ptr().map_or(0, |p| p.as_ptr() as i64))?;
    vm.dict_set(memo, &key, new.to_value())?;
    Ok(new)
}

/// A copy of anything; what cannot change is its own copy.
fn copy_value(vm: &mut Vm, v: &Value, memo: &Ref<Dict>) -> Result {
    if v.is_none() || v.downcast_exact::<taipan_vm::Str>().is_some() {
        return Ok(v.clone());
    }
    if let Some(dict) = v.downcast_exact::<Dict>() {
        let plain = dict.get(vm).iter().all(|(k, v)| {
            k.downcast_exact::<taipan_vm::Str>().is_some() && v.downcast_exact::<taipan_vm::Str>().is_some()
        });
        if plain {
            return copy(vm, dict).map(Ref::into_value);
        }
    }
    if let Some(element) = v.downcast_exact::<Element>() {
        return deep_copy(vm, element, memo).map(Ref::into_value);
    }
    let module = vm.import("copy")?;
    let function = vm.get_attr(&module, taipan_vm::name!("deepcopy"))?;
    vm.call(&function, &[v.clone(), memo.to_value()])
}
