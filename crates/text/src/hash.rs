//! SipHash-1-3 (Aumasson and Bernstein; one compression, three finalisation rounds), CPython's hash of str and bytes.

use crate::units::{Unit, Units};
use crate::with_units;

/// The interpreter's secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashKey {
    /// The first eight bytes, little-endian.
    pub k0: u64,
    /// The second eight.
    pub k1: u64,
}

impl HashKey {
    /// The key for `PYTHONHASHSEED=seed`: zero for zero, else the bytes of a linear congruential generator.
    pub fn from_seed(seed: u32) -> HashKey {
        if seed == 0 {
            return HashKey { k0: 0, k1: 0 };
        }
        let mut x = seed;
        let mut word = || {
            let mut w = 0u64;
            for i in 0..8 {
                x = x.wrapping_mul(214_013).wrapping_add(2_531_011);
                w |= u64::from(x >> 16 & 0xFF) << (8 * i);
            }
            w
        };
        HashKey { k0: word(), k1: word() }
    }
}

struct Sip {
    v: [u64; 4],
}

impl Sip {
    #[inline(always)]
    fn round(&mut self) {
        let v = &mut self.v;
        v[0] = v[0].wrapping_add(v[1]);
        v[2] = v[2].wrapping_add(v[3]);
        v[1] = v[1].rotate_left(13) ^ v[0];
        v[3] = v[3].rotate_left(16) ^ v[2];
        v[0] = v[0].rotate_left(32);
        v[2] = v[2].wrapping_add(v[1]);
        v[0] = v[0].wrapping_add(v[3]);
        v[1] = v[1].rotate_left(17) ^ v[2];
        v[3] = v[3].rotate_left(21) ^ v[0];
        v[2] = v[2].rotate_left(32);
    }

    #[inline(always)]
    fn word(&mut self, m: u64) {
        self.v[3] ^= m;
        self.round();
        self.v[0] ^= m;
    }
}

/// Hashes the units as the bytes they are in memory on a little-endian machine. -1 never comes out; empty gives 0.
fn hash_units<U: Unit>(units: &[U], key: HashKey) -> i64 {
    if units.is_empty() {
        return 0;
    }
    let mut sip = Sip {
        v: [
            key.k0 ^ 0x736f_6d65_7073_6575,
            key.k1 ^ 0x646f_7261_6e64_6f6d,
            key.k0 ^ 0x6c79_6765_6e65_7261,
            key.k1 ^ 0x7465_6462_7974_6573,
        ],
    };
    let pack = |part: &[U]| part.iter().rev().fold(0u64, |w, u| w << (8 * U::SIZE % 64) | u64::from(u.code()));
    let mut words = units.chunks_exact(8 / U::SIZE);
    for w in &mut words {
        let word = match U::as_bytes(w) {
            Some(bytes) => bytes.first_chunk::<8>().map_or(0, |b| u64::from_le_bytes(*b)),
            None => pack(w),
        };
        sip.word(word);
    }
    sip.word(((units.len() * U::SIZE) as u64) << 56 | pack(words.remainder()));
    sip.v[2] ^= 0xFF;
    for _ in 0..3 {
        sip.round();
    }
    match (sip.v[0] ^ sip.v[1] ^ sip.v[2] ^ sip.v[3]) as i64 {
        -1 => -2,
        h => h,
    }
}

/// `hash()` of a str (which must be at its narrowest) or of bytes passed as `Latin1`.
pub fn hash(text: Units<'_>, key: HashKey) -> i64 {
    with_units!(text, s => hash_units(s, key))
}

/// `hash()` of bytes.
pub fn hash_bytes(bytes: &[u8], key: HashKey) -> i64 {
    hash_units(bytes, key)
}
