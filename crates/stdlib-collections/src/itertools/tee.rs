//! `tee`: iterators over one stream, whose items lie in a chain of blocks that lives as long as somebody needs it.

use super::positional;
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_vm::native::{self, Args, FromArg, Place, Signature};
use taipan_vm::{List, Ref, Result, Tuple, Type, Value, Vm, name};

/// `itertools._tee`.
pub static TEE: TypeCell<Tee> = TypeCell::new("itertools._tee");
/// `itertools._tee_dataobject`.
pub static TEE_DATA: TypeCell<TeeData> = TypeCell::new("itertools._tee_dataobject");

/// Items in a block.
const BLOCK: usize = 57;

/// One of the iterators.
#[derive(Trace, Payload)]
#[payload(class = TEE)]
#[repr(C)]
pub struct Tee {
    block: Ref<TeeData>,
    index: usize,
}

/// A block.
#[derive(Trace, Payload)]
#[payload(class = TEE_DATA)]
#[repr(C)]
pub struct TeeData {
    iterator: Value,
    items: Vec<Value>,
    next: Option<Ref<TeeData>>,
    /// Whether the stream is being asked for an item.
    running: bool,
}

impl TeeData {
    fn new(iterator: Value) -> TeeData {
        TeeData { iterator, items: Vec::new(), next: None, running: false }
    }
}

fn from_iterable(vm: &mut Vm, iterable: &Value) -> Result<Ref<Tee>> {
    let iterator = vm.iter(iterable)?;
    if let Some(tee) = iterator.downcast::<Tee>() {
        return copy(vm, tee);
    }
    let block = Ref::new(vm, TeeData::new(iterator))?;
    Ref::new(vm, Tee { block, index: 0 })
}

fn copy(vm: &mut Vm, tee: &Ref<Tee>) -> Result<Ref<Tee>> {
    let block = tee.get(vm).block.clone();
    let index = tee.get(vm).index;
    Ref::new(vm, Tee { block, index })
}

/// `tee(iterable, n)`.
pub fn tee(vm: &mut Vm, iterable: &Value, n: isize) -> Result<Ref<Tuple>> {
    let Ok(n) = usize::try_from(n) else { return Err(vm.raise_value_error("n must be >= 0")) };
    let mut all: Vec<Value> = super::reserved(vm, n)?;
    if n == 0 {
        return vm.new_tuple(all);
    }
    let iterator = vm.iter(iterable)?;
    let copier = match iterator.downcast::<Tee>() {
        Some(_) => None,
        None => vm.get_attr_opt(&iterator, name!("__copy__"))?,
    };
    if let Some(copier) = copier {
        all.push(iterator);
        for _ in 1..n {
            all.push(vm.call(&copier, &[])?);
        }
        return vm.new_tuple(all);
    }
    let first = from_iterable(vm, &iterator)?;
    all.push(first.to_value());
    for _ in 1..n {
        all.push(copy(vm, &first)?.into_value());
    }
    vm.new_tuple(all)
}

/// Methods of `_tee`.
pub struct TeeClass;

/// Iterator wrapped to make it copyable.
#[class(cell = TEE, base = OBJECT, flags = HAVE_GC | MANAGED_WEAKREF, signature = "(iterable, /)")]
impl TeeClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let args = positional(vm, TEE.as_type(), class, args, "_tee", 1, 1)?;
        from_iterable(vm, &args[0]).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<Tee>) -> Result<Option<Value>> {
        if this.get(vm).index >= BLOCK {
            let full = this.get(vm).block.clone();
            let next = match full.get(vm).next.clone() {
                Some(next) => next,
                None => {
                    let iterator = full.get(vm).iterator.clone();
                    let next = Ref::new(vm, TeeData::new(iterator))?;
                    full.get_mut(vm).next = Some(next.clone());
                    next
                }
            };
            let it = this.get_mut(vm);
            it.index = 0;
            let old = std::mem::replace(&mut it.block, next);
            drop(old);
        }
        let (block, index) = (this.get(vm).block.clone(), this.get(vm).index);
        let item = match block.get(vm).items.get(index) {
            Some(item) => item.clone(),
            None => {
                let b = block.get_mut(vm);
                if b.running {
                    return Err(vm.raise_runtime_error("cannot re-enter the tee iterator"));
                }
                b.running = true;
                let iterator = b.iterator.clone();
                let found = vm.next(&iterator);
                let b = block.get_mut(vm);
                b.running = false;
                let Some(item) = found? else { return Ok(None) };
                if b.items.is_empty() && b.items.try_reserve_exact(BLOCK).is_err() {
                    return Err(vm.raise_memory_error());
                }
                b.items.push(item.clone());
                item
            }
        };
        this.get_mut(vm).index = index + 1;
        Ok(Some(item))
    }

    /// Returns an independent iterator.
    #[method("($self, /)")]
    fn __copy__(vm: &mut Vm, this: &Ref<Tee>) -> Result<Ref<Tee>> {
        copy(vm, this)
    }
}

/// Methods of `_tee_dataobject`.
pub struct TeeDataClass;

/// teedataobject(iterable, values, next, /)
/// --
///
/// Data container common to multiple tee objects.
#[class(cell = TEE_DATA, base = OBJECT, flags = HAVE_GC)]
impl TeeDataClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "teedataobject",
            params: &["", "", ""],
            required: &[true, true, true],
            required_count: 3,
            positional_only: 3,
            positional: 3,
        };
        let [iterator, items, next] = native::bind::<3>(vm, &SIGNATURE, args)?;
        let iterator = <Value>::from_arg(vm, iterator, Place::argument(&SIGNATURE, 0))?;
        let items = <&Ref<List>>::from_arg(vm, items, Place::argument(&SIGNATURE, 1))?.items(vm).to_vec();
        let next = match next.filter(|n| !n.is_none()) {
            None => None,
            Some(n) if items.len() == BLOCK && n.downcast::<TeeData>().is_some() => n.downcast::<TeeData>().cloned(),
            Some(_) => return Err(vm.raise_value_error("Invalid arguments")),
        };
        if items.len() > BLOCK {
            return Err(vm.raise_value_error("Invalid arguments"));
        }
        Ref::new_in(vm, class, TeeData { iterator, items, next, running: false }).map(Ref::into_value)
    }
}
