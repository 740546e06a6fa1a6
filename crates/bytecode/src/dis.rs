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
    lines(code).into_iter().map(|line| line.text + "\n").collect()
}

/// A line of a dump.
struct Line {
    text: String,
    /// The line without what shifts when something else changes: labels and distances.
    key: String,
}

impl Line {
    fn plain(text: String) -> Line {
        Line { key: text.clone(), text }
    }
}

fn lines(code: &Code) -> Vec<Line> {
    let mut labels: Vec<u32> = instructions(&code.code).filter_map(|ins| ins.target()).collect();
    let entries: Vec<_> = exception_table::Entries::new(&code.exceptiontable).collect();
    labels.extend(entries.iter().flat_map(|entry| [entry.start, entry.end, entry.target]));
    labels.sort_unstable();
    labels.dedup();
    let names: HashMap<u32, String> = labels.iter().enumerate().map(|(i, at)| (*at, format!("L{}", i + 1))).collect();
    let name = |at: u32| names.get(&at).map_or("", |name| name.as_str());

    let kinds: Vec<String> = code
        .localsplusnames
        .iter()
        .zip(&code.localspluskinds)
        .map(|(name, kind)| format!("{name}:{kind:#x}"))
        .collect();
    let all_names: Vec<String> = code.names.iter().map(|name| name.to_lossy()).collect();
    let mut out = vec![
        Line::plain(format!("code {} ({}, line {})", code.qualname, code.name, code.firstlineno)),
        Line::plain(format!(
            "  args {} positional-only {} keyword-only {} stack {} flags {:#x}",
            code.argcount, code.posonlyargcount, code.kwonlyargcount, code.stacksize, code.flags.0
        )),
        Line::plain(format!("  locals {}", kinds.join(" "))),
        Line::plain(format!("  names {}", all_names.join(" "))),
    ];
    out.extend(code.consts.iter().enumerate().map(|(i, value)| Line::plain(format!("  const {i} {value}"))));
    let location = |offset| {
        let at = linetable::location_at(&code.linetable, code.firstlineno, offset);
        if at.line < 0 { "--".to_owned() } else { format!("{}:{}-{}:{}", at.line, at.col, at.end_line, at.end_col) }
    };
    for ins in instructions(&code.code) {
        let place = location(ins.offset);
        let mut text = ins.op.name().to_owned();
        let mut key = format!("{place} {text}");
        if let Some(target) = ins.target() {
            let _ = write!(text, " {} ({})", ins.arg, name(target));
            let _ = write!(key, " to {}", location(target));
        } else {
            if ins.op.has_arg() || ins.arg != 0 {
                let _ = write!(text, " {}", ins.arg);
            }
            if let Some(meaning) = meaning(code, &ins) {
                let _ = write!(text, " ({meaning})");
            }
            key = format!("{place} {text}");
        }
        out.push(Line { text: format!("{:>4} {place:<16} {text}", name(ins.offset)), key });
    }
    for entry in entries {
        let lasti = if entry.lasti { " lasti" } else { "" };
        let (start, end, target) = (name(entry.start), name(entry.end), name(entry.target));
        let text = format!("  {start} to {end} -> {target} [{}]{lasti}", entry.depth);
        let (start, end, target) = (location(entry.start), location(entry.end), location(entry.target));
        out.push(Line { text, key: format!("{start} to {end} -> {target} [{}]{lasti}", entry.depth) });
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

/// What differs between two code objects, side by side, with a few lines around it. Children are left out.
pub fn diff(expected: &Code, got: &Code) -> String {
    /// Lines of context.
    const AROUND: usize = 3;
    /// Longer differences are not matched line by line.
    const LONGEST: usize = 1500;
    let (left, right) = (lines(expected), lines(got));
    let same = |(a, b): &(&Line, &Line)| a.key == b.key;
    let head = left.iter().zip(&right).take_while(same).count();
    let tail = left[head..].iter().rev().zip(right[head..].iter().rev()).take_while(same).count();
    let (a, b) = (&left[head..left.len() - tail], &right[head..right.len() - tail]);
    let pairs = if a.len().max(b.len()) > LONGEST { Vec::new() } else { common_lines(a, b) };

    let mut out = String::new();
    let mut rows: Vec<(bool, String)> = Vec::new();
    let kept = |line: &Line| (true, format!("    {}\n", line.text));
    rows.extend(left[..head].iter().map(kept));
    let (mut i, mut j) = (0, 0);
    for (x, y) in pairs.into_iter().chain([(a.len(), b.len())]) {
        for row in 0..(x - i).max(y - j) {
            let text = |lines: &[Line], at: usize, end: usize| {
                lines[at..end].get(row).map_or(String::new(), |line| line.text.clone())
            };
            rows.push((false, format!("!   {:<70} | {}\n", text(a, i, x), text(b, j, y))));
        }
        rows.extend(a.get(x).map(kept));
        (i, j) = (x + 1, y + 1);
    }
    rows.extend(left[left.len() - tail..].iter().map(kept));
    let mut gap = false;
    for (at, (_, text)) in rows.iter().enumerate() {
        let near = &rows[at.saturating_sub(AROUND)..(at + AROUND + 1).min(rows.len())];
        if near.iter().any(|(same, _)| !same) {
            out.push_str(text);
            gap = false;
        } else if !std::mem::replace(&mut gap, true) {
            out.push_str("    ...\n");
        }
    }
    out
}

/// A longest common subsequence, as pairs of places.
fn common_lines(a: &[Line], b: &[Line]) -> Vec<(usize, usize)> {
    let width = b.len() + 1;
    let mut length = vec![0u16; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            length[i * width + j] = if a[i].key == b[j].key {
                length[(i + 1) * width + j + 1] + 1
            } else {
                length[(i + 1) * width + j].max(length[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < a.len() && j < b.len() {
        if a[i].key == b[j].key {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if length[(i + 1) * width + j] >= length[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::CodeFlags;

    fn sample(names: &[&str]) -> Code {
        Code {
            name: "f".into(),
            qualname: "f".into(),
            stacksize: 1,
            flags: CodeFlags::OPTIMIZED,
            firstlineno: 1,
            names: names.iter().map(|name| (*name).into()).collect(),
            code: vec![
                Opcode::LOAD_GLOBAL as u8,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                Opcode::EXTENDED_ARG as u8,
                1,
                Opcode::JUMP_FORWARD as u8,
                0,
                Opcode::RETURN_VALUE as u8,
                0,
            ],
            ..Code::default()
        }
    }

    #[test]
    fn instructions_are_decoded_with_prefixes_and_caches() {
        let found: Vec<_> = instructions(&sample(&[]).code).collect();
        assert_eq!(found[1], Instruction { offset: 6, op: Opcode::JUMP_FORWARD, arg: 256 });
        assert_eq!(found[1].target(), Some(263));
        assert_eq!(found[2].offset, 7);
    }

    #[test]
    fn a_difference_shows_beside_what_was_expected() {
        let text = diff(&sample(&["a"]), &sample(&["b"]));
        let marked: Vec<&str> = text.lines().filter(|line| line.starts_with('!')).collect();
        assert_eq!(marked.len(), 2);
        assert!(marked[1].contains("LOAD_GLOBAL 0 (a)") && marked[1].ends_with("LOAD_GLOBAL 0 (b)"));
    }
}
