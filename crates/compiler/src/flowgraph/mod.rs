//! The control-flow graph of a unit, its optimiser, and its way back to a flat list of instructions.
//!
//! The passes are CPython 3.14's, in its order, because the aim is the same bytes for every program: `cargo xtask
//! bytecode-diff` compares them over the whole standard library. So a pass that looks improvable (a jump that could be
//! threaded, a NOP that could go) is left as it is found there.
//!
//! Blocks live in one vector and are chained by `next` in the order in which they will be laid out. They are never freed: an
//! unreachable block is emptied and stays in the chain. What each file does:
//!
//! * `exceptions`: which handler covers each instruction;
//! * `layout`: unreachable code, redundant jumps, cold blocks, direction of conditional jumps;
//! * `lines`: source lines for instructions that code generation left without;
//! * `peephole`, `sequences`, `swaps`: within a block;
//! * `constants`: arithmetic on constants;
//! * `locals`: uninitialised locals, super-instructions, borrowed loads;
//! * `frame`: stack depth, cells, the instructions at the head of a frame.

mod constants;
mod exceptions;
mod frame;
mod layout;
mod lines;
mod locals;
mod numbers;
mod peephole;
mod sequences;
mod swaps;

use taipan_bytecode::{Code, Const};

use crate::assemble;
use crate::ir::{AssembleError, ConstTable, InstrSequence, Label, Loc, Op, Operand, Unit};

/// A block of the graph.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct BlockId(u32);

impl std::fmt::Display for BlockId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "B{}", self.0)
    }
}

/// An instruction of the graph.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Ins {
    pub op: Op,
    pub arg: u32,
    pub loc: Loc,
    /// Set exactly when `op.has_target()`.
    pub target: Option<BlockId>,
    /// The handler that receives what the instruction raises.
    pub except: Option<BlockId>,
}

impl Ins {
    pub fn new(op: Op, arg: u32, loc: Loc) -> Ins {
        Ins { op, arg, loc, target: None, except: None }
    }

    /// Becomes another instruction in the same place, under the same handler.
    pub fn set(&mut self, op: Op, arg: u32) {
        self.op = op;
        self.arg = arg;
    }

    pub fn nop(&mut self) {
        self.set(Op::NOP, 0);
    }

    fn is_jump(&self) -> bool {
        self.op.has_jump()
    }

    fn loads_const(&self) -> bool {
        self.op.has_const() || self.op == Op::LOAD_SMALL_INT
    }
}

/// Instructions that are entered at the first and left at the last. Only the last can jump.
#[derive(Clone, Default, Debug)]
pub(crate) struct Block {
    pub instrs: Vec<Ins>,
    pub next: Option<BlockId>,
    /// Something jumps here (or did).
    labelled: bool,
    /// Edges that lead here, as of the last search for unreachable blocks; kept up by what follows it.
    predecessors: i32,
    /// Depth of the value stack on entry, once computed.
    start_depth: Option<u32>,
    is_handler: bool,
    /// The handler finds the index of the faulting instruction on the stack.
    preserve_lasti: bool,
    warm: bool,
    cold: bool,
    visited: bool,
    /// Locals below 64 that may be unbound on entry.
    unsafe_locals: u64,
    /// Handlers of instructions that once stood at the places behind the last; see [`Block::push`].
    ghosts: Vec<Option<BlockId>>,
}

impl Block {
    /// Appends an instruction. CPython keeps the instructions of a block in an array and sets all but the handler of a new
    /// one; so it gets the handler of an instruction that was at the same place and has been removed. This shows in the
    /// exception table of many programs.
    fn push(&mut self, ins: Ins) {
        let except = self.ghosts.get(self.instrs.len()).copied().flatten();
        self.instrs.push(Ins { except, ..ins });
    }

    /// Removes the instructions from `len` on.
    fn truncate(&mut self, len: usize) {
        if self.ghosts.len() < self.instrs.len() {
            self.ghosts.resize(self.instrs.len(), None);
        }
        for (place, ins) in self.instrs.iter().enumerate().skip(len) {
            self.ghosts[place] = ins.except;
        }
        self.instrs.truncate(len);
    }

    fn last(&self) -> Option<&Ins> {
        self.instrs.last()
    }

    fn falls_through(&self) -> bool {
        !self.last().is_some_and(|last| last.op.is_scope_exit() || last.op.is_unconditional_jump())
    }

    fn exits_scope(&self) -> bool {
        self.last().is_some_and(|last| last.op.is_scope_exit())
    }

    fn has_no_lineno(&self) -> bool {
        self.instrs.iter().all(|ins| ins.loc.line < 0)
    }
}

/// The graph; see the module documentation.
pub(crate) struct Cfg {
    blocks: Vec<Block>,
}

pub(crate) const ENTRY: BlockId = BlockId(0);

impl std::ops::Index<BlockId> for Cfg {
    type Output = Block;

    fn index(&self, id: BlockId) -> &Block {
        &self.blocks[id.0 as usize]
    }
}

impl std::ops::IndexMut<BlockId> for Cfg {
    fn index_mut(&mut self, id: BlockId) -> &mut Block {
        &mut self.blocks[id.0 as usize]
    }
}

fn internal(message: &str) -> AssembleError {
    AssembleError::Internal(message.to_owned())
}

impl Cfg {
    /// Cuts the sequence into blocks: one starts at each target of a jump and behind each terminator.
    pub fn from_sequence(sequence: &InstrSequence) -> Result<Cfg, AssembleError> {
        let instrs = splice_annotations(sequence)?;
        let mut is_target = vec![false; instrs.len()];
        for ins in &instrs {
            if let Some(place) = ins.target {
                *is_target.get_mut(place.0 as usize).ok_or_else(|| internal("jump past the end"))? = true;
            }
        }
        let mut cfg = Cfg { blocks: vec![Block::default()] };
        let mut current = ENTRY;
        // Block that starts at each targeted instruction.
        let mut block_at = vec![ENTRY; instrs.len()];
        for (place, ins) in instrs.iter().enumerate() {
            let block = &cfg[current];
            let terminated = block.last().is_some_and(|last| last.op.is_terminator());
            if terminated || is_target[place] && (!block.instrs.is_empty() || block.labelled) {
                current = cfg.append_after(current);
            }
            if is_target[place] {
                cfg[current].labelled = true;
                block_at[place] = current;
            }
            cfg[current].instrs.push(*ins);
        }
        for block in &mut cfg.blocks {
            for ins in &mut block.instrs {
                ins.target = ins.target.map(|place| block_at[place.0 as usize]);
            }
        }
        Ok(cfg)
    }

    fn new_block(&mut self) -> BlockId {
        self.blocks.push(Block::default());
        BlockId(self.blocks.len() as u32 - 1)
    }

    /// A new block behind the given one.
    fn append_after(&mut self, block: BlockId) -> BlockId {
        let new = self.new_block();
        self[new].next = self[block].next;
        self[block].next = Some(new);
        new
    }

    /// The block behind this one; walks the chain from [`ENTRY`].
    fn next(&self, block: BlockId) -> Option<BlockId> {
        self[block].next
    }

    /// The blocks in order. Not for passes that change the chain.
    fn order(&self) -> impl Iterator<Item = BlockId> {
        std::iter::successors(Some(ENTRY), |id| self[*id].next)
    }

    /// The first block with instructions from this one on.
    fn next_nonempty(&self, mut block: Option<BlockId>) -> Option<BlockId> {
        while let Some(id) = block {
            if !self[id].instrs.is_empty() {
                return block;
            }
            block = self[id].next;
        }
        None
    }

    fn clear_visited(&mut self) {
        for block in &mut self.blocks {
            block.visited = false;
        }
    }

    /// Marks the block visited and puts it on the stack, unless it was visited before.
    fn visit(&mut self, block: BlockId, stack: &mut Vec<BlockId>) {
        if !std::mem::replace(&mut self[block].visited, true) {
            stack.push(block);
        }
    }

    /// Optimises; see the module documentation. `consts` loses what is no longer used.
    pub fn optimize(&mut self, consts: &mut ConstTable, locals: usize, parameters: usize) {
        self.label_exception_targets();

        self.inline_small_or_no_lineno_blocks();
        self.remove_unreachable();
        self.resolve_line_numbers();
        self.optimize_const_loads(consts);
        self.optimize_blocks(consts);
        self.remove_redundant_nops_and_pairs();
        self.remove_unreachable();
        self.remove_redundant_nops_and_jumps();

        self.remove_unused_consts(consts);
        self.check_uninitialized_locals(locals, parameters);
        self.insert_superinstructions();
        self.push_cold_blocks_to_end();
        self.resolve_line_numbers();
    }

    /// Lowers the optimised graph. Returns the instructions and the depth of the stack.
    pub fn into_linear(mut self, unit: &Unit) -> Result<(Vec<Linear>, u32), AssembleError> {
        self.convert_pseudo_conditional_jumps();
        let depth = self.compute_stack_depth()?;
        self.prepare_locals(unit)?;
        self.convert_pseudo_ops();
        self.normalize_jumps();
        self.borrow_locals()?;
        Ok((self.linearize(), depth))
    }

    /// Flattens the graph; targets become positions in the list.
    fn linearize(&self) -> Vec<Linear> {
        let mut place = vec![0u32; self.blocks.len()];
        let mut count = 0;
        for id in self.order() {
            place[id.0 as usize] = count;
            count += self[id].instrs.len() as u32;
        }
        let mut out = Vec::with_capacity(count as usize);
        for id in self.order() {
            for ins in &self[id].instrs {
                let handler = ins.except.map(|handler| HandlerRange {
                    place: place[handler.0 as usize],
                    depth: self[handler].start_depth.unwrap_or(0),
                    preserve_lasti: self[handler].preserve_lasti,
                });
                let arg = ins.target.map_or(ins.arg, |target| place[target.0 as usize]);
                out.push(Linear { op: ins.op, arg, loc: ins.loc, handler });
            }
        }
        out
    }
}

/// The handler of an instruction in the flat list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct HandlerRange {
    /// Index of the handler's first instruction.
    pub place: u32,
    /// Depth of the stack when the handler runs, with what the unwinding pushes.
    pub depth: u32,
    pub preserve_lasti: bool,
}

/// An instruction after the graph. The argument of a jump is the index of its target.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Linear {
    pub op: Op,
    pub arg: u32,
    pub loc: Loc,
    pub handler: Option<HandlerRange>,
}

/// The instructions with labels resolved to positions (in `target`, for now) and the placeholder of a module's
/// annotations replaced by their code.
fn splice_annotations(sequence: &InstrSequence) -> Result<Vec<Ins>, AssembleError> {
    let mut out = Vec::with_capacity(sequence.instrs().len());
    let mut shift = 0i64;
    for ins in sequence.instrs() {
        if ins.op == Op::ANNOTATIONS_PLACEHOLDER {
            shift -= 1;
            for ins in sequence.annotations().map_or(&[][..], |code| code.instrs()) {
                let Operand::Arg(arg) = ins.arg else { return Err(internal("jump in annotations")) };
                out.push(Ins::new(ins.op, arg, ins.loc));
                shift += 1;
            }
            continue;
        }
        out.push(match ins.arg {
            Operand::Arg(arg) => Ins::new(ins.op, arg, ins.loc),
            Operand::Target(label) => {
                let place = sequence.position(label).ok_or_else(|| internal("label without position"))?;
                // The placeholder stands before every label that is used behind it.
                let place = (place as i64 + shift) as u32;
                Ins { target: Some(BlockId(place)), ..Ins::new(ins.op, 0, ins.loc) }
            }
        });
    }
    Ok(out)
}

/// Builds the flow graph, optimises it and assembles the code object.
pub fn finish(unit: Unit) -> Result<Code, AssembleError> {
    let (unit, linear, depth) = lower(unit)?;
    assemble::assemble(unit, linear, depth)
}

/// Optimises instructions alone, for tests of the optimiser. Gives them with a label before each, and the constants that
/// are left.
pub fn optimize_sequence(
    sequence: &InstrSequence,
    consts: Vec<Const>,
    locals: usize,
) -> Result<(InstrSequence, Vec<Const>), AssembleError> {
    let mut cfg = Cfg::from_sequence(sequence)?;
    let mut consts = ConstTable::from_places(consts);
    cfg.optimize(&mut consts, locals, 0);
    // What is not a whole function may take more off the stack than it has put there: then no load borrows.
    if cfg.compute_stack_depth().is_ok() {
        cfg.borrow_locals()?;
    }
    let linear = cfg.linearize();
    let mut out = InstrSequence::new();
    let labels: Vec<Label> = linear.iter().map(|_| out.new_label()).collect();
    for (ins, label) in linear.iter().zip(&labels) {
        out.use_label(*label);
        let arg = match ins.op.has_target() {
            true => Operand::Target(Label(ins.arg)),
            false => Operand::Arg(if ins.op.has_arg() { ins.arg } else { 0 }),
        };
        out.emit(ins.op, arg, ins.loc);
    }
    Ok((out, consts.into_vec()))
}

fn lower(mut unit: Unit) -> Result<(Unit, Vec<Linear>, u32), AssembleError> {
    let mut cfg = Cfg::from_sequence(&unit.code)?;
    let mut consts = std::mem::take(&mut unit.consts);
    cfg.optimize(&mut consts, unit.varnames.len(), unit.parameter_count() as usize);
    unit.consts = consts;
    let (linear, depth) = cfg.into_linear(&unit)?;
    Ok((unit, linear, depth))
}

fn const_of(ins: &Ins, consts: &ConstTable) -> Option<Const> {
    match ins.op {
        Op::LOAD_SMALL_INT => Some(Const::Int(ins.arg as i64)),
        op if op.has_const() => consts.get(ins.arg).cloned(),
        _ => None,
    }
}
