//! Sorting by `<`: stable, few comparisons, and exceptions may interrupt it at any comparison.
//!
//! Keys that are all immediate ints, all floats or all exact strings have a total order, whose result does not depend on
//! what is compared with what; they are compared without asking them. All others go through [`merge`].

mod merge;

use crate::protocol::compare::known_order;
use crate::slots::CompareOp;
use crate::{Result, Str, Value, Vm};
use std::cmp::Ordering;

/// From this many items on, working space is asked for before it is needed: there may be none.
const PROBED: usize = 4096;

/// Orders the indices so that their keys ascend.
pub fn sort_by_keys(vm: &mut Vm, keys: &[Value], order: &mut [u32]) -> Result<()> {
    if keys.iter().all(|k| k.is_small_int()) {
        sort_pairs(order, |i| keys[i].small_int().unwrap_or(0), |a, b| a.cmp(&b));
        return Ok(());
    }
    if keys.iter().all(|k| k.is_small_float()) {
        // No immediate is a NaN, so the order is total.
        let order_of = |a: f64, b: f64| a.partial_cmp(&b).unwrap_or(Ordering::Equal);
        sort_pairs(order, |i| keys[i].small_float().unwrap_or(0.0), order_of);
        return Ok(());
    }
    if keys.iter().all(|k| k.downcast_exact::<Str>().is_some_and(|s| s.is_ascii())) {
        let text =
            |i: u32| keys[i as usize].downcast_exact::<Str>().and_then(|s| s.as_ascii()).unwrap_or("").as_bytes();
        if !has_room::<u64>(order.len()) {
            sort_in_place(order, |a, b| text(a as u32).cmp(text(b as u32)));
            return Ok(());
        }
        let mut pairs: Vec<(u64, u32)> = order.iter().map(|&i| (prefix(text(i)), i)).collect();
        sort_texts(&mut pairs, &text, 1);
        for (to, (_, i)) in order.iter_mut().zip(pairs) {
            *to = i;
        }
        return Ok(());
    }
    merge::sort(vm, keys, order)
}

/// The values in that order; the order is lost.
pub fn in_order(mut values: Vec<Value>, order: &mut [u32]) -> Vec<Value> {
    let mut sorted: Vec<Value> = Vec::new();
    if sorted.try_reserve_exact(values.len()).is_err() {
        // Along each cycle of the permutation: slower, but in place.
        for start in 0..order.len() {
            let mut at = start;
            loop {
                let from = std::mem::replace(&mut order[at], at as u32) as usize;
                if from == start {
                    break;
                }
                values.swap(at, from);
                at = from;
            }
        }
        return values;
    }
    let mut slots: Vec<Option<Value>> = values.into_iter().map(Some).collect();
    sorted.extend(order.iter().filter_map(|&i| slots[i as usize].take()));
    sorted
}

/// Whether there is room for pairs of keys and indices, and as much again for the library's sort, which does not ask.
fn has_room<K>(n: usize) -> bool {
    n < PROBED || Vec::<(K, u32)>::new().try_reserve_exact(2 * n + PROBED).is_ok()
}

/// Sorts indices in place, where there is no room. That is not stable: what is equal is told apart by where it was.
fn sort_in_place(order: &mut [u32], compare: impl Fn(usize, usize) -> Ordering) {
    let backwards = order.len() > 1 && order[0] > order[1];
    order.sort_unstable_by(|&a, &b| {
        compare(a as usize, b as usize).then_with(|| if backwards { b.cmp(&a) } else { a.cmp(&b) })
    });
}

/// Sorts indices by what `key` gives for each, once.
fn sort_pairs<K: Copy>(order: &mut [u32], key: impl Fn(usize) -> K, compare: impl Fn(K, K) -> Ordering) {
    if !has_room::<K>(order.len()) {
        return sort_in_place(order, |a, b| compare(key(a), key(b)));
    }
    let mut pairs: Vec<(K, u32)> = order.iter().map(|&i| (key(i as usize), i)).collect();
    pairs.sort_by(|a, b| compare(a.0, b.0));
    for (to, (_, i)) in order.iter_mut().zip(pairs) {
        *to = i;
    }
}

/// Sorts indices of texts that lie beside eight bytes of each, those before place `8 * level`, as a number in the order of texts.
/// They decide most comparisons without a look at the text, which in a long list is seldom in the cache; of texts
/// where they are the same the next eight are taken.
fn sort_texts<'a>(pairs: &mut [(u64, u32)], text: &impl Fn(u32) -> &'a [u8], level: usize) {
    const FEW: usize = 3;
    const DEEP: usize = 32;
    pairs.sort_by_key(|p| p.0);
    for same in pairs.chunk_by_mut(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
        let known = 8 * level;
        if same.len() > FEW && level < DEEP && same.iter().any(|p| text(p.1).len() > known) {
            same.iter_mut().for_each(|p| p.0 = prefix(text(p.1).get(known..).unwrap_or(&[])));
            sort_texts(same, text, level + 1);
        } else {
            same.sort_by(|a, b| text(a.1).cmp(text(b.1)));
        }
    }
}

/// The first eight bytes of a text, padded with zeros, as a number that is ordered as they are.
fn prefix(text: &[u8]) -> u64 {
    let n = text.len();
    if let Some(bytes) = text.first_chunk::<8>() {
        return u64::from_be_bytes(*bytes);
    }
    // Two reads that may overlap, not a copy: that would be read before it is written.
    if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        let [first, last] = [first, last].map(|four| u64::from(u32::from_be_bytes(*four)));
        return (first << 32) | (last << (8 * (8 - n)));
    }
    text.iter().enumerate().fold(0, |all, (i, &b)| all | (u64::from(b) << (56 - 8 * i)))
}

#[inline]
fn less(vm: &mut Vm, keys: &[Value], a: u32, b: u32) -> Result<bool> {
    let (a, b) = (&keys[a as usize], &keys[b as usize]);
    match known_order(a, b) {
        Some(order) => Ok(order.is_lt()),
        None => less_asked(vm, a, b),
    }
}

#[inline(never)]
fn less_asked(vm: &mut Vm, a: &Value, b: &Value) -> Result<bool> {
    let r = vm.compare(a, b, CompareOp::Lt)?;
    vm.is_truthy(&r)
}

#[cfg(test)]
mod tests {
    use super::prefix;

    #[test]
    fn prefixes_are_the_first_bytes() {
        let text = b"\x01bcdefgh\x7fj";
        for n in 0..=text.len() {
            let mut padded = [0; 8];
            padded[..n.min(8)].copy_from_slice(&text[..n.min(8)]);
            assert_eq!(prefix(&text[..n]), u64::from_be_bytes(padded), "{n} bytes");
        }
    }
}
