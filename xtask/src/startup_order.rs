//! `cargo xtask startup-order`: writes `crates/cli/startup.order`, the functions that a start runs and those that ordinary
//! programs run, for the linker.
//!
//! The linker lays these functions together, so that a start maps a tenth of the executable's code instead of most of
//! it. What programs run comes first, and of that first what most of them run: the rest, which only a start needs, is let go
//! of before a program's file is read. Lines that begin with `=` name its two ends for the executable. Names that no longer exist do no harm; the list is worth making again when the memory of a start has
//! grown (`cargo xtask bench` prints it) or that of small programs (`cargo xtask memory programs`).

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::common::{Error, Outcome, interpreter, root};

/// Programs of benches/programs that do what most programs do.
const PROGRAMS: [&str; 24] = [
    "attributes",
    "bigints",
    "calls",
    "closures",
    "comprehensions",
    "deltablue",
    "dicts",
    "exceptions",
    "float_points",
    "game_of_life",
    "generators",
    "go_playouts",
    "lists",
    "method_calls",
    "nqueens",
    "object_system",
    "parser",
    "pattern_matching",
    "raytrace",
    "slots",
    "small_language",
    "string_format",
    "strings",
    "with_statements",
];
/// Most bytes of code that all instances of a generic function may have together, to be listed by its name alone as well.
const SECOND_CHANCE: u64 = 8 << 10;
/// How long each of them is looked at.
const SECONDS: &str = "12";

const HELP: &str = "\
cargo xtask startup-order [--taipan PATH]

Runs `-c pass` and the beginnings of some of benches/programs under valgrind's callgrind and writes the names of the
functions that ran to crates/cli/startup.order; and what Python names and functions a start uses to crates/pylib/start.txt. It
takes some minutes.

  --taipan PATH   the interpreter to look at (default: built now, optimised)";

pub fn run(words: Vec<String>) -> Outcome {
    let mut taipan = None;
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Long("taipan") => taipan = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("help") => {
                println!("{HELP}");
                return Ok(true);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let taipan = interpreter(taipan, "release")?;
    let defined = functions_of(&taipan)?;
    // Functions with the same code are one function with several names, and its section has any of them.
    let places = |names: &BTreeSet<String>| -> HashSet<u64> {
        names.iter().filter_map(|name| defined.get(name)).map(|(place, _)| *place).collect()
    };
    // In how many programs a function ran.
    let mut common: HashMap<u64, usize> = HashMap::new();
    for program in PROGRAMS {
        eprintln!("{program}");
        let path = root().join(format!("benches/programs/{program}.py"));
        for place in places(&functions_that_ran(&taipan, &[path.as_os_str()], true)?) {
            *common.entry(place).or_default() += 1;
        }
    }
    eprintln!("a start");
    for place in places(&functions_that_ran(&taipan, &["-c".as_ref(), "pass".as_ref()], false)?) {
        common.entry(place).or_default();
    }
    let ran = || {
        let name_and_count = |(name, place): (_, &u64)| common.get(place).map(|count| (name, *count));
        defined.iter().map(|(name, (place, _))| (name.as_str(), place)).filter_map(name_and_count)
    };
    // A pattern must not bring functions that did not run: the instances of a generic function in a legacy name differ
    // by nothing but the hash.
    let mut instances: HashMap<String, (usize, u64)> = HashMap::new();
    for (name, (_, size)) in &defined {
        let (count, sum) = instances.entry(without_hashes(name)).or_default();
        *count += 1;
        *sum += size;
    }
    let mut needed: HashMap<String, Vec<(&str, usize)>> = HashMap::new();
    for (name, count) in ran() {
        needed.entry(without_hashes(name)).or_default().push((name, count));
    }
    // The most common first.
    let mut order = BTreeSet::new();
    let mut last = BTreeSet::new();
    for (pattern, names) in needed {
        let (count, sum) = instances[&pattern];
        if count == names.len() {
            let count = names.iter().map(|(_, count)| *count).max().unwrap_or(0);
            order.insert((Reverse(count), pattern));
        } else {
            // Names with hashes that have changed since are found by the pattern, behind all others, unless it brings much.
            if sum <= SECOND_CHANCE {
                last.insert(pattern);
            }
            // A function that another unit of the crate calls has a suffix that tells the units' names apart.
            order.extend(names.into_iter().map(|(name, count)| match name.split_once(".llvm.") {
                Some((name, _)) => (Reverse(count), format!("{name}*")),
                None => (Reverse(count), name.to_owned()),
            }));
        }
    }
    let has_program = defined.keys().any(|name| name.contains("run_program"));
    if !has_program {
        return Err("the executable has no function `run_program`, at which programs begin".into());
    }
    let path = root().join("crates/cli/startup.order");
    let (common, start): (Vec<_>, Vec<_>) = order.iter().partition(|(count, _)| count.0 > 0);
    let names = |part: &[&(_, String)]| part.iter().map(|(_, name)| format!("{name}\n")).collect::<String>();
    let last: String = last.iter().map(|name| format!("{name}\n")).collect();
    let text = [&names(&common), "= taipan_start_code\n", &names(&start), "= taipan_start_code_end\n", &last].concat();
    std::fs::write(&path, text)?;
    println!("{} functions of {} in {}", order.len(), defined.len(), path.display());
    let script = root().join("xtask/scripts/start.py");
    let used = Command::new(taipan).arg(&script).output()?;
    if !used.status.success() {
        return Err(format!("{} ended with {}", script.display(), used.status).into());
    }
    // Paths of this machine are no names.
    let used = String::from_utf8(used.stdout)?;
    let lines = used.lines().filter(|line| !line.starts_with("name /")).map(|line| format!("{line}\n"));
    std::fs::write(root().join("crates/pylib/start.txt"), lines.collect::<String>())?;
    Ok(true)
}

/// The functions that a run executes: all of them, or with `program` those of the program itself, from its compilation on,
/// in its first seconds.
fn functions_that_ran(taipan: &Path, arguments: &[&OsStr], program: bool) -> Result<BTreeSet<String>, Error> {
    let profile = std::env::temp_dir().join(format!("taipan-startup-{}", std::process::id()));
    let only = ["--collect-atstart=no", "--toggle-collect=*run_program*"];
    let status = Command::new("timeout")
        .args([
            "--signal=TERM",
            if program { SECONDS } else { "0" },
            "valgrind",
            "--tool=callgrind",
            "--demangle=no",
            "--quiet",
        ])
        .args(if program { &only[..] } else { &[] })
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(taipan)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|e| format!("valgrind: {e}"))?;
    if !status.success() && !program {
        return Err(format!("the run under valgrind ended with {status}").into());
    }
    let text = std::fs::read_to_string(&profile)?;
    std::fs::remove_file(&profile)?;
    // `fn=(number) name` where a name comes first, and the same for called ones.
    let names = text
        .lines()
        .filter(|line| line.starts_with("fn=(") || line.starts_with("cfn=("))
        .filter_map(|line| line.split_once(") "))
        .map(|(_, name)| name.split('\'').next().unwrap_or(name).to_owned());
    Ok(names.collect())
}

/// The name as a pattern of the linker, in which what changes from build to build is left open: the hash at the end of a
/// legacy name (`17h` and 16 digits), the hashes of crates in a v0 name (`Cs...._`).
fn without_hashes(name: &str) -> String {
    if let Some(start) = name.rfind("17h").filter(|_| name.starts_with("_ZN")) {
        return format!("{}17h*", &name[..start]);
    }
    if !name.starts_with("_R") {
        return name.to_owned();
    }
    let mut pattern = String::new();
    let mut rest = name;
    while let Some(at) = rest.find("Cs") {
        let (before, hash) = rest.split_at(at + 2);
        pattern.push_str(before);
        let end = hash.find('_').filter(|end| hash[..*end].bytes().all(|b| b.is_ascii_alphanumeric()));
        rest = match end {
            Some(end) => {
                pattern.push('*');
                &hash[end..]
            }
            None => hash,
        };
    }
    pattern + rest
}

/// The names of all functions that the executable defines, where they are, and their sizes.
fn functions_of(taipan: &Path) -> Result<HashMap<String, (u64, u64)>, Error> {
    let output = Command::new("nm")
        .args(["--defined-only", "--print-size"])
        .arg(taipan)
        .output()
        .map_err(|e| format!("nm: {e}"))?;
    let text = String::from_utf8(output.stdout)?;
    let function = |line: &str| {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        // Functions of assembler may have no size.
        let (place, size, kind, name) = match words[..] {
            [place, size, kind, name] => (place, size, kind, name),
            [place, kind, name] => (place, "0", kind, name),
            _ => return None,
        };
        let number = |digits| u64::from_str_radix(digits, 16).ok();
        let is_code = kind.eq_ignore_ascii_case("t") || kind.eq_ignore_ascii_case("w");
        is_code.then_some((name.to_owned(), (number(place)?, number(size)?)))
    };
    Ok(text.lines().filter_map(function).collect())
}
