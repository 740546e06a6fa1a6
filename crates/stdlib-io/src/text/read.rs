//! Reading text.

use super::coding::{Decoder, bytes_value, decode_known, decoded, object_state};
use super::{Newline, TextIo, buffer, native_buffer, write};
use crate::buffered::Rest;
use crate::common::{call_method, unsupported};
use crate::{buffered, newline};
use taipan_object::{Bytes, Raised};
use taipan_text::TextBuf;
use taipan_vm::types::str::units;
use taipan_vm::{Ref, Result, Str, Value, Vm, name, slots};

/// Decodes bytes, universal newlines included.
pub fn decode(vm: &mut Vm, this: &Ref<TextIo>, input: &[u8], last: bool) -> Result<Ref<Str>> {
    let t = this.get_mut(vm);
    let text = match &mut t.decoder {
        None => return Err(unsupported(vm, "not readable")),
        Some(Decoder::Object(decoder)) => {
            let decoder = decoder.clone();
            let input = bytes_value(vm, input)?;
            let answer = vm.call_method(&decoder, name!("decode"), &[input, Value::bool(last)])?;
            decoded(vm, answer)?
        }
        Some(Decoder::Native(known, pending)) => {
            let known = *known;
            let pending = std::mem::take(pending);
            let errors = t.errors.clone();
            let made = decode_known(vm, known, &errors, &pending, input, last);
            let (text, left) = match made {
                Ok((text, left)) => (Ok(text), left),
                Err(raised) => (Err(raised), pending),
            };
            if let Some(Decoder::Native(_, held)) = &mut this.get_mut(vm).decoder {
                *held = left;
            }
            text?
        }
    };
    let Some(mut newlines) = this.get(vm).newlines else { return Ok(text) };
    let text = newlines.take(vm, text, last);
    if let Some(held) = &mut this.get_mut(vm).newlines {
        *held = newlines;
    }
    text
}

/// The decoder's state, universal newlines included.
pub fn decoder_state(vm: &mut Vm, this: &Ref<TextIo>) -> Result<(Vec<u8>, u64)> {
    let (held, flag) = match &this.get(vm).decoder {
        None => return Err(unsupported(vm, "not readable")),
        Some(Decoder::Native(_, pending)) => (pending.clone(), 0),
        Some(Decoder::Object(decoder)) => {
            let decoder = decoder.clone();
            object_state(vm, &decoder)?
        }
    };
    let flag = this.get(vm).newlines.map_or(flag, |n| n.with_flag(flag));
    Ok((held, flag))
}

/// Sets the decoder's state; as at the start of a stream where there is none.
pub fn set_decoder_state(vm: &mut Vm, this: &Ref<TextIo>, state: Option<(&[u8], u64)>) -> Result<()> {
    let mut inner = state;
    if let Some(newlines) = &mut this.get_mut(vm).newlines {
        match state {
            None => {
                newlines.pending_cr = false;
                newlines.seen = 0;
            }
            Some((held, flag)) => {
                newlines.pending_cr = flag & 1 != 0;
                inner = Some((held, flag >> 1));
            }
        }
    }
    match &mut this.get_mut(vm).decoder {
        None => {}
        Some(Decoder::Native(_, pending)) => *pending = inner.map(|(held, _)| held.to_vec()).unwrap_or_default(),
        Some(Decoder::Object(decoder)) => {
            let decoder = decoder.clone();
            match inner {
                None => vm.call_method(&decoder, name!("reset"), &[])?,
                Some((held, flag)) => {
                    let held = bytes_value(vm, held)?;
                    let flag = vm.new_uint(flag)?;
                    let state = vm.new_tuple(vec![held, flag])?;
                    vm.call_method(&decoder, name!("setstate"), &[state.into_value()])?
                }
            };
        }
    }
    Ok(())
}

/// Reads the next bytes and decodes them. False at the end.
pub fn read_chunk(vm: &mut Vm, this: &Ref<TextIo>, hint: usize) -> Result<bool> {
    let t = this.get(vm);
    if t.decoder.is_none() {
        return Err(unsupported(vm, "not readable"));
    }
    let (telling, has_read1) = (t.telling, t.has_read1);
    let hint = if hint > 0 { (t.bytes_per_char.max(1.0) * hint as f64) as usize } else { 0 };
    let wanted = t.chunk_size.max(hint);
    let state = if telling { Some(decoder_state(vm, this)?) } else { None };
    let mut input = Vec::new();
    match native_buffer(vm, this)? {
        Some(native) => buffered::read_one(vm, &native, wanted as isize, &mut input)?,
        None => {
            let buffer = buffer(vm, this)?;
            let method = if has_read1 { name!("read1") } else { name!("read") };
            let wanted = vm.new_uint(wanted as u64)?;
            let got = call_method(vm, &buffer, method, &[wanted])?;
            if slots::of(got.ty()).buffer.is_none() {
                let (method, given) = (method.to_string_lossy(), got.ty().name());
                let text = format!("underlying {method}() should have returned a bytes-like object, not '{given}'");
                return Err(vm.raise_type_error(&text));
            }
            input = vm.bytes_of(&got)?;
        }
    }
    let mut end = input.is_empty();
    let text = decode(vm, this, &input, end)?;
    let n = text.len();
    if n > 0 {
        end = false;
    }
    let t = this.get_mut(vm);
    t.bytes_per_char = if n > 0 { input.len() as f64 / n as f64 } else { 0.0 };
    t.set_decoded(Some(text));
    if let Some((held, flag)) = state {
        // The bytes from where the decoder had nothing held back.
        let bytes = if held.is_empty() { input } else { [held, input].concat() };
        this.get_mut(vm).snapshot = Some((flag, bytes));
    }
    Ok(!end)
}

/// Takes up to `n` characters of what has been decoded.
fn take(vm: &mut Vm, this: &Ref<TextIo>, n: usize) -> Result<Ref<Str>> {
    let t = this.get_mut(vm);
    let Some(text) = t.decoded.clone() else { return Ok(vm.empty_str()) };
    let start = t.used;
    let end = text.len().min(start.saturating_add(n));
    t.used = end;
    vm.str_part(&text, start..end)
}

fn append(to: &mut TextBuf, text: &Ref<Str>, from: usize, end: usize) -> Result<()> {
    to.push_units(units(text).slice(from..end)).map_err(|_| Raised)
}

/// `read(n)`; all there is where `n` is negative.
pub fn read(vm: &mut Vm, this: &Ref<TextIo>, n: isize) -> Result<Ref<Str>> {
    if this.get(vm).decoder.is_none() {
        return Err(unsupported(vm, "not readable"));
    }
    write::flush_pending(vm, this)?;
    if n < 0 {
        let rest = match native_buffer(vm, this)? {
            Some(native) => {
                buffered::check_readable(vm, &native)?;
                buffered::take_rest(vm, &native)?
            }
            None => {
                let buffer = buffer(vm, this)?;
                Rest::Object(vm.call_method(&buffer, name!("read"), &[])?)
            }
        };
        let text = match &rest {
            Rest::Bytes(bytes) => decode(vm, this, bytes, true)?,
            Rest::Object(object) => match object.downcast::<Bytes>() {
                Some(bytes) => decode(vm, this, bytes.as_bytes(), true)?,
                None if object.is_none() => {
                    // A stream that does not block has nothing to give.
                    let class = taipan_vm::errors::BLOCKING_IO_ERROR.as_type();
                    return Err(vm.raise_class(class, "Read returned None."));
                }
                None => {
                    let bytes = vm.bytes_of(object)?;
                    decode(vm, this, &bytes, true)?
                }
            },
        };
        drop(rest);
        let first = take(vm, this, usize::MAX)?;
        let t = this.get_mut(vm);
        t.set_decoded(None);
        t.snapshot = None;
        return if first.is_empty() { Ok(text) } else { vm.concat_str(&first, &text) };
    }
    let n = n as usize;
    let first = take(vm, this, n)?;
    if first.len() == n {
        return Ok(first);
    }
    let mut out = TextBuf::new();
    append(&mut out, &first, 0, first.len())?;
    while out.len() < n {
        if !read_chunk(vm, this, n - out.len())? {
            break;
        }
        let part = take(vm, this, n - out.len())?;
        append(&mut out, &part, 0, part.len())?;
    }
    vm.str_from_buf(out)
}

/// The next line, where nothing stands between it and what has been decoded: most lines of a file.
#[inline]
pub fn quick_line(vm: &mut Vm, this: &Ref<TextIo>) -> Option<Result<Ref<Str>>> {
    let t = this.get(vm);
    let text = t.decoded.as_ref()?;
    if !t.pending.is_empty() || !t.is_open_directly(vm) {
        return None;
    }
    let start = t.used;
    let end = t.newline.line_end(units(text), start)?;
    // Strings of one character are shared.
    if end - start < 2 {
        return None;
    }
    let made = vm.substring(text, start, end);
    this.get_mut(vm).used = end;
    Some(made)
}

/// `readline(limit)`; no limit where it is negative.
pub fn read_line(vm: &mut Vm, this: &Ref<TextIo>, limit: isize) -> Result<Ref<Str>> {
    write::flush_pending(vm, this)?;
    let mut before: Option<TextBuf> = None;
    loop {
        while this.get(vm).ahead() == 0 {
            if !read_chunk(vm, this, 0)? {
                let t = this.get_mut(vm);
                t.set_decoded(None);
                t.snapshot = None;
                return match before {
                    Some(line) => vm.str_from_buf(line),
                    None => Ok(vm.empty_str()),
                };
            }
        }
        let t = this.get(vm);
        let Some(text) = t.decoded.clone() else { return Err(Raised) };
        let (start, mode) = (t.used, t.newline.0);
        let all = units(&text);
        let taken = before.as_ref().map_or(0, TextBuf::len);
        let most = if limit < 0 { all.len() } else { all.len().min(start.saturating_add(limit as usize - taken)) };
        let split_pair = mode == Newline::CrLf
            && before.as_ref().is_some_and(|b| b.units().get(taken - 1) == Some('\r' as u32))
            && all.get(start) == Some('\n' as u32);
        let found = match split_pair && most > start {
            true => Some(start + 1),
            false => mode.line_end(all.slice(0..most), start),
        };
        let end = found.unwrap_or(most);
        this.get_mut(vm).used = end;
        let done = found.is_some() || (limit >= 0 && taken + (end - start) >= limit as usize);
        match (&mut before, done) {
            (None, true) => return vm.str_part(&text, start..end),
            (Some(line), _) => append(line, &text, start, end)?,
            (None, false) => {
                let mut line = TextBuf::new();
                append(&mut line, &text, start, end)?;
                before = Some(line);
            }
        }
        if done && let Some(line) = before {
            return vm.str_from_buf(line);
        }
    }
}

/// The kinds of line ends met so far.
pub fn newlines(vm: &mut Vm, this: &Ref<TextIo>) -> Result {
    match this.get(vm).newlines {
        Some(n) => newline::newlines_attribute(vm, n.seen),
        None => Ok(Value::none()),
    }
}
