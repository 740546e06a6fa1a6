//! Pickles of arrays: the bytes of the memory with the number of their layout, or for old protocols a list.

use super::kind::{self, Kind};
use super::{ARRAY, Array, append, append_bytes, new_array};
use taipan_object::{Bytes, IntRef, Str};
use taipan_vm::native::Args;
use taipan_vm::{Ref, Result, Tuple, Value, Vm, name};

/// `array.__reduce_ex__`.
pub fn reduce(vm: &mut Vm, this: &Ref<Array>, protocol: &Value) -> Result<Ref<Tuple>> {
    let Some(protocol) = protocol.as_int() else {
        return Err(vm.raise_type_error("__reduce_ex__ argument should be an integer"));
    };
    let old = matches!(protocol, IntRef::Small(..3));
    let state = vm.get_attr_opt(this.as_value(), name!("__dict__"))?.unwrap_or_else(Value::none);
    let class = this.ty().to_value();
    let kind = this.get(vm).kind();
    let code = vm.new_str(kind.code())?.into_value();
    if old {
        let list = super::class::to_list(vm, this)?.into_value();
        let args = vm.new_tuple(vec![code, list])?.into_value();
        return vm.new_tuple(vec![class, args, state]);
    }
    let module = vm.import("array")?;
    let make = vm.get_attr(&module, name!("_array_reconstructor"))?;
    let bytes = vm.new_bytes(&this.get(vm).data)?.into_value();
    let format = Value::from_i32(kind.machine_format().into());
    let args = vm.new_tuple(vec![class, code, format, bytes])?.into_value();
    vm.new_tuple(vec![make, args, state])
}

/// `_array_reconstructor`.
pub fn reconstruct(vm: &mut Vm, args: Args<'_>) -> Result {
    let args = args.expect(vm, "_array_reconstructor", 4, 4)?;
    let Some(class) = args[0].as_type_ref() else {
        let text = format!("first argument must be a type object, not {}", args[0].ty().name());
        return Err(vm.raise_type_error(&text));
    };
    let code = super::class::code_argument(vm, "_array_reconstructor() argument 2", &args[1])?;
    if !class.is_subtype(ARRAY.as_type()) {
        let text = format!("{} is not a subtype of {}", class.name(), ARRAY.as_type().name());
        return Err(vm.raise_type_error(&text));
    }
    let Some(kind) = Kind::new(code) else {
        return Err(vm.raise_value_error("second argument must be a valid type code"));
    };
    let format = vm.to_index_i64(&args[2], "int")?;
    if !(0..=21).contains(&format) {
        return Err(vm.raise_value_error("third argument must be a valid machine format code."));
    }
    let Some(bytes) = args[3].downcast::<Bytes>() else {
        let text = format!("fourth argument should be bytes, not {}", args[3].ty().name());
        return Err(vm.raise_type_error(&text));
    };
    let array = new_array(vm, class, kind, Vec::new())?;
    if format == i64::from(kind.machine_format()) {
        super::append_buffer(vm, &array, &args[3])?;
        return Ok(array.into_value());
    }
    // Text is decoded by the codec, which knows about surrogates.
    if format >= 18 {
        if !bytes.len().is_multiple_of(if format < 20 { 4 } else { 8 }) {
            return Err(vm.raise_value_error("string length not a multiple of item size"));
        }
        let codec = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"][format as usize - 18];
        let codec = vm.new_str(codec)?.into_value();
        let text = vm.call_method(&args[3], name!("decode"), &[codec])?;
        return fill_text(vm, array, &text);
    }
    let Some((theirs, swapped)) = kind::of_machine_format(format) else {
        return Err(vm.raise_value_error("bad argument type for built-in operation"));
    };
    let size = theirs.size();
    if !bytes.len().is_multiple_of(size) {
        return Err(vm.raise_value_error("bytes length not a multiple of item size"));
    }
    for chunk in bytes.as_bytes().chunks_exact(size) {
        let mut item = [0; 8];
        item[..size].copy_from_slice(chunk);
        if swapped {
            item[..size].reverse();
        }
        let v = theirs.decode(vm, item)?;
        append(vm, &array, &v)?;
    }
    Ok(array.into_value())
}

fn fill_text(vm: &mut Vm, array: Ref<Array>, text: &Value) -> Result {
    if array.get(vm).kind().is_text()
        && let Some(s) = text.downcast::<Str>()
    {
        let bytes: Vec<u8> = s.data().code_points().flat_map(u32::to_ne_bytes).collect();
        append_bytes(vm, &array, &bytes)?;
    } else {
        super::append_all(vm, &array, text)?;
    }
    Ok(array.into_value())
}
