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

use taipan_macros::{Trace, module};
use taipan_vm::native::Args;
use taipan_vm::types::module::Module;
use taipan_vm::{Ref, Result, Tuple, Type, Value, Vm};

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

/// Tuples that an iterator gives again and again as long as nobody else keeps them.
///
/// They are two because a loop holds on to the last one while it asks for the next: it alternates between them.
#[derive(Default, Trace)]
struct Reused {
    tuples: [Option<Ref<Tuple>>; 2],
    /// The first item of each that is out of date.
    stale: [usize; 2],
}

impl Reused {
    /// Gives a tuple whose items from `changed` on are new since the last one, if one of the two is free.
    #[inline]
    fn refill(&mut self, changed: usize, item: impl Fn(usize) -> Value) -> Option<Value> {
        self.stale = self.stale.map(|s| s.min(changed));
        for (tuple, stale) in self.tuples.iter_mut().zip(&mut self.stale) {
            let Some(tuple) = tuple else { continue };
            if let Some(items) = Tuple::unique_items(tuple) {
                for (i, slot) in items.iter_mut().enumerate().skip(*stale) {
                    *slot = item(i);
                }
                *stale = usize::MAX;
                return Some(tuple.to_value());
            }
        }
        None
    }

    /// Keeps a tuple that is up to date, and gives it.
    fn keep(&mut self, tuple: Ref<Tuple>) -> Value {
        let place = usize::from(self.tuples[0].is_some() && self.tuples[1].is_none());
        let given = tuple.to_value();
        self.stale[place] = usize::MAX;
        self.tuples[place] = Some(tuple);
        given
    }

    /// Takes a free tuple out, to be filled step by step.
    fn take(&mut self) -> Option<Ref<Tuple>> {
        let free = |t: &mut Option<Ref<Tuple>>| t.as_mut().is_some_and(|t| Tuple::unique_items(t).is_some());
        self.tuples.iter_mut().find_map(|t| if free(t) { t.take() } else { None })
    }
}
