//! What `bytes` and `bytearray` can both do. The receiver is a value of either class.

use super::ByteArray;
use super::array::Changeable;
use crate::native::{Args, Place, Signature};
use crate::slots::CompareOp;
use crate::types::slice::Slice;
use crate::types::str::{codec, enough, limit, search_bounds, units};
use crate::{Ref, Result, Str, Type, Value, Vm, name, slots};
use std::ops::Range;
use taipan_object::{Bytes, IntRef, List, Raised, Tuple, room};
use taipan_text::hex::{self, FromHexError};
use taipan_text::split::{self, Side};
use taipan_text::units::clip;
use taipan_text::{OutOfMemory, TextBuf, Units, bytes as algorithm, ops, search};

/// The bytes of bytes or a bytearray; nothing for other values.
#[inline]
pub fn bytes<'a>(vm: &'a Vm, v: &'a Value) -> &'a [u8] {
    if let Some(b) = v.downcast::<Bytes>() {
        return b.as_bytes();
    }
    v.downcast::<ByteArray>().map_or(&[], |b| b.get(vm).as_bytes())
}

fn text<'a>(vm: &'a Vm, v: &'a Value) -> Units<'a> {
    Units::Latin1(bytes(vm, v))
}

/// A bytes-like argument, to be read while other objects are looked at.
pub enum Operand {
    /// Bytes are not copied.
    Bytes(Ref<Bytes>),
    /// What other objects showed.
    Copy(Vec<u8>),
    /// An int where a byte can be meant.
    Byte([u8; 1]),
}

impl Operand {
    /// A bytes-like argument.
    pub fn new(vm: &mut Vm, v: &Value) -> Result<Operand> {
        match v.downcast::<Bytes>() {
            Some(b) => Ok(Operand::Bytes(b.clone())),
            None => vm.bytes_of(v).map(Operand::Copy),
        }
    }

    fn or_byte(vm: &mut Vm, v: &Value, words: &str) -> Result<Operand> {
        if slots::of(v.ty()).buffer.is_some() {
            return Operand::new(vm, v);
        }
        if slots::of(v.ty()).index.is_some() {
            return byte(vm, v, "byte must be in range(0, 256)").map(|b| Operand::Byte([b]));
        }
        let given = v.ty().name();
        Err(vm.raise_type_error(&format!("{words}, not '{given}'")))
    }

    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        match self {
            Operand::Bytes(b) => b.as_bytes(),
            Operand::Copy(v) => v,
            Operand::Byte(b) => b,
        }
    }

    fn units(&self) -> Units<'_> {
        Units::Latin1(self.as_slice())
    }
}

/// An int from 0 to 255.
pub fn byte(vm: &mut Vm, v: &Value, words: &str) -> Result<u8> {
    let n = vm.index(v)?;
    let n = match n.as_int() {
        Some(IntRef::Small(n)) => u8::try_from(n).ok(),
        _ => None,
    };
    n.ok_or_else(|| vm.raise_value_error(words))
}

fn is_array(v: &Value) -> bool {
    v.downcast::<ByteArray>().is_some()
}

/// A new object of the kind of `like`.
pub fn wrap(vm: &mut Vm, like: &Value, made: Vec<u8>) -> Result {
    if is_array(like) {
        return ByteArray::create(vm, made);
    }
    vm.bytes_from_vec(made).map(Ref::into_value)
}

fn wrap_made(vm: &mut Vm, like: &Value, made: std::result::Result<Vec<u8>, OutOfMemory>) -> Result {
    let made = enough(made)?;
    wrap(vm, like, made)
}

/// A part of the receiver: exact bytes themselves if that is all of them.
fn part(vm: &mut Vm, this: &Value, range: Range<usize>) -> Result {
    if range.len() == bytes(vm, this).len() && this.downcast_exact::<Bytes>().is_some() {
        return Ok(this.clone());
    }
    if is_array(this) {
        let copy = copy(&bytes(vm, this)[range])?;
        return ByteArray::create(vm, copy);
    }
    vm.new_bytes(&bytes(vm, this)[range]).map(Ref::into_value)
}

fn whole(vm: &mut Vm, this: &Value) -> Result {
    let n = bytes(vm, this).len();
    part(vm, this, 0..n)
}

/// A copy; a `MemoryError` where there is no room.
pub fn copy(b: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    out.try_reserve_exact(b.len()).map_err(|_| Raised)?;
    out.extend_from_slice(b);
    Ok(out)
}

/// `n` zero bytes. More than the machine has are refused at once: the system would promise them, and end the process
/// when they are written.
pub fn zeros(n: usize) -> Result<Vec<u8>> {
    refuse_too_many(n)?;
    taipan_object::byte_buffer::zeroed(n)
}

fn refuse_too_many(n: usize) -> Result<()> {
    let too_many = n > 1 << 30 && taipan_host::memory::machine().is_ok_and(|(all, _)| n as u64 > all);
    if too_many { Err(Raised) } else { Ok(()) }
}

/// What `bytes(...)` and `bytearray(...)` are made of. What an iterable gives is added to `sink` one by one, if there is
/// one: its items may look at it.
pub fn construct(
    vm: &mut Vm,
    s: &'static Signature,
    args: Args<'_>,
    is_array: bool,
    sink: Option<&Ref<ByteArray>>,
) -> Result<Operand> {
    let [source, encoding, errors] = crate::native::bind::<3>(vm, s, args)?;
    let encoding = codec::name_argument(vm, encoding, Place::argument(s, 1))?;
    let errors = codec::name_argument(vm, errors, Place::argument(s, 2))?;
    let text = source.and_then(|v| v.downcast::<Str>());
    if encoding.is_some() || errors.is_some() {
        return match (text, encoding) {
            (Some(text), Some(_)) => {
                let made = codec::encode(vm, text, encoding, errors)?;
                Operand::new(vm, &made)
            }
            (Some(_), None) => Err(vm.raise_type_error("string argument without an encoding")),
            (None, Some(_)) => Err(vm.raise_type_error("encoding without a string argument")),
            (None, None) => Err(vm.raise_type_error("errors without a string argument")),
        };
    }
    let Some(source) = source else { return Ok(Operand::Copy(Vec::new())) };
    if text.is_some() && is_array {
        return Err(vm.raise_type_error("string argument without an encoding"));
    }
    if !is_array && let Some(f) = vm.lookup_special(source, name!("__bytes__"))? {
        let made = vm.call(&f, &[])?;
        return match made.downcast::<Bytes>() {
            Some(b) => Ok(Operand::Bytes(b.clone())),
            None => {
                let text = format!("__bytes__ returned non-bytes (type {})", made.ty().name());
                Err(vm.raise_type_error(&text))
            }
        };
    }
    if text.is_some() {
        return Err(vm.raise_type_error("string argument without an encoding"));
    }
    if slots::of(source.ty()).index.is_some() {
        match vm.index(source) {
            Ok(n) => {
                return match n.as_int().and_then(IntRef::to_i64) {
                    Some(n) if n >= 0 => {
                        check_length(vm, n as usize, is_array)?;
                        if is_array {
                            return zeros(n as usize).map(Operand::Copy);
                        }
                        refuse_too_many(n as usize)?;
                        vm.zero_bytes(n as usize).map(Operand::Bytes)
                    }
                    Some(_) => Err(vm.raise_value_error("negative count")),
                    None => {
                        let text = format!("cannot fit '{}' into an index-sized integer", source.ty().name());
                        Err(vm.raise_overflow_error(&text))
                    }
                };
            }
            // What is no number after all may still show its memory or its items.
            Err(raised) if vm.raised_is(crate::errors::TYPE_ERROR.as_type()) => drop(vm.take_raised(raised)),
            Err(raised) => return Err(raised),
        }
    }
    if slots::of(source.ty()).buffer.is_some() {
        return Operand::new(vm, source);
    }
    let it = match vm.iter(source) {
        Ok(it) => it,
        Err(raised) if vm.raised_is(crate::errors::TYPE_ERROR.as_type()) => {
            drop(vm.take_raised(raised));
            let text = format!("cannot convert '{}' object to {}", source.ty().name(), s.name);
            return Err(vm.raise_type_error(&text));
        }
        Err(raised) => return Err(raised),
    };
    let words = if is_array { "byte must be in range(0, 256)" } else { "bytes must be in range(0, 256)" };
    let mut out = Vec::new();
    while let Some(item) = vm.next(&it)? {
        let b = byte(vm, &item, words)?;
        match sink {
            Some(array) => array.push(vm, b)?,
            None => {
                out.try_reserve(1).map_err(|_| Raised)?;
                out.push(b);
            }
        }
    }
    Ok(match sink {
        Some(_) => Operand::Bytes(vm.new_bytes(&[])?),
        None => Operand::Copy(out),
    })
}

/// Keeps the length of a bytearray while `f` runs Python code.
fn pinned<R>(vm: &mut Vm, this: &Value, f: impl FnOnce(&mut Vm) -> R) -> R {
    let Some(array) = this.downcast::<ByteArray>() else { return f(vm) };
    array.pin(vm, 1);
    let result = f(vm);
    array.pin(vm, -1);
    result
}

/// Comparison with anything bytes-like; text and others are not comparable.
pub fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
    if b.downcast::<Str>().is_some() {
        warn_of_comparison(vm, "bytearray", b, op)?;
    }
    if b.downcast::<Str>().is_some() || slots::of(b.ty()).buffer.is_none() {
        return Ok(Value::not_implemented());
    }
    let other = Operand::new(vm, b)?;
    let order = bytes(vm, a).cmp(other.as_slice());
    Ok(Value::bool(op.holds(order)))
}

/// `-b`: text and, for bytes, ints are never equal to bytes.
pub fn warn_of_comparison(vm: &mut Vm, kind: &str, other: &Value, op: CompareOp) -> Result<()> {
    if vm.state().flags.bytes_warning == 0 || !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(());
    }
    let what = match () {
        () if other.downcast::<Str>().is_some() => "string",
        () if other.as_int().is_some() => "int",
        () => return Ok(()),
    };
    let text = format!("Comparison between {kind} and {what}");
    vm.warn(crate::errors::BYTES_WARNING.as_type(), &text, 1)
}

/// `-b`: `str()` of bytes is their repr.
pub fn warn_of_str(vm: &mut Vm, kind: &str) -> Result<()> {
    if vm.state().flags.bytes_warning == 0 {
        return Ok(());
    }
    vm.warn(crate::errors::BYTES_WARNING.as_type(), &format!("str() on a {kind} instance"), 1)
}

/// Refuses bytes that are longer than an object can be; for a bytearray it is the memory that does not suffice.
fn check_length(vm: &mut Vm, length: usize, is_array: bool) -> Result<()> {
    const LONGEST: usize = isize::MAX as usize - 33;
    if is_array || length <= LONGEST {
        return Ok(());
    }
    Err(vm.raise_overflow_error("byte string is too large"))
}

/// What stands at a key: an int, or for a slice a new object.
pub fn get_item(vm: &mut Vm, this: &Value, key: &Value, kind: &str, out_of_range: &str) -> Result {
    let n = bytes(vm, this).len();
    if slots::of(key.ty()).index.is_some() {
        let i = vm.to_index_isize(key)?;
        let i = if i < 0 { i.saturating_add_unsigned(bytes(vm, this).len()) } else { i };
        let found = usize::try_from(i).ok().and_then(|i| bytes(vm, this).get(i).copied());
        return match found {
            Some(b) => Ok(Value::from_i32(b.into())),
            None => Err(vm.raise_index_error(out_of_range)),
        };
    }
    let Some(slice) = key.downcast::<Slice>() else {
        let text = format!("{kind} indices must be integers or slices, not {}", key.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    let s = vm.slice_indices(slice, n)?;
    if s.step == 1 || s.count == 0 {
        let range = if s.count == 0 { 0..0 } else { s.start as usize..s.start as usize + s.count };
        return part(vm, this, range);
    }
    let mut out = zeros(s.count)?;
    let from = bytes(vm, this);
    for (to, i) in out.iter_mut().zip(s.iter()) {
        *to = from[i];
    }
    wrap(vm, this, out)
}

/// `a + b`.
pub fn concat(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    if slots::of(b.ty()).buffer.is_none() {
        let text = format!("can't concat {} to {}", b.ty().name(), a.ty().name());
        return Err(vm.raise_type_error(&text));
    }
    let other = Operand::new(vm, b)?;
    let x = bytes(vm, a);
    let mut out = Vec::new();
    out.try_reserve_exact(x.len() + other.as_slice().len()).map_err(|_| Raised)?;
    out.extend_from_slice(x);
    out.extend_from_slice(other.as_slice());
    wrap(vm, a, out)
}

/// `this * n`.
pub fn repeat(vm: &mut Vm, this: &Value, n: isize) -> Result {
    let n = usize::try_from(n).unwrap_or(0);
    if n == 1 {
        return whole(vm, this);
    }
    let fits = bytes(vm, this).len().checked_mul(n).is_some_and(|total| total <= isize::MAX as usize);
    if !fits && !is_array(this) {
        return Err(vm.raise_overflow_error("repeated bytes are too long"));
    }
    if !is_array(this) {
        return vm.repeat_bytes(bytes(vm, this), n).map(Ref::into_value);
    }
    let made = algorithm::repeat(bytes(vm, this), n);
    wrap_made(vm, this, made)
}

/// `item in this`.
pub fn contains(vm: &mut Vm, this: &Value, item: &Value) -> Result<bool> {
    if slots::of(item.ty()).index.is_some() {
        let b = pinned(vm, this, |vm| byte(vm, item, "byte must be in range(0, 256)"))?;
        return Ok(bytes(vm, this).contains(&b));
    }
    let sub = pinned(vm, this, |vm| Operand::new(vm, item))?;
    Ok(search::contains(text(vm, this), sub.units()))
}

/// `format % args`.
pub fn remainder(vm: &mut Vm, format: &Value, args: &Value) -> Result {
    let copy = copy(bytes(vm, format))?;
    let made = pinned(vm, format, |vm| crate::types::str::percent::format_bytes(vm, &copy, args))?;
    wrap(vm, format, made)
}

type Bounds<'a> = (Option<&'a Value>, Option<&'a Value>);
type Finder = fn(Units<'_>, Units<'_>, usize, usize) -> Option<usize>;
const NEEDLE: &str = "argument should be integer or bytes-like object";

fn find_at(vm: &mut Vm, this: &Value, sub: &Value, (start, end): Bounds<'_>, find: Finder) -> Result<Option<usize>> {
    let (start, end) = search_bounds(vm, start, end)?;
    let sub = pinned(vm, this, |vm| Operand::or_byte(vm, sub, NEEDLE))?;
    let hay = text(vm, this);
    let (start, end) = clip(start, end, hay.len());
    Ok(find(hay, sub.units(), start, end))
}

/// `find` and `rfind`.
pub fn find(vm: &mut Vm, this: &Value, sub: &Value, bounds: Bounds<'_>, find: Finder) -> Result<isize> {
    Ok(find_at(vm, this, sub, bounds, find)?.map_or(-1, |i| i as isize))
}

/// `index` and `rindex`.
pub fn index(vm: &mut Vm, this: &Value, sub: &Value, bounds: Bounds<'_>, find: Finder) -> Result<usize> {
    match find_at(vm, this, sub, bounds, find)? {
        Some(i) => Ok(i),
        None => Err(vm.raise_value_error("subsection not found")),
    }
}

/// `count`.
pub fn count(vm: &mut Vm, this: &Value, sub: &Value, (start, end): Bounds<'_>) -> Result<usize> {
    let (start, end) = search_bounds(vm, start, end)?;
    let sub = pinned(vm, this, |vm| Operand::or_byte(vm, sub, NEEDLE))?;
    let hay = text(vm, this);
    let (start, end) = clip(start, end, hay.len());
    Ok(search::count(hay, sub.units(), start, end))
}

type AffixTest = fn(Units<'_>, Units<'_>, usize, usize) -> bool;

/// `startswith` and `endswith`.
pub fn affix(
    vm: &mut Vm,
    this: &Value,
    affix: &Value,
    (start, end): Bounds<'_>,
    name: &str,
    test: AffixTest,
) -> Result<bool> {
    let (start, end) = search_bounds(vm, start, end)?;
    let one = |vm: &mut Vm, v: &Value| -> Result<bool> {
        let affix = pinned(vm, this, |vm| Operand::new(vm, v))?;
        let hay = text(vm, this);
        let (start, end) = clip(start, end, hay.len());
        Ok(test(hay, affix.units(), start, end))
    };
    if let Some(all) = affix.downcast::<Tuple>() {
        for v in all.items() {
            if one(vm, v)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if slots::of(affix.ty()).buffer.is_none() {
        let given = affix.ty().name();
        let text = format!("{name} first arg must be bytes or a tuple of bytes, not {given}");
        return Err(vm.raise_type_error(&text));
    }
    one(vm, affix)
}

/// `removeprefix` and `removesuffix`.
pub fn remove_affix(vm: &mut Vm, this: &Value, affix: &Value, front: bool) -> Result {
    let affix = pinned(vm, this, |vm| Operand::new(vm, affix))?;
    let (b, a) = (bytes(vm, this), affix.as_slice());
    let range = match front {
        true if b.starts_with(a) => a.len()..b.len(),
        false if b.ends_with(a) => 0..b.len() - a.len(),
        _ => 0..b.len(),
    };
    part(vm, this, range)
}

/// `replace`.
pub fn replace(vm: &mut Vm, this: &Value, old: &Value, new: &Value, count: Option<&Value>) -> Result {
    let (old, new) = (Operand::new(vm, old)?, Operand::new(vm, new)?);
    let most = limit(count.map_or(Ok(-1), |n| vm.to_index_isize(n))?);
    match enough(ops::replace_bytes(bytes(vm, this), old.as_slice(), new.as_slice(), most))? {
        Some(made) => wrap(vm, this, made),
        None => whole(vm, this),
    }
}

fn parts(vm: &mut Vm, this: &Value, ranges: Vec<Range<usize>>) -> Result<Ref<List>> {
    let mut out = Vec::new();
    out.try_reserve_exact(ranges.len()).map_err(|_| Raised)?;
    for range in ranges {
        out.push(part(vm, this, range)?);
    }
    vm.new_list(out)
}

fn push(ranges: &mut Vec<Range<usize>>, range: Range<usize>) -> Result<()> {
    ranges.try_reserve(1).map_err(|_| Raised)?;
    ranges.push(range);
    Ok(())
}

/// Room for so many parts is made before anything is split: little has more.
const SOME_PARTS: usize = 8;

/// `split` and `rsplit`.
pub fn split(
    vm: &mut Vm,
    this: &Value,
    sep: Option<&Value>,
    maxsplit: Option<isize>,
    from_right: bool,
) -> Result<Ref<List>> {
    let most = limit(maxsplit.unwrap_or(-1));
    let sep = match sep.filter(|s| !s.is_none()) {
        None => None,
        Some(sep) => Some(pinned(vm, this, |vm| Operand::new(vm, sep))?),
    };
    if sep.as_ref().is_some_and(|s| s.as_slice().is_empty()) {
        return Err(vm.raise_value_error("empty separator"));
    }
    // What cannot change meanwhile is cut up at once.
    if let (Some(data), false) = (this.downcast::<Bytes>(), from_right) {
        let mut out = taipan_object::room::vec(most.min(SOME_PARTS))?;
        let mut push = |range| {
            let part = part(vm, this, range)?;
            out.try_reserve(1).map_err(|_| Raised)?;
            out.push(part);
            Ok(())
        };
        let b = Units::Latin1(data.as_bytes());
        match &sep {
            None => split::split_space(b, most, split::is_byte_space, &mut push)?,
            Some(sep) => split::split(b, sep.units(), most, &mut push)?,
        }
        return vm.new_list(out);
    }
    let mut ranges = Vec::new();
    let b = text(vm, this);
    match (&sep, from_right) {
        (None, false) => split::split_space(b, most, split::is_byte_space, |r| push(&mut ranges, r))?,
        (None, true) => split::rsplit_space(b, most, split::is_byte_space, |r| push(&mut ranges, r))?,
        (Some(sep), false) => split::split(b, sep.units(), most, |r| push(&mut ranges, r))?,
        (Some(sep), true) => split::rsplit(b, sep.units(), most, |r| push(&mut ranges, r))?,
    }
    if from_right {
        ranges.reverse();
    }
    parts(vm, this, ranges)
}

/// `splitlines`.
pub fn split_lines(vm: &mut Vm, this: &Value, keep_ends: Option<bool>) -> Result<Ref<List>> {
    let mut ranges = Vec::new();
    split::split_lines(text(vm, this), keep_ends == Some(true), true, |r| push(&mut ranges, r))?;
    parts(vm, this, ranges)
}

/// `partition` and `rpartition`.
pub fn partition(vm: &mut Vm, this: &Value, sep: &Value, from_right: bool) -> Result<Ref<Tuple>> {
    let operand = Operand::new(vm, sep)?;
    if operand.as_slice().is_empty() {
        return Err(vm.raise_value_error("empty separator"));
    }
    let f = if from_right { split::rpartition } else { split::partition };
    let Some((before, after)) = f(text(vm, this), operand.units()) else {
        let (x, y) = (wrap(vm, this, Vec::new())?, wrap(vm, this, Vec::new())?);
        let this = whole(vm, this)?;
        return vm.new_tuple(if from_right { vec![x, y, this] } else { vec![this, x, y] });
    };
    let (before, after) = (part(vm, this, before)?, part(vm, this, after)?);
    let sep = if is_array(this) { ByteArray::create(vm, copy(operand.as_slice())?)? } else { sep.clone() };
    vm.new_tuple(vec![before, sep, after])
}

/// `strip`, `lstrip` and `rstrip`.
pub fn strip(vm: &mut Vm, this: &Value, chars: Option<&Value>, side: Side) -> Result {
    let range = match chars.filter(|c| !c.is_none()) {
        None => split::strip_by(text(vm, this), side, split::is_byte_space),
        Some(chars) => {
            let chars = Operand::new(vm, chars)?;
            split::strip_chars(text(vm, this), side, chars.units())
        }
    };
    part(vm, this, range)
}

/// Where `pad` puts the receiver.
#[derive(Clone, Copy)]
pub enum Justify {
    /// `ljust`
    Left,
    /// `rjust`
    Right,
    /// `center`
    Center,
}

/// `center`, `ljust` and `rjust`.
pub fn pad(vm: &mut Vm, this: &Value, width: isize, fill: Option<&Value>, how: Justify, name: &str) -> Result {
    let fill = match fill {
        None => b' ',
        Some(v) => match (v.downcast::<Bytes>().is_some() || is_array(v), bytes(vm, v)) {
            (true, &[b]) => b,
            (true, other) => {
                let text = format!(
                    "{name}(): argument 2 must be a byte string of length 1, not a {} object of length {}",
                    v.ty().name(),
                    other.len()
                );
                return Err(vm.raise_type_error(&text));
            }
            _ => {
                let text = format!("{name}() argument 2 must be a byte string of length 1, not {}", v.ty().name());
                return Err(vm.raise_type_error(&text));
            }
        },
    };
    let b = bytes(vm, this);
    let width = usize::try_from(width).unwrap_or(0);
    if width > isize::MAX as usize - 33 && this.downcast::<Bytes>().is_some() {
        return Err(vm.raise_overflow_error("byte string is too large"));
    }
    if width <= b.len() {
        return whole(vm, this);
    }
    check_length(vm, width, is_array(this))?;
    let b = bytes(vm, this);
    let margin = width - b.len();
    let (left, right) = match how {
        Justify::Left => (0, margin),
        Justify::Right => (margin, 0),
        Justify::Center => ops::center_margins(b.len(), width),
    };
    let made = algorithm::pad(b, left, right, fill);
    wrap_made(vm, this, made)
}

/// `zfill`.
pub fn zfill(vm: &mut Vm, this: &Value, width: isize) -> Result {
    let width = usize::try_from(width).unwrap_or(0);
    if width <= bytes(vm, this).len() {
        return whole(vm, this);
    }
    check_length(vm, width, is_array(this))?;
    let made = algorithm::zfill(bytes(vm, this), width);
    wrap_made(vm, this, made)
}

/// `expandtabs`.
pub fn expand_tabs(vm: &mut Vm, this: &Value, size: Option<i32>) -> Result {
    let made = ops::expand_tabs_bytes(bytes(vm, this), size.unwrap_or(8) as isize);
    wrap_made(vm, this, made)
}

/// `lower` and its like.
pub fn map(vm: &mut Vm, this: &Value, f: fn(&[u8]) -> std::result::Result<Vec<u8>, OutOfMemory>) -> Result {
    let made = f(bytes(vm, this));
    wrap_made(vm, this, made)
}

/// `join` of a list or tuple that holds nothing but `bytes`; nothing where it is something else.
fn join_plain(vm: &mut Vm, this: &Value, iterable: &Value) -> Result<Option<Value>> {
    let items = match (iterable.downcast_exact::<List>(), iterable.downcast_exact::<Tuple>()) {
        (Some(list), _) => list.items(vm),
        (_, Some(tuple)) => tuple.items(),
        _ => return Ok(None),
    };
    let parts = || items.iter().filter_map(|item| item.downcast_exact::<Bytes>()).map(|part| part.as_bytes());
    if is_array(this) || parts().count() != items.len() {
        return Ok(None);
    }
    if let [one] = items {
        return Ok(Some(one.clone()));
    }
    let sep = bytes(vm, this);
    let between = sep.len().checked_mul(items.len().saturating_sub(1)).ok_or(Raised)?;
    let total = parts().try_fold(between, |n, part| n.checked_add(part.len())).ok_or(Raised)?;
    let mut out = room::vec(total)?;
    for (i, part) in parts().enumerate() {
        if i > 0 {
            out.extend_from_slice(sep);
        }
        out.extend_from_slice(part);
    }
    wrap(vm, this, out).map(Some)
}

/// `join`.
pub fn join(vm: &mut Vm, this: &Value, iterable: &Value) -> Result {
    if let Some(joined) = join_plain(vm, this, iterable)? {
        return Ok(joined);
    }
    let items = match vm.iter(iterable) {
        Ok(it) => vm.collect(&it)?,
        Err(raised) if vm.raised_is(crate::errors::TYPE_ERROR.as_type()) => {
            drop(vm.take_raised(raised));
            return Err(vm.raise_type_error("can only join an iterable"));
        }
        Err(raised) => return Err(raised),
    };
    if let [one] = &items[..]
        && one.downcast_exact::<Bytes>().is_some()
        && !is_array(this)
    {
        return Ok(one.clone());
    }
    let mut operands = Vec::new();
    operands.try_reserve_exact(items.len()).map_err(|_| Raised)?;
    for (i, item) in items.iter().enumerate() {
        if slots::of(item.ty()).buffer.is_none() {
            let given = item.ty().name();
            let text = format!("sequence item {i}: expected a bytes-like object, {given} found");
            return Err(vm.raise_type_error(&text));
        }
        operands.push(pinned(vm, this, |vm| Operand::new(vm, item))?);
        if iterable.downcast::<List>().is_some_and(|l| l.items(vm).len() != items.len()) {
            return Err(vm.raise_runtime_error("sequence changed size during iteration"));
        }
    }
    let sep = bytes(vm, this);
    let between = sep.len().checked_mul(operands.len().saturating_sub(1));
    let total = operands.iter().try_fold(between.ok_or(Raised)?, |n, o| n.checked_add(o.as_slice().len()));
    let mut out = Vec::new();
    out.try_reserve_exact(total.ok_or(Raised)?).map_err(|_| Raised)?;
    for (i, operand) in operands.iter().enumerate() {
        if i > 0 {
            out.extend_from_slice(sep);
        }
        out.extend_from_slice(operand.as_slice());
    }
    wrap(vm, this, out)
}

/// `translate`.
pub fn translate(vm: &mut Vm, this: &Value, table: &Value, delete: Option<&Value>) -> Result {
    let table = if table.is_none() { None } else { Some(Operand::new(vm, table)?) };
    let table = match &table {
        None => None,
        Some(t) => match <&[u8; 256]>::try_from(t.as_slice()) {
            Ok(t) => Some(t),
            Err(_) => return Err(vm.raise_value_error("translation table must be 256 characters long")),
        },
    };
    let delete = match delete {
        Some(d) => Operand::new(vm, d)?,
        None => Operand::Copy(Vec::new()),
    };
    let made = ops::translate_bytes(bytes(vm, this), table, delete.as_slice());
    wrap_made(vm, this, made)
}

/// `maketrans`: bytes for both classes.
pub fn make_table(vm: &mut Vm, from: &Value, to: &Value) -> Result<Ref<Bytes>> {
    let (from, to) = (Operand::new(vm, from)?, Operand::new(vm, to)?);
    match ops::make_byte_table(from.as_slice(), to.as_slice()) {
        Some(table) => vm.new_bytes(&table),
        None => Err(vm.raise_value_error("maketrans arguments must have same length")),
    }
}

/// `hex`.
pub fn hex(vm: &mut Vm, this: &Value, sep: Option<&Value>, group: Option<i32>) -> Result<Ref<Str>> {
    let copy = copy(bytes(vm, this))?;
    pinned(vm, this, |vm| hex_text(vm, &copy, sep, group))
}

/// The text of `hex` for some bytes.
pub fn hex_text(vm: &mut Vm, b: &[u8], sep: Option<&Value>, group: Option<i32>) -> Result<Ref<Str>> {
    let sep = match sep {
        None => None,
        Some(sep) => {
            if vm.len(sep)? != 1 {
                return Err(vm.raise_value_error("sep must be length 1."));
            }
            let found = if let Some(s) = sep.downcast::<Str>() {
                hex::separator(units(s))
            } else if let Some(b) = sep.downcast::<Bytes>() {
                hex::separator(Units::from_latin1(b.as_bytes()))
            } else {
                return Err(vm.raise_type_error("sep must be str or bytes."));
            };
            match found {
                Ok(b) => Some(b),
                Err(words) => return Err(vm.raise_value_error(words)),
            }
        }
    };
    let digits = enough(hex::hex(b, sep, group.unwrap_or(1) as isize))?;
    vm.str_from_buf(TextBuf::Ascii(digits))
}

/// `fromhex`.
pub fn from_hex(vm: &mut Vm, class: &Ref<Type>, string: &Value, exact: &Ref<Type>) -> Result {
    let made = if let Some(s) = string.downcast::<Str>() {
        hex::from_hex(units(s))
    } else if slots::of(string.ty()).buffer.is_some() {
        let b = Operand::new(vm, string)?;
        hex::from_hex_bytes(b.as_slice())
    } else {
        let text = format!("fromhex() argument must be str or bytes-like, not {}", string.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    let made = match made {
        Ok(made) => made,
        Err(FromHexError::OutOfMemory) => return Err(Raised),
        Err(e) => {
            let words = e.message().unwrap_or_default();
            return Err(vm.raise_value_error(&words));
        }
    };
    let made = if exact.is(&super::BYTEARRAY.as_ref()) {
        ByteArray::create(vm, made)?
    } else {
        vm.bytes_from_vec(made)?.into_value()
    };
    if class.is(exact) { Ok(made) } else { vm.call(class.as_value(), &[made]) }
}

/// `decode`.
pub fn decode(vm: &mut Vm, this: &Value, encoding: Option<&str>, errors: Option<&str>) -> Result<Ref<Str>> {
    let encoding = codec::checked_name(vm, encoding)?;
    let errors = codec::checked_name(vm, errors)?;
    codec::decode_object(vm, this, encoding, errors)
}
