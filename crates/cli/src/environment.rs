//! The variables `PYTHON*`, and how they and the command line make the interpreter's configuration.

use taipan::{IoEncoding, Options, Stress, SysFlags};

use crate::options::Words;

/// A setting that makes it impossible to start: text for `Fatal Python error`.
#[derive(Debug, PartialEq)]
pub struct Fatal {
    pub text: String,
    /// Whether the settings that decide about encodings were read by then.
    pub preinitialized: bool,
}

fn fatal<T>(text: impl Into<String>) -> Result<T, Fatal> {
    Err(Fatal { text: text.into(), preinitialized: true })
}

/// The environment, or nothing of it.
struct Variables {
    used: bool,
}

impl Variables {
    /// A variable that is there and not empty.
    fn get(&self, name: &str) -> Option<Vec<u8>> {
        if !self.used {
            return None;
        }
        taipan_host::env::get(name.as_bytes()).filter(|value| !value.is_empty())
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The number that a variable holds; what is no number counts as 1.
    fn level(&self, name: &str) -> i64 {
        match self.get(name) {
            None => 0,
            Some(value) => number(&value).filter(|&n| n >= 0).unwrap_or(1),
        }
    }
}

fn number(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text).ok()?.trim_start().parse().ok()
}

/// `0` or `1`, from an option or a variable.
fn switch(words: &Words, variables: &Variables, option: &str, variable: &str) -> Result<Option<bool>, Fatal> {
    let read = |value: &[u8]| match value {
        b"0" => Some(false),
        b"1" => Some(true),
        _ => None,
    };
    if let Some(value) = words.x_option(option) {
        return match value.and_then(read) {
            Some(on) => Ok(Some(on)),
            None => fatal(format!("config_init_{option}: -X {option}=n: n is missing or invalid")),
        };
    }
    match variables.get(variable) {
        None => Ok(None),
        Some(value) => match read(&value) {
            Some(on) => Ok(Some(on)),
            None => fatal(format!("config_init_{option}: {variable}=N: N is missing or invalid")),
        },
    }
}

/// The locale of characters, by the variables that decide it.
fn locale() -> Vec<u8> {
    let names: [&[u8]; 3] = [b"LC_ALL", b"LC_CTYPE", b"LANG"];
    names.into_iter().find_map(|n| taipan_host::env::get(n).filter(|v| !v.is_empty())).unwrap_or_else(|| b"C".to_vec())
}

fn is_c(locale: &[u8]) -> bool {
    matches!(locale, b"C" | b"POSIX")
}

/// PEP 538: child processes find a locale that knows UTF-8 where there would be none.
fn coerce_locale(isolated: bool) {
    let all = taipan_host::env::get(b"LC_ALL").filter(|v| !v.is_empty());
    let wish = if isolated { None } else { taipan_host::env::get(b"PYTHONCOERCECLOCALE") };
    if !is_c(&locale()) || all.is_some() || wish.as_deref() == Some(b"0") {
        return;
    }
    // Without room for the variable the locale stays as it is.
    let _ = taipan_host::env::set(b"LC_CTYPE", b"C.UTF-8");
}

fn utf8_mode(words: &Words, variables: &Variables, locale: &[u8]) -> Result<bool, Fatal> {
    let early = |text: &str| Err(Fatal { text: text.to_owned(), preinitialized: false });
    match words.x_option("utf8") {
        Some(None | Some(b"1")) => return Ok(true),
        Some(Some(b"0")) => return Ok(false),
        Some(_) => return early("preconfig_init_utf8_mode: invalid -X utf8 option value"),
        None => {}
    }
    match variables.get("PYTHONUTF8").as_deref() {
        Some(b"1") => Ok(true),
        Some(b"0") => Ok(false),
        Some(_) => early("preconfig_init_utf8_mode: invalid PYTHONUTF8 environment variable value"),
        None => Ok(is_c(locale)),
    }
}

/// The key of the hashes: `None` for a random one.
fn hash_key(words: &Words, variables: &Variables) -> Result<Option<(u64, u64)>, Fatal> {
    if words.has('R') {
        return Ok(None);
    }
    let Some(seed) = variables.get("PYTHONHASHSEED").filter(|s| s != b"random") else { return Ok(None) };
    let Some(seed) = std::str::from_utf8(&seed).ok().and_then(|s| s.parse::<u32>().ok()) else {
        let text = "config_init_hash_seed: PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]";
        return fatal(text);
    };
    if seed == 0 {
        return Ok(Some((0, 0)));
    }
    // A linear congruential generator spreads the seed over the key.
    let mut x = seed;
    let mut word = || {
        (0..8).fold(0u64, |all, i| {
            x = x.wrapping_mul(214_013).wrapping_add(2_531_011);
            all | u64::from(x >> 16 & 0xff) << (8 * i)
        })
    };
    Ok(Some((word(), word())))
}

fn int_max_str_digits(words: &Words, variables: &Variables) -> Result<usize, Fatal> {
    let read = |value: &[u8], name: &str| match number(value) {
        Some(n) if n == 0 || n >= 640 && n <= i64::from(i32::MAX) => Ok(n as usize),
        _ => {
            fatal(format!("config_init_int_max_str_digits: {name}: invalid limit; must be >= 640 or 0 for unlimited."))
        }
    };
    if let Some(value) = words.x_option("int_max_str_digits") {
        return read(value.unwrap_or_default(), "-X int_max_str_digits");
    }
    match variables.get("PYTHONINTMAXSTRDIGITS") {
        Some(value) => read(&value, "PYTHONINTMAXSTRDIGITS"),
        None => Ok(taipan::INT_MAX_STR_DIGITS),
    }
}

fn cpu_count(words: &Words, variables: &Variables) -> Result<Option<i64>, Fatal> {
    let read = |value: &[u8]| match value {
        b"default" => Ok(None),
        value => match number(value) {
            Some(n) if n > 0 => Ok(Some(n)),
            _ => fatal(
                "config_init_cpu_count: -X cpu_count=n option: n is missing or an invalid number, n must be greater than 0",
            ),
        },
    };
    if let Some(value) = words.x_option("cpu_count") {
        return read(value.unwrap_or_default());
    }
    match variables.get("PYTHON_CPU_COUNT") {
        Some(value) => read(&value),
        None => Ok(None),
    }
}

/// `-X stress=WORDS`, or the variable `TAIPAN_STRESS`.
fn stress(words: &Words, variables: &Variables) -> Result<Stress, Fatal> {
    let given = match words.x_option("stress") {
        Some(value) => value.unwrap_or_default().to_vec(),
        None => variables.get("TAIPAN_STRESS").unwrap_or_default(),
    };
    match std::str::from_utf8(&given).ok().and_then(Stress::parse) {
        Some(stress) => Ok(stress),
        None => fatal("-X stress: nospec, eager, gc, gc:N, check, poison or fail:N, separated by commas"),
    }
}

fn check_gil(words: &Words, variables: &Variables) -> Result<(), Fatal> {
    let given = match words.x_option("gil") {
        Some(value) => Some(value.unwrap_or_default().to_vec()),
        None => variables.get("PYTHON_GIL"),
    };
    match given.as_deref() {
        None | Some(b"1") => Ok(()),
        Some(b"0") => fatal("config_read_gil: Disabling the GIL is not supported by this build"),
        Some(_) => fatal("config_read_gil: PYTHON_GIL / -X gil must be \"0\" or \"1\""),
    }
}

fn frozen_modules(words: &Words, variables: &Variables) -> Result<Option<bool>, Fatal> {
    let read = |value: &[u8], name: &str| match value {
        b"on" | b"" => Ok(Some(true)),
        b"off" => Ok(Some(false)),
        _ => fatal(format!("bad value for {name} (expected \"on\" or \"off\")")),
    };
    match words.x_option("frozen_modules") {
        Some(None) => Ok(Some(true)),
        Some(Some(value)) => read(value, "option -X frozen_modules"),
        None => match variables.get("PYTHON_FROZEN_MODULES") {
            Some(value) => read(&value, "PYTHON_FROZEN_MODULES"),
            None => Ok(None),
        },
    }
}

/// The number of frames that tracemalloc keeps, 0 for no tracing.
fn tracemalloc(words: &Words, variables: &Variables) -> Result<u16, Fatal> {
    let read = |value: &[u8], name: &str| match number(value).map(u16::try_from) {
        Some(Ok(n)) => Ok(n),
        _ => fatal(format!("config_init_tracemalloc: {name}: invalid number of frames")),
    };
    match words.x_option("tracemalloc") {
        Some(None) => Ok(1),
        Some(Some(value)) => read(value, "-X tracemalloc=NFRAME"),
        None => match variables.get("PYTHONTRACEMALLOC") {
            Some(value) => read(&value, "PYTHONTRACEMALLOC"),
            None => Ok(0),
        },
    }
}

/// `-X importtime`: 1 for imports, 2 for those of modules that are loaded already as well.
fn import_time(words: &Words, variables: &Variables) -> Result<u8, Fatal> {
    let read = |value: &[u8], name: &str| match number(value) {
        None | Some(1) => Ok(1),
        Some(2) => Ok(2),
        Some(_) => {
            fatal(format!("config_init_import_time: {name}: values other than 1 and 2 are reserved for future use."))
        }
    };
    match words.x_option("importtime") {
        Some(None) => Ok(1),
        Some(Some(value)) => read(value, "-X importtime"),
        None => match variables.get("PYTHONPROFILEIMPORTTIME") {
            Some(value) => read(&value, "PYTHONPROFILEIMPORTTIME"),
            None => Ok(0),
        },
    }
}

fn io_encoding(variables: &Variables, locale: &[u8], utf8_mode: bool) -> IoEncoding {
    let mut io = IoEncoding::default();
    let coerced = matches!(locale, b"C.UTF-8" | b"C.utf8" | b"UTF-8");
    io.errors = if utf8_mode || is_c(locale) || coerced { "surrogateescape" } else { "strict" }.to_owned();
    if let Some(given) = variables.get("PYTHONIOENCODING") {
        let given = String::from_utf8_lossy(&given).into_owned();
        let (encoding, errors) = match given.split_once(':') {
            Some((encoding, errors)) => (encoding, Some(errors)),
            None => (given.as_str(), None),
        };
        if !encoding.is_empty() {
            io.encoding = encoding.to_owned();
        }
        match errors {
            Some(errors) if !errors.is_empty() => io.errors = errors.to_owned(),
            _ if !encoding.is_empty() => io.errors = "strict".to_owned(),
            _ => {}
        }
    }
    io
}

/// Where `-W` options come from, weakest first.
fn warn_options(words: &Words, variables: &Variables, dev_mode: bool) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    if dev_mode {
        all.push(b"default".to_vec());
    }
    if let Some(given) = variables.get("PYTHONWARNINGS") {
        all.extend(given.split(|&c| c == b',').filter(|o| !o.is_empty()).map(<[u8]>::to_vec));
    }
    all.extend(words.warnings.iter().cloned());
    match words.count('b') {
        0 => {}
        1 => all.push(b"default::BytesWarning".to_vec()),
        _ => all.push(b"error::BytesWarning".to_vec()),
    }
    all
}

/// The configuration of the interpreter.
pub fn configure(words: Words, orig_argv: &[Vec<u8>]) -> Result<Options, Fatal> {
    let isolated = words.has('I');
    let variables = Variables { used: !isolated && !words.has('E') };
    let original_locale = locale();
    coerce_locale(isolated);
    let utf8_mode = utf8_mode(&words, &variables, &original_locale)?;
    let hash_key = hash_key(&words, &variables)?;
    check_gil(&words, &variables)?;
    let dev_mode = words.x_option("dev").is_some() || variables.has("PYTHONDEVMODE");
    let flags = SysFlags {
        debug: words.count('d').max(variables.level("PYTHONDEBUG")).min(1),
        inspect: words.count('i').max(variables.level("PYTHONINSPECT")),
        interactive: words.count('i'),
        optimize: words.count('O').max(variables.level("PYTHONOPTIMIZE")),
        dont_write_bytecode: words.has('B') || variables.level("PYTHONDONTWRITEBYTECODE") > 0,
        no_user_site: isolated || words.has('s') || variables.level("PYTHONNOUSERSITE") > 0,
        no_site: words.has('S'),
        ignore_environment: !variables.used,
        verbose: words.count('v').max(variables.level("PYTHONVERBOSE")),
        bytes_warning: words.count('b'),
        quiet: words.has('q'),
        hash_randomization: hash_key != Some((0, 0)),
        isolated,
        dev_mode,
        utf8_mode,
        warn_default_encoding: words.x_option("warn_default_encoding").is_some()
            || variables.has("PYTHONWARNDEFAULTENCODING"),
        safe_path: isolated || words.has('P') || variables.has("PYTHONSAFEPATH"),
        thread_inherit_context: switch(&words, &variables, "thread_inherit_context", "PYTHON_THREAD_INHERIT_CONTEXT")?
            .unwrap_or(false),
        context_aware_warnings: switch(&words, &variables, "context_aware_warnings", "PYTHON_CONTEXT_AWARE_WARNINGS")?
            .unwrap_or(false),
    };
    let pycache_prefix = match words.x_option("pycache_prefix") {
        Some(value) => value.filter(|v| !v.is_empty()).map(<[u8]>::to_vec),
        None => variables.get("PYTHONPYCACHEPREFIX"),
    };
    let warn_options = warn_options(&words, &variables, dev_mode);
    Ok(Options {
        hash_key,
        flags,
        int_max_str_digits: int_max_str_digits(&words, &variables)?,
        cpu_count: cpu_count(&words, &variables)?,
        frozen_modules: frozen_modules(&words, &variables)?,
        tracemalloc: tracemalloc(&words, &variables)?,
        faulthandler: dev_mode || words.x_option("faulthandler").is_some() || variables.has("PYTHONFAULTHANDLER"),
        remote_debug: words.x_option("disable-remote-debug").is_none() && !variables.has("PYTHON_DISABLE_REMOTE_DEBUG"),
        debug_ranges: words.x_option("no_debug_ranges").is_none() && !variables.has("PYTHONNODEBUGRANGES"),
        import_time: import_time(&words, &variables)?,
        io: io_encoding(&variables, &original_locale, utf8_mode),
        buffered: !words.has('u') && !variables.has("PYTHONUNBUFFERED"),
        skip_first_line: words.has('x'),
        home: variables.get("PYTHONHOME"),
        fixed_path: None,
        python_path: variables.get("PYTHONPATH"),
        platlibdir: variables.get("PYTHONPLATLIBDIR"),
        startup: variables.get("PYTHONSTARTUP"),
        basic_repl: variables.has("PYTHON_BASIC_REPL"),
        pycache_prefix,
        warn_options,
        check_hash_pycs: words.check_hash_pycs,
        stress: stress(&words, &variables)?,
        started: release_start_code,
        part_over: taipan_object::image::release_pages,
        library_read: taipan_object::image::release_constants,
        x_options: words.x_options,
        argv: words.argv,
        orig_argv: orig_argv.to_vec(),
        program: words.program.unwrap_or(taipan::Program::Input),
    })
}

/// Takes the code out of memory that only a start needs, which the linker has laid together (`build.rs`).
// The linker's script defines both names, of which only the addresses are used.
#[allow(unsafe_code)]
#[cfg(all(start_code_apart, not(test)))]
fn release_start_code() {
    unsafe extern "C" {
        safe static taipan_start_code: u8;
        safe static taipan_start_code_end: u8;
    }
    taipan_object::image::release_between(&raw const taipan_start_code, &raw const taipan_start_code_end);
}

#[cfg(not(all(start_code_apart, not(test))))]
fn release_start_code() {}
