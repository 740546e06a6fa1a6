//! Rewrites of neighbouring instructions within a block, and the threading of jumps to jumps.

use taipan_bytecode::Const;
use taipan_bytecode::oparg::{BinaryOp, Intrinsic1, compare};

use super::{Block, BlockId, Cfg, ENTRY, Ins, const_of, constants};
use crate::ir::{ConstTable, Op};

/// Makes the instruction load a constant, from its argument if that is possible.
pub(super) fn set_const(ins: &mut Ins, value: Const, consts: &mut ConstTable) {
    match value {
        Const::Int(n @ 0..=255) => ins.set(Op::LOAD_SMALL_INT, n as u32),
        value => {
            let index = consts.add(value);
            ins.set(Op::LOAD_CONST, index);
        }
    }
}

/// The places of the `size` constant loads that end before `end`, NOPs aside, in order.
pub(super) fn const_loads_before(block: &Block, end: usize, size: usize) -> Option<Vec<usize>> {
    let mut places = Vec::with_capacity(size);
    for (place, ins) in block.instrs[..end].iter().enumerate().rev() {
        if places.len() == size {
            break;
        }
        if ins.op == Op::NOP {
            continue;
        }
        if !ins.loads_const() {
            return None;
        }
        places.push(place);
    }
    places.reverse();
    (places.len() == size).then_some(places)
}

/// Turns instructions into NOPs that may go whatever their line was.
pub(super) fn nop_out(block: &mut Block, places: &[usize]) {
    for place in places {
        block.instrs[*place].nop();
        block.instrs[*place].loc = crate::ir::Loc::NONE;
    }
}

/// The instruction at the place, or `CACHE` (which does not occur) behind the end.
fn op_at(block: &Block, place: usize) -> Op {
    block.instrs.get(place).map_or(Op::CACHE, |ins| ins.op)
}

impl Cfg {
    /// Uses what is known of constants that are tested at once, and gives small integers their own instruction.
    pub(super) fn optimize_const_loads(&mut self, consts: &mut ConstTable) {
        let mut cursor = Some(ENTRY);
        while let Some(id) = cursor {
            optimize_const_loads_of(&mut self[id], consts);
            cursor = self.next(id);
        }
    }

    pub(super) fn optimize_blocks(&mut self, consts: &mut ConstTable) {
        let mut cursor = Some(ENTRY);
        while let Some(id) = cursor {
            self.optimize_block(id, consts);
            cursor = self.next(id);
        }
    }

    fn optimize_block(&mut self, id: BlockId, consts: &mut ConstTable) {
        let mut i = 0;
        while i < self[id].instrs.len() {
            let ins = self[id].instrs[i];
            if let Some(target) = ins.target {
                if !self.thread_jump(id, i, ins, target) {
                    i += 1;
                }
                continue;
            }
            let block = &mut self[id];
            let next = op_at(block, i + 1);
            match (ins.op, next) {
                (Op::BUILD_TUPLE, _) => super::sequences::fold_build_tuple(block, i, consts),
                (Op::BUILD_LIST | Op::BUILD_SET, _) => super::sequences::optimize_list_or_set(block, i, consts),
                (Op::LIST_APPEND | Op::SET_ADD, Op::GET_ITER | Op::CONTAINS_OP) if ins.arg == 1 => {
                    super::sequences::fold_appended(block, i, consts);
                }
                (Op::COMPARE_OP, Op::TO_BOOL) => replace_pair(block, i, Op::COMPARE_OP, ins.arg | compare::TO_BOOL),
                (Op::CONTAINS_OP | Op::IS_OP, Op::TO_BOOL) => replace_pair(block, i, ins.op, ins.arg),
                (Op::CONTAINS_OP | Op::IS_OP, Op::UNARY_NOT) => replace_pair(block, i, ins.op, ins.arg ^ 1),
                (Op::TO_BOOL, Op::TO_BOOL) => block.instrs[i].nop(),
                (Op::UNARY_NOT, Op::TO_BOOL) => replace_pair(block, i, Op::UNARY_NOT, 0),
                (Op::UNARY_NOT, Op::UNARY_NOT) => replace_pair(block, i, Op::NOP, 0),
                (Op::UNARY_NOT | Op::UNARY_INVERT | Op::UNARY_NEGATIVE, _) => fold_unary(block, i, consts),
                (Op::CALL_INTRINSIC_1, _) if ins.arg == Intrinsic1::LIST_TO_TUPLE as u32 => {
                    super::sequences::fold_list_to_tuple(block, i, consts);
                }
                (Op::CALL_INTRINSIC_1, _) if ins.arg == Intrinsic1::UNARY_POSITIVE as u32 => {
                    fold_unary(block, i, consts)
                }
                (Op::BINARY_OP, _) => fold_binary(block, i, consts),
                (Op::STORE_FAST, Op::STORE_FAST) => {
                    let other = block.instrs[i + 1];
                    if other.arg == ins.arg && other.loc.line == ins.loc.line {
                        block.instrs[i].set(Op::POP_TOP, 0);
                    }
                }
                (Op::LOAD_GLOBAL, Op::PUSH_NULL) if ins.arg & 1 == 0 => {
                    block.instrs[i].arg |= 1;
                    block.instrs[i + 1].nop();
                }
                _ => {}
            }
            i += 1;
        }
        let block = &mut self[id];
        let mut i = 0;
        while i < block.instrs.len() {
            if block.instrs[i].op == Op::SWAP {
                if block.instrs[i].arg == 1 {
                    block.instrs[i].nop();
                } else {
                    i = super::swaps::optimize_run(block, i);
                    super::swaps::apply_statically(block, i);
                }
            }
            i += 1;
        }
    }

    /// Sends a jump whose target is another jump to where that goes. True if the place should be looked at again.
    fn thread_jump(&mut self, id: BlockId, i: usize, ins: Ins, target: BlockId) -> bool {
        let Some(&first) = self[target].instrs.first() else { return false };
        let op = match (ins.op, first.op) {
            (Op::POP_JUMP_IF_NONE | Op::POP_JUMP_IF_NOT_NONE, Op::JUMP) => ins.op,
            (Op::POP_JUMP_IF_FALSE | Op::POP_JUMP_IF_TRUE, Op::JUMP) => ins.op,
            (Op::JUMP_IF_FALSE, Op::JUMP | Op::JUMP_IF_FALSE) => ins.op,
            (Op::JUMP_IF_TRUE, Op::JUMP | Op::JUMP_IF_TRUE) => ins.op,
            (Op::JUMP_IF_FALSE, Op::JUMP_IF_TRUE) | (Op::JUMP_IF_TRUE, Op::JUMP_IF_FALSE) => {
                // The other test fails, so control goes on behind it.
                let next = self[target].next;
                self[id].instrs[i].target = next;
                return next.is_some();
            }
            (Op::JUMP | Op::JUMP_NO_INTERRUPT, Op::JUMP) => Op::JUMP,
            (Op::JUMP | Op::JUMP_NO_INTERRUPT, Op::JUMP_NO_INTERRUPT) => ins.op,
            _ => return false,
        };
        let Some(beyond) = first.target.filter(|beyond| *beyond != target) else { return false };
        // The old jump stays as a NOP for the sake of its line.
        let block = &mut self[id];
        block.instrs[i].nop();
        block.instrs[i].target = None;
        block.push(Ins { target: Some(beyond), ..Ins::new(op, 0, first.loc) });
        true
    }

    /// Drops the constants that no instruction loads, but for the first, which may be the docstring.
    pub(super) fn remove_unused_consts(&mut self, consts: &mut ConstTable) {
        let mut used = vec![false; consts.len()];
        if let Some(first) = used.first_mut() {
            *first = true;
        }
        for ins in self.order().flat_map(|id| &self[id].instrs).filter(|ins| ins.op.has_const()) {
            used[ins.arg as usize] = true;
        }
        if used.iter().all(|used| *used) {
            return;
        }
        let mut kept = Vec::new();
        let mut renumbered = vec![0; used.len()];
        for (i, value) in std::mem::take(consts).into_vec().into_iter().enumerate() {
            if used[i] {
                renumbered[i] = kept.len() as u32;
                kept.push(value);
            }
        }
        *consts = ConstTable::from_distinct(kept);
        for ins in self.blocks.iter_mut().flat_map(|block| &mut block.instrs).filter(|ins| ins.op.has_const()) {
            ins.arg = renumbered.get(ins.arg as usize).copied().unwrap_or(0);
        }
    }
}

/// A NOP, then the given instruction, in the place of two.
fn replace_pair(block: &mut Block, i: usize, op: Op, arg: u32) {
    block.instrs[i].nop();
    block.instrs[i + 1].set(op, arg);
}

fn fold_unary(block: &mut Block, i: usize, consts: &mut ConstTable) {
    let Some(places) = const_loads_before(block, i, 1) else { return };
    let Some(operand) = const_of(&block.instrs[places[0]], consts) else { return };
    let result = match block.instrs[i].op {
        Op::UNARY_NOT => Some(Const::bool(!constants::is_true(&operand))),
        Op::UNARY_NEGATIVE => constants::negative(&operand),
        Op::UNARY_INVERT => constants::invert(&operand),
        _ => constants::positive(&operand),
    };
    if let Some(result) = result {
        nop_out(block, &places);
        set_const(&mut block.instrs[i], result, consts);
    }
}

fn fold_binary(block: &mut Block, i: usize, consts: &mut ConstTable) {
    let Some(places) = const_loads_before(block, i, 2) else { return };
    let Some(op) = BinaryOp::from_u32(block.instrs[i].arg) else { return };
    let (Some(left), Some(right)) =
        (const_of(&block.instrs[places[0]], consts), const_of(&block.instrs[places[1]], consts))
    else {
        return;
    };
    if let Some(result) = constants::binary(op, &left, &right) {
        nop_out(block, &places);
        set_const(&mut block.instrs[i], result, consts);
    }
}

fn optimize_const_loads_of(block: &mut Block, consts: &mut ConstTable) {
    // The last instruction that is not a copy of the constant it loads.
    let mut source = Ins::new(Op::NOP, 0, crate::ir::Loc::NONE);
    for i in 0..block.instrs.len() {
        if block.instrs[i].op == Op::LOAD_CONST
            && let Some(Const::Int(n @ 0..=255)) = consts.get(block.instrs[i].arg)
        {
            block.instrs[i].set(Op::LOAD_SMALL_INT, *n as u32);
        }
        let ins = block.instrs[i];
        if !(source.op == Op::LOAD_CONST && ins.op == Op::COPY && ins.arg == 1) {
            source = ins;
        }
        if !matches!(source.op, Op::LOAD_CONST | Op::LOAD_SMALL_INT) {
            continue;
        }
        let next = op_at(block, i + 1);
        if !matches!(
            next,
            Op::POP_JUMP_IF_FALSE
                | Op::POP_JUMP_IF_TRUE
                | Op::JUMP_IF_FALSE
                | Op::JUMP_IF_TRUE
                | Op::IS_OP
                | Op::TO_BOOL
        ) {
            continue;
        }
        let Some(value) = const_of(&source, consts) else { continue };
        match next {
            Op::IS_OP => test_for_none(block, i, &value),
            Op::TO_BOOL => {
                let index = consts.add(Const::bool(constants::is_true(&value)));
                replace_pair(block, i, Op::LOAD_CONST, index);
            }
            _ => {
                let jump_if = matches!(next, Op::POP_JUMP_IF_TRUE | Op::JUMP_IF_TRUE);
                let jump = &mut block.instrs[i + 1];
                if constants::is_true(&value) == jump_if {
                    jump.op = Op::JUMP;
                } else {
                    jump.nop();
                    jump.target = None;
                }
                if matches!(next, Op::POP_JUMP_IF_FALSE | Op::POP_JUMP_IF_TRUE) {
                    block.instrs[i].nop();
                }
            }
        }
    }
}

/// `is None` and `is not None` before a conditional jump become one jump. `i` is where None is loaded.
fn test_for_none(block: &mut Block, i: usize, value: &Const) {
    if !matches!(value, Const::None) {
        return;
    }
    let mut at = i + 2;
    if op_at(block, at) == Op::TO_BOOL {
        block.instrs[at].nop();
        at += 1;
    }
    let negated = block.instrs[i + 1].arg != 0;
    let if_not_none = match op_at(block, at) {
        Op::POP_JUMP_IF_FALSE => !negated,
        Op::POP_JUMP_IF_TRUE => negated,
        _ => return,
    };
    block.instrs[i].nop();
    block.instrs[i + 1].nop();
    block.instrs[at].op = if if_not_none { Op::POP_JUMP_IF_NOT_NONE } else { Op::POP_JUMP_IF_NONE };
}
