//! Zones from what files of the database hold.

use super::rule;
use super::zone::{Raw, Zone};
use super::{COMMON, FIND_FILE, Source, ZoneInfo, kept};
use crate::datetime::{TzInfo, new_delta};
use std::cell::Cell;
use taipan_object::trace::Opaque;
use taipan_object::{Bytes, Str, Value};
use taipan_vm::{Ref, Result, Type, Vm, name};

/// The zone of a key, from its file or the package `tzdata`.
pub fn from_key(vm: &mut Vm, class: &Ref<Type>, key: &Value) -> Result {
    let find = kept(vm, FIND_FILE)?;
    let path = vm.call(&find, std::slice::from_ref(key))?;
    let file = if path.is_none() {
        let common = kept(vm, COMMON)?;
        vm.call_method(&common, name!("load_tzdata"), std::slice::from_ref(key))?
    } else {
        let io = vm.import("io")?;
        let mode = vm.new_str("rb")?.into_value();
        vm.call_method(&io, name!("open"), &[path, mode])?
    };
    let made = read(vm, class, &file, key.clone(), None, Source::NoCache);
    // An error of reading counts more than one of closing.
    match made {
        Ok(zone) => vm.call_method(&file, name!("close"), &[]).map(|_| zone),
        Err(raised) => {
            let error = vm.take_raised(raised);
            match vm.call_method(&file, name!("close"), &[]) {
                Ok(_) => Err(vm.raise(error)),
                Err(raised) => {
                    let later = vm.take_raised(raised);
                    vm.set_context(&later, error);
                    Err(vm.raise(later))
                }
            }
        }
    }
}

/// The zone of an open file.
pub fn from_file(vm: &mut Vm, class: &Ref<Type>, file: &Value, key: Value) -> Result {
    let shown = vm.repr(file)?;
    read(vm, class, file, key, Some(shown), Source::File)
}

fn read(vm: &mut Vm, class: &Ref<Type>, file: &Value, key: Value, shown: Option<Ref<Str>>, source: Source) -> Result {
    let common = kept(vm, COMMON)?;
    let data = vm.call_method(&common, name!("load_data"), std::slice::from_ref(file))?;
    let parts = vm.collect(&data)?;
    let [kinds, utc, offsets, is_summer, names, text] = parts.as_slice() else {
        return Err(vm.raise_value_error("unexpected data of a time zone"));
    };
    let mut raw = Raw {
        utc: integers(vm, utc)?,
        kinds: integers(vm, kinds)?.into_iter().map(|n| n as usize).collect(),
        offsets: integers(vm, offsets)?,
        is_summer: integers(vm, is_summer)?.into_iter().map(|n| n != 0).collect(),
        names: Vec::new(),
    };
    for name in vm.collect(names)? {
        raw.names.push(vm.str(&name)?.to_string_lossy());
    }
    let n = raw.offsets.len();
    if raw.kinds.len() != raw.utc.len()
        || raw.is_summer.len() != n
        || raw.names.len() != n
        || raw.kinds.iter().any(|kind| *kind >= n)
    {
        return Err(vm.raise_value_error("unexpected data of a time zone"));
    }
    let zone = match Zone::new(raw, rule_of(vm, text)?) {
        Some(zone) => zone,
        None => return Err(vm.raise_value_error("No time zone information found.")),
    };
    let mut answers = Vec::with_capacity(3 * zone.infos.len());
    for info in &zone.infos {
        answers.push(new_delta(vm, i128::from(info.offset) * 1_000_000)?.into_value());
        answers.push(new_delta(vm, i128::from(info.summer) * 1_000_000)?.into_value());
        answers.push(vm.new_str(&info.name)?.into_value());
    }
    let made = ZoneInfo {
        base: TzInfo {},
        key,
        file: shown,
        source: Opaque(Cell::new(source)),
        zone: Opaque(Box::new(zone)),
        answers,
    };
    Ref::new_in(vm, class, made).map(Ref::into_value)
}

fn integers(vm: &mut Vm, values: &Value) -> Result<Vec<i64>> {
    let mut numbers = Vec::new();
    for value in vm.collect(values)? {
        numbers.push(vm.to_index_i64(&value, "long")?);
    }
    Ok(numbers)
}

/// The rule at the end of a file, if there is one.
fn rule_of(vm: &mut Vm, text: &Value) -> Result<Option<rule::Parsed>> {
    let Some(bytes) = text.downcast::<Bytes>() else { return Ok(None) };
    if bytes.len() == 0 {
        return Ok(None);
    }
    match rule::parse(bytes.as_bytes()) {
        Ok(rule) => Ok(Some(rule)),
        Err(fault) => {
            let shown = vm.repr(text)?.to_string_lossy();
            Err(vm.raise_value_error(&(fault.message() + &shown)))
        }
    }
}
