//! `UnicodeDecodeError`, `UnicodeEncodeError`, `UnicodeTranslateError`.

use super::base;
use super::members::members;
use super::simple::make;
use super::{CodecFailure, UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError};
use crate::errors::{UNICODE_DECODE_ERROR, UNICODE_ENCODE_ERROR, UNICODE_TRANSLATE_ERROR};
use crate::native::{Args, ClassDef};
use crate::{Ref, Result, Str, Type, Value, Vm};
use taipan_macros::class;
use taipan_object::Bytes;

fn expect(vm: &mut Vm, args: &[Value], n: usize) -> Result<()> {
    if args.len() == n {
        return Ok(());
    }
    let text = format!("function takes exactly {n} arguments ({} given)", args.len());
    Err(vm.raise_type_error(&text))
}

fn check_str(vm: &mut Vm, args: &[Value], i: usize) -> Result<()> {
    let v = &args[i];
    if v.downcast::<Str>().is_some() {
        return Ok(());
    }
    let given = if v.is_none() { "None".to_owned() } else { v.ty().name() };
    Err(vm.raise_type_error(&format!("argument {} must be str, not {given}", i + 1)))
}

/// `object, start, end, reason`, which begin at `at`; those before are checked.
fn parse(vm: &mut Vm, args: &[Value], at: usize, text_object: bool) -> Result<CodecFailure> {
    expect(vm, args, at + 4)?;
    if at > 0 {
        check_str(vm, args, 0)?;
    }
    if text_object {
        check_str(vm, args, at)?;
    }
    let start = vm.to_index_i64(&args[at + 1], "ssize_t")? as isize;
    let end = vm.to_index_i64(&args[at + 2], "ssize_t")? as isize;
    check_str(vm, args, at + 3)?;
    let mut object = args[at].clone();
    if !text_object && object.downcast::<Bytes>().is_none() {
        let bytes = vm.bytes_of(&object)?;
        object = vm.new_bytes(&bytes)?.into_value();
    }
    let encoding = (at > 0).then(|| args[0].clone());
    Ok(CodecFailure { encoding, object: Some(object), start, end, reason: Some(args[at + 3].clone()) })
}

fn shown(vm: &mut Vm, v: Option<&Value>) -> Result<String> {
    match v {
        Some(v) => Ok(vm.str(v)?.to_string_lossy()),
        None => Ok("<NULL>".to_owned()),
    }
}

/// The one item that is meant, if it is one and lies in an object of this length.
fn single(f: &CodecFailure, len: usize) -> Option<usize> {
    let start = usize::try_from(f.start).ok()?;
    (start < len && f.end == f.start + 1).then_some(start)
}

/// The parts of a message about what `failure` gives; nothing before it is set up.
fn parts(vm: &mut Vm, failure: impl Fn(&Vm) -> CodecFailure, bytes: bool) -> Result<Option<Message>> {
    let f = failure(vm);
    if f.object.is_none() {
        return Ok(None);
    }
    let reason = shown(vm, f.reason.as_ref())?;
    let encoding = shown(vm, f.encoding.as_ref())?;
    // Showing them may have run Python code, which may have changed the rest.
    let f = failure(vm);
    let Some(object) = &f.object else {
        return Err(vm.raise_type_error("UnicodeError 'object' attribute is not set"));
    };
    let item = if bytes {
        let Some(b) = object.downcast::<Bytes>() else {
            return Err(vm.raise_type_error("UnicodeError 'object' attribute must be a bytes"));
        };
        single(&f, b.len()).map(|i| u32::from(b.as_bytes()[i]))
    } else {
        let Some(s) = object.downcast::<Str>() else {
            return Err(vm.raise_type_error("UnicodeError 'object' attribute must be a string"));
        };
        single(&f, s.len()).and_then(|i| s.data().get(i))
    };
    let (first, last) = (f.start, f.end.wrapping_sub(1));
    Ok(Some(Message { encoding, reason, item, first, last }))
}

struct Message {
    encoding: String,
    reason: String,
    item: Option<u32>,
    first: isize,
    last: isize,
}

impl Message {
    fn text(&self, bytes: bool) -> String {
        let Message { first, last, reason, .. } = self;
        match self.item {
            Some(b) if bytes => format!("byte 0x{b:02x} in position {first}: {reason}"),
            None if bytes => format!("bytes in position {first}-{last}: {reason}"),
            Some(c) => {
                let c = match c {
                    0..=0xFF => format!("\\x{c:02x}"),
                    0x100..=0xFFFF => format!("\\u{c:04x}"),
                    _ => format!("\\U{c:08x}"),
                };
                format!("character '{c}' in position {first}: {reason}")
            }
            None => format!("characters in position {first}-{last}: {reason}"),
        }
    }
}

fn copy(f: &CodecFailure) -> CodecFailure {
    CodecFailure {
        encoding: f.encoding.clone(),
        object: f.object.clone(),
        start: f.start,
        end: f.end,
        reason: f.reason.clone(),
    }
}

macro_rules! codec_error {
    ($layout:ident, $class:ident, $cell:ident, $members:ident, $def:ident, $at:literal, $text_object:literal, $words:expr) => {
        #[doc = concat!("Methods of `", stringify!($layout), "`.")]
        pub struct $class;

        #[class(cell = $cell)]
        impl $class {
            #[slot]
            fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
                make(vm, class, args, |base| $layout { base, failure: CodecFailure::default() })
            }

            #[slot]
            fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
                base::init(vm, this, args)?;
                let failure = parse(vm, args.positional(), $at, $text_object)?;
                if let Some(e) = this.downcast::<$layout>() {
                    let old = std::mem::replace(&mut e.get_mut(vm).failure, failure);
                    drop(old);
                }
                Ok(())
            }

            #[slot]
            fn str(vm: &mut Vm, this: &Ref<$layout>) -> Result {
                let words: fn(&Message) -> String = $words;
                let failure = |vm: &Vm| copy(&this.get(vm).failure);
                let text = parts(vm, failure, !$text_object)?.map(|m| words(&m)).unwrap_or_default();
                vm.new_str(&text).map(Ref::into_value)
            }
        }

        members! { $members: $layout {
            object "encoding" failure.encoding, "exception encoding";
            object "object" failure.object, "exception object";
            size "start" failure.start, "exception start";
            size "end" failure.end, "exception end";
            object "reason" failure.reason, "exception reason";
        } }

        #[doc = concat!("The table of `", stringify!($layout), "`.")]
        pub fn $def() -> ClassDef {
            $class::class_def().with_getsets($members)
        }
    };
}

codec_error!(UnicodeEncodeError, EncodeClass, UNICODE_ENCODE_ERROR, ENCODE_MEMBERS, encode_error, 1, true, |m| {
    format!("'{}' codec can't encode {}", m.encoding, m.text(false))
});
codec_error!(UnicodeDecodeError, DecodeClass, UNICODE_DECODE_ERROR, DECODE_MEMBERS, decode_error, 1, false, |m| {
    format!("'{}' codec can't decode {}", m.encoding, m.text(true))
});
codec_error!(
    UnicodeTranslateError,
    TranslateClass,
    UNICODE_TRANSLATE_ERROR,
    TRANSLATE_MEMBERS,
    translate_error,
    0,
    true,
    |m| format!("can't translate {}", m.text(false))
);
