use super::{escape, read_float, read_int, show_float, show_int, unescape};
use taipan_num::complex::{self, Complex, Operand};
use taipan_num::float::{self, FloatCode, FloatStyle, Power, ReprBuffer};
use taipan_num::{IntBuf, Result, int};

pub fn read_complex(text: &str) -> Complex {
    match text.split_once(',') {
        Some((real, imag)) => Complex::new(read_float(real), read_float(imag)),
        None => Complex::new(read_float(text), 0.0),
    }
}

pub fn show_complex(z: Complex) -> String {
    format!("{},{}", show_float(z.real), show_float(z.imag))
}

fn operand(text: &str) -> Operand {
    if text.contains(',') { Operand::Complex(read_complex(text)) } else { Operand::Real(read_float(text)) }
}

fn ascii(text: &str) -> Vec<u8> {
    int::normalise_text(unescape(text).into_iter())
}

pub fn run(operation: &str, args: &[&str]) -> Option<Result<String>> {
    let x = |i: usize| read_float(args[i]);
    let z = |i: usize| read_complex(args[i]);
    let show = |r: Result<f64>| Some(r.map(show_float));
    let show_z = |r: Result<Complex>| Some(r.map(show_complex));
    let none = || "None".to_owned();
    match operation {
        "frepr" => Some(Ok(float::repr(x(0), &mut ReprBuffer::new()).to_owned())),
        "fhash" => Some(Ok(show_int(&IntBuf::Small(float::hash(x(0)))))),
        "fdivmod" => Some(float::divmod(x(0), x(1)).map(|(q, r)| format!("{} {}", show_float(q), show_float(r)))),
        "ffloordiv" => show(float::floor_div(x(0), x(1))),
        "fmod" => show(float::modulo(x(0), x(1))),
        "fdiv" => show(float::divide(x(0), x(1))),
        "fpow" => Some(float::pow(x(0), x(1)).map(|power| match power {
            Power::Real(x) => show_float(x),
            Power::Complex => "complex".to_owned(),
        })),
        "fround" => show(float::round(x(0), read_int(args[1]).view().to_i64().expect("places"))),
        "froundint" => Some(float::round_to_int(x(0)).map(|n| show_int(&n))),
        "fhex" => Some(Ok(float::to_hex(x(0)))),
        "fromhex" => {
            let text: Vec<u8> = unescape(args[0]).iter().map(|&c| u8::try_from(c).unwrap_or(0xff)).collect();
            show(float::from_hex(&text))
        }
        "fparse" => Some(Ok(float::parse(&ascii(args[0])).map_or_else(none, show_float))),
        "fmt" => {
            let spec = args[0];
            let (point, last) = (spec.find('.').expect("a point"), spec.len() - 1);
            let code = match spec.as_bytes()[last].to_ascii_lowercase() {
                b'e' => FloatCode::Exponent,
                b'f' => FloatCode::Fixed,
                _ => FloatCode::General,
            };
            let style = FloatStyle {
                upper: spec.as_bytes()[last].is_ascii_uppercase(),
                alternate: spec.contains('#'),
                dot_zero: false,
            };
            let mut out = if x(1).is_sign_negative() && !x(1).is_nan() { "-".to_owned() } else { String::new() };
            let precision = spec[point + 1..last].parse().expect("a precision");
            Some(float::write_float(x(1), code, precision, style, &mut out).map(|()| out))
        }
        "cadd" => show_z(Ok(complex::add(operand(args[0]), operand(args[1])))),
        "csub" => show_z(Ok(complex::sub(operand(args[0]), operand(args[1])))),
        "cmul" => show_z(Ok(complex::mul(operand(args[0]), operand(args[1])))),
        "cdiv" => show_z(complex::div(operand(args[0]), operand(args[1]))),
        "cpow" => show_z(complex::pow(z(0), z(1))),
        "crepr" => Some(Ok(complex::repr(z(0)))),
        "cabs" => show(complex::abs(z(0))),
        "chash" => Some(Ok(show_int(&IntBuf::Small(complex::hash(z(0)))))),
        "cparse" => Some(Ok(complex::parse(&ascii(args[0])).map_or_else(none, show_complex))),
        _ => None,
    }
    .map(|r| r.map(|text| escape(&text)))
}
