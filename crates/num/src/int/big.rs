//! Digits to and from `dashu_int`, for work that is long enough to pay for converting.

use super::{Digits, IntBuf, digits::BITS, digits::MASK};
use crate::error::{NumError, Result};
use dashu_int::UBig;

/// The magnitude of 30-bit digits; `Memory` if there is none for it.
pub fn to_ubig(digits: &[u32]) -> Result<UBig> {
    const ON_STACK: usize = 32;
    let count = (digits.len() * BITS as usize).div_ceil(64);
    let mut small = [0u64; ON_STACK];
    let mut large;
    let words: &mut [u64] = if count <= ON_STACK {
        &mut small[..count]
    } else {
        room(2 * 8 * count)?;
        large = vec![0; count];
        &mut large
    };
    pack(words, digits);
    Ok(UBig::from_words(words))
}

/// The words of a magnitude, lowest first: as many as [`words_of`] says.
pub fn pack(words: &mut [u64], digits: &[u32]) {
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
    unpack(n.as_words())
}

/// The 30-bit digits of words, lowest first.
pub fn unpack(words: &[u64]) -> Result<Digits> {
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

/// `Memory` if numbers of `bits` bits cannot be worked with.
pub fn probe(bits: u64) -> Result<()> {
    // Three times: the operands, the result and the scratch space of a multiplication exist at once.
    room(usize::try_from(bits / 8).ok().and_then(|bytes| bytes.checked_mul(3)).ok_or(NumError::Memory)?)
}

/// Less than this is not asked for beforehand: the process keeps some memory back for what native code needs in passing.
const PASSING: usize = 1 << 20;

/// `Memory` if so many bytes of working space cannot be had. `dashu_int` does not report that, it panics: what needs space in
/// proportion to its operands is preceded by this.
pub fn room(bytes: usize) -> Result<()> {
    if bytes < PASSING {
        return Ok(());
    }
    // Each of the pieces is rounded up.
    Vec::<u8>::new().try_reserve_exact(bytes.saturating_add(bytes / 32 + (64 << 10))).map_err(|_| NumError::Memory)
}

/// Bytes of that many words, with some to spare for rounding.
pub fn word_bytes(words: usize) -> usize {
    words.saturating_mul(8).saturating_add(1024)
}

/// From this many words in the shorter factor on, `dashu_int` multiplies by number-theoretic transforms.
pub const TRANSFORMED: usize = 4000;

/// Bytes of scratch space for products of up to `words` words in all whose shorter factor has `shorter`. `dashu_int` asks for as
/// much as the worst case takes: the transforms of three primes, of pieces of 16 bits, to the next power of two.
pub fn scratch(words: usize, shorter: usize) -> usize {
    if shorter <= TRANSFORMED {
        return word_bytes(5 * shorter);
    }
    let pieces = words.saturating_mul(4).saturating_add(2).checked_next_power_of_two().unwrap_or(usize::MAX);
    word_bytes(pieces.saturating_mul(6).saturating_add(words))
}

/// `Memory` unless there is room for `values` numbers of `words` words besides the scratch space of a product or quotient of that
/// length.
pub fn room_for(values: usize, words: usize) -> Result<()> {
    room(word_bytes(words.saturating_mul(values)).saturating_add(scratch(words, words / 2)))
}

/// The words of that many 30-bit digits.
pub const fn words_of(digits: usize) -> usize {
    (digits * BITS as usize).div_ceil(64)
}
