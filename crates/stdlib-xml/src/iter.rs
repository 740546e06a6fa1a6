//! Iterators over an element and all that is in it.

use crate::element::Element;
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_vm::{Ref, Result, Str, Value, Vm};

/// `_elementtree._element_iterator`.
pub static ITERATOR: TypeCell<ElementIterator> = TypeCell::new("_elementtree._element_iterator");

/// Walks through a tree in the order of the document.
#[derive(Trace, Payload)]
#[payload(class = ITERATOR)]
#[repr(C)]
pub struct ElementIterator {
    /// Elements on the way, each with the number of children that have been visited.
    parents: Vec<(Ref<Element>, usize)>,
    /// Where it starts; nothing once it has.
    root: Option<Ref<Element>>,
    /// The tag of the elements that are wanted; nothing is any.
    tag: Option<Value>,
    texts: bool,
}

/// A new iterator.
pub fn new_iterator(vm: &mut Vm, root: &Ref<Element>, tag: Option<Value>, texts: bool) -> Result {
    let it = ElementIterator { parents: Vec::new(), root: Some(root.clone()), tag, texts };
    Ref::new_in(vm, ITERATOR.as_type(), it).map(Ref::into_value)
}

/// A step: into an element, or out of one.
enum Step {
    Into(Ref<Element>),
    Out(Ref<Element>),
}

fn step(vm: &mut Vm, this: &Ref<ElementIterator>) -> Result<Option<Step>> {
    if let Some(root) = this.get_mut(vm).root.take() {
        this.get_mut(vm).parents.push((root.clone(), 0));
        return Ok(Some(Step::Into(root)));
    }
    let Some((element, visited)) = this.get(vm).parents.last().cloned() else { return Ok(None) };
    let Some(child) = element.get(vm).children.get(visited).cloned() else {
        this.get_mut(vm).parents.pop();
        return Ok(Some(Step::Out(element)));
    };
    let parents = &mut this.get_mut(vm).parents;
    if let Some(last) = parents.last_mut() {
        last.1 += 1;
    }
    if parents.try_reserve(1).is_err() {
        return Err(vm.raise_memory_error());
    }
    parents.push((child.clone(), 0));
    Ok(Some(Step::Into(child)))
}

/// Methods of the iterator.
pub struct ElementIteratorClass;

#[class(cell = ITERATOR, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl ElementIteratorClass {
    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<ElementIterator>) -> Result<Option<Value>> {
        let texts = this.get(vm).texts;
        while let Some(step) = step(vm, this)? {
            if texts {
                let text = match &step {
                    // What stands behind the root is no part of it.
                    Step::Out(_) if this.get(vm).parents.is_empty() => continue,
                    Step::Out(element) => element.get(vm).tail.clone(),
                    Step::Into(element) => {
                        // Comments and processing instructions have a function as their tag, and no text.
                        let tag = &element.get(vm).tag;
                        if !tag.is_none() && tag.downcast::<Str>().is_none() {
                            continue;
                        }
                        element.get(vm).text.clone()
                    }
                };
                if vm.is_truthy(&text)? {
                    return Ok(Some(text));
                }
            } else if let Step::Into(element) = step {
                let Some(wanted) = this.get(vm).tag.clone() else { return Ok(Some(element.into_value())) };
                let tag = element.get(vm).tag.clone();
                if tag.is(&wanted) || vm.equal(&tag, &wanted)? {
                    return Ok(Some(element.into_value()));
                }
            }
        }
        Ok(None)
    }
}
