//! What depends on the frame as a whole: the depth of its stack, the places of its cells, and the instructions that set
//! it up.

use taipan_bytecode::CodeFlags;

use super::{BlockId, Cfg, ENTRY, Ins, internal};
use crate::ir::{AssembleError, Loc, Op, Unit};

impl Cfg {
    /// The greatest depth of the value stack; also sets the depth at which each block starts.
    pub(super) fn compute_stack_depth(&mut self) -> Result<u32, AssembleError> {
        for block in &mut self.blocks {
            block.start_depth = None;
        }
        let mut stack = Vec::new();
        self.enter_at_depth(ENTRY, 0, &mut stack)?;
        let mut max = 0;
        while let Some(id) = stack.pop() {
            let mut depth = self[id].start_depth.unwrap_or(0) as i32;
            let mut next = self[id].next;
            for i in 0..self[id].instrs.len() {
                let ins = self[id].instrs[i];
                let after = depth + ins.op.stack_effect(ins.arg, false);
                if after < 0 {
                    return Err(AssembleError::Stack("stack underflow"));
                }
                max = max.max(after);
                if let Some(target) = ins.target.filter(|_| ins.op != Op::END_ASYNC_FOR) {
                    let there = depth + ins.op.stack_effect(ins.arg, true);
                    max = max.max(there);
                    self.enter_at_depth(target, there, &mut stack)?;
                }
                depth = after;
                if ins.op.is_unconditional_jump() || ins.op.is_scope_exit() {
                    next = None;
                    break;
                }
            }
            if let Some(next) = next {
                self.enter_at_depth(next, depth, &mut stack)?;
            }
        }
        Ok(max as u32)
    }

    fn enter_at_depth(&mut self, id: BlockId, depth: i32, stack: &mut Vec<BlockId>) -> Result<(), AssembleError> {
        let depth = u32::try_from(depth).map_err(|_| internal("invalid stack depth"))?;
        match self[id].start_depth {
            None => {
                self[id].start_depth = Some(depth);
                stack.push(id);
                Ok(())
            }
            Some(known) if known == depth => Ok(()),
            Some(_) => Err(AssembleError::Stack("inconsistent stackdepth")),
        }
    }

    /// Inserts the instructions that set the frame up, and turns the numbers of cells and free variables into places among
    /// the fast locals: a cell that is a parameter shares its place.
    pub(super) fn prepare_locals(&mut self, unit: &Unit) -> Result<(), AssembleError> {
        let (locals, cells, free) = (unit.varnames.len(), unit.cellvars.len(), unit.freevars.len());
        let mut places: Vec<u32> = (0..cells + free).map(|i| (locals + i) as u32).collect();
        for (i, name) in unit.cellvars.iter().enumerate() {
            if let Some(local) = unit.varnames.get(name) {
                places[i] = local;
            }
        }
        self.insert_prefix(unit, &places[..cells], free);
        let mut dropped = 0;
        for (i, place) in places.iter_mut().enumerate() {
            if *place as usize == locals + i {
                *place -= dropped;
            } else {
                dropped += 1;
            }
        }
        for ins in self.blocks.iter_mut().flat_map(|block| &mut block.instrs) {
            if matches!(
                ins.op,
                Op::MAKE_CELL
                    | Op::LOAD_CLOSURE
                    | Op::LOAD_DEREF
                    | Op::STORE_DEREF
                    | Op::DELETE_DEREF
                    | Op::LOAD_FROM_DICT_OR_DEREF
            ) {
                ins.arg = *places.get(ins.arg as usize).ok_or_else(|| internal("no such cell"))?;
            }
        }
        Ok(())
    }

    fn insert_prefix(&mut self, unit: &Unit, cells: &[u32], free: usize) {
        let mut prefix = Vec::new();
        if free > 0 {
            prefix.push(Ins::new(Op::COPY_FREE_VARS, free as u32, Loc::NONE));
        }
        let mut by_place: Vec<u32> = (0..cells.len() as u32).collect();
        by_place.sort_by_key(|cell| cells[*cell as usize]);
        prefix.extend(by_place.into_iter().map(|cell| Ins::new(Op::MAKE_CELL, cell, Loc::NONE)));
        let suspends = CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR;
        if unit.flags.intersects(suspends) {
            // The generator pushes what the POP_TOP pops when it is first resumed.
            let loc = Loc::new(unit.firstlineno, unit.firstlineno, -1, -1);
            prefix.push(Ins::new(Op::RETURN_GENERATOR, 0, loc));
            prefix.push(Ins::new(Op::POP_TOP, 0, loc));
        }
        self[ENTRY].instrs.splice(0..0, prefix);
    }
}
