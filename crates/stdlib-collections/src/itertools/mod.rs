//! `itertools`: iterators made of iterators.
//!
//! Each class keeps its state in its payload and takes out of it what it needs before it runs Python code, so that an
//! iterator may be advanced again from inside its own step. Tuples that were handed out and dropped again are refilled.

mod accumulating;
mod chaining;
mod combinations;
mod endless;
mod filtering;
mod groups;
mod product;
mod slicing;
mod tee;

use taipan_macros::module;
use taipan_object::trace::Trace;
use taipan_vm::native::Args;
use taipan_vm::types::module::Module;
use taipan_vm::{Raised, Ref, Result, Tuple, Type, Value, Vm};

/// `itertools`.
pub struct ItertoolsModule;

/// Functional tools for creating and using iterators.
///
/// Without end:
///     count(start=0, step=1), cycle(p), repeat(elem [, n])
///
/// As long as their inputs:
///     accumulate(p [, func]), batched(p, n), chain(p, q, ...),
///     chain.from_iterable([p, q, ...]), compress(data, selectors),
///     dropwhile(predicate, p), filterfalse(predicate, p),
///     groupby(p [, key]), islice(p, [start,] stop [, step]), pairwise(p),
///     starmap(func, p), takewhile(predicate, p), tee(p, n=2),
///     zip_longest(p, q, ...)
///
/// Combinatoric:
///     product(p, q, ... [, repeat=1]), permutations(p [, r]),
///     combinations(p, r), combinations_with_replacement(p, r)
#[module(name = "itertools")]
impl ItertoolsModule {
    /// Returns a tuple of n independent iterators.
    #[function("(iterable, n=2, /)")]
    fn tee(vm: &mut Vm, iterable: &Value, n: Option<isize>) -> Result<Ref<Tuple>> {
        tee::tee(vm, iterable, n.unwrap_or(2))
    }

    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        let classes = [
            accumulating::AccumulateClass::class_def(),
            accumulating::BatchedClass::class_def(),
            accumulating::PairwiseClass::class_def(),
            chaining::ChainClass::class_def(),
            chaining::ZipLongestClass::class_def(),
            combinations::CombinationsClass::class_def(),
            combinations::ReplacementClass::class_def(),
            combinations::PermutationsClass::class_def(),
            endless::CountClass::class_def(),
            endless::CycleClass::class_def(),
            endless::RepeatClass::class_def(),
            filtering::CompressClass::class_def(),
            filtering::DropWhileClass::class_def(),
            filtering::FilterFalseClass::class_def(),
            filtering::StarMapClass::class_def(),
            filtering::TakeWhileClass::class_def(),
            groups::GroupByClass::class_def(),
            groups::GrouperClass::class_def(),
            product::ProductClass::class_def(),
            slicing::ISliceClass::class_def(),
            tee::TeeClass::class_def(),
            tee::TeeDataClass::class_def(),
        ];
        for class in classes {
            vm.add_class(module, &class)?;
        }
        Ok(())
    }
}

/// Positional arguments of a class that takes no keywords; a subclass with its own `__init__` may take them there.
fn positional<'a>(
    vm: &mut Vm,
    own: &'static Type,
    class: &Ref<Type>,
    args: Args<'a>,
    name: &str,
    least: usize,
    most: usize,
) -> Result<&'a [Value]> {
    if !vm.overrides_slot(class, "__init__") || own.is(class) {
        args.no_keywords(vm, name)?;
    }
    Args::positional_only(args.positional()).expect(vm, name, least, most)
}

/// A vector with room for `n` more items, or `MemoryError`.
fn reserved<T>(vm: &mut Vm, n: usize) -> Result<Vec<T>> {
    let mut v = Vec::new();
    match v.try_reserve_exact(n) {
        Ok(()) => Ok(v),
        Err(_) => Err(vm.raise_memory_error()),
    }
}

/// A tuple that an iterator gives again and again as long as nobody else keeps it.
#[derive(Default)]
struct Reused(Option<Ref<Tuple>>);

impl Trace for Reused {
    fn trace(&self, visitor: &mut taipan_object::Visitor<'_>) {
        self.0.trace(visitor)
    }
}

impl Reused {
    /// The tuple, if it can be filled anew: its items.
    #[inline]
    fn items(&mut self) -> Option<&mut [Value]> {
        self.0.as_mut().and_then(Tuple::unique_items)
    }

    /// Another reference to it.
    #[inline]
    fn give(&self) -> Result<Option<Value>> {
        match &self.0 {
            Some(t) => Ok(Some(t.to_value())),
            None => Err(Raised),
        }
    }
}
