//! `combinations`, `combinations_with_replacement`, `permutations`.
//!
//! All three choose from a pool by index. Their step says which is the first place that has changed, so that a tuple
//! that is filled anew needs only the rest.

use super::{Reused, reserved};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::{OBJECT, TUPLE};
use taipan_vm::native::{self, Args, FromArg, Place, Signature};
use taipan_vm::{Ref, Result, Tuple, Type, Value, Vm};

/// `itertools.combinations`.
pub static COMBINATIONS: TypeCell<Combinations> = TypeCell::new("itertools.combinations");
/// `itertools.combinations_with_replacement`.
pub static REPLACEMENT: TypeCell<Replacement> = TypeCell::new("itertools.combinations_with_replacement");
/// `itertools.permutations`.
pub static PERMUTATIONS: TypeCell<Permutations> = TypeCell::new("itertools.permutations");

/// What is chosen, and from what.
#[derive(Trace)]
struct Choice {
    pool: Ref<Tuple>,
    indices: Vec<usize>,
    /// How many of the indices are chosen: the first ones.
    chosen: usize,
    result: Reused,
    started: bool,
    stopped: bool,
}

impl Choice {
    fn new(pool: Ref<Tuple>, indices: Vec<usize>, chosen: usize, stopped: bool) -> Choice {
        Choice { pool, indices, chosen, result: Reused::default(), started: false, stopped }
    }

    /// Fills a tuple anew that nobody else keeps; `changed` is the first place that is new.
    #[inline]
    fn refill(&mut self, changed: usize) -> Option<Value> {
        let (pool, indices) = (self.pool.items(), &self.indices);
        self.result.refill(changed, |i| pool[indices[i]].clone())
    }

    fn fresh(&self, vm: &Vm) -> Result<Ref<Tuple>> {
        let items = self.indices[..self.chosen].iter().map(|&i| self.pool.items()[i].clone());
        vm.new_tuple_in(TUPLE.as_type(), self.chosen, items)
    }
}

/// The subsequences of one length.
#[derive(Trace, Payload)]
#[payload(class = COMBINATIONS)]
#[repr(C)]
pub struct Combinations {
    choice: Choice,
}

/// The same with each item as often as wanted.
#[derive(Trace, Payload)]
#[payload(class = REPLACEMENT)]
#[repr(C)]
pub struct Replacement {
    choice: Choice,
}

/// The orders of all selections of one length.
#[derive(Trace, Payload)]
#[payload(class = PERMUTATIONS)]
#[repr(C)]
pub struct Permutations {
    choice: Choice,
    /// How many choices are left at each place.
    cycles: Vec<usize>,
}

impl Combinations {
    fn advance(&mut self) -> Option<usize> {
        let (n, r) = (self.choice.pool.len(), self.choice.chosen);
        let indices = &mut self.choice.indices;
        let i = (0..r).rev().find(|&i| indices[i] != i + n - r)?;
        let first = indices[i] + 1;
        for (k, index) in indices[i..].iter_mut().enumerate() {
            *index = first + k;
        }
        Some(i)
    }
}

impl Replacement {
    fn advance(&mut self) -> Option<usize> {
        let n = self.choice.pool.len();
        let indices = &mut self.choice.indices;
        let i = (0..indices.len()).rev().find(|&i| indices[i] + 1 != n)?;
        let index = indices[i] + 1;
        indices[i..].fill(index);
        Some(i)
    }
}

impl Permutations {
    fn advance(&mut self) -> Option<usize> {
        let n = self.choice.indices.len();
        for i in (0..self.choice.chosen).rev() {
            self.cycles[i] -= 1;
            if self.cycles[i] == 0 {
                self.choice.indices[i..].rotate_left(1);
                self.cycles[i] = n - i;
            } else {
                let j = n - self.cycles[i];
                self.choice.indices.swap(i, j);
                return Some(i);
            }
        }
        None
    }
}

macro_rules! step {
    ($vm:ident, $this:ident) => {{
        let it = $this.get_mut($vm);
        if it.choice.stopped {
            return Ok(None);
        }
        if it.choice.started {
            let Some(changed) = it.advance() else {
                it.choice.stopped = true;
                return Ok(None);
            };
            if let Some(given) = it.choice.refill(changed) {
                return Ok(Some(given));
            }
        }
        it.choice.started = true;
        let result = $this.get($vm).choice.fresh($vm)?;
        Ok(Some($this.get_mut($vm).choice.result.keep(result)))
    }};
}

fn pool_of(vm: &mut Vm, iterable: &Value) -> Result<Ref<Tuple>> {
    match iterable.downcast_exact::<Tuple>() {
        Some(t) => Ok(t.clone()),
        None => {
            let items = vm.collect(iterable)?;
            vm.new_tuple(items)
        }
    }
}

/// The pool and the length that `combinations` and its relative are made from.
fn pool_and_length(vm: &mut Vm, s: &'static Signature, args: Args<'_>) -> Result<(Ref<Tuple>, usize)> {
    let [iterable, r] = native::bind::<2>(vm, s, args)?;
    let iterable = <&Value>::from_arg(vm, iterable, Place::argument(s, 0))?;
    let r = isize::from_arg(vm, r, Place::argument(s, 1))?;
    let pool = pool_of(vm, iterable)?;
    match usize::try_from(r) {
        Ok(r) => Ok((pool, r)),
        Err(_) => Err(vm.raise_value_error("r must be non-negative")),
    }
}

/// Methods of `combinations`.
pub struct CombinationsClass;

/// Return successive r-length combinations of elements in the iterable.
///
/// combinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)
#[class(cell = COMBINATIONS, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(iterable, r)")]
impl CombinationsClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "combinations",
            params: &["iterable", "r"],
            required: &[true, true],
            required_count: 2,
            positional_only: 0,
            positional: 2,
        };
        let (pool, r) = pool_and_length(vm, &SIGNATURE, args)?;
        let mut indices = reserved(vm, r)?;
        indices.extend(0..r);
        let stopped = r > pool.len();
        Ref::new_in(vm, class, Combinations { choice: Choice::new(pool, indices, r, stopped) }).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<Combinations>) -> Result<Option<Value>> {
        step!(vm, this)
    }

    /// Returns size in memory, in bytes.
    #[method("($self, /)")]
    fn __sizeof__(vm: &mut Vm, this: &Ref<Combinations>) -> Result<usize> {
        Ok(this.ty().basicsize() + 8 * this.get(vm).choice.indices.len())
    }
}

/// Methods of `combinations_with_replacement`.
pub struct ReplacementClass;

/// Return successive r-length combinations of elements in the iterable allowing individual elements to have successive repeats.
///
/// combinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), ('C','C')
#[class(cell = REPLACEMENT, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(iterable, r)")]
impl ReplacementClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "combinations_with_replacement",
            params: &["iterable", "r"],
            required: &[true, true],
            required_count: 2,
            positional_only: 0,
            positional: 2,
        };
        let (pool, r) = pool_and_length(vm, &SIGNATURE, args)?;
        let mut indices = reserved(vm, r)?;
        indices.resize(r, 0);
        let stopped = pool.len() == 0 && r > 0;
        Ref::new_in(vm, class, Replacement { choice: Choice::new(pool, indices, r, stopped) }).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<Replacement>) -> Result<Option<Value>> {
        step!(vm, this)
    }

    /// Returns size in memory, in bytes.
    #[method("($self, /)")]
    fn __sizeof__(vm: &mut Vm, this: &Ref<Replacement>) -> Result<usize> {
        Ok(this.ty().basicsize() + 8 * this.get(vm).choice.indices.len())
    }
}

/// Methods of `permutations`.
pub struct PermutationsClass;

/// Return successive r-length permutations of elements in the iterable.
///
/// permutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)
#[class(cell = PERMUTATIONS, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(iterable, r=None)")]
impl PermutationsClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "permutations",
            params: &["iterable", "r"],
            required: &[true, false],
            required_count: 1,
            positional_only: 0,
            positional: 2,
        };
        let [iterable, r] = native::bind::<2>(vm, &SIGNATURE, args)?;
        let iterable = <&Value>::from_arg(vm, iterable, Place::argument(&SIGNATURE, 0))?;
        let pool = pool_of(vm, iterable)?;
        let n = pool.len();
        let r = match r.filter(|r| !r.is_none()) {
            None => n as isize,
            Some(r) if r.as_int().is_none() => return Err(vm.raise_type_error("Expected int as r")),
            Some(r) => isize::from_arg(vm, Some(r), Place::argument(&SIGNATURE, 1))?,
        };
        let Ok(r) = usize::try_from(r) else { return Err(vm.raise_value_error("r must be non-negative")) };
        let mut indices = reserved(vm, n)?;
        indices.extend(0..n);
        let mut cycles = reserved(vm, r)?;
        cycles.extend((0..r).map(|i| n.saturating_sub(i)));
        let choice = Choice::new(pool, indices, r, r > n);
        Ref::new_in(vm, class, Permutations { choice, cycles }).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<Permutations>) -> Result<Option<Value>> {
        step!(vm, this)
    }

    /// Returns size in memory, in bytes.
    #[method("($self, /)")]
    fn __sizeof__(vm: &mut Vm, this: &Ref<Permutations>) -> Result<usize> {
        let it = this.get(vm);
        Ok(this.ty().basicsize() + 8 * (it.choice.indices.len() + it.cycles.len()))
    }
}
