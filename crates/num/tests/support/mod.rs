//! Reads arguments, runs one operation, writes its result as `generate.py` does.

mod floats;
mod formats;
mod ints;
mod maths;
mod others;

use taipan_num::{ExceptionKind, IntBuf, NumError, int, never};

pub fn run(operation: &str, args: &[&str]) -> String {
    let result = ints::run(operation, args)
        .or_else(|| floats::run(operation, args))
        .or_else(|| formats::run(operation, args))
        .or_else(|| others::run(operation, args))
        .or_else(|| maths::run(operation, args));
    match result {
        Some(Ok(text)) => text,
        Some(Err(error)) => error_text(&error),
        None => format!("unknown operation {operation}"),
    }
}

pub fn error_text(error: &NumError) -> String {
    let kind = match error.kind() {
        ExceptionKind::Value => "ValueError",
        ExceptionKind::Overflow => "OverflowError",
        ExceptionKind::ZeroDivision => "ZeroDivisionError",
        ExceptionKind::Memory => "MemoryError",
        ExceptionKind::Type => "TypeError",
        ExceptionKind::Interrupted => "KeyboardInterrupt",
    };
    escape(&format!("!{kind}: {error}"))
}

/// An int in Python's hexadecimal.
pub fn read_int(text: &str) -> IntBuf {
    int::parse(text.as_bytes(), 0, 0, &mut never).expect("an int")
}

pub fn show_int(n: &IntBuf) -> String {
    let text = int::to_radix(n.view(), 16, false, &mut never).expect("text");
    match text.strip_prefix('-') {
        Some(digits) => format!("-0x{digits}"),
        None => format!("0x{text}"),
    }
}

pub fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            ' '..='~' => out.push(c),
            c if (c as u32) < 256 => out.push_str(&format!("\\x{:02x}", c as u32)),
            c if (c as u32) < 65536 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push_str(&format!("\\U{:08x}", c as u32)),
        }
    }
    out
}

/// Code points of an escaped text (lone surrogates are possible).
pub fn unescape(text: &str) -> Vec<u32> {
    let mut out = Vec::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c as u32);
            continue;
        }
        let kind = rest.next().expect("an escape");
        let mut hex = |n: usize| {
            let digits: String = rest.by_ref().take(n).collect();
            u32::from_str_radix(&digits, 16).expect("hexadecimal digits")
        };
        out.push(match kind {
            't' => 9,
            'n' => 10,
            'r' => 13,
            'x' => hex(2),
            'u' => hex(4),
            'U' => hex(8),
            other => other as u32,
        });
    }
    out
}

/// A float in Python's hexadecimal, read without the code under test.
pub fn read_float(text: &str) -> f64 {
    let (sign, body) = match text.strip_prefix('-') {
        Some(body) => (-1.0, body),
        None => (1.0, text),
    };
    match body {
        "inf" => return sign * f64::INFINITY,
        "nan" => return f64::NAN,
        _ => {}
    }
    let (mantissa, exponent) = body.strip_prefix("0x").expect("0x").split_once('p').expect("an exponent");
    let digits: u64 = u64::from_str_radix(&mantissa.replace('.', ""), 16).expect("digits");
    let fraction_bits = 4 * mantissa.split_once('.').map_or(0, |(_, f)| f.len()) as i32;
    let exponent: i32 = exponent.parse().expect("an exponent");
    // Two steps, so that subnormals are reached exactly.
    let shift = exponent - fraction_bits;
    let half = shift / 2;
    sign * digits as f64 * 2f64.powi(half) * 2f64.powi(shift - half)
}

pub fn show_float(x: f64) -> String {
    if x.is_nan() {
        return "nan".to_owned();
    }
    let sign = if x.is_sign_negative() { "-" } else { "" };
    if x.is_infinite() {
        return format!("{sign}inf");
    }
    let bits = x.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    match (bits >> 52) as i32 & 0x7ff {
        0 if fraction == 0 => format!("{sign}0x0.0p+0"),
        0 => format!("{sign}0x0.{fraction:013x}p-1022"),
        e => format!("{sign}0x1.{fraction:013x}p{:+}", e - 1023),
    }
}
