//! Which blocks remain, in which order, and how they are joined.

use super::{Block, BlockId, Cfg, ENTRY, Ins};
use crate::ir::{Loc, Op};

/// Exit blocks up to this length are copied to where they are jumped to from.
const MAX_COPY_SIZE: usize = 4;

impl Cfg {
    /// Replaces a jump to a short exit, or to a block without line that leads elsewhere, by a copy of that block, until there
    /// is none. Each change removes a jump, so it ends.
    pub(super) fn inline_small_or_no_lineno_blocks(&mut self) {
        loop {
            let mut changed = false;
            let mut cursor = Some(ENTRY);
            while let Some(id) = cursor {
                changed |= self.inline_target(id);
                cursor = self.next(id);
            }
            if !changed {
                break;
            }
        }
    }

    fn inline_target(&mut self, id: BlockId) -> bool {
        let Some(&last) = self[id].last() else { return false };
        let Some(target) = last.target.filter(|_| last.op.is_unconditional_jump()) else { return false };
        let block = &self[target];
        let small_exit = block.exits_scope() && block.instrs.len() <= MAX_COPY_SIZE;
        let no_lineno_no_fallthrough = block.has_no_lineno() && !block.falls_through();
        if !small_exit && !no_lineno_no_fallthrough {
            return false;
        }
        let copied = block.instrs.clone();
        let block = &mut self[id];
        if let Some(last) = block.instrs.last_mut() {
            last.nop();
            last.target = None;
        }
        block.instrs.extend(copied);
        if no_lineno_no_fallthrough
            && let Some(new_last) = block.instrs.last_mut()
            && new_last.op.is_unconditional_jump()
            && last.op == Op::JUMP
        {
            new_last.op = Op::JUMP;
        }
        self[target].predecessors -= 1;
        true
    }

    /// Empties the blocks that nothing leads to and counts the edges into the others.
    pub(super) fn remove_unreachable(&mut self) {
        self.clear_visited();
        for block in &mut self.blocks {
            block.predecessors = 0;
        }
        self[ENTRY].predecessors = 1;
        let mut stack = Vec::new();
        self.visit(ENTRY, &mut stack);
        while let Some(id) = stack.pop() {
            if let Some(next) = self[id].next.filter(|_| self[id].falls_through()) {
                self[next].predecessors += 1;
                self.visit(next, &mut stack);
            }
            for i in 0..self[id].instrs.len() {
                if let Some(target) = self[id].instrs[i].target {
                    self[target].predecessors += 1;
                    self.visit(target, &mut stack);
                }
            }
        }
        for block in &mut self.blocks {
            if block.predecessors == 0 {
                block.instrs.clear();
                block.is_handler = false;
            }
        }
    }

    /// Drops the NOPs of one block that no line depends on. Returns how many.
    fn remove_redundant_nops_of(&mut self, id: BlockId) -> usize {
        let mut instrs = std::mem::take(&mut self[id].instrs);
        let before = instrs.len();
        let mut kept = 0;
        let mut prev_line = -1;
        for i in 0..before {
            let ins = instrs[i];
            let line = ins.loc.line;
            if ins.op == Op::NOP {
                if line < 0 || prev_line == line {
                    continue;
                }
                if let Some(next) = instrs.get_mut(i + 1) {
                    if next.loc.line == line {
                        continue;
                    }
                    if next.loc.line < 0 {
                        next.loc = ins.loc;
                        continue;
                    }
                } else if let Some(next) = self.next_nonempty(self[id].next) {
                    let first = self[next].instrs.iter().find(|ins| ins.op != Op::NOP || ins.loc.line >= 0);
                    if first.is_some_and(|first| first.loc.line == line) {
                        continue;
                    }
                }
            }
            instrs[kept] = ins;
            kept += 1;
            prev_line = line;
        }
        self[id].instrs = instrs;
        self[id].truncate(kept);
        before - kept
    }

    pub(super) fn remove_redundant_nops(&mut self) -> usize {
        let mut removed = 0;
        let mut cursor = Some(ENTRY);
        while let Some(id) = cursor {
            removed += self.remove_redundant_nops_of(id);
            cursor = self.next(id);
        }
        removed
    }

    /// Drops NOPs, and values that are loaded only to be popped.
    pub(super) fn remove_redundant_nops_and_pairs(&mut self) {
        loop {
            let mut done = true;
            // Where the instruction before the current one stands, if control comes from there alone.
            let mut prev: Option<(BlockId, usize)> = None;
            let mut cursor = Some(ENTRY);
            while let Some(id) = cursor {
                self.remove_redundant_nops_of(id);
                if self[id].labelled {
                    prev = None;
                }
                for i in 0..self[id].instrs.len() {
                    if let Some((block, at)) = prev.filter(|_| self[id].instrs[i].op == Op::POP_TOP) {
                        let before = self[block].instrs[at];
                        if before.loads_const() || before.op == Op::COPY && before.arg == 1 {
                            self[block].instrs[at].nop();
                            self[id].instrs[i].nop();
                            done = false;
                        }
                    }
                    prev = Some((id, i));
                }
                let jumped = prev.is_some_and(|(block, at)| self[block].instrs[at].is_jump());
                if jumped || !self[id].falls_through() {
                    prev = None;
                }
                cursor = self.next(id);
            }
            if done {
                break;
            }
        }
    }

    /// Turns jumps to the block that follows anyway into NOPs. Returns how many.
    fn remove_redundant_jumps(&mut self) -> usize {
        let mut changes = 0;
        let mut cursor = Some(ENTRY);
        while let Some(id) = cursor {
            cursor = self.next(id);
            let Some(&last) = self[id].last() else { continue };
            if !last.op.is_unconditional_jump() {
                continue;
            }
            let target = self.next_nonempty(last.target);
            if target.is_some() && target == self.next_nonempty(self[id].next) {
                changes += 1;
                if let Some(last) = self[id].instrs.last_mut() {
                    last.nop();
                    last.target = None;
                }
            }
        }
        changes
    }

    pub(super) fn remove_redundant_nops_and_jumps(&mut self) {
        loop {
            self.remove_redundant_nops();
            if self.remove_redundant_jumps() == 0 {
                break;
            }
        }
    }

    /// Warm is what can be reached without an exception; cold is what only handlers reach.
    fn mark_cold(&mut self) {
        self.clear_visited();
        let mut stack = Vec::new();
        self.visit(ENTRY, &mut stack);
        while let Some(id) = stack.pop() {
            self[id].warm = true;
            if let Some(next) = self[id].next.filter(|_| self[id].falls_through()) {
                self.visit(next, &mut stack);
            }
            if let Some(target) = self.jump_target(id) {
                self.visit(target, &mut stack);
            }
        }
        self.clear_visited();
        let handlers: Vec<BlockId> = self.order().filter(|id| self[*id].is_handler).collect();
        for id in handlers {
            self.visit(id, &mut stack);
        }
        while let Some(id) = stack.pop() {
            self[id].cold = true;
            if let Some(next) = self[id].next.filter(|_| self[id].falls_through())
                && !self[next].warm
            {
                self.visit(next, &mut stack);
            }
            if let Some(target) = self.jump_target(id)
                && !self[target].warm
            {
                self.visit(target, &mut stack);
            }
        }
    }

    fn jump_target(&self, id: BlockId) -> Option<BlockId> {
        self[id].last().filter(|last| last.is_jump()).and_then(|last| last.target)
    }

    /// Moves the cold blocks behind the warm ones, keeping both in order.
    pub(super) fn push_cold_blocks_to_end(&mut self) {
        if self[ENTRY].next.is_none() {
            return;
        }
        self.mark_cold();
        let mut cursor = Some(ENTRY);
        while let Some(id) = cursor {
            cursor = self.next(id);
            if let Some(next) = self[id].next
                && self[id].cold
                && self[id].falls_through()
                && self[next].warm
            {
                self[next].labelled = true;
                let jump = self.append_after(id);
                let ins = Ins { target: Some(next), ..Ins::new(Op::JUMP_NO_INTERRUPT, 0, Loc::NONE) };
                self[jump] =
                    Block { instrs: vec![ins], next: Some(next), cold: true, predecessors: 1, ..Block::default() };
            }
        }
        let (cold, warm): (Vec<BlockId>, Vec<BlockId>) = self.order().partition(|id| self[*id].cold);
        let any_cold = !cold.is_empty();
        let order: Vec<BlockId> = warm.into_iter().chain(cold).collect();
        for (i, id) in order.iter().enumerate() {
            self[*id].next = order.get(i + 1).copied();
        }
        if any_cold {
            self.remove_redundant_nops_and_jumps();
        }
    }

    /// Conditional jumps can only go forward: one that would go back is inverted to jump over a jump. Where it does not
    /// jump, monitoring wants a `NOT_TAKEN`.
    pub(super) fn normalize_jumps(&mut self) {
        self.clear_visited();
        let mut cursor = Some(ENTRY);
        while let Some(id) = cursor {
            self[id].visited = true;
            self.normalize_jump_of(id);
            cursor = self.next(id);
        }
    }

    fn normalize_jump_of(&mut self, id: BlockId) {
        let Some(&last) = self[id].last() else { return };
        let inverted = match last.op {
            Op::POP_JUMP_IF_NOT_NONE => Op::POP_JUMP_IF_NONE,
            Op::POP_JUMP_IF_NONE => Op::POP_JUMP_IF_NOT_NONE,
            Op::POP_JUMP_IF_FALSE => Op::POP_JUMP_IF_TRUE,
            Op::POP_JUMP_IF_TRUE => Op::POP_JUMP_IF_FALSE,
            _ => return,
        };
        let Some(target) = last.target else { return };
        if !self[target].visited {
            self[id].push(Ins::new(Op::NOT_TAKEN, 0, last.loc));
            return;
        }
        let next = self[id].next;
        let jump = self.append_after(id);
        let back = Ins { target: Some(target), ..Ins::new(Op::JUMP, 0, last.loc) };
        self[jump].instrs = vec![Ins::new(Op::NOT_TAKEN, 0, last.loc), back];
        self[jump].start_depth = self[target].start_depth;
        self[jump].cold = self[id].cold;
        self[jump].visited = true;
        if let Some(last) = self[id].instrs.last_mut() {
            last.op = inverted;
            last.target = next;
        }
    }

    /// Expands the conditional jumps that keep the value they test.
    pub(super) fn convert_pseudo_conditional_jumps(&mut self) {
        for block in &mut self.blocks {
            let Some(last) = block.instrs.last_mut() else { continue };
            last.op = match last.op {
                Op::JUMP_IF_FALSE => Op::POP_JUMP_IF_FALSE,
                Op::JUMP_IF_TRUE => Op::POP_JUMP_IF_TRUE,
                _ => continue,
            };
            let last = *last;
            let place = block.instrs.len() - 1;
            let with = |op, arg| Ins { op, arg, target: None, ..last };
            block.instrs.splice(place..place, [with(Op::COPY, 1), with(Op::TO_BOOL, 0)]);
        }
    }

    /// Turns the remaining pseudo-instructions, but for jumps, into real ones.
    pub(super) fn convert_pseudo_ops(&mut self) {
        for block in &mut self.blocks {
            for ins in &mut block.instrs {
                match ins.op {
                    op if op.is_block_push() => {
                        ins.nop();
                        ins.target = None;
                    }
                    Op::LOAD_CLOSURE => ins.op = Op::LOAD_FAST,
                    Op::STORE_FAST_MAYBE_NULL => ins.op = Op::STORE_FAST,
                    _ => {}
                }
            }
        }
        self.remove_redundant_nops();
    }
}
