//! `_multibytecodec`, and the modules that its codecs are found in: `_codecs_jp`, `_codecs_kr`, `_codecs_cn`,
//! `_codecs_tw`, `_codecs_hk`, `_codecs_iso2022`.

use taipan_cjk::{Multibyte, State};
use taipan_macros::{Payload, Trace, class, module};
use taipan_num::int::IntView;
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Bytes, Str, Tuple, TypeCell};
use taipan_text::codecs::Errors;
use taipan_vm::errors::{LOOKUP_ERROR, UNICODE_ENCODE_ERROR};
use taipan_vm::native::{Args, FromArg, Place, Signature, bind};
use taipan_vm::types::int::view;
use taipan_vm::types::module::Module;
use taipan_vm::types::str::codec::{self, OptionalName, Registered, decode_with, raise_fail};
use taipan_vm::types::str::units;
use taipan_vm::{List, Ref, Result, Type, Value, Vm, name};

static CODEC: TypeCell<MultibyteCodec> = TypeCell::new("_multibytecodec.MultibyteCodec");
static ENCODER: TypeCell<IncrementalEncoder> = TypeCell::new("_multibytecodec.MultibyteIncrementalEncoder");
static DECODER: TypeCell<IncrementalDecoder> = TypeCell::new("_multibytecodec.MultibyteIncrementalDecoder");
static READER: TypeCell<StreamReader> = TypeCell::new("_multibytecodec.MultibyteStreamReader");
static WRITER: TypeCell<StreamWriter> = TypeCell::new("_multibytecodec.MultibyteStreamWriter");

/// Bytes and characters that may wait for what follows them.
const MOST_PENDING: usize = 8;

#[derive(Trace, Payload)]
#[payload(class = CODEC, frozen)]
#[repr(C)]
struct MultibyteCodec(Opaque<Multibyte>);

/// What encoders and decoders share: the codec, its state and the name of the error handler.
#[derive(Trace)]
struct Common {
    codec: Opaque<Multibyte>,
    state: Opaque<State>,
    errors: Ref<Str>,
}

#[derive(Trace, Payload)]
#[payload(class = ENCODER)]
#[repr(C)]
struct IncrementalEncoder {
    common: Common,
    pending: Option<Ref<Str>>,
}

#[derive(Trace, Payload)]
#[payload(class = DECODER)]
#[repr(C)]
struct IncrementalDecoder {
    common: Common,
    pending: Vec<u8>,
}

#[derive(Trace, Payload)]
#[payload(class = READER)]
#[repr(C)]
struct StreamReader {
    common: Common,
    stream: Value,
    pending: Vec<u8>,
}

#[derive(Trace, Payload)]
#[payload(class = WRITER)]
#[repr(C)]
struct StreamWriter {
    common: Common,
    stream: Value,
    pending: Option<Ref<Str>>,
}

fn errors_text(vm: &mut Vm, errors: &Ref<Str>) -> Result<String> {
    match errors.to_utf8() {
        Some(s) => Ok(s.to_owned()),
        None => Err(vm.raise_surrogates_not_allowed(errors)),
    }
}

/// What is at work: the codec, its state, the name of the error handler.
struct Work {
    codec: Multibyte,
    state: State,
    errors: String,
}

impl Work {
    fn new(vm: &mut Vm, common: (Multibyte, State, Ref<Str>)) -> Result<Work> {
        let errors = errors_text(vm, &common.2)?;
        Ok(Work { codec: common.0, state: common.1, errors })
    }
}

impl Common {
    fn parts(&self) -> (Multibyte, State, Ref<Str>) {
        (self.codec.0, self.state.0, self.errors.clone())
    }
}

/// Encodes: the bytes, and the number of characters used.
fn encode(vm: &mut Vm, work: &mut Work, text: &Ref<Str>, last: bool) -> Result<(Vec<u8>, usize)> {
    let Work { codec, state, errors } = work;
    let mut handler = Registered::new(vm, errors, text.as_value());
    match codec.encode(units(text), Errors::from_name(errors), last, state, &mut handler) {
        Ok(made) => Ok(made),
        Err(fail) => Err(raise_fail(vm, UNICODE_ENCODE_ERROR.as_type().to_value(), text.as_value(), fail)),
    }
}

/// The text of what is to be encoded: anything is turned into a string.
fn text_of(vm: &mut Vm, v: &Value) -> Result<Ref<Str>> {
    match v.downcast::<Str>() {
        Some(s) => Ok(s.clone()),
        None => vm.str(v),
    }
}

fn common(vm: &mut Vm, class: &Ref<Type>, errors: Option<&Value>, decodes: bool) -> Result<Common> {
    let errors = match errors {
        None => vm.new_str("strict")?,
        Some(v) => match v.downcast::<Str>() {
            Some(s) => s.clone(),
            None => {
                let given = if v.is_none() { "None".to_owned() } else { v.ty().name() };
                return Err(
                    vm.raise_type_error(&format!("{}() argument 'errors' must be str, not {given}", class.name()))
                );
            }
        },
    };
    let found = vm.get_attr(&class.to_value(), name!("codec"))?;
    match found.downcast::<MultibyteCodec>() {
        Some(c) => Ok(Common { codec: Opaque(c.0.0), state: Opaque(c.0.0.start(decodes)), errors }),
        None => Err(vm.raise_type_error("codec is unexpected type")),
    }
}

fn set_errors(vm: &mut Vm, v: Option<&Value>) -> Result<Ref<Str>> {
    match v {
        None => Err(vm.raise_class(taipan_vm::errors::ATTRIBUTE_ERROR.as_type(), "cannot delete attribute")),
        Some(v) => match v.downcast::<Str>() {
            Some(s) => Ok(s.clone()),
            None => Err(vm.raise_type_error("errors must be a string")),
        },
    }
}

fn errors_argument<'a>(vm: &mut Vm, args: Args<'a>) -> Result<Option<&'a Value>> {
    static SIGNATURE: Signature = Signature {
        name: "IncrementalCodec",
        params: &["errors"],
        required: &[false],
        required_count: 0,
        positional_only: 0,
        positional: 1,
    };
    let [errors] = bind::<1>(vm, &SIGNATURE, args)?;
    Ok(errors)
}

fn stream_arguments<'a>(vm: &mut Vm, args: Args<'a>, name: &str) -> Result<(&'a Value, Option<&'a Value>)> {
    static SIGNATURE: Signature = Signature {
        name: "StreamReaderWriter",
        params: &["stream", "errors"],
        required: &[true, false],
        required_count: 1,
        positional_only: 0,
        positional: 2,
    };
    match bind::<2>(vm, &SIGNATURE, args)? {
        [Some(stream), errors] => Ok((stream, errors)),
        _ => Err(vm.raise_type_error(&format!("{name}() missing required argument 'stream' (pos 1)"))),
    }
}

/// Encodes what was pending and what is new; what is pending now stays behind.
fn encode_more(
    vm: &mut Vm,
    work: &mut Work,
    pending: Option<Ref<Str>>,
    input: &Value,
    last: bool,
) -> Result<(Ref<Bytes>, Option<Ref<Str>>)> {
    let text = text_of(vm, input)?;
    let text = match pending {
        Some(p) => vm.concat_str(&p, &text)?,
        None => text,
    };
    let (bytes, used) = encode(vm, work, &text, last)?;
    let rest = if used < text.len() { Some(vm.str_part(&text, used..text.len())?) } else { None };
    Ok((vm.bytes_from_vec(bytes)?, rest))
}

/// Decodes what was pending and what is new; what is pending now stays behind.
fn decode_more(
    vm: &mut Vm,
    work: &mut Work,
    mut pending: Vec<u8>,
    input: &Value,
    last: bool,
) -> Result<(Ref<Str>, Vec<u8>)> {
    let room = vm.with_bytes(input, |b| {
        let room = pending.try_reserve(b.len());
        room.map(|()| pending.extend_from_slice(b))
    })?;
    room.map_err(|_| taipan_vm::Raised)?;
    let all = vm.new_bytes(&pending)?.into_value();
    let Work { codec, state, errors } = work;
    let (text, used) = decode_with(vm, &all, Some(errors), |b, how, h| codec.decode(b, how, last, state, h))?;
    Ok((text, pending.split_off(used.min(pending.len()))))
}

struct CodecClass;

#[class(cell = CODEC, base = OBJECT, flags = DISALLOW_INSTANTIATION)]
impl CodecClass {
    /// Return an encoded string version of 'input'.
    ///
    /// 'errors' names the error handler: 'strict', the default, raises UnicodeEncodeError; 'ignore', 'replace' and
    /// 'xmlcharrefreplace' are others, as is any name registered with codecs.register_error.
    #[method("($self, /, input, errors=None)")]
    fn encode(vm: &mut Vm, this: &Ref<MultibyteCodec>, input: &Value, errors: OptionalName<'_>) -> Result<Ref<Tuple>> {
        let text = text_of(vm, input)?;
        let codec = this.0.0;
        let errors = errors.0.unwrap_or("strict").to_owned();
        let (bytes, _) = encode(vm, &mut Work { codec, state: codec.start(false), errors }, &text, true)?;
        let bytes = vm.new_bytes(&bytes)?.into_value();
        let used = vm.new_uint(text.len() as u64)?;
        vm.new_tuple(vec![bytes, used])
    }

    /// Decodes 'input'.
    ///
    /// 'errors' names the error handler: 'strict', the default, raises UnicodeDecodeError; 'ignore' and 'replace' are
    /// others, as is any name registered with codecs.register_error.
    #[method("($self, /, input, errors=None)")]
    fn decode(vm: &mut Vm, this: &Ref<MultibyteCodec>, input: &Value, errors: OptionalName<'_>) -> Result<Ref<Tuple>> {
        if !vm.is_bytes_like(input) {
            return Err(vm.raise_not_bytes_like(input));
        }
        let codec = this.0.0;
        let mut state = codec.start(true);
        let (text, used) = decode_with(vm, input, errors.0, |b, how, h| codec.decode(b, how, true, &mut state, h))?;
        let used = vm.new_uint(used as u64)?;
        vm.new_tuple(vec![text.into_value(), used])
    }
}

struct EncoderClass;

#[class(cell = ENCODER, base = OBJECT, flags = BASETYPE | HAVE_GC)]
impl EncoderClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let errors = errors_argument(vm, args)?;
        let common = common(vm, class, errors, false)?;
        Ref::new_in(vm, class, IncrementalEncoder { common, pending: None }).map(Ref::into_value)
    }

    #[slot]
    fn init(_vm: &mut Vm, _this: &Value, _args: Args<'_>) -> Result<()> {
        Ok(())
    }

    #[method("($self, /, input, final=False)")]
    fn encode(vm: &mut Vm, this: &Ref<IncrementalEncoder>, input: &Value, last: Option<bool>) -> Result<Ref<Bytes>> {
        let (common, pending) = (this.get(vm).common.parts(), this.get(vm).pending.clone());
        let mut work = Work::new(vm, common)?;
        let (bytes, rest) = encode_more(vm, &mut work, pending, input, last.unwrap_or(false))?;
        let fields = this.get_mut(vm);
        fields.common.state.0 = work.state;
        let old = std::mem::replace(&mut fields.pending, rest);
        drop(old);
        Ok(bytes)
    }

    #[method("($self, /)")]
    fn getstate(vm: &mut Vm, this: &Ref<IncrementalEncoder>) -> Result {
        let mut state = Vec::new();
        let pending = this.get(vm).pending.as_ref().map(|p| p.to_string_lossy()).unwrap_or_default();
        state.push(pending.len() as u8);
        state.extend_from_slice(pending.as_bytes());
        state.extend_from_slice(&this.get(vm).common.state.0);
        let number = taipan_num::int::from_bytes(&state, true, false);
        vm.int_result(number)
    }

    #[method("($self, state, /)")]
    fn setstate(vm: &mut Vm, this: &Ref<IncrementalEncoder>, state: &Value) -> Result<()> {
        let mut bytes = [0u8; 1 + 4 * MOST_PENDING + 8];
        let fits = match view(state) {
            Some(n @ (IntView::Small(0..) | IntView::Big { negative: false, .. })) => {
                taipan_num::int::to_bytes(n, &mut bytes, true, false).is_ok()
            }
            Some(_) => return Err(vm.raise_overflow_error("can't convert negative int to unsigned")),
            None => {
                let given = state.ty().name();
                return Err(vm.raise_type_error(&format!("setstate() argument must be int, not {given}")));
            }
        };
        if !fits {
            return Err(vm.raise_overflow_error("int too big to convert"));
        }
        let n = usize::from(bytes[0]);
        if n > MOST_PENDING {
            return Err(vm.raise_class(taipan_vm::errors::UNICODE_ERROR.as_type(), "pending buffer too large"));
        }
        let mut chosen: State = [0; 8];
        chosen.copy_from_slice(&bytes[1 + n..][..8]);
        let pending = vm.new_bytes(&bytes[1..1 + n])?.into_value();
        let pending = codec::decode(vm, &pending, Some("utf-8"), None)?;
        let pending = if pending.is_empty() { None } else { Some(pending) };
        let fields = this.get_mut(vm);
        fields.common.state.0 = chosen;
        let old = std::mem::replace(&mut fields.pending, pending);
        drop(old);
        Ok(())
    }

    #[method("($self, /)")]
    fn reset(vm: &mut Vm, this: &Ref<IncrementalEncoder>) -> Result<()> {
        let fields = this.get_mut(vm);
        fields.common.codec.0.reset(&mut fields.common.state.0);
        let old = fields.pending.take();
        drop(old);
        Ok(())
    }

    /// how to treat errors
    #[getter]
    fn errors(vm: &mut Vm, this: &Ref<IncrementalEncoder>) -> Result<Ref<Str>> {
        Ok(this.get(vm).common.errors.clone())
    }

    #[setter]
    fn set_errors(vm: &mut Vm, this: &Ref<IncrementalEncoder>, v: Option<&Value>) -> Result<()> {
        let errors = set_errors(vm, v)?;
        let old = std::mem::replace(&mut this.get_mut(vm).common.errors, errors);
        drop(old);
        Ok(())
    }
}

struct DecoderClass;

#[class(cell = DECODER, base = OBJECT, flags = BASETYPE | HAVE_GC)]
impl DecoderClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let errors = errors_argument(vm, args)?;
        let common = common(vm, class, errors, true)?;
        Ref::new_in(vm, class, IncrementalDecoder { common, pending: Vec::new() }).map(Ref::into_value)
    }

    #[slot]
    fn init(_vm: &mut Vm, _this: &Value, _args: Args<'_>) -> Result<()> {
        Ok(())
    }

    #[method("($self, /, input, final=False)")]
    fn decode(vm: &mut Vm, this: &Ref<IncrementalDecoder>, input: &Value, last: Option<bool>) -> Result<Ref<Str>> {
        if !vm.is_bytes_like(input) {
            return Err(vm.raise_not_bytes_like(input));
        }
        let (common, pending) = (this.get(vm).common.parts(), this.get(vm).pending.clone());
        let mut work = Work::new(vm, common)?;
        let (text, rest) = decode_more(vm, &mut work, pending, input, last.unwrap_or(false))?;
        let fields = this.get_mut(vm);
        fields.common.state.0 = work.state;
        fields.pending = rest;
        Ok(text)
    }

    #[method("($self, /)")]
    fn getstate(vm: &mut Vm, this: &Ref<IncrementalDecoder>) -> Result<Ref<Tuple>> {
        let pending = vm.new_bytes(&this.get(vm).pending)?.into_value();
        let state = taipan_num::int::from_bytes(&this.get(vm).common.state.0, true, false);
        let state = vm.int_result(state)?;
        vm.new_tuple(vec![pending, state])
    }

    #[method("($self, state, /)")]
    fn setstate(vm: &mut Vm, this: &Ref<IncrementalDecoder>, state: &Value) -> Result<()> {
        let Some(pair) = state.downcast::<Tuple>() else {
            let given = state.ty().name();
            return Err(vm.raise_type_error(&format!("setstate() argument must be tuple, not {given}")));
        };
        let pending = match pair.items() {
            [p, n] => p.downcast::<Bytes>().zip(view(n)),
            _ => None,
        };
        let Some((pending, number)) = pending else {
            return Err(vm.raise_type_error("setstate(): illegal state argument"));
        };
        if pending.len() > MOST_PENDING {
            let name = this.get(vm).common.codec.0.name();
            let text = "pending buffer too large";
            return Err(vm.raise_unicode_decode_error(name, pending.as_value(), 0, pending.len(), text));
        }
        let mut state = State::default();
        if let IntView::Small(..0) | IntView::Big { negative: true, .. } = number {
            return Err(vm.raise_overflow_error("can't convert negative int to unsigned"));
        }
        if taipan_num::int::to_bytes(number, &mut state, true, false).is_err() {
            return Err(vm.raise_overflow_error("int too big to convert"));
        }
        let pending = pending.as_bytes().to_vec();
        let fields = this.get_mut(vm);
        fields.pending = pending;
        fields.common.state.0 = state;
        Ok(())
    }

    #[method("($self, /)")]
    fn reset(vm: &mut Vm, this: &Ref<IncrementalDecoder>) -> Result<()> {
        let fields = this.get_mut(vm);
        fields.common.codec.0.reset(&mut fields.common.state.0);
        fields.pending.clear();
        Ok(())
    }

    /// how to treat errors
    #[getter]
    fn errors(vm: &mut Vm, this: &Ref<IncrementalDecoder>) -> Result<Ref<Str>> {
        Ok(this.get(vm).common.errors.clone())
    }

    #[setter]
    fn set_errors(vm: &mut Vm, this: &Ref<IncrementalDecoder>, v: Option<&Value>) -> Result<()> {
        let errors = set_errors(vm, v)?;
        let old = std::mem::replace(&mut this.get_mut(vm).common.errors, errors);
        drop(old);
        Ok(())
    }
}

/// Reads through a method of the stream until there is something to answer.
fn read_through(vm: &mut Vm, this: &Ref<StreamReader>, method: &str, size: Option<isize>) -> Result<Ref<Str>> {
    if size == Some(0) {
        return Ok(vm.empty_str());
    }
    let (common, stream) = (this.get(vm).common.parts(), this.get(vm).stream.clone());
    let mut work = Work::new(vm, common)?;
    let method = vm.intern_utf8(method)?;
    let mut size = size.filter(|n| *n > 0);
    loop {
        let args = match size {
            Some(n) => vec![vm.new_int(n as i64)?],
            None => Vec::new(),
        };
        let data = vm.call_method(&stream, &method, &args)?;
        let Some(bytes) = data.downcast::<Bytes>() else {
            let given = data.ty().name();
            let text = format!("stream function returned a non-bytes object ({given})");
            return Err(vm.raise_type_error(&text));
        };
        let at_end = bytes.len() == 0 || size.is_none();
        let pending = this.get(vm).pending.clone();
        let (text, rest) = decode_more(vm, &mut work, pending, &data, at_end)?;
        let fields = this.get_mut(vm);
        fields.common.state.0 = work.state;
        fields.pending = rest;
        if at_end || !text.is_empty() {
            return Ok(text);
        }
        size = Some(1);
    }
}

/// A size argument: `None` and negative ones are no limit.
struct SizeHint(Option<isize>);

impl<'a> FromArg<'a> for SizeHint {
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, _place: Place) -> Result<Self> {
        match arg.filter(|v| !v.is_none()) {
            None => Ok(SizeHint(None)),
            Some(v) if v.as_int().is_some() => Ok(SizeHint(Some(vm.to_index_clamped(v)?).filter(|n| *n >= 0))),
            Some(_) => Err(vm.raise_type_error("arg 1 must be an integer")),
        }
    }
}

struct ReaderClass;

#[class(cell = READER, base = OBJECT, flags = BASETYPE | HAVE_GC)]
impl ReaderClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let (stream, errors) = stream_arguments(vm, args, "StreamReader")?;
        let common = common(vm, class, errors, true)?;
        let made = StreamReader { common, stream: stream.clone(), pending: Vec::new() };
        Ref::new_in(vm, class, made).map(Ref::into_value)
    }

    #[slot]
    fn init(_vm: &mut Vm, _this: &Value, _args: Args<'_>) -> Result<()> {
        Ok(())
    }

    #[method("($self, sizeobj=None, /)")]
    fn read(vm: &mut Vm, this: &Ref<StreamReader>, size: SizeHint) -> Result<Ref<Str>> {
        read_through(vm, this, "read", size.0)
    }

    #[method("($self, sizeobj=None, /)")]
    fn readline(vm: &mut Vm, this: &Ref<StreamReader>, size: SizeHint) -> Result<Ref<Str>> {
        read_through(vm, this, "readline", size.0)
    }

    #[method("($self, sizehintobj=None, /)")]
    fn readlines(vm: &mut Vm, this: &Ref<StreamReader>, size: SizeHint) -> Result {
        let text = read_through(vm, this, "read", size.0)?.into_value();
        vm.call_method(&text, name!("splitlines"), &[Value::bool(true)])
    }

    #[method("($self, /)")]
    fn reset(vm: &mut Vm, this: &Ref<StreamReader>) -> Result<()> {
        let fields = this.get_mut(vm);
        fields.common.codec.0.reset(&mut fields.common.state.0);
        fields.pending.clear();
        Ok(())
    }

    #[getter]
    fn stream(vm: &mut Vm, this: &Ref<StreamReader>) -> Result {
        Ok(this.get(vm).stream.clone())
    }

    /// how to treat errors
    #[getter]
    fn errors(vm: &mut Vm, this: &Ref<StreamReader>) -> Result<Ref<Str>> {
        Ok(this.get(vm).common.errors.clone())
    }

    #[setter]
    fn set_errors(vm: &mut Vm, this: &Ref<StreamReader>, v: Option<&Value>) -> Result<()> {
        let errors = set_errors(vm, v)?;
        let old = std::mem::replace(&mut this.get_mut(vm).common.errors, errors);
        drop(old);
        Ok(())
    }
}

fn write_through(vm: &mut Vm, this: &Ref<StreamWriter>, text: &Value, last: bool) -> Result<()> {
    let common = this.get(vm).common.parts();
    let (stream, pending) = (this.get(vm).stream.clone(), this.get(vm).pending.clone());
    let mut work = Work::new(vm, common)?;
    let (bytes, rest) = encode_more(vm, &mut work, pending, text, last)?;
    let fields = this.get_mut(vm);
    fields.common.state.0 = work.state;
    let old = std::mem::replace(&mut fields.pending, rest);
    drop(old);
    if !last || bytes.len() > 0 {
        vm.call_method(&stream, name!("write"), &[bytes.into_value()])?;
    }
    Ok(())
}

struct WriterClass;

#[class(cell = WRITER, base = OBJECT, flags = BASETYPE | HAVE_GC)]
impl WriterClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let (stream, errors) = stream_arguments(vm, args, "StreamWriter")?;
        let common = common(vm, class, errors, false)?;
        let made = StreamWriter { common, stream: stream.clone(), pending: None };
        Ref::new_in(vm, class, made).map(Ref::into_value)
    }

    #[slot]
    fn init(_vm: &mut Vm, _this: &Value, _args: Args<'_>) -> Result<()> {
        Ok(())
    }

    #[method("($self, strobj, /)")]
    fn write(vm: &mut Vm, this: &Ref<StreamWriter>, text: &Value) -> Result<()> {
        write_through(vm, this, text, false)
    }

    #[method("($self, lines, /)")]
    fn writelines(vm: &mut Vm, this: &Ref<StreamWriter>, lines: &Value) -> Result<()> {
        if lines.downcast::<List>().is_none() && taipan_vm::slots::of(lines.ty()).iter.is_none() {
            return Err(vm.raise_type_error("arg must be a sequence object"));
        }
        for line in vm.collect(lines)? {
            write_through(vm, this, &line, false)?;
        }
        Ok(())
    }

    #[method("($self, /)")]
    fn reset(vm: &mut Vm, this: &Ref<StreamWriter>) -> Result<()> {
        let none = vm.empty_str().into_value();
        write_through(vm, this, &none, true)
    }

    #[getter]
    fn stream(vm: &mut Vm, this: &Ref<StreamWriter>) -> Result {
        Ok(this.get(vm).stream.clone())
    }

    /// how to treat errors
    #[getter]
    fn errors(vm: &mut Vm, this: &Ref<StreamWriter>) -> Result<Ref<Str>> {
        Ok(this.get(vm).common.errors.clone())
    }

    #[setter]
    fn set_errors(vm: &mut Vm, this: &Ref<StreamWriter>, v: Option<&Value>) -> Result<()> {
        let errors = set_errors(vm, v)?;
        let old = std::mem::replace(&mut this.get_mut(vm).common.errors, errors);
        drop(old);
        Ok(())
    }
}

/// `_multibytecodec`.
pub struct MultibyteModule;

#[module(name = "_multibytecodec")]
impl MultibyteModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.set_up_class(&CodecClass::class_def())?;
        vm.add_class(module, &EncoderClass::class_def())?;
        vm.add_class(module, &DecoderClass::class_def())?;
        vm.add_class(module, &ReaderClass::class_def())?;
        vm.add_class(module, &WriterClass::class_def())
    }
}

fn codec_of(vm: &mut Vm, name: &Value, names: &[&str]) -> Result {
    let Some(name) = name.downcast::<Str>() else {
        return Err(vm.raise_type_error("encoding name must be a string."));
    };
    let found = name.as_ascii().filter(|n| names.contains(n)).and_then(Multibyte::find);
    match found {
        Some(codec) => {
            vm.set_up_class(&CodecClass::class_def())?;
            Ref::new(vm, MultibyteCodec(Opaque(codec))).map(Ref::into_value)
        }
        None => Err(vm.raise_class(LOOKUP_ERROR.as_type(), "no such codec is supported.")),
    }
}

macro_rules! codec_modules {
    ($($module:ident $name:literal [$($codec:literal),*];)*) => { $(
        #[doc = concat!("`", $name, "`.")]
        pub struct $module;

        #[module(name = $name)]
        impl $module {
            /// The codec of an encoding.
            #[function("($self, object, /)")]
            fn getcodec(vm: &mut Vm, name: &Value) -> Result {
                codec_of(vm, name, &[$($codec),*])
            }
        }
    )* };
}

codec_modules! {
    CodecsJp "_codecs_jp" [
        "shift_jis", "cp932", "euc_jp", "shift_jis_2004", "euc_jis_2004", "euc_jisx0213", "shift_jisx0213"
    ];
    CodecsKr "_codecs_kr" ["euc_kr", "cp949", "johab"];
    CodecsCn "_codecs_cn" ["gb2312", "gbk", "gb18030", "hz"];
    CodecsTw "_codecs_tw" ["big5", "cp950"];
    CodecsHk "_codecs_hk" ["big5hkscs"];
    CodecsIso2022 "_codecs_iso2022" [
        "iso2022_kr", "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3", "iso2022_jp_ext"
    ];
}
