//! The class `TextIOWrapper`.

use super::*;
use crate::common::{optional_str, size_argument};
use crate::fileio::finalizing_flag;
use crate::iobase::TEXT_IO_BASE;
use taipan_macros::class;
use taipan_object::TypeCell;
use taipan_vm::Type;
use taipan_vm::errors::VALUE_ERROR;
use taipan_vm::native::{Args, Signature, bind};

/// `_io.TextIOWrapper`.
pub static TEXT_IO_WRAPPER: TypeCell<TextIo> = TypeCell::new("_io.TextIOWrapper");

static INIT: Signature = Signature {
    name: "TextIOWrapper",
    params: &["buffer", "encoding", "errors", "newline", "line_buffering", "write_through"],
    required: &[true, false, false, false, false, false],
    required_count: 1,
    positional_only: 0,
    positional: 6,
};

fn flag(vm: &mut Vm, v: Option<&Value>) -> Result<bool> {
    match v {
        Some(v) => vm.is_truthy(v),
        None => Ok(false),
    }
}

fn optional_flag(vm: &mut Vm, v: Option<&Value>) -> Result<Option<bool>> {
    match v.filter(|v| !v.is_none()) {
        None => Ok(None),
        Some(v) => Ok(Some(vm.to_index_i64(v, "long")? != 0)),
    }
}

fn ask_buffer(vm: &mut Vm, this: &Ref<TextIo>, method: &Ref<Str>) -> Result {
    let buffer = buffer(vm, this)?;
    vm.call_method(&buffer, method, &[])
}

/// Methods of `_io.TextIOWrapper`.
pub struct TextIoClass;

/// Text over a buffered stream of bytes.
///
/// encoding is the name of the encoding, by default that of the locale; errors tells what happens to what cannot be
/// coded. newline is None (any line end counts and becomes '\n'), '' (any counts and stays), or the one line end that
/// counts and that '\n' is written as. With line_buffering a line end flushes; with write_through nothing waits here.
#[class(cell = TEXT_IO_WRAPPER, base = TEXT_IO_BASE, flags = BASETYPE | HAVE_GC, signature = "(buffer, encoding=None, errors=None, newline=None,\n              line_buffering=False, write_through=False)")]
impl TextIoClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        iobase::check_abstract(vm, class)?;
        Ref::new_in(vm, class, TextIo::empty()).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        let Some(this) = this.downcast::<TextIo>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
        let [buffer, encoding, errors, newline, line_buffering, write_through] = bind::<6>(vm, &INIT, args)?;
        let Some(buffer) = buffer else { return Err(Raised) };
        let settings = Settings {
            encoding: optional_str(vm, encoding, "TextIOWrapper", "encoding")?,
            errors: optional_str(vm, errors, "TextIOWrapper", "errors")?,
            newline: optional_str(vm, newline, "TextIOWrapper", "newline")?,
            line_buffering: flag(vm, line_buffering)?,
            write_through: flag(vm, write_through)?,
        };
        this.get_mut(vm).state = State::Uninitialized;
        set_up(vm, this, buffer, &settings)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<TextIo>) -> Result {
        if this.get(vm).state == State::Uninitialized {
            return Err(vm.raise_value_error("I/O operation on uninitialized object"));
        }
        let class = common::class_name(this.ty());
        let made = vm.guard_repr(this.as_value(), |vm| {
            let mut text = format!("<{class}");
            let name = match vm.get_attr_opt(this.as_value(), name!("name")) {
                Ok(name) => name,
                Err(raised) if vm.raised_is(VALUE_ERROR.as_type()) => {
                    drop(vm.take_raised(raised));
                    None
                }
                Err(raised) => return Err(raised),
            };
            if let Some(name) = name {
                text += &format!(" name={}", vm.repr(&name)?.to_string_lossy());
            }
            if let Some(mode) = vm.get_attr_opt(this.as_value(), name!("mode"))? {
                text += &format!(" mode={}", vm.repr(&mode)?.to_string_lossy());
            }
            let encoding = this.get(vm).encoding.to_value();
            let shown = vm.repr(&encoding)?.to_string_lossy();
            vm.new_str(&format!("{text} encoding={shown}>"))
        })?;
        match made {
            Some(text) => Ok(text.into_value()),
            None => Err(vm.raise_runtime_error(&format!("reentrant call inside {class}.__repr__"))),
        }
    }

    /// Change the settings of the stream; what is not given stays.
    #[method(
        "($self, /, *, encoding=None, errors=None, newline=None,\n            line_buffering=None, write_through=None)"
    )]
    fn reconfigure(
        vm: &mut Vm,
        this: &Ref<TextIo>,
        encoding: Option<&Value>,
        errors: Option<&Value>,
        newline: Option<&Value>,
        line_buffering: Option<&Value>,
        write_through: Option<&Value>,
    ) -> Result<()> {
        buffer(vm, this)?;
        let text = |vm: &mut Vm, v: Option<&Value>, which: &str| match v.filter(|v| !v.is_none()) {
            None => Ok(None),
            Some(v) => match v.downcast::<Str>() {
                Some(s) => Ok(Some(s.clone())),
                None => {
                    let given = v.ty().name();
                    let text = format!("reconfigure() argument '{which}' must be str or None, not {given}");
                    Err(vm.raise_type_error(&text))
                }
            },
        };
        let encoding = text(vm, encoding, "encoding")?;
        let errors = text(vm, errors, "errors")?;
        let newline = match newline {
            None => None,
            Some(v) => Some(text(vm, Some(v), "newline")?),
        };
        let line_buffering = optional_flag(vm, line_buffering)?;
        let write_through = optional_flag(vm, write_through)?;
        let newline = newline.as_ref().map(Option::as_ref);
        reconfigure(vm, this, encoding.as_ref(), errors.as_ref(), newline, line_buffering, write_through)
    }

    /// Part from the buffer below and answer it; the object is of no use after that.
    #[method("($self, /)")]
    fn detach(vm: &mut Vm, this: &Ref<TextIo>) -> Result {
        buffer(vm, this)?;
        vm.call_method(this.as_value(), name!("flush"), &[])?;
        let held = buffer(vm, this)?;
        let t = this.get_mut(vm);
        t.buffer = None;
        t.state = State::Detached;
        Ok(held)
    }

    /// Write text; answers the number of characters.
    #[method("($self, text, /)")]
    fn write(vm: &mut Vm, this: &Ref<TextIo>, text: &Value) -> Result<usize> {
        let Some(text) = text.downcast::<Str>() else {
            let given = if text.is_none() { "None".to_owned() } else { text.ty().name() };
            return Err(vm.raise_type_error(&format!("write() argument must be str, not {given}")));
        };
        write::write_str(vm, this, text)?;
        Ok(text.len())
    }

    /// Read up to size characters, all there are by default.
    #[method("($self, size=-1, /)")]
    fn read(vm: &mut Vm, this: &Ref<TextIo>, size: Option<&Value>) -> Result {
        let size = size_argument(vm, size)?;
        check_open(vm, this)?;
        read::read(vm, this, size).map(Ref::into_value)
    }

    /// Read a line; empty at the end.
    #[method("($self, size=-1, /)")]
    fn readline(vm: &mut Vm, this: &Ref<TextIo>, size: Option<&Value>) -> Result {
        let size = match size {
            None => -1,
            Some(size) => common::index(vm, size)?,
        };
        if size < 0
            && let Some(line) = read::quick_line(vm, this)
        {
            return line.map(Ref::into_value);
        }
        check_open(vm, this)?;
        read::read_line(vm, this, size).map(Ref::into_value)
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Value) -> Result<Option<Value>> {
        let Some(t) = this.downcast::<TextIo>() else { return Err(vm.raise_wrong_receiver("__next__", this)) };
        if let Some(line) = read::quick_line(vm, t) {
            t.get_mut(vm).telling = false;
            return line.map(|line| Some(line.into_value()));
        }
        buffer(vm, t)?;
        t.get_mut(vm).telling = false;
        let line = if t.ty().is(TEXT_IO_WRAPPER.as_type()) {
            check_open(vm, t)?;
            read::read_line(vm, t, -1)?
        } else {
            let line = vm.call_method(this, name!("readline"), &[])?;
            match line.downcast::<Str>() {
                Some(line) => line.clone(),
                None => {
                    let given = line.ty().name();
                    let text = format!("readline() should have returned a str object, not '{given}'");
                    return Err(common::os_error(vm, &text));
                }
            }
        };
        if !line.is_empty() {
            return Ok(Some(line.into_value()));
        }
        let t = t.get_mut(vm);
        t.snapshot = None;
        t.telling = t.seekable;
        Ok(None)
    }

    /// Write what waits here and in the buffer below.
    #[method("($self, /)")]
    fn flush(vm: &mut Vm, this: &Ref<TextIo>) -> Result<()> {
        check_open(vm, this)?;
        let t = this.get_mut(vm);
        t.telling = t.seekable;
        write::flush_pending(vm, this)?;
        write::flush_buffer(vm, this)
    }

    /// Flush and close, this and the buffer below.
    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Ref<TextIo>) -> Result {
        let held = buffer(vm, this)?;
        if iobase::is_closed(vm, this.as_value())? || matches!(this.get(vm).state, State::Detached) {
            return Ok(Value::none());
        }
        if this.get(vm).finalizing {
            let warned = vm.call_method(&held, name!("_dealloc_warn"), std::slice::from_ref(this.as_value()));
            vm.ignore(warned);
        }
        let flushed = vm.call_method(this.as_value(), name!("flush"), &[]);
        common::both(vm, flushed, |vm| vm.call_method(&held, name!("close"), &[]))
    }

    #[method("($self, /)")]
    fn fileno(vm: &mut Vm, this: &Ref<TextIo>) -> Result {
        ask_buffer(vm, this, name!("fileno"))
    }

    #[method("($self, /)")]
    fn seekable(vm: &mut Vm, this: &Ref<TextIo>) -> Result {
        ask_buffer(vm, this, name!("seekable"))
    }

    #[method("($self, /)")]
    fn readable(vm: &mut Vm, this: &Ref<TextIo>) -> Result {
        ask_buffer(vm, this, name!("readable"))
    }

    #[method("($self, /)")]
    fn writable(vm: &mut Vm, this: &Ref<TextIo>) -> Result {
        ask_buffer(vm, this, name!("writable"))
    }

    #[method("($self, /)")]
    fn isatty(vm: &mut Vm, this: &Ref<TextIo>) -> Result {
        ask_buffer(vm, this, name!("isatty"))
    }

    /// Move the position to what tell() answered, or with whence 1 stay, or with whence 2 go to the end.
    #[method("($self, cookie, whence=os.SEEK_SET, /)")]
    fn seek(vm: &mut Vm, this: &Ref<TextIo>, cookie: &Value, whence: Option<i32>) -> Result {
        position::seek(vm, this, cookie, whence.unwrap_or(0))
    }

    /// The position, as a number that only seek() understands.
    #[method("($self, /)")]
    fn tell(vm: &mut Vm, this: &Ref<TextIo>) -> Result {
        position::tell(vm, this)
    }

    #[method("($self, pos=None, /)")]
    fn truncate(vm: &mut Vm, this: &Ref<TextIo>, pos: Option<&Value>) -> Result {
        let held = buffer(vm, this)?;
        vm.call_method(this.as_value(), name!("flush"), &[])?;
        let none = Value::none();
        vm.call_method(&held, name!("truncate"), std::slice::from_ref(pos.unwrap_or(&none)))
    }

    #[method("($self, /)")]
    fn __getstate__(vm: &mut Vm, this: &Value) -> Result {
        Err(iobase::cannot_pickle(vm, this))
    }

    #[getter]
    fn encoding(vm: &mut Vm, this: &Ref<TextIo>) -> Result<Option<Value>> {
        let t = this.get(vm);
        Ok((t.state != State::Uninitialized).then(|| t.encoding.to_value()))
    }

    #[getter]
    fn errors(vm: &mut Vm, this: &Ref<TextIo>) -> Result {
        if this.get(vm).state == State::Uninitialized {
            return Err(vm.raise_value_error("I/O operation on uninitialized object"));
        }
        Ok(this.get(vm).errors.to_value())
    }

    #[getter]
    fn buffer(vm: &mut Vm, this: &Ref<TextIo>) -> Result {
        buffer(vm, this)
    }

    #[getter]
    fn line_buffering(vm: &mut Vm, this: &Ref<TextIo>) -> Result<bool> {
        Ok(this.get(vm).line_buffering)
    }

    #[getter]
    fn write_through(vm: &mut Vm, this: &Ref<TextIo>) -> Result<bool> {
        Ok(this.get(vm).write_through)
    }

    #[getter]
    fn _finalizing(vm: &mut Vm, this: &Ref<TextIo>) -> Result<bool> {
        Ok(this.get(vm).finalizing)
    }

    #[setter]
    fn set__finalizing(vm: &mut Vm, this: &Ref<TextIo>, value: Option<&Value>) -> Result<()> {
        let yes = finalizing_flag(vm, value)?;
        this.get_mut(vm).finalizing = yes;
        Ok(())
    }

    #[getter]
    fn name(vm: &mut Vm, this: &Ref<TextIo>) -> Result {
        let held = buffer(vm, this)?;
        vm.get_attr(&held, name!("name"))
    }

    #[getter]
    fn closed(vm: &mut Vm, this: &Ref<TextIo>) -> Result {
        let held = buffer(vm, this)?;
        vm.get_attr(&held, name!("closed"))
    }

    #[getter]
    fn newlines(vm: &mut Vm, this: &Ref<TextIo>) -> Result {
        buffer(vm, this)?;
        read::newlines(vm, this)
    }

    #[getter]
    fn _CHUNK_SIZE(vm: &mut Vm, this: &Ref<TextIo>) -> Result<usize> {
        buffer(vm, this)?;
        Ok(this.get(vm).chunk_size)
    }

    #[setter]
    fn set__CHUNK_SIZE(vm: &mut Vm, this: &Ref<TextIo>, value: Option<&Value>) -> Result<()> {
        buffer(vm, this)?;
        let Some(value) = value else {
            return Err(vm.raise_class(
                taipan_vm::errors::ATTRIBUTE_ERROR.as_type(),
                "attribute '_CHUNK_SIZE' of '_io.TextIOWrapper' objects cannot be deleted",
            ));
        };
        let n = match common::index(vm, value) {
            Err(raised) if vm.raised_is(taipan_vm::errors::OVERFLOW_ERROR.as_type()) => {
                drop(vm.take_raised(raised));
                let text = format!("cannot fit '{}' into an index-sized integer", value.ty().name());
                return Err(vm.raise_value_error(&text));
            }
            other => other?,
        };
        if n <= 0 {
            return Err(vm.raise_value_error("a strictly positive integer is required"));
        }
        this.get_mut(vm).chunk_size = n as usize;
        Ok(())
    }
}
