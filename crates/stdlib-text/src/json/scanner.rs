//! `make_scanner`: reading JSON.

use super::quote::{Scanned, StringError, scan};
use super::{DEPTH, raise_decode_error};
use taipan_macros::{Payload, Trace, class};
use taipan_num::error::never;
use taipan_object::room;
use taipan_object::statics::{FLOAT, INT, OBJECT};
use taipan_object::{Str, StrData, TypeCell};
use taipan_text::Units;
use taipan_text::units::Unit;
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::types::str::units;
use taipan_vm::{Dict, Ref, Result, Type, Value, Vm, name};

/// `_json.Scanner`.
pub static SCANNER: TypeCell<Scanner> = TypeCell::new("_json.Scanner");

/// A reader with its options.
#[derive(Trace, Payload)]
#[payload(class = SCANNER, frozen)]
#[repr(C)]
pub struct Scanner {
    strict: bool,
    object_hook: Value,
    object_pairs_hook: Value,
    parse_float: Value,
    parse_int: Value,
    parse_constant: Value,
}

/// Keys that were read lately, by hash: objects of one text tend to have the same ones.
const KEYS: usize = 64;

struct Reader<'a, U> {
    options: &'a Scanner,
    string: &'a Ref<Str>,
    text: &'a [U],
    keys: Vec<Option<Ref<Str>>>,
    plain_float: bool,
    plain_int: bool,
}

fn is_space(c: u32) -> bool {
    matches!(c, 0x20 | 9 | 10 | 13)
}

impl<U: Unit> Reader<'_, U> {
    #[inline(always)]
    fn at(&self, i: usize) -> Option<u32> {
        self.text.get(i).map(|c| c.code())
    }

    #[inline(always)]
    fn skip(&self, mut i: usize) -> usize {
        while self.at(i).is_some_and(is_space) {
            i += 1;
        }
        i
    }

    fn wrong<T>(&self, vm: &mut Vm, words: &str, at: usize) -> Result<T> {
        Err(raise_decode_error(vm, words, self.string, at as isize))
    }

    fn nothing<T>(&self, vm: &mut Vm, at: usize) -> Result<T> {
        let at = vm.new_uint(at as u64)?;
        Err(vm.raise_stop_iteration(Some(at)))
    }

    fn starts(&self, at: usize, word: &[u8]) -> bool {
        let there = self.text.get(at..at + word.len());
        there.is_some_and(|t| t.iter().zip(word).all(|(c, w)| c.code() == u32::from(*w)))
    }

    /// Reads the value at `at`; answers it and where it ends.
    fn value(&mut self, vm: &mut Vm, at: usize, depth: usize) -> Result<(Value, usize)> {
        let Some(c) = self.at(at) else { return self.nothing(vm, at) };
        match u8::try_from(c).unwrap_or(0) {
            b'"' => {
                let (scanned, end) = self.scan(vm, at + 1)?;
                let s = match scanned {
                    Scanned::Slice(from, to) => vm.str_from_units(units(self.string).slice(from..to))?,
                    Scanned::Made(out) => vm.str_from_buf(out)?,
                };
                Ok((s.into_value(), end))
            }
            b'{' => self.object(vm, at + 1, depth),
            b'[' => self.array(vm, at + 1, depth),
            b'n' if self.starts(at, b"null") => Ok((Value::none(), at + 4)),
            b't' if self.starts(at, b"true") => Ok((Value::bool(true), at + 4)),
            b'f' if self.starts(at, b"false") => Ok((Value::bool(false), at + 5)),
            b'N' if self.starts(at, b"NaN") => self.constant(vm, "NaN", at),
            b'I' if self.starts(at, b"Infinity") => self.constant(vm, "Infinity", at),
            b'-' if self.starts(at, b"-Infinity") => self.constant(vm, "-Infinity", at),
            _ => self.number(vm, at),
        }
    }

    fn scan(&self, vm: &mut Vm, begin: usize) -> Result<(Scanned, usize)> {
        match scan(self.text, begin, self.options.strict) {
            Ok(found) => Ok(found),
            Err(e) => Err(raise_string_error(vm, e, self.string)),
        }
    }

    fn constant(&self, vm: &mut Vm, word: &str, at: usize) -> Result<(Value, usize)> {
        let text = vm.new_str(word)?.into_value();
        let parse = self.options.parse_constant.clone();
        Ok((vm.call(&parse, &[text])?, at + word.len()))
    }

    fn digits(&self, mut at: usize) -> usize {
        while self.at(at).is_some_and(|c| c.wrapping_sub(0x30) < 10) {
            at += 1;
        }
        at
    }

    fn number(&mut self, vm: &mut Vm, begin: usize) -> Result<(Value, usize)> {
        let negative = self.at(begin) == Some(0x2D);
        let first = begin + usize::from(negative);
        let mut end = match self.at(first) {
            Some(0x30) => first + 1,
            Some(0x31..=0x39) => self.digits(first + 1),
            _ => return self.nothing(vm, begin),
        };
        let mut is_float = false;
        if self.at(end) == Some(0x2E) {
            let fraction = self.digits(end + 1);
            if fraction > end + 1 {
                end = fraction;
                is_float = true;
            }
        }
        if matches!(self.at(end), Some(0x65 | 0x45)) {
            let sign = matches!(self.at(end + 1), Some(0x2B | 0x2D));
            let from = end + 1 + usize::from(sign);
            let exponent = self.digits(from);
            if exponent > from {
                end = exponent;
                is_float = true;
            }
        }
        let span = &self.text[begin..end];
        if is_float {
            return Ok((self.float(vm, span)?, end));
        }
        if self.plain_int && end - first <= 18 {
            let n = self.text[first..end].iter().fold(0i64, |n, c| n * 10 + i64::from(c.code() - 0x30));
            return Ok((vm.new_int(if negative { -n } else { n })?, end));
        }
        Ok((self.int(vm, span)?, end))
    }

    #[inline]
    fn float(&self, vm: &mut Vm, span: &[U]) -> Result {
        let mut small = [0u8; 40];
        if self.plain_float
            && let Some(buffer) = small.get_mut(..span.len())
        {
            for (to, c) in buffer.iter_mut().zip(span) {
                *to = c.code() as u8;
            }
            let x = std::str::from_utf8(buffer).ok().and_then(|s| s.parse::<f64>().ok());
            if let Some(x) = x {
                return vm.new_float(x);
            }
        }
        let text: String = span.iter().filter_map(|c| char::from_u32(c.code())).collect();
        if self.plain_float
            && let Ok(x) = text.parse::<f64>()
        {
            return vm.new_float(x);
        }
        let text = vm.new_str(&text)?.into_value();
        vm.call(&self.options.parse_float, &[text])
    }

    #[cold]
    fn int(&self, vm: &mut Vm, span: &[U]) -> Result {
        let text: String = span.iter().filter_map(|c| char::from_u32(c.code())).collect();
        if self.plain_int {
            let limit = vm.state().int_max_str_digits;
            let parsed = taipan_num::int::parse(text.as_bytes(), 10, limit, &mut never);
            return vm.int_result(parsed);
        }
        let text = vm.new_str(&text)?.into_value();
        vm.call(&self.options.parse_int, &[text])
    }

    fn deeper(&self, vm: &mut Vm, depth: usize, what: &str) -> Result<()> {
        if depth >= DEPTH {
            let text = format!("maximum recursion depth exceeded while decoding a JSON {what} from a unicode string");
            return Err(vm.raise_recursion_error(&text));
        }
        vm.check_stack(" while decoding JSON from a unicode string")
    }

    fn array(&mut self, vm: &mut Vm, at: usize, depth: usize) -> Result<(Value, usize)> {
        self.deeper(vm, depth, "array")?;
        let mut items = Vec::new();
        let mut at = self.skip(at);
        if self.at(at) != Some(0x5D) {
            loop {
                let (item, end) = self.value(vm, at, depth + 1)?;
                room::push(&mut items, item)?;
                let end = self.skip(end);
                match self.at(end) {
                    Some(0x5D) => {
                        at = end;
                        break;
                    }
                    Some(0x2C) => {}
                    _ => return self.wrong(vm, "Expecting ',' delimiter", end),
                }
                at = self.skip(end + 1);
                if self.at(at) == Some(0x5D) {
                    return self.wrong(vm, "Illegal trailing comma before end of array", end);
                }
            }
        }
        Ok((vm.new_list(items)?.into_value(), at + 1))
    }

    fn key(&mut self, vm: &mut Vm, at: usize) -> Result<(Ref<Str>, usize)> {
        let (scanned, end) = self.scan(vm, at)?;
        match scanned {
            Scanned::Slice(from, to) => {
                let text = units(self.string).slice(from..to);
                let hash = self.text[from..to].iter().fold(text.len() as u64, |h, c| {
                    (h.rotate_left(5) ^ u64::from(c.code())).wrapping_mul(0x517c_c1b7_2722_0a95)
                });
                let place = (hash >> 58) as usize % KEYS;
                if let Some(Some(known)) = self.keys.get(place)
                    && units(known).equals(text)
                {
                    return Ok((known.clone(), end));
                }
                let made = vm.str_from_units(text)?;
                if self.keys.is_empty() {
                    self.keys.resize(KEYS, None);
                }
                self.keys[place] = Some(made.clone());
                Ok((made, end))
            }
            Scanned::Made(out) => Ok((vm.str_from_buf(out)?, end)),
        }
    }

    fn object(&mut self, vm: &mut Vm, at: usize, depth: usize) -> Result<(Value, usize)> {
        self.deeper(vm, depth, "object")?;
        let mut into = if self.options.object_pairs_hook.is_none() {
            Members::Dict(vm.new_dict()?)
        } else {
            Members::Pairs(Vec::new())
        };
        let mut at = self.skip(at);
        if self.at(at) != Some(0x7D) {
            loop {
                if self.at(at) != Some(0x22) {
                    return self.wrong(vm, "Expecting property name enclosed in double quotes", at);
                }
                let (key, end) = self.key(vm, at + 1)?;
                let end = self.skip(end);
                if self.at(end) != Some(0x3A) {
                    return self.wrong(vm, "Expecting ':' delimiter", end);
                }
                let begin = self.skip(end + 1);
                let (value, end) = self.value(vm, begin, depth + 1)?;
                match &mut into {
                    Members::Dict(dict) => {
                        let hash = key.hash();
                        let old = dict.get_mut(vm).set_str(&key, hash, value)?;
                        drop(old);
                    }
                    Members::Pairs(pairs) => {
                        pairs.push(vm.new_tuple(vec![key.into_value(), value])?.into_value());
                    }
                }
                let end = self.skip(end);
                match self.at(end) {
                    Some(0x7D) => {
                        at = end;
                        break;
                    }
                    Some(0x2C) => {}
                    _ => return self.wrong(vm, "Expecting ',' delimiter", end),
                }
                at = self.skip(end + 1);
                if self.at(at) == Some(0x7D) {
                    return self.wrong(vm, "Illegal trailing comma before end of object", end);
                }
            }
        }
        let made = match into {
            Members::Dict(dict) if self.options.object_hook.is_none() => dict.into_value(),
            Members::Dict(dict) => {
                let hook = self.options.object_hook.clone();
                vm.call(&hook, &[dict.into_value()])?
            }
            Members::Pairs(pairs) => {
                let hook = self.options.object_pairs_hook.clone();
                let pairs = vm.new_list(pairs)?.into_value();
                vm.call(&hook, &[pairs])?
            }
        };
        Ok((made, at + 1))
    }
}

enum Members {
    Dict(Ref<Dict>),
    Pairs(Vec<Value>),
}

/// Raises what is wrong with a string.
pub fn raise_string_error(vm: &mut Vm, e: StringError, string: &Ref<Str>) -> taipan_object::Raised {
    match e {
        StringError::Words(words, at) => raise_decode_error(vm, words, string, at),
        StringError::OutOfMemory => vm.raise_memory_error(),
    }
}

fn read(vm: &mut Vm, options: &Scanner, string: &Ref<Str>, at: usize) -> Result<(Value, usize)> {
    fn go<U: Unit>(vm: &mut Vm, options: &Scanner, string: &Ref<Str>, text: &[U], at: usize) -> Result<(Value, usize)> {
        let is = |v: &Value, ty: &Type| v.as_type().is_some_and(|t| t.is(ty));
        let mut reader = Reader {
            options,
            string,
            text,
            keys: Vec::new(),
            plain_float: is(&options.parse_float, FLOAT.as_type()),
            plain_int: is(&options.parse_int, INT.as_type()),
        };
        reader.value(vm, at, 0)
    }
    match string.data() {
        StrData::Ascii(s) | StrData::Latin1(s) => go(vm, options, string, s, at),
        StrData::Ucs2(s) => go(vm, options, string, s, at),
        StrData::Ucs4(s) => go(vm, options, string, s, at),
    }
}

/// Methods of `_json.Scanner`.
pub struct ScannerClass;

/// JSON scanner object
#[class(cell = SCANNER, base = OBJECT, flags = BASETYPE | HAVE_GC)]
impl ScannerClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "make_scanner",
            params: &["context"],
            required: &[true],
            required_count: 1,
            positional_only: 0,
            positional: 1,
        };
        let [context] = bind::<1>(vm, &SIGNATURE, args)?;
        let Some(context) = context else { return Ok(Value::none()) };
        let strict = vm.get_attr(context, name!("strict"))?;
        let strict = vm.is_truthy(&strict)?;
        let made = Scanner {
            strict,
            object_hook: vm.get_attr(context, name!("object_hook"))?,
            object_pairs_hook: vm.get_attr(context, name!("object_pairs_hook"))?,
            parse_float: vm.get_attr(context, name!("parse_float"))?,
            parse_int: vm.get_attr(context, name!("parse_int"))?,
            parse_constant: vm.get_attr(context, name!("parse_constant"))?,
        };
        Ref::new_in(vm, class, made).map(Ref::into_value)
    }

    #[slot]
    fn call(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "scan_once",
            params: &["string", "idx"],
            required: &[true, true],
            required_count: 2,
            positional_only: 0,
            positional: 2,
        };
        let Some(this) = this.downcast::<Scanner>() else { return Err(vm.raise_wrong_receiver("__call__", this)) };
        let [string, idx] = bind::<2>(vm, &SIGNATURE, args)?;
        let (Some(string), Some(idx)) = (string, idx) else { return Ok(Value::none()) };
        let idx = vm.to_index_i64(idx, "ssize_t")?;
        let Some(string) = string.downcast::<Str>() else {
            let text = format!("first argument must be a string, not {}", string.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        let Ok(at) = usize::try_from(idx) else { return Err(vm.raise_value_error("idx cannot be negative")) };
        let (value, end) = read(vm, this, string, at)?;
        let end = vm.new_uint(end as u64)?;
        vm.new_tuple(vec![value, end]).map(Ref::into_value)
    }

    /// strict
    #[getter]
    fn strict(_vm: &mut Vm, this: &Ref<Scanner>) -> Result<bool> {
        Ok(this.strict)
    }

    /// object_hook
    #[getter]
    fn object_hook(_vm: &mut Vm, this: &Ref<Scanner>) -> Result {
        Ok(this.object_hook.clone())
    }

    #[getter]
    fn object_pairs_hook(_vm: &mut Vm, this: &Ref<Scanner>) -> Result {
        Ok(this.object_pairs_hook.clone())
    }

    /// parse_float
    #[getter]
    fn parse_float(_vm: &mut Vm, this: &Ref<Scanner>) -> Result {
        Ok(this.parse_float.clone())
    }

    /// parse_int
    #[getter]
    fn parse_int(_vm: &mut Vm, this: &Ref<Scanner>) -> Result {
        Ok(this.parse_int.clone())
    }

    /// parse_constant
    #[getter]
    fn parse_constant(_vm: &mut Vm, this: &Ref<Scanner>) -> Result {
        Ok(this.parse_constant.clone())
    }
}

/// `scanstring`.
pub fn scan_string(vm: &mut Vm, string: &Ref<Str>, end: isize, strict: bool) -> Result {
    let begin = match usize::try_from(end) {
        Ok(begin) if begin <= string.len() => begin,
        _ => return Err(vm.raise_value_error("end is out of bounds")),
    };
    let found = match string.data() {
        StrData::Ascii(s) | StrData::Latin1(s) => scan(s, begin, strict),
        StrData::Ucs2(s) => scan(s, begin, strict),
        StrData::Ucs4(s) => scan(s, begin, strict),
    };
    let (made, end) = match found {
        Ok((Scanned::Slice(from, to), end)) => {
            let text: Units<'_> = units(string).slice(from..to);
            (vm.str_from_units(text)?, end)
        }
        Ok((Scanned::Made(out), end)) => (vm.str_from_buf(out)?, end),
        Err(e) => return Err(raise_string_error(vm, e, string)),
    };
    let end = vm.new_uint(end as u64)?;
    vm.new_tuple(vec![made.into_value(), end]).map(Ref::into_value)
}
