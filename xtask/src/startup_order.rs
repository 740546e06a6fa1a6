//! `cargo xtask startup-order`: writes `crates/cli/startup.order`, the functions that a start runs, for the linker.
//!
//! The linker lays these functions together, so that a start maps a tenth of the executable's code instead of most of
//! it. Names that no longer exist do no harm; the list is worth making again when start-up memory has grown
//! (`cargo xtask bench` prints it).

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::common::{Error, Outcome, interpreter, root};

const HELP: &str = "\
cargo xtask startup-order [--taipan PATH]

Runs `-c pass` under valgrind's callgrind and writes the names of the functions that ran to crates/cli/startup.order.

  --taipan PATH   the interpreter to look at (default: built now, optimised)";

pub fn run(words: Vec<String>) -> Outcome {
    let mut taipan = None;
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Long("taipan") => taipan = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("help") => {
                println!("{HELP}");
                return Ok(true);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let taipan = interpreter(taipan, "release")?;
    let profile = std::env::temp_dir().join(format!("taipan-startup-{}", std::process::id()));
    eprintln!("running under callgrind");
    let status = Command::new("valgrind")
        .args(["--tool=callgrind", "--demangle=no", "--quiet"])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(&taipan)
        .args(["-c", "pass"])
        .stderr(Stdio::null())
        .status()
        .map_err(|e| format!("valgrind: {e}"))?;
    if !status.success() {
        return Err(format!("the run under valgrind ended with {status}").into());
    }
    let text = std::fs::read_to_string(&profile)?;
    std::fs::remove_file(&profile)?;

    let defined = functions_of(&taipan)?;
    let ran = functions_that_ran(&text);
    let order: Vec<&str> = ran.iter().copied().filter(|name| defined.contains(*name)).collect();
    let path = root().join("crates/cli/startup.order");
    std::fs::write(&path, order.join("\n") + "\n")?;
    println!("{} functions of {} in {}", order.len(), defined.len(), path.display());
    Ok(true)
}

/// The names of the functions in a callgrind profile: `fn=(number) name` where a name comes first, and the same for
/// called ones.
fn functions_that_ran(profile: &str) -> BTreeSet<&str> {
    profile
        .lines()
        .filter(|line| line.starts_with("fn=(") || line.starts_with("cfn=("))
        .filter_map(|line| line.split_once(") "))
        .map(|(_, name)| name.split('\'').next().unwrap_or(name))
        .collect()
}

/// The names of all functions that the executable defines.
fn functions_of(taipan: &Path) -> Result<HashSet<String>, Error> {
    let output = Command::new("nm").arg("--defined-only").arg(taipan).output().map_err(|e| format!("nm: {e}"))?;
    let text = String::from_utf8(output.stdout)?;
    let words = text.lines().map(|line| line.split_ascii_whitespace());
    Ok(words
        .filter_map(|mut words| words.nth(1).zip(words.next()))
        .filter(|(kind, _)| kind.eq_ignore_ascii_case("t") || kind.eq_ignore_ascii_case("w"))
        .map(|(_, name)| name.to_owned())
        .collect())
}
