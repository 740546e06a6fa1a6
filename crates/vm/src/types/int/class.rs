//! Methods of `int` and `bool`.

use super::{arithmetic as op, view};
use crate::native::Args;
use crate::slots::CompareOp;
use crate::{Ref, Result, Str, Type, Value, Vm, name};
use taipan_macros::class;
use taipan_num::format::{FormatSpec, Kind, Locale};
use taipan_num::int::{self, IntView};
use taipan_object::statics::{BOOL, INT, OBJECT};
use taipan_object::{IntRef, Tuple};

fn int_ref(v: &Value) -> IntRef<'_> {
    v.as_int().unwrap_or(IntRef::Small(0))
}

fn number(v: &Value) -> IntView<'_> {
    view(v).unwrap_or(IntView::Small(0))
}

/// What `__format__` of an int shows.
pub fn int_field(vm: &mut Vm, v: &Value, spec: &Str) -> taipan_num::error::Result<taipan_num::format::Field> {
    let kind = if BOOL.is_exact(v) { Kind::Bool } else { Kind::Int };
    let data = spec.data();
    let limit = vm.state().int_max_str_digits;
    let spec = FormatSpec::parse(data.len(), |i| data.get(i).unwrap_or(0), kind)?;
    taipan_num::format::format_int(number(v), &spec, kind, &Locale::C, limit, &mut || vm.attend().is_err())
}

/// Wraps the value of `n` in an instance of the class.
fn wrap(vm: &mut Vm, class: &Ref<Type>, n: Value) -> Result {
    if class.is(&INT.as_ref()) {
        return Ok(n);
    }
    vm.new_int_in(class, int_ref(&n))
}

/// `'little'` or `'big'`: whether it is the former.
fn is_little(vm: &mut Vm, order: Option<&str>) -> Result<bool> {
    match order {
        None | Some("big") => Ok(false),
        Some("little") => Ok(true),
        Some(_) => Err(vm.raise_value_error("byteorder must be either 'little' or 'big'")),
    }
}

/// Methods of `int`.
pub struct IntClass;

/// int([x]) -> integer
/// int(x, base=10) -> integer
///
/// Convert a number or string to an integer, or return 0 if no arguments
/// are given.  If x is a number, return x.__int__().  For floating-point
/// numbers, this truncates towards zero.
///
/// If x is not a number or if base is given, then x must be a string,
/// bytes, or bytearray instance representing an integer literal in the
/// given base.  The literal can be preceded by '+' or '-' and be surrounded
/// by whitespace.  The base defaults to 10.  Valid bases are 0 and 2-36.
/// Base 0 means to interpret the base from the string as an integer literal.
/// >>> int('0b100', base=0)
/// 4
#[class(cell = INT, base = OBJECT, flags = BASETYPE | INT_SUBCLASS | MATCH_SELF)]
impl IntClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: crate::native::Signature = crate::native::Signature {
            name: "int",
            params: &["", "base"],
            required: &[false, false],
            required_count: 0,
            positional_only: 1,
            positional: 2,
        };
        if class.is(&BOOL.as_ref()) {
            return Err(vm.raise_type_error("int.__new__(bool) is not safe, use bool.__new__()"));
        }
        if args.names().is_empty() {
            args.expect(vm, "int", 0, 2)?;
        }
        let [x, base] = crate::native::bind::<2>(vm, &SIGNATURE, args)?;
        let n = match (x, base) {
            (None, None) => Value::from_i32(0),
            (None, Some(_)) => return Err(vm.raise_type_error("int() missing string argument")),
            (Some(x), None) => vm.to_int(x)?,
            (Some(x), Some(base)) => {
                let base = vm.to_index_clamped(base)?;
                if base != 0 && !(2..=36).contains(&base) {
                    return Err(vm.raise_value_error("int() base must be >= 2 and <= 36, or 0"));
                }
                if let Some(s) = x.downcast::<Str>() {
                    vm.parse_int_of(s, base as u32, x)?
                } else if x.downcast::<taipan_object::Bytes>().is_some()
                    || x.ty().is_subtype(crate::types::bytes::BYTEARRAY.as_type())
                {
                    let text = vm.bytes_of(x)?;
                    vm.parse_int(&text, base as u32, None)?
                } else {
                    return Err(vm.raise_type_error("int() can't convert non-string with explicit base"));
                }
            }
        };
        wrap(vm, class, n)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Value) -> Result {
        let mut buffer = [0; int::SHORT_DECIMAL];
        if let Some(text) = view(this).and_then(|n| int::short_decimal(n, &mut buffer))
            && text.len() > 1
            && let Some(text) = vm.new_ascii_text(text)?
        {
            return Ok(text.into_value());
        }
        let text = vm.int_to_text(this)?;
        vm.new_str(&text).map(Ref::into_value)
    }

    #[slot]
    fn hash(_vm: &mut Vm, this: &Value) -> Result<i64> {
        Ok(crate::protocol::compare::hash_int(int_ref(this)))
    }

    #[slot]
    fn compare(_vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        match (view(a), view(b)) {
            (Some(x), Some(y)) => Ok(Value::bool(op.holds(int::compare(x, y)))),
            _ => Ok(Value::not_implemented()),
        }
    }

    #[slot]
    fn bool(_vm: &mut Vm, this: &Value) -> Result<bool> {
        Ok(!number(this).is_zero())
    }

    #[slot]
    fn int(vm: &mut Vm, this: &Value) -> Result {
        vm.exact_int(this)
    }

    #[slot]
    fn index(vm: &mut Vm, this: &Value) -> Result {
        vm.exact_int(this)
    }

    #[slot]
    fn float(vm: &mut Vm, this: &Value) -> Result {
        let x = vm.int_to_f64(this)?;
        vm.new_float(x)
    }

    #[slot]
    fn neg(vm: &mut Vm, this: &Value) -> Result {
        op::unary(vm, this, int::negative)
    }

    #[slot]
    fn pos(vm: &mut Vm, this: &Value) -> Result {
        vm.exact_int(this)
    }

    #[slot]
    fn abs(vm: &mut Vm, this: &Value) -> Result {
        op::unary(vm, this, int::absolute)
    }

    #[slot]
    fn invert(vm: &mut Vm, this: &Value) -> Result {
        op::unary(vm, this, int::invert)
    }

    #[slot]
    fn op_add(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        op::add(vm, a, b)
    }

    #[slot]
    fn op_subtract(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        op::subtract(vm, a, b)
    }

    #[slot]
    fn op_multiply(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        op::multiply(vm, a, b)
    }

    #[slot]
    fn op_floor_divide(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        op::floor_divide(vm, a, b)
    }

    #[slot]
    fn op_remainder(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        op::remainder(vm, a, b)
    }

    #[slot]
    fn op_divmod(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        op::divmod(vm, a, b)
    }

    #[slot]
    fn op_true_divide(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        op::true_divide(vm, a, b)
    }

    #[slot]
    fn op_power(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        op::power(vm, a, b)
    }

    #[slot]
    fn power_mod(vm: &mut Vm, a: &Value, b: &Value, modulus: &Value) -> Result {
        op::power_mod(vm, a, b, modulus)
    }

    #[slot]
    fn op_lshift(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        op::left_shift(vm, a, b)
    }

    #[slot]
    fn op_rshift(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        op::right_shift(vm, a, b)
    }

    #[slot]
    fn op_and(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        op::and(vm, a, b)
    }

    #[slot]
    fn op_or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        op::or(vm, a, b)
    }

    #[slot]
    fn op_xor(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        op::xor(vm, a, b)
    }

    /// Returns self, the complex conjugate of any int.
    #[method("($self, /)")]
    fn conjugate(vm: &mut Vm, this: &Value) -> Result {
        vm.exact_int(this)
    }

    /// Number of bits necessary to represent self in binary.
    ///
    /// >>> bin(37)
    /// '0b100101'
    /// >>> (37).bit_length()
    /// 6
    #[method("($self, /)")]
    fn bit_length(_vm: &mut Vm, this: &Value) -> Result<u64> {
        Ok(number(this).bit_length())
    }

    /// Number of ones in the binary representation of the absolute value of self.
    ///
    /// Also known as the population count.
    ///
    /// >>> bin(13)
    /// '0b1101'
    /// >>> (13).bit_count()
    /// 3
    #[method("($self, /)")]
    fn bit_count(_vm: &mut Vm, this: &Value) -> Result<u64> {
        Ok(number(this).bit_count())
    }

    /// Return an array of bytes representing an integer.
    ///
    ///   length
    ///     Length of bytes object to use.  An OverflowError is raised if the
    ///     integer is not representable with the given number of bytes.  Default
    ///     is length 1.
    ///   byteorder
    ///     The byte order used to represent the integer.  If byteorder is 'big',
    ///     the most significant byte is at the beginning of the byte array.  If
    ///     byteorder is 'little', the most significant byte is at the end of the
    ///     byte array.  To request the native byte order of the host system, use
    ///     sys.byteorder as the byte order value.  Default is to use 'big'.
    ///   signed
    ///     Determines whether two's complement is used to represent the integer.
    ///     If signed is False and a negative integer is given, an OverflowError
    ///     is raised.
    #[method("($self, /, length=1, byteorder='big', *, signed=False)")]
    fn to_bytes(
        vm: &mut Vm,
        this: &Value,
        length: Option<isize>,
        byteorder: Option<&str>,
        signed: Option<bool>,
    ) -> Result {
        let little = is_little(vm, byteorder)?;
        let length = length.unwrap_or(1);
        if length < 0 {
            return Err(vm.raise_value_error("length argument must be non-negative"));
        }
        if let (Some(n), 1..=6) = (this.small_int(), length)
            && !signed.unwrap_or(false)
            && n >> (8 * length) == 0
        {
            let length = length as usize;
            return match little {
                true => vm.new_bytes(&n.to_le_bytes()[..length]).map(Ref::into_value),
                false => vm.new_bytes(&n.to_be_bytes()[8 - length..]).map(Ref::into_value),
            };
        }
        let mut out = Vec::new();
        if out.try_reserve_exact(length as usize).is_err() {
            return Err(vm.raise_memory_error());
        }
        out.resize(length as usize, 0u8);
        if let Err(e) = int::to_bytes(number(this), &mut out, little, signed.unwrap_or(false)) {
            return Err(vm.raise_num(e));
        }
        vm.bytes_from_vec(out).map(Ref::into_value)
    }

    /// Return the integer represented by the given array of bytes.
    ///
    ///   bytes
    ///     Holds the array of bytes to convert.  The argument must either
    ///     support the buffer protocol or be an iterable object producing bytes.
    ///     Bytes and bytearray are examples of built-in objects that support the
    ///     buffer protocol.
    ///   byteorder
    ///     The byte order used to represent the integer.  If byteorder is 'big',
    ///     the most significant byte is at the beginning of the byte array.  If
    ///     byteorder is 'little', the most significant byte is at the end of the
    ///     byte array.  To request the native byte order of the host system, use
    ///     sys.byteorder as the byte order value.  Default is to use 'big'.
    ///   signed
    ///     Indicates whether two's complement is used to represent the integer.
    #[classmethod("($type, /, bytes, byteorder='big', *, signed=False)")]
    fn from_bytes(
        vm: &mut Vm,
        class: &Ref<Type>,
        bytes: &Value,
        byteorder: Option<&str>,
        signed: Option<bool>,
    ) -> Result {
        let little = is_little(vm, byteorder)?;
        if let Some(bytes) = bytes.downcast_exact::<taipan_object::Bytes>()
            && bytes.len() <= 6
            && !signed.unwrap_or(false)
            && class.is(&INT.as_ref())
        {
            let join = |n: i64, b: &u8| n << 8 | i64::from(*b);
            let bytes = bytes.as_bytes();
            let n = if little { bytes.iter().rev().fold(0, join) } else { bytes.iter().fold(0, join) };
            return vm.new_int(n);
        }
        let bytes = if crate::slots::of(bytes.ty()).buffer.is_some() {
            vm.bytes_of(bytes)?
        } else if (crate::slots::of(bytes.ty()).iter.is_none() || bytes.downcast::<Str>().is_some())
            && vm.lookup_type_attr(bytes.ty(), name!("__bytes__")).is_none()
        {
            // An int would make as many zeros.
            let text = format!("cannot convert '{}' object to bytes", bytes.ty().name());
            return Err(vm.raise_type_error(&text));
        } else {
            let made = taipan_object::statics::BYTES.as_ref().into_value();
            let made = vm.call(&made, std::slice::from_ref(bytes))?;
            vm.bytes_of(&made)?
        };
        let r = int::from_bytes(&bytes, little, signed.unwrap_or(false));
        let n = vm.int_result(r)?;
        if class.is(&INT.as_ref()) {
            return Ok(n);
        }
        vm.call(class.as_value(), &[n])
    }

    /// Return a pair of integers, whose ratio is equal to the original int.
    ///
    /// The ratio is in lowest terms and has a positive denominator.
    ///
    /// >>> (10).as_integer_ratio()
    /// (10, 1)
    /// >>> (-10).as_integer_ratio()
    /// (-10, 1)
    /// >>> (0).as_integer_ratio()
    /// (0, 1)
    #[method("($self, /)")]
    fn as_integer_ratio(vm: &mut Vm, this: &Value) -> Result<Ref<Tuple>> {
        let n = vm.exact_int(this)?;
        vm.new_tuple(vec![n, Value::from_i32(1)])
    }

    /// Returns True. Exists for duck type compatibility with float.is_integer.
    #[method("($self, /)")]
    fn is_integer(_vm: &mut Vm, _this: &Value) -> Result<bool> {
        Ok(true)
    }

    /// Truncating an Integral returns itself.
    #[method("($self, /)")]
    fn __trunc__(vm: &mut Vm, this: &Value) -> Result {
        vm.exact_int(this)
    }

    /// Flooring an Integral returns itself.
    #[method("($self, /)")]
    fn __floor__(vm: &mut Vm, this: &Value) -> Result {
        vm.exact_int(this)
    }

    /// Ceiling of an Integral returns itself.
    #[method("($self, /)")]
    fn __ceil__(vm: &mut Vm, this: &Value) -> Result {
        vm.exact_int(this)
    }

    /// Rounding an Integral returns itself.
    ///
    /// Rounding with an ndigits argument also returns an integer.
    #[method("($self, ndigits=None, /)")]
    fn __round__(vm: &mut Vm, this: &Value, ndigits: Option<&Value>) -> Result {
        let Some(places) = ndigits.filter(|d| !d.is_none()) else { return vm.exact_int(this) };
        let places = vm.index(places)?;
        if number(&places).is_negative() {
            let Ok(k) = int::negative(number(&places)) else { return Err(vm.raise_memory_error()) };
            let r = int::round_to_ten_power(number(this), k.view(), &mut || vm.attend().is_err());
            return vm.int_result(r);
        }
        vm.exact_int(this)
    }

    /// Convert to a string according to format_spec.
    #[method("($self, format_spec, /)")]
    pub(crate) fn __format__(vm: &mut Vm, this: &Value, spec: &Ref<Str>) -> Result {
        if spec.is_empty() {
            return vm.str(this).map(Ref::into_value);
        }
        let made = int_field(vm, this, spec);
        crate::types::float::field_to_str(vm, this, made)
    }

    #[method("($self, /)")]
    fn __getnewargs__(vm: &mut Vm, this: &Value) -> Result<Ref<Tuple>> {
        let n = vm.exact_int(this)?;
        vm.new_tuple(vec![n])
    }

    /// Returns size in memory, in bytes.
    #[method("($self, /)")]
    fn __sizeof__(vm: &mut Vm, this: &Value) -> Result<usize> {
        let digits = match this.as_int() {
            Some(IntRef::Small(n)) => (64 - n.unsigned_abs().leading_zeros() as usize).div_ceil(30),
            Some(IntRef::Big { digits, .. }) => digits.len(),
            None => return Ok(vm.size_of(this).0),
        };
        Ok(24 + 4 * digits.max(1))
    }

    /// the real part of a complex number
    #[getter]
    fn real(vm: &mut Vm, this: &Value) -> Result {
        vm.exact_int(this)
    }

    /// the imaginary part of a complex number
    #[getter]
    fn imag(_vm: &mut Vm, _this: &Value) -> Result {
        Ok(Value::from_i32(0))
    }

    /// the numerator of a rational number in lowest terms
    #[getter]
    fn numerator(vm: &mut Vm, this: &Value) -> Result {
        vm.exact_int(this)
    }

    /// the denominator of a rational number in lowest terms
    #[getter]
    fn denominator(_vm: &mut Vm, _this: &Value) -> Result {
        Ok(Value::from_i32(1))
    }
}

/// Methods of `bool`.
pub struct BoolClass;

fn logic(vm: &mut Vm, a: &Value, b: &Value, f: fn(bool, bool) -> bool, g: crate::slots::BinaryFn) -> Result {
    let truth = |v: &Value| {
        if v.is_true() {
            Some(true)
        } else if v.is_false() {
            Some(false)
        } else {
            None
        }
    };
    match (truth(a), truth(b)) {
        (Some(x), Some(y)) => Ok(Value::bool(f(x, y))),
        _ => g(vm, a, b),
    }
}

/// Returns True when the argument is true, False otherwise.
/// The builtins True and False are the only two instances of the class bool.
/// The class bool is a subclass of the class int, and cannot be subclassed.
#[class(cell = BOOL, base = INT, signature = "(object=False, /)")]
impl BoolClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        let args = args.expect(vm, "bool", 0, 1)?;
        match args.first() {
            Some(v) => vm.is_truthy(v).map(Value::bool),
            None => Ok(Value::bool(false)),
        }
    }

    #[slot]
    fn repr(_vm: &mut Vm, this: &Value) -> Result {
        Ok(if this.is_true() { name!("True") } else { name!("False") }.to_value())
    }

    #[slot]
    fn op_and(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        logic(vm, a, b, |x, y| x && y, op::and)
    }

    #[slot]
    fn op_or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        logic(vm, a, b, |x, y| x || y, op::or)
    }

    #[slot]
    fn op_xor(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        logic(vm, a, b, |x, y| x != y, op::xor)
    }

    #[slot]
    fn invert(vm: &mut Vm, this: &Value) -> Result {
        vm.warn(
            crate::errors::DEPRECATION_WARNING.as_type(),
            "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise \
             inversion of the underlying int object and is usually not what you expect from negating a bool. Use \
             the 'not' operator for boolean negation or ~int(x) if you really want the bitwise inversion of the \
             underlying int.",
            1,
        )?;
        op::unary(vm, this, int::invert)
    }
}
