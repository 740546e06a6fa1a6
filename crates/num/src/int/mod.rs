//! Python's int: an `i64` when it fits, otherwise a sign and 30-bit digits, least significant first (CPython's layout,
//! which is how the heap objects store them).
//!
//! Operands are borrowed [`IntView`]s, results are [`IntBuf`]s; the caller turns those into immediates or heap objects.
//! Small work runs on the digits themselves; long products, quotients and conversions go through `dashu_int`, whose
//! algorithms are sub-quadratic (converting is linear).
//!
//! Invariant: an `IntBuf::Big` never fits an `i64` and has no leading zero digit. Views may be anything.

mod arith;
pub mod big;
mod bits;
mod bytes;
pub(crate) mod digits;
mod fraction;
mod power;
mod text;
mod theory;

pub use arith::{add, div_rem, divmod, floor_div, modulo, mul, sub};
pub use bits::{and, invert, or, shift_left, shift_right, xor};
pub use bytes::{from_bytes, to_bytes};
pub use fraction::{compare_f64, from_f64, ratio, round_to_ten_power, to_f64, true_div};
pub(crate) use fraction::{decompose, round_scaled};
pub use power::{pow, pow_bits, pow_mod};
pub(crate) use text::strip;
pub use text::{
    SHORT_DECIMAL, SMALL_DECIMAL, decimal_value, normalise_text, parse, parse_decimal, short_decimal, small_decimal,
    to_decimal, to_radix,
};
pub use theory::{comb, factorial, gcd, is_perfect_square, isqrt, lcm, perm};

use crate::error::{NumError, Result};
use digits::{BITS, MASK};
use std::cmp::Ordering;
use std::ops::{Deref, DerefMut};

/// An int operand.
#[derive(Clone, Copy, Debug)]
pub enum IntView<'a> {
    Small(i64),
    Big { negative: bool, digits: &'a [u32] },
}

/// How many digits a result holds without allocating (270 bits).
const INLINE: usize = 9;

/// 30-bit digits of a result, in place when few.
#[derive(Clone, Debug)]
pub struct Digits(Store);

#[derive(Clone, Debug)]
enum Store {
    Inline(u8, [u32; INLINE]),
    Heap(Vec<u32>),
}

impl Digits {
    /// `count` zero digits, or `Memory`.
    pub fn zeroed(count: usize) -> Result<Digits> {
        if count <= INLINE {
            return Ok(Digits(Store::Inline(count as u8, [0; INLINE])));
        }
        let mut digits = Vec::new();
        digits.try_reserve_exact(count).map_err(|_| NumError::Memory)?;
        digits.resize(count, 0);
        Ok(Digits(Store::Heap(digits)))
    }

    /// A copy of `source`.
    pub fn copy(source: &[u32]) -> Result<Digits> {
        let mut digits = Digits::zeroed(source.len())?;
        digits.copy_from_slice(source);
        Ok(digits)
    }

    fn truncate(&mut self, count: usize) {
        match &mut self.0 {
            Store::Inline(length, _) => *length = count as u8,
            Store::Heap(digits) => digits.truncate(count),
        }
    }

    fn trim(&mut self) {
        let length = digits::trim(self).len();
        self.truncate(length);
    }
}

impl Deref for Digits {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        match &self.0 {
            Store::Inline(length, digits) => &digits[..*length as usize],
            Store::Heap(digits) => digits,
        }
    }
}

impl DerefMut for Digits {
    fn deref_mut(&mut self) -> &mut [u32] {
        match &mut self.0 {
            Store::Inline(length, digits) => &mut digits[..*length as usize],
            Store::Heap(digits) => digits,
        }
    }
}

/// An int result, normalised: `Small` whenever it fits.
#[derive(Clone, Debug)]
pub enum IntBuf {
    Small(i64),
    Big { negative: bool, digits: Digits },
}

impl IntBuf {
    pub const ZERO: IntBuf = IntBuf::Small(0);
    pub const ONE: IntBuf = IntBuf::Small(1);

    /// The value as an operand.
    pub fn view(&self) -> IntView<'_> {
        match self {
            IntBuf::Small(n) => IntView::Small(*n),
            IntBuf::Big { negative, digits } => IntView::Big { negative: *negative, digits },
        }
    }

    /// Sign and digits, normalised.
    pub(crate) fn from_digits(negative: bool, mut digits: Digits) -> IntBuf {
        digits.trim();
        match digits::small_value(negative, &digits) {
            Some(n) => IntBuf::Small(n),
            None => IntBuf::Big { negative, digits },
        }
    }

    /// The value of an `i128`; never fails, five digits are in place.
    pub fn from_i128(n: i128) -> IntBuf {
        match i64::try_from(n) {
            Ok(small) => IntBuf::Small(small),
            Err(_) => IntBuf::from_u128(n < 0, n.unsigned_abs()),
        }
    }

    /// A sign and a magnitude.
    pub fn from_u128(negative: bool, mut n: u128) -> IntBuf {
        let mut store = [0; INLINE];
        let mut length = 0;
        while n != 0 {
            store[length] = n as u32 & MASK;
            n >>= BITS;
            length += 1;
        }
        IntBuf::from_digits(negative, Digits(Store::Inline(length as u8, store)))
    }

    /// The value of a `u64`.
    pub fn from_u64(n: u64) -> IntBuf {
        IntBuf::from_i128(n.into())
    }

    /// `-self`.
    pub fn negated(self) -> IntBuf {
        match self {
            IntBuf::Small(n) => match n.checked_neg() {
                Some(n) => IntBuf::Small(n),
                None => IntBuf::from_u128(false, n.unsigned_abs().into()),
            },
            IntBuf::Big { negative, digits } => IntBuf::from_digits(!negative, digits),
        }
    }

    pub fn is_zero(&self) -> bool {
        matches!(self, IntBuf::Small(0))
    }
}

impl From<i64> for IntBuf {
    fn from(n: i64) -> IntBuf {
        IntBuf::Small(n)
    }
}

impl PartialEq for IntBuf {
    fn eq(&self, other: &IntBuf) -> bool {
        compare(self.view(), other.view()).is_eq()
    }
}

impl Eq for IntBuf {}

/// The digits of an `i64` that is too wide for an immediate, and how many there are.
pub fn small_digits(n: i64) -> ([u32; 3], usize) {
    let magnitude = n.unsigned_abs();
    let digits = [magnitude as u32 & MASK, (magnitude >> BITS) as u32 & MASK, (magnitude >> (2 * BITS)) as u32];
    let length = digits.iter().rposition(|&d| d != 0).map_or(0, |last| last + 1);
    (digits, length)
}

impl<'a> IntView<'a> {
    /// A borrowed operand from its parts; leading zeros are allowed.
    pub fn from_parts(negative: bool, digits: &'a [u32]) -> IntView<'a> {
        IntView::Big { negative, digits }.simplified()
    }

    /// `Small` when it fits, otherwise trimmed digits.
    #[inline]
    pub(crate) fn simplified(self) -> IntView<'a> {
        match self {
            IntView::Small(_) => self,
            IntView::Big { negative, digits } => {
                let digits = digits::trim(digits);
                match digits::small_value(negative, digits) {
                    Some(n) => IntView::Small(n),
                    None => IntView::Big { negative, digits },
                }
            }
        }
    }

    /// Sign and trimmed digits; the digits of a small value are written to `scratch`.
    #[inline]
    pub(crate) fn parts<'b>(&'b self, scratch: &'b mut [u32; 3]) -> (bool, &'b [u32]) {
        match self {
            IntView::Small(n) => {
                let (digits, length) = small_digits(*n);
                *scratch = digits;
                (*n < 0, &scratch[..length])
            }
            IntView::Big { negative, digits } => (*negative, digits::trim(digits)),
        }
    }

    /// The value if it fits an `i64`.
    pub fn to_i64(self) -> Option<i64> {
        match self.simplified() {
            IntView::Small(n) => Some(n),
            IntView::Big { .. } => None,
        }
    }

    /// The value if it fits a `u64`.
    pub fn to_u64(self) -> Option<u64> {
        self.to_i128().and_then(|n| u64::try_from(n).ok())
    }

    /// The value if it has at most four digits (120 bits).
    pub(crate) fn to_i128(self) -> Option<i128> {
        match self {
            IntView::Small(n) => Some(n.into()),
            IntView::Big { negative, digits } => {
                let digits = digits::trim(digits);
                if digits.len() > 4 {
                    return None;
                }
                let magnitude = digits.iter().rev().fold(0i128, |n, &d| n << BITS | i128::from(d));
                Some(if negative { -magnitude } else { magnitude })
            }
        }
    }

    pub fn is_negative(self) -> bool {
        match self {
            IntView::Small(n) => n < 0,
            IntView::Big { negative, digits } => negative && !digits::trim(digits).is_empty(),
        }
    }

    pub fn is_zero(self) -> bool {
        match self {
            IntView::Small(n) => n == 0,
            IntView::Big { digits, .. } => digits::trim(digits).is_empty(),
        }
    }

    pub fn is_odd(self) -> bool {
        match self {
            IntView::Small(n) => n & 1 == 1,
            IntView::Big { digits, .. } => digits.first().is_some_and(|d| d & 1 == 1),
        }
    }

    /// -1, 0 or 1.
    pub fn signum(self) -> i32 {
        if self.is_zero() { 0 } else { 1 - 2 * i32::from(self.is_negative()) }
    }

    /// An owned copy.
    pub fn to_buf(self) -> Result<IntBuf> {
        match self.simplified() {
            IntView::Small(n) => Ok(IntBuf::Small(n)),
            IntView::Big { negative, digits } => Ok(IntBuf::Big { negative, digits: Digits::copy(digits)? }),
        }
    }

    /// `int.bit_length()`.
    pub fn bit_length(self) -> u64 {
        match self {
            IntView::Small(n) => (64 - n.unsigned_abs().leading_zeros()).into(),
            IntView::Big { digits, .. } => digits::bit_length(digits::trim(digits)),
        }
    }

    /// `int.bit_count()`.
    pub fn bit_count(self) -> u64 {
        match self {
            IntView::Small(n) => n.unsigned_abs().count_ones().into(),
            IntView::Big { digits, .. } => digits.iter().map(|d| u64::from(d.count_ones())).sum(),
        }
    }

    /// The number of zero bits below the lowest one; 0 for zero.
    pub fn trailing_zeros(self) -> u64 {
        match self {
            IntView::Small(0) => 0,
            IntView::Small(n) => n.trailing_zeros().into(),
            IntView::Big { digits, .. } => match digits.iter().position(|&d| d != 0) {
                Some(at) => at as u64 * u64::from(BITS) + u64::from(digits[at].trailing_zeros()),
                None => 0,
            },
        }
    }

    /// `hash(int)`: the value modulo 2**61 - 1 with its sign, never -1.
    pub fn hash(self) -> i64 {
        const P: u64 = (1 << 61) - 1;
        let (negative, magnitude) = match self {
            IntView::Small(n) => {
                let m = n.unsigned_abs();
                (n < 0, if m >= P { m % P } else { m })
            }
            IntView::Big { negative, digits } => {
                let m = digits.iter().rev().fold(0u64, |x, &d| {
                    let x = ((x << BITS) & P | x >> (61 - BITS)) + u64::from(d);
                    if x >= P { x - P } else { x }
                });
                (negative, m)
            }
        };
        match if negative { -(magnitude as i64) } else { magnitude as i64 } {
            -1 => -2,
            hash => hash,
        }
    }
}

/// Three-way comparison.
pub fn compare(a: IntView, b: IntView) -> Ordering {
    if let (IntView::Small(a), IntView::Small(b)) = (a, b) {
        return a.cmp(&b);
    }
    let (mut sa, mut sb) = ([0; 3], [0; 3]);
    let ((na, a), (nb, b)) = (a.parts(&mut sa), b.parts(&mut sb));
    match (na && !a.is_empty(), nb && !b.is_empty()) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => digits::compare(a, b),
        (true, true) => digits::compare(b, a),
    }
}

/// `a == b`, cheaper than [`compare`] for unequal lengths.
pub fn equal(a: IntView, b: IntView) -> bool {
    compare(a, b).is_eq()
}

/// `-a`.
pub fn negative(a: IntView) -> Result<IntBuf> {
    Ok(a.to_buf()?.negated())
}

/// `abs(a)`.
pub fn absolute(a: IntView) -> Result<IntBuf> {
    let copy = a.to_buf()?;
    Ok(if a.is_negative() { copy.negated() } else { copy })
}
