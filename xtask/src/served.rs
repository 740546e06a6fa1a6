//! `cargo xtask served`: servers before many clients, a database that is killed, a queue of tasks.
//!
//! Each check is a program of `scripts/served`, run by the interpreter under test: `http.server` and an asyncio echo server,
//! each with and without TLS, before clients that are all connected at once; SQLite, whose process is killed inside of
//! transactions; a Celery worker on Debian's `redis-server`. The clients run under Taipan, and again under the machine's
//! `python3`, whose TLS is OpenSSL's. Celery is installed by Taipan's own `pip` into a virtual environment in
//! `target/served`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use lexopt::prelude::*;

use crate::common::{self, Error, Outcome, Scratch};
use crate::process::{self, Status};

const USAGE: &str = "\
cargo xtask served [CHECK...] [OPTIONS]

  --taipan PATH      the interpreter under test (default: built now)
  --release          build it optimised
  --clients N        connections at the same time, and tasks (default: 1000)
  --kills N          how often SQLite's process is killed (default: 30)

Checks are http, https, echo, echo-tls, sqlite and celery; without any, all run. Celery needs `redis-server`.";

const CHECKS: &[&str] = &["http", "https", "echo", "echo-tls", "sqlite", "celery"];
const PACKAGES: &[&str] = &["celery[redis]==5.7.0"];
const LIMIT: Duration = Duration::from_secs(400);

pub fn run(words: Vec<String>) -> Outcome {
    let (mut chosen, mut taipan, mut profile) = (Vec::new(), None, "dev");
    let (mut clients, mut kills) = ("1000".to_owned(), "30".to_owned());
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Value(name) => chosen.push(name.string()?),
            Long("taipan") => taipan = Some(parser.value()?.into()),
            Long("release") => profile = "release",
            Long("clients") => clients = common::value(&mut parser)?,
            Long("kills") => kills = common::value(&mut parser)?,
            Long("help") => {
                println!("{USAGE}");
                return Ok(true);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    if let Some(name) = chosen.iter().find(|name| !CHECKS.contains(&name.as_str())) {
        return Err(format!("no check {name:?}").into());
    }
    let taipan = common::interpreter(taipan, profile)?;
    let mut good = true;
    for check in CHECKS.iter().filter(|check| chosen.is_empty() || chosen.iter().any(|name| name == *check)) {
        match *check {
            "sqlite" => good &= one(check, &taipan, &["sqlite_kill.py", &kills], &[])?,
            "celery" => {
                let python = environment(&taipan)?;
                good &= one(check, &python, &["celery_check.py", &clients], &["prefork"])?;
            }
            _ => {
                let kind = if check.starts_with("http") { "http" } else { "echo" };
                let security = if matches!(*check, "https" | "echo-tls") { "tls" } else { "plain" };
                let under_test = taipan.to_string_lossy();
                for client in [Some(under_test.as_ref()), other_python()].into_iter().flatten() {
                    good &= one(check, &taipan, &["serve.py", kind, security, &clients], &[client])?;
                }
            }
        }
    }
    Ok(good)
}

/// Runs a check and prints its line. `before` and `after` are its arguments around the scratch folder.
fn one(check: &str, python: &Path, before: &[&str], after: &[&str]) -> Outcome {
    let scratch = Scratch::new("served")?;
    let scripts = common::root().join("xtask/scripts/served");
    let mut command = Command::new(python);
    command.arg(scripts.join(before[0])).args(&before[1..]).arg(scratch.path()).args(after);
    // The scripts' folder is left as it is.
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    let started = Instant::now();
    let finished = process::run(&mut command, b"", &scratch, LIMIT)?;
    let good = finished.status == Status::Exit(0);
    let text = String::from_utf8_lossy(&finished.stdout).trim().to_owned();
    let note = match after.first() {
        Some(client) if before[0] == "serve.py" => format!(", clients of {}", short(client)),
        _ => String::new(),
    };
    let word = if good { "ok" } else { "FAILED" };
    println!("{check:10} {word:7} {:6.1} s  {text}{note}", started.elapsed().as_secs_f64());
    if !good {
        println!("{}: {}", finished.status, String::from_utf8_lossy(&finished.stderr));
    }
    Ok(good)
}

fn short(program: &str) -> String {
    Path::new(program).file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Another implementation for the clients, if there is one.
fn other_python() -> Option<&'static str> {
    let check = "import asyncio, ssl, sys; sys.exit(sys.version_info < (3, 11))";
    let works = Command::new("python3").args(["-c", check]).output().is_ok_and(|o| o.status.success());
    works.then_some("python3")
}

/// The interpreter of a virtual environment with Celery, made by Taipan and filled by its `pip`.
fn environment(taipan: &Path) -> Result<PathBuf, Error> {
    let folder = common::root().join("target/served");
    let python = folder.join("venv/bin/python");
    let stamp = folder.join(".ready");
    let versions = format!("{}\n{}", taipan.display(), PACKAGES.join("\n"));
    if fs::read_to_string(&stamp).is_ok_and(|text| text == versions) {
        return Ok(python);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    eprintln!("installing celery by Taipan's pip");
    let succeed = |command: &mut Command, what: &str| -> Result<(), Error> {
        let output = command.output()?;
        match output.status.success() {
            true => Ok(()),
            false => Err(format!("{what} fails:\n{}", String::from_utf8_lossy(&output.stderr)).into()),
        }
    };
    succeed(Command::new(taipan).args(["-m", "venv"]).arg(folder.join("venv")), "venv")?;
    succeed(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES), "pip install")?;
    fs::write(&stamp, versions)?;
    Ok(python)
}
