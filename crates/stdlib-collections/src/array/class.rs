//! Methods of `array.array`.

use super::kind::{self, Kind};
use super::{
    ARRAY, Array, append, append_all, append_buffer, append_bytes, get, iterator, new_array, pickle, resizable,
};
use taipan_macros::class;
use taipan_object::room;
use taipan_object::statics::OBJECT;
use taipan_object::{Bytes, Str};
use taipan_vm::errors::{DEPRECATION_WARNING, EOF_ERROR};
use taipan_vm::native::Args;
use taipan_vm::protocol::buffer::{Buffer, Request};
use taipan_vm::slots::{self, CompareOp};
use taipan_vm::types::bytes::ByteArray;
use taipan_vm::types::sequence;
use taipan_vm::types::slice::Slice;
use taipan_vm::{List, Raised, Ref, Result, Tuple, Type, Value, Vm, name};

const NO_RANGE: &str = "slice indices must be integers or have an __index__ method";

/// A type code given as a string of one character.
pub fn code_argument(vm: &mut Vm, place: &str, v: &Value) -> Result<u32> {
    let what = match v.downcast::<Str>() {
        Some(s) => match s.data().get(0) {
            Some(c) if s.len() == 1 => return Ok(c),
            _ => format!("a string of length {}", s.len()),
        },
        None => v.ty().name(),
    };
    Err(vm.raise_type_error(&format!("{place} must be a unicode character, not {what}")))
}

/// `array.tolist`.
pub fn to_list(vm: &mut Vm, this: &Ref<Array>) -> Result<Ref<List>> {
    let mut items = Vec::new();
    if items.try_reserve_exact(this.get(vm).len()).is_err() {
        return Err(vm.raise_memory_error());
    }
    let mut i = 0;
    while let Some(v) = get(vm, this, i)? {
        items.push(v);
        i += 1;
    }
    vm.new_list(items)
}

fn index(vm: &mut Vm, this: &Ref<Array>, key: &Value, doing: &str) -> Result<usize> {
    if slots::of(key.ty()).index.is_none() {
        return Err(vm.raise_type_error("array indices must be integers"));
    }
    let mut i = vm.to_index_isize(key)?;
    let len = this.get(vm).len();
    if i < 0 {
        i += len as isize;
    }
    match usize::try_from(i) {
        Ok(i) if i < len => Ok(i),
        _ => Err(vm.raise_index_error(&format!("array {doing}index out of range"))),
    }
}

/// Replaces the items `start..end`.
fn splice(vm: &mut Vm, this: &Ref<Array>, start: usize, end: usize, new: &[u8]) -> Result<()> {
    let size = this.get(vm).size();
    let (start, end) = (start * size, end.max(start) * size);
    if new.len() == end - start {
        this.get_mut(vm).data[start..end].copy_from_slice(new);
        return Ok(());
    }
    let data = resizable(vm, this)?;
    data.try_reserve(new.len().saturating_sub(end - start)).map_err(|_| Raised)?;
    data.splice(start..end, new.iter().copied());
    Ok(())
}

fn set_slice(vm: &mut Vm, this: &Ref<Array>, slice: &Ref<Slice>, value: Option<&Value>) -> Result<()> {
    let size = this.get(vm).size();
    let new = match value {
        None => Vec::new(),
        Some(v) => {
            let Some(other) = v.downcast::<Array>() else {
                let text = format!("can only assign array (not \"{}\") to array slice", v.ty().name());
                return Err(vm.raise_type_error(&text));
            };
            if other.get(vm).kind() != this.get(vm).kind() {
                return Err(bad_argument(vm));
            }
            copy(&other.get(vm).data)?
        }
    };
    let len = this.get(vm).len();
    let s = vm.slice_indices(slice, len)?;
    if s.step == 1 {
        return splice(vm, this, s.start as usize, s.start as usize + s.count, &new);
    }
    if value.is_none() {
        if s.count == 0 {
            return Ok(());
        }
        let mut gone = s.ascending().peekable();
        let data = resizable(vm, this)?;
        let mut at = 0;
        data.retain(|_| {
            let item = at / size;
            at += 1;
            while gone.next_if(|&g| g < item).is_some() {}
            gone.peek() != Some(&item)
        });
        return Ok(());
    }
    if new.len() / size != s.count {
        let text =
            format!("attempt to assign array of size {} to extended slice of size {}", new.len() / size, s.count);
        return Err(vm.raise_value_error(&text));
    }
    let data = &mut this.get_mut(vm).data;
    for (i, item) in s.iter().zip(new.chunks_exact(size)) {
        data[i * size..(i + 1) * size].copy_from_slice(item);
    }
    Ok(())
}

fn copy(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    out.try_reserve_exact(bytes.len()).map_err(|_| Raised)?;
    out.extend_from_slice(bytes);
    Ok(out)
}

#[cold]
fn bad_argument(vm: &mut Vm) -> Raised {
    vm.raise_type_error("bad argument type for built-in operation")
}

fn extend(vm: &mut Vm, this: &Ref<Array>, v: &Value) -> Result<()> {
    let Some(other) = v.downcast::<Array>() else { return append_all(vm, this, v) };
    if other.get(vm).kind() != this.get(vm).kind() {
        return Err(vm.raise_type_error("can only extend with array of same kind"));
    }
    let bytes = copy(&other.get(vm).data)?;
    append_bytes(vm, this, &bytes)
}

fn repeated(vm: &mut Vm, this: &Ref<Array>, n: isize) -> Result<Vec<u8>> {
    let data = &this.get(vm).data;
    let n = if data.is_empty() { 0 } else { n.max(0) as usize };
    let mut out = Vec::new();
    if data.len().checked_mul(n).is_none_or(|total| out.try_reserve_exact(total).is_err()) {
        return Err(vm.raise_memory_error());
    }
    for _ in 0..n {
        out.extend_from_slice(data);
    }
    Ok(out)
}

fn text(vm: &mut Vm, this: &Ref<Array>) -> Result<Ref<Str>> {
    let units = this.get(vm).data.chunks_exact(4);
    let points: Vec<u32> = room::collected(units.map(|c| u32::from_ne_bytes([c[0], c[1], c[2], c[3]])))?;
    match kind::text_of(vm, &points) {
        Some(made) => made,
        None => {
            let wrong = points.iter().find(|&&p| p > 0x10_FFFF).copied().unwrap_or(0);
            Err(vm.raise_value_error(&format!("character U+{wrong:x} is not in range [U+0000; U+10ffff]")))
        }
    }
}

fn append_text(vm: &mut Vm, this: &Ref<Array>, s: &Ref<Str>) -> Result<()> {
    let mut bytes = room::vec(4 * s.len())?;
    bytes.extend(s.data().code_points().flat_map(u32::to_ne_bytes));
    append_bytes(vm, this, &bytes)
}

/// The place of the first item that equals a value.
fn find(vm: &mut Vm, this: &Ref<Array>, value: &Value, from: usize, to: usize) -> Result<Option<usize>> {
    let mut i = from;
    while i < to
        && let Some(item) = get(vm, this, i)?
    {
        if vm.equal(&item, value)? {
            return Ok(Some(i));
        }
        i += 1;
    }
    Ok(None)
}

fn release(vm: &mut Vm, v: &Value) {
    if let Some(this) = v.downcast::<Array>() {
        let exports = &mut this.get_mut(vm).exports;
        *exports = exports.saturating_sub(1);
    }
}

fn read<'a>(vm: &'a Vm, v: &'a Value) -> &'a [u8] {
    match v.downcast::<Array>() {
        Some(this) => &this.get(vm).data,
        None => &[],
    }
}

fn write<'a>(vm: &'a mut Vm, v: &'a Value) -> &'a mut [u8] {
    match v.downcast::<Array>() {
        Some(this) => &mut this.get_mut(vm).data,
        None => &mut [],
    }
}

/// Methods of `array`.
pub struct ArrayClass;

/// array(typecode [, initializer]) -> array
///
/// Return a new array whose items are restricted by typecode, and
/// initialized from the optional initializer value, which must be a list,
/// string or iterable over elements of the appropriate type.
///
/// The type codes, and how many bytes an item takes at least:
///
///     'b'  signed char          1
///     'B'  unsigned char        1
///     'h'  short                2
///     'H'  unsigned short       2
///     'i'  int                  2
///     'I'  unsigned int         2
///     'l'  long                 4
///     'L'  unsigned long        4
///     'q'  long long            8
///     'Q'  unsigned long long   8
///     'f'  float                4
///     'd'  double               8
///     'w'  character            4
///     'u'  wchar_t, deprecated  2
///
/// The attributes typecode and itemsize tell which an array has, and how many
/// bytes an item takes.
#[class(cell = ARRAY, base = OBJECT, flags = BASETYPE | HAVE_GC | SEQUENCE | MANAGED_WEAKREF)]
impl ArrayClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        if ARRAY.as_type().is(class) || !vm.overrides_slot(class, "__init__") {
            args.no_keywords(vm, "array.array")?;
        }
        let (code, source) = match args.positional() {
            [code] => (code, None),
            [code, source] => (code, Some(source)),
            [] => return Err(vm.raise_type_error("array() takes at least 1 argument (0 given)")),
            more => {
                let n = more.len();
                return Err(vm.raise_type_error(&format!("array() takes at most 2 arguments ({n} given)")));
            }
        };
        let code = code_argument(vm, "array() argument 1", code)?;
        if code == u32::from(b'u') {
            let words = "The 'u' type code is deprecated and will be removed in Python 3.16";
            vm.warn(DEPRECATION_WARNING.as_type(), words, 1)?;
        }
        if let (Some(source), Some(kind)) = (source, Kind::new(code))
            && !kind.is_text()
        {
            let what = match source.downcast::<Array>() {
                _ if source.downcast::<Str>().is_some() => "str",
                Some(a) if a.get(vm).kind().is_text() => "unicode array",
                _ => "",
            };
            if !what.is_empty() {
                let text = format!("cannot use a {what} to initialize an array with typecode '{}'", kind.code());
                return Err(vm.raise_type_error(&text));
            }
        }
        let Some(kind) = Kind::new(code) else {
            let words = "bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)";
            return Err(vm.raise_value_error(words));
        };
        let this = new_array(vm, class, kind, Vec::new())?;
        let Some(source) = source else { return Ok(this.into_value()) };
        if source.downcast::<Bytes>().is_some() || source.downcast::<ByteArray>().is_some() {
            append_buffer(vm, &this, source)?;
        } else if let Some(s) = source.downcast::<Str>().filter(|_| kind.is_text()) {
            append_text(vm, &this, s)?;
        } else if let Some(other) =
            source.downcast::<Array>().filter(|a| a.get(vm).kind().machine_format() == kind.machine_format())
        {
            let bytes = copy(&other.get(vm).data)?;
            append_bytes(vm, &this, &bytes)?;
        } else {
            append_all(vm, &this, source)?;
        }
        this.get_mut(vm).data.shrink_to_fit();
        Ok(this.into_value())
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Array>) -> Result {
        let (name, kind) = (this.ty().short_name(), this.get(vm).kind());
        if this.get(vm).len() == 0 {
            return vm.new_str(&format!("{name}('{}')", kind.code())).map(Ref::into_value);
        }
        let items = match kind.is_text() {
            true => text(vm, this)?.into_value(),
            false => to_list(vm, this)?.into_value(),
        };
        let items = vm.repr(&items)?;
        let head = vm.new_str(&format!("{name}('{}', ", kind.code()))?;
        let close = vm.new_str(")")?;
        let made = vm.concat_str(&head, &items)?;
        vm.concat_str(&made, &close).map(Ref::into_value)
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let (Some(x), Some(y)) = (a.downcast::<Array>(), b.downcast::<Array>()) else {
            return Ok(Value::not_implemented());
        };
        let (x, y) = (x.clone(), y.clone());
        let (mut i, mut order) = (0, std::cmp::Ordering::Equal);
        if matches!(op, CompareOp::Eq | CompareOp::Ne) && x.get(vm).len() != y.get(vm).len() {
            return Ok(Value::bool(op == CompareOp::Ne));
        }
        loop {
            match (get(vm, &x, i)?, get(vm, &y, i)?) {
                (Some(p), Some(q)) => {
                    if !vm.equal(&p, &q)? {
                        return match op {
                            CompareOp::Eq => Ok(Value::bool(false)),
                            CompareOp::Ne => Ok(Value::bool(true)),
                            _ => vm.compare(&p, &q, op),
                        };
                    }
                }
                (Some(_), None) => order = std::cmp::Ordering::Greater,
                (None, Some(_)) => order = std::cmp::Ordering::Less,
                (None, None) => return Ok(Value::bool(op.holds(order))),
            }
            if order.is_ne() {
                return Ok(Value::bool(op.holds(order)));
            }
            i += 1;
        }
    }

    #[slot]
    fn len(vm: &mut Vm, this: &Ref<Array>) -> Result<usize> {
        Ok(this.get(vm).len())
    }

    #[slot]
    fn item(vm: &mut Vm, this: &Ref<Array>, i: isize) -> Result {
        let found = match usize::try_from(i) {
            Ok(i) => get(vm, this, i)?,
            Err(_) => None,
        };
        found.ok_or_else(|| vm.raise_index_error("array index out of range"))
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Ref<Array>, key: &Value) -> Result {
        if let Some(slice) = key.downcast_exact::<Slice>() {
            let (start, stop, step) = vm.slice_parts(slice)?;
            let a = this.get(vm);
            let (kind, size) = (a.kind(), a.size());
            let s = taipan_vm::types::slice::adjust(start, stop, step, a.len());
            let data = match s.step {
                1 => copy(&a.data[s.start as usize * size..][..s.count * size])?,
                _ => {
                    let mut data = room::vec(s.count * size)?;
                    s.iter().for_each(|i| data.extend_from_slice(&a.data[i * size..(i + 1) * size]));
                    data
                }
            };
            return new_array(vm, ARRAY.as_type(), kind, data).map(Ref::into_value);
        }
        let i = index(vm, this, key, "")?;
        get(vm, this, i)?.ok_or(Raised)
    }

    #[slot]
    fn setitem(vm: &mut Vm, this: &Ref<Array>, key: &Value, value: Option<Value>) -> Result<()> {
        if let Some(slice) = key.downcast_exact::<Slice>() {
            return set_slice(vm, this, slice, value.as_ref());
        }
        let i = index(vm, this, key, "assignment ")?;
        match value {
            None => splice(vm, this, i, i + 1, &[]),
            Some(v) => {
                let kind = this.get(vm).kind();
                let item = kind.encode(vm, &v)?;
                // The conversion may have made the array shorter.
                if i >= this.get(vm).len() {
                    return Err(vm.raise_index_error("array assignment index out of range"));
                }
                this.get_mut(vm).set(i, item);
                Ok(())
            }
        }
    }

    #[slot]
    fn contains(vm: &mut Vm, this: &Ref<Array>, item: &Value) -> Result<bool> {
        Ok(find(vm, this, item, 0, usize::MAX)?.is_some())
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Ref<Array>) -> Result {
        iterator::new_iterator(vm, this)
    }

    #[slot]
    fn concat(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let (Some(x), Some(y)) = (a.downcast::<Array>(), b.downcast::<Array>()) else {
            let text = format!("can only append array (not \"{}\") to array", b.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        let kind = x.get(vm).kind();
        if y.get(vm).kind() != kind {
            return Err(bad_argument(vm));
        }
        let mut data = copy(&x.get(vm).data)?;
        data.try_reserve(y.get(vm).data.len()).map_err(|_| Raised)?;
        data.extend_from_slice(&y.get(vm).data);
        new_array(vm, ARRAY.as_type(), kind, data).map(Ref::into_value)
    }

    #[slot]
    fn inplace_concat(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let Some(this) = a.downcast::<Array>() else { return Err(vm.raise_wrong_receiver("__iadd__", a)) };
        if b.downcast::<Array>().is_none() {
            let text = format!("can only extend array with array (not \"{}\")", b.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        extend(vm, this, b)?;
        Ok(a.clone())
    }

    #[slot]
    fn repeat(vm: &mut Vm, this: &Ref<Array>, n: isize) -> Result {
        let data = repeated(vm, this, n)?;
        let kind = this.get(vm).kind();
        new_array(vm, ARRAY.as_type(), kind, data).map(Ref::into_value)
    }

    #[slot]
    fn inplace_repeat(vm: &mut Vm, this: &Ref<Array>, n: isize) -> Result {
        if this.get(vm).len() > 0 && n != 1 {
            let data = repeated(vm, this, n)?;
            *resizable(vm, this)? = data;
        }
        Ok(this.to_value())
    }

    #[slot]
    fn buffer(vm: &mut Vm, this: &Value, _request: Request) -> Result<Buffer> {
        let Some(array) = this.downcast::<Array>() else { return Err(vm.raise_wrong_receiver("__buffer__", this)) };
        let a = array.get(vm);
        let mut buffer = Buffer::bytes(this, a.data.len(), read);
        buffer.format = a.kind().format().into();
        buffer.itemsize = a.size();
        buffer.shape = vec![a.len()].into();
        buffer.strides = vec![a.size() as isize].into();
        buffer.readonly = false;
        buffer.write = Some(write);
        buffer.release = Some(release);
        array.get_mut(vm).exports += 1;
        Ok(buffer)
    }

    #[slot]
    fn release_buffer(vm: &mut Vm, this: &Value, view: &Value) -> Result<()> {
        taipan_vm::types::bytes::release_view(vm, this, view)
    }

    /// Append new value v to the end of the array.
    #[method("($self, v, /)")]
    fn append(vm: &mut Vm, this: &Ref<Array>, v: &Value) -> Result<()> {
        append(vm, this, v)
    }

    /// Return a tuple (address, length) giving the current memory address and the length in items of the buffer used to hold array's contents.
    ///
    /// The length should be multiplied by the itemsize attribute to calculate
    /// the buffer length in bytes.
    #[method("($self, /)")]
    fn buffer_info(vm: &mut Vm, this: &Ref<Array>) -> Result<Ref<Tuple>> {
        let a = this.get(vm);
        let parts = vec![vm.new_uint(a.data.as_ptr() as u64)?, vm.new_int(a.len() as i64)?];
        vm.new_tuple(parts)
    }

    /// Byteswap all items of the array.
    ///
    /// If the items in the array are not 1, 2, 4, or 8 bytes in size, RuntimeError is
    /// raised.
    #[method("($self, /)")]
    fn byteswap(vm: &mut Vm, this: &Ref<Array>) -> Result<()> {
        let size = this.get(vm).size();
        for item in this.get_mut(vm).data.chunks_exact_mut(size) {
            item.reverse();
        }
        Ok(())
    }

    /// Remove all items from the array.
    #[method("($self, /)")]
    fn clear(vm: &mut Vm, this: &Ref<Array>) -> Result<()> {
        if this.get(vm).len() > 0 {
            *resizable(vm, this)? = Vec::new();
        }
        Ok(())
    }

    /// Return number of occurrences of v in the array.
    #[method("($self, v, /)")]
    fn count(vm: &mut Vm, this: &Ref<Array>, v: &Value) -> Result<usize> {
        let (mut i, mut n) = (0, 0);
        while let Some(item) = get(vm, this, i)? {
            n += usize::from(vm.equal(&item, v)?);
            i += 1;
        }
        Ok(n)
    }

    /// Append items to the end of the array.
    #[method("($self, bb, /)")]
    fn extend(vm: &mut Vm, this: &Ref<Array>, bb: &Value) -> Result<()> {
        extend(vm, this, bb)
    }

    /// Appends items from the string, interpreting it as an array of machine values, as if it had been read from a file using the fromfile() method.
    #[method("($self, buffer, /)")]
    fn frombytes(vm: &mut Vm, this: &Ref<Array>, buffer: &Value) -> Result<()> {
        append_buffer(vm, this, buffer)
    }

    /// Read n objects from the file object f and append them to the end of the array.
    #[method("($self, f, n, /)")]
    fn fromfile(vm: &mut Vm, this: &Ref<Array>, f: &Value, n: isize) -> Result<()> {
        let size = this.get(vm).size() as isize;
        if n < 0 {
            return Err(vm.raise_value_error("negative count"));
        }
        let Some(wanted) = n.checked_mul(size) else { return Err(vm.raise_memory_error()) };
        let count = vm.new_int(wanted as i64)?;
        let bytes = vm.call_method(f, name!("read"), &[count])?;
        let Some(b) = bytes.downcast::<Bytes>() else {
            return Err(vm.raise_type_error("read() didn't return bytes"));
        };
        let short = b.len() != wanted as usize;
        append_buffer(vm, this, &bytes)?;
        if short {
            return Err(vm.raise_class(EOF_ERROR.as_type(), "read() didn't return enough bytes"));
        }
        Ok(())
    }

    /// Append items to array from list.
    #[method("($self, list, /)")]
    fn fromlist(vm: &mut Vm, this: &Ref<Array>, list: &Value) -> Result<()> {
        let Some(items) = list.downcast::<List>() else { return Err(vm.raise_type_error("arg must be list")) };
        let (before, n) = (this.get(vm).data.len(), items.get(vm).len());
        let mut i = 0;
        while let Some(v) = items.items(vm).get(i).cloned() {
            let mut done = append(vm, this, &v);
            if done.is_ok() && items.get(vm).len() != n {
                done = Err(vm.raise_runtime_error("list changed size during iteration"));
            }
            if let Err(raised) = done {
                this.get_mut(vm).data.truncate(before);
                return Err(raised);
            }
            i += 1;
        }
        Ok(())
    }

    /// Extends this array with data from the unicode string ustr.
    ///
    /// The array must be a unicode type array; otherwise a ValueError is raised.
    /// Use array.frombytes(ustr.encode(...)) to append Unicode data to an array of
    /// some other type.
    #[method("($self, ustr, /)")]
    fn fromunicode(vm: &mut Vm, this: &Ref<Array>, ustr: &Ref<Str>) -> Result<()> {
        if !this.get(vm).kind().is_text() {
            let words = "fromunicode() may only be called on unicode type arrays ('u' or 'w')";
            return Err(vm.raise_value_error(words));
        }
        append_text(vm, this, ustr)
    }

    /// Return index of first occurrence of v in the array.
    ///
    /// Raise ValueError if the value is not present.
    #[method("($self, v, start=0, stop=sys.maxsize, /)")]
    fn index(vm: &mut Vm, this: &Ref<Array>, v: &Value, start: Option<&Value>, stop: Option<&Value>) -> Result<usize> {
        let mut bounds = [None, None];
        for (bound, given) in bounds.iter_mut().zip([start, stop]) {
            let Some(given) = given else { continue };
            if slots::of(given.ty()).index.is_none() {
                return Err(vm.raise_type_error(NO_RANGE));
            }
            *bound = Some(vm.to_search_bound(given)?);
        }
        let (from, to) = sequence::search_bounds(bounds[0], bounds[1], this.get(vm).len());
        match find(vm, this, v, from, to)? {
            Some(i) => Ok(i),
            None => Err(vm.raise_value_error("array.index(x): x not in array")),
        }
    }

    /// Insert a new item v into the array before position i.
    #[method("($self, i, v, /)")]
    fn insert(vm: &mut Vm, this: &Ref<Array>, i: isize, v: &Value) -> Result<()> {
        let kind = this.get(vm).kind();
        let item = kind.encode(vm, v)?;
        let len = this.get(vm).len() as isize;
        let at = if i < 0 { (i + len).max(0) } else { i.min(len) } as usize;
        splice(vm, this, at, at, &item[..kind.size()])
    }

    /// Return the i-th element and delete it from the array.
    ///
    /// i defaults to -1.
    #[method("($self, i=-1, /)")]
    fn pop(vm: &mut Vm, this: &Ref<Array>, i: Option<isize>) -> Result {
        let len = this.get(vm).len() as isize;
        if len == 0 {
            return Err(vm.raise_index_error("pop from empty array"));
        }
        let i = i.unwrap_or(-1);
        let i = if i < 0 { i + len } else { i };
        if i < 0 || i >= len {
            return Err(vm.raise_index_error("pop index out of range"));
        }
        let item = get(vm, this, i as usize)?.ok_or(Raised)?;
        splice(vm, this, i as usize, i as usize + 1, &[])?;
        Ok(item)
    }

    /// Remove the first occurrence of v in the array.
    #[method("($self, v, /)")]
    fn remove(vm: &mut Vm, this: &Ref<Array>, v: &Value) -> Result<()> {
        match find(vm, this, v, 0, usize::MAX)? {
            Some(i) => splice(vm, this, i, i + 1, &[]),
            None => Err(vm.raise_value_error("array.remove(x): x not in array")),
        }
    }

    /// Reverse the order of the items in the array.
    #[method("($self, /)")]
    fn reverse(vm: &mut Vm, this: &Ref<Array>) -> Result<()> {
        let size = this.get(vm).size();
        let data = &mut this.get_mut(vm).data;
        data.reverse();
        for item in data.chunks_exact_mut(size) {
            item.reverse();
        }
        Ok(())
    }

    /// Convert the array to an array of machine values and return the bytes representation.
    #[method("($self, /)")]
    fn tobytes(vm: &mut Vm, this: &Ref<Array>) -> Result<Ref<Bytes>> {
        vm.new_bytes(&this.get(vm).data)
    }

    /// Write all items (as machine values) to the file object f.
    #[method("($self, f, /)")]
    fn tofile(vm: &mut Vm, this: &Ref<Array>, f: &Value) -> Result<()> {
        const BLOCK: usize = 64 * 1024;
        let mut at = 0;
        loop {
            let data = &this.get(vm).data;
            let Some(rest) = data.get(at..).filter(|r| !r.is_empty()) else { return Ok(()) };
            let block = vm.new_bytes(&rest[..rest.len().min(BLOCK)])?.into_value();
            vm.call_method(f, name!("write"), &[block])?;
            at += BLOCK;
        }
    }

    /// Convert array to an ordinary list with the same items.
    #[method("($self, /)")]
    fn tolist(vm: &mut Vm, this: &Ref<Array>) -> Result<Ref<List>> {
        to_list(vm, this)
    }

    /// Extends this array with data from the unicode string ustr.
    ///
    /// Convert the array to a unicode string.  The array must be a unicode type array;
    /// otherwise a ValueError is raised.  Use array.tobytes().decode() to obtain a
    /// unicode string from an array of some other type.
    #[method("($self, /)")]
    fn tounicode(vm: &mut Vm, this: &Ref<Array>) -> Result<Ref<Str>> {
        if !this.get(vm).kind().is_text() {
            let words = "tounicode() may only be called on unicode type arrays ('u' or 'w')";
            return Err(vm.raise_value_error(words));
        }
        text(vm, this)
    }

    /// Return a copy of the array.
    #[method("($self, /)")]
    fn __copy__(vm: &mut Vm, this: &Ref<Array>) -> Result {
        let (kind, data) = (this.get(vm).kind(), copy(&this.get(vm).data)?);
        new_array(vm, ARRAY.as_type(), kind, data).map(Ref::into_value)
    }

    /// Return a copy of the array.
    #[method("($self, unused, /)")]
    fn __deepcopy__(vm: &mut Vm, this: &Ref<Array>, _unused: &Value) -> Result {
        ArrayClass::__copy__(vm, this)
    }

    /// Return state information for pickling.
    #[method("($self, value, /)")]
    fn __reduce_ex__(vm: &mut Vm, this: &Ref<Array>, value: &Value) -> Result<Ref<Tuple>> {
        pickle::reduce(vm, this, value)
    }

    /// Size of the array in memory, in bytes.
    #[method("($self, /)")]
    fn __sizeof__(vm: &mut Vm, this: &Ref<Array>) -> Result<usize> {
        Ok(this.ty().basicsize() + this.get(vm).data.capacity())
    }

    /// See PEP 585
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        taipan_vm::types::generic_alias::new_alias(vm, class.clone(), object.clone())
    }

    /// the typecode character used to create the array
    #[getter]
    fn typecode(vm: &mut Vm, this: &Ref<Array>) -> Result<&'static str> {
        Ok(this.get(vm).kind().code())
    }

    /// the size, in bytes, of one array item
    #[getter]
    fn itemsize(vm: &mut Vm, this: &Ref<Array>) -> Result<usize> {
        Ok(this.get(vm).size())
    }
}
