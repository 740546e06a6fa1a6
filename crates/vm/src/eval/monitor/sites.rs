//! Which instructions of a code object report which events.

use super::event::*;
use super::{ALL_TOOLS, LOCAL_EVENTS};
use crate::types::code::Code;
use crate::{Ref, Vm};
use std::collections::HashMap;
use taipan_bytecode::linetable::Entries;
use taipan_bytecode::{Opcode, exception_table};

/// A jump of which the line at its target has to know: not an event.
pub const MARK: u32 = 1 << 31;

/// What is known of a code object that is or was monitored.
#[derive(Default)]
pub struct Sites {
    /// Events that a tool wants in this code only.
    local: [u32; ALL_TOOLS],
    /// Events of each code unit; empty while there are none.
    events: Vec<u32>,
    /// Tools that do not want an event at a unit any more, as bits.
    disabled: HashMap<(u32, u8), u8>,
    /// The restart that `disabled` belongs to.
    restarts: u32,
    /// What each code unit is, once lines have been monitored.
    units: Vec<Unit>,
}

/// What line events need to know of a code unit.
#[derive(Clone, Copy)]
struct Unit {
    /// Its line; -1: none.
    line: i32,
    /// The instruction before it, or [`NOWHERE`].
    previous: u32,
    /// Where it jumps to, or [`NOWHERE`].
    target: u32,
}

const NOWHERE: u32 = u32::MAX;

/// Works that out.
fn describe(code: &Code, all: &[Instruction]) -> Vec<Unit> {
    let lines = lines(code);
    let blank = Unit { line: -1, previous: NOWHERE, target: NOWHERE };
    let mut units = vec![blank; code.units.len()];
    for (unit, line) in units.iter_mut().zip(lines) {
        unit.line = line;
    }
    let mut previous = NOWHERE;
    for i in all {
        for unit in &mut units[i.first..=i.unit] {
            unit.previous = previous;
        }
        if is_jump(i.op) {
            units[i.unit].target = jump_target(i.op, i.unit, i.arg) as u32;
        }
        previous = i.unit as u32;
    }
    units
}

/// The events that an instruction can report, without line and instruction.
fn kinds(op: Opcode, arg: usize) -> u32 {
    match op {
        Opcode::RESUME if arg & 3 == 0 => 1 << PY_START,
        Opcode::RESUME => 1 << PY_RESUME,
        Opcode::RETURN_VALUE => 1 << PY_RETURN,
        Opcode::YIELD_VALUE => 1 << PY_YIELD,
        Opcode::CALL | Opcode::CALL_KW | Opcode::CALL_FUNCTION_EX | Opcode::LOAD_SUPER_ATTR => 1 << CALL,
        Opcode::JUMP_FORWARD | Opcode::JUMP_BACKWARD => 1 << JUMP,
        Opcode::POP_JUMP_IF_TRUE
        | Opcode::POP_JUMP_IF_FALSE
        | Opcode::POP_JUMP_IF_NONE
        | Opcode::POP_JUMP_IF_NOT_NONE
        | Opcode::POP_ITER
        | Opcode::END_ASYNC_FOR => 1 << BRANCH_RIGHT,
        Opcode::FOR_ITER | Opcode::NOT_TAKEN => 1 << BRANCH_LEFT,
        Opcode::END_SEND | Opcode::END_FOR => 1 << STOP_ITERATION,
        _ => 0,
    }
}

/// One instruction: where it starts with its prefixes, where it is, what it is, and its argument.
#[derive(Clone, Copy)]
pub struct Instruction {
    pub first: usize,
    pub unit: usize,
    pub op: Opcode,
    pub arg: usize,
}

/// The instructions of the canonical code.
pub fn instructions(code: &Code) -> Vec<Instruction> {
    let bytes = &code.canonical;
    let mut all = Vec::new();
    let (mut unit, mut arg, mut first) = (0, 0usize, None);
    while 2 * unit + 1 < bytes.len() {
        let Some(op) = Opcode::from_u8(bytes[2 * unit]) else {
            unit += 1;
            continue;
        };
        arg = arg << 8 | bytes[2 * unit + 1] as usize;
        let start = *first.get_or_insert(unit);
        if op == Opcode::EXTENDED_ARG {
            unit += 1;
            continue;
        }
        all.push(Instruction { first: start, unit, op, arg });
        unit += 1 + op.caches();
        (arg, first) = (0, None);
    }
    all
}

/// Where a jump goes.
pub fn jump_target(op: Opcode, unit: usize, arg: usize) -> usize {
    let behind = unit + 1 + op.caches();
    match op {
        Opcode::JUMP_BACKWARD | Opcode::JUMP_BACKWARD_NO_INTERRUPT => behind.saturating_sub(arg),
        Opcode::FOR_ITER => behind + arg + 1,
        _ => behind + arg,
    }
}

fn is_jump(op: Opcode) -> bool {
    matches!(
        op,
        Opcode::JUMP_FORWARD
            | Opcode::JUMP_BACKWARD
            | Opcode::JUMP_BACKWARD_NO_INTERRUPT
            | Opcode::POP_JUMP_IF_TRUE
            | Opcode::POP_JUMP_IF_FALSE
            | Opcode::POP_JUMP_IF_NONE
            | Opcode::POP_JUMP_IF_NOT_NONE
            | Opcode::FOR_ITER
            | Opcode::SEND
    )
}

/// The instruction before the one at a unit.
pub fn previous(code: &Code, unit: usize) -> Option<usize> {
    instructions(code).iter().take_while(|i| i.first < unit && i.unit < unit).last().map(|i| i.unit)
}

/// The head of the loop whose `POP_ITER` is at a unit.
pub fn loop_head(code: &Code, unit: usize) -> Option<usize> {
    let all = instructions(code);
    all.iter().find(|i| i.op == Opcode::FOR_ITER && jump_target(i.op, i.unit, i.arg) == unit).map(|i| i.unit)
}

/// Where the other way of a branch is reported, and as which event.
pub fn other_way(code: &Code, unit: usize, event: usize) -> Option<(usize, usize)> {
    let all = instructions(code);
    let n = all.iter().position(|i| i.unit == unit)?;
    let i = &all[n];
    match i.op {
        Opcode::FOR_ITER => Some((jump_target(i.op, i.unit, i.arg), BRANCH_RIGHT)),
        Opcode::POP_ITER => loop_head(code, unit).map(|head| (head, BRANCH_LEFT)),
        // Behind END_SEND comes NOT_TAKEN.
        Opcode::END_ASYNC_FOR => Some(((unit + 1).checked_sub(i.arg)? + 1, BRANCH_LEFT)),
        Opcode::NOT_TAKEN if all[n.checked_sub(1)?].op == Opcode::END_SEND => {
            let source = all[n - 1].unit;
            let end = all.iter().find(|e| e.op == Opcode::END_ASYNC_FOR && e.unit + 1 == source + e.arg)?;
            Some((end.unit, BRANCH_RIGHT))
        }
        Opcode::NOT_TAKEN => Some((all[n.checked_sub(1)?].unit, BRANCH_RIGHT)),
        _ if event == BRANCH_RIGHT => all.get(n + 1).map(|next| (next.unit, BRANCH_LEFT)),
        _ => None,
    }
}

/// The line of each code unit; -1 where there is none.
pub fn lines(code: &Code) -> Vec<i32> {
    let mut lines = Vec::new();
    for (units, location) in Entries::new(&code.linetable, code.firstlineno) {
        lines.extend(std::iter::repeat_n(location.line, units as usize));
    }
    lines
}

/// Instructions that never begin a line: they are skipped, or what monitoring itself rests on.
fn never_begins(op: Opcode) -> bool {
    matches!(op, Opcode::END_ASYNC_FOR | Opcode::END_FOR | Opcode::END_SEND | Opcode::RESUME)
}

/// The unit of the first `RESUME`: what comes before makes the frame ready, and is no part of the program.
fn first_traceable(all: &[Instruction]) -> usize {
    all.iter().find(|i| i.op == Opcode::RESUME).map_or(0, |i| i.unit)
}

/// Adds line events, and marks the jumps that decide whether one is due at their target.
fn add_lines(code: &Code, all: &[Instruction], events: &mut [u32]) {
    let lines = lines(code);
    let line = |unit: usize| lines.get(unit).copied().unwrap_or(-1);
    let mut begins = vec![false; events.len()];
    let mut current = -1;
    let traceable = first_traceable(all);
    for i in all.iter().filter(|i| i.first >= traceable && !never_begins(i.op)) {
        let n = line(i.first);
        if n >= 0 && n != current {
            begins[i.first] = true;
        }
        current = n;
    }
    let can_begin = |unit: usize| {
        let op = code.canonical.get(2 * unit).and_then(|&b| Opcode::from_u8(b));
        unit >= traceable && line(unit) >= 0 && op.is_some_and(|op| !never_begins(op))
    };
    let mut targets: Vec<(usize, usize)> = Vec::new();
    for i in all.iter().filter(|i| is_jump(i.op)) {
        targets.push((jump_target(i.op, i.unit, i.arg), i.unit));
    }
    let fall_through: HashMap<usize, i32> =
        all.windows(2).map(|w| (w[1].first, if w[0].op == Opcode::RESUME { -2 } else { line(w[0].unit) })).collect();
    for &(target, source) in &targets {
        if target >= begins.len() || !can_begin(target) {
            continue;
        }
        begins[target] = true;
        let falls = fall_through.get(&target).is_some_and(|&n| n == line(target));
        let jumps = line(source) == line(target);
        if falls != jumps {
            events[source] |= MARK;
        }
    }
    for entry in exception_table::Entries::new(&code.exceptiontable) {
        let target = entry.target as usize;
        if target < begins.len() && can_begin(target) {
            begins[target] = true;
        }
    }
    for (unit, begins) in begins.iter().enumerate() {
        if *begins {
            events[unit] |= 1 << LINE;
        }
    }
}

impl Sites {
    fn of<R>(code: &Ref<Code>, f: impl FnOnce(&mut Sites) -> R) -> R {
        let mut sites = code.sites.borrow_mut();
        f(sites.get_or_insert_default())
    }

    /// The events at a unit.
    pub fn events(code: &Ref<Code>, unit: usize) -> u32 {
        code.sites.borrow().as_ref().and_then(|s| s.events.get(unit).copied()).unwrap_or(0)
    }

    /// The line of a unit where line events are monitored, if it begins for control that comes from unit `from` less one,
    /// or with 0 from the instruction before.
    pub fn line_that_begins(code: &Ref<Code>, unit: usize, from: u32) -> Option<i32> {
        let sites = code.sites.borrow();
        let sites = sites.as_ref()?;
        let units = &sites.units;
        let here = units.get(unit)?;
        let mut previous = here.previous;
        if let Some(source) = from.checked_sub(1).and_then(|n| units.get(n as usize)) {
            // A jump that led to a line whose events were switched off says nothing about this one.
            let jumped = source.target == unit as u32;
            let handles = || exception_table::lookup(&code.exceptiontable, from - 1).map(|e| e.target);
            if jumped || source.target == NOWHERE && handles() == Some(unit as u32) {
                previous = from - 1;
            }
        }
        let Some(before) = units.get(previous as usize) else { return Some(here.line) };
        let begins = before.line != here.line
            || match Opcode::from_u8(code.canonical[2 * previous as usize]) {
                // Where starts and resumptions are monitored, the line that they are on begins after them.
                Some(Opcode::RESUME) => sites.events[previous as usize] & (1 << PY_START | 1 << PY_RESUME) != 0,
                // What was thrown into a suspended frame.
                Some(Opcode::YIELD_VALUE) => true,
                _ => false,
            };
        begins.then_some(here.line)
    }

    /// The events that a tool wants in this code only.
    pub fn local(code: &Ref<Code>, tool: usize) -> u32 {
        code.sites.borrow().as_ref().map_or(0, |s| s.local[tool])
    }

    /// Sets those.
    pub fn set_local(code: &Ref<Code>, tool: usize, events: u32) {
        Sites::of(code, |s| s.local[tool] = events)
    }

    /// The tools that want an event somewhere in the code, as bits.
    pub fn wants(vm: &Vm, code: &Ref<Code>, event: usize) -> u8 {
        let global = &vm.state().monitor.events;
        let sites = code.sites.borrow();
        (0..ALL_TOOLS).fold(0, |tools, t| {
            let events = global[t] | sites.as_ref().map_or(0, |s| s.local[t]);
            tools | ((events >> event & 1) as u8) << t
        })
    }

    /// The tools that want an event at a unit, as bits.
    pub fn tools(vm: &Vm, code: &Ref<Code>, unit: usize, event: usize) -> u8 {
        let wanted = Sites::wants(vm, code, event);
        let sites = code.sites.borrow();
        let disabled = sites.as_ref().and_then(|s| s.disabled.get(&(unit as u32, event as u8)).copied());
        wanted & !disabled.unwrap_or(0)
    }

    /// A tool wants no more of an event at a unit.
    pub fn disable(vm: &mut Vm, code: &Ref<Code>, unit: usize, event: usize, tool: usize) {
        Sites::of(code, |s| *s.disabled.entry((unit as u32, event as u8)).or_insert(0) |= 1 << tool);
        if Sites::tools(vm, code, unit, event) != 0 {
            return;
        }
        let left = Sites::of(code, |s| {
            let Some(events) = s.events.get_mut(unit) else { return 1 };
            *events &= !(1 << event);
            *events
        });
        if left == 0 {
            restore(code, unit);
        }
    }

    /// Puts instructions in place for the events that are wanted now.
    pub fn instrument(vm: &mut Vm, code: &Ref<Code>) {
        code.instrumentation.set(vm.instrumentation.get());
        let monitor = &vm.state().monitor;
        let restarts = monitor.restarts;
        let mut wanted = monitor.any();
        let had = code.sites.borrow().is_some();
        if had {
            wanted = Sites::of(code, |s| {
                if s.restarts != restarts {
                    s.restarts = restarts;
                    s.disabled.clear();
                }
                s.local.iter().fold(wanted, |all, e| all | e)
            });
        }
        wanted &= (1 << LOCAL_EVENTS) - 1;
        if wanted == 0 && !had {
            return;
        }
        let all = instructions(code);
        let mut events = vec![0u32; code.units.len()];
        if wanted != 0 {
            let traceable = first_traceable(&all);
            for i in all.iter().filter(|i| i.first >= traceable) {
                events[i.unit] |= kinds(i.op, i.arg) & wanted;
                if wanted & 1 << INSTRUCTION != 0 && i.op != Opcode::RESUME {
                    events[i.unit] |= 1 << INSTRUCTION;
                }
            }
            if wanted & 1 << LINE != 0 {
                add_lines(code, &all, &mut events);
                Sites::of(code, |s| {
                    if s.units.is_empty() {
                        s.units = describe(code, &all);
                    }
                });
            }
        }
        // What every tool that wants it has switched off stays off.
        let off: Vec<(u32, u8)> = Sites::of(code, |s| s.disabled.keys().copied().collect());
        for (unit, event) in off {
            if Sites::tools(vm, code, unit as usize, event as usize) == 0
                && let Some(e) = events.get_mut(unit as usize)
            {
                *e &= !(1 << event);
            }
        }
        for (unit, &e) in events.iter().enumerate() {
            if e != 0 {
                let cell = &code.units[unit];
                cell.set(cell.get() & 0xFF00 | Opcode::INSTRUMENTED_INSTRUCTION as u16);
            } else if code.units[unit].get() as u8 == Opcode::INSTRUMENTED_INSTRUCTION as u8
                && Sites::events(code, unit) != 0
            {
                restore(code, unit);
            }
        }
        Sites::of(code, |s| s.events = if wanted == 0 { Vec::new() } else { events });
    }
}

/// Puts the instruction itself back.
fn restore(code: &Ref<Code>, unit: usize) {
    let cell = &code.units[unit];
    cell.set(cell.get() & 0xFF00 | code.canonical[2 * unit] as u16);
}
