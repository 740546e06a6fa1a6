//! `cargo xtask pytest-suites`: the test suites of real packages, run by pytest under Taipan and under CPython 3.14.
//!
//! The machine's `pip` fetches wheels and source distributions once into `target/suites/wheelhouse`. From there each
//! interpreter's own `pip` installs into its own virtual environment without the network: Taipan's is made by
//! `taipan -m venv`, so `ensurepip`, `pip` and pure build back ends are part of what is tested. The suites come from the
//! source distributions. `scripts/pytest_outcomes.py` writes down what became of each test; what CPython passes,
//! Taipan has to pass.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use lexopt::prelude::*;

use crate::common::{self, Error, Outcome, Scratch};
use crate::{packages, process};

const USAGE: &str = "\
cargo xtask pytest-suites [PACKAGE...] [OPTIONS]

  --taipan PATH      the interpreter under test (default: built now)
  --release          build it optimised
  --only WHO         taipan or cpython; the other's outcomes are those of its last run
  --timeout SECONDS  of one suite (default: 1800)
  --list             name each test that passes under CPython only

Reports and output are kept in target/suites/INTERPRETER. CPython is `cpython3.14` or `python3.14`.";

struct Suite {
    name: &'static str,
    /// The source distribution.
    source: &'static str,
    /// Arguments for pytest.
    arguments: &'static [&'static str],
}

const fn suite(name: &'static str, source: &'static str, arguments: &'static [&'static str]) -> Suite {
    Suite { name, source, arguments }
}

/// No event loops in suites that know nothing of the plugin.
const NO_LOOPS: &str = "-pno:asyncio";

const SUITES: &[Suite] = &[
    suite("attrs", "attrs==26.1.0", &[NO_LOOPS, "tests"]),
    suite("click", "click==8.5.1", &[NO_LOOPS, "tests"]),
    suite("flask", "flask==3.1.3", &[NO_LOOPS, "tests"]),
    suite("idna", "idna==3.20", &[NO_LOOPS, "tests"]),
    suite("jinja2", "jinja2==3.1.6", &[NO_LOOPS, "tests"]),
    suite("markupsafe", "markupsafe==3.0.4", &[NO_LOOPS, "tests"]),
    suite("more-itertools", "more-itertools==11.2.1", &[NO_LOOPS, "tests"]),
    suite("packaging", "packaging==26.4", &[NO_LOOPS, "tests"]),
    suite("pluggy", "pluggy==1.7.0", &[NO_LOOPS, "testing"]),
    suite("pytest-asyncio", "pytest-asyncio==1.5.0", &["tests"]),
    // Its tests are not in the distribution; the examples of its docstrings are.
    suite("sortedcontainers", "sortedcontainers==2.4.0", &[NO_LOOPS, "--doctest-modules", "sortedcontainers"]),
];

/// What is installed beside the packages themselves: `pip` for CPython's environment, pytest, and what suites import.
/// `trio`, which two modules of jinja2's suite import, is missing: it needs `_ctypes`.
const TOOLS: &[&str] = &[
    "pip==26.3",
    "pytest==8.4.2",
    "iniconfig==2.3.1",
    "pygments==2.21.0",
    "blinker==1.9.0",
    "itsdangerous==2.2.0",
    "werkzeug==3.1.9",
    "hypothesis==6.155.7",
    "asgiref==3.13.0",
    "cloudpickle==3.1.3",
    "pretend==1.0.9",
    "pympler==1.1",
    "python-dotenv==1.2.4",
    "tomli-w==1.2.0",
];

/// Back ends for what is built from source.
const BACK_ENDS: &[&str] = &["setuptools==84.2.1", "flit-core==4.2.0"];

/// Packages that are installed from source: by `setuptools`, whose wheel would hold machine code, and by `flit`.
const FROM_SOURCE: &[&str] = &["markupsafe", "idna"];

struct Options {
    chosen: Vec<String>,
    taipan: Option<PathBuf>,
    profile: &'static str,
    only: Option<String>,
    timeout: Duration,
    list: bool,
}

/// What became of each test, by name.
type Outcomes = BTreeMap<String, String>;

pub fn run(words: Vec<String>) -> Outcome {
    let mut options = Options {
        chosen: Vec::new(),
        taipan: None,
        profile: "dev",
        only: None,
        timeout: Duration::from_secs(1800),
        list: false,
    };
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Value(name) => options.chosen.push(name.string()?),
            Long("taipan") => options.taipan = Some(parser.value()?.into()),
            Long("release") => options.profile = "release",
            Long("only") => options.only = Some(common::value(&mut parser)?),
            Long("timeout") => options.timeout = Duration::from_secs(common::value(&mut parser)?.parse()?),
            Long("list") => options.list = true,
            Long("help") => {
                println!("{USAGE}");
                return Ok(true);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    for name in &options.chosen {
        if !SUITES.iter().any(|suite| suite.name == name) {
            return Err(format!("no suite {name:?}").into());
        }
    }
    let folder = common::root().join("target/suites");
    let wheelhouse = fetch(&folder)?;
    let wanted = |who: &str| options.only.as_deref().is_none_or(|only| only == who);
    let mut sides = Vec::new();
    for who in ["cpython", "taipan"] {
        let side = Side { who, folder: folder.join(who) };
        if wanted(who) {
            let python = match who {
                "taipan" => common::interpreter(options.taipan.clone(), options.profile)?,
                _ => reference()?,
            };
            side.prepare(&python, &wheelhouse)?;
        }
        sides.push(side);
    }
    println!("{:20} {:>9} {:>9} {:>9} {:>9}", "package", "CPython", "Taipan", "lost", "seconds");
    let (mut lost_in_all, mut passed_in_all) = (0, [0, 0]);
    for suite in SUITES {
        if !options.chosen.is_empty() && !options.chosen.iter().any(|name| name == suite.name) {
            continue;
        }
        let mut outcomes = Vec::new();
        let mut seconds = Vec::new();
        for side in &sides {
            let started = Instant::now();
            if wanted(side.who) {
                side.run(suite, options.timeout)?;
                seconds.push(started.elapsed().as_secs().to_string());
            }
            outcomes.push(side.outcomes(suite)?);
        }
        let passed = |o: &Outcomes| o.values().filter(|outcome| *outcome == "passed").count();
        let lost: Vec<_> = outcomes[0]
            .iter()
            .filter(|(id, outcome)| *outcome == "passed" && outcomes[1].get(*id).is_none_or(|o| o != "passed"))
            .map(|(id, _)| (id, outcomes[1].get(id).map_or("missing", String::as_str)))
            .collect();
        let counts = [passed(&outcomes[0]), passed(&outcomes[1])];
        let times = seconds.join(" / ");
        println!("{:20} {:>9} {:>9} {:>9} {times:>9}", suite.name, counts[0], counts[1], lost.len());
        if options.list {
            for (id, outcome) in &lost {
                println!("    {outcome:8} {id}");
            }
        }
        lost_in_all += lost.len();
        passed_in_all = [passed_in_all[0] + counts[0], passed_in_all[1] + counts[1]];
    }
    println!("{:20} {:>9} {:>9} {lost_in_all:>9}", "all", passed_in_all[0], passed_in_all[1]);
    Ok(lost_in_all == 0)
}

/// CPython 3.14.
fn reference() -> Result<PathBuf, Error> {
    for name in ["cpython3.14", "python3.14"] {
        let check = "import sys; assert sys.implementation.name == 'cpython'";
        if Command::new(name).args(["-c", check]).output().is_ok_and(|o| o.status.success()) {
            return Ok(name.into());
        }
    }
    Err("neither cpython3.14 nor python3.14 is CPython".into())
}

/// A command that finds nothing of what is configured for `pip` here.
fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("PIP_") || text.starts_with("PYTHON") || text.starts_with("PYTEST") {
            command.env_remove(&name);
        }
    }
    command.env("PIP_CONFIG_FILE", "/dev/null").env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    command
}

fn succeed(command: &mut Command, what: &str) -> Result<(), Error> {
    let output = command.output().map_err(|e| format!("{what}: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    Err(format!("{what} fails:\n{}", String::from_utf8_lossy(&text)).into())
}

/// The folder of wheels and source distributions, filled when a version is not there yet.
fn fetch(folder: &Path) -> Result<PathBuf, Error> {
    let wheelhouse = folder.join("wheelhouse");
    let sources: Vec<_> = SUITES.iter().map(|suite| suite.source).collect();
    let has_wheel = |source: &&&str| !FROM_SOURCE.iter().any(|name| source.starts_with(name));
    let wheels: Vec<_> = sources.iter().filter(has_wheel).copied().collect();
    let versions = [TOOLS, BACK_ENDS, &sources].concat().join("\n");
    let stamp = wheelhouse.join(".versions");
    if fs::read_to_string(&stamp).is_ok_and(|text| text == versions) {
        return Ok(wheelhouse);
    }
    eprintln!("fetching packages");
    fs::create_dir_all(&wheelhouse)?;
    let call = packages::pip().ok_or("pip, which fetches the packages, is not installed")?;
    let download = |options: &[&str], packages: &[&str]| -> Result<(), Error> {
        let mut command = Command::new(call[0]);
        command.args(&call[1..]).args(["download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest"]);
        succeed(command.arg(&wheelhouse).args(options).args(packages), "pip download")
    };
    download(&["--no-binary=:all:"], &sources)?;
    let pure = ["--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none", "--python-version=3.14"];
    download(&pure, &[TOOLS, BACK_ENDS, &wheels].concat())?;
    fs::write(&stamp, versions)?;
    Ok(wheelhouse)
}

/// One interpreter's environment, sources and reports.
struct Side {
    who: &'static str,
    folder: PathBuf,
}

impl Side {
    /// Calls the environment's interpreter. CPython may live in a root folder of its own, where its link leads somewhere
    /// else, so the program that finds it is asked to go there.
    fn python(&self) -> Result<Command, Error> {
        let inside = self.folder.join("venv/bin/python");
        if self.who == "taipan" {
            return Ok(command(&inside));
        }
        let mut command = command(&reference()?);
        command.args(["-c", "import os, sys; os.execv(sys.argv[1], sys.argv[1:])"]).arg(inside);
        Ok(command)
    }

    fn prepare(&self, python: &Path, wheelhouse: &Path) -> Result<(), Error> {
        let venv = self.folder.join("venv");
        let stamp = self.folder.join(".ready");
        let versions = format!("{}\n{}", python.display(), fs::read_to_string(wheelhouse.join(".versions"))?);
        if fs::read_to_string(&stamp).is_ok_and(|text| text == versions) {
            return Ok(());
        }
        eprintln!("making the environment of {}", self.who);
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder)?;
        }
        fs::create_dir_all(&self.folder)?;
        let mut make = command(python);
        make.args(["-m", "venv"]);
        if self.who != "taipan" {
            // Distributions take the bundled wheel out of CPython.
            make.arg("--without-pip");
        }
        succeed(make.arg(&venv), "venv")?;
        let offline = ["-m", "pip", "install", "--quiet", "--no-index", "--find-links"];
        let mut install = self.python()?;
        if self.who != "taipan" {
            let pip = common::files_below(wheelhouse, &|path| {
                path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("pip-"))
            })?;
            install.env("PYTHONPATH", wheelhouse.join(pip.first().ok_or("no wheel of pip was fetched")?));
        }
        install.args(offline).arg(wheelhouse).args(FROM_SOURCE.iter().map(|name| format!("--no-binary={name}")));
        install.args(TOOLS).args(SUITES.iter().map(|suite| suite.source));
        succeed(&mut install, "pip install")?;
        let plugin = common::root().join("xtask/scripts/pytest_outcomes.py");
        fs::copy(plugin, venv.join("lib/python3.14/site-packages/pytest_outcomes.py"))?;
        fs::write(&stamp, versions)?;
        Ok(())
    }

    fn report(&self, suite: &Suite) -> PathBuf {
        self.folder.join(format!("{}.outcomes", suite.name))
    }

    fn run(&self, suite: &Suite, timeout: Duration) -> Result<(), Error> {
        let scratch = Scratch::new("suite")?;
        let archives = common::files_below(&self.folder.with_file_name("wheelhouse"), &|path| {
            let name = path.file_name().map(|n| n.to_string_lossy().replace('_', "-")).unwrap_or_default();
            name == format!("{}.tar.gz", suite.source.replace("==", "-"))
        })?;
        let archive = self.folder.with_file_name("wheelhouse").join(archives.first().ok_or("no source distribution")?);
        succeed(Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(scratch.path()), "tar")?;
        let source = fs::read_dir(scratch.path())?.next().ok_or("an empty archive")??.path();
        let report = self.report(suite);
        if report.exists() {
            fs::remove_file(&report)?;
        }
        let mut pytest = self.python()?;
        // Examples that Hypothesis makes up are the same each time, and may take as long as they like.
        pytest.args(["-m", "pytest", "-q", "-ppytest_outcomes", "-pno:cacheprovider", "--hypothesis-profile=ci"]);
        pytest.arg("--continue-on-collection-errors");
        pytest.args(suite.arguments).current_dir(&source).env("TAIPAN_OUTCOMES", &report);
        let finished = process::run(&mut pytest, b"", &scratch, timeout)?;
        fs::write(self.folder.join(format!("{}.log", suite.name)), [finished.stdout, finished.stderr].concat())?;
        if finished.status == process::Status::TimedOut {
            println!("{} under {}: {}", suite.name, self.who, finished.status);
        }
        Ok(())
    }

    fn outcomes(&self, suite: &Suite) -> Result<Outcomes, Error> {
        let text = fs::read_to_string(self.report(suite)).unwrap_or_default();
        Ok(text.lines().filter_map(|line| line.split_once(' ')).map(|(o, id)| (id.to_owned(), o.to_owned())).collect())
    }
}
