//! Constants as Python sees them: `repr` and equality.

use std::fmt::Write;

use taipan_bytecode::{BigInt, Const, Text};
use unicode_general_category::{GeneralCategory, get_general_category};

/// `repr` of a constant.
pub fn repr(value: &Const) -> Text {
    let mut out = Vec::new();
    write_repr(&mut out, value);
    Text::from_wtf8(&out).unwrap_or_default()
}

fn write_repr(out: &mut Vec<u8>, value: &Const) {
    match value {
        Const::None => out.extend_from_slice(b"None"),
        Const::True => out.extend_from_slice(b"True"),
        Const::False => out.extend_from_slice(b"False"),
        Const::Ellipsis => out.extend_from_slice(b"Ellipsis"),
        Const::Int(n) => out.extend_from_slice(n.to_string().as_bytes()),
        Const::BigInt(n) => out.extend_from_slice(big_decimal(n).as_bytes()),
        Const::Float(x) => out.extend_from_slice(float_repr(*x, true).as_bytes()),
        Const::Complex { real, imag } => out.extend_from_slice(complex_repr(*real, *imag).as_bytes()),
        Const::Str(text) => write_str_repr(out, text),
        Const::Bytes(bytes) => write_bytes_repr(out, bytes),
        Const::Tuple(items) => {
            out.push(b'(');
            write_items(out, items);
            out.extend_from_slice(if items.len() == 1 { b",)" } else { b")" });
        }
        Const::FrozenSet(items) => {
            out.extend_from_slice(b"frozenset({");
            write_items(out, items);
            out.extend_from_slice(b"})");
        }
        Const::Slice(parts) => {
            out.extend_from_slice(b"slice(");
            write_items(out, &parts[..]);
            out.push(b')');
        }
        Const::Code(_) => out.extend_from_slice(value.to_string().as_bytes()),
    }
}

fn write_items(out: &mut Vec<u8>, items: &[Const]) {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.extend_from_slice(b", ");
        }
        write_repr(out, item);
    }
}

/// Decimal digits, nine at a time. Quadratic, for literals only.
fn big_decimal(n: &BigInt) -> String {
    const CHUNK: u64 = 1_000_000_000;
    let mut digits = n.digits.clone();
    let mut chunks = Vec::new();
    while !digits.is_empty() {
        let mut rest = 0u64;
        for digit in digits.iter_mut().rev() {
            let value = rest << 30 | *digit as u64;
            *digit = (value / CHUNK) as u32;
            rest = value % CHUNK;
        }
        while digits.last() == Some(&0) {
            digits.pop();
        }
        chunks.push(rest);
    }
    let mut out = String::from(if n.negative { "-" } else { "" });
    let _ = write!(out, "{}", chunks.pop().unwrap_or(0));
    for chunk in chunks.iter().rev() {
        let _ = write!(out, "{chunk:09}");
    }
    out
}

fn float_repr(x: f64, add_dot: bool) -> String {
    if x.is_nan() {
        return "nan".to_owned();
    }
    if x.is_infinite() {
        return if x > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{x:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    let plain = format!("{x}");
    if add_dot && !plain.contains('.') { plain + ".0" } else { plain }
}

fn complex_repr(real: f64, imag: f64) -> String {
    let imag_text = float_repr(imag, false);
    if real == 0.0 && real.is_sign_positive() {
        return format!("{imag_text}j");
    }
    let plus = if imag_text.starts_with('-') { "" } else { "+" };
    format!("({}{plus}{imag_text}j)", float_repr(real, false))
}

fn quote_for(single: bool, double: bool) -> u8 {
    if single && !double { b'"' } else { b'\'' }
}

fn write_str_repr(out: &mut Vec<u8>, text: &Text) {
    let bytes = text.as_bytes();
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    out.push(quote);
    for point in text.code_points() {
        match char::from_u32(point) {
            Some('\n') => out.extend_from_slice(b"\\n"),
            Some('\r') => out.extend_from_slice(b"\\r"),
            Some('\t') => out.extend_from_slice(b"\\t"),
            Some('\\') => out.extend_from_slice(b"\\\\"),
            Some(c) if c as u32 == quote as u32 => out.extend_from_slice(&[b'\\', quote]),
            Some(c) if is_printable(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            _ if point < 0x100 => out.extend_from_slice(format!("\\x{point:02x}").as_bytes()),
            _ if point < 0x10000 => out.extend_from_slice(format!("\\u{point:04x}").as_bytes()),
            _ => out.extend_from_slice(format!("\\U{point:08x}").as_bytes()),
        }
    }
    out.push(quote);
}

fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return matches!(c, ' '..='~');
    }
    !matches!(
        get_general_category(c),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::Surrogate
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::SpaceSeparator
    )
}

fn write_bytes_repr(out: &mut Vec<u8>, bytes: &[u8]) {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    out.extend_from_slice(&[b'b', quote]);
    for &byte in bytes {
        match byte {
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\\' => out.extend_from_slice(b"\\\\"),
            _ if byte == quote => out.extend_from_slice(&[b'\\', quote]),
            b' '..=b'~' => out.push(byte),
            _ => out.extend_from_slice(format!("\\x{byte:02x}").as_bytes()),
        }
    }
    out.push(quote);
}

/// `a == b` in Python: numbers compare by value whatever their type.
pub fn equal(a: &Const, b: &Const) -> bool {
    match (numeric(a), numeric(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

/// A number by its value; the integers that a float cannot hold stay exact.
#[derive(PartialEq)]
enum Number<'a> {
    Big(&'a BigInt),
    Int(i64),
    Float(f64, f64),
}

fn numeric(value: &Const) -> Option<Number<'_>> {
    let of_float = |real: f64, imag: f64| {
        let whole = real as i64;
        if imag == 0.0 && whole as f64 == real && whole != i64::MAX {
            Number::Int(whole)
        } else {
            Number::Float(real, imag)
        }
    };
    Some(match value {
        Const::True => Number::Int(1),
        Const::False => Number::Int(0),
        Const::Int(n) => Number::Int(*n),
        Const::BigInt(n) => Number::Big(n),
        Const::Float(x) => of_float(*x, 0.0),
        Const::Complex { real, imag } => of_float(*real, *imag),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_read_as_in_python() {
        for (x, wanted) in [
            (1.0, "1.0"),
            (1e16, "1e+16"),
            (1e15, "1000000000000000.0"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (-0.0, "-0.0"),
            (1.2345678901234568e17, "1.2345678901234568e+17"),
        ] {
            assert_eq!(float_repr(x, true), wanted);
        }
        assert_eq!(complex_repr(-1.0, 0.0), "(-1+0j)");
        assert_eq!(complex_repr(0.0, -2.5), "-2.5j");
    }

    #[test]
    fn big_integers_read_in_decimal() {
        let n = Const::from_digits(true, vec![0, 0, 0, 1]);
        assert_eq!(repr(&n), "-1237940039285380274899124224");
    }

    #[test]
    fn numbers_compare_by_value() {
        assert!(equal(&Const::Int(1), &Const::True));
        assert!(equal(&Const::Float(-1.0), &Const::Complex { real: -1.0, imag: 0.0 }));
        assert!(!equal(&Const::Int(1), &Const::str("1")));
    }
}
