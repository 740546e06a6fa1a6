//! `array`: sequences of numbers or characters of one kind, in one piece of memory.

mod class;
mod iterator;
mod kind;
mod pickle;

use kind::{Item, Kind};
use taipan_macros::{Payload, Trace, module};
use taipan_object::TypeCell;
use taipan_object::trace::Opaque;
use taipan_vm::native::Args;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Raised, Ref, Result, Type, Value, Vm, name};

/// `array.array`.
pub static ARRAY: TypeCell<Array> = TypeCell::new("array.array");

/// The items as bytes.
#[derive(Trace, Payload)]
#[payload(class = ARRAY)]
#[repr(C)]
pub struct Array {
    data: Vec<u8>,
    kind: Opaque<Kind>,
    /// Windows that are open: while there are any, the length stays.
    exports: u32,
}

impl Array {
    fn kind(&self) -> Kind {
        *self.kind
    }

    fn size(&self) -> usize {
        self.kind.size()
    }

    fn len(&self) -> usize {
        self.data.len() / self.size()
    }

    fn item(&self, i: usize) -> Option<Item> {
        let n = self.size();
        let bytes = self.data.get(i.checked_mul(n)?..)?.get(..n)?;
        let mut item = [0; 8];
        item[..n].copy_from_slice(bytes);
        Some(item)
    }

    fn set(&mut self, i: usize, item: Item) {
        let n = self.size();
        if let Some(bytes) = self.data.get_mut(i * n..(i + 1) * n) {
            bytes.copy_from_slice(&item[..n]);
        }
    }
}

/// An array of this data.
fn new_array(vm: &mut Vm, class: &Type, kind: Kind, data: Vec<u8>) -> Result<Ref<Array>> {
    Ref::new_in(vm, class, Array { data, kind: Opaque(kind), exports: 0 })
}

/// The data, to change its length; not while windows are open.
fn resizable<'a>(vm: &'a mut Vm, this: &'a Ref<Array>) -> Result<&'a mut Vec<u8>> {
    if this.get(vm).exports > 0 {
        let words = "cannot resize an array that is exporting buffers";
        return Err(vm.raise_class(taipan_vm::errors::BUFFER_ERROR.as_type(), words));
    }
    Ok(&mut this.get_mut(vm).data)
}

fn append_bytes(vm: &mut Vm, this: &Ref<Array>, bytes: &[u8]) -> Result<()> {
    let data = resizable(vm, this)?;
    data.try_reserve(bytes.len()).map_err(|_| Raised)?;
    data.extend_from_slice(bytes);
    Ok(())
}

fn append(vm: &mut Vm, this: &Ref<Array>, v: &Value) -> Result<()> {
    let kind = this.get(vm).kind();
    let item = kind.encode(vm, v)?;
    append_bytes(vm, this, &item[..kind.size()])
}

/// Adds the bytes of an object with a buffer.
fn append_buffer(vm: &mut Vm, this: &Ref<Array>, v: &Value) -> Result<()> {
    let bytes = vm.bytes_of(v)?;
    if !bytes.len().is_multiple_of(this.get(vm).size()) {
        return Err(vm.raise_value_error("bytes length not a multiple of item size"));
    }
    append_bytes(vm, this, &bytes)
}

fn append_all(vm: &mut Vm, this: &Ref<Array>, iterable: &Value) -> Result<()> {
    let it = vm.iter(iterable)?;
    while let Some(item) = vm.next(&it)? {
        append(vm, this, &item)?;
    }
    Ok(())
}

/// The item at an index, as an object.
fn get(vm: &mut Vm, this: &Ref<Array>, i: usize) -> Result<Option<Value>> {
    let a = this.get(vm);
    let kind = a.kind();
    match a.item(i) {
        Some(item) => kind.decode(vm, item).map(Some),
        None => Ok(None),
    }
}

/// `array`.
pub struct ArrayModule;

/// Arrays of basic values: characters, integers, floating-point numbers.
///
/// Arrays are sequences and behave like lists, but all items of one are of the
/// type that its type code names.
#[module(name = "array")]
impl ArrayModule {
    /// Internal. Used for pickling support.
    #[function("(arraytype, typecode, mformat_code, items, /)")]
    fn _array_reconstructor(vm: &mut Vm, args: Args<'_>) -> Result {
        pickle::reconstruct(vm, args)
    }

    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.set_up_class(&iterator::ArrayIteratorClass::class_def())?;
        vm.add_class(module, &class::ArrayClass::class_def())?;
        let class = ARRAY.as_type().to_value();
        module.set(vm, "ArrayType", class.clone())?;
        let codes = vm.new_str(kind::CODES)?.into_value();
        module.set(vm, "typecodes", codes)?;
        let abc = vm.import("collections.abc")?;
        let sequence = vm.get_attr(&abc, name!("MutableSequence"))?;
        vm.call_method(&sequence, name!("register"), &[class]).map(drop)
    }
}
