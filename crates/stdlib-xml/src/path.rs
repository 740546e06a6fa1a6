//! Looking for elements: a plain tag is looked for here, anything else is left to `xml.etree.ElementPath`.

use crate::element::Element;
use taipan_vm::{Ref, Result, Str, Value, Vm};

/// Whether a path is more than one tag.
fn is_path(path: &Value) -> bool {
    let Some(text) = path.downcast::<Str>() else { return true };
    let mut in_namespace = false;
    for (i, c) in text.data().code_points().enumerate() {
        match char::from_u32(c) {
            Some('{') => {
                in_namespace = true;
                // Neither "any namespace" nor "no namespace" is part of a tag.
                if [Some(u32::from('*')), Some(u32::from('}'))].contains(&text.data().get(i + 1)) {
                    return true;
                }
            }
            Some('}') => {
                in_namespace = false;
                if text.data().get(i + 1) == Some(u32::from('*')) {
                    return true;
                }
            }
            _ if in_namespace => {}
            Some('/' | '*' | '[' | '@' | '.') => return true,
            _ => {}
        }
    }
    false
}

/// Calls a function of `ElementPath`.
pub fn by_path(vm: &mut Vm, function: &str, args: &[Value]) -> Result {
    let module = vm.import("xml.etree.ElementPath")?;
    let function = vm.intern_utf8(function)?;
    vm.call_method(&module, &function, args)
}

/// Whether it is a plain tag that is asked for.
pub fn is_plain(path: &Value, namespaces: Option<&Value>) -> bool {
    namespaces.is_none_or(Value::is_none) && !is_path(path)
}

/// The children of this tag, each handed to `f` until it has enough.
pub fn children(
    vm: &mut Vm,
    element: &Ref<Element>,
    tag: &Value,
    mut f: impl FnMut(&mut Vm, Ref<Element>) -> Result<bool>,
) -> Result<()> {
    let mut i = 0;
    while let Some(child) = element.get(vm).children.get(i).cloned() {
        let own = child.get(vm).tag.clone();
        if (own.is(tag) || vm.equal(&own, tag)?) && !f(vm, child)? {
            break;
        }
        i += 1;
    }
    Ok(())
}
