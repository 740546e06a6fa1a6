//! `math`: what needs the interpreter (conversions, iteration, ints of any size); the functions are in `taipan_num`.

mod reductions;

use taipan_macros::module;
use taipan_num::error::{NumError, Poll};
use taipan_num::int::{self, IntBuf, IntView};
use taipan_num::math::{self, Log, Unary};
use taipan_vm::native::Args;
use taipan_vm::slots::BinaryOp;
use taipan_vm::types::int::view;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Tuple, Value, Vm, name};

/// A result of the number library.
pub fn number<T>(vm: &mut Vm, r: taipan_num::Result<T>) -> Result<T> {
    match r {
        Ok(x) => Ok(x),
        Err(e) => Err(vm.raise_num(e)),
    }
}

/// The int that an argument counts as.
fn with_index<R>(vm: &mut Vm, v: &Value, f: impl FnOnce(IntView<'_>, Poll) -> taipan_num::Result<R>) -> Result<R> {
    let n = vm.index(v)?;
    match view(&n) {
        Some(n) => {
            let r = f(n, &mut || vm.attend().is_err());
            number(vm, r)
        }
        None => Err(vm.raise_type_error("an integer is required")),
    }
}

fn two_indices(
    vm: &mut Vm,
    a: &Value,
    b: &Value,
    f: impl FnOnce(IntView<'_>, IntView<'_>, Poll) -> taipan_num::Result<IntBuf>,
) -> Result {
    let (a, b) = (vm.index(a)?, vm.index(b)?);
    match (view(&a), view(&b)) {
        (Some(a), Some(b)) => {
            let r = f(a, b, &mut || vm.attend().is_err());
            vm.int_result(r)
        }
        _ => Err(vm.raise_type_error("an integer is required")),
    }
}

fn logarithm(vm: &mut Vm, v: &Value, log: Log) -> Result<f64> {
    let r = match view(v) {
        Some(n) => log.int(n),
        None => log.float(vm.to_f64(v)?),
    };
    number(vm, r)
}

/// `floor` and `ceil`: floats directly, others by their own method.
fn to_integer(
    vm: &mut Vm,
    v: &Value,
    dunder: &'static Ref<taipan_vm::Str>,
    f: fn(f64) -> taipan_num::Result<IntBuf>,
) -> Result {
    if !v.is_exact_float()
        && let Some(method) = vm.lookup_special(v, dunder)?
    {
        return vm.call(&method, &[]);
    }
    let r = f(vm.to_f64(v)?);
    vm.int_result(r)
}

/// Folds ints of any number, most of them small.
fn fold_ints(
    vm: &mut Vm,
    args: Args<'_>,
    name: &str,
    empty: i64,
    f: impl Fn(IntView<'_>, IntView<'_>, Poll) -> taipan_num::Result<IntBuf>,
) -> Result {
    args.no_keywords(vm, name)?;
    let Some((first, rest)) = args.positional().split_first() else { return vm.new_int(empty) };
    let mut total = {
        let n = with_index(vm, first, |n, _| int::absolute(n))?;
        vm.int_from(n)?
    };
    for v in rest {
        total = two_indices(vm, &total, v, &f)?;
    }
    Ok(total)
}

/// `math`.
pub struct MathModule;

/// Mathematical functions of real numbers.
#[module(name = "math")]
impl MathModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        use std::f64::consts;
        let constants =
            [("pi", consts::PI), ("e", consts::E), ("tau", consts::TAU), ("inf", f64::INFINITY), ("nan", f64::NAN)];
        for (name, x) in constants {
            let x = vm.new_float(x)?;
            module.set(vm, name, x)?;
        }
        Ok(())
    }

    /// The arc cosine of x, between 0 and pi.
    #[function("($module, x, /)")]
    fn acos(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Acos.call(x);
        number(vm, y)
    }

    /// The inverse hyperbolic cosine of x.
    #[function("($module, x, /)")]
    fn acosh(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Acosh.call(x);
        number(vm, y)
    }

    /// The arc sine of x, between -pi/2 and pi/2.
    #[function("($module, x, /)")]
    fn asin(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Asin.call(x);
        number(vm, y)
    }

    /// The inverse hyperbolic sine of x.
    #[function("($module, x, /)")]
    fn asinh(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Asinh.call(x);
        number(vm, y)
    }

    /// The arc tangent of x, between -pi/2 and pi/2.
    #[function("($module, x, /)")]
    fn atan(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Atan.call(x);
        number(vm, y)
    }

    /// The inverse hyperbolic tangent of x.
    #[function("($module, x, /)")]
    fn atanh(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Atanh.call(x);
        number(vm, y)
    }

    /// The cube root of x.
    #[function("($module, x, /)")]
    fn cbrt(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Cbrt.call(x);
        number(vm, y)
    }

    /// The cosine of x radians.
    #[function("($module, x, /)")]
    fn cos(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Cos.call(x);
        number(vm, y)
    }

    /// The hyperbolic cosine of x.
    #[function("($module, x, /)")]
    fn cosh(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Cosh.call(x);
        number(vm, y)
    }

    /// The error function at x.
    #[function("($module, x, /)")]
    fn erf(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Erf.call(x);
        number(vm, y)
    }

    /// The complementary error function at x.
    #[function("($module, x, /)")]
    fn erfc(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Erfc.call(x);
        number(vm, y)
    }

    /// e raised to the power x.
    #[function("($module, x, /)")]
    fn exp(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Exp.call(x);
        number(vm, y)
    }

    /// 2 raised to the power x.
    #[function("($module, x, /)")]
    fn exp2(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Exp2.call(x);
        number(vm, y)
    }

    /// exp(x) - 1, exact for small x.
    #[function("($module, x, /)")]
    fn expm1(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Expm1.call(x);
        number(vm, y)
    }

    /// The absolute value of x as a float.
    #[function("($module, x, /)")]
    fn fabs(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Fabs.call(x);
        number(vm, y)
    }

    /// The gamma function at x.
    #[function("($module, x, /)")]
    fn gamma(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Gamma.call(x);
        number(vm, y)
    }

    /// The logarithm of the absolute value of the gamma function at x.
    #[function("($module, x, /)")]
    fn lgamma(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Lgamma.call(x);
        number(vm, y)
    }

    /// The natural logarithm of 1 + x, exact for small x.
    #[function("($module, x, /)")]
    fn log1p(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Log1p.call(x);
        number(vm, y)
    }

    /// The sine of x radians.
    #[function("($module, x, /)")]
    fn sin(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Sin.call(x);
        number(vm, y)
    }

    /// The hyperbolic sine of x.
    #[function("($module, x, /)")]
    fn sinh(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Sinh.call(x);
        number(vm, y)
    }

    /// The square root of x.
    #[function("($module, x, /)")]
    fn sqrt(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Sqrt.call(x);
        number(vm, y)
    }

    /// The tangent of x radians.
    #[function("($module, x, /)")]
    fn tan(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Tan.call(x);
        number(vm, y)
    }

    /// The hyperbolic tangent of x.
    #[function("($module, x, /)")]
    fn tanh(vm: &mut Vm, x: f64) -> Result<f64> {
        let y = Unary::Tanh.call(x);
        number(vm, y)
    }

    /// The angle of the point (x, y), between -pi and pi.
    #[function("($module, y, x, /)")]
    fn atan2(_vm: &mut Vm, y: f64, x: f64) -> Result<f64> {
        Ok(y.atan2(x))
    }

    /// The smallest int that is not below x.
    #[function("($module, x, /)")]
    fn ceil(vm: &mut Vm, x: &Value) -> Result {
        to_integer(vm, x, name!("__ceil__"), taipan_num::float::ceil)
    }

    /// The largest int that is not above x.
    #[function("($module, x, /)")]
    fn floor(vm: &mut Vm, x: &Value) -> Result {
        to_integer(vm, x, name!("__floor__"), taipan_num::float::floor)
    }

    /// The int nearest to x on the way to 0, by x.__trunc__().
    #[function("($module, x, /)")]
    fn trunc(vm: &mut Vm, x: &Value) -> Result {
        if let (true, Some(x)) = (x.is_exact_float(), x.as_float()) {
            let n = int::from_f64(x);
            return vm.int_result(n);
        }
        match vm.lookup_special(x, name!("__trunc__"))? {
            Some(method) => vm.call(&method, &[]),
            None => {
                let text = format!("type {} doesn't define __trunc__ method", x.ty().name());
                Err(vm.raise_type_error(&text))
            }
        }
    }

    /// The number of ways to choose k of n things, in any order and without repetition.
    #[function("($module, n, k, /)")]
    fn comb(vm: &mut Vm, n: &Value, k: &Value) -> Result {
        two_indices(vm, n, k, int::comb)
    }

    /// The number of ways to arrange k of n things; of all of them without k.
    #[function("($module, n, k=None, /)")]
    fn perm(vm: &mut Vm, n: &Value, k: Option<&Value>) -> Result {
        match k.filter(|k| !k.is_none()) {
            Some(k) => two_indices(vm, n, k, int::perm),
            None => Self::factorial(vm, n),
        }
    }

    /// The product of the ints from 1 to n.
    #[function("($module, n, /)")]
    fn factorial(vm: &mut Vm, n: &Value) -> Result {
        let n = with_index(vm, n, int::factorial)?;
        vm.int_from(n)
    }

    /// The integer part of the square root of n.
    #[function("($module, n, /)")]
    fn isqrt(vm: &mut Vm, n: &Value) -> Result {
        let n = with_index(vm, n, |n, _| int::isqrt(n))?;
        vm.int_from(n)
    }

    /// The greatest common divisor of the ints.
    #[function("($module, /, *integers)")]
    fn gcd(vm: &mut Vm, args: Args<'_>) -> Result {
        fold_ints(vm, args, "math.gcd", 0, |a, b, _| int::gcd(a, b))
    }

    /// The least common multiple of the ints.
    #[function("($module, /, *integers)")]
    fn lcm(vm: &mut Vm, args: Args<'_>) -> Result {
        fold_ints(vm, args, "math.lcm", 1, int::lcm)
    }

    /// x with the sign of y.
    #[function("($module, x, y, /)")]
    fn copysign(_vm: &mut Vm, x: f64, y: f64) -> Result<f64> {
        Ok(x.copysign(y))
    }

    /// x radians in degrees.
    #[function("($module, x, /)")]
    fn degrees(_vm: &mut Vm, x: f64) -> Result<f64> {
        Ok(math::degrees(x))
    }

    /// x degrees in radians.
    #[function("($module, x, /)")]
    fn radians(_vm: &mut Vm, x: f64) -> Result<f64> {
        Ok(math::radians(x))
    }

    /// The Euclidean distance between two points, given as sequences of coordinates.
    #[function("($module, p, q, /)")]
    fn dist(vm: &mut Vm, p: &Value, q: &Value) -> Result<f64> {
        let p = reductions::coordinates(vm, p)?;
        let q = reductions::coordinates(vm, q)?;
        if p.len() != q.len() {
            return Err(vm.raise_num(NumError::DimensionMismatch));
        }
        let (p, q) = (reductions::floats(vm, &p)?, reductions::floats(vm, &q)?);
        let d = math::distance(&p, &q);
        number(vm, d)
    }

    /// The Euclidean norm: sqrt(sum(x**2 for x in coordinates)).
    #[function("($module, /, *coordinates)")]
    fn hypot(vm: &mut Vm, args: Args<'_>) -> Result<f64> {
        args.no_keywords(vm, "math.hypot")?;
        if let [a, b] = args.positional() {
            let mut both = [vm.to_f64(a)?, vm.to_f64(b)?];
            return Ok(math::hypot(&mut both));
        }
        let mut all = reductions::floats(vm, args.positional())?;
        Ok(math::hypot(&mut all))
    }

    /// x * y + z, rounded once.
    #[function("($module, x, y, z, /)")]
    fn fma(vm: &mut Vm, x: f64, y: f64, z: f64) -> Result<f64> {
        let r = math::fma(x, y, z);
        number(vm, r)
    }

    /// The rest of x / y, with the sign of x.
    #[function("($module, x, y, /)")]
    fn fmod(vm: &mut Vm, x: f64, y: f64) -> Result<f64> {
        let r = math::fmod(x, y);
        number(vm, r)
    }

    /// The difference of x and the nearest multiple of y.
    #[function("($module, x, y, /)")]
    fn remainder(vm: &mut Vm, x: f64, y: f64) -> Result<f64> {
        let r = math::remainder(x, y);
        number(vm, r)
    }

    /// x to the power y.
    #[function("($module, x, y, /)")]
    fn pow(vm: &mut Vm, x: f64, y: f64) -> Result<f64> {
        let r = math::pow(x, y);
        number(vm, r)
    }

    /// The fraction m and the exponent e with x == m * 2**e and 0.5 <= abs(m) < 1.
    #[function("($module, x, /)")]
    fn frexp(vm: &mut Vm, x: f64) -> Result<Ref<Tuple>> {
        let (m, e) = math::frexp(x);
        let m = vm.new_float(m)?;
        vm.new_tuple_from(&[m, Value::from_i32(e)])
    }

    /// x * 2**i.
    #[function("($module, x, i, /)")]
    fn ldexp(vm: &mut Vm, x: f64, i: &Value) -> Result<f64> {
        let Some(i) = view(i) else { return Err(vm.raise_type_error("Expected an int as second argument to ldexp.")) };
        let i = i.to_i64().unwrap_or(if i.is_negative() { i64::MIN } else { i64::MAX });
        let r = math::ldexp(x, i);
        number(vm, r)
    }

    /// The fractional and the integer part of x, both floats with its sign.
    #[function("($module, x, /)")]
    fn modf(vm: &mut Vm, x: f64) -> Result<Ref<Tuple>> {
        let (fraction, whole) = math::modf(x);
        let (fraction, whole) = (vm.new_float(fraction)?, vm.new_float(whole)?);
        vm.new_tuple_from(&[fraction, whole])
    }

    /// The float that lies steps floats from x on the way to y.
    #[function("($module, x, y, /, *, steps=None)")]
    fn nextafter(vm: &mut Vm, x: f64, y: f64, steps: Option<&Value>) -> Result<f64> {
        let steps = match steps.filter(|s| !s.is_none()) {
            None => return Ok(math::next_toward(x, y)),
            Some(s) => {
                let n = vm.index(s)?;
                match view(&n) {
                    Some(n) if n.is_negative() => {
                        return Err(vm.raise_value_error("steps must be a non-negative integer"));
                    }
                    Some(n) => n.to_u64().unwrap_or(u64::MAX),
                    None => 0,
                }
            }
        };
        Ok(math::next_after(x, y, steps))
    }

    /// The distance from x to the next float away from 0.
    #[function("($module, x, /)")]
    fn ulp(_vm: &mut Vm, x: f64) -> Result<f64> {
        Ok(math::ulp(x))
    }

    /// Whether two numbers are nearly the same.
    ///
    /// rel_tol is relative to the larger of the two, abs_tol is for numbers near 0. A NaN is close to nothing, an
    /// infinity only to itself.
    #[function("($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
    fn isclose(vm: &mut Vm, a: f64, b: f64, rel_tol: Option<f64>, abs_tol: Option<f64>) -> Result<bool> {
        let (relative, absolute) = (rel_tol.unwrap_or(1e-9), abs_tol.unwrap_or(0.0));
        if relative < 0.0 || absolute < 0.0 {
            return Err(vm.raise_value_error("tolerances must be non-negative"));
        }
        Ok(math::is_close(a, b, relative, absolute))
    }

    /// Whether x is neither an infinity nor a NaN.
    #[function("($module, x, /)")]
    fn isfinite(_vm: &mut Vm, x: f64) -> Result<bool> {
        Ok(x.is_finite())
    }

    /// Whether x is an infinity.
    #[function("($module, x, /)")]
    fn isinf(_vm: &mut Vm, x: f64) -> Result<bool> {
        Ok(x.is_infinite())
    }

    /// Whether x is a NaN.
    #[function("($module, x, /)")]
    fn isnan(_vm: &mut Vm, x: f64) -> Result<bool> {
        Ok(x.is_nan())
    }

    /// log(x, [base=math.e])
    /// The logarithm of x to the base; the natural one without it.
    #[function]
    fn log(vm: &mut Vm, args: Args<'_>) -> Result<f64> {
        let args = args.expect(vm, "log", 1, 2)?;
        let x = logarithm(vm, &args[0], Log::Natural)?;
        let Some(base) = args.get(1) else { return Ok(x) };
        let base = logarithm(vm, base, Log::Natural)?;
        if base == 0.0 {
            return Err(vm.raise_num(NumError::DivisionByZero));
        }
        Ok(x / base)
    }

    /// The logarithm of x to base 10.
    #[function("($module, x, /)")]
    fn log10(vm: &mut Vm, x: &Value) -> Result<f64> {
        logarithm(vm, x, Log::Ten)
    }

    /// The logarithm of x to base 2.
    #[function("($module, x, /)")]
    fn log2(vm: &mut Vm, x: &Value) -> Result<f64> {
        logarithm(vm, x, Log::Two)
    }

    /// The sum of the items without loss of precision on the way.
    #[function("($module, seq, /)")]
    fn fsum(vm: &mut Vm, seq: &Value) -> Result<f64> {
        reductions::fsum(vm, seq)
    }

    /// The product of start and the items.
    #[function("($module, iterable, /, *, start=1)")]
    fn prod(vm: &mut Vm, iterable: &Value, start: Option<&Value>) -> Result {
        let start = start.cloned().unwrap_or(Value::from_i32(1));
        reductions::product(vm, iterable, start)
    }

    /// The sum of the products of items at the same place.
    #[function("($module, p, q, /)")]
    fn sumprod(vm: &mut Vm, p: &Value, q: &Value) -> Result {
        reductions::sum_of_products(vm, p, q)
    }
}

/// `a * b` by Python's rules.
fn times(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    vm.binary(BinaryOp::MULTIPLY, a, b)
}

/// `a + b` by Python's rules.
fn plus(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    vm.binary(BinaryOp::ADD, a, b)
}
