//! Handlers of operators: arithmetic, comparison, truth, subscripts.

use super::names::placed;
use crate::eval::args;
use crate::eval::dispatch::{Fp, Ip, Vp, again, next, op};
use crate::eval::frame::{self, code_of, globals, local};
use crate::eval::lookup;
use crate::eval::specialize::{self, tick};
use crate::eval::unwind::unwind;
use crate::eval::word::{self, at, both_ints, float, from_int_shifted, int, int_shifted, is_float, release};
use crate::eval::{FALSE_WORD, NONE_WORD, TRUE_WORD, bool_word};
use crate::protocol::compare::hash_small;
use crate::protocol::container::{known_equal_sets, known_hash, known_in_set, known_place};
use crate::slots::{BinaryOp, CompareOp};
use crate::types::int::arithmetic::{binary_medium, medium};
use crate::types::slice::Slice;
use crate::{Ref, Result, Value, Vm, name};
use taipan_bytecode::Opcode;
use taipan_object::dict::Located;
use taipan_object::statics::{BYTES, DICT, FROZENSET, LIST, SET, STR, TUPLE};
use taipan_object::value::{FLOAT_OFFSET, INT_TAG};
use taipan_object::{Bytes, Dict, List, Set, Str, StrData, Tuple};

/// Code units of `BINARY_OP` with its caches.
const BINARY: usize = 6;
/// The argument of `BINARY_OP` that means `a[b]`.
const SUBSCRIPT: usize = 26;

#[inline(never)]
unsafe fn binary(vm: *mut Vm, a: *const u64, b: *const u64, arg: usize) -> u64 {
    // SAFETY: the contract of handlers: both words are on the stack.
    unsafe {
        let (a, b) = (at(a), at(b));
        let result = word::of(match BinaryOp::from_number(arg) {
            Some(op) if arg < SUBSCRIPT => match binary_medium(&mut *vm, op, a, b) {
                Some(result) => result,
                None => (*vm).binary(op, a, b),
            },
            _ => {
                if let Some(s) = b.downcast_exact::<Slice>().filter(|s| s.step.is_none()) {
                    let r = plain_slice(vm, a, s.start.bits(), s.stop.bits());
                    if r != 0 {
                        return r;
                    }
                }
                if b.is_small_int()
                    && let Some(bytes) = a.downcast_exact::<Bytes>()
                    && let Some(&byte) = bytes.as_bytes().get(place(b.bits(), bytes.len()))
                {
                    return INT_TAG | byte as u64;
                }
                (*vm).get_item(a, b)
            }
        });
        (*vm).drain();
        result
    }
}

op!(BINARY_OP, |ip, sp, frame, vm, arg| {
    if tick(ip) {
        specialize::binary_op(ip, vm, frame, *sp.sub(2), *sp.sub(1), arg);
        return again(ip, sp, frame, vm, arg);
    }
    (*frame).ip = ip;
    let r = binary(vm, sp.sub(2), sp.sub(1), arg);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    let b = *sp.sub(1);
    let a = std::mem::replace(&mut *sp.sub(2), r);
    release(b, vm);
    release(a, vm);
    next(ip.add(BINARY), sp.sub(1), frame, vm)
});

macro_rules! int_op {
    ($name:ident, $f:ident, |$a:ident, $b:ident| ($left:expr, $right:expr)) => {
        op!($name, |ip, sp, frame, vm, arg| {
            let ($a, $b) = (*sp.sub(2), *sp.sub(1));
            if both_ints($a, $b) {
                let (n, overflow) = i64::$f($left, $right);
                if !overflow {
                    *sp.sub(2) = from_int_shifted(n);
                    return next(ip.add(BINARY), sp.sub(1), frame, vm);
                }
            }
            BINARY_OP(ip, sp, frame, vm, arg)
        });
    };
}

int_op!(BINARY_OP_ADD_INT, overflowing_add, |a, b| (int_shifted(a), int_shifted(b)));
int_op!(BINARY_OP_SUBTRACT_INT, overflowing_sub, |a, b| (int_shifted(a), int_shifted(b)));
int_op!(BINARY_OP_MULTIPLY_INT, overflowing_mul, |a, b| (int(a), int_shifted(b)));

macro_rules! float_op {
    ($name:ident, $op:tt) => {
        op!($name, |ip, sp, frame, vm, arg| {
            let (a, b) = (*sp.sub(2), *sp.sub(1));
            if is_float(a) && is_float(b) {
                let x = float(a) $op float(b);
                if !x.is_nan() {
                    *sp.sub(2) = x.to_bits() + FLOAT_OFFSET;
                    return next(ip.add(BINARY), sp.sub(1), frame, vm);
                }
            }
            BINARY_OP(ip, sp, frame, vm, arg)
        });
    };
}

float_op!(BINARY_OP_ADD_FLOAT, +);
float_op!(BINARY_OP_SUBTRACT_FLOAT, -);
float_op!(BINARY_OP_MULTIPLY_FLOAT, *);

op!(BINARY_OP_EXTEND, |ip, sp, frame, vm, arg| {
    let r = specialize::number_op(*sp.sub(2), *sp.sub(1), arg);
    if r != 0 {
        // Numbers that lie in the word need no release.
        *sp.sub(2) = r;
        return next(ip.add(BINARY), sp.sub(1), frame, vm);
    }
    BINARY_OP(ip, sp, frame, vm, arg)
});

#[inline(never)]
unsafe fn concat(vm: *mut Vm, a: u64, b: u64) -> u64 {
    // SAFETY: the caller has tested that both are exact strings.
    unsafe {
        let (x, y) = (&*word::payload::<Str>(a), &*word::payload::<Str>(b));
        if x.is_empty() || y.is_empty() {
            return word::cloned(if y.is_empty() { a } else { b }).into_bits();
        }
        match (*vm).concat_str(x, y) {
            Ok(s) => s.into_value().into_bits(),
            Err(_) => 0,
        }
    }
}

op!(BINARY_OP_ADD_UNICODE, |ip, sp, frame, vm, arg| {
    let (a, b) = (*sp.sub(2), *sp.sub(1));
    let str_type = STR.as_type().address();
    if word::type_address(a) != str_type || word::type_address(b) != str_type {
        return BINARY_OP(ip, sp, frame, vm, arg);
    }
    (*frame).ip = ip;
    let r = concat(vm, a, b);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    *sp.sub(2) = r;
    release(b, vm);
    release(a, vm);
    next(ip.add(BINARY), sp.sub(1), frame, vm)
});

/// The place in a sequence of `len` items that an immediate int means; `len` or more: none.
#[inline(always)]
fn place(index: u64, len: usize) -> usize {
    let i = int(index);
    // A negative index wraps around to a number above every length unless it reaches into the sequence.
    (if i < 0 { i + len as i64 } else { i }) as usize
}

op!(BINARY_OP_SUBSCR_LIST_INT, |ip, sp, frame, vm, arg| {
    let (a, b) = (*sp.sub(2), *sp.sub(1));
    if word::type_address(a) == LIST.as_type().address() && Value::is_small_int(at(sp.sub(1))) {
        let items = (*word::payload::<List>(a)).items();
        let i = place(b, items.len());
        if i < items.len() {
            let w = items.get_unchecked(i).bits();
            word::retain(w);
            *sp.sub(2) = w;
            if word::dying(a) {
                return super::stack::free_next(ip.add(BINARY), sp.sub(1), frame, vm, a as usize);
            }
            return next(ip.add(BINARY), sp.sub(1), frame, vm);
        }
    }
    BINARY_OP(ip, sp, frame, vm, arg)
});

op!(BINARY_OP_SUBSCR_TUPLE_INT, |ip, sp, frame, vm, arg| {
    let (a, b) = (*sp.sub(2), *sp.sub(1));
    if word::type_address(a) == TUPLE.as_type().address() && Value::is_small_int(at(sp.sub(1))) {
        let items = (*word::payload::<Tuple>(a)).items();
        let i = place(b, items.len());
        if i < items.len() {
            let w = items.get_unchecked(i).bits();
            word::retain(w);
            *sp.sub(2) = w;
            if word::dying(a) {
                return super::stack::free_next(ip.add(BINARY), sp.sub(1), frame, vm, a as usize);
            }
            return next(ip.add(BINARY), sp.sub(1), frame, vm);
        }
    }
    BINARY_OP(ip, sp, frame, vm, arg)
});

/// The place of a key in a dict, or that it is not there, where that can be told without asking any key.
#[inline(always)]
unsafe fn known(dict: &Dict, key: u64) -> Option<Option<usize>> {
    // SAFETY: the caller's word is on the stack.
    let key = unsafe { at(&raw const key) };
    known_hash(key).and_then(|hash| known_place(dict, key, hash))
}

/// The value of a key in a dict, where no key has to be asked whether it is equal: a new reference, or 0.
#[inline(never)]
unsafe fn dict_get_plain(dict: u64, key: u64) -> u64 {
    // SAFETY: the caller has tested that it is a dict.
    unsafe {
        let dict = &*word::payload::<Dict>(dict);
        let found = if word::type_address(key) == STR.as_type().address() {
            dict.get_str(&*word::payload::<Str>(key))
        } else if key >= INT_TAG {
            dict.get_small_int(int(key))
        } else {
            known(dict, key).flatten().and_then(|place| dict.value_at(place))
        };
        found.map_or(0, |v| v.clone().into_bits())
    }
}

op!(BINARY_OP_SUBSCR_DICT, |ip, sp, frame, vm, arg| {
    let (a, b) = (*sp.sub(2), *sp.sub(1));
    if word::type_address(a) == DICT.as_type().address() {
        let r = dict_get_plain(a, b);
        if r != 0 {
            *sp.sub(2) = r;
            release(b, vm);
            release(a, vm);
            return next(ip.add(BINARY), sp.sub(1), frame, vm);
        }
    }
    BINARY_OP(ip, sp, frame, vm, arg)
});

/// The Python function that a subscript of the object calls with it and one argument; 0 where that is not at hand.
#[inline(never)]
unsafe fn subscript_function(w: u64, vm: Vp) -> u64 {
    // SAFETY: a word on the stack.
    unsafe {
        let f = lookup::known_function(w, vm, name!("__getitem__"));
        if f != 0 && (*code_of(f)).exact_args == 2 && frame::has_room(vm, code_of(f)) { f } else { 0 }
    }
}

op!(
    /// A subscript of an instance whose class has a Python function for it.
    BINARY_OP_SUBSCR_GETITEM,
    |ip, sp, frame, vm, arg| {
        let f = subscript_function(*sp.sub(2), vm);
        if f == 0 {
            return BINARY_OP(ip, sp, frame, vm, arg);
        }
        let code = code_of(f);
        (*frame).ip = ip;
        (*frame).sp = sp.sub(2);
        (*frame).return_offset = BINARY as u16;
        word::retain(f);
        let callee = frame::push_in_room(vm, code, f, frame);
        args::fill_simple(callee, code, sp.sub(2), 2);
        next((*code).start(), (*callee).sp, callee, vm)
    }
);

#[inline(never)]
unsafe fn str_item(vm: *mut Vm, s: u64, i: u64) -> u64 {
    // SAFETY: the caller has tested that it is an exact string and an immediate int.
    unsafe {
        let data = (*word::payload::<Str>(s)).data();
        match data.get(place(i, data.len())) {
            Some(code) => match (*vm).char_str(code) {
                Ok(c) => c.into_value().into_bits(),
                Err(_) => 0,
            },
            None => 0,
        }
    }
}

op!(BINARY_OP_SUBSCR_STR_INT, |ip, sp, frame, vm, arg| {
    let (a, b) = (*sp.sub(2), *sp.sub(1));
    if word::type_address(a) == STR.as_type().address() && Value::is_small_int(at(sp.sub(1))) {
        if let StrData::Ascii(text) = (*word::payload::<Str>(a)).data()
            && let Some(&code) = text.get(place(b, text.len()))
            && let Some(c) = (*vm).eval.chars[code as usize]
        {
            // Such strings are immortal.
            *sp.sub(2) = c.as_value().bits();
            if word::dying(a) {
                return super::stack::free_next(ip.add(BINARY), sp.sub(1), frame, vm, a as usize);
            }
            return next(ip.add(BINARY), sp.sub(1), frame, vm);
        }
        let r = str_item(vm, a, b);
        if r != 0 {
            *sp.sub(2) = r;
            if word::dying(a) {
                return super::stack::free_next(ip.add(BINARY), sp.sub(1), frame, vm, a as usize);
            }
            return next(ip.add(BINARY), sp.sub(1), frame, vm);
        }
    }
    BINARY_OP(ip, sp, frame, vm, arg)
});

#[inline(never)]
unsafe fn append(vm: *mut Vm, a: u64, b: u64) -> u64 {
    // SAFETY: the caller has tested that both are exact strings, and gives the first away.
    unsafe {
        let a = Ref::<Str>::from_value_unchecked(Value::from_bits(a));
        let more = &*word::payload::<Str>(b);
        if a.is_empty() {
            return word::cloned(b).into_bits();
        }
        if more.is_empty() {
            return a.into_value().into_bits();
        }
        match (*vm).append_str(a, more) {
            Ok(s) => s.into_value().into_bits(),
            Err(_) => 0,
        }
    }
}

/// Where the variable lies that the instruction at `ip` stores to; null if it is another instruction, or the variable is
/// in a namespace that does not have it where it was last.
#[inline(always)]
pub unsafe fn stored_next(ip: Ip, frame: Fp, vm: Vp) -> *mut u64 {
    // SAFETY: the contract of handlers.
    unsafe {
        let unit = *ip as usize;
        match unit & 0xFF {
            op if op == Opcode::STORE_FAST as usize => local(frame, unit >> 8),
            op if op == Opcode::STORE_NAME as usize => placed((*frame).locals, frame, vm, unit >> 8),
            op if op == Opcode::STORE_GLOBAL as usize => placed(globals(frame).as_value().bits(), frame, vm, unit >> 8),
            _ => std::ptr::null_mut(),
        }
    }
}

op!(
    /// `s += t` of a variable: it gives its reference up, so that the text can grow in place.
    BINARY_OP_INPLACE_ADD_UNICODE,
    |ip, sp, frame, vm, arg| {
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        let str_type = STR.as_type().address();
        let place = stored_next(ip.add(BINARY), frame, vm);
        if word::type_address(a) != str_type
            || word::type_address(b) != str_type
            || place.is_null()
            || *place != a
        {
            return BINARY_OP(ip, sp, frame, vm, arg);
        }
        // The stack has a reference of its own.
        let _ = word::dying(a);
        *place = append(vm, a, b);
        if *place == 0 {
            // There was no memory, and the text is gone.
            *place = NONE_WORD();
            *sp.sub(2) = NONE_WORD();
            return unwind(ip, sp, frame, vm, 0);
        }
        if word::dying(b) {
            return super::stack::free_next(ip.add(BINARY + 1), sp.sub(2), frame, vm, b as usize);
        }
        next(ip.add(BINARY + 1), sp.sub(2), frame, vm)
    }
);

/// Where a slice with these bounds begins and ends in a sequence of `len` items, if both are immediate ints or None.
#[inline(always)]
unsafe fn bounds(start: u64, stop: u64, len: usize) -> Option<(usize, usize)> {
    let place = |w: u64, none: usize| {
        if w >= INT_TAG {
            let i = int(w);
            Some(if i < 0 { (i + len as i64).max(0) as usize } else { (i as usize).min(len) })
        } else {
            (w == NONE_WORD()).then_some(none)
        }
    };
    let (start, stop) = (place(start, 0)?, place(stop, len)?);
    Some((start, stop.max(start)))
}

/// `container[start:stop]` of an exact list, tuple or string; 0 where the long way has to decide, or memory is short.
unsafe fn plain_slice(vm: *mut Vm, whole: &Value, start: u64, stop: u64) -> u64 {
    // SAFETY: the caller has the thread; the types say what the payloads are.
    unsafe {
        let container = whole.bits();
        let ty = word::type_address(container);
        let r = if ty == LIST.as_type().address() {
            let items = (*word::payload::<List>(container)).items();
            let Some((from, to)) = bounds(start, stop, items.len()) else { return 0 };
            let mut picked = Vec::new();
            if picked.try_reserve_exact(to - from).is_err() {
                return 0;
            }
            picked.extend_from_slice(&items[from..to]);
            (*vm).new_list(picked).map(Ref::into_value)
        } else if ty == TUPLE.as_type().address() {
            let items = (*word::payload::<Tuple>(container)).items();
            let Some((from, to)) = bounds(start, stop, items.len()) else { return 0 };
            if to - from == items.len() {
                return word::cloned(container).into_bits();
            }
            (*vm).new_tuple_from(&items[from..to]).map(Ref::into_value)
        } else if ty == STR.as_type().address() {
            let s = Ref::<Str>::from_borrowed_unchecked(whole);
            let Some((from, to)) = bounds(start, stop, s.len()) else { return 0 };
            (*vm).str_part(s, from..to).map(Ref::into_value)
        } else if ty == BYTES.as_type().address() {
            let bytes = (*word::payload::<Bytes>(container)).as_bytes();
            let Some((from, to)) = bounds(start, stop, bytes.len()) else { return 0 };
            if to - from == bytes.len() {
                return word::cloned(container).into_bits();
            }
            (*vm).new_bytes(&bytes[from..to]).map(Ref::into_value)
        } else {
            return 0;
        };
        word::of(r)
    }
}

#[inline(never)]
unsafe fn slice(vm: *mut Vm, sp: *const u64) -> u64 {
    unsafe fn get(vm: &mut Vm, sp: *const u64) -> Result {
        // SAFETY: three words are on the stack.
        unsafe {
            let slice =
                crate::types::slice::new_slice(vm, at(sp.sub(2)).clone(), at(sp.sub(1)).clone(), Value::none())?;
            vm.get_item(at(sp.sub(3)), &slice)
        }
    }
    // SAFETY: the contract of handlers.
    unsafe {
        match plain_slice(vm, at(sp.sub(3)), *sp.sub(2), *sp.sub(1)) {
            0 => word::of(get(&mut *vm, sp)),
            r => r,
        }
    }
}

op!(BINARY_SLICE, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = slice(vm, sp);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    let container = std::mem::replace(&mut *sp.sub(3), r);
    release(*sp.sub(1), vm);
    release(*sp.sub(2), vm);
    release(container, vm);
    next(ip.add(1), sp.sub(2), frame, vm)
});

/// `list[start:stop] = values` of an exact list by as many values of another list or a tuple; false where the long way
/// has to decide.
unsafe fn replace_slice(values: u64, list: u64, start: u64, stop: u64) -> bool {
    // SAFETY: the words are on the stack. Dropping values runs no Python code.
    unsafe {
        if word::type_address(list) != LIST.as_type().address() || values == list {
            return false;
        }
        let ty = word::type_address(values);
        let values = if ty == LIST.as_type().address() {
            (*word::payload::<List>(values)).items()
        } else if ty == TUPLE.as_type().address() {
            (*word::payload::<Tuple>(values)).items()
        } else {
            return false;
        };
        let items = (*word::payload::<List>(list)).items_mut();
        match bounds(start, stop, items.len()) {
            Some((from, to)) if to - from == values.len() => {
                for (item, value) in items[from..to].iter_mut().zip(values) {
                    *item = value.clone();
                }
                true
            }
            _ => false,
        }
    }
}

#[inline(never)]
unsafe fn store_slice(vm: *mut Vm, sp: *const u64) -> bool {
    unsafe fn set(vm: &mut Vm, sp: *const u64) -> Result<()> {
        // SAFETY: four words are on the stack: value, container, start, stop.
        unsafe {
            let slice =
                crate::types::slice::new_slice(vm, at(sp.sub(2)).clone(), at(sp.sub(1)).clone(), Value::none())?;
            vm.set_item(at(sp.sub(3)), &slice, Some(at(sp.sub(4)).clone()))
        }
    }
    // SAFETY: the contract of handlers.
    unsafe { replace_slice(*sp.sub(4), *sp.sub(3), *sp.sub(2), *sp.sub(1)) || set(&mut *vm, sp).is_ok() }
}

op!(STORE_SLICE, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    if !store_slice(vm, sp) {
        return unwind(ip, sp, frame, vm, 0);
    }
    for i in 1..5 {
        release(*sp.sub(i), vm);
    }
    (*vm).drain();
    next(ip.add(1), sp.sub(4), frame, vm)
});

#[inline(never)]
unsafe fn set_item(vm: *mut Vm, sp: *const u64) -> bool {
    // SAFETY: three words are on the stack: value, container, key.
    unsafe {
        if let Some(s) = at(sp.sub(1)).downcast_exact::<Slice>().filter(|s| s.step.is_none())
            && replace_slice(*sp.sub(3), *sp.sub(2), s.start.bits(), s.stop.bits())
        {
            return true;
        }
        (*vm).set_item(at(sp.sub(2)), at(sp.sub(1)), Some(at(sp.sub(3)).clone())).is_ok()
    }
}

op!(STORE_SUBSCR, |ip, sp, frame, vm, arg| {
    if tick(ip) {
        specialize::store_subscr(ip, vm, *sp.sub(2), *sp.sub(1));
        return again(ip, sp, frame, vm, arg);
    }
    (*frame).ip = ip;
    if !set_item(vm, sp) {
        return unwind(ip, sp, frame, vm, 0);
    }
    for i in 1..4 {
        release(*sp.sub(i), vm);
    }
    (*vm).drain();
    next(ip.add(2), sp.sub(3), frame, vm)
});

op!(STORE_SUBSCR_LIST_INT, |ip, sp, frame, vm, arg| {
    let (a, b) = (*sp.sub(2), *sp.sub(1));
    if word::type_address(a) == LIST.as_type().address() && Value::is_small_int(at(sp.sub(1))) {
        let items = (*word::payload::<List>(a)).items_mut();
        let i = place(b, items.len());
        if i < items.len() {
            let item = items.as_mut_ptr().add(i).cast::<u64>();
            let old = std::mem::replace(&mut *item, *sp.sub(3));
            let (list, old_dies) = (word::dying(a), word::dying(old));
            if list | old_dies {
                *sp.sub(3) = old;
                let dying = old_dies as usize | (list as usize) << 1;
                return super::stack::free_pair_next(ip.add(2), sp.sub(3), frame, vm, dying);
            }
            return next(ip.add(2), sp.sub(3), frame, vm);
        }
    }
    STORE_SUBSCR(ip, sp, frame, vm, arg)
});

/// What [`dict_store`] says of a key that is new.
const INSERTED: u64 = 1;

/// `dict[key] = value` where no key need be asked and nothing grows: the old value, [`INSERTED`], or 0 where the long way
/// decides. Takes the value over, and a key that is new.
#[inline(never)]
unsafe fn dict_store(dict: u64, key: u64, value: u64) -> u64 {
    // SAFETY: the caller has tested that it is a dict, and gives the words away that are used.
    unsafe {
        let dict = &mut *word::payload::<Dict>(dict);
        let is_str = word::type_address(key) == STR.as_type().address();
        let (located, hash) = if is_str {
            let s = &*word::payload::<Str>(key);
            (dict.locate_str(s, s.hash()), s.hash())
        } else if key >= INT_TAG {
            (dict.locate_small_int(int(key)), hash_small(int(key)))
        } else {
            (Located::Unknown, 0)
        };
        let place = match located {
            Located::At(place) => Some(Some(place)),
            Located::Free(slot) if dict.has_room(is_str) => {
                dict.insert_at(slot, Value::from_bits(key), hash, Value::from_bits(value));
                return INSERTED;
            }
            Located::Free(_) => return 0,
            Located::Unknown if is_str => {
                let s = &*word::payload::<Str>(key);
                let place = dict.find_str(s, hash);
                if place.is_some() || dict.has_only_str_keys() { Some(place) } else { None }
            }
            Located::Unknown => known(dict, key),
        };
        match place {
            Some(Some(place)) => dict.set_value_at(place, Value::from_bits(value)).map_or(0, Value::into_bits),
            Some(None) if dict.has_room(is_str) => {
                let Some(hash) = known_hash(at(&key)) else { return 0 };
                // There is room, so this cannot fail.
                dict.insert_new(Value::from_bits(key), hash, Value::from_bits(value)).map_or(0, |()| INSERTED)
            }
            _ => 0,
        }
    }
}

op!(STORE_SUBSCR_DICT, |ip, sp, frame, vm, arg| {
    let (a, b) = (*sp.sub(2), *sp.sub(1));
    if word::type_address(a) == DICT.as_type().address() {
        // Memory may be allocated: somebody may want to know where.
        (*frame).ip = ip;
        let old = dict_store(a, b, *sp.sub(3));
        if old == INSERTED {
            if word::dying(a) {
                return super::stack::free_next(ip.add(2), sp.sub(3), frame, vm, a as usize);
            }
            return next(ip.add(2), sp.sub(3), frame, vm);
        }
        if old != 0 {
            release(b, vm);
            release(a, vm);
            if word::dying(old) {
                return super::stack::free_next(ip.add(2), sp.sub(3), frame, vm, old as usize);
            }
            return next(ip.add(2), sp.sub(3), frame, vm);
        }
        if !set_item(vm, sp) {
            return unwind(ip, sp, frame, vm, 0);
        }
        for i in 1..4 {
            release(*sp.sub(i), vm);
        }
        (*vm).drain();
        return next(ip.add(2), sp.sub(3), frame, vm);
    }
    STORE_SUBSCR(ip, sp, frame, vm, arg)
});

#[inline(never)]
unsafe fn delete_item(vm: *mut Vm, sp: *const u64) -> bool {
    // SAFETY: two words are on the stack: container, key.
    unsafe {
        let (container, key) = (at(sp.sub(2)), at(sp.sub(1)));
        match container.downcast_exact::<Dict>() {
            Some(dict) => (*vm).dict_delete(dict, key).is_ok(),
            None => (*vm).set_item(container, key, None).is_ok(),
        }
    }
}

op!(DELETE_SUBSCR, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    if !delete_item(vm, sp) {
        return unwind(ip, sp, frame, vm, 0);
    }
    release(*sp.sub(1), vm);
    release(*sp.sub(2), vm);
    (*vm).drain();
    next(ip.add(1), sp.sub(2), frame, vm)
});

const COMPARISONS: [CompareOp; 6] = CompareOp::ALL;

#[inline(never)]
unsafe fn compare(vm: *mut Vm, a: *const u64, b: *const u64, arg: usize) -> u64 {
    // SAFETY: the contract of handlers: both words are on the stack.
    unsafe {
        let op = COMPARISONS[(arg >> 5) % 6];
        let (a, b) = (at(a), at(b));
        if let (Some(x), Some(y)) = (medium(a), medium(b)) {
            return bool_word(op.holds(x.cmp(&y)));
        }
        if let (Some(x), Some(y)) = (a.downcast_exact::<Set>(), b.downcast_exact::<Set>())
            && matches!(op, CompareOp::Eq | CompareOp::Ne)
            && let Some(equal) = known_equal_sets(x.get(&*vm), y.get(&*vm))
        {
            return bool_word(equal == (op == CompareOp::Eq));
        }
        match (*vm).compare(a, b, op) {
            Err(_) => 0,
            Ok(r) if arg & 16 != 0 => match (*vm).is_truthy(&r) {
                Ok(t) => bool_word(t),
                Err(_) => 0,
            },
            Ok(r) => r.into_bits(),
        }
    }
}

op!(COMPARE_OP, |ip, sp, frame, vm, arg| {
    if tick(ip) {
        specialize::compare_op(ip, vm, *sp.sub(2), *sp.sub(1), arg);
        return again(ip, sp, frame, vm, arg);
    }
    (*frame).ip = ip;
    let r = compare(vm, sp.sub(2), sp.sub(1), arg);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    let b = *sp.sub(1);
    let a = std::mem::replace(&mut *sp.sub(2), r);
    release(b, vm);
    release(a, vm);
    if r == TRUE_WORD() || r == FALSE_WORD() {
        return decided(ip.add(2), sp.sub(2), frame, vm, (r == TRUE_WORD()) as usize);
    }
    next(ip.add(2), sp.sub(1), frame, vm)
});

op!(
    /// Goes on at `ip` with a truth value, which is not zero for true: jumps if the instruction there wants that, or
    /// pushes it.
    #[inline(always)]
    decided,
    |ip, sp, frame, vm, arg| {
        let unit = *ip as usize;
        if unit & 0xFF == Opcode::POP_JUMP_IF_FALSE as usize {
            let to = if arg == 0 { ip.add(2 + (unit >> 8)) } else { past_not_taken(ip.add(2)) };
            return next(to, sp, frame, vm);
        }
        if unit & 0xFF == Opcode::POP_JUMP_IF_TRUE as usize {
            let to = if arg != 0 { ip.add(2 + (unit >> 8)) } else { past_not_taken(ip.add(2)) };
            return next(to, sp, frame, vm);
        }
        *sp = bool_word(arg != 0);
        next(ip, sp.add(1), frame, vm)
    }
);

/// The instruction behind a `NOT_TAKEN`, if that is what is there.
#[inline(always)]
unsafe fn past_not_taken(ip: Ip) -> Ip {
    // SAFETY: code does not end with a conditional jump.
    unsafe { ip.add((*ip as u8 == Opcode::NOT_TAKEN as u8) as usize) }
}

op!(COMPARE_OP_INT, |ip, sp, frame, vm, arg| {
    let (a, b) = (*sp.sub(2), *sp.sub(1));
    if both_ints(a, b) {
        let (x, y) = (int_shifted(a), int_shifted(b));
        // The argument's low bits say for which outcomes the comparison holds: 2 less, 4 greater, 8 equal.
        let outcome = if x < y {
            2
        } else if x > y {
            4
        } else {
            8
        };
        return decided(ip.add(2), sp.sub(2), frame, vm, arg & outcome);
    }
    COMPARE_OP(ip, sp, frame, vm, arg)
});

op!(COMPARE_OP_FLOAT, |ip, sp, frame, vm, arg| {
    let (a, b) = (*sp.sub(2), *sp.sub(1));
    if is_float(a) && is_float(b) {
        let (x, y) = (float(a), float(b));
        let outcome = if x < y {
            2
        } else if x > y {
            4
        } else {
            8
        };
        return decided(ip.add(2), sp.sub(2), frame, vm, arg & outcome);
    }
    COMPARE_OP(ip, sp, frame, vm, arg)
});

#[inline(never)]
unsafe fn same_text(a: u64, b: u64) -> bool {
    // SAFETY: the caller has tested that both are exact strings.
    unsafe { *word::payload::<Str>(a) == *word::payload::<Str>(b) }
}

op!(COMPARE_OP_STR, |ip, sp, frame, vm, arg| {
    let (a, b) = (*sp.sub(2), *sp.sub(1));
    let str_type = STR.as_type().address();
    if word::type_address(a) == str_type && word::type_address(b) == str_type {
        if a == b || (*word::payload::<Str>(a)).len() != (*word::payload::<Str>(b)).len() {
            // Only `==` and `!=` are specialised; "equal" is among the outcomes for which the former holds.
            return decided_of_two(ip.add(2), sp, frame, vm, ((arg & 8 != 0) == (a == b)) as usize);
        }
        return compare_texts(ip, sp, frame, vm, arg);
    }
    COMPARE_OP(ip, sp, frame, vm, arg)
});

op!(
    /// Compares two strings of one length.
    #[inline(never)]
    compare_texts,
    |ip, sp, frame, vm, arg| {
        let same = same_text(*sp.sub(2), *sp.sub(1));
        decided_of_two(ip.add(2), sp, frame, vm, ((arg & 8 != 0) == same) as usize)
    }
);

op!(
    /// As [`decided`], of the two words on top of the stack, which are given back.
    #[inline(always)]
    decided_of_two,
    |ip, sp, frame, vm, arg| {
        let (a, b) = (word::dying(*sp.sub(2)), word::dying(*sp.sub(1)));
        if a | b {
            let dying = a as usize | (b as usize) << 1;
            return decided_freeing(ip, sp.sub(2), frame, vm, dying << 1 | arg);
        }
        decided(ip, sp.sub(2), frame, vm, arg)
    }
);

op!(
    /// Frees those of the two words above the stack that bits 1 and 2 of `arg` stand for, then goes on with bit 0.
    #[cold]
    #[inline(never)]
    decided_freeing,
    |ip, sp, frame, vm, arg| {
        (*frame).ip = ip.sub(1);
        super::stack::free_pair(sp, arg >> 1, vm);
        decided(ip, sp, frame, vm, arg & 1)
    }
);

op!(IS_OP, |ip, sp, frame, vm, arg| {
    let same = *sp.sub(2) == *sp.sub(1);
    decided_of_two(ip.add(1), sp, frame, vm, (same != (arg & 1 != 0)) as usize)
});

#[inline(never)]
unsafe fn contains(vm: *mut Vm, sp: *const u64, arg: usize) -> u64 {
    // SAFETY: two words are on the stack: item, container.
    unsafe {
        let (item, container) = (*sp.sub(2), *sp.sub(1));
        let ty = word::type_address(container);
        if ty == STR.as_type().address()
            && word::type_address(item) == STR.as_type().address()
            && let StrData::Ascii(text) = (*word::payload::<Str>(container)).data()
            && let StrData::Ascii([one]) = (*word::payload::<Str>(item)).data()
        {
            return bool_word(text.contains(one) != (arg & 1 != 0));
        }
        let items = if ty == LIST.as_type().address() {
            (*word::payload::<List>(container)).items()
        } else if ty == TUPLE.as_type().address() {
            (*word::payload::<Tuple>(container)).items()
        } else {
            &[]
        };
        // Among immediate ints and floats, and as long as only such come before what is found, words tell.
        if item >= INT_TAG
            && let Some(found) = items.iter().take_while(|v| v.is_small_int()).find(|v| v.bits() == item)
        {
            let _ = found;
            return bool_word(arg & 1 == 0);
        }
        match (*vm).contains(at(sp.sub(1)), at(sp.sub(2))) {
            Ok(found) => bool_word(found != (arg & 1 != 0)),
            Err(_) => 0,
        }
    }
}

op!(CONTAINS_OP_DICT, |ip, sp, frame, vm, arg| {
    let (a, b) = (*sp.sub(2), *sp.sub(1));
    if word::type_address(b) == DICT.as_type().address() {
        let known = dict_has(b, a);
        if known != UNKNOWN {
            return decided_of_two(ip.add(2), sp, frame, vm, (known != (arg & 1)) as usize);
        }
    }
    CONTAINS_OP(ip, sp, frame, vm, arg)
});

/// Neither 0 nor 1: the long way has to decide.
const UNKNOWN: usize = 2;

/// Whether a dict has a key, as 0 or 1, where no key has to be asked whether it is equal.
#[inline(never)]
unsafe fn dict_has(dict: u64, key: u64) -> usize {
    // SAFETY: the caller has tested that it is a dict.
    unsafe {
        let dict = &*word::payload::<Dict>(dict);
        if word::type_address(key) == STR.as_type().address() {
            let s = &*word::payload::<Str>(key);
            let found = dict.find_str(s, s.hash()).is_some();
            if found || dict.has_only_str_keys() { found as usize } else { UNKNOWN }
        } else if key >= INT_TAG && dict.find_small_int(int(key)).is_some() {
            1
        } else {
            known(dict, key).map_or(UNKNOWN, |place| place.is_some() as usize)
        }
    }
}

/// The same for a set or frozenset.
#[inline(never)]
unsafe fn set_has(set: u64, key: u64) -> usize {
    // SAFETY: the caller has tested that it is one of them, which have the same table.
    unsafe {
        let set = &*word::payload::<Set>(set);
        let key = at(&raw const key);
        match known_hash(key).and_then(|hash| known_in_set(set, key, hash)) {
            Some(found) => found as usize,
            None => UNKNOWN,
        }
    }
}

op!(CONTAINS_OP_SET, |ip, sp, frame, vm, arg| {
    let (a, b) = (*sp.sub(2), *sp.sub(1));
    let ty = word::type_address(b);
    if ty == SET.as_type().address() || ty == FROZENSET.as_type().address() {
        let known = set_has(b, a);
        if known != UNKNOWN {
            release(b, vm);
            release(a, vm);
            return decided(ip.add(2), sp.sub(2), frame, vm, (known != (arg & 1)) as usize);
        }
    }
    CONTAINS_OP(ip, sp, frame, vm, arg)
});

op!(CONTAINS_OP, |ip, sp, frame, vm, arg| {
    if tick(ip) {
        specialize::contains_op(ip, vm, *sp.sub(1));
        return again(ip, sp, frame, vm, arg);
    }
    (*frame).ip = ip;
    let r = contains(vm, sp, arg);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    let b = *sp.sub(1);
    let a = std::mem::replace(&mut *sp.sub(2), r);
    release(b, vm);
    release(a, vm);
    next(ip.add(2), sp.sub(1), frame, vm)
});

#[inline(never)]
unsafe fn truth(vm: *mut Vm, sp: *const u64) -> u64 {
    // SAFETY: one word is on the stack.
    match unsafe { (*vm).is_truthy(at(sp.sub(1))) } {
        Ok(t) => bool_word(t),
        Err(_) => 0,
    }
}

op!(TO_BOOL, |ip, sp, frame, vm, arg| {
    if tick(ip) {
        specialize::to_bool(ip, vm, *sp.sub(1));
        return again(ip, sp, frame, vm, arg);
    }
    (*frame).ip = ip;
    let r = truth(vm, sp);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    let v = std::mem::replace(&mut *sp.sub(1), r);
    release(v, vm);
    next(ip.add(4), sp, frame, vm)
});

op!(TO_BOOL_BOOL, |ip, sp, frame, vm, arg| {
    let v = *sp.sub(1);
    if v == TRUE_WORD() || v == FALSE_WORD() {
        return next(ip.add(4), sp, frame, vm);
    }
    TO_BOOL(ip, sp, frame, vm, arg)
});

op!(TO_BOOL_INT, |ip, sp, frame, vm, arg| {
    if Value::is_small_int(at(sp.sub(1))) {
        return decided(ip.add(4), sp.sub(1), frame, vm, (int_shifted(*sp.sub(1)) != 0) as usize);
    }
    TO_BOOL(ip, sp, frame, vm, arg)
});

op!(TO_BOOL_NONE, |ip, sp, frame, vm, arg| {
    if *sp.sub(1) == NONE_WORD() {
        return decided(ip.add(4), sp.sub(1), frame, vm, 0);
    }
    TO_BOOL(ip, sp, frame, vm, arg)
});

op!(TO_BOOL_LIST, |ip, sp, frame, vm, arg| {
    let v = *sp.sub(1);
    if word::type_address(v) == LIST.as_type().address() {
        *sp.sub(1) = bool_word((*word::payload::<List>(v)).len() != 0);
        if word::dying(v) {
            return super::stack::free_next(ip.add(4), sp, frame, vm, v as usize);
        }
        return next(ip.add(4), sp, frame, vm);
    }
    TO_BOOL(ip, sp, frame, vm, arg)
});

op!(TO_BOOL_STR, |ip, sp, frame, vm, arg| {
    let v = *sp.sub(1);
    if word::type_address(v) == STR.as_type().address() {
        *sp.sub(1) = bool_word(!(*word::payload::<Str>(v)).is_empty());
        if word::dying(v) {
            return super::stack::free_next(ip.add(4), sp, frame, vm, v as usize);
        }
        return next(ip.add(4), sp, frame, vm);
    }
    TO_BOOL(ip, sp, frame, vm, arg)
});

op!(UNARY_NOT, |ip, sp, frame, vm, arg| {
    // The compiler puts TO_BOOL before it.
    *sp.sub(1) = bool_word(*sp.sub(1) == FALSE_WORD());
    next(ip.add(1), sp, frame, vm)
});

#[inline(never)]
unsafe fn negative(vm: *mut Vm, sp: *const u64) -> u64 {
    // SAFETY: one word is on the stack.
    unsafe { word::of((*vm).neg(at(sp.sub(1)))) }
}

op!(UNARY_NEGATIVE, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = negative(vm, sp);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    let v = std::mem::replace(&mut *sp.sub(1), r);
    release(v, vm);
    next(ip.add(1), sp, frame, vm)
});

#[inline(never)]
unsafe fn inverted(vm: *mut Vm, sp: *const u64) -> u64 {
    // SAFETY: one word is on the stack.
    unsafe { word::of((*vm).invert(at(sp.sub(1)))) }
}

op!(UNARY_INVERT, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = inverted(vm, sp);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    let v = std::mem::replace(&mut *sp.sub(1), r);
    release(v, vm);
    next(ip.add(1), sp, frame, vm)
});
