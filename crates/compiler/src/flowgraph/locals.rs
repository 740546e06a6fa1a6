//! Fast locals: which may be unbound, which loads and stores pair up, which loads need not count a reference.

use super::{Block, BlockId, Cfg, ENTRY, internal};
use crate::ir::{AssembleError, Op};

/// Locals up to here are followed from block to block, the others only within one, to keep the analysis linear.
const TRACKED_LOCALS: usize = 64;

impl Cfg {
    /// Turns each `LOAD_FAST` of a local that may be unbound into `LOAD_FAST_CHECK`.
    pub(super) fn check_uninitialized_locals(&mut self, locals: usize, parameters: usize) {
        if locals == 0 {
            return;
        }
        if locals > TRACKED_LOCALS {
            self.check_high_locals(locals);
        }
        self.clear_visited();
        for block in &mut self.blocks {
            block.unsafe_locals = 0;
        }
        let start = (parameters..locals.min(TRACKED_LOCALS)).fold(0u64, |mask, local| mask | 1 << local);
        let mut stack = Vec::new();
        self.add_unsafe(ENTRY, start, &mut stack);
        let order: Vec<BlockId> = self.order().collect();
        for id in order {
            self.scan_locals(id, &mut stack);
        }
        while let Some(id) = stack.pop() {
            self[id].visited = false;
            self.scan_locals(id, &mut stack);
        }
    }

    fn add_unsafe(&mut self, id: BlockId, mask: u64, stack: &mut Vec<BlockId>) {
        let block = &mut self[id];
        if block.unsafe_locals | mask != block.unsafe_locals {
            block.unsafe_locals |= mask;
            self.visit(id, stack);
        }
    }

    fn scan_locals(&mut self, id: BlockId, stack: &mut Vec<BlockId>) {
        let mut mask = self[id].unsafe_locals;
        for i in 0..self[id].instrs.len() {
            let ins = self[id].instrs[i];
            if let Some(handler) = ins.except {
                self.add_unsafe(handler, mask, stack);
            }
            if ins.arg as usize >= TRACKED_LOCALS {
                continue;
            }
            let bit = 1u64 << ins.arg;
            match ins.op {
                Op::DELETE_FAST | Op::LOAD_FAST_AND_CLEAR | Op::STORE_FAST_MAYBE_NULL => mask |= bit,
                // If the check does not raise, the local is bound.
                Op::STORE_FAST | Op::LOAD_FAST_CHECK => mask &= !bit,
                Op::LOAD_FAST => {
                    if mask & bit != 0 {
                        self[id].instrs[i].op = Op::LOAD_FAST_CHECK;
                    }
                    mask &= !bit;
                }
                _ => {}
            }
        }
        if let Some(next) = self[id].next.filter(|_| self[id].falls_through()) {
            self.add_unsafe(next, mask, stack);
        }
        if let Some(target) = self[id].last().filter(|last| last.is_jump()).and_then(|last| last.target) {
            self.add_unsafe(target, mask, stack);
        }
    }

    fn check_high_locals(&mut self, locals: usize) {
        // Number of the block in which the local is known to be bound.
        let mut bound_in = vec![0usize; locals];
        let order: Vec<BlockId> = self.order().collect();
        for (number, id) in order.into_iter().enumerate() {
            for ins in &mut self[id].instrs {
                let local = ins.arg as usize;
                if local < TRACKED_LOCALS || local >= locals {
                    continue;
                }
                match ins.op {
                    Op::DELETE_FAST | Op::LOAD_FAST_AND_CLEAR | Op::STORE_FAST_MAYBE_NULL => bound_in[local] = number,
                    Op::STORE_FAST => bound_in[local] = number + 1,
                    Op::LOAD_FAST => {
                        if bound_in[local] != number + 1 {
                            ins.op = Op::LOAD_FAST_CHECK;
                        }
                        bound_in[local] = number + 1;
                    }
                    _ => {}
                }
            }
        }
    }

    /// Joins neighbouring loads and stores of the first sixteen locals.
    pub(super) fn insert_superinstructions(&mut self) {
        let order: Vec<BlockId> = self.order().collect();
        for id in order {
            let instrs = &mut self[id].instrs;
            for i in 1..instrs.len() {
                let (first, second) = (instrs[i - 1], instrs[i]);
                let joined = match (first.op, second.op) {
                    (Op::LOAD_FAST, Op::LOAD_FAST) => Op::LOAD_FAST_LOAD_FAST,
                    (Op::STORE_FAST, Op::LOAD_FAST) => Op::STORE_FAST_LOAD_FAST,
                    (Op::STORE_FAST, Op::STORE_FAST) => Op::STORE_FAST_STORE_FAST,
                    _ => continue,
                };
                let (one, two) = (first.loc.line, second.loc.line);
                if one >= 0 && two >= 0 && one != two || first.arg >= 16 || second.arg >= 16 {
                    continue;
                }
                instrs[i - 1].set(joined, first.arg << 4 | second.arg);
                instrs[i].nop();
            }
        }
        self.remove_redundant_nops();
    }

    /// Lets loads borrow the reference of the local where it provably outlives the value on the stack: the value is
    /// consumed in the same block, before the local changes, and not by storing it in a local.
    pub(super) fn borrow_locals(&mut self) -> Result<(), AssembleError> {
        self.clear_visited();
        let mut stack = Vec::new();
        self[ENTRY].start_depth = Some(0);
        self.visit(ENTRY, &mut stack);
        let mut refs = Refs::default();
        while let Some(id) = stack.pop() {
            let block = &self[id];
            refs.enter(block.start_depth.unwrap_or(0) as usize, block.instrs.len());
            let targets = refs.run(block).ok_or_else(|| internal("stack underflow while tracking references"))?;
            let falls_to = block.next.filter(|_| block.last().is_some() && block.falls_through());
            refs.leave();
            for (i, ins) in self[id].instrs.iter_mut().enumerate() {
                if !refs.kept[i] {
                    ins.op = match ins.op {
                        Op::LOAD_FAST => Op::LOAD_FAST_BORROW,
                        Op::LOAD_FAST_LOAD_FAST => Op::LOAD_FAST_BORROW_LOAD_FAST_BORROW,
                        op => op,
                    };
                }
            }
            for block in targets.into_iter().chain(falls_to) {
                self.visit(block, &mut stack);
            }
        }
        Ok(())
    }
}

/// A value on the stack.
#[derive(Clone, Copy)]
struct Ref {
    /// The instruction of this block that pushed it.
    source: Option<usize>,
    /// The local it came from.
    local: Option<u32>,
}

impl Ref {
    const UNKNOWN: Ref = Ref { source: None, local: None };

    fn made_by(place: usize) -> Ref {
        Ref { source: Some(place), local: None }
    }
}

/// The value stack as one block sees it, and which of its instructions must not borrow.
#[derive(Default)]
struct Refs {
    stack: Vec<Ref>,
    kept: Vec<bool>,
}

impl Refs {
    fn enter(&mut self, depth: usize, instrs: usize) {
        self.stack.clear();
        self.stack.resize(depth, Ref::UNKNOWN);
        self.kept.clear();
        self.kept.resize(instrs, false);
    }

    /// What is still on the stack outlives the block.
    fn leave(&mut self) {
        for source in self.stack.iter().filter_map(|value| value.source) {
            self.kept[source] = true;
        }
    }

    fn load(&mut self, place: usize, local: u32) {
        self.stack.push(Ref { source: Some(place), local: Some(local) });
    }

    fn kill(&mut self, local: u32) {
        for value in self.stack.iter().filter(|value| value.local == Some(local)) {
            if let Some(source) = value.source {
                self.kept[source] = true;
            }
        }
    }

    fn store(&mut self, local: u32) -> Option<()> {
        let value = self.stack.pop()?;
        self.kill(local);
        if let Some(source) = value.source {
            self.kept[source] = true;
        }
        Some(())
    }

    fn drop(&mut self, count: usize) -> Option<()> {
        let left = self.stack.len().checked_sub(count)?;
        self.stack.truncate(left);
        Some(())
    }

    fn push_new(&mut self, place: usize, count: usize) {
        self.stack.extend(std::iter::repeat_n(Ref::made_by(place), count));
    }

    /// Runs the block. Returns the blocks it can jump to, or None if the stack underflows.
    fn run(&mut self, block: &Block) -> Option<Vec<BlockId>> {
        let mut targets = Vec::new();
        for (i, ins) in block.instrs.iter().enumerate() {
            let arg = ins.arg;
            let (popped, pushed) = ins.op.pops_and_pushes(arg);
            let (popped, pushed) = (popped as usize, pushed as usize);
            match ins.op {
                Op::DELETE_FAST => self.kill(arg),
                Op::LOAD_FAST => self.load(i, arg),
                Op::LOAD_FAST_AND_CLEAR => {
                    self.kill(arg);
                    self.load(i, arg);
                }
                Op::LOAD_FAST_LOAD_FAST => {
                    self.load(i, arg >> 4);
                    self.load(i, arg & 15);
                }
                Op::STORE_FAST => self.store(arg)?,
                Op::STORE_FAST_LOAD_FAST => {
                    self.store(arg >> 4)?;
                    self.load(i, arg & 15);
                }
                Op::STORE_FAST_STORE_FAST => {
                    self.store(arg >> 4)?;
                    self.store(arg & 15)?;
                }
                Op::COPY => {
                    let place = self.stack.len().checked_sub(arg as usize)?;
                    self.stack.push(*self.stack.get(place)?);
                }
                Op::SWAP => {
                    let top = self.stack.len().checked_sub(1)?;
                    let other = self.stack.len().checked_sub(arg as usize)?;
                    self.stack.swap(top, other);
                }
                // Leave their inputs where they are and push something, for which CPython blames the first instruction
                // of the block: so that one cannot borrow if the value is stored or outlives the block.
                Op::FORMAT_SIMPLE
                | Op::GET_ANEXT
                | Op::GET_LEN
                | Op::GET_YIELD_FROM_ITER
                | Op::IMPORT_FROM
                | Op::MATCH_KEYS
                | Op::MATCH_MAPPING
                | Op::MATCH_SEQUENCE
                | Op::WITH_EXCEPT_START => self.stack.extend((0..pushed - popped).map(Ref::made_by)),
                // Consume some of their inputs and push nothing.
                Op::DICT_MERGE
                | Op::DICT_UPDATE
                | Op::LIST_APPEND
                | Op::LIST_EXTEND
                | Op::MAP_ADD
                | Op::RERAISE
                | Op::SET_ADD
                | Op::SET_UPDATE => self.drop(popped - pushed)?,
                Op::END_SEND | Op::SET_FUNCTION_ATTRIBUTE => {
                    let top = self.stack.pop()?;
                    self.stack.pop()?;
                    self.stack.push(top);
                }
                Op::CHECK_EXC_MATCH => {
                    self.stack.pop()?;
                    self.push_new(i, 1);
                }
                Op::FOR_ITER => {
                    targets.extend(ins.target);
                    self.push_new(i, 1);
                }
                Op::LOAD_ATTR | Op::LOAD_SUPER_ATTR => {
                    let receiver = self.stack.pop()?;
                    self.drop(popped - 1)?;
                    self.push_new(i, 1);
                    if arg & 1 != 0 {
                        // The receiver may be the first argument of the method.
                        self.stack.push(receiver);
                    }
                }
                Op::LOAD_SPECIAL | Op::PUSH_EXC_INFO => {
                    let top = self.stack.pop()?;
                    self.push_new(i, 1);
                    self.stack.push(top);
                }
                Op::SEND => {
                    targets.extend(ins.target);
                    self.stack.pop()?;
                    self.push_new(i, 1);
                }
                Op::END_ASYNC_FOR => self.drop(2)?,
                _ => {
                    targets.extend(ins.target);
                    if !ins.op.is_block_push() {
                        self.drop(popped)?;
                        self.push_new(i, pushed);
                    }
                }
            }
        }
        Some(targets)
    }
}
