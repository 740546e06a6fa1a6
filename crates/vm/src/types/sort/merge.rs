//! Merge sort of keys that have to be asked: Peters' "listsort" with Munro and Wild's powersort ("Nearly-Optimal
//! Mergesorts") as the order of merges.
//!
//! Which keys are compared, and in what order, is CPython's: where `<` is no total order (NaN, sets, classes that are
//! asked whatever they like), the result depends on it, and keys can count how often they are asked.

use super::less;
use crate::{Result, Value, Vm};

/// So often in a row has a run to win before its next win is looked for by galloping; the start of what adapts.
const MIN_GALLOP: usize = 7;
/// Lists shorter than this are one run, made by insertion.
const MAX_MIN_RUN: usize = 64;

/// Orders the indices so that their keys ascend.
pub fn sort(vm: &mut Vm, keys: &[Value], order: &mut [u32]) -> Result<()> {
    let n = order.len();
    let mut sort = Sort { keys, n, runs: Vec::new(), min_gallop: MIN_GALLOP, scratch: Vec::new() };
    let min_run = min_run(n);
    let mut at = 0;
    while at < n {
        let rest = &mut order[at..];
        let mut len = next_run(vm, keys, rest)?;
        if len < min_run {
            let wanted = min_run.min(rest.len());
            insert(vm, keys, &mut rest[..wanted], len)?;
            len = wanted;
        }
        sort.push_run(vm, order, at, len)?;
        at += len;
    }
    sort.merge_all(vm, order)
}

/// How long runs are made at least: so that `n` divided by it is a power of two, or a bit less.
fn min_run(mut n: usize) -> usize {
    let mut lost = 0;
    while n >= MAX_MIN_RUN {
        lost |= n & 1;
        n >>= 1;
    }
    n + lost
}

/// The length of the run at the start, which is turned round if it descends. Equal keys in one that descends keep
/// their order.
fn next_run(vm: &mut Vm, keys: &[Value], order: &mut [u32]) -> Result<usize> {
    let n = order.len();
    let mut len = 1;
    while len < n && !less(vm, keys, order[len], order[len - 1])? {
        len += 1;
    }
    if len >= n {
        return Ok(len);
    }
    // The next key is smaller. If all before it are equal, they may begin a run that descends.
    if len > 1 {
        if less(vm, keys, order[0], order[len - 1])? {
            return Ok(len);
        }
        order[..len].reverse();
    }
    len += 1;
    // How many of the last keys were equal to the one before.
    let mut equal = 0;
    while len < n {
        if less(vm, keys, order[len], order[len - 1])? {
            order[len - 1 - equal..len].reverse();
            equal = 0;
        } else if less(vm, keys, order[len - 1], order[len])? {
            break;
        } else {
            equal += 1;
        }
        len += 1;
    }
    order[len - 1 - equal..len].reverse();
    order[..len].reverse();
    while len < n && !less(vm, keys, order[len], order[len - 1])? {
        len += 1;
    }
    Ok(len)
}

/// Inserts what follows the first `sorted` keys among them, by bisection.
fn insert(vm: &mut Vm, keys: &[Value], order: &mut [u32], sorted: usize) -> Result<()> {
    for at in sorted..order.len() {
        let item = order[at];
        let (mut low, mut high) = (0, at);
        while low < high {
            let middle = (low + high) / 2;
            if less(vm, keys, item, order[middle])? { high = middle } else { low = middle + 1 }
        }
        order.copy_within(low..at, low + 1);
        order[low] = item;
    }
    Ok(())
}

/// Depth in the tree of merges of the boundary between two neighbouring runs of a list of `n`.
fn node_power(start: usize, left: usize, right: usize, n: usize) -> u32 {
    let (n, mut power) = (n as u128, 0);
    let mut a = 2 * start as u128 + left as u128;
    let mut b = a + left as u128 + right as u128;
    loop {
        power += 1;
        if a >= n {
            a -= n;
            b -= n;
        } else if b >= n {
            return power;
        }
        a *= 2;
        b *= 2;
    }
}

/// How many of the keys of `run`, which ascend, are less than `key`; looked for from `hint` on, in steps that double.
fn gallop_left(vm: &mut Vm, keys: &[Value], key: u32, run: &[u32], hint: usize) -> Result<usize> {
    let (mut last, mut step) = (0, 1);
    let (mut low, mut high);
    if less(vm, keys, run[hint], key)? {
        let most = run.len() - hint;
        while step < most && less(vm, keys, run[hint + step], key)? {
            (last, step) = (step, 2 * step + 1);
        }
        (low, high) = (hint + last + 1, hint + step.min(most));
    } else {
        let most = hint + 1;
        while step < most && !less(vm, keys, run[hint - step], key)? {
            (last, step) = (step, 2 * step + 1);
        }
        (low, high) = (hint + 1 - step.min(most), hint - last);
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if less(vm, keys, run[middle], key)? { low = middle + 1 } else { high = middle }
    }
    Ok(high)
}

/// How many of the keys of `run`, which ascend, are not greater than `key`; looked for as in [`gallop_left`].
fn gallop_right(vm: &mut Vm, keys: &[Value], key: u32, run: &[u32], hint: usize) -> Result<usize> {
    let (mut last, mut step) = (0, 1);
    let (mut low, mut high);
    if less(vm, keys, key, run[hint])? {
        let most = hint + 1;
        while step < most && less(vm, keys, key, run[hint - step])? {
            (last, step) = (step, 2 * step + 1);
        }
        (low, high) = (hint + 1 - step.min(most), hint - last);
    } else {
        let most = run.len() - hint;
        while step < most && !less(vm, keys, key, run[hint + step])? {
            (last, step) = (step, 2 * step + 1);
        }
        (low, high) = (hint + last + 1, hint + step.min(most));
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if less(vm, keys, key, run[middle])? { high = middle } else { low = middle + 1 }
    }
    Ok(high)
}

struct Run {
    start: usize,
    len: usize,
    /// Of the boundary to the run behind it.
    power: u32,
}

struct Sort<'a> {
    keys: &'a [Value],
    /// Number of items.
    n: usize,
    /// What is in order so far, from the start without a gap.
    runs: Vec<Run>,
    min_gallop: usize,
    scratch: Vec<u32>,
}

impl Sort<'_> {
    /// Notes a new run, after the merges that are due before it.
    fn push_run(&mut self, vm: &mut Vm, order: &mut [u32], start: usize, len: usize) -> Result<()> {
        if let Some(top) = self.runs.last() {
            let power = node_power(top.start, top.len, len, self.n);
            while self.runs.len() > 1 && self.runs[self.runs.len() - 2].power > power {
                self.merge_at(vm, order, self.runs.len() - 2)?;
            }
            let top = self.runs.len() - 1;
            self.runs[top].power = power;
        }
        self.runs.push(Run { start, len, power: 0 });
        Ok(())
    }

    /// Merges all runs that are left.
    fn merge_all(&mut self, vm: &mut Vm, order: &mut [u32]) -> Result<()> {
        while self.runs.len() > 1 {
            let mut at = self.runs.len() - 2;
            if at > 0 && self.runs[at - 1].len < self.runs[at + 1].len {
                at -= 1;
            }
            self.merge_at(vm, order, at)?;
        }
        Ok(())
    }

    /// Merges run `at` and the one behind it.
    fn merge_at(&mut self, vm: &mut Vm, order: &mut [u32], at: usize) -> Result<()> {
        let right = self.runs.remove(at + 1);
        let left = &mut self.runs[at];
        let (start, middle, end) = (left.start, right.start, right.start + right.len);
        left.len += right.len;
        // What is in place at both ends already needs no merging.
        let start = start + gallop_right(vm, self.keys, order[middle], &order[start..middle], 0)?;
        if start == middle {
            return Ok(());
        }
        let right = &order[middle..end];
        let end = middle + gallop_left(vm, self.keys, order[middle - 1], right, right.len() - 1)?;
        if end == middle {
            return Ok(());
        }
        let forwards = middle - start <= end - middle;
        let copied = if forwards { start..middle } else { middle..end };
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        scratch.try_reserve(copied.len()).map_err(|_| vm.raise_memory_error())?;
        scratch.extend_from_slice(&order[copied]);
        let order = &mut order[start..end];
        let done = match forwards {
            true => self.merge_forwards(vm, order, &scratch),
            false => self.merge_backwards(vm, order, &scratch),
        };
        self.scratch = scratch;
        done
    }

    /// Merges the left run, of which `left` is a copy, with the right one, which ends where `order` does. The first key of
    /// the right one is less than all of the left one, and the last of the left one greater than all of the right one.
    fn merge_forwards(&mut self, vm: &mut Vm, order: &mut [u32], left: &[u32]) -> Result<()> {
        let mut at = Places { left: 0, right: left.len() };
        let done = self.merge_forwards_at(vm, order, left, &mut at);
        let rest = &left[at.left..];
        let to = at.right - rest.len();
        if let (Ok(()), [greatest]) = (&done, rest) {
            order.copy_within(at.right.., to);
            order[order.len() - 1] = *greatest;
        } else {
            // All is in place but this; or somebody raised, and nothing may be lost.
            order[to..at.right].copy_from_slice(rest);
        }
        done
    }

    /// As far as until one key of the left run is left, or none of the right one.
    fn merge_forwards_at(&mut self, vm: &mut Vm, order: &mut [u32], left: &[u32], at: &mut Places) -> Result<()> {
        let keys = self.keys;
        let (all, most) = (order.len(), left.len());
        // Between what is merged and the rest of the right run, there is room for the rest of the left one.
        let take_left = |order: &mut [u32], at: &mut Places, count: usize| {
            let to = at.right - (most - at.left);
            order[to..to + count].copy_from_slice(&left[at.left..at.left + count]);
            at.left += count;
            at.left + 1 >= most
        };
        let take_right = |order: &mut [u32], at: &mut Places, count: usize| {
            order.copy_within(at.right..at.right + count, at.right - (most - at.left));
            at.right += count;
            at.right == all
        };
        if take_right(order, at, 1) || most == 1 {
            return Ok(());
        }
        let mut min_gallop = self.min_gallop;
        loop {
            let (mut lefts, mut rights) = (0, 0);
            while lefts < min_gallop && rights < min_gallop {
                if less(vm, keys, order[at.right], left[at.left])? {
                    (lefts, rights) = (0, rights + 1);
                    if take_right(order, at, 1) {
                        return Ok(());
                    }
                } else {
                    (lefts, rights) = (lefts + 1, 0);
                    if take_left(order, at, 1) {
                        return Ok(());
                    }
                }
            }
            min_gallop += 1;
            // One run wins again and again: as long as that lasts, it is worth more comparisons to find where it ends.
            loop {
                min_gallop -= usize::from(min_gallop > 1);
                self.min_gallop = min_gallop;
                lefts = gallop_right(vm, keys, order[at.right], &left[at.left..], 0)?;
                if lefts > 0 && take_left(order, at, lefts) || take_right(order, at, 1) {
                    return Ok(());
                }
                rights = gallop_left(vm, keys, left[at.left], &order[at.right..], 0)?;
                if take_right(order, at, rights) || take_left(order, at, 1) {
                    return Ok(());
                }
                if lefts < MIN_GALLOP && rights < MIN_GALLOP {
                    break;
                }
            }
            min_gallop += 1;
            self.min_gallop = min_gallop;
        }
    }

    /// The same from the end on, with a copy of the right run.
    fn merge_backwards(&mut self, vm: &mut Vm, order: &mut [u32], right: &[u32]) -> Result<()> {
        let mut at = Places { left: order.len() - right.len(), right: right.len() };
        let done = self.merge_backwards_at(vm, order, right, &mut at);
        let rest = &right[..at.right];
        if let (Ok(()), [least]) = (&done, rest) {
            order.copy_within(..at.left, 1);
            order[0] = *least;
        } else {
            order[at.left..at.left + rest.len()].copy_from_slice(rest);
        }
        done
    }

    /// As far as until one key of the right run is left, or none of the left one.
    fn merge_backwards_at(&mut self, vm: &mut Vm, order: &mut [u32], right: &[u32], at: &mut Places) -> Result<()> {
        let keys = self.keys;
        // Between the rest of the left run and what is merged, there is room for the rest of the right one.
        let take_left = |order: &mut [u32], at: &mut Places, count: usize| {
            order.copy_within(at.left - count..at.left, at.left + at.right - count);
            at.left -= count;
            at.left == 0
        };
        let take_right = |order: &mut [u32], at: &mut Places, count: usize| {
            let to = at.left + at.right;
            order[to - count..to].copy_from_slice(&right[at.right - count..at.right]);
            at.right -= count;
            at.right <= 1
        };
        if take_left(order, at, 1) || at.right == 1 {
            return Ok(());
        }
        let mut min_gallop = self.min_gallop;
        loop {
            let (mut lefts, mut rights) = (0, 0);
            while lefts < min_gallop && rights < min_gallop {
                if less(vm, keys, right[at.right - 1], order[at.left - 1])? {
                    (lefts, rights) = (lefts + 1, 0);
                    if take_left(order, at, 1) {
                        return Ok(());
                    }
                } else {
                    (lefts, rights) = (0, rights + 1);
                    if take_right(order, at, 1) {
                        return Ok(());
                    }
                }
            }
            min_gallop += 1;
            loop {
                min_gallop -= usize::from(min_gallop > 1);
                self.min_gallop = min_gallop;
                let run = &order[..at.left];
                lefts = at.left - gallop_right(vm, keys, right[at.right - 1], run, at.left - 1)?;
                if take_left(order, at, lefts) || take_right(order, at, 1) {
                    return Ok(());
                }
                let run = &right[..at.right];
                rights = at.right - gallop_left(vm, keys, order[at.left - 1], run, at.right - 1)?;
                if rights > 0 && take_right(order, at, rights) || take_left(order, at, 1) {
                    return Ok(());
                }
                if lefts < MIN_GALLOP && rights < MIN_GALLOP {
                    break;
                }
            }
            min_gallop += 1;
            self.min_gallop = min_gallop;
        }
    }
}

/// How far a merge has come. Forwards: the first key of the copy of the left run, and of the right run in the list, that
/// is not merged yet. Backwards: how many keys of both are not merged yet.
struct Places {
    left: usize,
    right: usize,
}
