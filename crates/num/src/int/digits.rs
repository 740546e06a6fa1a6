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

/// Digits that are worked on at a time: four words of two each.
const BLOCK: usize = 8;

/// Eight digits as the halves of four words: what a half carries lies above its 30 bits.
#[inline(always)]
fn pairs(digits: &[u32; BLOCK]) -> [u64; 4] {
    std::array::from_fn(|i| u64::from(digits[2 * i]) | u64::from(digits[2 * i + 1]) << 32)
}

/// The bits of both digits of a word.
const PAIR_MASK: u64 = (MASK as u64) << 32 | MASK as u64;
/// Added to a word, this lets what its lower digit carries run into the upper one; what that carries lies at [`PAIR_TOP`].
const PAIR_CARRY: u64 = 3 << BITS;
const PAIR_TOP: u32 = 32 + BITS;

/// Lets carries run through four words to which [`PAIR_CARRY`] has been added; what the last one carries. An addition and a
/// shift lead from the carry of two digits to the next.
#[inline(always)]
fn carry_through(out: &mut [u32; BLOCK], words: [u64; 4], mut carried: u64) -> u64 {
    for (i, word) in words.into_iter().enumerate() {
        let sum = word + carried;
        put_pair(out, i, sum);
        carried = sum >> PAIR_TOP;
    }
    carried
}

#[inline(always)]
fn put_pair(out: &mut [u32; BLOCK], i: usize, pair: u64) {
    let pair = pair & PAIR_MASK;
    out[2 * i] = pair as u32;
    out[2 * i + 1] = (pair >> 32) as u32;
}

/// `out = a + b`; `out` is one digit longer than the longer operand.
pub fn add(out: &mut [u32], a: &[u32], b: &[u32]) {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let (low, high) = long.split_at(short.len());
    let (low_blocks, low_rest) = low.as_chunks::<BLOCK>();
    let (short_blocks, short_rest) = short.as_chunks::<BLOCK>();
    let (out_low, out_high) = out.split_at_mut(short.len());
    let (out_blocks, out_rest) = out_low.as_chunks_mut::<BLOCK>();
    let mut carried = 0;
    for ((out, x), y) in out_blocks.iter_mut().zip(low_blocks).zip(short_blocks) {
        let (x, y) = (pairs(x), pairs(y));
        carried = carry_through(out, std::array::from_fn(|i| x[i] + y[i] + PAIR_CARRY), carried);
    }
    let mut carry = carried as u32;
    for ((out, x), y) in out_rest.iter_mut().zip(low_rest).zip(short_rest) {
        let sum = x + y + carry;
        *out = sum & MASK;
        carry = sum >> BITS;
    }
    let (top, out_high) = out_high.split_last_mut().expect("the sum has a digit more");
    for (out, x) in out_high.iter_mut().zip(high) {
        let sum = x + carry;
        *out = sum & MASK;
        carry = sum >> BITS;
    }
    *top = carry;
}

/// `out = a - b` for `a >= b`; `out` is as long as `a`.
pub fn sub(out: &mut [u32], a: &[u32], b: &[u32]) {
    let (low, high) = a.split_at(b.len());
    let (low_blocks, low_rest) = low.as_chunks::<BLOCK>();
    let (b_blocks, b_rest) = b.as_chunks::<BLOCK>();
    let (out_low, out_high) = out.split_at_mut(b.len());
    let (out_blocks, out_rest) = out_low.as_chunks_mut::<BLOCK>();
    let mut borrowed = 0;
    for ((out, x), y) in out_blocks.iter_mut().zip(low_blocks).zip(b_blocks) {
        let (x, y) = (pairs(x), pairs(y));
        // What the lower digit borrows is taken from the upper one by the subtraction itself.
        for i in 0..4 {
            let difference = x[i].wrapping_sub(y[i]).wrapping_sub(borrowed);
            put_pair(out, i, difference);
            borrowed = difference >> 63;
        }
    }
    let mut borrow = borrowed as u32;
    for ((out, x), y) in out_rest.iter_mut().zip(low_rest).zip(b_rest) {
        let difference = x.wrapping_sub(*y).wrapping_sub(borrow);
        *out = difference & MASK;
        borrow = difference >> 31;
    }
    for (out, x) in out_high.iter_mut().zip(high) {
        let difference = x.wrapping_sub(borrow);
        *out = difference & MASK;
        borrow = difference >> 31;
    }
}

/// `out = a * x` for a single digit; `out` is one digit longer than `a`.
///
/// The products' upper halves are added to the next ones' lower halves, so that only a carry goes from one to the next.
pub fn mul_digit(out: &mut [u32], a: &[u32], x: u32) {
    let x = u64::from(x);
    let (blocks, rest) = a.as_chunks::<BLOCK>();
    let (out_low, out_rest) = out.split_at_mut(BLOCK * blocks.len());
    let (mut above, mut carried) = (0, 0);
    for (out, block) in out_low.as_chunks_mut::<BLOCK>().0.iter_mut().zip(blocks) {
        let products: [u64; BLOCK] = std::array::from_fn(|i| x * u64::from(block[i]));
        let words = std::array::from_fn(|i| {
            let (low, high) = (products[2 * i], products[2 * i + 1]);
            let before = if i == 0 { above } else { products[2 * i - 1] >> BITS };
            let below = (low & u64::from(MASK)) | (high & u64::from(MASK)) << 32;
            below + (before | low >> BITS << 32) + PAIR_CARRY
        });
        carried = carry_through(out, words, carried);
        above = products[BLOCK - 1] >> BITS;
    }
    let mut carry = above + carried;
    for (out, &digit) in out_rest.iter_mut().zip(rest.iter().chain(&[0])) {
        carry += x * u64::from(digit);
        *out = carry as u32 & MASK;
        carry >>= BITS;
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

/// The low 128 bits of `a >> bits`.
fn bits_from(a: &[u32], bits: u64) -> u128 {
    let (skip, low) = ((bits / u64::from(BITS)) as usize, (bits % u64::from(BITS)) as u32);
    let mut value = 0;
    for (i, &d) in a[skip.min(a.len())..].iter().take(6).enumerate() {
        let at = i as u32 * BITS;
        value |= if at >= low { u128::from(d).checked_shl(at - low).unwrap_or(0) } else { u128::from(d) >> (low - at) };
    }
    value
}

/// Two guesses of `a / b` that are at most one apart, and the quotient is one of them; nothing where it may need more
/// than a digit, or where `b` is short. Both are trimmed, and `a` is not less than `b`.
pub fn guess_quotient(a: &[u32], b: &[u32]) -> Option<(u32, u32)> {
    let bits = bit_length(b);
    if b.len() < 4 || bit_length(a) >= bits + u64::from(BITS) {
        return None;
    }
    // With the top 64 bits of the divisor and all of the dividend that is as high, either rounding of both is less than
    // 2 ** -32 away from the quotient.
    let skip = bits - 64;
    let (dividend, divisor) = (bits_from(a, skip), bits_from(b, skip));
    Some(((dividend / (divisor + 1)) as u32, ((dividend + 1) / divisor) as u32))
}

/// `out = a - b * x`, whether that is not negative; `out` is as long as `a`, which is as long as `b` or a digit longer.
pub fn sub_product(out: &mut [u32], a: &[u32], b: &[u32], x: u32) -> bool {
    let x = u64::from(x);
    let (mut carry, mut borrow) = (0u64, 0u32);
    for ((out, &d), &y) in out.iter_mut().zip(a).zip(b.iter().chain(&[0])) {
        carry += x * u64::from(y);
        let difference = d.wrapping_sub(carry as u32 & MASK).wrapping_sub(borrow);
        *out = difference & MASK;
        borrow = difference >> 31;
        carry >>= BITS;
    }
    carry == 0 && borrow == 0
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
