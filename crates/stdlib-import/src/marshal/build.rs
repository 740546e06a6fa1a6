//! Python objects from marshal data.

use std::borrow::Cow;
use taipan_bytecode::marshal::{Builder, CodeFields, Container, Deferred, Raw, ReadError, Reader};
use taipan_bytecode::{CodeFlags, Text};
use taipan_object::statics::{ELLIPSIS, FROZENSET};
use taipan_object::{Bytes, Set};
use taipan_vm::errors::{EOF_ERROR, STOP_ITERATION, VALUE_ERROR};
use taipan_vm::types::bytes::{BYTEARRAY, MEMORYVIEW};
use taipan_vm::types::code::Parts;
use taipan_vm::types::slice::new_slice;
use taipan_vm::{Dict, List, Raised, Ref, Result, Str, Tuple, Value, Vm, name};

/// Why nothing was built.
pub enum Failure {
    /// The data are bad.
    Read(ReadError),
    /// An exception rests in the thread.
    Raised(Raised),
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Failure {
        Failure::Read(error)
    }
}

impl From<Raised> for Failure {
    fn from(raised: Raised) -> Failure {
        Failure::Raised(raised)
    }
}

/// Raises what is wrong with marshal data.
pub fn raise_read_error(vm: &mut Vm, error: ReadError) -> Raised {
    match error {
        ReadError::Eof(text) => vm.raise_class(EOF_ERROR.as_type(), text),
        ReadError::Value(text) => vm.raise_class(VALUE_ERROR.as_type(), &text),
        ReadError::Type(text) => vm.raise_type_error(&text),
        ReadError::Decode(bytes) => match decode(vm, &bytes) {
            Ok(_) => vm.raise_value_error("bad marshal data (string)"),
            Err(raised) => raised,
        },
    }
}

/// Has the codec say what is wrong.
fn decode(vm: &mut Vm, bytes: &[u8]) -> Result {
    let bytes = vm.new_bytes(bytes)?.into_value();
    let args = [vm.new_str("utf8")?.into_value(), vm.new_str("surrogatepass")?.into_value()];
    vm.call_method(&bytes, name!("decode"), &args)
}

/// Makes Python objects.
pub struct Build<'v, 'a> {
    vm: &'v mut Vm,
    /// `co_filename` of every code object, in place of what the data say.
    filename: Option<Ref<Str>>,
    /// What code objects keep of the data.
    keep: fn(&'a [u8]) -> Cow<'static, [u8]>,
    /// Where the data come from, if they are not given.
    file: Option<&'v Value>,
}

impl<'v> Build<'v, '_> {
    pub fn new(vm: &'v mut Vm) -> Self {
        Build { vm, filename: None, keep: |bytes| Cow::Owned(bytes.to_vec()), file: None }
    }
}

/// The code object in marshal data of this program, with another `co_filename`.
pub fn read_code(vm: &mut Vm, data: &'static [u8], filename: Ref<Str>) -> Result {
    let build = Build { vm, filename: Some(filename), keep: Cow::Borrowed, file: None };
    match Reader::new(build, data).read() {
        Ok(code) => Ok(code),
        Err(Failure::Raised(raised)) => Err(raised),
        Err(Failure::Read(error)) => Err(raise_read_error(vm, error)),
    }
}

/// `marshal.load`: reads no more of the file than the value takes.
pub fn load_file(vm: &mut Vm, file: &Value, allow_code: bool) -> Result {
    let empty = vm.call_method(file, name!("read"), &[Value::from_i32(0)])?;
    if empty.downcast::<Bytes>().is_none() {
        let text = format!("file.read() returned not bytes but {}", empty.ty().name());
        return Err(vm.raise_type_error(&text));
    }
    let build = Build { file: Some(file), ..Build::new(vm) };
    match Reader::new(build, &[]).allow_code(allow_code).read() {
        Ok(value) => Ok(value),
        Err(Failure::Raised(raised)) => Err(raised),
        Err(Failure::Read(error)) => Err(raise_read_error(vm, error)),
    }
}

/// Reads exactly `count` bytes of a file; None when there are fewer.
fn read_exactly(vm: &mut Vm, file: &Value, count: usize) -> Result<Option<Vec<u8>>> {
    let size = vm.new_uint(count as u64)?;
    let room = vm.call(&BYTEARRAY.as_type().to_value(), &[size])?;
    let view = vm.call(&MEMORYVIEW.as_type().to_value(), std::slice::from_ref(&room))?;
    let read = vm.call_method(file, name!("readinto"), std::slice::from_ref(&view))?;
    let read = vm.to_index_isize(&read)?;
    if read > count as isize {
        let text = format!("read() returned too much data: {count} bytes requested, {read} returned");
        return Err(vm.raise_value_error(&text));
    }
    if read != count as isize {
        return Ok(None);
    }
    vm.bytes_of(&room).map(|bytes| Some(bytes.to_vec()))
}

fn bad_code() -> Failure {
    Failure::Read(ReadError::Type("code object with fields of wrong types".to_owned()))
}

fn tuple(value: &Value) -> std::result::Result<Ref<Tuple>, Failure> {
    value.downcast_exact::<Tuple>().cloned().ok_or_else(bad_code)
}

impl<'a> Build<'_, 'a> {
    fn code_bytes(&self, field: Raw<'a, Value>) -> std::result::Result<Cow<'static, [u8]>, Failure> {
        match field {
            Raw::Bytes(bytes) => Ok((self.keep)(bytes)),
            Raw::Value(value) => {
                value.downcast::<Bytes>().map(|b| Cow::Owned(b.as_bytes().to_vec())).ok_or_else(bad_code)
            }
        }
    }

    fn interned(&self, value: &Value) -> std::result::Result<Ref<Str>, Failure> {
        let text = value.downcast_exact::<Str>().ok_or_else(bad_code)?;
        Ok(self.vm.intern(text))
    }

    /// Names that are compared by identity.
    fn names(&self, value: &Value) -> std::result::Result<Ref<Tuple>, Failure> {
        let names = tuple(value)?;
        if names.items().iter().all(|n| n.downcast_exact::<Str>().is_some_and(|n| n.is_interned())) {
            return Ok(names);
        }
        let mut interned = Vec::with_capacity(names.len());
        for n in names.items() {
            interned.push(self.interned(n)?.into_value());
        }
        Ok(self.vm.new_tuple(interned)?)
    }
}

impl<'a> Builder<'a> for Build<'_, 'a> {
    type Value = Value;
    type Error = Failure;

    fn none(&mut self) -> std::result::Result<Value, Failure> {
        Ok(Value::none())
    }

    fn bool(&mut self, value: bool) -> std::result::Result<Value, Failure> {
        Ok(Value::bool(value))
    }

    fn ellipsis(&mut self) -> std::result::Result<Value, Failure> {
        Ok(ELLIPSIS.value())
    }

    fn stop_iteration(&mut self) -> std::result::Result<Value, Failure> {
        Ok(STOP_ITERATION.as_type().to_value())
    }

    fn int(&mut self, value: i64) -> std::result::Result<Value, Failure> {
        Ok(self.vm.new_int(value)?)
    }

    fn big_int(&mut self, negative: bool, digits: Vec<u32>) -> std::result::Result<Value, Failure> {
        Ok(self.vm.new_int_digits(negative, &digits)?)
    }

    fn float(&mut self, value: f64) -> std::result::Result<Value, Failure> {
        Ok(self.vm.new_float(value)?)
    }

    fn float_text(&mut self, text: &[u8]) -> std::result::Result<f64, Failure> {
        let text = String::from_utf8_lossy(text);
        let text = self.vm.new_str(&text)?.into_value();
        let float = taipan_object::statics::FLOAT.as_type().to_value();
        let value = self.vm.call(&float, &[text])?;
        Ok(self.vm.to_f64(&value)?)
    }

    fn complex(&mut self, real: f64, imag: f64) -> std::result::Result<Value, Failure> {
        Ok(self.vm.new_complex(real, imag)?)
    }

    fn str(&mut self, text: Text, interned: bool) -> std::result::Result<Value, Failure> {
        let text = self.vm.new_text(&text)?;
        Ok(if interned { self.vm.intern(&text).into_value() } else { text.into_value() })
    }

    fn utf8(&mut self, text: &str, interned: bool) -> std::result::Result<Value, Failure> {
        let text = if interned { self.vm.intern_utf8(text)? } else { self.vm.new_str(text)? };
        Ok(text.into_value())
    }

    fn ascii(&mut self, text: &[u8], interned: bool) -> std::result::Result<Value, Failure> {
        let known = if interned { self.vm.intern_ascii(text)? } else { self.vm.new_ascii_text(text)? };
        match known {
            Some(text) => Ok(text.into_value()),
            None => self.str(Text::from_code_points(text.iter().map(|b| u32::from(*b))), interned),
        }
    }

    fn bytes(&mut self, bytes: &[u8]) -> std::result::Result<Value, Failure> {
        Ok(self.vm.new_bytes(bytes)?.into_value())
    }

    fn fetch(&mut self, count: usize, start: bool) -> std::result::Result<Vec<u8>, Failure> {
        let words = match (self.file, start) {
            (Some(file), _) => match read_exactly(self.vm, file, count)? {
                Some(bytes) => return Ok(bytes),
                None if start => "EOF read where object expected",
                None => "EOF read where not expected",
            },
            (None, true) => "EOF read where object expected",
            (None, false) => "marshal data too short",
        };
        Err(Failure::Read(ReadError::Eof(words)))
    }

    fn fill(
        &mut self,
        holder: &Value,
        index: usize,
        key: Option<&Value>,
        value: &Value,
    ) -> std::result::Result<(), Failure> {
        let vm = &mut *self.vm;
        if let (Some(dict), Some(key)) = (holder.downcast::<Dict>(), key) {
            vm.dict_set(dict, key, value.clone())?;
        } else if let Some(list) = holder.downcast::<List>() {
            list.get_mut(vm).with_vec(|all| {
                if let Some(item) = all.get_mut(index) {
                    *item = value.clone();
                }
            });
        }
        Ok(())
    }

    fn open(&mut self, kind: Container, _len: usize) -> std::result::Result<Option<Value>, Failure> {
        Ok(match kind {
            Container::List => Some(self.vm.new_list(Vec::new())?.into_value()),
            Container::Dict => Some(self.vm.new_dict()?.into_value()),
            Container::Set => Some(Ref::new(self.vm, Set::new())?.into_value()),
            Container::Tuple | Container::FrozenSet | Container::Slice => None,
        })
    }

    fn close(
        &mut self,
        kind: Container,
        opened: Option<Value>,
        items: Vec<Value>,
    ) -> std::result::Result<Value, Failure> {
        let vm = &mut *self.vm;
        Ok(match kind {
            Container::Tuple => vm.new_tuple(items)?.into_value(),
            Container::List => match opened.as_ref().and_then(|l| l.downcast::<List>()) {
                Some(list) => {
                    list.get_mut(vm).with_vec(|all| *all = items);
                    list.to_value()
                }
                None => vm.new_list(items)?.into_value(),
            },
            Container::Dict => {
                let dict = match opened.as_ref().and_then(|d| d.downcast::<Dict>()) {
                    Some(dict) => dict.clone(),
                    None => vm.new_dict()?,
                };
                for pair in items.chunks_exact(2) {
                    vm.dict_set(&dict, &pair[0], pair[1].clone())?;
                }
                dict.into_value()
            }
            Container::Set => {
                let set = match opened.as_ref().and_then(|s| s.downcast::<Set>()) {
                    Some(set) => set.clone(),
                    None => Ref::new(vm, Set::new())?,
                };
                for item in &items {
                    vm.set_add(&set, item)?;
                }
                set.into_value()
            }
            Container::FrozenSet => {
                let items = vm.new_list(items)?.into_value();
                vm.call(&FROZENSET.as_type().to_value(), &[items])?
            }
            Container::Slice => match <[Value; 3]>::try_from(items) {
                Ok([start, stop, step]) => new_slice(vm, start, stop, step)?,
                Err(_) => return Err(Failure::Read(ReadError::Value("bad marshal data (slice)".to_owned()))),
            },
        })
    }

    fn code(&mut self, f: CodeFields<Value, Raw<'a, Value>>) -> std::result::Result<Value, Failure> {
        let unsigned = |n: i32| u32::try_from(n).map_err(|_| bad_code());
        let filename = match &self.filename {
            Some(filename) => filename.clone(),
            None => self.interned(&f.filename)?,
        };
        let parts = Parts {
            argcount: unsigned(f.argcount)?,
            posonlyargcount: unsigned(f.posonlyargcount)?,
            kwonlyargcount: unsigned(f.kwonlyargcount)?,
            stacksize: unsigned(f.stacksize)?,
            flags: CodeFlags(f.flags as u32),
            canonical: self.code_bytes(f.code)?.into(),
            consts: tuple(&f.consts)?,
            names: self.names(&f.names)?,
            localsplusnames: self.names(&f.localsplusnames)?,
            kinds: self.code_bytes(f.localspluskinds)?.into(),
            filename,
            name: self.interned(&f.name)?,
            qualname: self.interned(&f.qualname)?,
            firstlineno: f.firstlineno,
            linetable: self.code_bytes(f.linetable)?.into(),
            exceptiontable: self.code_bytes(f.exceptiontable)?.into(),
        };
        Ok(self.vm.code_from_parts(parts)?.into_value())
    }

    fn deferred(&mut self, code: Deferred<'a>) -> std::result::Result<Value, Failure> {
        // Only what the program holds for good can be read later.
        let (Some(filename), Cow::Borrowed(body)) = (self.filename.clone(), (self.keep)(code.body)) else {
            return Err(Failure::Read(ReadError::Value("bad marshal data (unknown type code)".to_owned())));
        };
        Ok(self.vm.new_deferred_code(code, body, filename)?.into_value())
    }
}
