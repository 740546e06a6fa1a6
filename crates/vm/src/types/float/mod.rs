//! `float`.

use crate::native::Args;
use crate::slots::CompareOp;
use crate::types::int::view;
use crate::types::str::enough;
use crate::{Ref, Result, Str, Type, Value, Vm};
use taipan_macros::class;
use taipan_num::float::{self, Power, ReprBuffer};
use taipan_num::format::{Field, FormatSpec, Kind, Locale};
use taipan_object::Tuple;
use taipan_object::int::HeapFloat;
use taipan_object::statics::{FLOAT, INT, OBJECT};
use taipan_text::{OutOfMemory, TextBuf};

/// A formatted field, or the error, as a Python string.
pub fn field_to_str(vm: &mut Vm, v: &Value, made: taipan_num::error::Result<Field>) -> Result {
    let field = match made {
        Ok(f) => f,
        Err(e) => return Err(vm.raise_format(e, v)),
    };
    // The shortest way for what most fields are.
    if field.left + field.inner + field.right == 0 && field.surrogate.is_none() {
        return vm.str_from_string(field.text).map(Ref::into_value);
    }
    let mut text = TextBuf::new();
    enough(push_field(&mut text, &field))?;
    vm.str_from_buf(text).map(Ref::into_value)
}

/// Appends a field with its padding.
pub fn push_field(text: &mut TextBuf, field: &Field) -> std::result::Result<(), OutOfMemory> {
    text.reserve(field.length().ok_or(OutOfMemory)?)?;
    for (count, piece) in field.pieces() {
        text.push_fill(field.fill, count)?;
        match field.surrogate {
            Some(code) if !piece.is_empty() => text.push(code)?,
            _ => text.push_str(piece)?,
        }
    }
    Ok(())
}

/// What `__format__` of an exact int, float or complex number shows; nothing for other objects.
pub fn field_of(vm: &mut Vm, v: &Value, spec: &Str) -> Result<Option<Field>> {
    let made = if v.is_exact_float() {
        float_field(v, spec)
    } else if INT.is_exact(v) {
        crate::types::int::int_field(vm, v, spec)
    } else if let Some(z) = v.downcast_exact::<taipan_object::int::Complex>() {
        crate::types::complex::complex_field(z, spec)
    } else {
        return Ok(None);
    };
    made.map(Some).map_err(|e| vm.raise_format(e, v))
}

fn float_field(v: &Value, spec: &Str) -> taipan_num::error::Result<Field> {
    let data = spec.data();
    let spec = FormatSpec::parse(data.len(), |i| data.get(i).unwrap_or(0), Kind::Float)?;
    taipan_num::format::format_float(number(v), &spec, Kind::Float, &Locale::C)
}

/// An operand as a double: floats and ints; nothing for others.
fn operand(vm: &mut Vm, v: &Value) -> Result<Option<f64>> {
    if let Some(x) = v.as_float() {
        return Ok(Some(x));
    }
    if v.as_int().is_some() {
        return vm.int_to_f64(v).map(Some);
    }
    Ok(None)
}

fn arithmetic(vm: &mut Vm, a: &Value, b: &Value, f: fn(f64, f64) -> taipan_num::error::Result<f64>) -> Result {
    let (Some(x), Some(y)) = (operand(vm, a)?, operand(vm, b)?) else { return Ok(Value::not_implemented()) };
    match f(x, y) {
        Ok(z) => vm.new_float(z),
        Err(e) => Err(vm.raise_num(e)),
    }
}

/// `x ** y`; a negative base with a fractional exponent gives a complex number.
pub fn power(vm: &mut Vm, x: f64, y: f64) -> Result {
    match float::pow(x, y) {
        Ok(Power::Real(z)) => vm.new_float(z),
        Ok(Power::Complex) => {
            let (a, b) = (vm.new_complex(x, 0.0)?, vm.new_complex(y, 0.0)?);
            vm.binary(crate::slots::BinaryOp::POWER, &a, &b)
        }
        Err(e) => Err(vm.raise_num(e)),
    }
}

fn number(v: &Value) -> f64 {
    v.as_float().unwrap_or(0.0)
}

impl Vm {
    /// `float(v)` for a number: unlike native arguments, instances of subclasses are asked for their `__float__`.
    fn float_by_method(&mut self, v: &Value) -> Result<f64> {
        let Some(method) = crate::slots::of(v.ty()).float.filter(|_| !v.is_exact_float()) else {
            return self.to_f64(v);
        };
        let made = method(self, v)?;
        if let (true, Some(x)) = (made.is_exact_float(), made.as_float()) {
            return Ok(x);
        }
        let (given, got) = (v.ty().name(), made.ty().name());
        let Some(x) = made.as_float() else {
            return Err(self.raise_type_error(&format!("{given}.__float__ returned non-float (type {got})")));
        };
        let text = format!(
            "{given}.__float__ returned non-float (type {got}).  The ability to return an instance of a strict \
             subclass of float is deprecated, and may be removed in a future version of Python."
        );
        self.warn(crate::errors::DEPRECATION_WARNING.as_type(), &text, 1)?;
        Ok(x)
    }

    /// `float(text)`.
    fn parse_float(&mut self, text: &[u8], original: &Value) -> Result<f64> {
        taipan_object::room::probe(text.len())?;
        match float::parse(text) {
            Some(x) => Ok(x),
            None => {
                let repr = self.repr(original)?.to_string_lossy();
                Err(self.raise_value_error(&format!("could not convert string to float: {repr}")))
            }
        }
    }
}

/// Methods of `float`.
pub struct FloatClass;

/// Convert a string or number to a floating-point number, if possible.
#[class(cell = FLOAT, base = OBJECT, flags = BASETYPE | MATCH_SELF, signature = "(x=0, /)")]
impl FloatClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        // A subclass with an `__init__` of its own may take keywords there.
        let own_init = !class.is(&FLOAT.as_ref()) && vm.overrides_slot(class, "__init__");
        let args = if own_init { Args::positional_only(args.positional()) } else { args };
        let args = args.expect(vm, "float", 0, 1)?;
        let x = match args.first() {
            None => 0.0,
            Some(v) if v.is_exact_float() && class.is(&FLOAT.as_ref()) => return Ok(v.clone()),
            Some(v) => {
                if let Some(s) = v.downcast::<Str>().filter(|_| crate::slots::of(v.ty()).float.is_none()) {
                    match s.as_ascii() {
                        Some(text) => vm.parse_float(text.as_bytes(), v)?,
                        None => {
                            let text = vm.ascii_number(s)?;
                            vm.parse_float(&text, v)?
                        }
                    }
                } else if v.as_float().is_none()
                    && crate::slots::of(v.ty()).float.is_none()
                    && crate::slots::of(v.ty()).index.is_none()
                {
                    if crate::slots::of(v.ty()).buffer.is_none() {
                        let text =
                            format!("float() argument must be a string or a real number, not '{}'", v.ty().name());
                        return Err(vm.raise_type_error(&text));
                    }
                    let bytes = vm.bytes_of(v)?;
                    vm.parse_float(&bytes, v)?
                } else {
                    vm.float_by_method(v)?
                }
            }
        };
        if class.is(&FLOAT.as_ref()) {
            return vm.new_float(x);
        }
        Ref::new_in(vm, class, HeapFloat { number: x }).map(Ref::into_value)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Value) -> Result {
        let mut buffer = ReprBuffer::new();
        vm.new_str(float::repr(number(this), &mut buffer)).map(Ref::into_value)
    }

    #[slot]
    fn hash(_vm: &mut Vm, this: &Value) -> Result<i64> {
        let x = number(this);
        if x.is_nan() {
            return Ok(crate::protocol::hash_address(this));
        }
        Ok(float::hash(x))
    }

    #[slot]
    fn compare(_vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let Some(x) = a.as_float() else { return Ok(Value::not_implemented()) };
        if let Some(y) = b.as_float() {
            let holds = match op {
                CompareOp::Lt => x < y,
                CompareOp::Le => x <= y,
                CompareOp::Eq => x == y,
                CompareOp::Ne => x != y,
                CompareOp::Gt => x > y,
                CompareOp::Ge => x >= y,
            };
            return Ok(Value::bool(holds));
        }
        match view(b) {
            Some(n) => Ok(Value::bool(match taipan_num::int::compare_f64(n, x) {
                Some(order) => op.swapped().holds(order),
                None => op == CompareOp::Ne,
            })),
            None => Ok(Value::not_implemented()),
        }
    }

    #[slot]
    fn bool(_vm: &mut Vm, this: &Value) -> Result<bool> {
        Ok(number(this) != 0.0)
    }

    #[slot]
    fn int(vm: &mut Vm, this: &Value) -> Result {
        let r = taipan_num::int::from_f64(number(this));
        vm.int_result(r)
    }

    #[slot]
    fn float(vm: &mut Vm, this: &Value) -> Result {
        if this.is_exact_float() { Ok(this.clone()) } else { vm.new_float(number(this)) }
    }

    #[slot]
    fn neg(vm: &mut Vm, this: &Value) -> Result {
        vm.new_float(-number(this))
    }

    #[slot]
    fn pos(vm: &mut Vm, this: &Value) -> Result {
        FloatClass::float(vm, this)
    }

    #[slot]
    fn abs(vm: &mut Vm, this: &Value) -> Result {
        vm.new_float(number(this).abs())
    }

    #[slot]
    fn op_add(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        arithmetic(vm, a, b, |x, y| Ok(x + y))
    }

    #[slot]
    fn op_subtract(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        arithmetic(vm, a, b, |x, y| Ok(x - y))
    }

    #[slot]
    fn op_multiply(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        arithmetic(vm, a, b, |x, y| Ok(x * y))
    }

    #[slot]
    fn op_true_divide(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        arithmetic(vm, a, b, float::divide)
    }

    #[slot]
    fn op_floor_divide(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        arithmetic(vm, a, b, float::floor_div)
    }

    #[slot]
    fn op_remainder(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        arithmetic(vm, a, b, float::modulo)
    }

    #[slot]
    fn op_divmod(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let (Some(x), Some(y)) = (operand(vm, a)?, operand(vm, b)?) else { return Ok(Value::not_implemented()) };
        match float::divmod(x, y) {
            Ok((q, r)) => {
                let (q, r) = (vm.new_float(q)?, vm.new_float(r)?);
                vm.new_tuple(vec![q, r]).map(Ref::into_value)
            }
            Err(e) => Err(vm.raise_num(e)),
        }
    }

    #[slot]
    fn op_power(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let (Some(x), Some(y)) = (operand(vm, a)?, operand(vm, b)?) else { return Ok(Value::not_implemented()) };
        power(vm, x, y)
    }

    #[slot]
    fn power_mod(vm: &mut Vm, _a: &Value, _b: &Value, _modulus: &Value) -> Result {
        Err(vm.raise_type_error("pow() 3rd argument not allowed unless all arguments are integers"))
    }

    /// Return self, the complex conjugate of any float.
    #[method("($self, /)")]
    fn conjugate(vm: &mut Vm, this: &Value) -> Result {
        FloatClass::float(vm, this)
    }

    /// Return the Integral closest to x between 0 and x.
    #[method("($self, /)")]
    fn __trunc__(vm: &mut Vm, this: &Value) -> Result {
        FloatClass::int(vm, this)
    }

    /// Return the floor as an Integral.
    #[method("($self, /)")]
    fn __floor__(vm: &mut Vm, this: &Value) -> Result {
        let r = float::floor(number(this));
        vm.int_result(r)
    }

    /// Return the ceiling as an Integral.
    #[method("($self, /)")]
    fn __ceil__(vm: &mut Vm, this: &Value) -> Result {
        let r = float::ceil(number(this));
        vm.int_result(r)
    }

    /// Return the Integral closest to x, rounding half toward even.
    ///
    /// When an argument is passed, work like built-in round(x, ndigits).
    #[method("($self, ndigits=None, /)")]
    fn __round__(vm: &mut Vm, this: &Value, ndigits: Option<&Value>) -> Result {
        match ndigits.filter(|d| !d.is_none()) {
            None => {
                let r = float::round_to_int(number(this));
                vm.int_result(r)
            }
            Some(places) => {
                let places = vm.to_index_clamped(places)?;
                match float::round(number(this), places as i64) {
                    Ok(x) => vm.new_float(x),
                    Err(e) => Err(vm.raise_num(e)),
                }
            }
        }
    }

    /// Return a pair of integers, whose ratio is exactly equal to the original float.
    ///
    /// The ratio is in lowest terms and has a positive denominator.  Raise
    /// OverflowError on infinities and a ValueError on NaNs.
    ///
    /// >>> (10.0).as_integer_ratio()
    /// (10, 1)
    /// >>> (0.0).as_integer_ratio()
    /// (0, 1)
    /// >>> (-.25).as_integer_ratio()
    /// (-1, 4)
    #[method("($self, /)")]
    fn as_integer_ratio(vm: &mut Vm, this: &Value) -> Result<Ref<Tuple>> {
        match taipan_num::int::ratio(number(this)) {
            Ok((n, d)) => {
                let (n, d) = (vm.int_from(n)?, vm.int_from(d)?);
                vm.new_tuple(vec![n, d])
            }
            Err(e) => Err(vm.raise_num(e)),
        }
    }

    /// Return True if the float is an integer.
    #[method("($self, /)")]
    fn is_integer(_vm: &mut Vm, this: &Value) -> Result<bool> {
        Ok(float::is_integer(number(this)))
    }

    /// Return a hexadecimal representation of a floating-point number.
    ///
    /// >>> (-0.1).hex()
    /// '-0x1.999999999999ap-4'
    /// >>> 3.14159.hex()
    /// '0x1.921f9f01b866ep+1'
    #[method("($self, /)")]
    fn hex(_vm: &mut Vm, this: &Value) -> Result<String> {
        Ok(float::to_hex(number(this)))
    }

    /// Create a floating-point number from a hexadecimal string.
    ///
    /// >>> float.fromhex('0x1.ffffp10')
    /// 2047.984375
    /// >>> float.fromhex('-0x1p-1074')
    /// -5e-324
    #[classmethod("($type, string, /)")]
    fn fromhex(vm: &mut Vm, class: &Ref<Type>, string: &Value) -> Result {
        let Some(string) = string.downcast::<Str>() else {
            return Err(vm.raise_type_error("bad argument type for built-in operation"));
        };
        let Some(text) = string.to_utf8() else { return Err(vm.raise_surrogates_not_allowed(string)) };
        let x = match float::from_hex(text.as_bytes()) {
            Ok(x) => vm.new_float(x)?,
            Err(e) => return Err(vm.raise_num(e)),
        };
        if class.is(&FLOAT.as_ref()) { Ok(x) } else { vm.call(class.as_value(), &[x]) }
    }

    /// Convert real number to a floating-point number.
    #[classmethod("($type, number, /)")]
    fn from_number(vm: &mut Vm, class: &Ref<Type>, number: &Value) -> Result {
        if number.is_exact_float() && class.is(&FLOAT.as_ref()) {
            return Ok(number.clone());
        }
        let x = vm.to_f64(number)?;
        let x = vm.new_float(x)?;
        if class.is(&FLOAT.as_ref()) { Ok(x) } else { vm.call(class.as_value(), &[x]) }
    }

    /// Formats the float according to format_spec.
    #[method("($self, format_spec, /)")]
    pub(crate) fn __format__(vm: &mut Vm, this: &Value, spec: &Ref<Str>) -> Result {
        if spec.is_empty() {
            return vm.str(this).map(Ref::into_value);
        }
        let made = float_field(this, spec);
        field_to_str(vm, this, made)
    }

    /// You probably don't want to use this function.
    ///
    ///   typestr
    ///     Must be 'double' or 'float'.
    ///
    /// It exists mainly to be used in Python's test suite.
    ///
    /// This function returns whichever of 'unknown', 'IEEE, big-endian' or 'IEEE,
    /// little-endian' best describes the format of floating-point numbers used by the
    /// C type named by typestr.
    #[classmethod("($type, typestr, /)")]
    fn __getformat__(vm: &mut Vm, _class: &Value, typestr: &str) -> Result<&'static str> {
        match typestr {
            "double" | "float" if cfg!(target_endian = "little") => Ok("IEEE, little-endian"),
            "double" | "float" => Ok("IEEE, big-endian"),
            _ => Err(vm.raise_value_error("__getformat__() argument 1 must be 'double' or 'float'")),
        }
    }

    #[method("($self, /)")]
    fn __getnewargs__(vm: &mut Vm, this: &Value) -> Result<Ref<Tuple>> {
        let x = vm.new_float(number(this))?;
        vm.new_tuple(vec![x])
    }

    /// the real part of a complex number
    #[getter]
    fn real(vm: &mut Vm, this: &Value) -> Result {
        FloatClass::float(vm, this)
    }

    /// the imaginary part of a complex number
    #[getter]
    fn imag(vm: &mut Vm, _this: &Value) -> Result {
        vm.new_float(0.0)
    }
}
