//! `xml.etree.ElementTree.TreeBuilder`.

use crate::element::{Element, ElementRef, copy};
use crate::shown_type;
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::{OBJECT, TUPLE};
use taipan_object::{Dict, Str, TypeCell};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::slots::BinaryOp;
use taipan_vm::{Ref, Result, Type, Value, Vm, name};

/// `xml.etree.ElementTree.TreeBuilder`.
pub static TREE_BUILDER: TypeCell<TreeBuilder> = TypeCell::new("xml.etree.ElementTree.TreeBuilder");

/// Keys of what makes comments and processing instructions where a builder has nothing of its own.
pub const COMMENT_FACTORY: &str = "_elementtree.comment_factory";
pub const PI_FACTORY: &str = "_elementtree.pi_factory";

/// Puts elements together as their beginnings and ends come.
#[derive(Trace, Payload)]
#[payload(class = TREE_BUILDER)]
#[repr(C)]
pub struct TreeBuilder {
    root: Option<Value>,
    /// Elements that have begun and not ended.
    open: Vec<Value>,
    /// What text belongs to: in it, or behind it.
    last: Option<Value>,
    behind: bool,
    /// Text that has not been given to an element.
    data: Vec<Value>,
    element_factory: Option<Value>,
    comment_factory: Option<Value>,
    pi_factory: Option<Value>,
    insert_comments: bool,
    insert_pis: bool,
    pub events: Events,
}

/// What is told of events, and how.
#[derive(Trace, Default)]
pub struct Events {
    pub append: Option<Value>,
    pub start: Option<Value>,
    pub end: Option<Value>,
    pub start_ns: Option<Value>,
    pub end_ns: Option<Value>,
    pub comment: Option<Value>,
    pub pi: Option<Value>,
}

impl TreeBuilder {
    pub fn new() -> TreeBuilder {
        TreeBuilder {
            root: None,
            open: Vec::new(),
            last: None,
            behind: false,
            data: Vec::new(),
            element_factory: None,
            comment_factory: None,
            pi_factory: None,
            insert_comments: false,
            insert_pis: false,
            events: Events::default(),
        }
    }
}

/// Tells of an event, if that is wanted.
pub fn tell(vm: &mut Vm, this: &Ref<TreeBuilder>, which: fn(&Events) -> &Option<Value>, node: Value) -> Result<()> {
    let events = &this.get(vm).events;
    let (Some(append), Some(event)) = (events.append.clone(), which(events).clone()) else { return Ok(()) };
    let pair = vm.new_tuple_in(TUPLE.as_type(), 2, [event, node].into_iter())?.into_value();
    vm.call(&append, &[pair]).map(drop)
}

/// Gives the text that has come to where it belongs.
fn flush(vm: &mut Vm, this: &Ref<TreeBuilder>) -> Result<()> {
    let me = this.get_mut(vm);
    if me.data.is_empty() {
        return Ok(());
    }
    let mut data = std::mem::take(&mut me.data);
    let (last, behind) = (me.last.clone(), me.behind);
    let Some(last) = last else { return Ok(()) };
    let text = match data.pop() {
        Some(only) if data.is_empty() => only,
        Some(end) => {
            data.push(end);
            let parts = vm.new_list(data)?.into_value();
            let nothing = vm.new_str("")?.into_value();
            vm.call_method(&nothing, name!("join"), &[parts])?
        }
        None => return Ok(()),
    };
    if let Some(element) = last.downcast_exact::<Element>() {
        let me = element.get(vm);
        let there = if behind { me.tail.clone() } else { me.text.clone() };
        let text = if there.is_none() { text } else { vm.binary(BinaryOp::ADD, &there, &text)? };
        let me = element.get_mut(vm);
        let former = std::mem::replace(if behind { &mut me.tail } else { &mut me.text }, text);
        drop(former);
        return Ok(());
    }
    let attribute = if behind { name!("tail") } else { name!("text") };
    let there = vm.get_attr(&last, attribute)?;
    let text = if there.is_none() { text } else { vm.binary(BinaryOp::ADD, &there, &text)? };
    vm.set_attr(&last, attribute, Some(text))
}

/// Adds an element to the one that is open.
fn add(vm: &mut Vm, parent: &Value, child: &Value) -> Result<()> {
    if let (Some(parent), Some(child)) = (parent.downcast_exact::<Element>(), child.downcast::<Element>()) {
        return parent.push(vm, child);
    }
    vm.call_method(parent, name!("append"), std::slice::from_ref(child)).map(drop)
}

/// An element begins. Its attributes are its own already.
pub fn start(vm: &mut Vm, this: &Ref<TreeBuilder>, tag: &Value, attrib: Option<Ref<Dict>>) -> Result {
    flush(vm, this)?;
    let element = match this.get(vm).element_factory.clone() {
        None => Ref::new(vm, Element::new(tag.clone(), attrib))?.into_value(),
        Some(factory) => {
            let attrib = match attrib {
                Some(attrib) => attrib,
                None => vm.new_dict()?,
            };
            vm.call(&factory, &[tag.clone(), attrib.into_value()])?
        }
    };
    match this.get(vm).open.last().cloned() {
        Some(parent) => add(vm, &parent, &element)?,
        None => {
            let me = this.get_mut(vm);
            if me.root.is_none() {
                me.root = Some(element.clone());
            }
        }
    }
    let me = this.get_mut(vm);
    if me.open.try_reserve(1).is_err() {
        return Err(vm.raise_memory_error());
    }
    me.open.push(element.clone());
    me.last = Some(element.clone());
    me.behind = false;
    tell(vm, this, |e| &e.start, element.clone())?;
    Ok(element)
}

/// An element ends.
pub fn end(vm: &mut Vm, this: &Ref<TreeBuilder>) -> Result {
    flush(vm, this)?;
    let me = this.get_mut(vm);
    let Some(element) = me.open.pop() else { return Err(vm.raise_index_error("pop from empty stack")) };
    me.last = Some(element.clone());
    me.behind = true;
    tell(vm, this, |e| &e.end, element.clone())?;
    Ok(element)
}

/// Text.
pub fn data(vm: &mut Vm, this: &Ref<TreeBuilder>, text: Value) -> Result<()> {
    let data = &mut this.get_mut(vm).data;
    if data.try_reserve(1).is_err() {
        return Err(vm.raise_memory_error());
    }
    data.push(text);
    Ok(())
}

/// Puts a comment or a processing instruction into the tree.
fn insert(vm: &mut Vm, this: &Ref<TreeBuilder>, node: &Value) -> Result<()> {
    flush(vm, this)?;
    if let Some(parent) = this.get(vm).open.last().cloned() {
        add(vm, &parent, node)?;
    }
    let me = this.get_mut(vm);
    me.last = Some(node.clone());
    me.behind = true;
    Ok(())
}

/// A comment.
pub fn comment(vm: &mut Vm, this: &Ref<TreeBuilder>, text: &Value) -> Result {
    let node = match this.get(vm).comment_factory.clone() {
        Some(factory) => {
            let node = vm.call(&factory, std::slice::from_ref(text))?;
            if this.get(vm).insert_comments {
                insert(vm, this, &node)?;
            }
            node
        }
        None => text.clone(),
    };
    tell(vm, this, |e| &e.comment, node.clone())?;
    Ok(node)
}

/// A processing instruction.
pub fn instruction(vm: &mut Vm, this: &Ref<TreeBuilder>, target: &Value, text: &Value) -> Result {
    let node = match this.get(vm).pi_factory.clone() {
        Some(factory) => {
            let node = vm.call(&factory, &[target.clone(), text.clone()])?;
            if this.get(vm).insert_pis {
                insert(vm, this, &node)?;
            }
            node
        }
        None => vm.new_tuple(vec![target.clone(), text.clone()])?.into_value(),
    };
    tell(vm, this, |e| &e.pi, node.clone())?;
    Ok(node)
}

/// The root, or nothing.
pub fn close(vm: &mut Vm, this: &Ref<TreeBuilder>) -> Value {
    this.get(vm).root.clone().unwrap_or_else(Value::none)
}

/// Whether it wants to know of comments and processing instructions.
pub fn wants(vm: &Vm, this: &Ref<TreeBuilder>) -> (bool, bool) {
    let me = this.get(vm);
    (me.insert_comments || me.events.comment.is_some(), me.insert_pis || me.events.pi.is_some())
}

/// A new one as a parser makes it.
pub fn new_builder(vm: &mut Vm) -> Result<Ref<TreeBuilder>> {
    let mut builder = TreeBuilder::new();
    set_factories(vm, &mut builder, None, None);
    Ref::new(vm, builder)
}

fn set_factories(vm: &Vm, builder: &mut TreeBuilder, comment: Option<Value>, pi: Option<Value>) {
    let default = |key| vm.state().registry.get(key).filter(|f| !f.is_none()).cloned();
    builder.comment_factory = comment.or_else(|| default(COMMENT_FACTORY));
    builder.pi_factory = pi.or_else(|| default(PI_FACTORY));
}

/// Methods of `TreeBuilder`.
pub struct TreeBuilderClass;

#[class(cell = TREE_BUILDER, base = OBJECT, flags = BASETYPE | HAVE_GC)]
impl TreeBuilderClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, TreeBuilder::new()).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        static SIGNATURE: Signature = Signature {
            name: "TreeBuilder",
            params: &["element_factory", "comment_factory", "pi_factory", "insert_comments", "insert_pis"],
            required: &[false; 5],
            required_count: 0,
            positional_only: 0,
            positional: 1,
        };
        let Some(this) = this.downcast::<TreeBuilder>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
        let [element, comment, pi, insert_comments, insert_pis] = bind::<5>(vm, &SIGNATURE, args)?;
        let given = |v: Option<&Value>| v.filter(|v| !v.is_none()).cloned();
        let mut builder = TreeBuilder::new();
        builder.element_factory = given(element);
        set_factories(vm, &mut builder, given(comment), given(pi));
        builder.insert_comments = insert_comments.map_or(Ok(false), |v| vm.is_truthy(v))?;
        builder.insert_pis = insert_pis.map_or(Ok(false), |v| vm.is_truthy(v))?;
        let former = std::mem::replace(this.get_mut(vm), builder);
        drop(former);
        Ok(())
    }

    #[method("($self, data, /)")]
    fn data(vm: &mut Vm, this: &Ref<TreeBuilder>, text: &Value) -> Result<()> {
        data(vm, this, text.clone())
    }

    #[method("($self, tag, attrs, /)")]
    fn start(vm: &mut Vm, this: &Ref<TreeBuilder>, tag: &Value, attrs: &Value) -> Result {
        let Some(attrs) = attrs.downcast::<Dict>() else {
            let text = format!("start() argument 2 must be dict, not {}", shown_type(attrs));
            return Err(vm.raise_type_error(&text));
        };
        let attrib = if attrs.get(vm).len() == 0 { None } else { Some(copy(vm, attrs)?) };
        start(vm, this, tag, attrib)
    }

    #[method("($self, tag, /)")]
    fn end(vm: &mut Vm, this: &Ref<TreeBuilder>, _tag: &Value) -> Result {
        end(vm, this)
    }

    #[method("($self, text, /)")]
    fn comment(vm: &mut Vm, this: &Ref<TreeBuilder>, text: &Value) -> Result {
        comment(vm, this, text)
    }

    #[method("($self, target, text=None, /)")]
    fn pi(vm: &mut Vm, this: &Ref<TreeBuilder>, target: &Value, text: Option<&Value>) -> Result {
        let text = text.cloned().unwrap_or_else(Value::none);
        instruction(vm, this, target, &text)
    }

    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Ref<TreeBuilder>) -> Result {
        Ok(close(vm, this))
    }
}

/// A string of a builder's or parser's own making.
pub fn text(vm: &mut Vm, text: &str) -> Result {
    vm.new_str(text).map(Ref::<Str>::into_value)
}
