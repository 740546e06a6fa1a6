//! Setting `f_lineno`: where a debugger may go on, and what has to leave the stack for it.
//!
//! The kinds of the values on the stack are worked out for every instruction by following the code. A line can be gone
//! to if one of its instructions has a stack that is the beginning of the present one.

use super::event::*;
use super::sites::{Instruction, instructions, jump_target};
use crate::eval::frame::{Frame, local};
use crate::eval::word;
use crate::types::code::Code;
use crate::types::frame::FrameObject;
use crate::{Ref, Result, Value, Vm, errors};
use taipan_bytecode::linetable::Entries;
use taipan_bytecode::{Opcode, exception_table};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Object,
    Iterator,
    /// An exception, or what was handled before it.
    Except,
    /// Where an exception was raised first.
    Lasti,
    Null,
}

type Stack = Vec<Kind>;

/// The stack before each code unit that can be reached.
fn stacks(code: &Code) -> Vec<Option<Stack>> {
    let all = instructions(code);
    let mut stacks: Vec<Option<Stack>> = vec![None; code.units.len() + 1];
    stacks[0] = Some(Vec::new());
    let mut changed = true;
    while changed {
        changed = false;
        for (n, i) in all.iter().enumerate() {
            let Some(stack) = stacks[i.first].clone() else { continue };
            stacks[i.unit].get_or_insert_with(|| stack.clone());
            let next = all.get(n + 1).map(|i| i.first);
            for (to, stack) in effects(i, stack, next) {
                if to < stacks.len() && stacks[to].is_none() {
                    stacks[to] = Some(stack);
                    changed = true;
                }
            }
        }
        for entry in exception_table::Entries::new(&code.exceptiontable) {
            let (start, target) = (entry.start as usize, entry.target as usize);
            if target >= stacks.len() || start >= stacks.len() || stacks[target].is_some() {
                continue;
            }
            let Some(mut stack) = stacks[start].clone() else { continue };
            stack.truncate(entry.depth as usize);
            if entry.lasti {
                stack.push(Kind::Lasti);
            }
            stack.push(Kind::Except);
            stacks[target] = Some(stack);
            changed = true;
        }
    }
    stacks
}

/// The stacks that an instruction leaves at those that may come after it.
fn effects(i: &Instruction, mut stack: Stack, next: Option<usize>) -> Vec<(usize, Stack)> {
    let arg = i.arg as i32;
    let jump = jump_target(i.op, i.unit, i.arg);
    let mut out = Vec::new();
    match i.op {
        Opcode::POP_JUMP_IF_TRUE
        | Opcode::POP_JUMP_IF_FALSE
        | Opcode::POP_JUMP_IF_NONE
        | Opcode::POP_JUMP_IF_NOT_NONE => {
            stack.pop();
            out.push((jump, stack.clone()));
        }
        Opcode::SEND => out.push((jump, stack.clone())),
        Opcode::FOR_ITER => {
            out.push((jump, stack.clone()));
            stack.push(Kind::Object);
        }
        Opcode::JUMP_FORWARD | Opcode::JUMP_BACKWARD | Opcode::JUMP_BACKWARD_NO_INTERRUPT => {
            return vec![(jump, stack)];
        }
        Opcode::RETURN_VALUE | Opcode::RAISE_VARARGS | Opcode::RERAISE => return out,
        Opcode::GET_ITER | Opcode::GET_AITER => {
            stack.pop();
            stack.push(Kind::Iterator);
        }
        Opcode::PUSH_EXC_INFO => stack.push(Kind::Except),
        Opcode::PUSH_NULL => stack.push(Kind::Null),
        Opcode::LOAD_GLOBAL => {
            stack.push(Kind::Object);
            if i.arg & 1 != 0 {
                stack.push(Kind::Null);
            }
        }
        Opcode::LOAD_ATTR => {
            if i.arg & 1 != 0 {
                stack.push(Kind::Null);
            }
        }
        Opcode::SWAP => {
            let n = stack.len();
            if i.arg >= 1 && i.arg <= n {
                stack.swap(n - 1, n - i.arg);
            }
        }
        Opcode::COPY => {
            let n = stack.len();
            let kind = if i.arg >= 1 && i.arg <= n { stack[n - i.arg] } else { Kind::Object };
            stack.push(kind);
        }
        // What is changed in place keeps its kind.
        op => {
            let (popped, pushed) = (op.popped(arg).max(0) as usize, op.pushed(arg).max(0) as usize);
            stack.truncate(stack.len().saturating_sub(popped.saturating_sub(pushed)));
            stack.extend(std::iter::repeat_n(Kind::Object, pushed.saturating_sub(popped)));
        }
    }
    if let Some(next) = next {
        out.push((next, stack));
    }
    out
}

/// Whether a stack can be cut back to another.
fn compatible(from: &Option<Stack>, to: &Option<Stack>) -> bool {
    let (Some(from), Some(to)) = (from, to) else { return false };
    from.len() >= to.len()
        && from.iter().zip(to).all(|(&from, &to)| match to {
            Kind::Object => from != Kind::Null,
            Kind::Null => true,
            _ => from == to,
        })
}

fn why_not(to: &Option<Stack>) -> &'static str {
    match to.as_ref().map(|s| s.last()) {
        None => "can't jump into an exception handler, or code may be unreachable",
        Some(Some(Kind::Except)) => "can't jump into an 'except' block as there's no exception",
        Some(Some(Kind::Lasti)) => "can't jump into a re-raising block as there's no location",
        Some(Some(Kind::Iterator)) => "can't jump into the body of a for loop",
        Some(_) => "incompatible stacks",
    }
}

/// The line that begins at each code unit, if one does.
fn line_starts(code: &Code) -> Vec<Option<i32>> {
    let mut starts = vec![None; code.units.len()];
    let (mut unit, mut last) = (0, -1);
    for (units, location) in Entries::new(&code.linetable, code.firstlineno) {
        if location.line >= 0 && location.line != last {
            last = location.line;
            if let Some(start) = starts.get_mut(unit) {
                *start = Some(location.line);
            }
        }
        unit += units as usize;
    }
    starts
}

/// `frame.f_lineno = line`.
pub fn set_line(vm: &mut Vm, object: &Ref<FrameObject>, value: &Value) -> Result<()> {
    if !value.is_exact_int() {
        return Err(vm.raise_value_error("lineno must be an integer"));
    }
    let refused = match vm.eval.what.checked_sub(1).map(usize::from) {
        Some(PY_START) => Some("can't jump from the 'call' trace event of a new frame"),
        Some(CALL | C_RETURN) => Some("can't jump during a call"),
        Some(LINE | PY_RESUME | PY_YIELD | JUMP | BRANCH_LEFT | BRANCH_RIGHT) => None,
        Some(STOP_ITERATION | RERAISE) => return Err(vm.raise_system_error("unexpected event type")),
        Some(_) => Some("can only jump from a 'line' trace event"),
        None => Some("f_lineno can only be set in a trace function"),
    };
    if let Some(text) = refused {
        return Err(vm.raise_value_error(text));
    }
    let Some(wanted) = value.small_int().and_then(|n| i32::try_from(n).ok()) else {
        return Err(vm.raise_value_error("lineno out of range"));
    };
    let f = object.get(vm);
    let (Some(code), Some(unit), frame) = (f.code(), f.unit(), *f.frame) else {
        return Err(vm.raise_value_error("f_lineno can only be set in a trace function"));
    };
    if wanted < code.firstlineno {
        return Err(vm.raise_value_error(&format!("line {wanted} comes before the current code block")));
    }
    let starts = line_starts(&code);
    let Some(line) = starts.iter().flatten().copied().filter(|&l| l >= wanted).min() else {
        return Err(vm.raise_value_error(&format!("line {wanted} comes after the current code block")));
    };
    let stacks = stacks(&code);
    let start = &stacks[unit];
    let mut best: Option<usize> = None;
    let mut problem = None;
    for at in (0..starts.len()).filter(|&at| starts[at] == Some(line)) {
        let depth = |at: usize| stacks[at].as_ref().map_or(0, Vec::len);
        if compatible(start, &stacks[at]) {
            if best.is_none_or(|b| depth(at) > depth(b)) {
                best = Some(at);
            }
        } else if problem.is_none() {
            problem = Some(if start.is_none() { "can't jump from unreachable code" } else { why_not(&stacks[at]) });
        }
    }
    let Some(to) = best else {
        return Err(vm.raise_value_error(problem.unwrap_or("cannot find bytecode for specified line")));
    };
    let from = start.clone().unwrap_or_default();
    let depth = stacks[to].as_ref().map_or(0, Vec::len);
    bind_locals(vm, frame, &code)?;
    // SAFETY: the frame runs, and stands at an instruction before which it has the stack that was worked out.
    unsafe { cut_back(vm, frame, &from, depth) };
    object.get(vm).set_unit(to);
    Ok(())
}

/// Variables that the code may take for bound are bound to None.
fn bind_locals(vm: &mut Vm, frame: *mut Frame, code: &Code) -> Result<()> {
    // SAFETY: the frame has that many locals.
    let unbound = || (0..code.localsplus as usize).filter(|&i| unsafe { *local(frame, i) } == 0);
    let count = unbound().count();
    if count > 0 {
        let s = if count == 1 { "" } else { "s" };
        vm.warn(errors::RUNTIME_WARNING.as_type(), &format!("assigning None to {count} unbound local{s}"), 0)?;
        for i in unbound() {
            // SAFETY: as above; None needs no count.
            unsafe { *local(frame, i) = Value::none().into_bits() }
        }
    }
    Ok(())
}

unsafe fn cut_back(vm: &mut Vm, frame: *mut Frame, from: &[Kind], depth: usize) {
    // SAFETY: the words from the depth on are owned by the stack, which has as many as there are kinds.
    unsafe {
        for kind in from[depth..].iter().rev() {
            (*frame).sp = (*frame).sp.sub(1);
            let w = *(*frame).sp;
            if *kind == Kind::Except {
                crate::eval::ops::exceptions::set_handled(vm, w);
            } else {
                word::release_any(w, vm);
            }
        }
    }
}
