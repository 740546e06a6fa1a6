//! `cargo xtask programs`: runs `tests/programs` and compares with what CPython 3.14 recorded.
//!
//! A program is a `.py` file, run as `python options path/name.py args`, or a `.run` file that only holds settings.
//! Settings are lines `# key: value` at the top of a `.py` file, or `key: value` in a `.run` file:
//!
//! ```text
//! args: words after the program (a `.run` file: all words after the options)
//! options: interpreter options before it
//! stdin: text on standard input, with \n and the like
//! env: NAME=value
//! shell: a line for sh instead, in which $PY is the interpreter; goes on in lines that begin with a space
//! timeout: seconds
//! ```
//!
//! Recordings lie beside the program: `name.out`, and where there is something to record `name.err`, `name.status`.
//! The interpreter's path, its library, the current and the temporary folder appear as `<python>`, `<stdlib>`, `<cwd>`
//! and `<tmp>`, addresses as `0x...`. Recording runs each program twice with different hash seeds and refuses one whose output differs.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use lexopt::prelude::*;

use crate::common::{self, Error, Outcome, Scratch};
use crate::diff;
use crate::process::{self, Status};

const USAGE: &str = "\
cargo xtask programs [FILTER...] [OPTIONS]

  FILTER             only programs whose path contains one of these texts
  --bless            record from the reference interpreter instead of comparing
  --reference PATH   the reference interpreter (default: cpython3.14)
  --taipan PATH      the interpreter under test (default: built now)
  --release          build it optimised
  --folder PATH      another folder of programs
  --path PATH        PYTHONPATH of the programs
  --jobs N           programs at a time (default: 2)
  --quiet            totals only";

struct Options {
    filters: Vec<String>,
    bless: bool,
    reference: PathBuf,
    taipan: Option<PathBuf>,
    profile: &'static str,
    folder: PathBuf,
    path: Option<PathBuf>,
    jobs: usize,
    quiet: bool,
}

pub fn run(words: Vec<String>) -> Outcome {
    let mut options = Options {
        filters: Vec::new(),
        bless: false,
        reference: "cpython3.14".into(),
        taipan: None,
        profile: "dev",
        folder: common::root().join("tests/programs"),
        path: None,
        jobs: 2,
        quiet: false,
    };
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("bless") => options.bless = true,
            Long("reference") => options.reference = parser.value()?.into(),
            Long("taipan") => options.taipan = Some(parser.value()?.into()),
            Long("release") => options.profile = "release",
            Long("folder") => options.folder = parser.value()?.into(),
            Long("path") => options.path = Some(parser.value()?.into()),
            Long("jobs") => options.jobs = common::value(&mut parser)?.parse()?,
            Long("quiet") => options.quiet = true,
            Long("help") => {
                println!("{USAGE}");
                return Ok(true);
            }
            Value(filter) => options.filters.push(filter.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let names =
        common::files_below(&options.folder, &|path| path.extension().is_some_and(|e| e == "py" || e == "run"))?;
    let wanted = |name: &PathBuf| {
        let text = name.to_string_lossy();
        options.filters.is_empty() || options.filters.iter().any(|f| text.contains(f.as_str()))
    };
    let programs: Vec<PathBuf> = names.into_iter().filter(wanted).collect();
    if programs.is_empty() {
        return Err("no program matches".into());
    }
    if options.bless { record_all(&options, &programs) } else { compare_all(&options, &programs) }
}

fn compare_all(options: &Options, programs: &[PathBuf]) -> Outcome {
    let path = common::interpreter(options.taipan.clone(), options.profile)?;
    let python = Python::probe(path, options)?;
    let results = common::in_parallel(programs, options.jobs, |_, name| {
        let verdict = compare(&python, &options.folder, name).unwrap_or_else(|e| Some(e.to_string()));
        if let (Some(report), false) = (&verdict, options.quiet) {
            println!("FAIL {}\n{report}", name.display());
        }
        verdict.is_none()
    });
    let mut folders: Vec<(String, usize, usize)> = Vec::new();
    for (name, passed) in programs.iter().zip(&results) {
        let folder = name.parent().unwrap_or(Path::new("")).display().to_string();
        match folders.last_mut().filter(|(last, ..)| *last == folder) {
            Some((_, good, all)) => (*good, *all) = (*good + usize::from(*passed), *all + 1),
            None => folders.push((folder, usize::from(*passed), 1)),
        }
    }
    println!();
    for (folder, good, all) in &folders {
        println!("{folder:24} {good:4} of {all}");
    }
    let good = results.iter().filter(|passed| **passed).count();
    println!("{:24} {good:4} of {} programs as CPython 3.14", "total", results.len());
    Ok(good == results.len())
}

/// `None`: as recorded.
fn compare(python: &Python, folder: &Path, name: &Path) -> Result<Option<String>, Error> {
    let recorded = Recorded::read(folder, name)?;
    let actual = execute(python, folder, name, None)?;
    let mut report = String::new();
    if actual.status != recorded.status {
        writeln!(report, "  exit status {}, expected {}", actual.status, recorded.status)?;
    }
    for (label, expected, got) in [("stdout", &recorded.out, &actual.out), ("stderr", &recorded.err, &actual.err)] {
        if expected != got {
            writeln!(report, "  {label} (- expected, + got):\n{}", diff::lines(expected, got, 16))?;
        }
    }
    Ok((!report.is_empty()).then_some(report))
}

fn record_all(options: &Options, programs: &[PathBuf]) -> Outcome {
    let python = Python::probe(options.reference.clone(), options)?;
    let results = common::in_parallel(programs, options.jobs, |_, name| match record(&python, &options.folder, name) {
        Ok(changed) => {
            if changed {
                println!("recorded {}", name.display());
            }
            true
        }
        Err(error) => {
            println!("REFUSED {}: {error}", name.display());
            false
        }
    });
    let good = results.iter().filter(|recorded| **recorded).count();
    println!("{good} of {} programs recorded", results.len());
    Ok(good == results.len())
}

/// Whether the recording changed.
fn record(python: &Python, folder: &Path, name: &Path) -> Result<bool, Error> {
    let first = execute(python, folder, name, Some("1"))?;
    let second = execute(python, folder, name, Some("2"))?;
    if first != second {
        let (out, err) = (diff::lines(&first.out, &second.out, 8), diff::lines(&first.err, &second.err, 8));
        return Err(format!("two runs differ\n{out}\n{err}").into());
    }
    if first.status == Status::TimedOut.to_string() {
        return Err("timed out".into());
    }
    let changed = Recorded::read(folder, name).map_or(true, |old| old != first);
    first.write(folder, name)?;
    Ok(changed)
}

#[derive(PartialEq)]
struct Recorded {
    out: String,
    err: String,
    status: String,
}

impl Recorded {
    fn read(folder: &Path, name: &Path) -> Result<Recorded, Error> {
        let base = folder.join(name);
        let out = fs::read_to_string(base.with_extension("out")).map_err(|_| "not recorded: --bless records it")?;
        let optional = |extension| fs::read_to_string(base.with_extension(extension)).ok();
        let status = optional("status").map_or("0".to_owned(), |text| text.trim().to_owned());
        Ok(Recorded { out, err: optional("err").unwrap_or_default(), status })
    }

    fn write(&self, folder: &Path, name: &Path) -> Result<(), Error> {
        let base = folder.join(name);
        fs::write(base.with_extension("out"), &self.out)?;
        let optional = |extension, text: String, present: bool| -> Result<(), Error> {
            let path = base.with_extension(extension);
            if present {
                fs::write(path, text)?;
            } else if path.exists() {
                fs::remove_file(path)?;
            }
            Ok(())
        };
        optional("err", self.err.clone(), !self.err.is_empty())?;
        optional("status", format!("{}\n", self.status), self.status != "0")
    }
}

/// An interpreter and the paths that its output may name.
struct Python {
    path: PathBuf,
    executable: String,
    library: String,
    search: Option<PathBuf>,
}

impl Python {
    fn probe(path: PathBuf, options: &Options) -> Result<Python, Error> {
        let output = Command::new(&path)
            .args(["-c", "import sys, os; print(sys.executable); print(os.path.dirname(os.__file__))"])
            .output()
            .map_err(|e| format!("{}: {e}", path.display()))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut lines = text.lines();
        let executable = lines.next().unwrap_or_default().to_owned();
        let library = lines.next().unwrap_or_default().to_owned();
        if library.is_empty() {
            eprintln!("{} does not say where its library is: paths of the library are not replaced", path.display());
        }
        Ok(Python { path, executable, library, search: options.path.clone() })
    }

    /// Puts names for the places that differ between machines and interpreters.
    fn neutral(&self, bytes: &[u8], folder: &Path, scratch: &Scratch) -> String {
        let mut text = String::from_utf8_lossy(bytes).into_owned();
        let path = self.path.to_string_lossy();
        let search = self.search.as_deref();
        let places = [
            (scratch.path().to_string_lossy().into_owned(), "<tmp>"),
            (folder.to_string_lossy().into_owned(), "<cwd>"),
            (self.library.clone(), "<stdlib>"),
            (search.map_or(String::new(), |path| path.to_string_lossy().into_owned()), "<site>"),
            (self.executable.clone(), "<python>"),
            (path.into_owned(), "<python>"),
        ];
        for (place, name) in places {
            if place.len() > 1 {
                text = text.replace(&place, name);
            }
        }
        without_addresses(&text)
    }
}

/// `at 0x7f...` as every `repr` of an object prints it, without the number.
fn without_addresses(text: &str) -> String {
    let mut parts = text.split(" at 0x");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_hexdigit());
        out += if part.len() - rest.len() >= 6 { " at 0x..." } else { " at 0x" };
        out += if part.len() - rest.len() >= 6 { rest } else { part };
    }
    out
}

#[derive(Default)]
struct Settings {
    args: Vec<String>,
    options: Vec<String>,
    stdin: Vec<u8>,
    env: Vec<(String, String)>,
    shell: Option<String>,
    timeout: Option<u64>,
}

impl Settings {
    fn read(file: &Path) -> Result<Settings, Error> {
        let mut settings = Settings::default();
        let bytes = fs::read(file)?;
        let text = String::from_utf8_lossy(&bytes);
        let bare = file.extension().is_some_and(|e| e == "run");
        for line in text.lines() {
            let line = match (bare, line.strip_prefix("# ")) {
                (true, _) => line,
                (false, Some(rest)) => rest,
                (false, None) => break,
            };
            let more = line.strip_prefix(' ').filter(|_| bare);
            if let (Some(more), Some(shell)) = (more, &mut settings.shell) {
                *shell += "\n";
                *shell += more;
                continue;
            }
            let Some((key, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            let words = || value.split_whitespace().map(str::to_owned).collect();
            match key {
                "args" => settings.args = words(),
                "options" => settings.options = words(),
                "stdin" => settings.stdin = unescape(value).into_bytes(),
                "env" => settings.env.extend(value.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned()))),
                "shell" => settings.shell = Some(value.to_owned()),
                "timeout" => settings.timeout = Some(value.parse()?),
                _ if bare => return Err(format!("no setting {key:?}").into()),
                _ => {}
            }
        }
        Ok(settings)
    }
}

fn unescape(text: &str) -> String {
    text.replace("\\n", "\n").replace("\\t", "\t")
}

fn execute(python: &Python, folder: &Path, name: &Path, seed: Option<&str>) -> Result<Recorded, Error> {
    let settings = Settings::read(&folder.join(name))?;
    let scratch = Scratch::new("program")?;
    let mut command = match &settings.shell {
        Some(line) => {
            let mut shell = Command::new("/bin/sh");
            shell.args(["-c", line]);
            shell
        }
        None => {
            let mut command = Command::new(&python.path);
            command.args(&settings.options);
            if name.extension().is_some_and(|e| e == "py") {
                command.arg(name);
            }
            command.args(&settings.args);
            command
        }
    };
    // The search path only finds what a shell line uses and the interpreter itself.
    let search = std::env::var_os("PATH").unwrap_or_default();
    command
        .current_dir(folder)
        .env_clear()
        .env("PATH", search)
        .env("HOME", scratch.path())
        .env("TMPDIR", scratch.path())
        .env("LANG", "C.UTF-8")
        .env("TZ", "UTC")
        .env("PY", &python.path)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .envs(python.search.iter().map(|path| ("PYTHONPATH", path)))
        .envs(seed.map(|seed| ("PYTHONHASHSEED", seed)))
        .envs(settings.env.iter().map(|(k, v)| (k, v)));
    let limit = Duration::from_secs(settings.timeout.unwrap_or(60));
    let finished = process::run(&mut command, &settings.stdin, &scratch, limit)?;
    Ok(Recorded {
        out: python.neutral(&finished.stdout, folder, &scratch),
        err: python.neutral(&finished.stderr, folder, &scratch),
        status: finished.status.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_left_out() {
        assert_eq!(without_addresses("<f at 0x7fae84167060>, <g at 0x1>"), "<f at 0x...>, <g at 0x1>");
        assert_eq!(without_addresses("0xdeadbeef at 0x"), "0xdeadbeef at 0x");
    }

    #[test]
    fn settings_are_read_from_comments_and_from_files() {
        let scratch = Scratch::new("settings").expect("the temporary folder is writable");
        let program = scratch.path().join("a.py");
        fs::write(&program, "# A title.\n# args: a b\n# stdin: x\\n\nprint(1)\n# options: -O\n").expect("writable");
        let settings = Settings::read(&program).expect("valid settings");
        assert_eq!(settings.args, ["a", "b"]);
        assert_eq!(settings.stdin, b"x\n");
        assert!(settings.options.is_empty());
        let bare = scratch.path().join("b.run");
        fs::write(&bare, "shell: $PY -c '\n 1\n  2'\ntimeout: 3\n").expect("writable");
        let settings = Settings::read(&bare).expect("valid settings");
        assert_eq!(settings.shell.as_deref(), Some("$PY -c '\n1\n 2'"));
        assert_eq!(settings.timeout, Some(3));
        fs::write(&bare, "nonsense: 1\n").expect("writable");
        assert!(Settings::read(&bare).is_err());
    }
}
