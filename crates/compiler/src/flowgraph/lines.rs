//! Gives a source line to instructions that code generation left without one.

use super::{BlockId, Cfg, ENTRY};
use crate::ir::{Loc, Op};

impl Cfg {
    pub(super) fn resolve_line_numbers(&mut self) {
        self.duplicate_exits_without_lineno();
        self.propagate_line_numbers();
    }

    fn is_exit_or_eval_check_without_lineno(&self, id: BlockId) -> bool {
        let block = &self[id];
        (block.exits_scope() || block.instrs.iter().any(|ins| has_eval_break(ins.op))) && block.has_no_lineno()
    }

    /// An exit without a line takes the line of what jumps to it; so each jump gets its own copy.
    fn duplicate_exits_without_lineno(&mut self) {
        let mut cursor = Some(ENTRY);
        while let Some(id) = cursor {
            cursor = self.next(id);
            let Some(&last) = self[id].last() else { continue };
            if !last.is_jump() {
                continue;
            }
            let Some(target) = self.next_nonempty(last.target) else { continue };
            if self.is_exit_or_eval_check_without_lineno(target) && self[target].predecessors > 1 {
                let copy = self.append_after(target);
                self[copy].instrs = self[target].instrs.clone();
                self[copy].instrs[0].loc = last.loc;
                self[copy].predecessors = 1;
                self[copy].labelled = true;
                self[target].predecessors -= 1;
                if let Some(last) = self[id].instrs.last_mut() {
                    last.target = Some(copy);
                }
                cursor = self.next(id);
            }
        }
        // What is left is only reached by falling into it.
        let mut cursor = Some(ENTRY);
        while let Some(id) = cursor {
            cursor = self.next(id);
            if let Some(next) = cursor
                && self[id].falls_through()
                && let Some(&last) = self[id].last()
                && self.is_exit_or_eval_check_without_lineno(next)
            {
                self[next].instrs[0].loc = last.loc;
            }
        }
    }

    fn propagate_line_numbers(&mut self) {
        let mut cursor = Some(ENTRY);
        while let Some(id) = cursor {
            cursor = self.next(id);
            let Some(&last) = self[id].last() else { continue };
            let mut loc = Loc::NONE;
            for ins in &mut self[id].instrs {
                if ins.loc.line == Loc::NONE.line {
                    ins.loc = loc;
                }
                loc = ins.loc;
            }
            if let Some(next) = self[id].next.filter(|_| self[id].falls_through()) {
                self.propagate_into(next, loc);
            }
            if last.is_jump()
                && let Some(mut target) = last.target
            {
                while self[target].instrs.is_empty()
                    && self[target].predecessors == 1
                    && let Some(next) = self[target].next
                {
                    target = next;
                }
                self.propagate_into(target, loc);
            }
        }
    }

    fn propagate_into(&mut self, id: BlockId, loc: Loc) {
        if self[id].predecessors == 1
            && let Some(first) = self[id].instrs.first_mut()
            && first.loc.line == Loc::NONE.line
        {
            first.loc = loc;
        }
    }
}

/// Checks for signals and the like when it runs, so must not do so on behalf of the wrong line.
fn has_eval_break(op: Op) -> bool {
    matches!(op, Op::JUMP | Op::JUMP_BACKWARD | Op::RESUME | Op::CALL | Op::CALL_KW | Op::CALL_FUNCTION_EX)
}
