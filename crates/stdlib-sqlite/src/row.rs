//! `sqlite3.Row`, a tuple whose items have names, and `sqlite3.Statement`, which programs can only hold.

use crate::cursor::{self, Cursor};
use crate::engine::Idle;
use crate::shown_type;
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Str, Tuple, TypeCell};
use taipan_vm::errors::INDEX_ERROR;
use taipan_vm::native::Args;
use taipan_vm::slots::CompareOp;
use taipan_vm::{List, Ref, Result, Type, Value, Vm};

/// `sqlite3.Row`.
pub static ROW: TypeCell<Row> = TypeCell::new("sqlite3.Row");
/// `sqlite3.Statement`.
pub static STATEMENT: TypeCell<Statement> = TypeCell::new("sqlite3.Statement");

/// A row and the description of its columns.
#[derive(Trace, Payload)]
#[payload(class = ROW)]
#[repr(C)]
pub struct Row {
    data: Ref<Tuple>,
    description: Value,
}

/// A statement that has been prepared.
#[derive(Trace, Payload)]
#[payload(class = STATEMENT)]
#[repr(C)]
pub struct Statement {
    pub idle: Opaque<Option<Idle>>,
}

/// Methods of `Statement`.
pub struct StatementClass;

#[class(cell = STATEMENT, base = OBJECT, flags = DISALLOW_INSTANTIATION)]
impl StatementClass {}

/// The names of the columns.
fn names(vm: &mut Vm, this: &Ref<Row>) -> Vec<Value> {
    let description = &this.get(vm).description;
    let Some(columns) = description.downcast::<Tuple>() else { return Vec::new() };
    columns.items().iter().filter_map(|c| c.downcast::<Tuple>().and_then(|c| c.items().first().cloned())).collect()
}

/// Methods of `Row`.
pub struct RowClass;

#[class(cell = ROW, base = OBJECT, flags = BASETYPE | HAVE_GC)]
impl RowClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let [cursor, data] = args.expect(vm, "Row", 2, 2)? else { return Ok(Value::none()) };
        let Some(cursor) = cursor.downcast::<Cursor>() else {
            let text = format!("Row() argument 1 must be sqlite3.Cursor, not {}", shown_type(cursor));
            return Err(vm.raise_type_error(&text));
        };
        let Some(data) = data.downcast::<Tuple>() else {
            let text = format!("Row() argument 2 must be tuple, not {}", shown_type(data));
            return Err(vm.raise_type_error(&text));
        };
        let description = cursor::description(vm, cursor);
        Ref::new_in(vm, class, Row { data: data.clone(), description }).map(Ref::into_value)
    }

    #[slot]
    fn hash(vm: &mut Vm, this: &Ref<Row>) -> Result<i64> {
        let (description, data) = (this.get(vm).description.clone(), this.get(vm).data.clone());
        Ok(vm.hash(&description)? ^ vm.hash(data.as_value())?)
    }

    #[slot]
    fn compare(vm: &mut Vm, this: &Ref<Row>, other: &Value, op: CompareOp) -> Result {
        let other = match other.downcast::<Row>() {
            Some(other) if matches!(op, CompareOp::Eq | CompareOp::Ne) => other,
            _ => return Ok(Value::not_implemented()),
        };
        let (a, b) = (this.get(vm).description.clone(), other.get(vm).description.clone());
        if !vm.equal(&a, &b)? {
            return Ok(Value::bool(op == CompareOp::Ne));
        }
        let (a, b) = (this.get(vm).data.to_value(), other.get(vm).data.to_value());
        vm.compare(&a, &b, op)
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Ref<Row>) -> Result {
        let data = this.get(vm).data.to_value();
        vm.iter(&data)
    }

    #[slot]
    fn len(vm: &mut Vm, this: &Ref<Row>) -> Result<usize> {
        Ok(this.get(vm).data.len())
    }

    #[slot]
    fn item(vm: &mut Vm, this: &Ref<Row>, index: isize) -> Result {
        let found = usize::try_from(index).ok().and_then(|i| this.get(vm).data.items().get(i).cloned());
        found.ok_or_else(|| vm.raise_index_error("tuple index out of range"))
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Ref<Row>, key: &Value) -> Result {
        let data = this.get(vm).data.to_value();
        if key.as_int().is_some() {
            let mut index = vm.to_index_isize(key)?;
            if index < 0 {
                index += this.get(vm).data.len() as isize;
            }
            return RowClass::item(vm, this, index);
        }
        if let Some(wanted) = key.downcast::<Str>() {
            if this.get(vm).description.is_none() {
                return Err(vm.raise_args(INDEX_ERROR.as_type(), vec![key.clone()]));
            }
            for (i, name) in names(vm, this).iter().enumerate() {
                let Some(name) = name.downcast::<Str>() else { continue };
                let same = match (wanted.to_utf8(), name.to_utf8()) {
                    (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
                    _ => false,
                };
                if same {
                    return RowClass::item(vm, this, i as isize);
                }
            }
            return Err(vm.raise_index_error("No item with that key"));
        }
        if key.downcast::<taipan_vm::types::slice::Slice>().is_some() {
            return vm.get_item(&data, key);
        }
        Err(vm.raise_index_error("Index must be int or string"))
    }

    /// Returns the keys of the row.
    #[method("($self, /)")]
    fn keys(vm: &mut Vm, this: &Ref<Row>) -> Result<Ref<List>> {
        let names = names(vm, this);
        vm.new_list(names)
    }
}
