//! Vectors whose length a program chooses: memory for them may be refused, which is a `MemoryError`.

use crate::heap::Raised;

/// An empty vector with room for `capacity` items.
#[inline]
pub fn vec<T>(capacity: usize) -> Result<Vec<T>, Raised> {
    let mut items = Vec::new();
    items.try_reserve_exact(capacity).map_err(|_| Raised)?;
    Ok(items)
}

/// Asks whether there is room for what native code is about to take in many pieces without asking: about so many bytes.
pub fn probe(bytes: usize) -> Result<(), Raised> {
    /// What is less is met with what is held back, see `reserve`.
    const LITTLE: usize = 8 << 20;
    if bytes < LITTLE { Ok(()) } else { vec::<u8>(bytes).map(drop) }
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
