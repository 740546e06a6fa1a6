//! Reading.

use std::borrow::Cow;
use std::fmt;

use super::{CODE_FIELDS, CodeFields, DEFERRED, Deferred, FLAG_REF, MAX_DEPTH, numbers_before};
use crate::text::Text;

/// Values that hold others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Container {
    Tuple,
    List,
    Dict,
    Set,
    FrozenSet,
    Slice,
}

impl Container {
    fn name(self) -> &'static str {
        match self {
            Container::Tuple => "tuple",
            Container::List => "list",
            Container::Dict => "dict",
            Container::Set | Container::FrozenSet => "set",
            Container::Slice => "object",
        }
    }
}

/// Why something could not be read. `Display` is the message of the Python exception named by `kind`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReadError {
    /// `EOFError`
    Eof(&'static str),
    /// `ValueError`
    Value(String),
    /// `TypeError`
    Type(String),
    /// `UnicodeDecodeError`: what should have been UTF-8 with surrogates.
    Decode(Vec<u8>),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Eof(message) => f.write_str(message),
            ReadError::Value(message) | ReadError::Type(message) => f.write_str(message),
            ReadError::Decode(_) => f.write_str("'utf-8' codec can't decode string in marshal data"),
        }
    }
}

impl std::error::Error for ReadError {}

fn bad(what: &str) -> ReadError {
    ReadError::Value(format!("bad marshal data ({what})"))
}

/// A bytes field of a code object, of which most need not become a value.
pub enum Raw<'a, V> {
    Bytes(&'a [u8]),
    /// One that the data refer to elsewhere, or that is no bytes object.
    Value(V),
}

/// Makes values of what is read from bytes that live as long as `'a`. A method may raise whatever error the maker has.
pub trait Builder<'a> {
    type Value: Clone;
    type Error: From<ReadError>;

    fn none(&mut self) -> Result<Self::Value, Self::Error>;
    fn bool(&mut self, value: bool) -> Result<Self::Value, Self::Error>;
    fn ellipsis(&mut self) -> Result<Self::Value, Self::Error>;
    fn stop_iteration(&mut self) -> Result<Self::Value, Self::Error>;
    fn int(&mut self, value: i64) -> Result<Self::Value, Self::Error>;
    /// Magnitude in digits of 30 bits, least significant first, the last not zero.
    fn big_int(&mut self, negative: bool, digits: Vec<u32>) -> Result<Self::Value, Self::Error>;
    fn float(&mut self, value: f64) -> Result<Self::Value, Self::Error>;
    /// A float in text form (format versions 0 and 1): Python's `float()` of ASCII bytes.
    fn float_text(&mut self, text: &[u8]) -> Result<f64, Self::Error>;
    fn complex(&mut self, real: f64, imag: f64) -> Result<Self::Value, Self::Error>;
    fn str(&mut self, text: Text, interned: bool) -> Result<Self::Value, Self::Error>;
    /// Text without surrogates.
    fn utf8(&mut self, text: &str, interned: bool) -> Result<Self::Value, Self::Error> {
        self.str(Text::from(text), interned)
    }
    /// Text that is said to be ASCII: bytes beyond it are characters of Latin-1.
    fn ascii(&mut self, text: &[u8], interned: bool) -> Result<Self::Value, Self::Error> {
        match std::str::from_utf8(text) {
            Ok(utf8) if text.is_ascii() => self.utf8(utf8, interned),
            _ => self.str(Text::from_code_points(text.iter().map(|b| u32::from(*b))), interned),
        }
    }
    fn bytes(&mut self, bytes: &[u8]) -> Result<Self::Value, Self::Error>;

    /// Further input, exactly as many bytes, when what was given has come to its end. `start`: a value begins there.
    fn fetch(&mut self, _count: usize, start: bool) -> Result<Vec<u8>, Self::Error> {
        let words = if start { "EOF read where object expected" } else { "marshal data too short" };
        Err(ReadError::Eof(words).into())
    }

    /// Makes a container that can be referred to before it is filled, if there can be such a thing.
    fn open(&mut self, kind: Container, len: usize) -> Result<Option<Self::Value>, Self::Error>;

    /// Fills the container that [`Builder::open`] made, or makes it. The items of a dict are its keys and values in turn.
    fn close(
        &mut self,
        kind: Container,
        opened: Option<Self::Value>,
        items: Vec<Self::Value>,
    ) -> Result<Self::Value, Self::Error>;

    /// Puts a value into a list at an index, or into a dict at a key.
    fn fill(
        &mut self,
        holder: &Self::Value,
        index: usize,
        key: Option<&Self::Value>,
        value: &Self::Value,
    ) -> Result<(), Self::Error>;

    fn code(&mut self, fields: CodeFields<Self::Value, Raw<'a, Self::Value>>) -> Result<Self::Value, Self::Error>;

    /// A code object whose body is read later: nothing that `marshal` knows.
    fn deferred(&mut self, _code: Deferred<'a>) -> Result<Self::Value, Self::Error> {
        Err(bad("unknown type code").into())
    }
}

enum Kind<'a> {
    Container(Container),
    Code(Box<CodeParts<'a>>),
}

/// What has been read of a code object besides values.
struct CodeParts<'a> {
    numbers: [i32; 6],
    known: usize,
    raw: [Option<&'a [u8]>; RAW_FIELDS.len()],
}

/// The object fields of a code object that hold bytes: its instructions, kinds of locals, line table, exception table.
const RAW_FIELDS: [usize; 4] = [0, 4, 8, 9];

/// A container whose items are being read.
struct Frame<'a, V> {
    kind: Kind<'a>,
    /// Items to come; None for a dict, which ends with a mark.
    wanted: Option<usize>,
    items: Vec<V>,
    opened: Option<V>,
    /// Place among the references.
    reference: Option<usize>,
    /// Items that stand for a tuple that is still being read: their number, and the place of the tuple.
    forward: Vec<(usize, usize)>,
}

impl<V> Frame<'_, V> {
    fn can_be_filled_later(&self) -> bool {
        match self.kind {
            Kind::Container(Container::List) => true,
            Kind::Container(Container::Dict) => self.items.len() % 2 == 1,
            _ => false,
        }
    }
}

/// A tuple to be put, once it is read, into something that it holds.
struct Forward<V> {
    place: usize,
    holder: V,
    index: usize,
    /// In a dict.
    key: Option<V>,
}

/// What one type byte led to.
enum Step<V> {
    Value(V),
    /// A container was put on the stack.
    Opened,
    /// The mark that ends a dict.
    Null,
}

/// Reads values one after the other from bytes.
pub struct Reader<'a, B: Builder<'a>> {
    builder: B,
    input: &'a [u8],
    references: Vec<Option<B::Value>>,
    frames: Vec<Frame<'a, B::Value>>,
    forward: Vec<Forward<B::Value>>,
    allow_code: bool,
}

impl<'a, B: Builder<'a>> Reader<'a, B> {
    pub fn new(builder: B, input: &'a [u8]) -> Reader<'a, B> {
        Reader { builder, input, references: Vec::new(), frames: Vec::new(), forward: Vec::new(), allow_code: true }
    }

    pub fn allow_code(mut self, allow: bool) -> Reader<'a, B> {
        self.allow_code = allow;
        self
    }

    /// The maker of values.
    pub fn builder(&mut self) -> &mut B {
        &mut self.builder
    }

    /// What has not been read.
    pub fn rest(&self) -> &'a [u8] {
        self.input
    }

    /// Reads one value. References count anew.
    pub fn read(&mut self) -> Result<B::Value, B::Error> {
        self.references.clear();
        self.frames.clear();
        self.forward.clear();
        loop {
            let mut value = match self.step()? {
                Step::Opened => continue,
                Step::Value(value) => value,
                Step::Null => match self.frames.pop() {
                    Some(mut frame) if frame.wanted.is_none() => {
                        // A key without value, which only corrupt data has, is dropped.
                        let pairs = frame.items.len() & !1;
                        frame.items.truncate(pairs);
                        self.close(frame)?
                    }
                    frame => return Err(self.null_in(frame).into()),
                },
            };
            loop {
                let Some(frame) = self.frames.last_mut() else { return Ok(value) };
                frame.items.push(value);
                if frame.wanted != Some(frame.items.len()) {
                    break;
                }
                let Some(frame) = self.frames.pop() else { break };
                value = self.close(frame)?;
            }
        }
    }

    fn null_in(&self, frame: Option<Frame<'a, B::Value>>) -> ReadError {
        let name = match frame.map(|frame| frame.kind) {
            Some(Kind::Container(kind)) => kind.name(),
            _ => "object",
        };
        ReadError::Type(format!("NULL object in marshal data for {name}"))
    }

    fn close(&mut self, mut frame: Frame<'a, B::Value>) -> Result<B::Value, B::Error> {
        let items = std::mem::take(&mut frame.items);
        let is_dict = matches!(frame.kind, Kind::Container(Container::Dict));
        let key = |index: usize| items.get(index.wrapping_sub(1)).filter(|_| is_dict).cloned();
        let forward: Vec<_> = frame.forward.iter().map(|&(index, place)| (index, place, key(index))).collect();
        let value = match frame.kind {
            Kind::Container(kind) => self.builder.close(kind, frame.opened.take(), items)?,
            Kind::Code(parts) => {
                let CodeParts { numbers, raw, .. } = *parts;
                let [argcount, posonlyargcount, kwonlyargcount, stacksize, flags, firstlineno] = numbers;
                let Ok(
                    [
                        code,
                        consts,
                        names,
                        localsplusnames,
                        localspluskinds,
                        filename,
                        name,
                        qualname,
                        linetable,
                        exceptiontable,
                    ],
                ) = <[B::Value; CODE_FIELDS]>::try_from(items)
                else {
                    return Err(bad("code object").into());
                };
                let field = |at: usize, value| raw[at].map_or(Raw::Value(value), Raw::Bytes);
                self.builder.code(CodeFields {
                    argcount,
                    posonlyargcount,
                    kwonlyargcount,
                    stacksize,
                    flags,
                    code: field(0, code),
                    consts,
                    names,
                    localsplusnames,
                    localspluskinds: field(1, localspluskinds),
                    filename,
                    name,
                    qualname,
                    firstlineno,
                    linetable: field(2, linetable),
                    exceptiontable: field(3, exceptiontable),
                })?
            }
        };
        for (index, place, key) in forward {
            self.forward.push(Forward { place, holder: value.clone(), index, key });
        }
        if let Some(place) = frame.reference {
            self.references[place] = Some(value.clone());
            for f in self.forward.extract_if(.., |f| f.place == place) {
                self.builder.fill(&f.holder, f.index, f.key.as_ref(), &value)?;
            }
        }
        Ok(value)
    }

    #[inline]
    fn bytes(&mut self, count: usize) -> Result<Cow<'a, [u8]>, B::Error> {
        let Some((bytes, rest)) = self.input.split_at_checked(count) else {
            return self.builder.fetch(count, false).map(Cow::Owned);
        };
        self.input = rest;
        Ok(Cow::Borrowed(bytes))
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Result<[u8; N], B::Error> {
        let mut out = [0; N];
        out.copy_from_slice(&self.bytes(N)?);
        Ok(out)
    }

    fn long(&mut self) -> Result<i32, B::Error> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    fn double(&mut self) -> Result<f64, B::Error> {
        Ok(f64::from_le_bytes(self.array()?))
    }

    fn size(&mut self, what: &str) -> Result<usize, B::Error> {
        usize::try_from(self.long()?).map_err(|_| bad(&format!("{what} size out of range")).into())
    }

    fn float_text(&mut self) -> Result<f64, B::Error> {
        let [len] = self.array()?;
        let text = self.bytes(len as usize)?;
        self.builder.float_text(&text)
    }

    /// Reads up to and including the next type byte and what belongs to it.
    fn step(&mut self) -> Result<Step<B::Value>, B::Error> {
        if let Some(Frame { kind: Kind::Code(_), items, .. }) = self.frames.last() {
            let fields = items.len();
            for _ in 0..numbers_before(fields) {
                let number = self.long()?;
                if let Some(Frame { kind: Kind::Code(parts), .. }) = self.frames.last_mut() {
                    parts.numbers[parts.known] = number;
                    parts.known += 1;
                }
            }
            if let [b's', len0, len1, len2, len3, rest @ ..] = self.input
                && let Some(at) = RAW_FIELDS.iter().position(|field| *field == fields)
                && let Ok(len) = usize::try_from(i32::from_le_bytes([*len0, *len1, *len2, *len3]))
                && let Some((bytes, rest)) = rest.split_at_checked(len)
                && let Some(Frame { kind: Kind::Code(parts), .. }) = self.frames.last_mut()
            {
                parts.raw[at] = Some(bytes);
                self.input = rest;
                return Ok(Step::Value(self.builder.none()?));
            }
        }
        let byte = match self.input.split_first() {
            Some((&byte, rest)) => {
                self.input = rest;
                byte
            }
            None => self.builder.fetch(1, true)?.first().copied().unwrap_or_default(),
        };
        if self.frames.len() >= MAX_DEPTH {
            return Err(ReadError::Value("recursion limit exceeded".to_owned()).into());
        }
        let flag = byte & FLAG_REF != 0;
        let value = match byte & !FLAG_REF {
            b'0' => return Ok(Step::Null),
            b'N' => return Ok(Step::Value(self.builder.none()?)),
            b'F' => return Ok(Step::Value(self.builder.bool(false)?)),
            b'T' => return Ok(Step::Value(self.builder.bool(true)?)),
            b'S' => return Ok(Step::Value(self.builder.stop_iteration()?)),
            b'.' => return Ok(Step::Value(self.builder.ellipsis()?)),
            b'r' => {
                let place = self.long()?;
                let place = usize::try_from(place).map_err(|_| bad("invalid reference"))?;
                return match self.references.get(place) {
                    Some(Some(known)) => Ok(Step::Value(known.clone())),
                    Some(None) => self.forward(place).map(Step::Value),
                    None => Err(bad("invalid reference").into()),
                };
            }
            b'i' => {
                let n = self.long()?;
                self.builder.int(n as i64)?
            }
            b'I' => {
                let n = i64::from_le_bytes(self.array()?);
                self.builder.int(n)?
            }
            b'l' => self.big_int()?,
            b'f' => {
                let x = self.float_text()?;
                self.builder.float(x)?
            }
            b'g' => {
                let x = self.double()?;
                self.builder.float(x)?
            }
            b'x' => {
                let (real, imag) = (self.float_text()?, self.float_text()?);
                self.builder.complex(real, imag)?
            }
            b'y' => {
                let (real, imag) = (self.double()?, self.double()?);
                self.builder.complex(real, imag)?
            }
            b's' => {
                let len = self.size("bytes object")?;
                let bytes = self.bytes(len)?;
                self.builder.bytes(&bytes)?
            }
            code @ (b'u' | b't') => {
                let len = self.size("string")?;
                let bytes = self.bytes(len)?;
                match std::str::from_utf8(&bytes) {
                    Ok(text) => self.builder.utf8(text, code == b't')?,
                    Err(_) => {
                        let text = Text::from_wtf8(&bytes).ok_or_else(|| ReadError::Decode(bytes.to_vec()))?;
                        self.builder.str(text, code == b't')?
                    }
                }
            }
            code @ (b'a' | b'A' | b'z' | b'Z') => {
                let len =
                    if matches!(code, b'a' | b'A') { self.size("string")? } else { self.array::<1>()?[0] as usize };
                let bytes = self.bytes(len)?;
                self.builder.ascii(&bytes, matches!(code, b'A' | b'Z'))?
            }
            b')' => {
                let len = self.array::<1>()?[0] as usize;
                return self.small_tuple(len, flag);
            }
            b'(' => {
                let len = self.size("tuple")?;
                return self.open(Container::Tuple, Some(len), flag);
            }
            b'[' => {
                let len = self.size("list")?;
                return self.open(Container::List, Some(len), flag);
            }
            b'<' => {
                let len = self.size("set")?;
                return self.open(Container::Set, Some(len), flag);
            }
            b'>' => {
                let len = self.size("set")?;
                return self.open(Container::FrozenSet, Some(len), flag);
            }
            b':' => return self.open(Container::Slice, Some(3), flag),
            b'{' => return self.open(Container::Dict, None, flag),
            b'c' => {
                if !self.allow_code {
                    return Err(ReadError::Value("unmarshalling code objects is disallowed".to_owned()).into());
                }
                let reference = flag.then(|| self.reserve());
                let parts = CodeParts { numbers: [0; 6], known: 0, raw: [None; RAW_FIELDS.len()] };
                let kind = Kind::Code(Box::new(parts));
                self.push(kind, Some(CODE_FIELDS), None, reference);
                return Ok(Step::Opened);
            }
            DEFERRED => {
                let code = self.deferred().ok_or_else(|| bad("unknown type code"))?;
                self.builder.deferred(code)?
            }
            _ => return Err(bad("unknown type code").into()),
        };
        if flag {
            self.references.push(Some(value.clone()));
        }
        Ok(Step::Value(value))
    }

    fn deferred(&mut self) -> Option<Deferred<'a>> {
        let mut input = self.input;
        let mut number = || {
            let (bytes, rest) = input.split_first_chunk()?;
            input = rest;
            Some(u32::from_le_bytes(*bytes))
        };
        let mut numbers = [0; 7];
        for n in &mut numbers {
            *n = number()?;
        }
        let [argcount, posonlyargcount, kwonlyargcount, stacksize, locals, flags, firstlineno] = numbers;
        let mut part = || {
            let (len, rest) = input.split_first_chunk()?;
            let (part, rest) = rest.split_at_checked(u32::from_le_bytes(*len) as usize)?;
            input = rest;
            Some(part)
        };
        let (name, qualname, body) = (part()?, part()?, part()?);
        self.input = input;
        let firstlineno = firstlineno as i32;
        Some(Deferred {
            argcount,
            posonlyargcount,
            kwonlyargcount,
            stacksize,
            locals,
            flags,
            firstlineno,
            name,
            qualname,
            body,
        })
    }

    /// Stands for a tuple that is still being read: its place in a list, or as a value of a dict, is filled later.
    fn forward(&mut self, place: usize) -> Result<B::Value, B::Error> {
        let being_read =
            |f: &Frame<_>| f.reference == Some(place) && matches!(f.kind, Kind::Container(Container::Tuple));
        let known = self.frames.iter().any(being_read);
        match self.frames.last_mut() {
            Some(holder) if known && holder.can_be_filled_later() => {
                holder.forward.push((holder.items.len(), place));
                self.builder.none()
            }
            _ => Err(bad("invalid reference").into()),
        }
    }

    fn reserve(&mut self) -> usize {
        self.references.push(None);
        self.references.len() - 1
    }

    fn push(&mut self, kind: Kind<'a>, wanted: Option<usize>, opened: Option<B::Value>, reference: Option<usize>) {
        // What is claimed is not believed beyond what the input could hold.
        let capacity = wanted.unwrap_or(0).min(self.input.len());
        self.frames.push(Frame {
            kind,
            wanted,
            items: Vec::with_capacity(capacity),
            opened,
            reference,
            forward: Vec::new(),
        });
    }

    fn open(&mut self, kind: Container, len: Option<usize>, flag: bool) -> Result<Step<B::Value>, B::Error> {
        let reference = flag.then(|| self.reserve());
        let claimed = len.unwrap_or(0).min(self.input.len());
        let opened = if flag && len != Some(0) { self.builder.open(kind, claimed)? } else { None };
        if let Some(place) = reference {
            self.references[place] = opened.clone();
        }
        self.push(Kind::Container(kind), len, opened, reference);
        if len != Some(0) {
            return Ok(Step::Opened);
        }
        match self.frames.pop() {
            Some(frame) => Ok(Step::Value(self.close(frame)?)),
            None => Ok(Step::Opened),
        }
    }

    /// A tuple, read at once as far as nothing in it holds something: names, most constants.
    fn small_tuple(&mut self, len: usize, flag: bool) -> Result<Step<B::Value>, B::Error> {
        let opened = self.open(Container::Tuple, Some(len), flag)?;
        while let Some(Frame { items, .. }) = self.frames.last()
            && matches!(opened, Step::Opened)
        {
            if items.len() + 1 == len {
                // The last item closes the tuple, which is the caller's work.
                break;
            }
            let Some(value) = self.plain()? else { break };
            if let Some(frame) = self.frames.last_mut() {
                frame.items.push(value);
            }
        }
        Ok(opened)
    }

    /// The next value, if it is the commonest kind: a short string or one that was there before.
    #[inline]
    fn plain(&mut self) -> Result<Option<B::Value>, B::Error> {
        match self.input {
            [byte, len, rest @ ..] if matches!(byte & !FLAG_REF, b'z' | b'Z') => {
                let Some((text, rest)) = rest.split_at_checked(*len as usize) else { return Ok(None) };
                let value = self.builder.ascii(text, byte & !FLAG_REF == b'Z')?;
                self.input = rest;
                if byte & FLAG_REF != 0 {
                    self.references.push(Some(value.clone()));
                }
                Ok(Some(value))
            }
            [b'r', a, b, c, d, rest @ ..] => {
                let place = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
                let Some(Some(known)) = self.references.get(place) else { return Ok(None) };
                self.input = rest;
                Ok(Some(known.clone()))
            }
            _ => Ok(None),
        }
    }

    /// An integer in digits of 15 bits; their number has the integer's sign.
    fn big_int(&mut self) -> Result<B::Value, B::Error> {
        let count = self.long()?;
        if count == i32::MIN {
            return Err(bad("long size out of range").into());
        }
        let len = count.unsigned_abs() as usize;
        let out_of_range = |pair: &[u8]| pair[1] & 0x80 != 0;
        // A wrong digit counts more than a missing one after it.
        if self.input.len() / 2 < len && self.input.chunks_exact(2).any(out_of_range) {
            return Err(bad("digit out of range in long").into());
        }
        let bytes = self.bytes(len.saturating_mul(2))?;
        let mut digits = Vec::with_capacity(len.div_ceil(2));
        let mut last = 1;
        for (i, pair) in bytes.chunks_exact(2).enumerate() {
            let digit = u16::from_le_bytes([pair[0], pair[1]]) as u32;
            if out_of_range(pair) {
                return Err(bad("digit out of range in long").into());
            }
            last = digit;
            match digits.last_mut() {
                Some(whole) if i % 2 == 1 => *whole |= digit << 15,
                _ => digits.push(digit),
            }
        }
        if last == 0 {
            return Err(bad("unnormalized long data").into());
        }
        let magnitude =
            digits.iter().rev().try_fold(0i128, |n, digit| (n < 1 << 90).then_some(n << 30 | *digit as i128));
        let small = magnitude.and_then(|n| i64::try_from(if count < 0 { -n } else { n }).ok());
        match small {
            Some(n) => self.builder.int(n),
            None => self.builder.big_int(count < 0, digits),
        }
    }
}
