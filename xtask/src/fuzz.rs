//! `cargo xtask fuzz`: generated cases, given to Taipan and to CPython 3.14, whose outcomes have to be the same.
//!
//! Three kinds: valid programs (`scripts/fuzz/programs.py`), of which output, warnings, traceback and status are compared,
//! calls of built-in and native functions and methods with all kinds of arguments (`scripts/fuzz/calls.py`), and broken sources (`scripts/fuzz/sources.py`), of which the SyntaxError with its places is compared, or the code
//! object where the source is still valid. CPython makes a batch of cases from a seed, and each interpreter runs the
//! whole batch in one process (`scripts/fuzz/run.py`). A case that ends its process, or that hangs, is found by the
//! results that are missing. What differs is cut down line by line and kept below `target/fuzz`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use lexopt::prelude::*;
use serde_json::{Value as Json, json};

use crate::common::{self, Error, Outcome, Scratch};
use crate::{diff, process};

const USAGE: &str = "\
cargo xtask fuzz [programs|calls|sources] [OPTIONS]

  programs           valid programs only
  calls              calls of built-in and native functions with all kinds of arguments only
  sources            broken sources only
  --minutes N        how long (default: 1)
  --batches N        how many batches at most, whatever time they take
  --cases N          cases in a batch (default: 60)
  --seed TEXT        where the cases come from (default: 0); batch B of seed S is the same every time
  --first B          the batch to begin with (default: 0)
  --jobs N           batches at a time (default: 1)
  --taipan PATH      the interpreter under test (default: built now)
  --release          build it optimised
  --mode MODE        under stress: nospec, eager, gcstress or memory
  --reference PATH   the reference interpreter (default: cpython3.14)";

/// How long one interpreter may take for what is left of a batch before a new one goes on, and for a single case.
const PATIENCE: Duration = Duration::from_secs(30);
/// Cases that are cut down before the rest is only counted: cutting takes long.
const CUT_DOWN: usize = 40;
/// Lines of a difference that are shown.
const SHOWN: usize = 16;

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Programs,
    Calls,
    Sources,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Programs => "programs",
            Kind::Calls => "calls",
            Kind::Sources => "sources",
        }
    }
}

struct Options {
    kinds: Vec<Kind>,
    limit: Duration,
    batches: usize,
    cases: usize,
    seed: String,
    first: usize,
    jobs: usize,
    stress: Option<&'static str>,
    reference: PathBuf,
    taipan: PathBuf,
}

pub fn run(words: Vec<String>) -> Outcome {
    let (mut taipan, mut profile) = (None, "dev");
    let mut options = Options {
        kinds: Vec::new(),
        limit: Duration::from_secs(60),
        batches: usize::MAX,
        cases: 60,
        seed: "0".to_owned(),
        first: 0,
        jobs: 1,
        stress: None,
        reference: "cpython3.14".into(),
        taipan: PathBuf::new(),
    };
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(arg) = parser.next()? {
        match arg {
            Value(word) => options.kinds.push(match word.to_str() {
                Some("programs") => Kind::Programs,
                Some("calls") => Kind::Calls,
                Some("sources") => Kind::Sources,
                _ => return Err(format!("no kind of case {word:?}\n\n{USAGE}").into()),
            }),
            Long("minutes") => {
                options.limit = Duration::from_secs_f64(60.0 * common::value(&mut parser)?.parse::<f64>()?)
            }
            Long("batches") => {
                options.batches = common::value(&mut parser)?.parse()?;
                options.limit = Duration::MAX;
            }
            Long("cases") => options.cases = common::value(&mut parser)?.parse()?,
            Long("seed") => options.seed = common::value(&mut parser)?,
            Long("first") => options.first = common::value(&mut parser)?.parse()?,
            Long("jobs") => options.jobs = common::value(&mut parser)?.parse()?,
            Long("mode") => options.stress = Some(common::stress(&common::value(&mut parser)?)?),
            Long("taipan") => taipan = Some(parser.value()?.into()),
            Long("release") => profile = "release",
            Long("reference") => options.reference = parser.value()?.into(),
            Long("help") => {
                println!("{USAGE}");
                return Ok(true);
            }
            _ => return Err(format!("{}\n\n{USAGE}", arg.unexpected()).into()),
        }
    }
    if options.kinds.is_empty() {
        options.kinds = vec![Kind::Programs, Kind::Sources];
    }
    options.taipan = common::interpreter(taipan, profile)?;
    let folder = common::root().join("target/fuzz");
    fs::create_dir_all(&folder)?;
    let started = Instant::now();
    let (next, done, found) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let failure: Mutex<Option<String>> = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..options.jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let batch = next.fetch_add(1, Ordering::Relaxed);
                    if batch >= options.batches || started.elapsed() > options.limit {
                        return;
                    }
                    match one_batch(&options, options.first + batch, &folder, &found) {
                        Ok(cases) => done.fetch_add(cases, Ordering::Relaxed),
                        Err(error) => {
                            failure.lock().expect("no worker panicked").get_or_insert(error.to_string());
                            return;
                        }
                    };
                }
            });
        }
    });
    if let Some(error) = failure.into_inner().expect("no worker panicked") {
        return Err(error.into());
    }
    let (done, found) = (done.into_inner(), found.into_inner());
    println!("{done} cases in {:.0} s, {found} differ", started.elapsed().as_secs_f64());
    Ok(found == 0)
}

/// Makes the cases of a batch, compares, reports; gives how many cases there were.
fn one_batch(options: &Options, batch: usize, folder: &Path, found: &AtomicUsize) -> Result<usize, Error> {
    let kind = options.kinds[batch % options.kinds.len()];
    let seed = format!("{}.{batch}", options.seed);
    let scratch = Scratch::new("fuzz")?;
    let file = scratch.path().join("cases.json");
    let made = Command::new(&options.reference)
        .arg("-Wignore")
        .arg(script("cases.py"))
        .args([kind.name(), &seed, &options.cases.to_string()])
        .arg(&file)
        .arg(common::root().join("tests/programs"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .status()?;
    if !made.success() {
        return Err(format!("the cases of batch {seed} cannot be made").into());
    }
    let texts: Vec<String> = serde_json::from_slice(&fs::read(&file)?)?;
    let outcomes = both(options, kind, &texts)?;
    for (number, (text, (expected, actual))) in texts.iter().zip(outcomes).enumerate() {
        if expected == actual {
            continue;
        }
        let at = found.fetch_add(1, Ordering::Relaxed);
        let (text, expected, actual) = match at < CUT_DOWN {
            true => cut_down(options, kind, text, expected, actual)?,
            false => (text.clone(), expected, actual),
        };
        let path = folder.join(format!("{}-{seed}-{number}.py", kind.name()));
        fs::write(&path, &text)?;
        println!("{}\n{}", path.display(), diff::lines(&shown(&expected), &shown(&actual), SHOWN));
    }
    Ok(texts.len())
}

fn script(name: &str) -> PathBuf {
    common::root().join("xtask/scripts/fuzz").join(name)
}

/// What CPython and Taipan do with each text. Where CPython itself ends or hangs, both are the same.
fn both(options: &Options, kind: Kind, texts: &[String]) -> Result<Vec<(Json, Json)>, Error> {
    let expected = outcomes(&options.reference, None, kind, texts)?;
    let actual = outcomes(&options.taipan, options.stress, kind, texts)?;
    let pairs = expected.into_iter().zip(actual);
    Ok(pairs.map(|(e, a)| if e.get("ended").is_some() { (e.clone(), e) } else { (e, a) }).collect())
}

/// The outcome of each text in one interpreter. After a crash or a hang the rest runs in a new process.
fn outcomes(python: &Path, stress: Option<&str>, kind: Kind, texts: &[String]) -> Result<Vec<Json>, Error> {
    let mut all = Vec::new();
    while all.len() < texts.len() {
        let scratch = Scratch::new("fuzz")?;
        let (cases, results) = (scratch.path().join("cases.json"), scratch.path().join("results"));
        fs::write(&cases, serde_json::to_vec(&texts[all.len()..])?)?;
        let mut command = Command::new(python);
        command.arg(script("run.py")).arg(kind.name()).args([&cases, &results]);
        command.env("PYTHONHASHSEED", "0").env("PYTHONDONTWRITEBYTECODE", "1");
        if let Some(words) = stress {
            command.env("TAIPAN_STRESS", words);
        }
        let finished = process::run(&mut command, b"", &scratch, PATIENCE)?;
        let before = all.len();
        let text = fs::read_to_string(&results).unwrap_or_default();
        for line in text.lines() {
            // A line that the end of the process cut off is none.
            let Ok(value) = serde_json::from_str(line) else { break };
            all.push(value);
        }
        // A case that was begun late gets a process, and the whole time, of its own.
        let cut_short = finished.status == process::Status::TimedOut && all.len() > before;
        if all.len() < texts.len() && !cut_short {
            let words = String::from_utf8_lossy(&finished.stderr);
            let last: Vec<&str> = words.lines().rev().take(6).collect();
            all.push(json!({ "ended": finished.status.to_string(), "words": last }));
        }
    }
    all.truncate(texts.len());
    Ok(all)
}

/// Leaves out lines as long as the outcomes differ. All ways to leave out a piece of one size are tried at once.
fn cut_down(
    options: &Options,
    kind: Kind,
    text: &str,
    expected: Json,
    actual: Json,
) -> Result<(String, Json, Json), Error> {
    let mut best = (text.to_owned(), expected, actual);
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let mut size = (lines.len() / 2).max(1);
    let started = Instant::now();
    while started.elapsed() < PATIENCE && lines.len() > 1 {
        let starts: Vec<usize> = (0..lines.len()).step_by(size).collect();
        let without = |at: usize| [&lines[..at], &lines[(at + size).min(lines.len())..]].concat();
        let candidates: Vec<String> = starts.iter().map(|&at| without(at).concat()).collect();
        let outcomes = both(options, kind, &candidates)?;
        let mut kept = None;
        for ((at, candidate), (expected, actual)) in starts.iter().zip(candidates).zip(outcomes) {
            if expected != actual {
                kept = Some(without(*at));
                best = (candidate, expected, actual);
                break;
            }
        }
        match kept {
            Some(shorter) => lines = shorter,
            None if size == 1 => break,
            None => size = size.div_ceil(2).min(size - 1).max(1),
        }
    }
    Ok(best)
}

/// An outcome, a fact a line.
fn shown(outcome: &Json) -> String {
    let mut text = String::new();
    for (key, value) in outcome.as_object().into_iter().flatten() {
        match value.as_str() {
            Some(words) => words.lines().for_each(|line| text += &format!("{key}: {line}\n")),
            None => text += &format!("{key}: {value}\n"),
        }
    }
    text
}
