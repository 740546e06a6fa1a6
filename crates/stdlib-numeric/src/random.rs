//! `_random`: the Mersenne twister under `random.Random`.

use crate::math::number;
use taipan_macros::{Payload, Trace, class, module};
use taipan_num::random::Mersenne;
use taipan_num::{IntBuf, NumError};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{TypeCell, Value};
use taipan_vm::native::Args;
use taipan_vm::types::int::view;
use taipan_vm::types::module::Module;
use taipan_vm::{Ref, Result, Tuple, Type, Vm};

const WORDS: usize = 624;

/// `_random`.
pub struct RandomModule;

/// The Mersenne twister, a generator of random numbers.
#[module(name = "_random")]
impl RandomModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &RandomClass::class_def())
    }
}

/// `_random.Random`.
pub static RANDOM: TypeCell<Random> = TypeCell::new("_random.Random");

/// A generator.
#[derive(Trace, Payload)]
#[payload(class = RANDOM)]
#[repr(C)]
pub struct Random {
    state: Opaque<Mersenne>,
}

fn seeded(vm: &mut Vm, seed: Option<&Value>) -> Result<Mersenne> {
    let Some(seed) = seed.filter(|s| !s.is_none()) else {
        let mut bytes = [0u8; WORDS * 4];
        if let Err(e) = taipan_host::random::fill_without_waiting(&mut bytes) {
            return Err(vm.raise_os_error(e.0, None));
        }
        let words = bytes.as_chunks::<4>().0.iter().map(|b| u32::from_le_bytes(*b)).collect::<Vec<_>>();
        return Ok(Mersenne::from_key(&words));
    };
    if let Some(taipan_object::IntRef::Big { digits, .. }) = seed.as_int() {
        // Its words, while they grow.
        taipan_object::room::probe(digits.len().saturating_mul(16))?;
    }
    match view(seed) {
        Some(n) => Ok(Mersenne::from_int(n)),
        None => {
            let hash = vm.hash(seed)? as u64;
            Ok(Mersenne::from_int(IntBuf::from_u64(hash).view()))
        }
    }
}

/// Methods of `_random.Random`.
pub struct RandomClass;

/// Random() -> create a random number generator with its own internal state.
#[class(cell = RANDOM, base = OBJECT, flags = BASETYPE)]
impl RandomClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        // `__init__` seeds it; until then it is as if seeded with 0 words.
        let state = Opaque(Mersenne::from_key(&[]));
        Ref::new_in(vm, class, Random { state }).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        if this.ty().is(RANDOM.as_type()) {
            args.no_keywords(vm, "Random")?;
        }
        let seed = Args::positional_only(args.positional()).expect(vm, "Random", 0, 1)?.first();
        let state = seeded(vm, seed)?;
        match this.downcast::<Random>() {
            Some(this) => {
                this.get_mut(vm).state = Opaque(state);
                Ok(())
            }
            None => Err(vm.raise_wrong_receiver("__init__", this)),
        }
    }

    /// random() -> x in the interval [0, 1).
    #[method("($self, /)")]
    fn random(vm: &mut Vm, this: &Ref<Random>) -> Result<f64> {
        Ok(this.get_mut(vm).state.random())
    }

    /// seed([n]) -> None.
    ///
    /// Starts from n, or without it from the system's randomness.
    #[method("($self, n=None, /)")]
    fn seed(vm: &mut Vm, this: &Ref<Random>, n: Option<&Value>) -> Result<()> {
        let state = seeded(vm, n)?;
        this.get_mut(vm).state = Opaque(state);
        Ok(())
    }

    /// getstate() -> tuple containing the current state.
    #[method("($self, /)")]
    fn getstate(vm: &mut Vm, this: &Ref<Random>) -> Result<Ref<Tuple>> {
        let (words, index) = this.get(vm).state.state();
        let mut items = Vec::with_capacity(WORDS + 1);
        for &word in words {
            items.push(vm.new_int(i64::from(word))?);
        }
        items.push(vm.new_int(index as i64)?);
        vm.new_tuple(items)
    }

    /// setstate(state) -> None.  Restores generator state.
    #[method("($self, state, /)")]
    fn setstate(vm: &mut Vm, this: &Ref<Random>, state: &Value) -> Result<()> {
        let Some(state) = state.downcast::<Tuple>() else {
            return Err(vm.raise_type_error("state vector must be a tuple"));
        };
        let [all @ .., index] = state.items() else {
            return Err(vm.raise_value_error("state vector is the wrong size"));
        };
        if all.len() != WORDS {
            return Err(vm.raise_value_error("state vector is the wrong size"));
        }
        let mut words = [0u32; WORDS];
        for (to, from) in words.iter_mut().zip(all) {
            let Some(n) = view(from) else { return Err(vm.raise_type_error("an integer is required")) };
            *to = match n.to_u64() {
                Some(n) => n as u32,
                None if n.is_negative() => {
                    return Err(vm.raise_overflow_error("can't convert negative value to unsigned int"));
                }
                None => return Err(vm.raise_overflow_error("Python int too large to convert to C unsigned long")),
            };
        }
        let index = vm.to_index_i64(index, "long")?;
        let made = usize::try_from(index).ok().and_then(|i| Mersenne::from_state(&words, i));
        let Some(made) = made else { return Err(vm.raise_value_error("invalid state")) };
        this.get_mut(vm).state = Opaque(made);
        Ok(())
    }

    /// getrandbits(k) -> x.  Generates an int with k random bits.
    #[method("($self, k, /)")]
    fn getrandbits(vm: &mut Vm, this: &Ref<Random>, k: &Value) -> Result {
        if let Some(k @ 0..=50) = k.small_int() {
            // Fits a word: nothing to allocate.
            let bits = this.get_mut(vm).state.random_bits(k as u64);
            return vm.int_result(bits);
        }
        let k = vm.index(k)?;
        let bits = match view(&k).map(|n| (n.to_u64(), n.is_negative())) {
            Some((Some(n), _)) => n,
            Some((None, true)) => return Err(vm.raise_value_error("Cannot convert negative int")),
            _ => return Err(vm.raise_overflow_error("Python int too large for C uint64_t")),
        };
        if bits > isize::MAX as u64 {
            return Err(vm.raise_num(NumError::Memory));
        }
        let bits = this.get_mut(vm).state.random_bits(bits);
        let bits = number(vm, bits)?;
        vm.int_from(bits)
    }
}
