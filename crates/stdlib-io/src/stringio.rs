//! `StringIO`: a stream over text in memory.
//!
//! The text is kept in the narrowest width that holds it and widens when it has to; writing at the end, by far the
//! most frequent case, appends.

use crate::bytesio::{set_state_dict, state_dict};
use crate::common::{self, size_argument};
use crate::iobase::{self, IoBase, TEXT_IO_BASE};
use crate::newline::{Newline, Newlines, newlines_attribute, with_line_ends};
use taipan_macros::{Payload, Trace, class};
use taipan_object::trace::Opaque;
use taipan_object::{Raised, Tuple, TypeCell};
use taipan_text::{TextBuf, Units};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::types::str::units;
use taipan_vm::{Ref, Result, Str, Type, Value, Vm, name};

/// `_io.StringIO`.
pub static STRING_IO: TypeCell<StringIo> = TypeCell::new("_io.StringIO");

/// The text, and where the stream stands.
#[derive(Trace, Payload)]
#[payload(class = STRING_IO, base = base)]
#[repr(C)]
pub struct StringIo {
    base: IoBase,
    text: Opaque<TextBuf>,
    pos: usize,
    newline: Opaque<Newline>,
    newlines: Newlines,
    ok: bool,
    closed: bool,
}

impl StringIo {
    fn empty() -> StringIo {
        StringIo {
            base: IoBase {},
            text: Opaque(TextBuf::new()),
            pos: 0,
            newline: Opaque(Newline::Lf),
            newlines: Newlines::default(),
            ok: false,
            closed: false,
        }
    }
}

fn check(vm: &mut Vm, this: &Ref<StringIo>) -> Result<()> {
    let io = this.get(vm);
    if io.closed {
        return Err(vm.raise_value_error("I/O operation on closed file"));
    }
    if !io.ok {
        return Err(vm.raise_value_error("I/O operation on uninitialized object"));
    }
    Ok(())
}

fn memory<T>(made: std::result::Result<T, taipan_text::OutOfMemory>) -> Result<T> {
    made.map_err(|_| Raised)
}

/// Puts text at the position, over what is there.
fn put(vm: &mut Vm, this: &Ref<StringIo>, new: Units<'_>) -> Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    let io = this.get_mut(vm);
    let n = io.text.len();
    let Some(end) = io.pos.checked_add(new.len()).filter(|&e| e <= isize::MAX as usize) else {
        return Err(vm.raise_overflow_error("new position too large"));
    };
    if io.pos > n {
        let gap = io.pos - n;
        memory(io.text.push_fill(0, gap))?;
    }
    if io.pos >= n {
        memory(io.text.push_units(new))?;
    } else {
        overwrite(&mut io.text, io.pos, new)?;
    }
    io.pos = end;
    Ok(())
}

/// Replaces what is at `at` by `new`, which may go beyond the end.
fn overwrite(text: &mut TextBuf, at: usize, new: Units<'_>) -> Result<()> {
    let end = at + new.len();
    match (&mut *text, new) {
        (TextBuf::Ascii(v), Units::Ascii(s)) | (TextBuf::Latin1(v), Units::Ascii(s) | Units::Latin1(s))
            if end <= v.len() && (s.is_ascii() || !v.is_ascii()) =>
        {
            v[at..end].copy_from_slice(s);
        }
        _ => {
            let old = std::mem::take(text);
            let all = old.units();
            let mut whole = memory(TextBuf::from_units(all.slice(0..at)))?;
            memory(whole.push_units(new))?;
            if end < all.len() {
                memory(whole.push_units(all.slice(end..all.len())))?;
            }
            *text = whole;
        }
    }
    Ok(())
}

/// Writes text, its line ends changed as the stream has them.
fn write(vm: &mut Vm, this: &Ref<StringIo>, text: &Ref<Str>) -> Result<()> {
    let newline = this.get(vm).newline.0;
    if newline == Newline::Lf {
        return put(vm, this, units(text));
    }
    let text = match newline.is_universal() {
        true => {
            let mut state = this.get(vm).newlines;
            let text = state.take(vm, text.clone(), true);
            this.get_mut(vm).newlines = state;
            text?
        }
        false => text.clone(),
    };
    match newline.written() {
        Some(end) if crate::newline::position(units(&text), '\n', 0).is_some() => {
            let changed = with_line_ends(units(&text), end)?;
            put(vm, this, changed.units())
        }
        _ => put(vm, this, units(&text)),
    }
}

/// The text of a range, as an object.
fn part(vm: &mut Vm, this: &Ref<StringIo>, from: usize, to: usize) -> Result {
    let text = std::mem::take(&mut this.get_mut(vm).text.0);
    let made = vm.str_from_units(text.units().slice(from..to));
    this.get_mut(vm).text.0 = text;
    made.map(Ref::into_value)
}

fn next_line(vm: &mut Vm, this: &Ref<StringIo>, limit: isize) -> Result {
    let io = this.get(vm);
    let n = io.text.len();
    if io.pos >= n {
        return Ok(vm.empty_str().into_value());
    }
    let start = io.pos;
    let most = if limit < 0 { n } else { n.min(start.saturating_add(limit as usize)) };
    let end = io.newline.line_end(io.text.units().slice(0..most), start).unwrap_or(most);
    this.get_mut(vm).pos = end;
    part(vm, this, start, end)
}

fn text_argument<'a>(vm: &mut Vm, v: &'a Value) -> Result<&'a Ref<Str>> {
    match v.downcast::<Str>() {
        Some(s) => Ok(s),
        None => Err(vm.raise_type_error(&format!("string argument expected, got '{}'", v.ty().name()))),
    }
}

fn parse_newline(vm: &mut Vm, v: Option<&Value>) -> Result<Newline> {
    let text = match v {
        None => Some(name!("\n").clone()),
        Some(v) if v.is_none() => None,
        Some(v) => match v.downcast::<Str>() {
            Some(s) => Some(s.clone()),
            None => {
                let text = format!("newline must be str or None, not {}", v.ty().name());
                return Err(vm.raise_type_error(&text));
            }
        },
    };
    match Newline::parse(text.as_deref()) {
        Some(newline) => Ok(newline),
        None => {
            let shown = match text {
                Some(text) => vm.repr(text.as_value())?.to_string_lossy(),
                None => String::new(),
            };
            Err(vm.raise_value_error(&format!("illegal newline value: {shown}")))
        }
    }
}

fn init(vm: &mut Vm, this: &Ref<StringIo>, value: Option<&Value>, newline: Option<&Value>) -> Result<()> {
    let newline = parse_newline(vm, newline)?;
    let value = match value.filter(|v| !v.is_none()) {
        None => None,
        Some(v) => match v.downcast::<Str>() {
            Some(s) => Some(s.clone()),
            None => {
                let text = format!("initial_value must be str or None, not {}", v.ty().name());
                return Err(vm.raise_type_error(&text));
            }
        },
    };
    let translate = newline == Newline::Translate;
    let fresh = StringIo {
        newline: Opaque(newline),
        newlines: Newlines { translate, ..Newlines::default() },
        ..StringIo::empty()
    };
    *this.get_mut(vm) = fresh;
    if let Some(value) = value {
        write(vm, this, &value)?;
    }
    let io = this.get_mut(vm);
    io.pos = 0;
    io.ok = true;
    Ok(())
}

static INIT: Signature = Signature {
    name: "StringIO",
    params: &["initial_value", "newline"],
    required: &[false; 2],
    required_count: 0,
    positional_only: 0,
    positional: 2,
};

/// Methods of `_io.StringIO`.
pub struct StringIoClass;

/// A stream of text in memory.
///
/// newline is as that of open(), but that None writes '\n' on all systems.
#[class(cell = STRING_IO, base = TEXT_IO_BASE, flags = BASETYPE | HAVE_GC, signature = "(initial_value='', newline='\\n')")]
impl StringIoClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        iobase::check_abstract(vm, class)?;
        Ref::new_in(vm, class, StringIo::empty()).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        let Some(this) = this.downcast::<StringIo>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
        let [value, newline] = bind::<2>(vm, &INIT, args)?;
        this.get_mut(vm).ok = false;
        init(vm, this, value, newline)
    }

    /// All the text, wherever the position is.
    #[method("($self, /)")]
    fn getvalue(vm: &mut Vm, this: &Ref<StringIo>) -> Result {
        check(vm, this)?;
        let n = this.get(vm).text.len();
        part(vm, this, 0, n)
    }

    /// The position.
    #[method("($self, /)")]
    fn tell(vm: &mut Vm, this: &Ref<StringIo>) -> Result<usize> {
        check(vm, this)?;
        Ok(this.get(vm).pos)
    }

    /// Read up to size characters, all there are by default.
    #[method("($self, size=-1, /)")]
    fn read(vm: &mut Vm, this: &Ref<StringIo>, size: Option<&Value>) -> Result {
        let size = size_argument(vm, size)?;
        check(vm, this)?;
        let io = this.get(vm);
        let n = io.text.len();
        let start = io.pos.min(n);
        let end = if size < 0 { n } else { n.min(start.saturating_add(size as usize)) };
        if end > start {
            this.get_mut(vm).pos = end;
        }
        part(vm, this, start, end)
    }

    /// Read a line; empty at the end.
    #[method("($self, size=-1, /)")]
    fn readline(vm: &mut Vm, this: &Ref<StringIo>, size: Option<&Value>) -> Result {
        let size = size_argument(vm, size)?;
        check(vm, this)?;
        next_line(vm, this, size)
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Value) -> Result<Option<Value>> {
        let Some(io) = this.downcast::<StringIo>() else { return Err(vm.raise_wrong_receiver("__next__", this)) };
        check(vm, io)?;
        let line = match io.ty().is(STRING_IO.as_type()) {
            true => next_line(vm, io, -1)?,
            false => {
                let line = vm.call_method(this, name!("readline"), &[])?;
                if line.downcast::<Str>().is_none() {
                    let given = line.ty().name();
                    let text = format!("readline() should have returned a str object, not '{given}'");
                    return Err(common::os_error(vm, &text));
                }
                line
            }
        };
        Ok(line.downcast::<Str>().is_some_and(|l| !l.is_empty()).then_some(line))
    }

    /// Cut off at a size, the position by default; answers the new size. The position stays.
    #[method("($self, pos=None, /)")]
    fn truncate(vm: &mut Vm, this: &Ref<StringIo>, pos: Option<&Value>) -> Result<usize> {
        check(vm, this)?;
        let size = match pos.filter(|p| !p.is_none()) {
            None => this.get(vm).pos as isize,
            Some(p) => size_argument(vm, Some(p))?,
        };
        if size < 0 {
            return Err(vm.raise_value_error(&format!("Negative size value {size}")));
        }
        let io = this.get_mut(vm);
        if (size as usize) < io.text.len() {
            let kept = memory(TextBuf::from_units(io.text.units().slice(0..size as usize)))?;
            io.text.0 = kept;
        }
        Ok(size as usize)
    }

    /// Move the position: to one from tell() (0), to the present one (1) or to the end (2).
    #[method("($self, pos, whence=0, /)")]
    fn seek(vm: &mut Vm, this: &Ref<StringIo>, pos: &Value, whence: Option<i32>) -> Result<usize> {
        let pos = common::index(vm, pos)?;
        check(vm, this)?;
        let whence = whence.unwrap_or(0);
        if !(0..=2).contains(&whence) {
            return Err(vm.raise_value_error(&format!("Invalid whence ({whence}, should be 0, 1 or 2)")));
        }
        if pos < 0 && whence == 0 {
            return Err(vm.raise_value_error(&format!("Negative seek position {pos}")));
        }
        if pos != 0 && whence != 0 {
            return Err(common::os_error(vm, "Can't do nonzero cur-relative seeks"));
        }
        let io = this.get_mut(vm);
        io.pos = match whence {
            0 => pos as usize,
            1 => io.pos,
            _ => io.text.len(),
        };
        Ok(io.pos)
    }

    /// Write text; answers the number of characters.
    #[method("($self, s, /)")]
    fn write(vm: &mut Vm, this: &Ref<StringIo>, s: &Value) -> Result<usize> {
        check(vm, this)?;
        let text = text_argument(vm, s)?;
        if !text.is_empty() {
            write(vm, this, text)?;
        }
        Ok(text.len())
    }

    /// Give up the text.
    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Ref<StringIo>) -> Result<()> {
        let io = this.get_mut(vm);
        io.closed = true;
        io.text.0 = TextBuf::new();
        Ok(())
    }

    #[method("($self, /)")]
    fn readable(vm: &mut Vm, this: &Ref<StringIo>) -> Result<bool> {
        check(vm, this).map(|()| true)
    }

    #[method("($self, /)")]
    fn writable(vm: &mut Vm, this: &Ref<StringIo>) -> Result<bool> {
        check(vm, this).map(|()| true)
    }

    #[method("($self, /)")]
    fn seekable(vm: &mut Vm, this: &Ref<StringIo>) -> Result<bool> {
        check(vm, this).map(|()| true)
    }

    #[method("($self, /)")]
    fn __getstate__(vm: &mut Vm, this: &Ref<StringIo>) -> Result {
        let value = StringIoClass::getvalue(vm, this)?;
        let newline = match this.get(vm).newline.0 {
            Newline::Translate => Value::none(),
            Newline::Universal => name!("").to_value(),
            Newline::Lf => name!("\n").to_value(),
            Newline::Cr => name!("\r").to_value(),
            Newline::CrLf => name!("\r\n").to_value(),
        };
        let pos = vm.new_uint(this.get(vm).pos as u64)?;
        let dict = state_dict(vm, this.as_value())?;
        vm.new_tuple(vec![value, newline, pos, dict]).map(Ref::into_value)
    }

    #[method("($self, state, /)")]
    fn __setstate__(vm: &mut Vm, this: &Ref<StringIo>, state: &Value) -> Result<()> {
        if this.get(vm).closed {
            return Err(vm.raise_value_error("I/O operation on closed file"));
        }
        let items = match state.downcast::<Tuple>() {
            Some(t) if t.len() >= 4 => t.items(),
            _ => {
                let (class, given) = (common::class_name(this.ty()), state.ty().name());
                let text = format!("{class}.__setstate__ argument should be 4-tuple, got {given}");
                return Err(vm.raise_type_error(&text));
            }
        };
        init(vm, this, None, Some(&items[1]))?;
        let value = match items[0].downcast::<Str>() {
            Some(s) => s,
            None if items[0].is_none() => name!(""),
            None => {
                let text = format!("initial_value must be str or None, not {}", items[0].ty().name());
                return Err(vm.raise_type_error(&text));
            }
        };
        // The text is as it was: line ends have been translated already.
        let text = memory(TextBuf::from_units(units(value)))?;
        this.get_mut(vm).text.0 = text;
        if items[2].as_int().is_none() {
            let text = format!("third item of state must be an integer, got {}", items[2].ty().name());
            return Err(vm.raise_type_error(&text));
        }
        let pos = common::index(vm, &items[2])?;
        if pos < 0 {
            return Err(vm.raise_value_error("position value cannot be negative"));
        }
        this.get_mut(vm).pos = pos as usize;
        set_state_dict(vm, this.as_value(), &items[3], "fourth")
    }

    #[getter]
    fn closed(vm: &mut Vm, this: &Ref<StringIo>) -> Result<bool> {
        let io = this.get(vm);
        if !io.ok && !io.closed {
            return Err(vm.raise_value_error("I/O operation on uninitialized object"));
        }
        Ok(io.closed)
    }

    #[getter]
    fn line_buffering(vm: &mut Vm, this: &Ref<StringIo>) -> Result<bool> {
        check(vm, this).map(|()| false)
    }

    #[getter]
    fn newlines(vm: &mut Vm, this: &Ref<StringIo>) -> Result {
        check(vm, this)?;
        let seen = this.get(vm).newlines.seen;
        newlines_attribute(vm, seen)
    }
}
