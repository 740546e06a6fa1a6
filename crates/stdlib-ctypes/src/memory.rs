//! Memory as an object: a block of one's own, or what lies at an address.

use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_vm::protocol::buffer::{Buffer, Request};
use taipan_vm::{Ref, Result, Value, Vm};

/// `_ctypes_core.Memory`.
pub static MEMORY: TypeCell<Memory> = TypeCell::new("_ctypes_core.Memory");

/// Bytes at an address.
#[derive(Trace, Payload)]
#[payload(class = MEMORY)]
#[repr(C)]
pub struct Memory {
    address: usize,
    size: usize,
    /// The block, if it is its own: 16 bytes a piece, for the alignment.
    _block: Opaque<Vec<u128>>,
    /// What has to live as long.
    keep: Option<Value>,
}

/// Methods of `Memory`.
pub struct MemoryClass;

/// A block of zeros.
pub fn allocate(vm: &mut Vm, size: usize) -> Result<Ref<Memory>> {
    let pieces = size.div_ceil(16).max(1);
    let mut block = Vec::new();
    if isize::try_from(size).is_err() || block.try_reserve_exact(pieces).is_err() {
        return Err(vm.raise_memory_error());
    }
    block.resize(pieces, 0u128);
    let address = block.as_mut_ptr() as usize;
    Ref::new(vm, Memory { address, size, _block: Opaque(block), keep: None })
}

/// What lies at an address.
pub fn borrow(vm: &mut Vm, address: usize, size: usize, keep: Option<Value>) -> Result<Ref<Memory>> {
    if isize::try_from(size).is_err() || (address == 0 && size > 0) {
        return Err(vm.raise_value_error("NULL pointer access"));
    }
    Ref::new(vm, Memory { address, size, _block: Opaque(Vec::new()), keep: keep.filter(|k| !k.is_none()) })
}

fn shared<'a>(vm: &'a Vm, this: &'a Value) -> &'a [u8] {
    match this.downcast::<Memory>().map(|m| m.get(vm)) {
        // SAFETY: the block is alive as long as the object; of an address the program says that there is memory, as it
        // does in C.
        Some(m) if m.size > 0 => unsafe { std::slice::from_raw_parts(m.address as *const u8, m.size) },
        _ => &[],
    }
}

fn exclusive<'a>(vm: &'a mut Vm, this: &'a Value) -> &'a mut [u8] {
    match this.downcast::<Memory>().map(|m| m.get(vm)) {
        // SAFETY: as above; the interpreter lends it once, for as long as nothing else can look.
        Some(m) if m.size > 0 => unsafe { std::slice::from_raw_parts_mut(m.address as *mut u8, m.size) },
        _ => &mut [],
    }
}

/// The address and the size of the memory of a writable object.
pub fn address_of(vm: &mut Vm, object: &Value) -> Result<(usize, usize)> {
    let buffer = vm.buffer(object, Request { writable: true })?;
    let (at, size) = ((buffer.read)(vm, &buffer.owner).as_ptr() as usize + buffer.offset, buffer.len);
    let whole = buffer.is_c_contiguous();
    vm.release_buffer(buffer);
    match whole {
        true => Ok((at, size)),
        false => Err(vm.raise_type_error("underlying buffer is not C contiguous")),
    }
}

/// How many units of `width` bytes come before one that is zero.
pub fn text_length(address: usize, width: usize) -> usize {
    let mut n = 0;
    // SAFETY: the program says that a terminated text lies there.
    while !unsafe { std::slice::from_raw_parts((address + n * width) as *const u8, width) }.iter().all(|b| *b == 0) {
        n += 1;
    }
    n
}

/// The object at an address.
pub fn object_at(address: usize) -> Option<Value> {
    if address == 0 {
        return None;
    }
    // SAFETY: the program says that an object lies there, or that the number is what `id()` gave of a number.
    let value = std::mem::ManuallyDrop::new(unsafe { Value::from_bits(address as u64) });
    Some((*value).clone())
}

#[class(cell = MEMORY, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl MemoryClass {
    #[slot]
    fn len(vm: &mut Vm, this: &Ref<Memory>) -> Result<usize> {
        Ok(this.get(vm).size)
    }

    #[slot]
    fn buffer(vm: &mut Vm, this: &Value, _request: Request) -> Result<Buffer> {
        let Some(m) = this.downcast::<Memory>() else { return Err(vm.raise_not_bytes_like(this)) };
        let size = m.get(vm).size;
        let mut buffer = Buffer::bytes(this, size, shared);
        buffer.readonly = false;
        buffer.write = Some(exclusive);
        Ok(buffer)
    }

    /// Where it lies.
    #[getter]
    fn address(vm: &mut Vm, this: &Ref<Memory>) -> Result<u64> {
        Ok(this.get(vm).address as u64)
    }

    /// What it keeps.
    #[getter]
    fn keep(vm: &mut Vm, this: &Ref<Memory>) -> Result {
        Ok(this.get(vm).keep.clone().unwrap_or_else(Value::none))
    }
}
