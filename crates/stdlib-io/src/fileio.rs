//! `FileIO`: a file descriptor as a stream without a buffer.

use crate::common::{self, failed, size_argument, unsupported, whence};
use crate::iobase::{self, IoBase, RAW_IO_BASE};
use taipan_host::fs::flag;
use taipan_host::{Errno, fd, fs, stat, terminal};
use taipan_macros::{Payload, Trace, class};
use taipan_object::{Bytes, IntRef, TypeCell};
use taipan_text::codecs::{BuiltIn, Errors, utf8};
use taipan_vm::errors::{RESOURCE_WARNING, RUNTIME_WARNING};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::{Raised, Ref, Result, Str, Type, Value, Vm, name, slots};

/// `_io.FileIO`.
pub static FILE_IO: TypeCell<FileIo> = TypeCell::new("_io.FileIO");

/// An open descriptor, or none.
#[derive(Trace, Payload)]
#[payload(class = FILE_IO, base = base)]
#[repr(C)]
pub struct FileIo {
    base: IoBase,
    fd: i32,
    created: bool,
    readable: bool,
    writable: bool,
    appending: bool,
    /// Found out when it is asked for.
    seekable: Option<bool>,
    closefd: bool,
    finalizing: bool,
    blksize: i64,
    /// What the file's size was when it was opened, for regular files; forgotten once it may have changed.
    size_at_open: Option<i64>,
    is_regular: bool,
}

impl FileIo {
    fn empty() -> FileIo {
        FileIo {
            base: IoBase {},
            fd: -1,
            created: false,
            readable: false,
            writable: false,
            appending: false,
            seekable: None,
            closefd: true,
            finalizing: false,
            blksize: common::DEFAULT_BUFFER_SIZE as i64,
            size_at_open: None,
            is_regular: false,
        }
    }

    /// The descriptor; negative when it is closed.
    pub fn fd(&self) -> i32 {
        self.fd
    }

    /// The block size that the system recommends.
    pub fn blksize(&self) -> i64 {
        self.blksize
    }

    fn mode(&self) -> &'static str {
        match (self.created, self.appending, self.readable, self.writable) {
            (true, _, true, _) => "xb+",
            (true, _, false, _) => "xb",
            (_, true, true, _) => "ab+",
            (_, true, false, _) => "ab",
            (_, _, true, true) => "rb+",
            (_, _, true, false) => "rb",
            _ => "wb",
        }
    }
}

/// What a mode string asks for.
struct Mode {
    readable: bool,
    writable: bool,
    appending: bool,
    created: bool,
    flags: i32,
}

const BAD_MODE: &str = "Must have exactly one of create/read/write/append mode and at most one plus";

fn parse_mode(vm: &mut Vm, text: &str) -> Result<Mode> {
    let mut m = Mode { readable: false, writable: false, appending: false, created: false, flags: 0 };
    let (mut main, mut plus) = (false, false);
    for c in text.chars() {
        match c {
            'x' | 'r' | 'w' | 'a' if main => return Err(vm.raise_value_error(BAD_MODE)),
            'x' => {
                m.created = true;
                m.writable = true;
                m.flags |= flag::EXCL | flag::CREAT;
            }
            'r' => m.readable = true,
            'w' => {
                m.writable = true;
                m.flags |= flag::CREAT | flag::TRUNC;
            }
            'a' => {
                m.writable = true;
                m.appending = true;
                m.flags |= flag::APPEND | flag::CREAT;
            }
            'b' => continue,
            '+' if plus => return Err(vm.raise_value_error(BAD_MODE)),
            '+' => {
                m.readable = true;
                m.writable = true;
                plus = true;
                continue;
            }
            _ => return Err(vm.raise_value_error(&format!("invalid mode: {text}"))),
        }
        main = true;
    }
    if !main {
        return Err(vm.raise_value_error(BAD_MODE));
    }
    m.flags |= match (m.readable, m.writable) {
        (true, true) => flag::RDWR,
        (true, false) => flag::RDONLY,
        _ => flag::WRONLY,
    };
    m.flags |= flag::CLOEXEC;
    Ok(m)
}

/// A path as the system takes it.
pub fn fs_path(vm: &mut Vm, path: &Value) -> Result<Vec<u8>> {
    let mut path = path.clone();
    if path.downcast::<Str>().is_none()
        && path.downcast::<Bytes>().is_none()
        && let Some(method) = vm.lookup_special(&path, name!("__fspath__"))?
    {
        let given = path.ty().name();
        path = vm.call(&method, &[])?;
        if path.downcast::<Str>().is_none() && path.downcast::<Bytes>().is_none() {
            let text = format!("expected {given}.__fspath__() to return str or bytes, not {}", path.ty().name());
            return Err(vm.raise_type_error(&text));
        }
    }
    let bytes = if let Some(s) = path.downcast::<Str>() {
        match utf8::encode(taipan_vm::types::str::units(s), Errors::SurrogateEscape, &mut BuiltIn) {
            Ok(bytes) => bytes,
            Err(_) => return Err(vm.raise_surrogates_not_allowed(s)),
        }
    } else if let Some(b) = path.downcast::<Bytes>() {
        b.as_bytes().to_vec()
    } else {
        let text = format!("expected str, bytes or os.PathLike object, not {}", path.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    if bytes.contains(&0) {
        return Err(vm.raise_value_error("embedded null byte"));
    }
    Ok(bytes)
}

/// The descriptor that an argument is, if it is an int that can be one.
fn descriptor(vm: &mut Vm, file: &Value) -> Result<Option<i32>> {
    if file.is_true() || file.is_false() {
        vm.warn(RUNTIME_WARNING.as_type(), "bool is used as a file descriptor", 1)?;
    }
    if slots::of(file.ty()).index.is_none() {
        return Ok(None);
    }
    let n = vm.index(file)?;
    match n.as_int() {
        Some(IntRef::Small(n)) => match i32::try_from(n) {
            Ok(n) if n < 0 => Err(vm.raise_value_error("negative file descriptor")),
            Ok(n) => Ok(Some(n)),
            Err(_) => Ok(None),
        },
        _ => Ok(None),
    }
}

fn open_with(vm: &mut Vm, opener: &Value, file: &Value, flags: i32) -> Result<i32> {
    let answer = vm.call(opener, &[file.clone(), Value::from_i32(flags)])?;
    if answer.as_int().is_none() {
        return Err(vm.raise_type_error("expected integer from opener"));
    }
    let n = vm.to_index_i64(&answer, "int")?;
    match i32::try_from(n) {
        Ok(n) if n >= 0 => {
            if let Err(errno) = fd::set_inheritable(n, false) {
                return Err(failed(vm, errno));
            }
            Ok(n)
        }
        Ok(n) => Err(vm.raise_value_error(&format!("opener returned {n}"))),
        Err(_) => Err(vm.raise_overflow_error("Python int too large to convert to C int")),
    }
}

fn init(
    vm: &mut Vm,
    this: &Ref<FileIo>,
    file: &Value,
    mode: &Ref<Str>,
    closefd: bool,
    opener: Option<&Value>,
) -> Result<()> {
    if this.get(vm).fd >= 0 {
        if this.get(vm).closefd {
            close_descriptor(vm, this)?;
        } else {
            this.get_mut(vm).fd = -1;
        }
    }
    let given = descriptor(vm, file)?;
    let path = match given {
        Some(_) => Vec::new(),
        None => fs_path(vm, file)?,
    };
    let mode_text = mode.to_string_lossy();
    let m = parse_mode(vm, &mode_text)?;
    *this.get_mut(vm) = FileIo {
        created: m.created,
        readable: m.readable,
        writable: m.writable,
        appending: m.appending,
        closefd,
        ..FileIo::empty()
    };
    vm.audit("open", &[file.clone(), mode.to_value(), Value::from_i32(m.flags)])?;
    let mut opened_here = true;
    let number = match (given, opener) {
        (Some(number), _) => {
            opened_here = false;
            number
        }
        (None, _) if !closefd => {
            this.get_mut(vm).fd = -1;
            return Err(vm.raise_value_error("Cannot use closefd=False with file name"));
        }
        (None, Some(opener)) => open_with(vm, opener, file, m.flags)?,
        (None, None) => match vm.system_call(|| fs::open(fs::CWD, &path, m.flags, 0o666))? {
            Ok(number) => number,
            Err(errno) => return Err(vm.raise_os_error(errno.0, Some(file.clone()))),
        },
    };
    this.get_mut(vm).fd = number;
    let done = settle(vm, this, file, m.appending);
    if done.is_err() {
        // What was given stays open: it belongs to the caller.
        if !opened_here {
            this.get_mut(vm).fd = -1;
        } else if this.get(vm).closefd {
            return common::both(vm, done, |vm| close_descriptor(vm, this));
        }
    }
    done
}

/// Looks at a descriptor that has just been opened or given.
fn settle(vm: &mut Vm, this: &Ref<FileIo>, file: &Value, appending: bool) -> Result<()> {
    let number = this.get(vm).fd;
    match vm.system_call(|| stat::fstat(number))? {
        Ok(s) if s.is_dir() => return Err(vm.raise_os_error(Errno::EISDIR.0, Some(file.clone()))),
        Ok(s) => {
            let f = this.get_mut(vm);
            if s.blksize > 1 {
                f.blksize = s.blksize;
            }
            f.is_regular = s.is_file();
            f.size_at_open = s.is_file().then_some(s.size);
        }
        Err(Errno::EBADF) => return Err(failed(vm, Errno::EBADF)),
        Err(_) => {}
    }
    vm.set_attr(this.as_value(), name!("name"), Some(file.clone()))?;
    if appending && let Err(errno) = fd::lseek(number, 0, whence::END) {
        if errno != Errno(29) {
            return Err(failed(vm, errno));
        }
        this.get_mut(vm).seekable = Some(false);
    }
    Ok(())
}

/// Opens a file for `open`, without a call through Python.
pub fn create(
    vm: &mut Vm,
    file: &Value,
    mode: &Ref<Str>,
    closefd: bool,
    opener: Option<&Value>,
) -> Result<Ref<FileIo>> {
    let this = Ref::new(vm, FileIo::empty())?;
    init(vm, &this, file, mode, closefd, opener)?;
    Ok(this)
}

fn close_descriptor(vm: &mut Vm, this: &Ref<FileIo>) -> Result<()> {
    let number = std::mem::replace(&mut this.get_mut(vm).fd, -1);
    if number < 0 {
        return Ok(());
    }
    match vm.detach(|| fd::close(number)) {
        Ok(()) => Ok(()),
        Err(errno) => Err(failed(vm, errno)),
    }
}

/// The descriptor of a file that is open.
fn open_descriptor(vm: &mut Vm, this: &Ref<FileIo>) -> Result<i32> {
    match this.get(vm).fd {
        number if number >= 0 => Ok(number),
        _ => Err(vm.raise_value_error("I/O operation on closed file")),
    }
}

fn readable_descriptor(vm: &mut Vm, this: &Ref<FileIo>) -> Result<i32> {
    let number = open_descriptor(vm, this)?;
    match this.get(vm).readable {
        true => Ok(number),
        false => Err(unsupported(vm, "File not open for reading")),
    }
}

fn writable_descriptor(vm: &mut Vm, this: &Ref<FileIo>) -> Result<i32> {
    let number = open_descriptor(vm, this)?;
    match this.get(vm).writable {
        true => Ok(number),
        false => Err(unsupported(vm, "File not open for writing")),
    }
}

/// Reads into a slice that no object holds. Nothing where that would block.
pub fn read_into(vm: &mut Vm, this: &Ref<FileIo>, to: &mut [u8]) -> Result<Option<usize>> {
    let number = readable_descriptor(vm, this)?;
    let most = to.len().min(fd::MAX_TRANSFER);
    match vm.system_call(|| fd::read(number, &mut to[..most]))? {
        Ok(n) => Ok(Some(n)),
        Err(Errno::EAGAIN) => Ok(None),
        Err(errno) => Err(failed(vm, errno)),
    }
}

/// Reads at most so many bytes behind those that a vector has. Nothing where that would block.
pub fn read_append(vm: &mut Vm, this: &Ref<FileIo>, out: &mut Vec<u8>, most: usize) -> Result<Option<usize>> {
    let number = readable_descriptor(vm, this)?;
    match vm.system_call(|| fd::read_append(number, out, most))? {
        Ok(n) => Ok(Some(n)),
        Err(Errno::EAGAIN) => Ok(None),
        Err(Errno::ENOMEM) if out.capacity() - out.len() < most => Err(Raised),
        Err(errno) => Err(failed(vm, errno)),
    }
}

/// Writes from a slice that no object can change. Nothing where that would block.
pub fn write_from(vm: &mut Vm, this: &Ref<FileIo>, from: &[u8]) -> Result<Option<usize>> {
    let number = writable_descriptor(vm, this)?;
    match vm.system_call(|| fd::write(number, from))? {
        Ok(n) => Ok(Some(n)),
        Err(Errno::EAGAIN) => Ok(None),
        Err(errno) => Err(failed(vm, errno)),
    }
}

/// Moves the position.
pub fn seek(vm: &mut Vm, this: &Ref<FileIo>, target: i64, from: i32) -> Result<i64> {
    let number = open_descriptor(vm, this)?;
    match vm.detach(|| fd::lseek(number, target, from)) {
        Ok(at) => {
            this.get_mut(vm).seekable = Some(true);
            Ok(at)
        }
        Err(errno) => Err(failed(vm, errno)),
    }
}

/// Whether the position can be moved.
pub fn seekable(vm: &mut Vm, this: &Ref<FileIo>) -> Result<bool> {
    let number = open_descriptor(vm, this)?;
    if let Some(known) = this.get(vm).seekable {
        return Ok(known);
    }
    let answer = fd::lseek(number, 0, whence::CUR).is_ok();
    this.get_mut(vm).seekable = Some(answer);
    Ok(answer)
}

/// Reads until the end. Nothing where that would block before the first byte.
pub fn read_all(vm: &mut Vm, this: &Ref<FileIo>) -> Result<Option<Vec<u8>>> {
    let number = open_descriptor(vm, this)?;
    if !this.get(vm).readable {
        return Err(unsupported(vm, "File not open for reading"));
    }
    let mut data: Vec<u8> = Vec::new();
    let mut room = match this.get(vm).size_at_open {
        Some(size) if size > 0 => {
            // One byte more than there should be: the end is seen without growing.
            let at = if size > 65536 { fd::lseek(number, 0, whence::CUR).unwrap_or(0) } else { 0 };
            (size - at).max(0) as usize + 1
        }
        _ => 8192,
    };
    loop {
        let start = data.len();
        data.try_reserve_exact(room).map_err(|_| Raised)?;
        let most = room.min(fd::MAX_TRANSFER);
        match vm.system_call(|| fd::read_append(number, &mut data, most))? {
            Ok(n) => {
                if n == 0 {
                    return Ok(Some(data));
                }
                // Where all the room was used there may be much more.
                room = if n == most { (start + n).max(8192) } else { room - n.min(room - 1) };
            }
            Err(Errno::EAGAIN) => return Ok((start > 0).then_some(data)),
            Err(errno) => return Err(failed(vm, errno)),
        }
    }
}

/// The warning about a file that nobody closed.
fn warn_unclosed(vm: &mut Vm, this: &Ref<FileIo>, source: &Value) {
    if this.get(vm).fd < 0 || !this.get(vm).closefd {
        return;
    }
    let warned = vm.repr(source).and_then(|shown| {
        let text = format!("unclosed file {}", shown.to_string_lossy());
        vm.warn_about(RESOURCE_WARNING.as_type(), &text, 1, source)
    });
    if let Err(raised) = warned {
        if vm.raised_is(taipan_vm::errors::WARNING.as_type()) {
            vm.report_unraisable_about(raised, "while finalizing file ", Some(this.as_value()));
        } else {
            drop(vm.take_raised(raised));
        }
    }
}

/// Whether a file that has just been opened is a terminal: a regular file need not be asked.
pub fn is_terminal_when_opened(vm: &mut Vm, this: &Ref<FileIo>) -> Result<bool> {
    if this.get(vm).is_regular {
        return Ok(false);
    }
    FileIoClass::isatty(vm, this)
}

/// Methods of `_io.FileIO`.
pub struct FileIoClass;

static INIT: Signature = Signature {
    name: "FileIO",
    params: &["file", "mode", "closefd", "opener"],
    required: &[true, false, false, false],
    required_count: 1,
    positional_only: 0,
    positional: 4,
};

/// Open a file by path or descriptor, as a stream of bytes without a buffer.
///
/// The mode is 'r', 'w', 'x' or 'a' with '+' for reading and writing. With closefd=False a descriptor that was given
/// stays open when the object is closed. An opener is called with the file and the flags and answers a descriptor.
#[class(cell = FILE_IO, base = RAW_IO_BASE, flags = BASETYPE | HAVE_GC, signature = "(file, mode='r', closefd=True, opener=None)")]
impl FileIoClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        iobase::check_abstract(vm, class)?;
        Ref::new_in(vm, class, FileIo::empty()).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        let Some(this) = this.downcast::<FileIo>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
        let [file, mode, closefd, opener] = bind::<4>(vm, &INIT, args)?;
        let Some(file) = file else { return Err(Raised) };
        let mode = match mode {
            None => name!("r").clone(),
            Some(m) => match m.downcast::<Str>() {
                Some(m) => m.clone(),
                None => {
                    let text = format!("FileIO() argument 'mode' must be str, not {}", m.ty().name());
                    return Err(vm.raise_type_error(&text));
                }
            },
        };
        let closefd = match closefd {
            None => true,
            Some(v) => vm.is_truthy(v)?,
        };
        init(vm, this, file, &mode, closefd, opener.filter(|o| !o.is_none()))
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<FileIo>) -> Result {
        let class = common::class_name(this.ty());
        if this.get(vm).fd < 0 {
            return vm.new_str(&format!("<{class} [closed]>")).map(Ref::into_value);
        }
        let f = this.get(vm);
        let (number, mode, closefd) = (f.fd, f.mode(), if f.closefd { "True" } else { "False" });
        let text = match vm.get_attr_opt(this.as_value(), name!("name"))? {
            None => format!("<{class} fd={number} mode='{mode}' closefd={closefd}>"),
            Some(name) => match vm.guard_repr(this.as_value(), |vm| vm.repr(&name))? {
                Some(shown) => {
                    let shown = shown.to_string_lossy();
                    format!("<{class} name={shown} mode='{mode}' closefd={closefd}>")
                }
                None => return Err(vm.raise_runtime_error(&format!("reentrant call inside {class}.__repr__"))),
            },
        };
        vm.new_str(&text).map(Ref::into_value)
    }

    /// Read up to size bytes with one system call, all there are by default; None where that would block.
    #[method("($self, size=-1, /)")]
    fn read(vm: &mut Vm, this: &Ref<FileIo>, size: Option<&Value>) -> Result {
        let number = readable_descriptor(vm, this)?;
        let size = size_argument(vm, size)?;
        if size < 0 {
            return FileIoClass::readall(vm, this);
        }
        match vm.system_call(|| fd::read_vec(number, size as usize))? {
            Ok(data) => common::bytes(vm, &data),
            Err(Errno::EAGAIN) => Ok(Value::none()),
            Err(errno) => Err(failed(vm, errno)),
        }
    }

    /// Read all there is.
    #[method("($self, /)")]
    fn readall(vm: &mut Vm, this: &Ref<FileIo>) -> Result {
        match read_all(vm, this)? {
            Some(data) => common::bytes(vm, &data),
            None => Ok(Value::none()),
        }
    }

    /// Read into a writable buffer; the number of bytes read, or None where that would block.
    #[method("($self, buffer, /)")]
    fn readinto(vm: &mut Vm, this: &Ref<FileIo>, buffer: &Value) -> Result {
        let number = readable_descriptor(vm, this)?;
        let mut buffer = common::writable_as(vm, buffer, "argument 1")?;
        let read = match buffer.pinned_bytes_mut() {
            Some(memory) => {
                let most = memory.len().min(fd::MAX_TRANSFER);
                vm.system_call(|| fd::read(number, &mut memory[..most]))
            }
            None => {
                let length = buffer.len;
                let read = vm.system_call(|| fd::read_vec(number, length));
                read.map(|read| {
                    let data = read?;
                    common::store(vm, &buffer, 0, &data);
                    Ok(data.len())
                })
            }
        };
        let result = match read {
            Ok(Ok(n)) => vm.new_uint(n as u64),
            Ok(Err(Errno::EAGAIN)) => Ok(Value::none()),
            Ok(Err(errno)) => Err(failed(vm, errno)),
            Err(raised) => Err(raised),
        };
        vm.release_buffer(buffer);
        result
    }

    /// Write bytes with one system call; the number of bytes written, or None where that would block.
    #[method("($self, b, /)")]
    fn write(vm: &mut Vm, this: &Ref<FileIo>, b: &Value) -> Result {
        writable_descriptor(vm, this)?;
        let copy;
        let bytes = match b.downcast::<Bytes>() {
            Some(b) => b.as_bytes(),
            None => {
                copy = vm.bytes_of(b)?;
                &copy
            }
        };
        match write_from(vm, this, bytes)? {
            Some(n) => {
                if n < bytes.len() {
                    // It may have been a signal that cut it short.
                    vm.check_signals()?;
                }
                vm.new_uint(n as u64)
            }
            None => Ok(Value::none()),
        }
    }

    /// Move the position: from the start (0), the present position (1) or the end (2).
    #[method("($self, pos, whence=0, /)")]
    fn seek(vm: &mut Vm, this: &Ref<FileIo>, pos: &Value, whence: Option<i32>) -> Result {
        open_descriptor(vm, this)?;
        let pos = common::offset(vm, pos)?;
        let at = seek(vm, this, pos, whence.unwrap_or(0))?;
        vm.new_int(at)
    }

    /// The position.
    #[method("($self, /)")]
    fn tell(vm: &mut Vm, this: &Ref<FileIo>) -> Result {
        let at = seek(vm, this, 0, whence::CUR)?;
        vm.new_int(at)
    }

    /// Cut off or extend to a size, the position by default; answers the new size. The position stays.
    #[method("($self, size=None, /)")]
    fn truncate(vm: &mut Vm, this: &Ref<FileIo>, size: Option<&Value>) -> Result {
        let number = writable_descriptor(vm, this)?;
        let size = match size.filter(|s| !s.is_none()) {
            Some(size) => size.clone(),
            None => FileIoClass::tell(vm, this)?,
        };
        let length = common::offset(vm, &size)?;
        this.get_mut(vm).size_at_open = None;
        match vm.system_call(|| fd::ftruncate(number, length))? {
            Ok(()) => Ok(size),
            Err(errno) => Err(failed(vm, errno)),
        }
    }

    /// Close the file. With closefd=False the descriptor stays open.
    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Ref<FileIo>) -> Result<()> {
        let flushed = iobase::close(vm, this.as_value());
        if !this.get(vm).closefd {
            this.get_mut(vm).fd = -1;
            return flushed;
        }
        if this.get(vm).finalizing {
            let pending = flushed.map_err(|raised| vm.take_raised(raised));
            warn_unclosed(vm, this, this.as_value());
            let flushed = pending.map_err(|exception| vm.raise(exception));
            return common::both(vm, flushed, |vm| close_descriptor(vm, this));
        }
        common::both(vm, flushed, |vm| close_descriptor(vm, this))
    }

    /// Whether the position can be moved.
    #[method("($self, /)")]
    fn seekable(vm: &mut Vm, this: &Ref<FileIo>) -> Result<bool> {
        seekable(vm, this)
    }

    /// Whether the file was opened for reading.
    #[method("($self, /)")]
    fn readable(vm: &mut Vm, this: &Ref<FileIo>) -> Result<bool> {
        open_descriptor(vm, this)?;
        Ok(this.get(vm).readable)
    }

    /// Whether the file was opened for writing.
    #[method("($self, /)")]
    fn writable(vm: &mut Vm, this: &Ref<FileIo>) -> Result<bool> {
        open_descriptor(vm, this)?;
        Ok(this.get(vm).writable)
    }

    /// The descriptor.
    #[method("($self, /)")]
    fn fileno(vm: &mut Vm, this: &Ref<FileIo>) -> Result<i32> {
        open_descriptor(vm, this)
    }

    /// Whether the file is a terminal.
    #[method("($self, /)")]
    fn isatty(vm: &mut Vm, this: &Ref<FileIo>) -> Result<bool> {
        let number = open_descriptor(vm, this)?;
        Ok(vm.detach(|| terminal::isatty(number)))
    }

    /// The same just after opening, where a regular file need not be asked.
    #[method("($self, /)")]
    fn _isatty_open_only(vm: &mut Vm, this: &Ref<FileIo>) -> Result<bool> {
        is_terminal_when_opened(vm, this)
    }

    #[method("($self, source, /)")]
    fn _dealloc_warn(vm: &mut Vm, this: &Ref<FileIo>, source: &Value) -> Result<()> {
        warn_unclosed(vm, this, source);
        Ok(())
    }

    #[method("($self, /)")]
    fn __getstate__(vm: &mut Vm, this: &Value) -> Result {
        Err(iobase::cannot_pickle(vm, this))
    }

    /// True if the file is closed
    #[getter]
    fn closed(vm: &mut Vm, this: &Ref<FileIo>) -> Result<bool> {
        Ok(this.get(vm).fd < 0)
    }

    /// True if the file descriptor will be closed by close().
    #[getter]
    fn closefd(vm: &mut Vm, this: &Ref<FileIo>) -> Result<bool> {
        Ok(this.get(vm).closefd)
    }

    /// String giving the file mode
    #[getter]
    fn mode(vm: &mut Vm, this: &Ref<FileIo>) -> Result<&'static str> {
        Ok(this.get(vm).mode())
    }

    /// Stat st_blksize if available
    #[getter]
    fn _blksize(vm: &mut Vm, this: &Ref<FileIo>) -> Result<i64> {
        Ok(this.get(vm).blksize)
    }

    #[getter]
    fn _finalizing(vm: &mut Vm, this: &Ref<FileIo>) -> Result<bool> {
        Ok(this.get(vm).finalizing)
    }

    #[setter]
    fn set__finalizing(vm: &mut Vm, this: &Ref<FileIo>, value: Option<&Value>) -> Result<()> {
        let yes = finalizing_flag(vm, value)?;
        this.get_mut(vm).finalizing = yes;
        Ok(())
    }
}

/// What `_finalizing` is set to.
pub fn finalizing_flag(vm: &mut Vm, value: Option<&Value>) -> Result<bool> {
    match value {
        Some(v) if v.is_true() => Ok(true),
        Some(v) if v.is_false() => Ok(false),
        Some(_) => Err(vm.raise_type_error("attribute value type must be bool")),
        None => Err(vm.raise_type_error("can't delete numeric/char attribute")),
    }
}
