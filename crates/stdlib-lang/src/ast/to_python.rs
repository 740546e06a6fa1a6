//! From the compiler's trees to Python's.

use super::classes::{self, Classes, PLACE, family_index, is_names};
use super::node::new_node;
use taipan_compiler::Const;
use taipan_compiler::ast::{Export, Family, Ident, Loc, Mod, Sink, Str};
use taipan_vm::{Raised, Ref, Result, Tuple, Value, Vm};

struct ToPython<'v> {
    vm: &'v mut Vm,
    classes: Classes,
    singletons: Ref<Tuple>,
}

/// The tree as Python objects.
pub fn convert(vm: &mut Vm, tree: &Mod) -> Result {
    let classes = classes::all(vm)?;
    let singletons = classes::singletons(vm, &classes)?;
    tree.export(&mut ToPython { vm, classes, singletons })
}

impl ToPython<'_> {
    fn set(&mut self, node: &Value, key: &str, value: Value) -> Result<()> {
        let key = self.vm.intern_utf8(key)?;
        self.vm.set_attr(node, &key, Some(value))
    }
}

impl Sink for ToPython<'_> {
    type Value = Value;
    type Error = Raised;

    fn none(&mut self) -> Result {
        Ok(Value::none())
    }

    fn identifier(&mut self, value: &Ident) -> Result {
        self.vm.intern_utf8(value.as_str()).map(Ref::into_value)
    }

    fn string(&mut self, value: &Str) -> Result {
        self.vm.new_str(&value.0).map(Ref::into_value)
    }

    fn int(&mut self, value: i32) -> Result {
        Ok(Value::from_i32(value))
    }

    fn constant(&mut self, value: &Const) -> Result {
        self.vm.constant(value)
    }

    fn list(&mut self, items: Vec<Value>) -> Result {
        self.vm.new_list(items).map(Ref::into_value)
    }

    fn node(&mut self, family: &'static Family, class: usize, fields: Vec<Value>, loc: Option<Loc>) -> Result {
        let index = family_index(family);
        if is_names(family)
            && let Some(one) = self.singletons.items().get(index).and_then(|f| f.downcast::<Tuple>())
            && let Some(node) = one.items().get(class)
        {
            return Ok(node.clone());
        }
        let ty = self.classes.families[index].classes[class].clone();
        let node = new_node(self.vm, &ty)?;
        for (field, value) in family.classes[class].fields.iter().zip(fields) {
            self.set(&node, field.name, value)?;
        }
        if let Some(loc) = loc {
            for (key, n) in PLACE.iter().zip([loc.line, loc.col, loc.end_line, loc.end_col]) {
                self.set(&node, key, Value::from_i32(n))?;
            }
        }
        Ok(node)
    }

    fn enter(&mut self) -> Result<()> {
        self.vm.check_stack(" during ast construction")
    }

    fn leave(&mut self) {}
}
