//! Attributes of exceptions that are plain fields of their layout.

use crate::{Result, Value, Vm};

/// Reads a field that is `None` when nothing is there.
pub fn read(field: Option<&Value>) -> Result {
    Ok(field.cloned().unwrap_or_else(Value::none))
}

/// An index-sized field, set to an `int`.
pub fn to_size(vm: &mut Vm, value: Option<&Value>) -> Result<isize> {
    let Some(value) = value else { return Err(vm.raise_type_error("can't delete numeric/char attribute")) };
    if value.as_int().is_none() {
        return Err(vm.raise_type_error("an integer is required"));
    }
    vm.to_index_i64(value, "ssize_t").map(|n| n as isize)
}

/// A table of attributes: `members! { NAME: Layout { field.path "doc" as "python_name"; ... } }`.
macro_rules! members {
    ($table:ident : $layout:ty { $($kind:ident $python:literal $($field:ident).+ , $doc:literal;)* }) => {
        static $table: &[crate::native::GetSetDef] = &[$(crate::native::GetSetDef {
            name: $python,
            doc: $doc,
            get: |vm, this| match this.downcast::<$layout>() {
                Some(e) => members!(@get $kind vm, e.get(vm).$($field).+),
                None => Err(vm.raise_wrong_receiver("__get__", this)),
            },
            set: Some(|vm, this, value| {
                let Some(e) = this.downcast::<$layout>() else {
                    return Err(vm.raise_wrong_receiver("__set__", this));
                };
                members!(@set $kind vm, value, e.get_mut(vm).$($field).+)
            }),
            member: true,
        }),*];
    };
    (@get object $vm:ident, $place:expr) => { crate::types::exceptions::members::read($place.as_ref()) };
    (@get readonly $vm:ident, $place:expr) => { Ok($place.to_value()) };
    (@get size $vm:ident, $place:expr) => {{
        let n = $place;
        $vm.new_int(n as i64)
    }};
    (@set object $vm:ident, $value:ident, $place:expr) => {{
        let old = std::mem::replace(&mut $place, $value.cloned());
        drop(old);
        Ok(())
    }};
    (@set readonly $vm:ident, $value:ident, $place:expr) => {{
        let _ = (&$place, $value);
        Err($vm.raise_class(crate::errors::ATTRIBUTE_ERROR.as_type(), "readonly attribute"))
    }};
    (@set size $vm:ident, $value:ident, $place:expr) => {{
        let n = crate::types::exceptions::members::to_size($vm, $value)?;
        $place = n;
        Ok(())
    }};
}
pub(super) use members;
