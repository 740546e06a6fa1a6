//! Writing.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet, TryReserveError};
use std::fmt;
use std::hash::Hash;

use super::{CodeFields, FLAG_REF, MAX_DEPTH};

/// What a value is, for writing.
pub enum Shape<'a, V> {
    None,
    Bool(bool),
    Ellipsis,
    StopIteration,
    Int(i64),
    /// Magnitude in digits of 30 bits, least significant first, the last not zero.
    BigInt {
        negative: bool,
        digits: Cow<'a, [u32]>,
    },
    Float(f64),
    Complex(f64, f64),
    /// UTF-8 that may hold encoded surrogates.
    Str {
        utf8: Cow<'a, [u8]>,
        interned: bool,
    },
    Bytes(Cow<'a, [u8]>),
    Tuple(Vec<V>),
    List(Vec<V>),
    /// Keys and values in turn.
    Dict(Vec<V>),
    Set(Vec<V>),
    FrozenSet(Vec<V>),
    Slice([V; 3]),
    Code(Box<CodeFields<V>>),
    /// A code object whose body is read later, as it is to be written.
    Deferred(Vec<u8>),
    /// Not a value of the format.
    Other,
}

/// Describes values to the writer.
pub trait Source {
    type Value: Clone;
    /// Tells shared values apart.
    type Key: Eq + Hash;

    fn shape<'a>(&'a self, value: &'a Self::Value) -> Shape<'a, Self::Value>;

    /// The identity of a value that may occur again and is then to be written as a reference.
    fn shared(&self, value: &Self::Value) -> Option<Self::Key>;

    /// Python's `repr` of a float (format versions 0 and 1).
    fn float_text(&self, value: f64) -> String;

    /// How many items a set has now: describing them may run a program's code.
    fn set_len(&self, set: &Self::Value) -> usize;
}

/// Why something could not be written: `ValueError`, but for two.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WriteError {
    Unmarshallable,
    TooDeep,
    CodeDisallowed,
    /// `RuntimeError`
    SetChanged,
    /// `MemoryError`
    Memory,
}

impl From<TryReserveError> for WriteError {
    fn from(_: TryReserveError) -> WriteError {
        WriteError::Memory
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            WriteError::Unmarshallable => "unmarshallable object",
            WriteError::TooDeep => "object too deeply nested to marshal",
            WriteError::CodeDisallowed => "marshalling code objects is disallowed",
            WriteError::SetChanged => "set changed size during iteration",
            WriteError::Memory => "out of memory",
        })
    }
}

impl std::error::Error for WriteError {}

/// Sets may nest this deep. Sorting writes each item twice, so the time doubles with each level: more never ends.
const MAX_SET_DEPTH: usize = 64;

/// A part that is still to be written.
enum Part<V> {
    Value(V),
    Number(i32),
    /// The mark behind a dict.
    Null,
    /// The end of a container, for the depth.
    End,
    /// The end of a value that cannot be read before all in it is, by its place among the references.
    Complete(u32),
}

/// Writes values one after the other.
pub struct Writer<'s, S: Source> {
    source: &'s S,
    version: u32,
    allow_code: bool,
    out: Vec<u8>,
    references: HashMap<S::Key, u32>,
    /// Those that cannot be referred to yet.
    incomplete: HashSet<u32>,
    depth: usize,
    /// Sets whose items are being sorted.
    set_depth: usize,
}

impl<'s, S: Source> Writer<'s, S> {
    pub fn new(source: &'s S, version: u32) -> Writer<'s, S> {
        Writer {
            source,
            version,
            allow_code: true,
            out: Vec::new(),
            references: HashMap::new(),
            incomplete: HashSet::new(),
            depth: 0,
            set_depth: 0,
        }
    }

    pub fn allow_code(mut self, allow: bool) -> Writer<'s, S> {
        self.allow_code = allow;
        self
    }

    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    pub fn write(&mut self, value: &S::Value) -> Result<(), WriteError> {
        let mut todo = vec![Part::Value(value.clone())];
        while let Some(part) = todo.pop() {
            match part {
                Part::Value(value) => self.value(&value, &mut todo)?,
                Part::Number(n) => self.long(n),
                Part::Null => self.out.push(b'0'),
                Part::End => self.depth -= 1,
                Part::Complete(place) => drop(self.incomplete.remove(&place)),
            }
        }
        Ok(())
    }

    fn long(&mut self, n: i32) {
        self.out.extend(n.to_le_bytes());
    }

    fn size(&mut self, len: usize) -> Result<(), WriteError> {
        self.long(i32::try_from(len).map_err(|_| WriteError::Unmarshallable)?);
        Ok(())
    }

    fn float_text(&mut self, value: f64) {
        let text = self.source.float_text(value);
        self.out.push(text.len() as u8);
        self.out.extend(text.as_bytes());
    }

    fn value(&mut self, value: &S::Value, todo: &mut Vec<Part<S::Value>>) -> Result<(), WriteError> {
        if self.depth >= MAX_DEPTH {
            return Err(WriteError::TooDeep);
        }
        // More than anything takes whose size is not asked for where it is written.
        self.out.try_reserve(64)?;
        self.references.try_reserve(1)?;
        todo.try_reserve(1)?;
        let source = self.source;
        let shape = source.shape(value);
        match shape {
            Shape::None => self.out.push(b'N'),
            Shape::Bool(true) => self.out.push(b'T'),
            Shape::Bool(false) => self.out.push(b'F'),
            Shape::Ellipsis => self.out.push(b'.'),
            Shape::StopIteration => self.out.push(b'S'),
            shape => {
                let mut flag = 0;
                if self.version >= 3
                    && let Some(key) = source.shared(value)
                {
                    if let Some(&place) = self.references.get(&key) {
                        if self.incomplete.contains(&place) {
                            return Err(WriteError::Unmarshallable);
                        }
                        self.out.push(b'r');
                        self.long(place as i32);
                        return Ok(());
                    }
                    let place = self.references.len() as u32;
                    self.references.insert(key, place);
                    flag = FLAG_REF;
                    if matches!(shape, Shape::Slice(_) | Shape::Code(_) | Shape::FrozenSet(_)) {
                        self.incomplete.insert(place);
                        todo.push(Part::Complete(place));
                    }
                }
                self.complex_value(value, shape, flag, todo)?;
            }
        }
        Ok(())
    }

    fn complex_value(
        &mut self,
        value: &S::Value,
        shape: Shape<'_, S::Value>,
        flag: u8,
        todo: &mut Vec<Part<S::Value>>,
    ) -> Result<(), WriteError> {
        match shape {
            Shape::Int(n) => match i32::try_from(n) {
                Ok(n) => {
                    self.out.push(b'i' | flag);
                    self.long(n);
                }
                Err(_) => {
                    let size = n.unsigned_abs();
                    let digits = [size, size >> 30, size >> 60].map(|d| d as u32 & 0x3FFF_FFFF);
                    let used = digits.iter().rposition(|d| *d != 0).map_or(0, |i| i + 1);
                    self.big_int(n < 0, &digits[..used], flag)?;
                }
            },
            Shape::BigInt { negative, digits } => self.big_int(negative, &digits, flag)?,
            Shape::Float(x) if self.version > 1 => {
                self.out.push(b'g' | flag);
                self.out.extend(x.to_le_bytes());
            }
            Shape::Float(x) => {
                self.out.push(b'f' | flag);
                self.float_text(x);
            }
            Shape::Complex(real, imag) if self.version > 1 => {
                self.out.push(b'y' | flag);
                self.out.extend(real.to_le_bytes());
                self.out.extend(imag.to_le_bytes());
            }
            Shape::Complex(real, imag) => {
                self.out.push(b'x' | flag);
                self.float_text(real);
                self.float_text(imag);
            }
            Shape::Str { utf8, interned } => self.str(&utf8, interned, flag)?,
            Shape::Bytes(bytes) => {
                self.out.push(b's' | flag);
                self.size(bytes.len())?;
                self.append(&bytes)?;
            }
            Shape::Tuple(items) => {
                match u8::try_from(items.len()) {
                    Ok(len) if self.version >= 4 => self.out.extend([b')' | flag, len]),
                    _ => {
                        self.out.push(b'(' | flag);
                        self.size(items.len())?;
                    }
                }
                self.open(items.into_iter().map(Part::Value), todo)?;
            }
            Shape::List(items) => {
                self.out.push(b'[' | flag);
                self.size(items.len())?;
                self.open(items.into_iter().map(Part::Value), todo)?;
            }
            Shape::Dict(items) => {
                self.out.push(b'{' | flag);
                let parts = items.into_iter().map(Part::Value).chain([Part::Null]);
                self.open(parts, todo)?;
            }
            Shape::Set(items) => self.set(value, b'<' | flag, items, todo)?,
            Shape::FrozenSet(items) => self.set(value, b'>' | flag, items, todo)?,
            Shape::Slice(parts) if self.version >= 5 => {
                self.out.push(b':' | flag);
                self.open(parts.into_iter().map(Part::Value), todo)?;
            }
            Shape::Code(fields) => {
                if !self.allow_code {
                    return Err(WriteError::CodeDisallowed);
                }
                self.out.push(b'c' | flag);
                let f = *fields;
                let numbers = [f.argcount, f.posonlyargcount, f.kwonlyargcount, f.stacksize, f.flags].map(Part::Number);
                let objects =
                    [f.code, f.consts, f.names, f.localsplusnames, f.localspluskinds, f.filename, f.name, f.qualname];
                let parts: Vec<_> = numbers
                    .into_iter()
                    .chain(objects.map(Part::Value))
                    .chain([Part::Number(f.firstlineno), Part::Value(f.linetable), Part::Value(f.exceptiontable)])
                    .collect();
                self.open(parts.into_iter(), todo)?;
            }
            Shape::Deferred(data) => {
                self.out.push(data[0] | flag);
                self.append(&data[1..])?;
            }
            _ => return Err(WriteError::Unmarshallable),
        }
        Ok(())
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.out.try_reserve(bytes.len())?;
        self.out.extend(bytes);
        Ok(())
    }

    /// Puts the parts on the list of what comes next.
    fn open(
        &mut self,
        parts: impl DoubleEndedIterator<Item = Part<S::Value>>,
        todo: &mut Vec<Part<S::Value>>,
    ) -> Result<(), WriteError> {
        self.depth += 1;
        todo.try_reserve(1 + parts.size_hint().0)?;
        todo.push(Part::End);
        todo.extend(parts.rev());
        Ok(())
    }

    /// Sets have no order, so their items are sorted by how they would be written alone.
    fn set(
        &mut self,
        set: &S::Value,
        code: u8,
        items: Vec<S::Value>,
        todo: &mut Vec<Part<S::Value>>,
    ) -> Result<(), WriteError> {
        let len = items.len();
        if self.set_depth == MAX_SET_DEPTH {
            return Err(WriteError::TooDeep);
        }
        self.out.push(code);
        self.size(items.len())?;
        let mut keyed = Vec::new();
        keyed.try_reserve_exact(items.len())?;
        for (place, item) in items.into_iter().enumerate() {
            let mut alone = Writer::new(self.source, self.version).allow_code(self.allow_code);
            alone.depth = self.depth + 1;
            alone.set_depth = self.set_depth + 1;
            alone.write(&item)?;
            keyed.push((alone.finish(), place, item));
        }
        if self.source.set_len(set) != len {
            return Err(WriteError::SetChanged);
        }
        // Equal ones stay in order by their places: a stable sort would ask for memory.
        keyed.sort_unstable_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
        self.open(keyed.into_iter().map(|(.., item)| Part::Value(item)), todo)
    }

    fn big_int(&mut self, negative: bool, digits: &[u32], flag: u8) -> Result<(), WriteError> {
        self.out.push(b'l' | flag);
        let top_is_half = digits.last().is_some_and(|top| *top < 1 << 15);
        let len = i32::try_from(digits.len() * 2 - top_is_half as usize).map_err(|_| WriteError::Unmarshallable)?;
        self.out.try_reserve(4 + digits.len() * 4)?;
        self.long(if negative { -len } else { len });
        for (i, digit) in digits.iter().enumerate() {
            self.out.extend(((digit & 0x7FFF) as u16).to_le_bytes());
            if i + 1 < digits.len() || !top_is_half {
                self.out.extend(((digit >> 15) as u16).to_le_bytes());
            }
        }
        Ok(())
    }

    fn str(&mut self, utf8: &[u8], interned: bool, flag: u8) -> Result<(), WriteError> {
        if self.version >= 4 && utf8.is_ascii() {
            match u8::try_from(utf8.len()) {
                Ok(len) => self.out.extend([if interned { b'Z' } else { b'z' } | flag, len]),
                Err(_) => {
                    self.out.push(if interned { b'A' } else { b'a' } | flag);
                    self.size(utf8.len())?;
                }
            }
        } else {
            self.out.push(if self.version >= 3 && interned { b't' } else { b'u' } | flag);
            self.size(utf8.len())?;
        }
        self.append(utf8)
    }
}
