//! The map of a context: a hash array mapped trie (Bagwell: "Ideal Hash Trees", 2001) whose nodes are never changed, so
//! that a copy of a context is one reference, and a change makes a few nodes anew.
//!
//! The nodes are Python objects that Python code never sees: so the collector finds what they hold, however many
//! contexts share them. The hash of a variable is its number in the interpreter: no two have the same, and numbers that
//! follow each other fill a node evenly.

use super::var::ContextVar;
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_object::trace::{Opaque, Trace, Visitor};
use taipan_vm::{Ref, Result, Value, Vm};

/// The class of the nodes.
pub static NODE: TypeCell<Node> = TypeCell::new("_contextvars.hamt_node");

/// Bits of the hash that a level uses.
const BITS: u32 = 5;

#[derive(Clone)]
enum Item {
    Entry(Ref<ContextVar>, Value),
    Node(Ref<Node>),
}

impl Trace for Item {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        match self {
            Item::Entry(var, value) => {
                var.trace(visitor);
                value.trace(visitor);
            }
            Item::Node(node) => node.trace(visitor),
        }
    }
}

/// A node: the items of those slots that the bitmap says are in use.
#[derive(Trace, Payload)]
#[payload(class = NODE, frozen)]
#[repr(C)]
pub struct Node {
    bitmap: Opaque<u32>,
    items: Vec<Item>,
}

/// Methods of the nodes: none.
pub struct NodeClass;

#[class(cell = NODE, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl NodeClass {}

fn slot(number: u64, depth: u32) -> u32 {
    1 << (number.wrapping_shr(depth * BITS) & 31)
}

fn new_node(vm: &mut Vm, bitmap: u32, items: Vec<Item>) -> Result<Ref<Node>> {
    Ref::new(vm, Node { bitmap: Opaque(bitmap), items })
}

fn place(bitmap: u32, bit: u32) -> usize {
    (bitmap & (bit - 1)).count_ones() as usize
}

/// The value of a variable.
pub fn get(root: Option<&Ref<Node>>, var: &ContextVar) -> Option<Value> {
    let mut node = root?;
    let mut depth = 0;
    loop {
        let bit = slot(var.number, depth);
        if node.bitmap.0 & bit == 0 {
            return None;
        }
        match &node.items[place(node.bitmap.0, bit)] {
            Item::Entry(found, value) => return (found.number == var.number).then(|| value.clone()),
            Item::Node(child) => {
                node = child;
                depth += 1;
            }
        }
    }
}

/// A map with another value for a variable; whether the variable is new to it.
pub fn set(
    vm: &mut Vm,
    root: Option<&Ref<Node>>,
    depth: u32,
    var: &Ref<ContextVar>,
    value: &Value,
) -> Result<(Ref<Node>, bool)> {
    let bit = slot(var.number, depth);
    let entry = Item::Entry(var.clone(), value.clone());
    let Some(node) = root else { return new_node(vm, bit, vec![entry]).map(|n| (n, true)) };
    let at = place(node.bitmap.0, bit);
    let mut items = node.items.clone();
    if node.bitmap.0 & bit == 0 {
        items.insert(at, entry);
        return new_node(vm, node.bitmap.0 | bit, items).map(|n| (n, true));
    }
    let (new, added) = match &node.items[at] {
        Item::Entry(found, _) if found.number == var.number => (entry, false),
        Item::Entry(found, old) => {
            let (child, _) = set(vm, None, depth + 1, found, old)?;
            let (child, _) = set(vm, Some(&child), depth + 1, var, value)?;
            (Item::Node(child), true)
        }
        Item::Node(child) => {
            let (child, added) = set(vm, Some(child), depth + 1, var, value)?;
            (Item::Node(child), added)
        }
    };
    items[at] = new;
    new_node(vm, node.bitmap.0, items).map(|n| (n, added))
}

/// A map without a variable, which is in it; `None` for the empty one.
pub fn remove(vm: &mut Vm, node: &Ref<Node>, depth: u32, var: &ContextVar) -> Result<Option<Ref<Node>>> {
    let bit = slot(var.number, depth);
    let at = place(node.bitmap.0, bit);
    let mut items = node.items.clone();
    let mut bitmap = node.bitmap.0;
    let child = match items.get(at) {
        Some(Item::Node(child)) => remove(vm, &child.clone(), depth + 1, var)?,
        _ => None,
    };
    match child {
        Some(child) => {
            // An entry alone in its node moves up.
            items[at] = match &child.items[..] {
                [entry @ Item::Entry(..)] => entry.clone(),
                _ => Item::Node(child),
            };
        }
        None => {
            items.remove(at);
            bitmap &= !bit;
        }
    }
    if items.is_empty() { Ok(None) } else { new_node(vm, bitmap, items).map(Some) }
}

/// All variables with their values.
pub fn entries(root: Option<&Ref<Node>>, into: &mut Vec<(Value, Value)>) {
    let Some(node) = root else { return };
    for item in &node.items {
        match item {
            Item::Entry(var, value) => into.push((var.to_value(), value.clone())),
            Item::Node(child) => entries(Some(child), into),
        }
    }
}
