//! `cargo xtask fuzz-input`: damaged input for every module that reads a format: pickles, JSON, archives, compressed
//! streams, databases, XML, certificates, patterns, formats, code.
//!
//! `scripts/fuzz/targets.py` declares the targets: good inputs made by the library itself, a function that takes one, the
//! exceptions it may raise. `inputs.py` damages them, the same way for the same number in every interpreter, and feeds
//! many in one process under limits of memory and processor time. A crash, a hang, an abort, a panic's text, an exception
//! of another kind or memory beyond the bound is a finding. Unless told otherwise CPython is fed the same, and another
//! exception or value counts as a difference.
//!
//! How much an input may take is what CPython takes for it. Where Taipan seems to take more, or reaches a limit, both are
//! fed the input again, alone and under wider limits, and what they take then decides. A damaged width or count may ask
//! for gigabytes, and a pattern for years: what neither interpreter finishes under the wider limits is no finding, so
//! long as the exception that ends it comes and the process goes on with the next input.

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
  --memory MB        how much an input may take (default: 400)
  --seconds N        processor time of an input (default: 10)
  --alone            do not compare with CPython
  --taipan PATH      the interpreter under test (default: built now)
  --release          build it optimised
  --reference PATH   the reference interpreter (default: cpython3.14)";

/// Inputs fed by one process.
const BATCH: usize = 500;
/// Differences of a target that are printed.
const SHOWN: usize = 12;
/// The signal of the limit of processor time.
const SIGXCPU: i32 = 24;
/// Wider limits, for inputs that are fed alone.
const WIDE: Limits = Limits { memory: 4000, seconds: 40 };
/// What Taipan may take beyond what CPython does: kilobytes, and milliseconds of the processor. Less is not measurable.
const SLACK: (u64, u64) = (32 << 10, 500);

/// What an input may take: megabytes, and seconds of the processor.
#[derive(Clone, Copy)]
struct Limits {
    memory: u64,
    seconds: u64,
}

struct Options {
    targets: Vec<String>,
    cases: usize,
    patience: Duration,
    seed: String,
    first: usize,
    limits: Limits,
    reference: Option<PathBuf>,
    taipan: PathBuf,
}

/// What became of an input. The word of a fault begins with `!`.
#[derive(Clone)]
struct Fed {
    word: String,
    digest: String,
    /// Kilobytes that the process grew by.
    grew: u64,
    /// Milliseconds of the processor.
    spent: u64,
}

impl Fed {
    fn is_fault(&self) -> bool {
        self.word.starts_with('!')
    }

    /// Took more than the limits: of time or of memory.
    fn is_too_much(&self) -> bool {
        self.is_too_slow() || self.word.starts_with(GREW) || self.word == "MemoryError"
    }

    fn is_too_slow(&self) -> bool {
        self.word == HANG || self.word == SLOW
    }

    /// Clearly takes more than another interpreter.
    fn takes_more(&self, other: &Fed) -> bool {
        let (kilobytes, milliseconds) = SLACK;
        self.grew > other.grew + other.grew / 4 + kilobytes || self.spent > 2 * other.spent + milliseconds
    }

    fn agrees(&self, other: &Fed) -> bool {
        self.word == other.word && self.digest == other.digest
            || self.unexpected().is_some_and(|name| other.unexpected() == Some(name))
    }

    /// The name of an exception that the target does not expect.
    fn unexpected(&self) -> Option<&str> {
        let (name, _) = self.word.strip_prefix('!')?.split_once(": ")?;
        (!["ended", "wrote"].contains(&name)).then_some(name)
    }
}

impl std::fmt::Display for Fed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} ({} MB, {} ms)", self.word, self.digest, self.grew >> 10, self.spent)
    }
}

/// Went beyond the limit of processor time, and no signal's handler could end it.
const HANG: &str = "!hang";
/// Was ended by the handler.
const SLOW: &str = "slow";
/// The process grew although it was refused memory.
const GREW: &str = "!memory";

pub fn run(words: Vec<String>) -> Outcome {
    let (mut taipan, mut profile) = (None, "dev");
    let mut options = Options {
        targets: Vec::new(),
        cases: 500,
        patience: Duration::MAX,
        seed: "0".to_owned(),
        first: 0,
        limits: Limits { memory: 400, seconds: 10 },
        reference: Some("cpython3.14".into()),
        taipan: PathBuf::new(),
    };
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(arg) = parser.next()? {
        match arg {
            Value(word) => options.targets.push(word.string()?),
            Long("cases") => options.cases = common::value(&mut parser)?.parse()?,
            Long("minutes") => {
                options.patience = Duration::from_secs_f64(60.0 * common::value(&mut parser)?.parse::<f64>()?);
                options.cases = usize::MAX;
            }
            Long("seed") => options.seed = common::value(&mut parser)?,
            Long("first") => options.first = common::value(&mut parser)?.parse()?,
            Long("memory") => options.limits.memory = common::value(&mut parser)?.parse()?,
            Long("seconds") => options.limits.seconds = common::value(&mut parser)?.parse()?,
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

fn command(python: &Path, limits: Option<Limits>) -> Command {
    let mut command = Command::new(python);
    command
        .arg("-Wignore")
        .arg(script())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONHASHSEED", "0")
        .env("TZ", "UTC");
    if let Some(limits) = limits {
        command.env("FUZZ_GROW_MB", limits.memory.to_string());
        command.env("FUZZ_SECONDS", limits.seconds.to_string());
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

/// A target, and its good inputs.
struct Target<'a> {
    options: &'a Options,
    name: &'a str,
    seeds: PathBuf,
}

fn one_target(options: &Options, name: &str) -> Result<Done, Error> {
    let folder = common::root().join("target/fuzz/input");
    fs::create_dir_all(&folder)?;
    let scratch = Scratch::new("fuzz-input")?;
    let target = Target { options, name, seeds: scratch.path().join("seeds.json") };
    if !command(&options.taipan, None).args(["seeds", name]).arg(&target.seeds).status()?.success() {
        return Err(format!("{name}: its good inputs cannot be made").into());
    }
    let started = Instant::now();
    let mut done = Done::default();
    while done.cases < options.cases && started.elapsed() < options.patience {
        let first = options.first + done.cases;
        let count = BATCH.min(options.cases - done.cases);
        let ours = target.feed(&options.taipan, options.limits, first, count)?;
        let theirs = match &options.reference {
            Some(reference) => target.feed(reference, options.limits, first, count)?.into_iter().map(Some).collect(),
            None => vec![None; count],
        };
        for (number, (fed, other)) in (first..).zip(ours.into_iter().zip(theirs)) {
            let Some(kind) = target.judge(number, fed, other)? else { continue };
            let shown = match kind.is_fault {
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
                let path = folder.join(format!("{name}-{}-{number}", options.seed));
                save(&target, number, &path)?;
                println!("{}\n  {}\n{}", path.display(), preview(&path)?, kind.words);
            }
        }
        done.cases += count;
    }
    Ok(done)
}

struct Finding {
    is_fault: bool,
    words: String,
}

impl Target<'_> {
    /// Whether what became of an input is as it should be, and what is wrong if it is not.
    fn judge(&self, number: usize, fed: Fed, other: Option<Fed>) -> Result<Option<Finding>, Error> {
        let Some(other) = other else {
            let is_fault = fed.is_fault() || fed.is_too_slow();
            return Ok(is_fault.then(|| Finding { is_fault, words: format!("  taipan:  {fed}") }));
        };
        if fed.agrees(&other) && !fed.is_too_much() && !fed.takes_more(&other) {
            return Ok(None);
        }
        // What grew into a fault together with the inputs before it is one even if nothing is wrong with it alone.
        let mut is_fault = fed.is_fault() && !(other.is_too_much() && fed.is_too_much());
        let mut alone = None;
        if fed.is_too_much() || !fed.is_fault() && fed.takes_more(&other) {
            let (ours, theirs) = self.weigh(number)?;
            let uninterruptible = ours.word == HANG && theirs.word != HANG;
            // What CPython cannot finish either has no measure of its own.
            let more = ours.takes_more(&theirs) && !(ours.is_too_slow() && theirs.is_too_slow());
            is_fault = uninterruptible
                || more
                || ours.is_fault() && !ours.is_too_much()
                || is_fault && fed.word.starts_with(GREW);
            alone = Some((ours, theirs));
        }
        // Where CPython itself is at fault, or gives up, there is nothing to be like.
        let gave_up = other.is_fault() || other.is_too_much() || fed.is_too_much();
        if !is_fault && (gave_up || fed.agrees(&other)) {
            return Ok(None);
        }
        let mut words = format!("  taipan:  {fed}\n  cpython: {other}");
        if let Some((ours, theirs)) = alone {
            words += &format!("\n  alone: taipan: {ours}\n         cpython: {theirs}");
        }
        Ok(Some(Finding { is_fault, words }))
    }

    /// Feeds an input alone under the wider limits, twice, and answers the least that each interpreter took for it.
    fn weigh(&self, number: usize) -> Result<(Fed, Fed), Error> {
        let once = |python: &Path| -> Result<Fed, Error> {
            Ok(self.feed(python, WIDE, number, 1)?.pop().expect("an outcome for each input"))
        };
        let least = |python: &Path| -> Result<Fed, Error> {
            let mut least = once(python)?;
            if !least.is_fault() && !least.is_too_much() {
                let again = once(python)?;
                least.grew = least.grew.min(again.grew);
                least.spent = least.spent.min(again.spent);
            }
            Ok(least)
        };
        let reference = self.options.reference.as_ref().expect("two interpreters");
        Ok((least(&self.options.taipan)?, least(reference)?))
    }

    /// Feeds a range of inputs to one interpreter; after a fault that ends the process the rest goes to a new one.
    fn feed(&self, python: &Path, limits: Limits, first: usize, count: usize) -> Result<Vec<Fed>, Error> {
        let mut all: Vec<Fed> = Vec::new();
        while all.len() < count {
            let scratch = Scratch::new("fuzz-input")?;
            let results = scratch.path().join("results");
            let mut command = command(python, Some(limits));
            command.args(["run", self.name]).arg(&self.seeds).arg(&self.options.seed);
            command.args([(first + all.len()).to_string(), (count - all.len()).to_string()]).arg(&results);
            // Waiting takes no processor time, so the whole has a limit, too.
            let patience = Duration::from_secs(900);
            let finished = process::run(&mut command, b"", &scratch, patience)?;
            let text = String::from_utf8_lossy(&fs::read(&results).unwrap_or_default()).into_owned();
            let mut open = false;
            for line in text.lines() {
                let fields: Vec<&str> = line.split('\t').collect();
                let &[_, word, digest, grew, spent] = &fields[..] else { break };
                open = word == "-";
                if !open {
                    all.push(Fed {
                        word: word.to_owned(),
                        digest: digest.to_owned(),
                        grew: grew.parse()?,
                        spent: spent.parse()?,
                    });
                }
            }
            if open {
                let word = match finished.status {
                    Status::TimedOut | Status::Signal(SIGXCPU) => HANG.to_owned(),
                    status => {
                        let words = String::from_utf8_lossy(&finished.stderr);
                        let last = words.lines().rev().take(3).collect::<Vec<_>>().join(" | ");
                        format!("!ended: {status}: {last}")
                    }
                };
                all.push(Fed { word, digest: String::new(), grew: 0, spent: 1000 * limits.seconds });
            } else if text.is_empty() {
                let words = String::from_utf8_lossy(&finished.stderr);
                return Err(format!("{}: {} does not begin: {words}", self.name, python.display()).into());
            }
        }
        Ok(all)
    }
}

fn save(target: &Target<'_>, number: usize, path: &Path) -> Result<(), Error> {
    let Target { options, name, seeds } = target;
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
