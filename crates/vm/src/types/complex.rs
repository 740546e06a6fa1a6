//! `complex`.

use crate::native::Args;
use crate::slots::CompareOp;
use crate::types::int::view;
use crate::{Ref, Result, Str, Tuple, Type, Value, Vm, name};
use taipan_macros::class;
use taipan_num::complex::{self, Complex as Number, Operand};
use taipan_num::format::{FormatSpec, Kind, Locale};
use taipan_object::int::Complex;
use taipan_object::statics::{COMPLEX, OBJECT};

fn number(z: &Ref<Complex>) -> Number {
    Number::new(z.real, z.imag)
}

/// What `__format__` shows.
pub fn complex_field(z: &Ref<Complex>, spec: &Str) -> taipan_num::error::Result<taipan_num::format::Field> {
    let data = spec.data();
    let spec = FormatSpec::parse(data.len(), |i| data.get(i).unwrap_or(0), Kind::Complex)?;
    taipan_num::format::format_complex(number(z), &spec, &Locale::C)
}

/// A number as an operand of complex arithmetic; nothing for others.
fn operand(vm: &mut Vm, v: &Value) -> Result<Option<Operand>> {
    if let Some(z) = v.downcast::<Complex>() {
        return Ok(Some(Operand::Complex(number(z))));
    }
    if let Some(x) = v.as_float() {
        return Ok(Some(Operand::Real(x)));
    }
    if v.as_int().is_some() {
        return vm.int_to_f64(v).map(|x| Some(Operand::Real(x)));
    }
    Ok(None)
}

fn operands(vm: &mut Vm, a: &Value, b: &Value) -> Result<Option<(Operand, Operand)>> {
    let Some(x) = operand(vm, a)? else { return Ok(None) };
    Ok(operand(vm, b)?.map(|y| (x, y)))
}

fn whole(v: Operand) -> Number {
    match v {
        Operand::Real(x) => Number::new(x, 0.0),
        Operand::Complex(z) => z,
    }
}

fn make(vm: &mut Vm, z: Number) -> Result {
    vm.new_complex(z.real, z.imag)
}

fn made(vm: &mut Vm, z: taipan_num::error::Result<Number>) -> Result {
    match z {
        Ok(z) => make(vm, z),
        Err(e) => Err(vm.raise_num(e)),
    }
}

impl Vm {
    /// An exact or derived complex by `__complex__`, where the type has it.
    fn complex_method(&mut self, v: &Value) -> Result<Option<Number>> {
        let Some(method) = self.lookup_special(v, name!("__complex__"))? else { return Ok(None) };
        let z = self.call(&method, &[])?;
        let Some(c) = z.downcast::<Complex>() else {
            let text = format!("__complex__ returned non-complex (type {})", z.ty().name());
            return Err(self.raise_type_error(&text));
        };
        let result = number(c);
        if z.downcast_exact::<Complex>().is_none() {
            let text = format!(
                "__complex__ returned non-complex (type {}).  The ability to return an instance of a strict \
                 subclass of complex is deprecated, and may be removed in a future version of Python.",
                z.ty().name()
            );
            self.warn(crate::errors::DEPRECATION_WARNING.as_type(), &text, 1)?;
        }
        Ok(Some(result))
    }

    fn is_real(&self, v: &Value) -> bool {
        let s = crate::slots::of(v.ty());
        v.as_float().is_some() || s.float.is_some() || s.index.is_some()
    }

    /// What native functions of complex numbers accept: complex, `__complex__`, or a real number.
    pub fn to_complex(&mut self, v: &Value) -> Result<Number> {
        if let Some(z) = v.downcast::<Complex>() {
            return Ok(number(z));
        }
        if let Some(z) = self.complex_method(v)? {
            return Ok(z);
        }
        Ok(Number::new(self.to_f64(v)?, 0.0))
    }

    fn parse_complex(&mut self, s: &Ref<Str>) -> Result<Number> {
        let text = self.ascii_number(s)?;
        match complex::parse(&text) {
            Some(z) => Ok(z),
            None => Err(self.raise_value_error("complex() arg is a malformed string")),
        }
    }

    /// One of two arguments of `complex`.
    fn complex_part(&mut self, v: &Value, which: &str) -> Result<Number> {
        if let Some(z) = v.downcast::<Complex>() {
            return Ok(number(z));
        }
        if !self.is_real(v) {
            let text = format!("complex() argument '{which}' must be a real number, not {}", self.full_name(v.ty()));
            return Err(self.raise_type_error(&text));
        }
        Ok(Number::new(self.to_f64(v)?, 0.0))
    }

    fn warn_complex_part(&mut self, v: &Value, which: &str) -> Result<()> {
        let text = format!("complex() argument '{which}' must be a real number, not {}", self.full_name(v.ty()));
        self.warn(crate::errors::DEPRECATION_WARNING.as_type(), &text, 1)
    }
}

fn instance(vm: &mut Vm, class: &Ref<Type>, z: Number) -> Result {
    Ref::new_in(vm, class, Complex { real: z.real, imag: z.imag }).map(Ref::into_value)
}

/// Methods of `complex`.
pub struct ComplexClass;

/// Create a complex number from a string or numbers.
///
/// If a string is given, parse it as a complex number.
/// If a single number is given, convert it to a complex number.
/// If the 'real' or 'imag' arguments are given, create a complex number
/// with the specified real and imaginary components.
#[class(cell = COMPLEX, base = OBJECT, flags = BASETYPE, signature = "(real=0, imag=0)")]
impl ComplexClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: crate::native::Signature = crate::native::Signature {
            name: "complex",
            params: &["real", "imag"],
            required: &[false, false],
            required_count: 0,
            positional_only: 0,
            positional: 2,
        };
        if let ([v], []) = (args.positional(), args.names()) {
            if v.downcast_exact::<Complex>().is_some() && class.is(&COMPLEX.as_ref()) {
                return Ok(v.clone());
            }
            let z = if let Some(s) = v.downcast::<Str>() {
                vm.parse_complex(s)?
            } else if let Some(z) = v.downcast_exact::<Complex>() {
                number(z)
            } else if let Some(z) = vm.complex_method(v)? {
                z
            } else if vm.is_real(v) {
                Number::new(vm.to_f64(v)?, 0.0)
            } else {
                let text = format!("complex() argument must be a string or a number, not {}", vm.full_name(v.ty()));
                return Err(vm.raise_type_error(&text));
            };
            return instance(vm, class, z);
        }
        let [real, imag] = crate::native::bind::<2>(vm, &SIGNATURE, args)?;
        let mut z = Number::new(0.0, 0.0);
        let mut real_is_complex = false;
        if let Some(v) = real {
            let derived = if v.downcast::<Complex>().is_some() { None } else { vm.complex_method(v)? };
            real_is_complex = derived.is_some() || v.downcast::<Complex>().is_some();
            z = match derived {
                Some(z) => z,
                None => vm.complex_part(v, "real")?,
            };
            if real_is_complex {
                vm.warn_complex_part(v, "real")?;
            }
        }
        if let Some(v) = imag {
            let i = vm.complex_part(v, "imag")?;
            if v.downcast::<Complex>().is_some() {
                vm.warn_complex_part(v, "imag")?;
                z.real -= i.imag;
            }
            z.imag = if real_is_complex { z.imag + i.real } else { i.real };
        }
        instance(vm, class, z)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Complex>) -> Result {
        vm.new_str(&complex::repr(number(this))).map(Ref::into_value)
    }

    #[slot]
    fn hash(_vm: &mut Vm, this: &Ref<Complex>) -> Result<i64> {
        if !this.real.is_nan() && !this.imag.is_nan() {
            return Ok(complex::hash(number(this)));
        }
        // A part that is not a number counts as the object's identity.
        let part = |x: f64| {
            if x.is_nan() { crate::protocol::hash_address(this.as_value()) } else { taipan_num::float::hash(x) }
        };
        let hash = part(this.real).wrapping_add(part(this.imag).wrapping_mul(1_000_003));
        Ok(if hash == -1 { -2 } else { hash })
    }

    #[slot]
    fn compare(_vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let wanted = match op {
            CompareOp::Eq => true,
            CompareOp::Ne => false,
            _ => return Ok(Value::not_implemented()),
        };
        let Some(z) = a.downcast::<Complex>() else { return Ok(Value::not_implemented()) };
        let same = if let Some(w) = b.downcast::<Complex>() {
            z.real == w.real && z.imag == w.imag
        } else if let Some(x) = b.as_float() {
            z.real == x && z.imag == 0.0
        } else if let Some(n) = view(b) {
            z.imag == 0.0 && taipan_num::float::equals_int(z.real, n)
        } else {
            return Ok(Value::not_implemented());
        };
        Ok(Value::bool(same == wanted))
    }

    #[slot]
    fn bool(_vm: &mut Vm, this: &Ref<Complex>) -> Result<bool> {
        Ok(this.real != 0.0 || this.imag != 0.0)
    }

    #[slot]
    fn neg(vm: &mut Vm, this: &Ref<Complex>) -> Result {
        vm.new_complex(-this.real, -this.imag)
    }

    #[slot]
    fn pos(vm: &mut Vm, this: &Ref<Complex>) -> Result {
        ComplexClass::__complex__(vm, this)
    }

    #[slot]
    fn abs(vm: &mut Vm, this: &Ref<Complex>) -> Result {
        match complex::abs(number(this)) {
            Ok(x) => vm.new_float(x),
            Err(e) => Err(vm.raise_num(e)),
        }
    }

    #[slot]
    fn op_add(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let Some((x, y)) = operands(vm, a, b)? else { return Ok(Value::not_implemented()) };
        make(vm, complex::add(x, y))
    }

    #[slot]
    fn op_subtract(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let Some((x, y)) = operands(vm, a, b)? else { return Ok(Value::not_implemented()) };
        make(vm, complex::sub(x, y))
    }

    #[slot]
    fn op_multiply(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let Some((x, y)) = operands(vm, a, b)? else { return Ok(Value::not_implemented()) };
        make(vm, complex::mul(x, y))
    }

    #[slot]
    fn op_true_divide(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let Some((x, y)) = operands(vm, a, b)? else { return Ok(Value::not_implemented()) };
        made(vm, complex::div(x, y))
    }

    #[slot]
    fn op_power(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let Some((x, y)) = operands(vm, a, b)? else { return Ok(Value::not_implemented()) };
        made(vm, complex::pow(whole(x), whole(y)))
    }

    #[slot]
    fn power_mod(vm: &mut Vm, a: &Value, b: &Value, _modulus: &Value) -> Result {
        if operands(vm, a, b)?.is_none() {
            return Ok(Value::not_implemented());
        }
        Err(vm.raise_value_error("complex modulo"))
    }

    /// Convert number to a complex floating-point number.
    #[classmethod("($type, number, /)")]
    fn from_number(vm: &mut Vm, class: &Ref<Type>, number: &Value) -> Result {
        if number.downcast_exact::<Complex>().is_some() && class.is(&COMPLEX.as_ref()) {
            return Ok(number.clone());
        }
        let z = vm.to_complex(number)?;
        let z = make(vm, z)?;
        if class.is(&COMPLEX.as_ref()) { Ok(z) } else { vm.call(class.as_value(), &[z]) }
    }

    /// Return the complex conjugate of its argument. (3-4j).conjugate() == 3+4j.
    #[method("($self, /)")]
    fn conjugate(vm: &mut Vm, this: &Ref<Complex>) -> Result {
        vm.new_complex(this.real, -this.imag)
    }

    /// Convert this value to exact type complex.
    #[method("($self, /)")]
    fn __complex__(vm: &mut Vm, this: &Ref<Complex>) -> Result {
        if this.ty().is(COMPLEX.as_type()) {
            return Ok(this.to_value());
        }
        vm.new_complex(this.real, this.imag)
    }

    #[method("($self, /)")]
    fn __getnewargs__(vm: &mut Vm, this: &Ref<Complex>) -> Result<Ref<Tuple>> {
        let (real, imag) = (vm.new_float(this.real)?, vm.new_float(this.imag)?);
        vm.new_tuple(vec![real, imag])
    }

    /// Convert to a string according to format_spec.
    #[method("($self, format_spec, /)")]
    fn __format__(vm: &mut Vm, this: &Ref<Complex>, spec: &Ref<Str>) -> Result {
        if spec.is_empty() {
            return vm.str(this.as_value()).map(Ref::into_value);
        }
        let made = complex_field(this, spec);
        crate::types::float::field_to_str(vm, this.as_value(), made)
    }

    /// the real part of a complex number
    #[getter(member)]
    fn real(_vm: &mut Vm, this: &Ref<Complex>) -> Result<f64> {
        Ok(this.real)
    }

    /// the imaginary part of a complex number
    #[getter(member)]
    fn imag(_vm: &mut Vm, this: &Ref<Complex>) -> Result<f64> {
        Ok(this.imag)
    }
}
