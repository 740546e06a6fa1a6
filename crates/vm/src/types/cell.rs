//! `cell`: a variable that several functions share.

use crate::native::Args;
use crate::{Ref, Result, Type, Value, Vm};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;

/// `cell`.
pub static CELL: TypeCell<Cell> = TypeCell::new("cell");

/// A shared variable.
#[derive(Trace, Payload)]
#[payload(class = CELL)]
#[repr(C)]
pub struct Cell {
    /// The value; absent while the variable is not bound.
    pub value: Option<Value>,
}

impl Vm {
    /// A cell that holds `value`.
    pub fn new_cell(&mut self, value: Option<Value>) -> Result {
        Ref::new(self, Cell { value }).map(Ref::into_value)
    }

    /// Stores into what must be a cell: the entry `what` of a class namespace.
    pub fn set_cell(&mut self, cell: &Value, value: Value, what: &str) -> Result<()> {
        match cell.downcast::<Cell>() {
            Some(c) => {
                let old = c.get_mut(self).value.replace(value);
                drop(old);
                Ok(())
            }
            None => {
                let text = format!(
                    "{what} must be a nonlocal cell, not {}",
                    cell.ty().to_value().as_type().map(|t| t.name()).unwrap_or_default()
                );
                Err(self.raise_type_error(&text))
            }
        }
    }
}

/// Methods of `cell`.
pub struct CellClass;

/// Create a new cell object.
///
///   contents
///     the contents of the cell. If not specified, the cell will be empty,
///     and
///  further attempts to access its cell_contents attribute will
///     raise a ValueError.
#[class(cell = CELL, base = OBJECT, flags = HAVE_GC, signature = "([contents])")]
impl CellClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        let a = args.expect(vm, "cell", 0, 1)?;
        vm.new_cell(a.first().cloned())
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Cell>) -> Result {
        let at = this.as_value().bits();
        let text = match &this.get(vm).value {
            None => format!("<cell at {at:#x}: empty>"),
            Some(v) => format!("<cell at {at:#x}: {} object at {:#x}>", v.ty().name(), v.bits()),
        };
        vm.new_str(&text).map(Ref::into_value)
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: crate::slots::CompareOp) -> Result {
        let (Some(x), Some(y)) = (a.downcast::<Cell>(), b.downcast::<Cell>()) else {
            return Ok(Value::not_implemented());
        };
        match (x.get(vm).value.clone(), y.get(vm).value.clone()) {
            (Some(x), Some(y)) => vm.compare(&x, &y, op),
            (x, y) => Ok(Value::bool(op.holds(x.is_some().cmp(&y.is_some())))),
        }
    }

    #[getter]
    fn cell_contents(vm: &mut Vm, this: &Ref<Cell>) -> Result {
        match &this.get(vm).value {
            Some(v) => Ok(v.clone()),
            None => Err(vm.raise_value_error("Cell is empty")),
        }
    }

    #[setter]
    fn set_cell_contents(vm: &mut Vm, this: &Ref<Cell>, value: Option<&Value>) -> Result<()> {
        let old = std::mem::replace(&mut this.get_mut(vm).value, value.cloned());
        drop(old);
        Ok(())
    }
}
