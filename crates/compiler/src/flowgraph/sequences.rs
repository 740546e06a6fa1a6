//! Tuples, lists and sets that are built from constants.

use taipan_bytecode::Const;

use super::peephole::{const_loads_before, nop_out, set_const};
use super::{Block, const_of};
use crate::ir::{ConstTable, Loc, Op};

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

/// A long tuple is built as a list, item by item; if all items are constants, it is a constant.
pub(super) fn fold_list_to_tuple(block: &mut Block, i: usize, consts: &mut ConstTable) {
    let mut items = Vec::new();
    let mut expect_append = true;
    for place in (0..i).rev() {
        let ins = block.instrs[place];
        match ins.op {
            Op::NOP => continue,
            Op::BUILD_LIST if ins.arg == 0 => {
                if !expect_append {
                    return;
                }
                for ins in block.instrs[place..i].iter_mut().filter(|ins| ins.op != Op::NOP) {
                    ins.nop();
                    ins.loc = Loc::NONE;
                }
                items.reverse();
                set_const(&mut block.instrs[i], Const::tuple(items), consts);
                return;
            }
            Op::LIST_APPEND if expect_append && ins.arg == 1 => {}
            _ if !expect_append && ins.loads_const() => match const_of(&ins, consts) {
                Some(value) => items.push(value),
                None => return,
            },
            _ => return,
        }
        expect_append = !expect_append;
    }
}
