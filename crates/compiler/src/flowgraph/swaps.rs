//! Fewer `SWAP`s: a run of them is a permutation, which has a shortest form; and one before stores can be applied to the
//! stores instead.

use super::Block;
use crate::ir::Op;

/// Replaces the run of `SWAP`s that starts at `start` by a shortest one with the same effect. Returns its last place.
pub(super) fn optimize_run(block: &mut Block, start: usize) -> usize {
    let len = block.instrs[start..].iter().take_while(|ins| matches!(ins.op, Op::SWAP | Op::NOP)).count();
    let run = &mut block.instrs[start..start + len];
    let swaps = run.iter().filter(|ins| ins.op == Op::SWAP);
    let depth = swaps.clone().map(|ins| ins.arg as usize).max().unwrap_or(0);
    if swaps.count() < 2 {
        return start;
    }
    // Where each item comes from, the top of the stack first.
    let mut stack: Vec<usize> = (0..depth).collect();
    for ins in run.iter().filter(|ins| ins.op == Op::SWAP) {
        stack.swap(0, ins.arg as usize - 1);
    }
    // Only the top can be swapped, so each cycle of the permutation is walked through it. The walk sorts the shuffled
    // stack; written from the back, it shuffles the sorted one.
    let mut visited = vec![false; depth];
    let mut free = len;
    for first in 0..depth {
        if visited[first] || stack[first] == first {
            continue;
        }
        let mut item = first;
        loop {
            if item != 0 && free > 0 {
                free -= 1;
                run[free].set(Op::SWAP, item as u32 + 1);
            }
            if std::mem::replace(&mut visited[item], true) {
                break;
            }
            item = stack[item];
        }
    }
    for ins in &mut run[..free] {
        ins.nop();
    }
    start + len - 1
}

/// Pops the top and does nothing else that could be seen, so it may change places with another.
fn is_swappable(op: Op) -> bool {
    matches!(op, Op::STORE_FAST | Op::STORE_FAST_MAYBE_NULL | Op::POP_TOP)
}

/// The next place whose instruction may be moved, if nothing but NOPs (on `line`, if given) lies between.
fn next_swappable(block: &Block, after: usize, line: Option<i32>) -> Option<usize> {
    for (place, ins) in block.instrs.iter().enumerate().skip(after + 1) {
        if line.is_some_and(|line| line >= 0 && ins.loc.line != line) {
            return None;
        }
        if ins.op != Op::NOP {
            return is_swappable(ins.op).then_some(place);
        }
    }
    None
}

/// Removes the `SWAP`s that end at `end`, the last first, as long as the stores behind them can change places instead.
pub(super) fn apply_statically(block: &mut Block, end: usize) {
    let stored = |block: &Block, place: usize| {
        let ins = block.instrs[place];
        matches!(ins.op, Op::STORE_FAST | Op::STORE_FAST_MAYBE_NULL).then_some(ins.arg)
    };
    for i in (0..=end).rev() {
        let swap = block.instrs[i];
        if swap.op != Op::SWAP {
            if swap.op == Op::NOP || is_swappable(swap.op) {
                continue;
            }
            return;
        }
        let Some(first) = next_swappable(block, i, None) else { return };
        let line = block.instrs[first].loc.line;
        let mut second = first;
        for _ in 1..swap.arg {
            match next_swappable(block, second, Some(line)) {
                Some(place) => second = place,
                None => return,
            }
        }
        // Two stores to one local, or one between to either, must stay in order.
        let (one, two) = (stored(block, first), stored(block, second));
        if one.is_some() || two.is_some() {
            if one == two {
                return;
            }
            let between = (first + 1..second).filter_map(|place| stored(block, place));
            for local in between {
                if Some(local) == one || Some(local) == two {
                    return;
                }
            }
        }
        block.instrs[i].nop();
        block.instrs.swap(first, second);
    }
}
