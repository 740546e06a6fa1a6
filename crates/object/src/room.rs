//! Vectors and texts whose length a program chooses: memory for them may be refused, which is a `MemoryError`.
//!
//! Text that is made in passing, most of all for messages, is a plain `String` that cannot say that there was no room. Such a
//! text is cut short, and this thread remembers it (`refuse`): what would be made of the text next, a string or an exception,
//! is a `MemoryError` then. Crates above use [`format!`](crate::format) in place of the standard macro.

use std::cell::Cell;
use std::fmt::{self, Write};

use crate::heap::Raised;

thread_local! {
    static REFUSED: Cell<bool> = const { Cell::new(false) };
}

/// Remembers that a text found no room.
#[cold]
pub fn refuse() {
    REFUSED.set(true);
}

/// Whether a text has found no room; asked once.
#[inline]
pub fn refused() -> bool {
    REFUSED.get() && REFUSED.replace(false)
}

/// A text that grows while there is room.
struct Growing(String);

impl Write for Growing {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        push_str(&mut self.0, more).map_err(|_| fmt::Error)
    }
}

/// What `format!` gives.
pub fn format(args: fmt::Arguments<'_>) -> String {
    // Most messages fit, so that nothing grows.
    let mut text = Growing(String::with_capacity(96));
    if text.write_fmt(args).is_err() {
        refuse();
    }
    text.0
}

/// A text of one's own.
pub fn owned(text: &str) -> String {
    joined(&[text]).unwrap_or_else(|_| {
        refuse();
        String::new()
    })
}

/// As the standard macro, but text without room for it is cut short and remembered.
#[macro_export]
macro_rules! format {
    ($($arg:tt)*) => { $crate::room::format(::core::format_args!($($arg)*)) };
}

/// An empty vector with room for `capacity` items.
#[inline]
pub fn vec<T>(capacity: usize) -> Result<Vec<T>, Raised> {
    let mut items = Vec::new();
    items.try_reserve_exact(capacity).map_err(|_| Raised)?;
    Ok(items)
}

/// Asks whether there is room for what native code is about to take in many pieces without asking: about so many bytes.
pub fn probe(bytes: usize) -> Result<(), Raised> {
    /// What is less is met with what is held back.
    const LITTLE: usize = 1 << 20;
    if bytes < LITTLE { left() } else { vec::<u8>(bytes).map(drop) }
}

/// Asks whether what is held back for small things is still there, see `reserve`: for native code that takes them by the thousand.
#[inline]
pub fn left() -> Result<(), Raised> {
    #[cfg(feature = "allocator")]
    if crate::reserve::refuses() {
        return Err(Raised);
    }
    Ok(())
}

/// A copy of a slice.
#[inline]
pub fn copied<T: Clone>(items: &[T]) -> Result<Vec<T>, Raised> {
    let mut copy = vec(items.len())?;
    copy.extend_from_slice(items);
    Ok(copy)
}

/// What an iterator gives that knows how much that is.
#[inline]
pub fn collected<T>(items: impl ExactSizeIterator<Item = T>) -> Result<Vec<T>, Raised> {
    let mut all = vec(items.len())?;
    all.extend(items);
    Ok(all)
}

/// Appends an item.
#[inline]
pub fn push<T>(items: &mut Vec<T>, item: T) -> Result<(), Raised> {
    if items.len() == items.capacity() {
        items.try_reserve(1).map_err(|_| Raised)?;
    }
    items.push(item);
    Ok(())
}

/// Appends text.
#[inline]
pub fn push_str(text: &mut String, more: &str) -> Result<(), Raised> {
    if text.capacity() - text.len() < more.len() {
        text.try_reserve(more.len()).map_err(|_| Raised)?;
    }
    text.push_str(more);
    Ok(())
}

/// Texts one behind the other.
pub fn joined(parts: &[&str]) -> Result<String, Raised> {
    let mut text = String::new();
    text.try_reserve_exact(parts.iter().map(|part| part.len()).sum()).map_err(|_| Raised)?;
    parts.iter().for_each(|part| text.push_str(part));
    Ok(text)
}

/// A text of characters that take so many bytes.
pub fn text(bytes: usize, chars: impl Iterator<Item = char>) -> Result<String, Raised> {
    let mut text = String::new();
    text.try_reserve_exact(bytes).map_err(|_| Raised)?;
    text.extend(chars);
    Ok(text)
}

/// What an iterator gives, about so many items.
pub fn gathered<T>(count: usize, items: impl Iterator<Item = T>) -> Result<Vec<T>, Raised> {
    let mut all = vec(count)?;
    all.extend(items);
    Ok(all)
}
