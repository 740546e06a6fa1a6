//! The order of an `OrderedDict`: a list of nodes linked by index, beside the dict.
//!
//! Moving a key or removing it from either end takes constant time, which the dict's own order does not give. The two
//! can disagree, since `dict.__delitem__(od, key)` goes past the order: then a node's key is not in the dict. From a
//! dict's entry to its node leads `nodes_of`, by the entry's place; it is made anew when a place turns out to hold
//! another key, because the dict has moved its entries.

use taipan_macros::Trace;
use taipan_object::dict::{Probe, Stamp};
use taipan_object::trace::Opaque;
use taipan_vm::{Dict, Raised, Result, Value};

/// No node.
pub const NONE: u32 = u32::MAX;

#[derive(Trace)]
struct Node {
    /// Nothing while the node is free.
    key: Option<Value>,
    hash: i64,
    previous: u32,
    next: u32,
    /// Where the key was found in the dict last.
    place: usize,
}

/// The linked list.
#[derive(Trace)]
pub struct Order {
    nodes: Vec<Node>,
    nodes_of: Vec<u32>,
    /// The dict's state when `nodes_of` was made anew last.
    stamp: Opaque<Option<Stamp>>,
    free: u32,
    first: u32,
    last: u32,
    /// Raised with each change of the order.
    pub changes: u64,
}

impl Order {
    /// No keys.
    pub const fn new() -> Order {
        Order {
            nodes: Vec::new(),
            nodes_of: Vec::new(),
            stamp: Opaque(None),
            free: NONE,
            first: NONE,
            last: NONE,
            changes: 0,
        }
    }

    /// The node at an end.
    pub fn end(&self, last: bool) -> u32 {
        if last { self.last } else { self.first }
    }

    /// The node after this one, or before it.
    pub fn step(&self, node: u32, backwards: bool) -> u32 {
        let n = &self.nodes[node as usize];
        if backwards { n.previous } else { n.next }
    }

    /// Key and hash of a node.
    pub fn key(&self, node: u32) -> Option<(Value, i64)> {
        let n = self.nodes.get(node as usize)?;
        n.key.clone().map(|k| (k, n.hash))
    }

    /// The node of the dict's entry at a place.
    pub fn find(&mut self, dict: &Dict, place: usize) -> Option<u32> {
        let key = dict.key_at(place)?;
        let node = self.nodes_of.get(place).copied().filter(|&n| self.holds(n, key));
        if node.is_some() || self.stamp.0 == Some(dict.stamp()) {
            return node;
        }
        self.map_places(dict);
        self.nodes_of.get(place).copied().filter(|&n| self.holds(n, key))
    }

    fn holds(&self, node: u32, key: &Value) -> bool {
        self.nodes.get(node as usize).and_then(|n| n.key.as_ref()).is_some_and(|k| k.is(key))
    }

    /// Where a node's key is in the dict, by identity.
    pub fn place(&self, dict: &Dict, node: u32) -> Option<usize> {
        let n = self.nodes.get(node as usize)?;
        let key = n.key.as_ref()?;
        if dict.key_at(n.place).is_some_and(|k| k.is(key)) {
            return Some(n.place);
        }
        let mut probe = Probe::new(n.hash);
        while let Some((place, k)) = dict.probe(&mut probe) {
            if k.is(key) {
                return Some(place);
            }
        }
        None
    }

    fn map_places(&mut self, dict: &Dict) {
        self.nodes_of.clear();
        self.nodes_of.resize(dict.end(), NONE);
        let mut at = self.first;
        while at != NONE {
            if let Some(place) = self.place(dict, at) {
                self.nodes[at as usize].place = place;
                self.nodes_of[place] = at;
            }
            at = self.nodes[at as usize].next;
        }
        self.stamp = Opaque(Some(dict.stamp()));
    }

    /// Adds the key of the dict's entry at a place at the end.
    pub fn push(&mut self, dict: &Dict, place: usize, hash: i64) -> Result<()> {
        let Some(key) = dict.key_at(place).cloned() else { return Ok(()) };
        let (missing, used) = ((place + 1).saturating_sub(self.nodes_of.len()), self.nodes.len());
        if self.nodes_of.try_reserve(missing).is_err() || self.nodes.try_reserve(1).is_err() || used >= NONE as usize {
            return Err(Raised);
        }
        let node = Node { key: Some(key), hash, previous: NONE, next: NONE, place };
        let at = match self.free {
            NONE => {
                self.nodes.push(node);
                used as u32
            }
            free => {
                self.free = self.nodes[free as usize].next;
                self.nodes[free as usize] = node;
                free
            }
        };
        if missing > 0 {
            self.nodes_of.resize(place + 1, NONE);
        }
        self.nodes_of[place] = at;
        self.link(at, true);
        Ok(())
    }

    fn link(&mut self, node: u32, last: bool) {
        self.changes += 1;
        let neighbour =
            if last { std::mem::replace(&mut self.last, node) } else { std::mem::replace(&mut self.first, node) };
        let n = &mut self.nodes[node as usize];
        (n.previous, n.next) = if last { (neighbour, NONE) } else { (NONE, neighbour) };
        match (neighbour, last) {
            (NONE, true) => self.first = node,
            (NONE, false) => self.last = node,
            (old, true) => self.nodes[old as usize].next = node,
            (old, false) => self.nodes[old as usize].previous = node,
        }
    }

    fn unlink(&mut self, node: u32) {
        self.changes += 1;
        let (previous, next) = (self.nodes[node as usize].previous, self.nodes[node as usize].next);
        match previous {
            NONE => self.first = next,
            p => self.nodes[p as usize].next = next,
        }
        match next {
            NONE => self.last = previous,
            n => self.nodes[n as usize].previous = previous,
        }
    }

    /// Moves a node to an end.
    pub fn move_to(&mut self, node: u32, last: bool) {
        if self.end(last) != node {
            self.unlink(node);
            self.link(node, last);
        }
    }

    /// Removes a node; its key is the caller's to drop.
    pub fn remove(&mut self, node: u32) -> Option<Value> {
        self.unlink(node);
        let free = self.free;
        self.free = node;
        let n = &mut self.nodes[node as usize];
        n.next = free;
        n.key.take()
    }

    /// Removes all nodes; the old order is the caller's to drop.
    pub fn take(&mut self) -> Order {
        let fresh = Order { changes: self.changes + 1, ..Order::new() };
        std::mem::replace(self, fresh)
    }

    /// Bytes of memory besides the object.
    pub fn size(&self) -> usize {
        self.nodes.capacity() * size_of::<Node>() + self.nodes_of.capacity() * 4
    }
}
