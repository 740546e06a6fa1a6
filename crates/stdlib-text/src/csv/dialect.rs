//! `_csv.Dialect`, and the dialects that are registered.

use super::ERROR;
use crate::common::raise_kept;
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Str, TypeCell};
use taipan_text::Units;
use taipan_vm::native::Args;
use taipan_vm::types::str::units;
use taipan_vm::{Dict, Raised, Ref, Result, Type, Value, Vm};

/// `_csv.Dialect`.
pub static DIALECT: TypeCell<Dialect> = TypeCell::new("_csv.Dialect");

/// When fields are quoted, numbered as Python shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Quoting {
    Minimal,
    All,
    NonNumeric,
    None,
    Strings,
    NotNull,
}

impl Quoting {
    /// All with their names.
    pub const NAMES: [(&'static str, Quoting); 6] = [
        ("QUOTE_MINIMAL", Quoting::Minimal),
        ("QUOTE_ALL", Quoting::All),
        ("QUOTE_NONNUMERIC", Quoting::NonNumeric),
        ("QUOTE_NONE", Quoting::None),
        ("QUOTE_STRINGS", Quoting::Strings),
        ("QUOTE_NOTNULL", Quoting::NotNull),
    ];
}

impl taipan_object::Trace for Quoting {
    fn trace(&self, _: &mut taipan_object::Visitor<'_>) {}
}

/// How CSV is read and written.
#[derive(Trace, Payload)]
#[payload(class = DIALECT, frozen)]
#[repr(C)]
pub struct Dialect {
    pub delimiter: u32,
    pub doublequote: bool,
    pub escapechar: Option<u32>,
    pub lineterminator: Ref<Str>,
    pub quotechar: Option<u32>,
    pub quoting: Quoting,
    pub skipinitialspace: bool,
    pub strict: bool,
    /// For each ASCII character, what it may be.
    ascii: Opaque<[u8; 128]>,
}

/// A character that a writer has to quote or to escape.
const WRITTEN: u8 = 1;
/// One that ends a stretch of plain characters outside of quotes.
const ENDS_PLAIN: u8 = 2;
/// One that ends a stretch of plain characters between quotes.
const ENDS_QUOTED: u8 = 4;
/// One that a field without quotes does not begin with.
const BEGINS_OTHER: u8 = 8;

impl Dialect {
    fn kinds_of(&self, c: u32) -> u8 {
        let bit = |kind: u8, holds: bool| if holds { kind } else { 0 };
        let (escape, quote) = (Some(c) == self.escapechar, Some(c) == self.quotechar);
        let ends = c == self.delimiter || c == 10 || c == 13 || escape;
        bit(WRITTEN, ends || quote || units(&self.lineterminator).iter().any(|t| t == c))
            | bit(ENDS_PLAIN, ends)
            | bit(ENDS_QUOTED, quote || escape)
            | bit(BEGINS_OTHER, ends || quote || c == 32)
    }

    #[inline]
    fn is(&self, c: u32, kind: u8) -> bool {
        let kinds = match self.ascii.get(c as usize) {
            Some(kinds) => *kinds,
            None => self.kinds_of(c),
        };
        kinds & kind != 0
    }

    /// Whether a writer has to quote or to escape the character.
    #[inline]
    pub fn is_special(&self, c: u32) -> bool {
        self.is(c, WRITTEN)
    }

    /// Whether there is such a character in the text.
    pub fn has_special(&self, text: Units<'_>) -> bool {
        match text {
            Units::Ascii(s) => s.iter().any(|b| self.ascii[usize::from(b & 0x7F)] & WRITTEN != 0),
            _ => text.iter().any(|c| self.is_special(c)),
        }
    }

    /// Where plain characters end that begin at `at`; between quotes or not.
    pub fn plain_end(&self, text: Units<'_>, at: usize, quoted: bool) -> usize {
        let kind = if quoted { ENDS_QUOTED } else { ENDS_PLAIN };
        let rest = text.slice(at..text.len());
        let n = match rest {
            Units::Ascii(s) => s.iter().position(|b| self.ascii[usize::from(b & 0x7F)] & kind != 0),
            Units::Latin1(s) => s.iter().position(|c| self.is(u32::from(*c), kind)),
            Units::Ucs2(s) => s.iter().position(|c| self.is(u32::from(*c), kind)),
            Units::Ucs4(s) => s.iter().position(|c| self.is(*c, kind)),
        };
        n.map_or(text.len(), |n| at + n)
    }

    /// Whether a field without quotes begins with the character.
    #[inline]
    pub fn begins_plain(&self, c: u32) -> bool {
        !self.is(c, BEGINS_OTHER)
    }
}

const PARAMS: [&str; 9] = [
    "dialect",
    "delimiter",
    "doublequote",
    "escapechar",
    "lineterminator",
    "quotechar",
    "quoting",
    "skipinitialspace",
    "strict",
];

/// The dialects by name.
pub fn registered(vm: &mut Vm) -> Result<Ref<Dict>> {
    const KEY: &str = "_csv.dialects";
    if let Some(dialects) = vm.state().registry.get(KEY).and_then(|v| v.downcast::<Dict>()) {
        return Ok(dialects.clone());
    }
    let dialects = vm.new_dict()?;
    vm.state_mut().registry.insert(KEY, dialects.to_value());
    Ok(dialects)
}

/// The dialect of a name.
pub fn find(vm: &mut Vm, name: &Value) -> Result {
    let dialects = registered(vm)?;
    match vm.dict_get(&dialects, name)? {
        Some(d) => Ok(d),
        None => Err(raise_kept(vm, ERROR, "unknown dialect")),
    }
}

/// A dialect from what a reader or writer was given after its first argument.
pub fn from_args(vm: &mut Vm, dialect: Option<&Value>, keywords: Args<'_>) -> Result<Ref<Dialect>> {
    let mut all: Vec<Value> = dialect.cloned().into_iter().collect();
    all.extend_from_slice(keywords.keyword_values());
    let made = new_dialect(vm, DIALECT.as_type(), Args::new(&all, keywords.names()))?;
    match made.downcast::<Dialect>() {
        Some(d) => Ok(d.clone()),
        None => Err(vm.raise_type_error("dialect is not a Dialect")),
    }
}

fn wrong_char(vm: &mut Vm, name: &str, or_none: &str, v: &Value) -> Raised {
    let given = match v.downcast::<Str>() {
        Some(s) => format!("a string of length {}", s.len()),
        None => v.ty().name(),
    };
    vm.raise_type_error(&format!("\"{name}\" must be a unicode character{or_none}, not {given}"))
}

fn character(vm: &mut Vm, name: &str, v: Option<&Value>, default: Option<u32>) -> Result<Option<u32>> {
    match v {
        None => Ok(default),
        Some(v) if v.is_none() => Ok(None),
        Some(v) => match v.downcast::<Str>() {
            Some(s) if s.len() == 1 => Ok(Some(units(s).at(0))),
            _ => Err(wrong_char(vm, name, " or None", v)),
        },
    }
}

fn quoting_of(vm: &mut Vm, v: &Value) -> Result<Quoting> {
    if !v.is_exact_int() {
        return Err(vm.raise_type_error(&format!("\"quoting\" must be an integer, not {}", v.ty().name())));
    }
    let found = v.small_int().and_then(|n| Quoting::NAMES.iter().find(|(_, q)| *q as i64 == n));
    match found {
        Some((_, q)) => Ok(*q),
        None => Err(vm.raise_type_error("bad \"quoting\" value")),
    }
}

fn new_dialect(vm: &mut Vm, class: &Type, args: Args<'_>) -> Result {
    let mut given: [Option<Value>; 9] = Default::default();
    if args.positional().len() > given.len() {
        let text = format!("Dialect() takes at most 9 arguments ({} given)", args.all().len());
        return Err(vm.raise_type_error(&text));
    }
    for (to, from) in given.iter_mut().zip(args.positional()) {
        *to = Some(from.clone());
    }
    for (key, value) in args.keywords() {
        let key = key.downcast::<Str>().map(|k| k.to_string_lossy()).unwrap_or_default();
        match PARAMS.iter().position(|p| *p == key) {
            Some(i) if given[i].is_none() => given[i] = Some(value.clone()),
            Some(i) => {
                let text = format!("argument for Dialect() given by name ('{key}') and position ({})", i + 1);
                return Err(vm.raise_type_error(&text));
            }
            None => {
                let text = format!("this function got an unexpected keyword argument '{key}'");
                return Err(vm.raise_type_error(&text));
            }
        }
    }
    if let Some(dialect) = given[0].take().filter(|d| !d.is_none()) {
        let dialect = if dialect.downcast::<Str>().is_some() { find(vm, &dialect)? } else { dialect };
        if dialect.ty().is(class) && given[1..].iter().all(Option::is_none) {
            return Ok(dialect);
        }
        for (i, name) in PARAMS.iter().enumerate().skip(1) {
            if given[i].is_none() {
                let name = vm.intern_utf8(name)?;
                given[i] = vm.get_attr_opt(&dialect, &name)?;
            }
        }
    }
    let [_, delimiter, doublequote, escapechar, lineterminator, quotechar, quoting, skipinitialspace, strict] = given;
    let comma = u32::from(b',');
    let delimiter = match &delimiter {
        None => comma,
        Some(v) => match v.downcast::<Str>() {
            Some(s) if s.len() == 1 => units(s).at(0),
            _ => return Err(wrong_char(vm, "delimiter", "", v)),
        },
    };
    let flag = |vm: &mut Vm, v: &Option<Value>, default| match v {
        Some(v) => vm.is_truthy(v),
        None => Ok(default),
    };
    let doublequote = flag(vm, &doublequote, true)?;
    let escapechar = character(vm, "escapechar", escapechar.as_ref(), None)?;
    let lineterminator = match &lineterminator {
        None => vm.new_str("\r\n")?,
        Some(v) => match v.downcast::<Str>() {
            Some(s) => s.clone(),
            None => {
                let text = format!("\"lineterminator\" must be a string, not {}", v.ty().name());
                return Err(vm.raise_type_error(&text));
            }
        },
    };
    let quote_is_none = quotechar.as_ref().is_some_and(Value::is_none);
    let quotechar = character(vm, "quotechar", quotechar.as_ref(), Some(u32::from(b'"')))?;
    let quoting = match &quoting {
        Some(v) => quoting_of(vm, v)?,
        None if quote_is_none => Quoting::None,
        None => Quoting::Minimal,
    };
    let skipinitialspace = flag(vm, &skipinitialspace, false)?;
    let strict = flag(vm, &strict, false)?;
    if quoting != Quoting::None && quotechar.is_none() {
        return Err(vm.raise_type_error("quotechar must be set if quoting enabled"));
    }
    let chars = [
        ("delimiter", Some(delimiter), true),
        ("escapechar", escapechar, !skipinitialspace),
        ("quotechar", quotechar, !skipinitialspace),
    ];
    for (name, c, allow_space) in chars {
        let Some(c) = c else { continue };
        if c == 10 || c == 13 || c == 32 && !allow_space {
            return Err(vm.raise_value_error(&format!("bad {name} value")));
        }
        if units(&lineterminator).iter().any(|t| t == c) {
            return Err(vm.raise_value_error(&format!("bad {name} or lineterminator value")));
        }
    }
    for (i, j) in [(0, 1), (0, 2), (1, 2)] {
        let ((a, x, _), (b, y, _)) = (chars[i], chars[j]);
        if x.is_some() && x == y {
            return Err(vm.raise_value_error(&format!("bad {a} or {b} value")));
        }
    }
    let ascii = Opaque([0; 128]);
    let mut made = Dialect {
        delimiter,
        doublequote,
        escapechar,
        lineterminator,
        quotechar,
        quoting,
        skipinitialspace,
        strict,
        ascii,
    };
    for c in 0..128 {
        made.ascii[c] = made.kinds_of(c as u32);
    }
    Ref::new_in(vm, class, made).map(Ref::into_value)
}

fn char_or_none(vm: &mut Vm, c: Option<u32>) -> Result<Option<Ref<Str>>> {
    c.map(|c| vm.char_str(c)).transpose()
}

/// Methods of `_csv.Dialect`.
pub struct DialectClass;

/// CSV dialect
///
/// The Dialect type records CSV parsing and generation options.
#[class(cell = DIALECT, base = OBJECT, flags = BASETYPE | HAVE_GC)]
impl DialectClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        new_dialect(vm, class, args)
    }

    #[getter]
    fn delimiter(vm: &mut Vm, this: &Ref<Dialect>) -> Result<Ref<Str>> {
        vm.char_str(this.delimiter)
    }

    #[getter]
    fn escapechar(vm: &mut Vm, this: &Ref<Dialect>) -> Result<Option<Ref<Str>>> {
        char_or_none(vm, this.escapechar)
    }

    #[getter]
    fn lineterminator(_vm: &mut Vm, this: &Ref<Dialect>) -> Result<Ref<Str>> {
        Ok(this.lineterminator.clone())
    }

    #[getter]
    fn quotechar(vm: &mut Vm, this: &Ref<Dialect>) -> Result<Option<Ref<Str>>> {
        char_or_none(vm, this.quotechar)
    }

    #[getter]
    fn quoting(_vm: &mut Vm, this: &Ref<Dialect>) -> Result<i32> {
        Ok(this.quoting as i32)
    }

    #[getter]
    fn doublequote(_vm: &mut Vm, this: &Ref<Dialect>) -> Result<bool> {
        Ok(this.doublequote)
    }

    #[getter]
    fn skipinitialspace(_vm: &mut Vm, this: &Ref<Dialect>) -> Result<bool> {
        Ok(this.skipinitialspace)
    }

    #[getter]
    fn strict(_vm: &mut Vm, this: &Ref<Dialect>) -> Result<bool> {
        Ok(this.strict)
    }

    /// raises an exception to avoid pickling
    #[method]
    fn __reduce__(vm: &mut Vm, this: &Ref<Dialect>, _args: Args<'_>) -> Result {
        Err(vm.raise_type_error(&format!("cannot pickle '{}' instances", short_name(&this.ty().name()))))
    }

    /// raises an exception to avoid pickling
    #[method]
    fn __reduce_ex__(vm: &mut Vm, this: &Ref<Dialect>, _args: Args<'_>) -> Result {
        Err(vm.raise_type_error(&format!("cannot pickle '{}' instances", short_name(&this.ty().name()))))
    }
}

fn short_name(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
