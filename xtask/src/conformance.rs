//! `cargo xtask conformance`: CPython's own test modules, unmodified, counted test by test.
//!
//! Each module runs in its own process with limits on time and memory. `scripts/conformance.py` appends a line to a
//! report before and after each test, so a crash or a hang costs the test it happened in: the module is started again
//! without the tests that are done. What counts is the list of tests that pass under CPython; the expectations file
//! names those known not to pass under Taipan.
//!
//! Three kinds of tests are counted apart: those that the suite marks as CPython's own; those that need CPython's C,
//! which the stand-ins of `scripts/standin` skip with a reason or `tests/conformance/apart.txt` names; and those of
//! CPython's private optimiser, which the same file names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use lexopt::prelude::*;

use crate::common::{self, Error, Outcome, Scratch};
use crate::process;

const USAGE: &str = "\
cargo xtask conformance [OPTIONS]

  --group NAME       language or library-core (default: both)
  --gate             the modules of tests/conformance/gate.txt: those that have to be as expected before a change lands
  --module NAME      one module (test_dict, test.test_dict, test.test_asyncio); may be repeated
  --taipan PATH      the interpreter under test (default: built now)
  --release          build it optimised
  --jobs N           modules at a time (default: 2)
  --timeout SECONDS  of one module without progress (default: 120)
  --memory MB        address space of one process (default: 4096)
  --expect FILE      expectations (default: tests/conformance/expectations.txt)
  --bless            rewrite the expectations of the modules that ran
  --mode MODE        under stress: nospec (nothing specialises itself), eager (everything does at once), gcstress (a
                     collection after every seventh new container) or memory (a validated heap, poison)
  --log FOLDER       keep the output of each module there
  --list             print each test that does not pass

CPython's folder of tests is found through TAIPAN_CPYTHON_LIB: the folder that holds the package `test`.";

/// How often a module is started again after a crash or a hang before the rest is given up.
const RESTARTS: usize = 40;
/// How often a module with an unexpected outcome is run again: tests that depend on time or on the load differ.
const AGAIN: usize = 2;
/// How many hangs a module may have: each costs the whole time limit.
const HANGS: usize = 5;

struct Options {
    groups: Vec<String>,
    gate: bool,
    modules: Vec<String>,
    taipan: Option<PathBuf>,
    profile: &'static str,
    jobs: usize,
    timeout: Duration,
    memory: u64,
    expect: PathBuf,
    bless: bool,
    log: Option<PathBuf>,
    list: bool,
    stress: Option<&'static str>,
}

pub fn run(words: Vec<String>) -> Outcome {
    let mut options = Options {
        groups: Vec::new(),
        gate: false,
        modules: Vec::new(),
        taipan: None,
        profile: "dev",
        jobs: 2,
        // `test_print_exception_gh_102056` prints what a second of recursion has raised: 1.4 million lines.
        timeout: Duration::from_secs(120),
        memory: 4096,
        expect: common::root().join("tests/conformance/expectations.txt"),
        bless: false,
        log: None,
        list: false,
        stress: None,
    };
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("group") => options.groups.push(common::value(&mut parser)?),
            Long("gate") => options.gate = true,
            Long("module") => options.modules.push(common::value(&mut parser)?),
            Long("taipan") => options.taipan = Some(parser.value()?.into()),
            Long("release") => options.profile = "release",
            Long("jobs") => options.jobs = common::value(&mut parser)?.parse()?,
            Long("timeout") => options.timeout = Duration::from_secs(common::value(&mut parser)?.parse()?),
            Long("memory") => options.memory = common::value(&mut parser)?.parse()?,
            Long("expect") => options.expect = parser.value()?.into(),
            Long("bless") => options.bless = true,
            Long("log") => options.log = Some(parser.value()?.into()),
            Long("mode") => options.stress = Some(common::stress(&common::value(&mut parser)?)?),
            Long("list") => options.list = true,
            Long("help") => {
                println!("{USAGE}");
                return Ok(true);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let reference = Reference::read()?;
    let plan = plan(&options, &reference)?;
    let python = common::interpreter(options.taipan.clone(), options.profile)?;
    let library = Library::prepare()?;
    let python = library.install(&python)?;
    if let Some(folder) = &options.log {
        fs::create_dir_all(folder)?;
    }
    let total = plan.len();
    let run = |module: &str| {
        run_module(&options, &python, &library, module).unwrap_or_else(|error| {
            println!("{module}: {error}");
            Outcomes::default()
        })
    };
    let mut results = common::in_parallel(&plan, options.jobs, |index, (_, module)| {
        let known = &reference.tests[module.as_str()];
        let outcomes = run(module);
        let passed = known.iter().filter(|id| passes(outcomes.of(id))).count();
        println!("[{:>3} of {total}] {module:44} {passed:>5} of {:>5}", index + 1, known.len());
        outcomes
    });
    let apart = Apart::read()?;
    if !options.bless {
        let expectations = Expectations::read(&options.expect)?;
        for ((_, module), outcomes) in plan.iter().zip(&mut results) {
            let known = &reference.tests[module.as_str()];
            for _ in 0..AGAIN {
                let before = expectations.unexpected(module, known, outcomes, &apart);
                if before.is_empty() {
                    break;
                }
                println!("{module}: again, by itself");
                // An outcome that was as expected once stays: what differs each time is what counts.
                let mut second = run(module);
                outcomes.whole |= second.whole;
                for id in before {
                    match second.by_id.remove(&id) {
                        Some(outcome) => outcomes.by_id.insert(id, outcome),
                        None => outcomes.by_id.remove(&id),
                    };
                }
            }
        }
    }
    summarise(&options, &reference, &apart, &plan, &results)
}

/// The tests that pass under CPython, by module.
struct Reference {
    tests: BTreeMap<String, BTreeSet<String>>,
}

impl Reference {
    fn read() -> Result<Reference, Error> {
        let path = common::shared("conformance/cpython-3.14.json.gz")
            .ok_or("no shared/conformance beside the project: it lists the tests that CPython passes")?;
        let mut text = String::new();
        flate2::read::GzDecoder::new(fs::File::open(path)?).read_to_string(&mut text)?;
        Ok(Reference { tests: serde_json::from_str(&text)? })
    }

    /// The module itself, or the modules of the package of that name.
    fn expand(&self, name: &str) -> Vec<String> {
        let inside = format!("{name}.");
        let wanted = |module: &&String| *module == name || module.starts_with(&inside);
        self.tests.keys().filter(wanted).cloned().collect()
    }
}

/// What to run: (group, module), in order.
fn plan(options: &Options, reference: &Reference) -> Result<Vec<(String, String)>, Error> {
    let mut plan = Vec::new();
    for name in &options.modules {
        let full = match name.starts_with("test.") {
            true => name.clone(),
            false => format!("test.{name}"),
        };
        let modules = reference.expand(&full);
        if modules.is_empty() {
            return Err(format!("CPython passes no test in {full}").into());
        }
        plan.extend(modules.into_iter().map(|module| ("chosen".to_owned(), module)));
    }
    if options.gate {
        let path = common::root().join("tests/conformance/gate.txt");
        for line in fs::read_to_string(path)?.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty()) {
            let modules = reference.expand(line.trim());
            plan.extend(modules.into_iter().map(|module| ("gate".to_owned(), module)));
        }
        return Ok(plan);
    }
    let both = ["language".to_owned(), "library-core".to_owned()];
    let groups: &[String] = match (options.groups.as_slice(), options.modules.is_empty()) {
        ([], true) => &both,
        (given, _) => given,
    };
    for group in groups {
        let path = common::shared(&format!("conformance/{group}.txt")).ok_or(format!("no group {group}"))?;
        for line in fs::read_to_string(path)?.lines() {
            let modules = reference.expand(line.trim());
            plan.extend(modules.into_iter().map(|module| (group.clone(), module)));
        }
    }
    Ok(plan)
}

/// What came of the tests of a module.
#[derive(Default)]
struct Outcomes {
    /// By test: pass, fail, error, skip, needs-c, xfail, xpass, crash or timeout.
    by_id: BTreeMap<String, String>,
    /// The tests that the suite marks as CPython's own.
    marked: BTreeSet<String>,
    /// The first process ran to the module's end: nothing crashed or hung.
    whole: bool,
}

impl Outcomes {
    /// What came of a test; what kept its class or module from being set up counts for it.
    fn of(&self, id: &str) -> &str {
        let mut holder = id;
        loop {
            for key in [holder, &format!("setUpClass ({holder})"), &format!("setUpModule ({holder})")] {
                if let Some(outcome) = self.by_id.get(key) {
                    return outcome;
                }
            }
            match holder.rsplit_once('.') {
                Some((outer, _)) => holder = outer,
                None => return "missing",
            }
        }
    }
}

/// An expected failure counts as passed, as CPython's own runner counts it.
fn passes(outcome: &str) -> bool {
    matches!(outcome, "pass" | "xfail")
}

/// A folder that holds CPython's package `test` and nothing else of its library.
struct Library {
    folder: Scratch,
}

impl Library {
    fn prepare() -> Result<Library, Error> {
        let set = std::env::var_os("TAIPAN_CPYTHON_LIB").map(PathBuf::from);
        let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        let library = set.unwrap_or_else(|| home.join(".cache/taipan-reference/usr/lib/python3.14"));
        if !library.join("test/support/__init__.py").exists() {
            return Err(
                "CPython's tests are not here: ../shared/reference/setup installs them and prints the folder to put in TAIPAN_CPYTHON_LIB"
                    .into(),
            );
        }
        let folder = Scratch::new("conformance")?;
        std::os::unix::fs::symlink(library.join("test"), folder.path().join("test"))?;
        let script = common::root().join("xtask/scripts/conformance.py");
        fs::copy(script, folder.path().join("conformance.py"))?;
        copy_stand_ins(folder.path())?;
        Ok(Library { folder })
    }

    /// A copy of the interpreter with the tests in its library and the stand-ins among its packages, where a tests' child
    /// process that ignores the environment finds them.
    fn install(&self, python: &Path) -> Result<PathBuf, Error> {
        if python.components().count() == 1 {
            // A command that is installed already.
            return Ok(python.to_owned());
        }
        let prefix = self.folder.path().join("_prefix");
        let packages = prefix.join("lib/python3.14/site-packages");
        fs::create_dir_all(&packages)?;
        fs::create_dir_all(prefix.join("bin"))?;
        // Some tests ask for the folder that holds `test` and expect the library in it.
        fs::rename(self.folder.path().join("test"), prefix.join("lib/python3.14/test"))?;
        copy_stand_ins(&packages)?;
        let copy = prefix.join("bin").join(python.file_name().unwrap_or_default());
        fs::copy(python, &copy)?;
        Ok(copy)
    }
}

/// What CPython's test build has in C: test modules that import it load, tests that use it are skipped.
fn copy_stand_ins(folder: &Path) -> Result<(), Error> {
    for entry in fs::read_dir(common::root().join("xtask/scripts/standin"))? {
        let entry = entry?;
        fs::copy(entry.path(), folder.join(entry.file_name()))?;
    }
    Ok(())
}

/// The outcome of each test that ran.
fn run_module(options: &Options, python: &Path, library: &Library, module: &str) -> Result<Outcomes, Error> {
    let work = Scratch::new("module")?;
    let report = work.path().with_extension("report");
    let done = work.path().with_extension("done");
    let log = options
        .log
        .as_ref()
        .map_or_else(|| work.path().with_extension("log"), |folder| folder.join(format!("{module}.log")));
    fs::write(&log, "")?;
    let mut all = Outcomes::default();
    let outcomes = &mut all.by_id;
    let mut hangs = 0;
    for start in 0..=RESTARTS {
        fs::write(&report, "")?;
        fs::write(&done, outcomes.keys().fold(String::new(), |text, id| text + id + "\n"))?;
        let ending = run_process(options, python, library, module, &work, &[&report, &done, &log])?;
        let mut running = None;
        let mut complete = false;
        for line in String::from_utf8_lossy(&fs::read(&report)?).lines() {
            match line.split_once(' ') {
                Some(("start", id)) => running = Some(id.to_owned()),
                Some(("marked", id)) => drop(all.marked.insert(id.to_owned())),
                Some((outcome, id)) => {
                    running = None;
                    outcomes.insert(id.to_owned(), outcome.to_owned());
                }
                None => complete = line == "end",
            }
        }
        match running {
            _ if complete => {
                all.whole = start == 0;
                break;
            }
            Some(id) => {
                hangs += usize::from(ending == "timeout");
                outcomes.insert(id, ending.to_owned());
                if hangs == HANGS {
                    break;
                }
            }
            // It ended between tests: starting again would end there again.
            None => break,
        }
    }
    // Beside the report there are the notes of stand-ins, if they made any.
    let _ = fs::remove_file(work.path().with_extension("report.notes"));
    for path in [&report, &done] {
        fs::remove_file(path)?;
    }
    if options.log.is_none() {
        fs::remove_file(&log)?;
    }
    Ok(all)
}

/// One process; the word for how the test that it ended in, if any, is counted.
fn run_process(
    options: &Options,
    python: &Path,
    library: &Library,
    module: &str,
    work: &Scratch,
    [report, done, log]: &[&Path; 3],
) -> Result<&'static str, Error> {
    use std::os::unix::process::CommandExt;
    let output = fs::OpenOptions::new().append(true).open(log)?;
    let mut child = Command::new("/bin/sh")
        .args(["-c", &format!("ulimit -v {}; exec \"$@\"", options.memory * 1024), "sh"])
        .arg(python)
        .arg(library.folder.path().join("conformance.py"))
        .arg(module)
        .args([report, done])
        .current_dir(work.path())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", work.path())
        .env("TMPDIR", work.path())
        .env("LANG", "C.UTF-8")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .envs(options.stress.map(|words| ("TAIPAN_STRESS", words)))
        .stdin(std::process::Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        .process_group(0)
        .spawn()?;
    let mut size = 0;
    let mut moved = Instant::now();
    let ending = loop {
        if child.try_wait()?.is_some() {
            break "crash";
        }
        let now = fs::metadata(report)?.len();
        if now != size {
            (size, moved) = (now, Instant::now());
        }
        if moved.elapsed() > options.timeout {
            break "timeout";
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    process::kill_group(child.id());
    child.wait()?;
    Ok(ending)
}

/// How many tests of a group pass, of how many, in each of the ways in which they count.
#[derive(Default)]
struct Count {
    all: (usize, usize),
    marked: (usize, usize),
    c: usize,
    optimiser: usize,
    /// Modules that ran to their end, and all of them.
    modules: (usize, usize),
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (good, all) = self.all;
        let share = 100.0 * good as f64 / all.max(1) as f64;
        write!(f, "{good} of {all} tests that CPython 3.14 passes ({share:.1} %)")?;
        let Count { marked: (good, all), c, optimiser, modules: (whole, modules), .. } = self;
        let share = 100.0 * *good as f64 / (*all).max(1) as f64;
        write!(f, "; apart: {good} of {all} marked as CPython's own ({share:.1} %), ")?;
        write!(f, "{c} that need CPython's C, {optimiser} of its optimiser")?;
        write!(f, "; {whole} of {modules} modules run to their end")
    }
}

fn summarise(
    options: &Options,
    reference: &Reference,
    apart: &Apart,
    plan: &[(String, String)],
    results: &[Outcomes],
) -> Outcome {
    let mut expectations = Expectations::read(&options.expect)?;
    let mut groups = BTreeMap::<&str, Count>::new();
    let mut kinds = BTreeMap::<&str, usize>::new();
    let mut unexpected = Vec::new();
    for ((group, module), outcomes) in plan.iter().zip(results) {
        let known = &reference.tests[module];
        let count = groups.entry(group).or_default();
        count.modules = (count.modules.0 + usize::from(outcomes.whole), count.modules.1 + 1);
        if options.list && !outcomes.whole {
            println!("did not run to its end: {module}");
        }
        let mut failing = BTreeSet::new();
        for id in known {
            let outcome = outcomes.of(id);
            *kinds.entry(outcome).or_default() += 1;
            if options.list && !passes(outcome) {
                let own = if outcomes.marked.contains(id) { " (CPython's own)" } else { "" };
                println!("{outcome:8} {id}{own}");
            }
            match apart.find(module, id, outcome) {
                Some(Kind::C) => {
                    count.c += 1;
                    continue;
                }
                Some(Kind::Optimiser) => {
                    count.optimiser += 1;
                    continue;
                }
                None => {}
            }
            let count = if outcomes.marked.contains(id) { &mut count.marked } else { &mut count.all };
            *count = (count.0 + usize::from(passes(outcome)), count.1 + 1);
            if !passes(outcome) {
                failing.insert(id);
            }
            match (passes(outcome), expectations.find(module, id)) {
                (false, Expected::Pass) => unexpected.push(format!("{outcome:8} {id}")),
                (true, Expected::Failure) => unexpected.push(format!("{:8} {id} (expected not to)", "pass")),
                _ => {}
            }
        }
        if options.bless {
            expectations.renew(module, known, &failing);
        }
    }
    println!();
    for (kind, count) in kinds {
        println!("{kind:10} {count:>6}");
    }
    for (group, count) in groups {
        println!("{group}: {count}");
    }
    if options.bless {
        expectations.write(&options.expect)?;
        println!("expectations written to {}", options.expect.display());
        return Ok(true);
    }
    println!("{} unexpected", unexpected.len());
    for line in unexpected.iter().take(50) {
        println!("  {line}");
    }
    if unexpected.len() > 50 {
        println!("  ... and {} more", unexpected.len() - 50);
    }
    Ok(unexpected.is_empty())
}

/// Why a test that does not pass is counted apart.
#[derive(Clone, Copy)]
enum Kind {
    /// It needs CPython's C.
    C,
    /// It tests CPython's private optimiser.
    Optimiser,
}

/// The tests counted apart that no stand-in can skip: `kind module: test id # reason`; a `*` at the end of an ID stands
/// for anything.
struct Apart(Vec<(Kind, String, String)>);

impl Apart {
    fn read() -> Result<Apart, Error> {
        let path = common::root().join("tests/conformance/apart.txt");
        let text = fs::read_to_string(&path)?;
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        let parse = |line: &str| {
            let (entry, _reason) = line.split_once(" # ")?;
            let (kind, entry) = entry.split_once(' ')?;
            let (module, id) = entry.split_once(": ")?;
            let kind = match kind {
                "c" => Kind::C,
                "optimiser" => Kind::Optimiser,
                _ => return None,
            };
            Some((kind, module.to_owned(), id.trim_end().to_owned()))
        };
        let parsed = lines.map(|line| parse(line).ok_or_else(|| format!("{}: {line:?}", path.display()).into()));
        parsed.collect::<Result<_, Error>>().map(Apart)
    }

    /// How a test with this outcome is counted apart, if it is.
    fn find(&self, module: &str, id: &str, outcome: &str) -> Option<Kind> {
        if passes(outcome) {
            return None;
        }
        let matches = |pattern: &str| match pattern.strip_suffix('*') {
            Some(start) => id.starts_with(start),
            None => id == pattern,
        };
        let named = self.0.iter().find(|(_, m, pattern)| m == module && matches(pattern));
        named.map(|(kind, ..)| *kind).or((outcome == "needs-c").then_some(Kind::C))
    }
}

enum Expected {
    Pass,
    Failure,
    /// The reason begins with `flaky`: either is right.
    Either,
}

/// Tests known not to pass: `module: test id`, or `module: *`, each with an optional reason after ` # `.
struct Expectations {
    reasons: BTreeMap<(String, String), String>,
}

impl Expectations {
    fn read(path: &Path) -> Result<Expectations, Error> {
        let mut reasons = BTreeMap::new();
        let text = if path.exists() { fs::read_to_string(path)? } else { String::new() };
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            let (entry, reason) = line.split_once(" # ").unwrap_or((line, ""));
            let (module, id) = entry.split_once(": ").ok_or(format!("{}: {line:?}", path.display()))?;
            reasons.insert((module.to_owned(), id.trim_end().to_owned()), reason.to_owned());
        }
        Ok(Expectations { reasons })
    }

    fn reason(&self, module: &str, id: &str) -> Option<&String> {
        let get = |id: &str| self.reasons.get(&(module.to_owned(), id.to_owned()));
        get(id).or_else(|| get("*"))
    }

    fn find(&self, module: &str, id: &str) -> Expected {
        match self.reason(module, id) {
            None => Expected::Pass,
            Some(reason) if reason.starts_with("flaky") => Expected::Either,
            Some(_) => Expected::Failure,
        }
    }

    /// The tests that did not end as expected.
    fn unexpected(&self, module: &str, known: &BTreeSet<String>, outcomes: &Outcomes, apart: &Apart) -> Vec<String> {
        let differs = |id: &&String| {
            let outcome = outcomes.of(id);
            let good = passes(outcome) || apart.find(module, id, outcome).is_some();
            match self.find(module, id) {
                Expected::Pass => !good,
                Expected::Failure => passes(outcome),
                Expected::Either => false,
            }
        };
        known.iter().filter(differs).cloned().collect()
    }

    fn renew(&mut self, module: &str, known: &BTreeSet<String>, failing: &BTreeSet<&String>) {
        let old = self.reasons.clone();
        self.reasons.retain(|(m, _), reason| m != module || reason.starts_with("flaky"));
        let key = |id: &str| (module.to_owned(), id.to_owned());
        let kept = |id: &str| old.get(&key(id)).cloned().unwrap_or_default();
        if !known.is_empty() && failing.len() == known.len() {
            self.reasons.insert(key("*"), kept("*"));
            return;
        }
        for id in failing {
            let reason = kept(id);
            self.reasons.entry(key(id)).or_insert(reason);
        }
    }

    fn write(&self, path: &Path) -> Result<(), Error> {
        let mut text = String::from(
            "# Tests of CPython 3.14 that Taipan does not pass, one a line, `*` for a whole module, with a reason where\n\
             # it is known. `cargo xtask conformance --bless` rewrites the modules that it runs and keeps the reasons.\n\
             # A reason that begins with `flaky` allows either outcome.\n",
        );
        for ((module, id), reason) in &self.reasons {
            text += &format!("{module}: {id}");
            if !reason.is_empty() {
                text += &format!(" # {reason}");
            }
            text.push('\n');
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(fs::write(path, text)?)
    }
}
