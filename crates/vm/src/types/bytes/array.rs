//! `bytearray`.

use super::common::{self, Justify, Operand, bytes};
use crate::native::{Args, Signature};
use crate::protocol::buffer::{Buffer, Request};
use crate::protocol::pinned::Pinned;
use crate::slots::{self, CompareOp};
use crate::types::slice::Slice;
use crate::{Ref, Result, Str, Type, Value, Vm};
use taipan_macros::{Payload, Trace, class};
use taipan_object::byte_buffer::{ByteBuffer, Editing};
use taipan_object::room;
use taipan_object::statics::OBJECT;
use taipan_object::{Bytes, List, Raised, Tuple, TypeCell};
use taipan_text::split::Side;
use taipan_text::{Units, bytes as algorithm, search};

/// `bytearray`.
pub static BYTEARRAY: TypeCell<ByteArray> = TypeCell::new("bytearray");

/// Bytes that can be changed.
#[derive(Trace, Payload, Default)]
#[payload(class = BYTEARRAY)]
#[repr(C)]
pub struct ByteArray {
    data: ByteBuffer,
    /// Windows that are open: while there are any, the length stays.
    exports: usize,
}

const _: () = assert!(std::mem::offset_of!(ByteArray, data) == 0);

impl ByteArray {
    /// A new `bytearray`.
    pub fn create(vm: &mut Vm, data: Vec<u8>) -> Result {
        Ref::new(vm, ByteArray { data: data.into(), exports: 0 }).map(Ref::into_value)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.data
    }

    /// Counts windows that are opened or closed.
    pub(super) fn count_exports(&mut self, more: isize) {
        self.exports = self.exports.saturating_add_signed(more);
    }

    /// Bytes that are allocated, the terminator of the C interface included.
    fn allocated(&self) -> usize {
        if self.data.allocated() == 0 { 0 } else { self.data.allocated() + 1 }
    }
}

/// Methods of `bytearray`.
pub struct ByteArrayClass;

static INIT: Signature = Signature {
    name: "bytearray",
    params: &["source", "encoding", "errors"],
    required: &[false; 3],
    required_count: 0,
    positional_only: 0,
    positional: 3,
};

/// What the methods of both classes need of a bytearray.
pub(super) trait Changeable {
    /// Counts windows that are opened or closed.
    fn pin(&self, vm: &mut Vm, more: isize);
    /// Adds one byte.
    fn push(&self, vm: &mut Vm, byte: u8) -> Result<()>;
}

impl Changeable for Ref<ByteArray> {
    fn pin(&self, vm: &mut Vm, more: isize) {
        self.get_mut(vm).count_exports(more);
    }

    fn push(&self, vm: &mut Vm, byte: u8) -> Result<()> {
        append(vm, self, &[byte])
    }
}

/// The data, to change its length; not while windows are open.
fn resizable<'a>(vm: &'a mut Vm, this: &'a Ref<ByteArray>) -> Result<Editing<'a>> {
    if this.get(vm).exports > 0 {
        return Err(raise_exported(vm));
    }
    Ok(this.get_mut(vm).data.edit())
}

#[cold]
fn raise_exported(vm: &mut Vm) -> Raised {
    let words = "Existing exports of data: object cannot be re-sized";
    vm.raise_class(crate::errors::BUFFER_ERROR.as_type(), words)
}

/// Replaces `start..end` by `new`.
fn splice(vm: &mut Vm, this: &Ref<ByteArray>, start: usize, end: usize, new: &[u8]) -> Result<()> {
    if new.len() == end - start {
        this.get_mut(vm).data[start..end].copy_from_slice(new);
        return Ok(());
    }
    let mut data = resizable(vm, this)?;
    data.try_reserve(new.len().saturating_sub(end - start)).map_err(|_| Raised)?;
    data.splice(start..end, new.iter().copied());
    Ok(())
}

fn append(vm: &mut Vm, this: &Ref<ByteArray>, new: &[u8]) -> Result<()> {
    let mut data = resizable(vm, this)?;
    data.try_reserve(new.len()).map_err(|_| Raised)?;
    data.extend_from_slice(new);
    Ok(())
}

fn set_slice(vm: &mut Vm, this: &Ref<ByteArray>, slice: &Ref<Slice>, value: Option<Value>) -> Result<()> {
    let new = match &value {
        None => Operand::Copy(Vec::new()),
        Some(v) if slots::of(v.ty()).buffer.is_some() => Operand::new(vm, v)?,
        Some(v) => {
            let has = slots::of(v.ty());
            if has.index.is_some() || has.float.is_some() || v.downcast::<Str>().is_some() {
                let words = "can assign only bytes, buffers, or iterables of ints in range(0, 256)";
                return Err(vm.raise_type_error(words));
            }
            common::construct(vm, &INIT, Args::positional_only(std::slice::from_ref(v)), true, None)?
        }
    };
    let n = this.get(vm).data.len();
    let s = vm.slice_indices(slice, n)?;
    let new = new.as_slice();
    if s.step == 1 {
        return splice(vm, this, s.start as usize, s.start as usize + s.count, new);
    }
    if value.is_none() || new.is_empty() {
        if s.count == 0 {
            return Ok(());
        }
        let mut gone = s.ascending().peekable();
        let mut data = resizable(vm, this)?;
        let mut at = 0;
        data.retain(|_| {
            at += 1;
            gone.next_if_eq(&(at - 1)).is_none()
        });
        return Ok(());
    }
    if new.len() != s.count {
        let text = format!("attempt to assign bytes of size {} to extended slice of size {}", new.len(), s.count);
        return Err(vm.raise_value_error(&text));
    }
    let data = &mut this.get_mut(vm).data;
    for (i, &b) in s.iter().zip(new) {
        data[i] = b;
    }
    Ok(())
}

fn release(vm: &mut Vm, v: &Value) {
    if let Some(this) = v.downcast::<ByteArray>() {
        let exports = &mut this.get_mut(vm).exports;
        *exports = exports.saturating_sub(1);
    }
}

fn write<'a>(vm: &'a mut Vm, v: &'a Value) -> &'a mut [u8] {
    match v.downcast::<ByteArray>() {
        Some(this) => &mut this.get_mut(vm).data,
        None => &mut [],
    }
}

const BYTE: &str = "byte must be in range(0, 256)";

/// bytearray(iterable_of_ints) -> bytearray
/// bytearray(string, encoding[, errors]) -> bytearray
/// bytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer
/// bytearray(int) -> bytes array of size given by the parameter initialized with null bytes
/// bytearray() -> empty bytes array
///
/// Construct a mutable bytearray object from:
///   - an iterable yielding integers in range(256)
///   - a text string encoded using the specified encoding
///   - a bytes or a buffer object
///   - any object implementing the buffer API.
///   - an integer
#[class(cell = BYTEARRAY, base = OBJECT, flags = BASETYPE | MATCH_SELF)]
impl ByteArrayClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, ByteArray::default()).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        let Some(this) = this.downcast::<ByteArray>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
        if !this.get(vm).data.is_empty() {
            resizable(vm, this)?.clear();
        }
        match common::construct(vm, &INIT, args, true, Some(this)) {
            Ok(Operand::Copy(made)) if this.get(vm).data.is_empty() => *resizable(vm, this)? = made,
            Ok(made) => append(vm, this, made.as_slice())?,
            Err(raised) => {
                if this.get(vm).exports == 0 {
                    this.get_mut(vm).data.edit().clear();
                }
                return Err(raised);
            }
        }
        Ok(())
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<ByteArray>) -> Result {
        let text = taipan_text::repr::bytes_repr(this.get(vm).as_bytes());
        let text = crate::types::str::enough(text)?;
        let class = this.ty().name();
        // Here a double quote inside is no reason for single quotes: both are kept, and the single one is escaped.
        let class = class.to_owned();
        let mut shown = room::joined(&[&class, "("])?;
        shown.try_reserve(text.units().len() + 1).map_err(|_| Raised)?;
        let escaped = text.units().iter().take(2).eq([u32::from(b'b'), u32::from(b'"')]);
        for c in text.units().iter().filter_map(char::from_u32) {
            if escaped && c == '\'' {
                room::push_str(&mut shown, "\\")?;
            }
            room::push_str(&mut shown, c.encode_utf8(&mut [0; 4]))?;
        }
        room::push_str(&mut shown, ")")?;
        vm.new_str(&shown).map(Ref::into_value)
    }

    #[slot]
    fn str(vm: &mut Vm, this: &Ref<ByteArray>) -> Result {
        common::warn_of_str(vm, "bytearray")?;
        ByteArrayClass::repr(vm, this)
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        common::compare(vm, a, b, op)
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Value, key: &Value) -> Result {
        common::get_item(vm, this, key, "bytearray", "bytearray index out of range")
    }

    #[slot]
    fn setitem(vm: &mut Vm, this: &Ref<ByteArray>, key: &Value, value: Option<Value>) -> Result<()> {
        if let Some(slice) = key.downcast::<Slice>() {
            return set_slice(vm, this, slice, value);
        }
        if slots::of(key.ty()).index.is_none() {
            let text = format!("bytearray indices must be integers or slices, not {}", key.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        let i = vm.to_index_isize(key)?;
        let new = match &value {
            Some(v) => Some(common::byte(vm, v, BYTE)?),
            None => None,
        };
        let n = this.get(vm).data.len();
        let i = if i < 0 { i.saturating_add_unsigned(n) } else { i };
        let Some(i) = usize::try_from(i).ok().filter(|&i| i < n) else {
            return Err(vm.raise_index_error("bytearray index out of range"));
        };
        match new {
            Some(b) => this.get_mut(vm).data[i] = b,
            None => drop(resizable(vm, this)?.remove(i)),
        }
        Ok(())
    }

    #[slot]
    fn inplace_concat(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let Some(this) = a.downcast::<ByteArray>() else { return Ok(Value::not_implemented()) };
        if slots::of(b.ty()).buffer.is_none() {
            let text = format!("can't concat {} to {}", b.ty().name(), a.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        let new = Operand::new(vm, b)?;
        if new.as_slice().is_empty() {
            return Ok(a.clone());
        }
        if a.is(b) {
            // What is appended is looked at through a window on itself.
            return Err(raise_exported(vm));
        }
        append(vm, this, new.as_slice())?;
        Ok(a.clone())
    }

    #[slot]
    fn inplace_repeat(vm: &mut Vm, this: &Ref<ByteArray>, n: isize) -> Result {
        let n = usize::try_from(n).unwrap_or(0);
        if n != 1 {
            let made = crate::types::str::enough(algorithm::repeat(this.get(vm).as_bytes(), n))?;
            *resizable(vm, this)? = made;
        }
        Ok(this.to_value())
    }

    #[slot]
    fn buffer(vm: &mut Vm, this: &Value, _request: Request) -> Result<Buffer> {
        let mut buffer = Buffer::bytes(this, bytes(vm, this).len(), common::bytes);
        buffer.readonly = false;
        buffer.write = Some(write);
        buffer.release = Some(release);
        if let Some(this) = this.downcast::<ByteArray>() {
            let this = this.get_mut(vm);
            this.exports += 1;
            buffer.pinned = Some(Pinned::new(&mut this.data));
        }
        Ok(buffer)
    }

    #[slot]
    fn release_buffer(vm: &mut Vm, this: &Value, view: &Value) -> Result<()> {
        super::release_view(vm, this, view)
    }

    /// B.__alloc__() -> int
    ///
    /// Return the number of bytes actually allocated.
    #[method("($self, /)")]
    fn __alloc__(vm: &mut Vm, this: &Ref<ByteArray>) -> Result<usize> {
        Ok(this.get(vm).allocated())
    }

    /// Return state information for pickling.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<ByteArray>) -> Result {
        ByteArrayClass::__reduce_ex__(vm, this, None)
    }

    /// Return state information for pickling.
    #[method("($self, proto=0, /)")]
    fn __reduce_ex__(vm: &mut Vm, this: &Ref<ByteArray>, proto: Option<i32>) -> Result {
        let state = crate::types::pickle::get_state(vm, this.as_value())?;
        let data = common::copy(this.get(vm).as_bytes())?;
        let args = if proto.unwrap_or(0) < 3 {
            let text = vm.str_from_units(Units::from_latin1(&data))?.into_value();
            let encoding = vm.new_str("latin-1")?.into_value();
            vec![text, encoding]
        } else {
            vec![vm.new_bytes(&data)?.into_value()]
        };
        let args = vm.new_tuple(args)?.into_value();
        vm.new_tuple(vec![this.ty().to_value(), args, state]).map(Ref::into_value)
    }

    /// Returns the size of the bytearray object in memory, in bytes.
    #[method("($self, /)")]
    fn __sizeof__(vm: &mut Vm, this: &Ref<ByteArray>) -> Result<usize> {
        Ok(56 + this.get(vm).allocated())
    }

    /// Append a single item to the end of the bytearray.
    ///
    ///   item
    ///     The item to be appended.
    #[method("($self, item, /)")]
    fn append(vm: &mut Vm, this: &Ref<ByteArray>, item: &Value) -> Result<()> {
        let b = common::byte(vm, item, BYTE)?;
        append(vm, this, &[b])
    }

    /// Remove all items from the bytearray.
    #[method("($self, /)")]
    fn clear(vm: &mut Vm, this: &Ref<ByteArray>) -> Result<()> {
        *resizable(vm, this)? = Vec::new();
        Ok(())
    }

    /// Return a copy of B.
    #[method("($self, /)")]
    fn copy(vm: &mut Vm, this: &Ref<ByteArray>) -> Result {
        let copy = common::copy(this.get(vm).as_bytes())?;
        ByteArray::create(vm, copy)
    }

    /// Append all the items from the iterator or sequence to the end of the bytearray.
    ///
    ///   iterable_of_ints
    ///     The iterable of items to append.
    #[method("($self, iterable_of_ints, /)")]
    fn extend(vm: &mut Vm, this: &Ref<ByteArray>, iterable_of_ints: &Value) -> Result<()> {
        if slots::of(iterable_of_ints.ty()).buffer.is_some() {
            let end = this.get(vm).data.len();
            let new = Operand::new(vm, iterable_of_ints)?;
            let end = end.min(this.get(vm).data.len());
            return splice(vm, this, end, end, new.as_slice());
        }
        if iterable_of_ints.downcast::<Str>().is_some() {
            return Err(vm.raise_type_error("expected iterable of integers; got: 'str'"));
        }
        let it = match vm.iter(iterable_of_ints) {
            Ok(it) => it,
            Err(raised) if vm.raised_is(crate::errors::TYPE_ERROR.as_type()) => {
                drop(vm.take_raised(raised));
                let text = format!("can't extend bytearray with {}", iterable_of_ints.ty().name());
                return Err(vm.raise_type_error(&text));
            }
            Err(raised) => return Err(raised),
        };
        vm.length_hint(iterable_of_ints, 0)?;
        let mut new = Vec::new();
        while let Some(item) = vm.next(&it)? {
            let b = common::byte(vm, &item, BYTE)?;
            new.try_reserve(1).map_err(|_| Raised)?;
            new.push(b);
        }
        append(vm, this, &new)
    }

    /// Insert a single item into the bytearray before the given index.
    ///
    ///   index
    ///     The index where the value is to be inserted.
    ///   item
    ///     The item to be inserted.
    #[method("($self, index, item, /)")]
    fn insert(vm: &mut Vm, this: &Ref<ByteArray>, index: isize, item: &Value) -> Result<()> {
        let b = common::byte(vm, item, BYTE)?;
        let n = this.get(vm).data.len();
        let i = if index < 0 { index.saturating_add_unsigned(n).max(0) as usize } else { (index as usize).min(n) };
        splice(vm, this, i, i, &[b])
    }

    /// Remove and return a single item from B.
    ///
    ///   index
    ///     The index from where to remove the item.
    ///     -1 (the default value) means remove the last item.
    ///
    /// If no index argument is given, will pop the last item.
    #[method("($self, index=-1, /)")]
    fn pop(vm: &mut Vm, this: &Ref<ByteArray>, index: Option<isize>) -> Result<u8> {
        let n = this.get(vm).data.len();
        if n == 0 {
            return Err(vm.raise_index_error("pop from empty bytearray"));
        }
        let index = index.unwrap_or(-1);
        let i = if index < 0 { index.saturating_add_unsigned(n) } else { index };
        match usize::try_from(i).ok().filter(|&i| i < n) {
            Some(i) => Ok(resizable(vm, this)?.remove(i)),
            None => Err(vm.raise_index_error("pop index out of range")),
        }
    }

    /// Remove the first occurrence of a value in the bytearray.
    ///
    ///   value
    ///     The value to remove.
    #[method("($self, value, /)")]
    fn remove(vm: &mut Vm, this: &Ref<ByteArray>, value: &Value) -> Result<()> {
        let b = common::byte(vm, value, BYTE)?;
        match this.get(vm).data.iter().position(|&x| x == b) {
            Some(i) => {
                resizable(vm, this)?.remove(i);
                Ok(())
            }
            None => Err(vm.raise_value_error("value not found in bytearray")),
        }
    }

    /// Resize the internal buffer of bytearray to len.
    ///
    ///   size
    ///     New size to resize to.
    #[method("($self, size, /)")]
    fn resize(vm: &mut Vm, this: &Ref<ByteArray>, size: isize) -> Result<()> {
        let Ok(size) = usize::try_from(size) else {
            return Err(vm.raise_value_error(&format!("Can only resize to positive sizes, got {size}")));
        };
        if size == this.get(vm).data.len() {
            return Ok(());
        }
        let mut data = resizable(vm, this)?;
        let more = size.saturating_sub(data.len());
        data.try_reserve(more).map_err(|_| Raised)?;
        data.resize(size, 0);
        Ok(())
    }

    /// Reverse the order of the values in B in place.
    #[method("($self, /)")]
    fn reverse(vm: &mut Vm, this: &Ref<ByteArray>) -> Result<()> {
        this.get_mut(vm).data.reverse();
        Ok(())
    }

    #[slot]
    fn len(vm: &mut Vm, this: &Value) -> Result<usize> {
        Ok(bytes(vm, this).len())
    }

    #[slot]
    fn concat(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        common::concat(vm, a, b)
    }

    #[slot]
    fn repeat(vm: &mut Vm, this: &Value, n: isize) -> Result {
        common::repeat(vm, this, n)
    }

    #[slot]
    fn contains(vm: &mut Vm, this: &Value, item: &Value) -> Result<bool> {
        common::contains(vm, this, item)
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Value) -> Result {
        super::iterator::new_bytes_iterator(vm, this)
    }

    #[slot]
    fn op_remainder(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        match a.downcast::<ByteArray>() {
            Some(_) => common::remainder(vm, a, b),
            None => Ok(Value::not_implemented()),
        }
    }

    /// B.capitalize() -> copy of B
    ///
    /// Return a copy of B with only its first character capitalized (ASCII)
    /// and the rest lower-cased.
    #[method("($self, /)")]
    fn capitalize(vm: &mut Vm, this: &Ref<ByteArray>) -> Result {
        common::map(vm, this.as_value(), algorithm::capitalize)
    }

    /// Return a centered string of length width.
    ///
    /// Padding is done using the specified fill character.
    #[method("($self, width, fillchar=b' ', /)")]
    fn center(vm: &mut Vm, this: &Ref<ByteArray>, width: isize, fillchar: Option<&Value>) -> Result {
        common::pad(vm, this.as_value(), width, fillchar, Justify::Center, "center")
    }

    /// Return the number of non-overlapping occurrences of subsection 'sub' in bytes B[start:end].
    ///
    ///   start
    ///     Optional start position. Default: start of the bytes.
    ///   end
    ///     Optional stop position. Default: end of the bytes.
    #[method("($self, sub[, start[, end]], /)")]
    fn count(
        vm: &mut Vm,
        this: &Ref<ByteArray>,
        sub: &Value,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<usize> {
        common::count(vm, this.as_value(), sub, (start, end))
    }

    /// Decode the bytearray using the codec registered for encoding.
    ///
    ///   encoding
    ///     The encoding with which to decode the bytearray.
    ///   errors
    ///     The error handling scheme to use for the handling of decoding
    ///     errors.  The default is 'strict' meaning that decoding errors
    ///     raise a UnicodeDecodeError.  Other possible values are 'ignore'
    ///     and 'replace' as well as any other name registered with
    ///     codecs.register_error that can handle UnicodeDecodeErrors.
    #[method("($self, /, encoding='utf-8', errors='strict')")]
    fn decode(vm: &mut Vm, this: &Ref<ByteArray>, encoding: Option<&str>, errors: Option<&str>) -> Result<Ref<Str>> {
        common::decode(vm, this.as_value(), encoding, errors)
    }

    /// Return True if the bytearray ends with the specified suffix, False otherwise.
    ///
    ///   suffix
    ///     A bytes or a tuple of bytes to try.
    ///   start
    ///     Optional start position. Default: start of the bytearray.
    ///   end
    ///     Optional stop position. Default: end of the bytearray.
    #[method("($self, suffix[, start[, end]], /)")]
    fn endswith(
        vm: &mut Vm,
        this: &Ref<ByteArray>,
        suffix: &Value,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<bool> {
        common::affix(vm, this.as_value(), suffix, (start, end), "endswith", search::ends_with)
    }

    /// Return a copy where all tab characters are expanded using spaces.
    ///
    /// If tabsize is not given, a tab size of 8 characters is assumed.
    #[method("($self, /, tabsize=8)")]
    fn expandtabs(vm: &mut Vm, this: &Ref<ByteArray>, tabsize: Option<i32>) -> Result {
        common::expand_tabs(vm, this.as_value(), tabsize)
    }

    /// Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start:end].
    ///
    ///   start
    ///     Optional start position. Default: start of the bytes.
    ///   end
    ///     Optional stop position. Default: end of the bytes.
    ///
    /// Return -1 on failure.
    #[method("($self, sub[, start[, end]], /)")]
    fn find(
        vm: &mut Vm,
        this: &Ref<ByteArray>,
        sub: &Value,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<isize> {
        common::find(vm, this.as_value(), sub, (start, end), search::find)
    }

    /// Create a bytearray object from a string of hexadecimal numbers.
    ///
    /// Spaces between two numbers are accepted.
    /// Example:
    ///     bytearray.fromhex('B9 01EF') -> bytearray(b'\\xb9\\x01\\xef')
    #[classmethod("($type, string, /)")]
    fn fromhex(vm: &mut Vm, class: &Ref<Type>, string: &Value) -> Result {
        common::from_hex(vm, class, string, &BYTEARRAY.as_ref())
    }

    /// Create a string of hexadecimal numbers from a bytearray object.
    ///
    ///   sep
    ///     An optional single character or byte to separate hex bytes.
    ///   bytes_per_sep
    ///     How many bytes between separators.  Positive values count from
    ///     the right, negative values count from the left.
    ///
    /// Example:
    /// >>> value = bytearray([0xb9, 0x01, 0xef])
    /// >>> value.hex()
    /// 'b901ef'
    /// >>> value.hex(':')
    /// 'b9:01:ef'
    /// >>> value.hex(':', 2)
    /// 'b9:01ef'
    /// >>> value.hex(':', -2)
    /// 'b901:ef'
    #[method("($self, /, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn hex(vm: &mut Vm, this: &Ref<ByteArray>, sep: Option<&Value>, bytes_per_sep: Option<i32>) -> Result<Ref<Str>> {
        common::hex(vm, this.as_value(), sep, bytes_per_sep)
    }

    /// Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start:end].
    ///
    ///   start
    ///     Optional start position. Default: start of the bytes.
    ///   end
    ///     Optional stop position. Default: end of the bytes.
    ///
    /// Raise ValueError if the subsection is not found.
    #[method("($self, sub[, start[, end]], /)")]
    fn index(
        vm: &mut Vm,
        this: &Ref<ByteArray>,
        sub: &Value,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<usize> {
        common::index(vm, this.as_value(), sub, (start, end), search::find)
    }

    /// B.isalnum() -> bool
    ///
    /// Return True if all characters in B are alphanumeric
    /// and there is at least one character in B, False otherwise.
    #[method("($self, /)")]
    fn isalnum(vm: &mut Vm, this: &Ref<ByteArray>) -> Result<bool> {
        Ok(algorithm::is_alnum(bytes(vm, this.as_value())))
    }

    /// B.isalpha() -> bool
    ///
    /// Return True if all characters in B are alphabetic
    /// and there is at least one character in B, False otherwise.
    #[method("($self, /)")]
    fn isalpha(vm: &mut Vm, this: &Ref<ByteArray>) -> Result<bool> {
        Ok(algorithm::is_alpha(bytes(vm, this.as_value())))
    }

    /// B.isascii() -> bool
    ///
    /// Return True if B is empty or all characters in B are ASCII,
    /// False otherwise.
    #[method("($self, /)")]
    fn isascii(vm: &mut Vm, this: &Ref<ByteArray>) -> Result<bool> {
        Ok(bytes(vm, this.as_value()).is_ascii())
    }

    /// B.isdigit() -> bool
    ///
    /// Return True if all characters in B are digits
    /// and there is at least one character in B, False otherwise.
    #[method("($self, /)")]
    fn isdigit(vm: &mut Vm, this: &Ref<ByteArray>) -> Result<bool> {
        Ok(algorithm::is_digit(bytes(vm, this.as_value())))
    }

    /// B.islower() -> bool
    ///
    /// Return True if all cased characters in B are lowercase and there is
    /// at least one cased character in B, False otherwise.
    #[method("($self, /)")]
    fn islower(vm: &mut Vm, this: &Ref<ByteArray>) -> Result<bool> {
        Ok(algorithm::is_lower(bytes(vm, this.as_value())))
    }

    /// B.isspace() -> bool
    ///
    /// Return True if all characters in B are whitespace
    /// and there is at least one character in B, False otherwise.
    #[method("($self, /)")]
    fn isspace(vm: &mut Vm, this: &Ref<ByteArray>) -> Result<bool> {
        Ok(algorithm::is_space(bytes(vm, this.as_value())))
    }

    /// B.istitle() -> bool
    ///
    /// Return True if B is a titlecased string and there is at least one
    /// character in B, i.e. uppercase characters may only follow uncased
    /// characters and lowercase characters only cased ones. Return False
    /// otherwise.
    #[method("($self, /)")]
    fn istitle(vm: &mut Vm, this: &Ref<ByteArray>) -> Result<bool> {
        Ok(algorithm::is_title(bytes(vm, this.as_value())))
    }

    /// B.isupper() -> bool
    ///
    /// Return True if all cased characters in B are uppercase and there is
    /// at least one cased character in B, False otherwise.
    #[method("($self, /)")]
    fn isupper(vm: &mut Vm, this: &Ref<ByteArray>) -> Result<bool> {
        Ok(algorithm::is_upper(bytes(vm, this.as_value())))
    }

    /// Concatenate any number of bytes/bytearray objects.
    ///
    /// The bytearray whose method is called is inserted in between each
    /// pair.
    ///
    /// The result is returned as a new bytearray object.
    #[method("($self, iterable_of_bytes, /)")]
    fn join(vm: &mut Vm, this: &Ref<ByteArray>, iterable: &Value) -> Result {
        // It cannot be resized by what gives the parts.
        this.get_mut(vm).count_exports(1);
        let result = common::join(vm, this.as_value(), iterable);
        this.get_mut(vm).count_exports(-1);
        result
    }

    /// Return a left-justified string of length width.
    ///
    /// Padding is done using the specified fill character.
    #[method("($self, width, fillchar=b' ', /)")]
    fn ljust(vm: &mut Vm, this: &Ref<ByteArray>, width: isize, fillchar: Option<&Value>) -> Result {
        common::pad(vm, this.as_value(), width, fillchar, Justify::Left, "ljust")
    }

    /// B.lower() -> copy of B
    ///
    /// Return a copy of B with all ASCII characters converted to lowercase.
    #[method("($self, /)")]
    fn lower(vm: &mut Vm, this: &Ref<ByteArray>) -> Result {
        common::map(vm, this.as_value(), algorithm::lower)
    }

    /// Strip leading bytes contained in the argument.
    ///
    /// If the argument is omitted or None, strip leading ASCII whitespace.
    #[method("($self, bytes=None, /)")]
    fn lstrip(vm: &mut Vm, this: &Ref<ByteArray>, chars: Option<&Value>) -> Result {
        common::strip(vm, this.as_value(), chars, Side::Left)
    }

    /// Return a translation table usable for the bytes or bytearray translate method.
    ///
    /// The returned table will be one where each byte in frm is mapped to
    /// the byte at the same position in to.
    ///
    /// The bytes objects frm and to must be of the same length.
    #[staticmethod("(frm, to, /)")]
    fn maketrans(vm: &mut Vm, from: &Value, to: &Value) -> Result<Ref<Bytes>> {
        common::make_table(vm, from, to)
    }

    /// Partition the bytearray into three parts using the given separator.
    ///
    /// This will search for the separator sep in the bytearray.  If the
    /// separator is found, returns a 3-tuple containing the part before the
    /// separator, the separator itself, and the part after it as new
    /// bytearray objects.
    ///
    /// If the separator is not found, returns a 3-tuple containing the copy
    /// of the original bytearray object and two empty bytearray objects.
    #[method("($self, sep, /)")]
    fn partition(vm: &mut Vm, this: &Ref<ByteArray>, sep: &Value) -> Result<Ref<Tuple>> {
        common::partition(vm, this.as_value(), sep, false)
    }

    /// Return a copy with all occurrences of substring old replaced by new.
    ///
    ///   count
    ///     Maximum number of occurrences to replace.
    ///     -1 (the default value) means replace all occurrences.
    ///
    /// If the optional argument count is given, only the first count occurrences are
    /// replaced.
    #[method("($self, old, new, count=-1, /)")]
    fn replace(vm: &mut Vm, this: &Ref<ByteArray>, old: &Value, new: &Value, count: Option<&Value>) -> Result {
        common::replace(vm, this.as_value(), old, new, count)
    }

    /// Return a bytearray with the given prefix string removed if present.
    ///
    /// If the bytearray starts with the prefix string, return
    /// bytearray[len(prefix):].  Otherwise, return a copy of the original
    /// bytearray.
    #[method("($self, prefix, /)")]
    fn removeprefix(vm: &mut Vm, this: &Ref<ByteArray>, prefix: &Value) -> Result {
        common::remove_affix(vm, this.as_value(), prefix, true)
    }

    /// Return a bytearray with the given suffix string removed if present.
    ///
    /// If the bytearray ends with the suffix string and that suffix is not
    /// empty, return bytearray[:-len(suffix)].  Otherwise, return a copy of
    /// the original bytearray.
    #[method("($self, suffix, /)")]
    fn removesuffix(vm: &mut Vm, this: &Ref<ByteArray>, suffix: &Value) -> Result {
        common::remove_affix(vm, this.as_value(), suffix, false)
    }

    /// Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start:end].
    ///
    ///   start
    ///     Optional start position. Default: start of the bytes.
    ///   end
    ///     Optional stop position. Default: end of the bytes.
    ///
    /// Return -1 on failure.
    #[method("($self, sub[, start[, end]], /)")]
    fn rfind(
        vm: &mut Vm,
        this: &Ref<ByteArray>,
        sub: &Value,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<isize> {
        common::find(vm, this.as_value(), sub, (start, end), search::rfind)
    }

    /// Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start:end].
    ///
    ///   start
    ///     Optional start position. Default: start of the bytes.
    ///   end
    ///     Optional stop position. Default: end of the bytes.
    ///
    /// Raise ValueError if the subsection is not found.
    #[method("($self, sub[, start[, end]], /)")]
    fn rindex(
        vm: &mut Vm,
        this: &Ref<ByteArray>,
        sub: &Value,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<usize> {
        common::index(vm, this.as_value(), sub, (start, end), search::rfind)
    }

    /// Return a right-justified string of length width.
    ///
    /// Padding is done using the specified fill character.
    #[method("($self, width, fillchar=b' ', /)")]
    fn rjust(vm: &mut Vm, this: &Ref<ByteArray>, width: isize, fillchar: Option<&Value>) -> Result {
        common::pad(vm, this.as_value(), width, fillchar, Justify::Right, "rjust")
    }

    /// Partition the bytearray into three parts using the given separator.
    ///
    /// This will search for the separator sep in the bytearray, starting at
    /// the end.  If the separator is found, returns a 3-tuple containing
    /// the part before the separator, the separator itself, and the part
    /// after it as new bytearray objects.
    ///
    /// If the separator is not found, returns a 3-tuple containing two
    /// empty bytearray objects and the copy of the original bytearray
    /// object.
    #[method("($self, sep, /)")]
    fn rpartition(vm: &mut Vm, this: &Ref<ByteArray>, sep: &Value) -> Result<Ref<Tuple>> {
        common::partition(vm, this.as_value(), sep, true)
    }

    /// Return a list of the sections in the bytearray, using sep as the delimiter.
    ///
    ///   sep
    ///     The delimiter according which to split the bytearray.
    ///     None (the default value) means split on ASCII whitespace
    ///     characters (space, tab, return, newline, formfeed, vertical tab).
    ///   maxsplit
    ///     Maximum number of splits to do.
    ///     -1 (the default value) means no limit.
    ///
    /// Splitting is done starting at the end of the bytearray and working
    /// to the front.
    #[method("($self, /, sep=None, maxsplit=-1)")]
    fn rsplit(vm: &mut Vm, this: &Ref<ByteArray>, sep: Option<&Value>, maxsplit: Option<isize>) -> Result<Ref<List>> {
        common::split(vm, this.as_value(), sep, maxsplit, true)
    }

    /// Strip trailing bytes contained in the argument.
    ///
    /// If the argument is omitted or None, strip trailing ASCII whitespace.
    #[method("($self, bytes=None, /)")]
    fn rstrip(vm: &mut Vm, this: &Ref<ByteArray>, chars: Option<&Value>) -> Result {
        common::strip(vm, this.as_value(), chars, Side::Right)
    }

    /// Return a list of the sections in the bytearray, using sep as the delimiter.
    ///
    ///   sep
    ///     The delimiter according which to split the bytearray.
    ///     None (the default value) means split on ASCII whitespace
    ///     characters (space, tab, return, newline, formfeed, vertical tab).
    ///   maxsplit
    ///     Maximum number of splits to do.
    ///     -1 (the default value) means no limit.
    #[method("($self, /, sep=None, maxsplit=-1)")]
    fn split(vm: &mut Vm, this: &Ref<ByteArray>, sep: Option<&Value>, maxsplit: Option<isize>) -> Result<Ref<List>> {
        common::split(vm, this.as_value(), sep, maxsplit, false)
    }

    /// Return a list of the lines in the bytearray, breaking at line boundaries.
    ///
    /// Line breaks are not included in the resulting list unless keepends
    /// is given and true.
    #[method("($self, /, keepends=False)")]
    fn splitlines(vm: &mut Vm, this: &Ref<ByteArray>, keepends: Option<bool>) -> Result<Ref<List>> {
        common::split_lines(vm, this.as_value(), keepends)
    }

    /// Return True if the bytearray starts with the specified prefix, False otherwise.
    ///
    ///   prefix
    ///     A bytes or a tuple of bytes to try.
    ///   start
    ///     Optional start position. Default: start of the bytearray.
    ///   end
    ///     Optional stop position. Default: end of the bytearray.
    #[method("($self, prefix[, start[, end]], /)")]
    fn startswith(
        vm: &mut Vm,
        this: &Ref<ByteArray>,
        prefix: &Value,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<bool> {
        common::affix(vm, this.as_value(), prefix, (start, end), "startswith", search::starts_with)
    }

    /// Strip leading and trailing bytes contained in the argument.
    ///
    /// If the argument is omitted or None, strip leading and trailing ASCII
    /// whitespace.
    #[method("($self, bytes=None, /)")]
    fn strip(vm: &mut Vm, this: &Ref<ByteArray>, chars: Option<&Value>) -> Result {
        common::strip(vm, this.as_value(), chars, Side::Both)
    }

    /// B.swapcase() -> copy of B
    ///
    /// Return a copy of B with uppercase ASCII characters converted
    /// to lowercase ASCII and vice versa.
    #[method("($self, /)")]
    fn swapcase(vm: &mut Vm, this: &Ref<ByteArray>) -> Result {
        common::map(vm, this.as_value(), algorithm::swapcase)
    }

    /// B.title() -> copy of B
    ///
    /// Return a titlecased version of B, i.e. ASCII words start with
    /// uppercase characters, all remaining cased characters have lowercase.
    #[method("($self, /)")]
    fn title(vm: &mut Vm, this: &Ref<ByteArray>) -> Result {
        common::map(vm, this.as_value(), algorithm::title)
    }

    /// Return a copy with each character mapped by the given translation table.
    ///
    ///   table
    ///     Translation table, which must be a bytes object of length 256.
    ///
    /// All characters occurring in the optional argument delete are
    /// removed.  The remaining characters are mapped through the given
    /// translation table.
    #[method("($self, table, /, delete=b'')")]
    fn translate(vm: &mut Vm, this: &Ref<ByteArray>, table: &Value, delete: Option<&Value>) -> Result {
        common::translate(vm, this.as_value(), table, delete)
    }

    /// B.upper() -> copy of B
    ///
    /// Return a copy of B with all ASCII characters converted to uppercase.
    #[method("($self, /)")]
    fn upper(vm: &mut Vm, this: &Ref<ByteArray>) -> Result {
        common::map(vm, this.as_value(), algorithm::upper)
    }

    /// Pad a numeric string with zeros on the left, to fill a field of the given width.
    ///
    /// The original string is never truncated.
    #[method("($self, width, /)")]
    fn zfill(vm: &mut Vm, this: &Ref<ByteArray>, width: isize) -> Result {
        common::zfill(vm, this.as_value(), width)
    }
}
