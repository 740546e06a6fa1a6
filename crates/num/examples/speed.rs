//! Times the operations that `speed.py` times in CPython: medians of seven runs, in nanoseconds an operation.
//!
//!     cargo run --release -p taipan-num --example speed
//!     python3.14 crates/num/examples/speed.py

use std::hint::black_box;
use std::time::Instant;
use taipan_num::float::{self, FloatCode, FloatStyle, ReprBuffer};
use taipan_num::format::{FormatSpec, Kind, Locale, format_float};
use taipan_num::random::Mersenne;
use taipan_num::{IntBuf, IntView, int, math, never};

fn time(name: &str, count: u32, mut operation: impl FnMut()) {
    let mut runs: Vec<f64> = (0..7)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..count {
                operation();
            }
            start.elapsed().as_nanos() as f64 / f64::from(count)
        })
        .collect();
    runs.sort_by(f64::total_cmp);
    println!("{name:<28} {:>14.1}", runs[3]);
}

/// 3**k cut to `bits` bits.
fn number(bits: u64) -> IntBuf {
    let power = int::pow(IntView::Small(3), IntView::Small(bits as i64 * 2 / 3 + 9), &mut never).expect("a power");
    let extra = power.view().bit_length() - bits;
    int::shift_right(power.view(), IntView::Small(extra as i64)).expect("a number")
}

fn main() {
    for bits in [90, 300, 600, 1000, 3000, 10_000, 100_000, 1_000_000] {
        let (a, b) = (number(bits), int::add(number(bits).view(), IntView::Small(12345)).expect("a sum"));
        let count = (20_000_000 / (bits * 20 + bits * bits / 100)).clamp(3, 100_000) as u32;
        time(&format!("mul {bits}"), count, || {
            black_box(int::mul(black_box(&a).view(), black_box(&b).view(), &mut never).expect("a product"));
        });
    }
    let (a, b) = (number(3000), number(1200));
    time("add 3000", 100_000, || {
        black_box(int::add(black_box(&a).view(), black_box(&a).view()).expect("a sum"));
    });
    time("divmod 3000 1200", 20_000, || {
        black_box(int::divmod(black_box(&a).view(), black_box(&b).view()).expect("a quotient"));
    });
    let (c, d) = (number(150), number(100));
    time("divmod 150 100", 50_000, || {
        black_box(int::divmod(black_box(&c).view(), black_box(&d).view()).expect("a quotient"));
    });
    let m = int::or(number(2048).view(), IntView::Small(1)).expect("odd");
    let (base, e) = (number(2040), number(2048));
    time("pow mod 2048", 3, || {
        black_box(int::pow_mod(black_box(&base).view(), e.view(), m.view(), &mut never).expect("a power"));
    });
    for digits in [25u64, 100, 1000, 10_000, 100_000, 1_000_000] {
        let n = number(digits * 3322 / 1000);
        let count = (20_000_000 / (digits * 30 + digits * digits / 100)).clamp(1, 50_000) as u32;
        time(&format!("str {digits} digits"), count, || {
            black_box(int::to_decimal(black_box(&n).view(), 0, &mut never).expect("text"));
        });
        let text = int::to_decimal(n.view(), 0, &mut never).expect("text");
        time(&format!("int {digits} digits"), count, || {
            black_box(int::parse(black_box(text.as_bytes()), 10, 0, &mut never).expect("a number"));
        });
    }
    time("factorial 5000", 5, || {
        black_box(int::factorial(IntView::Small(5000), &mut never).expect("a factorial"));
    });
    let mut x = 0.1;
    time("repr float", 100_000, || {
        x += 0.37;
        black_box(float::repr(black_box(x), &mut ReprBuffer::new()));
    });
    time("parse float", 100_000, || {
        black_box(float::parse(black_box(b"12345.678901234")));
    });
    let spec = b".2f";
    time("format .2f", 100_000, || {
        x += 0.37;
        let spec = FormatSpec::parse(spec.len(), |i| spec[i].into(), Kind::Float).expect("valid");
        black_box(format_float(black_box(x), &spec, Kind::Float, &Locale::C).expect("text"));
    });
    time("write %.17g", 100_000, || {
        x += 0.37;
        let mut out = String::new();
        float::write_float(black_box(x), FloatCode::General, 17, FloatStyle::default(), &mut out).expect("text");
        black_box(out);
    });
    time("round 2", 100_000, || {
        x += 0.37;
        black_box(float::round(black_box(x), 2).expect("a float"));
    });
    time("hypot 2", 100_000, || {
        x += 0.37;
        black_box(math::hypot(&mut [black_box(x), 3.0]));
    });
    time("erf", 100_000, || {
        x += 0.37;
        black_box(math::erf(black_box(x % 3.0)));
    });
    time("asinh", 100_000, || {
        x += 0.37;
        black_box(math::asinh(black_box(x)));
    });
    let mut generator = Mersenne::from_key(&[1]);
    time("random", 1_000_000, || {
        black_box(generator.random());
    });
}
