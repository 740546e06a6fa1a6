//! `BufferedReader`, `BufferedWriter`, `BufferedRandom`: one buffer between a raw stream and its user.
//!
//! The buffer holds a window of the raw stream. `pos` is the user's place in it, `raw_pos` the raw stream's. What was
//! read reaches from 0 to `read_end`; what is to be written from `write_pos` to `write_end`; either is absent when it
//! does not hold anything. A raw stream that is exactly a `FileIO` is used without calls through Python.
//!
//! Whoever works on the buffer owns the stream ([`locked`]): another thread waits, and the same thread, coming in again
//! from a raw stream written in Python or from a signal handler, gets a `RuntimeError`.

mod classes;
mod pair;
mod read;
mod write;

pub use classes::{BUFFERED_RANDOM, BUFFERED_READER, BUFFERED_WRITER, peek, read};
pub use pair::plain_reader;
pub use read::{Rest, read_line, read_one, read_rest, read_some, take_rest};
pub use write::write_bytes;

use crate::common::{self, State, call_method, whence};
use crate::fileio::{self, FILE_IO, FileIo};
use crate::iobase::{self, IoBase};
use std::sync::Arc;
use taipan_host::sync::{Event, Waited};
use taipan_macros::{Payload, Trace};
use taipan_object::Raised;
use taipan_object::byte_buffer::zeroed;
use taipan_object::trace::Opaque;
use taipan_vm::native::ClassDef;
use taipan_vm::types::bytes::{ByteArray, MEMORYVIEW};
use taipan_vm::{Ref, Result, Type, Value, Vm, name};

/// The tables of the classes.
pub fn class_defs() -> Vec<ClassDef> {
    vec![
        classes::ReaderClass::class_def(),
        classes::WriterClass::class_def(),
        classes::RandomClass::class_def(),
        pair::PairClass::class_def(),
    ]
}

/// A buffered stream.
#[derive(Trace, Payload)]
#[payload(class = BUFFERED_READER, also = BUFFERED_WRITER, also = BUFFERED_RANDOM, base = base)]
#[repr(C)]
pub struct Buffered {
    base: IoBase,
    raw: Option<Value>,
    state: State,
    readable: bool,
    writable: bool,
    finalizing: bool,
    /// The raw stream is exactly a `FileIO` and this is exactly one of the native classes.
    direct: bool,
    /// Where the raw stream stands, if that is known.
    raw_at: Option<i64>,
    /// Has room for `size` bytes once it is used; those that were never used are not there, and their memory not touched.
    buffer: Vec<u8>,
    size: usize,
    pos: usize,
    raw_pos: usize,
    read_end: Option<usize>,
    write_pos: usize,
    write_end: Option<usize>,
    /// The thread that works on the buffer; 0 is none.
    owner: u64,
    /// Set when the owner is done, if somebody waits.
    waiting: Opaque<Option<Arc<Event>>>,
}

impl Buffered {
    fn empty() -> Buffered {
        Buffered {
            base: IoBase {},
            raw: None,
            state: State::Uninitialized,
            readable: false,
            writable: false,
            finalizing: false,
            direct: false,
            raw_at: None,
            buffer: Vec::new(),
            size: 0,
            pos: 0,
            raw_pos: 0,
            read_end: None,
            write_pos: 0,
            write_end: None,
            owner: 0,
            waiting: Opaque(None),
        }
    }

    /// Bytes that have been read and not yet been taken.
    fn ahead(&self) -> usize {
        match self.read_end {
            Some(end) if self.readable => end.saturating_sub(self.pos),
            _ => 0,
        }
    }

    /// The bytes that have been read and not yet been taken.
    fn ahead_bytes(&self) -> &[u8] {
        let n = self.ahead();
        self.buffer.get(self.pos..self.pos + n).unwrap_or(&[])
    }

    /// How far the raw stream is before the user.
    fn raw_offset(&self) -> i64 {
        match (self.read_end, self.write_end) {
            (None, None) => 0,
            _ => self.raw_pos as i64 - self.pos as i64,
        }
    }

    fn forget_read(&mut self) {
        self.read_end = None;
    }

    fn forget_written(&mut self) {
        self.write_pos = 0;
        self.write_end = None;
    }

    /// Moves the user's place; what has been read reaches at least there.
    fn move_to(&mut self, pos: usize) {
        self.pos = pos;
        if let Some(end) = &mut self.read_end
            && *end < pos
        {
            *end = pos;
        }
    }
}

/// The raw stream, which has to be there.
fn raw(vm: &mut Vm, this: &Ref<Buffered>) -> Result {
    let b = this.get(vm);
    match (&b.raw, b.state) {
        (Some(raw), State::Ready) => Ok(raw.clone()),
        (_, State::Detached) => Err(vm.raise_value_error("raw stream has been detached")),
        _ => Err(vm.raise_value_error("I/O operation on uninitialized object")),
    }
}

/// The raw stream, if it can be used directly.
fn raw_file(vm: &mut Vm, this: &Ref<Buffered>) -> Result<std::result::Result<Ref<FileIo>, Value>> {
    let direct = this.get(vm).direct;
    let raw = raw(vm, this)?;
    Ok(match raw.downcast::<FileIo>() {
        Some(file) if direct => Ok(file.clone()),
        _ => Err(raw),
    })
}

/// Whether the raw stream is closed.
fn is_closed(vm: &mut Vm, this: &Ref<Buffered>) -> Result<bool> {
    match raw_file(vm, this)? {
        Ok(file) => Ok(file.get(vm).fd() < 0),
        Err(raw) => iobase::is_closed(vm, &raw),
    }
}

/// `ValueError` with these words where the stream is closed.
fn check_open(vm: &mut Vm, this: &Ref<Buffered>, words: &str) -> Result<()> {
    match is_closed(vm, this)? {
        true => Err(vm.raise_value_error(words)),
        false => Ok(()),
    }
}

/// Runs `f` as the owner of the stream.
fn locked<R>(vm: &mut Vm, this: &Ref<Buffered>, f: impl FnOnce(&mut Vm) -> Result<R>) -> Result<R> {
    let me = taipan_host::thread::ident();
    while this.get(vm).owner != 0 {
        if this.get(vm).owner == me {
            let shown = vm.repr(this.as_value())?.to_string_lossy();
            return Err(vm.raise_runtime_error(&format!("reentrant call inside {shown}")));
        }
        let done = this.get_mut(vm).waiting.get_or_insert_with(|| Arc::new(Event::new())).clone();
        if matches!(vm.detach(|| done.wait(None)), Waited::Interrupted) {
            vm.check_signals()?;
        }
    }
    this.get_mut(vm).owner = me;
    let result = f(vm);
    let b = this.get_mut(vm);
    b.owner = 0;
    if let Some(waiting) = b.waiting.take() {
        waiting.set();
    }
    result
}

/// Gives the buffer its memory.
fn need_buffer(vm: &mut Vm, this: &Ref<Buffered>) -> Result<()> {
    let b = this.get_mut(vm);
    if b.buffer.capacity() < b.size {
        b.buffer.try_reserve_exact(b.size - b.buffer.len()).map_err(|_| Raised)?;
    }
    Ok(())
}

/// Writes over what is in the buffer, and behind it. There is room for it.
fn overwrite(buffer: &mut Vec<u8>, at: usize, new: &[u8]) {
    if buffer.len() < at {
        buffer.resize(at, 0);
    }
    let (over, behind) = new.split_at(new.len().min(buffer.len() - at));
    buffer[at..at + over.len()].copy_from_slice(over);
    buffer.extend_from_slice(behind);
}

/// Reads from the raw stream behind the bytes that a vector has. Nothing where that would block.
fn raw_append(vm: &mut Vm, this: &Ref<Buffered>, out: &mut Vec<u8>, most: usize) -> Result<Option<usize>> {
    let read = match raw_file(vm, this)? {
        Ok(file) => fileio::read_append(vm, &file, out, most)?,
        Err(raw) => raw_read_method(vm, &raw, most, |bytes| {
            out.try_reserve(bytes.len()).map_err(|_| Raised)?;
            out.extend_from_slice(bytes);
            Ok(())
        })?,
    };
    if let (Some(n), Some(at)) = (read, this.get(vm).raw_at) {
        this.get_mut(vm).raw_at = Some(at + n as i64);
    }
    Ok(read)
}

/// Reads from the raw stream into a slice that no object holds. Nothing where that would block.
fn raw_read(vm: &mut Vm, this: &Ref<Buffered>, to: &mut [u8]) -> Result<Option<usize>> {
    let read = match raw_file(vm, this)? {
        Ok(file) => fileio::read_into(vm, &file, to)?,
        Err(raw) => raw_read_method(vm, &raw, to.len(), |bytes| {
            to[..bytes.len()].copy_from_slice(bytes);
            Ok(())
        })?,
    };
    if let (Some(n), Some(at)) = (read, this.get(vm).raw_at) {
        this.get_mut(vm).raw_at = Some(at + n as i64);
    }
    Ok(read)
}

/// Where the interpreter keeps what raw streams that are not read directly fill. Each is as large as a buffer, and most of it
/// is never touched: one for all streams does, and one for each thread that waits in such a stream.
const ROOMS: [&str; 4] = ["_io.room", "_io.room 2", "_io.room 3", "_io.room 4"];

/// A `bytearray` of so many bytes that nobody else has.
fn take_room(vm: &mut Vm, len: usize) -> Result {
    let fits = |room: &Value| {
        room.header().is_some_and(|header| header.refcount() == 1)
            && room.downcast::<ByteArray>().is_some_and(|room| room.get(vm).as_bytes().len() == len)
    };
    let found = ROOMS.into_iter().find(|key| vm.state().registry.get(*key).is_some_and(&fits));
    if let Some(key) = found
        && let Some(room) = vm.state_mut().registry.remove(key)
    {
        return Ok(room);
    }
    let room = zeroed(len)?;
    ByteArray::create(vm, room)
}

/// Keeps it for the next one who needs such a room.
fn give_room(vm: &mut Vm, room: Value) {
    let registry = &mut vm.state_mut().registry;
    let key = ROOMS.into_iter().find(|key| !registry.contains_key(*key)).unwrap_or(ROOMS[0]);
    let old = registry.insert(key, room);
    drop(old);
}

/// Has the method of a raw stream read at most `most` bytes, and hands them on.
fn raw_read_method(
    vm: &mut Vm,
    raw: &Value,
    most: usize,
    take: impl FnOnce(&[u8]) -> Result<()>,
) -> Result<Option<usize>> {
    let room = take_room(vm, most)?;
    let view = vm.call(&MEMORYVIEW.as_type().to_value(), std::slice::from_ref(&room))?;
    let answer = call_method(vm, raw, name!("readinto"), &[view])?;
    if answer.is_none() {
        return Ok(None);
    }
    let n = match common::index(vm, &answer) {
        Ok(n) => n,
        Err(raised) => return Err(from_cause(vm, raised, "raw readinto() failed")),
    };
    if n < 0 || n as usize > most {
        let text = format!("raw readinto() returned invalid length {n} (should have been between 0 and {most})");
        return Err(common::os_error(vm, &text));
    }
    let n = n as usize;
    if let Some(room) = room.downcast::<ByteArray>()
        && let Some(from) = room.get(vm).as_bytes().get(..n)
    {
        take(from)?;
    }
    give_room(vm, room);
    Ok(Some(n))
}

/// Raises `OSError` caused by what was raised.
fn from_cause(vm: &mut Vm, raised: Raised, text: &str) -> Raised {
    let cause = vm.take_raised(raised);
    let raised = common::os_error(vm, text);
    let e = vm.take_raised(raised);
    for name in [name!("__cause__"), name!("__context__")] {
        let set = vm.set_attr(&e, name, Some(cause.clone()));
        vm.ignore(set);
    }
    vm.raise(e)
}

/// Writes to the raw stream from a slice that no object can change. Nothing where that would block.
fn raw_write(vm: &mut Vm, this: &Ref<Buffered>, from: &[u8]) -> Result<Option<usize>> {
    let written = match raw_file(vm, this)? {
        Ok(file) => fileio::write_from(vm, &file, from)?,
        Err(raw) => {
            let copy = vm.new_bytes(from)?.into_value();
            let view = vm.call(&MEMORYVIEW.as_type().to_value(), &[copy])?;
            let answer = call_method(vm, &raw, name!("write"), &[view])?;
            if answer.is_none() {
                None
            } else {
                let n = common::index(vm, &answer)?;
                if n < 0 || n as usize > from.len() {
                    let most = from.len();
                    let text =
                        format!("raw write() returned invalid length {n} (should have been between 0 and {most})");
                    return Err(common::os_error(vm, &text));
                }
                Some(n as usize)
            }
        }
    };
    if let (Some(n), Some(at)) = (written, this.get(vm).raw_at) {
        this.get_mut(vm).raw_at = Some(at + n as i64);
    }
    Ok(written)
}

/// Asks the raw stream where it stands.
fn raw_tell(vm: &mut Vm, this: &Ref<Buffered>) -> Result<i64> {
    let at = match raw_file(vm, this)? {
        Ok(file) => fileio::seek(vm, &file, 0, whence::CUR)?,
        Err(raw) => {
            let answer = vm.call_method(&raw, name!("tell"), &[])?;
            common::offset(vm, &answer)?
        }
    };
    valid_position(vm, this, at)
}

fn valid_position(vm: &mut Vm, this: &Ref<Buffered>, at: i64) -> Result<i64> {
    if at < 0 {
        return Err(common::os_error(vm, &format!("Raw stream returned invalid position {at}")));
    }
    this.get_mut(vm).raw_at = Some(at);
    Ok(at)
}

/// Moves the raw stream.
fn raw_seek(vm: &mut Vm, this: &Ref<Buffered>, target: i64, from: i32) -> Result<i64> {
    let at = match raw_file(vm, this)? {
        Ok(file) => fileio::seek(vm, &file, target, from)?,
        Err(raw) => {
            let target = vm.new_int(target)?;
            let answer = vm.call_method(&raw, name!("seek"), &[target, Value::from_i32(from)])?;
            common::offset(vm, &answer)?
        }
    };
    valid_position(vm, this, at)
}

/// Where the raw stream stands, asking it if need be.
fn raw_position(vm: &mut Vm, this: &Ref<Buffered>) -> Result<i64> {
    match this.get(vm).raw_at {
        Some(at) => Ok(at),
        None => raw_tell(vm, this),
    }
}

/// Reads on behind what has been read. Nothing where that would block; 0 at the end.
fn fill(vm: &mut Vm, this: &Ref<Buffered>) -> Result<Option<usize>> {
    need_buffer(vm, this)?;
    let b = this.get_mut(vm);
    let start = b.read_end.unwrap_or(0);
    let most = b.size - start.min(b.size);
    let mut buffer = std::mem::take(&mut b.buffer);
    // Nothing that is to be written lies behind what has been read.
    buffer.resize(start, 0);
    let read = raw_append(vm, this, &mut buffer, most);
    let b = this.get_mut(vm);
    b.buffer = buffer;
    let read = read?;
    if let Some(n) = read
        && n > 0
    {
        b.read_end = Some(start + n);
        b.raw_pos = start + n;
    }
    Ok(read)
}

/// Writes what is to be written, and moves the raw stream to where the user is.
fn flush_and_rewind(vm: &mut Vm, this: &Ref<Buffered>) -> Result<()> {
    write::flush(vm, this)?;
    if this.get(vm).readable {
        let back = -this.get(vm).raw_offset();
        let moved = if back == 0 { Ok(0) } else { raw_seek(vm, this, back, whence::CUR) };
        this.get_mut(vm).forget_read();
        moved?;
    }
    Ok(())
}

/// Sets a stream up on a raw stream.
fn set_up(
    vm: &mut Vm,
    this: &Ref<Buffered>,
    native: &Type,
    raw: &Value,
    size: isize,
    (readable, writable): (bool, bool),
) -> Result<()> {
    if size <= 0 {
        return Err(vm.raise_value_error("buffer size must be strictly positive"));
    }
    let direct = this.ty().is(native) && raw.ty().is(FILE_IO.as_type());
    let old = std::mem::replace(
        this.get_mut(vm),
        Buffered { raw: Some(raw.clone()), readable, writable, direct, size: size as usize, ..Buffered::empty() },
    );
    drop(old);
    this.get_mut(vm).state = State::Ready;
    // Where it stands is worth knowing; that a stream cannot tell does not matter.
    if let Err(raised) = raw_tell(vm, this) {
        drop(vm.take_raised(raised));
    }
    Ok(())
}

/// A buffered stream on a raw one for `open`.
pub fn create(vm: &mut Vm, class: &Type, raw: &Value, size: usize) -> Result {
    let this = Ref::new_in(vm, class, Buffered::empty())?;
    let readable = !class.is(BUFFERED_WRITER.as_type());
    let writable = !class.is(BUFFERED_READER.as_type());
    set_up(vm, &this, class, raw, size as isize, (readable, writable))?;
    Ok(this.into_value())
}

/// The native class whose instances have no methods of their own, if `v` is of one.
pub fn exact(v: &Value) -> Option<&Ref<Buffered>> {
    let ty = v.ty();
    let native = [&BUFFERED_READER, &BUFFERED_WRITER, &BUFFERED_RANDOM].iter().any(|class| ty.is(class.as_type()));
    if native { v.downcast::<Buffered>() } else { None }
}

impl Buffered {
    /// Whether a stream that [`exact`] has found works on a file without calls through Python.
    pub fn is_direct(&self) -> bool {
        self.direct && self.state == State::Ready
    }
}

/// Whether a stream on a file is closed; nothing where only Python code knows.
pub fn closed_directly(vm: &Vm, this: &Ref<Buffered>) -> Option<bool> {
    let b = this.get(vm);
    match &b.raw {
        Some(raw) if b.is_direct() => raw.downcast::<FileIo>().map(|f| f.get(vm).fd() < 0),
        _ => None,
    }
}

/// Whether a stream on a file reads and writes.
pub fn abilities(vm: &Vm, this: &Ref<Buffered>) -> (bool, bool) {
    (this.get(vm).readable, this.get(vm).writable)
}

/// Refuses to read from a closed stream or one that only writes.
pub fn check_readable(vm: &mut Vm, this: &Ref<Buffered>) -> Result<()> {
    if !this.get(vm).readable {
        return Err(common::unsupported(vm, "read"));
    }
    check_open(vm, this, "read of closed file")
}
