//! Universal newlines: `IncrementalNewlineDecoder`, and the same for text streams without an object.

use crate::common;
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::{IntRef, Raised, Tuple, TypeCell};
use taipan_text::{TextBuf, Units};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::types::str::units;
use taipan_vm::{Ref, Result, Str, Type, Value, Vm, name};

/// The kinds of line ends that have been met.
pub mod seen {
    pub const CR: u8 = 1;
    pub const LF: u8 = 2;
    pub const CRLF: u8 = 4;
    pub const ALL: u8 = 7;
}

/// What is known between two pieces of text.
#[derive(Clone, Copy, Default, Debug)]
pub struct Newlines {
    /// The last piece ended with a carriage return that was kept back.
    pub pending_cr: bool,
    /// A set of [`seen`].
    pub seen: u8,
    /// Whether line ends become `\n`.
    pub translate: bool,
}

impl taipan_object::Trace for Newlines {
    fn trace(&self, _: &mut taipan_object::Visitor<'_>) {}
}

impl Newlines {
    /// Notes the line ends of text, of which no `\r` is at the end unless the text ends there.
    fn note(&mut self, text: Units<'_>) {
        if self.seen == seen::ALL {
            return;
        }
        let mut at = 0;
        while let Some(cr) = position(text, '\r', at) {
            if !self.has(seen::LF) && position(text.slice(at..cr), '\n', 0).is_some() {
                self.seen |= seen::LF;
            }
            if text.get(cr + 1) == Some('\n' as u32) {
                self.seen |= seen::CRLF;
                at = cr + 2;
            } else {
                self.seen |= seen::CR;
                at = cr + 1;
            }
            if self.seen == seen::ALL {
                return;
            }
        }
        if !self.has(seen::LF) && position(text, '\n', at).is_some() {
            self.seen |= seen::LF;
        }
    }

    fn has(&self, kind: u8) -> bool {
        self.seen & kind != 0
    }

    /// Takes a piece of text as it comes from the decoder.
    pub fn take(&mut self, vm: &mut Vm, text: Ref<Str>, last: bool) -> Result<Ref<Str>> {
        let all = units(&text);
        let n = all.len();
        let ends_with_cr = n > 0 && all.at(n - 1) == '\r' as u32;
        let joined = self.pending_cr && (last || n > 0);
        let kept_back = ends_with_cr && !last;
        if !joined && !kept_back {
            if n == 0 {
                return Ok(text);
            }
            // Most text has nothing to translate.
            if !self.translate || position(all, '\r', 0).is_none() {
                self.note(all);
                return Ok(text);
            }
        }
        let mut whole = TextBuf::new();
        if joined {
            self.pending_cr = false;
            push(&mut whole, Units::Ascii(b"\r"))?;
        }
        push(&mut whole, all.slice(0..n - usize::from(kept_back)))?;
        if kept_back {
            self.pending_cr = true;
        }
        self.note(whole.units());
        if self.translate {
            whole = translated(whole.units())?;
        }
        vm.str_from_buf(whole)
    }

    /// As `getstate` and `setstate` have it.
    pub fn with_flag(&self, flag: u64) -> u64 {
        flag << 1 | u64::from(self.pending_cr)
    }
}

fn push(to: &mut TextBuf, text: Units<'_>) -> Result<()> {
    to.push_units(text).map_err(|_| Raised)
}

/// Where a character is, from `from` on.
pub fn position(text: Units<'_>, wanted: char, from: usize) -> Option<usize> {
    let c = wanted as u32;
    let found = match text {
        Units::Ascii(s) | Units::Latin1(s) => memchr::memchr(c as u8, &s[from..]),
        Units::Ucs2(s) => s[from..].iter().position(|&u| u32::from(u) == c),
        Units::Ucs4(s) => s[from..].iter().position(|&u| u == c),
    };
    found.map(|i| from + i)
}

/// The text with every line end as `\n`.
pub fn translated(text: Units<'_>) -> Result<TextBuf> {
    let mut out = TextBuf::with_width(text.width(), text.len()).map_err(|_| Raised)?;
    let mut at = 0;
    while let Some(cr) = position(text, '\r', at) {
        push(&mut out, text.slice(at..cr))?;
        push(&mut out, Units::Ascii(b"\n"))?;
        at = cr + 1;
        if text.get(at) == Some('\n' as u32) {
            at += 1;
        }
    }
    push(&mut out, text.slice(at..text.len()))?;
    out.narrow().map_err(|_| Raised)
}

/// The text with every `\n` as `end`.
pub fn with_line_ends(text: Units<'_>, end: &'static str) -> Result<TextBuf> {
    let mut out = TextBuf::with_width(text.width(), text.len()).map_err(|_| Raised)?;
    let mut at = 0;
    while let Some(lf) = position(text, '\n', at) {
        push(&mut out, text.slice(at..lf))?;
        push(&mut out, Units::Ascii(end.as_bytes()))?;
        at = lf + 1;
    }
    push(&mut out, text.slice(at..text.len()))?;
    out.narrow().map_err(|_| Raised)
}

/// The attribute `newlines`.
pub fn newlines_attribute(vm: &mut Vm, seen: u8) -> Result {
    let mut kinds = Vec::new();
    for (kind, text) in [(seen::CR, "\r"), (seen::LF, "\n"), (seen::CRLF, "\r\n")] {
        if seen & kind != 0 {
            kinds.push(vm.new_str(text)?.into_value());
        }
    }
    match kinds.len() {
        0 => Ok(Value::none()),
        1 => Ok(kinds.swap_remove(0)),
        _ => vm.new_tuple(kinds).map(Ref::into_value),
    }
}

/// How the `newline` argument of `open`, `TextIOWrapper` and `StringIO` splits and changes lines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Newline {
    /// `None`: any line end counts and becomes `\n`; `\n` is written as the system has it.
    Translate,
    /// `''`: any line end counts and stays.
    Universal,
    /// `'\n'`
    Lf,
    /// `'\r'`
    Cr,
    /// `'\r\n'`
    CrLf,
}

impl Newline {
    /// From the argument.
    pub fn parse(text: Option<&Str>) -> Option<Newline> {
        let Some(text) = text else { return Some(Newline::Translate) };
        match text.as_ascii()? {
            "" => Some(Newline::Universal),
            "\n" => Some(Newline::Lf),
            "\r" => Some(Newline::Cr),
            "\r\n" => Some(Newline::CrLf),
            _ => None,
        }
    }

    /// Whether any line end counts.
    pub fn is_universal(self) -> bool {
        matches!(self, Newline::Translate | Newline::Universal)
    }

    /// What `\n` becomes when it is written, where it does not stay.
    pub fn written(self) -> Option<&'static str> {
        match self {
            Newline::Cr => Some("\r"),
            Newline::CrLf => Some("\r\n"),
            _ => None,
        }
    }

    /// The end of the first line of `text` that begins at `from`, behind its line end.
    pub fn line_end(self, text: Units<'_>, from: usize) -> Option<usize> {
        match self {
            Newline::Translate | Newline::Lf => position(text, '\n', from).map(|i| i + 1),
            Newline::Cr => position(text, '\r', from).map(|i| i + 1),
            Newline::CrLf => {
                let mut at = from;
                while let Some(cr) = position(text, '\r', at) {
                    if text.get(cr + 1) == Some('\n' as u32) {
                        return Some(cr + 2);
                    }
                    at = cr + 1;
                }
                None
            }
            Newline::Universal => {
                let end = match text {
                    Units::Ascii(s) | Units::Latin1(s) => memchr::memchr2(b'\n', b'\r', &s[from..]),
                    Units::Ucs2(s) => s[from..].iter().position(|&u| u == 10 || u == 13),
                    Units::Ucs4(s) => s[from..].iter().position(|&u| u == 10 || u == 13),
                }?;
                let end = from + end;
                let pair = text.at(end) == '\r' as u32 && text.get(end + 1) == Some('\n' as u32);
                Some(end + 1 + usize::from(pair))
            }
        }
    }
}

/// `_io.IncrementalNewlineDecoder`.
pub static NEWLINE_DECODER: TypeCell<NewlineDecoder> = TypeCell::new("_io.IncrementalNewlineDecoder");

/// A decoder around another.
#[derive(Trace, Payload)]
#[payload(class = NEWLINE_DECODER)]
#[repr(C)]
pub struct NewlineDecoder {
    /// `None` takes text. Nothing before `__init__`.
    decoder: Option<Value>,
    state: Newlines,
}

static INIT: Signature = Signature {
    name: "IncrementalNewlineDecoder",
    params: &["decoder", "translate", "errors"],
    required: &[true, true, false],
    required_count: 2,
    positional_only: 0,
    positional: 3,
};

fn decoder(vm: &mut Vm, this: &Ref<NewlineDecoder>) -> Result {
    match this.get(vm).decoder.clone() {
        Some(decoder) => Ok(decoder),
        None => Err(vm.raise_value_error("IncrementalNewlineDecoder.__init__() not called")),
    }
}

/// The bytes and the flag that a decoder's `getstate` answers.
pub fn decoder_state(vm: &mut Vm, decoder: &Value) -> Result<(Value, u64)> {
    let state = vm.call_method(decoder, name!("getstate"), &[])?;
    match state.downcast::<Tuple>() {
        Some(pair) if pair.len() == 2 && pair.items()[1].as_int().is_some() => {
            let flag = flag_of(vm, &pair.items()[1])?;
            Ok((pair.items()[0].clone(), flag))
        }
        _ => Err(vm.raise_type_error("illegal decoder state")),
    }
}

fn flag_of(vm: &mut Vm, v: &Value) -> Result<u64> {
    match v.as_int() {
        Some(IntRef::Small(n)) => Ok(n as u64),
        Some(IntRef::Big { negative: false, digits }) if digits.len() <= 3 => {
            let n = digits.iter().rev().fold(0u128, |n, &d| n << 30 | u128::from(d));
            Ok(n as u64)
        }
        _ => {
            let n = vm.to_index_i64(v, "long long")?;
            Ok(n as u64)
        }
    }
}

/// Methods of `_io.IncrementalNewlineDecoder`.
pub struct NewlineDecoderClass;

/// A decoder that reads text in universal newlines mode from another decoder, or with None from strings.
///
/// With translate, every line end becomes '\n'. The attribute newlines tells which were met.
#[class(cell = NEWLINE_DECODER, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(decoder, translate, errors='strict')")]
impl NewlineDecoderClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, NewlineDecoder { decoder: None, state: Newlines::default() }).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        let Some(this) = this.downcast::<NewlineDecoder>() else {
            return Err(vm.raise_wrong_receiver("__init__", this));
        };
        let [decoder, translate, _errors] = bind::<3>(vm, &INIT, args)?;
        let translate = match translate {
            Some(t) => vm.is_truthy(t)?,
            None => false,
        };
        let new = NewlineDecoder { decoder: decoder.cloned(), state: Newlines { translate, ..Newlines::default() } };
        let old = std::mem::replace(this.get_mut(vm), new);
        drop(old);
        Ok(())
    }

    #[method("($self, /, input, final=False)")]
    fn decode(vm: &mut Vm, this: &Ref<NewlineDecoder>, input: &Value, last: Option<bool>) -> Result {
        let last = last.unwrap_or(false);
        let decoder = decoder(vm, this)?;
        let text = match decoder.is_none() {
            true => input.clone(),
            false => vm.call_method(&decoder, name!("decode"), &[input.clone(), Value::bool(last)])?,
        };
        let Some(text) = text.downcast::<Str>() else {
            let given = text.ty().name();
            return Err(vm.raise_type_error(&format!("decoder should return a string result, not '{given}'")));
        };
        let mut state = this.get(vm).state;
        let text = state.take(vm, text.clone(), last);
        this.get_mut(vm).state = state;
        text.map(Ref::into_value)
    }

    #[method("($self, /)")]
    fn getstate(vm: &mut Vm, this: &Ref<NewlineDecoder>) -> Result {
        let decoder = decoder(vm, this)?;
        let (held, flag) = match decoder.is_none() {
            true => (common::bytes(vm, b"")?, 0),
            false => decoder_state(vm, &decoder)?,
        };
        let flag = this.get(vm).state.with_flag(flag);
        let flag = vm.new_uint(flag)?;
        vm.new_tuple(vec![held, flag]).map(Ref::into_value)
    }

    #[method("($self, state, /)")]
    fn setstate(vm: &mut Vm, this: &Ref<NewlineDecoder>, state: &Value) -> Result {
        let decoder = decoder(vm, this)?;
        let Some(pair) = state.downcast::<Tuple>() else {
            return Err(vm.raise_type_error("state argument must be a tuple"));
        };
        let [held, flag] = pair.items() else {
            return Err(vm.raise_type_error("setstate(): illegal state argument"));
        };
        if flag.as_int().is_none() {
            return Err(vm.raise_type_error("setstate(): illegal state argument"));
        }
        let flag = flag_of(vm, flag)?;
        this.get_mut(vm).state.pending_cr = flag & 1 != 0;
        if decoder.is_none() {
            return Ok(decoder);
        }
        let flag = vm.new_uint(flag >> 1)?;
        let state = vm.new_tuple(vec![held.clone(), flag])?;
        vm.call_method(&decoder, name!("setstate"), &[state.into_value()])
    }

    #[method("($self, /)")]
    fn reset(vm: &mut Vm, this: &Ref<NewlineDecoder>) -> Result {
        let decoder = decoder(vm, this)?;
        let state = &mut this.get_mut(vm).state;
        state.pending_cr = false;
        state.seen = 0;
        match decoder.is_none() {
            true => Ok(decoder),
            false => vm.call_method(&decoder, name!("reset"), &[]),
        }
    }

    #[getter]
    fn newlines(vm: &mut Vm, this: &Ref<NewlineDecoder>) -> Result {
        decoder(vm, this)?;
        let seen = this.get(vm).state.seen;
        newlines_attribute(vm, seen)
    }
}
