//! The Mersenne twister MT19937 (Matsumoto and Nishimura 1998, initialisation of 2002), as `_random.Random` uses it.

use crate::error::{NumError, Result};
use crate::int::{IntBuf, IntView};

const N: usize = 624;
const M: usize = 397;

/// A generator's state.
#[derive(Clone)]
pub struct Mersenne {
    words: Box<[u32; N]>,
    index: usize,
}

impl Mersenne {
    /// Seeded by an array of words, which must not be empty (an empty one counts as `[0]`).
    pub fn from_key(key: &[u32]) -> Mersenne {
        let key = if key.is_empty() { &[0] } else { key };
        let mut words = Box::new([0u32; N]);
        words[0] = 19_650_218;
        for i in 1..N {
            let before = words[i - 1];
            words[i] = (before ^ before >> 30).wrapping_mul(1_812_433_253).wrapping_add(i as u32);
        }
        let (mut i, mut j) = (1, 0);
        let wrap = |words: &mut [u32; N], i: &mut usize| {
            *i += 1;
            if *i >= N {
                words[0] = words[N - 1];
                *i = 1;
            }
        };
        for _ in 0..N.max(key.len()) {
            let before = words[i - 1];
            words[i] = (words[i] ^ (before ^ before >> 30).wrapping_mul(1_664_525))
                .wrapping_add(key[j])
                .wrapping_add(j as u32);
            wrap(&mut words, &mut i);
            j = if j + 1 >= key.len() { 0 } else { j + 1 };
        }
        for _ in 1..N {
            let before = words[i - 1];
            words[i] = (words[i] ^ (before ^ before >> 30).wrapping_mul(1_566_083_941)).wrapping_sub(i as u32);
            wrap(&mut words, &mut i);
        }
        words[0] = 0x8000_0000;
        Mersenne { words, index: N }
    }

    /// Seeded by the magnitude of an int, in 32-bit words.
    pub fn from_int(seed: IntView) -> Mersenne {
        let mut scratch = [0; 3];
        let (_, digits) = seed.parts(&mut scratch);
        let mut key = Vec::with_capacity(digits.len() + 1);
        let (mut buffer, mut bits) = (0u64, 0);
        for &digit in digits {
            buffer |= u64::from(digit) << bits;
            bits += 30;
            if bits >= 32 {
                key.push(buffer as u32);
                buffer >>= 32;
                bits -= 32;
            }
        }
        if buffer != 0 {
            key.push(buffer as u32);
        }
        Mersenne::from_key(&key)
    }

    /// The 624 words and the index of the next one, which `getstate` shows.
    pub fn state(&self) -> (&[u32; N], usize) {
        (&self.words, self.index)
    }

    /// The reverse of [`Mersenne::state`]; `None` if the index is beyond 624.
    pub fn from_state(words: &[u32; N], index: usize) -> Option<Mersenne> {
        (index <= N).then(|| Mersenne { words: Box::new(*words), index })
    }

    fn refill(&mut self) {
        let words = &mut self.words;
        let twist = |high: u32, low: u32| {
            let mixed = high & 0x8000_0000 | low & 0x7fff_ffff;
            mixed >> 1 ^ (mixed & 1).wrapping_mul(0x9908_b0df)
        };
        for i in 0..N - M {
            words[i] = words[i + M] ^ twist(words[i], words[i + 1]);
        }
        for i in N - M..N - 1 {
            words[i] = words[i + M - N] ^ twist(words[i], words[i + 1]);
        }
        words[N - 1] = words[M - 1] ^ twist(words[N - 1], words[0]);
        self.index = 0;
    }

    /// The next 32 random bits.
    #[inline]
    pub fn next_word(&mut self) -> u32 {
        if self.index >= N {
            self.refill();
        }
        let mut y = self.words[self.index];
        self.index += 1;
        y ^= y >> 11;
        y ^= y << 7 & 0x9d2c_5680;
        y ^= y << 15 & 0xefc6_0000;
        y ^ y >> 18
    }

    /// `random()`: 53 bits in [0, 1).
    #[inline]
    pub fn random(&mut self) -> f64 {
        let high = f64::from(self.next_word() >> 5);
        let low = f64::from(self.next_word() >> 6);
        (high * 67_108_864.0 + low) * (1.0 / 9_007_199_254_740_992.0)
    }

    /// `getrandbits(bits)`.
    pub fn random_bits(&mut self, bits: u64) -> Result<IntBuf> {
        if bits == 0 {
            return Ok(IntBuf::ZERO);
        }
        if bits <= 32 {
            return Ok(IntBuf::Small((self.next_word() >> (32 - bits)).into()));
        }
        if bits <= 64 {
            let low = u64::from(self.next_word());
            let high = u64::from(self.next_word() >> (64 - bits));
            return Ok(IntBuf::from_u64(high << 32 | low));
        }
        let count = usize::try_from(bits.div_ceil(32)).map_err(|_| NumError::Memory)?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(count.checked_mul(4).ok_or(NumError::Memory)?).map_err(|_| NumError::Memory)?;
        for i in 0..count {
            let word = self.next_word();
            let word = if i + 1 == count && !bits.is_multiple_of(32) { word >> (32 - bits % 32) } else { word };
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        crate::int::from_bytes(&bytes, true, false)
    }
}
