//! Syllables that KS X 1001 does not have, spelled by their letters: a filler, then initial, vowel and final, each of two
//! bytes.

/// The first byte of every letter.
pub const JAMO: u8 = 0xA4;
/// The second byte of the filler, which also stands for an absent final.
pub const FILLER: u8 = 0xD4;

const INITIALS: [u8; 19] =
    [0xA1, 0xA2, 0xA4, 0xA7, 0xA8, 0xA9, 0xB1, 0xB2, 0xB3, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xBB, 0xBC, 0xBD, 0xBE];
/// The vowels follow each other.
const FIRST_VOWEL: u8 = 0xBF;
const FINALS: [u8; 28] = [
    0xD4, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA9, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF, 0xB0, 0xB1, 0xB2, 0xB4,
    0xB5, 0xB6, 0xB7, 0xB8, 0xBA, 0xBB, 0xBC, 0xBD, 0xBE,
];
const FIRST: u32 = 0xAC00;
const SYLLABLES: u32 = 19 * 21 * 28;

/// The syllable of eight bytes.
pub fn read(bytes: &[u8; 8]) -> Option<u32> {
    let &[JAMO, FILLER, JAMO, initial, JAMO, vowel, JAMO, last] = bytes else { return None };
    let initial = INITIALS.iter().position(|b| *b == initial)? as u32;
    let vowel = u32::from(vowel.checked_sub(FIRST_VOWEL).filter(|v| *v < 21)?);
    let last = FINALS.iter().position(|b| *b == last)? as u32;
    Some(FIRST + (initial * 21 + vowel) * 28 + last)
}

/// The eight bytes of a syllable.
pub fn write(c: u32) -> Option<[u8; 8]> {
    let i = c.checked_sub(FIRST).filter(|i| *i < SYLLABLES)?;
    let initial = INITIALS[(i / 588) as usize];
    let vowel = FIRST_VOWEL + (i / 28 % 21) as u8;
    let last = FINALS[(i % 28) as usize];
    Some([JAMO, FILLER, JAMO, initial, JAMO, vowel, JAMO, last])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for c in FIRST..FIRST + SYLLABLES {
            assert_eq!(write(c).and_then(|b| read(&b)), Some(c));
        }
    }
}
