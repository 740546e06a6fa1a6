//! `BytesIO`: a stream over bytes in memory.

use crate::common::{self, size_argument};
use crate::iobase::{self, BUFFERED_IO_BASE, IoBase};
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::{Bytes, Dict, Raised, Tuple, TypeCell};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::protocol::buffer::{Buffer, Request};
use taipan_vm::types::bytes::MEMORYVIEW;
use taipan_vm::{Ref, Result, Type, Value, Vm};

/// `_io.BytesIO`.
pub static BYTES_IO: TypeCell<BytesIo> = TypeCell::new("_io.BytesIO");
/// `_io._BytesIOBuffer`.
pub static BYTES_IO_BUFFER: TypeCell<BytesIoBuffer> = TypeCell::new("_io._BytesIOBuffer");

/// The bytes, and where the stream stands.
#[derive(Trace, Payload)]
#[payload(class = BYTES_IO, base = base)]
#[repr(C)]
pub struct BytesIo {
    base: IoBase,
    held: Held,
    pos: usize,
    closed: bool,
    /// Windows that are open: while there are any, the length stays.
    exports: usize,
}

/// The bytes: an object that was given or given out, until they are changed.
#[derive(Trace)]
enum Held {
    Shared(Ref<Bytes>),
    Own(Vec<u8>),
}

impl BytesIo {
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.held {
            Held::Shared(b) => b.as_bytes(),
            Held::Own(v) => v,
        }
    }

    /// The next bytes, at most `most`.
    fn rest(&self, most: isize) -> &[u8] {
        let all = self.as_bytes();
        let rest = &all[self.pos.min(all.len())..];
        if most < 0 { rest } else { &rest[..rest.len().min(most as usize)] }
    }
}

/// What `getbuffer` shows the memory of.
#[derive(Trace, Payload)]
#[payload(class = BYTES_IO_BUFFER, frozen)]
#[repr(C)]
pub struct BytesIoBuffer {
    source: Ref<BytesIo>,
}

fn check_closed(vm: &mut Vm, this: &Ref<BytesIo>) -> Result<()> {
    match this.get(vm).closed {
        true => Err(vm.raise_value_error("I/O operation on closed file.")),
        false => Ok(()),
    }
}

fn check_exports(vm: &mut Vm, this: &Ref<BytesIo>) -> Result<()> {
    match this.get(vm).exports {
        0 => Ok(()),
        _ => Err(vm.raise_buffer_error("Existing exports of data: object cannot be re-sized")),
    }
}

/// The bytes, to change them.
fn own<'a>(vm: &'a mut Vm, this: &'a Ref<BytesIo>) -> Result<&'a mut Vec<u8>> {
    let io = this.get_mut(vm);
    if let Held::Shared(shared) = &io.held {
        let mut copy = Vec::new();
        copy.try_reserve(shared.len()).map_err(|_| Raised)?;
        copy.extend_from_slice(shared.as_bytes());
        io.held = Held::Own(copy);
    }
    match &mut io.held {
        Held::Own(v) => Ok(v),
        Held::Shared(_) => Err(Raised),
    }
}

/// Takes `n` bytes off the front, as an object.
fn advance(vm: &mut Vm, this: &Ref<BytesIo>, n: usize) -> Result {
    let io = this.get(vm);
    let all = io.as_bytes();
    if let Held::Shared(shared) = &io.held
        && io.pos == 0
        && n == all.len()
        && n > 1
        && shared.ty().is(taipan_object::statics::BYTES.as_type())
    {
        let shared = shared.to_value();
        this.get_mut(vm).pos = n;
        return Ok(shared);
    }
    let part = &io.rest(n as isize)[..n];
    let made = vm.new_bytes(part)?.into_value();
    this.get_mut(vm).pos += n;
    Ok(made)
}

fn line_length(vm: &Vm, this: &Ref<BytesIo>, limit: isize) -> usize {
    let rest = this.get(vm).rest(-1);
    let n = memchr::memchr(b'\n', rest).map_or(rest.len(), |i| i + 1);
    if limit >= 0 { n.min(limit as usize) } else { n }
}

/// Writes a slice that is not the stream's own.
fn write_slice(vm: &mut Vm, this: &Ref<BytesIo>, new: &[u8]) -> Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    let pos = this.get(vm).pos;
    let Some(end) = pos.checked_add(new.len()).filter(|&e| e <= isize::MAX as usize) else {
        return Err(vm.raise_overflow_error("new buffer size too large"));
    };
    let data = own(vm, this)?;
    if end > data.len() {
        data.try_reserve(end - data.len()).map_err(|_| Raised)?;
        if pos > data.len() {
            data.resize(pos, 0);
        }
        let over = data.len() - pos;
        data[pos..].copy_from_slice(&new[..over]);
        data.extend_from_slice(&new[over..]);
    } else {
        data[pos..end].copy_from_slice(new);
    }
    this.get_mut(vm).pos = end;
    Ok(())
}

fn write(vm: &mut Vm, this: &Ref<BytesIo>, b: &Value) -> Result<usize> {
    check_closed(vm, this)?;
    check_exports(vm, this)?;
    match b.downcast::<Bytes>() {
        Some(b) => {
            write_slice(vm, this, b.as_bytes())?;
            Ok(b.len())
        }
        None => {
            let copy = vm.bytes_of(b)?;
            // Asking for the bytes may have run code that closed the stream or opened windows.
            check_closed(vm, this)?;
            check_exports(vm, this)?;
            write_slice(vm, this, &copy)?;
            Ok(copy.len())
        }
    }
}

fn get_value(vm: &mut Vm, this: &Ref<BytesIo>) -> Result {
    if let Held::Shared(shared) = &this.get(vm).held
        && shared.ty().is(taipan_object::statics::BYTES.as_type())
    {
        return Ok(shared.to_value());
    }
    let made = vm.new_bytes(this.get(vm).as_bytes())?;
    if this.get(vm).exports == 0 {
        this.get_mut(vm).held = Held::Shared(made.clone());
    }
    Ok(made.into_value())
}

fn set_initial(vm: &mut Vm, this: &Ref<BytesIo>, initial: Option<&Value>) -> Result<()> {
    let held = match initial.filter(|v| !v.is_none()) {
        None => Held::Own(Vec::new()),
        Some(v) => match v.downcast_exact::<Bytes>() {
            Some(b) => Held::Shared(b.clone()),
            None => Held::Own(vm.bytes_of(v)?),
        },
    };
    let io = this.get_mut(vm);
    let old = std::mem::replace(&mut io.held, held);
    io.pos = 0;
    drop(old);
    Ok(())
}

static INIT: Signature = Signature {
    name: "BytesIO",
    params: &["initial_bytes"],
    required: &[false],
    required_count: 0,
    positional_only: 0,
    positional: 1,
};

/// Methods of `_io.BytesIO`.
pub struct BytesIoClass;

/// A stream of bytes in memory.
#[class(cell = BYTES_IO, base = BUFFERED_IO_BASE, flags = BASETYPE | HAVE_GC, signature = "(initial_bytes=b'')")]
impl BytesIoClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        iobase::check_abstract(vm, class)?;
        let io = BytesIo { base: IoBase {}, held: Held::Own(Vec::new()), pos: 0, closed: false, exports: 0 };
        Ref::new_in(vm, class, io).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        let Some(this) = this.downcast::<BytesIo>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
        let [initial] = bind::<1>(vm, &INIT, args)?;
        check_exports(vm, this)?;
        set_initial(vm, this, initial)
    }

    #[method("($self, /)")]
    fn readable(vm: &mut Vm, this: &Ref<BytesIo>) -> Result<bool> {
        check_closed(vm, this).map(|()| true)
    }

    #[method("($self, /)")]
    fn writable(vm: &mut Vm, this: &Ref<BytesIo>) -> Result<bool> {
        check_closed(vm, this).map(|()| true)
    }

    #[method("($self, /)")]
    fn seekable(vm: &mut Vm, this: &Ref<BytesIo>) -> Result<bool> {
        check_closed(vm, this).map(|()| true)
    }

    #[method("($self, /)")]
    fn flush(vm: &mut Vm, this: &Ref<BytesIo>) -> Result<()> {
        check_closed(vm, this)
    }

    #[method("($self, /)")]
    fn isatty(vm: &mut Vm, this: &Ref<BytesIo>) -> Result<bool> {
        check_closed(vm, this).map(|()| false)
    }

    /// The position.
    #[method("($self, /)")]
    fn tell(vm: &mut Vm, this: &Ref<BytesIo>) -> Result<usize> {
        check_closed(vm, this)?;
        Ok(this.get(vm).pos)
    }

    /// All the bytes, wherever the position is.
    #[method("($self, /)")]
    fn getvalue(vm: &mut Vm, this: &Ref<BytesIo>) -> Result {
        check_closed(vm, this)?;
        get_value(vm, this)
    }

    /// A view of the bytes that can be read and written without copying.
    #[method("($self, /)")]
    fn getbuffer(vm: &mut Vm, this: &Ref<BytesIo>) -> Result {
        check_closed(vm, this)?;
        let window = Ref::new(vm, BytesIoBuffer { source: this.clone() })?.into_value();
        vm.call(&MEMORYVIEW.as_type().to_value(), &[window])
    }

    /// Read up to size bytes, all there are by default.
    #[method("($self, size=-1, /)")]
    fn read(vm: &mut Vm, this: &Ref<BytesIo>, size: Option<&Value>) -> Result {
        let size = size_argument(vm, size)?;
        check_closed(vm, this)?;
        let n = this.get(vm).rest(size).len();
        advance(vm, this, n)
    }

    /// The same as read().
    #[method("($self, size=-1, /)")]
    fn read1(vm: &mut Vm, this: &Ref<BytesIo>, size: Option<&Value>) -> Result {
        BytesIoClass::read(vm, this, size)
    }

    /// Read a line, of at most size bytes.
    #[method("($self, size=-1, /)")]
    fn readline(vm: &mut Vm, this: &Ref<BytesIo>, size: Option<&Value>) -> Result {
        let size = size_argument(vm, size)?;
        check_closed(vm, this)?;
        let n = line_length(vm, this, size);
        advance(vm, this, n)
    }

    /// Read a list of lines: no more once they have size bytes together.
    #[method("($self, size=None, /)")]
    fn readlines(vm: &mut Vm, this: &Ref<BytesIo>, size: Option<&Value>) -> Result {
        check_closed(vm, this)?;
        let most = match size.filter(|s| !s.is_none()) {
            None => 0,
            Some(s) if taipan_vm::slots::of(s.ty()).index.is_some() => common::index(vm, s)?,
            Some(s) => {
                let text = format!("integer argument expected, got '{}'", s.ty().name());
                return Err(vm.raise_type_error(&text));
            }
        };
        let mut lines = Vec::new();
        let mut total = 0;
        loop {
            let n = line_length(vm, this, -1);
            if n == 0 {
                break;
            }
            let line = advance(vm, this, n)?;
            if lines.try_reserve(1).is_err() {
                return Err(vm.raise_memory_error());
            }
            lines.push(line);
            total += n as isize;
            if most > 0 && total >= most {
                break;
            }
        }
        vm.new_list(lines).map(Ref::into_value)
    }

    /// Read into a writable buffer; answers the number of bytes.
    #[method("($self, buffer, /)")]
    fn readinto(vm: &mut Vm, this: &Ref<BytesIo>, buffer: &Value) -> Result<usize> {
        let buffer = common::writable(vm, buffer)?;
        if let Err(raised) = check_closed(vm, this) {
            vm.release_buffer(buffer);
            return Err(raised);
        }
        let copy = this.get(vm).rest(buffer.len as isize).to_vec();
        this.get_mut(vm).pos += copy.len();
        common::store(vm, &buffer, 0, &copy);
        vm.release_buffer(buffer);
        Ok(copy.len())
    }

    /// Cut off at a size, the position by default; answers the new size. The position stays.
    #[method("($self, size=None, /)")]
    fn truncate(vm: &mut Vm, this: &Ref<BytesIo>, size: Option<&Value>) -> Result<usize> {
        // What gives the size may close the stream or open windows.
        let given = match size.filter(|s| !s.is_none()) {
            None => None,
            Some(s) => Some(size_argument(vm, Some(s))?),
        };
        check_closed(vm, this)?;
        check_exports(vm, this)?;
        let size = given.unwrap_or(this.get(vm).pos as isize);
        if size < 0 {
            return Err(vm.raise_value_error(&format!("negative size value {size}")));
        }
        if (size as usize) < this.get(vm).as_bytes().len() {
            own(vm, this)?.truncate(size as usize);
        }
        Ok(size as usize)
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Value) -> Result {
        if let Some(io) = this.downcast::<BytesIo>() {
            check_closed(vm, io)?;
        }
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<BytesIo>) -> Result<Option<Value>> {
        check_closed(vm, this)?;
        match line_length(vm, this, -1) {
            0 => Ok(None),
            n => advance(vm, this, n).map(Some),
        }
    }

    /// Move the position: from the start (0), the present position (1) or the end (2).
    #[method("($self, pos, whence=0, /)")]
    fn seek(vm: &mut Vm, this: &Ref<BytesIo>, pos: &Value, whence: Option<i32>) -> Result<usize> {
        let pos = common::index(vm, pos)?;
        check_closed(vm, this)?;
        let whence = whence.unwrap_or(0);
        if pos < 0 && whence == 0 {
            return Err(vm.raise_value_error(&format!("negative seek value {pos}")));
        }
        let start = match whence {
            0 => 0,
            1 => this.get(vm).pos,
            2 => this.get(vm).as_bytes().len(),
            _ => {
                let text = format!("invalid whence ({whence}, should be 0, 1 or 2)");
                return Err(vm.raise_value_error(&text));
            }
        };
        let Some(to) = (start as isize).checked_add(pos) else {
            return Err(vm.raise_overflow_error("new position too large"));
        };
        let to = to.max(0) as usize;
        this.get_mut(vm).pos = to;
        Ok(to)
    }

    /// Write bytes; answers their number.
    #[method("($self, b, /)")]
    fn write(vm: &mut Vm, this: &Ref<BytesIo>, b: &Value) -> Result<usize> {
        write(vm, this, b)
    }

    /// Write each of an iterable of bytes.
    #[method("($self, lines, /)")]
    fn writelines(vm: &mut Vm, this: &Ref<BytesIo>, lines: &Value) -> Result<()> {
        check_closed(vm, this)?;
        let it = vm.iter(lines)?;
        while let Some(line) = vm.next(&it)? {
            write(vm, this, &line)?;
        }
        Ok(())
    }

    /// Give up the bytes.
    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Ref<BytesIo>) -> Result<()> {
        check_exports(vm, this)?;
        let io = this.get_mut(vm);
        io.closed = true;
        let old = std::mem::replace(&mut io.held, Held::Own(Vec::new()));
        drop(old);
        Ok(())
    }

    #[method("($self, /)")]
    fn __getstate__(vm: &mut Vm, this: &Ref<BytesIo>) -> Result {
        let value = BytesIoClass::getvalue(vm, this)?;
        let pos = vm.new_uint(this.get(vm).pos as u64)?;
        let dict = state_dict(vm, this.as_value())?;
        vm.new_tuple(vec![value, pos, dict]).map(Ref::into_value)
    }

    #[method("($self, object, /)")]
    fn __setstate__(vm: &mut Vm, this: &Ref<BytesIo>, state: &Value) -> Result<()> {
        let items = match state.downcast::<Tuple>() {
            Some(t) if t.len() >= 3 => t.items(),
            _ => {
                let (class, given) = (common::class_name(this.ty()), state.ty().name());
                let text = format!("{class}.__setstate__ argument should be 3-tuple, got {given}");
                return Err(vm.raise_type_error(&text));
            }
        };
        check_closed(vm, this)?;
        check_exports(vm, this)?;
        set_initial(vm, this, Some(&items[0]))?;
        if items[1].as_int().is_none() {
            let text = format!("second item of state must be an integer, not {}", items[1].ty().name());
            return Err(vm.raise_type_error(&text));
        }
        let pos = common::index(vm, &items[1])?;
        if pos < 0 {
            return Err(vm.raise_value_error("position value cannot be negative"));
        }
        this.get_mut(vm).pos = pos as usize;
        set_state_dict(vm, this.as_value(), &items[2], "third")
    }

    #[method("($self, /)")]
    fn __sizeof__(vm: &mut Vm, this: &Ref<BytesIo>) -> Result<usize> {
        let held = match &this.get(vm).held {
            Held::Own(v) => v.capacity(),
            Held::Shared(_) => 0,
        };
        Ok(this.ty().basicsize() + held)
    }

    /// True if the file is closed.
    #[getter]
    fn closed(vm: &mut Vm, this: &Ref<BytesIo>) -> Result<bool> {
        Ok(this.get(vm).closed)
    }
}

/// A copy of the instance's dict for pickling, or `None`.
pub fn state_dict(vm: &mut Vm, this: &Value) -> Result {
    match vm.instance_dict(this)? {
        Some(d) if d.get(vm).len() > 0 => {
            let copy = d.get(vm).copy()?;
            Ref::new(vm, copy).map(Ref::into_value)
        }
        _ => Ok(Value::none()),
    }
}

/// Restores the instance's dict.
pub fn set_state_dict(vm: &mut Vm, this: &Value, dict: &Value, which: &str) -> Result<()> {
    if dict.is_none() {
        return Ok(());
    }
    let Some(from) = dict.downcast::<Dict>() else {
        let text = format!("{which} item of state should be a dict, got a {}", dict.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    match vm.instance_dict(this)? {
        Some(to) => vm.dict_update(&to, from),
        None => Ok(()),
    }
}

fn read_window<'a>(vm: &'a Vm, v: &'a Value) -> &'a [u8] {
    v.downcast::<BytesIoBuffer>().map_or(&[], |b| b.source.get(vm).as_bytes())
}

fn write_window<'a>(vm: &'a mut Vm, v: &'a Value) -> &'a mut [u8] {
    match v.downcast::<BytesIoBuffer>().map(|b| &mut b.source.get_mut(vm).held) {
        Some(Held::Own(v)) => v,
        _ => &mut [],
    }
}

fn release_window(vm: &mut Vm, v: &Value) {
    if let Some(b) = v.downcast::<BytesIoBuffer>() {
        let exports = &mut b.source.get_mut(vm).exports;
        *exports = exports.saturating_sub(1);
    }
}

/// The window that `getbuffer` opens.
pub struct BytesIoBufferClass;

#[class(cell = BYTES_IO_BUFFER, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl BytesIoBufferClass {
    #[slot]
    fn buffer(vm: &mut Vm, this: &Value, _request: Request) -> Result<Buffer> {
        let Some(b) = this.downcast::<BytesIoBuffer>() else { return Err(vm.raise_wrong_receiver("__buffer__", this)) };
        let source = b.source.clone();
        let len = own(vm, &source)?.len();
        source.get_mut(vm).exports += 1;
        let mut buffer = Buffer::bytes(this, len, read_window);
        buffer.readonly = false;
        buffer.write = Some(write_window);
        buffer.release = Some(release_window);
        Ok(buffer)
    }
}
