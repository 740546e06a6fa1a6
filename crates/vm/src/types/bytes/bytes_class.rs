//! Methods of `bytes`.

use super::common::{self, Justify, Operand, bytes};
use crate::native::{Args, Signature};
use crate::protocol::buffer::{Buffer, Request};
use crate::slots::CompareOp;
use crate::{Ref, Result, Str, Type, Value, Vm};
use taipan_macros::class;
use taipan_object::statics::{BYTES, OBJECT};
use taipan_object::{Bytes, List, Tuple};
use taipan_text::split::Side;
use taipan_text::{bytes as algorithm, search};

/// Methods of `bytes`.
pub struct BytesClass;

static NEW: Signature = Signature {
    name: "bytes",
    params: &["source", "encoding", "errors"],
    required: &[false; 3],
    required_count: 0,
    positional_only: 0,
    positional: 3,
};

/// bytes(iterable_of_ints) -> bytes
/// bytes(string, encoding[, errors]) -> bytes
/// bytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer
/// bytes(int) -> bytes object of size given by the parameter initialized with null bytes
/// bytes() -> empty bytes object
///
/// Construct an immutable array of bytes from:
///   - an iterable yielding integers in range(256)
///   - a text string encoded using the specified encoding
///   - any object implementing the buffer API.
///   - an integer
#[class(cell = BYTES, base = OBJECT, flags = BASETYPE | BYTES_SUBCLASS | MATCH_SELF)]
impl BytesClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let made = common::construct(vm, &NEW, args, false, None)?;
        if !class.is(&BYTES.as_ref()) {
            return vm.new_bytes_in(class, made.as_slice()).map(Ref::into_value);
        }
        match made {
            Operand::Bytes(b) => Ok(b.into_value()),
            made => vm.new_bytes(made.as_slice()).map(Ref::into_value),
        }
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Bytes>) -> Result {
        vm.str_from_made(taipan_text::repr::bytes_repr(this.as_bytes())).map(Ref::into_value)
    }

    #[slot]
    fn str(vm: &mut Vm, this: &Ref<Bytes>) -> Result {
        common::warn_of_str(vm, "bytes")?;
        BytesClass::repr(vm, this)
    }

    #[slot]
    fn hash(_vm: &mut Vm, this: &Ref<Bytes>) -> Result<i64> {
        Ok(this.hash())
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        match (a.downcast::<Bytes>(), b.downcast::<Bytes>()) {
            (Some(x), Some(y)) => Ok(Value::bool(op.holds(x.as_bytes().cmp(y.as_bytes())))),
            _ => {
                common::warn_of_comparison(vm, "bytes", b, op)?;
                Ok(Value::not_implemented())
            }
        }
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Value, key: &Value) -> Result {
        common::get_item(vm, this, key, "byte", "index out of range")
    }

    #[slot]
    fn buffer(vm: &mut Vm, this: &Value, request: Request) -> Result<Buffer> {
        if request.writable {
            return Err(vm.raise_class(crate::errors::BUFFER_ERROR.as_type(), "Object is not writable."));
        }
        Ok(Buffer::bytes(this, bytes(vm, this).len(), common::bytes))
    }

    #[method("($self, /)")]
    fn __getnewargs__(vm: &mut Vm, this: &Ref<Bytes>) -> Result<Ref<Tuple>> {
        let copy = vm.new_bytes(this.as_bytes())?.into_value();
        vm.new_tuple(vec![copy])
    }

    /// Convert this value to exact type bytes.
    #[method("($self, /)")]
    fn __bytes__(vm: &mut Vm, this: &Ref<Bytes>) -> Result {
        if this.as_value().downcast_exact::<Bytes>().is_some() {
            return Ok(this.to_value());
        }
        vm.new_bytes(this.as_bytes()).map(Ref::into_value)
    }

    #[slot]
    fn len(vm: &mut Vm, this: &Value) -> Result<usize> {
        Ok(bytes(vm, this).len())
    }

    #[slot]
    fn concat(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        common::concat(vm, a, b)
    }

    #[slot]
    fn repeat(vm: &mut Vm, this: &Value, n: isize) -> Result {
        common::repeat(vm, this, n)
    }

    #[slot]
    fn contains(vm: &mut Vm, this: &Value, item: &Value) -> Result<bool> {
        common::contains(vm, this, item)
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Value) -> Result {
        super::iterator::new_bytes_iterator(vm, this)
    }

    #[slot]
    fn op_remainder(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        match a.downcast::<Bytes>() {
            Some(_) => common::remainder(vm, a, b),
            None => Ok(Value::not_implemented()),
        }
    }

    /// B.capitalize() -> copy of B
    ///
    /// Return a copy of B with only its first character capitalized (ASCII)
    /// and the rest lower-cased.
    #[method("($self, /)")]
    fn capitalize(vm: &mut Vm, this: &Ref<Bytes>) -> Result {
        common::map(vm, this.as_value(), algorithm::capitalize)
    }

    /// Return a centered string of length width.
    ///
    /// Padding is done using the specified fill character.
    #[method("($self, width, fillchar=b' ', /)")]
    fn center(vm: &mut Vm, this: &Ref<Bytes>, width: isize, fillchar: Option<&Value>) -> Result {
        common::pad(vm, this.as_value(), width, fillchar, Justify::Center, "center")
    }

    /// Return the number of non-overlapping occurrences of subsection 'sub' in bytes B[start:end].
    ///
    ///   start
    ///     Optional start position. Default: start of the bytes.
    ///   end
    ///     Optional stop position. Default: end of the bytes.
    #[method("($self, sub[, start[, end]], /)")]
    fn count(vm: &mut Vm, this: &Ref<Bytes>, sub: &Value, start: Option<&Value>, end: Option<&Value>) -> Result<usize> {
        common::count(vm, this.as_value(), sub, (start, end))
    }

    /// Decode the bytes using the codec registered for encoding.
    ///
    ///   encoding
    ///     The encoding with which to decode the bytes.
    ///   errors
    ///     The error handling scheme to use for the handling of decoding
    ///     errors.  The default is 'strict' meaning that decoding errors
    ///     raise a UnicodeDecodeError.  Other possible values are 'ignore'
    ///     and 'replace' as well as any other name registered with
    ///     codecs.register_error that can handle UnicodeDecodeErrors.
    #[method("($self, /, encoding='utf-8', errors='strict')")]
    fn decode(vm: &mut Vm, this: &Ref<Bytes>, encoding: Option<&str>, errors: Option<&str>) -> Result<Ref<Str>> {
        common::decode(vm, this.as_value(), encoding, errors)
    }

    /// Return True if the bytes ends with the specified suffix, False otherwise.
    ///
    ///   suffix
    ///     A bytes or a tuple of bytes to try.
    ///   start
    ///     Optional start position. Default: start of the bytes.
    ///   end
    ///     Optional stop position. Default: end of the bytes.
    #[method("($self, suffix[, start[, end]], /)")]
    fn endswith(
        vm: &mut Vm,
        this: &Ref<Bytes>,
        suffix: &Value,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<bool> {
        common::affix(vm, this.as_value(), suffix, (start, end), "endswith", search::ends_with)
    }

    /// Return a copy where all tab characters are expanded using spaces.
    ///
    /// If tabsize is not given, a tab size of 8 characters is assumed.
    #[method("($self, /, tabsize=8)")]
    fn expandtabs(vm: &mut Vm, this: &Ref<Bytes>, tabsize: Option<i32>) -> Result {
        common::expand_tabs(vm, this.as_value(), tabsize)
    }

    /// Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].
    ///
    ///   start
    ///     Optional start position. Default: start of the bytes.
    ///   end
    ///     Optional stop position. Default: end of the bytes.
    ///
    /// Return -1 on failure.
    #[method("($self, sub[, start[, end]], /)")]
    fn find(vm: &mut Vm, this: &Ref<Bytes>, sub: &Value, start: Option<&Value>, end: Option<&Value>) -> Result<isize> {
        common::find(vm, this.as_value(), sub, (start, end), search::find)
    }

    /// Create a bytes object from a string of hexadecimal numbers.
    ///
    /// Spaces between two numbers are accepted.
    /// Example: bytes.fromhex('B9 01EF') -> b'\\xb9\\x01\\xef'.
    #[classmethod("($type, string, /)")]
    fn fromhex(vm: &mut Vm, class: &Ref<Type>, string: &Value) -> Result {
        common::from_hex(vm, class, string, &BYTES.as_ref())
    }

    /// Create a string of hexadecimal numbers from a bytes object.
    ///
    ///   sep
    ///     An optional single character or byte to separate hex bytes.
    ///   bytes_per_sep
    ///     How many bytes between separators.  Positive values count from
    ///     the right, negative values count from the left.
    ///
    /// Example:
    /// >>> value = b'\xb9\x01\xef'
    /// >>> value.hex()
    /// 'b901ef'
    /// >>> value.hex(':')
    /// 'b9:01:ef'
    /// >>> value.hex(':', 2)
    /// 'b9:01ef'
    /// >>> value.hex(':', -2)
    /// 'b901:ef'
    #[method("($self, /, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn hex(vm: &mut Vm, this: &Ref<Bytes>, sep: Option<&Value>, bytes_per_sep: Option<i32>) -> Result<Ref<Str>> {
        common::hex_text(vm, this.as_bytes(), sep, bytes_per_sep)
    }

    /// Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].
    ///
    ///   start
    ///     Optional start position. Default: start of the bytes.
    ///   end
    ///     Optional stop position. Default: end of the bytes.
    ///
    /// Raise ValueError if the subsection is not found.
    #[method("($self, sub[, start[, end]], /)")]
    fn index(vm: &mut Vm, this: &Ref<Bytes>, sub: &Value, start: Option<&Value>, end: Option<&Value>) -> Result<usize> {
        common::index(vm, this.as_value(), sub, (start, end), search::find)
    }

    /// B.isalnum() -> bool
    ///
    /// Return True if all characters in B are alphanumeric
    /// and there is at least one character in B, False otherwise.
    #[method("($self, /)")]
    fn isalnum(vm: &mut Vm, this: &Ref<Bytes>) -> Result<bool> {
        Ok(algorithm::is_alnum(bytes(vm, this.as_value())))
    }

    /// B.isalpha() -> bool
    ///
    /// Return True if all characters in B are alphabetic
    /// and there is at least one character in B, False otherwise.
    #[method("($self, /)")]
    fn isalpha(vm: &mut Vm, this: &Ref<Bytes>) -> Result<bool> {
        Ok(algorithm::is_alpha(bytes(vm, this.as_value())))
    }

    /// B.isascii() -> bool
    ///
    /// Return True if B is empty or all characters in B are ASCII,
    /// False otherwise.
    #[method("($self, /)")]
    fn isascii(vm: &mut Vm, this: &Ref<Bytes>) -> Result<bool> {
        Ok(bytes(vm, this.as_value()).is_ascii())
    }

    /// B.isdigit() -> bool
    ///
    /// Return True if all characters in B are digits
    /// and there is at least one character in B, False otherwise.
    #[method("($self, /)")]
    fn isdigit(vm: &mut Vm, this: &Ref<Bytes>) -> Result<bool> {
        Ok(algorithm::is_digit(bytes(vm, this.as_value())))
    }

    /// B.islower() -> bool
    ///
    /// Return True if all cased characters in B are lowercase and there is
    /// at least one cased character in B, False otherwise.
    #[method("($self, /)")]
    fn islower(vm: &mut Vm, this: &Ref<Bytes>) -> Result<bool> {
        Ok(algorithm::is_lower(bytes(vm, this.as_value())))
    }

    /// B.isspace() -> bool
    ///
    /// Return True if all characters in B are whitespace
    /// and there is at least one character in B, False otherwise.
    #[method("($self, /)")]
    fn isspace(vm: &mut Vm, this: &Ref<Bytes>) -> Result<bool> {
        Ok(algorithm::is_space(bytes(vm, this.as_value())))
    }

    /// B.istitle() -> bool
    ///
    /// Return True if B is a titlecased string and there is at least one
    /// character in B, i.e. uppercase characters may only follow uncased
    /// characters and lowercase characters only cased ones. Return False
    /// otherwise.
    #[method("($self, /)")]
    fn istitle(vm: &mut Vm, this: &Ref<Bytes>) -> Result<bool> {
        Ok(algorithm::is_title(bytes(vm, this.as_value())))
    }

    /// B.isupper() -> bool
    ///
    /// Return True if all cased characters in B are uppercase and there is
    /// at least one cased character in B, False otherwise.
    #[method("($self, /)")]
    fn isupper(vm: &mut Vm, this: &Ref<Bytes>) -> Result<bool> {
        Ok(algorithm::is_upper(bytes(vm, this.as_value())))
    }

    /// Concatenate any number of bytes objects.
    ///
    /// The bytes whose method is called is inserted in between each pair.
    ///
    /// The result is returned as a new bytes object.
    ///
    /// Example: b'.'.join([b'ab', b'pq', b'rs']) -> b'ab.pq.rs'.
    #[method("($self, iterable_of_bytes, /)")]
    fn join(vm: &mut Vm, this: &Ref<Bytes>, iterable: &Value) -> Result {
        common::join(vm, this.as_value(), iterable)
    }

    /// Return a left-justified string of length width.
    ///
    /// Padding is done using the specified fill character.
    #[method("($self, width, fillchar=b' ', /)")]
    fn ljust(vm: &mut Vm, this: &Ref<Bytes>, width: isize, fillchar: Option<&Value>) -> Result {
        common::pad(vm, this.as_value(), width, fillchar, Justify::Left, "ljust")
    }

    /// B.lower() -> copy of B
    ///
    /// Return a copy of B with all ASCII characters converted to lowercase.
    #[method("($self, /)")]
    fn lower(vm: &mut Vm, this: &Ref<Bytes>) -> Result {
        common::map(vm, this.as_value(), algorithm::lower)
    }

    /// Strip leading bytes contained in the argument.
    ///
    /// If the argument is omitted or None, strip leading  ASCII whitespace.
    #[method("($self, bytes=None, /)")]
    fn lstrip(vm: &mut Vm, this: &Ref<Bytes>, chars: Option<&Value>) -> Result {
        common::strip(vm, this.as_value(), chars, Side::Left)
    }

    /// Return a translation table usable for the bytes or bytearray translate method.
    ///
    /// The returned table will be one where each byte in frm is mapped to
    /// the byte at the same position in to.
    ///
    /// The bytes objects frm and to must be of the same length.
    #[staticmethod("(frm, to, /)")]
    fn maketrans(vm: &mut Vm, from: &Value, to: &Value) -> Result<Ref<Bytes>> {
        common::make_table(vm, from, to)
    }

    /// Partition the bytes into three parts using the given separator.
    ///
    /// This will search for the separator sep in the bytes.  If the
    /// separator is found, returns a 3-tuple containing the part before the
    /// separator, the separator itself, and the part after it.
    ///
    /// If the separator is not found, returns a 3-tuple containing the
    /// original bytes object and two empty bytes objects.
    #[method("($self, sep, /)")]
    fn partition(vm: &mut Vm, this: &Ref<Bytes>, sep: &Value) -> Result<Ref<Tuple>> {
        common::partition(vm, this.as_value(), sep, false)
    }

    /// Return a copy with all occurrences of substring old replaced by new.
    ///
    ///   count
    ///     Maximum number of occurrences to replace.
    ///     -1 (the default value) means replace all occurrences.
    ///
    /// If the optional argument count is given, only the first count occurrences are
    /// replaced.
    #[method("($self, old, new, count=-1, /)")]
    fn replace(vm: &mut Vm, this: &Ref<Bytes>, old: &Value, new: &Value, count: Option<&Value>) -> Result {
        common::replace(vm, this.as_value(), old, new, count)
    }

    /// Return a bytes object with the given prefix string removed if present.
    ///
    /// If the bytes starts with the prefix string, return
    /// bytes[len(prefix):].  Otherwise, return a copy of the original
    /// bytes.
    #[method("($self, prefix, /)")]
    fn removeprefix(vm: &mut Vm, this: &Ref<Bytes>, prefix: &Value) -> Result {
        common::remove_affix(vm, this.as_value(), prefix, true)
    }

    /// Return a bytes object with the given suffix string removed if present.
    ///
    /// If the bytes ends with the suffix string and that suffix is not
    /// empty, return bytes[:-len(prefix)].  Otherwise, return a copy of the
    /// original bytes.
    #[method("($self, suffix, /)")]
    fn removesuffix(vm: &mut Vm, this: &Ref<Bytes>, suffix: &Value) -> Result {
        common::remove_affix(vm, this.as_value(), suffix, false)
    }

    /// Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].
    ///
    ///   start
    ///     Optional start position. Default: start of the bytes.
    ///   end
    ///     Optional stop position. Default: end of the bytes.
    ///
    /// Return -1 on failure.
    #[method("($self, sub[, start[, end]], /)")]
    fn rfind(vm: &mut Vm, this: &Ref<Bytes>, sub: &Value, start: Option<&Value>, end: Option<&Value>) -> Result<isize> {
        common::find(vm, this.as_value(), sub, (start, end), search::rfind)
    }

    /// Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].
    ///
    ///   start
    ///     Optional start position. Default: start of the bytes.
    ///   end
    ///     Optional stop position. Default: end of the bytes.
    ///
    /// Raise ValueError if the subsection is not found.
    #[method("($self, sub[, start[, end]], /)")]
    fn rindex(
        vm: &mut Vm,
        this: &Ref<Bytes>,
        sub: &Value,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<usize> {
        common::index(vm, this.as_value(), sub, (start, end), search::rfind)
    }

    /// Return a right-justified string of length width.
    ///
    /// Padding is done using the specified fill character.
    #[method("($self, width, fillchar=b' ', /)")]
    fn rjust(vm: &mut Vm, this: &Ref<Bytes>, width: isize, fillchar: Option<&Value>) -> Result {
        common::pad(vm, this.as_value(), width, fillchar, Justify::Right, "rjust")
    }

    /// Partition the bytes into three parts using the given separator.
    ///
    /// This will search for the separator sep in the bytes, starting at the
    /// end.  If the separator is found, returns a 3-tuple containing the
    /// part before the separator, the separator itself, and the part after
    /// it.
    ///
    /// If the separator is not found, returns a 3-tuple containing two
    /// empty bytes objects and the original bytes object.
    #[method("($self, sep, /)")]
    fn rpartition(vm: &mut Vm, this: &Ref<Bytes>, sep: &Value) -> Result<Ref<Tuple>> {
        common::partition(vm, this.as_value(), sep, true)
    }

    /// Return a list of the sections in the bytes, using sep as the delimiter.
    ///
    ///   sep
    ///     The delimiter according which to split the bytes.
    ///     None (the default value) means split on ASCII whitespace
    ///     characters (space, tab, return, newline, formfeed, vertical tab).
    ///   maxsplit
    ///     Maximum number of splits to do.
    ///     -1 (the default value) means no limit.
    ///
    /// Splitting is done starting at the end of the bytes and working to
    /// the front.
    #[method("($self, /, sep=None, maxsplit=-1)")]
    fn rsplit(vm: &mut Vm, this: &Ref<Bytes>, sep: Option<&Value>, maxsplit: Option<isize>) -> Result<Ref<List>> {
        common::split(vm, this.as_value(), sep, maxsplit, true)
    }

    /// Strip trailing bytes contained in the argument.
    ///
    /// If the argument is omitted or None, strip trailing ASCII whitespace.
    #[method("($self, bytes=None, /)")]
    fn rstrip(vm: &mut Vm, this: &Ref<Bytes>, chars: Option<&Value>) -> Result {
        common::strip(vm, this.as_value(), chars, Side::Right)
    }

    /// Return a list of the sections in the bytes, using sep as the delimiter.
    ///
    ///   sep
    ///     The delimiter according which to split the bytes.
    ///     None (the default value) means split on ASCII whitespace
    ///     characters (space, tab, return, newline, formfeed, vertical tab).
    ///   maxsplit
    ///     Maximum number of splits to do.
    ///     -1 (the default value) means no limit.
    #[method("($self, /, sep=None, maxsplit=-1)")]
    fn split(vm: &mut Vm, this: &Ref<Bytes>, sep: Option<&Value>, maxsplit: Option<isize>) -> Result<Ref<List>> {
        common::split(vm, this.as_value(), sep, maxsplit, false)
    }

    /// Return a list of the lines in the bytes, breaking at line boundaries.
    ///
    /// Line breaks are not included in the resulting list unless keepends
    /// is given and true.
    #[method("($self, /, keepends=False)")]
    fn splitlines(vm: &mut Vm, this: &Ref<Bytes>, keepends: Option<bool>) -> Result<Ref<List>> {
        common::split_lines(vm, this.as_value(), keepends)
    }

    /// Return True if the bytes starts with the specified prefix, False otherwise.
    ///
    ///   prefix
    ///     A bytes or a tuple of bytes to try.
    ///   start
    ///     Optional start position. Default: start of the bytes.
    ///   end
    ///     Optional stop position. Default: end of the bytes.
    #[method("($self, prefix[, start[, end]], /)")]
    fn startswith(
        vm: &mut Vm,
        this: &Ref<Bytes>,
        prefix: &Value,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<bool> {
        common::affix(vm, this.as_value(), prefix, (start, end), "startswith", search::starts_with)
    }

    /// Strip leading and trailing bytes contained in the argument.
    ///
    /// If the argument is omitted or None, strip leading and trailing ASCII
    /// whitespace.
    #[method("($self, bytes=None, /)")]
    fn strip(vm: &mut Vm, this: &Ref<Bytes>, chars: Option<&Value>) -> Result {
        common::strip(vm, this.as_value(), chars, Side::Both)
    }

    /// B.swapcase() -> copy of B
    ///
    /// Return a copy of B with uppercase ASCII characters converted
    /// to lowercase ASCII and vice versa.
    #[method("($self, /)")]
    fn swapcase(vm: &mut Vm, this: &Ref<Bytes>) -> Result {
        common::map(vm, this.as_value(), algorithm::swapcase)
    }

    /// B.title() -> copy of B
    ///
    /// Return a titlecased version of B, i.e. ASCII words start with
    /// uppercase characters, all remaining cased characters have lowercase.
    #[method("($self, /)")]
    fn title(vm: &mut Vm, this: &Ref<Bytes>) -> Result {
        common::map(vm, this.as_value(), algorithm::title)
    }

    /// Return a copy with each character mapped by the given translation table.
    ///
    ///   table
    ///     Translation table, which must be a bytes object of length 256.
    ///
    /// All characters occurring in the optional argument delete are
    /// removed.  The remaining characters are mapped through the given
    /// translation table.
    #[method("($self, table, /, delete=b'')")]
    fn translate(vm: &mut Vm, this: &Ref<Bytes>, table: &Value, delete: Option<&Value>) -> Result {
        common::translate(vm, this.as_value(), table, delete)
    }

    /// B.upper() -> copy of B
    ///
    /// Return a copy of B with all ASCII characters converted to uppercase.
    #[method("($self, /)")]
    fn upper(vm: &mut Vm, this: &Ref<Bytes>) -> Result {
        common::map(vm, this.as_value(), algorithm::upper)
    }

    /// Pad a numeric string with zeros on the left, to fill a field of the given width.
    ///
    /// The original string is never truncated.
    #[method("($self, width, /)")]
    fn zfill(vm: &mut Vm, this: &Ref<Bytes>, width: isize) -> Result {
        common::zfill(vm, this.as_value(), width)
    }
}
