//! Writing text.

use super::coding::{Encoder, encode_known, encode_object};
use super::{TextIo, buffer, check_open, native_buffer};
use crate::buffered;
use crate::common::{self, call_method, unsupported};
use crate::newline::{position, with_line_ends};
use taipan_object::{Raised, StrData};
use taipan_text::codecs::utf8;
use taipan_vm::types::str::codec::Known;
use taipan_vm::types::str::units;
use taipan_vm::{Ref, Result, Str, Vm, name};

/// Hands what is encoded on to the buffer.
pub fn flush_pending(vm: &mut Vm, this: &Ref<TextIo>) -> Result<()> {
    if this.get(vm).pending.is_empty() {
        return Ok(());
    }
    let mut pending = std::mem::take(&mut this.get_mut(vm).pending);
    match native_buffer(vm, this)? {
        Some(native) => {
            buffered::write_bytes(vm, &native, &pending)?;
            // The memory is used again, unless somebody has written meanwhile.
            let t = this.get_mut(vm);
            if t.pending.capacity() == 0 {
                pending.clear();
                t.pending = pending;
            }
        }
        None => {
            let buffer = buffer(vm, this)?;
            let bytes = common::bytes(vm, &pending)?;
            call_method(vm, &buffer, name!("write"), &[bytes])?;
        }
    }
    Ok(())
}

/// What is large is not put together with what is there, nor with what is written while that is written.
fn make_room(vm: &mut Vm, this: &Ref<TextIo>, count: usize, chunk: usize) -> Result<()> {
    while !this.get(vm).pending.is_empty() && this.get(vm).pending.len() + count > chunk {
        flush_pending(vm, this)?;
    }
    Ok(())
}

/// Puts text behind what waits, where nothing has to be translated or flushed. False: it is not as simple.
#[inline]
fn write_quickly(vm: &mut Vm, this: &Ref<TextIo>, text: &Ref<Str>) -> bool {
    let t = this.get(vm);
    let data = text.data();
    let most = match (&t.encoder, data) {
        (Some(Encoder::Native(_)), StrData::Ascii(s)) | (Some(Encoder::Native(Known::Latin1)), StrData::Latin1(s)) => {
            s.len()
        }
        (Some(Encoder::Native(Known::Utf8)), StrData::Latin1(s)) => 2 * s.len(),
        (Some(Encoder::Object(_)), _) if t.wide.is_some() => 2 * text.len(),
        _ => return false,
    };
    let plain = !t.line_buffering && !t.write_through && t.newline.written().is_none();
    if !plain || t.decoder.is_some() || t.pending.len() + most >= t.chunk_size || !t.is_open_directly(vm) {
        return false;
    }
    let t = this.get_mut(vm);
    if t.pending.try_reserve(most).is_err() {
        return false;
    }
    match (t.wide, data) {
        (Some(wide), _) => return wide.encode_quickly(units(text), &mut t.pending),
        (None, StrData::Latin1(s)) if most > s.len() => utf8::extend_from_latin1(&mut t.pending, s),
        (None, StrData::Ascii(s) | StrData::Latin1(s)) => t.pending.extend_from_slice(s),
        _ => return false,
    }
    true
}

/// The line ends of an instance of a subclass, translated by its own method, which may do anything to the stream.
#[cold]
fn replace_by_method(vm: &mut Vm, this: &Ref<TextIo>, text: &Ref<Str>, end: &str) -> Result<Ref<Str>> {
    let (line_end, end) = (vm.new_str("\n")?.into_value(), vm.new_str(end)?.into_value());
    let changed = vm.call_method(text.as_value(), name!("replace"), &[line_end, end])?;
    check_open(vm, this)?;
    match changed.downcast::<Str>() {
        Some(changed) => Ok(changed.clone()),
        None => {
            let given = changed.ty().name();
            Err(vm.raise_type_error(&format!("replace() should return a str, not {given}")))
        }
    }
}

/// `write(text)` of a stream that is ready.
pub fn write_str(vm: &mut Vm, this: &Ref<TextIo>, text: &Ref<Str>) -> Result<()> {
    if write_quickly(vm, this, text) {
        return Ok(());
    }
    check_open(vm, this)?;
    let t = this.get(vm);
    if t.encoder.is_none() {
        return Err(unsupported(vm, "not writable"));
    }
    let (errors, chunk) = (t.errors.clone(), t.chunk_size);
    let (line_buffering, mut flush_text) = (t.line_buffering, t.write_through);
    let ending = t.newline.written();
    let has_lf = (ending.is_some() || line_buffering) && position(units(text), '\n', 0).is_some();
    let changed;
    let text = match ending {
        Some(end) if has_lf && text.as_value().downcast_exact::<Str>().is_none() => {
            changed = replace_by_method(vm, this, text, end)?;
            &changed
        }
        Some(end) if has_lf => {
            let buf = with_line_ends(units(text), end)?;
            changed = vm.str_from_buf(buf)?;
            &changed
        }
        _ => text,
    };
    let Some(encoder) = this.get(vm).encoder.clone() else { return Err(unsupported(vm, "not writable")) };
    let flush_all = line_buffering && (has_lf || position(units(text), '\r', 0).is_some());
    match encoder {
        Encoder::Native(known) => {
            make_room(vm, this, text.len(), chunk)?;
            let mut pending = std::mem::take(&mut this.get_mut(vm).pending);
            let encoded = encode_known(vm, known, &errors, text, &mut pending);
            let t = this.get_mut(vm);
            if t.pending.is_empty() {
                t.pending = pending;
            } else {
                // An error handler has written to this very stream: that comes first.
                t.pending.try_reserve(pending.len()).map_err(|_| Raised)?;
                t.pending.extend_from_slice(&pending);
            }
            encoded?;
        }
        Encoder::Object(encoder) => {
            let (native, object);
            let bytes = match this.get(vm).wide {
                Some(wide) => {
                    native = wide.encode(vm, &errors, text)?;
                    this.get_mut(vm).goes_on();
                    native.as_slice()
                }
                None => {
                    object = encode_object(vm, &encoder, text)?;
                    object.as_bytes()
                }
            };
            make_room(vm, this, bytes.len(), chunk)?;
            let t = this.get_mut(vm);
            t.pending.try_reserve(bytes.len()).map_err(|_| Raised)?;
            t.pending.extend_from_slice(bytes);
        }
    }
    let t = this.get_mut(vm);
    flush_text |= flush_all || t.pending.len() >= chunk;
    if flush_text {
        flush_pending(vm, this)?;
    }
    if flush_all {
        flush_buffer(vm, this)?;
    }
    let t = this.get_mut(vm);
    if t.snapshot.is_some() {
        t.set_decoded(None);
        this.get_mut(vm).snapshot = None;
    }
    if this.get(vm).decoder.is_some() {
        super::read::set_decoder_state(vm, this, None)?;
    }
    Ok(())
}

/// Flushes the buffer below.
pub fn flush_buffer(vm: &mut Vm, this: &Ref<TextIo>) -> Result<()> {
    let buffer = buffer(vm, this)?;
    vm.call_method(&buffer, name!("flush"), &[]).map(drop)
}
