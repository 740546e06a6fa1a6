//! `functools._lru_cache_wrapper`: a function that remembers its results.

use super::cache::Cache;
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::{OBJECT, STR};
use taipan_object::trace::Opaque;
use taipan_object::{TypeCell, room};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::protocol::container::known_equal;
use taipan_vm::types::descriptor::{INSTANCE_DICT, set_native_dict};
use taipan_vm::{Ref, Result, Type, Value, Vm, name};

/// `functools._lru_cache_wrapper`.
pub static CACHED: TypeCell<Cached> = TypeCell::new("functools._lru_cache_wrapper");
/// Where the object is kept that divides positional from keyword arguments in keys.
const DIVIDER: &str = "functools.keyword divider";

/// A function with its results.
#[derive(Trace, Payload)]
#[payload(class = CACHED)]
#[repr(C)]
pub struct Cached {
    function: Value,
    info: Value,
    divider: Value,
    /// How many results are kept; `None` for all.
    limit: Opaque<Option<usize>>,
    /// Whether arguments of different types are different where they are equal.
    typed: bool,
    hits: u64,
    misses: u64,
    cache: Cache,
}

fn divider(vm: &mut Vm) -> Result {
    if let Some(found) = vm.state().registry.get(DIVIDER) {
        return Ok(found.clone());
    }
    let made = vm.call(OBJECT.as_ref().as_value(), &[])?;
    vm.state_mut().registry.insert(DIVIDER, made.clone());
    Ok(made)
}

fn make_key(vm: &mut Vm, this: &Ref<Cached>, args: Args<'_>) -> Result {
    let typed = this.get(vm).typed;
    if let ([only], false) = (args.all(), typed)
        && args.names().is_empty()
        && (only.is_exact_int() || STR.is_exact(only))
    {
        return Ok(only.clone());
    }
    if args.names().is_empty() && !typed {
        return vm.new_tuple_from(args.positional()).map(Ref::into_value);
    }
    let mut parts = room::vec(2 * (args.all().len() + args.names().len()) + 1)?;
    parts.extend_from_slice(args.positional());
    if !args.names().is_empty() {
        parts.push(this.get(vm).divider.clone());
        for (key, value) in args.keywords() {
            parts.push(key.clone());
            parts.push(value.clone());
        }
    }
    if typed {
        parts.extend(args.all().iter().map(|v| v.ty().to_value()));
    }
    vm.new_tuple(parts).map(Ref::into_value)
}

/// The place of a key in the cache.
fn find(vm: &mut Vm, this: &Ref<Cached>, key: &Value, hash: i64) -> Result<Option<u32>> {
    let mut probe = this.get(vm).cache.probe(hash);
    while let Some((at, found)) = this.get(vm).cache.step(&mut probe) {
        match known_equal(&found, key) {
            Some(true) => return Ok(Some(at)),
            Some(false) => continue,
            None => {}
        }
        // The comparison may run code that changes the cache: then the place says nothing any more.
        if vm.equal(&found, key)? && this.get(vm).cache.is_current(&probe) {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

fn call_cached(vm: &mut Vm, this: &Ref<Cached>, args: Args<'_>) -> Result {
    let function = this.get(vm).function.clone();
    let limit = this.get(vm).limit.0;
    if limit == Some(0) {
        this.get_mut(vm).misses += 1;
        return vm.call_args(&function, args);
    }
    let key = make_key(vm, this, args)?;
    let hash = vm.hash(&key)?;
    if let Some(at) = find(vm, this, &key, hash)? {
        let cached = this.get_mut(vm);
        let value = if limit.is_some() { cached.cache.take_hit(at) } else { cached.cache.value(at) };
        if let Some(value) = value {
            cached.hits += 1;
            return Ok(value);
        }
    }
    this.get_mut(vm).misses += 1;
    let result = vm.call_args(&function, args)?;
    // The function may have called itself with the same arguments, or another thread may have done so.
    if find(vm, this, &key, hash)?.is_none() {
        let cache = &mut this.get_mut(vm).cache;
        let evicted = if limit.is_some_and(|l| cache.len() >= l) { cache.pop_oldest() } else { None };
        cache.insert(key, hash, result.clone())?;
        drop(evicted);
    }
    Ok(result)
}

/// Methods of `functools._lru_cache_wrapper`.
pub struct CacheClass;

/// Create a cached callable that wraps another function.
///
/// user_function:      the function being cached
///
/// maxsize:  0         for no caching
///           None      for unlimited cache size
///           n         for a bounded cache
///
/// typed:    False     cache f(3) and f(3.0) as identical calls
///           True      cache f(3) and f(3.0) as distinct calls
///
/// cache_info_type:    namedtuple class with the fields:
///                         hits misses currsize maxsize
#[class(cell = CACHED, base = OBJECT, flags = HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF | METHOD_DESCRIPTOR)]
impl CacheClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "lru_cache",
            params: &["user_function", "maxsize", "typed", "cache_info_type"],
            required: &[true; 4],
            required_count: 4,
            positional_only: 0,
            positional: 4,
        };
        let given = args.all().len();
        if given > 4 {
            return Err(vm.raise_type_error(&format!("lru_cache() takes at most 4 arguments ({given} given)")));
        }
        let [Some(function), Some(maxsize), Some(typed), Some(info)] = bind::<4>(vm, &SIGNATURE, args)? else {
            return Err(vm.raise_type_error("lru_cache() takes exactly 4 arguments"));
        };
        if !vm.is_callable(function) {
            return Err(vm.raise_type_error("the first argument must be callable"));
        }
        let limit = if maxsize.is_none() {
            None
        } else if taipan_vm::slots::of(maxsize.ty()).index.is_some() {
            let n = vm.index(maxsize)?;
            match n.small_int() {
                Some(n) => Some(n.max(0) as usize),
                None => return Err(vm.raise_overflow_error("cannot fit 'int' into an index-sized integer")),
            }
        } else {
            return Err(vm.raise_type_error("maxsize should be integer or None"));
        };
        let typed = vm.is_truthy(typed)?;
        let divider = divider(vm)?;
        let cached = Cached {
            function: function.clone(),
            info: info.clone(),
            divider,
            limit: Opaque(limit),
            typed,
            hits: 0,
            misses: 0,
            cache: Cache::default(),
        };
        Ref::new_in(vm, class, cached).map(Ref::into_value)
    }

    #[slot]
    fn call(vm: &mut Vm, this: &Ref<Cached>, args: Args<'_>) -> Result {
        vm.check_stack("")?;
        call_cached(vm, this, args)
    }

    #[slot]
    fn get(vm: &mut Vm, this: &Value, object: Option<&Value>, _class: Option<&Value>) -> Result {
        match object {
            Some(object) if !object.is_none() => vm.new_method(this.clone(), object.clone()),
            _ => Ok(this.clone()),
        }
    }

    /// Report cache statistics
    #[method("($self, /)")]
    fn cache_info(vm: &mut Vm, this: &Ref<Cached>) -> Result {
        let c = this.get(vm);
        let (info, hits, misses, limit, len) = (c.info.clone(), c.hits, c.misses, c.limit.0, c.cache.len());
        let limit = match limit {
            Some(limit) => vm.new_uint(limit as u64)?,
            None => Value::none(),
        };
        let (hits, misses, len) = (vm.new_uint(hits)?, vm.new_uint(misses)?, vm.new_uint(len as u64)?);
        vm.call(&info, &[hits, misses, limit, len])
    }

    /// Clear the cache and cache statistics
    #[method("($self, /)")]
    fn cache_clear(vm: &mut Vm, this: &Ref<Cached>) -> Result<()> {
        let cached = this.get_mut(vm);
        (cached.hits, cached.misses) = (0, 0);
        let old = cached.cache.replaced_by_empty();
        drop(old);
        Ok(())
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Value) -> Result {
        vm.get_attr(this, name!("__qualname__"))
    }

    #[method]
    fn __copy__(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
        args.expect(vm, "__copy__", 0, 0)?;
        Ok(this.clone())
    }

    #[method]
    fn __deepcopy__(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
        args.expect(vm, "__deepcopy__", 1, 1)?;
        Ok(this.clone())
    }

    #[getter]
    fn __dict__(vm: &mut Vm, this: &Value) -> Result {
        (INSTANCE_DICT.get)(vm, this)
    }

    #[setter]
    fn set___dict__(vm: &mut Vm, this: &Value, value: Option<&Value>) -> Result<()> {
        set_native_dict(vm, this, value)
    }
}
