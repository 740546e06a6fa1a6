//! `TextIOWrapper`: text over a buffered stream of bytes.
//!
//! `decoded` is the text that has been decoded and `used` how much of it the user has; `snapshot` is the decoder's flag
//! before that text and the bytes it came from, by which `tell` finds the place in the bytes. `pending` is what has been
//! encoded and not yet been written. Where the buffer below is exactly a native one, it is used without calls through
//! Python.

mod class;
mod coding;
mod position;
mod read;
mod write;

pub use class::{TEXT_IO_WRAPPER, TextIoClass};
use coding::locale_encoding;
pub use write::write_str;

use crate::buffered::{self, Buffered};
use crate::common::{self, State};
use crate::iobase::{self, IoBase};
use crate::newline::{Newline, Newlines};
use coding::{Coders, Decoder, Encoder, Wide};
use taipan_macros::{Payload, Trace};
use taipan_object::trace::Opaque;
use taipan_object::{Raised, Value};
use taipan_vm::errors::ENCODING_WARNING;
use taipan_vm::{Ref, Result, Str, Vm, name};

/// How much is read at a time.
const CHUNK_SIZE: usize = 8192;

/// A text stream.
#[derive(Trace, Payload)]
#[payload(class = TEXT_IO_WRAPPER, base = base)]
#[repr(C)]
pub struct TextIo {
    base: IoBase,
    buffer: Option<Value>,
    state: State,
    /// The buffer is exactly a native one, and this is exactly a `TextIOWrapper`.
    direct: bool,
    encoding: Ref<Str>,
    errors: Ref<Str>,
    newline: Opaque<Newline>,
    line_buffering: bool,
    write_through: bool,
    finalizing: bool,
    seekable: bool,
    telling: bool,
    has_read1: bool,
    chunk_size: usize,
    decoder: Option<Decoder>,
    encoder: Option<Encoder>,
    /// What the encoder object does, where that is known.
    wide: Option<Wide>,
    /// For universal newlines.
    newlines: Option<Newlines>,
    decoded: Option<Ref<Str>>,
    used: usize,
    snapshot: Option<(u64, Vec<u8>)>,
    /// Bytes for a character, as it was of late.
    bytes_per_char: f64,
    pending: Vec<u8>,
}

impl TextIo {
    fn empty() -> TextIo {
        TextIo {
            base: IoBase {},
            buffer: None,
            state: State::Uninitialized,
            direct: false,
            encoding: name!("").clone(),
            errors: name!("strict").clone(),
            newline: Opaque(Newline::Translate),
            line_buffering: false,
            write_through: false,
            finalizing: false,
            seekable: false,
            telling: false,
            has_read1: false,
            chunk_size: CHUNK_SIZE,
            decoder: None,
            encoder: None,
            wide: None,
            newlines: None,
            decoded: None,
            used: 0,
            snapshot: None,
            bytes_per_char: 0.0,
            pending: Vec::new(),
        }
    }

    /// What is encoded next does not stand at the start of the stream.
    fn goes_on(&mut self) {
        if let Some(wide) = &mut self.wide {
            wide.start = false;
        }
    }

    fn set_decoded(&mut self, text: Option<Ref<Str>>) {
        self.decoded = text;
        self.used = 0;
    }

    /// Whether the stream is on a file that is open, as far as that is seen without asking.
    #[inline]
    fn is_open_directly(&self, vm: &Vm) -> bool {
        self.direct
            && self.state == State::Ready
            && self
                .buffer
                .as_ref()
                .and_then(|b| b.downcast::<Buffered>())
                .and_then(|b| buffered::closed_directly(vm, b))
                == Some(false)
    }

    /// Characters that have been decoded and not yet been taken.
    fn ahead(&self) -> usize {
        self.decoded.as_ref().map_or(0, |d| d.len() - self.used)
    }
}

/// What a text stream is set up with.
pub struct Settings<'a> {
    pub encoding: Option<&'a Ref<Str>>,
    pub errors: Option<&'a Ref<Str>>,
    /// `None` is Python's `None`.
    pub newline: Option<&'a Ref<Str>>,
    pub line_buffering: bool,
    pub write_through: bool,
}

/// The buffer, which has to be there.
fn buffer(vm: &mut Vm, this: &Ref<TextIo>) -> Result {
    let t = this.get(vm);
    match (&t.buffer, t.state) {
        (Some(buffer), State::Ready) => Ok(buffer.clone()),
        (_, State::Detached) => Err(vm.raise_value_error("underlying buffer has been detached")),
        _ => Err(vm.raise_value_error("I/O operation on uninitialized object")),
    }
}

/// The buffer, if it is exactly a native one that this stream may use directly.
fn native_buffer(vm: &mut Vm, this: &Ref<TextIo>) -> Result<Option<Ref<Buffered>>> {
    let direct = this.get(vm).direct;
    let buffer = buffer(vm, this)?;
    Ok(if direct { buffered::exact(&buffer).cloned() } else { None })
}

/// Refuses to go on with a closed stream.
fn check_open(vm: &mut Vm, this: &Ref<TextIo>) -> Result<()> {
    let closed = if this.ty().is(TEXT_IO_WRAPPER.as_type()) {
        let buffer = buffer(vm, this)?;
        match buffered::exact(&buffer).map(|b| buffered::closed_directly(vm, b)) {
            Some(Some(closed)) => closed,
            _ => iobase::is_closed(vm, &buffer)?,
        }
    } else {
        buffer(vm, this)?;
        iobase::is_closed(vm, this.as_value())?
    };
    match closed {
        true => Err(vm.raise_value_error("I/O operation on closed file.")),
        false => Ok(()),
    }
}

/// Refuses names that cannot be written down.
fn check_text(vm: &mut Vm, name: &Ref<Str>) -> Result<()> {
    match name.to_utf8() {
        Some(_) => Ok(()),
        None => Err(vm.raise_surrogates_not_allowed(name)),
    }
}

/// The name of an encoding that was given or not: `None` and `locale` are that of the locale.
pub fn choose_encoding(vm: &mut Vm, given: Option<&Ref<Str>>) -> Result<Ref<Str>> {
    match given {
        Some(e) if e.to_utf8() != Some("locale") => check_text(vm, e).map(|()| e.clone()),
        Some(_) => {
            // What the locale means even in UTF-8 mode.
            vm.new_str("UTF-8")
        }
        None => {
            if vm.state().flags.warn_default_encoding {
                vm.warn(ENCODING_WARNING.as_type(), "'encoding' argument not specified", 1)?;
            }
            let name = locale_encoding(vm);
            vm.new_str(name)
        }
    }
}

fn check_newline(vm: &mut Vm, newline: Option<&Ref<Str>>) -> Result<Newline> {
    match Newline::parse(newline.map(|n| &**n)) {
        Some(newline) => Ok(newline),
        None => {
            let shown = newline.map(|n| n.to_string_lossy()).unwrap_or_default();
            Err(vm.raise_value_error(&format!("illegal newline value: {shown}")))
        }
    }
}

/// What universal newlines begin with, where they are in force.
fn newlines_for(newline: Newline, reads: bool) -> Option<Newlines> {
    let translate = newline == Newline::Translate;
    (reads && newline.is_universal()).then(|| Newlines { translate, ..Newlines::default() })
}

/// Sets a stream up on a buffer.
pub fn set_up(vm: &mut Vm, this: &Ref<TextIo>, buffer: &Value, settings: &Settings<'_>) -> Result<()> {
    {
        let t = this.get_mut(vm);
        t.state = State::Uninitialized;
    }
    let newline = check_newline(vm, settings.newline)?;
    let encoding = choose_encoding(vm, settings.encoding)?;
    let errors = settings.errors.cloned().unwrap_or_else(|| name!("strict").clone());
    check_text(vm, &errors)?;
    if vm.state().flags.dev_mode {
        let name = errors.to_string_lossy();
        vm.lookup_error_handler(&name)?;
    }
    let native = buffered::exact(buffer).filter(|b| b.get(vm).is_direct()).cloned();
    let direct = native.is_some() && this.ty().is(TEXT_IO_WRAPPER.as_type());
    let (reads, writes) = match &native {
        Some(b) => buffered::abilities(vm, b),
        None => {
            let reads = common::ask(vm, buffer, name!("readable"))?;
            (reads, common::ask(vm, buffer, name!("writable"))?)
        }
    };
    let Coders { decoder, encoder, wide } = coding::coders(vm, &encoding, &errors, (reads, writes))?;
    let seekable = common::ask(vm, buffer, name!("seekable"))?;
    let has_read1 = native.is_some() || vm.get_attr_opt(buffer, name!("read1"))?.is_some();
    let fresh = TextIo {
        buffer: Some(buffer.clone()),
        direct,
        encoding,
        errors,
        newline: Opaque(newline),
        line_buffering: settings.line_buffering,
        write_through: settings.write_through,
        seekable,
        telling: seekable,
        has_read1,
        newlines: newlines_for(newline, reads),
        decoder,
        encoder,
        wide,
        ..TextIo::empty()
    };
    let old = std::mem::replace(this.get_mut(vm), fresh);
    drop(old);
    this.get_mut(vm).state = State::Ready;
    fix_encoder(vm, this)
}

/// An encoder that marks the start of a stream is told where the stream does not start.
fn fix_encoder(vm: &mut Vm, this: &Ref<TextIo>) -> Result<()> {
    let t = this.get(vm);
    let Some(Encoder::Object(encoder)) = t.encoder.clone() else { return Ok(()) };
    if !t.seekable {
        return Ok(());
    }
    let buffer = buffer(vm, this)?;
    let at = vm.call_method(&buffer, name!("tell"), &[])?;
    if vm.is_truthy(&at)? {
        this.get_mut(vm).goes_on();
        vm.call_method(&encoder, name!("setstate"), &[Value::from_i32(0)])?;
    }
    Ok(())
}

/// A text stream on a buffer for `open`.
pub fn create(vm: &mut Vm, buffer: &Value, settings: &Settings<'_>) -> Result<Ref<TextIo>> {
    let this = Ref::new(vm, TextIo::empty())?;
    set_up(vm, &this, buffer, settings)?;
    Ok(this)
}

/// Changes the settings of a stream.
fn reconfigure(
    vm: &mut Vm,
    this: &Ref<TextIo>,
    encoding: Option<&Ref<Str>>,
    errors: Option<&Ref<Str>>,
    newline: Option<Option<&Ref<Str>>>,
    line_buffering: Option<bool>,
    write_through: Option<bool>,
) -> Result<()> {
    let t = this.get(vm);
    let has_read = t.decoded.is_some() || t.snapshot.is_some();
    if has_read && (encoding.is_some() || errors.is_some() || newline.is_some()) {
        let text = "It is not possible to set the encoding or newline of stream after the first read";
        return Err(common::unsupported(vm, text));
    }
    let newline = match newline {
        Some(newline) => Some(check_newline(vm, newline)?),
        None => None,
    };
    let t = this.get(vm);
    let (line_buffering, write_through) =
        (line_buffering.unwrap_or(t.line_buffering), write_through.unwrap_or(t.write_through));
    vm.call_method(this.as_value(), name!("flush"), &[])?;
    if encoding.is_some() || errors.is_some() || newline.is_some() {
        if let Some(errors) = errors {
            check_text(vm, errors)?;
        }
        let t = this.get(vm);
        let (reads, writes) = (t.decoder.is_some(), t.encoder.is_some());
        let errors = match (errors, encoding) {
            (Some(errors), _) => errors.clone(),
            (None, Some(_)) => name!("strict").clone(),
            (None, None) => t.errors.clone(),
        };
        let newline = newline.unwrap_or(t.newline.0);
        let encoding = match encoding {
            Some(_) => choose_encoding(vm, encoding)?,
            None => this.get(vm).encoding.clone(),
        };
        let Coders { decoder, encoder, wide } = coding::coders(vm, &encoding, &errors, (reads, writes))?;
        let t = this.get_mut(vm);
        t.newline.0 = newline;
        t.newlines = newlines_for(newline, reads);
        t.wide = wide;
        let old = (
            std::mem::replace(&mut t.encoding, encoding),
            std::mem::replace(&mut t.errors, errors),
            std::mem::replace(&mut t.decoder, decoder),
            std::mem::replace(&mut t.encoder, encoder),
        );
        drop(old);
        fix_encoder(vm, this)?;
    }
    let t = this.get_mut(vm);
    t.line_buffering = line_buffering;
    t.write_through = write_through;
    Ok(())
}
