//! Tuples, lists and sets that are built from constants.

use taipan_bytecode::Const;

use super::peephole::{const_loads_before, nop_out, set_const};
use super::{Block, const_of};
use crate::ir::{ConstTable, Op};

/// Code generation puts no more operands than this on the stack for one display; nor does this look for more.
const STACK_USE_GUIDELINE: usize = 30;
/// A list or set of fewer constants is as well built from the stack.
const MIN_CONST_SEQUENCE_SIZE: usize = 3;

fn values(block: &Block, places: &[usize], consts: &ConstTable) -> Option<Vec<Const>> {
    places.iter().map(|place| const_of(&block.instrs[*place], consts)).collect()
}

/// A tuple of constants is a constant; one that is unpacked at once is a matter of order on the stack.
pub(super) fn fold_build_tuple(block: &mut Block, i: usize, consts: &mut ConstTable) {
    let size = block.instrs[i].arg;
    if let Some(next) = block.instrs.get_mut(i + 1)
        && next.op == Op::UNPACK_SEQUENCE
        && next.arg == size
        && (1..=3).contains(&size)
    {
        if size == 1 {
            next.nop();
        } else {
            next.op = Op::SWAP;
        }
        block.instrs[i].nop();
        return;
    }
    if size as usize > STACK_USE_GUIDELINE {
        return;
    }
    let Some(places) = const_loads_before(block, i, size as usize) else { return };
    let Some(items) = values(block, &places, consts) else { return };
    nop_out(block, &places);
    set_const(&mut block.instrs[i], Const::tuple(items), consts);
}

/// A display that is only iterated over or searched becomes a constant, or at least a tuple; other displays of constants
/// are filled from a constant.
pub(super) fn optimize_list_or_set(block: &mut Block, i: usize, consts: &mut ConstTable) {
    let build = block.instrs[i];
    let size = build.arg as usize;
    let contains_or_iter =
        block.instrs.get(i + 1).is_some_and(|next| matches!(next.op, Op::GET_ITER | Op::CONTAINS_OP));
    if size > STACK_USE_GUIDELINE || size < MIN_CONST_SEQUENCE_SIZE && !contains_or_iter {
        return;
    }
    let items = const_loads_before(block, i, size).and_then(|places| Some((values(block, &places, consts)?, places)));
    let Some((items, places)) = items else {
        if contains_or_iter && build.op == Op::BUILD_LIST {
            block.instrs[i].op = Op::BUILD_TUPLE;
        }
        return;
    };
    let (value, update) = match build.op {
        Op::BUILD_LIST => (Const::tuple(items), Op::LIST_EXTEND),
        _ => (Const::frozenset(items), Op::SET_UPDATE),
    };
    let index = consts.add(value);
    nop_out(block, &places);
    if contains_or_iter {
        block.instrs[i].set(Op::LOAD_CONST, index);
    } else {
        block.instrs[i - 2].loc = build.loc;
        block.instrs[i - 2].set(build.op, 0);
        block.instrs[i - 1].set(Op::LOAD_CONST, index);
        block.instrs[i].set(update, 1);
    }
}

/// A long tuple is built as a list, item by item, and converted at `i`; if all items are constants, it is a constant. If
/// it is iterated over, the list will do.
pub(super) fn fold_list_to_tuple(block: &mut Block, i: usize, consts: &mut ConstTable) {
    if let Some(items) = take_appended(block, i, Op::BUILD_LIST, Op::LIST_APPEND, consts) {
        set_const(&mut block.instrs[i], Const::tuple(items), consts);
    } else if block.instrs.get(i + 1).is_some_and(|next| next.op == Op::GET_ITER) {
        block.instrs[i].nop();
    }
}

/// A long list or set, whose last item is added at `i`, that is only iterated over or searched. (The constant has no line
/// of its own, unlike the other cases.)
pub(super) fn fold_appended(block: &mut Block, i: usize, consts: &mut ConstTable) {
    let append = block.instrs[i].op;
    let build = if append == Op::LIST_APPEND { Op::BUILD_LIST } else { Op::BUILD_SET };
    if let Some(items) = take_appended(block, i + 1, build, append, consts) {
        let value = if build == Op::BUILD_LIST { Const::tuple(items) } else { Const::frozenset(items) };
        set_const(&mut block.instrs[i], value, consts);
    }
}

/// The constants that the instructions before `end` put into a new list or set, one by one. Those instructions become NOPs.
fn take_appended(block: &mut Block, end: usize, build: Op, append: Op, consts: &ConstTable) -> Option<Vec<Const>> {
    let mut items = Vec::new();
    let mut expect_append = true;
    for place in (0..end).rev() {
        let ins = block.instrs[place];
        match ins.op {
            Op::NOP => continue,
            op if op == build && ins.arg == 0 && expect_append => {
                let places: Vec<usize> = (place..end).filter(|i| block.instrs[*i].op != Op::NOP).collect();
                nop_out(block, &places);
                items.reverse();
                return Some(items);
            }
            op if op == append && expect_append && ins.arg == 1 => {}
            _ if !expect_append && ins.loads_const() => items.push(const_of(&ins, consts)?),
            _ => return None,
        }
        expect_append = !expect_append;
    }
    None
}
