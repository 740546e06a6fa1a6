//! Arithmetic on magnitudes: slices of 30-bit digits, least significant first.

use std::cmp::Ordering;

/// Bits in a digit.
pub const BITS: u32 = 30;
/// The largest digit.
pub const MASK: u32 = (1 << BITS) - 1;

/// Without leading zeros.
#[inline]
pub fn trim(mut digits: &[u32]) -> &[u32] {
    while let [rest @ .., 0] = digits {
        digits = rest;
    }
    digits
}

/// The value of trimmed digits if it fits an `i64`.
#[inline]
pub fn small_value(negative: bool, digits: &[u32]) -> Option<i64> {
    let magnitude = match *digits {
        [] => 0,
        [a] => u64::from(a),
        [a, b] => u64::from(a) | u64::from(b) << BITS,
        [a, b, c] if c < 16 => u64::from(a) | u64::from(b) << BITS | u64::from(c) << (2 * BITS),
        _ => return None,
    };
    if negative { 0i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() }
}

/// Compares trimmed digits.
pub fn compare(a: &[u32], b: &[u32]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// Bit length of trimmed digits.
pub fn bit_length(digits: &[u32]) -> u64 {
    match digits {
        [] => 0,
        [rest @ .., top] => rest.len() as u64 * u64::from(BITS) + u64::from(32 - top.leading_zeros()),
    }
}

/// `out = a + b`; `out` is one digit longer than the longer operand.
pub fn add(out: &mut [u32], a: &[u32], b: &[u32]) {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let mut carry = 0;
    let (low, high) = long.split_at(short.len());
    for ((out, x), y) in out.iter_mut().zip(low).zip(short) {
        let sum = x + y + carry;
        *out = sum & MASK;
        carry = sum >> BITS;
    }
    for (out, x) in out[short.len()..].iter_mut().zip(high) {
        let sum = x + carry;
        *out = sum & MASK;
        carry = sum >> BITS;
    }
    out[long.len()] = carry;
}

/// `out = a - b` for `a >= b`; `out` is as long as `a`.
pub fn sub(out: &mut [u32], a: &[u32], b: &[u32]) {
    let mut borrow = 0;
    let (low, high) = a.split_at(b.len());
    for ((out, x), y) in out.iter_mut().zip(low).zip(b) {
        let difference = x.wrapping_sub(*y).wrapping_sub(borrow);
        *out = difference & MASK;
        borrow = difference >> 31;
    }
    for (out, x) in out[b.len()..].iter_mut().zip(high) {
        let difference = x.wrapping_sub(borrow);
        *out = difference & MASK;
        borrow = difference >> 31;
    }
}

/// `out += a * b` where `out` holds `a.len() + b.len()` digits, zero before.
pub fn mul(out: &mut [u32], a: &[u32], b: &[u32]) {
    for (i, &x) in a.iter().enumerate() {
        let x = u64::from(x);
        let mut carry = 0;
        let row = &mut out[i..];
        for (out, &y) in row.iter_mut().zip(b) {
            carry += u64::from(*out) + x * u64::from(y);
            *out = carry as u32 & MASK;
            carry >>= BITS;
        }
        row[b.len()] = carry as u32;
    }
}

/// `out = a * a` where `out` holds `2 * a.len()` digits, zero before.
pub fn square(out: &mut [u32], a: &[u32]) {
    for (i, &x) in a.iter().enumerate() {
        let x = u64::from(x);
        let row = &mut out[2 * i..];
        let mut carry = u64::from(row[0]) + x * x;
        row[0] = carry as u32 & MASK;
        carry >>= BITS;
        let rest = &a[i + 1..];
        for (out, &y) in row[1..].iter_mut().zip(rest) {
            carry += u64::from(*out) + 2 * x * u64::from(y);
            *out = carry as u32 & MASK;
            carry >>= BITS;
        }
        let mut at = rest.len() + 1;
        while carry != 0 {
            carry += u64::from(row[at]);
            row[at] = carry as u32 & MASK;
            carry >>= BITS;
            at += 1;
        }
    }
}

/// `out = a / d`, returns the remainder; `out` is as long as `a`.
pub fn div_digit(out: &mut [u32], a: &[u32], d: u32) -> u32 {
    let mut rest = 0u64;
    for (out, &x) in out.iter_mut().zip(a).rev() {
        rest = rest << BITS | u64::from(x);
        *out = (rest / u64::from(d)) as u32;
        rest %= u64::from(d);
    }
    rest as u32
}

/// Knuth's algorithm D. `rest` holds `a` shifted left by the leading zeros of the divisor's top digit, with one more
/// digit on top, and receives the remainder, still shifted; `divisor` is shifted alike and has two digits or more;
/// `quotient` holds `rest.len() - divisor.len()` digits.
pub fn div_rem(quotient: &mut [u32], rest: &mut [u32], divisor: &[u32]) {
    let n = divisor.len();
    let (top, second) = (u64::from(divisor[n - 1]), u64::from(divisor[n - 2]));
    for at in (0..quotient.len()).rev() {
        let window = &mut rest[at..=at + n];
        let head = u64::from(window[n]) << BITS | u64::from(window[n - 1]);
        let (mut guess, mut left) = (head / top, head % top);
        // The guess is at most two too large; the second digit corrects nearly all of that.
        while guess >> BITS != 0 || guess * second > (left << BITS | u64::from(window[n - 2])) {
            guess -= 1;
            left += top;
            if left >> BITS != 0 {
                break;
            }
        }
        let (mut carry, mut borrow) = (0u64, 0u32);
        for (digit, &d) in window.iter_mut().zip(divisor) {
            carry += guess * u64::from(d);
            let difference = digit.wrapping_sub(carry as u32 & MASK).wrapping_sub(borrow);
            *digit = difference & MASK;
            borrow = difference >> 31;
            carry >>= BITS;
        }
        let difference = window[n].wrapping_sub(carry as u32).wrapping_sub(borrow);
        window[n] = difference & MASK;
        if difference >> 31 != 0 {
            guess -= 1;
            let mut carry = 0;
            for (digit, &d) in window.iter_mut().zip(divisor) {
                let sum = *digit + d + carry;
                *digit = sum & MASK;
                carry = sum >> BITS;
            }
            window[n] = (window[n] + carry) & MASK;
        }
        quotient[at] = guess as u32;
    }
}

/// `a % d`.
pub fn rem_digit(a: &[u32], d: u32) -> u32 {
    a.iter().rev().fold(0u64, |rest, &x| (rest << BITS | u64::from(x)) % u64::from(d)) as u32
}

/// `digits = digits * factor + addend` in place; returns the digit carried out.
pub fn mul_add_small(digits: &mut [u32], factor: u32, addend: u32) -> u32 {
    let mut carry = u64::from(addend);
    for d in digits {
        carry += u64::from(*d) * u64::from(factor);
        *d = carry as u32 & MASK;
        carry >>= BITS;
    }
    carry as u32
}

/// `out = a >> bits`, true if any bit shifted out was set; `out` holds `a.len() - bits / 30` digits.
pub fn shift_right(out: &mut [u32], a: &[u32], bits: u64) -> bool {
    let (skip, low) = ((bits / u64::from(BITS)) as usize, (bits % u64::from(BITS)) as u32);
    let kept = &a[skip..];
    let lost = a[..skip].iter().any(|&d| d != 0) || kept.first().is_some_and(|d| d & ((1 << low) - 1) != 0);
    for (i, out) in out.iter_mut().enumerate() {
        let high = kept.get(i + 1).copied().unwrap_or(0);
        *out = kept[i] >> low | (u64::from(high) << (BITS - low)) as u32 & MASK;
    }
    lost
}

/// `out = a << bits`; `out` holds `a.len() + bits / 30 + 1` digits, zero before.
pub fn shift_left(out: &mut [u32], a: &[u32], bits: u64) {
    let (skip, low) = ((bits / u64::from(BITS)) as usize, (bits % u64::from(BITS)) as u32);
    let mut carry = 0u64;
    let out = &mut out[skip..];
    for (out, &d) in out.iter_mut().zip(a) {
        carry |= u64::from(d) << low;
        *out = carry as u32 & MASK;
        carry >>= BITS;
    }
    out[a.len()] = carry as u32;
}

/// Adds one in place; the caller made sure that there is room.
pub fn increment(digits: &mut [u32]) {
    for d in digits {
        if *d != MASK {
            *d += 1;
            return;
        }
        *d = 0;
    }
}

/// The top 64 bits of trimmed digits (left-aligned), and whether any bit below is set. Zero gives zero.
pub fn top_bits(digits: &[u32]) -> (u64, bool) {
    let Some((&top, _)) = digits.split_last() else { return (0, false) };
    let mut value = 0u64;
    let mut space = 64i32;
    let mut rest = digits.len();
    let top_bits = 32 - top.leading_zeros() as i32;
    while rest > 0 && space > 0 {
        rest -= 1;
        let d = u64::from(digits[rest]);
        let width = if rest == digits.len() - 1 { top_bits } else { BITS as i32 };
        if space >= width {
            space -= width;
            value |= d << space;
        } else {
            value |= d >> (width - space);
            let cut = width - space;
            space = 0;
            if d & ((1 << cut) - 1) != 0 {
                return (value, true);
            }
        }
    }
    (value, digits[..rest].iter().any(|&d| d != 0))
}
