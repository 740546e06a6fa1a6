//! Methods of `memoryview`, and its iterator.

use super::memory::{self, MEMORYVIEW, MemoryView, window};
use super::{common, memory_item};
use crate::native::{Args, Signature};
use crate::protocol::buffer::{Buffer, Request};
use crate::slots::{self, CompareOp};
use crate::{Ref, Result, Str, Tuple, Type, Value, Vm};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;

/// Methods of `memoryview`.
pub struct MemoryViewClass;

static NEW: Signature = Signature {
    name: "memoryview",
    params: &["object"],
    required: &[true],
    required_count: 1,
    positional_only: 0,
    positional: 1,
};

fn tuple_of(vm: &mut Vm, numbers: &[isize]) -> Result<Ref<Tuple>> {
    let mut items = Vec::with_capacity(numbers.len());
    for &n in numbers {
        items.push(vm.new_int(n as i64)?);
    }
    vm.new_tuple(items)
}

/// The length of a view that can be searched.
fn searchable(vm: &mut Vm, this: &Ref<MemoryView>) -> Result<usize> {
    let shape = &window(vm, this)?.shape;
    match (shape.len(), shape.first()) {
        (1, Some(&n)) => Ok(n),
        (0, _) => Err(vm.raise_type_error("invalid lookup on 0-dim memory")),
        _ => Err(vm.raise_not_implemented_error("multi-dimensional lookup is not implemented")),
    }
}

/// Create a new memoryview object which references the given object.
#[class(cell = MEMORYVIEW, base = OBJECT, flags = HAVE_GC | MANAGED_WEAKREF | SEQUENCE, signature = "(object)")]
impl MemoryViewClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        let [object] = crate::native::bind::<1>(vm, &NEW, args)?;
        let object = object.cloned().unwrap_or_else(Value::none);
        memory::view_of(vm, &object, Request { writable: false })
    }

    #[slot]
    fn finalize(vm: &mut Vm, this: &Value) {
        if let Some(this) = this.downcast::<MemoryView>() {
            memory::release(vm, this);
        }
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<MemoryView>) -> Result {
        let what = if this.get(vm).buffer.is_some() { "memory" } else { "released memory" };
        vm.new_str(&format!("<{what} at {:#x}>", this.as_value().bits())).map(Ref::into_value)
    }

    #[slot]
    fn hash(vm: &mut Vm, this: &Ref<MemoryView>) -> Result<i64> {
        if let Some(hash) = this.get(vm).hash {
            return Ok(hash);
        }
        let b = window(vm, this)?;
        let (readonly, bytes) = (b.readonly, memory_item::is_byte(&b.format));
        if !readonly {
            return Err(vm.raise_value_error("cannot hash writable memoryview object"));
        }
        if !bytes {
            return Err(vm.raise_value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
        }
        let owner = window(vm, this)?.owner.clone();
        memory::pinned(vm, this, |vm| vm.hash(&owner))?;
        let all = memory::gather(vm, this)?;
        let hash = taipan_object::str::hash_bytes(&all);
        this.get_mut(vm).hash = Some(hash);
        Ok(hash)
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let (Some(this), CompareOp::Eq | CompareOp::Ne) = (a.downcast::<MemoryView>(), op) else {
            return Ok(Value::not_implemented());
        };
        let released = |vm: &Vm, v: &Ref<MemoryView>| v.get(vm).buffer.is_none();
        let equal = if released(vm, this) || b.downcast::<MemoryView>().is_some_and(|b| released(vm, b)) {
            a.is(b)
        } else if slots::of(b.ty()).buffer.is_some() {
            memory::equal(vm, this, b)?
        } else {
            return Ok(Value::not_implemented());
        };
        Ok(Value::bool(equal == (op == CompareOp::Eq)))
    }

    #[slot]
    fn len(vm: &mut Vm, this: &Ref<MemoryView>) -> Result<usize> {
        match window(vm, this)?.shape.first() {
            Some(&n) => Ok(n),
            None => Err(vm.raise_type_error("0-dim memory has no length")),
        }
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Ref<MemoryView>, key: &Value) -> Result {
        memory::get_item(vm, this, key)
    }

    #[slot]
    fn setitem(vm: &mut Vm, this: &Ref<MemoryView>, key: &Value, value: Option<Value>) -> Result<()> {
        memory::set_item(vm, this, key, value.as_ref())
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Ref<MemoryView>) -> Result {
        let n = window(vm, this)?.shape.len();
        match n {
            0 => Err(vm.raise_type_error("invalid indexing of 0-dim memory")),
            1 => Ref::new(vm, MemoryIterator { view: Some(this.clone()), index: 0 }).map(Ref::into_value),
            _ => Err(vm.raise_not_implemented_error("multi-dimensional sub-views are not implemented")),
        }
    }

    #[slot]
    fn buffer(vm: &mut Vm, this: &Value, request: Request) -> Result<Buffer> {
        match this.downcast::<MemoryView>() {
            Some(this) => memory::reopen(vm, this, request),
            None => Err(vm.raise_not_bytes_like(this)),
        }
    }

    #[slot]
    fn release_buffer(vm: &mut Vm, this: &Value, view: &Value) -> Result<()> {
        super::release_view(vm, this, view)
    }

    /// Release the underlying buffer exposed by the memoryview object.
    #[method("($self, /)")]
    fn release(vm: &mut Vm, this: &Ref<MemoryView>) -> Result<()> {
        memory::try_release(vm, this)
    }

    /// Return the data in the buffer as a byte string.
    ///
    /// Order can be {'C', 'F', 'A'}.  When order is 'C' or 'F', the data of
    /// the original array is converted to C or Fortran order.  For
    /// contiguous views, 'A' returns an exact copy of the physical memory.
    /// In particular, in-memory Fortran order is preserved.  For
    /// non-contiguous views, the data is converted to C first.  order=None
    /// is the same as order='C'.
    #[method("($self, /, order='C')")]
    fn tobytes(vm: &mut Vm, this: &Ref<MemoryView>, order: Option<&Value>) -> Result {
        let order = match order.filter(|o| !o.is_none()) {
            None => "C".to_owned(),
            Some(o) => match o.downcast::<Str>() {
                Some(s) => s.to_string_lossy(),
                None => {
                    let text = format!("tobytes() argument 'order' must be str or None, not {}", o.ty().name());
                    return Err(vm.raise_type_error(&text));
                }
            },
        };
        let fortran = window(vm, this)?.is_f_contiguous();
        let all = match order.as_str() {
            "C" => memory::gather(vm, this)?,
            "A" if !fortran => memory::gather(vm, this)?,
            "F" | "A" => memory::gather_fortran(vm, this)?,
            _ => return Err(vm.raise_value_error("order must be 'C', 'F' or 'A'")),
        };
        vm.bytes_from_vec(all).map(Ref::into_value)
    }

    /// Return the data in the buffer as a str of hexadecimal numbers.
    ///
    ///   sep
    ///     An optional single character or byte to separate hex bytes.
    ///   bytes_per_sep
    ///     How many bytes between separators.  Positive values count from
    ///     the right, negative values count from the left.
    ///
    /// Example:
    /// >>> value = memoryview(b'\xb9\x01\xef')
    /// >>> value.hex()
    /// 'b901ef'
    /// >>> value.hex(':')
    /// 'b9:01:ef'
    /// >>> value.hex(':', 2)
    /// 'b9:01ef'
    /// >>> value.hex(':', -2)
    /// 'b901:ef'
    #[method("($self, /, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn hex(vm: &mut Vm, this: &Ref<MemoryView>, sep: Option<&Value>, bytes_per_sep: Option<i32>) -> Result<Ref<Str>> {
        let all = memory::gather(vm, this)?;
        memory::pinned(vm, this, |vm| common::hex_text(vm, &all, sep, bytes_per_sep))
    }

    /// Return the data in the buffer as a list of elements.
    #[method("($self, /)")]
    fn tolist(vm: &mut Vm, this: &Ref<MemoryView>) -> Result {
        memory::to_list(vm, this)
    }

    /// Cast a memoryview to a new format or shape.
    #[method("($self, /, format, shape=<unrepresentable>)")]
    fn cast(vm: &mut Vm, this: &Ref<MemoryView>, format: &str, shape: Option<&Value>) -> Result {
        memory::cast(vm, this, format, shape)
    }

    /// Return a readonly version of the memoryview.
    #[method("($self, /)")]
    fn toreadonly(vm: &mut Vm, this: &Ref<MemoryView>) -> Result {
        memory::derive(vm, this, |b| b.readonly = true)
    }

    /// Create a new memoryview object which references the given object.
    #[classmethod("($type, /, object, flags)")]
    fn _from_flags(vm: &mut Vm, _class: &Value, object: &Value, flags: i32) -> Result {
        memory::view_of(vm, object, Request { writable: flags & 1 != 0 })
    }

    /// Count the number of occurrences of a value.
    #[method("($self, value, /)")]
    fn count(vm: &mut Vm, this: &Ref<MemoryView>, value: &Value) -> Result<usize> {
        let it = MemoryViewClass::iter(vm, this)?;
        let mut n = 0;
        while let Some(item) = vm.next(&it)? {
            n += usize::from(vm.equal(&item, value)?);
        }
        Ok(n)
    }

    /// Return the index of the first occurrence of a value.
    ///
    /// Raises ValueError if the value is not present.
    #[method("($self, value, start=0, stop=sys.maxsize, /)")]
    fn index(
        vm: &mut Vm,
        this: &Ref<MemoryView>,
        value: &Value,
        start: Option<&Value>,
        stop: Option<&Value>,
    ) -> Result<usize> {
        let n = searchable(vm, this)?;
        let start = start.map_or(Ok(0), |v| vm.to_search_bound(v))?;
        let stop = stop.map_or(Ok(isize::MAX), |v| vm.to_search_bound(v))?;
        let (start, stop) = taipan_text::units::clip(start, stop, n);
        for i in start..stop {
            let item = memory::nth(vm, this, i)?;
            if vm.equal(&item, value)? {
                return Ok(i);
            }
        }
        Err(vm.raise_value_error("memoryview.index(x): x not found"))
    }

    #[method("($self, /)")]
    fn __enter__(vm: &mut Vm, this: &Ref<MemoryView>) -> Result {
        window(vm, this)?;
        Ok(this.to_value())
    }

    /// Release the underlying buffer exposed by the memoryview object.
    #[method("($self, /, *exc_info)")]
    fn __exit__(vm: &mut Vm, this: &Ref<MemoryView>, args: Args<'_>) -> Result<()> {
        args.expect(vm, "__exit__", 0, usize::MAX)?;
        memory::try_release(vm, this)
    }

    /// memoryviews are generic over the type of their underlying data
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        crate::types::generic_alias::new_alias(vm, class.clone(), object.clone())
    }

    /// The underlying object of the memoryview.
    #[getter]
    fn obj(vm: &mut Vm, this: &Ref<MemoryView>) -> Result {
        let b = window(vm, this)?;
        Ok(b.wrapper.as_ref().unwrap_or(&b.owner).clone())
    }

    /// The amount of space in bytes that the array would use in
    ///  a contiguous representation.
    #[getter]
    fn nbytes(vm: &mut Vm, this: &Ref<MemoryView>) -> Result<usize> {
        Ok(window(vm, this)?.len)
    }

    /// A bool indicating whether the memory is read only.
    #[getter]
    fn readonly(vm: &mut Vm, this: &Ref<MemoryView>) -> Result<bool> {
        Ok(window(vm, this)?.readonly)
    }

    /// The size in bytes of each element of the memoryview.
    #[getter]
    fn itemsize(vm: &mut Vm, this: &Ref<MemoryView>) -> Result<usize> {
        Ok(window(vm, this)?.itemsize)
    }

    /// A string containing the format (in struct module style)
    ///  for each element in the view.
    #[getter]
    fn format(vm: &mut Vm, this: &Ref<MemoryView>) -> Result<String> {
        Ok(window(vm, this)?.format.clone().into_owned())
    }

    /// An integer indicating how many dimensions of a multi-dimensional
    ///  array the memory represents.
    #[getter]
    fn ndim(vm: &mut Vm, this: &Ref<MemoryView>) -> Result<usize> {
        Ok(window(vm, this)?.shape.len())
    }

    /// A tuple of ndim integers giving the shape of the memory
    ///  as an N-dimensional array.
    #[getter]
    fn shape(vm: &mut Vm, this: &Ref<MemoryView>) -> Result<Ref<Tuple>> {
        let shape: Vec<isize> = window(vm, this)?.shape.iter().map(|&n| n as isize).collect();
        tuple_of(vm, &shape)
    }

    /// A tuple of ndim integers giving the size in bytes to access
    ///  each element for each dimension of the array.
    #[getter]
    fn strides(vm: &mut Vm, this: &Ref<MemoryView>) -> Result<Ref<Tuple>> {
        let strides = window(vm, this)?.strides.clone();
        tuple_of(vm, &strides)
    }

    /// A tuple of integers used internally for PIL-style arrays.
    #[getter]
    fn suboffsets(vm: &mut Vm, this: &Ref<MemoryView>) -> Result<Ref<Tuple>> {
        window(vm, this)?;
        tuple_of(vm, &[])
    }

    /// A bool indicating whether the memory is C contiguous.
    #[getter]
    fn c_contiguous(vm: &mut Vm, this: &Ref<MemoryView>) -> Result<bool> {
        Ok(window(vm, this)?.is_c_contiguous())
    }

    /// A bool indicating whether the memory is Fortran contiguous.
    #[getter]
    fn f_contiguous(vm: &mut Vm, this: &Ref<MemoryView>) -> Result<bool> {
        Ok(window(vm, this)?.is_f_contiguous())
    }

    /// A bool indicating whether the memory is contiguous.
    #[getter]
    fn contiguous(vm: &mut Vm, this: &Ref<MemoryView>) -> Result<bool> {
        let b = window(vm, this)?;
        Ok(b.is_c_contiguous() || b.is_f_contiguous())
    }
}

/// `memory_iterator`.
pub static MEMORY_ITERATOR: TypeCell<MemoryIterator> = TypeCell::new("memory_iterator");

/// Goes through the items of a view of one dimension.
#[derive(Trace, Payload)]
#[payload(class = MEMORY_ITERATOR)]
#[repr(C)]
pub struct MemoryIterator {
    view: Option<Ref<MemoryView>>,
    index: usize,
}

/// Methods of `memory_iterator`.
pub struct MemoryIteratorClass;

#[class(cell = MEMORY_ITERATOR, base = OBJECT, flags = HAVE_GC)]
impl MemoryIteratorClass {
    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<MemoryIterator>) -> Result<Option<Value>> {
        let it = this.get(vm);
        let (Some(view), index) = (it.view.clone(), it.index) else { return Ok(None) };
        let n = window(vm, &view)?.shape.first().copied().unwrap_or(0);
        if index >= n {
            this.get_mut(vm).view = None;
            return Ok(None);
        }
        this.get_mut(vm).index += 1;
        memory::nth(vm, &view, index).map(Some)
    }
}
