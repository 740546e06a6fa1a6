//! `product`.

use super::{Reused, reserved};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::{OBJECT, TUPLE};
use taipan_vm::native::{Args, FromArg, Place, Signature};
use taipan_vm::{Ref, Result, Str, Tuple, Type, Value, Vm};

/// `itertools.product`.
pub static PRODUCT: TypeCell<Product> = TypeCell::new("itertools.product");

/// Tuples of an item from each pool, the last varying fastest.
#[derive(Trace, Payload)]
#[payload(class = PRODUCT)]
#[repr(C)]
pub struct Product {
    pools: Vec<Ref<Tuple>>,
    /// Number of the item of each pool.
    indices: Vec<usize>,
    result: Reused,
    started: bool,
    stopped: bool,
}

impl Product {
    /// Moves on to the next combination; the first place that has changed, or nothing at the end.
    fn advance(&mut self) -> Option<usize> {
        for i in (0..self.pools.len()).rev() {
            self.indices[i] += 1;
            if self.indices[i] < self.pools[i].len() {
                return Some(i);
            }
            self.indices[i] = 0;
        }
        None
    }
}

/// Methods of `product`.
pub struct ProductClass;

/// Cartesian product of input iterables.  Equivalent to nested for-loops.
///
/// For example, product(A, B) returns the same as:  ((x,y) for x in A for y in B).
/// The leftmost iterators are in the outermost for-loop, so the output tuples
/// cycle in a manner similar to an odometer (with the rightmost element changing
/// on every iteration).
///
/// To compute the product of an iterable with itself, specify the number
/// of repetitions with the optional repeat keyword argument. For example,
/// product(A, repeat=4) means the same as product(A, A, A, A).
///
/// product('ab', range(3)) --> ('a',0) ('a',1) ('a',2) ('b',0) ('b',1) ('b',2)
/// product((0,1), (0,1), (0,1)) --> (0,0,0) (0,0,1) (0,1,0) (0,1,1) (1,0,0) ...
#[class(cell = PRODUCT, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(*iterables, repeat=1)")]
impl ProductClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "product",
            params: &["repeat"],
            required: &[false],
            required_count: 0,
            positional_only: 0,
            positional: 1,
        };
        let mut repeat = 1;
        if args.names().len() > 1 {
            let n = args.names().len();
            return Err(vm.raise_type_error(&format!("product() takes at most 1 keyword argument ({n} given)")));
        }
        for (key, value) in args.keywords() {
            let key = key.downcast::<Str>().map(|k| k.to_string_lossy()).unwrap_or_default();
            if key != "repeat" {
                return Err(vm.raise_type_error(&format!("product() got an unexpected keyword argument '{key}'")));
            }
            repeat = isize::from_arg(vm, Some(value), Place::argument(&SIGNATURE, 0))?;
        }
        let Ok(repeat) = usize::try_from(repeat) else {
            return Err(vm.raise_value_error("repeat argument cannot be negative"));
        };
        let given = if repeat == 0 { &[] } else { args.positional() };
        let total = given.len().checked_mul(repeat).filter(|n| *n <= isize::MAX as usize / 8);
        let Some(total) = total else { return Err(vm.raise_overflow_error("repeat argument too large")) };
        let mut pools: Vec<Ref<Tuple>> = reserved(vm, total)?;
        let mut indices = reserved(vm, total)?;
        indices.resize(total, 0);
        for v in given {
            let items = vm.collect(v)?;
            pools.push(match v.downcast_exact::<Tuple>() {
                Some(t) => t.clone(),
                None => vm.new_tuple(items)?,
            });
        }
        for i in given.len()..total {
            let same = pools[i - given.len()].clone();
            pools.push(same);
        }
        let product = Product { pools, indices, result: Reused::default(), started: false, stopped: false };
        Ref::new_in(vm, class, product).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<Product>) -> Result<Option<Value>> {
        let it = this.get_mut(vm);
        if it.stopped {
            return Ok(None);
        }
        if it.started {
            let Some(changed) = it.advance() else {
                it.stopped = true;
                return Ok(None);
            };
            let (pools, indices) = (&it.pools, &it.indices);
            if let Some(given) = it.result.refill(changed, |i| pools[i].items()[indices[i]].clone()) {
                return Ok(Some(given));
            }
        } else {
            it.started = true;
            if it.pools.iter().any(|p| p.len() == 0) {
                it.stopped = true;
                return Ok(None);
            }
        }
        let it = this.get(vm);
        let items = it.pools.iter().zip(&it.indices).map(|(pool, &i)| pool.items()[i].clone());
        let result = vm.new_tuple_in(TUPLE.as_type(), it.pools.len(), items)?;
        Ok(Some(this.get_mut(vm).result.keep(result)))
    }

    /// Returns size in memory, in bytes.
    #[method("($self, /)")]
    fn __sizeof__(vm: &mut Vm, this: &Ref<Product>) -> Result<usize> {
        Ok(this.ty().basicsize() + 16 * this.get(vm).pools.capacity())
    }
}
