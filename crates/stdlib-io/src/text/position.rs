//! `tell` and `seek`: positions in text that is decoded from bytes.
//!
//! A position is a cookie: where in the bytes to start, with which decoder flag, how many bytes to feed to the decoder
//! from there, how many characters to skip in what comes out, and whether the input ends there. Most often only the
//! first is not zero, and the cookie is the position in the bytes. The layout of the number is CPython's.

use super::read::{decode, decoder_state, set_decoder_state};
use super::{TextIo, buffer, check_open, write};
use crate::common::{self, unsupported};
use taipan_object::statics::INT;
use taipan_object::{Bytes, IntRef};
use taipan_vm::{Ref, Result, Value, Vm, name};

#[derive(Clone, Copy, Default, Debug)]
struct Cookie {
    start: u64,
    flags: u32,
    feed: u32,
    skip: u32,
    need_eof: bool,
}

impl Cookie {
    fn to_int(self, vm: &mut Vm) -> Result {
        if self.flags == 0 && self.feed == 0 && self.skip == 0 && !self.need_eof {
            return vm.new_uint(self.start);
        }
        let mut bytes = self.start.to_le_bytes().to_vec();
        for part in [self.flags, self.feed, self.skip] {
            bytes.extend(part.to_le_bytes());
        }
        bytes.push(u8::from(self.need_eof));
        let bytes = common::bytes(vm, &bytes)?;
        let order = name!("little").to_value();
        vm.call_method(&INT.as_type().to_value(), name!("from_bytes"), &[bytes, order])
    }

    fn from_int(vm: &mut Vm, v: &Value) -> Result<Cookie> {
        let mut bytes = [0u8; 21];
        match v.as_int() {
            Some(IntRef::Small(n)) => return Ok(Cookie { start: n as u64, ..Cookie::default() }),
            Some(IntRef::Big { negative: false, digits }) if digits.len() <= 6 => {
                for (i, &d) in digits.iter().enumerate() {
                    for bit in 0..30 {
                        let at = i * 30 + bit;
                        if d >> bit & 1 != 0 {
                            match bytes.get_mut(at / 8) {
                                Some(b) => *b |= 1 << (at % 8),
                                None => return Err(vm.raise_overflow_error("int too big to convert")),
                            }
                        }
                    }
                }
            }
            _ => return Err(vm.raise_overflow_error("int too big to convert")),
        }
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        Ok(Cookie {
            start: u64::from(word(0)) | u64::from(word(4)) << 32,
            flags: word(8),
            feed: word(12),
            skip: word(16),
            need_eof: bytes[20] != 0,
        })
    }
}

fn start_decoder(vm: &mut Vm, this: &Ref<TextIo>, cookie: &Cookie) -> Result<()> {
    let state = (cookie.start != 0 || cookie.flags != 0).then_some((&[][..], u64::from(cookie.flags)));
    set_decoder_state(vm, this, state)
}

/// An encoder begins anew, or in the midst.
fn start_encoder(vm: &mut Vm, this: &Ref<TextIo>, at_start: bool) -> Result<()> {
    let Some(super::Encoder::Object(encoder)) = this.get(vm).encoder.clone() else { return Ok(()) };
    if let Some(wide) = &mut this.get_mut(vm).wide {
        wide.start = at_start;
    }
    match at_start {
        true => vm.call_method(&encoder, name!("reset"), &[])?,
        false => vm.call_method(&encoder, name!("setstate"), &[Value::from_i32(0)])?,
    };
    Ok(())
}

/// `tell()`.
pub fn tell(vm: &mut Vm, this: &Ref<TextIo>) -> Result {
    check_open(vm, this)?;
    let t = this.get(vm);
    if !t.seekable {
        return Err(unsupported(vm, "underlying stream is not seekable"));
    }
    if !t.telling {
        return Err(common::os_error(vm, "telling position disabled by next() call"));
    }
    write::flush_pending(vm, this)?;
    vm.call_method(this.as_value(), name!("flush"), &[])?;
    let buffer = buffer(vm, this)?;
    let at = vm.call_method(&buffer, name!("tell"), &[])?;
    let t = this.get(vm);
    let Some((flags, input)) = t.snapshot.clone().filter(|_| t.decoder.is_some()) else { return Ok(at) };
    let skip = t.used;
    let per_char = t.bytes_per_char;
    let at = common::offset(vm, &at)?;
    let start = (at - input.len() as i64).max(0) as u64;
    let cookie = Cookie { start, flags: flags as u32, ..Cookie::default() };
    if skip == 0 {
        return cookie.to_int(vm);
    }
    let saved = decoder_state(vm, this)?;
    let found = locate(vm, this, cookie, &input, skip, per_char);
    let restored = common::both(vm, found, |vm| set_decoder_state(vm, this, Some((&saved.0, saved.1))));
    match (found, restored) {
        (Ok(cookie), Ok(())) => cookie.to_int(vm),
        (_, Err(raised)) | (Err(raised), _) => Err(raised),
    }
}

/// Finds by decoding again where `skip` characters behind the snapshot are.
fn locate(
    vm: &mut Vm,
    this: &Ref<TextIo>,
    mut cookie: Cookie,
    input: &[u8],
    mut skip: usize,
    per_char: f64,
) -> Result<Cookie> {
    // A guess at a place before it where the decoder holds nothing back.
    let mut skip_bytes = ((per_char * skip as f64) as usize).min(input.len());
    let mut back = 1;
    loop {
        if skip_bytes == 0 {
            start_decoder(vm, this, &cookie)?;
            break;
        }
        start_decoder(vm, this, &cookie)?;
        let n = decode(vm, this, &input[..skip_bytes], false)?.len();
        if n <= skip {
            let (held, flags) = decoder_state(vm, this)?;
            if held.is_empty() {
                cookie.flags = flags as u32;
                skip -= n;
                break;
            }
            skip_bytes = skip_bytes.saturating_sub(held.len());
            back = 1;
        } else {
            skip_bytes = skip_bytes.saturating_sub(back);
            back *= 2;
        }
    }
    cookie.start += skip_bytes as u64;
    if skip == 0 {
        return Ok(cookie);
    }
    // From there byte by byte, until the characters have come out.
    let mut decoded = 0;
    for byte in &input[skip_bytes..] {
        decoded += decode(vm, this, std::slice::from_ref(byte), false)?.len();
        cookie.feed += 1;
        let (held, flags) = decoder_state(vm, this)?;
        if held.is_empty() && decoded <= skip {
            cookie.start += u64::from(cookie.feed);
            skip -= decoded;
            cookie.flags = flags as u32;
            cookie.feed = 0;
            decoded = 0;
        }
        if decoded >= skip {
            cookie.skip = skip as u32;
            return Ok(cookie);
        }
    }
    decoded += decode(vm, this, b"", true)?.len();
    cookie.need_eof = true;
    if decoded < skip {
        return Err(common::os_error(vm, "can't reconstruct logical file position"));
    }
    cookie.skip = skip as u32;
    Ok(cookie)
}

fn forget_text(vm: &mut Vm, this: &Ref<TextIo>) {
    let t = this.get_mut(vm);
    t.set_decoded(None);
    t.snapshot = None;
}

/// `seek(cookie, whence)`.
pub fn seek(vm: &mut Vm, this: &Ref<TextIo>, target: &Value, from: i32) -> Result {
    check_open(vm, this)?;
    if !this.get(vm).seekable {
        return Err(unsupported(vm, "underlying stream is not seekable"));
    }
    let mut target = target.clone();
    match from {
        0 => {}
        1 => {
            if vm.is_truthy(&target)? {
                return Err(unsupported(vm, "can't do nonzero cur-relative seeks"));
            }
            target = vm.call_method(this.as_value(), name!("tell"), &[])?;
        }
        2 => {
            if vm.is_truthy(&target)? {
                return Err(unsupported(vm, "can't do nonzero end-relative seeks"));
            }
            vm.call_method(this.as_value(), name!("flush"), &[])?;
            forget_text(vm, this);
            set_decoder_state(vm, this, None)?;
            let buffer = buffer(vm, this)?;
            let at = vm.call_method(&buffer, name!("seek"), &[target, Value::from_i32(2)])?;
            let at_start = !vm.is_truthy(&at)?;
            start_encoder(vm, this, at_start)?;
            return Ok(at);
        }
        _ => {
            return Err(vm.raise_value_error(&format!("invalid whence ({from}, should be 0, 1 or 2)")));
        }
    }
    let target = vm.index(&target)?;
    if vm.compare_bool(&target, &Value::from_i32(0), taipan_vm::slots::CompareOp::Lt)? {
        let shown = vm.repr(&target)?.to_string_lossy();
        return Err(vm.raise_value_error(&format!("negative seek position {shown}")));
    }
    vm.call_method(this.as_value(), name!("flush"), &[])?;
    let cookie = Cookie::from_int(vm, &target)?;
    let buffer = buffer(vm, this)?;
    let start = vm.new_uint(cookie.start)?;
    vm.call_method(&buffer, name!("seek"), &[start])?;
    forget_text(vm, this);
    if this.get(vm).decoder.is_some() {
        start_decoder(vm, this, &cookie)?;
        if cookie.skip > 0 {
            restore(vm, this, &buffer, &cookie)?;
        } else {
            this.get_mut(vm).snapshot = Some((u64::from(cookie.flags), Vec::new()));
        }
    }
    start_encoder(vm, this, cookie.start == 0 && cookie.flags == 0)?;
    Ok(target)
}

/// Feeds the decoder and skips the characters that a cookie says.
fn restore(vm: &mut Vm, this: &Ref<TextIo>, buffer: &Value, cookie: &Cookie) -> Result<()> {
    let feed = vm.new_uint(u64::from(cookie.feed))?;
    let input = vm.call_method(buffer, name!("read"), &[feed])?;
    let Some(input) = input.downcast::<Bytes>() else {
        let given = input.ty().name();
        let text = format!("underlying read() should have returned a bytes object, not '{given}'");
        return Err(vm.raise_type_error(&text));
    };
    let text = decode(vm, this, input.as_bytes(), cookie.need_eof)?;
    let n = text.len();
    let t = this.get_mut(vm);
    t.snapshot = Some((u64::from(cookie.flags), input.as_bytes().to_vec()));
    t.set_decoded(Some(text));
    if n < cookie.skip as usize {
        return Err(common::os_error(vm, "can't restore logical file position"));
    }
    this.get_mut(vm).used = cookie.skip as usize;
    Ok(())
}
