//! `int.to_bytes` and `int.from_bytes`.

use super::digits::{BITS, MASK};
use super::{Digits, IntBuf, IntView};
use crate::error::{NumError, Result};

/// Writes `a` into all of `out`, little endian or big, two's complement if `signed`.
pub fn to_bytes(a: IntView, out: &mut [u8], little: bool, signed: bool) -> Result<()> {
    let negative = a.is_negative();
    if negative && !signed {
        return Err(NumError::NegativeForUnsigned);
    }
    let available = out.len() as u64 * 8;
    let wanted = if negative {
        // -128 needs eight bits, -129 nine.
        let power_of_two = a.bit_count() == 1;
        a.bit_length() + u64::from(!power_of_two)
    } else {
        a.bit_length() + u64::from(signed && !a.is_zero())
    };
    if wanted > available {
        return Err(NumError::IntTooBigForBytes);
    }
    let mut scratch = [0; 3];
    let (_, digits) = a.parts(&mut scratch);
    let flip = if negative { 0xff } else { 0 };
    let mut carry = u16::from(negative);
    let (mut buffer, mut bits) = (0u64, 0);
    let mut rest = digits.iter();
    let length = out.len();
    for i in 0..length {
        if bits < 8 {
            buffer |= u64::from(rest.next().copied().unwrap_or(0)) << bits;
            bits += BITS;
        }
        let byte = u16::from(buffer as u8 ^ flip) + carry;
        carry = byte >> 8;
        buffer >>= 8;
        bits -= 8;
        out[if little { i } else { length - 1 - i }] = byte as u8;
    }
    Ok(())
}

/// The int that `bytes` spell, two's complement if `signed`.
pub fn from_bytes(bytes: &[u8], little: bool, signed: bool) -> Result<IntBuf> {
    let top = if little { bytes.last() } else { bytes.first() };
    let negative = signed && top.is_some_and(|b| b & 0x80 != 0);
    let mut out = Digits::zeroed((bytes.len() as u64 * 8).div_ceil(u64::from(BITS)) as usize + 1)?;
    let flip = if negative { 0xff } else { 0 };
    let mut carry = u64::from(negative);
    let (mut buffer, mut bits, mut at) = (0u64, 0, 0);
    for i in 0..bytes.len() {
        let byte = bytes[if little { i } else { bytes.len() - 1 - i }];
        buffer |= u64::from(byte ^ flip) << bits;
        bits += 8;
        if bits >= BITS {
            let digit = (buffer & u64::from(MASK)) + carry;
            out[at] = digit as u32 & MASK;
            carry = digit >> BITS;
            at += 1;
            buffer >>= BITS;
            bits -= BITS;
        }
    }
    let digit = buffer + carry;
    out[at] = digit as u32 & MASK;
    if let Some(next) = out.get_mut(at + 1) {
        *next = (digit >> BITS) as u32;
    }
    Ok(IntBuf::from_digits(negative, out))
}
