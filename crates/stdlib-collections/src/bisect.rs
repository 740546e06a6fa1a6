//! `_bisect`: places in sorted sequences.

use taipan_macros::module;
use taipan_vm::slots::{self, CompareOp};
use taipan_vm::{List, Result, Value, Vm, name};

/// `_bisect`.
pub struct BisectModule;

/// On which side of equal items.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

fn less(vm: &mut Vm, a: &Value, b: &Value) -> Result<bool> {
    if let (Some(a), Some(b)) = (a.small_float(), b.small_float()) {
        return Ok(a < b);
    }
    vm.compare_bool(a, b, CompareOp::Lt)
}

fn find(
    vm: &mut Vm,
    a: &Value,
    x: &Value,
    lo: Option<isize>,
    hi: Option<&Value>,
    key: Option<&Value>,
    side: Side,
) -> Result<usize> {
    let Ok(mut lo) = usize::try_from(lo.unwrap_or(0)) else {
        return Err(vm.raise_value_error("lo must be non-negative"));
    };
    let hi = match hi.filter(|h| !h.is_none()) {
        Some(h) if slots::of(h.ty()).index.is_none() => {
            let text = format!("argument should be integer or None, not '{}'", h.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        Some(h) => vm.to_index_i64(h, "ssize_t")?,
        None => -1,
    };
    let mut hi = match hi {
        -1 => vm.len(a)?,
        n => n.max(0) as usize,
    };
    let key = key.filter(|k| !k.is_none());
    let list = a.downcast_exact::<List>();
    let has = slots::of(a.ty());
    if has.item.is_none() && has.getitem.is_none() {
        let text = format!("'{}' object does not support indexing", a.ty().name());
        return Err(vm.raise_type_error(&text));
    }
    while lo < hi {
        let middle = lo + (hi - lo) / 2;
        let mut item = match list.and_then(|l| l.items(vm).get(middle).cloned()) {
            Some(item) => item,
            None => {
                let index = vm.new_int(middle as i64)?;
                vm.get_item(a, &index)?
            }
        };
        if let Some(key) = key {
            item = vm.call(key, &[item])?;
        }
        let before = match side {
            Side::Left => !less(vm, &item, x)?,
            Side::Right => less(vm, x, &item)?,
        };
        if before {
            hi = middle;
        } else {
            lo = middle + 1;
        }
    }
    Ok(lo)
}

fn insert(
    vm: &mut Vm,
    a: &Value,
    x: &Value,
    lo: Option<isize>,
    hi: Option<&Value>,
    key: Option<&Value>,
    side: Side,
) -> Result<()> {
    let place = match key.filter(|k| !k.is_none()) {
        Some(key) => {
            let wanted = vm.call(key, std::slice::from_ref(x))?;
            find(vm, a, &wanted, lo, hi, Some(key), side)?
        }
        None => find(vm, a, x, lo, hi, None, side)?,
    };
    if let Some(list) = a.downcast_exact::<List>() {
        let x = x.clone();
        return list.get_mut(vm).with_vec(|v| {
            v.try_reserve(1).map_err(|_| taipan_vm::Raised)?;
            v.insert(place.min(v.len()), x);
            Ok(())
        });
    }
    let place = vm.new_int(place as i64)?;
    vm.call_method(a, name!("insert"), &[place, x.clone()]).map(drop)
}

/// Bisection algorithms.
///
/// This module keeps lists sorted without sorting them after each insertion:
/// it finds the place of an item by halving.
#[module(name = "_bisect")]
impl BisectModule {
    /// Return the index where to insert item x in list a, assuming a is sorted.
    ///
    /// The return value i is such that all e in a[:i] have e <= x, and all e in
    /// a[i:] have e > x.  So if x already appears in the list, i points just
    /// beyond the rightmost x already there.
    ///
    /// Optional args lo (default 0) and hi (default len(a)) bound the
    /// slice of a to be searched.
    ///
    /// A custom key function can be supplied to customize the sort order.
    #[function("($module, /, a, x, lo=0, hi=None, *, key=None)")]
    fn bisect_right(
        vm: &mut Vm,
        a: &Value,
        x: &Value,
        lo: Option<isize>,
        hi: Option<&Value>,
        key: Option<&Value>,
    ) -> Result<usize> {
        find(vm, a, x, lo, hi, key, Side::Right)
    }

    /// Return the index where to insert item x in list a, assuming a is sorted.
    ///
    /// The return value i is such that all e in a[:i] have e < x, and all e in
    /// a[i:] have e >= x.  So if x already appears in the list, i points just
    /// before the leftmost x already there.
    ///
    /// Optional args lo (default 0) and hi (default len(a)) bound the
    /// slice of a to be searched.
    ///
    /// A custom key function can be supplied to customize the sort order.
    #[function("($module, /, a, x, lo=0, hi=None, *, key=None)")]
    fn bisect_left(
        vm: &mut Vm,
        a: &Value,
        x: &Value,
        lo: Option<isize>,
        hi: Option<&Value>,
        key: Option<&Value>,
    ) -> Result<usize> {
        find(vm, a, x, lo, hi, key, Side::Left)
    }

    /// Insert item x in list a, and keep it sorted assuming a is sorted.
    ///
    /// If x is already in a, insert it to the right of the rightmost x.
    ///
    /// Optional args lo (default 0) and hi (default len(a)) bound the
    /// slice of a to be searched.
    ///
    /// A custom key function can be supplied to customize the sort order.
    #[function("($module, /, a, x, lo=0, hi=None, *, key=None)")]
    fn insort_right(
        vm: &mut Vm,
        a: &Value,
        x: &Value,
        lo: Option<isize>,
        hi: Option<&Value>,
        key: Option<&Value>,
    ) -> Result<()> {
        insert(vm, a, x, lo, hi, key, Side::Right)
    }

    /// Insert item x in list a, and keep it sorted assuming a is sorted.
    ///
    /// If x is already in a, insert it to the left of the leftmost x.
    ///
    /// Optional args lo (default 0) and hi (default len(a)) bound the
    /// slice of a to be searched.
    ///
    /// A custom key function can be supplied to customize the sort order.
    #[function("($module, /, a, x, lo=0, hi=None, *, key=None)")]
    fn insort_left(
        vm: &mut Vm,
        a: &Value,
        x: &Value,
        lo: Option<isize>,
        hi: Option<&Value>,
        key: Option<&Value>,
    ) -> Result<()> {
        insert(vm, a, x, lo, hi, key, Side::Left)
    }
}
