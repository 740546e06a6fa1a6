//! Instructions that rewrite themselves for the operands they meet (PEP 659).
//!
//! The first cache unit of an adaptive instruction counts down. In its general form it counts executions, and at zero
//! is specialised for the operands at hand; in a specialised form it counts misses, each of which executes the general
//! form, so at zero it is specialised anew for what it meets now. So a site that changes its mind follows, and one that
//! nothing fits asks again only rarely.

use super::dispatch::{Fp, Ip, Sp, Vp};
use super::frame::{builtins, globals};
use super::lookup::{self, Found, Kind, NO_INDEX, Own};
use super::ops::names::name_at;
use super::word::{at, both_ints, float, int, is_float, type_address};
use crate::stress::Specialize;
use crate::types::descriptor::MethodDescriptor;
use crate::types::dict::views::DICT_ITEM_ITERATOR;
use crate::types::enumerate::ENUMERATE;
use crate::types::function::{Function, Method};
use crate::types::generator::GENERATOR;
use crate::types::list::LIST_ITERATOR;
use crate::types::module::{MODULE, Module};
use crate::types::native_function::NativeFunction;
use crate::types::property::Property;
use crate::types::range::RANGE_ITERATOR;
use crate::types::tuple::TUPLE_ITERATOR;
use crate::types::zip_map_filter::ZIP;
use crate::{Ref, Str, Type, Value, Vm, name, slots};
use std::cell::Cell;
use taipan_bytecode::Opcode;
use taipan_bytecode::oparg::BinaryOp;
use taipan_object::instance::{INLINE_LIVE, INLINE_VALUES};
use taipan_object::statics::{DICT, FROZENSET, LIST, SET, STR, TUPLE, TYPE, WEAKREF};
use taipan_object::value::{FLOAT_OFFSET, INT_MAX, INT_MIN, INT_TAG};
use taipan_object::{Tuple, TypeFlags};

/// Executions before an instruction is first specialised.
pub const WARM_UP: u16 = 3;
/// Misses before a specialised instruction is specialised anew.
const PATIENCE: u16 = 24;
/// Executions before an instruction that nothing fitted is looked at again.
const COOL_DOWN: u16 = 2000;
/// The bits of the counter that count down; those above say how often the site has changed its mind.
const COUNT: u16 = 0xFFF;
/// Changes of mind after which a site keeps the general form for a while.
const FICKLE: u16 = 3;

/// What has become of instructions with an opcode. Counted where instructions are rewritten, not where they run.
#[derive(Clone, Copy, Default, Debug)]
pub struct Counts {
    /// Instructions that took this specialised form.
    pub specialized: u32,
    /// Instructions that left it, each after [`PATIENCE`] misses.
    pub missed: u32,
    /// Of a general form: how often none fitted, after which it is executed [`COOL_DOWN`] times.
    pub refused: u32,
}

/// Counts by opcode number.
pub struct AllCounts(pub Box<[Counts; 256]>);

impl AllCounts {
    /// Nothing has happened yet.
    pub fn new() -> AllCounts {
        AllCounts(Box::new([Counts::default(); 256]))
    }
}

impl Vm {
    /// What has become of the instructions that this thread has executed, by name, for `-X stats`.
    pub fn specialization_counts(&self) -> Vec<(&'static str, Counts)> {
        let counts = self.eval.counts.0.iter().enumerate();
        let used = counts.filter(|(_, c)| c.specialized + c.missed + c.refused > 0);
        used.filter_map(|(n, c)| Some((Opcode::from_u8(n as u8)?.name(), *c))).collect()
    }
}

/// The instructions of a code object, ready to run.
pub fn prepare(canonical: &[u8], when: Specialize) -> Box<[Cell<u16>]> {
    let warm_up = if when == Specialize::Eager { 0 } else { WARM_UP };
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
            counter.set(warm_up);
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
        if n & COUNT == 0 {
            return may_change(ip);
        }
        *counter = n - 1;
        false
    }
}

/// Counts as [`tick`] does, but leaves it to a handler of its own to ask [`may_change`], so that this one calls nothing.
#[inline(always)]
pub unsafe fn is_due(ip: Ip) -> bool {
    // SAFETY: as for tick.
    unsafe {
        let counter = ip.add(1).cast_mut();
        let n = *counter;
        if n & COUNT == 0 {
            return true;
        }
        *counter = n - 1;
        false
    }
}

/// Whether the instruction is one that can be rewritten; where events are reported, it is not.
#[cold]
pub unsafe fn may_change(ip: Ip) -> bool {
    // SAFETY: as for tick.
    unsafe {
        if *ip as u8 == Opcode::INSTRUMENTED_INSTRUCTION as u8 {
            *ip.add(1).cast_mut() = COOL_DOWN;
            return false;
        }
        true
    }
}

unsafe fn become_(ip: Ip, vm: Vp, op: Opcode) {
    // SAFETY: as for tick.
    unsafe {
        let patience = match (*vm).state().stress.specialize {
            Specialize::Warm => PATIENCE,
            Specialize::Eager => 0,
            Specialize::Never => return give_up(ip, vm),
        };
        let unit = ip.cast_mut();
        let counter = ip.add(1).cast_mut();
        let before = *unit as u8;
        let again = Opcode::from_u8(before).is_some_and(Opcode::is_specialized);
        let changes = (*counter >> 12) + again as u16;
        if again {
            (*vm).eval.counts.0[before as usize].missed += 1;
        }
        if changes > FICKLE {
            // The general form copes with anything; after the next rest one more attempt is made.
            *counter = (FICKLE - 1) << 12;
            return give_up(ip, vm);
        }
        (*vm).eval.counts.0[op as usize].specialized += 1;
        *unit = *unit & 0xFF00 | op as u16;
        *counter = patience | changes << 12;
    }
}

unsafe fn give_up(ip: Ip, vm: Vp) {
    // SAFETY: as for tick; what is there is an opcode.
    unsafe {
        let unit = ip.cast_mut();
        if let Some(op) = Opcode::from_u8(*unit as u8) {
            *unit = *unit & 0xFF00 | op.deopt() as u16;
            (*vm).eval.counts.0[op.deopt() as usize].refused += 1;
        }
        let counter = ip.add(1).cast_mut();
        *counter = *counter & !COUNT | COOL_DOWN;
    }
}

unsafe fn choose(ip: Ip, vm: Vp, op: Option<Opcode>) {
    // SAFETY: the caller's contract.
    unsafe {
        match op {
            Some(op) => become_(ip, vm, op),
            None => give_up(ip, vm),
        }
    }
}

/// # Safety
/// Of all functions here: `ip` points to an instruction of the kind that the name says, with its caches; words are the
/// operands.
#[cold]
#[inline(never)]
pub unsafe fn binary_op(ip: Ip, vm: Vp, frame: Fp, a: u64, b: u64, arg: usize) {
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
                    let place = super::ops::arith::stored_next(ip.add(6), frame, vm);
                    let to_itself = !place.is_null() && *place == a;
                    Some(if to_itself { Opcode::BINARY_OP_INPLACE_ADD_UNICODE } else { Opcode::BINARY_OP_ADD_UNICODE })
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
                } else if container == DICT.as_type().address()
                    && (type_address(b) == str_type
                        || b >= INT_TAG
                        || [TUPLE.as_type(), TYPE.as_type(), WEAKREF.as_type()]
                            .iter()
                            .any(|ty| ty.address() == type_address(b)))
                {
                    Some(Opcode::BINARY_OP_SUBSCR_DICT)
                } else if container == str_type && b >= INT_TAG {
                    Some(Opcode::BINARY_OP_SUBSCR_STR_INT)
                } else if has_getitem(a, vm) {
                    Some(Opcode::BINARY_OP_SUBSCR_GETITEM)
                } else {
                    None
                }
            }
            _ => None,
        };
        let chosen = chosen.or_else(|| (number_op(a, b, arg) != 0).then_some(Opcode::BINARY_OP_EXTEND));
        choose(ip, vm, chosen);
    }
}

/// Whether a subscript of the object calls a Python function of its class.
unsafe fn has_getitem(a: u64, vm: Vp) -> bool {
    // SAFETY: a value on the stack.
    unsafe {
        let ty = at(&raw const a).ty();
        !ty.flags().has(TypeFlags::TYPE_SUBCLASS)
            && lookup::read(&mut *vm, ty, name!("__getitem__")).kind == lookup::Kind::Method
            && lookup::known_function(a, vm, name!("__getitem__")) != 0
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
pub unsafe fn compare_op(ip: Ip, vm: Vp, a: u64, b: u64, arg: usize) {
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
        choose(ip, vm, chosen);
    }
}

#[cold]
#[inline(never)]
pub unsafe fn contains_op(ip: Ip, vm: Vp, container: u64) {
    // SAFETY: the caller's contract.
    unsafe {
        let ty = type_address(container);
        let op = if ty == DICT.as_type().address() {
            Some(Opcode::CONTAINS_OP_DICT)
        } else if ty == SET.as_type().address() || ty == FROZENSET.as_type().address() {
            Some(Opcode::CONTAINS_OP_SET)
        } else {
            None
        };
        choose(ip, vm, op);
    }
}

#[cold]
#[inline(never)]
pub unsafe fn to_bool(ip: Ip, vm: Vp, v: u64) {
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
        choose(ip, vm, chosen);
    }
}

#[cold]
#[inline(never)]
pub unsafe fn store_subscr(ip: Ip, vm: Vp, container: u64, key: u64) {
    // SAFETY: the caller's contract.
    unsafe {
        let ty = type_address(container);
        let list = ty == LIST.as_type().address() && key >= INT_TAG;
        let dict = (ty == DICT.as_type().address()).then_some(Opcode::STORE_SUBSCR_DICT);
        choose(ip, vm, if list { Some(Opcode::STORE_SUBSCR_LIST_INT) } else { dict });
    }
}

#[cold]
#[inline(never)]
pub unsafe fn unpack_sequence(ip: Ip, vm: Vp, v: u64, arg: usize) {
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
        choose(ip, vm, chosen);
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
        let (offset, op) = match found {
            Some(place) => (module.get(vm).value_offset(place), Opcode::LOAD_GLOBAL_MODULE),
            None => {
                let place = built_in.get(vm).find_str(name, name.hash());
                let builtins_version = built_in.get(vm).assign_keys_version(vm);
                let code = &*(*frame).code;
                let Some(place) = place.filter(|_| builtins_version != 0) else { return give_up(ip, vm) };
                if code.builtins_version.get() != builtins_version {
                    forget_builtins(&code.units);
                    code.builtins_version.set(builtins_version);
                }
                (built_in.get(vm).value_offset(place), Opcode::LOAD_GLOBAL_BUILTIN)
            }
        };
        let Some(offset) = offset.filter(|_| version != 0) else { return give_up(ip, vm) };
        *ip.add(2).cast_mut() = offset;
        ip.add(3).cast_mut().cast::<u32>().write_unaligned(version);
        become_(ip, vm, op);
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

/// Where the caches of `LOAD_ATTR` and `STORE_ATTR` hold what, in code units from the instruction.
pub mod attr {
    /// Version of the object's class (of a module: of the keys of its namespace), two units.
    pub const VERSION: usize = 2;
    /// An offset, an index, or the two halves of a metaclass's version.
    pub const A: usize = 4;
    /// Offset of the byte that says how many inline values there are.
    pub const LIVE: usize = 5;
    /// Index of an inline value.
    pub const INDEX: usize = 6;
    /// What the class has, borrowed: four units.
    pub const DESCRIPTOR: usize = 6;
}

/// # Safety
/// As for all here; the iterator is `it`.
#[cold]
#[inline(never)]
pub unsafe fn for_iter(ip: Ip, vm: Vp, it: u64) {
    // SAFETY: the caller's contract.
    unsafe {
        let ty = type_address(it);
        let unit = *ip.add(2);
        let pairs = unit >> 8 == 2
            && Opcode::from_u8(unit as u8).is_some_and(|o| o.deopt() == Opcode::UNPACK_SEQUENCE)
            && (ty == ENUMERATE.as_type().address()
                || ty == ZIP.as_type().address()
                || ty == DICT_ITEM_ITERATOR.as_type().address());
        let op = if ty == LIST_ITERATOR.as_type().address() {
            Opcode::FOR_ITER_LIST
        } else if ty == TUPLE_ITERATOR.as_type().address() {
            Opcode::FOR_ITER_TUPLE
        } else if ty == RANGE_ITERATOR.as_type().address() {
            Opcode::FOR_ITER_RANGE
        } else if ty == GENERATOR.as_type().address() {
            Opcode::FOR_ITER_GEN
        } else if pairs {
            Opcode::FOR_ITER_PAIR
        } else {
            Opcode::FOR_ITER_NATIVE
        };
        become_(ip, vm, op)
    }
}

/// # Safety
/// As for all here; callable and arguments are on the stack.
#[cold]
#[inline(never)]
pub unsafe fn call(ip: Ip, sp: Sp, vm: Vp, arg: usize) {
    // SAFETY: the caller's contract.
    unsafe {
        let op = choose_call(ip, sp, &mut *vm, arg);
        choose(ip, vm, op)
    }
}

unsafe fn choose_call(ip: Ip, sp: Sp, vm: &mut Vm, arg: usize) -> Option<Opcode> {
    // SAFETY: the caller's contract.
    unsafe {
        let base = sp.sub(arg + 2);
        let callee = at(base);
        let with_receiver = *base.add(1) != 0;
        let n = arg + with_receiver as usize;
        if let Some(f) = callee.downcast_exact::<Function>() {
            let exact = f.get(vm).code.exact_args as usize == n;
            return Some(if exact { Opcode::CALL_PY_EXACT_ARGS } else { Opcode::CALL_PY_GENERAL });
        }
        if let Some(m) = callee.downcast_exact::<Method>() {
            let exact = m.function.downcast_exact::<Function>()?.get(vm).code.exact_args as usize == n + 1;
            let op = if exact { Opcode::CALL_BOUND_METHOD_EXACT_ARGS } else { Opcode::CALL_BOUND_METHOD_GENERAL };
            return (!with_receiver).then_some(op);
        }
        if let Some(f) = callee.downcast_exact::<NativeFunction>() {
            let which = match f.def.name {
                "len" if arg == 1 => Some(0),
                "isinstance" if arg == 2 => Some(1),
                _ => None,
            };
            if let Some(which) = which
                && !with_receiver
                && vm.builtin(f.def.name).is_ok_and(|b| b.is(callee))
            {
                callee.header().inspect(|h| h.make_immortal());
                vm.eval.known[which] = callee.bits();
                return Some([Opcode::CALL_LEN, Opcode::CALL_ISINSTANCE][which]);
            }
            let op = if arg == 1 { Opcode::CALL_BUILTIN_O } else { Opcode::CALL_BUILTIN_FAST };
            return (!with_receiver).then_some(op);
        }
        if let Some(m) = callee.downcast_exact::<MethodDescriptor>() {
            if !with_receiver {
                return Some(Opcode::CALL_NON_PY_GENERAL);
            }
            if arg == 1 && m.def.name == "append" && m.owner.is(&LIST.as_ref()) && LIST.is_exact(at(base.add(1))) {
                callee.header().inspect(|h| h.make_immortal());
                vm.eval.known[2] = *base;
                return Some(Opcode::CALL_LIST_APPEND);
            }
            return Some(match arg {
                0 => Opcode::CALL_METHOD_DESCRIPTOR_NOARGS,
                1 => Opcode::CALL_METHOD_DESCRIPTOR_O,
                _ => Opcode::CALL_METHOD_DESCRIPTOR_FAST,
            });
        }
        if let Some(class) = callee.as_type() {
            if with_receiver {
                return None;
            }
            if arg == 1 && class.is(TYPE.as_type()) {
                return Some(Opcode::CALL_TYPE_1);
            }
            if arg == 1 && class.is(STR.as_type()) {
                return Some(Opcode::CALL_STR_1);
            }
            let Some(init) = lookup::plain_init(vm, class) else { return Some(Opcode::CALL_NON_PY_GENERAL) };
            let version = vm.type_version(class);
            class.init_cache().set(init);
            set_u32(ip, 2, version);
            return (version != 0).then_some(Opcode::CALL_ALLOC_AND_ENTER_INIT);
        }
        // Other callables of native classes: partial functions, caches, method wrappers.
        (!callee.ty().flags().has(TypeFlags::HEAP)).then_some(Opcode::CALL_NON_PY_GENERAL)
    }
}

/// Two units of a cache as a number.
#[inline(always)]
pub unsafe fn cached_u32(ip: Ip, at: usize) -> u32 {
    // SAFETY: the instruction has that many units.
    unsafe { ip.add(at).cast::<u32>().read_unaligned() }
}

/// Four units of a cache as a word.
#[inline(always)]
pub unsafe fn cached_word(ip: Ip, at: usize) -> u64 {
    // SAFETY: the instruction has that many units.
    unsafe { ip.add(at).cast::<u64>().read_unaligned() }
}

unsafe fn set_unit(ip: Ip, at: usize, n: u16) {
    // SAFETY: the instruction has that many units, which are cells.
    unsafe { *ip.add(at).cast_mut() = n }
}

unsafe fn set_u32(ip: Ip, at: usize, n: u32) {
    // SAFETY: as above.
    unsafe { ip.add(at).cast_mut().cast::<u32>().write_unaligned(n) }
}

unsafe fn set_word(ip: Ip, at: usize, n: u64) {
    // SAFETY: as above.
    unsafe { ip.add(at).cast_mut().cast::<u64>().write_unaligned(n) }
}

/// # Safety
/// Here and below also: the object is on the stack.
#[cold]
#[inline(never)]
pub unsafe fn load_attr(ip: Ip, sp: Sp, frame: Fp, vm: Vp, arg: usize) {
    // SAFETY: the caller's contract.
    unsafe {
        let op = choose_load(ip, sp, frame, &mut *vm, arg);
        choose(ip, vm, op)
    }
}

unsafe fn choose_load(ip: Ip, sp: Sp, frame: Fp, vm: &mut Vm, arg: usize) -> Option<Opcode> {
    // SAFETY: the caller's contract.
    unsafe {
        let name = name_at((*frame).code, arg >> 1);
        let object = at(sp.sub(1));
        let ty = object.ty();
        if ty.is(MODULE.as_type()) {
            if vm.lookup_type_attr(ty, name).is_some_and(|v| slots::of(v.ty()).set.is_some()) {
                return None;
            }
            let dict = object.downcast::<Module>()?.get(vm).dict.as_ref()?;
            let place = dict.get(vm).find_str(name, name.hash())?;
            let offset = dict.get(vm).value_offset(place)?;
            let version = dict.get(vm).assign_keys_version(vm);
            set_u32(ip, attr::VERSION, version);
            set_unit(ip, attr::A, offset);
            return (version != 0).then_some(Opcode::LOAD_ATTR_MODULE);
        }
        if let Some(class) = object.as_type() {
            let found = lookup::read_class(vm, class, ty, name);
            if found.kind != Kind::Plain || class.version() == 0 || ty.version() == 0 {
                return None;
            }
            set_u32(ip, attr::VERSION, class.version());
            set_word(ip, attr::DESCRIPTOR, found.descriptor);
            if ty.is(TYPE.as_type()) {
                return Some(Opcode::LOAD_ATTR_CLASS);
            }
            set_u32(ip, attr::A, ty.version());
            return Some(Opcode::LOAD_ATTR_CLASS_WITH_METACLASS_CHECK);
        }
        let found = lookup::read(vm, ty, name);
        if ty.version() == 0 {
            return None;
        }
        set_u32(ip, attr::VERSION, ty.version());
        let method = arg & 1 != 0;
        match found.kind {
            Kind::Other | Kind::GetSet | Kind::ClassMethod | Kind::StaticMethod => None,
            Kind::Slot => {
                set_unit(ip, attr::A, found.index);
                Some(Opcode::LOAD_ATTR_SLOT)
            }
            Kind::Property => {
                let p = &*super::word::payload::<Property>(found.descriptor);
                let simple = p.getter.as_ref().and_then(|g| g.downcast_exact::<Function>()).is_some_and(|g| {
                    let code = &g.get(vm).code;
                    code.simple && code.argcount == 1
                });
                set_word(ip, attr::DESCRIPTOR, found.descriptor);
                (simple && !method).then_some(Opcode::LOAD_ATTR_PROPERTY)
            }
            Kind::Missing | Kind::Plain | Kind::Method => choose_own(ip, vm, object, ty, name, found, method),
        }
    }
}

unsafe fn choose_own(
    ip: Ip,
    vm: &mut Vm,
    object: &Value,
    ty: &Type,
    name: &Ref<Str>,
    found: Found,
    method: bool,
) -> Option<Opcode> {
    // SAFETY: the caller's contract.
    unsafe {
        let base = ty.basicsize();
        let live = u16::try_from(base + INLINE_LIVE).ok()?;
        let dict = vm.instance_dict_if_made(object);
        if found.own == Own::Inline && found.index != NO_INDEX && dict.is_none() {
            vm.instance_attr(object, name)?;
            set_unit(ip, attr::A, u16::try_from(base + INLINE_VALUES + 8 * found.index as usize).ok()?);
            set_unit(ip, attr::LIVE, live);
            set_unit(ip, attr::INDEX, found.index);
            return Some(Opcode::LOAD_ATTR_INSTANCE_VALUE);
        }
        if let Some(dict) = &dict
            && let Some(place) = dict.get(vm).find_str(name, name.hash())
        {
            set_unit(ip, attr::A, u16::try_from(place).ok()?);
            return Some(Opcode::LOAD_ATTR_WITH_HINT);
        }
        if found.kind == Kind::Missing || (found.kind == Kind::Method && !method) {
            return None;
        }
        set_word(ip, attr::DESCRIPTOR, found.descriptor);
        let bound = found.kind == Kind::Method;
        match found.own {
            Own::Nowhere if bound => Some(Opcode::LOAD_ATTR_METHOD_NO_DICT),
            Own::Nowhere => Some(Opcode::LOAD_ATTR_NONDESCRIPTOR_NO_DICT),
            Own::Inline if dict.is_none() && found.index == NO_INDEX => {
                set_unit(ip, attr::LIVE, live);
                Some(if bound {
                    Opcode::LOAD_ATTR_METHOD_WITH_VALUES
                } else {
                    Opcode::LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES
                })
            }
            _ if dict.is_none() && bound && found.own == Own::Dict => Some(Opcode::LOAD_ATTR_METHOD_LAZY_DICT),
            _ => None,
        }
    }
}

#[cold]
#[inline(never)]
pub unsafe fn store_attr(ip: Ip, sp: Sp, frame: Fp, vm: Vp, arg: usize) {
    // SAFETY: the caller's contract.
    unsafe {
        let op = choose_store(ip, sp, frame, &mut *vm, arg);
        choose(ip, vm, op)
    }
}

unsafe fn choose_store(ip: Ip, sp: Sp, frame: Fp, vm: &mut Vm, arg: usize) -> Option<Opcode> {
    // SAFETY: the caller's contract.
    unsafe {
        let name = name_at((*frame).code, arg);
        let object = at(sp.sub(1));
        let ty = object.ty();
        let found = lookup::store(vm, ty, name);
        if ty.version() == 0 {
            return None;
        }
        set_u32(ip, attr::VERSION, ty.version());
        match (found.kind, found.own) {
            (Kind::Slot, _) => {
                set_unit(ip, attr::A, found.index);
                Some(Opcode::STORE_ATTR_SLOT)
            }
            (Kind::Missing, own) => {
                if let Some(dict) = vm.instance_dict_if_made(object) {
                    let place = dict.get(vm).find_str(name, name.hash())?;
                    set_unit(ip, attr::A, u16::try_from(place).ok()?);
                    return Some(Opcode::STORE_ATTR_WITH_HINT);
                }
                let base = u8::try_from(ty.basicsize() / 8).ok()?;
                if own != Own::Inline || found.index == NO_INDEX {
                    return None;
                }
                set_unit(ip, attr::A, (base as u16) << 8 | found.index);
                Some(Opcode::STORE_ATTR_INSTANCE_VALUE)
            }
            _ => None,
        }
    }
}
