//! Compression and decompression parameters: numbers, names, bounds.

use super::raise;
use taipan_object::{Dict, Value};
use taipan_vm::{Ref, Result, Vm};
use zstd_safe::{CCtx, CParameter, DCtx, DParameter, Strategy};

/// A parameter as the library describes it.
struct Parameter {
    id: i64,
    name: &'static str,
    least: i64,
    most: i64,
    make: fn(u32) -> CParameter,
}

macro_rules! parameters {
    ($($id:literal $name:literal $least:literal..$most:literal $make:expr;)*) => {
        static COMPRESSION: &[Parameter] =
            &[$(Parameter { id: $id, name: $name, least: $least, most: $most, make: $make }),*];
    };
}

fn strategy(n: u32) -> CParameter {
    use Strategy::*;
    let all = [
        ZSTD_fast,
        ZSTD_dfast,
        ZSTD_greedy,
        ZSTD_lazy,
        ZSTD_lazy2,
        ZSTD_btlazy2,
        ZSTD_btopt,
        ZSTD_btultra,
        ZSTD_btultra2,
    ];
    CParameter::Strategy(all[(n as usize).clamp(1, 9) - 1])
}

parameters! {
    100 "compression_level" -131072..22 |n| CParameter::CompressionLevel(n as i32);
    101 "window_log" 10..31 CParameter::WindowLog;
    102 "hash_log" 6..30 CParameter::HashLog;
    103 "chain_log" 6..30 CParameter::ChainLog;
    104 "search_log" 1..30 CParameter::SearchLog;
    105 "min_match" 3..7 CParameter::MinMatch;
    106 "target_length" 0..131072 CParameter::TargetLength;
    107 "strategy" 1..9 strategy;
    160 "enable_long_distance_matching" 0..2 |n| CParameter::EnableLongDistanceMatching(n == 1);
    161 "ldm_hash_log" 6..30 CParameter::LdmHashLog;
    162 "ldm_min_match" 4..4096 CParameter::LdmMinMatch;
    163 "ldm_bucket_size_log" 1..8 CParameter::LdmBucketSizeLog;
    164 "ldm_hash_rate_log" 0..25 CParameter::LdmHashRateLog;
    200 "content_size_flag" 0..1 |n| CParameter::ContentSizeFlag(n != 0);
    201 "checksum_flag" 0..1 |n| CParameter::ChecksumFlag(n != 0);
    202 "dict_id_flag" 0..1 |n| CParameter::DictIdFlag(n != 0);
    400 "nb_workers" 0..256 CParameter::NbWorkers;
    401 "job_size" 0..1073741824 CParameter::JobSize;
    402 "overlap_log" 0..9 CParameter::OverlapSizeLog;
}

const WINDOW_LOG_MAX: (i64, i64, i64) = (100, 10, 31);

/// What the interpreter keeps the types of the keys under.
pub const KEY_TYPES: [&str; 2] = ["_zstd.c_parameter_type", "_zstd.d_parameter_type"];

/// The least and the greatest value of a parameter.
pub fn bounds(vm: &mut Vm, id: i64, is_compress: bool) -> Result<(i64, i64)> {
    let found = if is_compress {
        COMPRESSION.iter().find(|p| p.id == id).map(|p| (p.least, p.most))
    } else {
        (id == WINDOW_LOG_MAX.0).then_some((WINDOW_LOG_MAX.1, WINDOW_LOG_MAX.2))
    };
    match found {
        Some(bounds) => Ok(bounds),
        None => {
            let kind = if is_compress { "compression" } else { "decompression" };
            Err(raise(vm, &format!("Unable to get zstd {kind} parameter bounds: Unsupported parameter")))
        }
    }
}

/// The entries of an options dict; keys of the other direction are refused.
fn entries(vm: &mut Vm, options: &Ref<Dict>, is_compress: bool) -> Result<Vec<(i64, i64)>> {
    let wrong = vm.state().registry.get(KEY_TYPES[usize::from(is_compress)]).cloned();
    let all: Vec<(Value, Value)> = options.get(vm).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    let mut out = Vec::with_capacity(all.len());
    for (key, value) in all {
        if wrong.as_ref().and_then(Value::as_type).is_some_and(|t| key.ty().is(t)) {
            return Err(vm.raise_type_error(if is_compress {
                "compression options dictionary key must not be a DecompressionParameter attribute"
            } else {
                "decompression options dictionary key must not be a CompressionParameter attribute"
            }));
        }
        let mut numbers = [0; 2];
        for (to, v) in numbers.iter_mut().zip([&key, &value]) {
            let n = vm.to_index_i64(v, "int")?;
            if i32::try_from(n).is_err() {
                return Err(vm.raise_overflow_error("Python int too large to convert to C int"));
            }
            *to = n;
        }
        out.push((numbers[0], numbers[1]));
    }
    Ok(out)
}

fn illegal(vm: &mut Vm, kind: &str, name: &str, n: i64, least: i64, most: i64) -> taipan_object::Raised {
    vm.raise_value_error(&format!(
        "{kind} parameter '{name}' received an illegal value {n}; the valid range is [{least}, {most}]"
    ))
}

/// Sets the level of a compressor.
pub fn set_level(vm: &mut Vm, context: &mut CCtx<'static>, level: i64) -> Result<()> {
    let (least, most) = (COMPRESSION[0].least, COMPRESSION[0].most);
    if !(least..=most).contains(&level) {
        let text = format!("illegal compression level {level}; the valid range is [{least}, {most}]");
        return Err(vm.raise_value_error(&text));
    }
    match context.set_parameter(CParameter::CompressionLevel(level as i32)) {
        Ok(_) => Ok(()),
        Err(code) => Err(super::raise_code(vm, "Unable to set compression level", code)),
    }
}

/// Sets the options of a compressor.
pub fn set_compression(vm: &mut Vm, context: &mut CCtx<'static>, options: &Ref<Dict>) -> Result<()> {
    for (id, n) in entries(vm, options, true)? {
        let Some(p) = COMPRESSION.iter().find(|p| p.id == id) else {
            let text = format!("invalid compression parameter 'unknown parameter (key {id})'");
            return Err(vm.raise_value_error(&text));
        };
        // 0 is the default where it is out of bounds.
        if !(p.least..=p.most).contains(&n) && n != 0 {
            return Err(illegal(vm, "compression", p.name, n, p.least, p.most));
        }
        if n == 0 && p.least > 0 {
            continue;
        }
        if let Err(code) = context.set_parameter((p.make)(n as i32 as u32)) {
            let text = format!("Unable to set zstd compression parameter '{}'", p.name);
            return Err(super::raise_code(vm, &text, code));
        }
    }
    Ok(())
}

/// Sets the options of a decompressor.
pub fn set_decompression(vm: &mut Vm, context: &mut DCtx<'static>, options: &Ref<Dict>) -> Result<()> {
    for (id, n) in entries(vm, options, false)? {
        let (known, least, most) = WINDOW_LOG_MAX;
        if id != known {
            let text = format!("invalid decompression parameter 'unknown parameter (key {id})'");
            return Err(vm.raise_value_error(&text));
        }
        if n == 0 {
            continue;
        }
        if !(least..=most).contains(&n) {
            return Err(illegal(vm, "decompression", "window_log_max", n, least, most));
        }
        if let Err(code) = context.set_parameter(DParameter::WindowLogMax(n as u32)) {
            let text = "Unable to set zstd decompression parameter 'window_log_max'";
            return Err(super::raise_code(vm, text, code));
        }
    }
    Ok(())
}
