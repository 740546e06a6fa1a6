//! `str`: PEP 393 text. ASCII text lies at offset 40; other text at 56, behind a cache of its UTF-8 form.

use crate::alloc::Here;
use crate::bytes::write_repeated;
use crate::header::Header;
use crate::heap::{Heap, Raised};
use crate::refs::{Frozen, Payload, Ref};
use crate::room;
use crate::trace::{Trace, Visitor};
use crate::types::{Type, TypeCell, TypeFlags};
use crate::value::Value;
use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

/// A Python string object, header included. Length in code points.
#[repr(C)]
pub struct Str {
    length: usize,
    /// Atomic, since names of all interpreters are hashed when somebody first asks.
    hash: AtomicI64,
    state: Cell<u32>,
    pad: u32,
}

/// Fields that follow `Str` in strings that are not ASCII.
#[repr(C)]
struct Wide {
    base: Str,
    utf8_length: Cell<usize>,
    utf8: Cell<*mut u8>,
}

const KIND_SHIFT: u32 = 2;
const COMPACT: u32 = 1 << 5;
const ASCII: u32 = 1 << 6;
const INTERNED: u32 = 3;
const NO_HASH: i64 = -1;

/// The code points of a string, by their width.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StrData<'a> {
    /// All below U+0080: also valid UTF-8.
    Ascii(&'a [u8]),
    /// The greatest between U+0080 and U+00FF.
    Latin1(&'a [u8]),
    /// The greatest between U+0100 and U+FFFF; lone surrogates included.
    Ucs2(&'a [u16]),
    /// The greatest above U+FFFF.
    Ucs4(&'a [u32]),
}

impl<'a> StrData<'a> {
    /// Number of code points.
    pub fn len(self) -> usize {
        match self {
            StrData::Ascii(s) | StrData::Latin1(s) => s.len(),
            StrData::Ucs2(s) => s.len(),
            StrData::Ucs4(s) => s.len(),
        }
    }

    /// Bytes of a unit.
    #[inline]
    fn width(self) -> usize {
        match self {
            StrData::Ascii(_) | StrData::Latin1(_) => 1,
            StrData::Ucs2(_) => 2,
            StrData::Ucs4(_) => 4,
        }
    }

    /// The code point at `index`.
    #[inline]
    pub fn get(self, index: usize) -> Option<u32> {
        match self {
            StrData::Ascii(s) | StrData::Latin1(s) => s.get(index).map(|&c| c.into()),
            StrData::Ucs2(s) => s.get(index).map(|&c| c.into()),
            StrData::Ucs4(s) => s.get(index).copied(),
        }
    }

    /// The code points from first to last.
    pub fn code_points(self) -> impl DoubleEndedIterator<Item = u32> + 'a {
        (0..self.len()).map(move |i| self.get(i).unwrap_or(0))
    }

    /// The raw memory, in native byte order.
    pub fn raw_bytes(self) -> &'a [u8] {
        match self {
            StrData::Ascii(s) | StrData::Latin1(s) => s,
            // SAFETY: all bytes of numbers are bytes.
            StrData::Ucs2(s) => unsafe { std::slice::from_raw_parts(s.as_ptr().cast(), size_of_val(s)) },
            // SAFETY: as above.
            StrData::Ucs4(s) => unsafe { std::slice::from_raw_parts(s.as_ptr().cast(), size_of_val(s)) },
        }
    }
}

/// The code points of a string that is put together, by their width; see [`StrData`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StrText {
    /// All below U+0080.
    Ascii(Vec<u8>),
    /// All below U+0100.
    Latin1(Vec<u8>),
    /// All below U+10000.
    Ucs2(Vec<u16>),
    /// Any.
    Ucs4(Vec<u32>),
}

impl StrText {
    /// The text, borrowed.
    pub fn data(&self) -> StrData<'_> {
        match self {
            StrText::Ascii(s) => StrData::Ascii(s),
            StrText::Latin1(s) => StrData::Latin1(s),
            StrText::Ucs2(s) => StrData::Ucs2(s),
            StrText::Ucs4(s) => StrData::Ucs4(s),
        }
    }
}

impl Trace for Str {
    fn trace(&self, _: &mut Visitor<'_>) {}
}

unsafe fn drop_str(object: NonNull<Header>) {
    // SAFETY: called once for a dying string.
    unsafe {
        let s = &*object.as_ptr().add(1).cast::<Str>();
        if s.state.get() & INTERNED != 0 {
            intern::forget(s);
        }
        if s.state.get() & ASCII == 0 {
            let wide = &*(s as *const Str).cast::<Wide>();
            if !wide.utf8.get().is_null() {
                drop(Vec::from_raw_parts(wide.utf8.get(), wide.utf8_length.get(), wide.utf8_length.get()));
            }
        }
    }
}

unsafe fn destroy_str(object: NonNull<Header>, here: Here) {
    // SAFETY: called once for a dead string that is no instance of a subclass.
    unsafe {
        let size = str_size(object);
        drop_str(object);
        crate::alloc::free_object(here, object, size, 0);
    }
}

unsafe fn trace_nothing(_: NonNull<Header>, _: &mut Visitor<'_>) {}

unsafe fn str_size(object: NonNull<Header>) -> usize {
    // SAFETY: called for a live string.
    unsafe { (*object.as_ptr().add(1).cast::<Str>()).allocation(object.as_ref().ty()) }
}

unsafe fn str_extra(object: NonNull<Header>) -> usize {
    // SAFETY: called for a live string.
    unsafe {
        let s = &*object.as_ptr().add(1).cast::<Str>();
        if s.is_ascii() { 0 } else { (*(s as *const Str).cast::<Wide>()).utf8_length.get() }
    }
}

impl Payload for Str {
    type Access = Frozen;
    const BASIC_SIZE: usize = 64;
    const SUBCLASS_FLAG: TypeFlags = TypeFlags::STR_SUBCLASS;
    fn class() -> &'static TypeCell<Str> {
        &crate::statics::STR
    }
    fn layout_fns() -> crate::refs::ErasedLayout {
        crate::refs::ErasedLayout(crate::types::LayoutFns {
            drop: drop_str,
            destroy: destroy_str,
            trace: trace_nothing,
            size: str_size,
            extra: str_extra,
            fixed: false,
            quiet: crate::refs::never_quietly,
        })
    }
}

impl Str {
    /// Length in code points.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Whether all code points are below U+0080.
    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.state.get() & ASCII != 0
    }

    /// Whether this is the one object for its text among the interned strings.
    #[inline(always)]
    pub fn is_interned(&self) -> bool {
        self.state.get() & INTERNED != 0
    }

    /// Whether the object's type is exactly `str`.
    #[inline(always)]
    pub fn is_exact(&self) -> bool {
        // SAFETY: a Str lies behind a header.
        let header = unsafe { &*(self as *const Str).cast::<Header>().sub(1) };
        std::ptr::eq(header.ty(), crate::statics::STR.as_type())
    }

    /// The code points.
    #[inline(always)]
    pub fn data(&self) -> StrData<'_> {
        let state = self.state.get();
        // SAFETY: the text of `length` units of the state's width lies at the offset for the state; that of subclasses
        // lies behind their attributes, where the word behind the wide fields says.
        unsafe {
            let base = (self as *const Str).cast::<u8>();
            if state & (ASCII | COMPACT) == ASCII | COMPACT {
                return StrData::Ascii(std::slice::from_raw_parts(base.add(24), self.length));
            }
            let mut at = base.add(40);
            if state & COMPACT == 0 {
                at = *at.cast::<*const u8>();
                if state & ASCII != 0 {
                    return StrData::Ascii(std::slice::from_raw_parts(at, self.length));
                }
            }
            match (state >> KIND_SHIFT) & 7 {
                1 => StrData::Latin1(std::slice::from_raw_parts(at, self.length)),
                2 => StrData::Ucs2(std::slice::from_raw_parts(at.cast(), self.length)),
                _ => StrData::Ucs4(std::slice::from_raw_parts(at.cast(), self.length)),
            }
        }
    }

    /// Whether this is the given ASCII text.
    #[inline(always)]
    pub(crate) fn is_text(&self, text: &[u8]) -> bool {
        match self.data() {
            StrData::Ascii(own) => own.len() == text.len() && same_bytes(own, text),
            _ => false,
        }
    }

    /// The text as UTF-8 if it is ASCII: costs nothing.
    #[inline(always)]
    pub fn as_ascii(&self) -> Option<&str> {
        match self.data() {
            // SAFETY: ASCII is valid UTF-8.
            StrData::Ascii(s) => Some(unsafe { std::str::from_utf8_unchecked(s) }),
            _ => None,
        }
    }

    /// The text as UTF-8, made once and remembered. `None` if it has lone surrogates, or if there is no room
    /// ([`room`]).
    pub fn to_utf8(&self) -> Option<&str> {
        if let Some(s) = self.as_ascii() {
            return Some(s);
        }
        // SAFETY: a string that is not ASCII has the wide fields; the cache is written once and freed with the string.
        unsafe {
            let wide = &*(self as *const Str).cast::<Wide>();
            if wide.utf8.get().is_null() {
                let text = match self.data() {
                    StrData::Latin1(text) => utf8_of_latin1(text),
                    data => utf8_of_wide(data)?,
                };
                let Ok(text) = text else {
                    room::refuse();
                    return None;
                };
                let mut bytes = text.into_boxed_str().into_boxed_bytes();
                wide.utf8_length.set(bytes.len());
                wide.utf8.set(bytes.as_mut_ptr());
                std::mem::forget(bytes);
            }
            let bytes = std::slice::from_raw_parts(wide.utf8.get(), wide.utf8_length.get());
            Some(std::str::from_utf8_unchecked(bytes))
        }
    }

    /// The text with U+FFFD for lone surrogates.
    pub fn to_string_lossy(&self) -> String {
        match self.to_utf8() {
            Some(s) => room::owned(s),
            None => {
                let chars = || self.data().code_points().map(|c| char::from_u32(c).unwrap_or('\u{FFFD}'));
                room::text(chars().map(char::len_utf8).sum(), chars()).unwrap_or_else(|_| {
                    room::refuse();
                    String::new()
                })
            }
        }
    }

    /// As many characters of the text as `most` bytes of UTF-8 hold, with U+FFFD for lone surrogates.
    pub fn to_string_up_to(&self, most: usize) -> String {
        match self.as_ascii() {
            Some(s) => s[..s.len().min(most)].to_owned(),
            None => {
                let mut bytes = 0;
                let chars = self.data().code_points().map(|c| char::from_u32(c).unwrap_or('\u{FFFD}'));
                let fits = |c: &char| {
                    bytes += c.len_utf8();
                    bytes <= most
                };
                chars.take_while(fits).collect()
            }
        }
    }

    /// The hash, computed once: SipHash-1-3 over the raw memory, with the process's key.
    #[inline(always)]
    pub fn hash(&self) -> i64 {
        let h = self.hash.load(Ordering::Relaxed);
        if h != NO_HASH { h } else { self.compute_hash() }
    }

    #[cold]
    fn compute_hash(&self) -> i64 {
        let h = hash_bytes(self.data().raw_bytes());
        self.hash.store(h, Ordering::Relaxed);
        h
    }

    /// Bytes of the object with its text.
    fn allocation(&self, ty: &Type) -> usize {
        let state = self.state.get();
        let width = ((state >> KIND_SHIFT) & 7) as usize;
        let start = if state & ASCII != 0 { 40 } else { 56 };
        if state & COMPACT == 0 {
            return ty.basicsize() + (self.length + 1) * width;
        }
        (start + (self.length + 1) * width).max(ty.basicsize())
    }
}

impl PartialEq for Str {
    /// The same text; for exact strings this is Python's `==`.
    #[inline]
    fn eq(&self, other: &Str) -> bool {
        if self.length != other.length {
            return false;
        }
        let (a, b) = (self.hash.load(Ordering::Relaxed), other.hash.load(Ordering::Relaxed));
        if a != b && a != NO_HASH && b != NO_HASH {
            return false;
        }
        match (self.data(), other.data()) {
            (StrData::Ascii(a), StrData::Ascii(b)) | (StrData::Latin1(a), StrData::Latin1(b)) => same_bytes(a, b),
            (StrData::Ucs2(a), StrData::Ucs2(b)) => a == b,
            (StrData::Ucs4(a), StrData::Ucs4(b)) => a == b,
            // The narrowest width is always used, so different widths are different texts.
            _ => false,
        }
    }
}

impl Eq for Str {}

/// Whether two texts of one length are the same. Most are short: a call to compare them costs more than it does.
#[inline(always)]
fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    debug_assert!(a.len() == b.len());
    match (a.first_chunk::<8>(), b.first_chunk::<8>(), a.last_chunk::<8>(), b.last_chunk::<8>()) {
        _ if a.len() > 16 => a == b,
        (Some(a), Some(b), Some(c), Some(d)) => a == b && c == d,
        _ => match (a.first_chunk::<4>(), b.first_chunk::<4>(), a.last_chunk::<4>(), b.last_chunk::<4>()) {
            (Some(a), Some(b), Some(c), Some(d)) => a == b && c == d,
            _ => a.iter().zip(b).all(|(a, b)| a == b),
        },
    }
}

/// The key of all hashes of the process: what interpreters share remembers them.
static HASH_KEY: [AtomicU64; 2] = [const { AtomicU64::new(0) }; 2];
/// Whether the key stays as it is.
static HASH_KEY_CHOSEN: AtomicBool = AtomicBool::new(false);

/// Sets the key of the process's string hashes, as `PYTHONHASHSEED` says, unless an interpreter has begun with another:
/// before the first string is made.
pub fn set_hash_key(k0: u64, k1: u64) {
    crate::shared::set_up(|| {
        if !HASH_KEY_CHOSEN.swap(true, Ordering::Relaxed) {
            HASH_KEY[0].store(k0, Ordering::Relaxed);
            HASH_KEY[1].store(k1, Ordering::Relaxed);
        }
    })
}

/// Hash of `str`, `bytes` and `memoryview`: SipHash-1-3, never -1, 0 for empty input.
pub fn hash_bytes(bytes: &[u8]) -> i64 {
    if bytes.is_empty() {
        return 0;
    }
    let [k0, k1] = [0, 1].map(|i: usize| HASH_KEY[i].load(Ordering::Relaxed));
    let h = siphash13(k0, k1, bytes) as i64;
    if h == -1 { -2 } else { h }
}

/// `rest`, the bytes of a text behind its whole words, as the low bytes of a word.
#[inline(always)]
fn tail(bytes: &[u8], rest: &[u8]) -> u64 {
    let n = rest.len();
    if let (1.., Some(word)) = (n, bytes.last_chunk::<8>()) {
        return u64::from_le_bytes(*word) >> (64 - 8 * n);
    }
    match (rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << (8 * n - 32)
        }
        _ if n == 0 => 0,
        _ => u64::from(rest[0]) | u64::from(rest[n / 2]) << (8 * (n / 2)) | u64::from(rest[n - 1]) << (8 * (n - 1)),
    }
}

/// SipHash-1-3 (Aumasson, Bernstein: "SipHash: a fast short-input PRF", with one and three rounds).
fn siphash13(k0: u64, k1: u64, bytes: &[u8]) -> u64 {
    let mut v = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    #[inline(always)]
    fn round(v: &mut [u64; 4]) {
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
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        let m = u64::from_le_bytes(*word);
        v[3] ^= m;
        round(&mut v);
        v[0] ^= m;
    }
    let last = (bytes.len() as u64) << 56 | tail(bytes, rest);
    v[3] ^= last;
    round(&mut v);
    v[0] ^= last;
    v[2] ^= 0xff;
    round(&mut v);
    round(&mut v);
    round(&mut v);
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

/// Frees an exact string that has died, if nothing but its memory is left to give back; whether it was freed.
///
/// # Safety
/// As for `release::destroy`; the object's type is `str`.
#[inline(always)]
pub(crate) unsafe fn free_plain(here: Here, object: NonNull<Header>) -> bool {
    // SAFETY: the caller's contract.
    unsafe {
        let s = &*object.as_ptr().add(1).cast::<Str>();
        if s.state.get() & (INTERNED | ASCII) != ASCII {
            return false;
        }
        crate::alloc::free_bare(here, object, ascii_size(s.length));
        true
    }
}

/// Writes a text as units of so many bytes, which are not less than its own; answers where they end.
///
/// # Safety
/// There is room for them, aligned for such units.
#[inline]
unsafe fn copy_units(text: StrData<'_>, to: *mut u8, width: usize) -> *mut u8 {
    /// # Safety
    /// As for the other.
    #[inline]
    unsafe fn each<A: Copy, B>(units: &[A], to: *mut u8, widen: impl Fn(A) -> B) -> *mut u8 {
        let to = to.cast::<B>();
        for (i, &unit) in units.iter().enumerate() {
            // SAFETY: the caller's contract.
            unsafe { to.add(i).write(widen(unit)) };
        }
        // SAFETY: as above.
        unsafe { to.add(units.len()).cast() }
    }
    // SAFETY: the caller's contract.
    unsafe {
        match (text, width) {
            (StrData::Ascii(s) | StrData::Latin1(s), 1) => each(s, to, |u| u),
            (StrData::Ascii(s) | StrData::Latin1(s), 2) => each(s, to, u16::from),
            (StrData::Ascii(s) | StrData::Latin1(s), _) => each(s, to, u32::from),
            (StrData::Ucs2(s), 2) => each(s, to, |u| u),
            (StrData::Ucs2(s), _) => each(s, to, u32::from),
            (StrData::Ucs4(s), _) => each(s, to, |u| u),
        }
    }
}

/// Bytes of an exact ASCII string.
#[inline(always)]
fn ascii_size(length: usize) -> usize {
    (40 + length + 1).max(Str::BASIC_SIZE)
}

/// UTF-8 of wide characters; nothing if some are lone surrogates.
fn utf8_of_wide(data: StrData<'_>) -> Option<Result<String, Raised>> {
    let mut bytes = 0;
    for c in data.code_points() {
        bytes += char::from_u32(c)?.len_utf8();
    }
    Some(room::text(bytes, data.code_points().filter_map(char::from_u32)))
}

/// UTF-8 of Latin-1 text.
fn utf8_of_latin1(text: &[u8]) -> Result<String, Raised> {
    let wide = text.iter().filter(|b| **b >= 0x80).count();
    let mut made = String::new();
    made.try_reserve_exact(text.len() + wide).map_err(|_| Raised)?;
    let mut rest = text;
    while let Some((&first, behind)) = rest.split_first() {
        // Words of eight characters are looked at together.
        let words = rest.chunks_exact(8).take_while(|w| w.is_ascii()).count();
        if words == 0 {
            made.push(char::from(first));
            rest = behind;
            continue;
        }
        let (plain, behind) = rest.split_at(8 * words);
        made.extend(std::str::from_utf8(plain));
        rest = behind;
    }
    Ok(made)
}

impl Heap {
    /// An exact string of `length` ASCII characters, which `fill` writes.
    #[inline(always)]
    fn new_ascii(&self, length: usize, fill: impl FnOnce(*mut u8)) -> Result<Ref<Str>, Raised> {
        if length > isize::MAX as usize - 128 {
            return Err(Raised);
        }
        // SAFETY: strings have no prefix; the memory is fresh and large enough for fields, text and terminator.
        unsafe {
            let object = crate::alloc::new_bare(self, crate::statics::STR.as_type(), ascii_size(length))?;
            let s = object.as_ptr().add(1).cast::<Str>();
            let state = 1 << KIND_SHIFT | COMPACT | ASCII;
            s.write(Str { length, hash: AtomicI64::new(NO_HASH), state: Cell::new(state), pad: 0 });
            let text = s.add(1).cast::<u8>();
            fill(text);
            text.add(length).write(0);
            Ok(Ref::from_value_unchecked(Value::from_header(object)))
        }
    }

    /// An exact string of ASCII text.
    #[inline]
    fn new_ascii_str(&self, text: &[u8]) -> Result<Ref<Str>, Raised> {
        debug_assert!(text.is_ascii());
        // SAFETY: writes exactly the units that are asked for.
        self.new_ascii(text.len(), |at| unsafe { copy_text(text, at) })
    }

    /// An exact string of `length` ASCII characters, which `fill` writes to cleared memory.
    ///
    /// # Panics
    /// If what it writes is not ASCII.
    pub fn new_ascii_by(&self, length: usize, fill: impl FnOnce(&mut [u8])) -> Result<Ref<Str>, Raised> {
        // SAFETY: all bytes are initialised before they are a slice, and tested afterwards.
        self.new_ascii(length, |at| unsafe {
            std::ptr::write_bytes(at, 0, length);
            let text = std::slice::from_raw_parts_mut(at, length);
            fill(text);
            assert!(text.is_ascii(), "ASCII text");
        })
    }

    /// An exact string of another text's ASCII characters, each mapped to one.
    #[inline]
    pub fn map_ascii(&self, text: &[u8], mut map: impl FnMut(u8) -> u8) -> Result<Ref<Str>, Raised> {
        // SAFETY: writes exactly the units that are asked for; the mask makes them ASCII.
        self.new_ascii(text.len(), |at| unsafe {
            for (i, &b) in text.iter().enumerate() {
                at.add(i).write(map(b) & 0x7F);
            }
        })
    }

    /// Allocates a string of `ty` (`str` or a subclass) with `length` units of `width` bytes, and lets `fill` write
    /// them. `ascii` and `width` must be the narrowest for the text.
    fn new_str_raw(
        &self,
        ty: &Type,
        length: usize,
        width: usize,
        ascii: bool,
        fill: impl FnOnce(*mut u8),
    ) -> Result<Ref<Str>, Raised> {
        assert!(Str::has_layout(ty));
        let compact = std::ptr::eq(ty, crate::statics::STR.as_type());
        // Slots and inline values of a subclass lie behind its fixed part.
        let (start, inline) = match compact {
            true => (if ascii { 40 } else { 56 }, 0),
            false => (ty.basicsize(), ty.shape().map_or(0, |s| crate::instance::inline_size(s.instance_capacity()))),
        };
        let size = length.checked_add(1).and_then(|n| n.checked_mul(width)).and_then(|n| n.checked_add(start));
        let size = size.filter(|&n| n < isize::MAX as usize - 64).ok_or(Raised)?.max(ty.basicsize());
        // SAFETY: the memory is fresh and large enough for the fields, the text and its terminator.
        unsafe {
            let object = crate::alloc::new_object(self, ty, size)?;
            let s = object.as_ptr().add(1).cast::<Str>();
            let layout = if compact { COMPACT } else { 0 };
            let state = (width as u32) << KIND_SHIFT | layout | if ascii { ASCII } else { 0 };
            s.write(Str { length, hash: AtomicI64::new(NO_HASH), state: Cell::new(state), pad: 0 });
            if !ascii {
                (&raw mut (*s.cast::<Wide>()).utf8_length).write(Cell::new(0));
                (&raw mut (*s.cast::<Wide>()).utf8).write(Cell::new(std::ptr::null_mut()));
            }
            let text = object.as_ptr().cast::<u8>().add(start + inline);
            if !compact {
                s.cast::<u8>().add(40).cast::<*const u8>().write(text);
            }
            fill(text);
            text.add(length * width).write_bytes(0, width);
            crate::alloc::publish(self, object);
            Ok(Ref::from_value_unchecked(Value::from_header(object)))
        }
    }

    /// A string of these code points, in the narrowest width, of type `ty`.
    pub fn new_str_in(&self, ty: &Type, data: StrData<'_>) -> Result<Ref<Str>, Raised> {
        fn narrow<T: Copy + Into<u32>>(heap: &Heap, ty: &Type, units: &[T]) -> Result<Ref<Str>, Raised> {
            let max = units.iter().fold(0u32, |m, &c| m | c.into());
            let n = units.len();
            // SAFETY: each closure writes exactly `n` units of the width that is asked for.
            unsafe {
                if max < 0x100 {
                    heap.new_str_raw(ty, n, 1, max < 0x80, |at| {
                        for (i, &c) in units.iter().enumerate() {
                            *at.add(i) = c.into() as u8;
                        }
                    })
                } else if max < 0x10000 {
                    heap.new_str_raw(ty, n, 2, false, |at| {
                        for (i, &c) in units.iter().enumerate() {
                            *at.cast::<u16>().add(i) = c.into() as u16;
                        }
                    })
                } else {
                    heap.new_str_raw(ty, n, 4, false, |at| {
                        for (i, &c) in units.iter().enumerate() {
                            *at.cast::<u32>().add(i) = c.into();
                        }
                    })
                }
            }
        }
        match data {
            StrData::Ascii(s) => {
                debug_assert!(s.is_ascii());
                // SAFETY: writes exactly the units that are asked for.
                self.new_str_raw(ty, s.len(), 1, true, |at| unsafe {
                    std::ptr::copy_nonoverlapping(s.as_ptr(), at, s.len())
                })
            }
            StrData::Latin1(s) => {
                let ascii = s.is_ascii();
                // SAFETY: as above.
                self.new_str_raw(ty, s.len(), 1, ascii, |at| unsafe {
                    std::ptr::copy_nonoverlapping(s.as_ptr(), at, s.len())
                })
            }
            StrData::Ucs2(s) => narrow(self, ty, s),
            StrData::Ucs4(s) => narrow(self, ty, s),
        }
    }

    /// A string of these code points.
    pub fn new_str_data(&self, data: StrData<'_>) -> Result<Ref<Str>, Raised> {
        if let StrData::Ascii(text) = data {
            return self.new_ascii_str(text);
        }
        self.new_str_in(crate::statics::STR.as_type(), data)
    }

    /// A string from UTF-8.
    pub fn new_str(&self, s: &str) -> Result<Ref<Str>, Raised> {
        if room::refused() {
            return Err(Raised);
        }
        if s.is_ascii() {
            return self.new_ascii_str(s.as_bytes());
        }
        // All bits that occur: whether they fit a byte or two says how wide the characters are stored.
        let (mut bits, mut count) = (0, 0);
        s.chars().for_each(|c| {
            bits |= u32::from(c);
            count += 1;
        });
        let str_type = crate::statics::STR.as_type();
        let chars = s.chars().enumerate();
        // SAFETY: each closure writes exactly as many units as there are characters, of the width that is asked for.
        unsafe {
            match bits {
                0..0x100 => {
                    self.new_str_raw(str_type, count, 1, false, |at| chars.for_each(|(i, c)| *at.add(i) = c as u8))
                }
                0x100..0x10000 => self.new_str_raw(str_type, count, 2, false, |at| {
                    chars.for_each(|(i, c)| *at.cast::<u16>().add(i) = u32::from(c) as u16)
                }),
                _ => self.new_str_raw(str_type, count, 4, false, |at| {
                    chars.for_each(|(i, c)| *at.cast::<u32>().add(i) = u32::from(c))
                }),
            }
        }
    }

    /// A string of a text that was put together: if that is much, it stays where it is.
    pub fn str_from_text(&self, mut text: StrText) -> Result<Ref<Str>, Raised> {
        let made = match &mut text {
            StrText::Ascii(units) => self.adopt(units, |_| true, true),
            StrText::Latin1(units) => self.adopt(units, |s| !s.is_ascii(), false),
            StrText::Ucs2(units) => self.adopt(units, |s| s.iter().any(|&c| c > 0xFF), false),
            StrText::Ucs4(units) => self.adopt(units, |s| s.iter().any(|&c| c > 0xFFFF), false),
        };
        match made {
            Some(made) => Ok(made),
            None => self.new_str_data(text.data()),
        }
    }

    /// The same of a text in UTF-8.
    pub fn str_from_string(&self, text: String) -> Result<Ref<Str>, Raised> {
        if text.len() < crate::large::LARGE || room::refused() || !text.is_ascii() {
            return self.new_str(&text);
        }
        self.str_from_text(StrText::Ascii(text.into_bytes()))
    }

    /// An exact string in the memory of these units; nothing if that cannot be, or they are not the narrowest.
    fn adopt<T>(&self, units: &mut Vec<T>, is_narrowest: impl FnOnce(&[T]) -> bool, ascii: bool) -> Option<Ref<Str>> {
        let (length, width) = (units.len(), size_of::<T>());
        let start = if ascii { 40 } else { 56 };
        let size = (length + 1) * width + start;
        if size < crate::large::LARGE || !is_narrowest(units) {
            return None;
        }
        // SAFETY: the block has the units at its beginning, and room for fields, text and terminator; it is the vector's
        // no more, which forgets it.
        unsafe {
            let at = units.as_mut_ptr().cast();
            let block = crate::alloc::adopt_block(self.here(), at, units.capacity() * width, size);
            if block.is_null() {
                return None;
            }
            std::mem::forget(std::mem::take(units));
            let object = NonNull::new_unchecked(block.cast::<Header>());
            let text = block.add(start);
            std::ptr::copy(block, text, length * width);
            text.add(length * width).write_bytes(0, width);
            object.write(Header::new(NonNull::from(crate::statics::STR.as_type()), 0));
            let s = object.as_ptr().add(1).cast::<Str>();
            let state = (width as u32) << KIND_SHIFT | COMPACT | if ascii { ASCII } else { 0 };
            s.write(Str { length, hash: AtomicI64::new(NO_HASH), state: Cell::new(state), pad: 0 });
            if !ascii {
                (&raw mut (*s.cast::<Wide>()).utf8_length).write(Cell::new(0));
                (&raw mut (*s.cast::<Wide>()).utf8).write(Cell::new(std::ptr::null_mut()));
            }
            Some(Ref::from_value_unchecked(Value::from_header(object)))
        }
    }

    /// The text `n` times, of an exact `str`.
    pub fn repeat_str(&self, text: &Str, n: usize) -> Result<Ref<Str>, Raised> {
        let total = text.len().checked_mul(n).ok_or(Raised)?;
        let (from, width, ascii) = match text.data() {
            StrData::Ascii(s) => (s.as_ptr(), 1, true),
            StrData::Latin1(s) => (s.as_ptr(), 1, false),
            StrData::Ucs2(s) => (s.as_ptr().cast(), 2, false),
            StrData::Ucs4(s) => (s.as_ptr().cast(), 4, false),
        };
        // SAFETY: so many units are written, of a text that is as narrow as can be.
        let fill = |at| unsafe { write_repeated(from, text.len() * width, at, total * width) };
        if ascii {
            return self.new_ascii(total, fill);
        }
        self.new_str_raw(crate::statics::STR.as_type(), total, width, false, fill)
    }

    /// The joined text of two strings.
    pub fn concat_str(&self, a: &Str, b: &Str) -> Result<Ref<Str>, Raised> {
        let str_type = crate::statics::STR.as_type();
        let n = a.len().checked_add(b.len()).ok_or(Raised)?;
        match (a.data(), b.data()) {
            (StrData::Ascii(x), StrData::Ascii(y)) => self.new_ascii(n, copy_two(x, y)),
            (StrData::Ascii(x) | StrData::Latin1(x), StrData::Ascii(y) | StrData::Latin1(y)) => {
                self.new_str_raw(str_type, n, 1, false, copy_two(x, y))
            }
            (StrData::Ucs2(x), StrData::Ucs2(y)) => self.new_str_raw(str_type, n, 2, false, copy_two(x, y)),
            (StrData::Ucs4(x), StrData::Ucs4(y)) => self.new_str_raw(str_type, n, 4, false, copy_two(x, y)),
            (x, y) => {
                let mut units: Vec<u32> = Vec::new();
                units.try_reserve_exact(n).map_err(|_| Raised)?;
                units.extend(x.code_points().chain(y.code_points()));
                self.new_str_data(StrData::Ucs4(&units))
            }
        }
    }

    /// The text of strings with `separator` between them; nothing if one of `parts` is no exact string, or if there are less
    /// than two characters.
    pub fn join_str(&self, separator: &Str, parts: &[Value]) -> Result<Option<Ref<Str>>, Raised> {
        let StrData::Ascii(between) = separator.data() else { return self.join_wide(separator, parts) };
        let text = |v: &Value| match v.downcast_exact::<Str>()?.data() {
            StrData::Ascii(text) => Some((text.as_ptr(), text.len())),
            _ => None,
        };
        let mut length = separator.len().checked_mul(parts.len().saturating_sub(1)).ok_or(Raised)?;
        for part in parts {
            let Some((_, n)) = text(part) else { return self.join_wide(separator, parts) };
            length = length.checked_add(n).ok_or(Raised)?;
        }
        // The shortest strings are made once; the caller knows them.
        if length < 2 {
            return Ok(None);
        }
        // SAFETY: exactly as much is written as was counted: nothing runs meanwhile that could change the parts.
        let made = self.new_ascii(length, |mut at| unsafe {
            for (i, part) in parts.iter().enumerate() {
                if i > 0 && !between.is_empty() {
                    std::ptr::copy_nonoverlapping(between.as_ptr(), at, between.len());
                    at = at.add(between.len());
                }
                if let Some((from, n)) = text(part) {
                    std::ptr::copy_nonoverlapping(from, at, n);
                    at = at.add(n);
                }
            }
        });
        made.map(Some)
    }

    /// The same of texts that are not all ASCII.
    fn join_wide(&self, separator: &Str, parts: &[Value]) -> Result<Option<Ref<Str>>, Raised> {
        let between = separator.data();
        let count = parts.len().saturating_sub(1);
        let mut length = between.len().checked_mul(count).ok_or(Raised)?;
        let (mut width, mut ascii) = if count > 0 { (between.width(), separator.is_ascii()) } else { (1, true) };
        for part in parts {
            let Some(part) = part.downcast_exact::<Str>() else { return Ok(None) };
            length = length.checked_add(part.len()).ok_or(Raised)?;
            width = width.max(part.data().width());
            ascii &= part.is_ascii();
        }
        if length < 2 || ascii {
            return Ok(None);
        }
        // SAFETY: exactly as much is written as was counted: nothing runs meanwhile that could change the parts. A text is as
        // narrow as can be, so the widest of them says how narrow the whole is.
        let made = self.new_str_raw(crate::statics::STR.as_type(), length, width, false, |mut at| unsafe {
            for (i, part) in parts.iter().enumerate() {
                if i > 0 {
                    at = copy_units(between, at, width);
                }
                if let Some(part) = part.downcast_exact::<Str>() {
                    at = copy_units(part.data(), at, width);
                }
            }
        });
        made.map(Some)
    }

    /// The text of `a`, which is given away, followed by that of `b`. If nobody else has `a`, its memory grows.
    pub fn append_str(&self, a: Ref<Str>, b: &Str) -> Result<Ref<Str>, Raised> {
        let Some(width) = growable(&a, b) else { return self.concat_str(&a, b) };
        let n = a.len().checked_add(b.len()).ok_or(Raised)?;
        let start = if a.is_ascii() { 40 } else { 56 };
        let size = n.checked_add(1).and_then(|n| n.checked_mul(width)).and_then(|n| n.checked_add(start));
        let size = size.filter(|&n| n < isize::MAX as usize - 64).ok_or(Raised)?.max(a.ty().basicsize());
        let old_size = a.allocation(a.ty());
        let old_length = a.len();
        let object = NonNull::from(a.header());
        // SAFETY: nobody else has the object, which has no prefix; its memory is as large as its text says, and is
        // given back as such where it does not grow.
        unsafe {
            let grown = crate::alloc::grow_block(object.as_ptr().cast(), old_size, size);
            if grown.is_null() {
                return Err(Raised);
            }
            std::mem::forget(a);
            let s = grown.cast::<Header>().add(1).cast::<Str>();
            (*s).length = n;
            (*s).hash.store(NO_HASH, Ordering::Relaxed);
            let text = grown.add(start);
            let end = text.add(old_length * width);
            match b.data() {
                StrData::Ascii(y) | StrData::Latin1(y) if width == 1 => {
                    std::ptr::copy_nonoverlapping(y.as_ptr(), end, y.len())
                }
                StrData::Ucs2(y) if width == 2 => std::ptr::copy_nonoverlapping(y.as_ptr(), end.cast(), y.len()),
                StrData::Ucs4(y) => std::ptr::copy_nonoverlapping(y.as_ptr(), end.cast(), y.len()),
                other => {
                    for (i, c) in other.code_points().enumerate() {
                        if width == 2 {
                            end.cast::<u16>().add(i).write(c as u16)
                        } else {
                            end.cast::<u32>().add(i).write(c)
                        }
                    }
                }
            }
            text.add(n * width).write_bytes(0, width);
            Ok(Ref::from_value_unchecked(Value::from_header(NonNull::new_unchecked(grown.cast()))))
        }
    }

    /// The code points from `start` up to `end`, which lie within the string.
    #[inline]
    pub fn substring(&self, s: &Str, start: usize, end: usize) -> Result<Ref<Str>, Raised> {
        self.new_str_data(match s.data() {
            StrData::Ascii(x) => return self.new_ascii_str(&x[start..end]),
            StrData::Latin1(x) => StrData::Latin1(&x[start..end]),
            StrData::Ucs2(x) => StrData::Ucs2(&x[start..end]),
            StrData::Ucs4(x) => StrData::Ucs4(&x[start..end]),
        })
    }

    /// The interned string for this text.
    pub fn intern(&self, s: &Ref<Str>) -> Ref<Str> {
        if !s.is_exact() {
            // An instance of a subclass cannot stand in the table: its text can.
            return self.new_str_data(s.data()).map_or_else(|_| s.clone(), |exact| intern::intern(&exact));
        }
        intern::intern(s)
    }

    /// The interned string for this UTF-8 text.
    pub fn intern_utf8(&self, s: &str) -> Result<Ref<Str>, Raised> {
        match self.intern_ascii(s.as_bytes())? {
            Some(found) => Ok(found),
            None => Ok(intern::intern(&self.new_str(s)?)),
        }
    }

    /// The interned string for this ASCII text; nothing if it is other text.
    pub fn intern_ascii(&self, text: &[u8]) -> Result<Option<Ref<Str>>, Raised> {
        // Most names are there already: nothing is made to find that out.
        let table = intern::table();
        if let Some(found) = table.known(text) {
            return Ok(Some(found.clone()));
        }
        if !text.is_ascii() {
            return Ok(None);
        }
        let hash = hash_bytes(text);
        if let Some(found) = table.find_ascii(text, hash) {
            return Ok(Some(found));
        }
        let made = self.new_ascii_str(text)?;
        made.hash.store(hash, Ordering::Relaxed);
        Ok(Some(intern::intern_missing(made)))
    }

    /// A string of this ASCII text; nothing if it is other text.
    pub fn new_ascii_text(&self, text: &[u8]) -> Result<Option<Ref<Str>>, Raised> {
        if text.is_ascii() { self.new_ascii_str(text).map(Some) } else { Ok(None) }
    }
}

/// The width of the units of `a`, if its memory can take the text of `b` too.
fn growable(a: &Ref<Str>, b: &Str) -> Option<usize> {
    let alone = a.header().refcount() == 1 && a.is_exact() && !a.is_interned() && !std::ptr::eq(&**a, b);
    let width = |s: &Str| ((s.state.get() >> KIND_SHIFT) & 7) as usize;
    let fits = if a.is_ascii() { b.is_ascii() } else { width(a) >= width(b) };
    // A cached UTF-8 form would be out of date.
    // SAFETY: a string that is not ASCII has the wide fields.
    let cached = !a.is_ascii() && unsafe { !(*(&raw const **a).cast::<Wide>()).utf8.get().is_null() };
    (alone && fits && !cached).then(|| width(a))
}

/// Gives an empty string that is laid out with the program its text.
///
/// # Safety
/// Nobody has looked at the string, which is as this module lays strings out, and there is room for the text behind it.
pub unsafe fn fill_laid_out(string: &Ref<Str>, text: &str) {
    debug_assert!(text.is_ascii() && string.is_empty());
    // SAFETY: the caller's contract.
    unsafe {
        let s = string.payload_ptr();
        (*s).length = text.len();
        let at = s.add(1).cast::<u8>();
        std::ptr::copy_nonoverlapping(text.as_ptr(), at, text.len());
        at.add(text.len()).write(0);
    }
}

/// Copies a text; a short one by words that overlap, without a call.
///
/// # Safety
/// There is room for it at `to`, and the two do not overlap.
#[inline(always)]
unsafe fn copy_text(text: &[u8], to: *mut u8) {
    let (from, n) = (text.as_ptr(), text.len());
    // SAFETY: the caller's contract; each word lies within the text.
    unsafe {
        match n {
            8..=16 => {
                to.cast::<u64>().write_unaligned(from.cast::<u64>().read_unaligned());
                to.add(n - 8).cast::<u64>().write_unaligned(from.add(n - 8).cast::<u64>().read_unaligned());
            }
            4..8 => {
                to.cast::<u32>().write_unaligned(from.cast::<u32>().read_unaligned());
                to.add(n - 4).cast::<u32>().write_unaligned(from.add(n - 4).cast::<u32>().read_unaligned());
            }
            1..4 => {
                let (first, middle, last) = (*from, *from.add(n / 2), *from.add(n - 1));
                to.write(first);
                to.add(n / 2).write(middle);
                to.add(n - 1).write(last);
            }
            _ => std::ptr::copy_nonoverlapping(from, to, n),
        }
    }
}

fn copy_two<'a, T: Copy>(x: &'a [T], y: &'a [T]) -> impl FnOnce(*mut u8) + 'a {
    // SAFETY: the caller allocated room for both.
    move |at| unsafe {
        let at = at.cast::<T>();
        std::ptr::copy_nonoverlapping(x.as_ptr(), at, x.len());
        std::ptr::copy_nonoverlapping(y.as_ptr(), at.add(x.len()), y.len());
    }
}

/// The tables of interned strings, one for each heap, with one string object for each text; and the names that all share.
pub mod intern {
    use super::*;
    use crate::names::Names;
    #[cfg(feature = "allocator")]
    use crate::reserve::needed;
    use crate::shared;
    use std::cell::RefCell;
    use std::collections::{BTreeMap, HashSet};
    use std::hash::{BuildHasherDefault, Hasher};
    use std::ptr::null_mut;
    use std::sync::atomic::AtomicPtr;
    use std::sync::{Mutex, MutexGuard};

    #[derive(Default)]
    pub struct Identity(u64);

    impl Hasher for Identity {
        fn finish(&self) -> u64 {
            self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15)
        }
        fn write(&mut self, _: &[u8]) {
            unreachable!("keys are hashed as one word")
        }
        fn write_i64(&mut self, n: i64) {
            self.0 = n as u64
        }
    }

    struct Entry(NonNull<Str>);

    /// A name of Rust code.
    #[derive(Clone, Copy)]
    struct Constant(&'static Ref<Str>);

    // SAFETY: an immortal string that is never changed, but for its hash, which is atomic.
    unsafe impl Send for Constant {}

    /// The names of Rust code that are not laid out with the program, by their text.
    static CONSTANTS: Mutex<BTreeMap<&'static str, Constant>> = Mutex::new(BTreeMap::new());
    /// The names that are laid out with the program.
    static KNOWN: AtomicPtr<Names> = AtomicPtr::new(null_mut());
    /// Whether an interpreter has what else is laid out.
    static OWNED: AtomicBool = AtomicBool::new(false);

    fn constants() -> MutexGuard<'static, BTreeMap<&'static str, Constant>> {
        CONSTANTS.lock().unwrap_or_else(|e| e.into_inner())
    }

    impl std::hash::Hash for Entry {
        fn hash<H: Hasher>(&self, h: &mut H) {
            // SAFETY: an entry is removed before its string dies.
            h.write_i64(unsafe { self.0.as_ref() }.hash())
        }
    }

    impl PartialEq for Entry {
        fn eq(&self, other: &Entry) -> bool {
            // SAFETY: as above.
            unsafe { self.0.as_ref() == other.0.as_ref() }
        }
    }

    impl Eq for Entry {}

    impl Entry {
        fn to_ref(&self) -> Ref<Str> {
            // SAFETY: entries are live strings.
            unsafe {
                Ref::from_value_unchecked(Value::from_borrowed(NonNull::new_unchecked(
                    self.0.as_ptr().cast::<Header>().sub(1),
                )))
            }
        }
    }

    /// What the table is searched for: a string of it, or ASCII text that no string has been made of.
    trait Sought {
        fn hash(&self) -> i64;
        fn data(&self) -> StrData<'_>;
    }

    impl Sought for Entry {
        fn hash(&self) -> i64 {
            // SAFETY: as above.
            unsafe { self.0.as_ref() }.hash()
        }
        fn data(&self) -> StrData<'_> {
            // SAFETY: as above.
            unsafe { self.0.as_ref() }.data()
        }
    }

    struct Ascii<'a>(&'a [u8], i64);

    impl Sought for Ascii<'_> {
        fn hash(&self) -> i64 {
            self.1
        }
        fn data(&self) -> StrData<'_> {
            StrData::Ascii(self.0)
        }
    }

    impl<'a> std::borrow::Borrow<dyn Sought + 'a> for Entry {
        fn borrow(&self) -> &(dyn Sought + 'a) {
            self
        }
    }

    impl std::hash::Hash for dyn Sought + '_ {
        fn hash<H: Hasher>(&self, h: &mut H) {
            h.write_i64(Sought::hash(self))
        }
    }

    impl PartialEq for dyn Sought + '_ {
        fn eq(&self, other: &Self) -> bool {
            self.data() == other.data()
        }
    }

    impl Eq for dyn Sought + '_ {}

    type Table = HashSet<Entry, BuildHasherDefault<Identity>>;

    /// What is left of the table of an interpreter that is gone: immortal strings.
    struct Left(Table);

    // SAFETY: nobody uses the table until an interpreter takes it over; its strings are never freed.
    unsafe impl Send for Left {}

    /// Code knows names by their addresses, so they never die. The next interpreters begin with those of the ones before.
    static LEFT: Mutex<Vec<Left>> = Mutex::new(Vec::new());

    fn left() -> MutexGuard<'static, Vec<Left>> {
        LEFT.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// How many strings the table has room for at first: about what a start interns.
    const FIRST_NAMES: usize = 3500;
    /// The same where most are laid out with the program.
    const FIRST_OTHERS: usize = 440;

    /// The interned strings of an interpreter, which its threads share under its lock.
    pub struct SharedTable {
        /// Names that are there from the start.
        known: Option<&'static Names>,
        /// Whether the interpreter may use what else is laid out with the program, which only one can.
        owns_laid_out: bool,
        /// All others.
        others: RefCell<Table>,
    }

    impl SharedTable {
        /// A table that begins with the names that are laid out with the program, if there are such.
        pub(crate) fn new() -> Box<SharedTable> {
            // SAFETY: null, or what `begin_with` was given.
            let known = unsafe { KNOWN.load(Ordering::Acquire).as_ref() };
            let owns_laid_out = known.is_some() && !OWNED.swap(true, Ordering::Relaxed);
            let room = if known.is_some() { FIRST_OTHERS } else { FIRST_NAMES };
            let left = left().pop().map(|Left(table)| table);
            let others = left.unwrap_or_else(|| Table::with_capacity_and_hasher(room, <_>::default()));
            Box::new(SharedTable { known, owns_laid_out, others: RefCell::new(others) })
        }

        /// The interpreter is gone, and what never dies of its names is left to the next.
        pub(crate) fn leave(&self) {
            let mut table = self.others.take();
            table.retain(|entry| entry.to_ref().header().is_immortal());
            if !table.is_empty() {
                left().push(Left(table));
            }
        }

        /// The string of this ASCII text, if it is laid out with the program.
        #[inline(always)]
        pub(super) fn known(&self, text: &[u8]) -> Option<&'static Ref<Str>> {
            self.known.and_then(|names| names.find(text))
        }

        /// The interned string of this text, if there is one among the others.
        pub(super) fn find_ascii(&self, text: &[u8], hash: i64) -> Option<Ref<Str>> {
            let sought: &dyn Sought = &Ascii(text, hash);
            self.others.borrow().get(sought).map(Entry::to_ref)
        }

        /// Enters a string that is not in the table; gives the one that stands for its text.
        fn add(&self, s: Ref<Str>) -> Ref<Str> {
            // Another interpreter may have made a name of Rust code of it.
            let shared = if shared::several() { s.to_utf8().and_then(|t| constants().get(t).copied()) } else { None };
            let s = match shared {
                Some(constant) => constant.0.clone(),
                None => s,
            };
            if !s.is_interned() {
                s.state.set(s.state.get() | 1);
            }
            self.others.borrow_mut().insert(Entry(NonNull::from(&*s)));
            s
        }
    }

    /// Has all interpreters that are yet to begin use names that are laid out with the program; false if there are such already.
    ///
    /// # Safety
    /// The names are strings as this module makes them, interned and immortal.
    pub unsafe fn begin_with(names: &'static Names) -> bool {
        let names = std::ptr::from_ref(names).cast_mut();
        KNOWN.compare_exchange(null_mut(), names, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// The interned strings whose hashes somebody has asked for.
    pub fn hashed() -> Vec<Ref<Str>> {
        let table = table();
        let known = table
            .known
            .into_iter()
            .flat_map(Names::iter)
            .filter(|s| s.hash.load(Ordering::Relaxed) != NO_HASH)
            .cloned();
        known.chain(table.others.borrow().iter().map(Entry::to_ref)).collect()
    }

    /// Whether this thread's interpreter is the one that uses what is laid out with the program besides names.
    pub fn owns_laid_out() -> bool {
        table().owns_laid_out
    }

    thread_local! {
        static TABLE: Cell<*const SharedTable> = const { Cell::new(std::ptr::null()) };
    }

    /// The table of the interpreter whose lock this thread holds; one of its own where there is none.
    #[inline(always)]
    pub fn table() -> &'static SharedTable {
        // SAFETY: `set_table`'s contract: who asks does so while it holds the interpreter's lock.
        unsafe { TABLE.with(Cell::get).as_ref() }.unwrap_or_else(table_of_thread)
    }

    #[cold]
    #[inline(never)]
    fn table_of_thread() -> &'static SharedTable {
        let table = Box::leak(SharedTable::new());
        TABLE.with(|t| t.set(table));
        table
    }

    /// Makes this thread use an interpreter's table, or none.
    ///
    /// # Safety
    /// The thread uses strings only while it holds that interpreter's lock, and the table lives as long.
    pub(crate) unsafe fn set_table(table: *const SharedTable) {
        TABLE.with(|t| t.set(table));
    }

    /// The same; gives the one that it used before.
    ///
    /// # Safety
    /// As for [`set_table`].
    pub(crate) unsafe fn replace_table(table: *const SharedTable) -> *const SharedTable {
        TABLE.replace(table)
    }

    pub(super) fn intern(s: &Ref<Str>) -> Ref<Str> {
        if s.is_interned() || !s.is_exact() {
            return s.clone();
        }
        let table = table();
        if let StrData::Ascii(text) = s.data()
            && let Some(found) = table.known(text)
        {
            return found.clone();
        }
        if let Some(found) = table.others.borrow().get(&Entry(NonNull::from(&**s))) {
            return found.to_ref();
        }
        table.add(s.clone())
    }

    /// The same for a string whose text is known not to be in the table.
    pub(super) fn intern_missing(s: Ref<Str>) -> Ref<Str> {
        if s.is_interned() { s } else { table().add(s) }
    }

    /// Where nothing is held back for it, there may be no memory.
    #[cfg(not(feature = "allocator"))]
    fn needed<R>(make: impl FnOnce() -> R) -> R {
        make()
    }

    /// The interned string for this text that all interpreters of the process use: for constants of Rust code. Needs an
    /// attached thread.
    pub fn constant(text: &str) -> &'static Ref<Str> {
        // SAFETY: as for SharedTable::new.
        let known = unsafe { KNOWN.load(Ordering::Acquire).as_ref() };
        if let Some(known) = known.and_then(|names| names.find(text.as_bytes())) {
            return known;
        }
        shared::set_up(|| {
            if let Some(found) = constants().get(text) {
                return found.0;
            }
            // There is no way to tell of a failure, so none is asked for.
            let make = || Heap::with_current(|heap| heap.intern_utf8(text));
            let made = needed(|| crate::watch::without_failures(make));
            let Some(Ok(s)) = made else { panic!("a name constant needs an attached thread and memory: {text}") };
            shared::share(s.as_value());
            let s: &'static Ref<Str> = Box::leak(Box::new(s));
            if let Some(text) = s.to_utf8() {
                constants().insert(text, Constant(s));
            }
            s
        })
    }

    /// A place for a constant of Rust code, which is made when it is first used.
    pub struct NameCell(AtomicPtr<Ref<Str>>);

    impl NameCell {
        /// A place for a name.
        #[allow(clippy::new_without_default)]
        pub const fn new() -> NameCell {
            NameCell(AtomicPtr::new(null_mut()))
        }

        /// The constant of this text, which is the same whenever this is called.
        #[inline(always)]
        pub fn get(&self, text: &str) -> &'static Ref<Str> {
            // SAFETY: null, or a constant, which is for ever.
            match unsafe { self.0.load(Ordering::Acquire).as_ref() } {
                Some(name) => name,
                None => self.make(text),
            }
        }

        #[cold]
        #[inline(never)]
        fn make(&self, text: &str) -> &'static Ref<Str> {
            let name = constant(text);
            self.0.store(std::ptr::from_ref(name).cast_mut(), Ordering::Release);
            name
        }
    }

    pub(super) fn forget(s: &Str) {
        s.state.set(s.state.get() & !INTERNED);
        table().others.borrow_mut().remove(&Entry(NonNull::from(s)));
    }
}

const _: () = {
    assert!(std::mem::offset_of!(Str, length) + 16 == 16);
    assert!(std::mem::offset_of!(Str, hash) + 16 == 24);
    assert!(std::mem::offset_of!(Str, state) + 16 == 32);
    assert!(size_of::<Str>() + 16 == 40);
    assert!(std::mem::offset_of!(Wide, utf8_length) + 16 == 40);
    assert!(std::mem::offset_of!(Wide, utf8) + 16 == 48);
    assert!(size_of::<Wide>() + 16 == 56);
};
