//! `cargo xtask bytecode-diff`: the compiler against CPython's, code object by code object.
//!
//! CPython compiles every file of its library once for each level of optimisation; the result is kept below `target/`. A
//! code object counts as identical if every field is, its nested code objects set aside: they are counted on their own, so
//! that one difference in a function does not show in the class and the module around it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use taipan_bytecode::marshal::{self, Object};
use taipan_bytecode::{Code, Const, Text, dis};

use crate::common::{self, Error, Outcome};

const HELP: &str = "\
cargo xtask bytecode-diff [OPTIONS] [FILTER]

Compiles the files whose names contain FILTER and compares with CPython 3.14.

  --python PROGRAM   the CPython 3.14 to ask (default cpython3.14)
  --folder FOLDER    compile the files below this folder instead of the library (may be repeated)
  -O, -OO            optimise as Python does with that option
  --refresh          ask CPython again
  --no-tests         leave out the library's folder test/
  --show N           show the first N differences of each kind, side by side (default 2)
  --kind KIND        show differences of this kind only
  --list             name every code object that differs
  --pyc              also check that CPython reads what we write, and reads the same";

struct Options {
    python: String,
    folders: Vec<PathBuf>,
    optimize: u8,
    refresh: bool,
    tests: bool,
    show: usize,
    kind: Option<String>,
    list: bool,
    pyc: bool,
    filter: String,
}

impl Options {
    fn parse(words: Vec<String>) -> Result<Option<Options>, Error> {
        use lexopt::prelude::*;
        let mut options = Options {
            python: "cpython3.14".to_owned(),
            folders: Vec::new(),
            optimize: 0,
            refresh: false,
            tests: true,
            show: 2,
            kind: None,
            list: false,
            pyc: false,
            filter: String::new(),
        };
        let mut parser = lexopt::Parser::from_args(words);
        while let Some(arg) = parser.next()? {
            match arg {
                Long("help") | Short('h') => {
                    println!("{HELP}");
                    return Ok(None);
                }
                Long("python") => options.python = common::value(&mut parser)?,
                Long("folder") => options.folders.push(parser.value()?.into()),
                Short('O') => options.optimize += 1,
                Long("refresh") => options.refresh = true,
                Long("no-tests") => options.tests = false,
                Long("show") => options.show = parser.value()?.parse()?,
                Long("kind") => options.kind = Some(common::value(&mut parser)?),
                Long("list") => options.list = true,
                Long("pyc") => options.pyc = true,
                Value(text) => options.filter = text.string()?,
                _ => return Err(arg.unexpected().into()),
            }
        }
        Ok(Some(options))
    }
}

/// Source text: decoded already if its encoding is not UTF-8.
enum Source {
    Bytes(Vec<u8>),
    Text(String),
}

impl Source {
    fn len(&self) -> usize {
        match self {
            Source::Bytes(bytes) => bytes.len(),
            Source::Text(text) => text.len(),
        }
    }
}

/// What CPython made of a file.
struct Reference {
    name: String,
    source: Source,
    outcome: Result<Vec<u8>, String>,
}

/// A code object, or a whole file, that differs.
struct Difference {
    kind: String,
    place: String,
    text: String,
}

/// The comparison of one file.
#[derive(Default)]
struct Report {
    identical: usize,
    total: usize,
    differences: Vec<Difference>,
    seconds: f64,
    ours: Option<Arc<Code>>,
}

pub fn run(words: Vec<String>) -> Outcome {
    let Some(options) = Options::parse(words)? else { return Ok(true) };
    let mut files = reference(&options)?;
    files.retain(|file| file.name.contains(&options.filter) && (options.tests || !file.name.starts_with("test/")));
    let jobs = std::thread::available_parallelism().map_or(1, |n| n.get());
    let reports = common::in_parallel(&files, jobs, |_, file| compare_file(file, options.optimize));
    let clean = summarise(&options, &files, &reports);
    let readable = !options.pyc || check_pyc(&options, &files, &reports)?;
    Ok(clean && readable)
}

fn bytes(object: Object) -> Result<Vec<u8>, String> {
    match object {
        Object::Const(Const::Bytes(bytes)) => Ok(bytes.to_vec()),
        Object::Const(Const::Str(text)) => Err(text.to_lossy()),
        _ => Err("unexpected data".to_owned()),
    }
}

/// CPython's code objects, from the last run if there was one.
fn reference(options: &Options) -> Result<Vec<Reference>, Error> {
    let folder = common::root().join("target/bytecode-diff");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("cpython-3.14-O{}.marshal", options.optimize));
    if options.refresh || !options.folders.is_empty() || !path.exists() {
        let partial = path.with_extension("partial");
        eprintln!("compiling with {}", options.python);
        let status = Command::new(&options.python)
            .arg(script("bytecode_diff.py"))
            .arg(&partial)
            .arg(options.optimize.to_string())
            .args(&options.folders)
            .status()?;
        if !status.success() {
            return Err(format!("{} failed", options.python).into());
        }
        if !options.folders.is_empty() {
            return read_reference(&partial);
        }
        std::fs::rename(&partial, &path)?;
    }
    read_reference(&path)
}

fn script(name: &str) -> PathBuf {
    common::root().join("xtask/src").join(name)
}

fn read_reference(path: &Path) -> Result<Vec<Reference>, Error> {
    let Object::List(rows) = marshal::read_object(&std::fs::read(path)?)? else { return Err("unexpected data".into()) };
    let mut files = Vec::with_capacity(rows.len());
    for row in rows {
        let Object::Const(Const::Tuple(fields)) = row else { return Err("unexpected data".into()) };
        let [Const::Str(name), source, outcome] = &fields[..] else { return Err("unexpected data".into()) };
        files.push(Reference {
            name: name.to_lossy(),
            source: match source {
                Const::Str(text) => Source::Text(text.to_lossy()),
                source => Source::Bytes(bytes(Object::Const(source.clone()))?),
            },
            outcome: bytes(Object::Const(outcome.clone())),
        });
    }
    Ok(files)
}

/// Compiles with Taipan.
fn compile(file: &Reference, optimize: u8) -> Result<Arc<Code>, String> {
    let options = taipan_compiler::Options { optimize, ..Default::default() };
    let compile = || {
        let text = match &file.source {
            Source::Text(text) => text.as_str().into(),
            Source::Bytes(bytes) => taipan_compiler::source::decode(bytes, Some(&file.name), &mut |name, _| {
                Err(format!("unknown encoding: {name}"))
            })?,
        };
        let mode = taipan_compiler::parser::Mode::Exec;
        taipan_compiler::compile_source(&text, &Text::from(file.name.as_str()), mode, &options)
    };
    match std::panic::catch_unwind(compile) {
        Ok(Ok((code, _))) => Ok(Arc::new(code)),
        Ok(Err(error)) => Err(format!("{}: {} (line {:?})", error.kind.class_name(), error.msg, error.lineno)),
        Err(panic) => Err(format!("panic: {}", panic.downcast_ref::<String>().map_or("(no message)", |text| text))),
    }
}

fn compare_file(file: &Reference, optimize: u8) -> Report {
    let mut report = Report::default();
    let start = Instant::now();
    let ours = compile(file, optimize);
    report.seconds = start.elapsed().as_secs_f64();
    let expected = match &file.outcome {
        Ok(data) => match marshal::read_code(data) {
            Ok(code) => code,
            Err(error) => {
                let text = error.to_string();
                report.differences.push(Difference { kind: "unreadable".to_owned(), place: file.name.clone(), text });
                return report;
            }
        },
        Err(error) => {
            if ours.is_ok() {
                let text = format!("CPython refuses it: {error}");
                report.differences.push(Difference { kind: "accepted".to_owned(), place: file.name.clone(), text });
            }
            return report;
        }
    };
    match ours {
        Ok(ours) => {
            compare(&file.name, &expected, &ours, &mut report);
            report.ours = Some(ours);
        }
        Err(text) => {
            report.total = count(&expected);
            report.differences.push(Difference { kind: "refused".to_owned(), place: file.name.clone(), text });
        }
    }
    report
}

fn count(code: &Code) -> usize {
    1 + code.children().map(|child| count(child)).sum::<usize>()
}

/// Compares two code objects and those in them.
fn compare(file: &str, expected: &Code, ours: &Code, report: &mut Report) {
    report.total += 1;
    match first_difference(expected, ours) {
        None => report.identical += 1,
        Some(kind) => report.differences.push(Difference {
            kind: kind.to_owned(),
            place: format!("{file}:{} {}", expected.firstlineno, expected.qualname),
            text: dis::diff(expected, ours),
        }),
    }
    let mut left: Vec<&Arc<Code>> = ours.children().collect();
    for child in expected.children() {
        let same = |other: &&Arc<Code>| other.name == child.name && other.firstlineno == child.firstlineno;
        let found = left.iter().position(|other| same(other) && other.linetable == child.linetable);
        match found.or_else(|| left.iter().position(same)) {
            Some(at) => compare(file, child, left.remove(at), report),
            None => {
                report.total += count(child);
                report.differences.push(Difference {
                    kind: "missing".to_owned(),
                    place: format!("{file}:{} {}", child.firstlineno, child.qualname),
                    text: String::new(),
                });
            }
        }
    }
}

/// The first field that differs; what is likely to be a cause comes before what follows from it.
fn first_difference(a: &Code, b: &Code) -> Option<&'static str> {
    let fields: &[(&str, bool)] = &[
        ("name", a.name == b.name && a.qualname == b.qualname && a.filename == b.filename),
        (
            "arguments",
            (a.argcount, a.posonlyargcount, a.kwonlyargcount) == (b.argcount, b.posonlyargcount, b.kwonlyargcount),
        ),
        ("flags", a.flags == b.flags),
        ("locals", a.localsplusnames == b.localsplusnames),
        ("kinds", a.localspluskinds == b.localspluskinds),
        ("names", a.names == b.names),
        ("consts", a.consts.len() == b.consts.len() && a.consts.iter().zip(&b.consts).all(|(a, b)| same_const(a, b))),
        ("code", a.code == b.code),
        ("stacksize", a.stacksize == b.stacksize),
        ("firstlineno", a.firstlineno == b.firstlineno),
        ("exceptiontable", a.exceptiontable == b.exceptiontable),
        ("linetable", a.linetable == b.linetable),
    ];
    fields.iter().find(|(_, same)| !same).map(|(kind, _)| *kind)
}

fn same_const(a: &Const, b: &Const) -> bool {
    match (a, b) {
        (Const::Code(a), Const::Code(b)) => a.name == b.name && a.firstlineno == b.firstlineno,
        (a, b) => a == b,
    }
}

fn summarise(options: &Options, files: &[Reference], reports: &[Report]) -> bool {
    let mut kinds: BTreeMap<&str, Vec<&Difference>> = BTreeMap::new();
    for difference in reports.iter().flat_map(|report| &report.differences) {
        kinds.entry(&difference.kind).or_default().push(difference);
    }
    for (kind, differences) in &kinds {
        if options.kind.as_deref().is_some_and(|wanted| wanted != *kind) {
            continue;
        }
        for difference in differences.iter().take(options.show) {
            println!("--- {kind}: {}\n{}", difference.place, difference.text);
        }
        if options.list {
            for difference in differences {
                println!("{kind}: {}", difference.place);
            }
        }
    }
    for (kind, differences) in &kinds {
        println!("{kind:>16} {}", differences.len());
    }
    let (identical, total) = reports.iter().fold((0, 0), |(i, t), report| (i + report.identical, t + report.total));
    let good = reports.iter().filter(|report| report.differences.is_empty()).count();
    let size: usize = files.iter().map(|file| file.source.len()).sum();
    let seconds: f64 = reports.iter().map(|report| report.seconds).sum();
    println!(
        "{identical} of {total} code objects are identical ({:.3} %), {good} of {} files; {:.1} MB in {seconds:.2} s",
        100.0 * identical as f64 / total.max(1) as f64,
        files.len(),
        size as f64 / 1e6
    );
    kinds.is_empty()
}

/// Writes `.pyc` data of everything that is identical and lets CPython load it.
fn check_pyc(options: &Options, files: &[Reference], reports: &[Report]) -> Outcome {
    let mut rows = Vec::new();
    for (file, report) in files.iter().zip(reports) {
        let (Some(ours), Ok(theirs), true) = (&report.ours, &file.outcome, report.differences.is_empty()) else {
            continue;
        };
        let row =
            [Const::str(&file.name), Const::Bytes(marshal::write_code(ours)?.into()), Const::Bytes(theirs[..].into())];
        rows.push(Object::Const(Const::tuple(row.to_vec())));
    }
    let path = common::root().join("target/bytecode-diff/ours.marshal");
    std::fs::write(&path, marshal::write_object(&Object::List(rows))?)?;
    let program = "import marshal, sys\n\
        rows = marshal.load(open(sys.argv[1], 'rb'))\n\
        # A NaN makes a code object unequal to itself.\n\
        bad = [name for name, ours, theirs in rows\n\
               if marshal.loads(ours) != (b := marshal.loads(theirs)) and b == marshal.loads(theirs)]\n\
        print(len(rows), 'files read by CPython,', len(bad), 'read differently', *bad[:10])\n\
        sys.exit(bool(bad))";
    Ok(Command::new(&options.python).args(["-c", program]).arg(&path).status()?.success())
}
