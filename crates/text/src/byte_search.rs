//! Single bytes in bytes.
//!
//! `memchr` asks the processor what it can when it is first used. In a virtual machine each such question leaves it, all
//! together for a hundredth of a start, which looks through paths and lines only. So what is short is looked through with the
//! instructions that every processor of the kind has.

/// Most bytes of a short text: names, paths and lines.
const SHORT: usize = 128;

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
use memchr::arch::x86_64::sse2::memchr::One;

/// Where a byte first is.
#[inline]
pub fn find_byte(byte: u8, bytes: &[u8]) -> Option<usize> {
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    if bytes.len() <= SHORT
        && let Some(one) = One::new(byte)
    {
        return one.find(bytes);
    }
    memchr::memchr(byte, bytes)
}

/// Where a byte last is.
#[inline]
pub fn rfind_byte(byte: u8, bytes: &[u8]) -> Option<usize> {
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    if bytes.len() <= SHORT
        && let Some(one) = One::new(byte)
    {
        return one.rfind(bytes);
    }
    memchr::memrchr(byte, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long() {
        for length in [0, 1, 15, 16, 17, 127, 128, 129, 1000] {
            for at in [0, 1, 14, 15, 16, 126, 127, 128, 999] {
                let mut bytes = vec![b'a'; length];
                let found = bytes.get_mut(at).map(|b| *b = b'x').map(|()| at);
                assert_eq!((find_byte(b'x', &bytes), rfind_byte(b'x', &bytes)), (found, found));
                assert_eq!(find_byte(b'a', &bytes), bytes.iter().position(|b| *b == b'a'));
                assert_eq!(rfind_byte(b'a', &bytes), bytes.iter().rposition(|b| *b == b'a'));
            }
        }
    }
}
