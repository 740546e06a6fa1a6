//! `_heapq`: priority queues in lists.
//!
//! Comparisons may run Python code that changes the list, so items are read anew after each, and a change of its size
//! is an error. Items are swapped step by step: a comparison that raises leaves a list with all of its items.

use taipan_macros::module;
use taipan_object::Str;
use taipan_vm::slots::CompareOp;
use taipan_vm::types::module::Module;
use taipan_vm::{List, ModuleRef, Ref, Result, Value, Vm};

/// `_heapq`.
pub struct HeapqModule;

/// Which item comes first.
trait Direction {
    /// Whether `a` belongs above `b`.
    fn above(vm: &mut Vm, a: &Value, b: &Value) -> Result<bool>;
    /// The same for two items of a list.
    fn above_at(vm: &mut Vm, list: &Ref<List>, a: usize, b: usize) -> Result<bool>;
}

/// The smallest item is at the top.
struct Min;
/// The largest item is at the top.
struct Max;

/// `a < b` for what can be told without asking the objects.
#[inline]
fn plain_less(a: &Value, b: &Value) -> Option<bool> {
    if let (Some(a), Some(b)) = (a.small_int(), b.small_int()) {
        return Some(a < b);
    }
    if let (Some(a), Some(b)) = (a.small_float(), b.small_float()) {
        return Some(a < b);
    }
    if let (Some(a), Some(b)) = (a.downcast_exact::<Str>(), b.downcast_exact::<Str>())
        && let (Some(a), Some(b)) = (a.as_ascii(), b.as_ascii())
    {
        return Some(a < b);
    }
    None
}

fn less(vm: &mut Vm, a: &Value, b: &Value) -> Result<bool> {
    match plain_less(a, b) {
        Some(answer) => Ok(answer),
        None => vm.compare_bool(a, b, CompareOp::Lt),
    }
}

#[inline]
fn less_at(vm: &mut Vm, list: &Ref<List>, a: usize, b: usize) -> Result<bool> {
    let items = list.items(vm);
    let (Some(x), Some(y)) = (items.get(a), items.get(b)) else { return Err(changed(vm)) };
    if let Some(answer) = plain_less(x, y) {
        return Ok(answer);
    }
    let (x, y, size) = (x.clone(), y.clone(), items.len());
    let answer = vm.compare_bool(&x, &y, CompareOp::Lt)?;
    if list.get(vm).len() != size {
        return Err(changed(vm));
    }
    Ok(answer)
}

impl Direction for Min {
    fn above(vm: &mut Vm, a: &Value, b: &Value) -> Result<bool> {
        less(vm, a, b)
    }
    fn above_at(vm: &mut Vm, list: &Ref<List>, a: usize, b: usize) -> Result<bool> {
        less_at(vm, list, a, b)
    }
}

impl Direction for Max {
    fn above(vm: &mut Vm, a: &Value, b: &Value) -> Result<bool> {
        less(vm, b, a)
    }
    fn above_at(vm: &mut Vm, list: &Ref<List>, a: usize, b: usize) -> Result<bool> {
        less_at(vm, list, b, a)
    }
}

#[cold]
fn changed(vm: &mut Vm) -> taipan_vm::Raised {
    vm.raise_runtime_error("list changed size during iteration")
}

fn swap(vm: &mut Vm, heap: &Ref<List>, a: usize, b: usize) {
    heap.get_mut(vm).items_mut().swap(a, b);
}

/// Moves the item at `at` up towards `top` until what is above it belongs there.
fn rise<D: Direction>(vm: &mut Vm, heap: &Ref<List>, top: usize, mut at: usize) -> Result<()> {
    if at >= heap.get(vm).len() {
        return Err(vm.raise_index_error("index out of range"));
    }
    while at > top {
        let parent = (at - 1) / 2;
        if !D::above_at(vm, heap, at, parent)? {
            break;
        }
        swap(vm, heap, at, parent);
        at = parent;
    }
    Ok(())
}

/// Moves the item at `top` down to a leaf, always past the child that belongs above, and then up to its place.
fn sink<D: Direction>(vm: &mut Vm, heap: &Ref<List>, top: usize) -> Result<()> {
    let size = heap.get(vm).len();
    if top >= size {
        return Err(vm.raise_index_error("index out of range"));
    }
    let mut at = top;
    while at < size / 2 {
        let mut child = 2 * at + 1;
        if child + 1 < size && !D::above_at(vm, heap, child, child + 1)? {
            child += 1;
        }
        swap(vm, heap, at, child);
        at = child;
    }
    rise::<D>(vm, heap, top, at)
}

fn push<D: Direction>(vm: &mut Vm, heap: &Ref<List>, item: &Value) -> Result<()> {
    heap.get_mut(vm).push(item.clone())?;
    let last = heap.get(vm).len() - 1;
    rise::<D>(vm, heap, 0, last)
}

fn pop<D: Direction>(vm: &mut Vm, heap: &Ref<List>) -> Result {
    let Some(last) = heap.get_mut(vm).pop() else { return Err(vm.raise_index_error("index out of range")) };
    replace_top::<D>(vm, heap, last)
}

/// Puts an item in the place of the top one, and returns that; the item itself if there is none.
fn replace_top<D: Direction>(vm: &mut Vm, heap: &Ref<List>, item: Value) -> Result {
    let Some(top) = heap.get_mut(vm).items_mut().first_mut() else { return Ok(item) };
    let top = std::mem::replace(top, item);
    sink::<D>(vm, heap, 0)?;
    Ok(top)
}

fn replace<D: Direction>(vm: &mut Vm, heap: &Ref<List>, item: &Value) -> Result {
    if heap.get(vm).len() == 0 {
        return Err(vm.raise_index_error("index out of range"));
    }
    replace_top::<D>(vm, heap, item.clone())
}

fn push_pop<D: Direction>(vm: &mut Vm, heap: &Ref<List>, item: &Value) -> Result {
    let Some(top) = heap.items(vm).first().cloned() else { return Ok(item.clone()) };
    if !D::above(vm, &top, item)? {
        return Ok(item.clone());
    }
    drop(top);
    replace::<D>(vm, heap, item)
}

fn heapify<D: Direction>(vm: &mut Vm, heap: &Ref<List>) -> Result<()> {
    for i in (0..heap.get(vm).len() / 2).rev() {
        sink::<D>(vm, heap, i)?;
    }
    Ok(())
}

/// Heap queue algorithm (a.k.a. priority queue).
///
/// A heap is a list in which heap[k] <= heap[2*k+1] and heap[k] <= heap[2*k+2]
/// for all k that exist, so that heap[0] is always the smallest item. In the
/// heaps of the functions that end in _max it is the largest.
///
/// heap = []            # creates an empty heap
/// heappush(heap, item) # pushes a new item on the heap
/// item = heappop(heap) # pops the smallest item from the heap
/// item = heap[0]       # smallest item on the heap without popping it
/// heapify(x)           # transforms list into a heap, in-place, in linear time
/// item = heapreplace(heap, item) # pops and returns smallest item, and adds
///                                # new item; the heap size is unchanged
#[module(name = "_heapq")]
impl HeapqModule {
    /// Push item onto heap, maintaining the heap invariant.
    #[function("(heap, item, /)")]
    fn heappush(vm: &mut Vm, heap: &Ref<List>, item: &Value) -> Result<()> {
        push::<Min>(vm, heap, item)
    }

    /// Push item on the heap, then pop and return the smallest item from the heap.
    ///
    /// The combined action runs more efficiently than heappush() followed by
    /// a separate call to heappop().
    #[function("(heap, item, /)")]
    fn heappushpop(vm: &mut Vm, heap: &Ref<List>, item: &Value) -> Result {
        push_pop::<Min>(vm, heap, item)
    }

    /// Pop the smallest item off the heap, maintaining the heap invariant.
    #[function("(heap, /)")]
    fn heappop(vm: &mut Vm, heap: &Ref<List>) -> Result {
        pop::<Min>(vm, heap)
    }

    /// Pop and return the current smallest value, and add the new item.
    ///
    /// This is more efficient than heappop() followed by heappush(), and can be
    /// more appropriate when using a fixed-size heap.  Note that the value
    /// returned may be larger than item!
    #[function("(heap, item, /)")]
    fn heapreplace(vm: &mut Vm, heap: &Ref<List>, item: &Value) -> Result {
        replace::<Min>(vm, heap, item)
    }

    /// Transform list into a heap, in-place, in O(len(heap)) time.
    #[function("(heap, /)")]
    fn heapify(vm: &mut Vm, heap: &Ref<List>) -> Result<()> {
        heapify::<Min>(vm, heap)
    }

    /// Push item onto max heap, maintaining the heap invariant.
    #[function("(heap, item, /)")]
    fn heappush_max(vm: &mut Vm, heap: &Ref<List>, item: &Value) -> Result<()> {
        push::<Max>(vm, heap, item)
    }

    /// Maxheap variant of heappushpop.
    #[function("(heap, item, /)")]
    fn heappushpop_max(vm: &mut Vm, heap: &Ref<List>, item: &Value) -> Result {
        push_pop::<Max>(vm, heap, item)
    }

    /// Maxheap variant of heappop.
    #[function("(heap, /)")]
    fn heappop_max(vm: &mut Vm, heap: &Ref<List>) -> Result {
        pop::<Max>(vm, heap)
    }

    /// Maxheap variant of heapreplace.
    #[function("(heap, item, /)")]
    fn heapreplace_max(vm: &mut Vm, heap: &Ref<List>, item: &Value) -> Result {
        replace::<Max>(vm, heap, item)
    }

    /// Maxheap variant of heapify.
    #[function("(heap, /)")]
    fn heapify_max(vm: &mut Vm, heap: &Ref<List>) -> Result<()> {
        heapify::<Max>(vm, heap)
    }

    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        let about = vm.new_str(
            "Heap queues\n\nA heap is a binary tree that is stored in a list level by level: the children of the item at \
             k are at\n2*k+1 and 2*k+2. Each item is at most as large as its children, so the smallest is at the top. \
             Pushing\nand popping move items along one path between top and leaf, in logarithmic time.\n",
        )?;
        module.set(vm, "__about__", about.into_value())
    }
}
