//! Turns the nesting of blocks, which code generation marks by `SETUP_*` and `POP_BLOCK`, into a handler per instruction.

use taipan_bytecode::oparg::resume;

use super::{BlockId, Cfg, ENTRY};
use crate::ir::Op;

impl Cfg {
    /// Sets `except` of every reachable instruction, turns `POP_BLOCK` into `NOP`, and marks the handlers. The block set-up
    /// instructions stay, as edges of the graph, until pseudo-instructions are converted.
    pub(super) fn label_exception_targets(&mut self) {
        for place in 0..self.blocks.len() {
            for i in 0..self.blocks[place].instrs.len() {
                let ins = self.blocks[place].instrs[i];
                if let Some(target) = ins.target.filter(|_| ins.op.is_block_push()) {
                    self[target].is_handler = true;
                }
            }
        }
        self.clear_visited();
        self[ENTRY].visited = true;
        // Blocks to do, each with the handlers in force when it is entered.
        let mut todo: Vec<(BlockId, Vec<BlockId>)> = vec![(ENTRY, Vec::new())];
        while let Some((id, mut handlers)) = todo.pop() {
            let mut instrs = std::mem::take(&mut self[id].instrs);
            let mut depth_of_yield = None;
            for ins in &mut instrs {
                match (ins.op, ins.target) {
                    (op, Some(target)) if op.is_block_push() => {
                        self.enter_with(target, &handlers, &mut todo);
                        if matches!(op, Op::SETUP_WITH | Op::SETUP_CLEANUP) {
                            self[target].preserve_lasti = true;
                        }
                        handlers.push(target);
                    }
                    (Op::POP_BLOCK, _) => {
                        handlers.pop();
                        ins.nop();
                    }
                    (_, Some(target)) => {
                        ins.except = handlers.last().copied();
                        self.enter_with(target, &handlers, &mut todo);
                    }
                    (Op::RESUME, _) => {
                        ins.except = handlers.last().copied();
                        if ins.arg != resume::AT_FUNC_START {
                            if depth_of_yield == Some(1) {
                                ins.arg |= resume::DEPTH1_MASK;
                            }
                            depth_of_yield = None;
                        }
                    }
                    (op, None) => {
                        ins.except = handlers.last().copied();
                        if op == Op::YIELD_VALUE {
                            depth_of_yield = Some(handlers.len());
                        }
                    }
                }
            }
            self[id].instrs = instrs;
            if let Some(next) = self[id].next.filter(|_| self[id].falls_through()) {
                self.enter_with(next, &handlers, &mut todo);
            }
        }
    }

    fn enter_with(&mut self, block: BlockId, handlers: &[BlockId], todo: &mut Vec<(BlockId, Vec<BlockId>)>) {
        if !std::mem::replace(&mut self[block].visited, true) {
            todo.push((block, handlers.to_vec()));
        }
    }
}
