//! Damaged input of every format that the library reads ends in a value or in an exception that the documentation knows:
//! a short run of what `cargo xtask fuzz-input` does for hours.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Damaged inputs of each target.
const CASES: &str = "60";

fn inputs(arguments: &[&str]) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../xtask/scripts/fuzz/inputs.py");
    let mut command = Command::new(env!("CARGO_BIN_EXE_taipan"));
    command.env_clear().env("LANG", "C.UTF-8").env("TZ", "UTC").env("PYTHONDONTWRITEBYTECODE", "1");
    // Unoptimised builds are slow, and their frames large.
    command.env("FUZZ_GROW_MB", "600").env("FUZZ_SECONDS", "60");
    command.arg("-Wignore").arg(script).args(arguments).stdin(Stdio::null());
    command.output().expect("the command starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What went wrong with one target.
fn faults(name: &str, folder: &Path) -> Vec<String> {
    let path = |what: &str| -> PathBuf { folder.join(format!("{name}.{what}")) };
    let (seeds, results) = (path("seeds"), path("results"));
    let [seeds_text, results_text] = [&seeds, &results].map(|path| path.to_string_lossy().into_owned());
    let made = inputs(&["seeds", name, &seeds_text]);
    if !made.status.success() {
        return vec![format!("{name}: no good inputs: {}", text(&made.stderr))];
    }
    let fed = inputs(&["run", name, &seeds_text, "test", "0", CASES, &results_text]);
    let lines = std::fs::read(&results).map(|bytes| text(&bytes)).unwrap_or_default();
    let mut faults: Vec<String> = Vec::new();
    for line in lines.lines() {
        if line.split('\t').nth(1).is_some_and(|word| word.starts_with('!') || word == "slow") {
            faults.push(format!("{name}: {line}"));
        }
    }
    if !fed.status.success() {
        let last = lines.lines().last().unwrap_or_default();
        faults.push(format!("{name}: {} at {last}: {}", fed.status, text(&fed.stderr)));
    }
    faults
}

#[test]
fn damaged_input_is_an_exception() {
    let folder = std::env::temp_dir().join(format!("taipan-bad-input-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for temporary files");
    let listed = inputs(&["list"]);
    assert!(listed.status.success(), "{}", text(&listed.stderr));
    let names = text(&listed.stdout);
    let names: Vec<&str> = names.split_whitespace().collect();
    assert!(names.len() > 20, "{names:?}");
    let found: Vec<String> = names.iter().flat_map(|name| faults(name, &folder)).collect();
    // What is left behind in the folder for temporary files harms nobody.
    let _ = std::fs::remove_dir_all(&folder);
    assert!(found.is_empty(), "{}", found.join("\n"));
}
