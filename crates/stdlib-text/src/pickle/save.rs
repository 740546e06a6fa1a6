//! Writing: the output with its frames, and the built-in types.

use super::PICKLING_ERROR;
use super::buffer::{self, PickleBuffer};
use super::pickler::{Pickler, hook};
use super::reduce::Reduced;
use crate::common::{label, raise_kept};
use std::ops::Deref;
use taipan_num::float::ReprBuffer;
use taipan_object::statics::{
    BOOL, BYTES, DICT, ELLIPSIS_TYPE, FLOAT, FROZENSET, INT, LIST, NONE_TYPE, NOT_IMPLEMENTED_TYPE, SET, STR, TUPLE,
    TYPE,
};
use taipan_object::{Bytes, List, Raised, Str, Tuple};
use taipan_text::Units;
use taipan_text::codecs::{BuiltIn, Errors, utf8};
use taipan_vm::protocol::buffer::Request;
use taipan_vm::types::bytes::{BYTEARRAY, ByteArray};
use taipan_vm::types::function::FUNCTION;
use taipan_vm::types::int::view;
use taipan_vm::types::pickle::{is_all_attributes, speaks_for_itself};
use taipan_vm::types::str::units;
use taipan_vm::{Dict, Ref, Result, Type, Value, Vm, name};

/// A frame that has grown to this many bytes is closed.
const FRAME_TARGET: usize = 64 * 1024;
/// Less than this is not worth a frame.
const FRAME_LEAST: usize = 4;
/// Items written between two marks.
const BATCH: usize = 1000;
/// Without a memo, containers may be nested this deep before cycles are looked for.
const FAST_NESTING: usize = 50;

/// A pickle being written.
pub struct Saver {
    pub this: Ref<Pickler>,
    out: Vec<u8>,
    framing: bool,
    frame: Option<usize>,
    pub proto: u8,
    pub bin: bool,
    pub fix_imports: bool,
    fast: bool,
    file: Option<Value>,
    persistent_id: Option<Value>,
    reducer_override: Option<Value>,
    pub dispatch_table: Option<Value>,
    /// `copyreg.dispatch_table`, once it has been asked for.
    pub registered: Option<Value>,
    buffer_callback: Option<Value>,
    /// Containers under way in fast mode.
    path: Vec<u64>,
    /// Whether no program sees the pickler.
    hidden: bool,
    /// The last class that was found to be all attributes: address and version.
    plain: (u64, u32),
    /// Attributes of the objects under way.
    pub attributes: Vec<(Ref<Str>, Value)>,
}

/// An opcode with the length of what follows it.
struct Head {
    bytes: [u8; 9],
    len: usize,
}

impl Deref for Head {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// Adds a note to the exception that is on its way.
#[cold]
pub fn note(vm: &mut Vm, raised: Raised, text: &str) -> Raised {
    let exception = vm.take_raised(raised);
    match vm.add_note(&exception, text) {
        Ok(()) => vm.raise(exception),
        Err(raised) => raised,
    }
}

#[cold]
fn item_note(vm: &mut Vm, raised: Raised, container: &Value, what: &str) -> Raised {
    let class = label(vm, container);
    note(vm, raised, &format!("when serializing {class} {what}"))
}

#[cold]
fn object_note(vm: &mut Vm, raised: Raised, obj: &Value) -> Raised {
    let class = label(vm, obj);
    note(vm, raised, &format!("when serializing {class} object"))
}

impl Saver {
    pub fn new(vm: &mut Vm, this: &Ref<Pickler>) -> Result<Saver> {
        let persistent_id = hook(vm, this.as_value(), name!("persistent_id"))?;
        let reducer_override = vm.get_attr_opt(this.as_value(), name!("reducer_override"))?;
        let p = this.get(vm);
        Ok(Saver {
            this: this.clone(),
            out: Vec::new(),
            framing: false,
            frame: None,
            proto: p.proto,
            bin: p.bin != 0,
            fix_imports: p.fix_imports,
            fast: p.fast != 0,
            file: p.write.clone(),
            persistent_id,
            reducer_override,
            dispatch_table: p.dispatch_table.clone(),
            registered: None,
            buffer_callback: p.buffer_callback.clone(),
            path: Vec::new(),
            hidden: false,
            plain: (0, 0),
            attributes: Vec::new(),
        })
    }

    /// For a pickler that no program sees.
    pub fn hidden(vm: &mut Vm, this: &Ref<Pickler>) -> Result<Saver> {
        Ok(Saver { hidden: true, ..Saver::new(vm, this)? })
    }

    /// Whether of an object no more is written than its class and its attributes, and nobody can tell whether these have been
    /// put into a dict before.
    pub fn is_all_attributes(&mut self, vm: &Vm, obj: &Value) -> bool {
        if !self.hidden
            || self.proto < 2
            || self.fast
            || self.persistent_id.is_some()
            || self.reducer_override.is_some()
        {
            return false;
        }
        let class = obj.ty();
        if class.version() == 0 || self.plain != (class.address(), class.version()) {
            if !is_all_attributes(vm, class) {
                return false;
            }
            self.plain = (class.address(), class.version());
        }
        !speaks_for_itself(vm, obj)
    }

    /// Writes a whole pickle to the file.
    pub fn dump(&mut self, vm: &mut Vm, obj: &Value) -> Result<()> {
        self.pickle(vm, obj)?;
        self.flush(vm)
    }

    /// Writes a whole pickle into memory.
    pub fn dumps(mut self, vm: &mut Vm, obj: &Value) -> Result {
        self.pickle(vm, obj)?;
        vm.new_bytes(&self.out).map(Ref::into_value)
    }

    fn pickle(&mut self, vm: &mut Vm, obj: &Value) -> Result<()> {
        if self.proto >= 2 {
            self.put(vm, &[0x80, self.proto])?;
        }
        self.framing = self.proto >= 4;
        self.save(vm, obj, true)?;
        self.put(vm, b".")?;
        self.end_frame();
        self.framing = false;
        Ok(())
    }

    fn flush(&mut self, vm: &mut Vm) -> Result<()> {
        let Some(write) = self.file.clone() else { return Ok(()) };
        if self.out.is_empty() {
            return Ok(());
        }
        let bytes = vm.new_bytes(&self.out)?.into_value();
        self.out.clear();
        vm.call(&write, &[bytes])?;
        Ok(())
    }

    /// Appends to the output.
    #[inline]
    pub fn put(&mut self, vm: &mut Vm, bytes: &[u8]) -> Result<()> {
        if self.out.try_reserve(bytes.len() + 9).is_err() {
            return Err(vm.raise_memory_error());
        }
        if self.framing && self.frame.is_none() {
            self.frame = Some(self.out.len());
            self.out.extend_from_slice(&[0; 9]);
        }
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn end_frame(&mut self) {
        let Some(start) = self.frame.take() else { return };
        let len = self.out.len() - start - 9;
        if len >= FRAME_LEAST {
            self.out[start] = 0x95;
            self.out[start + 1..start + 9].copy_from_slice(&(len as u64).to_le_bytes());
        } else {
            self.out.drain(start..start + 9);
        }
    }

    pub fn boundary(&mut self, vm: &mut Vm) -> Result<()> {
        if self.frame.is_some_and(|start| self.out.len() - start - 9 >= FRAME_TARGET) {
            self.end_frame();
            self.flush(vm)?;
        }
        Ok(())
    }

    /// A large piece of data stands outside of frames.
    fn put_data(&mut self, vm: &mut Vm, header: &[u8], data: &[u8]) -> Result<()> {
        if data.len() < FRAME_TARGET || !self.framing {
            self.put(vm, header)?;
            return self.put(vm, data);
        }
        self.end_frame();
        self.framing = false;
        self.put(vm, header)?;
        self.put(vm, data)?;
        self.framing = true;
        self.flush(vm)
    }

    /// The number an object was given.
    pub fn number(&self, vm: &Vm, obj: &Value) -> Option<usize> {
        self.this.get(vm).memo.get(obj)
    }

    /// Remembers an object and says so.
    pub fn memoize(&mut self, vm: &mut Vm, obj: &Value) -> Result<()> {
        if self.fast {
            return Ok(());
        }
        let memo = &mut self.this.get_mut(vm).memo;
        let i = memo.next();
        memo.insert(obj, i)?;
        self.put_number(vm, i)
    }

    /// Says that what was written last has a number, which nothing refers to.
    pub fn skip_number(&mut self, vm: &mut Vm) -> Result<()> {
        let memo = &mut self.this.get_mut(vm).memo;
        let i = memo.next();
        memo.skip();
        self.put_number(vm, i)
    }

    #[inline]
    fn put_number(&mut self, vm: &mut Vm, i: usize) -> Result<()> {
        match (self.proto, self.bin, i) {
            (4.., _, _) => self.put(vm, b"\x94"),
            (_, true, 0..256) => self.put(vm, &[b'q', i as u8]),
            (_, true, _) => {
                let n = (i as u32).to_le_bytes();
                self.put(vm, &[b'r', n[0], n[1], n[2], n[3]])
            }
            _ => self.put(vm, format!("p{i}\n").as_bytes()),
        }
    }

    /// Refers to an object that is remembered.
    pub fn get(&mut self, vm: &mut Vm, i: usize) -> Result<()> {
        match (self.bin, i) {
            (true, 0..256) => self.put(vm, &[b'h', i as u8]),
            (true, _) => {
                let n = (i as u32).to_le_bytes();
                self.put(vm, &[b'j', n[0], n[1], n[2], n[3]])
            }
            _ => self.put(vm, format!("g{i}\n").as_bytes()),
        }
    }

    /// Writes an object.
    pub fn save(&mut self, vm: &mut Vm, obj: &Value, persistent: bool) -> Result<()> {
        self.boundary(vm)?;
        if persistent && let Some(hook) = self.persistent_id.clone() {
            let pid = vm.call(&hook, std::slice::from_ref(obj))?;
            if !pid.is_none() {
                return self.persistent(vm, &pid);
            }
        }
        if obj.is_none() {
            return self.put(vm, b"N");
        }
        let ty = obj.ty();
        if ty.is(BOOL.as_type()) {
            return self.bool(vm, obj.is_true());
        }
        if ty.is(INT.as_type()) {
            return self.int(vm, obj);
        }
        if ty.is(FLOAT.as_type())
            && let Some(x) = obj.as_float()
        {
            return self.float(vm, x);
        }
        if let Some(i) = self.number(vm, obj) {
            return self.get(vm, i);
        }
        if ty.is(STR.as_type())
            && let Some(s) = obj.downcast::<Str>()
        {
            return self.str(vm, s);
        }
        if ty.is(BYTES.as_type())
            && let Some(b) = obj.downcast::<Bytes>()
        {
            return self.bytes(vm, b);
        }
        vm.check_stack(" while pickling an object")?;
        if ty.is(DICT.as_type())
            && let Some(d) = obj.downcast::<Dict>()
        {
            return self.dict(vm, d);
        }
        if ty.is(LIST.as_type())
            && let Some(l) = obj.downcast::<List>()
        {
            return self.list(vm, l);
        }
        if ty.is(TUPLE.as_type())
            && let Some(t) = obj.downcast::<Tuple>()
        {
            return self.tuple(vm, t);
        }
        if ty.is(SET.as_type()) || ty.is(FROZENSET.as_type()) {
            return self.set(vm, obj, ty.is(FROZENSET.as_type()));
        }
        if ty.is(BYTEARRAY.as_type()) {
            return self.bytearray(vm, obj);
        }
        if let Some(b) = obj.downcast::<PickleBuffer>() {
            return self.pickle_buffer(vm, b);
        }
        self.other(vm, obj)
    }

    fn other(&mut self, vm: &mut Vm, obj: &Value) -> Result<()> {
        let mut reduced = None;
        if let Some(reducer) = self.reducer_override.clone() {
            let r = vm.call(&reducer, std::slice::from_ref(obj))?;
            reduced = Some(r).filter(|r| !r.is_not_implemented());
        }
        let reduced = match reduced {
            Some(r) => r,
            None => {
                if let Some(class) = obj.as_type()
                    && obj.ty().is(TYPE.as_type())
                {
                    return self.class(vm, obj, class);
                }
                if FUNCTION.is_exact(obj) {
                    return self.global(vm, obj, None);
                }
                match self.reduced(vm, obj)? {
                    Reduced::Parts(r) => r,
                    Reduced::Global => return self.global(vm, obj, None),
                    Reduced::Attributes => {
                        let written = self.all_attributes(vm, obj);
                        return written.map_err(|raised| object_note(vm, raised, obj));
                    }
                }
            }
        };
        if let Some(name) = reduced.downcast::<Str>() {
            return self.global(vm, obj, Some(name));
        }
        self.reduce(vm, &reduced, obj).map_err(|raised| object_note(vm, raised, obj))
    }

    fn class(&mut self, vm: &mut Vm, obj: &Value, class: &Type) -> Result<()> {
        let singleton = if class.is(NONE_TYPE.as_type()) {
            Some(Value::none())
        } else if class.is(NOT_IMPLEMENTED_TYPE.as_type()) {
            Some(Value::not_implemented())
        } else if class.is(ELLIPSIS_TYPE.as_type()) {
            Some(vm.builtin("Ellipsis")?)
        } else {
            None
        };
        match singleton {
            Some(v) => {
                let args = vm.new_tuple(vec![v])?;
                self.call_of(vm, &TYPE.as_type().to_value(), &args, Some(obj))
            }
            None => self.global(vm, obj, None),
        }
    }

    fn persistent(&mut self, vm: &mut Vm, pid: &Value) -> Result<()> {
        if self.bin {
            self.save(vm, pid, false)?;
            return self.put(vm, b"Q");
        }
        let text = vm.str(pid)?;
        match text.as_ascii() {
            Some(text) if !text.contains('\n') => {
                let line = format!("P{text}\n");
                self.put(vm, line.as_bytes())
            }
            _ => Err(raise_kept(vm, PICKLING_ERROR, "persistent IDs in protocol 0 must be ASCII strings")),
        }
    }

    fn bool(&mut self, vm: &mut Vm, on: bool) -> Result<()> {
        match (self.proto >= 2, on) {
            (true, true) => self.put(vm, b"\x88"),
            (true, false) => self.put(vm, b"\x89"),
            (false, true) => self.put(vm, b"I01\n"),
            (false, false) => self.put(vm, b"I00\n"),
        }
    }

    fn int(&mut self, vm: &mut Vm, obj: &Value) -> Result<()> {
        if let Some(n) = obj.small_int().and_then(|n| i32::try_from(n).ok()) {
            return match (self.bin, n) {
                (true, 0..256) => self.put(vm, &[b'K', n as u8]),
                (true, 256..0x1_0000) => self.put(vm, &[b'M', n as u8, (n >> 8) as u8]),
                (true, _) => {
                    let b = n.to_le_bytes();
                    self.put(vm, &[b'J', b[0], b[1], b[2], b[3]])
                }
                (false, _) => self.put(vm, format!("I{n}\n").as_bytes()),
            };
        }
        let Some(n) = view(obj) else { return Ok(()) };
        if self.proto < 2 {
            let text = match taipan_num::int::to_decimal(n, 0, &mut taipan_num::error::never) {
                Ok(text) => text,
                Err(e) => return Err(vm.raise_num(e)),
            };
            return self.put(vm, format!("L{text}L\n").as_bytes());
        }
        let len = n.bit_length() as usize / 8 + 1;
        let mut bytes = Vec::new();
        if bytes.try_reserve_exact(len).is_err() {
            return Err(vm.raise_memory_error());
        }
        bytes.resize(len, 0);
        if let Err(e) = taipan_num::int::to_bytes(n, &mut bytes, true, true) {
            return Err(vm.raise_num(e));
        }
        // The sign may fit in the last byte but one.
        if let [.., before, 0xFF] = bytes[..]
            && before & 0x80 != 0
        {
            bytes.pop();
        }
        match u8::try_from(bytes.len()) {
            Ok(n) => self.put(vm, &[0x8A, n])?,
            Err(_) => {
                let n = (bytes.len() as u32).to_le_bytes();
                self.put(vm, &[0x8B, n[0], n[1], n[2], n[3]])?;
            }
        }
        self.put(vm, &bytes)
    }

    fn float(&mut self, vm: &mut Vm, x: f64) -> Result<()> {
        if self.bin {
            self.put(vm, b"G")?;
            return self.put(vm, &x.to_bits().to_be_bytes());
        }
        let mut buffer = ReprBuffer::new();
        let text = format!("F{}\n", taipan_num::float::repr(x, &mut buffer));
        self.put(vm, text.as_bytes())
    }

    /// Opcode and length of data.
    fn header(&self, len: usize, short: u8, medium: u8, long: u8) -> Head {
        let mut bytes = [0; 9];
        bytes[1..].copy_from_slice(&(len as u64).to_le_bytes());
        let (op, length) = match (u8::try_from(len), u32::try_from(len)) {
            (Ok(_), _) if short != 0 => (short, 1),
            (_, Ok(_)) if medium != 0 => (medium, 4),
            _ => (long, 8),
        };
        bytes[0] = op;
        Head { bytes, len: 1 + length }
    }

    fn str(&mut self, vm: &mut Vm, s: &Ref<Str>) -> Result<()> {
        if self.bin {
            let made;
            let data = match (s.to_utf8(), units(s)) {
                (Some(text), _) => text.as_bytes(),
                (None, text) => match utf8::encode(text, Errors::SurrogatePass, &mut BuiltIn) {
                    Ok(bytes) => {
                        made = bytes;
                        &made[..]
                    }
                    Err(_) => return Err(vm.raise_memory_error()),
                },
            };
            let short = if self.proto >= 4 { 0x8C } else { 0 };
            let header = self.header(data.len(), short, b'X', 0x8D);
            self.put_data(vm, &header, data)?;
        } else {
            let mut line = vec![b'V'];
            for c in units(s) {
                line.try_reserve(16).map_err(|_| Raised)?;
                match c {
                    0 | 10 | 13 | 26 | 92 => line.extend_from_slice(format!("\\u{c:04x}").as_bytes()),
                    0..256 => line.push(c as u8),
                    256..0x1_0000 => line.extend_from_slice(format!("\\u{c:04x}").as_bytes()),
                    _ => line.extend_from_slice(format!("\\U{c:08x}").as_bytes()),
                }
            }
            line.push(b'\n');
            self.put(vm, &line)?;
        }
        self.memoize(vm, s.as_value())
    }

    fn bytes(&mut self, vm: &mut Vm, b: &Ref<Bytes>) -> Result<()> {
        if self.proto >= 3 {
            let header = self.header(b.len(), b'C', b'B', 0x8E);
            self.put_data(vm, &header, b.as_bytes())?;
            return self.memoize(vm, b.as_value());
        }
        if b.len() == 0 {
            let none = vm.new_tuple(Vec::new())?;
            return self.call_of(vm, &BYTES.as_type().to_value(), &none, Some(b.as_value()));
        }
        // Without an opcode for bytes, they are made of a string.
        let codecs = vm.import("codecs")?;
        let encode = vm.get_attr(&codecs, name!("encode"))?;
        let text = vm.str_from_units(Units::from_latin1(b.as_bytes()))?.into_value();
        let latin1 = vm.intern_utf8("latin1")?.into_value();
        let args = vm.new_tuple(vec![text, latin1])?;
        self.call_of(vm, &encode, &args, Some(b.as_value()))
    }

    fn bytearray(&mut self, vm: &mut Vm, obj: &Value) -> Result<()> {
        let data = match obj.downcast::<ByteArray>() {
            Some(b) => taipan_object::room::copied(b.get(vm).as_bytes())?,
            None => Vec::new(),
        };
        if self.proto >= 5 {
            let header = self.header(data.len(), 0, 0, 0x96);
            self.put_data(vm, &header, &data)?;
            return self.memoize(vm, obj);
        }
        let mut args = Vec::new();
        if !data.is_empty() {
            args.push(vm.new_bytes(&data)?.into_value());
        }
        let args = vm.new_tuple(args)?;
        self.call_of(vm, &BYTEARRAY.as_type().to_value(), &args, Some(obj))
    }

    fn pickle_buffer(&mut self, vm: &mut Vm, b: &Ref<PickleBuffer>) -> Result<()> {
        if self.proto < 5 {
            let text = "PickleBuffer can only be pickled with protocol >= 5";
            return Err(raise_kept(vm, PICKLING_ERROR, text));
        }
        let view = buffer::view(vm, b)?;
        let window = vm.buffer(&view, Request { writable: false })?;
        let readonly = window.readonly;
        let contiguous = window.is_c_contiguous() || window.is_f_contiguous();
        let data = if window.is_c_contiguous() { window.gather(vm) } else { Ok(Vec::new()) };
        let f_data = if contiguous && !window.is_c_contiguous() {
            let all = (window.read)(vm, &window.owner);
            all.get(window.offset..window.offset + window.len).map(<[u8]>::to_vec)
        } else {
            None
        };
        vm.release_buffer(window);
        let data = f_data.map_or(data, Ok)?;
        if !contiguous {
            let text = "PickleBuffer can not be pickled when pointing to a non-contiguous buffer";
            return Err(raise_kept(vm, PICKLING_ERROR, text));
        }
        let in_band = match self.buffer_callback.clone() {
            None => true,
            Some(callback) => {
                let answer = vm.call(&callback, &[b.to_value()])?;
                vm.is_truthy(&answer)?
            }
        };
        if !in_band {
            self.put(vm, b"\x97")?;
            return if readonly { self.put(vm, b"\x98") } else { Ok(()) };
        }
        let header =
            if readonly { self.header(data.len(), b'C', b'B', 0x8E) } else { self.header(data.len(), 0, 0, 0x96) };
        self.put_data(vm, &header, &data)?;
        self.memoize(vm, b.as_value())
    }

    /// Looks for cycles where there is no memo that would break them.
    fn enter(&mut self, vm: &mut Vm, obj: &Value) -> Result<()> {
        if !self.fast {
            return Ok(());
        }
        if self.path.len() >= FAST_NESTING && self.path.contains(&obj.bits()) {
            let class = obj.ty().name();
            let at = obj.bits();
            let text = format!("fast mode: can't pickle cyclic objects including object type {class} at {at:#x}");
            return Err(vm.raise_value_error(&text));
        }
        self.path.push(obj.bits());
        Ok(())
    }

    fn leave(&mut self) {
        if self.fast {
            self.path.pop();
        }
    }

    fn tuple(&mut self, vm: &mut Vm, t: &Ref<Tuple>) -> Result<()> {
        let items = t.items();
        if items.is_empty() {
            return if self.bin { self.put(vm, b")") } else { self.put(vm, b"(t") };
        }
        let short = items.len() <= 3 && self.proto >= 2;
        if !short {
            self.put(vm, b"(")?;
        }
        for (i, item) in items.iter().enumerate() {
            if let Err(raised) = self.save(vm, item, true) {
                return Err(item_note(vm, raised, t.as_value(), &format!("item {i}")));
            }
        }
        // A tuple that contains itself has been written while its items were.
        if let Some(n) = self.number(vm, t.as_value()) {
            if !short && self.bin {
                self.put(vm, b"1")?;
            } else {
                for _ in 0..items.len() + usize::from(!short) {
                    self.put(vm, b"0")?;
                }
            }
            return self.get(vm, n);
        }
        if short {
            self.put(vm, &[0x84 + items.len() as u8])?;
        } else {
            self.put(vm, b"t")?;
        }
        self.memoize(vm, t.as_value())
    }

    fn list(&mut self, vm: &mut Vm, l: &Ref<List>) -> Result<()> {
        self.enter(vm, l.as_value())?;
        self.put(vm, if self.bin { b"]" } else { b"(l" })?;
        self.memoize(vm, l.as_value())?;
        let n = l.items(vm).len();
        let mut i = 0;
        while i < n {
            let single = !self.bin || n == 1;
            let end = if single { i + 1 } else { (i + BATCH).min(n) };
            if !single {
                self.put(vm, b"(")?;
            }
            while i < end {
                let Some(item) = l.items(vm).get(i).cloned() else {
                    return Err(vm.raise_runtime_error("list changed size during iteration"));
                };
                if let Err(raised) = self.save(vm, &item, true) {
                    return Err(item_note(vm, raised, l.as_value(), &format!("item {i}")));
                }
                i += 1;
            }
            self.put(vm, if single { b"a" } else { b"e" })?;
        }
        self.leave();
        Ok(())
    }

    fn dict(&mut self, vm: &mut Vm, d: &Ref<Dict>) -> Result<()> {
        self.enter(vm, d.as_value())?;
        self.put(vm, if self.bin { b"}" } else { b"(d" })?;
        self.memoize(vm, d.as_value())?;
        let n = d.get(vm).len();
        let (mut at, mut done) = (0, 0);
        // As CPython writes it: a batch that is full is followed by another, an empty one at the end.
        let mut more = n > 0;
        while more {
            let single = !self.bin || n == 1;
            if !single {
                self.put(vm, b"(")?;
            }
            let mut batch = 0;
            while batch < if single { 1 } else { BATCH } {
                let next = d.get(vm).next_pair(&mut at).map(|(k, v)| (k.clone(), v.clone()));
                let Some((k, v)) = next else { break };
                self.save(vm, &k, true)?;
                if let Err(raised) = self.save(vm, &v, true) {
                    return Err(self.value_note(vm, raised, d.as_value(), &k));
                }
                if d.get(vm).len() != n {
                    return Err(vm.raise_runtime_error("dictionary changed size during iteration"));
                }
                batch += 1;
            }
            self.put(vm, if single { b"s" } else { b"u" })?;
            done += batch;
            more = if single { batch > 0 && done < n } else { batch == BATCH };
        }
        self.leave();
        Ok(())
    }

    #[cold]
    pub fn value_note(&mut self, vm: &mut Vm, raised: Raised, d: &Value, key: &Value) -> Raised {
        let exception = vm.take_raised(raised);
        let shown = match vm.repr(key) {
            Ok(shown) => shown.to_string_lossy(),
            Err(raised) => return raised,
        };
        let raised = vm.raise(exception);
        item_note(vm, raised, d, &format!("item {shown}"))
    }

    fn set(&mut self, vm: &mut Vm, obj: &Value, frozen: bool) -> Result<()> {
        let items = vm.collect(obj)?;
        if self.proto < 4 {
            let list = vm.new_list(items)?.into_value();
            let args = vm.new_tuple(vec![list])?;
            return self.call_of_noted(vm, &obj.ty().to_value(), &args, obj);
        }
        let n = items.len();
        if !frozen {
            self.put(vm, b"\x8f")?;
            self.memoize(vm, obj)?;
        }
        let mut rest = &items[..];
        // As in a dict, a full batch is followed by another.
        let mut more = frozen || n > 0;
        while more {
            self.put(vm, b"(")?;
            let (batch, left) = rest.split_at(if frozen { rest.len() } else { rest.len().min(BATCH) });
            for item in batch {
                if let Err(raised) = self.save(vm, item, true) {
                    return Err(item_note(vm, raised, obj, "element"));
                }
                if !frozen && vm.len(obj)? != n {
                    return Err(vm.raise_runtime_error("set changed size during iteration"));
                }
            }
            rest = left;
            more = !frozen && batch.len() == BATCH;
            if !frozen {
                self.put(vm, b"\x90")?;
            }
        }
        if !frozen {
            return Ok(());
        }
        if let Some(i) = self.number(vm, obj) {
            self.put(vm, b"1")?;
            return self.get(vm, i);
        }
        self.put(vm, b"\x91")?;
        self.memoize(vm, obj)
    }

    /// Items from an iterator, for an object that is a list of its own kind.
    pub fn appends(&mut self, vm: &mut Vm, items: &Value, obj: &Value) -> Result<()> {
        let mut i = 0;
        let mut ahead = vm.next(items)?;
        while let Some(first) = ahead.take() {
            ahead = vm.next(items)?;
            let single = !self.bin || ahead.is_none();
            if !single {
                self.put(vm, b"(")?;
            }
            let mut current = Some(first);
            let mut batch = 0;
            while let Some(item) = current.take() {
                if let Err(raised) = self.save(vm, &item, true) {
                    return Err(item_note(vm, raised, obj, &format!("item {i}")));
                }
                i += 1;
                batch += 1;
                if single || batch == BATCH {
                    break;
                }
                current = ahead.take();
                if current.is_some() {
                    ahead = vm.next(items)?;
                }
            }
            self.put(vm, if single { b"a" } else { b"e" })?;
        }
        Ok(())
    }

    fn pair(&mut self, vm: &mut Vm, item: &Value) -> Result<(Value, Value)> {
        match item.downcast::<Tuple>() {
            Some(t) if t.len() == 2 => Ok((t.items()[0].clone(), t.items()[1].clone())),
            _ => Err(vm.raise_type_error("dict items iterator must return 2-tuples")),
        }
    }

    /// Pairs from an iterator, for an object that is a dict of its own kind.
    pub fn set_items(&mut self, vm: &mut Vm, items: &Value, obj: &Value) -> Result<()> {
        let mut ahead = vm.next(items)?;
        while let Some(first) = ahead.take() {
            ahead = vm.next(items)?;
            let single = !self.bin || ahead.is_none();
            if !single {
                self.put(vm, b"(")?;
            }
            let mut current = Some(first);
            let mut batch = 0;
            while let Some(item) = current.take() {
                let (k, v) = self.pair(vm, &item)?;
                self.save(vm, &k, true)?;
                if let Err(raised) = self.save(vm, &v, true) {
                    return Err(self.value_note(vm, raised, obj, &k));
                }
                batch += 1;
                if single || batch == BATCH {
                    break;
                }
                current = ahead.take();
                if current.is_some() {
                    ahead = vm.next(items)?;
                }
            }
            self.put(vm, if single { b"s" } else { b"u" })?;
        }
        Ok(())
    }
}
