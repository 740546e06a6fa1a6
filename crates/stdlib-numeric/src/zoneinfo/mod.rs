//! `_zoneinfo`: time zones by the names of the IANA's database.
//!
//! Files are found and read by the Python half (`zoneinfo._tzpath`, `zoneinfo._common`); what they say is turned into a
//! [`zone::Zone`], whose answers are made into Python objects once. The caches are those of the class: instances of
//! `ZoneInfo` itself are found through a weak dictionary that the interpreter keeps, those of a subclass through one in
//! its attribute `_weak_cache`; the last few of `ZoneInfo` itself are kept alive.

mod load;
mod rule;
mod zone;

use crate::datetime::{DateTime, DateTimeRef, TZINFO, TzInfo};
use std::cell::Cell;
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::trace::Opaque;
use taipan_object::{Str, Tuple, TypeCell, Value};
use taipan_vm::errors::RUNTIME_ERROR;
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::slots::BinaryOp;
use taipan_vm::types::module::Module;
use taipan_vm::{List, Ref, Result, Type, Vm, name};
use zone::Zone;

/// `zoneinfo.ZoneInfo`.
pub static ZONEINFO: TypeCell<ZoneInfo> = TypeCell::new("zoneinfo.ZoneInfo");

/// What the interpreter keeps the caches of `ZoneInfo` and the functions of the Python half under.
const WEAK_CACHE: &str = "zoneinfo.weak_cache";
const STRONG_CACHE: &str = "zoneinfo.strong_cache";
const FIND_FILE: &str = "zoneinfo._tzpath.find_tzfile";
const COMMON: &str = "zoneinfo._common";
/// Zones that are kept alive.
const KEPT: usize = 8;
const EPOCH_ORDINAL: i64 = 719_163;

/// Where an instance comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Cache,
    NoCache,
    File,
}

/// A time zone.
#[derive(Trace, Payload)]
#[payload(class = ZONEINFO, base = base, frozen)]
#[repr(C)]
pub struct ZoneInfo {
    base: TzInfo,
    key: Value,
    /// The file object as text, where there was no key.
    file: Option<Ref<Str>>,
    source: Opaque<Cell<Source>>,
    zone: Opaque<Box<Zone>>,
    /// Offset, summer time and name of each of the zone's infos, in turn.
    answers: Vec<Value>,
}

/// Which of an info's three answers.
#[derive(Clone, Copy)]
enum Wanted {
    Offset,
    Summer,
    Name,
}

impl ZoneInfo {
    fn answer(&self, info: Option<usize>, wanted: Wanted) -> Value {
        let answer = info.and_then(|i| self.answers.get(3 * i + wanted as usize));
        answer.cloned().unwrap_or_else(Value::none)
    }
}

/// Seconds since 1970 of a moment's clock, and its year.
fn clock_of(dt: &DateTime) -> (i64, i64) {
    let (hour, minute, second) = dt.clock_seconds();
    let days = i64::from(dt.date.ordinal()) - EPOCH_ORDINAL;
    let seconds = days * 86_400 + i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    (seconds, dt.date.fields().0.into())
}

/// The same of any object with the methods and attributes of a `datetime`, with its fold.
fn clock_of_object(vm: &mut Vm, dt: &Value) -> Result<(i64, i64, u8)> {
    let ordinal = vm.call_method(dt, name!("toordinal"), &[])?;
    let days = vm.to_index_i64(&ordinal, "long")?.saturating_sub(EPOCH_ORDINAL);
    let mut numbers = [0; 5];
    let names = [name!("hour"), name!("minute"), name!("second"), name!("year"), name!("fold")];
    for (number, attribute) in numbers.iter_mut().zip(names) {
        let value = vm.get_attr(dt, attribute)?;
        *number = vm.to_index_i64(&value, "long")?.clamp(-1_000_000, 1_000_000);
    }
    let [hour, minute, second, year, fold] = numbers;
    let seconds = days.clamp(-1 << 40, 1 << 40) * 86_400 + hour * 3600 + minute * 60 + second;
    Ok((seconds, year, u8::from(fold != 0)))
}

fn lookup(vm: &mut Vm, this: &Ref<ZoneInfo>, dt: &Value, wanted: Wanted) -> Result {
    let zone = &this.zone.0;
    if dt.is_none() {
        let fixed = match zone.after {
            zone::After::Fixed(after) if zone.is_fixed => Some(after),
            _ => None,
        };
        return Ok(this.answer(fixed, wanted));
    }
    let (seconds, year, fold) = match dt.downcast::<DateTime>() {
        Some(dt) => {
            let (seconds, year) = clock_of(dt);
            (seconds, year, dt.fold.get())
        }
        None => clock_of_object(vm, dt)?,
    };
    Ok(this.answer(zone.at_local(seconds, year, fold), wanted))
}

fn class_argument(vm: &mut Vm, class: &Value) -> Result<Ref<Type>> {
    match class.as_type_ref() {
        Some(class) => Ok(class.clone()),
        None => Err(vm.raise_type_error("a class is required")),
    }
}

fn kept(vm: &mut Vm, key: &'static str) -> Result {
    match vm.state().registry.get(key) {
        Some(value) => Ok(value.clone()),
        None => Err(vm.raise_class(RUNTIME_ERROR.as_type(), "the module _zoneinfo is not set up")),
    }
}

fn weak_cache(vm: &mut Vm, class: &Ref<Type>) -> Result {
    if Type::is(class, ZONEINFO.as_type()) {
        return kept(vm, WEAK_CACHE);
    }
    vm.get_attr(&class.to_value(), name!("_weak_cache"))
}

fn new_weak_cache(vm: &mut Vm) -> Result {
    let weakref = vm.import("weakref")?;
    vm.call_method(&weakref, name!("WeakValueDictionary"), &[])
}

/// The place of a key among the zones that are kept alive.
fn place_in_strong(vm: &mut Vm, kept: &Ref<List>, key: &Value) -> Result<Option<usize>> {
    let mut i = 0;
    while let Some(zone) = kept.items(vm).get(i).cloned() {
        let same = match zone.downcast::<ZoneInfo>() {
            Some(zone) => zone.key.is(key) || vm.equal(&zone.key.clone(), key)?,
            None => false,
        };
        if same {
            return Ok(Some(i));
        }
        i += 1;
    }
    Ok(None)
}

fn strong_cache(vm: &mut Vm, class: &Ref<Type>) -> Result<Option<Ref<List>>> {
    if !Type::is(class, ZONEINFO.as_type()) {
        return Ok(None);
    }
    Ok(kept(vm, STRONG_CACHE)?.downcast::<List>().cloned())
}

/// Removes an item, and gives it.
fn take_at(vm: &mut Vm, kept: &Ref<List>, place: usize) -> Result<Option<Value>> {
    kept.get_mut(vm).with_vec(|items| Ok((place < items.len()).then(|| items.remove(place))))
}

/// Puts a zone before all that are kept alive, and lets go of the last.
fn keep_alive(vm: &mut Vm, class: &Ref<Type>, zone: &Value) -> Result<()> {
    let Some(kept) = strong_cache(vm, class)? else { return Ok(()) };
    let zone = zone.clone();
    let last = kept.get_mut(vm).with_vec(|items| {
        items.try_reserve(1).map_err(|_| taipan_vm::Raised)?;
        items.retain(|item| !item.is(&zone));
        items.insert(0, zone);
        Ok(if items.len() > KEPT { items.pop() } else { None })
    })?;
    drop(last);
    Ok(())
}

/// Raises unless what a subclass's cache gave is one of its zones.
fn check_cached(vm: &mut Vm, class: &Ref<Type>, key: &Value, found: &Value) -> Result<()> {
    if found.downcast::<ZoneInfo>().is_some() {
        return Ok(());
    }
    let key = vm.repr(key)?.to_string_lossy();
    let (given, class) = (found.ty().name(), class.name());
    let text = format!("Unexpected instance of {given} in {class} weak cache for key {key}");
    Err(vm.raise_class(RUNTIME_ERROR.as_type(), &text))
}

/// The zone of a key, from the caches if it is there.
fn cached(vm: &mut Vm, class: &Ref<Type>, key: &Value) -> Result {
    if let Some(kept) = strong_cache(vm, class)?
        && let Some(place) = place_in_strong(vm, &kept, key)?
        && let Some(zone) = kept.items(vm).get(place).cloned()
    {
        keep_alive(vm, class, &zone)?;
        return Ok(zone);
    }
    let weak = weak_cache(vm, class)?;
    let mut zone = vm.call_method(&weak, name!("get"), &[key.clone(), Value::none()])?;
    if zone.is_none() {
        let made = load::from_key(vm, class, key)?;
        zone = vm.call_method(&weak, name!("setdefault"), &[key.clone(), made])?;
        check_cached(vm, class, key, &zone)?;
        if let Some(zone) = zone.downcast::<ZoneInfo>() {
            zone.source.0.set(Source::Cache);
        }
    }
    check_cached(vm, class, key, &zone)?;
    keep_alive(vm, class, &zone)?;
    Ok(zone)
}

fn key_argument<'a>(vm: &mut Vm, s: &'static Signature, args: Args<'a>) -> Result<&'a Value> {
    match bind::<1>(vm, s, args)? {
        [Some(key)] => Ok(key),
        [None] => Err(vm.raise_type_error("a key is required")),
    }
}

/// Methods of `ZoneInfo`.
pub struct ZoneInfoClass;

#[class(cell = ZONEINFO, base = TZINFO, flags = BASETYPE | HAVE_GC | MANAGED_WEAKREF)]
impl ZoneInfoClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static S: Signature = Signature {
            name: "ZoneInfo",
            params: &["key"],
            required: &[true],
            required_count: 1,
            positional_only: 0,
            positional: 1,
        };
        let key = key_argument(vm, &S, args)?;
        cached(vm, class, key)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<ZoneInfo>) -> Result {
        let class = crate::datetime::type_name(this.as_value());
        let text = match &this.file {
            Some(file) if this.key.is_none() => format!("{class}.from_file({})", file.to_string_lossy()),
            _ => {
                let key = vm.repr(&this.key)?.to_string_lossy();
                format!("{class}(key={key})")
            }
        };
        vm.new_str(&text).map(Ref::into_value)
    }

    #[slot]
    fn str(vm: &mut Vm, this: &Ref<ZoneInfo>) -> Result {
        match this.key.is_none() {
            true => vm.repr(this.as_value()).map(Ref::into_value),
            false => vm.str(&this.key).map(Ref::into_value),
        }
    }

    /// Forgets the zones that the class keeps, all of them or those of some keys.
    #[classmethod("($type, /, *, only_keys=None)")]
    fn clear_cache(vm: &mut Vm, class: &Value, only_keys: Option<&Value>) -> Result<()> {
        let class = class_argument(vm, class)?;
        let weak = weak_cache(vm, &class)?;
        let Some(keys) = only_keys.filter(|keys| !keys.is_none()) else {
            vm.call_method(&weak, name!("clear"), &[])?;
            if let Some(kept) = strong_cache(vm, &class)? {
                let old = kept.get_mut(vm).with_vec(|items| Ok(std::mem::take(items)))?;
                drop(old);
            }
            return Ok(());
        };
        for key in vm.collect(keys)? {
            if let Some(kept) = strong_cache(vm, &class)?
                && let Some(place) = place_in_strong(vm, &kept, &key)?
            {
                let old = take_at(vm, &kept, place)?;
                drop(old);
            }
            vm.call_method(&weak, name!("pop"), &[key, Value::none()])?;
        }
        Ok(())
    }

    /// A zone of its own for a key, which no cache knows.
    #[classmethod("($type, /, key)")]
    fn no_cache(vm: &mut Vm, class: &Value, key: &Value) -> Result {
        let class = class_argument(vm, class)?;
        load::from_key(vm, &class, key)
    }

    /// A zone from a file object that is opened for reading bytes.
    #[classmethod("($type, file_obj, /, key=None)")]
    fn from_file(vm: &mut Vm, class: &Value, file_obj: &Value, key: Option<&Value>) -> Result {
        let class = class_argument(vm, class)?;
        load::from_file(vm, &class, file_obj, key.cloned().unwrap_or_else(Value::none))
    }

    /// The offset from UTC that holds at a local time.
    #[method("($self, dt, /)")]
    fn utcoffset(vm: &mut Vm, this: &Ref<ZoneInfo>, dt: &Value) -> Result {
        lookup(vm, this, dt, Wanted::Offset)
    }

    /// How much of the offset is summer time at a local time.
    #[method("($self, dt, /)")]
    fn dst(vm: &mut Vm, this: &Ref<ZoneInfo>, dt: &Value) -> Result {
        lookup(vm, this, dt, Wanted::Summer)
    }

    /// What the zone is called for short at a local time.
    #[method("($self, dt, /)")]
    fn tzname(vm: &mut Vm, this: &Ref<ZoneInfo>, dt: &Value) -> Result {
        lookup(vm, this, dt, Wanted::Name)
    }

    /// The local time of a moment that is given in UTC, but with this zone.
    #[method("($self, object, /)")]
    fn fromutc(vm: &mut Vm, this: &Ref<ZoneInfo>, object: &Value) -> Result {
        let Some(dt) = object.downcast::<DateTime>() else {
            return Err(vm.raise_type_error("fromutc: argument must be a datetime"));
        };
        if !dt.tz.as_ref().is_some_and(|tz| tz.is(this.as_value())) {
            return Err(vm.raise_value_error("fromutc: dt.tzinfo is not self"));
        }
        let (seconds, year) = clock_of(dt);
        let found = this.zone.0.at_utc(seconds, year);
        let Some((info, is_second)) = found else { return Ok(object.clone()) };
        if object.downcast_exact::<DateTime>().is_some() {
            let moved = dt.plus(vm, i128::from(this.zone.0.infos[info].offset) * 1_000_000)?;
            if let Some(moved) = moved.downcast::<DateTime>() {
                moved.fold.set(u8::from(is_second));
            }
            return Ok(moved);
        }
        // A subclass can have an addition of its own.
        let offset = this.answer(Some(info), Wanted::Offset);
        let moved = vm.binary(BinaryOp::ADD, object, &offset)?;
        if !is_second {
            return Ok(moved);
        }
        let replace = vm.get_attr(&moved, name!("replace"))?;
        vm.call_args(&replace, Args::new(&[Value::from_i32(1)], &[name!("fold").to_value()]))
    }

    /// What it is pickled as: its key.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<ZoneInfo>) -> Result<Ref<Tuple>> {
        let from_cache = match this.source.0.get() {
            Source::File => {
                let pickle = vm.import("pickle")?;
                let class = vm.get_attr(&pickle, name!("PicklingError"))?;
                let text = vm.new_str("Cannot pickle a ZoneInfo file from a file stream.")?.into_value();
                let error = vm.call(&class, &[text])?;
                return Err(vm.raise(error));
            }
            source => source == Source::Cache,
        };
        let maker = vm.get_attr(this.as_value(), name!("_unpickle"))?;
        let arguments = vm.new_tuple_from(&[this.key.clone(), Value::from_i32(from_cache.into())])?;
        vm.new_tuple_from(&[maker, arguments.into_value()])
    }

    /// What pickles call.
    #[classmethod("($type, key, from_cache, /)")]
    fn _unpickle(vm: &mut Vm, class: &Value, key: &Value, from_cache: &Value) -> Result {
        let class = class_argument(vm, class)?;
        match vm.is_truthy(from_cache)? {
            true => vm.call(&class.to_value(), std::slice::from_ref(key)),
            false => load::from_key(vm, &class, key),
        }
    }

    /// Gives a subclass a cache of its own.
    #[classmethod]
    fn __init_subclass__(vm: &mut Vm, class: &Value, _args: Args<'_>) -> Result {
        let cache = new_weak_cache(vm)?;
        vm.set_attr(class, name!("_weak_cache"), Some(cache))?;
        Ok(Value::none())
    }

    #[getter]
    fn key(_vm: &mut Vm, this: &Ref<ZoneInfo>) -> Result {
        Ok(this.key.clone())
    }
}

/// `_zoneinfo`.
pub struct ZoneinfoModule;

/// Time zones of the IANA's database.
#[module(name = "_zoneinfo")]
impl ZoneinfoModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        // Where `datetime` is the Python version, its classes are others than those used here.
        vm.import("_datetime")?;
        vm.add_class(module, &ZoneInfoClass::class_def())?;
        let paths = vm.import("zoneinfo._tzpath")?;
        let find = vm.get_attr(&paths, name!("find_tzfile"))?;
        let common = vm.import("zoneinfo._common")?;
        let weak = new_weak_cache(vm)?;
        let strong = vm.new_list(Vec::new())?.into_value();
        for (key, value) in [(FIND_FILE, find), (COMMON, common), (WEAK_CACHE, weak), (STRONG_CACHE, strong)] {
            let old = vm.state_mut().registry.insert(key, value);
            drop(old);
        }
        Ok(())
    }
}
