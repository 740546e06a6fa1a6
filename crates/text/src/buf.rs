//! Owned text that widens as it grows, and the conversions between widths and from and to UTF-8.

use crate::units::{OutOfMemory, Unit, Units, Width, is_surrogate, try_extend, try_push, try_room, try_vec, width_of};
use crate::with_units;

/// Text under construction. It starts as ASCII and is always as narrow as the widest code point it was given.
#[derive(Clone, Debug)]
pub enum TextBuf {
    /// All below 0x80.
    Ascii(Vec<u8>),
    /// At least one code point from 0x80 on, all below 0x100.
    Latin1(Vec<u8>),
    /// At least one from 0x100 on, all below 0x10000.
    Ucs2(Vec<u16>),
    /// At least one from 0x10000 on.
    Ucs4(Vec<u32>),
}

impl Default for TextBuf {
    fn default() -> TextBuf {
        TextBuf::new()
    }
}

impl PartialEq for TextBuf {
    fn eq(&self, other: &TextBuf) -> bool {
        self.units().equals(other.units())
    }
}

impl Eq for TextBuf {}

/// Appends units of one width to a vector of a width at least as large.
#[inline]
fn append<A: Unit, B: Unit>(to: &mut Vec<A>, from: &[B]) -> Result<(), OutOfMemory> {
    try_room(to, from.len())?;
    to.extend(from.iter().map(|u| A::truncated(u.code())));
    Ok(())
}

fn converted<A: Unit, B: Unit>(from: &[B], spare: usize) -> Result<Vec<A>, OutOfMemory> {
    let mut v = try_vec(from.len().checked_add(spare).ok_or(OutOfMemory)?)?;
    v.extend(from.iter().map(|u| A::truncated(u.code())));
    Ok(v)
}

impl TextBuf {
    /// The empty text.
    pub const fn new() -> TextBuf {
        TextBuf::Ascii(Vec::new())
    }

    /// The empty text, with room for `n` ASCII characters.
    pub fn with_capacity(n: usize) -> Result<TextBuf, OutOfMemory> {
        Ok(TextBuf::Ascii(try_vec(n)?))
    }

    /// The empty text with room for `n` code points of the given width. The caller promises to push one of that width,
    /// or calls [`TextBuf::narrow`].
    pub fn with_width(width: Width, n: usize) -> Result<TextBuf, OutOfMemory> {
        Ok(match width {
            Width::Ascii => TextBuf::Ascii(try_vec(n)?),
            Width::Latin1 => TextBuf::Latin1(try_vec(n)?),
            Width::Ucs2 => TextBuf::Ucs2(try_vec(n)?),
            Width::Ucs4 => TextBuf::Ucs4(try_vec(n)?),
        })
    }

    /// Brings text that may be too wide to its narrowest width.
    pub fn narrow(self) -> Result<TextBuf, OutOfMemory> {
        if self.units().narrowest() == self.width() {
            return Ok(self);
        }
        match self {
            TextBuf::Latin1(v) => Ok(TextBuf::Ascii(v)),
            other => TextBuf::from_units(other.units()),
        }
    }

    /// A copy of a text or of a part of one, at its narrowest.
    pub fn from_units(text: Units<'_>) -> Result<TextBuf, OutOfMemory> {
        let mut out = TextBuf::new();
        out.push_units(text)?;
        Ok(out)
    }

    /// One code point.
    pub fn from_code(code: u32) -> Result<TextBuf, OutOfMemory> {
        let mut out = TextBuf::new();
        out.push(code)?;
        Ok(out)
    }

    /// From UTF-8.
    #[allow(clippy::should_implement_trait)]
    pub fn from_str(s: &str) -> Result<TextBuf, OutOfMemory> {
        let mut out = TextBuf::new();
        out.push_str(s)?;
        Ok(out)
    }

    /// The text, borrowed.
    #[inline]
    pub fn units(&self) -> Units<'_> {
        match self {
            TextBuf::Ascii(v) => Units::Ascii(v),
            TextBuf::Latin1(v) => Units::Latin1(v),
            TextBuf::Ucs2(v) => Units::Ucs2(v),
            TextBuf::Ucs4(v) => Units::Ucs4(v),
        }
    }

    /// Code points.
    #[inline]
    pub fn len(&self) -> usize {
        self.units().len()
    }

    /// No code points.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The width in use.
    #[inline]
    pub fn width(&self) -> Width {
        self.units().width()
    }

    /// Makes room for `n` more code points of the present width.
    pub fn reserve(&mut self, n: usize) -> Result<(), OutOfMemory> {
        match self {
            TextBuf::Ascii(v) | TextBuf::Latin1(v) => try_room(v, n),
            TextBuf::Ucs2(v) => try_room(v, n),
            TextBuf::Ucs4(v) => try_room(v, n),
        }
    }

    /// Widens to at least `width`, keeping `spare` places.
    #[cold]
    fn widen(&mut self, width: Width, spare: usize) -> Result<(), OutOfMemory> {
        if self.width() >= width {
            return Ok(());
        }
        let old = std::mem::take(self);
        *self = match (width, old) {
            (Width::Latin1, TextBuf::Ascii(v)) => TextBuf::Latin1(v),
            (Width::Ucs2, old) => TextBuf::Ucs2(with_units!(old.units(), s => converted(s, spare)?)),
            (_, old) => TextBuf::Ucs4(with_units!(old.units(), s => converted(s, spare)?)),
        };
        Ok(())
    }

    /// Appends a code point.
    #[inline]
    pub fn push(&mut self, code: u32) -> Result<(), OutOfMemory> {
        match self {
            TextBuf::Ascii(v) if code < 0x80 => return try_push(v, code as u8),
            TextBuf::Latin1(v) if code < 0x100 => return try_push(v, code as u8),
            TextBuf::Ucs2(v) if code < 0x10000 => return try_push(v, code as u16),
            TextBuf::Ucs4(v) => return try_push(v, code),
            _ => {}
        }
        self.widen(Width::of(code), 16)?;
        self.push(code)
    }

    /// Appends bytes the caller knows to be below 0x80.
    #[inline]
    pub fn push_ascii(&mut self, bytes: &[u8]) -> Result<(), OutOfMemory> {
        match self {
            TextBuf::Ascii(v) | TextBuf::Latin1(v) => try_extend(v, bytes),
            TextBuf::Ucs2(v) => append(v, bytes),
            TextBuf::Ucs4(v) => append(v, bytes),
        }
    }

    /// Appends text.
    #[inline]
    pub fn push_units(&mut self, text: Units<'_>) -> Result<(), OutOfMemory> {
        let mut width = text.width();
        if width > self.width() {
            width = text.narrowest();
            if width > self.width() {
                if self.is_empty() {
                    *self = TextBuf::with_width(width, text.len())?;
                } else {
                    self.widen(width, text.len())?;
                }
            }
        }
        with_units!(text, s => match self {
            TextBuf::Ascii(v) | TextBuf::Latin1(v) => append(v, s),
            TextBuf::Ucs2(v) => append(v, s),
            TextBuf::Ucs4(v) => append(v, s),
        })
    }

    /// Appends UTF-8 text.
    pub fn push_str(&mut self, s: &str) -> Result<(), OutOfMemory> {
        if s.is_ascii() {
            return self.push_ascii(s.as_bytes());
        }
        let (width, len) = measure_utf8(s);
        self.widen(width, len)?;
        match self {
            TextBuf::Ascii(_) => Ok(()),
            TextBuf::Latin1(v) => extend_from_utf8(v, s, len),
            TextBuf::Ucs2(v) => extend_from_utf8(v, s, len),
            TextBuf::Ucs4(v) => extend_from_utf8(v, s, len),
        }
    }

    /// Appends `n` copies of a code point.
    pub fn push_fill(&mut self, code: u32, n: usize) -> Result<(), OutOfMemory> {
        if n == 0 {
            return Ok(());
        }
        self.widen(Width::of(code), n)?;
        self.reserve(n)?;
        match self {
            TextBuf::Ascii(v) | TextBuf::Latin1(v) => v.resize(v.len() + n, code as u8),
            TextBuf::Ucs2(v) => v.resize(v.len() + n, code as u16),
            TextBuf::Ucs4(v) => v.resize(v.len() + n, code),
        }
        Ok(())
    }
}

/// Collects code points and hands them on in pieces, which is faster than one by one. [`Batch::finish`] must be called.
pub(crate) struct Batch {
    units: [u32; 256],
    used: usize,
    out: TextBuf,
}

impl Batch {
    /// Continues `out`.
    pub fn new(out: TextBuf) -> Batch {
        Batch { units: [0; 256], used: 0, out }
    }

    #[inline]
    pub fn push(&mut self, c: u32) -> Result<(), OutOfMemory> {
        if self.used == self.units.len() {
            self.flush()?;
        }
        self.units[self.used] = c;
        self.used += 1;
        Ok(())
    }

    /// Nothing waits to be handed on.
    pub fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// Text that comes right after what has been handed on; nothing may wait.
    pub fn push_run(&mut self, text: Units<'_>) -> Result<(), OutOfMemory> {
        self.out.push_units(text)
    }

    fn flush(&mut self) -> Result<(), OutOfMemory> {
        let n = std::mem::take(&mut self.used).min(self.units.len());
        self.out.push_units(Units::Ucs4(&self.units[..n]))
    }

    pub fn finish(mut self) -> Result<TextBuf, OutOfMemory> {
        self.flush()?;
        Ok(self.out)
    }
}

/// The width and number of the code points of a string: what to allocate before [`fill_from_utf8`].
pub fn measure_utf8(s: &str) -> (Width, usize) {
    let bytes = s.as_bytes();
    let (mut count, mut top) = (0usize, 0u8);
    for chunk in bytes.chunks(128) {
        let (mut starts, mut max) = (0u8, top);
        for &b in chunk {
            starts += u8::from((b as i8) >= -0x40);
            max = max.max(b);
        }
        count += starts as usize;
        top = max;
    }
    let width = match top {
        0..0x80 => Width::Ascii,
        0x80..0xC4 => Width::Latin1,
        0xC4..0xF0 => Width::Ucs2,
        _ => Width::Ucs4,
    };
    (width, count)
}

/// Writes the code points of `s` to the front of `to`, which must be long and wide enough (else what does not fit is
/// left out); answers how many were written.
pub fn fill_from_utf8<U: Unit>(s: &str, to: &mut [U]) -> usize {
    let (mut bytes, mut n) = (s.as_bytes(), 0);
    // Blocks of ASCII at once. Of others what comes before the first wider character counts, and then that one.
    while let (Some(block), Some(places)) = (bytes.first_chunk::<8>(), to.get_mut(n..n + 8)) {
        places.iter_mut().zip(block).for_each(|(place, b)| *place = U::truncated(u32::from(*b)));
        let high = u64::from_le_bytes(*block) & 0x8080_8080_8080_8080;
        if high == 0 {
            bytes = &bytes[8..];
            n += 8;
            continue;
        }
        let narrow = high.trailing_zeros() as usize / 8;
        (bytes, n) = (&bytes[narrow..], n + narrow);
        // Wide characters mostly follow one another.
        while let (Some((c, len)), Some(place)) = (code_at(bytes).filter(|(c, _)| *c >= 0x80), to.get_mut(n)) {
            *place = U::truncated(c);
            (bytes, n) = (&bytes[len..], n + 1);
        }
        if n == to.len() {
            break;
        }
    }
    while let (Some((c, len)), Some(place)) = (code_at(bytes), to.get_mut(n)) {
        *place = U::truncated(c);
        bytes = &bytes[len..];
        n += 1;
    }
    n
}

/// The code point at the front of well-formed UTF-8, and its bytes.
#[inline(always)]
fn code_at(s: &[u8]) -> Option<(u32, usize)> {
    let tail = |b: u8| u32::from(b & 0x3F);
    Some(match *s {
        [a @ 0..0x80, ..] => (a.into(), 1),
        [a @ 0x80..0xE0, b, ..] => (u32::from(a & 0x1F) << 6 | tail(b), 2),
        [a @ 0xE0..0xF0, b, c, ..] => (u32::from(a & 0xF) << 12 | tail(b) << 6 | tail(c), 3),
        [a, b, c, d, ..] => (u32::from(a & 7) << 18 | tail(b) << 12 | tail(c) << 6 | tail(d), 4),
        _ => return None,
    })
}

fn extend_from_utf8<U: Unit>(v: &mut Vec<U>, s: &str, len: usize) -> Result<(), OutOfMemory> {
    let at = v.len();
    try_room(v, len)?;
    v.resize(at + len, U::default());
    fill_from_utf8(s, &mut v[at..]);
    Ok(())
}

/// Text in UTF-8, or the position of the first surrogate.
pub fn to_utf8(text: Units<'_>) -> Result<Result<Vec<u8>, usize>, OutOfMemory> {
    let mut out = try_vec(text.len())?;
    if let Units::Ascii(s) = text {
        out.extend_from_slice(s);
        return Ok(Ok(out));
    }
    with_units!(text, s => {
        for (i, u) in s.iter().enumerate() {
            if is_surrogate(u.code()) {
                return Ok(Err(i));
            }
            push_utf8(&mut out, u.code())?;
        }
    });
    Ok(Ok(out))
}

/// Appends one code point in UTF-8, surrogates too.
#[inline]
pub fn push_utf8(out: &mut Vec<u8>, c: u32) -> Result<(), OutOfMemory> {
    let cont = |shift: u32| (c >> shift & 0x3F) as u8 | 0x80;
    match c {
        0..0x80 => try_push(out, c as u8),
        0x80..0x800 => try_extend(out, &[(c >> 6) as u8 | 0xC0, cont(0)]),
        0x800..0x10000 => try_extend(out, &[(c >> 12) as u8 | 0xE0, cont(6), cont(0)]),
        _ => try_extend(out, &[(c >> 18) as u8 | 0xF0, cont(12), cont(6), cont(0)]),
    }
}

/// Appends code points in UTF-8, surrogates too.
pub(crate) fn push_utf8_run<U: Unit>(out: &mut Vec<u8>, run: &[U]) -> Result<(), OutOfMemory> {
    for part in run.chunks(64) {
        let mut bytes = [0u8; 256];
        let mut n = 0;
        // At most four bytes each: the masks only tell the compiler so.
        let mut put = |b: u32| {
            bytes[n & 255] = b as u8;
            n += 1;
        };
        for u in part {
            let c = u.code();
            if c < 0x80 {
                put(c);
            } else if c < 0x800 {
                put(c >> 6 | 0xC0);
                put(c & 0x3F | 0x80);
            } else {
                if c < 0x10000 {
                    put(c >> 12 | 0xE0);
                } else {
                    put(c >> 18 | 0xF0);
                    put(c >> 12 & 0x3F | 0x80);
                }
                put(c >> 6 & 0x3F | 0x80);
                put(c & 0x3F | 0x80);
            }
        }
        try_extend(out, &bytes[..n])?;
    }
    Ok(())
}

/// `a + b`.
pub fn concat(a: Units<'_>, b: Units<'_>) -> Result<TextBuf, OutOfMemory> {
    let width = a.narrowest().max(b.narrowest());
    let mut out = TextBuf::with_width(width, a.len().checked_add(b.len()).ok_or(OutOfMemory)?)?;
    out.push_units(a)?;
    out.push_units(b)?;
    Ok(out)
}

/// `text * n`.
pub fn repeat(text: Units<'_>, n: usize) -> Result<TextBuf, OutOfMemory> {
    let total = text.len().checked_mul(n).ok_or(OutOfMemory)?;
    if text.len() == 1 {
        let mut out = TextBuf::new();
        out.push_fill(text.at(0), n)?;
        return Ok(out);
    }
    if total == 0 {
        return Ok(TextBuf::new());
    }
    fn fill<U: Unit>(v: &mut Vec<U>, total: usize) {
        while v.len() < total {
            let more = v.len().min(total - v.len());
            v.extend_from_within(..more);
        }
    }
    let mut out = TextBuf::with_width(text.narrowest(), total)?;
    out.push_units(text)?;
    match &mut out {
        TextBuf::Ascii(v) | TextBuf::Latin1(v) => fill(v, total),
        TextBuf::Ucs2(v) => fill(v, total),
        TextBuf::Ucs4(v) => fill(v, total),
    }
    Ok(out)
}

/// Every `step`th code point from `start`, `count` of them; indices outside the text end the slice.
pub fn extended_slice(text: Units<'_>, start: usize, step: isize, count: usize) -> Result<TextBuf, OutOfMemory> {
    fn pick<U: Unit>(s: &[U], start: usize, step: isize, count: usize) -> Result<Vec<U>, OutOfMemory> {
        let mut v = try_vec(count.min(s.len()))?;
        if step == -1
            && let Some(part) = start.checked_sub(count).and_then(|first| s.get(first + 1..=start))
        {
            v.extend(part.iter().rev());
            return Ok(v);
        }
        if step == -1
            && start + 1 == count
            && let Some(part) = s.get(..count)
        {
            v.extend(part.iter().rev());
            return Ok(v);
        }
        let mut i = start;
        for _ in 0..count {
            let Some(&u) = s.get(i) else { break };
            v.push(u);
            i = i.wrapping_add_signed(step);
        }
        Ok(v)
    }
    match text {
        Units::Ascii(s) => Ok(TextBuf::Ascii(pick(s, start, step, count)?)),
        Units::Latin1(s) => TextBuf::Latin1(pick(s, start, step, count)?).narrow(),
        Units::Ucs2(s) => TextBuf::Ucs2(pick(s, start, step, count)?).narrow(),
        Units::Ucs4(s) => TextBuf::Ucs4(pick(s, start, step, count)?).narrow(),
    }
}

/// Copies text into a buffer of a unit wide enough, the two of equal length: how an object is filled in place.
pub fn copy_into<U: Unit>(text: Units<'_>, to: &mut [U]) {
    with_units!(text, s => for (place, u) in to.iter_mut().zip(s) {
        *place = U::truncated(u.code());
    })
}

/// The narrowest width of a text's units; for owners that allocate before they copy.
pub fn narrowest<U: Unit>(units: &[U]) -> Width {
    width_of(units)
}
