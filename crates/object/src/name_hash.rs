//! A hash of names that is the same in every process: the table of names that is laid out when the program is built is
//! ordered by it. `crates/pylib/build` includes this file.

/// The hash of an ASCII name. Nobody else's data are ordered by it, so it need not be hard to guess.
#[inline(always)]
pub fn name_hash(text: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let mix = |hash: u64, word: u64| {
        let product = (hash ^ word).wrapping_mul(FACTOR);
        product ^ product >> 29
    };
    let (words, rest) = text.as_chunks::<8>();
    let mut hash = text.len() as u64;
    for word in words {
        hash = mix(hash, u64::from_le_bytes(*word));
    }
    let last = match (rest.len(), text.last_chunk::<8>(), rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
        (0, ..) => return mix(hash, 0),
        // Overlaps the word before.
        (_, Some(word), ..) => u64::from_le_bytes(*word),
        (_, _, Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
        }
        (n, ..) => u64::from(rest[0]) | u64::from(rest[n / 2]) << 8 | u64::from(rest[n - 1]) << 16,
    };
    mix(mix(hash, last), 0)
}

/// What a place of a table remembers of the hash, whose low bits found it; never 0, which marks a free place.
#[inline(always)]
pub fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32 | 1
}
