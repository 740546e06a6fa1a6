//! Code objects as text, for snapshots and for people. Close to Python's `dis`, but one line for each instruction with its
//! location, so that any difference between two code objects shows.

use std::collections::HashMap;
use std::fmt::Write;

use crate::code::{Code, Const};
use crate::oparg::{BinaryOp, CommonConstant, CompareOp, Intrinsic1, Intrinsic2, SpecialMethod, compare};
use crate::opcode::Opcode;
use crate::{exception_table, linetable};

/// A decoded instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instruction {
    /// Code unit at which it starts, prefixes left out.
    pub offset: u32,
    pub op: Opcode,
    /// With what its prefixes add.
    pub arg: u32,
}

impl Instruction {
    /// First code unit behind the instruction and its caches.
    pub fn end(&self) -> u32 {
        self.offset + 1 + self.op.caches() as u32
    }

    /// Code unit that a jump goes to.
    pub fn target(&self) -> Option<u32> {
        if !self.op.base().has_jump() {
            return None;
        }
        Some(match self.op.base() {
            Opcode::JUMP_BACKWARD | Opcode::JUMP_BACKWARD_NO_INTERRUPT | Opcode::END_ASYNC_FOR => {
                self.end().wrapping_sub(self.arg)
            }
            _ => self.end().wrapping_add(self.arg),
        })
    }
}

/// The instructions of bytecode. An unknown number is taken for `RESERVED`.
pub fn instructions(code: &[u8]) -> impl Iterator<Item = Instruction> {
    let mut offset = 0;
    std::iter::from_fn(move || {
        let mut arg = 0u32;
        loop {
            let unit = code.get(offset * 2..offset * 2 + 2)?;
            let op = Opcode::from_u8(unit[0]).unwrap_or(Opcode::RESERVED);
            arg = arg << 8 | unit[1] as u32;
            let at = offset;
            offset += 1 + op.caches();
            if op != Opcode::EXTENDED_ARG {
                return Some(Instruction { offset: at as u32, op, arg });
            }
        }
    })
}

/// The code object and those in it.
pub fn dump(code: &Code) -> String {
    let mut out = String::new();
    let mut todo = vec![code];
    while let Some(code) = todo.pop() {
        out.push_str(&dump_one(code));
        let children: Vec<&Code> = code.children().map(|child| &**child).collect();
        todo.extend(children.into_iter().rev());
    }
    out
}

/// The code object alone.
pub fn dump_one(code: &Code) -> String {
    let mut out = String::new();
    let mut labels: Vec<u32> = instructions(&code.code).filter_map(|ins| ins.target()).collect();
    let entries: Vec<_> = exception_table::Entries::new(&code.exceptiontable).collect();
    labels.extend(entries.iter().flat_map(|entry| [entry.start, entry.end, entry.target]));
    labels.sort_unstable();
    labels.dedup();
    let names: HashMap<u32, String> = labels.iter().enumerate().map(|(i, at)| (*at, format!("L{}", i + 1))).collect();
    let name = |at: u32| names.get(&at).map_or("", |name| name.as_str());

    let _ = writeln!(out, "code {} ({}, line {})", code.qualname, code.name, code.firstlineno);
    let _ = writeln!(
        out,
        "  args {} positional-only {} keyword-only {} stack {} flags {:#x}",
        code.argcount, code.posonlyargcount, code.kwonlyargcount, code.stacksize, code.flags.0
    );
    let kinds: Vec<String> = code
        .localsplusnames
        .iter()
        .zip(&code.localspluskinds)
        .map(|(name, kind)| format!("{name}:{kind:#x}"))
        .collect();
    let _ = writeln!(out, "  locals {}", kinds.join(" "));
    let _ = writeln!(out, "  names {}", code.names.iter().map(|n| n.to_lossy()).collect::<Vec<_>>().join(" "));
    for (i, value) in code.consts.iter().enumerate() {
        let _ = writeln!(out, "  const {i} {value}");
    }
    for ins in instructions(&code.code) {
        let at = linetable::location_at(&code.linetable, code.firstlineno, ins.offset);
        let place = if at.line < 0 {
            "--".to_owned()
        } else {
            format!("{}:{}-{}:{}", at.line, at.col, at.end_line, at.end_col)
        };
        let mut text = ins.op.name().to_owned();
        if ins.op.has_arg() || ins.arg != 0 {
            let _ = write!(text, " {}", ins.arg);
        }
        if let Some(target) = ins.target() {
            let _ = write!(text, " ({})", name(target));
        } else if let Some(meaning) = meaning(code, &ins) {
            let _ = write!(text, " ({meaning})");
        }
        let _ = writeln!(out, "{:>4} {place:<16} {text}", name(ins.offset));
    }
    for entry in entries {
        let lasti = if entry.lasti { " lasti" } else { "" };
        let (start, end, target) = (name(entry.start), name(entry.end), name(entry.target));
        let _ = writeln!(out, "  {start} to {end} -> {target} [{}]{lasti}", entry.depth);
    }
    out
}

fn meaning(code: &Code, ins: &Instruction) -> Option<String> {
    let arg = ins.arg;
    let local = |i: u32| Some(code.localsplusnames.get(i as usize)?.to_lossy());
    match ins.op.base() {
        Opcode::LOAD_GLOBAL => {
            let null = if arg & 1 != 0 { " + NULL" } else { "" };
            Some(format!("{}{null}", code.names.get(arg as usize >> 1)?))
        }
        Opcode::LOAD_ATTR => {
            let null = if arg & 1 != 0 { " + NULL|self" } else { "" };
            Some(format!("{}{null}", code.names.get(arg as usize >> 1)?))
        }
        Opcode::LOAD_SUPER_ATTR => Some(code.names.get(arg as usize >> 2)?.to_lossy()),
        op if op.has_name() => Some(code.names.get(arg as usize)?.to_lossy()),
        op if op.has_const() => Some(match code.consts.get(arg as usize)? {
            Const::Code(code) => format!("<code object {}, line {}>", code.name, code.firstlineno),
            value => value.to_string(),
        }),
        Opcode::LOAD_FAST_LOAD_FAST
        | Opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW
        | Opcode::STORE_FAST_LOAD_FAST
        | Opcode::STORE_FAST_STORE_FAST => Some(format!("{}, {}", local(arg >> 4)?, local(arg & 15)?)),
        op if op.has_local() || op.has_free() => local(arg),
        Opcode::BINARY_OP => Some(BinaryOp::from_u32(arg)?.text().to_owned()),
        Opcode::COMPARE_OP => {
            let op = CompareOp::from_u32(arg >> compare::SHIFT)?.text();
            Some(if arg & compare::TO_BOOL != 0 { format!("bool({op})") } else { op.to_owned() })
        }
        Opcode::CALL_INTRINSIC_1 => Some(Intrinsic1::from_u32(arg)?.text().to_owned()),
        Opcode::CALL_INTRINSIC_2 => Some(Intrinsic2::from_u32(arg)?.text().to_owned()),
        Opcode::LOAD_SPECIAL => Some(SpecialMethod::from_u32(arg)?.text().to_owned()),
        Opcode::LOAD_COMMON_CONSTANT => Some(CommonConstant::from_u32(arg)?.text().to_owned()),
        _ => None,
    }
}

/// Two code objects side by side, one dump line to a row, with a mark where they differ. Children are left out.
pub fn diff(expected: &Code, got: &Code) -> String {
    let (left, right) = (dump_one(expected), dump_one(got));
    let (left, right): (Vec<&str>, Vec<&str>) = (left.lines().collect(), right.lines().collect());
    let common = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    let rest = |lines: &[&str]| lines.len() - common;
    let tail = left[common..].iter().rev().zip(right[common..].iter().rev()).take_while(|(a, b)| a == b).count();
    let tail = tail.min(rest(&left)).min(rest(&right));
    let mut out = String::new();
    let from = common.saturating_sub(6);
    for line in &left[from..common] {
        let _ = writeln!(out, "    {line}");
    }
    let (a, b) = (&left[common..left.len() - tail], &right[common..right.len() - tail]);
    for i in 0..a.len().max(b.len()).min(40) {
        let (a, b) = (a.get(i).copied().unwrap_or(""), b.get(i).copied().unwrap_or(""));
        let mark = if a == b { "   " } else { "!  " };
        let _ = writeln!(out, "{mark} {a:<70} | {b}");
    }
    for line in left[left.len() - tail..].iter().take(3) {
        let _ = writeln!(out, "    {line}");
    }
    out
}
