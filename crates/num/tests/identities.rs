//! Identities that hold for every input, tried on digits chosen to be awkward, and the limits that protect a caller.

use taipan_num::format::{FormatSpec, Kind, Locale, format_int};
use taipan_num::{IntBuf, IntView, NumError, int, never};

/// A small generator: the cases are the same in every run.
struct Source(u64);

impl Source {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// Digits near the corners: all ones, one, zero, the top bit.
    fn digits(&mut self, most: u64) -> Vec<u32> {
        const CORNERS: [u32; 7] = [0, 1, (1 << 30) - 1, (1 << 30) - 2, 1 << 29, (1 << 29) - 1, (1 << 29) + 1];
        let count = 1 + self.next() % most;
        (0..count)
            .map(|_| match self.next() % 8 {
                7 => self.next() as u32 & ((1 << 30) - 1),
                corner => CORNERS[corner as usize],
            })
            .collect()
    }
}

fn same(a: &IntBuf, b: IntView) -> bool {
    int::equal(a.view(), b)
}

#[test]
fn quotient_times_divisor_plus_rest() {
    let mut source = Source(1);
    for _ in 0..20_000 {
        let (a, b) = (source.digits(40), source.digits(24));
        let (a, b) = (IntView::from_parts(source.next() & 1 == 1, &a), IntView::from_parts(source.next() & 1 == 1, &b));
        if b.is_zero() {
            continue;
        }
        let (q, r) = int::divmod(a, b).expect("a quotient");
        let product = int::mul(q.view(), b, &mut never).expect("a product");
        let sum = int::add(product.view(), r.view()).expect("a sum");
        assert!(same(&sum, a), "{a:?} {b:?}");
        assert!(r.is_zero() || r.view().is_negative() == b.is_negative());
        let (size, bound) = (int::absolute(r.view()).expect("a size"), int::absolute(b).expect("a size"));
        assert!(int::compare(size.view(), bound.view()).is_lt());
        assert!(same(&int::modulo(a, b).expect("a rest"), r.view()));
    }
}

#[test]
fn short_quotients_of_long_numbers() {
    let mut source = Source(4);
    for _ in 0..20_000 {
        let b = source.digits(24);
        let b = IntView::from_parts(false, &b);
        let q = source.digits(1);
        let q = IntView::from_parts(false, &q);
        if b.is_zero() {
            continue;
        }
        let product = int::mul(q, b, &mut never).expect("a product");
        let last = int::sub(b, IntView::Small(1)).expect("a number");
        for rest in [IntView::Small(0), last.view()] {
            let a = int::add(product.view(), rest).expect("a sum");
            let (quotient, remainder) = int::divmod(a.view(), b).expect("a quotient");
            assert!(same(&quotient, q) && same(&remainder, rest), "{a:?} {b:?}");
            assert!(same(&int::floor_div(a.view(), b).expect("a quotient"), q), "{a:?} {b:?}");
        }
    }
}

#[test]
fn products_distribute() {
    let mut source = Source(2);
    for _ in 0..3_000 {
        let (a, b, c) = (source.digits(60), source.digits(60), source.digits(60));
        let (a, b, c) = (IntView::from_parts(false, &a), IntView::from_parts(true, &b), IntView::from_parts(false, &c));
        let mul = |a: IntView, b: IntView| int::mul(a, b, &mut never).expect("a product");
        let left = mul(a, int::add(b, c).expect("a sum").view());
        let right = int::add(mul(a, b).view(), mul(a, c).view()).expect("a sum");
        assert_eq!(left, right);
        assert_eq!(mul(a, a), int::pow(a, IntView::Small(2), &mut never).expect("a power"));
    }
}

#[test]
fn text_reads_back() {
    let mut source = Source(3);
    for most in [3, 30, 50, 300, 3000] {
        for _ in 0..30 {
            let digits = source.digits(most);
            let n = IntView::from_parts(source.next() & 1 == 1, &digits);
            for radix in [2, 3, 7, 8, 10, 16, 32, 36] {
                let text = int::to_radix(n, radix, false, &mut never).expect("text");
                let back = int::parse(text.as_bytes(), radix, 0, &mut never).expect("a number");
                assert!(same(&back, n));
            }
            for little in [false, true] {
                let mut bytes = vec![0; digits.len() * 4 + 1];
                int::to_bytes(n, &mut bytes, little, true).expect("bytes");
                assert!(same(&int::from_bytes(&bytes, little, true).expect("a number"), n));
            }
        }
    }
}

#[test]
fn long_work_can_be_interrupted() {
    let mut yes = || true;
    let big = int::shift_left(IntView::Small(1), IntView::Small(40_000_000)).expect("a power of two");
    let odd = int::sub(big.view(), IntView::Small(1)).expect("a number");
    assert_eq!(int::mul(odd.view(), odd.view(), &mut yes), Err(NumError::Interrupted));
    assert_eq!(int::to_decimal(odd.view(), 0, &mut yes), Err(NumError::Interrupted));
    assert_eq!(int::pow(IntView::Small(3), IntView::Small(10_000_000), &mut yes), Err(NumError::Interrupted));
    let modulus = int::shift_right(odd.view(), IntView::Small(39_990_000)).expect("a number");
    assert_eq!(int::pow_mod(IntView::Small(3), modulus.view(), modulus.view(), &mut yes), Err(NumError::Interrupted));
    assert_eq!(int::factorial(IntView::Small(1_000_000), &mut yes), Err(NumError::Interrupted));
}

#[test]
fn a_huge_product_in_pieces_is_the_product() {
    let n = int::shift_left(IntView::Small(12_345), IntView::Small(40_000_000)).expect("a number");
    let n = int::add(n.view(), IntView::Small(987_654_321)).expect("a number");
    let factor = int::pow(IntView::Small(7), IntView::Small(400), &mut never).expect("a power");
    let product = int::mul(n.view(), factor.view(), &mut never).expect("a product");
    let (q, r) = int::divmod(product.view(), factor.view()).expect("a quotient");
    assert!(r.is_zero() && q == n);
}

#[test]
fn impossible_sizes_are_errors() {
    let huge = IntView::Small(1 << 62);
    assert_eq!(int::shift_left(IntView::Small(1), IntView::Small(1 << 52)), Err(NumError::Memory));
    assert_eq!(int::pow(IntView::Small(3), huge, &mut never), Err(NumError::Memory));
    assert_eq!(int::pow(IntView::Small(1), huge, &mut never), Ok(IntBuf::ONE));
    assert_eq!(int::pow(IntView::Small(-1), huge, &mut never), Ok(IntBuf::ONE));
    for text in ["9223372036854775807", "09223372036854775807,", "09223372036854775807_x"] {
        let spec = FormatSpec::parse(text.len(), |i| text.as_bytes()[i].into(), Kind::Int).expect("valid");
        let field = format_int(IntView::Small(42), &spec, Kind::Int, &Locale::C, 0, &mut never);
        assert_eq!(field.and_then(|field| field.to_text()), Err(NumError::Memory));
    }
}

#[test]
fn type_n_follows_the_locale() {
    let show = |text: &str, n: i64, grouping: &[u8], separator: &str| {
        let locale = Locale { decimal_point: ",", thousands_separator: separator, grouping };
        let spec = FormatSpec::parse(text.len(), |i| text.as_bytes()[i].into(), Kind::Int).expect("valid");
        let field = format_int(IntView::Small(n), &spec, Kind::Int, &locale, 0, &mut never).expect("a field");
        field.to_text().expect("text")
    };
    assert_eq!(show("n", 12_345_678, &[3, 3], "."), "12.345.678");
    assert_eq!(show("n", 12_345_678, &[3, 2], ","), "1,23,45,678");
    assert_eq!(show("n", 12_345_678, &[3, 127], ","), "12345,678");
    assert_eq!(show("n", 12_345_678, &[], ","), "12345678");
    assert_eq!(show("014n", -1_234, &[3], "\u{202f}"), "-0\u{202f}000\u{202f}001\u{202f}234");
}
