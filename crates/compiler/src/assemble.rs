//! From the optimised instructions to a code object: sizes and distances, the bytes, and the tables beside them.

use taipan_bytecode::code::local_kind;
use taipan_bytecode::exception_table::{self, Entry};
use taipan_bytecode::linetable;
use taipan_bytecode::{Code, CodeFlags, Opcode, Text};

use crate::flowgraph::Linear;
use crate::ir::{AssembleError, Loc, Op, Unit};

/// From the end of `END_ASYNC_FOR` back to its `SEND` is this much more than to the `END_SEND` that monitoring wants.
const END_SEND_OFFSET: u32 = 5;

pub(crate) fn assemble(unit: Unit, mut instrs: Vec<Linear>, depth: u32) -> Result<Code, AssembleError> {
    resolve_unconditional_jumps(&mut instrs);
    let offsets = resolve_jumps(&mut instrs)?;
    let code = encode(&instrs)?;
    let linetable = location_table(&mut instrs, unit.firstlineno);
    let exceptiontable = exception_table_of(&instrs, &offsets);
    let (localsplusnames, localspluskinds) = locals_table(&unit);
    Ok(Code {
        argcount: unit.argcount,
        posonlyargcount: unit.posonlyargcount,
        kwonlyargcount: unit.kwonlyargcount,
        stacksize: depth.max(1),
        flags: unit.flags,
        code,
        consts: unit.consts.into_vec(),
        names: unit.names.as_slice().to_vec(),
        localsplusnames,
        localspluskinds,
        filename: unit.filename,
        name: unit.name,
        qualname: unit.qualname,
        firstlineno: unit.firstlineno,
        linetable,
        exceptiontable,
    })
}

fn resolve_unconditional_jumps(instrs: &mut [Linear]) {
    for (i, ins) in instrs.iter_mut().enumerate() {
        let forward = ins.arg as usize > i;
        ins.op = match ins.op {
            Op::JUMP | Op::JUMP_NO_INTERRUPT if forward => Op::JUMP_FORWARD,
            Op::JUMP => Op::JUMP_BACKWARD,
            Op::JUMP_NO_INTERRUPT => Op::JUMP_BACKWARD_NO_INTERRUPT,
            op => op,
        };
    }
}

fn opcode(ins: &Linear) -> Option<Opcode> {
    ins.op.opcode()
}

/// Code units, with the prefixes that a long argument needs and the inline caches.
fn size(ins: &Linear) -> u32 {
    let prefixes = match ins.arg {
        0..0x100 => 0,
        0x100..0x1_0000 => 1,
        0x1_0000..0x100_0000 => 2,
        _ => 3,
    };
    prefixes + 1 + opcode(ins).map_or(0, |op| op.caches() as u32)
}

/// Turns targets into distances. A longer distance can need a longer instruction, so this repeats until nothing grows.
/// Returns the offset of each instruction and that of the end, in code units.
fn resolve_jumps(instrs: &mut [Linear]) -> Result<Vec<u32>, AssembleError> {
    let targets: Vec<usize> = instrs.iter().map(|ins| ins.arg as usize).collect();
    let mut offsets = vec![0u32; instrs.len() + 1];
    loop {
        let mut total = 0u32;
        for (ins, offset) in instrs.iter().zip(&mut offsets) {
            *offset = total;
            total = total.checked_add(size(ins)).filter(|n| *n < i32::MAX as u32 / 2).ok_or(AssembleError::TooLarge)?;
        }
        offsets[instrs.len()] = total;
        let mut changed = false;
        // The distance counts from behind the instruction as it was sized so far, growth included.
        let mut end = 0;
        for (i, ins) in instrs.iter_mut().enumerate() {
            let before = size(ins);
            end += before;
            if !ins.op.has_jump() {
                continue;
            }
            let target = offsets[targets[i]];
            ins.arg = if ins.op == Op::END_ASYNC_FOR {
                (end - target).saturating_sub(END_SEND_OFFSET)
            } else {
                // Which way it goes is in the opcode.
                target.abs_diff(end)
            };
            changed |= size(ins) != before;
        }
        if !changed {
            return Ok(offsets);
        }
    }
}

fn encode(instrs: &[Linear]) -> Result<Vec<u8>, AssembleError> {
    let mut code = Vec::new();
    for ins in instrs {
        let Some(op) = opcode(ins) else {
            return Err(AssembleError::Internal(format!("pseudo-instruction {} left", ins.op)));
        };
        for shift in [24, 16, 8] {
            if ins.arg >> shift != 0 {
                code.extend([Opcode::EXTENDED_ARG as u8, (ins.arg >> shift) as u8]);
            }
        }
        code.extend([op as u8, ins.arg as u8]);
        code.resize(code.len() + 2 * op.caches(), 0);
    }
    Ok(code)
}

fn location_table(instrs: &mut [Linear], first_line: i32) -> Vec<u8> {
    for i in (0..instrs.len()).rev() {
        if instrs[i].loc == Loc::NEXT {
            let next = instrs.get(i + 1).map_or(Loc::NONE, |next| next.loc);
            instrs[i].loc = if instrs[i].op.is_terminator() { Loc::NONE } else { next };
        }
    }
    let mut writer = linetable::Writer::new(first_line);
    for run in instrs.chunk_by(|a, b| a.loc == b.loc) {
        let Loc { line, end_line, col, end_col } = run[0].loc;
        writer.push(run.iter().map(size).sum(), linetable::Location { line, end_line, col, end_col });
    }
    writer.finish()
}

fn exception_table_of(instrs: &[Linear], offsets: &[u32]) -> Vec<u8> {
    let mut table = Vec::new();
    let mut start = 0;
    for run in instrs.chunk_by(|a, b| a.handler.map(|h| h.place) == b.handler.map(|h| h.place)) {
        let end = start + run.len();
        if let Some(handler) = run[0].handler {
            // The unwinding pushes the exception and, if asked to, the index of the instruction.
            let depth = handler.depth.saturating_sub(1 + handler.preserve_lasti as u32);
            let entry = Entry {
                start: offsets[start],
                end: offsets[end],
                target: offsets[handler.place as usize],
                depth,
                lasti: handler.preserve_lasti,
            };
            exception_table::write(&mut table, &entry);
        }
        start = end;
    }
    table
}

/// Names and kinds of the fast locals: parameters and locals, then the cells that are not parameters, then free variables.
fn locals_table(unit: &Unit) -> (Vec<Text>, Vec<u8>) {
    let mut names = Vec::new();
    let mut kinds = Vec::new();
    for (i, name) in unit.varnames.iter().enumerate() {
        let mut kind = local_kind::LOCAL | parameter_kind(unit, i as u32);
        if unit.fast_hidden.contains(name) {
            kind |= local_kind::HIDDEN;
        }
        if unit.cellvars.contains(name) {
            kind |= local_kind::CELL;
        }
        names.push(name.clone());
        kinds.push(kind);
    }
    for name in unit.cellvars.iter().filter(|name| !unit.varnames.contains(name)) {
        let hidden = if unit.fast_hidden.contains(name) { local_kind::HIDDEN } else { 0 };
        names.push(name.clone());
        kinds.push(local_kind::CELL | hidden);
    }
    for name in unit.freevars.iter() {
        names.push(name.clone());
        kinds.push(local_kind::FREE);
    }
    (names, kinds)
}

/// How the parameter at this place among the locals can be passed; 0 for other locals.
fn parameter_kind(unit: &Unit, place: u32) -> u8 {
    use local_kind::{ARG_KW, ARG_POS, ARG_VAR};
    let keyword_only = unit.argcount + unit.kwonlyargcount;
    let varargs = keyword_only + unit.flags.contains(CodeFlags::VARARGS) as u32;
    match place {
        place if place < unit.posonlyargcount => ARG_POS,
        place if place < unit.argcount => ARG_POS | ARG_KW,
        place if place < keyword_only => ARG_KW,
        place if place < varargs => ARG_VAR | ARG_POS,
        place if place < unit.parameter_count() => ARG_VAR | ARG_KW,
        _ => 0,
    }
}
