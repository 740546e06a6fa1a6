//! What `list` and `tuple` share: text, comparison, search, hashing.

use crate::protocol::container::{known_equal, known_same};
use crate::slots::CompareOp;
use crate::{Result, Value, Vm};
use taipan_object::room;

/// `[a, b, c]` or `(a, b)` of items that are read anew each time, since `repr` may change them.
pub fn repr_items(vm: &mut Vm, open: &str, close: &str, item: impl Fn(&Vm, usize) -> Option<Value>) -> Result {
    let mut text = String::from(open);
    let mut i = 0;
    while let Some(v) = item(vm, i) {
        if i > 0 {
            room::push_str(&mut text, ", ")?;
        }
        let r = vm.repr(&v)?;
        match r.to_utf8() {
            Some(s) => room::push_str(&mut text, s)?,
            None => {
                // Lone surrogates are kept by joining strings instead.
                let head = vm.new_str(&text)?;
                let so_far = vm.concat_str(&head, &r)?;
                return rest_by_concat(vm, so_far, close, i + 1, item);
            }
        }
        i += 1;
    }
    room::push_str(&mut text, close)?;
    vm.new_str(&text).map(crate::Ref::into_value)
}

fn rest_by_concat(
    vm: &mut Vm,
    mut so_far: crate::Ref<crate::Str>,
    close: &str,
    from: usize,
    item: impl Fn(&Vm, usize) -> Option<Value>,
) -> Result {
    let mut i = from;
    while let Some(v) = item(vm, i) {
        let comma = vm.new_str(", ")?;
        so_far = vm.concat_str(&so_far, &comma)?;
        let r = vm.repr(&v)?;
        so_far = vm.concat_str(&so_far, &r)?;
        i += 1;
    }
    let close = vm.new_str(close)?;
    vm.concat_str(&so_far, &close).map(crate::Ref::into_value)
}

/// How many items at the start of two sequences are the same objects, or strings with the same text.
pub fn same_at_start(a: &[Value], b: &[Value]) -> usize {
    a.iter().zip(b).take_while(|(x, y)| known_same(x, y) == Some(true)).count()
}

/// The next item from `at` on that is equal to a value or has to be asked, and which of these.
#[inline]
pub fn next_match(items: &[Value], at: usize, value: &Value) -> Option<(usize, bool)> {
    let (place, known) = items.get(at..)?.iter().enumerate().find_map(|(i, item)| match known_equal(item, value) {
        Some(false) => None,
        known => Some((at + i, known.is_some())),
    })?;
    Some((place, known))
}

/// Compares two sequences item by item, of which the first `same` are known to be equal.
pub fn compare_items(
    vm: &mut Vm,
    op: CompareOp,
    same: usize,
    a: impl Fn(&Vm, usize) -> Option<Value>,
    b: impl Fn(&Vm, usize) -> Option<Value>,
    lengths: impl Fn(&Vm) -> (usize, usize),
) -> Result {
    let (n, m) = lengths(vm);
    if n != m && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::bool(op == CompareOp::Ne));
    }
    let mut i = same;
    while let (Some(x), Some(y)) = (a(vm, i), b(vm, i)) {
        if !vm.equal(&x, &y)? {
            // The comparison may have taken items away.
            let (n, m) = lengths(vm);
            if i >= n || i >= m {
                break;
            }
            return match op {
                CompareOp::Eq => Ok(Value::bool(false)),
                CompareOp::Ne => Ok(Value::bool(true)),
                _ => vm.compare(&x, &y, op),
            };
        }
        i += 1;
    }
    let (n, m) = lengths(vm);
    Ok(Value::bool(op.holds(n.cmp(&m))))
}

/// The hash of a tuple: xxHash-like mixing of the items' hashes (Collet, "xxHash fast digest algorithm").
pub fn hash_items(vm: &mut Vm, items: &[Value]) -> Result<i64> {
    hash_items_by(items, |item| vm.hash(item))
}

/// The same with the items' hashes from a function.
#[inline(always)]
pub fn hash_items_by<E>(
    items: &[Value],
    mut hash: impl FnMut(&Value) -> std::result::Result<i64, E>,
) -> std::result::Result<i64, E> {
    const P1: u64 = 11_400_714_785_074_694_791;
    const P2: u64 = 14_029_467_366_897_019_727;
    const P5: u64 = 2_870_177_450_012_600_261;
    let mut acc = P5;
    for item in items {
        let lane = hash(item)? as u64;
        acc = acc.wrapping_add(lane.wrapping_mul(P2)).rotate_left(31).wrapping_mul(P1);
    }
    acc = acc.wrapping_add(items.len() as u64 ^ (P5 ^ 3_527_539));
    Ok(if acc == u64::MAX { 1_546_275_796 } else { acc as i64 })
}

/// `index(value, start, stop)` bounds.
pub fn search_bounds(start: Option<isize>, stop: Option<isize>, len: usize) -> (usize, usize) {
    let clip = |i: isize| if i < 0 { (i + len as isize).max(0) as usize } else { i as usize };
    (clip(start.unwrap_or(0)), clip(stop.unwrap_or(isize::MAX)))
}
