//! Instructions that rewrite themselves for the operands they meet (PEP 659).
//!
//! The first cache unit of an adaptive instruction counts down. In its general form it counts executions, and at zero
//! is specialised for the operands at hand; in a specialised form it counts misses, each of which executes the general
//! form, so at zero it is specialised anew for what it meets now. So a site that changes its mind follows, and one that
//! nothing fits asks again only rarely.

use super::dispatch::{Fp, Ip, Sp, Vp};
use super::frame::{builtins, globals};
use super::ops::names::name_at;
use super::word::{both_ints, float, int, is_float, type_address};
use std::cell::Cell;
use taipan_bytecode::Opcode;
use taipan_bytecode::oparg::BinaryOp;
use taipan_object::Tuple;
use taipan_object::statics::{DICT, LIST, STR, TUPLE};
use taipan_object::value::{FLOAT_OFFSET, INT_MAX, INT_MIN, INT_TAG};

/// Executions before an instruction is first specialised.
const WARM_UP: u16 = 3;
/// Misses before a specialised instruction is specialised anew.
const PATIENCE: u16 = 24;
/// Executions before an instruction that nothing fitted is looked at again.
const COOL_DOWN: u16 = 2000;

/// The instructions of a code object, ready to run.
pub fn prepare(canonical: &[u8]) -> Box<[Cell<u16>]> {
    let units: Box<[Cell<u16>]> =
        canonical.chunks_exact(2).map(|u| Cell::new(u16::from_le_bytes([u[0], u[1]]))).collect();
    let mut at = 0;
    while at < units.len() {
        let Some(op) = Opcode::from_u8(units[at].get() as u8) else {
            at += 1;
            continue;
        };
        let op = op.deopt();
        units[at].set(units[at].get() & 0xFF00 | op as u16);
        if op.caches() > 0
            && let Some(counter) = units.get(at + 1)
        {
            counter.set(WARM_UP);
        }
        at += 1 + op.caches();
    }
    units
}

/// Counts an execution of an instruction in its general form; whether it should be specialised now.
#[inline(always)]
pub unsafe fn tick(ip: Ip) -> bool {
    // SAFETY: the instruction has a cache, whose first unit is the counter. Units are cells.
    unsafe {
        let counter = ip.add(1).cast_mut();
        let n = *counter;
        if n == 0 {
            return true;
        }
        *counter = n - 1;
        false
    }
}

unsafe fn become_(ip: Ip, op: Opcode) {
    // SAFETY: as for tick.
    unsafe {
        let unit = ip.cast_mut();
        *unit = *unit & 0xFF00 | op as u16;
        *ip.add(1).cast_mut() = PATIENCE;
    }
}

unsafe fn give_up(ip: Ip) {
    // SAFETY: as for tick; what is there is an opcode.
    unsafe {
        let unit = ip.cast_mut();
        if let Some(op) = Opcode::from_u8(*unit as u8) {
            *unit = *unit & 0xFF00 | op.deopt() as u16;
        }
        *ip.add(1).cast_mut() = COOL_DOWN;
    }
}

unsafe fn choose(ip: Ip, op: Option<Opcode>) {
    // SAFETY: the caller's contract.
    unsafe {
        match op {
            Some(op) => become_(ip, op),
            None => give_up(ip),
        }
    }
}

/// # Safety
/// Of all functions here: `ip` points to an instruction of the kind that the name says, with its caches; words are the
/// operands.
#[cold]
#[inline(never)]
pub unsafe fn binary_op(ip: Ip, a: u64, b: u64, arg: usize) {
    // SAFETY: the caller's contract.
    unsafe {
        let op = BinaryOp::from_u32(arg as u32);
        let floats = is_float(a) && is_float(b);
        let str_type = STR.as_type().address();
        let chosen = match op {
            Some(BinaryOp::ADD | BinaryOp::INPLACE_ADD) => {
                if both_ints(a, b) {
                    Some(Opcode::BINARY_OP_ADD_INT)
                } else if floats {
                    Some(Opcode::BINARY_OP_ADD_FLOAT)
                } else if type_address(a) == str_type && type_address(b) == str_type {
                    Some(Opcode::BINARY_OP_ADD_UNICODE)
                } else {
                    None
                }
            }
            Some(BinaryOp::SUBTRACT | BinaryOp::INPLACE_SUBTRACT) if both_ints(a, b) => {
                Some(Opcode::BINARY_OP_SUBTRACT_INT)
            }
            Some(BinaryOp::SUBTRACT | BinaryOp::INPLACE_SUBTRACT) if floats => Some(Opcode::BINARY_OP_SUBTRACT_FLOAT),
            Some(BinaryOp::MULTIPLY | BinaryOp::INPLACE_MULTIPLY) if both_ints(a, b) => {
                Some(Opcode::BINARY_OP_MULTIPLY_INT)
            }
            Some(BinaryOp::MULTIPLY | BinaryOp::INPLACE_MULTIPLY) if floats => Some(Opcode::BINARY_OP_MULTIPLY_FLOAT),
            Some(BinaryOp::SUBSCR) => {
                let container = type_address(a);
                if container == LIST.as_type().address() && b >= INT_TAG {
                    Some(Opcode::BINARY_OP_SUBSCR_LIST_INT)
                } else if container == TUPLE.as_type().address() && b >= INT_TAG {
                    Some(Opcode::BINARY_OP_SUBSCR_TUPLE_INT)
                } else if container == DICT.as_type().address() && type_address(b) == str_type {
                    Some(Opcode::BINARY_OP_SUBSCR_DICT)
                } else {
                    None
                }
            }
            _ => None,
        };
        let chosen = chosen.or_else(|| (number_op(a, b, arg) != 0).then_some(Opcode::BINARY_OP_EXTEND));
        choose(ip, chosen);
    }
}

fn float_word(x: f64) -> u64 {
    if x.is_nan() { 0 } else { x.to_bits() + FLOAT_OFFSET }
}

fn int_word(n: i64) -> u64 {
    if (INT_MIN..=INT_MAX).contains(&n) { INT_TAG | (n as u64 & ((1 << 51) - 1)) } else { 0 }
}

/// An operator on two numbers that lie in their words, where the result does too and nothing can go wrong; else 0.
#[inline(never)]
pub fn number_op(a: u64, b: u64, arg: usize) -> u64 {
    let Some(op) = BinaryOp::from_u32(if (13..26).contains(&arg) { arg - 13 } else { arg } as u32) else { return 0 };
    if both_ints(a, b) {
        let (x, y) = (int(a), int(b));
        return match op {
            BinaryOp::AND => int_word(x & y),
            BinaryOp::OR => int_word(x | y),
            BinaryOp::XOR => int_word(x ^ y),
            BinaryOp::RSHIFT if y >= 0 => int_word(x >> y.min(63)),
            BinaryOp::LSHIFT if (0..50).contains(&y) && (x << y) >> y == x => int_word(x << y),
            BinaryOp::FLOOR_DIVIDE if y != 0 => {
                let q = x / y;
                int_word(if x % y != 0 && (x < 0) != (y < 0) { q - 1 } else { q })
            }
            BinaryOp::REMAINDER if y != 0 => {
                let r = x % y;
                int_word(if r != 0 && (r < 0) != (y < 0) { r + y } else { r })
            }
            // Both are exact as floats, so the quotient is rounded once.
            BinaryOp::TRUE_DIVIDE if y != 0 => float_word(x as f64 / y as f64),
            _ => 0,
        };
    }
    let as_float = |w: u64| {
        if is_float(w) {
            Some(float(w))
        } else if w >= INT_TAG {
            Some(int(w) as f64)
        } else {
            None
        }
    };
    let (Some(x), Some(y)) = (as_float(a), as_float(b)) else { return 0 };
    match op {
        BinaryOp::ADD => float_word(x + y),
        BinaryOp::SUBTRACT => float_word(x - y),
        BinaryOp::MULTIPLY => float_word(x * y),
        BinaryOp::TRUE_DIVIDE if y != 0.0 => float_word(x / y),
        _ => 0,
    }
}

#[cold]
#[inline(never)]
pub unsafe fn compare_op(ip: Ip, a: u64, b: u64, arg: usize) {
    // SAFETY: the caller's contract.
    unsafe {
        let str_type = STR.as_type().address();
        let op = arg >> 5;
        let chosen = if both_ints(a, b) {
            Some(Opcode::COMPARE_OP_INT)
        } else if is_float(a) && is_float(b) {
            Some(Opcode::COMPARE_OP_FLOAT)
        } else if (op == 2 || op == 3) && type_address(a) == str_type && type_address(b) == str_type {
            Some(Opcode::COMPARE_OP_STR)
        } else {
            None
        };
        choose(ip, chosen);
    }
}

#[cold]
#[inline(never)]
pub unsafe fn to_bool(ip: Ip, v: u64) {
    // SAFETY: the caller's contract.
    unsafe {
        let ty = type_address(v);
        let chosen = if v == super::TRUE_WORD() || v == super::FALSE_WORD() {
            Some(Opcode::TO_BOOL_BOOL)
        } else if v == super::NONE_WORD() {
            Some(Opcode::TO_BOOL_NONE)
        } else if v >= INT_TAG {
            Some(Opcode::TO_BOOL_INT)
        } else if ty == LIST.as_type().address() {
            Some(Opcode::TO_BOOL_LIST)
        } else if ty == STR.as_type().address() {
            Some(Opcode::TO_BOOL_STR)
        } else {
            None
        };
        choose(ip, chosen);
    }
}

#[cold]
#[inline(never)]
pub unsafe fn store_subscr(ip: Ip, container: u64, key: u64) {
    // SAFETY: the caller's contract.
    unsafe {
        let list = type_address(container) == LIST.as_type().address() && key >= INT_TAG;
        choose(ip, list.then_some(Opcode::STORE_SUBSCR_LIST_INT));
    }
}

#[cold]
#[inline(never)]
pub unsafe fn unpack_sequence(ip: Ip, v: u64, arg: usize) {
    // SAFETY: the caller's contract.
    unsafe {
        let ty = type_address(v);
        let chosen = if ty == TUPLE.as_type().address() {
            let n = (*super::word::payload::<Tuple>(v)).len();
            Some(if n == 2 && arg == 2 { Opcode::UNPACK_SEQUENCE_TWO_TUPLE } else { Opcode::UNPACK_SEQUENCE_TUPLE })
        } else if ty == LIST.as_type().address() {
            Some(Opcode::UNPACK_SEQUENCE_LIST)
        } else {
            None
        };
        choose(ip, chosen);
    }
}

#[cold]
#[inline(never)]
pub unsafe fn load_global(ip: Ip, frame: Fp, vm: Vp, arg: usize) {
    // SAFETY: the caller's contract; places are checked to fit the cache.
    unsafe {
        let vm = &mut *vm;
        let name = name_at((*frame).code, arg >> 1);
        let (module, built_in) = (globals(frame), builtins(frame));
        let found = module.get(vm).find_str(name, name.hash());
        let version = module.get(vm).assign_keys_version(vm);
        let (place, op) = match found {
            Some(place) => (place, Opcode::LOAD_GLOBAL_MODULE),
            None => {
                let place = built_in.get(vm).find_str(name, name.hash());
                let builtins_version = built_in.get(vm).assign_keys_version(vm);
                let code = &*(*frame).code;
                let Some(place) = place.filter(|_| builtins_version != 0) else { return give_up(ip) };
                if code.builtins_version.get() != builtins_version {
                    forget_builtins(&code.units);
                    code.builtins_version.set(builtins_version);
                }
                (place, Opcode::LOAD_GLOBAL_BUILTIN)
            }
        };
        let Ok(place) = u16::try_from(place) else { return give_up(ip) };
        if version == 0 {
            return give_up(ip);
        }
        *ip.add(2).cast_mut() = place;
        ip.add(3).cast_mut().cast::<u32>().write_unaligned(version);
        become_(ip, op);
    }
}

/// The places that a code object's `LOAD_GLOBAL_BUILTIN`s remember belong to another version of the built-in namespace.
fn forget_builtins(units: &[Cell<u16>]) {
    let mut at = 0;
    while at < units.len() {
        let Some(op) = Opcode::from_u8(units[at].get() as u8) else { return };
        if op == Opcode::LOAD_GLOBAL_BUILTIN {
            units[at].set(units[at].get() & 0xFF00 | Opcode::LOAD_GLOBAL as u16);
        }
        at += 1 + op.caches();
    }
}

#[cold]
#[inline(never)]
pub unsafe fn load_attr(ip: Ip, _sp: Sp, _frame: Fp, _vm: Vp, _arg: usize) {
    // SAFETY: the caller's contract.
    unsafe { give_up(ip) }
}

#[cold]
#[inline(never)]
pub unsafe fn store_attr(ip: Ip, _sp: Sp, _frame: Fp, _vm: Vp, _arg: usize) {
    // SAFETY: the caller's contract.
    unsafe { give_up(ip) }
}
