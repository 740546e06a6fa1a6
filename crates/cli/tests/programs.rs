//! Runs the programs under `tests/programs` that Taipan is known to run as CPython 3.14 does, and compares output,
//! errors and exit status with what CPython recorded. `cargo xtask programs` runs all of them.

use std::path::Path;
use std::process::Command;

fn recorded(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_default()
}

#[test]
fn programs_give_what_cpython_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/programs");
    let list = std::fs::read_to_string(folder.join("passing.txt")).expect("the list of programs");
    let mut failed = Vec::new();
    let mut count = 0;
    for name in list.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
        let output = Command::new(env!("CARGO_BIN_EXE_taipan"))
            .arg(format!("{name}.py"))
            .current_dir(&folder)
            .env_clear()
            .output()
            .expect("the command starts");
        let status = String::from_utf8(recorded(&folder.join(format!("{name}.status")))).unwrap_or_default();
        let status: i32 = status.trim().parse().unwrap_or(0);
        let same = output.stdout == recorded(&folder.join(format!("{name}.out")))
            && output.stderr == recorded(&folder.join(format!("{name}.err")))
            && output.status.code() == Some(status);
        if !same {
            failed.push(name.to_owned());
        }
        count += 1;
    }
    assert!(count > 0, "the list names programs");
    assert!(failed.is_empty(), "{} of {count} programs differ: {}", failed.len(), failed.join(", "));
}
