use super::floats::{read_complex, show_complex};
use super::{read_float, read_int, show_float, show_int};
use taipan_num::complex::Complex;
use taipan_num::math::{self, Fsum, Log, SumProd, Unary, cmath};
use taipan_num::{IntBuf, Result};

fn unary(name: &str) -> Option<Unary> {
    use Unary::*;
    let all = [
        Acos, Acosh, Asin, Asinh, Atan, Atanh, Cbrt, Cos, Cosh, Erf, Erfc, Exp, Exp2, Expm1, Fabs, Gamma, Lgamma,
        Log1p, Sin, Sinh, Sqrt, Tan, Tanh,
    ];
    all.into_iter().find(|f| format!("{f:?}").to_lowercase() == name)
}

fn logarithm(name: &str) -> Option<Log> {
    match name {
        "log" => Some(Log::Natural),
        "log2" => Some(Log::Two),
        "log10" => Some(Log::Ten),
        _ => None,
    }
}

fn complex_function(name: &str) -> Option<fn(Complex) -> Result<Complex>> {
    Some(match name {
        "acos" => cmath::acos,
        "acosh" => cmath::acosh,
        "asin" => cmath::asin,
        "asinh" => cmath::asinh,
        "atan" => cmath::atan,
        "atanh" => cmath::atanh,
        "cos" => cmath::cos,
        "cosh" => cmath::cosh,
        "exp" => cmath::exp,
        "log" => cmath::log,
        "log10" => cmath::log10,
        "sin" => cmath::sin,
        "sinh" => cmath::sinh,
        "sqrt" => cmath::sqrt,
        "tan" => cmath::tan,
        "tanh" => cmath::tanh,
        _ => return None,
    })
}

fn list(text: &str) -> Vec<f64> {
    text.split(' ').filter(|x| !x.is_empty()).map(read_float).collect()
}

fn pair(a: f64, b: f64) -> String {
    format!("{} {}", show_float(a), show_float(b))
}

fn fsum(values: &[f64]) -> Result<f64> {
    let mut sum = Fsum::new();
    for &x in values {
        sum.add(x)?;
    }
    sum.total()
}

fn real(name: &str, args: &[&str]) -> Option<Result<String>> {
    let x = |i: usize| read_float(args[i]);
    let n = |i: usize| read_int(args[i]).view().to_i64().expect("a small int");
    let show = |r: Result<f64>| Some(r.map(show_float));
    match name {
        "atan2" => show(Ok(x(0).atan2(x(1)))),
        "pow" => show(math::pow(x(0), x(1))),
        "fmod" => show(math::fmod(x(0), x(1))),
        "remainder" => show(math::remainder(x(0), x(1))),
        "fma" => show(math::fma(x(0), x(1), x(2))),
        "ldexp" => show(math::ldexp(x(0), n(1))),
        "frexp" => {
            let (fraction, exponent) = math::frexp(x(0));
            Some(Ok(format!("{} {}", show_float(fraction), show_int(&IntBuf::Small(exponent.into())))))
        }
        "modf" => {
            let (fraction, whole) = math::modf(x(0));
            Some(Ok(pair(fraction, whole)))
        }
        "ulp" => show(Ok(math::ulp(x(0)))),
        "nextafter" => show(Ok(math::next_after(x(0), x(1), n(2) as u64))),
        "fsum" => show(fsum(&list(args[0]))),
        "sumprod" => {
            let mut sum = SumProd::new();
            for (a, b) in list(args[0]).into_iter().zip(list(args[1])) {
                assert!(sum.add(a, b), "a finite sum");
            }
            show(Ok(sum.total()))
        }
        "hypot" => show(Ok(math::hypot(&mut list(args[0])))),
        _ => match logarithm(name) {
            Some(log) => show(log.float(x(0))),
            None => show(unary(name)?.call(x(0))),
        },
    }
}

pub fn run(operation: &str, args: &[&str]) -> Option<Result<String>> {
    if let Some(name) = operation.strip_prefix("m_") {
        return real(name, args);
    }
    if let Some(name) = operation.strip_prefix("mi_") {
        return Some(logarithm(name)?.int(read_int(args[0]).view()).map(show_float));
    }
    let z = read_complex(args[0]);
    match operation.strip_prefix("c_")? {
        "rect" => Some(cmath::rect(z.real, read_float(args[1])).map(show_complex)),
        "phase" => Some(cmath::phase(z).map(show_float)),
        "polar" => Some(cmath::polar(z).map(|(r, phi)| pair(r, phi))),
        "logb" => Some(cmath::log_base(z, read_complex(args[1])).map(show_complex)),
        name => Some(complex_function(name)?(z).map(show_complex)),
    }
}
