//! The heap validator: walks everything that the collector knows and compares what it sees with what is written down.
//!
//! Checked are the links of the generations, the flags of their objects, types, inline values, and counts: an object
//! must be counted at least as often as the objects that were found refer to it. (More often is no fault: stacks and
//! native code hold references, too.) It runs when no Python code does, as any borrow of the heap.

use crate::gc;
use crate::header::{Header, flags};
use crate::heap::Heap;
use crate::instance;
use crate::types::TypeFlags;
use crate::value::Value;
use std::collections::HashMap;
use std::ptr::NonNull;

/// What a walk has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Objects in a generation.
    pub tracked: usize,
    /// Objects that they refer to and that the collector does not know.
    pub others: usize,
    /// References among all of them.
    pub references: usize,
}

impl Heap {
    /// Validates the heap; the first fault that was found in words.
    pub fn check(&self) -> Result<Census, String> {
        let mut census = Census::default();
        let mut seen: HashMap<usize, u32> = HashMap::new();
        let mut pending = Vec::new();
        self.walk_generations(&mut |generation, object, linked| {
            if !linked {
                return Err(format!("generation {generation} is linked wrongly at {object:p}"));
            }
            census.tracked += 1;
            // SAFETY: the links are whole, so this is a tracked object.
            let header = unsafe { object.as_ref() };
            if !header.has(flags::GC | flags::TRACKED) {
                return Err(format!("{} in generation {generation} has flags {:#x}", told(header), header.flags()));
            }
            if header.has(flags::COLLECTING | flags::CANDIDATE) || header.has(flags::REACHABLE) {
                return Err(format!("{} has kept marks of a collection: {:#x}", told(header), header.flags()));
            }
            if !header.is_alive() && !header.has(flags::DYING) {
                return Err(format!("{} in generation {generation} has no references", told(header)));
            }
            if seen.insert(object.as_ptr() as usize, 0).is_some() {
                return Err(format!("{} is in two generations", told(header)));
            }
            pending.push(object);
            Ok(())
        })?;
        while let Some(object) = pending.pop() {
            // SAFETY: what was found is alive, or dying and still whole.
            check_object(unsafe { object.as_ref() })?;
            let mut fault = None;
            gc::trace(object, &mut |child| {
                census.references += 1;
                if let Err(text) = check_reference(child, &mut seen, &mut pending, &mut census.others) {
                    // SAFETY: as above.
                    fault.get_or_insert_with(|| format!("{} refers to {text}", told(unsafe { object.as_ref() })));
                }
            });
            if let Some(fault) = fault {
                return Err(fault);
            }
        }
        for (&address, &found) in &seen {
            // SAFETY: only live objects are among what was found.
            let header = unsafe { &*(address as *const Header) };
            // Where one waits on the zero list, there is no count; that nothing refers to it has been seen above.
            if !header.is_immortal() && !header.has(flags::DYING) && header.refcount() < found {
                let counted = header.refcount();
                return Err(format!("{} counts {counted} references, but has {found}", told(header)));
            }
        }
        Ok(census)
    }
}

fn told(header: &Header) -> String {
    format!("<{} at {header:p}>", header.ty().name())
}

/// Counts a reference; what is new goes on the list of what is to be looked into.
fn check_reference(
    child: &Value,
    seen: &mut HashMap<usize, u32>,
    pending: &mut Vec<NonNull<Header>>,
    others: &mut usize,
) -> Result<(), String> {
    let Some(object) = child.heap_ptr() else { return Ok(()) };
    let address = object.as_ptr() as usize;
    if !address.is_multiple_of(8) {
        return Err(format!("no object: {address:#x}"));
    }
    // SAFETY: a reference keeps its target alive. Freed memory is readable for a while where this is looked for.
    let header = unsafe { object.as_ref() };
    if !header.is_alive() {
        return Err(format!("a dead object at {address:#x}"));
    }
    let count = seen.entry(address).or_insert_with(|| {
        *others += 1;
        pending.push(object);
        0
    });
    *count = count.saturating_add(1);
    Ok(())
}

/// Checks what an object says about itself.
fn check_object(header: &Header) -> Result<(), String> {
    let ty = header.ty();
    if ty.basicsize() < size_of::<Header>() || !ty.header().ty().flags().has(TypeFlags::TYPE_SUBCLASS) {
        return Err(format!("{} has a type that is none", told(header)));
    }
    let asked = ty.instance_flags() & (flags::GC | flags::MANAGED);
    if !header.is_immortal() && header.flags() & (flags::GC | flags::MANAGED) != asked {
        return Err(format!("{} has flags {:#x} against its type's {asked:#x}", told(header), header.flags()));
    }
    match instance::inline_fault(header) {
        Some(fault) => Err(format!("{}: {fault}", told(header))),
        None => Ok(()),
    }
}
