//! `cargo xtask memory`: what objects, programs and collections cost in memory, beside CPython, in one run.
//!
//! The scripts under `scripts/memory` do the measuring, each in a process of its own, the same under both interpreters:
//! bytes per object are growth of the resident memory, peaks are the process's own high-water mark.

use std::path::{Path, PathBuf};
use std::process::Command;

use lexopt::prelude::*;

use crate::common::{self, Error, Outcome};

const USAGE: &str = "\
cargo xtask memory [WHAT...] [OPTIONS]

  objects            bytes per object of each kind
  programs           peak memory of benches/programs
  cycles             ten million pairs of objects that refer to each other
  pause              the longest collection with millions of objects alive
  faults             each allocation fails once, in the programs of scripts/memory/faults
  depth              what happens to structures ten million deep (only when asked for)
  soak               benches/programs over and over in one process (only when asked for)
                     Without WHAT: all but these two.

  --taipan PATH      the interpreter under test (default: built now, --release)
  --against NAME     the interpreter to compare with (default: cpython3.14)
  --kind TEXT        of objects, programs, faults and depth, only those whose name contains the text
  --minutes N        how long soak runs (default: 30)";

/// What must not be above the other interpreter's.
const COUNTED: [&str; 28] = [
    "item int",
    "item large int",
    "item float",
    "int of 70 bits",
    "str of 10",
    "str of 100",
    "tuple of 1",
    "tuple of 3",
    "list of 0",
    "list of 1",
    "list of 3",
    "list of 10",
    "list appended 10",
    "dict of 0",
    "dict of 1",
    "dict of 5",
    "dict of 10",
    "set of 0",
    "set of 3",
    "set of 10",
    "instance, 0 attributes",
    "instance, 3 attributes",
    "instance, 10 attributes",
    "function",
    "bound method",
    "generator",
    "class",
    "module",
];
/// Measured memory differs by so many bytes from run to run, and by the share that pages of blocks take for themselves.
const NOISE: f64 = 2.0;

/// The most that ours may measure.
fn limit(theirs: f64) -> f64 {
    theirs * 1.02 + NOISE
}

struct Options {
    what: Vec<String>,
    taipan: Option<PathBuf>,
    against: String,
    kind: String,
    minutes: f64,
}

struct Interpreters {
    ours: PathBuf,
    theirs: PathBuf,
}

pub fn run(words: Vec<String>) -> Outcome {
    let mut options = Options {
        what: Vec::new(),
        taipan: None,
        against: "cpython3.14".to_owned(),
        kind: String::new(),
        minutes: 30.0,
    };
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("taipan") => options.taipan = Some(parser.value()?.into()),
            Long("against") => options.against = common::value(&mut parser)?,
            Long("kind") => options.kind = common::value(&mut parser)?,
            Long("minutes") => options.minutes = common::value(&mut parser)?.parse()?,
            Long("help") => {
                println!("{USAGE}");
                return Ok(true);
            }
            Value(what) => options.what.push(what.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    if options.what.is_empty() {
        options.what = ["objects", "programs", "cycles", "pause", "faults"].map(str::to_owned).to_vec();
    }
    let both = Interpreters {
        ours: common::interpreter(options.taipan.clone(), "release")?,
        theirs: PathBuf::from(&options.against),
    };
    let mut good = true;
    for what in &options.what {
        good &= match what.as_str() {
            "objects" => objects(&both, &options.kind)?,
            "programs" => programs(&both, &options.kind)?,
            "cycles" => cycles(&both)?,
            "pause" => pause(&both)?,
            "faults" => faults(&both.ours, &options.kind)?,
            "depth" => depth(&both.ours, &options.kind)?,
            "soak" => soak(&both, options.minutes)?,
            other => return Err(format!("no measurement {other:?}\n\n{USAGE}").into()),
        };
    }
    Ok(good)
}

fn script(name: &str) -> PathBuf {
    common::root().join("xtask/scripts/memory").join(name)
}

/// Runs a script; gives its standard output and standard error.
fn output(interpreter: &Path, name: &str, arguments: &[&str]) -> Result<(String, String), Error> {
    let output = Command::new(interpreter)
        .arg(script(name))
        .args(arguments)
        .env("PYTHONHASHSEED", "0")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(common::root().join("benches/programs"))
        .output()
        .map_err(|e| format!("{}: {e}", interpreter.display()))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if !output.status.success() {
        let last = text(&output.stderr).lines().last().unwrap_or_default().to_owned();
        return Err(format!("{} {name} {}: {last}", interpreter.display(), arguments.join(" ")).into());
    }
    Ok((text(&output.stdout), text(&output.stderr)))
}

fn numbers(text: &str) -> Result<Vec<f64>, Error> {
    let last = text.lines().last().unwrap_or_default();
    last.split_whitespace().map(|word| word.parse().map_err(Error::from)).collect()
}

fn measured(interpreter: &Path, name: &str, arguments: &[&str]) -> Result<Vec<f64>, Error> {
    numbers(&output(interpreter, name, arguments)?.0)
}

fn objects(both: &Interpreters, filter: &str) -> Outcome {
    let (kinds, _) = output(&both.theirs, "objects.py", &[])?;
    println!("{:28} {:>10} {:>10}", "bytes per object", "taipan", "cpython");
    let mut above = 0;
    for kind in kinds.lines().filter(|kind| kind.contains(filter)) {
        let [ours, theirs] = [&both.ours, &both.theirs].map(|i| measured(i, "objects.py", &[kind]));
        let (ours, theirs) = (ours?[0], theirs?[0]);
        let wrong = ours > limit(theirs) && COUNTED.contains(&kind) || kind.starts_with("item") && ours > NOISE + 8.0;
        above += usize::from(wrong);
        let note = match (ours > limit(theirs), wrong) {
            (_, true) => "above",
            (true, false) => "(above)",
            _ => "",
        };
        println!("{kind:28} {ours:>10.1} {theirs:>10.1} {note}");
    }
    println!("kinds above, of those that count: {above}\n");
    Ok(above == 0)
}

fn programs(both: &Interpreters, filter: &str) -> Outcome {
    let folder = common::root().join("benches/programs");
    let programs = common::files_below(&folder, &|path| path.extension().is_some_and(|e| e == "py"))?;
    println!("{:28} {:>10} {:>10} {:>7}", "peak memory, MB", "taipan", "cpython", "ratio");
    let mut logs = Vec::new();
    for program in programs {
        let name = program.to_string_lossy();
        if !name.contains(filter) {
            continue;
        }
        let mut peaks = [0.0; 2];
        for (peak, interpreter) in peaks.iter_mut().zip([&both.ours, &both.theirs]) {
            let (_, errors) = output(interpreter, "peak.py", &[&*name])?;
            *peak = numbers(&errors)?[0] / 1024.0;
        }
        let ratio = peaks[0] / peaks[1];
        logs.push(ratio.ln());
        let name = program.with_extension("").to_string_lossy().into_owned();
        println!("{name:28} {:>10.1} {:>10.1} {ratio:>7.2}", peaks[0], peaks[1]);
    }
    let mean = (logs.iter().sum::<f64>() / logs.len().max(1) as f64).exp();
    println!("geometric mean over {} programs: {mean:.3} of CPython's peak\n", logs.len());
    Ok(mean <= 0.9)
}

fn cycles(both: &Interpreters) -> Outcome {
    println!("{:28} {:>10} {:>10}", "10 million cyclic pairs", "seconds", "growth kB");
    let mut rows = Vec::new();
    for (name, interpreter) in [("taipan", &both.ours), ("cpython", &both.theirs)] {
        let row = measured(interpreter, "cycles.py", &["10000000"])?;
        println!("{name:28} {:>10.2} {:>10.0}", row[0], row[1]);
        rows.push(row);
    }
    println!();
    Ok(rows[0][0] < rows[1][0] && rows[0][1] < 4096.0)
}

fn pause(both: &Interpreters) -> Outcome {
    println!("{:28} {:>10} {:>10}", "5 million objects alive", "longest s", "program s");
    for (name, interpreter) in [("taipan", &both.ours), ("cpython", &both.theirs)] {
        let row = measured(interpreter, "pause.py", &["5000000"])?;
        println!("{name:28} {:>10.3} {:>10.2}", row[0], row[1]);
    }
    println!();
    Ok(true)
}

/// Each allocation of each program fails, with a heap that is validated. The process goes on after each failure; one that
/// crashes is started again behind the place.
fn faults(ours: &Path, filter: &str) -> Outcome {
    let folder = script("faults");
    let programs = common::files_below(&folder, &|path| path.extension().is_some_and(|e| e == "py"))?;
    println!("{:28} {:>10} {:>12} {:>7}", "allocations that fail", "places", "MemoryError", "wrong");
    let mut sum = 0;
    for program in programs {
        let name = program.with_extension("").to_string_lossy().into_owned();
        if !name.contains(filter) {
            continue;
        }
        let [mut places, mut raised, mut wrong] = [0; 3];
        let mut first = 1;
        loop {
            let output = Command::new(ours)
                .args(["-X", "stress=check"])
                .arg(script("faults.py"))
                .args([folder.join(&program).as_os_str(), first.to_string().as_ref()])
                .env("PYTHONDONTWRITEBYTECODE", "1")
                .stderr(std::process::Stdio::piped())
                .output()?;
            let (out, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            let mut lines: Vec<&str> = out.lines().collect();
            let summary = lines.pop_if(|_| output.status.success()).map(numbers).transpose()?;
            for line in lines {
                println!("  {name} {line}");
            }
            if let Some([n, memory_errors, others]) = summary.as_deref() {
                places += first - 1 + *n as usize;
                raised += *memory_errors as usize;
                wrong += *others as usize;
                break;
            }
            let mut told = errors.lines().filter_map(|line| line.strip_prefix("at "));
            let Some(at) = told.next_back().and_then(|n| n.parse::<usize>().ok()).filter(|n| *n >= first) else {
                return Err(format!("{name}: {}", errors.lines().last().unwrap_or_default()).into());
            };
            let last = errors.lines().rfind(|line| !line.starts_with("at ")).unwrap_or_default();
            println!("  {name} {at}: {}: {last}", output.status);
            wrong += 1;
            first = at + 1;
        }
        println!("{name:28} {places:>10} {raised:>12} {wrong:>7}");
        sum += wrong;
    }
    println!();
    Ok(sum == 0)
}

/// What stands for each kind of structure in `depth`: containers, chains of objects, suspended frames, exceptions,
/// iterators on iterators.
const DEEP: [&str; 14] = [
    "list",
    "tuple",
    "dict",
    "frozenset",
    "node",
    "slot node",
    "node with __del__",
    "started generator",
    "exception context",
    "exception cause",
    "map",
    "chain",
    "closure",
    "deque",
];
const DEPTH: &str = "10000000";
/// Kilobytes of address space that a process with such a structure gets.
const DEPTH_SPACE: usize = 12 << 20;

/// How operations on structures ten million deep end. What frees and what traces must succeed; the others may raise what
/// they raise in CPython, and none may crash: a native stack that grew with the depth would not be large enough.
fn depth(ours: &Path, filter: &str) -> Outcome {
    let tests = common::root().join("crates/cli/tests/memory/depth.py");
    println!("{:28} {:>10} {:>10} {:>10} {:>7}", "ten million deep", "operations", "exceptions", "seconds", "wrong");
    let mut sum = 0;
    for name in DEEP.iter().filter(|name| name.contains(filter)) {
        let begin = std::time::Instant::now();
        let output = Command::new("sh")
            .args(["-c", &format!("ulimit -v {DEPTH_SPACE}; exec \"$@\""), "sh"])
            .arg(ours)
            .args([tests.as_os_str(), DEPTH.as_ref(), name.as_ref()])
            .output()?;
        let out = String::from_utf8_lossy(&output.stdout);
        let [mut operations, mut exceptions, mut wrong] = [0; 3];
        for line in out.lines() {
            let (what, how) = line.split_once(": ").unwrap_or((line, ""));
            let must = ["free", "collect", "cycle", "referents"].iter().any(|operation| what.ends_with(operation));
            operations += 1;
            match how {
                "ok" => {}
                "RecursionError" | "TypeError" | "AttributeError" | "PicklingError" if !must => exceptions += 1,
                _ => {
                    wrong += 1;
                    println!("  {line}");
                }
            }
        }
        if !output.status.success() {
            wrong += 1;
            println!("  {name}, after {operations}: {}", output.status);
        }
        let seconds = begin.elapsed().as_secs_f64();
        println!("{name:28} {operations:>10} {exceptions:>10} {seconds:>10.1} {wrong:>7}");
        sum += wrong;
    }
    println!();
    Ok(sum == 0)
}

fn soak(both: &Interpreters, minutes: f64) -> Outcome {
    let folder = common::root().join("benches/programs");
    let row = measured(&both.ours, "soak.py", &[&folder.to_string_lossy(), &minutes.to_string()])?;
    let [own, files, own_at_end, files_at_end] = row[..] else { return Err("soak.py prints four numbers".into()) };
    println!(
        "soak of {minutes} minutes: {own:.0} kB after the first, {own_at_end:.0} kB at the end; pages of the executable beside \
         them {files:.0} kB, {files_at_end:.0} kB"
    );
    // Fragmentation moves it a little.
    Ok(own_at_end <= own * 1.05)
}
