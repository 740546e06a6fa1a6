//! `_struct`: values packed into bytes and unpacked from them.

mod format;

use crate::common::{add_error, raise_kept};
use format::{ERROR, Format};
use std::sync::Arc;
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::{OBJECT, TUPLE};
use taipan_object::trace::Opaque;
use taipan_object::{Bytes, Raised, Str, TypeCell};
use taipan_vm::errors::EXCEPTION;
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::protocol::buffer::{Buffer, Request};
use taipan_vm::types::module::Module;
use taipan_vm::{Dict, Ref, Result, Tuple, Type, Value, Vm};

const CACHE: &str = "_struct.cache";
/// The same for formats that are bytes: comparing them with strings may be a warning.
const BYTES_CACHE: &str = "_struct.cache of bytes";
/// Formats that are remembered.
const CACHED: usize = 100;

static STRUCT: TypeCell<Struct> = TypeCell::new("_struct.Struct");
static UNPACK_ITERATOR: TypeCell<UnpackIterator> = TypeCell::new("_struct.unpack_iterator");

/// `struct.Struct`.
#[derive(Trace, Payload)]
#[payload(class = STRUCT)]
#[repr(C)]
struct Struct {
    /// The text of the format, once initialised.
    text: Option<Ref<Str>>,
    format: Opaque<Arc<Format>>,
}

/// What `iter_unpack` makes.
#[derive(Trace, Payload)]
#[payload(class = UNPACK_ITERATOR)]
#[repr(C)]
struct UnpackIterator {
    format: Opaque<Arc<Format>>,
    buffer: Option<Buffer>,
    at: usize,
}

/// Reads the format that a `Struct` is made from.
fn read_format(vm: &mut Vm, v: &Value) -> Result<(Ref<Str>, Arc<Format>)> {
    let text = if let Some(s) = v.downcast::<Str>() {
        if !s.is_ascii() {
            let bytes = taipan_vm::types::str::codec::encode(vm, s, Some("ascii"), None)?;
            drop(bytes);
        }
        s.clone()
    } else if let Some(b) = v.downcast::<Bytes>() {
        let units = taipan_text::Units::from_latin1(b.as_bytes());
        vm.str_from_units(units)?
    } else {
        let text = format!("Struct() argument 1 must be a str or bytes object, not {}", v.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    let parsed = match taipan_vm::types::str::units(&text).as_bytes() {
        Some(bytes) => Format::parse(bytes),
        None => Err("bad char in struct format"),
    };
    match parsed {
        Ok(format) => Ok((text, Arc::new(format))),
        Err(format::NO_ROOM) => Err(vm.raise_memory_error()),
        Err(words) => Err(raise_kept(vm, ERROR, words)),
    }
}

/// The `Struct` of a format, from the cache if it is there.
fn cached(vm: &mut Vm, format: &Value) -> Result<Arc<Format>> {
    if let Some(s) = format.downcast::<Struct>() {
        return ready(vm, s);
    }
    let key = if format.downcast::<Bytes>().is_some() { BYTES_CACHE } else { CACHE };
    let cache = match vm.state().registry.get(key).and_then(|v| v.downcast::<Dict>()) {
        Some(cache) => cache.clone(),
        None => {
            let cache = vm.new_dict()?;
            vm.state_mut().registry.insert(key, cache.to_value());
            cache
        }
    };
    let hashable = format.downcast::<Str>().is_some() || format.downcast::<Bytes>().is_some();
    if hashable
        && let Some(found) = vm.dict_get(&cache, format)?
        && let Some(s) = found.downcast::<Struct>()
    {
        return ready(vm, s);
    }
    let (text, parsed) = read_format(vm, format)?;
    let made = Ref::new(vm, Struct { text: Some(text), format: Opaque(parsed.clone()) })?;
    if cache.get(vm).len() >= CACHED {
        let old = cache.get_mut(vm).take();
        drop(old);
    }
    vm.dict_set(&cache, format, made.into_value())?;
    Ok(parsed)
}

fn ready(vm: &mut Vm, s: &Ref<Struct>) -> Result<Arc<Format>> {
    let this = s.get(vm);
    if this.text.is_some() {
        return Ok(this.format.0.clone());
    }
    Err(vm.raise_runtime_error("Struct object is not initialized"))
}

fn check_count(vm: &mut Vm, format: &Format, given: usize, function: &str) -> Result<()> {
    if given == format.count {
        return Ok(());
    }
    let text = format!("{function} expected {} items for packing (got {given})", format.count);
    Err(raise_kept(vm, ERROR, &text))
}

/// Packs into memory of its own and hands that over.
fn packed<R>(vm: &mut Vm, format: &Format, values: &[Value], f: impl FnOnce(&mut Vm, &[u8]) -> Result<R>) -> Result<R> {
    let mut small = [0u8; 128];
    if let Some(out) = small.get_mut(..format.size) {
        format.pack(vm, values, out)?;
        return f(vm, out);
    }
    let mut out = Vec::new();
    if out.try_reserve_exact(format.size).is_err() {
        return Err(vm.raise_memory_error());
    }
    out.resize(format.size, 0);
    format.pack(vm, values, &mut out)?;
    f(vm, &out)
}

fn pack(vm: &mut Vm, format: &Format, values: &[Value]) -> Result {
    check_count(vm, format, values.len(), "pack")?;
    packed(vm, format, values, |vm, bytes| vm.new_bytes(bytes).map(Ref::into_value))
}

/// Where `size` bytes at `offset` of a buffer of `len` bytes begin.
fn place(vm: &mut Vm, len: usize, size: usize, offset: isize, packing: bool) -> Result<usize> {
    let mut at = offset;
    if offset < 0 {
        if offset.saturating_add_unsigned(size) > 0 {
            let words = if packing { "no space to pack" } else { "not enough data to unpack" };
            return Err(raise_kept(vm, ERROR, &format!("{words} {size} bytes at offset {offset}")));
        }
        at = offset.saturating_add_unsigned(len);
        if at < 0 {
            return Err(raise_kept(vm, ERROR, &format!("offset {offset} out of range for {len}-byte buffer")));
        }
    }
    let at = at as usize;
    if at > len || len - at < size {
        let (function, doing) = if packing { ("pack_into", "packing") } else { ("unpack_from", "unpacking") };
        let text = format!(
            "{function} requires a buffer of at least {} bytes for {doing} {size} bytes at offset {at} (actual buffer \
             size is {len})",
            at as u128 + size as u128
        );
        return Err(raise_kept(vm, ERROR, &text));
    }
    Ok(at)
}

fn pack_into(vm: &mut Vm, format: &Format, args: &[Value]) -> Result<()> {
    let (buffer, offset, values) = match args {
        [] => return Err(raise_kept(vm, ERROR, "pack_into expected buffer argument")),
        [_] => return Err(raise_kept(vm, ERROR, "pack_into expected offset argument")),
        [buffer, offset, values @ ..] => (buffer, offset, values),
    };
    check_count(vm, format, values.len(), "pack_into")?;
    let window = match vm.buffer(buffer, Request { writable: true }) {
        Ok(window) if window.write.is_some() && !window.readonly => window,
        Ok(window) => {
            vm.release_buffer(window);
            return Err(not_writable(vm, buffer));
        }
        Err(raised) => {
            drop(vm.take_raised(raised));
            return Err(not_writable(vm, buffer));
        }
    };
    let done = write_into(vm, format, &window, offset, values);
    vm.release_buffer(window);
    done
}

fn not_writable(vm: &mut Vm, buffer: &Value) -> Raised {
    let text = format!("argument must be read-write bytes-like object, not {}", buffer.ty().name());
    vm.raise_type_error(&text)
}

fn write_into(vm: &mut Vm, format: &Format, window: &Buffer, offset: &Value, values: &[Value]) -> Result<()> {
    let offset = vm.to_index_isize(offset)?;
    let at = place(vm, window.len, format.size, offset, true)?;
    let Some(range) = window.piece() else { return Err(not_writable(vm, &window.owner)) };
    packed(vm, format, values, |vm, bytes| {
        if let Some(write) = window.write
            && let Some(room) = write(vm, &window.owner).get_mut(range).and_then(|m| m.get_mut(at..at + bytes.len()))
        {
            room.copy_from_slice(bytes);
        }
        Ok(())
    })
}

/// The values in `bytes`.
fn values_of(vm: &mut Vm, format: &Format, bytes: &[u8]) -> Result<Ref<Tuple>> {
    let mut values = Vec::new();
    if values.try_reserve_exact(format.count).is_err() {
        return Err(vm.raise_memory_error());
    }
    format.unpack(vm, bytes, &mut values)?;
    vm.new_tuple_in(TUPLE.as_type(), values.len(), values.into_iter())
}

fn unpack(vm: &mut Vm, format: &Format, data: &Value) -> Result<Ref<Tuple>> {
    if let Some(b) = data.downcast::<Bytes>()
        && b.len() == format.size
    {
        return values_of(vm, format, b.as_bytes());
    }
    let bytes = vm.bytes_of(data)?;
    if bytes.len() != format.size {
        let text = format!("unpack requires a buffer of {} bytes", format.size);
        return Err(raise_kept(vm, ERROR, &text));
    }
    values_of(vm, format, &bytes)
}

fn unpack_from(vm: &mut Vm, format: &Format, data: &Value, offset: Option<isize>) -> Result<Ref<Tuple>> {
    let offset = offset.unwrap_or(0);
    if let Some(b) = data.downcast::<Bytes>() {
        let at = place(vm, b.len(), format.size, offset, false)?;
        return values_of(vm, format, &b.as_bytes()[at..at + format.size]);
    }
    let window = vm.buffer(data, Request { writable: false })?;
    let read = place(vm, window.len, format.size, offset, false).and_then(|at| match window.piece() {
        Some(range) => {
            let all = (window.read)(vm, &window.owner).get(range).unwrap_or(&[]);
            Ok(all.get(at..at + format.size).map(<[u8]>::to_vec).unwrap_or_default())
        }
        None => window.gather(vm).map(|all| all[at..at + format.size].to_vec()),
    });
    vm.release_buffer(window);
    let bytes = read?;
    values_of(vm, format, &bytes)
}

fn iter_unpack(vm: &mut Vm, format: Arc<Format>, data: &Value) -> Result {
    if format.size == 0 {
        return Err(raise_kept(vm, ERROR, "cannot iteratively unpack with a struct of length 0"));
    }
    let buffer = vm.buffer(data, Request { writable: false })?;
    if buffer.len % format.size != 0 {
        vm.release_buffer(buffer);
        let text = format!("iterative unpacking requires a buffer of a multiple of {} bytes", format.size);
        return Err(raise_kept(vm, ERROR, &text));
    }
    Ref::new(vm, UnpackIterator { format: Opaque(format), buffer: Some(buffer), at: 0 }).map(Ref::into_value)
}

struct UnpackIteratorClass;

#[class(cell = UNPACK_ITERATOR, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl UnpackIteratorClass {
    #[method("($self, /)")]
    fn __length_hint__(vm: &mut Vm, this: &Ref<UnpackIterator>) -> Result<usize> {
        let it = this.get(vm);
        Ok(it.buffer.as_ref().map_or(0, |b| (b.len - it.at) / it.format.0.size))
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<UnpackIterator>) -> Result<Option<Value>> {
        let it = this.get(vm);
        let (format, at) = (it.format.0.clone(), it.at);
        let Some(buffer) = &it.buffer else { return Ok(None) };
        if at >= buffer.len {
            if let Some(buffer) = this.get_mut(vm).buffer.take() {
                vm.release_buffer(buffer);
            }
            return Ok(None);
        }
        let bytes = match buffer.piece() {
            Some(range) => {
                let all = (buffer.read)(vm, &buffer.owner).get(range).unwrap_or(&[]);
                all.get(at..at + format.size).map(<[u8]>::to_vec).unwrap_or_default()
            }
            None => buffer.gather(vm)?[at..at + format.size].to_vec(),
        };
        this.get_mut(vm).at = at + format.size;
        if bytes.len() < format.size {
            return Ok(None);
        }
        values_of(vm, &format, &bytes).map(|t| Some(t.into_value()))
    }

    #[slot]
    fn finalize(vm: &mut Vm, this: &Value) {
        if let Some(this) = this.downcast::<UnpackIterator>()
            && let Some(buffer) = this.get_mut(vm).buffer.take()
        {
            vm.release_buffer(buffer);
        }
    }
}

struct StructClass;

/// Struct(fmt) --> compiled struct object
#[class(cell = STRUCT, base = OBJECT, flags = BASETYPE | HAVE_GC | MANAGED_WEAKREF)]
impl StructClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, Struct { text: None, format: Opaque(Arc::default()) }).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        static SIGNATURE: Signature = Signature {
            name: "Struct",
            params: &["format"],
            required: &[true],
            required_count: 1,
            positional_only: 0,
            positional: 1,
        };
        let [format] = bind::<1>(vm, &SIGNATURE, args)?;
        let (Some(this), Some(format)) = (this.downcast::<Struct>(), format) else { return Ok(()) };
        let (text, format) = read_format(vm, format)?;
        let fields = this.get_mut(vm);
        let old = (fields.text.replace(text), std::mem::replace(&mut fields.format.0, format));
        drop(old);
        Ok(())
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Struct>) -> Result {
        ready(vm, this)?;
        let Some(text) = this.get(vm).text.clone() else { return Ok(Value::none()) };
        let shown = vm.repr(text.as_value())?.to_string_lossy();
        let name = this.ty().name();
        let name = name.rsplit('.').next().unwrap_or(&name);
        vm.new_str(&format!("{name}({shown})")).map(Ref::into_value)
    }

    /// S.pack(v1, v2, ...) -> bytes
    ///
    /// The values packed according to the format string S.format.
    #[method]
    fn pack(vm: &mut Vm, this: &Ref<Struct>, args: Args<'_>) -> Result {
        args.no_keywords(vm, "Struct.pack")?;
        let format = ready(vm, this)?;
        pack(vm, &format, args.positional())
    }

    /// S.pack_into(buffer, offset, v1, v2, ...)
    ///
    /// Packs the values according to the format string S.format and writes them into the writable buffer at the offset.
    #[method]
    fn pack_into(vm: &mut Vm, this: &Ref<Struct>, args: Args<'_>) -> Result<()> {
        args.no_keywords(vm, "Struct.pack_into")?;
        let format = ready(vm, this)?;
        pack_into(vm, &format, args.positional())
    }

    /// Return a tuple containing unpacked values.
    ///
    /// The buffer's size in bytes must be Struct.size.
    #[method("($self, buffer, /)")]
    fn unpack(vm: &mut Vm, this: &Ref<Struct>, buffer: &Value) -> Result<Ref<Tuple>> {
        let format = ready(vm, this)?;
        unpack(vm, &format, buffer)
    }

    /// Return a tuple containing values unpacked from the buffer at an offset.
    #[method("($self, /, buffer, offset=0)")]
    fn unpack_from(vm: &mut Vm, this: &Ref<Struct>, buffer: &Value, offset: Option<isize>) -> Result<Ref<Tuple>> {
        let format = ready(vm, this)?;
        unpack_from(vm, &format, buffer, offset)
    }

    /// Return an iterator yielding tuples.
    ///
    /// The buffer's size must be a multiple of Struct.size.
    #[method("($self, buffer, /)")]
    fn iter_unpack(vm: &mut Vm, this: &Ref<Struct>, buffer: &Value) -> Result {
        let format = ready(vm, this)?;
        iter_unpack(vm, format, buffer)
    }

    /// S.__sizeof__() -> size of S in memory, in bytes
    #[method("($self, /)")]
    fn __sizeof__(vm: &mut Vm, this: &Ref<Struct>) -> Result<usize> {
        let format = ready(vm, this)?;
        Ok(56 + 32 * (format.items.len() + 1))
    }

    /// struct format string
    #[getter]
    fn format(vm: &mut Vm, this: &Ref<Struct>) -> Result<Option<Ref<Str>>> {
        ready(vm, this)?;
        Ok(this.get(vm).text.clone())
    }

    /// struct size in bytes
    #[getter]
    fn size(vm: &mut Vm, this: &Ref<Struct>) -> Result<isize> {
        let this = this.get(vm);
        Ok(if this.text.is_some() { this.format.0.size as isize } else { -1 })
    }
}

/// `_struct`.
pub struct StructModule;

/// Functions to convert between Python values and C structs.
/// Python bytes objects are used to hold the data representing the C struct.
///
/// The first character of a format may tell byte order, size and alignment (@ native, the default; = native order and
/// standard sizes; < little-endian; > and ! big-endian). The others are the types of the values, each with an optional
/// repeat count before it: x pad byte, c char, b B signed and unsigned byte, ? bool, h H short, i I int, l L long,
/// q Q long long, n N ssize_t and size_t, e f d floats, F D complex, s bytes, p Pascal string, P pointer.
#[module(name = "_struct")]
impl StructModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &StructClass::class_def())?;
        vm.set_up_class(&UnpackIteratorClass::class_def())?;
        add_error(vm, module, ERROR, EXCEPTION.as_type(), None)
    }

    /// Clear the internal cache.
    #[function("($module, /)")]
    fn _clearcache(vm: &mut Vm) -> Result<()> {
        for key in [CACHE, BYTES_CACHE] {
            let cache = vm.state_mut().registry.remove(key);
            drop(cache);
        }
        Ok(())
    }

    /// Return size in bytes of the struct described by the format string.
    #[function("($module, format, /)")]
    fn calcsize(vm: &mut Vm, format: &Value) -> Result<usize> {
        cached(vm, format).map(|f| f.size)
    }

    /// pack(format, v1, v2, ...) -> bytes
    ///
    /// The values packed according to the format string.
    #[function]
    fn pack(vm: &mut Vm, args: Args<'_>) -> Result {
        args.no_keywords(vm, "_struct.pack")?;
        let Some((format, values)) = args.positional().split_first() else {
            return Err(vm.raise_type_error("missing format argument"));
        };
        let format = cached(vm, format)?;
        pack(vm, &format, values)
    }

    /// pack_into(format, buffer, offset, v1, v2, ...)
    ///
    /// Packs the values according to the format string and writes them into the writable buffer at the offset, which
    /// counts from the end if it is negative.
    #[function]
    fn pack_into(vm: &mut Vm, args: Args<'_>) -> Result<()> {
        args.no_keywords(vm, "_struct.pack_into")?;
        let Some((format, rest)) = args.positional().split_first() else {
            return Err(vm.raise_type_error("missing format argument"));
        };
        let format = cached(vm, format)?;
        pack_into(vm, &format, rest)
    }

    /// Return a tuple containing values unpacked according to the format string.
    ///
    /// The buffer's size in bytes must be calcsize(format).
    #[function("($module, format, buffer, /)")]
    fn unpack(vm: &mut Vm, format: &Value, buffer: &Value) -> Result<Ref<Tuple>> {
        let format = cached(vm, format)?;
        unpack(vm, &format, buffer)
    }

    /// Return a tuple containing values unpacked from the buffer at an offset.
    ///
    /// The buffer's size, minus offset, must be at least calcsize(format). A negative offset counts from the end.
    #[function("($module, format, /, buffer, offset=0)")]
    fn unpack_from(vm: &mut Vm, format: &Value, buffer: &Value, offset: Option<isize>) -> Result<Ref<Tuple>> {
        let format = cached(vm, format)?;
        unpack_from(vm, &format, buffer, offset)
    }

    /// Return an iterator yielding tuples unpacked from the given bytes.
    ///
    /// The bytes length must be a multiple of the format struct size.
    #[function("($module, format, buffer, /)")]
    fn iter_unpack(vm: &mut Vm, format: &Value, buffer: &Value) -> Result {
        let format = cached(vm, format)?;
        iter_unpack(vm, format, buffer)
    }
}
