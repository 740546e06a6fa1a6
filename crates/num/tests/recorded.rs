//! Runs recorded cases: every line of `recorded/*.txt` is an operation, its arguments and CPython 3.14's answer.
//! `generate.py` writes them; `TAIPAN_NUM_CASES` names one more file, for long runs.

mod support;

use std::fs;
use std::path::Path;

fn check(path: &Path) -> (usize, Vec<String>) {
    let text = fs::read_to_string(path).expect("readable cases");
    let mut failures = Vec::new();
    let mut count = 0;
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let equals = fields.iter().rposition(|f| *f == "=").expect("a result");
        let expected = fields[equals + 1];
        let found = support::run(fields[0], &fields[1..equals]);
        count += 1;
        if found != expected {
            failures.push(format!("{}\n    found    {found}", line.replace('\t', " ")));
        }
    }
    (count, failures)
}

#[test]
fn recorded_cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded");
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("recorded cases").map(|e| e.expect("an entry").path()).collect();
    paths.extend(std::env::var_os("TAIPAN_NUM_CASES").map(Into::into));
    let mut all = Vec::new();
    for path in paths {
        let (count, failures) = check(&path);
        println!("{}: {count} cases, {} failures", path.display(), failures.len());
        all.extend(failures);
    }
    let shown: Vec<String> = all.iter().take(40).map(|f| f.chars().take(600).collect()).collect();
    assert!(all.is_empty(), "{} failures\n{}", all.len(), shown.join("\n"));
}
