//! `mmap`: files as memory.

use crate::common::int_values;
use crate::constants;
use taipan_host::mapping::{Mapping, Sharing};
use taipan_host::{stat, system};
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Raised, Type, TypeCell};
use taipan_vm::errors::{BUFFER_ERROR, OS_ERROR};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::protocol::buffer::{Buffer, Request};
use taipan_vm::types::module::Module;
use taipan_vm::types::slice::Slice;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm};

/// `mmap.mmap`.
pub static MMAP: TypeCell<Mmap> = TypeCell::new("mmap.mmap");

/// Mapped memory with a position.
#[derive(Trace, Payload)]
#[payload(class = MMAP)]
#[repr(C)]
pub struct Mmap {
    /// `None` once it is closed.
    mapping: Opaque<Option<Mapping>>,
    position: usize,
    access: i64,
    offset: i64,
    /// Windows that are open.
    exports: usize,
    /// Whether the file may be asked for its size.
    tracks_file: bool,
    /// How memory that is of no file is shared.
    anonymous: Opaque<Option<Sharing>>,
}

/// Methods of `mmap`.
pub struct MmapClass;
/// `mmap`.
pub struct MmapModule;

const ACCESS_DEFAULT: i64 = 0;
const ACCESS_READ: i64 = 1;
const ACCESS_WRITE: i64 = 2;
const ACCESS_COPY: i64 = 3;

fn closed(vm: &mut Vm) -> Raised {
    vm.raise_value_error("mmap closed or invalid")
}

fn open<'a>(vm: &'a mut Vm, this: &'a Ref<Mmap>) -> Result<&'a mut Mapping> {
    if this.get(vm).mapping.0.is_none() {
        return Err(closed(vm));
    }
    this.get_mut(vm).mapping.0.as_mut().ok_or(Raised)
}

fn length(vm: &mut Vm, this: &Ref<Mmap>) -> Result<usize> {
    open(vm, this).map(|m| m.bytes().len())
}

fn writable<'a>(vm: &'a mut Vm, this: &'a Ref<Mmap>) -> Result<&'a mut [u8]> {
    let access = this.get(vm).access;
    let is_writable = open(vm, this)?.bytes_mut().is_some();
    if !is_writable || access == ACCESS_READ {
        return Err(vm.raise_type_error("mmap can't modify a readonly memory map."));
    }
    this.get_mut(vm).mapping.0.as_mut().and_then(Mapping::bytes_mut).ok_or(Raised)
}

fn shared<'a>(vm: &'a Vm, this: &'a Value) -> &'a [u8] {
    let mapping = this.downcast::<Mmap>().and_then(|m| m.get(vm).mapping.0.as_ref());
    mapping.map_or(&[], Mapping::bytes)
}

fn exclusive<'a>(vm: &'a mut Vm, this: &'a Value) -> &'a mut [u8] {
    let mapping = this.downcast::<Mmap>().and_then(|m| m.get_mut(vm).mapping.0.as_mut());
    mapping.and_then(Mapping::bytes_mut).unwrap_or_default()
}

fn release(vm: &mut Vm, this: &Value) {
    if let Some(m) = this.downcast::<Mmap>() {
        let m = m.get_mut(vm);
        m.exports = m.exports.saturating_sub(1);
    }
}

/// An index, counted from the end if it is negative.
fn place(vm: &mut Vm, v: &Value, len: usize) -> Result<usize> {
    let mut i = vm.to_index_isize(v)?;
    if i < 0 {
        i += len as isize;
    }
    match usize::try_from(i) {
        Ok(i) if i < len => Ok(i),
        _ => Err(vm.raise_index_error("mmap index out of range")),
    }
}

fn byte_of(vm: &mut Vm, v: &Value) -> Result<u8> {
    if v.as_int().is_none() && taipan_vm::slots::of(v.ty()).index.is_none() {
        return Err(vm.raise_type_error("mmap item value must be an int"));
    }
    let n = vm.to_index_i64(v, "ssize_t")?;
    u8::try_from(n).map_err(|_| vm.raise_value_error("mmap item value must be in range(0, 256)"))
}

fn search(
    vm: &mut Vm,
    this: &Ref<Mmap>,
    view: &Value,
    start: Option<&Value>,
    end: Option<&Value>,
    find: fn(&[u8], &[u8]) -> Option<usize>,
) -> Result<i64> {
    let wanted = vm.bytes_of(view)?;
    let len = length(vm, this)?;
    let bound = |vm: &mut Vm, v: Option<&Value>, default: usize| -> Result<usize> {
        let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(default) };
        let mut i = vm.to_index_clamped(v)?;
        if i < 0 {
            i = i.saturating_add(len as isize);
        }
        Ok((i.max(0) as usize).min(len))
    };
    let from = this.get(vm).position;
    let (start, end) = (bound(vm, start, from)?, bound(vm, end, len)?);
    let bytes = open(vm, this)?.bytes();
    let found = bytes.get(start..end).and_then(|part| find(part, &wanted));
    Ok(found.map_or(-1, |i| (i + start) as i64))
}

/// Takes bytes from the position on.
fn take(vm: &mut Vm, this: &Ref<Mmap>, n: usize) -> Result {
    let at = this.get(vm).position;
    let bytes = open(vm, this)?.bytes();
    // A file that shrank may have left the position behind its end.
    let at = at.min(bytes.len());
    let end = at.saturating_add(n).min(bytes.len());
    let mut copy = Vec::new();
    if copy.try_reserve_exact(end - at).is_err() {
        return Err(vm.raise_memory_error());
    }
    copy.extend_from_slice(&bytes[at..end]);
    this.get_mut(vm).position = end;
    vm.bytes_from_vec(copy).map(Ref::into_value)
}

fn check_resizable(vm: &mut Vm, this: &Ref<Mmap>) -> Result<()> {
    if this.get(vm).exports > 0 {
        return Err(vm.raise_class(BUFFER_ERROR.as_type(), "mmap can't resize with extant buffers exported."));
    }
    let m = this.get(vm);
    let (tracks, access) = (m.tracks_file, m.access);
    if !tracks {
        return Err(vm.raise_value_error("mmap can't resize with trackfd=False."));
    }
    if access == ACCESS_READ || access == ACCESS_COPY {
        return Err(vm.raise_type_error("mmap can't resize a readonly or copy-on-write memory map."));
    }
    Ok(())
}

/// A file, or memory of no file, as a sequence of bytes.
///
///   fileno
///     the descriptor of the file; -1 for fresh memory
///   length
///     how much of it; 0 for all
#[class(cell = MMAP, base = OBJECT, flags = BASETYPE | HAVE_GC | MANAGED_WEAKREF)]
impl MmapClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "mmap",
            params: &["fileno", "length", "flags", "prot", "access", "offset", "trackfd"],
            required: &[true, true, false, false, false, false, false],
            required_count: 2,
            positional_only: 0,
            positional: 6,
        };
        let [fileno, len, flags, prot, access, offset, track] = bind::<7>(vm, &SIGNATURE, args)?;
        let number =
            |vm: &mut Vm, v: Option<&Value>, default: i64| v.map_or(Ok(default), |v| vm.to_index_i64(v, "ssize_t"));
        let fd = number(vm, fileno, -1)? as i32;
        let len = number(vm, len, 0)?;
        let flags = number(vm, flags, i64::from(libc::MAP_SHARED))? as i32;
        let given_prot = prot.is_some();
        let prot = number(vm, prot, i64::from(libc::PROT_READ | libc::PROT_WRITE))? as i32;
        let access = number(vm, access, ACCESS_DEFAULT)?;
        let offset = number(vm, offset, 0)?;
        let tracks_file = track.map_or(Ok(true), |v| vm.is_truthy(v))?;
        if len < 0 {
            return Err(vm.raise_overflow_error("memory mapped length must be positive"));
        }
        if offset < 0 {
            return Err(vm.raise_overflow_error("memory mapped offset must be positive"));
        }
        if access != ACCESS_DEFAULT && (flags != libc::MAP_SHARED || given_prot) {
            return Err(vm.raise_value_error("mmap can't specify both access and flags, prot."));
        }
        let sharing = match access {
            ACCESS_READ => Sharing::ReadOnly,
            ACCESS_WRITE => Sharing::Shared,
            ACCESS_COPY => Sharing::Private,
            ACCESS_DEFAULT if prot & libc::PROT_WRITE == 0 => Sharing::ReadOnly,
            ACCESS_DEFAULT if flags & libc::MAP_PRIVATE != 0 => Sharing::Private,
            ACCESS_DEFAULT => Sharing::Shared,
            _ => return Err(vm.raise_value_error("mmap invalid access parameter.")),
        };
        let access = match (access, sharing, prot & libc::PROT_READ != 0) {
            (ACCESS_DEFAULT, Sharing::ReadOnly, _) => ACCESS_READ,
            (ACCESS_DEFAULT, Sharing::Shared, false) => ACCESS_WRITE,
            (access, ..) => access,
        };
        let event = int_values(vm, &[i64::from(fd), len, access, offset])?;
        vm.audit("mmap.__new__", &event)?;
        if !(offset as usize).is_multiple_of(system::page_size()) {
            return Err(vm.raise_os_error(libc::EINVAL, None));
        }
        let mut len = len as usize;
        let anonymous = fd == -1 || flags & libc::MAP_ANONYMOUS != 0;
        if !anonymous {
            let found = stat::fstat(fd);
            let found = vm.system(found)?;
            if found.is_file() {
                if len == 0 {
                    if found.size == 0 {
                        return Err(vm.raise_value_error("cannot mmap an empty file"));
                    }
                    if offset >= found.size {
                        return Err(vm.raise_value_error("mmap offset is greater than file size"));
                    }
                    len = (found.size - offset) as usize;
                } else if offset > found.size || found.size - offset < len as i64 {
                    return Err(vm.raise_value_error("mmap length is greater than file size"));
                }
            }
        }
        if len == 0 {
            return Err(vm.raise_os_error(libc::EINVAL, None));
        }
        let made = match anonymous {
            true => Mapping::anonymous(len, sharing),
            false => Mapping::file(fd, offset as usize, len, sharing),
        };
        let mapping = vm.system(made)?;
        let anonymous = Opaque(anonymous.then_some(sharing));
        let m =
            Mmap { mapping: Opaque(Some(mapping)), position: 0, access, offset, exports: 0, tracks_file, anonymous };
        Ref::new_in(vm, class, m).map(Ref::into_value)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Mmap>) -> Result {
        let class = vm.dotted_name(this.ty());
        let m = this.get(vm);
        let text = match &m.mapping.0 {
            None => format!("<{class} closed=True>"),
            Some(mapping) => {
                let access = match m.access {
                    ACCESS_READ => "ACCESS_READ",
                    ACCESS_WRITE => "ACCESS_WRITE",
                    ACCESS_COPY => "ACCESS_COPY",
                    _ => "ACCESS_DEFAULT",
                };
                let (len, at, offset) = (mapping.bytes().len(), m.position, m.offset);
                format!("<{class} closed=False, access={access}, length={len}, pos={at}, offset={offset}>")
            }
        };
        vm.new_str(&text).map(Ref::into_value)
    }

    #[slot]
    fn len(vm: &mut Vm, this: &Ref<Mmap>) -> Result<usize> {
        length(vm, this)
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Value, key: &Value) -> Result {
        let Some(m) = this.downcast::<Mmap>() else { return Err(vm.raise_wrong_receiver("__getitem__", this)) };
        let len = length(vm, m)?;
        if let Some(slice) = key.downcast::<Slice>() {
            let s = vm.slice_indices(slice, len)?;
            let mut out = Vec::new();
            if out.try_reserve_exact(s.count).is_err() {
                return Err(vm.raise_memory_error());
            }
            // Making an index may have closed or resized it.
            let bytes = open(vm, m)?.bytes();
            out.extend(s.iter().filter_map(|i| bytes.get(i).copied()));
            return vm.new_bytes(&out).map(Ref::into_value);
        }
        if key.as_int().is_none() && taipan_vm::slots::of(key.ty()).index.is_none() {
            return Err(vm.raise_type_error("mmap indices must be integers"));
        }
        let i = place(vm, key, len)?;
        match open(vm, m)?.bytes().get(i).copied() {
            Some(byte) => vm.new_int(i64::from(byte)),
            None => Err(vm.raise_index_error("mmap index out of range")),
        }
    }

    #[slot]
    fn setitem(vm: &mut Vm, this: &Value, key: &Value, value: Option<Value>) -> Result<()> {
        let Some(m) = this.downcast::<Mmap>() else { return Err(vm.raise_wrong_receiver("__setitem__", this)) };
        let len = length(vm, m)?;
        writable(vm, m)?;
        if let Some(slice) = key.downcast::<Slice>() {
            let s = vm.slice_indices(slice, len)?;
            let Some(value) = value else {
                return Err(vm.raise_type_error("mmap object doesn't support slice deletion"));
            };
            let new = vm.bytes_of(&value)?;
            // Asking for the bytes can have changed the length.
            let len = length(vm, m)?;
            let count = vm.slice_indices(slice, len)?.count;
            if new.len() != s.count || count != s.count {
                return Err(vm.raise_index_error("mmap slice assignment is wrong size"));
            }
            let bytes = writable(vm, m)?;
            for (i, byte) in s.iter().zip(new) {
                if let Some(to) = bytes.get_mut(i) {
                    *to = byte;
                }
            }
            return Ok(());
        }
        if key.as_int().is_none() && taipan_vm::slots::of(key.ty()).index.is_none() {
            return Err(vm.raise_type_error("mmap indices must be integers"));
        }
        let i = place(vm, key, len)?;
        let Some(value) = value else {
            return Err(vm.raise_type_error("mmap doesn't support item deletion"));
        };
        let byte = byte_of(vm, &value)?;
        match writable(vm, m)?.get_mut(i) {
            Some(to) => {
                *to = byte;
                Ok(())
            }
            None => Err(vm.raise_index_error("mmap index out of range")),
        }
    }

    #[slot]
    fn buffer(vm: &mut Vm, this: &Value, request: Request) -> Result<Buffer> {
        let Some(m) = this.downcast::<Mmap>() else { return Err(vm.raise_not_bytes_like(this)) };
        let len = length(vm, m)?;
        let readonly = open(vm, m)?.bytes_mut().is_none();
        if readonly && request.writable {
            return Err(vm.raise_class(BUFFER_ERROR.as_type(), "Object is not writable."));
        }
        m.get_mut(vm).exports += 1;
        let mut buffer = Buffer::bytes(this, len, shared);
        buffer.readonly = readonly;
        buffer.write = if readonly { None } else { Some(exclusive) };
        buffer.release = Some(release);
        Ok(buffer)
    }

    #[slot]
    fn release_buffer(vm: &mut Vm, this: &Value, view: &Value) -> Result<()> {
        taipan_vm::types::bytes::release_view(vm, this, view)
    }

    /// Whether it is closed.
    #[getter]
    fn closed(vm: &mut Vm, this: &Ref<Mmap>) -> Result<bool> {
        Ok(this.get(vm).mapping.0.is_none())
    }

    /// Give the memory up.
    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Ref<Mmap>) -> Result<()> {
        if this.get(vm).exports > 0 {
            return Err(vm.raise_class(BUFFER_ERROR.as_type(), "cannot close exported pointers exist"));
        }
        drop(this.get_mut(vm).mapping.0.take());
        Ok(())
    }

    #[method("($self, /)")]
    fn __enter__(vm: &mut Vm, this: &Ref<Mmap>) -> Result {
        open(vm, this)?;
        Ok(this.to_value())
    }

    #[method("($self, exc_type, exc_value, traceback, /)")]
    fn __exit__(vm: &mut Vm, this: &Ref<Mmap>, exc_type: &Value, exc_value: &Value, traceback: &Value) -> Result<()> {
        let _ = (exc_type, exc_value, traceback);
        Self::close(vm, this)
    }

    /// Where a piece begins, or -1.
    #[method("($self, view, start=None, end=None, /)")]
    fn find(vm: &mut Vm, this: &Ref<Mmap>, view: &Value, start: Option<&Value>, end: Option<&Value>) -> Result<i64> {
        search(vm, this, view, start, end, memchr::memmem::find)
    }

    /// Where the last of a piece begins, or -1.
    #[method("($self, view, start=None, end=None, /)")]
    fn rfind(vm: &mut Vm, this: &Ref<Mmap>, view: &Value, start: Option<&Value>, end: Option<&Value>) -> Result<i64> {
        search(vm, this, view, start, end, memchr::memmem::rfind)
    }

    /// Write changes to the file.
    #[method("($self, offset=0, size=None, /)")]
    fn flush(vm: &mut Vm, this: &Ref<Mmap>, offset: Option<isize>, size: Option<&Value>) -> Result<()> {
        let len = length(vm, this)?;
        let start = usize::try_from(offset.unwrap_or(0)).unwrap_or(usize::MAX);
        let size = match size.filter(|v| !v.is_none()) {
            Some(v) => usize::try_from(vm.to_index_isize(v)?).unwrap_or(usize::MAX),
            None => len,
        };
        if start.checked_add(size).is_none_or(|end| end > len) {
            return Err(vm.raise_value_error("flush values out of range"));
        }
        let access = this.get(vm).access;
        if access == ACCESS_READ || access == ACCESS_COPY {
            return Ok(());
        }
        if !start.is_multiple_of(system::page_size()) {
            return Err(vm.raise_os_error(libc::EINVAL, None));
        }
        let done = open(vm, this)?.flush(start, size);
        vm.system(done)
    }

    /// Tell how the memory will be used.
    #[method("($self, option, start=0, length=None, /)")]
    fn madvise(vm: &mut Vm, this: &Ref<Mmap>, option: i32, start: Option<isize>, length: Option<&Value>) -> Result<()> {
        let len = self::length(vm, this)?;
        let start = match usize::try_from(start.unwrap_or(0)) {
            Ok(start) if start < len => start,
            _ => return Err(vm.raise_value_error("madvise start out of bounds")),
        };
        let size = match length.filter(|v| !v.is_none()) {
            Some(v) => match usize::try_from(vm.to_index_isize(v)?) {
                Ok(size) => size,
                Err(_) => return Err(vm.raise_value_error("madvise length invalid")),
            },
            None => len,
        };
        if size > isize::MAX as usize - start {
            return Err(vm.raise_overflow_error("madvise length too large"));
        }
        let size = size.min(len - start);
        let done = open(vm, this)?.advise(start, size, option);
        vm.system(done)
    }

    /// Copy a part to another place.
    #[method("($self, dest, src, count, /)")]
    fn r#move(vm: &mut Vm, this: &Ref<Mmap>, dest: isize, src: isize, count: isize) -> Result<()> {
        let bytes = writable(vm, this)?;
        let part = |at: isize| {
            let (at, n) = (usize::try_from(at).ok()?, usize::try_from(count).ok()?);
            at.checked_add(n).filter(|end| *end <= bytes.len()).map(|end| at..end)
        };
        let (Some(from), Some(to)) = (part(src), part(dest)) else {
            return Err(vm.raise_value_error("source, destination, or count out of range"));
        };
        bytes.copy_within(from, to.start);
        Ok(())
    }

    /// Read some bytes, or all that are left.
    #[method("($self, n=None, /)")]
    fn read(vm: &mut Vm, this: &Ref<Mmap>, n: Option<&Value>) -> Result {
        let n = match n.filter(|v| !v.is_none()) {
            Some(v) => usize::try_from(vm.to_index_isize(v)?).unwrap_or(usize::MAX),
            None => usize::MAX,
        };
        take(vm, this, n)
    }

    /// Read a byte as a number.
    #[method("($self, /)")]
    fn read_byte(vm: &mut Vm, this: &Ref<Mmap>) -> Result<u8> {
        let at = this.get(vm).position;
        match open(vm, this)?.bytes().get(at).copied() {
            Some(byte) => {
                this.get_mut(vm).position += 1;
                Ok(byte)
            }
            None => Err(vm.raise_value_error("read byte out of range")),
        }
    }

    /// Read a line with its end.
    #[method("($self, /)")]
    fn readline(vm: &mut Vm, this: &Ref<Mmap>) -> Result {
        let at = this.get(vm).position;
        let rest = open(vm, this)?.bytes().get(at..).unwrap_or_default();
        let n = memchr::memchr(b'\n', rest).map_or(rest.len(), |i| i + 1);
        take(vm, this, n)
    }

    /// Change the length of the file and of the memory.
    #[method("($self, newsize, /)")]
    fn resize(vm: &mut Vm, this: &Ref<Mmap>, newsize: isize) -> Result<()> {
        open(vm, this)?;
        check_resizable(vm, this)?;
        let Ok(size) = usize::try_from(newsize) else {
            return Err(vm.raise_value_error("new size out of range"));
        };
        let len = length(vm, this)?;
        let mut kept = Vec::new();
        match this.get(vm).anonymous.0 {
            Some(Sharing::Shared) if size > len => {
                return Err(vm.raise_value_error("mmap: can't expand a shared anonymous mapping"));
            }
            // Changes are in the pages alone, which are mapped anew.
            Some(Sharing::Private) => {
                if kept.try_reserve_exact(size.min(len)).is_err() {
                    return Err(vm.raise_memory_error());
                }
                kept.extend_from_slice(&open(vm, this)?.bytes()[..size.min(len)]);
            }
            _ => {}
        }
        let done = open(vm, this)?.resize(size);
        vm.system(done)?;
        if !kept.is_empty() {
            writable(vm, this)?[..kept.len()].copy_from_slice(&kept);
        }
        Ok(())
    }

    /// Move the position, and give it.
    #[method("($self, pos, whence=0, /)")]
    fn seek(vm: &mut Vm, this: &Ref<Mmap>, pos: isize, whence: Option<i32>) -> Result<usize> {
        let len = length(vm, this)?;
        let base = match whence.unwrap_or(0) {
            0 => 0,
            1 => this.get(vm).position,
            2 => len,
            _ => return Err(vm.raise_value_error("unknown seek type")),
        };
        match (base as isize).checked_add(pos).and_then(|at| usize::try_from(at).ok()).filter(|at| *at <= len) {
            Some(at) => {
                this.get_mut(vm).position = at;
                Ok(at)
            }
            None => Err(vm.raise_value_error("seek out of range")),
        }
    }

    /// Whether the position can be moved.
    #[method("($self, /)")]
    fn seekable(_vm: &mut Vm, _this: &Ref<Mmap>) -> Result<bool> {
        Ok(true)
    }

    /// The length of the file.
    #[method("($self, /)")]
    fn size(vm: &mut Vm, this: &Ref<Mmap>) -> Result<u64> {
        if !this.get(vm).tracks_file {
            return Err(vm.raise_os_error(libc::EBADF, None));
        }
        let found = open(vm, this)?.file_size();
        vm.system(found)
    }

    /// The position.
    #[method("($self, /)")]
    fn tell(vm: &mut Vm, this: &Ref<Mmap>) -> Result<usize> {
        open(vm, this)?;
        Ok(this.get(vm).position)
    }

    /// Write bytes, and give how many.
    #[method("($self, bytes, /)")]
    fn write(vm: &mut Vm, this: &Ref<Mmap>, bytes: &Value) -> Result<usize> {
        let new = vm.bytes_of(bytes)?;
        writable(vm, this)?;
        let at = this.get(vm).position;
        let memory = writable(vm, this)?;
        let Some(to) = at.checked_add(new.len()).and_then(|end| memory.get_mut(at..end)) else {
            return Err(vm.raise_value_error("data out of range"));
        };
        to.copy_from_slice(&new);
        this.get_mut(vm).position = at + new.len();
        Ok(new.len())
    }

    /// Write a byte given as a number.
    #[method("($self, byte, /)")]
    fn write_byte(vm: &mut Vm, this: &Ref<Mmap>, byte: i64) -> Result<()> {
        let Ok(byte) = u8::try_from(byte) else {
            let text = if byte < 0 { "less than minimum" } else { "greater than maximum" };
            return Err(vm.raise_overflow_error(&format!("unsigned byte integer is {text}")));
        };
        let at = this.get(vm).position;
        match writable(vm, this)?.get_mut(at) {
            Some(to) => {
                *to = byte;
                this.get_mut(vm).position = at + 1;
                Ok(())
            }
            None => Err(vm.raise_value_error("write byte out of range")),
        }
    }
}

/// Files as memory.
#[module(name = "mmap")]
impl MmapModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        constants::set_all(vm, module, constants::mmap::ALL)?;
        for key in ["PAGESIZE", "ALLOCATIONGRANULARITY"] {
            let n = vm.new_int(system::page_size() as i64)?;
            module.set(vm, key, n)?;
        }
        vm.add_class(module, &MmapClass::class_def())?;
        module.set(vm, "error", OS_ERROR.as_type().to_value())
    }
}
