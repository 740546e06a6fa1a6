//! Int to and from text.

use super::big::{pack, room_for, to_buf, to_ubig, unpack, words_of};
use super::digits::{self, BITS};
use super::{Digits, IntBuf, IntView};
use crate::error::{NumError, Poll, Result};
use dashu_int::UBig;
use dashu_int::ops::DivRem;

/// Room for an `i64` in decimal.
pub const SMALL_DECIMAL: usize = 20;

/// From this many digits on, decimal conversion divides and conquers.
const LONG_TEXT: usize = 40;

/// Room for what [`short_decimal`] writes.
pub const SHORT_DECIMAL: usize = 1 + PIECE_DIGITS * (LONG_TEXT * BITS as usize).div_ceil(63);

/// Up to this many digits, parsing is quadratic.
const SHORT_TEXT: usize = 400;

static PAIRS: [u8; 200] = {
    let mut table = [0; 200];
    let mut i = 0;
    while i < 100 {
        table[2 * i] = b'0' + (i / 10) as u8;
        table[2 * i + 1] = b'0' + (i % 10) as u8;
        i += 1;
    }
    table
};

/// Writes `n` at the end of `out`, returns where it begins.
#[inline]
fn write_u64(mut n: u64, out: &mut [u8]) -> usize {
    let mut at = out.len();
    while n >= 100 {
        let pair = (n % 100) as usize * 2;
        n /= 100;
        at -= 2;
        out[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    }
    if n >= 10 {
        let pair = n as usize * 2;
        at -= 2;
        out[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    } else {
        at -= 1;
        out[at] = b'0' + n as u8;
    }
    at
}

/// `str(n)` as ASCII, without allocating.
#[inline]
pub fn small_decimal(n: i64, buffer: &mut [u8; SMALL_DECIMAL]) -> &[u8] {
    let mut at = write_u64(n.unsigned_abs(), buffer);
    if n < 0 {
        at -= 1;
        buffer[at] = b'-';
    }
    &buffer[at..]
}

/// `str(a)` as ASCII, without allocating; nothing where it is long. No limit on digits is as low as that.
pub fn short_decimal<'a>(a: IntView, buffer: &'a mut [u8; SHORT_DECIMAL]) -> Option<&'a [u8]> {
    let (negative, digits) = match a.simplified() {
        IntView::Small(n) => {
            let mut at = write_u64(n.unsigned_abs(), buffer);
            if n < 0 {
                at -= 1;
                buffer[at] = b'-';
            }
            return Some(&buffer[at..]);
        }
        IntView::Big { negative, digits } => (negative, digits),
    };
    if digits.len() >= LONG_TEXT {
        return None;
    }
    let mut words = [0; words_of(LONG_TEXT)];
    let words = &mut words[..words_of(digits.len())];
    pack(words, digits);
    let mut at = write_words(words, buffer);
    if negative {
        at -= 1;
        buffer[at] = b'-';
    }
    Some(&buffer[at..])
}

/// ASCII bytes as a `String`.
fn ascii(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}

/// `str(a)`. `limit` is `sys.get_int_max_str_digits()`, 0 for none.
pub fn to_decimal(a: IntView, limit: usize, poll: Poll) -> Result<String> {
    if let Some(text) = short_decimal(a, &mut [0; SHORT_DECIMAL]) {
        return Ok(ascii(text.to_vec()));
    }
    let mut scratch = [0; 3];
    let (negative, digits) = a.parts(&mut scratch);
    // log10(2) from below: certain to be over the limit.
    let at_least = (u128::from(digits::bit_length(digits) - 1) * 30102 / 100_000) as usize;
    if limit != 0 && at_least > limit {
        return Err(NumError::DigitLimit(limit));
    }
    let mut text = Vec::new();
    text.try_reserve(at_least + at_least / 1000 + 32).map_err(|_| NumError::Memory)?;
    if negative {
        text.push(b'-');
    }
    write_long(to_ubig(digits)?, &mut text, poll)?;
    if limit != 0 && text.len() - usize::from(negative) > limit {
        return Err(NumError::DigitLimit(limit));
    }
    Ok(ascii(text))
}

/// A power of ten small enough for a word.
const PIECE: u64 = 10_000_000_000_000_000_000;
const PIECE_DIGITS: usize = 19;

/// `high << 64 | low`, where `high` is below [`PIECE`], divided by it, and the rest: by a multiplication with the reciprocal
/// (Möller and Granlund, Improved division by invariant integers, 2011, algorithm 4). The highest bit of `PIECE` is set.
#[inline(always)]
fn div_piece(high: u64, low: u64) -> (u64, u64) {
    const RECIPROCAL: u64 = (u128::MAX / PIECE as u128 - (1 << 64)) as u64;
    let guess = (u128::from(RECIPROCAL) * u128::from(high)).wrapping_add(u128::from(high) << 64 | u128::from(low));
    let mut quotient = ((guess >> 64) as u64).wrapping_add(1);
    let mut rest = low.wrapping_sub(quotient.wrapping_mul(PIECE));
    if rest > guess as u64 {
        quotient = quotient.wrapping_sub(1);
        rest = rest.wrapping_add(PIECE);
    }
    if rest >= PIECE {
        quotient += 1;
        rest -= PIECE;
    }
    (quotient, rest)
}

/// Writes a number in decimal at the end of `out`, which has room for a piece more than it takes, and returns where it
/// begins. The words, lowest first, are used up.
fn write_words(words: &mut [u64], out: &mut [u8]) -> usize {
    let mut length = words.len();
    let mut end = out.len();
    loop {
        while length > 0 && words[length - 1] == 0 {
            length -= 1;
        }
        let mut rest = 0;
        for word in words[..length].iter_mut().rev() {
            (*word, rest) = div_piece(rest, *word);
        }
        if words[..length].iter().all(|&word| word == 0) {
            return write_u64(rest, &mut out[..end]);
        }
        write_piece(rest, &mut out[end - PIECE_DIGITS..end]);
        end -= PIECE_DIGITS;
    }
}

/// All digits of a number below [`PIECE`], with leading zeros: in three parts, so that none waits for the others.
#[inline]
fn write_piece(n: u64, out: &mut [u8]) {
    const HALF: u64 = 100_000_000;
    let (high, low) = (n / HALF, n % HALF);
    let (high, middle) = (high / HALF, high % HALF);
    out[..3].copy_from_slice(&[b'0' + (high / 100) as u8, b'0' + (high / 10 % 10) as u8, b'0' + (high % 10) as u8]);
    write_eight(middle as u32, &mut out[3..11]);
    write_eight(low as u32, &mut out[11..19]);
}

#[inline]
fn write_eight(n: u32, out: &mut [u8]) {
    let (high, low) = (n / 10_000, n % 10_000);
    for (i, pair) in [high / 100, high % 100, low / 100, low % 100].into_iter().enumerate() {
        let pair = pair as usize * 2;
        out[2 * i..2 * i + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    }
}

/// Splits at 10**(19 * 2**k), recursively.
fn write_long(n: UBig, text: &mut Vec<u8>, poll: Poll) -> Result<()> {
    // The powers, of which the largest is as long as the number, and the parts.
    room_for(6, n.as_words().len())?;
    let mut powers = vec![UBig::from(PIECE)];
    while let Some(last) = powers.last()
        && last.as_words().len() * 2 <= n.as_words().len() + 1
    {
        if poll() {
            return Err(NumError::Interrupted);
        }
        powers.push(last.sqr());
    }
    let start = text.len();
    write_split(n, &powers, false, text, poll)?;
    debug_assert!(text.len() > start);
    Ok(())
}

/// So many words are written in quadratic time: dividing a few words by a word is quicker than splitting them.
const LEAF: usize = 24;

/// Writes `n < powers.last() ** 2`; padded with zeros to the full width unless it is the head of the number.
fn write_split(n: UBig, powers: &[UBig], pad: bool, text: &mut Vec<u8>, poll: Poll) -> Result<()> {
    if n.as_words().len() <= LEAF || powers.is_empty() {
        let width = if pad { PIECE_DIGITS << powers.len() } else { 0 };
        return write_leaf(&n, width, text);
    }
    let (power, rest) = powers.split_last().ok_or(NumError::Memory)?;
    if n.as_words().len() > 1000 && poll() {
        return Err(NumError::Interrupted);
    }
    if !pad && n < *power {
        return write_split(n, rest, false, text, poll);
    }
    let (high, low) = n.div_rem(power);
    write_split(high, rest, pad, text, poll)?;
    write_split(low, rest, true, text, poll)
}

fn write_leaf(n: &UBig, width: usize, text: &mut Vec<u8>) -> Result<()> {
    let mut words = [0; LEAF];
    let words = words.get_mut(..n.as_words().len()).ok_or(NumError::Memory)?;
    words.copy_from_slice(n.as_words());
    let mut buffer = [0; PIECE_DIGITS * (LEAF + 2)];
    let written = match n.is_zero() {
        true => &[][..],
        false => {
            let at = write_words(words, &mut buffer);
            &buffer[at..]
        }
    };
    text.extend(std::iter::repeat_n(b'0', width.saturating_sub(written.len())));
    text.extend_from_slice(written);
    Ok(())
}

/// Digits of `a` in `radix` (2 to 36), with a minus sign, without prefix. Decimal has no limit here.
pub fn to_radix(a: IntView, radix: u32, upper: bool, poll: Poll) -> Result<String> {
    if radix == 10 {
        return to_decimal(a, 0, poll);
    }
    let alphabet: &[u8; 36] =
        if upper { b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" } else { b"0123456789abcdefghijklmnopqrstuvwxyz" };
    let mut scratch = [0; 3];
    let (negative, digits) = a.parts(&mut scratch);
    let mut text = Vec::new();
    if radix.is_power_of_two() {
        let width = radix.trailing_zeros();
        let bits = digits::bit_length(digits).max(1);
        let length = bits.div_ceil(width.into()) as usize;
        text.try_reserve_exact(length + 1).map_err(|_| NumError::Memory)?;
        text.resize(length + usize::from(negative), b'-');
        let (mut buffer, mut held) = (0u64, 0);
        let mut rest = digits.iter();
        for out in text[usize::from(negative)..].iter_mut().rev() {
            if held < width {
                buffer |= u64::from(rest.next().copied().unwrap_or(0)) << held;
                held += BITS;
            }
            *out = alphabet[(buffer & u64::from(radix - 1)) as usize];
            buffer >>= width;
            held -= width;
        }
        return Ok(ascii(text));
    }
    if negative {
        text.push(b'-');
    }
    room_for(6, words_of(digits.len()))?;
    let magnitude = to_ubig(digits)?.in_radix(radix as u8).to_string();
    let magnitude = if upper { magnitude.to_ascii_uppercase() } else { magnitude };
    text.extend_from_slice(magnitude.as_bytes());
    Ok(ascii(text))
}

/// The value of a digit up to 36, 37 for any other byte.
#[inline]
fn digit_value(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'a'..=b'z' => u32::from(byte - b'a') + 10,
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        _ => 37,
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

pub(crate) fn strip(mut text: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = text
        && is_space(*first)
    {
        text = rest;
    }
    while let [rest @ .., last] = text
        && is_space(*last)
    {
        text = rest;
    }
    text
}

/// `int(text, base)` on text that [`normalise_text`] made ASCII. `base` is 0 or 2 to 36; `limit` as in [`to_decimal`].
/// `InvalidLiteral` is worded by the caller, who has the original object.
pub fn parse(text: &[u8], base: u32, limit: usize, poll: Poll) -> Result<IntBuf> {
    if base == 1 || base > 36 {
        return Err(NumError::BadBase);
    }
    let text = strip(text);
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let prefix = match text {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    let prefixed = prefix != 0 && (base == 0 || base == prefix);
    let radix = match base {
        0 if prefixed => prefix,
        0 => 10,
        base => base,
    };
    let body = match text {
        [_, _, b'_', rest @ ..] if prefixed => rest,
        [_, _, rest @ ..] if prefixed => rest,
        _ => text,
    };
    if !well_formed(body, radix) {
        return Err(NumError::InvalidLiteral);
    }
    // `010` is no literal, `00` is.
    if base == 0 && !prefixed && body[0] == b'0' && body.iter().any(|&c| c != b'0' && c != b'_') {
        return Err(NumError::InvalidLiteral);
    }
    parse_body(body, radix, negative, limit, poll)
}

/// Digits with single underscores between them.
fn well_formed(body: &[u8], radix: u32) -> bool {
    // All are looked at, several at once.
    if radix == 10 && !body.is_empty() && body.iter().fold(true, |all, c| all & c.is_ascii_digit()) {
        return true;
    }
    let mut after_digit = false;
    for &byte in body {
        if byte == b'_' {
            if !after_digit {
                return false;
            }
            after_digit = false;
        } else if digit_value(byte) < radix {
            after_digit = true;
        } else {
            return false;
        }
    }
    after_digit
}

/// A checked run of decimal digits, as in a source literal or a JSON number.
pub fn parse_decimal(body: &[u8], limit: usize, poll: Poll) -> Result<IntBuf> {
    if !well_formed(body, 10) {
        return Err(NumError::InvalidLiteral);
    }
    parse_body(body, 10, false, limit, poll)
}

fn parse_body(body: &[u8], radix: u32, negative: bool, limit: usize, poll: Poll) -> Result<IntBuf> {
    if body.len() <= 18 && radix == 10 {
        let n = body.iter().filter(|&&c| c != b'_').fold(0, |n, &c| n * 10 + i64::from(c - b'0'));
        return Ok(IntBuf::Small(if negative { -n } else { n }));
    }
    // Plain decimal, as long as quadratic work is quick.
    if radix == 10 && body.len() <= SHORT_TEXT && (limit == 0 || body.len() <= limit) && !body.contains(&b'_') {
        return parse_plain(body, negative);
    }
    let count = body.iter().filter(|&&c| c != b'_').count();
    if radix.is_power_of_two() {
        return parse_bits(body, radix.trailing_zeros(), count, negative);
    }
    if limit != 0 && count > limit {
        return Err(NumError::DigitLimitText(limit, count));
    }
    let values = body.iter().filter(|&&c| c != b'_').map(|&c| digit_value(c));
    if count <= SHORT_TEXT {
        return parse_short(values, radix, count, negative);
    }
    let mut plain: Vec<u8> = Vec::new();
    plain.try_reserve_exact(count).map_err(|_| NumError::Memory)?;
    plain.extend(values.map(|v| v as u8));
    let values = plain;
    // The powers, whose largest may be twice as long as the number, and the parts; a digit takes up to 5.2 bits.
    room_for(6, count / 12)?;
    to_buf(negative, &parse_long(&values, radix, poll)?)
}

/// Decimal digits, as many at a time as a word holds.
fn parse_plain(body: &[u8], negative: bool) -> Result<IntBuf> {
    let mut words = [0; SHORT_TEXT.div_ceil(PIECE_DIGITS) + 1];
    let (head, pieces) = body.split_at(body.len() % PIECE_DIGITS);
    words[0] = value_of_digits(head);
    let mut length = 1;
    for piece in pieces.chunks_exact(PIECE_DIGITS) {
        let mut carry = value_of_digits(piece);
        for word in &mut words[..length] {
            let product = u128::from(*word) * u128::from(PIECE) + u128::from(carry);
            *word = product as u64;
            carry = (product >> 64) as u64;
        }
        if carry != 0 {
            words[length] = carry;
            length += 1;
        }
    }
    Ok(IntBuf::from_digits(negative, unpack(&words[..length])?))
}

/// The value of decimal digits, [`PIECE_DIGITS`] at most.
fn value_of_digits(text: &[u8]) -> u64 {
    let (eights, rest) = text.as_chunks::<8>();
    let n = eights.iter().fold(0, |n, eight| n * 100_000_000 + eight_digits(*eight));
    rest.iter().fold(n, |n, c| n * 10 + u64::from(c - b'0'))
}

/// Eight digits at once: neighbours are joined to pairs, those to fours, those to the number.
fn eight_digits(text: [u8; 8]) -> u64 {
    let n = u64::from_le_bytes(text) - 0x3030_3030_3030_3030;
    let n = (n * 10 + (n >> 8)) & 0x00FF_00FF_00FF_00FF;
    let n = (n * 100 + (n >> 16)) & 0x0000_FFFF_0000_FFFF;
    (n * 10_000 + (n >> 32)) & 0xFFFF_FFFF
}

fn parse_bits(body: &[u8], width: u32, count: usize, negative: bool) -> Result<IntBuf> {
    let mut out = Digits::zeroed((count as u64 * u64::from(width)).div_ceil(BITS.into()) as usize + 1)?;
    let (mut buffer, mut held, mut at) = (0u64, 0, 0);
    for &c in body.iter().rev().filter(|&&c| c != b'_') {
        buffer |= u64::from(digit_value(c)) << held;
        held += width;
        if held >= BITS {
            out[at] = buffer as u32 & digits::MASK;
            at += 1;
            buffer >>= BITS;
            held -= BITS;
        }
    }
    out[at] = buffer as u32;
    Ok(IntBuf::from_digits(negative, out))
}

/// How many digits of a radix fit below 2**30, and that power of the radix.
fn chunk_of(radix: u32) -> (usize, u32) {
    let (mut count, mut power) = (0, 1u32);
    while let Some(next) = power.checked_mul(radix)
        && next <= digits::MASK
    {
        power = next;
        count += 1;
    }
    (count, power)
}

fn parse_short(values: impl Iterator<Item = u32>, radix: u32, count: usize, negative: bool) -> Result<IntBuf> {
    let (chunk, _) = chunk_of(radix);
    let mut out = Digits::zeroed(count / chunk * 11 / 10 + 4)?;
    let mut length = 0;
    let (mut value, mut scale, mut held) = (0, 1, 0);
    let mut flush = |value: u32, scale: u32| {
        let carry = digits::mul_add_small(&mut out[..length], scale, value);
        if carry != 0 {
            out[length] = carry;
            length += 1;
        }
    };
    for digit in values {
        value = value * radix + digit;
        scale *= radix;
        held += 1;
        if held == chunk {
            flush(value, scale);
            (value, scale, held) = (0, 1, 0);
        }
    }
    flush(value, scale);
    Ok(IntBuf::from_digits(negative, out))
}

/// Halves the digits at a power of the radix that is shared by a level, recursively.
fn parse_long(values: &[u8], radix: u32, poll: Poll) -> Result<UBig> {
    const LEAF: usize = 256;
    let mut powers = vec![UBig::from(radix).pow(LEAF)];
    while LEAF << powers.len() < values.len() {
        if poll() {
            return Err(NumError::Interrupted);
        }
        let next = powers[powers.len() - 1].sqr();
        powers.push(next);
    }
    parse_split(values, radix, LEAF, &powers, poll)
}

fn parse_split(values: &[u8], radix: u32, leaf: usize, powers: &[UBig], poll: Poll) -> Result<UBig> {
    if values.len() <= leaf || powers.is_empty() {
        let short = parse_short(values.iter().map(|&v| u32::from(v)), radix, values.len(), false)?;
        return to_ubig(short.view().parts(&mut [0; 3]).1);
    }
    let low = leaf << (powers.len() - 1);
    let (power, rest) = powers.split_last().ok_or(NumError::Memory)?;
    if values.len() <= low {
        return parse_split(values, radix, leaf, rest, poll);
    }
    if values.len() > 1 << 14 && poll() {
        return Err(NumError::Interrupted);
    }
    let (head, tail) = values.split_at(values.len() - low);
    let head = parse_split(head, radix, leaf, rest, poll)?;
    let tail = parse_split(tail, radix, leaf, rest, poll)?;
    Ok(head * power + tail)
}

/// The first code points of the runs of ten decimal digits outside ASCII (Unicode 16, general category Nd).
#[rustfmt::skip]
static DIGIT_ZEROS: &[u32] = &[
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66,
    0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90,
    0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
    0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0,
    0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50, 0x11d50, 0x11da0, 0x11f50, 0x16130, 0x16a60,
    0x16ac0, 0x16b50, 0x16d70, 0x1ccf0, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0,
    0x1e5f1, 0x1e950, 0x1fbf0,
];

/// The value of a code point that is a decimal digit (`unicodedata.decimal`).
pub fn decimal_value(code: u32) -> Option<u32> {
    if code < 0x80 {
        return (48..58).contains(&code).then(|| code - 48);
    }
    let at = DIGIT_ZEROS.partition_point(|&zero| zero <= code);
    let zero = *DIGIT_ZEROS.get(at.checked_sub(1)?)?;
    (code - zero < 10).then(|| code - zero)
}

/// White space outside ASCII.
fn is_unicode_space(code: u32) -> bool {
    matches!(code, 0x85 | 0xa0 | 0x1680 | 0x2000..=0x200a | 0x2028 | 0x2029 | 0x202f | 0x205f | 0x3000)
}

/// Text given to `int`, `float` or `complex` as ASCII: decimal digits of any script and spaces become ASCII's, anything
/// else that is not ASCII becomes `?`, which no number contains. Pure ASCII stays as it is (and needs no call).
pub fn normalise_text(codes: impl Iterator<Item = u32>) -> Vec<u8> {
    codes
        .map(|code| match code {
            0..=0x7e => code as u8,
            _ if is_unicode_space(code) => b' ',
            _ => decimal_value(code).map_or(b'?', |value| b'0' + value as u8),
        })
        .collect()
}
