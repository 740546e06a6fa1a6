//! The constant parts of `sys`: versions, numeric limits, flags, names of modules, the places of the library.

use super::stdlib_names::STDLIB_MODULE_NAMES;
use crate::errors::report::UNRAISABLE_ARGS;
use crate::types::module::{Late, Module};
use crate::types::str::codec;
use crate::vm::{SysConfig, SysFlags};
use crate::{ModuleRef, Ref, Result, Type, Value, Vm};
use taipan_object::statics::FROZENSET;

/// The language version that is implemented.
const VERSION: [i64; 3] = [3, 14, 10];
/// The same as text.
pub const VERSION_TEXT: &str = "3.14.10";
/// The version as one number, a final release.
const HEX_VERSION: i64 = VERSION[0] << 24 | VERSION[1] << 16 | VERSION[2] << 8 | 0xF0;
/// Key under which the type of `sys.get_asyncgen_hooks()` is kept.
const ASYNCGEN_HOOKS: &str = "sys.asyncgen_hooks";

const VERSION_FIELDS: [(&str, &str); 5] = [
    ("major", "Major release number"),
    ("minor", "Minor release number"),
    ("micro", "Patch release number"),
    ("releaselevel", "'alpha', 'beta', 'candidate', or 'final'"),
    ("serial", "Serial release number"),
];

const FLOAT_FIELDS: [(&str, &str); 11] = [
    ("max", "DBL_MAX -- maximum representable finite float"),
    ("max_exp", "DBL_MAX_EXP -- maximum int e such that radix**(e-1) is representable"),
    ("max_10_exp", "DBL_MAX_10_EXP -- maximum int e such that 10**e is representable"),
    ("min", "DBL_MIN -- Minimum positive normalized float"),
    ("min_exp", "DBL_MIN_EXP -- minimum int e such that radix**(e-1) is a normalized float"),
    ("min_10_exp", "DBL_MIN_10_EXP -- minimum int e such that 10**e is a normalized float"),
    ("dig", "DBL_DIG -- maximum number of decimal digits that can be faithfully represented in a float"),
    ("mant_dig", "DBL_MANT_DIG -- mantissa digits"),
    ("epsilon", "DBL_EPSILON -- Difference between 1 and the next representable float"),
    ("radix", "FLT_RADIX -- radix of exponent"),
    ("rounds", "FLT_ROUNDS -- rounding mode used for arithmetic operations"),
];

const INT_FIELDS: [(&str, &str); 4] = [
    ("bits_per_digit", "size of a digit in bits"),
    ("sizeof_digit", "size in bytes of the C type used to represent a digit"),
    ("default_max_str_digits", "maximum string conversion digits limitation"),
    ("str_digits_check_threshold", "minimum positive value for int_max_str_digits"),
];

const HASH_FIELDS: [(&str, &str); 9] = [
    ("width", "width of the type used for hashing, in bits"),
    ("modulus", "prime number giving the modulus on which the hash function is based"),
    ("inf", "value to be used for hash of a positive infinity"),
    ("nan", "value to be used for hash of a nan"),
    ("imag", "multiplier used for the imaginary part of a complex number"),
    ("algorithm", "name of the algorithm for hashing of str, bytes and memoryviews"),
    ("hash_bits", "internal output size of hash algorithm"),
    ("seed_bits", "seed size of hash algorithm"),
    ("cutoff", "small string optimization cutoff"),
];

const THREAD_FIELDS: [(&str, &str); 3] = [
    ("name", "name of the thread implementation"),
    ("lock", "name of the lock implementation"),
    ("version", "name and version of the thread library"),
];

const FLAG_FIELDS: [(&str, &str); 21] = [
    ("debug", "-d"),
    ("inspect", "-i"),
    ("interactive", "-i"),
    ("optimize", "-O or -OO"),
    ("dont_write_bytecode", "-B"),
    ("no_user_site", "-s"),
    ("no_site", "-S"),
    ("ignore_environment", "-E"),
    ("verbose", "-v"),
    ("bytes_warning", "-b"),
    ("quiet", "-q"),
    ("hash_randomization", "-R"),
    ("isolated", "-I"),
    ("dev_mode", "-X dev"),
    ("utf8_mode", "-X utf8"),
    ("warn_default_encoding", "-X warn_default_encoding"),
    ("safe_path", "-P"),
    ("int_max_str_digits", "-X int_max_str_digits"),
    ("gil", "-X gil"),
    ("thread_inherit_context", "-X thread_inherit_context"),
    ("context_aware_warnings", "-X context_aware_warnings"),
];

const UNRAISABLE_FIELDS: [(&str, &str); 5] = [
    ("exc_type", "Exception type"),
    ("exc_value", "Exception value"),
    ("exc_traceback", "Exception traceback"),
    ("err_msg", "Error message"),
    ("object", "Object causing the exception"),
];

const ASYNCGEN_FIELDS: [(&str, &str); 2] = [("firstiter", ""), ("finalizer", "")];

/// A field of a struct sequence before it is a Python value.
enum Field<'a> {
    Int(i64),
    Float(f64),
    Bool(bool),
    Text(&'a str),
}

fn values(vm: &mut Vm, fields: &[Field<'_>]) -> Result<Vec<Value>> {
    fields
        .iter()
        .map(|f| match f {
            Field::Int(n) => vm.new_int(*n),
            Field::Float(x) => vm.new_float(*x),
            Field::Bool(b) => Ok(Value::bool(*b)),
            Field::Text(text) => vm.new_str(text).map(Ref::into_value),
        })
        .collect()
}

/// The one instance of a struct sequence type.
fn single(vm: &mut Vm, ty: &Ref<Type>, fields: &[Field<'_>]) -> Result {
    let values = values(vm, fields)?;
    vm.new_structseq(ty, values)
}

/// Text from the system, as file names are decoded.
fn system_text(vm: &mut Vm, bytes: &[u8]) -> Result {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return vm.new_str(text).map(Ref::into_value);
    }
    let bytes = vm.new_bytes(bytes)?.into_value();
    codec::decode(vm, &bytes, Some("utf-8"), Some("surrogateescape")).map(Ref::into_value)
}

fn text_list(vm: &mut Vm, all: &[Vec<u8>]) -> Result {
    let mut items = Vec::with_capacity(all.len());
    for text in all {
        items.push(system_text(vm, text)?);
    }
    vm.new_list(items).map(Ref::into_value)
}

fn set_text(vm: &mut Vm, module: &Ref<Module>, key: &str, text: &str) -> Result<()> {
    let text = vm.new_str(text)?.into_value();
    module.set(vm, key, text)
}

fn set_int(vm: &mut Vm, module: &Ref<Module>, key: &str, n: i64) -> Result<()> {
    let n = vm.new_int(n)?;
    module.set(vm, key, n)
}

/// Sets everything in `sys` that is not a function.
pub fn fill(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
    versions(vm, module)?;
    set_int(vm, module, "maxsize", i64::MAX)?;
    set_int(vm, module, "maxunicode", 0x10_FFFF)?;
    flags(vm, module)?;
    let native: Vec<&'static str> = vm.state().native_modules.keys().copied().collect();
    let native = names(vm, &native)?;
    module.set(vm, "builtin_module_names", native)?;
    vm.leave_for_later(module, &LATE);
    places(vm, module)?;
    let unraisable = vm.new_structseq_type(
        "builtins.UnraisableHookArgs",
        "UnraisableHookArgs\n\nWhat sys.unraisablehook is called with.",
        &UNRAISABLE_FIELDS,
        UNRAISABLE_FIELDS.len(),
    )?;
    vm.state_mut().registry.insert(UNRAISABLE_ARGS, unraisable.into_value());
    Ok(())
}

/// The class of what `sys.get_asyncgen_hooks` gives, made when it is first needed.
pub fn asyncgen_hooks_class(vm: &mut Vm) -> Result<Ref<Type>> {
    if let Some(class) = vm.state().registry.get(ASYNCGEN_HOOKS).and_then(|c| c.as_type_ref()) {
        return Ok(class.clone());
    }
    let class = vm.new_structseq_type(
        "builtins.asyncgen_hooks",
        "asyncgen_hooks\n\nThe hooks of asynchronous generators.",
        &ASYNCGEN_FIELDS,
        ASYNCGEN_FIELDS.len(),
    )?;
    vm.state_mut().registry.insert(ASYNCGEN_HOOKS, class.to_value());
    Ok(class)
}

/// `sys.version`.
pub fn full_version() -> String {
    let [major, minor, micro] = VERSION;
    format!("{major}.{minor}.{micro} (taipan {}, main) [Rust]", env!("CARGO_PKG_VERSION"))
}

fn versions(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
    use Field::{Int, Text};
    let [major, minor, micro] = VERSION;
    set_text(vm, module, "version", &full_version())?;
    set_int(vm, module, "hexversion", HEX_VERSION)?;
    set_int(vm, module, "api_version", 1013)?;
    let doc = "sys.version_info\n\nVersion information as a named tuple.";
    let ty = vm.new_structseq_type("sys.version_info", doc, &VERSION_FIELDS, VERSION_FIELDS.len())?;
    let info = single(vm, &ty, &[Int(major), Int(minor), Int(micro), Text("final"), Int(0)])?;
    vm.forbid_structseq_instances(&ty);
    module.set(vm, "version_info", info.clone())?;
    set_text(vm, module, "copyright", "Copyright (c) the Taipan authors.\nAll Rights Reserved.")?;
    set_text(vm, module, "platform", platform())?;
    set_text(vm, module, "byteorder", if cfg!(target_endian = "big") { "big" } else { "little" })?;
    set_text(vm, module, "float_repr_style", "short")?;
    set_text(vm, module, "abiflags", "")?;
    set_text(vm, module, "_framework", "")?;
    let mut git = Vec::new();
    for text in ["Taipan", "", ""] {
        git.push(vm.new_str(text)?.into_value());
    }
    let git = vm.new_tuple(git)?.into_value();
    module.set(vm, "_git", git)?;
    let mut attributes = Vec::new();
    attributes.push(("name", vm.new_str("taipan")?.into_value()));
    attributes.push(("cache_tag", vm.new_str(&format!("taipan-{major}{minor}"))?.into_value()));
    attributes.push(("version", info));
    attributes.push(("hexversion", vm.new_int(HEX_VERSION)?));
    let multiarch = format!("{}-{}-gnu", std::env::consts::ARCH, std::env::consts::OS);
    attributes.push(("_multiarch", vm.new_str(&multiarch)?.into_value()));
    attributes.push(("supports_isolated_interpreters", Value::bool(true)));
    let implementation = vm.new_namespace(attributes)?;
    module.set(vm, "implementation", implementation)
}

fn platform() -> &'static str {
    match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    }
}

/// What few programs ask `sys` for.
static LATE: Late = Late {
    names: &["float_info", "int_info", "hash_info", "thread_info", "stdlib_module_names"],
    make: |vm| {
        let mut values = numbers(vm)?;
        let names = names(vm, &STDLIB_MODULE_NAMES)?;
        values.push(vm.call(&FROZENSET.as_type().to_value(), &[names])?);
        Ok(values)
    },
};

fn numbers(vm: &mut Vm) -> Result<Vec<Value>> {
    use Field::{Float, Int, Text};
    let float = [
        Float(f64::MAX),
        Int(f64::MAX_EXP as i64),
        Int(f64::MAX_10_EXP as i64),
        Float(f64::MIN_POSITIVE),
        Int(f64::MIN_EXP as i64),
        Int(f64::MIN_10_EXP as i64),
        Int(f64::DIGITS as i64),
        Int(f64::MANTISSA_DIGITS as i64),
        Float(f64::EPSILON),
        Int(f64::RADIX as i64),
        Int(1),
    ];
    let hash = [
        Int(64),
        Int((1 << 61) - 1),
        Int(314_159),
        Int(0),
        Int(1_000_003),
        Text("siphash13"),
        Int(64),
        Int(128),
        Int(0),
    ];
    let int = [Int(30), Int(4), Int(4300), Int(640)];
    let library = if cfg!(target_os = "linux") { "NPTL" } else { "" };
    let thread = [Text("pthread"), Text("semaphore"), Text(library)];
    let all: [(&'static str, &str, &'static [(&'static str, &'static str)], &[Field<'_>]); 4] = [
        ("sys.float_info", "sys.float_info\n\nThe limits and the precision of float.", &FLOAT_FIELDS, &float),
        ("sys.int_info", "sys.int_info\n\nHow int is represented; the attributes are read only.", &INT_FIELDS, &int),
        ("sys.hash_info", "hash_info\n\nHow hashes are computed; the attributes are read only.", &HASH_FIELDS, &hash),
        ("sys.thread_info", "sys.thread_info\n\nHow threads are implemented.", &THREAD_FIELDS, &thread),
    ];
    let mut made = Vec::with_capacity(all.len());
    for (name, doc, fields, values) in all {
        let ty = vm.new_structseq_type(name, doc, fields, fields.len())?;
        made.push(single(vm, &ty, values)?);
    }
    Ok(made)
}

fn flags(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
    use Field::{Bool, Int};
    let f: SysFlags = vm.state().flags;
    let limit = vm.state().int_max_str_digits as i64;
    let fields = [
        Int(f.debug),
        Int(f.inspect),
        Int(f.interactive),
        Int(f.optimize),
        Int(f.dont_write_bytecode as i64),
        Int(f.no_user_site as i64),
        Int(f.no_site as i64),
        Int(f.ignore_environment as i64),
        Int(f.verbose),
        Int(f.bytes_warning),
        Int(f.quiet as i64),
        Int(f.hash_randomization as i64),
        Int(f.isolated as i64),
        Bool(f.dev_mode),
        Int(f.utf8_mode as i64),
        Int(f.warn_default_encoding as i64),
        Bool(f.safe_path),
        Int(limit),
        Int(1),
        Int(f.thread_inherit_context as i64),
        Int(f.context_aware_warnings as i64),
    ];
    let doc = "sys.flags\n\nWhat the command line and the environment ask for.";
    let ty = vm.new_structseq_type("sys.flags", doc, &FLAG_FIELDS, 18)?;
    let flags = single(vm, &ty, &fields)?;
    vm.forbid_structseq_instances(&ty);
    module.set(vm, "flags", flags)?;
    module.set(vm, "dont_write_bytecode", Value::bool(f.dont_write_bytecode))
}

fn names(vm: &mut Vm, texts: &[&str]) -> Result {
    let mut names = Vec::with_capacity(texts.len());
    for text in texts {
        names.push(vm.intern_utf8(text)?.into_value());
    }
    vm.new_tuple(names).map(Ref::into_value)
}

/// Arguments, paths and what the import system keeps.
fn places(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
    let config: SysConfig = vm.state().config.clone();
    let modules = match vm.state().modules.clone() {
        Some(modules) => modules,
        None => {
            let modules = vm.new_dict()?;
            vm.state_mut().modules = Some(modules.clone());
            modules
        }
    };
    module.set(vm, "modules", modules.into_value())?;
    let lists: [(&str, &[Vec<u8>]); 6] = [
        ("argv", &config.argv),
        ("orig_argv", &config.orig_argv),
        ("path", &config.path),
        ("warnoptions", &config.warn_options),
        ("path_hooks", &[]),
        ("meta_path", &[]),
    ];
    for (key, items) in lists {
        let list = text_list(vm, items)?;
        module.set(vm, key, list)?;
    }
    let cache = vm.new_dict()?.into_value();
    module.set(vm, "path_importer_cache", cache)?;
    let options = vm.new_dict()?;
    for option in &config.x_options {
        let at = option.iter().position(|&c| c == b'=');
        let (key, value) = match at {
            Some(at) => (system_text(vm, &option[..at])?, system_text(vm, &option[at + 1..])?),
            None => (system_text(vm, option)?, Value::bool(true)),
        };
        vm.dict_set(&options, &key, value)?;
    }
    module.set(vm, "_xoptions", options.into_value())?;
    // Nobody can say where the program is: CPython has an empty text then.
    let executable = config.executable.clone().or_else(|| taipan_host::env::executable().ok()).unwrap_or_default();
    let texts: [(&str, &[u8]); 7] = [
        ("executable", &executable),
        ("_base_executable", config.base_executable.as_deref().unwrap_or(&executable)),
        ("prefix", &config.prefix),
        ("exec_prefix", &config.exec_prefix),
        ("base_prefix", &config.base_prefix),
        ("base_exec_prefix", &config.base_exec_prefix),
        ("platlibdir", config.platlibdir.as_deref().unwrap_or(b"lib")),
    ];
    for (key, text) in texts {
        let text = system_text(vm, text)?;
        module.set(vm, key, text)?;
    }
    let library = match &config.stdlib_dir {
        Some(path) => system_text(vm, path)?,
        None => Value::none(),
    };
    module.set(vm, "_stdlib_dir", library)?;
    let home = match &config.home {
        Some(path) => system_text(vm, path)?,
        None => Value::none(),
    };
    module.set(vm, "_home", home)?;
    let prefix = match &config.pycache_prefix {
        Some(path) => system_text(vm, path)?,
        None => Value::none(),
    };
    module.set(vm, "pycache_prefix", prefix)
}
