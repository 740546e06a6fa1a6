//! `cargo xtask bench`: times `benches/programs` under Taipan and other interpreters, alternating, in one run.
//!
//! All interpreters are started by `scripts/measure.py`, which runs under the first interpreter of `--against`: a
//! wrapper script around a reference interpreter costs none of them anything. Times are of whole processes. A program
//! whose output differs between interpreters counts as failed.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lexopt::prelude::*;
use nix::sys::resource::{UsageWho, getrusage};
use serde_json::{Value as Json, json};

use crate::common::{self, Error, Outcome};
use crate::growth;

const USAGE: &str = "\
cargo xtask bench [FILTER...] [OPTIONS]

  FILTER             only programs whose name contains one of these texts
  --against A,B      interpreters to compare with (default: cpython3.14); ratios are to the first
  --taipan PATH      the interpreter under test (default: built now, --release)
  --rounds N         measured runs of each program (default: 5), after one to warm up
  --json FILE        write all medians there
  --compare FILE     show the change since such a file was written
  --instructions     count instructions of Taipan instead of measuring time
  --growth           what data structures cost an element at sizes from 10 to 10 million, by benches/growth.py
  --no-startup       leave out the start-up measurement";

/// The program whose start is measured.
const PASS: [&str; 2] = ["-c", "pass"];
/// What many programs begin with; measured in the same way.
const IMPORTS: [&str; 2] = ["-c", "import asyncio, json, re, dataclasses, logging, typing"];

struct Options {
    filters: Vec<String>,
    against: Vec<String>,
    taipan: Option<PathBuf>,
    rounds: usize,
    json: Option<PathBuf>,
    compare: Option<PathBuf>,
    instructions: bool,
    growth: bool,
    startup: bool,
}

pub fn run(words: Vec<String>) -> Outcome {
    let mut options = Options {
        filters: Vec::new(),
        against: vec!["cpython3.14".to_owned()],
        taipan: None,
        rounds: 5,
        json: None,
        compare: None,
        instructions: false,
        growth: false,
        startup: true,
    };
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("against") => options.against = common::split_list(&common::value(&mut parser)?),
            Long("taipan") => options.taipan = Some(parser.value()?.into()),
            Long("rounds") => options.rounds = common::value(&mut parser)?.parse()?,
            Long("json") => options.json = Some(parser.value()?.into()),
            Long("compare") => options.compare = Some(parser.value()?.into()),
            Long("instructions") => options.instructions = true,
            Long("growth") => options.growth = true,
            Long("no-startup") => options.startup = false,
            Long("help") => {
                println!("{USAGE}");
                return Ok(true);
            }
            Value(filter) => options.filters.push(filter.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let folder = common::root().join("benches/programs");
    let mut programs = common::files_below(&folder, &|path| path.extension().is_some_and(|e| e == "py"))?;
    programs.retain(|name| {
        let text = name.to_string_lossy();
        options.filters.is_empty() || options.filters.iter().any(|f| text.contains(f.as_str()))
    });
    let taipan = common::interpreter(options.taipan.clone(), "release")?;
    if options.growth {
        let ours = ("taipan".to_owned(), taipan.to_string_lossy().into_owned());
        let others = options.against.iter().map(|name| (name.clone(), name.clone()));
        return growth::run(&std::iter::once(ours).chain(others).collect::<Vec<_>>(), &options.filters);
    }
    if options.instructions {
        return count_instructions(&taipan, &folder, &programs, &options);
    }
    let measured = measure(&options, &taipan, &folder, &programs)?;
    report(&options, &programs, &measured)
}

/// Medians and spreads of one program, by interpreter; `Err` says what went wrong.
type Row = Vec<Result<Sample, String>>;

#[derive(Clone, Copy)]
struct Sample {
    median: f64,
    spread: f64,
}

struct Measured {
    names: Vec<String>,
    rows: Vec<Row>,
    startup: Option<Startup>,
}

struct Startup {
    pass: Row,
    /// Peaks of resident memory of `-c pass` in kilobytes.
    peaks: Vec<Result<f64, String>>,
    imports: Row,
}

fn measure(options: &Options, taipan: &Path, folder: &Path, programs: &[PathBuf]) -> Result<Measured, Error> {
    let harness = options.against.first().ok_or("--against names no interpreter")?;
    let mut names = vec!["taipan".to_owned()];
    // A bare name is a command, perhaps a wrapper script.
    let mut paths = vec![match taipan.components().count() {
        1 => executable(&taipan.to_string_lossy())?,
        _ => taipan.to_string_lossy().into_owned(),
    }];
    for name in &options.against {
        names.push(name.clone());
        paths.push(executable(name)?);
    }
    let mut tasks: Vec<Json> =
        programs.iter().map(|name| json!({"arguments": [name.to_string_lossy()], "rounds": options.rounds})).collect();
    if options.startup {
        tasks.push(json!({"arguments": PASS, "rounds": 20}));
        tasks.push(json!({"arguments": IMPORTS, "rounds": 20}));
    }
    let plan = json!({"interpreters": paths, "folder": folder.to_string_lossy(), "tasks": tasks});
    let script = std::fs::read_to_string(common::root().join("xtask/scripts/measure.py"))?;
    let mut child = Command::new(harness)
        .current_dir(folder)
        .args(["-c", &script, &plan.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("{harness}: {e}"))?;

    let mut seconds = BTreeMap::<(u64, u64), Vec<f64>>::new();
    let mut failures = BTreeMap::<(u64, u64), String>::new();
    let mut digests = BTreeMap::<u64, String>::new();
    let out = child.stdout.take().expect("it is piped");
    for line in BufReader::new(out).lines() {
        let row: Json = serde_json::from_str(&line?)?;
        let number = |key: &str| row[key].as_u64().unwrap_or(0);
        let key = (number("task"), number("interpreter"));
        let text = |key: &str| row[key].as_str().unwrap_or("").to_owned();
        if key.1 == 0 && number("round") == 0 {
            let name = programs.get(key.0 as usize).map_or("start-up".into(), |p| p.to_string_lossy());
            eprintln!("[{} of {}] {name}", key.0 + 1, tasks.len());
        }
        if text("status") != "0" {
            failures.insert(key, format!("exit status {}", text("status")));
            continue;
        }
        // The reference comes second in each round; compare with whatever ran first and succeeded.
        let digest = digests.entry(key.0).or_insert_with(|| text("digest"));
        if *digest != text("digest") {
            failures.insert(key, "other output than the interpreter before".to_owned());
        }
        if number("round") > 0 {
            seconds.entry(key).or_default().push(row["seconds"].as_f64().unwrap_or(0.0));
        }
    }
    if !child.wait()?.success() {
        return Err(format!("the measuring script failed under {harness}").into());
    }
    let row = |task: usize| -> Row {
        (0..names.len())
            .map(|interpreter| {
                let key = (task as u64, interpreter as u64);
                match failures.get(&key) {
                    Some(failure) => Err(failure.clone()),
                    None => seconds.get(&key).map(|s| summary(s)).ok_or_else(|| "did not run".to_owned()),
                }
            })
            .collect()
    };
    Ok(Measured {
        rows: (0..programs.len()).map(row).collect(),
        startup: options.startup.then(|| Startup {
            pass: row(programs.len()),
            peaks: peaks_of_pass(taipan, &options.against),
            imports: row(programs.len() + 1),
        }),
        names,
    })
}

/// The real path of an interpreter behind a wrapper script.
fn executable(name: &str) -> Result<String, Error> {
    let output = Command::new(name)
        .args(["-c", "import sys; print(sys.executable)"])
        .output()
        .map_err(|e| format!("{name}: {e}"))?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn summary(samples: &[f64]) -> Sample {
    let mut seconds = samples.to_vec();
    seconds.sort_by(f64::total_cmp);
    let median = middle(&seconds);
    Sample { median, spread: (seconds[seconds.len() - 1] - seconds[0]) / median }
}

/// Kilobytes at the peak of `-c pass`, by interpreter: the median of five runs each, alternating. Wrapper scripts may
/// stand before an interpreter: they are smaller than it.
fn peaks_of_pass(taipan: &Path, against: &[String]) -> Vec<Result<f64, String>> {
    let programs: Vec<&Path> = std::iter::once(taipan).chain(against.iter().map(Path::new)).collect();
    let mut peaks = vec![Ok(Vec::new()); programs.len()];
    for _ in 0..5 {
        for (program, peaks) in programs.iter().zip(&mut peaks) {
            match (peaks.as_mut(), peak_in_child(program)) {
                (Ok(peaks), Ok(peak)) => peaks.push(peak),
                (Ok(_), Err(error)) => *peaks = Err(error.to_string()),
                (Err(_), _) => {}
            }
        }
    }
    let median = |mut peaks: Vec<f64>| {
        peaks.sort_by(f64::total_cmp);
        middle(&peaks)
    };
    peaks.into_iter().map(|peaks| peaks.map(median)).collect()
}

/// A process's peak, as its parent is told, is never less than the parent's own size when it started the process; so
/// the parent is a process of this program that has done nothing else, and is smaller than any interpreter.
fn peak_in_child(program: &Path) -> Result<f64, Error> {
    let output = Command::new(std::env::current_exe()?).arg(PEAK_COMMAND).arg(program).args(PASS).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned().into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// The command of this program that [`peak_of_child`] answers.
pub const PEAK_COMMAND: &str = "peak-of-child";

/// `cargo xtask peak-of-child PROGRAM ARGUMENTS`: runs it and prints its peak of resident memory in kilobytes.
pub fn peak_of_child(words: &[String]) -> Outcome {
    let (program, arguments) = words.split_first().ok_or("no program to run")?;
    let status = Command::new(program).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).status()?;
    if !status.success() {
        return Err(format!("{program}: {status}").into());
    }
    println!("{}", getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss());
    Ok(true)
}

fn middle(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    match sorted.len() % 2 {
        0 => f64::midpoint(sorted[half - 1], sorted[half]),
        _ => sorted[half],
    }
}

fn report(options: &Options, programs: &[PathBuf], measured: &Measured) -> Outcome {
    let old: Option<Json> = match &options.compare {
        Some(path) => Some(serde_json::from_str(&std::fs::read_to_string(path)?)?),
        None => None,
    };
    let mut head = format!("{:24}", "milliseconds (spread)");
    for name in &measured.names {
        head += &format!(" {name:>18}");
    }
    for name in &measured.names[1..] {
        head += &format!(" {:>9}", format!("x {}", name.trim_start_matches("cpython")));
    }
    println!("{head}{}", if old.is_some() { "   before" } else { "" });

    let mut logs = vec![Vec::new(); measured.names.len()];
    let mut failed = 0;
    let mut slowest: Option<(f64, String)> = None;
    let mut written = serde_json::Map::new();
    for (program, row) in programs.iter().zip(&measured.rows) {
        let name = program.with_extension("").to_string_lossy().into_owned();
        let mut line = format!("{name:24}");
        let mut medians = serde_json::Map::new();
        for (interpreter, sample) in measured.names.iter().zip(row) {
            line += &match sample {
                Ok(s) => format!(" {:>10.1} ({:>3.0} %)", s.median * 1e3, s.spread * 1e2),
                Err(_) => format!(" {:>18}", "failed"),
            };
            if let Ok(s) = sample {
                medians.insert(interpreter.clone(), json!(s.median));
            }
        }
        for index in 1..row.len() {
            line += &match (&row[0], &row[index]) {
                (Ok(ours), Ok(theirs)) => {
                    let ratio = theirs.median / ours.median;
                    logs[index].push(ratio.ln());
                    if index == 1 && slowest.as_ref().is_none_or(|(least, _)| ratio < *least) {
                        slowest = Some((ratio, name.clone()));
                    }
                    format!(" {ratio:>9.2}")
                }
                _ => format!(" {:>9}", "-"),
            };
        }
        if let (Some(before), Ok(now)) = (old.as_ref().and_then(|o| o[&name]["taipan"].as_f64()), &row[0]) {
            line += &format!("   {:+.1} %", (now.median / before - 1.0) * 1e2);
        }
        for (interpreter, sample) in measured.names.iter().zip(row) {
            if let Err(reason) = sample {
                failed += 1;
                line += &format!("   {interpreter}: {reason}");
            }
        }
        println!("{line}");
        written.insert(name, Json::Object(medians));
    }
    if let Some(startup) = &measured.startup {
        print_startup(&measured.names, startup);
    }
    if let Some(path) = &options.json {
        std::fs::write(path, serde_json::to_string_pretty(&written)? + "\n")?;
    }
    if let Some((ratio, name)) = slowest {
        println!("slowest: {name}, {ratio:.2} times the speed of {}", measured.names[1]);
    }
    for (name, logs) in measured.names.iter().zip(&logs).skip(1) {
        if !logs.is_empty() {
            let mean = (logs.iter().sum::<f64>() / logs.len() as f64).exp();
            println!("geometric mean over {} programs: {mean:.3} times the speed of {name}", logs.len());
        }
    }
    Ok(failed == 0)
}

fn print_startup(names: &[String], startup: &Startup) {
    println!("\n{:24} {:>10} {:>10} {:>10} {:>10}", "-c pass", "wall ms", "spread", "of theirs", "peak MB");
    print_starts(names, &startup.pass, |index| match &startup.peaks[index] {
        Ok(peak) => format!(" {:>10.1}", peak / 1024.0),
        Err(reason) => format!(" {reason}"),
    });
    println!("{}", IMPORTS[1]);
    print_starts(names, &startup.imports, |_| String::new());
    println!();
}

/// A line for each interpreter; beside its time, ours as a share of it.
fn print_starts(names: &[String], times: &Row, more: impl Fn(usize) -> String) {
    for (index, (name, time)) in names.iter().zip(times).enumerate() {
        match time {
            Ok(t) => {
                let share = match &times[0] {
                    Ok(ours) if index > 0 => format!("{:.3}", ours.median / t.median),
                    _ => String::new(),
                };
                let (median, spread) = (t.median * 1e3, t.spread * 1e2);
                println!("{name:24} {median:>10.2} {spread:>8.0} % {share:>10}{}", more(index));
            }
            Err(reason) => println!("{name:24} {reason}"),
        }
    }
}

fn count_instructions(taipan: &Path, folder: &Path, programs: &[PathBuf], options: &Options) -> Outcome {
    let mut written = serde_json::Map::new();
    let old: Option<Json> = match &options.compare {
        Some(path) => Some(serde_json::from_str(&std::fs::read_to_string(path)?)?),
        None => None,
    };
    for program in programs {
        let count = COUNTERS
            .iter()
            .find_map(|counter| instructions(counter, taipan, folder, program))
            .ok_or("neither perf stat nor valgrind counts instructions here")?;
        let name = program.with_extension("").to_string_lossy().into_owned();
        let before = old.as_ref().and_then(|o| o[&name].as_f64());
        let change = before.map_or(String::new(), |b| format!("{:+.2} %", (count as f64 / b - 1.0) * 1e2));
        println!("{name:24} {:>12.1} million {change}", count as f64 / 1e6);
        written.insert(name, json!(count));
    }
    if let Some(path) = &options.json {
        std::fs::write(path, serde_json::to_string_pretty(&written)? + "\n")?;
    }
    Ok(true)
}

/// Programs that count instructions, the quick one first: valgrind takes fifty times the program's time, but works
/// where the processor's counters are out of reach.
const COUNTERS: &[&[&str]] = &[
    &["perf", "stat", "-x", ",", "-e", "instructions:u"],
    &["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"],
];

fn instructions(counter: &[&str], taipan: &Path, folder: &Path, program: &Path) -> Option<u64> {
    let output = Command::new(counter[0])
        .current_dir(folder)
        .args(&counter[1..])
        .arg(taipan)
        .arg(program)
        .env("PYTHONHASHSEED", "0")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdout(Stdio::null())
        .output()
        .ok()?;
    String::from_utf8_lossy(&output.stderr).lines().find_map(|line| {
        let number = match line.split_once(" refs:") {
            Some((_, number)) => number.trim().replace(',', ""),
            None if line.contains("instructions:u") => line.split(',').next()?.to_owned(),
            None => return None,
        };
        number.parse().ok()
    })
}
