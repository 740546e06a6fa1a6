//! Filter chains: from the dicts that name them to what the library wants, and the properties that raw streams carry.

use super::raise;
use liblzma::stream::{Error, Filters, LzmaOptions, MatchFinder, Mode};
use taipan_object::{Dict, Str, Value};
use taipan_vm::types::int::view;
use taipan_vm::{Ref, Result, Vm};

pub const LZMA1: u64 = 0x4000_0000_0000_0001;
pub const LZMA2: u64 = 0x21;
pub const DELTA: u64 = 3;
/// Filters of machine code: x86, PowerPC, IA-64, ARM, ARM Thumb, SPARC.
pub const BCJ: [u64; 6] = [4, 5, 6, 7, 8, 9];

const INVALID: &str = "Invalid or unsupported options";

/// A filter of a chain.
pub enum Filter {
    Lzma { id: u64, options: LzmaOptions, dictionary: u32, bits: [u32; 3] },
    Delta { distance: u32 },
    Bcj { id: u64, start: u32 },
}

fn item(vm: &mut Vm, spec: &Value, key: &str) -> Result<Option<Value>> {
    let key = vm.intern_utf8(key)?.into_value();
    match vm.get_item(spec, &key) {
        Ok(v) => Ok(Some(v)),
        Err(raised) if vm.raised_is(taipan_vm::errors::KEY_ERROR.as_type()) => {
            drop(vm.take_raised(raised));
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

/// A number that must be unsigned and fit.
pub fn unsigned(vm: &mut Vm, v: &Value, most: u64) -> Result<u64> {
    let n = vm.index(v)?;
    match view(&n).map(|n| (n.is_negative(), n.to_u64())) {
        Some((true, _)) => Err(vm.raise_value_error("Cannot convert negative int")),
        Some((_, Some(n))) if n <= most => Ok(n),
        _ if most == u64::from(u32::MAX) => Err(vm.raise_overflow_error("Value too large for uint32_t type")),
        _ => Err(vm.raise_overflow_error("Python int too large for C unsigned long long")),
    }
}

/// The option of a filter, or what counts as a bad description of it.
fn option(vm: &mut Vm, spec: &Value, key: &str, bad: &str) -> Result<Option<u32>> {
    let Some(v) = item(vm, spec, key)? else { return Ok(None) };
    match unsigned(vm, &v, u32::MAX.into()) {
        Ok(n) => Ok(Some(n as u32)),
        Err(raised) => {
            drop(vm.take_raised(raised));
            Err(vm.raise_value_error(bad))
        }
    }
}

fn check_keys(vm: &mut Vm, spec: &Value, known: &[&str], bad: &str) -> Result<()> {
    let Some(dict) = spec.downcast::<Dict>() else { return Ok(()) };
    let strange = dict.get(vm).iter().any(|(k, _)| {
        let key = k.downcast::<Str>().and_then(|k| k.to_utf8());
        !key.is_some_and(|k| k == "id" || known.contains(&k))
    });
    if strange { Err(vm.raise_value_error(bad)) } else { Ok(()) }
}

fn lzma(vm: &mut Vm, spec: &Value, id: u64) -> Result<Filter> {
    const BAD: &str = "Invalid filter specifier for LZMA filter";
    let preset = match item(vm, spec, "preset")? {
        Some(v) => unsigned(vm, &v, u32::MAX.into())? as u32,
        None => 6,
    };
    let Ok(mut options) = LzmaOptions::new_preset(preset) else {
        return Err(raise(vm, &format!("Invalid compression preset: {preset}")));
    };
    const KEYS: [&str; 9] = ["preset", "dict_size", "lc", "lp", "pb", "mode", "nice_len", "mf", "depth"];
    check_keys(vm, spec, &KEYS, BAD)?;
    // Dictionary sizes of the presets.
    const SIZES: [u32; 10] = [18, 20, 21, 22, 22, 23, 23, 24, 25, 26];
    let mut dictionary = 1 << SIZES[(preset & 31).min(9) as usize];
    if let Some(n) = option(vm, spec, "dict_size", BAD)? {
        options.dict_size(n);
        dictionary = n;
    }
    let mut bits = [3, 0, 2];
    for (to, key) in bits.iter_mut().zip(["lc", "lp", "pb"]) {
        if let Some(n) = option(vm, spec, key, BAD)? {
            *to = n;
        }
    }
    let [lc, lp, pb] = bits;
    options.literal_context_bits(lc).literal_position_bits(lp).position_bits(pb);
    match option(vm, spec, "mode", BAD)? {
        None => {}
        Some(1) => {
            options.mode(Mode::Fast);
        }
        Some(2) => {
            options.mode(Mode::Normal);
        }
        Some(_) => return Err(raise(vm, INVALID)),
    }
    if let Some(n) = option(vm, spec, "nice_len", BAD)? {
        options.nice_len(n);
    }
    match option(vm, spec, "mf", BAD)? {
        None => {}
        Some(n) => {
            options.match_finder(match n {
                3 => MatchFinder::HashChain3,
                4 => MatchFinder::HashChain4,
                0x12 => MatchFinder::BinaryTree2,
                0x13 => MatchFinder::BinaryTree3,
                0x14 => MatchFinder::BinaryTree4,
                _ => return Err(raise(vm, INVALID)),
            });
        }
    }
    if let Some(n) = option(vm, spec, "depth", BAD)? {
        options.depth(n);
    }
    Ok(Filter::Lzma { id, options, dictionary, bits })
}

impl Filter {
    /// From a dict with an `id`.
    pub fn parse(vm: &mut Vm, spec: &Value) -> Result<Filter> {
        if taipan_vm::slots::of(spec.ty()).getitem.is_none() || spec.downcast::<Str>().is_some() {
            return Err(vm.raise_type_error("Filter specifier must be a dict or dict-like object"));
        }
        let Some(id) = item(vm, spec, "id")? else {
            return Err(vm.raise_value_error("Filter specifier must have an \"id\" entry"));
        };
        let id = unsigned(vm, &id, u64::MAX)?;
        match id {
            LZMA1 | LZMA2 => lzma(vm, spec, id),
            DELTA => {
                const BAD: &str = "Invalid filter specifier for delta filter";
                check_keys(vm, spec, &["dist"], BAD)?;
                Ok(Filter::Delta { distance: option(vm, spec, "dist", BAD)?.unwrap_or(1) })
            }
            _ if BCJ.contains(&id) => {
                const BAD: &str = "Invalid filter specifier for BCJ filter";
                check_keys(vm, spec, &["start_offset"], BAD)?;
                Ok(Filter::Bcj { id, start: option(vm, spec, "start_offset", BAD)?.unwrap_or(0) })
            }
            _ => Err(vm.raise_value_error(&format!("Invalid filter ID: {id}"))),
        }
    }

    /// The properties as a raw stream's container keeps them; `None` for options that there are not.
    pub fn properties(&self) -> Option<Vec<u8>> {
        match self {
            Filter::Lzma { id: LZMA1, dictionary, bits: [lc, lp, pb], .. } => {
                if *lc > 4 || *lp > 4 || lc + lp > 4 || *pb > 4 {
                    return None;
                }
                let mut out = vec![((pb * 5 + lp) * 9 + lc) as u8];
                out.extend_from_slice(&dictionary.to_le_bytes());
                Some(out)
            }
            Filter::Lzma { dictionary, .. } => {
                Some(vec![(0..40).find(|&n| size_of_code(n) >= *dictionary).unwrap_or(40)])
            }
            Filter::Delta { distance: distance @ 1..=256 } => Some(vec![(distance - 1) as u8]),
            Filter::Delta { .. } => None,
            Filter::Bcj { start: 0, .. } => Some(Vec::new()),
            Filter::Bcj { start, .. } => Some(start.to_le_bytes().to_vec()),
        }
    }

    fn add_to(&self, chain: &mut Filters) -> std::result::Result<(), Error> {
        let properties = self.properties().ok_or(Error::Options)?;
        match self {
            Filter::Lzma { id: LZMA1, options, .. } => chain.lzma1(options),
            Filter::Lzma { options, .. } => chain.lzma2(options),
            Filter::Delta { .. } => chain.delta_properties(&properties)?,
            Filter::Bcj { id: 4, .. } => chain.x86_properties(&properties)?,
            Filter::Bcj { id: 5, .. } => chain.powerpc_properties(&properties)?,
            Filter::Bcj { id: 6, .. } => chain.ia64_properties(&properties)?,
            Filter::Bcj { id: 7, .. } => chain.arm_properties(&properties)?,
            Filter::Bcj { id: 8, .. } => chain.arm_thumb_properties(&properties)?,
            Filter::Bcj { .. } => chain.sparc_properties(&properties)?,
        };
        Ok(())
    }
}

/// The dictionary size that a byte of LZMA2's properties stands for.
fn size_of_code(n: u8) -> u32 {
    (2 | u32::from(n & 1)) << (n / 2 + 11)
}

/// A sequence of filters.
pub fn parse_chain(vm: &mut Vm, specs: &Value) -> Result<Vec<Filter>> {
    if let Some(dict) = specs.downcast::<Dict>() {
        let given = dict.ty().name();
        return Err(vm.raise_type_error(&format!("{given} is not a sequence")));
    }
    let count = vm.len(specs)?;
    if count > 4 {
        return Err(vm.raise_value_error("Too many filters - liblzma supports a maximum of 4"));
    }
    let mut chain = Vec::new();
    for i in 0..count {
        let spec = vm.get_item(specs, &Value::from_i32(i as i32))?;
        chain.push(Filter::parse(vm, &spec)?);
    }
    Ok(chain)
}

/// The chain as the library wants it.
pub fn build(vm: &mut Vm, chain: &[Filter]) -> Result<Filters> {
    let mut filters = Filters::new();
    for f in chain {
        if let Err(e) = f.add_to(&mut filters) {
            return Err(super::raise_error(vm, e));
        }
    }
    Ok(filters)
}

/// The dict that properties stand for.
pub fn decode(vm: &mut Vm, id: u64, properties: &[u8]) -> Result<Ref<Dict>> {
    let word = |b: &[u8]| b.try_into().map(u32::from_le_bytes).ok();
    let entries: Option<Vec<(&str, u32)>> = match (id, properties) {
        (LZMA1, [code @ 0..=224, size @ ..]) if size.len() == 4 => word(size).map(|size| {
            let code = u32::from(*code);
            vec![("lc", code % 9), ("lp", code / 9 % 5), ("pb", code / 45), ("dict_size", size)]
        }),
        (LZMA2, [40]) => Some(vec![("dict_size", u32::MAX)]),
        (LZMA2, [code @ 0..=39]) => Some(vec![("dict_size", size_of_code(*code))]),
        (DELTA, [distance]) => Some(vec![("dist", u32::from(*distance) + 1)]),
        (id, []) if BCJ.contains(&id) => Some(Vec::new()),
        (id, start) if BCJ.contains(&id) && start.len() == 4 => word(start).map(|s| vec![("start_offset", s)]),
        _ => None,
    };
    let Some(entries) = entries else { return Err(raise(vm, INVALID)) };
    let dict = vm.new_dict()?;
    let id = vm.new_uint(id)?;
    let key = vm.intern_utf8("id")?.into_value();
    vm.dict_set(&dict, &key, id)?;
    for (key, n) in entries {
        let key = vm.intern_utf8(key)?.into_value();
        let n = vm.new_int(n.into())?;
        vm.dict_set(&dict, &key, n)?;
    }
    Ok(dict)
}
