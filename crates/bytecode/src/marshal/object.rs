//! Constants, code objects and plain trees of values as marshal data.

use std::sync::Arc;

use super::reader::{Builder, Container, Raw, ReadError, Reader};
use super::writer::{Shape, Source, WriteError, Writer};
use super::{CodeFields, DEFERRED, VERSION};
use crate::code::{BigInt, Code, CodeFlags, Const};
use crate::text::Text;

/// A value that marshal data can hold, without identity.
#[derive(Clone, PartialEq, Debug)]
pub enum Object {
    /// Includes tuples and frozen sets whose items are constants.
    Const(Const),
    StopIteration,
    Tuple(Vec<Object>),
    List(Vec<Object>),
    /// Keys and values in turn.
    Dict(Vec<Object>),
    Set(Vec<Object>),
    FrozenSet(Vec<Object>),
}

impl Object {
    /// The constant, if it is one.
    pub fn into_const(self) -> Option<Const> {
        match self {
            Object::Const(value) => Some(value),
            _ => None,
        }
    }

    fn text(self) -> Result<Text, ReadError> {
        match self {
            Object::Const(Const::Str(text)) => Ok(text),
            _ => Err(bad_code()),
        }
    }

    fn bytes(self) -> Result<Vec<u8>, ReadError> {
        match self {
            Object::Const(Const::Bytes(bytes)) => Ok(bytes.to_vec()),
            _ => Err(bad_code()),
        }
    }

    fn consts(self) -> Result<Vec<Const>, ReadError> {
        match self {
            Object::Const(Const::Tuple(items)) => Ok(items.to_vec()),
            _ => Err(bad_code()),
        }
    }

    fn texts(self) -> Result<Vec<Text>, ReadError> {
        self.consts()?.into_iter().map(|item| Object::Const(item).text()).collect()
    }
}

fn bad_code() -> ReadError {
    ReadError::Type("code object with fields of wrong types".to_owned())
}

struct ObjectBuilder;

fn constant(value: Const) -> Result<Object, ReadError> {
    Ok(Object::Const(value))
}

fn all_const(items: Vec<Object>) -> Result<Vec<Const>, Vec<Object>> {
    if items.iter().all(|item| matches!(item, Object::Const(_))) {
        Ok(items.into_iter().filter_map(Object::into_const).collect())
    } else {
        Err(items)
    }
}

impl<'a> Builder<'a> for ObjectBuilder {
    type Value = Object;
    type Error = ReadError;

    fn none(&mut self) -> Result<Object, ReadError> {
        constant(Const::None)
    }

    fn bool(&mut self, value: bool) -> Result<Object, ReadError> {
        constant(Const::bool(value))
    }

    fn ellipsis(&mut self) -> Result<Object, ReadError> {
        constant(Const::Ellipsis)
    }

    fn stop_iteration(&mut self) -> Result<Object, ReadError> {
        Ok(Object::StopIteration)
    }

    fn int(&mut self, value: i64) -> Result<Object, ReadError> {
        constant(Const::Int(value))
    }

    fn big_int(&mut self, negative: bool, digits: Vec<u32>) -> Result<Object, ReadError> {
        constant(Const::BigInt(Arc::new(BigInt { negative, digits })))
    }

    fn float(&mut self, value: f64) -> Result<Object, ReadError> {
        constant(Const::Float(value))
    }

    fn float_text(&mut self, text: &[u8]) -> Result<f64, ReadError> {
        let parsed = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
        parsed.ok_or_else(|| ReadError::Value("could not convert string to float".to_owned()))
    }

    fn complex(&mut self, real: f64, imag: f64) -> Result<Object, ReadError> {
        constant(Const::Complex { real, imag })
    }

    fn str(&mut self, text: Text, _interned: bool) -> Result<Object, ReadError> {
        constant(Const::Str(text))
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<Object, ReadError> {
        constant(Const::Bytes(bytes.into()))
    }

    fn open(&mut self, _kind: Container, _len: usize) -> Result<Option<Object>, ReadError> {
        Ok(None)
    }

    fn close(&mut self, kind: Container, _opened: Option<Object>, items: Vec<Object>) -> Result<Object, ReadError> {
        Ok(match kind {
            Container::Tuple => match all_const(items) {
                Ok(items) => Object::Const(Const::tuple(items)),
                Err(items) => Object::Tuple(items),
            },
            Container::FrozenSet => match all_const(items) {
                Ok(items) => Object::Const(Const::frozenset(items)),
                Err(items) => Object::FrozenSet(items),
            },
            Container::List => Object::List(items),
            Container::Dict => Object::Dict(items),
            Container::Set => Object::Set(items),
            Container::Slice => match all_const(items).map(<[Const; 3]>::try_from) {
                Ok(Ok(parts)) => Object::Const(Const::Slice(Arc::new(parts))),
                _ => return Err(ReadError::Type("slice of values that are not constants".to_owned())),
            },
        })
    }

    fn fill(&mut self, _: &Object, _: usize, _: Option<&Object>, _: &Object) -> Result<(), ReadError> {
        // Trees have no cycles.
        Err(ReadError::Value("bad marshal data (invalid reference)".to_owned()))
    }

    fn code(&mut self, f: CodeFields<Object, Raw<'a, Object>>) -> Result<Object, ReadError> {
        let bytes = |field| match field {
            Raw::Bytes(bytes) => Ok(bytes.into()),
            Raw::Value(value) => Object::bytes(value),
        };
        let unsigned = |n: i32| u32::try_from(n).map_err(|_| bad_code());
        let code = Code {
            argcount: unsigned(f.argcount)?,
            posonlyargcount: unsigned(f.posonlyargcount)?,
            kwonlyargcount: unsigned(f.kwonlyargcount)?,
            stacksize: unsigned(f.stacksize)?,
            flags: CodeFlags(f.flags as u32),
            code: bytes(f.code)?,
            consts: f.consts.consts()?,
            names: f.names.texts()?,
            localsplusnames: f.localsplusnames.texts()?,
            localspluskinds: bytes(f.localspluskinds)?,
            filename: f.filename.text()?,
            name: f.name.text()?,
            qualname: f.qualname.text()?,
            firstlineno: f.firstlineno,
            linetable: bytes(f.linetable)?,
            exceptiontable: bytes(f.exceptiontable)?,
        };
        if code.localsplusnames.len() != code.localspluskinds.len() {
            return Err(ReadError::Value("code: varnames is too small".to_owned()));
        }
        constant(Const::Code(Arc::new(code)))
    }
}

/// Reads one value; what follows it is ignored.
pub fn read_object(data: &[u8]) -> Result<Object, ReadError> {
    Reader::new(ObjectBuilder, data).read()
}

/// Reads a code object.
pub fn read_code(data: &[u8]) -> Result<Arc<Code>, ReadError> {
    match read_object(data)? {
        Object::Const(Const::Code(code)) => Ok(code),
        _ => Err(ReadError::Type("not a code object".to_owned())),
    }
}

#[derive(Default)]
struct ObjectSource {
    /// The code object that is written, where those of functions in it are to be deferred.
    deferring: Option<Arc<Code>>,
}

/// What is written once and then referred to.
#[derive(PartialEq, Eq, Hash)]
enum SharedKey {
    Str(Text),
    Pointer(usize),
}

fn texts(names: &[Text]) -> Object {
    Object::Const(Const::Tuple(names.iter().cloned().map(Const::Str).collect()))
}

fn bytes(bytes: &[u8]) -> Object {
    Object::Const(Const::Bytes(bytes.into()))
}

fn text(text: &Text) -> Object {
    Object::Const(Const::Str(text.clone()))
}

impl ObjectSource {
    /// Bodies of modules and classes run when they are made.
    fn defers(&self, code: &Arc<Code>) -> bool {
        let plain = code.name.as_str().is_some() && code.qualname.as_str().is_some();
        plain
            && code.flags.contains(CodeFlags::OPTIMIZED)
            && self.deferring.as_ref().is_some_and(|whole| !Arc::ptr_eq(whole, code))
    }
}

/// What is written for a deferred code object.
fn defer(code: &Arc<Code>) -> Result<Vec<u8>, WriteError> {
    let body = write_code_deferring(code)?;
    let mut out = vec![DEFERRED];
    let locals = u32::try_from(code.localspluskinds.len()).map_err(|_| WriteError::Unmarshallable)?;
    let counts = [code.argcount, code.posonlyargcount, code.kwonlyargcount, code.stacksize, locals, code.flags.0];
    for number in counts.into_iter().chain([code.firstlineno as u32]) {
        out.extend(number.to_le_bytes());
    }
    for part in [code.name.as_bytes(), code.qualname.as_bytes(), &body] {
        let len = u32::try_from(part.len()).map_err(|_| WriteError::Unmarshallable)?;
        out.extend(len.to_le_bytes());
        out.extend(part);
    }
    Ok(out)
}

impl Source for ObjectSource {
    type Value = Object;
    type Key = SharedKey;

    fn shape<'a>(&'a self, value: &'a Object) -> Shape<'a, Object> {
        let consts = |items: &[Const]| items.iter().cloned().map(Object::Const).collect();
        match value {
            Object::StopIteration => Shape::StopIteration,
            Object::Tuple(items) => Shape::Tuple(items.clone()),
            Object::List(items) => Shape::List(items.clone()),
            Object::Dict(items) => Shape::Dict(items.clone()),
            Object::Set(items) => Shape::Set(items.clone()),
            Object::FrozenSet(items) => Shape::FrozenSet(items.clone()),
            Object::Const(value) => match value {
                Const::None => Shape::None,
                Const::True => Shape::Bool(true),
                Const::False => Shape::Bool(false),
                Const::Ellipsis => Shape::Ellipsis,
                Const::Int(n) => Shape::Int(*n),
                Const::BigInt(n) => Shape::BigInt { negative: n.negative, digits: n.digits.as_slice().into() },
                Const::Float(x) => Shape::Float(*x),
                Const::Complex { real, imag } => Shape::Complex(*real, *imag),
                Const::Str(text) => Shape::Str { utf8: text.as_bytes().into(), interned: is_identifier_like(text) },
                Const::Bytes(bytes) => Shape::Bytes((&**bytes).into()),
                Const::Tuple(items) => Shape::Tuple(consts(items)),
                Const::FrozenSet(items) => Shape::FrozenSet(consts(items)),
                Const::Slice(parts) => Shape::Slice(<[Const; 3]>::clone(parts).map(Object::Const)),
                Const::Code(code) if self.defers(code) => match defer(code) {
                    Ok(data) => Shape::Deferred(data),
                    Err(_) => Shape::Other,
                },
                Const::Code(code) => Shape::Code(Box::new(CodeFields {
                    argcount: code.argcount as i32,
                    posonlyargcount: code.posonlyargcount as i32,
                    kwonlyargcount: code.kwonlyargcount as i32,
                    stacksize: code.stacksize as i32,
                    flags: code.flags.0 as i32,
                    code: bytes(&code.code),
                    consts: Object::Const(Const::Tuple(code.consts.clone().into())),
                    names: texts(&code.names),
                    localsplusnames: texts(&code.localsplusnames),
                    localspluskinds: bytes(&code.localspluskinds),
                    filename: if self.deferring.is_some() { text(&Text::from("")) } else { text(&code.filename) },
                    name: text(&code.name),
                    qualname: text(&code.qualname),
                    firstlineno: code.firstlineno,
                    linetable: bytes(&code.linetable),
                    exceptiontable: bytes(&code.exceptiontable),
                })),
            },
        }
    }

    fn shared(&self, value: &Object) -> Option<SharedKey> {
        match value {
            Object::Const(Const::Str(text)) => Some(SharedKey::Str(text.clone())),
            Object::Const(Const::Code(code)) => Some(SharedKey::Pointer(Arc::as_ptr(code).cast::<()>() as usize)),
            _ => None,
        }
    }

    fn float_text(&self, value: f64) -> String {
        format!("{value:?}")
    }

    fn set_len(&self, set: &Object) -> usize {
        match set {
            Object::Set(items) | Object::FrozenSet(items) => items.len(),
            Object::Const(Const::FrozenSet(items)) => items.len(),
            _ => 0,
        }
    }
}

/// What CPython interns among the constants of a code object.
fn is_identifier_like(text: &Text) -> bool {
    text.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// Marshal data of the newest version.
pub fn write_object(value: &Object) -> Result<Vec<u8>, WriteError> {
    let source = ObjectSource::default();
    let mut writer = Writer::new(&source, VERSION);
    writer.write(value)?;
    Ok(writer.finish())
}

/// Marshal data of a code object, as it stands in a `.pyc` file behind the header.
pub fn write_code(code: &Arc<Code>) -> Result<Vec<u8>, WriteError> {
    write_object(&Object::Const(Const::Code(code.clone())))
}

/// The same for a program that holds the data for as long as it runs: code objects of functions can be read one by one, when
/// they are needed. Only a [`Builder`] that makes something of [`Deferred`] reads it. File names are left out.
pub fn write_code_deferring(code: &Arc<Code>) -> Result<Vec<u8>, WriteError> {
    let source = ObjectSource { deferring: Some(code.clone()) };
    let mut writer = Writer::new(&source, VERSION);
    writer.write(&Object::Const(Const::Code(code.clone())))?;
    Ok(writer.finish())
}
