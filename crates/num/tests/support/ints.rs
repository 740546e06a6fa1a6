use super::{read_float, read_int, show_float, show_int, unescape};
use std::cmp::Ordering;
use taipan_num::{IntBuf, IntView, Result, int, never};

fn pair((a, b): (IntBuf, IntBuf)) -> String {
    format!("{} {}", show_int(&a), show_int(&b))
}

fn order(order: Ordering) -> String {
    show_int(&IntBuf::Small(order as i64))
}

pub fn run(operation: &str, args: &[&str]) -> Option<Result<String>> {
    let n = |i: usize| read_int(args[i]);
    let number = |i: usize| n(i).view().to_i64().expect("a small int");
    let show = |r: Result<IntBuf>| Some(r.map(|n| show_int(&n)));
    let count = |c: u64| show(Ok(IntBuf::from_u64(c)));
    let poll = &mut never;
    match operation {
        "add" => show(int::add(n(0).view(), n(1).view())),
        "sub" => show(int::sub(n(0).view(), n(1).view())),
        "mul" => show(int::mul(n(0).view(), n(1).view(), poll)),
        "divmod" => Some(int::divmod(n(0).view(), n(1).view()).map(pair)),
        "floordiv" => show(int::floor_div(n(0).view(), n(1).view())),
        "mod" => show(int::modulo(n(0).view(), n(1).view())),
        "and" => show(int::and(n(0).view(), n(1).view())),
        "or" => show(int::or(n(0).view(), n(1).view())),
        "xor" => show(int::xor(n(0).view(), n(1).view())),
        "truediv" => Some(int::true_div(n(0).view(), n(1).view()).map(show_float)),
        "gcd" => show(int::gcd(n(0).view(), n(1).view())),
        "lcm" => show(int::lcm(n(0).view(), n(1).view(), poll)),
        "cmp" => Some(Ok(order(int::compare(n(0).view(), n(1).view())))),
        "neg" => show(int::negative(n(0).view())),
        "abs" => show(int::absolute(n(0).view())),
        "invert" => show(int::invert(n(0).view())),
        "hash" => show(Ok(IntBuf::Small(n(0).view().hash()))),
        "bits" => count(n(0).view().bit_length()),
        "count" => count(n(0).view().bit_count()),
        "float" => Some(int::to_f64(n(0).view()).map(show_float)),
        "str" => Some(int::to_decimal(n(0).view(), 0, poll)),
        "isqrt" => show(int::isqrt(n(0).view())),
        "lshift" => show(int::shift_left(n(0).view(), n(1).view())),
        "rshift" => show(int::shift_right(n(0).view(), n(1).view())),
        "pow" => show(int::pow(n(0).view(), n(1).view(), poll)),
        "powmod" => show(int::pow_mod(n(0).view(), n(1).view(), n(2).view(), poll)),
        "cmpfloat" => {
            Some(Ok(int::compare_f64(n(0).view(), read_float(args[1])).map_or_else(|| "None".to_owned(), order)))
        }
        "fromfloat" => show(int::from_f64(read_float(args[0]))),
        "ratio" => Some(int::ratio(read_float(args[0])).map(pair)),
        "round" => show(int::round_to_ten_power(n(0).view(), int::negative(n(1).view()).expect("small").view(), poll)),
        "tobytes" => {
            let mut out = vec![0; number(1) as usize];
            let result = int::to_bytes(n(0).view(), &mut out, args[2] == "True", args[3] == "True");
            Some(result.map(|()| out.iter().map(|b| format!("{b:02x}")).collect()))
        }
        "frombytes" => {
            let bytes: Vec<u8> = (0..args[0].len() / 2)
                .map(|i| u8::from_str_radix(&args[0][2 * i..2 * i + 2], 16).expect("a byte"))
                .collect();
            show(int::from_bytes(&bytes, args[1] == "True", args[2] == "True"))
        }
        "radix" => Some(int::to_radix(n(0).view(), number(1) as u32, false, poll)),
        "parse" => show(int::parse(&ascii(args[0]), number(1) as u32, 0, poll)),
        "limitparse" => show(int::parse(&ascii(args[0]), 10, 4300, poll)),
        "limitstr" => {
            let power = int::pow(IntView::Small(10), n(0).view(), poll).expect("a power");
            Some(int::to_decimal(power.view(), 4300, poll))
        }
        "factorial" => show(int::factorial(n(0).view(), poll)),
        "comb" => show(int::comb(n(0).view(), n(1).view(), poll)),
        "perm" => show(int::perm(n(0).view(), n(1).view(), poll)),
        _ => None,
    }
}

fn ascii(text: &str) -> Vec<u8> {
    int::normalise_text(unescape(text).into_iter())
}
