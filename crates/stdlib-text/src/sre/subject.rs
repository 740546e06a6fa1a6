//! What is matched: a string, bytes, or a window on anything else that shows its memory.

use std::ops::Range;
use taipan_object::{Bytes, Str, StrData};
use taipan_sre::Text;
use taipan_text::{OutOfMemory, TextBuf};
use taipan_vm::protocol::buffer::{Buffer, Request};
use taipan_vm::types::str::units;
use taipan_vm::{List, Ref, Result, Value, Vm};

/// A text that is being matched. [`Subject::close`] ends it.
pub enum Subject {
    Str(Ref<Str>),
    Bytes(Ref<Bytes>),
    Buffer(Buffer),
}

impl Subject {
    /// Opens what was passed as a string.
    pub fn open(vm: &mut Vm, string: &Value) -> Result<Subject> {
        if let Some(s) = string.downcast::<Str>() {
            return Ok(Subject::Str(s.clone()));
        }
        if let Some(b) = string.downcast::<Bytes>() {
            return Ok(Subject::Bytes(b.clone()));
        }
        if vm.is_bytes_like(string) {
            let buffer = vm.buffer(string, Request { writable: false })?;
            if buffer.piece().is_some() {
                return Ok(Subject::Buffer(buffer));
            }
            vm.release_buffer(buffer);
        }
        let text = format!("expected string or bytes-like object, got '{}'", string.ty().name());
        Err(vm.raise_type_error(&text))
    }

    /// Closes the window on the text.
    pub fn close(self, vm: &mut Vm) {
        if let Subject::Buffer(buffer) = self {
            vm.release_buffer(buffer);
        }
    }

    pub fn is_bytes(&self) -> bool {
        !matches!(self, Subject::Str(_))
    }

    pub fn len(&self) -> usize {
        match self {
            Subject::Str(s) => s.len(),
            Subject::Bytes(b) => b.len(),
            Subject::Buffer(b) => b.len,
        }
    }

    /// The text for the matcher.
    pub fn text<'a>(&'a self, vm: &'a Vm) -> Text<'a> {
        match self {
            Subject::Str(s) => match s.data() {
                StrData::Ascii(s) | StrData::Latin1(s) => Text::U8(s),
                StrData::Ucs2(s) => Text::U16(s),
                StrData::Ucs4(s) => Text::U32(s),
            },
            _ => Text::U8(self.bytes(vm)),
        }
    }

    /// The bytes of what is not a string.
    pub fn bytes<'a>(&'a self, vm: &'a Vm) -> &'a [u8] {
        match self {
            Subject::Str(_) => &[],
            Subject::Bytes(b) => b.as_bytes(),
            Subject::Buffer(b) => b.piece().and_then(|range| (b.read)(vm, &b.owner).get(range)).unwrap_or(&[]),
        }
    }

    /// A part, cut to the text.
    pub fn slice(&self, vm: &mut Vm, range: Range<usize>) -> Result {
        let end = range.end.min(self.len());
        let range = range.start.min(end)..end;
        match self {
            Subject::Str(s) => vm.str_part(s, range).map(Ref::into_value),
            Subject::Bytes(b) if range.len() == b.len() && b.ty().is(taipan_object::statics::BYTES.as_type()) => {
                Ok(b.to_value())
            }
            _ => {
                let made = vm.new_bytes(&self.bytes(vm)[range])?;
                Ok(made.into_value())
            }
        }
    }

    /// Text of this kind being put together.
    pub fn joiner(&self) -> Joiner {
        if self.is_bytes() { Joiner::Bytes(Vec::new()) } else { Joiner::Str(TextBuf::new()) }
    }
}

/// Text that is put together from parts. As soon as a part is not of its kind it is a list, whose joining raises.
pub enum Joiner {
    /// A string that is all so far.
    One(Ref<Str>),
    Str(TextBuf),
    Bytes(Vec<u8>),
    List(Ref<List>, bool),
}

impl Joiner {
    /// Adds a part of the subject.
    pub fn push_slice(&mut self, vm: &mut Vm, subject: &Subject, range: Range<usize>) -> Result<()> {
        if range.start >= range.end {
            return Ok(());
        }
        self.settle(vm)?;
        match (&mut *self, subject) {
            (Joiner::Str(out), Subject::Str(s)) => memory(vm, out.push_units(units(s).slice(range))),
            (Joiner::Bytes(out), _) => {
                let part = &subject.bytes(vm)[range];
                let made = taipan_text::units::try_extend(out, part);
                memory(vm, made)
            }
            _ => {
                let part = subject.slice(vm, range)?;
                self.push(vm, &part)
            }
        }
    }

    /// Has a text to append to.
    fn settle(&mut self, vm: &mut Vm) -> Result<()> {
        if let Joiner::One(s) = self {
            let made = TextBuf::from_units(units(s));
            *self = Joiner::Str(TextBuf::new());
            match made {
                Ok(text) => *self = Joiner::Str(text),
                Err(e) => return memory(vm, Err(e)),
            }
        }
        Ok(())
    }

    /// Adds any object.
    pub fn push(&mut self, vm: &mut Vm, part: &Value) -> Result<()> {
        self.settle(vm)?;
        match &mut *self {
            Joiner::Str(out) => {
                if let Some(s) = part.downcast_exact::<Str>()
                    && out.is_empty()
                    && !s.is_empty()
                {
                    *self = Joiner::One(s.clone());
                    return Ok(());
                }
                if let Some(s) = part.downcast::<Str>() {
                    return memory(vm, out.push_units(units(s)));
                }
            }
            Joiner::Bytes(out) => {
                if let Some(b) = part.downcast::<Bytes>() {
                    let made = taipan_text::units::try_extend(out, b.as_bytes());
                    return memory(vm, made);
                }
                if vm.is_bytes_like(part) {
                    let made = vm.with_bytes(part, |b| taipan_text::units::try_extend(out, b))?;
                    return memory(vm, made);
                }
            }
            Joiner::List(list, _) => return list.clone().get_mut(vm).push(part.clone()),
            Joiner::One(_) => {}
        }
        // What is there already counts as one item, so the numbers of items are those of the parts only at the start.
        let (sofar, bytes) = match std::mem::replace(self, Joiner::Bytes(Vec::new())) {
            Joiner::One(s) => (Some(s.into_value()), false),
            Joiner::Str(out) if out.is_empty() => (None, false),
            Joiner::Str(out) => (Some(vm.str_from_buf(out)?.into_value()), false),
            Joiner::Bytes(out) if out.is_empty() => (None, true),
            Joiner::Bytes(out) => (Some(vm.new_bytes(&out)?.into_value()), true),
            list => {
                *self = list;
                return Ok(());
            }
        };
        let mut items: Vec<Value> = sofar.into_iter().collect();
        items.push(part.clone());
        *self = Joiner::List(vm.new_list(items)?, bytes);
        Ok(())
    }

    /// The whole.
    pub fn finish(self, vm: &mut Vm) -> Result {
        match self {
            Joiner::One(s) => Ok(s.into_value()),
            Joiner::Str(out) => vm.str_from_buf(out).map(Ref::into_value),
            Joiner::Bytes(out) => vm.bytes_from_vec(out).map(Ref::into_value),
            Joiner::List(list, bytes) => {
                let empty = if bytes { vm.new_bytes(b"")?.into_value() } else { vm.empty_str().into_value() };
                vm.call_method(&empty, taipan_vm::name!("join"), &[list.into_value()])
            }
        }
    }
}

fn memory(vm: &mut Vm, made: std::result::Result<(), OutOfMemory>) -> Result<()> {
    made.map_err(|_| vm.raise_memory_error())
}
