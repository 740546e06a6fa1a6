//! Binary forms of numbers for `struct`, `array`, `pickle` and `marshal`: ints of fixed size, half and single floats.
//!
//! Byte order is the caller's: the floats come as bits.

use crate::error::{NumError, Result};
use crate::int::{self, IntView};

/// Writes an int of `out.len()` bytes; false if it is out of range.
pub fn put_int(n: IntView, out: &mut [u8], little: bool, signed: bool) -> bool {
    if let IntView::Small(small) = n
        && matches!(out.len(), 1 | 2 | 4 | 8)
    {
        let bits = out.len() as u32 * 8;
        let fits =
            if signed { small >> (bits - 1) == small >> 63 } else { small >= 0 && (bits == 64 || small >> bits == 0) };
        if fits {
            let bytes = small.to_le_bytes();
            let length = out.len();
            out.copy_from_slice(&bytes[..length]);
            if !little {
                out.reverse();
            }
        }
        return fits;
    }
    int::to_bytes(n, out, little, signed).is_ok()
}

/// Reads an int of up to eight bytes.
pub fn get_int(bytes: &[u8], little: bool, signed: bool) -> i128 {
    let join = |n: u64, b: &u8| n << 8 | u64::from(*b);
    let value = if little { bytes.iter().rev().fold(0, join) } else { bytes.iter().fold(0, join) };
    let unused = 64 - 8 * bytes.len().clamp(1, 8) as u32;
    if signed { ((value << unused) as i64 >> unused).into() } else { value.into() }
}

const FRACTION: u64 = (1 << 52) - 1;

/// Sign, biased exponent and fraction of a double packed into a smaller format, rounded half to even; `None` on
/// overflow. `bits` counts fraction bits, `bias` is the exponent's.
fn narrow(x: f64, bits: u32, bias: i32) -> Option<(u64, u64)> {
    let source = x.to_bits();
    let sign = source >> 63;
    let exponent = (source >> 52) as i32 & 0x7ff;
    let fraction = source & FRACTION;
    let top = 2 * bias as u64 + 1;
    if exponent == 0x7ff {
        if fraction == 0 {
            return Some((sign, top << bits));
        }
        // The payload keeps its upper bits; one whose upper bits are all zero would turn into an infinity.
        let kept = fraction >> (52 - bits);
        return Some((sign, top << bits | if kept == 0 { 1 } else { kept }));
    }
    if exponent == 0 {
        // Doubles this small round to zero in both formats.
        return Some((sign, 0));
    }
    let unbiased = exponent - 1023;
    let mantissa = fraction | 1 << 52;
    let target = unbiased + bias;
    let (shift, base) =
        if target <= 0 { (52 - bits as i32 + 1 - target, 0) } else { (52 - bits as i32, target as u64) };
    if shift > 54 {
        return Some((sign, 0));
    }
    let kept = mantissa >> shift;
    let rest = mantissa & ((1 << shift) - 1);
    let half = 1 << (shift - 1);
    let up = rest > half || rest == half && kept & 1 == 1;
    // A carry out of the fraction moves into the exponent by itself.
    let hidden = if target <= 0 { 0 } else { 1 << bits };
    let packed = (base << bits) + kept - hidden + u64::from(up);
    if packed >> bits >= top { None } else { Some((sign, packed)) }
}

/// Format `e`: an IEEE half.
pub fn to_half(x: f64) -> Result<u16> {
    let (sign, packed) = narrow(x, 10, 15).ok_or(NumError::HalfTooLarge)?;
    Ok((sign << 15 | packed) as u16)
}

/// Format `f`: an IEEE single.
pub fn to_single(x: f64) -> Result<u32> {
    let (sign, packed) = narrow(x, 23, 127).ok_or(NumError::SingleTooLarge)?;
    Ok((sign << 31 | packed) as u32)
}

fn widen(sign: u64, exponent: i32, fraction: u64, bits: u32, bias: i32) -> f64 {
    let sign = sign << 63;
    let shifted = fraction << (52 - bits);
    let magnitude = if exponent == 2 * bias + 1 {
        0x7ff << 52 | shifted
    } else if exponent == 0 {
        if fraction == 0 {
            0
        } else {
            let zeros = fraction.leading_zeros() - (63 - bits);
            let exponent = (1 - bias - zeros as i32 + 1023) as u64;
            exponent << 52 | shifted << zeros & FRACTION
        }
    } else {
        ((exponent - bias + 1023) as u64) << 52 | shifted
    };
    f64::from_bits(sign | magnitude)
}

/// The float that an IEEE half holds.
pub fn from_half(bits: u16) -> f64 {
    let bits = u64::from(bits);
    widen(bits >> 15, (bits >> 10) as i32 & 0x1f, bits & 0x3ff, 10, 15)
}

/// The float that an IEEE single holds.
pub fn from_single(bits: u32) -> f64 {
    let bits = u64::from(bits);
    widen(bits >> 31, (bits >> 23) as i32 & 0xff, bits & 0x7f_ffff, 23, 127)
}
