//! Methods of `str`.

use super::{codec, enough, limit, search_bounds, units};
use crate::native::{Args, Place, Signature};
use crate::slots::CompareOp;
use crate::types::slice::Slice;
use crate::{Ref, Result, Str, Type, Value, Vm};
use taipan_macros::class;
use taipan_num::format::{FormatSpec, Kind, format_str};
use taipan_object::statics::{OBJECT, STR};
use taipan_object::{Dict, List, Tuple, room};
use taipan_text::ops::Translated;
use taipan_text::split::{self, Side};
use taipan_text::units::clip;
use taipan_text::{OutOfMemory, TextBuf, Units, buf, case, ops, predicates, props, repr, search};

/// Methods of `str`.
pub struct StrClass;

type Finder = fn(Units<'_>, Units<'_>, usize, usize) -> Option<usize>;

fn find_with(
    vm: &mut Vm,
    this: &Ref<Str>,
    sub: &Ref<Str>,
    (start, end): (Option<&Value>, Option<&Value>),
    find: Finder,
) -> Result<Option<usize>> {
    let (start, end) = search_bounds(vm, start, end)?;
    let (start, end) = clip(start, end, this.len());
    Ok(find(units(this), units(sub), start, end))
}

fn found(at: Option<usize>) -> isize {
    at.map_or(-1, |i| i as isize)
}

fn found_or_raise(vm: &mut Vm, at: Option<usize>) -> Result<usize> {
    match at {
        Some(i) => Ok(i),
        None => Err(vm.raise_value_error("substring not found")),
    }
}

fn affix(
    vm: &mut Vm,
    this: &Ref<Str>,
    affix: &Value,
    bounds: (Option<&Value>, Option<&Value>),
    name: &str,
    test: fn(Units<'_>, Units<'_>, usize, usize) -> bool,
) -> Result<bool> {
    let (start, end) = search_bounds(vm, bounds.0, bounds.1)?;
    let (start, end) = clip(start, end, this.len());
    if let Some(affix) = affix.downcast::<Str>() {
        return Ok(test(units(this), units(affix), start, end));
    }
    let Some(all) = affix.downcast::<Tuple>() else {
        let text = format!("{name} first arg must be str or a tuple of str, not {}", affix.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    for one in all.items() {
        let Some(one) = one.downcast::<Str>() else {
            let text = format!("tuple for {name} must only contain str, not {}", one.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        if test(units(this), units(one), start, end) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn strip(vm: &mut Vm, this: &Ref<Str>, chars: Option<&Value>, side: Side, name: &str) -> Result<Ref<Str>> {
    let range = match chars.filter(|c| !c.is_none()) {
        None => split::strip_space(units(this), side),
        Some(chars) => match chars.downcast::<Str>() {
            Some(chars) => split::strip_chars(units(this), side, units(chars)),
            None => return Err(vm.raise_type_error(&format!("{name} arg must be None or str"))),
        },
    };
    vm.str_part(this, range)
}

/// A string with another one's characters changed: ASCII by ASCII, one by one, or by `general`.
#[inline(always)]
fn map(
    vm: &mut Vm,
    this: &Ref<Str>,
    ascii: impl FnMut(u8) -> u8,
    general: impl Fn(Units<'_>) -> std::result::Result<TextBuf, OutOfMemory>,
) -> Result<Ref<Str>> {
    match units(this) {
        Units::Ascii(text) if text.len() > 1 => vm.map_ascii(text, ascii),
        text => vm.str_from_made(general(text)),
    }
}

fn fill_char(vm: &mut Vm, fill: Option<&Value>) -> Result<u32> {
    let Some(fill) = fill else { return Ok(' '.into()) };
    let Some(s) = fill.downcast::<Str>() else {
        let text = format!("The fill character must be a unicode character, not {}", fill.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    match s.len() {
        1 => Ok(units(s).at(0)),
        _ => Err(vm.raise_type_error("The fill character must be exactly one character long")),
    }
}

type Padder = fn(Units<'_>, usize, u32) -> std::result::Result<TextBuf, OutOfMemory>;

fn pad(vm: &mut Vm, this: &Ref<Str>, width: isize, fill: Option<&Value>, pad: Padder) -> Result<Ref<Str>> {
    let fill = fill_char(vm, fill)?;
    match usize::try_from(width) {
        Ok(width) if width > this.len() => vm.str_from_made(pad(units(this), width, fill)),
        _ => vm.exact_str(this),
    }
}

/// Room for so many parts is made before a text is split: few texts have more, and the list has to grow for those.
const SOME_PARTS: usize = 8;

/// The separator of `split`; nothing means whitespace.
fn separator<'a>(vm: &mut Vm, sep: Option<&'a Value>) -> Result<Option<&'a Ref<Str>>> {
    let Some(sep) = sep.filter(|s| !s.is_none()) else { return Ok(None) };
    let Some(s) = sep.downcast::<Str>() else {
        let text = format!("must be str or None, not {}", sep.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    if s.is_empty() {
        return Err(vm.raise_value_error("empty separator"));
    }
    Ok(Some(s))
}

fn partition_separator<'a>(vm: &mut Vm, sep: &'a Value) -> Result<&'a Ref<Str>> {
    let Some(s) = sep.downcast::<Str>() else {
        let text = format!("must be str, not {}", sep.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    if s.is_empty() {
        return Err(vm.raise_value_error("empty separator"));
    }
    Ok(s)
}

/// `replace` of ASCII text: the new string is written at its place.
fn replace_ascii(
    vm: &mut Vm,
    this: &Ref<Str>,
    (text, from, to): (&[u8], &[u8], &[u8]),
    limit: usize,
) -> Result<Ref<Str>> {
    let (hay, needle) = (Units::Ascii(text), Units::Ascii(from));
    if from.len() == to.len() {
        return replace_in_copy(vm, this, (text, from, to), limit);
    }
    // The first places are remembered, so that most texts are searched once.
    const REMEMBERED: usize = 16;
    const REMEMBERED_MORE: usize = 4096;
    let (mut first, mut more, mut places) = ([0u32; REMEMBERED], Vec::new(), 0usize);
    search::for_each(hay, needle, limit, |i| {
        match first.get_mut(places) {
            Some(place) => *place = i as u32,
            None if more.len() == REMEMBERED_MORE => {}
            None if more.try_reserve(1).is_ok() => more.push(i as u32),
            None => {}
        }
        places += 1;
    });
    if places == 0 {
        return Ok(this.clone());
    }
    let kept = text.len() - places * from.len();
    let total = places.checked_mul(to.len()).and_then(|n| n.checked_add(kept));
    let Some(total) = total else { return Err(vm.raise_memory_error()) };
    if total < 2 {
        let made = enough(ops::replace(hay, needle, Units::Ascii(to), limit))?;
        return made.map_or_else(|| Ok(this.clone()), |made| vm.str_from_buf(made));
    }
    vm.new_ascii_by(total, |mut out| {
        let mut at = 0;
        let mut put = |i: usize| {
            for part in [&text[at..i], to] {
                let (here, rest) = std::mem::take(&mut out).split_at_mut(part.len());
                here.copy_from_slice(part);
                out = rest;
            }
            at = i + from.len();
        };
        if places <= REMEMBERED + more.len() && u32::try_from(text.len()).is_ok() {
            first.iter().take(places).chain(&more).for_each(|&i| put(i as usize));
        } else {
            search::for_each(hay, needle, limit, put);
        }
        out.copy_from_slice(&text[at..]);
    })
}

/// `replace` of ASCII text by text of the same length, which leaves everything else where it is.
fn replace_in_copy(
    vm: &mut Vm,
    this: &Ref<Str>,
    (text, from, to): (&[u8], &[u8], &[u8]),
    limit: usize,
) -> Result<Ref<Str>> {
    let (hay, needle) = (Units::Ascii(text), Units::Ascii(from));
    let Some(first) = search::find(hay, needle, 0, text.len()).filter(|_| limit > 0) else {
        return Ok(this.clone());
    };
    if text.len() == 1 {
        return vm.char_str(u32::from(to[0]));
    }
    if let ([from], [to]) = (from, to)
        && limit >= text.len()
    {
        return vm.map_ascii(text, |b| if b == *from { *to } else { b });
    }
    vm.new_ascii_by(text.len(), |out| {
        out.copy_from_slice(text);
        search::for_each(hay.slice(first..text.len()), needle, limit, |i| {
            out[first + i..][..to.len()].copy_from_slice(to);
        });
    })
}

#[inline(always)]
fn push_part(vm: &mut Vm, this: &Ref<Str>, parts: &mut Vec<Value>, range: std::ops::Range<usize>) -> Result<()> {
    let part = vm.str_part(this, range)?;
    if parts.len() == parts.capacity() {
        parts.try_reserve(1).map_err(|_| taipan_object::Raised)?;
    }
    parts.push(part.into_value());
    Ok(())
}

/// `sep.join(items)` for items that are all strings; otherwise the place of the first that is not.
fn join_items(sep: &Str, items: &[Value]) -> std::result::Result<Result<TextBuf>, usize> {
    if let Some(i) = items.iter().position(|v| v.downcast::<Str>().is_none()) {
        return Err(i);
    }
    let parts = items.iter().filter_map(|v| v.downcast::<Str>()).map(|s| units(s));
    Ok(enough(ops::join(units(sep), parts)))
}

/// What a translation table holds for a code point.
fn translated(vm: &mut Vm, table: &Value, code: u32) -> Result<Translated> {
    let key = Value::from_i32(code as i32);
    let answer = match vm.get_item(table, &key) {
        Ok(answer) => answer,
        Err(raised) if vm.raised_is(crate::errors::LOOKUP_ERROR.as_type()) => {
            drop(vm.take_raised(raised));
            return Ok(Translated::Same);
        }
        Err(raised) => return Err(raised),
    };
    if answer.is_none() {
        return Ok(Translated::Delete);
    }
    if let Some(text) = answer.downcast::<Str>() {
        if text.len() == 1 {
            return Ok(Translated::Code(units(text).at(0)));
        }
        return enough(TextBuf::from_units(units(text))).map(Translated::Text);
    }
    match answer.as_int() {
        Some(taipan_object::IntRef::Small(n)) if (0..0x110000).contains(&n) => Ok(Translated::Code(n as u32)),
        Some(_) => Err(vm.raise_value_error("character mapping must be in range(0x110000)")),
        None => Err(vm.raise_type_error("character mapping must return integer, None or str")),
    }
}

/// Why translating stopped.
struct Stop(taipan_object::Raised);

impl From<OutOfMemory> for Stop {
    fn from(_: OutOfMemory) -> Stop {
        Stop(taipan_object::Raised)
    }
}

fn code_value(code: u32) -> Value {
    Value::from_i32(code as i32)
}

fn table_of_dict(vm: &mut Vm, table: &Ref<Dict>, from: &Value) -> Result<()> {
    let Some(from) = from.downcast_exact::<Dict>() else {
        return Err(vm.raise_type_error("if you give only one argument to maketrans it must be a dict"));
    };
    let pairs: Vec<(Value, Value)> =
        taipan_object::room::gathered(from.get(vm).len(), from.get(vm).iter().map(|(k, v)| (k.clone(), v.clone())))?;
    for (key, value) in pairs {
        let key = if let Some(s) = key.downcast::<Str>() {
            if s.len() != 1 {
                return Err(vm.raise_value_error("string keys in translatetable must be of length 1"));
            }
            code_value(units(s).at(0))
        } else if key.as_int().is_some() {
            key
        } else {
            return Err(vm.raise_type_error("keys in translate table mustbe strings or integers"));
        };
        vm.dict_set(table, &key, value)?;
    }
    Ok(())
}

static NEW: Signature = Signature {
    name: "str",
    params: &["object", "encoding", "errors"],
    required: &[false; 3],
    required_count: 0,
    positional_only: 0,
    positional: 3,
};

/// str(object='') -> str
/// str(bytes_or_buffer[, encoding[, errors]]) -> str
///
/// Create a new string object from the given object. If encoding or
/// errors is specified, then the object must expose a data buffer
/// that will be decoded using the given encoding and error handler.
/// Otherwise, returns the result of object.__str__() (if defined)
/// or repr(object).
/// encoding defaults to 'utf-8'.
/// errors defaults to 'strict'.
#[class(cell = STR, base = OBJECT, flags = BASETYPE | STR_SUBCLASS | MATCH_SELF)]
impl StrClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let n = args.positional().len();
        if n > 3 {
            return Err(vm.raise_type_error(&format!("str expected at most 3 arguments, got {n}")));
        }
        if args.all().len() > 3 {
            let text = format!("str() takes at most 3 arguments ({} given)", args.all().len());
            return Err(vm.raise_type_error(&text));
        }
        let [object, encoding, errors] = crate::native::bind::<3>(vm, &NEW, args)?;
        let encoding = codec::name_argument(vm, encoding, Place::argument(&NEW, 1))?;
        let errors = codec::name_argument(vm, errors, Place::argument(&NEW, 2))?;
        let text = match object {
            None => vm.empty_str(),
            Some(object) if encoding.is_none() && errors.is_none() => vm.str(object)?,
            Some(object) => {
                if object.downcast::<Str>().is_some() {
                    return Err(vm.raise_type_error("decoding str is not supported"));
                }
                if crate::slots::of(object.ty()).buffer.is_none() {
                    let text = format!("decoding to str: need a bytes-like object, {} found", object.ty().name());
                    return Err(vm.raise_type_error(&text));
                }
                codec::decode_object(vm, object, encoding, errors)?
            }
        };
        if class.is(&STR.as_ref()) {
            return Ok(text.into_value());
        }
        vm.new_str_in(class, text.data()).map(Ref::into_value)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Str>) -> Result<Value> {
        if let Units::Ascii(text) = units(this) {
            let (quote, length) = repr::ascii_text_shown(text);
            return vm.new_ascii_by(length, |out| repr::write_ascii_text(text, quote, out)).map(Ref::into_value);
        }
        vm.str_from_made(repr::repr(units(this))).map(Ref::into_value)
    }

    #[slot]
    fn str(vm: &mut Vm, this: &Ref<Str>) -> Result<Value> {
        vm.exact_str(this).map(Ref::into_value)
    }

    #[slot]
    fn hash(_vm: &mut Vm, this: &Ref<Str>) -> Result<i64> {
        Ok(this.hash())
    }

    #[slot]
    fn compare(_vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let (Some(x), Some(y)) = (a.downcast::<Str>(), b.downcast::<Str>()) else {
            return Ok(Value::not_implemented());
        };
        let holds = match op {
            CompareOp::Eq => **x == **y,
            CompareOp::Ne => **x != **y,
            _ => op.holds(units(x).compare(units(y))),
        };
        Ok(Value::bool(holds))
    }

    #[slot]
    fn len(_vm: &mut Vm, this: &Ref<Str>) -> Result<usize> {
        Ok(this.len())
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Ref<Str>, key: &Value) -> Result {
        let index = match key.small_int() {
            Some(i) => i as isize,
            None if crate::slots::of(key.ty()).index.is_some() => vm.to_index_isize(key)?,
            None => {
                let Some(slice) = key.downcast::<Slice>() else {
                    let text = format!("string indices must be integers, not '{}'", key.ty().name());
                    return Err(vm.raise_type_error(&text));
                };
                let s = vm.slice_indices(slice, this.len())?;
                if s.step == 1 {
                    let start = s.start.max(0) as usize;
                    let range = if s.count == 0 { 0..0 } else { start..start + s.count };
                    return vm.str_part(this, range).map(Ref::into_value);
                }
                if s.count == 0 {
                    return Ok(vm.empty_str().into_value());
                }
                let made = buf::extended_slice(units(this), s.start as usize, s.step, s.count);
                return vm.str_from_made(made).map(Ref::into_value);
            }
        };
        let at = if index < 0 { index.saturating_add_unsigned(this.len()) } else { index };
        match usize::try_from(at).ok().and_then(|i| units(this).get(i)) {
            Some(code) => vm.char_str(code).map(Ref::into_value),
            None => Err(vm.raise_index_error("string index out of range")),
        }
    }

    #[slot]
    fn concat(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let Some(x) = a.downcast::<Str>() else { return Ok(Value::not_implemented()) };
        let Some(y) = b.downcast::<Str>() else {
            let text = format!("can only concatenate str (not \"{}\") to str", b.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        if x.is_empty() {
            return vm.exact_str(y).map(Ref::into_value);
        }
        if y.is_empty() {
            return vm.exact_str(x).map(Ref::into_value);
        }
        vm.concat_str(x, y).map(Ref::into_value)
    }

    #[slot]
    fn repeat(vm: &mut Vm, this: &Ref<Str>, n: isize) -> Result {
        if n <= 0 || this.is_empty() {
            return Ok(vm.empty_str().into_value());
        }
        if n == 1 {
            return vm.exact_str(this).map(Ref::into_value);
        }
        match this.len().checked_mul(n as usize) {
            Some(total) if total <= isize::MAX as usize => vm.repeat_str(this, n as usize).map(Ref::into_value),
            _ => Err(vm.raise_overflow_error("repeated string is too long")),
        }
    }

    #[slot]
    fn contains(vm: &mut Vm, this: &Ref<Str>, item: &Value) -> Result<bool> {
        match item.downcast::<Str>() {
            Some(sub) => Ok(search::contains(units(this), units(sub))),
            None => {
                let text = format!("'in <string>' requires string as left operand, not {}", item.ty().name());
                Err(vm.raise_type_error(&text))
            }
        }
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Ref<Str>) -> Result {
        super::iterator::new_str_iterator(vm, this)
    }

    #[slot]
    fn op_remainder(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        match a.downcast::<Str>() {
            Some(format) => super::percent::format_str(vm, format, b),
            None => Ok(Value::not_implemented()),
        }
    }

    /// Encode the string using the codec registered for encoding.
    ///
    ///   encoding
    ///     The encoding in which to encode the string.
    ///   errors
    ///     The error handling scheme to use for encoding errors.
    ///     The default is 'strict' meaning that encoding errors raise a
    ///     UnicodeEncodeError.  Other possible values are 'ignore', 'replace'
    ///     and 'xmlcharrefreplace' as well as any other name registered with
    ///     codecs.register_error that can handle UnicodeEncodeErrors.
    #[method("($self, /, encoding='utf-8', errors='strict')")]
    fn encode(vm: &mut Vm, this: &Ref<Str>, encoding: Option<&str>, errors: Option<&str>) -> Result {
        let encoding = codec::checked_name(vm, encoding)?;
        let errors = codec::checked_name(vm, errors)?;
        codec::encode(vm, this, encoding, errors)
    }

    /// Return a copy with all occurrences of substring old replaced by new.
    ///
    ///   count
    ///     Maximum number of occurrences to replace.
    ///     -1 (the default value) means replace all occurrences.
    ///
    /// If the optional argument count is given, only the first count occurrences are
    /// replaced.
    #[method("($self, old, new, /, count=-1)")]
    fn replace(vm: &mut Vm, this: &Ref<Str>, old: &Ref<Str>, new: &Ref<Str>, count: Option<isize>) -> Result<Ref<Str>> {
        let same = old.len() == new.len() && !old.is_empty() && old.data() == new.data();
        if !same
            && let (Units::Ascii(text), Units::Ascii(from), Units::Ascii(to)) = (units(this), units(old), units(new))
            && !from.is_empty()
            && this.is_exact()
        {
            return replace_ascii(vm, this, (text, from, to), limit(count.unwrap_or(-1)));
        }
        let made = if same {
            None
        } else {
            enough(ops::replace(units(this), units(old), units(new), limit(count.unwrap_or(-1))))?
        };
        match made {
            Some(text) => vm.str_from_buf(text),
            None => vm.exact_str(this),
        }
    }

    /// Return a list of the substrings in the string, using sep as the separator string.
    ///
    ///   sep
    ///     The separator used to split the string.
    ///
    ///     When set to None (the default value), will split on any
    ///     whitespace character (including \n \r \t \f and spaces) and
    ///     will discard empty strings from the result.
    ///   maxsplit
    ///     Maximum number of splits.
    ///     -1 (the default value) means no limit.
    ///
    /// Splitting starts at the front of the string and works to the end.
    ///
    /// Note, str.split() is mainly useful for data that has been
    /// intentionally delimited.  With natural text that includes
    /// punctuation, consider using the regular expression module.
    #[method("($self, /, sep=None, maxsplit=-1)")]
    fn split(vm: &mut Vm, this: &Ref<Str>, sep: Option<&Value>, maxsplit: Option<isize>) -> Result<Ref<List>> {
        let most = limit(maxsplit.unwrap_or(-1));
        let mut parts = room::vec(most.min(SOME_PARTS))?;
        match separator(vm, sep)? {
            None => split::split_space(units(this), most, props::is_space, |r| push_part(vm, this, &mut parts, r))?,
            Some(sep) => split::split(units(this), units(sep), most, |r| push_part(vm, this, &mut parts, r))?,
        }
        vm.new_list(parts)
    }

    /// Return a list of the substrings in the string, using sep as the separator string.
    ///
    ///   sep
    ///     The separator used to split the string.
    ///
    ///     When set to None (the default value), will split on any
    ///     whitespace character (including \n \r \t \f and spaces) and
    ///     will discard empty strings from the result.
    ///   maxsplit
    ///     Maximum number of splits.
    ///     -1 (the default value) means no limit.
    ///
    /// Splitting starts at the end of the string and works to the front.
    #[method("($self, /, sep=None, maxsplit=-1)")]
    fn rsplit(vm: &mut Vm, this: &Ref<Str>, sep: Option<&Value>, maxsplit: Option<isize>) -> Result<Ref<List>> {
        let most = limit(maxsplit.unwrap_or(-1));
        let mut parts = Vec::new();
        match separator(vm, sep)? {
            None => split::rsplit_space(units(this), most, props::is_space, |r| push_part(vm, this, &mut parts, r))?,
            Some(sep) => split::rsplit(units(this), units(sep), most, |r| push_part(vm, this, &mut parts, r))?,
        }
        parts.reverse();
        vm.new_list(parts)
    }

    /// Concatenate any number of strings.
    ///
    /// The string whose method is called is inserted in between each given
    /// string.  The result is returned as a new string.
    ///
    /// Example: '.'.join(['ab', 'pq', 'rs']) -> 'ab.pq.rs'
    #[method("($self, iterable, /)")]
    fn join(vm: &mut Vm, this: &Ref<Str>, iterable: &Value) -> Result<Ref<Str>> {
        let collected;
        let items = if let Some(list) = iterable.downcast_exact::<List>() {
            list.items(vm)
        } else if let Some(tuple) = iterable.downcast::<Tuple>() {
            tuple.items()
        } else {
            collected = match vm.iter(iterable) {
                Ok(it) => vm.collect(&it)?,
                Err(raised) if vm.raised_is(crate::errors::TYPE_ERROR.as_type()) => {
                    drop(vm.take_raised(raised));
                    return Err(vm.raise_type_error("can only join an iterable"));
                }
                Err(raised) => return Err(raised),
            };
            &collected
        };
        if let [one] = items
            && let Some(s) = one.downcast_exact::<Str>()
        {
            return Ok(s.clone());
        }
        if let Some(made) = vm.join_str(this, items)? {
            return Ok(made);
        }
        match join_items(this, items) {
            Ok(text) => vm.str_from_buf(text?),
            Err(i) => {
                let found = items[i].ty().name();
                let text = format!("sequence item {i}: expected str instance, {found} found");
                Err(vm.raise_type_error(&text))
            }
        }
    }

    /// Return a capitalized version of the string.
    ///
    /// More specifically, make the first character have upper case and the
    /// rest lower case.
    #[method("($self, /)")]
    fn capitalize(vm: &mut Vm, this: &Ref<Str>) -> Result<Ref<Str>> {
        vm.str_from_made(case::capitalize(units(this)))
    }

    /// Return a version of the string suitable for caseless comparisons.
    #[method("($self, /)")]
    fn casefold(vm: &mut Vm, this: &Ref<Str>) -> Result<Ref<Str>> {
        vm.str_from_made(case::casefold(units(this)))
    }

    /// Return a version of the string where each word is titlecased.
    ///
    /// More specifically, words start with uppercased characters and all
    /// remaining cased characters have lower case.
    #[method("($self, /)")]
    fn title(vm: &mut Vm, this: &Ref<Str>) -> Result<Ref<Str>> {
        map(vm, this, case::title_ascii(), case::title)
    }

    /// Return a centered string of length width.
    ///
    /// Padding is done using the specified fill character (default is
    /// a space).
    #[method("($self, width, fillchar=' ', /)")]
    fn center(vm: &mut Vm, this: &Ref<Str>, width: isize, fillchar: Option<&Value>) -> Result<Ref<Str>> {
        pad(vm, this, width, fillchar, ops::center)
    }

    /// Return the number of non-overlapping occurrences of substring sub in string S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice
    /// notation.
    #[method("($self, sub[, start[, end]], /)")]
    fn count(
        vm: &mut Vm,
        this: &Ref<Str>,
        sub: &Ref<Str>,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<usize> {
        let (start, end) = search_bounds(vm, start, end)?;
        let (start, end) = clip(start, end, this.len());
        Ok(search::count(units(this), units(sub), start, end))
    }

    /// Return a copy where all tab characters are expanded using spaces.
    ///
    /// If tabsize is not given, a tab size of 8 characters is assumed.
    #[method("($self, /, tabsize=8)")]
    fn expandtabs(vm: &mut Vm, this: &Ref<Str>, tabsize: Option<i32>) -> Result<Ref<Str>> {
        if !search::contains(units(this), Units::Ascii(b"\t")) {
            return vm.exact_str(this);
        }
        vm.str_from_made(ops::expand_tabs(units(this), tabsize.unwrap_or(8) as isize))
    }

    /// Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice
    /// notation.  Return -1 on failure.
    #[method("($self, sub[, start[, end]], /)")]
    fn find(vm: &mut Vm, this: &Ref<Str>, sub: &Ref<Str>, start: Option<&Value>, end: Option<&Value>) -> Result<isize> {
        find_with(vm, this, sub, (start, end), search::find).map(found)
    }

    /// Partition the string into three parts using the given separator.
    ///
    /// This will search for the separator in the string.  If the separator
    /// is found, returns a 3-tuple containing the part before the
    /// separator, the separator itself, and the part after it.
    ///
    /// If the separator is not found, returns a 3-tuple containing
    /// the original string and two empty strings.
    #[method("($self, sep, /)")]
    fn partition(vm: &mut Vm, this: &Ref<Str>, sep: &Value) -> Result<Ref<Tuple>> {
        let sep = partition_separator(vm, sep)?;
        match split::partition(units(this), units(sep)) {
            Some((before, after)) => {
                let (before, after) = (vm.str_part(this, before)?, vm.str_part(this, after)?);
                vm.new_tuple_of([before.into_value(), sep.to_value(), after.into_value()])
            }
            None => {
                let empty = vm.empty_str();
                vm.new_tuple_of([this.to_value(), empty.to_value(), empty.into_value()])
            }
        }
    }

    /// Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice
    /// notation.  Raises ValueError when the substring is not found.
    #[method("($self, sub[, start[, end]], /)")]
    fn index(
        vm: &mut Vm,
        this: &Ref<Str>,
        sub: &Ref<Str>,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<usize> {
        let at = find_with(vm, this, sub, (start, end), search::find)?;
        found_or_raise(vm, at)
    }

    /// Return a left-justified string of length width.
    ///
    /// Padding is done using the specified fill character (default is
    /// a space).
    #[method("($self, width, fillchar=' ', /)")]
    fn ljust(vm: &mut Vm, this: &Ref<Str>, width: isize, fillchar: Option<&Value>) -> Result<Ref<Str>> {
        pad(vm, this, width, fillchar, ops::ljust)
    }

    /// Return a copy of the string converted to lowercase.
    #[method("($self, /)")]
    fn lower(vm: &mut Vm, this: &Ref<Str>) -> Result<Ref<Str>> {
        map(vm, this, |b| b.to_ascii_lowercase(), case::lower)
    }

    /// Return a copy of the string with leading whitespace removed.
    ///
    /// If chars is given and not None, remove characters in chars instead.
    #[method("($self, chars=None, /)")]
    fn lstrip(vm: &mut Vm, this: &Ref<Str>, chars: Option<&Value>) -> Result<Ref<Str>> {
        strip(vm, this, chars, Side::Left, "lstrip")
    }

    /// Return the highest index in S where substring sub is found, such that sub is contained within S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice
    /// notation.  Return -1 on failure.
    #[method("($self, sub[, start[, end]], /)")]
    fn rfind(
        vm: &mut Vm,
        this: &Ref<Str>,
        sub: &Ref<Str>,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<isize> {
        find_with(vm, this, sub, (start, end), search::rfind).map(found)
    }

    /// Return the highest index in S where substring sub is found, such that sub is contained within S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice
    /// notation.  Raises ValueError when the substring is not found.
    #[method("($self, sub[, start[, end]], /)")]
    fn rindex(
        vm: &mut Vm,
        this: &Ref<Str>,
        sub: &Ref<Str>,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<usize> {
        let at = find_with(vm, this, sub, (start, end), search::rfind)?;
        found_or_raise(vm, at)
    }

    /// Return a right-justified string of length width.
    ///
    /// Padding is done using the specified fill character (default is
    /// a space).
    #[method("($self, width, fillchar=' ', /)")]
    fn rjust(vm: &mut Vm, this: &Ref<Str>, width: isize, fillchar: Option<&Value>) -> Result<Ref<Str>> {
        pad(vm, this, width, fillchar, ops::rjust)
    }

    /// Return a copy of the string with trailing whitespace removed.
    ///
    /// If chars is given and not None, remove characters in chars instead.
    #[method("($self, chars=None, /)")]
    fn rstrip(vm: &mut Vm, this: &Ref<Str>, chars: Option<&Value>) -> Result<Ref<Str>> {
        strip(vm, this, chars, Side::Right, "rstrip")
    }

    /// Partition the string into three parts using the given separator.
    ///
    /// This will search for the separator in the string, starting at the
    /// end.  If the separator is found, returns a 3-tuple containing the
    /// part before the separator, the separator itself, and the part after
    /// it.
    ///
    /// If the separator is not found, returns a 3-tuple containing two
    /// empty strings and the original string.
    #[method("($self, sep, /)")]
    fn rpartition(vm: &mut Vm, this: &Ref<Str>, sep: &Value) -> Result<Ref<Tuple>> {
        let sep = partition_separator(vm, sep)?;
        match split::rpartition(units(this), units(sep)) {
            Some((before, after)) => {
                let (before, after) = (vm.str_part(this, before)?, vm.str_part(this, after)?);
                vm.new_tuple_of([before.into_value(), sep.to_value(), after.into_value()])
            }
            None => {
                let empty = vm.empty_str();
                vm.new_tuple_of([empty.to_value(), empty.into_value(), this.to_value()])
            }
        }
    }

    /// Return a list of the lines in the string, breaking at line boundaries.
    ///
    /// Line breaks are not included in the resulting list unless keepends
    /// is given and true.
    #[method("($self, /, keepends=False)")]
    fn splitlines(vm: &mut Vm, this: &Ref<Str>, keepends: Option<bool>) -> Result<Ref<List>> {
        let mut parts = Vec::new();
        split::split_lines(units(this), keepends == Some(true), false, |r| push_part(vm, this, &mut parts, r))?;
        vm.new_list(parts)
    }

    /// Return a copy of the string with leading and trailing whitespace removed.
    ///
    /// If chars is given and not None, remove characters in chars instead.
    #[method("($self, chars=None, /)")]
    fn strip(vm: &mut Vm, this: &Ref<Str>, chars: Option<&Value>) -> Result<Ref<Str>> {
        strip(vm, this, chars, Side::Both, "strip")
    }

    /// Convert uppercase characters to lowercase and lowercase characters to uppercase.
    #[method("($self, /)")]
    fn swapcase(vm: &mut Vm, this: &Ref<Str>) -> Result<Ref<Str>> {
        map(vm, this, case::swap_ascii, case::swapcase)
    }

    /// Replace each character in the string using the given translation table.
    ///
    ///   table
    ///     Translation table, which must be a mapping of Unicode ordinals
    ///     to Unicode ordinals, strings, or None.
    ///
    /// The table must implement lookup/indexing via __getitem__, for
    /// instance a dictionary or list.  If this operation raises
    /// LookupError, the character is left untouched.  Characters mapped to
    /// None are deleted.
    #[method("($self, table, /)")]
    fn translate(vm: &mut Vm, this: &Ref<Str>, table: &Value) -> Result<Ref<Str>> {
        let made = ops::translate(units(this), |c| translated(vm, table, c).map_err(Stop));
        match made {
            Ok(text) => vm.str_from_buf(text),
            Err(Stop(raised)) => Err(raised),
        }
    }

    /// Return a copy of the string converted to uppercase.
    #[method("($self, /)")]
    fn upper(vm: &mut Vm, this: &Ref<Str>) -> Result<Ref<Str>> {
        map(vm, this, |b| b.to_ascii_uppercase(), case::upper)
    }

    /// Return True if the string starts with the specified prefix, False otherwise.
    ///
    ///   prefix
    ///     A string or a tuple of strings to try.
    ///   start
    ///     Optional start position. Default: start of the string.
    ///   end
    ///     Optional stop position. Default: end of the string.
    #[method("($self, prefix[, start[, end]], /)")]
    fn startswith(
        vm: &mut Vm,
        this: &Ref<Str>,
        prefix: &Value,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<bool> {
        affix(vm, this, prefix, (start, end), "startswith", search::starts_with)
    }

    /// Return True if the string ends with the specified suffix, False otherwise.
    ///
    ///   suffix
    ///     A string or a tuple of strings to try.
    ///   start
    ///     Optional start position. Default: start of the string.
    ///   end
    ///     Optional stop position. Default: end of the string.
    #[method("($self, suffix[, start[, end]], /)")]
    fn endswith(
        vm: &mut Vm,
        this: &Ref<Str>,
        suffix: &Value,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<bool> {
        affix(vm, this, suffix, (start, end), "endswith", search::ends_with)
    }

    /// Return a str with the given prefix string removed if present.
    ///
    /// If the string starts with the prefix string, return
    /// string[len(prefix):].  Otherwise, return a copy of the original
    /// string.
    #[method("($self, prefix, /)")]
    fn removeprefix(vm: &mut Vm, this: &Ref<Str>, prefix: &Ref<Str>) -> Result<Ref<Str>> {
        let start = if search::starts_with(units(this), units(prefix), 0, this.len()) { prefix.len() } else { 0 };
        vm.str_part(this, start..this.len())
    }

    /// Return a str with the given suffix string removed if present.
    ///
    /// If the string ends with the suffix string and that suffix is not
    /// empty, return string[:-len(suffix)].  Otherwise, return a copy of
    /// the original string.
    #[method("($self, suffix, /)")]
    fn removesuffix(vm: &mut Vm, this: &Ref<Str>, suffix: &Ref<Str>) -> Result<Ref<Str>> {
        let cut = if search::ends_with(units(this), units(suffix), 0, this.len()) { suffix.len() } else { 0 };
        vm.str_part(this, 0..this.len() - cut)
    }

    /// Return True if all characters in the string are ASCII, False otherwise.
    ///
    /// ASCII characters have code points in the range U+0000-U+007F.
    /// Empty string is ASCII too.
    #[method("($self, /)")]
    fn isascii(_vm: &mut Vm, this: &Ref<Str>) -> Result<bool> {
        Ok(this.is_ascii())
    }

    /// Return True if the string is a lowercase string, False otherwise.
    ///
    /// A string is lowercase if all cased characters in the string are
    /// lowercase and there is at least one cased character in the string.
    #[method("($self, /)")]
    fn islower(_vm: &mut Vm, this: &Ref<Str>) -> Result<bool> {
        Ok(predicates::is_lower(units(this)))
    }

    /// Return True if the string is an uppercase string, False otherwise.
    ///
    /// A string is uppercase if all cased characters in the string are
    /// uppercase and there is at least one cased character in the string.
    #[method("($self, /)")]
    fn isupper(_vm: &mut Vm, this: &Ref<Str>) -> Result<bool> {
        Ok(predicates::is_upper(units(this)))
    }

    /// Return True if the string is a title-cased string, False otherwise.
    ///
    /// In a title-cased string, upper- and title-case characters may only
    /// follow uncased characters and lowercase characters only cased ones.
    #[method("($self, /)")]
    fn istitle(_vm: &mut Vm, this: &Ref<Str>) -> Result<bool> {
        Ok(predicates::is_title(units(this)))
    }

    /// Return True if the string is a whitespace string, False otherwise.
    ///
    /// A string is whitespace if all characters in the string are
    /// whitespace and there is at least one character in the string.
    #[method("($self, /)")]
    fn isspace(_vm: &mut Vm, this: &Ref<Str>) -> Result<bool> {
        Ok(predicates::is_space(units(this)))
    }

    /// Return True if the string is a decimal string, False otherwise.
    ///
    /// A string is a decimal string if all characters in the string are
    /// decimal and there is at least one character in the string.
    #[method("($self, /)")]
    fn isdecimal(_vm: &mut Vm, this: &Ref<Str>) -> Result<bool> {
        Ok(predicates::is_decimal(units(this)))
    }

    /// Return True if the string is a digit string, False otherwise.
    ///
    /// A string is a digit string if all characters in the string are
    /// digits and there is at least one character in the string.
    #[method("($self, /)")]
    fn isdigit(_vm: &mut Vm, this: &Ref<Str>) -> Result<bool> {
        Ok(predicates::is_digit(units(this)))
    }

    /// Return True if the string is a numeric string, False otherwise.
    ///
    /// A string is numeric if all characters in the string are numeric and
    /// there is at least one character in the string.
    #[method("($self, /)")]
    fn isnumeric(_vm: &mut Vm, this: &Ref<Str>) -> Result<bool> {
        Ok(predicates::is_numeric(units(this)))
    }

    /// Return True if the string is an alphabetic string, False otherwise.
    ///
    /// A string is alphabetic if all characters in the string are
    /// alphabetic and there is at least one character in the string.
    #[method("($self, /)")]
    fn isalpha(_vm: &mut Vm, this: &Ref<Str>) -> Result<bool> {
        Ok(predicates::is_alpha(units(this)))
    }

    /// Return True if the string is an alpha-numeric string, False otherwise.
    ///
    /// A string is alpha-numeric if all characters in the string are
    /// alpha-numeric and there is at least one character in the string.
    #[method("($self, /)")]
    fn isalnum(_vm: &mut Vm, this: &Ref<Str>) -> Result<bool> {
        Ok(predicates::is_alnum(units(this)))
    }

    /// Return True if the string is a valid Python identifier, False otherwise.
    ///
    /// Call keyword.iskeyword(s) to test whether string s is a reserved
    /// identifier, such as "def" or "class".
    #[method("($self, /)")]
    fn isidentifier(_vm: &mut Vm, this: &Ref<Str>) -> Result<bool> {
        Ok(predicates::is_identifier(units(this)))
    }

    /// Return True if all characters in the string are printable, False otherwise.
    ///
    /// A character is printable if repr() may use it in its output.
    #[method("($self, /)")]
    fn isprintable(_vm: &mut Vm, this: &Ref<Str>) -> Result<bool> {
        Ok(predicates::is_printable(units(this)))
    }

    /// Pad a numeric string with zeros on the left, to fill a field of the given width.
    ///
    /// The string is never truncated.
    #[method("($self, width, /)")]
    fn zfill(vm: &mut Vm, this: &Ref<Str>, width: isize) -> Result<Ref<Str>> {
        match usize::try_from(width) {
            Ok(width) if width > this.len() => vm.str_from_made(ops::zfill(units(this), width)),
            _ => vm.exact_str(this),
        }
    }

    /// Return a formatted version of the string, using substitutions from args and kwargs.
    /// The substitutions are identified by braces ('{' and '}').
    #[method("($self, /, *args, **kwargs)")]
    fn format(vm: &mut Vm, this: &Ref<Str>, args: Args<'_>) -> Result<Ref<Str>> {
        super::format::format(vm, this, args)
    }

    /// Return a formatted version of the string, using substitutions from mapping.
    /// The substitutions are identified by braces ('{' and '}').
    #[method("($self, mapping, /)")]
    fn format_map(vm: &mut Vm, this: &Ref<Str>, mapping: &Value) -> Result<Ref<Str>> {
        super::format::format_map(vm, this, mapping)
    }

    /// Return a formatted version of the string as described by format_spec.
    #[method("($self, format_spec, /)")]
    pub(crate) fn __format__(vm: &mut Vm, this: &Ref<Str>, format_spec: &Ref<Str>) -> Result<Ref<Str>> {
        if format_spec.is_empty() {
            return if this.is_exact() { Ok(this.clone()) } else { vm.str(this.as_value()) };
        }
        let spec = units(format_spec);
        let made = FormatSpec::parse(spec.len(), |i| spec.at(i), Kind::Str).and_then(|s| {
            s.check_str()?;
            format_str(this.len(), &s)
        });
        let (kept, field) = match made {
            Ok(made) => made,
            Err(e) => return Err(vm.raise_format(e, this.as_value())),
        };
        if field.left == 0 && field.right == 0 {
            return vm.str_part(this, 0..kept);
        }
        vm.str_from_made(ops::pad(units(this).slice(0..kept), field.left, field.right, field.fill))
    }

    /// Return a translation table usable for str.translate().
    ///
    /// If there is only one argument, it must be a dictionary mapping
    /// Unicode ordinals (integers) or characters to Unicode ordinals,
    /// strings or None.  Character keys will be then converted to ordinals.
    /// If there are two arguments, they must be strings of equal length,
    /// and in the resulting dictionary, each character in x will be mapped
    /// to the character at the same position in y.  If there is a third
    /// argument, it must be a string, whose characters will be mapped to
    /// None in the result.
    #[staticmethod("(x, y=<unrepresentable>, z=<unrepresentable>, /)")]
    fn maketrans(vm: &mut Vm, x: &Value, y: Option<&Ref<Str>>, z: Option<&Ref<Str>>) -> Result<Ref<Dict>> {
        let table = vm.new_dict()?;
        let Some(y) = y else {
            table_of_dict(vm, &table, x)?;
            return Ok(table);
        };
        let Some(x) = x.downcast::<Str>() else {
            let text = "first maketrans argument must be a string if there is a second argument";
            return Err(vm.raise_type_error(text));
        };
        if x.len() != y.len() {
            return Err(vm.raise_value_error("the first two maketrans arguments must have equal length"));
        }
        for (from, to) in units(x).iter().zip(units(y)) {
            vm.dict_set(&table, &code_value(from), code_value(to))?;
        }
        if let Some(z) = z {
            for code in units(z) {
                vm.dict_set(&table, &code_value(code), Value::none())?;
            }
        }
        Ok(table)
    }

    /// Return the size of the string in memory, in bytes.
    #[method("($self, /)")]
    fn __sizeof__(_vm: &mut Vm, this: &Ref<Str>) -> Result<usize> {
        let width = units(this).width().kind();
        let start = if this.is_ascii() { 40 } else { 56 };
        Ok(start + (this.len() + 1) * width)
    }

    #[method("($self, /)")]
    fn __getnewargs__(vm: &mut Vm, this: &Ref<Str>) -> Result<Ref<Tuple>> {
        let copy = vm.str_from_units(units(this))?;
        vm.new_tuple_of([copy.into_value()])
    }
}
