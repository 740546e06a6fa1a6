//! Digits to and from `dashu_int`, for work that is long enough to pay for converting.

use super::{Digits, IntBuf, digits::BITS, digits::MASK};
use crate::error::{NumError, Result};
use dashu_int::UBig;

/// The magnitude of 30-bit digits.
pub fn to_ubig(digits: &[u32]) -> UBig {
    const ON_STACK: usize = 32;
    let count = (digits.len() * BITS as usize).div_ceil(64);
    let mut small = [0u64; ON_STACK];
    let mut large;
    let words: &mut [u64] = if count <= ON_STACK {
        &mut small[..count]
    } else {
        large = vec![0; count];
        &mut large
    };
    pack(words, digits);
    UBig::from_words(words)
}

fn pack(words: &mut [u64], digits: &[u32]) {
    let mut buffer = 0u128;
    let mut bits = 0;
    let mut at = 0;
    for &d in digits {
        buffer |= u128::from(d) << bits;
        bits += BITS;
        if bits >= 64 {
            words[at] = buffer as u64;
            at += 1;
            buffer >>= 64;
            bits -= 64;
        }
    }
    if let Some(last) = words.get_mut(at) {
        *last = buffer as u64;
    }
}

/// The 30-bit digits of a magnitude.
pub fn from_ubig(n: &UBig) -> Result<Digits> {
    let words = n.as_words();
    let mut digits = Digits::zeroed((words.len() * 64).div_ceil(BITS as usize))?;
    let mut buffer = 0u128;
    let mut bits = 0u32;
    let mut next = words.iter();
    for out in digits.iter_mut() {
        if bits < BITS {
            if let Some(&word) = next.next() {
                buffer |= u128::from(word) << bits;
                bits += 64;
            } else {
                bits = BITS;
            }
        }
        *out = buffer as u32 & MASK;
        buffer >>= BITS;
        bits -= BITS;
    }
    Ok(digits)
}

/// A sign and a magnitude as a result.
pub fn to_buf(negative: bool, n: &UBig) -> Result<IntBuf> {
    Ok(IntBuf::from_digits(negative, from_ubig(n)?))
}

/// `Memory` if `bits` bits of working space cannot be had. `dashu_int` cannot report that itself, so sizes that a
/// program chooses are probed first.
pub fn probe(bits: u64) -> Result<()> {
    if bits < 1 << 24 {
        return Ok(());
    }
    let bytes = usize::try_from(bits / 8).map_err(|_| NumError::Memory)?;
    // Three times: the operands, the result and the scratch space of a multiplication exist at once.
    let wanted = bytes.checked_mul(3).ok_or(NumError::Memory)?;
    Vec::<u8>::new().try_reserve_exact(wanted).map_err(|_| NumError::Memory)
}
