//! `_IOBase` and the three classes below it: what every stream can do, by way of the methods it has.

use crate::buffered;
use crate::bytesio::BYTES_IO;
use crate::common::{self, call_method, size_argument, unsupported};
use crate::stringio::STRING_IO;
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::{Bytes, TypeCell, TypeFlags};
use taipan_vm::native::Args;
use taipan_vm::types::bytes::ByteArray;
use taipan_vm::{Dict, Raised, Ref, Result, Type, Value, Vm, name};

/// `_io._IOBase`.
pub static IO_BASE: TypeCell<IoBase> = TypeCell::new("_io._IOBase");
/// `_io._RawIOBase`.
pub static RAW_IO_BASE: TypeCell<IoBase> = TypeCell::new("_io._RawIOBase");
/// `_io._BufferedIOBase`.
pub static BUFFERED_IO_BASE: TypeCell<IoBase> = TypeCell::new("_io._BufferedIOBase");
/// `_io._TextIOBase`.
pub static TEXT_IO_BASE: TypeCell<IoBase> = TypeCell::new("_io._TextIOBase");

/// What all streams begin with: nothing but their dict.
#[derive(Trace, Payload, Default)]
#[payload(class = IO_BASE)]
#[repr(C)]
pub struct IoBase {}

fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
    if !args.all().is_empty() && !vm.overrides_slot(class, "__init__") {
        let name = common::class_name(class);
        return Err(vm.raise_type_error(&format!("{name}() takes no arguments")));
    }
    check_abstract(vm, class)?;
    Ref::new_in(vm, class, IoBase {}).map(Ref::into_value)
}

/// Refuses to make instances of abstract classes.
pub fn check_abstract(vm: &mut Vm, class: &Ref<Type>) -> Result<()> {
    if class.flags().has(TypeFlags::ABSTRACT) {
        return Err(vm.raise_abstract(class));
    }
    Ok(())
}

/// Whether `close` of the base class has been called.
fn base_closed(vm: &mut Vm, this: &Value) -> Result<bool> {
    vm.get_attr_opt(this, name!("__IOBase_closed")).map(|v| v.is_some())
}

/// Whether a stream says that it is closed.
pub fn is_closed(vm: &mut Vm, this: &Value) -> Result<bool> {
    let closed = vm.get_attr(this, name!("closed"))?;
    vm.is_truthy(&closed)
}

/// `ValueError` for a closed stream.
pub fn check_closed(vm: &mut Vm, this: &Value) -> Result<()> {
    match is_closed(vm, this)? {
        true => Err(vm.raise_value_error("I/O operation on closed file.")),
        false => Ok(()),
    }
}

/// `_checkReadable` and its relatives.
pub fn check_ability(vm: &mut Vm, stream: &Value, method: &Ref<taipan_vm::Str>, what: &str) -> Result<()> {
    let answer = vm.call_method(stream, method, &[])?;
    if answer.is_true() {
        return Ok(());
    }
    Err(unsupported(vm, &format!("File or stream is not {what}.")))
}

/// `close` of the base class: flushes, once.
pub fn close(vm: &mut Vm, this: &Value) -> Result<()> {
    if base_closed(vm, this)? {
        return Ok(());
    }
    let flushed = vm.call_method(this, name!("flush"), &[]);
    common::both(vm, flushed, |vm| vm.set_attr(this, name!("__IOBase_closed"), Some(Value::bool(true))))
}

/// What a stream does when it dies: it is closed.
pub fn finalize(vm: &mut Vm, this: &Value) {
    // Closing a stream in memory, which no program has changed, frees what is freed anyway.
    if BYTES_IO.is_exact(this) || STRING_IO.is_exact(this) {
        return;
    }
    let closed = match vm.get_attr(this, name!("closed")).and_then(|c| vm.is_truthy(&c)) {
        Ok(closed) => closed,
        Err(raised) => {
            // Nothing can be said of one that was never set up.
            drop(vm.take_raised(raised));
            true
        }
    };
    if closed {
        return;
    }
    let set = vm.set_attr(this, name!("_finalizing"), Some(Value::bool(true)));
    vm.ignore(set);
    if let Err(raised) = vm.call_method(this, name!("close"), &[]) {
        vm.report_unraisable_about(raised, "while finalizing file ", Some(this));
    }
}

/// `readline` by way of `peek`, where there is one, and `read`.
fn readline(vm: &mut Vm, this: &Value, limit: isize) -> Result {
    let plain = buffered::plain_reader(vm, this);
    let peek = match &plain {
        Some(_) => None,
        None => vm.get_attr_opt(this, name!("peek"))?,
    };
    let mut line: Vec<u8> = Vec::new();
    while limit < 0 || (line.len() as isize) < limit {
        let mut wanted = 1;
        if peek.is_some() || plain.is_some() {
            let ahead = loop {
                let ahead = match (&plain, &peek) {
                    (Some(reader), _) => buffered::peek(vm, reader),
                    (None, Some(peek)) => vm.call(peek, &[Value::from_i32(1)]),
                    (None, None) => break Value::none(),
                };
                match ahead {
                    Err(raised) => common::interrupted(vm, raised)?,
                    Ok(ahead) => break ahead,
                }
            };
            let Some(ahead) = ahead.downcast::<Bytes>() else {
                let given = ahead.ty().name();
                let text = format!("peek() should have returned a bytes object, not '{given}'");
                return Err(common::os_error(vm, &text));
            };
            let mut ahead = ahead.as_bytes();
            if limit >= 0 {
                ahead = &ahead[..ahead.len().min(limit as usize - line.len())];
            }
            if !ahead.is_empty() {
                wanted = ahead.iter().position(|&b| b == b'\n').map_or(ahead.len(), |i| i + 1);
            }
        }
        let count = vm.new_uint(wanted as u64)?;
        let got = match &plain {
            Some(reader) => loop {
                match buffered::read(vm, reader, Some(&count)) {
                    Err(raised) => common::interrupted(vm, raised)?,
                    Ok(got) => break got,
                }
            },
            None => call_method(vm, this, name!("read"), &[count])?,
        };
        let Some(got) = got.downcast::<Bytes>() else {
            let text = format!("read() should have returned a bytes object, not '{}'", got.ty().name());
            return Err(common::os_error(vm, &text));
        };
        if got.len() == 0 {
            break;
        }
        line.try_reserve(got.len()).map_err(|_| Raised)?;
        line.extend_from_slice(got.as_bytes());
        if line.last() == Some(&b'\n') {
            break;
        }
    }
    common::bytes(vm, &line)
}

/// Writes each line of an iterable.
pub fn write_lines(vm: &mut Vm, this: &Value, lines: &Value) -> Result<()> {
    check_closed(vm, this)?;
    let it = vm.iter(lines)?;
    while let Some(line) = vm.next(&it)? {
        call_method(vm, this, name!("write"), &[line])?;
    }
    Ok(())
}

/// Methods of `_io._IOBase`.
pub struct IoBaseClass;

/// The abstract base class of all streams.
///
/// Where a method makes no sense for a kind of stream, it raises UnsupportedOperation, which is an OSError and a
/// ValueError. Streams are their own iterators over lines, and context managers that close at the end.
#[class(cell = IO_BASE, base = OBJECT, flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF, signature = "()")]
impl IoBaseClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        new(vm, class, args)
    }

    #[slot]
    fn finalize(vm: &mut Vm, this: &Value) {
        finalize(vm, this)
    }

    #[getter]
    fn __dict__(vm: &mut Vm, this: &Value) -> Result {
        Ok(vm.instance_dict(this)?.map_or_else(Value::none, Ref::into_value))
    }

    #[setter]
    fn set___dict__(vm: &mut Vm, this: &Value, value: Option<&Value>) -> Result<()> {
        let Some(value) = value else { return Err(vm.raise_type_error("cannot delete __dict__")) };
        let Some(dict) = value.downcast::<Dict>() else {
            let text = format!("__dict__ must be set to a dictionary, not a '{}'", value.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        vm.set_instance_dict(this, Some(dict.clone()));
        Ok(())
    }

    /// Move the position; answers the new one.
    #[method("($self, offset, whence=os.SEEK_SET, /)")]
    fn seek(vm: &mut Vm, _this: &Value, _args: Args<'_>) -> Result {
        Err(unsupported(vm, "seek"))
    }

    /// The position.
    #[method("($self, /)")]
    fn tell(vm: &mut Vm, this: &Value) -> Result {
        vm.call_method(this, name!("seek"), &[Value::from_i32(0), Value::from_i32(1)])
    }

    /// Cut off or extend to a size, the position by default; answers the new size.
    #[method("($self, size=None, /)")]
    fn truncate(vm: &mut Vm, _this: &Value, _size: Option<&Value>) -> Result {
        Err(unsupported(vm, "truncate"))
    }

    /// Hand on what is buffered for writing.
    #[method("($self, /)")]
    fn flush(vm: &mut Vm, this: &Value) -> Result<()> {
        if base_closed(vm, this)? {
            return Err(vm.raise_value_error("I/O operation on closed file."));
        }
        Ok(())
    }

    /// Flush and close; closing twice does no harm.
    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Value) -> Result<()> {
        close(vm, this)
    }

    /// Whether the position can be moved.
    #[method("($self, /)")]
    fn seekable(vm: &mut Vm, _this: &Value) -> Result<bool> {
        let _ = vm;
        Ok(false)
    }

    /// Whether the stream can be read.
    #[method("($self, /)")]
    fn readable(vm: &mut Vm, _this: &Value) -> Result<bool> {
        let _ = vm;
        Ok(false)
    }

    /// Whether the stream can be written.
    #[method("($self, /)")]
    fn writable(vm: &mut Vm, _this: &Value) -> Result<bool> {
        let _ = vm;
        Ok(false)
    }

    #[method("($self, /)")]
    fn _checkClosed(vm: &mut Vm, this: &Value) -> Result<()> {
        check_closed(vm, this)
    }

    #[method("($self, /)")]
    fn _checkSeekable(vm: &mut Vm, this: &Value) -> Result<bool> {
        check_ability(vm, this, name!("seekable"), "seekable").map(|()| true)
    }

    #[method("($self, /)")]
    fn _checkReadable(vm: &mut Vm, this: &Value) -> Result<bool> {
        check_ability(vm, this, name!("readable"), "readable").map(|()| true)
    }

    #[method("($self, /)")]
    fn _checkWritable(vm: &mut Vm, this: &Value) -> Result<bool> {
        check_ability(vm, this, name!("writable"), "writable").map(|()| true)
    }

    /// The descriptor of the file below, if there is one.
    #[method("($self, /)")]
    fn fileno(vm: &mut Vm, _this: &Value) -> Result {
        Err(unsupported(vm, "fileno"))
    }

    /// Whether this is a terminal.
    #[method("($self, /)")]
    fn isatty(vm: &mut Vm, this: &Value) -> Result<bool> {
        check_closed(vm, this)?;
        Ok(false)
    }

    #[method("($self, /)")]
    fn __enter__(vm: &mut Vm, this: &Value) -> Result {
        check_closed(vm, this)?;
        Ok(this.clone())
    }

    #[method]
    fn __exit__(vm: &mut Vm, this: &Value, _args: Args<'_>) -> Result {
        vm.call_method(this, name!("close"), &[])
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Value) -> Result {
        check_closed(vm, this)?;
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Value) -> Result<Option<Value>> {
        let line = vm.call_method(this, name!("readline"), &[])?;
        Ok(if vm.len(&line)? == 0 { None } else { Some(line) })
    }

    /// Read a line, of at most size bytes.
    #[method("($self, size=-1, /)")]
    fn readline(vm: &mut Vm, this: &Value, size: Option<&Value>) -> Result {
        let limit = size_argument(vm, size)?;
        readline(vm, this, limit)
    }

    /// Read a list of lines: no more once they have hint bytes together.
    #[method("($self, hint=-1, /)")]
    fn readlines(vm: &mut Vm, this: &Value, hint: Option<&Value>) -> Result {
        let hint = size_argument(vm, hint)?;
        if hint <= 0 {
            let lines = vm.collect(this)?;
            return vm.new_list(lines).map(Ref::into_value);
        }
        let it = vm.iter(this)?;
        let mut lines = Vec::new();
        let mut length = 0;
        while let Some(line) = vm.next(&it)? {
            length += vm.len(&line)? as isize;
            lines.push(line);
            if length > hint {
                break;
            }
        }
        vm.new_list(lines).map(Ref::into_value)
    }

    /// Write lines, which bring their own line ends.
    #[method("($self, lines, /)")]
    fn writelines(vm: &mut Vm, this: &Value, lines: &Value) -> Result<()> {
        write_lines(vm, this, lines)
    }

    #[getter]
    fn closed(vm: &mut Vm, this: &Value) -> Result<bool> {
        base_closed(vm, this)
    }
}

/// Methods of `_io._RawIOBase`.
pub struct RawIoBaseClass;

/// Base class of streams of bytes without a buffer.
#[class(cell = RAW_IO_BASE, base = IO_BASE, flags = BASETYPE | HAVE_GC, signature = "()")]
impl RawIoBaseClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        new(vm, class, args)
    }

    /// Read up to size bytes, in one call of readinto().
    #[method("($self, size=-1, /)")]
    fn read(vm: &mut Vm, this: &Value, size: Option<&Value>) -> Result {
        let n = match size {
            None => -1,
            Some(size) => common::index(vm, size)?,
        };
        if n < 0 {
            return vm.call_method(this, name!("readall"), &[]);
        }
        let mut data = Vec::new();
        data.try_reserve_exact(n as usize).map_err(|_| Raised)?;
        data.resize(n as usize, 0u8);
        let buffer = ByteArray::create(vm, data)?;
        let got = call_method(vm, this, name!("readinto"), std::slice::from_ref(&buffer))?;
        if got.is_none() {
            return Ok(got);
        }
        let got = common::index(vm, &got)?;
        let Some(buffer) = buffer.downcast::<ByteArray>() else { return Err(Raised) };
        let held = buffer.get(vm).as_bytes();
        if got < 0 || got > n || got as usize > held.len() {
            let text = format!("readinto returned {got} outside buffer size {n}");
            return Err(vm.raise_value_error(&text));
        }
        vm.new_bytes(&buffer.get(vm).as_bytes()[..got as usize]).map(Ref::into_value)
    }

    /// Read until the end, by read() calls.
    #[method("($self, /)")]
    fn readall(vm: &mut Vm, this: &Value) -> Result {
        let mut all: Vec<u8> = Vec::new();
        let size = vm.new_uint(DEFAULT_CHUNK as u64)?;
        loop {
            let data = call_method(vm, this, name!("read"), std::slice::from_ref(&size))?;
            if data.is_none() {
                if all.is_empty() {
                    return Ok(data);
                }
                break;
            }
            let Some(data) = data.downcast::<Bytes>() else {
                return Err(vm.raise_type_error("read() should return bytes"));
            };
            if data.len() == 0 {
                break;
            }
            all.try_reserve(data.len()).map_err(|_| Raised)?;
            all.extend_from_slice(data.as_bytes());
        }
        common::bytes(vm, &all)
    }

    /// Read into a writable buffer; the number of bytes read, or None where that would block.
    #[method]
    fn readinto(vm: &mut Vm, _this: &Value, _args: Args<'_>) -> Result {
        Err(vm.raise_args(taipan_vm::errors::NOT_IMPLEMENTED_ERROR.as_type(), Vec::new()))
    }

    /// Write bytes; the number of bytes written, or None where that would block.
    #[method]
    fn write(vm: &mut Vm, _this: &Value, _args: Args<'_>) -> Result {
        Err(vm.raise_args(taipan_vm::errors::NOT_IMPLEMENTED_ERROR.as_type(), Vec::new()))
    }
}

const DEFAULT_CHUNK: usize = common::DEFAULT_BUFFER_SIZE;

/// `readinto` by way of `read` or `read1`.
fn readinto(vm: &mut Vm, this: &Value, target: &Value, method: &Ref<taipan_vm::Str>) -> Result {
    let buffer = common::writable(vm, target)?;
    let result = readinto_buffer(vm, this, &buffer, method);
    vm.release_buffer(buffer);
    result
}

fn readinto_buffer(
    vm: &mut Vm,
    this: &Value,
    buffer: &taipan_vm::protocol::buffer::Buffer,
    method: &Ref<taipan_vm::Str>,
) -> Result {
    let wanted = vm.new_uint(buffer.len as u64)?;
    let data = vm.call_method(this, method, &[wanted])?;
    let Some(data) = data.downcast::<Bytes>() else {
        return Err(vm.raise_type_error("read() should return bytes"));
    };
    if data.len() > buffer.len {
        let text = format!("read() returned too much data: {} bytes requested, {} returned", buffer.len, data.len());
        return Err(vm.raise_value_error(&text));
    }
    common::store(vm, buffer, 0, data.as_bytes());
    vm.new_uint(data.len() as u64)
}

/// Methods of `_io._BufferedIOBase`.
pub struct BufferedIoBaseClass;

/// Base class of streams of bytes with a buffer.
///
/// Unlike those of raw streams, read() and readinto() answer all that was asked for if there is as much.
#[class(cell = BUFFERED_IO_BASE, base = IO_BASE, flags = BASETYPE | HAVE_GC, signature = "()")]
impl BufferedIoBaseClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        new(vm, class, args)
    }

    /// Part from the raw stream and answer it; the object is of no use after that.
    #[method("($self, /)")]
    fn detach(vm: &mut Vm, _this: &Value) -> Result {
        Err(unsupported(vm, "detach"))
    }

    /// Read up to size bytes, all there are by default.
    #[method("($self, size=-1, /)")]
    fn read(vm: &mut Vm, _this: &Value, _args: Args<'_>) -> Result {
        Err(unsupported(vm, "read"))
    }

    /// Read up to size bytes with at most one call of the raw stream.
    #[method("($self, size=-1, /)")]
    fn read1(vm: &mut Vm, _this: &Value, _args: Args<'_>) -> Result {
        Err(unsupported(vm, "read1"))
    }

    #[method("($self, buffer, /)")]
    fn readinto(vm: &mut Vm, this: &Value, buffer: &Value) -> Result {
        readinto(vm, this, buffer, name!("read"))
    }

    #[method("($self, buffer, /)")]
    fn readinto1(vm: &mut Vm, this: &Value, buffer: &Value) -> Result {
        readinto(vm, this, buffer, name!("read1"))
    }

    /// Write bytes; answers their number.
    #[method("($self, b, /)")]
    fn write(vm: &mut Vm, _this: &Value, _args: Args<'_>) -> Result {
        Err(unsupported(vm, "write"))
    }
}

/// Methods of `_io._TextIOBase`.
pub struct TextIoBaseClass;

/// Base class of streams of text.
#[class(cell = TEXT_IO_BASE, base = IO_BASE, flags = BASETYPE | HAVE_GC, signature = "()")]
impl TextIoBaseClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        new(vm, class, args)
    }

    /// Part from the buffer below and answer it; the object is of no use after that.
    #[method("($self, /)")]
    fn detach(vm: &mut Vm, _this: &Value) -> Result {
        Err(unsupported(vm, "detach"))
    }

    /// Read up to size characters, all there are by default.
    #[method("($self, size=-1, /)")]
    fn read(vm: &mut Vm, _this: &Value, _args: Args<'_>) -> Result {
        Err(unsupported(vm, "read"))
    }

    /// Read a line; empty at the end.
    #[method("($self, size=-1, /)")]
    fn readline(vm: &mut Vm, _this: &Value, _args: Args<'_>) -> Result {
        Err(unsupported(vm, "readline"))
    }

    /// Write text; answers the number of characters.
    #[method("($self, s, /)")]
    fn write(vm: &mut Vm, _this: &Value, _args: Args<'_>) -> Result {
        Err(unsupported(vm, "write"))
    }

    /// The name of the encoding.
    #[getter]
    fn encoding(vm: &mut Vm, _this: &Value) -> Result<()> {
        let _ = vm;
        Ok(())
    }

    /// The kinds of line ends met so far.
    #[getter]
    fn newlines(vm: &mut Vm, _this: &Value) -> Result<()> {
        let _ = vm;
        Ok(())
    }

    /// What happens to what cannot be coded.
    #[getter]
    fn errors(vm: &mut Vm, _this: &Value) -> Result<()> {
        let _ = vm;
        Ok(())
    }
}

/// `cannot pickle 'FileIO' instances`.
pub fn cannot_pickle(vm: &mut Vm, this: &Value) -> Raised {
    let name = this.ty().name();
    vm.raise_type_error(&format!("cannot pickle '{name}' instances"))
}
