//! `memoryview`: a window on an exporter's memory, and what its methods do.
//!
//! Each view opens a window of its own on the exporter itself, never on another view: views can be released in any
//! order, and no chain of views is walked.

use super::memory_item as item;
use crate::protocol::buffer::{Buffer, Request};
use crate::types::slice::Slice;
use crate::{Ref, Result, Value, Vm, slots};
use taipan_macros::{Payload, Trace};
use taipan_object::{Raised, Tuple, TypeCell};

/// `memoryview`.
pub static MEMORYVIEW: TypeCell<MemoryView> = TypeCell::new("memoryview");

/// A window, until it is released.
#[derive(Trace, Payload)]
#[payload(class = MEMORYVIEW)]
#[repr(C)]
pub struct MemoryView {
    /// Nothing once it is released.
    pub buffer: Option<Buffer>,
    /// The hash, which outlives the window.
    pub hash: Option<i64>,
    /// How many methods need the window open while they run Python code.
    pins: u32,
}

impl MemoryView {
    pub fn new(buffer: Buffer) -> MemoryView {
        MemoryView { buffer: Some(buffer), hash: None, pins: 0 }
    }
}

/// The greatest number of dimensions.
pub const MOST_DIMENSIONS: usize = 64;

/// A view of a bytes-like object.
pub fn view_of(vm: &mut Vm, object: &Value, request: Request) -> Result {
    if slots::of(object.ty()).buffer.is_none() {
        let given = object.ty().name();
        return Err(vm.raise_type_error(&format!("memoryview: a bytes-like object is required, not '{given}'")));
    }
    let buffer = vm.buffer(object, request)?;
    Ref::new(vm, MemoryView::new(buffer)).map(Ref::into_value)
}

/// The window of a view that is not released.
pub fn window<'a>(vm: &'a mut Vm, this: &'a Ref<MemoryView>) -> Result<&'a Buffer> {
    if this.get(vm).buffer.is_none() {
        return Err(vm.raise_value_error("operation forbidden on released memoryview object"));
    }
    this.get(vm).buffer.as_ref().ok_or(Raised)
}

/// Opens a further window like this one.
pub fn reopen(vm: &mut Vm, this: &Ref<MemoryView>, request: Request) -> Result<Buffer> {
    let b = window(vm, this)?;
    if request.writable && b.readonly {
        let words = "memoryview: underlying buffer is not writable";
        return Err(vm.raise_class(crate::errors::BUFFER_ERROR.as_type(), words));
    }
    let owner = b.wrapper.as_ref().unwrap_or(&b.owner).clone();
    let opener = b.opener.filter(|_| b.wrapper.is_none());
    let mut new = match opener {
        Some(open) => open(vm, &owner, request)?,
        None => vm.buffer(&owner, request)?,
    };
    let b = window(vm, this)?;
    new.opener = opener;
    new.len = b.len;
    new.readonly = b.readonly;
    new.format.clone_from(&b.format);
    new.itemsize = b.itemsize;
    new.shape.clone_from(&b.shape);
    new.strides.clone_from(&b.strides);
    new.offset = b.offset;
    Ok(new)
}

/// Another view of the same memory.
pub fn derive(vm: &mut Vm, this: &Ref<MemoryView>, change: impl FnOnce(&mut Buffer)) -> Result {
    let mut buffer = reopen(vm, this, Request { writable: false })?;
    change(&mut buffer);
    Ref::new(vm, MemoryView::new(buffer)).map(Ref::into_value)
}

/// Does something that may run Python code, which cannot close the window meanwhile.
pub fn pinned<R>(vm: &mut Vm, this: &Ref<MemoryView>, work: impl FnOnce(&mut Vm) -> Result<R>) -> Result<R> {
    window(vm, this)?;
    this.get_mut(vm).pins += 1;
    let result = work(vm);
    this.get_mut(vm).pins -= 1;
    result
}

/// Closes the window at the wish of a program.
pub fn try_release(vm: &mut Vm, this: &Ref<MemoryView>) -> Result<()> {
    let pins = this.get(vm).pins;
    if pins > 0 && this.get(vm).buffer.is_some() {
        let text = format!("memoryview has {pins} exported buffer{}", if pins == 1 { "" } else { "s" });
        return Err(vm.raise_class(crate::errors::BUFFER_ERROR.as_type(), &text));
    }
    release(vm, this);
    Ok(())
}

/// Closes the window.
pub fn release(vm: &mut Vm, this: &Ref<MemoryView>) {
    if let Some(buffer) = this.get_mut(vm).buffer.take() {
        vm.release_buffer(buffer);
    }
}

/// The item whose first byte is at `at`.
fn item_at(vm: &mut Vm, this: &Ref<MemoryView>, at: isize) -> Result {
    window(vm, this)?;
    let Some(b) = &this.get(vm).buffer else { return Err(Raised) };
    let mut bytes = [0u8; 8];
    let n = b.itemsize.min(8);
    let at = at as usize;
    bytes[..n].copy_from_slice(&(b.read)(vm, &b.owner)[at..at + n]);
    let format = b.format.clone();
    item::unpack(vm, &format, &bytes[..n])
}

/// Item `i` of a view of one dimension.
pub fn nth(vm: &mut Vm, this: &Ref<MemoryView>, i: usize) -> Result {
    let b = window(vm, this)?;
    let at = b.offset as isize + b.strides.first().map_or(0, |s| s * i as isize);
    item_at(vm, this, at)
}

/// The place of the item with these indices.
fn locate(vm: &mut Vm, this: &Ref<MemoryView>, indices: &[Value]) -> Result<isize> {
    let n = window(vm, this)?.shape.len();
    if indices.len() < n {
        return Err(vm.raise_not_implemented_error("sub-views are not implemented"));
    }
    if indices.len() > n {
        let text = format!("cannot index {n}-dimension view with {}-element tuple", indices.len());
        return Err(vm.raise_type_error(&text));
    }
    let mut at = window(vm, this)?.offset as isize;
    for (d, v) in indices.iter().enumerate() {
        let i = vm.to_index_isize(v)?;
        let b = window(vm, this)?;
        let (length, stride) = (b.shape[d], b.strides[d]);
        let i = if i < 0 { i.saturating_add_unsigned(length) } else { i };
        if !(0..length as isize).contains(&i) {
            return Err(vm.raise_index_error(&format!("index out of bounds on dimension {}", d + 1)));
        }
        at += i * stride;
    }
    Ok(at)
}

/// What a key of a view means.
enum Key {
    /// One item, by its place.
    Item(isize),
    /// A part along the first dimension.
    Part(Ref<Slice>),
    /// All of it.
    All,
}

fn is_index(v: &Value) -> bool {
    slots::of(v.ty()).index.is_some()
}

fn key_of(vm: &mut Vm, this: &Ref<MemoryView>, key: &Value) -> Result<Key> {
    let n = window(vm, this)?.shape.len();
    let tuple = key.downcast::<Tuple>();
    if n == 0 {
        return match tuple {
            Some(t) if t.len() == 0 => locate(vm, this, &[]).map(Key::Item),
            _ if key.is(&taipan_object::ELLIPSIS.value()) => Ok(Key::All),
            _ => Err(vm.raise_type_error("invalid indexing of 0-dim memory")),
        };
    }
    if is_index(key) {
        if n > 1 {
            return Err(vm.raise_not_implemented_error("multi-dimensional sub-views are not implemented"));
        }
        return locate(vm, this, std::slice::from_ref(key)).map(Key::Item);
    }
    if let Some(slice) = key.downcast::<Slice>() {
        return Ok(Key::Part(slice.clone()));
    }
    if let Some(t) = tuple {
        if t.items().iter().all(is_index) {
            return locate(vm, this, t.items()).map(Key::Item);
        }
        if t.items().iter().all(|v| v.downcast::<Slice>().is_some()) {
            return Err(vm.raise_not_implemented_error("multi-dimensional slicing is not implemented"));
        }
    }
    Err(vm.raise_type_error("memoryview: invalid slice key"))
}

/// A view of a part along the first dimension. Its window is open before the slice can run Python code.
fn part(vm: &mut Vm, this: &Ref<MemoryView>, slice: &Ref<Slice>) -> Result {
    let mut b = reopen(vm, this, Request { writable: false })?;
    match vm.slice_indices(slice, b.shape[0]) {
        Ok(s) => {
            let step = b.strides[0];
            if s.count > 0 {
                b.offset = (b.offset as isize + s.start * step) as usize;
            }
            b.shape[0] = s.count;
            b.strides[0] = step.saturating_mul(s.step);
            b.len = b.shape.iter().product::<usize>() * b.itemsize;
            Ref::new(vm, MemoryView::new(b)).map(Ref::into_value)
        }
        Err(raised) => {
            vm.release_buffer(b);
            Err(raised)
        }
    }
}

/// `view[key]`.
pub fn get_item(vm: &mut Vm, this: &Ref<MemoryView>, key: &Value) -> Result {
    match key_of(vm, this, key)? {
        Key::Item(at) => item_at(vm, this, at),
        Key::Part(slice) => part(vm, this, &slice),
        Key::All => Ok(this.to_value()),
    }
}

fn write(vm: &mut Vm, this: &Ref<MemoryView>, at: isize, stride: isize, items: &[u8]) -> Result<()> {
    let b = window(vm, this)?;
    let (owner, size, f) = (b.owner.clone(), b.itemsize, b.write);
    let Some(f) = f else { return Err(vm.raise_type_error("cannot modify read-only memory")) };
    let all = f(vm, &owner);
    for (i, item) in items.chunks_exact(size.max(1)).enumerate() {
        let at = (at + i as isize * stride) as usize;
        all[at..at + size].copy_from_slice(item);
    }
    Ok(())
}

/// `view[key] = value`.
pub fn set_item(vm: &mut Vm, this: &Ref<MemoryView>, key: &Value, value: Option<&Value>) -> Result<()> {
    let b = window(vm, this)?;
    let (readonly, format, n) = (b.readonly, b.format.clone(), b.shape.len());
    if readonly {
        return Err(vm.raise_type_error("cannot modify read-only memory"));
    }
    let Some(value) = value else { return Err(vm.raise_type_error("cannot delete memory")) };
    match key_of(vm, this, key)? {
        Key::Item(at) => {
            let packed = item::pack(vm, &format, value)?;
            write(vm, this, at, 0, &packed)
        }
        Key::Part(_) if n > 1 => {
            Err(vm.raise_not_implemented_error("memoryview slice assignments are currently restricted to ndim = 1"))
        }
        Key::Part(slice) => {
            let from = vm.buffer(value, Request { writable: false })?;
            let items = from.gather(vm);
            let (shape, from_format) = (from.shape.clone(), from.format.clone());
            vm.release_buffer(from);
            let items = items?;
            let length = window(vm, this)?.shape[0];
            let s = vm.slice_indices(&slice, length)?;
            if *shape != [s.count] || !item::same(&from_format, &format) {
                let words = "memoryview assignment: lvalue and rvalue have different structures";
                return Err(vm.raise_value_error(words));
            }
            let b = window(vm, this)?;
            let (at, stride) = (b.offset as isize + s.start * b.strides[0], b.strides[0] * s.step);
            write(vm, this, at, stride, &items)
        }
        Key::All => {
            let packed = item::pack(vm, &format, value)?;
            let at = window(vm, this)?.offset as isize;
            write(vm, this, at, 0, &packed)
        }
    }
}

/// The bytes of all items.
pub fn gather(vm: &mut Vm, this: &Ref<MemoryView>) -> Result<Vec<u8>> {
    window(vm, this)?;
    match &this.get(vm).buffer {
        Some(b) => b.gather(vm),
        None => Err(Raised),
    }
}

/// The bytes of all items, the first index changing fastest.
pub fn gather_fortran(vm: &mut Vm, this: &Ref<MemoryView>) -> Result<Vec<u8>> {
    let b = window(vm, this)?;
    let (shape, itemsize) = (b.shape.clone(), b.itemsize);
    let all = gather(vm, this)?;
    let mut out = Vec::new();
    out.try_reserve_exact(all.len()).map_err(|_| Raised)?;
    let mut index = vec![0usize; shape.len()];
    for _ in 0..all.len() / itemsize.max(1) {
        let at = index.iter().zip(shape.iter()).fold(0, |at, (i, n)| at * n + i) * itemsize;
        out.extend_from_slice(&all[at..at + itemsize]);
        for (i, n) in index.iter_mut().zip(shape.iter()) {
            *i += 1;
            if *i < *n {
                break;
            }
            *i = 0;
        }
    }
    Ok(out)
}

/// The items as nested lists.
pub fn to_list(vm: &mut Vm, this: &Ref<MemoryView>) -> Result {
    let b = window(vm, this)?;
    let (shape, itemsize, format) = (b.shape.clone(), b.itemsize, b.format.clone());
    let all = gather(vm, this)?;
    nest(vm, &shape, itemsize, &format, &all)
}

fn nest(vm: &mut Vm, shape: &[usize], itemsize: usize, format: &str, all: &[u8]) -> Result {
    let Some((&n, rest)) = shape.split_first() else { return item::unpack(vm, format, all) };
    let size = rest.iter().product::<usize>() * itemsize;
    let mut items = Vec::new();
    items.try_reserve_exact(n).map_err(|_| Raised)?;
    for i in 0..n {
        items.push(nest(vm, rest, itemsize, format, &all[i * size..(i + 1) * size])?);
    }
    vm.new_list(items).map(Ref::into_value)
}

/// Whether both have the same shape and equal items.
pub fn equal(vm: &mut Vm, this: &Ref<MemoryView>, other: &Value) -> Result<bool> {
    let b = window(vm, this)?;
    let (shape, format, itemsize) = (b.shape.clone(), b.format.clone(), b.itemsize);
    let theirs = vm.buffer(other, Request { writable: false })?;
    let their_bytes = theirs.gather(vm);
    let (their_shape, their_format, their_size) = (theirs.shape.clone(), theirs.format.clone(), theirs.itemsize);
    vm.release_buffer(theirs);
    let their_bytes = their_bytes?;
    if shape != their_shape {
        return Ok(false);
    }
    let mine = gather(vm, this)?;
    if item::same(&format, &their_format) && item::code(&format).is_some_and(|c| !matches!(c, 'e' | 'f' | 'd' | '?')) {
        return Ok(mine == their_bytes);
    }
    if item::code(&format).is_none() || item::code(&their_format).is_none() {
        return Ok(false);
    }
    for (x, y) in mine.chunks_exact(itemsize.max(1)).zip(their_bytes.chunks_exact(their_size.max(1))) {
        let (x, y) = (item::unpack(vm, &format, x)?, item::unpack(vm, &their_format, y)?);
        if !vm.equal(&x, &y)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `cast`.
pub fn cast(vm: &mut Vm, this: &Ref<MemoryView>, format: &str, shape: Option<&Value>) -> Result {
    let b = window(vm, this)?;
    let (contiguous, old, old_shape, len) = (b.is_c_contiguous(), b.format.clone(), b.shape.clone(), b.len);
    if !contiguous {
        return Err(vm.raise_type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    if (shape.is_some() || old_shape.len() != 1) && old_shape.contains(&0) {
        return Err(vm.raise_type_error("memoryview: cannot cast view with zeros in shape or strides"));
    }
    let shape = match shape {
        None => None,
        Some(v) if v.downcast::<Tuple>().is_none() && v.downcast::<taipan_object::List>().is_none() => {
            return Err(vm.raise_type_error("shape must be a list or a tuple"));
        }
        Some(v) => {
            let sizes = vm.collect(v)?;
            if sizes.len() > MOST_DIMENSIONS {
                return Err(vm.raise_value_error("memoryview: number of dimensions must not exceed 64"));
            }
            if old_shape.len() != 1 && !sizes.is_empty() {
                return Err(vm.raise_type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
            }
            Some(sizes)
        }
    };
    let Some((code, itemsize)) = item::code(format).and_then(|c| Some((c, item::size(c)?))) else {
        let words =
            "memoryview: destination format must be a native single character format prefixed with an optional '@'";
        return Err(vm.raise_value_error(words));
    };
    if !item::is_byte(&old) && !matches!(code, 'B' | 'b' | 'c') {
        return Err(vm.raise_type_error("memoryview: cannot cast between two non-byte formats"));
    }
    if len % itemsize != 0 {
        return Err(vm.raise_type_error("memoryview: length is not a multiple of itemsize"));
    }
    let shape = match shape {
        None => vec![len / itemsize],
        Some(sizes) => {
            let mut shape = Vec::with_capacity(sizes.len());
            let mut product = itemsize;
            for v in &sizes {
                let n = match v.as_int() {
                    Some(taipan_object::IntRef::Small(n)) if n > 0 => n as usize,
                    Some(_) => {
                        let words = "memoryview.cast(): elements of shape must be integers > 0";
                        return Err(vm.raise_value_error(words));
                    }
                    None => return Err(vm.raise_type_error("memoryview.cast(): elements of shape must be integers")),
                };
                let Some(next) = product.checked_mul(n).filter(|&p| p <= isize::MAX as usize) else {
                    return Err(vm.raise_value_error("memoryview.cast(): product(shape) > SSIZE_MAX"));
                };
                product = next;
                shape.push(n);
            }
            if product != len {
                return Err(vm.raise_type_error("memoryview: product(shape) * itemsize != buffer size"));
            }
            shape
        }
    };
    let format = format.to_owned();
    derive(vm, this, |b| {
        let mut step = itemsize as isize;
        let mut strides = vec![0; shape.len()];
        for (stride, n) in strides.iter_mut().zip(&shape).rev() {
            *stride = step;
            step *= *n as isize;
        }
        (b.format, b.itemsize, b.shape, b.strides) = (format.into(), itemsize, shape.into(), strides.into());
    })
}
