//! The module `_io`: `open` and what it needs.

use crate::common::{self, DEFAULT_BUFFER_SIZE, UNSUPPORTED, optional_str};
use crate::text::{Settings, TEXT_IO_WRAPPER, TextIo, TextIoClass};
use crate::{buffered, bytesio, fileio, iobase, newline, stringio, text};
use taipan_macros::module;
use taipan_object::Type;
use taipan_vm::errors::{BLOCKING_IO_ERROR, ENCODING_WARNING, OS_ERROR, RUNTIME_WARNING, VALUE_ERROR};
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Str, Value, Vm, name, slots};

/// What the mode of `open` says.
#[derive(Default)]
struct Mode {
    creating: bool,
    reading: bool,
    writing: bool,
    appending: bool,
    updating: bool,
    text: bool,
    binary: bool,
}

fn parse_mode(vm: &mut Vm, mode: &Ref<Str>) -> Result<Mode> {
    let mut m = Mode::default();
    let mut valid = true;
    for c in mode.data().code_points() {
        let flag = match char::from_u32(c) {
            Some('x') => &mut m.creating,
            Some('r') => &mut m.reading,
            Some('w') => &mut m.writing,
            Some('a') => &mut m.appending,
            Some('+') => &mut m.updating,
            Some('t') => &mut m.text,
            Some('b') => &mut m.binary,
            _ => {
                valid = false;
                break;
            }
        };
        valid &= !std::mem::replace(flag, true);
    }
    if !valid {
        let shown = vm.repr(mode.as_value())?.to_string_lossy();
        return Err(vm.raise_value_error(&format!("invalid mode: {shown}")));
    }
    if m.text && m.binary {
        return Err(vm.raise_value_error("can't have text and binary mode at once"));
    }
    if [m.creating, m.reading, m.writing, m.appending].iter().filter(|f| **f).count() > 1 {
        return Err(vm.raise_value_error("must have exactly one of create/read/write/append mode"));
    }
    Ok(m)
}

impl Mode {
    /// As `FileIO` takes it.
    fn raw(&self) -> &'static str {
        match (self.creating, self.reading, self.writing, self.appending, self.updating) {
            (true, _, _, _, false) => "x",
            (true, _, _, _, true) => "x+",
            (_, true, _, _, false) => "r",
            (_, true, _, _, true) => "r+",
            (_, _, true, _, false) => "w",
            (_, _, true, _, true) => "w+",
            (_, _, _, true, false) => "a",
            (_, _, _, true, true) => "a+",
            (_, _, _, _, true) => "+",
            _ => "",
        }
    }

    fn buffered_class(&self) -> &'static Type {
        if self.updating {
            buffered::BUFFERED_RANDOM.as_type()
        } else if self.reading {
            buffered::BUFFERED_READER.as_type()
        } else {
            buffered::BUFFERED_WRITER.as_type()
        }
    }
}

/// The arguments of `open`.
pub struct Open<'a> {
    pub file: &'a Value,
    pub mode: &'a Ref<Str>,
    pub buffering: i64,
    pub encoding: Option<&'a Ref<Str>>,
    pub errors: Option<&'a Ref<Str>>,
    pub newline: Option<&'a Ref<Str>>,
    pub closefd: bool,
    pub opener: Option<&'a Value>,
}

/// Opens a file.
pub fn open(vm: &mut Vm, o: &Open<'_>) -> Result {
    let file = match slots::of(o.file.ty()).index.is_some() {
        true => o.file.clone(),
        false => fs_path_object(vm, o.file)?,
    };
    let m = parse_mode(vm, o.mode)?;
    if m.binary {
        let given = [("encoding", o.encoding), ("errors", o.errors), ("newline", o.newline)];
        if let Some((which, _)) = given.iter().find(|(_, v)| v.is_some()) {
            let an = if which.starts_with('e') { "an" } else { "a" };
            return Err(vm.raise_value_error(&format!("binary mode doesn't take {an} {which} argument")));
        }
        if o.buffering == 1 {
            let text =
                "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used";
            vm.warn(RUNTIME_WARNING.as_type(), text, 1)?;
        }
    }
    let raw_mode = vm.intern_utf8(m.raw())?;
    let raw = fileio::create(vm, &file, &raw_mode, o.closefd, o.opener)?;
    let mut outermost = raw.to_value();
    match wrap(vm, o, &m, &raw, &mut outermost) {
        Ok(stream) => Ok(stream),
        failed => common::both(vm, failed, |vm| vm.call_method(&outermost, name!("close"), &[])),
    }
}

/// Puts a buffer and a text layer on a raw file.
fn wrap(vm: &mut Vm, o: &Open<'_>, m: &Mode, raw: &Ref<fileio::FileIo>, outermost: &mut Value) -> Result {
    let is_terminal = o.buffering < 0 && fileio::is_terminal_when_opened(vm, raw)?;
    let line_buffering = (o.buffering == 1 && !m.binary) || is_terminal;
    let size = match o.buffering {
        0 if m.binary => return Ok(raw.to_value()),
        0 => return Err(vm.raise_value_error("can't have unbuffered text I/O")),
        1 => -1,
        n => n,
    };
    let size = match usize::try_from(size) {
        Ok(size) => size,
        Err(_) => (raw.get(vm).blksize().min(8192 * 1024) as usize).max(DEFAULT_BUFFER_SIZE),
    };
    let buffer = buffered::create(vm, m.buffered_class(), raw.as_value(), size)?;
    *outermost = buffer.clone();
    if m.binary {
        return Ok(buffer);
    }
    let settings =
        Settings { encoding: o.encoding, errors: o.errors, newline: o.newline, line_buffering, write_through: false };
    let stream = text::create(vm, &buffer, &settings)?.into_value();
    *outermost = stream.clone();
    vm.set_attr(&stream, name!("mode"), Some(o.mode.to_value()))?;
    Ok(stream)
}

/// `os.fspath`.
fn fs_path_object(vm: &mut Vm, path: &Value) -> Result {
    if path.downcast::<Str>().is_some() || path.downcast::<taipan_object::Bytes>().is_some() {
        return Ok(path.clone());
    }
    let given = path.ty().name();
    let Some(method) = vm.lookup_special(path, name!("__fspath__"))?.filter(|m| !m.is_none()) else {
        return Err(vm.raise_type_error(&format!("expected str, bytes or os.PathLike object, not {given}")));
    };
    let answer = vm.call(&method, &[])?;
    if answer.downcast::<Str>().is_some() || answer.downcast::<taipan_object::Bytes>().is_some() {
        return Ok(answer);
    }
    let text = format!("expected {given}.__fspath__() to return str or bytes, not {}", answer.ty().name());
    Err(vm.raise_type_error(&text))
}

/// `io.UnsupportedOperation`, made once an interpreter.
fn unsupported_operation(vm: &mut Vm) -> Result {
    if let Some(class) = vm.state().registry.get(UNSUPPORTED) {
        return Ok(class.clone());
    }
    let bases = vm.new_tuple(vec![OS_ERROR.as_type().to_value(), VALUE_ERROR.as_type().to_value()])?;
    let namespace = vm.new_dict()?;
    let module = vm.intern_utf8("io")?;
    vm.dict_set(&namespace, name!("__module__").as_value(), module.into_value())?;
    let type_ = taipan_object::statics::TYPE.as_type().to_value();
    let name = vm.intern_utf8("UnsupportedOperation")?;
    let class = vm.call(&type_, &[name.into_value(), bases.into_value(), namespace.into_value()])?;
    vm.state_mut().registry.insert(UNSUPPORTED, class.clone());
    Ok(class)
}

/// Writes text to a stream whose class has no methods of its own. False: it is of another kind.
fn write_quickly(vm: &mut Vm, stream: &Value, text: &Ref<Str>) -> Result<bool> {
    match stream.downcast::<TextIo>() {
        Some(stream) if stream.ty().is(TEXT_IO_WRAPPER.as_type()) => text::write_str(vm, stream, text).map(|()| true),
        _ => Ok(false),
    }
}

/// `_io`.
pub struct IoModule;

/// The classes and functions that io shows: streams of bytes and of text, in files and in memory.
#[module(name = "_io")]
impl IoModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        let size = vm.new_uint(DEFAULT_BUFFER_SIZE as u64)?;
        module.set(vm, "DEFAULT_BUFFER_SIZE", size)?;
        vm.state_mut().write_text = Some(write_quickly);
        let class = unsupported_operation(vm)?;
        module.set(vm, "UnsupportedOperation", class)?;
        module.set(vm, "BlockingIOError", BLOCKING_IO_ERROR.as_type().to_value())?;
        let classes = [
            iobase::IoBaseClass::class_def(),
            iobase::RawIoBaseClass::class_def(),
            iobase::BufferedIoBaseClass::class_def(),
            iobase::TextIoBaseClass::class_def(),
            fileio::FileIoClass::class_def(),
            bytesio::BytesIoClass::class_def(),
            bytesio::BytesIoBufferClass::class_def(),
            stringio::StringIoClass::class_def(),
            newline::NewlineDecoderClass::class_def(),
            TextIoClass::class_def(),
        ];
        for class in classes.into_iter().chain(buffered::class_defs()) {
            vm.add_class(module, &class)?;
        }
        Ok(())
    }

    /// Open a file and answer a stream for it.
    ///
    /// file is a path, or a descriptor. mode is 'r' to read (the default), 'w' to write from nothing, 'x' to create and
    /// write, 'a' to append, each with '+' to read and write, with 't' for text (the default) or 'b' for bytes.
    /// buffering is 0 for none (bytes only), 1 for lines (text only), or a size in bytes. encoding, errors and newline
    /// are as for TextIOWrapper. closefd=False leaves a descriptor open that was given. opener is called with the path
    /// and flags and answers a descriptor.
    #[function(
        "($module, /, file, mode='r', buffering=-1, encoding=None,\n     errors=None, newline=None, closefd=True, opener=None)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn open(
        vm: &mut Vm,
        file: &Value,
        mode: Option<&Value>,
        buffering: Option<i32>,
        encoding: Option<&Value>,
        errors: Option<&Value>,
        newline: Option<&Value>,
        closefd: Option<bool>,
        opener: Option<&Value>,
    ) -> Result {
        let mode = match mode {
            None => name!("r").clone(),
            Some(m) => match m.downcast::<Str>() {
                Some(m) => m.clone(),
                None => {
                    let text = format!("open() argument 'mode' must be str, not {}", m.ty().name());
                    return Err(vm.raise_type_error(&text));
                }
            },
        };
        let o = Open {
            file,
            mode: &mode,
            buffering: i64::from(buffering.unwrap_or(-1)),
            encoding: optional_str(vm, encoding, "open", "encoding")?,
            errors: optional_str(vm, errors, "open", "errors")?,
            newline: optional_str(vm, newline, "open", "newline")?,
            closefd: closefd.unwrap_or(true),
            opener: opener.filter(|o| !o.is_none()),
        };
        open(vm, &o)
    }

    /// Open a file of code, to be read as bytes.
    #[function("($module, /, path)")]
    fn open_code(vm: &mut Vm, path: &Value) -> Result {
        if path.downcast::<Str>().is_none() {
            let text = format!("open_code() argument 'path' must be str, not {}", path.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        let o = Open {
            file: path,
            mode: name!("rb"),
            buffering: -1,
            encoding: None,
            errors: None,
            newline: None,
            closefd: true,
            opener: None,
        };
        open(vm, &o)
    }

    /// What a function that takes an encoding=None hands on to open(): "locale" or, in UTF-8 mode, "utf-8".
    #[function("($module, encoding, stacklevel=2, /)")]
    fn text_encoding(vm: &mut Vm, encoding: &Value, stacklevel: Option<i32>) -> Result {
        if !encoding.is_none() {
            return Ok(encoding.clone());
        }
        if vm.state().flags.warn_default_encoding {
            let level = stacklevel.unwrap_or(2) as isize;
            vm.warn(ENCODING_WARNING.as_type(), "'encoding' argument not specified", level)?;
        }
        let name = if vm.state().flags.utf8_mode { name!("utf-8") } else { name!("locale") };
        Ok(name.to_value())
    }
}
