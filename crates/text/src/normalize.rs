//! Normalisation forms (Unicode Standard Annex 15), for Unicode 16.0 and for 3.2 as `unicodedata.ucd_3_2_0` has it.
//!
//! A decomposition is a place in `DECOMP`: a header (tag in the high byte, length in the low), then UTF-16.

use crate::buf::{Batch, TextBuf};
use crate::props::{self, table};
use crate::ucd::Version;
use crate::units::{OutOfMemory, Units, Width, try_push, try_vec};

table!(INDEX1, u16s, u16, 2, "tables/decomp1.bin");
table!(INDEX2, u16s, u16, 2, "tables/decomp2.bin");
table!(DECOMP, u16s, u16, 2, "tables/decomp.bin");
table!(COMPOSE, u32s, u32, 4, "tables/compose.bin");

/// `NFC` and its siblings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Canonical composition.
    Nfc,
    /// Canonical decomposition.
    Nfd,
    /// Compatibility composition.
    Nfkc,
    /// Compatibility decomposition.
    Nfkd,
}

impl Form {
    /// The form of that name; otherwise the caller says "invalid normalization form".
    pub fn from_name(name: Units<'_>) -> Option<Form> {
        [("NFC", Form::Nfc), ("NFD", Form::Nfd), ("NFKC", Form::Nfkc), ("NFKD", Form::Nfkd)]
            .into_iter()
            .find(|(n, _)| name.equals_str(n))
            .map(|(_, f)| f)
    }

    fn compatible(self) -> bool {
        matches!(self, Form::Nfkc | Form::Nfkd)
    }

    fn composed(self) -> bool {
        matches!(self, Form::Nfc | Form::Nfkc)
    }

    /// The flags of code points that cannot be, and that may not be, in this form.
    fn flags(self) -> (u32, u32) {
        match self {
            Form::Nfc => (props::NFC_NO, props::NFC_MAYBE),
            Form::Nfd => (props::NFD_NO, 0),
            Form::Nfkc => (props::NFKC_NO, props::NFKC_MAYBE),
            Form::Nfkd => (props::NFKD_NO, 0),
        }
    }
}

const S_BASE: u32 = 0xAC00;
const L_BASE: u32 = 0x1100;
const V_BASE: u32 = 0x1161;
const T_BASE: u32 = 0x11A7;
const V_COUNT: u32 = 21;
const T_COUNT: u32 = 28;
const S_COUNT: u32 = 19 * V_COUNT * T_COUNT;

/// The jamo of a Hangul syllable: two, or three if it has a final consonant.
pub(crate) fn hangul_jamo(c: u32) -> Option<([u32; 3], usize)> {
    let s = c.wrapping_sub(S_BASE);
    if s >= S_COUNT {
        return None;
    }
    let tail = s % T_COUNT;
    let jamo = [L_BASE + s / (V_COUNT * T_COUNT), V_BASE + s % (V_COUNT * T_COUNT) / T_COUNT, T_BASE + tail];
    Some((jamo, 2 + usize::from(tail != 0)))
}

/// The one-step decomposition of a code point other than a Hangul syllable: the number of its tag (0 if canonical) and
/// UTF-16.
pub(crate) fn decomposition(c: u32) -> Option<(u8, &'static [u16])> {
    let block = *INDEX1.get((c >> 7) as usize)? as usize;
    let at = INDEX2[block << 7 | (c & 127) as usize] as usize;
    let header = DECOMP[at];
    (at != 0).then(|| ((header >> 8) as u8, &DECOMP[at + 1..at + 1 + (header & 0xFF) as usize]))
}

/// Code points of well-formed UTF-16 from the tables.
pub(crate) fn utf16(units: &[u16]) -> impl Iterator<Item = u32> {
    char::decode_utf16(units.iter().copied()).map(|c| c.map_or(0xFFFD, |c| c as u32))
}

/// What two code points compose to.
pub fn compose(first: u32, second: u32) -> Option<u32> {
    let (l, v) = (first.wrapping_sub(L_BASE), second.wrapping_sub(V_BASE));
    if l < 19 && v < V_COUNT {
        return Some(S_BASE + (l * V_COUNT + v) * T_COUNT);
    }
    let (s, t) = (first.wrapping_sub(S_BASE), second.wrapping_sub(T_BASE));
    if s < S_COUNT && s % T_COUNT == 0 && t > 0 && t < T_COUNT {
        return Some(first + t);
    }
    if !props::has(second, props::NFC_MAYBE) {
        return None;
    }
    let (mut low, mut high) = (0, COMPOSE.len() / 3);
    while low < high {
        let mid = (low + high) / 2;
        let row = &COMPOSE[3 * mid..3 * mid + 3];
        match (row[0], row[1]).cmp(&(first, second)) {
            std::cmp::Ordering::Equal => return Some(row[2]),
            std::cmp::Ordering::Less => low = mid + 1,
            std::cmp::Ordering::Greater => high = mid,
        }
    }
    None
}

/// Code points whose canonical mapping was corrected after Unicode 3.2 (Corrigendum 4).
fn corrected(c: u32) -> Option<u32> {
    match c {
        0x2F868 => Some(0x2136A),
        0x2F874 => Some(0x5F33),
        0x2F91F => Some(0x43AB),
        0x2F95F => Some(0x7AAE),
        0x2F9BF => Some(0x4D57),
        _ => None,
    }
}

/// Puts the full decomposition of `c` on `out`, with each part's combining class.
fn decompose(c: u32, compatible: bool, version: Version, out: &mut Vec<(u32, u8)>) -> Result<(), OutOfMemory> {
    if let Some((jamo, n)) = hangul_jamo(c) {
        return jamo[..n].iter().try_for_each(|&j| try_push(out, (j, 0)));
    }
    let flag = if compatible { props::NFKD_NO } else { props::NFD_NO };
    let r = props::record(c);
    if version == Version::V3_2 {
        if let Some(other) = corrected(c) {
            return try_push(out, (other, 0));
        }
        if !version.assigned(c) {
            return try_push(out, (c, r.combining));
        }
    }
    if r.flags & flag != 0
        && let Some((tag, units)) = decomposition(c)
        && (compatible || tag == 0)
    {
        return utf16(units).try_for_each(|part| decompose(part, compatible, version, out));
    }
    try_push(out, (c, r.combining))
}

/// Whether the text is already in the form, if the code points one by one tell.
fn quick_check(text: Units<'_>, form: Form) -> Option<bool> {
    if matches!(text, Units::Ascii(_)) {
        return Some(true);
    }
    let (no, maybe) = form.flags();
    let (mut last, mut sure) = (0, true);
    for c in text {
        if c < 0x80 {
            last = 0;
            continue;
        }
        let r = props::record(c);
        if r.flags & no != 0 || (r.combining != 0 && r.combining < last) {
            return Some(false);
        }
        sure &= r.flags & maybe == 0;
        last = r.combining;
    }
    sure.then_some(true)
}

/// `unicodedata.is_normalized`
pub fn is_normalized(form: Form, text: Units<'_>, version: Version) -> Result<bool, OutOfMemory> {
    if version == Version::V16
        && let Some(known) = quick_check(text, form)
    {
        return Ok(known);
    }
    Ok(normalize(form, text, version)?.is_none_or(|t| t.units().equals(text)))
}

/// `unicodedata.normalize`; `None` if the text is known to be in the form already.
pub fn normalize(form: Form, text: Units<'_>, version: Version) -> Result<Option<TextBuf>, OutOfMemory> {
    if text.is_empty() || (version == Version::V16 && quick_check(text, form) == Some(true)) {
        return Ok(None);
    }
    let mut parts: Vec<(u32, u8)> = try_vec(text.len())?;
    for c in text {
        let r = props::record(c);
        if version == Version::V16 && r.flags & props::NFKD_NO == 0 {
            try_push(&mut parts, (c, r.combining))?;
        } else {
            decompose(c, form.compatible(), version, &mut parts)?;
        }
    }
    // Canonical order: runs of non-starters by class, stably.
    let mut i = 0;
    while i < parts.len() {
        if parts[i].1 == 0 {
            i += 1;
            continue;
        }
        let end = parts[i..].iter().position(|p| p.1 == 0).map_or(parts.len(), |n| i + n);
        if !parts[i..end].is_sorted_by_key(|p| p.1) {
            sort_by_class(&mut parts[i..end])?;
        }
        i = end;
    }
    if form.composed() {
        compose_in_place(&mut parts);
    }
    let mut out = Batch::new(TextBuf::with_width(Width::Ascii, parts.len())?);
    for (c, _) in parts {
        out.push(c)?;
    }
    out.finish().map(Some)
}

/// A stable sort whose working memory, unlike the library's, may be refused.
fn sort_by_class(run: &mut [(u32, u8)]) -> Result<(), OutOfMemory> {
    if run.len() <= 16 {
        for i in 1..run.len() {
            let mut j = i;
            while j > 0 && run[j - 1].1 > run[j].1 {
                run.swap(j - 1, j);
                j -= 1;
            }
        }
        return Ok(());
    }
    let mut present = [false; 256];
    run.iter().for_each(|p| present[p.1 as usize] = true);
    let mut sorted = try_vec(run.len())?;
    for class in 0..=255 {
        if present[class as usize] {
            sorted.extend(run.iter().copied().filter(|p| p.1 == class));
        }
    }
    run.copy_from_slice(&sorted);
    Ok(())
}

fn compose_in_place(parts: &mut Vec<(u32, u8)>) {
    let (mut starter, mut kept, mut last) = (None::<usize>, 0, 0u8);
    for i in 0..parts.len() {
        let (c, class) = parts[i];
        if let Some(s) = starter {
            // Unblocked: next to the starter, or behind non-starters of lower class only.
            let adjacent = kept == s + 1;
            if (adjacent || (last != 0 && last < class))
                && let Some(both) = compose(parts[s].0, c)
            {
                parts[s].0 = both;
                continue;
            }
        }
        if class == 0 {
            starter = Some(kept);
        }
        last = class;
        parts[kept] = (c, class);
        kept += 1;
    }
    parts.truncate(kept);
}
