//! `cmath`: complex arguments in, complex results out; the functions are in `taipan_num`.

use crate::math::number;
use taipan_macros::module;
use taipan_num::complex::Complex;
use taipan_num::math::cmath;
use taipan_vm::native::Args;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Tuple, Value, Vm};

fn apply(vm: &mut Vm, z: &Value, f: fn(Complex) -> taipan_num::Result<Complex>) -> Result {
    let r = f(vm.to_complex(z)?);
    let z = number(vm, r)?;
    vm.new_complex(z.real, z.imag)
}

/// `cmath`.
pub struct CmathModule;

/// Mathematical functions of complex numbers.
#[module(name = "cmath")]
impl CmathModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        use std::f64::consts;
        let reals =
            [("pi", consts::PI), ("e", consts::E), ("tau", consts::TAU), ("inf", f64::INFINITY), ("nan", f64::NAN)];
        for (name, x) in reals {
            let x = vm.new_float(x)?;
            module.set(vm, name, x)?;
        }
        for (name, x) in [("infj", f64::INFINITY), ("nanj", f64::NAN)] {
            let z = vm.new_complex(0.0, x)?;
            module.set(vm, name, z)?;
        }
        Ok(())
    }

    /// The arc cosine of z.
    #[function("($module, z, /)")]
    fn acos(vm: &mut Vm, z: &Value) -> Result {
        apply(vm, z, cmath::acos)
    }

    /// The inverse hyperbolic cosine of z.
    #[function("($module, z, /)")]
    fn acosh(vm: &mut Vm, z: &Value) -> Result {
        apply(vm, z, cmath::acosh)
    }

    /// The arc sine of z.
    #[function("($module, z, /)")]
    fn asin(vm: &mut Vm, z: &Value) -> Result {
        apply(vm, z, cmath::asin)
    }

    /// The inverse hyperbolic sine of z.
    #[function("($module, z, /)")]
    fn asinh(vm: &mut Vm, z: &Value) -> Result {
        apply(vm, z, cmath::asinh)
    }

    /// The arc tangent of z.
    #[function("($module, z, /)")]
    fn atan(vm: &mut Vm, z: &Value) -> Result {
        apply(vm, z, cmath::atan)
    }

    /// The inverse hyperbolic tangent of z.
    #[function("($module, z, /)")]
    fn atanh(vm: &mut Vm, z: &Value) -> Result {
        apply(vm, z, cmath::atanh)
    }

    /// The cosine of z.
    #[function("($module, z, /)")]
    fn cos(vm: &mut Vm, z: &Value) -> Result {
        apply(vm, z, cmath::cos)
    }

    /// The hyperbolic cosine of z.
    #[function("($module, z, /)")]
    fn cosh(vm: &mut Vm, z: &Value) -> Result {
        apply(vm, z, cmath::cosh)
    }

    /// The exponential of z.
    #[function("($module, z, /)")]
    fn exp(vm: &mut Vm, z: &Value) -> Result {
        apply(vm, z, cmath::exp)
    }

    /// The logarithm to base 10 of z.
    #[function("($module, z, /)")]
    fn log10(vm: &mut Vm, z: &Value) -> Result {
        apply(vm, z, cmath::log10)
    }

    /// The sine of z.
    #[function("($module, z, /)")]
    fn sin(vm: &mut Vm, z: &Value) -> Result {
        apply(vm, z, cmath::sin)
    }

    /// The hyperbolic sine of z.
    #[function("($module, z, /)")]
    fn sinh(vm: &mut Vm, z: &Value) -> Result {
        apply(vm, z, cmath::sinh)
    }

    /// The square root of z.
    #[function("($module, z, /)")]
    fn sqrt(vm: &mut Vm, z: &Value) -> Result {
        apply(vm, z, cmath::sqrt)
    }

    /// The tangent of z.
    #[function("($module, z, /)")]
    fn tan(vm: &mut Vm, z: &Value) -> Result {
        apply(vm, z, cmath::tan)
    }

    /// The hyperbolic tangent of z.
    #[function("($module, z, /)")]
    fn tanh(vm: &mut Vm, z: &Value) -> Result {
        apply(vm, z, cmath::tanh)
    }

    /// The logarithm of z to the base; the natural one without it.
    #[function("($module, z, base=<unrepresentable>, /)")]
    fn log(vm: &mut Vm, args: Args<'_>) -> Result {
        let args = args.expect(vm, "log", 1, 2)?;
        let Some(base) = args.get(1) else { return apply(vm, &args[0], cmath::log) };
        let (z, base) = (vm.to_complex(&args[0])?, vm.to_complex(base)?);
        let r = cmath::log_base(z, base);
        let z = number(vm, r)?;
        vm.new_complex(z.real, z.imag)
    }

    /// The angle of z, between -pi and pi.
    #[function("($module, z, /)")]
    fn phase(vm: &mut Vm, z: &Value) -> Result<f64> {
        let r = cmath::phase(vm.to_complex(z)?);
        number(vm, r)
    }

    /// The length and the angle of z.
    #[function("($module, z, /)")]
    fn polar(vm: &mut Vm, z: &Value) -> Result<Ref<Tuple>> {
        let r = cmath::polar(vm.to_complex(z)?);
        let (length, angle) = number(vm, r)?;
        let (length, angle) = (vm.new_float(length)?, vm.new_float(angle)?);
        vm.new_tuple_from(&[length, angle])
    }

    /// The complex number of a length and an angle.
    #[function("($module, r, phi, /)")]
    fn rect(vm: &mut Vm, r: f64, phi: f64) -> Result {
        let z = cmath::rect(r, phi);
        let z = number(vm, z)?;
        vm.new_complex(z.real, z.imag)
    }

    /// Whether both parts of z are finite.
    #[function("($module, z, /)")]
    fn isfinite(vm: &mut Vm, z: &Value) -> Result<bool> {
        Ok(vm.to_complex(z)?.is_finite())
    }

    /// Whether a part of z is an infinity.
    #[function("($module, z, /)")]
    fn isinf(vm: &mut Vm, z: &Value) -> Result<bool> {
        let z = vm.to_complex(z)?;
        Ok(z.real.is_infinite() || z.imag.is_infinite())
    }

    /// Whether a part of z is a NaN.
    #[function("($module, z, /)")]
    fn isnan(vm: &mut Vm, z: &Value) -> Result<bool> {
        let z = vm.to_complex(z)?;
        Ok(z.real.is_nan() || z.imag.is_nan())
    }

    /// Whether two complex numbers are nearly the same.
    ///
    /// rel_tol is relative to the longer of the two, abs_tol is for numbers near 0.
    #[function("($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
    fn isclose(vm: &mut Vm, a: &Value, b: &Value, rel_tol: Option<f64>, abs_tol: Option<f64>) -> Result<bool> {
        let (a, b) = (vm.to_complex(a)?, vm.to_complex(b)?);
        let (relative, absolute) = (rel_tol.unwrap_or(1e-9), abs_tol.unwrap_or(0.0));
        if relative < 0.0 || absolute < 0.0 {
            return Err(vm.raise_value_error("tolerances must be non-negative"));
        }
        if a.real == b.real && a.imag == b.imag {
            return Ok(true);
        }
        let infinite = |z: Complex| z.real.is_infinite() || z.imag.is_infinite();
        if infinite(a) || infinite(b) {
            return Ok(false);
        }
        let length = |x: f64, y: f64| x.hypot(y);
        let difference = length(a.real - b.real, a.imag - b.imag);
        Ok(difference <= relative * length(b.real, b.imag)
            || difference <= relative * length(a.real, a.imag)
            || difference <= absolute)
    }
}
