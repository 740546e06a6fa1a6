//! Reading: the input, the stack, and what each opcode does.

use super::UNPICKLING_ERROR;
use super::unpickler::{File, UNPICKLER, Unpickler, persistent_hook};
use crate::common::{label, raise_kept};
use taipan_num::error::never;
use taipan_object::statics::{DICT, LIST, SET, TUPLE};
use taipan_object::{Bytes, List, Raised, Set, Str, Tuple};
use taipan_text::Units;
use taipan_text::codecs::escape;
use taipan_text::codecs::{Errors, utf8};
use taipan_vm::native::Args;
use taipan_vm::types::bytes::{ByteArray, MEMORYVIEW};
use taipan_vm::types::str::codec;
use taipan_vm::{Dict, Ref, Result, Type, Value, Vm, name};

/// The size that has its own words.
const FRAME: &str = "FRAME length";
const NO_FRAME: usize = usize::MAX;

enum Source {
    Bytes(Ref<Bytes>),
    Owned(Vec<u8>),
}

/// A pickle being read.
pub struct Loader {
    this: Ref<Unpickler>,
    source: Source,
    at: usize,
    /// Where the frame that is being read ends; nothing may lie across it.
    frame_end: usize,
    file: Option<File>,
    stack: Vec<Value>,
    marks: Vec<usize>,
    own_find_class: bool,
    /// The last class whose instances took their attributes without a dict: address and version.
    built: (u64, u32),
    /// Names of attributes, as the pickle has them and interned.
    names: [Option<(Ref<Str>, Ref<Str>)>; 16],
}

fn wrong(vm: &mut Vm, text: &str) -> Raised {
    raise_kept(vm, UNPICKLING_ERROR, text)
}

/// Bytes of a number that is none that an error shows.
const SHOWN: usize = 200;

/// What an error says of a line that is no number: its text, which has to be UTF-8.
fn no_number(vm: &mut Vm, line: &[u8]) -> Raised {
    let line = before_zero(line);
    let shown = vm.new_bytes(&line[..line.len().min(SHOWN)]);
    let text = shown.and_then(|bytes| vm.call_method(bytes.as_value(), name!("decode"), &[]));
    match text.and_then(|text| vm.repr(&text)) {
        Ok(shown) => {
            let shown: String = shown.to_string_lossy().chars().take(SHOWN).collect();
            vm.raise_value_error(&format!("invalid literal for int() with base 10: {shown}"))
        }
        Err(raised) => raised,
    }
}

/// The place in the memo that a line names.
fn index_of_line(vm: &mut Vm, line: &[u8]) -> Result<usize> {
    match std::str::from_utf8(before_zero(line)).ok().and_then(|s| s.trim().parse::<i64>().ok()) {
        Some(n) => match usize::try_from(n) {
            Ok(n) => Ok(n),
            Err(_) => Err(vm.raise_value_error("negative PUT argument")),
        },
        None => Err(no_number(vm, &[line, b"\n"].concat())),
    }
}

/// A line's number: what stands before a zero byte, as C reads it.
fn before_zero(line: &[u8]) -> &[u8] {
    line.split(|b| *b == 0).next().unwrap_or(line)
}

impl Loader {
    /// Reads from memory.
    pub fn from_bytes(this: &Ref<Unpickler>, data: Ref<Bytes>) -> Loader {
        Loader {
            this: this.clone(),
            source: Source::Bytes(data),
            at: 0,
            frame_end: NO_FRAME,
            file: None,
            stack: Vec::new(),
            marks: Vec::new(),
            own_find_class: false,
            built: (0, 0),
            names: Default::default(),
        }
    }

    /// Reads from the unpickler's file.
    pub fn from_file(vm: &mut Vm, this: &Ref<Unpickler>) -> Result<Loader> {
        let fields = this.get_mut(vm);
        let ahead = std::mem::take(&mut fields.ahead.0);
        let file = fields.file.clone();
        let own_find_class = !this.ty().is(UNPICKLER.as_type());
        let source = Source::Owned(ahead);
        Ok(Loader {
            this: this.clone(),
            source,
            at: 0,
            frame_end: NO_FRAME,
            file,
            stack: Vec::new(),
            marks: Vec::new(),
            own_find_class,
            built: (0, 0),
            names: Default::default(),
        })
    }

    /// Keeps what was read too far.
    pub fn finish(&mut self, vm: &mut Vm) {
        if let Source::Owned(data) = &mut self.source {
            let rest = data.split_off(self.at.min(data.len()));
            self.this.get_mut(vm).ahead.0 = rest;
        }
    }

    fn data(&self) -> &[u8] {
        match &self.source {
            Source::Bytes(b) => b.as_bytes(),
            Source::Owned(v) => v,
        }
    }

    #[cold]
    fn fill(&mut self, vm: &mut Vm, n: usize) -> Result<bool> {
        let missing = n - (self.data().len() - self.at);
        let Some(file) = self.file.clone() else { return Ok(false) };
        let count = vm.new_uint(missing as u64)?;
        let more = vm.call(&file.read, &[count])?;
        self.append(vm, &more, "read")?;
        Ok(self.data().len() - self.at >= n)
    }

    fn append(&mut self, vm: &mut Vm, more: &Value, method: &str) -> Result<()> {
        let Some(more) = more.downcast::<Bytes>() else {
            let text = format!("{method}() from the underlying stream did not return bytes");
            return Err(vm.raise_value_error(&text));
        };
        let at = self.at;
        if let Source::Owned(data) = &mut self.source {
            data.drain(..at);
            if data.try_reserve(more.len()).is_err() {
                return Err(vm.raise_memory_error());
            }
            data.extend_from_slice(more.as_bytes());
            self.at = 0;
            if self.frame_end != NO_FRAME {
                self.frame_end = self.frame_end.saturating_sub(at);
            }
        }
        Ok(())
    }

    /// Beyond the end of the frame: it was over, or ends too early.
    #[cold]
    fn leave_frame(&mut self, vm: &mut Vm) -> Result<()> {
        if self.at < self.frame_end {
            return Err(wrong(vm, "pickle exhausted before end of frame"));
        }
        self.frame_end = NO_FRAME;
        Ok(())
    }

    fn enter_frame(&mut self, vm: &mut Vm) -> Result<()> {
        let n = self.size(vm, 8, FRAME)?;
        if self.frame_end != NO_FRAME && self.at < self.frame_end {
            return Err(wrong(vm, "beginning of a new frame before end of current frame"));
        }
        if self.data().len() - self.at < n && !self.fill(vm, n)? {
            return Err(wrong(vm, "pickle data was truncated"));
        }
        self.frame_end = self.at + n;
        Ok(())
    }

    /// The next `n` bytes.
    #[inline]
    fn take(&mut self, vm: &mut Vm, n: usize) -> Result<&[u8]> {
        if self.data().len() - self.at < n && (n > isize::MAX as usize || !self.fill(vm, n)?) {
            return Err(wrong(vm, "pickle data was truncated"));
        }
        if self.at + n > self.frame_end {
            self.leave_frame(vm)?;
        }
        self.at += n;
        Ok(&self.data()[self.at - n..self.at])
    }

    #[inline]
    fn uint(&mut self, vm: &mut Vm, n: usize) -> Result<u64> {
        let bytes = self.take(vm, n)?;
        Ok(bytes.iter().rev().fold(0, |v, b| v << 8 | u64::from(*b)))
    }

    fn size(&mut self, vm: &mut Vm, n: usize, what: &str) -> Result<usize> {
        let size = self.uint(vm, n)?;
        if size > isize::MAX as u64 {
            let kind = if what == FRAME { "" } else { " size" };
            let text = format!("{what} exceeds system's maximum{kind} of {} bytes", isize::MAX);
            return Err(vm.raise_overflow_error(&text));
        }
        Ok(size as usize)
    }

    /// A line that has something on it, without its end.
    fn filled_line(&mut self, vm: &mut Vm) -> Result<Vec<u8>> {
        let line = self.line(vm)?;
        if line.is_empty() {
            return Err(wrong(vm, "pickle data was truncated"));
        }
        Ok(line)
    }

    /// A line without its end.
    fn line(&mut self, vm: &mut Vm) -> Result<Vec<u8>> {
        let rest = &self.data()[self.at..];
        if let Some(n) = rest.iter().position(|b| *b == b'\n') {
            let line = rest[..n].to_vec();
            if self.at + n >= self.frame_end {
                self.leave_frame(vm)?;
            }
            self.at += n + 1;
            return Ok(line);
        }
        if let Some(file) = self.file.clone() {
            let more = vm.call(&file.readline, &[])?;
            self.append(vm, &more, "readline")?;
            let rest = &self.data()[self.at..];
            if rest.last() == Some(&b'\n') {
                let line = rest[..rest.len() - 1].to_vec();
                if self.data().len() > self.frame_end {
                    self.leave_frame(vm)?;
                }
                self.at = self.data().len();
                return Ok(line);
            }
        }
        Err(wrong(vm, "pickle data was truncated"))
    }

    fn fence(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    #[cold]
    fn underflow(&self, vm: &mut Vm) -> Raised {
        wrong(vm, if self.marks.is_empty() { "unpickling stack underflow" } else { "unexpected MARK found" })
    }

    #[inline]
    fn pop(&mut self, vm: &mut Vm) -> Result {
        if self.stack.len() <= self.fence() {
            return Err(self.underflow(vm));
        }
        match self.stack.pop() {
            Some(v) => Ok(v),
            None => Err(self.underflow(vm)),
        }
    }

    fn top(&self, vm: &mut Vm) -> Result {
        match self.stack.last() {
            Some(v) if self.stack.len() > self.fence() => Ok(v.clone()),
            _ => Err(self.underflow(vm)),
        }
    }

    fn mark(&mut self, vm: &mut Vm) -> Result<usize> {
        match self.marks.pop() {
            Some(mark) => Ok(mark.min(self.stack.len())),
            None => Err(wrong(vm, "could not find MARK")),
        }
    }

    /// What stands above the last mark.
    fn above(&mut self, vm: &mut Vm) -> Result<Vec<Value>> {
        let mark = self.mark(vm)?;
        Ok(self.stack.split_off(mark))
    }

    fn put(&mut self, vm: &mut Vm, i: usize) -> Result<()> {
        let v = self.top(vm)?;
        let old = self.this.get_mut(vm).memo.set(i, v)?;
        drop(old);
        Ok(())
    }

    fn get(&mut self, vm: &mut Vm, i: usize) -> Result<()> {
        match self.this.get(vm).memo.get(i).cloned() {
            Some(v) => {
                self.stack.push(v);
                Ok(())
            }
            None => Err(wrong(vm, &format!("Memo value not found at index {i}"))),
        }
    }

    fn line_number(&mut self, vm: &mut Vm) -> Result<usize> {
        let line = self.filled_line(vm)?;
        index_of_line(vm, &line)
    }

    /// Reads to the end of the pickle.
    pub fn load(&mut self, vm: &mut Vm) -> Result {
        self.this.get_mut(vm).proto = 0;
        loop {
            if self.at >= self.data().len() && !self.fill(vm, 1)? {
                return Err(vm.raise_eof_error("Ran out of input"));
            }
            let op = self.data()[self.at];
            self.at += 1;
            if op == b'.' {
                return self.pop(vm);
            }
            self.step(vm, op)?;
        }
    }

    fn push(&mut self, v: Value) -> Result<()> {
        taipan_object::room::push(&mut self.stack, v)
    }

    fn step(&mut self, vm: &mut Vm, op: u8) -> Result<()> {
        match op {
            b'K' => {
                let n = self.uint(vm, 1)?;
                self.push(Value::from_i32(n as i32))
            }
            b'M' => {
                let n = self.uint(vm, 2)?;
                self.push(Value::from_i32(n as i32))
            }
            b'J' => {
                let n = self.uint(vm, 4)? as u32 as i32;
                self.push(Value::from_i32(n))
            }
            b'N' => self.push(Value::none()),
            0x88 => self.push(Value::bool(true)),
            0x89 => self.push(Value::bool(false)),
            b'h' => {
                let i = self.uint(vm, 1)? as usize;
                self.get(vm, i)
            }
            b'j' => {
                let i = self.uint(vm, 4)? as usize;
                self.get(vm, i)
            }
            b'g' => {
                let i = self.line_number(vm)?;
                self.get(vm, i)
            }
            b'q' => {
                let i = self.uint(vm, 1)? as usize;
                self.put(vm, i)
            }
            b'r' => {
                let i = self.uint(vm, 4)? as usize;
                self.put(vm, i)
            }
            b'p' => {
                let line = self.filled_line(vm)?;
                self.top(vm)?;
                let i = index_of_line(vm, &line)?;
                self.put(vm, i)
            }
            0x94 => {
                let i = self.this.get(vm).memo.count();
                self.put(vm, i)
            }
            0x8C => {
                let n = self.size(vm, 1, "BINUNICODE")?;
                self.unicode(vm, n)
            }
            b'X' => {
                let n = self.size(vm, 4, "BINUNICODE")?;
                self.unicode(vm, n)
            }
            0x8D => {
                let n = self.size(vm, 8, "BINUNICODE")?;
                self.unicode(vm, n)
            }
            b'V' => self.raw_unicode(vm),
            b'(' => {
                taipan_object::room::push(&mut self.marks, self.stack.len())?;
                Ok(())
            }
            b']' => {
                let v = vm.new_list(Vec::new())?.into_value();
                self.push(v)
            }
            b'}' => {
                let v = vm.new_dict()?.into_value();
                self.push(v)
            }
            0x8F => {
                let v = vm.call(&SET.as_type().to_value(), &[])?;
                self.push(v)
            }
            b')' => {
                let v = vm.new_tuple(Vec::new())?.into_value();
                self.push(v)
            }
            0x85..=0x87 => {
                let n = usize::from(op - 0x84);
                if self.stack.len() < self.fence() + n {
                    return Err(self.underflow(vm));
                }
                let items = self.stack.drain(self.stack.len() - n..);
                let v = vm.new_tuple_in(TUPLE.as_type(), n, items)?.into_value();
                self.push(v)
            }
            b't' => {
                let mark = self.mark(vm)?;
                let n = self.stack.len() - mark;
                let v = vm.new_tuple_in(TUPLE.as_type(), n, self.stack.drain(mark..))?.into_value();
                self.push(v)
            }
            b'l' => {
                let items = self.above(vm)?;
                let v = vm.new_list(items)?.into_value();
                self.push(v)
            }
            b'd' => self.dict(vm),
            0x91 => {
                let items = self.above(vm)?;
                let set = vm.new_set()?;
                for item in &items {
                    vm.set_add(&set, item)?;
                }
                let v = vm.freeze_set(&set)?;
                self.push(v)
            }
            b'a' => {
                let item = self.pop(vm)?;
                let list = self.top(vm)?;
                match list.downcast_exact::<List>() {
                    Some(l) => l.get_mut(vm).push(item),
                    None => self.append_all(vm, &list, vec![item]),
                }
            }
            b'e' => {
                let items = self.above(vm)?;
                let list = self.top(vm)?;
                self.append_all(vm, &list, items)
            }
            b's' => {
                let value = self.pop(vm)?;
                let key = self.pop(vm)?;
                let dict = self.top(vm)?;
                match dict.downcast_exact::<Dict>() {
                    Some(d) => vm.dict_set(d, &key, value),
                    None => self.set_all(vm, &dict, vec![key, value]),
                }
            }
            b'u' => {
                let items = self.above(vm)?;
                let dict = self.top(vm)?;
                if items.len() % 2 == 1 {
                    return Err(wrong(vm, "odd number of items for SETITEMS"));
                }
                self.set_all(vm, &dict, items)
            }
            0x90 => self.add_items(vm),
            b'0' => {
                // A mark that nothing stands above is what is popped.
                if self.marks.last() == Some(&self.stack.len()) {
                    self.marks.pop();
                    return Ok(());
                }
                self.pop(vm).map(drop)
            }
            b'1' => {
                let dropped = self.above(vm)?;
                drop(dropped);
                Ok(())
            }
            b'2' => {
                let v = self.top(vm)?;
                self.push(v)
            }
            0x95 => self.enter_frame(vm),
            0x80 => {
                let proto = self.uint(vm, 1)?;
                if proto > 5 {
                    return Err(vm.raise_value_error(&format!("unsupported pickle protocol: {proto}")));
                }
                self.this.get_mut(vm).proto = proto as u8;
                Ok(())
            }
            0x93 => {
                let name = self.pop(vm)?;
                let module = self.pop(vm)?;
                if name.downcast::<Str>().is_none() || module.downcast::<Str>().is_none() {
                    return Err(wrong(vm, "STACK_GLOBAL requires str"));
                }
                let v = self.class(vm, &module, &name)?;
                self.push(v)
            }
            b'c' => {
                let v = self.global(vm)?;
                self.push(v)
            }
            b'R' => {
                let args = self.pop(vm)?;
                let function = self.pop(vm)?;
                let Some(args) = args.downcast::<Tuple>() else {
                    return Err(vm.raise_type_error("argument list must be a tuple"));
                };
                let v = vm.call(&function, args.items())?;
                self.push(v)
            }
            0x81 => self.new_object(vm),
            0x92 => self.new_object_ex(vm),
            b'b' => self.build(vm),
            _ => self.rarer(vm, op),
        }
    }

    fn rarer(&mut self, vm: &mut Vm, op: u8) -> Result<()> {
        match op {
            b'G' => {
                let bits = self.uint(vm, 8)?.swap_bytes();
                let v = vm.new_float(f64::from_bits(bits))?;
                self.push(v)
            }
            b'F' => {
                let line = self.filled_line(vm)?;
                let number = before_zero(&line);
                // Unlike `float` this takes neither spaces nor underscores.
                if number.iter().any(|b| b.is_ascii_whitespace() || *b == b'_') {
                    return Err(vm.raise_value_error("could not convert string to float"));
                }
                let text = vm.str_from_units(Units::from_latin1(number))?.into_value();
                let v = vm.call(&taipan_object::statics::FLOAT.as_type().to_value(), &[text])?;
                self.push(v)
            }
            b'I' => self.int_line(vm),
            b'L' => {
                let line = self.filled_line(vm)?;
                let digits = before_zero(&line);
                let digits = digits.strip_suffix(b"L").unwrap_or(digits);
                let parsed = taipan_num::int::parse(digits, 10, 0, &mut never);
                let v = match parsed {
                    Ok(n) => vm.int_from(n)?,
                    Err(_) => return Err(no_number(vm, digits)),
                };
                self.push(v)
            }
            0x8A => {
                let n = self.uint(vm, 1)? as usize;
                self.long(vm, n)
            }
            0x8B => {
                let n = self.uint(vm, 4)? as u32 as i32;
                match usize::try_from(n) {
                    Ok(n) => self.long(vm, n),
                    Err(_) => Err(wrong(vm, "LONG pickle has negative byte count")),
                }
            }
            b'C' => {
                let n = self.size(vm, 1, "BINBYTES")?;
                self.bytes(vm, n)
            }
            b'B' => {
                let n = self.size(vm, 4, "BINBYTES")?;
                self.bytes(vm, n)
            }
            0x8E => {
                let n = self.size(vm, 8, "BINBYTES")?;
                self.bytes(vm, n)
            }
            0x96 => {
                let n = self.size(vm, 8, "BYTEARRAY8")?;
                let data = self.take(vm, n)?.to_vec();
                let v = ByteArray::create(vm, data)?;
                self.push(v)
            }
            b'S' => {
                let line = self.filled_line(vm)?;
                let quoted = match &line[..] {
                    [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] => inner,
                    _ => return Err(wrong(vm, "the STRING opcode argument must be quoted")),
                };
                match escape::decode_bytes(quoted, Errors::Strict) {
                    Ok((bytes, _)) => self.old_string(vm, &bytes),
                    Err(_) => Err(vm.raise_value_error("invalid escape in a STRING opcode argument")),
                }
            }
            b'U' => {
                let n = self.uint(vm, 1)? as usize;
                let bytes = self.take(vm, n)?.to_vec();
                self.old_string(vm, &bytes)
            }
            b'T' => {
                let n = self.uint(vm, 4)? as u32 as i32;
                let Ok(n) = usize::try_from(n) else {
                    return Err(wrong(vm, "BINSTRING pickle has negative byte count"));
                };
                let bytes = self.take(vm, n)?.to_vec();
                self.old_string(vm, &bytes)
            }
            b'P' => {
                let line = self.line(vm)?;
                let text = match std::str::from_utf8(&line) {
                    Ok(s) if s.is_ascii() => vm.new_str(s)?.into_value(),
                    _ => return Err(wrong(vm, "persistent IDs in protocol 0 must be ASCII strings")),
                };
                self.persistent(vm, &text)
            }
            b'Q' => {
                let pid = self.pop(vm)?;
                self.persistent(vm, &pid)
            }
            b'i' => {
                let class = self.global(vm)?;
                let args = self.above(vm)?;
                self.instantiate(vm, &class, &args)
            }
            b'o' => {
                let mut items = self.above(vm)?;
                if items.is_empty() {
                    return Err(self.underflow(vm));
                }
                let class = items.remove(0);
                self.instantiate(vm, &class, &items)
            }
            0x82 => {
                let code = self.uint(vm, 1)? as i64;
                self.extension(vm, code)
            }
            0x83 => {
                let code = self.uint(vm, 2)? as i64;
                self.extension(vm, code)
            }
            0x84 => {
                let code = i64::from(self.uint(vm, 4)? as u32 as i32);
                self.extension(vm, code)
            }
            0x97 => self.next_buffer(vm),
            0x98 => {
                let buffer = self.pop(vm)?;
                let view = vm.call(&MEMORYVIEW.as_type().to_value(), std::slice::from_ref(&buffer))?;
                let readonly = vm.get_attr(&view, name!("readonly"))?;
                let v =
                    if vm.is_truthy(&readonly)? { buffer } else { vm.call_method(&view, name!("toreadonly"), &[])? };
                self.push(v)
            }
            _ => {
                let shown = match op {
                    b'\'' | b'\\' | 0..0x20 | 0x7F.. => format!("\\x{op:02x}"),
                    _ => char::from(op).to_string(),
                };
                Err(wrong(vm, &format!("invalid load key, '{shown}'.")))
            }
        }
    }

    fn unicode(&mut self, vm: &mut Vm, n: usize) -> Result<()> {
        let bytes = self.take(vm, n)?;
        if n > 1
            && let Some(text) = vm.new_ascii_text(bytes)?
        {
            return self.push(text.into_value());
        }
        let v = match std::str::from_utf8(bytes) {
            Ok(text) => vm.new_str(text)?,
            Err(_) => {
                let bytes = vm.new_bytes(self.slice_back(n))?.into_value();
                let (text, _) =
                    codec::decode_with(vm, &bytes, Some("surrogatepass"), |b, how, h| utf8::decode(b, how, true, h))?;
                text
            }
        };
        self.push(v.into_value())
    }

    /// The last `n` bytes that were taken.
    fn slice_back(&self, n: usize) -> &[u8] {
        &self.data()[self.at - n..self.at]
    }

    fn raw_unicode(&mut self, vm: &mut Vm) -> Result<()> {
        let line = self.line(vm)?;
        let bytes = vm.new_bytes(&line)?.into_value();
        let (text, _) = codec::decode_with(vm, &bytes, None, |b, how, h| escape::decode_raw_unicode(b, how, true, h))?;
        self.push(text.into_value())
    }

    fn old_string(&mut self, vm: &mut Vm, bytes: &[u8]) -> Result<()> {
        let (encoding, errors) = {
            let u = self.this.get(vm);
            (u.encoding.clone(), u.errors.clone())
        };
        let bytes = vm.new_bytes(bytes)?.into_value();
        if encoding == "bytes" {
            return self.push(bytes);
        }
        let text = codec::decode(vm, &bytes, Some(&encoding), Some(&errors))?;
        self.push(text.into_value())
    }

    fn bytes(&mut self, vm: &mut Vm, n: usize) -> Result<()> {
        self.take(vm, n)?;
        let v = vm.new_bytes(self.slice_back(n))?;
        self.push(v.into_value())
    }

    fn int_line(&mut self, vm: &mut Vm) -> Result<()> {
        let line = self.filled_line(vm)?;
        let v = match before_zero(&line) {
            b"00" => Value::bool(false),
            b"01" => Value::bool(true),
            // As C reads a number that is not there.
            b"" => Value::from_i32(0),
            digits => match taipan_num::int::parse(digits, 10, 0, &mut never) {
                Ok(n) => vm.int_from(n)?,
                Err(_) => return Err(vm.raise_value_error("could not convert string to int")),
            },
        };
        self.push(v)
    }

    fn long(&mut self, vm: &mut Vm, n: usize) -> Result<()> {
        let parsed = taipan_num::int::from_bytes(self.take(vm, n)?, true, true);
        let v = vm.int_result(parsed)?;
        self.push(v)
    }

    fn dict(&mut self, vm: &mut Vm) -> Result<()> {
        let items = self.above(vm)?;
        if items.len() % 2 == 1 {
            return Err(wrong(vm, "odd number of items for DICT"));
        }
        let dict = vm.new_dict()?.into_value();
        self.set_all(vm, &dict, items)?;
        self.push(dict)
    }

    fn append_all(&mut self, vm: &mut Vm, list: &Value, items: Vec<Value>) -> Result<()> {
        if list.ty().is(LIST.as_type())
            && let Some(l) = list.downcast::<List>()
        {
            for item in items {
                l.get_mut(vm).push(item)?;
            }
            return Ok(());
        }
        if items.len() != 1
            && let Some(extend) = vm.get_attr_opt(list, name!("extend"))?
        {
            let items = vm.new_list(items)?.into_value();
            vm.call(&extend, &[items])?;
            return Ok(());
        }
        // Older containers need only know how to append.
        let append = vm.get_attr(list, name!("append"))?;
        for item in items {
            vm.call(&append, &[item])?;
        }
        Ok(())
    }

    fn set_all(&mut self, vm: &mut Vm, dict: &Value, items: Vec<Value>) -> Result<()> {
        let exact = dict.ty().is(DICT.as_type());
        let mut items = items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            match dict.downcast::<Dict>() {
                Some(d) if exact => vm.dict_set(d, &key, value)?,
                _ => vm.set_item(dict, &key, Some(value))?,
            }
        }
        Ok(())
    }

    fn add_items(&mut self, vm: &mut Vm) -> Result<()> {
        let items = self.above(vm)?;
        let set = self.top(vm)?;
        if set.ty().is(SET.as_type())
            && let Some(s) = set.downcast::<Set>()
        {
            for item in &items {
                vm.set_add(s, item)?;
            }
            return Ok(());
        }
        let add = vm.get_attr(&set, name!("add"))?;
        for item in items {
            vm.call(&add, &[item])?;
        }
        Ok(())
    }

    /// Finds a class or function, by the method that a subclass has for it.
    fn class(&mut self, vm: &mut Vm, module: &Value, name: &Value) -> Result {
        if self.own_find_class {
            return vm.call_method(self.this.as_value(), name!("find_class"), &[module.clone(), name.clone()]);
        }
        let (proto, fix_imports) = {
            let u = self.this.get(vm);
            (u.proto, u.fix_imports)
        };
        if module.downcast::<Str>().is_some_and(|m| m.is_empty()) {
            return Err(vm.raise_value_error("Empty module name"));
        }
        super::find_class(vm, module, name, proto, fix_imports)
    }

    fn global(&mut self, vm: &mut Vm) -> Result {
        let mut text = |vm: &mut Vm| {
            let line = self.filled_line(vm)?;
            let bytes = vm.new_bytes(&line)?.into_value();
            codec::decode(vm, &bytes, Some("utf-8"), None).map(Ref::into_value)
        };
        let (module, name) = (text(vm)?, text(vm)?);
        self.class(vm, &module, &name)
    }

    fn persistent(&mut self, vm: &mut Vm, pid: &Value) -> Result<()> {
        match persistent_hook(vm, &self.this.clone())? {
            Some(hook) => {
                let v = vm.call(&hook, std::slice::from_ref(pid))?;
                self.push(v)
            }
            None => {
                let text =
                    "A load persistent id instruction was encountered, but no persistent_load function was specified.";
                Err(wrong(vm, text))
            }
        }
    }

    fn instantiate(&mut self, vm: &mut Vm, class: &Value, args: &[Value]) -> Result<()> {
        let plain =
            args.is_empty() && class.as_type().is_some() && vm.get_attr_opt(class, name!("__getinitargs__"))?.is_none();
        let v = if plain {
            let new = vm.get_attr(class, name!("__new__"))?;
            vm.call(&new, std::slice::from_ref(class))?
        } else {
            vm.call(class, args)?
        };
        self.push(v)
    }

    fn class_argument<'a>(&self, vm: &mut Vm, class: &'a Value, op: &str) -> Result<&'a Ref<Type>> {
        match class.as_type_ref() {
            Some(ty) => Ok(ty),
            None => {
                let given = label(vm, class);
                Err(wrong(vm, &format!("{op} class argument must be a type, not {given}")))
            }
        }
    }

    fn make(&mut self, vm: &mut Vm, class: &Ref<Type>, args: Args<'_>, op: &str) -> Result<()> {
        match taipan_vm::slots::of(class).new {
            Some(new) => {
                let v = new(vm, class, args)?;
                self.push(v)
            }
            None => {
                let name = class.name();
                Err(wrong(vm, &format!("{op} class argument '{name}' doesn't have __new__")))
            }
        }
    }

    fn new_object(&mut self, vm: &mut Vm) -> Result<()> {
        let args = self.pop(vm)?;
        let class = self.pop(vm)?;
        let ty = self.class_argument(vm, &class, "NEWOBJ")?;
        let Some(args) = args.downcast::<Tuple>() else {
            let given = label(vm, &args);
            return Err(wrong(vm, &format!("NEWOBJ args argument must be a tuple, not {given}")));
        };
        self.make(vm, ty, Args::positional_only(args.items()), "NEWOBJ")
    }

    fn new_object_ex(&mut self, vm: &mut Vm) -> Result<()> {
        let keywords = self.pop(vm)?;
        let args = self.pop(vm)?;
        let class = self.pop(vm)?;
        let ty = self.class_argument(vm, &class, "NEWOBJ_EX")?;
        let Some(args) = args.downcast::<Tuple>() else {
            let given = label(vm, &args);
            return Err(wrong(vm, &format!("NEWOBJ_EX args argument must be a tuple, not {given}")));
        };
        let Some(keywords) = keywords.downcast::<Dict>() else {
            let given = label(vm, &keywords);
            return Err(wrong(vm, &format!("NEWOBJ_EX kwargs argument must be a dict, not {given}")));
        };
        let mut all = taipan_object::room::copied(args.items())?;
        let mut names = Vec::new();
        for (k, v) in keywords.get(vm).iter() {
            names.push(k.clone());
            all.push(v.clone());
        }
        if names.iter().any(|n| n.downcast::<Str>().is_none()) {
            return Err(vm.raise_type_error("keywords must be strings"));
        }
        self.make(vm, ty, Args::new(&all, &names), "NEWOBJ_EX")
    }

    fn build(&mut self, vm: &mut Vm) -> Result<()> {
        let mut state = self.pop(vm)?;
        let inst = self.top(vm)?;
        if self.set_attributes(vm, &inst, &state)? {
            return Ok(());
        }
        if let Some(set_state) = vm.get_attr_opt(&inst, name!("__setstate__"))? {
            vm.call(&set_state, &[state])?;
            return Ok(());
        }
        let mut slot_state = Value::none();
        if let Some(pair) = state.downcast::<Tuple>()
            && pair.len() == 2
        {
            let parts = taipan_object::room::copied(pair.items())?;
            slot_state = parts[1].clone();
            state = parts[0].clone();
        }
        if !state.is_none() {
            let Some(entries) = state.downcast::<Dict>() else { return Err(wrong(vm, "state is not a dictionary")) };
            let dict = vm.get_attr(&inst, name!("__dict__"))?;
            let pairs: Vec<(Value, Value)> = taipan_object::room::gathered(
                entries.get(vm).len(),
                entries.get(vm).iter().map(|(k, v)| (k.clone(), v.clone())),
            )?;
            for (k, v) in pairs {
                // Attribute names are interned, as those of assignments are.
                let key = match k.downcast_exact::<Str>() {
                    Some(s) => vm.intern(s).into_value(),
                    None => k,
                };
                vm.set_item(&dict, &key, Some(v))?;
            }
        }
        if !slot_state.is_none() {
            let Some(entries) = slot_state.downcast::<Dict>() else {
                return Err(wrong(vm, "slot state is not a dictionary"));
            };
            let pairs: Vec<(Value, Value)> = taipan_object::room::gathered(
                entries.get(vm).len(),
                entries.get(vm).iter().map(|(k, v)| (k.clone(), v.clone())),
            )?;
            for (k, v) in pairs {
                match k.downcast::<Str>() {
                    Some(s) => vm.set_attr(&inst, s, Some(v))?,
                    None => {
                        let given = k.ty().name();
                        let text = format!("attribute name must be string, not '{given}'");
                        return Err(vm.raise_type_error(&text));
                    }
                }
            }
        }
        Ok(())
    }

    /// Stores a state that is a dict of names where the class leaves that to its instances' dict, which need not be made for
    /// it. `false`: something is not so, and nothing was done.
    fn set_attributes(&mut self, vm: &mut Vm, inst: &Value, state: &Value) -> Result<bool> {
        let Some(entries) = state.downcast_exact::<Dict>() else { return Ok(false) };
        let class = inst.ty();
        let known = (class.address(), class.version());
        if known.1 == 0 || self.built != known {
            if !taipan_vm::types::pickle::takes_attributes(vm, class) {
                return Ok(false);
            }
            self.built = (class.address(), class.version());
        }
        if !vm.has_instance_dict(inst)
            || vm.instance_dict_if_made(inst).is_some()
            || vm.instance_attr(inst, name!("__setstate__")).is_some()
            || !entries.get(vm).has_only_str_keys()
        {
            return Ok(false);
        }
        let mut at = 0;
        while let Some((key, value)) = entries.get(vm).next_pair(&mut at) {
            let (key, value) = (key.clone(), value.clone());
            let Some(name) = key.downcast_exact::<Str>() else { continue };
            // Attribute names are interned, as those of assignments are.
            let name = self.interned(vm, name);
            vm.set_instance_attr(inst, &name, value)?;
        }
        Ok(true)
    }

    /// The interned string of the same text: that of a few is remembered, by the strings of the pickle that are in its memo.
    fn interned(&mut self, vm: &mut Vm, name: &Ref<Str>) -> Ref<Str> {
        let place = (name.as_value().bits() >> 4) as usize % self.names.len();
        if let Some((given, interned)) = &self.names[place]
            && given.is(name)
        {
            return interned.clone();
        }
        let interned = vm.intern(name);
        let old = self.names[place].replace((name.clone(), interned.clone()));
        drop(old);
        interned
    }

    fn extension(&mut self, vm: &mut Vm, code: i64) -> Result<()> {
        if code <= 0 {
            return Err(wrong(vm, "EXT specifies code <= 0"));
        }
        let copyreg = vm.import("copyreg")?;
        let key = vm.new_int(code)?;
        let cache = vm.get_attr(&copyreg, name!("_extension_cache"))?;
        if let Some(cache) = cache.downcast::<Dict>()
            && let Some(found) = vm.dict_get(cache, &key)?
        {
            return self.push(found);
        }
        let registry = vm.get_attr(&copyreg, name!("_inverted_registry"))?;
        let pair = match registry.downcast::<Dict>() {
            Some(registry) => vm.dict_get(registry, &key)?,
            None => None,
        };
        let Some(pair) = pair else {
            return Err(vm.raise_value_error(&format!("unregistered extension code {code}")));
        };
        let (module, name) = match pair.downcast::<Tuple>().map(|t| t.items()) {
            Some([m, n]) if m.downcast::<Str>().is_some() && n.downcast::<Str>().is_some() => (m.clone(), n.clone()),
            _ => {
                let text = format!("_inverted_registry[{code}] isn't a 2-tuple of strings");
                return Err(vm.raise_value_error(&text));
            }
        };
        let found = self.class(vm, &module, &name)?;
        if let Some(cache) = cache.downcast::<Dict>() {
            vm.dict_set(cache, &key, found.clone())?;
        }
        self.push(found)
    }

    fn next_buffer(&mut self, vm: &mut Vm) -> Result<()> {
        let Some(buffers) = self.this.get(vm).buffers.clone() else {
            let text = "pickle stream refers to out-of-band data but no *buffers* argument was given";
            return Err(wrong(vm, text));
        };
        match vm.next(&buffers)? {
            Some(buffer) => self.push(buffer),
            None => Err(wrong(vm, "not enough out-of-band buffers")),
        }
    }
}
