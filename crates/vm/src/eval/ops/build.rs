//! Handlers that make, fill and take apart containers, and format text.

use crate::eval::dispatch::{Fp, Sp, Vp, again, next, op};
use crate::eval::specialize::{self, tick};
use crate::eval::unwind::unwind;
use crate::eval::word::{self, at, release, release_any};
use crate::protocol::container::{known_equal, known_hash};
use crate::types::function::Function;
use crate::{Dict, List, Ref, Result, Str, Tuple, Value, Vm, errors, name, slots};
use taipan_object::set::Search;
use taipan_object::statics::{SET, TUPLE};
use taipan_object::str::StrData;
use taipan_object::value::INT_TAG;
use taipan_object::{Raised, Set};

/// The topmost `n` words of the stack, as an iterator that takes them over.
unsafe fn take(base: Sp, n: usize) -> impl Iterator<Item = Value> {
    // SAFETY: the caller's words are owned, and each is taken once.
    (0..n).map(move |i| unsafe { Value::from_bits(*base.add(i)) })
}

#[inline(never)]
unsafe fn tuple_of(base: Sp, n: usize, vm: Vp) -> u64 {
    // SAFETY: `n` values are on the stack; they are taken only once there is memory.
    unsafe {
        match (*vm).new_tuple_in(TUPLE.as_type(), n, take(base, n)) {
            Ok(t) => t.into_value().into_bits(),
            Err(_) => 0,
        }
    }
}

op!(BUILD_TUPLE, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let base = sp.sub(arg);
    let r = tuple_of(base, arg, vm);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    *base = r;
    next(ip.add(1), base.add(1), frame, vm)
});

#[inline(never)]
unsafe fn list_of(base: Sp, n: usize, vm: Vp) -> u64 {
    // SAFETY: `n` values are on the stack; they are taken only once there is memory.
    unsafe {
        match (*vm).new_list_of_words(base, n) {
            Ok(l) => l.into_value().into_bits(),
            Err(_) => 0,
        }
    }
}

op!(BUILD_LIST, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let base = sp.sub(arg);
    let r = list_of(base, arg, vm);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    *base = r;
    next(ip.add(1), base.add(1), frame, vm)
});

#[inline(never)]
unsafe fn set_of(base: Sp, n: usize, vm: Vp) -> u64 {
    fn make(vm: &mut Vm, items: &[Value]) -> Result {
        // The set comes first: moving one that has just been filled takes longer than filling it.
        let set = vm.new_set()?;
        set.get_mut(vm).make_table()?;
        for item in items {
            let hash = vm.hash_key(item, "a set element")?;
            let table = set.get_mut(vm);
            match table.search(hash, |other| known_equal(other, item)) {
                Search::Found(_) => {}
                Search::Vacant(place) if table.takes_first(place) => table.insert_first(place, item.clone(), hash),
                Search::Vacant(place) => table.insert_at(place, item.clone(), hash)?,
                Search::Unknown => {
                    vm.set_add_hashed(&set, item, hash)?;
                }
            }
        }
        Ok(set.into_value())
    }
    // SAFETY: `n` values are on the stack.
    unsafe { word::of(make(&mut *vm, std::slice::from_raw_parts(base.cast(), n))) }
}

op!(BUILD_SET, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let base = sp.sub(arg);
    let r = set_of(base, arg, vm);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    for i in 0..arg {
        release(*base.add(i), vm);
    }
    *base = r;
    next(ip.add(1), base.add(1), frame, vm)
});

#[inline(never)]
unsafe fn map_of(base: Sp, n: usize, vm: Vp) -> u64 {
    fn make(vm: &mut Vm, items: &[Value]) -> Result {
        let dict = vm.new_dict_with_room(items.len() / 2)?;
        for pair in items.chunks_exact(2) {
            vm.dict_set(&dict, &pair[0], pair[1].clone())?;
        }
        Ok(dict.into_value())
    }
    // SAFETY: `n` keys and values are on the stack.
    unsafe { word::of(make(&mut *vm, std::slice::from_raw_parts(base.cast(), 2 * n))) }
}

op!(BUILD_MAP, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let base = sp.sub(2 * arg);
    let r = map_of(base, arg, vm);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    for i in 0..2 * arg {
        release(*base.add(i), vm);
    }
    *base = r;
    next(ip.add(1), base.add(1), frame, vm)
});

#[inline(never)]
unsafe fn slice_of(base: Sp, n: usize, vm: Vp) -> u64 {
    // SAFETY: two or three values are on the stack.
    unsafe {
        let step = if n == 3 { at(base.add(2)).clone() } else { Value::none() };
        word::of(crate::types::slice::new_slice(&mut *vm, at(base).clone(), at(base.add(1)).clone(), step))
    }
}

op!(BUILD_SLICE, |ip, sp, frame, vm, arg| {
    let base = sp.sub(arg);
    let r = slice_of(base, arg, vm);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    for i in 0..arg {
        release(*base.add(i), vm);
    }
    *base = r;
    next(ip.add(1), base.add(1), frame, vm)
});

/// The joined text of strings.
pub fn join(vm: &mut Vm, parts: &[Value]) -> Result {
    if let Some(made) = vm.join_str(name!(""), parts)? {
        return Ok(made.into_value());
    }
    let texts = || parts.iter().filter_map(|p| p.downcast::<Str>());
    let length = texts().try_fold(0usize, |n, s| n.checked_add(s.len())).ok_or(Raised)?;
    if texts().all(|s| s.is_ascii()) {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(length).map_err(|_| Raised)?;
        for s in texts() {
            bytes.extend_from_slice(s.as_ascii().unwrap_or_default().as_bytes());
        }
        return vm.new_str_data(StrData::Ascii(&bytes)).map(Ref::into_value);
    }
    let mut points: Vec<u32> = Vec::new();
    points.try_reserve_exact(length).map_err(|_| Raised)?;
    for s in texts() {
        points.extend(s.data().code_points());
    }
    vm.new_str_data(StrData::Ucs4(&points)).map(Ref::into_value)
}

#[inline(never)]
unsafe fn string_of(base: Sp, n: usize, vm: Vp) -> u64 {
    // SAFETY: `n` strings are on the stack.
    unsafe { word::of(join(&mut *vm, std::slice::from_raw_parts(base.cast(), n))) }
}

op!(BUILD_STRING, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let base = sp.sub(arg);
    let r = string_of(base, arg, vm);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    for i in 0..arg {
        release(*base.add(i), vm);
    }
    *base = r;
    next(ip.add(1), base.add(1), frame, vm)
});

#[inline(always)]
unsafe fn list_at<'a>(at: Sp) -> &'a mut List {
    // SAFETY: the compiler keeps a list there.
    unsafe { &mut *word::payload::<List>(*at) }
}

op!(LIST_APPEND, |ip, sp, frame, vm, arg| {
    if list_at(sp.sub(1 + arg)).push_in_room(*sp.sub(1)) {
        return next(ip.add(1), sp.sub(1), frame, vm);
    }
    list_append_slow(ip, sp, frame, vm, arg)
});

op!(
    #[inline(never)]
    list_append_slow,
    |ip, sp, frame, vm, arg| {
        // Memory is allocated: somebody may want to know where.
        (*frame).ip = ip;
        if append(sp.sub(1 + arg), *sp.sub(1)) {
            return next(ip.add(1), sp.sub(1), frame, vm);
        }
        unwind(ip, sp.sub(1), frame, vm, 0)
    }
);

#[inline(always)]
unsafe fn append(list: Sp, item: u64) -> bool {
    // SAFETY: the item is owned; if there is no memory it is dropped.
    unsafe { list_at(list).push(Value::from_bits(item)).is_ok() }
}

/// The items of what stands behind `*` in a call or display.
pub fn spread_items(vm: &mut Vm, iterable: &Value) -> Result<Vec<Value>> {
    if slots::of(iterable.ty()).iter.is_none() && !vm.is_iterable(iterable) {
        let text = format!("Value after * must be an iterable, not {}", iterable.ty().name());
        return Err(vm.raise_type_error(&text));
    }
    vm.collect_for_list(iterable)
}

/// The items of what stands behind `*` in a call of `callee`.
pub fn spread_argument(vm: &mut Vm, callee: &Value, iterable: &Value) -> Result<Vec<Value>> {
    if slots::of(iterable.ty()).iter.is_none() && !vm.is_iterable(iterable) {
        let name = callee_name(vm, callee)?;
        let text = format!("{name} argument after * must be an iterable, not {}", iterable.ty().name());
        return Err(vm.raise_type_error(&text));
    }
    vm.collect_for_tuple(iterable)
}

#[inline(never)]
unsafe fn extend(sp: Sp, arg: usize, vm: Vp) -> bool {
    // SAFETY: the compiler keeps a list there, and something to iterate over on top.
    unsafe {
        let vm = &mut *vm;
        let from = at(sp.sub(1));
        // Appending runs no code.
        match Ref::<List>::from_borrowed_unchecked(at(sp.sub(1 + arg))).extend_from(vm, from) {
            Ok(false) => {}
            done => return done.is_ok(),
        }
        match spread_items(vm, from) {
            Ok(items) => {
                for item in items {
                    if list_at(sp.sub(1 + arg)).push(item).is_err() {
                        return false;
                    }
                }
                true
            }
            Err(_) => false,
        }
    }
}

op!(LIST_EXTEND, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    if !extend(sp, arg, vm) {
        return unwind(ip, sp, frame, vm, 0);
    }
    release(*sp.sub(1), vm);
    next(ip.add(1), sp.sub(1), frame, vm)
});

#[inline(never)]
unsafe fn add_to_set(sp: Sp, arg: usize, vm: Vp) -> bool {
    // SAFETY: two values are on the stack, and the first is a set.
    unsafe {
        let (set, vm) = (at(sp.sub(1 + arg)), &mut *vm);
        // `__conditional_annotations__` is a variable like others: the program may have changed it.
        if !SET.is_exact(set) && !set.ty().is_subtype(SET.as_type()) {
            let _ = vm.raise_type_error(&format!("'{}' object is not a set", set.ty().name()));
            return false;
        }
        vm.set_add(Ref::from_borrowed_unchecked(set), at(sp.sub(1))).is_ok()
    }
}

op!(SET_ADD, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    if !add_to_set(sp, arg, vm) {
        return unwind(ip, sp, frame, vm, 0);
    }
    release(*sp.sub(1), vm);
    next(ip.add(1), sp.sub(1), frame, vm)
});

#[inline(never)]
unsafe fn update_set(sp: Sp, arg: usize, vm: Vp) -> bool {
    fn update(vm: &mut Vm, set: &Ref<Set>, from: &Value) -> Result<()> {
        // Items of a list that a key's own methods change are those that it has when their turn comes.
        if let Some(list) = from.downcast_exact::<List>() {
            let mut i = 0;
            while let Some(item) = list.items(vm).get(i).cloned() {
                i += 1;
                if let Some(hash) = known_hash(&item) {
                    match set.get(vm).search(hash, |other| known_equal(other, &item)) {
                        Search::Found(_) => continue,
                        Search::Vacant(place) => {
                            set.get_mut(vm).insert_at(place, item, hash)?;
                            continue;
                        }
                        Search::Unknown => {}
                    }
                }
                vm.set_add(set, &item)?;
            }
            return Ok(());
        }
        for item in vm.collect(from)? {
            vm.set_add(set, &item)?;
        }
        Ok(())
    }
    // SAFETY: the compiler keeps a set there.
    unsafe { update(&mut *vm, Ref::from_borrowed_unchecked(at(sp.sub(1 + arg))), at(sp.sub(1))).is_ok() }
}

op!(SET_UPDATE, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    if !update_set(sp, arg, vm) {
        return unwind(ip, sp, frame, vm, 0);
    }
    release(*sp.sub(1), vm);
    next(ip.add(1), sp.sub(1), frame, vm)
});

#[inline(never)]
unsafe fn add_to_map(sp: Sp, arg: usize, vm: Vp) -> bool {
    // SAFETY: the compiler keeps a dict there, and key and value on top.
    unsafe {
        let dict = Ref::from_borrowed_unchecked(at(sp.sub(2 + arg)));
        (*vm).dict_set(dict, at(sp.sub(2)), at(sp.sub(1)).clone()).is_ok()
    }
}

op!(MAP_ADD, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    if !add_to_map(sp, arg, vm) {
        return unwind(ip, sp, frame, vm, 0);
    }
    release(*sp.sub(1), vm);
    release(*sp.sub(2), vm);
    (*vm).drain();
    next(ip.add(1), sp.sub(2), frame, vm)
});

/// The keys of a mapping, by its method; nothing if it has none.
fn keys_of(vm: &mut Vm, mapping: &Value) -> Result<Option<Vec<Value>>> {
    let Some(method) = vm.get_attr_opt(mapping, name!("keys"))? else { return Ok(None) };
    let keys = vm.call(&method, &[])?;
    vm.collect(&keys).map(Some)
}

/// `dict.update(mapping)`; with `unique` a key that is there already is refused: then it is the error.
fn merge(vm: &mut Vm, dict: &Ref<Dict>, from: &Value, unique: bool) -> Result<std::result::Result<(), Option<Value>>> {
    if let Some(other) = from.downcast_exact::<Dict>() {
        if unique {
            let mut at = 0;
            while let Some((k, v, h)) = other.get(vm).next(&mut at) {
                let (k, v) = (k.clone(), v.clone());
                if vm.dict_find(dict, &k, h)?.is_some() {
                    return Ok(Err(Some(k)));
                }
                vm.dict_set_hashed(dict, &k, h, v)?;
            }
        } else {
            vm.dict_update(dict, other)?;
        }
        return Ok(Ok(()));
    }
    let Some(keys) = keys_of(vm, from)? else { return Ok(Err(None)) };
    for key in keys {
        if unique && vm.dict_get(dict, &key)?.is_some() {
            return Ok(Err(Some(key)));
        }
        let value = vm.get_item(from, &key)?;
        vm.dict_set(dict, &key, value)?;
    }
    Ok(Ok(()))
}

#[inline(never)]
unsafe fn update_map(sp: Sp, arg: usize, vm: Vp) -> bool {
    // SAFETY: the compiler keeps a dict there, and a mapping on top.
    unsafe {
        let vm = &mut *vm;
        let from = at(sp.sub(1));
        match merge(vm, Ref::from_borrowed_unchecked(at(sp.sub(1 + arg))), from, false) {
            Ok(Ok(())) => true,
            Ok(Err(_)) => {
                let _ = vm.raise_type_error(&format!("'{}' object is not a mapping", from.ty().name()));
                false
            }
            Err(_) => false,
        }
    }
}

op!(DICT_UPDATE, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    if !update_map(sp, arg, vm) {
        return unwind(ip, sp, frame, vm, 0);
    }
    release(*sp.sub(1), vm);
    next(ip.add(1), sp.sub(1), frame, vm)
});

/// How a callable is named in messages: `module.function()`.
fn callee_name(vm: &mut Vm, callee: &Value) -> Result<String> {
    if let Some(f) = callee.downcast::<Function>() {
        let f = f.get(vm);
        let qualname = f.qualname.to_string_lossy();
        let module = f.module.downcast::<Str>().map(|m| m.to_string_lossy());
        return Ok(match module {
            Some(m) if m != "builtins" => format!("{m}.{qualname}()"),
            _ => format!("{qualname}()"),
        });
    }
    let Some(qualname) = vm.get_attr_opt(callee, name!("__qualname__"))? else {
        return Ok(vm.str(callee)?.to_string_lossy());
    };
    let qualname = vm.str(&qualname)?.to_string_lossy();
    let module = vm.get_attr_opt(callee, name!("__module__"))?;
    if let Some(module) = module.filter(|m| !m.is_none()) {
        let module = vm.str(&module)?.to_string_lossy();
        if module != "builtins" {
            return Ok(format!("{module}.{qualname}()"));
        }
    }
    Ok(format!("{qualname}()"))
}

#[inline(never)]
unsafe fn merge_map(sp: Sp, arg: usize, vm: Vp) -> bool {
    fn complain(vm: &mut Vm, callee: &Value, from: &Value, key: Option<Value>) -> Result<()> {
        let name = callee_name(vm, callee)?;
        let text = match key {
            None => format!("{name} argument after ** must be a mapping, not {}", from.ty().name()),
            Some(key) => {
                let key = vm.str(&key)?.to_string_lossy();
                format!("{name} got multiple values for keyword argument '{key}'")
            }
        };
        Err(vm.raise_type_error(&text))
    }
    // SAFETY: the compiler keeps a dict there, a mapping on top, and the callable below.
    unsafe {
        let vm = &mut *vm;
        let from = at(sp.sub(1));
        let callee = at(sp.sub(4 + arg));
        match merge(vm, Ref::from_borrowed_unchecked(at(sp.sub(1 + arg))), from, true) {
            Ok(Ok(())) => true,
            Ok(Err(key)) => complain(vm, callee, from, key).is_ok(),
            Err(_) => false,
        }
    }
}

op!(DICT_MERGE, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    if !merge_map(sp, arg, vm) {
        return unwind(ip, sp, frame, vm, 0);
    }
    release(*sp.sub(1), vm);
    next(ip.add(1), sp.sub(1), frame, vm)
});

/// The items that are unpacked into `before` targets, or with `after` into `before`, a list and `after` more.
fn unpack(vm: &mut Vm, v: &Value, before: usize, after: Option<usize>) -> Result<Vec<Value>> {
    let it = match vm.iter(v) {
        Ok(it) => it,
        Err(raised) => {
            if vm.raised_is(errors::TYPE_ERROR.as_type()) && slots::of(v.ty()).iter.is_none() && !vm.is_iterable(v) {
                drop(vm.take_raised(raised));
                let text = format!("cannot unpack non-iterable {} object", v.ty().name());
                return Err(vm.raise_type_error(&text));
            }
            return Err(raised);
        }
    };
    let mut items = Vec::with_capacity(before + 1 + after.unwrap_or(0));
    while items.len() < before {
        match vm.next(&it)? {
            Some(item) => items.push(item),
            None => {
                let got = items.len();
                let text = match after {
                    None => format!("not enough values to unpack (expected {before}, got {got})"),
                    Some(after) => {
                        format!("not enough values to unpack (expected at least {}, got {got})", before + after)
                    }
                };
                return Err(vm.raise_value_error(&text));
            }
        }
    }
    let Some(after) = after else {
        if vm.next(&it)?.is_none() {
            return Ok(items);
        }
        // Only of what has a length that can be trusted is the number told.
        let known = v.downcast_exact::<List>().map(|l| l.get(vm).len()).or_else(|| {
            v.downcast_exact::<Tuple>().map(|t| t.len()).or_else(|| v.downcast_exact::<Dict>().map(|d| d.get(vm).len()))
        });
        let text = match known.filter(|&n| n > before) {
            Some(n) => format!("too many values to unpack (expected {before}, got {n})"),
            None => format!("too many values to unpack (expected {before})"),
        };
        return Err(vm.raise_value_error(&text));
    };
    let mut rest = vm.collect(&it)?;
    if rest.len() < after {
        let text =
            format!("not enough values to unpack (expected at least {}, got {})", before + after, before + rest.len());
        return Err(vm.raise_value_error(&text));
    }
    let last = rest.split_off(rest.len() - after);
    items.push(vm.new_list(rest)?.into_value());
    items.extend(last);
    Ok(items)
}

/// The same as [`unpack_onto`] of an exact list or tuple that is long enough, with a list among the targets.
unsafe fn unpack_plain(sp: Sp, vm: Vp, before: usize, after: usize) -> bool {
    // SAFETY: as for unpack_onto.
    unsafe {
        let v = *sp.sub(1);
        let ty = word::type_address(v);
        let items = if ty == TUPLE.as_type().address() {
            (*word::payload::<Tuple>(v)).items()
        } else if ty == taipan_object::statics::LIST.as_type().address() {
            (*word::payload::<List>(v)).items()
        } else {
            return false;
        };
        if items.len() < before + after {
            return false;
        }
        let (first, last) = items.split_at(before);
        let (rest, last) = last.split_at(last.len() - after);
        let mut middle = Vec::new();
        if middle.try_reserve_exact(rest.len()).is_err() {
            return false;
        }
        middle.extend_from_slice(rest);
        let Ok(middle) = (*vm).new_list(middle) else { return false };
        let mut to = sp.sub(1);
        for item in last.iter().rev() {
            *to = item.clone().into_bits();
            to = to.add(1);
        }
        *to = middle.into_value().into_bits();
        to = to.add(1);
        for item in first.iter().rev() {
            *to = item.clone().into_bits();
            to = to.add(1);
        }
        release(v, vm);
        true
    }
}

/// Replaces the topmost value by the items that it is unpacked into, the first on top.
#[inline(never)]
unsafe fn unpack_onto(sp: Sp, vm: Vp, before: usize, after: Option<usize>) -> bool {
    // SAFETY: the compiler has left room on the stack.
    unsafe {
        if let Some(after) = after
            && unpack_plain(sp, vm, before, after)
        {
            return true;
        }
        match unpack(&mut *vm, at(sp.sub(1)), before, after) {
            Ok(items) => {
                let v = *sp.sub(1);
                for (i, item) in items.into_iter().rev().enumerate() {
                    *sp.sub(1).add(i) = item.into_bits();
                }
                release(v, vm);
                true
            }
            Err(_) => false,
        }
    }
}

op!(UNPACK_SEQUENCE, |ip, sp, frame, vm, arg| {
    if tick(ip) {
        specialize::unpack_sequence(ip, vm, *sp.sub(1), arg);
        return again(ip, sp, frame, vm, arg);
    }
    (*frame).ip = ip;
    if !unpack_onto(sp, vm, arg, None) {
        return unwind(ip, sp, frame, vm, 0);
    }
    next(ip.add(2), sp.sub(1).add(arg), frame, vm)
});

op!(UNPACK_SEQUENCE_TWO_TUPLE, |ip, sp, frame, vm, arg| {
    let v = *sp.sub(1);
    if word::type_address(v) == TUPLE.as_type().address()
        && let [a, b] = (*word::payload::<Tuple>(v)).items()
        && arg == 2
    {
        let (a, b) = (a.bits(), b.bits());
        word::retain(a);
        word::retain(b);
        *sp.sub(1) = b;
        *sp = a;
        if word::dying(v) {
            return super::stack::free_next(ip.add(2), sp.add(1), frame, vm, v as usize);
        }
        return next(ip.add(2), sp.add(1), frame, vm);
    }
    UNPACK_SEQUENCE(ip, sp, frame, vm, arg)
});

/// Spreads a tuple or list of the right length over the stack, the first item on top.
#[inline(always)]
unsafe fn spread(sp: Sp, items: &[Value]) {
    // SAFETY: the compiler has left room on the stack.
    unsafe {
        let n = items.len();
        for (i, item) in items.iter().enumerate() {
            let w = item.bits();
            word::retain(w);
            *sp.sub(1).add(n - 1 - i) = w;
        }
    }
}

op!(UNPACK_SEQUENCE_TUPLE, |ip, sp, frame, vm, arg| {
    let v = *sp.sub(1);
    if word::type_address(v) == TUPLE.as_type().address() {
        let items = (*word::payload::<Tuple>(v)).items();
        if items.len() == arg {
            spread(sp, items);
            release(v, vm);
            return next(ip.add(2), sp.sub(1).add(arg), frame, vm);
        }
    }
    UNPACK_SEQUENCE(ip, sp, frame, vm, arg)
});

op!(UNPACK_SEQUENCE_LIST, |ip, sp, frame, vm, arg| {
    let v = *sp.sub(1);
    if word::type_address(v) == taipan_object::statics::LIST.as_type().address() {
        let items = (*word::payload::<List>(v)).items();
        if items.len() == arg {
            spread(sp, items);
            release(v, vm);
            return next(ip.add(2), sp.sub(1).add(arg), frame, vm);
        }
    }
    UNPACK_SEQUENCE(ip, sp, frame, vm, arg)
});

op!(UNPACK_EX, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    if !unpack_onto(sp, vm, arg & 0xFF, Some(arg >> 8)) {
        return unwind(ip, sp, frame, vm, 0);
    }
    next(ip.add(1), sp.add((arg & 0xFF) + (arg >> 8)), frame, vm)
});

#[inline(never)]
unsafe fn length(sp: Sp, vm: Vp) -> u64 {
    // SAFETY: one value is on the stack.
    unsafe {
        let ty = word::type_address(*sp.sub(1));
        if ty == TUPLE.as_type().address() {
            return INT_TAG | (*word::payload::<Tuple>(*sp.sub(1))).len() as u64;
        }
        let vm = &mut *vm;
        match vm.len(at(sp.sub(1))) {
            Ok(n) => word::of(vm.new_uint(n as u64)),
            Err(_) => 0,
        }
    }
}

op!(GET_LEN, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = length(sp, vm);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    *sp = r;
    next(ip.add(1), sp.add(1), frame, vm)
});

#[inline(never)]
unsafe fn formatted(sp: Sp, vm: Vp, with_spec: bool) -> u64 {
    // SAFETY: the value, and the specification above it, are on the stack.
    unsafe {
        let vm = &mut *vm;
        let r = if with_spec {
            let spec = at(sp.sub(1));
            match spec.downcast::<Str>() {
                Some(s) => vm.format(at(sp.sub(2)), s),
                None => {
                    let text = format!("Format specifier must be a string, not {}", spec.ty().name());
                    Err(vm.raise_type_error(&text))
                }
            }
        } else {
            let empty = name!("");
            vm.format(at(sp.sub(1)), empty)
        };
        match r {
            Ok(s) => s.into_value().into_bits(),
            Err(_) => 0,
        }
    }
}

op!(FORMAT_SIMPLE, |ip, sp, frame, vm, arg| {
    let v = *sp.sub(1);
    if word::type_address(v) == taipan_object::statics::STR.as_type().address() {
        return next(ip.add(1), sp, frame, vm);
    }
    (*frame).ip = ip;
    let r = formatted(sp, vm, false);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    *sp.sub(1) = r;
    release(v, vm);
    next(ip.add(1), sp, frame, vm)
});

op!(FORMAT_WITH_SPEC, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = formatted(sp, vm, true);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    release(*sp.sub(1), vm);
    let v = std::mem::replace(&mut *sp.sub(2), r);
    release(v, vm);
    next(ip.add(1), sp.sub(1), frame, vm)
});

#[inline(never)]
unsafe fn converted(sp: Sp, vm: Vp, arg: usize) -> u64 {
    // SAFETY: one value is on the stack.
    unsafe {
        let vm = &mut *vm;
        let v = at(sp.sub(1));
        let r = match arg {
            1 => vm.str(v),
            2 => vm.repr(v),
            _ => vm.ascii(v),
        };
        match r {
            Ok(s) => s.into_value().into_bits(),
            Err(_) => 0,
        }
    }
}

op!(CONVERT_VALUE, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = converted(sp, vm, arg);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    let v = std::mem::replace(&mut *sp.sub(1), r);
    release(v, vm);
    next(ip.add(1), sp, frame, vm)
});

#[inline(never)]
unsafe fn interpolation(sp: Sp, vm: Vp, arg: usize) -> u64 {
    // SAFETY: value, text and perhaps a format are on the stack.
    unsafe {
        let vm = &mut *vm;
        let base = sp.sub(2 + (arg & 1));
        let format = if arg & 1 != 0 { at(sp.sub(1)).clone() } else { name!("").to_value() };
        word::of(crate::eval::intrinsics::interpolation(vm, at(base), at(base.add(1)), arg >> 2, format))
    }
}

op!(BUILD_INTERPOLATION, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = interpolation(sp, vm, arg);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    let base = sp.sub(2 + (arg & 1));
    let mut top = sp;
    while top > base {
        top = top.sub(1);
        release_any(*top, vm);
    }
    *base = r;
    next(ip.add(1), base.add(1), frame, vm)
});

#[inline(never)]
unsafe fn template(sp: Sp, vm: Vp) -> u64 {
    // SAFETY: two tuples are on the stack.
    unsafe { word::of(crate::eval::intrinsics::template(&mut *vm, at(sp.sub(2)), at(sp.sub(1)))) }
}

op!(BUILD_TEMPLATE, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = template(sp, vm);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    release(*sp.sub(1), vm);
    let strings = std::mem::replace(&mut *sp.sub(2), r);
    release(strings, vm);
    next(ip.add(1), sp.sub(1), frame, vm)
});

#[inline(never)]
unsafe fn intrinsic_1(sp: Sp, frame: Fp, vm: Vp, arg: usize) -> u64 {
    // SAFETY: one value is on the stack.
    unsafe { word::of(crate::eval::intrinsics::unary(&mut *vm, frame, arg, at(sp.sub(1)))) }
}

op!(CALL_INTRINSIC_1, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = intrinsic_1(sp, frame, vm, arg);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    let v = std::mem::replace(&mut *sp.sub(1), r);
    release(v, vm);
    next(ip.add(1), sp, frame, vm)
});

#[inline(never)]
unsafe fn intrinsic_2(sp: Sp, vm: Vp, arg: usize) -> u64 {
    // SAFETY: two values are on the stack.
    unsafe { word::of(crate::eval::intrinsics::binary(&mut *vm, arg, at(sp.sub(2)), at(sp.sub(1)))) }
}

op!(CALL_INTRINSIC_2, |ip, sp, frame, vm, arg| {
    (*frame).ip = ip;
    let r = intrinsic_2(sp, vm, arg);
    if r == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    release(*sp.sub(1), vm);
    let v = std::mem::replace(&mut *sp.sub(2), r);
    release(v, vm);
    next(ip.add(1), sp.sub(1), frame, vm)
});
