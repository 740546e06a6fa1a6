//! The engine gives CPython's answers. `tools/record.py` renews or enlarges the recording.

use super::replay;

#[test]
fn recorded_answers() {
    let (cases, differences) = replay::replay(include_str!("data/corpus.txt"));
    assert!(cases > 5_000, "only {cases} cases");
    assert!(differences.is_empty(), "{} of {cases} differ, first:\n{}", differences.len(), differences[0]);
}
