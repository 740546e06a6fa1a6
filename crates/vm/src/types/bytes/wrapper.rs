//! The buffer protocol from and to Python (PEP 688): `__buffer__` and `__release_buffer__`.

use super::memory::{self, MemoryView};
use crate::protocol::buffer::{Buffer, OpenFn, Request};
use crate::{Ref, Result, Value, Vm, errors, name, slots};
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::{IntRef, TypeCell};

/// `inspect.BufferFlags.WRITABLE`.
const WRITABLE: i64 = 1;
/// `inspect.BufferFlags.FULL_RO`: of a consumer that takes any layout.
const FULL_READ_ONLY: i64 = 284;

/// `_buffer_wrapper`.
pub static BUFFER_WRAPPER: TypeCell<BufferWrapper> = TypeCell::new("_buffer_wrapper");

/// Stands between the windows on an object with a `__buffer__` in Python and the view that this returned: it counts the
/// windows and tells the object when the last of them is closed.
#[derive(Trace, Payload)]
#[payload(class = BUFFER_WRAPPER)]
#[repr(C)]
pub struct BufferWrapper {
    object: Value,
    view: Ref<MemoryView>,
    windows: usize,
}

/// The class of these.
pub struct BufferWrapperClass;

#[class(cell = BUFFER_WRAPPER, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl BufferWrapperClass {
    #[slot]
    fn buffer(vm: &mut Vm, this: &Value, request: Request) -> Result<Buffer> {
        let Some(wrapper) = this.downcast::<BufferWrapper>() else { return Err(vm.raise_not_bytes_like(this)) };
        let view = wrapper.get(vm).view.clone();
        let mut window = memory::reopen(vm, &view, request)?;
        if let Some(inner) = window.wrapper.replace(this.clone()) {
            // A view of another wrapper's: this one keeps the view, and the view keeps its window.
            close_wrapped(vm, &inner);
        }
        wrapper.get_mut(vm).windows += 1;
        Ok(window)
    }
}

/// A window that went through a wrapper is closed.
pub fn close_wrapped(vm: &mut Vm, wrapper: &Value) {
    let Some(wrapper) = wrapper.downcast::<BufferWrapper>() else { return };
    let w = wrapper.get_mut(vm);
    w.windows -= 1;
    if w.windows > 0 {
        return;
    }
    let (object, view) = (w.object.clone(), w.view.to_value());
    let Some(release) = slots::of(object.ty()).release_buffer else { return };
    // Where it is the native one, the view knows its exporter already.
    if !std::ptr::fn_addr_eq(release, release_slot as slots::ReleaseFn) {
        return;
    }
    vm.keeping_raised(|vm| {
        if let Err(raised) = release(vm, &object, &view) {
            vm.report_unraisable_about(raised, "in __release_buffer__ of ", Some(&object));
        }
    });
}

/// The slot of a class that defines `__buffer__` in Python.
pub fn buffer_slot(vm: &mut Vm, this: &Value, request: Request) -> Result<Buffer> {
    let flags = vm.new_int(FULL_READ_ONLY | if request.writable { WRITABLE } else { 0 })?;
    let Some(method) = vm.lookup_type_attr(this.ty(), name!("__buffer__")) else {
        return Err(vm.raise_not_bytes_like(this));
    };
    let made = vm.call_unbound(&method, this, &[flags])?;
    let Some(view) = made.downcast::<MemoryView>() else {
        return Err(vm.raise_type_error("__buffer__ returned non-memoryview object"));
    };
    let wrapper = BufferWrapper { object: this.clone(), view: view.clone(), windows: 0 };
    let wrapper = Ref::new(vm, wrapper)?.into_value();
    BufferWrapperClass::buffer(vm, &wrapper, request)
}

/// The slot of a class that defines `__release_buffer__` in Python.
pub fn release_slot(vm: &mut Vm, this: &Value, view: &Value) -> Result<()> {
    match vm.lookup_type_attr(this.ty(), name!("__release_buffer__")) {
        Some(method) => vm.call_unbound(&method, this, std::slice::from_ref(view)).map(drop),
        None => Ok(()),
    }
}

/// `__buffer__` of a native class.
pub fn call_buffer(vm: &mut Vm, open: OpenFn, this: &Value, flags: &Value) -> Result {
    let number = vm.index(flags)?;
    let Some(flags) = number.as_int().and_then(IntRef::to_i64).filter(|n| i32::try_from(*n).is_ok()) else {
        return Err(vm.raise_overflow_error("buffer flags out of range"));
    };
    let request = Request { writable: flags & WRITABLE != 0 };
    let mut buffer = open(vm, this, request)?;
    buffer.opener = Some(open);
    if request.writable && buffer.readonly {
        vm.release_buffer(buffer);
        return Err(vm.raise_class(errors::BUFFER_ERROR.as_type(), "Object is not writable."));
    }
    Ref::new(vm, MemoryView::new(buffer)).map(Ref::into_value)
}

/// `__release_buffer__` of a native class: closes a view that `__buffer__` has returned.
pub fn release_view(vm: &mut Vm, this: &Value, view: &Value) -> Result<()> {
    let Some(view) = view.downcast::<MemoryView>() else {
        return Err(vm.raise_type_error("expected a memoryview object"));
    };
    match &view.get(vm).buffer {
        None => Ok(()),
        Some(b) if b.owner.is(this) => {
            memory::release(vm, view);
            Ok(())
        }
        Some(_) => Err(vm.raise_value_error("memoryview's buffer is not this object")),
    }
}
