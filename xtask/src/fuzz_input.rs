//! `cargo xtask fuzz-input`: damaged input for every module that reads a format: pickles, JSON, archives, compressed
//! streams, databases, XML, certificates, patterns, formats, code.
//!
//! `scripts/fuzz/targets.py` declares the targets: good inputs made by the library itself, a function that takes one, the
//! exceptions it may raise. `inputs.py` damages them, the same way for the same number in every interpreter, and feeds
//! many in one process under limits of memory and processor time. A crash, a hang, an abort, a panic's text, an exception
//! of another kind or more memory than the bound is a finding. Unless told otherwise CPython is fed the same, and another
//! exception or value counts as a difference; what CPython takes too much time or memory for, too, is none of either.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use lexopt::prelude::*;

use crate::common::{self, Error, Outcome, Scratch};
use crate::process::{self, Status};

const USAGE: &str = "\
cargo xtask fuzz-input [TARGET...] [OPTIONS]

  TARGET             only these (default: all; `list` prints them)
  --cases N          damaged inputs of each target (default: 500)
  --minutes N        how long for each target, instead of a number of cases
  --seed TEXT        where the damage comes from (default: 0); input N of seed S is the same every time
  --first N          the number to begin with (default: 0)
  --memory MB        how much a process may grow (default: 400)
  --seconds N        processor time of one input (default: 10)
  --alone            do not compare with CPython
  --taipan PATH      the interpreter under test (default: built now)
  --release          build it optimised
  --reference PATH   the reference interpreter (default: cpython3.14)";

/// Inputs fed by one process.
const BATCH: usize = 500;
/// Differences of a target that are printed.
const SHOWN: usize = 12;
/// The signal of the timer of processor time.
const SIGPROF: i32 = 27;

struct Options {
    targets: Vec<String>,
    cases: usize,
    limit: Duration,
    seed: String,
    first: usize,
    memory: u64,
    seconds: u64,
    reference: Option<PathBuf>,
    taipan: PathBuf,
}

/// What became of an input. The word of a fault begins with `!`.
#[derive(Clone, PartialEq)]
struct Fed {
    word: String,
    digest: String,
}

impl Fed {
    fn is_fault(&self) -> bool {
        self.word.starts_with('!')
    }

    /// Took more than the limits: of time or of memory.
    fn is_too_much(&self) -> bool {
        self.word == HANG || self.word.starts_with("!memory") || self.word == "MemoryError"
    }
}

const HANG: &str = "!hang";

pub fn run(words: Vec<String>) -> Outcome {
    let (mut taipan, mut profile) = (None, "dev");
    let mut options = Options {
        targets: Vec::new(),
        cases: 500,
        limit: Duration::MAX,
        seed: "0".to_owned(),
        first: 0,
        memory: 400,
        seconds: 10,
        reference: Some("cpython3.14".into()),
        taipan: PathBuf::new(),
    };
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(arg) = parser.next()? {
        match arg {
            Value(word) => options.targets.push(word.string()?),
            Long("cases") => options.cases = common::value(&mut parser)?.parse()?,
            Long("minutes") => {
                options.limit = Duration::from_secs_f64(60.0 * common::value(&mut parser)?.parse::<f64>()?);
                options.cases = usize::MAX;
            }
            Long("seed") => options.seed = common::value(&mut parser)?,
            Long("first") => options.first = common::value(&mut parser)?.parse()?,
            Long("memory") => options.memory = common::value(&mut parser)?.parse()?,
            Long("seconds") => options.seconds = common::value(&mut parser)?.parse()?,
            Long("alone") => options.reference = None,
            Long("taipan") => taipan = Some(parser.value()?.into()),
            Long("release") => profile = "release",
            Long("reference") => options.reference = Some(parser.value()?.into()),
            Long("help") => {
                println!("{USAGE}");
                return Ok(true);
            }
            _ => return Err(format!("{}\n\n{USAGE}", arg.unexpected()).into()),
        }
    }
    options.taipan = common::interpreter(taipan, profile)?;
    let all = names(&options.taipan)?;
    if options.targets.first().is_some_and(|word| word == "list") {
        println!("{}", all.join("\n"));
        return Ok(true);
    }
    if let Some(name) = options.targets.iter().find(|name| !all.contains(name)) {
        return Err(format!("no target {name:?}: there are {}", all.join(", ")).into());
    }
    if options.targets.is_empty() {
        options.targets = all;
    }
    let (mut cases, mut faults, mut differences) = (0, 0, 0);
    for name in &options.targets {
        let done = one_target(&options, name)?;
        println!("{name}: {} inputs, {} faults, {} differ", done.cases, done.faults, done.differences);
        cases += done.cases;
        faults += done.faults;
        differences += done.differences;
    }
    println!("{cases} inputs, {faults} faults, {differences} differ");
    Ok(faults + differences == 0)
}

fn script() -> PathBuf {
    common::root().join("xtask/scripts/fuzz/inputs.py")
}

fn command(python: &Path, options: Option<&Options>) -> Command {
    let mut command = Command::new(python);
    command
        .arg("-Wignore")
        .arg(script())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONHASHSEED", "0")
        .env("TZ", "UTC");
    if let Some(options) = options {
        // The space is wider than the bound: Taipan reserves addresses that it does not use.
        command.env("FUZZ_GROW_MB", options.memory.to_string());
        command.env("FUZZ_SPACE_MB", (options.memory + 2600).to_string());
        command.env("FUZZ_SECONDS", options.seconds.to_string());
    }
    command
}

fn names(python: &Path) -> Result<Vec<String>, Error> {
    let output = command(python, None).arg("list").output()?;
    if !output.status.success() {
        return Err(format!("the targets cannot be listed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stdout)?.split_whitespace().map(str::to_owned).collect())
}

#[derive(Default)]
struct Done {
    cases: usize,
    faults: usize,
    differences: usize,
}

fn one_target(options: &Options, name: &str) -> Result<Done, Error> {
    let folder = common::root().join("target/fuzz/input");
    fs::create_dir_all(&folder)?;
    let scratch = Scratch::new("fuzz-input")?;
    let seeds = scratch.path().join("seeds.json");
    if !command(&options.taipan, None).args(["seeds", name]).arg(&seeds).status()?.success() {
        return Err(format!("{name}: its good inputs cannot be made").into());
    }
    let started = Instant::now();
    let mut done = Done::default();
    while done.cases < options.cases && started.elapsed() < options.limit {
        let first = options.first + done.cases;
        let count = BATCH.min(options.cases - done.cases);
        let ours = feed(options, &options.taipan, name, &seeds, first, count)?;
        let theirs = match &options.reference {
            Some(reference) => Some(feed(options, reference, name, &seeds, first, count)?),
            None => None,
        };
        for (at, fed) in ours.iter().enumerate() {
            let other = theirs.as_ref().map(|all| &all[at]);
            let both_too_much = fed.is_too_much() && other.is_some_and(Fed::is_too_much);
            // Where CPython itself is at fault, or gives up, there is nothing to be like.
            let differs = other.is_some_and(|other| other != fed && !other.is_fault() && !other.is_too_much());
            if both_too_much || !(fed.is_fault() || differs) {
                continue;
            }
            let shown = match fed.is_fault() {
                true => {
                    done.faults += 1;
                    true
                }
                false => {
                    done.differences += 1;
                    done.differences <= SHOWN
                }
            };
            if shown {
                let path = folder.join(format!("{name}-{}-{}", options.seed, first + at));
                save(options, name, &seeds, first + at, &path)?;
                println!("{}\n  {}\n  taipan:  {} {}", path.display(), preview(&path)?, fed.word, fed.digest);
                if let Some(other) = other {
                    println!("  cpython: {} {}", other.word, other.digest);
                }
            }
        }
        done.cases += count;
    }
    Ok(done)
}

/// Feeds a range of inputs to one interpreter; after a fault that ends the process the rest goes to a new one.
fn feed(
    options: &Options,
    python: &Path,
    name: &str,
    seeds: &Path,
    first: usize,
    count: usize,
) -> Result<Vec<Fed>, Error> {
    let mut all: Vec<Fed> = Vec::new();
    while all.len() < count {
        let scratch = Scratch::new("fuzz-input")?;
        let results = scratch.path().join("results");
        let mut command = command(python, Some(options));
        command.args(["run", name]).arg(seeds).arg(&options.seed);
        command.args([(first + all.len()).to_string(), (count - all.len()).to_string()]).arg(&results);
        // Waiting takes no processor time, so the whole has a limit, too.
        let patience = Duration::from_secs(120 + 2 * options.seconds);
        let finished = process::run(&mut command, b"", &scratch, patience)?;
        let text = String::from_utf8_lossy(&fs::read(&results).unwrap_or_default()).into_owned();
        let mut open = false;
        for line in text.lines() {
            let mut fields = line.splitn(3, '\t').skip(1).map(str::to_owned);
            let (Some(word), Some(digest)) = (fields.next(), fields.next()) else { break };
            open = word == "-";
            if !open {
                all.push(Fed { word, digest });
            }
        }
        if open {
            let word = match finished.status {
                Status::TimedOut | Status::Signal(SIGPROF) => HANG.to_owned(),
                status => {
                    let words = String::from_utf8_lossy(&finished.stderr);
                    let last = words.lines().rev().take(3).collect::<Vec<_>>().join(" | ");
                    format!("!ended: {status}: {last}")
                }
            };
            all.push(Fed { word, digest: String::new() });
        } else if text.is_empty() {
            let words = String::from_utf8_lossy(&finished.stderr);
            return Err(format!("{name}: {} does not begin: {words}", python.display()).into());
        }
    }
    Ok(all)
}

fn save(options: &Options, name: &str, seeds: &Path, number: usize, path: &Path) -> Result<(), Error> {
    let mut command = command(&options.taipan, None);
    command.args(["save", name]).arg(seeds).args([&options.seed, &number.to_string()]).arg(path);
    match command.status()?.success() {
        true => Ok(()),
        false => Err(format!("{name}: input {number} cannot be written").into()),
    }
}

/// The first bytes of a saved input, as a bytes literal would show them.
fn preview(path: &Path) -> Result<String, Error> {
    let bytes = fs::read(path)?;
    let shown: String =
        bytes.iter().take(120).flat_map(|&byte| std::ascii::escape_default(byte)).map(char::from).collect();
    Ok(format!("{} bytes: {shown}", bytes.len()))
}
