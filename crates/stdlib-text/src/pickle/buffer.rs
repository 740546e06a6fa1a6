//! `pickle.PickleBuffer`.

use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_vm::native::Args;
use taipan_vm::protocol::buffer::{Buffer, Request};
use taipan_vm::types::bytes::MEMORYVIEW;
use taipan_vm::{Ref, Result, Type, Value, Vm, name};

/// `pickle.PickleBuffer`.
pub static PICKLE_BUFFER: TypeCell<PickleBuffer> = TypeCell::new("pickle.PickleBuffer");

/// A buffer that may be sent beside the pickle.
#[derive(Trace, Payload)]
#[payload(class = PICKLE_BUFFER)]
#[repr(C)]
pub struct PickleBuffer {
    view: Option<Value>,
}

/// A view of the memory; an error once it is released.
pub fn view(vm: &mut Vm, this: &Ref<PickleBuffer>) -> Result {
    match this.get(vm).view.clone() {
        Some(view) => Ok(view),
        None => Err(vm.raise_value_error("operation forbidden on released PickleBuffer object")),
    }
}

/// Methods of `pickle.PickleBuffer`.
pub struct PickleBufferClass;

/// Wrapper for potentially out-of-band buffers
#[class(cell = PICKLE_BUFFER, base = OBJECT, flags = BASETYPE | HAVE_GC | MANAGED_WEAKREF)]
impl PickleBufferClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let args = args.expect(vm, "PickleBuffer", 1, 1)?;
        let view = vm.call(&MEMORYVIEW.as_type().to_value(), &args[..1])?;
        Ref::new_in(vm, class, PickleBuffer { view: Some(view) }).map(Ref::into_value)
    }

    #[slot]
    fn buffer(vm: &mut Vm, this: &Value, request: Request) -> Result<Buffer> {
        let Some(this) = this.downcast::<PickleBuffer>() else { return Err(vm.raise_not_bytes_like(this)) };
        let view = view(vm, this)?;
        vm.buffer(&view, request)
    }

    #[slot]
    fn release_buffer(vm: &mut Vm, this: &Value, view: &Value) -> Result<()> {
        taipan_vm::types::bytes::release_view(vm, this, view)
    }

    /// Return a memoryview of the raw memory underlying this buffer.
    ///
    /// Will raise BufferError is the buffer isn't contiguous.
    #[method("($self, /)")]
    fn raw(vm: &mut Vm, this: &Ref<PickleBuffer>) -> Result {
        let view = view(vm, this)?;
        let contiguous = vm.get_attr(&view, name!("contiguous"))?;
        if !vm.is_truthy(&contiguous)? {
            let text = "cannot extract raw buffer from non-contiguous buffer";
            return Err(vm.raise_buffer_error(text));
        }
        let byte = vm.new_str("B")?.into_value();
        vm.call_method(&view, name!("cast"), &[byte])
    }

    /// Release the underlying buffer held by the PickleBuffer object.
    #[method("($self, /)")]
    fn release(vm: &mut Vm, this: &Ref<PickleBuffer>) -> Result<()> {
        let Some(view) = this.get_mut(vm).view.take() else { return Ok(()) };
        vm.call_method(&view, name!("release"), &[])?;
        Ok(())
    }
}
