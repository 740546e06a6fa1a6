//! `groupby` and the iterators over its groups, which share its position.

use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::{OBJECT, TUPLE};
use taipan_vm::native::{self, Args, FromArg, Place, Signature};
use taipan_vm::{Ref, Result, Type, Value, Vm};

/// `itertools.groupby`.
pub static GROUP_BY: TypeCell<GroupBy> = TypeCell::new("itertools.groupby");
/// `itertools._grouper`.
pub static GROUPER: TypeCell<Grouper> = TypeCell::new("itertools._grouper");

/// Runs of items with equal keys.
#[derive(Trace, Payload)]
#[payload(class = GROUP_BY)]
#[repr(C)]
pub struct GroupBy {
    iterator: Value,
    /// `None`: items are their own keys.
    key: Option<Value>,
    /// Key of the group that was given last.
    target: Option<Value>,
    /// Key and value of the item that was taken from the iterator last.
    current_key: Option<Value>,
    current: Option<Value>,
    /// Number of the group whose iterator may go on; 0: none.
    group: u64,
    groups: u64,
}

/// An iterator over one group.
#[derive(Trace, Payload)]
#[payload(class = GROUPER)]
#[repr(C)]
pub struct Grouper {
    parent: Ref<GroupBy>,
    target: Value,
    number: u64,
}

/// Takes an item from the iterator; `false` at its end.
fn advance(vm: &mut Vm, this: &Ref<GroupBy>) -> Result<bool> {
    let iterator = this.get(vm).iterator.clone();
    let Some(item) = vm.next(&iterator)? else { return Ok(false) };
    let key = match this.get(vm).key.clone() {
        Some(function) => vm.call(&function, std::slice::from_ref(&item))?,
        None => item.clone(),
    };
    let it = this.get_mut(vm);
    let old = (it.current.replace(item), it.current_key.replace(key));
    drop(old);
    Ok(true)
}

fn new_group(vm: &mut Vm, parent: &Ref<GroupBy>, target: Value) -> Result {
    let it = parent.get_mut(vm);
    it.groups += 1;
    it.group = it.groups;
    let number = it.groups;
    Ref::new(vm, Grouper { parent: parent.clone(), target, number }).map(Ref::into_value)
}

/// Methods of `groupby`.
pub struct GroupByClass;

/// make an iterator that returns consecutive keys and groups from the iterable
///
///   iterable
///     Elements to divide into groups according to the key function.
///   key
///     A function for computing the group category for each element.
///     If the key function is not specified or is None, the element itself
///     is used for grouping.
#[class(cell = GROUP_BY, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(iterable, key=None)")]
impl GroupByClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "groupby",
            params: &["iterable", "key"],
            required: &[true, false],
            required_count: 1,
            positional_only: 0,
            positional: 2,
        };
        let [iterable, key] = native::bind::<2>(vm, &SIGNATURE, args)?;
        let iterable = <&Value>::from_arg(vm, iterable, Place::argument(&SIGNATURE, 0))?;
        let iterator = vm.iter(iterable)?;
        let key = key.filter(|k| !k.is_none()).cloned();
        let it = GroupBy { iterator, key, target: None, current_key: None, current: None, group: 0, groups: 0 };
        Ref::new_in(vm, class, it).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<GroupBy>) -> Result<Option<Value>> {
        this.get_mut(vm).group = 0;
        let key = loop {
            let it = this.get(vm);
            if let Some(current) = it.current_key.clone() {
                match it.target.clone() {
                    None => break current,
                    Some(target) => {
                        if !vm.equal(&target, &current)? {
                            break current;
                        }
                    }
                }
            }
            if !advance(vm, this)? {
                return Ok(None);
            }
        };
        let old = this.get_mut(vm).target.replace(key.clone());
        drop(old);
        let group = new_group(vm, this, key.clone())?;
        vm.new_tuple_in(TUPLE.as_type(), 2, [key, group].into_iter()).map(|t| Some(t.into_value()))
    }
}

/// Methods of `_grouper`.
pub struct GrouperClass;

#[class(cell = GROUPER, base = OBJECT, flags = HAVE_GC)]
impl GrouperClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "_grouper",
            params: &["", ""],
            required: &[true, true],
            required_count: 2,
            positional_only: 2,
            positional: 2,
        };
        let [parent, target] = native::bind::<2>(vm, &SIGNATURE, args)?;
        let parent = <&Ref<GroupBy>>::from_arg(vm, parent, Place::argument(&SIGNATURE, 0))?;
        let target = <Value>::from_arg(vm, target, Place::argument(&SIGNATURE, 1))?;
        new_group(vm, parent, target)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<Grouper>) -> Result<Option<Value>> {
        let it = this.get(vm);
        let (parent, number) = (it.parent.clone(), it.number);
        if parent.get(vm).group != number {
            return Ok(None);
        }
        if parent.get(vm).current.is_none() && !advance(vm, &parent)? {
            return Ok(None);
        }
        let target = this.get(vm).target.clone();
        let Some(key) = parent.get(vm).current_key.clone() else { return Ok(None) };
        if !vm.equal(&target, &key)? {
            return Ok(None);
        }
        let it = parent.get_mut(vm);
        let old = it.current_key.take();
        let item = it.current.take();
        drop(old);
        Ok(item)
    }
}
